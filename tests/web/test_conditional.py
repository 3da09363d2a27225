"""Who has an answer is told so, and never wrongly: whatever an answer depends on is in its tag."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count

import httpx
import pytest
import sqlalchemy as sa
from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions import account, commons, commons_keys, gathering, publish
from avrop.actions.commons_keys import KeyHolder
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, Publisher, UnitTypeEntry
from avrop.http.app import create_app
from avrop.outbound.guard import Outbound
from avrop.settings import ServeSetting
from avrop.store import commons_tables, db, search_tables, stamps, tables
from avrop.store import commons_tables as t
from avrop.system import System, open_system
from avrop.web.cart import CART
from avrop.web.conditional import conditional
from tests.conftest import Fresh
from tests.examples import tried
from tests.outbound.peers import answer, peer
from tests.publishing import CATALOGUE, NOW, OPERATOR, published
from tests.search.asking import get
from tests.search.test_told import no, variable

HOLDER = KeyHolder(organisation="ours", publisher="Oslo universitet")
PAGES = ("/nb/", "/en/katalog?q=alder", "/nn/variabler/SEX", "/nb/variabler/SEX/kodeliste", "/nb/kobling", "/nb/handlekurv",
         "/en/tema/RESULT", "/nb/kobling?v=SEX&rows=1", "/nb/sammenlign?v=SEX", "/nb/ordliste", "/nb/variabler/SEX/kodeliste.csv")  # fmt: skip
LISTS = ("/api/v1/search?q=alder", "/api/v1/search/variables/SEX", "/api/v1/catalogs/", "/api/v1/datasets",
         "/api/v1/unittypes/", "/api/v1/variables/metadata/", "/api/metadata/variables", "/api/metadata/unit-types")  # fmt: skip


@dataclass
class World:
    """An installation that publishes and is a commons, and what may happen to it."""

    system: System
    now: datetime = NOW
    number: Iterator[int] = field(default_factory=lambda: count(1))
    keys: list[str] = field(default_factory=list)

    @cached_property
    def app(self) -> FastAPI:
        return create_app(self.system, faces=("catalogue",))

    @cached_property
    def dataset(self) -> str:
        entry = CatalogueEntry(title=no("Studenter"), publisher=Publisher(name=HOLDER.publisher))
        home = int(commons.keep_catalogue(self.system, HOLDER, entry).id)
        return str(commons.keep_dataset(self.system, HOLDER, home, DatasetEntry(title=no("Opptak"))).id)

    def ask(self, address: str, tag: str = "", cart: str = "") -> httpx.Response:
        return get(self.app, address, cookies={CART: cart} if cart else {}, headers={"If-None-Match": tag})

    def republish(self) -> None:
        made = replace(CATALOGUE, version=f"v{next(self.number)}")
        publish.publish_catalogue(self.system, OPERATOR, made, breaking=True)

    def adhere(self) -> None:
        code = f"{next(self.number):02d}"
        key = self.system.keys.make_signing(f"controller-{code}")
        account.adhere(self.system, OPERATOR, controller=code, name=f"No. {code}", public_key=key, competent_body="It")

    def tell_variable(self) -> None:
        told = variable("ALDER", f"Alder {next(self.number)}")
        assert commons.keep_variables(self.system, HOLDER, self.dataset, [told])[0].outcome in {"created", "updated"}

    def tell_unit_type(self) -> None:
        home = commons.keep_catalogue(self.system, HOLDER, self._catalogue()).id
        text = no(f"Enhet {next(self.number)}")
        commons.keep_unit_type(self.system, HOLDER, int(home), UnitTypeEntry(name="U", label=text, description=text))

    def _catalogue(self) -> CatalogueEntry:
        return CatalogueEntry(title=no(f"Katalog {next(self.number)}"), publisher=Publisher(name=HOLDER.publisher))

    def issue_key(self) -> None:
        made = commons_keys.issue_key(self.system, OPERATOR, organisation="ours", publisher=HOLDER.publisher)
        self.keys.append(made.partition(".")[0])

    def withdraw_key(self) -> None:
        if not self.keys:
            self.issue_key()
        commons_keys.withdraw_key(self.system, OPERATOR, self.keys.pop())

    def gather(self, text: str | None = None, outcome: str = "read") -> None:
        names = {"Kilde"} & {each.name for each in gathering.sources(self.system)}
        label = text or f"Alder {next(self.number)}"
        with peer(answer(200, json.dumps([_document(label)]).encode(), Content_Type="application/json")) as other:
            system = replace(self.system, outbound=Outbound(allowed_hosts=(other.host,)))
            if not names:
                gathering.add_source(
                    system, OPERATOR, "Kilde", url=other.url, form="variables", publisher="P", every_minutes=60
                )
            with db.transaction(system.database) as connection:
                connection.execute(t.sources.update().values(url=other.url))
            assert gathering.read_source(system, "Kilde").outcome == outcome

    def forget_source(self) -> None:
        self.gather()
        gathering.remove_source(self.system, OPERATOR, "Kilde")

    def day_passes(self) -> None:
        self.now += timedelta(days=1)


CHANGES: Mapping[str, Callable[[World], None]] = {
    name: getattr(World, name)
    for name in ("republish", "adhere", "tell_variable", "tell_unit_type", "issue_key", "withdraw_key", "gather",
                 "forget_source", "day_passes")
}  # fmt: skip


def _document(label: str) -> dict[str, object]:
    person = {"name": "PERSON", "label": "Person", "description": "Et menneske"}
    return {
        "name": "AGE", "temporalityType": "EVENT", "sensitivityLevel": "NONPUBLIC",
        "identifierVariables": [{"name": "PERSON", "keyType": person}],
        "measureVariables": [{"name": "AGE", "label": label, "representedVariables": [{"description": "År"}]}],
    }  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with published(tmp_path_factory.mktemp("conditional")) as system:
        made = World(system=system)
        made.system = replace(system, clock=lambda: made.now)
        made.tell_variable()
        yield made


@pytest.mark.parametrize("address", PAGES + LISTS)
def test_who_has_an_answer_is_told_so_without_its_body(world: World, address: str) -> None:
    first = world.ask(address)
    assert (first.status_code, len(first.content) > 0) == (200, True)
    strong = first.headers["etag"].removeprefix("W/")
    for tag in (first.headers["etag"], f'"other", W/{strong}', strong, "*"):
        again = world.ask(address, tag)
        assert (again.status_code, again.content) == (304, b"")
        for name in ("etag", "cache-control", "vary"):
            assert again.headers.get(name) == first.headers.get(name)
    assert world.ask(address, '"other"').content == first.content
    private = address in PAGES
    assert first.headers["cache-control"] == ("private, no-cache" if private else "no-cache")
    assert first.headers.get("vary") == ("Cookie, Accept-Encoding" if private else None)
    assert first.headers["etag"].startswith("W/") is private


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_is_seen_at_the_next_request(world: World, change: str) -> None:
    before = {address: world.ask(address).headers["etag"] for address in PAGES + LISTS}
    CHANGES[change](world)
    for address, tag in before.items():
        found = world.ask(address, tag)
        assert found.status_code == 200, address
        assert found.headers["etag"] != tag
        assert world.ask(address, found.headers["etag"]).status_code == 304


@tried(24)
@given(st.lists(st.sampled_from(sorted(CHANGES)), min_size=1, max_size=4), st.sampled_from(["", "SEX", "SEX!LEVEL"]))
def test_one_tag_is_one_text_whatever_happens(world: World, changes: list[str], cart: str) -> None:
    seen: dict[tuple[str, str], bytes] = {}
    for change in ("", *changes):
        if change:
            CHANGES[change](world)
        for address in (*PAGES[:5], *LISTS[:4]):
            found = world.ask(address, cart=cart)
            assert seen.setdefault((address, found.headers["etag"]), found.content) == found.content


def test_what_changes_nothing_public_changes_no_tag(world: World) -> None:
    world.gather("Alder")
    tag = world.ask("/nb/").headers["etag"]
    world.gather("Alder")
    with peer(answer(500)) as other:
        with db.transaction(world.system.database) as connection:
            connection.execute(t.sources.update().values(url=other.url))
        system = replace(world.system, outbound=Outbound(allowed_hosts=(other.host,)))
        assert gathering.read_source(system, "Kilde").outcome == "failed"
    commons.keep_variables(world.system, HOLDER, world.dataset, [told := variable("SAME", "Lik")])
    after = world.ask("/nb/").headers["etag"]
    assert after != tag
    commons.keep_variables(world.system, HOLDER, world.dataset, [told])
    assert world.ask("/nb/").headers["etag"] == after


def test_a_page_is_of_its_cart_and_its_address_and_a_list_of_its_address_alone(world: World) -> None:
    empty = world.ask("/nb/").headers["etag"]
    full = world.ask("/nb/", empty, cart="SEX")
    assert full.status_code == 200
    assert 'class="count">1<' in full.text
    assert world.ask("/nb/", full.headers["etag"]).status_code == 200
    tags = {world.ask(address).headers["etag"] for address in ("/nb/", "/nn/", "/en/", "/nb/?a", "/nb/katalog")}
    assert len(tags) == 5
    listed = world.ask("/api/v1/search?q=alder").headers["etag"]
    assert world.ask("/api/v1/search?q=alder", listed, cart="SEX").status_code == 304
    assert world.ask("/api/v1/search?q=alder&page=2", listed).status_code == 200


def test_the_configuration_and_the_program_are_in_the_tag(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tags = {world.ask("/nb/").headers["etag"]}
    serve = ServeSetting(faces=("catalogue",), public_url="https://x.example/")
    for changed in (replace(world.system.settings, demo=False), replace(world.system.settings, serve=serve)):
        other = World(system=replace(world.system, settings=changed))
        tags.add(other.ask("/nb/").headers["etag"])
    monkeypatch.setattr("avrop.actions.stamped._program", lambda: "another")
    tags.add(world.ask("/nb/").headers["etag"])
    assert len(tags) == 4


def test_a_known_answer_is_not_made_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = world.ask("/nb/").headers["etag"]
    monkeypatch.setattr("avrop.actions.look.topics", lambda _: pytest.fail("it was made"))
    assert world.ask("/nb/", tag).status_code == 304


def test_an_answer_that_something_changed_under_has_no_tag(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(_: System) -> tuple[object, ...]:
        world.tell_variable()
        return ()

    monkeypatch.setattr("avrop.actions.look.topics", changed)
    found = world.ask("/nb/")
    assert (found.status_code, "etag" in found.headers) == (200, False)
    assert found.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["/nb/variabler/NONE", "/en/katalog?page=x", "/api/v1/search?page=x",
                                     "/api/v1/catalogs/99999", "/api/v1/search/variables/NONE"])  # fmt: skip
def test_an_error_is_kept_by_nobody(world: World, address: str) -> None:
    for tag in ("", "*"):
        found = world.ask(address, tag)
        assert found.status_code in (404, 422)
        assert "etag" not in found.headers
        assert found.headers["cache-control"] == "no-store"


def test_a_database_that_is_away_is_an_error_and_never_unchanged(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    tag = world.ask("/nb/").headers["etag"]
    listed = world.ask("/api/v1/catalogs/").headers["etag"]

    def away(_: sa.Engine) -> str:
        raise db.unavailable(OSError())

    monkeypatch.setattr(stamps, "current", away)
    assert world.ask("/nb/", tag).status_code == 500
    assert "<h1" in world.ask("/nb/", tag).text
    assert world.ask("/api/v1/catalogs/", listed).json()["detail"].startswith("PostgreSQL cannot be reached")


def test_another_process_sees_it_at_once(world: World) -> None:
    with open_system(world.system.settings, clock=world.system.clock) as other:
        second = World(system=other)
        tag = second.ask("/nb/").headers["etag"]
        assert world.ask("/nb/", tag).status_code == 304
        world.republish()
        assert second.ask("/nb/", tag).status_code == 200


def test_a_stamp_is_changed_by_the_commit_and_by_nothing_else(world: World) -> None:
    engine = world.system.database
    before = stamps.current(engine)
    with engine.connect() as first, engine.connect() as second:
        for connection, label in ((first, "one"), (second, "two")):
            connection.execute(sa.text("SET LOCAL lock_timeout = '5s'"))
            connection.execute(sa.text(f"INSERT INTO search_words VALUES ('test', '{label}', '{{}}')"))
        assert stamps.current(engine) == before
        second.commit()  # nobody who writes waits for somebody who has not ended
        between = stamps.current(engine)
        assert between != before
        first.rollback()
    assert stamps.current(engine) == between
    with db.transaction(engine) as connection:
        connection.execute(sa.text("DELETE FROM search_words WHERE origin = 'test'"))
        left = connection.begin_nested()
        connection.execute(sa.text("DELETE FROM search_words WHERE origin = 'test'"))
        left.rollback()
        connection.execute(sa.text("UPDATE commons_sources SET tag = 'x'"))
    assert stamps.current(engine) != between
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM public_changes")).scalar_one() == 0


def test_every_table_of_what_is_public_changes_the_stamp(world: World) -> None:
    with world.system.database.connect() as connection:
        found = set(connection.execute(sa.text("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'public_changed'")).scalars())  # fmt: skip
    assert found == {*commons_tables.METADATA.tables, *search_tables.METADATA.tables, "entries"}


def test_what_the_account_says_of_itself_changes_the_stamp_and_a_call_off_does_not(fresh_database: Fresh) -> None:
    engine = db.connect(fresh_database("stamps"))
    for index, (case, changes) in enumerate([("account", True), ("2026-001", False), ("account", True)]):
        before = stamps.current(engine)
        with db.transaction(engine) as connection:
            values = {"index": index, "case_id": case, "sequence": index, "commitment": "x"}
            connection.execute(tables.entries.insert().values(values))
        assert (stamps.current(engine) != before) is changes
    engine.dispose()


def test_an_answer_that_leads_elsewhere_has_no_tag(world: World) -> None:
    app = FastAPI()
    router = APIRouter(route_class=conditional(world.system))
    router.add_api_route("/", lambda: RedirectResponse("/elsewhere"))
    app.include_router(router)
    for tag in ("", "*"):
        found = get(app, "/", headers={"If-None-Match": tag})
        assert (found.status_code, "etag" in found.headers) == (307, False)
