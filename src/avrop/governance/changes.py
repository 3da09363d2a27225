"""How a new version of a call-off compares with the one before: narrower in every respect, or wider."""

from typing import Literal

from avrop.catalogue.datasets import Catalogue
from avrop.governance.purposes import Analysis, CallOffVersion, RequestedVariable

Direction = Literal["narrower", "wider"]


def direction(old: CallOffVersion, new: CallOffVersion, *, catalogue: Catalogue) -> Direction:
    """`narrower` if the new version asks for nothing that the old did not: fewer or coarser variables, a period within,
    fewer controllers, more filters, an earlier end of retention; and everything else is the same. Otherwise `wider`:
    another purpose, for example, is a wider request even with fewer variables.
    """
    narrower = (
        new.catalogue == old.catalogue
        and _rest(old) == _rest(new)
        and all(any(_same_question(analysis, before) for before in old.analyses) for analysis in new.analyses)
        and all(_asked_before(variable, old, catalogue) for variable in new.variables)
        and old.period.start <= new.period.start
        and new.period.end <= old.period.end
        and set(new.controllers) <= set(old.controllers)
        and new.people.dataset == old.people.dataset
        and all(_filter_kept(f.variable, f.codes, new) for f in old.people.filters)
        and new.retention.until <= old.retention.until
    )
    return "narrower" if narrower else "wider"


def _rest(version: CallOffVersion) -> tuple[object, ...]:
    """What must be the same to the letter for a request to be the same, only smaller."""
    return (
        version.reference,
        version.agreement,
        version.receiver,
        version.purpose,
        version.delivery_form,
        version.legal_basis,
        version.retention.method,
        version.retention.derived_kept,
    )


def _same_question(new: Analysis, old: Analysis) -> bool:
    return (new.id, new.question, new.method) == (old.id, old.question, old.method)


def _asked_before(wanted: RequestedVariable, old: CallOffVersion, catalogue: Catalogue) -> bool:
    ladder = catalogue.variable(wanted.variable)
    return any(
        before.dataset == wanted.dataset
        and before.variable == wanted.variable
        and ladder.level_index(before.level) <= ladder.level_index(wanted.level)
        for before in old.variables
    )


def _filter_kept(variable: str, codes: tuple[str, ...], new: CallOffVersion) -> bool:
    return any(f.variable == variable and set(f.codes) <= set(codes) for f in new.people.filters)
