"""Lengths, windows, cycles and the days a run fixes, as the law writes them."""

from __future__ import annotations

import re

from goodstanding.kernel import days
from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.rules.context import Room
from goodstanding.kernel.rules.expression import shortened
from goodstanding.kernel.rules.nodes import EVER, Cycle, Edge, Judges, Moment, Now, Value, Window
from goodstanding.kernel.rules.shapes import leads_too_far, nearest

_EDGE = re.compile(r"(?P<moment>[a-z_]+)(?P<moves>(?: *[+-] *\d+ (?:day|month|year|cycle)s?)*)")
_MOVE = re.compile(r"([+-]) *(\d+) (day|month|year|cycle)")
_MONTHS = {"month": 1, "year": 12}
_MONTH_DAYS_MIN = 28
CYCLE = Window(Edge(Moment.CYCLE_START), Edge(Moment.CYCLE_END))
_FIXED = {
    "cycle": CYCLE,
    "previous cycle": Window(Edge(Moment.CYCLE_START, -1), Edge(Moment.CYCLE_END, -1)),
    "next cycle": Window(Edge(Moment.CYCLE_START, 1), Edge(Moment.CYCLE_END, 1)),
    "phase": Window(Edge(Moment.PHASE_START), Edge(Moment.CYCLE_END)),
    "whole phase": Window(Edge(Moment.PHASE_START), Edge(Moment.PHASE_END)),
    "previous phase": Window(Edge(Moment.PREVIOUS_PHASE_START), Edge(Moment.PHASE_START)),
    "ever": EVER,
}


def months_of(text: str) -> int:
    """Give the months of a length such as `6 months` or `5 years`; 0 where it is none."""
    match = re.fullmatch(r"(\d+) (month|year)s?", text.strip())
    return int(match[1]) * _MONTHS[match[2]] if match else 0


def length_of(text: str) -> tuple[int, int]:
    """Give months and days of a length such as `2 months and 15 days`.

    >>> length_of("1 year and 10 days")
    (12, 10)
    """
    months = count = 0
    for amount, unit in re.findall(r"(\d+) (day|month|year)", text):
        if unit == "day":
            count += int(amount)
        else:
            months += int(amount) * _MONTHS[unit]
    return months, count


def read_window(room: Room, node: Node | None, default: Window) -> Window:
    """Read `during`; a window of cycles or phases needs a programme that has them."""
    if node is None:
        return default
    if isinstance(node, Map):
        window = Window(_edge(room, node.get("from")), _edge(room, node.get("until")))
        if _always_empty(window):
            said = ", ".join(f"{key} {node.text(key)}" for key in ("from", "until"))
            room.note("empty-window", node.place, found=said)
        return window
    if not isinstance(node, Text):
        return default
    window = _line(node.value.strip(), default)
    if not _has_moment(room, node, window.start.moment):
        return window
    _has_moment(room, node, window.end.moment)
    return window


def _always_empty(window: Window) -> bool:
    """Tell whether the end of a window is never after its start, where both are counted from days of which that is known."""
    start, end = _since_cycle(window.start), _since_cycle(window.end)
    if start is None or end is None or start[0] is not end[0]:
        return False
    months, more = end[1] - start[1], end[2] - start[2]
    return max(months * _MONTH_DAYS_MIN, months * days.MONTH_DAYS_MAX) + more <= 0


def _since_cycle(edge: Edge) -> tuple[Moment, int, int] | None:
    """Give the day an edge is counted from, and the months and days from there; the end of a cycle is a year after its start."""
    if edge.moment is None:
        return None
    months = 12 * edge.cycles + edge.months
    if edge.moment is Moment.CYCLE_END:
        return Moment.CYCLE_START, months + 12, edge.days
    return edge.moment, months, edge.days


def _line(text: str, default: Window) -> Window:
    if text in _FIXED:
        return _FIXED[text]
    match = re.fullmatch(r"last (\d+) (cycle|month|year)s?", text)
    if match is None:
        return default
    if match[2] == "cycle":
        return Window(Edge(Moment.CYCLE_START, 1 - int(match[1])), Edge(Moment.CYCLE_END))
    return Window(months_back=int(match[1]) * _MONTHS[match[2]])


