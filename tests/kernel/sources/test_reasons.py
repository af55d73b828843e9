"""Every finding of an importer has its sentences in both languages, and every sentence a finding that gives it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from goodstanding.kernel.finding import Place, finding
from goodstanding.kernel.sources import KEPT_MAX, Findings
from goodstanding.kernel.sources.reasons import CAUSES, REASON_COLUMNS, reason_row

SRC = Path(__file__).parents[3] / "src" / "goodstanding"
PLACES = [*sorted((SRC / "kernel" / "sources").glob("*.py")), SRC / "store" / "files.py"]


def given() -> set[str]:
    text = "\n".join(p.read_text(encoding="utf-8") for p in PLACES if p.name != "reasons.py")
    return set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', text)) - {"utf-8"}


def test_codes_given_and_codes_explained_are_the_same():
    assert given() == set(CAUSES)


@pytest.mark.parametrize("code", CAUSES)
def test_each_cause_speaks_both_languages(code):
    cause = CAUSES[code]
    assert re.search(r"[\u4e00-\u9fff]", cause.zh)
    assert re.search(r"[\u4e00-\u9fff]", cause.remedy_zh)
    assert set(re.findall(r"\{(\w+)\}", cause.en)) == set(re.findall(r"\{(\w+)\}", cause.zh))


def test_a_reason_row_has_the_columns_of_the_list_and_its_sentences_filled():
    found = finding("row-width", Place("list.csv", 7), expected=20, found=3)
    row = dict(zip(REASON_COLUMNS, reason_row(found), strict=True))
    assert (row["file"], row["row"], row["code"], row["found"]) == ("list.csv", "7", "row-width", "3")
    assert row["expected"] == "as many cells as the header has: 20"
    assert row["expected_zh"].endswith("20")
    assert row["remedy"]
    assert row["weight"] == "error"


def test_a_finding_about_a_whole_file_has_no_row_number():
    assert reason_row(finding("no-header", Place("list.csv")))[1] == ""


def test_a_word_that_was_not_filled_in_stays_visible():
    assert "{high}" in reason_row(finding("line-too-long", Place("list.csv", 1)))[6]


def test_findings_of_one_code_are_kept_up_to_a_bound_and_all_are_counted():
    found = Findings()
    found.add(*(finding("row-width", Place("x", n)) for n in range(KEPT_MAX + 5)))
    assert (len(found.kept), found.counts["row-width"]) == (KEPT_MAX, KEPT_MAX + 5)
