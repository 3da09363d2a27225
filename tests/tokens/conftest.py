"""An installation that believes the demo's stand-in issuers, which are served on loopback."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from avrop.actions import account, permissions
from avrop.actors import Role
from avrop.demo.scene import Scene
from avrop.demo.standin import Persona, StandIn
from avrop.settings import ServeSetting, Settings
from avrop.system import System, open_system
from tests.scenes import OPEN, played

SUBJECT, ANOTHER = "0b1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a01", "2d1e6a52-7f0c-4a55-9a3e-2f5d1f1c0a02"
DATASOURCE = "02d0f79b-7fbc-422b-bb31-a4d22121f040"
NOW = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
PEOPLE, CONSUMERS = "https://us.example/people", "https://us.example/datasources/1"
PERSONAS = {
    "operator": Persona(subject="operator@provider", audience=PEOPLE, kind="people"),
    "several": Persona(subject="several@receiver", audience=PEOPLE, kind="people"),
    "unenrolled": Persona(subject="nobody@receiver", audience=PEOPLE, kind="people"),
    "for others": Persona(subject="operator@provider", audience="https://other.example", kind="people"),
    "consumer": Persona(subject="somebody", audience=CONSUMERS, kind="consumers"),
    "consumer named as a person": Persona(subject="operator@provider", audience=PEOPLE, kind="consumers"),
}


def free_url() -> str:
    """An address on loopback where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def stand_in(settings: Settings) -> Iterator[StandIn]:
    """The issuers, served."""
    found = StandIn(settings=settings, url=free_url(), personas=PERSONAS, clock=lambda: NOW)
    with found.serving():
        yield found


@pytest.fixture
def believing(settings: Settings, stand_in: StandIn) -> Iterator[System]:
    """An installation that believes them, with an operator and somebody with two roles in its directory."""
    serve = ServeSetting(
        faces=(),
        public_url="https://us.example/",
        issuers=(stand_in.issuer("people", PEOPLE), stand_in.issuer("consumers", CONSUMERS)),
        allowed_hosts=(stand_in.allowed_host,),
    )
    with open_system(replace(settings, serve=serve), clock=lambda: NOW) as system:
        account.enrol(system, person="operator@provider", organisation="provider", roles=(Role.OPERATOR,))
        account.enrol(
            system, person="several@receiver", organisation="receiver", roles=(Role.APPLICANT, Role.CUSTODIAN)
        )
        yield system


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Two installations; the first generation is open, and one subject is registered for the receiver."""
    with played(tmp_path_factory.mktemp("scene"), *OPEN) as opened:
        operator, receiver = opened.person("provider", Role.OPERATOR), opened.person("receiver", Role.CUSTODIAN)
        permissions.add_consumer(opened.provider, operator, subject=SUBJECT, organisation=receiver.organisation)
        permissions.add_consumer(opened.provider, operator, subject=ANOTHER, organisation="another")
        yield opened
