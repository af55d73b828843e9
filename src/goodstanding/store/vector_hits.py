"""The steps *hit*, *key* and *subject* over columns: records meet rules, equal keys become one, groups become values (kernel/rules/aggregate.py)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from goodstanding.compile.hits import CERTAINTIES
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import expected_periods
from goodstanding.kernel.rules.windows import counted
from goodstanding.store import vectors as v
from goodstanding.store.vector_facts import Facts, Items, Rows
from goodstanding.store.vector_meaning import Meaning
from goodstanding.store.vectors import Bits, Ints, Known, Num, Truth, Word

FINAL = CERTAINTIES.index(n.Certainty.FINAL.value)
# Greater than every place in CERTAINTIES: nothing adverse met anything.
NOT_MET = len(CERTAINTIES)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_EPOCH_MONTHS = 1970 * 12
# Days and items in one number: items times this, plus a day that is then positive.
_STRIDE, _DAY_ZERO = 2**24, 2**23


@dataclass
class Hits:
    """Records that meet a selection, certainly or possibly; in the order of items and records."""

    rows: Rows
    certain: Bits

    @property
    def count(self) -> int:
        """Count them."""
        return self.rows.rows

    @property
    def sure(self) -> Ints:
        """Give which are certain, as an array."""
        return v.whole(self.certain, self.count)

    def certain_ones(self) -> Rows:
        """Give the records that certainly meet it."""
        if self.certain is True:
            return self.rows
        return self.rows.some(np.flatnonzero(self.certain))


@dataclass
class Groups:
    """Hits with one key each, sorted by item; `order` are places of hits, group after group, `starts` where each begins."""

    hits: Hits
    order: Ints
    starts: Ints
    item: Ints
    certain: Ints
    settled: Ints

    @property
    def count(self) -> int:
        """Count them."""
        return len(self.starts)

    @property
    def single(self) -> bool:
        """Tell whether each group has one member."""
        return self.count == self.hits.count

    def group_of(self) -> Ints:
        """Give the group of each member in order."""
        sizes = np.diff(np.append(self.starts, len(self.order)))
        return np.repeat(np.arange(self.count), sizes)

    def may_be(self, *, last: bool) -> Ints:
        """Tell of each member in order whether it may be the first (or last) of its group: all up to and with the first certain one."""
        sure = self.hits.sure[self.order].astype(np.int64)
        if self.single:
            return np.ones(len(sure), dtype=bool)
        before = np.cumsum(sure) - sure
        group = self.group_of()
        inside = before - before[self.starts][group]
        if not last:
            return inside == 0
        total = np.add.reduceat(sure, self.starts)[group]
        return total - inside - sure == 0


def reduced(operation: Any, values: Ints, starts: Ints) -> Ints:  # noqa: ANN401 - a ufunc
    """Reduce runs of an array; empty arrays stay empty."""
    return operation.reduceat(values, starts) if len(starts) else values[:0]


def starts_of(sorted_: Ints) -> Ints:
    """Give where runs of equal values begin."""
    if not len(sorted_):
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], sorted_[1:] != sorted_[:-1])))


def per_item(operation: Any, values: Ints, item: Ints, rows: int, fill: int) -> Ints:  # noqa: ANN401 - a ufunc
    """Reduce values by item (sorted) into an array over all items."""
    if operation is np.add:
        values = safe_to_add(values)
    starts = starts_of(item)
    dtype = values.dtype if len(values) else np.dtype(np.int64)
    out = np.full(rows, fill, dtype) if fill else np.zeros(rows, dtype)
    out[item[starts]] = reduced(operation, values, starts)
    return out


def safe_to_add(values: Ints) -> Ints:
    """Make values such that sums of them all cannot leave 64 bits."""
    if values.dtype == bool:
        return values.astype(np.int64)
    if values.dtype != object and len(values):
        most = max(abs(int(values.min())), abs(int(values.max())))
        if most * len(values) >= 2**62:
            return values.astype(object)
    return values


class Chooser:
    """Chooses the records of selections for one programme and run."""

    def __init__(
        self,
        programme: n.Programme,
        facts: Mapping[str, Facts],
        items: Items,
        item_of: Mapping[str, Ints],
    ) -> None:
        """Begin; `item_of` gives per record type the item of each row of facts, -1 for none."""
        self.programme, self.facts, self.items, self.item_of = programme, facts, items, item_of
        self.moments = dict(items.run.moments)
        self._windows: dict[tuple[str, int, int, bool], Rows] = {}
        self._meanings: dict[int, Meaning] = {}
        self.least_sure = np.full(items.rows, NOT_MET, dtype=np.int64)

    def readable(self, record_type: str) -> bool:
        """Tell whether records of a type can be about what the programme judges."""
        return record_type in self.item_of

    def window(self, select: n.Select) -> Rows:
        """Give the records of a selection's type, window and finality."""
        start, end = counted(select.window, self.moments)
        key = (select.record, start, end, select.final)
        found = self._windows.get(key)
        if found is None:
            found = self._windows[key] = self._in_window(*key)
        return found

    def _in_window(self, record_type: str, start: int, end: int, final: bool) -> Rows:
        facts = self.facts[record_type]
        if not self.readable(record_type):
            return Rows(facts, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), self.items)
        item = self.item_of[record_type]
        inside = (facts.date >= start) & (facts.date < end) & (item >= 0)
        if final:
            inside &= facts.certainty == FINAL
        rows = np.flatnonzero(inside)
        of = item[rows]
        if len(of) and (of[1:] < of[:-1]).any():  # decisions and records lie across
            order = np.argsort(of, kind="stable")
            rows, of = rows[order], of[order]
        return Rows(facts, rows, of, self.items)

    def meaning(self, rows: Rows) -> Meaning:
        """Give what evaluates nodes over some records."""
        found = self._meanings.get(id(rows))
        if found is None:
            found = self._meanings[id(rows)] = Meaning(rows)
        return found

    def hits(self, select: n.Select) -> Hits:
        """Give the hits of a selection; what they say of certainty is noted."""
        hits = self.quiet_hits(select)
        self.note(hits)
        return hits

    def quiet_hits(self, select: n.Select) -> Hits:
        """Give the hits of a selection and note nothing."""
        rows = self.window(select)
        if select.where == n.TRUE or not rows.rows:
            return Hits(rows, True)
        truth = self.meaning(rows).truth(select.where)
        places = np.flatnonzero(v.whole(truth.may, rows.rows))
        return Hits(rows.some(places), True if truth.decided else v.take(truth.yes, places))

    def note(self, hits: Hits) -> None:
        """Note how certain the adverse records are that certainly met something."""
        if hits.rows.facts.type.direction is not n.Direction.ADVERSE or not hits.count:
            return
        met = hits.certain_ones()
        starts = starts_of(met.item)
        items = met.item[starts]
        least = reduced(np.minimum, met.facts.certainty[met.at], starts)
        self.least_sure[items] = np.minimum(self.least_sure[items], least)

    def groups(self, hits: Hits, select: n.Select) -> Groups:
        """Put hits with equal keys together."""
        facts, count = hits.rows.facts, hits.count
        if select.distinct:
            keys = [_key(self.meaning(hits.rows), node) for node in select.distinct]
        elif facts.acts_shared:
            keys = [facts.act[hits.rows.at]]
        else:
            every = np.arange(count)
            return Groups(hits, every, every, hits.rows.item, hits.sure, hits.sure)
        order = np.lexsort((*keys, hits.rows.item))
        new = np.zeros(count, dtype=bool)
        new[:1] = True
        for column in (hits.rows.item, *keys):
            in_order = column[order]
            new[1:] |= in_order[1:] != in_order[:-1]
        starts = np.flatnonzero(new)
        sure = hits.sure[order]
        return Groups(
            hits,
            order,
            starts,
            hits.rows.item[order[starts]],
            reduced(np.logical_or, sure, starts),
            sure[starts],
        )


