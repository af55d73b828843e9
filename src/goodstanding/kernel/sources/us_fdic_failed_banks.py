"""Failed banks of the United States, from either of the two published lists. Each row becomes a record `us.fdic.bank_closing`.

A bank that stands in both lists has two records of one act: the number of its fund names the act, so that it counts once.
docs/sources/us-fdic-failed-banks.md says more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    columns,
    day_in,
    meant,
    name_in,
    take_listed,
    word_in,
)

SOURCE = "us_fdic_failed_banks"
RECORD_TYPE = "us.fdic.bank_closing"
AUTHORITY = "us.fdic"
VOUCHED = f"{SOURCE}: a certificate number is given to insured banks and savings associations only"
LAYOUT = Layout(
    columns("city", "state", "acquiring institution", "updated date")
    | columns(
        "chclass1", "cityst", "cost", "id", "qbfasset", "qbfdep", "restype", "restype1", "savr"
    )
    | {
        "cert": "cert",
        "bank name": "name",
        "name": "name",
        "closing date": "closed",
        "faildate": "closed",
    }
    | {"fund": "fund", "fin": "fund"},
    ("cert", "name", "closed", "fund"),
    "fund",
)
_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_KINDS = {"failure": "failure", "assistance": "assistance"}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_BY_NAME = re.compile(r"([0-9]{1,2})-([a-z]{3})-((?:20)?[0-9]{2})")
_BY_NUMBER = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def take(tables: Sequence[Table]) -> Taken:
    """Take either list, or both."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    certificate, fund = header.cell(row, "cert"), header.cell(row, "fund")
    with_kind = "restype" in header.at
    kind = word_in(header, row, "restype", _KINDS, wrong) if with_kind else "failure"
    wrong += (
        header.wrong(row, "key-missing", column)
        for column, text in (("cert", certificate), ("fund", fund))
        if not _NUMBER.fullmatch(text) and not (column == "fund" and kind == "assistance")
    )
    closed = day_in(header, row, "closed", wrong, day_of, "DD-Mon-YY or MM/DD/YYYY")
    # assistance has no fund of its own
    act = fund if kind == "failure" else f"{certificate}-{header.cell(row, 'closed')}"
    values = {
        "closed": closed,
        "kind": kind,
        "certainty": "final",
        "act": f"{AUTHORITY}:{act}",
        "authority": AUTHORITY,
    }
    name = name_in(header, row, "name", wrong)
    bank = OrganisationRow(
        f"us.fdic:{certificate}", name, "US", "us.fdic", certificate, Form.ORGANISATION, VOUCHED
    )
    published = "data" if with_kind else "list"
    return Filed(bank, RECORD_TYPE, f"{SOURCE}:{published}:{act}", tuple(values.items()))


def day_of(text: str) -> Day:
    """Read a day as either list writes it; two digits of a year are of this century. Raises ValueError otherwise.

    >>> days.text(day_of("3-Apr-20")), days.text(day_of("11/01/2019"))
    ('2020-04-03', '2019-11-01')
    """
    if match := _BY_NAME.fullmatch(text.lower()):
        year = int(match[3]) % 100 + 2000
        return meant(days.of(year, _MONTHS.get(match[2], 0), int(match[1])))
    if match := _BY_NUMBER.fullmatch(text):
        return meant(days.of(int(match[3]), int(match[1]), int(match[2])))
    raise ValueError(text)
