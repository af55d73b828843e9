"""Facts of a range of buckets as columns: what the tables of facts hold that counts, in the order of subjects and records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.hits import CERTAINTIES
from goodstanding.compile.programme import rules_of
from goodstanding.compile.versions import Types, newest
from goodstanding.kernel.quantity import CODE, TRUTH, Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import Run
from goodstanding.store import vectors as v
from goodstanding.store.lake import name_of
from goodstanding.store.vector_meaning import NOT_YET
from goodstanding.store.vectors import Ints, Known, Num, Truth, Word

# Arrow arrays and tables: pyarrow has no types.
Texts = Any
Table = Any
ACTS = "acts"
# Rows of one type are numbered below this; an act that no other record names is told by type and row.
_ROWS_MAX = 2**40


@dataclass(frozen=True)
class Wanted:
    """What is read of one record type: fields, own or along a link; whether decisions are judged."""

    fields: frozenset[str]
    linked: frozenset[tuple[str, str]]
    items: bool


def wanted(programmes: Iterable[n.Programme], types: Types) -> dict[str, Wanted]:
    """Say what programmes read of each record type that they select or judge."""
    from_fields: dict[str, set[str]] = {}
    from_links: dict[str, set[tuple[str, str]]] = {}
    items: set[str] = set()
    for programme in programmes:
        if programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
            items |= set(programme.judged_records)
        for rule in rules_of(programme):
            fields = from_fields.setdefault(rule.select.record, set())
            links = from_links.setdefault(rule.select.record, set())
            fields |= {rule.by} - {""}
            for node in inside((rule.select, *rule.reads)):
                if isinstance(node, n.Field):
                    fields.add(node.name)
                elif isinstance(node, n.LinkField):
                    links.add((node.link, node.name))
    return {
        name: Wanted(
            frozenset(from_fields.get(name, ())), frozenset(from_links.get(name, ())), name in items
        )
        for name in sorted({*from_fields, *items})
        if name in types
    }


@dataclass
class Facts:
    """The counting records of one type: columns in the order (subject, date, known_from, record).

    `subject` numbers organisations or units from 0. `act` tells acts of one subject apart; `acts_shared` is false where each record is an act of its own.
    """

    type: n.RecordType
    subject: Ints
    date: Ints
    certainty: Ints  # places in CERTAINTIES
    act: Ints
    acts_shared: bool
    fields: dict[str, Known] = field(default_factory=dict)
    linked: dict[tuple[str, str], Known] = field(default_factory=dict)
    decision: Word | None = None
    record: Word | None = None


class FactsReader:
    """Reads facts from the tables that compile/versions.py makes."""

    def __init__(
        self, engine: duckdb.DuckDBPyConnection, types: Types, asked: Mapping[str, Wanted]
    ) -> None:
        """Begin."""
        self.engine, self.types, self.asked = engine, types, asked
        self.buckets = (0, 65_535)
        self.naming: dict[tuple[str, int], bool] = {}

    def read(self, low: int, high: int, organisations: Texts, units: Texts) -> dict[str, Facts]:
        """Read all types asked for, after their tables were made for a range of buckets (both ends included).

        The subjects are given in the order of their numbers; records of others are left out.
        """
        self.buckets = (low, high)
        numbers = {
            about: {name: at for at, name in enumerate(names.to_pylist())}
            for about, names in (("organisation", organisations), ("unit", units))
        }
        shared = {about: self._acts(about) for about in numbers}
        found = {}
        for at, (name, one) in enumerate(self.asked.items()):
            about = newest(self.types, name).about
            found[name] = self._one(at, name, one, shared[about], numbers[about])
        return found

    def _acts(self, about: str) -> bool:
        """Number the acts that are named by others than their own record; tell whether there are any."""
        low, high = self.buckets
        named = [
            f"SELECT subject AS _s, act FROM {name_of(tables.source(t, number))}\n"
            f"WHERE act IS NOT NULL AND act <> record AND bucket BETWEEN {int(low)} AND {int(high)}"
            for t in self.asked
            if newest(self.types, t).about == about
            for number, version in self.types[t].items()
            if self._names_acts(version)
        ]
        if named:
            union = " UNION ALL ".join(named)
            self.engine.execute(
                f"CREATE OR REPLACE TEMP TABLE {name_of(f'{ACTS} of {about}')} AS"
                f" SELECT _s, act, row_number() OVER () AS code FROM (SELECT DISTINCT _s, act FROM ({union}))"
            )
        return bool(named)

    def _names_acts(self, version: n.RecordType) -> bool:
        """Tell whether any record of a version names another act than its own."""
        key = (version.id, version.version)
        if key not in self.naming:
            source = name_of(tables.source(*key))
            found = self.engine.execute(
                f"SELECT 1 FROM {source} WHERE act IS NOT NULL AND act <> record LIMIT 1"
            ).fetchall()
            self.naming[key] = bool(found)
        return self.naming[key]

    def _one(
        self, at: int, name: str, asked: Wanted, acts_shared: bool, numbers: Mapping[str, int]
    ) -> Facts:
        """Read one type in the order of records."""
        columns, source = self._columns(name, asked, acts_shared)
        said = ", ".join(f"{sql} AS c{i}" for i, sql in enumerate(columns))
        table = self._fetched(
            f"SELECT f._s, f.known_from, f.record, {said} FROM {source}\nWHERE f._counts"
        )
        subject, places = _order(table, numbers)
        if len(places) < table.num_rows or (np.diff(places) != 1).any():
            table = table.take(pa.array(places)).combine_chunks()
        return self._facts(at, name, asked, acts_shared, subject, table)

    def _fetched(self, sql: str) -> Table:
        return self.engine.sql(sql).to_arrow_table().combine_chunks()

    def _columns(self, name: str, asked: Wanted, acts_shared: bool) -> tuple[list[str], str]:
        """Write what is read of a type, and from where: date, certainty, act, fields, linked fields, decision and record."""
        last = newest(self.types, name)
        source = f"{name_of(tables.facts(name))} AS f"
        columns = [_days("f.date"), _rank("f.certainty"), "NULL::BIGINT"]
        if acts_shared:
            columns[2] = "a.code"
            acts = name_of(f"{ACTS} of {last.about}")
            source += f"\nLEFT JOIN {acts} AS a ON a._s = f._s AND a.act = f.act"
        columns += [_column(f"f.{name_of(one)}", last.type_of(one)) for one in _fields(asked)]
        for link in sorted({link for link, _ in asked.linked}):
            target = tables.facts(_target(last, link))
            alias = name_of("to " + link)
            source += f"\nLEFT JOIN {name_of(target)} AS {alias} ON {alias}._s = f._s AND {alias}.record = f.{name_of('link_' + link)}"
        for link, one in sorted(asked.linked):
            alias = name_of("to " + link)
            if one == "annulled":
                columns.append(f"coalesce({alias}._gone, FALSE)")
            else:
                kind = newest(self.types, _target(last, link)).type_of(one)
                columns.append(_column(f"{alias}.{name_of(one)}", kind))
        if asked.items:
            columns += ["f.decision", "f.record"]
        return columns, source

    def _facts(
        self, at: int, name: str, asked: Wanted, acts_shared: bool, subject: Ints, table: Table
    ) -> Facts:
        last, got = newest(self.types, name), iter(table.columns[3:])
        date, certainty, act = (_numbers(next(got)) for _ in range(3))
        own = -1 - (at * _ROWS_MAX + np.arange(len(subject), dtype=np.int64))
        facts = Facts(
            last, subject, date.lo, certainty.lo, v.where(act.lo_known, act.lo, own), acts_shared
        )
        facts.fields["date"] = date
        facts.fields["certainty"] = Word(certainty.lo, CERTAINTIES)
        for one in _fields(asked):
            facts.fields[one] = _known(next(got), last.type_of(one) or CODE)
        for link, one in sorted(asked.linked):
            kind = (
                TRUTH if one == "annulled" else newest(self.types, _target(last, link)).type_of(one)
            )
            facts.linked[link, one] = _known(next(got), kind or CODE)
        if asked.items:
            facts.decision, facts.record = _words(next(got)), _words(next(got))
        return facts


def _fields(asked: Wanted) -> list[str]:
    return sorted(asked.fields - {"date", "certainty"})


def _target(record_type: n.RecordType, link: str) -> str:
    return next(x.to for x in record_type.links if x.name == link)


def _judged(table: Table, numbers: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Give the number of the subject of each row that is judged, and the places of those rows. Rows of one subject mostly stand together."""
    ids = table.column(0)
    if not table.num_rows:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
    changes = _array(pc.not_equal(ids.slice(1), ids.slice(0, len(ids) - 1)))
    starts = np.flatnonzero(np.concatenate(([True], changes)))
    found = [numbers.get(id_, -1) for id_ in ids.take(pa.array(starts)).to_pylist()]
    subject = np.repeat(np.array(found, dtype=np.int64), np.diff(np.append(starts, len(ids))))
    places = np.flatnonzero(subject >= 0)
    return subject[places], places