def _has_moment(room: Room, node: Text, moment: Moment | None) -> bool:
    known = moment is None or moment.value.replace(" ", "_") in room.moments
    if moment is not None and not known:
        room.note("no-such-moment", node.place, name=moment.value, text=node.value.strip())
    return known


def _edge(room: Room, node: Node | None) -> Edge:
    if not isinstance(node, Text):
        return Edge(None)
    match = _EDGE.fullmatch(node.value.strip())
    known = room.moments.get(match["moment"]) if match else None
    if match is None or not isinstance(known, Now):
        near = nearest(match["moment"], list(room.moments)) if match else ""
        said = ", ".join(room.moments)
        room.note("bad-edge", node.at(0), found=node.value.strip(), nearest=near, expected=said)
        return Edge(None)
    if leads_too_far(match["moves"]):
        room.note("too-far", node.at(0), found=shortened(node.value.strip()))
    moved = {"cycle": 0, "month": 0, "year": 0, "day": 0}
    for sign, amount, unit in _MOVE.findall(match["moves"]):
        moved[unit] += int(amount) if sign == "+" else -int(amount)
    if moved["cycle"] and known.moment not in {Moment.CYCLE_START, Moment.CYCLE_END}:
        room.note(
            "bad-edge",
            node.at(0),
            found=node.value.strip(),
            expected="cycle_start, cycle_end",
            nearest="",
        )
    return Edge(known.moment, moved["cycle"], moved["month"] + 12 * moved["year"], moved["day"])


# --------------------------------------------------------------------------------------------------
# A programme's own time


def read_cycle(room: Room, node: Map) -> Cycle:
    """Read cycle, judged, phases and the cycles of `applies`."""
    kind = node.text("cycle")
    applies = node.scalar("applies")
    first, last = _cycles(applies.value if applies else "")
    cyclic = bool(applies and applies.value.startswith("cycle"))
    if applies and cyclic is not bool(kind):
        expected = "cycles from 2025" if kind else "from 2026-04-01"
        room.note("applies-mismatch", applies.place, found=applies.value, expected=expected)
    if first is not None and last is not None and last < first:
        room.note(
            "empty-range", applies.place if applies else node.place, found=f"{first} .. {last}"
        )
    months, more = length_of(node.text("judged"))
    starts = tuple(
        int(t.value) for t in node.list("phases") if isinstance(t, Text) and t.value.isdigit()
    )
    if list(starts) != sorted(set(starts)):
        room.note("unsorted", node.value_place("phases"), found=", ".join(map(str, starts)))
    for key in ("judged", "phases"):
        own = node.key(key)
        if own and not kind:
            room.note("needs-cycle", own.place, name=key)
    return Cycle(kind, months, more, first, last, starts) if kind else Cycle()


def _cycles(text: str) -> tuple[int | None, int | None]:
    years = [int(year) for year in re.findall(r"\d{4}", text)]
    if not text.startswith("cycle") or not years:
        return None, None
    if " from " in text:
        return years[0], None
    return years[0], years[-1]


def days_applied(node: Map) -> tuple[int | None, int | None]:
    """Give the days of `applies: from D [to D]`, half-open."""
    found: list[int] = []
    for text in re.findall(r"\d{4}-\d\d-\d\d", node.text("applies")):
        try:
            found.append(days.day(text))
        except ValueError:
            return None, None
    if not found:
        return None, None
    return found[0], found[1] if len(found) > 1 else None


def moments_of(judges: Judges, cycle: Cycle) -> dict[str, Value]:
    """Give the days a run of the programme fixes, by name."""
    names = [Moment.JUDGED]
    if cycle.kind:
        names += [Moment.CYCLE_START, Moment.CYCLE_END]
    if cycle.phase_starts:
        names += [Moment.PHASE_START, Moment.PHASE_END, Moment.PREVIOUS_PHASE_START]
    if judges in {Judges.DECISION, Judges.RECORD}:
        names.append(Moment.OPENED)
    return {moment.value.replace(" ", "_"): Now(moment) for moment in names}
