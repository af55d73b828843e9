"""Checking law says every finding of the base law and its overlays, and judges each case by the law it belongs to."""

from __future__ import annotations

from pathlib import Path

from goodstanding.desk.checking import check_law, read_law

ROOT = Path(__file__).parents[2]
GOOD = ROOT / "tests" / "law" / "good"

OVERLAY = "parameters for: xx.weighted\ninvented: yes\nset:\n  weight_two: {value: 50%}\n"
CASE = """cases for: xx.levels
version: "2020"
cases:
  - case: Nothing lowers
    records: []
    on: 2024-06-01
    expect: {grade: bad}
"""


def test_a_law_without_findings_says_so_in_a_line() -> None:
    assert check_law([ROOT / "law", GOOD])[-1].startswith("0 errors, 0 warnings")


def test_an_overlay_changes_no_case_of_the_law_below_it(tmp_path: Path) -> None:
    (tmp_path / "set.yaml").write_text(OVERLAY)
    law, findings = read_law([GOOD, tmp_path], with_cases=True)
    assert findings == []
    assert law.programmes["xx.weighted"][0].missing == ()


def test_a_case_of_an_overlay_is_judged_by_the_whole_law(tmp_path: Path) -> None:
    (tmp_path / "cases").mkdir()
    (tmp_path / "cases" / "case.yaml").write_text(CASE)
    _, findings = read_law([GOOD, tmp_path], with_cases=True)
    assert [found.code for found in findings] == ["case-fails"]


def test_a_case_with_an_error_is_not_judged_besides(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE.replace("    on: 2024-06-01\n", ""))
    _, findings = read_law([GOOD, tmp_path], with_cases=True)
    assert [found.code for found in findings] == ["missing-key"]


def test_judging_a_register_needs_no_cases() -> None:
    law, findings = read_law([GOOD])
    assert law.cases == ()
    assert findings == []


def test_a_finding_is_said_with_its_line_and_the_last_line_counts(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("recrods: {}\n")
    texts = check_law([ROOT / "law", tmp_path], "zh")
    assert any("1 | recrods: {}" in text for text in texts)
    assert texts[-1].startswith("错误 1 项")
