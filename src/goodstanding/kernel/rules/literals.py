"""Literals of a declared type, and values brought to its unit and scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from goodstanding.kernel import days
from goodstanding.kernel.carrier import Text
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.quantity import SHARE_SCALE, WIDE, Kind, Type, number
from goodstanding.kernel.rules.expression import read_literal
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.nodes import Const, Mul, Value

POINTS = number(0, 10**6 * 10**SHARE_SCALE, SHARE_SCALE)


def literal(library: Library, node: Text, type_: Type) -> int | None:
    """Read a literal of a type; None if a finding was added."""
    mine: list[Finding] = []
    value = read_literal(node.value.strip(), type_, Place("", 1, 0), mine)
    for found in mine:
        placed = replace(found, place=node.at(found.place.column))
        if found.code in {"unknown-name", "expression-syntax"}:
            placed = finding(
                "bad-literal", node.at(0), found=node.value.strip(), expected=_named(type_)
            )
        library.findings.append(placed)
    if value is None:
        return None
    low, high = type_.low, type_.high
    if (low is not None and value < low) or (high is not None and value > high):
        library.note(
            "out-of-bounds", node.place, found=node.value, expected=bounds_text(type_, node.value)
        )
        return None
    return value


def bounds_text(type_: Type, like: str = "") -> str:
    """Write the bounds of a number type as a jurist would; as percents if `like` is one."""
    if like.endswith("%") and type_.scale >= 2:
        percent = replace(type_, scale=type_.scale - 2)
        return (
            f"{literal_text(type_.low or 0, percent)}% .. {literal_text(type_.high or 0, percent)}%"
        )
    return f"{literal_text(type_.low or 0, type_)} .. {literal_text(type_.high or 0, type_)}"


def literal_text(value: int, type_: Type) -> str:
    """Write a scaled integer as a literal of its type."""
    if type_.kind is Kind.DATE:
        return days.text(value)
    whole_part, rest = divmod(abs(value), 10**type_.scale)
    places = f".{rest:0{type_.scale}d}".rstrip("0").rstrip(".") if type_.scale else ""
    return (
        f"{'-' if value < 0 else ''}{whole_part:,}".replace(",", "_")
        + places
        + (f" {type_.unit}" if type_.unit else "")
    )


def at_scale(library: Library, node: Text, value: Value, type_: Type) -> Value:
    """Bring a number to the unit and scale of a type; a finding, and a stand-in of the type, where it cannot be."""
    own = value.type
    stand_in = Const(type_.low or 0, type_)
    if own.kind is not type_.kind or own.unit != type_.unit:
        from_, to = _named(own), _named(type_)
        library.note("unit-mismatch", node.at(0), found=from_, expected=to, text=node.value.strip())
        return stand_in
    if own.scale > type_.scale and isinstance(value, Const):
        reduced, rest = divmod(value.value, 10 ** (own.scale - type_.scale))
        if not rest:
            return Const(reduced, number(reduced, reduced, type_.scale, type_.unit))
    if own.scale > type_.scale:
        library.note(
            "too-fine",
            node.at(0),
            found=f"{own.scale}",
            expected=f"{type_.scale}",
            text=node.value.strip(),
        )
        return stand_in
    if own.scale == type_.scale or own.kind is not Kind.NUMBER:
        return value
    step = type_.scale - own.scale
    finer = own.rescaled(type_.scale)
    if finer.too_wide:
        library.note(
            "could-overflow", node.at(0), found=f"up to {finer.high}", text=node.value.strip()
        )
        return stand_in
    if isinstance(value, Const):
        return Const(value.value * 10**step, finer)
    return Mul(value, Const(10**step, number(10**step, 10**step, step)), finer)


def span_of(values: Sequence[Value]) -> Type:
    """Give the type that holds the values of several cases, all of one unit and scale."""
    first = values[0].type
    if first.kind is not Kind.NUMBER:
        return first
    lows, highs = [v.type.low or 0 for v in values], [v.type.high or 0 for v in values]
    return replace(first, low=min(lows), high=max(highs))


def _named(type_: Type) -> str:
    if type_.kind is Kind.NUMBER:
        return f"a number of {type_.unit}" if type_.unit else "a plain number"
    return {Kind.DATE: "a date", Kind.TRUTH: "a truth", Kind.CODE: "a code", Kind.WORD: "a word"}[
        type_.kind
    ]


def fits(library: Library, place: Place, type_: Type, text: str) -> Type:
    """Give the type back; a finding where its values might need more than 37 digits."""
    if type_.too_wide:
        most = max(abs(type_.low or 0), abs(type_.high or 0))
        library.note("could-overflow", place, found=f"up to {most}", text=text)
        return replace(type_, low=max(type_.low or 0, -WIDE), high=min(type_.high or 0, WIDE))
    return type_
