"""The first step, *version*: tables of facts, one per record type, as kernel/facts.py folds them for one subject.

A table of facts holds one row per record known: `_s` (the number of its subject), its own columns and fields as the newest
version of the type names them, `link_<name>`, and two truths: `_counts`, and `_gone` (annulled, or annulled with another).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from goodstanding.compile import tables
from goodstanding.compile.dialect import Dialect
from goodstanding.compile.tables import Table
from goodstanding.kernel.quantity import CODE, DATE, Type
from goodstanding.kernel.record import IN_FORCE
from goodstanding.kernel.rules import nodes as n

Types = Mapping[str, Mapping[int, n.RecordType]]

# Own columns of the register that are own fields of a record; those that most programmes do not read.
_OWN = ("cured", "ended", "decision", "act", "authority", "certainty")
_SELDOM = ("decision", "authority")


def newest(types: Types, record_type: str) -> n.RecordType:
    """Give the newest version of a type: the one by which every record is read."""
    versions = types[record_type]
    return versions[max(versions)]


def types_needed(types: Types, wanted: Iterable[str]) -> tuple[str, ...]:
    """Give the types whose records are read: those wanted, those they rest on, and those whose links touch them."""
    needed: list[str] = []
    todo = sorted(wanted)
    while todo:
        one = todo.pop(0)
        if one in needed or one not in types:
            continue
        needed.append(one)
        todo += [link.to for link in newest(types, one).links if link.kind is n.LinkKind.RESTS_ON]
        todo += [
            other for other in sorted(types) for link in newest(types, other).links
            if link.to == one and link.kind is not n.LinkKind.REFERS
        ]  # fmt: skip
    return tuple(sorted(needed))


def subjects(dialect: Dialect, known: int | None) -> tuple[Table, ...]:
    """Number what can be judged in a range of buckets: organisations of a judged form, and units held by one."""
    name, p = dialect.name, dialect.parameter
    inside = f"bucket BETWEEN {p(tables.BUCKET_FROM)} AND {p(tables.BUCKET_TO)}"
    return (
        Table(
            tables.SUBJECTS,
            f"SELECT row_number() OVER (ORDER BY bucket, subject) AS _s, subject\n"
            f"FROM {name(tables.ORGANISATIONS)}\n"
            f"WHERE {inside} AND form = 'organisation' AND {known_at(known)}",
            by_bucket=True,
        ),
        Table(
            tables.UNIT_SUBJECTS,
            f"SELECT row_number() OVER (ORDER BY bucket, unit) AS _s, unit AS subject\n"
            f"FROM (SELECT DISTINCT bucket, unit FROM {name(tables.HOLDERS)} WHERE {inside}) AS held",
            by_bucket=True,
        ),
    )


def holders(dialect: Dialect, known: int | None) -> Table:
    """Give the units held by an organisation of a judged form, with the days of holding; once for all buckets."""
    name = dialect.name
    return Table(
        tables.HOLDERS,
        "SELECT u.bucket, u.unit, u.holder, u.valid_from, u.valid_to\n"
        f"FROM {name(tables.UNITS)} AS u JOIN {name(tables.ORGANISATIONS)} AS o\n"
        "  ON o.subject = u.holder AND o.bucket = u.holder_bucket\n"
        f"WHERE o.form = 'organisation' AND {known_at(known, 'o.')} AND {known_at(known, 'u.')}",
    )


def known_at(known: int | None, prefix: str = "") -> str:
    """Write whether a row is the version known at a log position (None: now)."""
    if known is None:
        return f"{prefix}known_to IS NULL"
    return f"{prefix}known_from <= {known} AND ({prefix}known_to IS NULL OR {known} < {prefix}known_to)"


@dataclass(frozen=True)
class _Facts:
    """Makes the tables of facts of some types."""

    types: Types
    needed: tuple[str, ...]
    known: int | None
    dialect: Dialect
    fields: Mapping[str, frozenset[str]] | None = None
    numbered: bool = True

    def fields_of(self, record_type: str) -> tuple[tuple[str, Type], ...]:
        """Give the fields that are read of a type; the others are left where they are."""
        last = newest(self.types, record_type)
        if self.fields is None:
            return last.fields
        read = self.fields.get(record_type, frozenset())
        return tuple((name, type_) for name, type_ in last.fields if name in read)

    def own_of(self, record_type: str) -> tuple[str, ...]:
        """Give the own columns that are read: act and certainty always, dates of links always."""
        if self.fields is None:
            return _OWN
        read = self.fields.get(record_type, frozenset())
        return tuple(c for c in _OWN if c in read or c not in _SELDOM)

    def known_rows(self, record_type: str) -> str:
        """Read all versions of a type as the newest, before links."""
        parts = [self._one_version(v) for _, v in sorted(self.types[record_type].items())]
        return "\nUNION ALL\n".join(parts)

    def _one_version(self, version: n.RecordType) -> str:
        name = self.dialect.name
        last = newest(self.types, version.id)
        where = columns_of(self.types, version)
        day = where.get(last.counting)
        values = [
            f"{name(where[f]) if f in where else self.dialect.missing(t)} AS {name(f)}"
            for f, t in self.fields_of(version.id)
        ]
        own = [
            f"{name(where[c]) if c in where else self.dialect.missing(n.OWN_FIELDS[c])} AS {c}"
            for c in self.own_of(version.id)
            if c != "act"
        ]
        own.append(
            f"coalesce({name(where['act'])}, record) AS act" if "act" in where else "record AS act"
        )
        here = {link.name for link in version.links}
        links = [
            f"{name('link_' + link.name) if link.name in here else self.dialect.missing(CODE)}"
            f" AS {name('link_' + link.name)}"
            for link in last.links
        ]
        date = name(day) if day else self.dialect.missing(DATE)
        counts = ", ".join(self.dialect.text(c) for c in n.COUNTING)
        judged = tables.UNIT_SUBJECTS if last.about == "unit" else tables.SUBJECTS
        in_force = f"state = {self.dialect.text(IN_FORCE)}"
        in_time = self._in_time(last.lapses, where)
        p = self.dialect.parameter
        number, join = "_s", f"\nJOIN {name(judged)} AS s ON s.subject = r.subject"
        if not self.numbered:
            number, join = "r.subject AS _s", ""
        return (
            f"SELECT {number}, record, known_from, {', '.join(own)}, {date} AS date,\n"
            + "".join(f"  {v},\n" for v in values + links)
            + f"  coalesce({in_force} AND certainty IN ({counts}) AND {date} IS NOT NULL, FALSE){in_time} AS _counts,\n"
            f"  coalesce(state = 'annulled' OR ({in_force} AND certainty = 'annulled'), FALSE) AS _gone\n"
            f"FROM {name(tables.source(version.id, version.version))} AS r{join}\n"
            f"WHERE r.bucket BETWEEN {p(tables.BUCKET_FROM)} AND {p(tables.BUCKET_TO)} AND {known_at(self.known, 'r.')}"
        )

    def _in_time(self, lapse: n.Lapse | None, where: Mapping[str, str]) -> str:
        """Write that an act had not lapsed; nothing where its type does not lapse or the version has no such day."""
        if lapse is None or lapse.since not in where or lapse.until not in where:
            return ""
        d = self.dialect
        since, until = d.name(where[lapse.since]), d.name(where[lapse.until])
        end = d.plus_months(since, lapse.months)
        if lapse.longer_months is not None and lapse.longer_where in where:
            longer = d.name(where[lapse.longer_where])
            end = f"CASE WHEN {longer} THEN {d.plus_months(since, lapse.longer_months)} ELSE {end} END"
        return f" AND coalesce({until} < {end}, TRUE)"

    def linking(self, kind: n.LinkKind, to: str) -> list[tuple[str, str]]:
        """Give (type, link) of all links of a kind that end at records of a type."""
        return [
            (one, link.name)
            for one in self.needed
            for link in newest(self.types, one).links
            if link.kind is kind and link.to == to
        ]

    def marked(self, kind: n.LinkKind, to: str, table_of: Mapping[str, str]) -> str:
        """Name the records that such links of counting records point to, with the earliest date; "" without links."""
        parts = [
            f"SELECT _s, {self.dialect.name('link_' + link)} AS record, date"
            f" FROM {self.dialect.name(table_of[one])} WHERE _counts"
            for one, link in self.linking(kind, to)
        ]
        if not parts:
            return ""
        return (
            f"SELECT _s, record, min(date) AS date FROM ({' UNION ALL '.join(parts)}) AS marking\n"
            "  WHERE record IS NOT NULL GROUP BY _s, record"
        )

    def gone_with(self, record_type: str, table_of: Mapping[str, str]) -> str:
        """Name the records of a type that rest on an annulled one; "" where it has no such link."""
        name = self.dialect.name
        parts = [
            f"SELECT DISTINCT r._s, r.record FROM {name(table_of[record_type])} AS r JOIN {name(table_of[link.to])} AS t"
            f" ON t._s = r._s AND t.record = r.{name('link_' + link.name)} WHERE t._gone"
            for link in newest(self.types, record_type).links
            if link.kind is n.LinkKind.RESTS_ON and link.to in table_of
        ]
        return " UNION ".join(parts)

    def columns(self, record_type: str, prefix: str = "f.") -> str:
        """List the columns that links do not change."""
        last = newest(self.types, record_type)
        names = [
            "record",
            "known_from",
            "date",
            *(c for c in self.own_of(record_type) if c not in ("cured", "ended")),
        ]
        names += [self.dialect.name(f) for f, _ in self.fields_of(record_type)]
        names += [self.dialect.name("link_" + link.name) for link in last.links]
        return ", ".join(prefix + c for c in ["_s", *names])


def columns_of(types: Types, version: n.RecordType) -> dict[str, str]:
    """Say in which column of a version's dataset each field of the newest version stands."""
    where = {c: c for c in _OWN} | {name: name for name, _ in version.fields}
    for number in range(version.version + 1, newest(types, version.id).version + 1):
        for new, old in types[version.id][number].was:
            found = where.pop(old, None)
            if found is None:
                where.pop(new, None)
            else:
                where[new] = found
    return where