def _key(meaning: Meaning, node: n.Value) -> Ints:
    """Give numbers that are equal where the values of a key are; missing equals missing."""
    rows = meaning.view.rows
    found = meaning.raw(node) if isinstance(node, n.Field | n.LinkField) else meaning.value(node)
    match found:
        case Word(codes, _):
            return v.whole(codes, rows)
        case Truth(yes, may):
            return v.whole(yes, rows).astype(np.int64) + v.whole(may, rows)
        case Num():
            there = v.whole(v.exactly(found), rows)
            _, ranks = np.unique(v.whole(found.lo, rows), return_inverse=True)
            return np.where(there, ranks, -1)


# --------------------------------------------------------------------------------------------------
# The value of a group


@dataclass
class Worth:
    """Values of groups: low, high (0 where open) and whether the high end is known."""

    low: Ints
    high: Ints
    known: Ints


def ones(groups: Groups) -> Worth:
    """Count each group as one."""
    one = np.ones(groups.count, dtype=np.int64)
    return Worth(one, one, np.ones(groups.count, dtype=bool))


def group_worth(groups: Groups, take: n.Take, of: Num) -> Worth:
    """Give the values of groups of what is never negative, from the values of the hits (`Sum`)."""
    count, order, starts = groups.hits.count, groups.order, groups.starts
    low, low_known = v.whole(of.lo, count)[order], v.whole(of.lo_known, count)[order]
    high, high_known = v.whole(of.hi, count)[order], v.whole(of.hi_known, count)[order]
    low = np.where(low_known, low, 0)
    sure = groups.hits.sure[order]
    if groups.single:
        return Worth(np.where(sure, low, 0), high, high_known)
    if take is n.Take.GRAVEST:
        return Worth(
            reduced(np.maximum, np.where(sure, low, 0), starts),
            reduced(np.maximum, high, starts),
            reduced(np.logical_and, high_known, starts),
        )
    may = groups.may_be(last=take is n.Take.LATEST)
    most = int(low.max()) if count else 0
    least = reduced(np.minimum, np.where(may, low, most), starts)
    return Worth(
        np.where(groups.certain, least, 0),
        reduced(np.maximum, np.where(may, high, 0), starts),
        reduced(np.logical_and, high_known | ~may, starts),
    )


