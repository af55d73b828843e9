"""Step five, and the whole: one programme, one subject, one run -> one Evaluation. This is the reference meaning.

Every other road (SQL, Spark, SMT) must give exactly what this file gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
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
    total,
)
from goodstanding.kernel.rules.levels import LevelState, leveller
from goodstanding.kernel.rules.meaning import (
    MISSING,
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
from goodstanding.kernel.rules.walk import inside, lasting_carries, names_read
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
    by_bands: bool = False  # the score came into a band, and that gave the grade


@dataclass(frozen=True, slots=True)
class Evaluation:
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
                or (shown.by_bands and shown.grade == n.UNDECIDED)
                or any(truth is None or not_shown for truth, not_shown in truths)
            ):
                worst = grade(env, scores, truths, run.cycle, before.worst, shown)
        else:
            shown = worst = _NO_OUTCOME
        env.known["grade"] = shown.grade
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
            env.known[name] = found.value
            if found.hits:
                hits[name] = found.hits
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
    best: int | None = None  # the shown one with all that may be added
    # weights: (sum of weight * points, sum of weights) or None where a part is missing
    weighed_shown: tuple[int, int] | None = None
    weighed_worst: tuple[int, int] | None = None
    weighs: bool = False
    start: int | None = None

    @property
    def sure(self) -> bool:
        """Tell whether there is one score only."""
        return self.best == self.shown == self.worst and self.weighed_shown == self.weighed_worst


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
        self.shares_acts = sum(_shares_acts(rule) for rule in score.rules) > 1
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
        if self.shares_acts:
            keeps_low, keeps_high = _one_act_once(worth)
            made = [
                _contribution(rule, groups, keeps_low, keeps_high)
                if _shares_acts(rule)
                else _alone(rule, groups)
                for rule, groups in worth
            ]
        else:
            made = [_alone(rule, groups) for rule, groups in worth]
        at, at_high = self.start(env)
        if at is None or at != at_high:
            return tuple(made), _Scores()
        shown = worst = best = at
        for (rule, _), c in zip(worth, made, strict=True):
            shown += c.low if rule.adds else -c.low
            worst += c.low if rule.adds else -c.high
            best += c.high if rule.adds else -c.low
        return tuple(made), _Scores(shown, worst, best, start=at)


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
        return [(g, group_value(g, take, at)) for g in groups]

    return each


def _restore(low: int, high: int, steps: list[tuple[int, bool | None]]) -> Interval:
    share_low = next((share for share, truth in steps if truth), 0)
    share_high = next((share if truth else 0 for share, truth in steps if truth is not False), 0)
    return (low - round_half_up(low * share_low, ONE), high - round_half_up(high * share_high, ONE))


def _shares_acts(rule: n.Deduction) -> bool:
    """Tell whether a rule counts an act only where no other rule keeps it."""
    return rule.select is not None and not rule.adds and not rule.beside


def _one_act_once(
    worth: list[tuple[n.Deduction, _Worth]],
) -> tuple[dict[str, str], dict[str, str]]:
    """Say for each act which rule keeps it, at the low end and at the high end; open acts are nobody else's."""
    low: dict[str, dict[str, int]] = {}
    high: dict[str, dict[str, int]] = {}
    for rule, groups in worth:
        if not _shares_acts(rule):
            continue
        for group, (lo, hi) in groups:
            act = None if group is None else group.act
            if group is None or act is None:
                continue
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
    low, high = total(points for _, points in worth)
    return _capped(rule, low or 0, high or 0, [g for g, _ in worth if g is not None], [])


def _capped(
    rule: n.Deduction, low: int, high: int, kept: list[Group], overtaken: list[Group]
) -> Contribution:
    if rule.at_most is not None:
        low, high = min(low, rule.at_most), min(high, rule.at_most)
    return Contribution(rule.id, low, high, tuple(kept), tuple(overtaken))


