"""Parameters: every row has its source or says that it is assumed, and a bad row is named by file and line."""

import shutil
from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest

from avrop.catalogue.packform import Simulation
from avrop.errors import Conflict, Mistake
from avrop.vigo.simulator.abilities import Lower
from avrop.vigo.simulator.curriculum import PROGRAMMES
from avrop.vigo.simulator.parameters import ASSUMPTION, COLUMNS, Parameters, load
from avrop.vigo.simulator.places import BASES
from avrop.vigo.simulator.plan import FIRST_COHORT, LAST_YEAR, Group, Plan
from avrop.vigo.simulator.run import run

HEAD = ",".join(COLUMNS)
GOOD = "area,03,1,weight,2025,SSB (ssb.no),2026-10-07,CC BY 4.0,"


def test_every_row_has_a_source_with_year_day_and_licence_or_is_an_assumption() -> None:
    rows = load().rows
    assert len(rows) > 300
    assert [row for row in rows if row.source != ASSUMPTION and not (row.year and row.read and row.licence)] == []
    assert sum(not row.assumed for row in rows) >= 70


def test_no_figure_is_of_fewer_than_thirty_people() -> None:
    """P09: a figure is of the country or has one dimension; and every cell of an area, a programme and sex, or an age in
    the smallest cohort has thirty people behind it."""
    parameters = load()
    plan = Plan(parameters, 1)
    years = range(FIRST_COHORT, LAST_YEAR + 1)
    cells = {f"{base} {year}": plan.size(Group(base, year)) for base in BASES for year in years}
    people = min(parameters.of("cohort").values())
    weights, women = parameters.of("wish.weight"), parameters.of("wish.women")
    for programme, weight in weights.items():
        began = people * weight / sum(weights.values())
        cells |= {f"{programme} women": began * women[programme], f"{programme} men": began * (1 - women[programme])}
    ages, adults = parameters.of("adults.age"), min(parameters.of("adults").values())
    cells |= {f"age {age}": adults * weight / sum(ages.values()) for age, weight in ages.items()}
    assert len(cells) > 400
    assert {name: count for name, count in cells.items() if count < 30} == {}
    known = {*BASES, *PROGRAMMES, *map(str, years), *ages}
    dimensions = [
        row.key for row in parameters.rows if row.name != "noise" and len(row.key.replace("-", " ").split()) > 1
    ]
    assert dimensions == []
    assert sum(row.key in known for row in parameters.rows) > 200


def test_every_parameter_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read, of = set[str](), Parameters.of

    def recorded(self: Parameters, name: str) -> Mapping[str, Fraction]:
        read.add(name)
        return of(self, name)

    monkeypatch.setattr(Parameters, "of", recorded)
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "p")  # nothing of it is known yet
    order = Simulation(profile="micro", parameters=tmp_path / "p", noise="register", answers=tmp_path / "answers")
    run(tmp_path / "run", order)
    Lower(load(), Group("03", 2019))  # the smallest profile has nobody from there
    assert {row.name for row in load().rows} - read == set()


def test_the_digest_is_of_the_files(tmp_path: Path) -> None:
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), tmp_path / "p")
    assert load(tmp_path / "p").digest == load().digest
    with (tmp_path / "p" / "people.csv").open("a") as file:
        file.write("more,,1,number,,assumption,,,\n")
    assert load(tmp_path / "p").digest != load().digest


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{HEAD}\narea,03,1,weight,2025,,2026-10-07,CC BY 4.0,\n", "parameters.unsourced"),
        (f"{HEAD}\narea,03,1,weight,2025,SSB (ssb.no),2026-10-07,,\n", "parameters.unsourced"),
        (f"{HEAD}\narea,03,1.2,share,,assumption,,,\n", "parameters.share"),
        (f"{HEAD}\narea,03,-0.1,share,,assumption,,,\n", "parameters.share"),
        (f"{HEAD}\narea,03,many,weight,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,1e400000,weight,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,1/0,weight,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,nan,weight,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,-1,weight,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\ncohort,2019,-5,count,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,1,weight,2025, ,2026-10-07,CC BY 4.0,\n", "parameters.value"),
        (f"{HEAD}\narea,03,1,weight,2025,Assumption,2026-10-07,CC BY 4.0,\n", "parameters.value"),
        (f"{HEAD}\narea,03,1,colour,,assumption,,,\n", "parameters.value"),
        (f"{HEAD}\narea,03,:,count,2025,SSB (ssb.no),2026-10-07,CC BY 4.0,\n", "parameters.hidden"),
        (f"{HEAD}\n{GOOD}\n{GOOD}\n", "parameters.twice"),
        (f"{HEAD}\narea,03,1\n", "parameters.columns"),
        ("name,value\n", "parameters.columns"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "population.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Mistake) as error:
        load(tmp_path)
    assert error.value.code == code
    assert str(error.value.where["where"]).startswith("population.csv:")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("mark.mean,ENG1007,", "mark.mean,ENG9999,", "parameters.missing"),
        ("wish.weight,BA,", "wish.weight,XX,", "parameters.missing"),
        ("share,", "ratio,", "parameters.kind"),
    ],
)
def test_parameters_of_ones_own_say_all_and_each_as_its_kind(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    """Whoever drops a row, or writes a share as another kind, is told before anything is made."""
    own = tmp_path / "own"
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), own)
    changed = 0
    for path in own.glob("*.csv"):
        text = path.read_text("utf-8")
        changed += before in text
        path.write_text(text.replace(before, after, 1), "utf-8")
    assert changed
    with pytest.raises(Mistake) as error:
        run(tmp_path / "run", Simulation(profile="micro", parameters=own))
    assert error.value.code == code
    assert not (tmp_path / "run").exists()


def test_a_file_that_is_no_text_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no parameter files"):
        load(tmp_path)
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(Mistake) as error:
        load(tmp_path)
    assert error.value.code == "parameters.columns"


def test_a_parameter_that_is_not_there_is_named() -> None:
    with pytest.raises(Mistake, match="No parameter is named nothing"):
        load().of("nothing")
    with pytest.raises(Mistake, match="area has no row for 99"):
        load().one("area", "99")


def test_a_run_with_bad_parameters_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "population.csv").write_text(f"{HEAD}\narea,03,1,weight,2025,,,,\n", encoding="utf-8")
    with pytest.raises(Mistake):
        run(tmp_path / "out", Simulation(profile="micro", parameters=tmp_path / "p"))
    assert not (tmp_path / "out").exists()


def test_other_parameters_are_another_run(tmp_path: Path, micro: Path) -> None:
    shutil.copytree(micro, tmp_path / "run")
    with pytest.raises(Conflict):
        run(tmp_path / "run", Simulation(profile="micro", seed=2))


@pytest.mark.parametrize("what", ["nothing", "file", "empty", "only a folder"])
def test_what_is_no_folder_of_parameters_is_told(tmp_path: Path, what: str) -> None:
    place = tmp_path / "here"
    if what == "file":
        place.write_text("x")
    elif what != "nothing":
        place.mkdir()
    if what == "only a folder":
        (place / "marks.csv").mkdir()
    with pytest.raises(Mistake) as error:
        load(place)
    assert error.value.code == "parameters.none"
