"""The classes of situations that random agreement must reach: if one is never met, agreement about it means nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import pytest

from goodstanding.kernel import days, quantity
from goodstanding.kernel.facts import facts
from goodstanding.kernel.quantity import NARROW, Kind
from goodstanding.kernel.rules import aggregate, levels, meaning, scoring
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.aggregate import Group, Hit, Window
from goodstanding.kernel.rules.grading import Outcome
from goodstanding.kernel.rules.meaning import Interval
from goodstanding.kernel.rules.walk import fields_read, inside
from goodstanding.kernel.standing import Standing
from tests.agreement.histories import History
from tests.agreement.laws import Law

_LEAP = frozenset(days.of(y, 2, 29) for y in (2024,))

# Every class by its name; the sentence says when a pair is counted.
CLASSES = (
    # histories
    "two records of one day", "a record of 29 February", "a missing counting date", "a missing value", "cured after the judged day",
    "ended before the judged day", "a corrected version", "an older version of a type", "a renamed field", "annulled by its state", "held",
    "alleged", "annulled by a link", "annulled with what it rests on", "cured by a link", "ended by a link", "a link to nothing",
    "a linked field read",
    # hits and groups
    "a possible hit", "a group of several", "a group certain and possible at once", "one act in two records", "a missing key",
    "take first", "take latest", "only final ones", "months back",
    "an unsettled group in a window", "a taken member only possible", "an open act",
    # values
    *(f"indicator {kind.__name__}" for kind in (n.Count, n.Exists, n.Sum, n.Extreme, n.Pick, n.Peak, n.LongestRun, n.MissingPeriods, n.Scalar)),
    *(f"node {kind.__name__}" for kind in (n.Unknown, n.LinkField, n.Now, n.Add, n.Sub, n.Mul, n.Least, n.Greatest, n.Rounded, n.Shift, n.Span, n.Choose,
      n.WordIn, n.SameCode, n.Present, n.TruthOf, n.Not, n.All, n.Any_)),
    "an open sum", "an undecided truth", "more than 18 digits", "rounded half up at a half", "a denominator of zero", "a negative sum",
    # scores
    "a rule overtaken on an act", "points given back", "capped per hit", "capped in total", "points added", "beside", "once", "a missing score", "an open score",
    "points missing: undecided", "points missing: nothing", "points missing: at most",
    # weights
    "an item absent", "a mandatory item absent", "a weight not published",
    # grades
    "direct", "not graded", "instead", "by band", "first match", "otherwise", "undecided", "a step down", "a ceiling that bars", "a ceiling overtaken",
    "an exception not shown", "carried grade", "carried ceiling", "carried points", "carried run out", "carried at worst only", "cause by score",
    "grade differs at worst", "an undecided direct above a worse band", "an undecided limb above a worse one", "undecided beside a ranked grade",
    "a possible band cause",
    # levels
    "level lowered", "level raised by itself", "level raised by decision", "raise without effect", "several levels up by themselves", "level differs at worst",
    "blocked",
    # the rest
    "a proposal", "an open proposal", "out of scope", "scope undecided", "a decision judged", "a record judged", "a unit judged", "never displayed",
    "open until cured", "term of display", "not started", "end not known", "a study", "confirmed throughout", *(f"certainty {c}" for c in n.COUNTING), "no certainty",
)  # fmt: skip


class Classes:
    """Counts pairs by class."""

    def __init__(self) -> None:
        self.met: Counter[str] = Counter()

    def missing(self) -> list[str]:
        return [c for c in CLASSES if not self.met[c]]

    def add(self, names: Iterable[str]) -> None:
        for name in names:
            assert name in CLASSES, name
            self.met[name] += 1

    # -- what is seen of a pair

    def history(self, law: Law, history: History, judged: int) -> None:
        self.add(set(_of_history(law, history, judged)))

    def standing(self, law: Law, standing: Standing) -> None:
        self.add(set(_of_standing(law, standing)))

    def law(self, law: Law) -> None:
        found = {f"node {type(x).__name__}" for x in inside(law.programme)}
        self.add(found & set(CLASSES))

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at every rounding, taking and window while the interpreter judges."""
        rounded, valued, windowed = quantity.round_half_up, aggregate.group_value, aggregate.windows

        def rounding(numerator: int, denominator: int) -> int:
            if 2 * (numerator % denominator) == denominator:
                self.met["rounded half up at a half"] += 1
            return rounded(numerator, denominator)

        def taking(group: Group, take: n.Take, of: Callable[[Hit], Interval]) -> Interval:
            if take is not n.Take.GRAVEST and group.certain and len(group.may_be_taken(take)) > 1:
                self.met["a taken member only possible"] += 1
            return valued(group, take, of)

        def windowing(groups: Sequence[Group], months: int) -> list[Window]:
            if any(g.certain and not g.settled for g in groups):
                self.met["an unsettled group in a window"] += 1
            return windowed(groups, months)

        with pytest.MonkeyPatch.context() as patch:
            for where in (meaning, scoring):
                patch.setattr(where, "round_half_up", rounding)
            for where in (aggregate, scoring, levels):
                patch.setattr(where, "group_value", taking)
            for where in (aggregate, levels):
                patch.setattr(where, "windows", windowing)
            yield


