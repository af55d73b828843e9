"""The first of the five steps, *version*: which version of each filing of one subject is known, and what its links do to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.record import IN_FORCE, FieldValue, Version
from goodstanding.kernel.rules.nodes import COUNTING, Certainty, Lapse, Link, LinkKind, RecordType
from goodstanding.kernel.rules.once import once


@dataclass(slots=True)
class Fact:
    """One record as it stands: its values (after cures and ends), one hop of linked values, and whether it counts."""

    type: str
    record: str
    date: int | None
    known_from: int
    values: dict[str, FieldValue]
    linked: dict[str, dict[str, FieldValue]]
    # "" if it counts; else alleged, suspended, annulled, annulled with <record>, held, undated, lapsed
    why_not: str = ""
    silent_from: int | None = (
        None  # an allegation lapses undecided: from this day on it is not shown
    )

    @property
    def order(self) -> tuple[int, int, str]:
        """Give the order of records everywhere: date, log position, id."""
        return (self.date if self.date is not None else -(10**9), self.known_from, self.record)


Facts = Mapping[str, tuple[Fact, ...]]

_ALLEGED = Certainty.ALLEGED.value


def facts(
    versions: Iterable[Version],
    types: Mapping[str, Mapping[int, RecordType]],
    known: int | None = None,
) -> dict[str, tuple[Fact, ...]]:
    """Fold the versions of one subject into facts by record type, each in the order of records.

    Facts that do not count are kept, with why, so that an explanation can name them. An older version of a type is
    read as the newest one (`was`); a field it does not have is missing. A link that ends at a record of another type
    than declared, or at none that is known, does nothing.
    """
    known_ones = [v for v in versions if v.known_at(known)]
    newest = newest_of(types)
    made = {v.record: _fact(v, newest[v.type], types[v.type]) for v in known_ones}
    linking = [v for v in known_ones if v.links]
    if linking:
        _annul(linking, made, types)
        _cure(linking, made, types)
    for version in linking:
        fact = made[version.record]
        for link, target in _targets(version, made, types):
            linked = made[target]
            fact.linked[link.name] = {
                **linked.values,
                "annulled": linked.why_not.startswith("annulled"),
            }
    by_type: dict[str, list[Fact]] = {}
    for version in known_ones:
        by_type.setdefault(version.type, []).append(made[version.record])
    return {
        t: tuple(sorted(group, key=_order) if len(group) > 1 else group)
        for t, group in by_type.items()
    }


def _order(fact: Fact) -> tuple[int, int, str]:
    return fact.order


@once
def newest_of(types: Mapping[str, Mapping[int, RecordType]]) -> dict[str, RecordType]:
    """Give the newest version of every record type."""
    return {name: versions[max(versions)] for name, versions in types.items()}


def _fact(version: Version, newest: RecordType, versions: Mapping[int, RecordType]) -> Fact:
    values = dict(version.values)
    if version.version < newest.version:
        for number in range(version.version + 1, newest.version + 1):
            for new, old in versions[number].was:
                values[new] = values.pop(old, None)
    date = _day(values, newest.counting)
    values["date"] = date
    values["record"] = version.record
    if values.get("act") is None:
        values["act"] = version.record
    return Fact(
        version.type,
        version.record,
        date,
        version.known_from,
        values,
        {},
        _why_not(version, values, newest.lapses),
        _silent_from(values, newest.alleged_months),
    )


def _day(values: Mapping[str, FieldValue], name: str) -> int | None:
    day = values.get(name)
    return day if isinstance(day, int) else None


def _silent_from(values: Mapping[str, FieldValue], months: int) -> int | None:
    """Give the day from which an allegation that nobody decided is no longer shown."""
    if values.get("certainty") != _ALLEGED:
        return None
    date = _day(values, "date")
    return None if date is None else days.add_months(date, months)


def _why_not(version: Version, values: Mapping[str, FieldValue], lapse: Lapse | None) -> str:
    if version.state != IN_FORCE:
        return version.state
    certainty = values.get("certainty")
    if certainty not in COUNTING:
        return str(certainty)
    if values["date"] is None:
        return "undated"
    return "lapsed" if lapse is not None and _lapsed(values, lapse) else ""


def _lapsed(values: Mapping[str, FieldValue], lapse: Lapse) -> bool:
    """Tell whether the act was found or decided only after its time; not where one of the two days is missing."""
    since, until = _day(values, lapse.since), _day(values, lapse.until)
    longer = lapse.longer_months is not None and values.get(lapse.longer_where) is True
    months = lapse.longer_months if longer and lapse.longer_months is not None else lapse.months
    return since is not None and until is not None and until >= days.add_months(since, months)


def _targets(
    version: Version, made: Mapping[str, Fact], types: Mapping[str, Mapping[int, RecordType]]
) -> Iterable[tuple[Link, str]]:
    """Give the links of a record, as the newest version of its type declares them, with the records they end at."""
    for link in newest_of(types)[version.type].links:
        target = version.links.get(link.name)
        if target is not None and target in made and made[target].type == link.to:
            yield link, target


def _links(
    known: Iterable[Version],
    made: Mapping[str, Fact],
    types: Mapping[str, Mapping[int, RecordType]],
    kind: LinkKind,
) -> Iterable[tuple[str, str]]:
    """Give the records that have a link of a kind, with the records it ends at."""
    for version in known:
        for link, target in _targets(version, made, types):
            if link.kind is kind:
                yield version.record, target


def _annul(
    known: Iterable[Version],
    made: Mapping[str, Fact],
    types: Mapping[str, Mapping[int, RecordType]],
) -> None:
    """One hop each: first what an annulment in force names, then what rests on an annulled record.

    Whether an annulment is in force is asked before any annuls another: the order of versions plays no part.
    """
    in_force = {r for r, f in made.items() if not f.why_not}
    for record, target in sorted(_links(known, made, types, LinkKind.ANNULS)):
        if record in in_force:
            made[target].why_not = made[target].why_not or f"annulled by {record}"
    gone = {r for r, f in made.items() if f.why_not.startswith("annulled")}
    for record, target in sorted(_links(known, made, types, LinkKind.RESTS_ON)):
        if target in gone and not made[record].why_not:
            made[record].why_not = f"annulled with {target}"


def _cure(
    known: Iterable[Version],
    made: Mapping[str, Fact],
    types: Mapping[str, Mapping[int, RecordType]],
) -> None:
    for kind, name in ((LinkKind.CURES, "cured"), (LinkKind.ENDS, "ended")):
        for record, target in _links(known, made, types, kind):
            cure = made[record]
            if cure.why_not:
                continue
            values = made[target].values
            before = values.get(name)
            if not isinstance(before, int) or (cure.date is not None and cure.date < before):
                values[name] = cure.date
