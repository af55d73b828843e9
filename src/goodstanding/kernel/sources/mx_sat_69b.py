"""Mexico's list under article 69-B: each row becomes a unit, each dated notice in its life a record `mx.sat.notice`.

Every file is a full edition; several are taken in the order of their days, and what changed between them becomes versions. The list's own word for
the status is never read: it is what a programme must find by itself. docs/sources/mx-sat-69b.md says what is done with each trap.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import Version
from goodstanding.kernel.sources import (
    TEXT_MAX,
    Entry,
    Findings,
    Header,
    OrganisationRow,
    Row,
    Table,
    Taken,
    UnitRow,
    data_rows,
    lacks,
    plain_text,
    read_header,
    settle,
)
from goodstanding.kernel.sources.mx_sat_69b_cells import (
    dates_of,
    edition_day,
    notices_of,
    rfc_checks,
    rfc_fits,
)

SOURCE = "mx_sat_69b"
RECORD_TYPE = "mx.sat.notice"
AUTHORITY = "mx.sat"
SUPPRESSED = "X" * 12
VOUCHED = "mx_sat_69b: a registration number of 12 characters is a legal person's; those of 13 are refused"
VOUCHED_SUPPRESSED = (
    "mx_sat_69b: the number suppressed by order of a court had 12 characters, a legal person's"
)


@dataclass(frozen=True)
class _Stage:
    """The four cells of one stage, and what each is called in the official header."""

    word: str
    column: str  # in the short names of the columns
    page: str
    official: str
    official_page: str

    @property
    def columns(self) -> tuple[str, str, str, str]:
        """Give the columns of notice and day, on the page and in the gazette."""
        return (
            f"oficio_{self.column}_sat",
            f"pub_sat_{self.page}",
            f"oficio_{self.column}_dof",
            f"pub_dof_{self.page}",
        )

    @property
    def headers(self) -> tuple[str, str, str, str]:
        """Give the official headers of the same columns, plain."""
        number = f"numero y fecha de oficio global de {self.official}"
        return (
            f"{number} sat",
            f"publicacion pagina sat {self.official_page}",
            f"{number} dof",
            f"publicacion dof {self.official_page}",
        )


STAGES = (
    _Stage("presunto", "presuncion", "presunto", "presuncion", "presuntos"),
    _Stage(
        "desvirtuado",
        "desvirtuado",
        "desvirtuado",
        "contribuyentes que desvirtuaron",
        "desvirtuados",
    ),
    _Stage("definitivo", "definitivo", "definitivo", "definitivos", "definitivos"),
    _Stage(
        "sentencia_favorable",
        "sentencia",
        "sentencia",
        "sentencia favorable",
        "sentencia favorable",
    ),
)
_REQUIRED = ("no", "rfc", "nombre", *(column for stage in STAGES for column in stage.columns))
_NAMES: Mapping[str, str] = {
    **{name: name for name in (*_REQUIRED, "situacion")},
    "nombre del contribuyente": "nombre",
    "situacion del contribuyente": "situacion",
    **{header: column for s in STAGES for header, column in zip(s.headers, s.columns, strict=True)},
}
# Columns of 2018 that do not say whether page or gazette is meant.
_LAYOUT_2018 = frozenset(f"numero y fecha de oficio global de {s.official}" for s in STAGES)

_ROW_NUMBER = re.compile(r"[0-9]{1,7}")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of one stage: it takes effect on the earlier of its two days."""

    stage: str
    on_page: Day | None
    in_gazette: Day | None
    number: str | None = None
    dated: Day | None = None

    @property
    def took_effect(self) -> Day:
        """Give the earlier of the two days; there is always one."""
        return min(d for d in (self.on_page, self.in_gazette) if d is not None)


