"""Errors go between processes as they are."""

import pickle

import pytest

from avrop.errors import AvropError, Conflict, Fault, Missing, Mistake, Refusal, Stranger, Tampered


@pytest.mark.parametrize("kind", [AvropError, Conflict, Fault, Missing, Mistake, Refusal, Stranger, Tampered])
def test_an_error_from_another_process_says_the_same(kind: type[AvropError]) -> None:
    error = kind("some.code", "It went wrong.", hint="Do this.", file="a.csv", line=3)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  bytes of our own
    assert type(again) is kind
    assert (again.code, str(again), again.where) == (error.code, str(error), error.where)
