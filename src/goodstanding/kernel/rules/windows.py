"""A run fixes days; windows become plain half-open intervals of days, the same for every road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from goodstanding.kernel import days
from goodstanding.kernel.rules.nodes import Cycle, Edge, Moment, Programme, Window

# Stand-ins for an open end [ALWAYS_BEFORE, ALWAYS_AFTER): every day of the calendar lies inside.
ALWAYS_BEFORE = days.of(days.YEAR_FIRST, 1, 1)
ALWAYS_AFTER = days.of(days.YEAR_LAST + 1, 1, 1)


@dataclass(frozen=True)
class Run:
    """What is asked: which cycle (None for live programmes), the judged day, and the moments they fix.

    `opened` is the day of the record or decision judged; no window depends on it.
    """

    judged: int
    cycle: int | None = None
    moments: tuple[tuple[Moment, int], ...] = ()
    opened: int | None = None


def run(
    programme: Programme,
    *,
    cycle: int | None = None,
    on: int | None = None,
    opened: int | None = None,
) -> Run:
    """Fix the days of a run. Live programmes need `on`; with a cycle, `on` makes it a re-evaluation on that day.

    Raises ValueError if neither tells the judged day.
    """
    timing = programme.cycle
    if not timing.kind or cycle is None:
        if on is None:
            raise ValueError(programme.key)
        return Run(on, None, ((Moment.JUDGED, on),), opened)
    start, end = days.of(cycle, 1, 1), days.of(cycle + 1, 1, 1)
    judged = judged_day(timing, cycle) if on is None else on
    phase, phase_end, before = _phase(timing, cycle)
    moments = (
        (Moment.JUDGED, judged),
        (Moment.CYCLE_START, start),
        (Moment.CYCLE_END, end),
        (Moment.PHASE_START, phase),
        (Moment.PHASE_END, phase_end),
        (Moment.PREVIOUS_PHASE_START, before),
    )
    return Run(judged, cycle, moments, opened)


def judged_day(timing: Cycle, cycle: int) -> int:
    """Give the day whose facts count for a cycle, if no other is asked for."""
    last = days.of(cycle, 12, 31)
    return days.add_months(last, timing.judged_months) + timing.judged_days


def _phase(timing: Cycle, cycle: int) -> tuple[int, int, int]:
    """Give start and end of the phase a cycle lies in, and the start of the one before (the same start in the first)."""
    started = [y for y in timing.phase_starts if y <= cycle] or [cycle]
    later = [y for y in timing.phase_starts if y > cycle]
    start = days.of(started[-1], 1, 1)
    end = days.of(later[0], 1, 1) if later else int(ALWAYS_AFTER)
    before = days.of(started[-2], 1, 1) if len(started) > 1 else start
    return start, end, before


def edge(at: Edge, moments: Mapping[Moment, int], open_end: int) -> int:
    """Give the day of a window's edge."""
    if at.moment is None:
        return open_end
    return days.add_months(moments[at.moment], at.cycles * 12 + at.months) + at.days


def expected(window: Window, moments: Mapping[Moment, int]) -> tuple[int, int]:
    """Give [start, end) of a window as written, not cut at the judged day."""
    start = edge(window.start, moments, ALWAYS_BEFORE)
    if window.months_back is not None:
        start = max(start, _first_within(moments[Moment.JUDGED], window.months_back))
    return start, edge(window.end, moments, ALWAYS_AFTER)


def counted(window: Window, moments: Mapping[Moment, int]) -> tuple[int, int]:
    """Give [start, end) of the counting dates that a window takes; nothing after the judged day."""
    start, end = expected(window, moments)
    return start, min(end, moments[Moment.JUDGED] + 1)


def _first_within(judged: int, months: int) -> int:
    """Give the first day d with judged < add_months(d, months): the window of a record, never counted backwards."""
    d = days.add_months(judged, -months) - 3
    while days.add_months(d, months) <= judged:
        d = days.Day(d + 1)
    return d
