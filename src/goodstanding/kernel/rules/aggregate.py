"""Steps two to four for one subject: records meet rules (hits), equal keys become one (groups), groups become values.

Closures are made once per programme; `Reader` below is what a run holds for one subject.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from goodstanding.kernel import days
from goodstanding.kernel.facts import Fact, Facts
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.meaning import (
    MISSING,
    Book,
    Env,
    Interval,
    Known,
    raw,
    reading,
    test,
    word,
)
from goodstanding.kernel.rules.windows import counted, expected

FINAL = n.Certainty.FINAL.value


class Hit(NamedTuple):
    """A record that meets a rule: certainly, or only possibly (its condition is undecided)."""

    fact: Fact
    certain: bool


class Group(NamedTuple):
    """Hits with one distinct key, in the order of records."""

    hits: tuple[Hit, ...]

    @property
    def certain(self) -> bool:
        """Tell whether any member certainly meets the rule."""
        return any(h.certain for h in self.hits)

    @property
    def settled(self) -> bool:
        """Tell whether it is known that the group is there, and which member is its first."""
        return self.hits[0].certain

    @property
    def firsts(self) -> tuple[Hit, ...]:
        """Give the members that may turn out to be the first."""
        return self.hits[:1] if self.settled else _up_to_certain(self.hits)

    @property
    def act(self) -> str | None:
        """Give the act of the firsts; None where they name several: the act is open."""
        first, *others = self.firsts
        act = first.fact.values["act"]
        return str(act) if all(h.fact.values["act"] == act for h in others) else None

    def may_be_taken(self, take: n.Take) -> tuple[Hit, ...]:
        """Give the members of which one may stand for the group; all where the gravest stands."""
        if take is n.Take.GRAVEST:
            return self.hits
        return self.firsts if take is n.Take.FIRST else _up_to_certain(self.hits[::-1])


def _up_to_certain(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """Give the hits up to and with the first certain one; all where none is."""
    for place, hit in enumerate(hits, 1):
        if hit.certain:
            return hits[:place]
    return hits


Hits = tuple[Hit, ...]
Chooser = Callable[[Facts, Env], Hits]
# Gives the value of an aggregate from the hits it rests on.
Worth = Callable[[Hits, Env], Known]


def selector(select: n.Select, book: Book) -> Chooser:
    """Make the closure that gives the hits of a selection in the order of records."""
    where = None if select.where == n.TRUE else test(select.where)
    name, final, window = select.record, select.final, select.window
    place = book.put(lambda moments: counted(window, moments))

    def choose(facts: Facts, env: Env) -> tuple[Hit, ...]:
        group = facts.get(name)
        if not group:
            return ()
        bounds: tuple[int, int] = env.fixed[place]  # type: ignore[assignment]
        start, end = bounds
        hits = []
        for fact in group:
            date = fact.date
            if fact.why_not or date is None or not start <= date < end:
                continue
            if final and fact.values["certainty"] != FINAL:
                continue
            if where is None:
                hits.append(Hit(fact, certain=True))
                continue
            env.values, env.linked = fact.values, fact.linked
            truth = where(env)
            if truth is not False:
                hits.append(Hit(fact, truth is True))
        return tuple(hits)

    return choose


def grouper(select: n.Select) -> Callable[[Hits, Env], tuple[Group, ...]]:
    """Make the closure that puts hits with equal keys together; groups stand in the order of their first members."""
    keys = [_key(v) for v in select.distinct]

    def group(hits: Hits, env: Env) -> tuple[Group, ...]:
        if len(hits) < 2:
            return (Group(hits),) if hits else ()
        found: dict[object, list[Hit]] = {}
        for hit in hits:
            if keys:
                env.values, env.linked = hit.fact.values, hit.fact.linked
                key: object = tuple(k(env) for k in keys)
            else:
                key = hit.fact.values["act"]
            found.setdefault(key, []).append(hit)
        return tuple(Group(tuple(members)) for members in found.values())

    return group


def _key(node: n.Value) -> Callable[[Env], object]:
    if isinstance(node, n.Field | n.LinkField):
        return raw(node)
    value = reading(node)

    def exact(env: Env) -> object:
        low, high = value(env)
        return low if low == high else None

    return exact


# --------------------------------------------------------------------------------------------------
# The value of a group


def group_value(group: Group, take: n.Take, of: Callable[[Hit], Interval]) -> Interval:
    """Give [low, high] of a group as `Sum` says: low 0 where nothing is certain, an open high where it is not known."""
    members = group.may_be_taken(take)
    values = [(h.certain, *of(h)) for h in members]
    if take is n.Take.GRAVEST:
        low = max((lo for certain, lo, _ in values if certain and lo is not None), default=0)
    else:
        low = min(lo or 0 for _, lo, _ in values) if group.certain else 0
    highs = [hi for _, _, hi in values if hi is not None]
    return (low, max(highs) if len(highs) == len(values) else None)


def _valuer(of: n.Value) -> Callable[[Env], Callable[[Hit], Interval]]:
    value = reading(of)

    def bind(env: Env) -> Callable[[Hit], Interval]:
        def at(hit: Hit) -> Interval:
            env.values, env.linked = hit.fact.values, hit.fact.linked
            return value(env)

        return at

    return bind


def total(values: Iterable[Interval]) -> Interval:
    """Add up intervals of numbers that are never negative; any open end leaves the sum's open."""
    low, high = 0, 0
    open_ = False
    for lo, hi in values:
        low += lo or 0
        open_ = open_ or hi is None
        high += hi or 0
    return (low, None if open_ else high)


