"""The tree of reasons: why a standing is what it is, down to the record and the article.

What counted, what did not and why, the arithmetic, what is undecided and which fact is missing, what is carried,
and when each reason ends. The tree is data; `kernel/telling` says it in a language and cuts it for an audience.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from goodstanding.kernel import days
from goodstanding.kernel.facts import Fact, Facts
from goodstanding.kernel.quantity import Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules import say
from goodstanding.kernel.rules.evaluate import Evaluation
from goodstanding.kernel.rules.grading import Carried, Outcome
from goodstanding.kernel.rules.guide import Described, Rule, guide
from goodstanding.kernel.rules.meaning import Env, Known
from goodstanding.kernel.rules.scoring import Contribution, to_points
from goodstanding.kernel.rules.windows import counted

Titles = tuple[tuple[str, str], ...]
Values = tuple[tuple[str, Known, Type], ...]


class RecordSeen(NamedTuple):
    """A record in a reason: which, of which day, how certain, who filed it; `why_not` says why it did not count."""

    record: str
    type: str
    date: int | None
    certainty: str
    authority: str | None
    why_not: str = ""
    rule: str = ""
    lacks: tuple[str, ...] = ()  # fields without which a condition stays undecided
    ends: int | None = None  # the day from which it no longer counts here, if nothing new is filed


class Reason(NamedTuple):
    """One rule that applied (or would, at worst): what it is, under which article, what it rests on."""

    # direct, carried, not graded, instead, band, otherwise, first match, step down, ceiling, deduct, add, item, item missing,
    # lowered, raised, propose
    kind: str
    rule: str
    titles: Titles
    basis: n.Basis
    condition: str = ""
    values: Values = ()  # the indicators it reads, as known
    low: int | None = None  # points in 1/10,000
    high: int | None = None
    records: tuple[RecordSeen, ...] = ()
    exception_not_shown: bool = False
    origin: int | None = None  # carried: the cycle it comes from
    cycles_left: int | None = None
    gives: str = ""  # the grade, ceiling or level it leads to
    earlier: tuple[n.Earlier, ...] = ()  # the laws at the act, where the milder of both laws counts


class Tree(NamedTuple):
    """The whole explanation of one evaluation.

    Every record of a type that the programme reads is found here: in a reason, among the undecided, among those that
    `met` a condition of a rule that did not decide, or, if it met none, among those not counted.
    """

    programme: str
    version: str
    titles: Titles
    basis: n.Basis
    decided: tuple[Reason, ...]
    overtaken: tuple[Reason, ...]
    start: int | None
    score: int | None
    worst_score: int | None
    arithmetic: tuple[Reason, ...]
    proposals: tuple[Reason, ...]
    at_worst: tuple[Reason, ...]  # rules that fire only at worst
    undecided: tuple[RecordSeen, ...]
    met: tuple[RecordSeen, ...]
    not_counted: tuple[RecordSeen, ...]
    carried_on: tuple[tuple[str, int], ...]
    missing: tuple[str, ...]


def explain(programme: n.Programme, evaluation: Evaluation, facts: Facts) -> Tree:
    """Make the tree of reasons of an evaluation; `facts` must be those it was made from."""
    maker = _Maker(programme, evaluation, facts)
    shown, worst = evaluation.shown, evaluation.worst
    decided = maker.decided(shown, shown.fired)
    overtaken = maker.reasons(shown, shown.overtaken)
    arithmetic = (*[maker.scored(c) for c in evaluation.contributions], *maker.weighed())
    proposals = tuple(
        [maker.proposal(p) for p in programme.proposals if p.id in evaluation.proposed]
    )
    at_worst = maker.only_at_worst(shown, worst)
    undecided = maker.undecided()
    told = {seen.record for seen in undecided}
    for part in (decided, overtaken, arithmetic, proposals, at_worst):
        for reason in part:
            told.update([seen.record for seen in reason.records])
    return Tree(
        programme.id,
        programme.version,
        programme.title,
        programme.basis,
        decided,
        overtaken,
        evaluation.start,
        shown.score,
        worst.score,
        arithmetic,
        proposals,
        at_worst,
        undecided,
        maker.met(told),
        maker.not_counted(),
        tuple(sorted(shown.origins.items())),
        programme.missing,
    )


class _Maker:
    """Makes reasons for one evaluation."""

    def __init__(self, programme: n.Programme, evaluation: Evaluation, facts: Facts) -> None:
        self.programme, self.evaluation, self.facts = programme, evaluation, facts
        self.guide = guide(programme)
        self.windows: dict[str, list[tuple[int, int]]] = {}  # by record type
        self.levels = [o.level for o in (evaluation.shown, evaluation.worst) if o.level]

    def reasons(self, outcome: Outcome, fired: Sequence[tuple[str, str]]) -> tuple[Reason, ...]:
        if not fired:
            return ()
        carried = {c.rule: c for c in outcome.carried}
        made = []
        for kind, id_ in fired:
            described = self.guide.rules.get(id_)
            if described is None:
                continue
            made.append(
                self._reason(
                    kind, id_, described, outcome, carried.get(id_) if kind == "carried" else None
                )
            )
        return tuple(made)

    def decided(self, outcome: Outcome, fired: Sequence[tuple[str, str]]) -> tuple[Reason, ...]:
        """Give the rules that decided; where none gave or moved the grade, the band or the last limb that gave it."""
        made = self.reasons(outcome, fired)
        start_only = {
            c.rule for c in outcome.carried if not c.phase.grade and not c.phase.not_above
        }
        if any(r.kind != "carried" or r.rule not in start_only for r in made) or outcome.grade in (
            n.UNDECIDED,
            "",
        ):
            return made
        return (self._structural(outcome), *made)

    def only_at_worst(self, shown: Outcome, worst: Outcome) -> tuple[Reason, ...]:
        """Give what applies only at worst; nothing where both results are the same."""
        if worst is shown:
            return ()
        only = [f for f in worst.fired if f not in shown.fired]
        if worst.grade == shown.grade:
            return self.reasons(worst, only)
        return self.decided(worst, only)

    def _reason(
        self, kind: str, id_: str, described: Described, outcome: Outcome, carried: Carried | None
    ) -> Reason:
        rule = described.rule
        records = self._seen(described.below)
        if outcome.level:
            records += [self._record(f) for rule_id, f in outcome.level.rests_on if rule_id == id_]
        return Reason(
            kind,
            id_,
            described.title,
            rule.basis,
            described.condition,
            self._values(described.below),
            records=_each_once(records),
            exception_not_shown=id_ in outcome.exceptions_not_shown,
            origin=carried.origin if carried else None,
            cycles_left=carried.cycles_left if carried else None,
            gives=_gives(rule, carried),
            earlier=described.earlier,
        )

    def _structural(self, outcome: Outcome) -> Reason:
        """Say that the score, or the last limb, gave the grade."""
        grades = self.programme.grades
        bands = grades.bands if grades else ()
        band = next((b for b in bands if b.grade == outcome.grade), None)
        basis = band.basis if band else self.programme.basis
        return Reason(
            "band" if band else "otherwise", "", (), basis, _cut(bands, band), gives=outcome.grade
        )

    def scored(self, contribution: Contribution) -> Reason:
        described = self.guide.rules[contribution.rule]
        adds = isinstance(described.rule, n.Deduction) and described.rule.adds
        seen = [self._record(h.fact) for g in contribution.groups for h in g.hits if h.certain]
        overtaken = [
            self._record(h.fact, "overtaken", contribution.rule)
            for g in contribution.overtaken
            for h in g.hits
        ]
        return Reason(
            "add" if adds else "deduct",
            contribution.rule,
            described.title,
            described.rule.basis,
            described.condition,
            self._values(described.below),
            contribution.low,
            contribution.high,
            _each_once(seen + overtaken),
            earlier=described.earlier,
        )

    def weighed(self) -> Iterator[Reason]:
        """Give the weighted items that are present, and the mandatory ones that are missing."""
        if not self.guide.items:
            return
        env = Env(dict(self.evaluation.run.moments), dict(self.evaluation.known))
        for told in self.guide.items:
            item = told.item
            low, high = told.read(env)
            there = low is not None and low == high
            if not there and not item.mandatory:
                continue
            points = to_points(low, item.points.type) if there else None
            yield Reason(
                "item" if there else "item missing",
                item.id,
                item.title,
                item.basis,
                told.points,
                self._values(told.below),
                points,
                points,
                _each_once(self._seen(told.below)),
                gives=told.weight,
            )

    def proposal(self, proposal: n.Proposal) -> Reason:
        described = self.guide.proposals[proposal.id]
        return Reason(
            "propose",
            proposal.id,
            proposal.title,
            proposal.basis,
            described.condition,
            self._values(described.below),
            records=_each_once(self._seen(described.below)),
            gives=proposal.list,
            earlier=described.earlier,
        )

    def _values(self, below: Iterable[n.Indicator]) -> Values:
        known = self.evaluation.known
        return tuple([(i.name, known.get(i.name), i.type) for i in below])

    def _seen(self, below: Iterable[n.Indicator]) -> list[RecordSeen]:
        """Give the records that certainly met one of the indicators."""
        return [
            self._record(hit.fact, ends=self._ends(hit.fact, indicator.name))
            for indicator in below
            for hit in self.evaluation.hits.get(indicator.name, ())
            if hit.certain
        ]

    def _ends(self, fact: Fact, indicator: str) -> int | None:
        """Give the day from which a record no longer lies in an indicator's window."""
        months = self.guide.selects[indicator].window.months_back
        return None if fact.date is None or months is None else days.add_months(fact.date, months)

    def _record(
        self, fact: Fact, why_not: str = "", rule: str = "", *, ends: int | None = None
    ) -> RecordSeen:
        values = fact.values
        authority = values.get("authority")
        return RecordSeen(
            fact.record,
            fact.type,
            fact.date,
            str(values.get("certainty")),
            authority if isinstance(authority, str) else None,
            why_not,
            rule,
            (),
            ends,
        )

    def undecided(self) -> tuple[RecordSeen, ...]:
        """Give the records that only possibly meet a rule, or whose points are not known, with the fields they lack."""
        found: list[RecordSeen] = []
        for name, hits in self.evaluation.hits.items():
            for hit in hits:
                if not hit.certain:
                    needed = self.guide.indicator_needs[name]
                    found.append(self._lacking(hit.fact, name, needed))
        for contribution in self.evaluation.contributions:
            needed = self.guide.rules[contribution.rule].needs
            unsure = contribution.low != contribution.high
            for group in (*contribution.groups, *contribution.overtaken):
                for hit in group.hits:
                    if unsure or not hit.certain:
                        seen = self._lacking(hit.fact, contribution.rule, needed)
                        if seen.lacks or not hit.certain:
                            found.append(seen)
        for rule, fact in self._doubtful_events():
            found.append(self._lacking(fact, rule, self.guide.rules[rule].needs))
        return _each_once(found)

    def _doubtful_events(self) -> tuple[tuple[str, Fact], ...]:
        level = self.evaluation.worst.level
        return level.doubtful if level else ()

    def met(self, told: Container[str]) -> tuple[RecordSeen, ...]:
        """Give the records that certainly meet a condition and are told of nowhere else."""
        found: dict[str, RecordSeen] = {}
        for name, hits in self.evaluation.hits.items():
            for hit in hits:
                fact = hit.fact
                if hit.certain and fact.record not in told and fact.record not in found:
                    found[fact.record] = self._record(fact, ends=self._ends(fact, name))
        for level in self.levels:
            for _, fact in level.rests_on:
                if fact.record not in told:
                    found.setdefault(fact.record, self._record(fact))
        return tuple(found.values())

    def _lacking(self, fact: Fact, rule: str, needed: Iterable[str]) -> RecordSeen:
        lacks = tuple([name for name in needed if fact.values.get(name) is None])
        return self._record(fact, "undecided", rule)._replace(lacks=lacks)

    def not_counted(self) -> tuple[RecordSeen, ...]:
        """Give the records of types this programme reads that met no rule, and why."""
        counted_ones = {h.fact.record for hits in self.evaluation.hits.values() for h in hits}
        for c in self.evaluation.contributions:
            for group in (*c.groups, *c.overtaken):
                counted_ones.update([h.fact.record for h in group.hits])
        for level in self.levels:
            counted_ones.update([fact.record for _, fact in level.rests_on])
            counted_ones.update([fact.record for _, fact in level.doubtful])
        return tuple(
            [
                self._record(fact, self._why_not(fact, selects))
                for name, selects in self.guide.selections.items()
                for fact in self.facts.get(name, ())
                if fact.record not in counted_ones and not self._silent(fact)
            ]
        )

    def _silent(self, fact: Fact) -> bool:
        """Tell whether an allegation lapsed undecided before the day judged: nobody is told of it any more."""
        return fact.silent_from is not None and self.evaluation.run.judged >= fact.silent_from

    def _why_not(self, fact: Fact, selects: Iterable[n.Select]) -> str:
        if fact.why_not:
            return fact.why_not
        date = fact.date or 0
        if date > self.evaluation.run.judged:
            return "after the day judged"
        windows = self.windows.get(fact.type)
        if windows is None:
            moments = dict(self.evaluation.run.moments)
            windows = self.windows[fact.type] = [counted(s.window, moments) for s in selects]
        if not any(start <= date < end for start, end in windows):
            return "outside the window"
        if all(s.final for s in selects) and fact.values["certainty"] != n.Certainty.FINAL.value:
            return "not final"
        return "no condition met"


