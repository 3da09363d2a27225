"""JSON of strangers is read strictly, in time that grows with its length, and given on sign by sign."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.outbound.strictjson import _TEXTS, Unreadable, load_object, member
from tests.examples import tried

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3), max_leaves=8,
)  # fmt: skip
OBJECTS = st.dictionaries(st.text(), VALUES, min_size=1, max_size=5)


@pytest.mark.parametrize(
    "data",
    [b"", b"1", b"[]", b'"{}"', b'{"a": 1, "a": 1}', b'{"a": {"b": 1, "b": 2}}', b'{"a": NaN}', b'{"a": -Infinity}',
     b'{"a": ' + b"1" * 5000 + b"}", b'\xef\xbb\xbf{"a": 1}', b'{"a": "\xff"}', b'{"a": 1} {}', b'{"a": "\n"}',
     b'{"a": ' + b"[" * 17 + b"]" * 17 + b"}", b'{"a": ' + b"[" * 5000],
    ids=["empty", "number", "list", "text", "twice", "twice within", "NaN", "infinite", "5000 digits", "mark",
         "no UTF-8", "more", "line in a text", "deep", "very deep"],
)  # fmt: skip
def test_what_is_no_plain_object_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        load_object(data)


def test_a_text_without_an_end_is_passed_over_once_and_not_from_each_of_its_marks() -> None:
    endless = '{"a": "' + '\\"' * 100_000
    assert len(_TEXTS.findall(endless)) == 2  # the name, and all the rest
    with pytest.raises(Unreadable):
        load_object(endless.encode())


@tried(300)
@given(OBJECTS, st.sampled_from([None, 0, 3]), st.booleans())
def test_a_member_is_what_stands_there(value: dict[str, Any], indent: int | None, ascii_only: bool) -> None:
    data = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode()
    read = load_object(data)
    for name in read:
        raw = member(data, name)
        assert raw in data
        assert json.loads(raw) == read[name]


def test_a_member_keeps_its_spaces_its_numbers_and_its_order() -> None:
    data = b' \n{ "x" :\t{"b": 1.00, "a" : 1e3,"c":"\\u00e6"} , "y":0.10000000000000000001 }'
    assert member(data, "x") == b'{"b": 1.00, "a" : 1e3,"c":"\\u00e6"}'
    assert member(data, "y") == b"0.10000000000000000001"
    with pytest.raises(KeyError):
        member(data, "b")
