"""Look: everything that is public about one variable, a topic, a cart of variables, and what can be joined."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions.commons_shown import entry_of, needed_dataset, own_catalogue
from avrop.actions.find import own_indexed
from avrop.actions.versions import History, history, no_version, of_name, published_versions
from avrop.catalogue import preview
from avrop.catalogue.codelists import CodeList
from avrop.catalogue.commons import CodeEntry, Contact, DatasetEntry, Said, UnitTypeEntry, VariableEntry
from avrop.catalogue.datasets import Catalogue, Dataset, carried
from avrop.catalogue.distributions import Distribution, Distributions, read_distributions
from avrop.catalogue.flows import Flow, read_flow
from avrop.catalogue.joined import Joined
from avrop.catalogue.joined import joined as joined_rows
from avrop.catalogue.preview import Value
from avrop.catalogue.search.cards import Card, said
from avrop.catalogue.search.questions import Facet, Search
from avrop.catalogue.unittypes import Language
from avrop.catalogue.variables import Variable
from avrop.errors import Missing
from avrop.packs import load_pack, packs
from avrop.store import commons as commons_store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.store import search as store
from avrop.system import System


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """A variable: its card; our own description with its catalogue's name and version and its code list, or what its
    publisher told of it with its codes and whom to ask; names and labels of what takes its place; how many others can
    be joined by each of its unit types; and its place among the versions of our catalogue. `stands` says whether the
    current one has it."""

    card: Card
    own: Variable | None = None
    catalogue: str = ""
    version: str = ""
    code_list: CodeList | None = None
    told: VariableEntry | None = None
    codes: tuple[CodeEntry, ...] = ()
    contacts: tuple[Contact, ...] = ()
    successors: tuple[tuple[str, Said], ...] = ()
    joined: tuple[tuple[str, Said, int], ...] = ()
    history: History | None = None
    stands: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Joining:
    """What can be joined by a unit type: its label, how many variables, and topics with how many each."""

    unit: str
    label: Said
    variables: int
    topics: tuple[tuple[str, Said, int], ...]


def variable(system: System, wanted: str) -> Shown:
    """One variable. Raises `search.unknown` (Missing)."""
    today = system.clock().date()
    with db.transaction(system.database) as connection:
        card = _card(connection, wanted)
        own = _own(connection, card)
        if own is not None and own[1].gone(today):
            card = replace(card, status="withdrawn")
        labels = store.names(connection, {"joins": [(unit, 0) for unit in card.joins]})
        every = store.counted(connection, Search(), this_year=today.year)
        joined = tuple(
            (unit, labels.get(("joins", unit), ()), every.total(Search().toggled("joins", unit)) - 1)
            for unit in card.joins
        )
        if own is not None:
            return replace(_described(card, *own), joined=joined)
        return replace(_told(connection, card), joined=joined)


def variable_in(system: System, wanted: str, version: str) -> Shown:
    """One variable as that version of our catalogue has it; what can be joined is a matter of the current one. Errors:
    `search.no_version` (Missing)."""
    today = system.clock().date()
    with db.transaction(system.database) as connection:
        versions = published_versions(connection)
        chosen = of_name(versions, version)
        catalogue, account = f.catalogue(connection, chosen.catalogue), f.account(connection)
        found = {each.card.id: each.card for each in own_indexed(account, catalogue, on=today)}
        if wanted not in found:
            raise no_version()
        past = history(connection, versions, chosen, wanted)
        shown = _described(found[wanted], catalogue, catalogue.variable(wanted), past)
        return replace(shown, stands=store.card(connection, wanted) is not None)


def _described(card: Card, catalogue: Catalogue, described: Variable, past: History) -> Shown:
    listed = catalogue.code_list(described.code_list) if described.code_list else None
    return Shown(
        card=card, own=described, catalogue=catalogue.name, version=catalogue.version, code_list=listed, history=past,
        successors=tuple((name, said(catalogue.variable(name).label)) for name in described.successors or ()),
    )  # fmt: skip


def card(system: System, wanted: str) -> Card:
    """One variable as a search shows it, and nothing more. Raises `search.unknown` (Missing)."""
    with db.glance(system.database) as connection:
        return _card(connection, wanted)


def cards(system: System, wanted: Sequence[str]) -> tuple[Card, ...]:
    """The cards of those ids that there are, in that order."""
    with db.transaction(system.database) as connection:
        found = store.cards(connection, wanted)
    return tuple(found[each] for each in wanted if each in found)


def topics(system: System) -> tuple[tuple[str, Said, int], ...]:
    """Every topic with its label and how many variables it has, the largest first."""
    return _buckets(system, Search(), "topic")


def topic(system: System, key: str, *, language: Language) -> tuple[Said, tuple[Card, ...]]:
    """A topic's label, and the cards of its variables by name, as readers of the language are shown it. Raises
    `search.no_topic` (Missing)."""
    search, year = Search(chosen=(("topic", (key,)),), order="name"), system.clock().year
    with db.transaction(system.database) as connection:
        found: tuple[Card, ...] = ()
        if "\0" not in key:
            shown = store.page(connection, search, (), size=_MOST, this_year=year, language=language)
            found = tuple(card for card, _, _ in shown.rows)
        label = store.names(connection, {"topic": [(key, 0)]}).get(("topic", key), ()) if found else ()
    if not found:
        raise Missing("search.no_topic", "There is no topic of that name.", hint="Search for it.")
    return label, found


_MOST = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Rows of nobody, made of the description alone: names of the columns, and values."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def sample(system: System, key: str, *, count: int) -> Sample:
    """At most so many rows of our own dataset of that name, always the same ones. Raises `search.no_sample` (Missing)
    for what is not ours or has no table."""
    own, dataset = sampled(system, key)
    columns = dataset.variables
    made = preview.rows(own, key, count=count, seed=_SEED)
    return Sample(columns=columns, rows=tuple(tuple(row[name] for name in columns) for row in made))


def spread(shown: Shown) -> tuple[Distributions, Distribution] | None:
    """How a variable of ours is spread among simulated people, if the pack that describes it says so."""
    for name in packs() if shown.own is not None else ():
        told = _distributions(name)
        found = told.of(shown.card.name) if told is not None and told.catalogue == shown.catalogue else None
        if told is not None and found is not None:
            return told, found
    return None


def flow(system: System) -> Flow | None:
    """How simulated people flow through what our published catalogue describes, if the pack that it is from says so."""
    own = own_catalogue(system)
    for name in packs() if own is not None else ():
        told = _distributions(name)
        if told is not None and own is not None and told.catalogue == own.name:
            return _flow(name)
    return None


@cache
def _distributions(pack: str) -> Distributions | None:
    text = load_pack(pack).distributions
    return read_distributions(text) if text else None


@cache
def _flow(pack: str) -> Flow | None:
    text = load_pack(pack).flow
    return read_flow(text) if text else None


def joined(system: System, wanted: Sequence[str], *, count: int) -> Joined:
    """Our own variables of those ids beside each other, of at most so many people who are nobody, always the same."""
    own = own_catalogue(system)
    if own is None:
        return Joined(columns=(), rows=(), tables=())
    return joined_rows(carried(own), [each for each in wanted if "~" not in each], count=count, seed=_SEED)


def joined_sample(system: System, wanted: Sequence[str], *, count: int) -> tuple[Catalogue, Joined]:
    """The same to take away, with the catalogue that describes it. Errors: `search.no_sample` (Missing) if there are no
    rows of any of them."""
    own, found = own_catalogue(system), joined(system, wanted, count=count)
    if own is None or len(found.columns) == 1 or not found.columns:
        raise no_sample()
    return own, found


def sampled(system: System, key: str) -> tuple[Catalogue, Dataset]:
    """Our own dataset of that name as its table is, in its catalogue. Raises `search.no_sample` (Missing)."""
    published = own_catalogue(system)
    own = carried(published) if published is not None else None
    if own is None or key not in {dataset.name for dataset in own.datasets}:
        raise no_sample()
    return own, own.dataset(key)


def no_sample() -> Missing:
    """The one answer where there is nothing to show."""
    return Missing("search.no_sample", "There are no rows to show of that.", hint="See another topic.")


_SEED = 1


def joinings(system: System) -> tuple[Joining, ...]:
    """What can be joined by each unit type, the most first."""
    units = _buckets(system, Search(), "joins")
    return tuple(
        Joining(unit=unit, label=label, variables=n, topics=_buckets(system, Search().toggled("joins", unit), "topic"))
        for unit, label, n in units
    )


def _buckets(system: System, search: Search, facet: Facet) -> tuple[tuple[str, Said, int], ...]:
    with db.transaction(system.database) as connection:
        counted = store.counted(connection, search, this_year=system.clock().year).facets(search, only=[facet])
        labels = store.names(connection, counted)
    return tuple(
        (v, labels.get((name, v), ()), n) for name, several in counted.items() if name == facet for v, n in several
    )


def _card(connection: Connection, wanted: str) -> Card:
    found = None if "\0" in wanted else store.card(connection, wanted)
    if found is None:
        raise Missing("search.unknown", "There is no variable of that name.", hint="Search for it.")
    return found


def _own(connection: Connection, card: Card) -> tuple[Catalogue, Variable, History] | None:
    versions = published_versions(connection) if "~" not in card.id else ()
    if not versions:
        return None
    catalogue = f.catalogue(connection, versions[0].catalogue)
    return catalogue, catalogue.variable(card.name), history(connection, versions, versions[0], card.name)


def _told(connection: Connection, card: Card) -> Shown:
    number = card.id.rpartition("~")[2]
    row = commons_store.find(connection, t.variables, id=int(number)) if number.isdecimal() else None
    if row is None:
        return Shown(card=card)
    entry, dataset = entry_of(VariableEntry, row), needed_dataset(connection, row.dataset)
    domains = [measure.domain for measure in entry.measures]
    for name in [measure.unit_type for measure in entry.measures if measure.unit_type]:
        unit = commons_store.find(connection, t.unit_types, catalogue=dataset.catalogue, name=name)
        domains.append(entry_of(UnitTypeEntry, unit).domain if unit is not None else None)
    return Shown(
        card=card, told=entry, codes=tuple(code for domain in domains if domain for code in domain.codes),
        contacts=entry_of(DatasetEntry, dataset).contacts,
    )  # fmt: skip
