"""One programme, one run, all subjects of a range of buckets: columns in, standings and contributions as columns out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.compile.programme import rules_of
from goodstanding.compile.versions import Types
from goodstanding.kernel.identity import Form, Organisation, judgeable
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before, evaluate
from goodstanding.kernel.rules.guide import guide
from goodstanding.kernel.rules.windows import Run, counted
from goodstanding.kernel.standing import Standing, stand
from goodstanding.store import vectors as v
from goodstanding.store.vector_facts import Facts, Items
from goodstanding.store.vector_grades import NO_SCORES, NOTHING, Grader
from goodstanding.store.vector_hits import Chooser, aggregate
from goodstanding.store.vector_levels import Reached, limbs_hold, machines
from goodstanding.store.vector_meaning import Meaning
from goodstanding.store.vector_score import Contribution, score, weigh
from goodstanding.store.vectors import Bits, Ints, Num, Truth, Word

# An Arrow array of texts: pyarrow has no types.
Texts = Any
# Carry rule -> cycle of origin per subject, NOTHING where nothing is carried.
Origins = dict[str, Ints]

_NOBODY = judgeable(Organisation("nobody", None, Form.ORGANISATION))


class Untouched:
    """Judges, by the reference, a subject without any record: once for each programme, run and what is carried in."""

    def __init__(self, types: Types) -> None:
        """Begin with nothing judged."""
        self.types = types
        self._found: dict[object, tuple[Standing | None, Before]] = {}

    def judged(
        self, programme: n.Programme, run: Run, before: Before
    ) -> tuple[Standing | None, Before]:
        """Give its standing (None where it has none), and what it carries into the next cycle."""
        key = (programme.key, run, *(frozenset(o.items()) for o in (before.shown, before.worst)))
        if key not in self._found:
            assert _NOBODY is not None  # noqa: S101 - its form is judged
            standing = stand(_NOBODY, programme, {}, run, before, self.types)
            evaluation = evaluate(programme, {}, run, before)
            goes_on = Before(evaluation.shown.origins, evaluation.worst.origins)
            self._found[key] = standing, goes_on
        return self._found[key]


@dataclass
class CarriedIn:
    """What a cycle carries into the next, for all subjects and for one without any record.

    Where decisions or records are judged, `keys` says to which (subject, decision or record) each place belongs.
    """

    shown: Origins = field(default_factory=dict)
    worst: Origins = field(default_factory=dict)
    usual: Before = NOTHING_BEFORE
    keys: tuple[tuple[int, str], ...] = ()

    def differing(self, subjects: int) -> Ints:
        """Tell for which subjects it is not what it is for one without any record."""
        differs = np.zeros(subjects, dtype=bool)
        for origins, usual in ((self.shown, self.usual.shown), (self.worst, self.usual.worst)):
            for rule, origin in origins.items():
                differs |= origin != usual.get(rule, NOTHING)
        return differs

    def of(self, subject: Ints) -> tuple[Origins, Origins]:
        """Give both results' origins for some subjects."""
        return (
            {rule: origin[subject] for rule, origin in self.shown.items()},
            {rule: origin[subject] for rule, origin in self.worst.items()},
        )

    def of_keys(self, keys: Sequence[tuple[int, str]]) -> tuple[Origins, Origins]:
        """Give both results' origins for some decisions or records; those that were not judged before carry nothing."""
        place = {key: i for i, key in enumerate(self.keys)}
        at = np.array([place.get(key, -1) for key in keys], dtype=np.int64)
        shown, worst = (
            {rule: np.append(origin, NOTHING)[at] for rule, origin in origins.items()}
            for origins in (self.shown, self.worst)
        )
        return shown, worst


