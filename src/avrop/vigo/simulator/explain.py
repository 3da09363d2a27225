"""One person's life, told year by year with what gave each step; made anew from the seed, not read from the files."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import numpy as np

from avrop.errors import Missing
from avrop.vigo.simulator.block import Block, block
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import SD
from avrop.vigo.simulator.forms import AREAS, area_codes
from avrop.vigo.simulator.gallery import FIRST, Script, script, scripted
from avrop.vigo.simulator.later_wishes import unmet
from avrop.vigo.simulator.life import live
from avrop.vigo.simulator.lives import ABROAD, APPRENTICE, ENDS, EXTERNAL, IN_SCHOOL, PATHS, PUPIL, Lives
from avrop.vigo.simulator.other_courses import unclaimed
from avrop.vigo.simulator.places import BASES, counties, day, first_offers
from avrop.vigo.simulator.plan import Group, Plan, Profile, profile
from avrop.vigo.simulator.run import order_of, plan_of
from avrop.vigo.simulator.schools import school_numbers

_STATES = (
    "outside", "pupil", "apprentice", "certified", "has a diploma", "at a school abroad", "an external candidate",
)  # fmt: skip
_TRAINED = (
    "goes on", "contract ended", "carried over to another company", "test passed", "test failed", "goes on longer",
)  # fmt: skip
_FLAGS = {
    "objecting": "objects to statistics", "private": "in a private school", "protected": "with a protected address",
}  # fmt: skip
_ENDS = {"B": "passed", "I": "a subject failed", "M": "no basis for a mark", "A": "partial competence", "S": "left"}


def explain(folder: Path, person: str) -> list[str]:
    """The life of a person of a run, by running number or by a name of the gallery: a line for each school year.

    Years of which the same is told stand in one line. Errors: `simulate.person`, `simulate.gallery` (Missing).
    """
    order = order_of(folder)
    plan, chosen = plan_of(order), profile(order.profile)
    number = int(person) if person.isdecimal() else script(person).lnr
    found = scripted(plan, number)
    return list(_scripted(plan, *found) if found else _drawn(plan, chosen, number))


def _drawn(plan: Plan, chosen: Profile, person: int) -> Iterator[str]:
    place, index = divmod(person, 100_000)
    place, adult = divmod(place, 2)
    cohort, base = divmod(place, len(BASES))
    group = Group(BASES[base], cohort + 2000, bool(adult))
    if group not in plan.groups(chosen) or not 0 <= index < chosen.size(plan.size(group)):
        hint = "Name a person_lnr of its tables, or a life of the gallery."
        raise Missing("simulate.person", "The run has no such person.", hint=hint)
    own = block(plan, group, 0, live(plan, group))
    lives, who = own.lives, own.lives.who
    came = "came as an adult" if group.adult else "left lower secondary"
    yield f"group {group.name}: {came} in {group.cohort} in area {group.base}"
    points = f", {who.points[index] / 10} points" if who.points[index] >= 0 else ""
    yield (
        f"ability {who.general[index] / SD:+.2f}, engagement {who.engagement[index] / SD:+.2f} standard "
        f"deviations (parents, sex, county and the stream `ability`){points}"
    )
    yield from _admitted(lives, index)
    yield from _years(
        group.cohort, (
            f"{_year(lives, index, year, f' (stream `end/{year}`)')}{_later(own, index, year)}"
            f"{'' if year else _never_came(lives, index)}"
            for year in range(lives.years)
        ),
    )  # fmt: skip


def _scripted(plan: Plan, told: Script, lives: Lives) -> Iterator[str]:
    own = block(plan, told.group, FIRST + told.place, lives)
    yield f"{told.name}, of the gallery, written by hand; only what names a stream was drawn: {told.about}"
    yield f"born {told.born}, {('man', 'woman')[told.sex]}" + "".join(
        f", {_FLAGS[flag]}" for flag in sorted(told.flags)
    )
    yield from _years(
        told.group.cohort, (f"{_year(lives, 0, year, '')}{_later(own, 0, year)}" for year in range(lives.years))
    )


def _years(first: int, texts: Iterable[str]) -> Iterator[str]:
    """Each text with its year, or with those of which it is the same."""
    year = first
    for text, same in groupby(texts):
        count = len(list(same))
        yield f"{year}: {text}" if count == 1 else f"{year} to {year + count - 1}: {text}"
        year += count


def _admitted(lives: Lives, index: int) -> Iterator[str]:
    """What was wished for in the joint admission, and what was offered."""
    admission, taken = lives.admission, int(lives.admission.taken[index])
    if taken >= 0:
        book, chosen = curriculum(), admission.programme[index] >= 0
        first = [book.areas[book.first_years()[programme]] for programme in admission.programme[index, chosen]]
        at = admission.school[index, chosen]
        numbers = school_numbers(np.full(len(at), lives.home[index, 0]), at, first_offers(lives.group.cohort))
        wished = ", ".join(
            f"{area.programme_in(lives.group.cohort)} at {number:05d}"
            for area, number in zip(first, numbers, strict=True)
        )
        how = "by hand, when nothing else was left" if admission.late[index] else "by points, equals by `lot`"
        yield f"wished for {wished} (streams `wish/0` to `wish/2` and `wish/school`); offered wish {taken + 1} {how}"
    if lives.private[index]:
        unanswered = ", and answered no offer (stream `private/applies`)" if taken >= 0 else ""
        yield f"goes to a private school (streams `private/programme` and `private`){unanswered}"


def _later(own: Block, index: int, year: int) -> str:
    """What was wished for first beyond the first year, or offered late."""
    asked, stream = unmet(own, year), f"(stream `later-wish/{own.group.cohort + year}`)"
    first, told = int(asked.area[index]), ""
    if first >= 0:
        told = f"; wished for {_code(first, own.group.cohort + year)} first, which was full {stream}"
    return told + (f"; offered a place after the first round {stream}" if asked.late[index] else "")


def _never_came(lives: Lives, index: int) -> str:
    """What was offered in the joint admission, where nobody came to it."""
    places = unclaimed(lives)
    offered = places.area[places.person == index].tolist()
    return "".join(
        f"; did not answer the offer of {_code(area, lives.group.cohort)} and never came (stream `late-start`)"
        for area in offered
    )


def _code(area: int, year: int) -> str:
    """An area's code in the school year that begins in `year`, as its rows have it, but for the hyphens at its end."""
    return AREAS[int(area_codes(np.array([area]), year)[0])].rstrip("-")


