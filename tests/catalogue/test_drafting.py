"""A draft of a description: what is asked, what is left empty, and what is refused."""

from dataclasses import replace
from datetime import date

import pytest

from avrop.catalogue.checks import run_checks
from avrop.catalogue.drafting import Order, TableColumn, draft
from avrop.catalogue.files import read_catalogue, write_catalogue
from avrop.errors import Mistake

COLUMNS = (
    TableColumn(name="Member no", data_type="text", empty=False),
    TableColumn(name="from", data_type="date", empty=False),
    TableColumn(name="to", data_type="date"),
    TableColumn(name="kind", data_type="text", codes=("A", "B"), rare=2),
    TableColumn(name="points", data_type="number"),
    TableColumn(name="picture", data_type=None),
)
ORDER = Order(name="Lån", publisher="club", source="loans.csv", person="Member no", time="from", until="to")


def test_a_draft_is_stopped_by_the_texts_that_a_person_must_write_and_by_nothing_else() -> None:
    made = draft(ORDER, COLUMNS).catalogue
    assert {finding.check for finding in run_checks(made) if finding.severity == "stop"} == {"texts"}
    assert read_catalogue(write_catalogue(made)) == made


def test_columns_become_variables_of_the_types_they_have() -> None:
    made = draft(ORDER, COLUMNS)
    found = {v.name: (v.data_type, v.sensitivity, v.nullable, v.code_list) for v in made.catalogue.variables}
    assert found == {
        "MEMBER_NO": ("text", "identifier", False, None), "FROM": ("date", "confidential", False, None),
        "TO": ("date", "confidential", True, None), "KIND": ("text", "confidential", True, "KIND"),
        "POINTS": ("number", "confidential", True, None),
    }  # fmt: skip
    (dataset,) = made.catalogue.datasets
    assert (dataset.kind, dataset.key, dataset.time, dataset.until) == ("event", ("MEMBER_NO", "FROM"), "FROM", "TO")
    assert dict(made.sources[0].columns)["MEMBER_NO"] == "Member no"


def test_what_was_left_out_and_what_is_asked_is_said() -> None:
    report = draft(ORDER, COLUMNS).report
    assert ("left out", "picture") in {(note.what, note.subject) for note in report}
    (rare,) = (note for note in report if note.what == "left out" and note.subject == "kind")
    assert rare.sentence.startswith("2 different values stand in rows of fewer than 5 people")
    assert "`codes` in its file in codelists" in rare.hint and "refused" in rare.hint
    assert {"every variable", "kind", "Lån"} <= {note.subject for note in report if note.what == "question"}


def test_a_column_whose_values_are_all_rare_says_so_and_how_to_give_it_a_list() -> None:
    column = TableColumn(name="note", data_type="text", codes=(), rare=1)
    made = draft(ORDER, (*COLUMNS, column))
    assert [each.name for each in made.catalogue.code_lists] == ["KIND"]
    (note,) = (note for note in made.report if note.subject == "note")
    assert note.sentence.startswith("1 value stands in rows of fewer than 5 people")
    assert "--codes" not in note.hint and "`code_list`" in note.hint


def test_without_a_date_a_table_is_a_register() -> None:
    (dataset,) = draft(Order(name="x", publisher="c", source="x", person="Member no"), COLUMNS).catalogue.datasets
    assert (dataset.kind, dataset.key, dataset.time) == ("register", ("MEMBER_NO",), None)


@pytest.mark.parametrize("name", ["01819912345", "", " ", "2025-01-04", "x 01819912345", "é 2025-01-04", "7"])
def test_a_name_that_could_be_a_value_is_refused_and_not_shown(name: str) -> None:
    with pytest.raises(Mistake) as refused:
        draft(ORDER, (*COLUMNS, TableColumn(name=name, data_type="text")))
    assert refused.value.code == "init.header"
    assert not name.strip() or name not in str(refused.value) or name == "7"


def test_what_is_not_there_is_refused() -> None:
    for change, code in (
        ({"person": "Nobody"}, "init.no_column"), ({"time": "kind"}, "init.no_date"),
        ({"key": ("x",)}, "init.no_column"), ({"time": "from", "until": "points"}, "init.no_date"),
        ({"until": "to"}, "init.no_time"), ({"time": "from", "until": "from"}, "init.no_time"),
        ({"person": "kind"}, "init.people_as_codes"),
    ):  # fmt: skip
        with pytest.raises(Mistake) as refused:
            draft(Order(**{"name": "x", "publisher": "c", "source": "x", "person": "Member no", **change}), COLUMNS)  # type: ignore[arg-type]
        assert refused.value.code == code


def test_people_that_are_numbers_are_asked_about() -> None:
    people = TableColumn(name="id", data_type="integer", empty=False)
    made = draft(Order(name="x", publisher="c", source="x", person="id", valid_from=date(2020, 1, 1)), (people,))
    assert made.catalogue.variable("ID").data_type == "text"
    assert any("leading zeros" in note.sentence for note in made.report)


def test_what_a_person_must_see_to_is_said_of_each_column_of_such_a_form() -> None:
    """The dates and decimals as Norwegians write them, yes and no, and times of day."""
    forms = (
        TableColumn(name="day", data_type="text", form="day.month.year"),
        TableColumn(name="sum", data_type="text", form="decimal comma"),
        TableColumn(name="paid", data_type=None, form="yes or no"),
        TableColumn(name="at", data_type="date", form="moment"),
        TableColumn(name="new", data_type="text", form="yes or no in words"),
        TableColumn(name="lent", data_type="text", codes=("ja", "nei"), form="yes or no in words"),
        TableColumn(name="few", data_type="text", codes=(), rare=2, form="yes or no in words"),
        TableColumn(name="clock", data_type="text", form="time of day"),
        TableColumn(name="since", data_type="text", form="day and time"),
    )
    report = draft(ORDER, (*COLUMNS, *forms)).report
    told = {
        note.subject: (note.what, note.sentence, note.hint)
        for note in report
        if note.subject in {each.name for each in forms} - {"lent", "few"}
    }
    assert len([note for note in report if note.subject in told]) == len(told) == 7
    assert "31.12.2024" in told["day"][1] and "2024-12-31" in told["day"][2]
    assert "comma" in told["sum"][1] and "point" in told["sum"][2]
    assert told["paid"][0] == "left out" and "yes or no" in told["paid"][1] and "view" in told["paid"][2]
    assert "time of day" in told["at"][1] and "midnight" in told["at"][2]
    assert "yes or no" in told["new"][1] and "--codes" in told["new"][2]
    assert not [note for note in report if note.subject in ("lent", "few") and "yes or no" in note.sentence]
    assert "time of day" in told["clock"][1] and "pattern" in told["clock"][2]
    assert "time of day" in told["since"][1] and "day alone" in told["since"][2]
    for column, hint in (("day", "2024-12-31"), ("since", "day alone")):
        with pytest.raises(Mistake) as refused:
            draft(replace(ORDER, time=column), (*COLUMNS, *forms))
        assert hint in refused.value.hint
