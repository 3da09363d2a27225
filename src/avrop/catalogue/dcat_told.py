"""Another provider's DCAT, read: its datasets by their IRIs, with titles, descriptions, publisher and contact.

Nothing is fetched while reading: no list of contexts, no document type, no other file. A document type in RDF/XML is
refused, since what it can do (entities that grow, files that are read) no catalogue needs.
"""

import re
from collections.abc import Mapping

from rdflib import DCAT, DCTERMS, FOAF, RDF, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

from avrop.catalogue.commons import Code, Contact, DatasetEntry, Publisher, Said, Words, first
from avrop.catalogue.told import Told, ToldDataset, id_of
from avrop.catalogue.told_texts import LONGEST_LINE, is_short
from avrop.errors import Mistake

MEDIA_TYPES: Mapping[str, str] = {"text/turtle": "turtle", "application/rdf+xml": "xml"}
"""What can be read, and what the library calls it."""

MOST = 10_000
_LONGEST = 300
_SERIES = URIRef(f"{DCAT}DatasetSeries")
_VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
_LANGUAGES: Mapping[str | None, Code] = {"nb": "nb", "nn": "nn", "en": "en", "no": "no", None: "no"}


def read_dcat(text: str, *, media_type: str, title: str = "", base: str = "") -> Told:
    """The datasets that the text describes, under their own titles. What it names without an address is below `base`.

    Errors (Mistake): `gather.form`, `gather.doctype`, `gather.unreadable`, `gather.too_many`.
    """
    del title
    if media_type not in MEDIA_TYPES:
        raise Mistake(
            "gather.form", "The answer is neither Turtle nor RDF/XML.", hint="Ask its sender for text/turtle."
        )
    if MEDIA_TYPES[media_type] == "xml" and re.search(r"<!(DOCTYPE|ENTITY)", text, re.IGNORECASE):
        raise Mistake("gather.doctype", "RDF/XML with a document type is not read.", hint="Ask its sender for Turtle.")
    graph = Graph()
    try:
        graph.parse(data=text, format=MEDIA_TYPES[media_type], publicID=base or None)
    except RecursionError:
        raise _unreadable("it is nested too deeply") from None
    except Exception as failure:  # the library raises what its parsers raise
        raise _unreadable(type(failure).__name__) from None
    series = set(graph.subjects(RDF.type, _SERIES))  # what datasets are parts of
    typed = set(graph.subjects(RDF.type, DCAT.Dataset)) - series
    datasets = sorted(node for node in typed if isinstance(node, URIRef))
    if len(datasets) > MOST:
        raise Mistake("gather.too_many", f"There are more than {MOST} datasets.", hint="Gather parts of it.")
    found: dict[str, ToldDataset] = {}
    nameless = len(typed) - len(datasets)
    conflicts = [f"Datasets without an IRI, which are not taken: {nameless}."] * bool(nameless)
    for node in datasets:
        entry = _dataset(graph, node)
        if not 0 < len(first(entry.title).strip()) <= _LONGEST:
            conflicts.append(f"The dataset {id_of(str(node))} has no title, or one that is too long.")
            continue
        if not is_short(entry):
            conflicts.append(f"The dataset {id_of(str(node))} has a text that is too long.")
            continue
        found[id_of(str(node))] = ToldDataset(entry=entry, id=id_of(str(node)))
    return Told(datasets=tuple(found.values()), conflicts=tuple(dict.fromkeys(conflicts)))


def _unreadable(why: str) -> Mistake:
    return Mistake("gather.unreadable", f"The answer cannot be read as RDF ({why}).", hint="Ask its sender.")


def _dataset(graph: Graph, node: URIRef) -> DatasetEntry:
    contacts = tuple(_contact(graph, each) for each in sorted(graph.objects(node, DCAT.contactPoint), key=str))
    publisher = next(iter(sorted(graph.objects(node, DCTERMS.publisher), key=str)), None)
    name = first(_said(graph, publisher, FOAF.name)) if publisher is not None else ""
    pages = sorted(str(each) for each in graph.objects(node, DCAT.landingPage) if isinstance(each, URIRef))
    return DatasetEntry(
        title=_said(graph, node, DCTERMS.title), description=_said(graph, node, DCTERMS.description),
        contacts=contacts, publisher=Publisher(name=name) if name else None, iri=str(node),
        page=next((each for each in pages if len(each) <= LONGEST_LINE), None),
    )  # fmt: skip


def _contact(graph: Graph, node: Node) -> Contact:
    email = next(iter(sorted(map(str, graph.objects(node, _VCARD.hasEmail)))), None)
    name = first(_said(graph, node, _VCARD.fn)) or first(_said(graph, node, _VCARD["organization-name"]))
    return Contact(name=name or None, email=email.removeprefix("mailto:") if email else None)


def _said(graph: Graph, node: Node, predicate: URIRef) -> Said:
    """The texts in languages that a commons has, in a fixed order; others are passed over."""
    found = [value for value in graph.objects(node, predicate) if isinstance(value, Literal)]
    told = [(code, str(value)) for value in found if (code := _LANGUAGES.get(value.language)) is not None]
    return tuple(Words(language=code, value=value) for code, value in sorted(told))
