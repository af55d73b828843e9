"""The United States' list of designated entities. Each row of an edition becomes a record `us.ofac.listing` of its day.

The list holds no days: the day of an edition is told by the name of its file. That an entity stood on the list on a day
says nothing about a later day. docs/sources/us-ofac-sdn.md says more.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    columns,
    last_of_month,
    name_in,
    take_listed,
)

SOURCE = "us_ofac_sdn"
RECORD_TYPE = "us.ofac.listing"
AUTHORITY = "us.ofac"
# The official file has no header; these are its columns by the authority's own description.
OFFICIAL = (
    "ent_num",
    "sdn_name",
    "sdn_type",
    "program",
    "title",
    "call_sign",
    "vess_type",
    "tonnage",
    "grt",
    "vess_flag",
    "vess_owner",
    "remarks",
)
EMPTY = "-0-"
LAYOUT = Layout(
    columns(*OFFICIAL, "remarks_org_only", "address_countries")
    | {"name": "sdn_name", "programs": "program"},
    ("ent_num", "sdn_name", "program"),
    "ent_num",
)
_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})-?([0-9]{2})(?:-?([0-9]{2}))?(?![0-9])")
_NUMBER = re.compile(r"[1-9][0-9]{0,7}")


def take(tables: Sequence[Table]) -> Taken:
    """Take editions in, each with the day in its file's name; an entity that a later edition leaves out has ended there."""
    wrong: list[Finding] = []
    parts: dict[Day, Taken] = {}
    for table in tables:
        day = day_of(table.file)
        if day is None:
            wrong.append(finding("edition-day-needed", Place(table.file)))
        elif day in parts:
            wrong.append(finding("same-edition-twice", Place(table.file)))
        else:
            parts[day] = _edition(day, table)
    return _joined(parts, wrong)


def _edition(day: Day, table: Table) -> Taken:
    """Take one edition in; without a header of its own it gets that of the official columns."""

    def read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
        return _read(header, row, day, wrong)

    return take_listed(SOURCE, [_headed(table)], LAYOUT, read)


def _headed(table: Table) -> Table:
    rows = iter(table.rows)
    first = next(rows, None)
    if first is None:
        return table
    bare = (
        isinstance(first, Row)
        and len(first.cells) == len(OFFICIAL)
        and _NUMBER.fullmatch(first.cells[0])
    )
    above = (Row(0, OFFICIAL),) if bare else ()
    return replace(table, rows=itertools.chain(above, (first,), rows))


def _read(header: Header, row: Row, day: Day, wrong: list[Finding]) -> Filed | None:
    """Read one row. Of an individual, a vessel or an aircraft nothing is looked at but the type."""
    if header.cell(row, "sdn_type") not in {"", EMPTY}:
        wrong.append(header.wrong(row, "not-an-entity", "sdn_type"))
        return None
    number = header.cell(row, "ent_num")
    if not _NUMBER.fullmatch(number):
        wrong.append(header.wrong(row, "key-missing", "ent_num"))
    entity = OrganisationRow(
        f"us.ofac:{number}",
        name_in(header, row, "sdn_name", wrong),
        "",
        "us.ofac",
        number,
        Form.ORGANISATION,
        f"{SOURCE}: the list types it as an entity, neither individual nor vessel nor aircraft",
    )
    values: dict[str, FieldValue] = {"seen": day, "certainty": "decided", "authority": AUTHORITY}
    return Filed(
        entity, RECORD_TYPE, f"{SOURCE}:{number}:seen {days.text(day)}", tuple(values.items())
    )


def day_of(file: str) -> Day | None:
    """Read the day of an edition from the name of its file; of a month alone the last day. None where there is none.

    >>> days.text(day_of("sdn_2023-01.csv.gz"))
    '2023-01-31'
    """
    match = _DAY.search(file)
    if match is None:
        return None
    year, month = int(match[1]), int(match[2])
    try:
        return days.of(year, month, int(match[3])) if match[3] else last_of_month(year, month)
    except ValueError:
        return None


def _joined(parts: Mapping[Day, Taken], wrong: Sequence[Finding]) -> Taken:
    """Put editions together: a record ends with the first later edition that leaves its entity out."""
    order = sorted(parts)
    organisations: dict[str, OrganisationRow] = {}
    records: list[Version] = []
    counts = Counter(f.code for f in wrong)
    for day, following in itertools.zip_longest(order, order[1:]):
        organisations |= {o.subject: o for o in parts[day].organisations}
        still = None if following is None else {o.subject for o in parts[following].organisations}
        for record in parts[day].records:
            gone = still is not None and record.subject not in still
            values = {**record.values, "ended": following if gone else None}
            records.append(replace(record, values=values))
        counts.update(parts[day].counts)
    return Taken(
        SOURCE,
        (order[-1] if order else None,),
        tuple(organisations.values()),
        (),
        tuple(records),
        (*wrong, *(f for day in order for f in parts[day].findings)),
        dict(counts),
    )
