"""Single expressions as SQL say what the interpreter says, above all where engines have their own way."""

from __future__ import annotations

from itertools import product

import duckdb
import pytest

from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.expressions import Expressions, Pair
from goodstanding.kernel import days
from goodstanding.kernel.quantity import DATE, Type, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.meaning import Env, reading
from goodstanding.kernel.rules.meaning import test as truth_of

COUNT = number(0, 10**9)
WIDE = number(0, 10**30)
ENDS = (None, 0, 1, 3, 7)
INTERVALS = [(a, b) for a, b in product(ENDS, ENDS) if a is None or b is None or a <= b]
JUDGED = days.day("2024-02-29")


def ref(name: str, type_: Type = COUNT) -> n.Ref:
    return n.Ref(name, type_)


def const(value: int, scale: int = 0) -> n.Const:
    return n.Const(value, number(value, value, scale))


def ask(sql: str) -> object:
    with duckdb.connect() as engine:
        (row,) = engine.execute(f"SELECT {sql}").fetchall()
    return row[0]


def written(moments: bool = True) -> Expressions:
    at = {n.Moment.JUDGED: DUCKDB.day(JUDGED)} if moments else {}
    names = {name: Pair(f'"{name}$lo"', f'"{name}$hi"') for name in ("a", "b")}
    return Expressions(DUCKDB, at, names)


def rows(
    one: list[tuple[int | None, int | None]], other: list[tuple[int | None, int | None]]
) -> str:
    said = ", ".join(
        f"({', '.join('NULL' if x is None else str(x) for x in (*p, *q))})"
        for p, q in product(one, other)
    )
    columns = '"a$lo", "a$hi", "b$lo", "b$hi"'
    return f"(SELECT {', '.join(f'{c}::BIGINT AS {c}' for c in columns.split(', '))} FROM (VALUES {said}) AS t({columns}))"


VALUES: dict[str, n.Value] = {
    "sum": n.Add(ref("a"), ref("b"), COUNT),
    "difference": n.Sub(ref("a"), ref("b"), number(-(10**9), 10**9)),
    "product": n.Mul(ref("a"), ref("b"), number(0, 10**18)),
    "by minus two": n.Mul(ref("a"), const(-2), number(-2 * 10**9, 0)),
    "least": n.Least((ref("a"), ref("b")), False, COUNT),
    "least of what is known": n.Least((ref("a"), ref("b")), True, COUNT),
    "greatest": n.Greatest((ref("a"), ref("b"), const(2)), False, COUNT),
    "greatest of what is known": n.Greatest((ref("a"), ref("b")), True, COUNT),
    "rounded": n.Rounded(ref("a"), ref("b"), 2, 0, number(0, 10**12, 2)),
    "chosen": n.Choose(((n.Compare(n.Op.GE, ref("a"), const(3)), ref("b")),), const(5), COUNT),
}
TRUTHS: dict[str, n.Truth] = {
    **{f"a {op.value} b": n.Compare(op, ref("a"), ref("b")) for op in n.Op},
    **{f"a {op.value} 3": n.Compare(op, ref("a"), const(3)) for op in n.Op},
    "present": n.Present(ref("a")),
    "all": n.All((n.Compare(n.Op.GT, ref("a"), const(1)), n.Compare(n.Op.LT, ref("b"), const(7)))),
    "any": n.Any_((n.Compare(n.Op.GT, ref("a"), const(1)), n.Compare(n.Op.LT, ref("b"), const(7)))),
    "not": n.Not(n.Compare(n.Op.EQ, ref("a"), ref("b"))),
    "all of none": n.All(()),
    "any of none": n.Any_(()),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_has_the_same_ends_on_both_roads(name):
    node = VALUES[name]
    pair = written().pair(node)
    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT {pair.lo}, {pair.hi} FROM {rows(INTERVALS, INTERVALS)} AS t"
        ).fetchall()
    known = [{"a": a, "b": b} for a, b in product(INTERVALS, INTERVALS)]
    assert found == [reading(node)(Env({}, dict(names))) for names in known]


