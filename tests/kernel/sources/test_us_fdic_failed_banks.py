"""Named situations of both lists of failed banks. All banks are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import us_fdic_failed_banks as source
from tests.kernel.sources.official_rows import refused, said, table

LIST = (
    "Bank Name\xa0",
    "City\xa0",
    "State\xa0",
    "Cert\xa0",
    "Acquiring Institution\xa0",
    "Closing Date\xa0",
    "Fund",
)
DATA = (
    "CERT", "CHCLASS1", "CITYST", "COST", "FAILDATE", "FIN", "ID", "NAME", "QBFASSET", "QBFDEP", "RESTYPE", "RESTYPE1", "SAVR",
)  # fmt: skip


def listed(name="Invented State Bank", cert="99901", closed="3-Apr-20", fund="99"):
    return [name, "Nowhere", "KS", cert, "Another Bank", closed, fund]


def filed(name="INVENTED STATE BANK", cert="99901", closed="04/03/2020", fund="99", kind="FAILURE"):
    return [cert, "NM", "NOWHERE, KS", "", closed, fund, "1", name, "1", "1", kind, "PA", "DIF"]


def test_a_closing_in_both_lists_is_one_act_of_one_bank():
    taken = source.take([table(LIST, listed()), table(DATA, filed(), file="data.csv")])
    assert [dict(r.values) for r in taken.records] == [
        {
            "closed": days.day("2020-04-03"),
            "kind": "failure",
            "certainty": "final",
            "act": "us.fdic:99",
            "authority": "us.fdic",
        }
    ] * 2
    assert len({r.record for r in taken.records}) == 2
    assert [(o.subject, o.name) for o in taken.organisations] == [
        ("us.fdic:99901", "Invented State Bank")
    ]
    assert taken.findings == ()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"cert": ""}, "key-missing"),
        ({"cert": "0"}, "key-missing"),
        ({"fund": ""}, "key-missing"),
        ({"closed": "3-Abc-20"}, "day-not-as"),
        ({"closed": "31-Apr-20"}, "day-not-as"),
        ({"closed": "2020-04-03"}, "day-not-as"),
        ({"closed": ""}, "day-not-as"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = source.take([table(LIST, listed(**cells), listed(cert="2", fund="2"))])
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_assistance_has_no_fund_and_is_no_failure():
    taken = source.take(
        [
            table(
                DATA,
                filed(fund="0", kind="ASSISTANCE"),
                filed(cert="2", fund="0", kind="ASSISTANCE"),
            )
        ]
    )
    assert [r.values["kind"] for r in taken.records] == ["assistance"] * 2
    assert len({r.values["act"] for r in taken.records}) == 2


def test_a_kind_nobody_knows_is_refused():
    assert refused(source.take([table(DATA, filed(kind="MERGER"), filed())])) == [
        ("word-unknown", 2)
    ]


def test_another_name_is_noted_and_the_first_taken():
    taken = source.take(
        [table(LIST, listed()), table(DATA, filed(name="INVENTED BANK"), file="data.csv")]
    )
    assert said(taken) == [("names-vary", 2, "fund")]


def test_one_fund_with_two_dates_in_one_list_is_refused():
    taken = source.take(
        [table(LIST, listed(), listed(closed="4-Apr-20"), listed(cert="2", fund="2"))]
    )
    assert refused(taken) == [("rows-contradict", 2), ("rows-contradict", 3)]