# --------------------------------------------------------------------------------------------------
# Indicators


def aggregate(chooser: Chooser, what: n.Aggregate, type_: Type) -> Known:
    """Give the value of an indicator over records for every item."""
    hits = chooser.hits(what.select)
    match what:
        case n.Count(select):
            groups = chooser.groups(hits, select)
            return _totals(groups, groups.certain, np.ones(groups.count, bool), chooser)
        case n.Exists():
            return _exists(chooser, hits)
        case n.Sum():
            return _sum(chooser, what, hits)
        case n.Extreme():
            return _extreme(chooser, what, hits)
        case n.Pick():
            return _pick(chooser, what, type_, hits)
        case n.Peak():
            return _peak(chooser, what, hits)
        case n.LongestRun():
            return _longest_run(chooser, what, hits)
        case n.MissingPeriods():
            return _missing(chooser, what, hits)


def _between(low: Ints, high: Ints, known: Bits = True) -> Num:
    """Make numbers of known low ends."""
    if known is True and np.array_equal(low, high):
        return v.exact(low)
    return Num(low, v.where(known, high, 0), True, known)


def _added(groups: Groups, values: Ints, chooser: Chooser) -> Ints:
    return per_item(np.add, values, groups.item, chooser.items.rows, 0)


def _totals(groups: Groups, low: Ints, high: Ints, chooser: Chooser, known: Bits = True) -> Num:
    """Add up both ends of the values of groups; once where they are the same."""
    total = _added(groups, low, chooser)
    if known is True and np.array_equal(low, high):
        return v.exact(total)
    return _between(total, _added(groups, high, chooser), known)


def _exists(chooser: Chooser, hits: Hits) -> Truth:
    rows = chooser.items.rows
    may = np.zeros(rows, dtype=bool)
    may[hits.rows.item] = True
    if hits.certain is True:
        return v.decided(may)
    yes = np.zeros(rows, dtype=bool)
    yes[hits.rows.item[hits.certain]] = True
    return Truth(yes, may)


def _sum(chooser: Chooser, what: n.Sum, hits: Hits) -> Num:
    groups = chooser.groups(hits, what.select)
    of = chooser.meaning(hits.rows).value(what.of)
    if not what.of.type.never_negative:
        return _signed_sum(chooser, what, groups, of)
    worth = group_worth(groups, what.select.take, of)
    known: Bits = True
    if not worth.known.all():
        known = per_item(np.logical_and, worth.known, groups.item, chooser.items.rows, 1)
    low = np.where(groups.certain, worth.low, 0)
    return _totals(groups, low, worth.high, chooser, known)


def _signed_sum(chooser: Chooser, what: n.Sum, groups: Groups, of: Num) -> Num:
    """Add values that may be negative: missing where any group is not exactly known."""
    order, starts, count = groups.order, groups.starts, groups.hits.count
    may = groups.may_be(last=what.select.take is not n.Take.FIRST)
    there = v.whole(v.exactly(of), count)[order]
    value = np.where(may, v.whole(of.lo, count)[order], 0)
    known = groups.certain & (reduced(np.add, may.astype(np.int64), starts) == 1)
    known &= reduced(np.logical_and, there | ~may, starts)
    total = _added(groups, reduced(np.add, value, starts), chooser)
    every = per_item(np.logical_and, known, groups.item, chooser.items.rows, 1).astype(bool)
    return v.exact(total, every)


