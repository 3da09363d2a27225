"""What only reads makes nothing: no installation, no folder, no database."""

from pathlib import Path

import pytest

from tests.cli.conftest import Prompt

READING = [
    ("describe", "diff"),
    ("find", "absence"),
    ("account", "people"),
    ("account", "timeline"),
    ("account", "register"),
]


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_a_command_that_reads_makes_no_installation(tmp_path: Path, words: tuple[str, ...]) -> None:
    told = Prompt(folder=tmp_path).no(5, *words)
    assert "[installation.none]" in told and "AVROP_HOME" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_it_reads_one_that_is_there(prompt: Prompt, words: tuple[str, ...]) -> None:
    prompt.ok(*words)
