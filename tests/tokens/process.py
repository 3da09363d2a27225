"""`avrop serve` as a process of its own, over the databases of a played story."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from avrop.demo.scene import Scene
from avrop.settings import IssuerSetting
from tests import asking
from tests.tokens.serving import free_port


@dataclass(frozen=True, kw_only=True)
class Process:
    """A server: its address (ends with a slash), the process, and the file with all that it said."""

    url: str
    running: subprocess.Popen[bytes]
    said: Path


@contextmanager
def serving(
    scene: Scene, *, faces: Sequence[str], datasource: str, issuers: Sequence[IssuerSetting] = (),
    allowed_hosts: Sequence[str] = (), fault_point: str = "",
) -> Iterator[Process]:  # fmt: skip
    """The provider of that scene, served; killed at the fault point, if one is named."""
    port = free_port()
    folder = scene.home / f"served-{port}"
    folder.mkdir()
    url = f"http://127.0.0.1:{port}/"
    lines = [
        "[serve]", f"faces = {list(faces)}", f"port = {port}", f"public_url = '{url}'", f"datasource_id = '{datasource}'",
        f"allowed_hosts = {list(allowed_hosts)}",
    ]  # fmt: skip
    for issuer in issuers:
        lines += ["[[serve.issuers]]", f"issuer = '{issuer.issuer}'", f"keys_url = '{issuer.keys_url}'"]
        lines += [f"audiences = {list(issuer.audiences)}", f"admits = '{issuer.admits}'"]
    (folder / "avrop.toml").write_text("\n".join(lines))
    settings = scene.provider.settings
    environment = {
        "AVROP_CONFIG": folder / "avrop.toml", "AVROP_NAME": settings.name, "AVROP_ORGANISATION": settings.organisation,
        "AVROP_HOME": settings.home, "AVROP_KEYS_HOME": settings.keys_home, "AVROP_DATABASE_URL": scene.provider.url,
        "AVROP_DEMO": "1", "AVROP_CLOCK_FILE": scene.home / "clock.txt", "AVROP_FAULT_POINT": fault_point,
    }  # fmt: skip
    with (folder / "said.txt").open("wb") as said:
        running = subprocess.Popen(
            [sys.executable, "-m", "avrop", "serve"], stdout=said, stderr=subprocess.STDOUT,
            env=os.environ | {name: str(value) for name, value in environment.items()},
        )  # fmt: skip
        found = Process(url=url, running=running, said=folder / "said.txt")
        try:
            _wait_for(found)
            yield found
        finally:
            if running.poll() is None:
                running.terminate()
            running.wait(60)


def _wait_for(process: Process) -> None:
    for _ in range(600):
        assert process.running.poll() is None, process.said.read_text()
        try:
            if asking.get(f"{process.url}health", timeout=10).status_code == 200:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        try:
            process.running.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
    pytest.fail(f"The server does not answer: {process.said.read_text()}")
