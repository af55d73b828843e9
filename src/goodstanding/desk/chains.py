"""Look for stories that take several cycles: what is carried, and the way back.

A clean history is one of the cases with the best grade, its records that are not adverse repeated year by year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement

from goodstanding.compile.smt_back import acts_read, passing
from goodstanding.compile.smt_delta import selects_in
from goodstanding.desk.seeking import Seeker
from goodstanding.desk.stories import (
    Base,
    Story,
    grade_of,
    grades_of,
    is_better,
    judge,
    order_of,
    renamed,
    shifted,
    with_record,
)
from goodstanding.kernel import days
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.windows import run

# How long a story about the way back waits.
CYCLES, MONTHS = 8, 120
_GRAVE, _MORE, _BULK = 8, 3, 12


@dataclass
class Chains:
    """Histories over several cycles of one programme version."""

    seeker: Seeker

    def __post_init__(self) -> None:
        """Choose a clean history."""
        programme = self.seeker.programme
        best = [b for b in self.seeker.bases if b.grade == order_of(programme)[0]]
        clean = [self._without_adverse(b) for b in sorted(best, key=lambda b: len(b.versions))]
        self.clean = next((b for b in clean if b is not None), None)

    def _without_adverse(self, base: Base) -> Base | None:
        law = self.seeker.law
        kept = tuple(
            v for v in base.versions if _direction(self.seeker, v) is not n.Direction.ADVERSE
        )
        story = replace(base.story, before=kept, after=kept)
        evaluation = judge(law, story, kept)
        if evaluation is None or evaluation.shown.grade != base.grade:
            return None
        return Base(kept, story, base.grade, evaluation.shown.score)

    def years(self, first: int, last: int) -> tuple[Version, ...]:
        """Give the clean history over some cycles."""
        if self.clean is None or self.clean.story.cycle is None:
            return ()
        made: tuple[Version, ...] = ()
        for cycle in range(first, last + 1):
            months = 12 * (cycle - self.clean.story.cycle)
            for version in self.clean.versions:
                made = with_record(
                    made,
                    renamed(
                        shifted(version, months, self.seeker.law.types),
                        f"{version.record} of {cycle}",
                        act=None,
                    ),
                )
        return made

    def _to(self, version: Version, cycle: int, name: str) -> Version:
        """Move a record into a cycle."""
        newest = self.seeker.law.types[version.type][max(self.seeker.law.types[version.type])]
        date = version.values.get(newest.counting)
        months = 12 * (cycle - days.parts(date)[0]) if isinstance(date, int) else 0
        return renamed(shifted(version, months, self.seeker.law.types), name, act=None)

    def _story(
        self, before: tuple[Version, ...], after: tuple[Version, ...], first: int, cycle: int
    ) -> Story:
        programme = self.seeker.programme
        return Story(
            programme.id,
            programme.version,
            run(programme, cycle=cycle).judged,
            before,
            after,
            cycle,
            first,
        )

    # ----------------------------------------------------------------------------------------------
    # What is carried

    def carried(self) -> Story | None:
        """Look for an adverse record that leaves a better grade in a later cycle."""
        for story in self._carrying():
            if self._improves(story):
                return story
        return None

    def _improves(self, story: Story) -> bool:
        before, after = grades_of(self.seeker.law, story)
        return is_better(self.seeker.programme, after, before)

    def _carrying(self) -> Iterator[Story]:
        """Give histories of three cycles, of which this version judges the one in the middle: what it carries on shows in the last."""
        timing = self.seeker.programme.cycle
        if self.clean is None or self.clean.story.cycle is None:
            return
        middle = self.clean.story.cycle if timing.first is None else timing.first + 1
        middle = middle if timing.last is None else min(middle, timing.last)
        first, last = middle - 1, middle + 1
        clean = self.years(first, last)
        fillers = self.seeker.fillers(self.clean)
        heaviest = max(fillers, key=self._worth, default=None)
        bulk = (
            ()
            if heaviest is None
            else tuple(renamed(heaviest, f"{heaviest.record} {k}") for k in range(1, _BULK + 1))
        )
        for grave in self._grave(first):
            for at in (last - 2, last - 1):
                record = self._to(grave, at, "record")
                for many, more in self._filled(bulk, fillers, last):
                    before = clean
                    for one in (*many, *more):
                        before = with_record(before, one)
                    yield self._story(before, with_record(before, record), first, last)

    def _worth(self, filler: Version) -> int:
        if self.clean is None:
            return 0
        evaluation = judge(
            self.seeker.law, self.clean.story, with_record(self.clean.versions, filler)
        )
        score = evaluation.shown.score if evaluation else None
        return 0 if score is None else (self.clean.score or 0) - score

    def _filled(
        self, bulk: Sequence[Version], fillers: Sequence[Version], last: int
    ) -> Iterator[tuple[list[Version], list[Version]]]:
        """Give records that take many points in the cycle before the last, and a few in the last."""
        for count in (0, 6, 7, _BULK):
            many = [self._to(one, last - 1, f"{one.record} of {last - 1}") for one in bulk[:count]]
            for few in range(_MORE):
                for chosen in combinations_with_replacement(fillers, few):
                    yield (
                        many,
                        [self._to(one, last, f"later {k + 1}") for k, one in enumerate(chosen)],
                    )

    def _grave(self, cycle: int) -> Iterator[Version]:
        """Give records that alone lead to the worst grade by a ground."""
        programme, law = self.seeker.programme, self.seeker.law
        found = 0
        types = sorted({s.record for s in selects_in(programme) if _adverse(self.seeker, s.record)})
        for type_ in types:
            for template in self.seeker.templates(type_):
                record = self._to(template, cycle, "record")
                base = self.clean
                if base is None or base.story.cycle is None:
                    return
                near = self._to(template, base.story.cycle, "record")
                evaluation = judge(law, base.story, with_record(base.versions, near))
                if (
                    evaluation
                    and evaluation.shown.grade == order_of(programme)[-1]
                    and found < _GRAVE
                ):
                    found += 1
                    yield record
                    break

    # ----------------------------------------------------------------------------------------------
    # The way back

    def stuck(self) -> Story | None:
        """Look for a record of the past that still makes the grade worse after many clean cycles or years."""
        programme, law = self.seeker.programme, self.seeker.law
        for type_ in sorted(
            {s.record for s in selects_in(programme) if passing(law.types, s.record)}
        ):
            for template in self.seeker.templates(type_):
                for story in self._later(template):
                    if self._still_worse(story):
                        return story
        return None

    def _still_worse(self, story: Story) -> bool:
        law, programme = self.seeker.law, self.seeker.programme
        clean, past = (grade_of(judge(law, story, v), "shown") for v in (story.before, story.after))
        order = order_of(programme)
        if past == clean or past == order[0] or not past:
            return False
        return past not in order or clean not in order or order.index(past) > order.index(clean)

    def _later(self, template: Version) -> Iterator[Story]:
        programme = self.seeker.programme
        if programme.cycle.kind:
            if self.clean is None or self.clean.story.cycle is None:
                return
            first = (
                self.clean.story.cycle
                if programme.cycle.first is None
                else max(programme.cycle.first, self.clean.story.cycle)
            )
            clean = self.years(first, first + CYCLES)
            past = self._to(template, first, "past record")
            end = days.of(first, 12, 31)
            read = acts_read(programme, template.type)[-1]
            acts = {name: end for name in ("cured", "ended") if name in read}
            yield self._story(
                clean,
                with_record(clean, renamed(past, "past record", **acts)),
                first,
                first + CYCLES,
            )
            return
        yield from self._long_ago(template)

    def _long_ago(self, template: Version) -> Iterator[Story]:
        """Move a record back by years, so that the clean history stays as it is; what can end it is done a month later."""
        programme, law = self.seeker.programme, self.seeker.law
        counting = law.types[template.type][max(law.types[template.type])].counting
        date = template.values.get(counting)
        if not isinstance(date, int):
            return
        judged = self.clean.story.judged if self.clean else int(days.add_months(date, MONTHS))
        moved = shifted(template, days.months_between(date, judged) - MONTHS, law.types)
        then = moved.values.get(counting)
        done = int(days.add_months(then, 1)) if isinstance(then, int) else None
        acts: dict[str, FieldValue] = {
            act: done
            for act in ("cured", "ended")
            if act in acts_read(programme, template.type)[-1]
        }
        past = renamed(moved, "past record", **{"act": None, **acts})
        story = Story(programme.id, programme.version, judged, (), ())
        if self.clean:
            story = self.clean.story
        yield replace(story, after=with_record(story.before, past))


def _direction(seeker: Seeker, version: Version) -> n.Direction:
    return seeker.law.types[version.type][max(seeker.law.types[version.type])].direction


def _adverse(seeker: Seeker, type_: str) -> bool:
    return seeker.law.types[type_][max(seeker.law.types[type_])].direction is n.Direction.ADVERSE
