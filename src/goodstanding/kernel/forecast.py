"""The forecast: the grade, if nothing new is filed, on each day of the next 36 months on which it changes (DESIGN 4).

Live programmes are asked again on every day, so no end of a window, term, clock or age can be forgotten;
yearly ones on the judged days of the coming cycles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from goodstanding.kernel import days
from goodstanding.kernel.facts import Facts
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.evaluate import Before, evaluator
from goodstanding.kernel.rules.windows import run
from goodstanding.kernel.standing import version_for

MONTHS = 36


def live(
    programme: n.Programme, facts: Facts, on: int, *, opened: int | None = None
) -> Iterator[tuple[int, str]]:
    """Give (day, grade) for each day after `on` on which the grade of a live programme changes.

    `opened` is the day of the decision or record judged.
    """
    judge, nothing = evaluator(programme), Before()
    end = days.add_months(on, MONTHS)
    if programme.valid_to is not None:
        end = days.Day(min(end, programme.valid_to - 1))
    grade = judge(facts, run(programme, on=on, opened=opened), nothing).shown.grade
    for day in range(on + 1, end + 1):
        then = judge(facts, run(programme, on=day, opened=opened), nothing).shown.grade
        if then != grade:
            grade = then
            yield day, grade


def cyclic(
    family: Iterable[n.Programme], facts: Facts, before: Before, cycle: int, on: int
) -> Iterator[tuple[int, str]]:
    """Give (judged day, grade) for each cycle after `cycle` that is judged within 36 months of `on`.

    `before` is what the standing of `cycle` carries on.
    """
    versions = tuple(family)
    end = days.add_months(on, MONTHS)
    while True:
        cycle += 1
        programme = version_for(versions, cycle)
        if programme is None:
            return
        at = run(programme, cycle=cycle)
        if at.judged > end:
            return
        evaluation = evaluator(programme)(facts, at, before)
        before = Before(evaluation.shown.origins, evaluation.worst.origins)
        if at.judged > on:
            yield at.judged, evaluation.shown.grade
