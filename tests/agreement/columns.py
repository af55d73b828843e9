"""The columnar road for one law and its histories: rows of standings as tests/agreement/roads.py has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.hits import CERTAINTIES
from goodstanding.compile.versions import subjects
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vector_facts import FactsReader, wanted
from goodstanding.store.vector_grades import NOTHING
from goodstanding.store.vector_judge import CarriedIn, Judged, Untouched, carried_on, judge
from goodstanding.store.vector_tables import DISPLAYS, display
from goodstanding.store.vectors import Num, Truth, Word
from tests.agreement.histories import History
from tests.agreement.laws import Law
from tests.agreement.roads import Rows, _make, connect, load, row_of, runs


def columns(law: Law, histories: Sequence[History]) -> Rows:
    """Judge all histories in one go over columns."""
    engine = connect()
    load(engine, law, histories)
    for made in subjects(DUCKDB, law.known):
        _make(engine, made)
    asked = wanted([law.programme], law.types)
    reader = FactsReader(engine, law.types, asked, law.known)
    of_units = law.programme.judges is n.Judges.UNIT
    organisations, units = (
        engine.sql(f'SELECT subject FROM "{t}" ORDER BY _s').to_arrow_table().column(0)
        for t in ("subjects", "unit subjects")
    )
    names = (units if of_units else organisations).to_pylist()
    facts = reader.read(0, 65_535, organisations, units)
    rows: Rows = {}
    before, untouched = CarriedIn(), Untouched(law.types)
    for at in runs(law):
        judged = judge(law.programme, at, facts, len(names), before, untouched)
        _collect(judged, names, law, rows)
        before = carried_on(judged, len(names))
    return rows


def _collect(judged: Judged, names: Sequence[str], law: Law, rows: Rows) -> None:
    of_units = law.programme.judges is n.Judges.UNIT
    for i in range(judged.items.rows):
        if judged.in_scope.may is False or not v.whole(judged.in_scope.may, judged.items.rows)[i]:
            continue
        subject = names[int(judged.items.subject[i])]
        unit = subject if of_units else None
        if judged.units is not None:
            unit = judged.units[i].as_py()
        row = _row(judged, i, law)
        row["organisation"] = f"H-{subject}" if of_units else subject
        row["unit"] = unit
        rows[judged.run.cycle, subject, unit] = row
    if judged.usual is None:
        return
    touched = {int(s) for s in judged.items.subject}
    for s, subject in enumerate(names):
        if s not in touched:
            row = row_of(law.programme, judged.usual)
            row["organisation"] = f"H-{subject}" if of_units else subject
            row["unit"] = subject if of_units else None
            rows[judged.run.cycle, subject, row["unit"]] = row


def _at(value: Any, i: int) -> Any:
    return value[i].item() if hasattr(value[i], "item") else value[i]


def _known(value: Num | Truth | Word, i: int, rows: int) -> Any:
    match value:
        case Num():
            low = _at(v.whole(value.lo, rows), i) if v.whole(value.lo_known, rows)[i] else None
            high = _at(v.whole(value.hi, rows), i) if v.whole(value.hi_known, rows)[i] else None
            return (low, high)
        case Truth():
            yes, may = v.whole(value.yes, rows)[i], v.whole(value.may, rows)[i]
            return bool(yes) if bool(yes) == bool(may) else None
        case Word():
            code = int(v.whole(value.codes, rows)[i])
            return None if code < 0 else value.texts[code]


def _row(j: Judged, i: int, law: Law) -> dict[str, Any]:
    rows = j.items.rows

    def one(value: Num) -> Any:
        return _known(value, i, rows)[0]

    levels = j.programme.levels
    ids = [r.id for r in (*levels.grounds, *levels.raises)] if levels else []
    reasons = sorted(
        (int(place), id_)
        for id_, items, places in j.reasons
        for item, place in zip(items, places, strict=True)
        if item == i
    )
    row: dict[str, Any] = {
        "grade": _known(j.grade, i, rows),
        "at_worst": _known(j.at_worst, i, rows),
        "open": bool(j.open[i]),
        "score": one(j.score),
        "worst_score": one(j.worst_score),
        "proposed": tuple(id_ for id_, there in j.proposed if there[i]),
        "proposals_open": tuple(id_ for id_, there in j.proposals_open if there[i]),
        "reasons": tuple(dict.fromkeys(id_ for _, id_ in reasons)),
        "study": bool(j.study[i]),
        "certainty": None if j.certainty[i] == len(CERTAINTIES) else CERTAINTIES[j.certainty[i]],
        "since": one(j.since),
        "display": DISPLAYS[display(j.terms, rows)[i]] if j.terms else None,
    }
    for name in ("display_from", "display_until", "repair_from"):
        row[name] = one(j.terms[name]) if j.terms else None
    for name in ("never", "no_repair", "open_until_cured"):
        row[name] = _known(j.terms[name], i, rows) if j.terms else None
    for name, origins in (("origins", j.carried.shown), ("origins_worst", j.carried.worst)):
        row[name] = {r: int(o[i]) for r, o in origins.items() if o[i] != NOTHING}
    row["carried"] = tuple(f"{r}:{o}" for r, o in sorted(row["origins"].items()))
    row["level_worst"] = None
    if j.level_worst is not None:
        item, rule = j.level_worst.fired
        fired = tuple(ids[r] for r in rule[item == i])
        row["level_worst"] = (one(j.level_worst.since), fired)
    row["contributions"] = {}
    for c in j.contributions:
        for item, low, high, groups in zip(c.item, c.low, c.high, c.groups, strict=True):
            if item == i and (low or high):
                row["contributions"][c.rule.id] = (int(low), int(high), int(groups))
    row["known"] = {
        x.name: _known(j.items.indicators[x.name], i, rows) for x in law.programme.indicators
    }
    return row
