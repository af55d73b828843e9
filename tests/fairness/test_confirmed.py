"""Nothing unconfirmed bites: one unconfirmed reason makes a study, one that did not fire does not (FAIRNESS 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest

from goodstanding.kernel.facts import facts
from goodstanding.kernel.measures import CaseKind, ClosedCase, NotLawful
from goodstanding.kernel.quantity import number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE
from goodstanding.kernel.rules.walk import indicators_below
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import Standing, stand
from tests.agreement.histories import histories
from tests.agreement.laws import Law, law
from tests.agreement.roads import runs
from tests.kernel.real_law import real_law
from tests.kernel.world import SUBJECT

MARKED = (
    n.Deduction, n.Direct, n.Given, n.StepDown, n.Ceiling, n.Carry, n.LevelGround, n.Raise, n.Proposal, n.Band, n.Weighted, n.Programme,
)  # fmt: skip

HOLDERS = (n.Grades, n.Score, n.Weights, n.Levels)


def marked(node: Any, confirmed: bool, only: str | None = None) -> Any:
    """Set the mark of all rules, or of the one with an id."""
    if isinstance(node, tuple):
        return tuple(marked(part, confirmed, only) for part in node)
    if not isinstance(node, (*MARKED, *HOLDERS)):
        return node
    changed = {
        f.name: marked(getattr(node, f.name), confirmed, only) for f in fields(node) if f.init
    }
    if (
        isinstance(node, MARKED)
        and (only is None or getattr(node, "id", None) == only)
        and not (only and isinstance(node, n.Programme))
    ):
        changed["basis"] = replace(changed["basis"], confirmed=confirmed)
    return replace(node, **changed)


SEEDS = range(25)


def standings(made: Law, programme: n.Programme) -> Iterator[Standing]:
    for history in histories(made, 1, 5):
        given = facts(history.versions, made.types, made.known)
        found = stand(SUBJECT, programme, given, runs(made)[-1], NOTHING_BEFORE, made.types)
        if found is not None:
            yield found


def ids_of(programme: n.Programme) -> set[str]:
    parts: list[tuple[Any, ...]] = [programme.score.rules] if programme.score else []
    if programme.grades:
        g = programme.grades
        parts += [
            g.direct,
            g.not_graded,
            g.instead,
            g.first_match,
            g.steps_down,
            g.ceilings,
            g.carries,
        ]
    if programme.levels:
        parts += [programme.levels.grounds, programme.levels.raises]
    return {rule.id for part in (*parts, programme.proposals) for rule in part}


def test_one_unconfirmed_reason_makes_a_study_and_one_that_did_not_fire_does_not() -> None:
    flipped = {True: 0, False: 0}
    for seed in SEEDS:
        made = law(seed)
        all_confirmed = marked(made.programme, confirmed=True)
        plain = list(standings(made, all_confirmed))
        assert not any(s.study for s in plain), "all is confirmed"
        for id_ in sorted(ids_of(made.programme)):
            doubted = list(standings(made, marked(all_confirmed, confirmed=False, only=id_)))
            for before, after in zip(plain, doubted, strict=True):
                bites = id_ in before.reasons or id_ in before.proposed
                assert after.study is bites, (seed, id_)
                assert after._replace(study=False, evaluation=before.evaluation) == before
                flipped[bites] += 1
    assert min(flipped.values()) > 50


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_an_unconfirmed_programme_gives_only_studies(seed: int) -> None:
    made = law(seed)
    confirmed = marked(made.programme, confirmed=True)
    draft = replace(confirmed, basis=replace(confirmed.basis, confirmed=False))
    assert all(s.study for s in standings(made, draft))


DOUBTED, SURE = n.Basis("t-1", "2", False), n.Basis("t-1", "1", True)
YES = n.Always(value=True)
BANDS = (n.Band("A", n.Const(90, number(0, 100)), DOUBTED), n.Band("D", None, SURE))
BELOW = n.Compare(n.Op.LT, n.Ref("score", number(0, 10**6, 4)), n.Const(10**6, number(0, 10**6, 4)))


def made_of(*proposals: n.Proposal, **parts: Any) -> n.Programme:
    grades = n.Grades(("A", "B", "D"), ("M",), bands=BANDS, **parts)
    start = n.Score(n.Const(95, number(0, 100)), ())
    return n.Programme(
        "t.p",
        "1",
        (),
        n.Judges.ORGANISATION,
        n.Cycle(),
        SURE,
        (),
        grades,
        start,
        proposals=proposals,
    )


def named(basis: n.Basis, *, proposed: bool = True, when: n.Truth = YES) -> n.Proposal:
    return n.Proposal("x", "list", (n.Limb(when if proposed else n.FALSE),), basis=basis)


def at_once(basis: n.Basis = SURE, when: n.Truth = YES) -> tuple[n.Direct, ...]:
    return (n.Direct("x", "B", (n.Limb(when),), basis=basis),)


def ceiling(when: n.Truth) -> tuple[n.Ceiling, ...]:
    return (n.Ceiling("c", "D", when, basis=SURE),)


# All bands but one are confirmed; so is what is not said to be otherwise.
STUDIES = [
    ("the grade came by bands", made_of(), True),
    ("a direct ground decided", made_of(direct=at_once()), False),
    ("that ground reads the score", made_of(direct=at_once(when=BELOW)), True),
    ("a ceiling beside it reads the score", made_of(direct=at_once(), ceilings=ceiling(BELOW)), True),
    ("a proposal reads the score", made_of(named(SURE, when=BELOW), direct=at_once()), True),
    ("an unconfirmed ground decided", made_of(direct=at_once(DOUBTED)), True),
    ("a proposal of its name is unconfirmed, and not made", made_of(named(DOUBTED, proposed=False), direct=at_once()), False),
    ("it is made", made_of(named(DOUBTED), direct=at_once()), True),
    ("a ground of the proposal's name is unconfirmed, and does not hold", made_of(named(SURE), direct=at_once(DOUBTED, n.FALSE), instead=(n.Given("m", "M", YES, False, basis=SURE),)), False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("programme", "study"), [row[1:] for row in STUDIES], ids=[row[0] for row in STUDIES]
)
def test_only_what_decided_makes_a_study(programme: n.Programme, study: bool) -> None:
    found = stand(SUBJECT, programme, {}, run(programme, on=20_000), NOTHING_BEFORE, {})
    assert found is not None
    assert found.study is study


def test_a_study_can_be_adopted_by_nobody() -> None:
    with pytest.raises(NotLawful, match="study"):
        ClosedCase("c", CaseKind.GRADE_ADOPTION, SUBJECT, "a", 1, 2, 3, 4, study=True)


def test_in_the_law_a_rule_over_something_unconfirmed_is_itself_unconfirmed() -> None:
    """Marks go along what a rule reads, so that a confirmed rule never stands on an unconfirmed indicator."""
    for programme in (p for versions in real_law().programmes.values() for p in versions):
        doubtful = {i.name for i in programme.indicators if not i.basis.confirmed}
        groups: list[tuple[Any, ...]] = [programme.proposals]
        if programme.grades:
            groups += [
                programme.grades.direct,
                programme.grades.not_graded,
                programme.grades.instead,
                programme.grades.first_match,
                programme.grades.ceilings,
                programme.grades.steps_down,
            ]
        for rule in (r for group in groups for r in group):
            reads = {i.name for i in indicators_below(programme, rule)}
            assert not (rule.basis.confirmed and reads & doubtful), (programme.key, rule.id)
