"""Checks of what values a variable may have: its ladder, its bounds, its pattern. Each yields findings."""

import re
from collections.abc import Iterable

from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.findings import Found
from avrop.catalogue.variables import Band, Level, Prefix, Recode, Variable


def ladders(catalogue: Catalogue) -> Iterable[Found]:
    """Every level but the first is made by a step, of values that the step can read."""
    for variable in catalogue.variables:
        names = [level.name for level in variable.levels]
        if not names:
            yield variable, "It has no level.", "Name at least the value as stored."
        if len(set(names)) != len(names):
            yield variable, "Two of its levels have the same name.", "Rename one."
        if any(level.step is not None for level in variable.levels[:1]):
            yield variable, "Its first level has a step.", "The first level is the value as stored."
        if any(level.step is None for level in variable.levels[1:]):
            yield variable, "A coarser level has no step.", "Say how it is made: prefix, band or recode."
        yield from ((variable, sentence, "Correct the step.") for sentence in _steps(variable))
        for level, values, _ in _inputs(variable, catalogue):
            if isinstance(level.step, Band) and not all(re.fullmatch("-?[0-9]{1,18}", value) for value in values):
                yield variable, f"Level {level.name} is in bands of what is no whole number.", "Correct the step."


def _steps(variable: Variable) -> Iterable[str]:
    length: int | None = None
    for level in variable.levels[1:]:
        match level.step:
            case Prefix():
                if level.step.length < 1 or (length is not None and level.step.length >= length):
                    yield f"Level {level.name} is not shorter than the one before."
                length = level.step.length
            case Band():
                if not level.step.edges or list(level.step.edges) != sorted(set(level.step.edges)):
                    yield f"The band edges of level {level.name} are not ascending."
            case Recode():
                if len({old for old, _ in level.step.pairs}) != len(level.step.pairs):
                    yield f"Level {level.name} recodes one value twice."
            case None:
                pass


def recodes(catalogue: Catalogue) -> Iterable[Found]:
    """What a recode does not list becomes null, and is then gone from the data."""
    for variable in catalogue.variables:
        for level, values, all_of_them in _inputs(variable, catalogue):
            if not isinstance(level.step, Recode) or not all_of_them:
                continue
            listed = {old for old, _ in level.step.pairs}
            if left := sorted(values - listed):
                yield variable, f"Level {level.name} makes {', '.join(left)} null.", "Recode every value."
            if unused := sorted(listed - values):
                sentence = f"Level {level.name} recodes {', '.join(unused)}, which never occurs."
                yield variable, sentence, "Take it out, or correct it."


def _inputs(variable: Variable, catalogue: Catalogue) -> Iterable[tuple[Level, set[str], bool]]:
    """Each coarser level, with examples of the values that enter it, and whether these are all there are."""
    listed = {code.code for each in catalogue.code_lists if each.name == variable.code_list for code in each.codes}
    examples = {"text": set[str](), "integer": {"0"}, "number": {"0.5"}, "date": {"2000-01-01"}}[variable.data_type]
    values, all_of_them = (listed, True) if listed else (examples, False)
    for level in variable.levels[1:]:
        yield level, values, all_of_them
        match level.step:
            case Prefix():
                values = {value[: level.step.length] for value in values}
            case Band():
                values, all_of_them = set(level.step.labels()), True
            case Recode():
                values, all_of_them = {new for _, new in level.step.pairs}, True
            case None:
                pass


_LARGEST = 2**53 - 1
"""The largest whole number that every reader of JSON keeps."""


def _numbers(variable: Variable) -> Iterable[int]:
    yield from (number for number in (variable.minimum, variable.maximum) if number is not None)
    for level in variable.levels:
        match level.step:
            case Prefix():
                yield level.step.length
            case Band():
                yield from level.step.edges
            case _:
                pass


def ranges(catalogue: Catalogue) -> Iterable[Found]:
    """Bounds and patterns fit the variable's type, and its numbers are the same to every reader."""
    for variable in catalogue.variables:
        if any(abs(number) > _LARGEST for number in _numbers(variable)):
            yield variable, f"A number is beyond {_LARGEST}, and would not be the same to every reader.", "Correct it."
        bounded = variable.minimum is not None or variable.maximum is not None
        if bounded and variable.data_type != "integer":
            yield variable, "Only a whole number has a minimum or maximum.", "Use a pattern or a code list."
        if variable.minimum is not None and variable.maximum is not None and variable.minimum > variable.maximum:
            yield variable, "Its minimum is above its maximum.", "Correct them."
        if variable.data_type == "number" and len(variable.levels) > 1:
            yield variable, "A number has no coarser level.", "Describe it as a whole number, or in bands as text."
        if variable.data_type != "text" and (variable.code_list, variable.pattern) != (None, None):
            yield variable, "Only a text has a code list or a pattern.", "Make it a text."
        if variable.pattern is not None and not _is_pattern(variable.pattern):
            yield variable, "Its pattern is no regular expression.", "Correct it."


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
