"""An explanation is said in a language and cut for an audience: the public sees grade and rules, never a record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from goodstanding.kernel.quantity import CODE
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Before
from goodstanding.kernel.rules.explain import Reason, RecordSeen, explain
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import Standing, stand
from goodstanding.kernel.telling import Audience, Explanation, Teller, as_data, may_see
from tests.kernel.world import (
    CONFIRMED,
    JUDGED,
    KIND,
    ORDER,
    OUTLET,
    POINTS,
    SUBJECT,
    TYPES,
    UNCONFIRMED,
    YEARLY,
    D,
    const,
    direct,
    field,
    fold,
    ge,
    indicator,
    programme,
    rec,
    ref,
    select,
)

WORDS = yaml.safe_load(
    (Path(__file__).parents[2] / "law/words/explanation.yaml").read_text("utf-8")
)["words"]
NAMES = {
    "t-1": (("en", "Test measures"), ("zh", "测试办法")),
    "t.penalty": (("en", "A penalty"), ("zh", "处罚")),
    "t.office": (("en", "The office"), ("zh", "机关")),
}
EN, ZH = Teller("en", WORDS, NAMES), Teller("zh", WORDS, NAMES)
ONE = 10_000
FINE = n.WordIn(KIND, ("fine",))
FINES = indicator("fines", n.Count(select(FINE, window=n.Window(months_back=12))))
WHERE = n.Indicator("place", n.Pick(select(), OUTLET, latest=True), CODE, CONFIRMED)
GROUND = replace(
    direct("d", "D", n.All((ge(ref("fines"), 1), n.Present(ref("place", CODE))))),
    title=(("en", "Fined"), ("zh", "受罚")),
)
MADE = replace(
    programme(FINES, WHERE, grades=n.Grades(ORDER, direct=(GROUND,), otherwise="A")),
    title=(("en", "Test credit"), ("zh", "测试信用")),
)
RECORDS = (
    rec("secret-record", "2025-05-05", kind="fine", outlet="secret-place", authority="t.office"),
    rec("alleged-record", "2025-05-06", kind="fine", certainty="alleged"),
    rec("doubtful-record", "2025-05-04"),
    rec("idle-record", "2020-05-04", kind="fine"),
)


def explained(
    made: n.Programme,
    *versions: Version,
    cycle: int | None = None,
    before: Before = NOTHING_BEFORE,
    forecast: tuple[tuple[int, str], ...] | None = None,
) -> Explanation:
    given = fold(*versions)
    at = run(made, cycle=cycle, on=JUDGED if cycle is None else None, opened=D("2025-01-31"))
    standing = stand(SUBJECT, made, given, at, before, TYPES)
    assert standing is not None
    tree = explain(made, standing.evaluation, given)
    return Explanation(standing, tree, forecast, (("D", "public"), ("A", "public")))


# --------------------------------------------------------------------------------------------------
# The whole, in both languages


def test_the_whole_is_said_in_english() -> None:
    assert EN.tell(explained(MADE, *RECORDS, forecast=((D("2026-05-05"), "A"),))).splitlines() == [
        "Test credit: D, judged on 2025-12-31",
        "  Why:",
        "    Fined leads to D [Test measures 1]",
        "      because fines >= 1 and place is present; with fines = 1 .. 2, place = secret-place",
        "      · record secret-record of 2025-05-05, final, A penalty, filed by The office",
        "      · record idle-record of 2020-05-04, final, A penalty",
        "      · record doubtful-record of 2025-05-04, final, A penalty",
        "  Undecided for lack of facts:",
        "    · record doubtful-record of 2025-05-04, final, A penalty; missing: kind",
        "  On record but not counted:",
        "    · record alleged-record of 2025-05-06, alleged, not decided, A penalty: alleged, not decided",
        "  If nothing new is filed:",
        "    2026-05-05: A",
    ]


def test_the_whole_is_said_in_chinese() -> None:
    said = ZH.tell(explained(MADE, *RECORDS, forecast=()))
    assert said.splitlines()[:3] == [
        "测试信用：D, 评定日期 2025-12-31",
        "  理由:",
        "    受罚，直接判为 D [测试办法 1]",
    ]
    for word in (
        "理由",
        "受罚，直接判为 D",
        "测试办法",
        "处罚",
        "由 机关 报送",
        "仅为指称，尚未认定",
        "缺少：kind",
        "36个月内无变化",
    ):
        assert word in said
    assert "record" not in said.replace("secret-record", "").replace("alleged-record", "").replace(
        "doubtful-record", ""
    ).replace("idle-record", "")


def test_every_sentence_is_there_in_both_languages_and_fills_its_names() -> None:
    for key, entry in WORDS.items():
        assert set(entry) == {"en", "zh"}, key
        names = {
            language: {part.split("}")[0] for part in text.split("{")[1:]}
            for language, text in entry.items()
        }
        assert names["en"] == names["zh"], key


# --------------------------------------------------------------------------------------------------
# Lines


def line(made: n.Programme, *versions: Version, **more: object) -> str:
    return EN.tell(explained(made, *versions, **more))  # type: ignore[arg-type]


def test_doubt_study_invention_and_missing_parameters_are_said_first() -> None:
    doubtful = replace(
        programme(FINES, grades=n.Grades(ORDER, direct=(direct("d", "D", ge(ref("fines"), 1)),), otherwise="A")),
        basis=UNCONFIRMED, invented=True, missing=("cut",),
    )  # fmt: skip
    said = line(doubtful, rec("a", "2025-05-05"))
    for sentence in (
        "! At worst D",
        "! Study result",
        "! Contains invented",
        "! Not published, so not decided: cut",
        "Would apply at worst:",
        "d leads to D",
    ):
        assert sentence in said
    assert "A: none of the conditions for another grade holds" in said


def test_points_are_said_with_their_doubt() -> None:
    rules = (
        n.Deduction(
            "x",
            (("en", "Late"),),
            field("points"),
            select(),
            basis=UNCONFIRMED,
            hit_at_most=20 * ONE,
        ),
        n.Deduction("y", (("en", "Good"),), const(2), select(), basis=CONFIRMED, adds=True),
    )
    bands = (n.Band("A", const(90 * ONE, POINTS), CONFIRMED), n.Band("D", None, CONFIRMED))
    made = programme(score=n.Score(const(100), rules), grades=n.Grades(ORDER, bands=bands))
    said = line(made, rec("a", "2025-05-05"))
    assert "Score 102, at worst 82:" in said
    assert "start 100" in said
    assert "- 0 to 20  Late [Test measures 1; not confirmed]" in said
    assert "+ 2  Good [Test measures 1]" in said
    assert "A: the score lies in its band (score >= 90)" in said
    assert "Score 102:" in line(
        replace(made, score=n.Score(const(100), rules[1:])), rec("a", "2025-05-05")
    )


def test_an_act_counted_elsewhere_and_an_annulled_record_say_so() -> None:
    rules = tuple(
        n.Deduction(x, (), const(p), select(), basis=CONFIRMED) for x, p in (("x", 5), ("y", 9))
    )
    made = programme(score=n.Score(const(100), rules), grades=n.Grades(ORDER, otherwise="A"))
    said = line(
        made,
        rec("a", "2025-05-05"),
        rec("b_1", "2025-05-05"),
        rec("m_1", "2025-05-06", "t.notice", links={"annulled": "b_1"}),
    )
    assert (
        "record a of 2025-05-05, final, A penalty: the same act already counts under another rule"
        in said
    )
    assert "record b_1 of 2025-05-05, final, A penalty: annulled by record m_1" in said
    rests = line(
        made,
        rec("b", "2025-05-05", links={"base": "m"}),
        rec("m", "2025-05-06", "t.notice", state="annulled"),
    )
    assert "annulled with record m, on which it rests" in rests
    assert "已被记录 m_1 撤销" in ZH.tell(
        explained(
            made,
            rec("b", "2025-05-05"),
            rec("m_1", "2025-05-06", "t.notice", links={"annulled": "b"}),
        )
    )


def test_what_is_carried_says_whence_and_how_long() -> None:
    carry = n.Carry("k", ("d",), (n.Phase(2, grade="D"),), basis=CONFIRMED)
    made = programme(grades=n.Grades(ORDER, carries=(carry,), otherwise="A"), cycle=YEARLY)
    said = EN.tell(explained(made, cycle=2025, before=Before({"k": 2024}, {"k": 2024})))
    assert "t.p: D, for 2025, judged on 2025-12-31" in said
    assert "k: D, carried over from 2024 (1 cycles left)" in said
    assert "Goes on to later cycles: k (2024)" in said


OPENED = n.Now(n.Moment.OPENED)
TERMS = [
    ({}, "shown from 2025-01-31 until 2025-02-28; repair may be asked for from 2025-01-31"),
    ({"never": n.TRUE}, "never shown"),
    ({"open_until_cured": n.TRUE}, "shown until made good"),
    ({"display_from": n.Unknown("p", n.DATE)}, "the term has not started: a date is missing"),
    (
        {"display_until": n.Unknown("p", n.DATE)},
        "shown, but the end cannot be told: a figure or date is missing",
    ),
]


@pytest.mark.parametrize(("parts", "sentence"), TERMS)
def test_display_is_said(parts: dict[str, object], sentence: str) -> None:
    terms = n.Terms(
        **{
            "display_from": OPENED,
            "display_until": n.Shift(OPENED, 1, "month"),
            "repair_from": OPENED,
            **parts,
        }
    )  # type: ignore[arg-type]
    assert f"\n  {sentence}" in line(programme(grades=n.Grades(ORDER, otherwise="A"), terms=terms))


def test_grades_that_every_programme_has_are_words_of_the_language() -> None:
    assert (EN.grade(n.UNDECIDED), EN.grade(n.NOT_GRADED), EN.grade("D")) == (
        "undecided",
        "not graded",
        "D",
    )
    assert (ZH.grade(n.UNDECIDED), ZH.grade(n.NOT_GRADED)) == ("未定", "不予评价")


def test_a_title_falls_back_to_english_then_to_any_then_to_the_id() -> None:
    assert EN.title((("zh", "中"), ("en", "x")), "id") == "x"
    assert ZH.title((("es", "ñ"), ("en", "x")), "id") == "x"
    assert ZH.title((("es", "ñ"),), "id") == "ñ"
    assert ZH.title((), "id") == "id"
    assert EN.word("no_such_key") == "no such key"


# --------------------------------------------------------------------------------------------------
# Audiences

SECRETS = (
    "secret-record",
    "alleged-record",
    "doubtful-record",
    "idle-record",
    "secret-place",
    "t.office",
    "The office",
    "2025-05-05",
    "alleged",
)


def test_the_public_sees_grade_and_rules_and_no_record() -> None:
    whole = explained(MADE, *RECORDS)
    said = EN.tell(whole, Audience.PUBLIC)
    assert said.splitlines() == [
        "Test credit: D, judged on 2025-12-31",
        "  Why:",
        "    Fined leads to D [Test measures 1]",
        "      because fines >= 1 and place is present",
    ]
    plain = repr(as_data(whole, Audience.PUBLIC))
    for secret in SECRETS:
        assert secret not in said + plain


@pytest.mark.parametrize("audience", [Audience.SUBJECT, Audience.OFFICES])
def test_the_organisation_and_the_offices_see_every_record(audience: Audience) -> None:
    whole = explained(MADE, *RECORDS)
    for said in (EN.tell(whole, audience), repr(as_data(whole, audience))):
        for record in (
            "secret-record",
            "alleged-record",
            "doubtful-record",
            "idle-record",
            "secret-place",
        ):
            assert record in said


def test_who_asks_without_saying_so_is_an_office() -> None:
    whole = explained(MADE, *RECORDS)
    assert EN.tell(whole) == EN.tell(whole, Audience.OFFICES)
    assert as_data(whole) == as_data(whole, Audience.OFFICES)


@pytest.mark.parametrize(
    ("stated", "public"),
    [
        ((), False),
        ((("D", "subject"),), False),
        ((("D", "offices"),), False),
        ((("D", "public"),), True),
        ((("A", "public"),), False),
    ],
)
def test_a_grade_is_seen_by_the_public_only_where_the_programme_says_so(
    stated: tuple[tuple[str, str], ...], public: bool
) -> None:
    made = replace(MADE, publicity=stated)
    assert may_see(made.publicity, "D", Audience.PUBLIC) is public
    assert may_see(made.publicity, "D", Audience.SUBJECT) is True
    assert may_see(made.publicity, "D", Audience.OFFICES) is True


# --------------------------------------------------------------------------------------------------
# Data


def test_data_say_days_and_points_as_text() -> None:
    rules = (n.Deduction("x", (), const(5), select(), basis=CONFIRMED),)
    made = programme(score=n.Score(const(100), rules), grades=n.Grades(ORDER, otherwise="A"))
    said = as_data(explained(made, rec("a", "2025-05-05"), forecast=((D("2026-01-01"), "B"),)))
    assert (said["judged"], said["score"], said["worst_score"], said["since"]) == (
        "2025-12-31",
        "95",
        "95",
        None,
    )
    assert said["forecast"] == [{"day": "2026-01-01", "grade": "B"}]
    (reason,) = said["arithmetic"]  # type: ignore[misc]
    assert (reason["rule"], reason["points"], reason["points_at_worst"]) == ("x", "5", "5")
    assert reason["records"][0]["date"] == "2025-05-05"
    assert "forecast" not in as_data(explained(made))


def test_data_hold_everything_that_a_standing_and_its_tree_hold() -> None:
    said = as_data(explained(MADE, *RECORDS))
    own = set(Standing._fields) - {"evaluation", "reasons"}
    assert own <= set(said)
    assert {
        "decided",
        "overtaken",
        "arithmetic",
        "proposals",
        "reasons_at_worst",
        "undecided",
        "met",
        "not_counted",
    } <= set(said)
    (reason,) = said["decided"]  # type: ignore[misc]
    named = set(Reason._fields) - {"titles", "basis", "low", "high"}
    assert named <= set(reason)
    assert set(reason["records"][0]) == set(RecordSeen._fields)
