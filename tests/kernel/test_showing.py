"""A programme is shown with both laws where it takes the milder, and with what follows from its grades."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from goodstanding.kernel.showing import show
from goodstanding.kernel.telling import Teller
from tests.kernel.rules.reading import read

WORDS = {
    key: said
    for name in ("explanation", "terminal")
    for key, said in yaml.safe_load(
        (Path(__file__).parents[2] / f"law/words/{name}.yaml").read_text("utf-8")
    )["words"].items()
}


def shown(version: str, language: str = "en") -> str:
    made, _ = read()
    programme = made.programme("xx.breaches", version=version)
    assert programme is not None
    return "\n".join(show(programme, Teller(language, WORDS, {})))


@pytest.mark.parametrize(
    "line",
    [
        "Acts from 2024-07-01 on are judged by this version alone",
        "acts before 2024-07-01: the milder of this version (12) and version 2020 (fine >= 1,000.00 CNY: 5)",
        "acts before 2024-07-01 do not count: version 2020 did not know this",
        "C  burdens: xx.measures.inspection: Inspected every year",
        "A  favours: xx.measures.queue: Served first",
    ],
)
def test_both_laws_and_what_follows_are_shown(line: str) -> None:
    assert line in shown("2024")


def test_a_version_that_compares_nothing_shows_nothing_of_it() -> None:
    assert "acts before" not in shown("2020")


def test_it_is_shown_in_chinese_without_an_english_word_of_ours() -> None:
    lines = [line for line in shown("2024", "zh").splitlines() if "2024-07-01 之前" in line]
    assert len(lines) == 3
    assert not any("before" in line or "Acts" in line for line in lines)
