"""The records of some subjects under one pack, drawn: of which type and day each is, what it follows, what it shares with the one before.

A subject first files what the pack asks for as a matter of course, as far as it has records at all; the others are irregular and come in
fours, of which later ones may follow the one before (cure, end, annul, rest on it), be of one decision or act with it, or go on with a run
of months. A record that follows nothing but could may name an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from goodstanding.kernel import days
from goodstanding.store import generator_draws as d
from goodstanding.store.generator_draws import I8, I16, I32, I64, U64, Mask
from goodstanding.store.generator_plan import (
    AT_ENTRY,
    AT_MONTH_START,
    AT_YEAR_END,
    FIRST_DAY,
    LAST_DAY,
    OLDEST_DAY,
    PackPlan,
    Population,
)

# Shares of 10,000: an irregular record is followed; it is one of several of a decision; of an act; goes on for months; names an earlier
# record where its type could; falls on an edge; is older than the register.
FOLLOWED, ONE_DECISION, ONE_ACT, RUNS, LINKED, ON_AN_EDGE, OLDER = (
    3500,
    1200,
    5000,
    6000,
    6000,
    400,
    400,
)
OLD_VERSION = 3000
FOLLOWS_IN_DAYS = 700
_ENTRIES_FROM = int(days.day("2015-01-01"))
ALONE, FOLLOWS, TWIN, RUN = range(4)


@dataclass(frozen=True)
class Sources:
    """The subjects whose records are drawn together: a row each."""

    number: I64
    key: U64
    size: I64
    founded: I32
    conduct: I16


@dataclass(frozen=True)
class Drawn:
    """Records before their columns: a row each, by source and sequence."""

    source: I32
    sequence: I32
    key: U64
    dataset: I16
    date: I32
    relation: I8
    before: I32  # the row of the record it goes with or names, -1 for none
    link: I8  # by which of its type's links it names that one, -1 for none
    item: I8  # which word of its item field it must have, -1 for none
    act: I32  # the sequence whose act it names, -1 for none


def draw_records(plan: PackPlan, population: Population, sources: Sources) -> Drawn:
    """Draw all records of some subjects under a pack."""
    source = np.repeat(np.arange(len(sources.size), dtype=np.int32), sources.size)
    starts = np.cumsum(sources.size) - sources.size
    sequence = (np.arange(len(source)) - starts[source]).astype(np.int32)
    key = d.subkeys(sources.key[source], sequence)
    course = _Course(population, sources, source, sequence)
    type_, relation, before, link = _types(plan, population, course, sources.conduct[source], key)
    type_[course.rows] = course.type
    date = _dates(plan, sources, source, key, type_, relation, course)
    _name_earlier(plan, source, key, type_, date, relation, before, link)
    item = np.full(len(source), -1, np.int8)
    item[course.rows] = course.item
    return Drawn(
        source,
        sequence,
        key,
        _datasets(plan, type_, key),
        date,
        relation,
        before,
        link,
        item,
        _acts(relation, sequence, key),
    )


class _Course:
    """Which records are filed as a matter of course, and what they are; and the place of the others in their fours."""

    def __init__(
        self, population: Population, sources: Sources, source: I32, sequence: I32
    ) -> None:
        size = sources.size
        types, years, items = population.schedule
        # Of four records three are filed as a matter of course while there is something to file.
        first = np.minimum((3 * size + 3) // 4, len(types))
        irregular = (sequence - first.astype(np.int32)[source]).astype(np.int32)
        rows = np.flatnonzero(irregular < 0)
        place = sequence[rows]
        year = years[place]
        # Nobody files for a year before it was founded; such a record is an irregular one.
        held = (year == 0) | (year >= d.year_of(sources.founded)[source[rows]])
        self.rows: I64 = rows[held]
        self.type: I16 = types[place][held]
        self.year: I16 = year[held]
        self.item: I8 = items[place][held].astype(np.int8)
        self.in_four: I8 = np.where(irregular < 0, 0, irregular & 3).astype(np.int8)


def _types(
    plan: PackPlan, population: Population, course: _Course, conduct: I16, key: U64
) -> tuple[I16, I8, I32, I8]:
    """Draw the types of records as if all were irregular, and how each goes with the one before."""
    drawn = d.draw(key, "type")
    type_ = d.pick(population.irregular, drawn, conduct)
    relation = np.zeros(len(key), np.int8)
    before = np.full(len(key), -1, np.int32)
    link = np.full(len(key), -1, np.int8)
    monthly = np.array([t.when == AT_MONTH_START for t in plan.types], np.bool_)
    in_four = course.in_four
    later = np.flatnonzero(in_four > 0)
    first = later - in_four[later]
    runs = monthly[type_[first]] & d.low_chance(drawn[first], RUNS)
    run, first = later[runs], first[runs]
    relation[run], before[run] = RUN, first
    type_[run] = type_[first]
    later = np.flatnonzero(((in_four == 1) | (in_four == 3)) & (relation == ALONE))
    type_before = type_[later - 1]
    followers = np.array([len(t.followers) for t in plan.types], np.int64)
    often = d.low_below(drawn[later], 10_000)
    followed = (followers[type_before] > 0) & (often < FOLLOWED)
    twins = ~followed & (often >= FOLLOWED) & (often < FOLLOWED + ONE_DECISION)
    twin = later[twins]
    relation[twin], before[twin] = TWIN, twin - 1
    type_[twin] = type_before[twins]
    rows, type_before = later[followed], type_before[followed]
    relation[rows], before[rows] = FOLLOWS, rows - 1
    type_table, link_table = _follower_tables(plan)
    which = d.below(d.draw(key[rows], "follower"), followers[type_before].view(np.uint64))
    type_[rows], link[rows] = type_table[type_before, which], link_table[type_before, which]
    return type_, relation, before, link


def _name_earlier(
    plan: PackPlan,
    source: I32,
    key: U64,
    type_: I16,
    date: I32,
    relation: I8,
    before: I32,
    link: I8,
) -> None:
    """Let records that go with no other name an earlier one of their subject, of a type that one of their links goes to."""
    at = {t.newest.id: i for i, t in enumerate(plan.types)}
    moment = (source.astype(np.int64) << 32) | date
    for i, one in enumerate(plan.types):
        # Of two links to one type the first is meant.
        links = {at[k.to]: m for m, k in reversed([*enumerate(one.newest.links)]) if k.to in at}
        if not links:
            continue
        rows = np.flatnonzero((type_ == i) & (relation == ALONE))
        rows = rows[d.chance(d.draw(key[rows], "names"), LINKED)]
        link_to = np.full(len(plan.types), -1, np.int8)
        link_to[list(links)] = list(links.values())
        rows, earlier = _earlier(moment, rows, np.flatnonzero(link_to[type_] >= 0), key)
        before[rows], link[rows] = earlier, link_to[type_[earlier]]


def _earlier(moment: I64, rows: I64, others: I64, key: U64) -> tuple[I64, I64]:
    """Choose for rows one of the others that are of the same subject and an earlier day; leave out rows that have none."""
    others = others[np.argsort(moment[others], kind="stable")]
    first = np.searchsorted(moment[others], moment[rows] >> 32 << 32)
    count = np.searchsorted(moment[others], moment[rows]) - first
    some = np.flatnonzero(count > 0)
    rows, first = rows[some], first[some]
    which = d.below(d.draw(key[rows], "earlier"), count[some].astype(np.uint64))
    return rows, others[first + which]


def _follower_tables(plan: PackPlan) -> tuple[I16, I8]:
    """Give, by type and number, what may follow a record: the type, and which of its links."""
    most = max(1, *(len(t.followers) for t in plan.types))
    types, links = (
        np.zeros((len(plan.types), most), np.int16),
        np.zeros((len(plan.types), most), np.int8),
    )
    for i, type_ in enumerate(plan.types):
        for k, (follower, name) in enumerate(type_.followers):
            types[i, k] = follower
            links[i, k] = [link.name for link in plan.types[follower].newest.links].index(name)
    return types, links


def _dates(
    plan: PackPlan,
    sources: Sources,
    source: I32,
    key: U64,
    type_: I16,
    relation: I8,
    course: _Course,
) -> I32:
    """Draw the counting dates."""
    drawn = d.draw(key, "date")
    start = np.maximum(sources.founded, FIRST_DAY)[source]
    span = (LAST_DAY + 1 - start).astype(np.uint64)
    date = (start + d.below(drawn, span)).astype(np.int32)
    edge = np.flatnonzero(d.low_chance(drawn, ON_AN_EDGE))
    special = np.array(plan.special_days, np.int32)
    at = special[d.below(d.draw(key[edge], "edge"), len(special))]
    date[edge] = np.where(at >= start[edge], at, date[edge])
    bits = d.draw(key, "older")
    older = np.flatnonzero(d.chance(bits, OLDER))
    at = (OLDEST_DAY + d.low_below(bits[older], FIRST_DAY - OLDEST_DAY)).astype(np.int32)
    date[older] = np.where(at >= sources.founded[source[older]], at, date[older])
    when = np.array([t.when for t in plan.types], np.int8)[type_]
    _in_year(date, drawn, course)
    ends = np.flatnonzero(when == AT_YEAR_END)
    end = d.year_end(date[ends])
    date[ends] = np.where(end <= LAST_DAY, end, d.year_start(date[ends]) - 1)
    months = np.flatnonzero(when == AT_MONTH_START)
    date[months] = d.month_start(date[months])
    entry = np.flatnonzero(when == AT_ENTRY)
    entered = np.maximum(sources.founded[source[entry]], _ENTRIES_FROM) + d.low_below(
        drawn[entry], 60
    )
    date[entry] = np.minimum(entered, LAST_DAY)
    return _after_others(date, drawn, relation, course)


def _in_year(date: I32, drawn: U64, course: _Course) -> None:
    """Put what is filed for a year into that year."""
    yearly = np.flatnonzero(course.year > 0)
    rows = course.rows[yearly]
    first = np.array([days.of(year, 1, 1) for year in range(2000, 2031)], np.int32)[
        course.year[yearly] - 2000
    ]
    date[rows] = np.minimum(first + d.low_below(drawn[rows], 365), LAST_DAY)


def _after_others(date: I32, drawn: U64, relation: I8, course: _Course) -> I32:
    """Date what goes with the record before it."""
    follow = np.flatnonzero(relation == FOLLOWS)
    twin = np.flatnonzero(relation == TWIN)
    run = np.flatnonzero(relation == RUN)
    for later in (1, 2, 3):
        rows = run[course.in_four[run] == later]
        on = d.month_start(date[rows - later], later)
        date[rows] = np.where(
            on <= LAST_DAY, on, d.month_start(np.full(len(rows), LAST_DAY, np.int32))
        )
    date[twin] = date[twin - 1]
    date[follow] = np.minimum(
        date[follow - 1] + 1 + d.tail(drawn[follow], FOLLOWS_IN_DAYS), LAST_DAY
    )
    return date


def _datasets(plan: PackPlan, type_: I16, key: U64) -> I16:
    """Draw under which version of its type a record was filed."""
    latest = np.array([len(t.versions) - 1 for t in plan.types], np.int16)
    dataset = plan.first_dataset[type_] + latest[type_]
    if latest.any():
        old = (latest[type_] > 0) & d.chance(d.draw(key, "type version"), OLD_VERSION)
        dataset[old] -= latest[type_[old]]
    return dataset


def _acts(relation: I8, sequence: I32, key: U64) -> I32:
    """Give the sequence whose act a record names: twins of one act name that of the first."""
    act = np.full(len(sequence), -1, np.int32)
    twins = np.flatnonzero(relation == TWIN)
    twins = twins[d.chance(d.draw(key[twins], "one act"), ONE_ACT)]
    act[twins] = act[twins - 1] = sequence[twins] - 1
    return act


def sorted_rows(emit: I32, date: I32, known_from: I32, younger: Mask, sequence: I32) -> I64:
    """Give the order of rows: subject, date, position, record."""
    key = emit.astype(np.int64) << 42
    key |= (date - OLDEST_DAY).astype(np.int64) << 29
    key |= known_from.astype(np.int64) << 17
    key |= younger.astype(np.int64) << 16
    key |= sequence
    return np.argsort(key, kind="stable")
