"""The goals of small laws, one per construct, kept as files to be read; `--golden` writes them anew."""

from __future__ import annotations

import pytest

from goodstanding.compile import smt_back, smt_complete, smt_levels, smt_monotone
from goodstanding.compile.smt_delta import ADDED, CHANGED, UNCHANGED, Change
from goodstanding.compile.smt_monotone import RESULTS, SHOWN
from goodstanding.compile.smt_score import HIGH, LOW
from goodstanding.store.solve import MODEL, NO_MODEL, decide
from tests.proofs.small_laws import law_of

PENALTY = Change("xs.penalty", ADDED)
MORE = Change("xs.penalty", CHANGED, "fine", own_act=False, favours="more")
CURED = Change("xs.penalty", CHANGED, "cured", worse=False, own_act=False, favours="set")
LIFTED = Change("xs.lifting", ADDED, worse=False)
LESS = Change("xs.reading", CHANGED, "given", own_act=False, favours="less")


def _points(programme, types, change):
    return smt_monotone.point_goal(programme, types, change, LOW, HIGH)[1].text


def _decision(programme, types, change):
    return smt_monotone.decision_goal(programme, types, change, *RESULTS).text


def _shown(programme, types, change):
    return smt_monotone.decision_goal(programme, types, change, SHOWN).text


def _carried(programme, types, change):
    return smt_monotone.carried_goal(programme, types, change).text


def _step(name):
    def goal(programme, types, change):
        return next(
            g.text for g in smt_levels.level_goals(programme, types, change)[1] if g.name == name
        )

    return goal


def _complete(programme, types, _):
    return smt_complete.grade_goal(programme, types)[0].text


GOALS = {
    "points of one more record": ("score bands", _points, PENALTY),
    "points of a graver record": ("score bands", _points, MORE),
    "decision by bands": ("score bands", _decision, PENALTY),
    "decision by first match": ("first match", _shown, MORE),
    "decision at worst": ("direct", _decision, PENALTY),
    "decision after a repair": ("cured", _shown, CURED),
    "decision by weights": ("weights", _shown, LESS),
    "what is carried": ("carried", _carried, Change("xs.penalty", UNCHANGED)),
    "one more ground": ("levels", _step("lowered by grave in one"), PENALTY),
    "one more decision": ("levels", _step("decided by xs.lifting in one"), LIFTED),
    "a grade for everyone": ("first match", _complete, PENALTY),
}


@pytest.mark.parametrize("name", GOALS)
def test_the_text_is_the_one_that_was_read(name, golden, tmp_path):
    shape, write, change = GOALS[name]
    law = law_of(tmp_path, shape)
    text = write(law.programmes["xs.standing"][0], law.types, change)
    assert decide(text, 4000).status == NO_MODEL
    # what is supposed can happen: nothing is proved of an impossible world
    assert decide("\n".join(text.splitlines()[:-1]), 4000).status == MODEL
    golden(f"smt/{name.replace(' ', '_')}.smt2", text)


def test_the_texts_of_the_way_back_are_the_ones_that_were_read(golden, tmp_path):
    law = law_of(tmp_path, "first match")
    programme = law.programmes["xs.standing"][0]
    text, asked = smt_back.fades_text(programme, law.types, 24, "")
    golden("smt/when_records_fade.smt2", text)
    fades = {select: smt_back.Faded(24) for select, _ in asked}
    golden("smt/a_clean_time.smt2", smt_back.step_text(programme, law.types, fades, 24).text)
