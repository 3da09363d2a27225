"""A true account verifies, alone and offline, and its report says how much was checked."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from avrop.accounts.entries import Payload
from avrop.canonical import canonical, read
from avrop.verifier.report import Unusable
from avrop.verifier.verify import verify
from tests.verifier.making import Account, entry, make, note, write


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The verifier as a program."""
    command = [sys.executable, "-m", "avrop.verifier", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_a_true_account_has_no_fault_and_every_check_counted_something(tmp_path: Path) -> None:
    made = make()
    (tmp_path / "old.txt").write_text(note(tuple(made.entries[:9])))
    report = verify(write(tmp_path, made.files()), keys=tmp_path / "keys.json", checkpoint=tmp_path / "old.txt")
    assert report.faults == []
    assert dict(report.checks) == {
        "entries in canonical form": len(made.entries),
        "documents withheld": 0,
        "entries that match their commitment": len(made.entries),
        "entries erased or withheld": 0,
        "cases with a whole sequence": 7,
        "entries under checkpoint.txt": len(made.entries),
        "entries under the old checkpoint": 9,
        "documents that have the digest of their name": len(made.documents),
        "signed decisions": 2,
        "signed revocations": 1,
        "signed manifests": 2,
        "signed receipts": 2,
        "signed deletions": 1,
    }


def test_the_made_account_has_the_form_of_the_real_one() -> None:
    for one in make().entries:
        payload = read(Payload, one.payload or b"", what="The entry")
        assert canonical(payload) == one.payload


def test_an_erased_note_leaves_the_account_sound_and_is_counted(tmp_path: Path) -> None:
    made = make()
    place = made.places["advice"]
    made.entries[place] = replace(made.entries[place], payload=None, salt=None)
    report = verify(write(tmp_path, made.files()), keys=tmp_path / "keys.json")
    assert report.faults == []
    assert ("entries erased or withheld", 1) in report.checks


def test_a_document_that_is_said_to_be_withheld_is_counted_and_is_no_fault(tmp_path: Path) -> None:
    made = make()
    del made.documents[made.made["findings"]]
    files = made.files()
    assert json.loads(files["bundle.json"])["withheld"] == [made.made["findings"]]
    report = verify(write(tmp_path, files), keys=tmp_path / "keys.json")
    assert report.faults == []
    assert ("documents withheld", 1) in report.checks


@pytest.mark.parametrize("name", ["decision c1", "plan c1 county", "manifest 1", "receipt 1", "version"])
def test_what_is_needed_to_check_a_claim_cannot_be_withheld(tmp_path: Path, name: str) -> None:
    made = make()
    del made.documents[made.made[name]]
    report = verify(write(tmp_path, made.files()), keys=tmp_path / "keys.json")
    assert any(made.made[name][:19] in fault and "cannot be checked" in fault for fault in report.faults)


def test_times_with_and_without_fractions_of_a_second_are_compared_as_times(tmp_path: Path) -> None:
    def at(text: str):  # type: ignore[no-untyped-def]  # a change of what is said
        return lambda said: said | {"at": text}

    made = make(changes={"say agreement": at("2026-03-01T08:00:00Z"), "say adhered c1": at("2026-03-01T08:00:00.5Z")})
    assert verify(write(tmp_path, made.files()), keys=tmp_path / "keys.json").faults == []


def test_an_empty_log_verifies(tmp_path: Path) -> None:
    assert verify(write(tmp_path, Account().files()), keys=tmp_path / "keys.json").faults == []


def test_twenty_thousand_broken_entries_are_each_named_once(tmp_path: Path) -> None:
    made = Account()
    made.entries = [entry(n, "account", n + 1, b'{"event":{}}') for n in range(20_000)]
    report = verify(write(tmp_path, made.files()), keys=tmp_path / "keys.json")
    assert len(report.faults) == len(set(report.faults)) == 20_000


def test_the_program_says_sound_with_0_and_faults_with_1_and_unusable_with_2(tmp_path: Path) -> None:
    bundle, keys = write(tmp_path, make().files()), tmp_path / "keys.json"
    sound = run(bundle, "--keys", keys)
    assert (sound.returncode, sound.stderr) == (0, "")
    assert sound.stdout.endswith("sound\n")
    (bundle / "more.txt").write_text("?")
    faulty = run(bundle, "--keys", keys, "--json")
    assert faulty.returncode == 1
    assert json.loads(faulty.stdout)["faults"] == ["more.txt: it does not belong in a bundle"]
    unusable = run(bundle, "--keys", tmp_path / "none.json")
    assert unusable.returncode == 2
    assert unusable.stderr.startswith(f"Cannot verify: {tmp_path / 'none.json'} cannot be read: No such file")


def test_the_verifier_loads_nothing_else_of_this_project() -> None:
    code = "import sys, avrop.verifier.verify; print([m for m in sys.modules if m.startswith('avrop')])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert {m for m in eval(shown) if not m.startswith("avrop.verifier")} == {"avrop"}  # noqa: S307  what our own process printed


@pytest.mark.parametrize("missing", ["bundle.json", "entries.jsonl", "checkpoint.txt"])
def test_a_bundle_without_a_needed_file_is_unusable(tmp_path: Path, missing: str) -> None:
    bundle = write(tmp_path, make().files())
    (bundle / missing).unlink()
    with pytest.raises(Unusable, match=missing):
        verify(bundle, keys=tmp_path / "keys.json")


@pytest.mark.parametrize(
    "keys",
    [b"", b"[]", b'{"log":{}}', b'{"log":{"name":"x","key":"AA=="},"provider":"","receiver":"","controllers":{}}'],
)
def test_keys_of_another_form_are_unusable(tmp_path: Path, keys: bytes) -> None:
    bundle = write(tmp_path, make().files())
    (tmp_path / "keys.json").write_bytes(keys)
    with pytest.raises(Unusable, match=r"public keys|the key of log"):
        verify(bundle, keys=tmp_path / "keys.json")
