"""What covers what: every piece of the map and every section of the reference has a row that says where it stands."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from goodstanding.desk.checking import read_law
from goodstanding.desk.covering import State, page, state_of, told
from goodstanding.desk.wording import read_wording
from goodstanding.kernel.finding import NOWHERE
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules.closed import CoverageRow
from goodstanding.kernel.telling import Teller

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "law-coverage.md"
# The files of the reference whose sections have rows.
FILES = range(2, 17)


@cache
def law() -> Law:
    return read_law([ROOT / "law"])[0]


def rows(table: str) -> tuple[CoverageRow, ...]:
    return law().coverage[table].rows


def test_the_committed_page_is_current(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--golden"):
        PAGE.write_text(page(law(), ROOT), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page(law(), ROOT)


@pytest.mark.parametrize(("table", "last"), [("design", 48), ("opinions-2022", 23)])
def test_every_piece_has_its_row_in_order(table: str, last: int) -> None:
    assert [row.id for row in rows(table)] == [str(number) for number in range(1, last + 1)]


def headings(text: str) -> list[str]:
    """Give the numbers of the sections of a reference file; a section without a number by its first word."""
    found = re.findall(r"^##+ (?:(\d+(?:\.\d+)?)\.? |(\w+))", text, re.MULTILINE)
    return [number or word for number, word in found if word != "Instruments"]


def test_every_section_of_the_reference_has_its_row() -> None:
    if not REFERENCE.exists():
        pytest.skip("the reference (../shared) is not here: the sections are NOT compared")
    wanted = [
        f"{file.name[:2]} {heading}"
        for file in sorted((REFERENCE / "law").glob("[01]*.md"))
        if int(file.name[:2]) in FILES
        for heading in headings(file.read_text(encoding="utf-8"))
    ]
    assert len(wanted) > 100
    assert [row.id for row in rows("reference")] == wanted


def row(*said: str, **names: tuple[str, ...]) -> CoverageRow:
    return CoverageRow("1", (), tuple(names.items()), tuple((w, ()) for w in said), NOWHERE)


@pytest.mark.parametrize(
    ("one", "state"),
    [
        (row(lists=("a",)), State.COVERED),
        (row("told"), State.COVERED),
        (row("later", lists=("a",)), State.IN_PART),
        (row("told", "not published"), State.IN_PART),
        (row("later"), State.LATER),
        (row("later", excluded=("a",)), State.LATER),
        (row(excluded=("a",)), State.LEFT_OUT),
    ],
)
def test_a_row_tells_how_far_it_is_covered(one: CoverageRow, state: State) -> None:
    assert state_of(one) is state


@pytest.mark.parametrize(("language", "later"), [("en", "later: ledgers"), ("zh", "以后: 账本")])
def test_the_tables_are_told_in_both_languages(language: str, later: str) -> None:
    good = read_law([ROOT / "tests" / "law" / "good"])[0]
    lines = told(good, Teller(language, read_wording([ROOT / "law"])[1], {}))
    assert later in [line.strip() for line in lines]
    assert sum("xx.measures.bar" in line for line in lines) == 1
    assert all("coverage_" not in line for line in lines)
