"""Montréal's list of convictions, whole: what is taken, what is refused, what repeats."""

from __future__ import annotations

import pytest

from goodstanding.kernel.sources import ca_montreal_food_fines
from goodstanding.store.files import open_table
from tests.realdata.official import official

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("ca_montreal_food_fines")]


def test_rows_of_owners_with_a_legal_form_are_taken():
    taken = ca_montreal_food_fines.take(
        [open_table(official("ca_montreal_food_fines/violations_orgs.csv.gz"))]
    )
    assert dict(taken.counts) == {"owner-not-vouched": 24, "days-out-of-order": 2}
    assert (len(taken.records), len(taken.organisations)) == (6_423, 2_574)
    assert sum(r.values["fine"] == 0 for r in taken.records) == 1
    records = {r.record: r for r in taken.records}
    repeats = [r for r in taken.records if r.links]
    assert len(repeats) == 1_136
    for repeat in repeats:
        earlier = records[repeat.links["earlier"]]
        assert earlier.subject == repeat.subject
        assert earlier.values["rule"] == repeat.values["rule"]
        assert earlier.values["judged_on"] < repeat.values["offence"]
