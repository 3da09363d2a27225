"""What DCAT-AP-NO 3 asks of a catalogue, and the official shapes of 2.2 do not see or get wrong: our own rules."""

from collections.abc import Iterator

from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
WRONG = "http://data.europa.eu/r5r"
EDUC = URIRef("http://publications.europa.eu/resource/authority/data-theme/EDUC")
NEEDED = {
    DCAT.Catalog: (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint, DCTERMS.identifier),
    DCAT.Dataset: (
        DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.contactPoint, DCAT.theme, DCTERMS.identifier,
        DCTERMS.accessRights, DCATAP.applicableLegislation,
    ),
    DCAT.Distribution: (DCAT.accessURL, DCTERMS.format),
    DCAT.DataService: (DCTERMS.title, DCTERMS.publisher, DCAT.contactPoint, DCAT.endpointURL, DCTERMS.identifier),
    FOAF.Agent: (FOAF.name,),
    VCARD.Organization: (VCARD.fn, VCARD.hasEmail),
}  # fmt: skip


def broken(graph: Graph) -> Iterator[str]:
    """What the graph breaks, in words."""
    for kind, needed in NEEDED.items():
        for thing in set(graph.subjects(RDF.type, kind)):
            for predicate in needed:
                if (thing, predicate, None) not in graph:
                    yield f"{thing} has no {predicate}"
    for thing in set(graph.subjects(RDF.type, DCAT.Dataset)):
        if (thing, DCAT.theme, EDUC) not in graph:
            yield f"{thing} is of no theme of the Union"
        for rights in graph.objects(thing, DCTERMS.accessRights):
            if not str(rights).startswith("http://publications.europa.eu/resource/authority/access-right/"):
                yield f"{thing} has rights of no known list"
    for thing, predicate, value in graph:
        if str(predicate).startswith(WRONG) and not str(predicate).startswith(str(DCATAP)):
            yield f"{predicate} lacks a slash"
        if predicate == DCAT.mediaType:
            yield f"{thing} has a media type, which the shapes refuse for text"
        if predicate in (DCTERMS.title, DCTERMS.description, DCAT.keyword) and not (
            isinstance(value, Literal) and value.language
        ):
            yield f"{thing} has a text of no language"
    for thing in set(graph.objects(None, DCTERMS.publisher)):
        if (thing, RDF.type, FOAF.Agent) not in graph:
            yield f"{thing} publishes and is not described"
