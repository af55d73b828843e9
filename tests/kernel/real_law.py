"""The law of this repository, read once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from goodstanding.kernel import law
from goodstanding.store.yaml_nodes import load_law

LAW_DIR = Path(__file__).parents[2] / "law"


@cache
def real_law() -> law.Law:
    """Give the law as read; it must hold no error."""
    read, findings = law.read(load_law(LAW_DIR)[0])
    wrong = [f for f in findings if f.refuses]
    assert not wrong, wrong[:3]
    return read
