"""Step 2's announcement: the provider tells the data commons of its variables, by KUDAF's metadata contract."""

from dataclasses import replace
from pathlib import Path

from avrop.actions import commons_keys, kudaf_publish
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.canonical import build
from avrop.catalogue.publishing import Publishing
from avrop.demo.cast import DATASOURCE, Part
from avrop.demo.scene import Scene
from avrop.demo.teller import Teller
from avrop.errors import Fault
from avrop.settings import ExternalSetting, Settings, SignerSetting
from avrop.store.files import write_file
from avrop.system import open_system

_KEY = "commons.key"


def announce(scene: Scene, teller: Teller) -> None:
    """Tell the commons of everything that was frozen; what it has already is not told again."""
    commons = scene.parts.get("commons")
    if commons is None:
        return
    publishing = build(Publishing, scene.parties["commons"]["publisher"], what="The publisher")
    key = scene.home / "provider" / _KEY
    if not key.exists():
        write_file(key, _issued(scene, commons.organisation, publishing.name).encode())
        key.chmod(0o600)
    operator = scene.person("provider", Role.OPERATOR)
    with open_system(_beside(scene, commons, key), clock=scene.clock, outbound=scene.provider.outbound) as provider:
        report = kudaf_publish.publish(provider, operator, publishing, data_url=None)
    if report.stopped is not None:
        raise report.stopped
    if report.refused:
        raise Fault("story.not_announced", "The commons did not keep what it was told.", hint="See its log.")
    told = sum(line.kind == "variable" for line in report.lines)
    teller.fact("announced", told, "The data commons was told of {} variables, where others find them.")


def _issued(scene: Scene, commons: str, publisher: str) -> str:
    """The commons' operator gives the provider a key."""
    operator = Actor(person=PersonId("operator"), organisation=OrganisationId(commons), role=Role.OPERATOR)
    provider = scene.parties["provider"]["code"]
    return commons_keys.issue_key(scene.systems["commons"], operator, organisation=provider, publisher=publisher)


def _beside(scene: Scene, commons: Part, key: Path) -> Settings:
    """The provider's, as it is set up to publish to that commons; nobody pulls from it meanwhile."""
    signer = SignerSetting(issuer=commons.url, keys_url=commons.url, audiences=(DATASOURCE,))
    outside = ExternalSetting(url=commons.url, permissions_url=commons.url, issuer=signer, key_file=key)
    return replace(scene.provider.settings, commons="external", external=outside)
