"""What a jurist writes becomes typed nodes of one unit and scale; every doubt is a finding at its column."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place
from goodstanding.kernel.quantity import CODE, DATE, TRUTH, WIDE, Kind, Type, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.expression import (
    BRACKETS_MAX,
    SIGNS_MAX,
    Scope,
    describe,
    read_literal,
    read_truth,
    read_value,
)
from goodstanding.kernel.rules.meaning import Env, reading
from goodstanding.kernel.rules.meaning import test as truth_of
from tests.kernel.world import JUDGED, D

MONEY = number(0, 10**15, 2, "CNY")
TONNES = number(0, 10**15, 3, "t")
COUNT = number(0, 10**9)
SIGNED = number(-(10**9), 10**9)
SHARE = number(0, 10**6, 4)
WORD = Type(Kind.WORD, words=("fine", "warning", "order"))
FIELDS = {
    "fine": MONEY, "base": MONEY, "mass": TONNES, "times": COUNT, "net": SIGNED, "share": SHARE, "due": DATE, "paid": DATE,
    "kind": WORD, "tax": WORD, "outlet": CODE, "act": CODE, "wilful": TRUTH, "big": number(0, 10**30),
}  # fmt: skip
LINK = {
    "fine": n.LinkField("base_of", "fine", MONEY),
    "wilful": n.LinkField("base_of", "wilful", TRUTH),
    "annulled": n.LinkField("base_of", "annulled", TRUTH),
}
SCOPE = Scope(
    {**{name: n.Field(name, t) for name, t in FIELDS.items()}, "judged": n.Now(n.Moment.JUDGED), "cut": n.Unknown("cut", SHARE), "limit": n.Const(500, number(500, 500, 2, "CNY"))},
    {"base_of": LINK}, ("A", "B"), "t.penalty",
)  # fmt: skip
HERE = Place("x.yaml", 3, 10)


def truth(text: str) -> tuple[n.Truth | None, list[Finding]]:
    findings: list[Finding] = []
    return read_truth(text, HERE, SCOPE, findings), findings


def value(text: str) -> tuple[n.Value | None, list[Finding]]:
    findings: list[Finding] = []
    return read_value(text, HERE, SCOPE, findings), findings


def holds(text: str, **values: int | str | bool) -> bool | None:
    made, findings = truth(text)
    assert made is not None, findings
    return truth_of(made)(
        Env(
            {n.Moment.JUDGED: JUDGED},
            values=values,
            linked={"base_of": values} if "linked" in values else {},
        )
    )


def amount(text: str, **values: int | str | bool) -> tuple[int | None, int | None]:
    made, findings = value(text)
    assert made is not None, findings
    return reading(made)(Env({n.Moment.JUDGED: JUDGED}, values=values))


# --------------------------------------------------------------------------------------------------
# Literals and units

LITERALS = [
    ("100_000 CNY", MONEY, 10_000_000),
    ("0.05 CNY", MONEY, 5),
    ("10%", SHARE, 1_000),
    ("0.1", SHARE, 1_000),
    ("1.25%", SHARE, 125),
    ("3", COUNT, 3),
    ("20_000 t", TONNES, 20_000_000),
    ("2025-03-31", DATE, D("2025-03-31")),
    ("30 days", number(0, 99, 0, "day"), 30),
    ("-5", SIGNED, -5),
    ("2 * 3", COUNT, 6),
]


@pytest.mark.parametrize(("text", "type_", "number_"), LITERALS, ids=[row[0] for row in LITERALS])
def test_a_literal_is_read_at_the_scale_of_its_type(text: str, type_: Type, number_: int) -> None:
    findings: list[Finding] = []
    assert read_literal(text, type_, HERE, findings) == number_
    assert findings == []


@pytest.mark.parametrize(
    ("text", "type_", "code"),
    [
        ("3", MONEY, "unit-mismatch"),
        ("3 CNY", TONNES, "unit-mismatch"),
        ("0.001 CNY", MONEY, "bad-literal"),
        ("0.5", COUNT, "unit-mismatch"),
        ("2025-03-31", COUNT, "unit-mismatch"),
        ("fine", MONEY, "unknown-name"),
        ("3 months", COUNT, "expression-syntax"),
    ],
)
def test_a_literal_of_another_unit_or_too_fine_is_refused(
    text: str, type_: Type, code: str
) -> None:
    findings: list[Finding] = []
    assert read_literal(text, type_, HERE, findings) is None
    assert [f.code for f in findings] == [code]


# --------------------------------------------------------------------------------------------------
# Conditions: what they mean

CONDITIONS = [
    ("fine >= 100 CNY", {"fine": 10_000}, True),
    ("fine >= 100 CNY", {"fine": 9_999}, False),
    ("fine >= 100 CNY", {}, None),
    ("100 CNY <= fine", {"fine": 10_000}, True),
    ("fine > limit", {"fine": 501}, True),
    ("share >= 10%", {"share": 1_000}, True),
    ("share < 10%", {"share": 999}, True),
    ("times = 3", {"times": 3}, True),
    ("times != 3", {"times": 3}, False),
    ("times >= 2.5", {"times": 3}, True),  # brought to one scale
    ("times >= 2.5", {"times": 2}, False),
    ("wilful", {"wilful": True}, True),
    ("not wilful", {"wilful": True}, False),
    ("wilful = false", {"wilful": False}, True),
    ("wilful != true", {"wilful": False}, True),
    ("wilful is missing", {}, True),
    ("wilful is present", {"wilful": False}, True),
    ("fine is missing", {"fine": 0}, False),
    ("fine is not missing", {"fine": 0}, True),
    ("fine is not present", {"fine": 0}, False),
    ("kind = 'fine'", {"kind": "fine"}, True),
    ("kind != 'fine'", {"kind": "fine"}, False),
    ("kind != 'fine'", {}, None),
    ("kind in ['fine', 'order']", {"kind": "order"}, True),
    ("kind not in ['fine', 'order']", {"kind": "order"}, False),
    ("kind in ['fine']", {"kind": "order"}, False),
    ("outlet = act", {"outlet": "x", "act": "x"}, True),
    ("outlet = 'anything'", {"outlet": "anything"}, True),
    ("kind = tax", {"kind": "fine", "tax": "order"}, False),
    ("true", {}, True),
    ("false", {}, False),
    ("wilful or times > 1 and times > 9", {"wilful": True, "times": 0}, True),  # and binds tighter
    ("(wilful or times > 1) and times > 9", {"wilful": True, "times": 0}, False),
    ("not wilful and times > 1", {"wilful": False, "times": 2}, True),  # not binds tightest
    ("not (wilful and times > 1)", {"wilful": True, "times": 0}, True),
    ("not not wilful", {"wilful": True}, True),
    ("(wilful)", {"wilful": True}, True),
    ("((wilful)) or ((times) > 1)", {"wilful": False, "times": 2}, True),
    ("(times + 1) * 2 > 5", {"times": 2}, True),
    ("times + 1 * 2 > 4", {"times": 2}, False),
    ("10 - times - 3 = 5", {"times": 2}, True),  # from the left
    ("-times <= -2", {"times": 2}, True),
    ("ratio(fine, base) >= 10%", {"fine": 100, "base": 1_000}, True),
    ("ratio(fine, base) >= 10%", {"fine": 99, "base": 1_000}, False),
    ("ratio(fine, base) >= 10%", {"fine": 0, "base": 0}, True),  # a product: 0 >= 10% * 0
    ("ratio(fine, base) + 5% >= 10%", {"fine": 50, "base": 1_000}, True),
    ("10% > ratio(fine, base)", {"fine": 99, "base": 1_000}, True),
    ("due + 30 days < paid", {"due": 100, "paid": 131}, True),
    ("due + 30 days < paid", {"due": 100, "paid": 130}, False),
    ("paid - due <= 30 days", {"due": 100, "paid": 130}, True),
    ("due + 1 month <= paid", {"due": D("2025-01-31"), "paid": D("2025-02-28")}, True),
    ("due + 1 year > paid", {"due": D("2024-02-29"), "paid": D("2025-02-28")}, False),
    ("paid <= 2025-03-31", {"paid": D("2025-03-31")}, True),
    ("years(due, judged) >= 1", {"due": D("2024-12-31")}, True),
    ("months(due, judged) = 11", {"due": D("2025-01-01")}, True),
    ("days(due, judged) = 364 days", {"due": D("2025-01-01")}, True),
    ("least(fine, base) >= 1 CNY", {"fine": 100}, None),
    ("least(fine, base, known part) >= 1 CNY", {"fine": 100}, True),
    ("greatest(times, 2.5) = 2.5", {"times": 2}, True),
    ("base_of.fine is missing", {}, True),
    ("base_of.annulled", {}, False),
    ("share >= cut", {"share": 10}, None),
]


@pytest.mark.parametrize(
    ("text", "values", "expected"), CONDITIONS, ids=[f"{row[0]} {row[1]}" for row in CONDITIONS]
)
def test_a_condition_means_what_it_says(
    text: str, values: dict[str, int | str | bool], expected: bool | None
) -> None:
    assert holds(text, **values) is expected


VALUES = [
    ("fine + base", {"fine": 1, "base": 2}, 3),
    ("fine + base", {"fine": 1}, None),
    ("times * 3 + 1", {"times": 2}, 7),
    ("net - times", {"net": -5, "times": 2}, -7),
    ("round(100 * ratio(fine, base), 2, half up)", {"fine": 1, "base": 8}, 1_250),
    ("round(100 * ratio(fine, base), 0, half up)", {"fine": 1, "base": 8}, 13),  # 12.5
    ("round(100 * ratio(fine, base), 0, half up)", {"fine": 1, "base": 0}, None),
    ("3 + round(100 * ratio(fine, base), 2, half up)", {"fine": 1, "base": 8}, 1_550),
    ("round(fine, 0, half up)", {"fine": 150}, 2),
    ("round(fine, 0, half up)", {"fine": 149}, 1),
    ("due - 3 months", {"due": D("2025-05-31")}, D("2025-02-28")),
    ("due + least(times, 1_000) * 1 day", {"due": 10, "times": 2}, 12),
    ("least(due, judged)", {"due": 5}, 5),
]


@pytest.mark.parametrize(
    ("text", "values", "expected"), VALUES, ids=[f"{row[0]} {row[1]}" for row in VALUES]
)
def test_a_value_means_what_it_says(
    text: str, values: dict[str, int], expected: int | None
) -> None:
    assert amount(text, **values) == (expected, expected)


# --------------------------------------------------------------------------------------------------
# What is refused

REFUSED = [
    ("fine >= 100", "unit-mismatch", 5),
    ("fine >= 3 t", "unit-mismatch", 5),
    ("due >= 3", "unit-mismatch", 4),
    ("fine + times > 1 CNY", "unit-mismatch", 5),
    ("due + times > judged", "unit-mismatch", 4),
    ("due + paid > judged", "unit-mismatch", 4),
    ("fine * base > 1 CNY", "unit-mismatch", 5),
    ("fien >= 1 CNY", "unknown-name", 0),
    ("base_of.fien >= 1 CNY", "unknown-name", 8),
    ("bass_of.fine >= 1 CNY", "unknown-name", 0),
    ("kind = 'fien'", "unknown-word", 7),
    ("kind in ['fine', 'fien']", "unknown-word", 17),
    ("kind > 'fine'", "expression-syntax", 0),
    ("fine = 'fine'", "unit-mismatch", 0),
    ("fine", "not-a-truth", 0),
    ("fine + base", "not-a-truth", 0),
    ("times >", "expression-syntax", 7),
    ("times > 1 and", "expression-syntax", 13),
    ("(times > 1", "expression-syntax", 10),
    ("times > 1)", "expression-syntax", 9),
    ("times > 1 > 0", "expression-syntax", 10),
    ("times >= 3 months", "unit-mismatch", 6),
    ("times ~ 3", "expression-syntax", 6),
    ("ratio(fine, base)", "not-a-truth", 0),
    ("ratio(fine, mass) > 1", "unit-mismatch", 0),
    ("ratio(net, times) > 1", "negative-in-ratio", 0),
    ("ratio(fine, base) * ratio(fine, base) > 1", "ratio-outside-round", 18),
    ("ratio(fine, base) + ratio(base, fine) > 1", "ratio-outside-round", 18),
    ("round(ratio(fine, base), 2) > 1", "expression-syntax", 26),
    ("round(ratio(fine, base), 7, half up) > 1", "expression-syntax", 25),
    ("round(net, 2, half up) > 1", "negative-in-ratio", 0),
    ("net * net > 1", "negative-in-product", 4),
    ("big * big > 1", "could-overflow", 4),
    ("grade_is('C')", "unknown-grade", 0),
    ("wilful >= true", "expression-syntax", 7),
    ("years(fine, due) > 1", "unit-mismatch", 0),
    ("", "expression-syntax", 0),
]


@pytest.mark.parametrize(
    ("text", "code", "column"), REFUSED, ids=[row[0] or "nothing" for row in REFUSED]
)
def test_a_doubt_is_one_finding_at_its_column(text: str, code: str, column: int) -> None:
    made, findings = truth(text)
    assert made is None
    assert [f.code for f in findings] == [code]
    (found,) = findings
    assert (found.place.file, found.place.line) == ("x.yaml", 3)
    assert found.place.column - HERE.column == column


@pytest.mark.parametrize(
    ("text", "name", "nearest"),
    [
        ("fien >= 1 CNY", "fien", "fine"),
        ("kind = 'fien'", "fien", "fine"),
        ("base_of.wilfull", "wilfull", "wilful"),
    ],
)
def test_an_unknown_name_comes_with_the_nearest(text: str, name: str, nearest: str) -> None:
    _, (found,) = truth(text)
    assert (dict(found.said)["name"], dict(found.said)["nearest"]) == (name, nearest)


def test_a_value_has_the_bounds_of_all_it_can_be() -> None:
    made, _ = value("times * 3 - net")
    assert made is not None
    assert (made.type.low, made.type.high) == (-(10**9), 3 * 10**9 + 10**9)
    least, _ = value("least(times, 5)")
    known, _ = value("least(times, net, known part)")
    assert least is not None
    assert known is not None
    assert (least.type.low, least.type.high) == (0, 5)
    assert (known.type.low, known.type.high) == (-(10**9), 10**9)


def test_what_needs_more_than_37_digits_is_refused() -> None:
    made, _ = value("big * 9_999_999")
    assert made is not None
    assert not made.type.too_wide
    _, (found,) = value("big * 100_000_000")
    assert found.code == "could-overflow"
    assert len(str(WIDE)) == 37


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        (MONEY, "a number of CNY"),
        (COUNT, "a plain number"),
        (DATE, "a date"),
        (TRUTH, "a truth"),
        (CODE, "a code"),
        (WORD, "a word of fine, warning, order"),
    ],
)
def test_a_type_is_named_in_the_words_of_the_language(type_: Type, said: str) -> None:
    assert describe(type_) == said


def test_grade_is_asks_for_the_severity() -> None:
    made, _ = truth("grade_is('A')")
    assert made == n.WordIn(n.Ref("grade", CODE), ("A",))


# --------------------------------------------------------------------------------------------------
# The second road: Python's own arithmetic, and texts that are no law


@st.composite
def sums(draw: st.DrawFn, depth: int = 2) -> str:
    if depth == 0:
        return draw(st.sampled_from(["times", "7", "0", "12", "2"]))
    left, right = draw(sums(depth - 1)), draw(sums(depth - 1))
    return draw(
        st.sampled_from(
            [f"{left} + {right}", f"({left}) * ({right})", f"{left} * 3", f"({left} + {right})"]
        )
    )


@settings(max_examples=100, deadline=None)
@given(sums(), sums(), st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), st.integers(0, 9))
def test_arithmetic_and_comparison_are_as_everywhere(
    left: str, right: str, op: str, times: int
) -> None:
    def worked(text: str) -> int:
        # a reader of its own: products of sums, from the left
        _total, at = 0, 0

        def part() -> int:
            nonlocal at
            found = factor()
            while text.startswith(" * ", at):
                at += 3
                found *= factor()
            return found

        def factor() -> int:
            nonlocal at
            if text[at] == "(":
                at += 1
                inner = whole()
                at += 1
                return inner
            end = at
            while end < len(text) and text[end].isalnum():
                end += 1
            word, at = text[at:end], end
            return times if word == "times" else int(word)

        def whole() -> int:
            nonlocal at
            found = part()
            while text.startswith(" + ", at):
                at += 3
                found += part()
            return found

        return whole()

    a, b = worked(left), worked(right)
    expected = {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "=": a == b, "!=": a != b}[op]
    assert holds(f"{left} {op} {right}", times=times) is expected


PIECES = st.sampled_from(
    ["fine", "times", "kind", "due", "wilful", "(", ")", "[", "]", ",", "and", "or", "not", "is", "in", "missing", "'fine'", "3", "10%", "1 CNY",
     "2025-01-01", "2025-02-30", "ratio", "round", "least", "years", "half up", ">=", "=", "+", "-", "*", ".", "base_of", "30 days", "2 months", "known part", "true"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=9).map(" ".join))
def test_any_text_is_read_or_refused_with_a_finding(text: str) -> None:
    for read in (truth, value):
        made, findings = read(text)
        assert (made is None) == bool(findings)
        assert all(f.place.file == "x.yaml" for f in findings)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=20))
def test_no_text_at_all_breaks_the_reader(text: str) -> None:
    for read in (truth, value):
        made, findings = read(text)
        assert (made is None) == bool(findings)


# --------------------------------------------------------------------------------------------------
# What is bounded before a road meets it

# How many are read, and a condition that has so many.
DEEP = {
    "brackets": (BRACKETS_MAX, lambda k: "(" * k + "times" + ")" * k + " > 1"),
    "brackets of conditions": (BRACKETS_MAX, lambda k: "(" * k + "times > 1" + ")" * k),
    "functions": (BRACKETS_MAX, lambda k: "least(" * k + "times" + ", 9)" * k + " > 1"),
    "denials": (SIGNS_MAX, lambda k: "not " * k + "wilful"),
    "negations": (SIGNS_MAX, lambda k: "-" * k + "times > 1"),
    "terms": (SIGNS_MAX, lambda k: "times" + " + times" * k + " > 1"),
    "moves": (SIGNS_MAX, lambda k: "paid" + " + 1 month" * k + " > due"),
}


@pytest.mark.parametrize("case", DEEP)
def test_the_deepest_expression_is_read_and_one_deeper_is_not(case: str) -> None:
    most, text = DEEP[case]
    deepest, findings = truth(text(most))
    assert (deepest is None, findings) == (False, [])
    for more in (most + 1, 5_000):
        made, findings = truth(text(more))
        assert (made, [one.code for one in findings]) == (None, ["expression-too-long"])


@example(10**36, " CNY")
@example(10**36, "%")
@given(st.integers(0, 10**45), st.sampled_from(["", " CNY", " day", "%", " t"]))
def test_no_constant_is_wider_than_the_widest_value(amount_: int, unit: str) -> None:
    made, findings = value(f"{amount_}{unit}")
    if made is None:
        assert [one.code for one in findings] == ["too-many-digits"]
        assert amount_ * 10**4 > WIDE
    else:
        assert isinstance(made, n.Const)
        assert not made.type.too_wide
        assert abs(made.value) <= WIDE


@given(
    st.lists(
        st.tuples(
            st.sampled_from("+-"), st.integers(0, 2_000), st.sampled_from(["day", "month", "year"])
        ),
        max_size=8,
    )
)
def test_a_moved_day_stays_in_the_years_of_all_roads(moves: list[tuple[str, int, str]]) -> None:
    text = "due" + "".join(f" {sign} {count} {unit}" for sign, count, unit in moves)
    made, findings = value(text)
    if made is None:
        assert {one.code for one in findings} == {"too-far"}
        return
    for due in (days.of(days.YEAR_FIRST, 1, 1), days.of(days.YEAR_LAST, 12, 31)):
        low, high = reading(made)(Env({n.Moment.JUDGED: JUDGED}, values={"due": due}))
        assert low is not None
        assert low == high
        assert days.YEAR_FIRST - 103 <= days.parts(low)[0] <= days.YEAR_LAST + 103
