"""Whether a published list or penalty file is lawful as it is shown on a day: what stands in it that may not, office by office.

An audit reads what an importer took and what the law says of lists and record types; it judges no organisation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from goodstanding.kernel import days
from goodstanding.kernel.days import Day
from goodstanding.kernel.identity import Form
from goodstanding.kernel.law import Law
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules.closed import EntityList, Stages
from goodstanding.kernel.rules.nodes import Certainty, RecordType
from goodstanding.kernel.sources import OrganisationRow, Taken


class Flaw(Enum):
    """What is wrong with an entry as it is shown."""

    IDENTITY_NUMBER = "identity number"
    PERSON = "natural person"
    PERSON_LIKE = "person-like form"
    FORM_UNKNOWN = "form not known"
    WITHOUT_IDENTIFIER = "no identifier"
    IDENTIFIER_FAILS = "identifier fails its check"
    NAMES_DIFFER = "code and name disagree"
    UNDECIDED_TOO_LONG = "undecided too long"
    UNDECIDED = "undecided"
    ALLEGED = "alleged only"
    NOT_FINAL = "not final"
    CLEARED = "shown after it was cleared"
    REPAIRED = "shown after repair"
    PAST_TERM = "past its term"
    NOT_PUBLIC = "not for the public"
    WITHOUT_DECISION = "no decision named"
    ISSUED_AGAIN = "several days for one stage"
    ROW_NOT_READ = "row not read"


# What may stand in a published file and only asks for a look; everything else may not.
TO_BE_LOOKED_AT = frozenset(
    {Flaw.UNDECIDED, Flaw.ISSUED_AGAIN, Flaw.NAMES_DIFFER, Flaw.FORM_UNKNOWN}
)
# The findings of importers that say something about an entry, not about the file. Rows refused for another reason were not read.
_FOUND: Mapping[str, Flaw] = {
    "natural-person": Flaw.PERSON,
    "person-like-form": Flaw.PERSON_LIKE,
    "rfc-check-fails": Flaw.IDENTIFIER_FAILS,
    "rfc-malformed": Flaw.IDENTIFIER_FAILS,
    "identifier-check-fails": Flaw.IDENTIFIER_FAILS,
    "identifier-malformed": Flaw.IDENTIFIER_FAILS,
    "names-differ": Flaw.NAMES_DIFFER,
    "names-vary": Flaw.NAMES_DIFFER,
    "form-not-known": Flaw.FORM_UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One flaw: which office shows the entry, and which entry, by the id of a subject or record or by the line of the file."""

    office: str
    flaw: str
    about: str


@dataclass(frozen=True)
class Audit:
    """The flaws of a file as shown on a day, and how many entries each office shows."""

    on: Day
    entries: tuple[tuple[str, int], ...]  # by office
    found: tuple[Found, ...]

    def of(self, office: str) -> Mapping[Flaw, tuple[Found, ...]]:
        """Give the flaws of one office, in the order of the table above."""
        mine = [one for one in self.found if one.office == office]
        by_flaw = {flaw: tuple(one for one in mine if one.flaw == flaw.value) for flaw in Flaw}
        return {flaw: found for flaw, found in by_flaw.items() if found}

    @property
    def unlawful(self) -> bool:
        """Tell whether anything stands in the file that may not."""
        harmless = {flaw.value for flaw in TO_BE_LOOKED_AT}
        return any(one.flaw not in harmless for one in self.found)


def audit(taken: Taken, law: Law, on: Day, identity_lines: Iterable[int] = ()) -> Audit:
    """Audit what an importer took, as it is shown on a day; `identity_lines` hold the number of a person in some cell."""
    shown = [one for one in taken.records if one.known_to is None]
    offices = {one.subject: _office(one, law) for one in shown}
    whole = next(iter(offices.values()), "")
    found = [
        *(Found(whole, Flaw.IDENTITY_NUMBER.value, f"line {line}") for line in identity_lines),
        *_of_findings(taken, whole),
        *_of_organisations(taken, offices, whole),
        *(one for group in _by_entry(shown) for one in _of_entry(group, law, on, offices)),
    ]
    entries = tuple(sorted(Counter(offices.values()).items()))
    return Audit(on, entries, tuple(sorted(set(found), key=_order)))


def _order(one: Found) -> tuple[str, str, int, str]:
    """Order ids that are numbers as numbers."""
    return one.office, one.flaw, len(one.about), one.about


def _office(one: Version, law: Law) -> str:
    """Give the office that shows a record: the one it names, else the first that files its type."""
    named = one.values.get("authority")
    type_ = law.record_type(one.type)
    return str(named) if named else next(iter(type_.filed_by if type_ else ()), "")


