"""What the items of one programme share while they are read: names in scope, ids, and what each rests on.

Expressions are read here and nowhere else, so that every rule knows which parameters and indicators it rests on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from goodstanding.kernel.carrier import Map, Text
from goodstanding.kernel.finding import Finding, Place, Severity, finding
from goodstanding.kernel.quantity import TRUTH, Kind, Type
from goodstanding.kernel.rules.expression import Scope, read_truth, read_value
from goodstanding.kernel.rules.items import Adopted, Title
from goodstanding.kernel.rules.library import Library, adoption_of, basis_of, marked, title_of
from goodstanding.kernel.rules.literals import at_scale, literal
from goodstanding.kernel.rules.nodes import (
    OWN_FIELDS,
    Basis,
    Const,
    Field,
    Limb,
    LinkField,
    Ref,
    Truth,
    TruthOf,
    Unknown,
    Value,
)

KEYWORDS = frozenset(
    "or and not in is missing present true false half up known part ratio round least greatest grade_is".split()
)
MOMENTS = frozenset(
    {
        "judged",
        "cycle_start",
        "cycle_end",
        "phase_start",
        "phase_end",
        "previous_phase_start",
        "opened",
    }
)
_NAME = re.compile(r"'[^']*'|(?<![\w.])[a-z][a-z0-9_]*")
_TRUTHLIKE = re.compile(r"[<>=]|\b(and|or|not|in|is|true|false|grade_is)\b")
_Read = Callable[[str, Place, Scope, list[Finding]], Value | Truth | None]


def names_in(text: str) -> set[str]:
    """Give the names an expression uses (not words in quotes, not fields behind a dot)."""
    return {name for name in _NAME.findall(text) if not name.startswith("'")} - KEYWORDS


def is_condition(text: str) -> bool:
    """Tell whether an expression is written as a condition rather than a value."""
    return bool(_TRUTHLIKE.search(re.sub(r"'[^']*'", "", text)))


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
    invented: set[str] = field(default_factory=set)  # what an invented overlay sets or adopts
    grades: tuple[str, ...] = ()
    score: Ref | None = None
    ids: dict[tuple[str, str], Place] = field(default_factory=dict)  # by (rules or lists, id)
    rests: set[str] = field(default_factory=set)  # all names any rule rests on
    unpublished: set[str] = field(
        default_factory=set
    )  # parameters without a value where a literal stands
    milder: set[tuple[str, str]] = field(default_factory=set)  # items marked so, by (kind, name)
    version: str = ""
    _record_scopes: dict[str, Scope] = field(default_factory=dict)

    def note(
        self, code: str, place: Place, *, severity: Severity = Severity.ERROR, **said: object
    ) -> None:
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
                links[link.name] = {
                    name: LinkField(link.name, name, type_) for name, type_ in fields.items()
                }
        return links

    def subject_scope(
        self, *, score: bool = False, grades: bool = False, extra: Mapping[str, Ref] | None = None
    ) -> Scope:
        """Give the names outside `each:` rules: indicators, parameters, days of the run and, where it exists, the score."""
        names: dict[str, Value | Truth] = {
            **self.moments,
            **self.parameters,
            **self.indicators,
            **(extra or {}),
        }
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
    """One rule, indicator or other item of a programme while it is read, and what it rests on.

    `kind` and `name` are those by which it is adopted; a rule is named by its id.
    """

    def __init__(self, room: Room, node: Map, kind: str = "rules", name: str = "") -> None:
        self.room, self.node = room, node
        self.kind, self.name = kind, name or node.text("id")
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
        self.kind = space
        text = self.node.scalar("id")
        if text is None:
            return ""
        self.room.take_id(text.value, text.place, space)
        return text.value

    def note(
        self,
        code: str,
        place: Place | None = None,
        *,
        severity: Severity = Severity.ERROR,
        **said: object,
    ) -> None:
        """Add a finding, at the item if no place is given."""
        self.room.note(code, place or self.place, severity=severity, **said)

    def basis(self, *, required: bool = False) -> Basis:
        """Give the basis; its mark is the item's own and that of everything it rests on. Call it when all else is read."""
        if required and "basis" not in self.node:
            self.note("no-basis", name=self.name)
        own = marked(self.node, self.room.confirmed) or self._adopted()
        self.room.rests |= self.rests
        confirmed = own and all(self.room.marks.get(name, True) for name in self.rests)
        return basis_of(self.room.library, self.node, self.room.instrument, confirmed)

    def _adopted(self) -> bool:
        """Tell whether an authority adopted the item: where it stands, or by its name in a file of another pack."""
        room = self.room
        here = adoption_of(self.node.map("adopted"))
        if here is not None:
            place = self.node.value_place("adopted")
            said = Adopted(room.programme, room.version, self.kind, self.name, here, place=place)
            room.library.adopted.append(said)
            return True
        found = room.library.adopts(room.programme, room.version, self.kind, self.name)
        if found is not None and found.invented:
            room.invented.add(self.name)
            room.rests.add(self.name)
        return found is not None

    def mark_milder(self) -> None:
        """Note an item that says `milder: yes`: it is compared with the version before when all versions are read."""
        if self.node.text("milder") == "yes":
            self.room.milder.add((self.kind, self.name))

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
            found = finding(
                "indicator-in-record", found.place, name=name, what=said.get("what", "")
            )
        return replace(found, place=node.at(found.place.column))

    def _ambiguous(self, node: Text, names: set[str], scope: Scope) -> None:
        """One name must not be both a field and an indicator or parameter where a condition uses it."""
        if node.value.strip() in names:
            return
        if (
            isinstance(scope.names.get("opened"), Field)
            and "opened" in names & self.room.moments.keys()
        ):
            self.note(
                "ambiguous-name",
                node.at(node.value.find("opened")),
                name="opened",
                what=scope.what,
                other="a day of the run",
            )
        for name in sorted(names & (self.room.declared | set(self.room.parameters))):
            if isinstance(scope.names.get(name), Field):
                other = "an indicator" if name in self.room.declared else "a parameter"
                self.note(
                    "ambiguous-name",
                    node.at(node.value.find(name)),
                    name=name,
                    what=scope.what,
                    other=other,
                )

    def limbs(self, scope: Scope) -> tuple[Limb, ...]:
        """Read `when` and `unless`, or the alternatives under `limbs`."""
        if "limbs" not in self.node:
            return self._limb(self.node, scope)
        if "unless" in self.node:
            self.note(
                "either-or", self.node.value_place("unless"), found="limbs, unless", item="ground"
            )
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
            if isinstance(known, Unknown):
                self.room.unpublished.add(known.parameter)
            scaled = at_scale(self.room.library, node, known, type_)
            return scaled.value if isinstance(scaled, Const) else None
        return literal(self.room.library, node, type_)
