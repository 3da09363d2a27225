"""The commands of the operators' page, in its order, at a provider, a receiver and a controller's own folder."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from avrop.packs import load_pack
from tests.cli.conftest import Prompt
from tools.source import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "keys.md").read_text("utf-8")
COMMANDS = [
    shlex.split(line.strip().removeprefix("$ avrop "))
    for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in block.strip().split("\n")
]
AT_RECEIVER = (["keys", "make", "sealing"], ["keys", "rotate", "sealing"], ["keys", "lose"])


class Parties:
    """Two installations and a controller's folder, in one working folder."""

    def __init__(self, folder: Path, fresh: Callable[[str], str]) -> None:
        self.folder = folder
        self.provider, self.receiver = (self._opened(name, fresh) for name in ("provider", "receiver"))
        for person in ("operator@provider",):
            self.provider.ok("account", "enrol", person, "--organisation", "provider", "--roles", "operator")
        pack = load_pack()
        for name, text in (("policy", pack.policy), ("rule", pack.rule)):
            (folder / f"{name}.yaml").write_text(text)
        provider = self.provider.ok("keys", "make", "signing", "provider").split()[-1]
        receiver = self.receiver.ok("keys", "make", "signing", "receiver").split()[-1]
        self.provider.ok(
            "account", "sign-agreement", "--provider", f"provider:P:{provider}", "--receiver", f"receiver:R:{receiver}",
            "--policy", "policy.yaml", "--rule", "rule.yaml", "--purpose", "statistics", "--as", "operator@provider",
        )  # fmt: skip
        self.provider.ok("account", "export-agreement", "--out", "agreement.json")
        self.receiver.ok("account", "import-agreement", "agreement.json", "--provider-key", provider)
        self.old = self.provider.ok("decide", "make-key", "--keys", "keys-03", "--key", "c-03").split()[-1]
        self.provider.ok(
            "account", "adhere", "03", "--name", "Three", "--public-key", self.old, "--body", "Council",
            "--as", "operator@provider",
        )  # fmt: skip

    def _opened(self, name: str, fresh: Callable[[str], str]) -> Prompt:
        environment = {
            "AVROP_NAME": name, "AVROP_HOME": str(self.folder / name), "AVROP_KEYS_HOME": str(self.folder / f"{name}-keys"),
            "AVROP_DATABASE_URL": fresh(name),
        }  # fmt: skip
        return Prompt(folder=self.folder, environment=environment)

    def keys(self, at: Prompt, use: str) -> list[dict[str, str]]:
        return [key for key in json.loads(at.ok("keys", "show", "--json")) if key["use"] == use]

    def do(self, words: list[str]) -> None:
        """One command of the page, where it says that it is given."""
        at = self.receiver if any(words[: len(x)] == x for x in AT_RECEIVER) else self.provider
        current = [key["key"] for key in self.keys(self.receiver, "sealing") if key["stands"].startswith("current")]
        given = [{"KEY": current[-1] if current else "", "OLD": self.old}.get(word, word) for word in words]
        at.ok(*given)
        if words[1] == "vouch":  # the provider first, then the receiver
            self.receiver.ok(*given)
        if words[1] == "promote":
            self.old = self.provider.ok("decide", "make-key", "--keys", "keys-03", "--key", "c-03").split()[-1]


@pytest.fixture
def parties(tmp_path: Path, fresh_database: Callable[[str], str]) -> Parties:
    return Parties(tmp_path, fresh_database)


def test_the_page_in_its_order(parties: Parties) -> None:
    first = parties.old
    assert len(COMMANDS) > 15
    for words in COMMANDS:
        parties.do(words)
    parties.provider.ok("keys", "promote", "--keys", "keys-03", "--key", "c-03")
    holders = [(key["holder"], key["stands"].split(" ")[0]) for key in parties.keys(parties.provider, "signing")]
    assert holders == [
        ("controller/03", "ended"), ("controller/03", "ended"), ("controller/03", "in"), ("log", "replaced"), ("log", "in"),
        ("provider", "replaced"), ("provider", "in"), ("receiver", "in"),
    ]  # fmt: skip
    assert [key["stands"].split(",")[0] for key in parties.keys(parties.receiver, "sealing")] == ["retired", "current"]
    parties.provider.ok("account", "public-keys", "--out", "keys.json")
    held = json.loads((parties.folder / "keys.json").read_text())["controllers"]["03"]
    assert len(held) == 2 and first not in held, "one of each chain: the newest before the end, and the renewed one"
    parties.provider.ok("account", "bundle", "bundle")
    assert "sound" in parties.provider.ok("verify", "bundle", "--keys", "keys.json")


def test_exit_codes_and_hints_of_what_is_refused(parties: Parties) -> None:
    assert "[keys.actor]" in parties.provider.no(2, "keys", "rotate", "signing")
    assert "[keys.not_own]" in parties.receiver.no(2, "keys", "rotate", "signing", "provider")
    assert "[keys.no_sealing]" not in parties.receiver.ok("keys", "rotate", "sealing"), "the first is made by the way"
    assert "[keys.sealing_unknown]" in parties.receiver.no(5, "keys", "retire", "0" * 16)
    assert "[keys.why]" in parties.provider.no(
        2, "keys", "end", "controller/03", "--why", "bored", "--as", "operator@provider"
    )
    assert "[keys.holder]" in parties.provider.no(
        2, "keys", "end", "controller/99", "--why", "lost", "--as", "operator@provider"
    )
    assert "[keys.still_in_force]" in parties.receiver.no(
        2, "keys", "renew", "receiver", "--decided-by", "The board", "--out", "r.json"
    )
    assert "[remote.unknown_peer]" in parties.provider.no(2, "keys", "fetch", "nobody")
