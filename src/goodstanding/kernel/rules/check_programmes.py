"""The versions of a programme side by side: no gap, no overlap, texts in force, nothing unread or unreadable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from goodstanding.kernel import days
from goodstanding.kernel.finding import Place, Severity
from goodstanding.kernel.rules.check_names import check_basis
from goodstanding.kernel.rules.finality import SUFFIX
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.nodes import (
    OWN_FIELDS,
    Basis,
    Field,
    LinkField,
    Moment,
    Programme,
    RecordType,
    Select,
    Window,
)
from goodstanding.kernel.rules.reach import indicators_read
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import judged_day

_OPEN = 10**9  # stands for an open end where days are compared


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


def proposals_of(programme: Programme) -> Iterator[Rule]:
    """Give the proposals to lists."""
    for one in programme.proposals:
        yield Rule(one.id, one, one.basis, one.place)


# --------------------------------------------------------------------------------------------------
# Versions of a programme


def check_versions(library: Library, versions: tuple[Programme, ...]) -> None:
    """Versions follow one another without gap or overlap, cut in time alike."""
    seen: set[str] = set()
    for one in versions:
        if one.version in seen:
            library.note("duplicate-id", one.place, name=one.key, where=f"{versions[0].place}")
        seen.add(one.version)
    for before, after in pairwise(versions):
        if bool(before.cycle.kind) is not bool(after.cycle.kind):
            library.note("versions-differ", after.place, name=after.key, other=before.key)
            continue
        _check_next(library, before, after)


def _check_next(library: Library, before: Programme, after: Programme) -> None:
    end, start = applies_until(before), applies_since(after)
    if start != end:
        library.note(
            "versions-overlap" if start < end else "versions-gap",
            after.place,
            name=after.key,
            other=before.key,
            found=span_of(after),
            expected=span_of(before),
        )


def applies_since(one: Programme) -> int:
    """Give the first cycle or day a version is for."""
    first = one.cycle.first if one.cycle.kind else one.valid_from
    return -_OPEN if first is None else first


def applies_until(one: Programme) -> int:
    """Give the first cycle or day after."""
    if one.cycle.kind:
        return _OPEN if one.cycle.last is None else one.cycle.last + 1
    return _OPEN if one.valid_to is None else one.valid_to


def span_of(one: Programme) -> str:
    """Write the cycles or days a version is for."""
    if one.cycle.kind:
        return f"{one.cycle.first or ''} .. {one.cycle.last or ''}".strip()
    ends = [days.text(end) if end is not None else "" for end in (one.valid_from, one.valid_to)]
    return f"{ends[0]} .. {ends[1]}".strip()


# --------------------------------------------------------------------------------------------------
# Instruments in force


def check_in_force(library: Library, programme: Programme) -> None:
    """Every instrument a rule rests on is in force over all days judged."""
    start, end = _applied_days(programme)
    seen: set[str] = set()
    if programme.in_force is not None:
        check_basis(library, programme.basis, programme.place, programme.in_force, None)
    parts = [(programme.basis, programme.place)]
    parts += [(rule.basis, rule.place) for rule in (*rules_of(programme), *proposals_of(programme))]
    # what is taken over from the version before was in force there
    own = [one for one in programme.indicators if one.place.file == programme.place.file]
    parts += [(one.basis, one.place) for one in own]
    parts += [(programme.terms.basis, programme.place)] if programme.terms else []
    for basis, place in parts:
        if basis.instrument not in seen:
            seen.add(basis.instrument)
            check_basis(library, basis, place, start, end)


def _applied_days(programme: Programme) -> tuple[int | None, int | None]:
    """Give the days over which the texts must be in force; of a cycle any day up to the judged one will do."""
    cycle = programme.cycle
    if not cycle.kind:
        return programme.valid_from, programme.valid_to
    first = judged_day(cycle, cycle.first) if cycle.first is not None else None
    last = days.of(cycle.last, 1, 1) + 1 if cycle.last is not None else None
    return first, last


# --------------------------------------------------------------------------------------------------
# What nobody reads, and what cannot be read


def check_unused(library: Library, programme: Programme) -> None:
    """Every indicator is read by some rule; a rule that could not be read might have done so."""
    if programme.key in library.broken:
        return
    # a twin over final records alone reads what its indicator reads
    used = {one.name.removesuffix(SUFFIX) for one in indicators_read(programme)}
    for one in programme.indicators:
        if one.name.removesuffix(SUFFIX) not in used:
            library.note(
                "unused-indicator",
                one.place,
                severity=Severity.WARNING,
                name=one.name,
                programme=programme.key,
            )


def check_readable(library: Library, programme: Programme) -> None:
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
    library: Library,
    versions: tuple[RecordType, ...],
    name: str,
    place: Place,
    programme: Programme,
    window: Window | None,
) -> None:
    if name in OWN_FIELDS or name == "annulled":
        return
    for after, before in zip(reversed(versions), reversed(versions[:-1]), strict=False):
        if name in after.missing_before:
            return
        name = dict(after.was).get(name, name)
        if name not in dict(before.fields):
            if _reaches(programme, window, after.valid_from):
                library.note(
                    "not-in-version", place, name=name, record=before.key, programme=programme.key
                )
            return


def _reaches(programme: Programme, window: Window | None, replaced: int | None) -> bool:
    """Tell whether a window reaches records filed before a day: nothing is filed before its counting date."""
    if window is None or replaced is None or programme.cycle.first is None:
        return True
    edge = window.start
    if edge.moment is not Moment.CYCLE_START:
        return True
    start = (
        days.add_months(days.of(programme.cycle.first + edge.cycles, 1, 1), edge.months) + edge.days
    )
    return start < replaced
