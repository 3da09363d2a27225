"""What is written by hand stays true: links resolve, commands exist, words are explained, markers are declared."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from avrop.actors import Role
from tools.source import PACKAGE, ROOT, files, modules

PAGES = [path for path in files() if path.suffix == ".md"]
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
VERBS = ("describe", "publish", "apply", "assess", "decide", "disclose", "receive", "account")
CORE_WORDS = (
    *VERBS, "provider", "controller", "processor", "receiver", "commons", "data subject", "call-off", "purpose",
    "legal basis", "analysis", "table shell", "justification", "finding", "exposure", "decision", "condition",
    "slice", "slice plan", "grant", "revoke", "lapse", "extract", "generation", "merge", "manifest", "receipt",
    "deletion confirmation", "snapshot", "catalogue", "dataset", "variable", "unit type", "value domain",
    "code list", "ladder", "level", "coarsen", "minimise", "harmonise", "pseudonym", "scope", "attribution",
    "origin", "claimant", "protected person", "objecting person", "unattributable", "case", "event", "command",
    "log", "checkpoint", "witness", "bundle", "register", "framework agreement", "adhesion", "delegation",
    "policy", "pack", "digest", "engine", "operator", "countersign",
)  # fmt: skip


def anchors(path: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = re.findall(r"(?m)^#+ +(.+?) *$", path.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def relative(path: Path) -> str:
    """A page's path from the root."""
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if link.startswith(("https://", "http://", "mailto:")):
            continue
        target, _, anchor = link.partition("#")
        aim = (page.parent / target).resolve() if target else page
        if not aim.exists() or (anchor and aim.suffix == ".md" and anchor not in anchors(aim)):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=relative)
def test_make_commands_of_a_page_exist(page: Path) -> None:
    targets = set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8")))
    text = page.read_text("utf-8")
    named = set(re.findall(r"(?:`|^ *(?:\$ )?)make ([a-z][a-z-]*)", text, re.MULTILINE))
    assert named - targets == set()


def test_the_readme_names_its_two_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "make demo" in text
    assert "make test" in text


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    text = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?m)^([a-z-]+):(?!=)", text))
    assert targets == set(re.findall(r"(?m)^([a-z-]+):.*## .+", text))
    assert targets == set(re.findall(r"(?m)^\.PHONY: (.+)$", text)[0].split())


def explained() -> set[str]:
    """The words of the glossary: the first column of its tables."""
    rows = re.findall(r"(?m)^\| *\*\*(.+?)\*\* *\|", (ROOT / "GLOSSARY.md").read_text("utf-8"))
    return {word.strip() for row in rows for word in row.split(",")}


def test_the_glossary_explains_the_words_of_the_core() -> None:
    assert set(CORE_WORDS) - explained() == set()


def test_the_glossary_explains_every_role() -> None:
    assert {role.value.replace("_", " ") for role in Role} - {word.lower() for word in explained()} == set()


def test_the_glossary_explains_a_word_once() -> None:
    rows = re.findall(r"(?m)^\| *\*\*(.+?)\*\* *\|", (ROOT / "GLOSSARY.md").read_text("utf-8"))
    listed = [word.strip() for row in rows for word in row.split(",")]
    assert [word for word in set(listed) if listed.count(word) > 1] == []


def test_every_verb_of_the_glossary_has_its_module() -> None:
    assert {verb for verb in VERBS if not (PACKAGE / "actions" / f"{verb}.py").is_file()} == set()


def test_markers_of_tests_are_declared() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]["ini_options"]
    declared = {marker.partition(":")[0] for marker in settings["markers"]} | {"parametrize", "usefixtures", "skipif"}
    used = {
        node.attr
        for module in modules(ROOT / "tests")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "pytest.mark"
    }
    assert used - declared == set()
    assert declared - used <= {"usefixtures", "faults"}


def test_decision_records_are_numbered_without_a_gap_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name[:4] for name in records] == [f"{number:04}" for number in range(1, len(records) + 1)]
    listed = (folder / "README.md").read_text("utf-8")
    assert [name for name in records if f"]({name})" not in listed] == []


@pytest.mark.parametrize("record", sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md")), ids=relative)
def test_a_decision_record_says_context_choice_and_price(record: Path) -> None:
    text = record.read_text("utf-8")
    assert [part for part in ("## Context", "## Choice", "## Price") if part not in text] == []
