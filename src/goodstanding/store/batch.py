"""The batch: after this file has run, a register has been judged range of buckets by range, and what each range gave lies in files of its own.

A file gets its name when it is whole, so that a run that was ended goes on where it stopped. Ranges share nothing: processes of their own
take one after another. How a register is cut does not depend on the number of processes, so neither do the files.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

import duckdb
import pyarrow.parquet as pq

from goodstanding.compile.versions import Types
from goodstanding.store.admission import Receipt
from goodstanding.store.duck import BUCKETS, ROWS_AT_ONCE, Engine, Task
from goodstanding.store.results import CONTRIBUTIONS_OF_LAYER, STANDINGS_OF_LAYER
from goodstanding.store.standings import TableWriter

# Two ranges at a time keep two cores busy and fit the memory promised.
PROCESSES = 2
# What the engine of each of several processes may keep in memory; what is more goes to the disk.
MEMORY_OF_EACH = "500MB"
BEGUN = "begun.json"

# Organisations judged so far, of how many.
Progress = Callable[[int, int], None]
# From the first bucket to the last, both included.
Range = tuple[int, int]


class NotEvaluated(Exception):
    """The engine refused: the text says what, in its own words. What was finished before stands."""


@dataclass(frozen=True)
class Work:
    """What is judged, and how: all that a process must know. `laws` are the hashes of the law by key of the programme."""

    road: type[Engine]
    folder: Path  # of the register
    types: Types
    tasks: tuple[Task, ...]
    laws: Mapping[str, str]
    known: int | None
    only: Path | None = None  # a file of subjects, where not all are judged

    @contextmanager
    def engine(self, scratch: Path, *, alone: bool) -> Iterator[Engine]:
        """Open an engine; one that is not alone takes one core, and has a bound to its memory."""
        threads, memory = (None, "") if alone else (1, MEMORY_OF_EACH)
        with tempfile.TemporaryDirectory(prefix=".duck-", dir=scratch) as own:
            made = self.road(
                self.folder,
                self.types,
                self.tasks,
                self.known,
                Path(own),
                threads,
                memory,
                self.only,
            )
            with made as engine:
                yield engine

    def judge(self, engine: Engine, part: Range, layer: Path) -> None:
        """Judge a range of buckets; its two files appear in the layer when they are whole."""
        standings, contributions = files_of(layer, part)
        with TableWriter(standings, contributions) as writer:
            engine.judge(*part, self.laws, writer)


def files_of(layer: Path, part: Range) -> tuple[Path, Path]:
    """Give the files that a range leaves in a layer: standings and contributions. Where the first is, both are."""
    low, high = part
    name = f"{low:05}-{high:05}.parquet"
    return layer / STANDINGS_OF_LAYER / name, layer / CONTRIBUTIONS_OF_LAYER / name


def parts_of(layer: Path) -> list[tuple[Path, Path]]:
    """Give the files of a layer, in the order of buckets."""
    found = sorted((layer / STANDINGS_OF_LAYER).glob("[!.]*.parquet"))
    return [(file, layer / CONTRIBUTIONS_OF_LAYER / file.name) for file in found]


def rows_of(layer: Path) -> int:
    """Count the standings of a layer."""
    return sum(pq.ParquetFile(standings).metadata.num_rows for standings, _ in parts_of(layer))


# --------------------------------------------------------------------------------------------------
# A run that can be ended and goes on


def key_of(said: Mapping[str, object]) -> str:
    """Give the key of a run: what its parts depend on, as one hash."""
    text = json.dumps({**said, "rows at once": ROWS_AT_ONCE}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def begun_receipt(folder: Path) -> Receipt | None:
    """Give what a run that was ended had looked at of its register."""
    try:
        return Receipt.of_map(json.loads((folder / BEGUN).read_text("utf-8"))["receipt"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def begin(folder: Path, key: str, receipt: Receipt | None) -> None:
    """Begin a run in its folder, or go on with one of the same key; what another left there is removed."""
    try:
        same = json.loads((folder / BEGUN).read_text("utf-8"))["key"] == key
    except (OSError, ValueError, KeyError, TypeError):
        same = False
    if not same:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    for left in (*folder.rglob(".*.part"), *folder.rglob(".duck-*")):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    whole = folder / f".{BEGUN}"
    said = {"key": key, "receipt": None if receipt is None else receipt.to_map()}
    whole.write_text(json.dumps(said), "utf-8")
    whole.replace(folder / BEGUN)


# --------------------------------------------------------------------------------------------------
# Ranges, here or in processes


def judge_all(
    work: Work,
    layer: Path,
    *,
    organisations: int = 0,
    processes: int = PROCESSES,
    progress: Progress = lambda _done, _of: None,
) -> None:
    """Judge all ranges that have no files yet. `organisations` is about how many there are, to tell how far it is.

    Raises NotEvaluated where an engine refuses (a value is wider than its type says, the disk is full) or a process is ended from outside.
    """
    layer.mkdir(parents=True, exist_ok=True)
    with _told(), work.engine(layer, alone=True) as engine:
        parts = engine.ranges()
        todo = [part for part in parts if not files_of(layer, part)[0].exists()]
        done = sum(high + 1 - low for low, high in parts if (low, high) not in todo)

        def finished(part: Range) -> None:
            nonlocal done
            done += part[1] + 1 - part[0]
            progress(organisations * done // BUCKETS, organisations)

        progress(organisations * done // BUCKETS, organisations)
        if min(processes, len(todo)) < 2:
            for part in todo:
                work.judge(engine, part, layer)
                finished(part)
            return
    with _Processes(work, layer, min(processes, len(todo))) as pool:
        for part in pool.judged(todo):
            finished(part)


@contextmanager
def _told() -> Iterator[None]:
    """Say what an engine says as one line."""
    try:
        yield
    except duckdb.Error as error:
        raise NotEvaluated(str(error).strip().splitlines()[0]) from error


class _Processes:
    """Processes that judge ranges of one work, each with an engine of its own. They end with this, however it ends."""

    def __init__(self, work: Work, layer: Path, count: int) -> None:
        self._work, self._layer, self._count = work, layer, count
        self._processes: dict[Connection, BaseProcess] = {}

    def __enter__(self) -> Self:
        context = get_context("spawn")  # an engine has threads, and does not outlive a fork
        for _ in range(self._count):
            here, there = context.Pipe()
            process = context.Process(
                target=_serve, args=(self._work, self._layer, there), daemon=True
            )
            process.start()
            there.close()  # so that its end is heard here
            self._processes[here] = process
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for connection, process in self._processes.items():
            if kind is not None:
                process.terminate()
            connection.close()
        for process in self._processes.values():
            process.join()

    def judged(self, todo: Sequence[Range]) -> Iterator[Range]:
        """Have ranges judged; give each when its files are there."""
        waiting = iter(todo)
        busy: dict[Connection, Range] = {}
        for connection, part in zip(self._processes, waiting, strict=False):
            connection.send(part)
            busy[connection] = part
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)  # noqa: S101 - we wait for nothing else
                self._heard(ready)
                yield busy.pop(ready)
                part_next = next(waiting, None)
                if part_next is not None:
                    ready.send(part_next)
                    busy[ready] = part_next

    def _heard(self, connection: Connection) -> None:
        """Take the answer of a process: None where all went well. Raises what went wrong."""
        try:
            error = connection.recv()
        except EOFError:
            process = self._processes[connection]
            process.join()
            raise NotEvaluated(f"a process was ended from outside ({process.exitcode})") from None
        if error is not None:
            raise error


def _serve(work: Work, layer: Path, asked: Connection) -> None:
    """Judge the ranges that are asked for until nobody asks. An interrupt is for the process that asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(EOFError, BrokenPipeError):
        try:
            with _told(), work.engine(layer, alone=False) as engine:
                while True:
                    work.judge(engine, asked.recv(), layer)
                    asked.send(None)
        except EOFError:
            raise
        except (NotEvaluated, OSError) as error:
            asked.send(error)
        except Exception as error:  # noqa: BLE001 - whatever broke is told where it is waited for
            asked.send(NotEvaluated(f"{type(error).__name__}: {error}".splitlines()[0]))


