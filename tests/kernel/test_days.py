"""Days, months and years: clipped at the end of the month, counted by the longest whole number that fits."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.days import Day, Interval, add_months, months_between, years_between

SOME_DAY = st.integers(days.of(1901, 1, 1), days.of(2190, 12, 31))
D = days.day


def test_the_first_day_is_number_zero() -> None:
    assert (D("1970-01-01"), D("1969-12-31"), D("2000-03-01")) == (0, -1, 11017)


@given(SOME_DAY)
def test_text_and_parts_give_back_the_day(d: int) -> None:
    assert days.day(days.text(d)) == d
    assert days.of(*days.parts(d)) == d
    assert date(1970, 1, 1) + timedelta(d) == date(*days.parts(d))


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29", "2025-13-01", "2025-00-10", "2025-01-32", "1899-12-31", "2200-01-01", "20250101", "2025/01/01", "2025-1-01",
        "2025-01-1", "2025-01-01 ", " 2025-01-01", "", "yesterday", "2024- 1-01", "2024-+1-01", "2024-01- 1", "２０２４-01-01",
        "2024-01-0１", "2_24-01-01", "+024-01-01",
    ],
)  # fmt: skip
def test_what_is_no_day_of_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - its message is the text itself, which may be empty
        days.day(text)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2023-01-31", 1, "2023-02-28"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-02-29", -12, "2023-02-28"),
        ("2025-03-31", -1, "2025-02-28"),
        ("2025-12-15", 1, "2026-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2025-05-31", 0, "2025-05-31"),
        ("2096-02-29", 48, "2100-02-28"),
    ],
)
def test_months_are_added_with_the_day_clipped(start: str, months: int, end: str) -> None:
    assert days.text(add_months(D(start), months)) == end


@given(SOME_DAY, st.integers(-90, 90))
def test_adding_months_keeps_the_month_and_clips_only_the_day(d: int, months: int) -> None:
    year, month, dom = days.parts(d)
    there = days.parts(add_months(d, months))
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12)
    assert there == (year, month, min(dom, calendar.monthrange(year, month)[1]))


@given(SOME_DAY, SOME_DAY, st.integers(0, 40))
def test_adding_months_never_turns_two_days_around(a: int, b: int, months: int) -> None:
    early, late = sorted((a, b))
    assert add_months(early, months) <= add_months(late, months)


def _months_by_counting(start: int, end: int) -> int:
    found = 0
    while add_months(start, found + 1) <= end:
        found += 1
    while add_months(start, found) > end:
        found -= 1
    return found


@given(SOME_DAY, st.integers(-1500, 1500))
def test_months_between_is_the_largest_number_that_fits(start: int, apart: int) -> None:
    assert months_between(start, start + apart) == _months_by_counting(start, start + apart)


@pytest.mark.parametrize(
    ("start", "end", "months", "years"),
    [
        ("2025-01-31", "2025-02-28", 1, 0),
        ("2025-01-31", "2025-02-27", 0, 0),
        ("2024-02-29", "2025-02-28", 12, 1),
        ("2024-02-29", "2025-02-27", 11, 0),
        ("2024-02-29", "2024-02-29", 0, 0),
        ("2025-03-15", "2025-03-14", -1, -1),
        ("2025-03-15", "2024-03-15", -12, -1),
        ("2025-03-15", "2024-03-14", -13, -2),
        ("2025-03-31", "2025-02-28", -1, -1),
    ],
)
def test_whole_months_and_years_elapsed(start: str, end: str, months: int, years: int) -> None:
    assert (months_between(D(start), D(end)), years_between(D(start), D(end))) == (months, years)


@pytest.mark.parametrize(
    ("year", "length"), [(2023, 28), (2024, 29), (2000, 29), (2100, 28), (1900, 28)]
)
def test_february_has_its_length(year: int, length: int) -> None:
    assert days.month_length(year, 2) == length
    assert [days.month_length(year, m) for m in (1, 4, 12)] == [31, 30, 31]


def test_an_interval_holds_its_first_day_and_not_its_end() -> None:
    july = Interval(Day(10), Day(20))
    assert [july.holds(d) for d in (9, 10, 19, 20)] == [False, True, True, False]
    assert [Interval(Day(10)).holds(d) for d in (9, 10, 10**6)] == [False, True, True]
