"""Who is asking, for whom: organisations, roles and the actor that every verb takes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

PersonId = NewType("PersonId", str)
"""A user's account name, such as `kari@receiver`; never a national identity number."""
OrganisationId = NewType("OrganisationId", str)
"""An organisation's short name in this account; a controller's is its code."""


class Role(StrEnum):
    """What a person may act as. A person has the roles of one organisation only."""

    APPLICANT = "applicant"  # receiver: drafts and submits call-offs
    LEADER = "leader"  # receiver: accountable; confirms that the subset serves the purpose
    CUSTODIAN = "custodian"  # receiver: takes data in, signs receipts, confirms deletion
    OPERATOR = "operator"  # provider: describes, loads, measures, prepares, extracts; decides nothing
    CASE_HANDLER = "case_handler"  # controller: assesses
    DECIDER = "decider"  # controller: decides, with delegated authority
    DPO = "dpo"  # data protection officer: advises, decides nothing
    CLOCK = "clock"  # time itself: can lapse and expire, never approve


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A person (or the clock) acting in one role for one organisation."""

    person: PersonId
    organisation: OrganisationId
    role: Role


CLOCK = Actor(person=PersonId("clock"), organisation=OrganisationId("clock"), role=Role.CLOCK)
"""The actor of every deadline."""
