"""Monotone: an adverse change of one record never improves the grade, a favourable one never worsens it.

One claim per record type and change. A claim about a programme with a score is proved by lemmas: what the rules take and give
moves the right way (`points`), and a grade whose points move the right way does too (`decision`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from goodstanding.compile.smt import (
    Script,
    Term,
    conj,
    disj,
    ge,
    gt,
    implies,
    ite,
    minus,
    neg,
    plus,
    same,
    whole,
)
from goodstanding.compile.smt_delta import (
    ADDED,
    CHANGED,
    Change,
    Delta,
    Side,
    Types,
    delta,
    witnesses,
)
from goodstanding.compile.smt_grades import (
    NO_SCORE,
    Carrying,
    Decided,
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
from goodstanding.kernel.rules.once import once
from goodstanding.kernel.rules.walk import fields_read, inside

SHOWN, WORST = "shown", "at worst"
RESULTS = (SHOWN, WORST)
# Why no lemma covers a change: keys of sentences.
MOVES_KEY, MOVES_DAY = "moves_key", "moves_day"


@dataclass(frozen=True)
class Goal:
    """A text that has no model exactly if what it says against the law cannot happen."""

    name: str
    text: str
    words: tuple[str, ...] = ()  # what the numbers of words and codes stand for


# --------------------------------------------------------------------------------------------------
# Which changes


def newest(types: Types, type_: str) -> n.RecordType:
    """Give the newest version of a record type."""
    return types[type_][max(types[type_])]


@once
def nodes_over(programme: n.Programme) -> dict[str, tuple[object, ...]]:
    """Give for each record type every part of a programme that reads its records."""
    parts: list[object] = [i.what for i in programme.indicators if not isinstance(i.what, n.Scalar)]
    parts += list(programme.score.rules) if programme.score else []
    parts += [*programme.levels.grounds, *programme.levels.raises] if programme.levels else []
    over: dict[str, list[object]] = {}
    for part in parts:
        for type_ in sorted({one.record for one in inside(part) if isinstance(one, n.Select)}):
            over.setdefault(type_, []).append(part)
    return {type_: tuple(found) for type_, found in over.items()}


def reads_field(programme: n.Programme, type_: str, field: str) -> bool:
    """Tell whether a programme reads a field of a record type."""
    return any(
        (isinstance(one, n.Field) and one.name == field)
        or (isinstance(one, n.LongestRun | n.MissingPeriods) and one.by == field)
        for part in nodes_over(programme).get(type_, ())
        for one in inside(part)
    )


def changes_of(programme: n.Programme, types: Types) -> tuple[Change, ...]:
    """Give every change that a programme has to be monotone in."""
    read = sorted({one.record for one in inside(programme) if isinstance(one, n.Select)})
    return tuple(change for type_ in read for change in _of_type(programme, newest(types, type_)))


def _of_type(programme: n.Programme, type_: n.RecordType) -> Iterator[Change]:
    # where each record is judged by itself, one more is one more standing
    alone = programme.judges is n.Judges.RECORD
    if (type_.direction is n.Direction.ADVERSE and not alone) or _takes_points(programme, type_):
        yield Change(type_.id, ADDED)
        yield Change(type_.id, ADDED, own_act=False)
    elif type_.direction is n.Direction.FAVOURABLE:
        yield Change(type_.id, ADDED, worse=False)
    for fields, favours in ((type_.graver, "more"), (type_.milder, "less")):
        for name in fields:
            if reads_field(programme, type_.id, name):
                yield Change(type_.id, CHANGED, name, own_act=False, favours=favours)
    judged = type_.direction is n.Direction.ADVERSE or bool(type_.graver or type_.milder)
    if (
        judged
        and type_.direction is not n.Direction.FAVOURABLE
        and reads_field(programme, type_.id, "cured")
    ):
        yield Change(type_.id, CHANGED, "cured", worse=False, own_act=False, favours="set")
    if type_.direction is n.Direction.ADVERSE and reads_field(programme, type_.id, "ended"):
        yield Change(type_.id, CHANGED, "ended", worse=False, own_act=False, favours="set")


def beyond(programme: n.Programme, change: Change) -> str:
    """Say why no lemma covers a change: it moves the record's key or day, with which its place among others moves; empty if one does."""
    if change.kind != CHANGED:
        return ""
    parts = nodes_over(programme).get(change.type, ())
    nodes = [one for part in parts for one in inside(part)]
    keys = {
        name
        for one in nodes
        if isinstance(one, n.Select) and one.record == change.type
        for name in fields_read(one.distinct)
    }
    days = {one.by for one in nodes if isinstance(one, n.LongestRun | n.MissingPeriods)}
    if change.field in keys:
        return MOVES_KEY
    return MOVES_DAY if change.field in days else ""