def _year(lives: Lives, index: int, year: int, drawn: str) -> str:
    state, area = int(lives.state[index, year]), int(lives.area[index, year])
    in_school = state == APPRENTICE and lives.training[index, year] == IN_SCHOOL
    parts, begins = ["taught a trade in school" if in_school else _STATES[state]], lives.group.cohort + year
    wanted, matched = int(lives.intended[index, year]), int(lives.matched[index, year])
    if lives.refused(year)[index]:
        parts.append(f"applied for {_code(area, begins)} and got no place (streams `kind` and `adult`)")
    elif wanted >= 0:
        stream = "kind" if lives.group.adult else f"intend/{year}"
        parts.append(f"wanted `{PATHS[wanted]}` (stream `{stream}`)")
    if matched >= 0:
        parts.append("matched with a company" if matched else "not matched with a company")
    if area >= 0 and state in {PUPIL, APPRENTICE, ABROAD}:
        level = curriculum().areas[area].level
        county = counties(lives.base[index, [year]], day(begins, 10, 1))[0]
        where = "on the rolls of a school in" if state == ABROAD else "in"
        parts.append(f"{_code(area, begins)} level {level} {where} county {county:02d}")
    if state == PUPIL:
        parts.append(f"the year ended: {_ENDS[ENDS[int(lives.end[index, year])]]}{drawn}")
    if state == EXTERNAL:
        parts.append("passed the exam that the diploma lacked")
    if state == APPRENTICE and lives.trained[index, year] >= 0:
        parts.append(_TRAINED[int(lives.trained[index, year])])
    return "; ".join(parts)
