"""Which law applies: acts of an earlier time, running terms, lapsed acts. Held against the plain versions, on both roads."""

from __future__ import annotations

import dataclasses
from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days, law
from goodstanding.kernel.carrier import Node
from goodstanding.kernel.facts import Facts, facts
from goodstanding.kernel.judging import judged_of
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, Evaluation, evaluate
from goodstanding.kernel.rules.windows import Run, run
from goodstanding.store.yaml_nodes import read_text
from tests.agreement import laws, roads
from tests.agreement.histories import History
from tests.kernel.real_law import real_law
from tests.kernel.rules.reading import GOOD, good_files, read

D = days.day
SINCE = D("2024-07-01")
CYCLE = 2024
Values = dict[str, FieldValue]


@cache
def good() -> Law:
    made, findings = read()
    assert findings == []
    return made


@cache
def without(file: str, *parts: str) -> Law:
    """Read the good law with some parts of one file left out, whatever there is to find in it then."""
    files: dict[str, Node] = dict(good_files())
    text = (GOOD / file).read_text("utf-8")
    for part in parts:
        assert part in text
        text = text.replace(part, "")
    node = read_text(text, str(GOOD / file), [])
    assert node is not None
    files[str(GOOD / file)] = node
    return law.read(files)[0]


def version(made: Law, name: str, version: str) -> n.Programme:
    found = made.programme(name, version=version)
    assert found is not None
    return found


def breach(values: Values, record: str = "p") -> Version:
    own: Values = {"certainty": "final", "found_on": values["act_ended"], "act": record}
    return Version("xx.breach", 1, record, "o", 1, values={**own, **values})


def fold(*versions: Version, made: Law | None = None) -> Facts:
    return facts(versions, (made or good()).types)


# --------------------------------------------------------------------------------------------------
# The milder of the law at the act and at the decision

THEN = "xx.breaches", "2020"
NOW = "xx.breaches", "2024"
MILDER = (", milder: yes", "      milder: yes\n")
IN_CYCLE = st.integers(D("2024-01-01"), D("2024-12-31"))
NEAR = st.one_of(st.integers(SINCE - 2, SINCE + 2), st.integers(SINCE - 300, SINCE + 300))
FINES = st.sampled_from([0, 99_999, 100_000, 499_999, 500_000, 999_999, 1_000_000, 5_000_000])
BREACHES = st.fixed_dictionaries(
    {
        "decided": IN_CYCLE,
        "act_ended": NEAR,
        "fine": FINES,
        "life_or_health": st.sampled_from([True, False, None]),
        "cured": st.one_of(st.none(), IN_CYCLE),
    }
)


def judged(programme: n.Programme, *met: Values) -> Evaluation:
    known = fold(*(breach(values, f"p{i}") for i, values in enumerate(met)))
    return evaluate(programme, known, run(programme, cycle=CYCLE), NOTHING_BEFORE)


def taken(programme: n.Programme, *met: Values) -> tuple[int, int]:
    """Give the points that breaches cost, at least and at most."""
    found = {c.rule: (c.low, c.high) for c in judged(programme, *met).contributions}
    return found.get("breach", (0, 0))


@settings(max_examples=150, deadline=None)
@given(st.lists(BREACHES, max_size=4))
def test_each_act_costs_the_less_of_both_laws_and_one_of_the_later_time_what_the_later_says(
    met: list[Values],
) -> None:
    then, now = version(good(), *THEN), version(without("breaches-2024.yaml", *MILDER), *NOW)
    expected = 0
    for values in met:
        late = values["act_ended"] >= SINCE  # type: ignore[operator]
        costs = [taken(now, values)] + ([] if late else [taken(then, values)])
        expected += min(low for low, _ in costs)
    assert taken(version(good(), *NOW), *met)[0] == expected


@settings(max_examples=150, deadline=None)
@given(st.lists(BREACHES, max_size=4))
def test_an_act_counts_where_both_laws_count_it(met: list[Values]) -> None:
    known = judged(version(good(), *NOW), *met).known
    sure = [v for v in met if v["fine"] >= 500_000]  # type: ignore[operator]
    both = [v for v in sure if v["act_ended"] >= SINCE or v["fine"] >= 1_000_000]  # type: ignore[operator]
    assert known["breaches"] == (len(both), len(both))


@settings(max_examples=100, deadline=None)
@given(st.lists(BREACHES, max_size=3))
def test_what_the_earlier_law_did_not_know_counts_for_acts_of_the_later_time_only(
    met: list[Values],
) -> None:
    known = judged(version(good(), *NOW), *met).known["kept_secret"]
    late = [v["life_or_health"] for v in met if v["act_ended"] >= SINCE]  # type: ignore[operator]
    assert known is (True if True in late else None if None in late else False)


