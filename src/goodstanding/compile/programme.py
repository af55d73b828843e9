"""A programme, its record types and the days of a run become text: tables to make in order, for any range of buckets.

The text is that of the five steps (version, hit, key, subject, programme). Its standings are row by row those of the
interpreter, kernel/standing.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodstanding.compile import aggregates, levels, points, tables
from goodstanding.compile.dialect import Dialect
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.expressions import Expressions, Pair, exactly
from goodstanding.compile.grades import Decision
from goodstanding.compile.hits import Hits, Rule, item_of
from goodstanding.compile.query import Query
from goodstanding.compile.tables import Table
from goodstanding.compile.versions import Types, newest
from goodstanding.kernel.quantity import CODE, DATE, Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside, names_read
from goodstanding.kernel.rules.windows import Run

# Carry rule -> columns (of the standings of the cycle before) with its origin, shown and worst.
Origins = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """What to run for one programme and cycle, after the tables of facts of `reads` are made."""

    programme: n.Programme
    run: Run
    reads: tuple[str, ...]  # record types
    tables: tuple[Table, ...]
    carry_on: str  # the text of table BEFORE for the next cycle; "" if nothing is carried
    origins: Origins


def compile_programme(
    programme: n.Programme,
    types: Types,
    run: Run,
    *,
    known: int | None = None,
    before: Origins | None = None,
    dialect: Dialect = DUCKDB,
) -> Plan:
    """Write the text of one programme for one run. `before` are the origins of the plan of the cycle before."""
    return _Compiler(programme, types, run, known, before or {}, dialect).plan()


def record_types_read(programme: n.Programme, types: Types) -> tuple[str, ...]:
    """Give the record types whose facts a programme reads: selected, judged, or read along a link."""
    wanted = set(programme.judged_records)
    for node in inside(programme):
        if isinstance(node, n.Select):
            wanted.add(node.record)
    links = {node.link for node in inside(programme) if isinstance(node, n.LinkField)}
    for one in tuple(wanted):
        if one in types:
            wanted |= {link.to for link in newest(types, one).links if link.name in links}
    return tuple(sorted(wanted))


def fields_read(programme: n.Programme, types: Types) -> dict[str, set[str]]:
    """Give the fields that a programme reads by record type, its own or along a link; own fields as well."""
    found: dict[str, set[str]] = {t: {"decision"} for t in programme.judged_records}
    for rule in rules_of(programme):
        own = found.setdefault(rule.select.record, set())
        own.add(rule.by)
        if rule.select.record not in types:
            continue
        links = {link.name: link.to for link in newest(types, rule.select.record).links}
        for node in inside((rule.select, *rule.reads)):
            if isinstance(node, n.Field):
                own.add(node.name)
            elif isinstance(node, n.LinkField) and node.link in links:
                found.setdefault(links[node.link], set()).add(node.name)
    return found


def rules_of(programme: n.Programme) -> Sequence[Rule]:
    """Give all that reads records."""
    return [*_of_indicators(programme), *_of_score(programme), *_of_levels(programme)]


def _of_indicators(p: n.Programme) -> list[Rule]:
    return [aggregates.rule_of(i.what) for i in p.indicators if not isinstance(i.what, n.Scalar)]


def _of_score(p: n.Programme) -> list[Rule]:
    return [rule for r in (p.score.rules if p.score else ()) if (rule := points.rule_of(r))]


def _of_levels(p: n.Programme) -> list[Rule]:
    return levels.rules_of(p.levels) if p.levels else []


@dataclass(frozen=True)
class _Compiler:
    programme: n.Programme
    types: Types
    run: Run
    known: int | None
    before: Origins
    dialect: Dialect

    def plan(self) -> Plan:
        d, p = self.dialect, self.programme
        moments = {moment: d.day(day) for moment, day in self.run.moments}
        if p.judges in (n.Judges.DECISION, n.Judges.RECORD):
            moments[n.Moment.OPENED] = "_opened"
        on_record = Expressions(d, moments, {})

        def hits_of(rules: Sequence[Rule]) -> Hits:
            return Hits(p, self.types, self.run, on_record, tuple(rules))

        values_sql, refs, sure = self.values(
            hits_of(_of_indicators(p)), Expressions(d, moments, {})
        )
        values = Expressions(d, moments, refs)
        made = [Table(tables.KEYS, self.keys()), Table(tables.VALUES, values_sql)]
        if p.score:
            made.append(Table(tables.WORTH, points.worth(p.score, hits_of(_of_score(p)), values)))
        if p.levels:
            made.append(
                Table(
                    tables.LEVELS, levels.levels_reached(p.levels, hits_of(_of_levels(p)), values)
                )
            )
        decision = Decision(p, self.run, values, self.before, sure)
        made.append(Table(tables.STANDINGS, decision.statement()))
        if p.score:
            made.append(Table(tables.CONTRIBUTIONS, self.contributions(p.score)))
        return Plan(
            p,
            self.run,
            record_types_read(p, self.types),
            tuple(made),
            decision.carry_on(),
            decision.origins(),
        )

    # -- what is judged

    def keys(self) -> str:
        """Number what is judged: `_k`, `_s`, organisation, unit (or decision, or record), opened.

        A unit that nobody holds on the judged day has no organisation: it gets no standing, but carries on what it carries.
        """
        d, judges = self.dialect, self.programme.judges
        judged = d.day(self.run.judged)
        if judges is n.Judges.ORGANISATION:
            return (
                f"SELECT _s AS _k, _s, subject AS organisation, {d.missing(CODE)} AS unit, {d.missing(DATE)} AS opened\n"
                f"FROM {d.name(tables.SUBJECTS)}"
            )
        if judges is n.Judges.UNIT:
            return (
                f"SELECT u._s AS _k, u._s, min(h.holder) AS organisation, u.subject AS unit, {d.missing(DATE)} AS opened\n"
                f"FROM {d.name(tables.UNIT_SUBJECTS)} AS u LEFT JOIN {d.name(tables.HOLDERS)} AS h ON h.unit = u.subject\n"
                f"  AND h.valid_from <= {judged} AND (h.valid_to IS NULL OR {judged} < h.valid_to)\n"
                "GROUP BY u._s, u.subject"
            )
        own = [
            t
            for t in self.programme.judged_records
            if t in self.types and newest(self.types, t).about != "unit"
        ]
        items = "\nUNION ALL ".join(
            f"SELECT _s, {item_of(self.programme)} AS unit, date FROM {d.name(tables.facts(t))}"
            f" WHERE _counts AND date <= {judged}"
            for t in own
        )
        if not own:
            items = (
                f"SELECT 0 AS _s, {d.missing(CODE)} AS unit, {d.missing(DATE)} AS date WHERE FALSE"
            )
        return (
            "SELECT row_number() OVER (ORDER BY i._s, i.unit) AS _k, i._s, s.subject AS organisation, i.unit, i.opened\n"
            f"FROM (SELECT _s, unit, min(date) AS opened FROM (\n{items}\n) AS records GROUP BY _s, unit) AS i\n"
            f"JOIN {d.name(tables.SUBJECTS)} AS s ON s._s = i._s"
        )

    # -- indicators

    def values(self, hits: Hits, make: Expressions) -> tuple[str, dict[str, Pair], str]:
        """Write the row of indicators: over records first, then formulas, each layer over those before."""
        d = self.dialect
        query = Query(d)
        columns, joins, sure = [], "", []
        refs: dict[str, Pair] = {}
        for place, indicator in enumerate(self.programme.indicators):
            if isinstance(indicator.what, n.Scalar):
                continue
            found = aggregates.aggregate(hits, query, indicator.what, indicator.type)
            alias = f"i{place}"
            joins += f"\nLEFT JOIN {found.sql} AS {alias} ON {alias}._k = k._k"
            said, refs[indicator.name] = self.column(indicator.name, found.read(alias))
            columns += said
            sure.append(f"{alias}._sure")
        least = d.least_known(sure) if sure else d.no_place()
        listed = "".join(f",\n  {c}" for c in columns)
        last = query.add(
            "over records",
            f"SELECT k._k, k.opened AS _opened, {least} AS _sure{listed}\nFROM {d.name(tables.KEYS)} AS k{joins}",
        )
        last = self.formulas(query, last, make, refs)
        return query.statement(f"SELECT * FROM {last}"), refs, "_sure"

    def column(self, name: str, pair: Pair) -> tuple[list[str], Pair]:
        """Name the one or two columns of an indicator."""
        d = self.dialect
        if pair.exact:
            return [f"{pair.lo} AS {d.name(name)}"], exactly(d.name(name))
        lo, hi = d.name(f"{name}$lo"), d.name(f"{name}$hi")
        return [f"{pair.lo} AS {lo}", f"{pair.hi} AS {hi}"], Pair(lo, hi)

    def formulas(self, query: Query, last: str, make: Expressions, refs: dict[str, Pair]) -> str:
        """Add the formulas over indicators, in as few layers as what they read allows."""
        depth: dict[str, int] = {}
        layers: dict[int, list[n.Indicator]] = {}
        for indicator in self.programme.indicators:
            if isinstance(indicator.what, n.Scalar):
                depth[indicator.name] = 1 + max(
                    (depth.get(r, 0) for r in names_read(indicator.what)), default=0
                )
                layers.setdefault(depth[indicator.name], []).append(indicator)
        for level, indicators in sorted(layers.items()):
            knowing = make.knowing(**refs)
            columns: list[str] = []
            for indicator in indicators:
                pair = _formula(knowing, indicator)
                said, refs[indicator.name] = self.column(indicator.name, pair)
                columns += said
            listed = "".join(f",\n  {c}" for c in columns)
            last = query.add(f"formulas {level}", f"SELECT *{listed}\nFROM {last}")
        return last

    # -- contributions

    def contributions(self, score: n.Score) -> str:
        """Write the rows of contributions: rules that took or gave something in either result, of standings made."""
        d = self.dialect
        ids = (
            ", ".join(f"({i}, {d.text(rule.id)})" for i, rule in enumerate(score.rules))
            or "(0, '')"
        )
        return (
            "SELECT s.organisation, s.unit, r.id AS rule, w.low, w.high, w.groups\n"
            f"FROM {d.name(tables.WORTH)} AS w JOIN {d.name(tables.STANDINGS)} AS s ON s._k = w._k\n"
            f"JOIN (VALUES {ids}) AS r(_rule, id) ON r._rule = w._rule\n"
            "WHERE s._stands AND (w.low <> 0 OR w.high <> 0)"
        )


def _formula(make: Expressions, indicator: n.Indicator) -> Pair:
    assert isinstance(indicator.what, n.Scalar)  # noqa: S101 - asked by the caller
    formula = indicator.what.formula
    if indicator.type.kind is Kind.TRUTH:
        return exactly(make.truth(formula))  # type: ignore[arg-type]
    return make.pair(formula)  # type: ignore[arg-type]


__all__ = ["Origins", "Plan", "compile_programme", "fields_read", "record_types_read"]
