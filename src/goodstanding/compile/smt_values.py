"""Values and truths of the core form as SMT terms, exactly as `kernel/rules/meaning.py` has them.

A number is known as an interval: two terms, each with a truth that says whether that end is closed. A truth is two terms, true
and false; neither is undecided. A word or code is a number that stands for its text, and whether it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from goodstanding.compile.smt import (
    FALSE,
    TRUE,
    Script,
    Term,
    conj,
    disj,
    ge,
    gt,
    ite,
    minus,
    neg,
    plus,
    same,
    times,
    truth,
    whole,
)
from goodstanding.compile.smt_calendar import Arithmetic
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n


@dataclass(frozen=True)
class Num:
    """An interval: low and high with whether each end is closed."""

    low: Term
    low_known: Term
    high: Term
    high_known: Term

    @property
    def exact(self) -> Term:
        """Say that the value is exactly known."""
        if self.low == self.high:
            return conj(self.low_known, self.high_known)
        return conj(self.low_known, self.high_known, same(self.low, self.high))


@dataclass(frozen=True)
class Tri:
    """A truth of three values."""

    yes: Term
    no: Term

    @property
    def undecided(self) -> Term:
        """Say that it is neither true nor false."""
        return conj(neg(self.yes), neg(self.no))

    @property
    def may(self) -> Term:
        """Say that it is true or undecided."""
        return neg(self.no)


@dataclass(frozen=True)
class Sym:
    """A word or code: the number of its text, and whether it is there."""

    code: Term
    known: Term


Leaf = Num | Tri | Sym
MISSING = Num("0", FALSE, "0", FALSE)
YES, NO, UNDECIDED = Tri(TRUE, FALSE), Tri(FALSE, TRUE), Tri(FALSE, FALSE)


def exactly(term: Term, known: Term = TRUE) -> Num:
    """Make a value that is exactly known, where it is known."""
    return Num(term, known, term, known)


class Env(Protocol):
    """Where names are looked up."""

    def look(self, node: n.Field | n.LinkField | n.Ref) -> Leaf:
        """Give what a field, linked field or indicator is."""

    def moment(self, moment: n.Moment) -> Term:
        """Give a day of the run."""

    def parameter(self, node: n.Unknown) -> Num:
        """Give a parameter that has no value."""


@dataclass(frozen=True)
class Reader:
    """Writes values and truths over an environment into a script."""

    script: Script
    arithmetic: Arithmetic
    env: Env

    # ----------------------------------------------------------------------------------------------
    # Numbers and dates

    def value(self, node: n.Value) -> Num:
        """Write a value."""
        return self._short(self._value(node))

    def _short(self, made: Num) -> Num:
        name = self.script
        low = name.number(made.low, "value")
        high = low if made.low == made.high else name.number(made.high, "value")
        low_known = name.holds(made.low_known, "known")
        high_known = (
            low_known if made.low_known == made.high_known else name.holds(made.high_known, "known")
        )
        return Num(low, low_known, high, high_known)

    def _value(self, node: n.Value) -> Num:
        match node:
            case n.Const(value):
                return exactly(whole(value))
            case n.Unknown():
                return self.env.parameter(node)
            case n.Field() | n.LinkField() | n.Ref():
                leaf = self.env.look(node)
                return leaf if isinstance(leaf, Num) else MISSING
            case n.Now(moment):
                return exactly(self.env.moment(moment))
            case n.Add(left, right):
                return _add(self.value(left), self.value(right))
            case n.Sub(left, right):
                return _subtract(self.value(left), self.value(right))
            case n.Mul(left, right):
                return self._multiply(left, right)
            case n.Least(parts, known_part) | n.Greatest(parts, known_part):
                values = [self.value(p) for p in parts]
                greatest = isinstance(node, n.Greatest)
                return (
                    extreme_known([(v.low, v.exact) for v in values], greatest)
                    if known_part
                    else _extreme(values, greatest)
                )
            case n.Rounded():
                return self._rounded(node)
            case n.Shift(date, amount, unit):
                return self._shift(self.value(date), amount, unit)
            case n.Span(unit, start, end):
                return self._span(unit, self.value(start), self.value(end))
            case n.Choose(cases, otherwise):
                return self._choose(
                    [(self.truth(t), self.value(v)) for t, v in cases], self.value(otherwise)
                )

    def _multiply(self, left: n.Value, right: n.Value) -> Num:
        if isinstance(left, n.Const):
            left, right = right, left
        one = self.value(left)
        if isinstance(right, n.Const):
            low, high = times(right.value, one.low), times(right.value, one.high)
            if right.value < 0:
                return Num(high, one.high_known, low, one.low_known)
            return Num(low, one.low_known, high, one.high_known)
        other, product = self.value(right), self.arithmetic.product
        return Num(
            product(one.low, other.low),
            conj(one.low_known, other.low_known),
            product(one.high, other.high),
            conj(one.high_known, other.high_known),
        )

    def _rounded(self, node: n.Rounded) -> Num:
        top, under = self.value(node.numerator), self.value(node.denominator)
        up, down = 10**node.shift_numerator, 10**node.shift_denominator
        known = conj(top.exact, under.exact, gt(under.low, "0"))
        return exactly(self.arithmetic.quotient(times(up, top.low), times(down, under.low)), known)

    def _shift(self, date: Num, amount: int, unit: str) -> Num:
        def move(term: Term) -> Term:
            return (
                self.arithmetic.add_months(term, amount)
                if unit == "month"
                else plus(term, whole(amount))
            )

        low = move(date.low)
        return Num(
            low, date.low_known, low if date.low == date.high else move(date.high), date.high_known
        )

    def _span(self, unit: str, start: Num, end: Num) -> Num:
        known = conj(start.exact, end.exact)
        if unit == "day":
            return exactly(minus(end.low, start.low), known)
        count = self.arithmetic.months_between if unit == "month" else self.arithmetic.years_between
        return exactly(count(start.low, end.low), known)

    def _choose(self, cases: Sequence[tuple[Tri, Num]], otherwise: Num) -> Num:
        uncertain: list[Term] = []
        for condition, _ in cases:
            uncertain.append(condition.undecided)
        result = _unless(disj(*uncertain), otherwise)
        for at in reversed(range(len(cases))):
            condition, value = cases[at]
            result = self._short(
                either(condition.yes, _unless(disj(*uncertain[:at]), value), result)
            )
        return result

    # ----------------------------------------------------------------------------------------------
    # Truths

    def truth(self, node: n.Truth) -> Tri:
        """Write a truth."""
        made = self._truth(node)
        return Tri(self.script.holds(made.yes, "yes"), self.script.holds(made.no, "no"))

    def _truth(self, node: n.Truth) -> Tri:
        match node:
            case n.Always(value):
                return Tri(truth(value), truth(not value))
            case n.Compare(op, left, right):
                return _compare(op, self.value(left), self.value(right))
            case n.WordIn(subject, words):
                found = self.word(subject)
                inside = disj(*(same(found.code, self.script.word(w)) for w in words))
                return Tri(conj(found.known, inside), conj(found.known, neg(inside)))
            case n.SameCode(left, right):
                one, other = self.word(left), self.word(right)
                both, equal = conj(one.known, other.known), same(one.code, other.code)
                return Tri(conj(both, equal), conj(both, neg(equal)))
            case n.Present(subject):
                there = self.present(subject)
                return Tri(there, neg(there))
            case n.TruthOf(subject):
                leaf = self.env.look(subject)
                return leaf if isinstance(leaf, Tri) else UNDECIDED
            case n.Not(part):
                inner = self.truth(part)
                return Tri(inner.no, inner.yes)
            case n.All(parts):
                truths = [self.truth(p) for p in parts]
                return Tri(conj(*(t.yes for t in truths)), disj(*(t.no for t in truths)))
            case n.Any_(parts):
                truths = [self.truth(p) for p in parts]
                return Tri(disj(*(t.yes for t in truths)), conj(*(t.no for t in truths)))

    def word(self, node: n.Field | n.LinkField | n.Ref) -> Sym:
        """Write a word or code."""
        leaf = self.env.look(node)
        return leaf if isinstance(leaf, Sym) else Sym("0", FALSE)

    def present(self, node: n.Value | n.Truth) -> Term:
        """Write that a value, truth, word or code is exactly known."""
        if node.type.kind is Kind.TRUTH:
            made = self.truth(node)  # type: ignore[arg-type]
            return disj(made.yes, made.no)
        if node.type.kind in (Kind.WORD, Kind.CODE):
            return self.word(node).known  # type: ignore[arg-type]
        return self.value(node).exact  # type: ignore[arg-type]

    def leaf(self, node: n.Value | n.Truth, type_: Type) -> Leaf:
        """Write whatever a formula of a type gives."""
        if type_.kind is Kind.TRUTH:
            return self.truth(node)  # type: ignore[arg-type]
        if type_.kind in (Kind.WORD, Kind.CODE):
            return self.word(node)  # type: ignore[arg-type]
        return self.value(node)  # type: ignore[arg-type]

    def limbs(self, limbs: Sequence[n.Limb]) -> Tri:
        """Write a ground: an exception that is undecided leaves its limb standing."""
        yes, may = [], []
        for limb in limbs:
            when = self.truth(limb.when)
            excepted = self.truth(limb.unless).yes if limb.unless else FALSE
            yes.append(conj(when.yes, neg(excepted)))
            may.append(conj(when.may, neg(excepted)))
        return Tri(
            self.script.holds(disj(*yes), "ground"), self.script.holds(neg(disj(*may)), "no ground")
        )


# --------------------------------------------------------------------------------------------------
# Parts


def either(condition: Term, yes: Num, no: Num) -> Num:
    """Give one value or the other."""
    low, low_known = ite(condition, yes.low, no.low), ite(condition, yes.low_known, no.low_known)
    if yes.low == yes.high and no.low == no.high:
        high = low
    else:
        high = ite(condition, yes.high, no.high)
    if yes.low_known == yes.high_known and no.low_known == no.high_known:
        return Num(low, low_known, high, low_known)
    return Num(low, low_known, high, ite(condition, yes.high_known, no.high_known))


def _unless(uncertain: Term, value: Num) -> Num:
    if uncertain == FALSE:
        return value
    sure = neg(uncertain)
    return Num(value.low, conj(sure, value.low_known), value.high, conj(sure, value.high_known))


def _add(a: Num, b: Num) -> Num:
    low = plus(a.low, b.low)
    high = low if a.low == a.high and b.low == b.high else plus(a.high, b.high)
    return Num(low, conj(a.low_known, b.low_known), high, conj(a.high_known, b.high_known))


def _subtract(a: Num, b: Num) -> Num:
    low = minus(a.low, b.high)
    high = low if a.low == a.high and b.low == b.high else minus(a.high, b.low)
    return Num(low, conj(a.low_known, b.high_known), high, conj(a.high_known, b.low_known))


def _extreme(values: Sequence[Num], greatest: bool) -> Num:
    def pick(terms: Sequence[Term]) -> Term:
        first, *rest = terms
        for term in rest:
            first = ite(ge(first, term) if greatest else ge(term, first), first, term)
        return first

    low = pick([v.low for v in values])
    high = low if all(v.low == v.high for v in values) else pick([v.high for v in values])
    return Num(
        low, conj(*(v.low_known for v in values)), high, conj(*(v.high_known for v in values))
    )


def extreme_known(values: Sequence[tuple[Term, Term]], greatest: bool) -> Num:
    """Give the least or greatest of those values that are there; missing if none is."""
    if not values:
        return MISSING
    (best, there), *rest = values
    for value, known in rest:
        better = gt(value, best) if greatest else gt(best, value)
        best = ite(conj(known, disj(neg(there), better)), value, best)
        there = disj(there, known)
    return exactly(best, there)


def _compare(op: n.Op, left: Num, right: Num) -> Tri:
    if op in (n.Op.LE, n.Op.LT):
        left, right = right, left
        op = n.Op.GE if op is n.Op.LE else n.Op.GT
    if op is n.Op.GE:
        return _at_least(left, right)
    if op is n.Op.GT:
        turned = _at_least(right, left)
        return Tri(turned.no, turned.yes)
    equal = _equal(left, right)
    return equal if op is n.Op.EQ else Tri(equal.no, equal.yes)


def _at_least(a: Num, b: Num) -> Tri:
    yes = conj(a.low_known, b.high_known, ge(a.low, b.high))
    no = conj(a.high_known, b.low_known, gt(b.low, a.high))
    return Tri(yes, no)


def _equal(a: Num, b: Num) -> Tri:
    yes = conj(a.exact, b.exact, same(a.low, b.low))
    below = conj(a.high_known, b.low_known, gt(b.low, a.high))
    above = conj(b.high_known, a.low_known, gt(a.low, b.high))
    return Tri(yes, disj(below, above))
