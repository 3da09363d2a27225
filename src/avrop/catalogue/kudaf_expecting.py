"""What the upload tools of KUDAF read of a metadata back-end's answers, and where an answer is another than they need.

Only what a published client was seen to read is expected: whatever else an answer has is its own matter.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from avrop.canonical import document


@document
class Deviation:
    """One way in which an answer is not as the tools need it. `breaks`: a tool fails or writes twice; `differs`: it
    copes."""

    address: str
    gravity: Literal["breaks", "differs"]
    sentence: str


Found = Iterator[tuple[Literal["breaks", "differs"], str]]


def catalogues(status: int, value: Any) -> Found:
    """The list of catalogues: `id` a whole number, `metadata.title` by language, with `no` or `en`."""
    yield from _list(status, value)
    for item in _items(value):
        if not isinstance(item.get("id"), int) or isinstance(item.get("id"), bool):
            yield "breaks", "A catalogue's id is no whole number; datasets are sent with it as one."
        title = item.get("metadata", {}).get("title") if isinstance(item.get("metadata"), Mapping) else None
        if not isinstance(item.get("metadata"), Mapping):
            yield "breaks", "A catalogue has no metadata, and the tools fail on it."
        elif not isinstance(title, Mapping):
            yield "breaks", "A catalogue's title is not keyed by language, so it is posted again at every run."
        elif not {"no", "en"} & title.keys():
            yield "breaks", "A catalogue's title has neither `no` nor `en`, so it is posted again at every run."


def unit_types(status: int, value: Any) -> Found:
    """A catalogue's unit types: two lists, with `id` and `shortName`."""
    if status != 200:
        yield "breaks", f"The answer is {status}, and the tools fail on anything but 200."
        return
    for key in ("global_unit_types", "catalog_unit_types"):
        several = value.get(key) if isinstance(value, Mapping) else None
        if not isinstance(several, list):
            yield "breaks", f"The list {key} is missing, and the tools read it."
            continue
        for item in _items(several):
            if not isinstance(item.get("id"), int) or not isinstance(item.get("shortName"), str):
                yield "breaks", f"A unit type in {key} lacks a whole number as id, or its shortName."


def datasets(status: int, value: Any) -> Found:
    """The list of datasets: `id` a text, `name` a plain text."""
    if status == 404:
        yield "differs", "The answer is 404 where an empty list is expected; the tools take it for one."
        return
    yield from _list(status, value)
    for item in _items(value):
        if not isinstance(item.get("id"), str):
            yield "breaks", "A dataset's id is no text, so its variables are refused later."
        if not isinstance(item.get("name"), str):
            yield "breaks", "A dataset's name is no plain text, so it is posted again at every run."


def dataset(status: int, value: Any) -> Found:
    """One dataset with its variables, each with its `name`."""
    if status != 200:
        yield (
            "breaks",
            f"The answer is {status} for a dataset that is listed; a tool fails, or posts variables twice.",
        )
        return
    several = value.get("variables") if isinstance(value, Mapping) else None
    if not isinstance(several, list):
        yield "breaks", "A dataset has no list of variables, so they are posted again at every run."
        return
    if any(not isinstance(item.get("name"), str) for item in _items(several)):
        yield "breaks", "A variable has no name, so it is posted again at every run."


def refusal(status: int, value: Any, *, wanted: Sequence[int]) -> Found:
    """What is to be refused: one of those statuses, and a `detail` that the tools show."""
    if 200 <= status < 300:
        yield "breaks", f"The answer is {status}: it took what it must refuse."
        return
    if status not in wanted:
        yield "differs", f"The answer is {status} where {' or '.join(map(str, wanted))} is expected."
    if not isinstance(value, Mapping) or "detail" not in value:
        yield "breaks", "A refusal has no `detail`, and the tools fail on it instead of showing why."


def unchanged(_status: int, after: Any, *, before: Any) -> Found:
    """A list that nothing was added to."""
    if before != after:
        yield "breaks", "The list is another one after what must store nothing; or somebody else wrote meanwhile."


def _list(status: int, value: Any) -> Found:
    if 300 <= status < 400:
        yield "breaks", f"The answer is {status}: the tools ask for the address as it stands, with its slash."
    elif status != 200:
        yield "breaks", f"The answer is {status}."
    elif not isinstance(value, list):
        yield "breaks", "The answer is no list."
    elif any(not isinstance(item, Mapping) for item in value):
        yield "breaks", "An item of the list is no object."


def _items(value: Any) -> Sequence[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
