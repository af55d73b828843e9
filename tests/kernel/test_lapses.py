"""An act lapses when it was found too late, and an allegation when nobody decided it: both are facts that say so."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.quantity import DATE, TRUTH
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from tests.kernel.world import D, rec, record_type

FIELDS = {"decided": DATE, "ended_on": DATE, "found_on": DATE, "grave": TRUTH}
TWO_YEARS = n.Lapse(24, "ended_on", "found_on", 60, "grave")
TYPE = dataclasses.replace(record_type(fields=FIELDS), lapses=TWO_YEARS, alleged_months=6)
# The version before had neither the day of the act nor its gravity.
OLD = record_type(fields={"decided": DATE, "found": DATE}, version=1)
NEW = dataclasses.replace(TYPE, version=2, was=(("found_on", "found"),))


def why(version: Version, types: dict[int, n.RecordType]) -> str:
    (fact,) = facts([version], {"t.penalty": types})["t.penalty"]
    return fact.why_not


SITUATIONS = [
    ("on the last day within two years", "2020-08-01", "2022-07-31", None, ""),
    ("on the day two years after", "2020-08-01", "2022-08-01", None, "lapsed"),
    ("within five years where it was grave", "2020-08-01", "2025-07-31", True, ""),
    ("on the day five years after, though grave", "2020-08-01", "2025-08-01", True, "lapsed"),
    ("where it was not grave", "2020-08-01", "2022-08-01", False, "lapsed"),
    ("from 29 February two years end on the 28th", "2020-02-29", "2022-02-28", None, "lapsed"),
    ("the day before", "2020-02-29", "2022-02-27", None, ""),
    ("found before it ended", "2020-08-01", "2019-08-01", None, ""),
    ("without the day on which it ended", None, "2022-08-01", None, ""),
    ("without the day on which it was found", "2020-08-01", None, None, ""),
]


@pytest.mark.parametrize(
    ("ended", "found", "grave", "expected"), [s[1:] for s in SITUATIONS], ids=[s[0] for s in SITUATIONS]
)  # fmt: skip
def test_an_act_found_too_late_has_lapsed(
    ended: str | None, found: str | None, grave: bool | None, expected: str
) -> None:
    version = rec("p", "2023-01-01", ended_on=ended, found_on=found, grave=grave)
    assert why(version, {1: TYPE}) == expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"certainty": "alleged"}, "alleged"),
        ({"certainty": "suspended"}, "suspended"),
        ({"state": "held"}, "held"),
    ],
)
def test_what_does_not_count_anyway_keeps_its_own_reason(
    more: dict[str, str], expected: str
) -> None:
    version = rec("p", "2023-01-01", ended_on="2000-01-01", found_on="2022-01-01", **more)  # type: ignore[arg-type]
    assert why(version, {1: TYPE}) == expected


def test_a_record_of_a_version_that_did_not_ask_when_the_act_ended_does_not_lapse() -> None:
    types = {1: OLD, 2: NEW}
    assert why(rec("p", "2023-01-01", found="2022-01-01"), types) == ""
    late = rec("p", "2023-01-01", version=2, ended_on="2000-01-01", found_on="2022-01-01")
    assert why(late, types) == "lapsed"


@given(st.integers(0, 40_000), st.integers(-800, 2500), st.sampled_from([True, False, None]))
def test_found_later_never_revives_an_act_and_gravity_never_lets_one_lapse(
    ended: int, after: int, grave: bool | None
) -> None:
    def lapsed(found: int, grave: bool | None) -> bool:
        values = {"decided": ended + 9000, "certainty": "final"}
        values |= {"ended_on": ended, "found_on": found, "grave": grave}  # type: ignore[dict-item]
        return why(Version("t.penalty", 1, "p", "o", 1, values=values), {1: TYPE}) == "lapsed"

    here = lapsed(ended + after, grave)
    assert here is (ended + after >= days.add_months(ended, 60 if grave else 24))
    assert lapsed(ended + after + 1, grave) or not here
    assert lapsed(ended + after, False) or not here


@pytest.mark.parametrize(
    ("certainty", "months", "silent"),
    [("alleged", 6, "2025-07-31"), ("alleged", 12, "2026-01-31"), ("final", 6, None)],
)
def test_an_allegation_falls_silent_when_nobody_decided_it(
    certainty: str, months: int, silent: str | None
) -> None:
    type_ = dataclasses.replace(TYPE, alleged_months=months)
    (fact,) = facts([rec("p", "2025-01-31", certainty=certainty)], {"t.penalty": {1: type_}})[
        "t.penalty"
    ]
    assert fact.silent_from == (D(silent) if silent else None)
