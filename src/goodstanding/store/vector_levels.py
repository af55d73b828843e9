"""Level machines over columns: all machines take their n-th event together (kernel/rules/levels.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goodstanding.kernel.days import add_months
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vector_facts import Items
from goodstanding.store.vector_hits import (
    Chooser,
    Groups,
    Hits,
    group_worth,
    ones,
    places,
    reached,
    starts_of,
)
from goodstanding.store.vector_meaning import Meaning
from goodstanding.store.vectors import Bits, Ints, Known, Num, Truth

# Turns are taken together while so many machines take part; the few that have more events go on alone: a turn costs the same for one as for thousands.
TOGETHER = 100
# Before every day: no clock runs, nothing bars a raise.
_NEVER = -(2**40)


@dataclass
class Events:
    """Events sorted by item, then as the docstring of `Levels` says; `rule` numbers grounds first, then raises."""

    item: Ints
    day: Ints
    raising: Ints
    rule: Ints
    to: Ints
    level: Ints
    after: Ints
    sure: Ints


@dataclass
class Reached:
    """Where machines stand in one result: level (a place in the order), since when, and what brought them there."""

    level: Ints
    since: Num
    fired: tuple[Ints, Ints]  # (item, rule), in order


class _Limbs:
    """Places where a windowed ground may be reached, as a view: `hits` and `total` are those of the window."""

    def __init__(self, items: Items, item: Ints, names: Mapping[str, Known]) -> None:
        self.items, self.item, self.names = items, item, names

    @property
    def rows(self) -> int:
        """Count the places."""
        return len(self.item)

    def field(self, name: str) -> Known:
        """No record is at hand."""
        raise KeyError(name)

    def linked(self, link: str, name: str) -> Known:
        """No record is at hand."""
        raise KeyError(link, name)

    def known(self, name: str) -> Known:
        """Give the window's count or sum, or an indicator on the judged day."""
        return self.names.get(name) or v.taken(self.items.known(name), self.item)

    def moment(self, moment: n.Moment) -> Num:
        """Give a day of the run."""
        found = self.items.moment(moment)
        return v.exact(v.take(found.lo, self.item))


def limbs_hold(limbs: Sequence[n.Limb], on: Meaning) -> Truth:
    """Give the truth of a ground; an undecided exception leaves it as it is."""
    held = [
        v.all_of([on.truth(x.when), v.decided(v.no(on.truth(x.unless).yes))])
        if x.unless is not None
        else on.truth(x.when)
        for x in limbs
    ]
    return v.any_of(held)


def limbs_firm(limbs: Sequence[n.Limb], on: Meaning) -> Bits:
    """Tell where a ground certainly holds and stands on no exception that was not shown."""
    firm: Bits = False
    for x in limbs:
        barred = False if x.unless is None else on.truth(x.unless).may
        firm = v.either(firm, v.both(on.truth(x.when).yes, v.no(barred)))
    return firm


def machines(chooser: Chooser, levels: n.Levels, on: Meaning) -> tuple[Reached, Reached]:
    """Run the machines of all items: where they stand, and where at worst."""
    rank = {level: i for i, level in enumerate(levels.order)}
    parts = [
        part for i, g in enumerate(levels.grounds) for part in _of_ground(chooser, i, g, rank[g.to])
    ]
    for i, r in enumerate(levels.raises):
        if r.select is not None:
            hits = chooser.hits(r.select)
            parts.append(_of_raise(hits, i, len(levels.grounds) + i, rank[r.level], rank[r.to]))
    events = _sorted(parts)
    blocked = on.truth(levels.blocked)
    rows = chooser.items.rows
    shown = _run(levels, rank, events, events.sure, v.whole(v.no(blocked.yes), rows), chooser.items)
    if blocked.decided and events.sure.all():
        return shown, shown
    every = np.ones(len(events.item), dtype=bool)
    worst = _run(levels, rank, events, every, v.whole(v.no(blocked.may), rows), chooser.items)
    return shown, worst


# Columns of events: item, day, raising, order of the rule, row, rule, to, level, after, sure.
_Part = tuple[Ints, Ints, int, int, Ints, int, int, int, int, Ints]


