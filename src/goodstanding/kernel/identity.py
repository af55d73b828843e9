"""Who can be judged. A `Judgeable` cannot be made from a person-like or unknown legal form, by anyone, with any law.

Forms are told by the official form codes of a register, never by the prefix of a code or by a name
(FAIRNESS 2). Where a source has no form codes, its importer says which rows it vouches for, and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NoReturn


class Form(Enum):
    """The legal form of a subject, as far as judging cares."""

    ORGANISATION = "organisation"
    PERSON_LIKE = "person-like"
    UNKNOWN = "unknown"  # counts as person-like

    @property
    def is_judged(self) -> bool:
        """Tell whether such a subject can be judged at all."""
        return self is Form.ORGANISATION


# Official form codes that are person-like or plainly organisations, by register. A code in neither is unknown.
# The tables grow with the law library; each entry is read twice.
PERSON_LIKE: dict[str, frozenset[str]] = {
    # sole traders and the like: the business is the person
    "gleif": frozenset({"SOLE_PROPRIETOR"}),
    "br.natureza_juridica": frozenset({"2135", "4120", "4014", "4022", "4081"}),
}
ORGANISATIONS: dict[str, frozenset[str]] = {
    "gleif": frozenset(
        {"GENERAL", "FUND", "BRANCH", "RESIDENT_GOVERNMENT_ENTITY", "INTERNATIONAL_ORGANIZATION"}
    ),
}


def form_of(table: str, code: str) -> Form:
    """Tell the form by a register's own form code."""
    if code in PERSON_LIKE.get(table, frozenset()):
        return Form.PERSON_LIKE
    if code in ORGANISATIONS.get(table, frozenset()):
        return Form.ORGANISATION
    return Form.UNKNOWN


class NotJudgeable(ValueError):
    """Somebody tried to judge what is not known to be an organisation: a broken program, not bad data."""


def never_filled_in(self: object, _: object) -> NoReturn:
    """Refuse to fill in an object made without its constructor; copies and stored ones go through the constructor."""
    raise TypeError(f"a {type(self).__name__} is made by its constructor only")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A subject as registered: stable id, names, form, and who vouches for the form."""

    id: str
    name: str | None
    form: Form
    jurisdiction: str = ""
    vouched_by: str = ""

    __setstate__ = never_filled_in

    def __reduce__(self) -> tuple[type[Organisation], tuple[str, str | None, Form, str, str]]:
        return Organisation, (self.id, self.name, self.form, self.jurisdiction, self.vouched_by)


@dataclass(frozen=True, slots=True)
class Judgeable:
    """The only thing a programme, a list or a measure takes. Raises NotJudgeable for any other form.

    Nothing that only looks like an organisation will do, and no other class can stand in for this one.
    """

    organisation: Organisation

    __setstate__ = never_filled_in

    def __init_subclass__(cls) -> NoReturn:
        raise TypeError(f"{cls.__name__}: a Judgeable has no other kinds")

    def __post_init__(self) -> None:
        """Refuse what is person-like or unknown, or no Organisation at all."""
        if type(self.organisation) is not Organisation:
            raise NotJudgeable(f"{self.organisation!r}: no organisation of a register")
        form = self.organisation.form
        if form is not Form.ORGANISATION:
            raise NotJudgeable(
                f"{self.organisation.id}: {form.value if form in tuple(Form) else 'no form'}"
            )

    def __reduce__(self) -> tuple[type[Judgeable], tuple[Organisation]]:
        return Judgeable, (self.organisation,)

    @property
    def id(self) -> str:
        """Give the stable id."""
        return self.organisation.id


def judgeable(organisation: Organisation) -> Judgeable | None:
    """Give the organisation as one that can be judged, or None."""
    return Judgeable(organisation) if organisation.form.is_judged else None


def only_judgeable(subject: object) -> None:
    """Raise NotJudgeable unless the subject is a Judgeable, whatever its type was said to be."""
    if type(subject) is not Judgeable:
        raise NotJudgeable(f"{subject!r}: only a Judgeable is judged")
