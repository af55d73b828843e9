"""The tree of reasons is complete: every rule that applied, every record that was read, each with why it did or did not count."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, Evaluation, evaluate
from goodstanding.kernel.rules.explain import RecordSeen, Tree, explain
from goodstanding.kernel.rules.walk import types_read
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import counted
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import runs
from tests.kernel.world import (
    AMOUNT,
    CONFIRMED,
    CYCLE,
    DOUBT,
    JUDGED,
    KIND,
    NEVER,
    ORDER,
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
    programme,
    rec,
    ref,
    select,
)

ONE = 10_000
FINE = n.WordIn(KIND, ("fine",))
FINES = indicator("fines", n.Count(select(FINE)))
BIG = indicator("big", n.Count(select(ge(AMOUNT, 10))))
BANDS = (
    n.Band("A", const(90 * ONE, POINTS), CONFIRMED),
    n.Band("D", None, n.Basis("t-2", "9", confirmed=False)),
)


def tree(
    made: n.Programme, *versions: Version, cycle: int | None = None, before: Before | None = None
) -> Tree:
    at = run(made, cycle=cycle, on=JUDGED if cycle is None else None)
    given = fold(*versions)
    return explain(made, evaluate(made, given, at, before or Before()), given)


def deduct(id: str, points: n.Value, where: n.Truth = n.TRUE, **more: object) -> n.Deduction:
    return n.Deduction(id, (("en", f"title {id}"),), points, select(where), basis=CONFIRMED, **more)  # type: ignore[arg-type]


def named(seen: tuple[RecordSeen, ...]) -> list[str]:
    return [s.record for s in seen]


def one(record: str = "a", day: str = "2025-05-05", **more: object) -> Version:
    return rec(record, day, **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------
# What decided


def test_a_ground_says_its_article_condition_values_and_records() -> None:
    made = programme(
        FINES,
        grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A"),
    )
    (reason,) = tree(made, one("a", kind="fine"), one("b", kind="order")).decided
    assert (reason.kind, reason.rule, reason.gives, reason.basis) == ("direct", "d", "D", CONFIRMED)
    assert reason.condition == "fines >= 1"
    assert [(name, known) for name, known, _ in reason.values] == [("fines", (1, 1))]
    assert named(reason.records) == ["a"]


def test_a_ground_over_a_formula_names_all_that_lies_below() -> None:
    twice = formula("twice", n.Add(ref("fines"), ref("fines"), PLAIN))
    made = programme(
        FINES, BIG, twice, grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("twice"), 2)),))
    )
    (reason,) = tree(made, one("a", kind="fine", amount=50)).decided
    assert [name for name, _, _ in reason.values] == ["fines", "twice"]
    assert named(reason.records) == ["a"]


@pytest.mark.parametrize(
    ("points", "cut", "basis", "gives"),
    [(5, "score >= 90", CONFIRMED, "A"), (20, "score < 90", BANDS[1].basis, "D")],
)
def test_a_grade_by_bands_says_where_its_band_lies(
    points: int, cut: str, basis: n.Basis, gives: str
) -> None:
    made = programme(
        score=n.Score(const(100), (deduct("x", const(points)),)),
        grades=n.Grades(ORDER, bands=BANDS),
    )
    found = tree(made, one())
    assert [(r.kind, r.condition, r.basis, r.gives) for r in found.decided] == [
        ("band", cut, basis, gives)
    ]
    assert (found.overtaken, found.at_worst) == ((), ())


def test_a_grade_by_the_last_limb_says_so() -> None:
    found = tree(programme(grades=n.Grades(ORDER, otherwise="A")))
    assert [(r.kind, r.gives) for r in found.decided] == [("otherwise", "A")]
    assert (found.overtaken, found.at_worst) == ((), ())


def test_nothing_is_said_to_have_decided_what_is_undecided() -> None:
    assert tree(programme(grades=n.Grades(ORDER))).decided == ()


def test_what_was_overtaken_stands_apart() -> None:
    grounds = (direct("c", "C", SURE), direct("d", "D", SURE))
    found = tree(
        programme(
            grades=n.Grades(
                ORDER, direct=grounds, ceilings=(n.Ceiling("b", "B", SURE, basis=CONFIRMED),)
            )
        )
    )
    assert [r.rule for r in found.decided] == ["d"]
    assert [(r.kind, r.rule, r.gives) for r in found.overtaken] == [
        ("direct", "c", "C"),
        ("ceiling", "b", "B"),
    ]


def test_what_applies_only_at_worst_stands_apart() -> None:
    grades = n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A")
    found = tree(programme(FINES, grades=grades), one())
    assert [r.kind for r in found.decided] == ["otherwise"]
    assert [(r.kind, r.rule) for r in found.at_worst] == [("direct", "d")]


def test_a_worse_band_at_worst_is_named() -> None:
    made = programme(
        score=n.Score(const(100), (deduct("x", field("points"), FINE),)),
        grades=n.Grades(ORDER, bands=BANDS),
    )
    found = tree(made, one(points=50 * ONE))
    assert [(r.kind, r.gives) for r in found.decided] == [("band", "A")]
    assert [(r.kind, r.gives) for r in found.at_worst] == [("band", "D")]
    assert (found.score, found.worst_score) == (100 * ONE, 50 * ONE)


def test_an_exception_not_shown_is_marked() -> None:
    found = tree(
        programme(
            grades=n.Grades(
                ORDER, direct=(direct("d", "D", SURE, DOUBT), direct("e", "D", SURE, NEVER))
            )
        )
    )
    assert [(r.rule, r.exception_not_shown) for r in found.decided] == [("d", True), ("e", False)]
    assert found.decided[0].condition == "true unless p (not published) >= 1"


def test_a_carried_grade_says_where_it_comes_from_and_how_long_it_lasts() -> None:
    carry = n.Carry(
        "k", ("d",), (n.Phase(1, grade="D"), n.Phase(2, not_above="B")), basis=CONFIRMED
    )
    made = programme(cycle=YEARLY, grades=n.Grades(ORDER, carries=(carry,), otherwise="A"))
    (reason,) = tree(made, cycle=2025, before=Before({"k": 2024}, {"k": 2024})).decided
    assert (reason.kind, reason.origin, reason.cycles_left, reason.gives) == (
        "carried",
        2024,
        2,
        "D",
    )
    found = tree(made, cycle=2025, before=Before({"k": 2023}, {"k": 2023}))
    assert [(r.origin, r.cycles_left, r.gives) for r in found.decided] == [(2023, 1, "B")]
    assert found.carried_on == (("k", 2023),)


def test_points_carried_off_the_start_stand_beside_the_band() -> None:
    carry = n.Carry("k", ("d",), (n.Phase(1, start_less=11 * ONE),), basis=CONFIRMED)
    made = programme(
        cycle=YEARLY,
        score=n.Score(const(100), ()),
        grades=n.Grades(ORDER, bands=BANDS, carries=(carry,)),
    )
    found = tree(made, cycle=2025, before=Before({"k": 2024}, {"k": 2024}))
    assert [(r.kind, r.gives) for r in found.decided] == [("band", "D"), ("carried", "start - 11")]


def test_a_proposal_may_have_the_id_of_a_ground() -> None:
    made = programme(
        FINES, BIG,
        grades=n.Grades(ORDER, direct=(direct("6(1)", "D", ge(ref("fines"), 1)),)),
        proposals=(n.Proposal("6(1)", "t.list", (n.Limb(ge(ref("big"), 1)),), basis=n.Basis("t-9", "6")),),
    )  # fmt: skip
    found = tree(made, one("a", kind="fine"), one("b", kind="order", amount=10))
    assert [(r.kind, r.condition, named(r.records), r.basis.instrument) for r in found.decided] == [
        ("direct", "fines >= 1", ["a"], "t-1")
    ]
    assert [(r.kind, r.condition, named(r.records), r.gives) for r in found.proposals] == [
        ("propose", "big >= 1", ["b"], "t.list")
    ]


# --------------------------------------------------------------------------------------------------
# The arithmetic


def test_the_arithmetic_names_each_rule_with_points_and_records() -> None:
    rules = (deduct("x", const(5)), deduct("y", const(3), FINE, adds=True))
    made = programme(score=n.Score(const(100), rules), grades=n.Grades(ORDER, bands=BANDS))
    found = tree(made, one("a", kind="fine"), one("b", kind="order"))
    assert (found.start, found.score) == (100 * ONE, 93 * ONE)
    assert [(r.kind, r.rule, r.low, r.high, named(r.records)) for r in found.arithmetic] == [
        ("deduct", "x", 10 * ONE, 10 * ONE, ["a", "b"]),
        ("add", "y", 3 * ONE, 3 * ONE, ["a"]),
    ]


def test_a_deduction_given_back_whole_is_told_with_its_record() -> None:
    rule = deduct("x", const(5), restored=(n.Restore(ONE, SURE),))
    found = tree(
        programme(score=n.Score(const(100), (rule,)), grades=n.Grades(ORDER, bands=BANDS)), one()
    )
    assert [(r.rule, r.low, named(r.records)) for r in found.arithmetic] == [("x", 0, ["a"])]


def test_an_act_counted_under_another_rule_is_told_under_both() -> None:
    rules = (deduct("x", const(5)), deduct("y", const(9)))
    found = tree(
        programme(score=n.Score(const(100), rules), grades=n.Grades(ORDER, bands=BANDS)), one()
    )
    assert [(r.rule, [(s.record, s.why_not) for s in r.records]) for r in found.arithmetic] == [
        ("x", [("a", "overtaken")]),
        ("y", [("a", "")]),
    ]


def test_weights_name_the_items_present_and_the_mandatory_ones_missing() -> None:
    items = (
        n.Weighted("1", (), const(6000, SHARE), ref("fines"), mandatory=True, basis=CONFIRMED),
        n.Weighted(
            "2", (), const(3000, SHARE), n.Unknown("p", POINTS), mandatory=True, basis=CONFIRMED
        ),
        n.Weighted(
            "3", (), const(1000, SHARE), n.Unknown("q", POINTS), mandatory=False, basis=CONFIRMED
        ),
    )
    found = tree(
        programme(FINES, weights=n.Weights(items), grades=n.Grades(ORDER, bands=BANDS)),
        one(kind="fine"),
    )
    assert [(r.kind, r.rule, r.low, r.gives, named(r.records)) for r in found.arithmetic] == [
        ("item", "1", ONE, "60%", ["a"]),
        ("item missing", "2", None, "30%", []),
    ]


# --------------------------------------------------------------------------------------------------
# Records

WHY = [
    (one(certainty="alleged"), "alleged"),
    (one(certainty="suspended"), "suspended"),
    (one(state="held"), "held"),
    (one(state="annulled"), "annulled"),
    (rec("a", None), "undated"),
    (one(day="2026-01-01"), "after the day judged"),
    (one(day="2023-12-31", kind="fine"), "outside the window"),
    (one(kind="order"), "no condition met"),
    (one(kind="fine", certainty="decided"), "not final"),
]


@pytest.mark.parametrize(("version", "why"), WHY, ids=[row[1] for row in WHY])
def test_a_record_that_did_not_count_says_why(version: Version, why: str) -> None:
    last_years = n.Window(months_back=24)
    made = programme(
        indicator("fines", n.Count(select(FINE, window=last_years, final=True))),
        grades=n.Grades(ORDER, otherwise="A"),
    )
    found = tree(made, version)
    assert [(s.record, s.why_not) for s in found.not_counted] == [("a", why)]
    assert (found.met, found.undecided) == ((), ())


def test_a_record_outside_one_window_and_inside_another_met_no_condition() -> None:
    short, long = (
        indicator(f"f{m}", n.Count(select(FINE, window=n.Window(months_back=m)))) for m in (1, 24)
    )
    made = programme(short, long, grades=n.Grades(ORDER, otherwise="A"))
    assert [s.why_not for s in tree(made, one(day="2024-05-05", kind="order")).not_counted] == [
        "no condition met"
    ]


def test_a_record_of_a_type_that_is_not_read_is_not_told_of() -> None:
    made = programme(FINES, grades=n.Grades(ORDER, otherwise="A"))
    found = tree(made, rec("m", "2025-05-05", "t.notice"))
    assert (found.not_counted, found.met, found.undecided) == ((), (), ())


def test_an_undecided_record_names_the_fields_it_lacks() -> None:
    made = programme(
        BIG,
        score=n.Score(const(100), (deduct("x", field("points")),)),
        grades=n.Grades(ORDER, bands=BANDS),
    )
    found = tree(made, one())
    assert [(s.record, s.rule, s.lacks) for s in found.undecided] == [
        ("a", "big", ("amount",)),
        ("a", "x", ("points",)),
    ]


def test_a_record_undecided_for_something_linked_is_told_of_too() -> None:
    linked = ge(n.LinkField("about", "amount", PLAIN), 1)
    made = programme(indicator("i", n.Count(select(linked))), grades=n.Grades(ORDER, otherwise="A"))
    found = tree(made, one())
    assert [(s.record, s.rule, s.lacks) for s in found.undecided] == [("a", "i", ())]
    assert found.not_counted == ()


def test_a_record_whose_doubt_changes_no_points_is_told_of_too() -> None:
    rule = deduct("x", const(5), ge(AMOUNT, 10), at_most=5 * ONE)
    found = tree(
        programme(score=n.Score(const(100), (rule,)), grades=n.Grades(ORDER, bands=BANDS)),
        one("a", amount=10),
        one("b"),
    )
    assert named(found.undecided) == ["b"]
    assert [named(r.records) for r in found.arithmetic] == [["a"]]


def test_a_record_that_met_a_rule_which_did_not_decide_is_told_of() -> None:
    made = programme(
        FINES,
        grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 3)),), otherwise="A"),
    )
    found = tree(made, one("a", kind="fine"), one("b", kind="fine"))
    assert (named(found.met), found.not_counted) == (["a", "b"], ())


def test_a_record_says_until_when_it_counts() -> None:
    last_years = indicator("fines", n.Count(select(FINE, window=n.Window(months_back=12))))
    made = programme(
        last_years, grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),))
    )
    (reason,) = tree(made, one(day="2025-01-31", kind="fine", authority="t.office")).decided
    (seen,) = reason.records
    assert (seen.ends, seen.authority, seen.certainty, seen.date) == (
        D("2026-01-31"),
        "t.office",
        "final",
        D("2025-01-31"),
    )


def test_a_record_read_by_several_indicators_is_named_once_until_the_last_window_ends() -> None:
    windows = {"one": 12, "two": 24, "ever": None}
    read = {
        name: indicator(name, n.Count(select(FINE, window=n.Window(months_back=m))))
        for name, m in windows.items()
    }

    def ends(*names: str) -> list[int | None]:
        when = n.All(tuple(ge(ref(name), 1) for name in names))
        made = programme(
            *(read[name] for name in names),
            grades=n.Grades(ORDER, direct=(direct("d", "D", when),)),
        )
        (reason,) = tree(made, one(day="2025-01-31", kind="fine")).decided
        return [s.ends for s in reason.records]

    assert ends("one", "two") == ends("two", "one") == [D("2027-01-31")]
    assert ends("one", "ever") == ends("ever", "one") == [None]


# --------------------------------------------------------------------------------------------------
# Levels

SEVERAL = n.LevelGround(
    "several", "low", select(FINE), months=12, limbs=(n.Limb(ge(ref("hits"), 2)),), basis=CONFIRMED
)
ANY = n.LevelGround("any", "low", select(ge(AMOUNT, 10), record="t.notice"), basis=CONFIRMED)
RISE = n.Raise("rise", "low", "high", select=select(ge(AMOUNT, 5)), basis=CONFIRMED)


def levelled(*grounds: n.LevelGround) -> n.Programme:
    return programme(levels=n.Levels(("high", "low"), "high", grounds, (RISE,)))


def test_a_ground_within_months_rests_on_all_records_of_its_window() -> None:
    found = tree(
        levelled(SEVERAL),
        one("a", "2025-01-01", kind="fine", amount=0),
        one("b", "2025-05-05", kind="fine", amount=0),
        one("c", "2020-01-01", kind="fine", amount=0),
    )
    (reason,) = found.decided
    assert (reason.kind, reason.rule, reason.gives, named(reason.records)) == (
        "lowered",
        "several",
        "low",
        ["a", "b"],
    )
    assert [(s.record, s.why_not) for s in found.not_counted] == [("c", "no condition met")]


def test_each_ground_of_a_level_names_its_own_records() -> None:
    again = replace(ANY, id="again", select=select(ge(AMOUNT, 20), record="t.notice"))
    versions = [
        rec("a", "2025-05-05", "t.notice", amount=10),
        rec("b", "2025-05-06", "t.notice", amount=20),
    ]
    found = tree(levelled(ANY, again), *versions)
    assert {r.rule: named(r.records) for r in found.decided} == {"any": ["a", "b"], "again": ["b"]}


def test_undecided_grounds_and_raises_are_told_of() -> None:
    found = tree(levelled(ANY), rec("a", "2025-05-05", "t.notice"), one("b", "2025-06-06"))
    assert [(s.record, s.rule, s.lacks) for s in found.undecided] == [
        ("a", "any", ("amount",)),
        ("b", "rise", ("amount",)),
    ]
    assert (found.not_counted, found.met) == ((), ())
    assert [r.rule for r in found.at_worst] == ["any"]


def test_a_raising_decision_is_the_reason_of_the_level() -> None:
    found = tree(
        levelled(ANY),
        rec("a", "2025-05-05", "t.notice", amount=10),
        one("b", "2025-06-06", amount=5),
    )
    (reason,) = found.decided
    assert (reason.kind, reason.rule, named(reason.records)) == ("raised", "rise", ["b"])
    assert named(found.met) == ["a"]


# --------------------------------------------------------------------------------------------------
# Complete, over random laws


def _told(found: Tree) -> set[str]:
    parts = (found.decided, found.overtaken, found.arithmetic, found.proposals, found.at_worst)
    return {s.record for part in parts for r in part for s in r.records}


def _read(made: n.Programme, given: Facts, judged: int) -> list[str]:
    """Name what is read; an allegation that lapsed undecided is told of no more (FAIRNESS 6)."""
    return [
        f.record
        for t in sorted(types_read(made))
        for f in given.get(t, ())
        if f.silent_from is None or judged < f.silent_from
    ]


def _complete(made: n.Programme, e: Evaluation, given: Facts) -> None:
    found = explain(made, e, given)
    read = _read(made, given, e.run.judged)
    somewhere = _told(found) | {s.record for s in (*found.undecided, *found.met)}
    out = Counter(s.record for s in found.not_counted)
    assert somewhere.isdisjoint(out), "met and not met at once"
    assert {s.record for s in found.met}.isdisjoint(
        _told(found) | {s.record for s in found.undecided}
    )
    assert somewhere | set(out) == set(read)
    assert set(out.values()) <= {1}
    assert len(found.met) == len({s.record for s in found.met})
    assert {f.record for f in counted(e)} <= somewhere
    assert {(r.kind, r.rule) for r in found.decided} >= set(e.shown.fired)
    assert {(r.kind, r.rule) for r in found.overtaken} == set(e.shown.overtaken)
    assert {(r.kind, r.rule) for r in (*found.decided, *found.at_worst)} >= set(e.worst.fired)
    assert [r.rule for r in found.arithmetic if r.kind in ("deduct", "add")] == [
        c.rule for c in e.contributions
    ]
    assert [r.rule for r in found.proposals] == list(e.proposed)
    assert all(s.why_not for s in found.not_counted)
    for s in found.not_counted:
        day = next(f.date for group in given.values() for f in group if f.record == s.record)
        assert (s.why_not == "after the day judged") <= (day is not None and day > e.run.judged)


@pytest.mark.parametrize("seed", range(80))
def test_every_rule_that_applied_and_every_record_read_is_in_the_tree(seed: int) -> None:
    made = law(seed)
    for history in histories(made, seed, 6):
        given, before = facts(history.versions, made.types, made.known), Before()
        for at in runs(made):
            e = evaluate(made.programme, given, at, before)
            _complete(made.programme, e, given)
            before = Before(e.shown.origins, e.worst.origins)


def test_a_window_of_the_cycle_is_that_of_the_run() -> None:
    made = programme(
        indicator("fines", n.Count(select(FINE, window=CYCLE))),
        cycle=YEARLY,
        grades=n.Grades(ORDER, otherwise="A"),
    )
    assert [
        s.why_not for s in tree(made, one(day="2023-12-31", kind="fine"), cycle=2024).not_counted
    ] == ["outside the window"]
    assert days.text(D("2024-12-31")) == "2024-12-31"
