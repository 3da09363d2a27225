"""Find: which variables there are, asked in anybody's words; and keep the index true to what was published."""

import math
from collections.abc import Container, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions.commons_shown import entry_of
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, UnitTypeEntry, VariableEntry
from avrop.catalogue.search.cards import own_cards, told_card
from avrop.catalogue.search.questions import FACETS, PAGE, Answer, Bucket, Hit, Search
from avrop.catalogue.search.words import Synonyms, asked, read_synonyms
from avrop.catalogue.unittypes import Language
from avrop.packs import load_pack
from avrop.store import commons as commons_store
from avrop.store import commons_tables, db, search_index, search_queries
from avrop.store import search as store
from avrop.system import System

_OWN = "own"


def find(system: System, search: Search, *, language: Language = "nb") -> Answer:
    """What the search finds, with the facets' counts; by name as readers of the language are shown it."""
    synonyms, this_year = _synonyms(), system.clock().year
    with db.transaction(system.database) as connection:
        terms, respelled = _terms(connection, search.text, synonyms)
        if search.text and not terms:
            return Answer(total=0, hits=(), facets=dict.fromkeys(FACETS, ()))
        page = store.page(connection, search, terms, size=PAGE, this_year=this_year, language=language)
        counted = store.facets(connection, search, terms, this_year=this_year)
        called = store.names(connection, counted)
    hits = tuple(
        Hit(
            card=card, score=round(score, 4),
            reasons=tuple((term.word, place) for term, place in zip(terms, places, strict=True) if place),
        )
        for card, score, places in page.rows
    )  # fmt: skip
    buckets: Mapping[str, tuple[Bucket, ...]] = {
        facet: tuple(
            Bucket(value=value, label=called.get((facet, value), ()), count=count) for value, count in counted[facet]
        )
        for facet in FACETS
    }
    return Answer(total=page.total, hits=hits, facets=buckets, respelled=tuple(respelled))


def answered(system: System, questions: Sequence[str]) -> tuple[str, ...]:
    """Those of the questions that find something, with the words as they are written."""
    with db.transaction(system.database) as connection:
        found = [(question, *_terms(connection, question, _synonyms())) for question in questions]
    return tuple(question for question, terms, respelled in found if terms and not respelled)


def totals(system: System, searches: Sequence[Search]) -> tuple[int, ...]:
    """How many each search finds, of searches for the same words."""
    if not searches:
        return ()
    this_year = system.clock().year
    with db.transaction(system.database) as connection:
        terms, _ = _terms(connection, searches[0].text, _synonyms())
        if searches[0].text and not terms:
            return (0,) * len(searches)
        return tuple(store.page(connection, each, terms, size=1, this_year=this_year).total for each in searches)


def _terms(connection: Connection, text: str, synonyms: Synonyms) -> tuple[list[store.Term], list[tuple[str, str]]]:
    """The words that are asked about, each with its kin; one that nothing has is read as the nearest that is known."""
    spoken = asked(text, synonyms)
    if spoken:
        search_queries.by_index(connection)
    own = search_queries.queries(connection, spoken)
    kin = [synonyms.of(word) for word in spoken]
    respelled = []
    for place, (word, found) in enumerate(zip(spoken, store.counts(connection, own), strict=True)):
        if not found and not kin[place]:
            near = (*store.alike(connection, word), *synonyms.alike(word))
            kin[place] = tuple(dict.fromkeys([*near, *(other for each in near for other in synonyms.of(each))]))
            if near:
                respelled.append((word, ", ".join(dict.fromkeys(near))))
    others = [search_queries.either(search_queries.queries(connection, several, whole=True)) for several in kin]
    either = [search_queries.either(pair) for pair in zip(own, others, strict=True)]
    counts, everything = store.counts(connection, either), store.size(connection)
    rare = _rare(counts)
    terms = [
        store.Term(
            word=word, own=mine, kin=other, weight=math.log1p((everything + 1) / (count + 1)), finds=count <= rare
        )
        for word, mine, other, count in zip(spoken, own, others, counts, strict=True)
        if count
    ]
    return terms, respelled


def _rare(counts: Sequence[int]) -> int:
    """How many cards a word may have to find some: the rarest always may, and others while all together are not too
    many to be ranked at once."""
    found, limit = 0, 0
    for count in sorted(each for each in counts if each):
        found += count
        if found > _MANY and limit:
            break
        limit = count
    return limit


_MANY = 2000


@cache
def _synonyms() -> Synonyms:
    """Those of the installed pack, which is read once."""
    pack = load_pack()
    return read_synonyms(pack.synonyms, file=f"{pack.name}: synonyms.yaml")


def refresh_own(system: System) -> bool:
    """Let the search know what is withdrawn since it was told: the day comes without anybody publishing. Whether there
    was any."""
    with db.transaction(system.database) as connection:
        sealed = f.account(connection).catalogue
        if sealed is None:
            return False
        today = system.clock().date()
        gone = [each.name for each in f.catalogue(connection, sealed).variables if each.gone(today)]
        late = any(card.status != "withdrawn" for card in store.cards(connection, gone).values())
        if late:
            index_own(connection, system)
    return late


def index_own(connection: Connection, system: System) -> None:
    """Let the search know our own published catalogue as it is now, and whose rows there are."""
    account = f.account(connection)
    if account.catalogue is None:
        return
    catalogue = f.catalogue(connection, account.catalogue)
    counties = sorted(adhesion.name for adhesion in account.controllers.values())
    publisher = account.agreement.provider_name if account.agreement else catalogue.publisher
    found = own_cards(catalogue, publisher=publisher, counties=counties, on=system.clock().date())
    search_index.replace(connection, {_OWN: found})


def index_told(connection: Connection, home: Any, *, only: Container[int | str] | None = None) -> None:
    """Let the search know a dataset of the commons, given by its row, as its publisher told it: all or some of it."""
    t = commons_tables
    catalogue = commons_store.find(connection, t.catalogues, id=home.catalogue)
    told = commons_store.every(connection, t.unit_types, catalogue=home.catalogue)
    units = {row.name: entry_of(UnitTypeEntry, row) for row in told}
    publisher = entry_of(CatalogueEntry, catalogue).publisher.name
    entry = entry_of(DatasetEntry, home)
    said = {}
    for row in commons_store.every(connection, t.variables, dataset=home.id):
        if only is None or row.id in only:
            variable = entry_of(VariableEntry, row)
            known_as = f"{row.name}~{row.id}"
            said[told_origin(row.id)] = [told_card(variable, entry, units, known_as=known_as, publisher=publisher)]
    search_index.replace(connection, said)


def told_origin(variable: int) -> str:
    """Whom the index has what it knows of a commons' variable from, by the variable's number."""
    return f"variable {variable}"
