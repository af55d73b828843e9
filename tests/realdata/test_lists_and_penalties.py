"""Three small official lists, whole: failed banks, designated entities, penalties against money laundering."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import uk_lt_aml_fines, us_fdic_failed_banks, us_ofac_sdn
from goodstanding.store.files import open_table
from tests.realdata.official import official

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("lists_and_penalties")]


def test_failed_banks_of_both_lists_are_the_same_closings():
    files = [official(f"us_fdic_failed_banks/{name}.csv") for name in ("banklist", "failed_banks")]
    taken = us_fdic_failed_banks.take([open_table(file) for file in files])
    assert dict(taken.counts) == {"names-vary": 62}
    assert (len(taken.records), len(taken.organisations)) == (563 + 577, 581)
    assert len({(r.values["act"], r.values["closed"]) for r in taken.records}) == 581
    assert sum(r.values["kind"] == "assistance" for r in taken.records) == 13


def test_every_designated_entity_is_taken_as_of_the_day_of_the_edition():
    taken = us_ofac_sdn.take([open_table(official("us_ofac_sdn/sdn_entities_2023-01.csv.gz"))])
    assert taken.findings == ()
    assert (len(taken.records), len(taken.organisations)) == (4_575, 4_575)
    assert {r.values["seen"] for r in taken.records} == {days.day("2023-01-31")}


def test_penalties_without_date_are_refused_and_trade_names_not_judged():
    taken = uk_lt_aml_fines.take([open_table(official("uk_lt_aml_fines/enforcement_actions.csv"))])
    assert dict(taken.counts) == {"day-coarse": 4, "day-not-as": 1, "holder-not-vouched": 3}
    assert (len(taken.records), sum(o.form.is_judged for o in taken.organisations)) == (8, 5)
