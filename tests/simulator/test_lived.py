"""What is counted on life-courses is what a run's tables are judged by."""

import csv
from importlib.resources import files

import duckdb
import numpy as np
import pytest

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.curriculum import PROGRAMMES, programmes
from avrop.vigo.simulator.fidelity import targets
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import APPRENTICE, LONGER, TEST_FAILED, TEST_PASSED
from avrop.vigo.simulator.market import FULL
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from avrop.vigo.simulator.rows import tables
from tools.lived import counted
from tools.published import NEIGHBOURS, fitted, read
from tools.unseen import UNSEEN

GROUPS = [Group("20", 2006), Group("20", 2011), Group("20", 2017), Group("20", 2021), Group("20", 2012, adult=True)]

OF_ROWS = {
    "points",
    "points.parents",
    "points.oslo",
    "mark.final",
    "mark.exam",
    "exam.final",
    "absence",
    "absence.none",
    "absence.limit",
}
"""Figures that are written with the rows, so that no life tells them."""
MORE = """
SELECT 'apprentices.women' AS figur, '' AS nokkel, k.aar AS aar, 100 * avg((kjonn = '2')::INT) FROM avtale JOIN folk USING (person_lnr),
  (SELECT DISTINCT aar FROM telt) k WHERE fra <= make_date(k.aar, 10, 1) AND til > make_date(k.aar, 10, 1) GROUP BY k.aar
UNION ALL SELECT 'pupils.women', 'vocational', aar, 100 * avg((kjonn = '2')::INT) FROM telt JOIN folk USING (person_lnr) WHERE NOT studie GROUP BY aar
UNION ALL SELECT 'pupils.academic', substr(trinn, 3, 1), aar, 100 * avg(studie::INT) FROM telt WHERE program <> 'PB' AND rett <> '3' GROUP BY ALL
UNION ALL SELECT 'pupils.young', '', aar, count(*) FROM telt WHERE rett <> '3' GROUP BY ALL
UNION ALL SELECT 'pupils.level', if(studie, 'academic ', 'vocational ') || substr(trinn, 3, 1), aar, count(*) FROM telt
    WHERE program <> 'PB' AND rett <> '3' GROUP BY ALL
UNION ALL SELECT 'supplement', '', aar, 100 * count(*) FILTER (program = 'PB' AND trinn = 'VG3') / count(*) FILTER (trinn = 'VG2' AND NOT studie)
  FROM telt WHERE rett <> '3' GROUP BY aar HAVING count(*) FILTER (trinn = 'VG2' AND NOT studie) > 0
UNION ALL SELECT 'left', CASE kjonn WHEN '1' THEN 'men' ELSE 'women' END, aar, 100 * avg((ende = 'S' AND grunn <> 'AS')::INT)
  FROM telt JOIN folk USING (person_lnr) WHERE rett <> '3' GROUP BY ALL
UNION ALL SELECT 'completion', CASE kjonn WHEN '1' THEN 'men' ELSE 'women' END, aar, 100 * avg(fullfort::INT) FROM start JOIN folk USING (person_lnr) GROUP BY ALL
UNION ALL SELECT 'completion', CASE WHEN studie THEN 'academic ' ELSE 'vocational ' END || CASE kjonn WHEN '1' THEN 'men' ELSE 'women' END, aar,
  100 * avg(fullfort::INT) FROM start JOIN folk USING (person_lnr) GROUP BY ALL
UNION ALL SELECT 'completion.five.programme', program, aar, 100 * avg(innen_fem::INT) FROM start GROUP BY ALL
UNION ALL SELECT 'completion.nominal', CASE WHEN studie THEN 'academic' ELSE 'vocational' END, aar, 100 * avg(normert::INT) FROM start GROUP BY ALL
UNION ALL SELECT 'pupils.women', CASE WHEN studie THEN 'academic 1' ELSE 'vocational 1' END, aar, 100 * avg((kjonn = '2')::INT)
  FROM telt JOIN folk USING (person_lnr) WHERE trinn = 'VG1' AND rett <> '3' GROUP BY ALL
UNION ALL SELECT 'pupils.programme', program || ' ' || nivaa, aar, 100 * count(*) / sum(count(*)) OVER (PARTITION BY aar, nivaa)
  FROM (SELECT program, aar, substr(trinn, 3, 1) AS nivaa FROM telt WHERE trinn IN ('VG1', 'VG2') AND rett <> '3') GROUP BY program, aar, nivaa
UNION ALL SELECT 'away', CASE studie WHEN TRUE THEN 'academic ' WHEN FALSE THEN 'vocational ' ELSE 'all ' END || nivaa, aar + 1, 100 * avg(x) FROM (
  SELECT t.studie, t.aar, substr(t.trinn, 3, 1) AS nivaa, (s.niva IS NULL)::INT AS x FROM telt t
  JOIN fulgt u ON u.person_lnr = t.person_lnr AND t.aar < u.siste
  LEFT JOIN (SELECT DISTINCT person_lnr, aar, 1 AS niva FROM stilling) s ON s.person_lnr = t.person_lnr AND s.aar = t.aar + 1
  WHERE t.trinn IN ('VG1', 'VG2') AND t.rett <> '3') GROUP BY GROUPING SETS ((aar, nivaa), (aar, nivaa, studie))
UNION ALL SELECT 'abroad', '', aar, count(*) FROM kurs WHERE status = 'I' GROUP BY aar
UNION ALL SELECT 'again', '3', t.aar + 1, 100 * avg((s.person_lnr IS NOT NULL)::INT) FROM telt t
  JOIN fulgt u ON u.person_lnr = t.person_lnr AND t.aar < u.siste
  LEFT JOIN telt s ON s.person_lnr = t.person_lnr AND s.aar = t.aar + 1 WHERE t.trinn > 'VG2' AND t.rett <> '3' GROUP BY ALL
UNION ALL SELECT 'pupils.women.programme', program, aar, 100 * avg((kjonn = '2')::INT) FROM telt JOIN folk USING (person_lnr)
  WHERE trinn = 'VG1' AND rett <> '3' GROUP BY ALL
UNION ALL SELECT 'supplement.trade', '', aar, count(*) FROM telt WHERE program = 'PB' AND trinn <> 'VG3' AND rett <> '3' GROUP BY aar
UNION ALL SELECT 'completion.five.area', '{area}', aar, 100 * avg(innen_fem::INT) FROM start GROUP BY aar
UNION ALL SELECT 'direct.area', '{area} ' || nivaa, aar + 1, 100 * avg(x) FROM (
  SELECT t.aar, substr(t.trinn, 3, 1) AS nivaa, (coalesce(s.niva, 0) > CAST(substr(t.trinn, 3, 1) AS INTEGER))::INT AS x
  FROM telt t JOIN fulgt u ON u.person_lnr = t.person_lnr AND t.aar < u.siste LEFT JOIN stilling s ON s.person_lnr = t.person_lnr AND s.aar = t.aar + 1
  WHERE t.trinn IN ('VG1', 'VG2') AND t.rett <> '3') GROUP BY ALL
UNION ALL SELECT 'wish.vocational.area', '{area}', aar, verdi FROM figur WHERE figur = 'wish.vocational' AND nokkel = ''
UNION ALL SELECT 'certificate.years', span::VARCHAR, aar, 100 * avg(coalesce(dato < make_date(aar + span, 10, 1), FALSE)::INT) FROM (
  SELECT a.aar, f.dato, span FROM (
    SELECT person_lnr, year(min(fra) + INTERVAL 92 DAY) AS aar FROM avtale GROUP BY person_lnr HAVING arg_min(type, fra) = 'L') a
  JOIN fulgt u ON u.person_lnr = a.person_lnr AND u.siste >= a.aar + 4
  LEFT JOIN (SELECT person_lnr, min(utstedt) AS dato FROM fagbrev GROUP BY ALL) f ON f.person_lnr = a.person_lnr, (VALUES (2), (3)) v(span)) GROUP BY ALL
UNION ALL SELECT 'contracts.school', '', year(fra), count(*) FROM avtale WHERE type = 'E' GROUP BY ALL
UNION ALL SELECT 'passed', kandidattype, aar, count(*) FILTER (resultat <> 'IB') FROM (
  SELECT DISTINCT prove_id, kandidattype, resultat, year(dato - INTERVAL 273 DAY) AS aar FROM prove) GROUP BY ALL
-- Contracts keep the programme's name of their first year, so that they are compared before the names changed in 2020.
UNION ALL SELECT 'apprentices.programme', substr(fag, 1, 2), k.aar, count(*) FROM avtale, (SELECT DISTINCT aar FROM telt WHERE aar < 2020) k
  WHERE fra <= make_date(k.aar, 10, 1) AND til > make_date(k.aar, 10, 1) GROUP BY ALL
UNION ALL SELECT 'apprentices.programme.women', substr(fag, 1, 2), k.aar, count(*) FROM avtale JOIN folk USING (person_lnr), (SELECT DISTINCT aar FROM telt WHERE aar < 2020) k
  WHERE kjonn = '2' AND fra <= make_date(k.aar, 10, 1) AND til > make_date(k.aar, 10, 1) GROUP BY ALL
"""
"""Figures that neighbours have and no target: a run is not judged by them, so they are told by the tables here alone."""


