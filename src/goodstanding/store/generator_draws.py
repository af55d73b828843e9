"""Chance in whole numbers: splitmix64 of counters on unsigned 64-bit integers, the same on every machine and in any order.

A draw is a function of a key and a label alone. Keys are draws themselves: of the seed and the number of a subject, then of that and the
number of a record. So any part of a nation can be made without the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from goodstanding.kernel import days

U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]
I32 = npt.NDArray[np.int32]
I16 = npt.NDArray[np.int16]
I8 = npt.NDArray[np.int8]
U16 = npt.NDArray[np.uint16]
U8 = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
# Whole numbers of any width.
Whole = npt.NDArray[np.integer[Any]]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_30, _27, _31, _32 = (np.uint64(n) for n in (30, 27, 31, 32))
_LOW = np.uint64(0xFFFFFFFF)
_NOTHING = np.uint64(0)
# So many keys are mixed at once that they stay in a near cache.
_BLOCK = 16_384
# A table of choices has so many places, found by the upper bits of a draw.
_TABLE_BITS = 13


@cache
def salt(*labels: object) -> np.uint64:
    """Give the number that stands for labels: the first eight bytes of their SHA-256."""
    digest = hashlib.sha256("/".join(map(str, labels)).encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "big"))


def mixed(keys: U64, other: np.uint64 = _NOTHING) -> U64:
    """Give the finish of splitmix64 for each key (after XOR with another number); a new array."""
    out = np.empty_like(keys)
    shifted = np.empty(min(len(keys), _BLOCK), np.uint64)
    for start in range(0, len(keys), _BLOCK):
        part = out[start : start + _BLOCK]
        rest = shifted[: len(part)]
        np.bitwise_xor(keys[start : start + _BLOCK], other, out=part)
        np.right_shift(part, _30, out=rest)
        part ^= rest
        part *= _FIRST
        np.right_shift(part, _27, out=rest)
        part ^= rest
        part *= _SECOND
        np.right_shift(part, _31, out=rest)
        part ^= rest
    return out


def draw(keys: U64, *labels: object) -> U64:
    """Draw 64 bits for each key under a label."""
    return mixed(keys, salt(*labels))


def keys_of(seed: int, label: str, numbers: Whole) -> U64:
    """Give the keys of numbered things under a seed."""
    out = numbers.astype(np.uint64)
    out *= _GOLDEN
    out += salt(label, seed)
    return mixed(out)


def subkeys(keys: U64, numbers: I32) -> U64:
    """Give the keys of numbered things below things that have keys."""
    out = numbers.astype(np.uint64)
    out += np.uint64(1)
    out *= _GOLDEN
    out += keys
    return mixed(out)


def below(drawn: U64, end: int | U64) -> I64:
    """Give whole numbers from 0 to end - 1 by the upper 32 bits of draws; end is below 2**31."""
    out = drawn >> _32
    out *= np.uint64(end) if isinstance(end, int) else end
    out >>= _32
    return out.view(np.int64)


def low_below(drawn: U64, end: int | U64) -> I64:
    """Do the same by the lower 32 bits."""
    out = drawn & _LOW
    out *= np.uint64(end) if isinstance(end, int) else end
    out >>= _32
    return out.view(np.int64)


def tail(drawn: U64, end: int) -> I64:
    """Give whole numbers below `end`, many of them small: below one more than a number below `end`."""
    return low_below(drawn, (below(drawn, end) + 1).view(np.uint64))


def chance(drawn: U64, of_10_000: int) -> Mask:
    """Tell by all bits whether something happens that happens so often."""
    return drawn < np.uint64(min(of_10_000 * 2**64 // 10_000, 2**64 - 1))


def low_chance(drawn: U64, of_10_000: int) -> Mask:
    """Do the same by the lower 32 bits alone."""
    return (drawn & _LOW) < np.uint64(of_10_000 * 2**32 // 10_000)


def quarter_chance(drawn: U64, quarter: int, of_10_000: int) -> Mask:
    """Do the same, in steps of 1/65,536, by one of the four quarters of the bits: four chances of one draw."""
    part = (drawn >> np.uint64(16 * quarter)).astype(np.uint16)
    return part < np.uint16(min(of_10_000 * 2**16 // 10_000, 2**16 - 1))


def choices(weights: Sequence[int]) -> I16:
    """Make a table that gives each number as often as its weight says; at least once where it has a weight.

    >>> np.bincount(choices((3, 1))).tolist()
    [6143, 2049]
    """
    places = 1 << _TABLE_BITS
    total = sum(weights)
    least = [1 if w else 0 for w in weights]
    free, ends, so_far = places - sum(least), [0], 0
    for weight, one in zip(weights, least, strict=True):
        so_far += weight
        ends.append(sum(least[: len(ends)]) + so_far * free // total if one else ends[-1])
    return np.repeat(np.arange(len(weights), dtype=np.int16), np.diff(ends))


def pick(table: I16, drawn: U64, row: Whole | None = None) -> I16:
    """Take from a table of choices, or from one row of several, by the upper bits of draws."""
    place = (drawn >> np.uint64(64 - _TABLE_BITS)).view(np.int64)
    if row is not None:
        place += row.astype(np.int64) << _TABLE_BITS
    return table.reshape(-1)[place]


# --------------------------------------------------------------------------------------------------
# Days

_TABLE_START, _TABLE_END = int(days.day("1980-01-01")), int(days.day("2041-01-01"))
_DAYS = np.arange(_TABLE_START, _TABLE_END).astype("datetime64[D]")
_YEAR = (_DAYS.astype("datetime64[Y]").astype(np.int64) + 1970).astype(np.int16)
_MONTH = _DAYS.astype("datetime64[M]")
_YEAR_START = _DAYS.astype("datetime64[Y]").astype("datetime64[D]").astype(np.int32)
_YEAR_END = ((_DAYS.astype("datetime64[Y]") + 1).astype("datetime64[D]") - 1).astype(np.int32)
_MONTH_START = [(_MONTH + n).astype("datetime64[D]").astype(np.int32) for n in range(4)]


def year_of(day: I32) -> I16:
    """Give the years of days from 1980 to 2040."""
    return _YEAR[day - _TABLE_START]


def year_start(day: I32) -> I32:
    """Give the first days of their years."""
    return _YEAR_START[day - _TABLE_START]


def year_end(day: I32) -> I32:
    """Give the last days of their years."""
    return _YEAR_END[day - _TABLE_START]


def month_start(day: I32, later: int = 0) -> I32:
    """Give the first days of their months, or of a month up to three later."""
    return _MONTH_START[later][day - _TABLE_START]


# --------------------------------------------------------------------------------------------------
# Ids of one width: signs in the order of their bytes, so that ids are sorted as their numbers are

SIGNS = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_PAIR = len(SIGNS) ** 2
_PAIRS = np.frombuffer(b"".join(bytes((a, b)) for a in SIGNS for b in SIGNS), dtype=np.uint16)


def signs(numbers: Whole, width: int) -> U8:
    """Write numbers in `width` signs each (an even width), one row of bytes a number."""
    out = np.empty((len(numbers), width // 2), np.uint16)
    rest = numbers.astype(np.uint32)
    for at in range(width // 2 - 1, -1, -1):
        higher = rest // np.uint32(_PAIR)
        out[:, at] = _PAIRS[rest - higher * np.uint32(_PAIR)]
        rest = higher
    return out.view(np.uint8)
