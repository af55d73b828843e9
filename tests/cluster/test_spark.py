"""Apache Spark judges as the interpreter does."""

from __future__ import annotations

import pytest

from tests.cluster.asked import ON_SPARK, agree, mean_the_same
from tests.cluster.roads import Cluster

pytestmark = pytest.mark.cluster


def test_the_engine_means_by_the_dialect_what_the_kernel_means(spark, tmp_path):
    mean_the_same(Cluster(spark, tmp_path))


@pytest.mark.parametrize("seed", ON_SPARK)
def test_random_histories_are_judged_as_by_the_interpreter(spark, seed, tmp_path):
    agree(Cluster(spark, tmp_path), seed)
