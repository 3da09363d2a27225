"""What is imported is declared, what is declared has its reason, and the reason states the licence truly."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib import metadata

from tools.source import ROOT, modules

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
RECORD = (ROOT / "docs" / "decisions" / "0008-libraries.md").read_text("utf-8")
CLASSIFIED = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "BSD 2-Clause License": "BSD-2-Clause",
}
"""SPDX identifiers of what older packages write out."""


def normal(name: str) -> str:
    """A distribution's name in its one spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named(requirements: Iterable[str]) -> set[str]:
    """The distributions that requirements name."""
    return {normal(re.split(r"[^A-Za-z0-9._-]", one)[0]) for one in requirements}


RUNTIME = named(PROJECT["project"]["dependencies"])
DEVELOPMENT = named(PROJECT["dependency-groups"]["dev"])
TOLD = {
    name: licence.strip()
    for name, licence in re.findall(r"(?m)^\| ([a-z0-9-]+) \| ([^|]+) \|", RECORD)
    if name not in {"library", "---"}
}


def imported() -> Iterator[str]:
    """Top-level names that the package imports and that are neither ours nor the standard library's."""
    for module in modules():
        for node in ast.walk(module.tree):
            match node:
                case ast.Import(names=names):
                    found = [alias.name for alias in names]
                case ast.ImportFrom(module=str(name)):
                    found = [name]
                case _:
                    continue
            yield from (one.split(".")[0] for one in found)


def _titled(name: str) -> str:
    """The first line of the licence that a distribution brings without declaring it."""
    brought = [path for path in metadata.files(name) or [] if path.name.startswith("LICENSE")]
    return next((path.read_text().splitlines()[0] for path in brought), "")


def licence(name: str) -> str:
    """What an installed distribution declares, as an SPDX expression."""
    told = metadata.metadata(name)
    classifiers = [c.rsplit("::")[-1].strip() for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    declared = told["License-Expression"] or told["License"] or next(iter(classifiers), "") or _titled(name)
    return CLASSIFIED.get(declared, declared)


def test_every_library_that_is_imported_is_declared() -> None:
    providers = metadata.packages_distributions()
    others = {name for name in imported() if name not in sys.stdlib_module_names and name != "avrop"}
    undeclared = {name for name in others if not {normal(one) for one in providers.get(name, [])} & RUNTIME}
    assert undeclared == set()


def test_every_declared_library_is_told_with_its_reason() -> None:
    assert set(TOLD) == RUNTIME | DEVELOPMENT


def test_licences_are_told_as_the_packages_declare_them() -> None:
    assert {name: licence(name) for name, said in TOLD.items() if licence(name) != said} == {}


def test_every_declared_library_is_pinned() -> None:
    pinned = set(re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / "requirements.txt").read_text("utf-8")))
    assert (RUNTIME | DEVELOPMENT) - pinned == set()