def _cut(bands: tuple[n.Band, ...], band: n.Band | None) -> str:
    """Say where a band lies: from its own cut on, or below the last of the others."""
    if band is None:
        return ""
    above = [b.lowest for b in bands if b.lowest is not None]
    at = band.lowest if band.lowest is not None else (above[-1] if above else None)
    if at is None:
        return ""
    cut = say.points(at.value) if isinstance(at, n.Const) else say.value(at)
    return f"score {'<' if band.lowest is None else '>='} {cut}"


def _gives(rule: Rule, carried: Carried | None) -> str:
    if carried:
        phase = carried.phase
        return phase.grade or phase.not_above or f"start - {say.points(phase.start_less)}"
    match rule:
        case n.Direct(grade=grade) | n.Given(grade=grade):
            return grade
        case n.Ceiling(not_above=bar):
            return bar
        case n.LevelGround(to=to) | n.Raise(to=to):
            return to
        case n.Proposal(list=list_):
            return list_
        case _:
            return ""


def _each_once(records: Sequence[RecordSeen]) -> tuple[RecordSeen, ...]:
    """Name each record once per rule; where it counts in several windows, until the last of them ends."""
    if len(records) < 2:
        return tuple(records)
    found: dict[tuple[str, str, str], RecordSeen] = {}
    for seen in records:
        key = (seen.record, seen.why_not, seen.rule)
        same = found.get(key)
        if same is None:
            found[key] = seen
        elif same.ends is not None and (seen.ends is None or seen.ends > same.ends):
            found[key] = same._replace(ends=seen.ends)
    return tuple(found.values())


__all__ = ["Reason", "RecordSeen", "Tree", "explain"]
