"""Small laws of a country that does not exist, one per shape of decision: each is proved whole, and broken in one thing at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from goodstanding.desk.checking import read_law
from goodstanding.kernel.law import Law

COMMON = {
    "xs/instruments/act.yaml": """
instruments:
  xs-act: {title: {en: Act on Standing, zh: 信用法}, issuer: xs.office, valid: {from: 2000-01-01}, confirmed: yes}
""",
    "xs/authorities/office.yaml": """
authorities:
  xs.office: {title: {en: Office, zh: 机关}, level: nation, files: [xs.*]}
""",
    "xs/office/records.yaml": """
record types:
  xs.penalty:
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
      fine: {type: money CNY, graver: more, required: yes}
    version: 1
  xs.reading:
    title: {en: Reading, zh: 读数}
    act: measured value
    direction: neutral
    about: organisation
    counting date: read
    filed by: [xs.office]
    publicity: public
    basis: xs-act 2
    confirmed: yes
    fields:
      read: {type: date, required: yes}
      given: {type: points, at most: 100, graver: less, required: yes}
    version: 1
  xs.lifting:
    title: {en: Decision to raise, zh: 恢复决定}
    act: decision
    direction: favourable
    about: organisation
    counting date: decided
    filed by: [xs.office]
    publicity: public
    basis: xs-act 3
    confirmed: yes
    fields:
      decided: {type: date, required: yes}
    version: 1
""",
}  # fmt: skip

HEAD = """
programme: xs.standing
version: "1"
title: {en: Standing, zh: 信用等级}
judges: organisation
basis: xs-act
confirmed: yes
publicity: {A: public, B: public, D: public}
"""
YEARLY = HEAD + "cycle: calendar year\napplies: cycles from 2020\n"
LIVE = HEAD + "applies: from 2000-01-01\n"

SHAPES = {
    "score bands": YEARLY + """
score:
  start: [{points: 100}]
  deduct:
    - {id: late, title: {en: Penalty, zh: 处罚}, each: xs.penalty, where: "fine >= 1_000 CNY", points: 15, during: cycle, basis: "4"}
  never below: 0
grades:
  best to worst: [A, B, D]
  bands: [{A: 90}, {B: 40}, {D: below}]
""",
    "first match": LIVE + """
indicators:
  fined: {sum: xs.penalty, of: fine, during: last 2 years, basis: "4"}
grades:
  best to worst: [A, B, D]
  first match: [{id: much, grade: D, when: "fined >= 5_000 CNY"}, {id: some, grade: B, when: "fined >= 1_000 CNY"}, A]
""",
    "direct": LIVE + """
indicators:
  fines: {count: xs.penalty, where: "fine >= 1_000 CNY", during: last 3 years, basis: "4"}
grades:
  best to worst: [A, B, D]
  direct: [{id: grave, grade: D, when: "fines >= 2", basis: "4", title: {en: Twice, zh: 两次}}]
  first match: [{id: some, grade: B, when: "fines >= 1"}, A]
""",
    "carried": YEARLY + """
indicators:
  fines: {count: xs.penalty, where: "fine >= 1_000 CNY", during: cycle, basis: "4"}
  small: {count: xs.penalty, during: cycle, basis: "4"}
grades:
  best to worst: [A, B, D]
  direct: [{id: grave, grade: D, when: "fines >= 1", basis: "4", title: {en: Fined, zh: 罚款}}]
  first match: [{id: some, grade: B, when: "small >= 1"}, A]
  carried: [{id: after, cause: [direct D], then: [{not above: B, for: 2 cycles}], basis: "5"}]
""",
    "cured": LIVE + """
indicators:
  open_ones: {count: xs.penalty, where: "cured is missing or cured > decided + 60 days", during: last 5 years, basis: "4"}
  all_ones: {count: xs.penalty, during: last 5 years, basis: "4"}
grades:
  best to worst: [A, B, D]
  first match: [{id: uncured, grade: D, when: "open_ones >= 1"}, {id: cured_in_time, grade: B, when: "all_ones >= 1"}, A]
""",
    "levels": LIVE + """
levels:
  best to worst: [A, B, D]
  start: A
  grounds:
    - {id: grave, lowers to: D, each: xs.penalty, where: "fine >= 5_000 CNY", raise after: 6 months, title: {en: Grave, zh: 严重}, basis: "4"}
    - {id: some, lowers to: B, each: xs.penalty, where: "fine < 5_000 CNY", raise after: 6 months, title: {en: Light, zh: 轻微}, basis: "4"}
  raised:
    - {id: itself, from: B, to: A, by itself after: 12 months}
    - {id: decided, from: D, to: B, by: xs.lifting}
""",
    "weights": LIVE + """
indicators:
  air: {value: xs.reading, of: given, during: last 2 years, basis: "4"}
  fines: {count: xs.penalty, during: last 2 years, basis: "4"}
