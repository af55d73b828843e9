"""One act counts once per programme, however many records name it (FAIRNESS 9); a new version touches no earlier cycle (10)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, evaluate
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import chain
from tests.kernel.world import (
    AMOUNT,
    BANDS_OF_TEN,
    CONFIRMED,
    CYCLE,
    JUDGED,
    KIND,
    ORDER,
    PLAIN,
    TYPES,
    D,
    const,
    direct,
    field,
    fold,
    ge,
    indicator,
    programme,
    rec,
    ref,
    select,
)

FINE = n.WordIn(KIND, ("fine",))
BY_ACT = (
    indicator("count", n.Count(select(FINE))),
    indicator("sum", n.Sum(select(FINE), AMOUNT), PLAIN),
    indicator("peak", n.Peak(select(FINE), 12)),
    indicator("peak_sum", n.Peak(select(), 12, AMOUNT), PLAIN),
    indicator("greatest", n.Extreme(select(), AMOUNT, greatest=True, known_part=False), PLAIN),
    indicator("any", n.Exists(select(FINE)), n.TRUTH),
)
RULES = (
    n.Deduction("x", (), field("points"), select(), basis=CONFIRMED),
    n.Deduction("y", (), const(3), select(FINE), basis=CONFIRMED),
    n.Deduction("z", (), const(2), select(), basis=CONFIRMED, beside=True),
)
MADE = programme(
    *BY_ACT,
    score=n.Score(const(100), RULES),
    grades=n.Grades(ORDER, bands=BANDS_OF_TEN, direct=(direct("d", "D", ge(ref("peak"), 3)),)),
)

RECORDS = st.lists(
    st.fixed_dictionaries({
        "day": st.integers(D("2023-01-01"), D("2025-12-30")),
        "act": st.sampled_from([None, "x", "y"]),
        "kind": st.sampled_from(["fine", "order", None]),
        "amount": st.one_of(st.none(), st.integers(0, 50)),
        "points": st.one_of(st.none(), st.integers(0, 90_000)),
    }),
    min_size=1, max_size=6,
)  # fmt: skip


def versions_of(records: list[dict[str, object]]) -> list[Version]:
    return [
        rec(f"r{i}", days.text(int(r["day"])), **{k: v for k, v in r.items() if k != "day"})
        for i, r in enumerate(records)
    ]  # type: ignore[arg-type, call-overload]


@settings(max_examples=120, deadline=None)
@given(RECORDS, st.data())
def test_a_second_record_of_the_same_act_changes_no_score_count_or_peak(
    records: list[dict[str, object]], data: st.DataObject
) -> None:
    versions = versions_of(records)
    doubled = data.draw(st.sampled_from(versions))
    again = replace(
        doubled,
        record="again",
        values={**doubled.values, "act": doubled.values["act"] or doubled.record},
    )
    once, twice = (
        evaluate(MADE, fold(*v), run(MADE, on=JUDGED)) for v in (versions, [*versions, again])
    )
    assert (twice.shown, twice.worst) == (once.shown, once.worst)
    assert dict(twice.known) == dict(once.known)
    assert [(c.rule, c.low, c.high, len(c.groups)) for c in twice.contributions] == [
        (c.rule, c.low, c.high, len(c.groups)) for c in once.contributions
    ]


def test_a_second_act_does_change_them() -> None:
    one = rec("a", "2025-05-05", kind="fine", amount=3, points=10_000)
    other = replace(one, record="b")
    once, twice = (evaluate(MADE, fold(*v), run(MADE, on=JUDGED)) for v in ((one,), (one, other)))
    assert (once.known["count"], twice.known["count"]) == ((1, 1), (2, 2))
    assert (once.shown.score, twice.shown.score) != (twice.shown.score, twice.shown.score)


def test_one_decision_on_several_rules_is_one_act() -> None:
    """Of rules that share an act only one takes it; those that count beside say so in the law."""
    e = evaluate(
        MADE,
        fold(rec("a", "2025-05-05", kind="fine", amount=1, points=50_000)),
        run(MADE, on=JUDGED),
    )
    assert {c.rule: c.low for c in e.contributions} == {"x": 50_000, "y": 0, "z": 20_000}


# --------------------------------------------------------------------------------------------------
# FAIRNESS 10: a new version


def version(name: str, first: int, last: int | None, grade: str) -> n.Programme:
    fines = indicator("fines", n.Count(select(FINE, window=CYCLE)))
    carry = n.Carry("k", ("d",), (n.Phase(2, not_above="C"),), basis=CONFIRMED)
    grades = n.Grades(
        ORDER, direct=(direct("d", grade, ge(ref("fines"), 1)),), otherwise="A", carries=(carry,)
    )
    return replace(
        programme(fines, grades=grades, cycle=n.Cycle("calendar year", first=first, last=last)),
        version=name,
    )


OLD = version("old", 2019, 2022, "C")


@pytest.mark.parametrize("grade", ["B", "D"])
@settings(max_examples=20, deadline=None)
@given(records=RECORDS)
def test_a_new_version_changes_no_cycle_before_its_own(
    grade: str, records: list[dict[str, object]]
) -> None:
    given_facts = facts(
        versions_of([{**r, "day": int(r["day"]) - 3 * 365} for r in records]), TYPES
    )  # type: ignore[call-overload]
    new = version("new", 2023, None, grade)
    alone = [(at.cycle, e.shown) for _, at, _, e in chain((OLD,), given_facts, 2022)]
    together = [
        (at.cycle, e.shown)
        for _, at, _, e in chain((OLD, new), given_facts, 2025)
        if at.cycle is not None and at.cycle <= 2022
    ]
    assert together == alone


def test_what_is_carried_runs_out_at_its_time_whatever_version_is_in_force() -> None:
    longer = version("new", 2023, None, "D")
    found = [
        e.shown.grade
        for _, _, _, e in chain(
            (OLD, longer), fold(rec("a", "2022-05-05", kind="fine")), 2026, start=2022
        )
    ]
    assert found == ["C", "C", "C", "A", "A"]
    assert (
        evaluate(longer, {}, run(longer, cycle=2025), Before({"k": 2022}, {"k": 2022})).shown.grade
        == "A"
    )
