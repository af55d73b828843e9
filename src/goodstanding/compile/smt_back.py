"""The way back: after how many clean cycles (or months) good standing is reached, whatever the past was.

A clean time is one in which nothing adverse is filed, all terms that decisions set themselves have run out, and what only the
organisation can end is ended (cured, or applied for). Good standing is the grade that the same organisation would get had nothing
adverse ever been filed. First, for each selection: when can a record of the past no longer meet it? Then the decision is
followed over the cycles with what is carried, which is a finite machine: the number is the least after which it is never worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    minus,
    neg,
    plus,
    same,
    whole,
)
from goodstanding.compile.smt_calendar import Loose
from goodstanding.compile.smt_delta import (
    NEVER,
    Aggregates,
    Rest,
    Shared,
    Side,
    Types,
    meets,
    moments_of,
    one_is_there,
    record,
    selects_in,
    years_back,
)
from goodstanding.compile.smt_grades import (
    NO_SCORE,
    Carrying,
    Decided,
    Decision,
    Scored,
    grade_names,
    ranked,
    start_of,
    weighed,
)
from goodstanding.compile.smt_monotone import (
    Goal,
    carrying_of,
    cause_of,
    length_of,
    newest,
    nodes_over,
)
from goodstanding.compile.smt_score import LOW, points
from goodstanding.compile.smt_values import Leaf, Num, Sym, Tri, exactly
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import indicators_below, inside

CYCLES, MONTHS = "cycles", "months"
# How far the way back is looked for: years of cycles, and months for live programmes.
CYCLES_MAX = 8
_MONTHS = (0, 1, 2, 3, 4, 6, 9, 12, 15, 18, 24, 30, 36, 48, 60, 72, 84, 96, 120)
# Acts in the organisation's own power that end what a record does.
ACTS = ("", "cured", "ended", "cured and ended")


def passing(types: Types, type_: str) -> bool:
    """Tell whether records of a type are of the past: adverse ones, and measured ones that can be graver or milder."""
    last = newest(types, type_)
    return last.direction is n.Direction.ADVERSE or (
        last.direction is n.Direction.NEUTRAL and bool(last.graver or last.milder)
    )


def past_selects(programme: n.Programme, types: Types) -> tuple[n.Select, ...]:
    """Give the selections that the decision reads and records of the past can meet, each once."""
    decision = (programme.grades, programme.score, programme.weights, programme.levels)
    parts = (tuple(i.what for i in indicators_below(programme, decision)), programme.score)
    return tuple(dict.fromkeys(s for s in selects_in(parts) if passing(types, s.record)))


def steps_of(programme: n.Programme) -> tuple[int, ...]:
    """Give the numbers of cycles or months to try."""
    if programme.cycle.kind:
        bounds = years_back(programme.cycle)
        # where windows begin with a phase, as many cycles as the last three phases can have
        longest = 3 * max(bounds) if bounds else 0
        return tuple(range(1, max(CYCLES_MAX, longest) + 1))
    asked = {
        abs(s.amount) for s in inside(programme) if isinstance(s, n.Shift) and s.unit == "month"
    }
    asked |= {
        w.months_back
        for w in inside(programme)
        if isinstance(w, n.Window) and w.months_back is not None
    }
    return tuple(sorted({*_MONTHS, *(m for m in asked if m <= _MONTHS[-1])}))


def fades_text(
    programme: n.Programme, types: Types, step: int, act: str
) -> tuple[str, tuple[tuple[n.Select, str], ...]]:
    """Write when records of the past still meet each selection after so many clean cycles or months, or later.

    Gives with each selection the truth to assume.
    """
    script = Script()
    arithmetic = Loose(script)
    shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme), valued=True)
    last = script.integer("last day of the past")
    top = Side(shared)
    if programme.cycle.kind:
        # the first clean cycle begins the day after the past ends
        first = script.integer("first clean day")
        script.claim(same(first, plus(last, "1")))
        script.claim(
            ge(top.moment(n.Moment.CYCLE_START), arithmetic.add_months(first, 12 * (step - 1)))
        )
    else:
        script.claim(
            ge(top.moment(n.Moment.JUDGED), arithmetic.add_months(last, step) if step else last)
        )
    sides: dict[str, Side] = {}
    truths = []
    for at, select in enumerate(past_selects(programme, types)):
        if select.record not in sides:
            fields = record(script, types, select.record, select.record)
            _all_past(script, fields, newest(types, select.record), last, act)
            sides[select.record] = Side(shared, fields)
        name = f"meets {at}"
        _say(script, name, meets(select, sides[select.record]).certain)
        truths.append((select, name))
    return script.text(), tuple(truths)


def _all_past(
    script: Script, fields: Mapping[str, Leaf], type_: n.RecordType, last: Term, act: str
) -> None:
    """Say that no day of a record lies after the past, and that what can end it is done."""
    days = {name for name, of in type_.fields if of.kind is Kind.DATE} | {"date", "cured", "ended"}
    for name in sorted(days):
        leaf = fields[name]
        if isinstance(leaf, Num):
            script.claim(disj(neg(leaf.exact), ge(last, leaf.low)))
            if name in act:
                script.claim(leaf.exact)


# --------------------------------------------------------------------------------------------------
# The decision over cycles


@dataclass(frozen=True)
class Faded:
    """After how many cycles or months a selection is no longer met by the past (None: it always may be), and by which act."""

    step: int | None
    act: str = ""


class _Cycle:
    """One clean cycle of two organisations: one with a past and one without; what is not of the past is the same for both."""

    def __init__(
        self,
        programme: n.Programme,
        types: Types,
        script: Script,
        fades: Mapping[n.Select, Faded],
        step: int,
    ) -> None:
        self.programme, self.types, self.fades, self.step = programme, types, fades, step
        arithmetic = Loose(script)
        shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme), valued=True)
        counted = frozenset(
            i.what.select for i in programme.indicators if isinstance(i.what, n.Count)
        )
        self.clean_of = Aggregates(script, Rest(script, types, own_act=True, counted=counted))
        self.past_of = Aggregates(script, Rest(script, types, own_act=True, counted=counted))
        self.by_name = {i.name: i for i in programme.indicators}
        self.clean, self.past = Side(shared), Side(shared)
        self.clean.find = lambda name: self._find(name, self.clean)
        self.past.find = lambda name: self._find(name, self.past)
        self.script = script
        if step == 0:
            one_is_there(programme, self.past_of.rest, self.past)

    def alive(self, select: n.Select) -> bool:
        """Tell whether a record of the past can still meet a selection."""
        faded = self.fades.get(select)
        return faded is not None and (faded.step is None or faded.step > self.step)

    def _find(self, name: str, side: Side) -> Leaf:
        i = self.by_name[name]
        if isinstance(i.what, n.Scalar):
            return side.reader().leaf(i.what.formula, i.type)
        select = i.what.select
        adverse = newest(self.types, select.record).direction is n.Direction.ADVERSE
        if side is self.past and self.alive(select):
            return self.past_of.value(i, NEVER, side)
        if adverse and select in self.fades:
            return nothing(i)
        if side is self.past:
            return self.clean.of(name)
        leaf = self.clean_of.value(i, NEVER, side)
        self.script.claim(_known(leaf))
        return leaf

    def scored(self, side: Side, *, taken: Term) -> Scored:
        """Write the score: an organisation without a past loses no points."""
        programme = self.programme
        if programme.weights:
            return weighed(programme, side.reader(), worst=False)
        if programme.score is None:
            return NO_SCORE
        start = start_of(programme.score, side.reader())
        given = [
            self._once(rule, side)
            for rule in programme.score.rules
            if rule.select is None and rule.adds
        ]
        return Scored(exactly(minus(plus(start.low, *given), taken), start.low_known))

    def _once(self, rule: n.Deduction, side: Side) -> Term:
        return ite(side.reader().truth(rule.when or n.TRUE).yes, points(rule, side)[LOW], "0")

    def taken(self) -> Term:
        """Write what rules take from an organisation with a past: nothing once no selection of theirs can be met."""
        score = self.programme.score
        if score is None or not any(self._can_take(r) for r in score.rules):
            return "0"
        return self.script.integer(f"taken in cycle {self.step}", 0)

    def _can_take(self, rule: n.Deduction) -> bool:
        if rule.adds:
            return False
        selects = (
            [rule.select]
            if rule.select
            else [
                i.what.select
                for i in indicators_below(self.programme, rule)
                if not isinstance(i.what, n.Scalar)
            ]
        )
        return any(self.alive(s) for s in selects)

    def decide(self, side: Side, carrying: Carrying, taken: Term) -> Decided:
        """Write the decision."""
        names = grade_names(self.programme)
        return Decision(self.programme, side, names).decide(
            self.scored(side, taken=taken), carrying
        )


def _known(leaf: Leaf) -> Term:
    """Write that nothing is undecided for an organisation in a clean cycle; what it has no record of may be missing."""
    if isinstance(leaf, Tri):
        return disj(leaf.yes, leaf.no)
    if isinstance(leaf, Sym):
        return TRUE
    return (
        TRUE
        if leaf.low_known == leaf.high_known and leaf.low == leaf.high
        else conj(leaf.high_known, same(leaf.low, leaf.high))
    )


def nothing(i: n.Indicator) -> Leaf:
    """Give the value of an indicator that no record meets."""
    match i.what:
        case n.Exists():
            return Tri(FALSE, TRUE)
        case n.Count() | n.Sum() | n.Peak() | n.LongestRun():
            return exactly("0")
        case _:
            kind = i.type.kind
            if kind is Kind.TRUTH:
                return Tri(FALSE, FALSE)
            return exactly("0", FALSE) if kind in (Kind.NUMBER, Kind.DATE) else Sym("0", FALSE)


@dataclass(frozen=True)
class Step:
    """One clean cycle (or a number of months) as a text, with the truths in it that can be asked for."""

    text: str
    alive: bool  # a record of the past can still meet something


def step_text(
    programme: n.Programme, types: Types, fades: Mapping[n.Select, Faded], step: int
) -> Step:
    """Write one clean cycle with anything carried in.

    Truths to assume: `worse` (than good standing), `grade <g>`, `cause <carry>`, `is <carry> at <age>`, `not <carry> at <age>`.
    """
    script = Script()
    grades, names = programme.grades or n.Grades(()), grade_names(programme)
    cycle = _Cycle(programme, types, script, fades, step)
    ages = {c.id: script.integer(f"age of {c.id}", 0, length_of(c)) for c in grades.carries}
    taken = cycle.taken()
    past = cycle.decide(cycle.past, carrying_of(grades, ages), taken)
    clean = cycle.decide(cycle.clean, Carrying(), "0")
    _say(script, "worse", worse_than_good(past.grade, clean.grade, grades.order))
    for at, grade in enumerate(names):
        _say(script, f"grade {grade}", same(past.grade, whole(at)))
    for carry in grades.carries:
        _say(script, f"cause {carry.id}", cause_of(carry, past, names))
        for age in range(1, length_of(carry) + 1):
            _say(script, f"is {carry.id} at {age}", same(ages[carry.id], whole(age)))
            _say(script, f"not {carry.id} at {age}", neg(same(ages[carry.id], whole(age))))
        if step:
            script.claim(neg(cause_of(carry, clean, names)))
    return Step(script.text(), any(cycle.alive(s) for s in fades))


def worse_than_good(past: Term, clean: Term, order: tuple[str, ...]) -> Term:
    """Write that a grade is not the clean one, nor better, nor the best."""
    better = conj(
        ranked(past, order), disj(same(past, "0"), conj(ranked(clean, order), ge(clean, past)))
    )
    return neg(disj(same(past, clean), better))


def _say(script: Script, name: str, term: Term) -> None:
    script.claim(same(script.boolean(name), term))


def acts_read(programme: n.Programme, type_: str) -> tuple[str, ...]:
    """Give the acts that can end what a record of a type does, as far as the programme looks at them."""
    names = {
        one.name
        for part in nodes_over(programme).get(type_, ())
        for one in inside(part)
        if isinstance(one, n.Field)
    }
    ends = tuple(name for name in ("cured", "ended") if name in names)
    return ("", *ends, *(("cured and ended",) if len(ends) == 2 else ()))


# --------------------------------------------------------------------------------------------------
# Levels


def rise_goals(programme: n.Programme, types: Types, rule: n.Raise) -> Iterator[tuple[int, Goal]]:
    """Give for numbers of months the goal that a decision this rule asks for cannot yet be made: here a model is wanted."""
    if rule.select is None:
        return
    for months in steps_of(programme):
        script = Script()
        arithmetic = Loose(script)
        side = Side(Shared(script, arithmetic, moments_of(script, arithmetic, programme)))
        last = script.integer("last day of the past")
        fields = record(script, types, rule.select.record)
        side.fields = fields
        date = fields["date"]
        day = arithmetic.add_months(last, months) if months else last
        script.claim(same(date.low, day) if isinstance(date, Num) else FALSE)
        counting = newest(types, rule.select.record).counting
        for name, type_ in newest(types, rule.select.record).fields:
            leaf = fields[name]
            if type_.kind is Kind.DATE and name != counting and isinstance(leaf, Num):
                script.claim(disj(neg(leaf.exact), ge(last, leaf.low)))
        script.claim(meets(rule.select, side).certain)
        yield months, Goal(f"{rule.id} after {months} months", script.text())


def waits_goal(programme: n.Programme, months: int, needed: int) -> Goal:
    """Give the goal that, so many months after the last day of the past, a clock of `needed` months has not run out."""
    script = Script()
    arithmetic = Loose(script)
    moments_of(script, arithmetic, programme)
    last, clock = script.integer("last day of the past"), script.integer("clock")
    script.claim(ge(last, clock))
    script.claim(gt(arithmetic.add_months(clock, needed), arithmetic.add_months(last, months)))
    return Goal(f"{needed} months within {months}", script.text())


# --------------------------------------------------------------------------------------------------
# Terms


def display_goal(programme: n.Programme, types: Types, months: int) -> Goal | None:
    """Give the goal that a decision is shown longer than so many months after it opened and after every day on record."""
    terms = programme.terms
    if terms is None:
        return None
    script = Script()
    arithmetic = Loose(script)
    shared = Shared(script, arithmetic, moments_of(script, arithmetic, programme), valued=True)
    counted = frozenset(i.what.select for i in programme.indicators if isinstance(i.what, n.Count))
    aggregates = Aggregates(script, Rest(script, types, own_act=True, counted=counted))
    by_name = {i.name: i for i in programme.indicators}
    opened = script.integer("opened")
    last = script.integer("last day on record")
    side = Side(shared, opened=opened)

    def find(name: str) -> Leaf:
        i = by_name[name]
        if isinstance(i.what, n.Scalar):
            return side.reader().leaf(i.what.formula, i.type)
        leaf = aggregates.value(i, NEVER, side)
        if isinstance(leaf, Num) and i.type.kind is Kind.DATE:
            script.claim(disj(neg(leaf.exact), ge(last, leaf.low)))
        return leaf

    side.find = find
    script.claim(ge(last, opened))
    names = grade_names(programme)
    grade = Decision(programme, side, names).decide(NO_SCORE, Carrying()).grade
    side.known["grade"] = Sym(_word(script, names, grade), TRUE)
    until = side.reader().value(terms.display_until)
    script.claim(conj(until.exact, gt(until.low, arithmetic.add_months(last, months))))
    return Goal(f"shown longer than {months} months", script.text())


def _word(script: Script, names: tuple[str, ...], grade: Term) -> Term:
    term = script.word(names[-1])
    for at, name in enumerate(names[:-1]):
        term = ite(same(grade, whole(at)), script.word(name), term)
    return term
