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
    whole,
)
from goodstanding.compile.smt_delta import Side
from goodstanding.compile.smt_score import scaled
from goodstanding.compile.smt_values import Leaf, Num, Reader, exactly
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import names_read


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
    """The shown result: the grade's number, the grade by bands, and which direct grounds hold."""

    grade: Term
    by_band: Term  # -1 where bands did not decide
    direct: Mapping[str, Term]


NO_SCORE = Scored(exactly("0", FALSE))


def free_carrying(script: Script, grades: n.Grades, result: str = "") -> Carrying:
    """Declare what is carried in, for one of the two results: of each rule no phase or one."""
    phases: dict[str, tuple[Term, ...]] = {}
    for carry in grades.carries:
        at = script.integer(f"phase of {carry.id} {result}".strip(), 0, len(carry.phases))
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


def weighed(programme: n.Programme, reader: Reader, *, worst: bool) -> Scored:
    """Write the weighted sum of a result; its quotient only where a condition reads the score."""
    weights, quotient = programme.weights or n.Weights(()), "score" in names_read(programme.grades)
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
    there = reader.script.holds(conj(*known), "weighed")
    score = (
        exactly(reader.arithmetic.quotient(product, total), there) if quotient else NO_SCORE.score
    )
    return Scored(score, product, total, there)