@pytest.mark.parametrize("name", TRUTHS)
def test_a_truth_is_the_same_on_both_roads(name):
    node = TRUTHS[name]
    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT {written().truth(node)} FROM {rows(INTERVALS, INTERVALS)} AS t"
        ).fetchall()
    known = [{"a": a, "b": b} for a, b in product(INTERVALS, INTERVALS)]
    assert [row[0] for row in found] == [truth_of(node)(Env({}, dict(names))) for names in known]


MONTH_ENDS = [
    days.day(d)
    for d in (
        "2024-01-31",
        "2024-02-29",
        "2023-02-28",
        "2023-03-01",
        "2024-12-31",
        "1900-01-01",
        "2199-12-31",
    )
]


@pytest.mark.parametrize("months", [-13, -12, -1, 0, 1, 11, 12, 24])
def test_a_moved_date_is_clipped_to_the_months_end(months):
    for day in MONTH_ENDS:
        moved = written().pair(n.Shift(n.Const(day, DATE), months, "month")).lo
        assert str(ask(moved)) == days.text(days.add_months(day, months))


@pytest.mark.parametrize("unit", ["day", "month", "year"])
def test_spans_count_whole_ones_also_backwards(unit):
    for start, end in product(MONTH_ENDS, MONTH_ENDS):
        node = n.Span(unit, n.Const(start, DATE), n.Const(end, DATE), number(-(10**6), 10**6))
        assert ask(written().pair(node).lo) == reading(node)(Env({}))[0]


def test_a_quotient_of_37_digits_is_exact():
    top = n.Const(10**36 + 1, number(0, 10**36 + 1))
    node = n.Rounded(top, const(10), 0, 0, WIDE)
    assert ask(written().pair(node).lo) == reading(node)(Env({}))[0] == 10**35


def test_a_half_is_rounded_up():
    node = n.Rounded(const(5), const(1000), 2, 0, number(0, 10**6, 2))
    assert ask(written().pair(node).lo) == 1


def test_a_product_of_more_than_18_digits_does_not_overflow():
    large = n.Const(10**17, number(0, 10**17))
    assert ask(written().pair(n.Mul(n.Const(10**17, COUNT), large, number(0, 10**34))).lo) == 10**34


def test_literals_are_not_multiplied_in_32_bits():
    large = n.Const(2_000_000_000, number(0, 2 * 10**9))
    node = n.Add(large, large, number(0, 4 * 10**9))
    assert ask(written().pair(node).lo) == 4_000_000_000


def test_a_cure_after_the_judged_day_has_not_happened():
    text = written().field(n.Field("cured", DATE))
    with duckdb.connect() as engine:
        sql = f"SELECT {text} FROM (VALUES (DATE '2024-02-29'), (DATE '2024-03-01'), (NULL)) AS t(cured)"
        found = [str(d[0]) for d in engine.execute(sql).fetchall()]
    assert found == ["2024-02-29", "None", "None"]


def test_a_word_is_in_no_words_only_if_it_is_there():
    text = written().truth(n.WordIn(n.Field("kind", Type(n.OWN_FIELDS["certainty"].kind)), ()))
    with duckdb.connect() as engine:
        found = engine.execute(
            f"SELECT {text} FROM (VALUES ('fine'), (NULL)) AS t(kind)"
        ).fetchall()
    assert found == [(False,), (None,)]


def test_an_exception_that_is_not_shown_leaves_the_ground_standing():
    yes, unknown = n.Always(True), n.Compare(n.Op.GE, n.Unknown("p", COUNT), const(1))
    assert ask(written().limbs([n.Limb(yes, unknown)])) is True
    assert ask(written().limbs([n.Limb(yes, yes)])) is False
    assert ask(written().limbs([n.Limb(unknown), n.Limb(yes, n.Always(False))])) is True
