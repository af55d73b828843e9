"""Stories: two histories of records that differ in one thing, and what the interpreter says of each.

A story is the only evidence that refutes a property of law: whoever found it, it counts if the interpreter confirms it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import islice
from typing import Any, TypeVar

from goodstanding.kernel import days
from goodstanding.kernel.cases import SUBJECT, UNIT, versions_of
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Evaluation, evaluate
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import chain

_Node = TypeVar("_Node")


@dataclass(frozen=True)
class Story:
    """Two histories and what is asked of them.

    `first` is the first cycle judged, where what is carried counts; `parameters` are the values given to parameters that
    have none. `result` is "shown" or "at worst".
    """

    programme: str
    version: str
    judged: int
    before: tuple[Version, ...]
    after: tuple[Version, ...]
    cycle: int | None = None
    first: int | None = None
    key: str = ""
    parameters: tuple[tuple[str, int], ...] = ()
    result: str = "shown"


def with_values(programme: n.Programme, parameters: Mapping[str, int]) -> n.Programme:
    """Give a programme whose parameters without a value have the values of a story."""
    if not parameters:
        return programme
    return _valued(programme, parameters)


def _valued(node: _Node, parameters: Mapping[str, int]) -> _Node:
    changed: Any = node
    if isinstance(node, tuple):
        changed = tuple(_valued(part, parameters) for part in node)
    elif isinstance(node, n.Unknown) and node.parameter in parameters:
        changed = n.Const(parameters[node.parameter], node.type)
    elif is_dataclass(node) and not isinstance(node, type | Type):
        parts = {f.name: _valued(getattr(node, f.name), parameters) for f in fields(node) if f.init}
        changed = replace(node, **parts)
    result: _Node = changed
    return result


# --------------------------------------------------------------------------------------------------
# What the interpreter says


def judge(law: Law, story: Story, versions: Sequence[Version]) -> Evaluation | None:
    """Judge one history of a story; None where it is out of scope or nothing is judged."""
    family = law.programmes[story.programme]
    programme = with_values(
        next(p for p in family if p.version == story.version), dict(story.parameters)
    )
    found = _judged(law, programme, story, versions)
    if found is None:
        return None
    own, opened = found
    if story.first is not None and story.cycle is not None:
        evaluation = None
        others = tuple(programme if p.version == story.version else p for p in family)
        for _, _, _, last in chain(others, own, story.cycle, start=story.first):
            evaluation = last
    else:
        at = run(programme, cycle=story.cycle, on=story.judged, opened=opened)
        evaluation = evaluate(programme, own, at, NOTHING_BEFORE)
    return evaluation if evaluation is not None and evaluation.in_scope is True else None


def _judged(
    law: Law, programme: n.Programme, story: Story, versions: Sequence[Version]
) -> tuple[Facts, int | None] | None:
    by_subject: dict[str, list[Version]] = {}
    for version in versions:
        by_subject.setdefault(version.subject, []).append(version)
    made = {subject: facts(group, law.types) for subject, group in by_subject.items()}
    own = made.pop(SUBJECT.id, {})
    units = made or ({UNIT: {}} if programme.judges is n.Judges.UNIT else {})
    for judged in judged_of(programme, own, units, story.judged):
        if not story.key or judged.key == story.key:
            return judged.facts, judged.opened
    return None


def grade_of(evaluation: Evaluation | None, result: str) -> str:
    """Give the grade of a result; empty where there is no standing."""
    if evaluation is None:
        return ""
    return (evaluation.worst if result == "at worst" else evaluation.shown).grade


def grades_of(law: Law, story: Story) -> tuple[str, str]:
    """Give the grades of both histories, as the interpreter finds them."""
    before, after = (
        grade_of(judge(law, story, versions), story.result)
        for versions in (story.before, story.after)
    )
    return before, after


def order_of(programme: n.Programme) -> tuple[str, ...]:
    """Give the ranked grades or levels of a programme, from the best."""
    if programme.levels:
        return programme.levels.order
    return programme.grades.order if programme.grades else ()


def is_better(programme: n.Programme, one: str, other: str) -> bool:
    """Tell whether one grade is better than another; grades without rank are neither."""
    order = order_of(programme)
    return one in order and other in order and order.index(one) < order.index(other)


# --------------------------------------------------------------------------------------------------
# Stories that are kept


@dataclass(frozen=True)
class Told:
    """A story that is kept beside the law: what it refutes, the finding that tells of it (docs/proofs.md), and both grades.

    One story speaks for every version and both results of the same programme, property and change.
    """

    finding: str
    asks: str
    about: tuple[str, ...]
    grades: tuple[str, str]
    story: Story

    @property
    def refutes(self) -> tuple[str, str, tuple[str, ...]]:
        """Give what the story refutes, whatever the version."""
        return (self.story.programme, self.asks, self.about)


def write_told(told: Sequence[Told], law: Law) -> str:
    """Write stories as JSON: the history that both sides share, and what each side alone has; days as days."""
    return json.dumps([_written(one, law) for one in told], ensure_ascii=False, indent=1) + "\n"


def _written(one: Told, law: Law) -> dict[str, object]:
    story = one.story
    shared = [v for v in story.before if v in story.after]
    sides = {"both": shared}
    sides |= {"before": [v for v in story.before if v not in shared]}
    sides |= {"after": [v for v in story.after if v not in shared]}
    asked = {"programme": story.programme, "version": story.version, "asks": one.asks}
    told: dict[str, object] = {"finding": one.finding, **asked, "about": list(one.about)}
    told |= {"result": story.result, "grades": list(one.grades), "judged": days.text(story.judged)}
    told |= {"cycle": story.cycle, "first": story.first, "key": story.key}
    told |= {"parameters": dict(story.parameters)}
    return told | {k: [_record(v, law) for v in versions] for k, versions in sides.items()}


def _record(version: Version, law: Law) -> dict[str, object]:
    dated = _dates(version.type, law)
    values = {
        name: days.text(value) if name in dated and isinstance(value, int) else value
        for name, value in version.values.items()
        if value is not None
    }
    return {
        "type": version.type,
        "version": version.version,
        "record": version.record,
        "subject": version.subject,
        "filed": version.known_from,
        "values": values,
        "links": dict(version.links),
    }


def _dates(type_: str, law: Law) -> set[str]:
    newest = law.types[type_][max(law.types[type_])]
    return {name for name, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}


def read_told(text: str, law: Law) -> list[Told]:
    """Read stories that were kept; those about programmes or record types that the law no longer has are left out."""
    kept = [one for one in json.loads(text) if one["programme"] in law.programmes]
    return [_told(one, law) for one in kept if all(v["type"] in law.types for v in _records(one))]


def _records(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*one["both"], *one["before"], *one["after"]]


def _told(one: Mapping[str, Any], law: Law) -> Told:
    def side(name: str) -> tuple[Version, ...]:
        made = [_version(v, law) for v in (*one["both"], *one[name])]
        return tuple(sorted(made, key=lambda v: v.known_from))

    story = Story(
        one["programme"],
        one["version"],
        int(days.day(one["judged"])),
        side("before"),
        side("after"),
        one["cycle"],
        one["first"],
        one["key"],
        tuple(sorted(one["parameters"].items())),
        one["result"],
    )
    before, after = one["grades"]
    return Told(one["finding"], one["asks"], tuple(one["about"]), (before, after), story)


def _version(said: Mapping[str, Any], law: Law) -> Version:
    dated = _dates(said["type"], law)
    values = {
        name: int(days.day(value)) if name in dated else value
        for name, value in said["values"].items()
    }
    return Version(
        said["type"],
        said["version"],
        said["record"],
        said["subject"],
        said["filed"],
        values=values,
        links=said["links"],
    )


# --------------------------------------------------------------------------------------------------
# Histories to begin with: the cases beside the rules


@dataclass(frozen=True)
class Base:
    """A history from a case, fitted to a version of its programme, and what it is judged as."""

    versions: tuple[Version, ...]
    story: Story  # with this history before and after
    grade: str
    score: int | None


def shifted(
    version: Version, months: int, types: Mapping[str, Mapping[int, n.RecordType]]
) -> Version:
    """Move all days of a record by months."""
    if not months:
        return version
    newest = types[version.type][max(types[version.type])]
    dates = {name for name, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}
    values = {
        name: int(days.add_months(value, months))
        if name in dates and isinstance(value, int)
        else value
        for name, value in version.values.items()
    }
    return replace(version, values=values)


def bases(law: Law, programme: n.Programme, *, at_most: int = 200) -> list[Base]:
    """Give the histories of the programme's cases that are in scope, those of its own version first."""
    cases = [c for c in law.cases if c.programme == programme.id]
    cases.sort(key=lambda c: c.version != programme.version)
    made = (base_of(law, programme, case) for case in cases)
    return list(islice((base for base in made if base is not None), at_most))


