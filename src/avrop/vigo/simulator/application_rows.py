"""Applications, wishes and the matching with companies: what each applied for, and what came of it."""

import numpy as np

from avrop.vigo.simulator.block import Block, controller, write_everywhere, year_code
from avrop.vigo.simulator.columns import NO_DAY
from avrop.vigo.simulator.course_rows import rights
from avrop.vigo.simulator.curriculum import curriculum
from avrop.vigo.simulator.draws import Flags, Ints, scaled
from avrop.vigo.simulator.forms import WISHES, area_codes, county_codes, levels
from avrop.vigo.simulator.later_wishes import unmet
from avrop.vigo.simulator.lives import APPRENTICE, OUT, PUPIL
from avrop.vigo.simulator.market import trade_areas
from avrop.vigo.simulator.places import counties, day, first_offers, place
from avrop.vigo.simulator.schools import school_numbers

_ORDINARY, _COMPANY = 0, 4
_STATUS = {name: place for place, name in enumerate(WISHES)}
_NO = -1


def applications(own: Block, place: int) -> None:
    """Write the applications of a school year, with wishes; adults have no part in the joint admission."""
    if place == 0 and not own.group.adult:
        _first(own)
    else:
        _later(own, place)


def _application(
    own: Block, place: int, who: Ints, ground: Ints, points: Ints, base: Ints
) -> tuple[Ints, Ints, tuple[Ints, ...]]:
    """Write applications; gives their ids, base of origin, and copies."""
    year = own.group.cohort + place
    ids = own.ids[who] * 100 + place
    sent = day(year, 1, 15) + scaled(own.draws.words(f"sent/{year}", 1)[who, 0], 45)
    origin = controller(base)
    last = controller(own.lives.home[who, -1])
    elsewhere = (np.where(last != origin, last, _NO),)
    write_everywhere(own, "soknad", origin, elsewhere, {
        "soknad_id": ids, "person_lnr": own.lnr[who], "skoleaar": year_code(year, len(who)),
        "avgiverfylke": county_codes(counties(base, sent)), "rettstype": rights(own, place)[who], "grunnlag": ground,
        "poengsum": points, "innsendt": sent,
    })  # fmt: skip
    return ids, origin, elsewhere


def _first(own: Block) -> None:
    """The joint admission to the first year; who goes to a private school does not answer what was offered."""
    lives, year = own.lives, own.group.cohort
    who = np.flatnonzero(lives.admission.taken >= 0)
    base = lives.home[who, 0]
    ground = np.where(lives.who.points[who] < 0, 2, _ORDINARY)
    ids, origin, elsewhere = _application(own, 0, who, ground, lives.who.points[who], base)
    first = np.array(curriculum().first_years())
    came = (lives.state[who, 0] == PUPIL) & ~lives.private[who]
    offered = first_offers(year)
    for turn in range(lives.admission.programme.shape[1]):
        programme = lives.admission.programme[who, turn]
        taken = lives.admission.taken[who]
        status = np.select(
            [turn < taken, turn > taken, lives.admission.late[who], came],
            [_STATUS["VENTO"], _STATUS["UAKTU"], _STATUS["MANIO"], _STATUS["INNTO"]],
            _STATUS["STROIT"],
        )
        rows = np.flatnonzero(programme >= 0)
        is_taken = taken[rows] == turn
        none = np.full(len(rows), _NO, dtype=np.int64)
        write_everywhere(own, "onske", origin[rows], tuple(bases[rows] for bases in elsewhere), {
            "soknad_id": ids[rows], "onskenr": none + 2 + turn, "skoleaar": year_code(year, len(rows)),
            "programomraadekode": area_codes(first[programme[rows]], year),
            "skolenr": school_numbers(base[rows], lives.admission.school[who[rows], turn], offered),
            "status": status[rows], "tilbud_dato": np.where(is_taken, offered, NO_DAY),
            "svar": np.where(is_taken, np.where(came[rows], 0, _NO), _NO),
        })  # fmt: skip


