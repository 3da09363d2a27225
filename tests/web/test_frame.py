"""What every page has: languages, headers, whom to ask, errors, and the front page."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from avrop.catalogue.unittypes import Language
from avrop.catalogue.yamltext import dump_yaml, load_yaml
from avrop.http.app import create_app
from avrop.packs import load_pack
from avrop.settings import ServeSetting
from avrop.system import System
from avrop.web.pages import POLICY, mailto
from avrop.web.texts import LANGUAGES, preferred, texts
from tests.search.asking import get, head


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


def test_an_unforeseen_error_tells_nothing_of_itself(provider: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a value")

    monkeypatch.setattr("avrop.actions.look.topics", broken)
    answer = get(create_app(provider, faces=("catalogue",)), "/en/")
    assert answer.status_code == 500
    assert "a value" not in answer.text
    assert "The fault is ours" in answer.text


def test_the_front_page_shows_the_way_through_school_of_people_who_do_not_exist(provider: System) -> None:
    page = get(create_app(provider, faces=("catalogue",)), "/nn/").text
    assert "simulerte personar som begynte i" in page
    assert page.count('<path class="c') == page.count('<td class="number">') // 2 > 10


def test_a_browser_outside_of_every_language_gets_a_page_in_its_own_and_a_program_a_problem(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    page = get(app, "/katalog", headers={"Accept": "text/html,*/*;q=0.8", "Accept-Language": "nn"})
    assert (page.status_code, page.headers["content-language"]) == (404, "nn")
    assert 'href="/nn/katalog"' in page.text
    for path in ("/katalog", "/api/v1/nothing"):
        assert get(app, path).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/nb/", "/en/katalog?q=sex", "/nn/variabler/SEX", "/nb/handlekurv", "/nb/none"])
def test_a_page_is_packed_for_whom_that_suits_and_head_is_answered(provider: System, path: str) -> None:
    app = create_app(provider, faces=("catalogue",))
    plain = get(app, path, headers={"Accept-Encoding": "identity"})
    packed = get(app, path, headers={"Accept-Encoding": "gzip, br"})
    assert packed.text == plain.text
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in get(app, path, headers={"Accept-Encoding": "gzip;q=0, br"}).headers
    assert "Accept-Encoding" in plain.headers["vary"]
    if "etag" in plain.headers:
        assert packed.headers["etag"] == plain.headers["etag"]
        assert get(app, path, headers={"If-None-Match": packed.headers["etag"]}).status_code == 304
    told = head(app, path)
    assert told.status_code == plain.status_code


def test_browsers_are_asked_to_come_by_https_where_that_is_how_it_is_reached(provider: System) -> None:
    for url, expected in (("https://provider.example.no/", "max-age=31536000"), ("http://127.0.0.1:8000/", None)):
        serve = ServeSetting(faces=("catalogue",), public_url=url)
        app = create_app(replace(provider, settings=replace(provider.settings, serve=serve)), faces=("catalogue",))
        assert get(app, "/nb/").headers.get("strict-transport-security") == expected


def test_words_of_a_page_lead_to_what_they_mean(provider: System) -> None:
    app = create_app(provider, faces=("catalogue",))
    known = set(re.findall(r'<dt id="([^"]+)">', get(app, "/en/ordliste").text))
    pages = [get(app, path).text for path in ("/en/variabler/SEX", "/en/tema/PERSON", "/en/kobling?v=SEX")]
    led = {key for page in pages for key in re.findall(r'href="/en/ordliste#([^"]+)"', page)}
    assert len(led) >= 8
    assert led <= known
