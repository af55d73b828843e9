"""Step five over columns: the decision of both results, in the order of decision (`Grades`, kernel/rules/evaluate.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import lasting_carries, names_read
from goodstanding.store import vectors as v
from goodstanding.store.vector_facts import Items
from goodstanding.store.vector_levels import limbs_firm, limbs_hold
from goodstanding.store.vector_meaning import Meaning
from goodstanding.store.vector_score import Scores
from goodstanding.store.vectors import Bits, Ints, Num, Truth

NO_SCORES = Scores(v.MISSING, v.MISSING, v.MISSING)
# No origin: nothing is carried.
NOTHING = -1


@dataclass
class Carried:
    """What earlier cycles carry into this one by one rule in one result: the place of the phase per item, -1 for none."""

    carry: n.Carry
    origin: Ints
    phase: Ints

    def where(self, of: Sequence[bool]) -> Ints:
        """Tell where a phase of some kind applies."""
        return np.array([*of, False])[self.phase]


@dataclass
class Outcome:
    """One result for all items: grade (a place in `names`), score, reasons in order, and what goes on."""

    grade: Ints
    score: Num
    reasons: list[tuple[str, Bits]] = field(default_factory=list)
    by_band: Bits = False  # where the bands gave the grade
    between: Num = field(default_factory=lambda: v.MISSING)  # at worst: the scores that may be
    origins: dict[str, Ints] = field(default_factory=dict)


class Grader:
    """Decides the grades of all items in one run."""

    def __init__(
        self, grades: n.Grades, items: Items, on: Meaning, scores: Scores, *, weighs: bool
    ) -> None:
        self.grades, self.items, self.on, self.scores, self.weighs = (
            grades,
            items,
            on,
            scores,
            weighs,
        )
        self.rank = {g: i for i, g in enumerate(grades.order)}
        given = (*grades.not_graded, *grades.instead, *grades.first_match)
        named = [
            *grades.order,
            n.UNDECIDED,
            *(g.grade for g in given),
            *(b.grade for b in grades.bands),
        ]
        named += [grades.otherwise] if grades.otherwise else []
        self.names = list(dict.fromkeys(named))
        self.code = {g: i for i, g in enumerate(self.names)}
        self.last = len(grades.order) - 1
        self.undecided = self.code[n.UNDECIDED]

    def carried(self, before: Mapping[str, Ints]) -> list[Carried]:
        """Say which phase of each carry rule applies, from the origins of a result."""
        cycle = self.items.run.cycle
        found = []
        for carry in self.grades.carries:
            origin = before.get(carry.id)
            if origin is None or cycle is None:
                continue
            reached, phase = 0, np.full(len(origin), -1, dtype=np.int64)
            age = np.where(origin == NOTHING, -1, cycle - origin)
            if carry.from_cycle is not None:
                age = np.where(origin < carry.from_cycle, -1, age)
            for i, one in enumerate(carry.phases):
                phase[(age > reached) & (age <= reached + one.cycles)] = i
                reached += one.cycles
            found.append(Carried(carry, origin, phase))
        return found

    # -- conditions

    def truth(self, node: n.Truth | Sequence[n.Limb], on: Meaning) -> Truth:
        """Give a condition; one that reads no score is the same in both results."""
        limbs = tuple(node) if isinstance(node, Sequence) else (n.Limb(node),)
        return limbs_hold(limbs, on if "score" in names_read(limbs) else self.on)

    def firm(self, limbs: Sequence[n.Limb], on: Meaning) -> Ints:
        """Tell where a ground certainly holds, whatever its exceptions turn out to be."""
        chosen = on if "score" in names_read(tuple(limbs)) else self.on
        return v.whole(limbs_firm(limbs, chosen), self.items.rows)

    def _yes(self, truth: Truth) -> Ints:
        return v.whole(truth.yes, self.items.rows)

    def _may(self, truth: Truth) -> Ints:
        return v.whole(truth.may, self.items.rows)

    # -- score

    def held(self, score: Num, carried: Sequence[Carried]) -> Num:
        """Take carried points off, then hold the score between its floor and top."""
        if score.lo_known is False:
            return v.MISSING
        value = v.whole(score.lo, self.items.rows)
        for c in carried:
            less = np.array([*(p.start_less for p in c.carry.phases), 0], dtype=np.int64)
            if less.any():
                value = value - less[c.phase]
        if self.grades.score_floor is not None:
            value = np.maximum(value, self.grades.score_floor)
        if self.grades.score_top is not None:
            value = np.minimum(value, self.grades.score_top)
        return v.exact(value, score.lo_known)

    def knowing(self, score: Num) -> Meaning:
        """Give what evaluates conditions that read the score of a result."""
        return Meaning(replace(self.items, indicators={**self.items.indicators, "score": score}))

    def reached(
        self, on: Meaning, score: Num, weighed: tuple[Ints, Ints, Bits] | None
    ) -> tuple[Ints, Ints]:
        """Give the first band whose cut a score reaches or may reach, and whether it does."""
        rows = self.items.rows
        left = v.whole(weighed[2] if weighed else score.lo_known, rows).copy()
        place = np.zeros(rows, dtype=np.int64)
        known = np.zeros(rows, dtype=bool)
        for i, band in enumerate(self.grades.bands):
            place[left] = i
            if band.lowest is None:
                known |= left
                break
            cut = on.points(band.lowest)
            left &= v.whole(cut.lo_known, rows)
            if weighed:
                reached = left & (weighed[0] >= v.whole(cut.lo, rows) * weighed[1])
            else:
                reached = left & (v.whole(score.lo, rows) >= cut.lo)
            known |= reached
            left &= ~reached
        return place, known

    def band_grade(self, place: Ints, known: Ints) -> Ints:
        """Give the grade of bands; undecided where it is not known which is reached."""
        codes = np.array([self.code[b.grade] for b in self.grades.bands])
        return np.where(known, codes[place], self.undecided)

    def weighed(self, *, worst: bool) -> tuple[Ints, Ints, Bits] | None:
        """Give what bands compare instead of a score where items are weighed."""
        if not self.weighs:
            return None
        return self.scores.weighed_worst if worst else self.scores.weighed_shown

    # -- the result shown

    def shown(self, before: Mapping[str, Ints]) -> tuple[Outcome, list[Carried]]:
        """Decide what is shown: undecided rules do not fire."""
        grades, rows = self.grades, self.items.rows
        carried = self.carried(before)
        score = self.held(self.scores.shown, carried)
        on = self.knowing(score)
        out = Outcome(np.full(rows, -1, dtype=np.int64), score)
        fires = [
            (d.id, self.rank[d.grade], self._yes(self.truth(d.limbs, on))) for d in grades.direct
        ]
        fires += list(self._carried_grades(carried))
        worst = np.full(rows, -1, dtype=np.int64)
        for _, rank, there in fires:
            np.maximum(worst, rank, out=worst, where=there)
        out.grade = worst.copy()
        out.reasons += [(id_, there & (worst == rank)) for id_, rank, there in fires]
        for rule in (*grades.not_graded, *grades.instead):
            self._give(out, rule, on)
        if grades.bands:
            out.by_band = out.grade < 0
            found = self.band_grade(*self.reached(on, score, self.weighed(worst=False)))
            out.grade = np.where(out.by_band, found, out.grade)
        for rule in () if grades.bands else grades.first_match:
            self._give(out, rule, on)
        otherwise = self.code[grades.otherwise or n.UNDECIDED]
        out.grade = np.where(out.grade < 0, otherwise, out.grade)
        first = out.grade
        ranked = first <= self.last
        at = first
        for step in grades.steps_down:
            there = self._yes(self.truth(step.when, on)) & ranked
            at = np.where(there, np.minimum(at + step.by, self.last), at)
            out.reasons.append((step.id, there))
        final = at
        for id_, bar, there in self._bars(carried, on, worst=False):
            out.reasons.append((id_, there & ranked & (bar > at)))
            final = np.where(there & ranked, np.maximum(final, bar), final)
        out.grade = final
        out.reasons += [
            (c.carry.id, c.where([p.start_less > 0 for p in c.carry.phases])) for c in carried
        ]
        causes = {g: out.by_band & (first == self.code[g]) for g in self._band_grades()}
        out.origins = self._origins(before, on, causes, worst=False)
        return out, carried

    def _band_grades(self) -> list[str]:
        return [*(b.grade for b in self.grades.bands), n.UNDECIDED] if self.grades.bands else []

    def _give(self, out: Outcome, rule: n.Given, on: Meaning) -> None:
        there = self._yes(self.truth(rule.when, on)) & (out.grade < 0)
        out.grade = np.where(there, self.code[rule.grade], out.grade)
        out.reasons.append((rule.id, there))

    def _carried_grades(self, carried: Sequence[Carried]) -> Iterator[tuple[str, int, Ints]]:
        for c in carried:
            for i, phase in enumerate(c.carry.phases):
                if phase.grade:
                    yield c.carry.id, self.rank[phase.grade], c.phase == i

    def _bars(
        self, carried: Sequence[Carried], on: Meaning, *, worst: bool
    ) -> Iterator[tuple[str, int, Ints]]:
        """Give (id, place in the order, where) of ceilings, own and carried."""
        for ceiling in self.grades.ceilings:
            truth = self.truth(ceiling.when, on)
            yield (
                ceiling.id,
                self.rank[ceiling.not_above],
                self._may(truth) if worst else self._yes(truth),
            )
        for c in carried:
            for i, phase in enumerate(c.carry.phases):
                if phase.not_above:
                    yield c.carry.id, self.rank[phase.not_above], c.phase == i

    # -- the result at worst

    def worst(
        self, before: Mapping[str, Ints], shown: Outcome, carried_shown: Sequence[Carried]
    ) -> Outcome:
        """Decide at worst: an undecided rule may fire or not, and the worst of what may come stands."""
        grades, rows = self.grades, self.items.rows
        carried = self.carried(before)
        score = self._worst_score(self.held(self.scores.worst, carried), shown.score)
        best = self.held(self.scores.best, carried_shown)
        # a condition is decided only where it is for all scores that may come
        known = v.both(score.lo_known, best.lo_known)
        between = Num(v.where(known, score.lo, 0), best.lo, known, best.lo_known)
        on = self.knowing(between)
        may_come = _MayCome(self, rows)
        sure = np.zeros(rows, dtype=bool)
        for d in grades.direct:
            may_come.add(self.code[d.grade], self._may(self.truth(d.limbs, on)))
            sure |= self.firm(d.limbs, on)
        lasting = lasting_carries(grades)
        for _, rank, there in self._carried_grades(carried):
            may_come.add(rank, there)
        at_worst = {c.carry.id: c.origin for c in carried}
        for c in carried_shown:
            # what both results carry is not in doubt
            same = True if c.carry.id in lasting else c.origin == at_worst.get(c.carry.id, NOTHING)
            for _, rank, there in self._carried_grades([c]):
                may_come.add(rank, there)
                sure |= there & same
        left = ~sure
        given = (*grades.not_graded, *grades.instead, *(() if grades.bands else grades.first_match))
        for rule in given:
            left = self._may_give(may_come, rule, on, left)
        causes: dict[str, Ints] = {}
        if grades.bands:
            place, reached = self.reached(on, score, self.weighed(worst=True))
            found = self.band_grade(place, reached)
            for grade in np.unique(found[left]):
                may_come.add(int(grade), left & (found == grade))
            causes = self._band_causes(left, on, best, place, reached)
        else:
            may_come.add(self.code[grades.otherwise or n.UNDECIDED], left)
        at, ranked = may_come.ranked, may_come.ranked >= 0
        for step in grades.steps_down:
            there = self._may(self.truth(step.when, on)) & ranked
            at = np.where(there, np.minimum(at + step.by, self.last), at)
        for _, bar, there in self._bars([*carried, *carried_shown], on, worst=True):
            at = np.where(there & ranked, np.maximum(at, bar), at)
        grade = np.where(ranked, at, may_come.first)
        grade = np.where(may_come.open & (~ranked | (at < self.last)), self.undecided, grade)
        origins = self._origins(before, on, causes, worst=True)
        return Outcome(grade, score, origins=origins, between=between)

    def _band_causes(
        self, left: Ints, on: Meaning, best: Num, place: Ints, known: Ints
    ) -> dict[str, Ints]:
        """Tell where each band may give the grade: from the first that the best score may come into down to the worst's."""
        first, sure = self.reached(on, best, self.weighed(worst=False))
        last = np.where(known, place, len(self.grades.bands) - 1)
        causes = {n.UNDECIDED: left & ~(known & sure)}
        for i, band in enumerate(self.grades.bands):
            there = left & (first <= i) & (i <= last)
            causes[band.grade] = causes[band.grade] | there if band.grade in causes else there
        return causes

    def _worst_score(self, score: Num, shown: Num) -> Num:
        """Never better than the shown one: caps and one act once can turn them around."""
        if score.lo_known is False or shown.lo_known is False:
            return score
        lower = np.where(
            v.whole(shown.lo_known, self.items.rows), np.minimum(score.lo, shown.lo), score.lo
        )
        return v.exact(lower, score.lo_known)

    def _may_give(self, may_come: _MayCome, rule: n.Given, on: Meaning, left: Ints) -> Ints:
        truth = self.truth(rule.when, on)
        may_come.add(self.code[rule.grade], left & self._may(truth))
        return left & ~self._yes(truth)

    # -- what goes on

    def _origins(
        self, before: Mapping[str, Ints], on: Meaning, bands: Mapping[str, Ints], *, worst: bool
    ) -> dict[str, Ints]:
        """Give the origins that go on: a cause in this cycle is the new origin; one that has run out is dropped."""
        cycle, rows = self.items.run.cycle, self.items.rows
        if cycle is None:
            return {}
        result = {}
        for carry in self.grades.carries:
            holds = np.zeros(rows, dtype=bool)
            for d in self.grades.direct:
                if d.id in carry.causes:
                    truth = self.truth(d.limbs, on)
                    holds |= self._may(truth) if worst else self._yes(truth)
            for grade, there in bands.items():
                if f"score:{grade}" in carry.causes:
                    holds |= there
            origin = np.full(rows, NOTHING, dtype=np.int64)
            earlier = before.get(carry.id)
            first = carry.from_cycle
            if earlier is not None:
                total = sum(p.cycles for p in carry.phases)
                goes_on = (earlier != NOTHING) & (cycle - earlier < total)
                if first is not None:
                    goes_on &= earlier >= first
                origin = np.where(goes_on, earlier, NOTHING)
            if first is None or cycle >= first:
                origin = np.where(holds, cycle, origin)
            result[carry.id] = origin
        return result


class _MayCome:
    """The grades that may come for each item: the worst ranked one, whether `undecided` is among them, and the first without rank."""

    def __init__(self, grader: Grader, rows: int) -> None:
        self.grader = grader
        self.ranked = np.full(rows, -1, dtype=np.int64)
        self.open = np.zeros(rows, dtype=bool)
        self.first = np.full(rows, -1, dtype=np.int64)

    def add(self, code: int, there: Ints) -> None:
        """Note a grade that may come for some items."""
        if code == self.grader.undecided:
            self.open |= there
        elif code <= self.grader.last:
            np.maximum(self.ranked, code, out=self.ranked, where=there)
        else:
            self.first = np.where(there & (self.first < 0), code, self.first)