def _extreme(chooser: Chooser, what: n.Extreme, hits: Hits) -> Num:
    rows, take = chooser.items.rows, what.select.take
    of = chooser.meaning(hits.rows).value(what.of)
    count = hits.count
    value, item = v.whole(of.lo, count), hits.rows.item
    settled = v.whole(v.exactly(of), count) & hits.sure
    if take is not n.Take.GRAVEST:
        groups = chooser.groups(hits, what.select)
        members = np.sort(groups.order[groups.may_be(last=take is n.Take.LATEST)])
        value, item, settled = value[members], item[members], settled[members]
    there = np.flatnonzero(settled)
    operation = np.maximum if what.greatest else np.minimum
    found = per_item(operation, value[there], item[there], rows, 0)
    known = np.zeros(rows, dtype=bool)
    known[item[there]] = True
    if not what.known_part:
        known[item[~settled]] = False
    return v.exact(found, known)


def _pick(chooser: Chooser, what: n.Pick, type_: Type, hits: Hits) -> Known:
    rows, item = chooser.items.rows, hits.rows.item
    starts = starts_of(item)
    at = np.append(starts[1:], len(item)) - 1 if what.latest and len(starts) else starts
    at = at[hits.sure[at]]
    here = hits.rows.some(at)
    meaning, there = Meaning(here), np.zeros(rows, dtype=bool)
    there[here.item] = True
    if type_.kind is Kind.TRUTH:
        truth = meaning.truth(what.of)  # type: ignore[arg-type]
        yes, may = np.zeros(rows, dtype=bool), np.ones(rows, dtype=bool)
        yes[here.item], may[here.item] = truth.yes, truth.may
        return Truth(yes, may)
    if type_.kind in (Kind.WORD, Kind.CODE):
        found = meaning.raw(what.of)  # type: ignore[arg-type]
        codes = np.full(rows, -1, dtype=np.int64)
        if isinstance(found, Word):
            codes[here.item] = found.codes
            return Word(codes, found.texts)
        return Word(codes, ())
    value = meaning.value(what.of)  # type: ignore[arg-type]
    return Num(
        _spread(value.lo, here, rows),
        _spread(value.hi, here, rows),
        there & _spread(value.lo_known, here, rows).astype(bool),
        there & _spread(value.hi_known, here, rows).astype(bool),
    )


def _spread(values: Ints, here: Rows, rows: int) -> Ints:
    own = v.whole(values, here.rows)
    out = np.zeros(rows, dtype=own.dtype)
    out[here.item] = own
    return out


# --------------------------------------------------------------------------------------------------
# Windows that end at a record


@dataclass
class Window:
    """For places e on dates, sorted by item and date: the places d of the same item with d.date <= e.date < add_months(d.date, months) lie in [left, right)."""

    order: Ints
    left: Ints
    right: Ints

    def totals(self, values: Ints) -> Ints:
        """Add the values of the places in each window; the answer is in the order of the places given."""
        before = np.concatenate(([0], np.cumsum(safe_to_add(values)[self.order])))
        out = np.empty(len(values), dtype=before.dtype)
        out[self.order] = before[self.right] - before[self.left]
        return out


def windows(item: Ints, date: Ints, months: int) -> Window:
    """Find the window that ends at each place."""
    order = np.lexsort((date, item))
    at = item[order] * _STRIDE + date[order] + _DAY_ZERO
    ends = item[order] * _STRIDE + v.add_months(date[order], months) + _DAY_ZERO
    return Window(
        order, np.searchsorted(ends, at, side="right"), np.searchsorted(at, at, side="right")
    )


@dataclass
class Reached:
    """What windows hold that end where a group may lie: per place its group, date, whether it is settled, and [low, high] of a total."""

    group: Ints
    date: Ints
    settled: Ints
    low: Ints
    high: Ints
    high_known: Ints


def places(groups: Groups) -> tuple[Ints, Ints]:
    """Give every place on which a group may lie: (group, position among the hits); the first of each group comes first."""
    may = groups.may_be(last=False)
    return groups.group_of()[may], groups.order[may]


