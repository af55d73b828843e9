"""What a piece of work is handed: the law with what was found in it, the sentences, and the clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from goodstanding.kernel.days import Day, of
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.law import Law
from goodstanding.kernel.telling import Words as Sentences
from goodstanding.kernel.words import Words

# Who hears how far a long piece of work has come: a sentence without its number, done, of how many.
Progress = Callable[[str, int, int], None]


def silent(what: str, done: int, of: int) -> None:
    """Hear nothing."""


def today() -> Day:
    """Give the day of the clock, in UTC: the same everywhere at one moment."""
    now = datetime.now(UTC)
    return of(now.year, now.month, now.day)


@dataclass(frozen=True)
class Desk:
    """The desk of one command."""

    law: Law
    findings: tuple[Finding, ...]
    folders: tuple[Path, ...]
    today: Callable[[], Day]
    words: Words = field(default_factory=Words)
    sentences: Sentences = field(default_factory=dict)
    progress: Progress = silent
