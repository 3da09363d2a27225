"""The whole verification of a bundle, offline: log, checkpoints, documents, decisions, manifests, receipts."""

import base64
import binascii
import json
from pathlib import Path
from typing import Any

from avrop.verifier import account, merkle, notes
from avrop.verifier.bundle import Line, open_events, read_documents, read_lines, read_text
from avrop.verifier.report import Report, Unusable


def verify(bundle: Path, *, keys: Path, checkpoint: Path | None = None) -> Report:
    """Check everything in a bundle against the public keys that the user holds, and an old checkpoint if there is one.

    Raises Unusable when a file that is needed cannot be read at all.
    """
    report = Report()
    trusted = _keys(keys)
    lines = read_lines(bundle / "entries.jsonl", report)
    _head(bundle / "bundle.json", len(lines), trusted, report)
    _tree(bundle, lines, trusted, report, old=checkpoint)
    _sequences(lines, report)
    events = open_events(lines, report)
    documents = read_documents(bundle / "documents", report)
    account.check(events, documents, trusted, report, sizes=len(lines))
    _strays(bundle, report)
    return report


def _keys(path: Path) -> dict[str, Any]:
    try:
        keys: dict[str, Any] = json.loads(read_text(path))
        base64.b64decode(keys["log"]["key"], validate=True)
        keys["log"]["name"], keys["provider"], keys["receiver"], keys["controllers"]
    except (ValueError, KeyError, TypeError, binascii.Error):
        raise Unusable("the file of public keys does not have the expected form") from None
    return keys


def _head(path: Path, size: int, trusted: dict[str, Any], report: Report) -> None:
    expected = {"format": 1, "origin": trusted["log"]["name"], "size": size}
    text = read_text(path)
    if text != json.dumps(expected, sort_keys=True, separators=(",", ":")) + "\n":
        report.fault(f"bundle.json: it does not say format 1, this origin and {size} entries")


def _tree(bundle: Path, lines: list[Line], trusted: dict[str, Any], report: Report, *, old: Path | None) -> None:
    hashes = [merkle.leaf_hash(line.leaf) for line in lines]
    name, key = trusted["log"]["name"], base64.b64decode(trusted["log"]["key"])
    for path, what in ((bundle / "checkpoint.txt", "checkpoint.txt"), (old, "the old checkpoint")):
        if path is None:
            continue
        try:
            held = notes.open_note(read_text(path), name, key)
        except ValueError as failure:
            report.fault(f"{what}: {failure}")
            continue
        if held.size > len(hashes) or (path != old and held.size != len(hashes)):
            report.fault(f"{what}: it speaks of {held.size} entries, the bundle has {len(hashes)}")
        elif merkle.root(hashes[: held.size]) != held.root:
            where = "the log was changed within them" if path == old else "an entry was changed"
            report.fault(f"{what}: the first {held.size} entries do not have its root: {where}")
        report.checks.append((f"entries under {what}", held.size))


def _sequences(lines: list[Line], report: Report) -> None:
    last: dict[str, int] = {}
    for line in lines:
        if line.sequence != last.get(line.case, 0) + 1:
            report.fault(f"{line.place}: the sequence of its case has a gap or a repetition")
        last[line.case] = line.sequence
    report.checks.append(("cases with a whole sequence", len(last)))


def _strays(bundle: Path, report: Report) -> None:
    expected = {"bundle.json", "entries.jsonl", "checkpoint.txt", "documents"}
    for path in sorted(bundle.iterdir()):
        if path.name not in expected:
            report.fault(f"{path.name}: it does not belong in a bundle")
