"""Values and truths of many subjects at once: the intervals of kernel/rules/meaning.py as arrays.

A `Num` has two ends per row, a `Truth` two bits (certainly true, possibly true). Where both ends are the same object every row is exact or
missing, and work is done once. A plain number or truth stands for an array of it. Everything is whole numbers: 64 bits
where the values at hand fit, Python's own where they may not (LAW-LANGUAGE: 37 digits).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# An array of 64-bit numbers (or of Python's own), or one number for all rows.
Ints = Any
# An array of truths, or one truth for all rows.
Bits = Any

# Half of what 64 bits hold: sums of two such numbers still fit.
_FITS = 2**62


@dataclass(slots=True)
class Num:
    """Numbers or days: [lo, hi] per row, each end known or open; an open end holds 0."""

    lo: Ints
    hi: Ints
    lo_known: Bits
    hi_known: Bits

    @property
    def exact(self) -> bool:
        """Tell whether every row is exactly known or missing by its making."""
        return self.lo is self.hi and self.lo_known is self.hi_known


@dataclass(slots=True)
class Truth:
    """Truths: `yes` certainly, `may` possibly; undecided where only the second holds."""

    yes: Bits
    may: Bits

    @property
    def decided(self) -> bool:
        """Tell whether no row is undecided by its making."""
        return self.yes is self.may


@dataclass(slots=True)
class Word:
    """Words or codes: places in `texts`, -1 where missing."""

    codes: Ints
    texts: Sequence[str]


Known = Num | Truth | Word


def exact(values: Ints, known: Bits = True) -> Num:
    """Make numbers that are exactly known or missing; what is missing holds 0."""
    if known is not True:
        values = where(known, values, 0)
    return Num(values, values, known, known)


MISSING = Num(0, 0, False, False)
TRUE, FALSE, UNDECIDED = Truth(True, True), Truth(False, False), Truth(False, True)


def decided(values: Bits) -> Truth:
    """Make truths that are all decided."""
    return Truth(values, values)


# --------------------------------------------------------------------------------------------------
# Arrays that may be one value for all rows


def no(bits: Bits) -> Bits:
    """Negate."""
    return (not bits) if isinstance(bits, bool) else ~bits


def both(one: Bits, other: Bits) -> Bits:
    """Connect by and."""
    if isinstance(one, bool):
        return other if one else False
    if isinstance(other, bool):
        return one if other else False
    return one & other


def either(one: Bits, other: Bits) -> Bits:
    """Connect by or."""
    if isinstance(one, bool):
        return True if one else other
    if isinstance(other, bool):
        return True if other else one
    return one | other


def where(bits: Bits, one: Ints, other: Ints) -> Ints:
    """Choose row by row."""
    if isinstance(bits, bool):
        return one if bits else other
    if _own(one) or _own(other):
        return np.where(bits, _object(one), _object(other))
    return np.where(bits, one, other)


def whole(values: Ints, rows: int) -> Ints:
    """Make an array of one value for all rows."""
    if isinstance(values, np.ndarray):
        return values if values.ndim else np.full(rows, values)
    if isinstance(values, bool):
        return np.full(rows, values)
    if abs(values) >= _FITS:
        return np.full(rows, values, dtype=object)
    return np.full(rows, values, dtype=np.int64)


def take(values: Ints, rows: Ints) -> Ints:
    """Take rows of an array; one value for all stays."""
    return values[rows] if isinstance(values, np.ndarray) and values.ndim else values


def taken(known: Known, rows: Ints) -> Known:
    """Take rows of numbers, truths or words."""
    match known:
        case Num(lo, hi, lo_known, hi_known):
            low, low_known = take(lo, rows), take(lo_known, rows)
            if known.exact:
                return Num(low, low, low_known, low_known)
            return Num(low, take(hi, rows), low_known, take(hi_known, rows))
        case Truth(yes, may):
            sure = take(yes, rows)
            return Truth(sure, sure if known.decided else take(may, rows))
        case Word(codes, texts):
            return Word(take(codes, rows), texts)


def _own(values: Ints) -> bool:
    """Tell whether these are Python's own numbers: an array of objects, or one that 64 bits may not hold."""
    if isinstance(values, np.ndarray):
        return bool(values.dtype == object)
    return not isinstance(values, bool) and not -_FITS < values < _FITS


