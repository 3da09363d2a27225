"""Entries, their commitments, and the account as files: erasable, in one form, with everything that is named."""

import hashlib
import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from avrop.accounts.bundle import bundle_files, checkpoint, named_digests, named_documents
from avrop.accounts.entries import SALT_BYTES, CaseId, Entry, commitment, leaf
from avrop.canonical import Digest, canonical, digest
from avrop.verifier import bundle as reading
from avrop.verifier import merkle

POLICY, GRANT = digest("policy"), digest("grant")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def entry(index: int, event: object) -> Entry:
    """An entry of the account's case that says this event."""
    payload, salt = canonical({"event": event}), bytes(SALT_BYTES)
    return Entry(
        index=index,
        case=CaseId("account"),
        sequence=index + 1,
        commitment=commitment(salt, payload),
        payload=payload,
        salt=salt,
    )


ENTRIES = (entry(0, {"policy": POLICY, "text": "æ\n\"'"}), entry(1, {"grant": GRANT, "seen": GRANT}))


def test_a_commitment_is_the_sha_256_of_salt_and_payload() -> None:
    assert commitment(b"salt", b"payload") == hashlib.sha256(b"saltpayload").hexdigest()


def test_the_same_payload_under_another_salt_has_another_commitment() -> None:
    assert commitment(b"1" * 32, b"payload") != commitment(b"2" * 32, b"payload")


@given(case=texts, sequence=st.integers(1, 10**9), sealed=st.binary(min_size=32, max_size=32))
def test_the_writer_and_the_verifier_make_the_same_leaf(case: str, sequence: int, sealed: bytes) -> None:
    read = reading.Line(1, case, sequence, sealed.hex(), None, None)
    assert leaf(case, sequence, sealed.hex()) == read.leaf


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts, lambda inner: (
    st.lists(inner, max_size=4) | st.dictionaries(st.text("abcxyz_", max_size=5), inner, max_size=4)
)))  # fmt: skip
def test_the_writer_and_the_verifier_have_one_canonical_form(value: object) -> None:
    assert reading.canonical(value) == canonical(value)


def test_the_checkpoint_is_the_root_over_the_leaves() -> None:
    held = checkpoint("avrop/provider", ENTRIES)
    hashes = [merkle.leaf_hash(leaf("account", x.sequence, x.commitment)) for x in ENTRIES]
    assert (held.origin, held.size, held.root) == ("avrop/provider", 2, merkle.node_hash(*hashes))


def test_erasing_what_an_entry_said_leaves_the_root() -> None:
    erased = (replace(ENTRIES[0], payload=None, salt=None), ENTRIES[1])
    assert checkpoint("x", erased) == checkpoint("x", ENTRIES)


def test_a_bundle_has_its_files_in_their_one_form() -> None:
    files = bundle_files(origin="avrop/provider", entries=ENTRIES, note="the note", documents={POLICY: b"{}"})
    assert sorted(files) == [
        "bundle.json",
        "checkpoint.txt",
        f"documents/{POLICY.removeprefix('sha256:')}.json",
        "entries.jsonl",
    ]
    assert files["bundle.json"] == b'{"format":1,"origin":"avrop/provider","size":2,"withheld":[]}\n'
    assert files["checkpoint.txt"] == b"the note"
    lines = files["entries.jsonl"].split(b"\n")
    assert lines[2:] == [b""]
    shown = json.loads(lines[0])
    assert list(shown) == ["case", "commitment", "index", "payload", "salt", "sequence"]
    assert shown["payload"].encode() == ENTRIES[0].payload


def test_an_erased_entry_has_neither_payload_nor_salt_in_the_bundle() -> None:
    erased = (replace(ENTRIES[0], payload=None, salt=None),)
    files = bundle_files(origin="x", entries=erased, note="", documents={})
    shown = json.loads(files["entries.jsonl"])
    assert (shown["payload"], shown["salt"], shown["commitment"]) == (None, None, ENTRIES[0].commitment)
    assert json.loads(files["bundle.json"])["withheld"] == []


def test_what_is_named_and_not_given_is_listed_as_withheld() -> None:
    files = bundle_files(origin="x", entries=ENTRIES, note="", documents={})
    assert json.loads(files["bundle.json"])["withheld"] == [POLICY]


def test_a_grant_and_what_was_seen_are_computed_and_are_no_documents() -> None:
    assert named_documents(ENTRIES) == {POLICY}


def test_digests_are_found_at_any_depth() -> None:
    value = {"a": POLICY, "b": [{"c": (GRANT, "text", 1, None)}]}
    assert list(named_digests(value)) == [POLICY, GRANT]
    assert list(named_digests(Digest("plain"))) == []
