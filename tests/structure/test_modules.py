"""Every module is small, says its one reason, leaves nothing open, and is silent about clocks where it is pure."""

import ast
import re
import statistics
from collections.abc import Iterator

import pytest

from tools.source import ROOT, Module, modules

MODULES = modules()
PYTHON = (*MODULES, *(module for name in ("tests", "tools", "bench") for module in modules(ROOT / name)))
LONGEST = 300
MEDIAN = 150

# Written in two parts, so that this file passes its own test.
OPEN_ENDS = re.compile("|".join((r"\bTO" + r"DO\b", r"\bFIX" + r"ME\b", r"\bX" + r"XX\b", "NotImplemented" + "Error")))
SILENCED = re.compile(r"# *(type: *" + r"ignore(?!\[[a-z0-9, -]+\])|no" + r"qa(?!: [A-Z]+[0-9]+))")
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "fromtimestamp"}
RANDOM = {"uuid1", "uuid4", "urandom", "token_bytes", "token_hex", "default_rng", "SystemRandom", "getrandbits"}


def impure_calls(tree: ast.Module) -> Iterator[str]:
    """Reads of a clock or of randomness, as written."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(value=ast.Name(id="random" | "secrets" | "uuid" | "time")):
                yield ast.unparse(node.func)
            case ast.Attribute(value=ast.Name(id="datetime" | "date" | "dt"), attr=name) if name in CLOCKS:
                yield ast.unparse(node.func)
            case ast.Attribute(value=ast.Attribute(attr="datetime" | "date"), attr=name) if name in CLOCKS:
                yield ast.unparse(node.func)
            case ast.Attribute(attr=name) | ast.Name(id=name) if name in RANDOM:
                yield ast.unparse(node.func)
            case _:
                continue


def lines(module: Module) -> int:
    """Number of lines."""
    return len(module.text.splitlines())


def test_no_module_is_longer_than_300_lines() -> None:
    assert {module.place: lines(module) for module in MODULES if lines(module) > LONGEST} == {}


def test_the_median_module_has_at_most_150_lines() -> None:
    with_code = [lines(module) for module in MODULES if len(module.tree.body) > 1]
    assert statistics.median(with_code) <= MEDIAN


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_a_module_says_its_one_reason_in_its_first_sentence(module: Module) -> None:
    said = ast.get_docstring(module.tree) or ""
    first = said.partition("\n\n")[0].strip()
    assert re.search(r"[.:)!?]$", first), f"{module.place} begins with no sentence"


@pytest.mark.parametrize("module", PYTHON, ids=lambda m: m.place)
def test_nothing_is_left_open_or_silenced_without_a_code(module: Module) -> None:
    found = [
        number
        for number, line in enumerate(module.text.splitlines(), start=1)
        if OPEN_ENDS.search(line) or SILENCED.search(line)
    ]
    assert found == [], f"lines of {module.place}"


def test_a_silencer_without_a_code_would_be_found() -> None:
    assert SILENCED.search("x = 1  # type: " + "ignore")
    assert SILENCED.search("x = 1  # no" + "qa")
    assert not SILENCED.search("x = 1  # type: " + "ignore[attr-defined]")
    assert not SILENCED.search("x = 1  # no" + "qa: S608")


@pytest.mark.parametrize("module", [m for m in MODULES if m.is_pure], ids=lambda m: m.name)
def test_a_pure_module_reads_no_clock_and_no_randomness(module: Module) -> None:
    assert list(impure_calls(module.tree)) == []


@pytest.mark.parametrize(
    "call",
    ["datetime.now()", "date.today()", "time.time()", "uuid4()", "uuid.uuid4()", "random.random()", "secrets.choice(x)",
     "os.urandom(8)", "datetime.datetime.now(tz)", "np.random.default_rng()"],
)  # fmt: skip
def test_a_clock_or_randomness_would_be_found(call: str) -> None:
    assert list(impure_calls(ast.parse(call)))


def test_a_clock_that_is_given_is_no_clock_that_is_read() -> None:
    assert list(impure_calls(ast.parse("facts.now.date(); system.clock(); random(32); moment.time()"))) == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "manager", "service", "misc", "common", "data2", "process"}
    assert {m.place for m in MODULES if nothing & set(m.name.split("."))} == set()
