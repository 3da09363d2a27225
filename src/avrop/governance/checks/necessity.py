"""Is each variable needed, and at that level? Necessity is computed from the table shells."""

from collections.abc import Iterable

from avrop.governance.checks.context import Context, Found, named
from avrop.governance.purposes import RequestedVariable

_FEWEST_WORDS = 4


def unknown(context: Context) -> Iterable[Found]:
    """Variables, levels and datasets that the catalogue does not have, or that are withdrawn."""
    for request in context.version.variables:
        variable = context.variable(request)
        if variable is None:
            yield Found(subject=named(request), sentence="The catalogue has no such variable.")
        elif request.level not in {level.name for level in variable.levels}:
            yield Found(subject=named(request), sentence=f"It has no level {request.level}.", hint="See its levels.")
        elif variable.gone(context.today):
            instead = f"Ask for {' and '.join(variable.successors)}." if variable.successors else "Do without it."
            yield Found(subject=named(request), sentence="It is withdrawn.", hint=instead)


def unjustified(context: Context) -> Iterable[Found]:
    """Variables that occur in no table shell, and in no filter or model role of an analysis that exists."""
    analyses = {analysis.id for analysis in context.version.analyses}
    filtered = {f.variable for f in context.version.people.filters}
    for request in context.version.variables:
        roles = {j.role for j in request.justifications if j.analysis in analyses}
        if not context.needed_levels(request.variable) and not roles & {"filter", "model"}:
            if request.variable in filtered:
                continue
            yield Found(
                subject=named(request),
                sentence="It stands in no table shell, filter or model.",
                hint="Take it out, or show the table that needs it.",
            )
        elif not roles:
            yield Found(
                subject=named(request),
                sentence="No justification ties it to an analysis of this call-off.",
                hint="Justify it against an analysis.",
            )


def vague(context: Context) -> Iterable[Found]:
    """Justifications of too few words, or the same words for several variables."""
    texts = [j.text.strip().lower() for request in context.version.variables for j in request.justifications]
    for request in context.version.variables:
        for justification in request.justifications:
            text = justification.text.strip().lower()
            if len(text.split()) < _FEWEST_WORDS:
                yield Found(subject=named(request), sentence="The justification says too little.", hint="Say what for.")
            elif texts.count(text) > 1:
                yield Found(
                    subject=named(request),
                    sentence="The same justification is given more than once.",
                    hint="Say what this variable is for in this analysis.",
                )


def too_fine(context: Context) -> Iterable[Found]:
    """Variables asked at a finer level than the finest that any table shell shows; a model role exempts."""
    for request in context.version.variables:
        needed = finest_needed(context, request)
        if needed is not None and needed != request.level:
            yield Found(
                subject=named(request),
                sentence=f"It is asked at level {request.level}; the finest table shows it at {needed}.",
                hint=f"Ask for level {needed}.",
            )


def finest_needed(context: Context, request: RequestedVariable) -> str | None:
    """The coarsest level that changes no declared table, if it is coarser than the one asked for; else None."""
    variable = context.variable(request)
    if variable is None or any(j.role == "model" for j in request.justifications):
        return None
    ladder = [level.name for level in variable.levels]
    shown = [ladder.index(level) for level in context.needed_levels(request.variable) if level in ladder]
    if not shown or request.level not in ladder or min(shown) <= ladder.index(request.level):
        return None
    return ladder[min(shown)]


def identifier(context: Context) -> Iterable[Found]:
    """Direct identifiers, and variables that policy never lets out."""
    for request in context.version.variables:
        variable = context.variable(request)
        if variable is not None and variable.sensitivity == "identifier":
            yield Found(
                subject=named(request),
                sentence="It identifies a person directly.",
                hint="Take it out: persons come out as pseudonyms.",
            )
        elif request.variable in context.policy.never_variables:
            yield Found(subject=named(request), sentence="Policy never lets it out.", hint="Take it out.")


def special_category(context: Context) -> Iterable[Found]:
    """Special categories of personal data (GDPR art. 9)."""
    for request in context.version.variables:
        variable = context.variable(request)
        if variable is not None and variable.sensitivity == "special category":
            yield Found(
                subject=named(request),
                sentence="It is, or may reveal, a special category of personal data.",
                hint="Say why the benefit clearly exceeds the disadvantage; a data protection officer must be heard.",
            )
