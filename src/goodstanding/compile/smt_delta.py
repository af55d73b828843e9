"""The delta: one symbolic record is added, made graver or repaired, and every indicator that it moves moves with it.

The rest of the history is not written out: each aggregate has a summary of it that can be anything the types allow, and the value
of the aggregate with the record is worked out from that summary exactly as in `kernel/rules/aggregate.py`, or, for peaks and
runs, between bounds. What is proved here holds of histories of any length.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from goodstanding.compile.smt import (
    FALSE,
    TRUE,
    Script,
    Term,
    conj,
    disj,
    ge,
    gt,
    implies,
    ite,
    largest,
    minus,
    neg,
    plus,
    same,
    smallest,
    whole,
)
from goodstanding.compile.smt_calendar import Arithmetic, Loose
from goodstanding.compile.smt_values import (
    MISSING,
    NO,
    Leaf,
    Num,
    Reader,
    Sym,
    Tri,
    either,
    exactly,
    extreme_known,
)
from goodstanding.kernel.quantity import RECORDS_PER_SUBJECT_MAX, Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.presence import ALWAYS_THERE, may_be_missing
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import ALWAYS_AFTER, ALWAYS_BEFORE

Types = Mapping[str, Mapping[int, n.RecordType]]
ADDED, CHANGED, UNCHANGED = "added", "changed", "unchanged"
_NOT_YET = ("cured", "ended")


@dataclass(frozen=True)
class Change:
    """What happens to one record of a type: it is added, or a field of it changes.

    `own_act`: no other record names its act. `worse`: the change is adverse (the grade must not improve), else it must not worsen.
    """

    type: str
    kind: str  # ADDED, CHANGED, or UNCHANGED (no record at all)
    field: str = ""
    worse: bool = True
    own_act: bool = True
    favours: str = ""  # of a changed field: "more" or "less" is what happens to it

    @property
    def name(self) -> str:
        """Say the change in short."""
        if self.kind == ADDED:
            return f"{self.type} added" + ("" if self.own_act else ", its act named by others")
        return f"{self.type}.{self.field} {self.favours}"


# --------------------------------------------------------------------------------------------------
# Records


def leaf_of(script: Script, hint: str, type_: Type, known: Term) -> Leaf:
    """Declare an unknown value of a type, there where `known`."""
    if type_.kind is Kind.TRUTH:
        yes = script.boolean(hint)
        return Tri(conj(known, yes), conj(known, neg(yes)))
    if type_.kind is Kind.DATE:
        return exactly(script.integer(hint, int(ALWAYS_BEFORE), int(ALWAYS_AFTER)), known)
    if type_.kind is Kind.NUMBER:
        return exactly(script.integer(hint, type_.low, type_.high), known)
    code = script.integer(hint, 0)
    if type_.words:
        script.claim(disj(*(same(code, script.word(w)) for w in type_.words)))
    return Sym(code, known)


def own_type(name: str, type_: n.RecordType) -> Type:
    """Give the type of a field or own field; the certainty is one of those that count."""
    if name == "certainty":
        return Type(Kind.WORD, words=n.COUNTING)
    found = type_.type_of(name)
    return n.OWN_FIELDS["date"] if found is None else found


def field_names(type_: n.RecordType) -> tuple[str, ...]:
    """Give the fields and own fields of a record type."""
    return (*(name for name, _ in type_.fields), *n.OWN_FIELDS)


def record(script: Script, types: Types, type_id: str, hint: str = "record") -> dict[str, Leaf]:
    """Declare a record of a type that counts; what its type requires is there."""
    versions = types[type_id]
    newest = versions[max(versions)]
    later = {name for version in versions.values() for name in version.missing_before}
    fields: dict[str, Leaf] = {}
    for name in field_names(newest):
        if name == "date":
            continue
        there = (name in newest.required and name not in later) or name in (
            "record",
            "certainty",
            "act",
            newest.counting,
        )
        known = TRUE if there else script.boolean(f"{hint} has {name}")
        fields[name] = leaf_of(script, f"{hint} {name}", own_type(name, newest), known)
    fields["date"] = fields[newest.counting]
    return fields


@dataclass
class Shared:
    """What both sides of a change have in common: days of the run, parameters, linked fields, indicators of other types."""

    script: Script
    arithmetic: Arithmetic
    moments: dict[n.Moment, Term]
    parameters: dict[str, Num] = field(default_factory=dict)
    linked: dict[tuple[str, str], Leaf] = field(default_factory=dict)
    valued: bool = False  # unknown parameters have some value, instead of being missing

    def parameter(self, node: n.Unknown) -> Num:
        """Give a parameter without a value: missing, or any value of its type. One without a name stands for nothing, and is missing."""
        if not self.valued or not node.parameter:
            return MISSING
        if node.parameter not in self.parameters:
            self.parameters[node.parameter] = exactly(
                self.script.integer(node.parameter, node.type.low, node.type.high)
            )
        return self.parameters[node.parameter]


@dataclass
class Side:
    """An environment: the history before or after the change."""

    shared: Shared
    fields: Mapping[str, Leaf] = field(default_factory=dict)
    known: dict[str, Leaf] = field(default_factory=dict)
    opened: Term = ""
    find: Callable[[str], Leaf] | None = None  # works out an indicator when it is first asked for

    def look(self, node: n.Field | n.LinkField | n.Ref) -> Leaf:
        """Give what a field, linked field or indicator is."""
        if isinstance(node, n.Ref):
            return self.of(node.name)
        if isinstance(node, n.Field):
            return self._by_now(node.name, self.fields.get(node.name) or _nothing(node.type))
        return self._linked(node)

    def of(self, name: str) -> Leaf:
        """Give the value of an indicator."""
        if name not in self.known and self.find is not None:
            self.known[name] = self.find(name)
        return self.known[name]

    def _by_now(self, name: str, leaf: Leaf) -> Leaf:
        if name not in _NOT_YET or not isinstance(leaf, Num):
            return leaf
        return exactly(leaf.low, conj(leaf.exact, ge(self.moment(n.Moment.JUDGED), leaf.low)))

    def _linked(self, node: n.LinkField) -> Leaf:
        key, script = (node.link, node.name), self.shared.script
        if key not in self.shared.linked:
            known = (
                TRUE if node.name == "annulled" else script.boolean(f"has {node.link}.{node.name}")
            )
            self.shared.linked[key] = leaf_of(script, f"{node.link}.{node.name}", node.type, known)
        return self._by_now(node.name, self.shared.linked[key])

    def moment(self, moment: n.Moment) -> Term:
        """Give a day of the run."""
        return (
            self.opened
            if moment is n.Moment.OPENED and self.opened
            else self.shared.moments[moment]
        )

    def parameter(self, node: n.Unknown) -> Num:
        """Give a parameter that has no value."""
        return self.shared.parameter(node)

    def reader(self) -> Reader:
        """Give what writes values and truths of this side."""
        return Reader(self.shared.script, self.shared.arithmetic, self)


def _nothing(type_: Type) -> Leaf:
    if type_.kind is Kind.TRUTH:
        return Tri(FALSE, FALSE)
    return MISSING if type_.kind in (Kind.NUMBER, Kind.DATE) else Sym("0", FALSE)


def moments_of(script: Script, arithmetic: Loose, programme: n.Programme) -> dict[n.Moment, Term]:
    """Declare the days of any run of a programme. A cycle is judged from its last day on, or later."""
    first, last = int(ALWAYS_BEFORE), int(ALWAYS_AFTER)
    judged = script.integer("judged", first, last)
    moments = {n.Moment.JUDGED: judged, n.Moment.OPENED: judged}
    if programme.cycle.kind:
        start = script.integer("cycle_start", first, last)
        end = script.integer("cycle_end", first, last)
        arithmetic.know(start, 12, end)
        script.claim(
            conj(
                ge(minus(end, start), "365"),
                ge("366", minus(end, start)),
                ge(judged, minus(end, "1")),
            )
        )
        phase, phase_end, before = (
            script.integer(w) for w in ("phase_start", "phase_end", "previous_phase_start")
        )
        script.claim(
            conj(ge(start, phase), ge(phase_end, end), ge(phase, before), ge(before, whole(first)))
        )
        bounds = years_back(programme.cycle)
        if bounds is not None:
            back, further = bounds
            script.claim(ge(arithmetic.add_months(phase, 12 * back), start))
            script.claim(ge(arithmetic.add_months(before, 12 * further), phase))
        moments |= {n.Moment.CYCLE_START: start, n.Moment.CYCLE_END: end}
        moments |= {
            n.Moment.PHASE_START: phase,
            n.Moment.PHASE_END: phase_end,
            n.Moment.PREVIOUS_PHASE_START: before,
        }
    return moments


def years_back(timing: n.Cycle) -> tuple[int, int] | None:
    """Give how many years a phase can have begun before a cycle of it, and the phase before that one before it.

    None where no cycle is the last, or the last phase has no end.
    """
    first, last = timing.first, timing.last
    if first is None or last is None or not any(y > last for y in timing.phase_starts):
        return None
    back, further = 0, 0
    for year in range(first, last + 1):
        started = [y for y in timing.phase_starts if y <= year] or [year]
        back = max(back, year - started[-1])
        further = max(further, started[-1] - (started[-2:])[0])
    return back, further


def edge(at: n.Edge, side: Side) -> Term:
    """Write the day of a window's edge; the ends of the cycle are counted from its start."""
    moment, months = at.moment or n.Moment.JUDGED, at.cycles * 12 + at.months
    if moment is n.Moment.CYCLE_END:
        moment, months = n.Moment.CYCLE_START, months + 12
    return plus(side.shared.arithmetic.add_months(side.moment(moment), months), whole(at.days))


