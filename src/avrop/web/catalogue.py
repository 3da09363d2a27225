"""The catalogue's pages: front page, search, variable, code list, joining, comparing; and the words of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from importlib.resources import files
from urllib.parse import urlencode

import yaml
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from avrop.actions import elsewhere as told_elsewhere
from avrop.actions import find, look
from avrop.actions.addresses import named
from avrop.actions.harvest import asked_of
from avrop.actions.look import Shown
from avrop.catalogue import csvw
from avrop.catalogue.commons import Contact
from avrop.catalogue.search.cards import Card
from avrop.catalogue.search.questions import PAGE, read_search, unread
from avrop.catalogue.unittypes import Language
from avrop.errors import Missing
from avrop.system import System
from avrop.web import assets, charts, codetables, csvfiles, elsewhere, flows, topics
from avrop.web.cart import MOST, MOST_COMPARED, in_cart
from avrop.web.conditional import kept_pages_of
from avrop.web.pages import failed, language_of, may_be_packed, page, pages_of
from avrop.web.results import results
from avrop.web.rooms import joining, told
from avrop.web.texts import LANGUAGES, Speech
from avrop.web.topics import ROWS_GIVEN, ROWS_SHOWN

View = Callable[[System, Request, Language], Response]
Named = Callable[[System, Request, Language, str], Response]


def routes(system: System) -> APIRouter:
    """Every page under `/nb`, `/nn` and `/en`; `/` to the browser's language; what they load, under `/static`."""
    router = APIRouter(include_in_schema=False, route_class=pages_of(system))

    @router.get("/")
    def front(request: Request) -> Response:
        return RedirectResponse(f"/{language_of(request)}/", status_code=303, headers={"Vary": "Accept-Language"})

    @router.get("/static/vendor/{name}")
    def vendored(request: Request, name: str) -> Response:
        return _static(request, assets.vendored(name))

    @router.get("/static/{digest}/{name}")
    def static(request: Request, digest: str, name: str) -> Response:
        return _static(request, assets.ours(name, digest))

    known = kept_pages_of(system)
    for language in LANGUAGES:
        router.add_api_route(f"/{language}", _to_front(language))
        for path, view in VIEWS.items():
            shown = _shown(system, view, language)
            router.add_api_route(f"/{language}{path}", shown, route_class_override=known)
        for path, of_one in NAMED.items():
            by_name = _shown_named(system, of_one, language)
            router.add_api_route(f"/{language}{path}", by_name, route_class_override=known)
    return router


def unknown(system: System) -> APIRouter:
    """The page for addresses that there are none for: the last of all routes."""
    router = APIRouter(include_in_schema=False, route_class=pages_of(system))
    for language in LANGUAGES:
        router.add_api_route(f"/{language}{{key:path}}", _shown_named(system, _nothing, language))
    return router


def lost(system: System) -> Callable[[Request], Response | None]:
    """A page for a browser at an address outside of every language that there is none for."""

    def shown(request: Request) -> Response | None:
        by_hand = request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")
        return failed(system, request, assets.no_such_page()) if by_hand else None

    return shown


def _to_front(language: Language) -> Callable[[], Response]:
    def front() -> Response:
        return RedirectResponse(f"/{language}/", status_code=308)

    return front


def _static(request: Request, asset: assets.Asset) -> Response:
    """A file for good: its address changes with its bytes. Texts are packed for whom that suits."""
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    packed = bool(asset.packed) and may_be_packed(request)
    if asset.packed:
        headers["Vary"] = "Accept-Encoding"
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(asset.packed if packed else asset.body, media_type=asset.kind, headers=headers)


def _shown(system: System, view: View, language: Language) -> Callable[[Request], Response]:
    def shown(request: Request) -> Response:
        return view(system, request, language)

    return shown


def _shown_named(system: System, view: Named, language: Language) -> Callable[[Request, str], Response]:
    def shown(request: Request, key: str) -> Response:
        return view(system, request, language, named(key))

    return shown


