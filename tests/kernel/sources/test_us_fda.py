"""Named situations of letters and recalls: layouts, close-outs, events. All firms are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import us_fda as source
from tests.kernel.sources.official_rows import refused, said, table

LETTERS = ("posted_date", "letter_date", "company", "issuing_office", "subject")
CLOSED = (
    "Posted Date", "Letter Issue Date", "Company Name", "Issuing Office", "Subject", "Response Letter", "Closeout Letter",
)  # fmt: skip
RECALLS = (
    "recalling_firm", "status", "recall_state", "recall_date", "reason_for_recall", "product_description", "recall_id",
    "recall_class", "product_id", "recall_month",
)  # fmt: skip


def letter(firm="Invented Foods Inc.", sent="06/26/2023", closed="", subject="Adulterated"):
    return ["07/04/2023", sent, firm, "CDER", subject, "", closed]


def recall(
    firm="Invented Foods Inc.",
    begun="12/29/2025",
    event="5",
    product="50",
    hazard="Class II",
    status="Ongoing",
):
    return [firm, status, "Ohio", begun, "Prose", "Prose", event, hazard, product, "2025-12"]


@pytest.mark.parametrize(
    ("header", "width"), [(LETTERS, 5), (CLOSED, 7)], ids=["letters", "with close-out"]
)
def test_a_letter_becomes_a_record_in_both_layouts(header, width):
    taken = source.take([table(header, letter()[:width])])
    assert dict(taken.records[0].values) == {
        "sent": days.day("2023-06-26"),
        "cured": None,
        "certainty": "decided",
        "authority": "us.fda",
    }
    assert taken.findings == ()
    assert "Adulterated" not in repr(taken)


def test_a_close_out_cures_the_letter():
    taken = source.take([table(CLOSED, letter(closed="08/23/2023"))])
    assert taken.records[0].values["cured"] == days.day("2023-08-23")


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"firm": "Jane Invented"}, "owner-not-vouched"),
        ({"firm": ""}, "owner-not-vouched"),
        ({"sent": ""}, "day-not-as"),
        ({"sent": "26/06/2023"}, "day-not-as"),
        ({"closed": "soon"}, "day-not-as"),
        ({"closed": "06/25/2023"}, "days-out-of-order"),
    ],
)
def test_a_letter_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = source.take([table(CLOSED, letter(**cells), letter(subject="Other"))])
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_letters_of_one_name_are_not_joined_and_the_same_letter_counts_once():
    taken = source.take([table(CLOSED, letter(), letter(subject="Other"), letter())])
    assert len({r.subject for r in taken.records}) == len(taken.records) == 2
    assert said(taken) == [("row-repeated", 4, "firm")]


def test_the_products_of_one_event_are_one_act_of_one_firm():
    taken = source.take(
        [
            table(
                RECALLS,
                recall(),
                recall(product="51", hazard="Class I"),
                recall(event="6", product="60"),
            )
        ]
    )
    assert [r.values["act"] for r in taken.records] == [
        "us.fda:recall:5",
        "us.fda:recall:5",
        "us.fda:recall:6",
    ]
    assert [r.values["hazard"] for r in taken.records] == ["two", "one", "two"]
    assert len(taken.organisations) == 2


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"event": ""}, "key-missing"),
        ({"product": "x"}, "key-missing"),
        ({"hazard": "Class IV"}, "word-unknown"),
        ({"status": ""}, "word-unknown"),
        ({"begun": "2025-12-29"}, "day-not-as"),
    ],
)
def test_a_product_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = source.take([table(RECALLS, recall(**cells), recall(product="51"))])
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1
