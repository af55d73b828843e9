"""Grades: direct grounds, exceptions, bands or first match, steps down, ceilings, and what is carried."""

from __future__ import annotations

import re
from collections.abc import Iterable

from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import SHARE_SCALE
from goodstanding.kernel.rules.context import Item, Room
from goodstanding.kernel.rules.expression import Scope
from goodstanding.kernel.rules.library import kept
from goodstanding.kernel.rules.literals import POINTS, at_scale
from goodstanding.kernel.rules.nodes import (
    NOT_GRADED,
    UNDECIDED,
    Band,
    Basis,
    Carry,
    Ceiling,
    Const,
    Direct,
    Given,
    Grades,
    Phase,
    StepDown,
    Truth,
    Unknown,
    Value,
)
from goodstanding.kernel.rules.shapes import nearest


def texts(node: Map, key: str) -> tuple[str, ...]:
    """Give the texts of a list under a key."""
    return tuple(item.value for item in node.list(key) if isinstance(item, Text))


def read_order(room: Room, node: Map) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the grades with rank, best first, and those beside; no name twice."""
    order, beside = texts(node, "best to worst"), texts(node, "beside")
    seen: set[str] = {UNDECIDED, NOT_GRADED}
    for item in (*node.list("best to worst"), *node.list("beside")):
        if isinstance(item, Text):
            if item.value in seen:
                room.note("duplicate-id", item.place, name=item.value, where=f"{node.place}")
            seen.add(item.value)
    return order, beside


def known_grade(room: Room, node: Text | None, grades: tuple[str, ...]) -> str:
    """Give a grade that is declared; a finding and an empty text otherwise."""
    if node is None:
        return ""
    if node.value in grades:
        return node.value
    near = nearest(node.value, grades)
    room.note(
        "unknown-grade", node.place, name=node.value, nearest=near, expected=", ".join(grades)
    )
    return ""


def read_grades(room: Room, node: Map) -> Grades:
    """Read the decision of a programme."""
    order, beside = read_order(room, node)
    room.grades = (*order, *beside)
    scope = room.subject_scope(score=True)
    direct = kept(_direct(room, part, scope) for part in node.maps("direct"))
    first, otherwise = _first_match(room, node, order, scope)
    bands = _bands(room, node, order)
    _check_ways(room, node)
    return Grades(
        order=order,
        beside=beside,
        direct=direct,
        not_graded=kept(_not_graded(room, part, scope) for part in node.maps("not graded")),
        instead=kept(_instead(room, part, order, scope) for part in node.maps("instead")),
        bands=bands,
        first_match=first,
        otherwise=otherwise,
        steps_down=kept(_step_down(room, part, scope) for part in node.maps("steps down")),
        ceilings=kept(_ceiling(room, part, order, scope) for part in node.maps("ceilings")),
        carries=kept(_carry(room, part, order, direct, bands) for part in node.maps("carried")),
    )


def _check_ways(room: Room, node: Map) -> None:
    """Bands need a score; bands and first match exclude each other."""
    bands, first = node.key("bands"), node.key("first match")
    if bands and first:
        room.note("either-or", first.place, found="bands, first match", item="grades")
    if bands and room.score is None and "score" not in room.broken:
        room.note("bands-without-score", bands.place)


def _direct(room: Room, node: Map, scope: Scope) -> Direct | None:
    item = Item(room, node)
    name, grade = item.id(), known_grade(room, node.scalar("grade"), room.grades)
    limbs = item.limbs(scope)
    basis = item.basis(required=True)
    return Direct(name, grade, limbs, item.title, basis, node.place) if grade and limbs else None


def _not_graded(room: Room, node: Map, scope: Scope) -> Given | None:
    item = Item(room, node)
    name, when = item.id(), item.condition("when", scope)
    basis = item.basis()
    return (
        Given(name, NOT_GRADED, when, False, item.title, basis, node.place)
        if when is not None
        else None
    )


def _given(room: Room, node: Map, scope: Scope, adverse: bool) -> Given | None:
    item = Item(room, node)
    name, grade = (
        item.id(),
        known_grade(room, node.scalar("grade"), (*room.grades, UNDECIDED, NOT_GRADED)),
    )
    when = item.condition("when", scope)
    basis = item.basis()
    if not grade or when is None:
        return None
    return Given(name, grade, when, adverse, item.title, basis, node.place)


def _said_adverse(node: Map) -> bool | None:
    return {"yes": True, "no": False}.get(node.text("adverse"))


def _instead(room: Room, node: Map, order: tuple[str, ...], scope: Scope) -> Given | None:
    """Read a grade given instead: one without rank is an exception, the worst is adverse, the best is not."""
    grade, said = node.text("grade"), _said_adverse(node)
    if said is None and grade in order[1:-1]:
        room.note("incomparable-limb", node.place, name=node.text("id"), grade=grade)
    adverse = said if said is not None else len(order) > 1 and grade == order[-1]
    return _given(room, node, scope, adverse)


# --------------------------------------------------------------------------------------------------
# First match


def _first_match(
    room: Room, node: Map, order: tuple[str, ...], scope: Scope
) -> tuple[tuple[Given, ...], str]:
    parts = node.list("first match")
    grades = [
        part.value
        if isinstance(part, Text)
        else part.text("grade")
        if isinstance(part, Map)
        else ""
        for part in parts
    ]
    limbs: list[Given] = []
    otherwise = ""
    for i, part in enumerate(parts):
        if isinstance(part, Text):
            otherwise = known_grade(room, part, (*room.grades, UNDECIDED))
            if i + 1 < len(parts):
                room.note("unreachable-limb", parts[i + 1].place, name=part.value)
            break
        if isinstance(part, Map):
            adverse = _limb_adverse(room, part, grades[i], grades[i + 1 :], order)
            limbs += kept([_given(room, part, scope, adverse)])
    return tuple(limbs), "" if otherwise == UNDECIDED else otherwise


def _limb_adverse(
    room: Room, node: Map, grade: str, later: list[str], order: tuple[str, ...]
) -> bool:
    """A limb is adverse if its grade is worse than all that may follow, favourable if it is better; else it must say."""
    said = _said_adverse(node)
    if said is not None:
        return said
    others = [g for g in later if g not in {grade, UNDECIDED, NOT_GRADED}]
    if grade not in order or any(g not in order for g in others):
        if grade in room.grades:
            room.note("incomparable-limb", node.place, name=node.text("id"), grade=grade)
        return False
    rank = order.index(grade)
    better = [g for g in others if order.index(g) < rank]
    worse = [g for g in others if order.index(g) > rank]
    if better and worse:
        room.note("incomparable-limb", node.place, name=node.text("id"), grade=grade)
    return bool(better) if others else rank > 0


# --------------------------------------------------------------------------------------------------
# Bands


def _bands(room: Room, node: Map, order: tuple[str, ...]) -> tuple[Band, ...]:
    bands: list[Band] = []
    parts = node.maps("bands")
    for i, part in enumerate(parts):
        if len(part.entries) != 1:
            room.note(
                "wrong-shape",
                part.place,
                found="keys with values",
                expected="one grade with its cut",
            )
            continue
        (key, cut), *_ = part.entries
        grade = known_grade(room, key, order)
        if not isinstance(cut, Text) or not grade:
            continue
        if (cut.value == "below") is not (i + 1 == len(parts)):
            room.note("bands-end", cut.place, name=grade)
        band = _band(room, part, grade, cut)
        if band is not None:
            _check_band(room, key.place, bands, band, order)
            bands.append(band)
    return tuple(bands)


def _band(room: Room, part: Map, grade: str, cut: Text) -> Band | None:
    item = Item(room, part)
    lowest: Value | None = None
    if cut.value != "below":
        read = item.value_of(cut, Scope(room.parameters))
        if read is None:
            return None
        lowest = at_scale(item.room.library, cut, read, POINTS)
        if not isinstance(lowest, Const | Unknown):
            item.note("bad-literal", cut.place, found=cut.value, expected="a number or a parameter")
            return None
    room.rests |= item.rests
    confirmed = (
        room.confirmed
        and room.marks.get("score", True)
        and all(room.marks.get(n, True) for n in item.rests)
    )
    return Band(grade, lowest, Basis(room.instrument, "", confirmed))


def _check_band(
    room: Room, place: Place, before: list[Band], band: Band, order: tuple[str, ...]
) -> None:
    """Bands go from best to worst, with falling cuts, and some score reaches each."""
    if before and order.index(before[-1].grade) >= order.index(band.grade):
        room.note("unsorted-bands", place, name=band.grade, other=before[-1].grade)
    score = room.score.type if room.score else None
    cut = band.lowest.value if isinstance(band.lowest, Const) else None
    last = next((b for b in reversed(before) if isinstance(b.lowest, Const)), None)
    above = last.lowest.value if last and isinstance(last.lowest, Const) else None
    if cut is not None and above is not None and cut >= above:
        room.note("overlapping-bands", place, name=band.grade, other=last.grade if last else "")
    elif score and cut is not None and score.high is not None and cut > score.high:
        room.note(
            "unreachable-band",
            place,
            name=band.grade,
            found=_points(cut),
            expected=f"<= {_points(score.high)}",
        )
    elif score and above is not None and score.low is not None and above <= score.low:
        room.note(
            "unreachable-band",
            place,
            name=band.grade,
            found=f"< {_points(above)}",
            expected=f">= {_points(score.low)}",
        )


def _points(value: int) -> str:
    whole, rest = divmod(abs(value), 10**SHARE_SCALE)
    return f"{'-' if value < 0 else ''}{whole}" + (f".{rest:04d}".rstrip("0") if rest else "")


# --------------------------------------------------------------------------------------------------
# Steps down, ceilings, what is carried


def _step_down(room: Room, node: Map, scope: Scope) -> StepDown | None:
    item = Item(room, node)
    name, when, by = item.id(), item.condition("when", scope), node.text("by")
    basis = item.basis()
    if when is None or not by.isdigit():
        return None
    return StepDown(name, int(by), when, item.title, basis, node.place)


def _ceiling(room: Room, node: Map, order: tuple[str, ...], scope: Scope) -> Ceiling | None:
    item = Item(room, node)
    name, grade = item.id(), known_grade(room, node.scalar("not above"), order)
    when: Truth | None = item.condition("when", scope)
    basis = item.basis()
    return (
        Ceiling(name, grade, when, item.title, basis, node.place)
        if when is not None and grade
        else None
    )


def _carry(
    room: Room,
    node: Map,
    order: tuple[str, ...],
    direct: tuple[Direct, ...],
    bands: tuple[Band, ...],
) -> Carry | None:
    item = Item(room, node)
    name = item.id()
    if "cycle_start" not in room.moments:
        item.note("needs-cycle", name="carried")
    causes = tuple(
        dict.fromkeys(
            cause for text in node.list("cause") for cause in _causes(room, text, direct, bands)
        )
    )
    phases = kept(_phase(room, part, order) for part in node.maps("then"))
    own = item.basis()
    by_cause = {rule.id: rule.basis.confirmed for rule in direct} | {
        f"score:{b.grade}": b.basis.confirmed for b in bands
    }
    confirmed = own.confirmed and all(by_cause.get(cause, True) for cause in causes)
    since = node.text("from")
    if not causes or not phases:
        return None
    basis = Basis(own.instrument, own.article, confirmed)
    return Carry(name, causes, phases, int(since) if since.isdigit() else None, basis, node.place)


def _causes(
    room: Room, node: Node, direct: tuple[Direct, ...], bands: tuple[Band, ...]
) -> Iterable[str]:
    if not isinstance(node, Text):
        return
    kind, _, grade = node.value.partition(" ")
    if kind == "direct" and grade in room.grades:
        found = [rule.id for rule in direct if rule.grade == grade]
        if not found:
            room.note("cause-without-rule", node.place, name=node.value)
        yield from found
    elif kind == "score" and grade in room.grades:
        if not any(band.grade == grade for band in bands):
            room.note("cause-without-rule", node.place, name=node.value)
        yield f"score:{grade}"
    elif node.value in {rule.id for rule in direct}:
        yield node.value
    else:
        known = (
            [rule.id for rule in direct]
            + [f"direct {g}" for g in room.grades]
            + [f"score {b.grade}" for b in bands]
        )
        room.note("unknown-cause", node.place, name=node.value, nearest=nearest(node.value, known))


def _phase(room: Room, node: Map, order: tuple[str, ...]) -> Phase | None:
    item = Item(room, node)
    length = re.match(r"\d+", node.text("for"))
    if length is None:
        return None
    grade = known_grade(room, node.scalar("grade"), room.grades)
    ceiling = known_grade(room, node.scalar("not above"), order)
    less = item.literal("start less", POINTS)
    room.rests |= item.rests
    if not grade and not ceiling and less is None:
        return None
    return Phase(int(length.group()), grade, ceiling, less or 0)
