"""The grade: direct grounds, what is carried, limbs and bands, then steps down and ceilings; for both results."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import NamedTuple

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.conditions import Conditions, Truths
from goodstanding.kernel.rules.levels import LevelState
from goodstanding.kernel.rules.meaning import MISSING, Env
from goodstanding.kernel.rules.scoring import Scores, points_reading
from goodstanding.kernel.rules.walk import lasting_carries


class Carried(NamedTuple):
    """What an earlier cycle carries into this one."""

    rule: str
    origin: int
    phase: n.Phase
    cycles_left: int  # after this one


class Outcome(NamedTuple):
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


class _Coming(NamedTuple):
    """A grade that comes, or at worst may come, and what gives it: a rule of a kind, the bands, or what is left."""

    grade: str
    kind: str
    rule: str = ""


class Grader:
    """The rules that give grades; `among` keeps those that may hold."""

    def __init__(self, grades: n.Grades, conditions: Conditions) -> None:
        self.grades, self.conditions = grades, conditions
        self.rank = {g: i for i, g in enumerate(grades.order)}
        self.direct = [(d, conditions.add(*d.limbs)) for d in grades.direct]
        self.aside = [("not graded", g, conditions.add(n.Limb(g.when))) for g in grades.not_graded]
        self.aside += [("instead", g, conditions.add(n.Limb(g.when))) for g in grades.instead]
        limbs = () if grades.bands else grades.first_match
        self.limbs = [("first match", g, conditions.add(n.Limb(g.when))) for g in limbs]
        self.bands, self.lasting = _Bands(grades.bands), lasting_carries(grades)
        self.steps = [(s, conditions.add(n.Limb(s.when))) for s in grades.steps_down]
        self.ceilings = [(c, conditions.add(n.Limb(c.when))) for c in grades.ceilings]

    def among(self, live: Container[int]) -> Ranker:
        """Give what ranks subjects of whom no condition but these can hold or be open."""
        return Ranker(self, live)


class Ranker:
    """Gives an outcome from the truth of the conditions that may hold."""

    def __init__(self, grader: Grader, live: Container[int]) -> None:
        self.grades, self.rank = grader.grades, grader.rank
        self.bands, self.lasting = grader.bands, grader.lasting
        self.late = [(k, grader.conditions.asked[k]) for k in grader.conditions.late]
        self.direct = [(d, k) for d, k in grader.direct if k in live]
        self.aside = [(kind, g, k) for kind, g, k in grader.aside if k in live]
        self.given = [*self.aside, *((kind, g, k) for kind, g, k in grader.limbs if k in live)]
        self.steps = [(("step down", s.id), s.by, k) for s, k in grader.steps if k in live]
        self.ceilings = [
            (("ceiling", c.id), self.rank[c.not_above], k) for c, k in grader.ceilings if k in live
        ]
        self.otherwise = _Coming(self.grades.otherwise or n.UNDECIDED, "otherwise")

    def __call__(
        self,
        env: Env,
        scores: Scores,
        truths: Truths,
        cycle: int | None,
        before: Mapping[str, int],
        shown: Outcome | None,
    ) -> Outcome:
        """Give the outcome shown; or, with that as `shown`, the one at worst."""
        worst = shown is not None
        carries = self.grades.carries
        carried = carried_now(carries, before, cycle) if before else ()
        score = best = self._held(scores.worst if worst else scores.shown, carried)
        if shown is not None:
            best = self._held(scores.best, shown.carried)
            if shown.score is not None and score is not None:
                score = min(score, shown.score)
        # at worst a condition is decided only where it is for all scores that may come, and for the shown one
        env.known["score"] = MISSING if best is None else (score, best)
        for k, ask in self.late:
            truths[k] = ask(env)

        own = [(d, k) for d, k in self.direct if _fires(truths[k][0], worst=worst)]
        borne = carried if shown is None else tuple(dict.fromkeys((*carried, *shown.carried)))
        coming = [_Coming(d.grade, "direct", d.id) for d, _ in own]
        coming += [_Coming(c.phase.grade, "carried", c.rule) for c in borne if c.phase.grade]
        if shown is None:
            decided = bool(coming)
        else:
            decided = any(truths[k] == (True, False) for _, k in own)
            decided = decided or self._lasts(carried, shown)
        band = self.bands.place(scores, score, env, worst=worst) if self.bands.cuts else None
        if not decided:
            self._follow(coming, truths, band, worst=worst)
        chosen = self._chosen(coming, borne, truths, worst=worst)
        by_bands = coming[-1].kind == "band"
        origins: Mapping[str, int] = {}
        if carries and cycle is not None:
            causes = {d.id for d, _ in own}
            if by_bands and shown is None:
                causes.add(f"score:{coming[-1].grade}")
            elif by_bands:
                causes |= {f"score:{g}" for g in self.bands.causes(scores, best, band, env)}
            origins = _origins(carries, before, cycle, causes)
        fired, overtaken = chosen.fired, chosen.overtaken
        if carried:
            less = [("carried", c.rule) for c in carried if c.phase.start_less]
            fired = tuple(dict.fromkeys((*fired, *less)))
        if overtaken:
            overtaken = tuple([f for f in dict.fromkeys(overtaken) if f not in fired])
        return Outcome(
            chosen.grade,
            score,
            fired,
            overtaken,
            carried,
            origins,
            tuple([d.id for d, k in own if truths[k][1]]) if own else (),
            None,
            by_bands,
        )

    def _held(self, score: int | None, carried: tuple[Carried, ...]) -> int | None:
        """Take carried points off the start, then hold the score between its floor and ceiling."""
        if score is None:
            return None
        for c in carried:
            score -= c.phase.start_less
        floor, top = self.grades.score_floor, self.grades.score_top
        if floor is not None and score < floor:
            score = floor
        return top if top is not None and score > top else score

    def _lasts(self, carried: tuple[Carried, ...], shown: Outcome) -> bool:
        """Tell whether something carried gives a grade in the shown result that no missing fact takes away."""
        return any(
            c.phase.grade and (c.rule in self.lasting or c in carried) for c in shown.carried
        )

    def _follow(
        self, coming: list[_Coming], truths: Truths, band: int | None, *, worst: bool
    ) -> None:
        """Add what comes where no direct ground decides: the first limb that holds, else the band or what is left."""
        for kind, rule, k in self.given:
            truth = truths[k][0]
            if _fires(truth, worst=worst):
                coming.append(_Coming(rule.grade, kind, rule.id))
            if truth:
                return
        if self.bands.cuts:
            grade = n.UNDECIDED if band is None else self.grades.bands[band].grade
            coming.append(_Coming(grade, "band"))
        else:
            coming.append(self.otherwise)

    def _chosen(
        self, coming: list[_Coming], borne: tuple[Carried, ...], truths: Truths, *, worst: bool
    ) -> _Chosen:
        """Choose among the grades that come, stepped down and barred."""
        # rules that hold and were not asked, for one before them decided
        passed = [(kind, g.id) for kind, g, k in self.aside if truths[k][0]]
        down = [(rule, by) for rule, by, k in self.steps if _fires(truths[k][0], worst=worst)]
        bars = [(rule, bar) for rule, bar, k in self.ceilings if _fires(truths[k][0], worst=worst)]
        bars += [
            (("carried", c.rule), self.rank[c.phase.not_above]) for c in borne if c.phase.not_above
        ]
        if (
            len(coming) == 1 and not down and not bars
        ):  # most often nothing moves the one that comes
            return _Chosen(coming[0].grade, tuple(_rules(coming)), tuple(passed))
        return _choose(coming, passed, self.rank, down, bars)


def _fires(truth: bool | None, *, worst: bool) -> bool:
    """Tell whether a rule applies; at worst an undecided one may."""
    return truth is True or (worst and truth is None)


class _Chosen(NamedTuple):
    """The grade that stands, the rules it came by, and those that another rule overtook."""

    grade: str
    fired: tuple[tuple[str, str], ...]
    overtaken: tuple[tuple[str, str], ...]


def _choose(
    coming: list[_Coming],
    passed: list[tuple[str, str]],
    rank: Mapping[str, int],
    down: list[tuple[tuple[str, str], int]],
    bars: list[tuple[tuple[str, str], int]],
) -> _Chosen:
    """Choose among the grades that come: the worst of the ranked ones, barred, unless an undecided one could be worse still.

    `passed` are rules that hold and were not asked, for one before them decided.
    """
    last = len(rank) - 1
    ranks = [rank[c.grade] for c in coming if c.grade in rank]
    undecided = n.UNDECIDED in [c.grade for c in coming]
    grade = n.UNDECIDED if undecided else coming[0].grade
    fired = [c for c in coming if c.grade == grade][:1]
    moved: list[tuple[str, str]] = []
    idle: list[tuple[str, str]] = []
    if ranks:
        worst = max(ranks)
        stepped = min(worst + sum([by for _, by in down]), last)
        barred = max([stepped, *(bar for _, bar in bars)])
        if barred == last or not undecided:
            grade = tuple(rank)[barred]
            fired = [c for c in coming if rank.get(c.grade) == worst]
            moved = [rule for rule, _ in down] + [rule for rule, bar in bars if bar > stepped]
            idle = [rule for rule, bar in bars if bar <= stepped]
    others = [c for c in coming if c not in fired]
    return _Chosen(
        grade,
        tuple(dict.fromkeys((*_rules(fired), *moved))),
        (*_rules(others), *passed, *idle),
    )


def _rules(coming: Iterable[_Coming]) -> list[tuple[str, str]]:
    """Name the rules that give grades; neither the bands nor what is left are rules."""
    return [(c.kind, c.rule) for c in coming if c.rule]


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
    carries: tuple[n.Carry, ...], before: Mapping[str, int], cycle: int, causes: set[str]
) -> dict[str, int]:
    """Give the origins that go on: a cause in this cycle is the new origin; one that has run out is dropped."""
    result: dict[str, int] = {}
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
        self.cuts = [None if b.lowest is None else points_reading(b.lowest) for b in bands]

    def place(self, scores: Scores, score: int | None, env: Env, *, worst: bool) -> int | None:
        """Give the place of the band a score comes into; None where the score or a cut it is compared with is missing."""
        place, known = self._reached(scores, score, env, worst=worst)
        return place if known else None

    def causes(self, scores: Scores, best: int | None, worst: int | None, env: Env) -> set[str]:
        """Give the grades that the bands may give: from the first that the best score may come into down to the worst's.

        `worst` is the place that the worst score comes into; None is any after the first, or none.
        """
        first, known = self._reached(scores, best, env, worst=False)
        last = len(self.bands) - 1 if worst is None else worst
        doubt = set() if known and worst is not None else {n.UNDECIDED}
        return doubt | {band.grade for band in self.bands[first : last + 1]}

    def _reached(
        self, scores: Scores, score: int | None, env: Env, *, worst: bool
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


def level_outcome(state: LevelState) -> Outcome:
    """Give what a level machine comes to."""
    return Outcome(state.level, None, state.fired, (), (), {}, state.exceptions_not_shown, state)
