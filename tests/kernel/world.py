"""A small world for tests of the kernel: two record types, records in one line each, and programmes made of core nodes."""

from __future__ import annotations

from collections.abc import Mapping

from goodstanding.kernel import days
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.identity import Form, Judgeable, Organisation
from goodstanding.kernel.quantity import CODE, DATE, TRUTH, Kind, Type, count, number
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import Hits, aggregator
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before, Evaluation, evaluate
from goodstanding.kernel.rules.meaning import Book, Env, Interval, Known, reading, test
from goodstanding.kernel.rules.windows import Run, run

D = days.day
MONEY = number(0, 10**9, 2, "CNY")
SIGNED = number(-(10**9), 10**9, 2, "CNY")
PLAIN = number(0, 10**6)
SHARE = number(0, 10**6, 4)
POINTS = number(0, 100 * 10**4, 4)
WORD = Type(Kind.WORD, words=("fine", "warning", "order"))

FIELDS: dict[str, Type] = {
    "decided": DATE, "amount": PLAIN, "net": SIGNED, "due": DATE, "period": DATE, "kind": WORD, "outlet": CODE, "wilful": TRUTH,
    "points": POINTS,
}  # fmt: skip


def record_type(
    id: str = "t.penalty",
    *links: n.Link,
    version: int = 1,
    direction: n.Direction = n.Direction.ADVERSE,
    fields: Mapping[str, Type] | None = None,
    was: tuple[tuple[str, str], ...] = (),
    counting: str = "decided",
) -> n.RecordType:
    """Make a version of a record type with the fields of this world."""
    own = tuple((FIELDS if fields is None else fields).items())
    return n.RecordType(
        id, version, (), "decision", direction, "organisation", counting, own, links=links, was=was
    )


PENALTY = record_type(
    "t.penalty",
    n.Link("about", "t.notice", n.LinkKind.REFERS),
    n.Link("base", "t.notice", n.LinkKind.RESTS_ON),
)
NOTICE = record_type(
    "t.notice",
    n.Link("cured", "t.penalty", n.LinkKind.CURES),
    n.Link("ended", "t.penalty", n.LinkKind.ENDS),
    n.Link("annulled", "t.penalty", n.LinkKind.ANNULS),
    n.Link("revoked", "t.notice", n.LinkKind.ANNULS),
    direction=n.Direction.NEUTRAL,
)
TYPES: dict[str, dict[int, n.RecordType]] = {"t.penalty": {1: PENALTY}, "t.notice": {1: NOTICE}}
SUBJECT = Judgeable(Organisation("o", "An organisation", Form.ORGANISATION))


def rec(
    record: str,
    day: str | None,
    type_: str = "t.penalty",
    *,
    certainty: str = "final",
    known_from: int = 1,
    known_to: int | None = None,
    state: str = "in force",
    links: Mapping[str, str] | None = None,
    version: int = 1,
    **values: FieldValue,
) -> Version:
    """Make a version of a record; values ending in a day are given as text."""
    own: dict[str, FieldValue] = {
        "decided": None if day is None else D(day),
        "certainty": certainty,
    }
    for name, value in values.items():
        own[name] = (
            D(value)
            if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-"
            else value
        )
    return Version(type_, version, record, "o", known_from, known_to, state, own, dict(links or {}))


def fold(*versions: Version, known: int | None = None) -> Facts:
    """Fold records of this world into facts."""
    return facts(versions, TYPES, known)


def why_not(given: Facts) -> dict[str, str]:
    """Say of each record why it does not count; an empty text where it does."""
    return {f.record: f.why_not for group in given.values() for f in group}


# --------------------------------------------------------------------------------------------------
# Nodes in one word each


def field(name: str) -> n.Field:
    return n.Field(name, {**n.OWN_FIELDS, **FIELDS}[name])


def const(value: int, type_: Type = PLAIN) -> n.Const:
    return n.Const(value, type_)


def ref(name: str, type_: Type | None = None) -> n.Ref:
    return n.Ref(name, type_ or count())


def ge(left: n.Value, right: n.Value | int) -> n.Compare:
    return n.Compare(n.Op.GE, left, const(right) if isinstance(right, int) else right)


