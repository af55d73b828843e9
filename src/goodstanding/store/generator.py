"""After this file has run, a nation of invented organisations lies in the register format: of any size, sorted, within bounded memory.

What a subject has under a pack is a function of the pack, the seed and the subject's number alone, in whole numbers; so the nation is the
same on every machine, with any number of workers. Subjects are made range by range of buckets. A run that was broken off goes on where it
stood.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import numpy as np

from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.store.generator_columns import PartFiles, rows_together
from goodstanding.store.generator_draws import I64, U8, U16, draw
from goodstanding.store.generator_plan import (
    FIRST_DAY,
    LAST_DAY,
    POSITIONS,
    PackPlan,
    Population,
    plan_nation,
)
from goodstanding.store.generator_records import Sources, draw_records
from goodstanding.store.generator_rows import Slice, Under, tables_of
from goodstanding.store.generator_subjects import (
    NEVER,
    RECORDS_PER_ORGANISATION,
    Nation,
    Spread,
    buckets_of,
    conduct_of,
    identity_rows,
    organisation_ids,
    organisation_rows,
    unit_rows,
)
from goodstanding.store.lake import IDENTITIES, ORGANISATIONS, UNITS, Meta, dataset_of

# How register.json of a sample begins to say where it is from.
SOURCE = "sample nation, all names and deeds invented"
# Changes with anything that makes another nation of the same law and seed.
VERSION = 2
RECORDS_PER_SLICE, ORGANISATIONS_PER_SLICE = 750_000, 100_000
PARTS_MAX, BUCKETS = 64, 65_536
ORGANISATIONS_MAX, RECORDS_PER_ORGANISATION_MAX = 800_000_000, 1000
# Ids whose hashes are taken together.
CHUNK = 500_000
_WORK, _DESCRIPTION = ".making", "nation.json"


@dataclass(frozen=True)
class Progress:
    """How far a nation is: parts done of all, the records in them, and the time it took and may still take."""

    done: int
    parts: int
    rows: int
    seconds: float
    seconds_left: float


@dataclass(frozen=True)
class _Cut:
    """How buckets are cut: into slices, made at once, and parts (files) of several slices."""

    slices: int
    parts: int

    @property
    def buckets(self) -> int:
        """Give the buckets of a slice."""
        return BUCKETS // self.slices

    @property
    def slices_of_part(self) -> int:
        """Give the slices of a part."""
        return self.slices // self.parts


def generate(
    out: Path,
    law: Law,
    *,
    organisations: int,
    seed: int,
    records_per_organisation: int = RECORDS_PER_ORGANISATION,
    spread: Spread = Spread.HEAVY,
    workers: int = 2,
    progress: Callable[[Progress], None] | None = None,
) -> dict[str, int]:
    """Write a nation as a register; give the number of rows by dataset.

    `records_per_organisation` is the mean number of records under the packs of the table alone; every other pack adds to it.
    Raises FileExistsError for a folder that holds anything but the beginning of this very nation.
    """
    if not 0 < organisations <= ORGANISATIONS_MAX:
        raise ValueError(f"organisations: 1 to {ORGANISATIONS_MAX}")
    if not 0 < records_per_organisation <= RECORDS_PER_ORGANISATION_MAX:
        raise ValueError(f"records_per_organisation: 1 to {RECORDS_PER_ORGANISATION_MAX}")
    nation = Nation(plan_nation(law), seed, organisations, records_per_organisation, spread)
    cut = _cut(nation)
    work = _begin(out, nation, cut)
    start = time.monotonic()
    rows = []
    with _Pool(workers if organisations > CHUNK or cut.parts > 1 else 1) as run:
        _hash_all(work, nation, run)
        todo = [part for part in range(cut.parts) if not _done(work, part).exists()]
        rows = [
            json.loads(_done(work, p).read_text("utf-8")) for p in range(cut.parts) if p not in todo
        ]
        for made in run(partial(_write_part, out, nation, cut), todo):
            rows.append(made)
            if progress:
                progress(_progress(rows, cut.parts, len(todo), time.monotonic() - start))
    rows.append(_write_identities(out, nation))
    whole = rows_together(rows)
    _finish(out, nation)
    return whole


def is_begun(folder: Path) -> bool:
    """Tell whether a folder holds a nation that is being made, or the making of which was broken off."""
    return (folder / _WORK / _DESCRIPTION).is_file()


def _cut(nation: Nation) -> _Cut:
    """Cut a nation by its size alone: never by workers, which would change the files."""
    expected = nation.organisations * max(nation.records_per_organisation, 1)
    needed = max(expected / RECORDS_PER_SLICE, nation.organisations / ORGANISATIONS_PER_SLICE, 1)
    slices = 1 << (int(-(-needed // 1)) - 1).bit_length()
    return _Cut(min(slices, BUCKETS), min(slices, PARTS_MAX))


def _begin(out: Path, nation: Nation, cut: _Cut) -> Path:
    """Make the folder for work; what is there must be the beginning of the same nation."""
    work = out / _WORK
    same = {
        "version": VERSION,
        "law": nation.plan.fingerprint,
        "organisations": nation.organisations,
        "seed": nation.seed,
        "records_per_organisation": nation.records_per_organisation,
        "spread": nation.spread.value,
        "slices": cut.slices,
        "parts": cut.parts,
    }
    description = work / _DESCRIPTION
    if out.exists() and any(out.iterdir()):
        try:
            begun = json.loads(description.read_text("utf-8"))
        except (OSError, ValueError):
            begun = None
        if begun != same:
            raise FileExistsError(out)
        return work
    work.mkdir(parents=True)
    description.write_text(json.dumps(same), "utf-8")
    return work


def _finish(out: Path, nation: Nation) -> None:
    """Write register.json, then clear the folder for work."""
    positions = tuple((p, FIRST_DAY + p - 1) for p in range(1, POSITIONS + 1))
    source = (
        f"{SOURCE}; organisations {nation.organisations}, seed {nation.seed}, "
        f"records per organisation {nation.records_per_organisation}, spread {nation.spread.value}"
    )
    unfinished = out / ".register.json"
    unfinished.write_text(
        Meta(POSITIONS, days.text(LAST_DAY), source, positions).to_json(), "utf-8"
    )
    unfinished.replace(out / "register.json")
    shutil.rmtree(out / _WORK)


def _progress(rows: list[dict[str, int]], parts: int, todo: int, seconds: float) -> Progress:
    done_now = len(rows) - (parts - todo)
    records = sum(
        count for part in rows for dataset, count in part.items() if dataset.startswith("records/")
    )
    return Progress(len(rows), parts, records, seconds, seconds / done_now * (todo - done_now))


class _Pool:
    """Runs a function over items: here, or in processes of its own. Results come as they are done."""

    def __init__(self, workers: int) -> None:
        self._pool = (
            ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else None
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool:
            self._pool.shutdown(cancel_futures=True)

    def __call__(
        self, function: Callable[[int], dict[str, int]], items: Iterable[int]
    ) -> Iterator[dict[str, int]]:
        if self._pool is None:
            yield from map(function, items)
        else:
            for future in as_completed([self._pool.submit(function, item) for item in items]):
                yield future.result()


# --------------------------------------------------------------------------------------------------
# Buckets of all subjects, in a file of two bytes each


def _hash_all(work: Path, nation: Nation, run: _Pool) -> None:
    """Write the bucket of every organisation and unit."""
    for name, count in ((ORGANISATIONS, nation.organisations), (UNITS, nation.units)):
        whole = work / f"{name}.buckets"
        if whole.exists() or not count:
            continue
        unfinished = whole.with_suffix(".unfinished")
        np.memmap(unfinished, np.uint16, "w+", shape=count).flush()
        ids_of = nation.unit_ids if name == UNITS else organisation_ids
        for _ in run(partial(_hash, unfinished, count, ids_of), range(0, count, CHUNK)):
            pass
        unfinished.replace(whole)


def _hash(file: Path, count: int, ids_of: Callable[[I64], U8], start: int) -> dict[str, int]:
    end = min(start + CHUNK, count)
    buckets = np.memmap(file, np.uint16, "r+", shape=count)
    buckets[start:end] = buckets_of(ids_of(np.arange(start, end)))
    buckets.flush()
    return {}


def _subjects(file: Path, count: int, low: int, high: int) -> tuple[I64, U16]:
    """Give the subjects of buckets [low, high) in the order of bucket and id, and their buckets."""
    if not count:
        return np.zeros(0, np.int64), np.zeros(0, np.uint16)
    whole = np.memmap(file, np.uint16, "r", shape=count)
    step = 1 << 22
    chunks = (whole[start : start + step] for start in range(0, count, step))
    found = [
        np.flatnonzero(chunk - np.uint16(low) < high - low) + at * step
        for at, chunk in enumerate(chunks)
    ]
    numbers = np.concatenate(found)
    buckets = whole[numbers]
    order = np.argsort(buckets, kind="stable")
    return numbers[order], buckets[order]


# --------------------------------------------------------------------------------------------------
# Parts


def _done(work: Path, part: int) -> Path:
    return work / f"part-{part:03}.json"


def _write_part(out: Path, nation: Nation, cut: _Cut, part: int) -> dict[str, int]:
    """Write one file of every dataset, slice after slice."""
    work = out / _WORK
    low, span = part * cut.slices_of_part * cut.buckets, cut.slices_of_part * cut.buckets
    organisations = _subjects(
        work / f"{ORGANISATIONS}.buckets", nation.organisations, low, low + span
    )
    units = _subjects(work / f"{UNITS}.buckets", nation.units, low, low + span)
    with PartFiles(out, part) as files:
        for start in range(low, low + span, cut.buckets):
            _write_organisations(
                files, nation, *_between(organisations, start, start + cut.buckets)
            )
            _write_units(files, nation, *_between(units, start, start + cut.buckets))
    marked = _done(work, part)
    unfinished = marked.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(files.rows), "utf-8")
    unfinished.replace(marked)
    return files.rows


def _between(subjects: tuple[I64, U16], low: int, high: int) -> tuple[I64, U16]:
    numbers, buckets = subjects
    first, last = np.searchsorted(buckets.astype(np.int32), (low, high))
    return numbers[first:last], buckets[first:last]


def _write_organisations(files: PartFiles, nation: Nation, numbers: I64, buckets: U16) -> None:
    """Write the organisations of a slice and their records; also those known to be of one of them."""
    ids = organisation_ids(numbers)
    files.add(ORGANISATIONS, organisation_rows(nation, numbers, ids, buckets))
    elders, at = nation.younger(numbers)
    whole = np.concatenate([numbers, numbers[elders] + 1])
    key = nation.organisation_keys(whole)
    under = Under(
        np.concatenate([np.arange(len(numbers)), elders]).astype(np.int32),
        np.concatenate([np.zeros(len(numbers), np.int32), at]),
        np.concatenate([nation.joined(numbers), np.full(len(at), NEVER, np.int32)]),
        ids,
        buckets,
    )
    founded, conduct = nation.founded(whole), conduct_of(key)
    for pack, population in nation.plan.packs_of_organisations:
        size = nation.sizes(pack, population, key)
        sources = Sources(whole, draw(key, "pack", pack.name), size, founded, conduct)
        _write_records(files, pack, population, sources, under, (b"R", b"D", b"A"))


def _write_units(files: PartFiles, nation: Nation, units: I64, buckets: U16) -> None:
    """Write the units of a slice and their records."""
    if not len(units):
        return
    ids = nation.unit_ids(units)
    files.add(UNITS, unit_rows(nation, units, ids, buckets))
    number, of_pack = units % nation.units_of_pack, units // nation.units_of_pack
    key, founded = nation.unit_keys(units), nation.founded(nation.holders(units))
    for at, (pack, population) in enumerate(nation.plan.packs_of_units):
        place = np.flatnonzero(of_pack == at).astype(np.int32)
        own = key[place]
        size = nation.unit_sizes(population, own)
        sources = Sources(number[place], own, size, founded[place], conduct_of(own))
        none, never = np.zeros(len(place), np.int32), np.full(len(place), NEVER, np.int32)
        under = Under(place, none, never, ids, buckets)
        _write_records(files, pack, population, sources, under, (b"Q", b"E", b"B"))


def _write_records(
    files: PartFiles,
    pack: PackPlan,
    population: Population,
    sources: Sources,
    under: Under,
    letters: tuple[bytes, bytes, bytes],
) -> None:
    """Write all records of some subjects under a pack."""
    drawn = draw_records(pack, population, sources)
    for record_type, table in tables_of(Slice(pack, drawn, sources, under, letters)):
        files.add(dataset_of(record_type), table)


def _write_identities(out: Path, nation: Nation) -> Mapping[str, int]:
    with PartFiles(out, 0) as files:
        for start in range(0, nation.organisations, CHUNK):
            numbers = np.arange(start, min(start + CHUNK, nation.organisations))
            files.add(IDENTITIES, identity_rows(nation, numbers))
    return files.rows
