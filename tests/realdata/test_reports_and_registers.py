"""Four official lists, whole: letters and recalls, payment reports, factories' emissions, legal entity identifiers."""

from __future__ import annotations

import pytest

from goodstanding.kernel.sources import gleif_lei, tw_ghg, uk_payment_practices, us_fda
from goodstanding.store.files import open_table
from tests.realdata.official import official

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("reports_and_registers")]


def test_letters_and_recalls_of_firms_with_a_legal_form_are_taken():
    files = ["warning_letters_2023_with_closeout", "recalls_2024_2025"]
    letters, recalls = (us_fda.take([open_table(official(f"us_fda/{f}.csv.gz"))]) for f in files)
    assert dict(letters.counts) == {"owner-not-vouched": 94, "row-repeated": 1}
    assert sum(r.values["cured"] is not None for r in letters.records) == 11
    assert dict(recalls.counts) == {"owner-not-vouched": 265}
    assert (len(recalls.records), len({r.values["act"] for r in recalls.records})) == (2_415, 878)


def test_all_payment_reports_are_taken_and_those_filed_late_counted():
    taken = uk_payment_practices.take(
        [open_table(official("uk_payment_practices/reports_sample.csv"))]
    )
    assert taken.findings == ()
    assert (len(taken.records), len(taken.organisations)) == (142, 71)
    assert sum(r.values["filed"] > r.values["period_end"] + 30 for r in taken.records) == 54


def test_years_of_factories_are_taken_and_jumps_only_found():
    taken = tw_ghg.take([open_table(official("tw_ghg/factory_emissions.csv.gz"))])
    assert [f.code for f in taken.findings if f.refuses] == ["row-width"]
    assert len(taken.records) == 3_673
    assert len(taken.organisations) == 342
    assert taken.counts["year-jumps"] == 1


def test_every_organisation_with_an_identifier_is_registered():
    taken = gleif_lei.take([open_table(official("gleif_lei/lei_orgs_2025-10.csv.gz"))])
    assert dict(taken.counts) == {"country-unknown": 17, "lei-as-registered": 18}
    assert len(taken.organisations) == 192_405
    assert all(o.form.is_judged for o in taken.organisations)
