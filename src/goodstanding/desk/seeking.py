"""Look for stories: by small worlds that the solver fills, and by histories of the cases, moved and combined."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, pairwise, product

from goodstanding.compile.smt import Term, conj, disj, gt, neg, same, whole
from goodstanding.compile.smt_delta import ADDED, Change, selects_in
from goodstanding.compile.smt_grades import Carrying, grade_names
from goodstanding.compile.smt_monotone import RESULTS, WORST, nodes_over, wrong_way
from goodstanding.compile.smt_world import Candidates, Raw, Slot, World, WorldSide, candidates_of
from goodstanding.desk.ladders import Ladders
from goodstanding.desk.mutations import by_points
from goodstanding.desk.stories import (
    Base,
    Story,
    base_of,
    bases,
    grade_of,
    grades_of,
    is_better,
    judge,
    order_of,
    renamed,
    run_of,
    shifted,
    templates,
    with_record,
    with_values,
)
from goodstanding.kernel import days
from goodstanding.kernel.cases import SUBJECT, UNIT
from goodstanding.kernel.law import Law
from goodstanding.kernel.quantity import SHARE_SCALE, Kind
from goodstanding.kernel.record import FieldValue, Version
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Evaluation
from goodstanding.kernel.rules.windows import run
from goodstanding.store.solve import MODEL, Solvers

# How many histories of cases a small world is tried on, and how long a small world may take.
_BASES, _MS = 3, 1500
# How many records of one kind may be piled up to reach a grade.
_PILE = 12
_FILLERS, _TEMPLATES = 5, 8
_ENDS = ("cured", "ended")
# Months from a record to one before it that names its act, and to the day judged.
_JOINED = ((-6, 8), (-11, 10), (-3, 10), (-11, 13), (-6, 20), (-60, 36))
# Above so many record types without a record, a small world begins with those of the cases only.
_INVENTED = 5


@dataclass
class Seeker:
    """Looks for stories about one programme version."""

    law: Law
    programme: n.Programme
    solvers: Solvers
    hints: list[Story]  # stories about other versions or changes, to be tried first

    def __post_init__(self) -> None:
        """Read the cases once."""
        self.bases = bases(self.law, self.programme)
        self._fillers: dict[int, list[Version]] = {}
        self._templates = templates(self.law, self.programme)
        self.ladders = Ladders(self.law, self.programme, self.solvers, self.bases)

    # ----------------------------------------------------------------------------------------------
    # Changes of one record

    def templates(self, type_: str) -> tuple[Version, ...]:
        """Give the records of a type in the cases."""
        return self._templates.get(type_, ())

    def change(
        self, change: Change, results: Sequence[str], *, decision: bool = True
    ) -> dict[str, Story]:
        """Look for stories in which a change moves the grade the wrong way: one per result. `decision`: not by its points alone."""
        search = _Search(self, change, list(results))
        search.look(self._fitted(change))
        if search.open:
            search.look(self._joined(change))
            if self.programme.levels:
                search.look(self._by_levels(change))
            if self.programme.weights:
                search.look(self._by_lines(change))
            if self.programme.score:
                search.look(self._by_points(change, search))
            if decision and self.programme.grades:
                self._by_worlds(change, search)
        return search.found

    def told(self, change: Change) -> dict[str, Story]:
        """Give the stories about other versions that tell of a change in this one too, by result."""
        search = _Search(self, change, list(RESULTS))
        search.look(self._fitted(change))
        return search.found

    def wrong(self, change: Change, before: str, after: str) -> bool:
        """Tell whether a change that brings one grade to another goes the wrong way."""
        better, worse = (after, before) if change.worse else (before, after)
        return is_better(self.programme, better, worse)

    def _fitted(self, change: Change) -> Iterator[Story]:
        """Give the stories about other versions and changes that tell of this change too."""
        for hint in list(self.hints):
            story = self._fit(hint, change)
            if story is not None:
                yield story

    def _fit(self, hint: Story, change: Change) -> Story | None:
        differ = [v for v in hint.after if v not in hint.before]
        if len(differ) != 1 or differ[0].type != change.type or hint.programme != self.programme.id:
            return None
        if (change.kind == ADDED) is any(v.record == differ[0].record for v in hint.before):
            return None
        if change.kind != ADDED and not _moved(hint, differ[0], change):
            return None
        act = differ[0].values.get("act") or differ[0].record
        shares = any(
            (v.values.get("act") or v.record) == act
            for v in hint.after
            if v.record != differ[0].record
        )
        return None if change.own_act and shares else self.moved_to(hint)

    def moved_to(self, hint: Story) -> Story:
        """Move a story to a cycle of this version."""
        timing = self.programme.cycle
        if hint.version == self.programme.version or hint.cycle is None:
            return replace(hint, version=self.programme.version)
        cycle = max(timing.first or hint.cycle, min(hint.cycle, timing.last or hint.cycle))
        months = 12 * (cycle - hint.cycle)
        before, after = (
            tuple(shifted(v, months, self.law.types) for v in versions)
            for versions in (hint.before, hint.after)
        )
        first = None if hint.first is None else hint.first + cycle - hint.cycle
        judged = run(self.programme, cycle=cycle).judged
        return replace(
            hint,
            version=self.programme.version,
            before=before,
            after=after,
            cycle=cycle,
            first=first,
            judged=judged,
        )

    # ----------------------------------------------------------------------------------------------
    # Small worlds

    def _by_points(self, change: Change, search: _Search) -> Iterator[Story]:
        for base, result in product(self._scored(), tuple(search.open)):
            found = by_points(
                self.law,
                self.programme,
                self.solvers,
                base,
                self.fillers(base),
                self.templates(change.type),
                lambda record: self._variants(record, change),
                change,
                result,
            )
            if found is not None:
                yield found

    def _by_worlds(self, change: Change, search: _Search) -> None:
        """Ask for small worlds over some histories, all at once; the first round may answer for both results."""
        for wanted in (tuple(search.open), tuple(search.open[1:])):
            asked = []
            for base in self._chosen(change) if wanted and set(wanted) <= set(search.open) else ():
                world, records = self._world(base, change, wanted)
                asked.append((base, world, records, self.solvers.ask(world.script.text(), ms=_MS)))
            for base, world, records, future in asked:
                answer = future.result()[0]
                if answer.status == MODEL and search.open:
                    search.look([_told(base, world, records, answer.model, change)])

    def _chosen(self, change: Change) -> list[Base]:
        """Choose histories that differ in grade and in what they hold, the shortest ones first."""
        chosen: dict[tuple[str, frozenset[str]], Base] = {}
        for base in sorted(
            self.bases, key=lambda b: (len(b.versions), _rank(self.programme, b.grade))
        ):
            types = frozenset(v.type for v in base.versions)
            chosen.setdefault((base.grade, types), base)
        ranked = [b for b in chosen.values() if b.grade in order_of(self.programme)]
        others = [b for b in chosen.values() if b.grade not in order_of(self.programme)]
        with_type = [b for b in ranked if any(v.type == change.type for v in b.versions)]
        ordered = list({id(b): b for b in [*ranked[:1], *with_type[:2], *ranked, *others]}.values())
        return ordered[:_BASES] or ([self._empty()] if not self.bases else [])

    def _scored(self) -> list[Base]:
        """Choose histories whose grade follows the score: the best grade with the highest scores, each score once."""
        graded = [
            b for b in self.bases if b.score is not None and b.grade == order_of(self.programme)[0]
        ]
        by_score = {
            b.score: b for b in sorted(graded or self.bases, key=lambda b: -len(b.versions))
        }
        return [by_score[score] for score in sorted(by_score, key=lambda score: -(score or 0))[:2]]

    def _empty(self) -> Base:
        """Begin with no record, where there are no cases."""
        timing = self.programme.cycle
        cycle = (timing.first or timing.last or 2025) if timing.kind else None
        judged = run(self.programme, cycle=cycle, on=None if cycle else days.of(2026, 6, 30)).judged
        return Base(
            (), Story(self.programme.id, self.programme.version, judged, (), (), cycle), "", None
        )

    def fillers(self, base: Base) -> list[Version]:
        """Give records that take points off a history, of different worth, to bring a score near a line."""
        key = self.bases.index(base) if base in self.bases else -1
        if key not in self._fillers:
            self._fillers[key] = self._find_fillers(base) if self.programme.score else []
        return self._fillers[key]

    def _find_fillers(self, base: Base) -> list[Version]:
        """Choose the two gravest and the lightest of what takes points, each worth once."""
        worths: dict[int, Version] = {}
        types = (
            sorted({r.select.record for r in self.programme.score.rules if r.select})
            if self.programme.score
            else []
        )
        for type_ in types:
            for template in self.templates(type_)[:_TEMPLATES]:
                record = self._near(template, base, "filler")
                one = self._worth(base, record)
                # two in one group would be worth no more than one
                if one > 0 and self._worth(base, record, renamed(record, "another")) == 2 * one:
                    worths.setdefault(one, record)
        order = sorted(worths)
        chosen = dict.fromkeys([*order[:-2][: _FILLERS - 2], *order[-2:]])
        return [renamed(worths[w], f"filler {at + 1}") for at, w in enumerate(chosen)]

    def _worth(self, base: Base, *records: Version) -> int:
        """Give the points that records take off a history; nothing where there is no score."""
        versions = base.versions
        for record in records:
            versions = with_record(versions, record)
        evaluation = judge(self.law, base.story, versions)
        score = evaluation.shown.score if evaluation else None
        return 0 if score is None or base.score is None else base.score - score

    def _near(self, template: Version, base: Base, name: str) -> Version:
        """Move a record into the cycle of a history."""
        newest = self.law.types[template.type][max(self.law.types[template.type])]
        date = template.values.get(newest.counting)
        months = 0
        if base.story.cycle is not None and isinstance(date, int):
            months = 12 * (base.story.cycle - days.parts(date)[0])
        return renamed(shifted(template, months, self.law.types), name, act=None)

    def _world(
        self, base: Base, change: Change, results: Sequence[str]
    ) -> tuple[World, dict[str, Slot]]:
        opened = min((_date(v, self.law) for v in base.versions), default=None)
        world = World(self.programme, self.law.types, run_of(self.programme, base.story, opened))
        given = [world.give(v) for v in base.versions]
        given += [
            world.give(v, optional=True)
            for v in self.fillers(base)
            if not any(v.record == g.record for g in given)
        ]
        candidates = self._candidates(world, change.type)
        acts = [str(v.values.get("act") or v.record) for v in base.versions] + [
            v.record for v in self.fillers(base)
        ]
        others = [] if change.own_act and change.kind == ADDED else [*acts, "other"]
        other = world.invent(
            change.type, "other", candidates, ["other"] if change.own_act else ["other", *acts]
        )
        there = world.script.boolean("other is there")
        other.present = there
        subject = world.invent(
            change.type, "record", candidates, ["record", *(others if not change.own_act else [])]
        )
        before = [*given, other]
        after = [*before, subject]
        records = {"other": other, "record": subject}
        if change.kind != ADDED:
            changed, now = world.changed(subject, change.field, candidates)
            world.script.claim(_direction(subject.raw[change.field], now, change))
            before, after = after, [*before, changed]
            records["changed"] = changed
        self._against(world, before, after, change, results)
        return world, records

    def _candidates(self, world: World, type_: str) -> Candidates:
        """Collect the days and amounts that the rules over a type, and the decision, turn on."""
        parts = nodes_over(self.programme).get(type_, ())
        return candidates_of(world.run, (*parts, self.programme.grades))

    def _against(
        self,
        world: World,
        before: Sequence[Slot],
        after: Sequence[Slot],
        change: Change,
        results: Sequence[str],
    ) -> None:
        sides = [world.side(slots) for slots in (before, after)]
        for side in sides:
            world.script.claim(side.top.reader().truth(self.programme.scope).yes)
        wrong = []
        for result in results:
            one, other = (side.grade(Carrying(), worst=result == WORST) for side in sides)
            wrong.append(wrong_way(change, one, other, order_of(self.programme)))
        world.script.claim(disj(*wrong))

    # ----------------------------------------------------------------------------------------------
    # Level machines

    def _by_levels(self, change: Change) -> Iterator[Story]:
        """Try each record of the type in each case; then with what else may happen around it."""
        records = [(b, v) for b in self.bases for v in b.versions if v.type == change.type]
        for base, record in records:
            yield from self._ways(base, record, change)
        yield from self.ladders.stories(change, lambda record: self._variants(record, change))

    def _ways(self, base: Base, record: Version, change: Change) -> Iterator[Story]:
        rest = tuple(v for v in base.versions if v is not record)
        for was, now in self._variants(record, change, base.story.judged):
            before = rest if was is None else with_record(rest, was)
            yield replace(base.story, before=before, after=with_record(rest, now))

    def _variants(
        self, record: Version, change: Change, judged: int = 0
    ) -> Iterator[tuple[Version | None, Version]]:
        """Give a record before and after a change, in each way that is tried; it is repaired or ended on the day judged, if one is given."""
        if change.kind == ADDED:
            yield None, record
        elif change.field in _ENDS:
            if judged:
                yield record, renamed(record, record.record, **{change.field: judged})
        else:
            for other in self._others(record, change):
                pair = sorted((int(record.values[change.field] or 0), other))
                truth = isinstance(record.values[change.field], bool)
                one, two = (
                    renamed(record, record.record, **{change.field: bool(v) if truth else v})
                    for v in (pair if change.favours == "more" else pair[::-1])
                )
                yield one, two

    def _others(self, record: Version, change: Change) -> tuple[int, ...]:
        """Give other values that a number of a record may have: nothing, little, a little less or more, much more, the most; of a truth the other one."""
        value = record.values.get(change.field)
        of = self.law.types[record.type][max(self.law.types[record.type])].type_of(change.field)
        if isinstance(value, bool):
            return (int(not value),)
        if not isinstance(value, int) or of is None:
            return ()
        low, high = of.low or 0, value * 100 if of.high is None else of.high
        tried = (0, 1, value // 100, value - 1, value + 1, value * 2, value * 100, high)
        return tuple(v for v in dict.fromkeys(tried) if v != value and low <= v <= high)

    def _at(self, template: Version, day: int, name: str) -> Version:
        moved = day - _date(template, self.law)
        newest = self.law.types[template.type][max(self.law.types[template.type])]
        dates = {f for f, of in newest.fields if of.kind is Kind.DATE} | {"cured", "ended"}
        values = {
            k: v + moved if k in dates and isinstance(v, int) else v
            for k, v in template.values.items()
        }
        return replace(template, record=name, values={**values, "act": None})

    def _joined(self, change: Change) -> Iterator[Story]:
        """Try a record that names the act of another one and comes before it; a live standing is judged a while after."""
        if change.kind != ADDED or change.own_act:
            return
        live = not self.programme.cycle.kind
        for base in self.bases:
            for record in [v for v in base.versions if v.type == change.type]:
                date, act = _date(record, self.law), record.values.get("act") or record.record
                for months, later in _JOINED if live else _JOINED[:1]:
                    day = int(days.add_months(date, months))
                    earlier = renamed(
                        self._at(record, day, "earlier record"), "earlier record", act=act
                    )
                    judged = int(days.add_months(date, later)) if live else base.story.judged
                    yield replace(
                        base.story,
                        judged=judged,
                        before=base.versions,
                        after=with_record(base.versions, earlier),
                    )

    # ----------------------------------------------------------------------------------------------
    # Lines that have no value

    @property
    def _lines(self) -> list[n.Unknown]:
        """Give the lines between grades, from the best, where none of them has a value."""
        bands = self.programme.grades.bands if self.programme.grades else ()
        lines = [b.lowest for b in bands if b.lowest is not None]
        unknown = [line for line in lines if isinstance(line, n.Unknown)]
        return unknown if len(unknown) == len(lines) else []

    def _lined(self, story: Story, values: Sequence[int]) -> Story:
        """Give the lines values, from the best; those not named are 0."""
        given = {line.parameter: 0 for line in self._lines}
        given |= dict(zip(given, values, strict=False))
        return replace(story, parameters=tuple(sorted(given.items())))

    def _by_lines(self, change: Change) -> Iterator[Story]:
        """Try changes that move a weighted score the wrong way, with the line of the best grade set between the two scores."""
        if not self._lines:
            return
        step = 10 ** (SHARE_SCALE - self._lines[0].type.scale)
        for base, record in product(self._by_score(), self.templates(change.type)):
            others = tuple(v for v in base.versions if v.type != change.type)
            near = replace(base, versions=with_record(others, self._near(record, base, "record")))
            for story in self._ways(near, near.versions[-1], change):
                one, other = (
                    _score(judge(self.law, story, versions))
                    for versions in (story.before, story.after)
                )
                if one is None or other is None or (other > one) is not change.worse:
                    continue
                line = max(one, other) // step
                if line * step > min(one, other):
                    yield self._lined(story, [line])

    def _by_score(self) -> list[Base]:
        """Give one history of each score."""
        return list({b.score: b for b in self.bases if b.score is not None}.values())

    def _reaching(self, grade: str) -> Iterator[Story]:
        """Set the lines so that any score reaches a grade: those of better grades as high as can be."""
        bands = self.programme.grades.bands if self.programme.grades else ()
        at = next((k for k, band in enumerate(bands) if band.grade == grade), None)
        if at is not None and self._lines:
            tops = [line.type.high or 0 for line in self._lines[:at]]
            yield from (self._lined(base.story, tops) for base in self._by_score())

    # ----------------------------------------------------------------------------------------------
    # One history

    def no_grade(self) -> Story | None:
        """Look for a history whose facts are all known and which gets no grade."""
        for base in self.bases:
            evaluation = judge(self.law, base.story, base.versions)
            if (
                evaluation
                and evaluation.shown.grade == n.UNDECIDED == evaluation.worst.grade
                and not evaluation.shown.fired
            ):
                if all(
                    low is not None
                    for low in ([evaluation.shown.score] if self.programme.score else [])
                ):
                    return base.story

        def against(side: WorldSide) -> Term:
            at = grade_names(self.programme).index(n.UNDECIDED)
            return same(side.grade(Carrying(), worst=False), whole(at))

        return self._alone(
            against, lambda story: grades_of(self.law, story)[1] == n.UNDECIDED, known=True
        )

    def reached(self, grade: str) -> Story | None:
        """Look for a history that reaches a grade."""
        found = next((b.story for b in self.bases if b.grade == grade), None) or self._told(grade)
        if found is not None or self.programme.grades is None:
            return found
        for story in chain(self._reaching(grade), self._piled()):
            if grades_of(self.law, story)[1] == grade:
                return story
        at = grade_names(self.programme).index(grade)
        return self._alone(
            lambda side: same(side.grade(Carrying(), worst=False), whole(at)),
            lambda story: grades_of(self.law, story)[1] == grade,
        )

    def _told(self, grade: str) -> Story | None:
        """Give the history of a case of any version that tells of a grade, where it leads to that grade in this one too."""
        told = [c for c in self.law.cases if c.programme == self.programme.id]
        for case in told:
            if case.expect.grade == grade:
                base = base_of(self.law, self.programme, case)
                if base is not None and base.grade == grade:
                    return base.story
        return None

    def _piled(self) -> Iterator[Story]:
        """Give histories with more and more records that take points."""
        for base in self._one_of_each():
            for filler in self.fillers(base):
                versions = base.versions
                for count in range(_PILE):
                    name = f"{filler.record} {count + 1}"
                    versions = with_record(versions, renamed(filler, name, act=name))
                    yield replace(base.story, before=versions, after=versions)

    def crossed(self) -> Story | None:
        """Look for a score below the line of a worse grade that gets a better one."""
        bands = [
            b
            for b in (self.programme.grades.bands if self.programme.grades else ())
            if b.lowest is not None
        ]
        names = grade_names(self.programme)
        if self._lines[1:]:
            # the line of the second grade as high as can be, that of the best at nothing
            for base in self._by_score():
                story = self._lined(base.story, [0, self._lines[1].type.high or 0])
                if self._is_crossed(story):
                    return story

        def against(side: WorldSide) -> Term:
            grade = side.grade(Carrying(), worst=False)
            return disj(
                *(
                    conj(same(grade, whole(names.index(better.grade))), side.below(worse.lowest))
                    for better, worse in pairwise(bands)
                    if worse.lowest is not None
                )
            )

        return self._alone(against, self._is_crossed)

    def _is_crossed(self, story: Story) -> bool:
        evaluation = judge(self.law, story, story.after)
        programme = with_values(self.programme, dict(story.parameters))
        if evaluation is None or evaluation.shown.score is None or programme.grades is None:
            return False
        bands = programme.grades.bands
        at = next((k for k, b in enumerate(bands) if b.grade == evaluation.shown.grade), len(bands))
        cuts = [
            b.lowest.value * 10 ** (4 - b.lowest.type.scale)
            for b in bands[at + 1 :]
            if isinstance(b.lowest, n.Const)
        ]
        return any(evaluation.shown.score < cut for cut in cuts)

    def _alone(
        self,
        against: Callable[[WorldSide], Term],
        holds: Callable[[Story], bool],
        *,
        known: bool = False,
    ) -> Story | None:
        for base in [*self._one_of_each(), self._empty()]:
            opened = min((_date(v, self.law) for v in base.versions), default=None)
            world = World(
                self.programme, self.law.types, run_of(self.programme, base.story, opened)
            )
            slots = [world.give(v) for v in base.versions]
            slots += [
                world.give(v, optional=True)
                for v in self.fillers(base)
                if all(v.record != s.record for s in slots)
            ]
            slots += self._invented(world, base, known)
            side = world.side(slots)
            world.script.claim(side.top.reader().truth(self.programme.scope).yes)
            world.script.claim(against(side))
            answer = self.solvers.ask(world.script.text(), ms=_MS).result()[0]
            if answer.status == MODEL:
                story = _told_alone(base, world, slots, answer.model)
                if holds(story):
                    return story
        return None

    def _one_of_each(self) -> list[Base]:
        short: dict[str, Base] = {}
        long: dict[str, Base] = {}
        for base in sorted(self.bases, key=lambda b: len(b.versions)):
            short.setdefault(base.grade, base)
            long[base.grade] = base
        chosen = [base for grade in short for base in (short[grade], long[grade])]
        return [base for at, base in enumerate(chosen) if base not in chosen[:at]][:_BASES]

    def _invented(self, world: World, base: Base, known: bool) -> list[Slot]:
        """Give a few symbolic records of the types that the history does not hold."""
        there = {v.type for v in base.versions}
        read = sorted({s.record for s in selects_in(self.programme)} - there)
        if len(read) > _INVENTED:
            return []
        made = []
        for type_ in read:
            candidates = self._candidates(world, type_)
            for k in range(2):
                slot = world.invent(type_, f"{type_} {k + 1}", candidates, [f"{type_} {k + 1}"])
                slot.present = world.script.boolean(f"{slot.record} is there")
                if known:
                    own = n.OWN_FIELDS
                    world.script.claim(
                        conj(*(raw.there for name, raw in slot.raw.items() if name not in own))
                    )
                made.append(slot)
        return made


# --------------------------------------------------------------------------------------------------
# Looking for both results at once


@dataclass
class _Search:
    """A question about a change: which results are open, and the stories found. Each pair of histories is judged once."""

    seeker: Seeker
    change: Change
    open: list[str]
    found: dict[str, Story] = field(default_factory=dict)

    def look(self, stories: Iterable[Story]) -> None:
        """Try stories until nothing is open."""
        for story in stories if self.open else ():
            one, other = (
                judge(self.seeker.law, story, versions) for versions in (story.before, story.after)
            )
            for result in tuple(self.open):
                if self.seeker.wrong(self.change, grade_of(one, result), grade_of(other, result)):
                    self.open.remove(result)
                    self.found[result] = told = replace(story, result=result)
                    self.seeker.hints.append(told)
            if not self.open:
                return


# --------------------------------------------------------------------------------------------------
# Telling a model as records


def _score(evaluation: Evaluation | None) -> int | None:
    return evaluation.shown.score if evaluation else None


def _moved(story: Story, after: Version, change: Change) -> bool:
    before = next(v for v in story.before if v.record == after.record)
    return {k for k, v in after.values.items() if before.values.get(k) != v} == {change.field}


def _rank(programme: n.Programme, grade: str) -> int:
    order = order_of(programme)
    return order.index(grade) if grade in order else len(order)


def _date(version: Version, law: Law) -> int:
    newest = law.types[version.type][max(law.types[version.type])]
    date = version.values.get(newest.counting)
    return date if isinstance(date, int) else 0


def _direction(was: Raw, now: Raw, change: Change) -> Term:
    if was.type.kind is Kind.TRUTH:
        more = conj(was.there, neg(was.value), now.value)
        return more if change.favours == "more" else conj(was.there, was.value, neg(now.value))
    if change.favours == "set":
        return disj(neg(was.there), gt(was.value, now.value))
    return conj(
        was.there,
        gt(now.value, was.value) if change.favours == "more" else gt(was.value, now.value),
    )


def _told(
    base: Base,
    world: World,
    records: Mapping[str, Slot],
    model: Mapping[str, int | bool],
    change: Change,
) -> Story:
    texts = {code: text for text, code in world.script.words.items()}
    before: tuple[Version, ...] = ()
    for slot in world.slots:
        if slot.version is not None and _holds(slot.present, model):
            before = with_record(before, slot.version)
    subject = (
        base.versions[0].subject
        if base.versions
        else (UNIT if world.programme.judges is n.Judges.UNIT else SUBJECT.id)
    )

    def version(slot: Slot) -> Version:
        values = {name: _value(raw, model, texts, world) for name, raw in slot.raw.items()}
        decision = base.story.key if world.programme.judges is n.Judges.DECISION else None
        number = max(world.types[slot.type])
        return Version(
            slot.type,
            number,
            slot.record,
            subject,
            1,
            values={**values, "decision": decision or None},
        )

    if _holds(records["other"].present, model):
        before = with_record(before, version(records["other"]))
    after = with_record(before, version(records["record"]))
    if change.kind != ADDED:
        before, after = after, with_record(before, version(records["changed"]))
    parameters = tuple(sorted((p, int(model.get(p, 0))) for p in world.shared.parameters))
    return replace(base.story, before=before, after=after, parameters=parameters)


def _told_alone(
    base: Base, world: World, slots: Sequence[Slot], model: Mapping[str, int | bool]
) -> Story:
    texts = {code: text for text, code in world.script.words.items()}
    subject = (
        base.versions[0].subject
        if base.versions
        else (UNIT if world.programme.judges is n.Judges.UNIT else SUBJECT.id)
    )
    versions: tuple[Version, ...] = ()
    for slot in slots:
        if not _holds(slot.present, model):
            continue
        values = {name: _value(raw, model, texts, world) for name, raw in slot.raw.items()}
        number = max(world.types[slot.type])
        versions = with_record(
            versions,
            slot.version or Version(slot.type, number, slot.record, subject, 1, values=values),
        )
    parameters = tuple(sorted((p, int(model.get(p, 0))) for p in world.shared.parameters))
    return replace(base.story, before=versions, after=versions, parameters=parameters)


def _holds(term: Term, model: Mapping[str, int | bool]) -> bool:
    return term == "true" or bool(model.get(term.strip("|")))


def _value(
    raw: Raw, model: Mapping[str, int | bool], texts: Mapping[int, str], world: World
) -> FieldValue:
    if not _holds(raw.there, model):
        return None
    value = model.get(raw.value.strip("|"))
    if raw.type.kind is Kind.TRUTH:
        return bool(value)
    if raw.type.kind in (Kind.WORD, Kind.CODE):
        return texts.get(int(value or 0), raw.type.words[0] if raw.type.words else None)
    if value is None:
        domain = world.arithmetic.domains.get(raw.value)
        return domain[0] if domain else raw.type.low or 0
    return int(value)
