"""Named situations of the list of designated entities: days of editions, types, what a later edition leaves out. All entities are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import us_ofac_sdn as source
from tests.kernel.sources.official_rows import refused, table

HEADER = ("ent_num", "name", "programs", "remarks_org_only", "address_countries")


def row(number="900001", name="INVENTED TRADING CO"):
    return [number, name, "CUBA", "a.k.a. 'X'", "Nowhere"]


def official(number="900001", type_="-0-"):
    return [number, "INVENTED TRADING CO", type_, "CUBA", *["-0-"] * 7, "Linked To: SOMEBODY."]


def edition(*rows, day="2023-01-21"):
    return table(HEADER, *rows, file=f"sdn-{day}.csv")


def test_a_row_was_on_the_list_on_the_day_of_its_edition():
    taken = source.take([edition(row())])
    assert [(r.subject, dict(r.values)) for r in taken.records] == [
        (
            "us.ofac:900001",
            {
                "seen": days.day("2023-01-21"),
                "certainty": "decided",
                "authority": "us.ofac",
                "ended": None,
            },
        )
    ]
    assert taken.editions == (days.day("2023-01-21"),)
    assert taken.findings == ()


@pytest.mark.parametrize(
    ("file", "day"),
    [
        ("sdn_2023-01.csv.gz", "2023-01-31"),
        ("sdn20230121.csv", "2023-01-21"),
        ("SDN-2024-02-29.CSV", "2024-02-29"),
        ("sdn-2023-02-29.csv", None),
        ("sdn-2023-13.csv", None),
        ("sdn.csv", None),
    ],
)
def test_the_day_of_an_edition_stands_in_the_name_of_its_file(file, day):
    found = source.day_of(file)
    assert (None if found is None else days.text(found)) == day


def test_a_file_without_day_is_refused_and_so_is_a_day_named_twice():
    assert refused(source.take([table(HEADER, row())])) == [("edition-day-needed", 0)]
    assert refused(source.take([edition(row()), edition(row())])) == [("same-edition-twice", 0)]


def test_the_official_file_has_no_header():
    taken = source.take([table(official(), official("900002"), file="sdn-2023-01-21.csv")])
    assert [r.subject for r in taken.records] == ["us.ofac:900001", "us.ofac:900002"]


@pytest.mark.parametrize("type_", ["individual", "vessel", "aircraft", "something new"])
def test_only_entities_are_taken(type_):
    taken = source.take([table(official(), official("900002", type_), file="sdn-2023-01-21.csv")])
    assert refused(taken) == [("not-an-entity", 2)]
    assert "900002" not in repr(taken)


def test_what_a_later_edition_leaves_out_has_ended_there():
    later = edition(row("900002"), day="2023-02-01")
    taken = source.take([later, edition(row(), row("900002"))])
    ended = {r.record: r.values["ended"] for r in taken.records}
    assert ended == {
        "us_ofac_sdn:900001:seen 2023-01-21": days.day("2023-02-01"),
        "us_ofac_sdn:900002:seen 2023-01-21": None,
        "us_ofac_sdn:900002:seen 2023-02-01": None,
    }
    assert len(taken.organisations) == 2


def test_neither_programme_nor_remarks_are_kept():
    kept = repr(source.take([edition(row())]))
    assert "CUBA" not in kept
    assert "a.k.a." not in kept


@pytest.mark.parametrize("number", ["", "0", "x", "-1"])
def test_a_row_without_number_is_refused(number):
    assert refused(source.take([edition(row(number), row())])) == [("key-missing", 2)]
