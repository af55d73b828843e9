"""Keeps what an importer took: after this file has run, its rows lie in a register, and its findings in a list of reasons."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path

from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.sources import OrganisationRow, Taken, UnitRow
from goodstanding.kernel.words import Words
from goodstanding.store.lake import (
    ORGANISATIONS,
    UNITS,
    Meta,
    RegisterWriter,
    Row,
    Types,
    bucket_of,
)

REASON_COLUMNS = (
    "file",
    "row",
    "column",
    "code",
    "weight",
    "expected",
    "found",
    "remedy",
    "expected_zh",
    "remedy_zh",
)


def write_register(folder: Path, taken: Taken, types: Types, *, imported: days.Day) -> Meta:
    """Write a register of what was taken. Editions that do not say their day are of the day of the import.

    Raises ValueError if a file was refused as a whole, FileExistsError if the folder is not empty.
    """
    if taken.refuses:
        raise ValueError(f"{taken.source}: a file was refused")
    positions = tuple(
        (n, imported if day is None else day) for n, day in enumerate(taken.editions, 1)
    )
    meta = Meta(len(positions), days.text(imported), taken.source, positions)
    with RegisterWriter(folder, types) as writer:
        writer.add(ORGANISATIONS, map(_organisation, taken.organisations))
        writer.add(UNITS, map(_unit, taken.units))
        writer.add_versions(taken.records)
        writer.finish(meta)
    return meta


def _organisation(row: OrganisationRow) -> Row:
    return (
        bucket_of(row.subject),
        row.subject,
        row.known_from,
        row.known_to,
        row.name,
        row.jurisdiction,
        row.identifier_kind,
        row.identifier,
        row.form_table,
        row.form_code,
        row.form.value,
        row.vouched_by,
    )


def _unit(row: UnitRow) -> Row:
    return (
        bucket_of(row.unit),
        row.unit,
        row.holder,
        bucket_of(row.holder),
        row.valid_from,
        row.valid_to,
        row.known_from,
        row.known_to,
        row.name,
        row.kind,
    )


def write_reasons(file: Path, findings: Iterable[Finding], words: Words) -> int:
    """Write the list of reasons, one row per finding, in both languages; give the number of rows that refuse."""
    refusing = 0
    with file.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(REASON_COLUMNS)
        for found in findings:
            refusing += found.refuses
            lines.writerow(reason_row(found, words))
    return refusing


def reason_row(found: Finding, words: Words) -> tuple[str, ...]:
    """Give one row of the list of reasons."""
    said = {**dict(found.said), "expected": found.expected, "found": found.found}

    def part(key: str, language: str) -> str:
        text = words.findings.get(found.code, {}).get(key, {}).get(language, "")
        return text.format_map(_Said(said))

    return (
        found.place.file,
        str(found.place.line or ""),
        said.get("column", ""),
        found.code,
        found.severity.value,
        part("expected", "en"),
        _inert(found.found),
        part("remedy", "en"),
        part("expected", "zh"),
        part("remedy", "zh"),
    )


class _Said(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _inert(text: str) -> str:
    """Write what a spreadsheet would run as a formula so that it is only shown."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} else text


def counts_of(taken: Taken) -> Mapping[str, int]:
    """Give what was taken and what was found, by name: the summary of an import."""
    return {
        "organisations": len(taken.organisations),
        "units": len(taken.units),
        "records": len(taken.records),
        **dict(sorted(taken.counts.items())),
    }
