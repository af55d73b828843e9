"""The step *subject* for indicators: groups of hits become one row per subject, as kernel/rules/aggregate.py says.

Each indicator over records becomes a sub-select with `_k`, its value and `_sure`, and the text by which a row of
indicators reads it: a subject without a hit has no row there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from goodstanding.compile.expressions import Pair, exactly
from goodstanding.compile.hits import FIRST, LAST, ORDER, Hits, Rule
from goodstanding.compile.query import Query
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import expected_periods

_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Found:
    """A sub-select of an indicator and how its value is read from it under an alias."""

    sql: str
    read: Callable[[str], Pair]


def rule_of(what: n.Aggregate) -> Rule:
    """Say what an indicator reads off records."""
    of = getattr(what, "of", None)
    by = what.by if isinstance(what, n.LongestRun | n.MissingPeriods) else ""
    return Rule(what.select, () if of is None or isinstance(of, str) else (of,), by)


def aggregate(hits: Hits, query: Query, what: n.Aggregate, type_: Type) -> Found:
    """Write an indicator over records."""
    make = _Aggregates(hits, query)
    match what:
        case n.Count(select):
            return make.count(select)
        case n.Exists(select):
            return make.exists(select)
        case n.Sum(select, of):
            return (
                make.sum(select, of, type_)
                if of.type.never_negative
                else make.signed_sum(select, of, type_)
            )
        case n.Extreme():
            return make.extreme(what)
        case n.Pick():
            return make.pick(what, type_)
        case n.Peak():
            return make.peak(what, type_)
        case n.LongestRun():
            return make.longest_run(what)
        case n.MissingPeriods():
            return make.missing(what)


def or_nothing(alias: str, column: str, nothing: str) -> str:
    """Read a column that may itself be NULL; `nothing` where the subject has no row."""
    return f"CASE WHEN {alias}._k IS NULL THEN {nothing} ELSE {alias}.{column} END"


def grouped(
    hits: Hits,
    query: Query,
    select: n.Select,
    columns: Mapping[str, str],
    asked: Mapping[str, str],
    marks: Sequence[str] = (),
) -> str:
    """Give the sub-select of groups: `_k`, the aggregates asked for over the columns of hits, and `_sure`."""
    keys = hits.keys(select)
    rows = (
        hits.members(query, select, columns, marks)
        if marks
        else hits.of(query, select, {**keys, **columns})
    )
    said = "".join(f", {sql} AS {name}" for name, sql in asked.items())
    return f"(SELECT _k{said}, min(_sure) AS _sure\nFROM {rows} AS hits GROUP BY _k, {', '.join(keys)})"


def mark_of(take: n.Take) -> str:
    """Name the mark of the members that may be taken."""
    return LAST if take is n.Take.LATEST else FIRST


@dataclass(frozen=True)
class Groups:
    """What groups of hits are worth, and where they stand in time."""

    hits: Hits
    query: Query

    def valued(
        self, select: n.Select, of: n.Value | None, asked: Mapping[str, str] | None = None
    ) -> str:
        """Give groups with `_certain`, `lo` and `hi` as `Sum` says (1 each without `of`), and more if asked."""
        d = self.hits.dialect
        asked = {"_certain": d.any_true("_certain"), **(asked or {})}
        order = {c: c for c in ORDER}
        if of is None:
            rows = grouped(self.hits, self.query, select, order, asked)
            return f"(SELECT *, CASE WHEN _certain THEN 1 ELSE 0 END AS lo, 1 AS hi FROM {rows} AS counted)"
        value = {**order, "v": self.hits.expressions.exact(of)}
        taken = select.take is not n.Take.GRAVEST
        if not taken or self.hits.may_be_unsettled(select):
            low, high = self.worth(select, of)
            marks = (mark_of(select.take),) if taken else ()
            return grouped(
                self.hits, self.query, select, value, {**asked, "lo": low, "hi": high}, marks
            )
        one = d.taken({"v": "v"}, ORDER, latest=select.take is n.Take.LATEST)
        rows = grouped(self.hits, self.query, select, value, {**asked, "taken": one})
        return f"(SELECT *, CASE WHEN _certain THEN coalesce(taken.v, 0) ELSE 0 END AS lo, taken.v AS hi FROM {rows} AS takings)"

    def worth(self, select: n.Select, of: n.Value | None, over: str = "") -> tuple[str, str]:
        """Aggregate the ends of a group's value, over hits with `v` and the mark of those that may be taken."""
        certain = f"{self.hits.dialect.any_true('_certain')}{over}"
        if of is None:
            return f"CASE WHEN {certain} THEN 1 ELSE 0 END", "1"
        if select.take is n.Take.GRAVEST:
            low = f"coalesce(max(CASE WHEN _certain THEN v END){over}, 0)"
            return low, f"CASE WHEN count(v){over} = count(*){over} THEN max(v){over} END"
        mark = mark_of(select.take)
        low = f"min(CASE WHEN {mark} THEN coalesce(v, 0) END){over}"
        known = (
            f"count(CASE WHEN {mark} THEN v END){over} = count(CASE WHEN {mark} THEN 1 END){over}"
        )
        return (
            f"CASE WHEN {certain} THEN {low} ELSE 0 END",
            f"CASE WHEN {known} THEN max(CASE WHEN {mark} THEN v END){over} END",
        )

    def lying(self, select: n.Select, of: n.Value | None = None) -> str:
        """Give each member that may be its group's first: `_day`, `known_from`, `record` and its `_place`.

        Of the group it says whether it is `_there` for certain and `_settled`, `lo`, `hi` and `_sure`; `_next` is the day of the next
        member that may be the first, where one follows.
        """
        d, keys = self.hits.dialect, ", ".join(self.hits.keys(select))
        value = {} if of is None else {"v": self.hits.expressions.exact(of)}
        taken = of is not None and select.take is n.Take.LATEST
        marks = (FIRST, LAST) if taken else (FIRST,)
        rows = self.hits.members(self.query, select, value, marks)
        low, high = self.worth(select, of, " OVER grouped")
        return (
            f"(SELECT *, _certain AND _place = 1 AS _settled FROM (\n"
            f"SELECT _k, date AS _day, known_from, record, _certain, {FIRST}, row_number() OVER ordered AS _place,\n"
            # a certain member is the last that may be the first
            f"  CASE WHEN NOT _certain THEN lead(date) OVER ordered END AS _next, {d.any_true('_certain')} OVER grouped AS _there,\n"
            f"  {low} AS lo, {high} AS hi, min(_sure) OVER grouped AS _sure\n"
            f"FROM {rows} AS marked\n"
            f"WINDOW grouped AS (PARTITION BY _k, {keys}), ordered AS (PARTITION BY _k, {keys} ORDER BY {', '.join(ORDER)})\n"
            f") AS placed WHERE {FIRST})"
        )

    def in_windows(
        self,
        groups: str,
        months: int,
        carried: tuple[str, ...],
        measures: tuple[str, ...],
        *,
        lying: bool = False,
    ) -> str:
        """Give for each group e the totals of the groups d with d.date <= e.date < d.date + months.

        `groups` have `_day`, the carried columns, and per measure m: `m_lo`, and `m_hi` that may be open. A running sum over
        the days on which groups enter and leave gives each window; those of one day enter and leave together. Where a group stands in
        several rows (`lying`), it leaves on `_next` at the latest, so that it counts once at a time.
        """
        d = self.hits.dialect
        plain = [f"{m}_{end}" for m in measures for end in ("lo", "hi")]
        enter = [
            f"{m}_lo, coalesce({m}_hi, 0) AS {m}_hi, CASE WHEN {m}_hi IS NULL THEN 1 ELSE 0 END AS {m}_open"
            for m in measures
        ]
        leave = [
            f"-{m}_lo, -coalesce({m}_hi, 0), -CASE WHEN {m}_hi IS NULL THEN 1 ELSE 0 END"
            for m in measures
        ]
        kept = "".join(f", {c}" for c in carried)
        nothing = "".join(", NULL" for _ in carried)
        sums = [f"{d.total(c)} OVER days AS {c}" for c in plain + [f"{m}_open" for m in measures]]
        ends = [
            f"{m}_lo, CASE WHEN {m}_open > 0 THEN NULL ELSE {m}_hi END AS {m}_hi" for m in measures
        ]
        ready = self.query.add(
            f"groups {len(self.query.parts)}", f"SELECT * FROM {groups} AS groups", how=d.shared()
        )
        leaves = d.plus_months("_day", months)
        if lying:
            leaves = d.least_known([leaves, "_next"])
        return (
            f"(SELECT _k, _day{kept}, {', '.join(ends)} FROM (\n"
            f"SELECT _k, _day, _enters{kept}, {', '.join(sums)} FROM (\n"
            f"SELECT _k, _day, TRUE AS _enters{kept}, {', '.join(enter)} FROM {ready}\n"
            f"UNION ALL SELECT _k, {leaves}, FALSE{nothing}, {', '.join(leave)} FROM {ready}\n"
            ") AS moves WINDOW days AS (PARTITION BY _k ORDER BY _day RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)\n"
            ") AS running WHERE _enters)"
        )


