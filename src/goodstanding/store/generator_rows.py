"""The columns of drawn records: their values inside the bounds of the law, and the versions in which they were known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from goodstanding.kernel.quantity import SHARE_SCALE, Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import generator_draws as d
from goodstanding.store.generator_columns import (
    Array,
    Table,
    dates,
    integers,
    strings,
    strings_where,
    table_of,
    truths,
    words,
)
from goodstanding.store.generator_draws import I8, I32, I64, U8, U16, U64, Mask
from goodstanding.store.generator_plan import (
    ANY_DAY,
    ENTRIES,
    LAST_DAY,
    MONTHS,
    POSITIONS,
    YEAR_ENDS,
    PackPlan,
    TypePlan,
    bounds,
)
from goodstanding.store.generator_records import RUN, TWIN, Drawn, Sources, sorted_rows
from goodstanding.store.generator_subjects import ID_SIGNS, NEVER, PACK_SIGNS, position_of
from goodstanding.store.lake import record_columns

# Ids of filings, decisions and acts have twelve signs: so many the engine keeps in place, more it would have to point to.
SEQUENCE_SIGNS = 3
# Shares of 10,000.
CERTAINTY = (
    ("final", 6200),
    ("decided", 2500),
    ("under review", 400),
    ("alleged", 400),
    ("suspended", 300),
    ("annulled", 200),
)
CERTAINTY_OF_OTHERS = (
    ("final", 8700),
    ("decided", 1000),
    ("under review", 100),
    ("alleged", 50),
    ("suspended", 50),
    ("annulled", 100),
)
_CERTAINTIES = [name for name, _ in CERTAINTY]
FINAL, DECIDED, UNDER_REVIEW, ALLEGED, SUSPENDED, ANNULLED = range(6)
STATES = ("in force", "annulled", "held")
CURED, ENDED, CLOSED, HELD, MISSING_FIELD, NO_DECISION, OWN_ACT = 2500, 500, 5000, 60, 600, 200, 400
# What becomes of a record: a field is corrected, it is annulled, becomes final, or was suspended for a while.
FATES = (300, 150, 500, 50)
CORRECTED, ANNULLED_LATER, BECAME_FINAL, WAS_SUSPENDED, NOTHING = range(5)
AT_AN_EDGE, NIL, ALL_NIL, SAME_AMOUNT = 600, 300, 400, 5000
_YEAR_BEGINS = frozenset({"year_begins", "year", "period_start"})
_LATER = (
    "_end",
    "until",
    "expires",
    "expiry",
    "valid_to",
    "_done",
    "paid",
    "_by",
    "_met",
    "_full",
    "_shown",
)
_EARLIER = frozenset({"committed", "lowered", "applied", "dated"})
_POINTS = frozenset({"given", "points", "score"})
# Words that are more frequent than the others of their list.
_MILD = frozenset({"other", "ordinary", "warning", "minor", "met", "summary", "company", "regular"})
_FATE_CHOICES = d.choices([*FATES, 10_000 - sum(FATES)])
_CERTAINTY_CHOICES = d.choices([often for _, often in CERTAINTY])
_CERTAINTY_CHOICES_OF_OTHERS = d.choices([often for _, often in CERTAINTY_OF_OTHERS])
# Truths that hold of most.
_MOSTLY = (
    "complete",
    "plan",
    "system",
    "drill",
    "conforms",
    "countable",
    "normal_reason",
    "audit_collection",
    "first_breach",
)
CODES = 4


@dataclass(frozen=True)
class Under:
    """Under which subject of a range of buckets the rows of each source stand.

    A source that is known to be another from a position on appears before it under its own id, after it under the other's.
    """

    emit: I32  # by source: the place of its subject
    since: I32  # by source: the first position at which its rows stand here
    until: I32  # by source: the first at which they no longer do; NEVER for most
    ids: U8  # by place
    buckets: U16  # by place


@dataclass(frozen=True)
class Slice:
    """Records drawn under a pack, and where their rows stand."""

    pack: PackPlan
    drawn: Drawn
    sources: Sources
    under: Under
    letters: tuple[bytes, bytes, bytes]  # with which ids of filings, decisions and acts begin


@dataclass
class _Rows:
    """The rows of one dataset, unsorted at first."""

    row: I64  # in the slice's records
    known_from: I32
    known_to: I32
    fate: I8
    second: Mask  # a second version

    def take(self, at: I64 | Mask) -> _Rows:
        return _Rows(
            self.row[at], self.known_from[at], self.known_to[at], self.fate[at], self.second[at]
        )


def tables_of(slice_: Slice) -> Iterator[tuple[n.RecordType, Table]]:
    """Give the rows of every record type, sorted."""
    plan = slice_.pack
    by_dataset = np.argsort(slice_.drawn.dataset, kind="stable")
    ends = np.searchsorted(slice_.drawn.dataset[by_dataset], np.arange(len(plan.datasets) + 1))
    owner = {t.newest.id: t for t in plan.types}
    for at, record_type in enumerate(plan.datasets):
        rows = by_dataset[ends[at] : ends[at + 1]]
        if len(rows):
            table = _Dataset(owner[record_type.id], record_type, slice_, rows).table()
            if table.num_rows:
                yield record_type, table


class _Value:
    """What a field is drawn by."""

    def __init__(self, name: str, type_: Type, key: U64, *, required: bool) -> None:
        self.name, self.type, self.key = name, type_, key
        self.drawn = d.draw(key, name)
        self._required = required

    @cached_property
    def luck(self) -> U64:
        """Give a second draw, for four chances."""
        return d.draw(self.key, self.name, "chances")

    @property
    def there(self) -> Mask | None:
        """Tell where it is not missing."""
        return None if self._required else ~d.quarter_chance(self.luck, 0, MISSING_FIELD)

    @property
    def there_by_low_bits(self) -> Mask | None:
        """Tell the same where only the upper bits of the first draw are in use."""
        return None if self._required else ~d.quarter_chance(self.drawn, 0, MISSING_FIELD)


class _Dataset:
    """Draws the columns of one version of a record type."""

    def __init__(
        self, plan: TypePlan, record_type: n.RecordType, slice_: Slice, records: I64
    ) -> None:
        self.plan, self.type, self.slice = plan, record_type, slice_
        drawn = slice_.drawn
        self.rows = self._sorted(self._here(self._versions(records)))
        self.row = self.rows.row
        self.key = drawn.key[self.row]
        self.date = drawn.date[self.row]
        self.source = drawn.source[self.row]
        self.count = len(self.row)
        # The words of a run of months are those of its first.
        run = np.flatnonzero(drawn.relation[self.row] == RUN)
        self.run_key = self.key
        if len(run):
            self.run_key = self.key.copy()
            self.run_key[run] = drawn.key[drawn.before[self.row[run]]]
        # Two draws give the chances of all own columns.
        self.luck = d.draw(self.key, "standing")
        self.more_luck = d.draw(self.key, "own columns")
        self._amounts: dict[str, tuple[I64, I64]] = {}

    def table(self) -> Table:
        """Give all columns."""
        if not self.count:
            return pa.table({})
        emit = self.slice.under.emit[self.source]
        state, certainty = self._standing()
        columns: list[Array] = [
            pa.array(self.slice.under.buckets[emit]),
            strings(self.slice.under.ids[emit]),
            strings(self._filing(self.slice.letters[0], self.slice.drawn.sequence[self.row])),
            integers(self.rows.known_from),
            integers(self.rows.known_to, self.rows.known_to < NEVER),
            words(state, STATES),
            words(certainty, _CERTAINTIES),
            self._later("cured", 0, CURED if self.plan.adverse else 0),
            self._later("ended", 1, self._ends()),
            self._decision(),
            self._act(),
            self._authority(),
        ]
        columns += [self._field(at) for at in range(len(self.type.fields))]
        columns += [self._link(at) for at in range(len(self.type.links))]
        return table_of(record_columns(self.type), columns)

    # Versions

    def _versions(self, records: I64) -> _Rows:
        """Give the versions in which records were known: one, or two where something became of them."""
        drawn = self.slice.drawn
        key, date = drawn.key[records], drawn.date[records]
        known = position_of(
            np.minimum(date + d.tail(d.draw(key, "known"), 90), LAST_DAY).astype(np.int32)
        )
        luck = d.draw(key, "standing")
        fate = d.pick(_FATE_CHOICES, luck).astype(np.int8)
        two = np.flatnonzero((fate != NOTHING) & ~d.quarter_chance(luck, 0, HELD))
        later = np.full(len(records), NEVER, np.int32)
        later[two] = np.minimum(known[two] + 1 + d.tail(d.draw(key[two], "later"), 800), POSITIONS)
        two = two[later[two] > known[two]]
        changed = np.zeros(len(records), np.bool_)
        changed[two] = True
        fate[~changed] = NOTHING
        never = np.full(len(two), NEVER, np.int32)
        second = np.zeros(len(records) + len(two), np.bool_)
        second[len(records) :] = True
        return _Rows(
            np.concatenate([records, records[two]]),
            np.concatenate([known, later[two]]),
            np.concatenate([np.where(changed, later, NEVER).astype(np.int32), never]),
            np.concatenate([fate, fate[two]]),
            second,
        )

    def _here(self, rows: _Rows) -> _Rows:
        """Leave the part of each version in which its row stands under the subject of this slice."""
        source = self.slice.drawn.source[rows.row]
        since, until = self.slice.under.since[source], self.slice.under.until[source]
        if int(since.max(initial=0)) == 0 and int(until.min(initial=NEVER)) == NEVER:
            return rows
        rows.known_from = np.maximum(rows.known_from, since)
        rows.known_to = np.minimum(rows.known_to, until)
        return rows.take(rows.known_from < rows.known_to)

    def _sorted(self, rows: _Rows) -> _Rows:
        drawn = self.slice.drawn
        source = drawn.source[rows.row]
        younger = self.slice.under.since[source] > 0
        order = sorted_rows(
            self.slice.under.emit[source],
            drawn.date[rows.row],
            rows.known_from,
            younger,
            drawn.sequence[rows.row],
        )
        return rows.take(order)

    # Own columns

    def _standing(self) -> tuple[I8, I8]:
        """Give state and certainty; what became of a record shows in its second version."""
        table = _CERTAINTY_CHOICES if self.plan.adverse else _CERTAINTY_CHOICES_OF_OTHERS
        certainty = d.pick(table, self.luck << np.uint64(16)).astype(np.int8)
        fate, second = self.rows.fate, self.rows.second
        certainty[(fate == BECAME_FINAL) | (fate == WAS_SUSPENDED)] = FINAL
        certainty[(fate == BECAME_FINAL) & ~second] = DECIDED
        certainty[(fate == WAS_SUSPENDED) & ~second] = SUSPENDED
        certainty[(fate == ANNULLED_LATER) & second] = ANNULLED
        state = np.zeros(self.count, np.int8)
        state[d.quarter_chance(self.luck, 0, HELD)] = STATES.index("held")
        state[certainty == ANNULLED] = STATES.index("annulled")
        return state, certainty

    def _ends(self) -> int:
        """Give how often a record has an end: a matter that was opened more often than one that speaks against its subject."""
        if self.plan.adverse:
            return ENDED
        is_open = self.type.act == "decision" and self.type.direction is n.Direction.NEUTRAL
        return CLOSED if is_open and self.plan.when == ANY_DAY else 0

    def _later(self, name: str, quarter: int, often: int) -> Array:
        """Give the day on which something was made good or ended."""
        if not often:
            return pa.nulls(self.count, pa.date32())
        there = d.quarter_chance(self.more_luck, quarter, often)
        at = np.flatnonzero(there)
        day = self.date.copy()
        day[at] += 1 + d.tail(d.draw(self.key[at], name), 500).astype(np.int32)
        return dates(day, there & (day <= LAST_DAY))

    def _filing(self, prefix: bytes, sequence: I32, at: I64 | None = None) -> U8:
        """Write the id of a filing, or of a decision or act, by its subject and sequence."""
        source = self.source if at is None else self.source[at]
        pack = np.full(1, self.slice.pack.code)
        parts = (
            np.frombuffer(prefix, np.uint8)[np.newaxis],
            d.signs(self.slice.sources.number[source], ID_SIGNS),
            d.signs(pack, PACK_SIGNS),
            d.signs(sequence, SEQUENCE_SIGNS + 1)[:, 1:],
        )
        out = np.empty((len(sequence), sum(part.shape[1] for part in parts)), np.uint8)
        end = 0
        for part in parts:
            start, end = end, end + part.shape[1]
            out[:, start:end] = part
        return out

    def _decision(self) -> Array:
        """Give the number of the decision; twins are of one decision."""
        if self.type.act != "decision":
            return pa.nulls(self.count, pa.string())
        there = ~d.quarter_chance(self.more_luck, 2, NO_DECISION)
        at = np.flatnonzero(there)
        twin = self.slice.drawn.relation[self.row[at]] == TWIN
        return strings_where(
            self._filing(self.slice.letters[1], self.slice.drawn.sequence[self.row[at]] - twin, at),
            there,
        )

    def _act(self) -> Array:
        act = self.slice.drawn.act[self.row]
        own = (act < 0) & d.quarter_chance(self.more_luck, 3, OWN_ACT)
        act[own] = self.slice.drawn.sequence[self.row[own]]
        at = np.flatnonzero(act >= 0)
        return strings_where(self._filing(self.slice.letters[2], act[at], at), act >= 0)

    def _authority(self) -> Array:
        filed_by = self.type.filed_by
        if not filed_by:
            return pa.nulls(self.count, pa.string())
        if len(filed_by) == 1:
            return words(np.zeros(self.count, np.int16), filed_by)
        return words(d.below(d.draw(self.key, "authority"), len(filed_by)), filed_by)

    def _link(self, at: int) -> Array:
        drawn = self.slice.drawn
        name = self.type.links[at].name
        newest = [link.name for link in self.plan.newest.links]
        if name not in newest:
            return pa.nulls(self.count, pa.string())
        there = drawn.link[self.row] == newest.index(name)
        rows = np.flatnonzero(there)
        named = drawn.sequence[drawn.before[self.row[rows]]]
        return strings_where(self._filing(self.slice.letters[0], named, rows), there)

    # Fields

    def _field(self, at: int) -> Array:
        """Draw a field; whether it is missing, and other chances of it, come from one draw more where there are any."""
        name, type_ = self.type.fields[at]
        if name == self.type.counting:
            return dates(self.date)
        key = self._corrected(
            at, self.run_key if type_.kind in (Kind.WORD, Kind.TRUTH) else self.key
        )
        value = _Value(name, type_, key, required=name in self.type.required)
        draws: dict[Kind, Callable[[_Value], Array]] = {
            Kind.NUMBER: self._number,
            Kind.DATE: self._date,
            Kind.TRUTH: self._truth,
            Kind.WORD: self._word,
            Kind.CODE: self._code,
        }
        return draws[type_.kind](value)

    def _corrected(self, at: int, key: U64) -> U64:
        """Give the keys to draw a field by: others in second versions that correct this field."""
        changed = np.flatnonzero(self.rows.second & (self.rows.fate == CORRECTED))
        which = d.below(d.draw(self.key[changed], "corrected field"), len(self.type.fields))
        changed = changed[which == at]
        if not len(changed):
            return key
        key = key.copy()
        key[changed] = d.draw(key[changed], "corrected")
        return key

    def _number(self, v: _Value) -> Array:
        low, high = bounds(v.type)
        if v.type.unit:
            value = self._amount(v)
        elif v.type.scale == SHARE_SCALE:
            value = _share(v)
        else:
            value = max(low, 0) + d.tail(v.drawn, min(max(high - max(low, 0), 0), 400) + 1)
        if low < 0:
            value = np.where(d.quarter_chance(v.luck, 1, 2000), -value, value)
        edges = dict(self.plan.edges).get(v.name, ())
        if edges:
            at = np.flatnonzero(d.quarter_chance(v.luck, 2, AT_AN_EDGE))
            value[at] = np.array(edges, np.int64)[
                d.below(d.draw(v.key[at], v.name, "edge"), len(edges))
            ]
        return integers(np.clip(value, low, high), v.there)

    def _amount(self, v: _Value) -> I64:
        """Draw an amount: over all magnitudes, those of one record about as large, half of them equal; some nil."""
        unit = v.type.unit
        if unit not in self._amounts:
            shared = d.draw(self.key, "amount", unit)
            magnitude = (shared & np.uint64(3)).view(np.int64) + (
                (shared >> np.uint64(2)) & np.uint64(3)
            ).view(np.int64)
            same = 1 + d.below(shared, 999)
            magnitude[d.quarter_chance(shared, 1, ALL_NIL)] = -1
            self._amounts[unit] = (magnitude, same)
        magnitude, same = self._amounts[unit]
        value: I64 = np.where(d.low_chance(v.drawn, SAME_AMOUNT), same, 1 + d.below(v.drawn, 999))
        scale = max(v.type.scale - 1, 0)
        value *= np.array([*(10 ** (m + scale) for m in range(7)), 0], np.int64)[magnitude]
        value[d.quarter_chance(v.luck, 3, NIL)] = 0
        return value

    def _date(self, v: _Value) -> Array:
        name, date = v.name, self.date
        if name in YEAR_ENDS:
            day = d.year_end(date)
        elif name in _YEAR_BEGINS:
            day = d.year_start(date)
        elif name in MONTHS:
            day = d.month_start(date)
        elif name in ENTRIES:
            day = self.slice.sources.founded[self.source]
        elif name.endswith(_LATER):
            day = date + (1 + d.tail(v.drawn, 1100)).astype(np.int32)
        elif name == self.type.act_date or name in _EARLIER:
            day = date - d.tail(v.drawn, 1100).astype(np.int32)
        elif name == "due" and self.plan.adverse:
            day = date - (1 + d.tail(v.drawn, 200)).astype(np.int32)
        elif name == "due":
            day = date + d.tail(v.drawn, 60).astype(np.int32)
        else:
            day = date + (d.low_below(v.drawn, 60) - d.below(v.drawn, 60)).astype(np.int32)
        return dates(day, v.there)

    def _truth(self, v: _Value) -> Array:
        mostly = any(part in v.name for part in _MOSTLY)
        # Chance by the upper bits; whether it is missing by the lower ones.
        return truths(d.quarter_chance(v.drawn, 3, 8500 if mostly else 2000), v.there_by_low_bits)

    def _word(self, v: _Value) -> Array:
        texts = v.type.words
        if not texts:
            return pa.nulls(self.count, pa.string())
        which = d.pick(d.choices([6 if word in _MILD else 1 for word in texts]), v.drawn)
        if v.name == self.plan.item:
            item = self.slice.drawn.item[self.row]
            which = np.where(item >= 0, item, which)
        return words(which, texts, v.there_by_low_bits)

    def _code(self, v: _Value) -> Array:
        texts = [f"XS-{v.name[:12].upper()}-{k + 1}" for k in range(CODES)]
        return words(d.below(v.drawn, CODES), texts, v.there_by_low_bits)


def _share(v: _Value) -> I64:
    """Draw a share or points, near either end; a share is rarely above 100 %, points go to 100."""
    one = 10**v.type.scale
    high = bounds(v.type)[1]
    points = v.name in _POINTS or high > 100 * one
    top = min(100 * one if points else one, high)
    value = d.tail(v.drawn, top + 1)
    value = np.where(d.quarter_chance(v.luck, 3, 5000), top - value, value)
    if not points and high > one:
        more = np.flatnonzero(d.quarter_chance(v.luck, 1, 300))
        value[more] *= 1 + d.below(d.draw(v.key[more], v.name, "more"), high // one)
    return value