def _of_findings(taken: Taken, office: str) -> Iterator[Found]:
    """Give the flaws that the importer met while reading."""
    for one in taken.findings:
        flaw = _FOUND.get(one.code, Flaw.ROW_NOT_READ if one.refuses and one.place.line else None)
        if flaw is not None:
            yield Found(office, flaw.value, f"line {one.place.line}")


def _of_organisations(taken: Taken, offices: Mapping[str, str], office: str) -> Iterator[Found]:
    """Give the entries about subjects that nobody can tell, or that may not be listed."""
    holders = {unit.holder: unit.unit for unit in taken.units}
    flaws = {Form.PERSON_LIKE: Flaw.PERSON_LIKE, Form.UNKNOWN: Flaw.FORM_UNKNOWN}
    for one in taken.organisations:
        if one.known_to is not None:
            continue
        where = offices.get(holders.get(one.subject, one.subject), office)
        flaw = flaws.get(one.form) or _without_identifier(one)
        if flaw is not None:
            yield Found(where, flaw.value, one.subject)


def _without_identifier(one: OrganisationRow) -> Flaw | None:
    return None if one.identifier else Flaw.WITHOUT_IDENTIFIER


def _by_entry(shown: Iterable[Version]) -> Iterator[list[Version]]:
    """Give the records of each subject and type together: the life of one entry, oldest first."""
    groups: dict[tuple[str, str], list[Version]] = {}
    for one in shown:
        groups.setdefault((one.subject, one.type), []).append(one)
    yield from groups.values()


# --------------------------------------------------------------------------------------------------
# One entry


def _of_entry(
    group: list[Version], law: Law, on: Day, offices: Mapping[str, str]
) -> Iterator[Found]:
    type_ = law.record_type(group[0].type)
    if type_ is None:
        return
    listed = next((one for one in law.lists.values() if one.entry == type_.id), None)
    stages = listed.stages if listed else None
    for flaw in (
        *(flaw for one in group for flaw in _of_record(one, type_, on)),
        *(_of_stages(group, stages, type_, on) if stages else ()),
        *(_of_term(group, listed, on) if listed else ()),
    ):
        yield Found(offices[group[0].subject], flaw.value, group[0].subject)


def _of_record(one: Version, type_: RecordType, on: Day) -> Iterator[Flaw]:
    """Give the flaws of one record as it stands."""
    if type_.publicity != "public":
        yield Flaw.NOT_PUBLIC
    if not one.values.get("decision"):
        yield Flaw.WITHOUT_DECISION
    certainty = one.values.get("certainty")
    if certainty == Certainty.ALLEGED.value:
        yield Flaw.ALLEGED
    if certainty in {Certainty.UNDER_REVIEW.value, Certainty.SUSPENDED.value}:
        yield Flaw.NOT_FINAL
    if certainty == Certainty.ANNULLED.value or one.state == "annulled":
        yield Flaw.CLEARED
    if any(_by(one.values.get(day), on) for day in ("cured", "ended")):
        yield Flaw.REPAIRED


def _of_stages(group: list[Version], stages: Stages, type_: RecordType, on: Day) -> Iterator[Flaw]:
    """Give the flaws of the stage an entry has reached: presumed too long, or shown though cleared."""
    known = [(_day(one, type_), str(one.values.get(stages.field))) for one in group]
    reached = sorted((day, word) for day, word in known if day is not None and day <= on)
    if len({word for _, word in known}) < len(known):
        yield Flaw.ISSUED_AGAIN
    if not reached:
        return
    since, word = reached[-1]
    if word in stages.cleared:
        yield Flaw.CLEARED
    if word in stages.open:
        late = days.add_months(since, stages.months or type_.alleged_months) <= on
        yield Flaw.UNDECIDED_TOO_LONG if late else Flaw.UNDECIDED


def _of_term(group: list[Version], listed: EntityList, on: Day) -> Iterator[Flaw]:
    """Give the flaw of an entry that should have left the list by itself."""
    end = listed.end
    if end is None or end.months_max is None or end.until:
        return
    for one in group:
        since, other = one.values.get(end.since), one.values.get(end.or_at)
        if isinstance(since, int) and _over(since, end.months_max, other, on):
            yield Flaw.PAST_TERM


def _over(since: int, months: int, other: FieldValue | None, on: Day) -> bool:
    """Tell whether the term, and the other day that may hold it, have passed."""
    return days.add_months(since, months) <= on and not (isinstance(other, int) and other > on)


def _day(one: Version, type_: RecordType) -> int | None:
    day = one.values.get(type_.counting)
    return day if isinstance(day, int) else None


def _by(day: FieldValue | None, on: Day) -> bool:
    return isinstance(day, int) and day <= on