def _of_history(law: Law, history: History, judged: int) -> Iterator[str]:
    known = facts(history.versions, law.types, law.known)
    links = {
        link.name
        for v in history.versions
        for link in law.types[v.type][v.version].links
        if link.name in v.links
    }
    records = {v.record for v in history.versions}
    by_record = {f.record: f for group in known.values() for f in group}
    if any(isinstance(x, n.LinkField) for x in inside(law.programme)) and links:
        yield "a linked field read"
    for v in history.versions:
        kind = law.types[v.type]
        if v.known_to is not None and v.known_from < 16:
            yield "a corrected version"
        if v.version < max(kind):
            yield "an older version of a type"
            if any(kind[k].was for k in kind if k > v.version):
                yield "a renamed field"
        if any(target not in records for target in v.links.values()):
            yield "a link to nothing"
        if (
            v.values.get("cured") is None
            and (f := by_record.get(v.record))
            and f.values.get("cured") is not None
        ):
            yield "cured by a link"
        if (
            v.values.get("ended") is None
            and (f := by_record.get(v.record))
            and f.values.get("ended") is not None
        ):
            yield "ended by a link"
    acts: Counter[object] = Counter()
    for group in known.values():
        dates = [f.date for f in group if not f.why_not]
        if len(dates) != len(set(dates)):
            yield "two records of one day"
        for f in group:
            cured, ended = f.values.get("cured"), f.values.get("ended")
            acts[f.values["act"]] += 1
            yield from {
                "undated": ["a missing counting date"], "annulled": ["annulled by its state"], "held": ["held"], "alleged": ["alleged"],
            }.get(f.why_not, [])  # fmt: skip
            if f.why_not.startswith("annulled by"):
                yield "annulled by a link"
            if f.why_not.startswith("annulled with"):
                yield "annulled with what it rests on"
            if f.date in _LEAP:
                yield "a record of 29 February"
            if None in f.values.values():
                yield "a missing value"
            if isinstance(cured, int) and cured > judged:
                yield "cured after the judged day"
            if isinstance(ended, int) and ended <= judged:
                yield "ended before the judged day"
    if any(k > 1 for k in acts.values()):
        yield "one act in two records"


def _of_standing(law: Law, s: Standing) -> Iterator[str]:
    p, e = law.programme, s.evaluation
    for i in p.indicators:
        value = e.known[i.name]
        yield f"indicator {type(i.what).__name__}"
        if i.type.kind is Kind.TRUTH and value is None:
            yield "an undecided truth"
        if isinstance(value, tuple):
            low, high = value
            if isinstance(i.what, n.Sum) and low is not None and high is None:
                yield "an open sum"
            if low is not None and abs(low) > NARROW:
                yield "more than 18 digits"
            if isinstance(i.what, n.Sum) and low is not None and low < 0:
                yield "a negative sum"
    for part in inside(p):
        if isinstance(part, n.Select) and any(
            h.fact.type == part.record for hits in e.hits.values() for h in hits
        ):
            yield from _of_select(part)
        if isinstance(part, n.Rounded) and _zero(part, s):
            yield "a denominator of zero"
    for hits in e.hits.values():
        if any(not h.certain for h in hits):
            yield "a possible hit"
    if p.score:
        yield from _of_score(p.score, s)
    if p.weights:
        yield from _of_weights(p.weights, s)
    if p.grades and not p.levels:
        yield from _of_grades(p.grades, s)
    if p.levels:
        yield from _of_levels(s)
    yield from _of_rest(law, s)


