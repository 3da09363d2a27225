"""W2: a datasource that kudaf_datasource_tools 0.3.2 generated asks our permission end-point and believes our tokens.

Its exit status is no oracle, and its answers are: 200 and CSV, 401 for what is not granted, 404 for what is granted
and not served, 400 for an expired token.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import jwt
import pytest

from avrop.actions import permissions
from avrop.actors import Role
from avrop.demo.scene import Scene
from avrop.demo.standin import Persona, StandIn
from avrop.http.app import create_app
from avrop.settings import ServeSetting
from avrop.system import System
from tests.tokens.serving import Served, free_port, served
from tests.wire.generated import generate, peer_datasource
from tests.wire.opened import open_today, revoke_one

pytestmark = pytest.mark.wire

DATASOURCE = "02d0f79b-7fbc-422b-bb31-a4d22121f040"
AUDIENCE = f"https://n.feide.no/datasources/{DATASOURCE}"
SUBJECT = "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01"
GRANTED, NOT_SERVED, NOT_GRANTED = "PROGRAMME_AREA", "SEX", "TEST_NOT_GRANTED"
CSV = "Id,Verdi,Start_Dato,Stop_Dato\na1,J,2024-08-01,2025-08-01\na2,N,2024-08-01,2025-08-01\n"
DESCRIPTION = """\
projectInfo: {{organization: eksempel, author: tester, datasourceName: TEST, datasourceId: {datasource}}}
dataFiles:
- dataFile: &fil {{fileNameExt: verdier.csv, csvParseDelimiter: ",", fileDirectory: {folder}}}
variables:
"""
VARIABLE = """\
- name: {name}
  temporalityType: STATUS
  sensitivityLevel: NONPUBLIC
  populationDescription: [Noen]
  subjectFields: [Opplæring]
  identifierVariables: [{{unitType: PERSON}}]
  measureVariables: [{{label: Verdi, description: En verdi, dataType: STRING}}]
  dataMapping:
    dataFile: *fil
    identifierColumns: [Id]
    measureColumns: [Verdi]
    attributeColumns: [Start_Dato, Stop_Dato]