def _object(values: Ints) -> Ints:
    return values.astype(object) if isinstance(values, np.ndarray) else values


def _most(values: Ints) -> int:
    """Give the greatest absolute value."""
    if isinstance(values, np.ndarray):
        return int(max(abs(int(values.min())), abs(int(values.max())))) if values.size else 0
    return abs(int(values))


def _counted(
    one: Ints,
    other: Ints,
    bound: Callable[[int, int], int],
    do: Callable[[Ints, Ints], Ints],
    wide: bool,
) -> Ints:
    """Do arithmetic with 64 bits where the result surely fits (by its type, or else by the values at hand), otherwise with Python's own."""
    if wide or _own(one) or _own(other):
        if bound(_most(one), _most(other)) < _FITS:
            one, other = narrow(one), narrow(other)
        else:
            one, other = _object(one), _object(other)
    return do(one, other)


def narrow(values: Ints) -> Ints:
    """Bring Python's own numbers, known to fit, back to 64 bits."""
    if isinstance(values, np.ndarray) and values.dtype == object:
        return values.astype(np.int64)
    return values


# --------------------------------------------------------------------------------------------------
# Arithmetic


def plus(a: Num, b: Num, *, wide: bool) -> Num:
    """Add ends."""
    return _ends(
        a, b, _sum, a.lo, b.lo, a.hi, b.hi, a.lo_known, b.lo_known, a.hi_known, b.hi_known, wide
    )


def minus(a: Num, b: Num, *, wide: bool) -> Num:
    """Subtract: the low end less the high one, the high end less the low one."""
    return _ends(
        a,
        b,
        _difference,
        a.lo,
        b.hi,
        a.hi,
        b.lo,
        a.lo_known,
        b.hi_known,
        a.hi_known,
        b.lo_known,
        wide,
    )


def times(a: Num, b: Num, *, negative: bool, wide: bool) -> Num:
    """Multiply ends; those of `a` change places where `b` is a negative constant."""
    if negative:
        a = Num(a.hi, a.lo, a.hi_known, a.lo_known)
    return _ends(
        a, b, _product, a.lo, b.lo, a.hi, b.hi, a.lo_known, b.lo_known, a.hi_known, b.hi_known, wide
    )


_Step = tuple[Callable[[int, int], int], Callable[[Ints, Ints], Ints]]
_sum: _Step = (lambda a, b: a + b, lambda a, b: a + b)
_difference: _Step = (lambda a, b: a + b, lambda a, b: a - b)
_product: _Step = (lambda a, b: a * b, lambda a, b: a * b)


def _ends(
    a: Num, b: Num, step: _Step, a_lo: Ints, b_lo: Ints, a_hi: Ints, b_hi: Ints,
    a_lo_known: Bits, b_lo_known: Bits, a_hi_known: Bits, b_hi_known: Bits, wide: bool,
) -> Num:  # fmt: skip
    bound, do = step
    known = both(a_lo_known, b_lo_known)
    low = where(known, _counted(a_lo, b_lo, bound, do, wide), 0)
    if a.exact and b.exact:
        return Num(low, low, known, known)
    high_known = both(a_hi_known, b_hi_known)
    high = where(high_known, _counted(a_hi, b_hi, bound, do, wide), 0)
    return Num(low, high, known, high_known)


def exactly(a: Num) -> Bits:
    """Tell where a number is exactly known."""
    if a.exact:
        return a.lo_known
    return both(both(a.lo_known, a.hi_known), a.lo == a.hi)


