"""Level machines, dates of display and repair, and proposals to lists."""

from __future__ import annotations

from goodstanding.kernel.carrier import List, Map, Text
from goodstanding.kernel.quantity import DATE, Kind, count
from goodstanding.kernel.rules.context import Item, Room
from goodstanding.kernel.rules.expression import Scope
from goodstanding.kernel.rules.library import kept
from goodstanding.kernel.rules.literals import fits
from goodstanding.kernel.rules.nodes import (
    EVER,
    FALSE,
    Choose,
    LevelGround,
    Levels,
    Limb,
    Proposal,
    Raise,
    Ref,
    Terms,
    Truth,
    Unknown,
    Value,
)
from goodstanding.kernel.rules.read_grades import known_grade, read_order
from goodstanding.kernel.rules.read_indicators import read_select, record_at, sum_type
from goodstanding.kernel.rules.read_windows import months_of

# --------------------------------------------------------------------------------------------------
# Levels


def read_levels(room: Room, node: Map) -> Levels:
    """Read a level machine."""
    order, _ = read_order(room, node)
    room.grades = order
    item = Item(room, node)
    blocked = item.condition("blocked while", room.subject_scope())
    room.rests |= item.rests
    grounds = kept(_ground(room, part, order) for part in node.maps("grounds"))
    raises = kept(_raise(room, part, order) for part in node.maps("raised"))
    start = known_grade(room, node.scalar("start"), order)
    blocked_mark = all(room.marks.get(name, True) for name in item.rests)
    if not blocked_mark:
        raises = tuple(_unconfirmed(one) if one.months is not None else one for one in raises)
    return Levels(
        order,
        start or (order[0] if order else ""),
        grounds,
        raises,
        blocked if blocked is not None else FALSE,
    )


def _unconfirmed(one: Raise) -> Raise:
    basis = type(one.basis)(one.basis.instrument, one.basis.article, False)
    return Raise(one.id, one.level, one.to, one.months, one.select, basis, one.place)


def _ground(room: Room, node: Map, order: tuple[str, ...]) -> LevelGround | None:
    item = Item(room, node)
    name, to = item.id(), known_grade(room, node.scalar("lowers to"), order)
    record = record_at(room, node.scalar("each"))
    if not record:
        item.basis(required=True)
        return None
    select = read_select(item, record, EVER)
    months = months_of(node.text("within")) or None
    of = _total(item, record)
    limbs = _ground_limbs(item, of)
    _check_ground(item, months)
    item.mark_milder()
    return LevelGround(
        id=name,
        to=to or (order[-1] if order else ""),
        select=select,
        months=months,
        of=of,
        limbs=limbs,
        raise_after_months=months_of(node.text("raise after")) or None,
        title=item.title,
        basis=item.basis(required=True),
        place=node.place,
    )


def _total(item: Item, record: str) -> Value | None:
    text = item.node.scalar("of")
    value = item.value_of(text, item.room.record_scope(record)) if text else None
    if (
        text
        and value is not None
        and (value.type.kind is not Kind.NUMBER or not value.type.never_negative)
    ):
        item.note("negative-points", text.at(0), found=text.value)
        return None
    return value


def _ground_limbs(item: Item, of: Value | None) -> tuple[Limb, ...]:
    if "when" not in item.node and "limbs" not in item.node:
        return ()
    window = {"hits": Ref("hits", count())}
    if of is not None:
        window["total"] = Ref(
            "total", fits(item.room.library, item.place, sum_type(of.type), "total")
        )
    return item.limbs(item.room.subject_scope(extra=window))


def _check_ground(item: Item, months: int | None) -> None:
    """A window needs a condition on what lies in it, and the other way round."""
    has_limbs = "when" in item.node or "limbs" in item.node
    if months and not has_limbs:
        item.note("missing-key", name="when / limbs", item="ground of a level with `within`")
    if months is None and has_limbs:
        item.note("missing-key", name="within", item="ground of a level with limbs")
    if "of" in item.node and months is None:
        item.note(
            "unknown-key",
            item.node.key_place("of"),
            name="of",
            item="ground of a level without `within`",
            nearest="",
            expected="within",
        )


def _raise(room: Room, node: Map, order: tuple[str, ...]) -> Raise | None:
    item = Item(room, node)
    name = item.id()
    level, to = (
        known_grade(room, node.scalar("from"), order),
        known_grade(room, node.scalar("to"), order),
    )
    if level and to and order.index(to) >= order.index(level):
        item.note("raise-not-up", found=f"{level} -> {to}")
    months = months_of(node.text("by itself after")) or None
    select = None
    if "by" in node:
        record = record_at(room, node.scalar("by"))
        select = read_select(item, record, EVER) if record else None
    basis = item.basis()
    if not level or not to or (months is None and select is None):
        return None
    return Raise(name, level, to, months, select, basis, node.place)


# --------------------------------------------------------------------------------------------------
# Terms

_MISSING_DATE = Unknown("", DATE)


def read_terms(room: Room, node: Map) -> Terms:
    """Read dates of display and repair; in them `grade_is` asks for the severity found."""
    item = Item(room, node)
    scope = room.subject_scope(grades=True)
    return Terms(
        display_from=_dates(item, "display from", scope),
        display_until=_dates(item, "display until", scope),
        repair_from=_dates(item, "repair from", scope),
        never=_truth(item, "never", scope),
        no_repair=_truth(item, "no repair", scope),
        open_until_cured=_truth(item, "open until cured", scope),
        basis=item.basis(),
    )


def _truth(item: Item, key: str, scope: Scope) -> Truth:
    truth = item.condition(key, scope)
    return truth if truth is not None else FALSE


def _dates(item: Item, key: str, scope: Scope) -> Value:
    """Read a date, or the first dated limb that holds; a missing date where there is none."""
    node = item.node.get(key)
    if isinstance(node, Text):
        return _date(item, node, scope)
    if not isinstance(node, List):
        return _MISSING_DATE
    cases: list[tuple[Truth, Value]] = []
    for i, part in enumerate(node.items):
        text = part.scalar("value") if isinstance(part, Map) else None
        if not isinstance(part, Map) or text is None:
            continue
        value, when = _date(item, text, scope), part.scalar("when")
        if when is None:
            if i + 1 < len(node.items):
                item.note("unreachable-limb", node.items[i + 1].place, name=text.value)
            return Choose(tuple(cases), value, DATE) if cases else value
        truth = item.truth_of(when, scope)
        if truth is not None:
            cases.append((truth, value))
    return Choose(tuple(cases), _MISSING_DATE, DATE)


def _date(item: Item, node: Text, scope: Scope) -> Value:
    value = item.value_of(node, scope)
    if value is None:
        return _MISSING_DATE
    if value.type.kind is not Kind.DATE:
        item.note(
            "unit-mismatch",
            node.at(0),
            found=node.value.strip(),
            expected="a date",
            text=node.value.strip(),
        )
        return _MISSING_DATE
    return value


# --------------------------------------------------------------------------------------------------
# Proposals to lists


def read_proposal(room: Room, node: Map) -> Proposal | None:
    """Read a proposal to a list."""
    item = Item(room, node)
    name, to = item.id("lists"), node.text("propose")
    limbs = item.limbs(room.subject_scope(score=True))
    basis = item.basis(required=True)
    if not limbs or not to:
        return None
    return Proposal(
        name, to, limbs, node.text("needs") == "finality", item.title, basis, node.place
    )
