"""Minas Gerais' list of sanctioned firms, whole: what is taken, what is held."""

from __future__ import annotations

import pytest

from goodstanding.kernel.sources import br_mg_anticorruption
from goodstanding.store.files import open_table
from tests.realdata.official import official

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("br_mg_anticorruption")]


def test_every_row_is_taken_and_the_one_whose_number_fails_is_held():
    taken = br_mg_anticorruption.take(
        [open_table(official("br_mg_anticorruption/empresas_sancionadas_orgs.csv"))]
    )
    assert not [f for f in taken.findings if f.refuses]
    assert (len(taken.records), len(taken.organisations)) == (36, 35)
    assert [r.subject for r in taken.records if r.state == "held"] == ["br.cnpj:08858775"]
    assert sum(r.values["fine"] is None for r in taken.records) == 5
    assert {r.values["certainty"] for r in taken.records} == {"final"}
    assert dict(taken.counts) == {"identifier-check-fails": 1, "names-vary": 1}
