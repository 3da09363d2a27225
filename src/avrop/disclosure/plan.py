"""Slice × catalogue → slice plan: exactly what one controller would let out, as a closed list of operators.

The order is always the same: whose rows, who is left out, which period and filters; then columns and levels; then the
pseudonym. What is only needed on the way (person, date, origin, claimants, filters) is read and never comes out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from avrop.canonical import digest
from avrop.catalogue.datasets import Catalogue, Dataset
from avrop.catalogue.variables import Step, Variable
from avrop.disclosure import operators as op
from avrop.disclosure.attribution import AttributionRule, DatasetRule
from avrop.errors import Mistake
from avrop.governance.purposes import CallOffVersion, RequestedVariable
from avrop.governance.slices import SliceTerms

PSEUDONYM = "pseudonym"
"""The name of the column that replaces the identifier."""

LISTS = ("protected", "objecting")
"""The lists of people that are left out of every slice."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Everything a plan is compiled from."""

    version: CallOffVersion
    terms: SliceTerms
    controller: str
    catalogue: Catalogue
    rule: AttributionRule
    today: date


def compile_slice(question: Question) -> op.SlicePlan:
    """The slice plan of a controller on its terms.

    Errors (Mistake): `plan.dataset_unknown`, `plan.variable_unknown`, `plan.variable_withdrawn`, `plan.level_unknown`,
    `plan.identifier`, `plan.column_twice`, `plan.terms_widen`, `plan.rule_unknown`, `plan.empty`.
    """
    wanted = wanted_variables(question)
    main = _dataset(question, question.version.people.dataset)
    tables = [_table(question, main, wanted)]
    others = {v.dataset for v in wanted} - {main.name}
    linked = [d for d in question.catalogue.datasets if d.name in others and d.kind == "event"]
    tables += [_table(question, dataset, wanted) for dataset in linked]
    return op.SlicePlan(
        call_off=question.version.reference,
        controller=question.controller,
        version=digest(question.version),
        catalogue=question.version.catalogue,
        rule=digest(question.rule),
        scope=question.version.reference,
        tables=tuple(tables),
    )


def compile_classes(question: Question, *, scenario: str, variables: Sequence[str]) -> op.ClassPlan | None:
    """The plan that measures how exposed the people of a slice are on their paths through these variables.

    Claimants are not asked when measuring: their answers are not known yet. None if the terms leave no variable of the
    scenario in the population's table.
    """
    known = tuple(v for v in question.version.variables if v.variable in variables)
    terms = _terms_on(question.terms, known)
    if {(v.dataset, v.variable) for v in known} <= set(terms.drop):
        return None
    question = replace(question, version=replace(question.version, variables=known), terms=terms)
    main = _dataset(question, question.version.people.dataset)
    wanted = _of_table(question, main, wanted_variables(question))
    if not wanted or main.time is None:
        return None
    registered = _registered(question, main, wanted)
    names = tuple(v.variable for v in wanted)
    operators = (
        *_rows(question, main, _read(question, main, wanted), lists=LISTS[:1], claimants=False),
        *registered,
        *_generalised(question, wanted),
    )
    sequence = main.time
    kept = tuple(dict.fromkeys((main.person, sequence, *names)))
    table = op.TablePlan(
        name=main.name,
        operators=(*operators, op.Select(columns=tuple((name, name) for name in kept))),
        output=tuple(_output(question, name, wanted) for name in kept),
    )
    return op.ClassPlan(
        scenario=scenario,
        controller=question.controller,
        table=table,
        person=main.person,
        sequence=sequence,
        columns=names,
    )


def _terms_on(terms: SliceTerms, variables: Sequence[RequestedVariable]) -> SliceTerms:
    """The part of the terms that is about these variables, and the period."""
    names = {(v.dataset, v.variable) for v in variables}
    coarsen = tuple(c for c in terms.coarsen if (c.dataset, c.variable) in names)
    return replace(terms, coarsen=coarsen, drop=tuple(name for name in terms.drop if name in names))


