"""A register is judged down both roads to the same rows; the day, the cycle and the position asked for decide what is seen."""

from __future__ import annotations

import csv
from pathlib import Path

import duckdb
import pytest

from goodstanding.desk.asking import Asked, first_cycle, jobs, position_of, read_cycles
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road, evaluate
from goodstanding.desk.wording import read_wording
from goodstanding.kernel import days
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.store.generator import generate
from goodstanding.store.generator_subjects import Spread
from goodstanding.store.results import standings_in
from goodstanding.store.standings import contributions_beside, tally
from tests.small_law import (
    META,
    ORGANISATION_ROWS,
    TODAY,
    VERSIONS,
    organisation,
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


def read(file):
    """Every row of a file of standings as a map, by organisation, unit, programme and cycle."""
    cursor = duckdb.execute(
        "SELECT * FROM read_parquet(?) ORDER BY organisation, unit, programme, cycle", [str(file)]
    )
    names = [d[0] for d in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {(r["organisation"], r["unit"], r["programme"], r["cycle"]): r for r in rows}


def judged(desk, register, tmp_path, asked=Asked(), road=Road.INTERPRETER):  # noqa: B008 - frozen
    done = evaluate(desk, register, asked, tmp_path / f"{road.value}.parquet", road)
    assert {f.code for f in done.findings} <= {"cycle-not-over"}
    return read(done.out)


@pytest.mark.parametrize("road", list(Road), ids=str)
def test_every_organisation_unit_and_decision_has_its_standing(desk, small, tmp_path, road):
    found = judged(desk, small, tmp_path, road=road)
    grades = {key: (row["grade"], row["at_worst"], row["open"]) for key, row in found.items()}
    assert grades == {
        ("one", None, "xs.standing", None): ("poor", "poor", True),
        ("two", None, "xs.standing", None): ("good", "good", False),
        ("three", None, "xs.standing", None): ("good", "poor", True),
        ("one", None, "xs.yearly", 2025): ("B", "B", False),
        ("two", None, "xs.yearly", 2025): ("A", "A", False),
        ("three", None, "xs.yearly", 2025): ("A", "A", False),
        ("one", "D1", "xs.terms", None): ("serious", "serious", False),
        ("one", "6-a", "xs.terms", None): ("minor", "serious", True),
        ("two", "D2", "xs.terms", None): ("minor", "minor", False),
        ("three", "3-a", "xs.terms", None): ("minor", "serious", True),
        ("two", "u1", "xs.sites", 2025): ("kept", "kept", False),
    }
    one = found["one", None, "xs.yearly", 2025]
    assert (one["score"], one["reasons"], one["carried"]) == (
        850_000,
        ["d_then", "p1"],
        ["d_then:2024"],
    )
    assert (one["study"], one["law"]) == (True, desk.law.hash(desk.law.programmes["xs.yearly"][0]))
    terms = found["one", "D1", "xs.terms", None]
    dates = [str(terms[k]) for k in ("display_from", "display_until", "repair_from", "display")]
    assert dates == ["2024-03-01", "2025-03-01", "2024-06-01", "term"]


@pytest.mark.parametrize("road", list(Road), ids=str)
@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(cycles=(2022, 2026)),
        Asked(on=days.day("2025-01-01")),
        Asked(on=days.day("2025-01-01"), cycles=(2024, 2024)),
        Asked(known="5"),
        Asked(known="2024-12-31", programmes=("xs.standing", "xs.sites")),
    ],
    ids=str,
)
def test_both_roads_give_the_same_rows(desk, small, tmp_path, asked, road):
    out = tmp_path / f"{road.value}.parquet"
    assert not evaluate(desk, small, asked, out, road).refuses
    other = tmp_path / "other.parquet"
    evaluate(desk, small, asked, other, Road.SQL if road is Road.INTERPRETER else Road.INTERPRETER)
    for file, like in ((out, other), (contributions_beside(out), contributions_beside(other))):
        assert rows_missing(file, like) == []


def rows_missing(file, like):
    return duckdb.execute(
        "SELECT * FROM read_parquet(?) EXCEPT ALL SELECT * FROM read_parquet(?)",
        [str(file), str(like)],
    ).fetchall()


def test_both_roads_agree_on_a_sample(desk, tmp_path):
    generate(tmp_path / "r", desk.law, organisations=300, seed=11, spread=Spread.EVEN)
    asked = Asked(cycles=(2023, 2025), on=None)
    files = []
    for road in Road:
        for name, question in (("live", Asked()), ("cycles", asked)):
            out = tmp_path / road.value / f"{name}.parquet"
            assert evaluate(desk, tmp_path / "r", question, out, road).findings == ()
            files.append(out)
    for left, right in ((files[0], files[2]), (files[1], files[3])):
        for a, b in ((left, right), (contributions_beside(left), contributions_beside(right))):
            assert rows_missing(a, b) == []
            assert rows_missing(b, a) == []
    assert sum(t.standings for t in tally(standings_in(files[1]))) > 300


# --------------------------------------------------------------------------------------------------
# Days, cycles, positions


