"""Clients that send as slowly as they like hold up nobody, and are answered when they come to their end."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests import asking
from tests.http.commons import Commons, commons
from tests.http.metadata.tool import OURS, catalogue

MANY = 60
"""More than there are threads for requests in a process."""


@pytest.fixture
def place(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commons]:
    with commons(tmp_path_factory.mktemp("slow"), fresh_database("slow")) as made:
        yield made


def test_slow_senders_hold_up_nobody_and_come_to_their_end(place: Commons) -> None:
    address = httpx.URL(place.url)
    body = json.dumps(catalogue()).encode()
    head = (
        f"POST /api/v1/catalogs/ HTTP/1.1\r\nHost: {address.host}\r\nAuthorization: API-Key {place.key(OURS)}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    ).encode()
    sent = head + body
    with ExitStack() as stack:
        slow = [
            stack.enter_context(socket.create_connection((str(address.host), address.port or 80))) for _ in range(MANY)
        ]
        for number, each in enumerate(slow):
            each.sendall(sent[: len(sent) * (number + 1) // (MANY + 2)])  # in their heads, or in their bodies
        for _ in range(3):
            assert asking.get(f"{place.url}api/v1/catalogs/", timeout=60).json() == []
        last = slow[-1]
        for byte in sent[len(sent) * MANY // (MANY + 2) :]:
            last.sendall(bytes([byte]))
        answer = b"".join(iter(lambda: last.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert place.stored() == [1, 0, 0, 0]
