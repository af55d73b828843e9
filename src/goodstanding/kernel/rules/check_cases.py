"""Cases know the programmes they are for, and every rule has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodstanding.kernel import days
from goodstanding.kernel.finding import Severity
from goodstanding.kernel.rules.check_programmes import (
    applies_since,
    applies_until,
    proposals_of,
    rules_of,
    span_of,
)
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.nodes import Programme
from goodstanding.kernel.rules.shapes import nearest

Programmes = Mapping[str, tuple[Programme, ...]]


def check_cases(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    """Every case is for a version of a programme, at a time it applies to, and names its rules and grades."""
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
    lists = [rule.id for rule in proposals_of(programme)]
    written = library.written.get(programme.key, ()) if programme.key in library.broken else ()
    named = (
        [rule for rule, _ in case.shows]
        + list(case.expect.reasons or ())
        + list(case.expect.absent or ())
    )
    for name in named:
        if name not in rules and name not in lists and name not in written:
            library.note(
                "unknown-rule",
                case.place,
                name=name,
                nearest=nearest(name, rules + lists),
                programme=programme.key,
            )
    for name in case.expect.proposed or ():
        if name not in lists and name not in written:
            library.note(
                "unknown-rule",
                case.place,
                name=name,
                nearest=nearest(name, lists),
                programme=programme.key,
            )
    grades = grades_of(programme)
    expected = [one for one in (case.expect.grade, case.expect.at_worst) if one is not None]
    for name in expected:
        if name not in grades:
            library.note(
                "unknown-grade",
                case.place,
                name=name,
                nearest=nearest(name, grades),
                expected=", ".join(grades),
            )
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
    since, until = applies_since(programme), applies_until(programme)
    at = case.cycle if programme.cycle.kind else case.on
    if at is not None and not since <= at < until:
        found = f"{at}" if programme.cycle.kind else days.text(at)
        library.note(
            "case-outside-version",
            case.place,
            found=found,
            expected=span_of(programme),
            programme=programme.key,
        )


def check_coverage(library: Library, programmes: Programmes, cases: Sequence[Case]) -> None:
    """Every rule has a case; one that is the same in another version may have it there."""
    shown: dict[str, dict[str, set[str]]] = {}
    for case in cases:
        by_version = shown.setdefault(case.programme, {})
        names = (
            {rule for rule, _ in case.shows}
            | set(case.expect.reasons or ())
            | set(case.expect.proposed or ())
        )
        by_version.setdefault(case.version, set()).update(names)
    for versions in programmes.values():
        for programme in versions:
            _check_shown(library, programme, versions, shown.get(programme.id, {}))


def _check_shown(
    library: Library,
    programme: Programme,
    versions: tuple[Programme, ...],
    shown: Mapping[str, set[str]],
) -> None:
    known = {
        one.version: {rule.id: rule.node for rule in (*rules_of(one), *proposals_of(one))}
        for one in versions
    }
    bare: list[str] = []
    for rule in (*rules_of(programme), *proposals_of(programme)):
        same = [version for version, nodes in known.items() if nodes.get(rule.id) == rule.node]
        if not any(rule.id in shown.get(version, set()) for version in same):
            bare.append(rule.id)
    if bare:
        library.note(
            "rules-without-case",
            programme.place,
            severity=Severity.WARNING,
            name=programme.key,
            found=", ".join(bare),
        )
