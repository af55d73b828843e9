"""What a programme judges for one organisation: the organisation itself, its units, its records or its decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from goodstanding.kernel.facts import Fact, Facts
from goodstanding.kernel.rules import nodes as n


class Judged(NamedTuple):
    """One thing that gets a standing: its key (None for the organisation itself), its facts, and the day it opened."""

    key: str | None
    facts: Facts
    opened: int | None = None


def judged_of(
    programme: n.Programme, facts: Facts, units: Mapping[str, Facts], judged: int
) -> Iterator[Judged]:
    """Give everything of one organisation that a programme judges on a day, in the order of keys.

    `facts` are the organisation's own, `units` those of the units it holds on that day. A record or decision is
    judged from its own day on, and only while at least one of its records counts.
    """
    if programme.judges is n.Judges.ORGANISATION:
        yield Judged(None, facts)
    elif programme.judges is n.Judges.UNIT:
        for unit in sorted(units):
            yield Judged(unit, units[unit])
    else:
        yield from _grouped(programme, facts, judged)


def _grouped(programme: n.Programme, facts: Facts, judged: int) -> Iterator[Judged]:
    groups: dict[str, list[Fact]] = {}
    for type_ in programme.judged_records:
        for fact in facts.get(type_, ()):
            if fact.why_not or fact.date is None or fact.date > judged:
                continue
            decision = fact.values.get("decision")
            by_decision = programme.judges is n.Judges.DECISION and isinstance(decision, str)
            groups.setdefault(str(decision) if by_decision else fact.record, []).append(fact)
    for key in sorted(groups):
        members = groups[key]
        by_type: dict[str, tuple[Fact, ...]] = {}
        for type_ in programme.judged_records:
            own = tuple(sorted((f for f in members if f.type == type_), key=lambda f: f.order))
            if own:
                by_type[type_] = own
        yield Judged(key, by_type, min(f.date for f in members if f.date is not None))
