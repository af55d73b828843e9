"""What may be recorded: acts from a closed table, nothing that is nobody's business, nobody at all."""

from __future__ import annotations

import pytest

from goodstanding.kernel.catalogue import ACTS, person_word, refused_subject, words_of


def test_an_act_is_one_of_ten() -> None:
    assert len(ACTS) == len(set(ACTS)) == 10


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Complaint received", "a complaint lodged"),
        ("xx.party_branch_rating", "party organisation"),
        ("Membership of an association", "membership"),
        ("Religious venue", "belief"),
        ("Negative press", "publication"),
        ("internet_opinion", "opinion"),
        ("Media reports", "news"),
        ("petitions", "petition"),
        ("Mass incident", "assembly"),
        ("strikes", "strike"),
        ("Lawsuits lost", "a suit brought or lost"),
        ("related_party_risk", "a relation to another subject"),
        ("Social evaluation", "public mood"),
        ("党组织建设", "party organisation"),
        ("信访次数", "petition"),
        ("网络舆情", "public mood"),
        ("关联方风险", "a relation to another subject"),
        ("群众投诉", "a complaint lodged"),
    ],
)
def test_what_is_nobodys_business_is_refused(text: str, subject: str) -> None:
    assert refused_subject(text)[0] == subject


@pytest.mark.parametrize(
    "text",
    [
        "Penalty decision",
        "struck_off",
        "Strike off the register",
        "third_party_test",
        "Audit opinion qualified",
        "assembly_line_speed",
        "Suitable premises",
        "Decision on publicity",
        "Storage media destroyed",
        "行政处罚决定",
        "环境介质监测",
        "排污许可证",
    ],
)
def test_harmless_words_pass(text: str) -> None:
    assert refused_subject(text) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        "legal_representative",
        "owner_name",
        "id_card",
        "persons",
        "responsible_person",
        "email",
        "name",
    ],
)
def test_a_field_that_would_hold_a_person_is_refused(name: str) -> None:
    assert person_word(name)


def test_a_change_of_a_person_may_be_a_date_and_a_group_may_be_counted() -> None:
    assert person_word("representative_changed", event=True) == ""
    assert person_word("workers_unpaid", event=True) == ""
    assert person_word("birth_date", event=True) == "birth"
    assert person_word("id_card_checked", event=True) == "id card"


def test_a_title_may_give_a_person_away() -> None:
    assert person_word("number", "身份证号码") == "身份证"
    assert person_word("number", "企业法人营业执照号") == ""
    assert person_word("changed", "法定代表人变更", event=True) == ""
    assert person_word("head", "法人代表") == "法定代表人"


def test_names_are_compared_word_by_word() -> None:
    assert words_of("Legal_Representative-2") == "legal representative 2"
