"""What a metadata back-end of KUDAF answers: what it has of ours, what became of what was sent, and what it says of it.

Everything in an answer is a stranger's: only what the upload tools were seen to read is read, and its words are told
as words, cut short, without signs that a terminal would obey and without the key that was shown to it.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST, _MOST = 300, 2**53
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_LANGUAGES = ("no", "nb", "nn", "en")


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One thing that is there: its id, and why it is not ours, if it is another's of the same name."""

    id: Any
    foreign: str | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one thing that was sent. `said` is the back-end's own remark or refusal."""

    stored: bool
    id: Any = None
    said: str | None = None


def catalogue_called(listed: Sequence[Any], title: str, publisher: str) -> Standing | None:
    """The catalogue of that title. One that names another publisher is another's."""
    for item in _objects(listed):
        metadata = _object(item.get("metadata"))
        titles = _object(metadata.get("title"))
        named = next((titles[code] for code in _LANGUAGES if titles.get(code)), item.get("name"))
        if named == title and is_number(item.get("id")):
            owner = _object(metadata.get("publisher")).get("name", publisher)
            foreign = None if owner == publisher else "Another publisher has a catalogue of this title."
            return Standing(id=item["id"], foreign=foreign)
    return None


def dataset_called(listed: Sequence[Any], title: str, identifier: str, catalogue: int | None) -> Standing | None:
    """The dataset of that id or title. One that says it is of another catalogue is another's."""
    for item in _objects(listed):
        known = item.get("id")
        if is_text(known) and (known == identifier or item.get("name") == title):
            home = item.get("catalog_id", item.get("catalogId", catalogue))
            foreign = None if home == catalogue else "Another catalogue has a dataset of this title or id."
            return Standing(id=known, foreign=foreign)
    return None


def units_by_name(value: Any) -> dict[str, int] | None:
    """The numbers of the common unit types and of a catalogue's own, or None if that is no list of them."""
    lists = [_object(value).get(key) for key in ("global_unit_types", "catalog_unit_types")]
    if not all(isinstance(each, list) for each in lists):
        return None
    items = [item for each in lists for item in _objects(each or [])]
    return {str(item.get("shortName")): item["id"] for item in items if is_number(item.get("id"))}


def names_within(value: Any) -> frozenset[str] | None:
    """The names of a dataset's variables, or None if that is no dataset with variables."""
    held = _object(value).get("variables")
    if not isinstance(held, list):
        return None
    return frozenset(str(item["name"]) for item in _objects(held) if "name" in item)


def numbers_within(value: Any) -> dict[str, int]:
    """The numbers of a dataset's variables, by name, where they are told."""
    held = _object(value).get("variables")
    items = _objects(held) if isinstance(held, list) else []
    return {str(item.get("name")): item["id"] for item in items if is_number(item.get("id"))}


def offers(value: Any) -> bool:
    """Whether that is the offer of a commons that is an Avrop."""
    return all(isinstance(_object(value).get(key), list) for key in ("about", "removes"))


def taken(status: int, value: Any, *, secret: str) -> Outcome:
    """What became of what was told beside the upload, or taken back."""
    if status == 200 and isinstance(value, Mapping):
        return Outcome(stored=True)
    told = _words(_object(value).get("detail"), secret)
    return Outcome(stored=False, said=f"HTTP {status}: {told}" if told else f"HTTP {status}.")


def outcome(status: int, value: Any, *, of: str, secret: str) -> Outcome:
    """What became of a POST; `of` is the key that the thing's id stands under. Only 200 with one success is one."""
    results = _object(_object(value).get("sync_results"))
    said = _words(_messages(_object(results.get("errors"))), secret)
    if status != 200:
        told = said or _words(_object(value).get("detail"), secret)
        return Outcome(stored=False, said=f"HTTP {status}: {told}" if told else f"HTTP {status}.")
    if _object(results.get("successful")).get("num") != 1:
        return Outcome(stored=False, said=said or "The answer says neither that it was stored nor why not.")
    known = _object(_object(value).get(of)).get("id")
    return Outcome(stored=True, id=known if is_number(known) or is_text(known) else None, said=said)


def is_number(value: Any) -> bool:
    """Whether that can be the number of a catalogue or a unit type."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST


def is_text(value: Any) -> bool:
    """Whether that can be the id of a dataset."""
    return isinstance(value, str) and 0 < len(value) <= _LONGEST and value.isprintable()


def _messages(errors: Mapping[str, Any]) -> Any:
    detail = errors.get("detail")
    if isinstance(detail, list):
        found = [item.get("msgs") if isinstance(item, Mapping) else item for item in detail]
        return [each for each in found if each] or None
    return detail


def _words(value: Any, secret: str) -> str | None:
    """A stranger's words on one line."""
    if not value:
        return None
    several = value if isinstance(value, list) else [value]
    text = " ".join(each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in several)
    text = _UNSEEN.sub(" ", text.encode(errors="replace").decode()).strip().replace(secret, "(the key)")
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."


def _objects(value: Sequence[Any]) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)]


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
