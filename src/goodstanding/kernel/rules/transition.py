"""What of an earlier version goes on: carried rules by their ids, and running terms, which no new version lengthens.

A version says both under `transition:`. For decisions opened before it was in force, `terms: not lengthened` keeps the lesser of
both versions' ends; the formulas and indicators of the version before are taken over under names of their own, so that no
road has to know of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, TypeGuard, TypeVar

from goodstanding.kernel.quantity import DATE, TRUTH, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.library import Library, Transition
from goodstanding.kernel.rules.milder import begins, resting_on
from goodstanding.kernel.rules.shapes import nearest
from goodstanding.kernel.rules.walk import indicators_below, inside

NOT_LENGTHENED, ENDS = "not lengthened", "ends"
_Node = TypeVar("_Node")


def with_transition(
    library: Library, programme: n.Programme, before: n.Programme | None
) -> n.Programme:
    """Give a version with what it takes over from the one before."""
    said = library.transitions.get(programme.key)
    if before is None:
        if said is not None:
            library.note("transition-without-earlier", said.place, name=programme.key)
        return programme
    said = said or Transition(place=programme.place)
    return _terms(library, _carried(library, programme, before, said), before, said)


# --------------------------------------------------------------------------------------------------
# Carried rules


def _carried(
    library: Library, programme: n.Programme, before: n.Programme, said: Transition
) -> n.Programme:
    """Hold each statement against the rules there are; an id that ends carries nothing of the time before."""
    old = [one.id for one in before.grades.carries] if before.grades else []
    grades = programme.grades
    here = [one.id for one in grades.carries] if grades else []
    for name in sorted(old):
        _check_said(library, programme, before, said, name, here)
    for name, (_, place) in said.carried.items():
        if name not in old:
            near = nearest(name, old)
            library.note("unknown-rule", place, name=name, nearest=near, programme=before.key)
    if grades is None:
        return programme
    carries = tuple(
        replace(one, from_cycle=max(one.from_cycle or 0, programme.cycle.first or 0))
        if one.id in said.carried and said.carried[one.id][0] == ENDS
        else one
        for one in grades.carries
    )
    return replace(programme, grades=replace(grades, carries=carries))


def _check_said(
    library: Library,
    programme: n.Programme,
    before: n.Programme,
    said: Transition,
    name: str,
    here: list[str],
) -> None:
    """Each carried rule of the version before goes on, under a rule of its id, or ends."""
    if name not in said.carried:
        library.note(
            "transition-left-out", said.place, name=name, other=before.key, programme=programme.key
        )
        return
    statement, place = said.carried[name]
    if statement != ENDS and name not in here:
        near = nearest(name, here)
        library.note("unknown-rule", place, name=name, nearest=near, programme=programme.key)


# --------------------------------------------------------------------------------------------------
# Running terms


def _terms(
    library: Library, programme: n.Programme, before: n.Programme, said: Transition
) -> n.Programme:
    """Keep the lesser of both versions' terms for decisions opened before this version was in force."""
    since = begins(programme)
    if programme.terms is None or before.terms is None or since is None:
        if said.terms:
            library.note("transition-without-earlier", said.place, name=programme.key)
        return programme
    if not said.terms:
        library.note(
            "transition-left-out",
            said.place,
            name="terms",
            other=before.key,
            programme=programme.key,
        )
    if said.terms != NOT_LENGTHENED:
        return programme
    if _judged_otherwise(before):
        library.note("transition-not-comparable", said.place, name=before.key)
        return programme
    taken = _Taken(programme, before)
    terms = _lesser(programme.terms, taken.terms(before.terms), taken.running(before.terms, since))
    indicators = (*programme.indicators, *taken.indicators())
    return resting_on(replace(programme, terms=terms, indicators=indicators), before)


def _judged_otherwise(before: n.Programme) -> bool:
    """Tell whether terms ask for a severity that more than `first match` decides: it cannot be taken over as a condition."""
    grades = before.grades
    asks = any(isinstance(one, n.Ref) and one.name == "grade" for one in inside(before.terms))
    return asks and (
        grades is None
        or bool(grades.direct or grades.not_graded or grades.instead or grades.bands)
        or bool(grades.steps_down or grades.ceilings)
    )


def _lesser(new: n.Terms, old: n.Terms, running: n.Truth) -> n.Terms:
    """Give terms that no decision whose term was running finds longer than they were.

    An end that the version before leaves unknown stays unknown; of the days of repair one that is known is enough.
    """
    not_running = n.Not(running)

    def least(one: n.Value, other: n.Value, *, known_part: bool) -> n.Value:
        both = n.Least((one, other), known_part, DATE)
        return one if one == other else n.Choose(((not_running, one),), both, DATE)

    return replace(
        new,
        display_until=least(new.display_until, old.display_until, known_part=False),
        repair_from=least(new.repair_from, old.repair_from, known_part=True),
        never=n.Any_((new.never, n.All((running, old.never)))),
        no_repair=n.All((new.no_repair, n.Any_((not_running, old.no_repair)))),
        open_until_cured=n.All((new.open_until_cured, n.Any_((not_running, old.open_until_cured)))),
        basis=replace(new.basis, confirmed=new.basis.confirmed and old.basis.confirmed),
    )


