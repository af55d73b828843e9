"""What readers of law share while reading: the findings, what is known so far, marks, and names in scope.

Expressions are read here and nowhere else, so that every rule knows which parameters and indicators it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar, cast

from goodstanding.kernel import days
from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.quantity import CODE, SHARE_SCALE, TRUTH, WIDE, Kind, Type, number
from goodstanding.kernel.rules.expression import Scope, read_literal, read_truth, read_value
from goodstanding.kernel.rules.items import Authority, Instrument, Parameter, Setting, Title
from goodstanding.kernel.rules.nodes import (
    OWN_FIELDS,
    Basis,
    Const,
    Field,
    Limb,
    LinkField,
    Mul,
    RecordType,
    Ref,
    Truth,
    TruthOf,
    Value,
)
from goodstanding.kernel.rules.shapes import nearest

KEYWORDS = frozenset(
    "or and not in is missing present true false half up known part ratio round least greatest grade_is".split()
)
MOMENTS = frozenset({"judged", "cycle_start", "cycle_end", "phase_start", "phase_end", "previous_phase_start", "opened"})
# What looks like the id of an instrument rather than an article: letters, then a number after a hyphen.
_INSTRUMENT = re.compile(r"[a-z]+(-[a-z]+)*-\d[a-z0-9-]*")
_NAME = re.compile(r"'[^']*'|(?<![\w.])[a-z][a-z0-9_]*")
_TRUTHLIKE = re.compile(r"[<>=]|\b(and|or|not|in|is|true|false|grade_is)\b")
_T = TypeVar("_T")
_Read = Callable[[str, Place, Scope, list[Finding]], Value | Truth | None]
POINTS = number(0, 10**6 * 10**SHARE_SCALE, SHARE_SCALE)


def names_in(text: str) -> set[str]:
    """Give the names an expression uses (not words in quotes, not fields behind a dot)."""
    return {name for name in _NAME.findall(text) if not name.startswith("'")} - KEYWORDS


def is_condition(text: str) -> bool:
    """Tell whether an expression is written as a condition rather than a value."""
    return bool(_TRUTHLIKE.search(re.sub(r"'[^']*'", "", text)))


@dataclass
class Library:
    """The whole law while it is read."""

    findings: list[Finding] = field(default_factory=list)
    instruments: dict[str, Instrument] = field(default_factory=dict)
    authorities: dict[str, Authority] = field(default_factory=dict)
    types: dict[str, tuple[RecordType, ...]] = field(default_factory=dict)
    settings: list[Setting] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    unknown_instruments: set[tuple[str, str]] = field(default_factory=set)  # (file, id) already found

    def note(self, code: str, place: Place, *, severity: Severity = Severity.ERROR, **said: object) -> None:
        """Add a finding."""
        self.findings.append(finding(code, place, severity=severity, **said))

    def fields_of(self, record: str) -> dict[str, Type]:
        """Give the fields of the latest version of a record type, bounds widened to those of all versions."""
        versions = self.types[record]
        latest = dict(versions[-1].fields)
        for version in versions[:-1]:
            for name, type_ in version.fields:
                if name in latest and latest[name].kind is Kind.NUMBER and type_.kind is Kind.NUMBER:
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


# --------------------------------------------------------------------------------------------------
# A programme while it is read


@dataclass
class Room:
    """What the items of one programme share while they are read."""

    library: Library
    programme: str
    instrument: str
    confirmed: bool
    moments: dict[str, Value] = field(default_factory=dict)
    parameters: dict[str, Value] = field(default_factory=dict)
    indicators: dict[str, Ref] = field(default_factory=dict)  # those read so far
    declared: set[str] = field(default_factory=set)  # names of all indicators, read or not
    marks: dict[str, bool] = field(default_factory=dict)  # of parameters and indicators, propagated
    broken: set[str] = field(default_factory=set)  # names whose own reading failed
    invented: set[str] = field(default_factory=set)  # parameters set by an invented overlay
    grades: tuple[str, ...] = ()
    score: Ref | None = None
    ids: dict[tuple[str, str], Place] = field(default_factory=dict)  # by (rules or lists, id)
    rests: set[str] = field(default_factory=set)  # all names any rule rests on
    _record_scopes: dict[str, Scope] = field(default_factory=dict)

    def note(self, code: str, place: Place, *, severity: Severity = Severity.ERROR, **said: object) -> None:
        """Add a finding."""
        self.library.note(code, place, severity=severity, **said)

    def record_scope(self, record: str) -> Scope:
        """Give the names inside `each:` rules: fields, own fields, parameters, days of the run, links."""
        if record not in self._record_scopes:
            fields = {**OWN_FIELDS, **self.library.fields_of(record)}
            names: dict[str, Value | Truth] = {**self.moments, **self.parameters}
            names.update({name: Field(name, type_) for name, type_ in fields.items()})
            self._record_scopes[record] = Scope(names, self._links(record), what=record)
        return self._record_scopes[record]

    def _links(self, record: str) -> Mapping[str, Mapping[str, LinkField]]:
        links: dict[str, dict[str, LinkField]] = {}
        for link in self.library.types[record][-1].links:
            if link.to in self.library.types:
                fields = {**OWN_FIELDS, **self.library.fields_of(link.to), "annulled": TRUTH}
                links[link.name] = {name: LinkField(link.name, name, type_) for name, type_ in fields.items()}
        return links

    def subject_scope(self, *, score: bool = False, grades: bool = False, extra: Mapping[str, Ref] | None = None) -> Scope:
        """Give the names outside `each:` rules: indicators, parameters, days of the run and, where it exists, the score."""
        names: dict[str, Value | Truth] = {**self.moments, **self.parameters, **self.indicators, **(extra or {})}
        if score and self.score:
            names["score"] = self.score
        return Scope(names, grades=self.grades if grades else (), what=self.programme)

    def take_id(self, text: str, place: Place, space: str) -> None:
        """Note the id of a rule; ids are the names of reasons, so one id stands for one rule."""
        if (space, text) in self.ids:
            self.note("duplicate-id", place, name=text, where=f"{self.ids[space, text]}")
        else:
            self.ids[space, text] = place


class Item:
    """One rule, indicator or other item of a programme while it is read, and what it rests on."""

    def __init__(self, room: Room, node: Map) -> None:
        self.room, self.node = room, node
        self.rests: set[str] = set()

    @property
    def place(self) -> Place:
        """Where the item stands."""
        return self.node.place

    @property
    def title(self) -> Title:
        """The item's title."""
        return title_of(self.node)

    def id(self, space: str = "rules") -> str:
        """Give the rule's id, noted as used; proposals to lists have ids of their own."""
        text = self.node.scalar("id")
        if text is None:
            return ""
        self.room.take_id(text.value, text.place, space)
        return text.value

    def note(self, code: str, place: Place | None = None, *, severity: Severity = Severity.ERROR, **said: object) -> None:
        """Add a finding, at the item if no place is given."""
        self.room.note(code, place or self.place, severity=severity, **said)

    def basis(self, *, required: bool = False) -> Basis:
        """Give the basis; its mark is the item's own and that of everything it rests on. Call it when all else is read."""
        if required and "basis" not in self.node:
            self.note("no-basis", name=self.node.text("id"))
        own = marked(self.node, self.room.confirmed)
        self.room.rests |= self.rests
        confirmed = own and all(self.room.marks.get(name, True) for name in self.rests)
        return basis_of(self.room.library, self.node, self.room.instrument, confirmed)

    # -- expressions

    def condition(self, key: str, scope: Scope) -> Truth | None:
        """Read the condition under a key; None where there is none or it could not be read."""
        node = self.node.scalar(key)
        return self.truth_of(node, scope) if node else None

    def value(self, key: str, scope: Scope) -> Value | None:
        """Read the value under a key; None where there is none or it could not be read."""
        node = self.node.scalar(key)
        return self.value_of(node, scope) if node else None

    def truth_of(self, node: Text, scope: Scope) -> Truth | None:
        """Read a condition."""
        return cast("Truth | None", self._read(read_truth, node, scope))

    def value_of(self, node: Text, scope: Scope) -> Value | None:
        """Read a value."""
        return cast("Value | None", self._read(read_value, node, scope))

    def either_of(self, node: Text, scope: Scope) -> Value | Truth | None:
        """Read what may be a value or a condition."""
        if is_condition(node.value):
            return self.truth_of(node, scope)
        value = self.value_of(node, scope)
        if isinstance(value, Field | LinkField | Ref) and value.type.kind is Kind.TRUTH:
            return TruthOf(value)
        return value

    def _read(self, read: _Read, node: Text, scope: Scope) -> Value | Truth | None:
        names = names_in(node.value)
        self.rests |= names & (self.room.declared | set(self.room.parameters))
        mine: list[Finding] = []
        # the value of a block text ends in a newline
        result = read(node.value.rstrip(), Place("", 1, 0), scope, mine)
        for found in mine:
            said = dict(found.said)
            if found.code == "unknown-name" and said.get("name") in self.room.broken:
                continue
            self.room.library.findings.append(self._placed(found, node, said))
        self._ambiguous(node, names, scope)
        return result

    def _placed(self, found: Finding, node: Text, said: dict[str, str]) -> Finding:
        name = said.get("name", "")
        if found.code == "unknown-name" and name in self.room.declared:
            found = finding("indicator-in-record", found.place, name=name, what=said.get("what", ""))
        return replace(found, place=node.at(found.place.column))

    def _ambiguous(self, node: Text, names: set[str], scope: Scope) -> None:
        """One name must not be both a field and an indicator or parameter where a condition uses it."""
        if node.value.strip() in names:
            return
        if isinstance(scope.names.get("opened"), Field) and "opened" in names & self.room.moments.keys():
            self.note("ambiguous-name", node.at(node.value.find("opened")), name="opened", what=scope.what, other="a day of the run")
        for name in sorted(names & (self.room.declared | set(self.room.parameters))):
            if isinstance(scope.names.get(name), Field):
                other = "an indicator" if name in self.room.declared else "a parameter"
                self.note("ambiguous-name", node.at(node.value.find(name)), name=name, what=scope.what, other=other)

    def limbs(self, scope: Scope) -> tuple[Limb, ...]:
        """Read `when` and `unless`, or the alternatives under `limbs`."""
        if "limbs" not in self.node:
            return self._limb(self.node, scope)
        if "unless" in self.node:
            self.note("either-or", self.node.get("unless").place, found="limbs, unless", item="ground")  # type: ignore[union-attr]
        return tuple(limb for node in self.node.maps("limbs") for limb in self._limb(node, scope))

    def _limb(self, node: Map, scope: Scope) -> tuple[Limb, ...]:
        when, unless = node.scalar("when"), node.scalar("unless")
        truth = self.truth_of(when, scope) if when else None
        exception = self.truth_of(unless, scope) if unless else None
        return (Limb(truth, exception),) if truth is not None else ()

    # -- literals of a fixed type

    def literal(self, key: str, type_: Type) -> int | None:
        """Read a literal of a type under a key, or a parameter that has a value; within the type's bounds."""
        node = self.node.scalar(key)
        return self.literal_of(node, type_) if node else None

    def literal_of(self, node: Text, type_: Type) -> int | None:
        """Read a literal of a type, or a parameter that has a value; within the type's bounds."""
        known = self.room.parameters.get(node.value.strip())
        if known is not None:
            self.rests.add(node.value.strip())
            scaled = at_scale(self, node, known, type_)
            return scaled.value if isinstance(scaled, Const) else None
        return literal(self.room.library, node, type_)


