"""Prove each programme version complete, monotone and with a way back; or refute it by a story that the interpreter confirms.

`prove` writes the goals (`compile/smt_*`), has them decided by solver processes, and looks for a story wherever a goal has a
model. Three answers: proved; refuted, with the story; not decided, and why. A refutation without a confirmed story is never given.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

from goodstanding.compile import smt_back, smt_complete, smt_levels, smt_monotone
from goodstanding.compile.smt_delta import ADDED, CHANGED, UNCHANGED, Change, selects_in
from goodstanding.compile.smt_monotone import RESULTS, Goal
from goodstanding.compile.smt_score import CAPS
from goodstanding.desk.chains import Chains
from goodstanding.desk.context import Progress, silent
from goodstanding.desk.seeking import Seeker
from goodstanding.desk.stories import Story, Told, grades_of, order_of, read_told
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import types_read
from goodstanding.store.solve import MODEL, NO_MODEL, UNKNOWN, Answer, Solvers

PROVED, REFUTED, OPEN = "proved", "refuted", "not decided"
COMPLETE, MONOTONE, WAY_BACK = "complete", "monotone", "way back"
PROPERTIES = (COMPLETE, MONOTONE, WAY_BACK)
# What a proof supposes, and why an answer stays open: keys of sentences (law/words/terminal.yaml), with a name where one is needed.
ONE_RAISE, OWN_ACT = "one_raise", "own_act"
LEMMA_OPEN, STEP_OPEN, CARRIED_OPEN = "lemma_open", "step_open", "carried_open"
REACH_OPEN, UNREACHED, BANDS_OPEN, GRADE_OPEN = (
    "reach_open",
    "unreached",
    "bands_open",
    "grade_open",
)
RISES_OPEN, PAST_OPEN, DISPLAY_OPEN, TIME_OVER = (
    "rises_open",
    "past_open",
    "display_open",
    "time_over",
)
REASONS = (
    *(ONE_RAISE, OWN_ACT, LEMMA_OPEN, STEP_OPEN, CARRIED_OPEN, REACH_OPEN, UNREACHED, BANDS_OPEN),
    *(GRADE_OPEN, RISES_OPEN, PAST_OPEN, DISPLAY_OPEN, TIME_OVER),
    *(smt_monotone.MOVES_KEY, smt_monotone.MOVES_DAY, smt_levels.JOINS_LEVEL),
    *(smt_levels.GROUNDS_READ, CAPS),
)


@dataclass(frozen=True)
class Result:
    """One answer about one programme version.

    `about` names what was asked: a kind and its parts. `number` is the way back in cycles or months; `given` what the proof
    supposes; `why` says why nothing was decided: the key of a sentence, and after a blank what it is about. The grades are those of the story, as the interpreter finds them.
    """

    programme: str
    version: str
    asks: str
    about: tuple[str, ...]
    answer: str
    why: str = ""
    number: str = ""
    given: tuple[str, ...] = ()
    story: Story | None = None
    grades: tuple[str, str] = ("", "")

    @property
    def key(self) -> str:
        """Give programme and version."""
        return f"{self.programme}@{self.version}"

    @property
    def refutes(self) -> tuple[str, str, tuple[str, ...]]:
        """Give what a story about this refutes, whatever the version and the result."""
        return (self.programme, self.asks, tuple(a for a in self.about if a not in RESULTS))

    def __str__(self) -> str:
        """Say it in one line."""
        parts = [self.key, self.asks, " ".join(self.about), self.answer]
        parts += [part for part in (self.number, self.why) if part]
        if self.story:
            parts.append(" -> ".join(g or "-" for g in self.grades))
        return ": ".join(parts[:2]) + ": " + ", ".join(parts[2:])


TOLD = Path("stories.json")


def told_below(folders: Sequence[Path], law: Law) -> list[Told]:
    """Give the stories that are kept in some folders of law."""
    files = [folder / TOLD for folder in folders]
    return [
        one
        for file in files
        if file.is_file()
        for one in read_told(file.read_text(encoding="utf-8"), law)
    ]


def untold(results: Iterable[Result], told: Iterable[Told]) -> list[Result]:
    """Give the refutations that no kept story tells of."""
    known = {one.refutes for one in told}
    return [one for one in results if one.answer == REFUTED and one.refutes not in known]


def prove(
    law: Law,
    programme: str | None = None,
    *,
    seconds: float = 300,
    processes: int = 2,
    progress: Progress = silent,
) -> list[Result]:
    """Prove (or refute) all properties of a programme's versions, or of every programme, within a time.

    Programmes are proved side by side, the largest first. A goal that is asked when the time is over is not decided, and its answer says so.
    """
    if programme is not None or processes == 1:
        return _prove(
            law, [programme] if programme else list(law.programmes), seconds, processes, progress
        )
    until = time.time() + seconds  # by the clock that all processes share
    largest = sorted(law.programmes, key=lambda id_: -_size(law.programmes[id_]))
    found: dict[str, list[Result]] = {}
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        asked = {
            pool.submit(_prove_one, _alone(law, id_), until, processes): id_ for id_ in largest
        }
        for at, future in enumerate(as_completed(asked)):
            found[asked[future]] = future.result()
            progress("proving", at + 1, len(asked))
    return [result for id_ in law.programmes for result in found[id_]]


def _size(versions: Sequence[n.Programme]) -> int:
    """Say about how much there is to prove of a programme."""
    return sum(len(types_read(one)) for one in versions)


def _alone(law: Law, programme: str) -> Law:
    """Give the law with one programme alone: what its proofs read, in a form that goes to another process."""
    return Law(
        record_types=dict(law.record_types),
        programmes={programme: law.programmes[programme]},
        cases=tuple(case for case in law.cases if case.programme == programme),
    )


def _prove_one(law: Law, until: float, processes: int) -> list[Result]:
    """Prove the only programme of a law until a time of the clock."""
    return _prove(law, list(law.programmes), until - time.time(), processes, silent)


def _prove(
    law: Law, programmes: Sequence[str], seconds: float, processes: int, progress: Progress
) -> list[Result]:
    chosen = [one for id_ in programmes for one in law.programmes.get(id_, ())]
    with Solvers(processes, time.monotonic, total_seconds=seconds) as solvers:
        # later versions first: their cases are the most, and a story about one is tried on the others
        provers = [Prover(law, one, solvers) for one in reversed(chosen)]
        for prover in provers:
            prover.ask()
        stories: list[Story] = []
        answers = []
        for at, prover in enumerate(provers):
            answers.append(list(prover.answers(stories)))
            progress("proving", at + 1, len(provers))
    return [result for results in reversed(answers) for result in results]


# --------------------------------------------------------------------------------------------------


@dataclass
class _Claim:
    """A change with the goals that prove it for both results at once, as far as they have been asked."""

    change: Change
    unsure: str
    points: Future[list[Answer]] | None
    decision: Future[list[Answer]] | None
    levels: list[Future[list[Answer]]]


@dataclass(frozen=True)
class _Settled:
    """For which results a change is not proved, with the lemmas that hold (points, decision); what the proof supposes."""

    open: Mapping[str, tuple[bool, bool]]
    given: tuple[str, ...]
    why: str = ""  # it stays open, where no story is found


class Prover:
    """The work on one programme version: first all goals are asked, then the answers are drawn."""

    def __init__(self, law: Law, programme: n.Programme, solvers: Solvers) -> None:
        """Begin."""
        self.law, self.programme, self.solvers = law, programme, solvers
        self.claims: list[_Claim] = []
        self.complete: dict[tuple[str, ...], Future[list[Answer]]] = {}
        self.on_record: tuple[str, ...] = ()
        self.carried: Future[list[Answer]] | None = None
        self.joint: dict[tuple[Change, tuple[str, ...]], Future[list[Answer]] | None] = {}
        self.back = _Back(law, programme, solvers)

    def ask(self) -> None:
        """Ask everything that needs no other answer."""
        self._ask_complete()
        for change in smt_monotone.changes_of(self.programme, self.law.types):
            self.claims.append(self.claim(change))
        if self.programme.grades and self.programme.grades.carries:
            self.carried = self._ask_carried(self._unchanged())
        self.back.ask()

    def _unchanged(self) -> Change:
        types = sorted({s.record for s in selects_in(self.programme)})
        return Change(types[0] if types else "", UNCHANGED)

    def _ask(self, goal: Goal | None) -> Future[list[Answer]] | None:
        return None if goal is None else self.solvers.ask(goal.text)

    def answers(self, stories: list[Story]) -> Iterator[Result]:
        """Give all results; stories about other versions are tried first, and those found are added."""
        self.seeker = Seeker(self.law, self.programme, self.solvers, stories)
        self.chains = Chains(self.seeker)
        self.back.settle()
        yield from self._complete()
        yield from self._monotone()
        yield from self.back.results(self.chains)

    def _result(
        self, property_: str, about: tuple[str, ...], answer: str, **more: object
    ) -> Result:
        made = Result(self.programme.id, self.programme.version, property_, about, answer)
        return replace(made, **more)  # type: ignore[arg-type]

    def _told(
        self, property_: str, about: tuple[str, ...], story: Story | None, why: str
    ) -> Result:
        """Give a refutation with its story, or say that none was found."""
        if story is None:
            return self._result(property_, about, OPEN, why=why)
        return self._result(
            property_, about, REFUTED, story=story, grades=grades_of(self.law, story)
        )

    # ----------------------------------------------------------------------------------------------
    # Complete

    def _ask_complete(self) -> None:
        programme, types = self.programme, self.law.types
        if programme.levels:
            self.complete["rises",] = self.solvers.ask(
                smt_complete.level_structure_goal(programme).text
            )
            for level, goal in smt_complete.level_reach_goals(programme, types):
                self.complete["reach", level] = self.solvers.ask(goal.text)
        if programme.grades is None:
            return
        goal, self.on_record = smt_complete.grade_goal(programme, types)
        self.complete["grade",] = self.solvers.ask_each(goal.text, ((), self.on_record))
        bands = smt_complete.bands_goal(programme, types)
        if bands is not None:
            self.complete["bands",] = self.solvers.ask(bands.text)
        for grade, reach in smt_complete.reach_goals(programme, types):
            self.complete["reach", grade] = self.solvers.ask(reach.text)

    def _complete(self) -> Iterator[Result]:
        for about, future in self.complete.items():
            answers = future.result()
            if about[0] == "reach":
                yield self._reached(about, answers[0])
            elif about[0] == "grade":
                yield self._a_grade(answers)
            elif answers[0].status == NO_MODEL:
                yield self._result(COMPLETE, about, PROVED)
            elif about[0] == "bands":
                yield self._told(
                    COMPLETE,
                    about,
                    self.seeker.crossed(),
                    _unknown(answers[0]) or BANDS_OPEN,
                )
            else:
                yield self._result(COMPLETE, about, OPEN, why=RISES_OPEN)

    def _a_grade(self, answers: list[Answer]) -> Result:
        if answers[0].status == NO_MODEL:
            return self._result(COMPLETE, ("grade",), PROVED)
        if answers[1].status == NO_MODEL:
            needed = tuple(sorted(name.removesuffix(" is on record") for name in answers[1].core))
            return self._result(COMPLETE, ("grade",), PROVED, given=needed)
        story = self.seeker.no_grade()
        return self._told(COMPLETE, ("grade",), story, _unknown(answers[1]) or GRADE_OPEN)

    def _reached(self, about: tuple[str, ...], answer: Answer) -> Result:
        """A grade that nothing reaches needs no story: there is none to tell."""
        if answer.status == NO_MODEL:
            return self._result(COMPLETE, about, REFUTED, why=UNREACHED)
        story = self.seeker.reached(about[1])
        if story is None:
            return self._result(COMPLETE, about, OPEN, why=REACH_OPEN)
        return self._result(COMPLETE, about, PROVED)

    # ----------------------------------------------------------------------------------------------
    # Monotone

    def claim(self, change: Change) -> _Claim:
        """Ask for the goals that prove a change monotone."""
        programme, types = self.programme, self.law.types
        unsure = smt_monotone.beyond(programme, change)
        if programme.levels:
            why, goals = smt_levels.level_goals(programme, types, change)
            asked = [self.solvers.ask(goal.text) for goal in goals]
            return _Claim(change, unsure or why, None, None, asked)
        if programme.grades is None:
            return _Claim(change, unsure, None, None, [])
        why, points = smt_monotone.point_goal(
            programme, types, change, *smt_monotone.ends_of(*RESULTS)
        )
        decision = smt_monotone.decision_goal(programme, types, change, *RESULTS)
        return _Claim(change, unsure or why, self._ask(points), self._ask(decision), [])

    def _monotone(self) -> Iterator[Result]:
        # what a story about another version tells of needs no proof; the rest is asked at once, so that the solvers have work
        told = {
            claim.change: self.seeker.told(claim.change)
            for claim in self.claims
            if not self._holds(claim)
        }
        for claim in self.claims:
            open_ = tuple(r for r in RESULTS if r not in told.get(claim.change, RESULTS))
            if open_ and self.programme.grades and not claim.unsure:
                self._ask_jointly(claim, *open_)
        for claim in self.claims:
            yield from self._moved(claim, told.get(claim.change, {}))
        if self.carried is not None:
            yield self._carried()

    def settle(self, claim: _Claim, refuted: Collection[str] = ()) -> _Settled:
        """Tell for which results a change is proved: at once, by points and decision jointly, each by itself, or by the record's own act.

        What is refuted already is left out.
        """
        given: tuple[str, ...] = (ONE_RAISE,) if self.programme.levels else ()
        results = tuple(r for r in RESULTS if r not in refuted)
        if self._holds(claim) or self._jointly(claim, *results):
            return _Settled({}, given)
        lemmas = {result: self._lemmas(claim, result) for result in results}
        open_ = {
            result: both
            for result, both in lemmas.items()
            if not all(both) and not self._jointly(claim, result)
        }
        if open_ and claim.change.kind == CHANGED and not claim.change.own_act:
            if self._holds(self.claim(replace(claim.change, own_act=True))):
                return _Settled({}, (*given, OWN_ACT))
        why = TIME_OVER if self.solvers.over else claim.unsure
        return _Settled(open_, given, why or (STEP_OPEN if self.programme.levels else LEMMA_OPEN))

    def _moved(self, claim: _Claim, told: Mapping[str, Story]) -> Iterator[Result]:
        """Give the answers for both results: proved, or a story, or open."""
        settled = self.settle(claim, told)
        decision = not all(lemma for _, lemma in settled.open.values())
        stories = dict(told)
        if settled.why != TIME_OVER:
            stories |= self.seeker.change(claim.change, tuple(settled.open), decision=decision)
        for result in RESULTS:
            about = (*about_change(claim.change), result)
            if result in stories or result in settled.open:
                yield self._told(MONOTONE, about, stories.get(result), settled.why)
            else:
                yield self._result(MONOTONE, about, PROVED, given=settled.given)

    def _holds(self, claim: _Claim) -> bool:
        """Tell whether all that was asked about a change is proved, for both results."""
        asked = (claim.points, claim.decision, *claim.levels)
        return not claim.unsure and all(_proved(future) for future in asked)

    def _lemmas(self, claim: _Claim, result: str) -> tuple[bool, bool]:
        """Tell whether the lemma about points and the one about the decision hold for one result."""
        if self.programme.levels or self.programme.grades is None:
            return False, False
        asked, ends = (self.programme, self.law.types, claim.change), smt_monotone.ends_of(result)
        decision = _proved(claim.decision) or self._asked(
            smt_monotone.decision_goal(*asked, result)
        )
        if claim.unsure:
            return False, decision
        points = _proved(claim.points) or self._asked(smt_monotone.point_goal(*asked, *ends)[1])
        return points, decision

    def _jointly(self, claim: _Claim, *results: str) -> bool:
        """Tell whether a change is proved for some results with the points written out in the decision."""
        if not results or self.programme.grades is None or claim.unsure:
            return not results
        return _proved(self._ask_jointly(claim, *results))

    def _ask_jointly(self, claim: _Claim, *results: str) -> Future[list[Answer]] | None:
        key, asked = (claim.change, results), (self.programme, self.law.types, claim.change)
        if key not in self.joint:
            goal = smt_monotone.decision_goal(*asked, *results, jointly=True)
            self.joint[key] = self._ask(goal)
        return self.joint[key]

    def _asked(self, goal: Goal | None) -> bool:
        return goal is None or self.solvers.ask(goal.text).result()[0].status == NO_MODEL

    def _ask_carried(self, change: Change) -> Future[list[Answer]] | None:
        return self._ask(smt_monotone.carried_goal(self.programme, self.law.types, change))

    def _carried(self) -> Result:
        """What is carried alone must be monotone; then each change."""
        if _proved(self.carried):
            asked = [
                self._ask_carried(claim.change)
                for claim in self.claims
                if claim.change.own_act or claim.change.kind != ADDED
            ]
            if all(_proved(future) for future in asked):
                return self._result(MONOTONE, ("carried",), PROVED)
        return self._told(MONOTONE, ("carried",), self.chains.carried(), CARRIED_OPEN)


def _unknown(answer: Answer) -> str:
    return TIME_OVER if answer.status == UNKNOWN else ""


def about_change(change: Change) -> tuple[str, ...]:
    """Name a change: kind, record type, and the field or whether the act is its own."""
    if change.kind == ADDED:
        kind = "added" if change.worse else "favourable added"
        return (kind, change.type, "own act" if change.own_act else "act of another")
    return ("changed", change.type, change.field, change.favours)


def _proved(future: Future[list[Answer]] | None) -> bool:
    return future is None or future.result()[0].status == NO_MODEL


# --------------------------------------------------------------------------------------------------
# The way back


class _Back:
    """How long until good standing, per grade."""

    def __init__(self, law: Law, programme: n.Programme, solvers: Solvers) -> None:
        self.law, self.programme, self.solvers = law, programme, solvers
        self.selects = () if programme.levels else smt_back.past_selects(programme, law.types)
        self.unit = smt_back.CYCLES if programme.cycle.kind else smt_back.MONTHS
        self.by_record = programme.judges in (n.Judges.DECISION, n.Judges.RECORD)
        self.numbers: dict[str, int | None] = {}
        self.acts: tuple[str, ...] = ()
        self.over = False

    def ask(self) -> None:
        """Ask for the first step of everything, so that the solvers have work."""
        if self.selects and not self.by_record:
            self._fade_answers(smt_back.steps_of(self.programme)[0], "")

    def _fade_answers(self, step: int, act: str) -> Future[list[Answer]]:
        text, truths = smt_back.fades_text(self.programme, self.law.types, step, act)
        return self.solvers.ask_each(text, tuple((name,) for _, name in truths))

    def results(self, chains: Chains) -> Iterator[Result]:
        """Give the way back from each grade that is not the best."""
        if self.programme.levels:
            yield from self._levels(chains)
        elif self.by_record:
            yield from self._display()
        elif self.programme.grades:
            yield from self._grades(chains)

    def _result(self, grade: str, answer: str, **more: object) -> Result:
        made = Result(self.programme.id, self.programme.version, WAY_BACK, ("from", grade), answer)
        return replace(made, **more)  # type: ignore[arg-type]

    # ---------------------------------------------------------------------------------------------
    # When records of the past no longer count

    def _faded(self) -> dict[n.Select, smt_back.Faded]:
        found = {select: smt_back.Faded(None) for select in self.selects}
        steps = smt_back.steps_of(self.programme)
        acts = dict.fromkeys(
            act for s in self.selects for act in smt_back.acts_read(self.programme, s.record)
        )
        for act in acts:
            last = self._fades(steps[-1], act)
            for step in steps:
                todo = [
                    s
                    for s, ends in last.items()
                    if ends and found[s].step is None and self._may(s, act)
                ]
                if not todo:
                    break
                now = self._fades(step, act)
                found |= {s: smt_back.Faded(step, act) for s in todo if now[s]}
        return found

    def _may(self, select: n.Select, act: str) -> bool:
        return act in smt_back.acts_read(self.programme, select.record)

    def _fades(self, step: int, act: str) -> dict[n.Select, bool]:
        answers = self._fade_answers(step, act).result()
        return {s: a.status == NO_MODEL for s, a in zip(self.selects, answers, strict=True)}

    # ---------------------------------------------------------------------------------------------
    # Grades

    def settle(self) -> None:
        """Work out the way back from each grade, where grades are given."""
        if self.programme.grades is None or self.by_record:
            return
        fades = self._faded()
        self.acts = tuple(sorted({f.act for f in fades.values() if f.act}))
        steps = [0, *smt_back.steps_of(self.programme)]
        walked = _Walked(self.programme, self.law, self.solvers, fades, list(dict.fromkeys(steps)))
        self.over = self.solvers.over
        self.numbers = {grade: walked.number(grade) for grade in order_of(self.programme)[1:]}

    def _grades(self, chains: Chains) -> Iterator[Result]:
        stuck: Story | None = None
        for grade, number in self.numbers.items():
            if number is None:
                stuck = stuck or chains.stuck()
                yield self._stuck(grade, stuck)
            else:
                yield self._result(grade, PROVED, number=f"{number} {self.unit}", given=self.acts)

    def _stuck(self, grade: str, story: Story | None) -> Result:
        if story is None:
            return self._result(grade, OPEN, why=TIME_OVER if self.over else PAST_OPEN)
        return self._result(grade, REFUTED, story=story, grades=grades_of(self.law, story))

    # ---------------------------------------------------------------------------------------------
    # Levels

    def _levels(self, chains: Chains) -> Iterator[Result]:
        levels = self.programme.levels
        if levels is None:
            return
        start = levels.order.index(levels.start)
        for level in levels.order[start + 1 :]:
            months = self._months(level, levels, 0, 0, (level,))
            if months is None:
                yield self._stuck(level, chains.stuck())
                continue
            count, ways = months
            yield self._result(
                level, PROVED, number=f"{count} {smt_back.MONTHS}", given=tuple(dict.fromkeys(ways))
            )

    def _months(
        self, level: str, levels: n.Levels, now: int, clock: int, seen: tuple[str, ...]
    ) -> tuple[int, tuple[str, ...]] | None:
        """Give the fewest months until the start level, and the decisions on the way (none where it rises by itself)."""
        if levels.order.index(level) <= levels.order.index(levels.start):
            return now, ()
        found: list[tuple[int, tuple[str, ...]]] = []
        for rule in levels.raises:
            if rule.level != level or rule.to in seen:
                continue
            at = (
                self._by_itself(rule, clock)
                if rule.months is not None
                else self._by_decision(rule, levels, now)
            )
            rest = None if at is None else self._months(rule.to, levels, at, at, (*seen, rule.to))
            if rest is not None:
                found.append(
                    (
                        rest[0],
                        rest[1] if rule.months is not None else (f"decision {rule.id}", *rest[1]),
                    )
                )
        return min(found, key=lambda way: (way[0], len(way[1])), default=None)

    def _by_itself(self, rule: n.Raise, clock: int) -> int | None:
        months = rule.months or 0
        goal = smt_back.waits_goal(self.programme, months, months)
        return (
            clock + months if self.solvers.ask(goal.text).result()[0].status == NO_MODEL else None
        )

    def _by_decision(self, rule: n.Raise, levels: n.Levels, now: int) -> int | None:
        wait = max((g.raise_after_months or 0 for g in levels.grounds), default=0)
        for months, goal in smt_back.rise_goals(self.programme, self.law.types, rule):
            if months >= max(wait, now) and self.solvers.ask(goal.text).result()[0].status == MODEL:
                return months
        return None

    # ---------------------------------------------------------------------------------------------
    # Terms

    def _display(self) -> Iterator[Result]:
        """A severity does not pass; what ends is the display."""
        if self.programme.terms is None:
            return
        for months in smt_back.steps_of(self.programme):
            goal = smt_back.display_goal(self.programme, self.law.types, months)
            if goal is not None and self.solvers.ask(goal.text).result()[0].status == NO_MODEL:
                given = ("cured",) if self.programme.terms.open_until_cured != n.FALSE else ()
                yield self._result(
                    "display", PROVED, number=f"{months} {smt_back.MONTHS}", given=given
                )
                return
        yield self._result("display", OPEN, why=DISPLAY_OPEN)


class _Walked:
    """What is carried, walked through clean cycles: which ages are possible, and whether the grade can still be worse."""

    def __init__(
        self,
        programme: n.Programme,
        law: Law,
        solvers: Solvers,
        fades: Mapping[n.Select, smt_back.Faded],
        steps: list[int],
    ) -> None:
        self.programme, self.solvers, self.steps = programme, solvers, steps
        self.carries = programme.grades.carries if programme.grades else ()
        self.texts = {step: smt_back.step_text(programme, law.types, fades, step) for step in steps}

    def _every(self) -> list[tuple[str, int]]:
        return [
            (c.id, age) for c in self.carries for age in range(1, smt_monotone.length_of(c) + 1)
        ]

    def _holds(self, step: int, *assume: tuple[str, ...]) -> list[bool]:
        """Tell for each set of assumptions whether it is possible (or not known to be impossible) in a cycle."""
        answers = self.solvers.ask_each(self.texts[step].text, assume).result()
        return [a.status != NO_MODEL for a in answers]

    def number(self, grade: str) -> int | None:
        """Give the least number of clean cycles (or months) after which the grade is never worse than good standing."""
        if not self.carries:
            return self._without_carry()
        ages, causes = self._begin(grade)
        last_worse = 0
        for step in self.steps[1:]:
            ages = self._older(ages, causes)
            without = tuple(f"not {c} at {a}" for c, a in self._every() if (c, a) not in ages)
            asked = [("worse", *without), *((f"cause {c.id}", *without) for c in self.carries)]
            worse, *caused = self._holds(step, *asked)
            causes = {c.id for c, holds in zip(self.carries, caused, strict=True) if holds}
            last_worse = step if worse else last_worse
            if not ages and not causes and not self.texts[step].alive:
                return last_worse + 1
        return None

    def _begin(self, grade: str) -> tuple[set[tuple[str, int]], set[str]]:
        """Give what can be carried in a cycle that ends with a grade, and which causes can hold in it."""
        grounds = f"grade {grade}"
        every = self._every()
        free = [(grounds, f"is {c} at {a}") for c, a in every]
        caused = [(grounds, f"cause {c.id}") for c in self.carries]
        holds = self._holds(0, *free, *caused)
        ages = {one for one, possible in zip(every, holds, strict=False) if possible}
        return ages, {
            c.id for c, possible in zip(self.carries, holds[len(every) :], strict=True) if possible
        }

    def _older(self, ages: set[tuple[str, int]], causes: set[str]) -> set[tuple[str, int]]:
        lengths = {c.id: smt_monotone.length_of(c) for c in self.carries}
        return {(c, a + 1) for c, a in ages if a < lengths[c]} | {(c, 1) for c in causes}

    def _without_carry(self) -> int | None:
        """Where nothing is carried: the least step from which on it is never worse."""
        worse = [step for step in self.steps if self._holds(step, ("worse",))[0]]
        if worse and worse[-1] == self.steps[-1]:
            return None
        later = [step for step in self.steps if not worse or step > worse[-1]]
        return later[0] if later else None
