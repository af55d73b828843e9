"""Programmes come out complete: parameters filled in or named as missing, marks inherited and carried on."""

from __future__ import annotations

import pytest

from goodstanding.kernel.rules.nodes import (
    TRUE,
    Always,
    Ceiling,
    Const,
    Edge,
    Moment,
    Now,
    Present,
    Programme,
    Restore,
    Unknown,
    Window,
)
from goodstanding.kernel.rules.walk import inside
from tests.kernel.rules.reading import CYCLE, LIVE, MATCH, programme, read

IT = 'indicators:\n  it: {count: xx.fine, basis: "4"}\n'


def good(name: str) -> Programme:
    made, findings = read()
    assert findings == []
    return made.programmes[name][0]


def marks(one: Programme) -> dict[str, bool]:
    return {i.name: i.basis.confirmed for i in one.indicators}


# ---- parameters


def test_a_parameter_with_a_value_is_a_constant() -> None:
    grades = good("xx.standing").grades
    assert grades is not None
    cut = grades.bands[0].lowest
    assert isinstance(cut, Const)
    assert cut.value == 90_0000


def test_a_lower_pack_sets_what_is_not_published_and_marks_the_programme_as_invented() -> None:
    one = good("xx.standing")
    assert one.missing == ()
    assert one.invented


def test_a_parameter_nobody_set_is_unknown_and_named() -> None:
    text = LIVE + 'parameters:\n  cut: {type: count, value: not published, basis: "4"}\n' + IT
    one = programme(text + MATCH.replace("it > 2", "it > cut"))
    assert one.missing == ("cut",)
    assert not one.invented
    assert any(isinstance(node, Unknown) for node in inside(one.grades))


def test_a_parameter_nobody_reads_is_not_missing() -> None:
    text = LIVE + 'parameters:\n  cut: {type: count, value: not published, basis: "4"}\n' + IT
    assert programme(text + MATCH).missing == ()


@pytest.mark.parametrize(
    ("setting", "confirmed"),
    [
        ("{value: 2}", False),
        ("{value: 2, adopted: {by: xx.province, on: 2021-05-01, text: Notice 5}}", True),
        ("{value: 2, confirmed: yes}", True),
        (
            "{value: 2, confirmed: no, adopted: {by: xx.province, on: 2021-05-01, text: N}}",
            False,
        ),
    ],
)
def test_a_set_value_is_confirmed_where_it_was_adopted(setting: str, confirmed: bool) -> None:
    text = LIVE.replace("basis:", "confirmed: yes\nbasis:")
    text += 'parameters:\n  cut: {type: count, value: not published, basis: "4"}\n' + IT
    overlay = f"parameters for: xx.small\nset:\n  cut: {setting}\n"
    made, findings = read(text + MATCH.replace("it > 2", "it > cut"), overlay)
    assert findings == []
    grades = made.programmes["xx.small"][0].grades
    assert grades is not None
    assert grades.first_match[0].basis.confirmed is confirmed


# ---- marks


def test_a_mark_is_inherited_from_the_nearest_item_that_states_one() -> None:
    text = LIVE.replace("basis:", "confirmed: yes\nbasis:") + IT + MATCH
    assert marks(programme(text)) == {"it": True}
    assert marks(programme(text.replace('basis: "4"', 'basis: "4", confirmed: no'))) == {
        "it": False
    }
    assert marks(programme(text.replace("confirmed: yes\n", ""))) == {"it": False}


def test_a_mark_goes_on_to_all_that_rests_on_it() -> None:
    text = LIVE.replace("basis:", "confirmed: yes\nbasis:") + (
        "indicators:\n"
        '  sure: {count: xx.late, basis: "3"}\n'
        '  unsure: {count: xx.fine, basis: "4", confirmed: no}\n'
        '  above: "unsure + 1"\n'
        '  it: "above + sure"\n'
    )
    one = programme(text + MATCH)
    assert marks(one) == {"sure": True, "unsure": False, "above": False, "it": False}
    assert one.grades is not None
    assert not one.grades.first_match[0].basis.confirmed
    assert (
        programme(text + MATCH.replace("it > 2", "sure > 2"))
        .grades.first_match[0]  # type: ignore[union-attr]
        .basis.confirmed
    )


