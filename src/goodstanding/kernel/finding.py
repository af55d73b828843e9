"""A finding says what is wrong with a text or a row, as a value: nothing here raises, nothing hides the next one."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Severity(Enum):
    """How much a finding weighs: an error refuses the item, a warning and a note let it pass."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Place:
    """Where in a file something stands; line and column count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Give the place as editors understand it: file:line:column."""
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"

    def along(self, columns: int) -> Place:
        """Give the place `columns` further right on the same line (a place inside an expression)."""
        return Place(self.file, self.line, self.column + columns)


NOWHERE = Place("")


@dataclass(frozen=True)
class Finding:
    """One thing found: stable code, where, and named texts from which each language builds its sentences.

    `expected`, `found` and `remedy` are fragments with the names in `with_` filled in by the word files
    (`law/words`); `basis` is the article that asks for it, empty where there is none.
    """

    code: str
    place: Place
    found: str = ""
    expected: str = ""
    remedy: str = ""
    basis: str = ""
    severity: Severity = Severity.ERROR
    # Values that the sentences of the word files name, such as {name: "cn.tax.lat_filing", nearest: "..."}.
    said: tuple[tuple[str, str], ...] = field(default=())

    @property
    def refuses(self) -> bool:
        """Tell whether the item it speaks of is refused."""
        return self.severity is Severity.ERROR


def finding(
    code: str, place: Place, *, severity: Severity = Severity.ERROR, **said: object
) -> Finding:
    """Make a finding whose sentences come from the word files, filled with `said`.

    The keys `found`, `expected`, `remedy` and `basis` go to the fields of the same name.
    """
    own = {k: str(said.pop(k)) for k in ("found", "expected", "remedy", "basis") if k in said}
    rest = tuple(sorted((k, str(v)) for k, v in said.items()))
    return Finding(code, place, severity=severity, said=rest, **own)
