"""Sail judges as the interpreter does."""

from __future__ import annotations

import pytest

from tests.cluster.asked import ON_SAIL, agree, mean_the_same
from tests.cluster.roads import Cluster

pytestmark = pytest.mark.cluster


def test_the_engine_means_by_the_dialect_what_the_kernel_means(sail, tmp_path):
    mean_the_same(Cluster(sail, tmp_path))


@pytest.mark.parametrize("seed", ON_SAIL)
def test_random_histories_are_judged_as_by_the_interpreter(sail, seed, tmp_path):
    agree(Cluster(sail, tmp_path), seed)
