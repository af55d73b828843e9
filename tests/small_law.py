"""A small law of a country that does not exist, and a register of five of its organisations, for tests of the rooms store, desk and doors."""

from __future__ import annotations

from pathlib import Path

from goodstanding.desk.checking import read_law
from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.kernel.record import Version
from goodstanding.store.lake import (
    IDENTITIES,
    ORGANISATIONS,
    UNITS,
    Meta,
    RegisterWriter,
    bucket_of,
)

LAW = {
    "xs/instruments/acts.yaml": """
instruments:
  xs-act:
    title: {en: Act on Standing, zh: 信用法}
    issuer: xs.office
    valid: {from: 2000-01-01}
    confirmed: yes
""",
    "xs/authorities/office.yaml": """
authorities:
  xs.office: {title: {en: Office, zh: 机关}, level: nation, files: [xs.office.*]}
""",
    "xs/office/records.yaml": """
record types:
  xs.office.penalty:
    title: {en: Penalty, zh: 处罚}
    act: decision
    direction: adverse
    about: organisation
    counting date: decided
    filed by: [xs.office]
    publicity: public
    basis: xs-act 1
    confirmed: yes
    fields:
      decided: {type: date, required: yes}
      kind: {type: "one of warning, fine", required: yes}
      fine: {type: money CNY, graver: more}
      number: {type: code}
      share_of_turnover: {type: share, at most: 100%}
      repeated: {type: truth, graver: yes}
    version: 1
  xs.office.payment:
    title: {en: Fine paid, zh: 罚款缴清}
    act: amount paid
    direction: favourable
    about: organisation
    counting date: paid
    filed by: [xs.office]
    publicity: public
    basis: xs-act 2
    confirmed: yes
    fields:
      paid: {type: date, required: yes}
    links:
      penalty: {to: xs.office.penalty, kind: cures}
    version: 1
  xs.office.reading:
    title: {en: Reading of a site, zh: 现场读数}
    act: measured value
    direction: neutral
    about: unit
    counting date: year_end
    filed by: [xs.office]
    publicity: public
    basis: xs-act 3
    confirmed: yes
    fields:
      year_end: {type: date, required: yes}
      emitted: {type: quantity tCO2}
    version: 1
""",
    "xs/office/standing.yaml": """
programme: xs.standing
version: "1"
title: {en: Standing, zh: 信用等级}
judges: organisation
applies: from 2000-01-01
basis: xs-act
confirmed: yes
publicity: {good: public, poor: public}
indicators:
  unpaid: {count: xs.office.penalty, where: "cured is missing", during: last 3 years, basis: "4"}
  fined: {sum: xs.office.penalty, of: fine, basis: "4"}
grades:
  best to worst: [good, poor]
  first match:
    - {id: poor, grade: poor, when: "unpaid >= 2 or fined >= 1_000 CNY", basis: "4", title: {en: Two unpaid or much fined, zh: 两次未缴或罚款较多}}
    - good
lists:
  - {id: "5", propose: xs.office.watched, when: "fined >= 5_000 CNY", basis: "5", title: {en: Watched, zh: 重点关注}}
""",
    "xs/lists/watched.yaml": """
lists:
  xs.office.watched:
    title: {en: Watched, zh: 重点关注}
    kind: watch
    kept by: xs.office
    rests on: law
    entry: xs.office.penalty
    proposed by: [xs.standing]
    ends: {until: {en: paying all fines, zh: 缴清罚款}}
    early: none
    basis: xs-act 5
    confirmed: yes
""",
    "xs/office/yearly.yaml": """
programme: xs.yearly
version: "1"
title: {en: Yearly grade, zh: 年度等级}
judges: organisation
cycle: calendar year
judged: 3 months after the cycle
applies: cycles from 2022
basis: xs-act
confirmed: no
publicity: {A: public, B: public, D: public}
indicators:
  fines: {count: xs.office.penalty, where: "kind = 'fine'", during: cycle, basis: "6"}
score:
  start: [{points: 100}]
  deduct:
    - {id: p1, title: {en: Penalty, zh: 处罚}, each: xs.office.penalty, points: 15, basis: "6"}
  never below: 0
grades:
  best to worst: [A, B, D]
  direct: [{id: d1, grade: D, when: "fines >= 2", basis: "7", title: {en: Fined twice, zh: 两次罚款}}]
  bands: [{A: 80}, {B: 40}, {D: below}]
  carried:
    - {id: d_then, cause: [direct D], then: [{not above: B, for: 2 cycles}], basis: "8"}
""",
    "xs/office/terms.yaml": """
programme: xs.terms
version: "1"
title: {en: Terms, zh: 公示期限}
judges: decision
judges what: [xs.office.penalty]
applies: from 2000-01-01
basis: xs-act
confirmed: yes
publicity: {minor: public, serious: public}
indicators:
  most: {greatest: xs.office.penalty, of: fine, basis: "9"}
grades:
  best to worst: [minor, serious]
  first match: [{id: serious, grade: serious, when: "most >= 500 CNY", basis: "9"}, minor]
terms:
  display from: opened
  display until: "opened + 12 months"
  repair from: "opened + 3 months"
""",
    "xs/office/sites.yaml": """
programme: xs.sites
version: "1"
title: {en: Sites, zh: 现场}
judges: unit
cycle: calendar year
applies: cycles from 2022
basis: xs-act
confirmed: yes
publicity: {kept: public, over: public}
indicators:
  emitted_now: {value: xs.office.reading, of: emitted, during: cycle, basis: "3"}
scope: "emitted_now is present"
grades:
  best to worst: [kept, over]
  first match: [{id: over, grade: over, when: "emitted_now > 100 tCO2", basis: "3"}, kept]
""",
}  # fmt: skip

