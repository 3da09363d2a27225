"""Every command: help with an example, JSON, exit codes by error class; and a call-off by commands alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
import typer

from avrop.cli.main import app
from avrop.packs import load_pack
from tests.sources import place

pytestmark = pytest.mark.slow

AVROP = [sys.executable, "-m", "avrop"]


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if getattr(command, "commands", None):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[" ".join(path) for path, _ in ALL])
def test_each_command_has_a_sentence_and_an_example_that_names_it(
    path: tuple[str, ...], command: click.Command
) -> None:
    assert (command.help or "").rstrip().endswith((".", ".`"))
    assert command.epilog is not None
    assert command.epilog.startswith(f"Example: avrop {' '.join(path)}")


def test_every_verb_is_a_command() -> None:
    verbs = {"describe", "publish", "apply", "assess", "decide", "disclose", "receive", "account"}
    assert verbs <= {path[0] for path, _ in ALL}
    assert {"demo", "verify", "work", "tick"} <= {path[0] for path, _ in ALL}


class Line:
    """A command line on one installation."""

    def __init__(self, folder: Path, name: str, url: str) -> None:
        self.folder = folder
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AVROP")},
            "AVROP_NAME": name, "AVROP_HOME": str(folder / name), "AVROP_KEYS_HOME": str(folder / f"{name}-keys"),
            "AVROP_DATABASE_URL": url,
        }  # fmt: skip

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*AVROP, *words], capture_output=True, text=True, env=self.environment, cwd=self.folder, check=False
        )

    def ok(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def no(self, code: int, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == code, (done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stderr


@pytest.fixture(scope="module")
def line(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Line:
    return Line(tmp_path_factory.mktemp("cli"), "provider", fresh_database("provider"))


def test_a_call_off_by_commands_alone(line: Line) -> None:
    """From an empty database to a signed decision, a refused one, a rebuilt list and a verified bundle."""
    pack, folder = load_pack(), line.folder
    for name, text in (("policy", pack.policy), ("rule", pack.rule)):
        (folder / f"{name}.yaml").write_text(text)
    people = (
        ("op@provider", "provider", "operator"), ("op2@provider", "provider", "operator"), ("ask@hkdir", "hkdir", "applicant"),
        ("d@03", "03", "decider"), ("h@03", "03", "case_handler"), ("dpo@03", "03", "dpo"), ("d@11", "11", "decider"),
    )  # fmt: skip
    for person, organisation, role in people:
        line.ok("account", "enrol", person, "--organisation", organisation, "--roles", role)
    key = line.ok("keys", "make", "signing", "provider").split()[-1]
    parties = ("--provider", f"provider:The provider:{key}", "--receiver", f"hkdir:The receiver:{key}")
    line.ok(
        "account", "sign-agreement", *parties, "--policy", "policy.yaml", "--rule", "rule.yaml", "--purpose", "statistics",
        "--as", "op@provider",
    )  # fmt: skip
    for code in ("03", "11"):
        public = line.ok("decide", "make-key", "--keys", f"keys-{code}", "--key", f"c-{code}").split()[-1]
        adhesion = ("--name", f"Controller {code}", "--public-key", public, "--body", "Council", "--as", "op@provider")
        line.ok("account", "adhere", code, *adhesion)
        span = ("--start", "2020-01-01", "--end", "2099-01-01", "--as", "op@provider")
        line.ok("account", "delegate", code, f"d@{code}", *span)
    assert json.loads(line.ok("publish", "catalogue", "--as", "op@provider", "--json"))["catalogue"] == "vigo 2026.1"
    place(folder)
    named = [f"{p.name.split('-')[0]}={p}" for p in sorted((folder / "sources").iterdir()) if p.is_file()]
    line.ok("publish", "snapshot", *named, "--as", "op@provider")
    for name in ("protected", "objecting"):
        line.ok("publish", "list", name, f"sources/lists/{name}.csv", "--as", "op@provider")
    text = (
        pack.call_offs["narrowed.yaml"]
        .replace("number: 2", "number: 1")
        .replace("minimum_controllers: 10", "minimum_controllers: 1")
    )
    start, end = text.index("controllers:\n"), text.index("coverage:")
    (folder / "c.yaml").write_text(f"{text[:start]}controllers: ['03', '11']\n{text[end:]}")
    assert "C-10" in line.ok("apply", "check", "c.yaml")
    line.ok("apply", "submit", "c.yaml", "--as", "ask@hkdir")
    assert json.loads(line.ok("assess", "findings", "2026-001", "--json"))[0]["check"] == "C-10"
    line.ok("assess", "accept", "2026-001", "--as", "op@provider")
    line.ok("assess", "open", "2026-001", "--as", "op@provider")
    shown = json.loads(line.ok("decide", "show", "2026-001", "--as", "h@03", "--json"))
    line.ok("decide", "advise", "2026-001", "--advice", "no remark", "--text", "Fine.", "--as", "dpo@03")
    draft = ("--outcome", "approved", "--valid-to", _in_half_a_year(), "--out", "d.json", "--as", "d@03")
    assert shown["digest"] in line.ok("decide", "draft", "2026-001", *draft)
    line.ok("decide", "sign", "decision", "d.json", "--keys", "keys-03", "--key", "c-03", "--out", "s.json")
    assert "[rules.organisation]" in line.no(3, "decide", "record", "2026-001", "s.json", "--as", "op@provider")
    assert "[rules.role]" in line.no(3, "decide", "record", "2026-001", "s.json", "--as", "dpo@03")
    line.ok("decide", "record", "2026-001", "s.json", "--as", "d@03")
    assert "[rules.state]" in line.no(3, "decide", "record", "2026-001", "s.json", "--as", "d@03")
    assert json.loads(line.ok("account", "rebuild", "--json"))["cases"] == 4
    line.ok("account", "checkpoint", "--out", "held.txt")
    line.ok("account", "public-keys", "--out", "keys.json")
    line.ok("account", "bundle", "bundle")
    assert "sound" in line.ok("verify", "bundle", "--keys", "keys.json", "--checkpoint", "held.txt")
    entries = folder / "bundle" / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b"approved", b"approveb", 1))
    assert "FAULT" in line.run("verify", "bundle", "--keys", "keys.json").stdout
    assert line.run("verify", "bundle", "--keys", "keys.json").returncode == 6
    assert any(x["what"].startswith("Decided: approved") for x in json.loads(line.ok("account", "timeline", "--json")))
    assert json.loads(line.ok("account", "register", "--json"))[0]["reference"] == "2026-001"


def test_exit_codes_follow_the_class_of_the_error(line: Line, tmp_path: Path) -> None:
    (tmp_path / "catalogue.yaml").write_text("name: [")
    assert "[catalogue.yaml]" in line.no(2, "describe", "check", str(tmp_path))
    assert "[actor.unknown]" in line.no(3, "publish", "catalogue", "--as", "nobody@nowhere")
    assert "[file.missing]" in line.no(2, "apply", "submit", "no-such.yaml", "--as", "ask@hkdir")
    assert "[verify.unusable]" in line.no(2, "verify", "no-such-bundle", "--keys", "no-such.json")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x")
    assert "[demo.folder]" in line.no(4, "demo", "--folder", str(tmp_path / "full"))


def test_a_database_that_is_away_is_exit_1_and_says_what_to_do(line: Line, tmp_path: Path) -> None:
    away = Line(tmp_path, "provider", "postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    told = away.no(1, "account", "timeline")
    assert "[database.unavailable]" in told and "Start it again" in told


def test_the_demo_only_settings_refuse_to_work_outside_it(line: Line) -> None:
    line.environment["AVROP_NOW"] = "2026-01-01T00:00:00+00:00"
    try:
        assert "[settings.demo_only]" in line.no(2, "account", "timeline")
    finally:
        del line.environment["AVROP_NOW"]


def _in_half_a_year() -> str:
    return f"{datetime.now(UTC) + timedelta(days=180):%Y-%m-%d}"
