"""The small world: a few records, symbolic or given, and every aggregate over them exactly, pair by pair.

It is for refuting: a model is a history that can be told and given to the interpreter. Days and amounts are drawn from the
few that rules turn on: edges of windows, ends of terms, thresholds, and their neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from goodstanding.compile.smt import (
    FALSE,
    TRUE,
    Script,
    Term,
    conj,
    disj,
    ge,
    gt,
    ite,
    largest,
    minus,
    neg,
    plus,
    same,
    smallest,
    whole,
)
from goodstanding.compile.smt_calendar import Exact
from goodstanding.compile.smt_delta import (
    Met,
    Shared,
    Side,
    Types,
    given,
    leaf_of,
    meets,
    own_type,
    required,
)
from goodstanding.compile.smt_grades import (
    NO_SCORE,
    Carrying,
    Decision,
    Scored,
    grade_names,
    start_of,
    weighed,
)
from goodstanding.compile.smt_score import HIGH, LOW, points, scaled
from goodstanding.compile.smt_values import MISSING, Leaf, Num, Sym, Tri, exactly, extreme_known
from goodstanding.kernel import days
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import expected_periods, period_index
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import ALWAYS_AFTER, ALWAYS_BEFORE, Run, expected

# How many days and amounts a field of a symbolic record may choose from.
_DAYS_MAX, _AMOUNTS_MAX = 90, 40


@dataclass(frozen=True)
class Raw:
    """A symbolic field: the symbol of its value, and the truth that it is there."""

    value: Term
    there: Term
    type: Type


@dataclass
class Slot:
    """A record of the small world: symbolic (`raw`) or given (`version`), perhaps left out (`present`)."""

    type: str
    record: str
    present: Term
    fields: dict[str, Leaf]
    raw: dict[str, Raw] = field(default_factory=dict)
    version: Version | None = None


@dataclass
class World:
    """The slots, the run, and what writes them."""

    programme: n.Programme
    types: Types
    run: Run
    script: Script = field(default_factory=Script)
    arithmetic: Exact = field(init=False)
    shared: Shared = field(init=False)
    slots: list[Slot] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Fix the days of the run."""
        self.arithmetic = Exact(self.script)
        moments = {m: whole(d) for m, d in self.run.moments}
        moments[n.Moment.OPENED] = whole(
            self.run.judged if self.run.opened is None else self.run.opened
        )
        valued = self.programme.weights is not None
        self.shared = Shared(self.script, self.arithmetic, moments, valued=valued)

    # ----------------------------------------------------------------------------------------------
    # Records

    def give(self, version: Version, *, optional: bool = False) -> Slot:
        """Put a given record into the world, certainly or perhaps."""
        newest = self.types[version.type][max(self.types[version.type])]
        values: dict[str, FieldValue] = {**version.values, "record": version.record}
        values["act"] = values.get("act") or version.record
        values["date"] = values.get(newest.counting)
        fields = {
            name: self._literal(values.get(name), own_type(name, newest))
            for name in (*values, *(f for f, _ in newest.fields))
        }
        for name in n.OWN_FIELDS:
            fields.setdefault(name, self._literal(None, own_type(name, newest)))
        present = self.script.boolean(f"{version.record} is there") if optional else TRUE
        slot = Slot(version.type, version.record, present, fields, version=version)
        self.slots.append(slot)
        return slot

    def _literal(self, value: FieldValue, type_: Type) -> Leaf:
        if type_.kind is Kind.TRUTH:
            return Tri(TRUE if value is True else FALSE, TRUE if value is False else FALSE)
        if type_.kind in (Kind.WORD, Kind.CODE):
            return Sym("0", FALSE) if value is None else Sym(self.script.word(str(value)), TRUE)
        return MISSING if value is None else exactly(whole(int(value)))

    def invent(self, type_: str, record: str, candidates: Candidates, acts: Sequence[str]) -> Slot:
        """Put a symbolic record into the world; its act is one of those given."""
        newest = self.types[type_][max(self.types[type_])]
        always = required(type_, self.types)
        raw: dict[str, Raw] = {}
        for name in (*(f for f, _ in newest.fields), *n.OWN_FIELDS):
            if name not in ("date", "record", "authority", "decision"):
                raw[name] = self._field(
                    f"{record} {name}", own_type(name, newest), name in always, candidates
                )
        self.script.claim(disj(*(same(raw["act"].value, self.script.word(a)) for a in acts)))
        slot = Slot(type_, record, TRUE, self.leaves(raw, newest, record), raw)
        self.slots.append(slot)
        return slot

    def leaves(self, raw: Mapping[str, Raw], newest: n.RecordType, record: str) -> dict[str, Leaf]:
        """Give the values of symbolic fields."""
        fields: dict[str, Leaf] = {name: _leaf(one) for name, one in raw.items()}
        fields["date"] = fields[newest.counting]
        fields["record"] = Sym(self.script.word(record), TRUE)
        for name in ("authority", "decision"):
            fields[name] = Sym("0", FALSE)
        return fields

    def _field(self, hint: str, type_: Type, always: bool, candidates: Candidates) -> Raw:
        there = TRUE if always else self.script.boolean(f"{hint} there")
        if type_.kind is Kind.TRUTH:
            return Raw(self.script.boolean(hint), there, type_)
        if type_.kind is Kind.DATE:
            return Raw(self.arithmetic.date(hint, candidates.days), there, type_)
        if type_.kind is Kind.NUMBER:
            value = self.script.integer(hint, type_.low, type_.high)
            self.script.claim(disj(*(same(value, whole(v)) for v in candidates.amounts(type_))))
            return Raw(value, there, type_)
        value = self.script.integer(hint, 0)
        if hint.endswith(" act"):
            return Raw(value, TRUE, type_)
        words = type_.words or ("one", "two")
        self.script.claim(disj(*(same(value, self.script.word(w)) for w in words)))
        return Raw(value, there, replace(type_, words=words))

    def changed(self, slot: Slot, name: str, candidates: Candidates) -> tuple[Slot, Raw]:
        """Give the record with another value of a field, and that value."""
        newest = self.types[slot.type][max(self.types[slot.type])]
        was = slot.raw[name]
        now = self._field(f"{slot.record} {name} after", was.type, True, candidates)
        raw = {**slot.raw, name: now}
        return Slot(
            slot.type, slot.record, slot.present, self.leaves(raw, newest, slot.record), raw
        ), now

    # ----------------------------------------------------------------------------------------------
    # One side

    def side(self, slots: Sequence[Slot]) -> WorldSide:
        """Work out a history of slots."""
        return WorldSide(self, tuple(slots))


