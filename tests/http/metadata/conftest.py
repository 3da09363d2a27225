"""A commons, empty before each test, and two publishers with their tools."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests import asking
from tests.http.commons import Commons, commons
from tests.http.metadata.tool import OURS, THEIRS, Tool


@pytest.fixture(scope="module")
def running(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("commons"), fresh_database("commons")) as made:
        yield made


@pytest.fixture
def place(running: Commons) -> Commons:
    """The commons, empty."""
    running.empty()
    return running


@pytest.fixture
def client(place: Commons) -> Iterator[httpx.Client]:
    with httpx.Client(verify=asking.NO_TLS, base_url=place.url, timeout=60) as client:
        yield client


@pytest.fixture
def tool(place: Commons, client: httpx.Client) -> Tool:
    return Tool(client, place.key(OURS))


@pytest.fixture
def other(place: Commons, client: httpx.Client) -> Tool:
    return Tool(client, place.key(THEIRS, "theirs"))
