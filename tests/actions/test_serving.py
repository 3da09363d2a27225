"""Which of several is meant when one variable of a consumer is asked for."""

import pytest

from avrop.actions.serving import Pull, chosen
from avrop.disclosure.variabletables import VariableTable
from avrop.errors import Missing, Mistake


def _pull(delivery: str, dataset: str) -> Pull:
    table = VariableTable(
        dataset=dataset, file="f", file_digest="d", identifiers=("pseudonym",), measure="V", types=()
    )  # fmt: skip
    return Pull(subject="s", delivery=delivery, variable="V", catalogue="c", table=table)


ONE, TWO, OTHER = _pull("r/delivery/1", "D"), _pull("r/delivery/1", "E"), _pull("q/delivery/3", "D")


def test_one_is_the_one() -> None:
    assert chosen([ONE], None) == ONE
    assert chosen([ONE], "D") == ONE
    assert chosen([ONE, TWO], "E") == TWO


def test_two_deliveries_say_which_to_add_before_anything_else() -> None:
    for dataset in (None, "D"):
        with pytest.raises(Mistake) as no:
            chosen([ONE, TWO, OTHER], dataset)
        assert no.value.code == "variable.delivery_needed"
        assert "r/delivery/1, q/delivery/3" in no.value.hint


def test_two_datasets_of_one_delivery_say_which_to_add() -> None:
    with pytest.raises(Mistake) as no:
        chosen([ONE, TWO], None)
    assert (no.value.code, no.value.hint) == ("variable.dataset_needed", "Add `dataset=` and one of: D, E.")


def test_none_is_missing() -> None:
    for found, dataset in (((), None), ((ONE,), "E")):
        with pytest.raises(Missing) as no:
            chosen(found, dataset)
        assert no.value.code == "variable.not_served"