def _leaf(raw: Raw) -> Leaf:
    if raw.type.kind is Kind.TRUTH:
        return Tri(conj(raw.there, raw.value), conj(raw.there, neg(raw.value)))
    if raw.type.kind in (Kind.WORD, Kind.CODE):
        return Sym(raw.value, raw.there)
    return exactly(raw.value, raw.there)


# --------------------------------------------------------------------------------------------------
# Days and amounts that rules turn on


@dataclass(frozen=True)
class Candidates:
    """What symbolic fields may be."""

    days: tuple[int, ...]
    constants: tuple[tuple[int, int, str], ...]  # (value, scale, unit)

    def amounts(self, type_: Type) -> tuple[int, ...]:
        """Give the values a number may have: thresholds that rules compare with, their neighbours, and round ones."""
        low = type_.low or 0
        high = type_.high if type_.high is not None else 10**13
        found = {low, low + 1, 10**type_.scale, 100 * 10**type_.scale}
        for value, scale, unit in self.constants:
            if unit == type_.unit and scale <= type_.scale:
                at = value * 10 ** (type_.scale - scale)
                found |= {at, at - 1, at + 1, at + 50 * 10**type_.scale, at * 100}
        return tuple(sorted(v for v in found if low <= v <= high))[:_AMOUNTS_MAX]


