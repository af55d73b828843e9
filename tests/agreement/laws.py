"""Random laws as core nodes: typed, bounded as the reader of law bounds them, and using every node that judging has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random

from goodstanding.kernel import days
from goodstanding.kernel.quantity import (
    CODE,
    DATE,
    NARROW,
    RECORDS_PER_SUBJECT_MAX,
    TRUTH,
    WIDE,
    Kind,
    Type,
    number,
)
from goodstanding.kernel.quantity import count as count_type
from goodstanding.kernel.rules import nodes as n

APART = 110_000
WORDS = ("fine", "warning", "order")
WORD = Type(Kind.WORD, words=WORDS)
MONEY = number(0, 10**14, 2, "CNY")
SIGNED = number(-(10**11), 10**11, 2, "CNY")
SHARE = number(0, 10**6, 4)
COUNT = number(0, 10**9)
QUANTITY = number(0, 10**14, 3, "t")
POINTS = number(0, 10**9, 4)
FIELD_TYPES = {
    "amount": MONEY, "base": MONEY, "v": SIGNED, "share": SHARE, "group": COUNT, "mass": QUANTITY,
    "points": POINTS, "end": DATE, "period": DATE, "first": DATE, "select": WORD, "tax": WORD, "outlet": CODE,
    "flag": TRUTH, "wilful": TRUTH,
}  # fmt: skip
KINDS = (*n.LinkKind, n.LinkKind.CURES, n.LinkKind.ENDS, n.LinkKind.ENDS)
# Names of indicators that mean something to engines, or are names of columns.
OWN_NAMES = (
    "unit", "organisation", "never", "no_repair", "item", "date", "record", "v", "lo", "hi", "order", "select", "day", "act",
    "event", "p_lo", "taken", "low", "high", "groups", "first", "turn", "carried", "level", "open",
)  # fmt: skip
# What laws judge by, in turn.
FORMS = (
    "score",
    "levels",
    "decision",
    "score",
    "weights",
    "first match",
    "record",
    "levels",
    "score",
    "decision",
    "first match",
    "score",
    "weights",
)
MOMENTS = (
    n.Moment.JUDGED,
    n.Moment.CYCLE_START,
    n.Moment.CYCLE_END,
    n.Moment.PHASE_START,
    n.Moment.PHASE_END,
    n.Moment.PREVIOUS_PHASE_START,
)


@dataclass
class Law:
    """A random programme with its record types and the cycles it is judged in (None: live, on a day)."""

    types: dict[str, dict[int, n.RecordType]]
    programme: n.Programme
    cycles: tuple[int, ...]
    on: int | None = None
    known: int | None = None


@dataclass
class Scope:
    """The values an expression may read."""

    values: dict[str, list[n.Field | n.LinkField | n.Ref]] = field(default_factory=dict)  # by kind
    moments: tuple[n.Moment, ...] = ()

    def add(self, node: n.Field | n.LinkField | n.Ref) -> None:
        self.values.setdefault(node.type.kind.value, []).append(node)

    def of(self, kind: Kind) -> list[n.Field | n.LinkField | n.Ref]:
        return self.values.get(kind.value, [])


def law(seed: int, *, bounded: bool = False) -> Law:
    """Make the law of a seed; a bounded one has only what `at worst` promises a bound for.

    Left out there, each because the law itself says so: to ask whether something is missing (`is present`, `known part`, points or
    items that count otherwise where they are missing); caps on rules that share acts; add-back, which is not given back while
    undecided; a missing score as a cause, grades carried by what may turn out otherwise, and phases that grow graver; machines that rise by several levels, by
    themselves from their start, wait unequally, or are blocked (only at the end: a later ground lets an earlier rise happen).
    """
    rng = Random(seed)  # noqa: S311 - the same seed gives the same law
    return _Maker(rng, bounded=bounded).law(FORMS[seed % len(FORMS)])


class _Maker:
    def __init__(self, rng: Random, *, bounded: bool) -> None:
        self.rng = rng
        self.bounded = bounded
        self.names = count()
        self.own = rng.sample(OWN_NAMES, len(OWN_NAMES))

    # -- small draws

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def known_part(self, percent: int) -> bool:
        return self.chance(percent) and not self.bounded

    def name(self, stem: str) -> str:
        return f"{stem}{next(self.names)}"

    def indicator_name(self) -> str:
        """Name an indicator; some have names that engines and roads use themselves."""
        return self.own.pop() if self.own and self.chance(25) else self.name("i")

    # -- record types

    def types(self) -> dict[str, dict[int, n.RecordType]]:
        made: dict[str, dict[int, n.RecordType]] = {}
        names = [f"t.r{i}" for i in range(self.rng.randint(2, 4))]
        for name in names:
            made[name] = self.type(name, names)
        return made

    def type(self, name: str, names: list[str]) -> dict[int, n.RecordType]:
        rng = self.rng
        own = rng.sample(sorted(FIELD_TYPES), rng.randint(6, len(FIELD_TYPES)))
        fields = [("decided", DATE), *((f, FIELD_TYPES[f]) for f in own)]
        links = [
            n.Link(f"to{i}", rng.choice(names), rng.choice(KINDS))
            for i in range(rng.choice((0, 1, 1, 2, 3)))
        ]
        versions = {}
        last = rng.choice((1, 1, 2, 3))
        direction = rng.choice(tuple(n.Direction))
        for number_ in range(last, 0, -1):
            versions[number_] = n.RecordType(
                name, number_, (), "decision", direction, "organisation", "decided" if number_ == last else "", tuple(fields),
                links=tuple(links), was=(),
            )  # fmt: skip
            if number_ > 1:
                was, fields = self.older(fields)
                versions[number_] = _with(versions[number_], was=tuple(was))
                links = links[: rng.randint(0, len(links))] if self.chance(30) else links
        dates = {
            number_: next(f for f, t in v.fields if t is DATE) for number_, v in versions.items()
        }
        return {k: _with(v, counting=v.counting or dates[k]) for k, v in sorted(versions.items())}

    def older(
        self, fields: list[tuple[str, Type]]
    ) -> tuple[list[tuple[str, str]], list[tuple[str, Type]]]:
        """Rename some fields, drop some, for the version before."""
        was, old = [], []
        for name, type_ in fields:
            if self.chance(25):
                before = f"old_{name}" if self.chance(80) else name
                was.append((name, before))
                old.append((before, type_))
            elif not self.chance(10) or name.endswith("decided"):
                old.append((name, type_))
        if self.chance(20):
            was.append(("end", "nothing_so_named"))
        return was, old

    def record_scope(self, types: dict[str, dict[int, n.RecordType]], name: str) -> Scope:
        newest = types[name][max(types[name])]
        scope = Scope(moments=self.moments)
        for f, t in (*newest.fields, *n.OWN_FIELDS.items()):
            scope.add(n.Field(f, t))
        for link in newest.links:
            target = types[link.to][max(types[link.to])]
            for f, t in (*target.fields, *n.OWN_FIELDS.items()):
                if self.chance(30):
                    scope.add(n.LinkField(link.name, f, t))
            scope.add(n.LinkField(link.name, "annulled", TRUTH))
        return scope

    # -- numbers

    def number(self, scope: Scope, depth: int) -> n.Value:
        rng = self.rng
        if depth <= 0 or self.chance(25):
            return self.leaf(scope)
        make = rng.choice(
            (
                self.plus,
                self.plus,
                self.minus,
                self.times,
                self.extreme,
                self.rounded,
                self.choose,
                self.apart,
            )
        )
        made = make(scope, depth - 1)
        return made if made is not None and not made.type.too_wide else self.leaf(scope)

    def leaf(self, scope: Scope) -> n.Value:
        rng, there = self.rng, scope.of(Kind.NUMBER)
        if there and not self.chance(25):
            return rng.choice(there)
        if self.chance(10):
            type_ = rng.choice((MONEY, COUNT, SHARE))
            return n.Unknown("p", type_)
        return self.const(rng.choice((COUNT, SHARE, MONEY, number(0, 1))))

    def const(self, like: Type) -> n.Const:
        value = self.rng.choice(
            (0, 1, 2, 3, 5, 100, 250, 5000, 10_000, 1_000_000, self.rng.randint(0, 40))
        )
        return n.Const(value, number(value, value, like.scale, like.unit))

    def aligned(self, left: n.Value, right: n.Value) -> tuple[n.Value, n.Value] | None:
        scale = max(left.type.scale, right.type.scale)
        pair = self.finer(left, scale, left.type.unit), self.finer(right, scale, left.type.unit)
        return None if any(p.type.too_wide for p in pair) else pair

    def finer(self, value: n.Value, scale: int, unit: str) -> n.Value:
        step = scale - value.type.scale
        low, high = _ends(value.type)
        type_ = number(low * 10**step, high * 10**step, scale, unit)
        if isinstance(value, n.Const):
            return n.Const(value.value * 10**step, type_)
        if step == 0 and value.type.unit == unit:
            return value
        return n.Mul(value, n.Const(10**step, number(10**step, 10**step, step)), type_)

    def plus(self, scope: Scope, depth: int) -> n.Value | None:
        pair = self.aligned(self.number(scope, depth), self.number(scope, depth))
        if pair is None:
            return None
        (a, b), (c, d) = _ends(pair[0].type), _ends(pair[1].type)
        return n.Add(*pair, number(a + c, b + d, pair[0].type.scale, pair[0].type.unit))

    def minus(self, scope: Scope, depth: int) -> n.Value | None:
        pair = self.aligned(self.number(scope, depth), self.number(scope, depth))
        if pair is None:
            return None
        (a, b), (c, d) = _ends(pair[0].type), _ends(pair[1].type)
        return n.Sub(*pair, number(a - d, b - c, pair[0].type.scale, pair[0].type.unit))

    def times(self, scope: Scope, depth: int) -> n.Value | None:
        left = self.number(scope, depth)
        right: n.Value
        if self.chance(50) or not left.type.never_negative:
            factor = self.rng.choice((-3, -1, 0, 1, 2, 7, 12))
            right = n.Const(factor, number(factor, factor))
        else:
            right = self.number(scope, depth)
            if not right.type.never_negative:
                return None
        if self.chance(30):
            left, right = right, left
        (a, b), (c, d) = _ends(left.type), _ends(right.type)
        corners = (a * c, a * d, b * c, b * d)
        scale = left.type.scale + right.type.scale
        return n.Mul(
            left,
            right,
            number(min(corners), max(corners), scale, left.type.unit or right.type.unit),
        )

    def extreme(self, scope: Scope, depth: int) -> n.Value | None:
        parts = [self.number(scope, depth) for _ in range(self.rng.randint(1, 3))]
        scale = max(p.type.scale for p in parts)
        parts = [self.finer(p, scale, parts[0].type.unit) for p in parts]
        if any(p.type.too_wide for p in parts):
            return None
        lows, highs = zip(*(_ends(p.type) for p in parts), strict=True)
        type_ = number(min(lows), max(highs), scale, parts[0].type.unit)
        return self.rng.choice((n.Least, n.Greatest))(tuple(parts), self.known_part(40), type_)

    def rounded(self, scope: Scope, depth: int) -> n.Value | None:
        top, under = self.number(scope, depth), self.number(scope, depth)
        if not (top.type.never_negative and under.type.never_negative):
            return None
        places = self.rng.randint(0, 3)
        shift = under.type.scale + places - top.type.scale
        up, down = max(shift, 0), max(-shift, 0)
        high = _ends(top.type)[1] * 10**up
        if 2 * (high + _ends(under.type)[1] * 10**down) > WIDE:
            return None
        return n.Rounded(top, under, up, down, number(0, high + 1, places, top.type.unit))

    def choose(self, scope: Scope, depth: int) -> n.Value | None:
        parts = [self.number(scope, depth) for _ in range(self.rng.randint(2, 3))]
        scale = max(p.type.scale for p in parts)
        parts = [self.finer(p, scale, parts[0].type.unit) for p in parts]
        if any(p.type.too_wide for p in parts):
            return None
        lows, highs = zip(*(_ends(p.type) for p in parts), strict=True)
        cases = tuple((self.truth(scope, depth), p) for p in parts[:-1])
        return n.Choose(cases, parts[-1], number(min(lows), max(highs), scale, parts[0].type.unit))

    def apart(self, scope: Scope, depth: int) -> n.Value | None:
        start, end = self.date(scope, depth), self.date(scope, depth)
        if self.chance(40):
            return n.Sub(end, start, number(-APART, APART, 0, "day"))
        unit = self.rng.choice(("day", "month", "year"))
        return n.Span(unit, start, end, number(-APART, APART))

    # -- dates

    def date(self, scope: Scope, depth: int) -> n.Value:
        rng = self.rng
        if depth <= 0 or self.chance(50):
            there = scope.of(Kind.DATE)
            if there and not self.chance(25):
                return rng.choice(there)
            if scope.moments and self.chance(80):
                return n.Now(rng.choice(scope.moments))
            return n.Const(
                days.of(rng.randint(2022, 2026), rng.randint(1, 12), rng.randint(1, 28)), DATE
            )
        pick = rng.randrange(4)
        if pick == 0:
            return n.Shift(
                self.date(scope, depth - 1), rng.randint(-40, 40), rng.choice(("day", "month"))
            )
        if pick == 1:
            by = n.Const(rng.randint(0, 90), number(0, 90, 0, "day"))
            make = rng.choice((n.Add, n.Sub))
            return make(self.date(scope, depth - 1), by, DATE)
        parts = tuple(self.date(scope, depth - 1) for _ in range(rng.randint(1, 3)))
        return rng.choice((n.Least, n.Greatest))(parts, self.known_part(50), DATE)

    # -- truths

    def truth(self, scope: Scope, depth: int) -> n.Truth:
        rng = self.rng
        if depth > 0 and self.chance(45):
            parts = tuple(
                self.truth(scope, depth - 1) for _ in range(rng.choice((0, 1, 2, 2, 2, 3)))
            )
            pick = rng.randrange(3)
            return (
                n.All(parts)
                if pick == 0
                else n.Any_(parts)
                if pick == 1
                else n.Not(self.truth(scope, depth - 1))
            )
        pick = rng.randrange(10)
        words = scope.of(Kind.WORD) + scope.of(Kind.CODE)
        truths = scope.of(Kind.TRUTH)
        if pick < 4:
            return self.compare(scope, depth)
        if pick == 4 and words:
            one = rng.choice(words)
            pool = (*WORDS, *n.COUNTING, "o1", "o2", "d1", "a1")
            return n.WordIn(one, tuple(rng.sample(pool, rng.choice((0, 1, 1, 2, 3)))))
        if pick == 5 and len(words) > 1:
            return n.SameCode(*rng.sample(words, 2))
        if pick == 6 and not self.bounded:
            return n.Present(self.anything(scope, depth - 1))
        if pick < 9 and truths:
            return n.TruthOf(rng.choice(truths))
        if self.chance(5):
            return n.Always(self.chance(50))
        return self.compare(scope, depth)

    def anything(self, scope: Scope, depth: int) -> n.Value | n.Truth:
        pick = self.rng.randrange(4)
        words = scope.of(Kind.WORD) + scope.of(Kind.CODE)
        if pick == 0:
            return self.number(scope, depth)
        if pick == 1:
            return self.date(scope, depth)
        if pick == 2 and words:
            return self.rng.choice(words)
        return self.truth(scope, max(depth, 0))

    def compare(self, scope: Scope, depth: int) -> n.Truth:
        op = self.rng.choice(tuple(n.Op))
        counts = [
            v for v in scope.of(Kind.NUMBER) if isinstance(v, n.Ref) and v.type == count_type()
        ]
        if counts and self.chance(45):
            few = self.rng.randint(1, 3)
            return n.Compare(op, self.rng.choice(counts), n.Const(few, number(few, few)))
        repaired = [v for v in scope.of(Kind.DATE) if v.name in ("cured", "ended")]
        if repaired and self.chance(25):
            return n.Compare(op, self.rng.choice(repaired), self.date(scope, 1))
        if self.chance(30):
            return n.Compare(op, self.date(scope, depth), self.date(scope, depth))
        left = self.number(scope, depth)
        if self.chance(50):
            like = left.type
            value = self.threshold(like)
            return n.Compare(op, left, n.Const(value, number(value, value, like.scale, like.unit)))
        pair = self.aligned(left, self.number(scope, depth))
        return n.Compare(op, *pair) if pair else n.Compare(op, left, self.const(left.type))

    def threshold(self, type_: Type) -> int:
        low, high = _ends(type_)
        tries = [v for v in (0, 1, 2, 3, 5, 1000, 5000, 100_000, 2_500_000) if low <= v <= high]
        return self.rng.choice(tries or [low])

    # -- selections

    def select(
        self, types: dict[str, dict[int, n.RecordType]], pool: tuple[str, ...]
    ) -> tuple[n.Select, Scope]:
        rng = self.rng
        record = rng.choice(pool)
        scope = self.record_scope(types, record)
        where = n.TRUE if self.chance(35) else self.truth(scope, 2)
        distinct: list[n.Value] = []
        if self.chance(40):
            for _ in range(rng.randint(1, 2)):
                plain = [v for kind in Kind for v in scope.of(kind)]
                distinct.append(rng.choice(plain) if self.chance(85) else self.number(scope, 1))  # type: ignore[arg-type]
        if self.bounded and self.chance(60):  # few keys, so that groups are large
            distinct = [n.Field("decision", CODE)]
        return (
            n.Select(
                record,
                where,
                self.window(),
                self.chance(12),
                tuple(distinct),
                rng.choice(tuple(n.Take)),
            ),
            scope,
        )

    def window(self) -> n.Window:
        rng, has_cycle = self.rng, n.Moment.CYCLE_START in self.moments
        pick = rng.randrange(6)
        if pick == 0:
            return n.EVER
        if pick == 1:
            return n.Window(months_back=rng.choice((1, 6, 12, 24)))
        if not has_cycle:
            return n.Window(n.Edge(n.Moment.JUDGED, 0, -rng.randint(0, 24), rng.randint(-3, 3)))
        if pick == 2:
            return n.Window(
                n.Edge(n.Moment.CYCLE_START, -rng.randint(0, 2)),
                n.Edge(n.Moment.CYCLE_END, rng.choice((0, 0, -1))),
            )
        if pick == 3:
            return n.Window(n.Edge(n.Moment.PREVIOUS_PHASE_START), n.Edge(n.Moment.PHASE_START))
        if pick == 4:
            return n.Window(n.Edge(n.Moment.CYCLE_START), n.Edge(n.Moment.CYCLE_END))
        start = n.Edge(rng.choice(MOMENTS), 0, rng.randint(-13, 0), rng.randint(-2, 2))
        return n.Window(
            start, rng.choice((n.Edge(None), n.Edge(n.Moment.CYCLE_END, 0, rng.randint(-2, 2), 1)))
        )

    # -- indicators

    def indicator(
        self, types: dict[str, dict[int, n.RecordType]], pool: tuple[str, ...], scope: Scope
    ) -> n.Indicator:
        rng = self.rng
        if scope.values and self.chance(25):
            return self.formula(scope)
        select, record = self.select(types, pool)
        pick = rng.randrange(12)
        if self.bounded and self.chance(30):
            pick = rng.choice((3, 8))  # a sum or a peak: they ask most of groups
        if pick <= 1:
            what: n.Aggregate = n.Count(select)
            type_ = count_type()
        elif pick == 2:
            what, type_ = n.Exists(select), TRUTH
        elif pick <= 4:
            of = self.product(record) if self.chance(30) else self.number(record, 2)
            low, high = _ends(of.type)
            if max(abs(low), abs(high)) * RECORDS_PER_SUBJECT_MAX > WIDE:
                of = rng.choice(record.of(Kind.NUMBER) or [self.const(COUNT)])
                low, high = _ends(of.type)
            if low < 0 and select.take is n.Take.GRAVEST:  # refused by law check
                select = replace(select, take=n.Take.LATEST)
            what = n.Sum(select, of)
            many = RECORDS_PER_SUBJECT_MAX
            type_ = number(min(low * many, 0), max(high * many, 0), of.type.scale, of.type.unit)
        elif pick == 5:
            of = self.date(record, 1) if self.chance(40) else self.number(record, 1)
            what, type_ = n.Extreme(select, of, self.chance(50), self.known_part(50)), of.type
        elif pick <= 7:
            of_any = self.picked(record)
            what, type_ = n.Pick(select, of_any, self.chance(50)), of_any.type
        elif pick == 8:
            value: n.Value | None = self.number(record, 1) if self.chance(70) else None
            if value is not None and (
                not value.type.never_negative
                or _ends(value.type)[1] * RECORDS_PER_SUBJECT_MAX > WIDE
            ):
                value = None
            what = n.Peak(select, rng.choice((1, 3, 12, 36)), value)
            type_ = (
                count_type()
                if value is None
                else number(
                    0,
                    _ends(value.type)[1] * RECORDS_PER_SUBJECT_MAX,
                    value.type.scale,
                    value.type.unit,
                )
            )
        elif pick == 9:
            what, type_ = (
                n.LongestRun(select, rng.choice(("month", "quarter", "year")), self.by(record)),
                count_type(),
            )
        else:
            window = self.window()
            if window.start.moment is None and window.months_back is None:
                window = n.Window(n.Edge(n.Moment.JUDGED, 0, -self.rng.randint(6, 30)))
            if self.chance(50):
                select = n.Select(select.record)
            what = n.MissingPeriods(
                select,
                rng.choice(("month", "quarter", "year")),
                self.by(record),
                rng.randint(0, 6),
                rng.randint(0, 20),
                window,
            )
            type_ = count_type()
        return n.Indicator(self.indicator_name(), what, type_, n.Basis(confirmed=self.chance(80)))

    def product(self, record: Scope) -> n.Value:
        """Give the product of two fields of up to 15 digits: its sums need more than 18."""
        large = [
            v
            for v in record.of(Kind.NUMBER)
            if isinstance(v, n.Field) and v.type in (MONEY, QUANTITY)
        ]
        left: n.Value = self.rng.choice(large or [self.const(COUNT)])
        right: n.Value = left if self.chance(60) else self.rng.choice(large or [left])
        high = _ends(left.type)[1] * _ends(right.type)[1]
        return n.Mul(left, right, number(0, high, left.type.scale + right.type.scale, "CNY"))

    def by(self, record: Scope) -> str:
        return self.rng.choice([v.name for v in record.of(Kind.DATE) if isinstance(v, n.Field)])

    def picked(self, record: Scope) -> n.Value | n.Truth:
        words = record.of(Kind.WORD) + record.of(Kind.CODE)
        pick = self.rng.randrange(5)
        if pick == 0 and words:
            return self.rng.choice(words)
        if pick == 1:
            return self.truth(record, 1)
        return self.date(record, 1) if pick == 2 else self.number(record, 1)

    def formula(self, scope: Scope) -> n.Indicator:
        pick = self.rng.randrange(3)
        node = (
            self.number(scope, 2)
            if pick == 0
            else self.date(scope, 2)
            if pick == 1
            else self.truth(scope, 2)
        )
        return n.Indicator(
            self.indicator_name(), n.Scalar(node), node.type, n.Basis(confirmed=True)
        )

    # -- score

    def deduction(
        self, types: dict[str, dict[int, n.RecordType]], pool: tuple[str, ...], scope: Scope
    ) -> n.Deduction:
        rng = self.rng
        once = scope.values and self.chance(20)
        select, on = (None, scope) if once else self.select(types, pool)
        points = self.number(on, 2) if self.chance(60) else self.const(rng.choice((COUNT, SHARE)))
        if not points.type.never_negative or points.type.scale > 4:
            points = self.const(COUNT)
        at_most = rng.choice((10_000, 50_000, 100_000, 333_333))
        bound = _ends(points.type)[1] * 10 ** (4 - points.type.scale)
        restored = tuple(
            n.Restore(rng.choice((0, 3333, 5000, 8000, 10_000)), self.truth(on, 1))
            for _ in range(rng.choice((0, 0, 1, 2)))
        )
        made = n.Deduction(
            self.name("d"), (), points, select, self.truth(scope, 1) if once else None,
            rng.choice(("undecided", "nothing", "at most")), restored,
            at_most if bound > 10**10 or self.chance(30) else None,
            rng.choice((20_000, 120_000)) if self.chance(30) else None,
            self.chance(15), self.chance(15), n.Basis(confirmed=self.chance(80)),
        )  # fmt: skip
        if not self.bounded:
            return made
        cap = made.at_most if made.adds or made.beside or made.select is None else None
        return replace(made, if_none="undecided", restored=(), at_most=cap)

    def start(self, scope: Scope) -> n.Value:
        start = n.Const(100, number(100, 100))
        if self.chance(50):
            return n.Choose(
                ((self.truth(scope, 1), start),), n.Const(90, number(90, 90)), number(90, 100)
            )
        return start

    def weights(self, scope: Scope) -> n.Weights:
        read = [v for v in scope.of(Kind.NUMBER) if v.type in (SHARE, COUNT, number(0, 100))]
        items = [
            n.Weighted(
                self.name("w"),
                (),
                n.Const(1000, number(1000, 1000, 4)),
                v,
                self.chance(70) or self.bounded,
            )
            for v in read[:1]
        ]
        for _ in range(self.rng.randint(2, 4)):
            points = (
                self.rng.choice(scope.of(Kind.NUMBER) or [self.const(COUNT)])
                if self.chance(75)
                else self.number(scope, 1)
            )
            if (
                not points.type.never_negative
                or points.type.scale > 4
                or _ends(points.type)[1] > 10**12
            ):
                points = n.Least(
                    (self.count_of(scope), n.Const(100, number(100, 100))), False, number(0, 100)
                )
            share = self.rng.choice((500, 1500, 2500, 10_000))
            weight: n.Value = (
                n.Const(share, number(share, share, 4))
                if self.chance(85)
                else n.Unknown("w", SHARE)
            )
            items.append(
                n.Weighted(
                    self.name("w"),
                    (),
                    weight,
                    points,
                    self.chance(50) or self.bounded,
                    n.Basis(confirmed=self.chance(95)),
                )
            )
        return n.Weights(tuple(items))

    def count_of(self, scope: Scope) -> n.Value:
        counts = [v for v in scope.of(Kind.NUMBER) if v.type.scale == 0 and v.type.never_negative]
        return self.rng.choice(counts) if counts else n.Const(1, number(1, 1))

    # -- grades

    def limbs(self, scope: Scope) -> tuple[n.Limb, ...]:
        return tuple(
            n.Limb(self.truth(scope, 1), self.truth(scope, 1) if self.chance(60) else None)
            for _ in range(self.rng.randint(1, 3))
        )

    def grades(self, scope: Scope, *, banded: bool) -> n.Grades:
        rng = self.rng
        order = ("A", "B", "C", "D", "E")[: rng.randint(2, 5)]
        beside = ("M",)
        with_score = scope
        if banded:
            with_score = Scope({k: list(v) for k, v in scope.values.items()}, scope.moments)
            with_score.add(n.Ref("score", number(-(10**15), 10**15, 4)))

        def given(grade: str, adverse: bool) -> n.Given:
            return n.Given(
                self.name("g"), grade, self.truth(with_score, 1), adverse, basis=self.basis()
            )

        direct = tuple(
            n.Direct(self.name("x"), rng.choice(order), self.limbs(with_score), basis=self.basis())
            for _ in range(rng.choice((0, 1, 1, 2, 3)))
        )
        bands = self.bands(order) if banded else ()
        first = (
            ()
            if banded
            else tuple(
                given(rng.choice((*order, *beside)), self.chance(60))
                for _ in range(rng.randint(1, 4))
            )
        )
        return n.Grades(
            order, beside, direct,
            tuple(given(n.NOT_GRADED, False) for _ in range(rng.choice((0, 0, 1)))),
            tuple(given(rng.choice((*order, "M")), False) for _ in range(rng.choice((0, 0, 1, 2)))),
            bands, first, rng.choice(("", *order)) if not banded else "",
            tuple(n.StepDown(self.name("s"), rng.randint(1, 2), self.truth(with_score, 1), basis=self.basis()) for _ in range(rng.choice((0, 1, 2)))),
            tuple(n.Ceiling(self.name("c"), rng.choice(order), self.truth(with_score, 1), basis=self.basis()) for _ in range(rng.choice((0, 1, 2)))),
            self.carries(order, direct, banded),
            rng.choice((None, 0, 200_000)), rng.choice((None, 1_000_000)),
        )  # fmt: skip

    def basis(self) -> n.Basis:
        return n.Basis(confirmed=self.chance(85))

    def bands(self, order: tuple[str, ...]) -> tuple[n.Band, ...]:
        cut, bands = 95, []
        for grade in order[:-1]:
            value: n.Value = (
                n.Const(cut, number(cut, cut))
                if self.chance(85)
                else n.Unknown("cut", number(0, 100))
            )
            bands.append(n.Band(grade, value, n.Basis(confirmed=self.chance(95))))
            cut -= self.rng.randint(3, 20)
        last = None if self.chance(80) else n.Const(0, number(0, 0))
        return (*bands, n.Band(order[-1], last, n.Basis(confirmed=True)))

    def carries(
        self, order: tuple[str, ...], direct: tuple[n.Direct, ...], banded: bool
    ) -> tuple[n.Carry, ...]:
        found = []
        for _ in range(self.rng.choice((1, 1, 2))):
            causes = [d.id for d in direct if self.chance(60)] if self.chance(70) else []
            if banded and self.chance(60):
                cause = self.rng.choice((order[-1], *order, n.UNDECIDED))
                cause = order[-1] if self.bounded and cause == n.UNDECIDED else cause
                causes.append(f"score:{cause}")
            if direct and self.chance(25):
                causes = [direct[0].id]
            elif banded and self.chance(35):
                causes = [f"score:{order[-1]}"]
            if not causes:
                continue
            phases = []
            for _ in range(self.rng.choice((1, 1, 2, 3))):
                pick = self.rng.randrange(4)
                phases.append(
                    n.Phase(
                        self.rng.randint(1, 2),
                        self.rng.choice(order) if pick == 0 else "",
                        self.rng.choice(order) if pick in (1, 3) else "",
                        110_000 if pick in (2, 3) else 0,
                    )
                )
            if self.bounded:
                phases = _growing_milder(phases, order)
                sure = {d.id for d in direct if all(limb.unless is None for limb in d.limbs)}
                if banded or not sure.issuperset(causes):  # what is carried may be taken away again
                    phases = [replace(p, grade="") for p in phases]
            from_cycle = self.rng.choice((None, None, 2025))
            found.append(
                n.Carry(self.name("k"), tuple(causes), tuple(phases), from_cycle, self.basis())
            )
        return tuple(found)

    # -- levels

    def levels(
        self, types: dict[str, dict[int, n.RecordType]], pool: tuple[str, ...], scope: Scope
    ) -> n.Levels:
        rng = self.rng
        order = ("best", "good", "fair", "bad", "worst")[: rng.randint(2, 5)]
        inside = Scope({k: list(v) for k, v in scope.values.items()}, scope.moments)
        inside.add(n.Ref("hits", count_type()))
        grounds = []
        for _ in range(rng.randint(1, 4)):
            select, record = self.select(types, pool)
            if self.chance(40):
                select = n.Select(select.record, take=select.take)
            months = rng.choice((None, 6, 12))
            of = self.number(record, 1) if months and self.chance(50) else None
            if of is not None and (not of.type.never_negative or _ends(of.type)[1] > NARROW):
                of = None
            within = Scope({k: list(v) for k, v in inside.values.items()}, inside.moments)
            if of is not None:
                high = _ends(of.type)[1] * RECORDS_PER_SUBJECT_MAX
                within.add(n.Ref("total", number(0, high, of.type.scale, of.type.unit)))
            limbs = self.limbs(within) if months else ()
            if limbs and self.chance(70):
                wanted = n.Compare(n.Op.GE, n.Ref("hits", count_type()), n.Const(2, number(2, 2)))
                limbs = (n.Limb(wanted), *limbs[1:])
            grounds.append(
                n.LevelGround(
                    self.name("l"),
                    rng.choice(order),
                    select,
                    months,
                    of,
                    limbs,
                    rng.choice((None, 0, 3, 12, 24)),
                    basis=self.basis(),
                )
            )
        raises = []
        for i in range(len(order) - 1, 0, -1):
            if self.chance(80):
                decided = self.chance(50)
                select = self.select(types, pool)[0] if decided else None
                if select and self.chance(60):
                    select = n.Select(select.record)
                raises.append(
                    n.Raise(
                        self.name("u"),
                        order[i],
                        order[rng.randrange(i)],
                        None if decided and self.chance(50) else rng.choice((1, 3, 12)),
                        select,
                        basis=self.basis(),
                    )
                )
        blocked = self.truth(scope, 1) if self.chance(75) else n.FALSE
        start = rng.choice(order)
        if self.bounded:
            blocked = n.FALSE
            wait = grounds[0].raise_after_months
            grounds = [replace(g, raise_after_months=wait) for g in grounds]
            raises = list(_one_step_each(raises, order, start))
        return n.Levels(order, start, tuple(grounds), tuple(raises), blocked)

    # -- terms, proposals, the whole

    def terms(self, scope: Scope, order: tuple[str, ...]) -> n.Terms:
        graded = Scope({k: list(v) for k, v in scope.values.items()}, scope.moments)
        graded.add(n.Ref("grade", CODE))
        is_grade = n.WordIn(n.Ref("grade", CODE), (self.rng.choice(order),))
        until = n.Choose(
            ((is_grade, self.date(scope, 1)), (self.truth(graded, 1), self.date(scope, 1))),
            self.date(scope, 2),
            DATE,
        )
        return n.Terms(
            self.rng.choice((self.known_day(scope), self.date(scope, 1))), until, self.date(scope, 2),
            self.ending(graded, is_grade), self.ending(graded, is_grade), self.ending(graded, is_grade),
        )  # fmt: skip

    def known_day(self, scope: Scope) -> n.Value:
        """Give a day that is read off records, and so may be missing."""
        there = scope.of(Kind.DATE)
        return self.rng.choice(there) if there else n.Now(n.Moment.OPENED)

    def ending(self, graded: Scope, is_grade: n.Truth) -> n.Truth:
        return self.rng.choice((n.FALSE, is_grade, self.truth(graded, 1), self.truth(graded, 1)))

    def law(self, form: str) -> Law:
        rng = self.rng
        cyclic = form not in ("levels", "decision", "record") or self.chance(30)
        self.moments: tuple[n.Moment, ...] = MOMENTS if cyclic else (n.Moment.JUDGED,)
        types = self.types()
        pool = tuple(types)
        judged_records: tuple[str, ...] = ()
        judges = n.Judges.ORGANISATION
        on_subject = self.moments
        if form in ("decision", "record"):
            judges = n.Judges.DECISION if form == "decision" else n.Judges.RECORD
            pool = judged_records = tuple(rng.sample(pool, rng.randint(1, len(pool))))
            on_subject = (*self.moments, n.Moment.OPENED)
        elif self.chance(10):
            judges = n.Judges.UNIT
            types = {
                t: {k: _with(v, about="unit") for k, v in versions.items()}
                for t, versions in types.items()
            }
        scope = Scope(moments=on_subject)
        indicators = []
        size = rng.choice((2, 4, 8, 8, 16, 30))
        for _ in range(size):
            indicators.append(self.indicator(types, pool, scope))
            scope.add(n.Ref(indicators[-1].name, indicators[-1].type))
        if form == "weights":
            for record in pool:
                of = self.rng.choice(
                    self.record_scope(types, record).of(Kind.NUMBER) or [n.Field("share", SHARE)]
                )
                picked = n.Indicator(self.name("i"), n.Pick(n.Select(record), of, True), of.type)
                indicators.append(picked)
                scope.add(n.Ref(picked.name, picked.type))
        score = weights = levels = grades = terms = None
        if form == "score":
            rules = tuple(
                self.deduction(types, pool, scope) for _ in range(rng.choice((1, 3, 8, 8, 20, 30)))
            )
            score = n.Score(self.start(scope), rules)
            grades = self.grades(scope, banded=True)
        elif form == "weights":
            weights, grades = self.weights(scope), self.grades(scope, banded=True)
        elif form == "levels":
            levels = self.levels(types, pool, scope)
        else:
            grades = self.grades(scope, banded=False)
        if judges in (n.Judges.DECISION, n.Judges.RECORD) and grades:
            terms = self.terms(scope, grades.order)
        asks = scope
        if score or weights:
            asks = Scope({k: list(v) for k, v in scope.values.items()}, scope.moments)
            asks.add(n.Ref("score", number(-(10**15), 10**15, 4)))
        proposals = tuple(
            n.Proposal(self.name("p"), "list", self.limbs(asks), basis=self.basis())
            for _ in range(rng.choice((0, 1, 2)))
        )
        if proposals and size == 8 and grades and grades.direct:
            # a list may name its ground as a rule of the programme
            proposals = (replace(proposals[0], id=grades.direct[0].id), *proposals[1:])
        phases = rng.choice(((), (2023, 2025)))
        cycle = (
            n.Cycle(
                "calendar year", rng.choice((0, 3, -2)), rng.choice((0, 0, 5)), phase_starts=phases
            )
            if cyclic
            else n.Cycle()
        )
        programme = n.Programme(
            "p", "1", (), judges, cycle, n.Basis(confirmed=self.chance(80)), tuple(indicators), grades, score, weights, levels, terms,
            self.truth(asks, 1) if self.chance(40) else n.TRUE, judged_records, proposals, missing=("p",) if self.chance(10) else (),
        )  # fmt: skip
        last = 2024 + rng.choice((2, 4, 5) if grades and grades.carries else (1, 2))
        cycles = tuple(range(2024, last)) if cyclic else ()
        on = days.of(2025, rng.randint(1, 12), rng.randint(1, 28)) if not cyclic else None
        if on is not None and self.chance(30):
            on = days.of(2024, 2, 29)
        return Law(types, programme, cycles, on, rng.choice((None, None, 15)))


def _one_step_each(raises: list[n.Raise], order: tuple[str, ...], start: str) -> Iterator[n.Raise]:
    """Let raises go up by one level, and by themselves only below the start: from there a ground would set off the clock."""
    for rise in raises:
        below = order.index(rise.level) > order.index(start)
        months = rise.months if below else None
        if months is not None or rise.select is not None:
            yield replace(rise, to=order[order.index(rise.level) - 1], months=months)


def _growing_milder(phases: list[n.Phase], order: tuple[str, ...]) -> list[n.Phase]:
    """Give each phase what those after it have, where that is worse."""
    grade, bar, less, found = "", "", 0, []
    for phase in reversed(phases):
        grade = max(grade, phase.grade, key=lambda g: order.index(g) if g else -1)
        bar = max(bar, phase.not_above, key=lambda g: order.index(g) if g else -1)
        less = max(less, phase.start_less)
        found.append(n.Phase(phase.cycles, grade, bar, less))
    return found[::-1]


def _ends(type_: Type) -> tuple[int, int]:
    return (type_.low or 0, type_.high or 0)


def _with(made: n.RecordType, **changes: object) -> n.RecordType:
    return n.RecordType(**{**{f: getattr(made, f) for f in made.__dataclass_fields__}, **changes})  # type: ignore[arg-type]
