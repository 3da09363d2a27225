"""Policy parameters: thresholds, deadlines and limits as a dated, versioned document that the agreement names."""

from datetime import date

from avrop.canonical import document


@document
class Scenario:
    """What somebody could already know of a person's path. Policy chooses the scenarios, never the receiver."""

    id: str
    label: str
    variables: tuple[str, ...]


@document
class Policy:
    """One version of the parameters. Days are calendar days unless the name says working days.

    `k`: classes smaller than this count as small. `rounding_step`: the requester's view is rounded to this many people.
    """

    id: str
    version: int
    valid_from: date
    k: int
    rounding_step: int
    cut_off_working_days: int
    decision_valid_days: int
    person_list_max_age_hours: int
    retention_max_months: int
    receipt_due_days: int
    deletion_due_days: int
    purpose_categories: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    never_variables: tuple[str, ...] = ()
