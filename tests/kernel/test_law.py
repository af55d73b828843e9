"""The law as a whole: versions are picked by what they apply to, and a hash covers the meaning alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from goodstanding.kernel import days, law
from goodstanding.kernel.law import Law
from goodstanding.store.yaml_nodes import read_text
from tests.kernel.rules.reading import CYCLE, GOOD, LIVE, MATCH, good_files, read

IT = 'indicators:\n  it: {count: xx.fine, where: "fine > 3 CNY", basis: "4"}\n'


def small(text: str, *more: str) -> tuple[Law, str]:
    made, findings = read(text, *more)
    assert findings == []
    return made, made.hash(made.programmes["xx.small"][0])


def test_a_version_is_picked_by_the_cycle_it_applies_to() -> None:
    first = CYCLE.replace("cycles from 2020", "cycles 2020 to 2022") + IT + MATCH
    second = CYCLE.replace("from 2020", "from 2023").replace('"1"', '"2"') + IT + MATCH
    made, findings = read(first, second)
    assert findings == []
    picked = {cycle: made.programme("xx.small", cycle=cycle) for cycle in (2019, 2020, 2022, 2023)}
    assert {cycle: one and one.version for cycle, one in picked.items()} == {
        2019: None,
        2020: "1",
        2022: "1",
        2023: "2",
    }


def test_a_live_version_is_picked_by_the_day_it_applies_to() -> None:
    first = LIVE.replace("2020-01-01", "2020-01-01 to 2021-01-01") + IT + MATCH
    second = LIVE.replace("2020-01-01", "2021-01-01").replace('"1"', '"2"') + IT + MATCH
    made, findings = read(first, second)
    assert findings == []
    picked = [made.programme("xx.small", on=days.day(d)) for d in ("2020-12-31", "2021-01-01")]
    assert [one and one.version for one in picked] == ["1", "2"]
    by_name = made.programme("xx.small", version="2")
    assert by_name is picked[1]
    assert made.programme("xx.small", on=days.day("2019-12-31")) is None
    assert made.programme("xx.nothing", on=0) is None


def test_a_record_type_is_given_in_its_latest_version() -> None:
    made, _ = read()
    latest, first = made.record_type("xx.audit"), made.record_type("xx.audit", 1)
    assert latest is not None
    assert first is not None
    assert (latest.version, first.version) == (2, 1)
    assert made.record_type("xx.audit", 3) is None
    assert made.record_type("xx.nothing") is None


def test_the_order_of_files_plays_no_part() -> None:
    files = good_files()
    one, _ = law.read(files)
    other, _ = law.read(dict(reversed(files.items())))
    assert one == other
    for name, versions in one.programmes.items():
        hashes = [one.hash(version) for version in versions]
        assert hashes == [other.hash(version) for version in other.programmes[name]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{en: Small, zh: 小}", "{en: Smaller, zh: 较小}"),
        ("judges:", "# a comment\n\njudges:"),
        ("indicators:\n", 'indicators:\n  unread: {count: xx.late, basis: "4"}\n'),
    ],
)
def test_titles_comments_places_and_what_nobody_reads_change_no_hash(old: str, new: str) -> None:
    text = LIVE + IT + MATCH
    assert small(text)[1] == small(text.replace(old, new))[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fine > 3 CNY", "fine > 4 CNY"),
        ("fine > 3 CNY", "fine >= 3 CNY"),
        ("where:", "confirmed: yes, where:"),
        ('basis: "4"}\ngrades', 'basis: "5"}\ngrades'),
        ("it > 2", "it > 3"),
        ("2020-01-01", "2020-01-02"),
    ],
)
def test_every_change_of_meaning_changes_the_hash(old: str, new: str) -> None:
    text = LIVE + IT + MATCH
    assert text.replace(old, new) != text
    assert small(text)[1] != small(text.replace(old, new))[1]


def test_a_change_of_a_record_type_changes_the_hash_of_the_programmes_that_read_it() -> None:
    before, _ = law.read(good_files())
    changed = dict(good_files())
    file = GOOD / "records.yaml"
    text = file.read_text("utf-8").replace(
        "month: {type: date}", "month: {type: date, required: yes}"
    )
    node = read_text(text, str(file), [])
    assert node is not None
    changed[str(file)] = node
    after, _ = law.read(changed)
    differ = {
        name
        for name, versions in before.programmes.items()
        if before.hash(versions[0]) != after.hash(after.programmes[name][0])
    }
    assert differ == {"xx.standing", "xx.weighted"}


def test_a_hash_is_the_same_in_every_process() -> None:
    code = (
        "from tests.kernel.rules.reading import read\n"
        "made, _ = read()\n"
        "print(*(made.hash(v) for vs in made.programmes.values() for v in vs))"
    )
    made, _ = read()
    own = [made.hash(version) for versions in made.programmes.values() for version in versions]
    for seed in ("1", "2"):
        env = {"PYTHONHASHSEED": seed, "PYTHONPATH": "src:.", "PATH": ""}
        said = subprocess.run(  # noqa: S603 our own interpreter runs our own text
            [sys.executable, "-c", code],
            env=env,
            cwd=GOOD.parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
        assert said.stdout.split() == own


def test_what_is_left_out_is_kept_with_its_place() -> None:
    made, _ = read()
    assert [(one.item, one.reason) for one in made.excluded] == [("mood", "media")]


def test_a_file_of_an_unknown_kind_hides_no_other() -> None:
    _, findings = read("recrods: {}\n", "[]\n", LIVE + IT + MATCH)
    assert [found.code for found in findings] == ["unknown-kind", "unknown-kind"]


def test_what_follows_from_a_list_stands_under_its_article_there_and_ends_with_the_entry() -> None:
    made, _ = read()
    inspection, bar = made.follows("xx.list")
    assert (inspection.id, inspection.months_max) == ("xx.measures.inspection", 36)
    assert (bar.basis.article, bar.basis.confirmed, bar.months_max) == ("14", True, 36)
    (watched,) = made.follows("xx.watch")
    assert (watched.months_max, watched.ends_by) == (None, "paying the fine")
    assert not watched.basis.confirmed


def test_editions_of_a_catalogue_stand_in_the_order_of_their_names() -> None:
    made, _ = read()
    assert [one.version for one in made.catalogues["xx.catalogue"]] == ["1", "2"]


def test_measures_and_lists_change_no_hash() -> None:
    one, _ = read()
    other, _ = read(
        "measures:\n  xx.measures.more: {title: {en: More, zh: 更多}, direction: incentive, kind: honour,"
        " target: organisations, imposed by: [xx.ministry], field: [xx.*], basis: act-2020-1 13}\n"
    )
    assert set(other.measures) - set(one.measures) == {"xx.measures.more"}
    names = list(one.programmes)
    assert [one.hash(one.programmes[n][0]) for n in names] == [
        other.hash(other.programmes[n][0]) for n in names
    ]
