"""Level machines: grounds lower a level on the day they are reached, clocks and decisions raise it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from goodstanding.kernel import days
from goodstanding.kernel.facts import Fact, Facts
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import (
    Group,
    Hit,
    group_value,
    grouper,
    selector,
    windows,
)
from goodstanding.kernel.rules.conditions import ground_of
from goodstanding.kernel.rules.meaning import Book, Env, Interval, reading, test


class LevelState(NamedTuple):
    """Where a machine stands on the judged day: level, since when, and the rules that brought it there."""

    level: str
    since: int | None
    fired: tuple[tuple[str, str], ...]
    events: tuple[tuple[int, str, str, str], ...]  # (day, kind, rule, level after)
    exceptions_not_shown: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()  # of the certain grounds and raising decisions
    rests_on: tuple[
        tuple[str, Fact], ...
    ] = ()  # rule and record: those facts, and what lies in their windows
    doubtful: tuple[
        tuple[str, Fact], ...
    ] = ()  # rule and record: only possibly a ground or a raising decision


class Event(NamedTuple):
    """A ground reached, or a decision that may raise."""

    day: int
    raising: bool
    rule_order: int
    known_from: int
    record: str
    rule: str
    to: str
    level: str = ""  # raising: the level it starts from
    after: int = 0  # lowering: months until a decision may raise
    not_shown: bool = False
    sure: bool = True  # happens in the shown result as well, not only at worst
    facts: tuple[Fact, ...] = ()
    in_window: tuple[Hit, ...] = ()


def in_order(event: Event) -> tuple[object, ...]:
    """Give what events are sorted by, as the docstring of `Levels` says: day, lowering first, rule order, then records."""
    return (
        event.day, event.raising, event.rule_order, event.known_from, event.record, event.rule,
        event.to, event.level, event.after, event.not_shown, event.sure,
    )  # fmt: skip


Leveller = Callable[[Facts, Env], tuple[LevelState, LevelState]]


def leveller(levels: n.Levels, book: Book) -> Leveller:
    """Make the closure that runs a machine for one subject: it gives where the subject stands, and where at worst."""
    grounds = [_ground(i, g, book) for i, g in enumerate(levels.grounds)]
    raisings = [(i, r, selector(r.select, book)) for i, r in enumerate(levels.raises) if r.select]
    by_itself = {r.level: r for r in levels.raises if r.months is not None}
    blocked = test(levels.blocked)
    rank = {level: i for i, level in enumerate(levels.order)}

    def machine(facts: Facts, env: Env) -> tuple[LevelState, LevelState]:
        events = [e for ground in grounds for e in ground(facts, env)]
        doubtful = [(e.rule, h.fact) for e in events for h in e.in_window if not h.certain]
        for i, rise, choose in raisings:
            for h in choose(facts, env):
                if h.certain:
                    events.append(_raising(i, rise, h))
                else:
                    doubtful.append((rise.id, h.fact))
        events.sort(key=in_order)
        truth, judged = blocked(env), env.days[n.Moment.JUDGED]
        shown = through([e for e in events if e.sure], judged, rises=truth is not True)
        if truth is not None and all(e.sure for e in events):
            worst = shown
        else:
            worst = through(events, judged, rises=truth is False)
        if not doubtful:
            return shown, worst
        said = tuple(doubtful)
        return shown._replace(doubtful=said), worst._replace(doubtful=said)

    def through(events: list[Event], judged: int, *, rises: bool) -> LevelState:
        state = State(levels.start, rank, by_itself)
        for event in events:
            state.rise_by_itself(event.day)
            state.meet(event)
        if rises:
            state.rise_by_itself(judged)
        return state.done(
            tuple([f for e in events for f in e.facts]),
            tuple([(e.rule, h.fact) for e in events for h in e.in_window if h.certain]),
        )

    return machine


def _raising(order: int, rise: n.Raise, hit: Hit) -> Event:
    fact = hit.fact
    return Event(
        fact.date or 0,
        raising=True,
        rule_order=order,
        known_from=fact.known_from,
        record=fact.record,
        rule=rise.id,
        to=rise.to,
        level=rise.level,
        facts=(fact,),
        in_window=(hit,),
    )


class State:
    """The machine at work; see the docstring of `Levels`."""

    def __init__(self, start: str, rank: dict[str, int], by_itself: dict[str, n.Raise]) -> None:
        self.level, self.rank, self.by_itself = start, rank, by_itself
        self.since: int | None = None
        self.clock: int | None = None
        self.not_before: int | None = None
        self.after = 0
        self.fired: list[tuple[str, str]] = []
        self.not_shown: list[str] = []
        self.events: list[tuple[int, str, str, str]] = []

    def rise_by_itself(self, until: int) -> None:
        """Let the level rise by its clock, as often as it may up to a day."""
        while self.clock is not None and self.level in self.by_itself:
            rule = self.by_itself[self.level]
            day = days.add_months(self.clock, rule.months or 0)
            if day > until:
                return
            self.level, self.since, self.clock = rule.to, day, day
            self._wait_from(day)
            self.fired = [("raised", rule.id)]
            self.not_shown = []
            self.events.append((day, "raised", rule.id, self.level))

    def meet(self, event: Event) -> None:
        """Meet a ground or a raising decision."""
        if not event.raising:
            fell = self.rank[event.to] > self.rank[self.level]
            self.level = event.to if fell else self.level
            self.since = self.clock = event.day
            self.after = event.after
            self._wait_from(event.day)
            self.fired = [*([] if fell else self.fired), ("lowered", event.rule)]
            self.not_shown = [] if fell else self.not_shown
            if event.not_shown:
                self.not_shown.append(event.rule)
        elif self.level == event.level and (
            self.not_before is None or event.day >= self.not_before
        ):
            self.level, self.since, self.clock = event.to, event.day, event.day
            self._wait_from(event.day)
            self.fired = [("raised", event.rule)]
            self.not_shown = []
        else:
            self.events.append((event.day, "without effect", event.rule, self.level))
            return
        self.events.append(
            (event.day, "raised" if event.raising else "lowered", event.rule, self.level)
        )

    def _wait_from(self, day: int) -> None:
        """Let a raising decision wait for the last ground's time from this day; never less than it already must."""
        wait = days.add_months(day, self.after)
        self.not_before = wait if self.not_before is None else max(self.not_before, wait)

    def done(
        self, facts: tuple[Fact, ...] = (), rests_on: tuple[tuple[str, Fact], ...] = ()
    ) -> LevelState:
        """Say where the machine stands, and on what."""
        return LevelState(
            self.level,
            self.since,
            tuple(dict.fromkeys(self.fired)),
            tuple(self.events),
            tuple(dict.fromkeys(self.not_shown)),
            facts,
            rests_on,
        )


