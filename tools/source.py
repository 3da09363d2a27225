"""The sources as they lie on disk, parsed: what the generated pages and the structure tests read."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "avrop"
PURE = ("catalogue", "governance", "measure", "disclosure", "accounts")
"""The folders that know no machine."""
NOT_OURS = {".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"}
NOT_OURS_AT_THE_TOP = {"demo", "avrop-home", "build", "dist"}
MADE = {ROOT / place for place in ("bench/scratch", "ui/node", "ui/node_modules", "src/avrop/web/static/vendor")}
"""Folders that a run, npm or the bundler makes."""


@dataclass(frozen=True, kw_only=True)
class Module:
    """One Python file: its dotted name, path, text and syntax tree."""

    name: str
    path: Path
    text: str
    tree: ast.Module

    @property
    def place(self) -> str:
        """The path from the root of the project, with slashes."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def is_pure(self) -> bool:
        """Whether it lies in a pure folder."""
        return self.name.startswith(tuple(f"avrop.{folder}." for folder in PURE))


def modules(folder: Path = PACKAGE) -> tuple[Module, ...]:
    """All Python files of a folder, sorted by path."""
    return tuple(read_module(path) for path in sorted(folder.rglob("*.py")))


@cache
def read_module(path: Path) -> Module:
    """One Python file, parsed once. Nobody changes its tree."""
    text = path.read_text("utf-8")
    parts = path.relative_to(ROOT).with_suffix("").parts
    dotted = parts[1:] if parts[0] == "src" else parts
    name = ".".join(dotted[:-1] if dotted[-1] == "__init__" else dotted)
    return Module(name=name, path=path, text=text, tree=ast.parse(text))


def files(folder: Path = ROOT) -> Iterator[Path]:
    """All files that are ours: not what make, a tool or a run has made."""
    for path in sorted(folder.iterdir()):
        if path.name in NOT_OURS or path.name == "__pycache__" or path.suffix == ".egg-info":
            continue
        if folder == ROOT and path.name in NOT_OURS_AT_THE_TOP:
            continue
        if path.is_dir():
            if path not in MADE:
                yield from files(path)
        elif path.is_file():
            yield path


def texts(folder: Path = ROOT) -> Iterator[tuple[str, str]]:
    """(path from the root, text) of all our text files."""
    for path in files(folder):
        try:
            yield path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
