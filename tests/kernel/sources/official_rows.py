"""Small official tables for the tests of importers: rows as the store would hand them over."""

from __future__ import annotations

from collections.abc import Sequence

from goodstanding.kernel.finding import Finding
from goodstanding.kernel.sources import Row, Table, Taken


def table(*rows: Sequence[str] | Finding, file: str = "official.csv") -> Table:
    """Make a table; its rows stand on the lines 1, 2, ..."""
    return Table(file, [r if isinstance(r, Finding) else Row(n, r) for n, r in enumerate(rows, 1)])


def said(taken: Taken) -> list[tuple[str, int, str]]:
    """Give code, line and column of each finding."""
    return [(f.code, f.place.line, dict(f.said).get("column", "")) for f in taken.findings]


def refused(taken: Taken) -> list[tuple[str, int]]:
    """Give code and line of what was refused."""
    return [(f.code, f.place.line) for f in taken.findings if f.refuses]
