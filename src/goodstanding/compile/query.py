"""Text is built from named parts, each of which reads those before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from goodstanding.compile.dialect import Dialect


@dataclass
class Query:
    """A statement in the making: common table expressions in order."""

    dialect: Dialect
    parts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, name: str, sql: str, *, how: str = "") -> str:
        """Add a part and give its quoted name; a part of that name that is there stays."""
        self.parts.setdefault(name, (how, sql))
        return self.dialect.name(name)

    def layer(self, name: str, before: str, columns: Mapping[str, str]) -> str:
        """Add columns to the part before (quoted); they may read its columns, not one another."""
        if not columns:
            return before
        said = ",\n  ".join(
            f"{sql} AS {self.dialect.name(column)}" for column, sql in columns.items()
        )
        return self.add(name, f"SELECT *,\n  {said}\nFROM {before}")

    def statement(self, last: str) -> str:
        """Give the whole text, ending in the SELECT given."""
        if not self.parts:
            return last
        said = ",\n".join(
            f"{self.dialect.name(name)} AS {how}(\n{_indented(sql)}\n)"
            for name, (how, sql) in self.parts.items()
        )
        return f"WITH {said}\n{last}"


def _indented(sql: str) -> str:
    return "\n".join("  " + line for line in sql.splitlines())