@dataclass
class Decision:
    """Writes the decision of one side of a change: the shown result, and the one at worst."""

    programme: n.Programme
    side: Side
    names: tuple[str, ...]

    def code(self, grade: str) -> Term:
        """Give the number of a grade."""
        return whole(self.names.index(grade))

    @property
    def grades(self) -> n.Grades:
        """Give the decision that is written."""
        if self.programme.grades is None:
            raise TypeError(self.programme.key)
        return self.programme.grades

    @property
    def _aside(self) -> tuple[n.Given, ...]:
        return (*self.grades.not_graded, *self.grades.instead)

    # ----------------------------------------------------------------------------------------------
    # Shown: what is undecided does not fire

    def decide(self, scored: Scored, carrying: Carrying) -> Decided:
        """Write the grade shown."""
        grades, score = self.grades, held(scored.score, carrying, self.grades)
        reader = replace_known(self.side, "score", score).reader()
        direct = {d.id: reader.limbs(d.limbs).yes for d in grades.direct}
        given = self._given(direct, carrying)
        aside = [(g, reader.truth(g.when).yes) for g in self._aside]
        band = self._band(reader, replace(scored, score=score)) if grades.bands else "(- 1)"
        decided = self._first_match(reader) if not grades.bands else band
        for rule, holds in reversed(aside):
            decided = ite(holds, self.code(rule.grade), decided)
        for grade, holds in given.items():
            decided = ite(holds, self.code(grade), decided)
        others = (*given.values(), *(holds for _, holds in aside))
        by_band = ite(conj(*(neg(holds) for holds in others)), band, "(- 1)")
        bars = [(c, reader.truth(c.when).yes) for c in grades.ceilings]
        steps = [(s, reader.truth(s.when).yes) for s in grades.steps_down]
        named = reader.script.number(decided, "grade")
        lowered = self._lowered(named, steps, [*bars, *self._carried_bars(carrying)])
        return Decided(
            reader.script.number(
                ite(gt(whole(len(grades.order)), named), lowered, named), "grade at last"
            ),
            reader.script.number(by_band, "by band"),
            direct,
        )

    def _given(self, direct: Mapping[str, Term], *carrying: Carrying) -> dict[str, Term]:
        """Give for each ranked grade, from the best, whether a ground or what is carried gives it."""
        grades = self.grades
        found: dict[str, list[Term]] = {grade: [] for grade in grades.order}
        for ground in grades.direct:
            found[ground.grade].append(direct[ground.id])
        for phase, holds in _phases(grades, carrying):
            if phase.grade:
                found[phase.grade].append(holds)
        script = self.side.shared.script
        return {
            grade: script.holds(disj(*parts), f"{grade} given")
            for grade, parts in found.items()
            if parts
        }

    def _first_match(self, reader: Reader) -> Term:
        decided = self.code(self.grades.otherwise or n.UNDECIDED)
        for rule in reversed(self.grades.first_match):
            decided = ite(reader.truth(rule.when).yes, self.code(rule.grade), decided)
        return decided

    def _carried_bars(self, *carrying: Carrying) -> list[tuple[n.Phase, Term]]:
        return [(p, holds) for p, holds in _phases(self.grades, carrying) if p.not_above]

    def _lowered(
        self,
        grade: Term,
        steps: Sequence[tuple[n.StepDown, Term]],
        bars: Sequence[tuple[n.Ceiling | n.Phase, Term]],
    ) -> Term:
        """Take a ranked grade down by the steps, then under the ceilings."""
        worst, script = whole(len(self.grades.order) - 1), self.side.shared.script
        for step, holds in steps:
            lower = smallest(plus(grade, whole(step.by)), worst)
            grade = script.number(ite(holds, lower, grade), "stepped down")
        bar = "0"
        for grade_ in self.grades.order:
            holds = disj(*(holds for one, holds in bars if one.not_above == grade_))
            bar = ite(script.holds(holds, f"not above {grade_}"), self.code(grade_), bar)
        return largest(grade, script.number(bar, "bar"))

    # ----------------------------------------------------------------------------------------------
    # At worst: what is undecided may fire or not, and the worst of what may come stands

    def at_worst(self, scored: Sequence[Scored], carrying: Sequence[Carrying]) -> Term:
        """Write the grade at worst, from the scores and what is carried, each of the shown result and at worst.

        Carried ceilings of both results bar. Where only those at worst do, nothing is lost: what is carried is free in every proof
        that asks this, so it may also be nothing.
        """
        grades = self.grades
        score = self._worst_score(scored, carrying)
        reader = replace_known(self.side, "score", score).reader()
        direct = {d.id: reader.limbs(d.limbs) for d in grades.direct}
        given = self._given({id_: truth.may for id_, truth in direct.items()}, *carrying)
        settled = [truth.yes for truth in direct.values()]
        settled += [holds for phase, holds in _phases(grades, carrying[:1]) if phase.grade]
        may = [(self.code(grade), holds) for grade, holds in given.items()]
        may += self._what_follows(neg(disj(*settled)), reader, replace(scored[1], score=score))
        return self._worst_of(may, reader, carrying)

    def _worst_score(self, scored: Sequence[Scored], carrying: Sequence[Carrying]) -> Num:
        """Write the score at worst: never above the shown one."""
        shown, worst = (
            held(s.score, c, self.grades) for s, c in zip(scored, carrying, strict=True)
        )
        least = ite(shown.low_known, smallest(shown.low, worst.low), worst.low)
        return exactly(self.side.shared.script.number(least, "score at worst"), worst.low_known)

    def _what_follows(self, going: Term, reader: Reader, scored: Scored) -> list[tuple[Term, Term]]:
        """Give what may come after the direct grounds, in the order of decision: each grade's number, and whether it may."""
        may = []
        grades, script = self.grades, reader.script
        rules = self._aside if grades.bands else (*self._aside, *grades.first_match)
        for rule in rules:
            truth = reader.truth(rule.when)
            may.append((self.code(rule.grade), conj(going, truth.may)))
            going = script.holds(conj(going, neg(truth.yes)), "goes on")
        last = self.code(grades.otherwise or n.UNDECIDED)
        may.append((self._band(reader, scored) if grades.bands else last, going))
        return may

    def _worst_of(
        self, may: Sequence[tuple[Term, Term]], reader: Reader, carrying: Sequence[Carrying]
    ) -> Term:
        grades, script, none = self.grades, reader.script, self.code(n.UNDECIDED)
        worst = "(- 1)"
        for grade in grades.order:
            comes = disj(*(conj(holds, same(code, self.code(grade))) for code, holds in may))
            worst = ite(script.holds(comes, f"{grade} may come"), self.code(grade), worst)
        worst = script.number(worst, "worst of the ranked")
        steps = [(s, reader.truth(s.when).may) for s in grades.steps_down]
        bars = [(c, reader.truth(c.when).may) for c in grades.ceilings]
        lowered = script.number(
            self._lowered(worst, steps, [*bars, *self._carried_bars(*carrying)]), "lowered"
        )
        doubt = disj(*(conj(holds, same(code, none)) for code, holds in may))
        is_last = same(lowered, whole(len(grades.order) - 1))
        first = none
        for code, holds in reversed(may):
            first = ite(holds, code, first)
        some = ge(worst, "0")
        decided = ite(conj(some, disj(neg(doubt), is_last)), lowered, ite(doubt, none, first))
        return script.number(decided, "grade at worst")

    def _band(self, reader: Reader, scored: Scored) -> Term:
        decided = self.code(n.UNDECIDED)
        for band in reversed(self.grades.bands):
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


def _phases(grades: n.Grades, carrying: Sequence[Carrying]) -> list[tuple[n.Phase, Term]]:
    return [one for c in carrying for carry in grades.carries for one in c.holds(carry)]


def replace_known(side: Side, name: str, leaf: Leaf) -> Side:
    """Give a side with one more known name."""
    known = side.of
    return Side(side.shared, side.fields, {name: leaf}, side.opened, known)


def ranked(grade: Term, order: Sequence[str]) -> Term:
    """Write that a grade has a rank."""
    return gt(whole(len(order)), grade)


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
    "weighed",
]