@dataclass(frozen=True, slots=True)
class _Listing:
    """What one row of the list says."""

    rfc: str
    name: str | None
    notices: tuple[Notice, ...]

    @property
    def presumption(self) -> str:
        """Name the proceeding: the number of its first presumption, else that notice's day."""
        first = min(
            (n for n in self.notices if n.stage == "presunto"),
            key=lambda n: n.took_effect,
            default=None,
        )
        if first is None:
            return "-"
        return first.number or days.text(first.took_effect)

    @property
    def ties(self) -> bool:
        """Tell whether notices of different stages took effect on one day."""
        stages: dict[int, set[str]] = {}
        for notice in self.notices:
            stages.setdefault(notice.took_effect, set()).add(notice.stage)
        return any(len(s) > 1 for s in stages.values())


@dataclass
class _Edition:
    """One file, read: what it says by id."""

    file: str
    day: Day | None
    organisations: dict[str, OrganisationRow] = field(default_factory=dict)
    units: dict[str, UnitRow] = field(default_factory=dict)
    records: dict[str, Version] = field(default_factory=dict)


def take(tables: Sequence[Table]) -> Taken:
    """Take editions of the list in, in the order of their days."""
    found = Findings()
    editions = [e for e in (_edition(table, found) for table in tables) if e is not None]
    if len(editions) > 1:
        for edition in editions:
            if edition.day is None:
                found.add(finding("edition-not-said", Place(edition.file)))
        repeated = [
            d for d, n in Counter(e.day for e in editions if e.day is not None).items() if n > 1
        ]
        found.add(
            *(finding("same-edition-twice", Place(e.file)) for e in editions if e.day in repeated)
        )
        editions.sort(key=lambda e: (e.day is None, e.day or 0))
    return Taken(
        SOURCE,
        tuple(e.day for e in editions),
        tuple(_versions([e.organisations for e in editions])),
        tuple(_versions([e.units for e in editions])),
        tuple(_versions([e.records for e in editions])),
        tuple(found.kept),
        dict(found.counts),
    )


# --------------------------------------------------------------------------------------------------
# A file


def _edition(table: Table, found: Findings) -> _Edition | None:
    header = read_header(table, _NAMES, _is_header, found)
    if header is None or _is_layout_2018(header, found) or lacks(header, _REQUIRED, found):
        return None
    edition = _Edition(
        table.file, edition_day(" ".join(c for row in header.above for c in row.cells))
    )
    read: list[Entry[_Listing]] = []
    for row in data_rows(header, found):
        wrong: list[Finding] = []
        listing = _listing(header, row, wrong)
        found.add(*wrong)
        if listing is not None and not any(f.refuses for f in wrong):
            read.append(Entry(header.place(row), header.cell(row, "no"), listing))
    if not read:
        found.add(finding("no-data", Place(table.file)))
    entries = settle(read, "no", found)
    _fill(edition, *_proceedings(entries, found), found)
    return edition


def _is_header(columns: frozenset[str]) -> bool:
    return "rfc" in columns and len(columns) >= 3


def _is_layout_2018(header: Header, found: Findings) -> bool:
    old = not _LAYOUT_2018.isdisjoint(header.unknown)
    if old:
        found.add(finding("layout-of-2018", Place(header.file)))
    return old


# --------------------------------------------------------------------------------------------------
# A row


def _listing(header: Header, row: Row, wrong: list[Finding]) -> _Listing | None:
    """Read one row. Of a natural person's row nothing is looked at but the length of its number."""
    rfc = unicodedata.normalize("NFC", header.cell(row, "rfc"))
    if len(rfc) == 13:
        wrong.append(finding("natural-person", header.place(row), column="rfc"))
        return None
    if rfc != SUPPRESSED:
        if not rfc_fits(rfc):
            wrong.append(finding("rfc-malformed", header.place(row, "rfc"), column="rfc"))
            return None
        if not rfc_checks(rfc):
            wrong.append(header.note(row, "rfc-check-fails", "rfc"))
    if not _ROW_NUMBER.fullmatch(header.cell(row, "no")):
        wrong.append(header.wrong(row, "key-missing", "no"))
    notices = tuple(n for stage in STAGES for n in _notices(header, row, stage, wrong))
    if not notices and not any(f.refuses for f in wrong):
        wrong.append(finding("no-notice", header.place(row)))
    return _Listing(rfc, _name(header, row, rfc, wrong), notices)


