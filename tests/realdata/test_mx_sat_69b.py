"""Mexico's list of 30 November 2022: the status of each row from its notices alone, on that day and on earlier ones."""

from __future__ import annotations

import csv
import gzip
import time
from collections import Counter
from collections.abc import Mapping

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE, evaluator
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.sources import Row, Table, Taken, mx_sat_69b
from goodstanding.kernel.sources.mx_sat_69b_cells import dates_of
from goodstanding.store.files import open_table
from tests.realdata.official import facts_by_unit, official, read_law

pytestmark = [pytest.mark.realdata, pytest.mark.xdist_group("mx_sat_69b")]
LIST = "mx_sat_69b/listado_2022-11-30.csv.gz"
ON = days.day("2022-11-30")
# Counted on the notices of the list itself, day by day.
PAST = {
    "2014-12-31": {"Presunto": 427, "Definitivo": 113},
    "2017-12-31": {"Definitivo": 3093, "Presunto": 1965, "Desvirtuado": 94},
    "2019-12-31": {
        "Definitivo": 7111,
        "Presunto": 835,
        "Sentencia Favorable": 412,
        "Desvirtuado": 253,
    },
    "2021-05-18": {
        "Definitivo": 8226,
        "Sentencia Favorable": 801,
        "Presunto": 619,
        "Desvirtuado": 278,
    },
}


def listed() -> list[dict[str, str]]:
    with gzip.open(official(LIST), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table_of(rows: list[Mapping[str, str]], preamble: tuple[str, ...] = ()) -> Table:
    above = [Row(n, [text]) for n, text in enumerate(preamble, 1)]
    body = [list(rows[0]), *(list(r.values()) for r in rows)]
    return Table(
        "list.csv", [*above, *(Row(n, cells) for n, cells in enumerate(body, len(above) + 1))]
    )


def statuses(taken: Taken, law: Law, on: int) -> dict[str, str]:
    """Give the status of each row on a day; a row is absent before its first notice."""
    programme = law.programme("mx.sat.69b", on=on)
    judge, at = evaluator(programme), run(programme, on=on)
    begun = {u.unit for u in taken.units if u.valid_from <= on}
    return {
        unit: judge(facts, at, NOTHING_BEFORE).shown.grade
        for unit, facts in facts_by_unit(taken, law)
        if unit in begun
    }


@pytest.fixture(scope="module")
def law() -> Law:
    return read_law("mx")


@pytest.fixture(scope="module")
def taken() -> Taken:
    return mx_sat_69b.take([open_table(official(LIST))])


def test_every_row_is_a_unit_and_suppressed_rows_are_not_one_organisation(taken):
    assert not taken.refuses
    assert [f for f in taken.findings if f.refuses] == []
    assert len(taken.units) == 10_049
    assert len(taken.organisations) == 9_893 + 86
    suppressed = [o for o in taken.organisations if o.identifier is None]
    assert len(suppressed) == len({o.subject for o in suppressed}) == 86
    assert all(o.name is None for o in suppressed)
    assert len({r.record for r in taken.records}) == len(taken.records) == 21_124


def test_numbers_whose_check_digit_fails_are_noted_and_taken(taken):
    assert taken.counts["rfc-check-fails"] == 27


def test_the_status_is_found_from_the_notices_on_all_rows_but_the_one_without_notice(taken, law):
    found = statuses(taken, law, ON)
    missed = [r["no"] for r in listed() if found[r["no"]] != r["situacion"]]
    assert missed == ["5236"]


def test_a_blank_status_changes_nothing(taken):
    rows = [{**r, "situacion": ""} for r in listed()]
    assert mx_sat_69b.take([table_of(rows)]).records == taken.records
    bare = [{k: v for k, v in r.items() if k != "situacion"} for r in rows]
    assert mx_sat_69b.take([table_of(bare)]).records == taken.records


@pytest.mark.parametrize("on", PAST)
def test_the_status_of_an_earlier_day_follows_the_notices_of_that_day(taken, law, on):
    assert Counter(statuses(taken, law, days.day(on)).values()) == PAST[on]


@pytest.mark.parametrize("on", PAST)
def test_a_list_cut_at_a_day_says_what_the_whole_list_says_of_that_day(taken, law, on):
    last = days.day(on)

    def cut(column: str, cell: str) -> str:
        if not column.startswith("pub_"):
            return cell
        return " // ".join(
            "{2:02}/{1:02}/{0}".format(*days.parts(d)) for d in dates_of(cell) if d <= last
        )

    rows = [{column: cut(column, cell) for column, cell in r.items()} for r in listed()]
    assert statuses(mx_sat_69b.take([table_of(rows)]), law, ON) == statuses(taken, law, last)


def test_a_second_edition_ends_and_begins_versions_and_renumbers_rows(law):
    rows = listed()
    later = [{**r, "no": str(n)} for n, r in enumerate(rows[1:], 1)]
    editions = [
        table_of(later, ("Información actualizada al 31 de diciembre de 2022",)),
        table_of(rows, ("Información actualizada al 30 de noviembre de 2022",)),
    ]
    both = mx_sat_69b.take(editions)
    assert both.editions == (ON, days.day("2022-12-31"))
    gone = [o for o in both.organisations if o.known_to is not None]
    assert [(o.subject, o.known_from, o.known_to) for o in gone] == [("mx.rfc:AAA080808HL8", 1, 2)]
    assert Counter(r.known_from for r in both.records if r.known_to is None)[2] > 20_000
    assert len(statuses(both, law, ON)) == 10_048


def test_the_list_is_taken_in_less_than_thirty_seconds():
    began = time.monotonic()
    mx_sat_69b.take([open_table(official(LIST))])
    assert time.monotonic() - began < 30
