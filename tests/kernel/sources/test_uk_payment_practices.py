"""Named situations of reports on payment practices: numbers, days, percentages. All companies are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.guard import Fit, fit
from goodstanding.kernel.sources import uk_payment_practices as source
from tests.kernel.sources.official_rows import refused, table

SAMPLE = (
    "company_number", "company_name", "filing_date", "period_start", "period_end", "avg_days_to_pay",
    "pct_not_paid_within_agreed_terms",
)  # fmt: skip
OFFICIAL = (
    "Company number", "Company", "Filing date", "Start date", "End date", "Average time to pay",
    "% Invoices not paid within agreed terms",
)  # fmt: skip
USUAL = {
    "company_number": "00000001",
    "company_name": "INVENTED WORKS LIMITED",
    "filing_date": "2025-07-30",
    "period_start": "2025-01-01",
    "period_end": "2025-06-30",
    "avg_days_to_pay": "40",
    "pct_not_paid_within_agreed_terms": "10",
}


def row(**cells):
    return [(USUAL | cells)[name] for name in SAMPLE]


def take(*rows, header=SAMPLE):
    return source.take([table(header, *rows)])


@pytest.mark.parametrize("header", [SAMPLE, OFFICIAL], ids=["sample", "official"])
def test_a_row_becomes_one_report_of_the_company(header):
    taken = take(row(), header=header)
    assert [(r.subject, dict(r.values)) for r in taken.records] == [
        (
            "uk.crn:00000001",
            {
                "filed": days.day("2025-07-30"),
                "period_start": days.day("2025-01-01"),
                "period_end": days.day("2025-06-30"),
                "average_days": 40,
                "late": 1_000,
                "certainty": "decided",
                "authority": "uk.dbt",
            },
        )
    ]
    assert taken.findings == ()


@pytest.mark.parametrize(
    ("number", "subject"),
    [("1", "uk.crn:00000001"), ("sc000001", "uk.crn:SC000001"), ("OC000001", "uk.crn:OC000001")],
)
def test_numbers_are_known_with_or_without_zeros_and_case(number, subject):
    assert take(row(company_number=number)).records[0].subject == subject


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"company_number": "XX000001"}, "identifier-malformed"),
        ({"company_number": ""}, "identifier-malformed"),
        ({"filing_date": ""}, "day-not-as"),
        ({"period_end": "06/31/2025"}, "day-not-as"),
        ({"filing_date": "2025-06-30"}, "days-out-of-order"),
        ({"period_start": "2025-06-30"}, "days-out-of-order"),
        ({"avg_days_to_pay": "4.5"}, "not-a-whole-number"),
        ({"avg_days_to_pay": "-4"}, "not-a-whole-number"),
        ({"pct_not_paid_within_agreed_terms": "101"}, "number-too-large"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = take(row(**cells), row(company_number="2"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_an_empty_percentage_is_missing_and_zero_is_zero():
    taken = take(
        row(pct_not_paid_within_agreed_terms=""),
        row(company_number="2", pct_not_paid_within_agreed_terms="0"),
    )
    assert [r.values["late"] for r in taken.records] == [None, 0]


def test_days_of_the_official_export_are_read():
    taken = take(row(period_start="01/01/2025", period_end="30/06/2025", filing_date="30/07/2025"))
    assert taken.records[0].values["period_end"] == days.day("2025-06-30")


def test_two_reports_of_one_period_filed_at_once_contradict_each_other():
    assert [code for code, _ in refused(take(row(), row(avg_days_to_pay="41")))] == [
        "rows-contradict"
    ] * 2


@pytest.mark.parametrize("number", ["00110104", "00110112", "00110198"])
def test_no_record_reads_like_the_number_of_a_person(number):
    """These numbers with these days, one behind the other, have region, birth date and check of an identity number."""
    assert fit(f"{number}:2025-06-30:2025-07-30") is Fit.FULL
    (record,) = take(row(company_number=number)).records
    assert fit(record.record) is Fit.NONE
