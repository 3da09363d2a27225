"""A catalogue of two small tables, and the means to write their sources and load them."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from avrop.catalogue.codelists import Code, CodeList
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.unittypes import Text
from avrop.catalogue.variables import DataType, Variable
from avrop.disclosure.snapshots import LoadFault, LoadReport
from avrop.engines.loading import LoadRefused, load_tables

SAID = Text(nb="x", en="x")


def variable(name: str, data_type: DataType = "text", **form: object) -> Variable:
    return Variable(
        name=name,
        label=SAID,
        definition=SAID,
        unit_type="PERSON",
        data_type=data_type,
        temporality="EVENT",
        sensitivity="ordinary",
        source="",
        **form,  # type: ignore[arg-type]
    )


def code(name: str, since: int, until: int | None = None) -> Code:
    return Code(code=name, label=SAID, valid_from=date(since, 1, 1), valid_to=date(until, 1, 1) if until else None)


def code_list(name: str, *codes: Code) -> CodeList:
    return CodeList(name=name, title=SAID, source="", codes=codes)


def dataset(name: str, variables: Sequence[str], *, key: tuple[str, ...], time: str | None = None) -> Dataset:
    return Dataset(
        name=name,
        label=SAID,
        definition=SAID,
        unit_type="PERSON",
        kind="event" if time else "register",
        person="ID",
        key=key,
        variables=tuple(variables),
        time=time,
    )


@pytest.fixture
def catalogue() -> Catalogue:
    """PERSON(ID, SEX) and COURSE(ID, DAY, AREA, HOURS?, NOTE?). Area `old` ends with 2024, `new` begins with 2025."""
    return Catalogue(
        name="small",
        version="1",
        title=SAID,
        publisher="nobody",
        unit_types=(),
        code_lists=(
            CodeList(
                name="SEX", title=SAID, source="", codes=(code("1", 1900), code("2", 1900), code("3", 1900, 1950))
            ),
            CodeList(name="AREA", title=SAID, source="", codes=(code("old", 2000, 2025), code("new", 2025))),
        ),
        variables=(
            variable("ID", pattern="[0-9]{4}"),
            variable("SEX", code_list="SEX"),
            variable("DAY", "date"),
            variable("AREA", code_list="AREA"),
            variable("HOURS", "integer", minimum=0, maximum=99, nullable=True),
            variable("NOTE", nullable=True),
        ),
        datasets=(
            dataset("PERSON", ("ID", "SEX"), key=("ID",)),
            dataset("COURSE", ("ID", "DAY", "AREA", "HOURS", "NOTE"), key=("ID", "DAY"), time="DAY"),
        ),
    )


PEOPLE = "ID,SEX\n0001,1\n0002,2\n0003,1\n"
COURSES = "ID,DAY,AREA,HOURS,NOTE\n0002,2024-10-01,old,5,\n0001,2025-10-01,new,,a\n0001,2024-10-01,old,99,b\n"

Load = Callable[..., LoadReport]
Refused = Callable[..., tuple[LoadFault, ...]]


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        path = tmp_path / "sources" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, newline="")
        return path

    return write


@pytest.fixture
def load(catalogue: Catalogue, tmp_path: Path, written: Callable[[str, str], Path]) -> Load:
    """Load texts or files into `tmp_path/snapshot`."""

    def do(people: str | Path = PEOPLE, courses: str | Path = COURSES, **options: object) -> LoadReport:
        given = {"PERSON": people, "COURSE": courses}
        sources = {name: [one if isinstance(one, Path) else written(f"{name}.csv", one)] for name, one in given.items()}
        target = options.pop("target", tmp_path / "snapshot")
        assert isinstance(target, Path)
        return load_tables(catalogue, sources, target, threads=2, memory_limit="500MB", **options)  # type: ignore[arg-type]

    return do


@pytest.fixture
def refused(load: Load, tmp_path: Path) -> Refused:
    """The faults of a load that must be refused and leave nothing."""

    def do(*given: str | Path, **options: object) -> tuple[LoadFault, ...]:
        with pytest.raises(LoadRefused) as failure:
            load(*given, **options)
        assert failure.value.code == "load.refused"
        assert not (tmp_path / "snapshot").exists()
        assert not list(tmp_path.glob(".partial-*"))
        return failure.value.report.faults

    return do
