"""The lives of a whole group by the standing parameters, lived once for all tests of a module that ask."""

import shutil
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan
from tools.calibrate import write


@cache
def plan() -> Plan:
    return Plan(load(), 1)


@cache
def lives_of(group: Group) -> Lives:
    return live(plan(), group)


def lives_with(folder: Path, group: Group, factors: Mapping[tuple[str, str], float]) -> Lives:
    """The lives of a group when some parameters are multiplied; `folder`, which is new, gets all of them."""
    shutil.copytree(str(files("avrop.vigo.simulator") / "parameters"), folder)
    write(folder, factors)
    return live(Plan(load(folder), 1), group)
