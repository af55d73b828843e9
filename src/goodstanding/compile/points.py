"""The score: what each rule takes or gives, one act once, as the score part of kernel/rules/evaluate.py says.

The table WORTH has one row per subject and rule that applies: `_k`, `_rule` (its place), `low`, `high`, `groups`, `_sure`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodstanding.compile import tables
from goodstanding.compile.aggregates import grouped, mark_of
from goodstanding.compile.expressions import Expressions, Pair, exactly, known_exactly
from goodstanding.compile.hits import FIRST, ORDER, Hits, Rule
from goodstanding.compile.query import Query
from goodstanding.kernel.quantity import NARROW, RECORDS_PER_SUBJECT_MAX, SHARE_SCALE
from goodstanding.kernel.rules import nodes as n

_ONE = 10**SHARE_SCALE


def rule_of(rule: n.Deduction) -> Rule | None:
    """Say what a score rule reads off records; None for a rule that applies once."""
    return None if rule.select is None else Rule(rule.select, (rule.points, rule.restored))


@dataclass(frozen=True)
class _Points:
    """The points of one hit, before add-back, with the shares given back."""

    pair: Pair
    shares: Pair | None
    wide: bool

    def columns(self) -> dict[str, str]:
        """Name what hits carry."""
        found = {"p_lo": self.pair.lo, "p_hi": self.pair.hi}
        if self.shares:
            found |= {"s_lo": self.shares.lo, "s_hi": self.shares.hi}
        return found

    def after(self, make: Expressions) -> Pair:
        """Write the points after add-back, over those columns."""
        if not self.shares:
            return Pair("p_lo", "p_hi")
        d = make.dialect

        def less(end: str) -> str:
            points = d.wide(f"p_{end}") if self.wide else f"p_{end}"
            back = d.quotient(f"({points} * s_{end} * 2 + {_ONE})", str(2 * _ONE))
            return f"(p_{end} - {back})"

        return Pair(less("lo"), less("hi"))


def points_of(rule: n.Deduction, make: Expressions) -> _Points:
    """Write the points of a hit of a rule (or of a rule that applies once)."""
    d, bound = make.dialect, rule.bound
    pair, most = make.points(rule.points), d.whole(bound)
    if isinstance(rule.points, n.Const):
        value = min(rule.points.value * 10 ** (SHARE_SCALE - rule.points.type.scale), bound)
        return _Points(
            exactly(d.whole(value)), _shares(rule, make), wide=2 * bound * _ONE + _ONE > NARROW
        )

    def capped(value: str) -> str:
        return d.least_known([value, most])  # neither is ever missing

    low = capped(f"coalesce({pair.lo}, {d.whole(0)})")
    if rule.if_none == "nothing":
        found = Pair(low, low)
    elif rule.if_none == "at most":
        known = capped(f"coalesce({known_exactly(pair)}, {most})")
        found = Pair(known, known)
    else:
        found = Pair(low, capped(f"coalesce({pair.hi}, {most})"))
    return _Points(found, _shares(rule, make), wide=2 * bound * _ONE + _ONE > NARROW)


def _shares(rule: n.Deduction, make: Expressions) -> Pair | None:
    """Write the share given back at the low end, and at the high end, where an undecided step ends the search."""
    if not rule.restored or rule.adds:
        return None
    truths = [(make.truth(step.when), step.share) for step in rule.restored]
    low = " ".join(f"WHEN {truth} THEN {share}" for truth, share in truths)
    high = " ".join(
        f"WHEN {truth} THEN {share} WHEN ({truth}) IS NULL THEN 0" for truth, share in truths
    )
    return Pair(f"CASE {low} ELSE 0 END", f"CASE {high} ELSE 0 END")


def worth(score: n.Score, hits: Hits, once: Expressions) -> str:
    """Write the table WORTH. `once` reads the row of indicators, for rules that apply once."""
    query = Query(hits.dialect)
    make = _Worth(hits, query, once, score)
    alone, competing = [], []
    for place, rule in enumerate(score.rules):
        if rule.select is None:
            alone.append(make.once(place, rule))
        elif rule.adds or rule.beside:
            alone.append(make.alone(place, rule, rule.select))
        else:
            competing.append((place, rule, rule.select))
    if len(competing) == 1:
        alone.append(make.alone(*competing[0]))
    elif competing:
        alone.append(make.one_act_once(competing, _wide(score)))
    caps = {
        place: rule.at_most for place, rule in enumerate(score.rules) if rule.at_most is not None
    }
    d = hits.dialect
    if not alone:
        number = f"{d.whole(0)}"
        return f"SELECT 0 AS _k, 0 AS _rule, {number} AS low, {number} AS high, {number} AS groups, 0 AS _sure WHERE FALSE"
    low, high = (d.narrow(_capped(end, caps, hits)) for end in ("low", "high"))
    rows = "\nUNION ALL ".join(alone)
    return query.statement(
        f"SELECT _k, _rule, {low} AS low, {high} AS high, {d.narrow('groups')} AS groups, _sure\nFROM (\n{rows}\n) AS rules"
    )


def _capped(column: str, caps: Mapping[int, int], hits: Hits) -> str:
    if not caps:
        return column
    least = hits.dialect.least_known
    cases = " ".join(
        f"WHEN {place} THEN {least([column, str(cap)])}" for place, cap in caps.items()
    )
    return f"CASE _rule {cases} ELSE {column} END"


def _wide(score: n.Score) -> bool:
    """Tell whether the points of one act, packed with the place of a rule, may need more than 18 digits."""
    many = max(
        (1 if r.select is None or not r.select.distinct else RECORDS_PER_SUBJECT_MAX) * r.bound
        for r in score.rules
    )
    return (many + 1) * len(score.rules) > NARROW


@dataclass(frozen=True)
class _Worth:
    """Writes what rules are worth."""

    hits: Hits
    query: Query
    values: Expressions
    score: n.Score

    def once(self, place: int, rule: n.Deduction) -> str:
        """Write a rule over indicators: it applies once."""
        when = self.values.truth(rule.when or n.TRUE)
        points = points_of(rule, self.values)
        inner = ", ".join(f"{sql} AS {name}" for name, sql in points.columns().items())
        after = points.after(self.values)
        rows = f"SELECT _k, {when} AS _truth, {inner} FROM {self.hits.dialect.name(tables.VALUES)}"
        return (
            f"SELECT _k, {place} AS _rule, CASE WHEN _truth THEN {after.lo} ELSE 0 END AS low, {after.hi} AS high,"
            f" 0 AS groups, {self.hits.dialect.no_place()} AS _sure\nFROM ({rows}) AS once WHERE _truth IS NOT FALSE"
        )

    def groups(self, rule: n.Deduction, select: n.Select, *, acts: bool) -> str:
        """Write the groups of a rule: `_certain`, `lo`, `hi`, `_sure`, and if asked for `act`, missing where it is open."""
        after = points_of(rule, self.hits.expressions).after(self.hits.expressions)
        asked = {"_certain": self.hits.dialect.any_true("_certain")}
        if acts:
            asked["act"] = self.act(select) if select.distinct else "_d0"  # the key itself
        if select.take is n.Take.GRAVEST:
            asked["lo"] = f"coalesce(max(CASE WHEN _certain THEN {after.lo} END), 0)"
            asked["hi"] = f"max({after.hi})"
            return self.grouped(rule, select, asked, taken=False)
        if self.hits.may_be_unsettled(select):
            mark = mark_of(select.take)
            low = f"min(CASE WHEN {mark} THEN {after.lo} END)"
            asked["lo"] = f"CASE WHEN {asked['_certain']} THEN {low} ELSE 0 END"
            asked["hi"] = f"max(CASE WHEN {mark} THEN {after.hi} END)"
            return self.grouped(rule, select, asked, taken=True)
        asked["taken"] = self.hits.dialect.taken(
            {"lo": after.lo, "hi": after.hi}, ORDER, latest=select.take is n.Take.LATEST
        )
        rows = self.grouped(rule, select, asked, taken=True)
        act = ", act" if acts else ""
        return (
            f"(SELECT _k, _certain{act}, CASE WHEN _certain THEN taken.lo ELSE 0 END AS lo, taken.hi AS hi, _sure\n"
            f"FROM {rows} AS takings)"
        )

    def act(self, select: n.Select) -> str:
        """Aggregate the act of a group's firsts; missing where they name several."""
        if not self.hits.may_be_unsettled(select):
            return f"({self.hits.dialect.taken({'act': 'act'}, ORDER, latest=False)}).act"
        least, most = (f"{end}(CASE WHEN {FIRST} THEN act END)" for end in ("min", "max"))
        return f"CASE WHEN {least} = {most} THEN {least} END"

    def grouped(
        self, rule: n.Deduction, select: n.Select, asked: Mapping[str, str], *, taken: bool
    ) -> str:
        """Write groups with the aggregates asked for, over hits that carry no more than these read."""
        acts = "act" in asked and bool(select.distinct)
        columns = {**({"act": "act"} if acts else {})}
        columns |= {c: c for c in ORDER} if acts or taken else {}
        columns |= points_of(rule, self.hits.expressions).columns()
        marks = {*((FIRST,) if acts else ()), *((mark_of(select.take),) if taken else ())}
        unsettled = self.hits.may_be_unsettled(select)
        return grouped(
            self.hits, self.query, select, columns, asked, sorted(marks) if unsettled else ()
        )

    def alone(self, place: int, rule: n.Deduction, select: n.Select) -> str:
        """Write a rule whose acts no other rule overtakes."""
        total = self.hits.dialect.total
        return (
            f"SELECT _k, {place} AS _rule, {total('CASE WHEN _certain THEN lo ELSE 0 END')} AS low, {total('hi')} AS high,"
            f" count(*) AS groups, min(_sure) AS _sure\nFROM {self.groups(rule, select, acts=False)} AS groups GROUP BY _k"
        )

    def by_act(self, place: int, rule: n.Deduction, select: n.Select) -> str:
        """Write what a rule takes per act, open acts together; `low` is NULL where no group of the act is certain."""
        groups, total = self.groups(rule, select, acts=True), self.hits.dialect.total
        if not select.distinct:
            return (
                f"SELECT _k, {place} AS _rule, act, CASE WHEN _certain THEN lo END AS low, hi AS high,"
                f" CASE WHEN _certain THEN 1 ELSE 0 END AS sure_groups, 1 AS groups, _sure FROM {groups} AS groups"
            )
        return (
            f"SELECT _k, {place} AS _rule, act, {total('CASE WHEN _certain THEN lo END')} AS low, {total('hi')} AS high,"
            f" count(CASE WHEN _certain THEN 1 END) AS sure_groups, count(*) AS groups, min(_sure) AS _sure\n"
            f"FROM {groups} AS groups GROUP BY _k, act"
        )

    def one_act_once(
        self, competing: Sequence[tuple[int, n.Deduction, n.Select]], wide: bool
    ) -> str:
        """Let one rule keep each act at the low end, and one at the high end: the greatest, then the earliest.

        Amount and place are packed into one number, so that the greatest of them says both (amounts are never negative).
        What is open counts at the high end, whatever else does.
        """
        d = self.hits.dialect
        rules = [self.by_act(*one) for one in competing]
        acts = self.query.add("acts", "\nUNION ALL ".join(rules), how=d.shared())
        places = len(self.score.rules)
        low, high = (
            f"{d.wide(end) if wide else end} * {places} + {places - 1} - {{}}_rule"
            for end in ("{}low", "{}high")
        )

        def packed(text: str, prefix: str = "") -> str:
            return text.format(prefix, prefix)

        keeps_low = f"a.low IS NOT NULL AND {packed(low, 'a.')} = w.low"
        keeps_high = f"{packed(high, 'a.')} = w.high"
        may_be_open = any(s.distinct and self.hits.may_be_unsettled(s) for _, _, s in competing)
        open_ = f"\nUNION ALL SELECT *, FALSE, TRUE FROM {acts} WHERE act IS NULL"
        return (
            f"SELECT _k, _rule, {d.total('CASE WHEN keeps_low THEN low ELSE 0 END')} AS low,"
            f" {d.total('CASE WHEN keeps_high THEN high ELSE 0 END')} AS high,\n"
            f"  {d.total('CASE WHEN keeps_high THEN groups WHEN keeps_low THEN sure_groups ELSE 0 END')} AS groups, min(_sure) AS _sure\n"
            f"FROM (SELECT a.*, {keeps_low} AS keeps_low, {keeps_high} AS keeps_high FROM {acts} AS a JOIN (\n"
            f"SELECT _k, act, max({packed(low)}) AS low, max({packed(high)}) AS high FROM {acts} GROUP BY _k, act\n"
            f") AS w ON w._k = a._k AND w.act = a.act{open_ if may_be_open else ''}) AS kept GROUP BY _k, _rule"
        )
