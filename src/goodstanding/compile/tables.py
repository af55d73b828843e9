"""The contract with the room store: which tables the compiled text reads and makes, and under which names.

Text names tables only through these functions, so that a test can put Arrow tables where a run has Parquet files.
Names of law (record types, fields, indicators) begin with a small letter; what the compiler adds begins with `_` or
holds a sign that no name of law can have.
"""

from __future__ import annotations

from dataclasses import dataclass

# Read: the datasets of docs/register-format.md.
ORGANISATIONS = "organisations"
UNITS = "units"
ISSUED = "issued"
# Parameters of every text that reads a dataset: buckets from (included) to (included).
BUCKET_FROM, BUCKET_TO = "bucket_from", "bucket_to"

# Made once per run: units with their holders that can be judged.
HOLDERS = "unit holders"
# Made once per range of buckets: the judged subjects, numbered.
SUBJECTS = "subjects"
UNIT_SUBJECTS = "unit subjects"

# Made per programme and cycle.
KEYS = "keys"
VALUES = "values of indicators"
WORTH = "worth of rules"
LEVELS = "levels reached"
STANDINGS = "standings made"  # those with `_stands` are standings
CONTRIBUTIONS = "contributions made"
# Made by the runner from STANDINGS of the cycle before (Plan.carry_on).
BEFORE = "standings before"


def origin(carry: str) -> tuple[str, str]:
    """Give the columns of STANDINGS and BEFORE that hold the origin of what is carried, shown and worst."""
    return f"origin {carry} shown", f"origin {carry} worst"


def source(record_type: str, version: int) -> str:
    """Give the name under which the dataset of one version of a record type is read."""
    return f"records/{record_type}/v{version}"


def facts(record_type: str) -> str:
    """Give the name of the table of the facts of a record type: all versions, after links."""
    return f"facts/{record_type}"


@dataclass(frozen=True)
class Table:
    """A table to make, in this order: `CREATE TEMP TABLE name AS sql`."""

    name: str
    sql: str
    by_bucket: bool = False  # the text has the two bucket parameters
