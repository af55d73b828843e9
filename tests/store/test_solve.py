"""The solver answers what it is asked, within its time, and never takes a text it cannot read for an answer."""

from __future__ import annotations

import time

import pytest

from goodstanding.store.solve import MODEL, NO_MODEL, UNKNOWN, Solvers, decide, decide_each

LINEAR = "(set-logic QF_LIA)\n(declare-const |a b| Int)\n(declare-const c Bool)\n"
# Three cubes that sum to 33: no solver finds them in a moment.
HARD = (
    "(set-logic QF_NIA)\n(declare-const x Int)(declare-const y Int)(declare-const z Int)\n"
    "(assert (= (+ (* x x x) (* y y y) (* z z z)) 33))\n"
)


def test_a_text_without_a_model():
    assert decide(LINEAR + "(assert (> |a b| 3))(assert (< |a b| 3))", 1000).status == NO_MODEL


def test_a_model_gives_every_constant_that_matters():
    found = decide(LINEAR + "(assert (and c (= |a b| (- 7))))", 1000)
    assert (found.status, found.model) == (MODEL, {"a b": -7, "c": True})


def test_what_is_assumed_is_told_where_it_was_needed():
    text = LINEAR + "(declare-const d Bool)(assert (=> c (> |a b| 3)))(assert (< |a b| 3))"
    assert decide(text, 1000).status == MODEL
    assert decide(text, 1000, ["c", "d"]).core == ("c",)


def test_a_text_is_read_once_for_several_assumptions():
    text = LINEAR + "(assert (=> c (> |a b| 3)))(assert (< |a b| 3))"
    assert [one["status"] for one in decide_each(text, 1000, [[], ["c"]])] == [MODEL, NO_MODEL]


def test_a_text_that_cannot_be_read_is_a_fault_and_no_answer():
    with pytest.raises(ValueError, match="cannot read"):
        decide("(assert unheard_of)", 1000)
    with (
        Solvers(1, time.monotonic, total_seconds=20) as solvers,
        pytest.raises(ValueError, match="cannot read"),
    ):
        solvers.ask("(assert unheard_of)").result()


def test_a_hard_question_ends_in_its_time_and_the_next_is_answered():
    with Solvers(1, time.monotonic, total_seconds=30) as solvers:
        hard, easy = solvers.ask(HARD, ms=200), solvers.ask(LINEAR + "(assert false)")
        assert hard.result()[0].status == UNKNOWN
        assert easy.result()[0].status == NO_MODEL


def test_the_same_question_is_decided_once():
    with Solvers(2, time.monotonic, total_seconds=20) as solvers:
        assert solvers.ask(LINEAR) is solvers.ask(LINEAR)
        assert solvers.ask(LINEAR) is not solvers.ask(LINEAR, ("c",))


def test_when_the_time_is_over_nothing_is_decided():
    clock = iter((0.0, *[99.0] * 50))
    with Solvers(1, lambda: next(clock), total_seconds=10) as solvers:
        assert solvers.over
        answer = solvers.ask(LINEAR + "(assert false)").result()[0]
        assert (answer.status, answer.why) == (UNKNOWN, "the time for all proofs was over")