weights:
  items:
    - {id: "1", title: {en: Air, zh: 大气}, weight: 60%, points: air, mandatory: yes, basis: "4"}
    - {id: "2", title: {en: Water, zh: 水}, weight: 40%, points: "greatest(0, 100 - 50 * fines)", basis: "4"}
grades:
  best to worst: [A, B, D]
  bands: [{A: 85}, {B: 40}, {D: below}]
""",
}  # fmt: skip

_PENALTY = "xs.penalty: {decided: %s, fine: %s}"


def _case(name: str, grade: str, *records: str, cycle: bool) -> str:
    """Write a case: it is where the search for stories begins."""
    lines = "".join(f"      - {record}\n" for record in records)
    when = "cycle: 2024" if cycle else "on: 2025-06-30"
    held = f"    records:\n{lines}" if records else "    records: []\n"
    return f"  - case: {name}\n{held}    {when}\n    expect: {{grade: {grade}}}\n"


def cases(shape: str) -> str:
    """Write the cases of a shape: a clean history, and one with a penalty."""
    cycle = "cycle: calendar year" in SHAPES[shape]
    clean = ["xs.reading: {read: 2024-03-01, given: 90}"]
    penalty = _PENALTY % ("2024-05-01", "6000")
    grades = {"score bands": "B", "direct": "B", "weights": "B", "levels": "D"}
    made = [
        _case("Clean", "A", *clean, cycle=cycle),
        _case("Fined", grades.get(shape, "D"), *clean, penalty, cycle=cycle),
    ]
    if shape == "levels":
        light = _PENALTY % ("2024-09-01", "3000")
        made += [
            _case("Fined lightly", "B", light, cycle=cycle),
            _case("Lifted", "B", penalty, "xs.lifting: {decided: 2025-02-01}", cycle=cycle),
        ]
    return 'cases for: xs.standing\nversion: "1"\ncases:\n' + "".join(made)


@dataclass(frozen=True)
class Broken:
    """A law broken in one property: a passage and what stands in its place."""

    shape: str
    property: str
    passage: str
    instead: str


BROKEN = (
    # what falls between two rules gets no grade
    Broken("first match", "complete", '"fined >= 1_000 CNY"}, A]', '"fined >= 1_000 CNY"}, {id: none, grade: A, when: "fined < 900 CNY"}]'),
    Broken("direct", "complete", '"fines >= 1"}, A]', '"fines >= 1"}]'),
    Broken("carried", "complete", '"small >= 1"}, A]', '"small >= 1"}, {id: none, grade: A, when: "small > 1"}]'),
    Broken("cured", "complete", '"all_ones >= 1"}, A]', '"all_ones >= 2"}, {id: none, grade: A, when: "all_ones = 0"}]'),
    # a graver record fares better
    Broken("score bands", "monotone", '"fine >= 1_000 CNY"', '"fine >= 1_000 CNY and fine < 9_000 CNY"'),
    Broken("first match", "monotone", '"fined >= 5_000 CNY"', '"fined >= 5_000 CNY and fined < 9_000 CNY"'),
    Broken("direct", "monotone", '"fines >= 2"', '"fines = 2"'),
    Broken("carried", "monotone", '"fines >= 1"', '"fines = 1"'),
    Broken("cured", "monotone", '"open_ones >= 1"', '"open_ones < 1 and all_ones >= 1"'),
    Broken("levels", "monotone", '"fine >= 5_000 CNY"', '"fine >= 5_000 CNY and fine < 9_000 CNY"'),
    Broken("weights", "monotone", "greatest(0, 100 - 50 * fines)", "least(100, 50 * fines)"),
    # the past counts for good
    Broken("score bands", "way back", "points: 15, during: cycle", "points: 15, during: ever"),
    Broken("first match", "way back", "during: last 2 years", "during: ever"),
    Broken("direct", "way back", "during: last 3 years", "during: ever"),
    Broken("carried", "way back", "small: {count: xs.penalty, during: cycle", "small: {count: xs.penalty, during: ever"),
    Broken("cured", "way back", "all_ones: {count: xs.penalty, during: last 5 years", "all_ones: {count: xs.penalty, during: ever"),
    Broken("levels", "way back", "    - {id: decided, from: D, to: B, by: xs.lifting}\n", ""),
    Broken("weights", "way back", "fines: {count: xs.penalty, during: last 2 years", "fines: {count: xs.penalty, during: ever"),
)  # fmt: skip


def law_of(folder: Path, shape: str, broken: Broken | None = None) -> Law:
    """Write and read the law of a shape, broken or whole; it has nothing to refuse."""
    text = SHAPES[shape]
    if broken:
        assert text.count(broken.passage) == 1, broken
        text = text.replace(broken.passage, broken.instead)
    files = {
        **COMMON,
        "xs/office/standing.yaml": text,
        "xs/office/cases/standing.yaml": cases(shape),
    }
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")
    law, findings = read_law([folder], with_cases=True)
    assert [f.code for f in findings if f.refuses and f.code != "case-fails"] == []
    return law
