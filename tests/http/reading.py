"""Reads long answers of a served provider slowly, and sees whether they were cut."""

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from avrop.http.kudaf_datasource import ANSWERS_PER_SUBJECT
from tests.http.serving import Served

LONG = "SUBJECT"
CUT_WITHIN = 5.0
"""What is promised. It is a bound on behaviour, not a measure of speed."""


def lengthen(provider: Served) -> None:
    """Make a ready file long: the story's few people fit into what the kernel holds, and would be gone at once."""
    with ThreadPoolExecutor(ANSWERS_PER_SUBJECT) as several:  # the very first ones come at once
        first = list(several.map(lambda _: provider.get(f"/api/variables/{LONG}"), range(ANSWERS_PER_SUBJECT)))
    assert {answer.status_code for answer in first} == {200}
    assert len({answer.content for answer in first}) == 1
    place = provider.renderings / f"RESULT.{LONG}"
    rows = (place / "rows.csv").read_bytes()
    rows += rows.partition(b"\n")[2] * (24_000_000 // len(rows))
    (place / "rows.csv").write_bytes(rows)
    card = json.loads((place / "card.json").read_text())
    (place / "card.json").write_text(json.dumps(card | {"size": len(rows), "sha256": sha256(rows).hexdigest()}))


@dataclass
class Reader:
    """Reads an answer as slowly as it is told."""

    connection: socket.socket
    got: bytes = b""

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    @property
    def length(self) -> int:
        """How long the answer says its body is."""
        head = self.got.partition(b"\r\n\r\n")[0].lower()
        return int(head.partition(b"content-length: ")[2].split(b"\r\n")[0])

    @property
    def body(self) -> bytes:
        """What has come of it."""
        return self.got.partition(b"\r\n\r\n")[2]

    def read(self, size: int) -> bytes:
        """At most so many bytes more; nothing at the end; ConnectionResetError if it was broken off."""
        data = self.connection.recv(size)
        self.got += data
        return data

    def until_cut(self, size: int = 2048) -> float:
        """Read slowly until it ends or breaks, and give how many seconds that took."""
        began = time.monotonic()
        try:
            while self.read(size):
                time.sleep(0.05)
                assert time.monotonic() - began < 20, "it was not cut"
        except ConnectionResetError:
            pass
        return time.monotonic() - began


def begin(provider: Served, *lines: str) -> Reader:
    reader = Reader(provider.raw(f"/api/variables/{LONG}", *lines, buffer=4096))
    while len(reader.body) < 4096:
        assert reader.read(2048)
    assert reader.got.startswith(b"HTTP/1.1 200 ")
    return reader


def cut(reader: Reader) -> bool:
    """Whether the answer is shorter than it said."""
    return len(reader.body) < reader.length
