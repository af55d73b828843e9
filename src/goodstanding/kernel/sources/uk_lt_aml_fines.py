"""Penalties for failures against money laundering, United Kingdom and Lithuania. Each row becomes a record `uk.aml.penalty`.

The source gives trade names and no register numbers: each row is a subject of its own, never joined to another.
docs/sources/uk-lt-aml-fines.md says more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken, plain_text
from goodstanding.kernel.sources.listed import (
    Filed,
    Layout,
    amount_in,
    columns,
    day_in,
    iso_day,
    last_of_month,
    meant,
    name_in,
    take_listed,
    word_in,
)

SOURCE = "uk_lt_aml_fines"
RECORD_TYPE = "uk.aml.penalty"
_REQUIRED = ("authority", "jurisdiction", "entity", "date_published", "penalty_amount", "currency")
LAYOUT = Layout(
    columns(
        *_REQUIRED, "sector", "primary_control_failure", "failure_stage", "detail", "conduct_period"
    ),
    _REQUIRED,
    "entity",
)
_AUTHORITIES = {
    "fca": "uk.fca",
    "financial conduct authority": "uk.fca",
    "gambling commission": "uk.gambling_commission",
    "bank of lithuania": "lt.bank",
    "lietuvos bankas": "lt.bank",
}
_COUNTRIES = {"uk": "GB", "united kingdom": "GB", "lithuania": "LT"}
_CURRENCIES = {"gbp": "fine_gbp", "eur": "fine_eur"}
# Only a company, a building society or a bank may carry these words in its name.
_LEGAL_FORM = re.compile(r"\b(limited|ltd|plc|llp|uab|ab|building society)\b", re.IGNORECASE)
_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")


def take(tables: Sequence[Table]) -> Taken:
    """Take the list in; several files are read as one edition."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    latest = day_in(header, row, "date_published", wrong, last_day, "YYYY-MM-DD, YYYY-MM or YYYY")
    earliest = None if latest is None else first_day(header.cell(row, "date_published"))
    if earliest != latest:
        wrong.append(header.note(row, "day-coarse", "date_published"))
    amount = amount_in(header, row, "penalty_amount", wrong)
    currency = word_in(header, row, "currency", _CURRENCIES, wrong)
    country = word_in(header, row, "jurisdiction", _COUNTRIES, wrong)
    values = {
        "published_by": latest,
        "published_from": earliest,
        "measure": "without_fine" if amount == 0 else "fine",
        "fine_gbp": amount if currency == "fine_gbp" else None,
        "fine_eur": amount if currency == "fine_eur" else None,
        "certainty": "decided",
        "authority": word_in(header, row, "authority", _AUTHORITIES, wrong),
    }
    local = hashlib.sha256(repr([plain_text(cell) for cell in row.cells]).encode()).hexdigest()[:16]
    firm = _organisation(header, row, f"uk.aml.firm:{local}", country, wrong)
    return Filed(firm, RECORD_TYPE, f"{SOURCE}:{local}", tuple(values.items()))


def _organisation(
    header: Header, row: Row, subject: str, country: str | None, wrong: list[Finding]
) -> OrganisationRow:
    """Vouch for a name with a legal form; a trade name alone may be anyone's."""
    form = _LEGAL_FORM.search(header.cell(row, "entity"))
    if form is None:
        wrong.append(header.note(row, "holder-not-vouched", "entity"))
        return OrganisationRow(subject, None, country or "", None, None, Form.UNKNOWN, None)
    name = name_in(header, row, "entity", wrong)
    vouched = f"{SOURCE}: the published name shows the legal form {form[1].lower()}"
    return OrganisationRow(subject, name, country or "", None, None, Form.ORGANISATION, vouched)


def first_day(text: str) -> Day:
    """Give the first day that a date of day, month or year may mean. Raises ValueError where it is none."""
    match = _PERIOD.fullmatch(text)
    return meant(days.of(int(match[1]), int(match[2] or 1), 1)) if match else iso_day(text)


def last_day(text: str) -> Day:
    """Give the last day that a date of day, month or year may mean. Raises ValueError where it is none.

    >>> days.text(last_day("2026"))
    '2026-12-31'
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        return iso_day(text)
    return meant(last_of_month(int(match[1]), int(match[2] or 12)))
