"""Reads a bundle strictly: each line in its one canonical form, each document under the digest of its bytes."""

import base64
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avrop.verifier.report import Report, Unusable


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


def canonical(value: Any) -> bytes:
    """Canonical JSON of texts, whole numbers, booleans and null (RFC 8785 for these)."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def read_text(path: Path) -> str:
    """A file of the bundle. Raises Unusable."""
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError) as failure:
        raise Unusable(f"{path.name} cannot be read ({type(failure).__name__})") from None


def read_lines(path: Path, report: Report) -> list[Line]:
    """Every entry, in order; a line that is not in canonical form is a fault."""
    try:
        raw = path.read_bytes()
    except OSError:
        raise Unusable(f"{path.name} is missing") from None
    lines = []
    texts = raw.split(b"\n")
    if texts[-1] != b"":
        report.fault(f"entries.jsonl line {len(texts)}: the last line does not end")
    for number, text in enumerate(texts[:-1] if texts[-1] == b"" else texts, start=1):
        line = _line(number, text)
        if line is None:
            report.fault(f"entries.jsonl line {number}: it is not an entry in canonical form")
        else:
            lines.append(line)
    report.checks.append(("entries in canonical form", len(lines)))
    return lines


def open_events(lines: list[Line], report: Report) -> list[Event]:
    """The events of the entries whose payload is here and matches its commitment."""
    events = []
    for line in lines:
        if line.payload is None or line.salt is None:
            continue
        if hashlib.sha256(line.salt + line.payload.encode()).hexdigest() != line.commitment:
            report.fault(f"{line.place}: what it says does not match its commitment")
            continue
        said = json.loads(line.payload)
        if (said["case"], said["sequence"]) != (line.case, line.sequence):
            report.fault(f"{line.place}: what it says is of another case or sequence")
            continue
        events.append(Event(line, said["at"], said["actor"], said["event"]))
    report.checks.append(("entries that match their commitment", len(events)))
    report.checks.append(("entries erased or withheld", len(lines) - len(events)))
    return events


def read_documents(folder: Path, report: Report) -> dict[str, dict[str, Any]]:
    """Every document by its digest; a document whose bytes do not have the digest of its name is a fault."""
    documents = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        data = path.read_bytes()
        if path.suffix != ".json" or hashlib.sha256(data).hexdigest() != path.stem:
            report.fault(f"documents/{path.name}: its bytes do not have the digest of its name")
            continue
        documents[f"sha256:{path.stem}"] = json.loads(data)
    report.checks.append(("documents that have the digest of their name", len(documents)))
    return documents


def _line(number: int, text: bytes) -> Line | None:
    try:
        value = json.loads(text)
        line = Line(
            number,
            value["case"],
            value["sequence"],
            value["commitment"],
            value["payload"],
            None if value["salt"] is None else base64.b64decode(value["salt"], validate=True),
        )
    except (ValueError, KeyError, TypeError):
        return None
    written = canonical(
        {
            "case": line.case,
            "commitment": line.commitment,
            "index": number - 1,
            "payload": line.payload,
            "salt": None if line.salt is None else base64.b64encode(line.salt).decode(),
            "sequence": line.sequence,
        }
    )
    return line if written == text and (line.payload is None) == (line.salt is None) else None