@dataclass
class Judged:
    """The standings of all things judged that are not as those of a subject without any record.

    `units` are the keys of decisions and records (None for organisations and units). `usual` is the standing of a subject without any record; None
    where it has none, or where only decisions and records are judged. `goes_on` is what such a subject carries on.
    """

    programme: n.Programme
    run: Run
    items: Items
    units: Texts | None
    usual: Standing | None
    goes_on: Before
    grade: Word
    at_worst: Word
    open: Ints
    score: Num
    worst_score: Num
    proposed: list[tuple[str, Ints]]
    proposals_open: list[tuple[str, Ints]]
    reasons: list[tuple[str, Ints, Ints]]  # id, items, place among the reasons of an item
    study: Ints
    certainty: Ints
    since: Num
    terms: dict[str, Num | Truth]
    in_scope: Truth
    contributions: list[Contribution]
    carried: CarriedIn
    level_worst: Reached | None = None


def judge(
    programme: n.Programme,
    run: Run,
    facts: Mapping[str, Facts],
    subjects: int,
    before: CarriedIn,
    untouched: Untouched,
) -> Judged:
    """Judge all subjects (organisations or units, numbered from 0) by one programme."""
    of_records = programme.judges in (n.Judges.DECISION, n.Judges.RECORD)
    if of_records:
        items, units, item_of = _decisions(programme, run, facts)
        carried_in = before.of_keys(_pairs(items, units) if before.shown else ())
    else:
        items, item_of = _touched(programme, run, facts, subjects, before)
        units, carried_in = None, before.of(items.subject)
    chooser = Chooser(programme, facts, items, item_of)
    on = Meaning(items)
    for indicator in programme.indicators:
        what = indicator.what
        if not isinstance(what, n.Scalar):
            items.indicators[indicator.name] = aggregate(chooser, what, indicator.type)
        elif indicator.type.kind is Kind.TRUTH:
            items.indicators[indicator.name] = on.truth(what.formula)  # type: ignore[arg-type]
        else:
            items.indicators[indicator.name] = on.value(what.formula)  # type: ignore[arg-type]
    return _decided(programme, chooser, on, units, before, carried_in, untouched)


def carried_on(judged: Judged, subjects: int) -> CarriedIn:
    """Give what goes on: what touched items carry, and for all other subjects what one without any record does."""
    if judged.units is not None or not judged.carried.shown:
        return judged.carried
    usual = judged.goes_on
    carried = CarriedIn(usual=usual)
    for to, own, default in (
        (carried.shown, judged.carried.shown, usual.shown),
        (carried.worst, judged.carried.worst, usual.worst),
    ):
        for rule, origin in own.items():
            spread = np.full(subjects, default.get(rule, NOTHING), dtype=np.int64)
            spread[judged.items.subject] = origin
            to[rule] = spread
    return carried


# --------------------------------------------------------------------------------------------------
# What is judged


def _readable(programme: n.Programme, facts: Mapping[str, Facts]) -> list[str]:
    about = "unit" if programme.judges is n.Judges.UNIT else "organisation"
    return [name for name, one in facts.items() if one.type.about == about]


def _touched(
    programme: n.Programme,
    run: Run,
    facts: Mapping[str, Facts],
    subjects: int,
    before: CarriedIn,
) -> tuple[Items, dict[str, Ints]]:
    """Number the subjects that have records in some window, or to which something unusual is carried."""
    moments = dict(run.moments)
    there = before.differing(subjects)
    readable = _readable(programme, facts)
    ranges = {
        (rule.select.record, counted(rule.select.window, moments)) for rule in rules_of(programme)
    }
    for record, (start, end) in sorted(ranges):
        if record in readable:
            one = facts[record]
            there[one.subject[(one.date >= start) & (one.date < end)]] = True
    touched = np.flatnonzero(there)
    place = np.full(subjects, -1, dtype=np.int64)
    place[touched] = np.arange(len(touched))
    items = Items(run, touched)
    read = {record for record, _ in ranges}
    return items, {name: place[facts[name].subject] for name in readable if name in read}


