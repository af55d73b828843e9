"""The SQL road: after this file has run, every subject of a register is judged by DuckDB, and the standings lie in Parquet.

The room compile writes the text; here it is run, range of buckets by range of buckets, so that memory does not grow
with the register. Tables of facts are made once per range, and read by all programmes and cycles.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.issued import issued_before, origins_of
from goodstanding.compile.programme import Plan, compile_programme, fields_read, record_types_read
from goodstanding.compile.tables import Table
from goodstanding.compile.versions import holders, subjects, types_needed, version_tables
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import version_for
from goodstanding.store.lake import (
    FIXED,
    Columns,
    Types,
    dataset_of,
    name_of,
    pattern_of,
    quoted,
    record_columns,
)
from goodstanding.store.standings import CONTRIBUTIONS, STANDINGS, TableWriter

BUCKETS = 65_536
# So many rows of records are worked on at once; a range of buckets is cut to hold about as many.
ROWS_AT_ONCE = 4_000_000

Progress = Callable[[str, int, int], None]
# A programme's version with a run of it.
Step = tuple[n.Programme, Run]


@dataclass(frozen=True)
class Task:
    """One run to make, after the runs of earlier cycles from which something may be carried into it."""

    programme: n.Programme
    run: Run
    earlier: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """Give all runs, in order."""
        return (*self.earlier, (self.programme, self.run))


def task_of(
    family: Iterable[n.Programme],
    programme: n.Programme,
    *,
    cycle: int | None = None,
    on: int | None = None,
    first: int | None = None,
) -> Task:
    """Plan one run. `first` is the cycle in which the chain of carried state begins (None: nothing is carried in)."""
    versions = tuple(family)
    earlier: list[Step] = []
    for before in range(first, cycle) if first is not None and cycle is not None else ():
        version = version_for(versions, before)
        if version is None:
            earlier.clear()  # a cycle that nobody judges ends the chain
        else:
            earlier.append((version, run(version, cycle=before)))
    return Task(programme, run(programme, cycle=cycle, on=on), tuple(earlier))


class NotEvaluated(Exception):
    """The engine refused: the text says what, in its own words. No file was written."""


def evaluate_register(
    folder: Path,
    types: Types,
    tasks: Sequence[Task],
    *,
    laws: Mapping[str, str],
    known: int | None,
    out: Path,
    road: type[Engine] | None = None,
    threads: int | None = None,
    memory: str = "",
    progress: Progress = lambda _what, _done, _all: None,
) -> int:
    """Judge a register that was admitted, write standings and contributions, give the number of standings.

    `laws` are the hashes of the law by key of the programme; `road` is the engine that judges (compiled text where none is named). Raises NotEvaluated, for example where a value is wider than
    its type says, or the disk is full.
    """
    road = road or Engine
    with tempfile.TemporaryDirectory(prefix=".duck-", dir=out.parent) as scratch:
        try:
            with (
                road(folder, types, tasks, known, Path(scratch), threads, memory) as engine,
                TableWriter(out) as writer,
            ):
                ranges = engine.ranges()
                for at, (low, high) in enumerate(ranges):
                    engine.judge(low, high, laws, writer)
                    progress("judging", at + 1, len(ranges))
                return writer.count
        except duckdb.Error as error:
            raise NotEvaluated(str(error).strip().splitlines()[0]) from error


# Steps by key of the programme's version and run.
_Keys = tuple[tuple[str, Run], ...]


class Engine:
    """One engine at work on one register. It judges by compiled text; another road overrides `judge`."""

    numbered = True  # whether tables of facts name subjects by number

    def __init__(
        self, folder: Path, types: Types, tasks: Sequence[Task], known: int | None, scratch: Path,
        threads: int | None, memory: str,
    ) -> None:  # fmt: skip
        self.folder, self.types, self.known = folder, types, known
        self.tasks = sorted(tasks, key=_order)
        self.plans: dict[_Keys, Plan] = {}
        self.buckets: dict[str, int] = {}
        self.last: _Keys = ()  # the steps whose outcome the table of standings holds
        self.done: _Keys = ()  # the steps whose outcome is kept to be carried in
        self.issued: frozenset[tuple[str, int]] = frozenset()  # (programme, cycle)
        config: dict[str, str | bool | int | float | list[str]] = {
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": str(scratch),
            "preserve_insertion_order": "false",
        }
        if threads:
            config["threads"] = str(threads)
        if memory:
            config["memory_limit"] = memory
        self.engine = duckdb.connect(config=config)
        wanted = {t for task in tasks for p, _ in task.steps for t in record_types_read(p, types)}
        self.wanted = tuple(sorted(wanted & set(types)))
        self.fields: dict[str, frozenset[str]] = {}
        for programme in {p.key: p for task in tasks for p, _ in task.steps}.values():
            for record_type, names in fields_read(programme, types).items():
                self.fields[record_type] = self.fields.get(record_type, frozenset()) | names

    def __enter__(self) -> Self:
        self._open_datasets()
        self.make(holders(DUCKDB, self.known))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.engine.close()

    # -- datasets

    def _open_datasets(self) -> None:
        for name in (tables.ORGANISATIONS, tables.UNITS, tables.ISSUED):
            self._view(name, name, FIXED[name])
        found = self.engine.execute(
            f"SELECT DISTINCT programme, cycle FROM {name_of(tables.ISSUED)}"
        )
        self.issued = frozenset((str(p), int(c)) for p, c in found.fetchall())
        for record_type in types_needed(self.types, self.wanted):
            for version, kind in self.types[record_type].items():
                self._view(
                    tables.source(record_type, version), dataset_of(kind), record_columns(kind)
                )

    def _view(self, name: str, dataset: str, columns: Columns) -> None:
        """Make a dataset readable; one without files is empty."""
        if any((self.folder / dataset).glob("*.parquet")):
            listed = ", ".join(name_of(column) for column, _ in columns)
            source = (
                f"SELECT {listed} FROM read_parquet({quoted(pattern_of(self.folder / dataset))})"
            )
        else:
            listed = ", ".join(f"NULL::{kind} AS {name_of(column)}" for column, kind in columns)
            source = f"SELECT {listed} WHERE FALSE"
        self.engine.execute(f"CREATE VIEW {name_of(name)} AS {source}")

    def ranges(self) -> list[tuple[int, int]]:
        """Cut the buckets into ranges (both ends included) that hold about ROWS_AT_ONCE rows."""
        sources = [
            tables.source(record_type, version)
            for record_type in types_needed(self.types, self.wanted)
            for version in self.types[record_type]
        ]
        rows = sum(self._count(name) for name in (*sources, tables.ORGANISATIONS))
        parts = min(BUCKETS, max(1, -(-rows // ROWS_AT_ONCE)))
        edges = [i * BUCKETS // parts for i in range(parts + 1)]
        return [(low, high - 1) for low, high in pairwise(edges)]

    def _count(self, name: str) -> int:
        found = self.engine.execute(f"SELECT count(*) FROM {name_of(name)}").fetchone()
        return int(found[0]) if found else 0

    # -- one range of buckets

    def judge(self, low: int, high: int, laws: Mapping[str, str], writer: TableWriter) -> None:
        """Judge the subjects of a range by every task."""
        self.fold(low, high)
        self.last = self.done = ()
        for task in self.tasks:
            self._reach(task)
            writer.add(*self._result(task, laws))

    def fold(self, low: int, high: int) -> None:
        """Number the subjects of a range and make its tables of facts."""
        self.buckets = {tables.BUCKET_FROM: low, tables.BUCKET_TO: high}
        made = version_tables(
            self.types,
            self.wanted,
            known=self.known,
            dialect=DUCKDB,
            fields=self.fields,
            numbered=self.numbered,
        )
        for table in subjects(DUCKDB, self.known):
            self.make(table)
        self.make_facts(made)

    def make_facts(self, made: Sequence[Table]) -> None:
        """Make the tables of facts of a range."""
        for table in made:
            self.make(table)

    def _reach(self, task: Task) -> None:
        """Run what has to be run for a task; what the task before has run already is not run again."""
        steps = task.steps
        keys = tuple((p.key, at) for p, at in steps)
        if keys == self.last:
            return
        begin = max(
            (len(k) for k in (self.last, self.done) if keys[: len(k)] == k and len(k) < len(keys)),
            default=0,
        )
        for k in range(begin, len(steps)):
            if self.done != keys[:k] or k == 0:
                self._carry_on(steps[: k + 1])
                self.done = keys[:k]
            for table in self._plan(steps[: k + 1]).tables:
                self.make(table)
            self.last = keys[: k + 1]

    def _carry_on(self, steps: tuple[Step, ...]) -> None:
        """Keep what is carried into the last of the steps: as issued for the cycle before, else of the standings just made."""
        earlier, (programme, at) = steps[:-1], steps[-1]
        if self.was_issued(programme, at):
            assert at.cycle is not None  # noqa: S101 - asked above
            computed = self._plan(earlier).origins if earlier else {}
            table = issued_before(
                programme, at.cycle - 1, computed, known=self.known, dialect=DUCKDB
            )
            self.make(table)
        elif earlier and self._plan(earlier).carry_on:
            self.make(Table(tables.BEFORE, self._plan(earlier).carry_on))

    def was_issued(self, programme: n.Programme, at: Run) -> bool:
        """Tell whether anything was issued by a programme for the cycle before a run."""
        return at.cycle is not None and (programme.id, at.cycle - 1) in self.issued

    def _plan(self, steps: tuple[Step, ...]) -> Plan:
        key = tuple((programme.key, at) for programme, at in steps)
        if key not in self.plans:
            programme, at = steps[-1]
            before = self._plan(steps[:-1]).origins if len(steps) > 1 else None
            if self.was_issued(programme, at):
                before = origins_of(programme)
            self.plans[key] = compile_programme(
                programme, self.types, at, known=self.known, before=before
            )
        return self.plans[key]

    def make(self, table: Table) -> None:
        """Make a table of this range."""
        text = f"CREATE OR REPLACE TEMP TABLE {DUCKDB.name(table.name)} AS {table.sql}"
        self.engine.execute(text, self.buckets if table.by_bucket else None)

    # -- what is written

    def _result(self, task: Task, laws: Mapping[str, str]) -> tuple[Any, Any]:
        """Give the rows of standings and contributions as Arrow tables."""
        p = task.programme
        text = DUCKDB.text
        fixed = {
            "programme": text(p.id),
            "version": text(p.version),
            "cycle": "NULL" if task.run.cycle is None else str(task.run.cycle),
            "invented": "TRUE" if p.invented else "FALSE",
            "judged": DUCKDB.day(task.run.judged),
            "known": "NULL" if self.known is None else str(self.known),
            "law": text(laws.get(p.key, "")),
            "missing": "[" + ", ".join(text(m) for m in p.missing) + "]::VARCHAR[]",
        }
        standings = self._arrow(
            STANDINGS,
            fixed,
            f"{DUCKDB.name(tables.STANDINGS)} WHERE _stands ORDER BY organisation, unit",
        )
        if p.score is None:
            return standings, CONTRIBUTIONS.empty_table()
        rows = f"{DUCKDB.name(tables.CONTRIBUTIONS)} ORDER BY organisation, unit, rule"
        return standings, self._arrow(CONTRIBUTIONS, fixed, rows)

    def _arrow(self, schema: Any, fixed: Mapping[str, str], source: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        listed = ", ".join(
            f"{fixed.get(name, DUCKDB.name(name))} AS {DUCKDB.name(name)}" for name in schema.names
        )
        return self.engine.sql(f"SELECT {listed} FROM {source}").to_arrow_table().cast(schema)


def _order(task: Task) -> tuple[str, int, int]:
    """The cycles of one programme stand one after another, so that each goes on where the one before ended."""
    return task.programme.id, task.run.cycle or 0, task.run.judged


__all__ = ["Engine", "NotEvaluated", "Task", "evaluate_register", "task_of"]
