"""The EU registry as the Commission published it: what is taken, how fast, and how often the programme finds the registry's own code."""

from __future__ import annotations

import csv
import gzip
import time
from collections import Counter

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, evaluator
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.sources import Row, Table, Taken, eu_ets
from goodstanding.store.files import open_table
from tests.realdata.eu_ets_differences import AccountYear, cause, figures, report
from tests.realdata.official import ROOT, facts_by_unit, official, read_law

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("eu_ets")]
YEARS = "eu_ets/compliance_2005_2012.csv.gz"
HOLDERS = "eu_ets/operators.csv.gz"
PAGE = ROOT / "docs" / "sources" / "eu-ets-differences.md"


@pytest.fixture(scope="module")
def taken() -> Taken:
    return eu_ets.take([open_table(official(YEARS)), open_table(official(HOLDERS))])


@pytest.fixture(scope="module")
def judged(taken) -> list[AccountYear]:
    """Judge every account-year by the reference evaluator; only here the registry's code is read."""
    law = read_law("eu")
    programme = law.programme("eu.ets.compliance", cycle=2010)
    judge = evaluator(programme)
    runs = {year: run(programme, cycle=year) for year in range(2005, 2013)}
    said = {}
    for unit, facts in facts_by_unit(taken, law):
        for year, at in runs.items():
            outcome = judge(facts, at, NOTHING_BEFORE).shown
            said[unit, year] = outcome.grade, outcome.fired[-1][1] if outcome.fired else ""
    with gzip.open(official(YEARS), "rt", encoding="utf-8", newline="") as file:
        codes = {
            (r["account_id"], int(r["year"])): r["compliance_code"] for r in csv.DictReader(file)
        }
    rows, due, given = [], Counter(), Counter()
    for record in sorted(taken.records, key=lambda r: (r.subject, r.values["year_end"])):
        account, year = record.subject, days.parts(record.values["year_end"])[0]
        verified, surrendered = record.values["verified"], record.values["surrendered"]
        phase = account, year >= 2008
        due[phase] += verified or 0
        given[phase] += surrendered or 0
        grade, reason = said.get((account, year), ("not judged", ""))
        rows.append(
            AccountYear(
                account,
                year,
                codes[account, year],
                verified,
                surrendered,
                due[phase],
                given[phase],
                grade,
                reason,
            )
        )
    return rows


def test_every_row_is_taken_and_every_account_has_one_holder(taken):
    assert not taken.refuses
    assert len(taken.records) == 113_968
    assert len(taken.units) == len({u.unit for u in taken.units}) == 14_246
    assert {u.holder for u in taken.units} == {o.subject for o in taken.organisations}
    assert [f for f in taken.findings if f.refuses] == []


def test_flags_and_missing_cells_are_told_apart_from_zero(taken):
    records = taken.records
    assert sum(r.values["not_reported"] for r in records) == 2_326
    assert sum(r.values["excluded"] for r in records) == 0
    assert sum(r.values["verified"] is None for r in records) == 2_326 + 32_549
    assert sum(r.values["surrendered"] is None for r in records) == 42_980
    assert sum(r.values["allocated"] is None for r in records) == 33_165


def test_no_value_of_a_record_is_a_compliance_code(taken):
    assert {key for r in taken.records for key in r.values} == {
        "year_end", "allocated", "verified", "surrendered", "not_reported", "excluded", "certainty", "authority",
    }  # fmt: skip


def test_holders_not_vouched_for_have_no_name_and_are_not_judged(taken):
    apart = [o for o in taken.organisations if not o.form.is_judged]
    assert Counter(o.form.value for o in apart) == {
        "unknown": taken.counts["holder-not-vouched"] - 2,
        "person-like": 2,
    }
    assert all(
        o.name is None and o.vouched_by is None and o.identifier_kind == "account" for o in apart
    )
    assert (len(apart), len(taken.organisations)) == (70, 8_374)


def test_both_files_are_taken_in_less_than_thirty_seconds():
    began = time.monotonic()
    eu_ets.take([open_table(official(YEARS)), open_table(official(HOLDERS))])
    assert time.monotonic() - began < 30


def test_a_blank_or_absent_code_changes_nothing(taken):
    def without_code(blank):
        table = open_table(official(YEARS))
        at = 5
        for row in table.rows:
            assert isinstance(row, Row)
            cells = list(row.cells)
            if blank and row.line > 1:
                cells[at] = ""
            yield Row(row.line, cells if blank else cells[:at])

    for blank in (True, False):
        again = eu_ets.take(
            [Table("years.csv", without_code(blank)), open_table(official(HOLDERS))]
        )
        assert again.records == taken.records


def test_the_programme_finds_the_code_as_often_as_asked(judged):
    counts = figures(judged)
    decided = counts["A"] + counts["B"] + counts["C"]
    by_grade = Counter(r.grade for r in judged if r.compared)
    compared = counts["compared"]
    decided = compared - by_grade["undecided"] - by_grade["not judged"]
    assert compared == 82_105
    assert counts["agree"] * 1000 >= 989 * decided
    codes = Counter(r.code[0] for r in judged if r.compared)
    assert counts["A B"] * 10_000 <= 15 * codes["A"]
    assert (by_grade["undecided"] + by_grade["not judged"]) * 100 <= 2 * compared
    assert counts["B B"] * 100 >= 85 * codes["B"]
    assert counts["C C"] * 100 >= 80 * codes["C"]


def test_every_difference_has_a_class_of_cause_and_the_page_says_how_many(judged, request):
    decided = [
        r for r in judged if r.compared and r.grade in {"A", "B", "C"} and r.grade != r.code[0]
    ]
    assert all(cause(r) for r in decided)
    text = report(judged)
    if request.config.getoption("--golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text
