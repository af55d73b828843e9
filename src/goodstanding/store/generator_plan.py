"""What a nation is made of, read from the law alone: which record types, how often each, when, and what follows what.

How often things happen stands in the tables below; nothing is tuned to the grades that come out. Each pack is planned by itself: by its
own record types and the programmes that read no others. So what is filed under one pack stays the same whatever other law is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from goodstanding.compile.programme import record_types_read
from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from goodstanding.store.generator_draws import I16, SIGNS, choices, salt

# The history of the nation; its log gives one position a day.
FIRST_DAY, LAST_DAY = int(days.day("2018-01-01")), int(days.day("2026-10-31"))
# Some records are older than the register; they came in on its first day.
OLDEST_DAY = int(days.day("2005-01-01"))
POSITIONS = LAST_DAY - FIRST_DAY + 1
YEARS = range(2025, 2017, -1)

# How often, against each other, records of an act and direction are filed.
RATES: Mapping[str, int] = {
    "duty met": 7000,
    "amount due": 6000,
    "amount paid": 6000,
    "measured value": 6000,
    "permit state": 2500,
    "commitment kept": 300,
    "decision favourable": 500,
    "decision neutral": 500,
    "duty late adverse": 900,
    "decision adverse": 350,
}
RATE_OTHERWISE = 400
# Words in the name of a record type that make it rare.
GRAVE = (
    "crime",
    "forced",
    "grave",
    "evasion",
    "violation",
    "obstruction",
    "refused",
    "listing",
    "referral",
    "event",
    "case",
)
GRAVE_PART = 6
# Acts that come once in a calendar year where they speak against nobody.
YEARLY = frozenset({"duty met", "amount due", "amount paid", "measured value"})
# A pack is the beginning of a record type's name. Of 10,000 organisations so many take part in it; of 10,000 records of all
# organisations so many would be its own if there were the packs of this table alone.
PACKS: Mapping[str, tuple[int, int]] = {
    "cn.tax": (7000, 5100),
    "cn.samr": (4000, 1400),
    "cn.labour": (3000, 900),
    "cn.national": (2500, 700),
    "cn.customs": (1000, 900),
    "cn.environment": (400, 800),
    "cn.registration": (600, 150),
    "cn.court": (200, 120),
    "cn.insurance": (100, 15),
    "cn.ip": (100, 15),
    "cn.safety": (100, 15),
    "cn.procurement": (100, 15),
    "cn.civil": (50, 10),
    "cn.public": (200, 60),
    "cn.finance": (50, 10),
    "cn.statistics": (20, 5),
    "cn.prepaid": (50, 20),
    "cn.trade": (50, 15),
    "cn.water": (50, 15),
    "cn.forex": (50, 10),
    "cn.health": (20, 10),
    "cn.lending": (20, 5),
    "cn.tourism": (20, 5),
    "cn.sh": (20, 10),
    "cn.bj": (20, 10),
    "cn.ha": (20, 5),
    "cn.sd": (20, 5),
    "cn.js": (200, 200),
    # lists and duties of other places, which few have to do with
    "br.mg": (100, 20),
    "ca.montreal": (200, 50),
    "us.fda": (200, 50),
    "us.fdic": (50, 10),
    "us.ofac": (50, 10),
    "uk.aml": (50, 10),
    "uk.payment": (300, 100),
    "tw.ghg": (100, 50),
}
PACK_OTHERWISE = (3000, 1000)
# A pack stands in ids as a number of two signs.
CODES = len(SIGNS) ** 2
# No subject has more records under one pack than this.
RECORDS_MAX = 29_000
# What is filed as a matter of course is filed again, besides, once in so many times that it might.
FILED_AGAIN = 50
# Conduct: a multiple (in quarters) of the adverse rates, and how many of 10,000 have it. Few do much of the harm.
CONDUCT: Sequence[tuple[int, int]] = ((1, 6500), (4, 2500), (16, 850), (64, 150))

# What the name of a date field says about when it lies.
YEAR_ENDS = frozenset({"year_end", "period_end"})
MONTHS = frozenset({"month", "quarter", "period"})
ENTRIES = frozenset({"entered", "registered", "first_operated"})
# A required word of this name makes a yearly record of each of its words.
ITEMS = frozenset({"item"})
# When counting dates lie.
ANY_DAY, AT_YEAR_END, AT_MONTH_START, AT_ENTRY = range(4)
# Day on which a window, a cycle or a phase begins or ends.
_EDGES = ("01-01", "12-31", "02-28", "03-01", "03-31", "04-01", "06-30", "07-01", "09-30", "10-01")


@dataclass(frozen=True)
class TypePlan:
    """How records of one type are drawn."""

    versions: tuple[n.RecordType, ...]  # oldest first
    rate: int
    yearly: bool
    when: int
    item: str  # the field of which a yearly record has each word, "" for none
    followers: tuple[
        tuple[int, str], ...
    ] = ()  # (type, link): what may come after a record of this type
    only_follows: bool = False  # comes only after a record it cures, ends or annuls
    edges: tuple[
        tuple[str, tuple[int, ...]], ...
    ] = ()  # (field, the values the law compares it with)

    @property
    def newest(self) -> n.RecordType:
        """Give the newest version."""
        return self.versions[-1]

    @property
    def adverse(self) -> bool:
        """Tell whether its records speak against their subject."""
        return self.newest.direction is n.Direction.ADVERSE

    @property
    def of_course(self) -> bool:
        """Tell whether its records are filed as a matter of course, once or every year."""
        return self.yearly or self.when == AT_ENTRY


@dataclass(frozen=True)
class Population:
    """The subjects of one kind (organisations or units) of a pack: what is filed about them."""

    schedule: tuple[I16, I16, I16]  # by place: type, year (0: once), item (-1: none)
    irregular: I16  # choices of types, a row for each conduct
    records_max: (
        int  # no subject has more records; all types may be such as are filed as a matter of course
    )


@dataclass(frozen=True)
class PackPlan:
    """What is filed under one pack."""

    name: str
    code: int  # stands for the pack in ids; below CODES
    types: tuple[TypePlan, ...]
    datasets: tuple[n.RecordType, ...]  # every version of every type, by type
    first_dataset: I16  # of each type
    organisations: Population | None
    units: Population | None
    special_days: tuple[int, ...]

    @property
    def takes_part(self) -> int:
        """Tell how many of 10,000 organisations take part."""
        return PACKS.get(self.name, PACK_OTHERWISE)[0]

    @property
    def share(self) -> int:
        """Tell how many of 10,000 records of all organisations are its own."""
        return PACKS.get(self.name, PACK_OTHERWISE)[1]

    @property
    def description(self) -> object:
        """Give what the pack's records depend on; its `repr` is the same whenever they are."""
        parts = [
            (
                d.id,
                d.version,
                d.act,
                d.direction.value,
                d.about,
                d.counting,
                d.act_date,
                d.fields,
                d.required,
                d.links,
                d.filed_by,
            )
            for d in self.datasets
        ]
        edges = [(t.edges, t.followers) for t in self.types]
        return self.name, self.code, parts, edges, self.special_days


