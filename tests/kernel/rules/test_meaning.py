"""Values are intervals with open ends, truths are Kleene's: nothing unknown is ever taken for something known."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel.quantity import DATE, TRUTH, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.meaning import Book, Env, Interval, reading
from goodstanding.kernel.rules.meaning import test as truth_of
from tests.kernel.world import (
    AMOUNT,
    JUDGED,
    KIND,
    OUTLET,
    PLAIN,
    SIGNED,
    D,
    const,
    env_at,
    field,
    holds,
    read,
    ref,
)

MISSING: Interval = (None, None)


def known_as(interval: Interval) -> tuple[n.Ref, Env]:
    return ref("x", PLAIN), env_at(known={"x": interval})


def pair(a: Interval, b: Interval) -> Env:
    return env_at(known={"a": a, "b": b})


A, B = ref("a", PLAIN), ref("b", PLAIN)

# --------------------------------------------------------------------------------------------------
# Leaves


def test_a_constant_is_known_and_an_unpublished_parameter_is_missing() -> None:
    assert read(const(7)) == (7, 7)
    assert read(n.Unknown("cut", PLAIN)) == MISSING


def test_a_field_is_its_value_or_missing() -> None:
    assert read(AMOUNT, env_at(amount=5)) == (5, 5)
    assert read(AMOUNT, env_at(amount=0)) == (0, 0)
    assert read(AMOUNT, env_at(amount=None)) == MISSING
    assert read(AMOUNT, env_at()) == MISSING


@pytest.mark.parametrize("name", ["cured", "ended"])
@pytest.mark.parametrize(
    ("day", "seen"), [("2025-12-30", True), ("2025-12-31", True), ("2026-01-01", False)]
)
def test_what_happens_after_the_judged_day_has_not_happened(
    name: str, day: str, seen: bool
) -> None:
    expected = (D(day), D(day)) if seen else MISSING
    assert read(field(name), env_at(**{name: D(day)})) == expected
    linked = Env({n.Moment.JUDGED: JUDGED}, linked={"about": {name: D(day)}})
    assert read(n.LinkField("about", name, DATE), linked) == expected
    assert holds(n.Present(field(name)), env_at(**{name: D(day)})) is seen


def test_another_date_after_the_judged_day_is_seen() -> None:
    assert read(field("due"), env_at(due=JUDGED + 99)) == (JUDGED + 99, JUDGED + 99)


def test_a_linked_field_is_missing_without_a_link_and_nothing_is_annulled_then() -> None:
    to = n.LinkField("about", "amount", PLAIN)
    annulled = n.TruthOf(n.LinkField("about", "annulled", TRUTH))
    there = Env({n.Moment.JUDGED: JUDGED}, linked={"about": {"amount": 3, "annulled": True}})
    assert (read(to, there), holds(annulled, there)) == ((3, 3), True)
    assert (read(to), holds(annulled)) == (MISSING, False)
    other = Env({n.Moment.JUDGED: JUDGED}, linked={"base": {"amount": 3, "annulled": True}})
    assert (read(to, other), holds(annulled, other)) == (MISSING, False)


def test_a_moment_is_a_day_of_the_run() -> None:
    assert read(n.Now(n.Moment.JUDGED)) == (JUDGED, JUDGED)


def test_an_indicator_is_what_it_is_known_as() -> None:
    node, env = known_as((2, None))
    assert read(node, env) == (2, None)


# --------------------------------------------------------------------------------------------------
# Arithmetic on intervals

INTERVALS = [
    # name, node, a, b, result
    ("known ends are added", n.Add, (1, 2), (10, 20), (11, 22)),
    ("an open high end stays open", n.Add, (1, None), (10, 20), (11, None)),
    ("an open low end stays open", n.Add, (None, 2), (10, 20), (None, 22)),
    ("missing makes a sum missing", n.Add, (5, 5), MISSING, MISSING),
    ("a difference crosses the ends", n.Sub, (1, 2), (10, 20), (-19, -8)),
    ("what is taken away opens the low end", n.Sub, (1, 2), (10, None), (None, -8)),
    ("an open minuend opens the high end", n.Sub, (1, None), (10, 20), (-19, None)),
    ("an open low subtrahend opens the high end", n.Sub, (1, 2), (None, 20), (-19, None)),
    ("products of what is never negative", n.Mul, (2, 3), (10, 20), (20, 60)),
    ("a product is open where a factor is", n.Mul, (2, None), (10, 20), (20, None)),
    ("a missing factor makes a product missing", n.Mul, MISSING, (10, 20), MISSING),
    ("nothing times something open stays open", n.Mul, (0, 0), (0, None), (0, None)),
]


@pytest.mark.parametrize(
    ("make", "a", "b", "result"), [row[1:] for row in INTERVALS], ids=[row[0] for row in INTERVALS]
)
def test_arithmetic(
    make: Callable[..., n.Value], a: Interval, b: Interval, result: Interval
) -> None:
    assert read(make(A, B, PLAIN), pair(a, b)) == result


@pytest.mark.parametrize(
    ("factor", "interval", "result"),
    [
        (3, (2, 5), (6, 15)),
        (-3, (2, 5), (-15, -6)),
        (-3, (2, None), (None, -6)),
        (-3, (None, 5), (-15, None)),
        (3, (2, None), (6, None)),
        (0, (2, 5), (0, 0)),
        (-1, MISSING, MISSING),
    ],
)
def test_a_negative_constant_turns_the_ends_around(
    factor: int, interval: Interval, result: Interval
) -> None:
    node, env = known_as(interval)
    by = const(factor, number(factor, factor))
    assert read(n.Mul(node, by, SIGNED), env) == result
    assert read(n.Mul(by, node, SIGNED), env) == result


EXTREMES = [
    # name, least?, known part, parts, result
    ("the least of known values", True, False, [(3, 3), (5, 5)], (3, 3)),
    ("the greatest of known values", False, False, [(3, 3), (5, 5)], (5, 5)),
    ("ends apart: least", True, False, [(3, 9), (5, 6)], (3, 6)),
    ("ends apart: greatest", False, False, [(3, 9), (5, 6)], (5, 9)),
    ("a missing part makes the least missing", True, False, [(11, 11), MISSING], MISSING),
    ("a missing part makes the greatest missing", False, False, [(11, 11), MISSING], MISSING),
    ("an open end is open", True, False, [(3, 3), (5, None)], (3, None)),
    ("known part leaves missing parts out", True, True, [(11, 11), MISSING], (11, 11)),
    (
        "known part leaves out what is not exactly known",
        False,
        True,
        [(11, 11), (12, 13)],
        (11, 11),
    ),
    ("known part is missing if nothing is known", False, True, [MISSING, (1, None)], MISSING),
]


@pytest.mark.parametrize(
    ("least", "known_part", "parts", "result"),
    [row[1:] for row in EXTREMES],
    ids=[row[0] for row in EXTREMES],
)
def test_least_and_greatest(
    least: bool, known_part: bool, parts: list[Interval], result: Interval
) -> None:
    make = n.Least if least else n.Greatest
    refs = tuple(ref(f"x{i}", PLAIN) for i in range(len(parts)))
    env = env_at(known={f"x{i}": part for i, part in enumerate(parts)})
    assert read(make(refs, known_part, PLAIN), env) == result


@pytest.mark.parametrize(
    ("top", "under", "up", "down", "result"),
    [
        ((1, 1), (2, 2), 0, 0, (1, 1)),  # half up
        ((149, 149), (100, 100), 0, 0, (1, 1)),
        ((5, 5), (4, 4), 2, 0, (125, 125)),
        ((1, 1), (8, 8), 2, 0, (13, 13)),  # 12.5
        ((250, 250), (1, 1), 0, 2, (3, 3)),  # 2.5
        ((249, 249), (1, 1), 0, 2, (2, 2)),
        ((0, 0), (7, 7), 4, 0, (0, 0)),
        ((7, 7), (0, 0), 0, 0, MISSING),
        (MISSING, (2, 2), 0, 0, MISSING),
        ((7, 7), MISSING, 0, 0, MISSING),
        ((7, 8), (2, 2), 0, 0, MISSING),
        ((7, 7), (2, 3), 0, 0, MISSING),
        ((7, None), (2, 2), 0, 0, MISSING),
    ],
)
def test_a_quotient_is_rounded_half_up_only_where_all_is_known(
    top: Interval, under: Interval, up: int, down: int, result: Interval
) -> None:
    assert read(n.Rounded(A, B, up, down, PLAIN), pair(top, under)) == result


@pytest.mark.parametrize(
    ("amount", "unit", "start", "end"),
    [
        (1, "month", "2025-01-31", "2025-02-28"),
        (-12, "month", "2024-02-29", "2023-02-28"),
        (30, "day", "2025-01-31", "2025-03-02"),
        (-1, "day", "2025-03-01", "2025-02-28"),
    ],
)
def test_a_date_is_moved(amount: int, unit: str, start: str, end: str) -> None:
    node = n.Shift(field("due"), amount, unit)
    assert read(node, env_at(due=D(start))) == (D(end), D(end))
    assert read(node, env_at()) == MISSING
    half = n.Shift(ref("a", DATE), amount, unit)
    assert read(half, pair((D(start), None), MISSING)) == (D(end), None)


@pytest.mark.parametrize(("unit", "elapsed"), [("day", 729), ("month", 23), ("year", 1)])
def test_a_span_counts_whole_units(unit: str, elapsed: int) -> None:
    node = n.Span(unit, field("due"), field("period"), PLAIN)
    assert read(node, env_at(due=D("2024-03-31"), period=D("2026-03-30"))) == (
        elapsed,
        elapsed,
    )
    assert read(node, env_at(due=D("2024-03-31"))) == MISSING
    assert read(node, env_at(period=D("2024-03-31"))) == MISSING


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        (True, True, (1, 1)),
        (True, None, (1, 1)),  # what stands after the true one plays no part
        (False, True, (2, 2)),
        (False, False, (3, 3)),
        (None, True, MISSING),
        (None, False, MISSING),
        (False, None, MISSING),
    ],
)
def test_a_choice_is_missing_where_an_undecided_case_stands_before(
    first: bool | None, second: bool | None, result: Interval
) -> None:
    a, b = (n.TruthOf(ref(x, TRUTH)) for x in "ab")
    node = n.Choose(((a, const(1)), (b, const(2))), const(3), PLAIN)
    assert read(node, env_at(known={"a": first, "b": second})) == result


# --------------------------------------------------------------------------------------------------
# Truths

K = [True, False, None]
AND = {(True, True): True, (True, None): None, (None, True): None, (None, None): None}
OR = {(False, False): False, (False, None): None, (None, False): None, (None, None): None}


@pytest.mark.parametrize(("a", "b"), list(itertools.product(K, K)))
def test_and_or_are_kleenes(a: bool | None, b: bool | None) -> None:
    env = env_at(known={"a": a, "b": b})
    parts = tuple(n.TruthOf(ref(x, TRUTH)) for x in "ab")
    assert holds(n.All(parts), env) is AND.get((a, b), False)
    assert holds(n.Any_(parts), env) is OR.get((a, b), True)


@pytest.mark.parametrize(("a", "negated"), [(True, False), (False, True), (None, None)])
def test_not_is_kleenes(a: bool | None, negated: bool | None) -> None:
    assert holds(n.Not(n.TruthOf(ref("a", TRUTH))), env_at(known={"a": a})) is negated


def test_nothing_to_meet_is_met_and_nothing_to_choose_from_is_not() -> None:
    assert holds(n.All(())) is True
    assert holds(n.Any_(())) is False
    assert (holds(n.Always(value=True)), holds(n.Always(value=False))) == (True, False)


COMPARED = [
    # a, b, then a >= b, a > b, a <= b, a < b, a = b
    ((5, 5), (5, 5), True, False, True, False, True),
    ((5, 5), (4, 4), True, True, False, False, False),
    ((4, 4), (5, 5), False, False, True, True, False),
    ((5, 9), (5, 5), True, None, None, False, None),
    ((1, 5), (5, 5), None, False, True, None, None),
    ((1, 4), (5, 9), False, False, True, True, False),
    ((6, None), (5, 5), True, True, False, False, False),
    ((5, None), (5, 5), True, None, None, False, None),
    ((None, 4), (5, 5), False, False, True, True, False),
    ((None, 5), (5, 5), None, False, True, None, None),
    ((None, None), (5, 5), None, None, None, None, None),
    ((5, 5), (None, None), None, None, None, None, None),
    ((1, 9), (1, 9), None, None, None, None, None),
    ((3, None), (None, 3), True, None, None, False, None),
    ((3, None), (None, 2), True, True, False, False, False),
]


@pytest.mark.parametrize(("a", "b", "ge", "gt", "le", "lt", "eq"), COMPARED)
def test_a_comparison_holds_only_where_all_values_agree(
    a: Interval,
    b: Interval,
    ge: bool | None,
    gt: bool | None,
    le: bool | None,
    lt: bool | None,
    eq: bool | None,
) -> None:
    env = pair(a, b)
    said = {op: holds(n.Compare(op, A, B), env) for op in n.Op}
    ne = None if eq is None else not eq
    assert said == {n.Op.GE: ge, n.Op.GT: gt, n.Op.LE: le, n.Op.LT: lt, n.Op.EQ: eq, n.Op.NE: ne}


@pytest.mark.parametrize(
    ("kind", "is_in"), [("fine", True), ("order", True), ("warning", False), (None, None)]
)
def test_a_word_is_one_of_those_named(kind: str | None, is_in: bool | None) -> None:
    assert holds(n.WordIn(KIND, ("fine", "order")), env_at(kind=kind)) is is_in


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x", "x", True),
        ("x", "y", False),
        ("", "", True),
        (None, "x", None),
        ("x", None, None),
        (None, None, None),
    ],
)
def test_missing_codes_are_not_the_same_and_not_different(
    one: str | None, other: str | None, same: bool | None
) -> None:
    assert holds(n.SameCode(OUTLET, field("act")), env_at(outlet=one, act=other)) is same


PRESENT = [
    ("a field", AMOUNT, {"amount": 0}, {}),
    ("a word", KIND, {"kind": "fine"}, {}),
    ("a code", OUTLET, {"outlet": ""}, {}),
    ("a truth that is false", n.TruthOf(field("wilful")), {"wilful": False}, {}),
    ("a sum", n.Add(AMOUNT, const(1), PLAIN), {"amount": 1}, {}),
    ("a comparison", n.Compare(n.Op.GE, AMOUNT, const(1)), {"amount": 1}, {}),
]


@pytest.mark.parametrize(
    ("node", "there"), [(row[1], row[2]) for row in PRESENT], ids=[row[0] for row in PRESENT]
)
def test_presence_is_never_undecided(
    node: n.Value | n.Truth, there: Mapping[str, int | str | bool]
) -> None:
    assert holds(n.Present(node), env_at(**there)) is True
    assert holds(n.Present(node), env_at()) is False


@pytest.mark.parametrize(
    ("interval", "there"),
    [((3, 3), True), ((3, 4), False), ((3, None), False), ((None, 3), False), (MISSING, False)],
)
def test_only_what_is_exactly_known_is_present(interval: Interval, there: bool) -> None:
    node, env = known_as(interval)
    assert holds(n.Present(node), env) is there


def test_what_a_run_fixes_is_worked_out_once_and_found_by_its_place() -> None:
    book, asked = Book(), []
    places = [book.put(lambda m, k=k: asked.append(k) or m[n.Moment.JUDGED] + k) for k in (1, 2)]
    fixed = book.fix({n.Moment.JUDGED: 10})
    assert [fixed[p] for p in places] == [11, 12]
    assert asked == [1, 2]


# --------------------------------------------------------------------------------------------------
# The second road: complete every missing value in all ways; what is decided must hold in each

DOMAIN = (0, 1, 2, 5)
NAMES = ("p", "q", "r")


def values(depth: int) -> st.SearchStrategy[n.Value]:
    leaf = st.one_of(
        st.sampled_from(NAMES).map(lambda f: n.Field(f, PLAIN)),
        st.integers(0, 6).map(const),
    )
    if depth == 0:
        return leaf
    inner = values(depth - 1)
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        leaf,
        st.builds(n.Add, inner, inner, st.just(PLAIN)),
        st.builds(n.Mul, inner, inner, st.just(PLAIN)),
        st.builds(n.Least, several, st.just(False), st.just(PLAIN)),
        st.builds(n.Greatest, several, st.just(False), st.just(PLAIN)),
        st.builds(
            n.Choose,
            st.lists(st.tuples(truths(depth - 1), inner), min_size=1, max_size=2).map(tuple),
            inner,
            st.just(PLAIN),
        ),
    )


def truths(depth: int) -> st.SearchStrategy[n.Truth]:
    compared = st.builds(
        n.Compare, st.sampled_from(n.Op), values(max(0, depth - 1)), values(max(0, depth - 1))
    )
    if depth == 0:
        return compared
    inner = truths(depth - 1)
    parts = st.lists(inner, max_size=3).map(tuple)
    return st.one_of(
        compared, st.builds(n.All, parts), st.builds(n.Any_, parts), st.builds(n.Not, inner)
    )


RECORDS = st.fixed_dictionaries(
    {name: st.one_of(st.none(), st.sampled_from(DOMAIN)) for name in NAMES}
)


def worlds(record: Mapping[str, int | None]) -> Iterator[dict[str, int]]:
    """Give every completion of a record."""
    options = [DOMAIN if record[name] is None else (record[name],) for name in NAMES]
    for chosen in itertools.product(*options):
        yield dict(zip(NAMES, chosen, strict=True))  # type: ignore[arg-type]


def plain_value(node: n.Value, record: Mapping[str, int]) -> int:
    """Work out a value in ordinary numbers."""
    match node:
        case n.Const(number_):
            return number_
        case n.Field(name):
            return record[name]
        case n.Add(left, right):
            return plain_value(left, record) + plain_value(right, record)
        case n.Sub(left, right):
            return plain_value(left, record) - plain_value(right, record)
        case n.Mul(left, right):
            return plain_value(left, record) * plain_value(right, record)
        case n.Least(parts):
            return min(plain_value(p, record) for p in parts)
        case n.Greatest(parts):
            return max(plain_value(p, record) for p in parts)
        case n.Choose(cases, otherwise):
            return next(
                (plain_value(v, record) for t, v in cases if plain_truth(t, record)),
                plain_value(otherwise, record),
            )
    raise AssertionError(node)


SIGNS: dict[n.Op, Callable[[int, int], bool]] = {
    n.Op.GE: lambda a, b: a >= b,
    n.Op.GT: lambda a, b: a > b,
    n.Op.LE: lambda a, b: a <= b,
    n.Op.LT: lambda a, b: a < b,
    n.Op.EQ: lambda a, b: a == b,
    n.Op.NE: lambda a, b: a != b,
}


def plain_truth(node: n.Truth, record: Mapping[str, int]) -> bool:
    """Work out a condition in ordinary logic."""
    match node:
        case n.Compare(op, left, right):
            return SIGNS[op](plain_value(left, record), plain_value(right, record))
        case n.Not(part):
            return not plain_truth(part, record)
        case n.All(parts):
            return all(plain_truth(p, record) for p in parts)
        case n.Any_(parts):
            return any(plain_truth(p, record) for p in parts)
    raise AssertionError(node)


@settings(max_examples=250, deadline=None)
@given(values(2), RECORDS)
def test_an_interval_holds_the_value_of_every_completion(
    node: n.Value, record: dict[str, int | None]
) -> None:
    low, high = reading(node)(env_at(**record))
    for world in worlds(record):
        found = plain_value(node, world)
        assert low is None or low <= found
        assert high is None or found <= high
    if None not in record.values():
        assert low == high == plain_value(node, record)  # type: ignore[arg-type]


@settings(max_examples=250, deadline=None)
@given(truths(2), RECORDS)
def test_a_truth_that_is_decided_is_the_same_in_every_completion(
    node: n.Truth, record: dict[str, int | None]
) -> None:
    said = truth_of(node)(env_at(**record))
    if said is not None:
        assert {plain_truth(node, world) for world in worlds(record)} == {said}
    if None not in record.values():
        assert said is plain_truth(node, record)  # type: ignore[arg-type]


@settings(max_examples=120, deadline=None)
@given(values(2), values(2), RECORDS)
def test_a_difference_holds_the_value_of_every_completion(
    a: n.Value, b: n.Value, record: dict[str, int | None]
) -> None:
    low, high = reading(n.Sub(a, b, SIGNED))(env_at(**record))
    for world in worlds(record):
        found = plain_value(a, world) - plain_value(b, world)
        assert low is None or low <= found
        assert high is None or found <= high