@pytest.mark.parametrize("file", ["breaches-2020.yaml", "breaches-2024.yaml"])
def test_a_comparison_rests_on_the_marks_of_both_laws(file: str) -> None:
    unconfirmed = version(without(file, "confirmed: yes\n"), *NOW)
    for programme, mark in ((version(good(), *NOW), True), (unconfirmed, False)):
        (breaches,) = (one for one in programme.indicators if one.name == "breaches")
        assert breaches.basis.confirmed is mark


@pytest.mark.parametrize(("name", "invented"), [("it", True), ("new", False)])
def test_a_comparison_with_an_invented_figure_is_invented_and_one_with_nothing_is_not(
    name: str, invented: bool
) -> None:
    counted = 'indicators: {{{name}: {{count: xx.fine, during: cycle{more}, basis: "4"}}}}\n'
    match = 'grades: {{best to worst: [A, B], first match: [{{id: b, grade: B, when: "{name} > 1", basis: "4"}}, A]}}\n'
    first = HEAD.format(version="1", applies="cycles 2020 to 2021")
    second = HEAD.format(version="2", applies="cycles from 2022")
    made, findings = read(
        first + counted.format(name="it", more="") + match.format(name="it"),
        second + counted.format(name=name, more=", milder: yes") + match.format(name=name),
        "adopts: xx.small\ninvented: yes\nversion: '1'\nitems: {indicators: [it]}\n"
        "adopted: {by: xx.province, on: 2021-01-01, text: Notice 5}\n",
    )
    assert findings == []
    assert version(made, "xx.small", "2").invented is invented


def test_both_laws_are_kept_for_whoever_explains() -> None:
    programme = version(good(), *NOW)
    assert programme.score is not None
    earlier = programme.score.rules[0].earlier
    assert earlier is not None
    assert (earlier.version, earlier.until, earlier.act, earlier.counted) == (
        "2020",
        SINCE,
        "act_ended",
        True,
    )
    assert (earlier.value, earlier.value_then) == (
        n.Const(120_000, earlier.value.type),  # type: ignore[union-attr]
        n.Const(50_000, earlier.value_then.type),  # type: ignore[union-attr]
    )
    (secret,) = (one for one in programme.indicators if one.name == "kept_secret")
    assert secret.earlier is not None
    assert not secret.earlier.counted


COUNTED = """indicators:
  times: {{count: xx.breach, where: "{where}", during: cycle{milder}, basis: "4"}}
  once: {{exists: xx.breach, where: "{where}", during: cycle{milder}, basis: "4"}}
  sum: {{sum: xx.breach, of: "{of}", where: "{where}", during: cycle{milder}, basis: "4"}}
  most: {{greatest: xx.breach, of: "{of}", where: "{where}", during: cycle, known part: yes{milder}, basis: "4"}}
  peak: {{peak: xx.breach, within: 6 months, where: "{where}"{milder}, basis: "4"}}
  peak_sum: {{peak: xx.breach, of: "{of}", within: 6 months, where: "{where}"{milder}, basis: "4"}}
  run: {{longest run: xx.breach, of: month, where: "{where}"{milder}, basis: "4"}}
  all: "once and times + run + peak > 3 and sum + peak_sum + most > 3 CNY"
grades:
  best to worst: [A, B]
  first match: [{{id: bad, grade: B, when: all, basis: "4"}}, A]
"""
HEAD = """programme: xx.small
version: "{version}"
title: {{en: Small, zh: 小}}
judges: organisation
cycle: calendar year
applies: {applies}
basis: act-2020-1
"""


@cache
def counting() -> tuple[Law, n.Programme, n.Programme, n.Programme]:
    """Give a law of all kinds of counting: the version before, the later one alone, and the later one with the milder of both."""

    def text(version: str, applies: str, **more: str) -> str:
        return HEAD.format(version=version, applies=applies) + COUNTED.format(**more)

    first = text(
        "1",
        "cycles 2020 to 2023",
        where="fine >= 3_000 CNY",
        of="least(fine, 5_000 CNY)",
        milder="",
    )
    both = [
        read(first, text("2", "cycles from 2024", where="fine >= 1_000 CNY", of="fine", milder=m).replace(
            "basis: act", "in force: 2024-07-01\nbasis: act"))[0]
        for m in ("", ", milder: yes")
    ]  # fmt: skip
    versions = [version(made, "xx.small", "2") for made in both]
    return both[1], version(both[1], "xx.small", "1"), versions[0], versions[1]


