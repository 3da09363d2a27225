"""What commands show: whole identifiers on a narrow terminal, names of columns in a pipe, numbers and keys in JSON."""

import io
import json

import pytest
from rich.console import Console

from avrop.cli.context import show, table
from tests.cli.conftest import Prompt
from tests.cli.test_keys_given import begin

DIGEST = "sha256:" + "0123456789abcdef" * 4


def test_an_identifier_is_folded_and_never_cut_at_eighty_columns() -> None:
    out = io.StringIO()
    rows = [("03", DIGEST, DIGEST)]
    Console(file=out, width=80, force_terminal=True, color_system=None).print(table(rows, ("c", "plan", "decision")))
    lines = [[cell.strip() for cell in line.split("│")[1:-1]] for line in out.getvalue().splitlines() if "│" in line]
    assert "".join(line[1] for line in lines if line) == DIGEST
    assert "…" not in out.getvalue()


def test_a_pipe_gets_the_names_of_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    show([("a", 1)], ("name", "how many"), as_json=False)
    assert capsys.readouterr().out == "name\thow many\na\t1\n"


def test_json_has_numbers_and_keys_without_spaces(capsys: pytest.CaptureFixture[str]) -> None:
    show([("a", 1, None)], ("name", "how many", "call-off"), as_json=True)
    assert json.loads(capsys.readouterr().out) == [{"name": "a", "how_many": 1, "call_off": None}]


def test_a_checkpoint_that_is_held_is_not_replaced(prompt: Prompt) -> None:
    begin(prompt)
    prompt.ok("account", "checkpoint", "--out", "held.txt")
    prompt.ok("account", "checkpoint", "--out", "held.txt")
    held = (prompt.folder / "held.txt").read_bytes()
    prompt.ok(
        "account", "adhere", "03", "--name", "A", "--body", "Council", "--as", "op@provider", "--public-key",
        prompt.ok("decide", "make-key", "--keys", "own", "--key", "c").split()[-1],
    )  # fmt: skip
    assert "[file.exists]" in prompt.no(4, "account", "checkpoint", "--out", "held.txt")
    assert (prompt.folder / "held.txt").read_bytes() == held


def test_a_signed_document_does_not_replace_its_draft(prompt: Prompt) -> None:
    (prompt.folder / "d.json").write_text("{}")
    words = ("decide", "sign", "decision", "d.json", "--keys", "k", "--key", "c", "--out", "./d.json")
    assert "[file.same]" in prompt.no(2, *words)