def candidates_of(run: Run, parts: Iterable[object]) -> Candidates:
    """Collect the days and amounts that the rules over a record type turn on."""
    nodes = [one for part in parts for one in inside(part)]
    moments = dict(run.moments)
    anchors = [
        d
        for m, d in moments.items()
        if m in (n.Moment.JUDGED, n.Moment.CYCLE_START, n.Moment.CYCLE_END)
    ]
    moves: set[tuple[int, str]] = {(k, "month") for k in (-24, -12, -6, -1, 1, 12)} | {
        (30, "day"),
        (-30, "day"),
    }
    constants: set[tuple[int, int, str]] = set()
    for one in nodes:
        if isinstance(one, n.Window) and one.start.moment is not None:
            start, end = expected(one, moments)
            anchors += [d for d in (start, end) if ALWAYS_BEFORE < d < ALWAYS_AFTER]
        elif isinstance(one, n.Window) and one.months_back is not None:
            moves |= {(-one.months_back, "month")}
        elif isinstance(one, n.Shift):
            moves |= {(one.amount, one.unit), (-one.amount, one.unit)}
        elif isinstance(one, n.Const) and one.type.kind is Kind.DATE:
            anchors.append(one.value)
        elif isinstance(one, n.Const) and one.type.unit == "day":
            moves |= {(one.value, "day"), (-one.value, "day")}
        elif isinstance(one, n.Const):
            constants.add((one.value, one.type.scale, one.type.unit))
    near = [d + k for d in anchors for k in (-1, 0, 1)]
    judged = run.judged
    far = [
        (int(days.add_months(d, k)) if unit == "month" else d + k) + turn
        for d in anchors
        for k, unit in sorted(moves, key=lambda m: (abs(m[0]), m))
        for turn in (0, 1, -1)
    ]
    ordered = dict.fromkeys([*near, judged - 45, judged - 100, judged - 200, *far])
    return Candidates(tuple(sorted(list(ordered)[:_DAYS_MAX])), tuple(sorted(constants)))


# --------------------------------------------------------------------------------------------------
# Aggregates over slots


@dataclass(frozen=True)
class Member:
    """A slot that may meet a rule, with its place in the order of records."""

    at: int
    side: Side  # the record's own fields
    met: Met
    date: Term
    act: Term


