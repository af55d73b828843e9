"""Adverse rules take the milder of the law at the act and of the law at the decision (FAIRNESS 10).

A rule marked `milder` is compared with the rule of its name in the version before. For records whose act lies before the
version was in force, both conditions must hold and the lesser value counts; an act that the version before did not know does not
count at all. This is said in the core form itself, so that no road has to know of it; `earlier` keeps both laws for explanations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from goodstanding.kernel import days
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import DATE, SHARE_SCALE, Kind, Type, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.reach import unknown_parameters

_Rule = TypeVar("_Rule", n.Deduction, n.LevelGround)
_One = TypeVar("_One", n.Deduction, n.Indicator)
_Valued = n.Sum | n.Extreme | n.Peak
_Rising = n.Count | n.Exists | n.LongestRun | _Valued
_Compared = n.Deduction | n.LevelGround | n.Indicator
_ZERO = n.Const(0, number(0, 0, SHARE_SCALE))


def resting_on(programme: n.Programme, before: n.Programme) -> n.Programme:
    """Give a version that took something over from the one before, with what it now lacks, and rests on, of that one's figures."""
    missing = sorted({*programme.missing, *unknown_parameters(programme)})
    return replace(
        programme, missing=tuple(missing), invented=programme.invented or before.invented
    )


def begins(programme: n.Programme) -> int | None:
    """Give the day from which acts are judged by a version alone: the one it names, or the first it applies to."""
    if programme.in_force is not None:
        return programme.in_force
    first = programme.cycle.first
    return days.of(first, 1, 1) if first is not None else programme.valid_from


def with_milder(
    library: Library, programme: n.Programme, before: n.Programme | None
) -> n.Programme:
    """Give a version with its rules marked `milder` compared with those of the version before."""
    marked = library.milder.get(programme.key, frozenset())
    if not marked:
        return programme
    since = begins(programme)
    if before is None or since is None:
        library.note("milder-without-earlier", programme.place, name=programme.key)
        return programme
    return _Comparison(library, programme, before, since, marked).programme_compared()


@dataclass(frozen=True)
class _Selected:
    """A selection compared: the truths that tell acts of the earlier law, and the selection that counts the milder."""

    select: n.Select
    late: n.Truth  # the act lies in the time of the later law
    early: n.Truth
    where_then: n.Truth
    act: str


