"""A case beside a rule is judged as any subject is, and each expectation that does not hold is a finding."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.kernel import cases
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.items import Case, CaseRecord, Expect
from tests.kernel.world import (
    AMOUNT,
    CONFIRMED,
    CYCLE,
    KIND,
    ORDER,
    POINTS,
    TYPES,
    D,
    const,
    direct,
    field,
    ge,
    indicator,
    programme,
    record_type,
    ref,
    select,
)

FINE = n.WordIn(KIND, ("fine",))
FINES = indicator("fines", n.Count(select(FINE, window=CYCLE)))
CARRY = n.Carry("k", ("18(3)",), (n.Phase(1, grade="D"),), basis=CONFIRMED)
HERE = Place("cases.yaml", 7, 3)


def yearly(version: str, first: int, last: int | None) -> n.Programme:
    grades = n.Grades(
        ORDER, direct=(direct("18(3)", "D", ge(ref("fines"), 1)),), otherwise="A", carries=(CARRY,)
    )
    score = n.Score(
        const(100), (n.Deduction("x", (), field("points"), select(window=CYCLE), basis=CONFIRMED),)
    )
    proposals = (n.Proposal("6(1)", "t.list", (n.Limb(ge(ref("fines"), 1)),), basis=CONFIRMED),)
    made = programme(
        FINES,
        grades=grades,
        score=score,
        cycle=n.Cycle("calendar year", first=first, last=last),
        proposals=proposals,
        missing=("cut",),
    )
    return replace(made, version=version)


FAMILY = (yearly("old", 2020, 2022), yearly("new", 2023, None))


def record(id: str = "1", day: str = "2024-05-05", **more: object) -> CaseRecord:
    own = {
        k: more.pop(k)
        for k in ("certainty", "act", "decision", "unit", "cured", "links")
        if k in more
    }
    values = {"decided": D(day), "kind": "fine", "points": 5 * 10_000, **more}
    return CaseRecord("t.penalty", 1, id, tuple(values.items()), D(day), **own)  # type: ignore[arg-type]


def case(*records: CaseRecord, expect: Expect | None = None, **more: object) -> Case:
    own = {"version": "new", "cycle": 2024, **more}
    return Case("t.p", name="a case", records=records, expect=expect or Expect(), place=HERE, **own)  # type: ignore[arg-type]


def failures(
    made: Case, family: tuple[n.Programme, ...] = FAMILY, types: cases.Types = TYPES
) -> list[tuple[str, str]]:  # type: ignore[name-defined]
    found = list(cases.check(made, family, types))
    assert all((f.code, f.place) == ("case-fails", HERE) for f in found)
    return [(f.expected, f.found) for f in found]


EXPECTED = [
    (Expect(grade="D"), Expect(grade="A"), [("grade: A", "grade: D")]),
    (Expect(at_worst="D"), Expect(at_worst="B"), [("at worst: B", "at worst: D")]),
    (Expect(score=950_000), Expect(score=940_000), [("score: 94", "score: 95")]),
    (
        Expect(score_at_worst=950_000),
        Expect(score_at_worst=1),
        [("score at worst: 0.0001", "score at worst: 95")],
    ),
    (Expect(open=False), Expect(open=True), [("open: True", "open: False")]),
    (Expect(proposed=("6(1)",)), Expect(proposed=()), [("proposed: ()", "proposed: ('6(1)',)")]),
    (Expect(missing=("cut",)), Expect(missing=()), [("missing: ()", "missing: ('cut',)")]),
    (
        Expect(reasons=("18(3)", "x", "6(1)")),
        Expect(reasons=("k",)),
        [("reason k: there", "reason k: not there")],
    ),
    (
        Expect(absent=("k",)),
        Expect(absent=("18(3)", "6(1)")),
        [
            ("reason 18(3): not there", "reason 18(3): there"),
            ("reason 6(1): not there", "reason 6(1): there"),
        ],
    ),
    (Expect(in_scope=True), Expect(in_scope=False), [("in scope: False", "in scope: True")]),
    (
        Expect(),
        Expect(grade="A", score=1),
        [("grade: A", "grade: D"), ("score: 0.0001", "score: 95")],
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), EXPECTED)
def test_an_expectation_holds_or_is_a_finding(
    right: Expect, wrong: Expect, said: list[tuple[str, str]]
) -> None:
    assert failures(case(record(), expect=right)) == []
    assert failures(case(record(), expect=wrong)) == said


def test_a_finding_names_the_case_and_what_happened() -> None:
    (found,) = cases.check(case(record(), expect=Expect(grade="A")), FAMILY, TYPES)
    said = dict(found.said)
    assert said["case"] == "a case"
    for part in ("grade D", "score 95", "reasons 18(3), x", "proposed 6(1)", "fines = 1"):
        assert part in said["happened"]


def test_what_is_carried_comes_from_the_first_cycle_the_case_names() -> None:
    before = record(day="2022-05-05")
    assert (
        failures(
            case(before, expect=Expect(grade="D", reasons=("k",)), cycle=2023, from_cycle=2022)
        )
        == []
    )
    assert failures(case(before, expect=Expect(grade="A"), cycle=2023)) == []
    assert failures(case(before, expect=Expect(grade="A"), cycle=2024, from_cycle=2020)) == []


def test_a_case_is_judged_by_the_version_it_names() -> None:
    assert (
        failures(
            case(record(day="2021-05-05"), expect=Expect(grade="D"), version="old", cycle=2021)
        )
        == []
    )


def test_a_day_re_evaluates_the_cycle() -> None:
    assert (
        failures(case(record(day="2024-05-05"), expect=Expect(grade="A"), on=D("2024-05-04"))) == []
    )
    assert (
        failures(case(record(day="2024-05-05"), expect=Expect(grade="D"), on=D("2024-05-05"))) == []
    )


def test_who_is_out_of_scope_is_found_only_where_that_is_not_expected() -> None:
    family = tuple(replace(p, scope=n.FALSE) for p in FAMILY)
    assert failures(case(record(), expect=Expect(in_scope=False)), family) == []
    assert failures(case(record(), expect=Expect(grade="D")), family) == [
        ("in scope: yes", "in scope: no")
    ]


def test_records_of_a_case_are_versions_in_the_order_written() -> None:
    made = case(
        record("1", act="x", decision="d", links=(("about", "2"),)),
        record("2", cured=D("2024-06-06")),
    )
    one, two = cases.versions_of(made, TYPES)
    assert (one.record, one.values["act"], one.values["decision"], dict(one.links)) == (
        "1",
        "x",
        "d",
        {"about": "2"},
    )
    assert (two.values["act"], two.values["cured"], two.subject) == (
        None,
        D("2024-06-06"),
        cases.SUBJECT.id,
    )


# --------------------------------------------------------------------------------------------------
# Units, decisions, terms


def test_a_unit_is_judged_by_its_own_records() -> None:
    types = {
        "t.penalty": {1: replace(record_type(), about="unit")},
        "t.notice": {1: replace(record_type("t.notice"), about="unit")},
    }
    family = (replace(FAMILY[1], judges=n.Judges.UNIT),)
    two = [record("1", unit="u"), record("2", unit="v", kind="order")]
    assert failures(case(*two, expect=Expect(grade="D"), unit="u"), family, types) == []
    assert failures(case(*two, expect=Expect(grade="A"), unit="v"), family, types) == []
    assert failures(case(record("1"), expect=Expect(grade="D")), family, types) == []
    assert failures(case(expect=Expect(grade="A")), family, types) == []  # a unit without records


OPENED = n.Now(n.Moment.OPENED)


def displayed(**parts: object) -> tuple[n.Programme, ...]:
    terms = n.Terms(
        **{
            "display_from": OPENED,
            "display_until": n.Shift(OPENED, 1, "month"),
            "repair_from": OPENED,
            **parts,
        }
    )  # type: ignore[arg-type]
    made = programme(
        indicator("sum", n.Sum(select(), AMOUNT), POINTS), judges=n.Judges.DECISION, judged_records=("t.penalty",), terms=terms,
        grades=n.Grades(("A", "B"), direct=(direct("big", "B", ge(ref("sum", POINTS), 10)),), otherwise="A"),
    )  # fmt: skip
    return (made,)


DISPLAY = [
    ({}, Expect(display_from="2024-05-05", display_until="2024-06-05", repair_from="2024-05-05")),
    ({"never": n.TRUE}, Expect(display_from="never", display_until="never")),
    ({"never": n.TRUE}, Expect(display_from="none", display_until="none")),
    ({"open_until_cured": n.TRUE}, Expect(display_from="2024-05-05", display_until="open")),
    ({"display_from": n.Unknown("p", DATE)}, Expect(display_from="not started")),
    ({"display_until": n.Unknown("p", DATE)}, Expect(display_until="none")),
    ({"no_repair": n.TRUE}, Expect(repair_from="none")),
]


@pytest.mark.parametrize(("parts", "expect"), DISPLAY)
def test_a_decision_is_displayed_as_expected(parts: dict[str, object], expect: Expect) -> None:
    made = case(record(decision="d"), expect=expect, version="1", cycle=None, on=D("2024-12-31"))
    assert failures(made, displayed(**parts)) == []
    wrong = replace(
        made,
        expect=Expect(
            display_from="2020-01-01", display_until="2020-01-01", repair_from="2020-01-01"
        ),
    )
    assert len(failures(wrong, displayed(**parts))) == 3


def test_of_several_decisions_the_one_named_is_judged() -> None:
    two = [record("1", decision="d", amount=1), record("2", decision="e", amount=10)]
    for decision, grade in (("d", "A"), ("e", "B")):
        made = case(
            *two,
            expect=Expect(grade=grade),
            version="1",
            cycle=None,
            on=D("2024-12-31"),
            decision=decision,
        )
        assert failures(made, displayed()) == []
    nobody = case(
        *two,
        expect=Expect(in_scope=False),
        version="1",
        cycle=None,
        on=D("2024-12-31"),
        decision="f",
    )
    assert failures(nobody, displayed()) == []