def _name(header: Header, row: Row, rfc: str, wrong: list[Finding]) -> str | None:
    """Give the registered name, without what the list appends after `//` (judgments, former names)."""
    if rfc == SUPPRESSED:
        return None
    name = plain_text(header.cell(row, "nombre").split("//")[0])
    if len(name) > TEXT_MAX:
        wrong.append(header.note(row, "text-too-long", "nombre", high=TEXT_MAX))
        return None
    return name or None


def _notices(header: Header, row: Row, stage: _Stage, wrong: list[Finding]) -> Iterator[Notice]:
    """Pair the days of a stage, each side oldest first: the i-th on the page and the i-th in the gazette are one notice."""
    sat, page, dof, gazette = stage.columns
    pages, gazettes = (sorted(_dates(header, row, column, wrong)) for column in (page, gazette))
    by_page = _numbers(header, row, sat, len(pages), wrong)
    by_gazette = _numbers(header, row, dof, len(gazettes), wrong)
    if not (pages or gazettes) and (header.cell(row, sat) or header.cell(row, dof)):
        wrong.append(header.note(row, "notice-without-date", sat))
    pairs = itertools.zip_longest(pages, gazettes, by_page, by_gazette)
    for on_page, in_gazette, first, second in pairs:
        if on_page is None and in_gazette is None:
            continue
        if on_page is not None and in_gazette is not None and in_gazette < on_page:
            wrong.append(header.note(row, "gazette-before-page", gazette))
        number, dated = first or second or (None, None)
        yield Notice(stage.word, on_page, in_gazette, number, dated)


def _dates(header: Header, row: Row, column: str, wrong: list[Finding]) -> list[Day]:
    text = header.cell(row, column)
    try:
        return dates_of(text)
    except ValueError:
        wrong.append(header.wrong(row, "date-unreadable", column, text))
        return []


def _numbers(
    header: Header, row: Row, column: str, expected: int, wrong: list[Finding]
) -> list[tuple[str, Day] | None]:
    """Read numbers and dates of notices, oldest first; none where they cannot be paired with the days beside them."""
    text = header.cell(row, column)
    parts = notices_of(text)
    read = [part for part in parts if part is not None]
    if len(read) < len(parts):
        wrong.append(header.note(row, "notice-unreadable", column))
    elif read and expected and len(read) != expected:
        wrong.append(header.note(row, "notices-unpaired", column))
    if len(read) != expected or len(read) < len(parts):
        return []
    read.sort(key=lambda part: part[1])
    return [*read]


# --------------------------------------------------------------------------------------------------
# Rows together


def _proceedings(
    entries: Sequence[Entry[_Listing]], found: Findings
) -> tuple[list[Entry[_Listing]], set[str]]:
    """Keep one row per proceeding; give those that contradict each other by row number: they are held."""
    held: set[str] = set()
    groups: dict[tuple[str, str], list[Entry[_Listing]]] = {}
    kept: list[Entry[_Listing]] = []
    for entry in entries:
        listing = entry.content
        if listing.ties:
            held.add(str(entry.key))
            found.add(finding("stages-tie", entry.place, severity=Severity.WARNING))
        if listing.rfc != SUPPRESSED:
            group = groups.setdefault((listing.rfc, listing.presumption), [])
            same = next((e for e in group if e.content.notices == listing.notices), None)
            if same is not None:
                note = finding(
                    "row-repeated",
                    entry.place,
                    severity=Severity.NOTE,
                    column="rfc",
                    first=same.place.line,
                )
                found.add(note)
                continue
            group.append(entry)
        kept.append(entry)
    for group in groups.values():
        if len(group) > 1:
            lines = ", ".join(str(e.place.line) for e in group)
            held |= {str(e.key) for e in group}
            found.add(
                *(
                    finding("proceeding-twice", e.place, severity=Severity.WARNING, lines=lines)
                    for e in group
                )
            )
    return kept, held


