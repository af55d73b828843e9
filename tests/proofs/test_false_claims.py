"""No false claim is proved: the interpreter refutes each by the histories told with it."""

from __future__ import annotations

import time

import pytest

from goodstanding.kernel.facts import facts
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, evaluate
from goodstanding.kernel.rules.nodes import UNDECIDED
from goodstanding.kernel.rules.windows import run
from goodstanding.store.solve import Solvers
from tests.proofs.false_claims import FALSE, IN_THE_GAP, WITH_A_GAP
from tests.proofs.trials import Trial, grades, order, proved

CYCLE = 2025


@pytest.fixture(scope="module")
def solvers():
    with Solvers(1, time.monotonic, total_seconds=600) as made:
        yield made


@pytest.mark.parametrize("claim", FALSE, ids=lambda c: c.name)
def test_the_interpreter_refutes_it(claim):
    at = run(claim.law.programme, cycle=CYCLE)
    trial = Trial(claim.change, claim.before, claim.after, at, NOTHING_BEFORE)
    before, after = map(order(claim.law.programme).index, grades(claim.law, trial, claim.result))
    assert (after < before) if claim.change.worse else (after > before)


@pytest.mark.parametrize("claim", FALSE, ids=lambda c: c.name)
def test_it_is_not_proved(claim, solvers):
    made = proved(claim.law, solvers)
    assert (claim.change, claim.result) not in {(c, r) for c, r, given in made.claims if not given}


def test_a_law_with_a_gap_is_not_proved_to_decide_everything(solvers):
    at = run(WITH_A_GAP.programme, cycle=CYCLE)
    found = evaluate(WITH_A_GAP.programme, facts(IN_THE_GAP, WITH_A_GAP.types), at, NOTHING_BEFORE)
    assert found.shown.grade == UNDECIDED
    assert not proved(WITH_A_GAP, solvers).complete
