"""A life that is told says what stands of it in the tables."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from avrop.vigo.simulator.explain import explain
from avrop.vigo.simulator.gallery import script
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from avrop.vigo.simulator.rows import tables
from avrop.vigo.simulator.run import RUN

GROUP = Group("08", 2015)
LINE = re.compile(r"(\d{4})(?: to (\d{4}))?: (.*)")
UNMET = (
    "SELECT DISTINCT s.person_lnr, CAST(left(s.skoleaar, 4) AS INTEGER), "
    "'wished for ' || rtrim(o.programomraadekode, '-') || ' first, which was full' "
    "FROM soknad s JOIN onske o USING (base, soknad_id) "
    "WHERE o.status = 'VENTO' AND substr(o.programomraadekode, 6, 1) <> '1'"
)
UNCLAIMED = (
    "SELECT DISTINCT person_lnr, CAST(left(skoleaar, 4) AS INTEGER), "
    "'outside; did not answer the offer of ' || rtrim(programomraadekode, '-') || ' and never came' "
    "FROM elevforhold WHERE ajourholdskode = 'N'"
)


def told(folder: Path, person: str) -> dict[int, str]:
    """What is told of each school year, by the year in which it begins."""
    found = [match for line in explain(folder, person) if (match := LINE.fullmatch(line))]
    return {
        year: text
        for first, last, text in (match.groups() for match in found)
        for year in range(int(first), int(last or first) + 1)
    }


def untold(folder: Path, statement: str, made: Mapping[str, pa.Table] | None = None) -> list[tuple[int, int]]:
    """Which of the rows that a statement gives, (person, school year, words) each, are not told.

    The statement is over the tables of the run, or over those that were `made`.
    """
    with duckdb.connect() as database:
        for table in ("elevforhold", "kontrakt", "soknad", "onske"):
            if made is None:
                database.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{folder / table}/*.parquet')")
            else:
                database.register(table, made[table])
        wanted = database.execute(statement).fetchall()
    assert wanted
    lives = {person: told(folder, str(person)) for person in {person for person, _, _ in wanted}}
    return [(person, year) for person, year, words in wanted if words not in lives[person].get(year, "")]


def test_a_scripted_life_is_explained_by_its_script(micro: Path) -> None:
    first, born, *told = explain(micro, "longer-training")
    assert first.startswith("longer-training, of the gallery")
    assert born == "born 1999-03-30, man"
    assert explain(micro, str(script("longer-training").lnr)) == [first, born, *told]
    assert [line.rsplit("; ", 1)[-1] for line in told[:5]] == [
        "the year ended: passed", "the year ended: passed", "goes on", "goes on longer", "test passed",
    ]  # fmt: skip
    assert "stream" not in "".join(told), "nothing of it was drawn"


def test_every_course_is_told_by_the_code_of_its_year(micro: Path) -> None:
    assert untold(
        micro,
        "SELECT DISTINCT person_lnr, CAST(left(skoleaar, 4) AS INTEGER), rtrim(programomraadekode, '-') "
        "FROM elevforhold WHERE elevstatus <> 'P'",
    ) == []  # fmt: skip


def test_every_contract_is_told_by_the_trades_code_of_the_school_year_in_which_it_began(micro: Path) -> None:
    assert untold(
        micro,
        "SELECT DISTINCT person_lnr, CAST(year(laeretid_fra - INTERVAL 7 MONTH) AS INTEGER), rtrim(laerefag, '-') "
        "FROM kontrakt",
    ) == []  # fmt: skip


def test_a_later_wish_that_was_not_met_is_told(micro: Path) -> None:
    assert untold(micro, UNMET) == []


def test_a_place_that_nobody_came_to_is_told(micro: Path) -> None:
    assert untold(micro, UNCLAIMED) == []


def test_what_was_wished_for_and_offered_before_the_reform_is_told_by_the_codes_of_then(
    micro: Path, tmp_path: Path
) -> None:
    order = json.loads((micro / RUN).read_text("utf-8"))
    (tmp_path / RUN).write_text(json.dumps({**order, "profile": "national"}), "utf-8")
    plan = Plan(load(), order["seed"])
    made = tables(plan, GROUP, 0, live(plan, GROUP))
    then = "AND left(programomraadekode, 2) IN ('DH', 'SS') LIMIT 5"
    assert untold(tmp_path, f"{UNMET} {then}", made) == []
    assert untold(tmp_path, f"{UNCLAIMED} {then}", made) == []