def wanted_variables(question: Question) -> tuple[RequestedVariable, ...]:
    """What was asked, as narrowed by the terms; each checked against the catalogue."""
    dropped, coarser = set(question.terms.drop), {(c.dataset, c.variable): c.level for c in question.terms.coarsen}
    asked = {(v.dataset, v.variable) for v in question.version.variables}
    if (dropped | set(coarser)) - asked:
        raise Mistake(
            "plan.terms_widen", "The terms name a variable that was not asked for.", hint="Terms only narrow."
        )
    wanted = []
    for request in question.version.variables:
        key = (request.dataset, request.variable)
        if key in dropped:
            continue
        variable = _variable(question, request)
        level = coarser.get(key, request.level)
        if _level(variable, level) < _level(variable, request.level):
            coarser_ones = ", ".join(each.name for each in variable.levels[_level(variable, request.level) :])
            raise Mistake(
                "plan.terms_widen", "The terms ask for a finer level than the call-off.",
                hint=f"These are not: {coarser_ones}.", variable=request.variable,
            )  # fmt: skip
        wanted.append(RequestedVariable(dataset=request.dataset, variable=request.variable, level=level))
    if not wanted:
        raise Mistake("plan.empty", "Nothing is left of the slice.", hint="Reject instead.")
    return tuple(wanted)


def period(question: Question) -> tuple[date, date]:
    """The period asked for, shortened by the terms. Raises `plan.terms_widen` if they lengthen it or leave nothing."""
    asked = question.version.period
    start, end = question.terms.period_start or asked.start, question.terms.period_end or asked.end
    if start < asked.start or end > asked.end or start >= end:
        raise Mistake("plan.terms_widen", "The terms' period is not within the period asked for.", hint="Shorten it.")
    return start, end


def _table(question: Question, dataset: Dataset, wanted: Sequence[RequestedVariable]) -> op.TablePlan:
    mine = _of_table(question, dataset, wanted)
    names = [v.variable for v in mine]
    selected = [(dataset.person, PSEUDONYM), *((name, name) for name in names)]
    operators: list[op.Operator] = [
        *_rows(question, dataset, _read(question, dataset, mine), lists=LISTS, claimants=True),
        *_registered(question, dataset, mine),
    ]
    if dataset.name != question.version.people.dataset:
        operators.append(op.Within(column=dataset.person, table=question.version.people.dataset))
    operators += _generalised(question, mine)
    operators.append(op.Pseudonymise(column=dataset.person, scope=question.version.reference))
    operators.append(op.Select(columns=tuple(selected)))
    operators.append(op.Order(columns=tuple(name for _, name in selected)))
    output = (op.Column(name=PSEUDONYM, type="text"), *(_output(question, name, mine) for name in names))
    return op.TablePlan(name=dataset.name, operators=tuple(operators), output=output)


def _rows(
    question: Question, dataset: Dataset, columns: Sequence[str], *, lists: Sequence[str], claimants: bool
) -> list[op.Operator]:
    """Whose rows, who is left out, when, and the filters."""
    rule, rows = _attribution(question, dataset), list[op.Operator]()
    read = tuple(op.Column(name=name, type=question.catalogue.variable(name).data_type) for name in columns)
    rows.append(op.Scan(dataset=dataset.name, columns=read))
    rows.append(
        op.Origin(
            column=rule.origin,
            owner=rule.controller,
            controller=question.controller,
            successors=question.rule.successors,
            unattributable_when=rule.unattributable_when,
        )
    )
    if claimants and rule.claimants:
        rows.append(op.Claimants(columns=rule.claimants, successors=question.rule.successors, time=dataset.time))
    rows += [op.Exclude(column=dataset.person, list=name) for name in lists]
    if dataset.time is not None:
        start, end = period(question)
        rows.append(op.Window(column=dataset.time, start=start, end=end))
    if dataset.name == question.version.people.dataset:
        rows += [op.Where(column=f.variable, values=f.codes) for f in question.version.people.filters]
    return rows


def _read(question: Question, dataset: Dataset, wanted: Sequence[RequestedVariable]) -> list[str]:
    """The stored columns that the plan needs, each once, in the dataset's order."""
    rule = _attribution(question, dataset)
    needed = {dataset.person, *rule.claimants, *(u.column for u in rule.unattributable_when)}
    needed |= {name for name in (rule.origin, dataset.time) if name}
    needed |= {v.variable for v in wanted if v.dataset == dataset.name}
    if dataset.name == question.version.people.dataset:
        needed |= {f.variable for f in question.version.people.filters}
    unknown = needed - set(dataset.variables)
    if unknown:
        raise Mistake(
            "plan.variable_unknown", "The dataset has no such variable.", dataset=dataset.name,
            variable=", ".join(sorted(unknown)),
        )  # fmt: skip
    return [name for name in dataset.variables if name in needed]


