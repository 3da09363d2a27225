"""The words of pages in three languages, and how each language writes and sorts."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
import yaml

from avrop.catalogue.commons import Words
from avrop.catalogue.unittypes import Language, Text
from avrop.catalogue.versions import variable_difference
from avrop.web.texts import LANGUAGES, Speech, texts
from tests.catalogue.test_differences import BEFORE, KINDS, LISTS, VARIABLE, VARIABLES

WEB = Path(__file__).parents[2] / "src" / "avrop" / "web"


TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in (WEB / "templates").glob("*.html")}


KEY = re.compile(r"""\bt(?:\.counted)?\(\s*"([^"]+)"\s*[,)]""")


def test_the_three_languages_have_the_same_keys_with_the_same_parts() -> None:
    known = {language: texts(language) for language in LANGUAGES}
    assert len({frozenset(each) for each in known.values()}) == 1
    for key in known["nb"]:
        parts = {
            language: {name for _, name, _, _ in Formatter().parse(known[language][key]) if name} for language in known
        }
        assert len({frozenset(each) for each in parts.values()}) == 1, key
        assert all(known[language][key].strip() for language in known), key


def test_every_key_that_a_page_says_is_known_and_no_text_is_long() -> None:
    known = set(texts("nb"))
    for name, text in TEMPLATES.items():
        for key in KEY.findall(text):
            assert key in known or f"{key}.one" in known, (name, key)
    for language in LANGUAGES:
        for key, text in texts(language).items():
            assert max(len(sentence.split()) for sentence in re.split(r"[.?!:]", text)) <= 25, (language, key)
            assert "vennligst" not in text.lower()


def test_no_template_has_a_style_a_script_within_it_or_an_address_elsewhere() -> None:
    for name, text in TEMPLATES.items():
        own = text.replace('<script defer src="{{ script }}"></script>', "")
        assert not re.search(r"<style|<script|\bstyle=|\bon[a-z]+=|\bhx-on|js:|https?://", own), name


def test_no_field_has_a_hint_for_a_name_or_an_asterisk_and_no_button_is_shut() -> None:
    """A16, A27, A28: nor is anything said that passes by, or in front of the page."""
    for name, text in TEMPLATES.items():
        markup = re.sub(r"{[{%].*?[%}]}", "", text)
        assert not re.search(r"placeholder=|\bdisabled\b|\*|role=\"alert\"|<dialog|toast", markup), name


def test_the_glossary_has_each_word_in_each_language() -> None:
    terms = yaml.safe_load((WEB / "texts" / "glossary.yaml").read_text(encoding="utf-8"))
    assert len(terms) >= 8
    assert all({*each["word"]} == {*each["meaning"]} == {*LANGUAGES} for each in terms)


def test_a_text_that_a_language_lacks_is_shown_in_the_nearest_and_says_so() -> None:
    text = Text(nb="Bare bokmål", en="Only")
    assert Speech("nn").of(text).tag == "no"
    assert Speech("nb").of(text).tag == ""
    assert Speech("en").of((Words(language="no", value="Norsk"),)).tag == "no"
    assert Speech("nb").of((Words(language="no", value="Norsk"),)).tag == ""
    assert Speech("en").of((), "NAME").text == "NAME"
    assert Speech("nn").of(Text(nb="Oslo", en="Oslo")).tag == ""


def test_numbers_days_and_plurals_are_written_as_the_language_has_them() -> None:
    assert Speech("nb").number(61240) == "61\xa0240"
    assert Speech("en").number(61240) == "61,240"
    assert Speech("nb").day(date(2026, 3, 14)) == "14. mars 2026"
    assert Speech("nn").counted("search.found", 1) == "1 variabel"
    assert Speech("nn").counted("search.found", 2) == "2 variablar"


@pytest.mark.parametrize(
    ("language", "expected"),
    [("nb", ["Café", "Zoo", "Ære", "Øst", "Åsen"]), ("nn", ["Café", "Zoo", "Ære", "Øst", "Åsen"]),
     ("en", ["Ære", "Åsen", "Café", "Øst", "Zoo"])],
)  # fmt: skip
def test_names_are_sorted_as_readers_of_the_language_expect(language: Language, expected: list[str]) -> None:
    """L10: also where a letter is written as another with a mark."""
    assert Speech(language).in_order(reversed(expected)) == expected
    assert Speech(language).order("A\u030asen") == Speech(language).order("Åsen")


@pytest.mark.parametrize(("kind", "tried"), [("variable", VARIABLES), ("code_list", LISTS)])
def test_every_difference_of_a_variable_can_be_told(kind: str, tried: list[tuple[str, object, object]]) -> None:
    item, _, into = KINDS[kind.replace("_", " ")]
    before = replace(BEFORE, variables=(replace(VARIABLE, code_list="LIST"),))
    told = set()
    for field, value, _ in tried:
        after = into(replace(item, **{field: value}))
        after = after if kind == "variable" else replace(after, variables=before.variables)
        if field != "name":
            found = variable_difference(BEFORE if kind == "variable" else before, after, "X")
            told |= {f"versions.{about}.{change.what}" for about, change in found or ()}
    assert told
    assert told <= texts("nb").keys()
