"""The stories beside the law: the interpreter confirms each, docs tell of each, and (nightly) no refutation lacks one."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from goodstanding.desk.checking import read_law
from goodstanding.desk.proving import OPEN, PROVED, REFUTED, TOLD, Result, prove, told_below, untold
from goodstanding.desk.stories import Told, grades_of, write_told
from tests.kernel.real_law import real_law

ROOT = Path(__file__).parents[2]
LAW = ROOT / "law"
DOCS = ROOT / "docs" / "proofs.md"
TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)
# So long that no goal is left out for want of time, on a machine with other work.
SECONDS = 900


@cache
def _told() -> list[Told]:
    return told_below([LAW], real_law())


def test_the_interpreter_confirms_every_story():
    assert _told()
    differing = [
        (one.refutes, one.grades, found)
        for one in _told()
        if (found := grades_of(real_law(), one.story)) != one.grades
    ]
    assert differing == []


def test_the_docs_tell_of_every_finding_and_of_no_other():
    told = {one.finding for one in _told()}
    sections = set(re.findall(r"^### `([a-z_]+)`", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert told == sections


def test_a_story_is_kept_once_per_programme_and_change():
    assert [
        key for key, count in Counter(one.refutes for one in _told()).items() if count > 1
    ] == []


def test_a_story_is_read_as_it_was_written(tmp_path):
    (tmp_path / TOLD).write_text(write_told(_told(), real_law()), encoding="utf-8")
    again = told_below([tmp_path], real_law())
    assert again == _told()
    assert (tmp_path / TOLD).read_bytes() == (LAW / TOLD).read_bytes()


def test_a_refutation_without_a_story_is_told_apart():
    first, *others = _told()
    refuted = _refutation(first)
    assert untold([refuted], others) == [refuted]
    assert untold([refuted], [first]) == []


def _refutation(told):
    story = told.story
    return Result(
        story.programme, "another", told.asks, (*told.about, story.result), REFUTED, story=story
    )


def figures(results) -> str:
    """Write the table of the docs: how many answers of each kind per programme."""
    lines = ["| programme | versions | proved | refuted | not decided |", "|---|---|---|---|---|"]
    for programme in dict.fromkeys(one.programme for one in results):
        own = [one for one in results if one.programme == programme]
        counts = Counter(one.answer for one in own)
        numbers = [len({one.version for one in own}), counts[PROVED], counts[REFUTED], counts[OPEN]]
        lines.append(f"| `{programme}` | {' | '.join(map(str, numbers))} |")
    counts = Counter(one.answer for one in results)
    lines.append(f"| all | | {counts[PROVED]} | {counts[REFUTED]} | {counts[OPEN]} |")
    return "\n".join(lines) + "\n"


@pytest.mark.nightly
def test_no_refutation_lacks_a_story_and_the_table_is_true(request):
    law, _ = read_law([LAW], with_cases=True)
    results = prove(law, seconds=SECONDS)
    new = untold(results, _told())
    page = DOCS.read_text(encoding="utf-8")
    if request.config.getoption("--golden"):
        found = {one.refutes: one for one in new}
        added = [
            Told("", one.asks, key[2], one.grades, one.story)
            for key, one in found.items()
            if one.story
        ]
        (LAW / TOLD).write_text(write_told([*_told(), *added], law), encoding="utf-8")
        DOCS.write_text(TABLE.sub(lambda _: figures(results), page), encoding="utf-8")
        return
    assert [str(one) for one in new] == []
    table = TABLE.search(page)
    assert table
    assert table[0] == figures(results)
