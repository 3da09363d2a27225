"""Find: which variables there are, asked in anybody's words; and keep the index true to what was published."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions.commons_shown import entry_of
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, UnitTypeEntry, VariableEntry
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.kudaf import COMMON
from avrop.catalogue.search.cards import Indexed, own_cards, told_card
from avrop.catalogue.search.questions import FACETS, PAGE, Answer, Bucket, Hit, Reason, Search
from avrop.catalogue.search.words import Synonyms, asked, read_synonyms
from avrop.catalogue.unittypes import Language
from avrop.governance.agreements import AccountState
from avrop.packs import load_pack
from avrop.store import commons as commons_store
from avrop.store import commons_tables, db, search_index, search_queries
from avrop.store import search as store
from avrop.store.search_ranking import Term
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
        counted = page.counted.facets(search)
        called = store.names(connection, counted)
    hits = tuple(
        Hit(
            card=card, score=round(score, 4),
            reasons=tuple(
                Reason(word=term.word, place=place.rstrip("~"), kin=place.endswith("~"))
                for term, place in zip(terms, places, strict=True)
                if place
            ),
        )
        for card, score, places in page.rows
    )  # fmt: skip
    buckets: Mapping[str, tuple[Bucket, ...]] = {
        facet: tuple(
            Bucket(value=value, label=called.get((facet, value), ()), count=count) for value, count in counted[facet]
        )
        for facet in FACETS
    }
    return Answer(total=page.counted.total(search), hits=hits, facets=buckets, respelled=tuple(respelled))


def answered(system: System, questions: Sequence[str]) -> tuple[str, ...]:
    """Those of the questions that find something, with the words as they are written."""
    found, this_year = list[str](), system.clock().year
    with db.transaction(system.database) as connection:
        for question in questions:
            terms, respelled = _terms(connection, question, _synonyms())
            search = Search(text=question)
            if terms and not respelled and store.counted(connection, search, terms, this_year=this_year).total(search):
                found.append(question)
    return tuple(found)


def totals(system: System, searches: Sequence[Search]) -> tuple[int, ...]:
    """How many each search finds, of searches for the same words."""
    if not searches:
        return ()
    this_year = system.clock().year
    with db.transaction(system.database) as connection:
        terms, _ = _terms(connection, searches[0].text, _synonyms())
        if searches[0].text and not terms:
            return (0,) * len(searches)
        return tuple(store.counted(connection, each, terms, this_year=this_year).total(each) for each in searches)


def _terms(connection: Connection, text: str, synonyms: Synonyms) -> tuple[list[Term], list[tuple[str, str]]]:
    """The words that are asked about, each with its kin; one that nothing has is read as the nearest that is known."""
    spoken, kin, own, others = _spoken(connection, text, synonyms)
    respelled = []
    strange = [place for place, several in enumerate(kin) if not several]
    for place, found in zip(strange, store.counts(connection, [own[place] for place in strange]), strict=True):
        near = () if found else (*store.alike(connection, spoken[place]), *synonyms.alike(spoken[place]))
        if near:
            read_as = [*near, *(other for each in near for other in synonyms.of(each))]
            others[place] = search_queries.either(search_queries.queries(connection, _texts(read_as, whole=True)))
            respelled.append((spoken[place], ", ".join(dict.fromkeys(near))))
    if len(spoken) == 1 and not respelled:  # it finds what it finds
        return [Term(word=spoken[0], own=own[0], kin=others[0], weight=1.0)], []
    return _weighed(connection, list(zip(spoken, own, others, strict=True))), respelled


def word_queries(connection: Connection, text: str) -> list[str]:
    """A query for each word of a question, with its kin."""
    _, _, own, others = _spoken(connection, text, _synonyms())
    return [search_queries.either(pair) for pair in zip(own, others, strict=True)]


def _spoken(
    connection: Connection, text: str, synonyms: Synonyms
) -> tuple[Sequence[str], list[Sequence[str]], list[str], list[str]]:
    """The words that are asked about, the kin of each, and the queries of both."""
    spoken = asked(text, synonyms)
    kin: list[Sequence[str]] = [synonyms.of(word) for word in spoken]
    queries = iter(search_queries.queries(connection, [*_texts(spoken, whole=False), *_texts(*kin, whole=True)]))
    own = [next(queries) for _ in spoken]
    others = [search_queries.either(islice(queries, len(several))) for several in kin]
    return spoken, kin, _meant(connection, spoken, own, others, synonyms), others


def _meant(
    connection: Connection, spoken: Sequence[str], own: Sequence[str], others: Sequence[str], synonyms: Synonyms
) -> list[str]:
    """The words' own queries, without a stem that none of the word's synonyms has where no card has the word as it is:
    `nationality` has the stem of the national identity number, which is none."""
    alone = [
        place for place, word in enumerate(spoken)
        if synonyms.has(word) and search_queries.are_apart(own[place], others[place])
    ]  # fmt: skip
    begins = [search_queries.beginning(spoken[place]) for place in alone]
    strange = {place for place, found in zip(alone, store.counts(connection, begins), strict=True) if not found}
    return ["" if place in strange else query for place, query in enumerate(own)]


def _texts(*several: Sequence[str], whole: bool) -> list[tuple[str, bool]]:
    return [(text, whole) for texts in several for text in texts]


def _weighed(connection: Connection, words: Sequence[tuple[str, str, str]]) -> list[Term]:
    """Words with their queries, without those that nothing has, by how rare they are."""
    counts = store.counts(connection, [search_queries.either(pair) for _, *pair in words])
    everything, rare = store.size(connection), _rare(counts)
    return [
        Term(
            word=word, own=own, kin=kin, weight=math.log1p((everything + 1) / (count + 1)), finds=count <= rare
        )
        for (word, own, kin), count in zip(words, counts, strict=True)
        if count
    ]  # fmt: skip


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
    found = own_indexed(account, f.catalogue(connection, account.catalogue), on=system.clock().date())
    search_index.replace(connection, {_OWN: found})


def own_indexed(account: AccountState, catalogue: Catalogue, *, on: date) -> tuple[Indexed, ...]:
    """The cards of our own catalogue, and whose rows there are."""
    counties = sorted(adhesion.name for adhesion in account.controllers.values())
    publisher = account.agreement.provider_name if account.agreement else catalogue.publisher
    return own_cards(catalogue, publisher=publisher, counties=counties, on=on)


def index_told(connection: Connection, home: Any, *, only: Collection[int | str] | None = None) -> None:
    """Let the search know a dataset of the commons, given by its row, as its publisher told it: all or some of it."""
    t = commons_tables
    catalogue = commons_store.find(connection, t.catalogues, id=home.catalogue)
    among = {} if only is None else {"id": only}
    rows = commons_store.every(connection, t.variables, among, dataset=home.id)
    variables = {(row.id, row.name): entry_of(VariableEntry, row) for row in rows}
    units = _units_named(connection, home.catalogue, variables.values())
    publisher = entry_of(CatalogueEntry, catalogue).publisher.name
    entry = entry_of(DatasetEntry, home)
    said = {
        told_origin(number): [told_card(variable, entry, units, known_as=f"{name}~{number}", publisher=publisher)]
        for (number, name), variable in variables.items()
    }
    search_index.replace(connection, said)


def _units_named(
    connection: Connection, catalogue: int, variables: Iterable[VariableEntry]
) -> Mapping[str, UnitTypeEntry]:
    """The unit types that they name, of all and of their catalogue, by name."""
    linked = {
        name for variable in variables for name in (*variable.identified_by, *(m.unit_type for m in variable.measures))
    }
    own = commons_store.every(connection, commons_tables.unit_types, {"name": linked - {None}}, catalogue=catalogue)
    return {unit.name: unit for unit in (*COMMON, *(entry_of(UnitTypeEntry, row) for row in own))}


def told_origin(variable: int) -> str:
    """Whom the index has what it knows of a commons' variable from, by the variable's number."""
    return f"variable {variable}"
