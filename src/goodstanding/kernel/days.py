"""Days are whole numbers: the days since 1970-01-01. Months are added with the day clipped to the month's end."""

from __future__ import annotations

import re
from calendar import isleap
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NewType

Day = NewType("Day", int)

_EPOCH = date(1970, 1, 1).toordinal()
# The years a register can speak of; a date outside is in the wrong century and refused at the door.
YEAR_FIRST, YEAR_LAST = 1900, 2199
# No law counts further than a hundred years from a day; so every day it comes to is one that all roads can hold.
MONTH_DAYS_MAX = 31
MOVED_MONTHS_MAX = 1_200
MOVED_DAYS_MAX = MOVED_MONTHS_MAX * MONTH_DAYS_MAX
_WRITTEN = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day(text: str) -> Day:
    """Read YYYY-MM-DD.

    >>> day("1970-01-02")
    1

    Raises ValueError if the text is no day of the calendar or its year is not 1900 to 2199.
    """
    # int() would also read blanks, signs and the digits of other scripts
    if not _WRITTEN.fullmatch(text):
        raise ValueError(text)
    year, month, dom = int(text[:4]), int(text[5:7]), int(text[8:])
    if not YEAR_FIRST <= year <= YEAR_LAST:
        raise ValueError(text)
    return of(year, month, dom)


def of(year: int, month: int, dom: int) -> Day:
    """Give the day of a calendar date; raises ValueError if there is none."""
    return Day(date(year, month, dom).toordinal() - _EPOCH)


def parts(d: int) -> tuple[int, int, int]:
    """Give year, month and day of month."""
    at = date.fromordinal(d + _EPOCH)
    return at.year, at.month, at.day


def text(d: int) -> str:
    """Write YYYY-MM-DD."""
    return date.fromordinal(d + _EPOCH).isoformat()


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_length(year: int, month: int) -> int:
    """Give the number of days of a month (1 to 12).

    >>> month_length(2024, 2), month_length(2100, 2)
    (29, 28)
    """
    return 29 if month == 2 and isleap(year) else _LENGTHS[month - 1]


@lru_cache(maxsize=1 << 16)
def add_months(d: int, months: int) -> Day:
    """Go `months` on (or back), the day of month clipped to the month's end.

    >>> text(add_months(day("2024-01-31"), 1))
    '2024-02-29'
    """
    year, month, dom = parts(d)
    index = year * 12 + (month - 1) + months
    year, month = index // 12, index % 12 + 1
    return of(year, month, min(dom, month_length(year, month)))


@lru_cache(maxsize=1 << 16)
def months_between(start: int, end: int) -> int:
    """Count the whole months from start to end: the largest n with add_months(start, n) <= end.

    Negative when end lies before start. The clipped end of a month is a whole month:
    31 January to 28 February is 1.
    """
    y1, m1, d1 = parts(start)
    y2, m2, d2 = parts(end)
    n = (y2 - y1) * 12 + m2 - m1
    if d2 < min(d1, month_length(y2, m2)):
        n -= 1
    return n


def years_between(start: int, end: int) -> int:
    """Count the whole years from start to end; 29 February is one year old on 28 February."""
    return months_between(start, end) // 12


@dataclass(frozen=True)
class Interval:
    """A half-open run of days [start, end); an absent end is open."""

    start: Day
    end: Day | None = None

    def holds(self, d: int) -> bool:
        """Tell whether the day lies inside."""
        return self.start <= d and (self.end is None or d < self.end)
