"""Monotone: an adverse change of one record never improves the grade, a favourable one never worsens it.

One claim per record type and change. A claim about a programme with a score is proved by lemmas: what the rules take and give
moves the right way (`points`), and a grade whose points move the right way does too (`decision`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from goodstanding.compile.smt import FALSE, Script, Term, conj, disj, ge, gt, minus, neg, plus
from goodstanding.compile.smt_delta import ADDED, CHANGED, Change, Delta, Side, Types, delta, witnesses
from goodstanding.compile.smt_grades import (
    NO_SCORE,
    Carrying,
    Decision,
    Scored,
    free_carrying,
    grade_names,
    ranked,
    start_of,
    weighed,
)
from goodstanding.compile.smt_score import HIGH, LOW, Totals
from goodstanding.compile.smt_values import exactly
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside

SHOWN, WORST = "shown", "at worst"
RESULTS = (SHOWN, WORST)


@dataclass(frozen=True)
class Goal:
    """A text that has no model exactly if what it says against the law cannot happen."""

    name: str
    text: str


# --------------------------------------------------------------------------------------------------
# Which changes


def newest(types: Types, type_: str) -> n.RecordType:
    """Give the newest version of a record type."""
    return types[type_][max(types[type_])]


def nodes_over(programme: n.Programme, type_: str) -> Iterator[object]:
    """Give every part of a programme that reads records of a type."""
    parts: list[object] = [i.what for i in programme.indicators if not isinstance(i.what, n.Scalar)]
    parts += list(programme.score.rules) if programme.score else []
    parts += [*programme.levels.grounds, *programme.levels.raises] if programme.levels else []
    for part in parts:
        if any(isinstance(one, n.Select) and one.record == type_ for one in inside(part)):
            yield part


def reads_field(programme: n.Programme, type_: str, field: str) -> bool:
    """Tell whether a programme reads a field of a record type."""
    return any(
        (isinstance(one, n.Field) and one.name == field) or (isinstance(one, n.LongestRun | n.MissingPeriods) and one.by == field)
        for part in nodes_over(programme, type_)
        for one in inside(part)
    )


def changes_of(programme: n.Programme, types: Types) -> tuple[Change, ...]:
    """Give every change that a programme has to be monotone in."""
    read = sorted({one.record for one in inside(programme) if isinstance(one, n.Select)})
    return tuple(change for type_ in read for change in _of_type(programme, newest(types, type_)))


def _of_type(programme: n.Programme, type_: n.RecordType) -> Iterator[Change]:
    if type_.direction is n.Direction.ADVERSE:
        yield Change(type_.id, ADDED)
        yield Change(type_.id, ADDED, own_act=False)
    elif type_.direction is n.Direction.FAVOURABLE:
        yield Change(type_.id, ADDED, worse=False)
    for fields, favours in ((type_.graver, "more"), (type_.milder, "less")):
        for name in fields:
            if reads_field(programme, type_.id, name):
                yield Change(type_.id, CHANGED, name, favours=favours)
    judged = type_.direction is n.Direction.ADVERSE or bool(type_.graver or type_.milder)
    if judged and type_.direction is not n.Direction.FAVOURABLE and reads_field(programme, type_.id, "cured"):
        yield Change(type_.id, CHANGED, "cured", worse=False, favours="set")
    if type_.direction is n.Direction.ADVERSE and reads_field(programme, type_.id, "ended"):
        yield Change(type_.id, CHANGED, "ended", worse=False, favours="set")


# --------------------------------------------------------------------------------------------------
# Lemmas about points


def _right_way(change: Change, before: Term, after: Term) -> Term:
    """Write that what is taken does not go the wrong way."""
    return ge(after, before) if change.worse else ge(before, after)


def _goal(made: Delta, name: str, against: Term) -> Goal:
    script = Script([*made.script.lines])
    script.claim(against)
    return Goal(name, script.text())


def point_goals(programme: n.Programme, types: Types, change: Change) -> tuple[str, tuple[Goal, ...]]:
    """Give the lemmas about points, and why they would not do (empty: they do)."""
    if programme.score is None:
        return "", ()
    made = delta(programme, types, change)
    totals = Totals(made, programme.score.rules)
    if not totals.moved:
        return "", ()
    goals = []
    keyed = totals.keyed()
    if keyed != FALSE:
        goals.append(_goal(made, "one key", keyed))
    for name, end in (("taken low", LOW), ("taken high", HIGH)):
        before, after = totals.taken(made.before, end), totals.taken(made.after, end)
        goals.append(_goal(made, name, neg(_right_way(change, before, after))))
    before, after = totals.given(made.before), totals.given(made.after)
    if before != after:
        goals.append(_goal(made, "given", neg(_right_way(change, after, before))))
    return totals.unsure(), tuple(goals)


# --------------------------------------------------------------------------------------------------
# The decision


def decision_goal(programme: n.Programme, types: Types, change: Change, result: str, *, jointly: bool = False) -> Goal | None:
    """Give the goal that the grade goes the wrong way: points moving the right way by lemma, or written out (`jointly`).

    None where the change moves nothing that the decision reads.
    """
    made = delta(programme, types, change, valued=programme.weights is not None)
    grades, names = programme.grades, grade_names(programme)
    if grades is None:
        raise TypeError(programme.key)
    carrying = free_carrying(made.script, grades)
    worst = result == WORST
    scored = _scored(made, worst, jointly)
    before, after = (
        Decision(programme, side, names).decide(one, carrying, worst=worst).grade
        for side, one in zip((made.before, made.after), scored, strict=True)
    )
    if before == after:
        return None
    if jointly:
        witnesses(made.aggregates.rest, made.before)
    return _goal(made, f"{result}{' jointly' if jointly else ''}", wrong_way(change, before, after, grades.order))


def wrong_way(change: Change, before: Term, after: Term, order: tuple[str, ...]) -> Term:
    """Write that both grades have a rank and the change moves it the wrong way."""
    both = conj(ranked(before, order), ranked(after, order))
    return conj(both, gt(before, after) if change.worse else gt(after, before))


def _scored(made: Delta, worst: bool, jointly: bool) -> tuple[Scored, Scored]:
    programme = made.programme
    if programme.weights:
        one, other = (weighed(programme.weights, side.reader(), worst=worst) for side in (made.before, made.after))
        return one, other
    if programme.score is None:
        return NO_SCORE, NO_SCORE
    totals = Totals(made, programme.score.rules)
    if jointly:
        before, after = (_net(totals, side, worst) for side in (made.before, made.after))
    else:
        before = made.script.integer("taken before")
        after = before
        if totals.moved:
            after = made.script.integer("taken after")
            made.script.claim(_right_way(made.change, before, after))
    one, other = (
        Scored(exactly(minus(start.low, taken), start.low_known))
        for start, taken in ((start_of(programme.score, side.reader()), t) for side, t in ((made.before, before), (made.after, after)))
    )
    return one, other


def _net(totals: Totals, side: Side, worst: bool) -> Term:
    return minus(totals.taken(side, HIGH if worst else LOW), totals.given(side))


__all__ = ["Carrying", "Goal", "changes_of", "decision_goal", "disj", "plus", "point_goals"]
