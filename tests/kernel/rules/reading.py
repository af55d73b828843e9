"""Law for tests: the good law of tests/law/good, and small texts read beside it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from goodstanding.kernel import law
from goodstanding.kernel.carrier import Node
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules.nodes import Programme
from goodstanding.store.yaml_nodes import load_law, read_text

GOOD = Path(__file__).parents[2] / "law" / "good"
# What every small example has besides, and none is about.
BESIDE = {"rules-without-case", "unused-indicator"}


@cache
def good_files() -> dict[str, Node]:
    nodes, findings = load_law(GOOD)
    assert findings == []
    return nodes


def read(*texts: str) -> tuple[Law, list[Finding]]:
    """Read texts beside the good law; findings of the good law are not among those given."""
    findings: list[Finding] = []
    files = dict(good_files())
    for number, text in enumerate(texts):
        node = read_text(text, f"text {number}", findings)
        if node is not None:
            files[f"text {number}"] = node
    made, more = law.read(files)
    return made, [f for f in (*findings, *more) if f.code not in BESIDE]


def programme(text: str) -> Programme:
    """Read one programme that has no finding."""
    made, findings = read(text)
    assert findings == []
    node = good_named(made, text)
    assert node is not None
    return node


def good_named(made: Law, text: str) -> Programme | None:
    name = text.split("programme: ", 1)[1].split("\n", 1)[0]
    return made.programmes[name][-1]


LIVE = """programme: xx.small
version: "1"
title: {en: Small, zh: 小}
judges: organisation
applies: from 2020-01-01
basis: act-2020-1
"""
CYCLE = LIVE.replace("applies: from 2020-01-01", "cycle: calendar year\napplies: cycles from 2020")
MATCH = """grades:
  best to worst: [A, B]
  first match: [{id: bad, grade: B, when: "it > 2", basis: "4"}, A]
"""
