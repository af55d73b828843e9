"""Look for stories about scores: a change that moves the points the wrong way, brought to a line between two grades.

The change comes from the solver, which refuted a lemma about points, or from the cases: a record that is added, one that names the act of
another, one that comes into a group with another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations_with_replacement

from goodstanding.compile.smt import same, whole
from goodstanding.compile.smt_delta import CHANGED, Change, field_names, required
from goodstanding.compile.smt_monotone import WORST, point_goal
from goodstanding.compile.smt_score import HIGH, LOW
from goodstanding.desk.stories import (
    Base,
    Story,
    Variants,
    grades_of,
    is_better,
    judge,
    renamed,
    run_of,
    with_record,
)
from goodstanding.kernel.cases import SUBJECT, UNIT
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.store.solve import MODEL, Solvers

# How many records may be needed to reach a line between grades.
_REACH = 8
_TEMPLATES = 12
# How many models of a refuted lemma are told.
_MODELS = 3


def by_points(
    law: Law,
    programme: n.Programme,
    solvers: Solvers,
    base: Base,
    fillers: Sequence[Version],
    records: Sequence[Version],
    variants: Variants,
    change: Change,
    result: str,
) -> Story | None:
    """Look for a change that moves the score the wrong way across a line."""
    if programme.score is None or base.score is None:
        return None
    pairs = [
        _modelled(law, programme, solvers, base, change, result),
        _changed_among(law, records, base, change, variants),
    ]
    if change.kind != CHANGED:
        pairs = [_added(law, records, base, change)]
        if not change.own_act:
            pairs.append(_shared(law, records, base, fillers, change))
    for before, after in chain.from_iterable(pairs):
        story = replace(base.story, before=before, after=after, result=result)
        one, other = _score(law, story, before), _score(law, story, after)
        if one is None or other is None or one == other or (other > one) is not change.worse:
            continue
        found = _across(law, programme, story, fillers, change)
        if found is not None:
            return found
    return None


def _score(law: Law, story: Story, versions: tuple[Version, ...]) -> int | None:
    evaluation = judge(law, story, versions)
    if evaluation is None:
        return None
    return (evaluation.worst if story.result == "at worst" else evaluation.shown).score


def _across(
    law: Law, programme: n.Programme, story: Story, fillers: Sequence[Version], change: Change
) -> Story | None:
    """Add records that take points, none to a few, until the two scores lie on two sides of a line."""
    cuts = [
        b.lowest.value * 10 ** (4 - b.lowest.type.scale)
        for b in (programme.grades.bands if programme.grades else ())
        if isinstance(b.lowest, n.Const)
    ]
    one, other = _score(law, story, story.before) or 0, _score(law, story, story.after) or 0
    others = [renamed(f, "other", act="other") for f in fillers]
    worth = [one - (_score(law, story, with_record(story.before, f)) or one) for f in others]
    for count in range(_REACH + 1):
        for chosen in combinations_with_replacement(range(len(fillers)), count):
            less = sum(worth[k] for k in chosen)
            if not any((one - less >= cut) is not (other - less >= cut) for cut in cuts):
                continue
            more = tuple(
                renamed(fillers[k], f"other {at + 1}", act=f"other {at + 1}")
                for at, k in enumerate(chosen)
            )
            tried = replace(
                story, before=_joined(story.before, more), after=_joined(story.after, more)
            )
            before, after = grades_of(law, tried)
            if (
                is_better(programme, after, before)
                if change.worse
                else is_better(programme, before, after)
            ):
                return tried
    return None


def _joined(versions: tuple[Version, ...], more: Sequence[Version]) -> tuple[Version, ...]:
    for one in more:
        versions = with_record(versions, one)
    return versions


Pairs = Iterator[tuple[tuple[Version, ...], tuple[Version, ...]]]


def _modelled(
    law: Law, programme: n.Programme, solvers: Solvers, base: Base, change: Change, result: str
) -> Pairs:
    """Give the record of the solver's counterexample to the lemma, in the days of a history, without other records of its type."""
    end = HIGH if result == WORST else LOW
    _, goal = point_goal(programme, law.types, change, end)
    if goal is None:
        return
    names = {
        n.Moment.JUDGED: "judged",
        n.Moment.CYCLE_START: "cycle_start",
        n.Moment.CYCLE_END: "cycle_end",
    }
    moments = dict(run_of(programme, base.story, base.story.judged).moments)
    pins = [same(f"|{name}|", whole(moments[m])) for m, name in names.items() if m in moments]
    pins += [
        f"(not {symbol})"
        for symbol in ("|joins|", *(f"|joins {k}|" for k in range(2, 9)))
        if f"(declare-const {symbol} Bool)" in goal.text
    ]
    declared = [name for name, _ in law.types[change.type][max(law.types[change.type])].fields]
    there = [f"|record has {name}|" for name in declared]
    full = [symbol for symbol in there if f"(declare-const {symbol} Bool)" in goal.text]
    rest = _others(base, change)
    # first records of which all is known: what is missing leaves the result at worst as bad as can be
    for known in (full, []):
        text = goal.text + "".join(f"(assert {pin})\n" for pin in (*pins, *known))
        for _ in range(_MODELS):
            answer = solvers.ask(text).result()[0]
            if answer.status != MODEL:
                break
            before, after = _records(law, programme, change, answer.model, goal.words)
            yield with_record(rest, before), with_record(rest, after)
            text += f"(assert (not {_same_case(answer.model, change)}))\n"


