"""Versions of one subject become facts: what is known, read as the newest version, after one hop of links."""

from __future__ import annotations

import itertools

import pytest

from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from tests.kernel.world import NOTICE, PENALTY, PLAIN, TYPES, D, fold, rec, record_type, why_not


def values_of(given: Facts, record: str) -> dict[str, object]:
    return next(dict(f.values) for group in given.values() for f in group if f.record == record)


def penalty(**more: object) -> Version:
    return rec("p", "2025-01-01", **more)  # type: ignore[arg-type]


def notice(
    link: str, to: str = "p", record: str = "m", day: str | None = "2025-03-01", **more: object
) -> Version:
    return rec(record, day, "t.notice", links={link: to}, **more)  # type: ignore[arg-type]


# --------------------------------------------------------------------------------------------------
# What is known


def test_of_a_corrected_record_only_the_version_known_is_read() -> None:
    before = rec("p", "2025-01-01", amount=1, known_from=1, known_to=5)
    after = rec("p", "2025-01-01", amount=2, known_from=5)
    assert values_of(fold(before, after), "p")["amount"] == 2
    assert values_of(fold(before, after, known=4), "p")["amount"] == 1
    assert values_of(fold(before, after, known=5), "p")["amount"] == 2
    assert fold(before, after, known=0) == {}


def test_a_withdrawn_record_is_not_there_now_and_was_there_then() -> None:
    gone = rec("p", "2025-01-01", known_from=1, known_to=5)
    assert fold(gone) == {}
    assert why_not(fold(gone, known=4)) == {"p": ""}


def test_an_annulment_not_yet_known_annuls_nothing() -> None:
    versions = (penalty(), notice("annulled", known_from=7))
    assert why_not(fold(*versions, known=6)) == {"p": ""}
    assert why_not(fold(*versions, known=7))["p"] == "annulled by m"


WHY = [
    (penalty(), ""),
    (penalty(certainty="decided"), ""),
    (penalty(certainty="under review"), ""),
    (penalty(certainty="alleged"), "alleged"),
    (penalty(certainty="suspended"), "suspended"),
    (penalty(certainty="annulled"), "annulled"),
    (penalty(state="annulled"), "annulled"),
    (penalty(state="held"), "held"),
    (penalty(state="held", certainty="alleged"), "held"),
    (rec("p", None), "undated"),
    (rec("p", None, certainty="alleged"), "alleged"),
]


@pytest.mark.parametrize(("version", "why"), WHY)
def test_a_record_says_why_it_does_not_count(version: Version, why: str) -> None:
    assert why_not(fold(version)) == {"p": why}


def test_a_record_without_certainty_does_not_count() -> None:
    bare = Version("t.penalty", 1, "p", "o", 1, values={"decided": D("2025-01-01")})
    assert why_not(fold(bare))["p"]


def test_own_fields_are_filled() -> None:
    made = values_of(fold(penalty(decision="d", authority="a")), "p")
    assert (made["date"], made["record"], made["act"]) == (D("2025-01-01"), "p", "p")
    assert values_of(fold(penalty(act="x")), "p")["act"] == "x"


def test_facts_stand_by_type_in_the_order_of_records() -> None:
    versions = [
        rec("c", "2025-01-02"),
        rec("b", "2025-01-01", known_from=2),
        rec("d", "2025-01-01", known_from=1),
        rec("a", "2025-01-01", known_from=2),
        rec("e", None),
        rec("n", "2025-01-01", "t.notice"),
    ]
    for mixed in itertools.islice(itertools.permutations(versions), 0, 720, 37):
        made = fold(*mixed)
        assert {t: [f.record for f in group] for t, group in made.items()} == {
            "t.penalty": ["e", "d", "a", "b", "c"],
            "t.notice": ["n"],
        }


# --------------------------------------------------------------------------------------------------
# Links

