"""Pages without a browser: languages, headers, errors, the cart, and the texts of three languages."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from string import Formatter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions import publish, tasks
from avrop.catalogue.commons import Words
from avrop.catalogue.unittypes import Language, Text
from avrop.catalogue.variables import Variable
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.http.app import create_app
from avrop.packs import load_pack
from avrop.settings import ServeSetting
from avrop.system import System
from avrop.web import cart, csvfiles
from avrop.web.pages import POLICY, mailto
from avrop.web.texts import LANGUAGES, Speech, preferred, texts
from tests.conftest import Fresh
from tests.examples import examples
from tests.publishing import CATALOGUE, OPERATOR, published
from tests.search.asking import get, post

WEB = Path(__file__).parents[2] / "src" / "avrop" / "web"
TEMPLATES = {path.name: path.read_text(encoding="utf-8") for path in (WEB / "templates").glob("*.html")}
KEY = re.compile(r"""\bt(?:\.counted)?\(\s*"([^"]+)"\s*[,)]""")


@pytest.fixture(scope="module")
def provider(fresh_database: Fresh, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with published(fresh_database, tmp_path_factory.mktemp("web")) as system:
        yield system


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_stands_in_one_place_on_every_page(provider: System, language: str) -> None:
    """A21, A32."""
    app = create_app(provider, faces=("catalogue",))
    ends = []
    for path in ("/", "/katalog", "/variabler/SEX", "/kobling", "/sammenlign", "/handlekurv", "/ordliste", "/no/such"):
        end = get(app, f"/{language}{path}").text.partition("<footer")[2]
        ends.append(end)
    assert len(set(ends)) == 1
    assert f'href="/{language}/tilgjengelighet"' in ends[0]
    assert texts(language)["footer.contact.variable"] in ends[0]


def test_every_page_ends_with_whom_to_ask_and_the_statement_of_whoever_runs_it(
    provider: System, tmp_path: Path
) -> None:
    """A21, A32: as the publisher's file says; a changed file is a changed page."""
    told = load_yaml(load_pack().parties, file="parties.yaml", code="x")["commons"]["publisher"]
    file = tmp_path / "publisher.yaml"
    file.write_text(dump_yaml({**told, "accessibility": "https://statement.example/1"}), encoding="utf-8")
    serve = ServeSetting(faces=("catalogue",), public_url="https://provider.example.no/", publisher=file)
    app = create_app(replace(provider, settings=replace(provider.settings, serve=serve)), faces=("catalogue",))
    first = get(app, "/nn/ordliste")
    assert f'href="mailto:{told["contact"]["email"]}"' in first.text
    assert '<a class="ds-link" href="https://statement.example/1">Tilgjengelegheitserklæring</a>' in first.text
    file.write_text(dump_yaml(told), encoding="utf-8")
    second = get(app, "/nn/ordliste", headers={"If-None-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert "statement.example" not in second.text
    file.write_text("- no publisher", encoding="utf-8")
    third = get(app, "/nn/ordliste", headers={"If-None-Match": second.headers["etag"]})
    assert third.status_code == 200
    assert "mailto:" not in third.text
    assert "kven som har publisert" in third.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_front_page_offers_questions_that_find_something(provider: System, language: Language) -> None:
    app = create_app(provider, faces=("catalogue",))
    offered = re.findall(r'href="(/[a-z]+/katalog[?]q=[^"]+)"', get(app, f"/{language}/").text)
    assert len(offered) == 3
    for address in offered:
        shown = get(app, address).text
        assert "<article" in shown
        assert "ds-alert" not in shown


def test_interest_is_registered_in_what_is_described_only_and_in_what_is_not_found(
    provider: System, tmp_path: Path
) -> None:
    """A letter to whoever publishes; to nobody else, and not where nobody is named."""
    told = load_yaml(load_pack().parties, file="parties.yaml", code="x")["commons"]["publisher"]
    file = tmp_path / "publisher.yaml"
    file.write_text(dump_yaml(told), encoding="utf-8")
    serve = ServeSetting(faces=("catalogue",), public_url="https://provider.example.no/", publisher=file)
    app = create_app(replace(provider, settings=replace(provider.settings, serve=serve)), faces=("catalogue",))
    to = f"mailto:{told['contact']['email']}?subject="
    for path, what in (
        ("/en/variabler/ABSENCE_TYPE", "Interest%20in%3A%20"), ("/nb/katalog?q=xqz%26cc%3Dx", "Interesse%20for%3A%20xqz%26cc%3Dx"),
    ):  # fmt: skip
        assert f"{to}{what}" in get(app, path).text
    assert "Interest" not in get(app, "/en/variabler/SEX").text
    assert f"{to}SEX" in get(app, "/en/variabler/SEX").text
    plain = create_app(provider, faces=("catalogue",))
    for path in ("/en/variabler/ABSENCE_TYPE", "/nb/katalog?q=xqzzyv"):
        assert "mailto:" not in get(plain, path).text
    assert mailto("a@b.no?cc=c@d.no", "x") == "mailto:a@b.no%3Fcc%3Dc@d.no?subject=x"


def test_a_wrong_year_is_answered_with_the_form_and_its_other_fields(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/en/katalog?q=sex&from=02024&to=2024&years=overlaps")
    assert answer.status_code == 422
    assert "<title>Error: sex" in answer.text
    assert 'value="02024" aria-invalid="true" aria-describedby="from-wrong"' in answer.text
    assert 'value="2024"' in answer.text
    assert get(create_app(provider, faces=("catalogue",)), "/api/v1/search?from=02024").status_code == 422


def test_the_glossary_has_each_word_in_each_language() -> None:
    terms = yaml.safe_load((WEB / "texts" / "glossary.yaml").read_text(encoding="utf-8"))
    assert len(terms) >= 8
    assert all({*each["word"]} == {*each["meaning"]} == {*LANGUAGES} for each in terms)


def test_the_front_door_leads_to_the_browsers_language(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    for accepted, where in (("nn-NO,nn;q=0.9", "/nn/"), ("en-GB", "/en/"), ("de,no;q=0.4", "/nb/"), ("", "/nb/")):
        answer = get(app, "/", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer.headers["location"]) == (303, where)
    assert preferred("de") == "nb"
    assert preferred("en;q=0.1, nb;q=0.9") == "nb"
    assert preferred("en;q=0, nn;q=x, *") == "nb"
    assert get(app, "/nn").headers["location"] == "/nn/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_says_its_language_its_policy_and_where_it_is_in_others(provider: System, language: str) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), f"/{language}/katalog?q=frav%C3%A6r&topic=ENROLMENT")
    tag = {"nb": "no"}.get(language, language)
    assert f'<html lang="{tag}" ' in answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["content-language"] == tag
    assert answer.headers["cache-control"] == "private, no-cache"
    for other in LANGUAGES:
        assert f'href="/{other}/katalog?q=frav%C3%A6r&amp;topic=ENROLMENT"' in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nb/no/such", 404), ("/nb/variabler/NOTHING", 404), ("/nn/tema/NOTHING", 404), ("/en/katalog?page=x", 422),
     ("/nb/variabler/BIRTH_DATE/kodeliste", 404),
     ("/static/0000000000000000/app.css", 404), ("/nb/variabler/a%00b", 404), ("/nb/tema/%00", 404)],
)  # fmt: skip
def test_an_error_is_a_page_with_a_search(provider: System, path: str, status: int) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), path)
    assert answer.status_code == status
    assert answer.text.count("<h1 ") == 1
    assert 'role="search"' in answer.text


def test_what_somebody_types_is_shown_as_text(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/nb/katalog", params={"q": '"><img src=x>'})
    assert "<img" not in answer.text


def test_an_unforeseen_error_tells_nothing_of_itself(provider: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a value")

    monkeypatch.setattr("avrop.actions.look.topics", broken)
    answer = get(create_app(provider, faces=("catalogue",)), "/en/")
    assert answer.status_code == 500
    assert "a value" not in answer.text
    assert "The fault is ours" in answer.text


def test_the_cart_is_filled_emptied_and_exported(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = post(app, "/nb/handlekurv", {"add": "SEX", "back": "/nb/variabler/SEX"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/nb/variabler/SEX")
    assert "httponly" in answer.headers["set-cookie"].lower()
    answer = post(app, "/nb/handlekurv", {"add": "LEVEL"}, cookies={cart.CART: answer.cookies[cart.CART]})
    assert answer.headers["location"] == "/nb/handlekurv"
    full = {cart.CART: answer.cookies[cart.CART]}
    assert full[cart.CART].strip('"') == cart.written(("SEX", "LEVEL"))
    assert "2 variabler i handlekurven" in get(app, "/nb/handlekurv", cookies=full).text
    answer = post(app, "/nb/handlekurv", {"clear": "1"}, cookies=full)
    assert cart.CART not in answer.cookies or not answer.cookies[cart.CART].strip('"')


@pytest.mark.parametrize("ids", [("SEX",), ("SEX", "LEVEL"), ("SEX", "TEST_RESULT", "APPLICATION_DATE", "COUNTY")])
def test_the_carts_page_and_its_file_have_the_same_datasets(provider: System, ids: tuple[str, ...]) -> None:
    app, full = create_app(provider, faces=("catalogue",)), {cart.CART: cart.written(ids)}
    exported = [entry["dataDef"]["urlToResource"] for entry in get(app, "/en/handlekurv.json", cookies=full).json()]
    page = get(app, "/en/handlekurv", cookies=full).text
    shown = re.findall(r'<li><a class="ds-link" href="/(en/tema/[^"]+)">[^<]*</a>: ', page)
    assert exported == shown
    assert re.search(rf">{len(exported)} datasets?</h2>", page)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "/api/v1/search", "//[", "/nb/\\x", "javascript:x"]
)
def test_a_form_leads_back_to_a_page_of_ours_only(provider: System, back: str) -> None:
    answer = post(create_app(provider, faces=("catalogue",)), "/nn/handlekurv", {"add": "SEX", "back": back})
    assert answer.headers["location"] == "/nn/handlekurv"


def test_another_sites_form_changes_nothing(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = post(app, "/nb/handlekurv", {"add": "SEX"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert post(app, "/nb/handlekurv", {"add": "x" * 5000}).status_code == 422


@examples(100)
@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text), unique=True, max_size=20))
def test_a_cart_comes_back_from_its_cookie(ids: list[str]) -> None:
    class Request:
        cookies = {cart.CART: cart.written(tuple(ids))}  # noqa: RUF012  a stand-in of one test

    assert cart.in_cart(Request()) == tuple(ids)  # type: ignore[arg-type]


def test_codes_can_be_had_as_csv(provider: System) -> None:
    answer = get(create_app(provider, faces=("catalogue",)), "/en/variabler/SEX/kodeliste.csv")
    assert answer.text.splitlines()[0] == "code,label,valid_from,valid_to,successors"
    assert len(answer.text.splitlines()) >= 3


def test_a_text_that_a_language_lacks_is_shown_in_the_nearest_and_says_so() -> None:
    text = Text(nb="Bare bokmål", en="Only")
    assert Speech("nn").of(text).tag == "no"
    assert Speech("nb").of(text).tag == ""
    assert Speech("en").of((Words(language="no", value="Norsk"),)).tag == "no"
    assert Speech("nb").of((Words(language="no", value="Norsk"),)).tag == ""
    assert Speech("en").of((), "NAME").text == "NAME"
    assert Speech("nn").of(Text(nb="Oslo", en="Oslo")).tag == ""


def test_counties_have_their_official_names_in_every_language_that_they_have(provider: System) -> None:
    """L11: as they are called since 2024, the Sámi and Kven forms among them."""
    page = get(create_app(provider, faces=("catalogue",)), "/nn/variabler/HOME_COUNTY/kodeliste?on=2026-01-01").text
    for name in ("Nordland – Nordlánnda", "Trøndelag – Trööndelage", "Troms – Romsa – Tromssa",
                 "Finnmark – Finnmárku – Finmarkku"):  # fmt: skip
        assert name in page


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


def test_a_topic_shows_and_gives_rows_of_nobody(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/nb/tema/RESULT?rows=1")
    assert page.text.count("P-0000") >= 20
    given = get(app, "/en/tema/RESULT/rows.csv")
    assert given.headers["content-disposition"] == 'attachment; filename="RESULT-synthetic.csv"'
    assert given.text == get(app, "/nb/tema/RESULT/rows.csv").text
    assert given.text.splitlines()[0].split(",")[0] == "PERSON_ID"
    assert len(given.text.splitlines()) > 100
    assert get(app, "/nb/tema/NOTHING/rows.csv").status_code == 404
    told = get(app, "/nn/tema/RESULT/rows.csv-metadata.json")
    assert f'type="{told.headers["content-type"]}"' in given.headers["link"]
    columns = told.json()["tableSchema"]["columns"]
    assert [each["titles"] for each in columns] == given.text.splitlines()[0].split(",")
    codes = next(each["rdfs:seeAlso"]["@id"] for each in columns if "rdfs:seeAlso" in each)
    assert get(app, codes).headers["content-type"].startswith("text/csv")
    assert get(app, "/nb/tema/NOTHING/rows.csv-metadata.json").status_code == 404


def test_the_front_page_shows_the_way_through_school_of_people_who_do_not_exist(provider: System) -> None:
    page = get(create_app(provider, faces=("catalogue",)), "/nn/").text
    assert "simulerte personar som begynte i" in page
    assert page.count('<path class="c') == page.count('<td class="number">') // 2 > 10


def test_a_variable_shows_how_it_is_spread_among_people_who_do_not_exist(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/variabler/SEX").text
    assert "Synthetic data: " in page
    assert page.count('<svg class="bars"') == 1
    assert 'id="risk"' in page
    assert "Alone among the same sex and year of birth" in page
    assert 'class="bars"' not in get(app, "/en/variabler/PERSON_ID").text


def test_a_search_that_finds_nothing_says_which_filter_to_leave_out(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/katalog?q=absence&unit=nothing&from=2015").text
    assert re.search(r">Without [^<]*</a>: \d+ variables", page)
    assert "Without 2015" not in page
    assert "Without " not in get(app, "/en/katalog?q=xqzzyv&sensitivity=identifier").text


def test_a_long_code_list_has_pages_that_keep_the_question(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    first = get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?on=2024-01-01").text
    second = get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?on=2024-01-01&page=2").text
    assert "on=2024-01-01&amp;page=2" in first
    assert first.count('<th scope="row"><code>') == 100
    assert set(re.findall(r"<code>([A-Z0-9-]+)</code>", first)).isdisjoint(
        re.findall(r"<code>([A-Z0-9-]{10})</code>", second)
    )
    assert get(app, "/en/variabler/PROGRAMME_AREA/kodeliste?page=999999999").status_code == 200
    assert get(app, "/en/variabler/SEX/kodeliste").text.count("ds-pagination") == 0


def test_a_cart_is_tried_in_its_room_with_rows_of_nobody(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    asked = "?v=SEX&v=TEST_RESULT&v=NOTHING&v=APPLICATION_DATE"
    page = get(app, f"/en/kobling{asked}&rows=1").text
    assert "Everything in the cart can be joined by Person." in page
    assert page.count('<line class="joins"') == 3
    assert page.count('<th scope="row">P-0000') == 20
    given = get(app, f"/nn/kobling/rows.csv{asked}")
    assert given.headers["content-disposition"] == 'attachment; filename="syntetisk.csv"'
    assert given.text.splitlines()[0] == "person,SEX,TEST_RESULT,APPLICATION_DATE"
    assert given.text == get(app, f"/en/kobling/rows.csv{asked}").text
    filled = {cart.CART: cart.written(("SEX", "LEVEL"))}
    assert get(app, "/nb/kobling/rows.csv", cookies=filled).text.splitlines()[0] == "person,SEX,LEVEL"
    assert "Prøverom" not in get(app, "/nb/kobling").text
    link = given.headers["link"].partition(">")[0].removeprefix("<")
    told = get(app, f"/nn/kobling/{link}")
    assert f'type="{told.headers["content-type"]}"' in given.headers["link"]
    schema = told.json()["tableSchema"]
    assert [each["titles"] for each in schema["columns"]] == given.text.splitlines()[0].split(",")
    assert (schema["primaryKey"], [each["required"] for each in schema["columns"]]) == (
        ["person"],
        [True] + [False] * 3,
    )
    assert get(app, f"/nn/kobling/{told.json()['url']}").text == given.text
    codes = next(each["rdfs:seeAlso"]["@id"] for each in schema["columns"] if "rdfs:seeAlso" in each)
    assert get(app, codes).headers["content-type"].startswith("text/csv")
    assert "v=SEX&v=LEVEL" in get(app, "/nb/kobling/rows.csv", cookies=filled).headers["link"]
    assert get(app, "/nb/kobling/rows.csv-metadata.json?v=PERSON_ID").status_code == 404
    assert get(app, "/nb/kobling/rows.csv").status_code == 404
    assert get(app, "/nb/kobling/rows.csv?v=PERSON_ID").status_code == 404


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


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_a_cart_without_the_publishers_number_is_not_handed_over_and_says_why(provider: System, language: str) -> None:
    """An empty `orgnr` is none: whoever gets such a cart refuses it."""
    app = create_app(provider, faces=("catalogue",))
    answer = get(app, f"/{language}/handlekurv.json", cookies={cart.CART: cart.written(("SEX",))})
    assert (answer.status_code, "orgnr" in answer.text) == (409, False)
    assert Speech("en").known("fault.cart.no_number", "").partition(",")[0] in answer.text or language != "en"
    assert "cart.no_number" in answer.text
    assert get(app, f"/{language}/handlekurv.json").json() == []


def test_a_wrong_day_is_said_beside_the_form_and_a_page_too_far_is_the_last(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    answer = get(app, "/en/variabler/SEX/kodeliste?on=yesterday&q=1")
    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert 'href="#on">' in answer.text
    assert 'value="1"' in answer.text
    assert get(app, "/en/katalog?page=1999").text.count("<article") > 0


def test_a_file_may_be_called_in_any_letters() -> None:
    named = csvfiles.answer("ČÁLLI", ("a",), [])
    assert named.headers["content-disposition"] == "attachment; filename*=UTF-8''%C4%8C%C3%81LLI.csv"


def test_what_cannot_be_asked_for_cannot_be_put_into_the_cart(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    assert 'name="add" value="ABSENCE_TYPE"' not in get(app, "/nb/variabler/ABSENCE_TYPE").text
    assert 'name="add" value="SEX"' in get(app, "/nb/variabler/SEX").text
    kept = get(app, "/nb/variabler/ABSENCE_TYPE", cookies={cart.CART: "ABSENCE_TYPE"}).text
    assert 'name="remove" value="ABSENCE_TYPE"' in kept


def test_a_cart_of_what_is_gone_says_so_and_can_be_emptied(provider: System) -> None:
    page = get(create_app(provider, faces=("catalogue",)), "/en/handlekurv", cookies={cart.CART: "GONE~99!ALSO"}).text
    assert "2 variables that were in the cart are there no longer" in page
    assert 'name="clear"' in page


def test_a_cart_of_which_a_part_is_gone_counts_what_is_there_and_can_be_tidied(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/en/handlekurv", cookies={cart.CART: "SEX!GONE~99"}).text
    assert "1 variable in the cart" in page
    assert "1 variable that was in the cart is there no longer" in page
    tidied = post(app, "/en/handlekurv", {"tidy": "1"}, cookies={cart.CART: "SEX!GONE~99"})
    assert tidied.cookies[cart.CART] == "SEX"
    assert 'name="tidy"' not in get(app, "/en/handlekurv", cookies={cart.CART: "SEX"}).text


def test_a_variable_that_goes_says_when_and_what_to_ask_for_instead(fresh_database: Fresh, tmp_path: Path) -> None:
    def changed(variable: Variable) -> Variable:
        if variable.name == "CONDUCT":
            return replace(variable, withdrawn=date(2030, 1, 1), successors=("ORDER_MARK",))
        return (
            replace(variable, withdrawn=date(2026, 1, 1), successors=("SEX",)) if variable.name == "LEVEL" else variable
        )

    with published(fresh_database, tmp_path) as system:
        made = replace(CATALOGUE, version="later", variables=tuple(map(changed, CATALOGUE.variables)))
        publish.publish_catalogue(system, OPERATOR, made, breaking=True)
        app = create_app(system, faces=("catalogue",))
        going, gone = get(app, "/en/variabler/CONDUCT").text, get(app, "/nb/variabler/LEVEL").text
        later = replace(system, clock=lambda: datetime(2031, 1, 1, tzinfo=UTC))
        assert "kan ikke lenger bes om" in get(create_app(later, faces=("catalogue",)), "/nb/variabler/CONDUCT").text
        tasks.tick(later)
        withdrawn = get(app, "/api/v1/search?status=withdrawn").json()["hits"]
        assert {hit["card"]["id"] for hit in withdrawn} >= {"CONDUCT", "LEVEL"}
    assert "is withdrawn on 1 January 2030" in going
    assert 'href="/en/variabler/ORDER_MARK"' in going
    assert "kan ikke lenger bes om" in gone
    assert 'href="/nb/variabler/SEX"' in gone
