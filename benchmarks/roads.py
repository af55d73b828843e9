"""The two roads of a batch beside their floor, in one process: roads.py [ORGANISATIONS]. Ratios are the result; seconds are context."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from batch import scan, timed

from goodstanding.desk.asking import Asked, jobs
from goodstanding.desk.evaluating import Engine, VectorEngine, by_engine
from goodstanding.doors import assemble
from goodstanding.store.generator import generate
from goodstanding.store.lake import read_meta

ORGANISATIONS = 20_000


def main(organisations: int) -> None:
    """Generate a nation, scan it, and judge it by both engines."""
    desk = assemble.desk((assemble.own_law(), assemble.samples_law()))
    planned, _ = jobs(desk.law, Asked(), desk.today())
    with tempfile.TemporaryDirectory() as folder:
        nation, out = Path(folder) / "nation", Path(folder) / "standings.parquet"
        generate(nation, desk.law, organisations=organisations, seed=1)
        known = read_meta((nation / "register.json").read_text("utf-8")).position
        scan(desk, nation)  # warm
        floor, _, rows = timed(lambda: scan(desk, nation))
        print(
            f"scan: {floor:.2f} s for {rows:,} rows of {organisations:,} organisations (the floor)"
        )
        for name, road in (("columns", VectorEngine), ("sql", Engine)):
            took, memory, count = timed(
                lambda r=road: by_engine(desk, nation, planned, known, out, r)  # type: ignore[misc]
            )
            print(
                f"{name}: {took:.1f} s, {took / floor:.0f} x the scan, {memory:,} MiB; {len(planned)} runs, {count:,} standings, all written"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORGANISATIONS)
