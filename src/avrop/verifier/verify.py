"""The whole verification of a bundle, offline: log, checkpoints, documents, decisions, manifests, receipts."""

import base64
import json
from pathlib import Path
from typing import Any

from avrop.verifier import merkle, notes
from avrop.verifier.bundle import MALFORMED, Line, canonical, open_events, read_bytes, read_documents, read_lines
from avrop.verifier.claims import check
from avrop.verifier.report import Report, Unusable

_FILES = {"bundle.json", "checkpoint.txt", "documents", "entries.jsonl"}


def verify(bundle: Path, *, keys: Path, checkpoint: Path | None = None) -> Report:
    """Check everything in a bundle against the public keys that the user holds, and an old checkpoint if there is one.

    Raises Unusable when a file that is needed cannot be read at all.
    """
    report = Report()
    trusted = _keys(keys)
    lines, size = read_lines(bundle / "entries.jsonl", report)
    withheld = _head(read_bytes(bundle / "bundle.json"), size, trusted, report)
    events = open_events(lines, report)
    _sequences(lines, report)
    hashes = [merkle.leaf_hash(line.leaf) for line in lines]
    now = _checkpoint(bundle / "checkpoint.txt", "checkpoint.txt", hashes, trusted, report)
    if now is not None and now.size < size:
        report.fault(f"checkpoint.txt: it speaks of {now.size} entries, the bundle has {size}")
    if checkpoint is not None:
        _checkpoint(checkpoint, "the old checkpoint", hashes, trusted, report)
    documents = read_documents(bundle / "documents", report)
    check(events, documents, trusted, report, withheld=withheld, whole=len(events) == size)
    for path in sorted(bundle.iterdir()):
        if path.name not in _FILES:
            report.fault(f"{path.name}: it does not belong in a bundle")
    return report


def _keys(path: Path) -> dict[str, Any]:
    try:
        keys: dict[str, Any] = json.loads(read_bytes(path))
        held = [keys["log"]["key"], keys["provider"], keys["receiver"], *keys["controllers"].values()]
        if any(len(base64.b64decode(key, validate=True)) != 32 for key in held) or not keys["log"]["name"]:
            raise ValueError
    except MALFORMED:
        raise Unusable("the file of public keys does not have the expected form") from None
    return keys


def _head(said: bytes, size: int, trusted: dict[str, Any], report: Report) -> frozenset[str]:
    """The documents that the bundle says it leaves out."""
    try:
        withheld = [f"sha256:{bytes.fromhex(x.removeprefix('sha256:')).hex()}" for x in json.loads(said)["withheld"]]
    except MALFORMED:
        withheld = []
    expected = {"format": 1, "origin": trusted["log"]["name"], "size": size, "withheld": sorted(set(withheld))}
    if said != canonical(expected) + b"\n":
        report.fault(f"bundle.json: it does not say format 1, this origin and {size} entries in canonical form")
    report.checks.append(("documents withheld", len(withheld)))
    return frozenset(withheld)


def _checkpoint(
    path: Path, what: str, hashes: list[bytes], trusted: dict[str, Any], report: Report
) -> notes.Checkpoint | None:
    """The checkpoint, if the log's key signed it; a fault unless the first leaves have its root."""
    note = read_bytes(path).decode(errors="replace")
    try:
        held = notes.open_note(note, trusted["log"]["name"], base64.b64decode(trusted["log"]["key"]))
    except ValueError as failure:
        report.fault(f"{what}: {failure}")
        return None
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
