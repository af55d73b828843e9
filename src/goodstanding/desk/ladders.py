"""Look for stories about level machines: the solver finds a short history of events, and records of the cases are what happens in it.

What a record is to a machine (which grounds it reaches, which raises it decides) the interpreter says. The solver orders such
records and their days so that the history that is changed for the worse ends better; then it is told in records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from goodstanding.compile.smt_delta import Change
from goodstanding.compile.smt_ladder import AT, JUDGED, KIND, LENGTHS, Rung, Step, ladder_text
from goodstanding.desk.stories import (
    Base,
    Story,
    Variants,
    judge,
    renamed,
    shifted,
    templates,
    with_record,
)
from goodstanding.kernel import days
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import Kind
from goodstanding.kernel.record import Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.store.solve import MODEL, Solvers

# Months in which a record has to be the same to the machine, counted from the month all stories begin in.
_TRIED = (0, 7, 26)
# How many histories are asked for one change, and how many records are one event together at most.
_ASKED, _TOGETHER = 6, 4
_DAYS = (1, 16)
# How the changed record is called in both histories.
CHANGED = "changed record"


@dataclass(frozen=True)
class _Scene:
    """What stands around the events, and is none itself: the records before and after the change, as of a judged day."""

    before: tuple[Version, ...]
    after: tuple[Version, ...]
    base: Base


# Records that are one event together, the last one on its day.
_Company = tuple[Version, ...]


@dataclass(frozen=True)
class _Piece:
    """A kind of event with the records that it is, before and after the change."""

    rung: Rung
    before: _Company
    after: _Company


class Ladders:
    """Tells histories of one level machine."""

    def __init__(
        self, law: Law, programme: n.Programme, solvers: Solvers, bases: list[Base]
    ) -> None:
        """Collect the records of the cases that a machine meets."""
        self.law, self.programme, self.solvers, self.bases = law, programme, solvers, bases
        self.levels = programme.levels
        selects = (
            [*(g.select for g in self.levels.grounds), *(r.select for r in self.levels.raises)]
            if self.levels
            else []
        )
        self.met = {s.record for s in selects if s}
        found = templates(law, programme)
        alone = [(r,) for type_ in sorted(self.met) for r in found.get(type_, ())]
        self.companies: list[_Company] = [*alone, *self._together()]
        self.begins = max((self._month(r) for company in alone for r in company), default=0) + 1
        self._steps: dict[tuple[object, ...], Step | None] = {}

    def _together(self) -> Iterator[_Company]:
        """Give the records of one type that a case holds together."""
        for base in self.bases:
            for type_ in sorted(self.met):
                held = [v for v in base.versions if v.type == type_]
                if 1 < len(held) <= _TOGETHER:
                    yield tuple(sorted(held, key=self._date))

    # ----------------------------------------------------------------------------------------------
    # Stories

    def stories(self, change: Change, variants: Variants) -> Iterator[Story]:
        """Give stories about a change, each as short as can be; `variants` gives a record before and after the change."""
        return islice(self._all(change, variants), _ASKED)

    def _all(self, change: Change, variants: Variants) -> Iterator[Story]:
        unmoved = [(c, c) for c in self.companies]
        for scene in self._scenes(change, variants):
            if change.type not in self.met:
                yield from self._told(scene, self._pieces(scene, unmoved), change)
                continue
            pairs = self._changed(scene, change, variants)
            for subject in self._pieces(scene, pairs, once=True):
                yield from self._told(scene, [*self._pieces(scene, unmoved), subject], change)

    def _changed(
        self, scene: _Scene, change: Change, variants: Variants
    ) -> Iterator[tuple[_Company, _Company]]:
        """Give records of the changed type, of which one is changed: by itself, or among others of its case."""
        held = [(v,) for v in scene.base.versions if v.type == change.type]
        for company in (*held, *(c for c in self.companies if c[0].type == change.type)):
            for at, one in enumerate(company):
                for was, now in variants(one):
                    before, after = (
                        (
                            *company[:at],
                            *([replace(v, record=CHANGED)] if v else []),
                            *company[at + 1 :],
                        )
                        for v in (was, now)
                    )
                    yield before, after

    def _told(self, scene: _Scene, pieces: list[_Piece], change: Change) -> Iterator[Story]:
        if self.levels is None or all(p.rung.before == p.rung.after for p in pieces):
            return
        rungs = [p.rung for p in pieces]
        for length in LENGTHS:
            text = ladder_text(self.levels, rungs, length, worse=change.worse)
            answer = self.solvers.ask(text).result()[0]
            if answer.status == MODEL:
                happens = [
                    (pieces[int(answer.model[f"{KIND} {k}"])], int(answer.model[f"{AT} {k}"]))
                    for k in range(length)
                ]
                yield self._story(scene, happens, int(answer.model[JUDGED]))
                return

    def _story(self, scene: _Scene, happens: list[tuple[_Piece, int]], judged: int) -> Story:
        on = self._day(judged)
        before, after = (self._moved(records, scene, on) for records in (scene.before, scene.after))
        for at, (piece, half) in enumerate(happens):
            for one in self._placed(piece.before, half, f"event {at + 1}"):
                before = with_record(before, one)
            for one in self._placed(piece.after, half, f"event {at + 1}"):
                after = with_record(after, one)
        before, after = _filed_alike(before, after)
        return replace(scene.base.story, judged=on, before=before, after=after)

    # ----------------------------------------------------------------------------------------------
    # What is around, and what happens

    def _scenes(self, change: Change, variants: Variants) -> Iterator[_Scene]:
        """Give the surroundings of the cases, each content once; those with a record of the changed type first."""
        seen: set[object] = set()
        for base in sorted(
            self.bases, key=lambda b: not any(v.type == change.type for v in b.versions)
        ):
            still = tuple(v for v in base.versions if v.type not in self.met)
            content = tuple(_content(v) for v in still)
            if content in seen:
                continue
            seen.add(content)
            if change.type in self.met:
                yield _Scene(still, still, base)
                continue
            for one in still:
                for was, now in variants(one) if one.type == change.type else ():
                    rest = tuple(v for v in still if v is not one)
                    yield _Scene((*rest, was) if was else rest, (*rest, now), base)

    def _pieces(
        self, scene: _Scene, pairs: Iterable[tuple[_Company, _Company]], *, once: bool = False
    ) -> list[_Piece]:
        """Give each kind of event that some records are, once: those that are the same to the machine whenever they happen."""
        made: dict[Rung, _Piece] = {}
        for was, now in pairs:
            before, after = (
                self._step(scene.before, was, scene),
                self._step(scene.after, now, scene),
            )
            if before is None or after is None or before == after == Step():
                continue
            rung = Rung(before, after, once=once)
            if not once or before != after:
                made.setdefault(rung, _Piece(rung, was, now))
        return list(made.values())

    def _step(self, around: tuple[Version, ...], company: _Company, scene: _Scene) -> Step | None:
        """Say what records are to the machine; None where that depends on the day, or where it is more than one event."""
        if not company:
            return Step()
        key = (scene.base.story.judged, *(_content(v) for v in (*around, *company)))
        if key not in self._steps:
            found = {self._step_in(around, company, scene, 2 * month) for month in _TRIED}
            self._steps[key] = found.pop() if len(found) == 1 else None
        return self._steps[key]

    def _step_in(
        self, around: tuple[Version, ...], company: _Company, scene: _Scene, half: int
    ) -> Step | None:
        on = self._day(half + 1)
        versions = (*self._moved(around, scene, on), *self._placed(company, half, "event"))
        evaluation = judge(self.law, replace(scene.base.story, judged=on), versions)
        if evaluation is None or evaluation.shown.level is None or self.levels is None:
            return None
        events = evaluation.shown.level.events
        if any(day != self._day(half) for day, *_ in events):
            return None
        lowered = {rule for _, kind, rule, _ in events if kind == "lowered"}
        decided = {rule for _, kind, rule, _ in events if kind != "lowered"}
        return Step(
            tuple(g.id for g in self.levels.grounds if g.id in lowered),
            tuple(r.id for r in self.levels.raises if r.select and r.id in decided),
        )

    # ----------------------------------------------------------------------------------------------
    # Days

    def _month(self, record: Version) -> int:
        year, month, _ = days.parts(self._date(record))
        return year * 12 + month - 1

    def _date(self, record: Version) -> int:
        newest = self.law.types[record.type][max(self.law.types[record.type])]
        date = record.values.get(newest.counting)
        return date if isinstance(date, int) else 0

    def _day(self, half: int) -> int:
        month = self.begins + half // 2
        return int(days.of(month // 12, month % 12 + 1, _DAYS[half % 2]))

    def _placed(self, company: _Company, half: int, name: str) -> _Company:
        """Move records so that the last one bears a day: by months, then by the days that are left; the changed one keeps its name."""
        if not company:
            return ()
        months = self.begins + half // 2 - self._month(company[-1])
        moved = [shifted(v, months, self.law.types) for v in company]
        by = self._day(half) - self._date(moved[-1])
        named = [
            CHANGED if v.record == CHANGED else f"{name}{f' {at + 1}' if at else ''}"
            for at, v in enumerate(moved)
        ]
        return tuple(
            renamed(self._later(v, by), one, act=None) for v, one in zip(moved, named, strict=True)
        )

    def _later(self, record: Version, by: int) -> Version:
        newest = self.law.types[record.type][max(self.law.types[record.type])]
        dated = {f for f, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}
        values = {
            k: v + by if k in dated and isinstance(v, int) else v for k, v in record.values.items()
        }
        return replace(record, values=values)

    def _moved(self, around: tuple[Version, ...], scene: _Scene, on: int) -> tuple[Version, ...]:
        """Move what stands around by whole years, as far as the judged day is from that of its case."""
        years = days.parts(on)[0] - days.parts(scene.base.story.judged)[0]
        return tuple(shifted(v, 12 * years, self.law.types) for v in around)


def _content(record: Version) -> tuple[object, ...]:
    return (record.type, *sorted((k, str(v)) for k, v in record.values.items()))


def _filed_alike(
    before: tuple[Version, ...], after: tuple[Version, ...]
) -> tuple[tuple[Version, ...], tuple[Version, ...]]:
    """Have the records that both histories hold filed at the same time, in the order of the longer one."""
    longer = max((before, after), key=len)
    filed = {v.record: at + 1 for at, v in enumerate(longer)}
    one, other = (
        tuple(replace(v, known_from=filed[v.record]) for v in versions)
        for versions in (before, after)
    )
    return one, other
