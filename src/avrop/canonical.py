"""Documents and their canonical form: frozen dataclasses, RFC 8785 JSON bytes, SHA-256 digests.

A document is written and read by Pydantic at the edges, so there is no second model beside the dataclass.
Sets do not occur in documents: their order is not canonical. Use sorted tuples.
"""

import hashlib
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NewType, TypeVar, cast, dataclass_transform

import rfc8785
from pydantic import ConfigDict, TypeAdapter, ValidationError

from avrop.errors import Mistake

Digest = NewType("Digest", str)
"""`sha256:` and 64 lower-case hex characters."""

T = TypeVar("T")

Place = Callable[[Sequence[int | str]], Mapping[str, int]]
"""Where a field was read, by the way to it: `line` and `column` from 1, or nothing."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
def document(cls: type[T]) -> type[T]:
    """Make a class a frozen, keyword-only document that refuses unknown fields when it is read."""
    # Pydantic looks for this name on any class; no class of ours declares it.
    cls.__pydantic_config__ = ConfigDict(extra="forbid", strict=False)  # type: ignore[attr-defined]  # Pydantic reads it there
    return dataclass(frozen=True, kw_only=True)(cls)


@cache
def _adapter(form: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast("Any", form))


def unsaid(value: object) -> bool:
    """Whether an optional field says nothing. `Field(exclude_if=unsaid)` keeps a field that a form got later out of
    documents that do not use it, so that their digests stay what they were."""
    return value is None


def plain(value: object) -> Any:
    """The document as plain JSON values: dicts, lists, texts, whole numbers, booleans, null."""
    return (
        _adapter(cast("Hashable", type(value))).dump_python(value, mode="json")
        if not isinstance(value, dict | list)
        else value
    )


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of a document or of plain JSON values."""
    return rfc8785.dumps(plain(value))


def is_writable(value: object) -> bool:
    """Whether every text in plain JSON values, names of fields too, is Unicode that a text of the database and XML 1.0
    can hold: JSON may write half of a pair, or a control character, as an escape. Source: Extensible Markup Language
    1.0, 2.2, Characters.

    >>> is_writable({"title": ["Tilbud"]}), is_writable({"title": ["\\ud800"]}), is_writable({"\\1": 1})
    (True, False, False)
    """
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str) and not _WRITABLE.fullmatch(each):
            return False
        if isinstance(each, Mapping):
            left += each.keys()
            left += each.values()
        elif isinstance(each, list | tuple):
            left += each
    return True


_WRITABLE = re.compile(r"[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def digest_bytes(data: bytes) -> Digest:
    """SHA-256 of the bytes, as `sha256:<hex>`."""
    return Digest("sha256:" + hashlib.sha256(data).hexdigest())


def digest(value: object) -> Digest:
    """SHA-256 of the canonical form.

    >>> digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    True
    """
    return digest_bytes(canonical(value))


def read(form: Any, data: bytes | str, *, what: str) -> Any:
    """A document of type `form` from JSON text; `what` names it in the error.

    Errors: `document.unreadable` (Mistake) with the place of each fault, never the value found there.
    """
    try:
        return _adapter(form).validate_json(data)
    except ValidationError as failure:
        raise _unreadable(failure, what) from None


def build(form: Any, values: object, *, what: str, place: Place | None = None) -> Any:
    """A document of type `form` from plain values (parsed YAML or JSON). `place` knows where they were read from.

    Errors as `read`, with the place of the first fault."""
    try:
        return _adapter(form).validate_python(values)
    except ValidationError as failure:
        raise _unreadable(failure, what, place) from None


_AT = re.compile(r" at line (\d+) column (\d+)$")
"""How the reader of JSON says where it stopped."""


def _unreadable(failure: ValidationError, what: str, place: Place | None = None) -> Mistake:
    found = failure.errors(include_input=False, include_url=False, include_context=False)
    at = _AT.search(found[0]["msg"])
    where = {"line": int(at[1]), "column": int(at[2])} if at else place(found[0]["loc"]) if place else {}
    faults = [
        f"{'.'.join(str(part) for part in fault['loc']) or 'document'}: {_AT.sub('', fault['msg'])}" for fault in found
    ]
    more = f" and {len(faults) - 5} more" if len(faults) > 5 else ""
    return Mistake(
        "document.unreadable",
        f"{what} does not have the expected form: {'; '.join(faults[:5])}{more}.",
        hint="Correct the named fields and try again.",
        **where,
    )
