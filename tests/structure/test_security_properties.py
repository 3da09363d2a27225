"""Every security property names code that exists and a test that exists."""

import ast
import re
from pathlib import Path

import pytest

from tools.source import ROOT

PAGE = ROOT / "docs" / "security-properties.md"
ROW = re.compile(r"(?m)^\| (?P<property>[^|]+) \| (?P<enforced>[^|]+) \| (?P<tests>[^|]+) \|$")
ROWS = [row for row in ROW.finditer(PAGE.read_text("utf-8")) if not set(row["property"]) <= set("- ")]
PROPERTIES = [row for row in ROWS if row["property"].strip() != "property"]


def defined(path: Path) -> set[str]:
    """Names of the functions, classes and constants at the top of a Python file, and of methods as Class.method."""
    names: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        match node:
            case ast.FunctionDef(name=name):
                names.add(name)
            case ast.ClassDef(name=name, body=body):
                names.add(name)
                names |= {f"{name}.{part.name}" for part in body if isinstance(part, ast.FunctionDef)}
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case _:
                continue
    return names


def exists(reference: str) -> bool:
    """Whether `path`, or `path::name`, is there."""
    place, _, name = reference.partition("::")
    path = ROOT / place
    return path.exists() and (not name or (path.is_file() and name.replace("::", ".") in defined(path)))


def references(cell: str) -> list[str]:
    """What a cell names in backticks."""
    return re.findall(r"`([^`]+)`", cell)


def test_the_page_has_properties() -> None:
    assert PROPERTIES


@pytest.mark.parametrize("row", PROPERTIES, ids=lambda row: row["property"].strip()[:60])
def test_a_property_names_where_it_is_enforced_and_the_test_that_guards_it(row: re.Match[str]) -> None:
    enforced, tests = references(row["enforced"]), references(row["tests"])
    assert enforced
    assert tests
    assert [
        name
        for name in enforced
        if not name.startswith(("src/", ".importlinter", "requirements.txt")) or not exists(name)
    ] == []
    assert [name for name in tests if not name.startswith("tests/") or "::" not in name or not exists(name)] == []


def test_a_name_that_is_not_there_would_be_found() -> None:
    assert exists("src/avrop/errors.py::Refusal")
    assert not exists("src/avrop/errors.py::Approval")
    assert not exists("src/avrop/nowhere.py")