@dataclass(frozen=True)
class _Comparison:
    """Compares the marked rules of a version with those of the version before."""

    library: Library
    programme: n.Programme
    before: n.Programme
    since: int
    marked: frozenset[tuple[str, str]]

    def programme_compared(self) -> n.Programme:
        p, before = self.programme, self.before
        score, levels = p.score, p.levels
        if score is not None:
            old = before.score.rules if before.score else ()
            score = replace(score, rules=self._each(score.rules, old, self._deduction))
        if levels is not None:
            grounds = before.levels.grounds if before.levels else ()
            levels = replace(levels, grounds=self._each(levels.grounds, grounds, self._ground))
        by_name = {one.name: one for one in before.indicators}
        indicators = tuple(
            self._indicator(one, by_name.get(one.name))
            if ("indicators", one.name) in self.marked
            else one
            for one in p.indicators
        )
        changed = replace(p, score=score, levels=levels, indicators=indicators)
        known_then = self.library.named.get(before.key, frozenset())
        return resting_on(changed, before) if self.marked & known_then else changed

    def _each(
        self,
        rules: tuple[_Rule, ...],
        before: tuple[_Rule, ...],
        compare: Callable[[_Rule, _Rule | None], _Rule],
    ) -> tuple[_Rule, ...]:
        by_id: Mapping[str, _Rule] = {one.id: one for one in before}
        return tuple(
            compare(one, by_id.get(one.id)) if ("rules", one.id) in self.marked else one
            for one in rules
        )

    # -- rules

    def _deduction(self, new: n.Deduction, old: n.Deduction | None) -> n.Deduction:
        if new.select is None or new.adds:
            return self._not_here(new, new.id, "a deduction with `each`")
        unlike: list[str] = []
        if old is not None:
            unlike += ["each"] if old.select is None or old.adds else []
            unlike += ["beside"] if old.beside is not new.beside else []
            unlike += ["at most"] if _caps_lower(old.at_most, new.at_most) else []
        selected = self._selected(new, new.id, new.select, old.select if old else None, unlike)
        if selected is None:
            return new
        points = _lesser(selected, _counted(new), _counted(old)) if old else new.points
        restored = _greater_share(selected, new.restored, old.restored) if old else new.restored
        earlier = self._earlier(selected, new.select, old, new.points, old.points if old else None)
        return replace(
            new,
            select=selected.select,
            points=new.points if old and _counted(old) == new.points else points,
            restored=restored,
            basis=_joined(new, old),
            earlier=earlier,
        )

    def _ground(self, new: n.LevelGround, old: n.LevelGround | None) -> n.LevelGround:
        unlike = _unlike(_of_ground(old), _of_ground(new)) if old else []
        selected = self._selected(new, new.id, new.select, old.select if old else None, unlike)
        if selected is None:
            return new
        of = _lesser(selected, new.of, old.of) if old and new.of and old.of else new.of
        earlier = self._earlier(selected, new.select, old, new.of, old.of if old else None)
        basis = _joined(new, old)
        return replace(new, select=selected.select, of=of, basis=basis, earlier=earlier)

    def _indicator(self, new: n.Indicator, old: n.Indicator | None) -> n.Indicator:
        what, then = _rising(new.what), old.what if old else None
        if what is None:
            return self._not_here(new, new.name, "count, exists, sum, greatest, peak, longest run")
        unlike = _unlike(_of_aggregate(then), _of_aggregate(what)) if then is not None else []
        before = getattr(then, "select", None)
        selected = self._selected(new, new.name, what.select, before, unlike)
        if selected is None:
            return new
        of, of_then = _summed(what), _summed(then)
        changed: _Rising = replace(what, select=selected.select)
        if of is not None and of_then is not None and isinstance(changed, _Valued):
            changed = replace(changed, of=_lesser(selected, of, of_then))
        earlier = self._earlier(selected, what.select, old, of, of_then)
        return replace(new, what=changed, basis=_joined(new, old), earlier=earlier)

    # -- what all have

    def _selected(
        self, rule: _Compared, name: str, new: n.Select, old: n.Select | None, unlike: list[str]
    ) -> _Selected | None:
        """Compare two selections; None, and a finding, where records cannot be compared one by one: `unlike` and its own parts."""
        type_ = self.library.types[new.record][-1]
        if type_.direction is not n.Direction.ADVERSE:
            self.library.note("milder-not-here", rule.place, name=name, expected="adverse records")
            return None
        unlike = [*unlike, *(_unlike(_of_selection(old), _of_selection(new)) if old else [])]
        if unlike:
            found, other = ", ".join(unlike), self.before.key
            self.library.note(
                "milder-not-comparable", rule.place, name=name, other=other, found=found
            )
            return None
        act = n.Field(type_.act_date or "date", DATE)
        day = n.Const(self.since, DATE)
        late, early = n.Compare(n.Op.GE, act, day), n.Compare(n.Op.LT, act, day)
        then = _where(old) if old else n.FALSE
        allowed = n.Any_((late, then)) if old else late
        both = allowed if new.where == n.TRUE else n.All((new.where, allowed))
        where = new.where if then == new.where else both
        return _Selected(replace(new, where=where), late, early, then, act.name)

    def _earlier(
        self,
        selected: _Selected,
        new: n.Select,
        old: _Compared | None,
        value: n.Value | None,
        value_then: n.Value | None,
    ) -> n.Earlier:
        return n.Earlier(
            self.before.version,
            self.since,
            selected.act,
            old is not None,
            new.where,
            selected.where_then,
            value,
            value_then,
            old.basis if old else n.NO_BASIS,
        )

    def _not_here(self, rule: _One, name: str, expected: str) -> _One:
        place: Place = rule.place
        self.library.note("milder-not-here", place, name=name, expected=expected)
        return rule