def version_tables(
    types: Types,
    wanted: Iterable[str],
    *,
    known: int | None,
    dialect: Dialect,
    fields: Mapping[str, frozenset[str]] | None = None,
    numbered: bool = True,
) -> tuple[Table, ...]:
    """Make the tables of facts of the wanted types (and of what their links touch), after the tables of subjects.

    `fields` are the fields read by record type; None is all of them. Where subjects are not `numbered`, `_s` is the stable id, of whomever.
    In order: what is known; what annulments name; what rests on the annulled; what cures and ends name. Each is one hop.
    """
    needed = types_needed(types, wanted)
    make = _Facts(types, needed, known, dialect, fields, numbered)
    done: list[Table] = []
    stage = {one: tables.facts(one) for one in needed}

    def next_stage(name: str, sql_of: Mapping[str, str]) -> None:
        for one, sql in sql_of.items():
            done.append(Table(f"{tables.facts(one)} {name}", sql))
        stage.update({one: f"{tables.facts(one)} {name}" for one in sql_of})

    done += [
        Table(f"{tables.facts(one)} known", make.known_rows(one), by_bucket=True) for one in needed
    ]
    stage = {one: f"{tables.facts(one)} known" for one in needed}
    next_stage("after annulments", _annulled(make, stage))
    next_stage("after what they rest on", _resting(make, stage))
    next_stage("after cures", _cured(make, stage))
    return tuple(_renamed(done, {name: tables.facts(one) for one, name in stage.items()}, dialect))


