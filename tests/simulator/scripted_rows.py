"""What a finished run has of a person of the gallery."""

from pathlib import Path

import duckdb

from avrop.vigo.simulator.gallery import script


def rows(folder: Path, table: str, columns: str, name: str, more: str = "") -> list[tuple[object, ...]]:
    """Rows of a person of the gallery, each once however many bases it stands in."""
    with duckdb.connect() as database:
        return database.execute(
            f"SELECT DISTINCT {columns} FROM read_parquet('{folder / table}/*.parquet') "
            f"WHERE person_lnr = {script(name).lnr} {more} ORDER BY ALL"
        ).fetchall()


def years(folder: Path, name: str) -> list[str]:
    """Level and end of every course, in order."""
    found = rows(
        folder, "elevforhold", "skoleaar, trinn || ':' || coalesce(fullfortkode, '-')", name, "AND elevstatus <> 'P'"
    )
    return [str(end) for _, end in found]


def courses(folder: Path, name: str) -> list[str]:
    """School year, area and end of every course, in order; not of the part before a change of school."""
    found = rows(
        folder, "elevforhold", "skoleaar || ' ' || rtrim(programomraadekode, '-') || ' ' || fullfortkode", name,
        "AND elevstatus <> 'P' AND avbruddsaarsak IS DISTINCT FROM 'AS'",
    )  # fmt: skip
    return [str(course) for (course,) in found]
