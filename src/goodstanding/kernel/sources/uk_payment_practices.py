"""The United Kingdom's reports on payment practices. Each row becomes a record `uk.payment.report` of the company.

Reports are the companies' own and unaudited. docs/sources/uk-payment-practices.md says more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.record import FieldValue
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    columns,
    day_in,
    iso_day,
    meant,
    name_in,
    take_listed,
)

SOURCE = "uk_payment_practices"
RECORD_TYPE = "uk.payment.report"
AUTHORITY = "uk.dbt"
VOUCHED = f"{SOURCE}: a number of Companies House is given to companies and partnerships with limited liability only"
LAYOUT = Layout(
    columns("company_number", "company_name", "filing_date", "period_start", "period_end")
    | columns("avg_days_to_pay", "pct_not_paid_within_agreed_terms", "pct_paid_within_30")
    | columns("pct_paid_31_to_60", "pct_paid_over_60", "shortest_terms_days", "longest_terms_days")
    | columns("e_invoicing_offered", "report id")
    | {"company": "company_name", "company number": "company_number", "filing date": "filing_date"}
    | {"start date": "period_start", "end date": "period_end"}
    | {"average time to pay": "avg_days_to_pay"}
    | {"% invoices not paid within agreed terms": "pct_not_paid_within_agreed_terms"},
    ("company_number", "company_name", "filing_date", "period_start", "period_end"),
    "company_number",
)
# Companies and limited liability partnerships, by register; a number of digits alone may have lost its zeros.
_NUMBER = re.compile(r"[0-9]{1,8}|(?:SC|NI|OC|SO|NC|R0|FC|SF|NF)[0-9]{6}")
_WHOLE = re.compile(r"[0-9]{1,4}")
_UK_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")


def take(tables: Sequence[Table]) -> Taken:
    """Take reports in; several files are read as one edition."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    number = header.cell(row, "company_number").upper()
    if not _NUMBER.fullmatch(number):
        wrong.append(header.wrong(row, "identifier-malformed", "company_number", number))
        return None
    number = number.zfill(8)
    start, end, filed = (
        day_in(header, row, column, wrong, day_of, "YYYY-MM-DD or DD/MM/YYYY")
        for column in ("period_start", "period_end", "filing_date")
    )
    if start is not None and end is not None and filed is not None and not start < end < filed:
        wrong.append(header.wrong(row, "days-out-of-order", "filing_date"))
    values: dict[str, FieldValue] = {
        "filed": filed,
        "period_start": start,
        "period_end": end,
        "average_days": _whole(header, row, "avg_days_to_pay", 9_999, wrong),
        "late": _percent(header, row, "pct_not_paid_within_agreed_terms", wrong),
        "certainty": "decided",
        "authority": AUTHORITY,
    }
    name = name_in(header, row, "company_name", wrong)
    company = OrganisationRow(
        f"uk.crn:{number}", name, "GB", "uk.crn", number, Form.ORGANISATION, VOUCHED
    )
    # words between the numbers: in a row they could be taken for the number of a person
    key = f"{SOURCE}:{number}:until {header.cell(row, 'period_end')}:filed {header.cell(row, 'filing_date')}"
    return Filed(company, RECORD_TYPE, key, tuple(values.items()))


def _whole(header: Header, row: Row, column: str, high: int, wrong: list[Finding]) -> int | None:
    """Read a whole number; an empty cell is missing, anything else refuses the row."""
    text = header.cell(row, column)
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        wrong.append(header.wrong(row, "not-a-whole-number", column, text))
        return None
    if int(text) > high:
        wrong.append(header.wrong(row, "number-too-large", column, text, high=high))
    return int(text)


def _percent(header: Header, row: Row, column: str, wrong: list[Finding]) -> int | None:
    """Read a whole percentage as a share in ten-thousandths."""
    percent = _whole(header, row, column, 100, wrong)
    return None if percent is None else percent * 100


def day_of(text: str) -> Day:
    """Read YYYY-MM-DD, or DD/MM/YYYY. Raises ValueError for anything else.

    >>> days.text(day_of("30/11/2025"))
    '2025-11-30'
    """
    match = _UK_DAY.fullmatch(text)
    return meant(days.of(int(match[3]), int(match[2]), int(match[1]))) if match else iso_day(text)
