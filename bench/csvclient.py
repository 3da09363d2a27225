"""Times one GET of a server in a process of its own: wall, the server's CPU seconds and peak memory, and what came."""

import shutil
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import psutil

from avrop.disclosure.variabletables import Days
from avrop.engines import csvtext
from bench.csvserver import TABLE
from bench.figures import Figures

_PATHS = {"ours-ready": "/ready", "ours-first": "/first", "ours-window": "/window"}
NGINX = """
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{ access_log off; sendfile on; tcp_nopush on; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""


def ready_file(scratch: Path, generation: Path) -> Path:
    """The whole variable as our engine writes it: what nginx serves."""
    path = scratch / "ready" / f"{generation.stem}.csv"
    path.parent.mkdir(exist_ok=True)
    with (
        csvtext.chunks(generation, TABLE, Days(), threads=2, memory_limit="1GB") as following,
        path.open("wb") as out,
    ):
        for piece in iter(following, None):
            out.write(piece)
    return path


def ours(generation: Path, way: str) -> Figures:
    """One answer of a fresh server of ours. For the ready file it is rendered, and asked for once, before."""
    folder = generation.parent / f"zone-{generation.stem}"
    words = [sys.executable, "-m", "bench.csvserver", str(generation), str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None  # noqa: S101  it was asked for as a pipe
            port = int(server.stdout.readline())
            _wait(port)
            if way == "ours-ready":
                _get(port, "/ready")
            return _timed(server.pid, port, _PATHS[way])
        finally:
            server.terminate()


def nginx(stack: ExitStack, ready: Path, missing: list[str]) -> Callable[[], Figures] | None:
    """One answer of nginx, which runs as long as the stack; None where there is none, with the reason in `missing`."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        missing.append("nginx, which is not installed (Debian package nginx)")
        return None
    pid, port = stack.enter_context(_nginx(program, ready))
    return partial(_timed, pid, port, f"/{ready.name}")


@contextmanager
def _nginx(program: str, ready: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = ready.parent / "nginx"
    folder.mkdir(exist_ok=True)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, root=ready.parent, port=port))
    words = [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as run:
        try:
            _wait(port)
            yield run.pid, port
        finally:
            run.terminate()


def _timed(pid: int, port: int, path: str) -> Figures:
    server = psutil.Process(pid)
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
    before, began = server.cpu_times(), time.perf_counter()
    pieces = _get(port, path)
    wall, after = time.perf_counter() - began, server.cpu_times()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    cpu = after.user + after.system - before.user - before.system
    body = b"".join(pieces).partition(b"\r\n\r\n")[2]
    lines = body.count(b"\n")
    return {"wall": wall, "cpu": cpu, "peak": peak, "bytes": len(body), "check": zlib.crc32(body), "rows": lines - 1}


def _get(port: int, path: str) -> list[bytes]:
    """The whole answer as it came, its head too."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(f"GET {path} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        pieces = list(iter(lambda: connection.recv(1 << 20), b""))
    if not pieces or b" 200 " not in pieces[0].partition(b"\r\n")[0]:
        raise RuntimeError(f"no answer to {path}")
    return pieces


def _wait(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise RuntimeError("the server did not listen")