def _takes_points(programme: n.Programme, type_: n.RecordType) -> bool:
    """Tell whether records of a type without direction take points: then one more of them is to improve nothing either."""
    rules = programme.score.rules if programme.score else ()
    return type_.direction is n.Direction.NEUTRAL and any(
        r.select is not None and r.select.record == type_.id and not r.adds for r in rules
    )


# --------------------------------------------------------------------------------------------------
# Lemmas about points


def _right_way(change: Change, before: Term, after: Term) -> Term:
    """Write that what is taken does not go the wrong way."""
    return ge(after, before) if change.worse else ge(before, after)


def _goal(made: Delta, name: str, against: Term) -> Goal:
    script = Script([*made.script.lines])
    script.claim(against)
    return Goal(name, script.text(), tuple(made.script.words))


def ends_of(*results: str) -> tuple[int, ...]:
    """Give the ends of points that have to move the right way: at worst both, because the score at worst is never above the shown one."""
    return (LOW, HIGH) if WORST in results else (LOW,)


def point_goal(
    programme: n.Programme, types: Types, change: Change, *ends: int
) -> tuple[str, Goal | None]:
    """Give the lemma about points at some ends, and why it would not do (empty: it does); None where no point moves."""
    if programme.score is None:
        return "", None
    made = delta(programme, types, change)
    totals = Totals(made, programme.score.rules)
    if not totals.moved:
        return "", None
    against = [totals.keyed()]
    for end in ends:
        before, after = totals.taken(made.before, end), totals.taken(made.after, end)
        against.append(neg(_right_way(change, before, after)))
    before, after = totals.given(made.before), totals.given(made.after)
    if before != after:
        against.append(neg(_right_way(change, after, before)))
    return totals.unsure(), _goal(made, "points", disj(*against))


# --------------------------------------------------------------------------------------------------
# The decision


def decision_goal(
    programme: n.Programme, types: Types, change: Change, *results: str, jointly: bool = False
) -> Goal | None:
    """Give the goal that the grade goes the wrong way: points moving the right way by lemma, or written out (`jointly`).

    None where the change moves nothing that the decision reads.
    """
    made = delta(programme, types, change, valued=programme.weights is not None)
    grades, names = programme.grades, grade_names(programme)
    if grades is None:
        raise TypeError(programme.key)
    carrying = tuple(free_carrying(made.script, grades, result) for result in RESULTS)
    totals = Totals(made, programme.score.rules) if programme.score else None
    shown = _scored(made, totals, worst=False, jointly=jointly)
    worst = _scored(made, totals, worst=True, jointly=jointly) if WORST in results else shown
    against = []
    for result in results:
        grade: list[Term] = []
        for at, side in enumerate((made.before, made.after)):
            decision = Decision(programme, side, names)
            grade.append(
                decision.at_worst((shown[at], worst[at]), carrying)
                if result == WORST
                else decision.decide(shown[at], carrying[0]).grade
            )
        if grade[0] != grade[1]:
            against.append(wrong_way(change, grade[0], grade[1], grades.order))
    if not against:
        return None
    if jointly:
        witnesses(made.aggregates.rest, made.before)
    return _goal(made, f"decision{' jointly' if jointly else ''}", disj(*against))


def wrong_way(change: Change, before: Term, after: Term, order: tuple[str, ...]) -> Term:
    """Write that both grades have a rank and the change moves it the wrong way."""
    both = conj(ranked(before, order), ranked(after, order))
    return conj(both, gt(before, after) if change.worse else gt(after, before))


def _scored(
    made: Delta, totals: Totals | None, *, worst: bool, jointly: bool = False
) -> tuple[Scored, Scored]:
    programme = made.programme
    if programme.weights:
        one, other = (
            weighed(programme, side.reader(), worst=worst) for side in (made.before, made.after)
        )
        return one, other
    if programme.score is None or totals is None:
        return NO_SCORE, NO_SCORE
    if jointly:
        for side in (made.before, made.after) if worst else ():
            made.script.claim(totals.ordered(side))
        before, after = (_net(totals, side, worst) for side in (made.before, made.after))
    else:
        at = "at worst" if worst else "shown"
        before = made.script.integer(f"taken before, {at}")
        after = before
        if totals.moved:
            after = made.script.integer(f"taken after, {at}")
            made.script.claim(_right_way(made.change, before, after))
    one, other = (
        Scored(exactly(minus(start.low, taken), start.low_known))
        for start, taken in (
            (start_of(programme.score, side.reader()), t)
            for side, t in ((made.before, before), (made.after, after))
        )
    )
    return one, other


def _net(totals: Totals, side: Side, worst: bool) -> Term:
    return minus(totals.taken(side, HIGH if worst else LOW), totals.given(side))


# --------------------------------------------------------------------------------------------------
# What is carried


def severity(phase: n.Phase, order: tuple[str, ...]) -> tuple[int, int, int]:
    """Say how grave a phase is: by the grade it gives, the ceiling it sets, the points it takes."""
    given = order.index(phase.grade) + 1 if phase.grade else 0
    return given, order.index(phase.not_above) if phase.not_above else 0, phase.start_less


