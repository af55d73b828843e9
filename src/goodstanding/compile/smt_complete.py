"""Complete and deterministic: where all facts are known, exactly one grade comes out, every band has its place, every grade is reached.

The decision is a function of the indicators, so no two grades can come out; what has to be proved is that one does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from goodstanding.compile.smt import TRUE, Script, Term, conj, disj, ge, implies, same, whole
from goodstanding.compile.smt_calendar import Loose
from goodstanding.compile.smt_delta import (
    NEVER,
    Aggregates,
    Rest,
    Shared,
    Side,
    Types,
    meets,
    moments_of,
    one_is_there,
    record,
)
from goodstanding.compile.smt_grades import (
    NO_SCORE,
    Carrying,
    Decision,
    Scored,
    free_carrying,
    grade_names,
    start_of,
    weighed,
)
from goodstanding.compile.smt_monotone import Goal
from goodstanding.compile.smt_values import Leaf, Num, Sym, Tri, exactly
from goodstanding.kernel.rules import nodes as n

# What a limb says that states a doubt: `undecided` by the law itself, unlike the one nobody gave.
DOUBT = "stated doubt"


@dataclass
class History:
    """Any history in one run: indicators are whatever the types allow."""

    programme: n.Programme
    types: Types
    script: Script
    shared: Shared
    side: Side
    present: dict[str, Term]  # indicators that can be missing, and the truth that they are there


def history(programme: n.Programme, types: Types, *, known: bool) -> History:
    """Declare a history; `known`: every fact is known, so that only what has no record can be missing."""
    script = Script()
    arithmetic = Loose(script)
    shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme), valued=True)
    counted = frozenset(i.what.select for i in programme.indicators if isinstance(i.what, n.Count))
    aggregates = Aggregates(script, Rest(script, types, own_act=True, counted=counted))
    by_name = {i.name: i for i in programme.indicators}
    side = Side(shared)
    made = History(programme, types, script, shared, side, {})

    def find(name: str) -> Leaf:
        i = by_name[name]
        if isinstance(i.what, n.Scalar):
            return side.reader().leaf(i.what.formula, i.type)
        leaf = aggregates.value(i, NEVER, side)
        if known:
            _claim_known(made, i, leaf)
        return leaf

    side.find = find
    one_is_there(programme, aggregates.rest, side, known=known)
    return made


def _claim_known(made: History, i: n.Indicator, leaf: Leaf) -> None:
    if isinstance(leaf, Tri):
        there = disj(leaf.yes, leaf.no)
    else:
        there = leaf.known if isinstance(leaf, Sym) else leaf.exact
    if isinstance(i.what, n.Pick | n.Extreme):
        named = made.script.boolean(f"{i.name} is on record")
        made.script.claim(implies(named, there))
        made.present[i.name] = named
    else:
        made.script.claim(there)


def without_doubt(programme: n.Programme) -> n.Programme:
    """Give the programme with the limbs that say `undecided` renamed."""
    if programme.grades is None:
        return programme

    def renamed(rules: tuple[n.Given, ...]) -> tuple[n.Given, ...]:
        return tuple(replace(r, grade=DOUBT) if r.grade == n.UNDECIDED else r for r in rules)

    grades = programme.grades
    return replace(
        programme,
        grades=replace(
            grades,
            first_match=renamed(grades.first_match),
            instead=renamed(grades.instead),
            not_graded=renamed(grades.not_graded),
        ),
    )


def scored(made: History) -> Scored:
    """Declare a score within what the rules can take and give."""
    programme, script = made.programme, made.script
    if programme.weights:
        return weighed(programme, made.side.reader(), worst=False)
    if programme.score is None:
        return NO_SCORE
    start = start_of(programme.score, made.side.reader())
    taken = script.integer("taken", 0, _most(programme.score, adds=False))
    given = script.integer("given", 0, _most(programme.score, adds=True))
    return Scored(exactly(f"(+ {start.low} {given} (- {taken}))", start.low_known))


def _most(score: n.Score, *, adds: bool) -> int | None:
    """Give the most that all rules can take (or give) together; None where records have no limit."""
    total = 0
    for rule in score.rules:
        if rule.adds is not adds:
            continue
        if rule.at_most is None and rule.select is not None:
            return None
        total += rule.bound if rule.at_most is None else rule.at_most
    return total


def _goal(made: History, name: str, against: Term) -> Goal:
    script = Script([*made.script.lines])
    script.claim(against)
    return Goal(name, script.text())


def grade_goal(programme: n.Programme, types: Types) -> tuple[Goal, tuple[str, ...]]:
    """Give the goal that no grade comes out though all is known, and the names of what may have to be on record for that."""
    changed = without_doubt(programme)
    made = history(changed, types, known=True)
    names = grade_names(changed)
    grades = changed.grades or n.Grades(())
    grade = (
        Decision(changed, made.side, names)
        .decide(scored(made), free_carrying(made.script, grades))
        .grade
    )
    for item in programme.weights.items if programme.weights else ():
        if item.mandatory:
            there = made.script.boolean(f"points of {item.id} is on record")
            made.script.claim(implies(there, made.side.reader().value(item.points).exact))
            made.present[f"points of {item.id}"] = there
    if programme.weights:
        weights = [made.side.reader().value(i.weight) for i in programme.weights.items]
        some = made.script.boolean("weights is on record")
        made.script.claim(implies(some, conj(*(ge(w.low, "1") for w in weights))))
        made.present["weights"] = some
    against = same(grade, whole(names.index(n.UNDECIDED)))
    return _goal(made, "a grade", against), tuple(term.strip("|") for term in made.present.values())


def reach_goals(programme: n.Programme, types: Types) -> Iterator[tuple[str, Goal]]:
    """Give for each grade the goal that some history may reach it: here a model is wanted."""
    grades, names = programme.grades, grade_names(programme)
    if grades is None:
        return
    for grade in (*grades.order, *grades.beside):
        made = history(programme, types, known=True)
        decided = (
            Decision(programme, made.side, names)
            .decide(scored(made), free_carrying(made.script, grades))
            .grade
        )
        yield grade, _goal(made, f"{grade} reached", same(decided, whole(names.index(grade))))


def bands_goal(programme: n.Programme, types: Types) -> Goal | None:
    """Give the goal that a score below the line of a worse grade could still get a better one."""
    grades = programme.grades
    if grades is None or not grades.bands:
        return None
    made = history(programme, types, known=True)
    reader = made.side.reader()
    cuts = [(b, reader.value(b.lowest)) for b in grades.bands if b.lowest is not None]
    crossed = [ge(worse.low, better.low) for (_, better), (_, worse) in pairwise(cuts)]
    ranks = [grades.order.index(b.grade) for b in grades.bands if b.grade in grades.order]
    falling = TRUE if ranks == sorted(set(ranks)) else "false"
    return _goal(made, "bands in order", disj(*crossed, "true" if falling != TRUE else "false"))


# --------------------------------------------------------------------------------------------------
# Levels


def level_structure_goal(programme: n.Programme) -> Goal:
    """Give the goal that a level has two rises by themselves, or that a rise or ground leads nowhere or a rise does not rise."""
    levels = programme.levels or n.Levels((), "", (), ())
    script = Script()
    rank = {level: whole(at) for at, level in enumerate(levels.order)}
    nowhere = whole(-1)
    by_itself = [rank.get(r.level, nowhere) for r in levels.raises if r.months is not None]
    level = script.integer("level", 0, max(len(levels.order) - 1, 0))
    twice = [
        conj(same(level, one), same(level, other))
        for i, one in enumerate(by_itself)
        for other in by_itself[:i]
    ]
    targets = [
        rank.get(x, nowhere)
        for x in (levels.start, *(g.to for g in levels.grounds), *(r.to for r in levels.raises))
    ]
    falls = [ge(rank.get(r.to, nowhere), rank.get(r.level, nowhere)) for r in levels.raises]
    script.claim(disj(*twice, *(ge(nowhere, t) for t in targets), *falls))
    return Goal("one rise by itself", script.text())


def level_reach_goals(programme: n.Programme, types: Types) -> Iterator[tuple[str, Goal]]:
    """Give for each level the goals that some record meets a ground or rise that leads there."""
    levels = programme.levels
    if levels is None:
        return
    for level in levels.order:
        rules: list[n.LevelGround | n.Raise] = [r for r in levels.grounds if r.to == level]
        rules += [r for r in levels.raises if r.to == level]
        made = history(programme, types, known=False)
        ways = [TRUE] if level == levels.start else []
        for rule in rules:
            if rule.select is None:
                ways.append(TRUE)
                continue
            side = Side(
                made.shared,
                record(made.script, types, rule.select.record, rule.id),
                find=made.side.of,
            )
            ways.append(meets(rule.select, side).certain)
        yield level, _goal(made, f"{level} reached", disj(*ways))


__all__ = [
    "DOUBT",
    "Carrying",
    "History",
    "Num",
    "bands_goal",
    "grade_goal",
    "history",
    "level_reach_goals",
    "level_structure_goal",
    "reach_goals",
]
