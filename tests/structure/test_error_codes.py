"""An error's code is stable: it has one form, one class and one meaning."""

import re
from collections import defaultdict

from avrop import errors
from tools.error_codes import CLASSES, Raised, raised

FORM = re.compile(r"[a-z][a-z_]*(\.[a-z][a-z_]*)+")


def by_code() -> dict[str, list[Raised]]:
    """Where each code that is written out whole is raised."""
    found: dict[str, list[Raised]] = defaultdict(list)
    for error in raised():
        if "{" in error.code:
            continue
        found[error.code].append(error)
    return found


def test_every_class_has_the_exit_code_that_the_page_says() -> None:
    subclasses = {kind.__name__: kind.exit_code for kind in errors.AvropError.__subclasses__()}
    assert subclasses == CLASSES


def test_exit_codes_tell_the_classes_apart() -> None:
    assert len(set(CLASSES.values())) == len(CLASSES)


def test_a_code_is_an_area_and_a_reason_in_lower_case() -> None:
    assert [error for error in raised() if not FORM.fullmatch(re.sub(r"\{[^}]*\}", "kind", error.code))] == []


def test_a_code_belongs_to_one_class() -> None:
    assert {code: places for code, places in by_code().items() if len({error.kind for error in places}) > 1} == {}


def test_a_code_means_one_thing_so_other_modules_say_the_same_sentence() -> None:
    two_meanings = {
        code: {(error.module, error.sentence) for error in places}
        for code, places in by_code().items()
        if len({error.module for error in places}) > 1 and len({error.sentence for error in places}) > 1
    }
    assert two_meanings == {}


def test_an_error_is_told_in_a_sentence() -> None:
    assert [error for error in raised() if not re.search(r"[.?!)}]$", error.sentence)] == []


def test_a_hint_is_a_sentence_too() -> None:
    assert [error for error in raised() if error.hint and not re.search(r"[.?!)}]$", error.hint)] == []
