"""What follows, follows from a closed case or, if it favours, from a grant: nothing else makes an effect."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from goodstanding.kernel.identity import Form, Judgeable, NotJudgeable, Organisation
from goodstanding.kernel.measures import (
    CaseKind,
    ClosedCase,
    Direction,
    Effect,
    FavourableGrant,
    Measure,
    NotLawful,
)
from goodstanding.kernel.rules.nodes import Basis
from tests.kernel.world import CONFIRMED, SUBJECT, D

OTHER = Judgeable(Organisation("other", None, Form.ORGANISATION))
BURDEN = Measure("m-1", Direction.DISCIPLINARY, CONFIRMED, months_max=12)
ENDLESS = Measure("m-2", Direction.DISCIPLINARY, CONFIRMED, ends_by="paying what is due")
FAVOUR = Measure("m-3", Direction.INCENTIVE, CONFIRMED)
CASE = ClosedCase(
    "c",
    CaseKind.GRADE_ADOPTION,
    SUBJECT,
    "t.office",
    D("2025-01-01"),
    D("2025-01-10"),
    D("2025-03-10"),
    D("2025-03-10"),
)
GRANT = FavourableGrant("t.rule", SUBJECT, FAVOUR, D("2025-01-01"))
START, END = D("2025-03-10"), D("2026-03-10")

LAWFUL = [
    (BURDEN, CASE, START, END),
    (BURDEN, CASE, D("2025-06-01"), D("2025-06-02")),
    (ENDLESS, CASE, START, None),
    (FAVOUR, CASE, START, None),
    (FAVOUR, GRANT, D("2025-01-01"), None),
    (FAVOUR, GRANT, D("2025-01-01"), D("2025-01-02")),
]


@pytest.mark.parametrize(("measure", "cause", "starts", "ends"), LAWFUL)
def test_an_effect_that_its_cause_carries(
    measure: Measure, cause: ClosedCase | FavourableGrant, starts: int, ends: int | None
) -> None:
    made = Effect(SUBJECT, measure, cause, starts, ends)
    assert copy.deepcopy(made) == made


UNLAWFUL = [
    ("a burden by a grant", BURDEN, GRANT, START, END, "closed case"),
    ("a burden before the window has passed", BURDEN, CASE, START - 1, END - 30, "window"),
    ("a burden longer than the measure allows", BURDEN, CASE, START, END + 1, "12 months"),
    ("a burden without the end that its measure asks for", BURDEN, CASE, START, None, "12 months"),
    ("a burden that nothing ends", replace(ENDLESS, ends_by=""), CASE, START, None, "ends"),
    (
        "a burden of an unconfirmed measure",
        replace(BURDEN, basis=Basis("t", "1", confirmed=False)),
        CASE,
        START,
        END,
        "unconfirmed",
    ),
    ("an effect that ends before it starts", FAVOUR, CASE, START, START, "before it starts"),
    (
        "another measure than was granted",
        replace(FAVOUR, id="m-4"),
        GRANT,
        START,
        END,
        "granted was m-3",
    ),
    (
        "a cause of another organisation",
        BURDEN,
        replace(CASE, subject=OTHER),
        START,
        END,
        "another organisation",
    ),
    (
        "a grant to another organisation",
        FAVOUR,
        replace(GRANT, subject=OTHER),
        START,
        END,
        "another organisation",
    ),
    ("no cause at all", FAVOUR, None, START, END, "no case and no grant"),
    ("a rule as the cause", BURDEN, "t.rule", START, END, "no case and no grant"),
]


@pytest.mark.parametrize(
    ("measure", "cause", "starts", "ends", "why"),
    [row[1:] for row in UNLAWFUL],
    ids=[row[0] for row in UNLAWFUL],
)
def test_no_other_effect_can_be_made(
    measure: Measure, cause: object, starts: int, ends: int | None, why: str
) -> None:
    with pytest.raises(NotLawful, match=why):
        Effect(SUBJECT, measure, cause, starts, ends)  # type: ignore[arg-type]


CLOSED = [
    ("a study result", {"study": True}, "study"),
    ("a suspended case", {"suspended": True}, "suspended"),
    ("notified before it was decided", {"notified": D("2024-12-31")}, "follow"),
    ("a window that ends with the notice", {"window_ends": D("2025-01-10")}, "follow"),
    ("a window not yet over", {"on": D("2025-03-09")}, "follow"),
]


@pytest.mark.parametrize(
    ("changes", "why"), [row[1:] for row in CLOSED], ids=[row[0] for row in CLOSED]
)
def test_a_case_that_is_not_closed_cannot_be_held(changes: dict[str, object], why: str) -> None:
    with pytest.raises(NotLawful, match=why):
        replace(CASE, **changes)  # type: ignore[arg-type]


def test_a_burden_cannot_be_granted() -> None:
    with pytest.raises(NotLawful, match="incentive"):
        FavourableGrant("t.rule", SUBJECT, BURDEN, START)


@pytest.mark.parametrize(
    "subject", [SUBJECT.organisation, Organisation("p", None, Form.PERSON_LIKE), "o", None]
)
def test_cases_grants_and_effects_take_only_a_judgeable(subject: object) -> None:
    for make in (
        lambda: replace(CASE, subject=subject),
        lambda: replace(GRANT, subject=subject),
        lambda: Effect(subject, FAVOUR, CASE, START, END),
    ):  # type: ignore[arg-type]
        with pytest.raises(NotJudgeable):
            make()


def test_a_class_that_only_looks_closed_is_no_cause() -> None:
    class Loose(ClosedCase):
        def __post_init__(self) -> None:
            """Check nothing."""

    loose = Loose(
        **{**{f: getattr(CASE, f) for f in ClosedCase.__dataclass_fields__}, "suspended": True}
    )
    with pytest.raises(NotLawful, match="no case"):
        Effect(SUBJECT, BURDEN, loose, START, END)


@pytest.mark.parametrize("made", [CASE, GRANT, Effect(SUBJECT, BURDEN, CASE, START, END)])
def test_nothing_is_filled_in_beside_the_constructor(
    made: ClosedCase | FavourableGrant | Effect,
) -> None:
    with pytest.raises(TypeError, match="constructor only"):
        made.__setstate__([])  # type: ignore[attr-defined]
    make, values = made.__reduce__()  # type: ignore[misc]
    assert make(*values) == made  # type: ignore[operator, misc]


ROW = Basis("t", "9", confirmed=True)
CARRIED = [
    ("the entry ends first", 6, "", 6, "", True),
    ("the measure ends first", 24, "", 12, "", True),
    ("the entry has no period", None, "paying", 12, "paying", True),
]


@pytest.mark.parametrize(
    ("months", "ends_by", "at_most", "by", "confirmed"),
    [row[1:] for row in CARRIED],
    ids=[row[0] for row in CARRIED],
)
def test_a_measure_lasts_no_longer_than_what_carries_it(
    months: int | None, ends_by: str, at_most: int, by: str, *, confirmed: bool
) -> None:
    carried = BURDEN.carried(months, ends_by, ROW)
    assert (carried.months_max, carried.ends_by) == (at_most, by)
    assert (carried.basis.article, carried.basis.confirmed) == ("9", confirmed)


@pytest.mark.parametrize(("own", "row"), [(False, True), (True, False), (False, False)])
def test_an_unconfirmed_row_or_article_carries_nothing(*, own: bool, row: bool) -> None:
    measure = replace(BURDEN, basis=Basis("t", "1", confirmed=own))
    carried = measure.carried(None, "", Basis("t", "9", confirmed=row))
    with pytest.raises(NotLawful, match="unconfirmed"):
        Effect(SUBJECT, carried, CASE, START, END)
