"""A run fixes its days; a window is half-open, ends with the judged day, and is never counted backwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import Run, counted, edge, expected, judged_day, run
from tests.kernel.world import CYCLE, JUDGED, YEARLY, D, programme

LIVE = programme()
CYCLIC = programme(cycle=YEARLY)
M = n.Moment


def moments(**at: str) -> dict[n.Moment, int]:
    return {M(k.replace("_", " ")): D(v) for k, v in at.items()}


# --------------------------------------------------------------------------------------------------
# Runs


def test_a_live_programme_is_judged_on_the_day_asked() -> None:
    assert run(LIVE, on=JUDGED) == Run(JUDGED, None, ((M.JUDGED, JUDGED),))
    assert run(LIVE, on=JUDGED, opened=5).opened == 5


@pytest.mark.parametrize("made", [LIVE, CYCLIC])
def test_a_run_without_a_day_is_refused(made: n.Programme) -> None:
    with pytest.raises(ValueError, match=r"t\.p@1"):
        run(made)


@pytest.mark.parametrize(
    ("months", "more", "judged"),
    [
        (0, 0, "2024-12-31"),
        (3, 0, "2025-03-31"),
        (2, 0, "2025-02-28"),
        (4, 15, "2025-05-15"),
        (-1, 0, "2024-11-30"),
    ],
)
def test_a_cycle_is_judged_from_its_last_day_on(months: int, more: int, judged: str) -> None:
    timing = n.Cycle("calendar year", months, more)
    assert days.text(judged_day(timing, 2024)) == judged
    at = run(programme(cycle=timing), cycle=2024)
    assert (days.text(at.judged), at.cycle) == (judged, 2024)
    assert dict(at.moments)[M.JUDGED] == D(judged)


def test_a_cycle_runs_from_new_year_to_new_year() -> None:
    at = dict(run(CYCLIC, cycle=2024).moments)
    assert (days.text(at[M.CYCLE_START]), days.text(at[M.CYCLE_END])) == (
        "2024-01-01",
        "2025-01-01",
    )


def test_a_day_asked_re_evaluates_the_cycle_on_that_day() -> None:
    at = run(CYCLIC, cycle=2024, on=JUDGED)
    assert (at.judged, at.cycle) == (JUDGED, 2024)
    assert days.text(dict(at.moments)[M.CYCLE_END]) == "2025-01-01"


@pytest.mark.parametrize(
    ("cycle", "start", "end", "before"),
    [
        (
            2004,
            "2004-01-01",
            "2005-01-01",
            "2004-01-01",
        ),  # before the first phase: the cycle itself
        (2005, "2005-01-01", "2008-01-01", "2005-01-01"),  # the first phase has none before
        (2007, "2005-01-01", "2008-01-01", "2005-01-01"),
        (2008, "2008-01-01", "2013-01-01", "2005-01-01"),
        (2012, "2008-01-01", "2013-01-01", "2005-01-01"),
        (2013, "2013-01-01", "", "2008-01-01"),  # the last has no end yet
    ],
)
def test_a_cycle_lies_in_its_phase(cycle: int, start: str, end: str, before: str) -> None:
    timing = n.Cycle("calendar year", phase_starts=(2005, 2008, 2013))
    at = dict(run(programme(cycle=timing), cycle=cycle).moments)
    assert days.text(at[M.PHASE_START]) == start
    assert days.text(at[M.PREVIOUS_PHASE_START]) == before
    assert days.text(at[M.PHASE_END]) == end if end else at[M.PHASE_END] > D("2199-12-30")


# --------------------------------------------------------------------------------------------------
# Windows

AT = moments(
    judged="2025-03-31", cycle_start="2024-01-01", cycle_end="2025-01-01", phase_start="2022-01-01"
)

EDGES = [
    (n.Edge(M.CYCLE_START), "2024-01-01"),
    (n.Edge(M.CYCLE_START, cycles=-1), "2023-01-01"),
    (n.Edge(M.CYCLE_END, cycles=1), "2026-01-01"),
    (n.Edge(M.CYCLE_END, months=-3), "2024-10-01"),
    (n.Edge(M.JUDGED, months=-1), "2025-02-28"),
    (n.Edge(M.JUDGED, months=-1, days=1), "2025-03-01"),  # months first, then days
    (n.Edge(M.JUDGED, days=-31), "2025-02-28"),
    (n.Edge(M.PHASE_START, cycles=0, months=12, days=-1), "2022-12-31"),
]


@pytest.mark.parametrize(("at", "day"), EDGES)
def test_an_edge_is_a_day_moved(at: n.Edge, day: str) -> None:
    assert days.text(edge(at, AT, 0)) == day


def test_an_edge_without_a_day_is_the_open_end() -> None:
    assert edge(n.Edge(None), AT, 77) == 77


WINDOWS = [
    ("the cycle, cut at its end", CYCLE, "2024-01-01", "2025-01-01"),
    (
        "the previous cycle",
        n.Window(n.Edge(M.CYCLE_START, -1), n.Edge(M.CYCLE_END, -1)),
        "2023-01-01",
        "2024-01-01",
    ),
    (
        "the next cycle, cut after the judged day",
        n.Window(n.Edge(M.CYCLE_START, 1), n.Edge(M.CYCLE_END, 1)),
        "2025-01-01",
        "2025-04-01",
    ),
    ("ever, cut after the judged day", n.EVER, "1900-01-01", "2025-04-01"),
    (
        "the phase so far",
        n.Window(n.Edge(M.PHASE_START), n.Edge(M.CYCLE_END)),
        "2022-01-01",
        "2025-01-01",
    ),
    ("the last three months", n.Window(months_back=3), "2025-01-01", "2025-04-01"),
]


@pytest.mark.parametrize(
    ("window", "start", "end"), [row[1:] for row in WINDOWS], ids=[row[0] for row in WINDOWS]
)
def test_a_window_takes_the_days(window: n.Window, start: str, end: str) -> None:
    assert tuple(days.text(d) for d in counted(window, AT)) == (start, end)


def test_an_expected_window_is_not_cut_at_the_judged_day() -> None:
    later = n.Window(n.Edge(M.CYCLE_START, 1), n.Edge(M.CYCLE_END, 1))
    assert tuple(days.text(d) for d in expected(later, AT)) == ("2025-01-01", "2026-01-01")


def test_the_last_day_of_the_calendar_lies_inside_an_open_window() -> None:
    last = D("2199-12-31")
    start, end = counted(n.EVER, {M.JUDGED: last})
    assert start <= D("1900-01-01")
    assert last < end


@pytest.mark.parametrize(
    ("judged", "months", "first"),
    [
        ("2025-02-28", 12, "2024-03-01"),  # 29 February 2024 + 12 months = 28 February 2025: over
        ("2025-02-27", 12, "2024-02-28"),
        ("2024-02-29", 12, "2023-03-01"),  # 28 February 2023 + 12 months = 28 February 2024: over
        ("2025-03-31", 1, "2025-03-01"),  # 28 February + 1 month = 28 March: over
        ("2025-02-28", 1, "2025-02-01"),  # so are 28 to 31 January
        ("2025-03-30", 1, "2025-03-01"),
    ],
)
def test_a_record_of_the_last_months_counts_from_its_own_side(
    judged: str, months: int, first: str
) -> None:
    start, _ = counted(n.Window(months_back=months), {M.JUDGED: D(judged)})
    assert days.text(start) == first


@given(st.integers(D("1995-01-01"), D("2035-12-31")), st.integers(1, 40))
def test_a_window_of_months_agrees_with_asking_each_day(judged: int, months: int) -> None:
    start, end = counted(n.Window(months_back=months), {M.JUDGED: judged})
    around = range(days.add_months(judged, -months) - 40, judged + 3)
    asked = [d for d in around if d <= judged < days.add_months(d, months)]
    assert [d for d in around if start <= d < end] == asked
