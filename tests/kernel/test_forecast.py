"""The forecast equals asking again on every day, or in every cycle; it looks ahead 36 months and changes no past answer."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days, forecast
from goodstanding.kernel.facts import facts
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, evaluate
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import chain
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.kernel.world import (
    CONFIRMED,
    CYCLE,
    JUDGED,
    KIND,
    ORDER,
    PLAIN,
    YEARLY,
    D,
    direct,
    fold,
    formula,
    ge,
    indicator,
    programme,
    rec,
    ref,
    select,
)

FINE = n.WordIn(KIND, ("fine",))
LAST_YEAR = n.Window(months_back=12)
FINES = indicator("fines", n.Count(select(FINE, window=LAST_YEAR)))
LIVE = programme(
    FINES,
    grades=n.Grades(
        ORDER,
        direct=(direct("d", "D", ge(ref("fines"), 2)), direct("c", "C", ge(ref("fines"), 1))),
        otherwise="A",
    ),
)


def told(
    made: n.Programme, *versions: object, on: str = "2025-06-30", **more: int
) -> list[tuple[str, str]]:
    return [(days.text(d), g) for d, g in forecast.live(made, fold(*versions), D(on), **more)]  # type: ignore[arg-type]


def test_a_grade_changes_on_the_day_a_record_leaves_its_window() -> None:
    one, other = rec("a", "2024-09-30", kind="fine"), rec("b", "2025-02-28", kind="fine")
    assert told(LIVE, one, other) == [("2025-09-30", "C"), ("2026-02-28", "A")]


def test_a_record_already_filed_for_a_later_day_is_met_on_that_day() -> None:
    assert told(LIVE, rec("a", "2025-08-01", kind="fine")) == [
        ("2025-08-01", "C"),
        ("2026-08-01", "A"),
    ]


def test_a_standing_that_does_not_change_has_an_empty_forecast() -> None:
    assert told(LIVE) == []
    assert told(LIVE, rec("a", "2024-01-01", kind="fine")) == []


def test_it_looks_ahead_36_months_and_no_further() -> None:
    far = programme(
        indicator("fines", n.Count(select(FINE, window=n.Window(months_back=36)))),
        grades=LIVE.grades,
    )
    assert told(far, rec("a", "2025-06-30", kind="fine")) == [("2028-06-30", "A")]
    assert told(far, rec("a", "2025-06-30", kind="fine"), on="2025-06-29") == [("2025-06-30", "C")]


def test_it_ends_with_the_programme() -> None:
    one = rec("a", "2024-09-30", kind="fine")
    assert told(replace(LIVE, valid_to=D("2025-10-01")), one) == [("2025-09-30", "A")]
    assert told(replace(LIVE, valid_to=D("2025-09-30")), one) == []


def test_a_decision_is_forecast_from_the_day_it_opened() -> None:
    age = formula("age", n.Span("month", n.Now(n.Moment.OPENED), n.Now(n.Moment.JUDGED), PLAIN))
    made = programme(
        age,
        grades=n.Grades(ORDER, direct=(direct("c", "C", ge(ref("age", PLAIN), 6)),), otherwise="A"),
    )
    assert told(made, opened=D("2025-03-31")) == [("2025-09-30", "C")]
    assert told(made) == []  # opened anew on each day asked


# --------------------------------------------------------------------------------------------------


@settings(max_examples=12, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(D("2023-06-01"), D("2026-06-01")), st.sampled_from(["fine", "order"])
        ),
        max_size=6,
    )
)
def test_a_forecast_agrees_with_asking_every_day(records: list[tuple[int, str]]) -> None:
    given_facts = fold(*(rec(f"r{i}", days.text(d), kind=k) for i, (d, k) in enumerate(records)))
    on = D("2025-06-30")
    asked = [
        evaluate(LIVE, given_facts, run(LIVE, on=d)).shown.grade
        for d in range(on, days.add_months(on, 36) + 1)
    ]
    expected = [
        (on + i, now) for i, (before, now) in enumerate(pairwise(asked), start=1) if now != before
    ]
    assert list(forecast.live(LIVE, given_facts, on)) == expected


@pytest.mark.parametrize("seed", [3, 11, 19, 27])
def test_a_forecast_of_a_random_law_agrees_with_asking_every_day(seed: int) -> None:
    made = next(
        m
        for m in (law(s) for s in range(seed * 50, seed * 50 + 50))
        if not m.programme.cycle.kind and m.programme.judges is n.Judges.ORGANISATION
    )
    (history,) = histories(made, seed, 1)
    given_facts = facts(history.versions, made.types, made.known)
    on = D("2024-02-20")
    asked = [
        evaluate(made.programme, given_facts, run(made.programme, on=d)).shown.grade
        for d in range(on, days.add_months(on, 36) + 1)
    ]
    expected = [
        (on + i, now) for i, (before, now) in enumerate(pairwise(asked), start=1) if now != before
    ]
    assert list(forecast.live(made.programme, given_facts, on)) == expected


# --------------------------------------------------------------------------------------------------
# Cycles

CARRY = n.Carry("k", ("d",), (n.Phase(1, grade="D"), n.Phase(1, not_above="C")), basis=CONFIRMED)
IN_CYCLE = indicator("fines", n.Count(select(FINE, window=CYCLE)))


def yearly(first: int | None = None, last: int | None = None, months: int = 3) -> n.Programme:
    grades = n.Grades(
        ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A", carries=(CARRY,)
    )
    return programme(
        IN_CYCLE, grades=grades, cycle=n.Cycle("calendar year", months, first=first, last=last)
    )


def ahead(
    family: tuple[n.Programme, ...], *versions: object, cycle: int = 2024, on: str = "2025-03-31"
) -> list[tuple[str, str]]:
    given_facts = fold(*versions)  # type: ignore[arg-type]
    *_, (_, _, _, e) = chain(family, given_facts, cycle, start=2020)
    before = Before(e.shown.origins, e.worst.origins)
    return [
        (days.text(d), g) for d, g in forecast.cyclic(family, given_facts, before, cycle, D(on))
    ]


def test_the_coming_cycles_are_judged_on_their_days() -> None:
    assert ahead((yearly(),), rec("a", "2024-05-05", kind="fine")) == [
        ("2026-03-31", "D"),
        ("2027-03-31", "C"),
        ("2028-03-31", "A"),
    ]


def test_a_cycle_judged_before_the_day_asked_is_passed_over_but_carries_on() -> None:
    found = ahead((yearly(),), rec("a", "2024-05-05", kind="fine"), on="2026-06-30")
    assert found == [("2027-03-31", "C"), ("2028-03-31", "A"), ("2029-03-31", "A")]


def test_a_cycle_judged_on_the_day_asked_is_known_already() -> None:
    found = ahead((yearly(),), rec("a", "2024-05-05", kind="fine"), on="2026-03-31")
    assert found[0] == ("2027-03-31", "C")
    assert ahead((yearly(),), rec("a", "2024-05-05", kind="fine"), on="2026-03-30")[0] == (
        "2026-03-31",
        "D",
    )


def test_it_ends_where_no_version_judges_a_cycle() -> None:
    assert ahead((yearly(last=2025),), rec("a", "2024-05-05", kind="fine")) == [("2026-03-31", "D")]


def test_the_version_that_applies_judges_each_cycle() -> None:
    family = (yearly(last=2025), yearly(first=2026, months=5))
    assert ahead(family, rec("a", "2024-05-05", kind="fine")) == [
        ("2026-03-31", "D"),
        ("2027-05-31", "C"),
    ]


def test_the_coming_cycles_agree_with_the_chain() -> None:
    versions = [rec("a", "2024-05-05", kind="fine"), rec("b", "2026-05-05", kind="fine")]
    family = (yearly(),)
    later = {
        at.judged: e.shown.grade for _, at, _, e in chain(family, fold(*versions), 2027, start=2020)
    }
    assert {D(d): g for d, g in ahead(family, *versions)}.items() <= later.items()


def test_a_forecast_changes_no_past_answer() -> None:
    given_facts = fold(rec("a", "2024-09-30", kind="fine"), rec("b", "2026-01-01", kind="fine"))
    past = [
        evaluate(LIVE, given_facts, run(LIVE, on=d))
        for d in range(D("2025-01-01"), D("2025-01-20"))
    ]
    list(forecast.live(LIVE, given_facts, JUDGED))
    assert [
        evaluate(LIVE, given_facts, run(LIVE, on=d))
        for d in range(D("2025-01-01"), D("2025-01-20"))
    ] == past
    assert YEARLY.kind
