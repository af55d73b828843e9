"""The checks that need the whole law: names across files, versions side by side, instruments in force, cases for every rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.finding import Place, Severity
from goodstanding.kernel.rules.context import Library
from goodstanding.kernel.rules.finality import SUFFIX
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.nodes import (
    OWN_FIELDS,
    Basis,
    Carry,
    Field,
    LinkField,
    Moment,
    Programme,
    RecordType,
    Select,
    Window,
)
from goodstanding.kernel.rules.reach import indicators_read
from goodstanding.kernel.rules.shapes import nearest
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import judged_day

Programmes = Mapping[str, tuple[Programme, ...]]
_OPEN = 10**9  # stands for an open end where days are compared


def check(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    """Run every check of the whole law, adding findings."""
    _check_instruments(library)
    _check_authorities(library)
    for versions in library.types.values():
        _check_types(library, versions)
    _check_settings(library, programmes)
    for programme_versions in programmes.values():
        _check_versions(library, programme_versions)
        for programme in programme_versions:
            _check_in_force(library, programme)
            _check_unused(library, programme)
            _check_readable(library, programme)
    _check_cases(library, programmes, cases)
    _check_coverage(library, programmes, cases)


# --------------------------------------------------------------------------------------------------
# Rules of a programme


@dataclass(frozen=True)
class Rule:
    """A rule with an id: what reasons name."""

    id: str
    node: object
    basis: Basis
    place: Place


def rules_of(programme: Programme) -> Iterator[Rule]:
    """Give every rule of the decision, in the order of the programme; proposals to lists apart."""
    grades, levels = programme.grades, programme.levels
    groups: list[Sequence[object]] = []
    groups += [programme.score.rules] if programme.score else []
    groups += [programme.weights.items] if programme.weights else []
    if grades:
        groups += [grades.direct, grades.not_graded, grades.instead, grades.first_match]
        groups += [grades.steps_down, grades.ceilings, grades.carries]
    groups += [levels.grounds, levels.raises] if levels else []
    for rule in (one for group in groups for one in group):
        yield Rule(rule.id, rule, rule.basis, rule.place)  # type: ignore[attr-defined]


def _proposals(programme: Programme) -> Iterator[Rule]:
    for one in programme.proposals:
        yield Rule(one.id, one, one.basis, one.place)


# --------------------------------------------------------------------------------------------------
# Instruments, authorities, settings


def _check_instruments(library: Library) -> None:
    for one in library.instruments.values():
        _known_authority(library, one.issuer, one.place)
        if one.valid_from is not None and one.valid_to is not None and one.valid_to <= one.valid_from:
            span = f"{days.text(one.valid_from)} .. {days.text(one.valid_to)}"
            library.note("empty-range", one.place, found=span)


def _check_authorities(library: Library) -> None:
    for one in library.authorities.values():
        _known_authority(library, one.above, one.place)


def _known_authority(library: Library, name: str, place: Place) -> None:
    if name and name not in library.authorities:
        library.note("unknown-authority", place, name=name, nearest=nearest(name, list(library.authorities)))


def _check_settings(library: Library, programmes: Programmes) -> None:
    """Every setting is of a parameter that a version of the programme has."""
    names: dict[str, list[str]] = {}
    for parameter in library.parameters:
        names.setdefault(parameter.programme, []).append(parameter.name)
    for setting in library.settings:
        if setting.programme not in programmes:
            near = nearest(setting.programme, list(programmes))
            library.note("unknown-programme", setting.place, name=setting.programme, nearest=near)
        elif setting.name not in names.get(setting.programme, []):
            near = nearest(setting.name, names.get(setting.programme, []))
            library.note("unknown-parameter", setting.place, name=setting.name, nearest=near, programme=setting.programme)
        if setting.adopted is not None:
            _known_authority(library, setting.adopted.by, setting.place)


# --------------------------------------------------------------------------------------------------
# Record types and their versions


def _check_types(library: Library, versions: tuple[RecordType, ...]) -> None:
    for place_in_row, type_ in enumerate(versions, start=1):
        if type_.version != place_in_row:
            library.note("version-missing", type_.place, name=type_.id, found=f"{type_.version}", expected=f"{place_in_row}")
            break
    for type_ in versions:
        for link in type_.links:
            if link.to not in library.types:
                near = nearest(link.to, list(library.types))
                library.note("unknown-record-type", type_.place, name=link.to, nearest=near)
        for authority in type_.filed_by:
            _known_authority(library, authority, type_.place)
        _check_may_file(library, type_)
        _check_basis(library, type_.basis, type_.place, type_.valid_from, type_.valid_to)
    for before, after in zip(versions, versions[1:], strict=False):
        _check_mapping(library, before, after)


def _check_may_file(library: Library, type_: RecordType) -> None:
    for name in type_.filed_by:
        authority = library.authorities.get(name)
        if authority is not None and not any(_matches(pattern, type_.id) for pattern in authority.files):
            library.note("may-not-file", type_.place, name=name, record=type_.id, found=", ".join(authority.files))


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else name == pattern


def _check_mapping(library: Library, before: RecordType, after: RecordType) -> None:
    """A field of a version stays, has a new name, or the type is another type."""
    old, new = dict(before.fields), dict(after.fields)
    was = dict(after.was)
    for name, source in was.items():
        for field, fields in ((name, new), (source, old)):
            if field not in fields:
                library.note("unknown-field", after.place, name=field, record=after.id, nearest=nearest(field, list(fields)))
    for name in after.missing_before:
        if name not in new:
            library.note("unknown-field", after.place, name=name, record=after.id, nearest=nearest(name, list(new)))
        elif name in old or name in was:
            library.note("not-missing-before", after.place, name=name, record=before.key)
    for name, type_ in old.items():
        kept = next((n for n, source in was.items() if source == name), name)
        if kept not in new or (kept != name and kept in old):
            library.note("field-removed", after.place, name=name, record=before.key)
        elif (new[kept].kind, new[kept].unit, new[kept].scale) != (type_.kind, type_.unit, type_.scale):
            library.note("field-changed", after.place, name=kept, record=after.key)
        elif set(type_.words) - set(new[kept].words):
            lost = ", ".join(sorted(set(type_.words) - set(new[kept].words)))
            library.note("word-removed", after.place, name=kept, record=after.key, found=lost)


# --------------------------------------------------------------------------------------------------
# Versions of a programme


def _check_versions(library: Library, versions: tuple[Programme, ...]) -> None:
    seen: set[str] = set()
    for one in versions:
        if one.version in seen:
            library.note("duplicate-id", one.place, name=one.key, where=f"{versions[0].place}")
        seen.add(one.version)
    for before, after in zip(versions, versions[1:], strict=False):
        if bool(before.cycle.kind) is not bool(after.cycle.kind):
            library.note("versions-differ", after.place, name=after.key, other=before.key)
            continue
        end, start = _applies_until(before), _applies_since(after)
        said = {"name": after.key, "other": before.key, "found": _span(after), "expected": _span(before)}
        if start < end:
            library.note("versions-overlap", after.place, **said)
        elif start > end:
            library.note("versions-gap", after.place, **said)
        _check_carried(library, before, after)


def _applies_since(one: Programme) -> int:
    first = one.cycle.first if one.cycle.kind else one.valid_from
    return -_OPEN if first is None else first


def _applies_until(one: Programme) -> int:
    """Give the first cycle or day after."""
    if one.cycle.kind:
        return _OPEN if one.cycle.last is None else one.cycle.last + 1
    return _OPEN if one.valid_to is None else one.valid_to


def _span(one: Programme) -> str:
    if one.cycle.kind:
        return f"{one.cycle.first or ''} .. {one.cycle.last or ''}".strip()
    ends = [days.text(end) if end is not None else "" for end in (one.valid_from, one.valid_to)]
    return f"{ends[0]} .. {ends[1]}".strip()


def _check_carried(library: Library, before: Programme, after: Programme) -> None:
    """What an id carries goes on under the version in force; an id the later version lacks lapses."""
    kept = {carry.id for carry in after.grades.carries} if after.grades else set()
    carries: tuple[Carry, ...] = before.grades.carries if before.grades else ()
    for carry in carries:
        if carry.id not in kept:
            library.note("carried-lapses", after.place, severity=Severity.NOTE, name=carry.id, other=before.key, programme=after.key)


# --------------------------------------------------------------------------------------------------
# Instruments in force


def _check_in_force(library: Library, programme: Programme) -> None:
    """Every instrument a rule rests on is in force over all days judged."""
    start, end = _applied_days(programme)
    seen: set[str] = set()
    parts = [(programme.basis, programme.place)]
    parts += [(rule.basis, rule.place) for rule in (*rules_of(programme), *_proposals(programme))]
    parts += [(one.basis, one.place) for one in programme.indicators]
    parts += [(programme.terms.basis, programme.place)] if programme.terms else []
    for basis, place in parts:
        if basis.instrument not in seen:
            seen.add(basis.instrument)
            _check_basis(library, basis, place, start, end)


def _applied_days(programme: Programme) -> tuple[int | None, int | None]:
    """Give the days over which the texts must be in force; of a cycle any day up to the judged one will do."""
    cycle = programme.cycle
    if not cycle.kind:
        return programme.valid_from, programme.valid_to
    first = judged_day(cycle, cycle.first) if cycle.first is not None else None
    last = days.of(cycle.last, 1, 1) + 1 if cycle.last is not None else None
    return first, last


def _check_basis(library: Library, basis: Basis, place: Place, start: int | None, end: int | None) -> None:
    instrument = library.instruments.get(basis.instrument)
    if instrument is None or (start is None and end is None):
        return
    late = instrument.valid_from is not None and start is not None and start < instrument.valid_from
    over = instrument.valid_to is not None and (end is None or end > instrument.valid_to)
    if late or over:
        library.note(
            "not-in-force",
            place,
            name=basis.instrument,
            found=_days_text(start, end),
            expected=_days_text(instrument.valid_from, instrument.valid_to),
            basis=f"{basis.instrument} {basis.article}".strip(),
        )


def _days_text(start: int | None, end: int | None) -> str:
    ends = [days.text(day) if day is not None else "" for day in (start, end)]
    return f"{ends[0]} .. {ends[1]}".strip()


# --------------------------------------------------------------------------------------------------
# What nobody reads, and what cannot be read


def _check_unused(library: Library, programme: Programme) -> None:
    # a twin over final records alone reads what its indicator reads
    used = {one.name.removesuffix(SUFFIX) for one in indicators_read(programme)}
    for one in programme.indicators:
        if one.name.removesuffix(SUFFIX) not in used:
            library.note("unused-indicator", one.place, severity=Severity.WARNING, name=one.name, programme=programme.key)


def _check_readable(library: Library, programme: Programme) -> None:
    """Every field read exists in every version of its type that the window can reach, or is said to be missing there."""
    items = [(one, one.place) for one in indicators_read(programme)]
    items += [(rule.node, rule.place) for rule in rules_of(programme)]  # type: ignore[misc]
    for item, place in items:
        select = next((part for part in inside(item) if isinstance(part, Select)), None)
        if select is None or select.record not in library.types:
            continue
        versions = library.types[select.record]
        for part in inside(item):
            if isinstance(part, Field):
                _check_field(library, versions, part.name, place, programme, select.window)
            elif isinstance(part, LinkField):
                link = next((one for one in versions[-1].links if one.name == part.link), None)
                if link is not None and link.to in library.types:
                    _check_field(library, library.types[link.to], part.name, place, programme, None)


def _check_field(
    library: Library, versions: tuple[RecordType, ...], name: str, place: Place, programme: Programme, window: Window | None
) -> None:
    if name in OWN_FIELDS or name == "annulled":
        return
    for after, before in zip(reversed(versions), reversed(versions[:-1]), strict=False):
        if name in after.missing_before:
            return
        name = dict(after.was).get(name, name)
        if name not in dict(before.fields):
            if _reaches(programme, window, after.valid_from):
                library.note("not-in-version", place, name=name, record=before.key, programme=programme.key)
            return


def _reaches(programme: Programme, window: Window | None, replaced: int | None) -> bool:
    """Tell whether a window reaches records filed before a day: nothing is filed before its counting date."""
    if window is None or replaced is None or programme.cycle.first is None:
        return True
    edge = window.start
    if edge.moment is not Moment.CYCLE_START:
        return True
    start = days.add_months(days.of(programme.cycle.first + edge.cycles, 1, 1), edge.months) + edge.days
    return start < replaced


# --------------------------------------------------------------------------------------------------
# Cases


def _check_cases(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    for case in cases:
        versions = programmes.get(case.programme, ())
        programme = next((one for one in versions if one.version == case.version), None)
        if programme is None:
            known = [one.key for group in programmes.values() for one in group]
            name = f"{case.programme}@{case.version}"
            library.note("unknown-programme", case.place, name=name, nearest=nearest(name, known))
        else:
            _check_case(library, programme, case)


def _check_case(library: Library, programme: Programme, case: Case) -> None:
    rules = [rule.id for rule in rules_of(programme)]
    lists = [rule.id for rule in _proposals(programme)]
    named = [rule for rule, _ in case.shows] + list(case.expect.reasons or ()) + list(case.expect.absent or ())
    for name in named:
        if name not in rules and name not in lists:
            library.note("unknown-rule", case.place, name=name, nearest=nearest(name, rules + lists), programme=programme.key)
    for name in case.expect.proposed or ():
        if name not in lists:
            library.note("unknown-rule", case.place, name=name, nearest=nearest(name, lists), programme=programme.key)
    grades = grades_of(programme)
    for name in (case.expect.grade, case.expect.at_worst):
        if name is not None and name not in grades:
            library.note("unknown-grade", case.place, name=name, nearest=nearest(name, grades), expected=", ".join(grades))
    _check_when(library, programme, case)


def grades_of(programme: Programme) -> tuple[str, ...]:
    """Give every grade or level a standing of the programme can have."""
    if programme.levels:
        return programme.levels.order
    grades = programme.grades
    return (*grades.order, *grades.beside, "undecided", "not graded") if grades else ()


def _check_when(library: Library, programme: Programme, case: Case) -> None:
    """A case says the cycle or the day, as its programme asks, and one the version applies to."""
    if programme.cycle.kind and case.cycle is None:
        library.note("missing-key", case.place, name="cycle", item="case")
    if not programme.cycle.kind and case.on is None:
        library.note("missing-key", case.place, name="on", item="case")
    since, until = _applies_since(programme), _applies_until(programme)
    at = case.cycle if programme.cycle.kind else case.on
    if at is not None and not since <= at < until:
        found = f"{at}" if programme.cycle.kind else days.text(at)
        library.note("case-outside-version", case.place, found=found, expected=_span(programme), programme=programme.key)


def _check_coverage(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    """Every rule has a case; one that is the same in another version may have it there."""
    shown: dict[str, dict[str, set[str]]] = {}
    for case in cases:
        by_version = shown.setdefault(case.programme, {})
        names = {rule for rule, _ in case.shows} | set(case.expect.reasons or ()) | set(case.expect.proposed or ())
        by_version.setdefault(case.version, set()).update(names)
    for versions in programmes.values():
        for programme in versions:
            _check_shown(library, programme, versions, shown.get(programme.id, {}))


def _check_shown(
    library: Library, programme: Programme, versions: tuple[Programme, ...], shown: Mapping[str, set[str]]
) -> None:
    known = {one.version: {rule.id: rule.node for rule in (*rules_of(one), *_proposals(one))} for one in versions}
    bare: list[str] = []
    for rule in (*rules_of(programme), *_proposals(programme)):
        same = [version for version, nodes in known.items() if nodes.get(rule.id) == rule.node]
        if not any(rule.id in shown.get(version, set()) for version in same):
            bare.append(rule.id)
    if bare:
        library.note(
            "rules-without-case", programme.place, severity=Severity.WARNING, name=programme.key, found=", ".join(bare)
        )
