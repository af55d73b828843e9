"""Prove each programme version complete, monotone and with a way back; or refute it by a story that the interpreter confirms.

`prove` writes the goals (`compile/smt_*`), has them decided by solver processes, and looks for a story wherever a goal has a
model. Three answers: proved; refuted, with the story; not decided, and why. A refutation without a confirmed story is never given.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace

from goodstanding.compile import smt_back, smt_complete, smt_levels, smt_monotone
from goodstanding.compile.smt_delta import ADDED, UNCHANGED, Change, selects_in
from goodstanding.compile.smt_monotone import RESULTS, Goal
from goodstanding.desk.chains import Chains
from goodstanding.desk.seeking import Seeker
from goodstanding.desk.stories import Story, grades_of, order_of
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules import nodes as n
from goodstanding.store.solve import MODEL, NO_MODEL, Answer, Solvers

PROVED, REFUTED, OPEN = "proved", "refuted", "not decided"
COMPLETE, MONOTONE, WAY_BACK = "complete", "monotone", "way back"
PROPERTIES = (COMPLETE, MONOTONE, WAY_BACK)


@dataclass(frozen=True)
class Result:
    """One answer about one programme version.

    `about` names what was asked: a kind and its parts. `number` is the way back in cycles or months; `given` what the proof
    supposes; `why` says why nothing was decided. The grades are those of the story, as the interpreter finds them.
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

    def __str__(self) -> str:
        """Say it in one line."""
        parts = [self.key, self.asks, " ".join(self.about), self.answer]
        parts += [part for part in (self.number, self.why) if part]
        if self.story:
            parts.append(" -> ".join(g or "-" for g in self.grades))
        return ": ".join(parts[:2]) + ": " + ", ".join(parts[2:])


def prove(
    law: Law, programme: str | None = None, *, seconds: float = 60, processes: int = 2
) -> list[Result]:
    """Prove (or refute) all properties of a programme's versions, or of every programme, within a time."""
    chosen = [
        one
        for id_, versions in law.programmes.items()
        if programme in (None, id_)
        for one in versions
    ]
    with Solvers(processes, time.monotonic, total_seconds=seconds) as solvers:
        # later versions first: their cases are the most, and a story about one is tried on the others
        provers = [Prover(law, one, solvers) for one in reversed(chosen)]
        for prover in provers:
            prover.ask()
        hints: list[Story] = []
        answers = [list(prover.answers(hints)) for prover in provers]
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