def _order(table: Table, numbers: Mapping[str, int]) -> tuple[Ints, Ints]:
    """Give subjects and places of the judged rows in the order (subject, date, known_from, record)."""
    subject, places = _judged(table, numbers)
    known_from = _numbers(table.column(1)).lo[places]
    date = _numbers(table.column(3)).lo[places]
    if not _rises(subject, date, known_from):
        order = np.lexsort((known_from, date, subject))
        subject, places = subject[order], places[order]
        date, known_from = date[order], known_from[order]
    same = (np.diff(subject) == 0) & (np.diff(date) == 0) & (np.diff(known_from) == 0)
    if same.any():
        places = _by_record(table, places, same)
    return subject, places


def _by_record(table: Table, places: Ints, same: Ints) -> Ints:
    """Put rows that only the record's id tells apart in the order of their ids; `same` says which rows are as the one before."""
    tied = np.flatnonzero(np.append(False, same) | np.append(same, False))
    run = np.cumsum(~np.append(False, same))[tied]
    ids = table.column(2).take(pa.array(places[tied])).to_pylist()
    order = sorted(range(len(tied)), key=lambda i: (run[i], ids[i]))
    places = places.copy()
    places[tied] = places[tied][np.array(order, dtype=np.int64)]
    return places


def _rises(subject: Ints, date: Ints, known_from: Ints) -> bool:
    """Tell whether rows stand in order."""
    s, d, k = np.diff(subject), np.diff(date), np.diff(known_from)
    return not ((s < 0) | ((s == 0) & ((d < 0) | ((d == 0) & (k < 0))))).any()


