"""What is proved has no counterexample: random laws are proved, and random histories try each proof by the interpreter."""

from __future__ import annotations

import pytest

from tests.proofs.trials import grades, order, proved, trials

SECONDS = 8
SEEDS = range(12)
MANY = range(12, 400)


def _counterexamples(seed):
    made = proved(seed, SECONDS)
    ranks = order(made.law.programme)
    tried = 0
    for change, result, given in made.claims:
        for trial in trials(made, change, given, 31 * seed + 7):
            tried += 1
            before, after = grades(made.law, trial, result)
            if before in ranks and after in ranks:
                falls = ranks.index(after) - ranks.index(before)
                assert falls >= 0 if change.worse else falls <= 0, (seed, result, trial)
    return tried


def test_what_is_proved_of_random_laws_holds_in_random_histories():
    assert sum(_counterexamples(seed) for seed in SEEDS) > 300


@pytest.mark.nightly
@pytest.mark.parametrize("seed", MANY)
def test_what_is_proved_of_many_random_laws_holds_in_random_histories(seed):
    _counterexamples(seed)