def _of_ground(chooser: Chooser, order: int, ground: n.LevelGround, to: int) -> list[_Part]:
    hits = chooser.quiet_hits(ground.select)
    if not hits.count:
        return []
    groups = chooser.groups(hits, ground.select)
    if ground.months is None:
        group, at = places(groups)
        # the first place of a certain group is where the shown result has it
        first = np.concatenate(([True], group[1:] != group[:-1]))
        sure = groups.certain[group] & first
        may = np.ones(len(group), dtype=bool)
    else:
        group, at, sure, may = _windowed(chooser, ground, groups)
    there = np.zeros(groups.count, dtype=bool)
    there[group[may]] = True
    members = groups.order[there[groups.group_of()]]
    chooser.note(Hits(hits.rows.some(np.sort(members)), v.take(hits.certain, np.sort(members))))
    group, at, sure = group[may], at[may], sure[may]
    rows = hits.rows.at[at]
    after = ground.raise_after_months or 0
    day = hits.rows.facts.date[rows]
    return [(groups.item[group], day, 0, order, rows, order, to, -1, after, sure)]


def _windowed(
    chooser: Chooser, ground: n.LevelGround, groups: Groups
) -> tuple[Ints, Ints, Ints, Ints]:
    assert ground.months is not None  # noqa: S101 - asked by the caller
    count = reached(groups, ones(groups), ground.months)
    of = v.exact(0)
    if ground.of is not None:
        of = chooser.meaning(groups.hits.rows).value(ground.of)
    total = reached(groups, group_worth(groups, ground.select.take, of), ground.months)
    names: dict[str, Known] = {
        "hits": Num(count.low, count.high, True, count.high_known),
        "total": Num(total.low, v.where(total.high_known, total.high, 0), True, total.high_known),
    }
    view = _Limbs(chooser.items, groups.item[count.group], names)
    truth = limbs_hold(ground.limbs, Meaning(view))
    rows = view.rows
    _, at = places(groups)
    return count.group, at, v.whole(truth.yes, rows) & count.settled, v.whole(truth.may, rows)


def _of_raise(hits: Hits, order: int, rule: int, level: int, to: int) -> _Part:
    sure = np.flatnonzero(hits.sure)
    rows = hits.rows.at[sure]
    every = np.ones(len(rows), dtype=bool)
    return (
        hits.rows.item[sure],
        hits.rows.facts.date[rows],
        1,
        order,
        rows,
        rule,
        to,
        level,
        0,
        every,
    )


def _sorted(parts: Sequence[_Part]) -> Events:
    def column(place: int) -> Ints:
        if not parts:
            return np.zeros(0, dtype=np.int64)
        sizes = [len(p[0]) for p in parts]
        if isinstance(parts[0][place], int):
            return np.repeat([p[place] for p in parts], sizes)
        return np.concatenate([p[place] for p in parts])

    item, day, raising, order, row, rule, to, level, after, sure = (column(i) for i in range(10))
    by = np.lexsort((row, order, raising, day, item))
    return Events(
        item[by], day[by], raising[by], rule[by], to[by], level[by], after[by], sure[by].astype(bool)
    )  # fmt: skip


