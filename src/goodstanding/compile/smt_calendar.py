"""Months, quotients and products in SMT terms: loosely for proofs, exactly for stories.

*Loose* terms are unknown numbers that obey what is true of every calendar and quotient: order is kept, lengths lie within
bounds. What is proved of them holds of the exact ones. *Exact* terms are tables over the few days that a small world has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Protocol

from goodstanding.compile.smt import (
    FALSE,
    Script,
    Term,
    conj,
    ge,
    gt,
    implies,
    ite,
    literal,
    minus,
    neg,
    plus,
    same,
    times,
    whole,
)
from goodstanding.kernel import days
from goodstanding.kernel.quantity import round_half_up


class Arithmetic(Protocol):
    """What is not plain addition: months, spans, quotients, products of two unknowns."""

    def add_months(self, date: Term, months: int) -> Term:
        """Move a day by months."""

    def months_between(self, start: Term, end: Term) -> Term:
        """Count whole months."""

    def years_between(self, start: Term, end: Term) -> Term:
        """Count whole years."""

    def quotient(self, top: Term, under: Term) -> Term:
        """Divide, rounded half up; top not negative, under positive."""

    def product(self, left: Term, right: Term) -> Term:
        """Multiply two numbers that are not negative."""


@cache
def length_of(months: int) -> tuple[int, int]:
    """Give the least and the most days that so many months can be."""
    spans = [
        days.add_months(day, months) - day
        for year, month in product(range(1992, 2021), range(1, 13))
        for dom in (1, 28, days.month_length(year, month))
        for day in (days.of(year, month, dom),)
    ]
    # a century without a leap year may be a day shorter per turn than the years looked at
    slack = 1 + abs(months) // 1200
    return min(spans) - slack, max(spans) + slack


@dataclass
class Loose:
    """Unknown numbers that obey the laws of the calendar and of division."""

    script: Script
    _moved: dict[tuple[Term, int], Term] = field(default_factory=dict)
    _spans: dict[tuple[str, Term, Term], Term] = field(default_factory=dict)
    _quotients: dict[tuple[Term, Term], Term] = field(default_factory=dict)
    _products: dict[tuple[Term, Term], Term] = field(default_factory=dict)

    def know(self, date: Term, months: int, moved: Term) -> None:
        """Say what a day moved by months is."""
        self._moved[date, months] = moved
        self._order(date, months, moved)

    def add_months(self, date: Term, months: int) -> Term:
        """Move a day by months: order is kept, and the number of days lies within its bounds."""
        value = literal(date)
        if value is not None:
            return whole(days.add_months(value, months))
        if months == 0:
            return date
        if (date, months) not in self._moved:
            moved = self.script.integer(f"{date.strip('|')} + {months} months")
            self._order(date, months, moved)
            self._moved[date, months] = moved
        return self._moved[date, months]

    def _order(self, date: Term, months: int, moved: Term) -> None:
        claim = self.script.claim
        least, most = length_of(months)
        claim(conj(ge(moved, plus(date, whole(least))), ge(plus(date, whole(most)), moved)))
        for (other, k), there in self._moved.items():
            if k == months and other != date:
                claim(implies(ge(date, other), ge(moved, there)))
                claim(implies(ge(other, date), ge(there, moved)))
            elif other == date:
                low, high = length_of(abs(k - months))
                far, near = (there, moved) if k > months else (moved, there)
                claim(
                    conj(ge(far, plus(near, whole(low - 3))), ge(plus(near, whole(high + 3)), far))
                )

    def _span(self, unit: str, start: Term, end: Term, least: int, most: int) -> Term:
        if (unit, start, end) not in self._spans:
            count = self.script.integer(f"{unit}s from {start.strip('|')} to {end.strip('|')}")
            gone = minus(end, start)
            next_ = plus(count, "1")
            short = ite(ge(count, "0"), times(least, count), times(most, count))
            long = ite(ge(next_, "0"), times(most, next_), times(least, next_))
            self.script.claim(conj(ge(gone, minus(short, "3")), gt(plus(long, "3"), gone)))
            for (other, since, until), there in self._spans.items():
                if other == unit:
                    self.script.claim(
                        implies(conj(ge(since, start), ge(end, until)), ge(count, there))
                    )
                    self.script.claim(
                        implies(conj(ge(start, since), ge(until, end)), ge(there, count))
                    )
            self._spans[unit, start, end] = count
        return self._spans[unit, start, end]

    def months_between(self, start: Term, end: Term) -> Term:
        """Count whole months: more when the end is later or the start earlier."""
        return self._span("month", start, end, 28, 31)

    def years_between(self, start: Term, end: Term) -> Term:
        """Count whole years: more when the end is later or the start earlier."""
        return self._span("year", start, end, 365, 366)

    def quotient(self, top: Term, under: Term) -> Term:
        """Divide: more when the top is more or what it is divided by is less."""
        if (top, under) not in self._quotients:
            made = self.script.integer("quotient", 0)
            for (up, down), there in self._quotients.items():
                self.script.claim(
                    implies(conj(ge(top, up), ge(down, under), gt(under, "0")), ge(made, there))
                )
                self.script.claim(
                    implies(conj(ge(up, top), ge(under, down), gt(down, "0")), ge(there, made))
                )
            self._quotients[top, under] = made
        return self._quotients[top, under]

    def product(self, left: Term, right: Term) -> Term:
        """Multiply: more when either is more."""
        one, other = literal(left), literal(right)
        if one is not None or other is not None:
            return times(one, right) if one is not None else times(other or 0, left)
        if (left, right) not in self._products:
            made = self.script.integer("product", 0)
            for (a, b), there in self._products.items():
                self.script.claim(implies(conj(ge(left, a), ge(right, b)), ge(made, there)))
                self.script.claim(implies(conj(ge(a, left), ge(b, right)), ge(there, made)))
            self._products[left, right] = made
        return self._products[left, right]


@dataclass
class Exact:
    """Tables over the days that a term can be."""

    script: Script
    domains: dict[Term, tuple[int, ...]] = field(default_factory=dict)

    def date(self, hint: str, candidates: Iterable[int]) -> Term:
        """Declare a day that is one of the candidates."""
        values = tuple(sorted(set(candidates)))
        term = self.script.integer(hint)
        self.script.claim(
            f"(or {' '.join(same(term, whole(v)) for v in values)})"
            if len(values) > 1
            else same(term, whole(values[0]))
        )
        self.domains[term] = values
        return term

    def _table(self, date: Term, values: Mapping[int, int], hint: str) -> Term:
        (first, result), *rest = sorted(values.items())
        del first
        text = whole(result)
        for at, value in rest:
            text = ite(ge(date, whole(at)), whole(value), text)
        return self.script.number(text, hint)

    def _days_of(self, date: Term) -> tuple[int, ...] | None:
        value = literal(date)
        return (value,) if value is not None else self.domains.get(date)

    def add_months(self, date: Term, months: int) -> Term:
        """Move a day by months; a day that is not of the small world is moved by the mean length."""
        value, candidates = literal(date), self._days_of(date)
        if value is not None:
            return whole(days.add_months(value, months))
        if candidates is None:
            return plus(date, whole(months * 30437 // 1000))
        moved = self._table(
            date,
            {d: days.add_months(d, months) for d in candidates},
            f"{date.strip('|')} + {months} months",
        )
        self.domains[moved] = tuple(sorted({int(days.add_months(d, months)) for d in candidates}))
        return moved

    def months_between(self, start: Term, end: Term) -> Term:
        """Count whole months by year and month, less one where the day of the month is not reached."""
        since, until = self._days_of(start), self._days_of(end)
        if since is None or until is None:
            return f"(div {times(1000, minus(end, start))} 30437)"
        index1, day1, _ = self._parts(start, since)
        index2, day2, last2 = self._parts(end, until)
        reached = conj(neg(ge(day2, day1)), neg(ge(day2, last2)))
        return minus(minus(index2, index1), ite(reached, "1", "0"))

    def _parts(self, date: Term, candidates: tuple[int, ...]) -> tuple[Term, Term, Term]:
        parts = {d: days.parts(d) for d in candidates}
        index = {d: y * 12 + m - 1 for d, (y, m, _) in parts.items()}
        last = {d: days.month_length(y, m) for d, (y, m, _) in parts.items()}
        dom = {d: at for d, (_, _, at) in parts.items()}
        name = date.strip("|")
        return (
            self._table(date, index, f"month of {name}"),
            self._table(date, dom, f"dom of {name}"),
            self._table(date, last, f"length of {name}"),
        )

    def years_between(self, start: Term, end: Term) -> Term:
        """Count whole years."""
        months = self.months_between(start, end)
        value = literal(months)
        return whole(value // 12) if value is not None else f"(div {months} 12)"

    def quotient(self, top: Term, under: Term) -> Term:
        """Divide, rounded half up."""
        up, down = literal(top), literal(under)
        if up is not None and down:
            return whole(round_half_up(up, down))
        if down == 0:
            return "0"
        self.script.linear = self.script.linear and down is not None
        positive = under if down else ite(gt(under, "0"), under, "1")
        return f"(div (+ (* 2 {top}) {positive}) (* 2 {positive}))"

    def product(self, left: Term, right: Term) -> Term:
        """Multiply."""
        one, other = literal(left), literal(right)
        if one is not None:
            return times(one, right)
        if other is not None:
            return times(other, left)
        self.script.linear = False
        return f"(* {left} {right})"


__all__ = ["FALSE", "Arithmetic", "Exact", "Loose", "length_of"]