# --------------------------------------------------------------------------------------------------
# Indicators


def aggregator(what: n.Aggregate, type_: Type, book: Book) -> tuple[Chooser, Worth]:
    """Make the closures of an indicator over records: one gives the hits it rests on, the other its value from them."""
    return selector(what.select, book), _worth(what, type_, book)


def _worth(what: n.Aggregate, type_: Type, book: Book) -> Worth:
    match what:
        case n.Count(select):
            return _count(select)
        case n.Exists():
            return _exists
        case n.Sum(select, of):
            return _sum(select, of)
        case n.Extreme():
            return _extreme(what)
        case n.Pick():
            return _pick(what, type_)
        case n.Peak(select, months, of):
            return _peak(select, months, of)
        case n.LongestRun():
            return _longest_run(what)
        case n.MissingPeriods():
            return _missing(what, book)


def _count(select: n.Select) -> Worth:
    group = grouper(select)

    def count(hits: Hits, env: Env) -> Known:
        groups = group(hits, env)
        return (sum([g.certain for g in groups]), len(groups))

    return count


def _exists(hits: Hits, _: Env) -> Known:
    for hit in hits:
        if hit.certain:
            return True
    return None if hits else False


def _sum(select: n.Select, of: n.Value) -> Worth:
    group, value = grouper(select), _valuer(of)

    def add(hits: Hits, env: Env) -> Known:
        groups, at = group(hits, env), value(env)
        if of.type.never_negative:
            return total(group_value(g, select.take, at) for g in groups)
        known = 0
        for g in groups:
            taken, *others = g.may_be_taken(select.take)
            low, high = at(taken)
            if others or not taken.certain or low is None or low != high:
                return MISSING
            known += low
        return (known, known)

    return add


def _extreme(what: n.Extreme) -> Worth:
    take, known_part = what.select.take, what.known_part
    group, value = grouper(what.select), reading(what.of)
    pick = max if what.greatest else min

    def extreme(hits: Hits, env: Env) -> Known:
        if take is not n.Take.GRAVEST:
            hits = tuple([h for g in group(hits, env) for h in g.may_be_taken(take)])
        best = None
        for hit in hits:
            env.values, env.linked = hit.fact.values, hit.fact.linked
            low, high = value(env)
            if hit.certain and low is not None and low == high:
                best = low if best is None else pick(best, low)
            elif not known_part:
                return MISSING
        return (best, best)

    return extreme


def _pick(what: n.Pick, type_: Type) -> Worth:
    at_end = -1 if what.latest else 0
    look: Callable[[Env], Known]
    nothing: Known = None
    if type_.kind is Kind.TRUTH:
        look = test(what.of)  # type: ignore[arg-type]
    elif type_.kind in (Kind.WORD, Kind.CODE):
        look = word(what.of)  # type: ignore[arg-type, assignment]
    else:
        look, nothing = reading(what.of), MISSING  # type: ignore[arg-type]

    def pick(hits: Hits, env: Env) -> Known:
        if not hits or not hits[at_end].certain:
            return nothing
        fact = hits[at_end].fact
        env.values, env.linked = fact.values, fact.linked
        return look(env)

    return pick


