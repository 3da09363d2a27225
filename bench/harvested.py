"""The DCAT of every publisher of a commons, beside plain rdflib that builds and serialises the same triples."""

import time
from collections.abc import Sequence

import httpx
from rdflib import Graph
from rdflib.graph import _TripleType

Source = tuple[str, Sequence[_TripleType]]


def sources(client: httpx.Client, publishers: Sequence[str]) -> list[Source]:
    """Each publisher's address, and the triples that it answers with."""
    listed = {each["publisher"]: each["address"] for each in client.get("/dcat").raise_for_status().json()}
    found = []
    for publisher in publishers:
        address = "/dcat/" + listed[publisher].rpartition("/dcat/")[2]
        text = client.get(address, headers={"Accept": "text/turtle"}).raise_for_status().text
        found.append((address, list(Graph().parse(data=text, format="turtle"))))
    return found


def both(client: httpx.Client, harvested: Sequence[Source]) -> tuple[float, float]:
    """Seconds to harvest all of them over HTTP, read from the database each time; and those of rdflib. By turns, so
    that both meet the same machine."""
    ours = theirs = 0.0
    for address, triples in harvested:
        began = time.perf_counter()
        client.get(address, headers={"Accept": "text/turtle"}).raise_for_status()
        between = time.perf_counter()
        _serialised(triples)
        ours, theirs = ours + between - began, theirs + time.perf_counter() - between
    return ours, theirs


def _serialised(triples: Sequence[_TripleType]) -> str:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph.serialize(format="turtle")