TODAY = days.day("2026-11-24")
META = Meta(
    20,
    "2026-11-24",
    "small register of a test",
    ((5, days.day("2023-12-31")), (10, days.day("2024-12-31")), (20, days.day("2026-11-01"))),
)


def write_law(folder: Path) -> Path:
    """Write the law's files below a folder."""
    for name, text in LAW.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def small_law(folder: Path) -> Law:
    """Write and read the law; it has nothing to refuse."""
    law, findings = read_law([write_law(folder)])
    assert [f for f in findings if f.refuses] == []
    return law


def penalty(record: str, subject: str, day: str, **more) -> Version:
    """Make a version of a penalty; keywords are fields, own fields and `known`."""
    known_from, known_to = more.pop("known", (1, None))
    state, links = more.pop("state", "in force"), more.pop("links", {})
    values = {
        "decided": days.day(day),
        "kind": "fine",
        "certainty": "final",
        "authority": "xs.office",
    }
    return Version(
        "xs.office.penalty", 1, record, subject, known_from, known_to, state, values | more, links
    )


def paid(record: str, subject: str, day: str, penalty_: str) -> Version:
    """Make a version of a payment that cures a penalty."""
    values = {"paid": days.day(day), "certainty": "final", "authority": "xs.office"}
    return Version(
        "xs.office.payment", 1, record, subject, 3, None, "in force", values, {"penalty": penalty_}
    )


def reading(record: str, unit: str, year: int, emitted: int | None) -> Version:
    """Make a version of a reading of a unit."""
    values = {"year_end": days.of(year, 12, 31), "emitted": emitted, "certainty": "final"}
    return Version("xs.office.reading", 1, record, unit, 1, None, "in force", values, {})


VERSIONS = [
    # one: two unpaid fines in 2024, one corrected, one annulled later
    penalty("1-a", "one", "2024-03-01", fine=60_000, decision="D1", number="n1"),
    penalty("1-b", "one", "2024-05-01", fine=10_000, decision="D1", known=(2, 6)),
    penalty("1-b", "one", "2024-05-01", fine=20_000, decision="D1", known=(6, None)),
    penalty("1-c", "one", "2023-05-01", fine=900_000, known=(2, 8)),
    penalty("1-c", "one", "2023-05-01", fine=900_000, known=(8, None), state="annulled", certainty="annulled"),
    # two: paid, alleged, held
    penalty("2-a", "two", "2025-03-01", fine=5_000, decision="D2"),
    paid("2-p", "two", "2025-04-01", "2-a"),
    penalty("2-b", "two", "2025-05-01", certainty="alleged", fine=5_000_000),
    penalty("2-c", "two", "2025-06-01", state="held", fine=5_000_000),
    # three: a fine of unknown amount
    penalty("3-a", "three", "2026-01-01", kind="warning"),
    # four is person-like: never judged
    penalty("4-a", "four", "2025-01-01", fine=999_999_00),
    # six was found to be the same as one at position 12
    penalty("6-a", "six", "2025-02-01", kind="warning", known=(4, 12)),
    penalty("6-a", "one", "2025-02-01", kind="warning", known=(12, None)),
    reading("u1-24", "u1", 2024, 150),
    reading("u1-25", "u1", 2025, 50),
    reading("u2-25", "u2", 2025, None),
    reading("u4-25", "u4", 2025, 500),
]  # fmt: skip


def organisation(
    id_: str, form: str = "organisation", known: tuple[int, int | None] = (0, None), **more
):
    """Make a row of organisations."""
    vouched = "test: all of these are organisations" if form == "organisation" else None
    return (
        bucket_of(id_), id_, *known, more.get("name", f"Name of {id_}"), "XS", "xs", more.get("identifier", f"XS-{id_}"),
        None, None, form, more.get("vouched_by", vouched),
    )  # fmt: skip


def holding(
    unit: str,
    holder: str,
    since: str,
    until: str | None = None,
    known: tuple[int, int | None] = (1, None),
):
    """Make a row of units."""
    end = None if until is None else days.day(until)
    return (
        bucket_of(unit),
        unit,
        holder,
        bucket_of(holder),
        days.day(since),
        end,
        *known,
        f"Site {unit}",
        "site",
    )


ORGANISATION_ROWS = [
    organisation("one"),
    organisation("two", name="Twice", identifier="XS-shared"),
    organisation("three", name=None, identifier="XS-shared"),
    organisation("four", form="person-like"),
    organisation("five", form="unknown", name="Twice"),
    organisation("six", known=(0, 12)),
]
UNIT_ROWS = [
    holding("u1", "one", "2020-01-01", "2025-06-01"),
    holding("u1", "two", "2025-06-01"),
    holding("u2", "three", "2020-01-01"),
    holding("u4", "four", "2020-01-01"),
]
IDENTITY_ROWS = [
    ("same as", "one", "six", days.day("2025-06-01"), 12, None, "xs-act 10"),
    ("successor of", "two", "three", days.day("2025-06-01"), 12, None, "xs-act 11"),
]


def write_small(folder: Path, law: Law, versions: list[Version] | None = None, **more) -> Path:
    """Write the small register; keywords replace rows of organisations, units, identities, or the meta."""
    with RegisterWriter(folder, law.types) as writer:
        writer.add(ORGANISATIONS, more.get("organisations", ORGANISATION_ROWS))
        writer.add(UNITS, more.get("units", UNIT_ROWS))
        writer.add(IDENTITIES, more.get("identities", IDENTITY_ROWS))
        writer.add_versions(VERSIONS if versions is None else versions)
        writer.finish(more.get("meta", META))
    return folder