def base_of(law: Law, programme: n.Programme, case: Case) -> Base | None:
    """Fit a case to a version of its programme: a case of another version is moved to a cycle of this one."""
    months, cycle = 0, case.cycle
    timing = programme.cycle
    if cycle is not None and timing.kind and case.version != programme.version:
        cycle = max(timing.first or cycle, min(cycle, timing.last or cycle))
        months = 12 * (cycle - (case.cycle or cycle))
    if (cycle is None) == bool(timing.kind) or (cycle is None and case.on is None):
        return None
    versions = tuple(shifted(v, months, law.types) for v in versions_of(case, law.types))
    on = case.on if case.on is None else int(days.add_months(case.on, months))
    judged = run(programme, cycle=cycle, on=on).judged
    story = Story(
        programme.id,
        programme.version,
        judged,
        versions,
        versions,
        cycle,
        key=case.unit or case.decision or case.record,
    )
    evaluation = judge(law, story, versions)
    if evaluation is None:
        return None
    return Base(versions, story, evaluation.shown.grade, evaluation.shown.score)


def run_of(programme: n.Programme, story: Story, opened: int | None = None) -> Run:
    """Give the run of a story."""
    return run(programme, cycle=story.cycle, on=story.judged, opened=opened)


# A record before a change (None: it is not there) and after it, in each way that is tried.
Variants = Callable[[Version], Iterable[tuple[Version | None, Version]]]


def renamed(version: Version, record: str, **values: FieldValue) -> Version:
    """Give a record another id and other values."""
    return replace(version, record=record, values={**version.values, **values})


def with_record(base: Sequence[Version], record: Version) -> tuple[Version, ...]:
    """Add a record to a history, filed last."""
    at = max((v.known_from for v in base), default=0) + 1
    return (*base, replace(record, known_from=at))


def templates(law: Law, programme: n.Programme) -> dict[str, tuple[Version, ...]]:
    """Give for each type its records in the cases of a programme, those of its own version first; each content once."""
    found: dict[str, dict[tuple[tuple[str, object], ...], Version]] = {}
    cases = [c for c in law.cases if c.programme == programme.id]
    for case in sorted(cases, key=lambda c: c.version != programme.version):
        for version in versions_of(case, law.types):
            found.setdefault(version.type, {}).setdefault(_content(version), version)
    return {type_: tuple(records.values()) for type_, records in found.items()}


def _content(version: Version) -> tuple[tuple[str, object], ...]:
    """Give what tells records apart: their words and truths, not their days and amounts."""
    told = ((k, v) for k, v in version.values.items() if isinstance(v, bool | str))
    return tuple(sorted(told, key=lambda one: one[0]))
