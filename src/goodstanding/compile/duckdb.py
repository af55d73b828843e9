"""How DuckDB says it. Every trap measured for this engine is met here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from goodstanding.compile.dialect import Fold
from goodstanding.kernel import days
from goodstanding.kernel.quantity import NARROW, Kind, Type


class DuckDb:
    """DuckDB 2. HUGEINT holds 37 digits; `//` of HUGEINT and BIGINT is exact (of DECIMAL it is not)."""

    def name(self, name: str) -> str:
        """Quote a name; names are always quoted, so that a field may be called `order`."""
        return '"' + name.replace('"', '""') + '"'

    def text(self, value: str) -> str:
        """Write a text literal."""
        return "'" + value.replace("'", "''") + "'"

    def day(self, day: int) -> str:
        """Write a date literal."""
        return f"DATE '{days.text(day)}'"

    def whole(self, value: int) -> str:
        """Write a typed whole number: a bare literal would be a 32-bit INTEGER."""
        return f"{value}::{'HUGEINT' if abs(value) > NARROW else 'BIGINT'}"

    def missing(self, type_: Type) -> str:
        """Write a typed NULL."""
        number = "HUGEINT" if type_.wide else "BIGINT"
        return f"NULL::{ {Kind.NUMBER: number, Kind.DATE: 'DATE', Kind.TRUTH: 'BOOLEAN'}.get(type_.kind, 'VARCHAR') }"

    def no_place(self) -> str:
        """Write an INTEGER NULL."""
        return "NULL::INTEGER"

    def parameter(self, name: str) -> str:
        """Write a named parameter."""
        return f"${name}"

    def wide(self, value: str) -> str:
        """Cast to HUGEINT."""
        return f"{value}::HUGEINT" if _is_plain(value) else f"({value})::HUGEINT"

    def narrow(self, value: str) -> str:
        """Cast to BIGINT: sums are HUGEINT."""
        return f"{value}::BIGINT" if _is_plain(value) else f"({value})::BIGINT"

    def total(self, value: str) -> str:
        """Add up: the sum of BIGINT is HUGEINT."""
        return f"sum({value})"

    def quotient(self, top: str, under: str, *, wide: bool = False) -> str:  # noqa: ARG002 - the numbers say it
        """Divide by `//`, exact on whole numbers."""
        return f"({top} // {under})"

    def plus_days(self, date: str, count: str) -> str:
        """Add an INTEGER: a date takes no BIGINT."""
        return f"({date} + ({count})::INTEGER)"

    def minus_days(self, date: str, count: str) -> str:
        """Subtract an INTEGER."""
        return f"({date} - ({count})::INTEGER)"

    def days_between(self, start: str, end: str) -> str:
        """Subtract dates: gives BIGINT."""
        return f"({end} - {start})"

    def plus_months(self, date: str, months: int) -> str:
        """Add an interval of months, which clips to the month's end and gives a TIMESTAMP."""
        return f"({date} + INTERVAL ({months}) MONTH)::DATE"

    def year(self, date: str) -> str:
        """Give the year."""
        return f"year({date})"

    def month(self, date: str) -> str:
        """Give the month."""
        return f"month({date})"

    def day_of_month(self, date: str) -> str:
        """Give the day of the month."""
        return f"day({date})"

    def days_in_month(self, date: str) -> str:
        """Give the length of the month."""
        return f"day(last_day({date}))"

    def least_known(self, values: Sequence[str]) -> str:
        """LEAST passes over NULL."""
        return values[0] if len(values) == 1 else f"least({', '.join(values)})"

    def greatest_known(self, values: Sequence[str]) -> str:
        """GREATEST passes over NULL."""
        return values[0] if len(values) == 1 else f"greatest({', '.join(values)})"

    def length(self, text: str) -> str:
        """Count the signs."""
        return f"length({text})"

    def any_true(self, truth: str) -> str:
        """Aggregate with bool_or."""
        return f"bool_or({truth})"

    def taken(self, values: Mapping[str, str], order: Sequence[str], *, latest: bool) -> str:
        """Take by arg_min or arg_max over structs: compared field by field, texts byte by byte."""
        return f"{'arg_max' if latest else 'arg_min'}({_struct(values)}, {_row(order)})"

    def listed(self, value: str, order: str, when: str) -> str:
        """Aggregate with an ordered list."""
        return f"list({value} ORDER BY {order}) FILTER ({when})"

    def texts(self, items: Sequence[tuple[str, str]]) -> str:
        """Filter a list of cases."""
        if not items:
            return self.no_texts()
        cases = ", ".join(f"CASE WHEN {when} THEN {text} END" for text, when in items)
        return f"list_filter([{cases}], lambda x: x IS NOT NULL)"

    def joined(self, left: str, right: str) -> str:
        """Concatenate lists, a missing one as empty."""
        return f"list_concat({left}, coalesce({right}, {self.no_texts()}))"

    def empty(self, list_: str) -> str:
        """Count a list."""
        return f"(len({list_}) = 0)"

    def fold(
        self,
        rows: Sequence[tuple[str, str]],
        order: Sequence[str],
        start: Mapping[str, str],
        step: Fold,
    ) -> str:
        """Fold an ordered list of structs with list_reduce."""
        listed = f"list({_struct(dict(rows))} ORDER BY {', '.join(order)})"
        return f"list_reduce({listed}, lambda s, e: {_struct(step('s.', 'e.'))}, {_struct(start)})"

    def one_text(self, text: str) -> str:
        """Make a list."""
        return f"[{text}]"

    def with_text(self, list_: str, text: str) -> str:
        """Append unless contained."""
        return f"CASE WHEN list_contains({list_}, {text}) THEN {list_} ELSE list_append({list_}, {text}) END"

    def contains(self, list_: str, text: str) -> str:
        """Look for an element."""
        return f"list_contains({list_}, {text})"

    def no_texts(self) -> str:
        """Make an empty list."""
        return "[]::VARCHAR[]"

    def whole_at(self, json: str, key: str) -> str:
        """Extract by a JSON path with the key in quotes; both languages of quotes are met."""
        path = '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"TRY_CAST(json_extract({json}, {self.text(path)}) AS INTEGER)"

    def shared(self) -> str:
        """Ask for one materialisation."""
        return "MATERIALIZED "

    def inlined(self) -> str:
        """Ask for none."""
        return "NOT MATERIALIZED "


def _is_plain(value: str) -> bool:
    return value.replace("_", "a").replace('"', "a").isalnum()


def _struct(fields: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': {value}" for name, value in fields.items()) + "}"


def _row(values: Sequence[str]) -> str:
    return _struct({f"o{i}": value for i, value in enumerate(values)})


DUCKDB = DuckDb()
