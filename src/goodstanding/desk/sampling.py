"""Make the sample nation: invented organisations with records of every type of the law."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from goodstanding.desk.context import Desk
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.store.generator import SOURCE, Progress, generate, is_begun
from goodstanding.store.generator_subjects import Spread
from goodstanding.store.lake import read_meta


@dataclass(frozen=True)
class Sampled:
    """What was made: rows by dataset, or why nothing was."""

    findings: tuple[Finding, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()

    @property
    def organisations(self) -> int:
        """Count the organisations' versions."""
        return dict(self.rows).get("organisations", 0)

    @property
    def records(self) -> int:
        """Count the records' versions."""
        return sum(count for name, count in self.rows if name.startswith("records/"))


def sample(desk: Desk, out: Path, organisations: int, seed: int, *, anew: bool = False) -> Sampled:
    """Write a sample into a folder that is empty or absent, or go on with one that was broken off there.

    `anew` replaces an earlier sample, and nothing else.
    """
    wrong = [f for f in desk.findings if f.refuses]
    if wrong:
        return Sampled(tuple(wrong))
    if anew and is_sample(out):
        shutil.rmtree(out)

    def tell(done: Progress) -> None:
        desk.progress("sampling", organisations * done.done // done.parts, organisations)

    try:
        rows = generate(
            out, desk.law, organisations=organisations, seed=seed, spread=Spread.EVEN, progress=tell
        )
    except FileExistsError:
        return Sampled((finding("output-exists", Place(str(out))),))
    except OSError as error:
        return Sampled((finding("cannot-write", Place(str(out)), found=error.strerror or "?"),))
    return Sampled((), tuple(sorted(rows.items())))


def is_sample(folder: Path) -> bool:
    """Tell whether a folder holds a sample nation, whole or begun, and may be replaced by another."""
    if is_begun(folder):
        return True
    try:
        return read_meta((folder / "register.json").read_text(encoding="utf-8")).source.startswith(
            SOURCE
        )
    except (OSError, ValueError):
        return False
