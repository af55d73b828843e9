"""Each checker finds what is broken and only that: whole laws are proved, broken ones refuted by a story the interpreter confirms."""

from __future__ import annotations

import pytest

from goodstanding.desk.proving import COMPLETE, MONOTONE, PROVED, REFUTED, WAY_BACK, prove
from goodstanding.desk.stories import grades_of
from tests.proofs.small_laws import BROKEN, SHAPES, law_of


def _answers(law):
    """Give the answers by property.

    Left out: a record that names the act of another, at a level machine. It moves the day on which their group is reached to an earlier one, and
    with it the end of what the group does: no level machine with groups is monotone in that (docs/proofs.md).
    """
    found = {COMPLETE: [], MONOTONE: [], WAY_BACK: []}
    levels = law.programmes["xs.standing"][0].levels is not None
    for one in prove(law, seconds=20, processes=1):
        if not (levels and "act of another" in one.about):
            found[one.asks].append(one)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_law_is_proved(shape, tmp_path):
    for answers in _answers(law_of(tmp_path, shape)).values():
        assert answers
        assert [str(one) for one in answers if one.answer != PROVED] == []


@pytest.mark.parametrize("broken", BROKEN, ids=lambda b: f"{b.shape}: {b.property}")
def test_a_broken_law_is_refuted_in_what_is_broken_only(broken, tmp_path):
    law = law_of(tmp_path, broken.shape, broken)
    answers = _answers(law)
    refuted = [one for one in answers.pop(broken.property) if one.answer == REFUTED]
    assert refuted
    for one in refuted:
        assert one.story is None or grades_of(law, one.story) == one.grades
    assert any(one.story for one in refuted)
    others = [one for found in answers.values() for one in found]
    assert [str(one) for one in others if one.answer != PROVED] == []