@settings(max_examples=150, deadline=None)
@given(st.lists(BREACHES, max_size=5))
def test_nothing_counted_is_more_than_under_the_later_law_nor_than_the_earlier_one_for_its_acts(
    met: list[Values],
) -> None:
    _, then, now, milder = counting()
    early = [v for v in met if v["act_ended"] < SINCE]  # type: ignore[operator]
    late = [v for v in met if v["act_ended"] >= SINCE]  # type: ignore[operator]
    for name in ("times", "sum", "most", "peak", "peak_sum", "run"):
        here = judged(milder, *met).known[name]
        assert here[0] is None or here[0] <= (judged(now, *met).known[name][0] or 0), name  # type: ignore[index]
        if not late:
            assert (here[0] or 0) <= (judged(then, *met).known[name][0] or 0), name  # type: ignore[index]
        if not early:
            assert here == judged(now, *met).known[name], name
    assert judged(milder, *late).known == judged(now, *late).known


# --------------------------------------------------------------------------------------------------
# Levels

LEVELS = """levels:
  best to worst: [good, bad]
  start: good
  grounds: [{{id: breach, lowers to: bad, each: xx.breach, where: "fine >= {fine}", {more}basis: "8"}}]
"""


@pytest.mark.parametrize(
    ("act", "fine", "level"),
    [
        ("2024-06-30", 9_999_99, "good"),
        ("2024-06-30", 10_000_00, "bad"),
        ("2024-07-01", 9_999_99, "bad"),
        ("2024-07-01", 4_999_99, "good"),
    ],
)
def test_a_ground_lowers_for_an_act_of_the_earlier_time_where_both_laws_say_so(
    act: str, fine: int, level: str
) -> None:
    head = HEAD.replace("cycle: calendar year\n", "")
    first = head.format(version="1", applies="from 2020-01-01 to 2024-07-01")
    second = head.format(version="2", applies="from 2024-07-01")
    made, findings = read(
        first + LEVELS.format(fine="10_000 CNY", more=""),
        second + LEVELS.format(fine="5_000 CNY", more="milder: yes, "),
    )
    assert findings == []
    programme = version(made, "xx.small", "2")
    known = fold(breach({"decided": D("2024-08-01"), "act_ended": D(act), "fine": fine}), made=made)
    at = run(programme, on=D("2024-09-01"))
    assert evaluate(programme, known, at, NOTHING_BEFORE).shown.grade == level


# --------------------------------------------------------------------------------------------------
# Terms that run are not lengthened

OPENED = st.one_of(st.integers(SINCE - 2, SINCE + 2), st.integers(SINCE - 1000, SINCE + 300))


def terms_of(programme: n.Programme, known: Facts, on: int) -> dict[str, int | bool | None]:
    (one,) = judged_of(programme, known, {}, on)
    at = run(programme, on=on)
    asked = Run(at.judged, at.cycle, at.moments, one.opened)
    return dict(evaluate(programme, one.facts, asked, NOTHING_BEFORE).terms)


@settings(max_examples=200, deadline=None)
@given(OPENED, st.sampled_from([0, 199_999, 200_000, 999_999, 1_000_000, 4_999_999, 5_000_000]))
def test_a_decision_of_the_time_before_keeps_the_earlier_of_both_ends(
    opened: int, fine: int
) -> None:
    alone = without("shown-2024.yaml", "transition: {terms: not lengthened}\n")
    known = fold(breach({"decided": opened, "act_ended": opened, "fine": fine}))
    then, now, here = (
        terms_of(version(made, "xx.shown", name), known, SINCE + 400)
        for made, name in ((good(), "2020"), (alone, "2024"), (good(), "2024"))
    )
    if opened >= SINCE:
        assert here == now
        return
    assert here["never"] == (then["never"] or now["never"])
    for date in ("repair_from",) if here["never"] else ("display_until", "repair_from"):
        assert here[date] == min(then[date], now[date]), date  # type: ignore[type-var]


def _random(rng: Random, name: str, type_: Type, opened: int) -> FieldValue:
    match type_.kind:
        case Kind.NUMBER:
            return rng.choice((0, 500_000, 5_000_000, 50_000_000, 10**10))
        case Kind.DATE:
            return (
                opened
                if name in {"decided", "listed", "found"}
                else opened + rng.choice((0, 9, 90, 900, 2000))
            )
        case Kind.TRUTH:
            return rng.random() < 0.5
        case Kind.WORD:
            return rng.choice(type_.words)
        case _:
            return "D"  # fmt: skip


