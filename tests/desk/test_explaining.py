"""One organisation is explained from its own records, in both languages; what cannot be told is a finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from goodstanding.desk.asking import Asked
from goodstanding.desk.context import Desk
from goodstanding.desk.explaining import data_of, explain_one, programme_on, said
from goodstanding.desk.wording import read_wording
from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding
from tests.small_law import TODAY, small_law, write_small

WORDS, SENTENCES = read_wording([Path(__file__).parents[2] / "law"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(small_law(tmp_path_factory.mktemp("law")), (), (), lambda: TODAY, WORDS, SENTENCES)


@pytest.fixture(scope="module")
def small(tmp_path_factory, desk):
    return write_small(tmp_path_factory.mktemp("register") / "r", desk.law)


def test_every_programme_that_judges_the_organisation_is_explained(desk, small):
    found = explain_one(desk, small, "one", Asked())
    told = {(e.standing.programme, e.standing.unit, e.standing.grade) for e in found.explanations}
    assert told == {
        ("xs.standing", None, "poor"),
        ("xs.yearly", None, "B"),
        ("xs.terms", "D1", "serious"),
        ("xs.terms", "6-a", "minor"),
    }


def test_an_explanation_names_records_articles_and_what_did_not_count(desk, small):
    text = said(
        desk, explain_one(desk, small, "one", Asked(programmes=("xs.standing",))), Asked(), "en"
    )
    for part in (
        "Name of one (one)",
        "Standing: poor",
        "Act on Standing 4",
        "record 1-a of 2024-03-01",
        "1-c of 2023-05-01",
        "annulled",
    ):
        assert part in text
    assert "2027-05-01: good" in text


def test_the_explanation_of_one_decision_speaks_of_no_other(desk, small):
    found = explain_one(desk, small, "one", Asked(programmes=("xs.terms",)))
    one = next(e for e in found.explanations if e.standing.unit == "6-a")
    assert "1-a" not in repr(one.tree)


def test_a_unit_is_explained_under_its_holder(desk, small):
    found = explain_one(desk, small, "two", Asked(programmes=("xs.sites",)))
    assert [(e.standing.unit, e.standing.grade) for e in found.explanations] == [("u1", "kept")]


def test_chinese_is_chinese(desk, small):
    text = said(desk, explain_one(desk, small, "one", Asked()), Asked(), "zh")
    assert "信用等级：poor" in text
    assert "Standing" not in text


def test_the_data_is_json_and_says_the_same(desk, small):
    found = explain_one(desk, small, "one", Asked())
    data = json.loads(json.dumps(data_of(desk, found, Asked())))
    assert (data["organisation"], data["on"], data["known"]) == ("one", "2026-11-24", 20)
    assert [s["grade"] for s in data["standings"]] == [e.standing.grade for e in found.explanations]


def test_the_younger_id_is_explained_as_its_elder_and_before_that_as_itself(desk, small):
    assert explain_one(desk, small, "six", Asked()).found.organisation.id == "one"
    assert explain_one(desk, small, "six", Asked(known="11")).found.organisation.id == "six"


def test_a_clean_organisation_is_not_called_clean(desk, small):
    found = explain_one(desk, small, "three", Asked(programmes=("xs.sites",)))
    assert found.explanations == ()
    assert "not a clean record" in said(desk, found, Asked(), "en")


@pytest.mark.parametrize(
    ("organisation", "code"),
    [
        ("four", "not-judged"),
        ("five", "not-judged"),
        ("nobody", "unknown-organisation"),
        ("", "unknown-organisation"),
        ("XS-shared", "several-organisations"),
        ("Twice", "several-organisations"),
    ],
)
def test_who_cannot_be_explained_is_a_finding(desk, small, organisation, code):
    found = explain_one(desk, small, organisation, Asked())
    assert ([f.code for f in found.findings], found.explanations) == ([code], ())
    assert found.refuses


def test_a_spoiled_register_is_a_finding(desk, tmp_path):
    register = write_small(tmp_path / "r", desk.law)
    next((register / "records/xs.office.penalty/v1").glob("*")).write_bytes(b"")
    found = explain_one(desk, register, "one", Asked())
    assert [f.code for f in found.findings] == ["unreadable-data-file"]
    assert [f.code for f in explain_one(desk, tmp_path / "none", "one", Asked()).findings] == [
        "no-register"
    ]


def test_the_version_of_a_day_is_picked(desk):
    assert programme_on(desk, "xs.standing", None).version == "1"
    assert isinstance(programme_on(desk, "xs.standing", days.day("1990-01-01")), Finding)
    assert isinstance(programme_on(desk, "xs.nothing", None), Finding)
