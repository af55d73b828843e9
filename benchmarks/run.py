"""Every figure beside its peer and its floor, in one run; what is printed is kept in docs/performance.md: run.py [small].

`small` takes fewer organisations, to see whether the benchmarks run at all, and keeps nothing.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
# what is measured, by which file, of how many organisations: in earnest, and small
PARTS = (
    (
        "The interpreter: one organisation, all programmes, with reasons",
        "interpreter.py",
        None,
        None,
    ),
    ("A nation of one million: all laws, two processes, and again", "batch.py", "1000000", "20000"),
    ("The roads side by side, one process", "roads.py", "20000", "2000"),
    ("The same rules by other engines", "peers.py", "1000000", "20000"),
)
HEAD = """# Performance

Written by `make bench`; every part is one run on one machine, with its floor or its peer inside the same run. The machine is shared and noisy:
ratios are the result, seconds are context. The data is invented by the generator with seed 1.

Machine: {cores} cores, {memory} GiB, {system}, Python {python}, duckdb {duckdb}, numpy {numpy}, pyarrow {pyarrow}. Day: {day}. Load before: {load}.
"""


def head() -> str:
    """Describe the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return HEAD.format(
        cores=os.cpu_count(),
        memory=memory,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        duckdb=version("duckdb"),
        numpy=version("numpy"),
        pyarrow=version("pyarrow"),
        day=datetime.now(tz=UTC).date(),
        load=f"{os.getloadavg()[0]:.1f}",
    )


def main(*, small: bool) -> int:
    """Run every part; write the page if all ran in earnest."""
    page, failed = head(), False
    print(page)
    for title, script, many, few in PARTS:
        size = few if small else many
        print(f"## {title}\n", flush=True)
        command = [sys.executable, str(HERE / script), *([size] if size else [])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as made:  # noqa: S603 - our own files
            lines = []
            for line in made.stdout or ():
                print(line, end="", flush=True)
                lines.append(line)
        failed = failed or made.returncode != 0
        said = "".join(lines).rstrip()
        page += f"\n## {title}\n\n`benchmarks/{script}{f' {size}' if size else ''}`\n\n```text\n{said}\n```\n"
        print()
    if not small and not failed:
        PAGE.write_text(page, encoding="utf-8")
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(small="small" in sys.argv[1:]))
