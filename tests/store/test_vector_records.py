"""Records in columns: who each belongs to, which act it is, in what order, and where links end; each against the plain way to say it."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.rules import nodes as n
from goodstanding.store import vectors as v
from goodstanding.store.vector_records import Links, Records, number_acts, number_subjects

PENALTY = n.RecordType(
    "x.penalty", 1, (), "penalty", n.Direction.ADVERSE, "organisation", "date", (("date", DATE),)
)
REPAIR = n.RecordType(
    "x.repair",
    1,
    (),
    "repair",
    n.Direction.FAVOURABLE,
    "organisation",
    "date",
    (("date", DATE),),
    links=(n.Link("penalty", "x.penalty", n.LinkKind.CURES),),
)
TYPES = {"x.penalty": {1: PENALTY}, "x.repair": {1: REPAIR}}
SUBJECTS = ("甲", "b", "a", "ab")
# More subjects than are judged, and ids that are the same under several of them.
subjects = st.sampled_from((*SUBJECTS[:3], "nobody"))
ids = st.sampled_from(("r", "r1", "r10", "r2", "é", "z", "甲", "乙"))
some_days = st.integers(-3, 3)


def records(type_: n.RecordType, rows: list[tuple[object, ...]], link: str = "") -> Records:
    """Make records of rows (subject, known_from, record, day, act, link, cured)."""
    kinds = (pa.string(), pa.int64(), pa.string(), pa.int32(), pa.string(), pa.string(), pa.int32())
    names = ("_s", "known_from", "record", "date", "_act", link or "_none", "cured")
    columns = {
        name: pa.chunked_array([pa.array([row[i] for row in rows], kind)])
        for i, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    for name in ("date", "cured"):
        columns[name] = columns[name].cast(pa.date32())
    columns["_rank"] = pa.chunked_array([pa.array([0] * len(rows), pa.int8())])
    return Records(type_, pa.table(columns))


@st.composite
def penalties(draw: st.DrawFn) -> list[tuple[object, ...]]:
    """Draw rows, each record known once for a subject; rows of one subject may lie apart."""
    keys = draw(st.lists(st.tuples(subjects, ids), unique=True, max_size=12))
    acts = st.one_of(st.none(), ids)
    rows = []
    for subject, record in keys:
        act = draw(acts)
        days_ = draw(some_days), draw(st.one_of(st.none(), some_days))
        named = None if act == record else act
        rows.append((subject, draw(st.integers(0, 2)), record, days_[0], named, None, days_[1]))
    return rows


@given(penalties())
def test_subjects_are_numbered_and_records_of_others_do_not_count(rows):
    one = records(PENALTY, rows)
    number_subjects([one], pa.array(SUBJECTS))
    wanted = [SUBJECTS.index(row[0]) if row[0] in SUBJECTS else -1 for row in rows]
    assert one.subject.tolist() == wanted
    assert one.counts.tolist() == [number >= 0 for number in wanted]


@given(penalties(), penalties())
def test_records_of_one_subject_have_one_act_where_they_say_so(rows, others):
    read = [records(PENALTY, rows), records(PENALTY, others)]
    number_subjects(read, pa.array(SUBJECTS))
    shared = number_acts(read)
    assert shared == any(row[4] is not None for row in (*rows, *others))
    named = {row[4] for row in (*rows, *others)} - {None}
    told: dict[object, set[int]] = {}
    for at, (one, mine) in enumerate(zip(read, (rows, others), strict=True)):
        for i, row in enumerate(mine):
            if row[0] not in SUBJECTS:
                continue
            act = row[4] or row[2]
            # a record that no other names is an act of its own, whatever its id
            key = (row[0], act) if act in named else (at, i)
            told.setdefault(key, set()).add(int(one.act[i]))
    assert all(len(acts) == 1 for acts in told.values())
    assert len({min(acts) for acts in told.values()}) == len(told)


@given(penalties())
def test_the_order_is_that_of_records_everywhere(rows):
    one = records(PENALTY, rows)
    number_subjects([one], pa.array(SUBJECTS))
    places = one.in_order()
    found = list(range(len(rows))) if places is None else places.tolist()
    counting = [i for i, row in enumerate(rows) if row[0] in SUBJECTS]
    assert found == sorted(
        counting,
        key=lambda i: (SUBJECTS.index(rows[i][0]), rows[i][3], rows[i][1], rows[i][2]),
    )


@st.composite
def repairs(draw: st.DrawFn) -> list[tuple[object, ...]]:
    """Draw rows that name a penalty, or none."""
    return [
        (draw(subjects), 0, f"c{i}", draw(some_days), None, draw(st.one_of(st.none(), ids)), None)
        for i in range(draw(st.integers(0, 8)))
    ]


@given(penalties(), repairs())
def test_a_link_ends_at_the_record_of_the_same_subject_and_the_first_cure_counts(rows, cures):
    read = {"x.penalty": records(PENALTY, rows), "x.repair": records(REPAIR, cures, "link_penalty")}
    number_subjects(list(read.values()), pa.array(SUBJECTS))
    links = Links(TYPES, ("x.penalty", "x.repair"))
    links.follow(read)
    cured = read["x.penalty"].known("cured")
    for i, row in enumerate(rows):
        mine = [c[3] for c in cures if c[0] == row[0] and c[5] == row[2] and c[0] in SUBJECTS]
        first = min([*mine, *([] if row[6] is None else [row[6]])], default=None)
        known = bool(v.whole(cured.lo_known, len(rows))[i])
        assert (int(cured.lo[i]) if known else None) == first
    seen = links.seen_along("x.repair", "penalty", "date", read)
    at = {(row[0], row[2]): row[3] for row in rows if row[0] in SUBJECTS}
    for i, cure in enumerate(cures):
        known = bool(v.whole(seen.lo_known, len(cures))[i])
        assert (int(seen.lo[i]) if known else None) == at.get((cure[0], cure[5]))


# From long before the days that are looked up to long after.
far_days = st.lists(st.integers(-600_000, 2_000_000), min_size=1, max_size=5)
near_days = st.lists(st.integers(-60_000, 80_000), min_size=1, max_size=5)


@given(st.one_of(far_days, near_days), st.integers(-300, 300))
def test_months_are_reckoned_as_the_kernel_does(dates, months):
    moved = v.add_months(dates, months)
    assert moved.tolist() == [days.add_months(d, months) for d in dates]
    assert v.months_between(dates, moved).tolist() == [
        days.months_between(a, b) for a, b in zip(dates, moved.tolist(), strict=True)
    ]
