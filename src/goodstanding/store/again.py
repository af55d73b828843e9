"""Who has to be judged again since an earlier result: after this file has run, their ids lie in a file.

A standing depends on the law, on the versions known of one subject and of its holder, and on the day judged. So those are judged again of
whom a version came or went between the two positions, and those of whom a record turns between the two days (compile/turns.py). Whatever
cannot be told this way is judged whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import duckdb

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.turns import date_columns, turns
from goodstanding.compile.versions import Types, columns_of, known_at, types_needed
from goodstanding.kernel import days
from goodstanding.store.admission import Receipt
from goodstanding.store.duck import Task, types_read
from goodstanding.store.lake import Meta, connect, dataset_of, name_of, pattern_of, quoted
from goodstanding.store.results import Judgment, Result

# Where more than one in so many would be judged again, everybody is: that costs no more.
SHARE_MAX = 8
# (record type, field) -> days from, to
Dates = Mapping[tuple[str, str], Sequence[tuple[int, int]]]


@dataclass(frozen=True)
class Since:
    """What an earlier result saves: these judgments only need some subjects judged again; `dates` turn, `moved` is set where a day moved."""

    judgments: tuple[Judgment, ...]
    dates: Dates
    moved: tuple[int, int] | None


def log_of(meta: Meta, known: int) -> str:
    """Give a hash of the days of the positions up to one: two exports of one register agree on it."""
    said = [[position, day] for position, day in meta.positions if position <= known]
    return sha256(repr(said).encode()).hexdigest()


def goes_on(old: Result, meta: Meta, known: int, receipt: Receipt | None, folder: Path) -> bool:
    """Tell whether a register is the one that was judged, with nothing gone and only later positions added."""
    return (
        old.receipt is not None
        and receipt is not None
        and old.receipt.types == receipt.types
        and old.known <= known
        and old.log == log_of(meta, old.known)
        and _nothing_gone(old.receipt, receipt, folder)
    )


def _nothing_gone(old: Receipt, now: Receipt, folder: Path) -> bool:
    """Tell whether files that changed hold as many early versions as those they take the place of."""
    before: dict[str, int] = {}
    for name, (_, _, rows) in old.files.items():
        if now.files.get(name) != old.files[name]:
            before[_dataset(name)] = before.get(_dataset(name), 0) + rows
    if not before:
        return True
    with connect() as engine:
        for dataset, rows in before.items():
            later = [
                name for name in now.files
                if _dataset(name) == dataset and now.files[name] != old.files.get(name)
            ]  # fmt: skip
            if not later or _early(engine, folder, later, old.position) != rows:
                return False
    return True


def _dataset(file: str) -> str:
    return file.rpartition("/")[0]


def _early(
    engine: duckdb.DuckDBPyConnection, folder: Path, files: Iterable[str], position: int
) -> int:
    listed = ", ".join(quoted(folder / file) for file in files)
    sql = f"SELECT count(*) FROM read_parquet([{listed}]) WHERE known_from <= {position}"
    return int(engine.execute(sql).fetchall()[0][0])


def since(
    old: Result, judgments: Sequence[Judgment], tasks: Sequence[Task], types: Types
) -> Since | None:
    """Say what an earlier result saves of judgments to make, each with its task; None where it saves nothing."""
    earlier = {j.meaning: j for j in old.judgments}
    kept: list[Judgment] = []
    moved: tuple[int, int] | None = None
    dates: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for judgment, task in zip(judgments, tasks, strict=True):
        before = earlier.get(judgment.meaning)
        if before is None:
            continue
        if before.judged != judgment.judged:
            turning = turns(task.programme, types) if judgment.cycle is None else None
            span = (before.judged, judgment.judged)
            columns = None if turning is None else date_columns(turning, types, *span)
            if columns is None or moved not in (None, span):
                continue
            moved = span
            for column, spans in columns.items():
                dates.setdefault(column, []).extend(spans)
        kept.append(replace(judgment, whole=before.whole))
    return Since(tuple(kept), dates, moved) if kept else None


def write_again(
    folder: Path,
    types: Types,
    tasks: Iterable[Task],
    span: tuple[int, int],
    saved: Since,
    file: Path,
) -> int:
    """Write the subjects to be judged again into a file, for positions after the first of `span` up to the second; give their number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    with connect() as engine:
        selected = list(_selected(folder, types, types_read(tasks, types), span, saved))
        union = "\nUNION ALL ".join(["SELECT NULL::VARCHAR AS subject", *selected])
        engine.execute(
            f"COPY (SELECT DISTINCT subject FROM ({union}) WHERE subject IS NOT NULL ORDER BY subject) "
            f"TO {quoted(part)} (FORMAT parquet, COMPRESSION zstd)"
        )
        count = int(engine.execute(f"SELECT count(*) FROM {_read(part)}").fetchall()[0][0])
    part.replace(file)
    return count


