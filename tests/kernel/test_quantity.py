"""Quantities are whole numbers of a declared scale; rounding is half up; texts are read exactly or not at all."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel.quantity import (
    NARROW,
    RECORDS_PER_SUBJECT_MAX,
    TRUTH,
    WIDE,
    Kind,
    Type,
    count,
    decimal_text,
    number,
    round_half_up,
    scaled,
)


@pytest.mark.parametrize(
    ("top", "under", "rounded"),
    [
        (5, 2, 3),
        (3, 2, 2),
        (1, 2, 1),
        (0, 7, 0),
        (7, 3, 2),
        (8, 3, 3),
        (149, 100, 1),
        (150, 100, 2),
        (151, 100, 2),
        (1, 3, 0),
    ],
)
def test_halves_go_up(top: int, under: int, rounded: int) -> None:
    assert round_half_up(top, under) == rounded


@given(st.integers(0, 10**15), st.integers(1, 10**6))
def test_rounding_agrees_with_exact_decimals(top: int, under: int) -> None:
    whole, rest = divmod(top, under)
    assert round_half_up(top, under) == whole + (2 * rest >= under)
    if 10**6 % under == 0:  # an exact decimal exists
        exact = Decimal(top) / Decimal(under)
        assert round_half_up(top, under) == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [
        (-10050, 2, "-100.50"),
        (5, 0, "5"),
        (5, 4, "0.0005"),
        (-1, 2, "-0.01"),
        (0, 2, "0.00"),
        (120000, 4, "12.0000"),
        (-7, 0, "-7"),
    ],
)
def test_a_number_is_written_in_full(value: int, scale: int, text: str) -> None:
    assert decimal_text(value, scale) == text


@given(st.integers(-(10**18), 10**18), st.integers(0, 6))
def test_what_is_written_is_read_again(value: int, scale: int) -> None:
    assert scaled(decimal_text(value, scale), scale) == value


@pytest.mark.parametrize(
    ("text", "scale", "value"),
    [
        ("99_999.99", 2, 9_999_999),
        ("5", 2, 500),
        ("0.5", 4, 5000),
        ("-0.01", 2, -1),
        ("1.50", 1, 15),
        ("1.000", 0, 1),
    ],
)
def test_a_plain_decimal_is_read(text: str, scale: int, value: int) -> None:
    assert scaled(text, scale) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".",
        "5.",
        ".5",
        "1e3",
        "0x10",
        "--5",
        "+5",
        "1,000",
        " 5",
        "5 ",
        "１２",
        "1.2.3",
        "a",
        "1.-5",
        "nan",
    ],
)
def test_what_is_no_plain_decimal_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its message is the text itself, which may be empty
        scaled(text, 2)


def test_a_number_with_more_places_than_its_scale_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.001"):
        scaled("0.001", 2)


@pytest.mark.parametrize(
    ("type_", "never_negative", "wide", "too_wide"),
    [
        (number(0, NARROW), True, False, False),
        (number(0, NARROW + 1), True, True, False),
        (number(-NARROW - 1, 0), False, True, False),
        (number(0, WIDE), True, True, False),
        (number(-1, WIDE + 1), False, True, True),
        (TRUTH, False, False, False),
    ],
)
def test_a_type_knows_its_bounds(
    type_: Type, never_negative: bool, wide: bool, too_wide: bool
) -> None:
    assert (type_.never_negative, type_.wide, type_.too_wide) == (never_negative, wide, too_wide)


def test_a_finer_scale_moves_the_bounds_along() -> None:
    finer = number(-5, 100, 2, "CNY").rescaled(4)
    assert (finer.scale, finer.low, finer.high, finer.unit) == (4, -500, 10_000, "CNY")
    assert Type(Kind.NUMBER).rescaled(3) == Type(Kind.NUMBER, scale=3)


def test_a_count_is_bounded_by_the_most_records_of_a_subject() -> None:
    assert (count().low, count().high, count().is_number) == (0, RECORDS_PER_SUBJECT_MAX, True)