def _peak(select: n.Select, months: int, of: n.Value | None) -> Worth:
    group = grouper(select)
    value = None if of is None else _valuer(of)

    def peak(hits: Hits, env: Env) -> Known:
        groups = group(hits, env)
        at = None if value is None else value(env)
        worth = [_one(g) if at is None else group_value(g, select.take, at) for g in groups]
        ends = [window.total(groups, worth) for window in windows(groups, months)]
        low = max([0, *(lo or 0 for lo, _ in ends), *(lo or 0 for lo, _ in worth)])
        highs = [hi for _, hi in ends if hi is not None]
        return (low, max(highs, default=0) if len(highs) == len(ends) else None)

    return peak


def _one(group: Group) -> Interval:
    """Count a group."""
    return (int(group.certain), 1)


class Window(NamedTuple):
    """A window that ends on a day on which a group may lie: that group, its first member then, and all groups that may lie inside."""

    group: int
    hit: Hit
    inside: tuple[int, ...]

    def total(self, groups: Sequence[Group], worth: Sequence[Interval]) -> Interval:
        """Add up what the groups inside are worth: at the low end the settled ones, at the high end each that may lie there."""
        return total(worth[g] if groups[g].settled else (0, worth[g][1]) for g in self.inside)


def windows(groups: Sequence[Group], months: int) -> list[Window]:
    """Give the window that ends at each date on which a group may lie, for each such group.

    A date d lies in the window that ends at e where d <= e < add_months(d, months).
    """
    lying = [(h.fact.date or 0, g, h) for g, group in enumerate(groups) for h in group.firsts]
    lying.sort(key=lambda one: one[:2])
    dates = [date for date, _, _ in lying]
    ends = [days.add_months(date, months) for date in dates]
    found = []
    for date, g, hit in lying:
        inside = lying[bisect_right(ends, date) : bisect_right(dates, date)]
        found.append(Window(g, hit, tuple(dict.fromkeys(other for _, other, _ in inside))))
    return found


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def period_index(d: int, of: str) -> int:
    """Number the calendar periods (months, quarters, years) without a gap."""
    year, month, _ = days.parts(d)
    return (year * 12 + month - 1) // _MONTHS[of]


def period_end(index: int, of: str) -> int:
    """Give the first day after a numbered period."""
    month = (index + 1) * _MONTHS[of]
    return days.of(month // 12, month % 12 + 1, 1)


def _longest_run(what: n.LongestRun) -> Worth:
    def longest(hits: Hits, _: Env) -> Known:
        return (
            _run_length(_periods((h for h in hits if h.certain), what.by, what.of)),
            _run_length(_periods(hits, what.by, what.of)),
        )

    return longest


def _periods(hits: Iterable[Hit], by: str, of: str) -> set[int]:
    dates = (h.fact.values.get(by) for h in hits)
    return {period_index(d, of) for d in dates if isinstance(d, int)}


def _run_length(periods: set[int]) -> int:
    best = 0
    for start in periods:
        if start - 1 not in periods:
            length = 1
            while start + length in periods:
                length += 1
            best = max(best, length)
    return best


def _missing(what: n.MissingPeriods, book: Book) -> Worth:
    place = book.put(lambda moments: expected_periods(what, moments))

    def missing(hits: Hits, env: Env) -> Known:
        due: dict[int, int] = env.fixed[place]  # type: ignore[assignment]
        sure: set[int] = set()
        perhaps: set[int] = set()
        for hit in hits:
            d = hit.fact.values.get(what.by)
            if not isinstance(d, int):
                continue
            period = period_index(d, what.of)
            if period in due and hit.fact.date is not None and hit.fact.date <= due[period]:
                (sure if hit.certain else perhaps).add(period)
        return (len(due) - len(sure | perhaps), len(due) - len(sure))

    return missing


def expected_periods(what: n.MissingPeriods, moments: Mapping[n.Moment, int]) -> dict[int, int]:
    """Give the deadlines of the periods that are expected and whose deadline has passed on the judged day."""
    if what.window.start.moment is None and what.window.months_back is None:
        return {}
    start, end = expected(what.window, moments)
    judged = moments[n.Moment.JUDGED]
    found = {}
    index = period_index(start, what.of)
    if period_end(index - 1, what.of) < start:
        index += 1
    while period_end(index, what.of) <= min(end, judged):
        deadline = days.add_months(period_end(index, what.of) - 1, what.due_months) + what.due_days
        if deadline < judged:
            found[index] = deadline
        index += 1
    return found


__all__ = [
    "Chooser",
    "Group",
    "Hit",
    "Hits",
    "Window",
    "Worth",
    "aggregator",
    "expected_periods",
    "group_value",
    "grouper",
    "selector",
    "total",
    "windows",
]