def test_bands_rest_on_the_start_of_the_score() -> None:
    text = CYCLE.replace("basis:", "confirmed: yes\nbasis:") + IT.replace(
        'basis: "4"', 'basis: "4", confirmed: no'
    )
    score = (
        'score:\n  start: [{points: 100, when: "it > 3"}, {points: 90}]\n  never below: 0\n'
        "  deduct:\n"
        '    - {id: late, title: {en: L, zh: 迟}, each: xx.late, points: 5, basis: "3"}\n'
    )
    bands = "grades:\n  best to worst: [A, B]\n  bands: [{A: 60}, {B: below}]\n"
    made = programme(text + score + bands)
    assert made.grades is not None
    assert made.score is not None
    assert [band.basis.confirmed for band in made.grades.bands] == [False, False]
    assert made.score.rules[0].basis.confirmed


def test_an_article_alone_belongs_to_the_instrument_of_the_programme() -> None:
    one = good("xx.standing")
    heavy = one.grades.direct[0].basis if one.grades else None
    assert heavy is not None
    assert (heavy.instrument, heavy.article) == ("act-2020-1", "4")


# ---- time


@pytest.mark.parametrize(
    ("during", "window"),
    [
        ("cycle", Window(Edge(Moment.CYCLE_START), Edge(Moment.CYCLE_END))),
        ("previous cycle", Window(Edge(Moment.CYCLE_START, -1), Edge(Moment.CYCLE_END, -1))),
        ("next cycle", Window(Edge(Moment.CYCLE_START, 1), Edge(Moment.CYCLE_END, 1))),
        ("last 3 cycles", Window(Edge(Moment.CYCLE_START, -2), Edge(Moment.CYCLE_END))),
        ("last 12 months", Window(months_back=12)),
        ("last 2 years", Window(months_back=24)),
        ("ever", Window()),
        (
            '{from: "cycle_start - 3 years + 10 days", until: "judged"}',
            Window(Edge(Moment.CYCLE_START, 0, -36, 10), Edge(Moment.JUDGED)),
        ),
        ('{until: "cycle_end + 1 cycle"}', Window(Edge(None), Edge(Moment.CYCLE_END, 1))),
    ],
)
def test_a_window_is_read_as_it_is_said(during: str, window: Window) -> None:
    text = CYCLE + IT.replace('basis: "4"', f'during: {during}, basis: "4"') + MATCH
    (indicator,) = programme(text).indicators
    assert indicator.what.select.window == window  # type: ignore[union-attr]


def test_the_judged_day_is_counted_from_the_last_day_of_the_cycle() -> None:
    text = CYCLE.replace("basis:", "judged: 3 months and 10 days after the cycle\nbasis:")
    cycle = programme(text + IT + MATCH).cycle
    assert (cycle.judged_months, cycle.judged_days) == (3, 10)
    assert (cycle.first, cycle.last) == (2020, None)


def test_phases_have_days_of_their_own() -> None:
    text = CYCLE.replace("basis:", "phases: [2005, 2008]\nbasis:")
    text += IT.replace('basis: "4"', 'during: previous phase, basis: "4"')
    (indicator,) = programme(text + MATCH).indicators
    start = Edge(Moment.PREVIOUS_PHASE_START)
    window = indicator.what.select.window  # type: ignore[union-attr]
    assert window == Window(start, Edge(Moment.PHASE_START))


# ---- scores


def deduction(rule: str) -> tuple[Restore, ...]:
    text = CYCLE + (
        "score:\n  start: 100\n  never below: 0\n  deduct:\n"
        "    - {id: late, title: {en: Late, zh: 迟}, each: xx.late, points: 5, "
        f'restored: {rule}, basis: "3"}}\n'
        "grades:\n  best to worst: [A, B]\n  bands: [{A: 60}, {B: below}]\n"
    )
    score = programme(text).score
    assert score is not None
    return score.rules[0].restored


def test_add_back_by_days_goes_step_by_step() -> None:
    steps = deduction('{by: "cured - due", up to 3 days: 100%, up to 30 days: 80%, later: 40%}')
    assert [step.share for step in steps] == [10_000, 8_000, 4_000]
    assert isinstance(steps[-1].when, Present)


def test_what_is_given_back_without_a_cure_comes_last() -> None:
    steps = deduction('{by: "cured - due", up to 3 days: 100%, never: 10%}')
    assert [(step.share, step.when is TRUE) for step in steps] == [(10_000, False), (1_000, True)]


