"""Random laws of a few rules over two record types: small enough that much of each is proved, or nearly so."""

from __future__ import annotations

from random import Random

from goodstanding.kernel import days
from goodstanding.kernel.quantity import CODE, DATE, TRUTH, count, number
from goodstanding.kernel.rules import nodes as n
from tests.agreement.laws import Law

MONEY = number(0, 10**9, 2, "CNY")
COUNT, POINTS = count(), number(0, 100)
ORDER = ("A", "B", "C")
FIELDS = (("decided", DATE), ("amount", MONEY), ("grave", TRUTH), ("place", CODE))
CYCLE = n.Window(n.Edge(n.Moment.CYCLE_START), n.Edge(n.Moment.CYCLE_END))
AMOUNT = n.Field("amount", MONEY)


def _type(name: str, direction: n.Direction) -> dict[int, n.RecordType]:
    made = n.RecordType(
        name, 1, (), "decision", direction, "organisation", "decided", FIELDS,
        required=("decided",), graver=("amount", "grave"),
    )  # fmt: skip
    return {1: made}


TYPES = {
    "t.breach": _type("t.breach", n.Direction.ADVERSE),
    "t.praise": _type("t.praise", n.Direction.FAVOURABLE),
}


class _Maker:
    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)  # noqa: S311 - the same seed gives the same law

    def select(self) -> n.Select:
        rng = self.rng
        return n.Select(
            rng.choice(("t.breach", "t.breach", "t.praise")),
            rng.choice((n.TRUE, n.TRUE, self.record_test(), self.record_test())),
            rng.choice((CYCLE, n.EVER, n.Window(months_back=24))),
            distinct=rng.choice(((), (), (n.Field("place", CODE),))),
            take=rng.choice((n.Take.GRAVEST, *n.Take)),
        )

    def record_test(self) -> n.Truth:
        rng = self.rng
        amount = n.Compare(self.op(), AMOUNT, self.money())
        cured = n.Field("cured", DATE)
        return rng.choice(
            (
                amount,
                n.TruthOf(n.Field("grave", TRUTH)),
                n.Not(n.Present(cured)),
                n.Compare(n.Op.GT, cured, n.Now(n.Moment.CYCLE_END)),
                n.All((amount, n.TruthOf(n.Field("grave", TRUTH)))),
            )
        )

    def op(self) -> n.Op:
        return self.rng.choice((n.Op.GE, n.Op.GE, n.Op.GE, n.Op.GT, n.Op.LE, n.Op.EQ))

    def money(self) -> n.Const:
        value = self.rng.choice((1, 5000, 10_000, 100_000))
        return n.Const(value, number(value, value, 2, "CNY"))

    def indicator(self, name: str) -> n.Indicator:
        what, type_ = self.rng.choice(
            (
                (n.Count(self.select()), COUNT),
                (n.Count(self.select()), COUNT),
                (n.Exists(self.select()), TRUTH),
                (n.Sum(self.select(), AMOUNT), number(0, 10**16, 2, "CNY")),
                (n.Extreme(self.select(), AMOUNT, greatest=True, known_part=True), MONEY),
                (n.Peak(self.select(), 12), COUNT),
                (n.Pick(self.select(), AMOUNT, latest=True), MONEY),
            )
        )
        return n.Indicator(name, what, type_)

    def truth(self, known: tuple[n.Indicator, ...]) -> n.Truth:
        i = self.rng.choice(known)
        ref = n.Ref(i.name, i.type)
        if i.type.kind is TRUTH.kind:
            return n.TruthOf(ref)
        if i.type.unit == "CNY":
            return n.Compare(self.op(), ref, self.money())
        few = self.rng.randint(1, 3)
        return n.Compare(self.op(), ref, n.Const(few, number(few, few)))

    def deduction(self, id_: str) -> n.Deduction:
        rng = self.rng
        worth = rng.choice((5, 11, 40))
        points: n.Value = n.Const(worth, number(worth, worth))
        if rng.randrange(3) == 0:
            high = number(0, 10**9)
            points = n.Rounded(AMOUNT, n.Const(100, number(100, 100, 2)), 0, 0, high)
        restored = (n.Restore(8000, n.Present(n.Field("cured", DATE))),)
        select = self.select()
        return n.Deduction(
            id_, (), points, select,
            restored=rng.choice(((), restored)),
            hit_at_most=rng.choice((None, 200_000)),
            at_most=rng.choice((None, None, 500_000)),
            adds=select.record == "t.praise",
            beside=rng.randrange(5) == 0,
        )  # fmt: skip

    def bands(self) -> tuple[n.Band, ...]:
        cuts = (n.Const(90, POINTS), n.Const(60, POINTS))
        return (n.Band("A", cuts[0]), n.Band("B", cuts[1]), n.Band("C", None))

    def law(self) -> Law:
        rng = self.rng
        known = tuple(self.indicator(f"i{k}") for k in range(rng.randint(1, 3)))
        scores = rng.randrange(2) == 0
        direct = tuple(
            n.Direct(f"d{k}", rng.choice(("B", "C")), (n.Limb(self.truth(known)),))
            for k in range(rng.choice((0, 1, 2)))
        )
        phase = rng.choice((n.Phase(1, not_above="B"), n.Phase(2, grade="C")))
        grades = n.Grades(
            ORDER,
            direct=direct,
            bands=self.bands() if scores else (),
            first_match=() if scores else self.limbs(known),
            otherwise=rng.choice(("A", "A", "")),
            steps_down=rng.choice(((), (n.StepDown("s", 1, self.truth(known)),))),
            ceilings=rng.choice(((), (n.Ceiling("c", "B", self.truth(known)),))),
            carries=rng.choice(((), (n.Carry("k", tuple(d.id for d in direct), (phase,)),))),
            score_floor=0,
        )
        score = n.Score(
            n.Const(100, POINTS), tuple(self.deduction(f"p{k}") for k in range(rng.randint(1, 3)))
        )
        programme = n.Programme(
            "p", "1", (), n.Judges.ORGANISATION, n.Cycle("calendar year", 3), n.NO_BASIS, known, grades,
            score if scores else None,
        )  # fmt: skip
        return Law(TYPES, programme, (2024, 2025), on=days.day("2026-06-30"))

    def limbs(self, known: tuple[n.Indicator, ...]) -> tuple[n.Given, ...]:
        rules = [(g, self.truth(known)) for g in self.rng.choice((("C", "B"), ("B",), ("C",)))]
        return tuple(n.Given(f"f{k}", g, when, adverse=True) for k, (g, when) in enumerate(rules))


def small(seed: int) -> Law:
    """Make the small law of a seed."""
    return _Maker(seed).law()
