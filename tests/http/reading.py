"""Reads long answers of a served provider slowly, and sees whether they were cut.

No test looks at a clock: that an answer was cut is what the server says of it, which runs in this process. How soon that
is stands in `LOOK_SECONDS`, and a reader waits for it as long as it takes.
"""

import json
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256

from avrop.http.kudaf_datasource import ANSWERS_PER_SUBJECT
from tests.http.serving import Served

LONG = "SUBJECT"
_PACE_SECONDS = 0.05
_HUNG_SECONDS = 120.0
"""After that nothing will come any more: a test that hangs is ended."""


class _Cuts(logging.Handler):
    """Hears when the server cuts an answer."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.happened = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        """One line of the log."""
        if record.getMessage() == "an answer was cut":
            self.happened.set()


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
    _cuts: _Cuts = field(default_factory=_Cuts)

    def __enter__(self) -> "Reader":
        logging.getLogger("avrop.http").addHandler(self._cuts)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("avrop.http").removeHandler(self._cuts)
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

    def until_cut(self) -> None:
        """Read slowly until the server has cut the answer, and then what is left of it."""
        try:
            while not self._cuts.happened.wait(_PACE_SECONDS):
                if not self.read(2048):
                    return
        except ConnectionResetError:
            return
        self.to_its_end()

    def without_reading(self) -> None:
        """Take nothing until the server has cut the answer, and then what the reader's own kernel held."""
        assert self._cuts.happened.wait(_HUNG_SECONDS), "it was not cut"
        self.to_its_end()

    def to_its_end(self) -> None:
        """Read until it ends or breaks."""
        try:
            while self.read(1 << 20):
                pass
        except ConnectionResetError:
            pass


def begin(provider: Served, *lines: str) -> Reader:
    reader = Reader(provider.raw(f"/api/variables/{LONG}", *lines, buffer=4096))
    while len(reader.body) < 4096:
        assert reader.read(2048)
    assert reader.got.startswith(b"HTTP/1.1 200 ")
    return reader


def cut(reader: Reader) -> bool:
    """Whether the answer is shorter than it said."""
    return len(reader.body) < reader.length
