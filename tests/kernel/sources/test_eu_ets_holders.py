"""For whom the importer vouches: legal forms, institutions, company registers; never for what may be a person."""

from __future__ import annotations

import pytest

from goodstanding.kernel.identity import Form
from goodstanding.kernel.sources.eu_ets_holders import form_of_holder


@pytest.mark.parametrize(
    ("registry", "name", "number"),
    [
        ("Austria", "Muster Zucker GmbH", ""),
        ("Italy", "MUSTER S.P.A.", ""),
        ("Italy", "Muster s. r. l.", ""),
        ("Italy", "Muster Carta S.p.A. in liquidazione", ""),
        ("Poland", "Muster Sp. z o.o. w Poznaniu", ""),
        ("Czech Republic", "Muster, spol. s r. o.", ""),
        ("Slovakia", "MUSTER, a.s. Kremnica", ""),
        ("Latvia", 'A/S „Muster siltums"', ""),
        ("Denmark", "I/S Muster", ""),
        ("Spain", "Muster (Planta Uno), S.L.", ""),
        ("Estonia", "OÜ Muster", ""),
        ("Hungary", "Muster Zrt.", ""),
        ("Ireland", "University College Muster", "University"),
        ("Germany", "Muster-Krankenhaus", ""),
        ("Germany", "Muster Haltern", "HRB 12 Amtsgericht Ulm"),
        ("Germany", "Muster Haltern", "n.a. Körperschaft des öffentl. Rechts"),
        ("Spain", "Cerámica de Muster", "B61974697"),
        ("Sweden", "Muster Skog", "556751-3006"),
        ("United Kingdom", "Muster Utilities Services", "02624730"),
        ("France", "MUSTRA", "456500537"),
        ("France", "MUSTER ENERGIES", "456500537"),
    ],
)
def test_an_organisation_is_vouched_for_with_a_reason(registry, name, number):
    form, why = form_of_holder(registry, name, number)
    assert form is Form.ORGANISATION
    assert why


@pytest.mark.parametrize(
    ("registry", "name", "number"),
    [
        ("Netherlands", "Jan Muster", "12345678"),
        ("Netherlands", "A.G. van der Muster", "12345678"),
        ("Netherlands", "S.A. Muster", "12345678"),
        ("Netherlands", "B.V. Muster", "12345678"),
        ("Poland", "Firma Jan Muster Handel", "123456789"),
        ("Poland", "Zakład Ogrodniczy Anna Muster", "123456789"),
        ("Germany", "Ziegelwerk Klaus Muster", "HRA 1234 Amtsgericht Dresden"),
        ("France", "MUSTRA", ""),
        ("France", "MUSTER ENERGIES", ""),
        ("Austria", "", ""),
    ],
)
def test_what_may_be_a_person_is_unknown(registry, name, number):
    assert form_of_holder(registry, name, number) == (Form.UNKNOWN, "")


@pytest.mark.parametrize(
    "name",
    [
        "Muster Ziegelei e.K.", "Muster e. K.", "Muster e. Kfm.", "Muster e.U.", "Gärtnerei Muster Inh. K. Muster",
        "Muster eenmanszaak", "Ditta individuale Muster", "Muster Enskild firma",
    ],
)  # fmt: skip
def test_a_sole_trader_by_its_own_mark_is_person_like(name):
    assert form_of_holder("Germany", name, "HRA 1") == (Form.PERSON_LIKE, "")
