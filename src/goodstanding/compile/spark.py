"""How Spark SQL says it: Apache Spark 4 and Sail, with ANSI mode on. Every trap measured for these engines is met here.

Numbers are BIGINT or, for 37 digits, DECIMAL(38, 0). Sail wraps around silently where a BIGINT or INT overflows, so nothing
here is left narrower than what it holds: sums and quotients are made of decimals, days and months are BIGINT.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from goodstanding.compile import tables
from goodstanding.compile.dialect import Fold
from goodstanding.kernel import days
from goodstanding.kernel.quantity import NARROW, Kind, Type

_WIDE, _NARROW, _TEXTS = "DECIMAL(38, 0)", "BIGINT", "ARRAY<STRING>"


@dataclass(frozen=True)
class Spark:
    """Spark SQL for one range of buckets (both ends included): a text has no parameters, its buckets stand in it."""

    first_bucket: int
    last_bucket: int

    def name(self, name: str) -> str:
        """Quote a name by backticks; names are always quoted."""
        return "`" + name.replace("`", "``") + "`"

    def text(self, value: str) -> str:
        """Write a text literal: a doubled quote would end one literal and begin the next, a backslash escapes."""
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def day(self, day: int) -> str:
        """Write a date literal."""
        return f"DATE '{days.text(day)}'"

    def whole(self, value: int) -> str:
        """Write a typed whole number: a bare literal would be a 32-bit INT."""
        return self.wide(str(value)) if abs(value) > NARROW else f"{value}L"

    def missing(self, type_: Type) -> str:
        """Write a typed NULL."""
        number = _WIDE if type_.wide else _NARROW
        kinds = {Kind.NUMBER: number, Kind.DATE: "DATE", Kind.TRUTH: "BOOLEAN"}
        return _cast("NULL", kinds.get(type_.kind, "STRING"))

    def no_place(self) -> str:
        """Write an INT NULL."""
        return _cast("NULL", "INT")

    def parameter(self, name: str) -> str:
        """Write the bucket that the parameter stands for."""
        buckets = {tables.BUCKET_FROM: self.first_bucket, tables.BUCKET_TO: self.last_bucket}
        return str(buckets[name])

    def wide(self, value: str) -> str:
        """Cast to the widest decimal."""
        return _cast(value, _WIDE)

    def narrow(self, value: str) -> str:
        """Cast to BIGINT: sums are decimals. What does not fit is an error."""
        return _cast(value, _NARROW)

    def total(self, value: str) -> str:
        """Add up decimals: a sum of BIGINT is a BIGINT, which Sail lets wrap around."""
        return f"sum({self.wide(value)})"

    def quotient(self, top: str, under: str, *, wide: bool = False) -> str:
        """Divide decimals that leave no rest: `/` of whole numbers is a DOUBLE, and DIV of decimals cuts to a BIGINT.

        A result of more than 32 digits is refused by Spark, a top of more than 34 by Sail.
        """
        all_, by = self.wide(top), self.wide(under)
        return _cast(f"({all_} - {all_} % {by}) / {by}", _WIDE if wide else _NARROW)

    def plus_days(self, date: str, count: str) -> str:
        """Add an INT: date_add takes no BIGINT."""
        return f"date_add({date}, {_cast(count, 'INT')})"

    def minus_days(self, date: str, count: str) -> str:
        """Subtract an INT."""
        return f"date_sub({date}, {_cast(count, 'INT')})"

    def days_between(self, start: str, end: str) -> str:
        """Count days: an INT in Spark, where the difference of dates would be an interval."""
        return _cast(f"datediff({end}, {start})", _NARROW)

    def plus_months(self, date: str, months: int) -> str:
        """Add months, which clips to the month's end."""
        return f"add_months({date}, {months})"

    def year(self, date: str) -> str:
        """Give the year, an INT otherwise."""
        return _cast(f"year({date})", _NARROW)

    def month(self, date: str) -> str:
        """Give the month, an INT otherwise."""
        return _cast(f"month({date})", _NARROW)

    def day_of_month(self, date: str) -> str:
        """Give the day of the month, an INT otherwise."""
        return _cast(f"day({date})", _NARROW)

    def days_in_month(self, date: str) -> str:
        """Give the length of the month."""
        return self.day_of_month(f"last_day({date})")

    def least_known(self, values: Sequence[str]) -> str:
        """LEAST passes over NULL."""
        return values[0] if len(values) == 1 else f"least({', '.join(values)})"

    def greatest_known(self, values: Sequence[str]) -> str:
        """GREATEST passes over NULL."""
        return values[0] if len(values) == 1 else f"greatest({', '.join(values)})"

    def length(self, text: str) -> str:
        """Count the signs."""
        return f"char_length({text})"

    def any_true(self, truth: str) -> str:
        """Aggregate with bool_or."""
        return f"bool_or({truth})"

    def taken(self, values: Mapping[str, str], order: Sequence[str], *, latest: bool) -> str:
        """Take by min_by or max_by over structs: compared field by field, texts byte by byte."""
        return f"{'max_by' if latest else 'min_by'}({_struct(values)}, {_struct(_places(order))})"

    def listed(self, value: str, order: str, when: str) -> str:
        """Collect pairs of place and value, which passes over NULL, and sort them: a list is collected in no order."""
        pair = _struct({**_places([order]), "v": value})
        return f"transform({_sorted_list(f'CASE WHEN {when} THEN {pair} END')}, listed -> listed.v)"

    def texts(self, items: Sequence[tuple[str, str]]) -> str:
        """Leave the NULLs out of an array of cases."""
        if not items:
            return self.no_texts()
        cases = ", ".join(f"CASE WHEN {when} THEN {text} END" for text, when in items)
        return f"array_compact(array({cases}))"

    def joined(self, left: str, right: str) -> str:
        """Concatenate arrays, a missing one as empty."""
        return f"concat({left}, coalesce({right}, {self.no_texts()}))"

    def empty(self, list_: str) -> str:
        """Count an array."""
        return f"(size({list_}) = 0)"

    def fold(
        self,
        rows: Sequence[tuple[str, str]],
        order: Sequence[str],
        start: Mapping[str, str],
        step: Fold,
    ) -> str:
        """Fold an array of structs, sorted by the places that stand first in each, by `aggregate`."""
        listed = _sorted_list(_struct({**_places(order), **dict(rows)}))
        return f"aggregate({listed}, {_struct(start)}, (s, e) -> {_struct(step('s.', 'e.'))})"

    def one_text(self, text: str) -> str:
        """Make an array; without the cast, its items could not be missing, and Sail would call that another type."""
        return _cast(f"array({text})", _TEXTS)

    def with_text(self, list_: str, text: str) -> str:
        """Append unless contained."""
        longer = f"concat({list_}, {self.one_text(text)})"
        return f"CASE WHEN array_contains({list_}, {text}) THEN {list_} ELSE {longer} END"

    def contains(self, list_: str, text: str) -> str:
        """Look for an element."""
        return f"array_contains({list_}, {text})"

    def no_texts(self) -> str:
        """Make an empty array."""
        return _cast("array()", _TEXTS)

    def whole_at(self, json: str, key: str) -> str:
        """Extract by a JSON path with the key in quotes."""
        path = self.text(f"$['{key}']")
        return f"TRY_CAST(get_json_object({json}, {path}) AS INT)"

    def shared(self) -> str:
        """Say nothing: the engine finds out what is read twice."""
        return ""

    def inlined(self) -> str:
        """Say nothing."""
        return ""


def _cast(value: str, kind: str) -> str:
    return f"CAST({value} AS {kind})"


def _struct(fields: Mapping[str, str]) -> str:
    return "named_struct(" + ", ".join(f"'{name}', {sql}" for name, sql in fields.items()) + ")"


def _places(order: Sequence[str]) -> dict[str, str]:
    """Name what is sorted by, in order: structs compare field by field."""
    return {f"o{i}": value for i, value in enumerate(order)}


def _sorted_list(element: str) -> str:
    return f"array_sort(collect_list({element}))"
