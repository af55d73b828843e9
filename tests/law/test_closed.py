"""The closed lists of law/: proposals and lists name each other, every burden ends, and nothing of the source that meets persons is in."""

from __future__ import annotations

import pytest

from goodstanding.kernel.measures import Direction
from goodstanding.kernel.rules.closed import EntityList
from tests.kernel.real_law import real_law

LAW = real_law()
LISTS = sorted(LAW.lists)
# The rows of the official list that meet organisations: 1, 4, 7 to 11, 13, 14. Rows 2, 3, 5, 6 meet persons, 12 has no published label.
ROWS = 9


def test_programmes_and_lists_name_each_other() -> None:
    proposing = {
        (programme.id, proposal.list)
        for versions in LAW.programmes.values()
        for programme in versions
        for proposal in programme.proposals
    }
    named = {(name, one.id) for one in LAW.lists.values() for name in one.proposed_by}
    assert proposing == named
    assert len({list_ for _, list_ in proposing}) > 10


def unpublished(one: EntityList) -> bool:
    """Tell whether no source says when an entry ends: then nothing may follow from it."""
    return one.end is not None and one.end.unpublished


@pytest.mark.parametrize("name", LISTS)
def test_whatever_follows_from_an_entry_ends(name: str) -> None:
    for measure in LAW.follows(name):
        assert measure.months_max is not None or measure.ends_by


@pytest.mark.parametrize("name", LISTS)
def test_nothing_follows_from_a_list_whose_end_nobody_publishes(name: str) -> None:
    one = LAW.lists[name]
    assert not (unpublished(one) and one.follows)


def test_the_disciplinary_measures_are_the_rows_that_meet_organisations() -> None:
    shown = {m.part_of or id_ for id_, m in LAW.measures.items() if m.direction is Direction.DISCIPLINARY}  # fmt: skip
    assert len(shown) == ROWS
    left_out = {one.item for one in LAW.excluded}
    assert {
        "measure_practice",
        "measure_posts",
        "measure_exit",
        "measure_schooling",
        "measure_unnamed",
    } <= left_out


@pytest.mark.parametrize(("edition", "categories"), [("2021", 11), ("2022", 12), ("2024", 13)])
def test_each_edition_of_the_catalogue_has_its_categories(edition: str, categories: int) -> None:
    (one,) = [c for c in LAW.catalogues["cn.catalogue"] if c.version == edition]
    assert len(one.categories) == categories


def test_every_record_type_of_the_nation_is_filed_in_one_way_that_the_catalogue_knows() -> None:
    named = {
        name
        for editions in LAW.catalogues.values()
        for item in editions[-1].items
        for name in item.records
    }
    assert named == {name for name in LAW.record_types if name.startswith("cn.")}