# --------------------------------------------------------------------------------------------------
# One file of all parts


def join(layer: Path, standings: Path, contributions: Path) -> int:
    """Write the parts of a layer into one file of each kind, in the order of buckets; give the number of standings."""
    with TableWriter(standings, contributions) as writer:
        for part in parts_of(layer):
            files = [pq.ParquetFile(file) for file in part]
            for group in range(max(file.num_row_groups for file in files)):
                writer.add(*(_group(file, group) for file in files))
        return writer.count


def _group(file: Any, group: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Read a group of rows; nothing where a file has fewer."""
    return (
        file.read_row_group(group)
        if group < file.num_row_groups
        else file.schema_arrow.empty_table()
    )


def evaluate_register(
    work: Work, standings: Path, contributions: Path, progress: Progress = lambda _done, _of: None
) -> int:
    """Judge a register in this process and write one file of each kind; give the number of standings. Nothing is left of a run that fails."""
    standings.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".run-", dir=standings.parent) as folder:
        judge_all(work, Path(folder), processes=1, progress=progress)
        return join(Path(folder), standings, contributions)


__all__ = [
    "PROCESSES",
    "NotEvaluated",
    "Range",
    "Work",
    "begin",
    "begun_receipt",
    "evaluate_register",
    "files_of",
    "join",
    "judge_all",
    "key_of",
    "parts_of",
    "rows_of",
]
