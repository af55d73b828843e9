"""Cases come out typed by the record types they file."""

from __future__ import annotations

from goodstanding.kernel import days
from goodstanding.kernel.rules.items import Case
from goodstanding.kernel.rules.nodes import Certainty
from tests.kernel.rules.reading import read


def case(name: str) -> Case:
    made, findings = read()
    assert findings == []
    return next(one for one in made.cases if one.name == name)


def test_values_are_integers_of_the_fields_scale() -> None:
    audit, fine, *_ = case("Three fines lead to C").records
    assert audit.value("rate") == 4000
    assert fine.value("fine") == 900_000
    assert fine.value("kind") == "fine"
    assert fine.value("open") is None
    assert fine.date == days.day("2024-01-10")


def test_records_are_known_by_their_id_or_their_place() -> None:
    records = case("Three fines lead to C").records
    assert [record.id for record in records] == ["1", "2", "3", "third", "5", "6"]
    assert records[4].links == (("fined", "third"),)
    assert records[0].certainty is Certainty.FINAL
    assert records[5].cured == days.day("2024-03-20")


def test_what_is_expected_is_typed_and_the_rest_is_open() -> None:
    expect = case("A large fine is shown three years").expect
    assert (expect.grade, expect.display_until, expect.repair_from) == (
        "serious",
        "2027-02-01",
        "none",
    )
    assert (expect.score, expect.open, expect.missing) == (None, None, None)
    other = case("Three fines lead to C")
    assert (other.expect.open, other.expect.absent) == (False, ("no_audit",))
    assert (other.cycle, other.shows) == (2024, (("heavy", "triggers"),))
