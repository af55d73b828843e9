"""The generated nation: the same on every road to it, shaped as said, and taken by the admission as it is."""

import hashlib
import json
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from goodstanding.kernel import days, law
from goodstanding.kernel.guard import Fit, fit
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules.nodes import Direction
from goodstanding.store import generator
from goodstanding.store import generator_draws as d
from goodstanding.store.admission import admit
from goodstanding.store.generator import generate
from goodstanding.store.generator_plan import (
    CODES,
    FIRST_DAY,
    LAST_DAY,
    PACKS,
    _codes,
    bounds,
    pack_of,
    plan_nation,
)
from goodstanding.store.generator_subjects import (
    NEVER,
    Nation,
    Spread,
    buckets_of,
    organisation_codes,
    organisation_ids,
)
from goodstanding.store.lake import bucket_of, read_meta, record_columns
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[2]
# A law of every kind of field, link and subject, which does not change when law/ does.
SMALL_LAW = """
record types:
  xx.tax.registration:
    {title: {en: Registration, zh: 登记}, act: permit state, direction: neutral, about: organisation, counting date: registered, publicity: public, confirmed: no,
     fields: {registered: {type: date, required: yes}, form: {type: "one of company, branch"}}}
  xx.tax.statement:
    {title: {en: Statement, zh: 报表}, act: measured value, direction: neutral, about: organisation, counting date: year_end, publicity: public, confirmed: no,
     fields: {year_end: {type: date, required: yes}, income: {type: money CNY}, item: {type: "one of a, b", required: yes}}}
  xx.tax.zero_return:
    {title: {en: Zero return, zh: 零申报}, act: duty met, direction: adverse, about: organisation, counting date: period, publicity: public, confirmed: no,
     fields: {period: {type: date, required: yes}, filer: {type: "one of monthly, quarterly", required: yes}}}
  xx.tax.penalty:
    {title: {en: Penalty, zh: 处罚}, act: decision, direction: adverse, about: organisation, counting date: decided, publicity: public, confirmed: no,
     fields: {decided: {type: date, required: yes}, fine: {type: money CNY, required: yes, graver: more}, share: {type: share}, loss: {type: count, at least: -5}, reason: {type: code}, wilful: {type: truth}}}
  xx.tax.repair:
    {title: {en: Repair, zh: 修复}, act: decision, direction: favourable, about: organisation, counting date: decided, publicity: public, confirmed: no,
     fields: {decided: {type: date, required: yes}}, links: {penalty: {to: xx.tax.penalty, kind: cures}}}
  xx.tax.listing:
    {title: {en: Listing, zh: 列入}, act: decision, direction: adverse, about: organisation, counting date: listed, publicity: public, confirmed: no,
     fields: {listed: {type: date, required: yes}, kind: {type: "one of a, b", required: yes}}, links: {ground: {to: xx.tax.penalty, kind: rests on}}}
  xx.ets.account:
    {title: {en: Account, zh: 账户}, act: measured value, direction: neutral, about: unit, counting date: year_end, publicity: public, confirmed: no,
     fields: {year_end: {type: date, required: yes}, verified: {type: quantity tCO2}}}
"""
SMALL_PROGRAMME = """
programme: xx.tax
version: "1"
title: {en: Tax credit, zh: 纳税信用}
judges: organisation
cycle: calendar year
applies: cycles from 2018
confirmed: no
publicity: {A: public, B: public}
indicators:
  registered_on: {value: xx.tax.registration, of: registered}
  income: {value: xx.tax.statement, of: income, during: cycle}
  zeros: {count: xx.tax.zero_return, during: cycle}
  fines: {count: xx.tax.penalty, where: "fine >= 100_000 CNY and cured is missing", during: cycle}
grades:
  best to worst: [A, B]
  first match: [{id: b, grade: B, when: "fines > 0 or zeros > 3 or income = 0 CNY"}, A]
"""
SMALL_PROGRAMME_OF_UNITS = """
programme: xx.ets
version: "1"
title: {en: Allowances, zh: 配额}
judges: unit
cycle: calendar year
applies: cycles from 2018
confirmed: no
publicity: {A: public, B: public}
indicators:
  verified_now: {value: xx.ets.account, of: verified, during: cycle}
grades:
  best to worst: [A, B]
  first match: [{id: b, grade: B, when: "verified_now > 100 tCO2"}, A]
"""
# SHA-256 of all rows of a nation of the small law. It changes when VERSION does, and never otherwise.
SMALL_NATION = "84cc46a8c92ac8950fb64fb53b334aca9c99a3f9a683660f655888404613b71d"


