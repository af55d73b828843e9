"""What a run writes: after this file has run, standings and contributions lie in Parquet, and a summary can be read from them."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.kernel.standing import Standing
from goodstanding.store.lake import Row, connect

_TEXTS = pa.list_(pa.string())
STANDINGS = pa.schema(
    [
        ("organisation", pa.string()),
        ("unit", pa.string()),
        ("programme", pa.string()),
        ("version", pa.string()),
        ("cycle", pa.int32()),
        ("grade", pa.string()),
        ("at_worst", pa.string()),
        ("open", pa.bool_()),
        ("score", pa.int64()),
        ("worst_score", pa.int64()),
        ("proposed", _TEXTS),
        ("reasons", _TEXTS),
        ("study", pa.bool_()),
        ("invented", pa.bool_()),
        ("certainty", pa.string()),
        ("judged", pa.date32()),
        ("known", pa.int64()),
        ("law", pa.string()),
        ("since", pa.date32()),
        ("display_from", pa.date32()),
        ("display_until", pa.date32()),
        ("repair_from", pa.date32()),
        ("display", pa.string()),
        ("carried", _TEXTS),
        ("missing", _TEXTS),
    ]
)
CONTRIBUTIONS = pa.schema(
    [
        ("organisation", pa.string()),
        ("unit", pa.string()),
        ("programme", pa.string()),
        ("cycle", pa.int32()),
        ("rule", pa.string()),
        ("low", pa.int64()),
        ("high", pa.int64()),
        ("groups", pa.int64()),
    ]
)
# Few words, many rows: they are written as codes of a dictionary; ids are not.
_IDS = ("organisation", "unit")
_CODES = pa.dictionary(pa.int32(), pa.string())


def coded(schema: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Give a schema with words as codes. Files say text all the same."""
    return pa.schema(
        [f.with_type(_CODES) if f.type == pa.string() and f.name not in _IDS else f for f in schema]
    )


ROWS_PER_BATCH = 50_000
ROWS_PER_GROUP = 122_880


def contributions_beside(standings: Path) -> Path:
    """Give the file of contributions that belongs to a file of standings."""
    if standings.stem == "standings":
        return standings.with_name("contributions.parquet")
    return standings.with_name(f"{standings.stem}.contributions.parquet")


def see_that_file(path: Path) -> None:
    """Raise FileExistsError where something stands that is no file: a pipe, a device or a folder must not be replaced."""
    if path.exists() and not path.is_file():
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


class TableWriter:
    """Writes tables of standings and of their contributions; the files appear when it is closed without an error.

    The file of standings appears last: where it is, both are whole.
    """

    def __init__(self, out: Path, contributions: Path | None = None) -> None:
        """Begin two files that have no name yet; no other process writes under the names they have until then."""
        self._out = (contributions or contributions_beside(out), out)
        for path in self._out:
            see_that_file(path)
            path.parent.mkdir(parents=True, exist_ok=True)
        self._parts = [path.with_name(f".{path.name}.{os.getpid()}.part") for path in self._out]
        self._writers = [
            pq.ParquetWriter(
                part,
                coded(schema),
                compression="zstd",
                store_schema=False,
                use_dictionary=[name for name in schema.names if name not in _IDS],
            )
            for part, schema in zip(self._parts, (CONTRIBUTIONS, STANDINGS), strict=True)
        ]
        self._waiting: tuple[list[Any], list[Any]] = ([], [])
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush(at_least=1)
        for writer in self._writers:
            writer.close()
        for part, out in zip(self._parts, self._out, strict=True):
            if kind is None:
                part.replace(out)
            else:
                part.unlink(missing_ok=True)

    def add(self, standings: Any, contributions: Any) -> None:  # noqa: ANN401 - pyarrow has no types
        """Add some rows of each; they are written in groups of about ROWS_PER_GROUP, not one group for each programme."""
        for waiting, rows in zip(self._waiting, (contributions, standings), strict=True):
            waiting.append(rows.cast(coded(rows.schema)))
        self._flush(at_least=ROWS_PER_GROUP)
        self.count += standings.num_rows

    def _flush(self, at_least: int) -> None:
        for writer, waiting in zip(self._writers, self._waiting, strict=True):
            if sum(rows.num_rows for rows in waiting) >= at_least:
                writer.write_table(pa.concat_tables(waiting).unify_dictionaries())
                waiting.clear()


