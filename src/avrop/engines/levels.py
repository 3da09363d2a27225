"""The steps of a level ladder → DuckDB's SQL as a syntax tree."""

from collections.abc import Sequence

from sqlglot import exp

from avrop.catalogue.variables import Band, Prefix, Recode, Step

_WHOLE_NUMBER = "-?[0-9]{1,18}"


def generalised(value: exp.Expression, steps: Sequence[Step]) -> exp.Expression:
    """A value taken up its ladder, step by step."""
    for step in steps:
        value = _step(value, step)
    return value


def _step(value: exp.Expression, step: Step) -> exp.Expression:
    text = exp.cast(value, "VARCHAR", copy=False)
    match step:
        case Prefix():
            return exp.Substring(this=text, start=exp.Literal.number(1), length=exp.Literal.number(step.length))
        case Recode(pairs=()):
            return exp.cast(exp.Null(), "VARCHAR")
        case Recode():
            case = exp.Case(this=text)
            for old, new in step.pairs:
                case = case.when(exp.Literal.string(old), exp.Literal.string(new), copy=False)
            return case.else_(exp.Null(), copy=False)
        case Band():
            return _band(text, step)


def _band(text: exp.Expression, step: Band) -> exp.Expression:
    whole = exp.Anonymous(this="regexp_full_match", expressions=[text, exp.Literal.string(_WHOLE_NUMBER)])
    number = exp.TryCast(this=text.copy(), to=exp.DataType.build("BIGINT"))
    case = exp.Case().when(exp.not_(exp.func("coalesce", whole, exp.false())), exp.Null(), copy=False)
    for edge, label in zip(step.edges, step.labels(), strict=False):
        case = case.when(exp.LT(this=number.copy(), expression=_number(edge)), exp.Literal.string(label), copy=False)
    return case.else_(exp.Literal.string(step.labels()[-1]), copy=False)


def _number(value: int) -> exp.Expression:
    literal: exp.Expression = exp.Literal.number(abs(value))
    return exp.Neg(this=literal) if value < 0 else literal
