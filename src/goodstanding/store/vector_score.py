"""Scores over columns: what rules take and give, one act once, weighted items (kernel/rules/evaluate.py, sections on scores)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodstanding.kernel.quantity import SHARE_SCALE
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vector_hits import (
    Chooser,
    Groups,
    Worth,
    group_worth,
    reduced,
    safe_to_add,
    starts_of,
)
from goodstanding.store.vector_meaning import Meaning
from goodstanding.store.vectors import Bits, Ints, Num

ONE = 10**SHARE_SCALE


@dataclass
class Contribution:
    """What one rule takes or gives, for the items that it touches: points in 1/10,000 and the number of groups kept."""

    rule: n.Deduction
    item: Ints
    low: Ints
    high: Ints
    groups: Ints


@dataclass
class Scores:
    """What bands compare: the scores of both results, and the best that may be; of weights also (sum of products, sum of weights, where they stand)."""

    shown: Num
    worst: Num
    best: Num
    weighed_shown: tuple[Ints, Ints, Bits] | None = None
    weighed_worst: tuple[Ints, Ints, Bits] | None = None


@dataclass
class _Taking:
    """The groups of one rule over records, with their worth; `kept_low`, `kept_high` after one act once."""

    rule: n.Deduction
    groups: Groups
    worth: Worth
    act: Ints
    open: Ints
    kept_low: Ints
    kept_high: Ints


def score(chooser: Chooser, programme: n.Score, on: Meaning) -> tuple[list[Contribution], Scores]:
    """Work out all rules, then start less what is taken plus what is given."""
    rows = chooser.items.rows
    takings = {
        i: _taking(chooser, rule)
        for i, rule in enumerate(programme.rules)
        if rule.select is not None and rule.select.record in chooser.facts
    }
    _one_act_once([t for t in takings.values() if not t.rule.adds and not t.rule.beside])
    made = [
        _contribution(takings[i]) if i in takings else _applied_once(rule, on)
        for i, rule in enumerate(programme.rules)
        if i in takings or rule.select is None
    ]
    start = on.points(programme.start)
    shown = v.whole(start.lo, rows).copy()
    worst, best = shown.copy(), shown.copy()
    for c in made:
        shown[c.item] += c.low if c.rule.adds else -c.low
        worst[c.item] += c.low if c.rule.adds else -c.high
        best[c.item] += c.high if c.rule.adds else -c.low
    known = v.exactly(start)
    return made, Scores(v.exact(shown, known), v.exact(worst, known), v.exact(best, known))


def _points(on: Meaning, rule: n.Deduction) -> Num:
    """Give the points of each row: bounded, less what is given back (`Deduction`)."""
    read = on.points(rule.points)
    exact = v.exactly(read)
    known = v.where(read.lo_known, read.lo, 0)
    if rule.if_none == "nothing":
        low = high = known
    elif rule.if_none == "at most":
        low = high = v.where(exact, read.lo, rule.bound)
    else:
        low, high = known, v.where(exact, read.lo, v.where(read.hi_known, read.hi, rule.bound))
    same = low is high
    low = v.narrow(v.where(low <= rule.bound, low, rule.bound))
    high = low if same else v.narrow(v.where(high <= rule.bound, high, rule.bound))
    if rule.restored and not rule.adds:
        low, high = _restored(low, high, rule, on)
    return Num(low, high, True, True)


def _restored(low: Ints, high: Ints, rule: n.Deduction, on: Meaning) -> tuple[Ints, Ints]:
    share_low: Ints = 0
    share_high: Ints = 0
    left_low: Bits = True
    left_high: Bits = True
    for step in rule.restored:
        truth = on.truth(step.when)
        share_low = v.where(v.both(left_low, truth.yes), step.share, share_low)
        left_low = v.both(left_low, v.no(truth.yes))
        share_high = v.where(v.both(left_high, truth.yes), step.share, share_high)
        left_high = v.both(left_high, v.no(truth.may))
    return low - _share(low, share_low), high - _share(high, share_high)


def _share(points: Ints, share: Ints) -> Ints:
    return (2 * points * share + ONE) // (2 * ONE)


def _taking(chooser: Chooser, rule: n.Deduction) -> _Taking:
    assert rule.select is not None  # noqa: S101 - asked by the caller
    hits = chooser.hits(rule.select)
    groups = chooser.groups(hits, rule.select)
    worth = group_worth(groups, rule.select.take, _points(chooser.meaning(hits.rows), rule))
    acts = hits.rows.facts.act[hits.rows.at][groups.order]
    act = acts[groups.starts]
    if groups.single:
        open_ = np.zeros(groups.count, dtype=bool)
    else:
        other = (acts != act[groups.group_of()]) & groups.may_be(last=False)
        open_ = reduced(np.logical_or, other, groups.starts)
    return _Taking(
        rule, groups, worth, act, open_, groups.certain.copy(), np.ones(groups.count, bool)
    )


def _one_act_once(takings: Sequence[_Taking]) -> None:
    """Let each act count under the rule that takes most for it, at each end by itself."""
    if len(takings) < 2:
        return
    for taking in takings:  # an open act may turn out to be counted elsewhere
        taking.kept_low &= ~taking.open
    for low in (True, False):
        _keep(takings, low=low)


def _keep(takings: Sequence[_Taking], *, low: bool) -> None:
    which = [np.flatnonzero((t.groups.certain if low else True) & ~t.open) for t in takings]
    item = np.concatenate([t.groups.item[w] for t, w in zip(takings, which, strict=True)])
    act = np.concatenate([t.act[w] for t, w in zip(takings, which, strict=True)])
    rule = np.repeat(np.arange(len(takings)), [len(w) for w in which])
    points = np.concatenate(
        [(t.worth.low if low else t.worth.high)[w] for t, w in zip(takings, which, strict=True)]
    )
    order = np.lexsort((rule, act, item))
    item, act, rule, points = item[order], act[order], rule[order], points[order]
    new_act = np.ones(len(item), dtype=bool)
    new_act[1:] = (item[1:] != item[:-1]) | (act[1:] != act[:-1])
    new_rule = new_act.copy()
    new_rule[1:] |= rule[1:] != rule[:-1]
    by_rule = np.flatnonzero(new_rule)
    if len(by_rule) == int(new_act.sum()):
        return  # no act is shared
    total = np.add.reduceat(points, by_rule)
    act_of = np.cumsum(new_act[by_rule]) - 1
    act_starts = starts_of(act_of)
    best = np.maximum.reduceat(total, act_starts)[act_of]
    # the first rule among equals keeps the act
    winners = np.flatnonzero(total == best)
    first = winners[starts_of(act_of[winners])]
    wins = np.zeros(len(by_rule), dtype=bool)
    wins[first] = True
    kept = np.empty(len(order), dtype=bool)
    kept[order] = np.repeat(wins, np.diff(np.append(by_rule, len(order))))
    begin = 0
    for taking, places in zip(takings, which, strict=True):
        mine = kept[begin : begin + len(places)]
        (taking.kept_low if low else taking.kept_high)[places] &= mine
        begin += len(places)


def _contribution(taking: _Taking) -> Contribution:
    """Add up what a rule keeps, at most its bound."""
    groups, rule = taking.groups, taking.rule
    starts = starts_of(groups.item)
    kept = (
        np.where(taking.kept_low, taking.worth.low, 0),
        np.where(taking.kept_high, taking.worth.high, 0),
        taking.kept_low | taking.kept_high,
    )
    low, high, count = (reduced(np.add, safe_to_add(values), starts) for values in kept)
    if rule.at_most is not None:
        low, high = np.minimum(low, rule.at_most), np.minimum(high, rule.at_most)
    return Contribution(rule, groups.item[starts], low, high, count)


def _applied_once(rule: n.Deduction, on: Meaning) -> Contribution:
    """Work out a rule that applies once per thing judged."""
    rows = on.view.rows
    truth = on.truth(rule.when or n.TRUE)
    points = _points(on, rule)
    item = np.flatnonzero(v.whole(truth.may, rows))
    low = np.where(v.whole(truth.yes, rows), v.whole(points.lo, rows), 0)[item]
    high = v.whole(points.hi, rows)[item]
    if rule.at_most is not None:
        low, high = np.minimum(low, rule.at_most), np.minimum(high, rule.at_most)
    return Contribution(rule, item, low, high, np.zeros(len(item), dtype=np.int64))


# --------------------------------------------------------------------------------------------------
# Weights


def weigh(weights: n.Weights, on: Meaning) -> Scores:
    """Weigh the items that are present; a mandatory one that is missing counts with 0 points at worst."""
    rows = on.view.rows
    product, total = (np.zeros(rows, dtype=np.int64) for _ in range(2))
    shown = np.ones(rows, dtype=bool)
    worst = np.ones(rows, dtype=bool)
    for item in weights.items:
        points, weight = on.points(item.points), on.points(item.weight)
        there = v.whole(v.exactly(points), rows)
        counts = there | item.mandatory
        if weight.lo_known is False:
            shown &= ~counts
            worst &= ~counts
            continue
        shown &= ~counts | there
        share = np.where(counts, v.whole(weight.lo, rows), 0)
        # both are points of at most 10**6 * 10**4: products of a few hundred items fit
        product += share * np.where(there, v.whole(points.lo, rows), 0)
        total += share
    some = total > 0
    quotient = (2 * product + total) // np.maximum(2 * total, 1)
    known = v.exact(quotient, shown & some)
    return Scores(
        known,
        v.exact(quotient, worst & some),
        known,
        (product, total, shown & some),
        (product, total, worst & some),
    )
