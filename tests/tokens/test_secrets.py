"""What a server says and shows to the machine holds no token, no signature, no subject and no key (negative test 29)."""

import subprocess
from datetime import timedelta

import pytest

from avrop.demo.scene import Scene
from avrop.demo.standin import Persona, StandIn
from tests import asking
from tests.tokens.conftest import DATASOURCE, SUBJECT, free_url
from tests.tokens.process import Process, serving

pytestmark = pytest.mark.slow

PEOPLE, CONSUMERS = "https://us.example/people", "https://us.example/consumers"
CANARY = "canary-subject-4711"
PERSONAS = {
    "operator": Persona(subject="operator@provider", audience=PEOPLE, kind="people"),
    "unenrolled": Persona(subject=f"{CANARY}@nowhere", audience=PEOPLE, kind="people"),
    "for others": Persona(subject=f"{CANARY}-others", audience=f"https://{CANARY}.example", kind="people"),
    "consumer": Persona(subject=SUBJECT, audience=CONSUMERS, kind="consumers"),
    "unregistered": Persona(subject=f"{CANARY}-consumer", audience=CONSUMERS, kind="consumers"),
}


@pytest.fixture(scope="module")
def stand_in(scene: Scene) -> StandIn:
    return StandIn(settings=scene.provider.settings, url=free_url(), personas=PERSONAS, clock=scene.clock)


def ask_everything(process: Process, stand_in: StandIn) -> list[str]:
    """Good and bad tokens in every place, to every kind of route. Returns what must not be found again."""
    secrets = []
    for name in PERSONAS:
        token = stand_in.token(name)
        secrets += [token, *token.split(".")[1:]]
        for path in ("api/variables/PROGRAMME_AREA", "api/v1/call-offs/2026-001", "api/v1/nothing", "health"):
            for headers, params in (
                ({"Authorization": f"Bearer {token}"}, {}),
                ({"Authorization": f"Bearer {token}x"}, {}),
                ({"Authorization": f"Bearerx {token}"}, {}),
                ({}, {"access_token": token}),
                ({"Cookie": f"token={token}"}, {"start": token}),
            ):
                answer = asking.get(process.url + path, headers=headers, params=params, timeout=60)
                assert answer.status_code < 500, answer.text
                assert token not in answer.text
    for subject in (SUBJECT, f"{CANARY}-asked"):
        found = asking.get(f"{process.url}api/v1/permissions/{subject}/{DATASOURCE}", timeout=60)
        secrets += [part for item in found.json() for part in item["authorizations"].split(".")[1:]]
    return [*secrets, SUBJECT, CANARY]


def keys(scene: Scene) -> list[str]:
    """The master key and the clear text of nothing else: the other files are encrypted with it."""
    master = (scene.provider.settings.keys_home / "master.key").read_bytes()
    return [master.hex(), repr(master)[2:-1]]


def test_a_servers_log_and_its_process_show_no_secret(scene: Scene, stand_in: StandIn) -> None:
    issuers = (stand_in.issuer("people", PEOPLE), stand_in.issuer("consumers", CONSUMERS))
    with serving(
        scene, faces=("casework", "datasource"), datasource=DATASOURCE, issuers=issuers,
        allowed_hosts=(stand_in.allowed_host,),
    ) as process:  # fmt: skip
        secrets = ask_everything(process, stand_in)  # nobody answers at the issuer: that is logged
        with stand_in.serving():
            scene.clock.advance(to=scene.clock() + timedelta(minutes=2))  # it is asked again after a minute
            secrets += ask_everything(process, stand_in) + keys(scene)
        shown = subprocess.run(
            ["ps", "-o", "args", "-p", str(process.running.pid)], capture_output=True, text=True, check=True
        ).stdout
    said = process.said.read_text()
    assert "the keys of an issuer could not be fetched" in said
    assert "a token was refused: audience" in said
    assert "avrop serve" in shown
    assert len(secrets) == 2 * (3 * len(PERSONAS) + 2 + 2) + 2  # with one authorisation in each round
    assert [secret for secret in secrets if secret in said or secret in shown] == []
    assert scene.provider.url not in said + shown
