"""An authority adopts by name, date and text what is not confirmed; effects follow from adopted grades alone."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules.guide import guide
from goodstanding.kernel.rules.nodes import Programme
from tests.kernel.rules.reading import read

TEXT = """programme: xx.small
version: "{version}"
title: {{en: Small, zh: 小}}
judges: organisation
cycle: calendar year
applies: cycles {applies}
basis: act-2020-1
{more}parameters:
  cut: {{type: points, value: 90, basis: "4"}}
indicators:
  it: {{count: xx.fine, during: cycle, basis: "4"}}
score:
  start: 100
  deduct:
    - {{id: each, title: {{en: Each, zh: 每次}}, each: xx.fine, points: 5, {item}basis: "4"}}
    - {{id: often, title: {{en: Often, zh: 多次}}, when: "it > 2", points: 10, basis: "4"}}
grades:
  best to worst: [A, B, C]
  bands: [{{A: cut}}, {{B: 60}}, {{C: below}}]
lists: [{{id: often, propose: xx.list, when: "it > 3", basis: "4"}}]
effects:
  - {{grade: C, measure: xx.m.inspection, kind: disciplinary, basis: "4"}}
  - {{grade: A, measure: xx.m.queue, kind: incentive, basis: "4"}}
"""
BY = "{by: xx.province, on: 2021-05-01, text: Notice 5}"


def small(version: str = "1", applies: str = "from 2020", more: str = "", item: str = "") -> str:
    return TEXT.format(version=version, applies=applies, more=more, item=item)


def adopting(items: str, more: str = "") -> str:
    return f"adopts: xx.small\nadopted: {BY}\nitems: {items}\n{more}"


def law_of(*texts: str) -> tuple[Law, Programme]:
    made, findings = read(*texts)
    assert findings == []
    return made, made.programmes["xx.small"][0]


def confirmed(programme: Programme) -> set[str]:
    """Name what counts as confirmed: rules and lists by id, the structure, indicators, effects by measure."""
    assert programme.score
    assert programme.grades
    named = {
        f"programme {programme.version}": programme.basis.confirmed,
        "bands": all(band.basis.confirmed for band in programme.grades.bands),
    }
    named |= {f"rule {one.id}": one.basis.confirmed for one in programme.score.rules}
    named |= {f"list {one.id}": one.basis.confirmed for one in programme.proposals}
    named |= {f"indicator {one.name}": one.basis.confirmed for one in programme.indicators}
    named |= {f"effect {one.measure}": one.basis.confirmed for one in programme.effects}
    return {name for name, mark in named.items() if mark}


WHOLE = {
    "programme 1", "bands", "rule each", "rule often", "list often", "indicator it",
    "effect xx.m.inspection", "effect xx.m.queue",
}  # fmt: skip
ADOPTED = [
    ("nothing", (), set()),
    ("one rule by its id", (adopting("{rules: [each]}"),), {"rule each"}),
    ("a rule that rests on an indicator", (adopting("{rules: [often]}"),), set()),
    (
        "with the indicator",
        (adopting("{rules: [often], indicators: [it]}"),),
        {"rule often", "indicator it"},
    ),
    (
        "a list is not the rule of its name",
        (adopting("{lists: [often], indicators: [it]}"),),
        {"list often", "indicator it"},
    ),
    ("an effect", (adopting("{effects: [xx.m.inspection]}"),), {"effect xx.m.inspection"}),
    ("the whole programme, as it states no other mark", (adopting("{programme: yes}"),), WHOLE),
]


@pytest.mark.parametrize(("overlay", "marks"), [a[1:] for a in ADOPTED], ids=[a[0] for a in ADOPTED])  # fmt: skip
def test_what_is_adopted_by_name_counts_as_confirmed(
    overlay: tuple[str, ...], marks: set[str]
) -> None:
    assert confirmed(law_of(small(), *overlay)[1]) == marks


def test_an_item_that_states_its_own_mark_is_adopted_by_its_own_name_alone() -> None:
    text = small(item="confirmed: no, ")
    assert confirmed(law_of(text, adopting("{programme: yes}"))[1]) == WHOLE - {"rule each"}
    both = adopting("{programme: yes, rules: [each]}")
    assert confirmed(law_of(text, both)[1]) == WHOLE


def test_an_item_may_say_itself_who_adopted_it() -> None:
    assert confirmed(law_of(small(item=f"adopted: {BY}, "))[1]) == {"rule each"}
    assert confirmed(law_of(small(more=f"adopted: {BY}\n"))[1]) == WHOLE


def test_an_unconfirmed_parameter_is_adopted_like_any_item() -> None:
    whole = adopting("{programme: yes}")
    text = small().replace('value: 90, basis: "4"', 'value: 90, confirmed: no, basis: "4"')
    assert "bands" not in confirmed_bands(text, whole)
    both = adopting("{programme: yes, parameters: [cut]}")
    assert "bands" in confirmed_bands(text, both)


def confirmed_bands(*texts: str) -> set[str]:
    programme = law_of(*texts)[1]
    assert programme.grades
    top = programme.grades.bands[0]
    return {"bands"} if top.basis.confirmed else set()


def test_an_adoption_may_be_for_one_version() -> None:
    texts = small(applies="2020 to 2021"), small("2", "from 2022")
    one = adopting("{rules: [each]}", 'version: "2"\n')
    made, findings = read(*texts, one)
    assert findings == []
    assert [confirmed(one) for one in made.programmes["xx.small"]] == [set(), {"rule each"}]


def test_what_is_adopted_is_no_study_any_more_and_a_sample_stays_invented() -> None:
    _, before = law_of(small())
    _, after = law_of(small(), adopting("{programme: yes}"))
    _, sample = law_of(small(), adopting("{programme: yes}", "invented: yes\n"))
    assert guide(before).unconfirmed
    assert not guide(after).unconfirmed
    assert (before.invented, after.invented, sample.invented) == (False, False, True)


def test_an_adopted_record_type_counts_as_confirmed() -> None:
    made, _ = read(adopting("{record types: [xx.audit]}"), small())
    assert [one.basis.confirmed for one in made.record_types["xx.audit"]] == [True, True]
    assert [one.basis.confirmed for one in read()[0].record_types["xx.audit"]] == [True, False]


def test_the_law_says_who_adopted_what() -> None:
    made, _ = law_of(small(), adopting("{rules: [each]}"))
    (one,) = (one for one in made.adopted if one.programme == "xx.small")
    assert (one.kind, one.name, one.adoption.by, one.adoption.on, one.adoption.text) == (
        "rules",
        "each",
        "xx.province",
        days.day("2021-05-01"),
        "Notice 5",
    )


# --------------------------------------------------------------------------------------------------
# Effects


def test_an_effect_follows_from_its_own_grade() -> None:
    made, programme = law_of(small(), adopting("{programme: yes}"))
    found = {
        grade: [one.measure for one in made.effects(programme, grade, study=False)]
        for grade in ("A", "B", "C", "undecided", "not graded")
    }
    assert found == {
        "A": ["xx.m.queue"],
        "B": [],
        "C": ["xx.m.inspection"],
        "undecided": [],
        "not graded": [],
    }
    (burden,) = made.effects(programme, "C", study=False)
    assert (burden.adverse, burden.basis.article) == (True, "4")


def test_nothing_follows_from_a_study_nor_from_what_is_unconfirmed_or_invented() -> None:
    made, programme = law_of(small(), adopting("{programme: yes}"))
    assert made.effects(programme, "C", study=True) == ()
    for overlay in ((), (adopting("{programme: yes}", "invented: yes\n"),)):
        other, unconfirmed = law_of(small(), *overlay)
        assert other.effects(unconfirmed, "C", study=False) == ()


# --------------------------------------------------------------------------------------------------
# Figures that are not published


@pytest.mark.parametrize("key", ["at most", "each at most"])
def test_a_cap_that_is_not_published_is_named_as_missing(key: str) -> None:
    text = small(item=f"{key}: cap, ").replace(
        "parameters:\n", 'parameters:\n  cap: {type: points, value: not published, basis: "4"}\n'
    )
    assert law_of(text)[1].missing == ("cap",)


def test_an_indicator_is_the_first_of_several_values_whose_condition_holds() -> None:
    cases = """
  weight:
    - {value: 2, when: "it >= 3"}
    - {value: 1.5, when: "it >= 1"}
    - {value: 1}
score:"""
    text = small().replace("\nscore:", cases).replace('"it > 2"', '"weight >= 2"')
    _, programme = law_of(text)
    (weight,) = (one for one in programme.indicators if one.name == "weight")
    assert (weight.type.scale, weight.type.low, weight.type.high) == (1, 10, 20)
