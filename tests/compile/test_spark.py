"""The texts for Spark SQL, kept as files to be read like those of DuckDB; and what its engines say otherwise."""

from __future__ import annotations

import re

import pytest

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.issued import issued_before
from goodstanding.compile.programme import compile_programme, fields_read, record_types_read
from goodstanding.compile.spark import Spark
from goodstanding.compile.versions import holders, subjects, version_tables
from goodstanding.kernel import days
from goodstanding.kernel.quantity import NARROW, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import run
from tests.compile.test_golden_sql import LEVELS, SCORE, TERMS, TYPES

SPARK = Spark(first_bucket=256, last_bucket=511)
# What DuckDB says and Spark does not, or says with another meaning.
FOREIGN = re.compile(
    r"::|//|\bHUGEINT\b|\bVARCHAR\b|\bINTERVAL\b|\bFILTER\b|MATERIALIZED|list_|arg_(min|max)|"
    r'\B\$\w|"|\'\'\'|\[|\bsum\((?!CAST\()'
)


def text_of(programme: n.Programme) -> str:
    """Write the whole text of a programme for one range of buckets."""
    at = (
        run(programme, cycle=2025)
        if programme.cycle.kind
        else run(programme, on=days.day("2025-06-30"))
    )
    before = None
    if programme.cycle.kind:
        before = compile_programme(
            programme, TYPES, run(programme, cycle=2024), dialect=SPARK
        ).origins
    plan = compile_programme(programme, TYPES, at, known=7, before=before, dialect=SPARK)
    fields = {t: frozenset(names) for t, names in fields_read(programme, TYPES).items()}
    wanted = record_types_read(programme, TYPES)
    facts = version_tables(TYPES, wanted, known=7, dialect=SPARK, fields=fields)
    made = [holders(SPARK, 7), *subjects(SPARK, 7), *facts, *plan.tables]
    if plan.carry_on:
        made.append(tables.Table(tables.BEFORE, plan.carry_on))
        made.append(issued_before(programme, 2024, plan.origins, known=7, dialect=SPARK))
    return "\n\n".join(f"CREATE TABLE {SPARK.name(t.name)} AS\n{t.sql};" for t in made) + "\n"


@pytest.mark.parametrize("programme", [SCORE, LEVELS, TERMS], ids=lambda p: p.id)
def test_the_text_of_a_programme_is_the_one_that_was_read(programme, golden):
    golden(f"spark/{programme.id}.sql", text_of(programme))


@pytest.mark.parametrize("programme", [SCORE, LEVELS, TERMS], ids=lambda p: p.id)
def test_no_word_of_another_engine_is_left(programme):
    outside_of_texts = re.sub(r"'(?:[^'\\]|\\.)*'", "''", text_of(programme))
    found = FOREIGN.search(outside_of_texts.replace("''", ""))
    assert not found, outside_of_texts[max(0, found.start() - 60) : found.end() + 60]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (SPARK.text("it's a \\"), r"'it\'s a \\'"),
        (SPARK.name("a `b` c"), "`a ``b`` c`"),
        (SPARK.whole(NARROW), f"{NARROW}L"),
        (SPARK.whole(NARROW + 1), f"CAST({NARROW + 1} AS DECIMAL(38, 0))"),
        (SPARK.missing(number(0, NARROW)), "CAST(NULL AS BIGINT)"),
        (SPARK.missing(number(0, NARROW + 1)), "CAST(NULL AS DECIMAL(38, 0))"),
        (SPARK.parameter(tables.BUCKET_FROM), "256"),
        (SPARK.parameter(tables.BUCKET_TO), "511"),
        (SPARK.total("low"), "sum(CAST(low AS DECIMAL(38, 0)))"),
        (SPARK.days_between("a", "b"), "CAST(datediff(b, a) AS BIGINT)"),
        (
            SPARK.whole_at("r.carried", "18(3)"),
            r"TRY_CAST(get_json_object(r.carried, '$[\'18(3)\']') AS INT)",
        ),
    ],
)
def test_what_the_engine_would_take_otherwise_is_said_its_way(said, text):
    assert said == text


def test_a_dialect_says_all_that_another_says():
    said = {name for name in dir(DUCKDB) if not name.startswith("_")}
    assert {name for name in dir(SPARK) if not name.startswith("_")} >= said
