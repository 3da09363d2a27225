"""The page of all error codes, read from where they are raised."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tools.source import Module, modules

CLASSES = {"Stranger": 7, "Refusal": 3, "Mistake": 2, "Conflict": 4, "Missing": 5, "Fault": 1, "Tampered": 6}
"""Class and exit code, as in `avrop.errors`."""
BEGINNING = """# Error codes

Generated from the sources by `make docs`; do not edit. A name in {braces} is filled in when the error is raised.

The class says what kind of no it is, and gives the exit code of the command line:
`Fault` 1 (ours, or the machine's), `Mistake` 2 (your input), `Refusal` 3 (the rules said no), `Conflict` 4 (somebody
was before you), `Missing` 5 (not here), `Tampered` 6 (what was sealed is not what is here), `Stranger` 7 (we do not
know who you are).

| code | class | exit | sentence | what to do | module |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, kw_only=True, order=True)
class Raised:
    """One place where an error is made."""

    code: str
    kind: str
    sentence: str
    hint: str
    module: str
    line: int


@cache
def raised() -> tuple[Raised, ...]:
    """Every error that the package makes with its code written out, sorted by code."""
    return tuple(sorted(error for module in modules() for error in _in_module(module)))


def _in_module(module: Module) -> Iterator[Raised]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES and node.args:
            yield from _of_call(node, node.func.id, module)
        elif isinstance(node, ast.ClassDef):
            yield from _of_subclass(node, module)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
            yield from _of_reason(node.value, module)


def _of_call(call: ast.Call, kind: str, module: Module) -> Iterator[Raised]:
    code = text_of(call.args[0])
    if code is None:
        return
    hint = next((text_of(keyword.value) for keyword in call.keywords if keyword.arg == "hint"), "")
    sentence = text_of(call.args[1]) if len(call.args) > 1 else ""
    yield Raised(
        code=code,
        kind=kind,
        sentence=sentence or "(made from what was found)",
        hint=hint or "",
        module=module.name,
        line=call.lineno,
    )


def _of_subclass(kind: ast.ClassDef, module: Module) -> Iterator[Raised]:
    """An error that is a class of its own gives its code to `super().__init__`."""
    base = next((base.id for base in kind.bases if isinstance(base, ast.Name) and base.id in CLASSES), None)
    for call in ast.walk(kind):
        if base and isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__" and call.args:
            yield from _of_call(call, base, module)


def _of_reason(pair: ast.Tuple, module: Module) -> Iterator[Raised]:
    """The reasons of the table of rules: `return "rules.role", "Sentence."`."""
    code, sentence = text_of(pair.elts[0]), text_of(pair.elts[1])
    if module.name == "avrop.governance.rules" and code and sentence and "." in code:
        yield Raised(code=code, kind="Refusal", sentence=sentence, hint="", module=module.name, line=pair.lineno)


def text_of(node: ast.expr) -> str | None:
    """A text as written, with {names} where values are filled in; None if it is made elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_part(part) for part in parts)
        case _:
            return None


def _part(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    called = {call.func for call in ast.walk(part) if isinstance(call, ast.Call)}
    for node in ast.walk(part):
        if node not in called and isinstance(node, ast.Attribute) and not node.attr.startswith("__"):
            return f"{{{node.attr}}}"
        if node not in called and isinstance(node, ast.Name) and node.id not in {"str", "len", "type", "sorted"}:
            return f"{{{node.id}}}"
    return "{…}"


def page() -> str:
    """The page: one row per code; several sentences of one code stand in one cell."""
    by_code: dict[str, list[Raised]] = {}
    for error in raised():
        by_code.setdefault(error.code, []).append(error)
    return BEGINNING + "".join(_row(code, found) for code, found in by_code.items())


def _row(code: str, found: list[Raised]) -> str:
    kind = found[0].kind
    cells = (
        f"`{code}`",
        kind,
        str(CLASSES[kind]),
        _distinct(error.sentence for error in found),
        _distinct(error.hint for error in found),
        _distinct(f"`{error.module}`" for error in found),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _distinct(values: Iterator[str]) -> str:
    return "<br>".join(dict.fromkeys(value for value in values if value))