class WorldSide:
    """A history of slots: values of indicators, points, grade."""

    def __init__(self, world: World, slots: tuple[Slot, ...]) -> None:
        """Work out indicators when they are first asked for."""
        self.world, self.slots = world, slots
        self.by_name = {i.name: i for i in world.programme.indicators}
        self.top = Side(world.shared, {}, find=self._find)
        self.sides = [Side(world.shared, slot.fields, find=self.top.of) for slot in slots]

    @property
    def script(self) -> Script:
        """Give the script."""
        return self.world.script

    def _find(self, name: str) -> Leaf:
        i = self.by_name[name]
        if isinstance(i.what, n.Scalar):
            return self.top.reader().leaf(i.what.formula, i.type)
        return self.value(i)

    def members(self, select: n.Select) -> list[Member]:
        """Give the slots that can meet a selection."""
        found = []
        for at, (slot, side) in enumerate(zip(self.slots, self.sides, strict=True)):
            if slot.type != select.record:
                continue
            met = meets(select, side).but(slot.present)
            date, act = slot.fields["date"], slot.fields["act"]
            if met.possible != FALSE and isinstance(date, Num) and isinstance(act, Sym):
                found.append(
                    Member(
                        at,
                        side,
                        Met(
                            self.script.holds(met.certain, "hit"),
                            self.script.holds(met.possible, "possible hit"),
                        ),
                        date.low,
                        act.code,
                    )
                )
        return found

    def before(self, one: Member, other: Member) -> Term:
        """Write that one record stands before another."""
        return ge(other.date, one.date) if one.at < other.at else gt(other.date, one.date)

    def alike(self, select: n.Select, one: Member, other: Member) -> Term:
        """Write that two records have one key."""
        if one is other:
            return TRUE
        if not select.distinct:
            return same(one.act, other.act)
        return self.script.holds(
            conj(
                *(_equal(self._key(v, one.side), self._key(v, other.side)) for v in select.distinct)
            ),
            "one key",
        )

    def _key(self, node: n.Value | n.LinkField, side: Side) -> Leaf:
        if isinstance(node, n.Field | n.LinkField):
            return side.look(node)
        value = side.reader().value(node)
        return exactly(value.low, value.exact)

    def groups(self, select: n.Select) -> list[Grouped]:
        """Give each possible group by its first member."""
        members = self.members(select)
        made = []
        for one in members:
            mates = [
                (m, self.script.holds(conj(m.met.possible, self.alike(select, one, m)), "mate"))
                for m in members
            ]
            first = conj(
                one.met.possible,
                *(neg(conj(mate, self.before(m, one))) for m, mate in mates if m is not one),
            )
            certain = disj(*(conj(m.met.certain, mate) for m, mate in mates))
            first = self.script.holds(first, "first")
            made.append(
                Grouped(one, first, self.script.holds(conj(first, certain), "certain group"), mates)
            )
        return made

    def worth(
        self, group: Grouped, take: n.Take, of: Callable[[Member], tuple[Term, Term, Term, Term]]
    ) -> tuple[Term, Term, Term]:
        """Write [low, high, whether high is open] of a group; `of` gives low, low known, high, high known of a member."""
        if take is n.Take.GRAVEST:
            low = high = "0"
            open_: list[Term] = []
            for member, mate in group.mates:
                lo, lo_known, hi, hi_known = of(member)
                low = largest(low, ite(conj(mate, member.met.certain, lo_known), lo, "0"))
                high = largest(high, ite(mate, hi, "0"))
                open_.append(conj(mate, neg(hi_known)))
            return low, high, disj(*open_)
        low = high = "0"
        is_open = FALSE
        for member, stands in self.taken(group, take):
            lo, lo_known, hi, hi_known = of(member)
            exact = conj(lo_known, hi_known, same(lo, hi))
            low = ite(stands, ite(conj(member.met.certain, exact), lo, "0"), low)
            high = ite(stands, hi, high)
            is_open = ite(stands, neg(exact), is_open)
        return low, high, is_open

    def taken(self, group: Grouped, take: n.Take) -> list[tuple[Member, Term]]:
        """Write for each member of a group that it is the one that stands."""
        if take is n.Take.FIRST:
            return [
                (m, conj(mate, same(TRUE, TRUE) if m is group.first else FALSE))
                for m, mate in group.mates
            ]
        return [
            (
                m,
                conj(
                    mate,
                    *(
                        neg(conj(other_mate, self.before(m, other)))
                        for other, other_mate in group.mates
                        if other is not m
                    ),
                ),
            )
            for m, mate in group.mates
        ]

    def value(self, i: n.Indicator) -> Leaf:
        """Write the value of an aggregate."""
        match i.what:
            case n.Exists(select):
                members = self.members(select)
                return Tri(
                    disj(*(m.met.certain for m in members)),
                    neg(disj(*(m.met.possible for m in members))),
                )
            case n.Count(select):
                groups = self.groups(select)
                return Num(
                    _sum(g.certain for g in groups), TRUE, _sum(g.is_first for g in groups), TRUE
                )
            case n.Sum(select, of):
                return self._sum(select, of)
            case n.Extreme():
                return self._extreme(i.what)
            case n.Pick():
                return self._pick(i, i.what)
            case n.Peak():
                return self._peak(i.what)
            case n.LongestRun(select, of, by):
                members = self.members(select)
                return Num(
                    self._run(members, of, by, certain=True),
                    TRUE,
                    self._run(members, of, by, certain=False),
                    TRUE,
                )
            case n.MissingPeriods():
                return self._missing(i.what)
        raise TypeError(i.name)

    def _of(self, of: n.Value) -> Callable[[Member], tuple[Term, Term, Term, Term]]:
        def read(member: Member) -> tuple[Term, Term, Term, Term]:
            value = member.side.reader().value(of)
            return value.low, value.low_known, value.high, value.high_known

        return read

    def _sum(self, select: n.Select, of: n.Value) -> Num:
        lows, highs, opens, missing = [], [], [], []
        for group in self.groups(select):
            low, high, is_open = self.worth(group, select.take, self._of(of))
            lows.append(ite(group.certain, low, "0"))
            highs.append(ite(group.is_first, high, "0"))
            opens.append(conj(group.is_first, is_open))
            missing.append(
                conj(group.is_first, disj(neg(group.certain), is_open, neg(same(low, high))))
            )
        if of.type.never_negative:
            return Num(plus("0", *lows), TRUE, plus("0", *highs), neg(disj(*opens)))
        return exactly(plus("0", *highs), neg(disj(*missing)))

    def _extreme(self, what: n.Extreme) -> Num:
        if what.select.take is n.Take.GRAVEST:
            members = [(m, m.met.possible) for m in self.members(what.select)]
        else:
            members = [
                (m, conj(g.is_first, s))
                for g in self.groups(what.select)
                for m, s in self.taken(g, what.select.take)
            ]
        parts, unclear = [], []
        for member, stands in members:
            value = member.side.reader().value(what.of)
            known = conj(stands, member.met.certain, value.exact)
            parts.append((value.low, known))
            unclear.append(conj(stands, neg(known)))
        made = extreme_known(parts, what.greatest)
        return (
            made
            if what.known_part
            else exactly(made.low, conj(made.low_known, neg(disj(*unclear))))
        )

    def _pick(self, i: n.Indicator, what: n.Pick) -> Leaf:
        members = self.members(what.select)
        result: Leaf = MISSING
        if i.type.kind is Kind.TRUTH:
            result = Tri(FALSE, FALSE)
        elif i.type.kind in (Kind.WORD, Kind.CODE):
            result = Sym("0", FALSE)
        for m in members:
            beyond = [
                conj(o.met.possible, self.before(m, o) if what.latest else self.before(o, m))
                for o in members
                if o is not m
            ]
            stands = self.script.holds(
                conj(m.met.possible, *(neg(b) for b in beyond)), f"{i.name} stands"
            )
            result = _either(
                stands, given(m.met.certain, m.side.reader().leaf(what.of, i.type)), result
            )
        return result

    def _peak(self, what: n.Peak) -> Num:
        groups = self.groups(what.select)
        worths = [
            ("1", "1", FALSE)
            if what.of is None
            else self.worth(g, what.select.take, self._of(what.of))
            for g in groups
        ]
        low = high = "0"
        opens = []
        for end in groups:
            lows, highs = [], []
            for start, (lo, hi, is_open) in zip(groups, worths, strict=True):
                within = conj(
                    ge(end.first.date, start.first.date),
                    gt(
                        self.world.arithmetic.add_months(start.first.date, what.months),
                        end.first.date,
                    ),
                )
                lows.append(ite(conj(start.certain, within), lo, "0"))
                highs.append(ite(conj(start.is_first, within), hi, "0"))
                opens.append(conj(end.is_first, start.is_first, within, is_open))
            low = largest(low, ite(end.certain, plus("0", *lows), "0"))
            high = largest(high, ite(end.is_first, plus("0", *highs), "0"))
        return Num(low, TRUE, high, neg(disj(*opens)))

    def _period(self, member: Member, of: str, by: str) -> Num:
        leaf = member.side.fields.get(by)
        if not isinstance(leaf, Num):
            return MISSING
        candidates = self.world.arithmetic.domains.get(leaf.low) or (
            (int(leaf.low),) if leaf.low.isdigit() else ()
        )
        term = "0"
        for d in candidates:
            term = ite(ge(leaf.low, whole(d)), whole(period_index(d, of)), term)
        return exactly(self.script.number(term, "period"), leaf.exact)

    def _run(self, members: Sequence[Member], of: str, by: str, *, certain: bool) -> Term:
        periods = [self._period(m, of, by) for m in members]
        hits = [
            conj(p.exact, m.met.certain if certain else m.met.possible)
            for m, p in zip(members, periods, strict=True)
        ]
        best = "0"
        for start, hit in zip(periods, hits, strict=True):
            length, goes_on = "0", hit
            for k in range(len(members)):
                there = disj(
                    *(
                        conj(h, same(p.low, plus(start.low, whole(k))))
                        for h, p in zip(hits, periods, strict=True)
                    )
                )
                goes_on = self.script.holds(conj(goes_on, there), "runs on")
                length = plus(length, ite(goes_on, "1", "0"))
            best = largest(best, length)
        return best

    def _missing(self, what: n.MissingPeriods) -> Num:
        due = expected_periods(what, dict(self.world.run.moments))
        members = self.members(what.select)
        served_sure, served_perhaps = [], []
        for index, deadline in due.items():
            parts = []
            for m in members:
                period = self._period(m, what.of, what.by)
                parts.append(
                    (
                        m,
                        conj(
                            period.exact,
                            same(period.low, whole(index)),
                            ge(whole(deadline), m.date),
                        ),
                    )
                )
            served_sure.append(disj(*(conj(p, m.met.certain) for m, p in parts)))
            served_perhaps.append(disj(*(conj(p, m.met.possible) for m, p in parts)))
        return Num(
            _sum(neg(s) for s in served_perhaps), TRUE, _sum(neg(s) for s in served_sure), TRUE
        )

    # ----------------------------------------------------------------------------------------------
    # Score and grade

    def taken_and_given(self, score: n.Score, end: int) -> tuple[Term, Term]:
        """Write what all deductions take and all additions give, at one end; one act counts once."""
        by_rule = [(rule, self._rule(rule, end)) for rule in score.rules]
        sharing = [
            (rule, groups)
            for rule, (_, groups) in by_rule
            if not rule.adds and not rule.beside and groups
        ]
        taken, given_ = ["0"], ["0"]
        for at, (rule, (once, groups)) in enumerate(by_rule):
            del at
            total = [once]
            for first, act, amount in groups:
                keeps = TRUE if rule.adds or rule.beside else self._keeps(rule, act, sharing)
                total.append(ite(conj(first, keeps), amount, "0"))
            said = plus(*total)
            if rule.at_most is not None:
                said = smallest(said, whole(rule.at_most))
            (given_ if rule.adds else taken).append(said)
        return self.script.number(plus(*taken), "taken"), self.script.number(plus(*given_), "given")

    def _rule(self, rule: n.Deduction, end: int) -> tuple[Term, list[tuple[Term, Term, Term]]]:
        """Give what a rule takes once, and of each group whether it stands, its act and its worth."""
        if rule.select is None:
            truth = self.top.reader().truth(rule.when or n.TRUE)
            return ite(truth.yes if end == LOW else truth.may, points(rule, self.top)[end], "0"), []
        groups = []
        for group in self.groups(rule.select):

            def of(member: Member) -> tuple[Term, Term, Term, Term]:
                low, high = points(rule, member.side)
                return low, TRUE, high, TRUE

            if rule.select.take is n.Take.GRAVEST:
                low, high, _ = self.worth(group, rule.select.take, of)
            else:
                low = high = "0"
                for member, stands in self.taken(group, rule.select.take):
                    lo, _, hi, _ = of(member)
                    low = ite(stands, ite(member.met.certain, lo, "0"), low)
                    high = ite(stands, hi, high)
            stands_ = group.certain if end == LOW else group.is_first
            groups.append(
                (stands_, group.first.act, self.script.number(low if end == LOW else high, "group"))
            )
        return "0", groups

    def _keeps(
        self,
        rule: n.Deduction,
        act: Term,
        sharing: Sequence[tuple[n.Deduction, list[tuple[Term, Term, Term]]]],
    ) -> Term:
        """Write that a rule keeps an act: it has the greatest sum, the earlier rule among equals."""
        sums = [
            (
                other,
                self.script.number(
                    plus(
                        "0",
                        *(
                            ite(conj(first, same(a, act)), amount, "0")
                            for first, a, amount in groups
                        ),
                    ),
                    "act's sum",
                ),
            )
            for other, groups in sharing
        ]
        own = next(total for other, total in sums if other is rule)
        parts, earlier = [], True
        for other, total in sums:
            if other is rule:
                earlier = False
            else:
                parts.append(gt(own, total) if earlier else ge(own, total))
        return self.script.holds(conj(*parts), "keeps the act")

    def scored(self, *, worst: bool) -> Scored:
        """Write the score."""
        programme, reader = self.world.programme, self.top.reader()
        if programme.weights:
            return weighed(programme, reader, worst=worst)
        if programme.score is None:
            return NO_SCORE
        start = start_of(programme.score, reader)
        taken, _ = self.taken_and_given(programme.score, HIGH if worst else LOW)
        _, given_ = self.taken_and_given(programme.score, LOW)
        return Scored(exactly(minus(plus(start.low, given_), taken), start.low_known))

    def grade(self, carrying: Carrying, *, worst: bool) -> Term:
        """Write the grade."""
        programme = self.world.programme
        decision = Decision(programme, self.top, grade_names(programme))
        if not worst:
            return decision.decide(self.scored(worst=False), carrying).grade
        both = (self.scored(worst=False), self.scored(worst=True))
        return decision.at_worst(both, (carrying, carrying))

    def below(self, cut: n.Value) -> Term:
        """Write that the score does not reach a cut."""
        reader, scored = self.top.reader(), self.scored(worst=False)
        value = reader.value(cut)
        at = scaled(value.low, cut.type)
        if scored.weighs:
            return conj(
                scored.weighs, gt(reader.arithmetic.product(at, scored.total), scored.product)
            )
        return conj(scored.score.low_known, gt(at, scored.score.low))