def measured(plan: Plan, group: Group) -> dict[tuple[str, str, int], float]:
    """The figures of one group's tables, by the statements that judge a run."""
    with duckdb.connect() as database:
        for name, table in tables(plan, group, 0, live(plan, group)).items():
            database.register(name, table)
        database.execute("CREATE TEMP TABLE etterfolger(liste VARCHAR, kode VARCHAR, ny VARCHAR)")
        database.execute((files("avrop.vigo.simulator") / "figures" / "figures.sql").read_text(encoding="utf-8"))
        rows = database.execute("SELECT figur, nokkel, aar, verdi FROM figur WHERE verdi IS NOT NULL").fetchall()
        rows += database.execute(MORE.format(area=group.base)).fetchall()
    return {(name, key, year): value for name, key, year, value in rows}


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_figures_of_lives_are_those_of_their_tables(group: Group) -> None:
    plan = Plan(load(), Simulation(profile="national").seed)
    of_tables, of_lives = measured(plan, group), counted(plan, [group]).figures()
    both = of_tables.keys() & of_lives.keys()
    assert len(both) > (5 if group.adult else 200)
    if group.cohort < 2017 and not group.adult:
        told = {each.figure for each in (*fitted(), *read(UNSEEN))} - OF_ROWS - {"test"}
        assert told - {figure for figure, _, _ in both} == set()
    differing = {key for key in both if of_lives[key][0] != pytest.approx(of_tables[key])}
    assert differing == set()


