"""The score: what each rule takes or gives, one act once, and the sum; or the weighted sum of items."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

from goodstanding.kernel.facts import Facts
from goodstanding.kernel.quantity import SHARE_SCALE, Type, round_half_up
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import (
    Group,
    Hit,
    group_value,
    grouper,
    selector,
    total,
)
from goodstanding.kernel.rules.meaning import Book, Env, Interval, Reading, reading, test

ONE = 10**SHARE_SCALE


class Contribution(NamedTuple):
    """What one rule of the score takes or gives: [low, high] points in 1/10,000, and the groups it rests on.

    `overtaken` groups count under another rule (one act counts once).
    """

    rule: str
    low: int
    high: int
    groups: tuple[Group, ...] = ()
    overtaken: tuple[Group, ...] = ()


class Scores(NamedTuple):
    """What bands compare: the score of both results, or the weighted sum with the sum of weights."""

    shown: int | None = None
    worst: int | None = None
    best: int | None = None  # the shown one with all that may be added
    # weights: (sum of weight * points, sum of weights) or None where a part is missing
    weighed_shown: tuple[int, int] | None = None
    weighed_worst: tuple[int, int] | None = None
    weighs: bool = False
    start: int | None = None

    @property
    def sure(self) -> bool:
        """Tell whether there is one score only."""
        return self.best == self.shown == self.worst and self.weighed_shown == self.weighed_worst


NO_SCORES = Scores()


def to_points(value: int | None, type_: Type) -> int | None:
    """Bring a number of a coarser scale to 1/10,000."""
    return None if value is None else value * 10 ** (SHARE_SCALE - type_.scale)


def points_reading(node: n.Value) -> Reading:
    """Make the closure that gives points in 1/10,000."""
    read, factor = reading(node), 10 ** (SHARE_SCALE - node.type.scale)

    def points(env: Env) -> Interval:
        low, high = read(env)
        return (None if low is None else low * factor, None if high is None else high * factor)

    return points


class Scorer:
    """Works out the score: each rule that can apply, one act once, then the sum."""

    def __init__(self, score: n.Score, book: Book) -> None:
        self.start = points_reading(score.start)
        self.rules = [(rule, _rule(rule, book)) for rule in score.rules]
        self.shares_acts = sum(_shares_acts(rule) for rule in score.rules) > 1
        self.always = [k for k, (rule, _) in enumerate(self.rules) if rule.select is None]

    def touched(self, present: Container[str]) -> list[int]:
        """Give the rules that can apply to subjects with records of these types; one that applies once may without any."""
        records = [
            k
            for k, (rule, _) in enumerate(self.rules)
            if rule.select and rule.select.record in present
        ]
        return sorted(records + self.always)

    def total(
        self, facts: Facts, env: Env, touched: list[int]
    ) -> tuple[tuple[Contribution, ...], Scores]:
        """Give what each touched rule takes or gives, and the scores they add up to."""
        worth = [
            (rule, found)
            for rule, apply in (self.rules[k] for k in touched)
            if (found := apply(facts, env))
        ]
        if self.shares_acts:
            keeps_low, keeps_high = _one_act_once(worth)
            made = [
                _contribution(rule, groups, keeps_low, keeps_high)
                if _shares_acts(rule)
                else _alone(rule, groups)
                for rule, groups in worth
            ]
        else:
            made = [_alone(rule, groups) for rule, groups in worth]
        at, at_high = self.start(env)
        if at is None or at != at_high:
            return tuple(made), Scores()
        shown = worst = best = at
        for (rule, _), c in zip(worth, made, strict=True):
            shown += c.low if rule.adds else -c.low
            worst += c.low if rule.adds else -c.high
            best += c.high if rule.adds else -c.low
        return tuple(made), Scores(shown, worst, best, start=at)


# The worth of a rule: its groups (None for a rule that applies once) with [low, high].
_Worth = list[tuple[Group | None, Interval]]


def _rule(rule: n.Deduction, book: Book) -> Callable[[Facts, Env], _Worth]:
    read = points_reading(rule.points)
    bound = rule.bound
    restored = [(step.share, test(step.when)) for step in rule.restored]

    def points(env: Env) -> Interval:
        low, high = read(env)
        if low is None or low != high:
            known = low or 0
            if rule.if_none == "nothing":
                low = high = known
            elif rule.if_none == "at most":
                low = high = bound
            else:
                low, high = known, bound if high is None else high
        low, high = min(low, bound), min(high or 0, bound)
        if restored and not rule.adds:
            return _restore(low, high, [(share, when(env)) for share, when in restored])
        return (low, high)

    if rule.select is None:
        when = test(rule.when or n.TRUE)

        def once(_: Facts, env: Env) -> _Worth:
            truth = when(env)
            if truth is False:
                return []
            low, high = points(env)
            return [(None, (low if truth else 0, high))]

        return once
    choose, group, take = selector(rule.select, book), grouper(rule.select), rule.select.take

    def each(facts: Facts, env: Env) -> _Worth:
        hits = choose(facts, env)
        if not hits:
            return []

        def at(hit: Hit) -> Interval:
            env.values, env.linked = hit.fact.values, hit.fact.linked
            return points(env)

        groups = group(hits, env)
        return [(g, group_value(g, take, at)) for g in groups]

    return each


def _restore(low: int, high: int, steps: list[tuple[int, bool | None]]) -> Interval:
    share_low = next((share for share, truth in steps if truth), 0)
    share_high = next((share if truth else 0 for share, truth in steps if truth is not False), 0)
    return (low - round_half_up(low * share_low, ONE), high - round_half_up(high * share_high, ONE))


def _shares_acts(rule: n.Deduction) -> bool:
    """Tell whether a rule counts an act only where no other rule keeps it."""
    return rule.select is not None and not rule.adds and not rule.beside


def _one_act_once(
    worth: list[tuple[n.Deduction, _Worth]],
) -> tuple[dict[str, str], dict[str, str]]:
    """Say for each act which rule keeps it, at the low end and at the high end; open acts are nobody else's."""
    low: dict[str, dict[str, int]] = {}
    high: dict[str, dict[str, int]] = {}
    for rule, groups in worth:
        if not _shares_acts(rule):
            continue
        for group, (lo, hi) in groups:
            act = None if group is None else group.act
            if group is None or act is None:
                continue
            if group.certain:
                low.setdefault(act, {})[rule.id] = low.get(act, {}).get(rule.id, 0) + (lo or 0)
            high.setdefault(act, {})[rule.id] = high.get(act, {}).get(rule.id, 0) + (hi or 0)
    # the first rule among equals: max keeps the earliest, and rules were added in order
    return (
        {act: max(by, key=lambda r: by[r]) for act, by in low.items()},
        {act: max(by, key=lambda r: by[r]) for act, by in high.items()},
    )


