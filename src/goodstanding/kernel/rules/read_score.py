"""Scores and weights: points at four places, never negative, bounded."""

from __future__ import annotations

import re
from dataclasses import replace

from goodstanding.kernel.carrier import List, Map, Text
from goodstanding.kernel.quantity import RECORDS_PER_SUBJECT_MAX, SHARE_SCALE, Kind, number
from goodstanding.kernel.rules.context import Item, Room
from goodstanding.kernel.rules.expression import Scope
from goodstanding.kernel.rules.library import kept
from goodstanding.kernel.rules.literals import POINTS, at_scale, fits
from goodstanding.kernel.rules.nodes import (
    EVER,
    TRUE,
    All,
    Choose,
    Compare,
    Const,
    Deduction,
    Indicator,
    Op,
    Present,
    Ref,
    Restore,
    Score,
    Select,
    Truth,
    Unknown,
    Value,
    Weighted,
    Weights,
)
from goodstanding.kernel.rules.presence import may_be_missing
from goodstanding.kernel.rules.read_indicators import read_select, record_at
from goodstanding.kernel.rules.read_windows import CYCLE

SHARE = number(0, 10**SHARE_SCALE, SHARE_SCALE)
ITEM_POINTS = number(0, 100 * 10**SHARE_SCALE, SHARE_SCALE)
_SIGNED = number(-(10**6) * 10**SHARE_SCALE, 10**6 * 10**SHARE_SCALE, SHARE_SCALE)


def points_of(item: Item, node: Text, scope: Scope) -> Value | None:
    """Read points: a plain number of at most four places, never negative by its type."""
    value = item.value_of(node, scope)
    if value is None:
        return None
    value = at_scale(item.room.library, node, value, POINTS)
    if not value.type.never_negative:
        item.note("negative-points", node.at(0), found=node.value.strip())
        return None
    return value


# --------------------------------------------------------------------------------------------------
# Scores


Ends = tuple[int | None, int | None]  # never below, never above


def read_score(
    room: Room, node: Map, indicators: dict[str, Indicator]
) -> tuple[Score | None, Ends]:
    """Read a score and its ends; tell the room the type of `score`."""
    start = _start(room, node)
    rules = [_deduction(room, part, indicators, adds=False) for part in node.maps("deduct")]
    rules += [_deduction(room, part, indicators, adds=True) for part in node.maps("add")]
    item = Item(room, node)
    below, above = item.literal("never below", _SIGNED), item.literal("never above", _SIGNED)
    if below is not None and above is not None and below > above:
        item.note(
            "empty-range",
            node.value_place("never above"),
            found=f"{node.text('never below')} .. {node.text('never above')}",
        )
    room.rests |= item.rests
    if start is None:
        room.broken.add("score")
        return None, (below, above)
    score = Score(start, kept(rules))
    if len(score.rules) < len(rules):
        # a rule is missing: nothing can be said about which scores there are
        room.score = Ref("score", _SIGNED)
        return score, (below, above)
    _type_score(item, score, below, above)
    return score, (below, above)


def _type_score(item: Item, score: Score, below: int | None, above: int | None) -> None:
    """Bound the score by its start, its rules and its ends."""
    low, high = score.start.type.low or 0, score.start.type.high or 0
    for rule in score.rules:
        most = _rule_most(rule)
        fits(item.room.library, rule.place, number(0, most), rule.id)
        low, high = (low, high + most) if rule.adds else (low - most, high)
    low = low if below is None else max(low, below)
    high = high if above is None else min(high, above)
    type_ = fits(
        item.room.library, item.place, number(min(low, high), max(low, high), SHARE_SCALE), "score"
    )
    item.room.score = Ref("score", type_)


def _rule_most(rule: Deduction) -> int:
    most = rule.bound
    if rule.select is not None:
        most *= RECORDS_PER_SUBJECT_MAX
    return most if rule.at_most is None else min(most, rule.at_most)


def _start(room: Room, node: Map) -> Value | None:
    start = node.get("start")
    item = Item(room, node)
    scope = room.subject_scope()
    if isinstance(start, Text):
        value = item.value_of(start, scope)
        value = at_scale(item.room.library, start, value, POINTS) if value is not None else None
    elif isinstance(start, List):
        value = _first_start(room, start, scope, item)
    else:
        value = None
    room.rests |= item.rests
    room.marks["score"] = all(room.marks.get(name, True) for name in item.rests)
    return value


def _first_start(room: Room, start: List, scope: Scope, item: Item) -> Value | None:
    cases: list[tuple[Truth, Value]] = []
    otherwise: Value | None = None
    for i, part in enumerate(start.items):
        if not isinstance(part, Map) or (text := part.scalar("points")) is None:
            continue
        value, when = item.value_of(text, scope), part.scalar("when")
        value = at_scale(item.room.library, text, value, POINTS) if value is not None else None
        truth = item.truth_of(when, scope) if when else None
        if when is None and i + 1 < len(start.items):
            room.note("unreachable-limb", start.items[i + 1].place, name=text.value)
        if when is None:
            otherwise = value
        elif value is not None and truth is not None:
            cases.append((truth, value))
    last = otherwise if otherwise is not None else Unknown("", POINTS)
    if not cases:
        return otherwise
    values = [value for _, value in cases] + ([otherwise] if otherwise is not None else [])
    low, high = min(v.type.low or 0 for v in values), max(v.type.high or 0 for v in values)
    return Choose(tuple(cases), last, number(low, high, SHARE_SCALE))