class _Machines:
    """The state of all machines of one result."""

    def __init__(self, levels: n.Levels, rank: Mapping[str, int], rows: int) -> None:
        self.level = np.full(rows, rank[levels.start], dtype=np.int64)
        self.since = np.full(rows, _NEVER, dtype=np.int64)
        self.clock = np.full(rows, _NEVER, dtype=np.int64)
        self.not_before = np.full(rows, _NEVER, dtype=np.int64)
        self.after = np.zeros(rows, dtype=np.int64)
        self.head = np.full(rows, -1, dtype=np.int64)  # the raise that brought the level
        self.from_ = np.zeros(rows, dtype=np.int64)  # the first event that counts for it
        # by level: months until it rises by itself (-1: never), where to, by which rule
        self.months = np.full(len(rank), -1, dtype=np.int64)
        self.up = np.zeros(len(rank), dtype=np.int64)
        self.by = np.zeros(len(rank), dtype=np.int64)
        for i, r in enumerate(levels.raises):
            if r.months is not None:
                at = rank[r.level]
                self.months[at], self.up[at] = r.months, rank[r.to]
                self.by[at] = len(levels.grounds) + i

    def rise(self, of: Ints, until: Ints, event: Ints) -> None:
        """Let machines rise by themselves up to a day; `event` is the number of the event to come."""
        while len(of):
            months = self.months[self.level[of]]
            ready = (self.clock[of] != _NEVER) & (months >= 0)
            of, until, event, months = of[ready], until[ready], event[ready], months[ready]
            day = v.add_months(self.clock[of], months)
            ready = day <= until
            of, until, event, day = of[ready], until[ready], event[ready], day[ready]
            level = self.level[of]
            self.level[of], self.head[of] = self.up[level], self.by[level]
            self.since[of] = self.clock[of] = day
            self.from_[of] = event
            self._wait(of, day)

    def lower(self, of: Ints, day: Ints, to: Ints, after: Ints, event: Ints) -> None:
        """Meet grounds."""
        fell = to > self.level[of]
        down = of[fell]
        self.level[down], self.head[down], self.from_[down] = to[fell], -1, event[fell]
        self.since[of] = self.clock[of] = day
        self.after[of] = after
        self._wait(of, day)

    def lift(self, of: Ints, day: Ints, level: Ints, to: Ints, rule: Ints, event: Ints) -> None:
        """Meet raising decisions: without effect from another level, or before their time."""
        good = (self.level[of] == level) & (day >= self.not_before[of])
        of, day, to, rule, event = of[good], day[good], to[good], rule[good], event[good]
        self.level[of], self.head[of], self.from_[of] = to, rule, event + 1
        self.since[of] = self.clock[of] = day
        self._wait(of, day)

    def run_alone(self, events: Events, own: Ints, first: int) -> None:
        """Meet the events of one item one after the other; `first` is the number of its first event. The methods above in plain numbers."""
        months, up, by = self.months.tolist(), self.up.tolist(), self.by.tolist()
        item = events.item[own[0]]
        level, since, waits, after, head, begin = int(self.level[item]), _NEVER, _NEVER, 0, -1, 0
        due = -_NEVER  # when it rises by itself: later than every day while no clock runs
        columns = (events.day, events.raising, events.to, events.level, events.rule, events.after)
        met = zip(*(column[own].tolist() for column in columns), strict=True)
        for at, (day, raising, to, of, rule, ground_after) in enumerate(met, first):
            while due <= day:
                level, head, begin, since = up[level], by[level], at, due
                waits = max(waits, add_months(due, after))
                due = add_months(due, months[level]) if months[level] >= 0 else -_NEVER
            if not raising:
                after = ground_after
                if to > level:
                    level, head, begin = to, -1, at
            elif level == of and day >= waits:
                level, head, begin = to, rule, at + 1
            else:
                continue
            since = day
            waits = max(waits, add_months(day, after))
            due = add_months(day, months[level]) if months[level] >= 0 else -_NEVER
        self.level[item], self.since[item], self.clock[item] = level, since, since
        self.not_before[item], self.after[item] = waits, after
        self.head[item], self.from_[item] = head, begin

    def _wait(self, of: Ints, day: Ints) -> None:
        self.not_before[of] = np.maximum(self.not_before[of], v.add_months(day, self.after[of]))


def _run(
    levels: n.Levels,
    rank: Mapping[str, int],
    events: Events,
    which: Ints,
    rises: Ints,
    items: Items,
) -> Reached:
    state = _Machines(levels, rank, items.rows)
    chosen = np.flatnonzero(which)
    starts = starts_of(events.item[chosen])
    sizes = np.diff(np.append(starts, len(chosen)))
    many = sizes > (np.sort(sizes)[-TOGETHER] if len(sizes) >= TOGETHER else 0)
    for at, size in zip(starts[many], sizes[many], strict=True):
        state.run_alone(events, chosen[at : at + size], int(at))
    few, sizes = starts[~many], sizes[~many]
    for turn in range(int(sizes.max()) if len(sizes) else 0):
        at = few[sizes > turn] + turn
        e = chosen[at]
        state.rise(events.item[e], events.day[e], at)
        down = events.raising[e] == 0
        falls, lifts = e[down], e[~down]
        state.lower(
            events.item[falls], events.day[falls], events.to[falls], events.after[falls], at[down]
        )  # fmt: skip
        state.lift(
            events.item[lifts], events.day[lifts], events.level[lifts], events.to[lifts], events.rule[lifts], at[~down]
        )  # fmt: skip
    of = np.flatnonzero(rises)
    end = np.full(len(of), len(chosen), dtype=np.int64)
    state.rise(of, np.full(len(of), items.run.judged, dtype=np.int64), end)
    return Reached(
        state.level, v.exact(state.since, state.since != _NEVER), _fired(events, chosen, state)
    )


def _fired(events: Events, chosen: Ints, state: _Machines) -> tuple[Ints, Ints]:
    """Give (item, rule) of what brought each level: the raise, then the grounds met since, each once."""
    heads = np.flatnonzero(state.head >= 0)
    place = np.arange(len(chosen))
    item = events.item[chosen]
    counts = (place >= state.from_[item]) & (events.raising[chosen] == 0)
    items = np.concatenate([heads, item[counts]])
    rules = np.concatenate([state.head[heads], events.rule[chosen][counts]])
    order = np.argsort(items, kind="stable")
    items, rules = items[order], rules[order]
    _, first = np.unique(items * (2**16) + rules, return_index=True)
    first.sort()
    return items[first], rules[first]
