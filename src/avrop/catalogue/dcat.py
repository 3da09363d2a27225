"""Our catalogue as DCAT-AP-NO says it: a series for each dataset, and a dataset for each controller's own rows.

Addresses are stable: they are made of the catalogue's, the dataset's and the controller's codes. A code list, a ladder
or a pattern is not said here; readers are sent to the dataset's page.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal as Choice

from avrop.canonical import document
from avrop.catalogue.commons import Said
from avrop.catalogue.datasets import Catalogue, Dataset, carried
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.search.cards import said
from avrop.catalogue.triples import Iri, Literal, Statement
from avrop.catalogue.unittypes import Text

EU = "http://publications.europa.eu/resource/authority"
_LANGUAGES = ("NOB", "NNO", "ENG")
_FORMATS: tuple[tuple[str, Choice["CSV", "PARQUET"]], ...] = (("csv", "CSV"), ("parquet", "PARQUET"))
NORWAY = Iri(f"{EU}/country/NOR")
ORGANISATIONS = "https://organization-catalog.fellesdatakatalog.digdir.no/organizations"


@document
class Part:
    """A controller whose rows are a dataset of their own: its code and its name."""

    code: str
    name: str


@document
class Places:
    """Where things are: `base` is before catalogues' names, `pages` where pages are, `data` where data are served (each
    ends with a slash; None where nothing is served)."""

    base: str
    pages: str
    data: str | None = None


def statements(
    catalogue: Catalogue, publishing: Publishing, parts: Sequence[Part], places: Places, *, issued: date
) -> list[Statement]:
    """Everything that DCAT says of a catalogue that was published on that day, but datasets that have no table."""
    told = list(_Told(carried(catalogue), publishing, parts, places, issued).all())
    return told + list(schemes(thing for _, _, thing in told))


def home_of(catalogue: Catalogue, base: str) -> str:
    """The catalogue's own IRI; `base` is before catalogues' names."""
    return f"{base}{catalogue.name}"


def dataset_iri(home: str, dataset: Dataset, part: Part | None = None) -> str:
    """The IRI of a dataset of the catalogue with that IRI: the series', or the one of a controller's rows."""
    series = f"{home}/{dataset.name}"
    return series if part is None else f"{series}/{part.code}"


def dataset_title(dataset: Dataset, part: Part | None = None) -> Text:
    """What that dataset is called."""
    return dataset.label if part is None else _of(dataset.label, part.name)


def schemes(things: Iterable[Iri | Literal]) -> Iterator[Statement]:
    """Which list each code of the Union's is of: the official shapes look for it beside what they check."""
    for thing in set(things):
        if isinstance(thing, Iri) and thing.text.startswith(f"{EU}/"):
            yield thing, Iri("skos:inScheme"), Iri(thing.text.rpartition("/")[0])


