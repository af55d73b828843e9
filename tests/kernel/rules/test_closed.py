"""What is closed stays closed: a narrower measure is never graver or longer, a catalogue names all it covers, what follows ends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kernel.rules.reading import read

TYPES = ("xx.late", "xx.fine", "xx.paid", "xx.audit")
MEASURE = (
    "  {id}: {{title: {{en: M, zh: 措施}}, direction: {direction}, kind: {kind}, target: organisations,"
    " gravity: {gravity}, lasts: {{at most: {months} months}}, imposed by: [xx.ministry], field: [xx.*],"
    " {more}basis: act-2020-1 13}}\n"
)
ROWS = st.fixed_dictionaries(
    {
        "direction": st.sampled_from(["disciplinary", "incentive"]),
        "kind": st.sampled_from(["rights", "management"]),
        "gravity": st.integers(1, 3),
        "months": st.integers(1, 3),
    }
)


@settings(max_examples=40, deadline=None)
@given(wider=ROWS, part=ROWS)
def test_a_part_stays_inside_the_measure_it_narrows(
    wider: dict[str, object], part: dict[str, object]
) -> None:
    text = "measures:\n" + MEASURE.format(id="xx.wide", more="", **wider)
    text += MEASURE.format(id="xx.part", more="part of: xx.wide, ", **part)
    found = [f for f in read(text)[1] if f.code == "measure-beyond"]
    beyond = [
        name
        for name, is_beyond in (
            ("direction", part["direction"] != wider["direction"]),
            ("kind", part["kind"] != wider["kind"]),
            ("gravity", int(str(part["gravity"])) > int(str(wider["gravity"]))),
            ("lasts", int(str(part["months"])) > int(str(wider["months"]))),
        )
        if is_beyond
    ]
    assert [f.found for f in found] == ([", ".join(beyond)] if beyond else [])


@settings(max_examples=30, deadline=None)
@given(named=st.sets(st.sampled_from(TYPES)), covered=st.sets(st.sampled_from(TYPES), min_size=1))
def test_a_catalogue_misses_exactly_what_it_covers_and_does_not_name(
    named: set[str], covered: set[str]
) -> None:
    text = f"""catalogue: xx.other
version: "1"
title: {{en: Other, zh: 其他}}
covers: [{", ".join(sorted(covered))}]
basis: act-2020-1 2
categories:
  "1": {{title: {{en: All, zh: 全部}}, items: {{all: {{title: {{en: All, zh: 全部}}, publicity: public, records: [{", ".join(sorted(named))}]}}}}}}
"""
    findings = read(text)[1]
    missed = {dict(f.said)["name"] for f in findings if f.code == "not-in-catalogue"}
    assert missed == covered - named
    assert {f.code for f in findings} <= {"not-in-catalogue"}


LIST = """lists:
  xx.other:
    title: {{en: Other, zh: 其他}}
    kind: serious
    kept by: xx.ministry
    rests on: law
    entry: xx.closed.entry
    ends: {{from: listed, after: {months} months}}
    early: none
    measures: [{{measure: xx.measures.bar, basis: act-2020-1 14}}, {{measure: xx.measures.inspection}}]
    basis: act-2020-1 7
"""


@settings(max_examples=25, deadline=None)
@given(months=st.integers(1, 60))
def test_what_follows_from_an_entry_lasts_no_longer_than_the_entry_or_the_measure(
    months: int,
) -> None:
    made, findings = read(LIST.format(months=months))
    assert findings == []
    bar, inspection = made.follows("xx.other")
    assert bar.months_max == min(months, 36)
    assert inspection.months_max == months