def _fill(
    edition: _Edition, entries: Sequence[Entry[_Listing]], held: set[str], found: Findings
) -> None:
    named: dict[str, tuple[Day, str | None]] = {}
    ordinals: Counter[str] = Counter()
    for entry in entries:
        listing, unit = entry.content, str(entry.key)
        subject = _subject(listing, ordinals)
        latest = max(n.took_effect for n in listing.notices)
        if subject in named and named[subject][1] != listing.name:
            found.add(finding("names-differ", entry.place, severity=Severity.NOTE, column="nombre"))
        if subject not in named or latest > named[subject][0]:
            named[subject] = latest, listing.name
            edition.organisations[subject] = _organisation(subject, listing)
        first = min(n.took_effect for n in listing.notices)
        edition.units[unit] = UnitRow(unit, subject, first, kind="listing under article 69-B")
        state = "held" if unit in held else "in force"
        for notice in listing.notices:
            key = f"{SOURCE}:{subject.partition(':')[2]}:{listing.presumption}:{notice.stage}:{days.text(notice.took_effect)}"
            again = next(
                n
                for n in itertools.count(1)
                if (key if n == 1 else f"{key}:{n}") not in edition.records
            )
            record = key if again == 1 else f"{key}:{again}"
            edition.records[record] = _version(record, unit, notice, state)


def _subject(listing: _Listing, ordinals: Counter[str]) -> str:
    """Give the stable id. Suppressed rows are each their own: named by what they say, and which of the same it is."""
    if listing.rfc != SUPPRESSED:
        return f"mx.rfc:{listing.rfc}"
    content = hashlib.sha256(repr(listing.notices).encode()).hexdigest()[:16]
    ordinals[content] += 1
    return f"mx.sat.suppressed:{content}-{ordinals[content]}"


def _organisation(subject: str, listing: _Listing) -> OrganisationRow:
    if listing.rfc == SUPPRESSED:
        return OrganisationRow(
            subject, None, "MX", None, None, Form.ORGANISATION, VOUCHED_SUPPRESSED
        )
    return OrganisationRow(
        subject, listing.name, "MX", "rfc", listing.rfc, Form.ORGANISATION, VOUCHED
    )


def _version(record: str, unit: str, notice: Notice, state: str) -> Version:
    return Version(
        RECORD_TYPE,
        1,
        record,
        unit,
        1,
        state=state,
        values={
            "stage": notice.stage,
            "took_effect": notice.took_effect,
            "dated": notice.dated,
            "on_page": notice.on_page,
            "in_gazette": notice.in_gazette,
            "notice": notice.number,
            "certainty": "decided",
            "decision": notice.number,
            "authority": AUTHORITY,
        },
    )


# --------------------------------------------------------------------------------------------------
# Editions one after another

Kept = TypeVar("Kept", OrganisationRow, UnitRow, Version)


def _versions(editions: Sequence[Mapping[str, Kept]]) -> Iterator[Kept]:
    """Turn what each edition says into versions: what is unchanged goes on, what changed or is gone ends."""
    open_ones: dict[str, Kept] = {}
    for position, edition in enumerate(editions, 1):
        for key, before in list(open_ones.items()):
            after = edition.get(key)
            if after is None or replace(after, known_from=before.known_from) != before:
                yield replace(before, known_to=position)
                del open_ones[key]
        for key, after in edition.items():
            if key not in open_ones:
                open_ones[key] = replace(after, known_from=position)
    yield from open_ones.values()
