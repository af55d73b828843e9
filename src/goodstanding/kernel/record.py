"""A record as the register knows it: one version of one filing, about one subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# A value of a field: scaled integer, day, truth, word or code; None is missing.
FieldValue = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a record: what was known of a filing from one log position until another.

    `values` holds the fields of its type and the own fields (date, cured, ended, decision, act, authority,
    record, certainty); `links` holds record ids by link name. `known_to` None is still known.
    """

    type: str
    version: int
    record: str
    subject: str
    known_from: int
    known_to: int | None = None
    state: str = "in force"  # or "annulled", "held"
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)

    def known_at(self, position: int | None) -> bool:
        """Tell whether this version is the one known at a log position (None: now)."""
        if position is None:
            return self.known_to is None
        return self.known_from <= position and (self.known_to is None or position < self.known_to)


IN_FORCE = "in force"