def test_the_past_is_judged_by_what_was_known_then(desk, small, tmp_path):
    found = judged(desk, small, tmp_path, Asked(known="5", on=days.day("2024-06-01")))
    one = found["one", None, "xs.standing", None]
    assert (one["grade"], one["known"]) == ("poor", 5)
    assert one["proposed"] == ["5"]  # 900,000 was not yet annulled
    assert ("six", None, "xs.standing", None) in found
    later = judged(desk, small, tmp_path, Asked(known="12"))
    assert ("six", None, "xs.standing", None) not in later
    assert later["one", None, "xs.standing", None]["proposed"] == []


def test_nothing_dated_after_the_day_asked_counts(desk, small, tmp_path):
    found = judged(
        desk, small, tmp_path, Asked(on=days.day("2024-04-30"), programmes=("xs.standing",))
    )
    assert found["one", None, "xs.standing", None]["grade"] == "good"


def test_what_is_carried_is_computed_from_the_first_cycle_on(desk, small, tmp_path):
    found = judged(desk, small, tmp_path, Asked(cycles=(2023, 2026), programmes=("xs.yearly",)))
    grades = [found["one", None, "xs.yearly", c]["grade"] for c in (2023, 2024, 2025, 2026)]
    assert grades == ["A", "D", "B", "B"]
    alone = judged(desk, small, tmp_path, Asked(cycles=(2026, 2026), programmes=("xs.yearly",)))
    assert alone["one", None, "xs.yearly", 2026] == found["one", None, "xs.yearly", 2026]


def test_a_units_standing_belongs_to_the_holder_of_the_day_judged(desk, small, tmp_path):
    found = judged(desk, small, tmp_path, Asked(cycles=(2024, 2025), programmes=("xs.sites",)))
    assert {(k[0], k[1], k[3], r["grade"]) for k, r in found.items()} == {
        ("one", "u1", 2024, "over"),
        ("two", "u1", 2025, "kept"),
    }


def test_a_programme_with_cycles_gives_the_last_one_judged_by_the_day(desk):
    def cycles(on):
        found, _ = jobs(desk.law, Asked(on=days.day(on), programmes=("xs.yearly",)), TODAY)
        return [j.cycle for j in found]

    assert cycles("2025-03-30") == [2023]
    assert cycles("2025-03-31") == [2024]
    assert cycles("2021-01-01") == []


def test_a_cycle_and_a_day_together_re_evaluate(desk, small, tmp_path):
    asked = Asked(cycles=(2024, 2024), on=days.day("2024-04-01"), programmes=("xs.yearly",))
    one = judged(desk, small, tmp_path, asked)["one", None, "xs.yearly", 2024]
    assert (str(one["judged"]), one["grade"], one["score"]) == ("2024-04-01", "A", 850_000)


LATER = [
    penalty("5-a", "two", "2024-03-01"),
    penalty("5-b", "two", "2024-10-01"),
]


@pytest.mark.parametrize("road", list(Road), ids=str)
@pytest.mark.parametrize(("on", "grade"), [("2024-06-01", "A"), ("2024-10-01", "B"), (None, "B")])
def test_no_earlier_cycle_rests_on_what_came_after_the_day_asked(desk, tmp_path, road, on, grade):
    register = write_small(tmp_path / "r", desk.law, LATER)
    asked = Asked(("xs.yearly",), on and days.day(on), cycles=(2025, 2025))
    found = judged(desk, register, tmp_path, asked, road)["two", None, "xs.yearly", 2025]
    assert (found["grade"], found["carried"]) == (grade, ["d_then:2024"] if grade == "B" else [])


@pytest.mark.parametrize(
    ("asked", "cycles"),
    [
        (Asked(("xs.yearly",), cycles=(2025, 2027)), ["2026", "2027"]),
        (Asked(("xs.yearly",), days.day("2024-12-30"), cycles=(2023, 2024)), ["2024"]),
        (Asked(("xs.yearly",), days.day("2024-12-31"), cycles=(2023, 2024)), []),
        (Asked(), []),
    ],
    ids=["the future", "the day before its last", "its last day", "the last one judged"],
)
def test_a_cycle_that_is_not_over_is_said_to_be_provisional(desk, small, tmp_path, asked, cycles):
    done = evaluate(desk, small, asked, tmp_path / "s.parquet", Road.SQL)
    assert [(f.code, f.found, f.refuses) for f in done.findings] == [
        ("cycle-not-over", cycle, False) for cycle in cycles
    ]


def test_a_chain_begins_where_the_family_does_if_anything_is_carried(desk):
    assert first_cycle(desk.law.programmes["xs.yearly"], 2030) == 2022
    assert first_cycle(desk.law.programmes["xs.sites"], 2030) == 2030


@pytest.mark.parametrize(("text", "cycles"), [("2024", (2024, 2024)), ("2022..2024", (2022, 2024))])
def test_cycles_are_read(text, cycles):
    assert read_cycles(text) == cycles


@pytest.mark.parametrize(
    "text",
    ["", "24", "2024..2022", "2024-2025", "2024..", "1850", "1900..2999", "２０２４", "2024 ", "x"],
)
def test_what_are_no_cycles_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself
        read_cycles(text)