def test_the_window_of_a_score_rule_is_the_cycle_if_nothing_is_said() -> None:
    score = good("xx.standing").score
    assert score is not None
    window = score.rules[0].select.window if score.rules[0].select else None
    assert window == Window(Edge(Moment.CYCLE_START), Edge(Moment.CYCLE_END))


def test_points_are_never_finer_than_four_places_and_the_ends_stand_with_the_grades() -> None:
    one = good("xx.standing")
    assert one.score is not None
    assert one.grades is not None
    assert all(rule.points.type.scale <= 4 for rule in one.score.rules)
    assert (one.grades.score_floor, one.grades.score_top) == (0, None)
    assert one.score.rules[1].hit_at_most == 20_0000


# ---- grades


def test_causes_are_the_ids_of_rules_or_a_grade_by_score() -> None:
    grades = good("xx.standing").grades
    assert grades is not None
    assert [carry.causes for carry in grades.carries] == [("heavy",), ("score:C",)]
    assert grades.carries[0].phases[0].not_above == "B"
    assert grades.carries[1].phases[0].start_less == 10_0000


@pytest.mark.parametrize(
    ("limbs", "adverse"),
    [
        ('[{id: c, grade: C, when: "it > 2"}, {id: b, grade: B, when: "it > 1"}, A]', [True, True]),
        ('[{id: a, grade: A, when: "it < 1"}, {id: b, grade: B, when: "it < 3"}, C]', [False] * 2),
        ('[{id: a, grade: A, when: "it < 1"}, {id: c, grade: C, when: "it > 3"}, B]', [False, True]),
        ('[{id: b, grade: B, when: "it = 1", adverse: yes}, {id: c, grade: C, when: "it > 3"}, A]', [True] * 2),
        ('[{id: m, grade: M, when: "it = 1", adverse: no}, {id: c, grade: C, when: "it > 3"}, A]', [False, True]),
        ('[{id: u, grade: undecided, when: "it = 9"}, {id: c, grade: C, when: "it > 3"}, A]', [False, True]),
    ],
)  # fmt: skip
def test_a_limb_is_adverse_by_the_rank_of_what_may_follow(limbs: str, adverse: list[bool]) -> None:
    grades = f"grades:\n  best to worst: [A, B, C]\n  beside: [M]\n  first match: {limbs}\n"
    made = programme(LIVE + IT + grades).grades
    assert made is not None
    assert [limb.adverse for limb in made.first_match] == adverse


def test_a_ceiling_keeps_its_grade_and_condition() -> None:
    grades = good("xx.standing").grades
    assert grades is not None
    (poor,) = grades.ceilings
    assert isinstance(poor, Ceiling)
    assert poor.not_above == "B"
    assert not poor.basis.confirmed  # it rests on a rate that is not


# ---- levels, terms, lists


def test_a_level_machine_keeps_windows_clocks_and_what_blocks_it() -> None:
    levels = good("xx.levels").levels
    assert levels is not None
    warned, often = levels.grounds
    assert (warned.raise_after_months, warned.months, warned.limbs) == (6, None, ())
    assert (often.months, len(often.limbs)) == (12, 1)
    by_time, by_audit = levels.raises
    assert (by_time.months, by_time.select) == (12, None)
    assert by_audit.select is not None
    assert not isinstance(levels.blocked, Always)


def test_dates_of_terms_are_the_first_that_holds_or_missing() -> None:
    terms = good("xx.decisions").terms
    assert terms is not None
    assert terms.display_from == Now(Moment.OPENED)
    repair = [node for node in inside(terms.repair_from) if isinstance(node, Unknown)]
    assert [node.parameter for node in repair] == [""]


def test_a_programme_of_decisions_names_what_it_judges() -> None:
    one = good("xx.decisions")
    assert one.judged_records == ("xx.fine",)
    assert one.publicity == ()


def test_indicators_stand_after_those_they_read() -> None:
    text = LIVE + (
        'indicators:\n  it: "later + 1"\n  later: "last + 1"\n'
        '  last: {count: xx.fine, basis: "4"}\n'
    )
    assert [one.name for one in programme(text + MATCH).indicators] == ["last", "later", "it"]


def test_one_broken_indicator_is_one_finding() -> None:
    text = LIVE + ('indicators:\n  it: "broken + 1"\n  broken: {count: xx.nothing, basis: "4"}\n')
    _, findings = read(text + MATCH)
    assert [found.code for found in findings] == ["unknown-record-type"]