def inside_window(window: n.Window, date: Term, side: Side) -> Term:
    """Write that a counting date lies in a window."""
    judged = side.moment(n.Moment.JUDGED)
    parts = [ge(judged, date)]
    if window.start.moment is not None:
        parts.append(ge(date, edge(window.start, side)))
    if window.end.moment is not None:
        parts.append(gt(edge(window.end, side), date))
    if window.months_back is not None:
        parts.append(gt(side.shared.arithmetic.add_months(date, window.months_back), judged))
    return conj(*parts)


@dataclass(frozen=True)
class Met:
    """How a record meets a rule: certainly, and certainly or possibly."""

    certain: Term
    possible: Term

    def but(self, condition: Term) -> Met:
        """Give the same under one more condition."""
        return Met(conj(condition, self.certain), conj(condition, self.possible))


NEVER = Met(FALSE, FALSE)


def meets(select: n.Select, side: Side) -> Met:
    """Write how the record of a side meets a selection."""
    script = side.shared.script
    date = side.fields["date"]
    in_time = (
        conj(date.exact, inside_window(select.window, date.low, side))
        if isinstance(date, Num)
        else FALSE
    )
    if select.final:
        certainty = side.fields["certainty"]
        in_time = conj(
            in_time,
            same(certainty.code, script.word(n.Certainty.FINAL.value))
            if isinstance(certainty, Sym)
            else FALSE,
        )
    truth = side.reader().truth(select.where)
    in_time = script.holds(in_time, "in window")
    return Met(
        script.holds(conj(in_time, truth.yes), "hit"),
        script.holds(conj(in_time, truth.may), "possible hit"),
    )


