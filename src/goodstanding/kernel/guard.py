"""The identity guard: tells whether a text carries the number of a natural person's identity card (FAIRNESS 17).

A number fits when its format, its day of birth and its check character all fit. Real organisation codes pass the check
alone once in forty; none has a day of birth in it.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum

from goodstanding.kernel import days

# The first two digits of a number name a province of China; 81 to 83 are residents of Hong Kong, Macao and Taiwan.
_PROVINCES = frozenset(
    f"{zone}{place}"
    for zone, places in (
        (1, "12345"),
        (2, "123"),
        (3, "1234567"),
        (4, "123456"),
        (5, "01234"),
        (6, "12345"),
        (7, "1"),
        (8, "123"),
    )
    for place in places
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
# Signs that are written between the digits of a number, seen or unseen.
_BETWEEN = re.compile("[\\s\\-_.·•,/\\\\|:\u00ad\u200b-\u200f\u2060\ufeff]+")
_NUMBER = re.compile(r"(?=([1-9][0-9]{16}[0-9X]))")
_ALONE = re.compile(r"(?<![0-9A-Z])[1-9][0-9]{16}[0-9X](?![0-9A-Z])")


class Fit(Enum):
    """How far a text looks like the number of a person."""

    NONE = "none"
    PARTIAL = (
        "partial"  # format and day of birth, but not the check character: held for a second look
    )
    FULL = "full"


def fit(text: str) -> Fit:
    """Tell how far any part of a text fits an identity number, in whatever width or spacing it is written.

    >>> fit("11010519491231002X"), fit("91440300708461136T")
    (<Fit.FULL: 'full'>, <Fit.NONE: 'none'>)
    """
    plain = "".join(_ascii(sign) for sign in unicodedata.normalize("NFKC", text).upper())
    if any(
        _has_birth(number) and _checks(number)
        for number in _NUMBER.findall(_BETWEEN.sub("", plain))
    ):
        return Fit.FULL
    if any(_has_birth(number) for number in _ALONE.findall(plain)):
        return Fit.PARTIAL
    return Fit.NONE


def _ascii(sign: str) -> str:
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else sign


def _has_birth(number: str) -> bool:
    if number[:2] not in _PROVINCES:
        return False
    try:
        born = days.of(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return days.of(1880, 1, 1) <= born < days.of(2100, 1, 1)


def _checks(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17]
