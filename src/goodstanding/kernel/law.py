"""The whole law, read and cross-checked: what every later stage takes, and all findings on the way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TypeVar

from goodstanding.kernel.carrier import Map, Node
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.measures import Measure
from goodstanding.kernel.rules.check import check
from goodstanding.kernel.rules.check_closed import check_closed
from goodstanding.kernel.rules.closed import Catalogue, CoverageTable, EntityList
from goodstanding.kernel.rules.closed_forms import ALL_FILES
from goodstanding.kernel.rules.finality import with_finality
from goodstanding.kernel.rules.items import (
    Adopted,
    Authority,
    Case,
    CaseRecord,
    Excluded,
    Expect,
    Instrument,
    Parameter,
    Setting,
)
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.milder import with_milder
from goodstanding.kernel.rules.nodes import GradeEffect, Programme, RecordType
from goodstanding.kernel.rules.reach import meaning_hash
from goodstanding.kernel.rules.read_cases import read_cases, read_excluded
from goodstanding.kernel.rules.read_closed import (
    read_catalogue,
    read_coverage,
    read_lists,
    read_measures,
)
from goodstanding.kernel.rules.read_programme import (
    read_adoptions,
    read_overlay,
    read_programme,
)
from goodstanding.kernel.rules.read_types import (
    read_authorities,
    read_instruments,
    read_record_types,
)
from goodstanding.kernel.rules.shapes import conform, nearest
from goodstanding.kernel.rules.transition import with_transition


@dataclass(frozen=True)
class Law:
    """All files of law/ together. Maps go by id; versions stand in their order."""

    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    authorities: Mapping[str, Authority] = field(default_factory=dict)
    record_types: Mapping[str, tuple[RecordType, ...]] = field(default_factory=dict)
    programmes: Mapping[str, tuple[Programme, ...]] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    settings: tuple[Setting, ...] = ()
    cases: tuple[Case, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    measures: Mapping[str, Measure] = field(default_factory=dict)
    lists: Mapping[str, EntityList] = field(default_factory=dict)
    catalogues: Mapping[str, tuple[Catalogue, ...]] = field(default_factory=dict)
    coverage: Mapping[str, CoverageTable] = field(default_factory=dict)

    @cached_property
    def types(self) -> Mapping[str, Mapping[int, RecordType]]:
        """Give the record types by id and version number, as facts and standings take them."""
        return {
            id_: {one.version: one for one in versions}
            for id_, versions in self.record_types.items()
        }

    def programme(
        self, id: str, *, cycle: int | None = None, on: int | None = None, version: str = ""
    ) -> Programme | None:
        """Pick the version of a programme that applies to a cycle, to a day (live programmes), or by its name."""
        for one in self.programmes.get(id, ()):
            if version:
                if one.version == version:
                    return one
            elif applies(one, cycle=cycle, on=on):
                return one
        return None

    def record_type(self, id: str, version: int | None = None) -> RecordType | None:
        """Give a version of a record type, the latest if none is named."""
        versions = self.record_types.get(id, ())
        if version is None:
            return versions[-1] if versions else None
        return next((one for one in versions if one.version == version), None)

    def effects(self, programme: Programme, grade: str, *, study: bool) -> tuple[GradeEffect, ...]:
        """Give what a grade leads to once it is adopted: nothing for a study result, nothing that is not confirmed itself.

        A grade that is undecided or not graded has none: no law can attach one.
        """
        if study or programme.invented:
            return ()
        return tuple(one for one in programme.effects if one.grade == grade and one.basis.confirmed)

    def follows(self, list_id: str) -> tuple[Measure, ...]:
        """Give the measures that may follow from an entry of a list, none longer than the entry, each under its article there."""
        found = self.lists[list_id]
        months = found.end.months_max if found.end else None
        until = found.end.until[0][1] if found.end and found.end.until else ""
        return tuple(
            self.measures[one.measure].carried(None if until else months, until, one.basis)
            for one in found.follows
        )

    def hash(self, programme: Programme) -> str:
        """Give the SHA-256 of the meaning a programme reaches."""
        return meaning_hash(programme, self.record_types)


def applies(programme: Programme, *, cycle: int | None = None, on: int | None = None) -> bool:
    """Tell whether a version is for a cycle (programmes with cycles) or a day (live ones)."""
    if programme.cycle.kind:
        first, last = programme.cycle.first, programme.cycle.last
        return (
            cycle is not None
            and (first is None or first <= cycle)
            and (last is None or cycle <= last)
        )
    start, end = programme.valid_from, programme.valid_to
    return on is not None and (start is None or start <= on) and (end is None or on < end)


# Later kinds name what earlier ones hold.
_READERS: tuple[tuple[str, Callable[[Library, Map], None]], ...] = (
    ("instruments", read_instruments),
    ("authorities", read_authorities),
    ("adopts", read_adoptions),
    ("record types", read_record_types),
    ("parameters for", read_overlay),
    ("measures", read_measures),
    ("lists", read_lists),
    ("catalogue", read_catalogue),
    ("coverage", read_coverage),
)


def read(files: Mapping[str, Node]) -> tuple[Law, list[Finding]]:
    """Read all files of a law, in the order handed in; findings come by place, each once.

    What is read does not depend on that order; of two things with one name the later is the finding.
    """
    library = Library()
    by_kind = _by_kind(library, files)
    for kind, take_in in _READERS:
        for file in by_kind[kind]:
            take_in(library, file)
    programmes = _programmes(library, by_kind["programme"])
    cases = [case for file in by_kind["cases for"] for case in read_cases(library, file)]
    excluded = [item for file in by_kind["excluded"] for item in read_excluded(file)]
    check(library, programmes, cases)
    check_closed(library, programmes, excluded)
    law = Law(
        _by_id(library.instruments),
        _by_id(library.authorities),
        _by_id(library.types),
        _by_id(programmes),
        tuple(sorted(library.parameters, key=lambda one: (one.programme, one.version, one.name))),
        tuple(sorted(library.settings, key=lambda one: (one.programme, one.name, one.version))),
        tuple(sorted(cases, key=lambda one: (one.programme, one.version, one.place))),
        tuple(sorted(excluded, key=lambda one: one.place)),
        tuple(sorted(library.adopted, key=lambda one: one.place)),
        _by_id(library.measures),
        _by_id(library.lists),
        _by_id(library.catalogues),
        _by_id(library.coverage),
    )
    return law, sorted(set(library.findings), key=_order)


_T = TypeVar("_T")


def _by_id(made: Mapping[str, _T]) -> Mapping[str, _T]:
    return MappingProxyType(dict(sorted(made.items())))


def _order(found: Finding) -> tuple[Place, str, str, tuple[tuple[str, str], ...]]:
    return found.place, found.code, found.found, found.said


def _by_kind(library: Library, files: Mapping[str, Node]) -> dict[str, list[Map]]:
    """Sort files by the key that names their kind, each compared with its form."""
    by_kind: dict[str, list[Map]] = {kind: [] for kind in ALL_FILES}
    for node in files.values():
        kinds = _kinds(node)
        if isinstance(node, Map) and len(kinds) == 1:
            conform(node, ALL_FILES[kinds[0]], library.findings)
            by_kind[kinds[0]].append(node)
        else:
            library.findings.append(_no_kind(node, kinds))
    return by_kind


def _kinds(node: Node) -> list[str]:
    """Give the keys of a file that name a kind; the `lists` of a programme are its proposals."""
    kinds = [kind for kind in ALL_FILES if isinstance(node, Map) and kind in node]
    return [kind for kind in kinds if kind != "lists" or "programme" not in kinds]


def _no_kind(node: Node, kinds: list[str]) -> Finding:
    found = ", ".join(kinds or (node.keys if isinstance(node, Map) else ()))
    near = (
        nearest(node.keys[0], list(ALL_FILES))
        if isinstance(node, Map) and node.keys and not kinds
        else ""
    )
    return finding(
        "unknown-kind", node.place, found=found, expected=", ".join(ALL_FILES), nearest=near
    )


def _programmes(library: Library, files: list[Map]) -> dict[str, tuple[Programme, ...]]:
    """Read programmes; versions stand in the order of the time they apply to."""
    programmes: dict[str, list[Programme]] = {}
    for file in files:
        made = read_programme(library, file)
        if made is not None:
            programmes.setdefault(made.id, []).append(made)
    return {
        id: _side_by_side(library, sorted(versions, key=_since))
        for id, versions in sorted(programmes.items())
    }


def _side_by_side(library: Library, versions: list[Programme]) -> tuple[Programme, ...]:
    """Give the versions of a programme, each as it stands after the one before: law at the act, transition; then finality."""
    made: list[Programme] = []
    for one in versions:
        before = made[-1] if made else None
        made.append(with_transition(library, with_milder(library, one, before), before))
    return tuple(with_finality(one) for one in made)


def _since(programme: Programme) -> tuple[int, int, str]:
    start = programme.valid_from if programme.valid_from is not None else -(10**9)
    return programme.cycle.first or 0, start, programme.version


__all__ = [
    "Authority",
    "Case",
    "CaseRecord",
    "Excluded",
    "Expect",
    "Instrument",
    "Law",
    "Parameter",
    "Setting",
    "applies",
    "read",
]
