"""The report: one HTML file that opens without a network, with what was simulated beside what is published."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from avrop.catalogue.packform import Simulation
from avrop.vigo.simulator.drawing import bars, flow, stacked
from avrop.vigo.simulator.fidelity import Met, compare, figures_of, measured
from avrop.vigo.simulator.parameters import ASSUMPTION, Row
from avrop.vigo.simulator.run import order_of, plan_of, whole
from avrop.vigo.simulator.schoolway import school_way
from avrop.vigo.simulator.writing import write_text


def report(folder: Path, target: Path) -> dict[str, int]:
    """Write the report of a finished run; gives how many targets hold, do not, and cannot be told.

    Errors: `simulate.no_run`, `simulate.unfinished` (Missing), `simulate.no_space`, `simulate.disk` (Fault).
    """
    order = order_of(folder)
    manifest = whole(folder, order)
    with measured(folder) as database:
        met = compare(figures_of(folder, database))
        pictures = _pictures(database, order)
    rows = plan_of(order).parameters.rows
    size = f"{manifest['people']:,} people, {sum(manifest['rows'].values()):,} rows"
    body = "".join([
        "<h1>A VIGO of nobody</h1>",
        f"<p class='soft'>Profile {escape(order.profile)}, seed {order.seed}, {size}. ",
        f"Root <code>{manifest['root'][:16]}…</code></p>",
        "<p class='mark'>Nobody here exists: schools, companies and people are made up. It is not a statistic, and in "
        "detail not to be believed: learn nothing from it of a county, a programme or a subject.</p>",
        pictures, _targets(met), _assumptions(rows),
    ])  # fmt: skip
    style = (files("avrop.vigo.simulator") / "report.css").read_text(encoding="utf-8")
    head = "<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>A VIGO of nobody</title>"
    page = f"<!doctype html><html lang='en'><head>{head}<style>{style}</style></head><body>{body}</body></html>\n"
    write_text(target, page)
    holds = [each.holds for each in met]
    return {"hold": holds.count(True), "miss": holds.count(False), "cannot be told": holds.count(None)}


def _pictures(database: duckdb.DuckDBPyConnection, order: Simulation) -> str:
    way = school_way(database, profile=order.profile, seed=order.seed)
    by_subject: dict[str, list[float]] = {}
    for subject, mark, count in _all(database, _MARKS):
        by_subject.setdefault(str(subject), [0.0] * 6)[int(mark) - 1] = float(count)
    numbers = [str(mark) for mark in range(1, 7)]
    programmes, counties = (
        _shares(database, _COMPLETION.format(by=column, list=codes))
        for column, codes in (("program", "PROGRAMME"), ("fylke", "COUNTY"))
    )
    return "".join([
        f"<h2>From the first year to the end: those who began in {way.cohort}</h2>",
        f"<p>{way.people:,} people: first year, the year after, two years after, and what they have after "
        "five (academic) or six years.</p>",
        flow(way, title=f"Flow of those who began in {way.cohort}"),
        "<h2>Final marks</h2>", stacked(list(by_subject.items()), numbers, title="Final marks by subject"),
        "<h2>Absence in the last school year</h2>",
        bars(_shares(database, _ABSENCE), title="Days of absence"),
        "<h2>Completion by first programme</h2>",
        bars(programmes, most=100, title="Completion by programme"),
        "<h2>Completion by county of lower secondary</h2>",
        bars(counties, most=100, title="Completion by county"),
    ])  # fmt: skip


def _shares(database: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, float, int]]:
    return [(str(name), float(share), int(people)) for name, share, people in _all(database, sql)]


_MARKS = """SELECT fag || ' ' || coalesce(any_value(k.tittel_nb), ''), stp, count(*)
FROM skriv LEFT JOIN kodeverk k ON k.liste = 'SUBJECT' AND k.kode = fag WHERE stp IS NOT NULL
AND fag IN ('ENG1007', 'ENG1009', 'MAT1019', 'MAT1021', 'MAT1023', 'NAT1007', 'NOR1262', 'NOR1267', 'HIS1010')
GROUP BY fag, stp ORDER BY fag, stp"""
_ABSENCE = """SELECT navn, 100.0 * count(*) / sum(count(*)) OVER (), sum(count(*)) OVER () FROM (
SELECT CASE WHEN dager = 0 THEN '0 days' WHEN dager < 5 THEN '1-4 days' WHEN dager < 10 THEN '5-9 days'
WHEN dager < 20 THEN '10-19 days' ELSE '20 days or more' END AS navn, dager FROM telt
WHERE status = 'E' AND dager IS NOT NULL AND aar = (SELECT max(aar) FROM telt))
GROUP BY navn ORDER BY min(dager)"""
_COMPLETION = """SELECT {by} || ' ' || coalesce(any_value(k.tittel_nb), ''), 100 * avg(fullfort::INT), count(*)
FROM (SELECT s.*, f.fylke FROM start s JOIN folk f USING (person_lnr)) JOIN kull USING (aar)
LEFT JOIN kodeverk k ON k.liste = '{list}' AND k.kode = {by} GROUP BY {by} ORDER BY 2 DESC"""


def _all(database: duckdb.DuckDBPyConnection, sql: str) -> Sequence[tuple[Any, ...]]:
    found: Sequence[tuple[Any, ...]] = database.execute(sql).fetchall()
    return found


def _targets(met: Sequence[Met]) -> str:
    held = sum(bool(each.holds) for each in met)
    names = ["id", "figure", "of", "year", "published", "simulated", "tolerance", "people", "holds", "source"]
    head = "".join(f"<th>{name}" for name in names)
    return (
        f"<h2>Published and simulated</h2><p>{held} of {len(met)} figures are within their tolerance. Those with a "
        f"star were withheld from the fitting.</p><div class=scroll tabindex=0><table><thead><tr>{head}</thead><tbody>"
        f"{''.join(map(_target, met))}</tbody></table></div>"
    )


def _target(each: Met) -> str:
    target, counted = each.target, each.target.kind == "count"
    form = ",.0f" if counted else ".2f"
    simulated, room = ("–", "–") if each.simulated is None else (f"{each.simulated:{form}}", f"±{each.room:{form}}")
    published = f"{target.value:,.0f}" if counted else f"{target.value:g} {target.unit}"
    people = f"{each.people:,}" if each.people else "–"
    star = "\u00a0*" if target.withheld else ""
    words = (f"{target.id}{star}", f"{target.figure} {target.key}", target.population)
    numbers = (str(target.year), published, simulated, room, people)
    holds = "too few" if each.too_few else _WORDS[each.holds]
    return "".join([
        "<tr>", *(f"<td>{escape(word)}" for word in words), *(f"<td class=n>{escape(number)}" for number in numbers),
        f"<td{_CLASSES[each.holds]}>{holds}<td>{escape(target.source)}",
    ])  # fmt: skip


_WORDS = {True: "yes", False: "no", None: "cannot be told"}
_CLASSES = {True: " class=ok", False: " class=no", None: ""}


def _assumptions(rows: Sequence[Row]) -> str:
    assumed = [row for row in rows if row.source == ASSUMPTION]
    names = sorted({(row.name, row.note) for row in assumed})
    listed = "".join(f"<li><code>{escape(name)}</code> {escape(note)}" for name, note in names)
    return (
        f"<h2>What was assumed</h2><p>{len(rows) - len(assumed)} of {len(rows)} parameters have a public source; the "
        f"others are fitted or assumed:</p><ul>{listed}</ul>"
        "<p class='soft'>Not modelled: brothers and sisters, classes, teachers, neighbourhoods.</p>"
    )
