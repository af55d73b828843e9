"""Sum up a run: shares of grades per programme, what is open, proposed, a study or invented; and choose whom to explain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from goodstanding.desk.context import Desk
from goodstanding.desk.explaining import teller
from goodstanding.kernel.telling import Teller
from goodstanding.store.results import standings_in
from goodstanding.store.standings import Tally, fullest, tally


def summary(desk: Desk, standings: Path, language: str) -> list[str]:
    """Give the summary of a file or folder of standings as lines. Shares are reported as they come out."""
    say = teller(desk, language)
    lines = [say.word("summary")]
    tallies = tally(standings_in(standings))
    for one in tallies:
        lines += _lines(desk, say, one)
    if any(one.invented for one in tallies):
        lines += ["", "! " + say.word("summary_notice")]
    return lines


def _lines(desk: Desk, say: Teller, one: Tally) -> Iterator[str]:
    versions = desk.law.programmes.get(one.programme, ())
    title = say.title(versions[-1].title, one.programme) if versions else one.programme
    cycle = say.word("summary_cycle", cycle=one.cycle) if one.cycle is not None else ""
    said = {"title": title, "version": one.version, "cycle": cycle, "count": f"{one.standings:,}"}
    yield "  " + say.word("summary_line", **said)
    yield "    " + ", ".join(
        f"{say.grade(g)} {count:,} ({share(count, one.standings)})" for g, count in one.grades
    )
    for key in ("open", "study", "invented"):
        count = getattr(one, key)
        if count:
            yield "    " + say.word(f"summary_{key}", count=f"{count:,}")
    if one.proposed:
        rules = ", ".join(f"{rule} {count:,}" for rule, count in one.proposed)
        yield "    " + say.word("summary_proposed", rules=rules)


def share(part: int, whole: int) -> str:
    """Write a share in tenths of a percent, rounded half up.

    >>> share(1, 3), share(2, 3)
    ('33.3 %', '66.7 %')
    """
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10} %"


def chosen(standings: Path) -> str | None:
    """Choose the organisation that shows most of what an explanation can say."""
    return fullest(standings_in(standings))