def _nothing(_system: System, _request: Request, _language: Language, _key: str) -> Response:
    raise assets.no_such_page()


def _home(system: System, request: Request, language: Language) -> Response:
    found, speech = look.flow(system), Speech(language)
    ranked = speech.ranked(look.topics(system))
    figure = flows.drawn(found, speech) if found and ranked else None
    starters = find.answered(system, [speech(f"home.example.{n}") for n in (1, 2, 3)])
    return page(system, request, "home.html", language=language, topics=ranked, figure=figure, starters=starters)


def _search(system: System, request: Request, language: Language) -> Response:
    said = request.query_params.multi_items()
    wrong = unread(said)
    search = read_search(pair for pair in said if pair[0] not in wrong)
    speech, this_year = Speech(language), system.clock().year
    answer = find.find(system, search, language=language)
    if answer.total and not answer.hits:  # beyond the last page
        search = replace(search, page=-(-answer.total // PAGE))
        answer = find.find(system, search, language=language)
    found = results(search, answer, speech)
    strips = {hit.card.id: charts.years(hit.card, speech, until=this_year) for hit in found.hits}
    without = () if found.total else find.totals(system, [chip.without for chip in found.chips])
    return page(
        system, request, "search.html", language=language, status=422 if wrong else 200, search=search, found=found,
        elsewhere=told_elsewhere.count(system, search.text), wrong=wrong, strips=strips,
        looser=[(chip, n) for chip, n in zip(found.chips, without, strict=False) if n],
    )  # fmt: skip


def _variable(system: System, request: Request, language: Language, key: str) -> Response:
    version = request.query_params.get("version")
    shown = look.variable(system, key) if version is None else look.variable_in(system, key, version)
    older = shown.history is not None and not shown.history.current
    today, spread = system.clock().date(), None if older else look.spread(shown)
    answer = page(
        system, request, "variable.html", language=language, shown=shown, card=shown.card,
        contacts=_contacts(system, shown), strip=charts.years(shown.card, Speech(language), until=today.year),
        codes=codetables.table(shown, Speech(language), on=today, most=codetables.PAGE if older else 10),
        bars=charts.bars(spread[1], shown.code_list, Speech(language)) if spread else None, spread=spread, older=older,
    )  # fmt: skip
    if older:
        answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _contacts(system: System, shown: Shown) -> tuple[Contact, ...]:
    """Whom to ask about a variable: as its publisher told, or, of our own, whoever publishes here."""
    if shown.own is None:
        return shown.contacts
    publisher = asked_of(system)
    return (Contact(name=publisher.contact.name, email=publisher.contact.email),) if publisher else ()


def _codes(system: System, request: Request, language: Language, key: str) -> Response:
    shown, speech, today = look.variable(system, key), Speech(language), system.clock().date()
    asked = request.query_params
    wrong = {name: asked[name] for name in ("on", "since") if asked.get(name) and not _is_day(asked[name])}
    on, since = (date.fromisoformat(asked[n]) if asked.get(n) and n not in wrong else None for n in ("on", "since"))
    table = codetables.table(
        shown, speech, on=on or today, text=asked.get("q", "")[:100], page=_place(asked.get("page"))
    )
    if table is None:
        raise Missing("search.no_codes", "The variable has no code list.", hint="See the variable.")
    changed = (
        codetables.changed(shown, speech, start=since, end=on or today, text=asked.get("q", "")[:100])
        if since
        else None
    )
    return page(
        system, request, "codes.html", language=language, shown=shown, card=shown.card, codes=table, on=on or today,
        since=since, text=asked.get("q", "")[:100], changed=changed, wrong=wrong, status=422 if wrong else 200,
    )  # fmt: skip


def _codes_csv(system: System, _request: Request, language: Language, key: str) -> Response:
    rows = codetables.every(look.variable(system, key), Speech(language))
    name = key.partition("~")[0]
    return csvfiles.answer(name, tuple(csvw.CODE_COLUMNS), rows, described_by="kodeliste.csv-metadata.json")


def _codes_described(system: System, _request: Request, _language: Language, key: str) -> Response:
    shown = look.variable(system, key)
    title = shown.code_list.title if shown.code_list else shown.card.label
    return csvfiles.description(csvw.codes_table(title, publisher=shown.card.publisher, file="kodeliste.csv"))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _place(text: str | None) -> int:
    """The number of a page; what is none is the first."""
    return max(int(text), 1) if text and text.isascii() and text.isdigit() and len(text) < _DIGITS else 1


_DIGITS = 6


def _joins(system: System, request: Request, language: Language) -> Response:
    wanted, speech = _wanted(request), Speech(language)
    cards = look.cards(system, wanted)
    rows = (
        look.joined(system, [card.id for card in cards], count=ROWS_GIVEN) if "rows" in request.query_params else None
    )
    return page(
        system, request, "joins.html", language=language, joinings=look.joinings(system), cards=cards,
        told=told(cards, speech), map=joining(cards, speech), rows=rows, most=ROWS_SHOWN,
        chosen=[("v", card.id) for card in cards],
        unshown=", ".join(str(speech.of(c.label, c.name)) for c in cards if rows and c.name not in rows.columns),
    )  # fmt: skip


def _joined_rows(system: System, request: Request, language: Language) -> Response:
    _, found = look.joined_sample(system, _wanted(request), count=ROWS_GIVEN)
    name, columns = Speech(language)("sample.file"), found.columns
    asked = urlencode([("v", each) for each in columns[1:]])  # also what stands in a cart is named
    return csvfiles.answer(name, columns, found.rows, described_by=f"rows.csv-metadata.json?{asked}")


def _joined_described(system: System, request: Request, language: Language) -> Response:
    own, found = look.joined_sample(system, _wanted(request), count=ROWS_GIVEN)
    asked = urlencode([("v", name) for name in found.columns[1:]])
    told = csvw.joined_table(own, found, file=f"rows.csv?{asked}", codes=csvfiles.codes_of(language))
    return csvfiles.description(told)


def _wanted(request: Request) -> tuple[str, ...]:
    """The variables that an address names, or else those in the reader's cart."""
    return _named(request)[:MOST] or in_cart(request)


def _named(request: Request) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in request.query_params.getlist("v") if value and "\0" not in value))