def literal(library: Library, node: Text, type_: Type) -> int | None:
    """Read a literal of a type; None if a finding was added."""
    mine: list[Finding] = []
    value = read_literal(node.value.strip(), type_, Place("", 1, 0), mine)
    for found in mine:
        placed = replace(found, place=node.at(found.place.column))
        if found.code in {"unknown-name", "expression-syntax"}:
            placed = finding("bad-literal", node.at(0), found=node.value.strip(), expected=_named(type_))
        library.findings.append(placed)
    if value is None:
        return None
    low, high = type_.low, type_.high
    if (low is not None and value < low) or (high is not None and value > high):
        library.note("out-of-bounds", node.place, found=node.value, expected=bounds_text(type_))
        return None
    return value


def bounds_text(type_: Type) -> str:
    """Write the bounds of a number type as a jurist would."""
    return f"{literal_text(type_.low or 0, type_)} .. {literal_text(type_.high or 0, type_)}"


def literal_text(value: int, type_: Type) -> str:
    """Write a scaled integer as a literal of its type."""
    if type_.kind is Kind.DATE:
        return days.text(value)
    whole_part, rest = divmod(abs(value), 10**type_.scale)
    places = f".{rest:0{type_.scale}d}".rstrip("0").rstrip(".") if type_.scale else ""
    return f"{'-' if value < 0 else ''}{whole_part:,}".replace(",", "_") + places + (f" {type_.unit}" if type_.unit else "")


