"""On which days a standing may turn by itself: from the rules of a live programme, the dates of records with what is added to them.

A judged day is compared with dates in few ways: a window that ends, a term that runs, a wait that is over. Each is a *turn*: a date field
of a record type, moved by fixed months and days. Where between two judged days no record of a subject turns, the subject stands as it
stood. What is not understood here gives None: then everybody may turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from goodstanding.compile.programme import rules_of
from goodstanding.compile.versions import Types, newest
from goodstanding.kernel import days
from goodstanding.kernel.quantity import DATE
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import inside

# (amount, "day" or "month"), one after another.
Moves = tuple[tuple[int, str], ...]
# Own fields that have not happened before their day, with the links that may set them.
_HAPPENS = {"cured": n.LinkKind.CURES, "ended": n.LinkKind.ENDS}
_MONTHS = {"month": 1, "year": 12}


@dataclass(frozen=True)
class Turn:
    """A record may turn where its date, moved, is reached by the judged day, moved. Without a record type the date is `field`, a day written in the law."""

    record_type: str
    field: str | int
    moves: Moves = ()
    judged: Moves = ()

    def dates(self, before: int, after: int) -> tuple[int, int]:
        """Give the first and the last date that may turn between two judged days, both included."""
        low, high = (moved(day, self.judged) for day in sorted((before, after)))
        return _first_reaching(low, self.moves), _first_reaching(high + 1, self.moves) - 1


def moved(day: int, moves: Moves) -> int:
    """Move a day.

    >>> days.text(moved(days.day("2024-01-31"), ((1, "month"), (1, "day"))))
    '2024-03-01'
    """
    for amount, unit in moves:
        day = days.add_months(day, amount) if unit == "month" else day + amount
    return day


def _first_reaching(day: int, moves: Moves) -> int:
    """Give the first date that, moved, is not before a day: moving keeps the order of days."""
    found = moved(day, tuple((-amount, unit) for amount, unit in reversed(moves)))
    while moved(found, moves) >= day:
        found -= 1
    while moved(found, moves) < day:
        found += 1
    return found


def turns(programme: n.Programme, types: Types) -> frozenset[Turn] | None:
    """Give the turns of a live programme; None where it reads the judged day in a way that is not understood."""
    try:
        return frozenset(_Reader(programme, types).all())
    except _NotUnderstood:
        return None


class _NotUnderstood(Exception):
    """The judged day is read in a way that has no turns."""


@dataclass(frozen=True)
class _Reader:
    programme: n.Programme
    types: Types

    def all(self) -> Iterator[Turn]:
        """Give all turns, and see that each place that reads the judged day was met."""
        met = 0
        for record, node in self._nodes():
            if isinstance(node, n.Compare):
                found = list(self._compared(record, node))
                met += bool(found)
                yield from (turn for turns_ in found for turn in turns_)
            elif isinstance(node, n.Select):
                yield from self._window(node)
            elif isinstance(node, n.MissingPeriods):
                raise _NotUnderstood  # its deadlines pass for everybody
            elif isinstance(node, n.Field | n.LinkField):
                yield from self._happening(record, node)
        if met != _now(self.programme) - sum(
            _now(e) for e in inside(self.programme) if isinstance(e, n.Earlier)
        ):
            raise _NotUnderstood
        yield from (Turn(one, "date") for one in self.programme.judged_records)
        yield from self._levels()

    def _nodes(self) -> Iterator[tuple[str, object]]:
        """Give all nodes with the type of the record at hand; "" for those over indicators."""
        p = self.programme
        for rule in rules_of(p):
            yield from ((rule.select.record, node) for node in inside((rule.select, *rule.reads)))
        score, levels = p.score, p.levels
        rest: list[object] = [i.what for i in p.indicators if isinstance(i.what, n.Scalar)]
        rest += [i.what for i in p.indicators if isinstance(i.what, n.MissingPeriods)]
        rest += [p.grades, p.weights, p.terms, p.scope, p.proposals]
        rest += [score.start, tuple(r.when for r in score.rules)] if score else []
        rest += [levels.blocked, tuple(g.limbs for g in levels.grounds)] if levels else []
        yield from (("", node) for node in inside(tuple(rest)))

    # -- comparisons

    def _compared(self, record: str, node: n.Compare) -> Iterator[list[Turn]]:
        """Give the turns of a comparison, once for each side that is the judged day; nothing where neither is."""
        for side, other in ((node.left, node.right), (node.right, node.left)):
            judged = _moves_of_now(side)
            if judged is not None:
                yield self._dates(record, other, judged)
            elif isinstance(side, n.Span) and _now((side.start, side.end)):
                yield list(self._spans(record, side, other))

    def _spans(self, record: str, span: n.Span, limit: n.Value) -> Iterator[Turn]:
        """Give the turns of a comparison of a span with a number: it may turn where the span reaches the number, or the next one."""
        if not isinstance(limit, n.Const) or limit.type.scale or span.type.scale:
            raise _NotUnderstood
        for count in (limit.value, limit.value + 1):
            unit = "day" if span.unit == "day" else "month"
            more = ((count * _MONTHS.get(span.unit, 1), unit),)
            start, end = _moves_of_now(span.start), _moves_of_now(span.end)
            if end is not None:
                yield from self._dates(record, span.start, end, more)
            elif start is not None:
                yield from self._dates(record, span.end, (*start, *more))
            else:
                raise _NotUnderstood

    def _dates(self, record: str, value: n.Value, judged: Moves, more: Moves = ()) -> list[Turn]:
        return [Turn(t, f, (*moves, *more), judged) for t, f, moves in self._days(record, value)]

    def _days(self, record: str, value: object) -> Iterator[tuple[str, str | int, Moves]]:
        """Give the dates from which a value may come: (record type, field, moves); a day of the law has no type."""
        match value:
            case n.Field(name) if record:
                yield record, name, ()
            case n.LinkField(link, name) if record:
                yield self._target(record, link), name, ()
            case n.Const(day):
                yield "", day, ()
            case n.Unknown():
                return
            case n.Shift(date, amount, unit):
                for t, f, moves in self._days(record, date):
                    yield t, f, (*moves, (amount, unit))
            case n.Least(parts) | n.Greatest(parts):
                for part in parts:
                    yield from self._days(record, part)
            case n.Choose(cases, otherwise):
                for part in (*(value for _, value in cases), otherwise):
                    yield from self._days(record, part)
            case n.Ref(name):
                yield from self._indicated(name)
            case n.Now(n.Moment.OPENED) if self.programme.judged_records:
                yield from ((one, "date", ()) for one in self.programme.judged_records)
            case _:
                raise _NotUnderstood

    def _indicated(self, name: str) -> Iterator[tuple[str, str | int, Moves]]:
        """Give the dates from which an indicator may come."""
        found = next((i.what for i in self.programme.indicators if i.name == name), None)
        match found:
            case n.Extreme(select, of) | n.Pick(select, of):
                yield from self._days(select.record, of)
            case n.Scalar(formula):
                yield from self._days("", formula)
            case _:
                raise _NotUnderstood

    def _target(self, record: str, link: str) -> str:
        found = [x.to for x in newest(self.types, record).links if x.name == link]
        if record not in self.types or not found:
            raise _NotUnderstood
        return found[0]

    # -- windows, cures, levels

    def _window(self, select: n.Select) -> Iterator[Turn]:
        """Give the turns of a selection: nothing counts before its day, and windows end."""
        window, record = select.window, select.record
        yield Turn(record, "date")
        if window.months_back is not None:
            yield Turn(record, "date", ((window.months_back, "month"),))
        for edge in (window.start, window.end):
            if edge.moment is n.Moment.JUDGED:
                months = ((edge.cycles * 12 + edge.months, "month"), (edge.days, "day"))
                yield Turn(record, "date", (), months)
            elif edge.moment is not None:
                raise _NotUnderstood

    def _happening(self, record: str, node: n.Field | n.LinkField) -> Iterator[Turn]:
        """Give the turns of a cure or an end: on its own day, or on that of a record that brings it about."""
        kind = _HAPPENS.get(node.name)
        if kind is None:
            return
        about = self._target(record, node.link) if isinstance(node, n.LinkField) else record
        yield Turn(about, node.name)
        for other in self.types:
            if any(x.to == about and x.kind is kind for x in newest(self.types, other).links):
                yield Turn(other, "date")

    def _levels(self) -> Iterator[Turn]:
        """Give the turns of a level machine: waits, one after another, from the day of any event."""
        levels = self.programme.levels
        if levels is None:
            return
        waits = sorted({r.months for r in levels.raises if r.months is not None})
        events = {g.select.record for g in levels.grounds}
        events |= {r.select.record for r in levels.raises if r.select}
        for many in range(1, len(levels.order) + 1):
            for months in product(waits, repeat=many):
                moves = tuple((m, "month") for m in months)
                yield from (Turn(record, "date", moves) for record in sorted(events))


def _moves_of_now(value: object) -> Moves | None:
    """Give what is added to the judged day; None where a value is not made of it alone."""
    match value:
        case n.Now(n.Moment.JUDGED):
            return ()
        case n.Shift(date, amount, unit):
            before = _moves_of_now(date)
            return None if before is None else (*before, (amount, unit))
        case _:
            return None


def _now(node: object) -> int:
    """Count the places that read the judged day."""
    return sum(isinstance(x, n.Now) and x.moment is n.Moment.JUDGED for x in inside(node))


def date_columns(
    found: Iterable[Turn], types: Types, before: int, after: int
) -> Mapping[tuple[str, str], list[tuple[int, int]]] | None:
    """Say which dates may turn between two judged days: (record type, field) -> dates from, to; None where a day of the law does, for everybody."""
    made: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for turn in sorted(found, key=repr):
        first, last = turn.dates(before, after)
        if isinstance(turn.field, int):
            if first <= turn.field <= last:
                return None
        elif newest(types, turn.record_type).type_of(turn.field) == DATE:
            spans = made.setdefault((turn.record_type, turn.field), [])
            if (first, last) not in spans:
                spans.append((first, last))
        else:
            return None
    return made


__all__ = ["Moves", "Turn", "date_columns", "moved", "turns"]