def _decision(rng: Random, made: Law, programme: n.Programme, opened: int) -> list[Version]:
    """Make a decision of one to three records of the types judged, opened on a day."""
    versions = []
    for i in range(rng.randint(1, 3)):
        type_ = made.record_type(rng.choice(programme.judged_records))
        assert type_ is not None
        values = {
            name: _random(rng, name, field, opened)
            for name, field in type_.fields
            if name in type_.required or rng.random() < 0.7
        }
        own: Values = {"certainty": "final", "decision": "D", type_.counting: opened}
        versions.append(Version(type_.id, type_.version, f"r{i}", "o", 1, values={**values, **own}))
    return versions


RUNNING = [("cn.publicity", "2023"), ("cn.publicity", "2025"), ("cn.publicity", "2026"), ("cn.samr.publicity", "2025")]  # fmt: skip


@pytest.mark.parametrize(("name", "later"), RUNNING)
def test_no_version_of_the_real_law_lengthens_a_running_term(name: str, later: str) -> None:
    made = real_law()
    family = made.programmes[name]
    at = [one.version for one in family].index(later)
    before, after = family[at - 1], family[at]
    since = after.valid_from
    assert since is not None
    rng, compared = Random(7), 0  # noqa: S311 - the same decisions each time
    for _ in range(150):
        opened = since - rng.choice((1, 2, 30, 200, 365))
        known = facts(_decision(rng, made, before, opened), made.types)
        then, now = (terms_of(one, known, since + 1) for one in (before, after))
        if then["display_from"] is None or then["display_until"] is None:
            continue
        compared += 1
        assert now["never"] or not then["never"]
        assert now["display_until"] is None or now["display_until"] <= then["display_until"]
        if then["repair_from"] is not None:
            assert now["repair_from"] is not None
            assert now["repair_from"] <= then["repair_from"]
    assert compared > 20


SHOWN = """programme: xx.small
version: "{version}"
title: {{en: Small, zh: 小}}
judges: decision
judges what: [{judges}]
applies: {applies}
basis: act-2020-1
{more}indicators:
  fined: {{sum: xx.breach, of: fine, basis: "4"}}
terms:
  display from: [{{value: opened, when: "fined {shown}"}}]
  display until: "opened + {years} years"
"""
FROM, BEFORE = "from 2024-07-01", "from 2020-01-01 to 2024-07-01"
RUNS = [
    ("a term that ran", "xx.breach", ">= 0 CNY", "", 1),
    ("of something that was not judged before", "xx.late", ">= 0 CNY", "", 3),
    ("of something out of scope before", "xx.breach", ">= 0 CNY", "scope: fined > 9_000 CNY\n", 3),
    ("that had not begun", "xx.breach", "> 9_000 CNY", "", 3),
]


@pytest.mark.parametrize(("judged", "shown", "scope", "years"), [r[1:] for r in RUNS], ids=[r[0] for r in RUNS])  # fmt: skip
def test_only_a_term_that_ran_is_held(judged: str, shown: str, scope: str, years: int) -> None:
    both = "xx.breach, xx.late"
    said = "transition: {terms: not lengthened}\n"
    made, findings = read(
        SHOWN.format(version=1, judges=judged, applies=BEFORE, more=scope, shown=shown, years=1),
        SHOWN.format(version=2, judges=both, applies=FROM, more=said, shown=">= 0 CNY", years=3),
    )
    assert findings == []
    opened = SINCE - 9
    known = fold(breach({"decided": opened, "act_ended": opened, "fine": 100}), made=made)
    now = terms_of(version(made, "xx.small", "2"), known, SINCE)
    assert now["display_until"] == days.add_months(opened, 12 * years)


def test_what_was_not_kept_open_before_is_not_kept_open_now() -> None:
    said = "transition: {terms: not lengthened}\n"
    kept = "  open until cured: fined >= 0 CNY\n"
    parts = {"judges": "xx.breach", "shown": ">= 0 CNY"}
    made, _ = read(
        SHOWN.format(version=1, applies=BEFORE, more="", years=1, **parts),
        SHOWN.format(version=2, applies=FROM, more=said, years=3, **parts) + kept,
    )
    later = version(made, "xx.small", "2")
    for opened, is_open in ((SINCE - 1, False), (SINCE, True)):
        known = fold(breach({"decided": opened, "act_ended": opened, "fine": 100}), made=made)
        assert terms_of(later, known, SINCE)["open_until_cured"] is is_open


