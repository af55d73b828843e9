"""Audits of whole official lists: what they show that may not be shown so."""

from __future__ import annotations

import re

import pytest

from goodstanding.desk.auditing import audit_file
from goodstanding.doors import assemble
from goodstanding.kernel import days
from goodstanding.kernel.audit import Flaw
from goodstanding.store.files import open_table
from tests.realdata.official import official

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("audit")]
MEXICO = "mx_sat_69b/listado_2022-11-30.csv.gz"
DAY = re.compile(r"\d{1,2}[/-]\d{1,2}[/-]\d{2,4}")


def test_mexicos_list_shows_presumptions_never_decided_and_rows_of_nobody():
    file = official(MEXICO)
    done = audit_file(assemble.desk(), file, on=days.day("2022-11-30"))
    found = done.audit.of("mx.sat")
    assert dict(done.audit.entries) == {"mx.sat": 10_049}
    assert {flaw: len(entries) for flaw, entries in found.items()} == {
        Flaw.WITHOUT_IDENTIFIER: 86,
        Flaw.IDENTIFIER_FAILS: 27,
        Flaw.NAMES_DIFFER: 16,
        Flaw.UNDECIDED_TOO_LONG: 110,
        Flaw.UNDECIDED: 6,
        Flaw.CLEARED: 1425,
        Flaw.ISSUED_AGAIN: 55,
    }
    rows = [row.cells for row in open_table(file).rows]
    undecided = {one.about for flaw in (Flaw.UNDECIDED_TOO_LONG, Flaw.UNDECIDED) for one in found[flaw]}  # fmt: skip
    # the list itself calls 115 of them presumed, and one final without any notice that made it so
    presumed = {cells[0] for cells in rows if cells[3] == "Presunto"}
    assert len(presumed) == 115
    assert undecided - presumed == {"5236"}
    assert presumed <= undecided
    two_days = {cells[0] for cells in rows if any(len(DAY.findall(c)) > 1 for c in cells[4:])}
    assert two_days == {one.about for one in found[Flaw.ISSUED_AGAIN]}


def test_minas_gerais_shows_one_number_that_is_nobodys():
    done = audit_file(
        assemble.desk(), official("br_mg_anticorruption/empresas_sancionadas_orgs.csv")
    )
    found = done.audit.of("br.mg.cge")
    assert {flaw: len(entries) for flaw, entries in found.items()} == {
        Flaw.IDENTIFIER_FAILS: 1,
        Flaw.NAMES_DIFFER: 1,
    }
    assert [one.about for one in found[Flaw.IDENTIFIER_FAILS]] == ["line 21"]
