"""The rules SR01 to SR42 as SQL: each gives the keys of rows that break it, from the Parquet files alone."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from avrop.errors import Missing
from avrop.vigo.simulator.codes import offers, successors
from avrop.vigo.simulator.columns import Rows
from avrop.vigo.simulator.forms import KEYS, TABLES

SHOWN = 20
"""So many offending keys are told of a rule."""

_LARGE = 60_000_000
"""Bytes of assessments from which on a run is asked cohort by cohort."""

_WHOLE = ("SR05", "SR06")
"""Rules that compare people of different cohorts."""

_NOBODYS = ("skole", "bedrift", "opplaeringskontor", "kodeverk")
LATENT = ("theta", "general", "skills", "engagement", "evne", "ferdighet", "engasjement", "stoy", "fasit")
_LINKS = (
    ("onske", "soknad_id", "soknad"), ("elevfag", "elevforhold_id", "elevforhold"),
    ("vurdering", "elevfag_id", "elevfag"),
    ("prove", "kontrakt_id", "kontrakt"), ("fagbrev", "prove_id", "prove"), ("elevforhold", "person_lnr", "person"),
    ("soknad", "person_lnr", "person"), ("kontrakt", "person_lnr", "person"), ("dokumentasjon", "person_lnr", "person"),
    ("bosted", "person_lnr", "person"), ("grunnskoleresultat", "person_lnr", "person"),
    ("prove", "person_lnr", "person"),
    ("fagbrev", "person_lnr", "person"), ("formidling", "person_lnr", "person"), ("oppfolging", "person_lnr", "person"),
)  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """A rule: its number, what it asks, and the statement that gives what breaks it."""

    number: str
    text: str
    sql: str


@dataclass(frozen=True)
class Broken:
    """How often a rule is broken, and some of the keys."""

    rule: Rule
    count: int
    keys: tuple[str, ...]


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by number."""
    found = {rule.number: rule for rule in _generated()}
    for item in (files("avrop.vigo.simulator") / "rules").iterdir():
        if item.name.endswith(".sql") and item.name != "helpers.sql":
            for rule in _parsed(item.read_text(encoding="utf-8")):
                found[rule.number] = rule
    return dict(sorted(found.items()))


def check_rules(
    folder: Path, numbers: tuple[str, ...] = (), *, progress: Callable[[str], None] | None = None
) -> list[Broken]:
    """The rules that the tables of a folder break. Errors: `simulate.rule` (Missing) for an unknown number."""
    chosen = numbers or tuple(rules())
    unknown = [number for number in chosen if number not in rules()]
    if unknown:
        raise Missing("simulate.rule", "There is no rule of that number.", hint=f"SR01 to SR42; not {unknown[0]}.")
    found: dict[str, Broken] = {}
    for part in _parts(folder):
        asked = [number for number in chosen if part or number in _WHOLE or not _large(folder)]
        for broken in _broken(folder, part, [number for number in asked if not part or number not in _WHOLE], progress):
            earlier = found.get(broken.rule.number)
            found[broken.rule.number] = _joined(earlier, broken) if earlier else broken
    return [found[number] for number in sorted(found)]


def _large(folder: Path) -> bool:
    return sum(path.stat().st_size for path in (folder / "vurdering").glob("*.parquet")) > _LARGE


def _parts(folder: Path) -> list[str]:
    """What is asked at once: everything, or in a large run each cohort, since nobody has rows in two.

    The empty part is the whole; of a large run it is asked only the few rules that compare people.
    """
    if not _large(folder):
        return [""]
    names = {path.stem for path in (folder / "person").glob("*.parquet")}
    return ["", *sorted({f"*-{name.split('-')[1].removesuffix('V')}*" if "-" in name else name for name in names})]


def _broken(
    folder: Path, part: str, numbers: Sequence[str], progress: Callable[[str], None] | None
) -> Iterator[Broken]:
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 2, "memory_limit": "6GB", "preserve_insertion_order": False,
    }  # fmt: skip
    with duckdb.connect(config=config) as database:
        views(database, folder, part)
        for number in numbers:
            if progress:
                progress(f"{number} {part.strip('*-')}".strip())
            rule = rules()[number]
            keys = database.execute(rule.sql).fetchmany(100_000)
            if keys:
                yield Broken(rule, len(keys), tuple(", ".join(str(cell) for cell in key) for key in keys[:SHOWN]))


def _joined(one: Broken, other: Broken) -> Broken:
    return Broken(one.rule, one.count + other.count, (*one.keys, *other.keys)[:SHOWN])


def views(database: duckdb.DuckDBPyConnection, folder: Path, part: str = "") -> None:
    """The tables as views on their files, or on those of a part; one without files is empty, and has its columns."""
    for name, form in TABLES.items():
        files_of = f"{part or '*'}.parquet" if name not in _NOBODYS else "*.parquet"
        place = str(folder / name / files_of).replace("'", "''")
        if any((folder / name).glob(files_of)):
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{place}')")
        else:
            database.register(f"empty_{name}", Rows(form).table())
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM empty_{name}")
    database.register("etterfolger", successors())
    database.register("tilbud", offers())
    database.execute((files("avrop.vigo.simulator") / "rules" / "helpers.sql").read_text(encoding="utf-8"))


def _parsed(text: str) -> list[Rule]:
    found = []
    for part in re.split(r"^(?=-- SR\d\d )", text, flags=re.MULTILINE):
        head, _, sql = part.partition("\n")
        match = re.fullmatch(r"-- (SR\d\d) (.*)", head)
        if match:
            found.append(Rule(match[1], match[2], sql.strip().removesuffix(";")))
    return found


def _generated() -> list[Rule]:
    """Rules whose statement follows from the tables' forms: keys, links, and what must not be there."""
    keys = [
        f"SELECT '{table}' AS tabell, concat_ws(' ', {', '.join(names)}) AS nokkel FROM {table} "
        f"GROUP BY {', '.join(names)} HAVING count(*) > 1 OR {' OR '.join(f'{name} IS NULL' for name in names)}"
        for table, names in KEYS.items()
    ]
    links = [
        f"SELECT '{child}' AS tabell, c.{key} FROM {child} c LEFT JOIN {parent} p USING (base, {key}) "
        f"WHERE c.{key} IS NOT NULL AND p.base IS NULL"
        for child, key, parent in _LINKS
    ]
    return [
        Rule("SR01", "What identifies a row is there and occurs once, in every table.", "\nUNION ALL\n".join(keys)),
        Rule("SR02", "Every row belongs to rows that are there.", "\nUNION ALL\n".join(links)),
    ]


def latent(folder: Path) -> list[str]:
    """Files of the folder that hold a latent column, or bear the name of an answer key (SR42)."""
    found = []
    for path in sorted(folder.rglob("*.parquet")):
        names = [path.parent.name, *pq.read_schema(path).names]
        if any(name.lower().startswith(LATENT) for name in names):
            found.append(str(path.relative_to(folder)))
    return found