def _alone(rule: n.Deduction, worth: _Worth) -> Contribution:
    """Add up a rule whose acts no other rule shares."""
    low, high = total(points for _, points in worth)
    return _capped(rule, low or 0, high or 0, [g for g, _ in worth if g is not None], [])


def _capped(
    rule: n.Deduction, low: int, high: int, kept: list[Group], overtaken: list[Group]
) -> Contribution:
    if rule.at_most is not None:
        low, high = min(low, rule.at_most), min(high, rule.at_most)
    return Contribution(rule.id, low, high, tuple(kept), tuple(overtaken))


def _contribution(
    rule: n.Deduction, worth: _Worth, keeps_low: Mapping[str, str], keeps_high: Mapping[str, str]
) -> Contribution:
    """Add up a rule of the acts it keeps; a group whose act is open counts at the high end only."""
    low = high = 0
    kept: list[Group] = []
    overtaken: list[Group] = []
    for group, (lo, hi) in worth:
        if group is None:
            continue
        act = group.act
        at_low = act is not None and group.certain and keeps_low.get(act) == rule.id
        at_high = act is None or keeps_high.get(act) == rule.id
        low += (lo or 0) if at_low else 0
        high += (hi or 0) if at_high else 0
        (kept if at_low or at_high else overtaken).append(group)
    return _capped(rule, low, high, kept, overtaken)


def weigher(weights: n.Weights) -> Callable[[Env], Scores]:
    """Make the closure of a weighted sum; an optional item that is absent takes its weight with it."""
    items = [
        (item, points_reading(item.weight), points_reading(item.points)) for item in weights.items
    ]

    def weigh(env: Env) -> Scores:
        product = total = product_worst = total_worst = 0
        shown = worst = True
        for item, weight, points in items:
            value, top = points(env)
            share, _ = weight(env)
            absent = value is None or value != top
            if absent and not item.mandatory:
                continue
            if share is None:
                shown = worst = False
                continue
            if value is None or absent:
                shown = False
                value = 0
            product, total = product + share * value, total + share
            product_worst, total_worst = product_worst + share * value, total_worst + share
        known = _quotient(product, total) if shown else None
        return Scores(
            known,
            _quotient(product_worst, total_worst) if worst else None,
            known,
            (product, total) if shown and total > 0 else None,
            (product_worst, total_worst) if worst and total_worst > 0 else None,
            weighs=True,
        )

    return weigh


def _quotient(product: int, total: int) -> int | None:
    return round_half_up(product, total) if total > 0 else None
