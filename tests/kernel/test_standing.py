"""A standing is a row with all a reader must know: reasons, doubt, certainty, study, display; and a chain of cycles."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.identity import NotJudgeable
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import Standing, chain, display_of, stand, version_for
from tests.kernel.world import (
    CONFIRMED,
    CYCLE,
    DOUBT,
    JUDGED,
    KIND,
    NEVER,
    ORDER,
    SUBJECT,
    SURE,
    TYPES,
    UNCONFIRMED,
    YEARLY,
    D,
    const,
    direct,
    fold,
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


def standing(made: n.Programme, *versions: Version, **more: object) -> Standing | None:
    return stand(
        SUBJECT,
        made,
        fold(*versions),
        run(made, on=JUDGED, opened=D("2025-01-31")),
        NOTHING_BEFORE,
        TYPES,
        **more,
    )  # type: ignore[arg-type]


def there(made: n.Programme, *versions: Version, **more: object) -> Standing:
    found = standing(made, *versions, **more)
    assert found is not None
    return found


def graded(**parts: object) -> n.Programme:
    return programme(FINES, grades=n.Grades(ORDER, **{"otherwise": "A", **parts}))  # type: ignore[arg-type]


def fine(record: str = "a", day: str = "2025-05-05", **more: object) -> Version:
    return rec(record, day, kind="fine", **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------


def test_a_row_says_who_by_what_when_and_as_known_when() -> None:
    found = there(graded(), unit="u", known=7)
    assert (found.organisation, found.unit, found.programme, found.version, found.cycle, found.judged, found.known) == (
        "o", "u", "t.p", "1", None, JUDGED, 7,
    )  # fmt: skip
    assert (found.grade, found.at_worst, found.open, found.score, found.worst_score, found.since, found.display) == (
        "A", "A", False, None, None, None, None,
    )  # fmt: skip


def test_who_is_out_of_scope_has_no_standing_and_who_may_be_has_an_open_one() -> None:
    assert standing(replace(graded(), scope=NEVER)) is None
    assert there(replace(graded(), scope=SURE)).open is False
    assert there(replace(graded(), scope=DOUBT)).open is True


def test_doubt_about_grade_or_proposals_leaves_a_standing_open() -> None:
    made = graded(direct=(direct("d", "D", ge(ref("fines"), 1)),))
    assert there(made, rec("a", "2025-05-05")).open is True
    listing = replace(
        graded(), proposals=(n.Proposal("p", "l", (n.Limb(ge(ref("fines"), 1)),), basis=CONFIRMED),)
    )
    assert there(listing, rec("a", "2025-05-05")).open is True
    assert (there(listing, fine()).open, there(listing, fine()).proposed) == (False, ("p",))


def test_reasons_are_the_rules_that_decided_and_then_those_that_took_points() -> None:
    rules = (
        n.Deduction("x", (), const(5), select(), basis=CONFIRMED),
        n.Deduction("y", (), const(0), select(), basis=CONFIRMED, beside=True),
        n.Deduction("z", (), const(3), select(FINE), basis=CONFIRMED, beside=True),
    )
    made = replace(
        graded(direct=(direct("d", "D", SURE), direct("c", "C", SURE))),
        score=n.Score(const(100), rules),
    )
    assert there(made, fine()).reasons == ("d", "x", "z")
    assert there(made, rec("a", "2025-05-05")).reasons == (
        "d",
        "x",
        "z",
    )  # z may take points at worst


# --------------------------------------------------------------------------------------------------
# Study

LOW = n.Deduction("x", (), const(5), select(FINE), basis=CONFIRMED)
STUDIES = [
    ("all is confirmed", graded(direct=(direct("d", "D", SURE),)), [], False),
    ("the programme is not", replace(graded(), basis=UNCONFIRMED), [], True),
    ("the rule that decided is not", graded(direct=(direct("d", "D", SURE, basis=UNCONFIRMED),)), [], True),
    ("a rule that did not fire is not", graded(direct=(direct("d", "D", NEVER, basis=UNCONFIRMED),)), [], False),
    ("a rule that fires only at worst is not", graded(direct=(direct("d", "D", DOUBT, basis=UNCONFIRMED),)), [], False),
    ("a rule that was overtaken is not", graded(direct=(direct("d", "D", SURE), direct("c", "C", SURE, basis=UNCONFIRMED))), [], False),
    ("a step down is not", graded(steps_down=(n.StepDown("s", 1, SURE, basis=UNCONFIRMED),)), [], True),
    ("a ceiling that did not bite is not", graded(otherwise="D", ceilings=(n.Ceiling("c", "B", SURE, basis=UNCONFIRMED),)), [], False),
    ("a deduction that took is not", replace(graded(), score=n.Score(const(100), (replace(LOW, basis=UNCONFIRMED),))), [fine()], True),
    ("a deduction that may take is not", replace(graded(), score=n.Score(const(100), (replace(LOW, basis=UNCONFIRMED),))), [rec("a", "2025-05-05")], True),
    ("a deduction without a hit is not", replace(graded(), score=n.Score(const(100), (replace(LOW, basis=UNCONFIRMED),))), [rec("a", "2025-05-05", kind="order")], False),
    ("a band is not", graded(bands=(n.Band("A", None, UNCONFIRMED),)), [], True),
    ("a weight is not", replace(graded(bands=(n.Band("A", None, CONFIRMED),)), weights=n.Weights((n.Weighted("1", (), const(1), const(1), mandatory=False, basis=UNCONFIRMED),))), [], True),
    ("a weight is not, but the score plays no part", replace(graded(), weights=n.Weights((n.Weighted("1", (), const(1), const(1), mandatory=False, basis=UNCONFIRMED),))), [], False),
    ("a proposal made is not", replace(graded(), proposals=(n.Proposal("p", "l", (n.Limb(SURE),), basis=UNCONFIRMED),)), [], True),
    ("a proposal not made is not", replace(graded(), proposals=(n.Proposal("p", "l", (n.Limb(NEVER),), basis=UNCONFIRMED),)), [], False),
]  # fmt: skip


@pytest.mark.parametrize(
    ("made", "versions", "study"), [row[1:] for row in STUDIES], ids=[row[0] for row in STUDIES]
)
def test_a_result_that_rests_on_something_unconfirmed_is_a_study(
    made: n.Programme, versions: list[Version], study: bool
) -> None:
    assert there(made, *versions).study is study


def test_a_carried_rule_that_is_unconfirmed_makes_a_study() -> None:
    carry = n.Carry("k", ("d",), (n.Phase(1, start_less=ONE),), basis=UNCONFIRMED)
    made = replace(graded(carries=(carry,)), cycle=YEARLY, score=n.Score(const(100), ()))
    for origin, study in ((2024, True), (2023, False)):
        found = stand(SUBJECT, made, {}, run(made, cycle=2025), Before({"k": origin}, {}), TYPES)
        assert found is not None
        assert found.study is study


def test_an_invented_parameter_marks_every_result() -> None:
    assert there(replace(graded(), invented=True)).invented is True
    assert there(replace(graded(), missing=("cut",))).missing == ("cut",)


# --------------------------------------------------------------------------------------------------
# Certainty

CERTAIN = [
    ([], None),
    ([fine()], "final"),
    ([fine(), fine("b", certainty="decided")], "decided"),
    ([fine(), fine("b", certainty="decided"), fine("c", certainty="under review")], "under review"),
    ([fine(), rec("b", "2025-05-05", certainty="decided")], "final"),  # a possible hit says nothing
    ([fine(), rec("b", "2025-05-05", kind="order", certainty="decided")], "final"),
    ([fine(), fine("b", certainty="alleged")], "final"),
    ([rec("m", "2025-05-05", "t.notice", certainty="decided")], None),  # not adverse
]


@pytest.mark.parametrize(("versions", "certainty"), CERTAIN)
def test_a_standing_is_as_certain_as_the_least_certain_record_it_rests_on(
    versions: list[Version], certainty: str | None
) -> None:
    notices = indicator("notices", n.Count(select(record="t.notice")))
    made = programme(FINES, notices, grades=n.Grades(ORDER, otherwise="A"))
    assert there(made, *versions).certainty == certainty


def test_records_of_score_rules_and_levels_count_for_certainty_too() -> None:
    scored = replace(graded(), indicators=(), score=n.Score(const(100), (LOW,)))
    assert there(scored, fine(certainty="decided")).certainty == "decided"
    ground = n.LevelGround("g", "B", select(FINE), basis=CONFIRMED)
    levelled = programme(levels=n.Levels(("A", "B"), "A", (ground,), ()))
    found = there(levelled, fine(certainty="under review"))
    assert (found.certainty, found.grade, found.since) == ("under review", "B", D("2025-05-05"))


# --------------------------------------------------------------------------------------------------
# Display

OPENED = n.Now(n.Moment.OPENED)
GONE = n.Unknown("p", DATE)
DISPLAYED = [
    ("a term", {}, "term", ("2025-01-31", "2025-02-28", "2025-01-31")),
    ("never", {"never": SURE}, "never", (None, None, "2025-01-31")),
    (
        "open until cured",
        {"open_until_cured": SURE},
        "open until cured",
        ("2025-01-31", None, "2025-01-31"),
    ),
    (
        "never goes before open",
        {"never": SURE, "open_until_cured": SURE},
        "never",
        (None, None, "2025-01-31"),
    ),
    ("not started", {"display_from": GONE}, "not started", (None, "2025-02-28", "2025-01-31")),
    (
        "an end that is not known",
        {"display_until": GONE},
        "end not known",
        ("2025-01-31", None, "2025-01-31"),
    ),
    ("no repair", {"no_repair": SURE}, "term", ("2025-01-31", "2025-02-28", None)),
    (
        "doubt overrules nothing",
        {"never": DOUBT},
        "term",
        ("2025-01-31", "2025-02-28", "2025-01-31"),
    ),
]


@pytest.mark.parametrize(
    ("parts", "word", "dates"), [row[1:] for row in DISPLAYED], ids=[row[0] for row in DISPLAYED]
)
def test_display_is_a_word_with_its_dates(
    parts: dict[str, object], word: str, dates: tuple[str | None, str | None, str | None]
) -> None:
    terms = n.Terms(
        **{
            "display_from": OPENED,
            "display_until": n.Shift(OPENED, 1, "month"),
            "repair_from": OPENED,
            **parts,
        }
    )  # type: ignore[arg-type]
    found = there(replace(graded(), terms=terms))
    said = tuple(
        None if d is None else days.text(d)
        for d in (found.display_from, found.display_until, found.repair_from)
    )
    assert (found.display, said) == (word, dates)
    assert display_of(found.evaluation.terms) == word


# --------------------------------------------------------------------------------------------------
# Only a Judgeable


@pytest.mark.parametrize("subject", [SUBJECT.organisation, "o", None])
def test_nothing_but_a_judgeable_stands(subject: object) -> None:
    made = graded()
    with pytest.raises(NotJudgeable):
        stand(subject, made, {}, run(made, on=JUDGED), NOTHING_BEFORE, TYPES)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------
# Chains and versions

KEPT = n.Carry("k", ("d",), (n.Phase(2, grade="D"),), basis=CONFIRMED)


def version(first: int | None, last: int | None, name: str, *carries: n.Carry) -> n.Programme:
    fines = indicator("fines", n.Count(select(FINE, window=CYCLE)))
    grades = n.Grades(
        ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A", carries=carries
    )
    return replace(
        programme(fines, grades=grades, cycle=n.Cycle("calendar year", 3, first=first, last=last)),
        version=name,
    )


OLD, NEW = version(2020, 2022, "old", KEPT), version(2023, None, "new", KEPT)


@pytest.mark.parametrize(
    ("cycle", "name"), [(2019, None), (2020, "old"), (2022, "old"), (2023, "new"), (2040, "new")]
)
def test_each_cycle_is_judged_by_the_version_that_applies_to_it(
    cycle: int, name: str | None
) -> None:
    found = version_for((OLD, NEW), cycle)
    assert (found.version if found else None) == name


def grades_of(
    family: tuple[n.Programme, ...], upto: int, *versions: Version, **more: int
) -> list[tuple[int | None, str, str]]:
    return [
        (at.cycle, p.version, e.shown.grade)
        for p, at, _, e in chain(family, fold(*versions), upto, **more)
    ]


def test_a_chain_hands_on_what_is_carried_across_versions() -> None:
    assert grades_of((NEW, OLD), 2025, fine(day="2022-05-05")) == [
        (2020, "old", "A"), (2021, "old", "A"), (2022, "old", "D"), (2023, "new", "D"), (2024, "new", "D"), (2025, "new", "A"),
    ]  # fmt: skip


def test_what_a_later_version_does_not_carry_lapses() -> None:
    later = version(2023, None, "new")
    assert [g for _, _, g in grades_of((OLD, later), 2024, fine(day="2022-05-05"))] == [
        "A",
        "A",
        "D",
        "A",
        "A",
    ]


def test_a_gap_between_versions_carries_nothing_across() -> None:
    later = version(2024, None, "new", KEPT)
    assert grades_of((OLD, later), 2024, fine(day="2022-05-05"))[-1] == (2024, "new", "A")


def test_a_chain_may_start_later_and_then_knows_nothing_from_before() -> None:
    assert [g for _, _, g in grades_of((OLD, NEW), 2024, fine(day="2022-05-05"), start=2022)] == [
        "D",
        "D",
        "D",
    ]
    assert [g for _, _, g in grades_of((OLD, NEW), 2024, fine(day="2022-05-05"), start=2023)] == [
        "A",
        "A",
    ]


def test_a_version_without_a_first_cycle_is_judged_in_the_one_asked() -> None:
    assert grades_of((version(None, None, "x"),), 2024) == [(2024, "x", "A")]


def test_only_the_last_cycle_is_judged_on_the_day_asked() -> None:
    on = D("2025-11-30")
    found = [at.judged for _, at, _, _ in chain((OLD, NEW), {}, 2024, on=on)]
    assert [days.text(d) for d in found] == [
        "2021-03-31",
        "2022-03-31",
        "2023-03-31",
        "2024-03-31",
        "2025-11-30",
    ]


def test_the_row_names_what_goes_on_with_its_origin() -> None:
    found = stand(
        SUBJECT, NEW, fold(fine(day="2024-05-05")), run(NEW, cycle=2024), NOTHING_BEFORE, TYPES
    )
    assert found is not None
    assert (found.carried, found.cycle, days.text(found.judged)) == (
        ("k:2024",),
        2024,
        "2025-03-31",
    )
