"""Only a known organisation can be judged; forms are told by official codes, and a code in no table is unknown."""

from __future__ import annotations

import copy
import dataclasses

import pytest

from goodstanding.kernel.identity import (
    ORGANISATIONS,
    PERSON_LIKE,
    Form,
    Judgeable,
    NotJudgeable,
    Organisation,
    form_of,
    judgeable,
    only_judgeable,
)


@pytest.mark.parametrize(
    ("table", "code", "form"),
    [
        ("gleif", "GENERAL", Form.ORGANISATION),
        ("gleif", "SOLE_PROPRIETOR", Form.PERSON_LIKE),
        ("br.natureza_juridica", "2135", Form.PERSON_LIKE),
        ("br.natureza_juridica", "2135 ", Form.UNKNOWN),
        ("gleif", "general", Form.UNKNOWN),
        ("gleif", "", Form.UNKNOWN),
        ("no table", "GENERAL", Form.UNKNOWN),
        ("", "", Form.UNKNOWN),
    ],
)
def test_a_form_is_told_by_the_code_of_its_own_table(table: str, code: str, form: Form) -> None:
    assert form_of(table, code) is form


def test_no_code_is_both_person_like_and_an_organisation() -> None:
    for table, codes in ORGANISATIONS.items():
        assert codes.isdisjoint(PERSON_LIKE.get(table, frozenset()))


@pytest.mark.parametrize(
    ("form", "judged"),
    [(Form.ORGANISATION, True), (Form.PERSON_LIKE, False), (Form.UNKNOWN, False)],
)
def test_only_a_known_organisation_is_judged(form: Form, judged: bool) -> None:
    one = Organisation("o", "name", form)
    assert form.is_judged is judged
    assert (judgeable(one) is not None) is judged
    if judged:
        assert Judgeable(one).id == "o"
    else:
        with pytest.raises(NotJudgeable, match=form.value):
            Judgeable(one)


def test_another_class_of_organisation_is_none_of_a_register() -> None:
    class Loose(Organisation):
        """Could say one form today and another tomorrow."""

    with pytest.raises(NotJudgeable, match="no organisation of a register"):
        Judgeable(Loose("o", None, Form.ORGANISATION))


def test_a_copy_is_made_through_the_constructor_and_equal() -> None:
    subject = Judgeable(Organisation("o", "name", Form.ORGANISATION, "CN", "importer"))
    for same in (copy.copy(subject), copy.deepcopy(subject), dataclasses.replace(subject)):
        assert same == subject
    assert subject.__reduce__() == (Judgeable, (subject.organisation,))
    assert copy.deepcopy(subject.organisation) == subject.organisation


@pytest.mark.parametrize(
    "subject", [Organisation("o", None, Form.ORGANISATION), Form.ORGANISATION, "o", None]
)
def test_nothing_but_a_judgeable_passes_for_one(subject: object) -> None:
    with pytest.raises(NotJudgeable):
        only_judgeable(subject)
    only_judgeable(Judgeable(Organisation("o", None, Form.ORGANISATION)))
