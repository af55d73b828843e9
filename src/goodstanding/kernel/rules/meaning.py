"""What values and truths mean: core nodes become closures over an environment, once per programme.

This is the reference meaning of section "Intervals" of `nodes`: a number or date is (low, high) with None as an open
end, a truth is True, False or None. Everything is whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from goodstanding.kernel import days
from goodstanding.kernel.quantity import Kind, round_half_up
from goodstanding.kernel.record import FieldValue
from goodstanding.kernel.rules import nodes as n

Interval = tuple[int | None, int | None]
MISSING: Interval = (None, None)
# What an indicator is known as: an interval, a truth, or a word.
Known = Interval | bool | str | None


@dataclass(slots=True)
class Env:
    """Where names are looked up: the days of the run, the record at hand, the indicators so far."""

    days: Mapping[n.Moment, int]
    known: dict[str, Known] = field(default_factory=dict)
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    linked: Mapping[str, Mapping[str, FieldValue]] = field(default_factory=dict)
    fixed: Sequence[object] = ()  # what a run fixes, by place in the Book


class Book:
    """What depends only on the run (bounds of windows, expected periods): worked out once per run, not once per subject."""

    def __init__(self) -> None:
        """Start with nothing to fix."""
        self.makers: list[Callable[[Mapping[n.Moment, int]], object]] = []

    def put(self, make: Callable[[Mapping[n.Moment, int]], object]) -> int:
        """Have something worked out per run; gives its place in `Env.fixed`."""
        self.makers.append(make)
        return len(self.makers) - 1

    def fix(self, moments: Mapping[n.Moment, int]) -> tuple[object, ...]:
        """Work out everything for a run."""
        return tuple(make(moments) for make in self.makers)


Reading = Callable[[Env], Interval]
Test = Callable[[Env], bool | None]

# Own fields that a later day may not look into: what happens after the judged day has not happened.
_NOT_YET = ("cured", "ended")


# --------------------------------------------------------------------------------------------------
# Numbers and dates


def reading(node: n.Value) -> Reading:
    """Make the closure that gives a value's interval."""
    match node:
        case n.Const(value):
            constant = (value, value)
            return lambda _: constant
        case n.Unknown():
            return lambda _: MISSING
        case n.Field(name) if name not in _NOT_YET:
            return _own_field(name)
        case n.Field() | n.LinkField():
            look = raw(node)
            return lambda env: _exact(look(env))
        case n.Ref(name):
            return lambda env: env.known[name]  # type: ignore[return-value]
        case n.Now(moment):
            return lambda env: (env.days[moment], env.days[moment])
        case n.Add(left, right):
            return _plus(reading(left), reading(right))
        case n.Sub(left, right):
            return _minus(reading(left), reading(right))
        case n.Mul(left, right):
            return _times(left, right)
        case n.Least(parts, known_part) | n.Greatest(parts, known_part):
            return _extreme([reading(p) for p in parts], isinstance(node, n.Greatest), known_part)
        case n.Rounded():
            return _rounded(node)
        case n.Shift(date, amount, unit):
            return _shifted(reading(date), amount, unit)
        case n.Span(unit, start, end):
            return _span(unit, reading(start), reading(end))
        case n.Choose(cases, otherwise):
            return _choose([(test(t), reading(v)) for t, v in cases], reading(otherwise))


def raw(node: n.Field | n.LinkField) -> Callable[[Env], FieldValue]:
    """Make the closure that looks up a field as it stands: a number, day, truth, word or code, or None."""
    name = node.name
    if isinstance(node, n.LinkField):
        link = node.link
        if name == "annulled":
            return lambda env: bool(env.linked.get(link, {}).get("annulled"))
        if name in _NOT_YET:
            return lambda env: _by_now(env.linked.get(link, {}).get(name), env)
        return lambda env: env.linked.get(link, {}).get(name)
    if name in _NOT_YET:
        return lambda env: _by_now(env.values.get(name), env)
    return lambda env: env.values.get(name)


def _own_field(name: str) -> Reading:
    def field_(env: Env) -> Interval:
        value = env.values.get(name)
        return MISSING if value is None else (value, value)  # type: ignore[return-value]

    return field_


