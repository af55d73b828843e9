"""A proposal that needs finality reads twins of its indicators that count only final records; nothing else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import evaluate
from goodstanding.kernel.rules.finality import SUFFIX, with_finality
from goodstanding.kernel.rules.walk import inside
from goodstanding.kernel.rules.windows import run
from tests.kernel.world import (
    AMOUNT,
    JUDGED,
    KIND,
    ORDER,
    PLAIN,
    direct,
    fold,
    formula,
    ge,
    indicator,
    judge,
    programme,
    rec,
    ref,
    select,
)

FINE = n.WordIn(KIND, ("fine",))
FINES = indicator("fines", n.Count(select(FINE)))
TOTAL = indicator("total", n.Sum(select(FINE, final=False), AMOUNT), PLAIN)
TWICE = formula("twice", n.Add(ref("total", PLAIN), ref("total", PLAIN), PLAIN))
OTHER = indicator("other", n.Count(select(record="t.notice")))


def proposal(id: str, when: n.Truth, *, final: bool) -> n.Proposal:
    return n.Proposal(id, "list", (n.Limb(when),), needs_finality=final)


BASE = programme(
    FINES, TOTAL, TWICE, OTHER,
    grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A"),
    proposals=(
        proposal("needs", n.All((ge(ref("fines"), 1), ge(ref("twice", PLAIN), 20))), final=True),
        proposal("plain", ge(ref("fines"), 1), final=False),
    ),
)  # fmt: skip
MADE = with_finality(BASE)


@pytest.mark.parametrize(
    ("certainty", "proposed"),
    [("final", ("needs", "plain")), ("decided", ("plain",)), ("under review", ("plain",))],
)
def test_a_proposal_that_needs_finality_counts_final_records_only(
    certainty: str, proposed: tuple[str, ...]
) -> None:
    e = judge(MADE, rec("a", "2025-05-05", kind="fine", amount=10, certainty=certainty))
    assert e.proposed == proposed
    assert e.shown.grade == "D"


def test_a_sum_of_final_records_leaves_the_others_out() -> None:
    final = rec("a", "2025-05-05", kind="fine", amount=9)
    decided = rec("b", "2025-05-06", kind="fine", amount=9, certainty="decided")
    assert judge(MADE, final, decided).proposed == ("plain",)
    assert judge(
        MADE, final, replace(decided, values={**decided.values, "certainty": "final"})
    ).proposed == ("needs", "plain")


def test_only_the_indicators_below_have_twins_and_each_reads_twins() -> None:
    names = [i.name for i in MADE.indicators]
    assert names == [
        "fines",
        "total",
        "twice",
        "other",
        *(f"{x}{SUFFIX}" for x in ("fines", "total", "twice")),
    ]
    by_name = {i.name: i for i in MADE.indicators}
    twice = {p.name for p in inside(by_name[f"twice{SUFFIX}"].what) if isinstance(p, n.Ref)}
    assert twice == {f"total{SUFFIX}"}
    for name in ("fines", "total"):
        assert all(
            s.final for s in inside(by_name[f"{name}{SUFFIX}"].what) if isinstance(s, n.Select)
        )
        assert not any(s.final for s in inside(by_name[name].what) if isinstance(s, n.Select))


def test_types_and_bases_of_twins_are_those_of_their_indicators() -> None:
    by_name = {i.name: i for i in MADE.indicators}
    for name in ("fines", "total", "twice"):
        one, twin = by_name[name], by_name[name + SUFFIX]
        assert (twin.type, twin.basis) == (one.type, one.basis)


def test_a_programme_without_such_a_proposal_is_left_alone() -> None:
    plain = replace(BASE, proposals=BASE.proposals[1:])
    assert with_finality(plain) is plain


def test_nothing_else_of_the_programme_changes() -> None:
    assert replace(MADE, indicators=BASE.indicators, proposals=BASE.proposals) == BASE
    assert MADE.proposals[1] == BASE.proposals[1]


def test_an_undecided_proposal_stays_undecided_over_final_records() -> None:
    unknown = rec("a", "2025-05-05", kind="fine")
    made = evaluate(MADE, fold(unknown), run(MADE, on=JUDGED))
    assert (made.proposed, made.proposals_open) == (("plain",), ("needs",))
