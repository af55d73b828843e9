"""Record types: every field has a kind, a unit, a scale and bounds."""

from __future__ import annotations

import pytest

from goodstanding.kernel.quantity import CODE, DATE, TRUTH, Kind, Type, number
from goodstanding.kernel.rules.nodes import Direction, LinkKind, RecordType
from tests.kernel.rules.reading import read

TYPE = """record types:
  xx.small:
    title: {{en: Small, zh: 小}}
    act: decision
    direction: adverse
    counting date: decided
    filed by: [xx.ministry]
    basis: act-2020-1 4
    fields:
      decided: {{type: date, required: yes}}
      it: {{{field}}}
"""


def field(text: str) -> Type:
    made, findings = read(TYPE.format(field=text))
    assert findings == []
    type_ = made.record_types["xx.small"][0].type_of("it")
    assert type_ is not None
    return type_


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("type: date", DATE),
        ("type: truth", TRUTH),
        ("type: code", CODE),
        ("type: count", number(0, 10**9)),
        ("type: share", number(0, 100_0000, 4)),
        ("type: points", number(0, 10**10, 4)),
        ("type: money CNY", number(0, 10**15, 2, "CNY")),
        ("type: quantity tCO2", number(0, 10**12, 0, "tCO2")),
        ("type: quantity tCO2 places 3", number(0, 10**15, 3, "tCO2")),
        ('type: "one of a, b c, d"', Type(Kind.WORD, words=("a", "b c", "d"))),
        ("type: share, at most: 100%", number(0, 1_0000, 4)),
        ('type: money CNY, at least: "-5 CNY", at most: 1_000 CNY', number(-500, 10**5, 2, "CNY")),
        ("type: count, at least: 1, at most: 12", number(1, 12)),
    ],
)
def test_a_type_has_its_unit_scale_and_bounds(text: str, type_: Type) -> None:
    assert field(text) == type_


@pytest.mark.parametrize(
    "text",
    [
        "type: money yuan",
        "type: quantity t places 9",
        'type: "one of a, a"',
        'type: "one of a,"',
        "type: text",
        "type: float",
    ],
)
def test_what_is_no_type_is_refused(text: str) -> None:
    _, findings = read(TYPE.format(field=text))
    assert [found.code for found in findings] == ["unknown-type"]


def good(name: str, version: int = 1) -> RecordType:
    made, _ = read()
    type_ = made.record_type(name, version)
    assert type_ is not None
    return type_


def test_a_record_type_keeps_act_direction_links_and_what_makes_it_graver() -> None:
    fine = good("xx.fine")
    assert (fine.act, fine.direction, fine.about) == ("decision", Direction.ADVERSE, "organisation")
    assert (fine.counting, fine.required, fine.graver) == (
        "decided",
        ("decided", "kind"),
        ("fine",),
    )
    assert (fine.publicity, good("xx.late").publicity) == ("public", "restricted")
    (link,) = good("xx.paid").links
    assert (link.name, link.to, link.kind) == ("fined", "xx.fine", LinkKind.CURES)


def test_a_later_version_maps_the_earlier_one() -> None:
    audit = good("xx.audit", 2)
    assert audit.was == (("finished", "done"),)
    assert audit.missing_before == ("depth",)
    assert not audit.basis.confirmed
    assert good("xx.audit", 1).basis.confirmed


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("representative_changed: {type: date}", ""),
        ("representative: {type: code}", "person-field"),
        ("workers_unpaid: {type: count}", ""),
        ("worker: {type: code}", "person-field"),
        ("legal_person_form: {type: code}", ""),
        ("id_card: {type: count}", "person-field"),
        ("name: {type: code}", "person-field"),
        ("reports: {type: count, title: {en: Complaints, zh: 投诉}}", "refused-subject"),
        ('kind: {type: "one of fine, strike"}', "refused-subject"),
        ("third_party_check: {type: truth}", ""),
        ("struck_off: {type: date}", ""),
        ("operator: {type: code, title: {en: Operator, zh: 法人单位}}", ""),
        ("head: {type: code, title: {en: Head, zh: 法人代表}}", "person-field"),
    ],
)
def test_a_field_may_not_hold_a_person_nor_what_is_nobodys_business(name: str, code: str) -> None:
    _, findings = read(TYPE.format(field="type: date") + f"      {name}\n")
    assert [found.code for found in findings] == ([code] if code else [])
