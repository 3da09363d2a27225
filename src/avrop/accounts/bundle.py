"""The account as files: everything that a party needs to verify it alone, in the form of docs/account-format.md."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from avrop.accounts.entries import Entry, leaf
from avrop.canonical import Digest, canonical
from avrop.verifier import merkle
from avrop.verifier.bundle import NOT_DOCUMENTS, digests
from avrop.verifier.notes import Checkpoint


def checkpoint(origin: str, entries: Sequence[Entry]) -> Checkpoint:
    """The log's size and root over these entries, which are all of them from the first."""
    hashes = [merkle.leaf_hash(leaf(entry.case, entry.sequence, entry.commitment)) for entry in entries]
    return Checkpoint(origin, len(hashes), merkle.root(hashes))


def bundle_files(
    *, origin: str, entries: Sequence[Entry], note: str, documents: Mapping[Digest, bytes]
) -> dict[str, bytes]:
    """The bundle's files by their names within it. What the entries name but is not given is listed as withheld."""
    withheld = sorted(named_documents(entries) - documents.keys())
    head = {"format": 1, "origin": origin, "size": len(entries), "withheld": withheld}
    files = {
        "bundle.json": canonical(head) + b"\n",
        "checkpoint.txt": note.encode(),
        "entries.jsonl": b"".join(canonical(_line(entry)) + b"\n" for entry in entries),
    }
    return files | {f"documents/{sealed.removeprefix('sha256:')}.json": body for sealed, body in documents.items()}


def named_documents(entries: Sequence[Entry]) -> set[Digest]:
    """The digests of the documents that the open entries name. A grant's digest, and that of a list of digests that
    were seen, are of no document."""
    events = (json.loads(entry.payload)["event"] for entry in entries if entry.payload is not None)
    return {Digest(digest) for event in events for digest in digests(event, leave=NOT_DOCUMENTS)}


def named_digests(value: Any) -> Iterator[Digest]:
    """Every digest that a plain value names, at any depth."""
    if isinstance(value, str):
        if value.startswith("sha256:"):
            yield Digest(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from named_digests(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from named_digests(item)


def _line(entry: Entry) -> dict[str, object]:
    return {
        "case": entry.case,
        "commitment": entry.commitment,
        "index": entry.index,
        "payload": None if entry.payload is None else entry.payload.decode(),
        "salt": None if entry.salt is None else base64.b64encode(entry.salt).decode(),
        "sequence": entry.sequence,
    }
