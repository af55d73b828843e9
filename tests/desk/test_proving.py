"""What the desk makes of proofs: claims about changes, stories for both results at once, and the limits of time."""

from __future__ import annotations

import pytest

from goodstanding.compile.smt_delta import ADDED, CHANGED, Change
from goodstanding.desk.proving import (
    MONOTONE,
    OPEN,
    OWN_ACT,
    PROVED,
    REASONS,
    REFUTED,
    TIME_OVER,
    WAY_BACK,
    about_change,
    prove,
)
from goodstanding.desk.stories import read_told, write_told
from goodstanding.doors import assemble
from tests.proofs.small_laws import BROKEN, law_of


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (Change("x.a", ADDED), "added x.a own act"),
        (Change("x.a", ADDED, own_act=False), "added x.a act of another"),
        (Change("x.a", ADDED, worse=False), "favourable added x.a own act"),
        (Change("x.a", CHANGED, "fine", favours="more"), "changed x.a fine more"),
    ],
)
def test_a_change_has_a_name(change, said):
    assert " ".join(about_change(change)) == said


def test_every_answer_of_a_law_has_its_place(tmp_path):
    results = prove(law_of(tmp_path, "cured"), seconds=20, processes=1)
    assert {one.key for one in results} == {"xs.standing@1"}
    assert [one.number for one in results if one.asks == WAY_BACK] == ["60 months"] * 2
    told = {" ".join(one.about) for one in results if one.asks == MONOTONE}
    assert {"changed xs.penalty cured set shown", "changed xs.penalty cured set at worst"} <= told


def test_what_a_proof_supposes_is_said(tmp_path):
    results = prove(law_of(tmp_path, "levels"), seconds=20, processes=1)
    graver = [one for one in results if one.about[:3] == ("changed", "xs.penalty", "fine")]
    assert [OWN_ACT in one.given for one in graver] == [True, True]


def test_a_story_answers_for_both_results(tmp_path):
    broken = next(b for b in BROKEN if (b.shape, b.property) == ("direct", "monotone"))
    results = prove(law_of(tmp_path, "direct", broken), seconds=20, processes=1)
    refuted = [one for one in results if one.answer == REFUTED]
    stories = {one.about[-1]: one.story for one in refuted if one.about[2] == "own act"}
    assert set(stories) == {"shown", "at worst"}
    assert stories["shown"].after == stories["at worst"].after


def test_no_proof_is_claimed_when_the_time_is_over(tmp_path):
    results = prove(law_of(tmp_path, "first match"), seconds=0, processes=1)
    monotone = [one for one in results if one.asks == MONOTONE]
    assert {one.answer for one in monotone} == {OPEN}
    assert {one.why for one in monotone} == {TIME_OVER}


def test_every_reason_has_its_sentence_in_both_languages():
    sentences = assemble.wording()[1]
    for reason in REASONS:
        assert set(sentences[f"prove_{reason}"]) == {"en", "zh"}


def test_how_far_it_has_come_is_said(tmp_path):
    heard = []
    prove(
        law_of(tmp_path, "first match"),
        seconds=20,
        processes=1,
        progress=lambda *said: heard.append(said),
    )
    assert heard == [("proving", 1, 1)]


def test_stories_of_types_that_the_law_no_longer_has_are_left_out(tmp_path):
    law = law_of(tmp_path, "first match")
    told = '[{"programme": "xs.other", "both": [], "before": [], "after": []}]'
    assert read_told(told, law) == []
    assert write_told([], law) == "[]\n"


def test_a_whole_law_needs_no_story(tmp_path):
    results = prove(law_of(tmp_path, "weights"), seconds=20, processes=1)
    assert {one.answer for one in results} == {PROVED}
