"""What all simple lists share: a header by content, one row per key, days and amounts read exactly or refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.desk.importing import SOURCES
from goodstanding.kernel import days
from goodstanding.kernel.sources.listed import compact_day, iso_day, minor_units
from tests.kernel.sources.official_rows import table


def reads(read, text):
    try:
        read(text)
    except ValueError:
        return False
    return True


@given(st.integers(0, 10**12), st.sampled_from([".", ","]), st.booleans())
def test_an_amount_is_read_as_written(cents, point, grouped):
    whole = f"{cents // 100:,}" if grouped else str(cents // 100)
    if point == ",":
        whole = whole.replace(",", ".")
    places = f"{cents % 100:02}"
    assert minor_units(f"{whole}{point}{places}", point) == cents
    assert minor_units(f"{whole}{point}{places[0]}", point) == cents - cents % 10
    assert minor_units(whole, point) == cents - cents % 100


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1,5", "1.234", "1 000", "1e3", "٣", "0x1", "1.", ".5", "12,34,567"]
)
def test_an_amount_written_otherwise_is_refused(text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        minor_units(text)


@given(st.integers(days.of(1950, 1, 1), days.of(2099, 12, 31)))
def test_days_are_read_in_both_forms(day):
    written = days.text(day)
    assert iso_day(written) == compact_day(written.replace("-", "")) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-02-30",
        "2020-2-3",
        "1949-12-31",
        "2100-01-01",
        "20200230",
        "19491231",
        "03/02/2020",
    ],
)
def test_a_text_that_is_no_day_is_refused(text):
    assert not reads(iso_day, text)
    assert not reads(compact_day, text)


@pytest.mark.parametrize("source", sorted(SOURCES))
@given(rows=st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=6))
def test_no_table_whatever_makes_an_importer_fail(source, rows):
    taken = SOURCES[source]([table(*rows)])
    assert taken.refuses
    assert taken.records == ()
