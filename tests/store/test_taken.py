"""What an importer took, as a register that can be opened again, and its findings as a list in both languages."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from goodstanding.kernel import days
from goodstanding.kernel import law as law_of
from goodstanding.kernel.finding import Place, finding
from goodstanding.kernel.sources import KEPT_MAX, Findings, eu_ets, mx_sat_69b
from goodstanding.kernel.words import read_words
from goodstanding.store.admission import admit
from goodstanding.store.lake import Register
from goodstanding.store.taken import (
    REASON_COLUMNS,
    counts_of,
    reason_row,
    write_reasons,
    write_register,
)
from goodstanding.store.yaml_nodes import load_law, read_file
from tests.kernel.sources.official_rows import table

ROOT = Path(__file__).parents[2]
WORDS = read_words(read_file(ROOT / "law" / "words" / "sources.yaml", []))
TODAY = days.day("2026-11-24")
YEARS = ("account_id", "year", "allocated", "verified_tco2e", "surrendered")
HOLDERS = (
    "account_id",
    "national_administrator",
    "account_holder_name",
    "company_registration_number",
)


def codes_given() -> set[str]:
    places = [
        *(ROOT / "src/goodstanding/kernel/sources").glob("*.py"),
        ROOT / "src/goodstanding/store/files.py",
    ]
    text = "\n".join(p.read_text(encoding="utf-8") for p in places)
    return set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', text)) - {"utf-8", "filler-row"}


def types_of(jurisdiction: str):
    return law_of.read(load_law(ROOT / "law" / jurisdiction)[0])[0].types


def taken():
    return eu_ets.take(
        [
            table(
                YEARS,
                ("1", "2012", "1", "2", "-3"),
                ("1", "2011", "", "Not Reported", ""),
                ("2", "2012", "1", "2", "3"),
            ),
            table(
                HOLDERS,
                ("1", "Austria", "Muster Zucker GmbH", "FN 1 a"),
                ("2", "Austria", "Erika Muster", ""),
            ),
        ]
    )


def test_codes_given_and_codes_explained_are_the_same():
    assert codes_given() == set(WORDS.findings)


@pytest.mark.parametrize("code", sorted(codes_given()))
def test_each_finding_says_what_was_expected_and_what_to_do_in_both_languages(code):
    for part in ("what", "expected", "remedy"):
        said = WORDS.findings[code][part]
        assert re.search(r"[\u4e00-\u9fff]", said["zh"])
        assert set(re.findall(r"\{(\w+)\}", said["en"])) == set(
            re.findall(r"\{(\w+)\}", said["zh"])
        )


def test_a_reason_has_its_sentences_filled_in():
    found = finding("row-width", Place("list.csv", 7), expected=20, found=3)
    row = dict(zip(REASON_COLUMNS, reason_row(found, WORDS), strict=True))
    assert (row["file"], row["row"], row["code"], row["found"], row["weight"]) == (
        "list.csv",
        "7",
        "row-width",
        "3",
        "error",
    )
    assert row["expected"] == "as many cells as the header has: 20"
    assert row["expected_zh"].endswith("20")


def test_a_finding_about_a_whole_file_has_no_row_number_and_a_word_not_filled_in_stays():
    assert reason_row(finding("no-header", Place("list.csv")), WORDS)[1] == ""
    assert "{high}" in reason_row(finding("line-too-long", Place("list.csv", 1)), WORDS)[5]


def test_the_list_of_reasons_is_a_table_that_runs_nothing(tmp_path):
    file = tmp_path / "reasons.csv"
    assert write_reasons(file, taken().findings, WORDS) == 1
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    assert [(r["code"], r["row"], r["column"], r["found"]) for r in rows] == [
        ("not-a-whole-number", "2", "surrendered", "'-9"), ("holder-not-vouched", "3", "account_holder_name", ""),
    ]  # fmt: skip
    assert "Erika" not in file.read_text(encoding="utf-8")


def test_a_register_made_of_what_was_taken_is_admitted_whole_and_says_the_same(tmp_path):
    types = types_of("eu")
    meta = write_register(tmp_path / "r", taken(), types, imported=TODAY)
    assert (meta.position, meta.positions) == (1, ((1, TODAY),))
    admission = admit(
        tmp_path / "r", types, refused=tmp_path / "refused.csv", into=tmp_path / "into"
    )
    assert (admission.findings, admission.refused) == ([], 0)
    with Register(tmp_path / "r", meta, types) as register:
        (found,) = register.find("FN 1 a")
        assert found.organisation.name == "Muster Zucker GmbH"
        assert [u.id for u in register.units_of(found.organisation.id, days.day("2012-12-31"))] == [
            "1"
        ]
        (record,) = register.versions_of("1")
        assert (
            record.values["not_reported"],
            record.values["verified"],
            record.values["excluded"],
        ) == (True, None, False)
        assert [o.organisation.id for o in register.judgeable(0, 65536)] == [found.organisation.id]


def test_no_register_is_made_of_files_of_which_one_was_refused(tmp_path):
    with pytest.raises(ValueError, match="refused"):
        write_register(tmp_path / "r", mx_sat_69b.take([table()]), types_of("mx"), imported=TODAY)
    assert not (tmp_path / "r").exists()


def test_a_summary_counts_what_was_taken_and_what_was_found():
    assert counts_of(taken()) == {
        "organisations": 2, "units": 2, "records": 2, "holder-not-vouched": 1, "not-a-whole-number": 1,
    }  # fmt: skip


def test_findings_of_one_code_are_kept_up_to_a_bound_and_all_are_counted():
    found = Findings()
    found.add(*(finding("row-width", Place("x", n)) for n in range(KEPT_MAX + 5)))
    assert (len(found.kept), found.counts["row-width"]) == (KEPT_MAX, KEPT_MAX + 5)