@dataclass(frozen=True)
class NationPlan:
    """Everything about a nation but its size and seed: its packs, in the order of their codes."""

    packs: tuple[PackPlan, ...]

    @property
    def packs_of_organisations(self) -> tuple[tuple[PackPlan, Population], ...]:
        """Give the packs under which something is filed about organisations, and what."""
        return tuple((p, p.organisations) for p in self.packs if p.organisations)

    @property
    def packs_of_units(self) -> tuple[tuple[PackPlan, Population], ...]:
        """Give the packs under which something is filed about units, and what."""
        return tuple((p, p.units) for p in self.packs if p.units)

    @property
    def fingerprint(self) -> str:
        """Give the SHA-256 of what the nation depends on."""
        return hashlib.sha256(repr([p.description for p in self.packs]).encode()).hexdigest()


def pack_of(record_type: str) -> str:
    """Give the pack a record type belongs to."""
    return ".".join(record_type.split(".")[:2])


def plan_nation(law: Law) -> NationPlan:
    """Plan every record type of the law."""
    names: dict[str, list[str]] = {}
    for name in sorted(law.record_types):
        names.setdefault(pack_of(name), []).append(name)
    programmes = _programmes_by_pack(law)
    codes = _codes(names)
    packs = [
        _pack_plan(law, pack, codes[pack], names[pack], programmes.get(pack, [])) for pack in codes
    ]
    return NationPlan(tuple(packs))