class Prover:
    """The work on one programme version: first all goals are asked, then the answers are drawn."""

    def __init__(self, law: Law, programme: n.Programme, solvers: Solvers) -> None:
        """Begin."""
        self.law, self.programme, self.solvers = law, programme, solvers
        self.claims: list[_Claim] = []
        self.complete: dict[tuple[str, ...], Future[list[Answer]]] = {}
        self.on_record: tuple[str, ...] = ()
        self.carried: Future[list[Answer]] | None = None
        self.back = _Back(law, programme, solvers)

    def ask(self) -> None:
        """Ask everything that needs no other answer."""
        self._ask_complete()
        for change in smt_monotone.changes_of(self.programme, self.law.types):
            self.claims.append(self._claim(change))
        if self.programme.grades and self.programme.grades.carries:
            self.carried = self._ask_carried(self._unchanged())
        self.back.ask()

    def _unchanged(self) -> Change:
        types = sorted({s.record for s in selects_in(self.programme)})
        return Change(types[0] if types else "", UNCHANGED)

    def _ask(self, goal: Goal | None) -> Future[list[Answer]] | None:
        return None if goal is None else self.solvers.ask(goal.text)

    def answers(self, hints: list[Story]) -> Iterator[Result]:
        """Give all results; stories found are added to the hints."""
        self.seeker = Seeker(self.law, self.programme, self.solvers, hints)
        self.chains = Chains(self.seeker)
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
                    answers[0].why or "no history with such a score was found",
                )
            else:
                yield self._result(
                    COMPLETE, about, OPEN, why="two rises by themselves, or one that leads nowhere"
                )

    def _a_grade(self, answers: list[Answer]) -> Result:
        if answers[0].status == NO_MODEL:
            return self._result(COMPLETE, ("grade",), PROVED)
        if answers[1].status == NO_MODEL:
            needed = tuple(sorted(name.removesuffix(" is on record") for name in answers[1].core))
            return self._result(COMPLETE, ("grade",), PROVED, given=needed)
        story = self.seeker.no_grade()
        return self._told(
            COMPLETE, ("grade",), story, answers[1].why or "no history without a grade was found"
        )

    def _reached(self, about: tuple[str, ...], answer: Answer) -> Result:
        """A grade that nothing reaches needs no story: there is none to tell."""
        if answer.status == NO_MODEL:
            return self._result(COMPLETE, about, REFUTED, why="no history reaches it")
        story = self.seeker.reached(about[1])
        if story is None:
            return self._result(COMPLETE, about, OPEN, why="no history that reaches it was found")
        return self._result(COMPLETE, about, PROVED)

    # ----------------------------------------------------------------------------------------------
    # Monotone

    def _claim(self, change: Change) -> _Claim:
        programme, types = self.programme, self.law.types
        if programme.levels:
            unsure, goals = smt_levels.level_goals(programme, types, change)
            return _Claim(
                change, unsure, None, None, [self.solvers.ask(goal.text) for goal in goals]
            )
        if programme.grades is None:
            return _Claim(change, "", None, None, [])
        unsure, points = smt_monotone.point_goal(programme, types, change, *RESULTS)
        decision = smt_monotone.decision_goal(programme, types, change, *RESULTS)
        return _Claim(change, unsure, self._ask(points), self._ask(decision), [])

    def _monotone(self) -> Iterator[Result]:
        for claim in self.claims:
            for result in RESULTS:
                yield self._moved(claim, result)
        if self.carried is not None:
            yield self._carried()

    def _moved(self, claim: _Claim, result: str) -> Result:
        about = (*about_change(claim.change), result)
        if self.programme.levels:
            return self._level_moved(claim, result, about)
        points, decision = _proved(claim.points) and not claim.unsure, _proved(claim.decision)
        if points and decision:
            return self._result(MONOTONE, about, PROVED)
        points = points or (not claim.unsure and self._again_points(claim.change, result))
        decision = decision or self._again_decision(claim.change, result)
        if points and decision:
            return self._result(MONOTONE, about, PROVED)
        if claim.points is None or not claim.unsure:
            if self._asked(
                smt_monotone.decision_goal(
                    self.programme, self.law.types, claim.change, result, jointly=True
                )
            ):
                return self._result(MONOTONE, about, PROVED)
        story = self.seeker.change(claim.change, result, points=not points, decision=not decision)
        return self._told(
            MONOTONE,
            about,
            story,
            claim.unsure or "the lemma has a counterexample, but no history confirms it",
        )

    def _again_points(self, change: Change, result: str) -> bool:
        _, goal = smt_monotone.point_goal(self.programme, self.law.types, change, result)
        return self._asked(goal)

    def _again_decision(self, change: Change, result: str) -> bool:
        return self._asked(
            smt_monotone.decision_goal(self.programme, self.law.types, change, result)
        )

    def _asked(self, goal: Goal | None) -> bool:
        return goal is None or self.solvers.ask(goal.text).result()[0].status == NO_MODEL

    def _level_moved(self, claim: _Claim, result: str, about: tuple[str, ...]) -> Result:
        if not claim.unsure and all(_proved(future) for future in claim.levels):
            return self._result(
                MONOTONE, about, PROVED, given=("no two raising decisions on one day",)
            )
        story = self.seeker.change(claim.change, result)
        return self._told(
            MONOTONE,
            about,
            story,
            claim.unsure
            or "a step of the machine has a counterexample, but no history confirms it",
        )

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
        return self._told(
            MONOTONE,
            ("carried",),
            self.chains.carried(),
            "what is carried can be milder, but no history confirms it",
        )


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

    def ask(self) -> None:
        """Ask for the first step of everything, so that the solvers have work."""
        if self.selects and self.programme.judges not in (n.Judges.DECISION, n.Judges.RECORD):
            self._fade_answers(smt_back.steps_of(self.programme)[0], "")

    def _fade_answers(self, step: int, act: str) -> Future[list[Answer]]:
        text, truths = smt_back.fades_text(self.programme, self.law.types, step, act)
        return self.solvers.ask_each(text, tuple((name,) for _, name in truths))

    def results(self, chains: Chains) -> Iterator[Result]:
        """Give the way back from each grade that is not the best."""
        if self.programme.levels:
            yield from self._levels(chains)
        elif self.programme.judges in (n.Judges.DECISION, n.Judges.RECORD):
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

    def _grades(self, chains: Chains) -> Iterator[Result]:
        fades = self._faded()
        acts = sorted({f.act for f in fades.values() if f.act})
        steps = [0, *smt_back.steps_of(self.programme)]
        walked = _Walked(self.programme, self.law, self.solvers, fades, list(dict.fromkeys(steps)))
        grades = order_of(self.programme)
        stuck: Story | None = None
        for grade in grades[1:]:
            number = walked.number(grade)
            if number is None:
                stuck = stuck or chains.stuck()
                yield self._stuck(grade, stuck)
            else:
                yield self._result(grade, PROVED, number=f"{number} {self.unit}", given=tuple(acts))

    def _stuck(self, grade: str, story: Story | None) -> Result:
        if story is None:
            return self._result(
                grade, OPEN, why="something of the past may count for good, but no history shows it"
            )
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
        yield self._result("display", OPEN, why="no end of the display was found")


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
