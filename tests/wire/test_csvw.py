"""Another reader of CSV on the Web, as it is published, takes every table that we make of the description."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from avrop.catalogue import csvw, preview
from avrop.catalogue.datasets import carried
from tests.publishing import CATALOGUE
from tests.wire.environments import environment

pytestmark = pytest.mark.wire
READER = """
import sys, warnings
warnings.simplefilter("error")
from csvw import CSVW
for path in sys.argv[1:]:
    table = CSVW(path, validate=True)
    print(sum(1 for part in table.tables for row in part), table.is_valid, len(table.warnings))
"""
OURS = carried(CATALOGUE)
ROWS = 50


def written(folder: Path, *, spoil: bool = False) -> list[str]:
    """Each dataset's rows and their description; the descriptions' paths."""
    for dataset in OURS.datasets:
        with (folder / f"{dataset.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(dataset.variables)
            for row in preview.rows(OURS, dataset.name, count=ROWS, seed=1):
                writer.writerow(
                    ["no day" if spoil and name == dataset.time else row[name] for name in dataset.variables]
                )
        told = csvw.table(OURS, dataset, file=f"{dataset.name}.csv")
        (folder / f"{dataset.name}.csv-metadata.json").write_text(json.dumps(told), encoding="utf-8")
    return sorted(str(path) for path in folder.glob("*-metadata.json"))


def read(paths: list[str]) -> subprocess.CompletedProcess[str]:
    python = environment("csvw", "3.11", ("csvw==4.1.1",), or_newer=True) / "bin" / "python"
    return subprocess.run([str(python), "-c", READER, *paths], capture_output=True, text=True, check=False)


def test_it_reads_every_table_whole_and_has_nothing_to_say(tmp_path: Path) -> None:
    done = read(written(tmp_path))
    assert done.stdout.splitlines() == [f"{ROWS} True 0"] * len(OURS.datasets), done.stderr


def test_it_sees_a_value_that_the_description_does_not_allow(tmp_path: Path) -> None:
    done = read(written(tmp_path, spoil=True)[:1])
    assert done.returncode != 0


def test_it_reads_every_code_list(tmp_path: Path) -> None:
    for each in CATALOGUE.code_lists:
        with (tmp_path / f"{each.name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(csvw.CODE_COLUMNS)
            for code in each.codes:
                successors = " ".join(code.successors)
                writer.writerow([code.code, code.label.nb, code.valid_from, code.valid_to or "", successors])
        told = csvw.codes_table(each.title, publisher="x", file=f"{each.name}.csv")
        (tmp_path / f"{each.name}.csv-metadata.json").write_text(json.dumps(told), encoding="utf-8")
    done = read(sorted(str(path) for path in tmp_path.glob("*-metadata.json")))
    read_whole = [f"{len(each.codes)} True 0" for each in sorted(CATALOGUE.code_lists, key=lambda each: each.name)]
    assert done.stdout.splitlines() == read_whole, done.stderr
