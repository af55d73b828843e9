"""The whole text of a few small programmes, kept as files to be read; `--golden` writes them anew."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.compile.duckdb import DUCKDB
from goodstanding.compile.programme import compile_programme, fields_read, record_types_read
from goodstanding.compile.versions import holders, subjects, version_tables
from goodstanding.kernel import days
from goodstanding.kernel.quantity import CODE, DATE, Kind, Type, count, number
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import run

MONEY = number(0, 10**15, 2, "CNY")
POINTS = number(0, 100)
WORD = Type(Kind.WORD, words=("fine", "warning"))
CONFIRMED = n.Basis("law", "1", True)


def record(name: str, version: int = 1, **more: object) -> n.RecordType:
    fields = (("decided", DATE), ("amount", MONEY), ("due", MONEY), ("kind", WORD), ("month", CODE))
    return n.RecordType(
        name,
        version,
        (),
        "decision",
        n.Direction.ADVERSE,
        "organisation",
        "decided",
        fields,
        **more,
    )  # type: ignore[arg-type]


OLD = n.RecordType(
    "t.penalty",
    1,
    (),
    "decision",
    n.Direction.ADVERSE,
    "organisation",
    "day",
    (("day", DATE), ("sum", MONEY)),
)
TYPES = {
    "t.penalty": {1: OLD, 2: record("t.penalty", 2, was=(("decided", "day"), ("amount", "sum")))},
    "t.repair": {1: record("t.repair", links=(n.Link("of", "t.penalty", n.LinkKind.CURES),))},
    "t.ruling": {1: record("t.ruling", links=(n.Link("of", "t.penalty", n.LinkKind.ANNULS),))},
    "t.closing": {
        1: record("t.closing", links=(n.Link("after", "t.penalty", n.LinkKind.RESTS_ON),))
    },
    "t.raise": {1: record("t.raise")},
}
AMOUNT, DUE, MONTH = n.Field("amount", MONEY), n.Field("due", MONEY), n.Field("month", CODE)
CYCLE = n.Window(n.Edge(n.Moment.CYCLE_START), n.Edge(n.Moment.CYCLE_END))


def money(value: int) -> n.Const:
    return n.Const(value, number(value, value, 2, "CNY"))


def whole(value: int, type_: Type = POINTS) -> n.Const:
    return n.Const(value, type_)


def least(name: str, value: int, type_: Type) -> n.Truth:
    return n.Compare(n.Op.GE, n.Ref(name, type_), n.Const(value, type_))


FINES = n.Select("t.penalty", n.Compare(n.Op.GE, AMOUNT, money(100_000)), CYCLE)
BY_MONTH = replace(FINES, distinct=(MONTH,), take=n.Take.LATEST)
SCORE = n.Programme(
    "t.score", "1", (), n.Judges.ORGANISATION, n.Cycle("calendar year", 3), CONFIRMED,
    (
        n.Indicator("fines", n.Count(FINES), count()),
        n.Indicator("fined", n.Sum(FINES, AMOUNT), number(0, 10**22, 2, "CNY")),
        n.Indicator("closings", n.Peak(n.Select("t.closing"), 12), count()),
        n.Indicator("burst", n.Peak(FINES, 12), count()),
        n.Indicator("double", n.Scalar(n.Mul(n.Ref("fines", count()), whole(2), count())), count()),
    ),
    n.Grades(
        ("A", "B", "C", "D"),
        direct=(n.Direct("18(3)", "D", (n.Limb(least("double", 6, count()), least("burst", 3, count())),), basis=CONFIRMED),),
        instead=(n.Given("m", "M", least("score", 99, number(0, 10**6, 4)), False, basis=CONFIRMED),),
        bands=(n.Band("A", whole(90), CONFIRMED), n.Band("B", whole(70), CONFIRMED), n.Band("D", None, CONFIRMED)),
        ceilings=(n.Ceiling("young", "B", least("closings", 1, count()), basis=CONFIRMED),),
        carries=(n.Carry("kept", ("18(3)", "score:D"), (n.Phase(1, grade="D"), n.Phase(1, not_above="B")), basis=CONFIRMED),),
        score_floor=0,
    ),
    n.Score(
        whole(100),
        (
            n.Deduction("late", (), whole(5), n.Select("t.penalty", distinct=(MONTH,)), restored=(n.Restore(8000, n.Present(n.Field("cured", DATE))),), basis=CONFIRMED),
            n.Deduction("share", (), n.Rounded(AMOUNT, DUE, 2, 0, number(0, 10**18, 2)), BY_MONTH, hit_at_most=200_000, at_most=500_000),
            n.Deduction("once", (), whole(3), when=least("fined", 5_000_000, number(0, 10**22, 2, "CNY")), basis=CONFIRMED),
        ),
    ),
    proposals=(n.Proposal("p", "t.list", (n.Limb(least("fines", 2, count()), least("double", 9, count())),), basis=CONFIRMED),),
)  # fmt: skip
LEVELS = n.Programme(
    "t.levels", "1", (), n.Judges.ORGANISATION, n.Cycle(), CONFIRMED, (n.Indicator("open", n.Exists(n.Select("t.closing")), Type(Kind.TRUTH)),),
    levels=n.Levels(
        ("good", "fair", "bad"), "good",
        (n.LevelGround("fall", "bad", n.Select("t.penalty"), 12, AMOUNT, (n.Limb(least("hits", 2, count())),), 6, basis=CONFIRMED),),
        (n.Raise("itself", "bad", "fair", 12, basis=CONFIRMED), n.Raise("decided", "fair", "good", None, n.Select("t.raise"), basis=CONFIRMED)),
        n.TruthOf(n.Ref("open", Type(Kind.TRUTH))),
    ),
)  # fmt: skip
TERMS = n.Programme(
    "t.terms", "1", (), n.Judges.DECISION, n.Cycle(), CONFIRMED, (n.Indicator("fined", n.Extreme(n.Select("t.penalty"), AMOUNT, True, True), MONEY),),
    n.Grades(("minor", "serious"), first_match=(n.Given("s", "serious", least("fined", 5_000_000, MONEY), True, basis=CONFIRMED),), otherwise="minor"),
    terms=n.Terms(
        n.Now(n.Moment.OPENED),
        n.Choose(((n.WordIn(n.Ref("grade", CODE), ("minor",)), n.Shift(n.Now(n.Moment.OPENED), 3, "month")),), n.Shift(n.Now(n.Moment.OPENED), 12, "month"), DATE),
        n.Shift(n.Now(n.Moment.OPENED), 1, "month"),
    ),
    judged_records=("t.penalty",),
)  # fmt: skip


@pytest.mark.parametrize("programme", [SCORE, LEVELS, TERMS], ids=lambda p: p.id)
def test_the_text_of_a_programme_is_the_one_that_was_read(programme, golden):
    at = (
        run(programme, cycle=2025)
        if programme.cycle.kind
        else run(programme, on=days.day("2025-06-30"))
    )
    before = None
    if programme.cycle.kind:
        before = compile_programme(programme, TYPES, run(programme, cycle=2024)).origins
    plan = compile_programme(programme, TYPES, at, known=7, before=before)
    fields = {t: frozenset(names) for t, names in fields_read(programme, TYPES).items()}
    wanted = record_types_read(programme, TYPES)
    facts = version_tables(TYPES, wanted, known=7, dialect=DUCKDB, fields=fields)
    made = [holders(DUCKDB, 7), *subjects(DUCKDB, 7), *facts, *plan.tables]
    text = "\n\n".join(f"CREATE TEMP TABLE {DUCKDB.name(t.name)} AS\n{t.sql};" for t in made)
    golden(f"sql/{programme.id}.sql", text + "\n")