def _deduction(
    room: Room, node: Map, indicators: dict[str, Indicator], *, adds: bool
) -> Deduction | None:
    item = Item(room, node)
    name = item.id()
    when = item.condition("when", room.subject_scope()) if "when" in node else None
    select = _hits(item) if "each" in node else None
    if ("each" in node and select is None) or ("when" in node and when is None):
        item.basis(required=True)
        return None
    scope = room.record_scope(select.record) if select else room.subject_scope()
    text = node.scalar("points")
    points = points_of(item, text, scope) if text else None
    hit_most, most = item.literal("each at most", POINTS), item.literal("at most", POINTS)
    restored = _restored(item, scope) if select else ()
    item.mark_milder()
    if points is None:
        item.basis(required=True)
        return None
    return Deduction(
        id=name,
        title=item.title,
        points=points,
        select=select,
        when=when,
        if_none=_if_none(item, points, select, indicators),
        restored=restored,
        hit_at_most=hit_most,
        at_most=most,
        adds=adds,
        beside=node.text("beside") == "yes",
        basis=item.basis(required=True),
        place=node.place,
    )


def _hits(item: Item) -> Select | None:
    record = record_at(item.room, item.node.scalar("each"))
    if not record:
        return None
    default = CYCLE if "cycle_start" in item.room.moments else EVER
    return read_select(item, record, default)


def _if_none(
    item: Item, points: Value, select: Select | None, indicators: dict[str, Indicator]
) -> str:
    said = item.node.text("if none")
    required: tuple[str, ...] = ()
    if select is not None:
        # a field counts as there only where every version requires it
        versions = item.room.library.types[select.record]
        required = tuple(
            name for name in versions[-1].required if all(name in v.required for v in versions)
        )
    if not said and may_be_missing(points, required, indicators):
        item.note(
            "if-none-left-out", item.node.value_place("points"), found=item.node.text("points")
        )
    if said == "at most" and "each at most" not in item.node:
        item.note("missing-key", name="each at most", item="score rule with `if none: at most`")
    if "restored" in item.node and select is None:
        item.note(
            "unknown-key",
            item.node.key_place("restored"),
            name="restored",
            item="score rule with `when`",
            nearest="",
            expected="each",
        )
    return said or "undecided"


# --------------------------------------------------------------------------------------------------
# Add-back


def _restored(item: Item, scope: Scope) -> tuple[Restore, ...]:
    node = item.node.get("restored")
    if isinstance(node, List):
        return tuple(
            step
            for part in node.items
            if isinstance(part, Map)
            for step in _step(item, part, scope)
        )
    return _by_days(item, node, scope) if isinstance(node, Map) else ()


def _step(item: Item, node: Map, scope: Scope) -> tuple[Restore, ...]:
    share, when = node.scalar("share"), node.scalar("when")
    value = item.literal_of(share, SHARE) if share else None
    truth = item.truth_of(when, scope) if when else None
    return (Restore(value, truth),) if value is not None and truth is not None else ()


def _by_days(item: Item, node: Map, scope: Scope) -> tuple[Restore, ...]:
    by = node.scalar("by")
    elapsed = item.value_of(by, scope) if by else None
    if by is None or elapsed is None:
        return ()
    if elapsed.type.kind is not Kind.NUMBER or elapsed.type.unit != "day":
        item.note(
            "unit-mismatch", by.at(0), found=by.value, expected="a number of day", text=by.value
        )
        return ()
    never = _share(item, node, "never") or 0
    steps: list[Restore] = []
    before = -1
    for key, value in node.entries:
        bound = re.fullmatch(r"up to (\d+) days?", key.value)
        if bound is None or not isinstance(value, Text):
            continue
        days = int(bound[1])
        if days <= before:
            item.note("unsorted", key.place, found=key.value)
        before = days
        share = item.literal_of(value, SHARE)
        limit = Compare(Op.LE, elapsed, Const(days, replace(elapsed.type, low=days, high=days)))
        steps += [Restore(share, _if_known(elapsed, limit, never))] if share is not None else []
    later = _share(item, node, "later")
    steps += [Restore(later, Present(elapsed))] if later is not None else []
    return (*steps, Restore(never, TRUE)) if never else tuple(steps)


def _if_known(elapsed: Value, limit: Truth, never: int) -> Truth:
    """Let a bound be false where nothing was cured, if something is given back even then."""
    return All((Present(elapsed), limit)) if never else limit


def _share(item: Item, node: Map, key: str) -> int | None:
    text = node.scalar(key)
    return item.literal_of(text, SHARE) if text else None


# --------------------------------------------------------------------------------------------------
# Weights


def read_weights(room: Room, node: Map) -> Weights:
    """Read weighted items; the score they make lies between 0 and 100."""
    items = kept(_weighted(room, part) for part in node.maps("items"))
    room.score = Ref("score", ITEM_POINTS)
    return Weights(items)


def _weighted(room: Room, node: Map) -> Weighted | None:
    item = Item(room, node)
    name = item.id()
    weight_text, points_text = node.scalar("weight"), node.scalar("points")
    weight = item.value_of(weight_text, Scope(room.parameters)) if weight_text else None
    points = points_of(item, points_text, room.subject_scope()) if points_text else None
    basis = item.basis()
    if weight is None or points is None or weight_text is None or points_text is None:
        return None
    weight = at_scale(item.room.library, weight_text, weight, SHARE)
    if (points.type.high or 0) > (ITEM_POINTS.high or 0):
        item.note("out-of-bounds", points_text.at(0), found=points_text.value, expected="0 .. 100")
    if not isinstance(weight, Const | Unknown) or (weight.type.high or 0) > (SHARE.high or 0):
        item.note(
            "bad-literal",
            weight_text.place,
            found=weight_text.value,
            expected="a share or a parameter",
        )
        return None
    return Weighted(
        name, item.title, weight, points, node.text("mandatory") == "yes", basis, node.place
    )