@dataclass(frozen=True)
class _Taken:
    """Takes formulas of the version before over into this one: its indicators under names of their own, its severity as conditions."""

    programme: n.Programme
    before: n.Programme

    def terms(self, terms: n.Terms) -> n.Terms:
        """Give the terms of the version before, as this version can read them.

        While its severity is undecided, so is the end of display; a day of repair is that of the severity shown.
        """
        asked = _changed(terms, self._severity)
        shown = _changed(terms.repair_from, self._severity_shown)
        return self._rebuilt(replace(asked, repair_from=shown))

    def running(self, terms: n.Terms, since: int) -> n.Truth:
        """Tell whether a term ran when this version came: opened and begun before, on something that the version before judged."""
        opened = n.Compare(n.Op.LT, n.Now(n.Moment.OPENED), n.Const(since, DATE))
        begun = n.Present(self._rebuilt(terms.display_from))
        judged = n.Any_(tuple(n.TruthOf(n.Ref(one.name, TRUTH)) for one in self._judged()))
        return n.All((opened, begun, *((judged,) if judged.parts else ()), *self._scope()))

    def indicators(self) -> tuple[n.Indicator, ...]:
        """Give the indicators that they rest on, where this version has not the same."""
        read = (_changed(self.before.terms, self._severity), self.before.scope)
        taken = tuple(
            replace(one, name=self._name(one.name), what=self._rebuilt(one.what))
            for one in indicators_below(self.before, read)
            if self._name(one.name) != one.name
        )
        return (*taken, *self._judged())

    def _judged(self) -> tuple[n.Indicator, ...]:
        """Give, for each record type that the version before judged, whether there is a record; none where this one judges no other."""
        if set(self.programme.judged_records) <= set(self.before.judged_records):
            return ()
        return tuple(
            n.Indicator(
                f"judged_{record.replace('.', '_')}__{self.before.version}",
                n.Exists(n.Select(record)),
                TRUTH,
                self.before.basis,
                place=self.before.place,
            )
            for record in self.before.judged_records
        )

    def _scope(self) -> tuple[n.Truth, ...]:
        return () if self.before.scope == n.TRUE else (self._rebuilt(self.before.scope),)

    def _name(self, name: str) -> str:
        """Give the name under which an indicator of the version before is read here."""
        own = {one.name: one.what for one in self.programme.indicators}
        then = {one.name: one.what for one in self.before.indicators}
        same = name not in then or own.get(name) == then[name]
        reads_same = same and all(
            own.get(one.name) == one.what for one in indicators_below(self.before, then.get(name))
        )
        return name if reads_same else f"{name}__{self.before.version}"

    def _severity(self, node: object) -> object:
        """Write `grade_is` of the version before as the conditions of its first match."""
        return self._grade_is(node.words, lambda when: when) if _asks_grade(node) else None

    def _severity_shown(self, node: object) -> object:
        """Write it as the result shown has it, where what is undecided does not hold."""
        certainly = self._certainly
        return self._grade_is(node.words, certainly) if _asks_grade(node) else None

    @staticmethod
    def _certainly(when: n.Truth) -> n.Truth:
        return n.All((n.Present(when), when))

    def _grade_is(self, words: tuple[str, ...], read: Callable[[n.Truth], n.Truth]) -> n.Truth:
        """Say when the severity is one of some: its limb holds, and none before it does."""
        grades = self.before.grades or n.Grades(())
        found: list[n.Truth] = []
        passed: list[n.Truth] = []
        for limb in grades.first_match:
            holds = read(limb.when)
            if limb.grade in words:
                found.append(n.All((*passed, holds)))
            else:
                passed.append(n.Not(holds))
        if grades.otherwise in words:
            found.append(n.All(tuple(passed)))
        return n.Any_(tuple(found))

    def _rebuilt(self, node: _Node) -> _Node:
        return _changed(node, self._renamed)

    def _renamed(self, node: object) -> object:
        return replace(node, name=self._name(node.name)) if isinstance(node, n.Ref) else None


def _asks_grade(node: object) -> TypeGuard[n.WordIn]:
    return (
        isinstance(node, n.WordIn)
        and isinstance(node.subject, n.Ref)
        and node.subject.name == "grade"
    )


def _changed(node: _Node, change: Callable[[object], object]) -> _Node:
    """Rebuild a node, each part that `change` gives something for replaced by it."""
    changed: Any = change(node)
    if changed is None and isinstance(node, tuple):
        changed = tuple(_changed(part, change) for part in node)
    elif changed is None and is_dataclass(node) and not isinstance(node, type | Type):
        parts = {f.name: _changed(getattr(node, f.name), change) for f in fields(node) if f.init}
        changed = replace(node, **parts)
    result: _Node = node if changed is None else changed
    return result
