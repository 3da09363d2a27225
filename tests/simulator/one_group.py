"""The lives of a whole group by the standing parameters, lived once for all tests of a module that ask."""

from functools import cache

from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import Lives
from avrop.vigo.simulator.parameters import load
from avrop.vigo.simulator.plan import Group, Plan


@cache
def plan() -> Plan:
    return Plan(load(), 1)


@cache
def lives_of(group: Group) -> Lives:
    return live(plan(), group)