def _same_case(model: Mapping[str, int | bool], change: Change) -> str:
    """Write what a model says of the record's words, truths and amounts: the next model is to be another."""
    parts = []
    for name, value in sorted(model.items()):
        if name in {f"record {change.field}", f"{change.field} after"}:
            parts.append(
                same(f"|{name}|", whole(int(value)))
                if not isinstance(value, bool)
                else f"(= |{name}| {str(value).lower()})"
            )
    return f"(and true {' '.join(parts)})"


def _records(
    law: Law,
    programme: n.Programme,
    change: Change,
    model: Mapping[str, int | bool],
    words: Sequence[str],
) -> tuple[Version, Version]:
    versions = law.types[change.type]
    newest = versions[max(versions)]
    always = required(change.type, law.types)
    values: dict[str, FieldValue] = {}
    for name in field_names(newest):
        if name in ("date", "record", "act", "decision", "authority"):
            continue
        there = name in always or bool(model.get(f"record has {name}"))
        values[name] = _value(newest, name, model.get(f"record {name}"), words) if there else None
    values["certainty"] = n.Certainty.FINAL.value
    subject = UNIT if programme.judges is n.Judges.UNIT else SUBJECT.id
    before = Version(change.type, newest.version, "record", subject, 1, values=values)
    was = values.get(change.field)
    now = (not was) if isinstance(was, bool) else model.get(f"{change.field} after", 0)
    return before, renamed(before, "record", **{change.field: now})


def _value(
    type_: n.RecordType, name: str, value: int | bool | None, words: Sequence[str]
) -> FieldValue:
    of = type_.type_of(name)
    if of is None or of.kind is Kind.DATE or of.is_number:
        return int(value or 0)
    if of.kind is Kind.TRUTH:
        return bool(value)
    code = int(value or 0)
    return (
        words[code]
        if code < len(words) and (not of.words or words[code] in of.words)
        else (of.words[0] if of.words else str(code))
    )


def _others(base: Base, change: Change) -> tuple[Version, ...]:
    """Give the records of a history that are of other types than the changed one."""
    return tuple(v for v in base.versions if v.type != change.type)


def _added(law: Law, records: Sequence[Version], base: Base, change: Change) -> Pairs:
    """Give a history without a record of the type, and with one."""
    newest = law.types[change.type][max(law.types[change.type])]
    rest = _others(base, change)
    for template in records:
        record = renamed(_in_cycle(template, base, newest), "record", act=None)
        yield rest, with_record(rest, record)


def _changed_among(
    law: Law, records: Sequence[Version], base: Base, change: Change, variants: Variants
) -> Pairs:
    """Give a record that is changed, by itself and beside one like it: it may come into the group of that one, or leave it."""
    newest = law.types[change.type][max(law.types[change.type])]
    alone = _others(base, change)
    for template in records:
        first = renamed(_in_cycle(template, base, newest), "first record", act=None)
        for was, now in variants(renamed(first, "record")):
            if was is not None:
                for rest in (alone, with_record(alone, first)):
                    yield with_record(rest, was), with_record(rest, now)


def _shared(
    law: Law, records: Sequence[Version], base: Base, fillers: Sequence[Version], change: Change
) -> Pairs:
    """Give a record, one of another rule, and a record like the first, before it, that names the act of the second."""
    newest = law.types[change.type][max(law.types[change.type])]
    rest = _others(base, change)
    for template in _also_uncured(records[:_TEMPLATES]):
        first = renamed(_in_cycle(template, base, newest), "first record", act=None)
        date = first.values.get(newest.counting)
        if not isinstance(date, int):
            continue
        for filler in fillers:
            before = with_record(with_record(rest, first), filler)
            for day in (date - 1, date):
                earlier = renamed(
                    first, "earlier record", act=filler.record, **{newest.counting: day}
                )
                yield before, (replace(earlier, known_from=0), *before)


def _also_uncured(records: Sequence[Version]) -> Iterator[Version]:
    """Give records, and each that was repaired also as it was before."""
    for record in records:
        yield record
        if record.values.get("cured") is not None:
            yield renamed(record, record.record, cured=None)


def _in_cycle(template: Version, base: Base, newest: n.RecordType) -> Version:
    date = template.values.get(newest.counting)
    if base.story.cycle is None or not isinstance(date, int):
        return template
    moved = (base.story.cycle - (1970 + date * 400 // 146097)) * 146097 // 400
    dates = {f for f, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}
    return replace(
        template,
        values={
            k: v + moved if k in dates and isinstance(v, int) else v
            for k, v in template.values.items()
        },
    )
