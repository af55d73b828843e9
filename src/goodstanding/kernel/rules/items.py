"""What law files hold besides rules: instruments, authorities, settings of parameters, cases, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass, field

from goodstanding.kernel.finding import NOWHERE, Place
from goodstanding.kernel.quantity import Type
from goodstanding.kernel.rules.nodes import NO_BASIS, Basis, Certainty

Title = tuple[tuple[str, str], ...]  # (language, text), in the order written


@dataclass(frozen=True)
class Instrument:
    """A legal text: who issued it, and from when to when it is in force (half-open; None is open)."""

    id: str
    title: Title
    issuer: str = ""
    number: Title = ()
    valid_from: int | None = None
    valid_to: int | None = None
    confirmed: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Authority:
    """An office: its level, and the record types it may file (`cn.tax.*` is a prefix)."""

    id: str
    title: Title
    level: str = ""
    files: tuple[str, ...] = ()
    above: str = ""
    area: str = ""
    adopts: tuple[str, ...] = ()  # programmes it may adopt for (`cn.tax.*` is a prefix)
    valid_from: int | None = None
    valid_to: int | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Adoption:
    """By whom, when and in which text something was adopted."""

    by: str
    on: int
    text: str


@dataclass(frozen=True)
class Adopted:
    """An item that an authority adopted by its name. `kind` is programme, rules, lists, indicators, parameters or record types.

    `programme` is empty for a record type that adopts itself; `version` empty is every version of the programme.
    """

    programme: str
    version: str
    kind: str
    name: str
    adoption: Adoption
    invented: bool = False
    place: Place = field(default=NOWHERE, compare=False)

    def covers(self, programme: str, version: str, kind: str, name: str) -> bool:
        """Tell whether it speaks of an item of a version."""
        return (
            (self.programme, self.kind, self.name) == (programme, kind, name)
            and self.version in {"", version}
        )  # fmt: skip


@dataclass(frozen=True)
class Parameter:
    """A figure of a programme version: its national value (None: not published), what a lower pack may choose, what it is now."""

    programme: str
    version: str
    name: str
    type: Type
    value: int | None
    lowest: int | None = None
    highest: int | None = None
    set_by: str = ""
    title: Title = ()
    basis: Basis = NO_BASIS
    setting: Setting | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Setting:
    """The value that a lower pack gives a parameter. `invented` marks a sample, and every result resting on it."""

    programme: str
    name: str
    text: str  # the literal as written; its type is the parameter's
    version: str = ""
    adopted: Adoption | None = None
    confirmed: bool | None = None
    invented: bool = False
    place: Place = field(default=NOWHERE, compare=False)
    value_place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class CaseRecord:
    """A record of a case: typed values of the latest version's fields, and what every record may carry."""

    type: str
    version: int
    id: str  # given by the writer, or "1", "2", ... by position
    values: tuple[tuple[str, int | bool | str], ...]
    date: int  # the counting date
    certainty: Certainty = Certainty.FINAL
    act: str = ""
    decision: str = ""
    authority: str = ""
    unit: str = ""
    cured: int | None = None
    ended: int | None = None
    links: tuple[tuple[str, str], ...] = ()  # (link, id of a record of the case)
    place: Place = field(default=NOWHERE, compare=False)

    def value(self, name: str) -> int | bool | str | None:
        """Give a field's value, None where it is missing."""
        return dict(self.values).get(name)


@dataclass(frozen=True)
class Expect:
    """What a case expects; None says nothing about it. Dates of terms are texts: a day, `none`, `never` or `open`."""

    grade: str | None = None
    at_worst: str | None = None
    score: int | None = None  # scale 4
    score_at_worst: int | None = None
    reasons: tuple[str, ...] | None = None
    absent: tuple[str, ...] | None = None
    open: bool | None = None
    proposed: tuple[str, ...] | None = None
    since: int | None = None
    display_from: str | None = None
    display_until: str | None = None
    repair_from: str | None = None
    missing: tuple[str, ...] | None = None
    in_scope: bool | None = None


@dataclass(frozen=True)
class Case:
    """An example beside the rules: records in, standing out. `shows` holds (rule id, triggers | threshold | beside)."""

    programme: str
    version: str
    name: str
    records: tuple[CaseRecord, ...]
    expect: Expect
    shows: tuple[tuple[str, str], ...] = ()
    cycle: int | None = None
    from_cycle: int | None = None
    on: int | None = None
    unit: str = ""
    decision: str = ""
    record: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Excluded:
    """An item of the reference that is left out on purpose, with its place there and the rule that leaves it out."""

    item: str
    title: Title
    source: str
    reason: str
    rule: str = ""
    place: Place = field(default=NOWHERE, compare=False)