def pick(parts: Sequence[Num], *, greatest: bool, known_part: bool) -> Num:
    """Give the least or greatest of the parts; with `known_part` of those exactly known."""
    if known_part:
        return _pick_known(parts, greatest)
    low, known = _pick_all([p.lo for p in parts], [p.lo_known for p in parts], greatest)
    if all(p.exact for p in parts):
        return Num(low, low, known, known)
    high, high_known = _pick_all([p.hi for p in parts], [p.hi_known for p in parts], greatest)
    return Num(low, high, known, high_known)


def _pick_all(values: Sequence[Ints], knowns: Sequence[Bits], greatest: bool) -> tuple[Ints, Bits]:
    best, known = values[0], knowns[0]
    for value, there in zip(values[1:], knowns[1:], strict=True):
        best = _better(best, value, greatest)
        known = both(known, there)
    return where(known, best, 0), known


def _pick_known(parts: Sequence[Num], greatest: bool) -> Num:
    best, found = 0, False
    for part in parts:
        there = exactly(part)
        best = where(
            both(found, there), _better(best, part.lo, greatest), where(there, part.lo, best)
        )
        found = either(found, there)
    return exact(best, found)


def _better(one: Ints, other: Ints, greatest: bool) -> Ints:
    return where(one >= other, one, other) if greatest else where(one <= other, one, other)


