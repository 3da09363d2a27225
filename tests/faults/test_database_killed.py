"""PostgreSQL itself is killed in the middle of a build or a push: a clear fault, and the story completes when it is up again."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.faults.player import CHILD, Player
from tests.faults.test_kill_points import (
    SAME,
    _each_delivery_has_one_manifest_and_one_receipt,
    _nothing_half_written_is_spoken_for,
    _only_whole_files_that_rows_speak_for,
)
from tests.sources import PROFILE

pytestmark = pytest.mark.faults


POINTS = (
    "extract.people-read", "extract.recorded", "merge.table-written",
    "push.attempt-recorded", "push.piece-sent", "inbox.piece-written", "inbox.verified", "push.receipt-arrived",
)  # fmt: skip
"""In the build; and in a push, at either end of it."""


@pytest.mark.parametrize("point", POINTS)
def test_the_story_completes_after_postgresql_was_killed_there(player: Player, undisturbed: dict, point: str) -> None:
    home = player.copy(5, f"killed-database-{point}")
    story = _story(home)
    _wait_for(point, home, story)
    _kill_postgresql(home)
    try:
        out, problem = story.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        story.send_signal(signal.SIGABRT)
        raise AssertionError(f"it neither ended nor said why: {story.communicate()[1]}") from None
    assert story.returncode == 0, problem
    assert json.loads(out)["error"].startswith("database."), out
    _nothing_half_written_is_spoken_for(home)
    done = player.play(home)
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    lasting = [name for name in SAME if name != "rows of PERSON"]  # loaded before: its report is not told twice
    assert {name: facts.get(name) for name in lasting} == {name: undisturbed[name] for name in lasting}
    _each_delivery_has_one_manifest_and_one_receipt(home)
    _only_whole_files_that_rows_speak_for(home)


def _story(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-X", "faulthandler", "-c", CHILD, str(home), "10", "", str(_trace(home)), PROFILE],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def _trace(home: Path) -> Path:
    return home.parent / f"{home.name}.trace"


def _wait_for(point: str, home: Path, story: subprocess.Popen[str]) -> None:
    trace = _trace(home)
    while story.poll() is None:
        if trace.exists() and point in trace.read_text().split():
            return
        time.sleep(0.005)
    raise AssertionError(f"the story ended before {point}")


def _kill_postgresql(home: Path) -> None:
    """The server and all of its processes, as when the machine dies."""
    pid = int((home / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    for process in processes:
        os.kill(process.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(processes, timeout=10)
    assert not [x for x in alive if x.status() != psutil.STATUS_ZOMBIE]
