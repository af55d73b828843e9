"""Rows of tables of SQL, for tests to compare."""

from __future__ import annotations

import duckdb


def rows(table: str) -> list[tuple[object, ...]]:
    """Every row, sorted."""
    with duckdb.connect() as engine:
        return sorted(engine.execute(f"FROM {table}").fetchall(), key=repr)
