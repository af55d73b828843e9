"""Values and truths become text: a number or date a pair of ends, a truth one three-valued BOOLEAN.

The ends are the same text where a value is exactly known or missing; this is so for everything read off one record.
The meaning is that of kernel/rules/meaning.py, node by node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from goodstanding.compile.dialect import Dialect
from goodstanding.kernel.quantity import NARROW, Kind, Type
from goodstanding.kernel.rules import nodes as n


@dataclass(frozen=True)
class Pair:
    """The texts of the two ends of an interval; NULL is an open end."""

    lo: str
    hi: str

    @property
    def exact(self) -> bool:
        """Tell whether the value is always exactly known or missing."""
        return self.lo == self.hi


def exactly(text: str) -> Pair:
    """Make the pair of a value that is exactly known or missing."""
    return Pair(text, text)


@dataclass(frozen=True)
class Expressions:
    """Writes expressions whose names are columns at hand: of one record, or of one subject's row of indicators."""

    dialect: Dialect
    moments: Mapping[n.Moment, str]
    refs: Mapping[str, Pair]

    def knowing(self, **refs: Pair) -> Expressions:
        """Give the same with further names known."""
        return replace(self, refs={**self.refs, **refs})

    # -- numbers and dates

    def pair(self, node: n.Value) -> Pair:
        """Write the two ends of a value."""
        match node:
            case n.Const(value, type_):
                return exactly(
                    self.dialect.day(value)
                    if type_.kind is Kind.DATE
                    else self.dialect.whole(value)
                )
            case n.Unknown():
                return exactly(self.dialect.missing(node.type))
            case n.Field() | n.LinkField():
                return exactly(self.field(node))
            case n.Ref(name):
                return self.refs[name]
            case n.Now(moment):
                return exactly(self.moments[moment])
            case n.Add(left, right):
                a, b = self.pair(left), self.pair(right)
                return _pair(self._plus(node.type, a.lo, b.lo), self._plus(node.type, a.hi, b.hi))
            case n.Sub(left, right):
                a, b = self.pair(left), self.pair(right)
                return _pair(self._minus(node, a.lo, b.hi), self._minus(node, a.hi, b.lo))
            case n.Mul():
                return self._times(node)
            case n.Least(parts, known_part) | n.Greatest(parts, known_part):
                return self._extreme(parts, isinstance(node, n.Greatest), known_part)
            case n.Rounded():
                return exactly(self._rounded(node))
            case n.Shift(date, amount, unit):
                a = self.pair(date)
                return _pair(self._shifted(a.lo, amount, unit), self._shifted(a.hi, amount, unit))
            case n.Span(unit, start, end):
                return exactly(self._span(unit, self.exact(start), self.exact(end)))
            case n.Choose(cases, otherwise):
                return self._choose(
                    [(self.truth(t), self.pair(v)) for t, v in cases], self.pair(otherwise)
                )

    def exact(self, node: n.Value) -> str:
        """Write a value where it is exactly known, else NULL."""
        return known_exactly(self.pair(node))

    def points(self, node: n.Value) -> Pair:
        """Write a number at scale 4, the scale of points."""
        factor = 10 ** (4 - node.type.scale)
        pair = self.pair(node)
        if factor == 1:
            return pair
        if isinstance(node, n.Const):
            return exactly(self.dialect.whole(node.value * factor))
        wide = max(abs(node.type.low or 0), abs(node.type.high or 0)) * factor > NARROW

        def finer(end: str) -> str:
            return f"({self.dialect.wide(end) if wide else end} * {factor})"

        return _pair(finer(pair.lo), finer(pair.hi))

    def field(self, node: n.Field | n.LinkField) -> str:
        """Write a field as it stands; what happens after the judged day has not happened."""
        if isinstance(node, n.LinkField):
            name = self.dialect.name(link_column(node.link, node.name))
            if node.name == "annulled":
                return f"coalesce({name}, FALSE)"
        else:
            name = self.dialect.name(node.name)
        if node.name in ("cured", "ended"):
            return f"CASE WHEN {name} <= {self.moments[n.Moment.JUDGED]} THEN {name} END"
        return name

    def _plus(self, type_: Type, a: str, b: str) -> str:
        if type_.kind is Kind.DATE:
            return self.dialect.plus_days(a, b)
        return f"({self._wide(type_, a)} + {b})"

    def _minus(self, node: n.Sub, a: str, b: str) -> str:
        if node.left.type.kind is Kind.DATE:
            between = node.right.type.kind is Kind.DATE
            return self.dialect.days_between(b, a) if between else self.dialect.minus_days(a, b)
        return f"({self._wide(node.type, a)} - {b})"

    def _times(self, node: n.Mul) -> Pair:
        left, right = node.left, node.right
        if isinstance(left, n.Const):
            left, right = right, left
        a, b = self.pair(left), self.pair(right)
        if isinstance(right, n.Const) and right.value < 0:
            a = Pair(a.hi, a.lo)
        if isinstance(right, n.Const) and left.type.wide:
            b = exactly(
                self.dialect.wide(str(right.value))
            )  # times a narrow zero, Sail has a narrow zero
        return _pair(
            f"({self._wide(node.type, a.lo)} * {b.lo})",
            f"({self._wide(node.type, a.hi)} * {b.hi})",
        )

    def _wide(self, type_: Type, value: str) -> str:
        return self.dialect.wide(value) if type_.wide else value

    def _extreme(self, parts: Sequence[n.Value], greatest: bool, known_part: bool) -> Pair:
        pick = self.dialect.greatest_known if greatest else self.dialect.least_known
        pairs = [self.pair(p) for p in parts]
        if known_part:
            return exactly(pick([known_exactly(p) for p in pairs]))
        may_miss = [not isinstance(p, n.Const | n.Now) for p in parts]

        def of_all(ends: list[str]) -> str:
            if len(ends) == 1:
                return ends[0]
            there = [f"{e} IS NOT NULL" for e, miss in zip(ends, may_miss, strict=True) if miss]
            picked = pick(ends)
            return f"CASE WHEN {' AND '.join(there)} THEN {picked} END" if there else picked

        return _pair(of_all([p.lo for p in pairs]), of_all([p.hi for p in pairs]))

    def _rounded(self, node: n.Rounded) -> str:
        top, under = self.exact(node.numerator), self.exact(node.denominator)
        up, down = 10**node.shift_numerator, 10**node.shift_denominator
        high, under_high = node.numerator.type.high, node.denominator.type.high
        wide = high is None or under_high is None or 2 * (high * up + under_high * down) > NARROW
        top = self.dialect.wide(top) if wide else top
        under_ = self.dialect.wide(under) if wide else under
        quotient = self.dialect.quotient(
            f"({top} * {2 * up} + {under_} * {down})",
            f"({under_} * {2 * down})",
            wide=node.type.wide,
        )
        return f"CASE WHEN {under} > 0 THEN {quotient} END"

    def _shifted(self, date: str, amount: int, unit: str) -> str:
        if unit == "month":
            return self.dialect.plus_months(date, amount)
        return self.dialect.plus_days(date, str(amount))

    def _span(self, unit: str, start: str, end: str) -> str:
        d = self.dialect
        if unit == "day":
            return d.days_between(start, end)
        clipped = d.least_known([d.day_of_month(start), d.days_in_month(end)])
        months = (
            f"(({d.year(end)} - {d.year(start)}) * 12 + {d.month(end)} - {d.month(start)}"
            f" - CASE WHEN {d.day_of_month(end)} < {clipped} THEN 1 ELSE 0 END)"
        )
        if unit == "month":
            return months
        # rounded down below zero as well: a thousand years are added and taken away again
        return f"({d.quotient(f'({months} + 12000)', '12')} - 1000)"

    def _choose(self, cases: Sequence[tuple[str, Pair]], otherwise: Pair) -> Pair:
        def chosen(values: Sequence[tuple[str, str]], last: str) -> str:
            if not values:
                return last
            said = " ".join(
                f"WHEN {truth} THEN {value} WHEN ({truth}) IS NULL THEN NULL"
                for truth, value in values
            )
            return f"CASE {said} ELSE {last} END"

        return _pair(
            chosen([(t, v.lo) for t, v in cases], otherwise.lo),
            chosen([(t, v.hi) for t, v in cases], otherwise.hi),
        )

    # -- truths

    def truth(self, node: n.Truth) -> str:
        """Write a truth: TRUE, FALSE, or NULL where it is undecided."""
        match node:
            case n.Always(value):
                return "TRUE" if value else "FALSE"
            case n.Compare(op, left, right):
                return self._compare(op, left, right)
            case n.WordIn(subject, words):
                look = self.word(subject)
                if not words:
                    return f"CASE WHEN {look} IS NOT NULL THEN FALSE END"
                return f"({look} IN ({', '.join(self.dialect.text(w) for w in words)}))"
            case n.SameCode(left, right):
                return f"({self.word(left)} = {self.word(right)})"
            case n.Present(subject):
                return self._present(subject)
            case n.TruthOf(subject):
                return self.word(subject)
            case n.Not(part):
                return f"(NOT {self.truth(part)})"
            case n.All(parts):
                return "(" + " AND ".join(self.truth(p) for p in parts) + ")" if parts else "TRUE"
            case n.Any_(parts):
                return "(" + " OR ".join(self.truth(p) for p in parts) + ")" if parts else "FALSE"

    def limbs(self, limbs: Sequence[n.Limb]) -> str:
        """Write a ground: its alternatives, each without those whose exception is true."""
        said = []
        for limb in limbs:
            when = self.truth(limb.when)
            if limb.unless is not None:
                when = f"CASE WHEN {self.truth(limb.unless)} THEN FALSE ELSE {when} END"
            said.append(when)
        if not said:
            return "FALSE"
        return said[0] if len(said) == 1 else "(" + " OR ".join(f"({s})" for s in said) + ")"

    def certainly(self, limbs: Sequence[n.Limb]) -> str:
        """Write whether a ground is true by an alternative whose exception, if it has one, is shown not to hold."""
        said = []
        for limb in limbs:
            when = f"({self.truth(limb.when)}) IS TRUE"
            if limb.unless is not None:
                when = f"({when} AND ({self.truth(limb.unless)}) IS FALSE)"
            said.append(when)
        return f"({' OR '.join(said)})" if said else "FALSE"

    def word(self, node: n.Field | n.LinkField | n.Ref) -> str:
        """Write a word, code or truth as it stands."""
        return self.refs[node.name].lo if isinstance(node, n.Ref) else self.field(node)

    def _present(self, node: n.Value | n.Truth) -> str:
        if node.type.kind is Kind.TRUTH:
            return f"({self.truth(node)} IS NOT NULL)"  # type: ignore[arg-type]
        if node.type.kind in (Kind.WORD, Kind.CODE):
            return f"({self.word(node)} IS NOT NULL)"  # type: ignore[arg-type]
        pair = self.pair(node)  # type: ignore[arg-type]
        if pair.exact:
            return f"({pair.lo} IS NOT NULL)"
        return f"coalesce({pair.lo} = {pair.hi}, FALSE)"

    def _compare(self, op: n.Op, left: n.Value, right: n.Value) -> str:
        if op in (n.Op.LE, n.Op.LT):
            left, right = right, left
            op = n.Op.GE if op is n.Op.LE else n.Op.GT
        a, b = self.pair(left), self.pair(right)
        if a.exact and b.exact:
            sign = {n.Op.GE: ">=", n.Op.GT: ">", n.Op.EQ: "=", n.Op.NE: "<>"}[op]
            return f"({self._bare(left, a.lo)} {sign} {self._bare(right, b.lo)})"
        if op in (n.Op.EQ, n.Op.NE):
            same = (
                f"CASE WHEN {a.lo} = {a.hi} AND {b.lo} = {b.hi} AND {a.lo} = {b.lo} THEN TRUE"
                f" WHEN {a.hi} < {b.lo} OR {b.hi} < {a.lo} THEN FALSE END"
            )
            return same if op is n.Op.EQ else f"(NOT {same})"
        if op is n.Op.GE:
            return f"CASE WHEN {a.lo} >= {b.hi} THEN TRUE WHEN {a.hi} < {b.lo} THEN FALSE END"
        return f"CASE WHEN {b.lo} >= {a.hi} THEN FALSE WHEN {b.hi} < {a.lo} THEN TRUE END"

    def _bare(self, node: n.Value, text: str) -> str:
        """Write a literal without its type where it is only compared."""
        if isinstance(node, n.Const) and node.type.kind is not Kind.DATE:
            return str(node.value)
        return text


def known_exactly(pair: Pair) -> str:
    """Write a value where both ends agree, else NULL."""
    return pair.lo if pair.exact else f"CASE WHEN {pair.lo} = {pair.hi} THEN {pair.lo} END"


def link_column(link: str, name: str) -> str:
    """Name the column of a linked record's field."""
    return f"{link}.{name}"


def _pair(lo: str, hi: str) -> Pair:
    return Pair(lo, hi)
