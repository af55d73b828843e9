"""What is proved has no counterexample: random laws are proved, and random histories try each proof by the interpreter."""

from __future__ import annotations

import time

import pytest

from goodstanding.kernel.rules.nodes import UNDECIDED
from goodstanding.store.solve import Solvers
from tests.proofs.random_laws import small
from tests.proofs.trials import (
    after_the_way_back,
    grades,
    known_grades,
    large,
    order,
    proved,
    trials,
)

SMALL, MORE_SMALL = range(30), range(30, 2030)
LARGE, MORE_LARGE = (5, 11, 18), range(300)
HANDFUL = 50


def _tried(law, seed, solvers):
    """Try everything that is proved of a random law; give how often."""
    made = proved(law, solvers)
    return _monotone(made, seed) + _complete(made, seed) + _way_back(made, seed)


@pytest.fixture(scope="module")
def solvers():
    with Solvers(1, time.monotonic, total_seconds=3600, ms=1000) as made:
        yield made


def _monotone(made, seed):
    ranks, tried = order(made.law.programme), 0
    for change, result, given in made.claims:
        for trial in trials(made, change, given, 31 * seed + 7):
            tried += 1
            before, after = grades(made.law, trial, result)
            if before in ranks and after in ranks:
                falls = ranks.index(after) - ranks.index(before)
                assert falls >= 0 if change.worse else falls <= 0, (seed, result, trial)
    return tried


def _complete(made, seed):
    found = list(known_grades(made, 17 * seed + 3)) if made.complete else []
    assert UNDECIDED not in found, seed
    return len(found)


def _way_back(made, seed):
    ranks, tried = order(made.law.programme), 0
    if not any(made.back.values()) or not made.law.programme.cycle.kind:
        return 0
    for past, clean in after_the_way_back(made, 13 * seed + 1):
        tried += 1
        no_worse = past in ranks and clean in ranks and ranks.index(past) <= ranks.index(clean)
        assert past in (clean, ranks[0]) or no_worse, (seed, past, clean)
    return tried


def test_what_is_proved_of_small_laws_holds_in_random_histories(solvers):
    assert sum(_tried(small(seed), seed, solvers) for seed in SMALL) > 2500


def test_what_is_proved_of_large_laws_holds_in_random_histories(solvers):
    assert sum(_tried(large(seed), seed, solvers) for seed in LARGE) > 500


@pytest.mark.nightly
@pytest.mark.parametrize("first", MORE_SMALL[::HANDFUL])
def test_what_is_proved_of_many_small_laws_holds_in_random_histories(first, solvers):
    for seed in range(first, first + HANDFUL):
        _tried(small(seed), seed, solvers)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", MORE_LARGE)
def test_what_is_proved_of_many_large_laws_holds_in_random_histories(seed, solvers):
    _tried(large(seed), seed, solvers)
