"""Level machines: events in order, folded into a level, as kernel/rules/levels.py says.

The table LEVELS has one row per subject with an event: `_k`, `_sure`, and per result (shown, worst) the level's place,
since when, and the rules that brought it there.

A raise by itself is an event as well (a *tick*): before each event, and at the end, there is one tick per level that rises by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodstanding.compile import tables
from goodstanding.compile.aggregates import Groups, grouped
from goodstanding.compile.expressions import Expressions, Pair
from goodstanding.compile.hits import ORDER, Hits, Rule
from goodstanding.compile.query import Query
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.rules import nodes as n

RESULTS = ("shown", "worst")
_TICK, _FALL, _RISE = 0, 1, 2


def rules_of(levels: n.Levels) -> list[Rule]:
    """Say what a machine reads off records."""
    found = [Rule(g.select, () if g.of is None else (g.of,)) for g in levels.grounds]
    return found + [Rule(r.select) for r in levels.raises if r.select]


def levels_reached(levels: n.Levels, hits: Hits, values: Expressions) -> str:
    """Write the table LEVELS. `values` reads the row of indicators."""
    return _Machine(levels, hits, values, Query(hits.dialect)).statement()


@dataclass(frozen=True)
class _Machine:
    levels: n.Levels
    hits: Hits
    values: Expressions
    query: Query

    @property
    def rank(self) -> Mapping[str, int]:
        return {level: i for i, level in enumerate(self.levels.order)}

    @property
    def by_itself(self) -> Mapping[str, n.Raise]:
        return {r.level: r for r in self.levels.raises if r.months is not None}

    def statement(self) -> str:
        d = self.hits.dialect
        events = [self.ground(i, g) for i, g in enumerate(self.levels.grounds)]
        events += [
            self.raising(i, r, r.select) for i, r in enumerate(self.levels.raises) if r.select
        ]
        if not events:
            ends = "".join(
                f", 0 AS level_{r}, {d.missing(DATE)} AS since_{r}, {d.no_texts()} AS fired_{r}"
                for r in RESULTS
            )
            return f"SELECT 0 AS _k, 0 AS _sure{ends} WHERE FALSE"
        happened = self.query.add("events", "\nUNION ALL ".join(events), how=d.shared())
        blocked = self.query.add(
            "blocked",
            f"SELECT _k, {self.values.truth(self.levels.blocked)} AS _blocked FROM {d.name(tables.VALUES)}",
        )
        folded = [self.folded(result, happened, blocked) for result in RESULTS]
        sure = f"SELECT _k, min(_sure) AS _sure FROM {happened} GROUP BY _k"
        return self.query.statement(
            "SELECT e._k, e._sure, s.level_shown, s.since_shown, s.fired_shown, w.level_worst, w.since_worst, w.fired_worst\n"
            f"FROM ({sure}) AS e\nLEFT JOIN ({folded[0]}) AS s ON s._k = e._k\nLEFT JOIN ({folded[1]}) AS w ON w._k = e._k"
        )

    # -- events: _k, day, raising, place, known_from, record, rule, from, to, after, shown, worst, _sure

    def event(
        self, *, raising: bool, place: int, rule: str, from_: int, to: int, after: int, of: str = ""
    ) -> str:
        """Write what an event has beside its day; `of` is the struct that has the record, if any."""
        said = self.hits.dialect.text(rule)
        return (
            f"{1 if raising else 0} AS raising, {place} AS place, {of}known_from AS known_from, {of}record AS record,"
            f" {said} AS rule, {from_} AS from_level, {to} AS to_level, {after} AS after"
        )

    def ground(self, place: int, ground: n.LevelGround) -> str:
        d, select = self.hits.dialect, ground.select
        lying = self.hits.may_be_unsettled(select)
        event = self.event(
            raising=False,
            place=place,
            rule=ground.id,
            from_=-1,
            to=self.rank[ground.to],
            after=ground.raise_after_months or 0,
            of="" if lying else "_first.",
        )
        if ground.months is None:
            return self.one_by_one(select, event, lying=lying)
        rows = self.in_windows(ground, ground.months, lying=lying)
        pairs = {"hits": Pair("_hits_lo", "_hits_hi"), "total": Pair("_total_lo", "_total_hi")}
        truth = self.values.knowing(**pairs).limbs(ground.limbs)
        return (
            f"SELECT _k, _day AS day, {event}, _settled AND coalesce(_truth, FALSE) AS shown, TRUE AS worst, _sure\n"
            f"FROM (SELECT w.*, {truth} AS _truth FROM {rows} AS w JOIN {d.name(tables.VALUES)} AS v ON v._k = w._k) AS reached\n"
            "WHERE _truth IS NOT FALSE"
        )

    def one_by_one(self, select: n.Select, event: str, *, lying: bool) -> str:
        """Write the events of groups that reach a ground each by itself: on each day on which one may lie, shown on the first."""
        if lying:
            rows, shown = Groups(self.hits, self.query).lying(select), "_there AND _place = 1"
        else:
            asked = {**self.first(), "_certain": self.hits.dialect.any_true("_certain")}
            columns = {c: c for c in ORDER}
            rows, shown = grouped(self.hits, self.query, select, columns, asked), "_certain"
        return f"SELECT _k, _day AS day, {event}, {shown} AS shown, TRUE AS worst, _sure FROM {rows} AS groups"

    def first(self) -> Mapping[str, str]:
        """Aggregate the day and record of a group's first member."""
        record = {"known_from": "known_from", "record": "record"}
        return {
            "_day": "min(date)",
            "_first": self.hits.dialect.taken(record, ORDER, latest=False),
        }

    def in_windows(self, ground: n.LevelGround, months: int, *, lying: bool) -> str:
        """Write the windows that end where a group may lie, with the number and the sum of those inside."""
        make = Groups(self.hits, self.query)
        carried: tuple[str, ...]
        if lying:
            groups, settled = make.lying(ground.select, ground.of), "_settled"
            carried = ("known_from", "record", "_settled", "_sure")
        else:
            groups, settled = make.valued(ground.select, ground.of, self.first()), "_certain"
            carried = ("_first", "_settled", "_sure")
        total = ("lo", "hi") if ground.of is not None else ("0", "0")
        columns = ", ".join(c for c in carried if c != "_settled") + (", _next" if lying else "")
        measured = (
            f"(SELECT _k, _day, {columns}, {settled} AS _settled, CASE WHEN {settled} THEN 1 ELSE 0 END AS _hits_lo, 1 AS _hits_hi,"
            f" CASE WHEN {settled} THEN {total[0]} ELSE 0 END AS _total_lo, {total[1]} AS _total_hi FROM {groups} AS valued)"
        )
        return make.in_windows(measured, months, carried, ("_hits", "_total"), lying=lying)

    def raising(self, place: int, rise: n.Raise, select: n.Select) -> str:
        event = self.event(
            raising=True,
            place=place,
            rule=rise.id,
            from_=self.rank[rise.level],
            to=self.rank[rise.to],
            after=0,
        )
        rows = self.hits.of(self.query, select, {c: c for c in ORDER})
        return f"SELECT _k, date AS day, {event}, TRUE AS shown, TRUE AS worst, _sure FROM {rows} AS hits WHERE _certain"

    # -- the fold

    def folded(self, result: str, happened: str, blocked: str) -> str:
        d, ticks = self.hits.dialect, len(self.by_itself)
        columns = "_k, day, raising, place, known_from, record, rule, from_level, to_level, after"
        kind = f"CASE WHEN raising = 1 THEN {_RISE} ELSE {_FALL} END"
        rows = f"SELECT {columns}, {ticks} AS turn, {kind} AS kind FROM {happened} WHERE {result}"
        if ticks:
            turns = ", ".join(f"({i})" for i in range(ticks))
            judged = d.day(self.hits.run.judged)
            free = "b._blocked IS FALSE" if result == "worst" else "b._blocked IS NOT TRUE"
            rows = (
                f"{rows}\nUNION ALL SELECT {columns}, t.turn, {_TICK} FROM {happened} CROSS JOIN (VALUES {turns}) AS t(turn)"
                f" WHERE {result}\nUNION ALL SELECT DISTINCT e._k, {judged}, 9, 0, 0, '', '', 0, 0, 0, t.turn, {_TICK}\n"
                f"FROM {happened} AS e JOIN {blocked} AS b ON b._k = e._k AND {free} CROSS JOIN (VALUES {turns}) AS t(turn)"
                f" WHERE e.{result}"
            )
        names = ("kind", "day", "rule", "from_level", "to_level", "after")
        order = ("day", "raising", "place", "known_from", "record", "turn")
        start = {
            "level": str(self.rank[self.levels.start]),
            "since": d.missing(DATE),
            "not_before": d.missing(DATE),
            "after": "0",
            "fired": d.no_texts(),
        }
        state = d.fold([(c, c) for c in names], order, start, self.step)
        return (
            f"SELECT _k, state.level AS level_{result}, state.since AS since_{result}, state.fired AS fired_{result}\n"
            f"FROM (SELECT _k, {state} AS state FROM (\n{rows}\n) AS turns GROUP BY _k) AS machines"
        )

    def step(self, s: str, e: str) -> Mapping[str, str]:
        """Say what one event makes of the state; `since` is also the clock, both move together."""
        d = self.hits.dialect
        rises = [(self.rank[level], rise) for level, rise in self.by_itself.items()]
        risen = self._case(
            f"{s}level",
            {i: d.plus_months(f"{s}since", r.months or 0) for i, r in rises},
            d.missing(DATE),
        )
        itself = f"{e}kind = {_TICK} AND coalesce({risen} <= {e}day, FALSE)"
        falls = f"{e}kind = {_FALL}"
        rise = f"{e}kind = {_RISE} AND {s}level = {e}from_level AND coalesce({e}day >= {s}not_before, TRUE)"
        up = self._case(f"{s}level", {i: str(self.rank[r.to]) for i, r in rises}, f"{s}level")
        rule = self._case(f"{s}level", {i: d.text(r.id) for i, r in rises}, "''")
        return {
            "level": f"CASE WHEN {itself} THEN {up} WHEN {falls} THEN {d.greatest_known([s + 'level', e + 'to_level'])}"
            f" WHEN {rise} THEN {e}to_level ELSE {s}level END",
            "since": f"CASE WHEN {itself} THEN {risen} WHEN {falls} OR ({rise}) THEN {e}day ELSE {s}since END",
            "not_before": f"CASE WHEN {itself} THEN {self.later(s, risen, s)} WHEN {falls} THEN {self.later(s, e + 'day', e)}"
            f" WHEN {rise} THEN {self.later(s, e + 'day', s)} ELSE {s}not_before END",
            "after": f"CASE WHEN {falls} THEN {e}after ELSE {s}after END",
            "fired": f"CASE WHEN {itself} THEN {d.one_text(rule)}"
            f" WHEN ({falls} AND {e}to_level > {s}level) OR ({rise}) THEN {d.one_text(e + 'rule')}"
            f" WHEN {falls} THEN {d.with_text(s + 'fired', e + 'rule')} ELSE {s}fired END",
        }

    def later(self, s: str, day: str, after: str) -> str:
        """Write until when a raising decision waits: the last ground's time from a day, and never less than before."""
        d = self.hits.dialect
        afters = {g.raise_after_months or 0 for g in self.levels.grounds} - {0}
        wait = self._case(f"{after}after", {a: d.plus_months(day, a) for a in sorted(afters)}, day)
        return d.greatest_known([f"{s}not_before", wait])

    def _case(self, subject: str, cases: Mapping[int, str], otherwise: str) -> str:
        if not cases:
            return otherwise
        said = " ".join(f"WHEN {key} THEN {value}" for key, value in cases.items())
        return f"CASE {subject} {said} ELSE {otherwise} END"
