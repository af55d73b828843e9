"""The SQL road: an engine opened on a register judges the subjects of a range of buckets by DuckDB.

The room compile writes the text; here it is run, range of buckets by range of buckets, so that memory does not grow
with the register. Tables of facts are made once per range, and read by all programmes and cycles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
from goodstanding.compile.versions import (
    columns_of,
    holders,
    newest,
    subjects,
    types_needed,
    version_tables,
)
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.nodes import RecordType
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import run_by, version_for
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
# The table of the subjects that are asked for, where not all are.
_ONLY = '"subjects asked for"'
# So many rows of records are worked on at once; a range of buckets is cut to hold about as many.
ROWS_AT_ONCE = 4_000_000

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
    versions, asked = tuple(family), run(programme, cycle=cycle, on=on)
    earlier: list[Step] = []
    for before in range(first, cycle) if first is not None and cycle is not None else ():
        version = version_for(versions, before)
        if version is None:
            earlier.clear()  # a cycle that nobody judges ends the chain
        else:
            earlier.append((version, run_by(version, before, asked.judged)))
    return Task(programme, asked, tuple(earlier))


def programmes_of(tasks: Iterable[Task]) -> tuple[n.Programme, ...]:
    """Give the versions of programmes that are run, each once."""
    return tuple({p.key: p for task in tasks for p, _ in task.steps}.values())


def types_read(tasks: Iterable[Task], types: Types) -> tuple[str, ...]:
    """Give the record types that are read, of those that there are."""
    wanted = {t for p in programmes_of(tasks) for t in record_types_read(p, types)}
    return tuple(sorted(wanted & set(types)))


# Steps by key of the programme's version and run.
_Keys = tuple[tuple[str, Run], ...]


class Engine:
    """One engine at work on one register. It judges by compiled text; another road overrides `judge`."""

    def __init__(
        self, folder: Path, types: Types, tasks: Sequence[Task], known: int | None, scratch: Path,
        threads: int | None, memory: str, only: Path | None = None,
    ) -> None:  # fmt: skip
        """Begin. `only` is a file of subjects: all others are passed over."""
        self.only = only
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
        self.engine.execute("SET enable_progress_bar = false")  # the door says how far it is
        self.wanted = types_read(tasks, types)
        self.fields: dict[str, frozenset[str]] = {}
        for programme in programmes_of(tasks):
            for record_type, names in fields_read(programme, types).items():
                self.fields[record_type] = self.fields.get(record_type, frozenset()) | names

    def __enter__(self) -> Self:
        self._open_datasets()
        self.make(holders(DUCKDB, self.known))
        if self.only is not None:
            # holders are looked for among all organisations, subjects among those asked for
            self._view(tables.ORGANISATIONS, tables.ORGANISATIONS, FIXED[tables.ORGANISATIONS])
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
        if self.only is not None:
            self.engine.execute(
                f"CREATE TEMP TABLE {_ONLY} AS SELECT subject FROM read_parquet({quoted(self.only)})"
            )
        self._view(
            tables.ORGANISATIONS, tables.ORGANISATIONS, FIXED[tables.ORGANISATIONS], everybody=True
        )
        self._view(tables.UNITS, tables.UNITS, FIXED[tables.UNITS])
        self._view(tables.ISSUED, tables.ISSUED, FIXED[tables.ISSUED])
        found = self.engine.execute(
            f"SELECT DISTINCT programme, cycle FROM {name_of(tables.ISSUED)}"
        )
        self.issued = frozenset((str(p), int(c)) for p, c in found.fetchall())
        for record_type in types_needed(self.types, self.wanted):
            for version, kind in self.types[record_type].items():
                name, columns = tables.source(record_type, version), self._columns_read(kind)
                self._view(name, dataset_of(kind), columns)
                if self.only is not None:  # the few rows that are left are read often
                    few, name = name_of("rows of those asked for"), name_of(name)
                    self.engine.execute(f"CREATE TEMP TABLE {few} AS FROM {name}")
                    self.engine.execute(f"DROP VIEW {name}")
                    self.engine.execute(f"ALTER TABLE {few} RENAME TO {name}")

    def _columns_read(self, kind: RecordType) -> Columns:
        """Give the columns of a type's version that are read: own ones, links, and the fields that a rule reads, as this version names them."""
        last, where = newest(self.types, kind.id), columns_of(self.types, kind)
        fields = set(self.fields.get(kind.id, ())) | {last.counting}
        if last.lapses:
            fields |= {last.lapses.since, last.lapses.until, last.lapses.longer_where}
        unread = {name for name, _ in kind.fields} - {where[f] for f in fields if f in where}
        return tuple((name, type_) for name, type_ in record_columns(kind) if name not in unread)

    def _view(self, name: str, dataset: str, columns: Columns, *, everybody: bool = False) -> None:
        """Make a dataset readable; one without files is empty."""
        if any((self.folder / dataset).glob("*.parquet")):
            listed = ", ".join(name_of(column) for column, _ in columns)
            source = (
                f"SELECT {listed} FROM read_parquet({quoted(pattern_of(self.folder / dataset))})"
            )
            if self.only is not None and not everybody:
                subject = "unit" if dataset == tables.UNITS else "subject"
                source += f" WHERE {subject} IN (SELECT subject FROM {_ONLY})"
        else:
            listed = ", ".join(f"NULL::{kind} AS {name_of(column)}" for column, kind in columns)
            source = f"SELECT {listed} WHERE FALSE"
        self.engine.execute(f"CREATE OR REPLACE TEMP VIEW {name_of(name)} AS {source}")

    def ranges(self) -> list[tuple[int, int]]:
        """Cut the buckets into ranges (both ends included) that hold about ROWS_AT_ONCE rows."""
        parts = min(BUCKETS, max(1, -(-self._rows() // ROWS_AT_ONCE)))
        edges = [i * BUCKETS // parts for i in range(parts + 1)]
        return [(low, high - 1) for low, high in pairwise(edges)]

    def _rows(self) -> int:
        """Count the rows of organisations and records; those of a few subjects by their share."""
        datasets = [
            dataset_of(kind)
            for record_type in types_needed(self.types, self.wanted)
            for kind in self.types[record_type].values()
        ]
        rows = sum(self._count(dataset) for dataset in datasets)
        organisations = self._count(tables.ORGANISATIONS)
        if self.only is None:
            return rows + organisations
        found = self.engine.execute(f"SELECT count(*) FROM {_ONLY}").fetchone()
        return (rows + organisations) * int(found[0] if found else 0) // max(1, organisations)

    def _count(self, dataset: str) -> int:
        if not any((self.folder / dataset).glob("*.parquet")):
            return 0
        pattern = quoted(pattern_of(self.folder / dataset))
        found = self.engine.execute(f"SELECT count(*) FROM read_parquet({pattern})").fetchone()
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
        )
        for table in subjects(DUCKDB, self.known):
            self.make(table)
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


__all__ = ["Engine", "Task", "task_of", "types_read"]
