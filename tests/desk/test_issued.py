"""What an authority issued for a cycle is carried on instead of what was computed, on both roads alike."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.desk.asking import Asked
from goodstanding.desk.checking import read_law
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road
from goodstanding.store.lake import (
    ISSUED,
    ORGANISATIONS,
    UNITS,
    RegisterWriter,
    bucket_of,
)
from tests.desk.test_evaluating import SENTENCES, WORDS, judged
from tests.small_law import META, ORGANISATION_ROWS, TODAY, UNIT_ROWS, VERSIONS, write_law

SITES = """
programme: xs.sites_kept
version: "1"
title: {en: Sites over years, zh: 多年现场}
judges: unit
cycle: calendar year
applies: cycles from 2024
basis: xs-act
confirmed: yes
publicity: {kept: public, watched: public, over: public}
indicators:
  emitted_now: {value: xs.office.reading, of: emitted, during: cycle, basis: "3"}
grades:
  best to worst: [kept, watched, over]
  direct: [{id: over, grade: over, when: "emitted_now > 100 tCO2", basis: "3", title: {en: Over, zh: 超标}}]
  first match: [{id: kept, grade: kept, when: "emitted_now is present", basis: "3"}, kept]
  carried: [{id: watch, cause: [over], then: [{not above: watched, for: 3 cycles}], basis: "8"}]
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = write_law(tmp_path_factory.mktemp("law"))
    (folder / "xs/office/kept.yaml").write_text(SITES, encoding="utf-8")
    law, findings = read_law([folder])
    assert [f for f in findings if f.refuses] == []
    return Desk(law, (), (), lambda: TODAY, WORDS, SENTENCES)


def issued(subject, cycle, carried, *, programme="xs.yearly", known=(3, None), grade="D"):
    """Make a row of what was issued."""
    said = json.dumps(carried)
    return (bucket_of(subject), subject, programme, cycle, *known, grade, None, said, "hash", 3)


def register(folder, desk, rows):
    with RegisterWriter(folder, desk.law.types) as writer:
        writer.add(ORGANISATIONS, ORGANISATION_ROWS)
        writer.add(UNITS, UNIT_ROWS)
        writer.add(ISSUED, rows)
        writer.add_versions(VERSIONS)
        writer.finish(META)
    return folder


# Computed: `one` was fined twice in 2024, so D then, and `d_then` bars A in 2025 and 2026.
SITUATIONS = {
    "nothing issued": ([], ("one", None, "xs.yearly", 2025), "B", ["d_then:2024"]),
    "issued without it": ([issued("one", 2024, {})], ("one", None, "xs.yearly", 2025), "A", []),
    "issued with an older origin": ([issued("one", 2024, {"d_then": 2022})], ("one", None, "xs.yearly", 2025), "A", []),
    "issued to another": ([issued("two", 2024, {"d_then": 2024})], ("two", None, "xs.yearly", 2025), "B", ["d_then:2024"]),
    "issued two cycles before, then computed": ([issued("two", 2023, {"d_then": 2023})], ("two", None, "xs.yearly", 2025), "B", []),
    "issued before the first cycle": ([issued("two", 2021, {"d_then": 2021})], ("two", None, "xs.yearly", 2022), "B", ["d_then:2021"]),
    "issued by another programme": ([issued("one", 2024, {}, programme="xs.sites_kept")], ("one", None, "xs.yearly", 2025), "B", ["d_then:2024"]),
    "issued later than known": ([issued("one", 2024, {}, known=(15, None))], ("one", None, "xs.yearly", 2025), "B", ["d_then:2024"]),
    "issued and withdrawn": ([issued("one", 2024, {}, known=(3, 9))], ("one", None, "xs.yearly", 2025), "B", ["d_then:2024"]),
    "the latest known of two": ([issued("two", 2024, {"d_then": 2024}), issued("two", 2024, {}, known=(4, None))], ("two", None, "xs.yearly", 2025), "A", []),
    "a rule the law does not have": ([issued("one", 2024, {"of old": 2024})], ("one", None, "xs.yearly", 2025), "A", []),
    "a unit, computed": ([], ("two", "u1", "xs.sites_kept", 2025), "watched", ["watch:2024"]),
    "a unit, as issued": ([issued("u1", 2024, {}, programme="xs.sites_kept")], ("two", "u1", "xs.sites_kept", 2025), "kept", []),
}  # fmt: skip


@pytest.mark.parametrize("road", list(Road), ids=str)
@pytest.mark.parametrize("name", SITUATIONS)
def test_what_was_issued_is_carried(name, road, desk, tmp_path):
    rows, key, grade, carried = SITUATIONS[name]
    made = register(tmp_path / "r", desk, rows)
    asked = Asked(programmes=(key[2],), cycles=(key[3], key[3]), known="10")
    found = judged(desk, made, tmp_path, asked, road)[key]
    assert (found["grade"], found["carried"]) == (grade, carried)


_ROWS = st.lists(
    st.builds(
        issued,
        st.sampled_from(["one", "two", "three", "u1", "u2"]),
        st.integers(2021, 2025),
        st.dictionaries(
            st.sampled_from(["d_then", "watch", "other"]), st.integers(2020, 2025), max_size=2
        ),
        programme=st.sampled_from(["xs.yearly", "xs.sites_kept"]),
        known=st.sampled_from([(1, None), (3, None), (3, 9), (8, 11), (15, None)]),
    ),
    max_size=6,
)


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_ROWS, st.sampled_from(["2", "10", "20"]), st.integers(2022, 2026), st.integers(0, 2))
def test_both_roads_carry_the_same(desk, rows, known, first, more):
    with tempfile.TemporaryDirectory() as folder:
        made = register(Path(folder) / "r", desk, rows)
        asked = Asked(
            programmes=("xs.yearly", "xs.sites_kept"), cycles=(first, first + more), known=known
        )
        one, *others = (judged(desk, made, Path(folder), asked, road) for road in Road)
        for other in others:
            assert one == other
