"""Every row of the sources holds a canary. No row that must not leave leaves a trace in anything that was made, down to
each decompressed page and dictionary; the same search finds the rows that may, and counts them.
"""

from collections.abc import Iterator
from itertools import chain

import pyarrow.parquet as pq
import pytest

from avrop.actions import disclose
from avrop.demo.scene import open_scene
from avrop.errors import Refusal
from tests.canary import planting as p
from tests.canary.conftest import Planted
from tests.canary.searching import contents, database, search

pytestmark = pytest.mark.slow

FIRST, SECOND = "2026-001/delivery/1", "2026-001/delivery/2"


def _leaves(told: Planted) -> Iterator[tuple[str, bytes]]:
    """Everything that is made to leave, or that tells of it: files, databases, what was printed, PostgreSQL's log."""
    folders = [told.generation(1), told.generation(2), told.extracts]
    folders += [told.home / name for name in ("exchange", "receiver", "bundle", "controllers")]
    logs = [path for path in (told.home / "postgres" / "data").glob("*log*") if path.is_file()]
    yield from chain.from_iterable(contents(folder) for folder in (*folders, *logs))
    yield from chain.from_iterable(database(url) for url in told.urls.values())
    yield "what was printed", told.text.encode()


def test_every_kind_of_row_was_planted(told: Planted) -> None:
    kinds = set(p.NEVER) - {p.NO_ROW, p.UNASKED} | {p.CLAIM_EXCLUDED, p.APPROVED, p.REVOKED}
    assert {f"{table} {kind}" for table in ("ENROLMENT", "RESULT") for kind in kinds} <= set(told.planted)
    persons = {f"PERSON {kind}" for kind in (p.PROTECTED, p.OBJECTING, p.NO_ROW, p.REVOKED, p.APPROVED)}
    assert persons <= set(told.planted)


def test_the_search_finds_each_canary_where_it_was_planted(told: Planted) -> None:
    """The loaded snapshot holds all of them: what is not found below is not there."""
    found = search(contents(told.home / "provider" / "zone" / "snapshots"), told.people)
    assert set(found) >= {*p.NEVER, p.APPROVED, p.REVOKED, "identity"}
    assert any(" page of LEVEL" in place for place in found[p.REFUSED])
    assert any(" page of SUBJECT" in place for place in found[p.REFUSED])


def test_nothing_that_was_made_holds_a_row_that_must_not_leave_nor_an_identity_number(told: Planted) -> None:
    found = search(_leaves(told), told.people)
    assert {name: found[name] for name in (*p.NEVER, "identity") if name in found} == {}
    assert {p.APPROVED, p.REVOKED} <= set(found)


@pytest.mark.parametrize("column", ["LEVEL", "SEX", "SUBJECT"])
def test_the_same_search_finds_the_approving_controllers_rows(told: Planted, column: str) -> None:
    handed, package = told.home / "exchange" / "2026-001-delivery-2", told.home / "receiver" / "zone" / "packages"
    for folder in (told.generation(2), handed, package):
        found = search(contents(folder), told.people)[p.APPROVED]
        assert any(place.endswith(f" page of {column}") for place in found)
        assert any(place.endswith(f" values of {column}") for place in found)


def test_before_the_revocation_the_revoking_controllers_rows_were_in(told: Planted) -> None:
    found = search(contents(told.generation(1)), told.people)
    for column in ("LEVEL", "SEX", "SUBJECT"):
        assert any(f" page of {column}" in place for place in found[p.REVOKED])
    assert "11" in pq.read_table(told.generation(1) / "ENROLMENT.parquet")["REPORTING_COUNTY"].to_pylist()


def test_nothing_built_or_kept_after_the_revocation_holds_the_revoking_controller(told: Planted) -> None:
    late = [path for path in told.extracts.iterdir() if path.name not in told.early]
    assert len(late) == 12
    after = [*late, told.generation(2), told.home / "exchange" / "2026-001-delivery-2", told.home / "receiver" / "zone"]
    found = search(chain.from_iterable(contents(path) for path in after), told.people)
    assert p.APPROVED in found
    assert p.REVOKED not in found
    assert "11" not in pq.read_table(told.generation(2) / "ENROLMENT.parquet")["REPORTING_COUNTY"].to_pylist()


def test_the_closed_generation_is_refused_and_what_is_served_holds_no_such_row(told: Planted) -> None:
    with open_scene(told.home, told.pack, database_urls=told.urls) as scene:
        with pytest.raises(Refusal) as refused:
            disclose.served(scene.provider, FIRST)
        assert refused.value.code == "delivery.closed"
        operator_sees = disclose.served(scene.provider, SECOND)
    assert operator_sees == told.generation(2)
    assert p.REVOKED not in search(contents(operator_sees), told.people)


def test_rows_are_exactly_those_of_the_approving_groups(told: Planted) -> None:
    """Counted: as many as were planted, so that nothing else was lost on the way."""
    for number, groups in ((1, {p.APPROVED, p.REVOKED}), (2, {p.APPROVED})):
        for table, column in (("ENROLMENT", "LEVEL"), ("RESULT", "SUBJECT")):
            values = pq.read_table(told.generation(number) / f"{table}.parquet")[column].to_pylist()
            kept = [value[:7] for value in values if not value.startswith(p.CLAIM_EXCLUDED)]
            assert len(kept) == sum(told.planted[f"{table} {group}"] for group in groups)
            assert set(kept) == groups


def test_a_claimants_excluded_period_leaves_nothing(told: Planted) -> None:
    """A row of another origin whose home county decided for a shorter period, in the part that it left out."""
    assert told.planted[f"ENROLMENT {p.CLAIM_EXCLUDED}"]
    assert p.CLAIM_EXCLUDED not in search(_leaves(told), told.people)
