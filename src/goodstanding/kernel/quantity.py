"""Quantities are integers of a declared scale with a unit and bounds; no float exists anywhere in the kernel.

The value of `Type(scale=2, unit="CNY")` and integer 10050 is 100.50 yuan. Bounds are in the same integers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

# The two widths a value or an intermediate may have (LAW-LANGUAGE: 18 digits, else 37, else a finding).
NARROW = 10**18 - 1
WIDE = 10**37 - 1
# No subject has more records of one type than this; sums are bounded by it.
RECORDS_PER_SUBJECT_MAX = 10**7
# Points and shares are counted in 1/10,000.
SHARE_SCALE = 4
# No hit takes more than a million points, whatever its formula gives: no scale of grades is longer, and sums stay narrow.
POINTS_MAX: int = 10**6 * 10**SHARE_SCALE


class Kind(Enum):
    """What sort of value an expression has."""

    NUMBER = "number"
    DATE = "date"
    TRUTH = "truth"
    WORD = "word"  # one of a closed set of words
    CODE = "code"  # an opaque text: only equal or not, and usable as a distinct key


@dataclass(frozen=True)
class Type:
    """The type of a field, an indicator or an expression."""

    kind: Kind
    unit: str = ""  # "" is a plain number, share, count or points; else CNY, t, day, ...
    scale: int = 0
    low: int | None = (
        None  # bounds in scaled integers; None only for dates, truths, words and codes
    )
    high: int | None = None
    words: tuple[str, ...] = ()

    @property
    def is_number(self) -> bool:
        """Tell whether arithmetic is possible."""
        return self.kind is Kind.NUMBER

    @property
    def never_negative(self) -> bool:
        """Tell whether the bounds exclude negative values."""
        return self.low is not None and self.low >= 0

    @property
    def wide(self) -> bool:
        """Tell whether the values need more than 18 digits."""
        return max(abs(self.low or 0), abs(self.high or 0)) > NARROW

    @property
    def too_wide(self) -> bool:
        """Tell whether the values might need more than 37 digits."""
        return max(abs(self.low or 0), abs(self.high or 0)) > WIDE

    def rescaled(self, scale: int) -> Type:
        """Give the same type at a finer scale (scale >= self.scale)."""
        factor = 10 ** (scale - self.scale)
        low = None if self.low is None else self.low * factor
        high = None if self.high is None else self.high * factor
        return replace(self, scale=scale, low=low, high=high)


TRUTH = Type(Kind.TRUTH)
DATE = Type(Kind.DATE)
CODE = Type(Kind.CODE)


def number(low: int, high: int, scale: int = 0, unit: str = "") -> Type:
    """Make a number type from bounds in scaled integers."""
    return Type(Kind.NUMBER, unit, scale, low, high)


def count() -> Type:
    """Give the type of a count of records."""
    return number(0, RECORDS_PER_SUBJECT_MAX)


def round_half_up(numerator: int, denominator: int) -> int:
    """Divide and round half up; both are not negative, the denominator is positive.

    >>> round_half_up(5, 2), round_half_up(7, 3)
    (3, 2)
    """
    return (2 * numerator + denominator) // (2 * denominator)


def decimal_text(value: int, scale: int) -> str:
    """Write a scaled integer in full.

    >>> decimal_text(-10050, 2)
    '-100.50'
    """
    if scale == 0:
        return str(value)
    sign = "-" if value < 0 else ""
    whole, part = divmod(abs(value), 10**scale)
    return f"{sign}{whole}.{part:0{scale}d}"


def scaled(text: str, scale: int) -> int:
    """Read a decimal text as an integer of the scale.

    >>> scaled("99_999.99", 2)
    9999999

    Raises ValueError if it is no plain decimal or has more places than the scale holds.
    """
    body = text.replace("_", "")
    sign = -1 if body.startswith("-") else 1
    body = body.removeprefix("-")
    whole, dot, part = body.partition(".")
    if not (whole.isascii() and whole.isdigit()) or (
        dot and not (part.isascii() and part.isdigit())
    ):
        raise ValueError(text)
    if len(part.rstrip("0")) > scale:
        raise ValueError(text)
    return sign * int(whole + part.rstrip("0").ljust(scale, "0"))
