"""Every kind of broken law is refused with its full text, in both languages, beside a law that is not."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

from goodstanding.desk.checking import read_law, say_all, words_of
from goodstanding.kernel.finding import Finding

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "law"
GOOD = CORPUS / "good"
BAD = sorted(path for path in (CORPUS / "bad").iterdir() if path.suffix == ".yaml" or path.is_dir())
WORDS = words_of([ROOT / "law"])
# Where findings about law files are made.
SOURCES = [
    *sorted((ROOT / "src/goodstanding/kernel/rules").glob("*.py")),
    ROOT / "src/goodstanding/kernel/law.py",
    ROOT / "src/goodstanding/kernel/cases.py",
    ROOT / "src/goodstanding/store/yaml_nodes.py",
]
# These need more than a law file to be raised.
RAISED_ELSEWHERE = {"unreadable-file"}
MAKERS = {"finding", "note", "_refuse", "_known"}


# What every small example has besides, and none is about.
BESIDE = {"rules-without-case", "unused-indicator"}


@cache
def findings_in(path: Path) -> tuple[Finding, ...]:
    """Give the findings a broken file or folder adds to the good law."""
    _, findings = read_law([GOOD, path], with_cases=True)
    beside = BESIDE - {path.stem}
    here = (found for found in findings if Path(found.place.file).is_relative_to(path))
    return tuple(found for found in here if found.code not in beside)


def told(path: Path, language: str) -> str:
    text = "\n\n".join(say_all(findings_in(path), WORDS, language)) + "\n"
    return text.replace(f"{CORPUS}/", "")


def test_the_good_law_has_no_finding_and_its_cases_hold() -> None:
    law, findings = read_law([GOOD], with_cases=True)
    assert say_all(findings, WORDS) == []
    assert {case.programme for case in law.cases} == set(law.programmes)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_broken_law_is_refused_with_its_full_text(
    path: Path, language: str, request: pytest.FixtureRequest
) -> None:
    golden = path.with_suffix(f".{language}.txt")
    text = told(path, language)
    if request.config.getoption("--golden"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_broken_law_shows_what_its_name_says(path: Path) -> None:
    code = path.stem.partition("--")[0]
    assert code in {found.code for found in findings_in(path)}


def codes_in(source: Path) -> set[str]:
    """Give the codes of the findings a module makes."""
    calls = (
        node
        for node in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(node, ast.Call)
    )
    named = (
        call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in MAKERS
    )
    return {
        arg.value
        for call in named
        for arg in call.args[:2]
        if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
    }


def test_every_finding_is_raised_by_a_broken_law_and_has_its_words() -> None:
    codes = set().union(*map(codes_in, SOURCES))
    raised = {found.code for path in BAD for found in findings_in(path)}
    assert codes - raised == RAISED_ELSEWHERE
    assert codes <= set(WORDS.findings)


@pytest.mark.parametrize("code", sorted(WORDS.findings))
def test_every_finding_is_worded_in_both_languages(code: str) -> None:
    parts = WORDS.findings[code]
    assert {"what", "remedy"} <= set(parts)
    for said in parts.values():
        assert set(said) == {"en", "zh"}


def test_nothing_english_is_left_in_what_is_expected_in_chinese() -> None:
    for path in BAD:
        for found in findings_in(path):
            said = {found.expected, dict(found.said).get("item", "")} - {""}
            for text in said:
                assert WORDS.fragment(text, "zh") != text or is_code(text), (found.code, text)


def is_code(text: str) -> bool:
    """Tell whether a text holds nothing but words of the law language, numbers, dates and signs."""
    return not any(
        word in {"a", "an", "the", "of", "or", "and", "one", "with", "is"} for word in text.split()
    )
