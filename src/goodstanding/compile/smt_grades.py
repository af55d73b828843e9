"""The order of decision as SMT terms: conditions over indicators in, the number of a grade out.

Grades are numbered from the best: 0, 1, ...; grades without rank, `not graded` and `undecided` come after the worst.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

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
    largest,
    minus,
    neg,
    plus,
    same,
    smallest,
    times,
    whole,
)
from goodstanding.compile.smt_delta import Side
from goodstanding.compile.smt_score import scaled
from goodstanding.compile.smt_values import Leaf, Num, Reader, Tri, exactly
from goodstanding.kernel.quantity import DATE, Type
from goodstanding.kernel.rules import nodes as n


def grade_names(programme: n.Programme) -> tuple[str, ...]:
    """Give every grade a programme can give, the ranked ones first, from the best."""
    grades = programme.grades
    if programme.levels:
        return programme.levels.order
    if grades is None:
        return ()
    others = (
        *grades.beside,
        *(g.grade for g in (*grades.not_graded, *grades.instead, *grades.first_match)),
        grades.otherwise,
    )
    return tuple(
        dict.fromkeys((*grades.order, *(g for g in others if g), n.NOT_GRADED, n.UNDECIDED))
    )


@dataclass(frozen=True)
class Carrying:
    """What earlier cycles carry in: for each carry rule and phase, whether it applies."""

    phases: Mapping[str, tuple[Term, ...]] = field(default_factory=dict)

    def holds(self, carry: n.Carry) -> Sequence[tuple[n.Phase, Term]]:
        """Give each phase with whether it applies."""
        return tuple(
            zip(carry.phases, self.phases.get(carry.id, (FALSE,) * len(carry.phases)), strict=True)
        )


@dataclass(frozen=True)
class Scored:
    """A score (known or missing), or the weighted sum and the sum of weights with the products that cuts are compared with."""

    score: Num
    product: Term = "0"
    total: Term = "0"
    weighs: Term = ""  # known, for programmes by weights


@dataclass(frozen=True)
class Decided:
    """A result: the grade's number, the grade by bands, and which direct grounds hold."""

    grade: Term
    by_band: Term  # -1 where bands did not decide
    direct: Mapping[str, Term]


NO_SCORE = Scored(exactly("0", FALSE))


def free_carrying(script: Script, grades: n.Grades) -> Carrying:
    """Declare what is carried in: of each rule no phase or one."""
    phases: dict[str, tuple[Term, ...]] = {}
    for carry in grades.carries:
        at = script.integer(f"phase of {carry.id}", 0, len(carry.phases))
        phases[carry.id] = tuple(same(at, whole(k + 1)) for k in range(len(carry.phases)))
    return Carrying(phases)


def start_of(score: n.Score, reader: Reader) -> Num:
    """Write the start of the score; missing unless it is exactly known."""
    start = reader.value(score.start)
    return exactly(scaled(start.low, score.start.type), start.exact)


def held(score: Num, carrying: Carrying, grades: n.Grades) -> Num:
    """Take carried points off, then hold the score between its floor and its top."""
    term = score.low
    for carry in grades.carries:
        for phase, holds in carrying.holds(carry):
            if phase.start_less:
                term = minus(term, ite(holds, whole(phase.start_less), "0"))
    if grades.score_floor is not None:
        term = largest(term, whole(grades.score_floor))
    if grades.score_top is not None:
        term = smallest(term, whole(grades.score_top))
    return exactly(term, score.low_known)


def weighed(weights: n.Weights, reader: Reader, *, worst: bool) -> Scored:
    """Write the weighted sum of a result."""
    known: list[Term] = []
    products: list[Term] = []
    totals: list[Term] = []
    for item in weights.items:
        weight, value = reader.value(item.weight), reader.value(item.points)
        share, there = scaled(weight.low, item.weight.type), value.exact
        counts = TRUE if item.mandatory else there
        known.append(disj(neg(counts), weight.low_known))
        if item.mandatory and not worst:
            known.append(there)
        amount = reader.arithmetic.product(share, scaled(value.low, item.points.type))
        products.append(ite(conj(there, weight.low_known), amount, "0"))
        totals.append(ite(conj(counts, weight.low_known), share, "0"))
    total = reader.script.number(plus(*totals), "sum of weights")
    known.append(gt(total, "0"))
    product = reader.script.number(plus(*products), "weighted sum")
    return Scored(exactly("0", FALSE), product, total, reader.script.holds(conj(*known), "weighed"))


