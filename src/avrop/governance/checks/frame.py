"""Is the purpose concrete, and are period, people and retention no wider than the question?"""

from collections.abc import Iterable

from avrop.governance.checks.context import Context, Found

_FEWEST_WORDS = 8


def long_period(context: Context) -> Iterable[Found]:
    """A period that begins before, or ends after, everything that the table shells show."""
    shells = [shell for analysis in context.version.analyses for shell in analysis.shells]
    asked = context.version.period
    if asked.start >= asked.end:
        yield Found(subject="period", sentence="The period is empty.", hint="Let it end after it begins.")
    elif shells:
        start, end = min(s.period_start for s in shells), max(s.period_end for s in shells)
        if asked.start < start or asked.end > end:
            yield Found(
                subject="period",
                sentence=f"It is {asked.start} to {asked.end}; the tables show {start} to {end}.",
                hint=f"Ask for {max(start, asked.start)} to {min(end, asked.end)}.",
            )


def no_shell(context: Context) -> Iterable[Found]:
    """An analysis without an empty table."""
    for analysis in context.version.analyses:
        if not any(shell.dimensions for shell in analysis.shells):
            yield Found(subject=analysis.id, sentence="It has no table shell.", hint="Show the table it will fill.")


def vague_purpose(context: Context) -> Iterable[Found]:
    """A purpose of few words, or without a task that it rests on."""
    purpose = context.version.purpose
    if len(purpose.statement.split()) < _FEWEST_WORDS:
        yield Found(subject="purpose", sentence="The statement says too little.", hint="Say what will be known.")
    if not purpose.task_reference.strip():
        yield Found(subject="purpose", sentence="It names no task.", hint="Name the statute or instruction.")


def outside_frame(context: Context) -> Iterable[Found]:
    """A purpose that the framework agreement does not open for."""
    category = context.version.purpose.category
    if category not in context.policy.purpose_categories:
        allowed = ", ".join(context.policy.purpose_categories)
        yield Found(subject="purpose", sentence=f"Its category is outside the agreement, which has: {allowed}.")


def no_basis(context: Context) -> Iterable[Found]:
    """No legal basis of the receiver."""
    if not context.version.legal_basis.strip():
        yield Found(subject="legal basis", sentence="No legal basis is named.", hint="Name article and act.")


def long_retention(context: Context) -> Iterable[Found]:
    """A retention beyond the policy's limit."""
    until, end = context.version.retention.until, context.version.period.end
    months = (until.year - context.today.year) * 12 + until.month - context.today.month
    if months > context.policy.retention_max_months:
        yield Found(
            subject="retention",
            sentence=f"It is kept for {months} months; the limit is {context.policy.retention_max_months}.",
            hint="Shorten it, or give the reason.",
        )
    if until < end and until < context.today:
        yield Found(subject="retention", sentence="It would have ended already.", hint="Give a later day.")


def coverage(context: Context) -> Iterable[Found]:
    """A coverage that cannot be reached."""
    if context.version.coverage.minimum_controllers > len(context.version.controllers):
        yield Found(subject="coverage", sentence="It requires more controllers than are addressed.", hint="Lower it.")


def many_controllers(context: Context) -> Iterable[Found]:
    """Every controller is addressed: would a sample answer the question?"""
    count = len(context.version.controllers)
    if count > 1:
        yield Found(subject="controllers", sentence=f"{count} controllers are addressed.", hint="Would fewer do?")
