"""Registers are written and read back: nothing is revived, nothing is lost, and organisations are found under every name they had."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goodstanding.kernel import days
from goodstanding.kernel.facts import facts
from goodstanding.kernel.record import Version
from goodstanding.store import lake
from goodstanding.store.lake import Meta, Register, RegisterWriter, bucket_of, read_meta
from tests.small_law import META, TODAY, VERSIONS, organisation, penalty, small_law, write_small


@pytest.fixture(scope="module")
def law(tmp_path_factory):
    return small_law(tmp_path_factory.mktemp("law"))


@pytest.fixture(scope="module")
def register(tmp_path_factory, law):
    folder = write_small(tmp_path_factory.mktemp("register") / "small", law)
    with Register(folder, META, law.types) as opened:
        yield opened


def settled(version: Version) -> tuple[object, ...]:
    """A version without the values it does not have."""
    values = {k: v for k, v in version.values.items() if v is not None}
    return (
        replace(version, values={}, links={}),
        tuple(sorted(values.items())),
        tuple(sorted(version.links.items())),
    )


def test_every_version_written_is_read_again_and_no_other(register):
    read = [v for vs in register.versions(0, 65_536).values() for v in vs]
    assert sorted(map(settled, read), key=repr) == sorted(map(settled, VERSIONS), key=repr)


def test_what_was_annulled_or_closed_is_not_revived(register, law):
    made = facts(register.versions_of("one"), law.types)
    state = {f.record: (f.why_not, f.values["fine"]) for f in made["xs.office.penalty"]}
    assert state == {
        "1-a": ("", 60_000),
        "1-b": ("", 20_000),
        "1-c": ("annulled", 900_000),
        "6-a": ("", None),
    }


def test_the_past_keeps_what_was_known_then(register, law):
    made = facts(register.versions_of("one"), law.types, known=5)
    state = {f.record: (f.why_not, f.values["fine"]) for f in made["xs.office.penalty"]}
    assert state == {"1-a": ("", 60_000), "1-b": ("", 10_000), "1-c": ("", 900_000)}


def test_a_younger_id_answers_under_its_elder_once_they_are_known_to_be_the_same(register):
    assert [o.organisation.id for o in register.find("six")] == ["one"]
    assert [o.organisation.id for o in register.find("six", known=11)] == ["six"]
    assert register.elder("three") == "three"


def test_a_circle_of_identities_ends(tmp_path, law):
    rows = [("same as", "b", "a", TODAY, 1, None, ""), ("same as", "a", "b", TODAY, 1, None, "")]
    folder = write_small(tmp_path / "r", law, [], identities=rows)
    with Register(folder, META, law.types) as opened:
        assert opened.elder("a") == "b"


def test_an_organisation_is_found_by_id_identifier_and_whole_name_only(register):
    assert [o.organisation.id for o in register.find("XS-one")] == ["one"]
    assert [o.organisation.id for o in register.find("name OF one")] == ["one"]
    assert {o.organisation.id for o in register.find("XS-shared")} == {"two", "three"}
    assert register.find("Name") == []
    assert register.find("' OR '1'='1") == []


def test_the_holder_of_a_unit_is_that_of_the_day(register):
    assert [u.id for u in register.units_of("one", days.day("2025-05-31"))] == ["u1"]
    assert register.units_of("one", days.day("2025-06-01")) == []
    assert [u.id for u in register.units_of("two", days.day("2025-06-01"))] == ["u1"]


def test_only_organisations_are_handed_out_to_be_judged(register):
    assert {o.organisation.id for o in register.judgeable(0, 65_536)} == {"one", "two", "three"}


def test_the_bucket_is_the_first_two_bytes_of_the_hash():
    assert bucket_of("one") == int(sha256(b"one").hexdigest()[:4], 16)


def test_files_are_sorted_by_bucket_subject_and_date(register):
    query = "SELECT bucket, subject, decided, known_from, record FROM read_parquet(?)"
    file = str(register.folder / "records/xs.office.penalty/v1/*.parquet")
    rows = duckdb.execute(query, [file]).fetchall()
    assert rows == sorted(rows)
    assert len(rows) == len([v for v in VERSIONS if v.type == "xs.office.penalty"])


def test_a_large_dataset_is_cut_into_files_by_bucket(tmp_path, law, monkeypatch):
    monkeypatch.setattr(lake, "ROWS_PER_FILE", 10)
    many = [penalty(f"r{i}", f"s{i}", "2024-01-01") for i in range(64)]
    folder = write_small(tmp_path / "r", law, many)
    files = sorted((folder / "records/xs.office.penalty/v1").glob("*.parquet"))
    assert len(files) == 7
    with Register(folder, META, law.types) as opened:
        assert sum(len(v) for v in opened.versions(0, 65_536).values()) == 64


def test_parts_written_in_small_batches_make_the_same_register(tmp_path, law, register):
    with RegisterWriter(tmp_path / "r", law.types, rows_per_part=2) as writer:
        for version in reversed(VERSIONS):
            writer.add_versions([version])
        writer.finish(META)
    assert not (tmp_path / "r" / ".parts").exists()
    with Register(tmp_path / "r", META, law.types) as opened:
        again = opened.versions(0, 65_536)
    assert again == register.versions(0, 65_536)


def test_a_folder_with_anything_in_it_is_never_written_into(tmp_path, law):
    (tmp_path / "note").write_text("mine")
    with pytest.raises(FileExistsError):
        RegisterWriter(tmp_path, law.types)


def test_a_register_that_was_not_finished_is_none(tmp_path, law):
    with RegisterWriter(tmp_path / "r", law.types) as writer:
        writer.add_versions(VERSIONS)
        writer.flush()
    assert list((tmp_path / "r").iterdir()) == []


def test_a_path_with_signs_of_patterns_and_quotes_is_only_a_path(tmp_path, law):
    folder = write_small(tmp_path / "a'b[1]*?", law)
    with Register(folder, META, law.types) as opened:
        assert [o.organisation.id for o in opened.find("one")] == ["one"]


# --------------------------------------------------------------------------------------------------
# register.json


def test_a_day_maps_to_the_last_position_not_after_it():
    assert [
        META.position_on(days.day(d))
        for d in ("2023-12-30", "2023-12-31", "2024-12-30", "2030-01-01")
    ] == [0, 5, 5, 20]


def test_what_a_register_says_of_itself_is_read_as_written():
    assert read_meta(META.to_json()) == META


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"format": 2, "position": 1}',
        '{"format": 1}',
        '{"format": 1, "position": "1"}',
        '{"format": 1, "position": true}',
        '{"format": 1, "position": 9, "positions": [[2, "2024-01-01"], [1, "2024-01-02"]]}',
        '{"format": 1, "position": 9, "positions": [[1, "2024-01-02"], [2, "2024-01-01"]]}',
        '{"format": 1, "position": 9, "positions": [[1, "2024-02-31"]]}',
        '{"format": 1, "position": 9, "positions": [[1]]}',
        '{"format": 1, "position": 9, "positions": 7}',
        "[" * 100_000,
    ],
)
def test_what_is_no_register_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError):  # noqa: PT011 - any sentence
        read_meta(text)


# --------------------------------------------------------------------------------------------------
# Anything the law's types can hold survives the way out and back


def texts():
    return st.none() | st.text(
        st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12
    )


def dates():
    return st.none() | st.integers(days.day("1900-01-01"), days.day("2199-12-31"))


def a_version(number):
    values = st.fixed_dictionaries(
        {
            "decided": dates(),
            "kind": st.sampled_from([None, "warning", "fine"]),
            "fine": st.none() | st.integers(0, 10**15),
            "number": texts(),
            "share_of_turnover": st.none() | st.integers(0, 10_000),
            "repeated": st.sampled_from([None, True, False]),
            "cured": dates(),
            "ended": dates(),
            "certainty": st.sampled_from(
                ["alleged", "decided", "final", "under review", "suspended", "annulled"]
            ),
            "act": texts(),
            "decision": texts(),
            "authority": texts(),
        }
    )
    known = st.tuples(st.integers(0, 50), st.none() | st.integers(51, 99))
    return st.builds(
        lambda v, k, subject, state: Version(
            "xs.office.penalty", 1, f"r{number}", subject, k[0], k[1], state, v, {}
        ),
        values,
        known,
        st.sampled_from(["one", "two", "企业", "Ä 'quoted'"]),
        st.sampled_from(["in force", "annulled", "held"]),
    )


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(1, 12).flatmap(lambda n: st.tuples(*(a_version(i) for i in range(n)))))
def test_any_versions_come_back_as_they_went(tmp_path_factory, law, versions):
    folder = tmp_path_factory.mktemp("any") / "r"
    write_small(folder, law, list(versions))
    with Register(folder, Meta(99), law.types) as opened:
        read = [v for vs in opened.versions(0, 65_536).values() for v in vs]
        singly = [v for s in {v.subject for v in versions} for v in opened.versions_of(s)]
    assert sorted(map(settled, read), key=repr) == sorted(map(settled, versions), key=repr)
    assert sorted(map(settled, singly), key=repr) == sorted(map(settled, versions), key=repr)


def test_issued_standings_are_read_in_order(tmp_path, law):
    folder = tmp_path / "r"
    rows = [
        (
            bucket_of("one"),
            "one",
            "xs.yearly",
            2024,
            2,
            None,
            "D",
            None,
            json.dumps({"d_then": 2024}),
            "h",
            2,
        ),
        (bucket_of("one"), "one", "xs.yearly", 2023, 1, None, "A", 900_000, None, "h", 1),
    ]
    with RegisterWriter(folder, law.types) as writer:
        writer.add(lake.ORGANISATIONS, [organisation("one")])
        writer.add(lake.ISSUED, rows)
        writer.finish(META)
    with Register(folder, META, law.types) as opened:
        issued = [(i.cycle, i.grade, dict(i.carried)) for i in opened.issued_to("one")]
    assert issued == [(2023, "A", {}), (2024, "D", {"d_then": 2024})]
