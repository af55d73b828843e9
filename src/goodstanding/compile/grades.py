"""The step *programme*: one row of indicators becomes a standing, in the order of decision of kernel/rules/evaluate.py.

Everything is worked out twice, for the result shown and at worst; columns end in the result's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from goodstanding.compile import tables
from goodstanding.compile.expressions import Expressions, Pair, exactly, known_exactly
from goodstanding.compile.hits import CERTAINTIES
from goodstanding.compile.query import Query
from goodstanding.kernel.quantity import CODE, DATE, NARROW, SHARE_SCALE, TRUTH, Type, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.guide import guide
from goodstanding.kernel.rules.walk import lasting_carries, names_read
from goodstanding.kernel.rules.windows import Run

RESULTS = ("shown", "worst")
_POINTS = number(0, NARROW, SHARE_SCALE)
# What chose the grade, where it was no rule of a list.
_BY_DIRECT, _BY_BAND, _BY_OTHERWISE = -1, -2, -3


@dataclass
class Decision:
    """Writes the standings of one programme and run."""

    programme: n.Programme
    run: Run
    values: Expressions
    before: Mapping[str, tuple[str, str]]
    sure: str
    query: Query = field(init=False)
    last: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.query = Query(self.values.dialect)
        self.d = self.values.dialect
        self.name = self.d.name
        self.grades = self.programme.grades
        self.rank = {g: i for i, g in enumerate(self.grades.order)} if self.grades else {}
        # (id, condition) of each reason in the order of decision
        self.reasons: list[tuple[str, str]] = []
        self.carries = self.grades.carries if self.grades and self.run.cycle is not None else ()

    # -- the whole

    def statement(self) -> str:
        """Write the table STANDINGS."""
        self.gather()
        if self.programme.levels:
            self.by_level()
        elif self.grades:
            self.score()
            self.conditions(self.grades)
            self.choice(self.grades)
            self.ranked(self.grades)
        else:
            self.layer("no grade", {f"grade {r}": self.d.text(n.UNDECIDED) for r in RESULTS})
        self.rest()
        return self.query.statement(self.columns())

    def layer(self, name: str, columns: Mapping[str, str]) -> None:
        """Add columns to what there is so far."""
        self.last = self.query.layer(name, self.last, columns)

    def gather(self) -> None:
        """Put together the row of indicators, the totals of the score, the level and what is carried in."""
        name = self.name
        said, joins = "", ""
        sure = ["v._sure"]
        if self.programme.score:
            joins += f"\nLEFT JOIN ({self.totals(self.programme.score)}) AS w ON w._k = v._k"
            said += ", w.total AS _total, w.total_worst AS _total_worst, w.scored AS _scored, w.doubtful AS _doubtful"
            said += ", w.total_best AS _total_best" if self.adds else ""
            sure.append("w._sure")
        if self.programme.levels:
            joins += f"\nLEFT JOIN {name(tables.LEVELS)} AS l ON l._k = v._k"
            ends = ", ".join(
                f"l.{c}_{r} AS _{c}_{r}" for r in RESULTS for c in ("level", "since", "fired")
            )
            said += f", {ends}"
            sure.append("l._sure")
        carried = [c for c in self.carries if c.id in self.before]
        if carried:
            same = "b._s = k._s AND b.unit IS NOT DISTINCT FROM k.unit"
            joins += f"\nLEFT JOIN {name(tables.BEFORE)} AS b ON {same}"
            for carry in carried:
                for column, result in zip(self.before[carry.id], RESULTS, strict=True):
                    said += f", b.{name(column)} AS {name(f'from {carry.id} {result}')}"
        self.last = self.query.add(
            "gathered",
            f"SELECT k._s, k.organisation AS _organisation, k.unit AS _unit, v.*, {self.d.least_known(sure)} AS _least_sure{said}\n"
            f"FROM {name(tables.VALUES)} AS v JOIN {name(tables.KEYS)} AS k ON k._k = v._k{joins}",
        )

    def totals(self, score: n.Score) -> str:
        """Add up what rules take and give, and list those that did."""
        gives = f"_rule IN ({', '.join(str(i) for i in self.adds)})" if self.adds else "FALSE"
        doubtful = [i for i, rule in enumerate(score.rules) if rule.id in self.unconfirmed]
        doubts = f"_rule IN ({', '.join(str(i) for i in doubtful)})" if doubtful else "FALSE"
        scored = "(low <> 0 OR high <> 0)"
        ids = (
            "CASE _rule "
            + " ".join(f"WHEN {i} THEN {self.d.text(r.id)}" for i, r in enumerate(score.rules))
            + " END"
        )
        if not score.rules:
            ids = "''"
        any_true = self.d.any_true

        def total(gain: str, loss: str) -> str:
            return self.d.narrow(self.d.total(f"CASE WHEN {gives} THEN {gain} ELSE -{loss} END"))

        best = f"  {total('high', 'low')} AS total_best,\n" if self.adds else ""
        return (
            f"SELECT _k, {total('low', 'low')} AS total,\n"
            f"  {total('low', 'high')} AS total_worst,\n"
            f"{best}"
            f"  {self.d.listed(ids, '_rule', scored)} AS scored,\n"
            f"  {any_true(f'{doubts} AND {scored}')} AS doubtful, min(_sure) AS _sure\n"
            f"FROM {self.name(tables.WORTH)} GROUP BY _k"
        )

    @property
    def adds(self) -> list[int]:
        """Give the places of the rules that give points."""
        rules = self.programme.score.rules if self.programme.score else ()
        return [i for i, rule in enumerate(rules) if rule.adds]

    @property
    def best(self) -> str:
        """Name the result whose score is the best that may come: the shown one with all that may be added."""
        return "best" if self.adds else "shown"

    @property
    def unconfirmed(self) -> frozenset[str]:
        """Give the ids of rules that are not confirmed."""
        return guide(self.programme).unconfirmed

    # -- names of the columns of results

    def col(self, what: str, result: str) -> str:
        """Name a column of a result, quoted."""
        return self.name(f"{what} {result}")

    def knowing(self, result: str) -> Expressions:
        """Give the names known to conditions of a result: with its score; at worst with all from the worst up to the best."""
        if not self.grades or self.programme.levels:
            return self.values.knowing(score=exactly(self.d.missing(_POINTS)))
        score, shown = self.col("score", result), self.col("score", "shown")
        if result == "shown":
            return self.values.knowing(score=exactly(score))
        if self.programme.weights:  # a mandatory item that is missing leaves no score shown
            score = f"CASE WHEN {shown} IS NOT NULL THEN {score} END"
        return self.values.knowing(score=Pair(score, self.col("score", self.best)))

    def fires(self, what: str, truth: n.Truth | Sequence[n.Limb], result: str) -> str:
        """Write whether a rule fires in a result, or at worst may fire."""
        column = self.truth_column(what, truth, result)
        return f"({column} IS NOT FALSE)" if result == "worst" else f"({column} IS TRUE)"

    def truth_column(self, what: str, truth: n.Truth | Sequence[n.Limb], result: str) -> str:
        """Name the column of a condition, quoted: one per result where it reads the score."""
        return self.col(what, result) if reads_score(truth) else self.name(what)

    # -- score

    def score(self) -> None:
        """Write the score of both results, after what is carried and held; missing where there is none."""
        assert self.grades is not None  # noqa: S101 - asked by the caller
        self.carried_in()
        if self.programme.score:
            start = known_exactly(self.values.points(self.programme.score.start))
            self.layer("starting", {"_start": start})
            totals = {"shown": "_total", "worst": "_total_worst", "best": "_total_best"}
            raw = {r: f"(_start + coalesce({total}, 0))" for r, total in totals.items()}
        elif self.programme.weights:
            self.weighed(self.programme.weights)
            quotient = self.d.quotient("(_product * 2 + _weight)", "(_weight * 2)")
            raw = {
                r: f"CASE WHEN {self.col('weighed', r)} THEN {self.d.narrow(quotient)} END"
                for r in RESULTS
            }
        else:
            raw = dict.fromkeys(RESULTS, self.d.missing(_POINTS))
        less = {r: self.start_less(r) for r in RESULTS}
        if self.adds:
            less["best"] = less["shown"]
        self.layer("scored", {f"raw score {r}": f"{raw[r]}{end}" for r, end in less.items()})
        held = {r: self.held(self.col("raw score", r)) for r in less}
        shown, worst = held["shown"], held["worst"]
        # a worst score is never better than the shown one: caps and one act once can turn them around
        lower = f"CASE WHEN {self.col('raw score', 'worst')} IS NOT NULL THEN {self.d.least_known([shown, worst])} END"
        held["worst"] = lower
        self.layer("held", {f"score {r}": score for r, score in held.items()})

    def start_less(self, result: str) -> str:
        """Write what is carried off the start."""
        found = ""
        for carry in self.carries:
            cases = [(i, p.start_less) for i, p in enumerate(carry.phases) if p.start_less]
            if carry.id in self.before and cases:
                said = " ".join(f"WHEN {i} THEN {less}" for i, less in cases)
                found += f" - CASE {self.col(f'phase {carry.id}', result)} {said} ELSE 0 END"
        return found

    def held(self, score: str) -> str:
        """Hold a score between its floor and top; a missing one stays missing."""
        assert self.grades is not None  # noqa: S101 - asked by the caller
        held = score
        if self.grades.score_floor is not None:
            held = self.d.greatest_known([held, self.d.whole(self.grades.score_floor)])
        if self.grades.score_top is not None:
            held = self.d.least_known([held, self.d.whole(self.grades.score_top)])
        return held if held == score else f"CASE WHEN {score} IS NOT NULL THEN {held} END"

    def weighed(self, weights: n.Weights) -> None:
        """Write the weighted sum over present items, the sum of their weights, and in which result they stand."""
        product, weight, shown, worst = [], [], [], []
        wide = self.weights_wide(weights)
        points_of = {
            f"points {i}": known_exactly(self.values.points(x.points))
            for i, x in enumerate(weights.items)
        }
        self.layer("items", points_of)
        for i, item in enumerate(weights.items):
            points, share = self.name(f"points {i}"), self.values.points(item.weight).lo
            there = f"({points} IS NOT NULL)"
            counted = "TRUE" if item.mandatory else there
            factor = self.d.wide(share) if wide else share
            product.append(f"coalesce({factor} * {points}, 0)")
            weight.append(f"CASE WHEN {counted} THEN coalesce({share}, 0) ELSE 0 END")
            if isinstance(item.weight, n.Unknown):
                worst.append(f"NOT {counted}")
            elif not isinstance(item.weight, n.Const):
                worst.append(f"({share} IS NOT NULL OR NOT {counted})")
            if item.mandatory:
                shown.append(there)
        self.layer(
            "weighing",
            {"_product": " + ".join(product) or "0", "_weight": " + ".join(weight) or "0"},
        )
        positive = "_weight > 0"
        self.layer(
            "weighed",
            {
                "weighed shown": " AND ".join([positive, *worst, *shown]),
                "weighed worst": " AND ".join([positive, *worst]),
            },
        )

    def weights_wide(self, weights: n.Weights) -> bool:
        """Tell whether sums of weights times points may need more than 18 digits."""
        total = 0
        for item in weights.items:
            most = [
                abs(t.high or 0) * 10 ** (SHARE_SCALE - t.scale)
                for t in (item.weight.type, item.points.type)
            ]
            total += most[0] * most[1]
        return 2 * total > NARROW

    # -- what is carried in

    def carried_in(self) -> None:
        """Say in which phase each carry rule is: the phase's place, or NULL."""
        columns = {}
        for carry in self.carries:
            if carry.id not in self.before:
                continue
            for result in RESULTS:
                columns[f"phase {carry.id} {result}"] = _phase(
                    carry.phases, self.age(carry, result)
                )
        self.layer("carried in", columns)

    def age(self, carry: n.Carry, result: str) -> str:
        """Write how many cycles ago the origin was; an origin before the first cycle of the rule carries nothing."""
        origin = self.col(f"from {carry.id}", result)
        age = f"({self.run.cycle} - {origin})"
        return (
            age
            if carry.from_cycle is None
            else f"CASE WHEN {origin} >= {carry.from_cycle} THEN {age} END"
        )

    def carried(self, result: str, effect: str) -> Iterable[tuple[n.Carry, int, n.Phase, str]]:
        """Give (carry, phase, its condition) for phases that have an effect."""
        for carry in self.carries:
            if carry.id in self.before:
                for i, phase in enumerate(carry.phases):
                    if getattr(phase, effect):
                        yield (
                            carry,
                            i,
                            phase,
                            f"({self.col(f'phase {carry.id}', result)} IS NOT DISTINCT FROM {i})",
                        )

    # -- conditions

    def conditions(self, grades: n.Grades) -> None:
        """Write each condition once, or once per result where it reads the score."""
        wanted: list[tuple[str, n.Truth | Sequence[n.Limb]]] = []
        wanted += [(f"direct {i}", rule.limbs) for i, rule in enumerate(grades.direct)]
        wanted += [(f"given {i}", rule.when) for i, rule in enumerate(self.given(grades))]
        wanted += [(f"step {i}", rule.when) for i, rule in enumerate(grades.steps_down)]
        wanted += [(f"ceiling {i}", rule.when) for i, rule in enumerate(grades.ceilings)]
        columns = {}
        for what, truth in wanted:
            if reads_score(truth):
                for result in RESULTS:
                    columns[f"{what} {result}"] = self.write(self.knowing(result), truth)
            else:
                columns[what] = self.write(self.values, truth)
        known = self.knowing("worst")
        for i, rule in enumerate(grades.direct):
            if _has_exception(rule.limbs):
                columns[f"direct {i} certainly"] = known.certainly(rule.limbs)
        self.layer("conditions", columns)

    def write(self, make: Expressions, truth: n.Truth | Sequence[n.Limb]) -> str:
        """Write a condition or a ground."""
        return make.limbs(truth) if isinstance(truth, Sequence) else make.truth(truth)

    def given(self, grades: n.Grades) -> tuple[n.Given, ...]:
        """Give the rules that give a grade one after another: not graded, instead, first match; bands come after the first two."""
        first_match = () if grades.bands else grades.first_match
        return (*grades.not_graded, *grades.instead, *first_match)

    # -- the choice of the grade

    def choice(self, grades: n.Grades) -> None:
        """Write what chose the grade of the result shown, and that grade; then what may come at worst."""
        if grades.bands:
            places = {f"band {r}": self.band(grades, r) for r in RESULTS}
            if any(c.startswith("score:") for carry in self.carries for c in carry.causes):
                places["first band"] = self.band(grades, self.best, may=True)
            self.layer("bands", places)
        self.layer("direct", {"worst direct": self.worst_direct(grades)})
        self.layer("chosen", {"chosen": self.chosen(grades), "decided": self.decided(grades)})
        self.layer("first grade", {"first grade": self.first_grade(grades)})
        self.layer("asked", {"asked": self.asked(grades)})
        self.may_come(grades)
        worst, chosen = self.name("worst direct"), self.name("chosen")
        for i, rule in enumerate(grades.direct):
            fires = self.fires(f"direct {i}", rule.limbs, "shown")
            self.reasons.append((rule.id, f"{fires} AND {worst} = {self.rank[rule.grade]}"))
        for carry, _, phase, when in self.carried("shown", "grade"):
            self.reasons.append((carry.id, f"{when} AND {worst} = {self.rank[phase.grade]}"))
        for i, given in enumerate(self.given(grades)):
            self.reasons.append((given.id, f"{chosen} = {i}"))

    def worst_direct(self, grades: n.Grades) -> str:
        """Write the worst place of the direct grounds and carried grades in the result shown; NULL where there is none."""
        cases = [
            f"CASE WHEN {self.fires(f'direct {i}', rule.limbs, 'shown')} THEN {self.rank[rule.grade]} END"
            for i, rule in enumerate(grades.direct)
        ]
        cases += [
            f"CASE WHEN {when} THEN {self.rank[phase.grade]} END"
            for _, _, phase, when in self.carried("shown", "grade")
        ]
        return self.d.greatest_known(cases) if cases else self.d.no_place()

    def chosen(self, grades: n.Grades) -> str:
        """Write which rule chose the grade of the result shown."""
        cases = f"WHEN {self.name('worst direct')} IS NOT NULL THEN {_BY_DIRECT}"
        for i, rule in enumerate(self.given(grades)):
            cases += f"\n    WHEN {self.fires(f'given {i}', rule.when, 'shown')} THEN {i}"
        return f"CASE {cases} ELSE {_BY_BAND if grades.bands else _BY_OTHERWISE} END"

    def first_grade(self, grades: n.Grades) -> str:
        """Write the grade of the result shown before steps down and ceilings."""
        text = self.d.text
        cases = " ".join(
            f"WHEN {i} THEN {text(rule.grade)}" for i, rule in enumerate(self.given(grades))
        )
        by_direct = self.grade_at(self.name("worst direct"))
        otherwise = text(grades.otherwise or n.UNDECIDED)
        by_band = ""
        if grades.bands:
            bands = " ".join(f"WHEN {i} THEN {text(b.grade)}" for i, b in enumerate(grades.bands))
            by_band = f" WHEN {_BY_BAND} THEN CASE {self.col('band', 'shown')} {bands} ELSE {text(n.UNDECIDED)} END"
        return f"CASE {self.name('chosen')} WHEN {_BY_DIRECT} THEN {by_direct} {cases}{by_band} ELSE {otherwise} END"

    def grade_at(self, place: str) -> str:
        """Write the grade at a place of the order."""
        cases = " ".join(f"WHEN {i} THEN {self.d.text(g)}" for g, i in self.rank.items())
        return f"CASE {place} {cases} END" if cases else self.d.missing(CODE)

    def band(self, grades: n.Grades, result: str, *, may: bool = False) -> str:
        """Write the place of the band that the score comes into; NULL where it or a cut it is compared with is missing.

        If asked which it `may` come into, the first such band where that is not known.
        """
        weights = self.programme.weights
        there = (
            self.col("weighed", result) if weights else f"{self.col('score', result)} IS NOT NULL"
        )
        nowhere = self.d.no_place()
        cases = f"WHEN NOT coalesce({there}, FALSE) THEN {0 if may else nowhere}"
        for i, band in enumerate(grades.bands):
            if band.lowest is None:
                cases += f" WHEN TRUE THEN {i}"
                break
            cut = self.values.points(band.lowest).lo
            if not isinstance(band.lowest, n.Const):
                cases += f" WHEN {cut} IS NULL THEN {i if may else nowhere}"
            if weights:
                wide = self.d.wide(cut)
                cases += f" WHEN _product >= {wide} * _weight THEN {i}"
            else:
                cases += f" WHEN {self.col('score', result)} >= {cut} THEN {i}"
        return f"CASE {cases} END"

    # -- what may come at worst

    def decided(self, grades: n.Grades) -> str:
        """Write whether a direct ground certainly holds, or the result shown carries a grade for sure: no rule that follows is asked."""
        sure = [
            self.name(f"direct {i} certainly")
            if _has_exception(rule.limbs)
            else f"({self.truth_column(f'direct {i}', rule.limbs, 'worst')} IS TRUE)"
            for i, rule in enumerate(grades.direct)
        ]
        lasting = lasting_carries(grades)
        for carry, _, _, when in self.carried("shown", "grade"):
            shown, worst = (self.col(f"from {carry.id}", r) for r in RESULTS)
            sure.append(when if carry.id in lasting else f"({when} AND {shown} = {worst})")
        return f"({' OR '.join(sure)})" if sure else "FALSE"

    def asked(self, grades: n.Grades) -> str:
        """Write up to which rule those that give a grade are asked at worst: the first that holds; past the last, what is left comes."""
        cases = f"WHEN {self.name('decided')} THEN -1"
        for i, rule in enumerate(self.given(grades)):
            cases += f" WHEN {self.truth_column(f'given {i}', rule.when, 'worst')} IS TRUE THEN {i}"
        return f"CASE {cases} ELSE {len(self.given(grades))} END"

    def coming(self, grades: n.Grades) -> Iterable[tuple[str, str]]:
        """Give each grade that may come at worst with the condition that it does, in the order of decision."""
        for i, ground in enumerate(grades.direct):
            yield ground.grade, self.fires(f"direct {i}", ground.limbs, "worst")
        for _, _, phase, when in self.borne("grade"):
            yield phase.grade, when
        asked, given = self.name("asked"), self.given(grades)
        for i, rule in enumerate(given):
            fires = self.fires(f"given {i}", rule.when, "worst")
            yield rule.grade, f"({asked} >= {i} AND {fires})"
        left = f"{asked} = {len(given)}"
        if not grades.bands:
            yield grades.otherwise or n.UNDECIDED, f"({left})"
            return
        band = self.col("band", "worst")
        for i, one in enumerate(grades.bands):
            yield one.grade, f"({left} AND {band} IS NOT DISTINCT FROM {i})"
        yield n.UNDECIDED, f"({left} AND {band} IS NULL)"

    def borne(self, effect: str) -> Iterable[tuple[n.Carry, int, n.Phase, str]]:
        """Give what is carried at worst, or in the result shown."""
        for result in ("worst", "shown"):
            yield from self.carried(result, effect)

    def may_come(self, grades: n.Grades) -> None:
        """Write the worst place that may come, whether `undecided` may, and the first grade of those without rank."""
        text, coming = self.d.text, list(self.coming(grades))
        ranked = [
            f"CASE WHEN {when} THEN {self.rank[grade]} END"
            for grade, when in coming
            if grade in self.rank
        ]
        doubts = [when for grade, when in coming if grade == n.UNDECIDED]
        others = [
            f"WHEN {when} THEN {text(grade)}"
            for grade, when in coming
            if grade not in self.rank and grade != n.UNDECIDED
        ]
        self.layer(
            "may come",
            {
                "place worst": self.d.greatest_known(ranked) if ranked else self.d.no_place(),
                "doubt": f"({' OR '.join(doubts)})" if doubts else "FALSE",
                "aside": f"CASE {' '.join(others)} END" if others else self.d.missing(CODE),
            },
        )

    # -- steps down and ceilings

    def ranked(self, grades: n.Grades) -> None:
        """Write steps down and ceilings, on ranked grades only, and what goes on to later cycles."""
        last = len(self.rank) - 1
        ranks = " ".join(f"WHEN {self.d.text(g)} THEN {i}" for g, i in self.rank.items())
        first = self.name("first grade")
        self.layer(
            "places", {"place shown": f"CASE {first} {ranks} END" if ranks else self.d.no_place()}
        )
        columns = {}
        for result in RESULTS:
            at = self.col("place", result)
            down = "".join(
                f" + CASE WHEN {self.fires(f'step {i}', s.when, result)} THEN {s.by} ELSE 0 END"
                for i, s in enumerate(grades.steps_down)
            )
            stepped = self.d.least_known([f"{at}{down}", str(last)])
            columns[f"stepped {result}"] = (
                f"CASE WHEN {at} IS NOT NULL THEN {stepped} END" if down else at
            )
        self.layer("stepped down", columns)
        self.layer("barred", {f"barred {r}": self.barred(grades, r) for r in RESULTS})
        barred = {r: self.col("barred", r) for r in RESULTS}
        doubt, undecided = self.name("doubt"), self.d.text(n.UNDECIDED)
        self.layer(
            "graded",
            {
                "grade shown": f"CASE WHEN {barred['shown']} IS NULL THEN {first} ELSE {self.grade_at(barred['shown'])} END",
                "grade worst": (
                    f"CASE WHEN {doubt} AND coalesce({barred['worst']} < {last}, TRUE) THEN {undecided}"
                    f" WHEN {barred['worst']} IS NULL THEN {self.name('aside')} ELSE {self.grade_at(barred['worst'])} END"
                ),
            },
        )
        self.step_reasons(grades)
        self.carried_out(grades)

    def barred(self, grades: n.Grades, result: str) -> str:
        """Write the place after ceilings; NULL where the grade has no rank."""
        stepped = self.col("stepped", result)
        bars = [f"CASE WHEN {when} THEN {bar} END" for bar, when, _ in self.bars(grades, result)]
        if not bars:
            return stepped
        return f"CASE WHEN {stepped} IS NOT NULL THEN {self.d.greatest_known([stepped, *bars])} END"

    def bars(self, grades: n.Grades, result: str) -> Iterable[tuple[int, str, str]]:
        """Give (place, condition, id) of the ceilings, own and carried."""
        for i, ceiling in enumerate(grades.ceilings):
            fires = self.fires(f"ceiling {i}", ceiling.when, result)
            yield self.rank[ceiling.not_above], fires, ceiling.id
        carried = (
            self.carried("shown", "not_above") if result == "shown" else self.borne("not_above")
        )
        for carry, _, phase, when in carried:
            yield self.rank[phase.not_above], when, carry.id

    def step_reasons(self, grades: n.Grades) -> None:
        """Note what else decided: steps down, ceilings that bar, carried points."""
        place, stepped = self.col("place", "shown"), self.col("stepped", "shown")
        for i, step in enumerate(grades.steps_down):
            fires = self.fires(f"step {i}", step.when, "shown")
            self.reasons.append((step.id, f"{fires} AND {place} IS NOT NULL"))
        for bar, when, id_ in self.bars(grades, "shown"):
            self.reasons.append((id_, f"{when} AND {bar} > {stepped}"))
        for carry, _, _, when in self.carried("shown", "start_less"):
            self.reasons.append((carry.id, when))

    def carried_out(self, grades: n.Grades) -> None:
        """Write the origins that go on: a cause in this cycle is the new one; one that has run out is dropped."""
        columns = {}
        for carry in self.carries:
            for result in RESULTS:
                column = tables.origin(carry.id)[RESULTS.index(result)]
                columns[column] = self.origin(grades, carry, result)
        self.layer("carried out", columns)

    def origin(self, grades: n.Grades, carry: n.Carry, result: str) -> str:
        """Write the cycle of origin that goes on, or NULL."""
        causes = [
            self.fires(f"direct {i}", rule.limbs, result)
            for i, rule in enumerate(grades.direct)
            if rule.id in carry.causes
        ]
        by_score = self.by_score(grades, carry, result) if grades.bands else []
        if by_score:
            decide = f"{self.name('chosen')} = {_BY_BAND}"
            if result == "worst":
                decide = f"{self.name('asked')} = {len(self.given(grades))}"
            causes.append(f"({decide} AND ({' OR '.join(by_score)}))")
        cycle = self.run.cycle
        if carry.from_cycle is not None and cycle is not None and cycle < carry.from_cycle:
            causes = []
        cases = f"WHEN {' OR '.join(causes)} THEN {cycle} " if causes else ""
        if carry.id in self.before:
            origin = self.col(f"from {carry.id}", result)
            total = sum(p.cycles for p in carry.phases)
            cases += f"WHEN {self.age(carry, result)} < {total} THEN {origin} "
        return f"CASE {cases}END" if cases else self.d.no_place()

    def by_score(self, grades: n.Grades, carry: n.Carry, result: str) -> list[str]:
        """Write for each grade by bands that is a cause whether the score comes into it: at worst, from the best band down to the worst."""
        causes = {c.removeprefix("score:") for c in carry.causes if c.startswith("score:")}
        shown, worst = self.col("band", "shown"), self.col("band", "worst")
        places = [i for i, band in enumerate(grades.bands) if band.grade in causes]
        doubt = f"{shown} IS NULL"
        if result == "shown":
            found = [f"{shown} IS NOT DISTINCT FROM {i}" for i in places]
        else:
            first, last = self.name("first band"), len(grades.bands) - 1
            found = [f"{i} BETWEEN {first} AND coalesce({worst}, {last})" for i in places]
            doubt += f" OR {worst} IS NULL"
        return [*found, doubt] if n.UNDECIDED in causes else found

    def origins(self) -> dict[str, tuple[str, str]]:
        """Say in which columns of the standings the origins stand."""
        return {c.id: tables.origin(c.id) for c in self.carries}

    def carry_on(self) -> str:
        """Write the table BEFORE of the next cycle."""
        columns = "".join(f", {self.name(c)}" for pair in self.origins().values() for c in pair)
        return f"SELECT _s, unit{columns} FROM {self.name(tables.STANDINGS)}" if columns else ""

    # -- levels

    def by_level(self) -> None:
        """Write the level reached as the grade."""
        assert self.programme.levels is not None  # noqa: S101 - asked by the caller
        machine = self.programme.levels
        start = machine.order.index(machine.start)
        cases = " ".join(
            f"WHEN {i} THEN {self.d.text(level)}" for i, level in enumerate(machine.order)
        )
        columns = {f"grade {r}": f"CASE coalesce(_level_{r}, {start}) {cases} END" for r in RESULTS}
        self.layer("levels", columns)

    # -- proposals, scope, terms

    def rest(self) -> None:
        """Write what is said of the result shown: proposals, scope, terms."""
        p = self.programme
        known = self.knowing("worst").knowing(grade=exactly(self.col("grade", "shown")))
        columns = {"in scope": known.truth(p.scope)}
        columns |= {f"proposal {i}": known.limbs(one.limbs) for i, one in enumerate(p.proposals)}
        if p.terms:
            columns |= {
                f"{c} as read": known_exactly(known.pair(getattr(p.terms, c))) for c in _TERM_DAYS
            }
            columns |= {f"{c} as read": known.truth(getattr(p.terms, c)) for c in _TERM_TRUTHS}
        self.layer("said", columns)

    def columns(self) -> str:
        """Write the final SELECT. Rows that do not stand (out of scope, or held by nobody) only carry on."""
        p, d = self.programme, self.d
        proposed = [
            (d.text(one.id), f"{self.name(f'proposal {i}')} IS TRUE")
            for i, one in enumerate(p.proposals)
        ]
        open_ = [
            (d.text(one.id), f"{self.name(f'proposal {i}')} IS NULL")
            for i, one in enumerate(p.proposals)
        ]
        shown, worst = self.col("grade", "shown"), self.col("grade", "worst")
        is_open = " OR ".join(
            [f"{shown} <> {worst}", self.name("in scope") + " IS NULL", *(w for _, w in open_)]
        )
        graded = self.grades is not None and p.levels is None
        scores = [self.col("score", r) if graded else d.missing(_POINTS) for r in RESULTS]
        certainty = " ".join(f"WHEN {i} THEN {d.text(c)}" for i, c in enumerate(CERTAINTIES))
        columns: dict[str, str] = {
            "_k": "_k",
            "_s": "_s",
            "_stands": f"({self.name('in scope')} IS NOT FALSE AND _organisation IS NOT NULL)",
            "organisation": "_organisation",
            "unit": "_unit",
            "grade": shown,
            "at_worst": worst,
            "open": f"({is_open})",
            "score": scores[0],
            "worst_score": scores[1],
            "proposed": d.texts(proposed),
            "proposals_open": d.texts(open_),
            "reasons": self.reasons_list(),
            "study": self.study(),
            "certainty": f"CASE _least_sure {certainty} END",
            "since": "_since_shown" if p.levels else d.missing(DATE),
            **self.terms(),
            "carried": self.carried_list(),
        }
        columns |= {c: self.name(c) for pair in self.origins().values() for c in pair}
        listed = ",\n  ".join(f"{sql} AS {self.name(name)}" for name, sql in columns.items())
        return f"SELECT {listed}\nFROM {self.last}"

    def terms(self) -> dict[str, str]:
        """Write the dates of display and repair, after what overrules them."""
        d = self.d
        if not self.programme.terms:
            return {
                **{c: d.missing(DATE) for c in _TERM_DAYS},
                **dict.fromkeys(_TERM_TRUTHS, d.missing(TRUTH)),
                "display": self.d.missing(CODE),
            }

        def read(column: str) -> str:
            return self.name(f"{column} as read")

        def unless(column: str, *truths: str) -> str:
            over = " OR ".join(f"{read(t)} IS TRUE" for t in truths)
            return f"CASE WHEN {over} THEN NULL ELSE {read(column)} END"

        start, until = (
            unless("display_from", "never"),
            unless("display_until", "never", "open_until_cured"),
        )
        display = (
            f"CASE WHEN {read('never')} THEN 'never' WHEN {read('open_until_cured')} THEN 'open until cured'"
            f" WHEN {start} IS NULL THEN 'not started' WHEN {until} IS NULL THEN 'end not known' ELSE 'term' END"
        )
        return {
            "display_from": start,
            "display_until": until,
            "repair_from": unless("repair_from", "no_repair"),
            **{c: read(c) for c in _TERM_TRUTHS},
            "display": display,
        }

    def reasons_list(self) -> str:
        """List the rules that decided, each once, then those of the score."""
        if self.programme.levels:
            return self.d.joined(self.d.no_texts(), "_fired_shown")
        seen: dict[str, list[str]] = {}
        items = []
        for id_, when in self.reasons:
            earlier = seen.setdefault(id_, [])
            once = "".join(f" AND NOT coalesce({e}, FALSE)" for e in earlier)
            items.append((self.d.text(id_), f"{when}{once}"))
            earlier.append(f"({when})")
        listed = self.d.texts(items)
        return self.d.joined(listed, "_scored") if self.programme.score else listed

    def study(self) -> str:
        """Write whether a result rests on anything unconfirmed."""
        if not self.programme.basis.confirmed:
            return "TRUE"
        told = guide(self.programme)
        doubted, proposals = set(told.unconfirmed), set(told.unconfirmed_proposals)
        doubts = []
        if not told.score_confirmed:
            doubted |= told.read_score
            proposals |= told.proposals_read_score
            doubts.append(f"({self.name('chosen')} = {_BY_BAND})")
        doubts += [f"coalesce({when}, FALSE)" for id_, when in self.reasons if id_ in doubted]
        doubts += [
            f"({self.name(f'proposal {i}')} IS TRUE)"
            for i, one in enumerate(self.programme.proposals)
            if one.id in proposals
        ]
        if self.programme.score:
            doubts.append("coalesce(_doubtful, FALSE)")
        if self.programme.levels:
            machine = self.programme.levels
            for id_ in [g.id for g in machine.grounds] + [r.id for r in machine.raises]:
                if id_ in doubted:
                    doubts.append(
                        f"coalesce({self.d.contains('_fired_shown', self.d.text(id_))}, FALSE)"
                    )
        return "(" + " OR ".join(doubts) + ")" if doubts else "FALSE"

    def carried_list(self) -> str:
        """List rule:cycle of origin of what goes on, by rule."""
        items = []
        for carry in sorted(self.carries, key=lambda c: c.id):
            column = self.name(tables.origin(carry.id)[0])
            items.append((f"{self.d.text(carry.id + ':')} || {column}", f"{column} IS NOT NULL"))
        return self.d.texts(items)


_TERM_DAYS = ("display_from", "display_until", "repair_from")
_TERM_TRUTHS = ("never", "no_repair", "open_until_cured")


def reads_score(truth: n.Truth | Sequence[n.Limb]) -> bool:
    """Tell whether a condition reads the score, which differs between the results."""
    return "score" in names_read(tuple(truth) if isinstance(truth, Sequence) else truth)


def _has_exception(limbs: Sequence[n.Limb]) -> bool:
    return any(limb.unless is not None for limb in limbs)


def _phase(phases: Sequence[n.Phase], age: str) -> str:
    """Write the place of the phase that covers an age in cycles; NULL before, after, or without an origin."""
    cases, reached = "", 0
    for i, phase in enumerate(phases):
        cases += f"WHEN {age} > {reached} AND {age} <= {reached + phase.cycles} THEN {i} "
        reached += phase.cycles
    return f"CASE {cases}END"


__all__ = ["Decision", "Pair", "Type", "reads_score"]