def _codes(packs: Iterable[str]) -> dict[str, int]:
    """Give a number to each pack, rising: one that its name gives, or the next that is free."""
    taken: dict[int, str] = {}
    for pack in sorted(packs):
        code = int(salt("pack", pack)) % CODES
        while code in taken:
            code = (code + 1) % CODES
        taken[code] = pack
    return {taken[code]: code for code in sorted(taken)}


def _programmes_by_pack(law: Law) -> dict[str, list[n.Programme]]:
    """Give the programmes that read records of one pack alone, by that pack."""
    found: dict[str, list[n.Programme]] = {}
    for programme in (p for versions in law.programmes.values() for p in versions):
        packs = {pack_of(name) for name in record_types_read(programme, law.types)}
        if len(packs) == 1:
            found.setdefault(packs.pop(), []).append(programme)
    return found


def _pack_plan(
    law: Law, pack: str, code: int, names: Sequence[str], programmes: Sequence[n.Programme]
) -> PackPlan:
    at = {name: i for i, name in enumerate(names)}
    by_field, by_unit, dates = _edges(programmes)
    types = tuple(_type_plan(law, name, at, by_field, by_unit) for name in names)
    datasets = tuple(version for t in types for version in t.versions)
    first = np.cumsum([0, *(len(t.versions) for t in types)], dtype=np.int16)
    special = {int(days.day(f"{year}-{edge}")) for year in range(2018, 2027) for edge in _EDGES}
    special |= dates | {int(days.day("2020-02-29")), int(days.day("2024-02-29"))}
    return PackPlan(
        pack,
        code,
        types,
        datasets,
        first[:-1],
        _population(types, "organisation"),
        _population(types, "unit"),
        tuple(sorted(d for d in special if FIRST_DAY <= d <= LAST_DAY)),
    )


def _changes(link: n.Link) -> bool:
    return link.kind in (n.LinkKind.CURES, n.LinkKind.ENDS, n.LinkKind.ANNULS)


def _edges(
    programmes: Iterable[n.Programme],
) -> tuple[dict[str, set[tuple[int, int]]], dict[str, set[tuple[int, int]]], set[int]]:
    """Give the literals (value, scale) that fields are compared with, by field and by unit, and all days."""
    by_field: dict[str, set[tuple[int, int]]] = {}
    by_unit: dict[str, set[tuple[int, int]]] = {}
    dates: set[int] = set()
    for node in (node for p in programmes for node in inside(p)):
        if isinstance(node, n.Const):
            if node.type.kind is Kind.DATE:
                dates.add(node.value)
            elif node.type.unit:
                by_unit.setdefault(node.type.unit, set()).add((node.value, node.type.scale))
        elif isinstance(node, n.Compare):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                if isinstance(one, n.Field) and isinstance(other, n.Const):
                    by_field.setdefault(one.name, set()).add((other.value, other.type.scale))
    return by_field, by_unit, dates


