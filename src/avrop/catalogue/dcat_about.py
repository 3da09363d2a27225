"""What a publisher told of a dataset beyond uploading it, as DCAT-AP-NO says it."""

from collections.abc import Iterator

from avrop.catalogue.commons import About, Access, Period, Said
from avrop.catalogue.dcat import is_a, texts
from avrop.catalogue.triples import Iri, Literal, Statement


def about_statements(own: Iri, about: About) -> Iterator[Statement]:
    """All of it but the access rights, which variables may say too."""
    told = {
        "dcat:theme": about.themes, "dcatap:applicableLegislation": about.legislation, "dct:spatial": about.spatial,
        "dct:language": about.languages,
    }  # fmt: skip
    for predicate, addresses in told.items():
        for address in addresses:
            yield own, Iri(predicate), Iri(address)
    yield from heard(own, "dcat:keyword", about.keywords)
    if about.landing_page is not None:
        yield own, Iri("dcat:landingPage"), Iri(about.landing_page)
        yield is_a(Iri(about.landing_page), "foaf:Document")
    if about.temporal is not None:
        yield from _period(own, about.temporal)
    for place, access in enumerate(about.distributions, start=1):
        yield from _distribution(own, Iri(f"{own.text}#distribution-{place}"), access)


def heard(thing: Iri, predicate: str, text: Said) -> Iterator[Statement]:
    """The texts that are not empty: what was said as nothing was not said."""
    return texts(thing, predicate, tuple(words for words in text if words.value.strip()))


def _period(own: Iri, said: Period) -> Iterator[Statement]:
    period = Iri(f"{own.text}#period")
    yield own, Iri("dct:temporal"), period
    yield is_a(period, "dct:PeriodOfTime")
    for predicate, day in (("dcat:startDate", said.start), ("dcat:endDate", said.end)):
        if day is not None:
            yield period, Iri(predicate), Literal(day.isoformat(), data_type="xsd:date")


def _distribution(own: Iri, given: Iri, access: Access) -> Iterator[Statement]:
    yield own, Iri("dcat:distribution"), given
    yield is_a(given, "dcat:Distribution")
    yield from heard(given, "dct:title", access.title)
    yield from heard(given, "dct:description", access.description)
    told = {
        "dcat:accessURL": access.access_url, "dcat:downloadURL": access.download_url, "dct:format": access.format,
        "dct:license": access.licence,
    }  # fmt: skip
    for predicate, address in told.items():
        if address is not None:
            yield given, Iri(predicate), Iri(address)
