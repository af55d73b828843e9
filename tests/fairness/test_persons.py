"""No field, column, type or class holds a natural person, and nothing person-like can be judged (FAIRNESS 1, 2)."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import goodstanding.kernel
from goodstanding.kernel import cases
from goodstanding.kernel.catalogue import PERSON_EVENTS, person_word
from goodstanding.kernel.identity import Form, Judgeable, NotJudgeable, Organisation, judgeable
from goodstanding.kernel.measures import (
    CaseKind,
    ClosedCase,
    Direction,
    Effect,
    FavourableGrant,
    Measure,
    NotLawful,
)
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import NOTHING_BEFORE
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import stand
from tests.kernel.real_law import real_law
from tests.kernel.world import CONFIRMED, JUDGED, ORDER, SUBJECT, TYPES, programme

ROOT = Path(__file__).parents[2]

# --------------------------------------------------------------------------------------------------
# FAIRNESS 1: a walk over every class, column and field


def _records() -> Iterator[tuple[str, list[tuple[str, object]]]]:
    """Give every class of the kernel that has fields, with their names and types."""
    for found in pkgutil.walk_packages(goodstanding.kernel.__path__, "goodstanding.kernel."):
        module = importlib.import_module(found.name)
        for name, kind in inspect.getmembers(module, inspect.isclass):
            if kind.__module__ != found.name:
                continue
            if dataclasses.is_dataclass(kind):
                yield f"{found.name}.{name}", [(f.name, f.type) for f in dataclasses.fields(kind)]
            elif issubclass(kind, tuple) and hasattr(kind, "_fields"):
                yield f"{found.name}.{name}", list(kind.__annotations__.items())


def _named(text: str) -> str:
    """Give a class or type name as words, so that PersonRecord is found as `person record`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)


# The registered name of an organisation, of a thing of the law, or of a language construct.
NAMES = frozenset({"name", "names"})


def _person_like(name: str, said: str) -> str:
    return (
        ""
        if said.lower() in NAMES
        else person_word(_named(said)) or person_word(_named(name.rsplit(".", 1)[-1]))
    )


def test_no_class_of_the_kernel_has_a_field_for_a_person() -> None:
    seen, wrong = 0, []
    for where, fields in _records():
        for name, type_ in fields:
            seen += 1
            words = [_person_like(where, text) for text in (name, str(type_))]
            wrong += [(where, name, word) for word in words if word]
    assert seen > 300
    assert not wrong, f"a person: {wrong}"


def test_the_walk_finds_a_person() -> None:
    for name in (
        "legal_representative",
        "owner_name",
        "IdCard",
        "phone",
        "responsiblePerson",
        "birth_date",
        "contact",
    ):
        assert _person_like("goodstanding.kernel.x.Thing", name)
    assert _person_like("goodstanding.kernel.x.BeneficialOwner", "kind")
    assert not _person_like("goodstanding.kernel.x.Thing", "name")


def _columns() -> list[str]:
    """Give every column that the page about the register format declares."""
    text = (ROOT / "docs/register-format.md").read_text("utf-8")
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith("| column"):
            found += [c.strip() for c in line.split("|")[1].split(",")]
        elif line.startswith("`") and "`:" in line:
            found += [c.split()[0] for c in line.split("`")[1].split(",")]
        elif re.match(r"`?(bucket|organisation|certainty|kind)\b", line.strip("`")):
            found += [c.split()[0] for c in line.strip("`. ").split("`")[0].split(",") if c.strip()]
    return [c for c in (re.sub(r"[^a-z_<>]", "", c.lower()) for c in found) if c]


def test_no_column_of_a_register_is_for_a_person() -> None:
    columns = _columns()
    for expected in (
        "subject",
        "jurisdiction",
        "identifier",
        "holder",
        "certainty",
        "grade",
        "authority",
        "form",
    ):
        assert expected in columns
    wrong = [(c, word) for c in columns if c not in NAMES and (word := person_word(c))]
    assert not wrong


def test_no_record_type_of_the_law_has_a_field_for_a_person() -> None:
    seen = 0
    for type_ in (v for versions in real_law().record_types.values() for v in versions):
        for name, kind in type_.fields:
            seen += 1
            event = kind.kind in {Kind.DATE, Kind.TRUTH, Kind.NUMBER}
            assert not person_word(name, event=event), (type_.id, name)
            assert name not in NAMES, (type_.id, name)
            for word in kind.words:
                assert not person_word(word, event=True), (type_.id, name, word)
        for link in type_.links:
            assert not person_word(link.name), (type_.id, link.name)
        for language, title in type_.title:
            assert not person_word("x", title if language == "zh" else "", event=True), (
                type_.id,
                title,
            )
    assert seen > 200


