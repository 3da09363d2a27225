"""Harvest: our catalogue as national catalogues read it, with a tag that changes only with the text."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import cast

from avrop.accounts.entries import CaseId
from avrop.actions import facts as f
from avrop.canonical import Digest, digest_bytes
from avrop.catalogue import triples
from avrop.catalogue.dcat import Part, Places, statements
from avrop.catalogue.publishing import Publishing
from avrop.catalogue.yamltext import read_yaml
from avrop.errors import Missing, Mistake
from avrop.governance.cases import ACCOUNT
from avrop.settings import ServeSetting
from avrop.store import db, documents
from avrop.store import events as event_store
from avrop.system import System

FORMS: Mapping[str, Callable[..., str]] = {
    "text/turtle": triples.turtle, "application/rdf+xml": triples.rdf_xml, "application/ld+json": triples.json_ld,
}  # fmt: skip
"""The media types that a harvester may ask for, the usual one first."""
_LOG = logging.getLogger("avrop.harvest")


@dataclass(frozen=True, kw_only=True, slots=True)
class Harvested:
    """A catalogue's text, and the tag of its bytes."""

    body: bytes
    media_type: str
    tag: str


def publishing_of(system: System) -> tuple[ServeSetting, Publishing]:
    """Where we serve and who publishes, by the configuration.

    Errors: `dcat.no_publisher` (Missing), `dcat.unreadable` (Mistake).
    """
    serve = system.settings.serve
    if serve is None or serve.publisher is None:
        raise Missing(
            "dcat.no_publisher", "The configuration does not say who publishes.",
            hint="Name a file in `publisher` of [serve].",
        )  # fmt: skip
    return serve, _read(serve.publisher)


def asked_of(system: System) -> Publishing | None:
    """Who publishes, as pages name them; None where the configuration does not say, or its file cannot be read: a page
    is worth having without, and DCAT says what is wrong."""
    serve = system.settings.serve
    if serve is None or serve.publisher is None:
        return None
    try:
        return _kept(serve.publisher, serve.publisher.stat().st_mtime_ns)
    except (OSError, Mistake) as failure:
        _LOG.error("the publisher's file: %s", getattr(failure, "code", type(failure).__name__))
        return None


@lru_cache(maxsize=4)
def _kept(path: Path, _changed: int) -> Publishing:
    """The same, read once for each state of the file: every page names it."""
    return _read(path)


def _read(path: Path) -> Publishing:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as failure:
        raise Mistake(
            "dcat.unreadable", f"The publisher's file cannot be read ({type(failure).__name__}).",
            hint="Correct `publisher` of [serve].", file=path.name,
        ) from None  # fmt: skip
    return cast("Publishing", read_yaml(Publishing, text, file=path.name, code="dcat.yaml"))


def catalogue(system: System, name: str, media_type: str) -> Harvested:
    """Our published catalogue as DCAT. Errors: `dcat.unknown` (Missing) for another name, and as `publishing_of`."""
    serve, publishing = publishing_of(system)
    with db.transaction(system.database) as connection:
        account = f.account(connection)
        if account.catalogue is None or f.catalogue(connection, account.catalogue).name != name:
            raise no_catalogue()
        sealed, text = account.catalogue, documents.get(connection, account.catalogue)
        since = [
            each.at for each in event_store.payloads(connection, CaseId(ACCOUNT)) if _publishes(each.event, sealed)
        ]
    parts = tuple(Part(code=code, name=each.name) for code, each in sorted(account.controllers.items()))
    data = f"{serve.public_url}api/variables/" if "datasource" in serve.faces else None
    places = Places(base=f"{serve.public_url}dcat/", pages=serve.public_url, data=data)
    return _written(text, publishing, parts, places, max(since, default=datetime.min.replace(tzinfo=UTC)), media_type)


def _publishes(event: object, sealed: Digest) -> bool:
    return getattr(event, "type", "") == "CataloguePublished" and getattr(event, "catalogue", None) == sealed


@lru_cache(maxsize=12)
def _written(
    text: bytes, publishing: Publishing, parts: tuple[Part, ...], places: Places, since: datetime, media_type: str
) -> Harvested:
    told = statements(f.read_catalogue(text), publishing, parts, places, issued=since.date())
    return harvested(FORMS[media_type](told), media_type)


def harvested(text: str, media_type: str) -> Harvested:
    """A text with the tag of its bytes."""
    body = text.encode()
    return Harvested(body=body, media_type=media_type, tag=f'"{digest_bytes(body).partition(":")[2]}"')


def no_catalogue() -> Missing:
    """The answer to whoever asks for a catalogue that is none of ours."""
    return Missing("dcat.unknown", "There is no catalogue of that name.", hint="See the list of them: `/dcat`.")
