"""Rights are neutral: an objection, an appeal, a suit or a refused consent is no act that is recorded (FAIRNESS 3, 5)."""

from __future__ import annotations

import pytest

from goodstanding.kernel.catalogue import ACTS, refused_subject, words_of
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside
from tests.kernel.real_law import real_law

# What somebody does in using a right.
RIGHTS = (
    "objection", "appeal", "appealed", "objected", "lawsuit", "suit", "sued", "complaint", "complained", "petition", "access request",
    "consent refused", "refused consent", "no commitment", "commitment not offered", "reconsideration requested", "hearing requested",
)  # fmt: skip
RIGHTS_ZH = ("异议", "申诉", "复议申请", "起诉", "诉讼", "投诉", "信访", "拒绝授权", "未作出承诺")
# Field names that say how far a decision may still be challenged are the state of the decision, not of the firm.
OF_DECISIONS = ("date", "deadline")


def rights_in(text: str) -> list[str]:
    words = f" {words_of(text)} "
    return [right for right in RIGHTS if f" {right} " in words] + [
        right for right in RIGHTS_ZH if right in text
    ]


def test_no_act_of_the_closed_table_is_the_use_of_a_right() -> None:
    assert len(ACTS) == 10
    assert not [act for act in ACTS if rights_in(act)]


def test_no_record_type_of_the_law_records_the_use_of_a_right() -> None:
    wrong = []
    for type_ in (v for versions in real_law().record_types.values() for v in versions):
        assert type_.act in ACTS
        for text in (
            type_.id,
            *(title for _, title in type_.title),
            *(w for _, t in type_.fields for w in t.words),
        ):
            wrong += [(type_.id, text, right) for right in rights_in(text)]
        for name, _ in type_.fields:
            if not name.endswith(OF_DECISIONS):
                wrong += [(type_.id, name, right) for right in rights_in(name)]
    assert not wrong


def test_no_rule_of_the_law_reads_the_use_of_a_right() -> None:
    for programme in (p for versions in real_law().programmes.values() for p in versions):
        for part in inside(programme):
            if isinstance(part, n.Field | n.LinkField):
                assert not [
                    r for r in rights_in(part.name) if not part.name.endswith(OF_DECISIONS)
                ], (programme.key, part.name)


def test_a_decision_under_review_counts_as_decided_and_no_worse() -> None:
    """Objecting to a decision must not make it count for more: certainty is read by nothing but whether it counts."""
    assert n.Certainty.UNDER_REVIEW.counts == n.Certainty.DECIDED.counts
    for programme in (p for versions in real_law().programmes.values() for p in versions):
        for part in inside(programme):
            if (
                isinstance(part, n.WordIn)
                and isinstance(part.subject, n.Field)
                and part.subject.name == "certainty"
            ):
                assert "under review" not in part.words, programme.key


@pytest.mark.parametrize(
    "title",
    [
        "Lawsuits brought against an authority",
        "Number of complaints lodged",
        "Petition to the office",
        "Member of a party branch",
        "Negative press",
        "被起诉次数",
        "信访记录",
        "党组织建设",
        "网络舆情",
    ],
)
def test_the_closed_table_refuses_such_a_record_type(title: str) -> None:
    assert refused_subject(title) != ("", "")


def test_no_record_type_of_the_law_speaks_of_what_is_refused() -> None:
    for type_ in (v for versions in real_law().record_types.values() for v in versions):
        assert refused_subject(type_.id, *(title for _, title in type_.title)) == ("", ""), type_.id
