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
    key = prompt.ok("keys", "make", "signing", "provider").split()[-1]
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


def test_a_key_store_that_is_named_by_mistake_gets_no_keys(signed: Prompt) -> None:
    signed.ok("account", "public-keys", "--out", "keys.json")
    right, wrong = signed.environment["AVROP_KEYS_HOME"], str(signed.folder / "typo")
    for words in (
        ("account", "checkpoint", "--out", "held.txt"), ("account", "public-keys", "--out", "other.json"),
        ("account", "bundle", "bundle"),
    ):  # fmt: skip
        signed.environment["AVROP_KEYS_HOME"] = wrong
        assert "[keys.missing]" in signed.no(1, *words)
        assert not Path(wrong).exists()
    signed.environment["AVROP_KEYS_HOME"] = right
    signed.ok("account", "bundle", "bundle")
    assert "sound" in signed.ok("verify", "bundle", "--keys", "keys.json")


def test_before_the_first_checkpoint_a_wrong_key_store_gets_no_log_key_either(signed: Prompt) -> None:
    signed.environment["AVROP_KEYS_HOME"] = str(signed.folder / "typo")
    assert "[keys.not_held]" in signed.no(1, "account", "checkpoint", "--out", "held.txt")
    assert not (signed.folder / "typo").exists()


def test_another_log_key_than_that_of_the_first_checkpoint_is_not_used(signed: Prompt) -> None:
    signed.ok("account", "checkpoint", "--out", "held.txt")
    signed.environment["AVROP_KEYS_HOME"] = str(signed.folder / "other")
    signed.ok("keys", "make", "signing", "log")
    assert "[keys.not_held]" in signed.no(1, "account", "checkpoint", "--out", "again.txt")


def test_signing_with_a_key_store_that_is_not_there_makes_none(prompt: Prompt) -> None:
    revocation = {
        "call_off": "2026-001", "controller": "03", "decision": f"sha256:{'0' * 64}", "reason": "wrong",
        "recall": False, "decided_by": "d@03", "decided_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    (prompt.folder / "r.json").write_text(json.dumps(revocation))
    words = ("--keys", "typo", "--key", "controller-03", "--out", "signed.json")
    assert "[keys.missing]" in prompt.no(1, "decide", "sign", "revocation", "r.json", *words)
    assert not (prompt.folder / "typo").exists()
