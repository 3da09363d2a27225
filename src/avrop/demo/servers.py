"""The demo's installations as processes of their own: started, waited for, and ended by their pids."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from avrop.demo.cast import Part, configuration
from avrop.errors import Fault
from avrop.http.server import ending_in_order
from avrop.settings import Settings

_WAIT_SECONDS = 60.0
_END_SECONDS = 20.0


@contextmanager
def serving(parts: Mapping[Part, Settings], home: Path) -> Iterator[None]:
    """All parts served while the block runs. Errors: `demo.not_served` (Fault) with the name of its log."""
    started: list[subprocess.Popen[bytes]] = []
    with ending_in_order():
        try:
            for part, setting in parts.items():
                started.append(_start(part, setting, home))
            for part, process in zip(parts, started, strict=True):
                _wait(part, process, home)
            yield
        finally:
            for process in started:
                process.terminate()
            for process in started:
                try:
                    process.wait(_END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _start(part: Part, setting: Settings, home: Path) -> "subprocess.Popen[bytes]":
    folder = home / part.name
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "avrop.toml"
    config.write_text(configuration(setting))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AVROP_")}
    environment = {
        **kept, "AVROP_CONFIG": str(config), "AVROP_DEMO": "1", "AVROP_CLOCK_FILE": str(home / "clock.txt"),
    }  # fmt: skip
    with (folder / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "avrop", "serve"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment
        )


def _wait(part: Part, process: "subprocess.Popen[bytes]", home: Path) -> None:
    """Until it answers."""
    until = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{part.url}health", timeout=2):  # noqa: S310  our own loopback address
                return
        except (urllib.error.URLError, TimeoutError, OSError):
            time.sleep(0.1)
    raise Fault(
        "demo.not_served", "An installation of the demo did not start.", hint="See its log.",
        file=str((home / part.name / "serve.log").relative_to(home)),
    )  # fmt: skip