AMOUNT, DUE, PERIOD, KIND, OUTLET = (
    field(f) for f in ("amount", "due", "period", "kind", "outlet")
)


def select(where: n.Truth = n.TRUE, record: str = "t.penalty", **more: object) -> n.Select:
    return n.Select(record, where, **more)  # type: ignore[arg-type]


JUDGED = D("2025-12-31")


def env_at(
    judged: int = JUDGED, known: Mapping[str, Known] | None = None, **values: FieldValue
) -> Env:
    """Give an environment with one record at hand and what indicators are known as."""
    return Env({n.Moment.JUDGED: judged, n.Moment.OPENED: judged}, dict(known or {}), values)


def read(node: n.Value, env: Env | None = None) -> Interval:
    return reading(node)(env or env_at())


def holds(node: n.Truth, env: Env | None = None) -> bool | None:
    return test(node)(env or env_at())


def found(
    what: n.Aggregate, given: Facts, type_: Type | None = None, judged: int = JUDGED, **moments: int
) -> tuple[Known, Hits]:
    """Work out one aggregate on a day, with the hits it rests on; moments as cycle_start=..."""
    book = Book()
    choose, worth = aggregator(what, type_ or count(), book)
    at = {
        n.Moment.JUDGED: judged,
        n.Moment.OPENED: judged,
        **{n.Moment(k.replace("_", " ")): v for k, v in moments.items()},
    }
    env = Env(at, fixed=book.fix(at))
    hits = choose(given, env)
    return worth(hits, env), hits


def value(
    what: n.Aggregate,
    *versions: Version,
    type_: Type | None = None,
    judged: int = JUDGED,
    **moments: int,
) -> Known:
    """Give the value of one aggregate over records of this world."""
    return found(what, fold(*versions), type_, judged, **moments)[0]


# --------------------------------------------------------------------------------------------------
# Programmes

CONFIRMED = n.Basis("t-1", "1", confirmed=True)
UNCONFIRMED = n.Basis("t-1", "1", confirmed=False)
YEARLY = n.Cycle("calendar year")
CYCLE = n.Window(n.Edge(n.Moment.CYCLE_START), n.Edge(n.Moment.CYCLE_END))


def indicator(name: str, what: n.Aggregate | n.Scalar, type_: Type | None = None) -> n.Indicator:
    return n.Indicator(name, what, type_ or count(), CONFIRMED)


def formula(name: str, of: n.Value | n.Truth) -> n.Indicator:
    return n.Indicator(name, n.Scalar(of), of.type, CONFIRMED)


def direct(
    id: str, grade: str, when: n.Truth, unless: n.Truth | None = None, basis: n.Basis = CONFIRMED
) -> n.Direct:
    return n.Direct(id, grade, (n.Limb(when, unless),), basis=basis)


def programme(
    *indicators: n.Indicator,
    judges: n.Judges = n.Judges.ORGANISATION,
    cycle: n.Cycle | None = None,
    **more: object,
) -> n.Programme:
    """Make a confirmed programme; live unless a cycle is given."""
    return n.Programme("t.p", "1", (), judges, cycle or n.Cycle(), CONFIRMED, indicators, **more)  # type: ignore[arg-type]


def judge(
    made: n.Programme,
    *versions: Version,
    cycle: int | None = None,
    on: int | None = None,
    before: Before = NOTHING_BEFORE,
) -> Evaluation:
    """Judge records by a programme: on the last day of 2025, or in a cycle."""
    at: Run = run(made, cycle=cycle, on=JUDGED if cycle is None and on is None else on)
    return evaluate(made, fold(*versions), at, before)


ORDER = ("A", "B", "C", "D")
BANDS_OF_TEN = (
    *(
        n.Band(grade, n.Const(cut * 10_000, POINTS), CONFIRMED)
        for grade, cut in (("A", 95), ("B", 90), ("C", 80))
    ),
    n.Band("D", None, CONFIRMED),
)
# Truths over an indicator that three records decide: true, false, undecided.
SURE, NEVER, DOUBT = n.TRUE, n.FALSE, n.Compare(n.Op.GE, n.Unknown("p", PLAIN), n.Const(1, PLAIN))
