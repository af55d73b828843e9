"""Random laws and histories go down both roads and come out the same, to the last digit and reason.

A pair is one law and one history. Each law meets its histories in one call of the engine. PAIRS sets how many pairs run;
SEED where the laws begin. A disagreement is made small before it is told.
"""

from __future__ import annotations

import os
from functools import cache

import pytest

from tests.agreement.classes import CLASSES, Classes
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import interpret, runs, translate
from tests.agreement.shrink import shrunk, told

HISTORIES = 50
PAIRS = int(os.environ.get("PAIRS", "2000"))
FIRST = int(os.environ.get("SEED", "0"))
SEEDS = range(FIRST, FIRST + -(-PAIRS // HISTORIES))
# So many laws meet everything wherever they begin.
ENOUGH = 400
# Laws are given out in handfuls, so that several processes share them.
HANDFUL = 5
HANDFULS = [SEEDS[i : i + HANDFUL] for i in range(0, len(SEEDS), HANDFUL)]


@pytest.mark.parametrize("seeds", HANDFULS, ids=lambda seeds: f"laws {seeds[0]}..{seeds[-1]}")
def test_both_roads_say_the_same_of_random_histories(seeds):
    for seed in seeds:
        pair = law(seed), histories(law(seed), 7 * seed + 1, HISTORIES)
        if interpret(*pair).rows != translate(*pair):
            pytest.fail(f"law {seed}\n{told(shrunk(pair))}", pytrace=False)


@cache
def _met() -> Classes:
    """Go down the interpreter's road alone, which is quick, and look at what is met."""
    classes = Classes()
    for seed in SEEDS:
        made = law(seed)
        met = histories(made, 7 * seed + 1, HISTORIES)
        classes.law(made)
        judged = runs(made)[-1].judged
        with classes.watching():
            found = interpret(made, met)
        for history in met:
            classes.history(made, history, judged)
        for standing in found.standings:
            classes.standing(made, standing)
        if found.out_of_scope:
            classes.add(["out of scope"])
    return classes


def test_every_class_of_situations_is_met():
    if FIRST and len(SEEDS) < ENOUGH:
        pytest.skip("only the first laws, or many, are sure to meet everything")
    missing = _met().missing()
    assert not missing, f"never met: {', '.join(missing)} (of {len(CLASSES)} classes)"
