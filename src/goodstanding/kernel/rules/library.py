"""What is known of the whole law while it is read, and what every item has: a title, a mark, a basis, days of validity."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from goodstanding.kernel import days
from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.finding import NOWHERE, Finding, Place, Severity, finding
from goodstanding.kernel.measures import Measure
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules.closed import Catalogue, CoverageTable, EntityList
from goodstanding.kernel.rules.items import (
    Adopted,
    Adoption,
    Authority,
    Instrument,
    Parameter,
    Setting,
    Title,
)
from goodstanding.kernel.rules.nodes import Basis, RecordType
from goodstanding.kernel.rules.shapes import nearest

_T = TypeVar("_T")
# What looks like the id of an instrument rather than an article: letters, then a number after a hyphen.
_INSTRUMENT = re.compile(r"[a-z]+(-[a-z]+)*-\d[a-z0-9-]*")


class _Placed(Protocol):
    @property
    def place(self) -> Place: ...


@dataclass(frozen=True)
class Transition:
    """What a version says of the version before: of its carried rules (id: goes on or ends, where) and of its running terms."""

    carried: Mapping[str, tuple[str, Place]] = field(default_factory=dict)
    terms: str = ""  # "", "not lengthened" or "lengthened"
    place: Place = NOWHERE


@dataclass
class Library:
    """The whole law while it is read."""

    findings: list[Finding] = field(default_factory=list)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    types: dict[str, tuple[RecordType, ...]] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    lists: dict[str, EntityList] = field(default_factory=dict)
    catalogues: dict[str, tuple[Catalogue, ...]] = field(
        default_factory=dict
    )  # by id, eldest first
    coverage: dict[str, CoverageTable] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    adopted: list[Adopted] = field(default_factory=list)
    # programme version: its items by (kind, name), as an adoption names them
    named: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    # programme version: its items marked `milder`, by (kind, name)
    milder: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    transitions: dict[str, Transition] = field(default_factory=dict)  # by programme version
    # programme version: ids of its rules as written, also of those that could not be read
    written: dict[str, frozenset[str]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)  # programme versions with an error
    unknown_instruments: set[tuple[str, str]] = field(
        default_factory=set
    )  # (file, id) already found

    def note(
        self, code: str, place: Place, *, severity: Severity = Severity.ERROR, **said: object
    ) -> None:
        """Add a finding."""
        self.findings.append(finding(code, place, severity=severity, **said))

    def is_new(self, known: Mapping[str, _Placed], key: Text) -> bool:
        """Tell whether nothing of this kind has the name yet; a finding where something has."""
        if key.value in known:
            where = f"{known[key.value].place}"
            self.note("duplicate-id", key.place, name=key.value, where=where)
        return key.value not in known

    def adopts(self, programme: str, version: str, kind: str, name: str) -> Adopted | None:
        """Give the adoption of an item by its name, None where nobody adopted it."""
        found = (one for one in self.adopted if one.covers(programme, version, kind, name))
        return next(found, None)

    def fields_of(self, record: str) -> dict[str, Type]:
        """Give the fields of the latest version of a record type, bounds widened to those of all versions."""
        versions = self.types[record]
        latest = dict(versions[-1].fields)
        for version in versions[:-1]:
            for name, type_ in version.fields:
                if (
                    name in latest
                    and latest[name].kind is Kind.NUMBER
                    and type_.kind is Kind.NUMBER
                ):
                    latest[name] = _widened(latest[name], type_)
        return latest


def _widened(a: Type, b: Type) -> Type:
    if (a.unit, a.scale) != (b.unit, b.scale):
        return a
    ends = [end for end in (a.low, b.low, a.high, b.high) if end is not None]
    return replace(a, low=min(ends), high=max(ends))


def kept(made: Iterable[_T | None]) -> tuple[_T, ...]:
    """Give what could be read; what could not is a finding already."""
    return tuple(one for one in made if one is not None)


# --------------------------------------------------------------------------------------------------
# Marks, titles, basis


def marked(node: Map, inherited: bool) -> bool:
    """Give the mark of an item: its own, else that of the nearest enclosing one."""
    own = node.text("confirmed").strip()
    return own == "yes" if own in {"yes", "no"} else inherited


def adoption_of(node: Map | None) -> Adoption | None:
    """Read who adopted something, when, in which text; None where there is nothing to read."""
    on = day_of(node.get("on")) if node else None
    return Adoption(node.text("by"), on, node.text("text")) if node and on is not None else None


def title_of(node: Map, key: str = "title") -> Title:
    """Give a title by language, in the order written."""
    inner = node.get(key)
    if isinstance(inner, Text):
        return (("", inner.value),)
    if not isinstance(inner, Map):
        return ()
    return tuple((k.value, v.value) for k, v in inner.entries if isinstance(v, Text))


def day_of(node: Node | None) -> int | None:
    """Give the day of a scalar; None where there is none (conform has said so)."""
    if not isinstance(node, Text):
        return None
    try:
        return days.day(node.value)
    except ValueError:
        return None


def whole(node: Map, key: str) -> int | None:
    """Give the whole number under a key."""
    text = node.text(key).replace("_", "").strip()
    return int(text) if text.isascii() and text.isdigit() else None


def valid_of(node: Map) -> tuple[int | None, int | None]:
    """Give the interval under `valid`."""
    inner = node.map("valid")
    return (day_of(inner.get("from")), day_of(inner.get("to"))) if inner else (None, None)


def basis_of(library: Library, node: Map, instrument: str, confirmed: bool) -> Basis:
    """Read `basis`: an instrument and an article, or the article alone where an enclosing item names the instrument."""
    text = node.scalar("basis")
    if text is None:
        return Basis(instrument, "", confirmed)
    first, _, rest = text.value.strip().partition(" ")
    if first in library.instruments:
        return Basis(first, rest.strip(), confirmed)
    near = nearest(first, list(library.instruments))
    if not instrument or _INSTRUMENT.fullmatch(first):
        if (text.place.file, first) not in library.unknown_instruments:
            library.note("unknown-instrument", text.place, name=first, nearest=near)
        library.unknown_instruments.add((text.place.file, first))
        return Basis(first, rest.strip(), confirmed)
    return Basis(instrument, text.value.strip(), confirmed)
