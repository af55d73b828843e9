"""What is missing may turn out in any way: the results shown and at worst say in advance how far that can change a standing.

Random laws judge random histories; then fields that are missing are filled in, some or all, and the same laws judge again. Each sentence
of what then must hold is a check below. No record is added, and none is corrected.

Not filled in are fields of which the law asks whether they are there: keys of groups (missing equals missing), counting dates (a record
without one does not count) and dates that tell a period. Bounded laws leave out what else asks that; see `laws.law`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from goodstanding.kernel.facts import facts
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.quantity import Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before, Evaluation, evaluate
from goodstanding.kernel.rules.meaning import Known
from goodstanding.kernel.rules.walk import inside, names_read
from goodstanding.kernel.rules.windows import Run
from tests.agreement.histories import History, histories, value_of
from tests.agreement.laws import Law, law
from tests.agreement.roads import runs

LAWS = int(os.environ.get("BOUNDED_LAWS", "130"))
FIRST = int(os.environ.get("SEED", "0"))
HISTORIES = 15
HANDFUL = 13

Judged = dict[tuple[int | None, str | None], Evaluation]


# --------------------------------------------------------------------------------------------------
# Filling in


def not_filled(law: Law) -> frozenset[str]:
    """Name the fields of which the law asks whether they are there, under the names they have in any version of a type."""
    names = {"date"}
    for part in inside(law.programme):
        if isinstance(part, n.Select):
            names |= {f.name for f in inside(part.distinct) if isinstance(f, n.Field | n.LinkField)}
        if isinstance(part, n.LongestRun | n.MissingPeriods):
            names.add(part.by)
    for versions in law.types.values():
        for number in sorted(versions, reverse=True):
            names.add(versions[number].counting)
            names |= {old for new, old in versions[number].was if new in names}
    return frozenset(names)


def changed(
    law: Law, history: History, change: Callable[[FieldValue, Type], FieldValue]
) -> History:
    """Change values of fields of records, but of those not filled in."""
    kept = not_filled(law)

    def made(v: Version) -> Version:
        fields = law.types[v.type][v.version].fields
        free = {name: type_ for name, type_ in fields if name not in kept}
        return replace(
            v, values={**v.values, **{f: change(v.values.get(f), t) for f, t in free.items()}}
        )

    return History(history.subject, tuple(made(v) for v in history.versions))


def thinned(law: Law, history: History, rng: Random) -> History:
    """Leave out a third of what is known."""
    return changed(law, history, lambda value, _: None if rng.randrange(3) == 0 else value)


def filled(law: Law, history: History, rng: Random, share: int) -> History:
    """Fill in missing fields of records, each with a chance of `share` in a hundred."""

    def fill(value: FieldValue, type_: Type) -> FieldValue:
        return value_of(rng, type_) if value is None and rng.randrange(100) < share else value

    return changed(law, history, fill)


def judged(law: Law, history: History) -> Judged:
    """Judge a history in all cycles, each reading what the one before carries."""
    known = facts(history.versions, law.types, law.known)
    found: Judged = {}
    carried: dict[str | None, Before] = {}
    unit = history.subject if law.programme.judges is n.Judges.UNIT else None
    for at in runs(law):
        before, carried = carried, {}
        ones = judged_of(
            law.programme, {} if unit else known, {unit: known} if unit else {}, at.judged
        )
        for one in ones:
            asked = Run(at.judged, at.cycle, at.moments, one.opened)
            e = evaluate(law.programme, one.facts, asked, before.get(one.key, NOTHING_BEFORE))
            carried[one.key] = Before(e.shown.origins, e.worst.origins)
            found[at.cycle, one.key] = e
    return found


# --------------------------------------------------------------------------------------------------
# What must hold: each check gives what is wrong, as a text


def within(later: Known, earlier: Known) -> bool:
    """Tell whether a value is one of those that were possible."""
    if not isinstance(earlier, tuple) or not isinstance(later, tuple):
        return earlier is None or later == earlier
    (a, b), (low, high) = later, earlier
    return (low is None or (a is not None and a >= low)) and (
        high is None or (b is not None and b <= high)
    )


def values(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """Each indicator lies within its interval; what was decided stays so."""
    for i in law.programme.indicators:
        if not within(later.known[i.name], earlier.known[i.name]):
            yield f"{i.name} {type(i.what).__name__}: {earlier.known[i.name]} -> {later.known[i.name]}"
    if not within(later.in_scope, earlier.in_scope):
        yield "scope"


def points(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """Each rule takes what lies within its interval; those that share acts do so together."""
    rules = law.programme.score.rules if law.programme.score else ()
    apart = [r for r in rules if r.adds or r.beside or r.select is None]
    together = [r for r in rules if r not in apart]
    for group in [*([r] for r in apart), together]:
        before, after = (_taken(e, group) for e in (earlier, later))
        if not within(after, before):
            yield f"points of {[r.id for r in group]}: {before} -> {after}"


def _taken(e: Evaluation, rules: list[n.Deduction]) -> tuple[int, int]:
    ids = {r.id for r in rules}
    mine = [c for c in e.contributions if c.rule in ids]
    return sum(c.low for c in mine), sum(c.high for c in mine)


def scores(_: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """No score is below the worst one."""
    for outcome in (later.shown, later.worst):
        if earlier.worst.score is not None and outcome.score is not None:
            if outcome.score < earlier.worst.score:
                yield f"score {outcome.score} below {earlier.worst.score}"


def grades(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """No grade is worse than the one at worst; `undecided` there may become any, and nothing else becomes `undecided` there."""
    p = law.programme
    order = p.levels.order if p.levels else p.grades.order if p.grades else ()
    rank = {grade: i for i, grade in enumerate(order)}
    worst = earlier.worst.grade
    for outcome in (later.shown, later.worst):
        if worst == n.UNDECIDED or worst == order[-1]:
            continue
        if outcome.grade in rank and rank[outcome.grade] > rank.get(worst, -1):
            yield f"grade {outcome.grade} after {worst} at worst"
    if later.worst.grade == n.UNDECIDED and worst not in (n.UNDECIDED, order[-1]):
        yield f"undecided after {worst}"


def grounds(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """A direct ground that holds goes on holding, but where its exception was not shown or it reads the score."""
    holds = {*later.shown.fired, *later.shown.overtaken}
    for rule in law.programme.grades.direct if law.programme.grades else ():
        held = {*earlier.shown.fired, *earlier.shown.overtaken}
        if rule.id in earlier.shown.exceptions_not_shown or "score" in names_read(rule.limbs):
            continue
        if ("direct", rule.id) in held and ("direct", rule.id) not in holds:
            yield f"direct {rule.id} no longer holds"


def proposals(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """What is proposed stays so, unless an exception may yet be shown; what is neither proposed nor open stays so."""
    for p in law.programme.proposals:
        if p.id in earlier.proposed and all(limb.unless is None for limb in p.limbs):
            if p.id not in later.proposed:
                yield f"{p.id} is no longer proposed"
        elif p.id not in (*earlier.proposed, *earlier.proposals_open):
            if p.id in (*later.proposed, *later.proposals_open):
                yield f"{p.id} is proposed after all"


def origins(law: Law, earlier: Evaluation, later: Evaluation) -> Iterator[str]:
    """What is carried on comes from no later cycle than at worst; from no earlier one than shown, where only direct grounds are causes."""
    sure = {
        d.id
        for d in (law.programme.grades.direct if law.programme.grades else ())
        if all(limb.unless is None for limb in d.limbs) and "score" not in names_read(d.limbs)
    }
    for carry in law.programme.grades.carries if law.programme.grades else ():
        worst, shown = earlier.worst.origins.get(carry.id), earlier.shown.origins.get(carry.id)
        for outcome in (later.shown, later.worst):
            origin = outcome.origins.get(carry.id)
            if origin is not None and (worst is None or worst < origin):
                yield f"{carry.id} comes from {origin}, at worst from {worst}"
            if shown is not None and sure.issuperset(carry.causes):
                if origin is None or origin < shown:
                    yield f"{carry.id} comes from {origin}, shown from {shown}"


CHECKS = (values, points, scores, grades, grounds, proposals, origins)


# --------------------------------------------------------------------------------------------------
# The property


def broken(made: Law, history: History, completion: History) -> Iterator[str]:
    """Say what does not hold of a completion."""
    before, after = judged(made, history), judged(made, completion)
    assert before.keys() == after.keys()
    for key, earlier in before.items():
        for check in CHECKS:
            for said in check(made, earlier, after[key]):
                yield f"{key}: {said}"


SEEDS = range(FIRST, FIRST + LAWS)


@pytest.mark.parametrize(
    "seeds",
    [SEEDS[i : i + HANDFUL] for i in range(0, LAWS, HANDFUL)],
    ids=lambda s: f"laws {s[0]}..{s[-1]}",
)
def test_no_completion_goes_beyond_what_was_said(seeds: range) -> None:
    for seed in seeds:
        made = law(seed, bounded=True)
        rng = Random(seed)  # noqa: S311 - the same seed gives the same completions
        for full in histories(made, 11 * seed + 3, HISTORIES):
            history = thinned(made, full, rng)
            for share in (100, 60):
                completion = filled(made, history, rng, share)
                said = list(broken(made, history, completion))
                assert not said, f"law {seed}, {history.subject}: {said[:3]}"
