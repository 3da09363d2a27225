"""The external mode is whole or does not start: nothing of it is guessed, and no key to it stands where it is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from avrop.configuration import from_environment
from avrop.errors import AvropError
from avrop.http.server import require_servable
from avrop.settings import ExternalSetting, ServeSetting, Settings, SignerSetting
from avrop.system import System, open_system
from tests.tokens.test_servable import SAFE

SIGNER = SignerSetting(issuer="core.example/auth", keys_url="https://core.example/keys", audiences=("us",))
EXTERNAL = ExternalSetting(
    url="https://meta.example/", permissions_url="https://core.example/permissions/", issuer=SIGNER
)  # fmt: skip
SERVE = replace(SAFE, faces=("casework", "datasource", "inbox", "witness"), datasource_id="us")
FILE = """
name = "us"
commons = "external"

[external]
url = "https://meta.example/"
permissions_url = "https://core.example/permissions/"
key_file = "secrets/commons.key"

[external.issuer]
issuer = "core.example/auth"
keys_url = "https://core.example/keys"
audiences = ["us"]
"""


def beside(settings: Settings, *, demo: bool = False, external: ExternalSetting = EXTERNAL, **serve: Any) -> Settings:
    return replace(settings, demo=demo, commons="external", external=external, serve=replace(SERVE, **serve))


@pytest.mark.parametrize("demo", [True, False])
def test_beside_an_external_commons_every_face_but_the_catalogue_stands(settings: Settings, demo: bool) -> None:
    assert require_servable(beside(settings, demo=demo)).faces == SERVE.faces
    with pytest.raises(AvropError) as no:
        require_servable(beside(settings, demo=demo, faces=("casework", "catalogue")))
    assert (no.value.code, no.value.exit_code) == ("serve.external_catalogue", 2)


@pytest.mark.parametrize("demo", [True, False])
@pytest.mark.parametrize("named", [None, ""])
def test_a_datasource_that_the_commons_cannot_name_does_not_start(
    settings: Settings, demo: bool, named: str | None
) -> None:
    with pytest.raises(AvropError) as no:
        require_servable(beside(settings, demo=demo, datasource_id=named))
    assert no.value.code == "serve.no_datasource_id"
    assert require_servable(beside(settings, demo=demo, datasource_id=named, faces=("casework",)))


@pytest.mark.parametrize(
    "external",
    [
        replace(EXTERNAL, url="http://meta.example/"),
        replace(EXTERNAL, permissions_url="http://core.example/permissions/"),
        replace(EXTERNAL, issuer=replace(SIGNER, keys_url="http://core.example/keys")),
    ],
    ids=["the back-end", "the permissions", "the keys"],
)
def test_outside_the_demo_a_commons_is_asked_over_tls(settings: Settings, external: ExternalSetting) -> None:
    with pytest.raises(AvropError) as no:
        require_servable(beside(settings, external=external))
    assert no.value.code == "serve.no_tls"


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        (replace(SIGNER, algorithms=("none",)), "issuer.algorithm"),
        (replace(SIGNER, algorithms=("RS256", "HS256")), "issuer.algorithm"),
        (replace(SIGNER, audiences=()), "issuer.audience"),
        (replace(SIGNER, longest_life_seconds=10**9), "issuer.life"),
        (replace(SIGNER, issuer=""), "issuer.name"),
        (replace(SIGNER, issuer="https://consumers.example"), "issuer.twice"),
    ],
    ids=["none", "shared secret", "no audience", "endless", "no name", "that of the consumers"],
)
def test_an_issuer_whose_word_would_be_anybodys_does_not_open(
    settings: Settings, issuer: SignerSetting, code: str
) -> None:
    with pytest.raises(AvropError) as no, open_system(beside(settings, external=replace(EXTERNAL, issuer=issuer))):
        pass
    assert no.value.code == code


def test_the_mode_without_its_commons_is_no_mode(settings: Settings) -> None:
    with pytest.raises(AvropError) as no:
        replace(settings, commons="external")
    assert no.value.code == "settings.no_external"


def test_an_installation_is_never_open_in_one_mode_with_the_settings_of_the_other(
    settings: Settings, system: System
) -> None:
    """Nothing asks, and everybody is let in: that must not come about by replacing settings."""
    with pytest.raises(AvropError) as no:
        replace(system, settings=beside(settings, demo=True))
    assert no.value.code == "system.authorisations"
    with open_system(beside(settings, demo=True)) as opened, pytest.raises(AvropError):
        replace(opened, settings=settings)


def test_a_commons_that_is_written_down_has_no_say_until_the_mode_says_so(settings: Settings) -> None:
    written = replace(settings, external=EXTERNAL, serve=replace(SAFE, datasource_id=None))
    assert written.outside is None
    assert "catalogue" in require_servable(written).faces
    with open_system(written) as system:
        assert system.authorisations is None


def test_a_file_says_which_commons_it_is_and_where_the_key_lies(tmp_path: Path) -> None:
    (tmp_path / "us.toml").write_text(FILE)
    read = from_environment({"AVROP_CONFIG": str(tmp_path / "us.toml")})
    assert read.outside == replace(EXTERNAL, key_file=(tmp_path / "secrets" / "commons.key").resolve())
    assert (
        from_environment({"AVROP_CONFIG": str(tmp_path / "us.toml"), "AVROP_COMMONS_KEY": "k.1"}).commons_key == "k.1"
    )


@pytest.mark.parametrize(
    "line", ['key = "k.1"', 'api_key = "k.1"', "verify = false", 'permissions = "any"', 'commons = "both"']
)
def test_neither_a_key_nor_a_way_around_can_be_written_in_it(tmp_path: Path, line: str) -> None:
    (tmp_path / "us.toml").write_text(FILE.replace("[external]\n", f"[external]\n{line}\n", 1))
    with pytest.raises(AvropError) as no:
        from_environment({"AVROP_CONFIG": str(tmp_path / "us.toml")})
    assert no.value.code == "document.unreadable"
    assert "k.1" not in str(no.value)


@pytest.mark.parametrize("part", ["permissions_url", "url", "issuer", "keys_url", "audiences"])
def test_no_part_of_it_has_a_default(tmp_path: Path, part: str) -> None:
    lines = [line for line in FILE.splitlines() if not line.startswith(f"{part} =")]
    (tmp_path / "us.toml").write_text("\n".join(lines))
    with pytest.raises(AvropError) as no:
        from_environment({"AVROP_CONFIG": str(tmp_path / "us.toml")})
    assert no.value.code == "document.unreadable"


def test_the_key_is_in_no_text_of_the_settings(settings: Settings) -> None:
    told = replace(settings, commons="external", external=EXTERNAL, commons_key="key.secret", serve=ServeSetting(
        faces=(), public_url="https://us.example/"
    ))  # fmt: skip
    assert "key.secret" not in repr(told)
