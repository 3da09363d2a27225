"""The page on a provider's own tables: its files and its commands, run in its order, from a configuration to a folder."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from tools.source import ROOT

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "own-tables.md").read_text("utf-8")
BLOCK = re.compile(r"(?ms)^```(\w+)(?: (\S+))?\n(.*?)^```")
PEOPLE = {"01819912345", "02820012346", "03820112347"}


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the page leaves: its folder, what its commands printed, and an environment to run more in."""

    folder: Path
    said: str
    environment: dict[str, str]

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-eu", "-c", script],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment,
            check=False,
        )


def commands(*, of: str = "") -> list[str]:
    found = [text for kind, name, text in BLOCK.findall(PAGE) if kind == "console" and name == of]
    return [line[2:] for text in found for line in text.splitlines() if line.startswith("$ ")]


@pytest.fixture(scope="module")
def told(fresh_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Told:
    folder = tmp_path_factory.mktemp("own-tables")
    for kind, name, text in BLOCK.findall(PAGE):
        if kind != "console":
            (folder / name).write_text(text, "utf-8")
    url = fresh_database("eksempel")
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("AVROP")},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "AVROP_NAME": "eksempel",
        "AVROP_HOME": str(folder / "home"), "AVROP_DATABASE_URL": url, "AVROP_SOURCE_URL": url,
    }  # fmt: skip
    waiting = Told(folder=folder, said="", environment=environment)
    done = waiting.run("\n".join(commands()))
    assert done.returncode == 0, done.stderr
    return Told(folder=folder, said=done.stdout, environment=environment)


def rows(folder: Path) -> list[tuple[object, ...]]:
    (path,) = folder.rglob("SVAR.parquet")
    table = pq.read_table(path)
    return sorted((tuple(row.values())[1:] for row in table.to_pylist()), key=str)


def test_the_pages_commands_lead_from_a_configuration_to_the_rows_as_they_stand_in_the_file(told: Told) -> None:
    found = [tuple(str(value) if value is not None else "" for value in row) for row in rows(told.folder / "outbox")]
    assert found == [
        ("01", "47", "2024-08-01", "2025-07-31"), ("01", "52", "2025-08-01", ""), ("02", "", "2024-08-01", ""),
    ]  # fmt: skip


def test_the_decider_sees_that_all_rows_are_its_own(told: Told) -> None:
    assert "all: the table is eksempel's" in told.said


def test_nothing_of_the_people_or_of_an_unmapped_column_leaves(told: Told) -> None:
    for path in (path for path in (told.folder / "outbox").rglob("*") if path.is_file()):
        data = path.read_bytes()
        assert not [word for word in (*PEOPLE, "Notat", "i dag") if word.encode() in data]


def test_the_report_says_what_was_left_out_asked_changed_and_carried(told: Told) -> None:
    kinds = {line.partition("\t")[0] for line in told.said.splitlines() if "\t" in line}
    assert {"left out", "question", "changed", "carried"} < kinds
    assert "left out\tTILBUD_SVAR\tsubjectFields has no place in ours." in told.said


def test_an_import_does_not_overwrite(told: Told) -> None:
    done = told.run("avrop describe import config.yaml --out catalogue")
    assert (done.returncode, "[import.exists]" in done.stderr) == (4, True)
    assert "Traceback" not in done.stderr


def test_the_same_rows_are_loaded_from_postgresql_by_the_pages_command(told: Told) -> None:
    with psycopg.connect(told.environment["AVROP_SOURCE_URL"].replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE SCHEMA inntak")
        connection.execute(
            'CREATE TABLE inntak.svar ("Notat" text, "Fødselsnr" text, "Svar" varchar(2), "Poeng" int, "Start_Dato" date, "Slutt_Dato" date)'
        )
        connection.execute("""
            INSERT INTO inntak.svar VALUES ('ring', '01819912345', '01', 47, '2024-08-01', '2025-07-31'),
            (NULL, '02820012346', '02', NULL, '2024-08-01', NULL), (NULL, '03820112347', '01', 52, '2025-08-01', NULL)
        """)
    (command,) = commands(of="postgresql")
    done = told.run(f"export AVROP_AS=operator@eksempel\n{command}")
    assert done.returncode == 0, done.stderr
    tables = [pq.read_table(path) for path in sorted((told.folder / "home" / "snapshots").rglob("*.parquet"))]
    assert len(tables) == 2
    assert tables[0] == tables[1]


def test_a_bad_row_is_named_by_its_number_and_never_by_its_value(told: Told) -> None:
    text = (told.folder / "svar.csv").read_text("utf-8").replace(";52;", ";mange;")
    (told.folder / "bad.csv").write_text(text, "utf-8")
    done = told.run("avrop publish snapshot SVAR=bad.csv --sources catalogue/sources.yaml --as operator@eksempel")
    assert done.returncode == 2
    assert "load.type: SVAR TILBUD_POENG in bad.csv, row 3" in done.stderr
    assert "mange" not in done.stderr
