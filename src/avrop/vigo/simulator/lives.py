"""The form of a group's life-courses: a row for each person, a column for each school year."""

from dataclasses import dataclass

import numpy as np

from avrop.vigo.simulator.abilities import Abilities
from avrop.vigo.simulator.admission import Admission
from avrop.vigo.simulator.curriculum import PROGRAMMES
from avrop.vigo.simulator.draws import Flags, Ints
from avrop.vigo.simulator.plan import Group, People

YEARS = 9
"""School years that are lived from the first one on, at most."""

OUT, PUPIL, APPRENTICE, CERTIFIED, DIPLOMA, ABROAD, EXTERNAL = range(7)
"""States on 1 October: outside, pupil, apprentice, done with a trade certificate or a diploma, a pupil who is at school
abroad for the year, an external candidate who takes the subject that a diploma lacks."""

ENDS = ("B", "I", "M", "A", "S")
PASSED, FAILED, NO_BASIS, PARTIAL, LEFT = range(5)
"""How a school year ended: passed, a subject failed, no basis for a mark, partial competence, left. -1: no pupil."""

PATHS = ("on", "switch", "again", "out", "supplement", "apply", "school", "reapply", "abroad", "exams")
ON, SWITCH, AGAIN, STAY_OUT, SUPPLEMENT, APPLY, SCHOOL, REAPPLY, GO_ABROAD, EXAMS = range(len(PATHS))
"""What somebody may want for the next school year."""

GOES_ON, ENDED, MOVED, TEST_PASSED, TEST_FAILED, LONGER = range(6)
"""How a year of training ended: goes on, contract ended, ended and carried over to another company, the trade test, or
goes on although its time is over."""

IN_SCHOOL = 0
"""In place of the year of an apprenticeship: trained for the trade in school, for a year, by who found no company."""

NONE = -1


@dataclass(kw_only=True)
class Lives:
    """Shape (people, years) each; -1 where there is none.

    `area`: position in the curriculum. `home`, `base`: where the person lives and goes to school or work, positions in
    BASES; who is abroad stays on the rolls of a school. `school`: position among the base's schools, or among its
    companies for an apprentice in one. `end`: how a pupil's year ended; one abroad is passed. `training`: which year of
    an apprenticeship, or IN_SCHOOL, and `trained`: how that year ended. `intended`: what was wanted for the year, a
    position in PATHS. `matched`: whether who applied for an apprenticeship got one (1, 0).
    """

    group: Group
    people: People
    who: Abilities
    admission: Admission
    private: Flags
    protected: Flags
    objecting: Flags
    state: Ints
    area: Ints
    home: Ints
    base: Ints
    school: Ints
    end: Ints
    training: Ints
    intended: Ints
    matched: Ints
    trained: Ints

    @property
    def years(self) -> int:
        """How many school years there are."""
        return int(self.state.shape[1])

    def attends(self, place: int | slice) -> Flags:
        """Who goes to school, here or abroad, in a year or in each of several."""
        found: Flags = np.isin(self.state[:, place], (PUPIL, ABROAD))
        return found

    def applies(self, place: int) -> Flags:
        """Who applies beside the joint admission; private schools have their own."""
        own = (self.state[:, place] == PUPIL) & ~self.private & (self.intended[:, place] != STAY_OUT)
        found: Flags = own | (self.matched[:, place] >= 0) | self.refused(place)
        return found

    def refused(self, place: int) -> Flags:
        """Who applied to a course for adults and got no place."""
        found: Flags = (self.state[:, place] == OUT) & (self.intended[:, place] == ON) & self.group.adult
        return found

    def only(self, first: int, people: int) -> "Lives":
        """A run of the people; admission keeps the places of the whole group."""
        own = slice(first, first + people)
        cut = {name: value[own] for name, value in vars(self).items() if isinstance(value, np.ndarray)}
        who, taken = self.who, self.admission
        return Lives(
            group=self.group,
            people=People(*(part[own] for part in (self.people.number, self.people.born, self.people.sex))),
            who=Abilities(*(part[own] for part in vars(who).values())),
            admission=Admission(
                taken.programme[own], taken.school[own], taken.taken[own], taken.places, taken.late[own]
            ),
            **cut,
        )


def unlived(
    group: Group, people: People, who: Abilities, admission: Admission, *, home: Ints, private: Flags, protected: Flags,
    objecting: Flags,
) -> Lives:  # fmt: skip
    """Lives of which nothing has happened yet, over the years that `home` has: everybody is outside."""
    parts = ("area", "base", "school", "end", "training", "intended", "matched", "trained")
    return Lives(
        group=group, people=people, who=who, admission=admission, private=private, protected=protected,
        objecting=objecting, home=home, state=np.full(home.shape, OUT, dtype=np.int64),
        **{part: np.full(home.shape, NONE, dtype=np.int64) for part in parts},
    )  # fmt: skip


def not_admitted(people: int) -> Admission:
    """The admission of people who took no part in it."""
    none = np.full((people, 0), NONE, dtype=np.int64)
    places = np.zeros((1, len(PROGRAMMES)), dtype=np.int64)
    return Admission(none, none, np.full(people, NONE, dtype=np.int64), places, np.zeros(people, dtype=np.bool_))
