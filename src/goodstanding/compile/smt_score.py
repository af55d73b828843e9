"""Points of one record under all rules of the score, one act counted once, and what that does to the total.

The rest of the history is free: what other groups of the same rules and acts are worth can be anything.
"""

from __future__ import annotations

from collections.abc import Sequence
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
    literal,
    minus,
    neg,
    plus,
    smallest,
    times,
    whole,
)
from goodstanding.compile.smt_delta import CHANGED, NEVER, Delta, Joins, Met, Side
from goodstanding.compile.smt_values import Tri
from goodstanding.kernel.quantity import SHARE_SCALE, Type, round_half_up
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.scoring import ONE
from goodstanding.kernel.rules.walk import fields_read, inside

Ends = tuple[Term, Term]
LOW, HIGH = 0, 1
# What the terms do not hold for: keys of sentences.
CAPS, KEYS = "caps", "moves_key"


def scaled(term: Term, type_: Type) -> Term:
    """Bring a number of a coarser scale to 1/10,000."""
    return times(10 ** (SHARE_SCALE - type_.scale), term)


def points(rule: n.Deduction, side: Side) -> Ends:
    """Write the points of a hit: [low, high] after what a repair gives back."""
    reader, script = side.reader(), side.shared.script
    value, bound = reader.value(rule.points), whole(rule.bound)
    low, high = scaled(value.low, rule.points.type), scaled(value.high, rule.points.type)
    known = ite(value.low_known, low, "0")
    if rule.if_none == "nothing":
        ends = known, known
    elif rule.if_none == "at most":
        ends = ite(value.exact, low, bound), ite(value.exact, low, bound)
    else:
        ends = known, ite(value.high_known, high, bound)
    ends = (
        script.number(smallest(ends[0], bound), "points"),
        script.number(smallest(ends[1], bound), "points at most"),
    )
    if rule.restored and not rule.adds:
        return restored(
            ends, [(step.share, reader.truth(step.when)) for step in rule.restored], script
        )
    return ends


def restored(ends: Ends, steps: Sequence[tuple[int, Tri]], script: Script) -> Ends:
    """Give back the share of the first true step; at the high end an undecided step ends the search without."""
    low, high = ends
    low_, high_ = low, high
    for share, when in reversed(steps):
        low_ = ite(when.yes, _less(low, share), low_)
        high_ = ite(when.may, ite(when.yes, _less(high, share), high), high_)
    return script.number(low_, "points left"), script.number(high_, "points left at most")


def _less(term: Term, share: int) -> Term:
    value = literal(term)
    if value is not None:
        return whole(value - round_half_up(value * share, ONE))
    return minus(term, f"(div {plus(times(2 * share, term), whole(ONE))} {2 * ONE})")


@dataclass
class _Free:
    """Symbols of the rest, the same on both sides."""

    script: Script
    made: dict[str, Term] = field(default_factory=dict)

    def number(self, name: str) -> Term:
        if name not in self.made:
            self.made[name] = self.script.integer(name, 0)
        return self.made[name]

    def truth(self, name: str) -> Term:
        if name not in self.made:
            self.made[name] = self.script.boolean(name)
        return self.made[name]


@dataclass(frozen=True)
class _Group:
    """The group of a rule that the record joins, as it is without the record."""

    worth: Term
    joined: Term
    names_act: Term  # all its firsts name the record's act
    is_open: Term  # its firsts name several acts
    first: Term  # the record is one of those that may be its first
    alone: Term  # where it is a certain hit, it is the only one of them
    settles: Term  # where it is a certain hit, those left before it name its act
    others: Term  # what other groups of the record's act are worth under the rule


