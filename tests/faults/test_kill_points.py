"""`kill -9` at every named point of load, extract, merge, manifest, push, inbox and receipt: the story completes, once.

Each point is shown to be hit (the child dies by SIGKILL). A second child takes the story up and tells it to the end.
"""

import json
import signal
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from avrop.store import embedded
from tests.faults.player import Player

pytestmark = pytest.mark.faults

LOAD = (
    "load.started", "load.dataset-checked", "load.file-written", "load.file-synced", "load.folder-written", "load.recorded",
    "load.list-written", "load.list-recorded",
)  # fmt: skip
EXTRACT = (
    "extract.people-read", "extract.people-mapped", "extract.table-written", "extracts.before-flush",
    "extracts.before-rename", "extracts.after-rename", "extract.recorded",
)  # fmt: skip
MERGE = (
    "merge.before-write", "merge.table-written", "merge.done", "generations.before-flush", "generations.before-rename",
    "generations.after-rename",
)  # fmt: skip
MANIFEST = ("manifest.signed", "manifest.written", "manifest.kept", "manifest.recorded")
PUSH = (
    "push.sealed", "push.key-kept", "push.before-commit", "push.recorded", "push.attempt-recorded", "push.looked",
    "push.served", "push.piece-ready", "push.piece-sent", "push.all-sent", "push.receipt-arrived", "push.before-receipt",
    "push.receipt-accepted", "push.ended", "push.key-destroyed",
)  # fmt: skip
INBOX = (
    "inbox.held", "inbox.before-write", "inbox.piece-written", "inbox.piece-recorded", "inbox.acceptance-begun",
    "inbox.opened", "inbox.verified", "inbox.kept", "inbox.receipted", "inbox.ended", "inbox.cleared",
)  # fmt: skip
RECEIPT = (
    "send.copied", "receive.verified", "receive.file-copied", "packages.before-flush", "packages.before-rename",
    "packages.after-rename", "receipt.signed", "receipt.kept", "receipt.recorded", "receipt.arrived", "receipt.accepted",
)  # fmt: skip
KEYS = ("keys.published", "keys.peer-read")
PULL = ("permissions.computed", "rendering.made")
BEGINS_AFTER = {
    **dict.fromkeys(LOAD, 0),
    **dict.fromkeys((*EXTRACT, *MERGE, *MANIFEST), 5),
    **dict.fromkeys((*PUSH, *INBOX, *RECEIPT, *PULL), 6),
    **dict.fromkeys(KEYS, 0),
}
SAME = (
    "call-off", "controllers", "measured controllers", "rows of PERSON", "rows of ENROLMENT in generation 1",
    "rows of RESULT in generation 1", "rows of ENROLMENT in generation 2", "rows of RESULT in generation 2", "faults",
    "slices of generation 1", "slices of generation 2", "packages", "tampered found",
)  # fmt: skip


def test_there_are_at_least_sixty_points_and_all_are_reached(player: Player, undisturbed: dict) -> None:
    reached = set((player.folder / "undisturbed.trace").read_text().split())
    assert len(BEGINS_AFTER) >= 60
    assert set(BEGINS_AFTER) == reached - {"case.appended"}
    assert undisturbed["faults"] == 0


@pytest.mark.parametrize("point", sorted(BEGINS_AFTER))
def test_a_story_killed_there_completes_with_one_manifest_and_one_receipt(
    player: Player, undisturbed: dict, point: str
) -> None:
    home = player.copy(BEGINS_AFTER[point], point)
    killed = player.play(home, point=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    _nothing_half_written_is_spoken_for(home)
    done = player.play(home)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert "error" not in facts
    if "rows of PERSON" not in facts:  # the load was done before the kill: its report is not told twice
        facts["rows of PERSON"] = undisturbed["rows of PERSON"]
    assert {name: facts.get(name) for name in SAME} == {name: undisturbed[name] for name in SAME}
    _each_delivery_has_one_manifest_and_one_receipt(home)
    _only_whole_files_that_rows_speak_for(home)


def _rows(home: Path, name: str, query: str) -> list[tuple]:
    url = embedded.start(home / "postgres", name).replace("+psycopg", "")
    try:
        with psycopg.connect(url) as connection:
            return connection.execute(query).fetchall()
    finally:
        embedded.stop(home / "postgres")


def _nothing_half_written_is_spoken_for(home: Path) -> None:
    """Right after the kill: whatever a row names is there, whole."""
    for name in ("provider", "receiver"):
        for (place,) in _rows(home, name, _PLACES):
            path = home / name / "zone" / place
            for file in [path] if path.is_file() else sorted(path.rglob("*.parquet")):
                assert pq.read_metadata(file).num_columns > 0
            assert path.exists()


_PLACES = (
    "SELECT folder FROM snapshots UNION SELECT folder FROM extracts UNION SELECT folder FROM generations "
    "UNION SELECT folder FROM packages WHERE state <> 'deleted' UNION SELECT file FROM person_lists"
)


def _each_delivery_has_one_manifest_and_one_receipt(home: Path) -> None:
    happened = [json.loads(bytes(x)) for (x,) in _rows(home, "provider", "SELECT payload FROM entries ORDER BY index")]
    for number in (1, 2):
        kinds = [x["event"]["type"] for x in happened if x["case"] == f"2026-001/delivery/{number}"]
        assert kinds.count("ManifestSigned") == 1
        assert kinds.count("ReceiptAccepted") == 1
        assert kinds.count("DeliveryPlanned") == 1
    assert [len(_rows(home, "receiver", "SELECT 1 FROM packages"))] == [2]


def _only_whole_files_that_rows_speak_for(home: Path) -> None:
    for name in ("provider", "receiver"):
        zone = home / name / "zone"
        spoken_for = {place for (place,) in _rows(home, name, _PLACES)}
        found = {f"{area.name}/{x.name}" for area in zone.iterdir() if area.is_dir() for x in area.iterdir()}
        assert found - spoken_for == set()
        assert not [x for x in zone.rglob("*") if ".partial-" in x.name or x.name == ".spill"]
    assert not [x for x in (home / "exchange").rglob("*") if ".partial-" in x.name]


def test_a_full_disk_is_a_clear_fault_and_the_story_completes_after_it(player: Player, undisturbed: dict) -> None:
    home = player.copy(5, "full-disk")
    embedded.start(home / "postgres", "provider")  # the limit is the story's, not PostgreSQL's
    stopped = player.play(home, limit=2000)
    assert stopped.returncode == 0, stopped.stderr
    assert json.loads(stopped.stdout)["error"] in ("files.no_space", "engine.no_space")
    done = player.play(home)
    assert json.loads(done.stdout)["rows of RESULT in generation 2"] == undisturbed["rows of RESULT in generation 2"]
    _each_delivery_has_one_manifest_and_one_receipt(home)
    _only_whole_files_that_rows_speak_for(home)