# --------------------------------------------------------------------------------------------------
# What the rest of the history is


@dataclass(frozen=True)
class Joins:
    """Whether the record has the key of a group of the rest, and what that does."""

    joined: Term = FALSE
    certain: Term = FALSE  # the group has a certain member without the record
    among: Term = TRUE  # the record is one of those that may be taken (the firsts or the lasts)
    alone: Term = TRUE  # where it is a certain hit, it is the only one of them


@dataclass
class Rest:
    """Summaries of the rest of the history, made when they are asked for."""

    script: Script
    types: Types
    own_act: bool
    counted: frozenset[n.Select] = (
        frozenset()
    )  # `exists` over the same selection agrees with the count
    _joins: dict[n.Select, Joins] = field(default_factory=dict)
    _counts: dict[n.Select, tuple[Term, Term]] = field(default_factory=dict)
    _exists: dict[n.Select, Tri] = field(default_factory=dict)

    def joins(self, select: n.Select) -> Joins:
        """Say how the record joins groups of a selection; by its own act it is a group of its own."""
        if not select.distinct and self.own_act:
            return Joins()
        if select not in self._joins:
            joined, certain = self.script.boolean("joins"), self.script.boolean("joins certain")
            self.script.claim(implies(certain, joined))
            self._joins[select] = self._place(joined, certain, select.take)
        return self._joins[select]

    def _place(self, joined: Term, certain: Term, take: n.Take) -> Joins:
        """Say where in its group the record stands: before the first certain member (after the last), or beyond it."""
        if take is n.Take.GRAVEST:
            return Joins(joined, certain)
        among, alone = self.script.boolean("may be taken"), self.script.boolean("alone is taken")
        return Joins(
            joined, certain, disj(neg(joined), among), disj(neg(joined), conj(among, alone))
        )

    def sure(self, *parts: object) -> bool:
        """Tell whether selections and values can neither be undecided nor missing: all that they read is required."""
        return all(never_missing(part, self.types) for part in parts)

    def count(self, select: n.Select) -> tuple[Term, Term]:
        """Give how many certain groups, and how many groups, the rest has."""
        if select not in self._counts:
            low = self.script.integer(f"count of {select.record}", 0)
            high = self.script.integer(
                f"count of possible {select.record}", None, RECORDS_PER_SUBJECT_MAX
            )
            self.script.claim(same(high, low) if self.sure(select) else ge(high, low))
            joins = self.joins(select)
            self.script.claim(implies(joins.certain, gt(low, "0")))
            self.script.claim(implies(conj(joins.joined, neg(joins.certain)), gt(high, low)))
            self._counts[select] = low, high
        return self._counts[select]

    def exists(self, select: n.Select) -> Tri:
        """Say whether the rest has a group."""
        if select in self.counted:
            low, high = self.count(select)
            return Tri(gt(low, "0"), same(high, "0"))
        if select not in self._exists:
            yes = self.script.boolean(f"has {select.record}")
            no = neg(yes) if self.sure(select) else self.script.boolean(f"has no {select.record}")
            self.script.claim(neg(conj(yes, no)))
            self._exists[select] = Tri(yes, no)
        return self._exists[select]

    def seen(self) -> list[tuple[n.Select, Tri]]:
        """Give the selections of which it was asked whether there is a group."""
        counted = {
            select: Tri(gt(low, "0"), same(high, "0"))
            for select, (low, high) in self._counts.items()
        }
        return [*self._exists.items(), *counted.items()]


