"""The steps *hit* and *key*: records meet a rule, and those with one distinct key become one.

Text made here gives rows of hits with `_k` (the number of what is judged), `_certain`, `_sure` (how certain the
record itself is, for certain hits of adverse types) and what a rule asks for beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goodstanding.compile import tables
from goodstanding.compile.dialect import Dialect
from goodstanding.compile.expressions import Expressions, link_column
from goodstanding.compile.query import Query
from goodstanding.compile.versions import Types, newest
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import ALWAYS_BEFORE, Run, counted

# Ranks of certainty, from the least; `under review` counts but is the least certain.
CERTAINTIES = (n.Certainty.UNDER_REVIEW.value, n.Certainty.DECIDED.value, n.Certainty.FINAL.value)
# The order of records everywhere.
ORDER = ("date", "known_from", "record")
# Columns that mark the members of a group that may be its first, and its last.
FIRST, LAST = "_first", "_last"
# Fields that every hit has.
_ALWAYS_THERE = frozenset({"date", "record", "act", "certainty"})


@dataclass(frozen=True)
class Rule:
    """What one rule reads off the records of its selection."""

    select: n.Select
    reads: tuple[object, ...] = ()  # nodes beside the selection's own
    by: str = ""  # a date field read as it stands


@dataclass
class Hits:
    """Writes the hits of selections for one programme and run."""

    programme: n.Programme
    types: Types
    run: Run
    expressions: Expressions
    rules: tuple[Rule, ...]

    @property
    def dialect(self) -> Dialect:
        """Give the engine's way of saying."""
        return self.expressions.dialect

    def records(self, query: Query, record_type: str) -> str:
        """Add the part that reads the counting records of a type up to the judged day, with the linked fields that rules read."""
        name = self.dialect.name
        links = self._links_read(record_type)
        columns = ", ".join(
            [
                "f.date",
                "f.known_from",
                "f.record",
                "f.act",
                "f.certainty",
                *self._fields_read(record_type),
            ]
        )
        joins = ""
        for link, fields in links.items():
            alias = name(f"to {link}")
            target = next(x for x in newest(self.types, record_type).links if x.name == link)
            for field in sorted(fields):
                column = "_gone" if field == "annulled" else name(field)
                columns += f", {alias}.{column} AS {name(link_column(link, field))}"
            joins += (
                f"\nLEFT JOIN {name(tables.facts(target.to))} AS {alias}"
                f" ON {alias}._s = f._s AND {alias}.record = f.{name('link_' + link)}"
            )
        key, join = "f._s AS _k", ""
        if self.programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
            item = item_of(self.programme, "f.")
            key = "k._k"
            join = f"\nJOIN {name(tables.KEYS)} AS k ON k._s = f._s AND k.unit = {item}"
        readable = self._readable(record_type)
        within = list(self._hull(record_type))
        where = " AND ".join(
            ["f._counts", f"f.date <= {self.dialect.day(self.run.judged)}", *within]
        )
        return query.add(
            f"records of {record_type}",
            f"SELECT {key}, {columns}\nFROM {name(tables.facts(record_type))} AS f{join}{joins}\n"
            f"WHERE {where}{'' if readable else ' AND FALSE'}",
            how=self.dialect.shared() if joins or join or within else self.dialect.inlined(),
        )

    def _hull(self, record_type: str) -> Iterable[str]:
        """Write the days outside of which no rule looks at a record of a type."""
        moments = dict(self.run.moments)
        windows = [
            counted(rule.select.window, moments)
            for rule in self.rules
            if rule.select.record == record_type
        ]
        start, end = min(w[0] for w in windows), max(w[1] for w in windows)
        if start > ALWAYS_BEFORE:
            yield f"f.date >= {self.dialect.day(start)}"
        if end <= self.run.judged:
            yield f"f.date < {self.dialect.day(end)}"

    def _readable(self, record_type: str) -> bool:
        """Tell whether records of a type can be about what the programme judges."""
        judges, about = self.programme.judges, newest(self.types, record_type).about
        if judges in (n.Judges.DECISION, n.Judges.RECORD):
            return record_type in self.programme.judged_records and about != "unit"
        return about == ("unit" if judges is n.Judges.UNIT else "organisation")

    def _nodes(self, record_type: str) -> Iterable[object]:
        for rule in self.rules:
            if rule.select.record == record_type:
                yield from inside((rule.select, *rule.reads))

    def _fields_read(self, record_type: str) -> list[str]:
        there = {"date", "known_from", "record", "act", "certainty"}
        names = {node.name for node in self._nodes(record_type) if isinstance(node, n.Field)}
        names |= {rule.by for rule in self.rules if rule.select.record == record_type and rule.by}
        return [f"f.{self.dialect.name(name)}" for name in sorted(names - there)]

    def _links_read(self, record_type: str) -> dict[str, set[str]]:
        links: dict[str, set[str]] = {}
        for node in self._nodes(record_type):
            if isinstance(node, n.LinkField):
                links.setdefault(node.link, set()).add(node.name)
        return links

    def of(self, query: Query, select: n.Select, columns: Mapping[str, str]) -> str:
        """Give the sub-select of the hits of a selection with the named columns, and _k, _certain, _sure."""
        last = newest(self.types, select.record)
        always = select.where == n.TRUE
        said = "".join(f", {sql} AS {name}" for name, sql in columns.items())
        where = self._where(select)
        truth = "" if always else f", {self.expressions.truth(select.where)} AS _truth"
        rank = self.dialect.no_place()
        if last.direction is n.Direction.ADVERSE:
            cases = " ".join(
                f"WHEN {self.dialect.text(c)} THEN {i}" for i, c in enumerate(CERTAINTIES)
            )
            rank = f"CASE certainty {cases} END"
        inner = f"SELECT _k{said}{truth}, {rank} AS _rank FROM {self.records(query, select.record)}{where}"
        names = "".join(f", {name}" for name in columns)
        if always:
            return f"(SELECT _k{names}, TRUE AS _certain, _rank AS _sure FROM ({inner}) AS hit)"
        return (
            f"(SELECT _k{names}, coalesce(_truth, FALSE) AS _certain, CASE WHEN _truth THEN _rank END AS _sure\n"
            f"FROM ({inner}) AS hit WHERE _truth IS NOT FALSE)"
        )

    def _where(self, select: n.Select) -> str:
        parts = list(self._window(select.window))
        if select.final:
            parts.append(f"certainty = {self.dialect.text(n.Certainty.FINAL.value)}")
        return "\nWHERE " + " AND ".join(parts) if parts else ""

    def _window(self, window: n.Window) -> Iterable[str]:
        start, end = counted(window, dict(self.run.moments))
        if start > ALWAYS_BEFORE:
            yield f"date >= {self.dialect.day(start)}"
        if end <= self.run.judged:
            yield f"date < {self.dialect.day(end)}"

    def may_be_unsettled(self, select: n.Select) -> bool:
        """Tell whether a group of a selection can have a first member that only possibly meets it."""
        alone = any(isinstance(k, n.Field) and k.name == "record" for k in select.distinct)
        return not alone and not _never_undecided(select.where)

    def members(
        self, query: Query, select: n.Select, columns: Mapping[str, str], marks: Iterable[str] = ()
    ) -> str:
        """Give the hits of a selection with their keys and the named columns, ORDER among them.

        The marks FIRST and LAST tell of a hit whether it may be its group's first or last: no certain one stands before or after it.
        """
        keys = self.keys(select)
        rows = self.of(query, select, {**keys, **{c: c for c in ORDER}, **columns})
        if not marks:
            return rows
        said = ", ".join(f"{self._beyond(keys, mark)} = 0 AS {mark}" for mark in marks)
        return f"(SELECT *, {said} FROM {rows} AS hits)"

    def _beyond(self, keys: Iterable[str], mark: str) -> str:
        """Count the certain hits of the group that stand before (or after) a hit."""
        order = ", ".join(c if mark == FIRST else f"{c} DESC" for c in ORDER)
        return (
            f"count(CASE WHEN _certain THEN 1 END) OVER (PARTITION BY _k, {', '.join(keys)} ORDER BY {order}"
            " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
        )

    def keys(self, select: n.Select) -> dict[str, str]:
        """Give the columns of the distinct key: the act where the selection names none."""
        if not select.distinct:
            return {"_d0": "act"}
        keys = {}
        for i, node in enumerate(select.distinct):
            keys[f"_d{i}"] = (
                self.expressions.field(node)
                if isinstance(node, n.Field | n.LinkField)
                else self.expressions.exact(node)
            )
        return keys


def item_of(programme: n.Programme, prefix: str = "") -> str:
    """Write which decision or record a record belongs to; a record without a decision number is a decision of its own."""
    if programme.judges is n.Judges.RECORD:
        return f"{prefix}record"
    return f"coalesce({prefix}decision, {prefix}record)"


def _never_undecided(truth: n.Truth) -> bool:
    """Tell whether a condition over one record is true or false, whatever the record lacks."""
    match truth:
        case n.Always() | n.Present():
            return True
        case n.Not(part):
            return _never_undecided(part)
        case n.All(parts) | n.Any_(parts):
            return all(_never_undecided(part) for part in parts)
        case n.Compare(_, left, right) | n.SameCode(left, right):
            return _always_there(left) and _always_there(right)
        case n.WordIn(subject, _):
            return _always_there(subject)
        case n.TruthOf(subject):
            return isinstance(subject, n.LinkField) and subject.name == "annulled"


def _always_there(value: n.Value) -> bool:
    match value:
        case n.Const() | n.Now():
            return True
        case n.Field(name):
            return name in _ALWAYS_THERE
        case n.Shift(date):
            return _always_there(date)
        case n.Add(left, right) | n.Sub(left, right):
            return _always_there(left) and _always_there(right)
        case _:
            return False