@pytest.fixture(scope="module")
def small_law(tmp_path_factory):
    folder = tmp_path_factory.mktemp("law")
    for name, text in (
        ("records", SMALL_LAW),
        ("tax", SMALL_PROGRAMME),
        ("ets", SMALL_PROGRAMME_OF_UNITS),
    ):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    read, _ = law.read(load_law([folder])[0])
    assert set(read.programmes) == {"xx.tax", "xx.ets"}
    return read


@pytest.fixture(scope="module")
def whole_law():
    read, _ = law.read(load_law([ROOT / "law", ROOT / "samples" / "law"])[0])
    return read


@pytest.fixture(scope="module")
def nation(whole_law, tmp_path_factory):
    """Give a nation of the whole law."""
    out = tmp_path_factory.mktemp("nation") / "register"
    generate(out, whole_law, organisations=12_000, seed=3, workers=1, spread=Spread.EVEN)
    return out


def rows_of(out: Path) -> dict[str, pa.Table]:
    """Give all rows by dataset, part after part."""
    folders = sorted({f.parent for f in out.rglob("*.parquet")})
    return {
        str(folder.relative_to(out)): pa.concat_tables(
            [pq.read_table(f) for f in sorted(folder.glob("*.parquet"))]
        ).combine_chunks()
        for folder in folders
    }


def query(out: Path, text: str) -> list[tuple]:
    """Run a query in which {name} stands for the files of a dataset."""
    files = {k.replace("/", "_").replace(".", "_"): f"'{out / k}/*.parquet'" for k in rows_of(out)}
    with duckdb.connect() as engine:
        return engine.execute(text.format(**files)).fetchall()


# Chance


