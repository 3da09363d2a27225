"""No import hides, none goes round in a circle, and the pure folders and the pack know only what they may."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

import pytest

from tools.source import ROOT, Module, modules

MODULES = modules()
NAMES = frozenset(module.name for module in MODULES)
VIGO_MAY_USE = (
    "avrop.vigo",
    "avrop.catalogue",
    "avrop.governance",
    "avrop.disclosure.attribution",
    "avrop.canonical",
    "avrop.errors",
    "avrop.verifier.merkle",
)
FILE_METHODS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "exists", "is_file", "is_dir", "iterdir", "glob",
    "rglob", "mkdir", "unlink", "rename", "rmdir", "stat", "touch", "resolve",
}  # fmt: skip
CRYPTOGRAPHY = ("avrop.disclosure", "avrop.accounts")
LOAD_BY_NAME = {"avrop.packs", "avrop.cli.main", "avrop.cli.story"}
"""The only modules that may import what a text names; the pack and the story are loaded so."""


def imported_in(module: Module, known: frozenset[str] = NAMES) -> Iterator[str]:
    """Full names of what a module imports; a submodule where `from package import submodule` names one."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module


def graph(found: tuple[Module, ...]) -> Mapping[str, set[str]]:
    """Module → our modules that it imports."""
    known = frozenset(module.name for module in found)
    return {m.name: {name for name in imported_in(m, known) if name in known and name != m.name} for m in found}


def circle(of: Mapping[str, set[str]]) -> list[str]:
    """The modules of one circle, or nothing."""
    try:
        tuple(TopologicalSorter(of).static_order())
    except CycleError as found:
        return list(found.args[1])
    return []


def hidden_imports(tree: ast.Module) -> list[int]:
    """Lines of imports that are relative, or inside a function, a class or an `if`."""
    inside = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If)
        for node in ast.walk(block)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        and (id(node) in inside or (isinstance(node, ast.ImportFrom) and node.level > 0))
    ]


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_every_import_is_done_on_load_and_absolute(module: Module) -> None:
    assert hidden_imports(module.tree) == [], f"lines of {module.place}"
    assert "TYPE_CHECKING" not in module.text


@pytest.mark.parametrize(
    "text",
    ["def f():\n    import os", "if x:\n    from a import b", "from . import b", "class A:\n    import os"],
)
def test_a_hidden_import_would_be_found(text: str) -> None:
    assert hidden_imports(ast.parse(text))


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circle(graph(MODULES)) == []


def test_a_circle_would_be_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()})) == {"a", "b", "c"}


def loads_by_name(tree: ast.Module) -> bool:
    """Whether it may run code that a text names."""
    loaders = {"import_module", "__import__", "exec", "eval", "run_module", "run_path", "exec_module"}
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return any(
        (isinstance(f, ast.Name) and f.id in loaders) or (isinstance(f, ast.Attribute) and f.attr in loaders)
        for f in calls
    )


def test_only_named_modules_import_what_a_text_names() -> None:
    assert {m.name for m in MODULES if loads_by_name(m.tree)} <= LOAD_BY_NAME


@pytest.mark.parametrize("call", ["importlib.import_module(x)", "__import__(x)", "exec(x)", "import_module(x)"])
def test_importing_what_a_text_names_would_be_found(call: str) -> None:
    assert loads_by_name(ast.parse(call))


def file_calls(tree: ast.Module) -> list[str]:
    """Calls that make a path or touch a file. A path as a type, or one that is passed on, is none."""
    return [
        ast.unparse(node.func)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Name) and node.func.id in {"Path", "PurePath", "open"})
            or (isinstance(node.func, ast.Attribute) and node.func.attr in FILE_METHODS)
        )
    ]


@pytest.mark.parametrize("module", [m for m in MODULES if m.is_pure], ids=lambda m: m.name)
def test_a_pure_module_touches_no_file(module: Module) -> None:
    assert file_calls(module.tree) == []


@pytest.mark.parametrize("call", ["Path('a')", "open('a')", "path.read_text()", "(folder / 'a').exists()"])
def test_touching_a_file_would_be_found(call: str) -> None:
    assert file_calls(ast.parse(call))


def test_among_pure_modules_only_disclosure_and_accounts_use_cryptography() -> None:
    users = {m.name for m in MODULES if m.is_pure and any(i.startswith("cryptography") for i in imported_in(m))}
    assert {name for name in users if not name.startswith(CRYPTOGRAPHY)} == set()


def test_the_pack_uses_the_catalogue_the_governance_and_the_attribution_rule_only() -> None:
    used = {
        name
        for module in MODULES
        if module.name.startswith("avrop.vigo")
        for name in imported_in(module)
        if name.startswith("avrop")
    }
    assert {name for name in used if not name.startswith(VIGO_MAY_USE)} == set()


def test_the_verifier_needs_the_standard_library_and_cryptography_only() -> None:
    allowed = sys.stdlib_module_names | {"cryptography"}
    used = {
        name
        for module in MODULES
        if module.name.startswith("avrop.verifier")
        for name in imported_in(module)
        if not name.startswith("avrop.verifier")
    }
    assert {name for name in used if name.split(".")[0] not in allowed} == set()


def test_the_layers_hold() -> None:
    linter = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linter.returncode == 0, linter.stdout + linter.stderr