def _decisions(
    programme: n.Programme, run: Run, facts: Mapping[str, Facts]
) -> tuple[Items, Texts, dict[str, Ints]]:
    """Number the decisions (or records) that are there on the judged day."""
    mine = [t for t in programme.judged_records if t in facts and facts[t].type.about != "unit"]
    rows = {t: np.flatnonzero(facts[t].date <= run.judged) for t in mine}
    keys = [_keys(programme, facts[t], rows[t]).combine_chunks() for t in mine]
    coded = pa.chunked_array(keys or [[]], pa.string()).combine_chunks().dictionary_encode()
    code = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    none = np.zeros(0, dtype=np.int64)
    subject = np.concatenate([none, *(facts[t].subject[rows[t]] for t in mine)])
    date = np.concatenate([none, *(facts[t].date[rows[t]] for t in mine)])
    pairs, first, item = np.unique(
        subject * (len(coded.dictionary) + 1) + code, return_index=True, return_inverse=True
    )
    opened = np.full(len(pairs), 2**40, dtype=np.int64)
    np.minimum.at(opened, item, date)
    item_of, begin = {}, 0
    for t in mine:
        own = np.full(len(facts[t].date), -1, dtype=np.int64)
        own[rows[t]] = item[begin : begin + len(rows[t])]
        begin += len(rows[t])
        item_of[t] = own
    units = coded.dictionary.take(pa.array(code[first]))
    return Items(run, subject[first], opened), units, item_of


def _pairs(items: Items, units: Texts) -> list[tuple[int, str]]:
    return list(zip(items.subject.tolist(), units.to_pylist(), strict=True))


def _keys(programme: n.Programme, facts: Facts, rows: Ints) -> Texts:
    """Give which decision or record each record belongs to; one without a decision number is a decision of its own."""
    at = pa.array(rows)
    record = facts.record.take(at)
    return (
        record
        if programme.judges is n.Judges.RECORD
        else pc.coalesce(facts.decision.take(at), record)
    )


# --------------------------------------------------------------------------------------------------
# What is decided


def _decided(
    programme: n.Programme,
    chooser: Chooser,
    on: Meaning,
    units: Texts | None,
    before: CarriedIn,
    carried_in: tuple[Origins, Origins],
    untouched: Untouched,
) -> Judged:
    items, rows = chooser.items, chooser.items.rows
    items.indicators["score"] = v.MISSING
    contributions: list[Contribution] = []
    scores = NO_SCORES
    if programme.score:
        contributions, scores = score(chooser, programme.score, on)
    elif programme.weights:
        scores = weigh(programme.weights, on)
    since, level_worst = v.MISSING, None
    by_bands = np.zeros(rows, dtype=bool)
    carried = CarriedIn()
    reasons: list[tuple[str, Ints, Ints]] = []
    if programme.levels:
        shown_at, worst_at = machines(chooser, programme.levels, on)
        level_worst = worst_at
        names: tuple[str, ...] = programme.levels.order
        grade, worst_grade, since = shown_at.level, worst_at.level, shown_at.since
        shown_score = worst_score = between = v.MISSING
        ids = [*(g.id for g in programme.levels.grounds), *(r.id for r in programme.levels.raises)]
        item, rule = shown_at.fired
        order = np.arange(len(item))
        reasons = [(id_, item[rule == i], order[rule == i]) for i, id_ in enumerate(ids)]
    elif programme.grades:
        grader = Grader(programme.grades, items, on, scores, weighs=bool(programme.weights))
        shown, carried_shown = grader.shown(carried_in[0])
        worst = grader.worst(carried_in[1], shown, carried_shown)
        names, grade, worst_grade = tuple(grader.names), shown.grade, worst.grade
        shown_score, worst_score, between = shown.score, worst.score, worst.between
        reasons = _each_once(shown.reasons, rows)
        by_bands = v.whole(shown.by_band, rows)
        keys = tuple(_pairs(items, units)) if units is not None and shown.origins else ()
        carried = CarriedIn(shown.origins, worst.origins, keys=keys)
    else:
        names, grade = (n.UNDECIDED,), np.zeros(rows, dtype=np.int64)
        worst_grade, shown_score, worst_score, between = grade, v.MISSING, v.MISSING, v.MISSING
    at = len(reasons)
    for c in contributions:
        some = (c.low != 0) | (c.high != 0)
        at += 1
        reasons.append((c.rule.id, c.item[some], np.full(int(some.sum()), at + 2**20)))
    known = {**items.indicators, "grade": Word(grade, names), "score": between}
    last = Meaning(replace(items, indicators=known))
    in_scope = last.truth(programme.scope)
    proposals = [(p.id, limbs_hold(p.limbs, last)) for p in programme.proposals]
    proposed = [(id_, v.whole(t.yes, rows)) for id_, t in proposals]
    proposals_open = [(id_, v.whole(v.undecided(t), rows)) for id_, t in proposals]
    open_ = (grade != worst_grade) | v.whole(v.undecided(in_scope), rows)
    for _, there in proposals_open:
        open_ |= there
    usual, goes_on = None, NOTHING_BEFORE
    if units is None:
        usual, goes_on = untouched.judged(programme, items.run, before.usual)
    return Judged(
        programme, items.run, items, units, usual, goes_on, Word(grade, names), Word(worst_grade, names), open_, shown_score,
        worst_score, proposed, proposals_open, reasons, _study(programme, reasons, proposed, by_bands), chooser.least_sure,
        since, _terms(programme.terms, last) if programme.terms else {}, in_scope, contributions, carried, level_worst,
    )  # fmt: skip