def test_splitmix_is_the_published_one():
    keys = np.array([1, 2], np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    assert [int(x) for x in d.mixed(keys)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


def test_a_block_boundary_changes_nothing():
    keys = d.keys_of(1, "x", np.arange(40_000))
    assert d.mixed(keys)[20_000:].tolist() == d.mixed(keys[20_000:]).tolist()


def test_draws_stay_below_their_end():
    drawn = d.keys_of(1, "x", np.arange(100_000))
    for end in (1, 2, 3, 7, 2**31 - 1):
        assert 0 <= d.below(drawn, end).min() <= d.below(drawn, end).max() < end
        assert 0 <= d.tail(drawn, end).min() <= d.tail(drawn, end).max() < end


def test_a_choice_of_little_weight_is_still_made():
    assert np.bincount(d.choices((1, 10**9, 0, 1))).tolist() == [1, 8189, 0, 2]


def test_ids_are_sorted_as_their_numbers_and_lie_in_their_bucket():
    numbers = np.array([0, 1, 30, 31, 49_999_999, 31**6 - 1])
    ids = organisation_ids(numbers)
    texts = [row.tobytes().decode() for row in ids]
    assert texts == sorted(set(texts))
    assert buckets_of(ids).tolist() == [bucket_of(text) for text in texts]


# The shape


def records_of_organisations(law, spread, records=10):
    """Give the number of records of each of a million organisations."""
    nation = Nation(plan_nation(law), 5, 10**6, records, spread)
    keys = nation.organisation_keys(np.arange(10**6))
    packs = nation.plan.packs_of_organisations
    return sum(nation.sizes(pack, population, keys) for pack, population in packs)


@pytest.mark.parametrize(
    ("spread", "none", "most"),
    [(Spread.HEAVY, (0.5, 0.65), (20_000, 100_000)), (Spread.EVEN, (0.09, 0.2), (60, 200))],
    ids=str,
)
def test_records_are_as_evenly_spread_as_said(whole_law, spread, none, most):
    counts = records_of_organisations(whole_law, spread)
    assert 9 < counts.mean() < 11
    assert none[0] < (counts == 0).mean() < none[1]
    assert most[0] < counts.max() < most[1]


@pytest.mark.parametrize("spread", list(Spread), ids=str)
def test_twice_the_records_are_twice_the_records(whole_law, spread):
    means = [records_of_organisations(whole_law, spread, n).mean() for n in (10, 20)]
    assert 1.6 < means[1] / means[0] < 2.2


def test_few_do_much_of_the_harm(nation, whole_law):
    adverse = [
        name
        for name, table in rows_of(nation).items()
        if name.startswith("records/")
        and whole_law.record_type(name.split("/")[1]).direction is Direction.ADVERSE
    ]
    union = " UNION ALL ".join(
        f"SELECT subject FROM '{nation / name}/*.parquet' WHERE known_to IS NULL"
        for name in adverse
    )
    counts = query(nation, f"SELECT count(*) FROM ({union}) GROUP BY subject ORDER BY 1 DESC")
    counts = [count for (count,) in counts]
    assert 4 * sum(counts[: len(counts) // 10]) > sum(counts)


def test_a_nation_of_the_whole_law_is_admitted_as_it_is(nation, whole_law, tmp_path):
    admission = admit(
        nation, whole_law.types, refused=tmp_path / "refused.csv", into=tmp_path / "left"
    )
    assert admission.findings == []
    assert admission.refused_by_code == {}
    assert admission.folder == nation


def test_every_record_type_is_filed(nation, whole_law):
    filed = {name.split("/")[1] for name in rows_of(nation) if name.startswith("records/")}
    assert filed == set(whole_law.record_types)


def test_every_value_lies_in_its_bounds_and_every_word_is_met(nation, whole_law):
    for name, table in rows_of(nation).items():
        if not name.startswith("records/"):
            continue
        record_type = whole_law.record_type(name.split("/")[1])
        assert table.column_names == [column for column, _ in record_columns(record_type)]
        for field, type_ in record_type.fields:
            _look_at_values(table, field, type_, required=field in record_type.required)


def _look_at_values(table: pa.Table, field: str, type_: Type, *, required: bool) -> None:
    values = [v for v in table[field].to_pylist() if v is not None]
    assert not required or len(values) == table.num_rows
    if type_.kind is Kind.NUMBER:
        low, high = bounds(type_)
        assert low <= min(values) <= max(values) <= high
    elif type_.kind is Kind.WORD and table.num_rows > 100 * len(type_.words):
        assert set(values) == set(type_.words)
    elif type_.kind is Kind.TRUTH and table.num_rows > 200:
        assert set(values) == {True, False}


def test_rows_lie_in_the_order_of_the_format(nation, whole_law):
    for name, table in rows_of(nation).items():
        if name.startswith("records/"):
            counting = whole_law.record_type(name.split("/")[1]).counting
            order = ["bucket", "subject", counting, "known_from", "record"]
            rows = list(zip(*(table[c].to_pylist() for c in order), strict=True))
            assert rows == sorted(rows), name


def test_every_certainty_and_state_and_fate_is_met(nation):
    table = pa.concat_tables(
        [
            t.select(["state", "certainty", "known_to"])
            for n, t in rows_of(nation).items()
            if n.startswith("records/")
        ]
    )
    assert set(table["state"].to_pylist()) == {"in force", "annulled", "held"}
    assert len(set(table["certainty"].to_pylist())) == 6
    assert table["known_to"].null_count < table.num_rows


def test_a_leap_day_and_the_last_day_are_met(nation):
    found = {
        day
        for name, table in rows_of(nation).items()
        if name.startswith("records/")
        for column in table.columns
        if pa.types.is_date32(column.type)
        for day in column.cast(pa.int32()).to_pylist()
    }
    assert {int(days.day("2020-02-29")), int(days.day("2024-02-29")), LAST_DAY} <= found


def test_a_joined_organisation_stands_under_the_elder_id_from_then_on(nation):
    joins = query(
        nation, "SELECT younger, elder, known_from FROM {identities} WHERE kind = 'same as'"
    )
    until = dict(query(nation, "SELECT subject, max(known_to) FROM {organisations} GROUP BY 1"))
    assert {younger: until[younger] for younger, _, _ in joins} == {
        younger: position for younger, _, position in joins
    }
    records = pa.concat_tables(
        [
            table.select(["subject", "record", "known_from", "known_to"])
            for name, table in rows_of(nation).items()
            if name.startswith("records/")
        ]
    ).to_pylist()
    for younger, elder, position in joins:
        rows = [r for r in records if r["record"].startswith("R" + younger[2:])]
        assert {r["subject"] for r in rows} <= {younger, elder}
        assert all(r["known_to"] <= position for r in rows if r["subject"] == younger)
        assert all(r["known_from"] >= position for r in rows if r["subject"] == elder)
        closed = {r["record"] for r in rows if r["known_to"] == position}
        assert closed <= {r["record"] for r in rows if r["known_from"] == position}
    subjects = {r["subject"] for r in records}
    assert {younger for younger, _, _ in joins} & subjects


def test_dates_lie_in_order(nation, whole_law):
    compared = {"cured": 0, "ended": 0, "committed": 0}
    for name, table in rows_of(nation).items():
        if not name.startswith("records/"):
            continue
        record_type = whole_law.record_type(name.split("/")[1])
        counting = table[record_type.counting]
        for field in compared:
            if field in table.column_names:
                late = pc.greater if field != "committed" else pc.less_equal
                right = pc.drop_null(late(table[field], counting))
                assert all(right.to_pylist()), (name, field)
                compared[field] += len(right)
    assert min(compared.values()) > 50


def test_person_like_and_unknown_forms_are_met_and_nobody_vouches_for_them(nation):
    found = query(
        nation,
        "SELECT form, count(*), count(vouched_by) FROM {organisations} GROUP BY form ORDER BY form",
    )
    (_, known, vouched), *others = found
    assert known == vouched > 10_000
    assert [(form, vouched) for form, _, vouched in others] == [("person-like", 0), ("unknown", 0)]
    assert min(count for _, count, _ in others) > 200


def test_units_are_held_by_organisations_and_some_change_hands(nation, whole_law):
    ((holders, units, known),) = query(
        nation,
        "SELECT count(DISTINCT (unit, holder)), count(DISTINCT unit), count(DISTINCT unit) FILTER (holder IN (SELECT subject FROM {organisations})) FROM {units}",
    )
    assert 180 * len(plan_nation(whole_law).packs_of_units) == units == known < holders


def test_names_are_invented_and_of_both_languages(nation):
    ((names, organisations, withheld, odd),) = query(
        nation,
        "SELECT count(DISTINCT name), count(*), count(*) FILTER (name IS NULL), "
        "count(*) FILTER (NOT regexp_full_match(name, '[A-Z][a-z]+ [A-Z][a-z]+ · [\\x{{4e00}}-\\x{{9fff}}]+')) FROM {organisations}",
    )
    assert odd == 0 < withheld
    assert names > 0.95 * (organisations - withheld)


@pytest.mark.parametrize(
    ("follower", "date", "target", "dated", "link"),
    [
        (
            "cn_tax_back_to_normal",
            "restored",
            "cn_tax_non_normal_household",
            "declared",
            "household",
        ),
        ("cn_samr_serious_listing", "listed", "cn_samr_penalty", "decided", "penalty"),
    ],
)
def test_what_follows_is_linked_to_an_earlier_record_of_its_subject(
    nation, follower, date, target, dated, link
):
    ((linked, found),) = query(
        nation,
        f"SELECT count(*), count(t.record) FROM {{records_{follower}_v1}} b LEFT JOIN "
        f"(SELECT record, subject, min({dated}) AS day FROM {{records_{target}_v1}} GROUP BY ALL) t "
        f"ON t.record = b.link_{link} AND t.subject = b.subject AND t.day <= b.{date} WHERE link_{link} IS NOT NULL",
    )
    assert linked == found > 0


def test_acts_and_decisions_are_shared(nation):
    for column in ("act", "decision"):
        ((most,),) = query(
            nation,
            f"SELECT max(n) FROM (SELECT count(DISTINCT record) AS n FROM {{records_cn_samr_penalty_v1}} "
            f"WHERE {column} IS NOT NULL GROUP BY subject, {column})",
        )
        assert most > 1


# Packs do not depend on each other


MORE_LAW = """
record types:
  xx.more.breach:
    {title: {en: Breach, zh: 违法}, act: decision, direction: adverse, about: organisation, counting date: found, publicity: public, confirmed: no,
     fields: {found: {type: date, required: yes}, fine: {type: money CNY}}}
  xx.more.meter:
    {title: {en: Meter, zh: 计量}, act: measured value, direction: neutral, about: unit, counting date: year_end, publicity: public, confirmed: no,
     fields: {year_end: {type: date, required: yes}, verified: {type: quantity tCO2}}}
"""
MORE_PROGRAMME = """
programme: xx.more
version: "1"
title: {en: More, zh: 其他}
judges: organisation
applies: from 2018-01-01
confirmed: no
publicity: {A: public, B: public}
indicators:
  fines: {count: xx.more.breach, where: "fine >= 777 CNY and found >= 2019-07-19"}
  others: {count: xx.tax.penalty, where: "fine >= 888 CNY"}
grades:
  best to worst: [A, B]
  first match: [{id: b, grade: B, when: "fines > 0 or others > 0"}, A]
"""


def test_records_of_one_pack_stay_the_same_when_another_is_added(small_law, tmp_path):
    folder = tmp_path / "law"
    folder.mkdir()
    texts = (SMALL_LAW, SMALL_PROGRAMME, SMALL_PROGRAMME_OF_UNITS, MORE_LAW, MORE_PROGRAMME)
    for number, text in enumerate(texts):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    more, _ = law.read(load_law([folder])[0])
    assert set(more.programmes) == {"xx.tax", "xx.ets", "xx.more"}
    for name, one in (("small", small_law), ("more", more)):
        generate(tmp_path / name, one, organisations=500, seed=1, spread=Spread.EVEN)
    small, larger = rows_of(tmp_path / "small"), rows_of(tmp_path / "more")
    assert any("xx.more.breach" in name for name in larger)
    assert any("xx.more.meter" in name for name in larger)
    for name, table in small.items():
        if name == "units":
            units = table["unit"].to_pylist()
            kept = [unit in units for unit in larger[name]["unit"].to_pylist()]
            assert larger[name].filter(kept).equals(table)
        else:
            assert larger[name].equals(table), name


def test_packs_of_equal_codes_are_told_apart():
    packs = [f"xx.p{n}" for n in range(CODES)]
    codes = _codes(packs)
    assert sorted(codes) == sorted(packs)
    assert list(codes.values()) == list(range(CODES))


def test_the_table_names_packs_that_there_are(whole_law):
    assert set(PACKS) <= {pack_of(name) for name in whole_law.record_types}


def test_a_larger_nation_has_the_organisations_of_a_smaller_one(small_law, tmp_path):
    for organisations in (301, 900):
        generate(
            tmp_path / str(organisations),
            small_law,
            organisations=organisations,
            seed=1,
            spread=Spread.EVEN,
        )
    small, large = rows_of(tmp_path / "301"), rows_of(tmp_path / "900")
    compared = 0
    for name, table in small.items():
        # The last organisation may be known to be one of the larger nation; units have other holders in it.
        if name == "organisations" or (name.startswith("records/") and "ets" not in name):
            last = organisation_ids(np.array([300]))[0].tobytes().decode()
            parts = [[s < last for s in t["subject"].to_pylist()] for t in (table, large[name])]
            assert large[name].filter(parts[1]).equals(table.filter(parts[0])), name
            compared += 1
    assert compared == 7


# Codes


def test_codes_check_as_gb_32100_says_belong_to_nobody_and_hold_no_number_of_a_person():
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    numbers = np.array([*range(3000), 10**6, 799_999_999])
    codes = [row.tobytes().decode() for row in organisation_codes(numbers)]
    assert len(set(codes)) == len(numbers)
    for code in codes:
        assert (len(code), code[:4]) == (18, "XX00")
        total = sum(signs.index(sign) * 3**place for place, sign in enumerate(code[:17]))
        assert signs.index(code[17]) == -total % 31
        assert fit(code) is Fit.NONE


def test_the_check_sign_is_the_published_one():
    signs = d.SIGNS.decode()
    published = "91350100M000100Y43"
    total = sum(signs.index(sign) * 3**place for place, sign in enumerate(published[:17]))
    assert signs[-total % 31] == published[17]


# The same on every road


def content(out: Path) -> str:
    """Give the SHA-256 of all rows as text, and of what register.json says."""
    whole = hashlib.sha256((out / "register.json").read_bytes())
    for name, table in rows_of(out).items():
        whole.update(name.encode())
        for column in table.columns:
            whole.update(repr(column.to_pylist()).encode())
    return whole.hexdigest()


def test_a_seed_gives_the_same_nation_for_ever(small_law, tmp_path):
    generate(tmp_path / "a", small_law, organisations=1000, seed=1, workers=1)
    assert content(tmp_path / "a") == SMALL_NATION


def test_another_seed_gives_another_nation(small_law, tmp_path):
    generate(tmp_path / "a", small_law, organisations=50, seed=1)
    generate(tmp_path / "b", small_law, organisations=50, seed=2)
    assert content(tmp_path / "a") != content(tmp_path / "b")


@pytest.mark.parametrize(
    ("workers", "records", "parts"), [(1, 700, 64), (2, 2000, 2), (2, 5000, 64)]
)
def test_neither_workers_nor_parts_change_the_nation(
    small_law, tmp_path, monkeypatch, workers, records, parts
):
    monkeypatch.setattr(generator, "RECORDS_PER_SLICE", records)
    monkeypatch.setattr(generator, "PARTS_MAX", parts)
    heard = []
    rows = generate(
        tmp_path / "a",
        small_law,
        organisations=1000,
        seed=1,
        workers=workers,
        progress=heard.append,
    )
    assert content(tmp_path / "a") == SMALL_NATION
    assert rows == {name: table.num_rows for name, table in rows_of(tmp_path / "a").items()}
    assert [p.done for p in heard] == list(range(1, heard[-1].parts + 1))
    assert heard[-1].seconds_left == 0
    assert heard[-1].parts > 1


def test_the_same_files_come_out_byte_for_byte_of_one_worker_and_of_two(
    small_law, tmp_path, monkeypatch
):
    monkeypatch.setattr(generator, "RECORDS_PER_SLICE", 700)
    for workers in (1, 2):
        generate(tmp_path / str(workers), small_law, organisations=200, seed=1, workers=workers)
    files = [f for f in (tmp_path / "1").rglob("*") if f.is_file()]
    assert len(files) > 10
    for file in files:
        other = tmp_path / "2" / file.relative_to(tmp_path / "1")
        assert file.read_bytes() == other.read_bytes()


class Broken(Exception):
    """Something stopped the run."""


def test_a_broken_run_goes_on_where_it_stood(small_law, tmp_path, monkeypatch):
    monkeypatch.setattr(generator, "RECORDS_PER_SLICE", 2000)

    def stop(progress):
        if progress.done == 2:
            raise Broken

    out = tmp_path / "a"
    with pytest.raises(Broken):
        generate(out, small_law, organisations=1000, seed=1, workers=1, progress=stop)
    assert not (out / "register.json").exists()
    with pytest.raises(FileExistsError):
        generate(out, small_law, organisations=1000, seed=2, workers=1)
    heard = []
    rows = generate(out, small_law, organisations=1000, seed=1, workers=1, progress=heard.append)
    assert heard[0].done == 3
    assert content(out) == SMALL_NATION
    assert rows == {name: table.num_rows for name, table in rows_of(out).items()}
    assert not (out / ".making").exists()


def test_a_folder_with_anything_else_is_left_alone(small_law, tmp_path):
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(FileExistsError):
        generate(tmp_path, small_law, organisations=10, seed=1)
    assert [f.name for f in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize(
    "wrong", [{"organisations": 0}, {"organisations": 1, "records_per_organisation": 0}]
)
def test_no_nation_is_without_organisations_or_records(small_law, tmp_path, wrong):
    with pytest.raises(ValueError, match="1 to"):
        generate(tmp_path / "a", small_law, seed=1, **wrong)


def test_the_smallest_nation_is_one(small_law, tmp_path):
    rows = generate(tmp_path / "a", small_law, organisations=1, seed=1)
    assert rows["organisations"] >= 1
    meta = read_meta((tmp_path / "a" / "register.json").read_text(encoding="utf-8"))
    assert meta.position_on(FIRST_DAY) == 1
    assert meta.position_on(LAST_DAY) == meta.position
    assert json.loads((tmp_path / "a" / "register.json").read_text(encoding="utf-8"))[
        "source"
    ].startswith(generator.SOURCE)


def test_no_organisation_is_known_to_be_itself(small_law):
    nation = Nation(plan_nation(small_law), 1, 100_000)
    at = nation.joined(np.arange(100_000))
    assert not (at[::2] < NEVER).any()
    assert 50 < (at < NEVER).sum() < 300