@dataclass(frozen=True)
class Grouped:
    """A possible group: its first member, whether it is that, whether the group is certain, and who belongs to it."""

    first: Member
    is_first: Term
    certain: Term
    mates: list[tuple[Member, Term]]


def _sum(truths: Iterable[Term]) -> Term:
    return plus("0", *(ite(t, "1", "0") for t in truths))


def _equal(one: Leaf, other: Leaf) -> Term:
    if isinstance(one, Num) and isinstance(other, Num):
        return disj(
            conj(one.exact, other.exact, same(one.low, other.low)),
            conj(neg(one.exact), neg(other.exact)),
        )
    if isinstance(one, Sym) and isinstance(other, Sym):
        return disj(
            conj(one.known, other.known, same(one.code, other.code)),
            conj(neg(one.known), neg(other.known)),
        )
    if isinstance(one, Tri) and isinstance(other, Tri):
        return disj(
            conj(one.yes, other.yes), conj(one.no, other.no), conj(one.undecided, other.undecided)
        )
    return FALSE


def _either(condition: Term, yes: Leaf, no: Leaf) -> Leaf:
    if isinstance(yes, Num) and isinstance(no, Num):
        return Num(
            ite(condition, yes.low, no.low),
            ite(condition, yes.low_known, no.low_known),
            ite(condition, yes.high, no.high),
            ite(condition, yes.high_known, no.high_known),
        )
    if isinstance(yes, Tri) and isinstance(no, Tri):
        return Tri(ite(condition, yes.yes, no.yes), ite(condition, yes.no, no.no))
    if isinstance(yes, Sym) and isinstance(no, Sym):
        return Sym(ite(condition, yes.code, no.code), ite(condition, yes.known, no.known))
    raise TypeError


__all__ = ["Candidates", "Raw", "Slot", "World", "WorldSide", "candidates_of", "leaf_of"]
