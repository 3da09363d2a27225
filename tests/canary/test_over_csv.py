"""What the datasource contract serves of a generation holds no row, column or identity that must not leave; the same
search finds the rows that may, and counts them."""

import csv
import io
from collections.abc import Iterator

import pyarrow.parquet as pq
import pytest

from tests.canary import planting as p
from tests.canary.conftest import Planted
from tests.canary.searching import contents, search
from tests.http.serving import CALL_OFF, Served, served

pytestmark = pytest.mark.slow

SECOND = f"{CALL_OFF}/delivery/2"
GRANTED = {
    "ENROLMENT": (
        "BIRTH_DATE", "SEX", "SCHOOL_YEAR", "REPORTING_COUNTY", "PROGRAMME_AREA", "LEVEL", "COMPLETION", "ABSENCE_DAYS",
    ),
    "RESULT": ("SUBJECT", "FINAL_MARK"),
}  # fmt: skip


@pytest.fixture(scope="module")
def provider(told: Planted) -> Iterator[Served]:
    with served(told.home, told.urls, pack=told.pack) as running:
        yield running


@pytest.fixture(scope="module")
def answers(provider: Served) -> dict[str, bytes]:
    """Everything that a consumer gets: each variable, whole and as windows, and what is refused."""
    got = {}
    names = [name for names in GRANTED.values() for name in names]
    for name in (*names, "SCHOOL_NUMBER", "PERSON_ID", "HOME_COUNTY", "SCHOOL_OWNER", "REFERENCE_DATE"):
        for query in ("", "?start=2024-08-01", "?start=1900-01-01&stop=2100-01-01", f"?delivery={SECOND}", "?start=x"):
            answer = provider.get(f"/api/variables/{name}{query}")
            got[f"{name}{query}"] = (
                b"%d " % answer.status_code + str(answer.headers).encode() + b"\n\n" + answer.content
            )
    return got


def test_every_granted_variable_is_served_and_no_other(answers: dict[str, bytes]) -> None:
    served_now = {name.partition("?")[0] for name, answer in answers.items() if answer.startswith(b"200 ")}
    assert served_now == {name for names in GRANTED.values() for name in names}


def test_no_answer_holds_a_row_that_must_not_leave_nor_an_identity_number(
    told: Planted, answers: dict[str, bytes]
) -> None:
    found = search(iter(answers.items()), told.people)
    assert {name: found[name] for name in (*p.NEVER, p.REVOKED, "identity") if name in found} == {}


@pytest.mark.parametrize("name", ["SEX", "LEVEL", "SUBJECT"])
def test_the_same_search_finds_the_approving_controllers_rows(
    told: Planted, answers: dict[str, bytes], name: str
) -> None:
    assert name in search(iter(answers.items()), told.people)[p.APPROVED]


def test_what_was_rendered_holds_no_more_than_what_is_served(told: Planted, answers: dict[str, bytes]) -> None:
    folder = told.home / "provider" / "zone" / "served"
    found = search(contents(folder), told.people)
    assert {name: found[name] for name in (*p.NEVER, p.REVOKED, "identity") if name in found} == {}
    assert p.APPROVED in found
    assert [path.name for path in folder.iterdir()] == [SECOND.replace("/", "-")]  # the first generation has closed


@pytest.mark.parametrize(("dataset", "name"), [(dataset, name) for dataset, names in GRANTED.items() for name in names])
def test_rows_and_columns_are_exactly_the_generations(
    told: Planted, answers: dict[str, bytes], dataset: str, name: str
) -> None:
    rows = pq.read_table(told.generation(2) / f"{dataset}.parquet").to_pylist()
    text = answers[name].partition(b"\n\n")[2].decode()
    wanted = [[row["pseudonym"], "" if row[name] is None else str(row[name])] for row in rows]
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [["pseudonym", name], *wanted]


@pytest.mark.parametrize(("dataset", "name"), [("ENROLMENT", "LEVEL"), ("RESULT", "SUBJECT")])
def test_as_many_rows_are_served_as_were_planted_to_be(
    told: Planted, answers: dict[str, bytes], dataset: str, name: str
) -> None:
    values = [line.split(b",")[1].decode() for line in answers[name].partition(b"\n\n")[2].splitlines()[1:]]
    assert sum(value.startswith(p.APPROVED) for value in values) == told.planted[f"{dataset} {p.APPROVED}"] > 0
