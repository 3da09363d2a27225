"""What is asked for, and why: one version of a call-off as the receiver wrote it."""

import re
from datetime import date
from typing import Literal

from avrop.actors import OrganisationId
from avrop.canonical import Digest, document
from avrop.errors import Mistake

_REFERENCE = re.compile("[0-9]{4}-[0-9]{3,9}")


def require_reference(reference: str) -> None:
    """Raise `call_off.reference` (Mistake) unless a call-off can be named so: its cases, files and keys are named after
    it."""
    if not _REFERENCE.fullmatch(reference):
        raise Mistake(
            "call_off.reference",
            "A call-off's reference is four digits, a hyphen, and three digits or more.",
            hint="Write it as 2026-001, with the year first.",
        )


@document
class Dimension:
    """A row or column of an empty table: a variable at the level the table shows."""

    variable: str
    level: str


@document
class TableShell:
    """An empty table that the analysis will fill: it makes necessity computable."""

    name: str
    dimensions: tuple[Dimension, ...]
    measure: str
    period_start: date
    period_end: date


@document
class Analysis:
    """One question, its method, and the tables that will answer it."""

    id: str
    question: str
    method: Literal["frequency", "rate", "regression", "survival", "matching"]
    shells: tuple[TableShell, ...]


@document
class Justification:
    """Why a variable is needed for one analysis: justification lives on the pair."""

    analysis: str
    role: Literal["dimension", "measure", "filter", "model"]
    text: str


@document
class RequestedVariable:
    """One variable of one dataset at one level, with its justifications."""

    dataset: str
    variable: str
    level: str
    necessity: Literal["required", "optional"] = "required"
    justifications: tuple[Justification, ...] = ()


@document
class Period:
    """The half-open interval [start, end) in which rows hold."""

    start: date
    end: date


@document
class CodeFilter:
    """Only rows whose stored value is one of these codes."""

    variable: str
    codes: tuple[str, ...]


@document
class People:
    """Whose rows: everyone with at least one row of `dataset` that passes the filters within the period."""

    description: str
    dataset: str
    filters: tuple[CodeFilter, ...] = ()


@document
class Purpose:
    """The concrete purpose (GDPR art. 5(1)(b)): what will be known, for which task, never about individuals."""

    statement: str
    category: str
    task_reference: str
    decision_use: Literal["none", "policy analysis", "dimensioning", "evaluation"]


@document
class Retention:
    """How long the receiver keeps it and what `deleted` will mean."""

    until: date
    method: str
    derived_kept: str


@document
class Coverage:
    """Which subset still serves the purpose, declared before any decision."""

    minimum_controllers: int
    consequence: str


@document
class CallOffVersion:
    """One immutable version of a call-off. `catalogue` is the digest of the catalogue version it asks from."""

    reference: str
    number: int
    agreement: str
    catalogue: Digest
    receiver: OrganisationId
    title: str
    purpose: Purpose
    analyses: tuple[Analysis, ...]
    variables: tuple[RequestedVariable, ...]
    people: People
    period: Period
    controllers: tuple[OrganisationId, ...]
    coverage: Coverage
    delivery_form: Literal["pseudonymised microdata"]
    why_not_less: str
    legal_basis: str
    retention: Retention
    change_reason: str = ""
