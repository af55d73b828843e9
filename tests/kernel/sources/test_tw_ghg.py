"""Named situations of factories' yearly emissions: years, numbers, sums, jumps, operators. All operators are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import tw_ghg as source
from tests.kernel.sources.official_rows import refused, said, table

UNIT = "(公噸CO2e)"
COLUMNS = (
    "年度", "管制編號", "事業名稱", "事業統編", f"直接排放量{UNIT}", f"能源間接排放量{UNIT}", f"合計排放量{UNIT}", "縣市別", "行業分類",
)  # fmt: skip
NUMBER, OTHER = "12345675", "10000004"


def row(
    year="112",
    factory="A0000001",
    name="虛構股份有限公司一廠",
    number=NUMBER,
    direct="39,540.00",
    indirect="1,000.5",
    total="40,540.50",
):
    return [year, factory, name, number, f" {direct}", indirect, total, "縣", "業"]


def take(*rows, header=COLUMNS):
    return source.take([table(header, *rows)])


def test_a_row_becomes_one_year_of_a_factory():
    taken = take(row())
    assert [(r.subject, dict(r.values)) for r in taken.records] == [
        (
            "tw.factory:A0000001",
            {
                "year_end": days.day("2023-12-31"),
                "direct": 3_954_000,
                "indirect": 100_050,
                "reported_total": 4_054_050,
                "certainty": "decided",
                "authority": "tw.moenv",
            },
        )
    ]
    assert [(o.subject, o.name) for o in taken.organisations] == [
        ("tw.ubn:12345675", "虛構股份有限公司")
    ]
    assert [(u.unit, u.holder, u.valid_from, u.valid_to) for u in taken.units] == [
        ("tw.factory:A0000001", "tw.ubn:12345675", days.day("2023-01-01"), None)
    ]
    assert taken.findings == ()


def test_columns_without_unit_and_small_letters_are_known():
    taken = take(row(factory="a0000001"), header=[c.replace(UNIT, "") for c in COLUMNS])
    assert [u.unit for u in taken.units] == ["tw.factory:A0000001"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"year": "2023"}, "key-missing"),
        ({"year": ""}, "key-missing"),
        ({"factory": "A1"}, "key-missing"),
        ({"number": "12345678"}, "identifier-malformed"),
        ({"number": "00000000"}, "identifier-malformed"),
        ({"number": ""}, "identifier-malformed"),
        ({"total": ""}, "amount-unreadable"),
        ({"total": "-1"}, "amount-unreadable"),
        ({"direct": "many"}, "amount-unreadable"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = take(row(**cells), row(factory="A0000002"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_an_empty_part_is_missing():
    assert take(row(indirect="")).records[0].values["indirect"] is None


@pytest.mark.parametrize(
    ("total", "differs"),
    [("40,540.50", False), ("40,541.49", False), ("40,541.50", True), ("4,054.05", True)],
)
def test_a_sum_that_does_not_add_up_is_a_finding_and_taken_as_reported(total, differs):
    taken = take(row(total=total))
    assert said(taken) == ([("sum-differs", 2, "total")] if differs else [])
    assert refused(taken) == []
    assert len(taken.records) == 1


@pytest.mark.parametrize(
    ("years", "totals", "jumps"),
    [
        (("111", "112"), ("10,000", "1,000,000"), True),
        (("111", "112"), ("1,000,000", "10,000"), True),
        (("111", "112"), ("10,000.01", "1,000,000"), False),
        (("110", "112"), ("10,000", "1,000,000"), False),
        (("111", "112"), ("10", "9,999.99"), False),
        (("111", "112"), ("0", "10,000"), True),
    ],
    ids=["a hundred times", "a hundredth", "just less", "a year between", "small", "from nothing"],
)
def test_a_jump_is_a_warning_and_both_years_are_taken(years, totals, jumps):
    rows = [
        row(year=y, direct=t, indirect="0", total=t) for y, t in zip(years, totals, strict=True)
    ]
    taken = take(*rows)
    assert [(f.code, f.severity.value) for f in taken.findings] == [
        ("year-jumps", "warning")
    ] * jumps
    assert len(taken.records) == 2


def test_a_factory_that_changed_hands_has_each_operator_for_its_years():
    taken = take(row(year="112", number=OTHER), row(year="110"), row(year="111"))
    assert [(u.holder, u.valid_from, u.valid_to) for u in taken.units] == [
        ("tw.ubn:12345675", days.day("2021-01-01"), days.day("2023-01-01")),
        ("tw.ubn:10000004", days.day("2023-01-01"), None),
    ]
