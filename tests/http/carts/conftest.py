"""A provider that takes carts, and another catalogue that names what they refer to."""

from collections.abc import Iterator

import pytest

from avrop.system import System
from tests.http.carting import (
    Clock,
    Resolver,
    Site,
    provider,
    resolver,
    site,
)
from tests.publishing import NOW


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[System, Clock]]:
    with provider(tmp_path_factory.mktemp("carts")) as system:
        yield system, Clock(NOW)


@pytest.fixture(scope="module")
def served(played: tuple[System, Clock]) -> Iterator[Site]:
    with site(*played) as running:
        yield running


@pytest.fixture(scope="module")
def serving_resolver(played: tuple[System, Clock]) -> Iterator[tuple[Site, Resolver]]:
    with (
        resolver() as there,
        site(*played, cart_resolver=f"{there.peer.url}/", allowed_hosts=(there.peer.host,)) as running,
    ):
        yield running, there


@pytest.fixture
def us(served: Site) -> Site:
    """Without a resolver."""
    served.clock.wait(hours=1)  # what other tests handed in is counted no more
    return served


@pytest.fixture
def asking(serving_resolver: tuple[Site, Resolver]) -> Site:
    """With one."""
    serving_resolver[0].clock.wait(hours=1)
    return serving_resolver[0]


@pytest.fixture
def there(serving_resolver: tuple[Site, Resolver]) -> Resolver:
    """The resolver, which was not asked yet."""
    serving_resolver[1].forget()
    return serving_resolver[1]
