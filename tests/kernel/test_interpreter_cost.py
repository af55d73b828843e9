"""The interpreter does little per organisation: counted in calls of Python functions, which no other load on the machine changes."""

from __future__ import annotations

import sys
from types import FrameType

from benchmarks.interpreter import RECORDS, judge, programmes, records
from tests.kernel.real_law import real_law

# Was 3,712. The time itself is measured by benchmarks/interpreter.py.
CALLS_MAX = 4_000


def calls_of_one_round() -> tuple[int, int, int]:
    """Judge one organisation by all programmes, warm; give calls, standings and calls of makers of closures."""
    read = real_law()
    planned, versions = programmes(read), records(read)
    assert len(versions) == RECORDS
    standings = len(list(judge(read, planned, versions)))
    calls = fresh = 0

    def count(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls, fresh
        calls += event == "call"
        fresh += event == "call" and frame.f_code.co_name in (
            "_indicator",
            "among",
            "_guide",
            "reading",
            "test",
        )

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        for _ in judge(read, planned, versions):
            pass
    finally:
        sys.setprofile(before)
    return calls, standings, fresh


def test_an_organisation_with_40_records_takes_few_calls_for_all_programmes_with_reasons() -> None:
    calls, standings, fresh = calls_of_one_round()
    print(f"{calls} calls for {standings} standings with reasons")  # noqa: T201 - shown with pytest -s
    assert standings > 8
    assert calls < CALLS_MAX
    assert fresh == 0, "closures are made once per programme, not per subject"
