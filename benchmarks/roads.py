"""The two roads of a batch beside their floor: roads.py [ORGANISATIONS]. Ratios are the result; seconds are context."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from goodstanding.desk.asking import Asked, jobs
from goodstanding.desk.evaluating import Engine, VectorEngine, by_engine
from goodstanding.doors import assemble
from goodstanding.store.generator import generate
from goodstanding.store.lake import read_meta

ORGANISATIONS = 20_000


def timed(what: Callable[[], object]) -> float:
    """Give the seconds that something took."""
    begin = time.perf_counter()
    what()
    return time.perf_counter() - begin


def scan(register: Path) -> None:
    """Read what every road must read at least: whose each record is, when known, how certain, and in which state."""
    with duckdb.connect() as engine:
        for dataset in sorted((register / "records").glob("*/*")):
            engine.execute(
                "SELECT count(subject), sum(known_from), count(certainty), count(state)"
                f" FROM read_parquet('{dataset}/*.parquet')"
            ).fetchall()


def main(organisations: int) -> None:
    """Generate a nation, scan it, and judge it by both engines in one process."""
    desk = assemble.desk((assemble.own_law(), assemble.samples_law()))
    planned, _ = jobs(desk.law, Asked(), desk.today())
    with tempfile.TemporaryDirectory() as folder:
        nation, out = Path(folder) / "nation", Path(folder) / "standings.parquet"
        took = timed(lambda: generate(nation, desk.law, organisations=organisations, seed=1))
        known = read_meta((nation / "register.json").read_text("utf-8")).position
        print(f"generator: {took:.1f} s for {organisations:,} organisations")
        timed(lambda: scan(nation))  # warm
        floor = timed(lambda: scan(nation))
        print(f"scan: {floor:.2f} s (the floor)")
        for name, road in (("columns", VectorEngine), ("sql", Engine)):
            took = timed(lambda r=road: by_engine(desk, nation, planned, known, out, r))  # type: ignore[misc]
            print(
                f"{name}: {took:.1f} s, {took / floor:.0f} x the scan, {len(planned)} programmes, all written"
            )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {memory:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORGANISATIONS)
