"""The cells of Mexico's list under article 69-B: days, notices, registration numbers, and the day of an edition."""

from __future__ import annotations

import re

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.sources import plain_text

_EDITION = re.compile(r"\bal\s+(\d{1,2})\s+de\s+([a-z]+)\s+del?\s+(\d{4})")
_MONTHS = {
    name: number
    for number, name in enumerate(
        (
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ),
        1,
    )
} | {"setiembre": 9}
_BETWEEN_DATES = re.compile(r"\s*//\s*|\s+-\s+|\s*\n\s*|\s{2,}")
_DATE = re.compile(r"([0-9]{1,2})([/-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}")
_SERIAL_ZERO = days.of(1899, 12, 30)
_FIRST, _LAST = days.of(2014, 1, 1), days.of(2099, 12, 31)
_BETWEEN_NOTICES = re.compile(r"\s*//\s*|\s+-\s+")
_NOTICE = re.compile(
    r"(?P<number>\d{3}(?:[- ]\d{2}){1,4}[- ]\d{4}[- ]\d{1,6})\s+de\s+(?:fecha\s+)?(?P<day>\d{1,2})\s+(?:de\s+)?"
    r"(?P<month>[a-z]+)\s+(?:del?\s+)?(?P<year>\d{4})\s*(?:\?|\([^)]*\))?",
    re.IGNORECASE,
)
_RFC = re.compile(r"[A-ZÑ&]{3}([0-9]{2})([0-9]{2})([0-9]{2})[A-Z0-9]{2}[0-9A]")
_RFC_DIGITS = {sign: value for value, sign in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


def edition_day(preamble: str) -> Day | None:
    """Read the day of an edition from the lines above its header; None where none is said.

    >>> days.text(edition_day("Información actualizada al 30 de noviembre de 2022,,,"))
    '2022-11-30'
    """
    match = _EDITION.search(preamble.casefold())
    if match is None or match[2] not in _MONTHS:
        return None
    try:
        return days.of(int(match[3]), _MONTHS[match[2]], int(match[1]))
    except ValueError:
        return None


def dates_of(cell: str) -> list[Day]:
    """Read a cell of days: one, several, or none. Raises ValueError where anything else stands there.

    >>> [days.text(d) for d in dates_of("19/07/2018 - 30/10/18")]
    ['2018-07-19', '2018-10-30']
    """
    text = cell.strip()
    return [_date(part) for part in _BETWEEN_DATES.split(text)] if text else []


def _date(text: str) -> Day:
    match = _DATE.fullmatch(text)
    if match:
        dom, _, month, year = match.groups()
        day = days.of(int(year) + (2000 if len(year) == 2 else 0), int(month), int(dom))
    elif _SERIAL.fullmatch(text):
        day = Day(_SERIAL_ZERO + int(text))
    else:
        raise ValueError(text)
    if not _FIRST <= day <= _LAST:
        raise ValueError(text)
    return day


def notices_of(cell: str) -> list[tuple[str, Day] | None]:
    """Read a cell of notices: number and date of each, None for one that cannot be read.

    >>> [number for number, _ in notices_of("500-05-2018-16632 de fecha 01 de junio de 2018")]
    ['500-05-2018-16632']
    """
    text = cell.strip()
    return [_number(part) for part in _BETWEEN_NOTICES.split(text)] if text else []


def _number(text: str) -> tuple[str, Day] | None:
    match = _NOTICE.fullmatch(plain_text(text))
    month = _MONTHS.get(match["month"].lower()) if match else None
    if match is None or month is None:
        return None
    try:
        return match["number"], days.of(int(match["year"]), month, int(match["day"]))
    except ValueError:
        return None


def rfc_fits(rfc: str) -> bool:
    """Tell whether a text has the form of a legal person's registration number, with a date that exists."""
    match = _RFC.fullmatch(rfc)
    if match is None:
        return False
    return any(_exists(century, *map(int, match.groups())) for century in (1900, 2000))


def _exists(century: int, year: int, month: int, dom: int) -> bool:
    try:
        days.of(century + year, month, dom)
    except ValueError:
        return False
    return True


def rfc_checks(rfc: str) -> bool:
    """Tell whether the check digit of a well-formed number of 12 characters fits.

    >>> rfc_checks("AAA080808HL8"), rfc_checks("ACC071123LL9")
    (True, False)
    """
    weighed = sum(_RFC_DIGITS[sign] * (13 - at) for at, sign in enumerate(" " + rfc[:11]))
    expected = 11 - weighed % 11
    return {11: "0", 10: "A"}.get(expected, str(expected)) == rfc[11]
