"""Where official files lie beside the repository, and how the reference evaluator judges what was taken from them."""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from goodstanding.kernel import law as law_of
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.sources import Taken
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"


def official(name: str) -> Path:
    """Give the path of an official file; skip the test loudly where it is not there."""
    path = DATA / name
    if not path.exists():
        message = f"OFFICIAL FILE MISSING: ../shared/data/{name}; nothing about it was tested"
        warnings.filterwarnings("default", message="OFFICIAL FILE MISSING")
        warnings.warn(message, stacklevel=2)
        pytest.skip(message)
    return path


def read_law(jurisdiction: str) -> law_of.Law:
    """Read the law of one jurisdiction; it has no errors."""
    law, found = law_of.read(load_law(ROOT / "law" / jurisdiction)[0])
    assert [f for f in found if f.refuses] == []
    return law


def facts_by_unit(taken: Taken, law: law_of.Law) -> Iterator[tuple[str, Facts]]:
    """Give the facts of each unit that an organisation holds."""
    judged = {o.subject for o in taken.organisations if o.form.is_judged and o.known_to is None}
    holders: Mapping[str, str] = {u.unit: u.holder for u in taken.units if u.known_to is None}
    versions = defaultdict(list)
    for record in taken.records:
        versions[record.subject].append(record)
    for unit, holder in holders.items():
        if holder in judged:
            yield unit, facts(versions[unit], law.types)
