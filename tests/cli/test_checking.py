"""What a check finds of many things is said once, and names every one of them with its line."""

import json
import re

import pytest

from avrop.catalogue.files import write_catalogue
from avrop.catalogue.findings import Finding
from avrop.catalogue.places import Place
from avrop.cli import checking
from tests.cli.conftest import Prompt
from tests.publishing import CATALOGUE


def found(
    subject: str, sentence: str = "It lacks a text.", *, check: str = "texts", line: int = 1
) -> tuple[Finding, Place]:
    finding = Finding(check=check, severity="stop", subject=subject, sentence=sentence, hint="Write it.")
    return finding, Place(file="a.yaml", line=line, column=1)


def test_of_up_to_twenty_things_each_stands_on_its_own_line() -> None:
    several = [found(f"V{n}") for n in range(20)]
    assert checking.folded(several) == checking.each(several)


def test_of_more_each_sentence_stands_once_with_all_that_it_is_about_and_where() -> None:
    several = [found(f"V{n}", line=n) for n in range(1, 21)]
    rows = checking.folded([*several, found("W", "It lacks another."), found("X", check="ladders")])
    names = ", ".join(f"V{n}" for n in range(1, 21))
    lines = ",".join(str(n) for n in range(1, 21))
    assert rows == [
        ("stop", "texts", f"20: {names}", f"a.yaml:{lines}", "It lacks a text.", "Write it."),
        ("stop", "texts", "W", "a.yaml:1", "It lacks another.", "Write it."),
        ("stop", "ladders", "X", "a.yaml:1", "It lacks a text.", "Write it."),
    ]


@pytest.fixture
def checked(prompt: Prompt) -> Prompt:
    """In the folder of the pack's catalogue."""
    for name, text in write_catalogue(CATALOGUE).items():
        (prompt.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (prompt.folder / name).write_text(text, "utf-8")
    return prompt


def test_the_readable_form_names_all_and_the_machines_form_has_a_finding_each(checked: Prompt) -> None:
    for path in (checked.folder / "codelists").glob("*.yaml"):  # each list's title loses its nynorsk
        path.write_text(re.sub(r"(?m)^    nn: .*\n", "", path.read_text("utf-8")), "utf-8")
    rows = json.loads(checked.ok("describe", "check", ".", "--json"))
    shown = [line.split("\t") for line in checked.ok("describe", "check", ".").splitlines()[1:]]
    assert len(shown) < len(rows) / 2
    told = [name for row in shown for name in row[2].rpartition(": ")[2].split(", ")]
    assert sorted(told) == sorted(row["subject"] for row in rows)


@pytest.mark.parametrize(
    ("file", "before", "after", "place"),
    [
        ("datasets/PERSON.yaml", "temporality: FIXED", "temporality: NEVER", "temporality: NEVER"),
        ("catalogue.yaml", "title:", "titel:", "name:"),
        ("unit_types.yaml", "  label:", "  lable:", "- name:"),
        ("codelists/SEX.yaml", "  valid_from: ", "  valid_from: x", "  valid_from: x"),
    ],
)
def test_a_field_that_cannot_be_read_is_told_with_its_line(
    checked: Prompt, file: str, before: str, after: str, place: str
) -> None:
    path = checked.folder / file
    text = path.read_text("utf-8").replace(before, after, 1)
    path.write_text(text, "utf-8")
    line = next(
        number for number, each in enumerate(text.splitlines(), start=1) if each.strip().startswith(place.strip())
    )
    told = checked.no(2, "describe", "check", ".")
    assert f"[document.unreadable] {file}" in told
    assert f"line {line}, column " in told


def test_json_that_stops_says_at_which_line(checked: Prompt) -> None:
    (checked.folder / "x.json").write_text('{"name": "x",\n "version": }', "utf-8")
    told = checked.no(2, "describe", "import", "x.json", "--out", "new")
    assert "[document.unreadable]" in told and "line 2, column " in told


def test_the_version_is_said(prompt: Prompt) -> None:
    assert prompt.ok("--version") == prompt.ok("version")


@pytest.mark.parametrize(
    "words", [("publish", "snapshot", "--sources", "no/map.yaml"), ("apply", "check", "no/map.yaml")]
)
def test_a_file_that_is_not_there_is_said_to_be_missing_and_where(checked: Prompt, words: tuple[str, ...]) -> None:
    more = ("--as", "op@provider") if words[0] == "publish" else ()
    told = checked.no(2, *words, *more)
    assert "[file.missing] There is no such file. (file no/map.yaml)" in told


def test_what_is_the_matter_with_a_code_is_told_with_the_codes_own_line(checked: Prompt) -> None:
    (checked.folder / "codelists" / "SEX.yaml").write_text(
        "title: {nb: Kjønn, en: Sex}\nsource: x\ncodes_valid_from: 2020-01-01\ncodes:\n"
        '- {code: "1", label: {nb: Mann, en: Man}}\n- {code: "2", label: {nb: "", en: ""}}\n'
        '- code: "3"\n  label: {nb: "", en: ""}\n- {code: "4", label: {nb: x, en: x}, valid_to: 2019-01-01}\n'
        '- {code: "1", label: {nb: x, en: x}, valid_to: 2030-01-01, successors: ["9"]}\n', "utf-8",
    )  # fmt: skip
    code, out, _ = checked.run("describe", "check", ".", "--json")
    rows = [(row["where"], row["finding"]) for row in json.loads(out) if row["where"].startswith("codelists/SEX.yaml")]
    assert code == 2
    assert set(rows) == {
        ("codelists/SEX.yaml:6", "Its code 2's label is missing in bokmål or English."),
        ("codelists/SEX.yaml:7", "Its code 3's label is missing in bokmål or English."),
        ("codelists/SEX.yaml:9", "Code 4 ends before it begins."),
        ("codelists/SEX.yaml:10", "Code 1 is valid twice on some day."),
        ("codelists/SEX.yaml:10", "Code 1 is succeeded by 9, which is not there."),
        ("codelists/SEX.yaml:1", "6 texts are missing in nynorsk."),
    }
