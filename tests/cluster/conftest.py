"""The engines that speak Spark SQL, each as one session of Spark Connect on this machine; one process has one at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

# Two executors of one core, each a process of its own: rows travel between them as on a cluster.
LOCAL_CLUSTER = "local-cluster[2,1,1024]"


@pytest.fixture(scope="module")
def sail() -> Iterator[Any]:
    """Start Sail in this process."""
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    _, port = server.listening_address
    session = SparkSession.builder.remote(f"sc://127.0.0.1:{port}").create()
    yield session
    session.stop()
    server.stop()


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """Start Apache Spark, which needs Java and the whole of pyspark, not its client alone."""
    home = _home_of_spark()
    if home is None or shutil.which("java") is None:
        pytest.skip("APACHE SPARK WAS NOT TRIED: it needs java and the distribution `pyspark`")
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(home))
    session = SparkSession.builder.remote(LOCAL_CLUSTER).getOrCreate()
    session.conf.set("spark.sql.shuffle.partitions", "2")  # of its 200, nearly all would be empty
    # to compile a long text takes longer than to run it over few rows
    session.conf.set("spark.sql.codegen.wholeStage", "false")
    yield session
    session.stop()


def _home_of_spark() -> Path | None:
    found = find_spec("pyspark")
    home = Path(found.origin).parent if found and found.origin else None
    return home if home and (home / "jars").is_dir() else None
