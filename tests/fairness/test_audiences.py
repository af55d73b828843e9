"""The public sees no record and no trace of one that does not count (FAIRNESS 13, 14); no record is not a clean record (12)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE
from goodstanding.kernel.rules.explain import explain
from goodstanding.kernel.standing import stand
from goodstanding.kernel.telling import (
    Audience,
    Explanation,
    Teller,
    as_data,
    may_see,
    visible,
)
from tests.agreement.histories import histories
from tests.agreement.laws import Law, law
from tests.agreement.roads import runs
from tests.kernel.real_law import real_law
from tests.kernel.world import SUBJECT

WORDS = yaml.safe_load(
    (Path(__file__).parents[2] / "law/words/explanation.yaml").read_text("utf-8")
)["words"]
TELLERS = [Teller(language, WORDS, {}) for language in ("en", "zh")]
SEEDS = range(40)


def organisations(seed: int) -> Iterator[tuple[Law, tuple[Version, ...]]]:
    """Give laws that judge organisations; a decision's own number is what it is about."""
    made = law(seed)
    if made.programme.judges is n.Judges.ORGANISATION:
        for history in histories(made, seed, 4):
            yield made, history.versions


def said_to(audience: Audience, made: Law, versions: tuple[Version, ...]) -> str:
    given = facts(versions, made.types, made.known)
    standing = stand(SUBJECT, made.programme, given, runs(made)[-1], NOTHING_BEFORE, made.types)
    if standing is None:
        return ""
    standing = standing._replace(study=False)  # a study result is not told at all
    tree = explain(made.programme, standing.evaluation, given)
    publicity = tuple((grade, "public") for grade in (standing.grade,))
    whole = Explanation(standing, tree, publicity=publicity)
    return "\n".join([*(t.tell(whole, audience) for t in TELLERS), repr(as_data(whole, audience))])


def test_no_answer_to_the_public_names_a_record() -> None:
    named = 0
    for seed in SEEDS:
        for made, versions in organisations(seed):
            public, whole = (
                said_to(a, made, versions) for a in (Audience.PUBLIC, Audience.SUBJECT)
            )
            for v in versions:
                assert v.record not in public, (seed, v.record)
                named += v.record in whole
    assert named > 100


@pytest.mark.parametrize("certainty", ["alleged", "suspended", "annulled"])
def test_an_answer_to_the_public_holds_no_trace_of_a_record_that_does_not_count(
    certainty: str,
) -> None:
    seen = 0
    for seed in SEEDS:
        for made, versions in organisations(seed):
            extra = tuple(
                replace(
                    v,
                    record=f"extra {v.record}",
                    links={},
                    values={**v.values, "certainty": certainty},
                )
                for v in versions
            )
            assert said_to(Audience.PUBLIC, made, (*versions, *extra)) == said_to(
                Audience.PUBLIC, made, versions
            )
            seen += said_to(Audience.SUBJECT, made, (*versions, *extra)) != said_to(
                Audience.SUBJECT, made, versions
            )
    assert seen > 20


def test_no_grade_is_public_that_its_programme_does_not_make_public() -> None:
    for programme in (p for versions in real_law().programmes.values() for p in versions):
        stated = dict(programme.publicity)
        grades = (
            programme.levels.order
            if programme.levels
            else (*programme.grades.order, *programme.grades.beside)
            if programme.grades
            else ()
        )
        for grade in (*grades, n.UNDECIDED, n.NOT_GRADED):
            public = stated.get(grade, "").startswith("public")
            assert may_see(programme.publicity, grade, Audience.PUBLIC) is public
            assert may_see(programme.publicity, grade, Audience.SUBJECT)


@pytest.mark.parametrize(
    ("stated", "study", "told"),
    [
        ("public", False, True),
        ("public as alleged", False, True),
        ("public", True, False),
        ("subject", False, False),
        ("offices", False, False),
        (None, False, False),
    ],
)
def test_the_public_is_told_of_public_grades_only_and_never_of_study_results(
    stated: str | None, study: bool, told: bool
) -> None:
    made, versions = next(organisations(1))
    given = facts(versions, made.types, made.known)
    standing = stand(SUBJECT, made.programme, given, runs(made)[-1], NOTHING_BEFORE, made.types)
    assert standing is not None
    tree = explain(made.programme, standing.evaluation, given)
    publicity = ((standing.grade, stated),) if stated else ()
    whole = Explanation(standing._replace(study=study), tree, publicity=publicity)
    assert visible(whole, Audience.PUBLIC) is told
    for teller in TELLERS:
        assert bool(teller.tell(whole, Audience.PUBLIC)) is told
        assert teller.tell(whole, Audience.SUBJECT)
    assert bool(as_data(whole, Audience.PUBLIC)) is told


NOW = days.day("2026-11-24")


@pytest.mark.parametrize(
    ("display", "start", "end", "told"),
    [
        (None, None, None, True),
        ("term", NOW, NOW + 1, True),
        ("term", NOW - 9, NOW, False),
        ("term", NOW + 1, NOW + 9, False),
        ("never", None, None, False),
        ("not started", None, None, False),
        ("open until cured", NOW - 9, None, True),
        ("open until cured", NOW + 1, None, False),
        ("end not known", NOW - 9, None, True),
    ],
)
def test_the_public_is_told_of_a_decision_only_while_it_is_displayed(
    display: str | None, start: int | None, end: int | None, told: bool
) -> None:
    made, versions = next(organisations(1))
    given = facts(versions, made.types, made.known)
    standing = stand(SUBJECT, made.programme, given, runs(made)[-1], NOTHING_BEFORE, made.types)
    assert standing is not None
    standing = standing._replace(
        study=False, display=display, display_from=start, display_until=end
    )
    tree = explain(made.programme, standing.evaluation, given)
    whole = Explanation(standing, tree, publicity=((standing.grade, "public"),), today=NOW)
    assert bool(as_data(whole, Audience.PUBLIC)) is told
    assert visible(whole, Audience.SUBJECT)
    for teller in TELLERS:
        assert bool(teller.tell(whole, Audience.PUBLIC)) is told


@pytest.mark.parametrize(("stated", "told"), [("public", True), ("subject", False)])
def test_the_public_is_told_of_the_grade_that_was_issued_if_it_is_public(
    stated: str, told: bool
) -> None:
    made, versions = next(organisations(1))
    given = facts(versions, made.types, made.known)
    standing = stand(SUBJECT, made.programme, given, runs(made)[-1], NOTHING_BEFORE, made.types)
    assert standing is not None
    tree = explain(made.programme, standing.evaluation, given)
    publicity = ((standing.grade, "public"), ("of the office", stated))
    whole = Explanation(
        standing._replace(study=False), tree, publicity=publicity, issued="of the office"
    )
    assert visible(whole, Audience.PUBLIC) is told
    assert (as_data(whole, Audience.PUBLIC).get("issued") == "of the office") is told
    for teller in TELLERS:
        assert ("of the office" in teller.tell(whole, Audience.PUBLIC)) is told


def test_a_subject_without_records_is_called_neither_certain_nor_clean() -> None:
    for seed in SEEDS:
        made = law(seed)
        if made.programme.judges is not n.Judges.ORGANISATION:
            continue
        standing = stand(SUBJECT, made.programme, {}, runs(made)[-1], NOTHING_BEFORE, made.types)
        if standing is not None:
            assert standing.certainty is None
    for entry in WORDS.values():
        for text in entry.values():
            assert not any(sign in text for sign in ("✓", "✔", "✅", "🟢", "green", "绿"))
    assert set(WORDS["coverage"]) == {"en", "zh"}