@dataclass
class Aggregates:
    """Writes the value of an aggregate from the summary of the rest and how a record meets it, for any number of sides."""

    script: Script
    rest: Rest
    bumps: dict[str, list[tuple[Met, Term, Term, Term]]] = field(default_factory=dict)
    kept: dict[str, tuple[Term, ...]] = field(default_factory=dict)

    def value(self, i: n.Indicator, met: Met, side: Side) -> Leaf:
        """Write the value of an indicator over records, with the record of a side (or NEVER: without)."""
        match i.what:
            case n.Exists(select):
                there = self.rest.exists(select)
                return Tri(disj(there.yes, met.certain), conj(there.no, neg(met.possible)))
            case n.Count(select):
                return self._count(select, met)
            case n.Sum(select, of):
                return self._sum(i.name, select, of, met, side)
            case n.Extreme():
                return self._extreme(i.name, i.what, met, side)
            case n.Pick():
                return self._pick(i, i.what, met, side)
            case n.Peak(select, _, of):
                return self._peak(i.name, select, of, met, side)
            case n.LongestRun():
                return self._bumped(
                    i.name, _dated(met, i.what.by, side), whole(RECORDS_PER_SUBJECT_MAX)
                )
            case n.MissingPeriods():
                return self._missing(i.name, _dated(met, i.what.by, side))
        raise TypeError(i.name)

    def _count(self, select: n.Select, met: Met) -> Num:
        low, high = self.rest.count(select)
        joins = self.rest.joins(select)
        more = ite(conj(met.certain, neg(joins.certain)), "1", "0")
        perhaps = ite(conj(met.possible, neg(joins.joined)), "1", "0")
        return Num(plus(low, more), TRUE, plus(high, perhaps), TRUE)

    def _group(self, name: str, sure: bool) -> tuple[Term, Term, Term, Term, Term, Term]:
        """Give the rest's sum [low, high, open], and the same of the group that the record joins."""
        if name not in self.kept:
            new = self.script
            low, high = (
                new.integer(f"{name} of the rest", 0),
                new.integer(f"{name} of the rest at most", 0),
            )
            of_low, of_high = (
                new.integer(f"{name} of the group", 0),
                new.integer(f"{name} of the group at most", 0),
            )
            open_, of_open = (
                new.boolean(f"{name} of the rest is open"),
                new.boolean(f"{name} of the group is open"),
            )
            if sure:
                new.claim(conj(same(high, low), same(of_high, of_low), neg(open_), neg(of_open)))
            new.claim(
                conj(
                    ge(high, low),
                    ge(of_high, of_low),
                    ge(minus(high, of_high), minus(low, of_low)),
                    ge(low, of_low),
                    ge(high, of_high),
                )
            )
            self.kept[name] = (low, high, open_, of_low, of_high, of_open)
        low, high, open_, of_low, of_high, of_open = self.kept[name]
        return low, high, open_, of_low, of_high, of_open

    def _sum(self, name: str, select: n.Select, of: n.Value, met: Met, side: Side) -> Num:
        value = side.reader().value(of) if met is not NEVER else MISSING
        joins = self.rest.joins(select)
        if not of.type.never_negative:
            return self._signed(name, met, value, joins)
        low, high, open_, of_low, of_high, of_open = self._group(
            name, self.rest.sure(n.Sum(select, of))
        )
        gl, gh = ite(joins.joined, of_low, "0"), ite(joins.joined, of_high, "0")
        go = conj(joins.joined, of_open)
        own = Num(ite(value.low_known, value.low, "0"), TRUE, value.high, value.high_known)
        if select.take is n.Take.GRAVEST:
            low_, high_ = largest(gl, ite(met.certain, own.low, "0")), largest(gh, own.high)
            open_now = disj(go, neg(own.high_known))
        else:
            group = Num(gl, TRUE, gh, neg(go))
            now = self._one_taken(name, met, joins, own, group)
            low_, high_, open_now = now.low, now.high, neg(now.high_known)
        # what is open of the rest beside the group stays open
        beside = conj(open_, neg(conj(joins.joined, of_open)))
        total = plus(low, ite(met.possible, minus(low_, gl), "0"))
        most = plus(high, ite(met.possible, minus(high_, gh), "0"))
        is_open = disj(beside, ite(met.possible, open_now, conj(open_, go)))
        return Num(
            self.script.number(total, name),
            TRUE,
            self.script.number(most, name),
            neg(self.script.holds(is_open, name)),
        )

    def _one_taken(self, name: str, met: Met, joins: Joins, own: Num, group: Num) -> Num:
        """Write what a group is worth with the record in it, where the first or latest member is taken.

        A certain record leaves of those that may be taken itself and the ones before it (`beyond`); one that is only possible joins
        them all, and does not make a group certain.
        """
        if f"{name} beyond" not in self.kept:
            new = self.script
            low, high = new.integer(f"{name} beyond", 0), new.integer(f"{name} beyond at most", 0)
            new.claim(ge(high, low))
            self.kept[f"{name} beyond"] = low, high, new.boolean(f"{name} beyond is bounded")
        low, high, bounded = self.kept[f"{name} beyond"]
        others = either(met.certain, Num(low, TRUE, high, bounded), group)
        alone = conj(met.certain, joins.alone)
        several = Num(
            smallest(own.low, others.low),
            TRUE,
            largest(own.high, others.high),
            conj(own.high_known, others.high_known),
        )
        return either(joins.among, either(alone, own, several), group)

    def _signed(self, name: str, met: Met, value: Num, joins: Joins) -> Num:
        """Write a sum that can be negative: known only where each group has one certain member of known value that may be taken."""
        if name not in self.kept:
            new = self.script
            self.kept[name] = (
                new.integer(f"{name} of the other groups"),
                new.boolean(f"{name} of the other groups is known"),
                new.integer(f"{name} of the group"),
                new.boolean(f"{name} of the group is known"),
            )
        total, known, of_group, group_known = self.kept[name]
        group = exactly(ite(joins.joined, of_group, "0"), disj(neg(joins.joined), group_known))
        own = exactly(value.low, conj(met.certain, joins.alone, value.exact))
        now = either(conj(met.possible, joins.among), own, group)
        return exactly(plus(total, now.low), conj(known, now.low_known))

    def _extreme(self, name: str, what: n.Extreme, met: Met, side: Side) -> Num:
        if name not in self.kept:
            new = self.script
            type_ = what.of.type
            best = new.integer(f"{name} of the rest", type_.low, type_.high)
            old = new.integer(f"{name} displaced", type_.low, type_.high)
            flags = [
                new.boolean(f"{name} {w}")
                for w in ("of the rest", "with unknowns", "displaced", "displaces")
            ]
            self.kept[name] = (best, old, *flags)
            if self.rest.sure(what):
                new.claim(conj(neg(flags[1]), implies(flags[3], flags[2])))
        best, old, there, unknown, old_there, displaced = self.kept[name]
        value = side.reader().value(what.of) if met is not NEVER else MISSING
        joins = self.rest.joins(what.select)
        if what.select.take is n.Take.GRAVEST:
            stands, taken_out = met.possible, FALSE
        else:
            stands = conj(met.possible, joins.among)
            # one that is only possible takes nobody's place
            taken_out = conj(met.certain, joins.joined, joins.among, displaced)
            self.script.claim(implies(displaced, joins.joined))
        known = conj(stands, met.certain, value.exact)
        parts = [
            (best, there),
            (old, conj(displaced, old_there, neg(taken_out))),
            (value.low, known),
        ]
        made = extreme_known(parts, what.greatest)
        if what.known_part:
            return made
        unclear = disj(
            unknown, conj(displaced, neg(old_there), neg(taken_out)), conj(stands, neg(known))
        )
        return exactly(made.low, conj(made.low_known, neg(unclear)))

    def _pick(self, i: n.Indicator, what: n.Pick, met: Met, side: Side) -> Leaf:
        new = self.script
        if i.name not in self.kept:
            flags = (
                new.boolean(f"{i.name} there"),
                new.boolean(f"{i.name} certain"),
                new.boolean(f"{i.name} has a value"),
            )
            day = new.integer(f"{i.name} day", int(ALWAYS_BEFORE), int(ALWAYS_AFTER))
            self.kept[i.name] = (*flags, day, new.boolean(f"{i.name} ties"))
            if self.rest.sure(what.select):
                new.claim(flags[1])
            there = required(what.select.record, self.rest.types)
            if not may_be_missing(what.of, tuple(there), {}) and isinstance(what.of, n.Field):
                new.claim(flags[2])
            newest = self.rest.types[what.select.record]
            counting = newest[max(newest)].counting
            if isinstance(what.of, n.Field) and what.of.name in ("date", counting):
                self.leaves[i.name] = exactly(day, conj(*flags))
            else:
                self.leaves[i.name] = leaf_of(new, i.name, i.type, conj(*flags))
        stays, _, _, day, ties = self.kept[i.name]
        rest = self.leaves[i.name]
        if met is NEVER:
            return rest
        date = side.fields["date"]
        own = date.low if isinstance(date, Num) else "0"
        beyond = disj(gt(own, day) if what.latest else gt(day, own), conj(same(own, day), ties))
        stands = new.holds(
            conj(met.possible, disj(neg(stays), beyond)), f"{i.name} is the record's"
        )
        value = side.reader().leaf(what.of, i.type)
        return choose(stands, given(met.certain, value), rest)

    leaves: dict[str, Leaf] = field(default_factory=dict)

    def _peak(self, name: str, select: n.Select, of: n.Value | None, met: Met, side: Side) -> Num:
        """Write a peak: a record of its own counts once more; one that joins a group can move or unsettle the whole group."""
        joins, weight = self.rest.joins(select), "1"
        if of is not None:
            weight = _high(side.reader().value(of) if met is not NEVER else MISSING)
            if joins.joined != FALSE:
                key = f"{name} group"
                if key not in self.kept:
                    self.kept[key] = (self.script.integer(key, 0),)
                weight = plus(weight, ite(joins.joined, self.kept[key][0], "0"))
        return self._bumped(name, met, weight, down=joins.joined)

    def _bumped(self, name: str, met: Met, weight: Term, *, down: Term = FALSE) -> Num:
        """Write a peak or a run: the record adds between nothing and its weight; the better it meets the rule, the more."""
        new = self.script
        if name not in self.kept:
            low = new.integer(f"{name} of the rest", 0)
            high = new.integer(f"{name} of the rest at most", 0)
            new.claim(ge(high, low))
            self.kept[name] = low, high
        low, high = self.kept[name]
        if met is NEVER:
            return Num(low, TRUE, high, TRUE)
        one, two = new.integer(f"{name} more"), new.integer(f"{name} at most more")
        least = ite(down, minus("0", weight), "0")
        new.claim(
            conj(ge(ite(met.certain, weight, "0"), one), ge(one, ite(met.certain, least, "0")))
        )
        new.claim(
            conj(ge(ite(met.possible, weight, "0"), two), ge(two, ite(met.possible, least, "0")))
        )
        new.claim(conj(ge(plus(high, two), plus(low, one)), ge(plus(low, one), "0")))
        for other, weighs, low_there, high_there in self.bumps.setdefault(name, []):
            for mine, theirs, own, there in (
                (met.certain, other.certain, one, low_there),
                (met.possible, other.possible, two, high_there),
            ):
                alike = conj(neg(down), ge(weight, weighs)), conj(neg(down), ge(weighs, weight))
                new.claim(implies(conj(implies(theirs, mine), alike[0]), ge(own, there)))
                new.claim(implies(conj(implies(mine, theirs), alike[1]), ge(there, own)))
                new.claim(implies(conj(same(mine, theirs), same(weight, weighs)), same(own, there)))
        self.bumps[name].append((met, weight, one, two))
        return Num(plus(low, one), TRUE, plus(high, two), TRUE)

    def _missing(self, name: str, met: Met) -> Num:
        new = self.script
        if name not in self.kept:
            low, high = (
                new.integer(f"{name} of the rest", 0),
                new.integer(f"{name} of the rest at most", 0),
            )
            flags = new.boolean(f"{name} perhaps served"), new.boolean(f"{name} served")
            new.claim(
                conj(
                    ge(high, low), implies(flags[0], gt(low, "0")), implies(flags[1], gt(high, "0"))
                )
            )
            new.claim(implies(same(high, low), implies(flags[1], flags[0])))
            self.kept[name] = low, high, *flags
        low, high, perhaps, surely = self.kept[name]
        less, least = (
            ite(conj(met.possible, perhaps), "1", "0"),
            ite(conj(met.certain, surely), "1", "0"),
        )
        return Num(minus(low, less), TRUE, minus(high, least), TRUE)


