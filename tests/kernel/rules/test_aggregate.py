"""Records meet rules, equal keys become one, groups become a value: each aggregate by name, and against a naive one."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.quantity import CODE, DATE, TRUTH
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import expected_periods, period_end, period_index
from goodstanding.kernel.rules.meaning import Interval
from tests.kernel.world import (
    AMOUNT,
    CYCLE,
    JUDGED,
    KIND,
    OUTLET,
    PLAIN,
    SIGNED,
    WORD,
    D,
    field,
    fold,
    found,
    ge,
    rec,
    select,
    value,
)

BIG = ge(AMOUNT, 10)  # undecided for a record without an amount
Take = n.Take


def certain(record: str, day: str, **more: object) -> Version:
    return rec(record, day, **{"amount": 10, **more})  # type: ignore[arg-type]


def possible(record: str, day: str, **more: object) -> Version:
    return rec(record, day, **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------
# Selections

SELECTED = [
    ("a decided record counts", rec("r", "2025-05-01", certainty="decided"), {}, 1),
    ("a final record counts", rec("r", "2025-05-01"), {}, 1),
    ("a record under review counts", rec("r", "2025-05-01", certainty="under review"), {}, 1),
    ("an alleged record never counts", rec("r", "2025-05-01", certainty="alleged"), {}, 0),
    ("a suspended record does not count", rec("r", "2025-05-01", certainty="suspended"), {}, 0),
    ("an annulled record does not count", rec("r", "2025-05-01", certainty="annulled"), {}, 0),
    (
        "a filing annulled as a whole does not count",
        rec("r", "2025-05-01", state="annulled"),
        {},
        0,
    ),
    ("a held filing does not count", rec("r", "2025-05-01", state="held"), {}, 0),
    ("a record without its counting date does not count", rec("r", None), {}, 0),
    ("a record of the judged day counts", rec("r", "2025-12-31"), {}, 1),
    ("a record after the judged day does not count", rec("r", "2026-01-01"), {}, 0),
    ("a record of another type does not count", rec("r", "2025-05-01", "t.notice"), {}, 0),
    ("only final: a final record counts", rec("r", "2025-05-01"), {"final": True}, 1),
    (
        "only final: a record under review does not",
        rec("r", "2025-05-01", certainty="under review"),
        {"final": True},
        0,
    ),
    (
        "only final: a decided record does not",
        rec("r", "2025-05-01", certainty="decided"),
        {"final": True},
        0,
    ),
    ("the first day of the window counts", rec("r", "2024-01-01"), {"window": CYCLE}, 1),
    ("the day before the window does not", rec("r", "2023-12-31"), {"window": CYCLE}, 0),
    ("the last day of the window counts", rec("r", "2024-12-31"), {"window": CYCLE}, 1),
    ("the end of the window does not", rec("r", "2025-01-01"), {"window": CYCLE}, 0),
    (
        "a record that meets the condition counts",
        rec("r", "2025-05-01", amount=10),
        {"where": BIG},
        1,
    ),
    ("a record just below does not", rec("r", "2025-05-01", amount=9), {"where": BIG}, 0),
]


@pytest.mark.parametrize(
    ("version", "more", "count"), [row[1:] for row in SELECTED], ids=[row[0] for row in SELECTED]
)
def test_a_selection(version: Version, more: Mapping[str, object], count: int) -> None:
    at = {"cycle_start": D("2024-01-01"), "cycle_end": D("2025-01-01")}
    assert value(n.Count(select(**more)), version, **at) == (count, count)  # type: ignore[arg-type]


def test_a_record_whose_condition_is_undecided_is_a_possible_hit() -> None:
    assert value(n.Count(select(BIG)), possible("r", "2025-05-01")) == (0, 1)


def test_hits_stand_in_the_order_of_day_log_position_and_id() -> None:
    versions = [
        rec("d", "2025-05-02"),
        rec("b", "2025-05-01", known_from=2),
        rec("c", "2025-05-01", known_from=1),
        rec("a", "2025-05-01", known_from=2),
    ]
    _, hits = found(n.Count(select()), fold(*versions))
    assert [h.fact.record for h in hits] == ["c", "a", "b", "d"]


# --------------------------------------------------------------------------------------------------
# Groups

COUNTED = [
    ("records without an act are acts of their own", [certain("a", "2025-01-01"), certain("b", "2025-01-01")], (), (2, 2)),
    ("two records of one act are one", [certain("a", "2025-01-01", act="x"), certain("b", "2025-02-01", act="x")], (), (1, 1)),
    ("a record named as another's act is one with it", [certain("a", "2025-01-01"), certain("b", "2025-02-01", act="a")], (), (1, 1)),
    ("a group with a certain member is certain", [possible("a", "2025-01-01", act="x"), certain("b", "2025-02-01", act="x")], (), (1, 1)),
    ("a group of possible members is possible", [possible("a", "2025-01-01", act="x"), possible("b", "2025-02-01", act="x")], (), (0, 1)),
    ("equal keys are one", [certain("a", "2025-01-01", outlet="o"), certain("b", "2025-01-01", outlet="o")], (OUTLET,), (1, 1)),
    ("a missing key equals a missing key", [certain("a", "2025-01-01"), certain("b", "2025-01-01")], (OUTLET,), (1, 1)),
    ("a missing key differs from an empty one", [certain("a", "2025-01-01"), certain("b", "2025-01-01", outlet="")], (OUTLET,), (2, 2)),
    ("a key has all its parts", [certain("a", "2025-01-01", outlet="o", kind="fine"), certain("b", "2025-01-01", outlet="o", kind="order")], (OUTLET, KIND), (2, 2)),
    ("a declared key replaces the act", [certain("a", "2025-01-01", act="x", outlet="o"), certain("b", "2025-01-01", act="x", outlet="p")], (OUTLET,), (2, 2)),
    ("a date can be a key", [certain("a", "2025-01-01", due="2025-03-01"), certain("b", "2025-02-01", due="2025-03-01")], (field("due"),), (1, 1)),
    ("a sum can be a key, missing equal to missing", [possible("a", "2025-01-01"), possible("b", "2025-02-01")], (n.Add(AMOUNT, AMOUNT, PLAIN),), (0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "distinct", "counted"),
    [row[1:] for row in COUNTED],
    ids=[row[0] for row in COUNTED],
)
def test_a_count_of_groups(
    versions: list[Version], distinct: tuple[n.Value, ...], counted: Interval
) -> None:
    assert value(n.Count(select(BIG, distinct=distinct)), *versions) == counted


def test_a_key_may_lie_one_hop_away() -> None:
    versions = [
        rec("m", "2025-01-01", "t.notice", outlet="o"),
        rec("n", "2025-01-01", "t.notice", outlet="o"),
        rec("a", "2025-02-01", links={"about": "m"}),
        rec("b", "2025-02-01", links={"about": "n"}),
        rec("c", "2025-02-01"),
    ]
    key = n.LinkField("about", "outlet", CODE)
    assert value(n.Count(select(distinct=(key,))), *versions) == (2, 2)


@pytest.mark.parametrize(
    ("versions", "exists"),
    [
        ([], False),
        ([rec("a", "2025-01-01", amount=1)], False),
        ([possible("a", "2025-01-01")], None),
        ([possible("a", "2025-01-01"), certain("b", "2025-01-02")], True),
    ],
)
def test_existence_is_undecided_where_all_hits_are_only_possible(
    versions: list[Version], exists: bool | None
) -> None:
    assert value(n.Exists(select(BIG)), *versions, type_=TRUTH) is exists


# --------------------------------------------------------------------------------------------------
# Sums and extremes

WHERE_KIND = n.WordIn(KIND, ("fine",))


def fine(record: str, day: str, amount: int | None = None, **more: object) -> Version:
    return rec(record, day, kind="fine", amount=amount, **more)  # type: ignore[arg-type]


def maybe(record: str, day: str, amount: int | None = None, **more: object) -> Version:
    return rec(record, day, amount=amount, **more)  # type: ignore[arg-type]


ONE_ACT = {"act": "x"}
SUMS = [
    ("nothing is nothing", Take.GRAVEST, [], (0, 0)),
    ("values are added", Take.GRAVEST, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], (7, 7)),
    ("an unknown value opens the high end", Take.GRAVEST, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02")], (3, None)),
    ("a possible record counts only at the high end", Take.GRAVEST, [fine("a", "2025-01-01", 3), maybe("b", "2025-01-02", 4)], (3, 7)),
    ("the gravest of a group counts", Take.GRAVEST, [fine("a", "2025-01-01", 9, **ONE_ACT), fine("b", "2025-01-02", 4, **ONE_ACT)], (9, 9)),
    ("a possible graver member lifts the high end", Take.GRAVEST, [fine("a", "2025-01-01", 3, **ONE_ACT), maybe("b", "2025-01-02", 8, **ONE_ACT)], (3, 8)),
    ("a known member gives the low end beside an unknown one", Take.GRAVEST, [fine("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", **ONE_ACT)], (3, None)),
    ("a certain group with no certain value gives nothing", Take.GRAVEST, [fine("a", "2025-01-01", **ONE_ACT), maybe("b", "2025-01-02", 8, **ONE_ACT)], (0, None)),
    ("the first of a group is taken", Take.FIRST, [fine("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", 9, **ONE_ACT)], (3, 3)),
    ("the latest of a group is taken", Take.LATEST, [fine("a", "2025-01-01", 9, **ONE_ACT), fine("b", "2025-01-02", 3, **ONE_ACT)], (3, 3)),
    ("of one day the later filing is the latest", Take.LATEST, [fine("a", "2025-01-01", 9, known_from=7, **ONE_ACT), fine("b", "2025-01-01", 3, known_from=5, **ONE_ACT)], (9, 9)),
    ("of one day and filing the id decides", Take.LATEST, [fine("b", "2025-01-01", 9, **ONE_ACT), fine("a", "2025-01-01", 3, **ONE_ACT)], (9, 9)),
    ("where the latest is only possible one before it may be taken", Take.LATEST, [fine("a", "2025-01-01", 9, **ONE_ACT), maybe("b", "2025-01-02", 3, **ONE_ACT)], (3, 9)),
    ("where the first is only possible one after it may be taken", Take.FIRST, [maybe("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", 9, **ONE_ACT), fine("c", "2025-01-03", 1, **ONE_ACT)], (3, 9)),
    ("where none is certain nothing may be taken", Take.FIRST, [maybe("a", "2025-01-01", 3, **ONE_ACT), maybe("b", "2025-01-02", 9, **ONE_ACT)], (0, 9)),
    ("a taken member without a value leaves all open", Take.FIRST, [fine("a", "2025-01-01", **ONE_ACT), fine("b", "2025-01-02", 3, **ONE_ACT)], (0, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("take", "versions", "total"), [row[1:] for row in SUMS], ids=[row[0] for row in SUMS]
)
def test_a_sum(take: n.Take, versions: list[Version], total: Interval) -> None:
    assert value(n.Sum(select(WHERE_KIND, take=take), AMOUNT), *versions, type_=PLAIN) == total


def netted(record: str, day: str, net: int | None, **more: object) -> Version:
    return rec(record, day, kind="fine", net=net, **more)  # type: ignore[arg-type]


SIGNED_SUMS = [
    ("nothing is nothing", [], (0, 0)),
    (
        "negative values are added",
        [netted("a", "2025-01-01", -5), netted("b", "2025-01-02", 3)],
        (-2, -2),
    ),
    (
        "an unknown value makes it missing",
        [netted("a", "2025-01-01", -5), netted("b", "2025-01-02", None)],
        (None, None),
    ),
    (
        "a possible group makes it missing",
        [netted("a", "2025-01-01", -5), rec("b", "2025-01-02", net=1)],
        (None, None),
    ),
    (
        "a possible taken member makes it missing",
        [netted("a", "2025-01-01", -5, act="x"), rec("b", "2025-01-02", net=1, act="x")],
        (None, None),
    ),
    (
        "a possible member not taken plays no part",
        [rec("a", "2025-01-01", net=1, act="x"), netted("b", "2025-01-02", -5, act="x")],
        (-5, -5),
    ),
]


@pytest.mark.parametrize(
    ("versions", "total"), [row[1:] for row in SIGNED_SUMS], ids=[row[0] for row in SIGNED_SUMS]
)
def test_a_sum_of_what_can_be_negative_is_exact_or_missing(
    versions: list[Version], total: Interval
) -> None:
    made = n.Sum(select(WHERE_KIND, take=Take.LATEST), field("net"))
    assert value(made, *versions, type_=SIGNED) == total


EXTREMES = [
    ("nothing is missing", Take.GRAVEST, False, [], None),
    ("the least of all", Take.GRAVEST, False, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], 3),
    ("with gravest every member counts", Take.GRAVEST, False, [fine("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", 4, **ONE_ACT)], 3),
    ("latest: only the taken members", Take.LATEST, False, [fine("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", 4, **ONE_ACT), fine("c", "2025-01-03", 9)], 4),
    ("first: only the taken members", Take.FIRST, False, [fine("a", "2025-01-01", 5, **ONE_ACT), fine("b", "2025-01-02", 4, **ONE_ACT), fine("c", "2025-01-03", 9)], 5),
    ("an unknown value makes it missing", Take.GRAVEST, False, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02")], None),
    ("a possible hit makes it missing", Take.GRAVEST, False, [fine("a", "2025-01-01", 3), maybe("b", "2025-01-02", 4)], None),
    ("known part leaves both out", Take.GRAVEST, True, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02"), maybe("c", "2025-01-02", 1)], 3),
    ("known part of nothing known is missing", Take.GRAVEST, True, [fine("b", "2025-01-02"), maybe("c", "2025-01-02", 1)], None),
    ("a possible taken member makes it missing", Take.LATEST, False, [fine("a", "2025-01-01", 3, **ONE_ACT), maybe("b", "2025-01-02", 4, **ONE_ACT)], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("take", "known_part", "versions", "least"),
    [row[1:] for row in EXTREMES],
    ids=[row[0] for row in EXTREMES],
)
def test_the_least(
    take: n.Take, known_part: bool, versions: list[Version], least: int | None
) -> None:
    made = n.Extreme(select(WHERE_KIND, take=take), AMOUNT, greatest=False, known_part=known_part)
    assert value(made, *versions, type_=PLAIN) == (least, least)


def test_the_greatest() -> None:
    made = n.Extreme(select(), AMOUNT, greatest=True, known_part=False)
    assert value(made, fine("a", "2025-01-01", 3), fine("b", "2025-01-02", 4), type_=PLAIN) == (
        4,
        4,
    )
    dates = n.Extreme(select(), field("due"), greatest=True, known_part=False)
    assert value(
        dates,
        rec("a", "2025-01-01", due="2025-07-01"),
        rec("b", "2025-01-01", due="2025-06-01"),
        type_=DATE,
    ) == (D("2025-07-01"), D("2025-07-01"))


# --------------------------------------------------------------------------------------------------
# Picks

PICKS = [
    ("nothing is missing", True, [], None),
    ("the latest", True, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], 4),
    ("the first", False, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], 3),
    ("keys play no part", True, [fine("a", "2025-01-01", 3, **ONE_ACT), fine("b", "2025-01-02", 4, **ONE_ACT)], 4),
    ("without a value it is missing", True, [fine("a", "2025-01-01", 3), fine("b", "2025-01-02")], None),
    ("a possible hit after the latest certain one makes it missing", True, [fine("a", "2025-01-01", 3), maybe("b", "2025-01-02", 4)], None),
    ("a possible hit before the latest certain one plays no part", True, [maybe("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], 4),
    ("a possible hit before the first certain one makes it missing", False, [maybe("a", "2025-01-01", 3), fine("b", "2025-01-02", 4)], None),
    ("a possible hit after the first certain one plays no part", False, [fine("a", "2025-01-01", 3), maybe("b", "2025-01-02", 4)], 3),
]  # fmt: skip


@pytest.mark.parametrize(
    ("latest", "versions", "picked"), [row[1:] for row in PICKS], ids=[row[0] for row in PICKS]
)
def test_a_pick(latest: bool, versions: list[Version], picked: int | None) -> None:
    assert value(n.Pick(select(WHERE_KIND), AMOUNT, latest), *versions, type_=PLAIN) == (
        picked,
        picked,
    )


def test_a_pick_gives_words_codes_and_truths_as_they_stand() -> None:
    one = rec("a", "2025-01-01", kind="order", outlet="o", wilful=False, amount=10)
    assert value(n.Pick(select(), KIND, latest=True), one, type_=WORD) == "order"
    assert value(n.Pick(select(), OUTLET, latest=True), one, type_=CODE) == "o"
    assert (
        value(n.Pick(select(), n.TruthOf(field("wilful")), latest=True), one, type_=TRUTH) is False
    )
    assert value(n.Pick(select(), BIG, latest=True), one, type_=TRUTH) is True
    assert value(n.Pick(select(), BIG, latest=True), rec("a", "2025-01-01"), type_=TRUTH) is None
    assert value(n.Pick(select(), KIND, latest=True), type_=WORD) is None


# --------------------------------------------------------------------------------------------------
# Peaks

PEAKS = [
    ("nothing", 12, [], (0, 0)),
    ("two a day less than a year apart", 12, [certain("a", "2024-03-02"), certain("b", "2025-03-01")], (2, 2)),
    ("two exactly a year apart are not within it", 12, [certain("a", "2024-03-01"), certain("b", "2025-03-01")], (1, 1)),
    ("29 February ends its year on 28 February", 12, [certain("a", "2024-02-29"), certain("b", "2025-02-28")], (1, 1)),
    ("and holds 27 February", 12, [certain("a", "2024-02-29"), certain("b", "2025-02-27")], (2, 2)),
    ("28 February 2023 is over on 28 February 2024", 12, [certain("a", "2023-02-28"), certain("b", "2024-02-28")], (1, 1)),
    ("31 January ends its month on 28 February", 1, [certain("a", "2025-01-31"), certain("b", "2025-02-28")], (1, 1)),
    ("all of one day fall together", 1, [certain("a", "2025-01-31"), certain("b", "2025-01-31"), certain("c", "2025-01-31")], (3, 3)),
    ("records of one act are one, on its first day", 1, [certain("a", "2025-01-01", act="x"), certain("b", "2025-03-01", act="x"), certain("c", "2025-03-02")], (1, 1)),
    ("the largest window counts, not the last", 2, [certain("a", "2024-01-01"), certain("b", "2024-02-01"), certain("c", "2025-06-01")], (2, 2)),
    ("possible ones lift the high end", 2, [certain("a", "2025-01-01"), possible("b", "2025-01-02"), possible("c", "2025-01-03")], (1, 3)),
    ("only possible ones give no low end", 2, [possible("a", "2025-01-02"), possible("b", "2025-01-03")], (0, 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("months", "versions", "peak"), [row[1:] for row in PEAKS], ids=[row[0] for row in PEAKS]
)
def test_a_peak(months: int, versions: list[Version], peak: Interval) -> None:
    assert value(n.Peak(select(BIG), months), *versions) == peak


def test_a_peak_of_a_sum_is_open_where_a_value_is_unknown() -> None:
    made = n.Peak(select(WHERE_KIND), 12, AMOUNT)
    known = [fine("a", "2025-01-01", 3), fine("b", "2025-05-01", 4), fine("c", "2023-01-01", 6)]
    assert value(made, *known, type_=PLAIN) == (7, 7)
    assert value(made, *known, fine("d", "2019-01-01"), type_=PLAIN) == (7, None)


# --------------------------------------------------------------------------------------------------
# Periods

RUNS = [
    ("nothing", "month", [], (0, 0)),
    ("one month", "month", [certain("a", "2025-01-01"), certain("b", "2025-01-31")], (1, 1)),
    ("over the end of the year", "month", [certain("a", "2024-11-30"), certain("b", "2024-12-01"), certain("c", "2025-01-31")], (3, 3)),
    ("a gap breaks it", "month", [certain("a", "2024-11-30"), certain("b", "2025-01-01"), certain("c", "2025-02-01")], (2, 2)),
    ("quarters over the end of the year", "quarter", [certain("a", "2024-10-01"), certain("b", "2025-03-31"), certain("c", "2025-06-30")], (3, 3)),
    ("years", "year", [certain("a", "2023-12-31"), certain("b", "2024-01-01"), certain("c", "2021-01-01")], (2, 2)),
    ("a possible hit bridges the gap at the high end", "month", [certain("a", "2024-11-30"), possible("b", "2024-12-01"), certain("c", "2025-01-01")], (1, 3)),
    ("keys play no part", "month", [certain("a", "2025-01-01", act="x"), certain("b", "2025-02-01", act="x")], (2, 2)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("of", "versions", "longest"), [row[1:] for row in RUNS], ids=[row[0] for row in RUNS]
)
def test_a_longest_run(of: str, versions: list[Version], longest: Interval) -> None:
    assert value(n.LongestRun(select(BIG), of), *versions) == longest


def test_a_run_by_another_date_passes_over_records_without_it() -> None:
    made = n.LongestRun(select(), "month", "period")
    versions = [
        rec("a", "2025-06-01", period="2025-01-31"),
        rec("b", "2025-06-01", period="2025-02-28"),
        rec("c", "2025-03-01"),
    ]
    assert value(made, *versions) == (2, 2)


SINCE = n.Window(n.Edge(n.Moment.CYCLE_START), n.Edge(n.Moment.CYCLE_END))
YEAR_2024 = {"cycle_start": D("2024-01-01"), "cycle_end": D("2025-01-01")}


def missing(
    of: str,
    *versions: Version,
    months: int = 1,
    more: int = 15,
    judged: str = "2025-12-31",
    where: n.Truth = n.TRUE,
) -> Interval:
    made = n.MissingPeriods(select(where), of, "period", months, more, SINCE)
    return value(made, *versions, judged=D(judged), **YEAR_2024)  # type: ignore[return-value]


def test_every_period_is_missing_without_a_record() -> None:
    assert missing("month") == (12, 12)
    assert missing("quarter") == (4, 4)
    assert missing("year") == (1, 1)


@pytest.mark.parametrize(
    ("filed", "served"),
    [("2024-05-15", True), ("2024-05-16", False), ("2024-03-10", True)],
    ids=["on its deadline", "a day late", "before the period is over"],
)
def test_a_period_is_served_until_its_deadline(filed: str, served: bool) -> None:
    # March ends on the 31st; a month on is 30 April, and 15 days are 15 May
    one = rec("a", filed, period="2024-03-05")
    assert missing("month", one) == ((11, 11) if served else (12, 12))


def test_a_period_is_expected_only_after_its_deadline() -> None:
    # January's deadline is 15 March (29 February and 15 days)
    assert missing("month", judged="2024-03-15") == (0, 0)
    assert missing("month", judged="2024-03-16") == (1, 1)


def test_a_possible_record_serves_a_period_only_at_the_low_end() -> None:
    one = rec("a", "2024-04-01", period="2024-03-05")
    assert missing("month", one, where=BIG) == (11, 12)
    assert missing(
        "month", one, rec("b", "2024-04-02", period="2024-03-06", amount=10), where=BIG
    ) == (11, 11)


def test_a_record_without_its_period_serves_none() -> None:
    assert missing("month", rec("a", "2024-04-01")) == (12, 12)


def test_only_periods_wholly_inside_the_window_are_expected() -> None:
    inside = n.Window(n.Edge(n.Moment.CYCLE_START, days=1), n.Edge(n.Moment.CYCLE_END, days=-1))
    made = n.MissingPeriods(select(), "month", "period", 0, 0, inside)
    assert value(made, judged=D("2025-12-31"), **YEAR_2024) == (10, 10)
    whole = n.MissingPeriods(select(), "month", "period", 0, 0, SINCE)
    assert value(whole, judged=D("2025-12-31"), **YEAR_2024) == (12, 12)


def test_nothing_is_expected_since_ever() -> None:
    made = n.MissingPeriods(
        select(), "month", "period", 0, 0, n.Window(end=n.Edge(n.Moment.CYCLE_END))
    )
    assert value(made, judged=D("2025-12-31"), **YEAR_2024) == (0, 0)


def test_the_last_months_are_expected_from_their_own_start() -> None:
    made = n.MissingPeriods(select(), "month", "period", 0, 0, n.Window(months_back=3))
    # on 31 December 2025 the window starts on 1 October (30 September + 3 months is over)
    assert value(made, judged=D("2025-12-31")) == (2, 2)
    assert value(made, judged=D("2026-01-01")) == (2, 2)


@pytest.mark.parametrize(("of", "size"), [("month", 1), ("quarter", 3), ("year", 12)])
def test_periods_are_numbered_without_a_gap(of: str, size: int) -> None:
    firsts = [days.of(2023 + m // 12, m % 12 + 1, 1) for m in range(0, 36, size)]
    numbers = [period_index(d, of) for d in firsts]
    assert numbers == list(range(numbers[0], numbers[0] + len(firsts)))
    for here, after in pairwise(firsts):
        assert period_end(period_index(here, of), of) == after
        assert period_index(after - 1, of) == period_index(here, of)


# --------------------------------------------------------------------------------------------------
# The second road, by brute force over sets and pairs

DAYS = st.sampled_from([D(d) for d in (
    "2023-02-28", "2023-12-31", "2024-01-01", "2024-01-31", "2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-01-31",
    "2025-02-27", "2025-02-28", "2025-03-01",
)])  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    found = []
    for i in range(draw(st.integers(0, 8))):
        values = {
            "act": draw(st.sampled_from([None, "x", "y"])),
            "outlet": draw(st.sampled_from([None, "o", "p"])),
            "amount": draw(st.sampled_from([None, 0, 9, 10, 11, 50])),
            "kind": draw(st.sampled_from(["fine", "order", None])),
            "period": draw(st.one_of(st.none(), DAYS)),
        }
        found.append(
            rec(f"r{i}", days.text(draw(DAYS)), known_from=draw(st.integers(1, 3)), **values)
        )
    return found


# A row of the naive computation: sorted by (date, known_from, record).
Row = tuple[int, int, str, Mapping[str, object], bool]


def rows_of(
    versions: Sequence[Version], where: Callable[[Mapping[str, object]], bool | None]
) -> list[Row]:
    rows = []
    for v in versions:
        truth = where(v.values)
        if truth is not False:
            rows.append(
                (int(v.values["decided"] or 0), v.known_from, v.record, v.values, truth is True)
            )
    return sorted(rows, key=lambda r: r[:3])


def fined(values: Mapping[str, object]) -> bool | None:
    return None if values["kind"] is None else values["kind"] == "fine"


def groups_of(rows: Sequence[Row], by: str) -> list[list[Row]]:
    names = {r[2]: (r[3][by] if by != "act" or r[3][by] is not None else r[2]) for r in rows}
    order: list[object] = []
    for r in rows:
        if names[r[2]] not in order:
            order.append(names[r[2]])
    return [[r for r in rows if names[r[2]] == key] for key in order]


def may_be_first(group: Sequence[Row]) -> list[Row]:
    """Try every way in which the possible ones may hold or not, and see which comes first."""
    found = []
    for holds in itertools.product((False, True), repeat=len(group)):
        if any(r[4] and not h for r, h in zip(group, holds, strict=True)):
            continue
        found += [next(itertools.compress(group, holds))] if any(holds) else []
    return [r for r in group if r in found]


def naive_group(group: Sequence[Row], take: n.Take) -> tuple[int, float]:
    """Give [low, high] of a group's amount; an open end is infinite."""
    if take is Take.GRAVEST:
        low = max([int(r[3]["amount"]) for r in group if r[4] and r[3]["amount"]] or [0])  # type: ignore[call-overload]
        members = list(group)
    else:
        members = may_be_first(group if take is Take.FIRST else group[::-1])
        low = min(int(r[3]["amount"] or 0) for r in members) if any(r[4] for r in group) else 0  # type: ignore[call-overload]
    worth = [r[3]["amount"] for r in members]
    return low, max(float("inf") if w is None else float(w) for w in worth)  # type: ignore[arg-type]


