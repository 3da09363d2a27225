"""A datasource that kudaf_datasource_tools 0.3.2 generates of a configuration, and its server on loopback.

The exit status of the tools is no oracle: what they made is.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners
import httpx
import pytest

from tests.wire.environments import environment

PYTHON = "3.10"
TOOLS = ("kudaf-datasource-tools==0.3.2", "click==8.1.7", "numpy<2")


def try_to_generate(folder: Path, config: str) -> tuple[Path, str]:
    """Where the datasource of the organisation `eksempel` would lie, and what the tools said. The configuration lies in
    the folder."""
    tools = environment("kudaf-datasource-tools", PYTHON, TOOLS)
    made = folder / f"{config}-api"
    made.mkdir()
    command = [tools / "bin" / "kudaf-generate", "api", "--config-yaml-path", config, "--output-api-dir", made.name]
    with fasteners.InterProcessLock(tools / ".generating"):  # it rewrites a file of its own installation
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    return made / "kudaf_datasource_api_eksempel", done.stdout + done.stderr


def generate(folder: Path, config: str) -> Path:
    """The folder of the generated datasource."""
    found, said = try_to_generate(folder, config)
    assert (found / "app" / "main.py").exists(), said
    return found


@contextmanager
def peer_datasource(folder: Path, port: int, *, issuer: str, permissions_url: str) -> Iterator[str]:
    """The generated server, with the requirements that were generated for it."""
    lines = (folder / "requirements.txt").read_text().splitlines()
    wanted = tuple(line.partition(" ;")[0].strip() for line in lines if line.strip())
    python = environment("kudaf-datasource", PYTHON, wanted) / "bin" / "python"
    settings = {
        "DATAPORTEN_URL": issuer,
        "KUDAF_CORE_SERVER_PERMISSIONS_URL": f"{permissions_url}api/v1/permissions/",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [python, "-m", "uvicorn", "app.main:app", "--port", str(port), "--log-level", "warning"]
    with (folder / "said.txt").open("w+") as said:
        running = subprocess.Popen(
            command, cwd=folder, env=_plain_environment() | settings, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api/openapi.json", running, folder / "said.txt")
            yield f"http://127.0.0.1:{port}/"
        finally:
            running.terminate()
            running.wait(20)


def _plain_environment() -> dict[str, str]:
    left_out = ("PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if name not in left_out}


def _wait_for(url: str, running: subprocess.Popen[bytes], said: Path) -> None:
    for _ in range(600):
        assert running.poll() is None, said.read_text()
        try:
            if httpx.get(url, timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        try:
            running.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail(f"The generated server does not answer: {said.read_text()}")