def _by_now(value: FieldValue, env: Env) -> FieldValue:
    return value if isinstance(value, int) and value <= env.days[n.Moment.JUDGED] else None


def _exact(value: FieldValue) -> Interval:
    return MISSING if value is None else (value, value)  # type: ignore[return-value]


def _plus(left: Reading, right: Reading) -> Reading:
    def add(env: Env) -> Interval:
        (a, b), (c, d) = left(env), right(env)
        return (
            None if a is None or c is None else a + c,
            None if b is None or d is None else b + d,
        )

    return add


def _minus(left: Reading, right: Reading) -> Reading:
    def subtract(env: Env) -> Interval:
        (a, b), (c, d) = left(env), right(env)
        return (
            None if a is None or d is None else a - d,
            None if b is None or c is None else b - c,
        )

    return subtract


def _times(left: n.Value, right: n.Value) -> Reading:
    if isinstance(left, n.Const):
        left, right = right, left
    one, other = reading(left), reading(right)
    negative = isinstance(right, n.Const) and right.value < 0

    def multiply(env: Env) -> Interval:
        (a, b), (c, d) = one(env), other(env)
        if negative:
            a, b = b, a
        return (
            None if a is None or c is None else a * c,
            None if b is None or d is None else b * d,
        )

    return multiply


def _extreme(parts: list[Reading], greatest: bool, known_part: bool) -> Reading:
    pick = max if greatest else min

    def over_all(env: Env) -> Interval:
        ends = [p(env) for p in parts]
        lows = [low for low, _ in ends if low is not None]
        highs = [high for _, high in ends if high is not None]
        return (
            pick(lows) if len(lows) == len(ends) else None,
            pick(highs) if len(highs) == len(ends) else None,
        )

    def over_known(env: Env) -> Interval:
        known = [low for low, high in (p(env) for p in parts) if low is not None and low == high]
        return (pick(known), pick(known)) if known else MISSING

    return over_known if known_part else over_all


def _rounded(node: n.Rounded) -> Reading:
    top, under = reading(node.numerator), reading(node.denominator)
    up, down = 10**node.shift_numerator, 10**node.shift_denominator

    def divide(env: Env) -> Interval:
        (a, b), (c, d) = top(env), under(env)
        if a is None or a != b or c is None or c != d or c <= 0:
            return MISSING
        value = round_half_up(a * up, c * down)
        return (value, value)

    return divide


def _shifted(date: Reading, amount: int, unit: str) -> Reading:
    move = days.add_months if unit == "month" else lambda d, k: d + k

    def shift(env: Env) -> Interval:
        low, high = date(env)
        return (
            None if low is None else move(low, amount),
            None if high is None else move(high, amount),
        )

    return shift


_SPANS: dict[str, Callable[[int, int], int]] = {
    "day": lambda start, end: end - start,
    "month": days.months_between,
    "year": days.years_between,
}


def _span(unit: str, start: Reading, end: Reading) -> Reading:
    between = _SPANS[unit]

    def span(env: Env) -> Interval:
        (a, b), (c, d) = start(env), end(env)
        if a is None or a != b or c is None or c != d:
            return MISSING
        value = between(a, c)
        return (value, value)

    return span


def _choose(cases: list[tuple[Test, Reading]], otherwise: Reading) -> Reading:
    def choose(env: Env) -> Interval:
        uncertain = False
        for holds, value in cases:
            truth = holds(env)
            if truth:
                return MISSING if uncertain else value(env)
            uncertain = uncertain or truth is None
        return MISSING if uncertain else otherwise(env)

    return choose


# --------------------------------------------------------------------------------------------------
# Truths


def test(node: n.Truth) -> Test:
    """Make the closure that gives a truth: True, False or None (undecided)."""
    match node:
        case n.Always(value):
            return lambda _: value
        case n.Compare(op, left, n.Const(number)):
            return _compare_with(op, reading(left), number)
        case n.Compare(op, left, right):
            return _compare(op, reading(left), reading(right))
        case n.WordIn(n.Field(name), words):
            return _field_in(name, frozenset(words))
        case n.WordIn(subject, words):
            look, those = word(subject), frozenset(words)
            return lambda env: None if (w := look(env)) is None else w in those
        case n.SameCode(left, right):
            one, other = word(left), word(right)
            return lambda env: (
                None if (a := one(env)) is None or (b := other(env)) is None else a == b
            )
        case n.Present(subject):
            return _present(subject)
        case n.TruthOf(subject):
            return _truth_of(subject)
        case n.Not(part):
            inner = test(part)
            return lambda env: None if (t := inner(env)) is None else not t
        case n.All(parts):
            return _all([test(p) for p in parts], stop=False)
        case n.Any_(parts):
            return _all([test(p) for p in parts], stop=True)


