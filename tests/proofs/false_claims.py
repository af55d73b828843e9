"""Claims that are false, each with the law and the two histories that say so: whoever proves one of them has a wrong encoding.

Each turns on one thing that a proof could easily get wrong: which member of a group is taken, whose act a group is, what is lost at worst.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.compile.smt_delta import ADDED, CHANGED, Change
from goodstanding.compile.smt_monotone import SHOWN, WORST
from goodstanding.kernel import days
from goodstanding.kernel.quantity import CODE, DATE, TRUTH, number
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from tests.agreement.laws import Law
from tests.proofs.random_laws import AMOUNT, CYCLE, MONEY, ORDER, POINTS, TYPES

BREACH, SUBJECT = "t.breach", "S1"
BY_PLACE = (n.Field("place", CODE),)
GRAVE = n.TruthOf(n.Field("grave", TRUTH))
CURED = n.Field("cured", DATE)


def _amount(op: n.Op, value: int) -> n.Truth:
    return n.Compare(op, AMOUNT, n.Const(value, number(value, value, 2, "CNY")))


def _select(where: n.Truth = n.TRUE, **more: object) -> n.Select:
    return n.Select(BREACH, where, CYCLE, **more)  # type: ignore[arg-type]


def _points(worth: int) -> n.Value:
    return n.Const(worth, number(worth, worth))


# A point for each yuan.
BY_AMOUNT = n.Rounded(AMOUNT, n.Const(100, number(100, 100, 2)), 0, 0, number(0, 10**9))


def _law(*rules: n.Deduction, indicators: tuple[n.Indicator, ...] = (), **grades: object) -> Law:
    """Make a law of three grades: by a score from which rules take points, or by conditions over indicators."""
    cuts = (n.Const(90, POINTS), n.Const(60, POINTS))
    bands = (n.Band("A", cuts[0]), n.Band("B", cuts[1]), n.Band("C", None)) if rules else ()
    programme = n.Programme(
        "p", "1", (), n.Judges.ORGANISATION, n.Cycle("calendar year", 3), n.NO_BASIS, indicators,
        n.Grades(ORDER, bands=bands, score_floor=0, **grades),  # type: ignore[arg-type]
        n.Score(n.Const(100, POINTS), rules) if rules else None,
    )  # fmt: skip
    return Law(TYPES, programme, (2024, 2025), on=days.day("2026-06-30"))


def breach(record: str, decided: str, filed: int, **values: FieldValue) -> Version:
    """Make a record."""
    day = int(days.day(decided))
    made = {"act": None, "certainty": "final", "place": "north", **values}
    return Version(BREACH, 1, record, SUBJECT, filed, values={"decided": day, **made})


@dataclass(frozen=True)
class FalseClaim:
    """A law, a change, the result in which it goes the wrong way, and the histories before and after it."""

    name: str
    law: Law
    change: Change
    result: str
    before: tuple[Version, ...]
    after: tuple[Version, ...]


OWN, SHARED = Change(BREACH, ADDED), Change(BREACH, ADDED, own_act=False)
CURE = Change(BREACH, CHANGED, "cured", worse=False, own_act=False, favours="set")
_LATER = breach("later", "2025-05-02", 2, amount=4500, grave=False)
_LIGHT = breach("earlier", "2025-05-01", 3, amount=100)
_SUM = n.Indicator(
    "total",
    n.Sum(_select(distinct=BY_PLACE, take=n.Take.FIRST), AMOUNT),
    number(0, 10**16, 2, "CNY"),
)
_MUCH = n.Compare(n.Op.GE, n.Ref("total", _SUM.type), n.Const(1000, number(1000, 1000, 2, "CNY")))
_BY_SUM = _law(
    indicators=(_SUM,), first_match=(n.Given("much", "C", _MUCH, adverse=True),), otherwise="A"
)
# two rules, so that acts count
_ONE_ACT = _law(
    n.Deduction("p0", (), _points(35), _select(_amount(n.Op.GE, 1), distinct=BY_PLACE)),
    n.Deduction("p1", (), _points(35), _select(GRAVE)),
)
_IN_TIME = n.Compare(n.Op.LE, CURED, n.Shift(n.Field("decided", DATE), 30, "day"))
_REPAIRED = _law(
    n.Deduction("p0", (), _points(45), _select(), restored=(
        n.Restore(8000, n.All((_amount(n.Op.LE, 1000), _IN_TIME))),
        n.Restore(4000, n.Present(CURED)),
    )),
)  # fmt: skip
_UNKNOWN = breach("unknown", "2025-05-02", 1)
_GRAVE = breach("grave", "2025-06-01", 1, amount=0, grave=True, place="south")
_JOINING = breach("earlier", "2025-05-01", 3, amount=1, grave=False, act="grave")


def _cured(decided: Version, day: str) -> tuple[Version, ...]:
    return (breach(decided.record, "2025-05-02", 1, cured=int(days.day(day))),)


FALSE = (
    FalseClaim(
        "a lighter record comes first in its group, and the first is taken",
        _law(n.Deduction("p0", (), BY_AMOUNT, _select(distinct=BY_PLACE, take=n.Take.FIRST))),
        OWN, SHOWN, (_LATER,), (_LATER, _LIGHT),
    ),
    FalseClaim(
        "a lighter record comes first in its group, and the first is taken: at worst",
        _law(n.Deduction("p0", (), BY_AMOUNT, _select(distinct=BY_PLACE, take=n.Take.FIRST))),
        OWN, WORST, (_LATER,), (_LATER, _LIGHT),
    ),
    FalseClaim(
        "a lighter record comes last in its group, and the latest is taken",
        _law(n.Deduction("p0", (), BY_AMOUNT, _select(distinct=BY_PLACE, take=n.Take.LATEST))),
        OWN, SHOWN, (_LATER,), (_LATER, breach("last", "2025-05-03", 3, amount=100)),
    ),
    FalseClaim(
        "a lower amount comes first in a sum of firsts",
        _BY_SUM, OWN, SHOWN, (_LATER,), (_LATER, _LIGHT),
    ),
    FalseClaim(
        "a record that only possibly counts opens the act of its group",
        _ONE_ACT, OWN, SHOWN, (_LATER,), (_LATER, breach("doubtful", "2025-05-01", 3)),
    ),
    FalseClaim(
        "a record moves its group into an act that counts already",
        _ONE_ACT, SHARED, SHOWN, (_LATER, _GRAVE), (_LATER, _GRAVE, _JOINING),
    ),
    FalseClaim(
        "a record moves its group into an act that counts already: at worst",
        _ONE_ACT, SHARED, WORST, (_LATER, _GRAVE), (_LATER, _GRAVE, _JOINING),
    ),
    FalseClaim(
        "a repair in time leaves the first step of what is given back open, and at worst nothing is",
        _REPAIRED, CURE, WORST, _cured(_UNKNOWN, "2025-06-02"), _cured(_UNKNOWN, "2025-06-01"),
    ),
)  # fmt: skip

# A law under which a history that is wholly known gets no grade: between the two conditions lies an amount.
_TOTAL = n.Indicator("total", n.Sum(_select(), AMOUNT), number(0, 10**16, 2, "CNY"))


def _total(op: n.Op, value: int) -> n.Truth:
    return n.Compare(op, n.Ref("total", _TOTAL.type), n.Const(value, MONEY))


WITH_A_GAP = _law(
    indicators=(_TOTAL,),
    first_match=(
        n.Given("much", "C", _total(n.Op.GE, 1000), adverse=True),
        n.Given("little", "A", _total(n.Op.LT, 900), adverse=False),
    ),
)
IN_THE_GAP = (breach("between", "2025-05-02", 1, amount=950),)
