"""The search as a page: what cannot be asked is said, and what finds nothing says what to leave out."""

import html
import re
from html import unescape

import pytest

from avrop.catalogue.unittypes import Language
from avrop.http.app import create_app
from avrop.system import System
from avrop.web.texts import LANGUAGES, Speech
from tests.search.asking import get


def test_a_wrong_year_is_answered_with_the_form_and_its_other_fields(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/en/katalog?q=sex&from=02024&to=2024&years=overlaps")
    assert answer.status_code == 422
    assert "<title>Error: sex" in answer.text
    assert 'value="02024" aria-invalid="true" aria-describedby="from-wrong"' in answer.text
    assert 'value="2024"' in answer.text
    assert get(create_app(provider, faces=("catalogue",)), "/api/v1/search?from=02024").status_code == 422


def test_what_somebody_types_is_shown_as_text(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/nb/katalog", params={"q": '"><img src=x>'})
    assert "<img" not in answer.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_list_by_the_names_that_they_show(provider: System, language: Language) -> None:
    """L10."""
    app, speech = create_app(provider, faces=("catalogue",)), Speech(language)
    for path, heading in (("/katalog?order=name", "h3 "), ("/tema/ENROLMENT", "li>")):
        shown = get(app, f"/{language}{path}").text
        names = [
            unescape(each)
            for each in re.findall(rf'<{heading}[^<]*<a class="ds-link"[^>]*/variabler/[^>]*>([^<]+)', shown)
        ]
        assert len(names) > 5
        assert names == speech.in_order(names)


def test_a_search_that_finds_nothing_says_which_filter_to_leave_out(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/katalog?q=absence&unit=nothing&from=2015").text
    assert re.search(r">Without [^<]*</a>: \d+ variables", page)
    assert "Without 2015" not in page
    assert "Without " not in get(app, "/en/katalog?q=xqzzyv&sensitivity=identifier").text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nb/sammenlign?v=%00&v=SEX", 200), ("/nb/katalog?page=00000100000000000000000000", 422),
     ("/api/v1/search?page=000001" + "0" * 5000, 422), ("/nb/katalog?" + "&".join(f"unit=U{n}" for n in range(61)), 422),
     ("/nb/katalog?" + "&".join(f"unit=U{n}" for n in range(60)), 200), ("/en/katalog?from=2024&to=2018", 422)],
)  # fmt: skip
def test_an_odd_question_has_an_answer_of_its_own(provider: System, path: str, status: int) -> None:
    assert get(create_app(provider, faces=("catalogue",)), path).status_code == status


LONG = "a" * 301


@pytest.mark.parametrize(
    "asked",
    [f"q={LONG}", "years=x", "order=price", "page=0", "&".join(f"unit=U{n}" for n in range(61)), "from=20x4",
     "from=2024&to=2018"],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_the_same_words_on_the_page_and_by_the_api(
    provider: System, asked: str
) -> None:
    app = create_app(provider, faces=("catalogue",))
    told = get(app, f"/api/v1/search?{asked}")
    assert told.status_code == 422
    for language, title in (("en", "Error: "), ("nb", "Feil: "), ("nn", "Feil: ")):
        page = get(app, f"/{language}/katalog?{asked}")
        assert page.status_code == 422
        assert f"<title>{title}" in page.text
        said = Speech(language).known(f"fault.{told.json()['code']}", "")
        assert said in html.unescape(page.text)
        assert language != "en" or told.json()["title"] in html.unescape(page.text)
        assert not said or language != "en" or said == f"{told.json()['title']} {told.json()['detail']}"


def test_no_datasets_of_others_is_said_otherwise_than_none_with_the_words(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    assert "is described here yet" in get(app, "/en/datasett").text
    assert "has these words" in get(app, "/en/datasett?q=students").text