def _field_in(name: str, those: frozenset[str]) -> Test:
    def is_in(env: Env) -> bool | None:
        value = env.values.get(name)
        return None if value is None else value in those

    return is_in


def word(node: n.Field | n.LinkField | n.Ref) -> Callable[[Env], FieldValue]:
    """Make the closure that gives a word or code, or None."""
    if isinstance(node, n.Ref):
        name = node.name
        return lambda env: env.known[name]  # type: ignore[return-value]
    return raw(node)


def _truth_of(node: n.Field | n.LinkField | n.Ref) -> Test:
    look: Test = word(node)  # type: ignore[assignment]
    return look


def _all(parts: list[Test], *, stop: bool) -> Test:
    """Kleene's `or` (stop at True) and `and` (stop at False)."""

    def connect(env: Env) -> bool | None:
        result: bool | None = not stop
        for part in parts:
            truth = part(env)
            if truth is stop:
                return stop
            if truth is None:
                result = None
        return result

    if len(parts) != 2:
        return connect
    one, other = parts

    def connect_two(env: Env) -> bool | None:
        truth = one(env)
        if truth is stop:
            return stop
        second = other(env)
        if second is stop:
            return stop
        return None if truth is None or second is None else not stop

    return connect_two


def _present(node: n.Value | n.Truth) -> Test:
    if node.type.kind is Kind.TRUTH:
        truth = test(node)  # type: ignore[arg-type]
        return lambda env: truth(env) is not None
    if node.type.kind in (Kind.WORD, Kind.CODE):
        look = word(node)  # type: ignore[arg-type]
        return lambda env: look(env) is not None
    if isinstance(node, n.Field) and node.name not in _NOT_YET:
        name = node.name
        return lambda env: env.values.get(name) is not None
    value = reading(node)  # type: ignore[arg-type]

    def present(env: Env) -> bool:
        low, high = value(env)
        return low is not None and low == high

    return present


def _compare(op: n.Op, left: Reading, right: Reading) -> Test:
    if op in (n.Op.LE, n.Op.LT):
        left, right = right, left
        op = n.Op.GE if op is n.Op.LE else n.Op.GT
    if op is n.Op.GE:
        return lambda env: _at_least(left(env), right(env))
    if op is n.Op.GT:
        return lambda env: None if (t := _at_least(right(env), left(env))) is None else not t
    if op is n.Op.EQ:
        return lambda env: _equal(left(env), right(env))
    return lambda env: None if (t := _equal(left(env), right(env))) is None else not t


def _compare_with(op: n.Op, left: Reading, value: int) -> Test:
    """Compare with a number that is known: what `_compare` says, in fewer steps."""
    if op in (n.Op.EQ, n.Op.NE):
        return _compare(op, left, lambda _: (value, value))
    # whole numbers and days: more than is at least one more
    limit = value + 1 if op in (n.Op.GT, n.Op.LE) else value
    reached = op in (n.Op.GE, n.Op.GT)

    def compare(env: Env) -> bool | None:
        low, high = left(env)
        if low is not None and low >= limit:
            return reached
        if high is not None and high < limit:
            return not reached
        return None

    return compare


def _at_least(a: Interval, b: Interval) -> bool | None:
    if a[0] is not None and b[1] is not None and a[0] >= b[1]:
        return True
    if a[1] is not None and b[0] is not None and a[1] < b[0]:
        return False
    return None


def _equal(a: Interval, b: Interval) -> bool | None:
    if a[0] is not None and a[0] == a[1] == b[0] == b[1]:
        return True
    if (a[1] is not None and b[0] is not None and a[1] < b[0]) or (
        b[1] is not None and a[0] is not None and b[1] < a[0]
    ):
        return False
    return None
