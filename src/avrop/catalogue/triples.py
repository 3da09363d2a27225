"""Statements about things with addresses, and their three texts: Turtle, RDF/XML and JSON-LD, always the same bytes.

There are no blank nodes: whatever is spoken of has an IRI. Statements stand in the order of their texts, so that the
same statements give the same bytes, and a changed digest means that something changed.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

PREFIXES: Mapping[str, str] = {
    "adms": "http://www.w3.org/ns/adms#", "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/", "dcatno": "https://data.norge.no/vocabulary/dcatno#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "skos": "http://www.w3.org/2004/02/skos/core#", "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
_BAD = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
TYPE = "rdf:type"


@dataclass(frozen=True, order=True, slots=True)
class Iri:
    """An address. ValueError for a text that none can be."""

    text: str

    def __post_init__(self) -> None:
        if _BAD.search(self.text) or ":" not in self.text:
            raise ValueError("no address")

    @property
    def whole(self) -> str:
        """The address without a prefix."""
        prefix, _, rest = self.text.partition(":")
        return PREFIXES[prefix] + rest if prefix in PREFIXES and not rest.startswith("//") else self.text


@dataclass(frozen=True, order=True, slots=True)
class Literal:
    """A text, in a language or of a data type (with a prefix), or neither."""

    text: str
    language: str = ""
    data_type: str = ""


Statement = tuple[Iri, Iri, Iri | Literal]


def _ordered(statements: Iterable[Statement]) -> list[Statement]:
    def key(one: Statement) -> tuple[str, bool, str, bool, Iri | Literal]:
        subject, predicate, thing = one
        return subject.whole, predicate.text != TYPE, predicate.whole, isinstance(thing, Literal), thing

    return sorted(set(statements), key=key)


def turtle(statements: Iterable[Statement]) -> str:
    """The statements as Turtle."""
    parts = [f"@prefix {name}: <{address}> .\n" for name, address in sorted(PREFIXES.items())]
    for subject, own in groupby(_ordered(statements), key=lambda one: one[0]):
        lines = [
            f"    {_short(predicate)} {', '.join(_turtle(thing) for _, _, thing in things)}"
            for predicate, things in groupby(own, key=lambda one: one[1])
        ]
        parts.append(f"\n{_short(subject)}\n" + " ;\n".join(lines) + " .\n")
    return "".join(parts)


def _short(iri: Iri) -> str:
    prefix, _, rest = iri.text.partition(":")
    known = prefix in PREFIXES and re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", rest) is not None
    return iri.text if known else f"<{iri.whole}>"


def _turtle(thing: Iri | Literal) -> str:
    if isinstance(thing, Iri):
        return _short(thing)
    text = "".join(_ESCAPES.get(letter, letter) for letter in thing.text)
    tail = f"@{thing.language}" if thing.language else f"^^{thing.data_type}" if thing.data_type else ""
    return f'"{text}"{tail}'


def rdf_xml(statements: Iterable[Statement]) -> str:
    """The statements as RDF/XML. What no XML text may hold is left out of texts."""
    spaces = "".join(f' xmlns:{name}="{address}"' for name, address in sorted(PREFIXES.items()))
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{spaces}>\n']
    for subject, own in groupby(_ordered(statements), key=lambda one: one[0]):
        parts.append(f"<rdf:Description rdf:about={quoteattr(subject.whole)}>\n")
        parts += [f"  {_element(predicate.text, thing)}\n" for _, predicate, thing in own]
        parts.append("</rdf:Description>\n")
    return "".join([*parts, "</rdf:RDF>\n"])


def _element(name: str, thing: Iri | Literal) -> str:
    if isinstance(thing, Iri):
        return f"<{name} rdf:resource={quoteattr(thing.whole)}/>"
    said = f' xml:lang="{thing.language}"' if thing.language else ""
    if thing.data_type:
        said = f' rdf:datatype="{Iri(thing.data_type).whole}"'
    return f"<{name}{said}>{escape(_NOT_XML.sub('', thing.text), {chr(13): '&#13;'})}</{name}>"


def json_ld(statements: Iterable[Statement]) -> str:
    """The statements as JSON-LD, expanded but for its prefixes."""
    graph = []
    for subject, own in groupby(_ordered(statements), key=lambda one: one[0]):
        node: dict[str, object] = {"@id": subject.whole}
        for predicate, things in groupby(own, key=lambda one: one[1]):
            values = [thing for _, _, thing in things]
            if predicate.text == TYPE:
                node["@type"] = [value.text for value in values]
            else:
                node[predicate.text] = [_json(value) for value in values]
        graph.append(node)
    return json.dumps({"@context": dict(PREFIXES), "@graph": graph}, ensure_ascii=False, indent=1) + "\n"


def _json(thing: Iri | Literal) -> dict[str, str]:
    if isinstance(thing, Iri):
        return {"@id": thing.whole}
    if thing.language:
        return {"@value": thing.text, "@language": thing.language}
    return {"@value": thing.text, "@type": thing.data_type} if thing.data_type else {"@value": thing.text}
