"""An organisation is judged as itself, by its units, by its records or by its decisions, each from its own day on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.kernel.judging import Judged, judged_of
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from tests.kernel.world import JUDGED, D, fold, programme, rec

PENALTIES = ("t.penalty",)
BOTH = ("t.penalty", "t.notice")


def keys(
    judges: n.Judges, *versions: Version, types: tuple[str, ...] = PENALTIES, judged: int = JUDGED
) -> dict[str | None, list[str]]:
    made = programme(judges=judges, judged_records=types)
    found = list(judged_of(made, fold(*versions), {}, judged))
    assert [one.key for one in found] == sorted((one.key for one in found), key=str)
    return {one.key: [f.record for group in one.facts.values() for f in group] for one in found}


def test_an_organisation_is_judged_once_with_all_it_has() -> None:
    facts = fold(rec("a", "2025-01-01"), rec("m", "2025-01-01", "t.notice"))
    assert list(judged_of(programme(), facts, {"u": {}}, JUDGED)) == [Judged(None, facts)]
    assert list(judged_of(programme(), {}, {}, JUDGED)) == [Judged(None, {})]


def test_units_are_judged_each_by_its_own_facts() -> None:
    made = programme(judges=n.Judges.UNIT)
    one, other = fold(rec("a", "2025-01-01")), fold(rec("b", "2025-01-01"))
    found = list(judged_of(made, fold(rec("own", "2025-01-01")), {"z": one, "a": other}, JUDGED))
    assert found == [Judged("a", other), Judged("z", one)]
    assert list(judged_of(made, {}, {}, JUDGED)) == []


DECIDED = [
    ("each record by itself", n.Judges.RECORD, [rec("a", "2025-01-01", decision="d"), rec("b", "2025-01-02", decision="d")], PENALTIES, {"a": ["a"], "b": ["b"]}),
    ("the records of one decision together", n.Judges.DECISION, [rec("a", "2025-01-01", decision="d"), rec("b", "2025-01-02", decision="d"), rec("c", "2025-01-03", decision="e")], PENALTIES, {"d": ["a", "b"], "e": ["c"]}),
    ("a record without a number is a decision of its own", n.Judges.DECISION, [rec("a", "2025-01-01"), rec("b", "2025-01-02")], PENALTIES, {"a": ["a"], "b": ["b"]}),
    ("records of several types under one number", n.Judges.DECISION, [rec("a", "2025-01-01", decision="d"), rec("m", "2025-01-01", "t.notice", decision="d")], BOTH, {"d": ["a", "m"]}),
    ("records of other types are not judged", n.Judges.DECISION, [rec("a", "2025-01-01", decision="d"), rec("m", "2025-01-01", "t.notice", decision="d")], PENALTIES, {"d": ["a"]}),
    ("what does not count opens nothing", n.Judges.DECISION, [rec("a", "2025-01-01", decision="d", certainty="alleged"), rec("b", "2025-01-01", decision="e", state="annulled")], PENALTIES, {}),
    ("a record of the judged day is judged", n.Judges.RECORD, [rec("a", "2025-12-31")], PENALTIES, {"a": ["a"]}),
    ("a record after it is not yet", n.Judges.RECORD, [rec("a", "2026-01-01")], PENALTIES, {}),
    ("a later record of a decision does not count yet", n.Judges.DECISION, [rec("a", "2025-01-01", decision="d"), rec("b", "2026-01-01", decision="d")], PENALTIES, {"d": ["a"]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("judges", "versions", "types", "expected"),
    [row[1:] for row in DECIDED],
    ids=[row[0] for row in DECIDED],
)
def test_decisions_and_records(
    judges: n.Judges,
    versions: list[Version],
    types: tuple[str, ...],
    expected: dict[str | None, list[str]],
) -> None:
    assert keys(judges, *versions, types=types) == expected


def test_a_decision_opened_on_the_day_of_its_earliest_record() -> None:
    made = programme(judges=n.Judges.DECISION, judged_records=BOTH)
    facts = fold(
        rec("b", "2025-03-01", decision="d"), rec("m", "2025-02-01", "t.notice", decision="d")
    )
    (found,) = judged_of(made, facts, {}, JUDGED)
    assert found.opened == D("2025-02-01")
    (alone,) = judged_of(replace(made, judged_records=PENALTIES), facts, {}, JUDGED)
    assert alone.opened == D("2025-03-01")
