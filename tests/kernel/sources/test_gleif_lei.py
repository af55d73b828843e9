"""Named situations of the register of legal entity identifiers: categories, checks, countries. All names are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources import gleif_lei as source
from tests.kernel.sources.official_rows import refused, said, table

SAMPLE = ("lei", "legal_name", "country", "category")
OFFICIAL = ("LEI", "Entity.LegalName", "Entity.LegalAddress.Country", "Entity.EntityCategory")
LEI = "00000000000000000098"


def row(lei=LEI, name="Invented Holding", country="NL", category="GENERAL"):
    return [lei, name, country, category]


def take(*rows, header=SAMPLE):
    return source.take([table(header, *rows)])


@pytest.mark.parametrize("header", [SAMPLE, OFFICIAL], ids=["sample", "official"])
def test_a_row_registers_an_organisation_and_files_nothing(header):
    taken = take(row(), header=header)
    (one,) = taken.organisations
    assert (one.subject, one.name, one.jurisdiction, one.form) == (
        f"lei:{LEI}", "Invented Holding", "NL", Form.ORGANISATION,
    )  # fmt: skip
    assert one.vouched_by.endswith("GENERAL")
    assert (taken.records, taken.findings) == ((), ())


def test_a_sole_proprietor_is_refused_before_anything_else_is_looked_at():
    taken = take(row(lei="bad", name="Jane Invented", category="SOLE_PROPRIETOR"), row())
    assert refused(taken) == [("person-like-form", 2)]
    assert "Jane" not in repr(taken)


@pytest.mark.parametrize("category", ["", "general", "NEW_CATEGORY"])
def test_a_category_nobody_knows_is_registered_without_name_and_not_judged(category):
    taken = take(row(category=category))
    assert [(o.name, o.form.is_judged) for o in taken.organisations] == [(None, False)]
    assert said(taken) == [("form-not-known", 2, "category")]


@pytest.mark.parametrize(
    "lei", ["", "123", "0000000000000000009A", "００００００００００００００００００９８"]
)
def test_an_identifier_of_another_form_is_refused(lei):
    assert refused(take(row(lei=lei), row())) == [("identifier-malformed", 2)]


def test_an_identifier_whose_check_fails_is_taken_as_registered():
    taken = take(row(lei="00000000000000000097"))
    assert said(taken) == [("lei-as-registered", 2, "lei")]
    assert len(taken.organisations) == 1


def test_a_country_without_code_is_missing():
    taken = take(row(country="Nowhere"))
    assert said(taken) == [("country-unknown", 2, "country")]
    assert taken.organisations[0].jurisdiction == ""
