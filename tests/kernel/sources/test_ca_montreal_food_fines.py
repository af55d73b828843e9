"""Named situations of Montréal's list: owners, days, rules, repetition. All owners are invented."""

from __future__ import annotations

import pytest

from goodstanding.kernel import days
from goodstanding.kernel.sources import ca_montreal_food_fines as source
from tests.kernel.sources.official_rows import refused, table

COLUMNS = (
    "id_poursuite", "business_id", "date", "description", "adresse", "date_jugement", "etablissement", "montant",
    "proprietaire", "ville", "statut", "date_statut", "categorie",
)  # fmt: skip
COLD = "Le produit altérable à la chaleur à l'exception des fruits doit être refroidi"
USUAL = {
    "id_poursuite": "1",
    "business_id": "77",
    "date": "20200530",
    "description": COLD,
    "date_jugement": "20210627",
    "montant": "250",
    "proprietaire": "RESTAURANT INVENTÉ INC.",
}


def row(**cells):
    return [(USUAL | cells).get(name, "") for name in COLUMNS]


def take(*rows, header=COLUMNS):
    return source.take([table(header, *rows)])


def test_a_row_becomes_one_conviction_of_the_owner():
    taken = take(row())
    (record,) = taken.records
    values = dict(record.values)
    assert values.pop("rule")
    assert values == {
        "offence": days.day("2020-05-30"),
        "judged_on": days.day("2021-06-27"),
        "kind": "cold",
        "fine": 25_000,
        "certainty": "decided",
        "decision": "1",
        "authority": "ca.montreal",
    }
    assert taken.organisations[0].vouched_by.endswith("the legal form INC")
    assert taken.findings == ()


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"proprietaire": "JEANNE INVENTÉE"}, "owner-not-vouched"),
        ({"proprietaire": "RESTAURANT INVENTÉ ENR."}, "owner-not-vouched"),
        ({"proprietaire": "VINCENT LTDEAU"}, "owner-not-vouched"),
        ({"proprietaire": ""}, "owner-not-vouched"),
        ({"id_poursuite": ""}, "key-missing"),
        ({"business_id": "x"}, "key-missing"),
        ({"date": "2020-05-30"}, "day-not-as"),
        ({"date_jugement": ""}, "day-not-as"),
        ({"date_jugement": "20200529"}, "days-out-of-order"),
        ({"montant": "250 $"}, "amount-unreadable"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_with_its_reason(cells, code):
    taken = take(row(**cells), row(id_poursuite="2"))
    assert refused(taken) == [(code, 2)]
    assert len(taken.records) == 1


def test_of_an_owner_who_may_be_a_person_nothing_is_kept():
    assert "JEANNE" not in repr(take(row(proprietaire="JEANNE INVENTÉE"), row(id_poursuite="2")))


@pytest.mark.parametrize(
    ("owner", "subject"),
    [
        ("9000-0001 QUÉBEC INC.", "ca.qc.numbered:90000001"),
        ("90000001 QUEBEC INC", "ca.qc.numbered:90000001"),
        ("9000001 CANADA INC.", "ca.numbered:9000001"),
    ],
)
def test_a_name_that_is_a_register_number_identifies_the_owner_everywhere(owner, subject):
    taken = take(
        row(proprietaire=owner), row(id_poursuite="2", business_id="78", proprietaire=owner)
    )
    assert {r.subject for r in taken.records} == {subject}


def test_owners_without_a_number_are_not_joined_across_establishments():
    taken = take(
        row(),
        row(id_poursuite="2", business_id="78"),
        row(id_poursuite="3", proprietaire="AUTRE LTÉE"),
    )
    assert len({r.subject for r in taken.records}) == 3


@pytest.mark.parametrize(
    ("offence", "changed", "refers"),
    [
        ("20210628", {}, True),
        ("20210627", {}, False),
        ("20200601", {}, False),
        ("20220101", {"description": "Une autre règle"}, False),
        ("20220101", {"business_id": "78"}, False),
    ],
    ids=["after the judgment", "on its day", "before it", "another rule", "another establishment"],
)
def test_a_conviction_refers_to_an_earlier_one_for_the_same_rule(offence, changed, refers):
    again = row(id_poursuite="2", date=offence, date_jugement="20230101", **changed)
    second = take(row(), again).records[1]
    assert dict(second.links) == ({"earlier": "ca_montreal_food_fines:1"} if refers else {})


def test_it_refers_to_the_latest_earlier_one():
    middle = row(id_poursuite="2", date="20210801", date_jugement="20211001")
    last = row(id_poursuite="3", date="20220101", date_jugement="20220301")
    assert take(last, row(), middle).records[0].links == {"earlier": "ca_montreal_food_fines:2"}


def test_a_fine_of_zero_is_an_amount_and_an_empty_one_is_missing():
    taken = take(row(montant="0"), row(id_poursuite="2", montant=""))
    assert [r.values["fine"] for r in taken.records] == [0, None]
