"""What a publisher told a commons, as DCAT-AP-NO says it: only what was said, and which of what is asked for was not.

A catalogue's publisher answers for its datasets, and whom it names is asked about those that name nobody. Addresses are
made of the number of the catalogue and the id of the dataset in the commons, which never change. What was said as an
address and can be none is left out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from avrop.canonical import document
from avrop.catalogue.commons import About, CatalogueEntry, Contact, DatasetEntry, Said, VariableEntry
from avrop.catalogue.dcat import EU, ORGANISATIONS, is_a, schemes
from avrop.catalogue.dcat_about import about_statements, heard
from avrop.catalogue.triples import Iri, Literal, Statement

ASKED_FOR: Mapping[str, tuple[str, ...]] = {
    "dcat:Catalog": ("dct:title", "dct:description", "dct:publisher", "dcat:contactPoint", "dct:identifier"),
    "dcat:Dataset": (
        "dct:title", "dct:description", "dct:publisher", "dcat:contactPoint", "dcat:theme", "dct:identifier",
        "dct:accessRights", "dcatap:applicableLegislation",
    ),
    "foaf:Agent": ("foaf:name", "dct:identifier"),
    "vcard:Kind": ("vcard:fn", "vcard:hasEmail"),
}  # fmt: skip
"""What readers ask for, by kind of thing."""

_NUMBER = re.compile(r"[0-9]{9}")
_MAIL = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+")
_RIGHTS = {"PUBLIC": "PUBLIC", "NONPUBLIC": "NON_PUBLIC"}


@document
class HeldDataset:
    """A dataset, its id, and its variables."""

    id: str
    entry: DatasetEntry
    variables: tuple[VariableEntry, ...] = ()


@document
class Held:
    """A publisher's catalogue as a commons holds it."""

    entry: CatalogueEntry
    datasets: tuple[HeldDataset, ...] = ()


def told_statements(held: Held, *, home: str, page: str) -> list[Statement]:
    """Everything that DCAT says of it: `home` is the catalogue's own address, `page` where its variables are shown."""
    told = list(_Told(held, home, page).all())
    return told + list(schemes(thing for _, _, thing in told))


def gaps(statements: Iterable[Statement]) -> dict[str, int]:
    """How many things lack each of what readers ask for, named as `dcat:Dataset dcat:theme`."""
    said: dict[Iri, set[str]] = {}
    kinds = []
    for thing, predicate, value in statements:
        said.setdefault(thing, set()).add(predicate.text)
        if predicate.text == "rdf:type" and isinstance(value, Iri):
            kinds.append((thing, value.text))
    lacking = Counter(
        f"{kind} {wanted}" for thing, kind in kinds for wanted in ASKED_FOR.get(kind, ()) if wanted not in said[thing]
    )
    return dict(sorted(lacking.items()))


class _Told:
    def __init__(self, held: Held, home: str, page: str) -> None:
        self.held, self.home, self.page = held, Iri(home), Iri(page)
        self.number = _number(held)
        self.publisher = Iri(f"{ORGANISATIONS}/{self.number}" if self.number else f"{home}#publisher")

    def all(self) -> Iterator[Statement]:
        entry = self.held.entry
        yield is_a(self.home, "dcat:Catalog")
        yield from self._about(self.home, entry.title, entry.description, entry.contacts)
        yield from self._organisation()
        for dataset in self.held.datasets:
            yield from self._dataset(dataset)

    def _organisation(self) -> Iterator[Statement]:
        said = self.held.entry.publisher
        yield is_a(self.publisher, "foaf:Agent")
        yield self.publisher, Iri("foaf:name"), Literal(said.name)
        if self.number:
            yield self.publisher, Iri("dct:identifier"), Literal(self.number)
        kind = _address(said.kind)
        if kind is not None:
            yield self.publisher, Iri("dct:type"), kind

    def _about(self, thing: Iri, title: Said, description: Said, contacts: Sequence[Contact]) -> Iterator[Statement]:
        """What catalogue and datasets say alike."""
        yield thing, Iri("dct:identifier"), Literal(thing.text)
        yield from heard(thing, "dct:title", title)
        yield from heard(thing, "dct:description", description)
        yield thing, Iri("dct:publisher"), self.publisher
        for place, contact in enumerate(contacts, start=1):
            yield from _contact(thing, Iri(f"{thing.text}#contact-{place}"), contact)

    def _dataset(self, dataset: HeldDataset) -> Iterator[Statement]:
        own, entry = Iri(f"{self.home.text}/{dataset.id}"), dataset.entry
        yield is_a(own, "dcat:Dataset")
        yield self.home, Iri("dcat:dataset"), own
        yield from self._about(own, entry.title, entry.description, entry.contacts)
        if not entry.contacts:
            for place in range(1, len(self.held.entry.contacts) + 1):
                yield own, Iri("dcat:contactPoint"), Iri(f"{self.home.text}#contact-{place}")
        if dataset.variables:
            yield own, Iri("dcat:landingPage"), self.page
            yield is_a(self.page, "foaf:Document")
        about = entry.about or About()
        rights = {_RIGHTS[variable.openness] for variable in dataset.variables}
        known = about.access_rights or (rights.pop() if len(rights) == 1 else None)
        if known is not None:
            yield own, Iri("dct:accessRights"), Iri(f"{EU}/access-right/{known}")
        yield from about_statements(own, about)
        for variable in dataset.variables:
            for said in (*(measure.label for measure in variable.measures), *variable.subjects):
                yield from heard(own, "dcat:keyword", said)


def _number(held: Held) -> str:
    """The publisher's number: what its catalogue says, else what all its datasets say that say one."""
    own = held.entry.publisher
    said = [own] if own.number else [each.entry.publisher for each in held.datasets if each.entry.publisher]
    numbers = {each.number.replace(" ", "") for each in said if each.number and each.name == own.name}
    found = numbers.pop() if len(numbers) == 1 else ""
    return found if _NUMBER.fullmatch(found) else ""


def _contact(thing: Iri, contact: Iri, said: Contact) -> Iterator[Statement]:
    yield thing, Iri("dcat:contactPoint"), contact
    yield is_a(contact, "vcard:Kind")
    if said.name:
        yield contact, Iri("vcard:fn"), Literal(said.name)
    mail = _iri(f"mailto:{said.email}") if said.email and _MAIL.fullmatch(said.email) else None
    for predicate, found in (("vcard:hasEmail", mail), ("vcard:hasURL", _address(said.url))):
        if found is not None:
            yield contact, Iri(predicate), found


def _address(said: str | None) -> Iri | None:
    """An address of the web; none of ours by a prefix."""
    return _iri(said) if said and re.match("https?://.", said) else None


def _iri(text: str) -> Iri | None:
    try:
        return Iri(text) if text.isprintable() else None
    except ValueError:
        return None
