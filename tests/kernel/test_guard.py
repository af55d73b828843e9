"""Numbers of natural persons are found in whatever dress; codes of organisations never are. All numbers here are made up or specimens."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodstanding.kernel.guard import Fit, fit

SPECIMEN = "11010519491231002X"  # of the standard GB 11643: nobody's


def checked(body: str) -> str:
    """Give 17 digits their check sign."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize(
    "text",
    [
        SPECIMEN,
        SPECIMEN.lower(),
        f"No. {SPECIMEN}.",
        f"ID{SPECIMEN}",
        "110105 19491231 002X",
        "110105-1949-12-31-002X",
        "1101 0519 4912 3100 2X",
        "110105\u200b19491231\u2060002X",
        "110105·19491231·002Ｘ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X",
        f"0{SPECIMEN}",
        f"统一编号：{SPECIMEN}（负责人）",
        checked("83000020011231123"),
        checked("71000019000228001"),
    ],
)
def test_the_number_of_a_person_is_found_in_whatever_dress(text):
    assert fit(text) is Fit.FULL


@pytest.mark.parametrize(
    "text",
    [
        "",
        "91440300708461136T",  # a code of an organisation
        checked("11010519491331002"),  # no such month
        checked("11010519490230002"),  # no such day
        checked("99010519491231002"),  # no such province
        checked("11010521491231002"),  # not yet born
        checked("11010517491231002"),  # long dead
        SPECIMEN[:-1],
        "XS007919000000001U",
        "京市监处罚〔2025〕110105-20250101-0001号",
    ],
)
def test_what_lacks_a_part_of_it_is_none(text):
    assert fit(text) is Fit.NONE


def test_a_number_whose_check_sign_is_wrong_is_held():
    assert fit(SPECIMEN[:-1] + "1") is Fit.PARTIAL
    assert fit(f"see {SPECIMEN[:-1]}1") is Fit.PARTIAL


@given(
    st.sampled_from(["11", "44", "65", "82"]),
    st.integers(0, 9999),
    st.dates(min_value=date(1900, 1, 1), max_value=date(2026, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["", " ", "-", ".", "\u200b", "/"]),
)
def test_any_number_with_a_birth_and_its_check_sign_is_found(province, place, born, order, between):
    number = checked(f"{province}{place:04}{born:%Y%m%d}{order:03}")
    assert fit(between.join(number)) is Fit.FULL


@given(st.text(max_size=200))
def test_any_text_is_looked_at(text):
    assert fit(text) in Fit