@dataclass
class Decision:
    """Writes the decision of one side of a change, for the shown result or the one at worst."""

    programme: n.Programme
    side: Side
    names: tuple[str, ...]

    def code(self, grade: str) -> Term:
        """Give the number of a grade."""
        return whole(self.names.index(grade))

    def decide(self, scored: Scored, carrying: Carrying, *, worst: bool) -> Decided:
        """Write the grade."""
        grades = self.programme.grades
        if grades is None:
            raise TypeError(self.programme.key)
        score = held(scored.score, carrying, grades)
        side = replace_known(self.side, "score", score)
        reader = side.reader()

        def adverse(truth: Tri) -> Term:
            return truth.may if worst else truth.yes

        direct = {d.id: adverse(reader.limbs(d.limbs)) for d in grades.direct}
        given = self._given(grades, direct, carrying)
        aside = [(g, reader.truth(g.when).yes) for g in (*grades.not_graded, *grades.instead)]
        decided = self._otherwise(grades, reader, worst)
        band = "-1"
        if grades.bands:
            found = self._band(grades.bands, reader, replace(scored, score=score))
            decided = ite(same(found, "(- 1)"), decided, found)
            band = found
        for rule, holds in reversed(aside):
            decided = ite(holds, self.code(rule.grade), decided)
        undirected = conj(*(neg(holds) for holds in given.values()))
        for grade, holds in given.items():
            decided = ite(holds, self.code(grade), decided)
        by_band = (
            ite(conj(undirected, *(neg(holds) for _, holds in aside)), band, "(- 1)")
            if grades.bands
            else "(- 1)"
        )
        decided = self._lowered(
            grades, reader.script.number(decided, "grade"), carrying, adverse, reader
        )
        return Decided(
            reader.script.number(decided, "grade at last"),
            reader.script.number(by_band, "by band"),
            direct,
        )

    def _given(
        self, grades: n.Grades, direct: Mapping[str, Term], carrying: Carrying
    ) -> dict[str, Term]:
        """Give for each ranked grade, from the best, whether a ground or what is carried gives it."""
        found: dict[str, list[Term]] = {grade: [] for grade in grades.order}
        for ground in grades.direct:
            found[ground.grade].append(direct[ground.id])
        for carry in grades.carries:
            for phase, holds in carrying.holds(carry):
                if phase.grade:
                    found[phase.grade].append(holds)
        script = self.side.shared.script
        return {
            grade: script.holds(disj(*parts), f"{grade} given")
            for grade, parts in found.items()
            if parts
        }

    def _otherwise(self, grades: n.Grades, reader: Reader, worst: bool) -> Term:
        decided = self.code(grades.otherwise or n.UNDECIDED)
        for rule in reversed(grades.first_match):
            truth = reader.truth(rule.when)
            decided = ite(
                truth.may if worst and rule.adverse else truth.yes, self.code(rule.grade), decided
            )
        return decided

    def _band(self, bands: Sequence[n.Band], reader: Reader, scored: Scored) -> Term:
        decided = self.code(n.UNDECIDED)
        for band in reversed(bands):
            if band.lowest is None:
                decided = self.code(band.grade)
                continue
            cut = reader.value(band.lowest)
            at = scaled(cut.low, band.lowest.type)
            if scored.weighs:
                reached = ge(scored.product, reader.arithmetic.product(at, scored.total))
            else:
                reached = ge(scored.score.low, at)
            decided = ite(
                cut.low_known, ite(reached, self.code(band.grade), decided), self.code(n.UNDECIDED)
            )
        known = scored.weighs or scored.score.low_known
        return reader.script.number(ite(known, decided, self.code(n.UNDECIDED)), "band")

    def _lowered(
        self, grades: n.Grades, grade: Term, carrying: Carrying, adverse: object, reader: Reader
    ) -> Term:
        if not callable(adverse):
            raise TypeError
        worst = whole(len(grades.order) - 1)
        at = grade
        for step in grades.steps_down:
            at = ite(
                adverse(reader.truth(step.when)), smallest(plus(at, whole(step.by)), worst), at
            )
        bars = [
            ite(adverse(reader.truth(c.when)), self.code(c.not_above), "0") for c in grades.ceilings
        ]
        for carry in grades.carries:
            bars += [
                ite(holds, self.code(p.not_above), "0")
                for p, holds in carrying.holds(carry)
                if p.not_above
            ]
        return ite(gt(whole(len(grades.order)), grade), largest(at, *bars), grade)


def replace_known(side: Side, name: str, leaf: Leaf) -> Side:
    """Give a side with one more known name."""
    known = side.of
    return Side(side.shared, side.fields, {name: leaf}, side.opened, known)


def ranked(grade: Term, order: Sequence[str]) -> Term:
    """Write that a grade has a rank."""
    return gt(whole(len(order)), grade)


def score_type() -> Type:
    """Give the type of the score that conditions read."""
    return Type(kind=DATE.kind)


__all__ = [
    "NO_SCORE",
    "Carrying",
    "Decided",
    "Decision",
    "Scored",
    "free_carrying",
    "grade_names",
    "held",
    "ranked",
    "start_of",
    "times",
    "weighed",
]