def _of_select(select: n.Select) -> Iterator[str]:
    if select.take is not n.Take.GRAVEST:
        yield f"take {select.take.value}"
    if select.final:
        yield "only final ones"
    if select.window.months_back is not None:
        yield "months back"


def _zero(node: n.Rounded, s: Standing) -> bool:
    below = node.denominator
    if isinstance(below, n.Field):
        return any(
            h.fact.values.get(below.name) == 0 for hits in s.evaluation.hits.values() for h in hits
        )
    return isinstance(below, n.Ref) and s.evaluation.known.get(below.name) == (0, 0)


def _of_score(score: n.Score, s: Standing) -> Iterator[str]:
    e = s.evaluation
    made = {c.rule: c for c in e.contributions}
    if s.score is None:
        yield "a missing score"
    if s.score != s.worst_score:
        yield "an open score"
    for rule in score.rules:
        c = made.get(rule.id)
        if c is None:
            continue
        groups = (*c.groups, *c.overtaken)
        if c.overtaken:
            yield "a rule overtaken on an act"
        if not rule.adds and not rule.beside and any(g.act is None for g in groups):
            yield "an open act"
        if rule.restored and not rule.adds and (c.low or c.high):
            yield "points given back"
        if rule.hit_at_most is not None and rule.hit_at_most <= c.high:
            yield "capped per hit"
        if rule.at_most is not None and rule.at_most in (c.low, c.high):
            yield "capped in total"
        if rule.adds and c.low:
            yield "points added"
        if rule.beside and c.high:
            yield "beside"
        if rule.select is None and c.high:
            yield "once"
        if any(len(g.hits) > 1 for g in groups):
            yield "a group of several"
        if any({h.certain for h in g.hits} == {True, False} for g in groups):
            yield "a group certain and possible at once"
        if (
            rule.select
            and rule.select.distinct
            and groups
            and isinstance(rule.select.distinct[0], n.Field)
        ):
            name = rule.select.distinct[0].name
            if any(h.fact.values.get(name) is None for g in groups for h in g.hits):
                yield "a missing key"
        if any(
            h.fact.values.get(name) is None
            for g in groups
            for h in g.hits
            for name in fields_read(rule.points)
        ):
            yield f"points missing: {rule.if_none}"


def _of_weights(weights: n.Weights, s: Standing) -> Iterator[str]:
    for item in weights.items:
        if isinstance(item.weight, n.Unknown):
            yield "a weight not published"
    if s.score is None and s.worst_score is not None:
        yield "a mandatory item absent"
    elif s.score is None or any(
        isinstance(i.points, n.Ref) and s.evaluation.known[i.points.name] == (None, None)
        for i in weights.items
    ):
        yield "an item absent"


def _of_grades(grades: n.Grades, s: Standing) -> Iterator[str]:
    e = s.evaluation
    for outcome in (e.shown, e.worst):
        for kind, _ in outcome.fired:
            name = {"step down": "a step down", "ceiling": "a ceiling that bars"}.get(kind, kind)
            if name in CLASSES:
                yield name
        if any(kind == "ceiling" for kind, _ in outcome.overtaken):
            yield "a ceiling overtaken"
        if outcome.exceptions_not_shown:
            yield "an exception not shown"
        for carried in outcome.carried:
            yield from _of_carried(carried.phase)
        yield from _of_causes(grades, outcome, s)
    yield from _of_worst(grades, s)
    if e.shown.grade != e.worst.grade:
        yield "grade differs at worst"
    if dict(e.shown.origins) != dict(e.worst.origins):
        yield "carried at worst only"
    if e.shown.grade == n.UNDECIDED:
        yield "undecided"
    kinds = {kind for kind, _ in e.shown.fired}
    if (
        grades.bands
        and not kinds & {"direct", "not graded", "instead"}
        and e.shown.grade != n.UNDECIDED
    ):
        yield "by band"
    if grades.first_match and not kinds & {"direct", "not graded", "instead", "first match"}:
        yield "otherwise"


