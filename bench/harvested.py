"""The DCAT of every publisher of a commons, beside plain rdflib with the same triples: that builds a graph of them and
serialises it, and that serialises a graph that it has already."""

import time
from collections.abc import Sequence

import httpx
from rdflib import Graph
from rdflib.graph import _TripleType

Source = tuple[str, Sequence[_TripleType]]
Seconds = tuple[float, float, float]
"""Ours; rdflib's that builds and serialises; and that of it which is serialisation alone."""


def sources(client: httpx.Client, publishers: Sequence[str]) -> list[Source]:
    """Each publisher's address, and the triples that it answers with."""
    listed = {each["publisher"]: each["address"] for each in client.get("/dcat").raise_for_status().json()}
    found = []
    for publisher in publishers:
        address = "/dcat/" + listed[publisher].rpartition("/dcat/")[2]
        text = client.get(address, headers={"Accept": "text/turtle"}).raise_for_status().text
        found.append((address, list(Graph().parse(data=text, format="turtle"))))
    return found


def both(client: httpx.Client, harvested: Sequence[Source]) -> Seconds:
    """Seconds to harvest all of them over HTTP, read from the database each time; and those of rdflib. By turns, so
    that both meet the same machine."""
    ours = built = serialised = 0.0
    for address, triples in harvested:
        began = time.perf_counter()
        client.get(address, headers={"Accept": "text/turtle"}).raise_for_status()
        between = time.perf_counter()
        graph = _graph(triples)
        before = time.perf_counter()
        graph.serialize(format="turtle")
        after = time.perf_counter()
        ours, built, serialised = ours + between - began, built + after - between, serialised + after - before
    return ours, built, serialised


def _graph(triples: Sequence[_TripleType]) -> Graph:
    graph = Graph()
    for triple in triples:
        graph.add(triple)
    return graph
