"""Reads a bundle strictly: each line in its one canonical form, each document under the digest of its bytes."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avrop.verifier.report import Report, Unusable

MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)
"""What reading a text of an unexpected form can raise: a fault of the bundle, never ours."""

NOT_DOCUMENTS = ("grant", "seen")
"""Fields of events that hold a digest of something computed, which is never kept as a document."""

_HEX = re.compile(r"[0-9a-f]{64}")
_SALT = 32


@dataclass(frozen=True)
class Line:
    """One entry of the log as the bundle has it. `payload` is None where it was erased or withheld."""

    number: int
    case: str
    sequence: int
    commitment: str
    payload: str | None
    salt: bytes | None

    @property
    def place(self) -> str:
        """Where it stands, for a fault."""
        return f"entries.jsonl line {self.number}: entry {self.number - 1} (case {self.case}, sequence {self.sequence})"

    @property
    def leaf(self) -> bytes:
        """The bytes of its leaf in the tree."""
        parts = {"case": self.case, "commitment": self.commitment, "format": 1, "sequence": self.sequence}
        return canonical(parts)


@dataclass(frozen=True)
class Event:
    """An entry that is open: what happened, when, by whom."""

    line: Line
    at: str
    actor: dict[str, str]
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        """The event's type."""
        return str(self.data["type"])

    @property
    def day(self) -> str:
        """The day on which it happened, as YYYY-MM-DD."""
        return self.at[:10]


def canonical(value: Any) -> bytes:
    """Canonical JSON of texts, whole numbers, booleans and null (RFC 8785 for these)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digests(value: Any, *, leave: tuple[str, ...] = ()) -> Iterator[str]:
    """Every digest that a plain value names at any depth, but for what stands in the fields to leave."""
    if isinstance(value, str):
        if value.startswith("sha256:"):
            yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            if name not in leave:
                yield from digests(item, leave=leave)
    elif isinstance(value, list):
        for item in value:
            yield from digests(item, leave=leave)


def read_bytes(path: Path) -> bytes:
    """A file that is needed. Raises Unusable."""
    try:
        return path.read_bytes()
    except OSError as failure:
        raise Unusable(f"{path} cannot be read: {failure.strerror or type(failure).__name__}") from None


def read_lines(path: Path, report: Report) -> tuple[list[Line], int]:
    """Every entry, in order, and how many lines there are; a line that is not in canonical form is a fault."""
    lines = []
    *texts, rest = read_bytes(path).split(b"\n")
    if rest:
        texts.append(rest)
        report.fault(f"entries.jsonl line {len(texts)}: the last line does not end")
    for number, text in enumerate(texts, start=1):
        try:
            lines.append(_line(number, text))
        except MALFORMED:
            report.fault(f"entries.jsonl line {number}: it is not entry {number - 1} in canonical form")
    report.checks.append(("entries in canonical form", len(lines)))
    return lines, len(texts)


def open_events(lines: list[Line], report: Report) -> list[Event]:
    """The events of the entries whose payload is here and matches its commitment."""
    events, erased = [], 0
    for line in lines:
        if line.payload is None or line.salt is None:
            erased += 1
        elif hashlib.sha256(line.salt + line.payload.encode()).hexdigest() != line.commitment:
            report.fault(f"{line.place}: its payload does not match its commitment")
        else:
            try:
                events.append(_event(line, line.payload))
            except MALFORMED:
                report.fault(f"{line.place}: its payload is not that of this case and sequence in canonical form")
    report.checks.append(("entries that match their commitment", len(events)))
    report.checks.append(("entries erased or withheld", erased))
    return events


def read_documents(folder: Path, report: Report) -> dict[str, Any]:
    """Every document by its digest; a document whose bytes do not have the digest of its name is a fault."""
    documents = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        data = path.read_bytes() if path.is_file() else b""
        if path.name != f"{hashlib.sha256(data).hexdigest()}.json":
            report.fault(f"documents/{path.name}: its bytes do not have the digest of its name")
            continue
        try:
            documents[f"sha256:{path.stem}"] = json.loads(data)
        except MALFORMED:
            report.fault(f"documents/{path.name}: it is not a document")
    report.checks.append(("documents that have the digest of their name", len(documents)))
    return documents


def _line(number: int, text: bytes) -> Line:
    value = json.loads(text)
    salt = None if value["salt"] is None else base64.b64decode(value["salt"], validate=True)
    line = Line(number, value["case"], value["sequence"], value["commitment"], value["payload"], salt)
    written = {
        "case": line.case,
        "commitment": line.commitment,
        "index": number - 1,
        "payload": line.payload,
        "salt": None if salt is None else base64.b64encode(salt).decode(),
        "sequence": line.sequence,
    }
    typed = isinstance(line.case, str) and type(line.sequence) is int and isinstance(line.payload, str | None)
    if not typed or not _HEX.fullmatch(line.commitment) or (line.payload is None) != (salt is None):
        raise ValueError
    if canonical(written) != text or len(salt or bytes(_SALT)) != _SALT:
        raise ValueError
    return line


def _event(line: Line, payload: str) -> Event:
    said = json.loads(payload)
    if canonical(said) != payload.encode() or (said["case"], said["sequence"]) != (line.case, line.sequence):
        raise ValueError
    return Event(line, said["at"], said["actor"], said["event"])