def closed(low: int, high: float) -> Interval:
    return low, None if high == float("inf") else int(high)


@settings(max_examples=80, deadline=None)
@given(histories(), st.sampled_from(["act", "outlet"]), st.sampled_from(Take))
def test_count_and_sum_agree_with_sets(versions: list[Version], by: str, take: n.Take) -> None:
    chosen = select(WHERE_KIND, distinct=() if by == "act" else (OUTLET,), take=take)
    groups = groups_of(rows_of(versions, fined), by)
    sure = [any(r[4] for r in g) for g in groups]
    assert value(n.Count(chosen), *versions) == (sum(sure), len(groups))
    worth = [naive_group(g, take) for g in groups]
    low = sum(w[0] for w, s in zip(worth, sure, strict=True) if s)
    assert value(n.Sum(chosen, AMOUNT), *versions, type_=PLAIN) == closed(
        low, sum(w[1] for w in worth)
    )


@settings(max_examples=80, deadline=None)
@given(
    histories(),
    st.integers(1, 14),
    st.sampled_from(["act", "outlet"]),
    st.booleans(),
    st.sampled_from(Take),
)
def test_a_peak_agrees_with_trying_every_day(
    versions: list[Version], months: int, by: str, sums: bool, take: n.Take
) -> None:
    groups = groups_of(rows_of(versions, fined), by)
    worth = [naive_group(g, take) if sums else (int(any(r[4] for r in g)), 1.0) for g in groups]
    dates = [{r[0] for r in may_be_first(g)} for g in groups]
    low, high = max([0, *(w[0] for w in worth)]), 0.0
    for e in sorted(set().union(*dates)):
        may = [
            k for k, on in enumerate(dates) if any(d <= e < days.add_months(d, months) for d in on)
        ]
        low = max(low, sum(worth[k][0] for k in may if groups[k][0][4]))
        high = max(high, sum(worth[k][1] for k in may))
    made = n.Peak(
        select(WHERE_KIND, distinct=() if by == "act" else (OUTLET,), take=take),
        months,
        AMOUNT if sums else None,
    )
    assert value(made, *versions, type_=PLAIN) == closed(low, high)