@pytest.mark.parametrize(
    ("known", "position"), [("", 20), ("0", 0), ("20", 20), ("2024-01-01", 5), ("2019-01-01", 0)]
)
def test_positions_are_read(known, position):
    assert position_of(known, META) == position


@pytest.mark.parametrize("known", ["21", "-1", "yesterday", "2024-02-30", "9" * 30, "٣"])
def test_what_is_no_position_is_a_finding(known):
    assert isinstance(position_of(known, META), Finding)


# --------------------------------------------------------------------------------------------------
# Who is judged


def test_person_like_and_unknown_forms_are_never_judged_whatever_they_did(desk, small, tmp_path):
    found = judged(desk, small, tmp_path, Asked(cycles=(2022, 2026)))
    assert {key[0] for key in found} <= {"one", "two", "three", "six"}
    for road in Road:
        found = judged(desk, small, tmp_path, road=road)
        assert {key[0] for key in found} == {"one", "two", "three"}


@pytest.mark.parametrize("road", list(Road), ids=str)
def test_a_standing_depends_on_own_records_only(desk, small, tmp_path, road):
    others = [v for v in VERSIONS if v.subject not in {"one", "six"}]
    fewer = write_small(tmp_path / "r", desk.law, [v for v in VERSIONS if v not in others])
    own = {k: r for k, r in judged(desk, small, tmp_path, road=road).items() if k[0] == "one"}
    alone = {k: r for k, r in judged(desk, fewer, tmp_path, road=road).items() if k[0] == "one"}
    assert own == alone


# --------------------------------------------------------------------------------------------------
# Refusals


def test_refused_rows_are_left_out_counted_and_listed(desk, tmp_path):
    bad = [
        penalty("b-1", "two", "2025-01-01", fine=-1),
        penalty("b-2", "two", "2025-01-01", kind="none"),
    ]
    register = write_small(tmp_path / "r", desk.law, [*VERSIONS, *bad])
    done = evaluate(desk, register, Asked(), tmp_path / "out" / "standings.parquet")
    assert (done.refused, done.refuses, done.standings) == (2, True, 11)
    with done.refused_file.open(encoding="utf-8", newline="") as file:
        assert {(r["record"], r["code"]) for r in csv.DictReader(file)} == {
            ("b-1", "beyond-bounds"),
            ("b-2", "not-one-of"),
        }
    assert sorted(f.name for f in (tmp_path / "out").iterdir()) == [
        "contributions.parquet",
        "standings.parquet",
        "standings.parquet.refused.csv",
    ]


def test_a_spoiled_register_gives_findings_and_no_file(desk, tmp_path):
    register = write_small(tmp_path / "r", desk.law)
    next((register / "records/xs.office.penalty/v1").glob("*")).write_bytes(b"PAR1 no")
    done = evaluate(desk, register, Asked(), tmp_path / "out" / "standings.parquet")
    assert (done.out, done.refuses) == (None, True)
    assert {f.code for f in done.findings} == {"unreadable-data-file"}
    assert list((tmp_path / "out").iterdir()) == []


def test_a_law_with_something_wrong_judges_nobody(desk, small, tmp_path):
    wrong = finding("unknown-key", Place("law.yaml", 1, 1))
    broken = Desk(desk.law, (wrong,), (), desk.today)
    done = evaluate(broken, small, Asked(), tmp_path / "standings.parquet")
    assert (done.out, done.findings) == (None, (wrong,))


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (Asked(programmes=("xs.standin",)), "unknown-programme"),
        (Asked(on=days.day("1999-01-01")), "nothing-to-judge"),
        (Asked(cycles=(2001, 2003)), "nothing-to-judge"),
        (Asked(known="99"), "unknown-position"),
    ],
)
def test_a_question_that_cannot_be_answered_is_a_finding(desk, small, tmp_path, asked, code):
    done = evaluate(desk, small, asked, tmp_path / "standings.parquet")
    assert (done.out, [f.code for f in done.findings]) == (None, [code])


@pytest.mark.parametrize("road", list(Road), ids=str)
def test_an_output_that_cannot_be_written_is_a_finding(desk, small, tmp_path, road):
    (tmp_path / "standings.parquet").mkdir()
    done = evaluate(desk, small, Asked(), tmp_path / "standings.parquet", road)
    assert [f.code for f in done.findings] == ["cannot-write"]
    (tmp_path / "file").write_text("")
    done = evaluate(desk, small, Asked(), tmp_path / "file" / "standings.parquet", road)
    assert [f.code for f in done.findings] == ["cannot-write"]


def test_a_nation_in_which_nobody_is_judged_gives_an_empty_file(desk, tmp_path):
    people = [
        organisation("p", form="person-like"),
        *(r for r in ORGANISATION_ROWS if r[1] in {"four", "five"}),
    ]
    register = write_small(
        tmp_path / "r", desk.law, [], organisations=people, units=[], identities=[]
    )
    for road in Road:
        assert judged(desk, register, tmp_path, road=road) == {}
