"""Keys at the prompt: one that is given is checked, one that is needed is never made by the way."""

import base64
import json
from pathlib import Path

import pytest

from avrop.packs import load_pack
from tests.cli.conftest import Prompt

SOUND = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def signed(prompt: Prompt) -> Prompt:
    """An installation with the agreement in force."""
    begin(prompt)
    return prompt


def begin(prompt: Prompt) -> None:
    key = prompt.ok("account", "make-key", "provider").split()[-1]
    prompt.ok(*agreement(prompt.folder, key))


def agreement(folder: Path, key: str) -> tuple[str, ...]:
    """The words that sign the agreement with this key of the provider."""
    pack = load_pack()
    for name, text in (("policy", pack.policy), ("rule", pack.rule)):
        (folder / f"{name}.yaml").write_text(text)
    return (
        "account", "sign-agreement", "--provider", f"provider:The provider:{key}", "--receiver",
        f"receiver:The receiver:{SOUND}", "--policy", "policy.yaml", "--rule", "rule.yaml", "--purpose", "statistics",
        "--as", "op@provider",
    )  # fmt: skip


def test_an_agreement_names_the_key_that_the_provider_signs_with(prompt: Prompt) -> None:
    assert "[agreement.own_key]" in prompt.no(2, *agreement(prompt.folder, SOUND))
    begin(prompt)


def test_an_imported_agreement_is_checked_against_a_public_key(signed: Prompt) -> None:
    signed.ok("account", "export-agreement", "--out", "agreement.json")
    assert "[keys.form]" in signed.no(2, "account", "import-agreement", "agreement.json", "--provider-key", "abc")


def test_verification_names_the_file_and_the_holder_of_a_bad_key(signed: Prompt) -> None:
    signed.ok("account", "public-keys", "--out", "keys.json")
    keys = json.loads((signed.folder / "keys.json").read_text())
    keys["controllers"]["03"] = "nonsense"
    (signed.folder / "spoilt.json").write_text(json.dumps(keys))
    signed.ok("account", "bundle", "bundle")
    told = signed.no(2, "verify", "bundle", "--keys", "spoilt.json")
    assert "spoilt.json" in told and "controller/03" in told
