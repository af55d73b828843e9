"""Facts of a range of buckets as columns: the records that count, in the order of subjects and records; and what rules see of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pyarrow as pa

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.hits import CERTAINTIES
from goodstanding.compile.programme import rules_of
from goodstanding.compile.versions import Types, newest, types_needed, version_tables
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import Run
from goodstanding.store import vectors as v
from goodstanding.store.lake import name_of
from goodstanding.store.vector_meaning import NOT_YET
from goodstanding.store.vector_records import (
    ALWAYS,
    Links,
    Records,
    number_acts,
    number_subjects,
    target_of,
)
from goodstanding.store.vectors import Ints, Known, Num, Word

# An Arrow array of texts: pyarrow has no types.
Texts = Any
# So many rows come out of the engine in one piece.
ROWS_PER_PIECE = 2**20


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
    # where decisions or records are judged
    decision: Texts = None
    record: Texts = None


class FactsReader:
    """Reads facts straight from the datasets of a register: one pass over each record type, for all programmes."""

    def __init__(
        self,
        engine: duckdb.DuckDBPyConnection,
        types: Types,
        asked: Mapping[str, Wanted],
        known: int | None,
    ) -> None:
        """Begin."""
        self.engine, self.types, self.asked = engine, types, asked
        # fields seen along links, by the type at whose records they end
        self.seen: dict[str, set[str]] = {}
        for name, one in asked.items():
            for link, seen in one.linked:
                target = target_of(newest(types, name), link)
                self.seen.setdefault(target, set()).add(seen)
        fields = {name: self._fields(name) for name in {*asked, *self.seen}}
        self.links = Links(types, types_needed(types, fields))
        versions = version_tables(
            types, fields, known=known, dialect=DUCKDB, fields=fields, numbered=False
        )
        # the first tables are what is known of each type; the others say in SQL what Links does
        for name, table in zip(self.links.needed, versions, strict=False):
            engine.execute(f"PREPARE {_statement(name)} AS {self._text(name, table.sql)}")

    def read(self, low: int, high: int, organisations: Texts, units: Texts) -> dict[str, Facts]:
        """Read all types asked for of a range of buckets (both ends included).

        The subjects are given in the order of their numbers; records of others are left out.
        """
        read = {name: self._records(name, low, high) for name in self.links.needed}
        shared = {}
        for about, names in (("organisation", organisations), ("unit", units)):
            mine = [one for one in read.values() if one.type.about == about]
            number_subjects(mine, names)
            shared[about] = number_acts([one for one in mine if one.type.id in self.asked])
        self.links.follow(read)
        facts = {}
        for name, asked in self.asked.items():
            facts[name] = self._facts(name, asked, read, shared[read[name].type.about])
            if name not in self.seen:
                del read[name]  # facts take its place in memory
        return facts

    def _text(self, name: str, known: str) -> str:
        """Write what is read of a type. Records that do not count are read only where others may rest on them or look at them."""
        links = ["link_" + link.name for link in newest(self.types, name).links]
        columns = dict(ALWAYS)
        columns |= {one: f"f.{name_of(one)}" for one in (*sorted(self._fields(name)), *links)}
        whole = name in self.seen or self.links.is_rested_on(name)
        if whole:
            columns |= {"_counts": "f._counts", "_gone": "f._gone"}
        said = ", ".join(f"{sql} AS {name_of(column)}" for column, sql in columns.items())
        return f"SELECT {said} FROM (\n{known}\n) AS f" + ("" if whole else "\nWHERE f._counts")

    def _fields(self, name: str) -> frozenset[str]:
        """Give the fields that are read of a type, its own or along a link."""
        own = frozenset(self.seen.get(name, ())) - {"annulled"}
        if name in self.asked:
            own |= _fields(self.asked[name])
            own |= {"decision"} if self.asked[name].items else frozenset()
        return own

    def _records(self, name: str, low: int, high: int) -> Records:
        buckets = f"{tables.BUCKET_FROM} := {int(low)}, {tables.BUCKET_TO} := {int(high)}"
        found = self.engine.sql(f"EXECUTE {_statement(name)}({buckets})")
        table = found.to_arrow_table(ROWS_PER_PIECE).combine_chunks()
        return Records(newest(self.types, name), table)

    def _facts(
        self, name: str, asked: Wanted, read: Mapping[str, Records], acts_shared: bool
    ) -> Facts:
        """Take the counting records of a type, in order."""
        own = read[name]
        places = own.in_order()

        def taken(known: Known) -> Known:
            return known if places is None else v.taken(known, places)

        date = taken(own.known("date"))
        assert isinstance(date, Num)  # noqa: S101 - by its type
        subject, certainty, act = (
            column if places is None else column[places]
            for column in (own.subject, own.certainty, own.act)
        )
        facts = Facts(own.type, subject, date.lo, certainty, act, acts_shared)
        facts.fields = {one: taken(own.known(one)) for one in _fields(asked)}
        facts.fields |= {"date": date, "certainty": Word(certainty, CERTAINTIES)}
        for link, one in asked.linked:
            facts.linked[link, one] = taken(self.links.seen_along(name, link, one, read))
        if asked.items:
            facts.decision, facts.record = (
                column if places is None else column.take(pa.array(places))
                for column in (own.table.column("decision"), own.table.column("record"))
            )
        return facts


def _statement(record_type: str) -> str:
    """Name the statement that reads a type; it is planned once, for all ranges."""
    return name_of(f"read {record_type}")


def _fields(asked: Wanted) -> frozenset[str]:
    """Give the fields to be read as they are; certainty is read as a rank, the date always."""
    return asked.fields - {"date", "certainty"}


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
