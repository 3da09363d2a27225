"""Referring: which dataset of our catalogue a reference of another catalogue means, and what we refer to our own by."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Connection

from avrop.actions import facts as f
from avrop.actions import harvest
from avrop.actions.addresses import base, lies_under, segment
from avrop.actions.commons_shown import entry_of, needed_catalogue
from avrop.catalogue.carts import Reference, is_organisation_number
from avrop.catalogue.commons import CatalogueEntry, DatasetEntry, Said, VariableEntry, first
from avrop.catalogue.datasets import Dataset
from avrop.catalogue.dcat import Part, dataset_iri, dataset_title, home_of
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.search.cards import Card, said
from avrop.catalogue.told import id_of
from avrop.catalogue.unittypes import Language
from avrop.store import commons as commons_store
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System

_API = "api/v1/datasets/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Referred:
    """A dataset that our catalogue has.

    `iri` and `id` are what others refer to it by. `topic` is the key of its page, None for what others told us.
    `number` is the publisher's, empty if nobody told it. `variables` are ids as a search has them. `is_open`: its data
    are for everybody; `is_to_come`: no table has it yet.
    """

    iri: str
    id: str
    title: Said
    description: Said
    publisher: str
    number: str
    topic: str | None
    variables: tuple[str, ...]
    is_open: bool
    is_to_come: bool

    def page(self, language: Language) -> str:
        """Where people read of it, from `public_url` on."""
        if self.topic is not None:
            return f"{language}/tema/{segment(self.topic)}"
        if not self.variables:
            return f"{language}/datasett/{segment(self.id)}"
        return f"{language}/katalog?{urlencode({'q': first(self.title)})}"


def find(system: System, reference: Reference) -> Referred | None:
    """The dataset of ours that a reference means: by its IRI, or else by its id; first of those that we describe
    ourselves, then of those that others told. None if it is not ours."""
    if reference.type != "datasets":
        return None
    with db.transaction(system.database) as connection:
        own, names = tuple(_own(connection, system, parts=True)), (reference.uri, reference.id)
        mine = next((each for wanted in names for each in own if wanted in (each.iri, each.id)), None)
        told = (_told(connection, base(system), wanted) for wanted in names)
        return mine or next((each for each in told if each is not None), None)


def of(system: System, cards: Sequence[Card]) -> tuple[tuple[Referred, tuple[Card, ...]], ...]:
    """The datasets of a cart's variables, each with those of the variables that are in it.

    What several datasets have (a year, a county) goes with those that another variable is in alone, so that no more is
    asked for than that; where there is none, every dataset of it is named, since nobody said which is meant.
    """
    with db.transaction(system.database) as connection:
        known = list(_own(connection, system))
        homes = dict.fromkeys(home for card in cards if (home := _home(connection, card)) is not None)
        known += [found for each in homes if (found := _told(connection, base(system), each)) is not None]
    places = {card.id: [each.iri for each in known if card.id in each.variables] for card in cards}
    alone = {found[0] for found in places.values() if len(found) == 1}
    meant = {name: [iri for iri in found if iri in alone] or found for name, found in places.items()}
    named = ((each, tuple(card for card in cards if each.iri in meant[card.id])) for each in known)
    return tuple((each, chosen) for each, chosen in named if chosen)


def _own(connection: Connection, system: System, *, parts: bool = False) -> Iterator[Referred]:
    """The datasets of our own published catalogue; with `parts`, each controller's own rows of them too."""
    account = f.account(connection)
    if account.catalogue is None:
        return
    catalogue, serve = f.catalogue(connection, account.catalogue), system.settings.serve
    publishing = harvest.publishing_of(system)[1] if serve and serve.publisher else None
    publisher = account.agreement.provider_name if account.agreement else catalogue.publisher
    home = home_of(catalogue, f"{base(system)}dcat/")
    controllers = [Part(code=code, name=each.name) for code, each in sorted(account.controllers.items())]
    for dataset in catalogue.datasets:
        for part in (None, *(controllers if parts else ())):
            yield _mine(dataset, part, home=home, publishing=publishing, publisher=publisher)


def _mine(
    dataset: Dataset, part: Part | None, *, home: str, publishing: Publishing | None, publisher: str
) -> Referred:  # fmt: skip
    iri = dataset_iri(home, dataset, part)
    return Referred(
        iri=iri, id=str(uuid5(NAMESPACE_URL, iri)), title=said(dataset_title(dataset, part)),
        description=said(dataset.definition), publisher=publishing.name if publishing else publisher,
        number=publishing.number if publishing else "", topic=dataset.name, variables=dataset.variables,
        is_open=publishing is not None and publishing.access == "PUBLIC", is_to_come=bool(dataset.described_only),
    )  # fmt: skip


def _home(connection: Connection, card: Card) -> str | None:
    """The dataset of the commons that a told variable is in."""
    number = card.id.rpartition("~")[2] if "~" in card.id else ""
    row = commons_store.find(connection, t.variables, id=int(number)) if number.isdecimal() else None
    return None if row is None else str(row.dataset)


def _told(connection: Connection, at: str, wanted: str) -> Referred | None:
    """The dataset of the commons that is known as that, as its publisher told it; none that has an IRI of ours."""
    known_as = wanted.removeprefix(f"{at}{_API}") if at else wanted
    if lies_under(at, known_as):
        return None
    row = commons_store.find(connection, t.datasets, id=id_of(known_as))
    row = row or commons_store.find(connection, t.datasets, id=known_as)
    if row is None:
        return None
    entry = entry_of(DatasetEntry, row)
    home = entry_of(CatalogueEntry, needed_catalogue(connection, row.catalogue))
    variables = commons_store.every(connection, t.variables, dataset=row.id)
    number = (entry.publisher.number if entry.publisher else None) or home.publisher.number or ""
    openness = [entry_of(VariableEntry, each).openness for each in variables]
    return Referred(
        iri=row.id if row.id.startswith(("https://", "http://")) else f"{at}{_API}{row.id}", id=row.id,
        title=entry.title, description=entry.description, publisher=home.publisher.name,
        number=number if is_organisation_number(number) else "", topic=None,
        variables=tuple(f"{each.name}~{each.id}" for each in variables),
        is_open=bool(openness) and set(openness) == {"PUBLIC"}, is_to_come=False,
    )  # fmt: skip