@dataclass(frozen=True)
class _Aggregates:
    """Writes indicators."""

    hits: Hits
    query: Query

    def count(self, select: n.Select) -> Found:
        """Count the certain groups, and all."""
        certain = {"_certain": self.hits.dialect.any_true("_certain")}
        groups = grouped(self.hits, self.query, select, {}, certain)
        sql = (
            "(SELECT _k, count(CASE WHEN _certain THEN 1 END) AS lo, count(*) AS hi, min(_sure) AS _sure\n"
            f"FROM {groups} AS groups GROUP BY _k)"
        )
        if select.where == n.TRUE:
            return Found(sql, lambda a: exactly(f"coalesce({a}.hi, 0)"))
        return Found(sql, lambda a: Pair(f"coalesce({a}.lo, 0)", f"coalesce({a}.hi, 0)"))

    def exists(self, select: n.Select) -> Found:
        """Tell whether there is a certain hit, or a possible one."""
        rows = self.hits.of(self.query, select, {})
        sql = (
            f"(SELECT _k, CASE WHEN {self.hits.dialect.any_true('_certain')} THEN TRUE END AS v, min(_sure) AS _sure\n"
            f"FROM {rows} AS hits GROUP BY _k)"
        )
        return Found(sql, lambda a: exactly(or_nothing(a, "v", "FALSE")))

    def sum(self, select: n.Select, of: n.Value, type_: Type) -> Found:
        """Add up groups whose values cannot be negative."""
        groups = Groups(self.hits, self.query).valued(select, of)
        low, high = (self._fitted(self.hits.dialect.total(end), type_) for end in ("lo", "hi"))
        sql = (
            f"(SELECT _k, {low} AS lo, CASE WHEN count(hi) = count(*) THEN {high} END AS hi, min(_sure) AS _sure\n"
            f"FROM {groups} AS groups GROUP BY _k)"
        )
        return Found(sql, lambda a: Pair(f"coalesce({a}.lo, 0)", or_nothing(a, "hi", "0")))

    def signed_sum(self, select: n.Select, of: n.Value, type_: Type) -> Found:
        """Add up values that may be negative: missing unless every one is certain and known."""
        latest = select.take is not n.Take.FIRST
        columns = {**{c: c for c in ORDER}, "v": self.hits.expressions.exact(of)}
        taken = self.hits.dialect.taken({"v": "v", "c": "_certain"}, ORDER, latest=latest)
        groups = grouped(self.hits, self.query, select, columns, {"taken": taken})
        known = "CASE WHEN taken.c THEN taken.v END"
        total = self._fitted(self.hits.dialect.total(known), type_)
        sql = (
            f"(SELECT _k, CASE WHEN count({known}) = count(*) THEN {total} END AS v,"
            f" min(_sure) AS _sure\nFROM {groups} AS groups GROUP BY _k)"
        )
        return Found(sql, lambda a: exactly(or_nothing(a, "v", "0")))

    def extreme(self, what: n.Extreme) -> Found:
        """Take the least or greatest of the members, or of those taken."""
        select, value = what.select, self.hits.expressions.exact(what.of)
        if select.take is n.Take.GRAVEST:
            members = self.hits.of(self.query, select, {"v": value})
        elif what.known_part and self.hits.may_be_unsettled(select):
            mark = mark_of(select.take)
            marked = self.hits.members(self.query, select, {"v": value}, (mark,))
            members = (
                f"(SELECT _k, v, _certain AND {mark} AS _certain, _sure FROM {marked} AS marked)"
            )
        else:
            latest = select.take is n.Take.LATEST
            taken = self.hits.dialect.taken({"v": "v", "c": "_certain"}, ORDER, latest=latest)
            columns = {**{c: c for c in ORDER}, "v": value}
            groups = grouped(self.hits, self.query, select, columns, {"taken": taken})
            members = (
                f"(SELECT _k, taken.v AS v, taken.c AS _certain, _sure FROM {groups} AS groups)"
            )
        known = "CASE WHEN _certain THEN v END"
        best = f"{'max' if what.greatest else 'min'}({known})"
        if not what.known_part:
            best = f"CASE WHEN count({known}) = count(*) THEN {best} END"
        sql = (
            f"(SELECT _k, {best} AS v, min(_sure) AS _sure\nFROM {members} AS members GROUP BY _k)"
        )
        return Found(sql, lambda a: exactly(f"{a}.v"))

    def pick(self, what: n.Pick, type_: Type) -> Found:
        """Take the value of the latest or first hit, if that one is certain."""
        make = self.hits.expressions
        if type_.kind is Kind.TRUTH:
            value = make.truth(what.of)  # type: ignore[arg-type]
        elif type_.kind in (Kind.WORD, Kind.CODE):
            value = make.word(what.of)  # type: ignore[arg-type]
        else:
            value = make.exact(what.of)  # type: ignore[arg-type]
        rows = self.hits.of(self.query, what.select, {**{c: c for c in ORDER}, "v": value})
        taken = self.hits.dialect.taken({"v": "v", "c": "_certain"}, ORDER, latest=what.latest)
        sql = (
            "(SELECT _k, CASE WHEN taken.c THEN taken.v END AS v, _sure FROM (\n"
            f"SELECT _k, {taken} AS taken, min(_sure) AS _sure FROM {rows} AS hits GROUP BY _k) AS takings)"
        )
        return Found(sql, lambda a: exactly(f"{a}.v"))

    def peak(self, what: n.Peak, type_: Type) -> Found:
        """Take the largest total of any window that ends where a group may lie."""
        make = Groups(self.hits, self.query)
        lying = self.hits.may_be_unsettled(what.select)
        if lying:
            groups = make.lying(what.select, what.of)
            own = "_next, lo AS _own, CASE WHEN _settled THEN lo ELSE 0 END"
        else:
            groups = make.valued(what.select, what.of, {"_day": "min(date)"})
            own = "lo AS _own, lo"
        measured = f"(SELECT _k, _day, {own} AS m_lo, hi AS m_hi, _sure FROM {groups} AS valued)"
        windows = make.in_windows(measured, what.months, ("_own", "_sure"), ("m",), lying=lying)
        # a group that is there counts for itself, wherever it lies
        low = self._fitted(self.hits.dialect.greatest_known(["max(m_lo)", "max(_own)"]), type_)
        high = self._fitted("max(m_hi)", type_)
        sql = (
            f"(SELECT _k, {low} AS lo, CASE WHEN count(m_hi) = count(*) THEN {high} END AS hi, min(_sure) AS _sure\n"
            f"FROM {windows} AS windows GROUP BY _k)"
        )
        return Found(sql, lambda a: Pair(f"coalesce({a}.lo, 0)", or_nothing(a, "hi", "0")))

    def longest_run(self, what: n.LongestRun) -> Found:
        """Number the periods with a hit; in a run, period less row number stays the same."""
        d = self.hits.dialect
        by = d.name(what.by)
        rows = self.hits.of(self.query, what.select, {"_p": self._period(by, what.of)})
        periods = self.query.add(
            f"periods {len(self.query.parts)}",
            f"SELECT _k, _p, {d.any_true('_certain')} AS _certain, min(_sure) AS _sure FROM {rows} AS hits GROUP BY _k, _p",
            how=d.shared(),
        )
        sql = (
            "(SELECT _k, max(CASE WHEN _sort = 1 THEN _length ELSE 0 END) AS lo,"
            " max(CASE WHEN _sort = 0 THEN _length ELSE 0 END) AS hi, min(_sure) AS _sure FROM (\n"
            "SELECT _k, _sort, min(_sure) AS _sure, count(_p) AS _length FROM (\n"
            "SELECT _k, _sort, _p, _sure, _p - row_number() OVER (PARTITION BY _k, _sort ORDER BY _p NULLS LAST) AS _run FROM (\n"
            f"SELECT _k, _p, 0 AS _sort, _sure FROM {periods}\n"
            f"UNION ALL SELECT _k, _p, 1, _sure FROM {periods} WHERE _certain\n"
            ") AS both_sorts) AS numbered GROUP BY _k, _sort, _run) AS runs GROUP BY _k)"
        )
        return Found(sql, lambda a: Pair(f"coalesce({a}.lo, 0)", f"coalesce({a}.hi, 0)"))

    def missing(self, what: n.MissingPeriods) -> Found:
        """Count the expected periods that no hit serves in time."""
        d = self.hits.dialect
        due = expected_periods(what, dict(self.hits.run.moments))
        rows = self.hits.of(
            self.query, what.select, {"date": "date", "_p": self._period(d.name(what.by), what.of)}
        )
        total = len(due)
        if not due:
            sql = f"(SELECT _k, min(_sure) AS _sure FROM {rows} AS hits GROUP BY _k)"
            return Found(sql, lambda _: exactly(d.whole(0)))
        listed = ", ".join(f"({period}, {d.day(day)})" for period, day in sorted(due.items()))
        served = (
            f"(SELECT _k, due._period AS _period, {d.any_true('_certain')} AS _certain, min(_sure) AS _sure FROM {rows} AS hits\n"
            f"LEFT JOIN (VALUES {listed}) AS due(_period, _deadline) ON due._period = hits._p AND hits.date <= due._deadline\n"
            "GROUP BY _k, due._period)"
        )
        sql = (
            f"(SELECT _k, {total} - count(_period) AS lo,"
            f" {total} - count(CASE WHEN _certain THEN _period END) AS hi, min(_sure) AS _sure\n"
            f"FROM {served} AS served GROUP BY _k)"
        )
        return Found(
            sql, lambda a: Pair(f"coalesce({a}.lo, {total})", f"coalesce({a}.hi, {total})")
        )

    def _period(self, date: str, of: str) -> str:
        d = self.hits.dialect
        months = f"({d.year(date)} * 12 + {d.month(date)} - 1)"
        return months if of == "month" else d.quotient(months, str(_MONTHS[of]))

    def _fitted(self, number: str, type_: Type) -> str:
        """Sums are as wide as the engine makes them; bring them to 18 digits where the type says that they fit."""
        return number if type_.wide else self.hits.dialect.narrow(number)
