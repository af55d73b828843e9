"""The batch beside its floor: batch.py [ORGANISATIONS] [FOLDER]. Generates a nation, scans it, judges it, files 10,000 records more, judges again.

A FOLDER is kept: a nation that is there is not generated again. Ratios are the result; seconds are context.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import duckdb

from goodstanding.compile.versions import columns_of, types_needed
from goodstanding.desk.asking import Asked, jobs
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import VectorEngine, evaluate, work_of
from goodstanding.doors import assemble
from goodstanding.kernel import days
from goodstanding.store.admission import admit
from goodstanding.store.generator import generate
from goodstanding.store.lake import Meta, dataset_of, name_of, pattern_of, quoted, read_meta
from goodstanding.store.results import contributions_in, standings_in

ORGANISATIONS, FILINGS = 100_000, 10_000
OWN = ("bucket", "subject", "record", "known_from", "known_to", "state", "certainty", "cured", "ended", "act")  # fmt: skip


class Memory(threading.Thread):
    """Watches how much memory this process and all below it hold together; `peak` is in MiB."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self._over = 0, threading.Event()

    def run(self) -> None:
        """Look twenty times a second."""
        while not self._over.wait(0.05):
            held = sum(_held(pid) for pid in (os.getpid(), *_below(os.getpid())))
            self.peak = max(self.peak, held >> 20)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


