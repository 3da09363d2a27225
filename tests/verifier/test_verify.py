"""Every check of the verifier can fail; one changed byte is found, wherever it is, and said exactly where."""

import base64
import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from avrop.accounts.entries import commitment
from avrop.canonical import canonical
from avrop.demo.scene import Scene
from avrop.verifier import merkle
from avrop.verifier.bundle import canonical as plain_canonical
from avrop.verifier.notes import Checkpoint, sign_note
from avrop.verifier.report import Report, Unusable
from avrop.verifier.verify import verify


def check(bundle: Path) -> Report:
    return verify(bundle, keys=bundle.parent / "public-keys.json", checkpoint=bundle.parent / "old-checkpoint.txt")


def entries(bundle: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (bundle / "entries.jsonl").read_text().splitlines()]


def rewrite(bundle: Path, lines: list[dict[str, Any]]) -> None:
    (bundle / "entries.jsonl").write_bytes(b"".join(plain_canonical(line) + b"\n" for line in lines))


def resign(bundle: Path, scene: Scene, lines: list[dict[str, Any]]) -> None:
    """What a dishonest provider could do: write other entries, and sign a new checkpoint over them with the log's key."""
    for index, line in enumerate(lines):
        line["index"] = index
        if line["payload"] is not None:
            line["commitment"] = commitment(base64.b64decode(line["salt"]), line["payload"].encode())
    rewrite(bundle, lines)
    leaves = [
        canonical({"case": x["case"], "commitment": x["commitment"], "format": 1, "sequence": x["sequence"]})
        for x in lines
    ]
    name = json.loads((bundle.parent / "public-keys.json").read_text())["log"]["name"]
    public = base64.b64decode(scene.provider.keys.public("log"))
    root = merkle.root([merkle.leaf_hash(leaf) for leaf in leaves])
    note = sign_note(
        Checkpoint(name, len(lines), root), name, public, lambda data: scene.provider.keys.sign_bytes("log", data)
    )
    (bundle / "checkpoint.txt").write_text(note)
    head = {"format": 1, "origin": name, "size": len(lines), "withheld": []}
    (bundle / "bundle.json").write_bytes(plain_canonical(head) + b"\n")


def change(
    lines: list[dict[str, Any]], kind: str, edit: Callable[[dict[str, Any]], None], *, nth: int = 0
) -> dict[str, Any]:
    """Edit the nth event of a kind in place; the commitment is made anew by `resign`."""
    line = [x for x in lines if x["payload"] and json.loads(x["payload"])["event"]["type"] == kind][nth]
    payload = json.loads(line["payload"])
    edit(payload)
    line["payload"] = plain_canonical(payload).decode()
    return line


def test_an_untouched_account_is_sound(bundle: Path) -> None:
    report = check(bundle)
    assert report.faults == []
    counted = dict(report.checks)
    assert counted["signed decisions"] == 14
    assert counted["signed manifests"] == 2
    assert counted["signed receipts"] == 2
    assert counted["signed revocations"] == 1
    assert counted["signed deletions"] == 1
    assert counted["entries under the old checkpoint"] == 49


def test_it_runs_alone_with_the_standard_library_and_cryptography_only(bundle: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "avrop.verifier", str(bundle), "--keys", str(bundle.parent / "public-keys.json"), "--json"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["sound"] is True
    script = (
        "import sys, avrop.verifier.verify\n"
        "known = sys.stdlib_module_names | {'avrop', 'cryptography', '_cffi_backend'}\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} - known - {m for m in sys.modules if m.startswith('_')}))\n"
        "print(sorted(m for m in sys.modules if m.startswith('avrop') and not m.startswith('avrop.verifier')))"
    )
    loaded = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    foreign, ours = loaded.stdout.strip().splitlines()
    assert ours == "['avrop']"
    assert "sqlalchemy" not in foreign and "pydantic" not in foreign and "duckdb" not in foreign


def test_any_one_changed_bit_anywhere_is_found(bundle: Path) -> None:
    """Every file of the bundle, at random places."""
    picked = random.Random(7)  # noqa: S311  which bits are changed is no secret
    files = sorted(path for path in bundle.rglob("*") if path.is_file())
    for path in files:
        whole = path.read_bytes()
        for _ in range(12 if path.name == "entries.jsonl" else 2):
            place = picked.randrange(len(whole))
            bit = 1 << picked.randrange(7)
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            try:
                report = check(bundle)
                assert not report.sound, (path.name, place)
            except Unusable:
                pass
        path.write_bytes(whole)
    assert check(bundle).sound


def test_a_changed_entry_is_named_by_line_case_and_sequence(bundle: Path) -> None:
    lines = entries(bundle)
    edited = change(lines, "ControllerDecided", lambda p: p["event"].update(outcome="rejected"))
    rewrite(bundle, lines)
    first = check(bundle).faults[0]
    place = f"entries.jsonl line {edited['index'] + 1}: entry {edited['index']} (case {edited['case']}, sequence "
    assert first.startswith(place)
    assert "does not match its commitment" in first


def test_a_changed_document_is_named_by_its_file(bundle: Path) -> None:
    path = sorted((bundle / "documents").iterdir())[3]
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1))
    assert any(path.name in fault for fault in check(bundle).faults)


