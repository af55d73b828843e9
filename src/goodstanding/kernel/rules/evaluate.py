"""Step five, and the whole: one programme, one subject, one run -> one Evaluation. This is the reference meaning.

Every other road (SQL, Spark, SMT) must give exactly what this file gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from goodstanding.kernel.facts import Facts
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import Chooser, Hit, Worth, aggregator
from goodstanding.kernel.rules.conditions import NO, OPENED, Conditions, Truths, any_open, opened
from goodstanding.kernel.rules.grading import Grader, Outcome, Ranker, level_outcome
from goodstanding.kernel.rules.levels import leveller
from goodstanding.kernel.rules.meaning import Book, Env, Known, Reading, Test, reading, test
from goodstanding.kernel.rules.once import once
from goodstanding.kernel.rules.scoring import NO_SCORES, Contribution, Scorer, Scores, weigher
from goodstanding.kernel.rules.walk import inside, names_read, types_read
from goodstanding.kernel.rules.windows import Run


class Evaluation(NamedTuple):
    """All that the rules say about one subject in one run."""

    programme: str
    version: str
    run: Run
    in_scope: bool | None
    known: Mapping[str, Known]
    hits: Mapping[str, tuple[Hit, ...]]  # of the indicators that have any
    contributions: tuple[Contribution, ...]
    shown: Outcome
    worst: Outcome
    proposed: tuple[str, ...]
    proposals_open: tuple[str, ...]  # undecided ones
    terms: Mapping[str, int | bool | None]
    start: int | None  # of the score, in 1/10,000

    @property
    def open(self) -> bool:
        """Tell whether missing facts could change the result."""
        return self.shown.grade != self.worst.grade or bool(self.proposals_open)


@dataclass(frozen=True, slots=True)
class Before:
    """What is carried in: origins by carry rule, for the shown and for the worst result."""

    shown: Mapping[str, int] = field(default_factory=dict)
    worst: Mapping[str, int] = field(default_factory=dict)


NOTHING_BEFORE = Before()

Evaluator = Callable[[Facts, Run, Before], Evaluation]


def evaluate(
    programme: n.Programme, facts: Facts, run: Run, before: Before = NOTHING_BEFORE
) -> Evaluation:
    """Judge one subject by one programme. Pure: the same arguments give the same answer on any day."""
    return evaluator(programme)(facts, run, before)


# name; of an aggregate the closures of its hits and its value; of a formula its own
_Indicator = tuple[str, tuple[Chooser, Worth] | None, Reading | Test | None]


@dataclass(slots=True)
class _Plan:
    """What has to be worked out for subjects with records of these types; the rest is as for a subject without records."""

    indicators: list[_Indicator]
    conditions: list[int]
    rules: list[int]
    grade: Ranker | None
    doubt: bool  # whether a condition that is not asked is open


@dataclass(slots=True)
class _Bound:
    """A programme at one run: what the run fixes, and what holds for a subject without records."""

    days: Mapping[n.Moment, int]
    fixed: tuple[object, ...]
    known: dict[str, Known]
    truths: Truths
    plans: dict[tuple[str, ...], _Plan] = field(default_factory=dict)
    untouched: Evaluation | None = None  # of a subject of whom nothing is on record or carried


_PLANS_MAX = 4096


class _Judge:
    """A programme as closures: judges one subject after another."""

    def __init__(self, programme: n.Programme) -> None:
        """Make the closures."""
        self.programme = programme
        self.book, self.conditions = Book(), Conditions()
        book, conditions = self.book, self.conditions
        self.indicators = [_indicator(i, book) for i in programme.indicators]
        self.scope = conditions.add(n.Limb(programme.scope))
        self.score = Scorer(programme.score, book) if programme.score else None
        self.weigh = weigher(programme.weights) if programme.weights else None
        self.level = leveller(programme.levels, book) if programme.levels else None
        self.grader = Grader(programme.grades, conditions) if programme.grades else None
        self.propose = [(p.id, conditions.add(*p.limbs)) for p in programme.proposals]
        self.terms = _terms(programme.terms) if programme.terms else None
        self.types = tuple(sorted(types_read(programme)))
        self.rests_on = _types_below(programme)
        self.runs: dict[tuple[int, int | None], _Bound] = {}

    def __call__(self, facts: Facts, run: Run, before: Before) -> Evaluation:
        """Judge one subject."""
        # judged day and cycle fix all else; the day a decision opened is put in per subject
        bound = self.runs.get((run.judged, run.cycle)) or self._bind(run)
        present = tuple([name for name in self.types if name in facts])
        plan = bound.plans.get(present) or self._plan(bound, present)
        if present or run.opened is not None or before.shown or before.worst:
            return self._judge(bound, plan, facts, run, before)
        if bound.untouched is None:
            bound.untouched = self._judge(bound, plan, facts, run, before)
        return bound.untouched

    def _bind(self, run: Run) -> _Bound:
        if len(self.runs) >= _PLANS_MAX:
            self.runs.clear()
        moments = {n.Moment.OPENED: run.judged, **dict(run.moments)}
        env = Env(moments, fixed=self.book.fix(moments))
        for name, aggregate, formula in self.indicators:
            if aggregate is not None:
                env.known[name] = aggregate[1]((), env)
            elif formula is not None:
                env.known[name] = formula(env)
        env.known["score"] = (None, None)
        truths = [ask(env) for ask in self.conditions.asked]
        bound = _Bound(moments, tuple(env.fixed), env.known, truths)
        self.runs[run.judged, run.cycle] = bound
        return bound

    def _plan(self, bound: _Bound, present: tuple[str, ...]) -> _Plan:
        if len(bound.plans) >= _PLANS_MAX:
            bound.plans.clear()
        touched = {OPENED, *present}
        moved = {t for t, types in self.rests_on.items() if not types.isdisjoint(touched)}
        moved.add(OPENED)
        asked = [k for k, reads in enumerate(self.conditions.reads) if not reads.isdisjoint(moved)]
        late = self.conditions.late
        rest = [k for k in range(len(bound.truths)) if k not in late and k not in asked]
        live = late.union(asked, (k for k in rest if bound.truths[k] != NO))
        plan = bound.plans[present] = _Plan(
            [i for i in self.indicators if i[0] in moved],
            asked,
            self.score.touched(present) if self.score else [],
            self.grader.among(live) if self.grader else None,
            any_open(bound.truths, rest),
        )
        return plan

    def _judge(
        self, bound: _Bound, plan: _Plan, facts: Facts, run: Run, before: Before
    ) -> Evaluation:
        programme = self.programme
        moments = bound.days if run.opened is None else {**bound.days, n.Moment.OPENED: run.opened}
        env = Env(moments, dict(bound.known), fixed=bound.fixed)
        hits: dict[str, tuple[Hit, ...]] = {}
        _work_out(plan.indicators, facts, env, hits)
        truths = list(bound.truths)
        asked, late = self.conditions.asked, self.conditions.late
        for k in plan.conditions:
            truths[k] = asked[k](env)
        contributions: tuple[Contribution, ...] = ()
        scores: Scores = NO_SCORES
        if self.score:
            contributions, scores = self.score.total(facts, env, plan.rules)
        elif self.weigh:
            scores = self.weigh(env)
        if self.level:
            at_least, at_worst = self.level(facts, env)
            shown, worst = level_outcome(at_least), level_outcome(at_worst)
        elif plan.grade:
            shown = worst = plan.grade(env, scores, truths, run.cycle, before.shown, None)
            if (
                plan.doubt
                or before.shown != before.worst
                or not scores.sure
                or (shown.by_bands and shown.grade == n.UNDECIDED)
                or any_open(truths, plan.conditions)
                or any_open(truths, late)
            ):
                worst = plan.grade(env, scores, truths, run.cycle, before.worst, shown)
        else:
            shown = worst = _NO_OUTCOME
        env.known["grade"] = shown.grade
        for k in late:
            truths[k] = asked[k](env)
        return Evaluation(
            programme.id,
            programme.version,
            run,
            truths[self.scope][0],
            env.known,
            hits,
            contributions,
            shown,
            worst,
            tuple([id_ for id_, k in self.propose if truths[k][0]]) if self.propose else (),
            tuple([id_ for id_, k in self.propose if truths[k][0] is None]) if self.propose else (),
            self.terms(env) if self.terms else {},
            scores.start,
        )


evaluator: Callable[[n.Programme], Evaluator] = once(_Judge)

_NO_OUTCOME = Outcome(n.UNDECIDED, None, (), (), (), {})


def _work_out(
    indicators: Iterable[_Indicator], facts: Facts, env: Env, hits: dict[str, tuple[Hit, ...]]
) -> None:
    """Make indicators known; one that no record hits is known as for a subject without records."""
    for name, aggregate, formula in indicators:
        if aggregate is not None:
            choose, worth = aggregate
            found = choose(facts, env)
            if found:
                env.known[name] = worth(found, env)
                hits[name] = found
        elif formula is not None:
            env.known[name] = formula(env)


def _types_below(programme: n.Programme) -> dict[str, frozenset[str]]:
    """Say for each indicator on which record types it rests, directly or through formulas."""
    below: dict[str, frozenset[str]] = {}
    for i in programme.indicators:
        own = frozenset(s.record for s in inside(i.what) if isinstance(s, n.Select))
        below[i.name] = own.union(opened(i.what), *(below[name] for name in names_read(i.what)))
    return below


def _indicator(i: n.Indicator, book: Book) -> _Indicator:
    if isinstance(i.what, n.Scalar):
        formula = i.what.formula
        return i.name, None, test(formula) if i.type.kind is Kind.TRUTH else reading(formula)  # type: ignore[arg-type]
    return i.name, aggregator(i.what, i.type, book), None


# --------------------------------------------------------------------------------------------------
# Terms


def _terms(terms: n.Terms) -> Callable[[Env], dict[str, int | bool | None]]:
    display_from, display_until = reading(terms.display_from), reading(terms.display_until)
    repair_from = reading(terms.repair_from)
    never, no_repair = test(terms.never), test(terms.no_repair)
    open_until_cured = test(terms.open_until_cured)

    def give(env: Env) -> dict[str, int | bool | None]:
        hidden, barred, kept_open = never(env), no_repair(env), open_until_cured(env)
        return {
            "display_from": None if hidden else _exactly(display_from, env),
            "display_until": None if hidden or kept_open else _exactly(display_until, env),
            "repair_from": None if barred else _exactly(repair_from, env),
            "never": hidden,
            "no_repair": barred,
            "open_until_cured": kept_open,
        }

    return give


def _exactly(date: Reading, env: Env) -> int | None:
    low, high = date(env)
    return low if low == high else None