def _ground(order: int, ground: n.LevelGround, book: Book) -> Callable[[Facts, Env], list[Event]]:
    choose, group = selector(ground.select, book), grouper(ground.select)
    in_windows = None if ground.months is None else _in_windows(ground, ground.months)
    after = ground.raise_after_months or 0

    def event(reached: _Reached) -> Event:
        fact = reached.on.fact
        return Event(
            fact.date or 0,
            False,
            order,
            fact.known_from,
            fact.record,
            ground.id,
            ground.to,
            after=after,
            not_shown=reached.not_shown,
            sure=reached.sure,
            facts=tuple([h.fact for h in reached.group.hits if h.certain]),
            in_window=reached.window,
        )

    def events(facts: Facts, env: Env) -> list[Event]:
        met = choose(facts, env)
        if not met:
            return []
        groups = group(met, env)
        found = _one_by_one(groups) if in_windows is None else in_windows(groups, env)
        return [event(reached) for reached in found]

    return events


class _Reached(NamedTuple):
    """A ground reached by a group on the day of a hit; in the shown result if `sure`, else only at worst."""

    group: Group
    on: Hit
    sure: bool
    window: tuple[Hit, ...]
    not_shown: bool = False


def _one_by_one(groups: Sequence[Group]) -> list[_Reached]:
    """Let each group reach a ground on the day of each of its firsts; in the shown result a certain one, on its first member's."""
    return [
        _Reached(g, first, g.certain and first is g.hits[0], g.hits)
        for g in groups
        for first in g.firsts
    ]


def _in_windows(
    ground: n.LevelGround, months: int
) -> Callable[[tuple[Group, ...], Env], list[_Reached]]:
    """Make the closure that lets groups reach a ground whose limbs hold for those in the window."""
    holds = ground_of(ground.limbs)
    value = None if ground.of is None else reading(ground.of)

    def reached(groups: tuple[Group, ...], env: Env) -> list[_Reached]:
        def at(hit: Hit) -> Interval:
            env.values, env.linked = hit.fact.values, hit.fact.linked
            return (0, 0) if value is None else value(env)

        ones: list[Interval] = [(1, 1)] * len(groups)
        worth = [group_value(g, ground.select.take, at) for g in groups]
        found = []
        for window in windows(groups, months):
            env.known["hits"] = window.total(groups, ones)
            env.known["total"] = window.total(groups, worth)
            truth, not_shown = holds(env)
            if truth is not False:
                group = groups[window.group]
                inside = tuple(h for g in window.inside for h in groups[g].hits)
                sure = group.settled and truth is True
                found.append(_Reached(group, window.hit, sure, inside, not_shown))
        return found

    return reached


__all__ = ["Event", "Group", "LevelState", "State", "leveller"]