def _held(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _below(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = [int(child) for child in task.read_text("ascii").split()]
        except OSError:
            continue
        for child in children:
            yield child
            yield from _below(child)


def timed(what: Callable[[], Any]) -> tuple[float, int, Any]:
    """Give the seconds that something took, the peak of memory in MiB, and what it gave."""
    with Memory() as memory:
        begin = time.perf_counter()
        found = what()
        return time.perf_counter() - begin, memory.peak, found


def scan(desk: Desk, nation: Path) -> int:
    """Read exactly the columns of records that the run reads, and add them up; give the number of rows."""
    planned, _ = jobs(desk.law, Asked(), desk.today())
    work, rows = work_of(desk, nation, planned, 0, VectorEngine), 0
    with tempfile.TemporaryDirectory() as scratch:
        made = VectorEngine(nation, work.types, work.tasks, 0, Path(scratch), None, "")
        read, wanted = made.fields, made.wanted
        made.engine.close()
    with duckdb.connect() as engine:
        for record_type in types_needed(work.types, wanted):
            for version in work.types[record_type].values():
                folder = nation / dataset_of(version)
                if not any(folder.glob("*.parquet")):
                    continue
                where = columns_of(work.types, version)
                fields = {where[f] for f in read.get(record_type, ()) if f in where}
                numbers = {name for name, type_ in version.fields if type_.kind.value == "number"}
                columns = sorted({*OWN, *fields, version.counting})
                sums = (f"{'sum' if c in numbers else 'count'}({name_of(c)})" for c in columns)
                sql = f"SELECT count(*), {', '.join(sums)} FROM read_parquet({quoted(pattern_of(folder))})"
                rows += engine.execute(sql).fetchall()[0][0]
    return rows


def file_more(desk: Desk, nation: Path, filings: int) -> None:
    """File so many records more at the next position, on the next day: each of another organisation, each like one that is there."""
    file = nation / "register.json"
    meta = read_meta(file.read_text("utf-8"))
    position, day = meta.position + 1, meta.positions[-1][1] + 1
    datasets = [
        nation / dataset_of(version)
        for versions in desk.law.types.values()
        for version in versions.values()
        if version.about == "organisation"
    ]
    folders = [folder for folder in datasets if any(folder.glob("*.parquet"))]
    with duckdb.connect() as engine:
        engine.execute(
            "CREATE TABLE chosen AS SELECT bucket, subject, row_number() OVER () AS place FROM (SELECT bucket, subject"
            f" FROM read_parquet({quoted(pattern_of(nation / 'organisations'))})"
            f" WHERE known_to IS NULL AND form = 'organisation' ORDER BY hash(subject) LIMIT {filings})"
        )
        counts = [
            engine.execute(f"SELECT count(*) FROM read_parquet({quoted(pattern_of(f))})").fetchall()[0][0]
            for f in folders
        ]  # fmt: skip
        placed = 0
        for folder, count in zip(folders, counts, strict=True):
            share = -(-filings * count // sum(counts))
            engine.execute(
                f"COPY (SELECT r.* EXCLUDE (place) REPLACE (c.bucket AS bucket, c.subject AS subject, record || '+' AS record,"
                f" {position}::BIGINT AS known_from, NULL::BIGINT AS known_to)"
                f" FROM (SELECT *, row_number() OVER () + {placed} AS place FROM (SELECT * FROM"
                f" read_parquet({quoted(pattern_of(folder))}) WHERE known_to IS NULL ORDER BY hash(record) LIMIT {share})) r"
                " JOIN chosen c USING (place) ORDER BY c.bucket, c.subject)"
                f" TO {quoted(folder / 'filed.parquet')} (FORMAT parquet)"
            )
            placed += share
    later = Meta(position, days.text(day), meta.source, (*meta.positions, (position, day)))
    file.unlink()
    file.write_text(later.to_json(), "utf-8")


def differing(one: str, other: str) -> int:
    """Count the rows that two tables do not share."""
    with duckdb.connect() as engine:
        both = (
            f"(FROM {one} EXCEPT ALL FROM {other}) UNION ALL (FROM {other} EXCEPT ALL FROM {one})"
        )
        return int(engine.execute(f"SELECT count(*) FROM ({both})").fetchall()[0][0])


def main(organisations: int, folder: Path) -> None:
    """Print a line for each step."""
    desk = assemble.desk((assemble.own_law(), assemble.samples_law()))
    nation = folder / "nation"
    if not (nation / "register.json").exists():
        took, _, _ = timed(
            lambda: generate(nation, desk.law, organisations=organisations, seed=1, workers=2)
        )
        print(f"generator: {took:.1f} s for {organisations:,} organisations")
    later, old, new = folder / "later", folder / "old", folder / "new"
    for left in (later, old, new):
        shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(nation, later, copy_function=os.link)
    scan(desk, nation)  # warm
    floor, _, rows = timed(lambda: scan(desk, nation))
    print(f"scan: {floor:.2f} s for {rows:,} rows (the floor); load {os.getloadavg()[0]:.1f}")

    def show(what: str, took: float, memory: int, more: str) -> None:
        print(f"{what}: {took:.1f} s, {took / floor:.1f} x the scan, {memory:,} MiB; {more}")
        sys.stdout.flush()

    refused, left = folder / "refused.csv", folder / "left"
    took, memory, admission = timed(
        lambda: admit(later, desk.law.types, refused=refused, into=left, words=desk.words)
    )
    assert not admission.refused
    show("admission", took, memory, "every row looked at")
    full, memory, done = timed(lambda: evaluate(desk, later, Asked(), old))
    assert not done.refuses
    show("full run", full, memory, f"{done.standings:,} standings, two processes, with admission")
    file_more(desk, later, FILINGS)
    took, memory, done = timed(lambda: evaluate(desk, later, Asked(), new, since=old))
    assert not done.refuses
    said = f"{done.again:,} subjects and {done.standings:,} standings again for {FILINGS:,} filings"
    show("incremental", took, memory, f"{said}; full run {full / took:.0f} x")
    took, memory, done = timed(lambda: evaluate(desk, later, Asked(), folder / "whole"))
    show("full run, later", took, memory, f"{done.standings:,} standings")
    different = differing(standings_in(new), standings_in(folder / "whole"))
    different += differing(contributions_in(new), contributions_in(folder / "whole"))
    print(f"rows that differ between the incremental and the full run: {different}")
    assert not different


if __name__ == "__main__":
    given = sys.argv[1:]
    count = int(given[0]) if given else ORGANISATIONS
    if len(given) > 1:
        Path(given[1]).mkdir(parents=True, exist_ok=True)
        main(count, Path(given[1]))
    else:
        with tempfile.TemporaryDirectory() as temporary:
            main(count, Path(temporary))