LINKED = [
    ("an annulment annuls", [penalty(), notice("annulled")], {"p": "annulled by m"}),
    ("an alleged annulment does not", [penalty(), notice("annulled", certainty="alleged")], {"p": ""}),
    ("a suspended annulment does not", [penalty(), notice("annulled", certainty="suspended")], {"p": ""}),
    ("a held annulment does not", [penalty(), notice("annulled", state="held")], {"p": ""}),
    ("an undated annulment does not", [penalty(), notice("annulled", day=None)], {"p": ""}),
    ("an annulment of something else does not", [penalty(), notice("annulled", "q")], {"p": ""}),
    ("what rests on an annulled record is annulled with it", [rec("p", "2025-01-01", links={"base": "m"}), rec("m", "2025-01-01", "t.notice", state="annulled")], {"p": "annulled with m"}),
    ("also where a certainty annulled it", [rec("p", "2025-01-01", links={"base": "m"}), rec("m", "2025-01-01", "t.notice", certainty="annulled")], {"p": "annulled with m"}),
    ("also where another record annulled it", [rec("p", "2025-01-01", links={"base": "m"}), rec("m", "2025-01-01", "t.notice"), notice("revoked", "m", "k")], {"p": "annulled with m", "m": "annulled by k"}),
    ("what rests on a suspended record stands", [rec("p", "2025-01-01", links={"base": "m"}), rec("m", "2025-01-01", "t.notice", certainty="suspended")], {"p": ""}),
    ("what only refers to an annulled record stands", [rec("p", "2025-01-01", links={"about": "m"}), rec("m", "2025-01-01", "t.notice", state="annulled")], {"p": ""}),
    ("what was not counted keeps its own reason", [penalty(certainty="alleged"), notice("annulled")], {"p": "alleged"}),
    (
        "also where what it rests on is annulled",
        [
            rec("p", "2025-01-01", certainty="suspended", links={"base": "m"}),
            rec("m", "2025-01-01", "t.notice", state="annulled"),
        ],
        {"p": "suspended"},
    ),
    ("one hop only: an annulled annulment still annuls", [penalty(), notice("annulled"), notice("revoked", "m", "k")], {"p": "annulled by m", "m": "annulled by k"}),
    ("of two annulments the first by id is named", [penalty(), notice("annulled", record="z"), notice("annulled", record="m")], {"p": "annulled by m"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("versions", "expected"), [row[1:] for row in LINKED], ids=[row[0] for row in LINKED]
)
def test_links_annul(versions: list[Version], expected: dict[str, str]) -> None:
    for mixed in itertools.permutations(versions):
        said = why_not(fold(*mixed))
        assert {record: said[record] for record in expected} == expected


CURES = [
    ("a cure sets the day", "cured", [notice("cured")], "2025-03-01"),
    (
        "the earliest of two",
        "cured",
        [notice("cured", day="2025-05-01"), notice("cured", record="k", day="2025-04-01")],
        "2025-04-01",
    ),
    ("an earlier own day stays", "cured", [notice("cured", day="2025-07-01")], "2025-06-01"),
    (
        "an alleged cure cures nothing",
        "cured",
        [notice("cured", certainty="alleged", day="2025-02-01")],
        "2025-06-01",
    ),
    (
        "an annulled cure cures nothing",
        "cured",
        [notice("cured"), notice("revoked", "m", "k")],
        "2025-06-01",
    ),
    ("an undated cure cures nothing", "cured", [notice("cured", day=None)], "2025-06-01"),
    ("an end sets the day", "ended", [notice("ended")], "2025-03-01"),
    ("a cure ends nothing", "ended", [notice("cured")], "2025-06-01"),
]


@pytest.mark.parametrize(
    ("name", "versions", "day"), [row[1:] for row in CURES], ids=[row[0] for row in CURES]
)
def test_cures_and_ends(name: str, versions: list[Version], day: str) -> None:
    own = penalty(cured="2025-06-01", ended="2025-06-01")
    for mixed in itertools.permutations([own, *versions]):
        assert values_of(fold(*mixed), "p")[name] == D(day)


def test_a_cure_gives_a_day_where_the_record_had_none() -> None:
    assert values_of(fold(penalty(), notice("cured")), "p")["cured"] == D("2025-03-01")
    assert values_of(fold(penalty()), "p").get("cured") is None


def test_a_cured_record_that_rests_on_an_annulled_one_is_annulled_all_the_same() -> None:
    versions = [
        rec("p", "2025-01-01", links={"base": "b"}),
        rec("b", "2025-01-01", "t.notice", state="annulled"),
        notice("cured"),
    ]
    made = fold(*versions)
    assert (why_not(made)["p"], values_of(made, "p")["cured"]) == (
        "annulled with b",
        D("2025-03-01"),
    )


def linked_of(given: Facts, record: str) -> dict[str, dict[str, object]]:
    return next(
        {k: dict(v) for k, v in f.linked.items()}
        for group in given.values()
        for f in group
        if f.record == record
    )


def test_linked_values_are_those_of_one_hop_after_cures() -> None:
    chain = [
        rec("p", "2025-01-01", links={"about": "m"}),
        rec("m", "2025-01-01", "t.notice", amount=7, links={"annulled": "q"}),
        rec("q", "2025-01-01", amount=9),
    ]
    made = linked_of(fold(*chain), "p")
    assert set(made) == {"about"}
    assert (made["about"]["amount"], made["about"]["annulled"]) == (7, False)
    back = linked_of(fold(*chain), "m")
    assert back["annulled"]["annulled"] is True  # seen from the annulment, its target is annulled
    cured = [
        rec("k", "2025-05-01", "t.notice", links={"cured": "q"}),
        chain[2],
        rec("n", "2025-01-01", "t.notice", links={"ended": "q"}),
    ]
    assert linked_of(fold(*cured), "n")["ended"]["cured"] == D("2025-05-01")


def test_a_link_to_nothing_known_gives_nothing() -> None:
    assert linked_of(fold(rec("p", "2025-01-01", links={"about": "nowhere"})), "p") == {}
    withdrawn = rec("m", "2025-01-01", "t.notice", known_from=1, known_to=3)
    assert linked_of(fold(rec("p", "2025-01-01", links={"about": "m"}), withdrawn), "p") == {}


def test_a_link_that_ends_at_another_type_than_declared_does_nothing() -> None:
    wrong = [
        rec("p", "2025-01-01", links={"about": "q", "base": "q"}),
        rec("q", "2025-01-01", state="annulled"),
    ]
    assert linked_of(fold(*wrong), "p") == {}
    assert why_not(fold(*wrong))["p"] == ""
    annul = [
        rec("m", "2025-01-01", "t.notice"),
        notice("annulled", "m", "k"),
        notice("cured", "m", "j"),
    ]
    assert why_not(fold(*annul))["m"] == ""
    assert values_of(fold(*annul), "m").get("cured") is None


# --------------------------------------------------------------------------------------------------
# Versions of a type

FIRST = record_type(fields={"decided": DATE, "sum": PLAIN, "gone": PLAIN}, version=1)
SECOND = record_type(fields={"decided": DATE, "fine": PLAIN}, version=2, was=(("fine", "sum"),))
THIRD = record_type(
    fields={"day": DATE, "penalty": PLAIN, "extra": PLAIN},
    version=3,
    was=(("day", "decided"), ("penalty", "fine")),
    counting="day",
)
VERSIONED = {"t.penalty": {1: FIRST, 2: SECOND, 3: THIRD}}


@pytest.mark.parametrize(
    ("version", "given"),
    [
        (1, {"decided": D("2025-01-01"), "sum": 5}),
        (2, {"decided": D("2025-01-01"), "fine": 5}),
        (3, {"day": D("2025-01-01"), "penalty": 5}),
    ],
)
def test_an_older_version_is_read_as_the_newest(version: int, given: dict[str, int]) -> None:
    made = facts(
        [Version("t.penalty", version, "p", "o", 1, values={**given, "certainty": "final"})],
        VERSIONED,
    )
    (fact,) = made["t.penalty"]
    assert (fact.values["penalty"], fact.values["day"], fact.date) == (
        5,
        D("2025-01-01"),
        D("2025-01-01"),
    )
    assert fact.values.get("extra") is None
    assert "sum" not in fact.values
    assert "fine" not in fact.values


def test_links_act_as_the_newest_version_declares_them() -> None:
    old = record_type("t.notice", n.Link("against", "t.penalty", n.LinkKind.REFERS), version=1)
    new = record_type("t.notice", n.Link("against", "t.penalty", n.LinkKind.ANNULS), version=2)
    types = {"t.penalty": {1: PENALTY}, "t.notice": {1: old, 2: new}}
    versions = [penalty(), notice("against", version=1)]
    assert why_not(facts(versions, types))["p"] == "annulled by m"
    assert why_not(facts(versions, {**types, "t.notice": {1: old}}))["p"] == ""


def test_this_world_has_a_link_of_each_kind() -> None:
    assert {link.kind for link in (*PENALTY.links, *NOTICE.links)} == set(n.LinkKind)
    assert set(TYPES) == {"t.penalty", "t.notice"}
