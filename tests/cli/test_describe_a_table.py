"""The page for whoever describes a table for the first time: its files and commands, one after the other as it has them."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.source import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "describe-a-table.md").read_text("utf-8")
BLOCK = re.compile(r"(?ms)^```(\w+)(?: (\S+))?\n(.*?)^```")
ENDS = {"": 0, "stops": 2, "refused": 3}
"""How a console block ends, by its name."""


@dataclass(frozen=True)
class Block:
    name: str
    said: str
    errors: str


@pytest.fixture(scope="module")
def told(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Block]]:
    folder = tmp_path_factory.mktemp("table")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("AVROP")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "AVROP_DATABASE_URL": fresh_database("skiklubben"),
    }  # fmt: skip
    said, exports = [], ""
    for kind, name, text in BLOCK.findall(PAGE):
        if kind == "console":
            lines = [line.removeprefix("$ ") for line in text.splitlines()]
            done = subprocess.run(
                ["sh", "-eu", "-c", "\n".join([exports, *lines])],
                capture_output=True, text=True, cwd=folder, env=environment, check=False,
            )  # fmt: skip
            assert done.returncode == ENDS[name], (text, done.stdout, done.stderr)
            exports += "".join(f"{line}\n" for line in lines if line.startswith("export "))
            said.append(Block(name, done.stdout, done.stderr))
        elif name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, "utf-8")
    return folder, said


def block(told: tuple[Path, list[Block]], name: str) -> Block:
    return next(each for each in told[1] if each.name == name)


def test_the_table_is_described_checked_published_loaded_and_found(told: tuple[Path, list[Block]]) -> None:
    (found,) = [each.said for each in told[1] if "snapshot:" in each.said]
    assert "UTSTYR" in {line.partition("\t")[0] for line in found.splitlines()}
    assert len(list((told[0] / "home").rglob("UTLAAN/part-*.parquet"))) == 1


def test_what_is_missing_is_named_with_file_and_line_as_the_page_shows(told: tuple[Path, list[Block]]) -> None:
    ((_, _, shown),) = [found for found in BLOCK.findall(PAGE) if found[0] == "text"]
    assert shown in block(told, "stops").said


def test_a_breaking_version_is_refused_until_it_is_meant(told: tuple[Path, list[Block]]) -> None:
    assert "[catalogue.breaking]" in block(told, "refused").errors
    assert "DAGER: withdrawn changed" in block(told, "refused").errors
    assert told[1][-1].name == ""


def test_no_value_of_the_table_stands_in_the_draft_but_the_codes_that_were_asked_for(
    told: tuple[Path, list[Block]],
) -> None:
    drafted = told[1][0].said
    assert not [word for word in ("00012", "2025-01", "ring") if word in drafted]
