"""Level machines: that a worse history never ends at a better level, proved by walking two machines side by side.

One machine lives through a history, the other through the same history and one more lowering (or one raising decision less). A
relation between their states says that the second is not better; each kind of event keeps it, and so it holds at the end of
histories of any length. Assumed: no two raising decisions bear one day.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    implies,
    ite,
    largest,
    neg,
    same,
    whole,
)
from goodstanding.compile.smt_calendar import Loose
from goodstanding.compile.smt_delta import (
    ADDED,
    NEVER,
    Change,
    Delta,
    Met,
    Shared,
    Side,
    Types,
    delta,
    meets,
    moments_of,
    record,
)
from goodstanding.compile.smt_monotone import Goal
from goodstanding.compile.smt_values import Num, Tri, either, exactly
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import fields_read, names_read

# Why the goals would not do: keys of sentences.
JOINS_LEVEL, GROUNDS_READ = "joins_level", "grounds_read"


@dataclass(frozen=True)
class State:
    """Where a machine stands: the level's number from the best, its clock, the day before which no decision raises, and the wait.

    `after` is how many months a decision has to wait after the last ground, and after each raise since.
    """

    level: Term
    clock: Num
    not_before: Num
    after: Term


@dataclass(frozen=True)
class Gap:
    """How far the second machine may be below the first: only at levels down to `worst`; whether it may have to wait longer."""

    worst: int
    waits: bool


class Calendar(Protocol):
    """What a machine asks of a calendar."""

    def add_months(self, date: Term, months: int) -> Term:
        """Move a day by months."""


@dataclass
class Machine:
    """Writes steps of a level machine."""

    levels: n.Levels
    script: Script
    arithmetic: Calendar

    def rank(self, level: str) -> int:
        """Give the number of a level."""
        return self.levels.order.index(level)

    @property
    def waits(self) -> tuple[int, ...]:
        """Give the months that a decision may have to wait after a ground."""
        return tuple(sorted({0, *(g.raise_after_months or 0 for g in self.levels.grounds)}))

    def free(self, hint: str) -> State:
        """Declare any state."""
        script = self.script
        level = script.integer(f"{hint} level", 0, len(self.levels.order) - 1)
        parts = [
            exactly(script.integer(f"{hint} {what}"), script.boolean(f"{hint} has {what}"))
            for what in ("clock", "not before")
        ]
        after = script.integer(f"{hint} months to wait")
        script.claim(disj(*(same(after, whole(k)) for k in self.waits)))
        return State(level, parts[0], parts[1], after)

    def named(self, state: State, hint: str) -> State:
        """Name the parts of a state."""
        script = self.script

        def short(value: Num, what: str) -> Num:
            return exactly(
                script.number(value.low, f"{hint} {what}"),
                script.holds(value.low_known, f"{hint} has {what}"),
            )

        return State(
            script.number(state.level, f"{hint} level"),
            short(state.clock, "clock"),
            short(state.not_before, "wait"),
            script.number(state.after, f"{hint} months to wait"),
        )

    def ahead(self, day: Term, after: Term) -> Term:
        """Write the day that lies a wait after a day."""
        first, *rest = self.waits
        wait = self.arithmetic.add_months(day, first)
        for months in rest:
            wait = ite(same(after, whole(months)), self.arithmetic.add_months(day, months), wait)
        return self.script.number(wait, "wait")

    def waiting(self, state: State, day: Term) -> Num:
        """Write the day before which no decision raises, from a day on which something happened: never less than before."""
        wait = self.ahead(day, state.after)
        later = disj(neg(state.not_before.low_known), ge(wait, state.not_before.low))
        return exactly(ite(later, wait, state.not_before.low))

    @property
    def by_itself(self) -> dict[str, n.Raise]:
        """Give the levels from which a machine rises by itself."""
        return {r.level: r for r in self.levels.raises if r.months is not None}

    def risen(self, state: State, now: Term) -> Term:
        """Write that no clock has run out."""
        parts = []
        for level, rule in self.by_itself.items():
            due = self.arithmetic.add_months(state.clock.low, rule.months or 0)
            at = conj(same(state.level, whole(self.rank(level))), state.clock.low_known)
            parts.append(implies(at, gt(due, now)))
        return conj(*parts)

    def rise(self, state: State, until: Term) -> State:
        """Rise by itself as often as clocks have run out."""
        by_itself = self.by_itself
        for _ in by_itself:  # no level is risen from twice: each rise leads to a better one
            after = state
            for level, rule in by_itself.items():
                due = self.arithmetic.add_months(state.clock.low, rule.months or 0)
                runs_out = conj(
                    same(state.level, whole(self.rank(level))),
                    state.clock.low_known,
                    ge(until, due),
                )
                after = State(
                    ite(runs_out, whole(self.rank(rule.to)), after.level),
                    either(runs_out, exactly(due), after.clock),
                    either(runs_out, self.waiting(state, due), after.not_before),
                    after.after,
                )
            state = self.named(after, "risen")
        return state

    def lower(self, state: State, day: Term, ground: n.LevelGround) -> State:
        """Meet a ground."""
        to = whole(self.rank(ground.to))
        waits = State(
            largest(to, state.level),
            exactly(day),
            state.not_before,
            whole(ground.raise_after_months or 0),
        )
        return self.named(
            State(waits.level, waits.clock, self.waiting(waits, day), waits.after), "lowered"
        )

    def raise_(self, state: State, day: Term, rules: Sequence[tuple[n.Raise, Term]]) -> State:
        """Meet a raising decision: the rules it certainly meets, in their order."""
        for rule, met in rules:
            waited = disj(neg(state.not_before.low_known), ge(day, state.not_before.low))
            holds = conj(met, same(state.level, whole(self.rank(rule.level))), waited)
            state = self.named(
                State(
                    ite(holds, whole(self.rank(rule.to)), state.level),
                    either(holds, exactly(day), state.clock),
                    either(holds, self.waiting(state, day), state.not_before),
                    state.after,
                ),
                "raised",
            )
        return state

    def not_better(self, one: State, other: State, now: Term, gap: Gap) -> Term:
        """Write the relation: the other machine is not better than the one, now and in time."""
        with_clock = [self.rank(level) for level in self.by_itself]
        same_level = conj(
            same(one.level, other.level), disj(*(same(one.level, whole(k)) for k in with_clock))
        )
        # a machine at a worse level waits anew when it is raised, and then as long as the better one may
        waits = conj(
            implies(
                conj(one.not_before.low_known, same(one.level, other.level)),
                conj(other.not_before.low_known, ge(other.not_before.low, one.not_before.low)),
            ),
            implies(
                one.not_before.low_known,
                ge(self.ahead(now, other.after), one.not_before.low),
            ),
            ge(other.after, one.after),
        )
        if not gap.waits:
            now_one = ite(one.not_before.low_known, largest(one.not_before.low, now), now)
            now_other = ite(other.not_before.low_known, largest(other.not_before.low, now), now)
            waits = conj(waits, implies(same(one.level, other.level), same(now_one, now_other)))
        start = whole(self.rank(self.levels.start))
        moved = conj(
            *(
                implies(disj(neg(same(s.level, start)), s.not_before.low_known), s.clock.low_known)
                for s in (one, other)
            )
        )
        return conj(
            moved,
            ge(other.level, one.level),
            ge(largest(one.level, whole(gap.worst)), other.level),
            implies(
                same_level,
                implies(
                    one.clock.low_known,
                    conj(other.clock.low_known, ge(other.clock.low, one.clock.low)),
                ),
            ),
            waits,
            *(implies(s.clock.low_known, ge(now, s.clock.low)) for s in (one, other)),
            *(self.risen(s, now) for s in (one, other)),
        )


# --------------------------------------------------------------------------------------------------
# Walking side by side


@dataclass
class _Walk:
    """Two states in the relation, and the day of the next event."""

    machine: Machine
    shared: Shared
    one: State
    other: State
    day: Term
    gap: Gap
    unrisen: State

    def goal(self, name: str, one: State, other: State) -> Goal:
        against = neg(self.machine.not_better(one, other, self.day, self.gap))
        script = Script([*self.machine.script.lines])
        script.claim(against)
        return Goal(name, script.text())


def _walk(programme: n.Programme, gap: Gap) -> _Walk:
    levels = programme.levels
    if levels is None:
        raise TypeError(programme.key)
    script = Script()
    arithmetic = Loose(script)
    machine = Machine(levels, script, arithmetic)
    shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme))
    one, other, now, day = (
        machine.free("one"),
        machine.free("other"),
        script.integer("now"),
        script.integer("day"),
    )
    script.claim(machine.not_better(one, other, now, gap))
    script.claim(ge(day, now))
    return _Walk(machine, shared, machine.rise(one, day), machine.rise(other, day), day, gap, other)


def gap_of(programme: n.Programme, grounds: Sequence[n.LevelGround]) -> Gap:
    """Give how far one more lowering by some grounds may take a machine down."""
    levels = programme.levels
    if levels is None or not grounds:
        return Gap(0, waits=False)
    waits = any(g.raise_after_months for g in grounds)
    # a clock that starts anew, or a longer wait, holds the machine at a level it would have left
    held_at = [r.level for r in levels.raises if r.months is not None or (waits and r.select)]
    return Gap(
        max(levels.order.index(level) for level in (*(g.to for g in grounds), *held_at)), waits
    )


def walk_goals(programme: n.Programme, types: Types, gap: Gap) -> Iterator[Goal]:
    """Give the goals that every event of both histories keeps the relation."""
    levels = programme.levels
    if levels is None:
        return
    for ground in levels.grounds:
        walk = _walk(programme, gap)
        steps = (walk.machine.lower(s, walk.day, ground) for s in (walk.one, walk.other))
        yield walk.goal(f"both lowered by {ground.id}", *steps)
    for type_ in sorted({r.select.record for r in levels.raises if r.select}):
        walk = _walk(programme, gap)
        rules = _raised(walk, types, type_)
        yield walk.goal(
            f"both decided by {type_}",
            *(walk.machine.raise_(s, walk.day, rules) for s in (walk.one, walk.other)),
        )
    for ground in levels.grounds:
        for graver in _graver(programme, ground.id, levels.grounds):
            walk = _walk(programme, gap)
            one = walk.machine.lower(walk.one, walk.day, ground)
            other = walk.machine.lower(walk.other, walk.day, graver)
            yield walk.goal(f"lowered by {ground.id}, the other by {graver.id}", one, other)
    walk = _walk(programme, gap)
    yield walk.goal("time passes", walk.one, walk.other)
    script = Script([*walk.machine.script.lines])
    script.claim(gt(walk.one.level, walk.unrisen.level))
    yield Goal("only the worse is blocked", script.text())


def _raised(walk: _Walk, types: Types, type_: str) -> list[tuple[n.Raise, Term]]:
    side = Side(walk.shared, record(walk.machine.script, types, type_, "decision"))
    date = side.fields["date"]
    walk.machine.script.claim(same(date.low, walk.day) if isinstance(date, Num) else FALSE)
    rules = [r for r in walk.machine.levels.raises if r.select and r.select.record == type_]
    return [(r, meets(r.select, side).certain) for r in rules if r.select]


def insert_goals(programme: n.Programme, types: Types, change: Change, gap: Gap) -> Iterator[Goal]:
    """Give the goals that one more event in one history keeps the relation."""
    levels = programme.levels
    if levels is None:
        return
    for ground in levels.grounds:
        if ground.select.record == change.type and change.worse:
            walk = _walk(programme, gap)
            yield walk.goal(
                f"lowered by {ground.id} in one",
                walk.one,
                walk.machine.lower(walk.other, walk.day, ground),
            )
    if not change.worse and any(r.select and r.select.record == change.type for r in levels.raises):
        walk = _walk(programme, gap)
        rules = _raised(walk, types, change.type)
        yield walk.goal(
            f"decided by {change.type} in one",
            walk.machine.raise_(walk.one, walk.day, rules),
            walk.other,
        )


# --------------------------------------------------------------------------------------------------
# That the change only adds events of one kind


def level_goals(
    programme: n.Programme, types: Types, change: Change
) -> tuple[str, tuple[Goal, ...]]:
    """Give the goals that prove a change monotone, and why they would not do (empty: they do)."""
    levels = programme.levels
    if levels is None:
        raise TypeError(programme.key)
    grounds = [g for g in levels.grounds if g.select.record == change.type]
    raises = [r for r in levels.raises if r.select and r.select.record == change.type]
    made = delta(programme, types, change)
    goals = [*_event_goals(made, grounds, raises), *_blocked_goals(made, levels)]
    read = change.kind == ADDED or change.field in fields_read((*grounds, *raises))
    if (grounds or raises) and read:
        gap = gap_of(programme, grounds) if change.worse else Gap(len(levels.order) - 1, waits=True)
        goals += [*insert_goals(programme, types, change, gap), *walk_goals(programme, types, gap)]
    return _unsure(programme, change, grounds, made), tuple(goals)


def _unsure(
    programme: n.Programme, change: Change, grounds: Sequence[n.LevelGround], made: Delta
) -> str:
    if grounds and (not change.own_act or any(g.select.distinct for g in grounds)):
        return JOINS_LEVEL
    levels = programme.levels
    read = (
        names_read((levels.grounds, levels.blocked)) - {"hits", "total"} if levels else frozenset()
    )
    in_limbs = (
        names_read(tuple(g.limbs for g in levels.grounds)) - {"hits", "total"}
        if levels
        else frozenset()
    )
    moved = [
        name for name in sorted(in_limbs & read) if made.before.of(name) != made.after.of(name)
    ]
    return f"{GROUNDS_READ} {', '.join(moved)}" if moved else ""


def _event_goals(
    made: Delta, grounds: Sequence[n.LevelGround], raises: Sequence[n.Raise]
) -> Iterator[Goal]:
    """Each ground is met by the record after a worse change wherever it was before; conditions over windows only grow."""
    change = made.change
    if change.kind != ADDED:
        pairs = [(g.id, g.select) for g in grounds] + [(r.id, r.select) for r in raises if r.select]
        for id_, select in pairs:
            before, after = made.met(select, made.before), made.met(select, made.after)
            less, more = (before, after) if change.worse else (after, before)
            graver = [made.met(g.select, made.after) for g in _graver(made.programme, id_, grounds)]
            also = [*(graver if change.worse else []), more]
            yield _goal(made, f"{id_} met", neg(_grows(less, also)))
    for ground in grounds:
        if ground.months is not None:
            yield _window_goal(made, ground)


def _graver(
    programme: n.Programme, id_: str, grounds: Sequence[n.LevelGround]
) -> list[n.LevelGround]:
    """Give the grounds that may take the place of one: they lower further, and all grounds wait as long.

    Two grounds of one day stand in the order of their rules, and the last one says how long a decision has to wait: where waits
    differ, one ground cannot stand for another.
    """
    levels = programme.levels
    ground = next((g for g in grounds if g.id == id_), None)
    if levels is None or ground is None or len({g.raise_after_months for g in levels.grounds}) > 1:
        return []
    rank = levels.order.index
    return [
        g for g in grounds if g is not ground and g.months is None and rank(g.to) >= rank(ground.to)
    ]


def _grows(less: Met, more: Sequence[Met]) -> Term:
    """Write that what was met goes on to be met: by the same rule, or by a graver one."""
    if less is NEVER:
        return TRUE
    return conj(
        implies(less.certain, disj(*(m.certain for m in more))),
        implies(less.possible, disj(*(m.possible for m in more))),
    )


def _goal(made: Delta, name: str, against: Term) -> Goal:
    script = Script([*made.script.lines])
    script.claim(against)
    return Goal(name, script.text())


def _window_goal(made: Delta, ground: n.LevelGround) -> Goal:
    """Write that more hits and a higher total in the window could undo a ground."""
    script = made.script
    truths: list[Tri] = []
    counts: list[tuple[Num, Num]] = []
    for hint in ("less", "more"):
        low, high = (
            script.integer(f"{ground.id} hits {hint}", 0),
            script.integer(f"{ground.id} hits at most {hint}", 0),
        )
        total, most = (
            script.integer(f"{ground.id} total {hint}", 0),
            script.integer(f"{ground.id} total at most {hint}", 0),
        )
        bounded = script.boolean(f"{ground.id} total bounded {hint}")
        hits, sums = Num(low, TRUE, high, TRUE), Num(total, TRUE, most, bounded)
        script.claim(conj(ge(high, low), implies(bounded, ge(most, total))))
        side = Side(made.shared, {}, {"hits": hits, "total": sums}, find=made.before.of)
        truths.append(side.reader().limbs(ground.limbs))
        counts.append((hits, sums))
    (less_hits, less_sum), (more_hits, more_sum) = counts
    script.claim(
        conj(
            ge(more_hits.low, less_hits.low),
            ge(more_hits.high, less_hits.high),
            ge(more_sum.low, less_sum.low),
        )
    )
    script.claim(
        implies(more_sum.high_known, conj(less_sum.high_known, ge(more_sum.high, less_sum.high)))
    )
    less, more = truths
    return _goal(
        made,
        f"{ground.id} grows",
        neg(conj(implies(less.yes, more.yes), implies(less.may, more.may))),
    )


def _blocked_goals(made: Delta, levels: n.Levels) -> Iterator[Goal]:
    """What blocks a rise goes on to block it after a worse change."""
    before, after = (
        made.before.reader().truth(levels.blocked),
        made.after.reader().truth(levels.blocked),
    )
    if before == after:
        return
    less, more = (before, after) if made.change.worse else (after, before)
    yield _goal(
        made, "blocked", neg(conj(implies(less.yes, more.yes), implies(less.may, more.may)))
    )


__all__ = ["Gap", "Machine", "State", "level_goals", "walk_goals"]
