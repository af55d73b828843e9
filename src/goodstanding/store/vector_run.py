"""The columnar road: facts are read as columns, all rules run over whole columns, the standings lie in Parquet.

It says row by row what the interpreter says, and is the fast one: no plan is made for a statement, and what no record touches costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.issued import issued_before, origins_of
from goodstanding.compile.versions import subjects
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import Run
from goodstanding.store.duck import Engine, Step, Task
from goodstanding.store.lake import name_of
from goodstanding.store.standings import CONTRIBUTIONS, STANDINGS, TableWriter, coded
from goodstanding.store.vector_facts import Facts, FactsReader, wanted
from goodstanding.store.vector_grades import NOTHING
from goodstanding.store.vector_judge import CarriedIn, Judged, Untouched, carried_on, judge
from goodstanding.store.vector_tables import TableMaker
from goodstanding.store.vectors import Ints


class VectorEngine(Engine):
    """Judges a range of buckets over columns."""

    _reader: FactsReader | None = None

    def __enter__(self) -> Self:
        super().__enter__()
        self._untouched = Untouched(self.types)
        return self

    def judge(self, low: int, high: int, laws: Mapping[str, str], writer: TableWriter) -> None:
        """Judge the subjects of a range by every task."""
        self.buckets = {tables.BUCKET_FROM: low, tables.BUCKET_TO: high}
        for table in subjects(DUCKDB, self.known):
            self.make(table)
        self.names = self._texts(f"SELECT subject FROM {name_of(tables.SUBJECTS)} ORDER BY _s")
        self.unit_names = self._texts(
            f"SELECT subject FROM {name_of(tables.UNIT_SUBJECTS)} ORDER BY _s"
        )
        facts = self.reader().read(low, high, self.names, self.unit_names)
        self._kept: tuple[tuple[Step, ...], CarriedIn] = ((), CarriedIn())
        for task in self.tasks:
            judged = self._judged(task, facts)
            writer.add(*self._result_of(task, judged, laws))

    def reader(self) -> FactsReader:
        """Give what reads facts of each range."""
        if self._reader is None:
            programmes = {p.key: p for task in self.tasks for p, _ in task.steps}.values()
            self.engine.execute("SET preserve_insertion_order = true")
            asked = wanted(programmes, self.types)
            self._reader = FactsReader(self.engine, self.types, asked, self.known)
        return self._reader

    def _texts(self, sql: str) -> Any:  # noqa: ANN401 - pyarrow has no types
        return self.engine.sql(sql).to_arrow_table().column(0).combine_chunks()

    def _subjects(self, programme: n.Programme) -> int:
        return len(self.unit_names if programme.judges is n.Judges.UNIT else self.names)

    # -- the chain

    def _judged(self, task: Task, facts: Mapping[str, Facts]) -> Judged:
        """Run what has to be run for a task; what an earlier one has run already is not run again."""
        done, carried = self._kept
        if task.earlier[: len(done)] != done:
            done, carried = (), CarriedIn()
        for k in range(len(done), len(task.earlier)):
            programme, run = task.earlier[k]
            before = self._carried_in(programme, run, carried)
            judged = self._judge(programme, run, facts, before)
            carried = carried_on(judged, self._subjects(programme))
        self._kept = (task.earlier, carried)
        before = self._carried_in(task.programme, task.run, carried)
        judged = self._judge(task.programme, task.run, facts, before)
        if task.run.cycle is not None:
            carried = carried_on(judged, self._subjects(task.programme))
            self._kept = (task.steps, carried)
        return judged

    def _judge(
        self, programme: n.Programme, run: Run, facts: Mapping[str, Facts], before: CarriedIn
    ) -> Judged:
        return judge(programme, run, facts, self._subjects(programme), before, self._untouched)

    def _carried_in(self, programme: n.Programme, run: Run, computed: CarriedIn) -> CarriedIn:
        """Put what was issued for the cycle before in the place of what was computed."""
        if not self.was_issued(programme, run) or run.cycle is None:
            return computed
        table = issued_before(programme, run.cycle - 1, {}, known=self.known, dialect=DUCKDB)
        self.make(table)
        columns = {rule: pair[0] for rule, pair in origins_of(programme).items()}
        listed = ", ".join(
            f"coalesce({name_of(c)}, {NOTHING})::BIGINT AS c{i}"
            for i, c in enumerate(columns.values())
        )
        found = self.engine.sql(
            f"SELECT _s - 1 AS s{', ' + listed if listed else ''} FROM {name_of(table.name)}"
        ).to_arrow_table()
        subject = _numbers(found.column(0))
        carried = CarriedIn(usual=computed.usual)
        for to, own in ((carried.shown, computed.shown), (carried.worst, computed.worst)):
            for i, rule in enumerate(columns):
                nothing = np.full(self._subjects(programme), NOTHING, dtype=np.int64)
                to[rule] = own.get(rule, nothing).copy()
                to[rule][subject] = _numbers(found.column(i + 1))
        return carried

    # -- what is written

    def _result_of(self, task: Task, judged: Judged, laws: Mapping[str, str]) -> tuple[Any, Any]:
        programme = task.programme
        names, units = self.names, None
        if programme.judges is n.Judges.UNIT:
            names, units = self._holders(task.run), self.unit_names
        maker = TableMaker(judged, names, units, self.known, laws.get(programme.key, ""))
        standings = maker.standings().cast(coded(STANDINGS))
        if programme.score is None:
            return standings, CONTRIBUTIONS.empty_table()
        return standings, maker.contributions().cast(coded(CONTRIBUTIONS))

    def _holders(self, run: Run) -> Any:  # noqa: ANN401 - pyarrow has no types
        """Give the organisation that holds each unit on the judged day; missing where none does."""
        day = DUCKDB.day(run.judged)
        return self._texts(
            f"SELECT min(h.holder) AS holder FROM {name_of(tables.UNIT_SUBJECTS)} AS u\n"
            f"LEFT JOIN {name_of(tables.HOLDERS)} AS h ON h.unit = u.subject\n"
            f"  AND h.valid_from <= {day} AND (h.valid_to IS NULL OR {day} < h.valid_to)\n"
            "GROUP BY u._s ORDER BY u._s"
        )


def _numbers(column: Any) -> Ints:  # noqa: ANN401 - pyarrow has no types
    return column.combine_chunks().to_numpy(zero_copy_only=False)


__all__ = ["VectorEngine"]
