"""Named situations of the penalties of two countries: days of three precisions, currencies, names. All firms are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import uk_lt_aml_fines as source
from tests.kernel.sources.official_rows import refused, said, table

COLUMNS = (
    "authority", "jurisdiction", "entity", "sector", "date_published", "penalty_amount", "currency",
    "primary_control_failure", "failure_stage", "detail", "conduct_period",
)  # fmt: skip
USUAL = {
    "authority": "FCA",
    "jurisdiction": "UK",
    "entity": "Invented Payments Limited",
    "date_published": "2025-12-12",
    "penalty_amount": "1000",
    "currency": "GBP",
    "detail": "Prose about somebody",
}


def row(**cells):
    return [(USUAL | cells).get(name, "") for name in COLUMNS]


def take(*rows):
    return source.take([table(COLUMNS, *rows)])


def test_a_row_becomes_one_penalty():
    taken = take(row())
    assert dict(taken.records[0].values) == {
        "published_by": days.day("2025-12-12"),
        "published_from": days.day("2025-12-12"),
        "measure": "fine",
        "fine_gbp": 100_000,
        "fine_eur": None,
        "certainty": "decided",
        "authority": "uk.fca",
    }
    assert (taken.organisations[0].jurisdiction, taken.findings) == ("GB", ())
    assert "Prose" not in repr(taken)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-07", "2025-07-01", "2025-07-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026", "2026-01-01", "2026-12-31"),
    ],
)
def test_a_date_of_a_month_or_year_counts_from_its_last_day(text, first, last):
    taken = take(row(date_published=text))
    values = taken.records[0].values
    assert (values["published_from"], values["published_by"]) == (days.day(first), days.day(last))
    assert said(taken) == [("day-coarse", 2, "date_published")]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"date_published": ""}, "day-not-as"),
        ({"date_published": "2025-13"}, "day-not-as"),
        ({"date_published": "2025-00"}, "day-not-as"),
        ({"date_published": "July 2025"}, "day-not-as"),
        ({"currency": "USD"}, "word-unknown"),
        ({"authority": "Somebody"}, "word-unknown"),
        ({"jurisdiction": ""}, "word-unknown"),
        ({"penalty_amount": "about 5"}, "amount-unreadable"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = take(row(**cells), row(entity="Other Limited"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_each_currency_has_its_field_and_zero_is_no_fine():
    taken = take(
        row(
            penalty_amount="0",
            currency="EUR",
            jurisdiction="Lithuania",
            authority="Bank of Lithuania",
        )
    )
    values = taken.records[0].values
    assert (values["measure"], values["fine_gbp"], values["fine_eur"]) == ("without_fine", None, 0)


def test_a_trade_name_is_registered_without_name_and_not_judged():
    taken = take(row(entity="Invented.example"))
    assert [(o.name, o.form.is_judged) for o in taken.organisations] == [(None, False)]
    assert "Invented.example" not in repr(taken)


def test_two_rows_of_one_name_are_two_subjects():
    taken = take(row(), row(penalty_amount="2000"))
    assert len(taken.organisations) == 2
