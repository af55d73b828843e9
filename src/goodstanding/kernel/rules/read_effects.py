"""What a grade leads to: rows of the closed list of measures, each under its article."""

from __future__ import annotations

from collections.abc import Iterable

from goodstanding.kernel.carrier import Map
from goodstanding.kernel.finding import Place
from goodstanding.kernel.rules.context import Item, Room
from goodstanding.kernel.rules.library import kept
from goodstanding.kernel.rules.nodes import GradeEffect
from goodstanding.kernel.rules.read_grades import known_grade, texts

DISCIPLINARY, INCENTIVE = "disciplinary", "incentive"


def read_effects(room: Room, file: Map) -> tuple[GradeEffect, ...]:
    """Read the effects of a programme whose grades or levels are read; no grade has one measure twice."""
    order = _order(file)
    made = kept(_effect(room, node, order) for node in file.maps("effects"))
    seen: dict[tuple[str, str], Place] = {}
    for one in made:
        key = (one.grade, one.measure)
        if key in seen:
            room.note("duplicate-id", one.place, name=" ".join(key), where=f"{seen[key]}")
        seen.setdefault(key, one.place)
    return made


def _order(file: Map) -> tuple[str, ...]:
    """Give the ranked grades or levels, best first."""
    parts: Iterable[Map | None] = (file.map("grades"), file.map("levels"))
    return next((texts(part, "best to worst") for part in parts if part), ())


def _effect(room: Room, node: Map, order: tuple[str, ...]) -> GradeEffect | None:
    item = Item(room, node, "effects", node.text("measure"))
    grade, measure = known_grade(room, node.scalar("grade"), room.grades), node.text("measure")
    adverse = node.text("kind") == DISCIPLINARY
    _check_way(item, grade, order, adverse=adverse)
    basis = item.basis(required=adverse)
    return GradeEffect(grade, measure, adverse, item.title, basis, node.place) if grade else None


def _check_way(item: Item, grade: str, order: tuple[str, ...], *, adverse: bool) -> None:
    """The best grade burdens nobody, and the worst favours nobody."""
    wrong = order[:1] if adverse else order[-1:]
    if len(order) > 1 and grade in wrong:
        kind = DISCIPLINARY if adverse else INCENTIVE
        item.note("effect-wrong-way", item.node.value_place("kind"), found=kind, name=grade)