def required(type_: str, types: Types) -> frozenset[str]:
    """Give the fields that every record of a type has, whatever its version."""
    versions = types[type_]
    newest = versions[max(versions)]
    later = {name for version in versions.values() for name in version.missing_before}
    return frozenset(newest.required) - later | ALWAYS_THERE | {newest.counting, "act"}


def never_missing(select: object, types: Types) -> bool:
    """Tell whether a selection (or an aggregate of one) never meets a record only possibly, nor reads a missing value."""
    if not isinstance(select, n.Select | n.Extreme | n.Sum):
        return False
    chosen = select if isinstance(select, n.Select) else select.select
    there = tuple(required(chosen.record, types))
    value = () if isinstance(select, n.Select) else (select.of,)
    return always_decided(chosen.where, there) and not any(
        may_be_missing(v, there, {}) for v in value
    )


def always_decided(truth: n.Truth, there: tuple[str, ...]) -> bool:
    """Tell whether a condition over a record is never undecided, given the fields that are always there."""
    match truth:
        case n.Always() | n.Present():
            return True
        case n.Compare(_, left, right):
            return not (may_be_missing(left, there, {}) or may_be_missing(right, there, {}))
        case n.WordIn(subject):
            return not may_be_missing(subject, there, {})
        case n.SameCode(left, right):
            return not (may_be_missing(left, there, {}) or may_be_missing(right, there, {}))
        case n.TruthOf(subject):
            return (
                isinstance(subject, n.LinkField) and subject.name == "annulled"
            ) or not may_be_missing(subject, there, {})
        case n.Not(part):
            return always_decided(part, there)
        case n.All(parts) | n.Any_(parts):
            return all(always_decided(part, there) for part in parts)


