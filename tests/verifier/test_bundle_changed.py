"""Whatever is changed in a bundle is found, and said exactly where (invariant 9): bytes, lines, files, order."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.accounts.entries import CaseId, commitment
from avrop.canonical import canonical, digest_bytes
from avrop.verifier.notes import Checkpoint, sign_note
from avrop.verifier.report import Unusable
from avrop.verifier.verify import verify
from tests.examples import tried
from tests.verifier.making import ORIGIN, REF, Account, entry, make, note, private, raw, write

MADE = make()
FILES = MADE.files()
LINES = FILES["entries.jsonl"].splitlines(keepends=True)


def faults(folder: Path, files: dict[str, bytes], *, old: str | None = None) -> list[str]:
    """What the verifier finds in these files."""
    if old is not None:
        (folder / "old.txt").write_text(old)
    bundle = write(folder, files)
    return verify(bundle, keys=folder / "keys.json", checkpoint=folder / "old.txt" if old else None).faults


def place(name: str, made: Account = MADE) -> str:
    """Where a step stands, as a fault says it."""
    index = made.places[name]
    one = made.entries[index]
    return f"entries.jsonl line {index + 1}: entry {index} (case {one.case}, sequence {one.sequence})"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    write(folder, FILES)
    return folder


@given(data=st.data(), flip=st.integers(1, 255))
@tried(300)
def test_one_changed_byte_anywhere_is_found_at_its_place(whole: Path, data: st.DataObject, flip: int) -> None:
    name = data.draw(st.sampled_from(sorted(FILES)))
    offset = data.draw(st.integers(0, len(FILES[name]) - 1))
    changed = bytearray(FILES[name])
    changed[offset] ^= flip
    path = whole / "bundle" / name
    try:
        path.write_bytes(changed)
        found = verify(whole / "bundle", keys=whole / "keys.json").faults
    finally:
        path.write_bytes(FILES[name])
    line = f" line {FILES[name][:offset].count(10) + 1}:" if name == "entries.jsonl" else ":"
    assert any(fault.startswith(f"{name}{line}") for fault in found), found


@pytest.mark.parametrize("name", ["bundle.json", "checkpoint.txt"])
@pytest.mark.parametrize("flip", [1, 2, 4, 8, 16, 32, 64, 128, 7])
def test_every_byte_of_the_small_files_counts(whole: Path, name: str, flip: int) -> None:
    unseen = []
    path = whole / "bundle" / name
    for offset in range(len(FILES[name])):
        changed = bytearray(FILES[name])
        changed[offset] ^= flip
        path.write_bytes(changed)
        found = verify(whole / "bundle", keys=whole / "keys.json").faults
        unseen += [] if any(fault.startswith(f"{name}:") for fault in found) else [offset]
    path.write_bytes(FILES[name])
    assert unseen == []


def test_a_changed_payload_is_said_with_line_entry_case_and_sequence(tmp_path: Path) -> None:
    index = MADE.places["decided c1"]
    lines = [*LINES]
    lines[index] = lines[index].replace(b'\\"approved\\"', b'\\"rejected\\"')
    found = faults(tmp_path, FILES | {"entries.jsonl": b"".join(lines)})
    expected = f"entries.jsonl line {index + 1}: entry {index} (case {REF}/c1, sequence 3)"
    assert found[0] == f"{expected}: its payload does not match its commitment"


def test_a_changed_document_is_said_with_the_entry_that_names_it(tmp_path: Path) -> None:
    name = f"documents/{MADE.made['findings'].removeprefix('sha256:')}.json"
    found = faults(tmp_path, FILES | {name: b'["changed"]'})
    assert found == [
        f"{name}: its bytes do not have the digest of its name",
        f"{place('found')}: {name}, which it names, is missing or changed",
    ]


def test_every_document_of_the_account_is_missed(tmp_path: Path) -> None:
    bundle = write(tmp_path, FILES)
    for name in (name for name in FILES if name.startswith("documents/")):
        (bundle / name).unlink()
        found = verify(bundle, keys=tmp_path / "keys.json").faults
        assert any(f"{name}, which it names, is missing or changed" in fault for fault in found), name
        (bundle / name).write_bytes(FILES[name])


def test_a_stray_document_is_found(tmp_path: Path) -> None:
    body = canonical({"nobody": "names it"})
    name = f"documents/{digest_bytes(body).removeprefix('sha256:')}.json"
    assert faults(tmp_path, FILES | {name: body}) == [f"{name}: nothing in the log names it"]


def test_a_folder_among_the_documents_is_found(tmp_path: Path) -> None:
    (write(tmp_path, FILES) / "documents" / "more").mkdir()
    found = verify(tmp_path / "bundle", keys=tmp_path / "keys.json").faults
    assert found == ["documents/more: its bytes do not have the digest of its name"]


@pytest.mark.parametrize(
    "written",
    [
        lambda line: line.replace(b'{"case"', b'{ "case"'),
        lambda line: line.replace(b"\xc3\xa6", b"\\u00e6"),
        lambda line: line.replace(b"\n", b"\r\n"),
        lambda line: json.dumps(dict(reversed(json.loads(line).items())), separators=(",", ":")).encode() + b"\n",
        lambda line: line.replace(b'{"case"', b'{"case":"x","case"'),
        lambda line: line.replace(b'"sequence":1', b'"sequence":true'),
        lambda line: line.replace(b'"sequence":1', b'"sequence":1.0'),
        lambda line: line.replace(b'"sequence":1', b'"sequence":1,"more":0'),
        lambda line: line.replace(b'"case":"account","c', b'"case":["account"],"c'),
        lambda line: line.replace(b'"index":0', b'"index":1'),
        lambda line: line.replace(b'"payload":"{', b'"payload":"\\ud800{'),
        lambda line: line.replace(b'"salt":"', b'"salt":"AA'),
        lambda _: b'{"case":"account"}\n',
        lambda _: b"[" * 100_000 + b"\n",
        lambda _: b"\xff\xfe\n",
        lambda _: b"\n",
        lambda _: b"null\n",
    ],
)
def test_a_line_in_another_form_is_found_and_nothing_breaks(tmp_path: Path, written) -> None:  # type: ignore[no-untyped-def]
    changed = written(LINES[0])
    assert changed != LINES[0]
    found = faults(tmp_path, FILES | {"entries.jsonl": changed + b"".join(LINES[1:])})
    assert "entries.jsonl line 1: it is not entry 0 in canonical form" in found


@pytest.mark.parametrize("said", [b"", b"[]", b"{}", b"[" * 100_000, b'{"withheld":[1]}', b'{"withheld":["zz"]}'])
def test_a_head_of_another_form_is_found(tmp_path: Path, said: bytes) -> None:
    expected = f"bundle.json: it does not say format 1, this origin and {len(LINES)} entries in canonical form"
    assert expected in faults(tmp_path, FILES | {"bundle.json": said})


@pytest.mark.parametrize(
    "payload", [b"{}", b"[]", b"1", b"nothing", b"[" * 100_000, (MADE.entries[3].payload or b"") + b" "]
)
def test_a_committed_payload_of_another_form_is_found(tmp_path: Path, payload: bytes) -> None:
    files = MADE.files()
    made = Account(entries=[*MADE.entries], documents=MADE.documents)
    made.entries[3] = entry(3, "account", 4, payload)
    lines = [*files["entries.jsonl"].splitlines(keepends=True)]
    line = {"case": "account", "commitment": made.entries[3].commitment, "index": 3, "payload": payload.decode()}
    lines[3] = canonical(line | {"salt": json.loads(lines[3])["salt"], "sequence": 4}) + b"\n"
    found = faults(
        tmp_path, files | {"entries.jsonl": b"".join(lines), "checkpoint.txt": note(tuple(made.entries)).encode()}
    )
    where = "entries.jsonl line 4: entry 3 (case account, sequence 4)"
    assert f"{where}: its payload is not that of this case and sequence in canonical form" in found


@pytest.mark.parametrize(
    "fields",
    [
        {"commitment": "Z" * 64, "payload": None, "salt": None},
        {"commitment": commitment(b"short", MADE.entries[2].payload or b""), "salt": b"short"},
    ],
)
def test_a_commitment_or_a_salt_of_another_form_is_found(tmp_path: Path, fields: dict[str, Any]) -> None:
    entries = [*MADE.entries]
    entries[2] = replace(entries[2], **fields)
    found = faults(tmp_path, Account(entries=entries, documents=MADE.documents).files())
    assert found[0] == "entries.jsonl line 3: it is not entry 2 in canonical form"


@pytest.mark.parametrize("event", [{}, [], {"type": "ControllerDecided"}, {"type": "AgreementSigned"}, {"type": []}])
@pytest.mark.parametrize("at", ["2026-03-01T11:00:00Z", "soon", None, "2026-03-01T11:00:00"])
def test_a_committed_event_of_another_form_is_a_fault_and_nothing_breaks(tmp_path: Path, event, at) -> None:  # type: ignore[no-untyped-def]
    made = make(changes={"say advice": lambda said: said | {"event": event, "at": at}})
    found = faults(tmp_path, made.files())
    assert any(fault.startswith(place("advice", made)) for fault in found) or event == {"type": []}


def test_a_committed_document_that_is_no_json_is_found(tmp_path: Path) -> None:
    made = make(changes={"document findings": lambda _: b"not json"})
    name = f"documents/{made.made['findings'].removeprefix('sha256:')}.json"
    assert f"{name}: it is not a document" in faults(tmp_path, made.files())


class TestWithoutTheLogsKey:
    """Somebody between the log and the reader changes entries: the checkpoint does not fit."""

    def test_truncated(self, tmp_path: Path) -> None:
        head = FILES["bundle.json"].replace(b'"size":%d' % len(LINES), b'"size":%d' % (len(LINES) - 1))
        found = faults(tmp_path, FILES | {"bundle.json": head, "entries.jsonl": b"".join(LINES[:-1])})
        size = len(LINES)
        assert found[0] == f"checkpoint.txt: entries are missing: it speaks of {size}, the bundle has {size - 1}"

    def test_last_line_does_not_end(self, tmp_path: Path) -> None:
        found = faults(tmp_path, FILES | {"entries.jsonl": FILES["entries.jsonl"][:-1]})
        assert found == [f"entries.jsonl line {len(LINES)}: the last line does not end"]

    def test_reordered_and_renumbered(self, tmp_path: Path) -> None:
        entries = [*MADE.entries]
        entries[8], entries[9] = replace(entries[9], index=8), replace(entries[8], index=9)
        files = Account(entries=entries, documents=MADE.documents).files() | {"checkpoint.txt": FILES["checkpoint.txt"]}
        size = len(entries)
        expected = f"checkpoint.txt: the first {size} entries do not have its root: one of them was changed"
        assert expected in faults(tmp_path, files)

    def test_reordered(self, tmp_path: Path) -> None:
        found = faults(tmp_path, FILES | {"entries.jsonl": b"".join([LINES[1], LINES[0], *LINES[2:]])})
        assert "entries.jsonl line 1: it is not entry 0 in canonical form" in found

    def test_duplicated(self, tmp_path: Path) -> None:
        found = faults(tmp_path, FILES | {"entries.jsonl": b"".join([*LINES, LINES[-1]])})
        assert f"entries.jsonl line {len(LINES) + 1}: it is not entry {len(LINES)} in canonical form" in found

    def test_an_erased_entrys_commitment_changed(self, tmp_path: Path) -> None:
        at = MADE.places["advice"]
        entries = [*MADE.entries]
        entries[at] = replace(entries[at], payload=None, salt=None, commitment="0" * 64)
        files = Account(entries=entries, documents=MADE.documents).files() | {"checkpoint.txt": FILES["checkpoint.txt"]}
        size = len(entries)
        assert faults(tmp_path, files) == [
            f"checkpoint.txt: the first {size} entries do not have its root: one of them was changed"
        ]


class TestWithTheLogsKey:
    """The log's own operator rewrites it and signs a new checkpoint: the holder of an old one finds it alone."""

    OLD = 12

    def old(self) -> str:
        return note(tuple(MADE.entries[: self.OLD]))

    @pytest.mark.parametrize("index", range(12))
    def test_any_entry_within_the_old_prefix_rewritten(self, tmp_path: Path, index: int) -> None:
        one = MADE.entries[index]
        said = json.loads(one.payload or b"")
        entries = [*MADE.entries]
        entries[index] = entry(index, one.case, one.sequence, canonical(said | {"at": "2026-03-01T00:00:00Z"}))
        files = Account(entries=entries, documents=MADE.documents).files()
        expected = f"the old checkpoint: the first {self.OLD} entries do not have its root: one of them was changed"
        assert expected in faults(tmp_path, files, old=self.old())

    def test_cut_off_below_the_old_checkpoint(self, tmp_path: Path) -> None:
        made = Account(entries=MADE.entries[:10], documents={})
        expected = "the old checkpoint: entries are missing: it speaks of 12, the bundle has 10"
        assert expected in faults(tmp_path, made.files(), old=self.old())

    def test_continued_beyond_the_old_checkpoint_is_no_fault(self, tmp_path: Path) -> None:
        assert faults(tmp_path, FILES, old=self.old()) == []

    @pytest.mark.parametrize("text", ["", "hello\n", "a\n1\nAAAA\n\n— x y\n", "a\nmany\n\n— x y\n"])
    def test_a_file_that_is_no_checkpoint_is_a_mistake_and_no_tampering(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "old.txt").write_text(text)
        bundle = write(tmp_path, FILES)
        with pytest.raises(Unusable, match="is no checkpoint"):
            verify(bundle, keys=tmp_path / "keys.json", checkpoint=tmp_path / "old.txt")

    def test_the_bundles_own_checkpoint_is_no_old_one(self, tmp_path: Path) -> None:
        bundle = write(tmp_path, FILES)
        with pytest.raises(Unusable, match="own checkpoint"):
            verify(bundle, keys=tmp_path / "keys.json", checkpoint=bundle / "checkpoint.txt")

    def test_a_gap_in_a_case(self, tmp_path: Path) -> None:
        one = MADE.entries[-1]
        said = json.loads(one.payload or b"")
        entries = [*MADE.entries[:-1]]
        entries.append(entry(one.index, one.case, 9, canonical(said | {"sequence": 9})))
        found = faults(tmp_path, Account(entries=entries, documents=MADE.documents).files())
        assert any("sequence 9): the sequence of its case has a gap or a repetition" in fault for fault in found)

    def test_a_repetition_in_a_case(self, tmp_path: Path) -> None:
        one = MADE.entries[-1]
        again = entry(len(MADE.entries), one.case, one.sequence, one.payload or b"")
        found = faults(tmp_path, Account(entries=[*MADE.entries, again], documents=MADE.documents).files())
        assert any("has a gap or a repetition" in fault for fault in found)

    def test_a_payload_of_another_case(self, tmp_path: Path) -> None:
        one = MADE.entries[0]
        entries = [entry(0, CaseId("other"), 1, one.payload or b""), *MADE.entries[1:]]
        found = faults(tmp_path, Account(entries=entries, documents=MADE.documents).files())
        assert any(x.startswith("entries.jsonl line 1:") and "not that of this case" in x for x in found)

    def test_a_checkpoint_behind_the_bundle(self, tmp_path: Path) -> None:
        found = faults(tmp_path, FILES | {"checkpoint.txt": self.old().encode()})
        assert found == [f"checkpoint.txt: it speaks of 12 entries, the bundle has {len(LINES)}"]

    def test_a_checkpoint_of_another_log_under_the_same_key(self, tmp_path: Path) -> None:
        held = Checkpoint("avrop/other", 0, bytes(32))
        other = sign_note(held, ORIGIN, raw("log"), private("log").sign)
        assert "the old checkpoint: it is of another log" in faults(tmp_path, FILES, old=other)

    def test_an_old_checkpoint_by_another_key(self, tmp_path: Path) -> None:
        held = Checkpoint(ORIGIN, 1, bytes(32))
        other = sign_note(held, ORIGIN, raw("provider"), private("provider").sign)
        assert faults(tmp_path, FILES, old=other) == ["the old checkpoint: it is not signed with the log's key"]

    def test_a_missing_old_checkpoint_is_unusable(self, tmp_path: Path) -> None:
        write(tmp_path, FILES)
        with pytest.raises(Unusable, match=r"old\.txt"):
            verify(tmp_path / "bundle", keys=tmp_path / "keys.json", checkpoint=tmp_path / "old.txt")


def test_no_fault_tells_what_a_payload_says(tmp_path: Path) -> None:
    made = make(changes={"sign decision c1": lambda body: body | {"reasons": "CANARY", "outcome": "CANARY"}})
    found = faults(tmp_path, made.files())
    assert found != []
    assert not any("CANARY" in fault for fault in found)
