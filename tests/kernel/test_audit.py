"""An audit finds each thing that may not be shown, at its day and not the day before, and nothing in a list that is in order."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.audit import TO_BE_LOOKED_AT, Audit, Flaw, audit
from goodstanding.kernel.finding import Place, Severity, finding
from goodstanding.kernel.identity import Form
from goodstanding.kernel.law import Law
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.sources import OrganisationRow, Taken, UnitRow
from tests.kernel.rules.reading import read

D = days.day
RECORDS = """record types:
  xx.listed:
    title: {en: Entry, zh: 列入}
    act: decision
    direction: adverse
    counting date: listed
    filed by: [xx.ministry]
    publicity: public
    basis: act-2020-1 7
    alleged for: 6 months
    fields:
      listed: {type: date, required: yes}
      barred_until: {type: date}
      stage: {type: "one of presumed, final, rebutted"}
"""
LIST = """lists:
  xx.shown:
    title: {en: Shown, zh: 公布名单}
    kind: serious
    kept by: xx.ministry
    rests on: law
    entry: xx.listed
    stages: {field: stage, open: [presumed], final: [final], cleared: [rebutted]}
    ends: {from: listed, after: 2 years, or at: barred_until}
    early: none
    basis: act-2020-1 7
"""
FIRM = OrganisationRow("o", "Firm", "XX", "code", "1", Form.ORGANISATION, "its register")
ON = D("2024-06-01")
SOUND: dict[str, FieldValue] = {
    "listed": D("2024-01-01"),
    "stage": "final",
    "certainty": "final",
    "decision": "N 1",
    "authority": "xx.ministry",
}


@cache
def law(*more: str) -> Law:
    made, findings = read(RECORDS, LIST, *more)
    assert findings == []
    return made


def record(number: str = "1", **values: FieldValue) -> Version:
    return Version("xx.listed", 1, number, "o", 1, values={**SOUND, **values})


def taken(*records: Version, **more: object) -> Taken:
    whole = Taken("xx", (ON,), (FIRM,), (), records, (), {})
    return replace(whole, **more)  # type: ignore[arg-type]


def flaws(made: Audit) -> set[str]:
    return {one.flaw for one in made.found}


def test_a_list_in_order_has_no_flaw() -> None:
    made = audit(taken(record()), law(), ON)
    assert (made.found, made.entries, made.unlawful) == ((), (("xx.ministry", 1),), False)


SITUATIONS = [
    ("the last day of the term", {"listed": D("2022-06-02")}, None),
    ("the term has passed", {"listed": D("2022-06-01")}, Flaw.PAST_TERM),
    ("a bar holds the entry", {"listed": D("2022-06-01"), "barred_until": ON + 1}, None),
    ("the bar has passed too", {"listed": D("2022-06-01"), "barred_until": ON}, Flaw.PAST_TERM),
    ("presumed a day less than six months", {"listed": D("2023-12-02"), "stage": "presumed"}, Flaw.UNDECIDED),
    ("presumed for six months", {"listed": D("2023-12-01"), "stage": "presumed"}, Flaw.UNDECIDED_TOO_LONG),
    ("rebutted", {"stage": "rebutted"}, Flaw.CLEARED),
    ("annulled", {"certainty": "annulled"}, Flaw.CLEARED),
    ("alleged", {"certainty": "alleged"}, Flaw.ALLEGED),
    ("under review", {"certainty": "under review"}, Flaw.NOT_FINAL),
    ("suspended", {"certainty": "suspended"}, Flaw.NOT_FINAL),
    ("repaired today", {"cured": ON}, Flaw.REPAIRED),
    ("repaired tomorrow", {"cured": ON + 1}, None),
    ("ended", {"ended": ON}, Flaw.REPAIRED),
    ("no decision named", {"decision": None}, Flaw.WITHOUT_DECISION),
]  # fmt: skip


@pytest.mark.parametrize(("values", "flaw"), [s[1:] for s in SITUATIONS], ids=[s[0] for s in SITUATIONS])  # fmt: skip
def test_a_record_that_may_not_be_shown_is_found(
    values: dict[str, FieldValue], flaw: Flaw | None
) -> None:
    made = audit(taken(record(**values)), law(), ON)
    assert flaws(made) == ({flaw.value} if flaw else set())
    assert made.unlawful is (flaw is not None and flaw not in TO_BE_LOOKED_AT)


def test_what_the_law_does_not_show_to_the_public_is_found() -> None:
    narrow = read(RECORDS.replace("publicity: public", "publicity: offices"), LIST)[0]
    assert flaws(audit(taken(record()), narrow, ON)) == {Flaw.NOT_PUBLIC.value}


def test_the_latest_stage_counts_and_a_stage_issued_again_is_told() -> None:
    presumed = record("1", listed=D("2023-01-01"), stage="presumed")
    again = record("2", listed=D("2023-02-01"), stage="presumed")
    final = record("3", listed=D("2023-03-01"))
    assert flaws(audit(taken(presumed, final), law(), ON)) == set()
    assert flaws(audit(taken(presumed, again, final), law(), ON)) == {Flaw.ISSUED_AGAIN.value}


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"identifier": None}, Flaw.WITHOUT_IDENTIFIER),
        ({"form": Form.UNKNOWN}, Flaw.FORM_UNKNOWN),
        ({"form": Form.PERSON_LIKE}, Flaw.PERSON_LIKE),
    ],
)
def test_a_subject_that_nobody_can_tell_or_that_may_not_be_listed(
    change: dict[str, object], flaw: Flaw
) -> None:
    firm = replace(FIRM, **change)  # type: ignore[arg-type]
    made = audit(taken(record(), organisations=(firm,)), law(), ON)
    assert [(one.flaw, one.about, one.office) for one in made.found] == [
        (flaw.value, "o", "xx.ministry")
    ]


@pytest.mark.parametrize(
    ("code", "severity", "flaw"),
    [
        ("natural-person", Severity.ERROR, Flaw.PERSON),
        ("person-like-form", Severity.ERROR, Flaw.PERSON_LIKE),
        ("identifier-check-fails", Severity.WARNING, Flaw.IDENTIFIER_FAILS),
        ("names-vary", Severity.NOTE, Flaw.NAMES_DIFFER),
        ("date-unreadable", Severity.ERROR, Flaw.ROW_NOT_READ),
        ("unknown-column", Severity.NOTE, None),
    ],
)
def test_what_the_importer_met_is_told(code: str, severity: Severity, flaw: Flaw | None) -> None:
    met = finding(code, Place("f.csv", 7), severity=severity)
    made = audit(taken(record(), findings=(met,)), law(), ON)
    assert [(one.flaw, one.about) for one in made.found] == (
        [(flaw.value, "line 7")] if flaw else []
    )


def test_an_identity_number_is_told_by_its_line_alone() -> None:
    made = audit(taken(record()), law(), ON, [3, 12])
    assert [one.about for one in made.found] == ["line 3", "line 12"]
    assert flaws(made) == {Flaw.IDENTITY_NUMBER.value}


def test_each_office_has_its_own_report() -> None:
    other = replace(record("2", authority="xx.province", cured=ON), subject="p")
    made = audit(taken(record(), other), law(), ON)
    assert made.entries == (("xx.ministry", 1), ("xx.province", 1))
    assert made.of("xx.ministry") == {}
    assert list(made.of("xx.province")) == [Flaw.REPAIRED]


def test_a_unit_is_told_with_the_office_that_shows_it() -> None:
    unit = UnitRow("u", "o", D("2024-01-01"))
    listed = replace(record(authority="xx.province"), subject="u")
    nobody = replace(FIRM, identifier=None)
    first = replace(record(), subject="v")
    made = audit(taken(first, listed, units=(unit,), organisations=(nobody,)), law(), ON)
    assert [(one.office, one.about) for one in made.found] == [("xx.province", "o")]


def test_what_an_edition_no_longer_shows_has_no_flaw() -> None:
    gone = replace(record(cured=ON), known_to=2)
    assert audit(taken(gone), law(), ON).found == ()


VALUES = st.fixed_dictionaries(
    {
        "listed": st.integers(ON - 1500, ON + 10),
        "cured": st.one_of(st.none(), st.integers(ON - 400, ON + 400)),
        "barred_until": st.one_of(st.none(), st.integers(ON - 400, ON + 400)),
    }
)
_LASTING = {Flaw.PAST_TERM.value, Flaw.REPAIRED.value}


@given(values=VALUES, later=st.integers(0, 2000))
def test_what_is_over_stays_over(values: dict[str, FieldValue], later: int) -> None:
    shown = taken(record(**values))
    now = flaws(audit(shown, law(), ON)) & _LASTING
    assert now <= flaws(audit(shown, law(), days.Day(ON + later)))