def _later(own: Block, place: int) -> None:
    """Applications to later years, and of adults: of pupils and who wanted training; private schools have their own."""
    lives, year = own.lives, own.group.cohort + place
    matched, pupil, refused = lives.matched[:, place], lives.state[:, place] == PUPIL, lives.refused(place)
    who = np.flatnonzero(lives.applies(place))
    if not len(who):
        return
    base = np.where(pupil[who], lives.base[who, place], lives.home[who, place])
    ground = np.where(matched[who] >= 0, _COMPANY, _ORDINARY)
    ids, origin, elsewhere = _application(own, place, who, ground, lives.who.points[who], base)
    offered = first_offers(year)
    number = np.zeros(len(who), dtype=np.int64)
    company = matched[who] >= 0
    got = matched[who] == 1
    number += _wish(
        own, place, ids, origin, elsewhere, company, number, _trades(own, place, who), counties(base, offered) * 1000,
        np.where(got, _STATUS["INNTLÆ"], _STATUS["SFORM"]), np.where(got, offered, NO_DAY),
    )  # fmt: skip
    begins = (levels(np.maximum(lives.area[:, place], 0)) == 1) | (place == 0)  # adults begin where they left off
    in_school = (pupil | refused)[who] & (lives.area[who, place] >= 0)
    school = school_numbers(base, np.maximum(lives.school[who, place], 0), offered)
    asked = unmet(own, place)
    first, late = asked.area[who], asked.late[who]
    never = np.full(len(who), NO_DAY)
    number += _wish(
        own, place, ids, origin, elsewhere, in_school & (first >= 0), number, first, school,
        np.full(len(who), _STATUS["VENTO"]), never,
    )  # fmt: skip
    number += _wish(
        own, place, ids, origin, elsewhere, in_school, number, lives.area[who, place], school,
        np.select([refused[who], begins[who] | late], [_STATUS["UKVAL"], _STATUS["INNTS"]], _STATUS["INNTF"]),
        np.select([refused[who], late], [never, day(year, 8, 10)], offered),
    )  # fmt: skip
    _matching(own, place, who[company], base[company], got[company])


def _trades(own: Block, place: int, who: Ints) -> Ints:
    """The trade that who applied for an apprenticeship got, or would most likely have got."""
    lives = own.lives
    got = lives.state[who, place] == APPRENTICE
    found: Ints = np.where(got, lives.area[who, place], trade_areas(lives, place)[who])
    return found


def _wish(
    own: Block, place: int, ids: Ints, origin: Ints, elsewhere: tuple[Ints, ...], which: Flags, number: Ints,
    area: Ints, school: Ints, status: Ints, days: Ints,
) -> Ints:  # fmt: skip
    """Write a wish of each of `which`; `days`: when it was offered, NO_DAY where it was not. Gives 1 for each."""
    year = own.group.cohort + place
    rows = np.flatnonzero(which & (area >= 0))
    write_everywhere(own, "onske", origin[rows], tuple(bases[rows] for bases in elsewhere), {
        "soknad_id": ids[rows], "onskenr": number[rows] + 1, "skoleaar": year_code(year, len(rows)),
        "programomraadekode": area_codes(area[rows], year), "skolenr": school[rows], "status": status[rows],
        "tilbud_dato": days[rows], "svar": np.where(days[rows] == NO_DAY, _NO, 0),
    })  # fmt: skip
    return (which & (area >= 0)).astype(np.int64)


def _matching(own: Block, place: int, who: Ints, base: Ints, got: Ints) -> None:
    """The county's attempts to match applicants with companies."""
    year = own.group.cohort + place
    words = own.draws.words(f"matching/{year}", 1)[who, 0]
    origin = controller(base)
    write_everywhere(own, "formidling", origin, (), {
        "formidling_id": own.ids[who] * 100 + place, "person_lnr": own.lnr[who],
        "skoleaar": year_code(year, len(who)), "avgiverfylke": county_codes(counties(base, day(year, 8, 1))),
        "laerefag": area_codes(_trades(own, place, who), year), "prioritet": np.full(len(who), 1),
        "status": np.where(got, _STATUS["INNTLÆ"], _STATUS["SFORM"]), "dato": day(year, 5, 2) + scaled(words, 90),
    })  # fmt: skip


def follow_up(own: Block, place: int) -> None:
    """Those under 21 who are neither in school nor in training on 1 October: followed up by the county."""
    lives, year = own.lives, own.group.cohort + place
    counted = day(year, 10, 1)
    who = np.flatnonzero((lives.state[:, place] == OUT) & (lives.people.born > day(year - 21, 10, 1)))
    words = own.draws.words(f"follow-up/{year}", 2)[who]
    home = lives.home[who, place]
    write_everywhere(own, "oppfolging", controller(home), (), {
        "oppfolging_id": own.ids[who] * 100 + place, "person_lnr": own.lnr[who],
        "skoleaar": year_code(year, len(who)), "fylke": county_codes(counties(home, counted)),
        "dato": counted + scaled(words[:, 0], 60), "status": scaled(words[:, 1], 4),
    })  # fmt: skip


def capacity(own: Block) -> None:
    """Write the places of the joint admission: by school and area of the first year."""
    year, places = own.group.cohort, own.lives.admission.places
    school, programme = np.nonzero(places)
    base = np.full(len(school), place(own.group.base), dtype=np.int64)
    own.rows["kapasitet"].add(
        base=controller(base), skoleaar=year_code(year, len(school)),
        skolenr=school_numbers(base, school, first_offers(year)),
        programomraadekode=area_codes(np.array(curriculum().first_years())[programme], year),
        plasser=places[school, programme],
    )  # fmt: skip
