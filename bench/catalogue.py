"""The catalogue's search and pages among many publishers, beside the same server's bare static file."""

import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import yaml

from avrop.packs import load_pack
from avrop.store import embedded
from bench import harvested
from bench.catalogueserver import CATALOGUES, PUBLISHERS
from bench.figures import spread
from bench.ways import SCRATCH

VARIABLES = 20_000
WAYS = (
    "static", "known page", "known search", "page", "search", "filtered", "browse", "detail", "variable page",
    "catalogues",
)  # fmt: skip
_WORDS = 60
Asked = tuple[str, Mapping[str, str]]
"""An address, and the headers that it is asked for with."""


def section(rounds: int, rows: int | None) -> str:
    """The measured part of the page."""
    count = rows or VARIABLES
    with _served(count) as client:
        asked = _asked(client)
        _once(client, asked)  # what is made once, by the server and by the database, is made
        sources = harvested.sources(client, [f"Utgiver {number}" for number in range(PUBLISHERS)])
        measured, harvests = [], []
        for number in range(rounds):
            measured.append(_once(client, asked))
            harvests.append(harvested.both(client, sources))
            told = ", ".join(f"{way} {statistics.median(times) * 1000:.1f} ms" for way, times in measured[-1].items())
            sys.stdout.write(f"catalogue, round {number + 1}: {told}\n")
    triples = sum(len(each) for _, each in sources)
    return _page(measured, count) + _harvests(harvests, triples)


def _once(client: httpx.Client, asked: Mapping[str, Sequence[Asked]]) -> dict[str, list[float]]:
    """Seconds of each request, way by way."""
    found: dict[str, list[float]] = {}
    for way in WAYS:
        for address, headers in asked[way]:
            began = time.perf_counter()
            answer = client.get(address, headers=headers)
            found.setdefault(way, []).append(time.perf_counter() - began)
            if answer.status_code != (304 if headers else 200):
                raise RuntimeError(f"{way}: {answer.status_code}")
    return found


def _asked(client: httpx.Client) -> dict[str, list[Asked]]:
    """What is asked for on each way, with the tag of what is known already."""
    addresses = _addresses(client)
    known = {"known page": addresses["page"], "known search": addresses["search"]}
    tagged = {
        way: [(address, {"If-None-Match": client.get(address).headers["etag"]}) for address in several]
        for way, several in known.items()
    }
    return {way: [(address, {}) for address in several] for way, several in addresses.items()} | tagged


def _addresses(client: httpx.Client) -> dict[str, list[str]]:
    """Words are the synonyms of the pack, as analysts type them; half of them with a filter more."""
    known = yaml.safe_load(load_pack().synonyms)
    words = sorted({word for group in known for word in (group if isinstance(group, list) else [group])})[:_WORDS]
    static = re.search(r'href="(/static/[^"]+\.css)"', client.get("/nb/").text)
    if static is None:
        raise RuntimeError("the page names no stylesheet")
    variables = _variables(client)
    publishers = [f"publisher=Utgiver {number}" for number in range(_WORDS)]
    return {
        "static": [static[1]] * _WORDS,
        "page": [f"/nb/katalog?q={word}" for word in words],
        "search": [f"/api/v1/search?q={word}" for word in words],
        "filtered": [f"/api/v1/search?q={word}&values=codes&joins=PERSON" for word in words],
        "browse": [f"/api/v1/search?{one}&page={n % 3 + 1}" for n, one in enumerate(publishers)],
        "detail": [f"/api/v1/search/variables/{variable}" for variable in variables[::2]],
        "variable page": [f"/nb/variabler/{variable}" for variable in variables[1::2]],
        "catalogues": ["/api/v1/catalogs/"] * (_WORDS // 4),
    }


def _variables(client: httpx.Client) -> list[str]:
    """The ids of many variables, of different publishers: none is asked for twice in a round."""
    found: dict[str, None] = {}
    for number in range(0, PUBLISHERS, 10):
        hits = client.get("/api/v1/search", params={"publisher": f"Utgiver {number}"}).raise_for_status().json()["hits"]
        found |= dict.fromkeys(hit["card"]["id"] for hit in hits[:10])
    return list(found)


@contextmanager
def _served(count: int) -> Iterator[httpx.Client]:
    folder = SCRATCH / "catalogue"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "bench.catalogueserver", str(folder), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline()) if server.stdout else 0
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                yield client
        finally:
            server.terminate()
            server.wait()
            embedded.stop(folder / "postgres")


def _page(measured: list[dict[str, list[float]]], count: int) -> str:
    lines = [
        "## The catalogue among many publishers",
        "",
        f"{count:,} variables of 200 publishers, each publisher a catalogue; one client, one request after the other",
        f"over one connection. `search`: {_WORDS} words as analysts type them, with every facet's counts; `filtered`:",
        "with a filter on values and one on what rows can be joined by; `browse`: no words, one publisher; `detail`:",
        "a variable each time, of twenty publishers in turn, and `variable page`: the page of as many others; `page`:",
        "the same searches as pages; `known page`, `known search`: asked for with the tag of the answer, which is",
        "unchanged; `catalogues`: the contract's list of",
        f"{CATALOGUES:,} catalogues, whole; `static`: the stylesheet, as the same server gives it.",
        "",
        f"{len(measured)} rounds, {datetime.now(UTC):%Y-%m-%d}.",
        "",
        "| way | median ms | 95th of a hundred, ms | requests for one of static |",
        "|---|---|---|---|",
    ]
    for way in WAYS:
        medians = [statistics.median(each[way]) * 1000 for each in measured]
        tails = [statistics.quantiles(each[way], n=20)[-1] * 1000 for each in measured]
        ratios = [statistics.mean(each["static"]) / statistics.mean(each[way]) for each in measured]
        lines.append(f"| {way} | {spread(medians, '.1f')} | {spread(tails, '.1f')} | {spread(ratios, '.3f')} |")
    return "\n".join(lines) + "\n"


def _harvests(measured: list[harvested.Seconds], triples: int) -> str:
    lines = [
        "",
        f"DCAT of the {PUBLISHERS} publishers with variables, a source each, {triples:,} triples as Turtle: over HTTP,",
        "read from the database each time; and plain rdflib with the same triples, with no HTTP and no database:",
        "that serialises a graph that it has already, which is the harder yardstick and the one to quote (wanted: at",
        "most 1.3); and that builds the graph of its triples first.",
        "",
        "| plain rdflib | ours, s | rdflib, s | ours / rdflib |",
        "|---|---|---|---|",
    ]
    ours = [each[0] for each in measured]
    for way, place in (("serialises", 2), ("builds and serialises", 1)):
        theirs, ratios = [each[place] for each in measured], [each[0] / each[place] for each in measured]
        lines.append(f"| {way} | {spread(ours, '.2f')} | {spread(theirs, '.2f')} | {spread(ratios, '.2f')} |")
    return "\n".join(lines) + "\n"
