"""Only the dialect speaks an engine's own words, so that another engine needs another dialect and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import goodstanding.compile.duckdb as of_duckdb

ROOM = Path(of_duckdb.__file__).parent
# What other engines say otherwise, or not at all.
OWN = re.compile(
    r"::(BIGINT|HUGEINT|INTEGER|DATE|VARCHAR)|HUGEINT|\bINTERVAL\b|list_|arg_(min|max)|bool_or|EXCLUDE|QUALIFY| // |lambda [a-z, ]+: ?\{"
)
WRITERS = (
    "aggregates",
    "expressions",
    "grades",
    "hits",
    "levels",
    "points",
    "programme",
    "query",
    "versions",
)


def test_no_words_of_one_engine_stand_outside_its_dialect():
    for name in WRITERS:
        for number, line in enumerate(
            (ROOM / f"{name}.py").read_text(encoding="utf-8").splitlines(), 1
        ):
            code = line.split("#")[0]
            if code.strip().startswith(('"""', "See", "`")) or '"""' in code:
                continue
            found = [m.group() for m in OWN.finditer(code) if '"' in code]
            assert not found, f"{name}.py:{number}: {found[0]!r} belongs into a dialect"


def test_the_words_of_the_engine_are_noticed():
    assert OWN.search('f"{value}::BIGINT"')
    assert OWN.search('"arg_min(a, b)"')
