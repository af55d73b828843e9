"""What is closed, as read: lists of entities, editions of the catalogue, tables of coverage. Measures are kernel.measures.Measure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from goodstanding.kernel.finding import NOWHERE, Place
from goodstanding.kernel.rules.items import Title
from goodstanding.kernel.rules.nodes import Basis


@dataclass(frozen=True)
class Follows:
    """A measure that follows from an entry. `own_article`: the list names an article for it, which carries it beyond its field."""

    measure: str
    basis: Basis
    own_article: bool
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class End:
    """When an entry ends: `months` after the day in `since`, or by the act in `until`. `unpublished`: no source says the months."""

    since: str = ""
    months: int | None = None
    months_max: int | None = None
    or_at: str = ""
    until: Title = ()
    unpublished: bool = False
    place: Place = dataclasses.field(default=NOWHERE, compare=False)

    @property
    def ends(self) -> bool:
        """Tell whether an entry ends on a day that can be computed, or by an act in the organisation's own power."""
        return self.months is not None or bool(self.until) or self.unpublished


@dataclass(frozen=True)
class Exit:
    """The way off a list before its end. `none`: the text knows no early exit; `unpublished`: no source says it."""

    since: str = ""
    months: int = 0
    conditions: tuple[Title, ...] = ()
    bars: tuple[Title, ...] = ()
    none: bool = False
    unpublished: bool = False
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Stages:
    """The stages of an entry by the words of a field. An entry may stay open `months`; None: as long as an allegation of its type."""

    field: str
    open: tuple[str, ...]
    final: tuple[str, ...] = ()
    cleared: tuple[str, ...] = ()
    months: int | None = None
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class EntityList:
    """A list of entities: who keeps it, what its entry is, when an entry ends, how it is left, and what follows."""

    id: str
    title: Title
    kind: str
    kept_by: str
    rests_on: str
    entry: str
    basis: Basis
    end: End | None = None
    exit: Exit | None = None
    proposed_by: tuple[str, ...] = ()
    terms: str = ""
    follows: tuple[Follows, ...] = ()
    stages: Stages | None = None
    valid_from: int | None = None
    valid_to: int | None = None
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class CatalogueItem:
    """One item of a category: the record types that fill it, and the widest audience it may have."""

    id: str
    title: Title
    records: tuple[str, ...]
    publicity: str
    basis: Basis
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Category:
    """A category of the catalogue. `refused`: its information is of natural persons, so that nothing is filed."""

    id: str
    title: Title
    items: tuple[CatalogueItem, ...]
    refused: bool = False
    confirmed: bool = False
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Catalogue:
    """An edition of a catalogue: a closed world over the record types it covers. `applies` None: its first day is not published.

    `supplements` names the catalogue that a local one adds to.
    """

    id: str
    version: str
    title: Title
    applies: int | None
    covers: tuple[str, ...]
    categories: tuple[Category, ...]
    basis: Basis
    supplements: str = ""
    place: Place = dataclasses.field(default=NOWHERE, compare=False)

    @property
    def items(self) -> tuple[CatalogueItem, ...]:
        """Give the items of all categories."""
        return tuple(item for category in self.categories for item in category.items)


@dataclass(frozen=True)
class CoverageRow:
    """What covers one piece: names by kind, and sentences by `later`, `not published` and `told`."""

    id: str
    title: Title
    names: tuple[tuple[str, tuple[str, ...]], ...]
    said: tuple[tuple[str, Title], ...]
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class CoverageTable:
    """A table of pieces, such as the map of the project or the sections of a reference."""

    id: str
    title: Title
    rows: tuple[CoverageRow, ...]
    place: Place = dataclasses.field(default=NOWHERE, compare=False)


def matches(pattern: str, name: str) -> bool:
    """Tell whether a name is the one written, or lies below the prefix before `*`.

    >>> matches("cn.tax.*", "cn.tax.audit"), matches("cn.tax", "cn.tax.audit")
    (True, False)
    """
    return name.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else name == pattern
