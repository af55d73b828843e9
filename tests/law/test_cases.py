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


def of_version(case: cases.Case) -> str:
    """Name the programme and version a case belongs to."""
    return f"{case.programme}@{case.version}"


@pytest.mark.parametrize("version", sorted({of_version(c) for c in LAW.cases}))
def test_the_cases_hold(version: str) -> None:
    """The interpreter gives what the jurist expects, in every case of a version."""
    found = [
        f"{f.place}: {case.name}: expected {f.expected}, found {f.found}; {dict(f.said)}"
        for case in LAW.cases
        if of_version(case) == version
        for f in cases.check(case, LAW.programmes[case.programme], LAW.types)
    ]
    assert not found, "\n".join(found)


def test_reading_the_law_refuses_nothing() -> None:
    """The law is clean: no error, no warning; notes are allowed."""
    assert not [f for f in FINDINGS if f.severity.value != "note"]
