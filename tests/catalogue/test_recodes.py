"""Recodes: what a level would silently make null is asked about, whatever step comes before it."""

from dataclasses import replace

import pytest

from avrop.catalogue.checks import run_checks
from avrop.catalogue.datasets import Catalogue
from avrop.catalogue.variables import Band, Level, Prefix, Recode, Step
from tests.publishing import CATALOGUE


def told(name: str, *steps: Step) -> list[str]:
    """What is said of a variable of the installed description that has these steps."""
    levels = (Level(name="stored"), *(Level(name=f"L{n}", step=step) for n, step in enumerate(steps, 1)))
    made = tuple(replace(v, levels=levels) if v.name == name else v for v in CATALOGUE.variables)
    changed: Catalogue = replace(CATALOGUE, variables=made)
    found = [finding for finding in run_checks(changed) if finding.severity != "note"]
    assert {(finding.check, finding.severity, finding.subject) for finding in found} <= {("recodes", "question", name)}
    return [finding.sentence for finding in found]


def recode(**pairs: str) -> Recode:
    return Recode(pairs=tuple(pairs.items()))


@pytest.mark.parametrize(
    ("name", "steps", "sentences"),
    [
        ("LEVEL", [recode(VG1="a", VG2="b", VG3="b", VG4="b")], []),
        ("LEVEL", [recode(VG1="a", VG2="b")], ["Level L1 makes VG3, VG4 null."]),
        (
            "LEVEL",
            [recode(VG1="a", Vg2="b", VG3="c", VG4="d")],
            ["Level L1 makes VG2 null.", "Level L1 recodes Vg2, which never occurs."],
        ),
        ("LEVEL", [Prefix(length=2), recode(VG="a")], []),
        ("LEVEL", [Prefix(length=2), recode(VG1="a")], ["Level L2 makes VG null.", "Level L2 recodes VG1, which never occurs."]),
        ("LEVEL", [recode(VG1="a", VG2="b", VG3="b", VG4="b"), recode(a="x")], ["Level L2 makes b null."]),
        ("ABSENCE_DAYS", [Band(edges=(5, 10)), recode(**{"<5": "few", "5-9": "few", ">=10": "many"})], []),
        ("ABSENCE_DAYS", [Band(edges=(5, 10)), recode(**{"<5": "few", ">=10": "many"})], ["Level L2 makes 5-9 null."]),
        ("SCHOOL_NUMBER", [Prefix(length=2), recode(**{"03": "here"})], []),
        ("BIRTH_DATE", [Prefix(length=4), Band(edges=(2000,)), recode(**{"<2000": "a", ">=2000": "b"})], []),
    ],
)  # fmt: skip
def test_a_recode_covers_what_enters_it(name: str, steps: list[Step], sentences: list[str]) -> None:
    assert told(name, *steps) == sentences
