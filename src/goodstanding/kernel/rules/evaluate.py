"""Step five, and the whole: one programme, one subject, one run -> one Evaluation. This is the reference meaning.

Every other road (SQL, Spark, SMT) must give exactly what this file gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from goodstanding.kernel.facts import Facts
from goodstanding.kernel.quantity import SHARE_SCALE, Kind, Type, round_half_up
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import (
    Aggregator,
    Group,
    Hit,
    aggregator,
    group_value,
    grouper,
    selector,
)
from goodstanding.kernel.rules.levels import LevelState, leveller
from goodstanding.kernel.rules.meaning import (
    Book,
    Env,
    Interval,
    Known,
    Reading,
    Test,
    reading,
    test,
)
from goodstanding.kernel.rules.once import once
from goodstanding.kernel.rules.walk import inside, names_read
from goodstanding.kernel.rules.windows import Run

ONE = 10**SHARE_SCALE


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one rule of the score takes or gives: [low, high] points in 1/10,000, and the groups it rests on.

    `overtaken` groups count under another rule (one act counts once).
    """

    rule: str
    low: int
    high: int
    groups: tuple[Group, ...] = ()
    overtaken: tuple[Group, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """What an earlier cycle carries into this one."""

    rule: str
    origin: int
    phase: n.Phase
    cycles_left: int  # after this one


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of the two results: the grade, which rules fired (kind, id), and what goes on to later cycles."""

    grade: str
    score: int | None
    fired: tuple[tuple[str, str], ...]
    overtaken: tuple[tuple[str, str], ...]  # fired, but another decided
    carried: tuple[Carried, ...]
    origins: Mapping[str, int]  # carry rule -> cycle of origin, for the next cycle
    exceptions_not_shown: tuple[str, ...] = ()
    level: LevelState | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that the rules say about one subject in one run."""

    programme: str
    version: str
    run: Run
    in_scope: bool | None
    known: Mapping[str, Known]
    hits: Mapping[str, tuple[Hit, ...]]
    contributions: tuple[Contribution, ...]
    shown: Outcome
    worst: Outcome
    proposed: tuple[str, ...]
    proposals_open: tuple[str, ...]  # undecided ones
    terms: Mapping[str, int | bool | None] = field(default_factory=dict)
    start: int | None = None  # of the score, in 1/10,000

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


# Stands for the day a decision opened wherever names and record types are compared: it differs from subject to subject.
_OPENED = ""


def _opened(node: object) -> frozenset[str]:
    return frozenset({_OPENED} if n.Now(n.Moment.OPENED) in inside(node) else ())


class _Conditions:
    """The conditions of all rules in a row, so that each is asked once per subject, and not at all where nothing it reads is on record.

    A condition that reads the score is asked per result (shown, worst), the others once.
    """

    def __init__(self) -> None:
        self.asked: list[Callable[[Env], tuple[bool | None, bool]]] = []
        self.reads: list[frozenset[str]] = []
        self.late: frozenset[int] = frozenset()

    def add(self, *limbs: n.Limb) -> int:
        self.asked.append(_limbs(limbs))
        self.reads.append(names_read(limbs) | _opened(limbs))
        if "score" in self.reads[-1]:
            self.late |= {len(self.asked) - 1}
        return len(self.asked) - 1


_Truths = list[tuple[bool | None, bool]]


@dataclass(slots=True)
class _Plan:
    """What has to be worked out for subjects with records of these types; the rest is as for a subject without records."""

    indicators: list[tuple[str, Aggregator | None, Reading | Test | None]]
    conditions: list[int]
    rules: list[int]


@dataclass(slots=True)
class _Bound:
    """A programme at one run: what the run fixes, and what holds for a subject without records."""

    days: Mapping[n.Moment, int]
    fixed: tuple[object, ...]
    known: dict[str, Known]
    hits: dict[str, tuple[Hit, ...]]
    truths: _Truths


_PLANS_MAX = 4096


def _evaluator(programme: n.Programme) -> Evaluator:
    """Make the closure that judges by a programme."""
    book, conditions = Book(), _Conditions()
    indicators = [_indicator(i, book) for i in programme.indicators]
    scope = conditions.add(n.Limb(programme.scope))
    score = _Scorer(programme.score, book) if programme.score else None
    weigh = _weigher(programme.weights) if programme.weights else None
    level = leveller(programme.levels, book) if programme.levels else None
    grade = _grader(programme.grades, conditions) if programme.grades else None
    propose = [(p.id, conditions.add(*p.limbs)) for p in programme.proposals]
    terms = _terms(programme.terms) if programme.terms else None
    rests_on = _types_below(programme)
    plans: dict[frozenset[str], _Plan] = {}
    runs: dict[tuple[int, int | None], _Bound] = {}

    def plan_for(present: frozenset[str]) -> _Plan:
        plan = plans.get(present)
        if plan is None:
            if len(plans) >= _PLANS_MAX:
                plans.clear()
            touched = present | {_OPENED}
            moved = {name for name, types in rests_on.items() if not types.isdisjoint(touched)} | {
                _OPENED
            }
            plan = plans[present] = _Plan(
                [i for i in indicators if i[0] in moved],
                [k for k, reads in enumerate(conditions.reads) if not reads.isdisjoint(moved)],
                score.touched(present, moved) if score else [],
            )
        return plan

    def bind(run: Run) -> _Bound:
        # judged day and cycle fix all else; the day a decision opened is put in per subject
        key = (run.judged, run.cycle)
        bound = runs.get(key)
        if bound is None:
            if len(runs) >= _PLANS_MAX:
                runs.clear()
            moments = {n.Moment.OPENED: run.judged, **dict(run.moments)}
            env = Env(moments, fixed=book.fix(moments))
            hits: dict[str, tuple[Hit, ...]] = {}
            _work_out(indicators, {}, env, hits)
            env.known["score"] = (None, None)
            truths = [ask(env) for ask in conditions.asked]
            bound = runs[key] = _Bound(moments, tuple(env.fixed), env.known, hits, truths)
        return bound

    def judge(facts: Facts, run: Run, before: Before) -> Evaluation:
        bound, plan = bind(run), plan_for(frozenset(facts))
        moments = bound.days if run.opened is None else {**bound.days, n.Moment.OPENED: run.opened}
        env = Env(moments, dict(bound.known), fixed=bound.fixed)
        hits = dict(bound.hits)
        _work_out(plan.indicators, facts, env, hits)
        truths = list(bound.truths)
        for k in plan.conditions:
            truths[k] = conditions.asked[k](env)
        contributions: tuple[Contribution, ...] = ()
        scores: _Scores = _NO_SCORES
        if score:
            contributions, scores = score.total(facts, env, plan.rules)
        elif weigh:
            scores = weigh(env)
        if level:
            at_least, at_worst = level(facts, env)
            shown, worst = _level_outcome(at_least), _level_outcome(at_worst)
        elif grade:
            shown = grade(env, scores, truths, run.cycle, before.shown, None)
            worst = shown
            if (
                before.shown != before.worst
                or not scores.sure
                or any(truth is None for truth, _ in truths)
            ):
                worst = grade(env, scores, truths, run.cycle, before.worst, shown)
        else:
            shown = worst = _NO_OUTCOME
        env.known["grade"] = shown.grade
        env.known["score"] = (shown.score, shown.score)
        for k in conditions.late:
            truths[k] = conditions.asked[k](env)
        return Evaluation(
            programme.id,
            programme.version,
            run,
            truths[scope][0],
            env.known,
            hits,
            contributions,
            shown,
            worst,
            tuple(id_ for id_, k in propose if truths[k][0]),
            tuple(id_ for id_, k in propose if truths[k][0] is None),
            terms(env) if terms else {},
            scores.start,
        )

    return judge


evaluator = once(_evaluator)

_NO_OUTCOME = Outcome(n.UNDECIDED, None, (), (), (), {})


def _work_out(
    indicators: Iterable[tuple[str, Aggregator | None, Reading | Test | None]],
    facts: Facts,
    env: Env,
    hits: dict[str, tuple[Hit, ...]],
) -> None:
    for name, aggregate, formula in indicators:
        if aggregate is not None:
            found = aggregate(facts, env)
            env.known[name], hits[name] = found.value, found.hits
        elif formula is not None:
            env.known[name] = formula(env)


def _types_below(programme: n.Programme) -> dict[str, frozenset[str]]:
    """Say for each indicator on which record types it rests, directly or through formulas."""
    below: dict[str, frozenset[str]] = {}
    for i in programme.indicators:
        own = frozenset(s.record for s in inside(i.what) if isinstance(s, n.Select))
        below[i.name] = own.union(_opened(i.what), *(below[name] for name in names_read(i.what)))
    return below


def _indicator(i: n.Indicator, book: Book) -> tuple[str, Aggregator | None, Reading | Test | None]:
    if isinstance(i.what, n.Scalar):
        formula = i.what.formula
        return i.name, None, test(formula) if i.type.kind is Kind.TRUTH else reading(formula)  # type: ignore[arg-type]
    return i.name, aggregator(i.what, i.type, book), None


# --------------------------------------------------------------------------------------------------
# Scores


@dataclass(frozen=True, slots=True)
class _Scores:
    """What bands compare: the score of both results, or the weighted sum with the sum of weights."""

    shown: int | None = None
    worst: int | None = None
    # weights: (sum of weight * points, sum of weights) or None where a part is missing
    weighed_shown: tuple[int, int] | None = None
    weighed_worst: tuple[int, int] | None = None
    weighs: bool = False
    start: int | None = None

    @property
    def sure(self) -> bool:
        """Tell whether both results have the same score."""
        return self.shown == self.worst and self.weighed_shown == self.weighed_worst


_NO_SCORES = _Scores()


def to_points(value: int | None, type_: Type) -> int | None:
    """Bring a number of a coarser scale to 1/10,000."""
    return None if value is None else value * 10 ** (SHARE_SCALE - type_.scale)


def _points_reading(node: n.Value) -> Reading:
    read, factor = reading(node), 10 ** (SHARE_SCALE - node.type.scale)

    def points(env: Env) -> Interval:
        low, high = read(env)
        return (None if low is None else low * factor, None if high is None else high * factor)

    return points


class _Scorer:
    """Works out the score: each rule that can apply, one act once, then the sum."""

    def __init__(self, score: n.Score, book: Book) -> None:
        self.start = _points_reading(score.start)
        self.rules = [(rule, _rule(rule, book)) for rule in score.rules]
        self.always = [k for k, (rule, _) in enumerate(self.rules) if rule.select is None]

    def touched(self, present: frozenset[str], moved: set[str]) -> list[int]:
        """Give the rules that can apply to subjects with records of these types."""
        del moved  # rules that apply once may hold without any record
        records = [
            k
            for k, (rule, _) in enumerate(self.rules)
            if rule.select and rule.select.record in present
        ]
        return sorted(records + self.always)

    def total(
        self, facts: Facts, env: Env, touched: list[int]
    ) -> tuple[tuple[Contribution, ...], _Scores]:
        worth = [
            (rule, found)
            for rule, apply in (self.rules[k] for k in touched)
            if (found := apply(facts, env))
        ]
        keeps_low, keeps_high = _one_act_once(worth) if len(worth) > 1 else ({}, {})
        if len(worth) == 1:
            made = [_alone(*worth[0])]
        else:
            made = [_contribution(rule, groups, keeps_low, keeps_high) for rule, groups in worth]
        at, at_high = self.start(env)
        if at is None or at != at_high:
            return tuple(made), _Scores()
        low = high = at
        for (rule, _), c in zip(worth, made, strict=True):
            low += c.low if rule.adds else -c.low
            high += c.low if rule.adds else -c.high
        return tuple(made), _Scores(low, high, start=at)


# The worth of a rule: its groups (None for a rule that applies once) with [low, high].
_Worth = list[tuple[Group | None, Interval]]


def _rule(rule: n.Deduction, book: Book) -> Callable[[Facts, Env], _Worth]:
    read = _points_reading(rule.points)
    bound = rule.bound
    restored = [(step.share, test(step.when)) for step in rule.restored]

    def points(env: Env) -> Interval:
        low, high = read(env)
        if low is None or low != high:
            known = low or 0
            if rule.if_none == "nothing":
                low = high = known
            elif rule.if_none == "at most":
                low = high = bound
            else:
                low, high = known, bound if high is None else high
        low, high = min(low, bound), min(high or 0, bound)
        if restored and not rule.adds:
            return _restore(low, high, [(share, when(env)) for share, when in restored])
        return (low, high)

    if rule.select is None:
        when = test(rule.when or n.TRUE)

        def once(_: Facts, env: Env) -> _Worth:
            truth = when(env)
            if truth is False:
                return []
            low, high = points(env)
            return [(None, (low if truth else 0, high))]

        return once
    choose, group, take = selector(rule.select, book), grouper(rule.select), rule.select.take

    def each(facts: Facts, env: Env) -> _Worth:
        hits = choose(facts, env)
        if not hits:
            return []

        def at(hit: Hit) -> Interval:
            env.values, env.linked = hit.fact.values, hit.fact.linked
            return points(env)

        groups = group(hits, env)
        return [(g, group_points(g, take, at)) for g in groups]

    return each


def group_points(group: Group, take: n.Take, of: Callable[[Hit], Interval]) -> Interval:
    """Give a group's points: as in `Sum`, with the taken member's own ends (points are always bounded)."""
    if take is n.Take.GRAVEST:
        return group_value(group, take, of)
    taken = group.hits[0] if take is n.Take.FIRST else group.hits[-1]
    low, high = of(taken)
    return (low if taken.certain else 0, high)


def _restore(low: int, high: int, steps: list[tuple[int, bool | None]]) -> Interval:
    share_low = next((share for share, truth in steps if truth), 0)
    share_high = next((share if truth else 0 for share, truth in steps if truth is not False), 0)
    return (low - round_half_up(low * share_low, ONE), high - round_half_up(high * share_high, ONE))


def _one_act_once(
    worth: list[tuple[n.Deduction, _Worth]],
) -> tuple[dict[str, str], dict[str, str]]:
    """Say for each act which rule keeps it, at the low end and at the high end."""
    low: dict[str, dict[str, int]] = {}
    high: dict[str, dict[str, int]] = {}
    for rule, groups in worth:
        if rule.adds or rule.beside:
            continue
        for group, (lo, hi) in groups:
            if group is None:
                continue
            act = group.act
            if group.certain:
                low.setdefault(act, {})[rule.id] = low.get(act, {}).get(rule.id, 0) + (lo or 0)
            high.setdefault(act, {})[rule.id] = high.get(act, {}).get(rule.id, 0) + (hi or 0)
    # the first rule among equals: max keeps the earliest, and rules were added in order
    return (
        {act: max(by, key=lambda r: by[r]) for act, by in low.items()},
        {act: max(by, key=lambda r: by[r]) for act, by in high.items()},
    )


def _alone(rule: n.Deduction, worth: _Worth) -> Contribution:
    """Add up a rule whose acts no other rule shares."""
    low = high = 0
    for group, (lo, hi) in worth:
        low += (lo or 0) if group is None or group.certain else 0
        high += hi or 0
    return _capped(rule, low, high, [g for g, _ in worth if g is not None], [])


def _capped(
    rule: n.Deduction, low: int, high: int, kept: list[Group], overtaken: list[Group]
) -> Contribution:
    if rule.at_most is not None:
        low, high = min(low, rule.at_most), min(high, rule.at_most)
    return Contribution(rule.id, low, high, tuple(kept), tuple(overtaken))


def _contribution(
    rule: n.Deduction, worth: _Worth, keeps_low: Mapping[str, str], keeps_high: Mapping[str, str]
) -> Contribution:
    if rule.adds or rule.beside or rule.select is None:
        return _alone(rule, worth)
    low = high = 0
    kept: list[Group] = []
    overtaken: list[Group] = []
    for group, (lo, hi) in worth:
        if group is None:
            continue
        at_low = group.certain and keeps_low.get(group.act) == rule.id
        at_high = keeps_high.get(group.act) == rule.id
        low += (lo or 0) if at_low else 0
        high += (hi or 0) if at_high else 0
        (kept if at_low or at_high else overtaken).append(group)
    return _capped(rule, low, high, kept, overtaken)


def _weigher(weights: n.Weights) -> Callable[[Env], _Scores]:
    items = [
        (item, _points_reading(item.weight), _points_reading(item.points)) for item in weights.items
    ]

    def weigh(env: Env) -> _Scores:
        product = total = product_worst = total_worst = 0
        shown = worst = True
        for item, weight, points in items:
            value, top = points(env)
            share, _ = weight(env)
            absent = value is None or value != top
            if absent and not item.mandatory:
                continue
            if share is None:
                shown = worst = False
                continue
            if value is None or absent:
                shown = False
                value = 0
            product, total = product + share * value, total + share
            product_worst, total_worst = product_worst + share * value, total_worst + share
        return _Scores(
            _quotient(product, total) if shown else None,
            _quotient(product_worst, total_worst) if worst else None,
            (product, total) if shown and total > 0 else None,
            (product_worst, total_worst) if worst and total_worst > 0 else None,
            weighs=True,
        )

    return weigh


def _quotient(product: int, total: int) -> int | None:
    return round_half_up(product, total) if total > 0 else None


# --------------------------------------------------------------------------------------------------
# Grades


def _limbs(limbs: tuple[n.Limb, ...]) -> Callable[[Env], tuple[bool | None, bool]]:
    """Make the closure of a ground: its truth, and whether it stands on an exception that was not shown."""
    tests = [(test(limb.when), test(limb.unless) if limb.unless else None) for limb in limbs]

    def ground(env: Env) -> tuple[bool | None, bool]:
        result: bool | None = False
        not_shown = False
        for when, unless in tests:
            truth = when(env)
            excepted = unless(env) if unless else False
            if excepted:
                continue
            if truth:
                if excepted is False:
                    return True, False
                result, not_shown = True, True
            elif truth is None and result is False:
                result = None
        return result, not_shown

    return ground


# The last argument is the result shown while the worst is worked out, None while the shown one is.
_Ranked = Callable[[Env, _Scores, _Truths, int | None, Mapping[str, int], Outcome | None], Outcome]


def _grader(grades: n.Grades, conditions: _Conditions) -> _Ranked:
    rank = {g: i for i, g in enumerate(grades.order)}
    direct = [(d, conditions.add(*d.limbs)) for d in grades.direct]
    aside = [("not graded", g, conditions.add(n.Limb(g.when))) for g in grades.not_graded]
    aside += [("instead", g, conditions.add(n.Limb(g.when))) for g in grades.instead]
    first_match = [(g, conditions.add(n.Limb(g.when))) for g in grades.first_match]
    bands = [(b, None if b.lowest is None else _points_reading(b.lowest)) for b in grades.bands]
    steps = [(s, conditions.add(n.Limb(s.when))) for s in grades.steps_down]
    ceilings = [(c, conditions.add(n.Limb(c.when))) for c in grades.ceilings]

    def decide(
        env: Env,
        scores: _Scores,
        truths: _Truths,
        cycle: int | None,
        before: Mapping[str, int],
        shown: Outcome | None,
    ) -> Outcome:
        worst = shown is not None
        carried = carried_now(grades.carries, before, cycle)
        score = _held(scores.worst if worst else scores.shown, carried, grades)
        if shown is not None and shown.score is not None and score is not None:
            score = min(score, shown.score)
        env.known["score"] = (score, score)
        for k in conditions.late:
            truths[k] = conditions.asked[k](env)

        def adverse(k: int) -> bool:
            return bool(truths[k][0]) or (worst and truths[k][0] is None)

        fired: list[tuple[str, str]] = []
        overtaken: list[tuple[str, str]] = []
        grade, by_band = "", ""
        own = [(d, truths[k][1]) for d, k in direct if adverse(k)]
        given = [(rank[d.grade], "direct", d.id) for d, _ in own]
        given += [(rank[c.phase.grade], "carried", c.rule) for c in carried if c.phase.grade]
        if given:
            lowest = max(r for r, _, _ in given)
            grade = grades.order[lowest]
            for r, kind, id_ in given:
                (fired if r == lowest else overtaken).append((kind, id_))
        for kind, rule, k in aside:
            if truths[k][0]:
                (overtaken if grade else fired).append((kind, rule.id))
                grade = grade or rule.grade
        if not grade and bands:
            grade = by_band = _band(bands, scores, score, env, worst)
        for rule, k in first_match:
            if grade:
                break
            if adverse(k) if rule.adverse else truths[k][0]:
                grade = rule.grade
                fired.append(("first match", rule.id))
        grade = grade or grades.otherwise or n.UNDECIDED
        if grade in rank:
            at = rank[grade]
            for step, k in steps:
                if adverse(k):
                    at = min(at + step.by, len(rank) - 1)
                    fired.append(("step down", step.id))
            bars = [(rank[c.not_above], "ceiling", c.id) for c, k in ceilings if adverse(k)]
            bars += [
                (rank[c.phase.not_above], "carried", c.rule) for c in carried if c.phase.not_above
            ]
            for bar, kind, id_ in bars:
                (fired if bar > at else overtaken).append((kind, id_))
            grade = grades.order[max([at, *(bar for bar, _, _ in bars)])]
        fired += [("carried", c.rule) for c in carried if c.phase.start_less]
        origins = _origins(grades.carries, before, cycle, {d.id for d, _ in own}, by_band)
        not_shown = tuple(d.id for d, exception in own if exception)
        return Outcome(grade, score, tuple(fired), tuple(overtaken), carried, origins, not_shown)

    return decide


def _held(score: int | None, carried: tuple[Carried, ...], grades: n.Grades) -> int | None:
    """Take carried points off the start, then hold the score between its floor and ceiling."""
    if score is None:
        return None
    score -= sum(c.phase.start_less for c in carried)
    floor, top = grades.score_floor, grades.score_top
    if floor is not None:
        score = max(score, floor)
    return score if top is None else min(score, top)


def carried_now(
    carries: tuple[n.Carry, ...], before: Mapping[str, int], cycle: int | None
) -> tuple[Carried, ...]:
    """Say what earlier cycles carry into this one; a rule whose phases have run out carries nothing."""
    found = []
    for carry in carries:
        origin = before.get(carry.id)
        if origin is None or cycle is None or _too_early(carry, origin):
            continue
        age, total = cycle - origin, sum(p.cycles for p in carry.phases)
        reached = 0
        for phase in carry.phases:
            if reached < age <= reached + phase.cycles:
                found.append(Carried(carry.id, origin, phase, total - age))
            reached += phase.cycles
    return tuple(found)


def _origins(
    carries: tuple[n.Carry, ...],
    before: Mapping[str, int],
    cycle: int | None,
    direct: set[str],
    by_band: str,
) -> dict[str, int]:
    """Give the origins that go on: a cause in this cycle is the new origin; one that has run out is dropped."""
    result: dict[str, int] = {}
    if cycle is None:
        return result
    for carry in carries:
        holds = not direct.isdisjoint(carry.causes) or f"score:{by_band}" in carry.causes
        before_it = before.get(carry.id)
        if holds and not _too_early(carry, cycle):
            result[carry.id] = cycle
        elif before_it is not None and not _too_early(carry, before_it):
            if cycle - before_it < sum(p.cycles for p in carry.phases):
                result[carry.id] = before_it
    return result


def _too_early(carry: n.Carry, origin: int) -> bool:
    return carry.from_cycle is not None and origin < carry.from_cycle


_Bands = list[tuple[n.Band, Reading | None]]


def _band(bands: _Bands, scores: _Scores, score: int | None, env: Env, worst: bool) -> str:
    weighed = scores.weighed_worst if worst else scores.weighed_shown
    if (weighed if scores.weighs else score) is None:
        return n.UNDECIDED
    for band, lowest in bands:
        if lowest is None:
            return band.grade
        cut, _ = lowest(env)
        if cut is None:
            return n.UNDECIDED
        if weighed is not None and scores.weighs:
            product, total = weighed
            if product >= cut * total:
                return band.grade
        elif score is not None and score >= cut:
            return band.grade
    return n.UNDECIDED


def _level_outcome(state: LevelState) -> Outcome:
    return Outcome(state.level, None, state.fired, (), (), {}, state.exceptions_not_shown, state)


# --------------------------------------------------------------------------------------------------
# Terms


def _terms(terms: n.Terms) -> Callable[[Env], dict[str, int | bool | None]]:
    dates = {
        "display_from": reading(terms.display_from),
        "display_until": reading(terms.display_until),
        "repair_from": reading(terms.repair_from),
    }
    truths = {
        "never": test(terms.never),
        "no_repair": test(terms.no_repair),
        "open_until_cured": test(terms.open_until_cured),
    }

    def give(env: Env) -> dict[str, int | bool | None]:
        found: dict[str, int | bool | None] = {}
        for name, date in dates.items():
            low, high = date(env)
            found[name] = low if low == high else None
        for name, truth in truths.items():
            found[name] = truth(env)
        if found["never"]:
            found["display_from"] = found["display_until"] = None
        if found["no_repair"]:
            found["repair_from"] = None
        if found["open_until_cured"]:
            found["display_until"] = None
        return found

    return give
