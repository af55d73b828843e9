"""Columns of the register format from whole arrays, and files that come to their name only when they are whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.store.generator_draws import I32, I64, U8, Mask, Whole
from goodstanding.store.lake import FIXED, Columns

# Large enough to be read fast, small enough that a range of buckets skips most of a file.
ROWS_PER_GROUP = 61_440
# Columns whose values hardly ever repeat are written plain; every other one with a dictionary.
_PLAIN = frozenset(
    {
        "bucket",
        "subject",
        "record",
        "decision",
        "act",
        "unit",
        "holder",
        "name",
        "identifier",
        "elder",
        "younger",
    }
)
Table = Any  # an Arrow table: pyarrow has no types
Array = Any


def integers(values: Whole, there: Mask | None = None) -> Array:
    """Make a column of numbers."""
    return pa.array(values.astype(np.int64, copy=False), mask=None if there is None else ~there)


def dates(values: I32 | I64, there: Mask | None = None) -> Array:
    """Make a column of days."""
    days = values.astype(np.int32, copy=False)
    return pa.array(days, mask=None if there is None else ~there).view(pa.date32())


def truths(values: Mask, there: Mask | None = None) -> Array:
    """Make a column of truths."""
    return pa.array(values, mask=None if there is None else ~there)


def words(which: Whole, texts: Sequence[str], there: Mask | None = None) -> Array:
    """Make a column of a few texts, each told by its number."""
    at = pa.array(which.astype(np.int16, copy=False), mask=None if there is None else ~there)
    return pa.DictionaryArray.from_arrays(at, pa.array(texts, pa.string()))


def strings(rows: U8) -> Array:
    """Make a column of texts of one width from rows of bytes."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    return _text(count, None, offsets, rows)


def strings_where(rows: U8, there: Mask) -> Array:
    """Make a column of texts of one width that are missing elsewhere; `rows` has those that are there."""
    offsets = np.zeros(len(there) + 1, np.int32)
    np.cumsum(there, out=offsets[1:])
    offsets *= np.int32(rows.shape[1])
    return _text(len(there), np.packbits(there, bitorder="little"), offsets, rows)


def _text(count: int, valid: U8 | None, offsets: I32, rows: U8) -> Array:
    buffers = [
        None if valid is None else pa.py_buffer(valid),
        pa.py_buffer(offsets),
        pa.py_buffer(np.ascontiguousarray(rows)),
    ]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def table_of(columns: str | Columns, arrays: Sequence[Array]) -> Table:
    """Put arrays together as a table of a fixed dataset, or of columns."""
    named = FIXED[columns] if isinstance(columns, str) else columns
    return pa.Table.from_arrays(list(arrays), names=[name for name, _ in named])


class PartFiles:
    """The files of one part of a register, one a dataset. They take their names when all is written."""

    def __init__(self, folder: Path, part: int) -> None:
        """Begin; nothing is written yet."""
        self.rows: dict[str, int] = {}
        self._folder = folder
        self._name = f"part-{part:03}.parquet"
        self._open: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for writer in self._open.values():
            writer.close()
        if kind is None:
            for dataset in self._open:
                unfinished = self._path(dataset)
                unfinished.replace(unfinished.with_name(self._name))

    def add(self, dataset: str, table: Table) -> None:
        """Write rows that come after those written before."""
        if not table.num_rows:
            return
        if dataset not in self._open:
            path = self._path(dataset)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._open[dataset] = _writer(path, table.schema)
        self._open[dataset].write_table(table, row_group_size=ROWS_PER_GROUP)
        self.rows[dataset] = self.rows.get(dataset, 0) + table.num_rows

    def _path(self, dataset: str) -> Path:
        return self._folder / dataset / f".{self._name}.unfinished"


def _writer(path: Path, schema: Any) -> Any:  # noqa: ANN401
    plain = {
        f.name
        for f in schema
        if f.name in _PLAIN or f.name.startswith("link_") or pa.types.is_boolean(f.type)
    }
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[f.name for f in schema if f.name not in plain],
        # Ranges of buckets are what files are read by; other statistics cost more than they save.
        write_statistics=["bucket"],
        store_schema=False,
    )


def rows_together(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Add up the rows of parts by dataset."""
    whole: dict[str, int] = {}
    for part in parts:
        for dataset, count in part.items():
            whole[dataset] = whole.get(dataset, 0) + count
    return dict(sorted(whole.items()))