class _Told:
    def __init__(
        self, catalogue: Catalogue, publishing: Publishing, parts: Sequence[Part], places: Places, issued: date
    ) -> None:
        self.catalogue, self.publishing, self.parts = catalogue, publishing, parts
        self.places, self.issued = places, issued
        self.home = Iri(home_of(catalogue, places.base))
        self.publisher = Iri(f"{ORGANISATIONS}/{publishing.number}")
        self.contact = Iri(f"{self.home.text}#contact")
        self.subjects = {each.dataset: each.terms for each in publishing.subjects}

    def all(self) -> Iterator[Statement]:
        yield from self._catalogue()
        yield from self._organisation()
        for dataset in self.catalogue.datasets:
            yield from self._series(dataset)
            for part in self.parts:
                yield from self._dataset(dataset, part)
        if self.places.data is not None:
            yield from self._service()

    def _catalogue(self) -> Iterator[Statement]:
        yield is_a(self.home, "dcat:Catalog")
        yield from texts(self.home, "dct:title", said(self.catalogue.title))
        yield from texts(self.home, "dct:description", said(self.catalogue.title))
        yield self.home, Iri("dct:identifier"), Literal(self.home.text)
        yield from self._answers(self.home)
        yield self.home, Iri("dcat:version"), Literal(self.catalogue.version)
        yield self.home, Iri("dct:modified"), Literal(self.issued.isoformat(), data_type="xsd:date")
        yield self.home, Iri("foaf:homepage"), Iri(f"{self.places.pages}nb/")
        yield Iri(f"{self.places.pages}nb/"), Iri("rdf:type"), Iri("foaf:Document")
        yield self.home, Iri("dct:spatial"), NORWAY
        for language in _LANGUAGES:
            yield self.home, Iri("dct:language"), Iri(f"{EU}/language/{language}")
        if self.places.data is not None:
            yield self.home, Iri("dcat:service"), self.service

    def _organisation(self) -> Iterator[Statement]:
        asked = self.publishing.contact
        yield is_a(self.publisher, "foaf:Agent")
        yield self.publisher, Iri("foaf:name"), Literal(self.publishing.name)
        yield self.publisher, Iri("dct:identifier"), Literal(self.publishing.number)
        yield self.publisher, Iri("dct:type"), Iri(self.publishing.kind)
        yield is_a(self.contact, "vcard:Organization")
        yield self.contact, Iri("vcard:fn"), Literal(asked.name)
        yield self.contact, Iri("vcard:hasEmail"), Iri(f"mailto:{asked.email}")
        yield self.contact, Iri("vcard:hasURL"), Iri(asked.url)
        for part in self.parts:
            yield is_a(self._controller(part), "foaf:Agent")
            yield self._controller(part), Iri("foaf:name"), Literal(part.name)
            yield self._controller(part), Iri("dct:identifier"), Literal(part.code)

    def _controller(self, part: Part) -> Iri:
        return Iri(f"{self.home.text}#controller-{part.code}")

    def _answers(self, thing: Iri) -> Iterator[Statement]:
        """Who answers for a thing, and whom to ask."""
        yield thing, Iri("dct:publisher"), self.publisher
        yield thing, Iri("dcat:contactPoint"), self.contact

    def series_of(self, dataset: Dataset) -> Iri:
        return Iri(dataset_iri(self.home.text, dataset))

    def _series(self, dataset: Dataset) -> Iterator[Statement]:
        series = self.series_of(dataset)
        yield is_a(series, "dcat:DatasetSeries")
        yield is_a(series, "dcat:Dataset")
        yield self.home, Iri("dcat:dataset"), series
        for end, part in zip(("dcat:first", "dcat:last"), (self.parts[:1], self.parts[-1:]), strict=True):
            for own in part:
                yield series, Iri(end), Iri(dataset_iri(self.home.text, dataset, own))
        yield from texts(series, "dct:title", said(dataset_title(dataset)))
        yield from self._about(series, dataset)

    def _dataset(self, dataset: Dataset, part: Part) -> Iterator[Statement]:
        own = Iri(dataset_iri(self.home.text, dataset, part))
        yield is_a(own, "dcat:Dataset")
        yield self.home, Iri("dcat:dataset"), own
        yield own, Iri("dcat:inSeries"), self.series_of(dataset)
        yield from texts(own, "dct:title", said(dataset_title(dataset, part)))
        yield from self._about(own, dataset)
        yield own, Iri("dct:creator"), self._controller(part)
        for name, form in _FORMATS:
            given = Iri(f"{own.text}/{name}")
            yield own, Iri("dcat:distribution"), given
            yield is_a(given, "dcat:Distribution")
            yield given, Iri("dcat:accessURL"), Iri(f"{self.places.pages}nb/tema/{dataset.name}")
            yield given, Iri("dct:format"), Iri(f"{EU}/file-type/{form}")
            yield given, Iri("dcatap:availability"), Iri(f"{EU}/planned-availability/AVAILABLE")
            yield from texts(given, "dct:title", said(_of(dataset.label, form)))
            yield from texts(given, "dct:description", said(_ON_REQUEST))
            if self.places.data is not None:
                yield given, Iri("dcat:accessService"), self.service

    def _about(self, thing: Iri, dataset: Dataset) -> Iterator[Statement]:
        """What series and dataset say alike."""
        yield thing, Iri("dct:identifier"), Literal(thing.text)
        yield from texts(thing, "dct:description", said(dataset.definition))
        yield from self._answers(thing)
        for theme in self.publishing.themes:
            yield thing, Iri("dcat:theme"), Iri(theme)
        for term in self.subjects.get(dataset.name, ()):
            yield thing, Iri("dcat:theme"), Iri(term)
        yield thing, Iri("dct:accessRights"), Iri(f"{EU}/access-right/{self.publishing.access}")
        for law in self.publishing.laws:
            yield thing, Iri("dcatap:applicableLegislation"), Iri(law.iri)
        page = Iri(f"{self.places.pages}nb/tema/{dataset.name}")
        yield thing, Iri("dcatno:accessRequestURL"), Iri(f"{self.places.pages}nb/katalog?topic={dataset.name}")
        yield thing, Iri("dcat:landingPage"), page
        yield is_a(page, "foaf:Document")
        yield thing, Iri("dct:spatial"), NORWAY
        for language in _LANGUAGES:
            yield thing, Iri("dct:language"), Iri(f"{EU}/language/{language}")
        for name in dataset.variables:
            yield from texts(thing, "dcat:keyword", said(self.catalogue.variable(name).label))
        yield from self._period(thing, dataset)

    def _period(self, thing: Iri, dataset: Dataset) -> Iterator[Statement]:
        days = [variable.since for variable in map(self.catalogue.variable, dataset.variables) if variable.since]
        if days:
            period = Iri(f"{thing.text}#period")
            yield thing, Iri("dct:temporal"), period
            yield is_a(period, "dct:PeriodOfTime")
            yield period, Iri("dcat:startDate"), Literal(min(days).isoformat(), data_type="xsd:date")

    @property
    def service(self) -> Iri:
        return Iri(f"{self.home.text}#service")

    def _service(self) -> Iterator[Statement]:
        yield is_a(self.service, "dcat:DataService")
        yield from texts(self.service, "dct:title", said(_SERVICE))
        yield self.service, Iri("dct:identifier"), Literal(self.service.text)
        yield from self._answers(self.service)
        yield self.service, Iri("dcat:endpointURL"), Iri(f"{self.places.data}")
        yield self.service, Iri("dcat:endpointDescription"), Iri(f"{self.places.pages}api/openapi.json")
        yield self.service, Iri("dcatap:availability"), Iri(f"{EU}/planned-availability/AVAILABLE")
        yield self.service, Iri("dct:format"), Iri(f"{EU}/file-type/CSV")
        for theme in self.publishing.themes:
            yield self.service, Iri("dcat:theme"), Iri(theme)
        for law in self.publishing.laws:
            yield self.service, Iri("dcatap:applicableLegislation"), Iri(law.iri)
        for dataset in self.catalogue.datasets:
            for part in self.parts:
                yield self.service, Iri("dcat:servesDataset"), Iri(dataset_iri(self.home.text, dataset, part))


def is_a(thing: Iri, kind: str) -> Statement:
    """That the thing is of that kind."""
    return thing, Iri("rdf:type"), Iri(kind)


def texts(thing: Iri, predicate: str, text: Said) -> Iterator[Statement]:
    """What is said of a thing, in each language that it is said in."""
    for words in text:
        yield thing, Iri(predicate), Literal(words.value, language=words.language)


def _of(text: Text, name: str) -> Text:
    return Text(nb=f"{text.nb}, {name}", nn=f"{text.nn}, {name}" if text.nn else None, en=f"{text.en}, {name}")


_ON_REQUEST = Text(
    nb="Utleveres etter søknad, når behandlingsansvarlig har bestemt det.",
    nn="Blir utlevert etter søknad, når behandlingsansvarleg har bestemt det.",
    en="Delivered on request, once the controller has decided so.",
)
_SERVICE = Text(
    nb="Variabler for dem som har fått innvilget søknad", nn="Variablar for dei som har fått innvilga søknad",
    en="Variables for those whose request was granted",
)  # fmt: skip
