"""Random laws and histories go down the columnar road as well, and come out as the interpreter has them."""

from __future__ import annotations

import pytest

from goodstanding.store import vector_levels
from tests.agreement.columns import columns
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import interpret
from tests.agreement.shrink import told
from tests.agreement.test_agreement import HANDFULS, HISTORIES


@pytest.mark.parametrize("seeds", HANDFULS, ids=lambda seeds: f"laws {seeds[0]}..{seeds[-1]}")
def test_the_columnar_road_says_the_same_of_random_histories(seeds):
    for seed in seeds:
        pair = law(seed), histories(law(seed), 7 * seed + 1, HISTORIES)
        wanted, found = interpret(*pair).rows, columns(*pair)
        wrong = [key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)]
        if wrong:
            pytest.fail(
                f"law {seed}, {wrong[0]}\n{wanted.get(wrong[0])}\n{found.get(wrong[0])}\n{told(pair)}",
                pytrace=False,
            )


def test_a_history_alone_comes_out_as_among_many():
    """A standing depends on the subject's own records only (FAIRNESS 4)."""
    for seed in range(20):
        made = law(seed)
        met = histories(made, seed, 12)
        together = columns(made, met)
        for history in met[:4]:
            alone = columns(made, [history])
            assert alone == {key: row for key, row in together.items() if key[1] == history.subject}


def test_machines_run_alone_stand_where_those_taken_together_do(monkeypatch):
    seen = 0
    for seed in (s for s in range(60) if law(s).programme.levels):
        pair = law(seed), histories(law(seed), seed, 20)
        found = []
        for least in (1, 10, 10**6):  # all together, the last turns alone, all alone
            with monkeypatch.context() as patch:
                patch.setattr(vector_levels, "TOGETHER", least)
                found.append(columns(*pair))
        assert found[0] == found[1] == found[2]
        seen += len(found[0])
    assert seen > 50
