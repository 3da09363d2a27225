"""The rules SR01 to SR42 as SQL: each gives the keys of rows that break it, from the Parquet files alone."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from avrop.catalogue.packform import Breach
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
    ("hendelse", "person_lnr", "person"),
)  # fmt: skip


_REGISTERED = (
    ("onske", "skolenr", "skole", "skolenr"), ("kapasitet", "skolenr", "skole", "skolenr"),
    ("dokumentasjon", "skolenr", "skole", "skolenr"), ("elevforhold", "orgnr", "skole", "orgnr"),
    ("kontrakt", "orgnr", "bedrift", "orgnr", "kontraktstype <> 'E'"),
    ("kontrakt", "orgnr", "skole", "orgnr", "kontraktstype = 'E'"),
    ("kontrakt", "opplaeringskontor", "opplaeringskontor", "orgnr"),
)  # fmt: skip
"""Columns that name a school or a company of the registers; a county's number and 000 is no school, but training."""

_UNMARKED_FILES = """SELECT 'file', parse_filename(file_name) FROM merker GROUP BY file_name
HAVING count(*) FILTER (decode(key) = 'synthetic' AND decode(value) = 'true') = 0"""


@dataclass(frozen=True)
class Rule:
    """A rule: its number, what it asks, and the statement that gives what breaks it."""

    number: str
    text: str
    sql: str


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
) -> list[Breach]:
    """The rules that the tables of a folder break. Errors: `simulate.rule` (Missing) for an unknown number."""
    chosen = numbers or tuple(rules())
    unknown = [number for number in chosen if number not in rules()]
    if unknown:
        raise Missing("simulate.rule", "There is no rule of that number.", hint=f"SR01 to SR42; not {unknown[0]}.")
    found: dict[str, Breach] = {}
    for part, asked in _asked(folder, chosen):
        for breach in _breaches(folder, part, asked, progress):
            earlier = found.get(breach.rule)
            found[breach.rule] = _joined(earlier, breach) if earlier else breach
    return [found[number] for number in sorted(found)]


def _asked(folder: Path, chosen: Sequence[str]) -> list[tuple[str, Sequence[str]]]:
    """Which files are asked which rules at once. Of a large run the whole is asked only what compares people."""
    found = parts(folder)
    if len(found) == 1:
        return [(found[0], chosen)]
    within = [number for number in chosen if number not in _WHOLE]
    return [("*", [number for number in chosen if number in _WHOLE]), *((part, within) for part in found)]


def parts(folder: Path) -> list[str]:
    """Patterns of names of chunks that are read together: all, or in a large run a cohort's; nobody is in two."""
    if sum(path.stat().st_size for path in (folder / "vurdering").glob("*.parquet")) < _LARGE:
        return ["*"]
    names = {path.stem for path in (folder / "person").glob("*.parquet")}
    return sorted({f"*-{name.split('-')[1].removesuffix('V')}*" if "-" in name else name for name in names})


def _breaches(
    folder: Path, part: str, numbers: Sequence[str], progress: Callable[[str], None] | None
) -> Iterator[Breach]:
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
                told = tuple(", ".join(str(cell) for cell in key) for key in keys[:SHOWN])
                yield Breach(rule=number, text=rule.text, count=len(keys), keys=told)


def _joined(one: Breach, other: Breach) -> Breach:
    keys = (*one.keys, *other.keys)[:SHOWN]
    return Breach(rule=one.rule, text=one.text, count=one.count + other.count, keys=keys)


def views(database: duckdb.DuckDBPyConnection, folder: Path, part: str = "*") -> None:
    """The tables as views on their files, or on those of a part; one without files is empty, and has its columns."""
    for name, form in TABLES.items():
        files_of = f"{part}.parquet" if name not in _NOBODYS else "*.parquet"
        place = str(folder / name / files_of).replace("'", "''")
        if any((folder / name).glob(files_of)):
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{place}')")
        else:
            database.register(f"empty_{name}", Rows(form).table())
            database.execute(f"CREATE VIEW {name} AS SELECT * FROM empty_{name}")
    marks = str(folder / "*" / f"{part}.parquet").replace("'", "''")
    database.execute(f"CREATE VIEW merker AS SELECT * FROM parquet_kv_metadata('{marks}')")
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
    links += [_unregistered(*each) for each in _REGISTERED]
    unmarked = [
        f"SELECT '{table}' AS tabell, count(*)::VARCHAR FROM {table} WHERE er_syntetisk IS NOT TRUE HAVING count(*) > 0"
        for table in TABLES
        if table != "kodeverk"
    ]
    unmarked.append(_UNMARKED_FILES)
    return [
        Rule("SR41", "Every row and every file says that it is synthetic.", "\nUNION ALL\n".join(unmarked)),
        Rule("SR01", "What identifies a row is there and occurs once, in every table.", "\nUNION ALL\n".join(keys)),
        Rule("SR02", "Every row belongs to rows that are there.", "\nUNION ALL\n".join(links)),
    ]


def _unregistered(table: str, column: str, register: str, key: str, which: str = "TRUE") -> str:
    return (
        f"SELECT '{table}' AS tabell, c.{column} FROM (SELECT DISTINCT {column} FROM {table} WHERE {which}) c "
        f"WHERE c.{column} NOT LIKE '__000' AND NOT EXISTS (SELECT 1 FROM {register} r WHERE r.{key} = c.{column})"
    )


def latent(folder: Path) -> list[str]:
    """Files of the folder that hold a latent column, or bear the name of an answer key (SR42)."""
    found = []
    for path in sorted(folder.rglob("*.parquet")):
        names = [path.parent.name, path.name, *_columns(path)]
        if any(name.lower().startswith(LATENT) for name in names):
            found.append(str(path.relative_to(folder)))
    return found


def _columns(path: Path) -> list[str]:
    """The columns of a file; none of one that is no table, which is told by its hash."""
    try:
        return list(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid):
        return []