def _each_once(reasons: list[tuple[str, Bits]], rows: int) -> list[tuple[str, Ints, Ints]]:
    """Give the items of each reason, a rule once per item even where it did two things."""
    seen: dict[str, Ints] = {}
    made = []
    for place, (id_, where) in enumerate(reasons):
        there = v.whole(where, rows)
        if id_ in seen:
            there &= ~seen[id_]
            seen[id_] = seen[id_] | there
        else:
            seen[id_] = there
        items = np.flatnonzero(there)
        made.append((id_, items, np.full(len(items), place)))
    return made


def _terms(terms: n.Terms, on: Meaning) -> dict[str, Num | Truth]:
    rows = on.view.rows
    truths = {
        name: on.truth(getattr(terms, name)) for name in ("never", "no_repair", "open_until_cured")
    }
    over = {name: v.whole(t.yes, rows) for name, t in truths.items()}
    barred = {
        "display_from": over["never"],
        "display_until": over["never"] | over["open_until_cured"],
        "repair_from": over["no_repair"],
    }
    found: dict[str, Num | Truth] = dict(truths)
    for name, bar in barred.items():
        date = on.value(getattr(terms, name))
        found[name] = v.exact(v.whole(date.lo, rows), v.whole(v.exactly(date), rows) & ~bar)
    return found


def _study(
    programme: n.Programme,
    reasons: list[tuple[str, Ints, Ints]],
    proposed: list[tuple[str, Ints]],
    by_bands: Ints,
) -> Ints:
    """Tell which results rest on anything unconfirmed (kernel/standing.py, rests_on_unconfirmed)."""
    told = guide(programme)
    if not programme.basis.confirmed:
        return np.ones(len(by_bands), dtype=bool)
    rules, lists = told.unconfirmed, told.unconfirmed_proposals
    study = np.zeros(len(by_bands), dtype=bool)
    if not told.score_confirmed:
        study |= by_bands
        rules, lists = rules | told.read_score, lists | told.proposals_read_score
    for id_, items, _ in reasons:
        if id_ in rules:
            study[items] = True
    for id_, there in proposed:
        if id_ in lists:
            study |= there
    return study
