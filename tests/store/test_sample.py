"""The sample nation is the same for the same seed, invented throughout, admitted whole, and covers what the law reads."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from goodstanding.desk.checking import read_law
from goodstanding.kernel.guard import Fit, fit
from goodstanding.kernel.quantity import Kind, number
from goodstanding.kernel.rules.walk import types_read
from goodstanding.store import sample
from goodstanding.store.admission import admit
from goodstanding.store.sample import Draws, code_of, plans, write_sample
from tests.small_law import small_law

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return small_law(tmp_path_factory.mktemp("law"))


def programmes(law):
    return [p for versions in law.programmes.values() for p in versions]


def rows(folder, dataset="records/xs.office.penalty/v1"):
    query = "SELECT * FROM read_parquet(?) ORDER BY ALL"
    return duckdb.execute(query, [str(folder / dataset / "*.parquet")]).fetchall()


@pytest.fixture(scope="module")
def nation(tmp_path_factory, law):
    folder = tmp_path_factory.mktemp("nation") / "r"
    counts = write_sample(folder, law.types, programmes(law), organisations=3000, seed=7)
    return folder, counts


def test_the_same_seed_gives_the_same_nation_however_it_is_cut(nation, tmp_path, law, monkeypatch):
    folder, counts = nation
    monkeypatch.setattr(sample, "CHUNK", 1250)
    again = write_sample(tmp_path / "r", law.types, programmes(law), organisations=3000, seed=7)
    assert again == counts
    for dataset in counts:
        assert rows(tmp_path / "r", dataset) == rows(folder, dataset)


def test_another_seed_gives_another_nation(nation, tmp_path, law):
    write_sample(tmp_path / "r", law.types, programmes(law), organisations=50, seed=8)
    assert rows(tmp_path / "r") != rows(nation[0])


def test_chance_is_the_same_on_every_machine():
    draws = Draws(1, "organisation", 0)
    assert [draws.bits() for _ in range(3)] == [2901452803, 3386789848, 2687796505]
    assert [draws.below(100) for _ in range(5)] == [4, 25, 22, 42, 8]


def test_the_sample_is_admitted_whole(nation, tmp_path, law):
    admission = admit(
        nation[0], law.types, refused=tmp_path / "refused.csv", into=tmp_path / "left"
    )
    assert (admission.refused, admission.findings) == (0, [])


def test_versions_corrections_annulments_cures_and_doubts_are_among_the_records(nation):
    found = duckdb.execute(
        "SELECT count(*) FILTER (known_to IS NOT NULL), count(*) FILTER (state = 'annulled'), count(*) FILTER (state = 'held'), "
        "count(DISTINCT certainty), count(*) FILTER (cured IS NOT NULL), count(*) FILTER (fine IS NULL), "
        "count(act), count(decision) - count(DISTINCT decision) FROM read_parquet(?)",
        [str(nation[0] / "records/xs.office.penalty/v1/*.parquet")],
    ).fetchall()[0]
    assert all(count > 0 for count in found)
    assert found[3] == 6


def test_a_cure_lies_after_what_it_cures(nation):
    found = duckdb.execute(
        "SELECT count(*), bool_and(p.paid > q.decided) FROM read_parquet(?) p JOIN read_parquet(?) q ON p.link_penalty = q.record "
        "AND p.subject = q.subject WHERE p.known_to IS NULL AND q.known_to IS NULL",
        [str(nation[0] / f"records/xs.office.{t}/v1/*.parquet") for t in ("payment", "penalty")],
    ).fetchall()[0]
    assert found[0] > 20
    assert found[1]


def test_person_like_and_unknown_forms_are_there_and_are_vouched_for_by_nobody(nation):
    query = (
        "SELECT form, count(*), count(vouched_by) FROM read_parquet(?) GROUP BY form ORDER BY form"
    )
    found = duckdb.execute(query, [str(nation[0] / "organisations/*.parquet")]).fetchall()
    assert [(form, vouched) for form, _, vouched in found[1:]] == [
        ("person-like", 0),
        ("unknown", 0),
    ]
    assert found[0][1] == found[0][2] > 2500


def test_codes_belong_to_nobody_are_all_different_and_hold_no_number_of_a_person():
    codes = {code_of(seed, index) for seed in (0, 5) for index in (*range(3000), 10**8)}
    assert len(codes) >= 3001
    assert {code[:2] for code in codes} == {"XS"}
    assert {len(code) for code in codes} == {18}
    assert {fit(code) for code in codes} == {Fit.NONE}


def test_every_record_type_that_the_law_reads_is_planned_after_what_it_links_to():
    law, findings = read_law([ROOT / "law", ROOT / "samples" / "law"])
    assert not [f for f in findings if f.refuses]
    planned = [p.type.id for p in plans(law.types, programmes(law))]
    wanted = {t for p in programmes(law) for t in types_read(p)}
    assert wanted <= set(planned)
    for plan in plans(law.types, programmes(law)):
        for link in plan.type.links:
            assert planned.index(link.to) <= planned.index(plan.type.id)


@pytest.mark.parametrize(
    "type_",
    [
        number(0, 10**15, 2, "CNY"),
        number(-500, 500, 0, "tCO2"),
        number(0, 1_000_000, 4),
        number(0, 10**10, 4),
        number(0, 10**9),
        number(3, 3),
        number(2000, 3000, 4),
    ],
    ids=str,
)
def test_numbers_stay_inside_the_bounds_of_their_type(type_):
    draws = Draws("bounds")
    drawn = [sample.number(draws, "given", type_) for _ in range(2000)]
    assert min(drawn) >= type_.low
    assert max(drawn) <= type_.high
    assert type_.kind is Kind.NUMBER


def test_deeds_are_heavy_tailed(nation):
    query = "SELECT count(*) AS n FROM read_parquet(?) WHERE known_to IS NULL GROUP BY subject ORDER BY n DESC"
    counts = [
        n
        for (n,) in duckdb.execute(
            query, [str(nation[0] / "records/xs.office.penalty/v1/*.parquet")]
        ).fetchall()
    ]
    assert 4 * sum(counts[: len(counts) // 10]) > sum(counts)