def test_whoever_holds_an_old_checkpoint_finds_a_rewritten_past_alone(bundle: Path, finished: Scene) -> None:
    """Invariant 9: even when the provider signs a new, consistent checkpoint over the rewritten log."""
    lines = entries(bundle)
    change(lines, "ControllerAdhered", lambda p: p["event"].update(name="Somebody else"))
    resign(bundle, finished, lines)
    report = check(bundle)
    assert any("the old checkpoint" in fault and "do not have its root" in fault for fault in report.faults)
    assert not any("checkpoint.txt" in fault for fault in report.faults)


def test_two_holders_find_a_split_view_as_soon_as_they_compare(bundle: Path, finished: Scene) -> None:
    """Each view is consistent in itself; the other holder's checkpoint does not fit it."""
    theirs = (bundle / "checkpoint.txt").read_text()
    lines = entries(bundle)
    change(lines, "CallOffSubmitted", lambda p: p["event"].update(minimum_controllers=1), nth=1)
    resign(bundle, finished, lines)
    (bundle.parent / "old-checkpoint.txt").write_text(theirs)
    assert any("the old checkpoint" in fault for fault in check(bundle).faults)


def test_a_truncated_log_is_found(bundle: Path, finished: Scene) -> None:
    lines = entries(bundle)
    resign(bundle, finished, lines[:40])
    faults = check(bundle).faults
    assert any("the old checkpoint: entries are missing" in fault for fault in faults), faults


@pytest.mark.parametrize(
    ("kind", "edit", "said"),
    [
        ("ControllerDecided", lambda p: p["event"].update(outcome="approved in part"), "does not say what the signed decision says"),
        ("ControllerDecided", lambda p: p["event"].update(slice_plan="sha256:" + "0" * 64), "slice plan"),
        ("ControllerDecided", lambda p: p["actor"].update(organisation="novari"), "recorded "),
        ("AuthorityDelegated", lambda p: p["event"].update(valid_to="2026-01-02"), "no delegated authority"),
        ("ControllerAdhered", lambda p: p["event"].update(public_key="A" * 43 + "="), "not the one you hold"),
        ("AgreementSigned", lambda p: p["event"].update(receiver_key="A" * 43 + "="), "the receiver's key is not the one you hold"),
        ("ManifestSigned", lambda p: p["event"].update(controllers=["03"]), "does not say what the signed manifest says"),
        ("ReceiptAccepted", lambda p: p["event"].update(receipt=p["event"]["manifest"]), "does not carry the signature"),
        ("DeletionConfirmed", lambda p: p["event"].update(confirmation=p["event"]["manifest"]), "does not carry the signature"),
        ("SliceRevoked", lambda p: p["event"].update(revocation="sha256:" + "1" * 64), "it cannot be checked"),
        ("GenerationSent", lambda p: p.update(at="2020-01-01T00:00:00Z"), "earlier than the one before"),
        ("OutcomeReached", lambda p: p.update(sequence=99), "not that of this case and sequence"),
    ],
)  # fmt: skip
def test_a_dishonest_provider_that_signs_anew_is_found(
    bundle: Path, finished: Scene, kind: str, edit, said: str
) -> None:
    """Each check of what the log says, against what only the other parties could have signed."""
    lines = entries(bundle)
    change(lines, kind, edit)
    resign(bundle, finished, lines)
    (bundle.parent / "old-checkpoint.txt").write_text((bundle / "checkpoint.txt").read_text())
    faults = check(bundle).faults
    assert any(said in fault for fault in faults), faults


def test_a_manifest_with_a_controller_that_had_revoked_is_found(bundle: Path, finished: Scene) -> None:
    """The revocation moved before the first manifest: then that manifest rests on a revoked decision."""
    lines = entries(bundle)
    kinds = [json.loads(x["payload"])["event"]["type"] for x in lines]
    moved = lines.pop(kinds.index("SliceRevoked"))
    kinds.pop(kinds.index("SliceRevoked"))
    lines.insert(kinds.index("ManifestSigned"), moved)
    resign(bundle, finished, lines)
    (bundle.parent / "old-checkpoint.txt").write_text((bundle / "checkpoint.txt").read_text())
    assert any("had not approved that slice plan then" in fault for fault in check(bundle).faults)


def test_a_repeated_and_a_missing_entry_are_found(bundle: Path, finished: Scene) -> None:
    lines = entries(bundle)
    resign(bundle, finished, [*lines[:60], dict(lines[59]), *lines[60:]])
    assert any("gap or a repetition" in fault for fault in check(bundle).faults)
    resign(bundle, finished, [*lines[:60], *lines[61:]])
    assert any("gap or a repetition" in fault for fault in check(bundle).faults)


def test_an_erased_entry_is_counted_and_the_rest_still_stands(bundle: Path) -> None:
    lines = entries(bundle)
    advice = next(x for x in lines if "AdviceGiven" in x["payload"])
    advice["payload"] = advice["salt"] = None
    rewrite(bundle, lines)
    report = check(bundle)
    assert report.sound
    assert dict(report.checks)["entries erased or withheld"] == 1


def test_a_stray_document_and_a_stray_file_are_found(bundle: Path) -> None:
    body = b'{"x":1}'
    name = hashlib.sha256(body).hexdigest()
    (bundle / "documents" / f"{name}.json").write_bytes(body)
    (bundle / "note.txt").write_text("hello")
    faults = check(bundle).faults
    assert any(name in fault and "nothing in the log names it" in fault for fault in faults)
    assert any("note.txt" in fault for fault in faults)


def test_what_cannot_be_verified_at_all_says_so(bundle: Path) -> None:
    (bundle.parent / "public-keys.json").write_text("{}")
    with pytest.raises(Unusable):
        check(bundle)
