"""Which values can be missing: what `if none` has to answer for."""

from __future__ import annotations

from collections.abc import Mapping

from goodstanding.kernel.rules.nodes import (
    Add,
    Choose,
    Const,
    Extreme,
    Field,
    Greatest,
    Indicator,
    Least,
    LinkField,
    Mul,
    Now,
    Pick,
    Ref,
    Rounded,
    Scalar,
    Shift,
    Span,
    Sub,
    Truth,
    Unknown,
    Value,
)

# Own fields that every record has.
ALWAYS_THERE = frozenset({"date", "record", "certainty"})


def may_be_missing(
    value: Value | Truth, required: tuple[str, ...], indicators: Mapping[str, Indicator]
) -> bool:
    """Tell whether a value can be missing (both ends open), given the fields every record has and the indicators."""

    def any_of(*parts: Value | Truth) -> bool:
        return any(may_be_missing(part, required, indicators) for part in parts)

    match value:
        case Const() | Now():
            return False
        case Unknown() | LinkField():
            return True
        case Field():
            return value.name not in required and value.name not in ALWAYS_THERE
        case Ref():
            return _indicator_may(value, indicators)
        case Add() | Sub() | Mul():
            return any_of(value.left, value.right)
        case Least() | Greatest():
            may = [any_of(part) for part in value.parts]
            return all(may) if value.known_part else any(may)
        case Rounded():
            return (
                any_of(value.numerator, value.denominator) or (value.denominator.type.low or 0) <= 0
            )
        case Shift():
            return any_of(value.date)
        case Span():
            return any_of(value.start, value.end)
        case Choose():
            return any_of(value.otherwise, *(case for _, case in value.cases))
        case _:
            return False


def _indicator_may(ref: Ref, indicators: Mapping[str, Indicator]) -> bool:
    indicator = indicators.get(ref.name)
    if indicator is None:
        return ref.name == "score"
    if isinstance(indicator.what, Extreme | Pick):
        return True
    if isinstance(indicator.what, Scalar):
        return may_be_missing(indicator.what.formula, (), indicators)
    return False