class StandingsWriter:
    """Writes standings as the kernel makes them, batch by batch."""

    def __init__(self, tables: TableWriter, known: int) -> None:
        """Begin; `known` is the log position that the whole run looks from."""
        self._known = known
        self._tables = tables
        self._rows: tuple[list[Row], list[Row]] = ([], [])
        self.count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._flush()

    def add(self, standing: Standing, law: str) -> None:
        """Add one standing under the hash of its law."""
        self._rows[0].append(standing_row(standing, law, self._known))
        self._rows[1].extend(contribution_rows(standing))
        self.count += 1
        if len(self._rows[0]) >= ROWS_PER_BATCH:
            self._flush()

    def _flush(self) -> None:
        standings, contributions = (
            _table(rows, schema) if rows else schema.empty_table()
            for rows, schema in zip(self._rows, (STANDINGS, CONTRIBUTIONS), strict=True)
        )
        self._tables.add(standings, contributions)
        for rows in self._rows:
            rows.clear()


def _table(rows: Sequence[Row], schema: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    columns = zip(*rows, strict=True)
    arrays = [
        pa.array(values, pa.int32()).cast(pa.date32())
        if field.type == pa.date32()
        else pa.array(values, field.type)
        for values, field in zip(columns, schema, strict=True)
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def standing_row(s: Standing, law: str, known: int) -> Row:
    """Give the row of a standing."""
    return (
        s.organisation, s.unit, s.programme, s.version, s.cycle, s.grade, s.at_worst, s.open, s.score, s.worst_score,
        list(s.proposed), list(s.reasons), s.study, s.invented, s.certainty, s.judged, known, law, s.since,
        s.display_from, s.display_until, s.repair_from, s.display, list(s.carried), list(s.missing),
    )  # fmt: skip


def contribution_rows(s: Standing) -> list[Row]:
    """Give a row for each score rule that took or gave something in either result."""
    return [
        (s.organisation, s.unit, s.programme, s.cycle, c.rule, c.low, c.high, len(c.groups))
        for c in s.evaluation.contributions
        if c.low or c.high
    ]


# --------------------------------------------------------------------------------------------------
# Summaries


@dataclass(frozen=True)
class Tally:
    """What a run says of one programme and cycle, in counts."""

    programme: str
    cycle: int | None
    version: str
    standings: int
    grades: tuple[tuple[str, int], ...]  # the most frequent first
    open: int
    study: int
    invented: int
    proposed: tuple[tuple[str, int], ...]


def tally(source: str) -> list[Tally]:
    """Count standings by programme and cycle; `source` is their table in SQL (results.standings_in)."""
    with connect() as engine:
        heads = engine.execute(
            "SELECT programme, cycle, max(version), count(*), count(*) FILTER (open), count(*) FILTER (study), "
            f"count(*) FILTER (invented) FROM {source} GROUP BY programme, cycle ORDER BY programme, cycle"
        ).fetchall()
        grades = engine.execute(
            f"SELECT programme, cycle, grade, count(*) AS n FROM {source} GROUP BY ALL ORDER BY n DESC, grade"
        ).fetchall()
        proposed = engine.execute(
            "SELECT programme, cycle, proposal, count(*) AS n FROM (SELECT programme, cycle, unnest(proposed) AS proposal "
            f"FROM {source}) GROUP BY ALL ORDER BY n DESC, proposal"
        ).fetchall()
    return [
        Tally(
            programme,
            cycle,
            version,
            count,
            tuple((g, n) for p, c, g, n in grades if (p, c) == (programme, cycle)),
            open_,
            study,
            invented,
            tuple((r, n) for p, c, r, n in proposed if (p, c) == (programme, cycle)),
        )
        for programme, cycle, version, count, open_, study, invented in heads
    ]


def fullest(source: str) -> str | None:
    """Give the organisation that shows most: many programmes, proposals, things carried and open, and not too much to read."""
    query = (
        "SELECT organisation FROM (SELECT organisation, count(*) FILTER (len(reasons) > 0) AS telling, count(DISTINCT programme) AS programmes, "
        "sum(len(reasons)) AS reasons, max(len(proposed)) AS proposed, max(len(carried)) AS carried, "
        f"max(open::INTEGER) AS open, max(len(reasons)) AS most FROM {source} GROUP BY organisation) "
        "WHERE telling <= 9 AND reasons <= 24 "
        "ORDER BY programmes + 3 * least(proposed, 1) + 3 * least(carried, 1) + 2 * open + least(most, 6) DESC, organisation LIMIT 1"
    )
    with connect() as engine:
        rows = engine.execute(query).fetchall()
    return str(rows[0][0]) if rows else None