def naive_run(dates: Sequence[int], size: int) -> int:
    """Walk month by month over all years there are."""
    there = {(days.parts(d)[0] * 12 + days.parts(d)[1] - 1) // size for d in dates}
    best = now = 0
    for period in range(2000 * 12 // size, 2040 * 12 // size):
        now = now + 1 if period in there else 0
        best = max(best, now)
    return best


@settings(max_examples=60, deadline=None)
@given(histories(), st.sampled_from([("month", 1), ("quarter", 3), ("year", 12)]))
def test_a_longest_run_agrees_with_walking_the_calendar(
    versions: list[Version], of: tuple[str, int]
) -> None:
    rows = [r for r in rows_of(versions, fined) if r[3]["period"] is not None]
    sure = [int(r[3]["period"]) for r in rows if r[4]]  # type: ignore[call-overload]
    every = [int(r[3]["period"]) for r in rows]  # type: ignore[call-overload]
    assert value(n.LongestRun(select(WHERE_KIND), of[0], "period"), *versions) == (
        naive_run(sure, of[1]),
        naive_run(every, of[1]),
    )


@settings(max_examples=60, deadline=None)
@given(
    histories(),
    st.sampled_from(["month", "quarter", "year"]),
    st.integers(0, 6),
    st.integers(0, 20),
    DAYS,
)
def test_missing_periods_agree_with_asking_each_period(
    versions: list[Version], of: str, months: int, more: int, judged: int
) -> None:
    size = {"month": 1, "quarter": 3, "year": 12}[of]
    at = {
        n.Moment.JUDGED: judged,
        n.Moment.CYCLE_START: D("2023-06-15"),
        n.Moment.CYCLE_END: D("2025-02-10"),
    }
    made = n.MissingPeriods(select(WHERE_KIND), of, "period", months, more, SINCE)
    low = high = 0
    for start_month in range(0, 36, size):
        start = days.of(2023 + start_month // 12, start_month % 12 + 1, 1)
        end = days.add_months(start, size)
        deadline = days.add_months(end - 1, months) + more
        if start < at[n.Moment.CYCLE_START] or end > at[n.Moment.CYCLE_END] or deadline >= judged:
            continue
        serving = [
            r[4]
            for r in rows_of(versions, fined)
            if r[3]["period"] is not None
            and start <= int(r[3]["period"]) < end
            and r[0] <= min(deadline, judged)  # type: ignore[call-overload]
        ]
        low += not serving
        high += not any(serving)
    given_at = {k.value.replace(" ", "_"): v for k, v in at.items() if k is not n.Moment.JUDGED}
    assert value(made, *versions, judged=judged, **given_at) == (low, high)
    assert len(expected_periods(made, at)) >= high


@settings(max_examples=80, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_records_come_plays_no_part(
    versions: list[Version], rng: object
) -> None:
    mixed = list(versions)
    rng.shuffle(mixed)  # type: ignore[attr-defined]
    for what in (
        n.Count(select(WHERE_KIND)),
        n.Sum(select(WHERE_KIND, take=Take.LATEST), AMOUNT),
        n.Pick(select(), AMOUNT, latest=True),
    ):
        assert value(what, *mixed, type_=PLAIN) == value(what, *versions, type_=PLAIN)


@settings(max_examples=80, deadline=None)
@given(histories(), st.data())
def test_counts_sums_and_peaks_hold_every_completion(
    versions: list[Version], data: st.DataObject
) -> None:
    """Fill in what is missing in any way: the value then found lies inside the interval."""
    filled = [
        rec(v.record, days.text(int(v.values["decided"] or 0)), known_from=v.known_from, **{
            **{k: x for k, x in v.values.items() if k not in ("decided", "certainty")},
            "kind": v.values["kind"] or data.draw(st.sampled_from(["fine", "order"])),
            "amount": data.draw(st.sampled_from([0, 10, 50])) if v.values["amount"] is None else v.values["amount"],
        })
        for v in versions
    ]  # fmt: skip
    for what in (
        n.Count(select(WHERE_KIND)),
        n.Sum(select(WHERE_KIND), AMOUNT),
        n.LongestRun(select(WHERE_KIND), "month"),
    ):
        low, high = value(what, *versions, type_=PLAIN)  # type: ignore[misc]
        exact, same = value(what, *filled, type_=PLAIN)  # type: ignore[misc]
        assert exact == same
        assert low is None or low <= exact
        assert high is None or exact <= high


def test_the_judged_day_is_the_one_of_this_world() -> None:
    assert days.text(JUDGED) == "2025-12-31"
