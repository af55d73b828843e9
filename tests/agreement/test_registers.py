"""The same agreement with files between: a register is written, and what comes out as Parquet is what the interpreter says."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq
import pytest

from goodstanding.kernel.rules import nodes as n
from goodstanding.store import batch, duck
from goodstanding.store.lake import ORGANISATIONS, UNITS, Meta, RegisterWriter, bucket_of
from goodstanding.store.standings import contribution_rows, contributions_beside, standing_row
from tests.agreement.histories import histories
from tests.agreement.laws import law
from tests.agreement.roads import interpret, runs

# One law of each form: score over cycles, levels, decisions, weights, records, and one about units.
SEEDS = (0, 1, 2, 4, 8)
POSITION = 15


def _write(folder, made, met) -> None:
    """Write histories as a register; one subject more is no organisation."""
    of_units = made.programme.judges is n.Judges.UNIT
    with RegisterWriter(folder, made.types) as writer:
        for history in met:
            holder = f"H-{history.subject}" if of_units else history.subject
            form = "person-like" if history is met[0] else "organisation"
            row = (
                bucket_of(holder),
                holder,
                0,
                None,
                None,
                "XS",
                "k",
                holder,
                None,
                None,
                form,
                None,
            )
            writer.add(ORGANISATIONS, [row])
            if of_units:
                unit = history.subject
                held = (
                    bucket_of(unit),
                    unit,
                    holder,
                    bucket_of(holder),
                    0,
                    None,
                    0,
                    None,
                    None,
                    "site",
                )
                writer.add(UNITS, [held])
            writer.add_versions(history.versions)
        writer.finish(Meta(POSITION))


def _tasks(made) -> tuple[duck.Task, ...]:
    steps = [(made.programme, at) for at in runs(made)]
    return tuple(duck.Task(p, at, tuple(steps[:k])) for k, (p, at) in enumerate(steps))


def _rows(path) -> list[tuple[Any, ...]]:
    days = {"judged", "since", "display_from", "display_until", "repair_from"}
    table = pq.read_table(path)
    columns = [
        table.column(name).cast("int32").to_pylist()
        if name in days
        else table.column(name).to_pylist()
        for name in table.column_names
    ]
    return list(zip(*columns, strict=True))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("rows_at_once", [duck.ROWS_AT_ONCE, 40])
def test_a_register_is_judged_as_the_interpreter_judges(seed, rows_at_once, tmp_path, monkeypatch):
    monkeypatch.setattr(duck, "ROWS_AT_ONCE", rows_at_once)
    made = law(seed)
    met = histories(made, seed, 12)
    _write(tmp_path / "register", made, met)
    out = tmp_path / "standings.parquet"
    laws = {made.programme.key: "hash"}
    work = batch.Work(
        duck.Engine, tmp_path / "register", made.types, _tasks(made), laws, made.known
    )
    count = batch.evaluate_register(work, out, contributions_beside(out))
    found = interpret(made, met[1:]).standings
    assert count == len(found)
    key = str
    assert sorted(_rows(out), key=key) == sorted(
        (standing_row(s, "hash", made.known) for s in found), key=key
    )
    said = [row for s in found for row in contribution_rows(s)]
    assert sorted(_rows(contributions_beside(out)), key=key) == sorted(said, key=key)


def test_nothing_is_written_where_the_engine_refuses(tmp_path):
    made = law(0)
    _write(tmp_path / "register", made, histories(made, 0, 3))
    for dataset in (tmp_path / "register" / "organisations").glob("*.parquet"):
        dataset.write_bytes(b"no Parquet")
    work = batch.Work(duck.Engine, tmp_path / "register", made.types, _tasks(made), {}, None)
    out = tmp_path / "out.parquet"
    with pytest.raises(batch.NotEvaluated):
        batch.evaluate_register(work, out, contributions_beside(out))
    assert not list(tmp_path.glob("*out*"))
