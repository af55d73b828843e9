"""The road of Spark SQL for one law and its histories: rows of standings as tests/agreement/roads.py has them.

Datasets and all tables made lie in Parquet, as on a cluster: each table is one query, written and read again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.programme import compile_programme, fields_read, record_types_read
from goodstanding.compile.spark import Spark
from goodstanding.compile.versions import holders, subjects, version_tables
from tests.agreement.histories import History
from tests.agreement.laws import Law
from tests.agreement.roads import Rows, _collect, connect, load, runs

SPARK = Spark(0, 65_535)


class Cluster:
    """One session of Spark Connect with the folder where its tables lie; all workers read and write it."""

    def __init__(self, session: Any, folder: Path) -> None:
        self._session, self._folder = session, folder
        self._written = 0

    def make(self, table: tables.Table) -> None:
        """Make a table by its text."""
        path = self._next()
        try:
            made = self._session.sql(table.sql)
            made.write.parquet(str(path))
        except Exception as error:
            raise AssertionError(f"{error}\n{table.name}\n{table.sql}") from error
        read = self._session.read
        if not any(path.glob("*.parquet")):  # Sail writes no file where there is no row
            read = read.schema(made.schema)
        self._open(table.name, read.parquet(str(path)))

    def lend(self, engine: duckdb.DuckDBPyConnection, name: str) -> None:
        """Give a table of DuckDB to the cluster."""
        path = self._next()
        path.mkdir()
        rows = engine.sql(f"SELECT * FROM {DUCKDB.name(name)}").to_arrow_table()
        pq.write_table(rows, path / "0.parquet")
        self._open(name, self._session.read.parquet(str(path)))

    def fetch(self, name: str) -> Any:
        """Give a table of the cluster in Arrow."""
        return self._session.sql(f"SELECT * FROM {SPARK.name(name)}").toArrow()

    def _next(self) -> Path:
        self._written += 1
        return self._folder / str(self._written)

    def _open(self, name: str, rows: Any) -> None:
        """Name a table. Its name goes through a text: engines do not agree on how a method reads quotes."""
        plain = f"written_{self._written}"
        rows.createOrReplaceTempView(plain)
        self._session.sql(
            f"CREATE OR REPLACE TEMPORARY VIEW {SPARK.name(name)} AS SELECT * FROM {plain}"
        ).collect()


def translate(cluster: Cluster, law: Law, histories: Sequence[History]) -> Rows:
    """Judge all histories in one go by the cluster."""
    datasets = connect()
    load(datasets, law, histories)
    for name in (tables.ORGANISATIONS, tables.UNITS, *_sources(law)):
        cluster.lend(datasets, name)
    wanted = record_types_read(law.programme, law.types)
    fields = {t: frozenset(f) for t, f in fields_read(law.programme, law.types).items()}
    cluster.make(holders(SPARK, law.known))
    for made in (
        *subjects(SPARK, law.known),
        *version_tables(law.types, wanted, known=law.known, dialect=SPARK, fields=fields),
    ):
        cluster.make(made)
    rows: Rows = {}
    for part in _judge_in_turn(cluster, law):
        rows |= part
    return rows


def _sources(law: Law) -> Iterator[str]:
    for record_type, versions in law.types.items():
        for version in versions:
            yield tables.source(record_type, version)


def _judge_in_turn(cluster: Cluster, law: Law) -> Iterator[Rows]:
    """Judge run after run, each reading what the one before carries."""
    before = None
    for at in runs(law):
        plan = compile_programme(
            law.programme, law.types, at, known=law.known, before=before, dialect=SPARK
        )
        for made in plan.tables:
            cluster.make(made)
        results = connect()
        for made in plan.tables:
            results.register(made.name, cluster.fetch(made.name))
        yield _collect(results, plan.origins, law.programme, at)
        before = plan.origins if plan.carry_on else None
        if plan.carry_on:
            cluster.make(tables.Table(tables.BEFORE, plan.carry_on))
