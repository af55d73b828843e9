"""What simple official lists have in common: one header, each row by itself, all files named together as one edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.sources import (
    TEXT_MAX,
    Entry,
    Findings,
    Header,
    OrganisationRow,
    Row,
    Table,
    Taken,
    data_rows,
    lacks,
    plain_header,
    plain_text,
    read_header,
    settle,
)

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
# No day of these lists lies outside; what does is a slip of the pen or of a clock.
_FIRST, _LAST = days.of(1950, 1, 1), days.of(2099, 12, 31)


@dataclass(frozen=True)
class Layout:
    """The columns of a list: our name of each by its plain header, those it must have, and the one named in findings as key."""

    names: Mapping[str, str]
    required: tuple[str, ...]
    key: str

    def is_header(self, columns: frozenset[str]) -> bool:
        """Tell a header: more than half of the required columns are there; the others are then named as missing."""
        return 2 * sum(name in columns for name in self.required) > len(self.required)


@dataclass(frozen=True, slots=True)
class Filed:
    """What one row files: an organisation, and a record about it unless the list only registers."""

    organisation: OrganisationRow
    type: str = ""
    record: str = ""
    values: tuple[tuple[str, FieldValue], ...] = ()
    state: str = "in force"

    @property
    def key(self) -> str:
        """Give what there is only one row of: the record, else the organisation."""
        return self.record or self.organisation.subject


Reader = Callable[[Header, Row, list[Finding]], Filed | None]


def columns(*names: str) -> dict[str, str]:
    """Give each column under its own header, as a layout names them.

    >>> columns("Bank Name")
    {'bank name': 'bank name'}
    """
    return {plain_header(name): plain_header(name) for name in names}


def take_listed(source: str, tables: Sequence[Table], layout: Layout, read: Reader) -> Taken:
    """Take a list in. `read` gives what a row files, or None; a row with a finding that refuses files nothing."""
    found = Findings()
    entries = [e for table in tables for e in entries_of(table, layout, read, found)]
    return taken(source, settle(entries, layout.key, found), layout.key, found)


def taken(source: str, entries: Iterable[Entry[Filed]], key: str, found: Findings) -> Taken:
    """Give what the rows left after settling come to."""
    organisations: dict[str, OrganisationRow] = {}
    records = []
    for entry in entries:
        filed = entry.content
        first = organisations.setdefault(filed.organisation.subject, filed.organisation)
        if plain_header(first.name or "") != plain_header(filed.organisation.name or ""):
            found.add(finding("names-vary", entry.place, severity=Severity.NOTE, column=key))
        if filed.record:
            records.append(version_of(filed))
    return Taken(
        source,
        (None,),
        tuple(organisations.values()),
        (),
        tuple(records),
        tuple(found.kept),
        dict(found.counts),
    )


def version_of(filed: Filed) -> Version:
    """Give the record that a row files, known from the first position."""
    return Version(
        filed.type,
        1,
        filed.record,
        filed.organisation.subject,
        1,
        state=filed.state,
        values=dict(filed.values),
    )


def entries_of(table: Table, layout: Layout, read: Reader, found: Findings) -> list[Entry[Filed]]:
    """Read the rows of one table that file something; findings say why others do not."""
    header = read_header(table, layout.names, layout.is_header, found)
    if header is None or lacks(header, layout.required, found):
        return []
    entries = []
    for row in data_rows(header, found):
        wrong: list[Finding] = []
        filed = read(header, row, wrong)
        found.add(*wrong)
        if filed is not None and not any(f.refuses for f in wrong):
            entries.append(Entry(header.place(row), filed.key, filed))
    if not entries:
        found.add(finding("no-data", Place(table.file)))
    return entries


# --------------------------------------------------------------------------------------------------
# Cells


def name_in(header: Header, row: Row, column: str, wrong: list[Finding]) -> str | None:
    """Give a registered name on one line; missing, with a note, where no register could hold it."""
    name = plain_text(header.cell(row, column))
    if len(name) > TEXT_MAX:
        wrong.append(header.note(row, "text-too-long", column, high=TEXT_MAX))
        return None
    return name or None


def iso_day(text: str) -> Day:
    """Read YYYY-MM-DD. Raises ValueError for anything else and for days that cannot be meant."""
    return _day(_ISO.fullmatch(text), text)


def compact_day(text: str) -> Day:
    """Read YYYYMMDD. Raises ValueError for anything else and for days that cannot be meant."""
    return _day(_COMPACT.fullmatch(text), text)


def _day(match: re.Match[str] | None, text: str) -> Day:
    if match is None:
        raise ValueError(text)
    return meant(days.of(int(match[1]), int(match[2]), int(match[3])))


def meant(day: Day) -> Day:
    """Give back a day that can be meant; raises ValueError otherwise."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(days.text(day))
    return day


def last_of_month(year: int, month: int) -> Day:
    """Give the last day of a month; raises ValueError if there is no such month."""
    return Day(days.add_months(days.of(year, month, 1), 1) - 1)


def day_in(
    header: Header,
    row: Row,
    column: str,
    wrong: list[Finding],
    read: Callable[[str], Day] = iso_day,
    form: str = "YYYY-MM-DD",
) -> Day | None:
    """Read a cell that must hold a day; where it holds none the row is refused."""
    text = header.cell(row, column)
    try:
        return read(text)
    except ValueError:
        wrong.append(header.wrong(row, "day-not-as", column, text, form=form))
        return None


def minor_units(text: str, point: str = ".") -> int:
    """Read an amount with at most two places in minor units; groups of three may be parted by the other sign.

    >>> minor_units("608.016,5", ","), minor_units("250")
    (60801650, 25000)

    Raises ValueError for anything else.
    """
    group = {".": ",", ",": "."}[point]
    match = re.fullmatch(
        rf"([0-9]{{1,13}}|[0-9]{{1,3}}(?:{re.escape(group)}[0-9]{{3}}){{1,4}})(?:{re.escape(point)}([0-9]{{1,2}}))?",
        text,
    )
    if match is None:
        raise ValueError(text)
    return int(match[1].replace(group, "")) * 100 + int((match[2] or "").ljust(2, "0"))


def amount_in(
    header: Header, row: Row, column: str, wrong: list[Finding], point: str = "."
) -> int | None:
    """Read a cell of money; an empty one is missing, one that cannot be read refuses the row."""
    text = header.cell(row, column)
    if not text:
        return None
    try:
        return minor_units(text, point)
    except ValueError:
        wrong.append(header.wrong(row, "amount-unreadable", column, text))
        return None


def word_in(
    header: Header, row: Row, column: str, words: Mapping[str, str], wrong: list[Finding]
) -> str | None:
    """Give our word for one of the source's closed words, whatever its accents and case; any other refuses the row."""
    text = plain_header(plain_text(header.cell(row, column)))
    if text not in words:
        wrong.append(header.wrong(row, "word-unknown", column, text))
    return words.get(text)