def _days(column: str) -> str:
    return f"({column} - DATE '1970-01-01')::BIGINT"


def _rank(column: str) -> str:
    cases = " ".join(f"WHEN {DUCKDB.text(c)} THEN {i}" for i, c in enumerate(CERTAINTIES))
    return f"(CASE {column} {cases} END)::BIGINT"


def _column(column: str, type_: Type | None) -> str:
    return _days(column) if type_ is not None and type_.kind is Kind.DATE else column


def _known(column: Any, type_: Type) -> Known:  # noqa: ANN401 - pyarrow has no types
    if type_.kind is Kind.TRUTH:
        if column.null_count == 0:
            return v.decided(_array(column))
        return Truth(_array(pc.fill_null(column, False)), _array(pc.fill_null(column, True)))
    if type_.kind in (Kind.NUMBER, Kind.DATE):
        return _numbers(column)
    return _words(column)


def _numbers(column: Any) -> Num:  # noqa: ANN401 - pyarrow has no types
    if column.null_count == 0:
        return v.exact(_array(column).astype(np.int64, copy=False))
    known = _array(pc.is_valid(column))
    return v.exact(_array(pc.fill_null(column, 0)).astype(np.int64, copy=False), known)


def _words(column: Any) -> Word:  # noqa: ANN401 - pyarrow has no types
    coded = pc.dictionary_encode(column)
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    codes = _array(pc.fill_null(coded.indices, -1)).astype(np.int64, copy=False)
    return Word(codes, coded.dictionary.to_pylist())


def _array(column: Any) -> Ints:  # noqa: ANN401 - pyarrow has no types
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    return column.to_numpy(zero_copy_only=False)


# --------------------------------------------------------------------------------------------------
# Views


@dataclass
class Items:
    """The things judged in one run: organisations, units, decisions or records; a view over their indicators."""

    run: Run
    subject: Ints  # number of the subject of each
    opened: Ints | None = None
    indicators: dict[str, Known] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Count them."""
        return len(self.subject)

    def field(self, name: str) -> Known:
        """No record is at hand."""
        raise KeyError(name)

    def linked(self, link: str, name: str) -> Known:
        """No record is at hand."""
        raise KeyError(link, name)

    def known(self, name: str) -> Known:
        """Give an indicator."""
        return self.indicators[name]

    def moment(self, moment: n.Moment) -> Num:
        """Give a day of the run."""
        if moment is n.Moment.OPENED and self.opened is not None:
            return v.exact(self.opened)
        return v.exact(dict(self.run.moments)[moment])


class Rows:
    """Some records of one type, with the thing judged that each belongs to; sorted by it, then in the order of records."""

    def __init__(self, facts: Facts, rows: Ints, item: Ints, items: Items) -> None:
        self.facts, self.at, self.item, self.items = facts, rows, item, items
        self._fields: dict[object, Known] = {}

    @property
    def rows(self) -> int:
        """Count them."""
        return len(self.at)

    def some(self, places: Ints) -> Rows:
        """Give some of the rows, in the same order."""
        return Rows(self.facts, self.at[places], self.item[places], self.items)

    def field(self, name: str) -> Known:
        """Give a field; a cure or end after the judged day has not happened."""
        return self._kept(name, name, self.facts.fields[name])

    def linked(self, link: str, name: str) -> Known:
        """Give a field of the linked records."""
        return self._kept((link, name), name, self.facts.linked[link, name])

    def _kept(self, key: object, name: str, column: Known) -> Known:
        found = self._fields.get(key)
        if found is None:
            found = v.taken(column, self.at)
            if name in NOT_YET and isinstance(found, Num):
                happened = v.both(found.lo_known, found.lo <= self.items.run.judged)
                found = v.exact(found.lo, happened)
            self._fields[key] = found
        return found

    def known(self, name: str) -> Known:
        """Give an indicator of the things the records belong to."""
        return v.taken(self.items.known(name), self.item)

    def moment(self, moment: n.Moment) -> Num:
        """Give a day of the run."""
        found = self.items.moment(moment)
        return v.exact(v.take(found.lo, self.item))