def _unlike(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Name the parts in which two nodes of one kind differ."""
    return [said for said, part in new.items() if old.get(said) != part]


def _of_selection(select: n.Select) -> dict[str, object]:
    """Give what must be the same of two selections, by the law's own words, so that records can be compared one by one."""
    return {
        "each": select.record,
        "during": select.window,
        "distinct": select.distinct,
        "take": select.take,
    }


def _of_ground(ground: n.LevelGround) -> dict[str, object]:
    return {
        "lowers to": ground.to,
        "within": ground.months,
        "limbs": ground.limbs,
        "raise after": ground.raise_after_months,
    }


def _of_aggregate(what: object) -> dict[str, object]:
    same: dict[str, object] = {type(what).__name__.lower(): True}
    match what:
        case n.Peak():
            return {**same, "within": what.months}
        case n.LongestRun():
            return {**same, "of": what.of, "by": what.by}
        case n.Extreme():
            return {**same, "greatest": what.greatest, "known part": what.known_part}
        case _:
            return same


def _caps_lower(old: int | None, new: int | None) -> bool:
    """Tell whether the earlier cap of a rule's total lies below the later one."""
    return old is not None and (new is None or old < new)


def _rising(what: n.Aggregate | n.Scalar) -> _Rising | None:
    """Give an aggregate that more and graver records make greater: only of those is less the milder."""
    if isinstance(what, n.Extreme):
        return what if what.greatest and what.of.type.kind is Kind.NUMBER else None
    return what if isinstance(what, _Rising) else None


def _summed(what: object) -> n.Value | None:
    return what.of if isinstance(what, _Valued) else None


def _where(select: n.Select) -> n.Truth:
    """Give the condition of a selection, with finality as a part of it."""
    if not select.final:
        return select.where
    certainty = n.Field("certainty", n.OWN_FIELDS["certainty"])
    return n.All((select.where, n.WordIn(certainty, (n.Certainty.FINAL.value,))))


def _joined(new: _Compared, old: _Compared | None) -> n.Basis:
    """Give the basis of a compared rule: it rests on the version before as well."""
    return replace(
        new.basis, confirmed=new.basis.confirmed and (old is None or old.basis.confirmed)
    )


# --------------------------------------------------------------------------------------------------
# The lesser value, the greater share


def _counted(rule: n.Deduction) -> n.Value:
    """Give the points that a hit counts under a rule: what `if none` says where they are missing, and the cap of a hit."""
    points, cap = rule.points, rule.hit_at_most
    most = n.Const(cap, number(cap, cap, SHARE_SCALE)) if cap is not None else None
    missing: n.Value | None = {"nothing": _ZERO, "at most": most}.get(rule.if_none)
    if missing is not None:
        low = min(points.type.low or 0, missing.type.low or 0)
        points = n.Choose(((n.Present(points), points),), missing, replace(points.type, low=low))
    return _least(points, most) if most is not None else points


def _least(a: n.Value, b: n.Value) -> n.Value:
    return n.Least((a, b), False, _least_type(a.type, b.type))


def _least_type(a: Type, b: Type) -> Type:
    return replace(a, low=min(a.low or 0, b.low or 0), high=min(a.high or 0, b.high or 0))


def _lesser(selected: _Selected, new: n.Value, old: n.Value) -> n.Value:
    """Give the value of a record: for an act of the earlier time the lesser of both laws'."""
    if new == old:
        return new
    lesser = _least(new, old)
    type_ = replace(new.type, low=min(new.type.low or 0, lesser.type.low or 0))
    return n.Choose(((selected.late, new),), lesser, type_)


def _greater_share(
    selected: _Selected, new: tuple[n.Restore, ...], old: tuple[n.Restore, ...]
) -> tuple[n.Restore, ...]:
    """Give the steps of add-back, the greatest share first: for an act of the earlier time the greater of both laws' shares."""
    if new == old or not old:
        return new
    then = [replace(step, when=n.All((selected.early, step.when))) for step in _exact(old)]
    steps = [*_exact(new), *then]
    shares = sorted({step.share for step in steps}, reverse=True)
    return tuple(
        n.Restore(share, n.Any_(tuple(one.when for one in steps if one.share == share)))
        for share in shares
    )


def _exact(steps: tuple[n.Restore, ...]) -> list[n.Restore]:
    """Give steps that may stand in the order of their shares: a lesser share that came first still bars a greater one."""
    return [
        replace(
            step,
            when=n.All(
                (*(n.Not(one.when) for one in steps[:i] if one.share < step.share), step.when)
            ),
        )
        if any(one.share < step.share for one in steps[:i])
        else step
        for i, step in enumerate(steps)
    ]