"""
PERSONAS = {
    name: Persona(subject=subject, audience=audience, kind="consumers")
    for name, subject, audience in (
        ("consumer", SUBJECT, AUDIENCE),
        ("of another organisation", "another", AUDIENCE),
        ("unregistered", "unregistered", AUDIENCE),
        ("for another datasource", SUBJECT, "https://n.feide.no/datasources/another"),
        ("climbing", f"x/../{SUBJECT}", AUDIENCE),
        ("climbing to our keys", "x/../../auth/keys", AUDIENCE),
        ("quoted climbing", f"x%2f..%2f{SUBJECT}", AUDIENCE),
        ("two segments", f"{SUBJECT}/{DATASOURCE}", AUDIENCE),
        ("two segments more", f"{SUBJECT}/{DATASOURCE}/x", AUDIENCE),
        ("with a fragment", f"{SUBJECT}#", AUDIENCE),
    )
}


@dataclass
class OurClock:
    """The machine's clock, or beside it."""

    beside: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.beside


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The peer's datasource, our installation, and the issuer that both believe."""

    peer: str
    ours: Served
    stand_in: StandIn
    scene: Scene
    system: System
    clock: OurClock

    def ask(self, variable: str, persona: str = "consumer") -> httpx.Response:
        token = self.stand_in.token(persona)
        return httpx.get(
            f"{self.peer}api/variables/{variable}", headers={"Authorization": f"Bearer {token}"}, timeout=60
        )


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a datasource that the tools generated for two variables."""
    folder = tmp_path_factory.mktemp("peer")
    (folder / "verdier.csv").write_text(CSV)
    text = DESCRIPTION.format(datasource=DATASOURCE, folder=folder)
    text += "".join(VARIABLE.format(name=name) for name in (GRANTED, NOT_GRANTED))
    (folder / "ds.yaml").write_text(text)
    return generate(folder, "ds.yaml")


@pytest.fixture(scope="module")
def meeting(
    generated: Path, fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Meeting]:
    """All three run; one consumer is registered for the receiver, and one for somebody else."""
    clock, ours, peers = OurClock(), free_port(), free_port()
    with open_today(tmp_path_factory.mktemp("ours"), fresh_database) as scene:
        operator = scene.person("provider", Role.OPERATOR)
        receiver = scene.person("receiver", Role.CUSTODIAN).organisation
        permissions.add_consumer(scene.provider, operator, subject=SUBJECT, organisation=receiver)
        permissions.add_consumer(scene.provider, operator, subject="another", organisation="another")
        serve = ServeSetting(faces=("casework",), public_url=f"http://127.0.0.1:{ours}/", datasource_id=DATASOURCE)
        system = replace(scene.provider, settings=replace(scene.provider.settings, serve=serve), clock=clock)
        stand_in = StandIn(
            settings=system.settings, url=f"http://127.0.0.1:{free_port()}", personas=PERSONAS,
            clock=lambda: datetime.now(UTC) - timedelta(seconds=1),
        )  # fmt: skip
        with (
            served(create_app(system, faces=("casework",)), ours) as running,
            stand_in.serving(),
            peer_datasource(generated, peers, issuer=f"{stand_in.url}/consumers", permissions_url=running.url) as peer,
        ):
            yield Meeting(peer=peer, ours=running, stand_in=stand_in, scene=scene, system=system, clock=clock)


def test_a_granted_variable_is_served_by_the_peer(meeting: Meeting) -> None:
    before = len(meeting.ours.asked)
    answer = meeting.ask(GRANTED)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    assert [line.split(",")[:2] for line in answer.text.splitlines()] == [["Id", "Verdi"], ["a1", "J"], ["a2", "N"]]
    assert meeting.ours.asked[before:] == [
        f"/api/v1/permissions/{SUBJECT}/{DATASOURCE}",
        "/api/v1/auth/.well-known/openid-configuration",
        "/api/v1/auth/keys",
    ]


def test_a_variable_that_is_not_granted_is_refused_by_the_peer(meeting: Meeting) -> None:
    assert meeting.ask(NOT_GRANTED).status_code == 401
    assert meeting.ask("UNKNOWN").status_code == 401


def test_a_granted_variable_that_the_peer_does_not_have_is_missing_there(meeting: Meeting) -> None:
    assert meeting.ask(NOT_SERVED).status_code == 404


@pytest.mark.parametrize("persona", ["of another organisation", "unregistered"])
def test_another_subject_gets_nothing_of_it(meeting: Meeting, persona: str) -> None:
    assert meeting.ask(GRANTED, persona).status_code == 401


def test_a_token_for_another_datasource_does_not_even_reach_us(meeting: Meeting) -> None:
    before = len(meeting.ours.asked)
    assert meeting.ask(GRANTED, "for another datasource").status_code == 400
    assert len(meeting.ours.asked) == before


@pytest.mark.parametrize(
    "persona", ["climbing to our keys", "quoted climbing", "two segments", "two segments more", "with a fragment"]
)
def test_a_subject_that_is_a_path_reaches_no_other_resource_of_ours(meeting: Meeting, persona: str) -> None:
    """The peer joins the subject into our address unquoted."""
    before = len(meeting.ours.asked)
    assert meeting.ask(GRANTED, persona).status_code in (401, 404)
    assert len(meeting.ours.asked) == before + 1  # it got no token to look for the key of


def test_a_subject_that_the_peer_turns_into_another_one_is_told_apart_by_the_tokens_subject(meeting: Meeting) -> None:
    """The peer's fault S3: it shortens `x/../somebody` to `somebody` before it asks, and so we are asked for somebody.
    The answer names whom it is about; the peer does not look."""
    before = len(meeting.ours.asked)
    assert meeting.ask(GRANTED, "climbing").status_code == 200
    path = meeting.ours.asked[before]
    assert path == f"/api/v1/permissions/{SUBJECT}/{DATASOURCE}"
    (item,) = httpx.get(meeting.ours.url.rstrip("/") + path).json()
    said = jwt.decode(item["authorizations"], options={"verify_signature": False})
    assert said["sub"] == SUBJECT != PERSONAS["climbing"].subject


def test_an_expired_permission_token_is_refused_by_the_peer(meeting: Meeting) -> None:
    meeting.clock.beside = -timedelta(minutes=10)
    try:
        assert meeting.ask(GRANTED).status_code == 400
    finally:
        meeting.clock.beside = timedelta()
    assert meeting.ask(GRANTED).status_code == 200


def test_the_peer_believes_a_new_key_at_once(meeting: Meeting) -> None:
    new = permissions.rotate_token_key(meeting.system, meeting.scene.person("provider", Role.OPERATOR))
    assert meeting.ask(GRANTED).status_code == 200
    (item,) = httpx.get(f"{meeting.ours.url}api/v1/permissions/{SUBJECT}/{DATASOURCE}").json()
    assert jwt.get_unverified_header(item["authorizations"])["kid"] == new


def test_after_a_revocation_the_next_call_is_refused_by_the_peer(meeting: Meeting) -> None:
    assert meeting.ask(GRANTED).status_code == 200
    revoke_one(meeting.scene)
    assert meeting.ask(GRANTED).status_code == 401
