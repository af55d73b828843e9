"""One organisation is explained from its own records, in both languages; what cannot be told is a finding."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from goodstanding.desk.asking import Asked
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road, evaluate
from goodstanding.desk.explaining import data_of, explain_one, listed, programme_on, said
from goodstanding.desk.wording import read_wording
from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.telling import Audience
from tests.desk.test_issued import issued, register
from tests.small_law import (
    ORGANISATION_ROWS,
    TODAY,
    UNIT_ROWS,
    VERSIONS,
    holding,
    organisation,
    paid,
    penalty,
    small_law,
    write_small,
)

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


# --------------------------------------------------------------------------------------------------
# Coverage, issued standings, audiences


def test_every_answer_says_who_files_what_since_when_and_when_last(desk, small):
    found = explain_one(desk, small, "two", Asked())
    text = said(desk, found, Asked(), "en")
    # positions 1 to 5 were given by the end of 2023
    assert (
        "  Office: 5 records about this organisation, first filed 2023-12-31, last 2023-12-31"
        in text.splitlines()
    )
    assert text.splitlines()[-2].startswith("No record is not a clean record")
    (office,) = data_of(desk, found, Asked())["coverage"]
    assert (office["authority"], office["records"], office["last_filed"]) == (
        "xs.office",
        5,
        "2023-12-31",
    )
    assert office["types"] == ["xs.office.penalty", "xs.office.reading"]
    six = explain_one(desk, small, "six", Asked(known="3"))
    assert "Office: nothing filed about this organisation" in said(desk, six, Asked(), "en")


def test_coverage_counts_only_what_was_known(desk, small):
    counted = [
        explain_one(desk, small, "one", Asked(known=known)).coverage[0].records
        for known in ("0", "1", "2", "20")
    ]
    assert counted == [0, 1, 3, 4]


def test_what_was_issued_for_the_cycle_is_said_and_carried_into_the_forecast(desk, tmp_path):
    asked = Asked(programmes=("xs.yearly",))
    rows = [issued("two", 2025, {"d_then": 2025}, grade="D")]
    made = register(tmp_path / "r", desk, rows)
    (told,) = explain_one(desk, made, "two", asked).explanations
    assert (told.standing.grade, told.issued) == ("A", "D")
    assert [grade for _, grade in told.forecast] == ["B", "B", "A"]
    assert "Issued by the authority: D" in said(
        desk, explain_one(desk, made, "two", asked), asked, "en"
    )
    (told,) = explain_one(desk, register(tmp_path / "s", desk, []), "two", asked).explanations
    assert (told.issued, [grade for _, grade in told.forecast]) == (None, ["A", "A", "A"])


# Records that the public may not see a trace of: none of them counts.
HIDDEN = {
    "alleged": [penalty("2-x", "two", "2026-02-01", certainty="alleged", fine=9_000_000)],
    "suspended": [penalty("2-x", "two", "2026-02-01", certainty="suspended", fine=9_000_000)],
    "held": [penalty("2-x", "two", "2026-02-01", state="held", fine=9_000_000)],
    "annulled": [penalty("2-x", "two", "2026-02-01", state="annulled", fine=9_000_000)],
    "withdrawn": [penalty("2-x", "two", "2026-02-01", known=(2, 9), fine=9_000_000)],
    "repaired": [
        penalty("2-x", "two", "2022-02-01", kind="warning", fine=100),
        paid("2-y", "two", "2022-03-01", "2-x"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_registers_that_differ_in_a_hidden_record_give_the_public_one_answer(
    desk, small, tmp_path, name, language
):
    other = write_small(tmp_path / "r", desk.law, [*VERSIONS, *HIDDEN[name]])
    asked = Asked(programmes=("xs.standing", "xs.yearly", "xs.sites"))
    one, two = (explain_one(desk, r, "two", asked) for r in (small, other))
    public = [said(desk, found, asked, language, Audience.PUBLIC) for found in (one, two)]
    assert public[0] == public[1]
    assert data_of(desk, one, asked, Audience.PUBLIC) == data_of(desk, two, asked, Audience.PUBLIC)
    assert said(desk, one, asked, language) != said(desk, two, asked, language)


def test_the_public_is_not_told_of_study_results_nor_of_what_an_answer_does_not_hold(desk, small):
    asked = Asked()
    found = explain_one(desk, small, "one", asked)
    text = said(desk, found, asked, "en", Audience.PUBLIC)
    assert "Standing: poor" in text
    for hidden in ("Yearly grade", "1-a", "with unpaid", "Proposed", "Goes on", "records about"):
        assert hidden not in text
    told = data_of(desk, found, asked, Audience.PUBLIC)["standings"]
    # the two decisions are past the end of their display
    assert {s["programme"] for s in told} == {"xs.standing"}
    assert not {"at_worst", "score", "met", "proposed"} & set(told[0])


def test_the_public_is_told_that_a_grade_is_open_and_a_proposal(desk, small):
    asked = Asked(programmes=("xs.standing",))
    for one, is_open in (("one", True), ("two", False)):
        found = explain_one(desk, small, one, asked)
        text = said(desk, found, asked, "en", Audience.PUBLIC)
        assert ("Open: facts are missing" in text) is is_open
        assert "is a proposal until" in text
        data = data_of(desk, found, asked, Audience.PUBLIC)
        assert (data["proposal"], data["standings"][0]["open"]) == (True, is_open)


def test_the_public_is_told_of_what_is_known_now_whatever_was_asked(desk, small):
    now, then = Asked(), Asked(known="5")
    answers = [explain_one(desk, small, "one", asked) for asked in (now, then)]
    assert data_of(desk, answers[0], now) != data_of(desk, answers[1], then)
    public = [data_of(desk, a, now, Audience.PUBLIC) for a in answers]
    assert public[0] == public[1]
    texts = [said(desk, a, now, "zh", Audience.PUBLIC) for a in answers]
    assert texts[0] == texts[1]


def test_a_listing_names_the_public_organisations_only(desk, small):
    several = explain_one(desk, small, "Twice", Asked())
    assert [one.organisation.id for one in listed(several, Audience.PUBLIC)] == ["two"]
    assert {one.organisation.id for one in listed(several, Audience.OFFICES)} == {"two", "five"}


def test_a_standing_says_what_was_known(desk, small):
    for known in ("5", "20"):
        found = explain_one(desk, small, "one", Asked(known=known))
        assert {s["known"] for s in data_of(desk, found, Asked())["standings"]} == {int(known)}


def test_a_cycle_that_is_not_over_is_provisional(desk, small):
    asked = Asked(programmes=("xs.yearly",), cycles=(2025, 2026))
    found = explain_one(desk, small, "one", asked)
    assert [s["provisional"] for s in data_of(desk, found, asked)["standings"]] == [False, True]
    assert said(desk, found, asked, "en").count("Provisional:") == 1


# --------------------------------------------------------------------------------------------------
# Rows that a run refuses are not judged for one organisation either

REFUSED = {
    "a person-like form": ({"organisations": (*organisation("x")[:8], "gleif", "SOLE_PROPRIETOR", "organisation", "somebody")}, "person-like-form"),
    "a form nobody vouches for": ({"organisations": organisation("x", vouched_by=None)}, "form-not-vouched"),
    "an unknown form": ({"organisations": organisation("x", form="company")}, "not-one-of"),
    "no form": ({"organisations": organisation("x", form=None)}, "missing-value"),
    "two versions of an organisation": ({"organisations": organisation("one", known=(7, None))}, "known-twice"),
    "a negative amount": ({"versions": penalty("x-1", "one", "2026-02-01", fine=-700_000)}, "beyond-bounds"),
    "two versions of a record": ({"versions": penalty("1-a", "one", "2026-02-01", known=(9, None))}, "known-twice"),
    "a word the law does not know": ({"versions": penalty("x-1", "one", "2026-02-01", kind="flogging")}, "not-one-of"),
    "two holders of a unit": ({"units": holding("u1", "three", "2025-07-01")}, "two-holders"),
    "the bucket of another": ({"organisations": (1, *organisation("x", identifier="x")[1:])}, "wrong-bucket"),
}  # fmt: skip
ROWS = {"organisations": ORGANISATION_ROWS, "units": UNIT_ROWS, "versions": VERSIONS}


@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_a_run_refuses_is_not_judged_for_one_organisation(desk, tmp_path, case):
    more, code = REFUSED[case]
    rows = {name: [*some, *([more[name]] if name in more else [])] for name, some in ROWS.items()}
    made = write_small(tmp_path / "r", desk.law, **rows)
    done = evaluate(desk, made, Asked(), tmp_path / "s.parquet", Road.INTERPRETER)
    ran = sorted(
        duckdb.execute(
            "SELECT organisation, unit, programme, grade FROM read_parquet(?)", [str(done.out)]
        ).fetchall(),
        key=repr,
    )
    told, codes = [], []
    for asked in ("one", "two", "three", "x"):
        found = explain_one(desk, made, asked, Asked())
        told += [
            (s.organisation, s.unit, s.programme, s.grade)
            for s in (e.standing for e in found.explanations)
        ]
        codes += [f.code for f in found.findings]
        for f in found.findings:
            assert str(tmp_path / "r") in str(f.place) or f.place.file == "ORGANISATION"
    assert sorted(told, key=repr) == ran
    assert done.refused > 0
    assert code in codes


def test_the_offices_are_told_of_refused_rows_and_the_public_is_not(desk, tmp_path):
    wrong = penalty("x-1", "one", "2026-02-01", fine=-700_000)
    made = write_small(tmp_path / "r", desk.law, [*VERSIONS, wrong])
    found = explain_one(desk, made, "one", Asked())
    text = said(desk, found, Asked(), "en")
    assert "A number lies outside its bounds" in text
    assert "x-1: fine -700000" in text
    assert [f["code"] for f in data_of(desk, found, Asked())["findings"]] == ["beyond-bounds"]
    public = said(desk, found, Asked(), "en", Audience.PUBLIC)
    assert "x-1" not in public
    assert data_of(desk, found, Asked(), Audience.PUBLIC)["findings"] == []
