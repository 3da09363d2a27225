"""`avrop serve` that is told to end, as systemd and containers do, leaves nothing of it running."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def test_told_to_end_it_stops_the_postgresql_that_it_started(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text(
        'name = "x"\nhome = "home"\n[serve]\nfaces = ["catalogue"]\nport = 0\npublic_url = "https://x.example.no/"\nbehind_proxy = true\n'
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AVROP")} | {"AVROP_CONFIG": "x.toml"}
    with subprocess.Popen(
        [sys.executable, "-m", "avrop", "serve"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline().startswith("Serving catalogue")
        standing = tmp_path / "home" / "postgres" / "data" / "postmaster.pid"
        assert standing.exists()
        running.terminate()
        assert running.wait(60) == 128 + signal.SIGTERM
    assert not standing.exists()
