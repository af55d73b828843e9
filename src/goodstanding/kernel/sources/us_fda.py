"""The United States' Food and Drug Administration: warning letters with their close-outs, and recalls.

A letter becomes a record `us.fda.warning_letter`, cured on the day of its close-out; a recalled product becomes a record
`us.fda.recall`, all products of one event being one act. There are no register numbers: a letter and an event are subjects
of their own. docs/sources/us-fda.md says more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import FieldValue
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken, plain_text
from goodstanding.kernel.sources.eu_ets_holders import form_of_holder
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

SOURCE = "us_fda"
LETTER, RECALL = "us.fda.warning_letter", "us.fda.recall"
AUTHORITY = "us.fda"
DAY_FORM = "MM/DD/YYYY"
LAYOUT = Layout(
    columns("issuing office", "posted date", "response letter")
    | columns("recall_state", "reason_for_recall", "product_description", "recall_month")
    | columns("recall_date", "recall_id", "recall_class", "product_id", "status", "subject")
    | {"issuing_office": "issuing office", "posted_date": "posted date"}
    | {"company": "firm", "company name": "firm", "recalling_firm": "firm"}
    | {"letter_date": "letter", "letter issue date": "letter"}
    | {"closeout letter": "closed", "close-out letter": "closed", "closeout_letter": "closed"},
    ("firm",),
    "firm",
)
_CLASSES = {"class i": "one", "class ii": "two", "class iii": "three"}
_STATES = {"ongoing": "ongoing", "completed": "completed", "terminated": "terminated"}
_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_NUMBER = re.compile(r"[0-9]{1,9}")


def take(tables: Sequence[Table]) -> Taken:
    """Take letters, recalls, or both: each table is told by its columns."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    """Read one row. Where the firm is not known to be an organisation nothing else of it is looked at."""
    form, why = form_of_holder("", header.cell(row, "firm"), "")
    if form is not Form.ORGANISATION:
        wrong.append(header.wrong(row, "owner-not-vouched", "firm"))
        return None
    return (_recall if "recall_id" in header.at else _letter)(header, row, why, wrong)


def _letter(header: Header, row: Row, why: str, wrong: list[Finding]) -> Filed:
    sent = day_in(header, row, "letter", wrong, day_of, DAY_FORM)
    closed = (
        day_in(header, row, "closed", wrong, day_of, DAY_FORM)
        if header.cell(row, "closed")
        else None
    )
    if sent is not None and closed is not None and closed < sent:
        wrong.append(header.wrong(row, "days-out-of-order", "closed"))
    said = [plain_text(header.cell(row, column)) for column in ("firm", "letter", "subject")]
    local = hashlib.sha256(repr(said).encode()).hexdigest()[:16]
    values: dict[str, FieldValue] = {
        "sent": sent,
        "cured": closed,
        "certainty": "decided",
        "authority": AUTHORITY,
    }
    firm = _organisation(header, row, f"us.fda.letter:{local}", why, wrong)
    return Filed(firm, LETTER, f"{SOURCE}:letter:{local}", tuple(values.items()))


def _recall(header: Header, row: Row, why: str, wrong: list[Finding]) -> Filed:
    event, product = header.cell(row, "recall_id"), header.cell(row, "product_id")
    wrong += (
        header.wrong(row, "key-missing", column)
        for column, text in (("recall_id", event), ("product_id", product))
        if not _NUMBER.fullmatch(text)
    )
    values: dict[str, FieldValue] = {
        "begun": day_in(header, row, "recall_date", wrong, day_of, DAY_FORM),
        "hazard": word_in(header, row, "recall_class", _CLASSES, wrong),
        "progress": word_in(header, row, "status", _STATES, wrong),
        "certainty": "decided",
        "act": f"{AUTHORITY}:recall:{event}",
        "authority": AUTHORITY,
    }
    firm = _organisation(header, row, f"us.fda.event:{event}", why, wrong)
    return Filed(firm, RECALL, f"{SOURCE}:product:{product}", tuple(values.items()))


def _organisation(
    header: Header, row: Row, subject: str, why: str, wrong: list[Finding]
) -> OrganisationRow:
    name = name_in(header, row, "firm", wrong)
    return OrganisationRow(subject, name, "", None, None, Form.ORGANISATION, f"{SOURCE}: {why}")


def day_of(text: str) -> Day:
    """Read MM/DD/YYYY. Raises ValueError for anything else.

    >>> days.text(day_of("03/12/2026"))
    '2026-03-12'
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return meant(days.of(int(match[3]), int(match[1]), int(match[2])))
