"""One programme, one subject, one run: score, weights, the order of decision, what is carried, terms and proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.quantity import DATE, number
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, Evaluation, evaluate
from goodstanding.kernel.rules.scoring import Contribution, to_points
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import run
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import runs
from tests.kernel.world import (
    AMOUNT,
    CONFIRMED,
    CYCLE,
    DOUBT,
    DUE,
    JUDGED,
    KIND,
    NEVER,
    ORDER,
    OUTLET,
    PLAIN,
    POINTS,
    SHARE,
    SURE,
    YEARLY,
    D,
    const,
    direct,
    field,
    fold,
    formula,
    ge,
    indicator,
    judge,
    programme,
    rec,
    ref,
    select,
)

ONE = 10_000
FINE, ORDERED = (n.WordIn(KIND, (w,)) for w in ("fine", "order"))
BANDS = (
    n.Band("A", const(90 * ONE, POINTS), CONFIRMED),
    n.Band("B", const(70 * ONE, POINTS), CONFIRMED),
    n.Band("C", const(40 * ONE, POINTS), CONFIRMED),
    n.Band("D", None, CONFIRMED),
)
P = field("points")


def pts(value: float) -> int:
    return round(value * ONE)


def deduct(
    id: str, points: n.Value | int = 5, where: n.Truth | None = n.TRUE, **more: object
) -> n.Deduction:
    value = const(points, PLAIN) if isinstance(points, int) else points
    chosen = (
        None
        if where is None
        else select(where, distinct=more.pop("distinct", ()), take=more.pop("take", n.Take.GRAVEST))
    )  # type: ignore[arg-type]
    return n.Deduction(id, (), value, chosen, basis=CONFIRMED, **more)  # type: ignore[arg-type]


def scored(
    *rules: n.Deduction,
    start: n.Value | None = None,
    indicators: tuple[n.Indicator, ...] = (),
    **grades: object,
) -> n.Programme:
    made = n.Grades(ORDER, bands=BANDS, **grades)  # type: ignore[arg-type]
    return programme(*indicators, score=n.Score(start or const(100), rules), grades=made)


def scores(made: n.Programme, *versions: Version) -> tuple[float | None, float | None]:
    """Give the scores shown and at worst, in points."""
    e = judge(made, *versions)
    return tuple(None if o.score is None else o.score / ONE for o in (e.shown, e.worst))  # type: ignore[return-value]


def one(record: str = "a", day: str = "2025-05-05", **more: object) -> Version:
    return rec(record, day, **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------
# Points of a hit

HITS = [
    ("a fixed number", deduct("x", 5), {}, (95, 95)),
    ("a field at its own scale", deduct("x", P), {"points": pts(2.5)}, (97.5, 97.5)),
    ("a missing value is undecided: up to the bound of its type", deduct("x", P), {}, (100, 0)),
    ("a missing value as nothing", deduct("x", P, if_none="nothing"), {}, (100, 100)),
    (
        "a missing value at most",
        deduct("x", P, if_none="at most", hit_at_most=pts(20)),
        {},
        (80, 80),
    ),
    (
        "a known value where none would be at most",
        deduct("x", P, if_none="at most", hit_at_most=pts(20)),
        {"points": pts(3)},
        (97, 97),
    ),
    ("each at most cuts a hit", deduct("x", P, hit_at_most=pts(20)), {"points": pts(35)}, (80, 80)),
    ("each at most bounds an open end", deduct("x", P, hit_at_most=pts(20)), {}, (100, 80)),
    ("a possible hit counts only at worst", deduct("x", 5, ge(AMOUNT, 10)), {}, (100, 95)),
    (
        "a hit that does not meet the condition takes nothing",
        deduct("x", 5, ge(AMOUNT, 10)),
        {"amount": 9},
        (100, 100),
    ),
]


@pytest.mark.parametrize(
    ("rule", "values", "expected"), [row[1:] for row in HITS], ids=[row[0] for row in HITS]
)
def test_points_of_a_hit(
    rule: n.Deduction, values: Mapping[str, int], expected: tuple[float, float]
) -> None:
    assert scores(scored(rule), one(**values)) == expected


GROUPS = [
    ("each act is taken once", deduct("x", 5), [one("a", act="x"), one("b", act="x"), one("c")], (90, 90)),
    ("with the gravest of its records", deduct("x", P), [one("a", act="x", points=pts(3)), one("b", act="x", points=pts(7))], (93, 93)),
    ("or its first", deduct("x", P, take=n.Take.FIRST), [one("a", act="x", points=pts(3)), one("b", act="x", points=pts(7))], (97, 97)),
    ("or its latest", deduct("x", P, take=n.Take.LATEST), [one("a", act="x", points=pts(3)), one("b", act="x", points=pts(7))], (93, 93)),
    ("a latest only possible leaves the one before", deduct("x", P, ge(AMOUNT, 10), take=n.Take.LATEST), [one("a", act="x", points=pts(3), amount=10), one("b", act="x", points=pts(7))], (97, 93)),
    ("or takes less than that", deduct("x", P, ge(AMOUNT, 10), take=n.Take.LATEST), [one("a", act="x", points=pts(7), amount=10), one("b", act="x", points=pts(3))], (97, 93)),
    ("by a key of its own", deduct("x", 5, distinct=(OUTLET,)), [one("a", outlet="o"), one("b", outlet="o"), one("c")], (90, 90)),
    ("at most so much in all", deduct("x", 5, at_most=pts(12)), [one("a"), one("b"), one("c")], (88, 88)),
    ("the cap of the whole also holds at worst", deduct("x", P, at_most=pts(12)), [one("a"), one("b", points=pts(5))], (95, 88)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "versions", "expected"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS]
)
def test_points_of_a_rule(
    rule: n.Deduction, versions: list[Version], expected: tuple[float, float]
) -> None:
    assert scores(scored(rule), *versions) == expected


LATE = n.Sub(field("cured"), DUE, number(-1000, 1000, 0, "day"))
STEPS = (
    n.Restore(10_000, n.Compare(n.Op.LE, LATE, const(3, number(3, 3, 0, "day")))),
    n.Restore(8_000, n.Compare(n.Op.LE, LATE, const(30, number(30, 30, 0, "day")))),
    n.Restore(4_000, n.Present(LATE)),
)
RESTORED = [
    ("cured in time all is given back", {"cured": "2025-06-04", "due": "2025-06-01"}, (100, 100)),
    ("a day later four fifths", {"cured": "2025-06-05", "due": "2025-06-01"}, (98, 98)),
    ("on the last day four fifths", {"cured": "2025-07-01", "due": "2025-06-01"}, (98, 98)),
    ("later two fifths", {"cured": "2025-07-02", "due": "2025-06-01"}, (94, 94)),
    (
        "not cured nothing; an undecided step ends the search at worst",
        {"due": "2025-06-01"},
        (90, 90),
    ),
    (
        "cured after the judged day is not cured",
        {"cured": "2026-01-01", "due": "2025-06-01"},
        (90, 90),
    ),
]


@pytest.mark.parametrize(
    ("values", "expected"), [row[1:] for row in RESTORED], ids=[row[0] for row in RESTORED]
)
def test_what_is_given_back(values: Mapping[str, str], expected: tuple[float, float]) -> None:
    assert scores(scored(deduct("x", 10, restored=STEPS)), one(**values)) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(5_000, SURE)], (95, 95)),
        ([(5_000, NEVER), (2_000, SURE), (9_000, SURE)], (92, 92)),
        ([(5_000, DOUBT), (2_000, SURE)], (92, 90)),  # low: passed over; high: ends the search
        ([(2_000, SURE), (5_000, DOUBT)], (92, 92)),
        ([(5_000, DOUBT)], (90, 90)),
        ([], (90, 90)),
    ],
)
def test_the_first_true_step_gives_back(
    steps: list[tuple[int, n.Truth]], expected: tuple[float, float]
) -> None:
    rule = deduct("x", 10, restored=tuple(n.Restore(share, when) for share, when in steps))
    assert scores(scored(rule), one()) == expected


@pytest.mark.parametrize(
    ("points", "share", "left"),
    [(1, 5_000, 0), (3, 5_000, 1), (1, 4_999, 1), (10_001, 5_000, 5_000), (7, 3_333, 5)],
)
def test_what_is_given_back_is_rounded_half_up(points: int, share: int, left: int) -> None:
    rule = deduct("x", P, restored=(n.Restore(share, SURE),))
    (contribution,) = judge(scored(rule), one(points=points)).contributions
    assert (contribution.low, contribution.high) == (left, left)


# --------------------------------------------------------------------------------------------------
# Rules over indicators, additions, the start, the ends

COUNT = indicator("fines", n.Count(select(FINE)))


@pytest.mark.parametrize(
    ("when", "points", "expected"),
    [
        (SURE, const(11), (89, 89)),
        (NEVER, const(11), (100, 100)),
        (DOUBT, const(11), (100, 89)),
        (SURE, n.Unknown("p", POINTS), (100, 0)),
    ],
)
def test_a_rule_over_indicators_applies_once(
    when: n.Truth, points: n.Value, expected: tuple[float, float]
) -> None:
    assert scores(scored(deduct("x", points, None, when=when))) == expected


def test_a_rule_over_indicators_reads_their_intervals() -> None:
    per_fine = deduct(
        "x",
        n.Mul(ref("fines"), const(2, number(2, 2)), number(0, 100)),
        None,
        when=ge(ref("fines"), 1),
    )
    made = scored(per_fine, indicators=(COUNT,))
    assert scores(made) == (100, 100)
    assert scores(made, one(kind="fine")) == (98, 98)
    assert scores(made, one("a", kind="fine"), one("b")) == (98, 96)
    assert scores(made, one()) == (100, 98)


def test_additions_count_at_their_low_end_in_both_results() -> None:
    gives = deduct("x", P, FINE, adds=True)
    assert scores(scored(gives, start=const(50)), one("a", kind="fine", points=pts(5))) == (55, 55)
    assert scores(scored(gives, start=const(50)), one("a", points=pts(5))) == (50, 50)
    assert scores(scored(gives, start=const(50)), one("a", kind="fine")) == (50, 50)
    both = scored(gives, deduct("y", 20, ge(AMOUNT, 10), beside=True), start=const(50))
    assert scores(both, one("a", kind="fine")) == (50, 30)


START = n.Choose(
    ((ge(ref("fines"), 1), const(93, POINTS.rescaled(4))),), const(100 * ONE, POINTS), POINTS
)


@pytest.mark.parametrize(
    ("start", "versions", "expected"),
    [
        (n.Unknown("p", POINTS), [], (None, None)),
        (
            n.Choose(((ge(ref("fines"), 1), const(93)),), const(100), PLAIN),
            [one(kind="fine")],
            (88, 88),
        ),
        (n.Choose(((ge(ref("fines"), 1), const(93)),), const(100), PLAIN), [], (100, 100)),
        (n.Choose(((ge(ref("fines"), 1), const(93)),), const(100), PLAIN), [one()], (None, None)),
    ],
    ids=["not published", "first true case", "otherwise", "undecided case"],
)
def test_the_start_is_known_or_there_is_no_score(
    start: n.Value, versions: list[Version], expected: tuple[float | None, float | None]
) -> None:
    made = scored(deduct("x", 5), start=start, indicators=(COUNT,))
    assert scores(made, *versions) == expected
    if expected[0] is None:
        assert judge(made, *versions).shown.grade == n.UNDECIDED


@pytest.mark.parametrize(
    ("floor", "top", "rule", "expected"),
    [
        (0, None, deduct("x", 130), (0, 0)),
        (None, None, deduct("x", 130), (-30, -30)),
        (None, pts(100), deduct("x", 30, adds=True), (100, 100)),
        (None, None, deduct("x", 30, adds=True), (130, 130)),
        (pts(95), pts(100), deduct("x", P), (100, 95)),
    ],
)
def test_a_score_is_held_between_its_ends(
    floor: int | None, top: int | None, rule: n.Deduction, expected: tuple[float, float]
) -> None:
    assert scores(scored(rule, score_floor=floor, score_top=top), one()) == expected


@pytest.mark.parametrize(
    ("value", "scale", "points"), [(5, 0, 50_000), (55, 1, 55_000), (7, 4, 7), (None, 2, None)]
)
def test_numbers_come_to_four_places(value: int | None, scale: int, points: int | None) -> None:
    assert to_points(value, number(0, 100, scale)) == points


# --------------------------------------------------------------------------------------------------
# One act once

BOTH = {"act": "x"}
SHARED = [
    ("the greater rule keeps the act", [deduct("a", 3), deduct("b", 7)], [one()], {"b": (7, 7)}, {"a"}),
    ("of equal rules the earlier keeps it", [deduct("a", 5), deduct("b", 5)], [one()], {"a": (5, 5)}, {"b"}),
    ("each act by itself", [deduct("a", P), deduct("b", 4)], [one("p", points=pts(3)), one("q", points=pts(5))], {"a": (5, 5), "b": (4, 4)}, {"a", "b"}),
    ("records of one act in two rules are one", [deduct("a", 3, FINE), deduct("b", 7, ORDERED)], [one("p", kind="fine", **BOTH), one("q", kind="order", **BOTH)], {"b": (7, 7)}, {"a"}),
    ("beside counts beside", [deduct("a", 3), deduct("b", 7, beside=True)], [one()], {"a": (3, 3), "b": (7, 7)}, set()),
    ("an addition does not compete", [deduct("a", 3), deduct("b", 7, adds=True)], [one()], {"a": (3, 3), "b": (7, 7)}, set()),
    ("groups of one act in one rule are compared by their sum", [deduct("a", 4, distinct=(OUTLET,)), deduct("b", 7)], [one("p", outlet="o", **BOTH), one("q", **BOTH)], {"a": (8, 8)}, {"b"}),
    ("a doubtful greater rule keeps it only at worst", [deduct("a", 3), deduct("b", 7, ge(AMOUNT, 10))], [one()], {"a": (3, 0), "b": (0, 7)}, set()),
    ("an unknown value keeps it at worst", [deduct("a", 3), deduct("b", P)], [one()], {"a": (3, 0), "b": (0, 100)}, set()),
    ("the act of a group is that of its first member", [deduct("a", 3, distinct=(OUTLET,)), deduct("b", 7, FINE)], [one("p", "2025-01-01", act="x", kind="order"), one("q", "2025-01-02", act="y", kind="fine")], {"a": (3, 3), "b": (7, 7)}, set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "versions", "worth", "overtaken"),
    [row[1:] for row in SHARED],
    ids=[row[0] for row in SHARED],
)
def test_one_act_counts_once(
    rules: list[n.Deduction],
    versions: list[Version],
    worth: dict[str, tuple[int, int]],
    overtaken: set[str],
) -> None:
    e = judge(scored(*rules), *versions)
    assert {
        c.rule: (c.low // ONE, c.high // ONE) for c in e.contributions if c.low or c.high
    } == worth
    assert {c.rule for c in e.contributions if c.overtaken} == overtaken


def test_the_worst_score_is_never_better_than_the_shown_one() -> None:
    capped = deduct("capped", P, ge(AMOUNT, 10), at_most=pts(5))
    e = judge(scored(deduct("plain", 10), capped), one(points=pts(20)))
    # at worst the capped rule keeps the act and takes only 5
    assert {c.rule: (c.low, c.high) for c in e.contributions} == {
        "plain": (pts(10), 0),
        "capped": (0, pts(5)),
    }
    assert (e.shown.score, e.worst.score) == (pts(90), pts(90))


def test_nor_through_what_only_the_shown_result_carries() -> None:
    by_score = n.Carry("s", ("score:C",), (n.Phase(1, start_less=pts(11)),), basis=CONFIRMED)
    made = scored(deduct("x", 5), carries=(by_score,))
    made = replace(made, cycle=YEARLY)
    e = judge(made, one(), cycle=2025, before=Before({"s": 2024}, {}))
    assert (e.shown.score, e.worst.score) == (pts(84), pts(84))


# --------------------------------------------------------------------------------------------------
# Bands and weights


@pytest.mark.parametrize(
    ("taken", "grade"),
    [(0, "A"), (10, "A"), (11, "B"), (30, "B"), (31, "C"), (60, "C"), (61, "D"), (200, "D")],
)
def test_bands_take_the_score(taken: int, grade: str) -> None:
    assert judge(scored(deduct("x", taken)), one()).shown.grade == grade


@pytest.mark.parametrize(("taken", "grade"), [(5, "A"), (11, n.UNDECIDED), (90, n.UNDECIDED)])
def test_a_cut_that_is_not_published_leaves_what_lies_below_undecided(
    taken: int, grade: str
) -> None:
    bands = (BANDS[0], n.Band("B", n.Unknown("cut", POINTS), CONFIRMED), *BANDS[2:])
    made = programme(
        score=n.Score(const(100), (deduct("x", taken),)), grades=n.Grades(ORDER, bands=bands)
    )
    assert judge(made, one()).shown.grade == grade


def weighted(
    *items: tuple[n.Value, n.Value, bool], bands: tuple[n.Band, ...] = BANDS
) -> n.Programme:
    made = tuple(n.Weighted(str(i), (), w, p, m, CONFIRMED) for i, (w, p, m) in enumerate(items))
    return programme(weights=n.Weights(made), grades=n.Grades(ORDER, bands=bands))


def share(value: int) -> n.Const:
    return const(value, SHARE)


GONE = n.Unknown("p", POINTS)
NO_WEIGHT = n.Unknown("w", SHARE)
WEIGHED = [
    ("all present", [(share(6000), const(90), False), (share(4000), const(70), False)], ("B", 82.0), ("B", 82.0)),
    ("an absent item is renormalised away", [(share(6000), const(90), False), (share(4000), GONE, False)], ("A", 90.0), ("A", 90.0)),
    ("a missing mandatory item leaves it undecided and counts nothing at worst", [(share(6000), const(90), False), (share(4000), GONE, True)], (n.UNDECIDED, None), ("C", 54.0)),
    ("an unknown weight of a present item leaves both undecided", [(share(6000), const(90), False), (NO_WEIGHT, const(70), False)], (n.UNDECIDED, None), (n.UNDECIDED, None)),
    ("an unknown weight of an absent item plays no part", [(share(6000), const(90), False), (NO_WEIGHT, GONE, False)], ("A", 90.0), ("A", 90.0)),
    ("an unknown weight of a missing mandatory item leaves both undecided", [(share(6000), const(90), False), (NO_WEIGHT, GONE, True)], (n.UNDECIDED, None), (n.UNDECIDED, None)),
    ("without any present item there is no score", [(share(6000), GONE, False)], (n.UNDECIDED, None), (n.UNDECIDED, None)),
    ("weights of nothing give no score", [(share(0), const(90), False)], (n.UNDECIDED, None), (n.UNDECIDED, None)),
    ("the score is rounded half up", [(share(1), const(1, POINTS), False), (share(1), const(0), False)], ("D", 0.0001), ("D", 0.0001)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "shown", "worst"), [row[1:] for row in WEIGHED], ids=[row[0] for row in WEIGHED]
)
def test_weights(
    items: list[tuple[n.Value, n.Value, bool]],
    shown: tuple[str, float | None],
    worst: tuple[str, float | None],
) -> None:
    e = judge(weighted(*items))
    said = [(o.grade, None if o.score is None else o.score / ONE) for o in (e.shown, e.worst)]
    assert said == [shown, worst]


def test_bands_compare_the_product_and_not_the_rounded_score() -> None:
    # 89.99999 rounds to 90.0000 at four places, and is not 90
    items = [(share(9999), const(90), False), (share(1), const(89, PLAIN), False)]
    third = (share(1), const(pts(90) - 1, POINTS), False)
    e = judge(weighted((share(10_000), const(90), False), third))
    assert (e.shown.score, e.shown.grade) == (pts(90), "B")
    assert judge(weighted(*items)).shown.grade == "B"
    assert judge(weighted((share(10_000), const(90), False))).shown.grade == "A"


def test_an_unknown_cut_leaves_weights_undecided() -> None:
    bands = (n.Band("A", n.Unknown("cut", POINTS), CONFIRMED), *BANDS[1:])
    e = judge(weighted((share(1), const(95), False), bands=bands))
    assert (e.shown.grade, e.worst.grade, e.shown.score) == (n.UNDECIDED, n.UNDECIDED, pts(95))


# --------------------------------------------------------------------------------------------------
# The order of decision


def given_rule(id: str, grade: str, when: n.Truth, adverse: bool = False) -> n.Given:
    return n.Given(id, grade, when, adverse, basis=CONFIRMED)


def graded(**parts: object) -> n.Programme:
    return programme(grades=n.Grades(ORDER, ("M",), **parts))  # type: ignore[arg-type]


DECIDED = [
    ("nothing gives a grade", {}, n.UNDECIDED, n.UNDECIDED, ()),
    ("otherwise", {"otherwise": "A"}, "A", "A", ()),
    ("the worst direct ground wins", {"direct": (direct("c", "C", SURE), direct("d", "D", SURE)), "otherwise": "A"}, "D", "D", (("direct", "d"),)),
    ("all direct grounds of the grade fire", {"direct": (direct("d", "D", SURE), direct("e", "D", SURE), direct("c", "C", SURE))}, "D", "D", (("direct", "d"), ("direct", "e"))),
    ("an undecided ground fires at worst", {"direct": (direct("d", "D", DOUBT),), "otherwise": "A"}, "A", "D", ()),
    ("a direct ground goes before not graded", {"direct": (direct("d", "D", SURE),), "not_graded": (given_rule("n", n.NOT_GRADED, SURE),)}, "D", "D", (("direct", "d"),)),
    ("not graded goes before instead", {"not_graded": (given_rule("n", n.NOT_GRADED, SURE),), "instead": (given_rule("m", "M", SURE),)}, n.NOT_GRADED, n.NOT_GRADED, (("not graded", "n"),)),
    ("instead goes before first match", {"instead": (given_rule("m", "M", SURE),), "first_match": (given_rule("b", "B", SURE),)}, "M", "M", (("instead", "m"),)),
    ("an undecided not graded gives nothing, also at worst", {"not_graded": (given_rule("n", n.NOT_GRADED, DOUBT),), "otherwise": "A"}, "A", "A", ()),
    ("an undecided instead gives nothing, also at worst", {"instead": (given_rule("m", "M", DOUBT),), "otherwise": "A"}, "A", "A", ()),
    ("the first match that holds", {"first_match": (given_rule("c", "C", NEVER), given_rule("b", "B", SURE), given_rule("a", "A", SURE))}, "B", "B", (("first match", "b"),)),
    ("an undecided adverse match holds at worst", {"first_match": (given_rule("c", "C", DOUBT, adverse=True),), "otherwise": "A"}, "A", "C", ()),
    ("an undecided favourable match holds in neither", {"first_match": (given_rule("a", "A", DOUBT),), "otherwise": "C"}, "C", "C", ()),
    ("a limb of first match may leave it undecided", {"first_match": (given_rule("u", n.UNDECIDED, SURE),), "otherwise": "A"}, n.UNDECIDED, n.UNDECIDED, (("first match", "u"),)),
    ("a step down", {"otherwise": "B", "steps_down": (n.StepDown("s", 1, SURE),)}, "C", "C", (("step down", "s"),)),
    ("steps add up and end at the worst grade", {"otherwise": "B", "steps_down": (n.StepDown("s", 2, SURE), n.StepDown("t", 2, SURE))}, "D", "D", (("step down", "s"), ("step down", "t"))),
    ("an undecided step goes down at worst", {"otherwise": "B", "steps_down": (n.StepDown("s", 1, DOUBT),)}, "B", "C", ()),
    ("a ceiling holds a better grade down", {"otherwise": "A", "ceilings": (n.Ceiling("c", "B", SURE),)}, "B", "B", (("ceiling", "c"),)),
    ("a ceiling above the grade does nothing", {"otherwise": "C", "ceilings": (n.Ceiling("c", "B", SURE),)}, "C", "C", ()),
    ("an undecided ceiling holds at worst", {"otherwise": "A", "ceilings": (n.Ceiling("c", "C", DOUBT),)}, "A", "C", ()),
    ("the lowest ceiling decides", {"otherwise": "A", "ceilings": (n.Ceiling("b", "B", SURE), n.Ceiling("c", "C", SURE))}, "C", "C", (("ceiling", "b"), ("ceiling", "c"))),
    ("ceilings come after steps", {"otherwise": "A", "steps_down": (n.StepDown("s", 1, SURE),), "ceilings": (n.Ceiling("c", "B", SURE),)}, "B", "B", (("step down", "s"),)),
    ("a direct grade is stepped down too", {"direct": (direct("c", "C", SURE),), "steps_down": (n.StepDown("s", 1, SURE),)}, "D", "D", (("direct", "c"), ("step down", "s"))),
    ("a grade without rank is not stepped down", {"instead": (given_rule("m", "M", SURE),), "steps_down": (n.StepDown("s", 1, SURE),), "ceilings": (n.Ceiling("c", "D", SURE),)}, "M", "M", (("instead", "m"),)),
    ("an undecided ground does not hide a worse grade below", {"direct": (direct("b", "B", DOUBT),), "otherwise": "C"}, "C", "C", ()),
    ("nor does one whose exception was not shown", {"direct": (n.Direct("b", "B", (n.Limb(SURE, DOUBT),)),), "otherwise": "C"}, "B", "C", (("direct", "b"),)),
    ("but one that is sure does", {"direct": (n.Direct("b", "B", (n.Limb(SURE, NEVER),)), direct("a", "A", DOUBT)), "otherwise": "C"}, "B", "B", (("direct", "b"),)),
    ("an undecided match does not hide a worse one below", {"first_match": (given_rule("b", "B", DOUBT), given_rule("c", "C", SURE), given_rule("d", "D", SURE))}, "C", "C", (("first match", "c"),)),
    ("an undecided instead may give a worse grade", {"instead": (given_rule("d", "D", DOUBT),), "otherwise": "A"}, "A", "D", ()),
    ("undecided stands where it may come", {"first_match": (given_rule("u", n.UNDECIDED, DOUBT),), "otherwise": "C"}, "C", n.UNDECIDED, ()),
    ("but not beside the worst grade", {"first_match": (given_rule("u", n.UNDECIDED, DOUBT),), "otherwise": "D"}, "D", "D", ()),
    ("nor where a ceiling may bar down to it", {"first_match": (given_rule("u", n.UNDECIDED, DOUBT),), "otherwise": "A", "ceilings": (n.Ceiling("c", "D", DOUBT),)}, "A", "D", ()),
    ("of grades without rank the first that may come stands", {"not_graded": (given_rule("n", n.NOT_GRADED, DOUBT),), "instead": (given_rule("m", "M", SURE),)}, "M", n.NOT_GRADED, (("instead", "m"),)),
    ("undecided is not stepped down", {"steps_down": (n.StepDown("s", 1, SURE),), "ceilings": (n.Ceiling("c", "D", SURE),)}, n.UNDECIDED, n.UNDECIDED, ()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "shown", "worst", "fired"),
    [row[1:] for row in DECIDED],
    ids=[row[0] for row in DECIDED],
)
def test_the_order_of_decision(
    parts: dict[str, object], shown: str, worst: str, fired: tuple[tuple[str, str], ...]
) -> None:
    e = judge(graded(**parts))
    assert (e.shown.grade, e.worst.grade, e.shown.fired) == (shown, worst, fired)
    assert e.open is (shown != worst)


def test_bands_come_after_instead_and_before_nothing() -> None:
    made = scored(
        deduct("x", 50), instead=(given_rule("m", "B", ge(ref("fines"), 1)),), indicators=(COUNT,)
    )
    assert judge(made, one(kind="fine")).shown.grade == "B"
    assert judge(made, one(kind="order")).shown.grade == "C"


def test_what_another_rule_overtook_is_kept() -> None:
    parts = {
        "direct": (direct("c", "C", SURE), direct("d", "D", SURE)),
        "not_graded": (given_rule("n", n.NOT_GRADED, SURE),),
        "instead": (given_rule("m", "M", SURE),),
        "ceilings": (n.Ceiling("b", "B", SURE),),
    }
    assert judge(graded(**parts)).shown.overtaken == (
        ("direct", "c"),
        ("not graded", "n"),
        ("instead", "m"),
        ("ceiling", "b"),
    )


LIMBS = [
    ("no limb", (), False, ()),
    ("one true limb is enough", (n.Limb(NEVER), n.Limb(SURE)), True, ()),
    ("a true exception takes its limb away", (n.Limb(SURE, SURE),), False, ()),
    ("and only its own", (n.Limb(SURE, SURE), n.Limb(SURE)), True, ()),
    ("a false exception does not", (n.Limb(SURE, NEVER),), True, ()),
    (
        "an exception not shown leaves the limb true, and marked",
        (n.Limb(SURE, DOUBT),),
        True,
        ("d",),
    ),
    ("a limb without doubt takes the mark away", (n.Limb(SURE, DOUBT), n.Limb(SURE)), True, ()),
    ("an undecided limb", (n.Limb(DOUBT),), None, ()),
    ("an undecided limb with an exception not shown", (n.Limb(DOUBT, DOUBT),), None, ()),
    ("an undecided limb with a true exception", (n.Limb(DOUBT, SURE),), False, ()),
    ("undecided beside marked", (n.Limb(DOUBT), n.Limb(SURE, DOUBT)), True, ("d",)),
]


@pytest.mark.parametrize(
    ("limbs", "truth", "marked"), [row[1:] for row in LIMBS], ids=[row[0] for row in LIMBS]
)
def test_a_ground_has_alternatives_and_exceptions(
    limbs: tuple[n.Limb, ...], truth: bool | None, marked: tuple[str, ...]
) -> None:
    e = judge(graded(direct=(n.Direct("d", "D", limbs, basis=CONFIRMED),), otherwise="A"))
    assert (e.shown.grade == "D", e.worst.grade == "D") == (truth is True, truth is not False)
    assert e.shown.exceptions_not_shown == marked


def test_conditions_may_read_the_score_of_their_own_result() -> None:
    rule = n.Ceiling("c", "C", n.Compare(n.Op.LT, ref("score", POINTS), const(pts(95), POINTS)))
    made = scored(deduct("x", P, hit_at_most=pts(9)), ceilings=(rule,))
    e = judge(made, one())
    assert (e.shown.grade, e.worst.grade) == ("A", "C")
    assert (e.shown.fired, e.worst.fired) == ((), (("ceiling", "c"),))


def test_proposals_and_scope_are_decided_where_the_score_at_worst_and_shown_agree() -> None:
    low = n.Compare(n.Op.LT, ref("score", POINTS), const(pts(95), POINTS))
    made = replace(
        scored(deduct("x", P, hit_at_most=pts(9))),
        proposals=(n.Proposal("p", "list", (n.Limb(low),)),),
        scope=n.Not(low),
    )
    found = [
        (e.proposed, e.proposals_open, e.in_scope)
        for e in (judge(made, one()), judge(made, one(points=pts(9))), judge(made))
    ]
    assert found == [((), ("p",), None), (("p",), (), False), ((), (), True)]


@pytest.mark.parametrize(
    ("when", "proposed", "open_"), [(SURE, ("p",), ()), (NEVER, (), ()), (DOUBT, (), ("p",))]
)
def test_a_proposal_is_made_only_where_it_is_decided(
    when: n.Truth, proposed: tuple[str, ...], open_: tuple[str, ...]
) -> None:
    made = programme(
        grades=n.Grades(ORDER, otherwise="A"), proposals=(n.Proposal("p", "list", (n.Limb(when),)),)
    )
    e = judge(made)
    assert (e.proposed, e.proposals_open, e.open) == (proposed, open_, bool(open_))


@pytest.mark.parametrize(("scope", "truth"), [(SURE, True), (NEVER, False), (DOUBT, None)])
def test_scope_is_a_truth(scope: n.Truth, truth: bool | None) -> None:
    assert judge(programme(grades=n.Grades(ORDER, otherwise="A"), scope=scope)).in_scope is truth


def test_a_programme_of_lists_only_has_no_grade() -> None:
    made = programme(COUNT, proposals=(n.Proposal("p", "list", (n.Limb(ge(ref("fines"), 1)),)),))
    assert judge(made, one(kind="fine")).proposed == ("p",)
    assert (judge(made).shown.grade, judge(made).shown.score) == (n.UNDECIDED, None)


# --------------------------------------------------------------------------------------------------
# What is carried

THEN = (n.Phase(1, grade="D"), n.Phase(2, not_above="B"), n.Phase(1, start_less=pts(11)))
CARRY = n.Carry("k", ("d",), THEN, basis=CONFIRMED)
ORDERS = indicator("orders", n.Count(select(ORDERED, window=CYCLE)))


def carrying(*carries: n.Carry, **parts: object) -> n.Programme:
    grades = n.Grades(
        ORDER,
        direct=(direct("d", "D", ge(ref("orders"), 1)),),
        bands=BANDS,
        carries=carries,
        **parts,
    )  # type: ignore[arg-type]
    return programme(
        ORDERS, cycle=YEARLY, score=n.Score(const(100), (deduct("x", 35, FINE),)), grades=grades
    )


def years(made: n.Programme, upto: int, *versions: Version, first: int = 2020) -> list[Evaluation]:
    before, found = Before(), []
    for cycle in range(first, upto + 1):
        found.append(judge(made, *versions, cycle=cycle, before=before))
        before = Before(found[-1].shown.origins, found[-1].worst.origins)
    return found


def test_the_phases_follow_the_cycle_of_origin_and_run_out() -> None:
    found = years(carrying(CARRY), 2026, one(day="2021-05-05", kind="order"))
    assert [e.shown.grade for e in found] == ["A", "D", "D", "B", "B", "B", "A"]
    assert [e.shown.score for e in found] == [pts(s) for s in (100, 100, 100, 100, 100, 89, 100)]
    assert [[(c.origin, c.cycles_left) for c in e.shown.carried] for e in found] == [
        [],
        [],
        [(2021, 3)],
        [(2021, 2)],
        [(2021, 1)],
        [(2021, 0)],
        [],
    ]
    assert [dict(e.shown.origins) for e in found] == [{}, *[{"k": 2021}] * 4, {}, {}]


def test_a_newer_origin_replaces_the_older() -> None:
    found = years(
        carrying(CARRY),
        2026,
        one("a", "2021-05-05", kind="order"),
        one("b", "2023-05-05", kind="order"),
    )
    assert [e.shown.grade for e in found] == ["A", "D", "D", "D", "D", "B", "B"]
    assert dict(found[3].shown.origins) == {"k": 2023}


def test_a_carried_grade_is_a_reason_beside_a_ground_of_its_own() -> None:
    found = years(
        carrying(CARRY),
        2022,
        one("a", "2021-05-05", kind="order"),
        one("b", "2022-05-05", kind="order"),
    )
    assert found[-1].shown.fired == (("direct", "d"), ("carried", "k"))


def test_a_carried_grade_that_is_better_than_a_ground_is_overtaken() -> None:
    mild = replace(CARRY, phases=(n.Phase(3, grade="C"),))
    found = years(
        carrying(mild),
        2022,
        one("a", "2021-05-05", kind="order"),
        one("b", "2022-05-05", kind="order"),
    )
    assert (found[-1].shown.grade, found[-1].shown.fired, found[-1].shown.overtaken) == (
        "D",
        (("direct", "d"),),
        (("carried", "k"),),
    )


LIMBS = [
    ("a carried grade goes before what is worse below", (n.Limb(SURE),), ("d",), "C"),
    ("not by an exception that was not shown", (n.Limb(SURE, DOUBT),), ("d",), "D"),
    ("nor by a score that may be another", (n.Limb(SURE),), ("d", "score:C"), "D"),
]


@pytest.mark.parametrize(
    ("limbs", "causes", "worst"), [row[1:] for row in LIMBS], ids=[row[0] for row in LIMBS]
)
def test_only_what_is_carried_for_sure_hides_what_is_worse(
    limbs: tuple[n.Limb, ...], causes: tuple[str, ...], worst: str
) -> None:
    carry = n.Carry("k", causes, (n.Phase(2, grade="C"),), basis=CONFIRMED)
    grades = n.Grades(ORDER, direct=(n.Direct("d", "C", limbs),), carries=(carry,), otherwise="D")
    never = replace(
        grades, direct=(n.Direct("d", "C", tuple(replace(x, when=NEVER) for x in limbs)),)
    )
    e = judge(
        programme(cycle=YEARLY, grades=never), cycle=2022, before=Before({"k": 2020}, {"k": 2021})
    )
    assert (e.shown.grade, e.worst.grade) == ("C", worst)


def bands_as_cause(cause: str) -> n.Programme:
    """A ground that may decide at once; a score of 100, 97 or 65, which nobody knows."""
    carry = n.Carry("k", (f"score:{cause}",), (n.Phase(1, not_above="B"),), basis=CONFIRMED)
    grades = n.Grades(ORDER, direct=(direct("d", "D", DOUBT),), bands=BANDS, carries=(carry,))
    return programme(
        cycle=YEARLY,
        grades=grades,
        score=n.Score(const(100), (deduct("x", P, hit_at_most=pts(35)),)),
    )


@pytest.mark.parametrize(
    ("cause", "possible"), [("A", True), ("B", True), ("C", True), ("D", False)]
)
def test_every_band_between_the_best_and_the_worst_score_may_be_the_cause(
    cause: str, possible: bool
) -> None:
    e = judge(bands_as_cause(cause), one(day="2022-05-05"), cycle=2022)
    assert (dict(e.worst.origins), dict(e.shown.origins)) == (
        {"k": 2022} if possible else {},
        {"k": 2022} if cause == "A" else {},
    )


def test_a_score_that_is_missing_may_come_into_any_band() -> None:
    made = bands_as_cause("C")
    made = replace(made, score=replace(made.score, start=n.Unknown("p", POINTS)))
    assert dict(judge(made, cycle=2022).worst.origins) == {"k": 2022}


def test_origins_before_the_first_cycle_carry_nothing() -> None:
    late = replace(CARRY, from_cycle=2022)
    assert [
        e.shown.grade for e in years(carrying(late), 2023, one(day="2021-05-05", kind="order"))
    ] == ["A", "D", "A", "A"]
    assert [
        e.shown.grade for e in years(carrying(late), 2023, one(day="2022-05-05", kind="order"))
    ] == ["A", "A", "D", "D"]


def test_an_origin_handed_in_from_before_the_first_cycle_carries_nothing() -> None:
    late = replace(CARRY, from_cycle=2022)
    handed = Before({"k": 2021}, {"k": 2021})
    e = judge(carrying(late), cycle=2022, before=handed)
    assert (e.shown.grade, e.shown.carried, dict(e.shown.origins)) == ("A", (), {})
    assert judge(carrying(CARRY), cycle=2022, before=handed).shown.grade == "D"


def test_a_grade_by_bands_can_be_a_cause() -> None:
    by_score = n.Carry("s", ("score:C",), (n.Phase(1, start_less=pts(11)),), basis=CONFIRMED)
    versions = [one("a", "2021-05-05", kind="fine"), one("b", "2021-06-05", kind="fine")]
    made = carrying(by_score)
    made = replace(
        made,
        score=n.Score(
            const(100), (replace(made.score.rules[0], select=select(FINE, window=CYCLE)),)
        ),
    )  # type: ignore[union-attr]
    found = years(made, 2023, *versions)
    assert [(e.shown.grade, e.shown.score) for e in found] == [
        ("A", pts(100)),
        ("D", pts(30)),
        ("A", pts(100)),
        ("A", pts(100)),
    ]
    found = years(made, 2023, versions[0])
    assert [(e.shown.grade, e.shown.score) for e in found] == [
        ("A", pts(100)),
        ("C", pts(65)),
        ("B", pts(89)),
        ("A", pts(100)),
    ]


def test_a_grade_by_bands_that_a_direct_ground_replaced_is_no_cause() -> None:
    by_score = n.Carry("s", ("score:D",), (n.Phase(1, start_less=pts(11)),), basis=CONFIRMED)
    found = years(
        carrying(by_score),
        2021,
        one(day="2021-05-05", kind="order"),
        one("b", "2021-05-05", kind="fine"),
        one("c", "2021-05-05", kind="fine"),
    )
    assert (found[-1].shown.grade, dict(found[-1].shown.origins)) == ("D", {})


def test_points_carried_off_the_start_stop_at_the_floor() -> None:
    less = replace(CARRY, phases=(n.Phase(1, start_less=pts(80)),))
    made = carrying(less, score_floor=pts(30))
    found = years(made, 2022, one(day="2021-05-05", kind="order"))
    assert found[-1].shown.score == pts(30)


def test_both_results_carry_their_own_origins() -> None:
    doubtful = replace(CARRY, phases=(n.Phase(1, grade="D"),))
    made = carrying(doubtful)
    found = years(made, 2023, one(day="2021-05-05"))  # the kind is not known
    assert [(e.shown.grade, e.worst.grade) for e in found] == [
        ("A", "A"),
        ("A", "D"),
        ("A", "D"),
        ("A", "C"),
    ]
    assert [dict(e.worst.origins) for e in found[:3]] == [{}, {"k": 2021}, {}]


def test_what_is_carried_only_at_worst_applies_where_all_else_is_decided() -> None:
    e = judge(carrying(CARRY), cycle=2025, before=Before({}, {"k": 2024}))
    assert (e.shown.grade, e.worst.grade, e.open) == ("A", "D", True)


def test_without_a_cycle_nothing_is_carried() -> None:
    made = replace(
        carrying(CARRY),
        cycle=n.Cycle(),
        indicators=(indicator("orders", n.Count(select(ORDERED))),),
    )
    e = judge(made, one(kind="order"), before=Before({"k": 2024}, {"k": 2024}))
    assert (e.shown.carried, dict(e.shown.origins)) == ((), {})


def carried_by_list(
    causes: Sequence[bool], lengths: Sequence[int], first: int | None
) -> list[int | None]:
    """Say for each cycle which phase applies: look back for the latest cause, then along the phases."""
    found: list[int | None] = []
    covered = [i for i, length in enumerate(lengths) for _ in range(length)]
    for cycle in range(len(causes)):
        # the latest cause before this cycle
        origins = [c for c in range(cycle) if causes[c] and (first is None or c >= first)]
        age = cycle - origins[-1] if origins else 0
        found.append(covered[age - 1] if 0 < age <= len(covered) else None)
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.booleans(), min_size=1, max_size=8),
    st.lists(st.integers(1, 3), min_size=1, max_size=3),
    st.one_of(st.none(), st.integers(0, 5)),
)
def test_what_is_carried_agrees_with_looking_back(
    causes: list[bool], lengths: list[int], first: int | None
) -> None:
    phases = tuple(n.Phase(length, start_less=i + 1) for i, length in enumerate(lengths))
    made = carrying(n.Carry("k", ("d",), phases, None if first is None else 2000 + first))
    versions = [
        one(f"r{i}", f"{2000 + i}-05-05", kind="order") for i, cause in enumerate(causes) if cause
    ]
    found = years(made, 2000 + len(causes) - 1, *versions, first=2000)
    assert [
        e.shown.carried[0].phase.start_less - 1 if e.shown.carried else None for e in found
    ] == carried_by_list(causes, lengths, first)


# --------------------------------------------------------------------------------------------------
# Terms

OPENED = n.Now(n.Moment.OPENED)


def displayed(**parts: object) -> dict[str, object]:
    base = {
        "display_from": OPENED,
        "display_until": n.Shift(OPENED, 12, "month"),
        "repair_from": n.Shift(OPENED, 3, "month"),
    }
    terms = n.Terms(**{**base, **parts}, basis=CONFIRMED)  # type: ignore[arg-type]
    made = programme(judges=n.Judges.DECISION, grades=n.Grades(ORDER, otherwise="B"), terms=terms)
    e = evaluate(made, {}, run(made, on=JUDGED, opened=D("2024-02-29")))
    return {
        k: days.text(v) if isinstance(v, int) and not isinstance(v, bool) else v
        for k, v in e.terms.items()
    }


def test_terms_are_dates_from_the_day_the_decision_opened() -> None:
    assert displayed() == {
        "display_from": "2024-02-29", "display_until": "2025-02-28", "repair_from": "2024-05-29",
        "never": False, "no_repair": False, "open_until_cured": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "gone"),
    [
        ({"never": SURE}, {"display_from", "display_until"}),
        ({"no_repair": SURE}, {"repair_from"}),
        ({"open_until_cured": SURE}, {"display_until"}),
        ({"never": DOUBT, "no_repair": DOUBT, "open_until_cured": DOUBT}, set()),
        ({"display_from": n.Unknown("p", DATE)}, {"display_from"}),
        ({"display_until": n.Shift(n.Unknown("p", DATE), 1, "day")}, {"display_until"}),
    ],
)
def test_a_term_is_missing_where_it_is_overruled_or_an_anchor_is_missing(
    parts: dict[str, n.Truth | n.Value], gone: set[str]
) -> None:
    found = displayed(**parts)
    assert {k for k in ("display_from", "display_until", "repair_from") if found[k] is None} == gone


def test_terms_read_the_severity_found() -> None:
    is_b = n.WordIn(n.Ref("grade", n.CODE), ("B",))
    by_grade = n.Choose(((is_b, n.Shift(OPENED, 1, "month")),), OPENED, DATE)
    assert displayed(display_until=by_grade)["display_until"] == "2024-03-29"


def test_the_day_opened_is_the_judged_day_where_none_is_named() -> None:
    made = programme(
        formula("age", n.Span("day", OPENED, n.Now(n.Moment.JUDGED), PLAIN)),
        grades=n.Grades(ORDER, otherwise="B"),
    )
    assert evaluate(made, {}, run(made, on=JUDGED)).known["age"] == (0, 0)
    assert evaluate(made, {}, run(made, on=JUDGED, opened=JUDGED - 5)).known["age"] == (5, 5)
    assert evaluate(made, {}, run(made, on=JUDGED)).known["age"] == (
        0,
        0,
    )  # nothing of the run before is left


# --------------------------------------------------------------------------------------------------
# Short cuts that must not show


@pytest.mark.parametrize("seed", range(60))
def test_what_is_left_out_for_a_subject_without_records_is_as_if_worked_out(seed: int) -> None:
    """Empty groups of records for every type read force everything to be worked out; nothing may differ."""
    made = law(seed)
    read_types = {s.record for s in inside(made.programme) if isinstance(s, n.Select)}
    for history in histories(made, seed, 6):
        given_facts = facts(history.versions, made.types, made.known)
        everything = {t: given_facts.get(t, ()) for t in sorted(read_types | set(given_facts))}
        before = Before()
        for at in runs(made):
            short, long = (
                evaluate(made.programme, given_facts, at, before),
                evaluate(made.programme, everything, at, before),
            )
            assert (short.shown, short.worst, short.proposed, short.proposals_open, short.terms, short.in_scope, short.start) == (
                long.shown, long.worst, long.proposed, long.proposals_open, long.terms, long.in_scope, long.start
            )  # fmt: skip
            assert dict(short.known) == dict(long.known)
            assert {k: v for k, v in short.hits.items() if v} == {
                k: v for k, v in long.hits.items() if v
            }
            assert short.contributions == long.contributions
            before = Before(short.shown.origins, short.worst.origins)


def test_the_same_arguments_give_the_same_answer_again() -> None:
    made = law(7)
    (history,) = histories(made, 3, 1)
    given_facts = facts(history.versions, made.types, made.known)
    at = runs(made)[0]
    first = evaluate(made.programme, given_facts, at)
    other = facts(histories(made, 4, 1)[0].versions, made.types, made.known)
    evaluate(made.programme, other, at)
    assert evaluate(made.programme, given_facts, at) == first


# --------------------------------------------------------------------------------------------------
# The second road: scores by direct sum over acts

RULES = st.lists(
    st.fixed_dictionaries({
        "kind": st.sampled_from(["fine", "order", None]),
        "points": st.one_of(st.integers(0, 12), st.none()),  # none: the record's own
        "if_none": st.sampled_from(["undecided", "nothing"]),
        "share": st.sampled_from([0, 3_333, 5_000, 10_000]),
        "each_most": st.one_of(st.none(), st.integers(0, 9)),
        "most": st.one_of(st.none(), st.integers(0, 20)),
        "beside": st.booleans(),
        "adds": st.sampled_from([False, False, True]),
    }),
    min_size=1, max_size=5,
)  # fmt: skip
RECORDS = st.lists(
    st.fixed_dictionaries({
        "kind": st.sampled_from(["fine", "order", None]),
        "points": st.one_of(st.none(), st.integers(0, 12 * ONE)),
        "act": st.sampled_from([None, "x", "y"]),
        "wilful": st.sampled_from([True, False, None]),
    }),
    max_size=6,
)  # fmt: skip


def hit_points(rule: Mapping[str, object], record: Mapping[str, object]) -> tuple[int, int]:
    bound = 100 * ONE if rule["points"] is None else int(rule["points"]) * ONE  # type: ignore[call-overload]
    if rule["each_most"] is not None:
        bound = min(bound, int(rule["each_most"]) * ONE)  # type: ignore[call-overload]
    known = record["points"] if rule["points"] is None else int(rule["points"]) * ONE  # type: ignore[call-overload]
    low = min(bound, int(known or 0))  # type: ignore[call-overload]
    high = low if known is not None or rule["if_none"] == "nothing" else bound
    share = int(rule["share"]) if record["wilful"] is False and not rule["adds"] else 0  # type: ignore[call-overload]
    return tuple(p - (2 * p * share + ONE) // (2 * ONE) for p in (low, high))  # type: ignore[return-value]


def by_direct_sum(
    rules: Sequence[Mapping[str, object]], records: Sequence[Mapping[str, object]]
) -> tuple[int, int]:
    """Take for each act the dearest rule, at the low and at the high end, then sum the rules with their caps."""
    taken: list[dict[str, tuple[int | None, int]]] = []
    for rule in rules:
        acts: dict[str, tuple[int | None, int]] = {}
        for i, record in enumerate(records):
            if (
                rule["kind"] is not None
                and record["kind"] is not None
                and record["kind"] != rule["kind"]
            ):
                continue
            sure = rule["kind"] is None or record["kind"] == rule["kind"]
            low, high = hit_points(rule, record)
            act = str(record["act"] or f"r{i}")
            before = acts.get(act, (None, 0))
            lows = [x for x in (before[0], low if sure else None) if x is not None]
            acts[act] = (max(lows) if lows else None, max(before[1], high))
        taken.append(acts)
    rivals = [i for i, rule in enumerate(rules) if not rule["beside"] and not rule["adds"]]
    score = [100 * ONE, 100 * ONE]
    for i, rule in enumerate(rules):
        sums = [0, 0]
        for act, ends in taken[i].items():
            for end in (0, 1):
                mine = ends[end]
                if mine is None:
                    continue
                others = [
                    (taken[j][act][end], -j)
                    for j in rivals
                    if act in taken[j] and taken[j][act][end] is not None
                ]
                if i not in rivals or max(others)[1] == -i:  # type: ignore[type-var]
                    sums[end] += mine
        if rule["most"] is not None:
            sums = [min(s, int(rule["most"]) * ONE) for s in sums]  # type: ignore[call-overload]
        score[0] += sums[0] if rule["adds"] else -sums[0]
        score[1] += sums[0] if rule["adds"] else -sums[1]
    return score[0], min(score)


@settings(max_examples=200, deadline=None)
@given(RULES, RECORDS)
def test_a_score_agrees_with_the_direct_sum(
    rules: list[dict[str, object]], records: list[dict[str, object]]
) -> None:
    made = [
        deduct(
            f"d{i}",
            P if r["points"] is None else const(int(r["points"]), number(0, int(r["points"]))),  # type: ignore[call-overload]
            n.TRUE if r["kind"] is None else n.WordIn(KIND, (str(r["kind"]),)),
            if_none=r["if_none"],
            restored=(n.Restore(int(r["share"]), n.Not(n.TruthOf(field("wilful")))),),  # type: ignore[call-overload]
            hit_at_most=None if r["each_most"] is None else int(r["each_most"]) * ONE,  # type: ignore[call-overload]
            at_most=None if r["most"] is None else int(r["most"]) * ONE,  # type: ignore[call-overload]
            beside=r["beside"],
            adds=r["adds"],
        )
        for i, r in enumerate(rules)
    ]
    versions = [one(f"r{i}", "2025-05-05", **r) for i, r in enumerate(records)]
    e = judge(scored(*made), *versions)
    assert (e.shown.score, e.worst.score) == by_direct_sum(rules, records)


def test_a_contribution_knows_its_groups() -> None:
    e = judge(
        scored(deduct("x", 5), deduct("y", 3, FINE)), one("a", kind="order"), one("b", kind="fine")
    )
    assert [(c.rule, c.low, len(c.groups), len(c.overtaken)) for c in e.contributions] == [
        ("x", pts(10), 2, 0),
        ("y", 0, 0, 1),
    ]
    assert isinstance(e.contributions[0], Contribution)
    assert fold() == {}