def reached(groups: Groups, worth: Worth, months: int) -> Reached:
    """Work out the window ending at every place (`Peak`)."""
    group, at = places(groups)
    dates = groups.hits.rows.facts.date[groups.hits.rows.at]
    date, item = dates[at], groups.item[group]
    settled = groups.settled[group]
    window = windows(item, date, months)
    low = window.totals(np.where(settled, worth.low[group], 0))
    high = window.totals(worth.high[group])
    unknown = window.totals((~worth.known[group]).astype(np.int64))
    several = np.flatnonzero(np.bincount(group, minlength=groups.count) > 1)
    if len(several):  # a group may lie on several days, and counts once in a window
        again = np.flatnonzero(np.isin(item, groups.item[several]))
        ends = v.add_months(date, months)
        for e in again:
            inside = again[
                (item[again] == item[e]) & (date[again] <= date[e]) & (date[e] < ends[again])
            ]
            once = np.unique(group[inside])
            high[e] = sum(int(x) for x in worth.high[once])
            unknown[e] = int((~worth.known[once]).sum())
    return Reached(group, date, settled, low, high, unknown == 0)


def _peak(chooser: Chooser, what: n.Peak, hits: Hits) -> Num:
    rows = chooser.items.rows
    groups = chooser.groups(hits, what.select)
    worth = ones(groups)
    if what.of is not None:
        worth = group_worth(groups, what.select.take, chooser.meaning(hits.rows).value(what.of))
    found = reached(groups, worth, what.months)
    item = groups.item[found.group]
    # a certain group that is not settled has at least its own
    own = np.where(groups.certain[found.group], worth.low[found.group], 0)
    low = per_item(np.maximum, np.where(found.settled, found.low, own), item, rows, 0)
    high = per_item(np.maximum, found.high, item, rows, 0)
    if worth.known.all():
        return _between(low, high)
    known = per_item(np.logical_and, found.high_known, item, rows, 1).astype(bool)
    return _between(low, high, known)


# --------------------------------------------------------------------------------------------------
# Calendar periods


def period_of(days: Ints, of: str) -> Ints:
    """Number calendar periods as kernel/rules/aggregate.py does."""
    months, _ = v.month_parts(days)
    return (months + _EPOCH_MONTHS) // _MONTHS[of]


def _dated(rows: Rows, by: str) -> tuple[Ints, Ints]:
    """Give places and days of the records that have a date, read as it stands."""
    found = v.taken(rows.facts.fields[by], rows.at)
    if not isinstance(found, Num):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    there = np.flatnonzero(v.whole(found.lo_known, rows.rows))
    return there, v.whole(found.lo, rows.rows)[there]


def _longest_run(chooser: Chooser, what: n.LongestRun, hits: Hits) -> Num:
    rows = chooser.items.rows
    high = _run_length(hits.rows, what, rows)
    low = high if hits.certain is True else _run_length(hits.certain_ones(), what, rows)
    return _between(low, high)


def _run_length(hits: Rows, what: n.LongestRun, rows: int) -> Ints:
    there, days = _dated(hits, what.by)
    pairs = np.unique(hits.item[there] * _STRIDE + period_of(days, what.of))
    if not len(pairs):
        return np.zeros(rows, dtype=np.int64)
    begins = np.flatnonzero(np.concatenate(([True], np.diff(pairs) != 1)))
    lengths = np.diff(np.append(begins, len(pairs)))
    return per_item(np.maximum, lengths, pairs[begins] // _STRIDE, rows, 0)


def _missing(chooser: Chooser, what: n.MissingPeriods, hits: Hits) -> Num:
    due = expected_periods(what, chooser.moments)
    expected = np.array(sorted(due), dtype=np.int64)
    rows = chooser.items.rows
    everything = np.full(rows, len(due), dtype=np.int64)
    if not len(expected):
        return v.exact(everything)
    there, days = _dated(hits.rows, what.by)
    period = period_of(days, what.of)
    at = np.minimum(np.searchsorted(expected, period), len(expected) - 1)
    deadline = np.array([due[int(p)] for p in expected], dtype=np.int64)[at]
    dates = hits.rows.facts.date[hits.rows.at[there]]
    served = (expected[at] == period) & (dates <= deadline)
    item = hits.rows.item[there]

    def missing(which: Ints) -> Ints:
        pairs = np.unique(item[which] * _STRIDE + period[which])
        return everything - np.bincount(pairs // _STRIDE, minlength=rows)

    low = missing(served)
    return _between(low, low if hits.certain is True else missing(served & hits.sure[there]))