def _of_table(question: Question, dataset: Dataset, wanted: Sequence[RequestedVariable]) -> list[RequestedVariable]:
    """The variables that come out in this table: its own, and in the population's table those of registers."""
    registers = {d.name for d in question.catalogue.datasets if d.kind == "register"}
    is_main = dataset.name == question.version.people.dataset
    mine = [v for v in wanted if v.dataset == dataset.name or (is_main and v.dataset in registers)]
    # SQL engines do not tell names apart by case.
    if len({name.casefold() for name in (PSEUDONYM, *(v.variable for v in mine))}) <= len(mine):
        raise Mistake(
            "plan.column_twice",
            "Two columns of a table would have the same name.",
            hint="Ask for each variable once, at one level.",
            dataset=dataset.name,
        )
    return mine


def _registered(question: Question, main: Dataset, wanted: Sequence[RequestedVariable]) -> list[op.Operator]:
    lookups = list[op.Operator]()
    for register in question.catalogue.datasets:
        names = [v.variable for v in wanted if v.dataset == register.name and register.name != main.name]
        if register.kind == "register" and names:
            columns = tuple(op.Column(name=n, type=question.catalogue.variable(n).data_type) for n in names)
            lookups.append(op.Lookup(dataset=register.name, on=main.person, key=register.person, columns=columns))
    return lookups


def _generalised(question: Question, wanted: Sequence[RequestedVariable]) -> list[op.Operator]:
    done = list[op.Operator]()
    for request in wanted:
        steps = steps_to(question.catalogue.variable(request.variable), 0, request.level)
        if steps:
            done.append(op.Generalise(column=request.variable, steps=steps))
    return done


def steps_to(variable: Variable, start: int, level: str) -> tuple[Step, ...]:
    """The ladder's steps from the level at index `start` to the level of that name."""
    rungs = variable.levels[start + 1 : _level(variable, level) + 1]
    return tuple(rung.step for rung in rungs if rung.step is not None)


def _output(question: Question, name: str, wanted: Sequence[RequestedVariable]) -> op.Column:
    variable = question.catalogue.variable(name)
    level = next((v.level for v in wanted if v.variable == name), variable.levels[0].name)
    stored = _level(variable, level) == 0
    return op.Column(name=name, type=variable.data_type if stored else "text")


def _dataset(question: Question, name: str) -> Dataset:
    try:
        return question.catalogue.dataset(name)
    except KeyError:
        raise Mistake("plan.dataset_unknown", "The catalogue has no such dataset.", dataset=name) from None


def _attribution(question: Question, dataset: Dataset) -> DatasetRule:
    try:
        return question.rule.rule(dataset.name)
    except KeyError:
        raise Mistake(
            "plan.rule_unknown", "The attribution rule does not say whose rows a dataset has.", dataset=dataset.name
        ) from None


def _variable(question: Question, request: RequestedVariable) -> Variable:
    pointers = {"dataset": request.dataset, "variable": request.variable}
    if request.variable not in _dataset(question, request.dataset).variables:
        raise Mistake("plan.variable_unknown", "The dataset has no such variable.", **pointers)
    variable = question.catalogue.variable(request.variable)
    if variable.sensitivity == "identifier":
        raise Mistake(
            "plan.identifier",
            "A direct identifier never leaves.",
            hint="The person comes out as a pseudonym anyway.",
            **pointers,
        )
    if variable.withdrawn is not None and variable.withdrawn <= question.today:
        raise Mistake("plan.variable_withdrawn", "The variable is withdrawn.", **pointers)
    return variable


def _level(variable: Variable, name: str) -> int:
    try:
        return variable.level_index(name)
    except KeyError:
        names = ", ".join(level.name for level in variable.levels)
        raise Mistake(
            "plan.level_unknown", "The variable has no level of that name.", hint=f"Its levels are: {names}.",
            variable=variable.name,
        ) from None  # fmt: skip
