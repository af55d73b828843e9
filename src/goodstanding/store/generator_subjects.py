"""The subjects of a nation, each by its number alone: ids, founding, size, joins, and their rows of organisations, units and identities.

Names and codes are invented: ids begin with XS (organisations) and XU (units), which are nobody's. Codes are made as GB 32100 makes them,
by a registering department X that there is not. Of two organisations with the numbers 2n and 2n + 1 the later may become known to be
the same as the earlier; then what is known of it stands under the earlier one's id.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from goodstanding.kernel import days
from goodstanding.store.generator_columns import Table, dates, integers, strings, table_of, words
from goodstanding.store.generator_draws import (
    I16,
    I32,
    I64,
    SIGNS,
    U8,
    U16,
    U64,
    Mask,
    Whole,
    below,
    chance,
    choices,
    draw,
    keys_of,
    low_below,
    mixed,
    pick,
    salt,
    signs,
    tail,
)
from goodstanding.store.generator_plan import (
    CONDUCT,
    FIRST_DAY,
    LAST_DAY,
    POSITIONS,
    NationPlan,
    PackPlan,
    Population,
)
from goodstanding.store.lake import IDENTITIES, ORGANISATIONS, UNITS

RECORDS_PER_ORGANISATION = 10
# No organisation would have more records if it took its part in each pack, and no unit has more.
ACTIVITY_MAX, UNIT_RECORDS_MAX = 33_000, 200
# For 10,000 organisations there are so many units of each pack that has units.
UNITS_OF_10_000 = 150
# Shares of 10,000.
FORMS = (("organisation", 9000), ("person-like", 700), ("unknown", 300))
FORM_CODES = ("10", "20")  # the code of the first two
SAME_AS, SUCCESSOR, HOLDER_CHANGES, NAME_WITHHELD, RENAMED = 30, 20, 800, 20, 100
JOIN_DAYS, HOLDER_DAYS = 1500, 1500
VOUCHED = "sample nation: invented organisations"
NEVER = POSITIONS + 1
ID_SIGNS, PACK_SIGNS = 6, 2
# An organisation's code: department and class, six digits of a region (none begins with 00), nine signs of the organisation, a check sign.
_DEPARTMENT, _REGIONS, _CODE_WEIGHTS = b"XX", 9973, [pow(3, k, 31) for k in range(17)]
_SIGN, _VALUE = np.frombuffer(SIGNS, np.uint8), np.zeros(128, np.int64)
_VALUE[_SIGN] = np.arange(len(SIGNS))
_FOUNDED_FROM = int(days.day("1990-01-01"))

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
_LATIN = [a + b for a, _ in _SYLLABLES for b, _ in _SYLLABLES]
_CHINESE = [a + b for _, a in _SYLLABLES for _, b in _SYLLABLES]
_NAME_PARTS = (
    pa.array([pair.capitalize() for pair in _LATIN]),
    pa.array(_LATIN),
    pa.array([f" {latin} · " for latin, _ in _TRADES]),
    pa.array(_CHINESE),
    pa.array([chinese for _, chinese in _TRADES]),
)


def position_of(day: I32) -> I32:
    """Give the log positions of days; what happened before the register began came in on its first day."""
    return np.clip(day - (FIRST_DAY - 1), 1, POSITIONS).astype(np.int32)


def organisation_ids(numbers: I64) -> U8:
    """Write the stable ids of organisations, a row of bytes each."""
    return _beside(_same(b"XS", numbers), signs(numbers, ID_SIGNS))


def organisation_codes(numbers: I64) -> U8:
    """Write the codes of organisations: 18 signs, the last of which checks the others as GB 32100 says."""
    region = numbers % _REGIONS
    digits = np.stack([ord("0") + region // 10**k % 10 for k in (3, 2, 1, 0)], axis=1)
    body = _beside(
        _same(_DEPARTMENT + b"00", numbers), digits.astype(np.uint8), signs(numbers, 10)[:, 1:]
    )
    check = -(_VALUE[body] @ np.array(_CODE_WEIGHTS, np.int64)) % len(SIGNS)
    return _beside(body, _SIGN[check][:, np.newaxis])


def _same(text: bytes, numbers: Whole) -> U8:
    return np.broadcast_to(np.frombuffer(text, np.uint8), (len(numbers), len(text)))


def _beside(*parts: U8) -> U8:
    return np.concatenate(parts, axis=1)


def buckets_of(ids: U8) -> U16:
    """Give the buckets of ids."""
    whole, width, sha256 = ids.tobytes(), ids.shape[1], hashlib.sha256
    first = b"".join(
        [sha256(whole[at : at + width]).digest()[:2] for at in range(0, len(whole), width)]
    )
    return np.frombuffer(first, ">u2").astype(np.uint16)


class Spread(Enum):
    """How unevenly records are spread over organisations."""

    EVEN = "even"  # most organisations have some records, few have many
    HEAVY = "heavy"  # half have none, a few have tens of thousands


@dataclass(frozen=True)
class Nation:
    """What is fixed about every subject of a nation by its number."""

    plan: NationPlan
    seed: int
    organisations: int
    records_per_organisation: int = RECORDS_PER_ORGANISATION
    spread: Spread = Spread.HEAVY

    @property
    def units_of_pack(self) -> int:
        """Give the number of units of each pack that has units."""
        return -(-self.organisations * UNITS_OF_10_000 // 10_000)

    @property
    def units(self) -> int:
        """Give the number of units: first those of the first pack that has some, then those of the next."""
        return len(self.plan.packs_of_units) * self.units_of_pack

    def organisation_keys(self, numbers: I64) -> U64:
        """Give the keys of organisations."""
        return keys_of(self.seed, "organisation", numbers)

    def unit_keys(self, units: I64) -> U64:
        """Give the keys of units."""
        salts = np.array([salt("unit", p.name) for p, _ in self.plan.packs_of_units], np.uint64)
        keys = keys_of(self.seed, "unit", units % self.units_of_pack)
        return mixed(keys ^ salts[units // self.units_of_pack])

    def unit_ids(self, units: I64) -> U8:
        """Write the ids of units: the code of the pack, and a number."""
        codes = np.array([p.code for p, _ in self.plan.packs_of_units], np.int64)
        pack = codes[units // self.units_of_pack]
        number = units % self.units_of_pack
        return _beside(_same(b"XU", units), signs(pack, PACK_SIGNS), signs(number, ID_SIGNS))

    def holders(self, units: I64) -> I64:
        """Give the organisations that hold units first."""
        return below(draw(self.unit_keys(units), "holder"), self.organisations)

    def founded(self, numbers: I64) -> I32:
        """Give the days on which organisations were founded."""
        drawn = draw(self.organisation_keys(numbers), "founded")
        return (_FOUNDED_FROM + below(drawn, LAST_DAY - _FOUNDED_FROM - 60)).astype(np.int32)

    def sizes(self, pack: PackPlan, population: Population, keys: U64) -> I64:
        """Give the numbers of records of organisations under a pack."""
        of_pack = draw(keys, "takes part", pack.name)
        records = self._activity(keys) * (pack.share * 10_000 // pack.takes_part)
        records = (records + low_below(of_pack, 10_000)) // 10_000
        records[~chance(of_pack, pack.takes_part)] = 0
        return np.minimum(records, population.records_max)

    def unit_sizes(self, population: Population, keys: U64) -> I64:
        """Give the numbers of records of units: at least one."""
        return np.clip(self._activity(keys), 1, min(population.records_max, UNIT_RECORDS_MAX))

    def _activity(self, keys: U64) -> I64:
        """Give how many records subjects would have that take their part in each pack.

        Evenly spread, a product of two chances; heavily, floor(1 / U) - 1 for a mean of ten.
        """
        drawn, mean = draw(keys, "activity"), self.records_per_organisation
        if self.spread is Spread.EVEN:
            return 1 + tail(drawn, 4 * mean - 3)
        drawn >>= np.uint64(32)
        top = (np.uint64(2**32 - 1) - drawn) * np.uint64(mean)
        activity = (top // ((drawn + np.uint64(1)) * np.uint64(10))).view(np.int64)
        return np.minimum(activity, ACTIVITY_MAX)

    def joined(self, numbers: I64) -> I32:
        """Give the positions from which organisations are known to be the same as the one before; NEVER for most."""
        at = np.full(len(numbers), NEVER, np.int32)
        drawn = draw(self.organisation_keys(numbers), "same as")
        some = np.flatnonzero(chance(drawn, SAME_AS) & (numbers % 2 == 1))
        if len(some):
            both = np.maximum(self.founded(numbers[some]), self.founded(numbers[some] - 1))
            known = position_of((LAST_DAY - low_below(drawn[some], JOIN_DAYS)).astype(np.int32))
            known = np.maximum(known, position_of(both) + 1)
            at[some] = np.where(known <= POSITIONS, known, NEVER)
        return at

    def younger(self, numbers: I64) -> tuple[I64, I32]:
        """Give places of organisations as which another, the next, becomes known, and from which position."""
        some = np.flatnonzero((numbers % 2 == 0) & (numbers + 1 < self.organisations))
        at = self.joined(numbers[some] + 1)
        found = at < NEVER
        return some[found], at[found]


def conduct_of(keys: U64) -> I16:
    """Give the conduct of subjects: which of the table."""
    return pick(choices([often for _, often in CONDUCT]), draw(keys, "conduct"))


# --------------------------------------------------------------------------------------------------
# Rows


def organisation_rows(nation: Nation, numbers: I64, ids: U8, buckets: U16) -> Table:
    """Give the registrations, in one version each, or two where the name changed."""
    keys = nation.organisation_keys(numbers)
    start = position_of(nation.founded(numbers))
    end = nation.joined(numbers)
    drawn = draw(keys, "renamed")
    renamed = (start + 1 + low_below(drawn, POSITIONS)).astype(np.int32)
    twice = chance(drawn, RENAMED) & (renamed < np.minimum(end, POSITIONS))
    row = np.repeat(np.arange(len(numbers)), 1 + twice)
    again = np.zeros(len(row), np.bool_)
    again[1:] = row[1:] == row[:-1]
    known_from = np.where(again, renamed[row], start[row])
    known_to = np.where(twice[row] & ~again, renamed[row], end[row])
    form = pick(choices([often for _, often in FORMS]), draw(keys, "form"))[row]
    subject = strings(ids[row])
    coded = form < len(FORM_CODES)
    only = np.zeros(len(row), np.int16)
    return table_of(
        ORGANISATIONS,
        (
            pa.array(buckets[row]),
            subject,
            integers(known_from),
            integers(known_to, known_to < NEVER),
            _names(
                draw(keys[row], "name") ^ again.astype(np.uint64),
                ~chance(draw(keys, "withheld"), NAME_WITHHELD)[row],
            ),
            words(only, ("XS",)),
            words(only, ("uscc",)),
            strings(organisation_codes(numbers)[row]),
            words(only, ("xs.forms",), coded),
            words(np.minimum(form, len(FORM_CODES) - 1), FORM_CODES, coded),
            words(form, [name for name, _ in FORMS]),
            words(only, (VOUCHED,), form == 0),
        ),
    )


def _names(drawn: U64, given: Mask) -> pa.Array:
    """Make invented names in both languages."""
    # A changed name differs in the lowest bit of its draw only; mixed again it is another name.
    drawn = draw(drawn, "signs")
    first, second = below(drawn, len(_LATIN)), low_below(drawn, len(_LATIN))
    trade = pick(choices([1] * len(_TRADES)), draw(drawn, "trade")).astype(np.int64)
    at = [pa.array(x) for x in (first, second, trade, first, second, trade)]
    latin, low, sort, chinese, trade_zh = _NAME_PARTS
    parts = [latin, low, sort, chinese, chinese, trade_zh]
    name = pc.binary_join_element_wise(*[pc.take(p, i) for p, i in zip(parts, at, strict=True)], "")
    return pc.if_else(pa.array(given), name, pa.scalar(None, pa.string()))


def unit_rows(nation: Nation, numbers: I64, ids: U8, buckets: U16) -> Table:
    """Give who holds each unit: its first holder; some pass to the organisation after it, which is known on that day."""
    keys = nation.unit_keys(numbers)
    first = nation.holders(numbers)
    next_ = (first + 1) % nation.organisations
    founded = nation.founded(first)
    drawn = draw(keys, "passes")
    passes = np.maximum(
        (LAST_DAY - low_below(drawn, HOLDER_DAYS)).astype(np.int32), nation.founded(next_)
    )
    start, at = position_of(founded), position_of(passes)
    moves = np.flatnonzero(chance(drawn, HOLDER_CHANGES) & (next_ != first) & (at > start))
    stays = np.ones(len(numbers), np.bool_)
    stays[moves] = False
    whole, none = np.arange(len(numbers)), np.full(len(numbers), -1, np.int32)
    never = np.full(len(numbers), NEVER, np.int32)
    parts = [
        (whole, first, founded, none, start, np.where(stays, never, at)),
        (moves, first[moves], founded[moves], passes[moves], at[moves], never[moves]),
        (moves, next_[moves], passes[moves], none[moves], at[moves], never[moves]),
    ]
    row, holder, valid_from, valid_to, known_from, known_to = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    row, holder, valid_from, valid_to, known_from, known_to = _under_elder(
        nation, (row, holder, valid_from, valid_to, known_from, known_to)
    )
    order = np.lexsort((holder, known_from, valid_from, row))
    row, holder, valid_to = row[order], holder[order], valid_to[order]
    holder_ids = organisation_ids(holder)
    place = _beside(_same(b"XS ", row), ids[row, 2:])
    return table_of(
        UNITS,
        (
            pa.array(buckets[row]),
            strings(ids[row]),
            strings(holder_ids),
            pa.array(buckets_of(holder_ids)),
            dates(valid_from[order]),
            dates(valid_to, valid_to >= 0),
            integers(known_from[order]),
            integers(known_to[order], known_to[order] < NEVER),
            strings(place),
            words(np.zeros(len(row), np.int16), ("site",)),
        ),
    )


_Held = tuple[I64, I64, I32, I32, I32, I32]


def _under_elder(nation: Nation, held: _Held) -> _Held:
    """Put what is known of a holder that is known to be another under the other's id, from then on."""
    row, holder, valid_from, valid_to, known_from, known_to = held
    at = nation.joined(holder)
    before = np.flatnonzero(known_from < at)
    after = np.flatnonzero((at < NEVER) & (known_to > at))
    both = np.concatenate([before, after])
    old = len(before)
    holder = holder[both]
    holder[old:] -= 1
    start, end = known_from[both], known_to[both]
    start[old:] = np.maximum(start[old:], at[after])
    end[:old] = np.minimum(end[:old], at[before])
    return row[both], holder, valid_from[both], valid_to[both], start, end


def identity_rows(nation: Nation, numbers: I64) -> Table:
    """Give what of organisations of these numbers is the same as, or the successor of, the one before."""
    at = nation.joined(numbers)
    drawn = draw(nation.organisation_keys(numbers), "successor")
    follows = chance(drawn, SUCCESSOR) & (at == NEVER) & (numbers > 0)
    row = np.flatnonzero(follows | (at < NEVER))
    since = np.maximum(
        nation.founded(numbers[row]), (LAST_DAY - low_below(drawn[row], 2000)).astype(np.int32)
    )
    known = np.where(at[row] < NEVER, at[row], position_of(since)).astype(np.int32)
    return table_of(
        IDENTITIES,
        (
            words((at[row] == NEVER).astype(np.int16), ("same as", "successor of")),
            strings(organisation_ids(numbers[row] - 1)),
            strings(organisation_ids(numbers[row])),
            dates(known + (FIRST_DAY - 1)),
            integers(known),
            pa.nulls(len(row), pa.int64()),
            words(np.zeros(len(row), np.int16), ("sample",)),
        ),
    )