def _compare(system: System, request: Request, language: Language) -> Response:
    wanted = _named(request)[:MOST_COMPARED]
    cards: tuple[Card, ...] = look.cards(system, wanted)
    return page(system, request, "compare.html", language=language, cards=cards)


def _glossary(system: System, request: Request, language: Language) -> Response:
    text = (files("avrop.web") / "texts" / "glossary.yaml").read_text(encoding="utf-8")
    speech = Speech(language)
    terms = [(each["word"][language], each["meaning"][language], each["key"]) for each in yaml.safe_load(text)]
    return page(
        system, request, "glossary.html", language=language, terms=sorted(terms, key=lambda t: speech.order(t[0]))
    )


def _accessibility(system: System, request: Request, language: Language) -> Response:
    return page(system, request, "accessibility.html", language=language)


VIEWS: dict[str, View] = {
    "/": _home, "/katalog": _search, "/kobling": _joins, "/kobling/rows.csv": _joined_rows,
    "/kobling/rows.csv-metadata.json": _joined_described, "/sammenlign": _compare, "/datasett": elsewhere.listed,
    "/ordliste": _glossary, "/tilgjengelighet": _accessibility,
}  # fmt: skip
NAMED: dict[str, Named] = {
    "/variabler/{key:path}/kodeliste.csv": _codes_csv,
    "/variabler/{key:path}/kodeliste.csv-metadata.json": _codes_described, "/variabler/{key:path}/kodeliste": _codes,
    "/variabler/{key:path}": _variable, "/tema/{key:path}/rows.csv": topics.sample,
    "/tema/{key:path}/rows.csv-metadata.json": topics.sample_described, "/tema/{key:path}": topics.topic,
    "/datasett/{key:path}": elsewhere.shown,
}  # fmt: skip
