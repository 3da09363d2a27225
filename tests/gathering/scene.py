"""A commons that gathers, sources that say what they are told to, and everything that is held."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from avrop.actions import gathering
from avrop.actions.find import find
from avrop.actions.gathering import GatherReport
from avrop.actors import Actor, OrganisationId, PersonId, Role
from avrop.catalogue.search.questions import Search
from avrop.outbound.guard import Outbound
from avrop.store import commons_tables as t
from avrop.store import db
from avrop.system import System
from tests.outbound.peers import Peer, answer, peer

OPERATOR = Actor(person=PersonId("op@commons"), organisation=OrganisationId("commons"), role=Role.OPERATOR)
START = datetime(2026, 11, 29, 8, tzinfo=UTC)
TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
<https://other.example/d/1> a dcat:Dataset ; dct:title "Studenter"@nb, "Students"@en, "Étudiants"@fr .
<https://other.example/?d=2> a dcat:Dataset ; dct:title "Eksamener"@nb ; dct:description "Alle eksamener."@nb .
<https://other.example/d/3> a dcat:Dataset .
"""


def variable(name: str, label: str = "Poeng", **more: Any) -> dict[str, Any]:
    person = {"name": "PERSON", "label": "Person", "description": [{"languageCode": "no", "value": "Et menneske"}]}
    return {
        "name": name, "temporalityType": "EVENT", "sensitivityLevel": "NONPUBLIC", "dataRetrievalUrl": "https://x.example/",
        "populationDescription": [{"languageCode": "nb", "value": "Alle"}], "unknown": {"field": 1},
        "identifierVariables": [{"name": "PERSON", "label": "Person", "keyType": person, "dataType": "STRING"}],
        "measureVariables": [{"name": name, "label": label, "dataType": "LONG", "representedVariables": [
            {"description": [{"languageCode": "no", "value": f"{label} her"}], "valueDomain": {"codeList": [{"code": "1", "categoryTitle": "Ja"}]}}]}],
        **more,
    }  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def contents(system: System) -> dict[str, list[Any]]:
    """Everything that the commons holds and the search finds, but for sources' own notes."""
    kinds = (t.catalogues, t.unit_types, t.datasets, t.variables)
    with db.transaction(system.database) as connection:
        found = {kind.name: [tuple(row) for row in connection.execute(kind.select())] for kind in kinds}
    found["found"] = [card.card.id for card in find(system, Search()).hits]
    return {name: rows for name, rows in found.items() if rows}


def reaching(system: System, *peers: Peer) -> System:
    return replace(system, outbound=Outbound(allowed_hosts=tuple(each.host for each in peers)))


def gathered(
    system: System, say: Callable[..., None], *, form: gathering.Form = "variables", name: str = "other"
) -> tuple[GatherReport, Peer]:
    with peer(say) as other:
        system = reaching(system, other)
        if name not in {source.name for source in gathering.sources(system)}:
            gathering.add_source(
                system, OPERATOR, name, url=f"{other.url}/api", form=form, publisher="Other", every_minutes=60
            )
        else:
            with db.transaction(system.database) as connection:
                connection.execute(t.sources.update().where(t.sources.c.name == name).values(url=f"{other.url}/api"))
        return gathering.read_source(system, name), other


def told(*variables: dict[str, Any], **headers: str) -> Callable[..., None]:
    return answer(200, json.dumps(variables).encode(), Content_Type="application/json", **headers)


def turtle(text: str) -> Callable[..., None]:
    return answer(200, text.encode(), Content_Type="text/turtle; charset=utf-8")
