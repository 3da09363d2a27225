"""`avrop codelist` on the installed pack and on a folder: what it shows, and what it says of bad input."""

import json
from pathlib import Path

import pytest

from avrop.packs import load_pack
from tests.cli.conftest import Prompt


@pytest.fixture
def line(tmp_path: Path) -> Prompt:
    """A command line without an installation: the lists need none."""
    return Prompt(folder=tmp_path)


def test_a_list_is_shown_as_it_was_on_a_day(line: Prompt) -> None:
    before = {row["code"] for row in json.loads(line.ok("codelist", "show", "COUNTY", "--on", "2023-12-31", "--json"))}
    after = {row["code"] for row in json.loads(line.ok("codelist", "show", "COUNTY", "--on", "2024-01-01", "--json"))}
    assert before - after == {"30", "38", "54"}
    assert after - before == {"31", "32", "33", "39", "40", "55", "56"}
    assert len(after) == 15


def test_the_labels_are_in_the_language_that_is_asked_for(line: Prompt) -> None:
    words = ("codelist", "show", "PUPIL_STATUS", "--on", "2026-01-01", "--json", "--language")
    shown = {x: {row["label"] for row in json.loads(line.ok(*words, x))} for x in ("nb", "en")}
    assert "Part-time pupil" in shown["en"]
    assert "Deltidselev" in shown["nb"]


def test_a_reform_is_told_as_what_became_of_each_code(line: Prompt) -> None:
    words = ("codelist", "diff", "COUNTY", "--from", "2023-12-31", "--to", "2024-01-01", "--json")
    told = {row["code"]: (row["change"], row["successors"]) for row in json.loads(line.ok(*words))}
    assert told == {"30": ("split", "31, 32, 33"), "38": ("split", "39, 40"), "54": ("split", "55, 56")}


def test_the_lists_of_the_pack_are_clean(line: Prompt) -> None:
    assert "stop" not in line.ok("codelist", "check")
    names = {row["name"] for row in json.loads(line.ok("codelist", "names", "--json"))}
    assert {"COUNTY", "MARK", "PUPIL_STATUS"} <= names


def test_a_code_that_is_valid_twice_is_named_with_its_file(line: Prompt) -> None:
    for name, text in load_pack().catalogue.items():
        path = line.folder / "ours" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            text + '  - {code: "03", label: {nb: Oslo, en: Oslo}}\n' if name.endswith("/COUNTY.yaml") else text
        )
    code, out, _ = line.run("codelist", "check", "ours", "--json")
    (told,) = [row for row in json.loads(out) if row["severity"] == "stop"]
    assert (code, told["file"], told["finding"]) == (2, "codelists/COUNTY.yaml", "Code 03 is valid twice on some day.")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("show", "COUNTRY"), 5, "codelist.unknown"),
        (("show", "COUNTY", "--on", "yesterday"), 2, "codelist.day"),
        (("diff", "COUNTY", "--from", "2024-01-01", "--to", "2023-01-01"), 2, "codelist.days"),
        (("diff", "COUNTY", "--from", "2024-13-01"), 2, "codelist.day"),
        (("check", "nowhere"), 2, "nowhere"),
    ],
)
def test_bad_input_is_told_apart(line: Prompt, words: tuple[str, ...], code: int, said: str) -> None:
    assert said in line.no(code, "codelist", *words)