def _high(value: Num) -> Term:
    return ite(
        value.high_known, value.high, whole(RECORDS_PER_SUBJECT_MAX * RECORDS_PER_SUBJECT_MAX)
    )


def _dated(met: Met, by: str, side: Side) -> Met:
    leaf = side.fields.get(by)
    return met.but(leaf.exact) if isinstance(leaf, Num) and met is not NEVER else met


def given(condition: Term, leaf: Leaf) -> Leaf:
    """Give a value where a condition holds, else missing."""
    if isinstance(leaf, Num):
        return Num(
            leaf.low, conj(condition, leaf.low_known), leaf.high, conj(condition, leaf.high_known)
        )
    if isinstance(leaf, Tri):
        return Tri(conj(condition, leaf.yes), conj(condition, leaf.no))
    return Sym(leaf.code, conj(condition, leaf.known))


def choose(condition: Term, yes: Leaf, no: Leaf) -> Leaf:
    """Give one value or the other, of one kind."""
    if isinstance(yes, Num) and isinstance(no, Num):
        return either(condition, yes, no)
    if isinstance(yes, Tri) and isinstance(no, Tri):
        return Tri(ite(condition, yes.yes, no.yes), ite(condition, yes.no, no.no))
    if isinstance(yes, Sym) and isinstance(no, Sym):
        return Sym(ite(condition, yes.code, no.code), ite(condition, yes.known, no.known))
    raise TypeError


