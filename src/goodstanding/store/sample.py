"""The sample nation: invented organisations with a record of every type that the law's programmes read.

The same seed gives the same nation on every machine: all chance comes from SHA-256 of seed, label and counter, in whole numbers. How
often things happen stands in the tables below; nothing is tuned to the shares of grades that come out. Names and codes are
invented: codes begin with XS, which is nobody's, and S stands in no code of the country whose law is tried on them.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property, partial
from graphlib import CycleError, TopologicalSorter
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from goodstanding.kernel import days
from goodstanding.kernel.quantity import SHARE_SCALE, Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import types_read
from goodstanding.store.lake import (
    IDENTITIES,
    ORGANISATIONS,
    RECORD_COLUMNS,
    UNITS,
    Meta,
    PartWriter,
    RegisterWriter,
    Types,
    bucket_of,
    dataset_of,
)

# The history of the nation; its log gives one position a day.
FIRST_DAY, LAST_DAY = days.day("2018-01-01"), days.day("2026-10-31")
POSITIONS = LAST_DAY - FIRST_DAY + 1
# What comes every year is there for the last full years only.
REGULAR_YEARS = 4
RECORDS_PER_ORGANISATION = 10

# Organisations made at once, in a process of its own where there are several.
CHUNK = 5_000
# How a register says that it is a sample.
SOURCE = "sample nation, all names and deeds invented"

# How often, of 10,000 subject-years, a record of an act and direction is filed.
RATES: Mapping[str, int] = {
    "duty met": 9000,
    "amount due": 8500,
    "amount paid": 8500,
    "measured value": 8500,
    "permit state": 2500,
    "duty late": 900,
    "duty missed": 400,
    "commitment kept": 300,
    "commitment broken": 150,
    "decision adverse": 350,
    "decision favourable": 500,
    "decision neutral": 500,
}
# Acts that come once in a calendar year, or not at all.
YEARLY = frozenset({"duty met", "amount due", "amount paid", "measured value"})
# How many of 10,000 organisations take part in a pack; a pack is the beginning of a record type's name.
TAKES_PART: Mapping[str, int] = {
    "cn.tax": 7000,
    "cn.samr": 6000,
    "cn.national": 5000,
    "cn.labour": 4000,
    "cn.env": 800,
    "cn.customs": 1000,
}
TAKES_PART_OTHERWISE = 1500
HAS_UNITS = 3000  # of 10,000 organisations of a pack whose records are about units
# Conduct: a multiple (in quarters) of the adverse rates, and how many of 10,000 have it. Few do much of the harm.
CONDUCT: Sequence[tuple[int, int]] = (
    (1, 5000),
    (2, 2000),
    (4, 1500),
    (16, 1000),
    (64, 400),
    (256, 100),
)
CERTAINTY: Sequence[tuple[str, int]] = (
    ("final", 6200),
    ("decided", 2500),
    ("under review", 400),
    ("alleged", 400),
    ("suspended", 300),
    ("annulled", 200),
)
FORMS: Sequence[tuple[str, int]] = (("organisation", 9000), ("person-like", 700), ("unknown", 300))
# Shares of 10,000.
MISSING_FIELD = 600
LINKED = 6000  # a record whose type declares a link has one
FOLLOWED = 1500  # an adverse record is followed by the cure, end or annulment its law knows
CURED, ENDED = 2500, 500
SHARES_DECISION, SHARES_ACT = 1200, 800
CORRECTED, ANNULLED_LATER, BECAME_FINAL, HELD = 300, 150, 500, 150
SAME_AS, SUCCESSOR, HOLDER_CHANGES, NAME_WITHHELD, RENAMED = 30, 20, 800, 20, 100
VOUCHED = "sample nation: invented organisations"

# Invented syllables, each with its sound in Chinese; no list of names was used.
_SYLLABLES = (
    ("or", "欧"), ("van", "凡"), ("tel", "忒"), ("mi", "弥"), ("dra", "卓"), ("qui", "奎"), ("sol", "索"), ("ne", "讷"),
    ("bru", "卜"), ("zan", "赞"), ("fe", "菲"), ("lun", "仑"), ("ka", "喀"), ("rho", "洛"), ("pim", "品"), ("ul", "兀"),
    ("gor", "戈"), ("shi", "矢"), ("wen", "汶"), ("ty", "提"), ("xo", "绰"), ("bel", "贝"), ("nu", "努"), ("cris", "克"),
)  # fmt: skip
_TRADES = (
    ("Tooling", "工具"), ("Ceramics", "陶瓷"), ("Freight", "货运"), ("Paper", "纸业"), ("Foods", "食品"), ("Optics", "光学"),
    ("Timber", "木业"), ("Chemicals", "化工"), ("Textiles", "纺织"), ("Software", "软件"), ("Castings", "铸造"), ("Seeds", "种业"),
)  # fmt: skip
_CODE_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# What the name of a date field says about when it lies.
_YEAR_ENDS = frozenset({"year_end", "period_end"})
_YEAR_BEGINS = frozenset({"year_begins", "year", "period", "period_start"})
_MONTHS = frozenset({"month", "quarter"})
_ENTRIES = frozenset({"entered", "registered", "first_operated"})
_LATER = ("_end", "until", "expires", "expiry", "valid_to", "_done")
# A required word of this name makes a yearly record of each of its words.
_ITEMS = frozenset({"item"})
_POINTS = frozenset({"given", "points", "score"})

_T = TypeVar("_T")
Row = tuple[object, ...]


def _stream(key: bytes) -> Iterator[int]:
    """Give SHA-256 of a key and a counter, 32 bits at a time."""
    block = 0
    while True:
        yield from struct.unpack(">8I", hashlib.sha256(key + b"%d" % block).digest())
        block += 1


class Draws:
    """A stream of chance: SHA-256 of its labels and a counter, 32 bits at a time."""

    __slots__ = ("bits",)

    def __init__(self, *labels: object) -> None:
        self.bits: Callable[[], int] = _stream("/".join(map(str, labels)).encode() + b"/").__next__

    def below(self, end: int) -> int:
        """Give a whole number from 0 to end - 1."""
        return (self.bits() * end) >> 32

    def chance(self, of_10_000: int) -> bool:
        """Tell whether something happens that happens so often."""
        return (self.bits() * 10_000) >> 32 < of_10_000

    def pick(self, table: Sequence[tuple[_T, int]]) -> _T:
        """Give one of a table whose weights sum to 10,000."""
        at = self.below(10_000)
        for value, weight in table:
            at -= weight
            if at < 0:
                return value
        return table[-1][0]

    def tail(self, end: int) -> int:
        """Give a whole number below `end`, half of them below the square root of it and so on: a heavy tail."""
        return (
            self.below(1 + self.below(end))
            if self.bits() & 1
            else self.below(1 + self.below(1 + self.below(end)))
        )


# --------------------------------------------------------------------------------------------------
# What is drawn for a record type


@dataclass(frozen=True)
class Plan:
    """How records of one type are drawn."""

    versions: tuple[n.RecordType, ...]  # oldest first
    pack: str
    rate: int  # of 10,000 subject-years, before scaling
    yearly: bool
    once: bool
    follows: bool  # comes only after a record it cures, ends or annuls
    items: tuple[str, tuple[str, ...]]
    type: n.RecordType  # the newest version

    @cached_property
    def adverse(self) -> bool:
        """Tell whether its records speak against their subject."""
        return self.type.direction is n.Direction.ADVERSE

    @cached_property
    def irregular(self) -> bool:
        """Tell whether its records come on any day."""
        return not (self.once or self.yearly or self.follows)


def pack_of(record_type: str) -> str:
    """Give the pack a record type belongs to."""
    return ".".join(record_type.split(".")[:2])


def plans(types: Types, programmes: Iterable[n.Programme]) -> list[Plan]:
    """Plan every record type that a programme reads, and those linked to them; targets of links come first."""
    wanted = {t for p in programmes for t in types_read(p) if t in types}
    known = {name: versions[max(versions)] for name, versions in types.items()}
    changing = (n.LinkKind.CURES, n.LinkKind.ENDS, n.LinkKind.ANNULS)
    more = True
    while more:
        linked = {link.to for t in wanted for link in known[t].links if link.to in known}
        linked |= {
            t.id
            for t in known.values()
            for link in t.links
            if link.to in wanted and link.kind in changing
        }
        more = not linked <= wanted
        wanted |= linked
    graph = {
        t: {link.to for link in known[t].links if link.to in wanted and link.to != t}
        for t in sorted(wanted)
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        order = sorted(wanted)
    return [_plan(types[t]) for t in order]


def _plan(versions: Mapping[int, n.RecordType]) -> Plan:
    newest = versions[max(versions)]
    otherwise = RATES[f"decision {newest.direction.value}"]
    rate = (
        otherwise
        if newest.act in YEARLY and newest.direction is n.Direction.ADVERSE
        else RATES.get(newest.act, otherwise)
    )
    kinds = {link.kind for link in newest.links}
    follows = bool(kinds & {n.LinkKind.CURES, n.LinkKind.ENDS, n.LinkKind.ANNULS})
    adverse = newest.direction is n.Direction.ADVERSE
    yearly = (newest.act in YEARLY and not adverse) or newest.counting in _YEAR_ENDS
    once = newest.counting in _ENTRIES
    items = next(
        ((name, t.words) for name, t in newest.fields if name in _ITEMS and t.kind is Kind.WORD),
        ("", ()),
    )
    ordered = tuple(versions[v] for v in sorted(versions))
    if once or yearly:
        rate = max(rate, RATES["amount due"])
    return Plan(ordered, pack_of(newest.id), rate, yearly, once, follows, items, newest)


# --------------------------------------------------------------------------------------------------
# Organisations


def code_of(seed: int, index: int) -> str:
    """Give the invented code of an organisation: XS, six digits, nine signs and a check sign; no two are equal."""
    number = (index * 7919 + seed % 9973) % 10**6
    body = f"XS{number:06}" + "".join(_CODE_SIGNS[(index // 31**k) % 31] for k in range(8, -1, -1))
    weight, total = 1, 0
    for sign in body:
        total += (ord(sign) % 31) * weight
        weight = weight * 3 % 31
    return body + _CODE_SIGNS[-total % 31]


def name_for(draws: Draws) -> str:
    """Make an invented name in both languages."""
    parts = [_SYLLABLES[draws.below(len(_SYLLABLES))] for _ in range(3 + draws.below(2))]
    latin, chinese = "".join(p[0] for p in parts).capitalize(), "".join(p[1] for p in parts)
    trade = _TRADES[draws.below(len(_TRADES))]
    return f"{latin} {trade[0]} · {chinese}{trade[1]}"


@dataclass
class _Subject:
    """One organisation while it is made: what is fixed about it, and its rows by dataset."""

    index: int
    id: str
    draws: Draws
    founded: int
    conduct: int  # in quarters
    records: int = 0
    decisions: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    made: dict[str, list[tuple[str, int]]] = field(default_factory=dict)  # type -> (record, date)
    rows: list[tuple[str, list[object]]] = field(default_factory=list)


def position_of(day: int) -> int:
    """Give the log position of a day; what happened before the register began came in on its first day."""
    return min(max(day - FIRST_DAY + 1, 1), POSITIONS)


def write_sample(
    folder: Path,
    types: Types,
    programmes: Sequence[n.Programme],
    *,
    organisations: int,
    seed: int,
    tell: Callable[[int], None] = lambda _: None,
) -> dict[str, int]:
    """Write a sample nation as a register; give the number of rows by dataset. `tell` hears how many organisations are done."""
    used = {name: dict(versions) for name, versions in types.items()}
    nation = _Nation(plans(types, programmes), organisations, seed)
    with RegisterWriter(folder, types) as writer:
        chunks = [range(a, min(a + CHUNK, organisations)) for a in range(0, organisations, CHUNK)]
        if len(chunks) < 4:
            for chunk in chunks:
                writer.adopt(_write_chunk(folder, used, nation, chunk))
                tell(chunk.stop)
        else:
            with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
                done = 0
                for chunk, counts in zip(
                    chunks,
                    pool.map(partial(_write_chunk, folder, used, nation), chunks),
                    strict=True,
                ):
                    writer.adopt(counts)
                    done += len(chunk)
                    tell(done)
        positions = tuple((p, FIRST_DAY + p - 1) for p in range(1, POSITIONS + 1))
        source = f"{SOURCE}; organisations {organisations}, seed {seed}"
        writer.finish(Meta(POSITIONS, days.text(LAST_DAY), source, positions))
        return dict(writer.counts)


def _write_chunk(folder: Path, types: Types, nation: _Nation, chunk: range) -> dict[str, int]:
    """Write the rows of some organisations as parts (in a process of its own)."""
    parts = PartWriter(folder, types, name=f"{chunk.start:09}-")
    for index in chunk:
        for dataset, rows in nation.rows_of(index):
            parts.add(dataset, rows)
    parts.flush()
    return parts.counts


class _Nation:
    """Makes the rows of one organisation after another; each depends on seed and index alone."""

    def __init__(self, planned: list[Plan], organisations: int, seed: int) -> None:
        self.count, self.seed = organisations, seed
        # Packs in the order of their first type, so that most targets of links come first.
        self.packs: dict[str, tuple[list[Plan], list[Plan]]] = {}
        for plan in planned:
            self.packs.setdefault(plan.pack, ([], []))[plan.type.about == "unit"].append(plan)
        years = (LAST_DAY - FIRST_DAY) // 365
        expected = sum(self._expected(p, years) for p in planned) or 1
        # Packs are joined by so many (of 10,000, of those who would) that the mean number of records meets the aim.
        self.joins = min(RECORDS_PER_ORGANISATION * 10_000 * 10**8 // expected, 10_000)

    @staticmethod
    def _expected(plan: Plan, years: int) -> int:
        """Give the expected records of an organisation times 10^8."""
        takes_part = TAKES_PART.get(plan.pack, TAKES_PART_OTHERWISE)
        if plan.follows:
            return 0
        if plan.once:
            return takes_part * 10_000
        items = sum(1 for _ in plan.items[1]) or 1
        mean = 2 if plan.adverse else 1
        return takes_part * plan.rate * (REGULAR_YEARS if plan.yearly else years) * items * mean

    def rows_of(self, index: int) -> Iterator[tuple[str, list[Row]]]:
        """Give the rows of one organisation, by dataset."""
        draws = Draws(self.seed, "organisation", index)
        first = int(days.day("1990-01-01"))
        founded = first + draws.below(LAST_DAY - first - 60)
        conduct = draws.pick(CONDUCT)
        subject = _Subject(index, code_of(self.seed, index), draws, founded, conduct)
        form = draws.pick(FORMS)
        name = None if draws.chance(NAME_WITHHELD) else name_for(draws)
        units = list(self._records_of(subject))
        joined = self._joined(index)
        yield ORGANISATIONS, list(self._organisation(subject, form, name, joined))
        if joined:
            elder, at = joined
            yield (
                IDENTITIES,
                [("same as", elder, subject.id, FIRST_DAY + at - 1, at, None, "sample")],
            )
        elif index and draws.chance(SUCCESSOR):
            since = position_of(LAST_DAY - draws.tail(2000))
            before = code_of(self.seed, index - 1)
            yield (
                IDENTITIES,
                [
                    (
                        "successor of",
                        before,
                        subject.id,
                        FIRST_DAY + since - 1,
                        since,
                        None,
                        "sample",
                    )
                ],
            )
        if units:
            yield UNITS, [row for unit in units for row in self._holders(subject, unit, joined)]
        by_dataset: dict[str, list[Row]] = {}
        for dataset, row in subject.rows:
            by_dataset.setdefault(dataset, []).extend(_moved(row, subject.id, joined))
        yield from by_dataset.items()

    def _founded(self, index: int) -> int:
        """Give the day an organisation was founded: the first thing drawn of it."""
        first = int(days.day("1990-01-01"))
        return first + Draws(self.seed, "organisation", index).below(LAST_DAY - first - 60)

    def _joined(self, index: int) -> tuple[str, int] | None:
        """Say whether an organisation becomes known to be the same as the one before it: (elder, position)."""
        draws = Draws(self.seed, "same as", index)
        if (
            not index
            or not draws.chance(SAME_AS)
            or Draws(self.seed, "same as", index - 1).chance(SAME_AS)
        ):
            return None
        both = position_of(max(self._founded(index), self._founded(index - 1))) + 1
        at = max(both, position_of(LAST_DAY - draws.below(1500)))
        return (code_of(self.seed, index - 1), at) if at <= POSITIONS else None

    def _organisation(
        self, subject: _Subject, form: str, name: str | None, joined: tuple[str, int] | None
    ) -> Iterator[Row]:
        """Give the registration, in one version, or two where the name changed."""
        code = {"organisation": "10", "person-like": "20"}.get(form)
        after = (
            "XS", "xs", subject.id, "xs.forms" if code else None, code, form, VOUCHED if form == "organisation" else None,
        )  # fmt: skip
        before = (bucket_of(subject.id), subject.id)
        start, end = position_of(subject.founded), joined[1] if joined else None
        draws = Draws(self.seed, "name", subject.index)
        renamed = start + 1 + draws.below(POSITIONS)
        if draws.chance(RENAMED) and renamed < (end or POSITIONS):
            yield (*before, start, renamed, name, *after)
            yield (*before, renamed, end, name_for(draws), *after)
        else:
            yield (*before, start, end, name, *after)

    def _holders(
        self, subject: _Subject, unit: str, joined: tuple[str, int] | None
    ) -> Iterator[Row]:
        """Give who holds a unit: its organisation; some pass to the next organisation, which is known on that day."""
        draws = Draws(self.seed, "holder", unit)
        passes = LAST_DAY - draws.below(1500)
        follower = (subject.index + 1) % self.count
        kept = follower == subject.index or not draws.chance(HOLDER_CHANGES)
        start = position_of(subject.founded)
        at = position_of(passes)
        if kept or at <= start:
            yield from _held(unit, subject.id, (subject.founded, None), (start, None), joined)
            return
        yield from _held(unit, subject.id, (subject.founded, None), (start, at), joined)
        yield from _held(unit, subject.id, (subject.founded, passes), (at, None), joined)
        next_ = code_of(self.seed, follower)
        yield from _held(unit, next_, (passes, None), (at, None), self._joined(follower))

    def _records_of(self, subject: _Subject) -> Iterator[str]:
        """Draw all records of an organisation and its units into its rows; give the units."""
        draws = subject.draws
        for pack, (own, of_units) in self.packs.items():
            if not draws.chance(TAKES_PART.get(pack, TAKES_PART_OTHERWISE) * self.joins // 10_000):
                continue
            for plan in own:
                self._draw(subject, plan, subject.id)
            if not of_units or not draws.chance(HAS_UNITS):
                continue
            kept, subject.made = subject.made, {}
            for place in range(1 + draws.tail(8)):
                unit = f"{subject.id}-U{pack.replace('.', '').upper()}{place + 1}"
                subject.made.clear()
                for plan in of_units:
                    self._draw(subject, plan, unit)
                yield unit
            subject.made = kept

    def _draw(self, subject: _Subject, plan: Plan, about: str) -> None:
        """Draw the records of one type of a subject."""
        if plan.irregular:
            start = max(int(FIRST_DAY), subject.founded)
            for day in self._irregular(subject.draws, plan, subject.conduct, start):
                _Record(subject, plan, about, day, None, "").file()
            return
        for day, link_to, item in self._days(subject, plan):
            _Record(subject, plan, about, day, link_to, item).file()

    def _days(
        self, subject: _Subject, plan: Plan
    ) -> Iterator[tuple[int, tuple[str, str] | None, str]]:
        """Give the counting dates of a type's records, with what each follows and its item."""
        draws = subject.draws
        start = max(int(FIRST_DAY), subject.founded)
        if plan.follows:
            for link in plan.type.links:
                for record, day in subject.made.get(link.to, ()):
                    if draws.chance(FOLLOWED) and day < LAST_DAY:
                        yield min(day + 1 + draws.tail(700), LAST_DAY), (link.name, record), ""
        elif plan.once:
            if draws.chance(9500):
                yield (
                    min(
                        max(subject.founded, int(days.day("2015-01-01"))) + draws.below(60),
                        LAST_DAY,
                    ),
                    None,
                    "",
                )
        else:
            last = days.parts(LAST_DAY)[0] - 1
            for year in range(max(days.parts(start)[0], last - REGULAR_YEARS + 1), last + 1):
                if not draws.chance(plan.rate):
                    continue
                for item in plan.items[1] or ("",):
                    if not item or draws.chance(8500):
                        yield _day_in(draws, plan.type.counting, year, start), None, item

    def _irregular(self, draws: Draws, plan: Plan, conduct: int, start: int) -> list[int]:
        rate = plan.rate * conduct // 4 if plan.adverse else plan.rate
        mean = max(rate, 1) * ((LAST_DAY - start) // 365 + 1)
        count, rest = divmod(mean, 10_000)
        count += draws.chance(rest)
        if not count:
            return []
        if draws.chance(2000):
            count += draws.tail(6)
        return sorted(start + draws.below(LAST_DAY - start + 1) for _ in range(min(count, 200)))


def _day_in(draws: Draws, counting: str, year: int, start: int) -> int:
    """Give a counting date in a year: the year's last day where the name says so, otherwise any day."""
    if counting in _YEAR_ENDS:
        return days.of(year, 12, 31)
    return min(max(days.of(year, 1, 1) + draws.below(365), start), LAST_DAY)


# --------------------------------------------------------------------------------------------------
# One record


class _Record:
    """Draws one record and the versions in which it was known."""

    def __init__(
        self,
        subject: _Subject,
        plan: Plan,
        about: str,
        day: int,
        follows: tuple[str, str] | None,
        item: str,
    ) -> None:
        self.subject, self.plan, self.about, self.day = subject, plan, about, day
        self.follows, self.item = follows, item
        self.draws = subject.draws
        versions = plan.versions
        self.type = versions[0] if len(versions) > 1 and self.draws.chance(3000) else versions[-1]
        subject.records += 1
        self.id = f"{subject.id}-{subject.records}"

    def file(self) -> None:
        """Draw all columns, then the versions, into the subject's rows."""
        draws, subject = self.draws, self.subject
        adverse = self.plan.adverse
        cured = self._after(CURED) if adverse else None
        ended = self._after(ENDED) if adverse else None
        certainty = draws.pick(CERTAINTY)
        state = "held" if draws.chance(HELD) else "in force"
        if certainty == "annulled":
            state = "annulled"
        known_from = position_of(min(self.day + draws.tail(90), int(LAST_DAY)))
        values = [self._value(name, type_) for name, type_ in self.type.fields]
        row: list[object] = [
            bucket_of(self.about), self.about, self.id, known_from, None, state, certainty, cured, ended,
            self._decision(), self._act(), self._authority(), *values, *self._links(),
        ]  # fmt: skip
        subject.made.setdefault(self.type.id, []).append((self.id, self.day))
        dataset = dataset_of(self.type)
        subject.rows += [(dataset, version) for version in self._versions(row)]

    def _versions(self, row: list[object]) -> Iterator[list[object]]:
        """Give the versions of a record: corrected, become final, annulled later, or just the one."""
        draws, known_from = self.draws, int(str(row[3]))
        fate = draws.below(10_000)
        later = min(known_from + 1 + draws.tail(800), POSITIONS)
        changed = list(row)
        if (
            later <= known_from
            or fate >= CORRECTED + ANNULLED_LATER + BECAME_FINAL
            or row[5] != "in force"
        ):
            yield row
            return
        if fate < CORRECTED:
            first = len(RECORD_COLUMNS)
            at = draws.below(len(self.type.fields))
            name, type_ = self.type.fields[at]
            if name != self.type.counting and name != self.plan.items[0]:
                changed[first + at] = self._value(name, type_)
        elif fate < CORRECTED + ANNULLED_LATER:
            changed[5] = changed[6] = "annulled"
        else:
            row[6], changed[6] = "decided", "final"
        row[4], changed[3] = later, later
        yield row
        yield changed

    def _after(self, chance: int) -> int | None:
        if not self.draws.chance(chance):
            return None
        day = self.day + 1 + self.draws.tail(500)
        return day if day <= LAST_DAY else None

    def _decision(self) -> str | None:
        if self.type.act != "decision" or self.draws.chance(200):
            return None
        known = self.subject.decisions
        if known and self.draws.chance(SHARES_DECISION):
            return known[-1]
        known.append(f"XS〔{days.parts(self.day)[0]}〕{self.subject.index}-{len(known) + 1}")
        return known[-1]

    def _act(self) -> str | None:
        if not self.draws.chance(SHARES_ACT):
            return None
        known = self.subject.acts
        if not known or self.draws.chance(4000):
            known.append(f"{self.subject.id}-A{len(known) + 1}")
        return known[-1]

    def _authority(self) -> str | None:
        filed_by = self.type.filed_by
        return filed_by[self.draws.below(len(filed_by))] if filed_by else None

    def _links(self) -> Iterator[str | None]:
        for link in self.type.links:
            if self.follows and self.follows[0] == link.name:
                yield self.follows[1]
                continue
            earlier = [
                r
                for r, day in self.subject.made.get(link.to, ())
                if day <= self.day and r != self.id
            ]
            wanted = earlier and not self.follows and self.draws.chance(LINKED)
            yield earlier[self.draws.below(len(earlier))] if wanted else None

    def _value(self, name: str, type_: Type) -> object:
        if name == self.type.counting:
            return self.day
        if name not in self.type.required and self.draws.chance(MISSING_FIELD):
            return None
        if name == self.plan.items[0] and self.item:
            return self.item
        match type_.kind:
            case Kind.NUMBER:
                return number(self.draws, name, type_)
            case Kind.DATE:
                return self._date(name)
            case Kind.TRUTH:
                return self.draws.chance(2500)
            case Kind.WORD:
                return type_.words[self.draws.tail(len(type_.words))] if type_.words else None
            case _:
                return f"XS-{name[:12].upper()}-{1 + self.draws.below(4)}"

    def _date(self, name: str) -> int:
        draws, year = self.draws, days.parts(self.day)[0]
        if name in _YEAR_ENDS:
            return days.of(year, 12, 31)
        if name in _YEAR_BEGINS:
            return days.of(year, 1, 1)
        if name in _MONTHS:
            return days.of(year, days.parts(self.day)[1], 1)
        if name in _ENTRIES:
            return self.subject.founded
        if name.endswith(_LATER):
            return self.day + 1 + draws.tail(1100)
        if name == "due":
            return (
                self.day - 1 - draws.tail(200)
                if "late" in self.type.act
                else self.day + draws.tail(60)
            )
        return self.day + draws.tail(60) - draws.tail(60)


def number(draws: Draws, name: str, type_: Type) -> int:
    """Draw a number inside its bounds: shares and points near either end, money and quantities over all magnitudes.

    >>> 0 <= number(Draws("x"), "given", Type(Kind.NUMBER, "", 4, 0, 1_000_000)) <= 1_000_000
    True
    """
    low, high = type_.low or 0, type_.high if type_.high is not None else 10**12
    one = 10**type_.scale
    if type_.scale == SHARE_SCALE and not type_.unit:
        # a share is rarely above 100 %, points go to 100
        top = 100 * one if name in _POINTS or high > 100 * one or draws.chance(300) else one
        top = min(top, high)
        value = top - draws.tail(top + 1) if draws.chance(5000) else draws.tail(top + 1)
    elif type_.unit:
        exponent = 2 + draws.below(3) + draws.below(3) + draws.below(2)
        value = (1 + draws.below(9999)) * 10**exponent * one // 10_000
    else:
        value = draws.tail(min(high, 400) + 1)
    return max(low, min(high, value))


def _held(
    unit: str,
    holder: str,
    valid: tuple[int, int | None],
    known: tuple[int, int | None],
    joined: tuple[str, int] | None,
) -> Iterator[Row]:
    """Give the rows of one holder's interval, under the elder id once its holder is known to be the same as that."""
    known_from, known_to = known
    parts = [(holder, known_from, known_to)]
    if joined:
        elder, at = joined
        if known_from >= at:
            parts = [(elder, known_from, known_to)]
        elif known_to is None or known_to > at:
            parts = [(holder, known_from, at), (elder, at, known_to)]
    for who, start, end in parts:
        yield (
            bucket_of(unit),
            unit,
            who,
            bucket_of(who),
            *valid,
            start,
            end,
            f"XS {unit[-6:]}",
            "site",
        )


def _moved(row: list[object], subject: str, joined: tuple[str, int] | None) -> Iterator[Row]:
    """Give the rows of a version after a same-as joined the subject with an elder one at a position.

    What is known of the younger one's own records from then on stands under the elder id; units keep their own.
    """
    if joined is None or row[1] != subject:
        yield tuple(row)
        return
    elder, at = joined
    known_from, known_to = int(str(row[3])), row[4]
    under = [bucket_of(elder), elder, row[2]]
    if known_from >= at:
        yield (*under, known_from, known_to, *row[5:])
    elif known_to is None or int(str(known_to)) > at:
        yield (*row[:4], at, *row[5:])
        yield (*under, at, known_to, *row[5:])
    else:
        yield tuple(row)
