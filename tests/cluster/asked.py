"""What is asked of each engine of Spark SQL: random pairs as the interpreter has them, and the words of the dialect.

CLUSTER_PAIRS sets how many pairs run, SEED where the laws begin; Apache Spark, started on one machine, is slow and gets a part.
"""

from __future__ import annotations

import os
from datetime import date

import pytest

from goodstanding.compile import tables
from goodstanding.kernel import days
from goodstanding.kernel.quantity import TRUTH, WIDE
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import Rows, interpret
from tests.cluster.roads import SPARK, Cluster, translate

HISTORIES = 50
PAIRS = int(os.environ.get("CLUSTER_PAIRS", "2000"))
FIRST = int(os.environ.get("SEED", "0"))
ON_SAIL = range(FIRST, FIRST + -(-PAIRS // HISTORIES))
ON_SPARK = ON_SAIL[: -(-len(ON_SAIL) // 10)]


def agree(cluster: Cluster, seed: int) -> None:
    """Judge the histories of a law down both roads, and fail with what differs."""
    made = law(seed)
    pair = made, histories(made, 7 * seed + 1, HISTORIES)
    expected, found = interpret(*pair).rows, translate(cluster, *pair)
    if expected != found:
        pytest.fail(f"law {seed}\n" + "\n".join(_told(expected, found)[:20]), pytrace=False)


def _told(expected: Rows, found: Rows) -> list[str]:
    """Tell each column that differs, by cycle, subject and item."""
    return [
        f"{key} {column}: {mine.get(column)} is {theirs.get(column)}"
        for key in sorted({*expected, *found}, key=str)
        for mine, theirs in [(expected.get(key, {}), found.get(key, {}))]
        for column in sorted({*mine, *theirs})
        if mine.get(column) != theirs.get(column)
    ]


def _day(text: str) -> str:
    return SPARK.day(days.day(text))


# Said in one statement: a value of the columns `x`, and what it must be.
SAID = [
    (SPARK.text("it's 中文 \\ \"x\""), "it's 中文 \\ \"x\""),
    (SPARK.wide(str(WIDE)), WIDE),
    (SPARK.narrow(f"{SPARK.wide('5')} + 4"), 9),
    (SPARK.quotient(SPARK.whole(10**17 + 1), "10"), 10**16),
    (SPARK.quotient(SPARK.wide(str(10**33 + 1)), SPARK.whole(10**4), wide=True), 10**29),
    (SPARK.quotient("7", "8"), 0),
    (SPARK.plus_months(_day("2024-01-31"), 1), date(2024, 2, 29)),
    (SPARK.plus_months(_day("2024-02-29"), 1), date(2024, 3, 29)),
    (SPARK.minus_days(_day("2024-03-01"), "1L"), date(2024, 2, 29)),
    (SPARK.days_in_month(_day("2023-02-05")), 28),
    (SPARK.days_between(_day("1900-01-01"), _day("2199-12-31")) + " * 100000", 10_957_200_000),
    (SPARK.least_known(["11", "NULL"]), 11),
    (SPARK.texts([("'a'", "TRUE"), ("'b'", SPARK.missing(TRUTH)), ("'c'", "FALSE"), ("'d'", "TRUE")]), ["a", "d"]),
    (SPARK.joined("array('a')", "CAST(NULL AS ARRAY<STRING>)"), ["a"]),
    (SPARK.with_text("array('a')", "'a'"), ["a"]),
    (SPARK.with_text("array('a')", "'b'"), ["a", "b"]),
    (SPARK.empty(SPARK.no_texts()), True),
    (SPARK.whole_at("""'{"18(3).a": 2021}'""", "18(3).a"), 2021),
    (SPARK.whole_at("""'{"18(3).a": 2021}'""", "18(3)"), None),
    (SPARK.whole_at("'{}'", "a"), None),
]  # fmt: skip
# An overflow that an engine would let pass is met before it can happen: sums are wide.
SUMMED = f"{SPARK.total('x')} FROM VALUES (9223372036854775807L), (9223372036854775807L) AS t(x)"
LISTED = SPARK.listed("t", "x", "x <> 2") + " FROM VALUES (3, 'c'), (2, 'b'), (1, 'a') AS t(x, t)"


def mean_the_same(cluster: Cluster) -> None:
    """Ask the engine for all that the dialect says otherwise than others."""
    said = [*SAID, (f"(SELECT {SUMMED})", 2 * (2**63 - 1)), (f"(SELECT {LISTED})", ["a", "c"])]
    columns = ", ".join(f"{sql} AS c{i}" for i, (sql, _) in enumerate(said))
    cluster.make(tables.Table("said", f"SELECT {columns}"))
    [row] = cluster.fetch("said").to_pylist()
    assert {sql: row[f"c{i}"] for i, (sql, _) in enumerate(said)} == dict(said)
