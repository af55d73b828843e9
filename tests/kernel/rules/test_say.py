"""Conditions and values are said back in the words of the law language, so that what is said can be read again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from goodstanding.kernel.finding import NOWHERE, Finding
from goodstanding.kernel.quantity import CODE, DATE, TRUTH, WIDE, Kind, Type, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.rules.expression import Scope, read_truth
from goodstanding.kernel.rules.meaning import Known
from goodstanding.kernel.rules.walk import inside
from tests.kernel.real_law import real_law
from tests.kernel.world import AMOUNT, KIND, MONEY, OUTLET, PLAIN, SHARE, D, const, field, ge, ref


@pytest.mark.parametrize(
    ("value", "type_", "text"),
    [
        (10_000_000, MONEY, "100,000.00 CNY"),
        (-5, MONEY, "-0.05 CNY"),
        (99, MONEY, "0.99 CNY"),
        (125_000, number(0, 10**6, 4), "12.5"),
        (1_234_567, PLAIN, "1,234,567"),
        (999, PLAIN, "999"),
        (-1_000, number(-(10**4), 10**4), "-1,000"),
        (20_000_000, number(0, 10**9, 3, "t"), "20,000 t"),
        (1_500, number(0, 10**9, 3, "tCO2"), "1.5 tCO2"),
        (30, number(0, 99, 0, "day"), "30 day"),
        (D("2025-03-31"), DATE, "2025-03-31"),
    ],
)
def test_an_amount_is_written_with_its_unit(value: int, type_: Type, text: str) -> None:
    assert say.amount(value, type_) == text


@pytest.mark.parametrize(
    ("known", "type_", "text"),
    [
        ((3, 3), PLAIN, "3"),
        ((3, 5), PLAIN, "3 .. 5"),
        ((3, None), PLAIN, "3 .. ?"),
        ((None, 5), PLAIN, "? .. 5"),
        ((None, None), PLAIN, "?"),
        (None, TRUTH, "?"),
        (True, TRUTH, "yes"),
        (False, TRUTH, "no"),
        ("fine", CODE, "fine"),
        ((D("2025-03-31"), D("2025-03-31")), DATE, "2025-03-31"),
    ],
)
def test_what_is_known_is_written_with_its_doubt(known: Known, type_: Type, text: str) -> None:
    assert say.known(known, type_) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (120_000, "12"),
        (125_000, "12.5"),
        (1, "0.0001"),
        (0, "0"),
        (-5_000, "-0.5"),
        (1_000_000, "100"),
    ],
)
def test_points_are_written_without_useless_noughts(value: int, text: str) -> None:
    assert say.points(value) == text


B = field("wilful")
DAYS = number(0, 99, 0, "day")
VALUES = [
    (const(1_000, SHARE), "10%"),
    (const(125, SHARE), "1.25%"),
    (n.Unknown("cut", PLAIN), "cut (not published)"),
    (n.LinkField("about", "amount", PLAIN), "about.amount"),
    (n.Now(n.Moment.CYCLE_START), "cycle_start"),
    (n.Add(AMOUNT, const(1), PLAIN), "amount + 1"),
    (n.Sub(AMOUNT, n.Add(AMOUNT, const(1), PLAIN), PLAIN), "amount - (amount + 1)"),
    (n.Sub(AMOUNT, n.Sub(AMOUNT, const(1), PLAIN), PLAIN), "amount - (amount - 1)"),
    (n.Mul(n.Add(AMOUNT, const(1), PLAIN), const(2), PLAIN), "(amount + 1) * 2"),
    (
        n.Mul(AMOUNT, const(10_000, number(10_000, 10_000, 4)), PLAIN),
        "amount",
    ),  # only brought to a finer scale
    (n.Least((AMOUNT, const(5)), known_part=False, type=PLAIN), "least(amount, 5)"),
    (
        n.Greatest((AMOUNT, const(5)), known_part=True, type=PLAIN),
        "greatest(amount, 5, known part)",
    ),
    (n.Shift(field("due"), -3, "month"), "due - 3 months"),
    (n.Shift(field("due"), 30, "day"), "due + 30 days"),
    (n.Span("year", field("due"), n.Now(n.Moment.JUDGED), PLAIN), "years(due, judged)"),
    (n.Choose(((ge(AMOUNT, 1), const(2)),), const(3), PLAIN), "[2 when amount >= 1; else 3]"),
    (n.Rounded(AMOUNT, ref("base"), 2, 0, number(0, 100, 2)), "round(amount / base, 2, half up)"),
]


@pytest.mark.parametrize(("node", "text"), VALUES, ids=[row[1] for row in VALUES])
def test_a_value_is_said(node: n.Value, text: str) -> None:
    assert say.value(node) == text


A1, B1 = ge(AMOUNT, 1), ge(ref("x"), 2)
TRUTHS = [
    (n.TRUE, "true"),
    (n.FALSE, "false"),
    (n.All(()), "true"),
    (n.Any_(()), "false"),
    (A1, "amount >= 1"),
    (n.Compare(n.Op.NE, AMOUNT, const(1)), "amount != 1"),
    (n.WordIn(KIND, ("fine",)), "kind = 'fine'"),
    (n.WordIn(KIND, ("fine", "order")), "kind in ['fine', 'order']"),
    (n.SameCode(OUTLET, field("act")), "outlet = act"),
    (n.Present(AMOUNT), "amount is present"),
    (n.Not(n.Present(AMOUNT)), "amount is missing"),
    (n.Not(A1), "not (amount >= 1)"),
    (n.TruthOf(B), "wilful"),
    (n.Present(n.TruthOf(B)), "wilful is present"),
    (n.All((A1, B1)), "amount >= 1 and x >= 2"),
    (n.Any_((A1, n.All((A1, B1)))), "amount >= 1 or (amount >= 1 and x >= 2)"),
    (n.All((A1, n.Any_((A1, B1)))), "amount >= 1 and (amount >= 1 or x >= 2)"),
]


@pytest.mark.parametrize(("node", "text"), TRUTHS, ids=[row[1] for row in TRUTHS])
def test_a_condition_is_said(node: n.Truth, text: str) -> None:
    assert say.truth(node) == text


# --------------------------------------------------------------------------------------------------
# What is said can be read again


def _conditions() -> Iterator[tuple[str, n.Truth]]:
    for programme in (p for versions in real_law().programmes.values() for p in versions):
        for part in inside(programme):
            for name in ("where", "when", "unless"):
                node = getattr(part, name, None)
                if isinstance(
                    node,
                    n.Compare
                    | n.WordIn
                    | n.SameCode
                    | n.Present
                    | n.TruthOf
                    | n.Not
                    | n.All
                    | n.Any_,
                ):
                    yield programme.key, node


def _scope(node: n.Truth) -> Scope:
    names: dict[str, n.Value | n.Truth] = {}
    links: dict[str, dict[str, n.LinkField]] = {}
    for part in inside(node):
        if isinstance(part, n.Field | n.Ref):
            names[part.name] = part
        elif isinstance(part, n.LinkField):
            links.setdefault(part.link, {})[part.name] = part
        elif isinstance(part, n.Now):
            names[part.moment.value.replace(" ", "_")] = part
    return Scope(names, links)


def _sayable(node: n.Truth) -> bool:
    """Quotients and choices have other words in the law, and an unpublished parameter is marked as such."""
    return not any(isinstance(p, n.Rounded | n.Choose | n.Unknown) for p in inside(node))


def test_every_condition_of_the_law_is_read_again_as_it_was_said() -> None:
    seen = 0
    wrong: list[tuple[str, str, list[Finding]]] = []
    for key, node in _conditions():
        if not _sayable(node):
            continue
        seen += 1
        findings: list[Finding] = []
        # thousands are marked for the eye only
        said = re.sub(r"(?<=[0-9]),(?=[0-9]{3})", "", say.truth(node))
        again = read_truth(said, NOWHERE, _scope(node), findings)
        if again is None or say.truth(again) != say.truth(node):
            wrong.append((key, said, findings))
    assert not wrong, wrong[:5]
    assert seen > 300


def test_no_condition_is_too_wide_to_say() -> None:
    assert say.value(const(WIDE, number(0, WIDE))).startswith("9,999,999")
    assert Type(Kind.NUMBER).scale == 0