@dataclass
class Totals:
    """Writes what all rules take and give on a side, from free sums of the rest."""

    delta: Delta
    rules: tuple[n.Deduction, ...]
    free: _Free = field(init=False)

    def __post_init__(self) -> None:
        """Begin with no symbol of the rest."""
        self.free = _Free(self.delta.script)

    def _own(self) -> list[n.Deduction]:
        return [
            r
            for r in self.rules
            if r.select is not None and r.select.record == self.delta.change.type
        ]

    @property
    def moved(self) -> bool:
        """Tell whether the change can move any rule of the score."""
        return bool(self._own()) or any(self._once_moved(r) for r in self.rules if r.select is None)

    def _once_moved(self, rule: n.Deduction) -> bool:
        before, after = self.delta.before, self.delta.after
        names = {part.name for part in inside((rule.when, rule.points)) if isinstance(part, n.Ref)}
        return any(before.of(name) != after.of(name) for name in names)

    def unsure(self) -> str:
        """Say what these terms do not hold for; empty where they hold."""
        change = self.delta.change
        capped = [
            r.id for r in self._own() if r.at_most is not None and not r.beside and not r.adds
        ]
        if capped and (
            not change.own_act or any(r.select and r.select.distinct for r in self._own())
        ):
            return f"{CAPS} {', '.join(capped)}"
        if change.kind == CHANGED:
            keys = [
                r.id
                for r in self._own()
                if r.select and change.field in fields_read(r.select.distinct)
            ]
            if keys:
                return f"{KEYS} {', '.join(keys)}"
        return ""

    def keyed(self) -> Term:
        """Write that the record meets two rules with keys of their own: then the terms below do not hold."""
        sides = (self.delta.before, self.delta.after)
        rules = [
            r for r in self._own() if r.select and r.select.distinct and not r.beside and not r.adds
        ]
        met = [disj(*(self._met(r, side).possible for side in sides)) for r in rules]
        return disj(*(conj(met[i], met[j]) for i in range(len(met)) for j in range(i)))

    def _met(self, rule: n.Deduction, side: Side) -> Met:
        return NEVER if rule.select is None else self.delta.met(rule.select, side)

    def taken(self, side: Side, end: int) -> Term:
        """Write what all deductions take on a side, at one end."""
        at = ("low", "high")[end]
        parts = [self.free.number(f"taken by the rest, {at}")]
        shared = [r for r in self._own() if not r.adds and not r.beside]
        parts += [self._direct(r, side, end) for r in self._own() if r.beside and not r.adds]
        parts += [
            self._once(r, side, end)
            for r in self.rules
            if r.select is None and not r.adds and self._once_moved(r)
        ]
        if shared:
            parts.append(self._act(shared, side, end))
            for rule in shared:
                if rule.select and rule.select.distinct:
                    parts += [self._other_act(rule, side, end), self._open_act(rule, side, end)]
        return self.delta.script.number(plus(*parts), f"taken, {at}")

    def ordered(self, side: Side) -> Term:
        """Write that on a side no less is taken at the high end than at the low one.

        It is so without a cap on rules that share acts: of each act the high end keeps the most that any rule has, over no fewer groups. With a
        cap the rule that keeps an act at the high end may have none of its points left.
        """
        if any(
            r.at_most is not None and not r.beside and not r.adds and r.select for r in self.rules
        ):
            return TRUE
        return ge(self.taken(side, HIGH), self.taken(side, LOW))

    def given(self, side: Side) -> Term:
        """Write what all additions give on a side."""
        if not any(r.adds for r in self.rules):
            return "0"
        parts = [self.free.number("given by the rest")]
        parts += [self._direct(r, side, LOW) for r in self._own() if r.adds]
        parts += [
            self._once(r, side, LOW)
            for r in self.rules
            if r.select is None and r.adds and self._once_moved(r)
        ]
        return self.delta.script.number(plus(*parts), "given")

    def _once(self, rule: n.Deduction, side: Side, end: int) -> Term:
        truth = side.reader().truth(rule.when or n.TRUE)
        worth = points(rule, side)[end]
        total = ite(truth.yes if end == LOW else truth.may, worth, "0")
        return total if rule.at_most is None else smallest(total, whole(rule.at_most))

    def _worth(self, rule: n.Deduction, side: Side, end: int) -> Term:
        """Write what the record alone is worth: at the low end only if it certainly meets the rule."""
        met = self._met(rule, side)
        if met is NEVER:
            return "0"
        return ite(met.certain if end == LOW else met.possible, points(rule, side)[end], "0")

    def _joins(self, rule: n.Deduction) -> Joins:
        return Joins() if rule.select is None else self.delta.aggregates.rest.joins(rule.select)

    def _together(self, rule: n.Deduction, side: Side, end: int, group: Term) -> Term:
        """Write what the group is worth with the record in it, if it meets the rule."""
        own, joins = self._worth(rule, side, end), self._joins(rule)
        if rule.select is None or rule.select.take is n.Take.GRAVEST:
            return largest(group, own)
        met = self._met(rule, side)
        if met is NEVER:
            return group
        # a certain record leaves itself and those beyond it, one that is only possible joins all that may be taken
        own = points(rule, side)[end]
        beyond = self.free.number(f"{rule.id} beyond, {('low', 'high')[end]}")
        others = ite(met.certain, beyond, group)
        several = smallest(own, others) if end == LOW else largest(own, others)
        taken = ite(conj(met.certain, joins.alone), own, several)
        return ite(conj(met.possible, joins.among), taken, group)

    def _direct(self, rule: n.Deduction, side: Side, end: int) -> Term:
        """Write the total of a rule whose groups count one by one, the rest included."""
        joins, at = self._joins(rule), ("low", "high")[end]
        group = ite(joins.joined, self._one_group(rule, end), "0")
        total = plus(
            self.free.number(f"{rule.id} rest, {at}"), self._together(rule, side, end, group)
        )
        return total if rule.at_most is None else smallest(total, whole(rule.at_most))

    def _act(self, rules: Sequence[n.Deduction], side: Side, end: int) -> Term:
        """Write what the record's act takes: the rule with the greatest sum keeps it, the earlier of equals."""
        at = ("low", "high")[end]
        own_act = self.delta.change.own_act
        best = kept = (
            "0" if own_act else self.free.number(f"the act under other rules and records, {at}")
        )
        for rule in rules:
            worth = (
                self._for_act(rule, side, end)
                if self._keyed(rule)
                else self._worth(rule, side, end)
            )
            effect = self._under_cap(rule, worth, end)
            better = gt(worth, best)
            best, kept = ite(better, worth, best), ite(better, effect, kept)
            best = self.delta.script.number(best, f"act, {at}")
            kept = (
                best
                if effect == worth and kept in (best, "0")
                else self.delta.script.number(kept, f"act kept, {at}")
            )
        return kept

    def _keyed(self, rule: n.Deduction) -> bool:
        """Tell whether the record can join a group in which it does more than add to the gravest."""
        if rule.select is None:
            return False
        joins = self._joins(rule).joined != FALSE
        return bool(rule.select.distinct) or (joins and rule.select.take is not n.Take.GRAVEST)

    def _under_cap(self, rule: n.Deduction, worth: Term, end: int) -> Term:
        if rule.at_most is None:
            return worth
        cap, rest = whole(rule.at_most), self.free.number(f"{rule.id} rest, {('low', 'high')[end]}")
        return minus(smallest(plus(rest, worth), cap), smallest(rest, cap))

    def _one_group(self, rule: n.Deduction, end: int) -> Term:
        """Declare what the group that the record joins is worth: never more than points that are the same for all records."""
        name = f"{rule.id} group, {('low', 'high')[end]}"
        new = name not in self.free.made
        group = self.free.number(name)
        read = (n.Field, n.LinkField, n.Ref)
        if new and not any(isinstance(part, read) for part in inside(rule.points)):
            most = points(replace(rule, restored=()), self.delta.before)[end]
            self.delta.script.claim(ge(most, group))
        return group

    def _group(self, rule: n.Deduction, end: int) -> _Group:
        """Declare the group that the record joins."""
        at, free = ("low", "high")[end], self.free
        joins = self._joins(rule)
        group = self._one_group(rule, end)
        if rule.select is None or not rule.select.distinct:
            # the key is the act: whoever joins the group names its act
            return _Group(group, joins.joined, TRUE, FALSE, TRUE, TRUE, FALSE, "0")
        own_act = self.delta.change.own_act
        one = FALSE if own_act else free.truth(f"{rule.id} group names the act")
        is_open = conj(neg(one), free.truth(f"{rule.id} group's act is open"))
        first, alone = free.truth(f"{rule.id} record may be first"), free.truth(f"{rule.id} is")
        if rule.select.take is n.Take.FIRST:
            first, alone = joins.among, joins.alone
        if self.delta.aggregates.rest.sure(rule.select):
            # every member is a certain one: a group has one first, and its act is never open
            is_open, alone = FALSE, TRUE
        others = "0" if own_act else free.number(f"{rule.id} other groups of the act, {at}")
        settles = free.truth(f"{rule.id} record settles the act")
        return _Group(group, joins.joined, one, is_open, first, alone, settles, others)

    def _now_own(self, rule: n.Deduction, side: Side, group: _Group) -> Term:
        """Write that, with the record in it, the group's act is the record's: its firsts all name that act."""
        met = self._met(rule, side)
        settled = conj(met.certain, disj(group.alone, conj(group.is_open, group.settles)))
        return ite(group.first, disj(group.names_act, settled), group.names_act)

    def _for_act(self, rule: n.Deduction, side: Side, end: int) -> Term:
        """Write what the groups of the record's act take under a rule with groups of several records."""
        group = self._group(rule, end)
        hit = self._met(rule, side).possible
        together = self._together(rule, side, end, group.worth)
        in_group = ite(
            hit,
            ite(self._now_own(rule, side, group), together, "0"),
            ite(group.names_act, group.worth, "0"),
        )
        return plus(group.others, ite(group.joined, in_group, self._worth(rule, side, end)))

    def _other_act(self, rule: n.Deduction, side: Side, end: int) -> Term:
        """Write what the joined group's act takes, if it is another one: it loses the group where the record may be first."""
        group = self._group(rule, end)
        at = ("low", "high")[end]
        elsewhere = self.free.number(f"{rule.id} group's act under other rules, {at}")
        beside = self.free.number(f"{rule.id} group's act in other groups, {at}")
        hit = self._met(rule, side).possible
        rest = ite(
            conj(hit, group.first),
            beside,
            plus(beside, ite(hit, self._together(rule, side, end, group.worth), group.worth)),
        )
        another = conj(group.joined, neg(group.names_act), neg(group.is_open))
        return ite(another, largest(elsewhere, rest), "0")

    def _open_act(self, rule: n.Deduction, side: Side, end: int) -> Term:
        """Write what the joined group takes while its act is open: at the high end only, as an act of its own."""
        if end == LOW:
            return "0"
        group = self._group(rule, end)
        hit = self._met(rule, side).possible
        together = self._together(rule, side, end, group.worth)
        opened = ite(group.first, neg(self._now_own(rule, side, group)), group.is_open)
        now = ite(hit, ite(opened, together, "0"), ite(group.is_open, group.worth, "0"))
        return ite(group.joined, now, "0")
