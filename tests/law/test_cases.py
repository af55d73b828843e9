"""Every case beside the rules of law/ holds, and every rule has one that triggers it and one just beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from goodstanding.kernel import cases, law
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[2]
LAW, FINDINGS = law.read(load_law(ROOT / "law")[0])


def test_there_are_cases() -> None:
    """An empty law would make every other test here pass."""
    assert len(LAW.cases) > 100


@pytest.mark.parametrize("case", LAW.cases, ids=lambda c: f"{c.programme}@{c.version}: {c.name}")
def test_the_case_holds(case: cases.Case) -> None:
    """The interpreter gives what the jurist expects."""
    found = list(cases.check(case, LAW.programmes[case.programme], LAW.types))
    assert not found, "\n".join(f"{f.place}: expected {f.expected}, found {f.found}; {dict(f.said)}" for f in found)
