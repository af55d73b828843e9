"""What an official file becomes: rows of a register, and a reason for every row that does not become one.

An importer is pure: it is handed tables that the store has opened, and hands back `Taken`. Nothing is dropped without a
finding, and no finding repeats a name, a register number or the text of a cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import Version

# Findings kept of one code; a hostile file could otherwise fill the memory with them. All are counted.
KEPT_MAX = 50_000
# The header stands among the first rows, below a preamble.
HEADER_WITHIN = 40
# The format allows no longer text.
TEXT_MAX = 400
SHOWN_MAX = 40
# Controls, soft hyphen, zero width and changes of direction: nobody can read them.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)

# --------------------------------------------------------------------------------------------------
# What comes in


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an official file, and the line of the file on which it begins."""

    line: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Table:
    """An opened file: its rows in order, and between them a finding for each line that is no row.

    A finding of line 0 in `findings` that refuses speaks of the whole file: then there are no rows.
    """

    file: str
    rows: Iterable[Row | Finding] = ()
    findings: tuple[Finding, ...] = ()


# --------------------------------------------------------------------------------------------------
# What goes out: rows of docs/register-format.md


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """One version of an organisation as the source registers it."""

    subject: str
    name: str | None
    jurisdiction: str | None
    identifier_kind: str | None
    identifier: str | None
    form: Form
    vouched_by: str | None
    known_from: int = 1
    known_to: int | None = None
    form_table: str | None = None  # the register's table of forms, and the code in it
    form_code: str | None = None


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One version of a unit and its holder."""

    unit: str
    holder: str
    valid_from: Day
    name: str | None = None
    kind: str | None = None
    valid_to: Day | None = None
    known_from: int = 1
    known_to: int | None = None


@dataclass(frozen=True)
class Taken:
    """What an importer took. `editions[i]` is the day of log position i + 1; None where the file does not tell its day."""

    source: str
    editions: tuple[Day | None, ...]
    organisations: tuple[OrganisationRow, ...]
    units: tuple[UnitRow, ...]
    records: tuple[Version, ...]
    findings: tuple[Finding, ...]
    counts: Mapping[str, int]  # findings by code, all of them

    @property
    def refuses(self) -> bool:
        """Tell whether a file as a whole was refused: then no register may be made of the rest."""
        return any(f.refuses and not f.place.line for f in self.findings)


class Findings:
    """Collects findings: keeps the first of each code, counts all."""

    def __init__(self) -> None:
        """Begin with none."""
        self.kept: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def add(self, *found: Finding) -> None:
        """Take findings in."""
        for one in found:
            self.counts[one.code] += 1
            if self.counts[one.code] <= KEPT_MAX:
                self.kept.append(one)


# --------------------------------------------------------------------------------------------------
# Header


@dataclass(frozen=True)
class Header:
    """Where the columns of a table stand, and the rows above and below its header."""

    file: str
    line: int
    width: int
    at: Mapping[str, int]  # our name of a column -> index of the cell
    unknown: tuple[str, ...]  # plain names of the other columns
    above: tuple[Row, ...]
    below: Iterator[Row | Finding]

    def place(self, row: Row, column: str = "") -> Place:
        """Give the place of a cell, or of the whole row; columns count from 1."""
        return Place(self.file, row.line, self.at[column] + 1 if column in self.at else 0)

    def cell(self, row: Row, column: str) -> str:
        """Give the text of a cell without outer blanks; an absent column is empty."""
        at = self.at.get(column)
        return "" if at is None else row.cells[at].strip()

    def wrong(self, row: Row, code: str, column: str, found: str = "", **said: object) -> Finding:
        """Make the finding that refuses a row for one of its cells."""
        said |= {"column": column, "found": shape(found)}
        return _made(code, self.place(row, column), said)

    def note(self, row: Row, code: str, column: str, found: str = "", **said: object) -> Finding:
        """Make a finding that lets the row pass."""
        return replace(self.wrong(row, code, column, found, **said), severity=Severity.NOTE)


def _made(code: str, place: Place, said: Mapping[str, object]) -> Finding:
    return finding(code, place, severity=Severity.ERROR, **said)


def plain_header(cell: str) -> str:
    """Bring a column name to its letters: no accents, case, outer blanks, line breaks or final dot.

    >>> plain_header(" Situación  del contribuyente. ")
    'situacion del contribuyente'
    """
    apart = unicodedata.normalize("NFKD", cell.replace("\ufeff", ""))
    letters = "".join(c for c in apart if not unicodedata.combining(c))
    return " ".join(letters.casefold().split()).rstrip(".").strip()


def read_header(
    table: Table,
    names: Mapping[str, str],
    is_header: Callable[[frozenset[str]], bool],
    found: Findings,
) -> Header | None:
    """Find the header by its content. `names` gives our name of each column, by its plain header.

    Findings say why there is none. Lines that are no rows are reported here only above the header.
    """
    above: list[Row] = []
    found.add(*table.findings)
    if any(f.refuses and not f.place.line for f in table.findings):
        return None
    rows = iter(table.rows)
    for passed, one in enumerate(rows):
        if isinstance(one, Finding):
            found.add(one)
            if passed >= HEADER_WITHIN:
                break
            continue
        plain = [plain_header(cell) for cell in one.cells]
        if is_header(frozenset(names[p] for p in plain if p in names)):
            return _header(table.file, one, plain, names, found, above, rows)
        above.append(one)
        if passed >= HEADER_WITHIN:
            break
    found.add(finding(*_no_header(table.file, above, names, is_header)))
    return None


def _no_header(
    file: str,
    above: Sequence[Row],
    names: Mapping[str, str],
    is_header: Callable[[frozenset[str]], bool],
) -> tuple[str, Place]:
    """Tell a wrong separator from a file that is something else."""
    if not above:
        return "no-rows", Place(file)
    for row in above:
        for separator in (";", "\t", "|", ","):
            parts = [plain_header(p.strip('"')) for p in ",".join(row.cells).split(separator)]
            if is_header(frozenset(names[p] for p in parts if p in names)):
                return "wrong-separator", Place(file)
    return "no-header", Place(file)


def _header(
    file: str,
    row: Row,
    plain: Sequence[str],
    names: Mapping[str, str],
    found: Findings,
    above: Sequence[Row],
    rows: Iterator[Row | Finding],
) -> Header | None:
    at: dict[str, int] = {}
    unknown: list[str] = []
    for index, header in enumerate(plain):
        name = names.get(header)
        if name is None:
            if header:
                unknown.append(header)
                place = Place(file, row.line, index + 1)
                found.add(
                    finding(
                        "unknown-column", place, column=header[:SHOWN_MAX], severity=Severity.NOTE
                    )
                )
        elif name in at:
            found.add(finding("column-twice", Place(file), column=name))
            return None
        else:
            at[name] = index
    return Header(file, row.line, len(plain), at, tuple(unknown), tuple(above), rows)


def lacks(header: Header, required: Iterable[str], found: Findings) -> bool:
    """Tell whether required columns are missing, with one finding that names them all."""
    missing = [name for name in required if name not in header.at]
    if missing:
        found.add(finding("required-column-absent", Place(header.file), column=", ".join(missing)))
    return bool(missing)


def data_rows(header: Header, found: Findings) -> Iterator[Row]:
    """Give the rows below the header that have its width; empty rows are filler and passed over."""
    for one in header.below:
        if isinstance(one, Finding):
            found.add(one)
        elif not any(cell.strip() for cell in one.cells):
            found.counts["filler-row"] += 1
        elif len(one.cells) < header.width or any(c.strip() for c in one.cells[header.width :]):
            place = Place(header.file, one.line)
            found.add(finding("row-width", place, expected=header.width, found=len(one.cells)))
        else:
            yield one


# --------------------------------------------------------------------------------------------------
# Cells


def plain_text(text: str) -> str:
    r"""Give a text on one line, composed, with single blanks and without signs that cannot be seen.

    >>> plain_text(" A\xa0B\n C\u200b ")
    'A B C'
    """
    return " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())


def shape(text: str) -> str:
    """Show how a cell looks without what it says: every digit as 9, every letter as a.

    >>> shape("-12.5 kg")
    '-99.9 aa'
    """
    return "".join(map(_sign, text[:SHOWN_MAX])) + ("..." if len(text) > SHOWN_MAX else "")


def _sign(sign: str) -> str:
    if sign.isdecimal():
        return "9"
    if sign.isalpha():
        return "a"
    return sign if sign.isprintable() else " "


# --------------------------------------------------------------------------------------------------
# Rows that say the same, rows that contradict each other

Content = TypeVar("Content", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Content]):
    """What a row says about a key."""

    place: Place
    key: Hashable
    content: Content


def settle(entries: Iterable[Entry[Content]], column: str, found: Findings) -> list[Entry[Content]]:
    """Keep one entry per key: repeated ones are dropped with a note, contradicting ones are all refused."""
    by_key: dict[Hashable, list[Entry[Content]]] = {}
    for entry in entries:
        by_key.setdefault(entry.key, []).append(entry)
    kept = []
    for group in by_key.values():
        if len(group) > 1 and len({e.content for e in group}) > 1:
            lines = ", ".join(str(e.place.line) for e in group[:5])
            found.add(
                *(finding("rows-contradict", e.place, column=column, lines=lines) for e in group)
            )
            continue
        kept.append(group[0])
        for again in group[1:]:
            first = group[0].place.line
            note = finding(
                "row-repeated", again.place, severity=Severity.NOTE, column=column, first=first
            )
            found.add(note)
    return kept
