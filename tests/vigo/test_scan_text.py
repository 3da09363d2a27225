"""The scan knows a number in text however it is written, and no digest, longer run or row of columns for one."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avrop.vigo.scan import streams
from tests.examples import tried
from tests.vigo.planted import found_in, number

SIGNS = {
    "no-break space": "\xa0", "narrow no-break space": "\u202f", "thin space": "\u2009", "en dash": "\u2013",
    "minus": "\u2212", "hyphen that does not break": "\u2011", "soft hyphen": "\xad", "tab": "\t", "slash": "/",
    "dot": ".", "HTML": "&nbsp;", "HTML by number": "&#160;", "URL": "%20", "URL of a no-break space": "%C2%A0",
    "JSON": "\\u00a0", "JSON of a dash": "\\u2013", "zero byte": "\0",
}  # fmt: skip
GROUPS = {
    "6 5": "{0}{1}{2}{s}{3}{4}", "2 2 2 5": "{0}{s}{1}{s}{2} {3}{4}", "2 2 2 3 2": "{0}{s}{1}{s}{2}{s}{3}{s}{4}",
    "6 3 2": "{0}{1}{2}{s}{3}{s}{4}", "2 2 2 3 2 after a date": "{0}.{1}.{2}{s}{3}{s}{4}",
}  # fmt: skip


def grouped(form: str, one: str, sign: str) -> str:
    return GROUPS[form].format(one[:2], one[2:4], one[4:6], one[6:9], one[9:], s=sign)


@pytest.mark.parametrize("sign", SIGNS)
def test_it_is_found_with_every_sign_between(sign: str) -> None:
    forms = ["6 5"] if sign in ("tab", "zero byte") else list(GROUPS)
    for form in forms:
        text = grouped(form, number(), SIGNS[sign])
        assert found_in(f"x\n{text}, more") == ["national"], form
        assert [found_in(f"1{text}"), found_in(f"{text}1")] == [[], []], form


@pytest.mark.parametrize("sign", ["\xa0", "\x96", "-"])
def test_it_is_found_with_a_sign_of_one_byte_between(sign: str) -> None:
    assert found_in(grouped("6 5", number(), sign).encode("latin-1")) == ["national"]


def test_what_is_left_of_a_byte_in_an_address_is_no_digit_before() -> None:
    assert found_in(f"/find?who=%20{number()}&that=%22{number()}%22") == ["national"] * 2


def test_one_that_is_none_hides_none_that_begins_within_it() -> None:
    text = grouped("2 2 2 3 2", number(), " ")
    assert found_in(f"01 02 03 111 {text}") == ["national"]


def test_columns_of_numbers_are_seldom_one() -> None:
    """Tabs stand between columns: only six and five digits side by side are taken for one number."""
    assert found_in(grouped("2 2 2 3 2", number(), "\t")) == []
    assert found_in(grouped("6 3 2", number(), "\t")) == []


def test_longer_runs_of_digits_are_no_numbers() -> None:
    one = number()
    for text in (f"1{one}", f"{one}1", f"{one[:6]}  {one[6:]}"):
        assert found_in(text) == [], text.replace(one, "N")
        for code in ("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le"):
            assert found_in(text.encode(code)) == [], (code, text.replace(one, "N"))
            assert found_in(f"x {text} x".encode(code)) == [], (code, text.replace(one, "N"))


@pytest.mark.parametrize("length", [32, 40, 56, 64, 96, 128, 150])
@pytest.mark.parametrize("code", ["ascii", "utf-16-le", "utf-32-be"])
def test_what_is_within_a_digest_is_no_number(length: int, code: str) -> None:
    beside = ("c4a1b" * 40)[: length - 11]
    for place in (0, 5, length - 11):
        digest = f"{beside[:place]}{number()}{beside[::-1][: length - 11 - place]}"
        assert len(digest) == length
        for text in (digest, digest.upper()):
            read = f"sha: {text} of it{' ' * 600}".encode(code)
            assert [list(streams.in_stream(io.BytesIO(read), block=block)) for block in (9, 64, 1000)] == [[]] * 3, (
                place
            )


@pytest.mark.parametrize("code", ["ascii", "utf-16-le"])
def test_a_few_letters_beside_it_make_no_digest(code: str) -> None:
    one = number()
    for text in (
        f"facade{one}",
        f"{one}facade",
        f"dead{one}beef",
        f"a0b1c2d{one}e4f5",
        f"{'c4a1b' * 5}{one}",
        f"{'facade' * 3}abc{one}",
    ):
        assert found_in(text.encode(code)) == ["national"], text.replace(one, "N")
    assert found_in(f"{'facade' * 4}abcdefabcdefabcde{one}".encode(code)) == ["national"]


@tried(300)
@given(
    st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), st.integers(0, 60),
    st.text("gh \n,;", max_size=200), st.text("gh \n,;", max_size=200), st.integers(1, 200),
    st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]), st.integers(0, 3),
)  # fmt: skip
def test_it_is_found_wherever_it_stands_and_however_the_file_is_read(
    day: int, month: int, year: int, count: int, before: str, after: str, block: int, code: str, shift: int
) -> None:
    planted = number(day=day, month=month, year=year, count=count)
    text = f"{before}{planted}{after}".encode()
    found = list(streams.in_stream(io.BytesIO(text), block=block))
    assert found == [(before.count("\n") + 1, "national")]
    wide = list(streams.in_stream(io.BytesIO(b"#" * shift + text.decode().encode(code)), block=block))
    assert wide == found


@tried(200)
@given(st.binary(max_size=300), st.integers(1, 100))
def test_how_a_file_is_read_changes_nothing_that_is_found(data: bytes, block: int) -> None:
    text = data + number().encode() + data
    assert list(streams.in_stream(io.BytesIO(text), block=block)) == list(streams.in_stream(io.BytesIO(text)))
