"""What follows, and from what alone: an adverse effect is made from a closed case, a favourable one also from an automatic grant.

The types make it impossible to write otherwise (FAIRNESS 8): there is no other way to construct an `Effect`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, replace
from enum import Enum

from goodstanding.kernel import days
from goodstanding.kernel.finding import NOWHERE, Place
from goodstanding.kernel.identity import Judgeable, never_filled_in, only_judgeable
from goodstanding.kernel.rules.nodes import Basis


class Direction(Enum):
    """Whether a measure burdens or favours."""

    DISCIPLINARY = "disciplinary"
    INCENTIVE = "incentive"


class CaseKind(Enum):
    """The cases whose closing can impose something; an adopted grade is one."""

    DESIGNATION = "designation"
    GRADE_ADOPTION = "adoption of a grade"
    COMMITMENT_BREACH = "breach of a commitment"


@dataclass(frozen=True, slots=True)
class Measure:
    """A row of the closed list of measures. `months_max` None: it ends by an act in the organisation's own power.

    `with_cause`: it stands and falls with the entry, decision or grade that carries it. `gravity` orders burdens, 0 is none.
    `field` holds the acts it may follow from without an article of its own, as prefixes of record types.
    """

    id: str
    direction: Direction
    basis: Basis
    months_max: int | None = None
    ends_by: str = ""
    with_cause: bool = False
    gravity: int = 0
    kind: str = ""
    title: tuple[tuple[str, str], ...] = ()
    imposed_by: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    part_of: str = ""
    place: Place = dataclasses.field(default=NOWHERE, compare=False)

    def carried(self, months: int | None, ends_by: str, basis: Basis) -> Measure:
        """Give the measure as its cause carries it: no longer than the cause lasts, and confirmed only where both are."""
        confirmed = self.basis.confirmed and basis.confirmed
        ends = [one for one in (self.months_max, months) if one is not None]
        return replace(
            self,
            basis=replace(basis, confirmed=confirmed),
            months_max=min(ends, default=None),
            ends_by=self.ends_by or ends_by,
        )


class NotLawful(ValueError):
    """Somebody tried to make an effect that no procedure supports: a broken program, not bad data."""


@dataclass(frozen=True, slots=True)
class ClosedCase:
    """A case that has run its course: notified with reasons, its window passed, neither suspended nor annulled.

    Raises NotLawful where any of this is not so, so that a case that is not closed cannot be held at all.
    """

    id: str
    kind: CaseKind
    subject: Judgeable
    authority: str
    decided: int
    notified: int
    window_ends: int
    on: int
    suspended: bool = False
    study: bool = False  # rests on something unconfirmed: cannot be adopted

    __setstate__ = never_filled_in

    def __post_init__(self) -> None:
        """Refuse what is not closed on the day asked."""
        only_judgeable(self.subject)
        if self.study:
            raise NotLawful(f"{self.id}: a study result cannot be adopted")
        if not self.decided <= self.notified < self.window_ends <= self.on:
            raise NotLawful(
                f"{self.id}: decided, notified, window and day asked do not follow each other"
            )
        if self.suspended:
            raise NotLawful(f"{self.id}: suspended")

    def __reduce__(self) -> tuple[object, ...]:
        made = (
            self.id,
            self.kind,
            self.subject,
            self.authority,
            self.decided,
            self.notified,
            self.window_ends,
            self.on,
        )
        return ClosedCase, (*made, self.suspended, self.study)


@dataclass(frozen=True, slots=True)
class FavourableGrant:
    """An automatic grant: a favourable measure that a rule gives by itself. Raises NotLawful for any other measure."""

    rule: str
    subject: Judgeable
    measure: Measure
    on: int

    __setstate__ = never_filled_in

    def __post_init__(self) -> None:
        """Refuse what burdens."""
        only_judgeable(self.subject)
        if self.measure.direction is not Direction.INCENTIVE:
            raise NotLawful(f"{self.measure.id}: only an incentive can be granted without a case")

    def __reduce__(self) -> tuple[object, ...]:
        return FavourableGrant, (self.rule, self.subject, self.measure, self.on)


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure that applies to one organisation, with its cause and its end. Raises NotLawful where the cause does not carry it."""

    subject: Judgeable
    measure: Measure
    cause: ClosedCase | FavourableGrant
    starts: int
    ends: int | None

    __setstate__ = never_filled_in

    def __post_init__(self) -> None:
        """Refuse another subject's cause, a burden without a closed case or an end, and what the measure does not allow."""
        only_judgeable(self.subject)
        if type(self.cause) not in (ClosedCase, FavourableGrant):
            raise NotLawful(f"{self.measure.id}: no case and no grant")
        if self.cause.subject != self.subject:
            raise NotLawful(f"{self.measure.id}: the cause speaks of another organisation")
        if self.ends is not None and self.ends <= self.starts:
            raise NotLawful(f"{self.measure.id}: it would end before it starts")
        if self.measure.direction is Direction.DISCIPLINARY:
            self._burdens_lawfully()
        if isinstance(self.cause, FavourableGrant) and self.cause.measure != self.measure:
            raise NotLawful(f"{self.measure.id}: granted was {self.cause.measure.id}")

    def _burdens_lawfully(self) -> None:
        measure = self.measure
        if not isinstance(self.cause, ClosedCase):
            raise NotLawful(f"{measure.id}: an adverse effect needs a closed case")
        if not measure.basis.confirmed:
            raise NotLawful(f"{measure.id}: nothing unconfirmed bites")
        if self.starts < self.cause.window_ends:
            raise NotLawful(
                f"{measure.id}: it would start before the window for objections has passed"
            )
        if measure.months_max is not None:
            if self.ends is None or self.ends > days.add_months(self.starts, measure.months_max):
                raise NotLawful(
                    f"{measure.id}: it would last longer than {measure.months_max} months"
                )
        elif self.ends is None and not measure.ends_by:
            raise NotLawful(
                f"{measure.id}: everything adverse ends, on a day or by an act of its own"
            )

    def __reduce__(self) -> tuple[object, ...]:
        return Effect, (self.subject, self.measure, self.cause, self.starts, self.ends)
