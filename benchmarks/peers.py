"""The rules of benchmarks/law beside other engines, each in its fastest honest form, from Parquet to a file of grades: peers.py [ORGANISATIONS].

Every engine is given the same records and must give every organisation the same score and grade; one that does not is said to differ.
Ours does more in its time: every rule's contribution, both results, terms and reasons are written. OpenFisca and zen-engine are measured on
fewer organisations (they take too long on all), and ours on the same ones.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from goodstanding.desk.asking import Asked, jobs
from goodstanding.desk.evaluating import VectorEngine, by_engine
from goodstanding.doors import assemble
from goodstanding.kernel import days
from goodstanding.store.generator import generate
from goodstanding.store.lake import read_meta

HERE = Path(__file__).parent
ORGANISATIONS = 1_000_000
FEW = 20_000
ROUNDS = 3
LIVE = (
    "known_to IS NULL AND state = 'in force' AND certainty IN ('decided', 'final', 'under review')"
)
POINTS = """
least(fines_1y * 5, 20) + CASE WHEN fines_3y - fines_1y >= 2 THEN 4 ELSE 0 END + CASE WHEN large_3y >= 1 THEN 6 ELSE 0 END
+ CASE WHEN fined_1y >= 10000000 THEN 8 ELSE 0 END + CASE WHEN fined_3y >= 100000000 THEN 12 ELSE 0 END
+ CASE WHEN warnings_1y >= 2 THEN 2 ELSE 0 END + CASE WHEN suspended_2y >= 1 THEN 15 ELSE 0 END
+ CASE WHEN closed_5y >= 1 THEN 30 ELSE 0 END + least(missed_1y * 3, 15) + CASE WHEN reports_2y >= 3 THEN 5 ELSE 0 END
+ CASE WHEN owed_1y >= 1000000 THEN 5 ELSE 0 END + CASE WHEN owed_3y >= 50000000 THEN 10 ELSE 0 END
"""
# name, record type, what is added up ("" counts), where, years
INDICATORS = (
    ("fines_1y", "penalty", "", "kind = 'fine'", 1),
    ("fines_3y", "penalty", "", "kind = 'fine'", 3),
    ("large_3y", "penalty", "", "fine >= 5000000", 3),
    ("fined_1y", "penalty", "fine", "true", 1),
    ("fined_3y", "penalty", "fine", "true", 3),
    ("warnings_1y", "penalty", "", "kind = 'warning'", 1),
    ("suspended_2y", "penalty", "", "kind = 'suspension'", 2),
    ("closed_5y", "penalty", "", "kind = 'closure'", 5),
    ("missed_1y", "missed", "", "true", 1),
    ("reports_2y", "missed", "", "duty = 'report'", 2),
    ("owed_1y", "missed", "owed", "duty = 'payment'", 1),
    ("owed_3y", "missed", "owed", "duty = 'payment'", 3),
)
DATED = {"penalty": "decided", "missed": "due"}


def since(judged: date, years: int) -> str:
    """Give the first day of a window of some years."""
    return judged.replace(year=judged.year - years).isoformat()


def live(register: Path, record: str) -> str:
    """Say where the records that count are read from."""
    files = register / "records" / f"bench.{record}" / "v1" / "*.parquet"
    return f"read_parquet('{files}') WHERE {LIVE}"


def grades(totals: str) -> str:
    """Say score and grade from the totals of an organisation."""
    return (
        f"SELECT subject, score, CASE WHEN fines_1y + missed_1y >= 12 THEN 'D' WHEN score >= 90 THEN 'A'"
        f" WHEN score >= 75 THEN 'B' WHEN score >= 60 THEN 'C' ELSE 'D' END AS grade"
        f" FROM (SELECT *, greatest(100 - ({POINTS}), 0) AS score FROM ({totals}))"
    )


def by_filter(register: Path, judged: date, out: Path) -> None:
    """Judge by one FILTERed aggregate per indicator in DuckDB: what one writes first."""
    parts = []
    for record, dated in DATED.items():
        made = []
        for name, of, what, where, years in INDICATORS:
            if of == record:
                value = f"sum({what})" if what else "count(*)"
                window = f"{dated} > DATE '{since(judged, years)}' AND {dated} <= DATE '{judged}'"
                made.append(f"coalesce({value} FILTER ({where} AND {window}), 0) AS {name}")
        parts.append(
            f"(SELECT subject, {', '.join(made)} FROM {live(register, record)} GROUP BY subject)"
        )
    names = ", ".join(f"coalesce({name}, 0)::BIGINT AS {name}" for name, *_ in INDICATORS)
    totals = (
        f"SELECT subject, {names} FROM {parts[0]} AS p FULL JOIN {parts[1]} AS m USING (subject)"
    )
    with duckdb.connect() as engine:
        engine.execute(f"COPY ({grades(totals)}) TO '{out}' (FORMAT parquet)")


def by_polars(register: Path, judged: date, out: Path) -> None:
    """Judge by filtered aggregates in Polars, streaming."""
    import polars as pl  # noqa: PLC0415 - a peer, installed by `make bench` only

    frames = []
    for record, dated in DATED.items():
        scan = pl.scan_parquet(register / "records" / f"bench.{record}" / "v1" / "*.parquet")
        rows = scan.filter(
            pl.col("known_to").is_null()
            & (pl.col("state") == "in force")
            & pl.col("certainty").is_in(["decided", "final", "under review"])
            & (pl.col(dated) <= judged)
        )
        made = []
        for name, of, what, where, years in INDICATORS:
            if of == record:
                kept = pl.sql_expr(where) & (
                    pl.col(dated) > judged.replace(year=judged.year - years)
                )
                made.append(
                    (pl.col(what).filter(kept).sum() if what else kept.sum().cast(pl.Int64)).alias(
                        name
                    )
                )
        frames.append(rows.group_by("subject").agg(made))
    totals = frames[0].join(frames[1], on="subject", how="full", coalesce=True).fill_null(0)
    context = pl.SQLContext(totals=totals)
    context.execute(grades("SELECT * FROM totals").replace("\n", " ")).sink_parquet(out)


def histories(register: Path, judged: date, few: int) -> pa.Table:
    """Read the records of some organisations, as lists."""
    with duckdb.connect() as engine:
        lists = [
            f"(SELECT subject, list({{'day': date_diff('day', DATE '1970-01-01', {dated}), 'kind': {kind}, 'amount': {amount}}}) AS {record}"
            f" FROM {live(register, record)} AND {dated} <= DATE '{judged}' GROUP BY subject)"
            for record, dated, kind, amount in (
                ("penalty", "decided", "kind", "fine"),
                ("missed", "due", "duty", "owed"),
            )
        ]
        return engine.sql(
            f"SELECT subject, coalesce(penalty, []) AS penalty, coalesce(missed, []) AS missed"
            f" FROM {lists[0]} AS p FULL JOIN {lists[1]} AS m USING (subject) ORDER BY subject LIMIT {few}"
        ).to_arrow_table()


def zen_model(judged: date) -> dict[str, Any]:
    """Write the rules as expressions of zen-engine."""
    said = []
    for name, record, what, where, years in INDICATORS:
        first = days.day(since(judged, years))
        test = (
            where.replace("kind =", "#.kind ==")
            .replace("duty =", "#.kind ==")
            .replace("fine >=", "#.amount >=")
        )
        test = f"#.day > {first} and {test}"
        value = (
            f"sum(map(filter({record}, {test}), #.amount))" if what else f"count({record}, {test})"
        )
        said.append({"id": name, "key": name, "value": value})
    rules = POINTS.replace("\n", " ")
    for name, *_ in INDICATORS:
        rules = rules.replace(name, f"$.{name}")
    terms = [term.strip() for term in rules.split("+ ")]
    made = []
    for term in terms:
        if term.startswith("least("):
            inner, most = term[len("least(") : -1].split(", ")
            made.append(f"min([{inner}, {most}])")
        else:
            when, points = term[len("CASE WHEN ") : -len(" ELSE 0 END")].split(" THEN ")
            made.append(f"({when} ? {points} : 0)")
    said.append({"id": "score", "key": "score", "value": f"max([100 - ({' + '.join(made)}), 0])"})
    said.append({"id": "grade", "key": "grade", "value": (
        "$.fines_1y + $.missed_1y >= 12 ? 'D' : ($.score >= 90 ? 'A' : ($.score >= 75 ? 'B' : ($.score >= 60 ? 'C' : 'D')))"
    )})  # fmt: skip
    node = {
        "id": "rules",
        "name": "rules",
        "type": "expressionNode",
        "content": {"expressions": said},
    }
    ends = [{"id": i, "name": i, "type": f"{i}Node", "content": {}} for i in ("input", "output")]
    edges = [("input", "rules"), ("rules", "output")]
    return {
        "nodes": [ends[0], node, ends[1]],
        "edges": [
            {"id": f"{a}{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in edges
        ],
    }


def by_zen(register: Path, judged: date, out: Path) -> None:
    """Judge one organisation after another by zen-engine, in its batch call."""
    import zen  # noqa: PLC0415 - a peer

    table = histories(register, judged, FEW)
    content = json.dumps(zen_model(judged))
    engine = zen.ZenEngine({"loader": lambda _: content})
    subjects, scores, given = [], [], []
    for start in range(0, table.num_rows, 1_000):
        rows = table.slice(start, 1_000).to_pylist()
        requests = [
            {"key": "rules", "context": {"penalty": r["penalty"], "missed": r["missed"]}}
            for r in rows
        ]
        for row, answer in zip(rows, engine.evaluate_batch(requests), strict=True):
            result = answer["data"]["result"] if "data" in answer else answer["result"]
            subjects.append(row["subject"])
            scores.append(int(result["score"]))
            given.append(result["grade"])
    pq.write_table(pa.table({"subject": subjects, "score": scores, "grade": given}), out)


KINDS = ("warning", "fine", "confiscation", "suspension", "closure", "report", "statement", "payment", "notice")  # fmt: skip


def by_openfisca(register: Path, judged: date, out: Path) -> None:
    """Judge by OpenFisca-core: records are its persons, organisations its groups; every rule a formula over all of them.

    Its whole numbers have 32 bits, so sums of money are compared inside a formula and never kept.
    """
    import numpy as np  # noqa: PLC0415 - what OpenFisca computes with
    from openfisca_core import periods, taxbenefitsystems  # noqa: PLC0415 - a peer
    from openfisca_core.entities import build_entity  # noqa: PLC0415
    from openfisca_core.simulations import SimulationBuilder  # noqa: PLC0415
    from openfisca_core.variables import Variable  # noqa: PLC0415

    table = histories(register, judged, FEW)
    rows = table.to_pylist()
    flat = [
        (i, record == "penalty", r["day"], KINDS.index(r["kind"]), r["amount"])
        for i, row in enumerate(rows)
        for record in DATED
        for r in row[record]
    ]
    owner, penalty, day, kind, amount = (np.array(column) for column in zip(*flat, strict=True))
    person = build_entity(key="record", plural="records", label="Record", is_person=True)
    group = build_entity(
        key="organisation", plural="organisations", label="Organisation",
        roles=[{"key": "of", "plural": "all_of", "label": "Of"}],
    )  # fmt: skip
    system = taxbenefitsystems.TaxBenefitSystem([person, group])

    def variable(name: str, entity: Any, value_type: type, formula: Any = None) -> None:  # noqa: ANN401
        made: dict[str, Any] = {"value_type": value_type, "entity": entity, "label": name}
        made["definition_period"] = periods.DateUnit.YEAR if formula else periods.DateUnit.ETERNITY
        if formula:
            made["formula"] = formula
        system.add_variable(type(name, (Variable,), made))

    def total(record: str, what: str, where: str, years: int) -> Callable[..., Any]:
        first = days.day(since(judged, years))

        def formula(organisation: Any, period: Any) -> Any:  # noqa: ANN401
            of = organisation.members
            kept = (of("is_penalty", period) == (record == "penalty")) & (of("day", period) > first)
            if "'" in where:
                kept = kept & (of("kind", period) == KINDS.index(where.split("'")[1]))
            elif "fine >=" in where:
                kept = kept & (of("amount", period) >= int(where.split(">=")[1]))
            return organisation.sum(kept * of("amount", period) if what else kept)

        return formula

    for name, type_ in (("is_penalty", bool), ("day", int), ("kind", int), ("amount", int)):
        variable(name, person, type_)
    totals = {name: total(*rest) for name, *rest in INDICATORS}
    for name, _, what, _, _ in INDICATORS:
        if not what:
            variable(name, group, int, totals[name])

    def score(organisation: Any, period: Any) -> Any:  # noqa: ANN401
        t = {
            name: totals[name](organisation, period) if what else organisation(name, period)
            for name, _, what, _, _ in INDICATORS
        }
        points = (
            np.minimum(t["fines_1y"] * 5, 20) + 4 * (t["fines_3y"] - t["fines_1y"] >= 2)
            + 6 * (t["large_3y"] >= 1) + 8 * (t["fined_1y"] >= 10_000_000) + 12 * (t["fined_3y"] >= 100_000_000)
            + 2 * (t["warnings_1y"] >= 2) + 15 * (t["suspended_2y"] >= 1) + 30 * (t["closed_5y"] >= 1)
            + np.minimum(t["missed_1y"] * 3, 15) + 5 * (t["reports_2y"] >= 3)
            + 5 * (t["owed_1y"] >= 1_000_000) + 10 * (t["owed_3y"] >= 50_000_000)
        )  # fmt: skip
        return np.maximum(100 - points, 0)

    variable("score", group, int, score)
    builder = SimulationBuilder()
    builder.create_entities(system)
    builder.declare_person_entity("record", range(len(flat)))
    organisations = builder.declare_entity("organisation", range(len(rows)))
    builder.join_with_persons(organisations, owner, roles=["of"] * len(flat))
    simulation = builder.build(system)
    for name, values in (("is_penalty", penalty), ("day", day), ("kind", kind), ("amount", amount)):
        simulation.set_input(name, "ETERNITY", values)
    year = str(judged.year)
    result = simulation.calculate("score", year)
    often = simulation.calculate("fines_1y", year) + simulation.calculate("missed_1y", year) >= 12
    grade = np.select([often, result >= 90, result >= 75, result >= 60], ["D", "A", "B", "C"], "D")
    pq.write_table(
        pa.table(
            {"subject": table.column("subject"), "score": result.astype(np.int64), "grade": grade}
        ),
        out,
    )


def few_of(register: Path, few: list[str], into: Path) -> Path:
    """Copy the records of some organisations into a register of their own."""
    with duckdb.connect() as engine:
        engine.register("few", pa.table({"subject": few}))
        for path in sorted(register.rglob("*.parquet")):
            to = into / path.relative_to(register)
            to.parent.mkdir(parents=True, exist_ok=True)
            own = {"records": "subject", "organisations": "subject"}.get(
                path.relative_to(register).parts[0]
            )
            kept = f" WHERE {own} IN (SELECT subject FROM few)" if own else ""
            engine.execute(f"COPY (SELECT * FROM '{path}'{kept}) TO '{to}' (FORMAT parquet)")
    shutil.copy(register / "register.json", into / "register.json")
    return into


def unjoined(register: Path) -> None:
    """Take the identities out: no peer is asked to join organisations."""
    with duckdb.connect() as engine:
        for path in (register / "identities").glob("*.parquet"):
            kept = engine.sql(f"SELECT * FROM '{path}' WHERE false").to_arrow_table()
            pq.write_table(kept, path)


def differing(ours: Path, theirs: Path) -> int:
    """Count the organisations to which a peer gives another score or grade; one it does not name has nothing on record."""
    with duckdb.connect() as engine:
        different = engine.execute(
            f"SELECT count(*) FROM (SELECT organisation AS subject, score // 10000 AS score, grade FROM '{ours}') AS o"
            f" LEFT JOIN '{theirs}' AS t USING (subject)"
            " WHERE o.score <> coalesce(t.score, 100) OR o.grade <> coalesce(t.grade, 'A')"
        ).fetchone()
    return int(different[0]) if different else 0


def said(different: int) -> str:
    """Say how a peer's grades compare."""
    return f"{different:,} organisations graded otherwise" if different else "all graded alike"


