"""The registered checks of call-offs: one line each. Facts and questions, never approvals."""

from avrop.catalogue.findings import Finding, Severity
from avrop.governance.checks import frame, necessity
from avrop.governance.checks.context import Check, Context

CHECKS: tuple[Check, ...] = (
    Check(id="C-00", version=1, severity="stop", asks="Does it exist, today?", find=necessity.unknown),
    Check(id="C-01", version=1, severity="stop", asks="Is each variable justified?", find=necessity.unjustified),
    Check(id="C-02", version=1, severity="question", asks="Is each justification specific?", find=necessity.vague),
    Check(id="C-03", version=1, severity="stop", asks="Is it finer than any table?", find=necessity.too_fine),
    Check(id="C-05", version=1, severity="stop", asks="Does it identify directly?", find=necessity.identifier),
    Check(id="C-09", version=1, severity="question", asks="Is the period longer than asked?", find=frame.long_period),
    Check(id="C-10", version=1, severity="note", asks="Would fewer controllers do?", find=frame.many_controllers),
    Check(id="C-11", version=1, severity="stop", asks="Can the coverage be reached?", find=frame.coverage),
    Check(id="C-12", version=1, severity="question", asks="Is it kept longer than needed?", find=frame.long_retention),
    Check(id="C-14", version=1, severity="stop", asks="Is the purpose within the frame?", find=frame.outside_frame),
    Check(id="C-15", version=1, severity="question", asks="Is the purpose concrete?", find=frame.vague_purpose),
    Check(id="C-16", version=1, severity="stop", asks="Has each analysis a table shell?", find=frame.no_shell),
    Check(id="C-20", version=1, severity="question", asks="Special categories?", find=necessity.special_category),
    Check(id="C-23", version=1, severity="stop", asks="Is a legal basis named?", find=frame.no_basis),
)
"""Every check; a new one is a function and a line here."""

_ORDER: tuple[Severity, ...] = ("stop", "question", "note")


def run_checks(context: Context) -> tuple[Finding, ...]:
    """All findings on a version: stops first, then by check and subject."""
    found = [finding for check in CHECKS for finding in check.run(context)]
    return tuple(sorted(found, key=lambda f: (_ORDER.index(f.severity), f.check, f.subject)))
