"""The search: filters and counts, years, spelling, and an address that says the whole of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, cast, get_args

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from avrop.actions import look
from avrop.actions.find import find
from avrop.catalogue.files import read_catalogue
from avrop.catalogue.search.cards import Card, own_cards
from avrop.catalogue.search.questions import FACETS, ORDERS, Reason, Search, read_search
from avrop.catalogue.search.words import Synonyms, asked, fold, read_synonyms, triples
from avrop.catalogue.spoken import nearest, order
from avrop.catalogue.unittypes import Language
from avrop.errors import AvropError, Missing, Mistake
from avrop.http.app import create_app
from avrop.packs import load_pack
from avrop.store import db, search_index
from avrop.store import search as store
from avrop.system import System
from tests.conftest import Fresh
from tests.examples import examples
from tests.search.asking import get

TEXTS = st.text(max_size=40)


def names(system: System, text: str, **more: Any) -> list[str]:
    return [hit.card.name for hit in find(system, Search(text=text, **more)).hits]


@pytest.mark.parametrize("language", get_args(Language))
def test_without_words_everything_is_found_by_name(indexed: System, language: Language) -> None:
    """L10: by the name that readers of the language are shown, in their order."""
    answer = find(indexed, Search(order="name"), language=language)
    assert answer.total == len(read_catalogue(load_pack().catalogue).variables)
    labels = [_label(hit.card, language) for hit in _all(indexed, Search(order="name"), language=language)]
    assert labels == sorted(labels, key=lambda label: order(label, language))
    newest = _all(indexed, Search(text="dato", order="newest"), language=language)
    assert newest == sorted(
        newest, key=lambda hit: (-(hit.card.since or 0), order(_label(hit.card, language), language))
    )


def _label(card: Card, language: Language) -> str:
    return (nearest(card.label, language) or ("", card.name))[1]


def test_an_index_of_before_languages_is_sorted_anew(fresh_database: Fresh) -> None:
    """The columns of the search's cards are filled by the migration, from the cards that are there."""
    engine = db.connect(fresh_database("sorted"))
    db.migrate(engine)
    found = own_cards(read_catalogue(load_pack().catalogue), publisher="P", counties=(), on=date(2026, 9, 1))
    with db.transaction(engine) as connection:
        search_index.replace(connection, {"own": found})
        for column in search_index.SORTED.values():
            connection.execute(sa.text(f"ALTER TABLE search_cards DROP COLUMN {column}"))
        connection.execute(sa.text("ALTER TABLE search_cards ADD COLUMN sorted text NOT NULL DEFAULT 'x'"))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0012'"))
    db.migrate(engine)
    with db.transaction(engine) as connection:
        page = store.page(connection, Search(order="name"), (), size=500, this_year=2026, language="en")
        search_index.replace(connection, {"own": found})
        again = store.page(connection, Search(order="name"), (), size=500, this_year=2026, language="en")
        indexes = connection.execute(sa.text("SELECT indexname FROM pg_indexes WHERE tablename = 'search_cards'")).all()
    engine.dispose()
    assert page.counted.total(Search()) == len(found)
    assert page.rows == again.rows
    assert {"search_cards_by_label_en", "search_cards_by_year_nn"} <= {row.indexname for row in indexes}


def test_counts_are_what_a_further_filter_would_leave(indexed: System) -> None:
    search = Search(text="fravær")
    answer = find(indexed, search)
    for facet in FACETS:
        for bucket in answer.facets[facet]:
            assert find(indexed, search.toggled(facet, bucket.value)).total == bucket.count


def test_counts_of_a_chosen_facet_are_of_its_alternatives(indexed: System) -> None:
    every = {each.value: each.count for each in find(indexed, Search()).facets["sensitivity"]}
    some = find(indexed, Search().toggled("sensitivity", "identifier"))
    assert {each.value: each.count for each in some.facets["sensitivity"]} == every
    assert some.total == every["identifier"]
    both = find(indexed, Search().toggled("sensitivity", "identifier").toggled("sensitivity", "ordinary"))
    assert both.total == every["identifier"] + every["ordinary"]


def test_pages_together_are_the_whole_answer(indexed: System) -> None:
    total = find(indexed, Search()).total
    seen = [name for page in range(1, 6) for name in names(indexed, "", page=page)]
    assert len(seen) == len(set(seen)) == total
    assert find(indexed, Search(page=99)).total == total


def test_years_are_covered_or_overlapped(indexed: System) -> None:
    since = {v.name: v.since.year for v in read_catalogue(load_pack().catalogue).variables if v.since}
    late = max(since, key=lambda name: since[name])
    first = since[late]
    covering = {hit.card.name for hit in _all(indexed, Search(since=first - 1, until=first))}
    overlapping = {hit.card.name for hit in _all(indexed, Search(since=first - 1, until=first, years="overlaps"))}
    assert late not in covering
    assert late in overlapping
    assert covering < overlapping


def test_what_has_no_end_goes_on_until_this_year_and_no_further(indexed: System) -> None:
    this_year = indexed.clock().year
    later = replace(indexed, clock=lambda: datetime(this_year + 5, 1, 1, tzinfo=UTC))
    now, to_come = Search(since=this_year), Search(since=this_year - 1, until=this_year + 4)
    assert find(indexed, now).total > 0
    assert find(indexed, to_come).total == 0
    assert find(indexed, to_come).facets["topic"] == ()
    assert find(indexed, replace(to_come, years="overlaps")).total > 0
    assert find(indexed, Search(since=this_year + 1, years="overlaps")).total == 0
    assert 0 < find(later, to_come).total <= find(indexed, replace(to_come, until=this_year)).total


