"""Put the parts together: the law that lies beside the program or that was named, its sentences, the clock, the ear for progress."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from goodstanding.desk.checking import read_law
from goodstanding.desk.context import Desk, Progress, silent, today
from goodstanding.desk.wording import read_wording
from goodstanding.kernel.telling import Words as Sentences
from goodstanding.kernel.words import Words

_PACKAGE = Path(__file__).resolve().parents[1]


def own_law() -> Path:
    """Give the folder of the law that comes with the program: in the wheel, or in the repository."""
    inside = _PACKAGE / "_law"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "law"


def samples_law() -> Path:
    """Give the folder of invented figures that the sample nation is judged with."""
    inside = _PACKAGE / "_samples" / "law"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "samples" / "law"


def desk(
    folders: Sequence[Path] = (), progress: Progress = silent, *, with_cases: bool = False
) -> Desk:
    """Read the law in some folders (a base law, then overlays; without any the program's own) and set up a desk."""
    read = tuple(folders) or (own_law(),)
    law, findings = read_law(read, with_cases=with_cases)
    return Desk(law, tuple(findings), read, today, *wording(read), progress)


def wording(folders: Sequence[Path] = ()) -> tuple[Words, Sentences]:
    """Give the sentences of some folders, and of the program's own law for what they do not say."""
    return read_wording([*folders, own_law()])
