"""`if none` is asked for exactly where points can be missing."""

from __future__ import annotations

import pytest

from goodstanding.kernel.quantity import CODE, DATE, TRUTH, number
from goodstanding.kernel.rules.nodes import (
    EVER,
    Add,
    Choose,
    Const,
    Count,
    Extreme,
    Field,
    Greatest,
    Indicator,
    Least,
    LinkField,
    Moment,
    Mul,
    Now,
    Pick,
    Present,
    Ref,
    Rounded,
    Scalar,
    Select,
    Shift,
    Span,
    Sub,
    Unknown,
    Value,
)
from goodstanding.kernel.rules.presence import may_be_missing

N = number(0, 100)
ONE = Const(1, number(1, 1))
HERE, GONE = Field("here", N), Field("gone", N)
DAY = Field("day", DATE)
SELECT = Select("xx.fine", window=EVER)
INDICATORS = {
    "counted": Indicator("counted", Count(SELECT), N),
    "picked": Indicator("picked", Pick(SELECT, GONE, latest=True), N),
    "worst": Indicator("worst", Extreme(SELECT, GONE, greatest=True, known_part=True), N),
    "formula": Indicator("formula", Scalar(Add(Ref("counted", N), Ref("picked", N), N)), N),
    "sure": Indicator("sure", Scalar(Ref("counted", N)), N),
}


@pytest.mark.parametrize(
    ("value", "missing"),
    [
        (ONE, False),
        (HERE, False),
        (GONE, True),
        (Field("date", DATE), False),
        (Field("act", CODE), True),
        (LinkField("fined", "here", N), True),
        (Unknown("cap", N), True),
        (Now(Moment.JUDGED), False),
        (Add(HERE, ONE, N), False),
        (Sub(HERE, GONE, N), True),
        (Mul(HERE, HERE, N), False),
        (Least((HERE, GONE), known_part=False, type=N), True),
        (Least((HERE, GONE), known_part=True, type=N), False),
        (Greatest((GONE, GONE), known_part=True, type=N), True),
        (Rounded(HERE, ONE, 0, 0, N), False),
        (Rounded(HERE, HERE, 0, 0, N), True),
        (Shift(DAY, 1, "day"), True),
        (Span("day", Now(Moment.JUDGED), DAY, N), True),
        (Choose(((Present(GONE), HERE),), ONE, N), False),
        (Choose(((Present(GONE), GONE),), ONE, N), True),
        (Ref("counted", N), False),
        (Ref("picked", N), True),
        (Ref("worst", N), True),
        (Ref("formula", N), True),
        (Ref("sure", N), False),
        (Ref("score", N), True),
        (Ref("hits", N), False),
    ],
)
def test_a_value_can_be_missing_if_a_part_of_it_can(value: Value, missing: bool) -> None:
    assert may_be_missing(value, ("here",), INDICATORS) is missing


def test_a_truth_is_never_missing_but_undecided() -> None:
    assert not may_be_missing(Present(Field("open", TRUTH)), (), {})
