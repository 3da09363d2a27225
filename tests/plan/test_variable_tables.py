"""One variable of a generation as a table of its own, and the days of a window."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import Variable
from avrop.disclosure.manifest import Manifest, ManifestColumn, ManifestFile
from avrop.disclosure.variabletables import Days, days, variable_tables
from avrop.errors import Mistake

X = Text(nb="x", en="x")


def _variable(name: str, temporality: Any = "EVENT", kind: Any = "text") -> Variable:
    return Variable(name=name, label=X, definition=X, unit_type="P", data_type=kind, temporality=temporality,
                    sensitivity="ordinary", source="s")  # fmt: skip


CATALOGUE = Catalogue(
    name="c", version="1", title=X, publisher="p", unit_types=(), code_lists=(),
    variables=(_variable("WHO"), _variable("SEX", "FIXED"), _variable("MARK"), _variable("DAY", kind="date"),
               _variable("YEAR"), _variable("END", kind="date")),
    datasets=tuple(
        Dataset(name=name, label=X, definition=X, unit_type="P", kind="event", person="WHO", key=("WHO",),
                variables=("WHO", "MARK", "DAY", "YEAR", "END"), time="DAY", until="END" if name == "SPELLS" else None)
        for name in ("MAIN", "MORE", "SPELLS")
    ),
)  # fmt: skip


def _manifest(**files: dict[str, str]) -> Manifest:
    made = [
        ManifestFile(
            name=f"{table}.parquet", table=table, rows=1, size=1, digest="sha256:x",
            columns=tuple(ManifestColumn(name=n, type=t, level="value", label=n) for n, t in columns.items()),
        )
        for table, columns in files.items()
    ]  # fmt: skip
    return Manifest(
        call_off="r", delivery="r/delivery/1", generation=1, version="v", catalogue="c", snapshot="s", grant="g",
        merge_plan="m", slices=(), files=tuple(made), pseudonym_scope="r", log_size=1, keep_until="2030-01-01",
        made_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_the_datasets_time_is_the_start_where_the_generation_has_it() -> None:
    manifest = _manifest(MAIN={"pseudonym": "text", "MARK": "text", "DAY": "date", "YEAR": "text"})
    (table,) = variable_tables(manifest, CATALOGUE, "MARK")
    assert (table.columns, table.start) == (("pseudonym", "MARK", "DAY"), "DAY")


@pytest.mark.parametrize("columns", [{}, {"DAY": "text"}])
def test_a_time_that_was_not_granted_or_is_coarser_than_a_day_is_no_start(columns: dict[str, str]) -> None:
    manifest = _manifest(MAIN={"pseudonym": "text", "MARK": "text", **columns})
    (table,) = variable_tables(manifest, CATALOGUE, "MARK")
    assert (table.columns, table.start) == (("pseudonym", "MARK"), None)


def test_spells_have_a_stop_where_the_generation_has_their_end_and_their_beginning() -> None:
    columns = {"pseudonym": "text", "MARK": "text", "DAY": "date", "END": "date"}
    (table,) = variable_tables(_manifest(SPELLS=columns), CATALOGUE, "MARK")
    assert (table.columns, table.start, table.stop) == (("pseudonym", "MARK", "DAY", "END"), "DAY", "END")
    for name, left in (("END", ("DAY", None)), ("DAY", (None, None))):
        (table,) = variable_tables(_manifest(SPELLS={**columns, name: "text"}), CATALOGUE, "MARK")
        assert (table.start, table.stop) == left


def test_a_fixed_variable_has_no_start() -> None:
    manifest = _manifest(MAIN={"pseudonym": "text", "SEX": "text", "DAY": "date"})
    (table,) = variable_tables(manifest, CATALOGUE, "SEX")
    assert (table.columns, table.start) == (("pseudonym", "SEX"), None)


def test_the_time_itself_stands_once() -> None:
    (table,) = variable_tables(_manifest(MAIN={"pseudonym": "text", "DAY": "date"}), CATALOGUE, "DAY")
    assert (table.columns, table.start) == (("pseudonym", "DAY"), "DAY")


def test_a_variable_of_two_datasets_is_two_tables_and_one_that_is_not_there_none() -> None:
    columns = {"pseudonym": "text", "YEAR": "text"}
    manifest = _manifest(MAIN=columns, MORE=columns)
    assert [table.dataset for table in variable_tables(manifest, CATALOGUE, "YEAR")] == ["MAIN", "MORE"]
    assert variable_tables(manifest, CATALOGUE, "MARK") == ()


@pytest.mark.parametrize(
    ("start", "stop", "wanted"),
    [
        (None, None, Days()),
        ("2025-01-01", None, Days(start=date(2025, 1, 1))),
        (None, "2025-01-01", Days(stop=date(2025, 1, 1))),
        ("2025-01-01T23:59:59Z", "2025-01-02 00:00:00", Days(start=date(2025, 1, 1), stop=date(2025, 1, 2))),
        ("2025-01-01", "2025-01-01T00:00:01+05:00", Days(start=date(2025, 1, 1), stop=date(2025, 1, 2))),
        ("9999-12-30", "9999-12-31T12:00:00", Days(start=date(9999, 12, 30))),
    ],
)
def test_a_window_is_the_days_that_it_touches(start: str | None, stop: str | None, wanted: Days) -> None:
    assert days(start, stop) == wanted
    assert bool(wanted) is (start is not None or stop is not None)


@pytest.mark.parametrize(
    "text", ["", "x", "2025", "2025-13-01", "2025-02-30", "01.02.2025", "٢٠٢٥-٠١-٠١", "1" * 99, "2025-01-01\0"]
)
def test_what_is_no_date_is_a_mistake_that_does_not_repeat_it(text: str) -> None:
    for pair in ((text, None), (None, text)):
        with pytest.raises(Mistake) as no:
            days(*pair)
        assert no.value.code == "window.unreadable"
        assert text == "" or text not in no.value.sentence


@pytest.mark.parametrize(("start", "stop"), [("2025-01-01", "2025-01-01"), ("2025-01-02", "2025-01-01T12:00:00Z")])
def test_a_start_that_is_not_before_the_stop_is_a_mistake(start: str, stop: str) -> None:
    with pytest.raises(Mistake) as no:
        days(start, stop)
    assert no.value.code == "window.empty"
