"""Findings are said in a language, with the source line and what it points at."""

from __future__ import annotations

from pathlib import Path

from goodstanding.desk.checking import words_of
from goodstanding.kernel.finding import Place, Severity, finding
from goodstanding.kernel.words import Words, say, summary

WORDS = words_of([Path(__file__).parents[2] / "law"])


def test_a_finding_reads_what_expected_found_basis_remedy() -> None:
    found = finding(
        "parameter-out-of-range",
        Place("a.yaml", 1, 3),
        name="cut",
        found="80",
        expected="85 .. 95",
        basis="act 9",
    )
    assert say(found, WORDS, "en", ["  cut: 80"]).splitlines() == [
        "a.yaml:1:3: error parameter-out-of-range: `cut` is set outside its range.",
        "  1 |   cut: 80",
        "    |   ^^^",
        "  expected: 85 .. 95",
        "  found: 80",
        "  under: act 9",
        "  remedy: The higher text allows only this range.",
    ]


def test_the_nearest_name_stands_before_the_remedy() -> None:
    found = finding("unknown-rule", Place("a.yaml"), name="x", nearest="xy", programme="p")
    assert "remedy: Did you mean `xy`? Write" in say(found, WORDS)
    assert "处理：是否应为“xy”？请按" in say(found, WORDS, "zh")


def test_carets_stand_under_wide_characters() -> None:
    found = finding("unknown-key", Place("a.yaml", 1, 3), name="税", item="indicator")
    lines = say(found, WORDS, "zh", ["税税税: 1"]).splitlines()
    assert lines[1:3] == ["  1 | 税税税: 1", "    |     ^^"]


def test_a_long_line_is_cut_around_the_place() -> None:
    found = finding("bad-value", Place("a.yaml", 1, 151), found="here")
    source = "x" * 150 + "here" + "y" * 100
    lines = say(found, WORDS, "en", [source]).splitlines()
    assert lines[1].startswith("  1 | …")
    assert lines[1].endswith("…")
    at = lines[2].index("^")
    assert lines[1][at : at + 4] == "here"


def test_nothing_hidden_reaches_the_reader() -> None:
    found = finding("invisible-character", Place("a.yaml", 1, 1), found="U+202E")
    assert "\u202e" not in say(found, WORDS, "en", ["\u202etext"])


def test_fragments_are_translated_with_what_they_hold() -> None:
    assert WORDS.fragment("a number of CNY", "zh") == "以 CNY 为单位的数"
    assert WORDS.fragment("a number of t times a plain number", "zh") == (
        "以 t 为单位的数乘以无单位的数"
    )
    assert WORDS.fragment("a single value / a list", "zh") == "单个值 / 列表"
    assert WORDS.fragment("vat, cit", "zh") == "vat, cit"


def test_a_finding_without_words_is_said_all_the_same() -> None:
    found = finding("nobody-knows", Place("a.yaml", 7, 1), found="x")
    assert say(found, Words()) == "a.yaml:7:1: error nobody-knows: x\n  foundx"


def test_the_last_line_counts() -> None:
    found = [
        finding("a", Place("f")),
        finding("b", Place("f"), severity=Severity.WARNING),
        finding("c", Place("f"), severity=Severity.WARNING),
    ]
    assert summary(found, WORDS) == "1 errors, 2 warnings, 0 notes"
    assert summary(found, WORDS, "zh") == "错误 1 项，警告 2 项，提示 0 项"
