"""The whole verification of a bundle, offline: log, checkpoints, documents, decisions, manifests, receipts."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from avrop.verifier import merkle, notes
from avrop.verifier.bundle import MALFORMED, Line, canonical, open_events, read_bytes, read_documents, read_lines
from avrop.verifier.claims import check
from avrop.verifier.keychains import Key, KeyChains
from avrop.verifier.report import Report, Unusable

_FILES = {"bundle.json", "checkpoint.txt", "documents", "entries.jsonl"}


def verify(bundle: Path, *, keys: Path, checkpoint: Path | None = None) -> Report:
    """Check everything in a bundle against the public keys that the user holds, and an old checkpoint if there is one.

    Raises Unusable when a file that is needed cannot be read at all, or the old checkpoint is none.
    """
    report = Report()
    origin, held = _keys(keys)
    if checkpoint is not None:
        _is_old_checkpoint(checkpoint, bundle)
    lines, size = read_lines(bundle / "entries.jsonl", report)
    withheld = _head(read_bytes(bundle / "bundle.json"), size, origin, report)
    events = open_events(lines, report)
    _sequences(lines, report)
    hashes = [merkle.leaf_hash(line.leaf) for line in lines]
    documents = read_documents(bundle / "documents", report)
    log = _Log(origin, KeyChains.read(events, documents, held), hashes, held["log"])
    now = _checkpoint(bundle / "checkpoint.txt", "checkpoint.txt", log, report)
    if now is not None and now.size < size:
        report.fault(f"checkpoint.txt: it speaks of {now.size} entries, the bundle has {size}")
    if checkpoint is not None:
        _checkpoint(checkpoint, "the old checkpoint", log, report)
    erased = [line for line in lines if line.payload is None]
    check(events, erased, documents, held, report, withheld=withheld, whole=len(events) == size)
    for path in sorted(bundle.iterdir()):
        if path.name not in _FILES:
            report.fault(f"{path.name}: it does not belong in a bundle")
    return report


@dataclass(frozen=True)
class _Log:
    """The log as the bundle has it: its name, the keys that sign its checkpoints, and its leaf hashes."""

    origin: str
    chains: KeyChains
    hashes: list[bytes]
    held: tuple[str, ...]

    @property
    def keys(self) -> list[Key]:
        """Those that are believed: at least what the user holds."""
        told = [key for key in self.chains.keys_of("log") if self.chains.believed("log", key.public)]
        return told or [Key(public) for public in self.held]


def _keys(path: Path) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The log's name, and the keys that the user holds by holder: each one, or a list of several."""
    try:
        keys: dict[str, Any] = json.loads(read_bytes(path))
        given = {"log": keys["log"]["key"], "provider": keys["provider"], "receiver": keys["receiver"]}
        given |= {f"controller/{code}": key for code, key in keys["controllers"].items()}
        held = {name: (key,) if isinstance(key, str) else tuple(key) for name, key in given.items()}
        if not all(held.values()):
            raise ValueError
        if not isinstance(keys["log"]["name"], str) or not keys["log"]["name"]:
            raise ValueError
    except MALFORMED:
        raise Unusable(f"the file of public keys, {path.name}, does not have the expected form") from None
    for holder, some in held.items():
        if not all(_is_key(key) for key in some):
            raise Unusable(f"{path.name}: the key of {holder} is not 32 bytes in base64")
    return keys["log"]["name"], held


def _is_key(text: object) -> bool:
    try:
        return isinstance(text, str) and len(base64.b64decode(text, validate=True)) == 32
    except MALFORMED:
        return False


def _is_old_checkpoint(path: Path, bundle: Path) -> None:
    """Raises Unusable for a file that has not a checkpoint's form, or is the bundle's own: that compares nothing."""
    if not notes.is_note(read_bytes(path).decode(errors="replace")):
        raise Unusable(f"{path.name} is no checkpoint: name a file that was kept from an earlier one")
    own = bundle / "checkpoint.txt"
    if own.exists() and path.samefile(own):
        raise Unusable(f"{path.name} is the bundle's own checkpoint: name one that you kept from before")


def _head(said: bytes, size: int, origin: str, report: Report) -> frozenset[str]:
    """The documents that the bundle says it leaves out."""
    try:
        withheld = [f"sha256:{bytes.fromhex(x.removeprefix('sha256:')).hex()}" for x in json.loads(said)["withheld"]]
    except MALFORMED:
        withheld = []
    expected = {"format": 1, "origin": origin, "size": size, "withheld": sorted(set(withheld))}
    if said != canonical(expected) + b"\n":
        report.fault(f"bundle.json: it does not say format 1, this origin and {size} entries in canonical form")
    report.checks.append(("documents withheld", len(withheld)))
    return frozenset(withheld)


def _checkpoint(path: Path, what: str, log: _Log, report: Report) -> notes.Checkpoint | None:
    """The checkpoint, if a key of the log signed it that held for so many entries; a fault unless the first leaves have
    its root."""
    hashes = log.hashes
    note = read_bytes(path).decode(errors="replace")
    keys = [base64.b64decode(key.public) for key in log.keys]
    signer = notes.signer(note, log.origin, keys) or 0
    try:
        held = notes.open_note(note, log.origin, keys[signer])
    except ValueError as failure:
        report.fault(f"{what}: {failure}")
        return None
    wrong = log.keys[signer].wrong_for(held.size)
    if wrong is not None:
        report.fault(f"{what}: it speaks of {held.size} entries, and is signed by a key of the log that {wrong}")
    if held.size > len(hashes):
        report.fault(f"{what}: entries are missing: it speaks of {held.size}, the bundle has {len(hashes)}")
    elif merkle.root(hashes[: held.size]) != held.root:
        report.fault(f"{what}: the first {held.size} entries do not have its root: one of them was changed")
    report.checks.append((f"entries under {what}", held.size))
    return held


def _sequences(lines: list[Line], report: Report) -> None:
    last: dict[str, int] = {}
    for line in lines:
        if line.sequence != last.get(line.case, 0) + 1:
            report.fault(f"{line.place}: the sequence of its case has a gap or a repetition")
        last[line.case] = line.sequence
    report.checks.append(("cases with a whole sequence", len(last)))