def _type_plan(
    law: Law,
    name: str,
    at: Mapping[str, int],
    by_field: Mapping[str, set[tuple[int, int]]],
    by_unit: Mapping[str, set[tuple[int, int]]],
) -> TypePlan:
    versions = law.record_types[name]
    newest = versions[-1]
    adverse = newest.direction is n.Direction.ADVERSE
    by_direction = f"{newest.act} {newest.direction.value}"
    rate = RATES.get(by_direction) or (
        RATE_OTHERWISE if adverse else RATES.get(newest.act, RATE_OTHERWISE)
    )
    if any(word in name for word in GRAVE):
        rate //= GRAVE_PART
    when = ANY_DAY
    if newest.counting in YEAR_ENDS:
        when = AT_YEAR_END
    elif newest.counting in MONTHS:
        when = AT_MONTH_START
    elif newest.counting in ENTRIES or (newest.act == "permit state" and not adverse):
        when = AT_ENTRY
    yearly = not adverse and (newest.act in YEARLY or when == AT_YEAR_END)
    if yearly:
        rate = max(rate, RATES["amount due"])
    items = [f for f, t in newest.fields if f in ITEMS and t.kind is Kind.WORD]
    if items and yearly:
        rate //= 4
    followers = sorted(
        (at[other], link.name)
        for other in at
        for link in law.record_types[other][-1].links
        if link.to == name and law.record_types[other][-1].about == newest.about
    )
    edges = tuple(
        (f, _edge_values(f, t, by_field, by_unit))
        for f, t in newest.fields
        if t.kind is Kind.NUMBER
    )
    # What says more than that it follows may come by itself.
    changes = any(_changes(link) and link.to in at for link in newest.links)
    follows = changes and set(newest.required) <= {newest.counting}
    return TypePlan(
        versions, rate, yearly, when, items[0] if items else "", tuple(followers), follows, edges
    )


def _edge_values(
    field: str,
    type_: Type,
    by_field: Mapping[str, set[tuple[int, int]]],
    by_unit: Mapping[str, set[tuple[int, int]]],
) -> tuple[int, ...]:
    """Give the values that the law compares a field with, in the field's scale, and those beside them."""
    found = by_field.get(field, set()) | (by_unit.get(type_.unit, set()) if type_.unit else set())
    low, high = bounds(type_)
    values = set()
    for value, scale in found:
        whole, rest = divmod(value * 10**type_.scale, 10**scale)
        if not rest:
            values |= {v for v in (whole - 1, whole, whole + 1) if low <= v <= high}
    return tuple(sorted(values))


def bounds(type_: Type) -> tuple[int, int]:
    """Give the bounds of a number, wide ones where it has none."""
    return (type_.low if type_.low is not None else 0), (
        type_.high if type_.high is not None else 10**12
    )


def _population(types: tuple[TypePlan, ...], about: str) -> Population | None:
    """Plan the subjects of one kind; None where no record type is about such."""
    mine = [i for i, t in enumerate(types) if t.newest.about == about]
    if all(types[i].only_follows for i in mine):
        return None
    schedule = np.array(_schedule(types, mine), np.int16).reshape(-1, 3)
    irregular = [
        choices([_weight(one, quarters) if i in mine else 0 for i, one in enumerate(types)])
        for quarters, _ in CONDUCT
    ]
    only_of_course = all(types[i].of_course for i in mine)
    return Population(
        (schedule[:, 0], schedule[:, 1], schedule[:, 2]),
        np.stack(irregular),
        len(schedule) if only_of_course else RECORDS_MAX,
    )


def _schedule(types: tuple[TypePlan, ...], mine: list[int]) -> list[tuple[int, int, int]]:
    """Give what a subject files as a matter of course: entries first, then year by year, the latest year first."""
    entries = [(i, 0, -1) for i in mine if types[i].when == AT_ENTRY]
    yearly = []
    for year in YEARS:
        for i in mine:
            if types[i].yearly and types[i].when != AT_ENTRY:
                item = types[i].item
                words = dict(types[i].newest.fields)[item].words if item else ()
                yearly += [(i, year, k) for k in range(len(words))] or [(i, year, -1)]
    return entries + yearly


def _weight(one: TypePlan, quarters: int) -> int:
    """Give how often a type comes to a subject of a conduct, beyond its schedule."""
    if one.only_follows:
        return 0
    weight = one.rate * (quarters if one.adverse else 4)
    if one.of_course:
        weight //= FILED_AGAIN
    return max(weight, 1)