def _contribution(
    rule: n.Deduction, worth: _Worth, keeps_low: Mapping[str, str], keeps_high: Mapping[str, str]
) -> Contribution:
    """Add up a rule of the acts it keeps; a group whose act is open counts at the high end only."""
    low = high = 0
    kept: list[Group] = []
    overtaken: list[Group] = []
    for group, (lo, hi) in worth:
        if group is None:
            continue
        act = group.act
        at_low = act is not None and group.certain and keeps_low.get(act) == rule.id
        at_high = act is None or keeps_high.get(act) == rule.id
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
        known = _quotient(product, total) if shown else None
        return _Scores(
            known,
            _quotient(product_worst, total_worst) if worst else None,
            known,
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


@dataclass(frozen=True, slots=True)
class _Coming:
    """A grade that comes, or at worst may come, and what gives it: a rule of a kind, the bands, or what is left."""

    grade: str
    kind: str
    rule: str = ""


# The last argument is the result shown while the worst is worked out, None while the shown one is.
_Ranked = Callable[[Env, _Scores, _Truths, int | None, Mapping[str, int], Outcome | None], Outcome]


def _grader(grades: n.Grades, conditions: _Conditions) -> _Ranked:
    rank = {g: i for i, g in enumerate(grades.order)}
    direct = [(d, conditions.add(*d.limbs)) for d in grades.direct]
    given = [("not graded", g, conditions.add(n.Limb(g.when))) for g in grades.not_graded]
    given += [("instead", g, conditions.add(n.Limb(g.when))) for g in grades.instead]
    aside = tuple(given)
    first_match = () if grades.bands else grades.first_match
    given += [("first match", g, conditions.add(n.Limb(g.when))) for g in first_match]
    bands, lasting = _Bands(grades.bands), lasting_carries(grades)
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
        score = best = _held(scores.worst if worst else scores.shown, carried, grades)
        if shown is not None:
            best = _held(scores.best, shown.carried, grades)
            if shown.score is not None and score is not None:
                score = min(score, shown.score)
        # at worst a condition is decided only where it is for all scores that may come, and for the shown one
        env.known["score"] = MISSING if best is None else (score, best)
        for k in conditions.late:
            truths[k] = conditions.asked[k](env)

        def fires(k: int) -> bool:
            return bool(truths[k][0]) or (worst and truths[k][0] is None)

        def following(band: int | None) -> Iterator[_Coming]:
            for kind, rule, k in given:
                if fires(k):
                    yield _Coming(rule.grade, kind, rule.id)
                if truths[k][0]:
                    return
            if grades.bands:
                yield _Coming(n.UNDECIDED if band is None else grades.bands[band].grade, "band")
            else:
                yield _Coming(grades.otherwise or n.UNDECIDED, "otherwise")

        own = [(d, k) for d, k in direct if fires(k)]
        borne = carried if shown is None else tuple(dict.fromkeys((*carried, *shown.carried)))
        coming = [_Coming(d.grade, "direct", d.id) for d, _ in own]
        coming += [_Coming(c.phase.grade, "carried", c.rule) for c in borne if c.phase.grade]
        if shown is None:
            decided = bool(coming)
        else:
            decided = any(truths[k] == (True, False) for _, k in own)
            decided = decided or any(
                c.phase.grade and (c.rule in lasting or c in carried) for c in shown.carried
            )
        band = bands.place(scores, score, env, worst=worst)
        if not decided:
            coming += following(band)
        bars = [(rank[c.not_above], "ceiling", c.id) for c, k in ceilings if fires(k)]
        bars += [(rank[c.phase.not_above], "carried", c.rule) for c in borne if c.phase.not_above]
        down = [(s.by, "step down", s.id) for s, k in steps if fires(k)]
        passed = [(kind, g.id) for kind, g, k in aside if truths[k][0]]
        chosen = _chosen(coming, passed, rank, down, bars)
        less = [("carried", c.rule) for c in carried if c.phase.start_less]
        by_bands = any(c.kind == "band" for c in coming)
        causes = {d.id for d, _ in own}
        if by_bands and shown is None:
            causes.add(f"score:{coming[-1].grade}")
        elif by_bands:
            causes |= {f"score:{grade}" for grade in bands.causes(scores, best, band, env)}
        fired = tuple(dict.fromkeys((*chosen.fired, *less)))
        return Outcome(
            chosen.grade,
            score,
            fired,
            tuple(f for f in dict.fromkeys(chosen.overtaken) if f not in fired),
            carried,
            _origins(grades.carries, before, cycle, causes),
            tuple(d.id for d, k in own if truths[k][1]),
            by_bands=by_bands,
        )

    return decide


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The grade that stands, the rules it came by, and those that another rule overtook."""

    grade: str
    fired: tuple[tuple[str, str], ...]
    overtaken: tuple[tuple[str, str], ...]


def _chosen(
    coming: list[_Coming],
    passed: list[tuple[str, str]],
    rank: Mapping[str, int],
    down: list[tuple[int, str, str]],
    bars: list[tuple[int, str, str]],
) -> _Chosen:
    """Choose among the grades that come: the worst of the ranked ones, barred, unless an undecided one could be worse still.

    `passed` are rules that hold and were not asked, for one before them decided.
    """
    last = len(rank) - 1
    worst = max((rank[c.grade] for c in coming if c.grade in rank), default=None)
    undecided = any(c.grade == n.UNDECIDED for c in coming)
    grade = n.UNDECIDED if undecided else coming[0].grade
    fired = [c for c in coming if c.grade == grade][:1]
    moved: list[tuple[str, str]] = []
    idle: list[tuple[str, str]] = []
    if worst is not None:
        stepped = min(worst + sum(by for by, _, _ in down), last)
        barred = max([stepped, *(bar for bar, _, _ in bars)])
        if barred == last or not undecided:
            grade = tuple(rank)[barred]
            fired = [c for c in coming if rank.get(c.grade) == worst]
            moved = [(kind, id_) for _, kind, id_ in down]
            moved += [(kind, id_) for bar, kind, id_ in bars if bar > stepped]
            idle = [(kind, id_) for bar, kind, id_ in bars if bar <= stepped]
    others = [c for c in coming if c not in fired]
    return _Chosen(grade, (*_rules(fired), *moved), (*_rules(others), *passed, *idle))


def _rules(coming: Iterable[_Coming]) -> Iterator[tuple[str, str]]:
    """Name the rules that give grades; neither the bands nor what is left are rules."""
    return ((c.kind, c.rule) for c in coming if c.rule)


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
    carries: tuple[n.Carry, ...], before: Mapping[str, int], cycle: int | None, causes: set[str]
) -> dict[str, int]:
    """Give the origins that go on: a cause in this cycle is the new origin; one that has run out is dropped."""
    result: dict[str, int] = {}
    if cycle is None:
        return result
    for carry in carries:
        before_it = before.get(carry.id)
        if not causes.isdisjoint(carry.causes) and not _too_early(carry, cycle):
            result[carry.id] = cycle
        elif before_it is not None and not _too_early(carry, before_it):
            if cycle - before_it < sum(p.cycles for p in carry.phases):
                result[carry.id] = before_it
    return result


def _too_early(carry: n.Carry, origin: int) -> bool:
    return carry.from_cycle is not None and origin < carry.from_cycle


class _Bands:
    """The bands of a programme, from best to worst."""

    def __init__(self, bands: tuple[n.Band, ...]) -> None:
        self.bands = bands
        self.cuts = [None if b.lowest is None else _points_reading(b.lowest) for b in bands]

    def place(self, scores: _Scores, score: int | None, env: Env, *, worst: bool) -> int | None:
        """Give the place of the band a score comes into; None where the score or a cut it is compared with is missing."""
        place, known = self._reached(scores, score, env, worst=worst)
        return place if known else None

    def causes(self, scores: _Scores, best: int | None, worst: int | None, env: Env) -> set[str]:
        """Give the grades that the bands may give: from the first that the best score may come into down to the worst's.

        `worst` is the place that the worst score comes into; None is any after the first, or none.
        """
        first, known = self._reached(scores, best, env, worst=False)
        last = len(self.bands) - 1 if worst is None else worst
        doubt = set() if known and worst is not None else {n.UNDECIDED}
        return doubt | {band.grade for band in self.bands[first : last + 1]}

    def _reached(
        self, scores: _Scores, score: int | None, env: Env, *, worst: bool
    ) -> tuple[int, bool]:
        """Give the first band whose cut a score reaches or may reach, and whether it does; past the last where it reaches none."""
        weighed = scores.weighed_worst if worst else scores.weighed_shown
        if (weighed if scores.weighs else score) is None:
            return 0, False
        for place, lowest in enumerate(self.cuts):
            if lowest is None:
                return place, True
            cut, _ = lowest(env)
            if cut is None:
                return place, False
            if weighed is not None and scores.weighs:
                product, weight = weighed
                if product >= cut * weight:
                    return place, True
            elif score is not None and score >= cut:
                return place, True
        return len(self.cuts), False


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
