"""A run that goes on from an earlier result leaves the rows of a run over everybody: for any register, whatever is filed later, on whatever day."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.desk import evaluating
from goodstanding.desk.asking import Asked
from goodstanding.desk.context import Desk
from goodstanding.desk.evaluating import Road, evaluate
from goodstanding.kernel import days
from goodstanding.store import results
from goodstanding.store.lake import Meta
from goodstanding.store.results import contributions_in, read_result, standings_in
from tests.small_law import (
    TODAY,
    holding,
    organisation,
    paid,
    penalty,
    reading,
    small_law,
    write_small,
)
from tests.tables import rows

# Units judged on a day: whose they are turns with the day.
HELD = """
programme: xs.held
version: "1"
title: {en: Held, zh: 持有}
judges: unit
applies: from 2000-01-01
basis: xs-act
confirmed: yes
publicity: {kept: public, over: public}
indicators:
  most: {greatest: xs.office.reading, of: emitted, during: last 2 years, basis: "3"}
grades:
  best to worst: [kept, over]
  first match: [{id: over, grade: over, when: "most > 100 tCO2", basis: "3"}, kept]
"""
IDS = ("one", "two", "three", "four", "seven")
UNITS = ("u1", "u2", "u3")
THEN, NOW = 20, 30
DAY = days.day("2026-01-31")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("law")
    (folder / "xs/office").mkdir(parents=True)
    (folder / "xs/office/held.yaml").write_text(HELD, encoding="utf-8")
    return Desk(small_law(folder), (), (), lambda: TODAY)


@pytest.fixture(autouse=True)
def _always(monkeypatch):
    """In a register of five nearly everybody is always concerned; go on all the same."""
    monkeypatch.setattr(evaluating, "SHARE_MAX", 0)


# --------------------------------------------------------------------------------------------------
# Registers that grow

KNOWN = st.tuples(st.integers(1, NOW), st.one_of(st.none(), st.integers(2, NOW))).filter(
    lambda known: known[1] is None or known[0] < known[1]
)
# Days on which windows of one to three years, terms and cycles turn.
DATES = st.sampled_from(
    ["2023-01-31", "2023-02-01", "2024-02-29", "2025-01-31", "2025-12-31", "2026-01-30", "2026-01-31", "2026-02-01"]
)  # fmt: skip
DATED = st.tuples(DATES, KNOWN)


@st.composite
def versions(draw):
    """Versions of penalties, payments and readings; each record has one version, so that none is refused."""
    made = []
    for k, (day, known) in enumerate(draw(st.lists(DATED, max_size=6))):
        kind = draw(st.sampled_from(["fine", "warning"]))
        fine = draw(st.sampled_from([None, 1_000, 60_000, 600_000]))
        made.append(
            penalty(f"p{k}", draw(st.sampled_from(IDS)), day, kind=kind, fine=fine, known=known)
        )
    for k, (day, known) in enumerate(draw(st.lists(DATED, max_size=3))):
        target = draw(st.sampled_from([f"p{k}" for k in range(6)]))
        made.append(again(paid(f"q{k}", draw(st.sampled_from(IDS)), day, target), known))
    for k, known in enumerate(draw(st.lists(KNOWN, max_size=3))):
        year, emitted = draw(st.integers(2023, 2025)), draw(st.sampled_from([None, 50, 150]))
        made.append(again(reading(f"r{k}", draw(st.sampled_from(UNITS)), year, emitted), known))
    return made


def again(version, known):
    return replace(version, known_from=known[0], known_to=known[1])


@st.composite
def subjects(draw):
    """Organisations and units; some come late, go, or change their form."""
    organisations = []
    for id_ in IDS:
        forms = draw(
            st.lists(st.sampled_from(["organisation", "person-like"]), min_size=1, max_size=2)
        )
        edges = [0, draw(st.sampled_from([5, 20, 21, 25]))][: len(forms)]
        ends = [*edges[1:], draw(st.sampled_from([None, None, 26]))]
        organisations += [
            organisation(id_, form, known) for form, *known in zip(forms, edges, ends, strict=True)
        ]
    units = []
    for unit in UNITS:
        turn, known = draw(DATES), draw(st.sampled_from([(1, None), (1, 22), (23, None)]))
        first, second = draw(st.permutations(IDS))[:2]
        units += [
            holding(unit, first, "2020-01-01", turn, known),
            holding(unit, second, turn, None, known),
        ]
    return organisations, units


REGISTERS = st.tuples(subjects(), versions())
STEPS = st.tuples(st.integers(-40, 400), st.integers(0, 40))


def at(position, row, known):
    """A row as it stood at a position, or None; `known` is where its two positions stand."""
    row = list(row)
    start, end = row[known], row[known + 1]
    if start > position:
        return None
    row[known + 1] = None if end is None or end > position else end
    return tuple(row)


def written(folder, law, position, made):
    """Write a register as it stood at a position."""
    (organisations, units), all_versions = made
    kept = [
        replace(v, known_to=v.known_to if v.known_to and v.known_to <= position else None)
        for v in all_versions
        if v.known_from <= position
    ]
    log = tuple((p, days.day("2025-01-01") + p) for p in range(1, position + 1))
    return write_small(
        folder, law, kept, identities=[], meta=Meta(position, "2026-11-24", "of a test", log),
        organisations=[r for o in organisations if (r := at(position, o, 2))],
        units=[r for u in units if (r := at(position, u, 6))],
    )  # fmt: skip


def everything(out):
    return rows(standings_in(out)), rows(contributions_in(out))


def went(done):
    """Nothing was refused; records may be of nobody who is there yet."""
    return done.out and {f.code for f in done.findings} <= {"unknown-subject"}


def same_as_whole(desk, made, step, road=Road.COLUMNS):
    """Judge a register as it stood, then as it grew: going on from the first result, and over everybody."""
    moved, later = step
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        then = written(folder / "then", desk.law, THEN, made)
        now = written(folder / "now", desk.law, NOW, made)
        assert went(evaluate(desk, then, Asked(on=DAY), folder / "0", road))
        days_ = (DAY + moved, DAY + moved + later)
        for number, day in enumerate(days_, 1):
            asked, since = Asked(on=day), folder / str(number - 1)
            done = evaluate(desk, now, asked, folder / str(number), road, since=since)
            assert went(done)
            assert done.again is not None
            whole = evaluate(desk, now, asked, folder / f"whole {number}", road)
            assert everything(done.out) == everything(whole.out)


def each_kind_of_change():
    """A register in which something of each kind that matters happens to another subject."""
    there = {"form goes": (0, 25), "goes": (0, 25), "comes": (25, None)}
    ids = [
        "files",
        "withdraws",
        "window ends",
        "form goes",
        "goes",
        "comes",
        "holds",
        "takes over",
        "later known",
    ]
    organisations = [organisation(id_, known=there.get(id_, (0, None))) for id_ in ids]
    organisations.append(organisation("form goes", "person-like", (25, None)))
    units = [
        holding("u1", "holds", "2020-01-01", "2026-02-05"),
        holding("u1", "takes over", "2026-02-05"),
        holding("u2", "holds", "2020-01-01", None, (1, 25)),
        holding("u2", "later known", "2020-01-01", None, (25, None)),
        holding("u3", "form goes", "2020-01-01"),
        holding("u4", "holds", "2020-01-01"),
    ]
    made = [
        penalty("p1", "files", "2024-06-01", fine=600_000, known=(25, None)),
        penalty("p2", "withdraws", "2024-06-01", fine=600_000, known=(1, 25)),
        penalty("p3", "window ends", "2023-02-10"),
        penalty("p4", "window ends", "2024-02-10"),
        penalty("p5", "comes", "2025-06-01"),
        again(paid("q1", "holds", "2026-02-03", "p6"), (1, None)),
        penalty("p6", "holds", "2025-06-01"),
        penalty("p7", "holds", "2025-06-01"),
        reading("r1", "u1", 2024, 150),
        again(reading("r4", "u4", 2024, 150), (25, None)),
    ]
    return (organisations, units), made


def test_each_kind_of_change_is_seen(desk):
    same_as_whole(desk, each_kind_of_change(), (10, 0))


@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(REGISTERS, STEPS)
def test_going_on_leaves_the_rows_of_a_run_over_everybody(desk, made, step):
    same_as_whole(desk, made, step)


@pytest.mark.nightly
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(REGISTERS, STEPS, st.sampled_from([Road.COLUMNS, Road.SQL]))
def test_going_on_leaves_the_rows_of_a_run_over_everybody_at_length(desk, made, step, road):
    same_as_whole(desk, made, step, road)


# --------------------------------------------------------------------------------------------------
# What an earlier result saves, and what it does not

MADE = each_kind_of_change()


@pytest.fixture
def then(desk, tmp_path):
    """The first result, of the register as it stood."""
    register = written(tmp_path / "then", desk.law, THEN, MADE)
    evaluate(desk, register, Asked(on=DAY), tmp_path / "first")
    return tmp_path / "first"


@pytest.fixture
def now(desk, tmp_path):
    return written(tmp_path / "now", desk.law, NOW, MADE)


def gone_on(desk, now, then, asked=Asked(on=DAY)):  # noqa: B008 - frozen
    """Go on from the first result; the rows are those of a run over everybody."""
    done = evaluate(desk, now, asked, then.with_name("gone on"), since=then)
    whole = evaluate(desk, now, asked, then.with_name("whole"))
    assert everything(done.out) == everything(whole.out)
    return done


def changed_law(folder):
    (folder / "xs/office").mkdir(parents=True)
    (folder / "xs/office/held.yaml").write_text(HELD.replace("> 100", "> 120"), encoding="utf-8")
    return Desk(small_law(folder), (), (), lambda: TODAY)


def test_a_programme_that_changed_is_judged_whole_and_the_others_stand(then, now, tmp_path):
    done = gone_on(changed_law(tmp_path / "law"), now, then)
    found = read_result(done.out)
    assert (done.again is not None, found.layers) == (True, 3)
    assert {(j.programme, j.whole) for j in found.judgments if j.whole} == {("xs.held", 2)}


def test_fewer_programmes_may_be_asked_for_and_then_more_again(desk, then, now, tmp_path):
    few = gone_on(desk, now, then, Asked(on=DAY, programmes=("xs.terms",)))
    assert {row[2] for row in rows(standings_in(few.out))} == {"xs.terms"}
    more = evaluate(desk, now, Asked(on=DAY), tmp_path / "more", since=few.out)
    assert {j.programme for j in read_result(more.out).judgments if not j.whole} == {"xs.terms"}
    assert everything(more.out) == everything(
        evaluate(desk, now, Asked(on=DAY), tmp_path / "all").out
    )


def test_an_earlier_day_may_be_asked_for(desk, then, now):
    assert gone_on(desk, now, then, Asked(on=DAY - 400)).again is not None


def test_one_file_may_be_written_of_what_stands(desk, then, now, tmp_path):
    folder = gone_on(desk, now, then)
    file = evaluate(desk, now, Asked(on=DAY), tmp_path / "x.parquet", since=then)
    assert rows(f"read_parquet('{file.out}')") == rows(standings_in(folder.out))


def test_a_result_may_go_on_from_itself_and_many_layers_become_one(desk, then, now, monkeypatch):
    monkeypatch.setattr(results, "LAYERS_MAX", 2)
    layers = []
    for day in range(DAY, DAY + 3):
        done = evaluate(desk, now, Asked(on=day), then, since=then)
        assert went(done)
        layers.append(read_result(then).layers)
        whole = evaluate(desk, now, Asked(on=day), then.with_name("whole"))
        assert everything(then) == everything(whole.out)
    assert layers == [2, 1, 2]


def other_log(now):
    text = (now / "register.json").read_text()
    (now / "register.json").write_text(text.replace("2025-01-15", "2025-01-16"))


def row_gone(now):
    file = next((now / "records/xs.office.penalty/v1").glob("*.parquet"))
    table = pq.read_table(file)
    pq.write_table(table.slice(1), file)


def row_refused(now):
    file = next((now / "records/xs.office.penalty/v1").glob("*.parquet"))
    table = pq.read_table(file)
    states = pa.array(["gone", *["in force"] * (table.num_rows - 1)])
    pq.write_table(table.set_column(table.column_names.index("state"), "state", states), file)


@pytest.mark.parametrize("spoil", [other_log, row_gone, row_refused], ids=lambda f: f.__name__)
def test_where_an_earlier_result_saves_nothing_everybody_is_judged(desk, then, now, spoil):
    spoil(now)
    done = gone_on(desk, now, then)
    assert (done.again, read_result(done.out).layers) == (None, 1)
    assert "judged-whole" in {f.code for f in done.findings}


def test_where_nearly_everybody_is_concerned_everybody_is_judged(desk, then, now, monkeypatch):
    monkeypatch.setattr(evaluating, "SHARE_MAX", 8)
    assert gone_on(desk, now, then).again is None


@pytest.mark.parametrize("text", [None, "{}", "[]", "no json", '{"format": 2}'])
def test_what_is_no_result_is_a_finding(desk, now, tmp_path, text):
    (tmp_path / "no").mkdir()
    if text is not None:
        (tmp_path / "no" / "result.json").write_text(text)
    done = evaluate(desk, now, Asked(on=DAY), tmp_path / "out", since=tmp_path / "no")
    assert (done.out, [f.code for f in done.findings]) == (None, ["no-result"])
