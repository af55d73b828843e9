"""Organisations with a legal entity identifier (LEI). The list registers and files nothing.

Forms are told by GLEIF's own entity category alone. docs/sources/gleif-lei.md says more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from goodstanding.kernel.finding import Finding
from goodstanding.kernel.identity import Form, form_of
from goodstanding.kernel.sources import Header, OrganisationRow, Row, Table, Taken
from goodstanding.kernel.sources.eu_ets import lei_fits
from goodstanding.kernel.sources.listed import Filed, Layout, columns, name_in, take_listed

SOURCE = "gleif_lei"
LAYOUT = Layout(
    columns("lei", "legal_name", "country", "category")
    | {"entity.legalname": "legal_name", "entity.legaladdress.country": "country"}
    | {"entity.entitycategory": "category"},
    ("lei", "legal_name", "country", "category"),
    "lei",
)
_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def take(tables: Sequence[Table]) -> Taken:
    """Take organisations in; several files are read as one edition."""
    return take_listed(SOURCE, tables, LAYOUT, _read)


def _read(header: Header, row: Row, wrong: list[Finding]) -> Filed | None:
    """Read one row. Of a sole proprietor nothing is looked at but the category."""
    category = header.cell(row, "category")
    form = form_of("gleif", category)
    if form is Form.PERSON_LIKE:
        wrong.append(header.wrong(row, "person-like-form", "category"))
        return None
    lei, country = header.cell(row, "lei"), header.cell(row, "country")
    if not _LEI.fullmatch(lei):
        wrong.append(header.wrong(row, "identifier-malformed", "lei", lei))
        return None
    if not lei_fits(lei):
        wrong.append(header.note(row, "lei-as-registered", "lei"))
    if not _COUNTRY.fullmatch(country):
        wrong.append(header.note(row, "country-unknown", "country", country))
        country = ""
    if form is Form.UNKNOWN:
        wrong.append(header.note(row, "form-not-known", "category", category))
    known = form is Form.ORGANISATION
    return Filed(
        OrganisationRow(
            f"lei:{lei}",
            name_in(header, row, "legal_name", wrong) if known else None,
            country,
            "lei",
            lei,
            form,
            f"{SOURCE}: GLEIF registers it in the entity category {category}" if known else None,
            form_table="GLEIF entity category",
            form_code=category or None,
        )
    )