def phases_from(carry: n.Carry, age: int) -> tuple[n.Phase, ...]:
    """Give the phases a carry rule still has to go through, cycle by cycle, from an age on."""
    every = tuple(phase for phase in carry.phases for _ in range(phase.cycles))
    return every[age - 1 :] if age else ()


def covers(
    graver: tuple[n.Phase, ...], milder: tuple[n.Phase, ...], order: tuple[str, ...]
) -> bool:
    """Tell whether one row of phases is at least as grave as another in every cycle to come."""
    worst = len(order)
    if len(graver) < len(milder):
        return False
    for one, other in zip(graver, milder, strict=False):
        a, b = severity(one, order), severity(other, order)
        # the worst grade given outright is graver than anything else
        if a[0] != worst and not (a[0] >= b[0] and a[1] >= b[1] and a[2] >= b[2]):
            return False
    return True


def as_grave(grades: n.Grades, milder: dict[str, Term], graver: dict[str, Term]) -> Term:
    """Write that for all that one side carries the other side carries something at least as grave."""
    parts = []
    for carry in grades.carries:
        for age in range(1, length_of(carry) + 1):
            row = phases_from(carry, age)
            covering = [
                same(graver[other.id], whole(there))
                for other in grades.carries
                for there in range(1, length_of(other) + 1)
                if covers(phases_from(other, there), row, grades.order)
            ]
            parts.append(implies(same(milder[carry.id], whole(age)), disj(*covering)))
    return conj(*parts)


def length_of(carry: n.Carry) -> int:
    """Give for how many cycles a carry rule carries."""
    return sum(phase.cycles for phase in carry.phases)


def carrying_of(grades: n.Grades, ages: Mapping[str, Term]) -> Carrying:
    """Write which phase of each carry rule applies at an age (0: nothing is carried)."""
    phases: dict[str, tuple[Term, ...]] = {}
    for carry in grades.carries:
        reached, found = 0, []
        for phase in carry.phases:
            found.append(
                conj(
                    gt(ages[carry.id], whole(reached)),
                    ge(whole(reached + phase.cycles), ages[carry.id]),
                )
            )
            reached += phase.cycles
        phases[carry.id] = tuple(found)
    return Carrying(phases)


def cause_of(carry: n.Carry, decided: Decided, names: tuple[str, ...]) -> Term:
    """Write that a cause of a carry rule holds."""
    causes = [decided.direct[c] for c in carry.causes if c in decided.direct]
    by_score = [c.removeprefix("score:") for c in carry.causes if c.startswith("score:")]
    return disj(
        *causes, *(same(decided.by_band, whole(names.index(g))) for g in by_score if g in names)
    )


def carried_goal(programme: n.Programme, types: Types, change: Change) -> Goal | None:
    """Give the goal that, with what is carried in as grave or graver, the change leaves something milder to the cycles after.

    Also against: with what is carried in graver, the grade itself is better. None where nothing is carried. With an
    UNCHANGED record it asks the same of what is carried alone.
    """
    grades = programme.grades
    if grades is None or not grades.carries:
        return None
    names = grade_names(programme)
    made = delta(programme, types, change)
    script = made.script
    milder = {c.id: script.integer(f"age of {c.id}", 0, length_of(c)) for c in grades.carries}
    graver = {
        c.id: script.integer(f"age of {c.id} graver", 0, length_of(c)) for c in grades.carries
    }
    script.claim(as_grave(grades, milder, graver))
    ages = (milder, graver) if change.worse else (graver, milder)
    totals = Totals(made, programme.score.rules) if programme.score else None
    scored = _scored(made, totals, worst=False)
    after: list[dict[str, Term]] = []
    reached: list[Term] = []
    for side, score, age in zip((made.before, made.after), scored, ages, strict=True):
        decided = Decision(programme, side, names).decide(score, carrying_of(grades, age))
        reached.append(decided.grade)
        after.append(
            {c.id: _aged(script, c, age[c.id], cause_of(c, decided, names)) for c in grades.carries}
        )
    if not change.worse:
        after.reverse()
    against = disj(
        neg(as_grave(grades, after[0], after[1])),
        wrong_way(change, reached[0], reached[1], grades.order),
    )
    return _goal(made, "carried", against)


def _aged(script: Script, carry: n.Carry, age: Term, cause: Term) -> Term:
    going = conj(gt(age, "0"), gt(whole(length_of(carry)), age))
    return script.number(
        ite(cause, "1", ite(going, plus(age, "1"), "0")), f"next age of {carry.id}"
    )


__all__ = [
    "RESULTS",
    "SHOWN",
    "WORST",
    "Goal",
    "carried_goal",
    "changes_of",
    "decision_goal",
    "point_goal",
]
