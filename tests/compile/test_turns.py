"""Whose records do not turn between two days stands on the second as on the first: by random laws and histories, and by the rules that turn one way each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.compile.turns import Turn, date_columns, moved, turns
from goodstanding.compile.versions import columns_of
from goodstanding.kernel import days
from goodstanding.kernel.quantity import DATE, Type, number
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from tests.agreement.histories import _DAYS as DAYS
from tests.agreement.histories import History, histories
from tests.agreement.laws import APART, Law, law
from tests.agreement.roads import interpret

SEEDS = 260
FIRST, LAST = days.day("2022-01-01"), days.day("2028-12-31")


def live_laws(seeds: range) -> list[Law]:
    """Random laws that are judged on a day, each of which reads the day only in ways that have turns."""
    found = [law(seed) for seed in seeds]
    return [tamed(one, seed) for seed, one in enumerate(found) if not one.programme.cycle.kind]


def tamed(made: Law, seed: int) -> Law:
    """Put days of the law where the judged day stands, and a condition on the judged day beside some selections."""
    rng = Random(seed)  # noqa: S311 - the same seed gives the same law
    types = {
        name: [f for f, t in versions[max(versions)].fields if t == DATE]
        for name, versions in made.types.items()
    }

    def put(node):
        match node:
            case n.Now(n.Moment.JUDGED):
                return n.Const(rng.choice(DAYS), DATE)
            case n.MissingPeriods(select):
                return n.Count(put(select))
            case n.Select() if rng.randrange(3) == 0:
                kept = rebuilt(node, put)
                asked = condition(rng, types[node.record])
                return replace(kept, where=n.All((kept.where, asked)))
            case _:
                return rebuilt(node, put)

    return replace(made, programme=put(made.programme))


def rebuilt(node, put):
    """Give a node with its parts put anew."""
    if isinstance(node, tuple):
        return tuple(put(part) for part in node)
    if not is_dataclass(node) or isinstance(node, Type):
        return node
    return replace(node, **{f.name: put(getattr(node, f.name)) for f in fields(node) if f.init})


def condition(rng: Random, dates: list[str]) -> n.Compare:
    """Compare the judged day with a date of the record, in one of the ways that are understood."""
    day: n.Value = n.Now(n.Moment.JUDGED)
    date: n.Value = n.Field(rng.choice([*dates, "date", "cured", "ended"]), DATE)
    if rng.randrange(2):
        date = n.Shift(date, rng.randint(-3, 30), rng.choice(("day", "month")))
    if rng.randrange(3) == 0:
        date = n.Least((date, n.Field("date", DATE)), rng.randrange(2) == 0, DATE)
    if rng.randrange(3) == 0:
        pair = (date, day) if rng.randrange(3) else (day, date)
        span = n.Span(rng.choice(("day", "month", "year")), *pair, number(-110_000, 110_000))
        limit = rng.randint(-2, 14)
        return n.Compare(rng.choice(list(n.Op)), span, n.Const(limit, number(limit, limit)))
    if rng.randrange(2):
        day = n.Shift(day, rng.randint(-30, 30), rng.choice(("day", "month")))
    sides = (day, date) if rng.randrange(2) else (date, day)
    return n.Compare(rng.choice(list(n.Op)), *sides)


def turning(made: Law, history: History, columns) -> bool:
    """Whether a date of a known version of the history lies where it may turn."""
    for v in history.versions:
        if not v.known_at(made.known):
            continue
        versions = made.types[v.type]
        where = columns_of(made.types, versions[v.version])
        where["date"] = where.get(versions[max(versions)].counting, "")
        for (record_type, field), spans in columns.items():
            day = v.values.get(where.get(field, ""))
            if record_type == v.type and any(a <= day <= b for a, b in spans if day is not None):
                return True
    return False


def amounts(programme: n.Programme) -> list[int]:
    """The months by which windows, waits and shifts of a programme move days, and none."""
    found = {0}
    for node in inside(programme):
        match node:
            case n.Window(start, end, back):
                found |= {back or 0, -start.months, -end.months}
            case n.Raise() | n.LevelGround():
                found.add(node.months or 0)
            case n.Shift(_, amount, "month"):
                found |= {amount, -amount}
            case n.Span():
                found |= {1, 2, 12, 24}
    return sorted(found | {a + b for a in found for b in found if a > 0 and b > 0})


def steps(made: Law, history: History, rng: Random, number: int) -> Iterator[tuple[int, int]]:
    """Pairs of days close to a day on which something of a history may happen."""
    days_ = [
        d
        for v in history.versions
        for d in v.values.values()
        if isinstance(d, int) and FIRST < d < LAST
    ]
    months = amounts(made.programme)
    for _ in range(number if days_ else 0):
        day = days.add_months(rng.choice(days_), rng.choice(months)) + rng.choice((-1, 0, 0, 0, 1))
        if FIRST < day < LAST:
            yield day - 1, day + rng.choice((0, 0, 0, 3))


def changed(seeds: range, per_law: int) -> tuple[list[str], int, int]:
    """Say who stands otherwise though no record of theirs turns; and count those that stand as before, and those that turn and stand otherwise."""
    wrong, still, otherwise = [], 0, 0
    for made in live_laws(seeds):
        found = turns(made.programme, made.types)
        assert found is not None
        rng = Random(made.programme.id)  # noqa: S311 - the same law gives the same days
        for k, history in enumerate(histories(made, 7, per_law)):
            for before, after in steps(made, history, rng, 5):
                columns = date_columns(found, made.types, before, after)
                if columns is None:
                    continue
                one, other = (
                    interpret(replace(made, on=d), [history]).rows for d in (before, after)
                )
                if turning(made, history, columns):
                    otherwise += one != other
                elif one == other:
                    still += 1
                else:
                    wrong.append(f"{made.programme.id} {k} {days.text(before)} {days.text(after)}")
    return wrong, still, otherwise


def test_who_does_not_turn_stands_as_before():
    wrong, still, otherwise = changed(range(SEEDS), 4)
    assert wrong == []
    assert still > 500
    assert otherwise > 5


@pytest.mark.nightly
def test_who_does_not_turn_stands_as_before_at_length():
    wrong, still, otherwise = changed(range(SEEDS, 20 * SEEDS), 10)
    assert wrong == []
    assert still > 10_000
    assert otherwise > 200


# --------------------------------------------------------------------------------------------------
# Each way to read the judged day, day by day

FINE = n.RecordType(
    "fine", 1, (), "decision", n.Direction.ADVERSE, "organisation", "decided", (("decided", DATE), ("until", DATE)),
)  # fmt: skip
PAID = n.RecordType(
    "paid", 1, (), "decision", n.Direction.FAVOURABLE, "organisation", "day", (("day", DATE),),
    links=(n.Link("of", "fine", n.LinkKind.CURES), n.Link("for", "fine", n.LinkKind.REFERS)),
)  # fmt: skip
TYPES = {"fine": {1: FINE}, "paid": {1: PAID}}
NOW, UNTIL, DECIDED = n.Now(n.Moment.JUDGED), n.Field("until", DATE), n.Field("date", DATE)


def whole(value: int) -> n.Const:
    return n.Const(value, number(value, value))


def span(unit: str, start: n.Value, end: n.Value) -> n.Span:
    return n.Span(unit, start, end, number(-110_000, 110_000))


def where(condition: n.Truth, record: str = "fine") -> n.Count:
    return n.Count(n.Select(record, condition))


def compared(left: n.Value, right: n.Value, op: n.Op = n.Op.GE) -> n.Count:
    return where(n.Compare(op, left, right))


def within(**edges) -> n.Count:
    return n.Count(n.Select("fine", window=n.Window(**edges)))


def levels() -> n.Levels:
    """A machine that falls to c, and rises by itself by one level in two months."""
    ground = n.LevelGround("g", "c", n.Select("fine"))
    raises = (n.Raise("r1", "c", "b", months=2), n.Raise("r2", "b", "a", months=2))
    return n.Levels(("a", "b", "c"), "a", (ground,), raises)


WAYS = {
    "nothing counts before its day": within(),
    "a window that each record leaves": within(months_back=3),
    "a window that begins before the day": within(start=n.Edge(n.Moment.JUDGED, months=-2, days=-5)),
    "a window that ends before the day": within(end=n.Edge(n.Moment.JUDGED, days=-20)),
    "a window by cycles": within(start=n.Edge(n.Moment.JUDGED, cycles=-1)),
    "a term of the record": compared(NOW, n.Shift(UNTIL, 1, "month"), n.Op.LT),
    "a term that ends with its day": compared(n.Shift(UNTIL, 10, "day"), NOW, n.Op.GT),
    "a day moved": compared(n.Shift(NOW, 1, "month"), UNTIL),
    "the very day": compared(NOW, UNTIL, n.Op.EQ),
    "the earlier of two": compared(NOW, n.Least((UNTIL, n.Shift(DECIDED, 1, "month")), True, DATE)),
    "one of two": compared(NOW, n.Choose(((n.Present(UNTIL), UNTIL),), DECIDED, DATE)),
    "months since": compared(span("month", UNTIL, NOW), whole(2)),
    "more months than": compared(span("month", UNTIL, NOW), whole(1), n.Op.GT),
    "a year since": compared(whole(1), span("year", DECIDED, NOW), n.Op.LE),
    "days since": compared(span("day", UNTIL, NOW), whole(7)),
    "days to come": compared(span("day", NOW, UNTIL), whole(30), n.Op.LT),
    "months to come": compared(span("month", NOW, UNTIL), whole(1)),
    "made good": where(n.Present(n.Field("cured", DATE))),
    "made good, of another": where(n.Present(n.LinkField("for", "cured", DATE)), "paid"),
    "a term of another": where(n.Compare(n.Op.GE, NOW, n.LinkField("for", "until", DATE)), "paid"),
}  # fmt: skip
HISTORY = History(
    "S",
    tuple(
        Version(type_, 1, record, "S", 1, None, "in force", {"certainty": "final", **values}, links)
        for type_, record, values, links in (
            (
                "fine",
                "f1",
                {"decided": days.day("2024-01-31"), "until": days.day("2024-04-30")},
                {},
            ),
            ("fine", "f2", {"decided": days.day("2024-02-29")}, {}),
            ("paid", "p1", {"day": days.day("2024-05-15")}, {"of": "f1", "for": "f1"}),
        )
    ),
)


def day_by_day(programme: n.Programme) -> tuple[int, int]:
    """Judge two years day by day; give how often the standing changed, and how often a record may turn. Each change is on such a day."""
    found = turns(programme, TYPES)
    assert found is not None
    changes = may = 0
    before = None
    for day in range(days.day("2024-01-01"), days.day("2026-01-01")):
        made = Law(TYPES, programme, (), day)
        now = interpret(made, [HISTORY]).rows
        columns = date_columns(found, TYPES, day - 1, day)
        flagged = columns is None or turning(made, HISTORY, columns)
        if before is not None and now != before:
            assert flagged, days.text(day)
            changes += 1
        may += flagged
        before = now
    return changes, may


def programme_of(what: n.Aggregate | n.Scalar | None, **more) -> n.Programme:
    own = () if what is None else (n.Indicator("i", what, number(0, 10**9)),)
    rest = more or {"grades": n.Grades(("a",), otherwise="a")}
    return n.Programme("p", "1", (), n.Judges.ORGANISATION, n.Cycle(), n.NO_BASIS, own, **rest)


@pytest.mark.parametrize("what", WAYS.values(), ids=WAYS)
def test_each_change_is_on_a_day_on_which_a_record_may_turn(what):
    changes, may = day_by_day(programme_of(what))
    assert changes
    assert may < 60  # and on most days nobody is judged again


def test_each_wait_of_a_level_machine_has_its_day():
    changes, may = day_by_day(programme_of(None, levels=levels()))
    assert changes >= 4
    assert may < 60


def test_a_record_that_is_itself_judged_is_judged_from_its_day_on():
    made = replace(programme_of(None), judges=n.Judges.RECORD, judged_records=("fine",))
    assert day_by_day(made)[0] == 2


def test_a_day_of_the_law_turns_everybody_and_only_then():
    day = days.day("2024-06-01")
    limit = n.Compare(n.Op.GE, NOW, n.Const(day, DATE))
    found = turns(programme_of(n.Scalar(limit)), TYPES)
    assert date_columns(found, TYPES, day - 1, day) is None
    assert date_columns(found, TYPES, day + 1, day + 9) == {}


NOT_UNDERSTOOD = {
    "a day as a value": n.Scalar(n.Shift(NOW, 1, "month")),
    "a difference of days": where(n.Compare(n.Op.GE, n.Sub(NOW, UNTIL, number(-APART, APART)), whole(9))),
    "a span with no number": compared(span("day", UNTIL, NOW), span("day", DECIDED, UNTIL)),
    "a deadline": n.MissingPeriods(n.Select("fine"), "month", "decided", 1, 0, n.EVER),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_UNDERSTOOD.values(), ids=NOT_UNDERSTOOD)
def test_what_is_not_understood_has_no_turns(what):
    assert turns(programme_of(what), TYPES) is None


# --------------------------------------------------------------------------------------------------
# Days

MOVES = st.lists(
    st.tuples(st.integers(-40, 40), st.sampled_from(("day", "month"))), max_size=3
).map(tuple)


@given(st.integers(FIRST, LAST), st.integers(0, 400), MOVES, MOVES, st.integers(FIRST, LAST))
def test_the_dates_of_a_turn_are_those_that_are_reached_between_two_days(
    before, more, moves, judged, date
):
    first, last = Turn("t", "f", moves, judged).dates(before, before + more)
    reached = moved(before, judged) <= moved(date, moves) <= moved(before + more, judged)
    assert (first <= date <= last) == reached
