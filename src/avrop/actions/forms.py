"""What travels between installations besides signed documents: the forms of questions and answers, for both ends."""

from datetime import date

from avrop.canonical import document
from avrop.disclosure.operators import SlicePlan
from avrop.governance.decisions import Outcome
from avrop.governance.slices import SliceTerms


@document
class Submitted:
    """The reference, and the digest of the version that was submitted."""

    reference: str
    version: str


@document
class Reason:
    """Why."""

    reason: str


@document
class Confirmation:
    """The leader's statement that the subset serves the purpose."""

    statement: str
    harmonised: bool = True


@document
class Proposal:
    """What would be let out on some terms: the plan, its digest, and the same as a table that a person reads."""

    plan: SlicePlan
    digest: str
    readable: tuple[tuple[str, str], ...]


@document
class Answer:
    """What a controller means to answer; the document to sign is made from it."""

    outcome: Outcome
    reasons: str = ""
    valid_to: date
    terms: SliceTerms = SliceTerms()
    conditions: tuple[str, ...] = ()


@document
class Advice:
    """The data protection officer's advice."""

    advice: str
    text: str


@document
class TakingBack:
    """Why an approval is taken back, and whether what left must be deleted as well."""

    reason: str
    recall: bool


@document
class Until:
    """Up to and including a day."""

    until: date


@document
class Planned:
    """The case of the delivery that was planned."""

    delivery: str


@document
class Duty:
    """What left and must be deleted by a day."""

    delivery: str
    status: str
    due: str