def at_scale(item: Item, node: Text, value: Value, type_: Type) -> Value:
    """Bring a number to the unit and scale of a type; a finding, and a stand-in of the type, where it cannot be."""
    own = value.type
    stand_in = Const(type_.low or 0, type_)
    if own.kind is not type_.kind or own.unit != type_.unit:
        from_, to = _named(own), _named(type_)
        item.note("unit-mismatch", node.at(0), found=from_, expected=to, text=node.value.strip())
        return stand_in
    if own.scale > type_.scale and isinstance(value, Const):
        reduced, rest = divmod(value.value, 10 ** (own.scale - type_.scale))
        if not rest:
            return Const(reduced, number(reduced, reduced, type_.scale, type_.unit))
    if own.scale > type_.scale:
        item.note("too-fine", node.at(0), found=f"{own.scale}", expected=f"{type_.scale}", text=node.value.strip())
        return stand_in
    if own.scale == type_.scale or own.kind is not Kind.NUMBER:
        return value
    step = type_.scale - own.scale
    finer = own.rescaled(type_.scale)
    if isinstance(value, Const):
        return Const(value.value * 10**step, finer)
    if finer.too_wide:
        item.note("could-overflow", node.at(0), found=f"up to {finer.high}", text=node.value.strip())
        return stand_in
    return Mul(value, Const(10**step, number(10**step, 10**step, step)), finer)


def _named(type_: Type) -> str:
    if type_.kind is Kind.NUMBER:
        return f"a number of {type_.unit}" if type_.unit else "a plain number"
    return {Kind.DATE: "a date", Kind.TRUTH: "a truth", Kind.CODE: "a code", Kind.WORD: "a word"}[type_.kind]


def fits(item: Item, place: Place, type_: Type, text: str) -> Type:
    """Give the type back; a finding where its values might need more than 37 digits."""
    if type_.too_wide:
        most = max(abs(type_.low or 0), abs(type_.high or 0))
        item.note("could-overflow", place, found=f"up to {most}", text=text)
        return replace(type_, low=max(type_.low or 0, -WIDE), high=min(type_.high or 0, WIDE))
    return type_


__all__ = ["CODE", "Item", "Library", "Room"]