def _of_worst(grades: n.Grades, s: Standing) -> Iterator[str]:
    shown, worst = s.evaluation.shown, s.evaluation.worst
    fired, overtaken = ({kind for kind, _ in part} for part in (worst.fired, worst.overtaken))
    if worst.by_bands and "direct" in overtaken and not fired & {"direct", "carried", "instead"}:
        yield "an undecided direct above a worse band"
    if "first match" in overtaken and worst.grade in grades.order:
        yield "an undecided limb above a worse one"
    if worst.grade == n.UNDECIDED and overtaken & {"direct", "carried", "instead", "first match"}:
        yield "undecided beside a ranked grade"
    direct = {id_ for kind, id_ in (*worst.fired, *worst.overtaken) if kind == "direct"}
    direct -= {id_ for kind, id_ in shown.fired if kind == "direct"}
    for carry in grades.carries:
        possible = worst.by_bands and worst.origins.get(carry.id) == s.cycle is not None
        only_bands = all(c.startswith("score:") for c in carry.causes)
        if possible and only_bands and (direct or shown.origins.get(carry.id) != s.cycle):
            yield "a possible band cause"


def _of_carried(phase: n.Phase) -> Iterator[str]:
    if phase.grade:
        yield "carried grade"
    if phase.not_above:
        yield "carried ceiling"
    if phase.start_less:
        yield "carried points"


def _of_causes(grades: n.Grades, outcome: Outcome, s: Standing) -> Iterator[str]:
    for carry in grades.carries:
        origin = outcome.origins.get(carry.id)
        if (
            origin is not None
            and origin == s.cycle
            and not any(d.id in carry.causes for d in grades.direct)
        ):
            yield "cause by score"
    for carried in outcome.carried:
        if carried.cycles_left == 0 and carried.rule not in outcome.origins:
            yield "carried run out"


def _of_levels(s: Standing) -> Iterator[str]:
    e = s.evaluation
    for outcome in (e.shown, e.worst):
        assert outcome.level is not None
        events = outcome.level.events
        itself = {r for _, kind, r, _ in events if kind == "raised"}
        for _, kind, _, _ in events:
            if kind == "lowered":
                yield "level lowered"
            if kind == "without effect":
                yield "raise without effect"
        if itself:
            yield "level raised by itself"
        pairs = pairwise(events)
        if any(a[1] == b[1] == "raised" and a[0] < b[0] for a, b in pairs):
            yield "several levels up by themselves"
        if any(
            kind == "raised" and any(f.date == day for f in outcome.level.facts)
            for day, kind, _, _ in events
        ):
            yield "level raised by decision"
    if e.shown.grade != e.worst.grade:
        yield "level differs at worst"


def _of_rest(law: Law, s: Standing) -> Iterator[str]:
    p, e = law.programme, s.evaluation
    if e.proposed:
        yield "a proposal"
    if e.proposals_open:
        yield "an open proposal"
    if e.in_scope is None:
        yield "scope undecided"
    if p.levels and p.levels.blocked != n.FALSE:
        yield "blocked"
    judged = {
        n.Judges.DECISION: "a decision judged",
        n.Judges.RECORD: "a record judged",
        n.Judges.UNIT: "a unit judged",
    }
    if p.judges in judged:
        yield judged[p.judges]
    if s.display:
        words = {"never": "never displayed", "term": "term of display"}
        yield words.get(s.display, s.display)
    yield "a study" if s.study else "confirmed throughout"
    yield f"certainty {s.certainty}" if s.certainty else "no certainty"