def _selected(
    folder: Path, types: Types, wanted: Sequence[str], span: tuple[int, int], saved: Since
) -> Iterator[str]:
    """Write the texts that each select some of the subjects."""
    there = {
        name: f"read_parquet({quoted(pattern_of(folder / name))})"
        for name in _datasets(types, wanted)
        if any((folder / name).glob("*.parquet"))
    }
    for record_type in types_needed(types, wanted):
        for version in types[record_type].values():
            source = there.get(dataset_of(version))
            if source is None:
                continue
            yield from _came_or_went(source, "subject", span)
            where = columns_of(types, version)
            where["date"] = where.get(types[record_type][max(types[record_type])].counting, "")
            spans = [
                (where[field], one)
                for (of, field), found in saved.dates.items()
                for one in found
                if of == record_type and where.get(field)
            ]
            if spans:
                turned = " OR ".join(_between(name_of(column), *one) for column, one in spans)
                known = known_at(span[1])
                yield f"SELECT subject FROM {source} WHERE {known} AND ({turned})"
    organisations, units = there.get(tables.ORGANISATIONS), there.get(tables.UNITS)
    if organisations:
        yield from _came_or_went(organisations, "subject", span)
    if tables.ISSUED in there:
        yield from _came_or_went(there[tables.ISSUED], "subject", span)
    if units:
        yield from _came_or_went(units, "unit", span)
        if organisations:
            holders = " UNION ALL ".join(_came_or_went(organisations, "subject", span))
            yield f"SELECT unit AS subject FROM {units} WHERE holder IN ({holders})"
        if saved.moved:
            ends = (_between(column, *sorted(saved.moved)) for column in ("valid_from", "valid_to"))
            yield f"SELECT unit AS subject FROM {units} WHERE {' OR '.join(ends)}"


def _datasets(types: Types, wanted: Sequence[str]) -> Iterator[str]:
    yield from (tables.ORGANISATIONS, tables.UNITS, tables.ISSUED)
    for record_type in types_needed(types, wanted):
        yield from (dataset_of(version) for version in types[record_type].values())


def _came_or_went(source: str, subject: str, span: tuple[int, int]) -> Iterator[str]:
    """Write who has a version that became known, or ceased to be, between two positions. Two texts: each passes over groups of rows by what Parquet says of their column."""
    before, known = span
    for column in ("known_from", "known_to"):
        yield (
            f"SELECT {subject} AS subject FROM {source} WHERE {column} > {before} AND {column} <= {known}"
        )


def _between(column: str, first: int, last: int) -> str:
    """Write that a date lies between two days; those outside of the calendar are held at its ends."""
    low, high = days.of(days.YEAR_FIRST, 1, 1), days.of(days.YEAR_LAST, 12, 31)
    first, last = (min(max(day, low), high) for day in (first, last))
    return f"{column} BETWEEN {DUCKDB.day(first)} AND {DUCKDB.day(last)}"


def _read(file: Path) -> str:
    return f"read_parquet({quoted(file)})"


__all__ = ["SHARE_MAX", "Since", "goes_on", "log_of", "since", "write_again"]
