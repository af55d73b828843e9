"""The cases beside the law hold on the SQL road as well: it says of each what the interpreter says, which the jurist expects.

The records of all cases of a version stand in one register, one subject per case (or unit); each day or chain of cycles that cases ask for
is one run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from goodstanding.kernel import cases, law
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import version_for
from goodstanding.store.yaml_nodes import load_law
from tests.agreement.histories import History
from tests.agreement.laws import Law
from tests.agreement.roads import COMPARED, Rows, connect, judge_in_turn, load, make_facts, row_of

LAW, _ = law.read(load_law(Path(__file__).parents[2] / "law")[0])
VERSIONS = sorted({(c.programme, c.version) for c in LAW.cases})
# Runs that so few cases ask for are judged at night.
FEW = 5
SAID = [c for c in COMPARED if c not in ("organisation", "unit")]

Asked = tuple[int | None, int | None, int | None]


def _histories(case: Case, place: int, *, units: bool) -> Iterator[History]:
    """Give the records of a case to subjects of its own; `units` makes one subject of each unit."""
    versions = cases.versions_of(case, LAW.types)
    names = sorted({v.subject for v in versions} - {cases.SUBJECT.id}) or [cases.UNIT]
    for name in names if units else [cases.SUBJECT.id]:
        subject = f"{place}.{name}"
        yield History(
            subject, tuple(replace(v, subject=subject) for v in versions if v.subject == name)
        )


def _steps(
    family: tuple[n.Programme, ...], programme: n.Programme, asked: Asked
) -> list[tuple[n.Programme, Run]]:
    from_cycle, cycle, on = asked
    if cycle is None or not programme.cycle.kind:
        return [(programme, run(programme, on=on))]
    found = []
    for year in range(cycle if from_cycle is None else from_cycle, cycle + 1):
        version = version_for(family, year)
        assert version is not None, year
        found.append((version, run(version, cycle=year, on=on if year == cycle else None)))
    return found


def _differences(case: Case, subject: str, rows: Rows) -> Iterator[str]:
    """Compare what both roads say of the one standing that a case is about."""
    standing = cases.judge(case, LAW.programmes[case.programme], LAW.types).standing
    found = {
        (row_subject, key): row
        for (_, row_subject, key), row in rows.items()
        if row_subject.split(".")[0] == subject
    }
    if standing is None:
        wanted = case.decision or case.record
        if any(wanted in ("", None, key) for _, key in found):
            yield f"{case.name}: a standing where there is none"
        return
    programme = next(p for p in LAW.programmes[case.programme] if p.version == case.version)
    of_unit = programme.judges is n.Judges.UNIT
    name = f"{subject}.{standing.unit if of_unit else cases.SUBJECT.id}"
    sql = found.get((name, name if of_unit else standing.unit))
    expected = row_of(programme, standing)
    for column in SAID:
        if sql is None or sql[column] != expected[column]:
            yield f"{case.name}: {column}: {expected[column]}, by SQL {sql and sql[column]}"


@pytest.mark.parametrize("few", [False, pytest.param(True, marks=pytest.mark.nightly)])
@pytest.mark.parametrize(("programme", "version"), VERSIONS, ids=[f"{p}@{v}" for p, v in VERSIONS])
def test_the_cases_hold_on_the_sql_road(programme: str, version: str, few: bool) -> None:
    family = LAW.programmes[programme]
    own = next(p for p in family if p.version == version)
    met = [c for c in LAW.cases if (c.programme, c.version) == (programme, version)]
    by_run: dict[Asked, list[int]] = {}
    for place, case in enumerate(met):
        by_run.setdefault((case.from_cycle, case.cycle, case.on), []).append(place)
    asked = {a: places for a, places in by_run.items() if (len(places) < FEW) is few}
    chains = {a: _steps(family, own, a) for a in asked}
    units = own.judges is n.Judges.UNIT
    histories = [
        history
        for places in asked.values()
        for place in places
        for history in _histories(met[place], place, units=units)
    ]
    engine, made = connect(), Law(LAW.types, own, ())
    load(engine, made, histories)
    programmes = {p.key: p for steps in chains.values() for p, _ in steps}
    make_facts(engine, made, list(programmes.values()))
    wrong = []
    for a, places in asked.items():
        *_, rows = judge_in_turn(engine, made, chains[a])
        for place in places:
            wrong += _differences(met[place], str(place), rows)
    assert not wrong, "\n".join(wrong[:10])