def test_training_that_takes_longer_does_so_once_and_as_often_as_its_programme_says() -> None:
    parameters = load()
    plan = Plan(parameters, 1)
    longer: dict[bool, list[bool]] = {True: [], False: []}
    for group in (Group("02", 2010), Group("03", 2010), Group("11", 2012), Group("12", 2012)):
        lives = live(plan, group)
        who, year = np.nonzero(lives.trained == LONGER)
        inside = year + 1 < lives.years
        who, year = who[inside], year[inside]
        assert (lives.training[who, year] == FULL).all()
        assert (lives.training[who, year + 1] == FULL).all()
        assert (lives.state[who, year + 1] == APPRENTICE).all()
        assert (lives.trained[who, year + 1] != LONGER).all()
        tested = np.isin(lives.trained, (TEST_PASSED, TEST_FAILED, LONGER)) & (lives.training == FULL)
        electro = programmes()[np.maximum(lives.area, 0)] == PROGRAMMES.index("EL")
        for own, found in longer.items():
            found += (lives.trained[tested & (electro == own)] == LONGER).tolist()
    for own, key in ((True, "EL"), (False, "")):
        share, people = float(parameters.one("contract.longer", key)), len(longer[own])
        assert people > 500
        assert abs(np.mean(longer[own]) - share) < 4 * (share * (1 - share) / people) ** 0.5


def test_everything_that_is_fitted_or_compared_can_be_counted() -> None:
    found = counted(Plan(load(), 1), GROUPS).figures()
    elsewhere = {("left.area", "03"), ("starters", "2015"), ("test", "EL")}  # no pupil takes a trade test
    wanted = {each.measured[:2] for each in fitted() if each.figure not in OF_ROWS} - elsewhere
    assert wanted - {(figure, key) for figure, key, _ in found} == set()


def test_neighbours_are_of_other_years_than_the_targets_and_have_a_source() -> None:
    with NEIGHBOURS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    known = {(target.figure, target.key, target.year) for target in targets()}
    named = [(row["figure"], row["key"], int(row["year"])) for row in rows]
    assert known.isdisjoint(named)
    assert len(set(named)) == len(named)
    assert all(row["source"] and row["licence"] for row in rows)
    assert all(float(row["tolerance"] or 1) > 0 for row in rows)
