"""Look for stories about scores: records of the cases with one field moved through its thresholds, judged one by one.

A change that moves the score the wrong way is brought to a line between two grades by other records that take points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations_with_replacement

from goodstanding.compile.smt_delta import ADDED, Change
from goodstanding.compile.smt_monotone import nodes_over
from goodstanding.compile.smt_world import Candidates, candidates_of
from goodstanding.desk.stories import Base, Story, grades_of, is_better, judge, renamed, run_of, templates, with_record
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n

# How many records of a type are tried, and how many records may be needed to reach a line.
_TEMPLATES, _REACH = 40, 4
_CURES = (0, 2, 4, 15, 29, 31, 60, 89, 95, 200, 330, 400)


def by_points(law: Law, programme: n.Programme, base: Base, fillers: Sequence[Version], change: Change, result: str) -> Story | None:
    """Look for a change that moves the score the wrong way across a line."""
    if programme.score is None or base.score is None:
        return None
    for before, after in _pairs(law, programme, base, fillers, change):
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


def _across(law: Law, programme: n.Programme, story: Story, fillers: Sequence[Version], change: Change) -> Story | None:
    """Add records that take points, none to a few, until the two scores lie on two sides of a line."""
    for count in range(_REACH + 1):
        for chosen in combinations_with_replacement(fillers, count):
            more = tuple(renamed(one, f"other {at + 1}", act=f"other {at + 1}") for at, one in enumerate(chosen))
            tried = replace(story, before=_joined(story.before, more), after=_joined(story.after, more))
            before, after = grades_of(law, tried)
            if is_better(programme, after, before) if change.worse else is_better(programme, before, after):
                return tried
    return None


def _joined(versions: tuple[Version, ...], more: Sequence[Version]) -> tuple[Version, ...]:
    for one in more:
        versions = with_record(versions, one)
    return versions


def _pairs(
    law: Law, programme: n.Programme, base: Base, fillers: Sequence[Version], change: Change
) -> Iterator[tuple[tuple[Version, ...], tuple[Version, ...]]]:
    """Give histories that differ in the change."""
    newest = law.types[change.type][max(law.types[change.type])]
    run = run_of(programme, base.story, base.story.judged)
    parts = list(nodes_over(programme, change.type))
    candidates = candidates_of(programme, law.types, change.type, run, parts)
    rest = tuple(v for v in base.versions if v.type != change.type)
    for template in list(templates(law, programme, change.type))[:_TEMPLATES]:
        record = renamed(_in_cycle(template, base, newest), "record", act=None)
        if change.kind == ADDED:
            yield from _sharing(rest, record, fillers, newest)
            continue
        for variant in _variants(record, newest, change):
            rows = [with_record(rest, renamed(variant, "record", **{change.field: v})) for v in _values(variant, newest, change, candidates)]
            yield from zip(rows, rows[1:], strict=False)


def _in_cycle(template: Version, base: Base, newest: n.RecordType) -> Version:
    from_cycle = base.story.cycle
    date = template.values.get(newest.counting)
    if from_cycle is None or not isinstance(date, int):
        return template
    years = from_cycle - (1970 + date * 400 // 146097)
    moved = years * 146097 // 400
    dates = {f for f, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}
    return replace(template, values={k: v + moved if k in dates and isinstance(v, int) else v for k, v in template.values.items()})


def _variants(record: Version, newest: n.RecordType, change: Change) -> Iterator[Version]:
    """Give the record, and the record with one or two facts missing that it need not have."""
    yield record
    optional = [f for f, of in newest.fields if f not in newest.required and f not in (change.field, newest.counting) and of.is_number]
    for name in optional:
        yield renamed(record, "record", **{name: None})
    for name in optional:
        for value in (10_000_000_00, 1_000_00):
            yield renamed(record, "record", **{name: value}, **{o: None for o in optional if o != name})


def _values(record: Version, newest: n.RecordType, change: Change, candidates: Candidates) -> list[FieldValue]:
    """Give values of the field in the order in which the change moves it."""
    if change.field in ("cured", "ended"):
        date = record.values.get(newest.counting)
        start = date if isinstance(date, int) else 0
        return [None, *(start + k for k in reversed(_CURES))]
    type_ = newest.type_of(change.field)
    if type_ is None or type_.kind is Kind.TRUTH:
        return [False, True] if change.favours == "more" else [True, False]
    values: list[FieldValue] = list(candidates.days if type_.kind is Kind.DATE else candidates.amounts(type_))
    return values if change.favours == "more" else values[::-1]


def _sharing(
    rest: tuple[Version, ...], record: Version, fillers: Sequence[Version], newest: n.RecordType
) -> Iterator[tuple[tuple[Version, ...], tuple[Version, ...]]]:
    """Give a record, one of another rule, and an earlier record like the first that names the act of the second."""
    date = record.values.get(newest.counting)
    if not isinstance(date, int):
        return
    for filler in fillers:
        before = with_record(with_record(rest, renamed(record, "first record")), filler)
        earlier = renamed(record, "earlier record", act=filler.record, **{newest.counting: date - 1})
        yield before, with_record(before, earlier)
