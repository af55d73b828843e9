"""Audit a published list or penalty file: find out which source it is, read it, and report office by office."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from goodstanding.desk.context import Desk
from goodstanding.desk.importing import SOURCES
from goodstanding.kernel import days
from goodstanding.kernel.audit import TO_BE_LOOKED_AT, Audit, audit
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.guard import Fit, fit
from goodstanding.kernel.sources import Row, Taken
from goodstanding.kernel.telling import Teller
from goodstanding.store.files import open_table

# Entries named below each flaw; all are counted.
NAMED_MAX = 5


@dataclass(frozen=True)
class Audited:
    """What came of it: the audit, the source the file was read as, and what stopped it."""

    findings: tuple[Finding, ...] = ()
    source: str = ""
    audit: Audit | None = None

    @property
    def refuses(self) -> bool:
        """Tell whether the file could not be audited, or holds what may not be shown."""
        return self.audit is None or self.audit.unlawful


def audit_file(desk: Desk, file: Path, source: str = "", on: Day | None = None) -> Audited:
    """Audit a file as it was shown on a day: the one asked, else the day of its edition, else today."""
    wrong = [f for f in desk.findings if f.refuses]
    if wrong:
        return Audited(tuple(wrong))
    if source and source not in SOURCES:
        known = ", ".join(SOURCES)
        return Audited((finding("unknown-source", Place("SOURCE"), name=source, expected=known),))
    read = _read(file, source)
    if isinstance(read, Finding):
        return Audited((read,))
    name, taken = read
    edition = max((day for day in taken.editions if day is not None), default=None)
    day = next(one for one in (on, edition, desk.today()) if one is not None)
    return Audited((), name, audit(taken, desk.law, day, _identity_lines(file)))


def _read(file: Path, source: str) -> tuple[str, Taken] | Finding:
    """Read a file by the importer named, else by the first that knows its columns."""
    refused: list[Finding] = []
    for name in [source] if source else SOURCES:
        taken = SOURCES[name]([open_table(file)])
        if not taken.refuses:
            return name, taken
        refused += [f for f in taken.findings if f.refuses and not f.place.line]
    known = ", ".join(SOURCES)
    unread = next((f for f in refused if f.code in {"file-not-read", "file-damaged"}), None)
    return unread or finding("unknown-source", Place(file.name), name=file.name, expected=known)


def _identity_lines(file: Path) -> Iterator[int]:
    """Give the lines on which some cell holds the number of a natural person's identity card."""
    for row in open_table(file).rows:
        if isinstance(row, Row) and any(fit(cell) is Fit.FULL for cell in row.cells):
            yield row.line


def told(done: Audited, desk: Desk, teller: Teller) -> list[str]:
    """Give the report as lines: each office with what it shows, and each flaw with its first entries."""
    if done.audit is None:
        return []
    made = done.audit
    lines = [teller.word("audit_read", source=done.source, day=days.text(made.on))]
    for office, entries in made.entries:
        known = desk.law.authorities.get(office)
        title = teller.title(known.title, office) if known else office
        lines += ["", teller.word("audit_office", office=title, count=f"{entries:,}")]
        lines += _flaws(made, office, teller)
    return [*lines, "", teller.word("audit_unlawful" if made.unlawful else "audit_lawful")]


def _flaws(made: Audit, office: str, teller: Teller) -> Iterator[str]:
    for flaw, found in made.of(office).items():
        weight = teller.word("audit_look" if flaw in TO_BE_LOOKED_AT else "audit_wrong")
        said = teller.word("audit_" + flaw.value.replace(" ", "_").replace("-", "_"))
        yield f"  {len(found):>7,}  {weight}: {said}"
        named = ", ".join(one.about for one in found[:NAMED_MAX])
        yield f"  {'':7}  {named}{', ...' if len(found) > NAMED_MAX else ''}"
