"""How long the interpreter takes to judge one organisation by all programmes in force, with reasons.

The organisation has 40 records, taken from the cases beside the law. One round folds them into facts, judges every
programme and makes every tree of reasons. The first round, which also makes the closures of the law, is not counted.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import perf_counter_ns

from goodstanding.kernel import days, law
from goodstanding.kernel.cases import SUBJECT, versions_of
from goodstanding.kernel.facts import facts
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE
from goodstanding.kernel.rules.explain import Tree, explain
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import Standing, stand
from goodstanding.store.yaml_nodes import load_law

RECORDS = 40
ROUNDS = 300
CYCLE, DAY = 2025, days.day("2026-07-31")
# What one organisation may take: the limit that the strict check holds on an idle machine.
MICROSECONDS_MAX = 1_000


def programmes(read: law.Law) -> list[tuple[n.Programme, Run]]:
    """Give the version of each programme in force, with its run; programmes of units have no organisation's records."""
    found = []
    for id_ in read.programmes:
        made = read.programme(id_, cycle=CYCLE, on=DAY)
        if made is not None and made.judges is not n.Judges.UNIT:
            at = run(made, cycle=CYCLE) if made.cycle.kind else run(made, on=DAY)
            found.append((made, at))
    return found


def records(read: law.Law, many: int = RECORDS) -> list[Version]:
    """Take records of organisations from the cases: of each type in turn, so that all programmes meet some."""
    by_type: dict[str, list[Version]] = {}
    for case in read.cases:
        for version in versions_of(case, read.types):
            if version.subject == SUBJECT.id:
                by_type.setdefault(version.type, []).append(version)
    found: list[Version] = []
    turn = 0
    while len(found) < many and any(len(group) > turn for group in by_type.values()):
        for type_ in sorted(by_type):
            group = by_type[type_]
            if turn < len(group) and len(found) < many:
                # spread over the cases of a type, not only the first
                version = group[turn * len(group) // (turn + 1) if turn else 0]
                found.append(replace(version, record=f"r{len(found)}", links={}))
        turn += 1
    return found


def judge(
    read: law.Law, planned: list[tuple[n.Programme, Run]], versions: list[Version]
) -> Iterator[tuple[Standing, Tree]]:
    """Judge one organisation by all programmes and give the reasons: one round."""
    own = facts(versions, read.types)
    for programme, at in planned:
        for judged in judged_of(programme, own, {}, at.judged):
            asked = (
                at if judged.opened is None else Run(at.judged, at.cycle, at.moments, judged.opened)
            )
            standing = stand(
                SUBJECT, programme, judged.facts, asked, NOTHING_BEFORE, read.types, unit=judged.key
            )
            if standing is not None:
                yield standing, explain(programme, standing.evaluation, judged.facts)


def main() -> int:
    """Print the median; fail if it is above the limit and `--strict` is given."""
    read, findings = law.read(load_law(Path(__file__).parents[1] / "law")[0])
    assert not [f for f in findings if f.refuses]
    planned, versions = programmes(read), records(read)
    assert len(versions) == RECORDS
    standings = len(list(judge(read, planned, versions)))
    assert standings > RECORDS // 4
    took = []
    for _ in range(ROUNDS):
        start = perf_counter_ns()
        for _ in judge(read, planned, versions):
            pass
        took.append((perf_counter_ns() - start) // 1_000)
    median = int(statistics.median(took))
    least = min(took)
    print(
        f"interpreter: {median} us median, {least} us least of {ROUNDS} rounds: {len(versions)} records, "
        f"{len(planned)} programmes, {standings} standings with reasons"
    )
    return int("--strict" in sys.argv[1:] and median > MICROSECONDS_MAX)


if __name__ == "__main__":
    raise SystemExit(main())