def rounded(top: Num, under: Num, up: int, down: int) -> Num:
    """Divide and round half up, where both are exactly known and the second is positive."""
    known = both(both(exactly(top), exactly(under)), under.lo > 0)
    a, b = where(known, top.lo, 0), where(known, under.lo, 1)
    if max(_most(a) * up * 2, _most(b) * down) * 2 >= _FITS:
        a, b = _object(a), _object(b)
    return exact((2 * a * up + b * down) // (2 * b * down), known)


# --------------------------------------------------------------------------------------------------
# Days


def month_parts(days: Ints) -> tuple[Ints, Ints]:
    """Give the months since 1970-01 and the day of the month, from 0."""
    at = np.asarray(days, dtype=np.int64)
    if _within(at, _FIRST_DAYS[0], _FIRST_DAYS[-1]):
        months = _MONTHS[at - _FIRST_DAYS[0]]
    else:
        months = at.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months, at - first_of_month(months)


def first_of_month(months: Ints) -> Ints:
    """Give the first day of a month counted since 1970-01."""
    at = np.asarray(months)
    if _within(at, _FIRST_MONTH, _FIRST_MONTH + len(_FIRST_DAYS)):
        return _FIRST_DAYS[at - _FIRST_MONTH]
    return _first_of_month(at)


def _first_of_month(months: Ints) -> Ints:
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


# The months of 1800 to 2199 by their first days, and by each day: looking up is ten times as fast as reckoning.
_FIRST_MONTH = -170 * 12
_FIRST_DAYS = _first_of_month(np.arange(_FIRST_MONTH, _FIRST_MONTH + 400 * 12 + 1))
_MONTHS = np.repeat(np.arange(_FIRST_MONTH, _FIRST_MONTH + 400 * 12), np.diff(_FIRST_DAYS))


def _within(values: Ints, low: int, high: int) -> bool:
    """Tell whether all values lie in [low, high)."""
    return not values.size or bool(values.min() >= low and values.max() < high)


def add_months(days: Ints, months: Ints) -> Ints:
    """Go months on (or back), the day of month clipped to the month's end."""
    index, dom = month_parts(days)
    start = first_of_month(index + months)
    length = first_of_month(index + months + 1) - start
    return start + np.minimum(dom, length - 1)


def months_between(start: Ints, end: Ints) -> Ints:
    """Count the whole months from start to end (days.months_between)."""
    (m1, d1), (m2, d2) = month_parts(start), month_parts(end)
    length = first_of_month(m2 + 1) - first_of_month(m2)
    return m2 - m1 - (d2 < np.minimum(d1, length - 1))


def moved(date: Num, amount: int, unit: str) -> Num:
    """Move dates by days or months; an open end stays open."""

    def move(days: Ints) -> Ints:
        return days + amount if unit == "day" else add_months(days, amount)

    low = where(date.lo_known, move(date.lo), 0)
    if date.exact:
        return Num(low, low, date.lo_known, date.lo_known)
    return Num(low, where(date.hi_known, move(date.hi), 0), date.lo_known, date.hi_known)


def span(unit: str, start: Num, end: Num) -> Num:
    """Count whole days, months or years, where both are exactly known."""
    known = both(exactly(start), exactly(end))
    if unit == "day":
        return exact(end.lo - start.lo, known)
    months = months_between(start.lo, end.lo)
    return exact(months // 12 if unit == "year" else months, known)


# --------------------------------------------------------------------------------------------------
# Truths


def at_least(a: Num, b: Num) -> Truth:
    """Compare a >= b."""
    if a.exact and b.exact:
        known, holds = both(a.lo_known, b.lo_known), a.lo >= b.lo
        return _of_known(known, holds)
    yes = both(both(a.lo_known, b.hi_known), a.lo >= b.hi)
    return Truth(yes, no(both(both(a.hi_known, b.lo_known), a.hi < b.lo)))


def equal(a: Num, b: Num) -> Truth:
    """Compare a = b."""
    if a.exact and b.exact:
        return _of_known(both(a.lo_known, b.lo_known), a.lo == b.lo)
    yes = both(both(exactly(a), exactly(b)), a.lo == b.lo)
    below = both(both(a.hi_known, b.lo_known), a.hi < b.lo)
    above = both(both(b.hi_known, a.lo_known), b.hi < a.lo)
    return Truth(yes, no(either(below, above)))


def _of_known(known: Bits, holds: Bits) -> Truth:
    """Give a truth where it is known, undecided elsewhere."""
    holds = _plain(holds)
    if isinstance(known, bool):
        return decided(holds) if known else UNDECIDED
    if known.all():
        return decided(holds)
    return Truth(both(known, holds), either(no(known), holds))


def _plain(bits: Bits) -> Bits:
    return bool(bits) if isinstance(bits, np.bool_) else bits


def negated(a: Truth) -> Truth:
    """Negate as Kleene."""
    yes = no(a.may)
    return Truth(yes, yes if a.decided else no(a.yes))


def all_of(parts: Sequence[Truth]) -> Truth:
    """Connect by Kleene's and; true when empty."""
    yes: Bits = True
    may: Bits = True
    for part in parts:
        yes, may = both(yes, part.yes), both(may, part.may)
    return decided(yes) if all(p.decided for p in parts) else Truth(yes, may)


def any_of(parts: Sequence[Truth]) -> Truth:
    """Connect by Kleene's or; false when empty."""
    yes: Bits = False
    may: Bits = False
    for part in parts:
        yes, may = either(yes, part.yes), either(may, part.may)
    return decided(yes) if all(p.decided for p in parts) else Truth(yes, may)


def undecided(a: Truth) -> Bits:
    """Tell where a truth is undecided."""
    return False if a.decided else both(a.may, no(a.yes))


def choose(cases: Sequence[tuple[Truth, Num]], otherwise: Num) -> Num:
    """Give the value of the first true case; missing where an undecided one stands before it."""
    every = (*cases, (TRUE, otherwise))
    exact_ones = all(value.exact for _, value in every)
    left: Bits = True
    doubt: Bits = False
    found = MISSING
    for holds, value in every:
        here = both(both(left, holds.yes), no(doubt))
        low, known = where(here, value.lo, found.lo), where(here, value.lo_known, found.lo_known)
        found = (
            Num(low, low, known, known)
            if exact_ones
            else Num(
                low,
                where(here, value.hi, found.hi),
                known,
                where(here, value.hi_known, found.hi_known),
            )
        )
        left = both(left, no(holds.yes))
        doubt = either(doubt, both(left, undecided(holds)))
    return found