def test_a_text_of_a_record_is_one_of_a_closed_set_or_a_code() -> None:
    """No free text is in a record, where a name could hide (FAIRNESS 16)."""
    assert {k.value for k in Kind} == {"number", "date", "truth", "word", "code"}
    for type_ in (v for versions in real_law().record_types.values() for v in versions):
        for name, kind in type_.fields:
            assert kind.kind is not Kind.WORD or kind.words, (type_.id, name)


def test_a_change_of_a_representative_is_only_ever_a_date_a_truth_or_a_number() -> None:
    for word in sorted(PERSON_EVENTS):
        assert person_word(word), f"{word} must be refused as a code or word"
        assert not person_word(f"{word} changed", event=True)


# --------------------------------------------------------------------------------------------------
# FAIRNESS 2: no public path makes a Judgeable of anything else

FORMS = [Form.PERSON_LIKE, Form.UNKNOWN]


class _Looks:
    """Something that says it is judged."""

    is_judged = True
    value = "organisation"
    id = "p"


def _of(form: Form) -> Organisation:
    return Organisation("p", None, form)


PATHS: list[tuple[str, Callable[[Form], object]]] = [
    ("the constructor", lambda form: Judgeable(_of(form))),
    ("by keyword", lambda form: Judgeable(organisation=_of(form))),
    ("dataclasses.replace", lambda form: dataclasses.replace(SUBJECT, organisation=_of(form))),
    ("assignment", lambda form: setattr(copy.copy(SUBJECT), "organisation", _of(form))),
    ("filling in a copy", lambda form: copy.copy(SUBJECT).__setstate__([_of(form)])),  # type: ignore[func-returns-value]
    (
        "filling in an empty one",
        lambda form: Judgeable.__new__(Judgeable).__setstate__([_of(form)]),
    ),  # type: ignore[func-returns-value]
    ("what a stored one is made of", lambda form: SUBJECT.__reduce__()[0](_of(form))),
    (
        "a copy of what is inside",
        lambda form: SUBJECT.organisation.__setstate__(["p", None, form, "", ""]),
    ),  # type: ignore[func-returns-value]
    (
        "an organisation with its form exchanged",
        lambda form: Judgeable(dataclasses.replace(SUBJECT.organisation, form=form)),
    ),
    ("a form that says it is judged", lambda _: Judgeable(Organisation("p", None, _Looks()))),  # type: ignore[arg-type]
    ("something that looks like an organisation", lambda _: Judgeable(_Looks())),  # type: ignore[arg-type]
    ("another class", lambda _: type("Loose", (Judgeable,), {"__post_init__": lambda _: None})),
    (
        "another class of organisation",
        lambda form: Judgeable(type("Loose", (Organisation,), {})("p", None, form)),
    ),
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("make", [row[1] for row in PATHS], ids=[row[0] for row in PATHS])
def test_no_public_path_makes_a_judgeable_of_a_person_like_form(
    make: Callable[[Form], object], form: Form
) -> None:
    with pytest.raises((NotJudgeable, TypeError, AttributeError)):
        make(form)
    assert SUBJECT.organisation.form is Form.ORGANISATION


@pytest.mark.parametrize("form", FORMS)
def test_the_only_other_maker_gives_nothing(form: Form) -> None:
    assert judgeable(_of(form)) is None


@pytest.mark.parametrize("form", [*FORMS, Form.ORGANISATION])
def test_standings_cases_grants_and_effects_take_no_organisation_as_such(form: Form) -> None:
    subject, made = _of(form), programme(grades=n.Grades(ORDER, otherwise="A"))
    favour = Measure("m", Direction.INCENTIVE, CONFIRMED)
    makers: list[Callable[[], object]] = [
        lambda: stand(subject, made, {}, run(made, on=JUDGED), NOTHING_BEFORE, TYPES),  # type: ignore[arg-type]
        lambda: ClosedCase("c", CaseKind.GRADE_ADOPTION, subject, "a", 1, 2, 3, 4),  # type: ignore[arg-type]
        lambda: FavourableGrant("r", subject, favour, 1),  # type: ignore[arg-type]
        lambda: Effect(subject, favour, FavourableGrant("r", SUBJECT, favour, 1), 1, None),  # type: ignore[arg-type]
    ]
    for make in makers:
        with pytest.raises((NotJudgeable, NotLawful)):
            make()


def test_the_organisation_of_cases_is_one_that_can_be_judged() -> None:
    assert type(cases.SUBJECT) is Judgeable


def test_no_law_can_switch_it_on() -> None:
    """Nothing that a law file can say names a form at all."""
    words = {
        field.name
        for kind in vars(n).values()
        if dataclasses.is_dataclass(kind)
        for field in dataclasses.fields(kind)
    }
    assert words.isdisjoint({"form", "judgeable", "person_like"})
