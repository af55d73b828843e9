"""The two roads for one law and its histories: rows of standings by the interpreter, and by SQL in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from goodstanding.compile import tables
from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.programme import (
    Origins,
    compile_programme,
    fields_read,
    record_types_read,
)
from goodstanding.compile.versions import holders, subjects, version_tables
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.identity import Form, Judgeable, Organisation
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before, evaluate
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.kernel.standing import Standing, stand
from tests.agreement.histories import History
from tests.agreement.laws import Law

# (cycle, subject, item) -> column -> value
Rows = dict[tuple[int | None, str, str | None], dict[str, Any]]
COMPARED = (
    "organisation", "unit", "grade", "at_worst", "open", "score", "worst_score", "proposed", "proposals_open", "reasons",
    "study", "certainty", "since", "display", "display_from", "display_until", "repair_from", "never", "no_repair",
    "open_until_cured", "carried", "origins", "origins_worst", "contributions",
    "known", "level_worst",
)  # fmt: skip


def runs(law: Law) -> list[Run]:
    """Give the runs of a law, in order."""
    if not law.programme.cycle.kind:
        return [run(law.programme, on=law.on)]
    return [run(law.programme, cycle=c) for c in law.cycles]


# --------------------------------------------------------------------------------------------------
# The interpreter


@dataclass
class Interpreted:
    """The rows of the interpreter, with the standings they come from."""

    rows: Rows
    standings: list[Standing]
    out_of_scope: int = 0


def interpret(law: Law, histories: Sequence[History]) -> Interpreted:
    """Judge each history by the interpreter."""
    rows: Rows = {}
    standings = []
    out_of_scope = 0
    for history in histories:
        all_facts = facts(history.versions, law.types, law.known)
        carried: dict[str | None, Before] = {}
        for at in runs(law):
            later: dict[str | None, Before] = {}
            for key, asked, known, before, subject in _judged(law, history, all_facts, at, carried):
                # what is carried goes on, in scope or not
                e = evaluate(law.programme, known, asked, before)
                later[key] = Before(e.shown.origins, e.worst.origins)
                standing = stand(
                    subject,
                    law.programme,
                    known,
                    asked,
                    before,
                    law.types,
                    unit=key,
                    known=law.known,
                )
                out_of_scope += standing is None
                if standing is not None:
                    rows[at.cycle, history.subject, key] = row_of(law.programme, standing)
                    standings.append(standing)
            carried = later
    return Interpreted(rows, standings, out_of_scope)


def _judged(
    law: Law, history: History, known: Facts, at: Run, carried: dict[str | None, Before]
) -> Iterable[tuple[str | None, Run, Facts, Before, Judgeable]]:
    programme = law.programme
    unit = history.subject if programme.judges is n.Judges.UNIT else None
    holder = Judgeable(
        Organisation(f"H-{unit}" if unit else history.subject, None, Form.ORGANISATION)
    )
    units = {unit: known} if unit else {}
    for one in judged_of(programme, {} if unit else known, units, at.judged):
        asked = Run(at.judged, at.cycle, at.moments, one.opened)
        yield one.key, asked, one.facts, carried.get(one.key, NOTHING_BEFORE), holder


def row_of(programme: n.Programme, s: Standing) -> dict[str, Any]:
    """Say of a standing what both roads say."""
    e = s.evaluation
    row: dict[str, Any] = {c: getattr(s, c) for c in COMPARED if hasattr(s, c)}
    row |= {c: e.terms.get(c) for c in ("never", "no_repair", "open_until_cured")}
    row["proposals_open"] = e.proposals_open
    level = e.worst.level
    row["level_worst"] = (level.since, tuple(r for _, r in level.fired)) if level else None
    row["known"] = {i.name: e.known[i.name] for i in programme.indicators}
    row["origins"], row["origins_worst"] = dict(e.shown.origins), dict(e.worst.origins)
    row["contributions"] = {
        c.rule: (c.low, c.high, len(c.groups)) for c in e.contributions if c.low or c.high
    }
    return row


# --------------------------------------------------------------------------------------------------
# SQL


def connect() -> duckdb.DuckDBPyConnection:
    """Open an engine that reaches for nothing outside."""
    return duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": 1,
        }
    )


def translate(
    law: Law, histories: Sequence[History], *, engine: duckdb.DuckDBPyConnection | None = None
) -> Rows:
    """Judge all histories in one go by SQL."""
    engine = engine or connect()
    load(engine, law, histories)
    make_facts(engine, law, [law.programme])
    rows: Rows = {}
    for part in judge_in_turn(engine, law, [(law.programme, at) for at in runs(law)]):
        rows |= part
    return rows


def make_facts(
    engine: duckdb.DuckDBPyConnection, law: Law, programmes: Sequence[n.Programme]
) -> None:
    """Make the tables that some programmes read."""
    wanted = sorted({t for p in programmes for t in record_types_read(p, law.types)})
    fields: dict[str, frozenset[str]] = {}
    for programme in programmes:
        for type_, names in fields_read(programme, law.types).items():
            fields[type_] = fields.get(type_, frozenset()) | names
    versions = version_tables(law.types, wanted, known=law.known, dialect=DUCKDB, fields=fields)
    for made in (*subjects(DUCKDB, law.known), *versions):
        _make(engine, made)


def judge_in_turn(
    engine: duckdb.DuckDBPyConnection, law: Law, steps: Sequence[tuple[n.Programme, Run]]
) -> Iterator[Rows]:
    """Judge by one programme (or version) and run after the other, each reading what the one before carries."""
    before = None
    for programme, at in steps:
        plan = compile_programme(programme, law.types, at, known=law.known, before=before)
        for made in plan.tables:
            _make(engine, made)
        yield _collect(engine, plan.origins, programme, at)
        before = plan.origins if plan.carry_on else None
        if plan.carry_on:
            _make(engine, tables.Table(tables.BEFORE, plan.carry_on))


def _make(engine: duckdb.DuckDBPyConnection, table: tables.Table) -> None:
    parameters = {tables.BUCKET_FROM: 0, tables.BUCKET_TO: 65535} if table.by_bucket else None
    text = f"CREATE OR REPLACE TEMP TABLE {DUCKDB.name(table.name)} AS {table.sql}"
    try:
        engine.execute(text, parameters) if parameters else engine.execute(text)
    except duckdb.Error as error:
        raise AssertionError(f"{error}\n{text}") from error


def _collect(
    engine: duckdb.DuckDBPyConnection, origins: Origins, programme: n.Programme, at: Run
) -> Rows:
    result = engine.execute(f"SELECT * FROM {DUCKDB.name(tables.STANDINGS)} WHERE _stands")
    names = [d[0] for d in result.description]
    standings = result.fetchall()
    known, levels = _known(engine, programme), _levels(engine, programme)
    rows: Rows = {}
    by_key: dict[tuple[str | None, str | None], dict[str, Any]] = {}
    for values in standings:
        row = dict(zip(names, values, strict=True))
        made = {c: _plain(row.get(c)) for c in COMPARED if c in row}
        made["origins"] = {rule: row[c[0]] for rule, c in origins.items() if row[c[0]] is not None}
        made["origins_worst"] = {
            rule: row[c[1]] for rule, c in origins.items() if row[c[1]] is not None
        }
        made["contributions"] = {}
        made["known"] = known[row["_k"]]
        made["level_worst"] = levels.get(row["_k"], (None, ())) if programme.levels else None
        of_unit = programme.judges is n.Judges.UNIT
        key = (at.cycle, row["unit"] if of_unit else row["organisation"], row["unit"])
        assert key not in rows, key
        rows[key] = by_key[row["organisation"], row["unit"]] = made
    if programme.score:
        for organisation, unit, rule, low, high, groups in engine.execute(
            f"SELECT * FROM {DUCKDB.name(tables.CONTRIBUTIONS)}"
        ).fetchall():
            by_key[organisation, unit]["contributions"][rule] = (low, high, groups)
    return rows


def _known(engine: duckdb.DuckDBPyConnection, programme: n.Programme) -> dict[int, dict[str, Any]]:
    """Give what is known of the indicators by number of what is judged, as the interpreter has it."""
    result = engine.execute(f"SELECT * FROM {DUCKDB.name(tables.VALUES)}")
    names = [d[0] for d in result.description]
    found = {}
    for values in result.fetchall():
        row = {name: _plain(value) for name, value in zip(names, values, strict=True)}
        known = found[row["_k"]] = {}
        for i in programme.indicators:
            if i.type.kind not in (Kind.NUMBER, Kind.DATE):
                known[i.name] = row[i.name]
            elif i.name in row:
                known[i.name] = (row[i.name], row[i.name])
            else:
                known[i.name] = (row[f"{i.name}$lo"], row[f"{i.name}$hi"])
    return found


def _levels(
    engine: duckdb.DuckDBPyConnection, programme: n.Programme
) -> dict[int, tuple[Any, Any]]:
    """Give since when and by which rules a level holds at worst, by number of what is judged."""
    if not programme.levels:
        return {}
    said = f"SELECT _k, since_worst, fired_worst FROM {DUCKDB.name(tables.LEVELS)}"
    return {
        k: (_plain(since), _plain(fired)) for k, since, fired in engine.execute(said).fetchall()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.toordinal() - _EPOCH
    return tuple(value) if isinstance(value, list) else value


_EPOCH = date(1970, 1, 1).toordinal()
_ARROW = {Kind.NUMBER: pa.int64(), Kind.DATE: pa.date32(), Kind.TRUTH: pa.bool_()}
_OWN = ("certainty", "cured", "ended", "decision", "act", "authority")


def load(engine: duckdb.DuckDBPyConnection, law: Law, histories: Sequence[History]) -> None:
    """Put the histories where a run has the datasets of a register."""
    is_unit = law.programme.judges is n.Judges.UNIT
    ids = [h.subject for h in histories]
    organisations = [f"H-{i}" for i in ids] if is_unit else ids
    none = pa.nulls(len(ids), pa.int64())
    engine.register(
        tables.ORGANISATIONS,
        pa.table({
            "bucket": pa.array([0] * len(ids), pa.uint16()), "subject": pa.array(organisations, pa.string()),
            "known_from": pa.array([0] * len(ids), pa.int64()), "known_to": none,
            "form": pa.array(["organisation"] * len(ids), pa.string()),
        }),
    )  # fmt: skip
    units = ids if is_unit else []
    engine.register(
        tables.UNITS,
        pa.table({
            "bucket": pa.array([0] * len(units), pa.uint16()), "unit": pa.array(units, pa.string()),
            "holder": pa.array([f"H-{u}" for u in units], pa.string()), "holder_bucket": pa.array([0] * len(units), pa.uint16()),
            "valid_from": pa.array([0] * len(units), pa.int32()).cast(pa.date32()), "valid_to": pa.nulls(len(units), pa.date32()),
            "known_from": pa.array([0] * len(units), pa.int64()), "known_to": pa.nulls(len(units), pa.int64()),
        }),
    )  # fmt: skip
    _make(engine, holders(DUCKDB, law.known))
    versions = [v for h in histories for v in h.versions]
    for type_, kinds in law.types.items():
        for number, kind in kinds.items():
            mine = [v for v in versions if v.type == type_ and v.version == number]
            engine.register(tables.source(type_, number), _dataset(kind, mine))


def _dataset(kind: n.RecordType, versions: Sequence[Any]) -> pa.Table:
    own: dict[str, tuple[pa.DataType, list[Any]]] = {
        "bucket": (pa.uint16(), [0 for _ in versions]),
        "subject": (pa.string(), [v.subject for v in versions]),
        "record": (pa.string(), [v.record for v in versions]),
        "known_from": (pa.int64(), [v.known_from for v in versions]),
        "known_to": (pa.int64(), [v.known_to for v in versions]),
        "state": (pa.string(), [v.state for v in versions]),
    }
    typed: list[tuple[str, Type]] = [(c, n.OWN_FIELDS[c]) for c in _OWN] + list(kind.fields)
    for name, type_ in typed:
        own[name] = (_ARROW.get(type_.kind, pa.string()), [v.values.get(name) for v in versions])
    for link in kind.links:
        own[f"link_{link.name}"] = (pa.string(), [v.links.get(link.name) for v in versions])
    return pa.table({name: _array(values, type_) for name, (type_, values) in own.items()})


def _array(values: list[Any], type_: pa.DataType) -> pa.Array:
    if type_ == pa.date32():
        return pa.array(values, pa.int32()).cast(type_)
    return pa.array(values, type_)