# --------------------------------------------------------------------------------------------------
# Before and after


@dataclass
class Delta:
    """A change of one record in a history that is otherwise free: the environments before and after it."""

    script: Script
    shared: Shared
    before: Side
    after: Side
    change: Change
    programme: n.Programme
    aggregates: Aggregates

    def met(self, select: n.Select, side: Side) -> Met:
        """Write how the record meets a selection on a side; before it is added it meets nothing."""
        without = self.change.kind == UNCHANGED or (
            self.change.kind == ADDED and side is self.before
        )
        if select.record != self.change.type or without:
            return NEVER
        return meets(select, side)


def delta(programme: n.Programme, types: Types, change: Change, *, valued: bool = False) -> Delta:
    """Write a change of one record, and the values of all indicators before and after it."""
    script = Script()
    arithmetic = Loose(script)
    shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme), valued=valued)
    fields = record(script, types, change.type)
    changed = _changed(script, types, change, fields)
    before, after = Side(shared, fields), Side(shared, changed)
    if programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
        _open(script, change, before, after, fields)
    rest = Rest(
        script,
        types,
        change.own_act,
        frozenset(i.what.select for i in programme.indicators if isinstance(i.what, n.Count)),
    )
    made = Delta(script, shared, before, after, change, programme, Aggregates(script, rest))
    by_name = {i.name: i for i in programme.indicators}
    before.find = lambda name: _indicator(made, by_name[name], before)
    after.find = lambda name: _indicator(made, by_name[name], after)
    _judged_at_all(made)
    return made


def _indicator(made: Delta, i: n.Indicator, side: Side) -> Leaf:
    if side is made.after and i.name not in made.before.known:
        made.before.of(i.name)  # the same symbols, in the same order, whichever side asks
    if isinstance(i.what, n.Scalar):
        return side.reader().leaf(i.what.formula, i.type)
    return _short(
        made.script, i.name, made.aggregates.value(i, made.met(i.what.select, side), side)
    )


def _short(script: Script, name: str, leaf: Leaf) -> Leaf:
    if isinstance(leaf, Tri):
        return Tri(script.holds(leaf.yes, name), script.holds(leaf.no, f"not {name}"))
    if isinstance(leaf, Sym):
        return Sym(script.number(leaf.code, name), script.holds(leaf.known, f"{name} known"))
    low = script.number(leaf.low, name)
    high = low if leaf.low == leaf.high else script.number(leaf.high, f"{name} at most")
    low_known = script.holds(leaf.low_known, f"{name} known")
    return Num(
        low,
        low_known,
        high,
        low_known
        if leaf.low_known == leaf.high_known
        else script.holds(leaf.high_known, f"{name} bounded"),
    )


