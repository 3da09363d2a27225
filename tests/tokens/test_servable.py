"""An unsafe configuration does not start (negative test 30); what would make it unsafe has mostly no setting at all."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avrop.configuration import from_environment
from avrop.errors import AvropError
from avrop.http.app import FACES, create_app
from avrop.http.server import require_servable
from avrop.settings import IssuerSetting, PeerSetting, ServeSetting, Settings
from avrop.system import System, open_system
from tests.tokens.asking import Asking

ALL = tuple(FACES)
PEOPLE = IssuerSetting(
    issuer="https://people.example", keys_url="https://people.example/keys", audiences=("us",), admits="people"
)
CONSUMERS = replace(PEOPLE, issuer="https://consumers.example", admits="consumers")
SAFE = ServeSetting(
    faces=ALL,
    public_url="https://us.example/",
    behind_proxy=True,
    issuers=(PEOPLE, CONSUMERS),
    peers=(PeerSetting(organisation="receiver", url="https://receiver.example/"),),
)


def production(settings: Settings, **serve: Any) -> Settings:
    return replace(settings, demo=False, serve=replace(SAFE, **serve))


def test_a_safe_configuration_starts(settings: Settings) -> None:
    assert require_servable(production(settings)).faces == ALL
    certified = production(
        settings, behind_proxy=False, host="0.0.0.0", certificate=Path("c.pem"), private_key=Path("k.pem"),  # noqa: S104  an address that is told; nothing listens there
    )  # fmt: skip
    assert require_servable(certified).host == "0.0.0.0"  # noqa: S104  an address that is told; nothing listens there


@pytest.mark.parametrize(
    ("serve", "code"),
    [
        ({"behind_proxy": False}, "serve.no_tls"),
        ({"behind_proxy": True, "host": "0.0.0.0"}, "serve.no_tls"),  # noqa: S104  an address that is told; nothing listens there
        ({"behind_proxy": False, "certificate": Path("c.pem")}, "serve.no_tls"),
        ({"public_url": "http://us.example/"}, "serve.no_tls"),
        ({"public_url": "HTTPS://us.example/"}, "serve.no_tls"),
        ({"public_url": "https://us.example"}, "serve.public_url"),
        ({"issuers": (replace(PEOPLE, keys_url="http://people.example/keys"), CONSUMERS)}, "serve.no_tls"),
        ({"peers": (PeerSetting(organisation="receiver", url="http://receiver.example/"),)}, "serve.no_tls"),
        ({"cart_resolver": "http://resolver.example/"}, "serve.no_tls"),
        ({"faces": ()}, "serve.no_face"),
        ({"issuers": ()}, "serve.no_issuer"),
        ({"issuers": (PEOPLE,)}, "serve.no_issuer"),
    ],
    ids=str,
)
def test_an_unsafe_one_does_not(settings: Settings, serve: dict[str, Any], code: str) -> None:
    with pytest.raises(AvropError) as no:
        require_servable(production(settings, **serve))
    assert (no.value.code, no.value.exit_code) == (code, 2)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.4", "::"])  # noqa: S104  an address that is told; nothing listens there
def test_a_demo_listens_on_loopback_only(settings: Settings, host: str) -> None:
    with pytest.raises(AvropError) as no:
        require_servable(replace(settings, demo=True, serve=replace(SAFE, host=host)))
    assert no.value.code == "serve.demo_public"


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        (replace(PEOPLE, algorithms=("none",)), "issuer.algorithm"),
        (replace(PEOPLE, algorithms=("HS256",)), "issuer.algorithm"),
        (replace(PEOPLE, audiences=()), "issuer.audience"),
        (replace(PEOPLE, longest_life_seconds=10**9), "issuer.life"),
    ],
    ids=["none", "shared secret", "no audience", "endless"],
)
def test_an_issuer_of_which_anything_would_be_believed_does_not_open(
    settings: Settings, issuer: IssuerSetting, code: str
) -> None:
    with pytest.raises(AvropError) as no, open_system(production(settings, issuers=(issuer, CONSUMERS))):
        pass
    assert no.value.code == code


@pytest.mark.parametrize(
    "line",
    ["login = false", "auth = 'off'", "verify_tls = false", "debug = true", "cors = '*'", "allow_origins = ['*']",
     "secret = 'changeme'", "insecure = true", "reload = true", "follow_redirects = true", "demo = true"],
)  # fmt: skip
def test_there_is_no_setting_that_turns_a_protection_off(tmp_path: Path, line: str) -> None:
    """Nor is a wrong guess at one passed over: whoever wrote it believes that it does something."""
    file = tmp_path / "avrop.toml"
    good = 'name = "us"\n[serve]\nfaces = ["catalogue"]\npublic_url = "https://us.example/"\n'
    file.write_text(good)
    assert from_environment({"AVROP_CONFIG": str(file)}).serve is not None
    for text in (good + line, f"{line}\n{good}"):
        file.write_text(text)
        with pytest.raises(AvropError) as no:
            from_environment({"AVROP_CONFIG": str(file)})
        assert no.value.code == "document.unreadable"


def test_the_demos_clock_and_faults_do_not_work_in_production(tmp_path: Path) -> None:
    for name, value in (
        ("AVROP_NOW", "2026-01-01T00:00:00+00:00"),
        ("AVROP_FAULT_POINT", "x"),
        ("AVROP_CLOCK_FILE", "x"),
    ):
        with pytest.raises(AvropError) as no:
            from_environment({"AVROP_HOME": str(tmp_path), name: value})
        assert no.value.code == "settings.demo_only"


def test_no_page_may_read_an_answer_from_another_origin(system: System) -> None:
    app = create_app(system, faces=ALL)
    assert app.debug is False
    client = Asking(app)
    asked = {"Origin": "https://attacker.example", "Access-Control-Request-Method": "GET"}
    for method in ("GET", "OPTIONS", "POST"):
        for path in ("/health", "/api/openapi.json", "/api/v1/permissions/somebody/1", "/api/variables/X"):
            answer = client.request(method, path, headers=asked)
            assert [name for name in answer.headers if name.startswith("access-control-")] == []


def test_no_two_installations_have_a_key_in_common(settings: Settings, tmp_path: Path) -> None:
    """There is no default secret: each makes its own."""
    with open_system(settings) as one, open_system(replace(settings, keys_home=tmp_path / "other")) as other:
        assert one.keys.make_signing("log") != other.keys.make_signing("log")
