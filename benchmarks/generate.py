"""Measure how fast a nation is generated, how much memory it takes and how large it is: generate.py ORGANISATIONS [WORKERS] [FOLDER]."""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from goodstanding.kernel import law
from goodstanding.store.generator import Progress, generate
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[1]


def main(organisations: int, workers: int, folder: Path) -> None:
    """Generate a nation in a folder that is removed afterwards; print one line for the figures."""
    read, _ = law.read(load_law([ROOT / "law", ROOT / "samples" / "law"])[0])
    out = folder / "nation"
    start = time.perf_counter()
    try:
        rows = generate(
            out, read, organisations=organisations, seed=1, workers=workers, progress=show
        )
        seconds = time.perf_counter() - start
        records = sum(count for name, count in rows.items() if name.startswith("records/"))
        size = sum(f.stat().st_size for f in out.rglob("*.parquet"))
        of_records = sum(f.stat().st_size for f in (out / "records").rglob("*.parquet"))
    finally:
        shutil.rmtree(out, ignore_errors=True)
    own, below = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    cpu = own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime
    memory = (own.ru_maxrss + workers * below.ru_maxrss) / 1024
    print(
        f"{organisations} organisations, {records} versions of records: {seconds:.1f} s, {cpu:.1f} s of processors, "
        f"{workers} workers, at most {memory:.0f} MiB; {size / 1e6:.0f} MB, {of_records / records:.1f} bytes a record"
    )


def show(progress: Progress) -> None:
    """Tell how far it is, on the line for errors."""
    print(
        f"{progress.done}/{progress.parts} {progress.rows} records, {progress.seconds_left:.0f} s left",
        file=sys.stderr,
    )


if __name__ == "__main__":
    given = sys.argv[1:]
    count, processes = int(given[0]) if given else 100_000, int(given[1]) if len(given) > 1 else 2
    with tempfile.TemporaryDirectory(dir=given[2] if len(given) > 2 else None) as temporary:
        main(count, processes, Path(temporary))
