"""A provider that has published the installed pack's catalogue."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from avrop.actions import account, publish
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import build, digest
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.yamltext import load_yaml
from avrop.disclosure.attribution import AttributionRule
from avrop.governance.policy import Policy
from avrop.packs import load_pack
from avrop.settings import Settings
from avrop.system import System, open_system
from tests.stages import Stage, stage

PACK = load_pack()
CATALOGUE = read_catalogue(PACK.catalogue)
OPERATOR = Actor(person=PersonId("op@provider"), organisation=OrganisationId("provider"), role=Role.OPERATOR)
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)


@contextmanager
def published(home: Path, *, catalogue: Catalogue = CATALOGUE) -> Iterator[System]:
    """The provider, open, with its agreement and its catalogue; its clock stands still."""
    name = f"published-{digest(catalogue).removeprefix('sha256:')[:12]}"
    with _opened(stage(name, ("provider",), lambda empty: _publish(empty, catalogue)).copy_to(home)) as system:
        yield system


def _opened(where: Stage) -> AbstractContextManager[System]:
    settings = Settings(
        name="provider", organisation="provider", home=where.home / "zone", keys_home=where.home / "keys", demo=True,
        database_url=where.urls["provider"],
    )  # fmt: skip
    return open_system(settings, clock=lambda: NOW)


def _publish(empty: Stage, catalogue: Catalogue) -> None:
    with _opened(empty) as system:
        key = system.keys.make_signing("provider")
        account.sign_agreement(
            system, OPERATOR, general_purpose="statistics", policy=_built(Policy, PACK.policy),
            rule=_built(AttributionRule, PACK.rule),
            parties={"provider": ("provider", "The provider", key), "receiver": ("r", "The receiver", key)},
        )  # fmt: skip
        publish.publish_catalogue(system, OPERATOR, catalogue)


def _built(form: type, text: str) -> Any:
    return build(form, load_yaml(text, file="x", code="x.yaml"), what="x")
