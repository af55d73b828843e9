"""Level machines: grounds lower on the day they are reached, clocks and decisions raise, and no wait is ever shortened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Evaluation
from goodstanding.kernel.rules.levels import LevelState
from tests.kernel.world import (
    AMOUNT,
    CONFIRMED,
    KIND,
    PLAIN,
    D,
    formula,
    ge,
    indicator,
    judge,
    programme,
    rec,
    ref,
    select,
)

LEVELS = ("high", "middle", "low")
FINE = n.WordIn(KIND, ("fine",))
ORDERED = n.WordIn(KIND, ("order",))


def ground(id: str, to: str, where: n.Truth, **more: object) -> n.LevelGround:
    return n.LevelGround(id, to, select(where), basis=CONFIRMED, **more)  # type: ignore[arg-type]


MINOR = ground("minor", "middle", FINE, raise_after_months=6)
GRAVE = ground("grave", "low", ORDERED, raise_after_months=12)
BY_DECISION = n.Raise("decided", "low", "middle", select=select(record="t.notice"), basis=CONFIRMED)
BY_ITSELF = n.Raise("clock", "middle", "high", months=12, basis=CONFIRMED)
LOW_BY_ITSELF = n.Raise("slow", "low", "middle", months=24, basis=CONFIRMED)


def machine(
    *raises: n.Raise,
    grounds: tuple[n.LevelGround, ...] = (MINOR, GRAVE),
    blocked: n.Truth = n.FALSE,
    start: str = "high",
) -> n.Programme:
    return programme(
        indicator("orders", n.Count(select(ORDERED))),
        levels=n.Levels(LEVELS, start, grounds, raises, blocked),
    )


def state(
    made: n.Programme, *versions: Version, on: str = "2025-12-31", worst: bool = False
) -> LevelState:
    evaluation: Evaluation = judge(made, *versions, on=D(on))
    outcome = evaluation.worst if worst else evaluation.shown
    assert outcome.level is not None
    assert outcome.level.level == outcome.grade
    assert outcome.level.fired == outcome.fired
    return outcome.level


def fine(day: str, record: str = "", **more: object) -> Version:
    return rec(record or f"fine {day}", day, kind="fine", **more)  # type: ignore[arg-type]


def order(day: str, record: str = "", **more: object) -> Version:
    return rec(record or f"order {day}", day, kind="order", **more)  # type: ignore[arg-type]


def raising(day: str, record: str = "") -> Version:
    return rec(record or f"raise {day}", day, "t.notice")


def since(found: LevelState) -> str:
    return "" if found.since is None else days.text(found.since)


# --------------------------------------------------------------------------------------------------

ALL = machine(BY_ITSELF, BY_DECISION)
STORIES = [
    ("nothing happened", ALL, [], "high", "", ()),
    ("a ground lowers on its day", ALL, [fine("2025-05-05")], "middle", "2025-05-05", (("lowered", "minor"),)),
    ("a graver ground lowers further", ALL, [fine("2025-05-05"), order("2025-06-06")], "low", "2025-06-06", (("lowered", "grave"),)),
    ("a milder ground does not raise, and starts the clock anew", ALL, [order("2025-05-05"), fine("2025-06-06")], "low", "2025-06-06", (("lowered", "grave"), ("lowered", "minor"))),
    ("of one day the lowering rules go in their order", ALL, [order("2025-05-05"), fine("2025-05-05")], "low", "2025-05-05", (("lowered", "grave"),)),
    ("a level rises by itself a year after the last ground", ALL, [fine("2024-05-05")], "high", "2025-05-05", (("raised", "clock"),)),
    ("a day before it does not", ALL, [fine("2025-01-01")], "middle", "2025-01-01", (("lowered", "minor"),)),
    ("on the day itself it does", ALL, [fine("2024-12-31")], "high", "2025-12-31", (("raised", "clock"),)),
    ("a further ground starts the clock anew", ALL, [fine("2024-05-05"), fine("2025-05-04")], "middle", "2025-05-04", (("lowered", "minor"),)),
    ("a ground on the day of the raise comes after it", ALL, [fine("2024-05-05"), fine("2025-05-05")], "middle", "2025-05-05", (("lowered", "minor"),)),
    ("a level without a clock does not rise by itself", ALL, [order("2020-01-01")], "low", "2020-01-01", (("lowered", "grave"),)),
    ("a decision before its time is without effect", ALL, [order("2024-05-05"), raising("2025-05-04")], "low", "2024-05-05", (("lowered", "grave"),)),
    ("a decision in time raises", ALL, [order("2024-05-05"), raising("2025-05-05")], "middle", "2025-05-05", (("raised", "decided"),)),
    ("a decision from another level is without effect", ALL, [fine("2025-05-05"), raising("2025-11-11")], "middle", "2025-05-05", (("lowered", "minor"),)),
    ("a decision of the day of a ground comes after the ground", ALL, [order("2025-05-05"), raising("2025-05-05")], "low", "2025-05-05", (("lowered", "grave"),)),
    ("a later milder ground does not shorten the wait", ALL, [order("2024-05-05"), fine("2024-05-06"), raising("2025-05-04")], "low", "2024-05-06", (("lowered", "grave"), ("lowered", "minor"))),
    ("and does not lengthen it beyond its own", ALL, [order("2024-05-05"), fine("2024-05-06"), raising("2025-05-05")], "middle", "2025-05-05", (("raised", "decided"),)),
    ("a later milder ground can lengthen the wait", ALL, [order("2024-05-05"), fine("2025-01-10"), raising("2025-07-09")], "low", "2025-01-10", (("lowered", "grave"), ("lowered", "minor"))),
    ("until its own time has passed", ALL, [order("2024-05-05"), fine("2025-01-10"), raising("2025-07-10")], "middle", "2025-07-10", (("raised", "decided"),)),
    ("a raise by decision starts the clock of the next", ALL, [order("2023-05-05"), raising("2024-12-31")], "high", "2025-12-31", (("raised", "clock"),)),
    ("an event after the judged day has not happened", ALL, [fine("2026-01-01")], "high", "", ()),
    ("an alleged ground lowers nothing", ALL, [fine("2025-05-05", certainty="alleged")], "high", "", ()),
    ("an alleged raise raises nothing", ALL, [order("2024-05-05"), rec("m", "2025-11-11", "t.notice", certainty="alleged")], "low", "2024-05-05", (("lowered", "grave"),)),
    ("two rises one after another", machine(BY_ITSELF, LOW_BY_ITSELF), [order("2022-01-01")], "high", "2025-01-01", (("raised", "clock"),)),
    ("a ground after a rise keeps the level and starts its clock anew", machine(BY_ITSELF, LOW_BY_ITSELF), [order("2022-06-01"), fine("2025-03-01")], "middle", "2025-03-01", (("raised", "slow"), ("lowered", "minor"))),
    ("29 February rises on 28 February", ALL, [fine("2024-02-29"), fine("2025-02-28")], "middle", "2025-02-28", (("lowered", "minor"),)),
    ("and not before", ALL, [fine("2024-02-29"), order("2025-02-27")], "low", "2025-02-27", (("lowered", "grave"),)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "versions", "level", "day", "fired"),
    [row[1:] for row in STORIES],
    ids=[row[0] for row in STORIES],
)
def test_a_story(
    made: n.Programme,
    versions: list[Version],
    level: str,
    day: str,
    fired: tuple[tuple[str, str], ...],
) -> None:
    found = state(made, *versions)
    assert (found.level, since(found), found.fired) == (level, day, fired)


def test_each_step_up_waits_anew() -> None:
    to_high = n.Raise(
        "to high", "middle", "high", select=select(record="t.notice"), basis=CONFIRMED
    )
    made = machine(BY_DECISION, to_high)
    start = [order("2022-01-10"), raising("2023-01-10")]
    assert state(made, *start).level == "middle"
    assert state(made, *start, raising("2024-01-09")).level == "middle"
    assert state(made, *start, raising("2024-01-10")).level == "high"


def test_a_rise_by_itself_makes_the_next_decision_wait_too() -> None:
    slow = machine(
        LOW_BY_ITSELF,
        n.Raise("to high", "middle", "high", select=select(record="t.notice"), basis=CONFIRMED),
    )
    assert state(slow, order("2022-01-10"), raising("2025-01-09")).level == "middle"
    assert state(slow, order("2022-01-10"), raising("2025-01-10")).level == "high"


def test_a_machine_may_start_below_the_best_level() -> None:
    made = machine(BY_ITSELF, start="middle")
    assert (state(made).level, state(made).since) == ("middle", None)  # no event, no clock
    assert state(made, order("2025-05-05")).level == "low"
    never_worse = machine(start="low", grounds=(MINOR,))
    assert state(never_worse, fine("2025-05-05")).level == "low"


# --------------------------------------------------------------------------------------------------
# Blocked

SURE_BLOCK = ge(ref("orders"), 1)


@pytest.mark.parametrize(
    ("blocked", "shown", "worst"),
    [
        (n.FALSE, "high", "high"),
        (n.TRUE, "middle", "middle"),
        (n.Compare(n.Op.GE, n.Unknown("p", PLAIN), AMOUNT), "high", "middle"),
    ],
    ids=["not blocked", "blocked", "undecided"],
)
def test_a_blocked_machine_does_not_rise_by_itself_at_the_end(
    blocked: n.Truth, shown: str, worst: str
) -> None:
    made = machine(BY_ITSELF, blocked=blocked)
    assert state(made, fine("2024-05-05")).level == shown
    assert state(made, fine("2024-05-05"), worst=True).level == worst


def test_a_block_does_not_undo_a_rise_before_a_later_event() -> None:
    made = machine(BY_ITSELF, BY_DECISION, blocked=n.TRUE)
    found = state(made, fine("2022-05-05"), order("2024-05-05"))
    assert [e[:3] for e in found.events] == [
        (D("2022-05-05"), "lowered", "minor"),
        (D("2023-05-05"), "raised", "clock"),
        (D("2024-05-05"), "lowered", "grave"),
    ]


def test_a_block_does_not_stop_a_decision() -> None:
    assert (
        state(
            machine(BY_DECISION, blocked=n.TRUE), order("2024-01-01"), raising("2025-05-05")
        ).level
        == "middle"
    )


def test_what_blocks_is_read_on_the_judged_day() -> None:
    made = machine(BY_ITSELF, grounds=(MINOR,), blocked=SURE_BLOCK)
    assert state(made, fine("2024-05-05")).level == "high"
    assert state(made, fine("2024-05-05"), order("2019-01-01")).level == "middle"


# --------------------------------------------------------------------------------------------------
# Undecided grounds, windows, exceptions

DOUBTFUL = machine(BY_ITSELF, grounds=(ground("big", "low", ge(AMOUNT, 10)),))


def test_an_undecided_ground_lowers_only_at_worst() -> None:
    one = rec("a", "2025-05-05")
    assert state(DOUBTFUL, one).level == "high"
    assert (state(DOUBTFUL, one, worst=True).level, since(state(DOUBTFUL, one, worst=True))) == (
        "low",
        "2025-05-05",
    )


def test_an_undecided_raise_raises_in_neither_result() -> None:
    rise = n.Raise(
        "decided",
        "low",
        "middle",
        select=select(ge(AMOUNT, 10), record="t.notice"),
        basis=CONFIRMED,
    )
    made = machine(rise)
    story = [order("2023-01-01"), rec("m", "2025-01-01", "t.notice")]
    assert (state(made, *story).level, state(made, *story, worst=True).level) == ("low", "low")
    assert state(made, story[0], rec("m", "2025-01-01", "t.notice", amount=10)).level == "middle"


WITHIN = n.LevelGround(
    "several", "low", select(FINE), months=12, of=AMOUNT, basis=CONFIRMED,
    limbs=(n.Limb(n.All((ge(ref("hits"), 3), ge(ref("total", PLAIN), 100))), ge(ref("pardon", PLAIN), 1)),),
)  # fmt: skip


def windowed(pardon: n.Value) -> n.Programme:
    return programme(formula("pardon", pardon), levels=n.Levels(LEVELS, "high", (WITHIN,), ()))


NO_PARDON = windowed(n.Const(0, PLAIN))
THREE = [
    fine("2024-03-01", amount=40),
    fine("2024-09-01", amount=40),
    fine("2025-02-28", amount=40),
]


@pytest.mark.parametrize(
    ("versions", "day"),
    [
        (THREE, "2025-02-28"),
        ([*THREE[:2], fine("2025-03-01", amount=40)], ""),  # the first has left its window
        ([*THREE[:2], fine("2025-02-28", amount=19)], ""),  # 99 in all
        ([*THREE[:2], fine("2025-02-28", amount=20)], "2025-02-28"),
        (
            [
                *THREE[:2],
                fine("2025-02-28", amount=40, act="x"),
                fine("2025-02-27", amount=40, act="x"),
            ],
            "2025-02-27",
        ),
        (
            [*THREE[:2], fine("2025-02-28", amount=40, act="fine 2024-09-01")],
            "",
        ),  # of one act with another: two, not three
        (
            [*THREE, fine("2025-05-05", amount=40)],
            "2025-05-05",
        ),  # again: the first has left its window, three remain
        ([*THREE, fine("2025-09-01", amount=40)], "2025-02-28"),  # two remain
    ],
)
def test_a_ground_within_months_is_reached_at_the_record_that_completes_it(
    versions: list[Version], day: str
) -> None:
    found = state(NO_PARDON, *versions)
    assert (found.level, since(found)) == (("low", day) if day else ("high", ""))


def test_an_unknown_total_reaches_a_ground_only_at_worst() -> None:
    versions = [*THREE[:2], fine("2025-02-28")]
    assert (state(NO_PARDON, *versions).level, state(NO_PARDON, *versions, worst=True).level) == (
        "high",
        "low",
    )


@pytest.mark.parametrize(
    ("pardon", "level", "not_shown"),
    [
        (n.Const(1, PLAIN), "high", ()),
        (n.Const(0, PLAIN), "low", ()),
        (n.Unknown("p", PLAIN), "low", ("several",)),
    ],
    ids=["exception true", "exception false", "exception not shown"],
)
def test_an_exception_keeps_a_ground_away_only_where_it_is_shown(
    pardon: n.Value, level: str, not_shown: tuple[str, ...]
) -> None:
    for worst in (False, True):
        found = state(windowed(pardon), *THREE, worst=worst)
        assert (found.level, found.exceptions_not_shown) == (level, not_shown)


def test_an_exception_not_shown_is_forgotten_with_the_ground() -> None:
    grave = ground("grave", "low", ORDERED)
    several = replace(WITHIN, to="middle")
    made = programme(
        formula("pardon", n.Unknown("p", PLAIN)),
        levels=n.Levels(LEVELS, "high", (several, grave), ()),
    )
    found = state(made, *THREE, order("2025-05-05"))
    assert (found.level, found.fired, found.exceptions_not_shown) == (
        "low",
        (("lowered", "grave"),),
        (),
    )


def test_events_say_what_happened() -> None:
    found = state(ALL, order("2023-05-05"), raising("2023-06-06"), raising("2024-05-05"))
    assert found.events == (
        (D("2023-05-05"), "lowered", "grave", "low"),
        (D("2023-06-06"), "without effect", "decided", "low"),
        (D("2024-05-05"), "raised", "decided", "middle"),
        (D("2025-05-05"), "raised", "clock", "high"),
    )


def test_the_facts_are_those_of_certain_grounds_and_raises() -> None:
    versions = [
        rec("a", "2025-05-05", amount=10),
        rec("b", "2025-05-06"),
        rec("c", "2025-05-07", amount=1),
    ]
    assert [f.record for f in state(DOUBTFUL, *versions).facts] == ["a"]
    assert [
        f.record for f in state(ALL, order("2023-05-05", "o"), raising("2024-05-05", "m")).facts
    ] == ["o", "m"]


# --------------------------------------------------------------------------------------------------
# The second road: one day after the other

DAYS = [
    D(d)
    for d in (
        "2024-02-28",
        "2024-02-29",
        "2024-03-31",
        "2024-08-31",
        "2024-09-30",
        "2025-02-28",
        "2025-03-01",
        "2025-03-31",
    )
]
EVENTS = st.lists(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["fine", "order", "raise", "lift"])),
    max_size=6,
)


def walk(
    events: Sequence[tuple[int, str]],
    judged: int,
    clocks: dict[str, int],
    waits: dict[str, int],
    blocked: bool,
) -> tuple[str, int | None]:
    """Live through all days; of one day: rises by itself, grounds by rule, raises by rule."""
    level, day_of_level, clock, wait, not_before = "high", None, None, 0, -(10**9)
    last_event = max((d for d, _ in events), default=-1)
    for day in range(DAYS[0] - 1, judged + 1):
        if not blocked or day <= last_event:
            while (
                clock is not None
                and level in clocks
                and days.add_months(clock, clocks[level]) <= day
            ):
                clock = day_of_level = days.add_months(clock, clocks[level])
                level = {"low": "middle", "middle": "high"}[level]
                not_before = max(not_before, days.add_months(clock, wait))
        today = [kind for d, kind in events if d == day]
        for kind, to in (("fine", "middle"), ("order", "low")):
            for _ in range(today.count(kind)):
                level = max(level, to, key=LEVELS.index)
                day_of_level, clock, wait = day, day, waits[kind]
                not_before = max(not_before, days.add_months(day, wait))
        for kind, start, to in (("raise", "low", "middle"), ("lift", "middle", "high")):
            for _ in range(today.count(kind)):
                if level == start and day >= not_before:
                    level, day_of_level, clock = to, day, day
                    not_before = max(not_before, days.add_months(day, wait))
    return level, day_of_level


@settings(max_examples=120, deadline=None)
@given(
    EVENTS,
    st.integers(1, 14),
    st.integers(1, 14),
    st.integers(0, 9),
    st.integers(0, 9),
    st.booleans(),
    st.sampled_from(["low", "middle", "both", ""]),
)
def test_a_machine_agrees_with_living_through_all_days(
    events: list[tuple[int, str]],
    slow: int,
    fast: int,
    minor: int,
    grave: int,
    blocked: bool,
    clocked: str,
) -> None:
    clocks = {
        level: months
        for level, months in (("low", slow), ("middle", fast))
        if clocked in (level, "both")
    }
    raises = [
        n.Raise(f"clock {level}", level, {"low": "middle", "middle": "high"}[level], months=months)
        for level, months in clocks.items()
    ]
    raises += [
        n.Raise("raise", "low", "middle", select=select(ORDERED, record="t.notice")),
        n.Raise("lift", "middle", "high", select=select(FINE, record="t.notice")),
    ]
    grounds = (
        replace(MINOR, raise_after_months=minor),
        replace(GRAVE, raise_after_months=grave or None),
    )
    made = machine(*raises, grounds=grounds, blocked=n.Always(value=blocked))
    kinds = {
        "fine": ("t.penalty", "fine"),
        "order": ("t.penalty", "order"),
        "raise": ("t.notice", "order"),
        "lift": ("t.notice", "fine"),
    }
    versions = [
        rec(f"r{i}", days.text(d), kinds[k][0], kind=kinds[k][1]) for i, (d, k) in enumerate(events)
    ]
    judged = D("2026-06-30")
    found = state(made, *versions, on="2026-06-30")
    assert (found.level, found.since) == walk(
        events, judged, clocks, {"fine": minor, "order": grave}, blocked
    )
