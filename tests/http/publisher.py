"""A provider with a published catalogue, which publishes to whatever back-end it is given."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from avrop.actions.kudaf_publish import Report
from avrop.actions.kudaf_publish import publish as publish_to
from avrop.catalogue.publishing import AskedPoint, Publishing
from avrop.settings import ExternalSetting, ServeSetting, SignerSetting
from avrop.system import System, open_system
from tests.http.backend import Backend
from tests.outbound.peers import peer
from tests.publishing import CATALOGUE, NOW, OPERATOR

PUBLISHING = Publishing(
    name="Eksempel IKS", description="Felles data", number="310000019", themes=("https://x.example/theme",),
    kind="http://purl.org/adms/publishertype/RegionalAuthority",
    contact=AskedPoint(name="Datadeling", email="data@example.no", url="https://example.no"),
)  # fmt: skip
DATA_URL, KEY = "https://data.example.no/api/variables/", "0123456789ab.a-secret_of-somebody"
KEPT = [dataset for dataset in CATALOGUE.datasets if dataset.name in ("APPLICATION", "FOLLOW_UP", "PERSON")]
_NAMES = {name for dataset in KEPT for name in dataset.variables}
_VARIABLES = tuple(variable for variable in CATALOGUE.variables if variable.name in _NAMES)
_LISTS = {variable.code_list for variable in _VARIABLES}
SMALL = replace(
    CATALOGUE, datasets=tuple(KEPT), variables=_VARIABLES,
    code_lists=tuple(each for each in CATALOGUE.code_lists if each.name in _LISTS),
)  # fmt: skip
"""Some of its datasets: there are many runs here."""
SIGNER = SignerSetting(issuer="core.example", keys_url="https://core.example/keys", audiences=("us",))


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """A provider with a published catalogue, which publishes to whatever back-end it is given."""

    system: System

    @contextmanager
    def at(
        self, url: str, *, key: str | None = KEY, listen: Callable[[str], None] = lambda _point: None
    ) -> Iterator[System]:
        external = ExternalSetting(url=url, permissions_url="https://core.example/", issuer=SIGNER)
        serve = ServeSetting(faces=(), public_url="https://us.example/", allowed_hosts=(url.split("/")[2],))
        settings = replace(self.system.settings, commons="external", external=external, commons_key=key, serve=serve)
        with open_system(settings, clock=lambda: NOW, listen=listen) as system:
            yield system

    def run(self, url: str, *, key: str | None = KEY, **more: Any) -> Report:
        with self.at(url, key=key) as system:
            return publish_to(system, OPERATOR, PUBLISHING, data_url=DATA_URL, **more)


@contextmanager
def backend(twist: Any = None) -> Iterator[tuple[Backend, str]]:
    made = Backend() if twist is None else Backend(twist=twist)
    with peer(made.say) as listening:
        yield made, f"{listening.url}/"


def done(report: Report) -> Counter[str]:
    return Counter(line.done for line in report.lines)


def sound(report: Report) -> Report:
    assert report.stopped is None
    assert [line for line in report.lines if line.done == "refused"] == []
    return report