@pytest.mark.parametrize("invented", [None, "yes", "no"])
def test_terms_taken_over_rest_on_the_figures_of_the_version_before(invented: str | None) -> None:
    cut = 'parameters: {cut: {type: money CNY, value: not published, basis: "4"}}\n'
    said = "transition: {terms: not lengthened}\n"
    parts = {"judges": "xx.breach", "shown": ">= cut", "years": 1}
    overlay = f"parameters for: xx.small\ninvented: {invented}\nset: {{cut: {{value: 5 CNY}}}}\n"
    made, findings = read(
        SHOWN.format(version=1, applies=BEFORE, more=cut, **parts),
        SHOWN.format(version=2, applies=FROM, more=said, **{**parts, "shown": ">= 0 CNY"}),
        *([overlay] if invented else []),
    )
    assert findings == []
    later = version(made, "xx.small", "2")
    assert later.missing == (() if invented else ("cut",))
    assert later.invented is (invented == "yes")


# --------------------------------------------------------------------------------------------------
# What is carried goes on or ends as the later version says


@pytest.mark.parametrize(("said", "carried"), [("goes on", True), ("ends", False)])
def test_what_is_carried_goes_on_or_ends_as_the_later_version_says(
    said: str, carried: bool
) -> None:
    rule = 'carried: [{id: after, cause: [bad], then: [{not above: B, for: 2 cycles}], basis: "6"}]'
    body = f"""indicators: {{it: {{count: xx.fine, during: cycle, basis: "4"}}}}
grades:
  best to worst: [A, B, C]
  direct: [{{id: bad, grade: C, when: "it > 0", basis: "4"}}]
  first match: [A]
  {rule}
"""
    second = HEAD.format(version="2", applies="cycles from 2022")
    made, findings = read(
        HEAD.format(version="1", applies="cycles 2020 to 2021") + body,
        second + f"transition: {{carried: {{after: {said}}}}}\n" + body,
    )
    assert findings == []
    programme = version(made, "xx.small", "2")
    before = dataclasses.replace(NOTHING_BEFORE, shown={"after": 2021}, worst={"after": 2021})
    at = run(programme, cycle=2022)
    grade = evaluate(programme, {}, at, before).shown.grade
    assert grade == ("B" if carried else "A")


# --------------------------------------------------------------------------------------------------
# Both roads

_FINES = (0, 99_999, 100_000, 500_000, 1_000_000, 5_000_000)


def _history(rng: Random, subject: str) -> History:
    versions = []
    for i in range(rng.randint(0, 5)):
        act = SINCE + rng.choice((-900, -200, -1, 0, 1, 100))
        found = act + rng.choice((0, 30, 729, 730, 731, 1826, 1827))
        told = rng.random() < 0.9
        decided = rng.choice((act, found, D("2024-06-30"), D("2024-07-01"), D("2024-11-11")))
        values: Values = {
            "decided": decided,
            "act_ended": act,
            "found_on": found if told else None,
            "life_or_health": rng.choice((True, False, None)),
            "fine": rng.choice(_FINES),
            "certainty": rng.choice(("final", "final", "decided", "alleged", "annulled")),
            "decision": rng.choice((None, "D1", "D2")),
            "act": rng.choice((None, "a", "b")),
            "cured": rng.choice((None, decided + 20)),
        }
        versions.append(Version("xx.breach", 1, f"{subject}-{i}", subject, i + 1, values=values))
    return History(subject, tuple(versions))


def _pairs() -> list[tuple[str, Law, n.Programme]]:
    named = [(*NOW, good()), ("xx.shown", "2020", good()), ("xx.shown", "2024", good())]
    pairs = [(f"{name}@{v}", made, version(made, name, v)) for name, v, made in named]
    return [*pairs, ("xx.small@2", counting()[0], counting()[3])]


@pytest.mark.parametrize(("made", "programme"), [p[1:] for p in _pairs()], ids=[p[0] for p in _pairs()])  # fmt: skip
def test_both_roads_say_the_same(made: Law, programme: n.Programme) -> None:
    rng = Random(11)  # noqa: S311 - the same histories each time
    met = [_history(rng, f"S{i:03}") for i in range(120)]
    types = {id_: dict(versions) for id_, versions in made.types.items() if id_.startswith("xx.")}
    pair = laws.Law(types, programme, (2024, 2025), on=None if programme.cycle.kind else D("2024-12-01"))  # fmt: skip
    judged, translated = roads.interpret(pair, met), roads.translate(pair, met)
    assert len({row["grade"] for row in judged.rows.values()}) > 1
    assert judged.rows == translated
