"""A finding is a value: code, place, fragments and named texts."""

from __future__ import annotations

import pytest

from goodstanding.kernel.finding import NOWHERE, Finding, Place, Severity, finding


def test_a_place_is_written_as_editors_read_it() -> None:
    assert str(Place("a.yaml", 3, 7)) == "a.yaml:3:7"
    assert str(Place("a.yaml")) == "a.yaml"
    assert str(NOWHERE) == ""


def test_a_place_inside_an_expression_lies_to_the_right() -> None:
    assert Place("a.yaml", 3, 7).along(5) == Place("a.yaml", 3, 12)


def test_places_are_in_the_order_of_reading() -> None:
    places = [
        Place("b", 1, 1),
        Place("a", 2, 1),
        Place("a", 1, 9),
        Place("a", 1, 2),
        Place("a", 10, 1),
    ]
    assert sorted(places) == [
        Place("a", 1, 2),
        Place("a", 1, 9),
        Place("a", 2, 1),
        Place("a", 10, 1),
        Place("b", 1, 1),
    ]


@pytest.mark.parametrize(
    ("severity", "refuses"),
    [(Severity.ERROR, True), (Severity.WARNING, False), (Severity.NOTE, False)],
)
def test_only_an_error_refuses(severity: Severity, refuses: bool) -> None:
    assert finding("x", NOWHERE, severity=severity).refuses is refuses


def test_a_finding_sorts_its_named_texts_and_keeps_its_fragments_apart() -> None:
    made = finding(
        "x", NOWHERE, found=5, expected="six", remedy="add", basis="a 1", zebra=1, apple="b"
    )
    assert made == Finding(
        "x", NOWHERE, "5", "six", "add", "a 1", Severity.ERROR, (("apple", "b"), ("zebra", "1"))
    )
