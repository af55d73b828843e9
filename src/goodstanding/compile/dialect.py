"""What an SQL engine says its own way. All other text of this room is the same on every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from goodstanding.kernel.quantity import Type

# One step of a fold: (prefix of the state's fields, prefix of the row's columns) -> text of each field of the state after it.
Fold = Callable[[str, str], Mapping[str, str]]


class Dialect(Protocol):
    """How one engine writes names, literals, dates, wide numbers, lists and folds. All arguments and results are SQL text."""

    def name(self, name: str) -> str:
        """Quote the name of a table or column."""

    def text(self, value: str) -> str:
        """Write a text literal."""

    def day(self, day: int) -> str:
        """Write a date literal."""

    def whole(self, value: int) -> str:
        """Write a whole number of 18 or 37 digits, typed, so that arithmetic on it cannot be narrower."""

    def missing(self, type_: Type) -> str:
        """Write a missing value of a type."""

    def no_place(self) -> str:
        """Write a missing small whole number (a place in an order)."""

    def parameter(self, name: str) -> str:
        """Write a parameter of the statement."""

    def wide(self, value: str) -> str:
        """Make a number so wide that 37 digits fit."""

    def narrow(self, value: str) -> str:
        """Bring a number that is known to fit to 18 digits."""

    def total(self, value: str) -> str:
        """Aggregate (or over a window): add up, exactly, up to 37 digits; missing ones are passed over."""

    def quotient(self, top: str, under: str, *, wide: bool = False) -> str:
        """Divide whole numbers, top not negative and under positive, rounding down, exactly; the result fits 18 digits unless `wide`."""

    def plus_days(self, date: str, count: str) -> str:
        """Move a date by a number of days."""

    def minus_days(self, date: str, count: str) -> str:
        """Move a date back by a number of days."""

    def days_between(self, start: str, end: str) -> str:
        """Count the days from start to end."""

    def plus_months(self, date: str, months: int) -> str:
        """Move a date by months, the day clipped to the month's end."""

    def year(self, date: str) -> str:
        """Give the year of a date."""

    def month(self, date: str) -> str:
        """Give the month of a date, 1 to 12."""

    def day_of_month(self, date: str) -> str:
        """Give the day of the month of a date."""

    def days_in_month(self, date: str) -> str:
        """Give the number of days of the month of a date."""

    def least_known(self, values: Sequence[str]) -> str:
        """Give the least of values, passing over missing ones; missing if all are."""

    def greatest_known(self, values: Sequence[str]) -> str:
        """Give the greatest of values, passing over missing ones; missing if all are."""

    def length(self, text: str) -> str:
        """Give the number of signs of a text."""

    def any_true(self, truth: str) -> str:
        """Aggregate: whether a truth that is never undecided holds anywhere."""

    def taken(self, values: Mapping[str, str], order: Sequence[str], *, latest: bool) -> str:
        """Aggregate: a struct of the values of the first (or latest) row in an order that is never missing."""

    def listed(self, value: str, order: str, when: str) -> str:
        """Aggregate: the list of texts where `when` is true, in an order; missing or empty where there is none."""

    def texts(self, items: Sequence[tuple[str, str]]) -> str:
        """Make a list of the texts (literals or expressions) whose conditions are true, in order."""

    def joined(self, left: str, right: str) -> str:
        """Put a list after another; the right one may be missing."""

    def empty(self, list_: str) -> str:
        """Tell whether a list is empty."""

    def fold(
        self,
        rows: Sequence[tuple[str, str]],
        order: Sequence[str],
        start: Mapping[str, str],
        step: Fold,
    ) -> str:
        """Aggregate: fold rows (named columns) in an order over a state, beginning with `start`."""

    def one_text(self, text: str) -> str:
        """Make a list of one text."""

    def with_text(self, list_: str, text: str) -> str:
        """Put a text at the end of a list, unless it is in it."""

    def contains(self, list_: str, text: str) -> str:
        """Tell whether a text is in a list."""

    def no_texts(self) -> str:
        """Make an empty list of texts."""

    def whole_at(self, json: str, key: str) -> str:
        """Give the whole number that a JSON map holds under a key; missing where it holds none."""

    def shared(self) -> str:
        """Say that a common table expression is worked out once."""

    def inlined(self) -> str:
        """Say that a common table expression is read where it stands."""
