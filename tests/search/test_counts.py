"""What is counted in memory is what the cards say: whatever is asked, whoever writes meanwhile."""

from collections import Counter
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions import find
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.search.questions import FACETS, Facet, Search
from avrop.packs import load_pack
from avrop.store import db, search_kinds, search_queries, search_tables
from avrop.store import search as store
from avrop.system import System
from tests.examples import tried

VALUES = {
    "topic": ("ENROLMENT", "RESULT", "None of them"), "unit": ("PERSON", "SCHOOL"), "values": ("codes", "number", "date"),
    "sensitivity": ("ordinary", "identifier"), "status": ("available", "described only"), "publisher": ("Nobody",),
    "joins": ("PERSON", "SCHOOL"),
}  # fmt: skip


def chosen_of(wanted: dict[str, list[str]]) -> tuple[tuple[Facet, tuple[str, ...]], ...]:
    return tuple((facet, tuple(wanted[facet])) for facet in FACETS if wanted.get(facet))


SEARCHES = st.builds(
    Search,
    chosen=st.fixed_dictionaries(
        {}, optional={facet: st.lists(st.sampled_from(some), unique=True) for facet, some in VALUES.items()}
    ).map(chosen_of),
    since=st.none() | st.integers(1990, 2010), until=st.none() | st.integers(2010, 2030),
    years=st.sampled_from(["covers", "overlaps"]),
)  # fmt: skip


def every_card(system: System) -> list[Any]:
    with system.database.connect() as connection:
        return list(connection.execute(sa.select(search_tables.cards)).mappings())


def holds(card: Any, search: Search, this_year: int, but: str = "") -> bool:
    first, last = search.since or search.until, search.until or search.since
    if first is not None and last is not None:
        low, high = (first, last) if search.years == "covers" else (last, first)
        if card["since"] is None or card["since"] > low or (card["until"] or this_year) < high:
            return False
    return all(
        set(values) <= set(card[facet]) if facet == "joins" else set(values) & set(card[facet])
        for facet, values in search.chosen
        if facet != but
    )


@tried(60)
@given(SEARCHES)
def test_counts_are_those_of_the_cards_one_by_one(indexed: System, search: Search) -> None:
    cards, answer, this_year = every_card(indexed), find.find(indexed, search), indexed.clock().year
    assert answer.total == sum(holds(card, search, this_year) for card in cards)
    for facet in FACETS:
        let = [card for card in cards if holds(card, search, this_year, facet if facet != "joins" else "")]
        expected = Counter(value for card in let for value in card[facet])
        shown = [(bucket.value, bucket.count) for bucket in answer.facets[facet]]
        assert shown == sorted(expected.items(), key=lambda each: (-each[1], each[0]))


def test_who_has_written_counts_what_they_wrote_and_nobody_else_does(indexed: System) -> None:
    everything = len(read_catalogue(load_pack().catalogue).variables)
    with db.transaction(indexed.database) as connection:
        assert store.size(connection) == everything
        undone = connection.begin_nested()
        connection.execute(sa.text("DELETE FROM search_cards WHERE name = 'SEX'"))
        assert store.size(connection) == everything - 1
        assert find.find(indexed, Search()).total == everything
        undone.rollback()
        assert store.size(connection) == everything
    assert find.find(indexed, Search()).total == everything


def test_what_is_committed_is_counted_at_once_and_what_is_remembered_is_little(indexed: System) -> None:
    memory = search_kinds._memory()
    for _ in range(6):
        before = find.find(indexed, Search())
        with db.transaction(indexed.database) as connection:
            kept = dict(connection.execute(sa.select(search_tables.cards).limit(1)).mappings().one())
            connection.execute(sa.delete(search_tables.cards).where(search_tables.cards.c.id == kept["id"]))
        assert find.find(indexed, Search()).total == before.total - 1
        with db.transaction(indexed.database) as connection:
            connection.execute(sa.insert(search_tables.cards).values(kept))
        assert find.find(indexed, Search()).facets == before.facets
    assert len(memory._whole) <= search_kinds._MOST_WHOLE


def test_kinds_beyond_those_that_are_remembered_are_read_again(
    indexed: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = find.find(indexed, Search(text="fravær"))
    monkeypatch.setattr(search_kinds, "_MOST_KINDS", 3)
    memory = search_kinds._Memory()
    monkeypatch.setattr(search_kinds, "_memory", lambda: memory)
    for text in ("fravær", "", "fravær"):
        find.find(indexed, Search(text=text))
    assert find.find(indexed, Search(text="fravær")) == expected
    assert len(memory._kinds.rows) <= 3


@pytest.mark.parametrize("text", ["fravær", "elev skole", "karakter fag resultat", "lærling", "utdanning elev alder"])
@pytest.mark.parametrize("chosen", [(), (("values", ("codes",)),)])
def test_pages_are_cut_from_the_one_order_in_which_every_card_is_looked_at(
    indexed: System, text: str, chosen: tuple[tuple[Facet, tuple[str, ...]], ...]
) -> None:
    search = Search(text=text, chosen=chosen)
    with db.transaction(indexed.database) as connection:
        terms, _ = find._terms(connection, text, find._synonyms())
        every = store.page(connection, search, terms, size=10_000, this_year=2026, language="nb")
        assert len(every.rows) == every.counted.total(search) > 0
        assert [row[1] for row in every.rows] == sorted((row[1] for row in every.rows), reverse=True)
        for size in (1, 4):
            pages = range(1, len(every.rows) // size + 2)
            cut = [
                store.page(
                    connection,
                    Search(text=text, chosen=chosen, page=n),
                    terms,
                    size=size,
                    this_year=2026,
                    language="nb",
                )
                for n in pages
            ]
            assert [row for page in cut for row in page.rows] == list(every.rows)
            assert {page.counted.total(search) for page in cut} == {len(every.rows)}


@tried(40)
@given(
    st.lists(st.sampled_from(["elev", "elever", "elevene", "skole", "skolen", "it's", "a'", "år"]), min_size=1),
    st.lists(st.sampled_from(["elev", "skol", "lærling", "elevene skole", "it", "a'b"]), min_size=1),
)
def test_leaving_out_what_is_found_anyway_finds_the_same(indexed: System, words: list[str], asked: list[str]) -> None:
    with db.transaction(indexed.database) as connection:
        queries = search_queries.queries(connection, [(each, False) for each in asked])
        whole = sa.text(
            "SELECT to_tsvector('simple', :words) @@ CAST(:all AS tsquery) = (to_tsvector('simple', :words) @@"
            " CAST(:less AS tsquery))"
        )
        bound = {"words": " ".join(words), "all": " | ".join(queries), "less": search_queries.either(queries)}
        assert connection.execute(whole, bound).scalar_one()
