"""Bounded histories of a level machine, exactly: what two machines meet, event by event, so that the one that fares worse ends better.

Each event lies on the first or the sixteenth of a month. Half a month is the unit of time, and a month is two of them: so moving by months is
plain addition, and what the solver finds holds of the calendar.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from goodstanding.compile.smt import (
    FALSE,
    TRUE,
    Script,
    Term,
    conj,
    disj,
    gt,
    implies,
    ite,
    neg,
    plus,
    same,
    whole,
)
from goodstanding.compile.smt_levels import Machine, State
from goodstanding.compile.smt_values import either, exactly
from goodstanding.kernel.rules import nodes as n

# How many events a history has, the fewest first, and for how many half months it goes on at most.
LENGTHS, HALVES = range(2, 8), 144
KIND, AT, JUDGED = "kind", "at", "judged"


@dataclass(frozen=True)
class Step:
    """What one record is to a machine: the grounds it reaches and the raises it decides on its day, by id, in the order of the rules."""

    grounds: tuple[str, ...] = ()
    raises: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rung:
    """A kind of event: what it is to the machine of the history before the change and to that of the history after it.

    `once`: it is the changed record itself, and happens at most once.
    """

    before: Step
    after: Step
    once: bool = False


class HalfMonths:
    """The calendar of events that lie on the first or the sixteenth of a month."""

    def add_months(self, date: Term, months: int) -> Term:
        """Move by months: two halves each."""
        return plus(date, whole(2 * months))


def ladder_text(levels: n.Levels, rungs: Sequence[Rung], length: int, *, worse: bool) -> str:
    """Write that a history of so many events ends at a better level after a change for the worse (at a worse one after one for the better).

    No two events bear one day.
    """
    script = Script()
    machine = Machine(levels, script, HalfMonths())
    kinds = [script.integer(f"{KIND} {k}", 0, len(rungs) - 1) for k in range(length)]
    times = [script.integer(f"{AT} {k}", 0, HALVES) for k in range(length)]
    judged = script.integer(JUDGED, 0, HALVES)
    script.claim(conj(*(gt(later, sooner) for sooner, later in pairwise([*times, judged]))))
    for j in (j for j, rung in enumerate(rungs) if rung.once):
        for k, kind in enumerate(kinds):
            others = [neg(same(other, whole(j))) for other in kinds[k + 1 :]]
            script.claim(implies(same(kind, whole(j)), conj(*others)))
    before, after = (
        _climbed(machine, [(rung.before, rung.after)[side] for rung in rungs], kinds, times, judged)
        for side in (0, 1)
    )
    script.claim(gt(before, after) if worse else gt(after, before))
    return script.text()


def _climbed(
    machine: Machine,
    steps: Sequence[Step],
    kinds: Sequence[Term],
    times: Sequence[Term],
    judged: Term,
) -> Term:
    """Write at which level a machine ends."""
    start = whole(machine.rank(machine.levels.start))
    state = State(start, exactly("0", FALSE), exactly("0", FALSE), "0")
    for kind, at in zip(kinds, times, strict=True):
        state = _met(machine, machine.rise(state, at), kind, at, steps)
    return machine.rise(state, judged).level


def _met(machine: Machine, state: State, kind: Term, at: Term, steps: Sequence[Step]) -> State:
    """Write the state after an event of some kind; kinds that do the same are written once."""
    alike: dict[Step, list[Term]] = {}
    for j, step in enumerate(steps):
        alike.setdefault(step, []).append(same(kind, whole(j)))
    made = state
    for step, is_kind in alike.items():
        if step != Step():
            made = _either(disj(*is_kind), _step(machine, state, at, step), made)
    return machine.named(made, "met")


def _step(machine: Machine, state: State, at: Term, step: Step) -> State:
    grounds = {g.id: g for g in machine.levels.grounds}
    raises = {r.id: r for r in machine.levels.raises}
    for id_ in step.grounds:
        state = machine.lower(state, at, grounds[id_])
    return machine.raise_(state, at, [(raises[id_], TRUE) for id_ in step.raises])


def _either(condition: Term, yes: State, no: State) -> State:
    return State(
        ite(condition, yes.level, no.level),
        either(condition, yes.clock, no.clock),
        either(condition, yes.not_before, no.not_before),
        ite(condition, yes.after, no.after),
    )


__all__ = ["AT", "HALVES", "JUDGED", "KIND", "LENGTHS", "Rung", "Step", "ladder_text"]