def _annulled(make: _Facts, stage: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in make.needed:
        marks = make.marked(n.LinkKind.ANNULS, one, stage)
        if marks:
            found[one] = (
                f"SELECT {make.columns(one)}, f.cured, f.ended,\n"
                "  f._counts AND m.record IS NULL AS _counts, f._gone OR (f._counts AND m.record IS NOT NULL) AS _gone\n"
                f"FROM {make.dialect.name(stage[one])} AS f LEFT JOIN (\n  {marks}\n) AS m"
                " ON m._s = f._s AND m.record = f.record"
            )
    return found


def _resting(make: _Facts, stage: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in make.needed:
        gone = make.gone_with(one, stage)
        if gone:
            found[one] = (
                f"SELECT {make.columns(one)}, f.cured, f.ended,\n"
                "  f._counts AND g.record IS NULL AS _counts, f._gone OR (f._counts AND g.record IS NOT NULL) AS _gone\n"
                f"FROM {make.dialect.name(stage[one])} AS f LEFT JOIN (\n  {gone}\n) AS g"
                " ON g._s = f._s AND g.record = f.record"
            )
    return found


def _cured(make: _Facts, stage: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for one in make.needed:
        cures, ends = (
            make.marked(kind, one, stage) for kind in (n.LinkKind.CURES, n.LinkKind.ENDS)
        )
        if not cures and not ends:
            continue
        earliest = make.dialect.least_known
        joins = ""
        for alias, marks in (("c", cures), ("e", ends)):
            if marks:
                joins += f"\nLEFT JOIN (\n  {marks}\n) AS {alias} ON {alias}._s = f._s AND {alias}.record = f.record"
        found[one] = (
            f"SELECT {make.columns(one)},"
            f" {earliest(['f.cured', 'c.date']) if cures else 'f.cured'} AS cured,"
            f" {earliest(['f.ended', 'e.date']) if ends else 'f.ended'} AS ended,\n"
            f"  f._counts, f._gone\nFROM {make.dialect.name(stage[one])} AS f{joins}"
        )
    return found


def _renamed(made: Sequence[Table], names: Mapping[str, str], dialect: Dialect) -> list[Table]:
    """Give the last table of each type its final name, and let later text read it under that name."""
    result = []
    for table in made:
        sql = table.sql
        for old, new in names.items():
            sql = sql.replace(dialect.name(old), dialect.name(new))
        result.append(Table(names.get(table.name, table.name), sql, table.by_bucket))
    return result