def least(what: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Give the least seconds of some rounds."""
    took = []
    for _ in range(rounds):
        begin = time.perf_counter()
        what()
        took.append(time.perf_counter() - begin)
    return min(took)


def main(organisations: int) -> None:
    """Measure everybody on the same records."""
    desk = assemble.desk((HERE / "law",))
    judged = date.fromisoformat("2026-06-30")
    planned, _ = jobs(desk.law, Asked(on=days.day(str(judged))), desk.today())
    with tempfile.TemporaryDirectory() as folder:
        nation, ours, theirs = (
            Path(folder, "nation"),
            Path(folder, "ours.parquet"),
            Path(folder, "theirs.parquet"),
        )
        rows = generate(nation, desk.law, organisations=organisations, seed=1)
        unjoined(nation)
        known = read_meta((nation / "register.json").read_text("utf-8")).position
        records = sum(count for name, count in rows.items() if name.startswith("records/"))
        print(
            f"{organisations:,} organisations, {records:,} records, one programme of 12 indicators and 12 rules"
        )

        def judge(register: Path) -> Callable[[], object]:
            return lambda: by_engine(desk, register, planned, known, ours, VectorEngine)

        own = least(judge(nation))
        print(f"Good Standing, columns: {own:.2f} s")
        for name, peer in (("DuckDB, FILTER", by_filter), ("Polars, streaming", by_polars)):
            took = least(lambda p=peer: p(nation, judged, theirs))  # type: ignore[misc]
            print(f"{name}: {took:.2f} s, {took / own:.1f} x ours, {said(differing(ours, theirs))}")
        few = [str(s) for s in histories(nation, judged, FEW).column("subject").to_pylist()]
        small = few_of(nation, few, Path(folder, "few"))
        own = least(judge(small))
        print(f"the first {len(few):,} organisations with records alone: {own:.2f} s")
        for name, peer in (("zen-engine, batch call", by_zen), ("OpenFisca-core", by_openfisca)):
            took = least(lambda p=peer: p(nation, judged, theirs), rounds=1)  # type: ignore[misc]
            print(f"{name}: {took:.2f} s, {took / own:.1f} x ours, {said(differing(ours, theirs))}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ORGANISATIONS)