def _all(system: System, search: Search, **more: Any) -> list[Any]:
    found: list[Any] = []
    for page in range(1, 9):
        found += find(system, replace(search, page=page), **more).hits
    return found


@pytest.mark.parametrize("text", ["fravær timer", "fråvær timar", "fravaer timer", "FRAVÆR", "fravar", "fravær,timer!"])
def test_letters_forms_and_case_do_not_matter(indexed: System, text: str) -> None:
    assert "ABSENCE_HOURS" in names(indexed, text)[:5]


def test_what_is_misspelt_is_said_to_be_read_otherwise(indexed: System) -> None:
    answer = find(indexed, Search(text="grunskolepoeng"))
    assert answer.hits[0].card.name == "LOWER_SECONDARY_POINTS"
    assert answer.respelled
    assert find(indexed, Search(text="xqzzyv")).total == 0


def test_a_hit_says_where_each_word_was_found(indexed: System) -> None:
    hit = find(indexed, Search(text="STUSP1")).hits[0]
    assert hit.reasons == (Reason(word="stusp1", place="codes"),)
    born = next(hit for hit in find(indexed, Search(text="alder")).hits if hit.card.name == "BIRTH_DATE")
    assert born.reasons == (Reason(word="alder", place="name", kin=True),)


@examples(100)
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@examples(100)
@given(TEXTS)
def test_every_word_has_its_triples(text: str) -> None:
    assert all(len(each) == 3 for each in triples(text))


@examples(100)
@given(
    st.builds(
        Search,
        text=st.text("abcæøå _'\"|&!:*()", max_size=20).map(lambda text: " ".join(text.split())),
        chosen=st.lists(st.sampled_from(FACETS), unique=True).map(
            lambda some: tuple((facet, ("one", "two' & |")) for facet in FACETS if facet in some)
        ),
        since=st.none() | st.integers(1900, 2000), until=st.none() | st.integers(2000, 2100),
        years=st.sampled_from(["covers", "overlaps"]), order=st.sampled_from(ORDERS), page=st.integers(1, 2000),
    )
)  # fmt: skip
def test_an_address_says_the_whole_search(search: Search) -> None:
    assert read_search(search.parameters()) == search


@pytest.mark.parametrize(
    "text", ["'", "a & | !", "\\", "%", "(:*", "a' | 'b", "fravær:*", "<->", "😀", "--", "_" * 50, "a" * 300]
)
def test_no_text_is_too_strange(indexed: System, text: str) -> None:
    answer = find(indexed, read_search([("q", text)]))
    assert len(answer.hits) <= answer.total <= len(read_catalogue(load_pack().catalogue).variables)


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("q", "a" * 301), "search.text"), (("from", "20x4"), "search.year"), (("to", "-1"), "search.year"),
        (("years", "some"), "search.years"), (("order", "price"), "search.order"), (("page", "0"), "search.page"),
        (("page", "99999999999999999999"), "search.page"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused(pair: tuple[str, str], code: str) -> None:
    with pytest.raises(AvropError) as refused:
        read_search([pair])
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["- [absence, 10]", "absence", "- absence", "- [absence", "a: b"])
def test_a_bad_file_of_synonyms_is_refused(text: str) -> None:
    with pytest.raises(Mistake) as refused:
        read_synonyms(text, file="synonyms.yaml")
    assert refused.value.code == "synonyms.unreadable"


def test_a_word_that_only_looks_like_others_is_what_its_synonyms_are(indexed: System) -> None:
    """A nationality is no national identity number, though both have one stem."""
    assert names(indexed, "nationality")[0] == "CITIZENSHIP"
    assert "PERSON_ID" not in names(indexed, "nationality")
    assert names(indexed, "national")[0] == "PERSON_ID"


def test_two_words_with_synonyms_together_are_one() -> None:
    kin = Synonyms(groups=(("drop out", "frafall"),))
    assert asked("when did they drop out", kin) == ("drop out",)
    assert kin.of("drop out") == ("frafall",)
    assert kin.of("frafallet") == ("drop out", "frafall")


def test_an_origin_replaces_what_it_said(indexed: System) -> None:
    catalogue = read_catalogue(load_pack().catalogue)
    found = own_cards(catalogue, publisher="Other", counties=(), on=date(2026, 9, 1))[:3]
    with db.transaction(indexed.database) as connection:
        undone = connection.begin_nested()
        search_index.replace(connection, {"own": found})
        assert store.size(connection) == 3
        undone.rollback()
        assert store.size(connection) == len(catalogue.variables)


def test_the_same_over_http(indexed: System) -> None:
    app = create_app(indexed, faces=("catalogue",))
    answer = get(app, "/api/v1/search", params={"q": "fravær", "topic": "ENROLMENT"}).json()
    told = find(indexed, read_search([("q", "fravær"), ("topic", "ENROLMENT")]))
    assert [hit["card"]["name"] for hit in answer["hits"]] == [hit.card.name for hit in told.hits]
    assert get(app, "/api/v1/search", params={"page": "x"}).status_code == 422
    assert cast("dict[str, Any]", get(app, "/api/v1/search/variables/SEX").json())["name"] == "SEX"
    assert get(app, "/api/v1/search/variables/NOTHING").status_code == 404
    with pytest.raises(Missing):
        look.variable(indexed, "a\0b")