def _open(
    script: Script, change: Change, before: Side, after: Side, fields: Mapping[str, Leaf]
) -> None:
    """The day that what is judged opened: that of its earliest record."""
    opened = script.integer("opened", int(ALWAYS_BEFORE), int(ALWAYS_AFTER))
    script.claim(ge(before.shared.moments[n.Moment.JUDGED], opened))
    before.opened = after.opened = opened
    date = fields["date"]
    if not isinstance(date, Num):
        return
    if change.kind == ADDED:
        script.claim(ge(before.shared.moments[n.Moment.JUDGED], date.low))
        after.opened = ite(ge(date.low, opened), opened, date.low)
    else:
        script.claim(ge(date.low, opened))


def _judged_at_all(made: Delta) -> None:
    """What is judged has at least one record: where the change adds one, one was there before."""
    if made.change.kind == ADDED:
        one_is_there(made.programme, made.aggregates.rest, made.before)


def one_is_there(programme: n.Programme, rest: Rest, side: Side, *, known: bool = False) -> None:
    """Say that a decision or record that is judged has at least one record."""
    if programme.judges not in (n.Judges.DECISION, n.Judges.RECORD):
        return
    there = [side.shared.script.boolean(f"any {type_}") for type_ in programme.judged_records]
    side.shared.script.claim(disj(*there))
    for i in programme.indicators:
        if isinstance(i.what, n.Exists | n.Count):
            side.of(i.name)
    for type_, any_ in zip(programme.judged_records, there, strict=True):
        witness(rest, side, type_, any_, known=known)


def witness(rest: Rest, side: Side, type_: str, there: Term, *, known: bool = False) -> None:
    """Have the rest of the history hold a record of a type, where `there`: whatever it meets, something is met by it.

    `known`: nothing is missing in it.
    """
    script = side.shared.script
    fields = record(script, rest.types, type_, "another")
    if known:
        script.claim(
            conj(
                *(
                    _is_there(leaf)
                    for name, leaf in sorted(fields.items())
                    if name not in n.OWN_FIELDS
                )
            )
        )
    other = Side(side.shared, fields, find=side.of)
    date = fields["date"]
    if isinstance(date, Num):
        script.claim(ge(side.moment(n.Moment.JUDGED), date.low))
    for select, exists in rest.seen():
        if select.record == type_:
            met = meets(select, other)
            script.claim(
                implies(
                    there,
                    conj(implies(met.certain, exists.yes), implies(met.possible, neg(exists.no))),
                )
            )


def witnesses(rest: Rest, side: Side) -> None:
    """Have a record stand for each selection of which the rest has something: it meets that one, and what else it meets is met."""
    script = side.shared.script
    seen = rest.seen()
    for select, exists in seen:
        if sum(other.record == select.record for other, _ in seen) < 2:
            continue
        other = Side(
            side.shared, record(script, rest.types, select.record, "another"), find=side.of
        )
        for one, has in seen:
            if one.record == select.record:
                met = meets(one, other)
                if one == select:
                    script.claim(
                        conj(
                            implies(exists.yes, met.certain), implies(neg(exists.no), met.possible)
                        )
                    )
                else:
                    some = conj(implies(met.certain, has.yes), implies(met.possible, neg(has.no)))
                    script.claim(implies(neg(exists.no), some))


def _is_there(leaf: Leaf) -> Term:
    if isinstance(leaf, Tri):
        return disj(leaf.yes, leaf.no)
    return leaf.known if isinstance(leaf, Sym) else leaf.exact


def _changed(
    script: Script, types: Types, change: Change, fields: Mapping[str, Leaf]
) -> dict[str, Leaf]:
    """Give the record after the change."""
    if change.kind != CHANGED:
        return dict(fields)
    newest = types[change.type][max(types[change.type])]
    was = fields[change.field]
    if isinstance(was, Tri):
        # a truth that makes it graver becomes true, one that makes it milder too; "less" is the way back
        script.claim(was.no if change.favours == "more" else was.yes)
        now: Leaf = Tri(was.no, was.yes)
    elif isinstance(was, Num):
        value = leaf_of(script, f"{change.field} after", own_type(change.field, newest), TRUE)
        if not isinstance(value, Num):
            raise TypeError(change.field)
        if change.field in _NOT_YET:
            script.claim(disj(neg(was.exact), gt(was.low, value.low)))
        else:
            script.claim(
                conj(
                    was.exact,
                    gt(value.low, was.low) if change.favours == "more" else gt(was.low, value.low),
                )
            )
        now = value
    else:
        return dict(fields)
    changed = {**fields, change.field: now}
    if change.field == newest.counting:
        changed["date"] = now
    return changed


def selects_in(node: object) -> tuple[n.Select, ...]:
    """Give every selection below a node."""
    return tuple(part for part in inside(node) if isinstance(part, n.Select))


__all__ = [
    "ADDED",
    "CHANGED",
    "NEVER",
    "NO",
    "Change",
    "Delta",
    "Met",
    "Rest",
    "Side",
    "Types",
    "delta",
    "meets",
    "record",
]
