"""Say core nodes back in the words of the law language, so that a reason can show the condition it rests on."""

from __future__ import annotations

from goodstanding.kernel import days
from goodstanding.kernel.quantity import SHARE_SCALE, Kind, Type, decimal_text
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.meaning import Known


def amount(value: int, type_: Type) -> str:
    """Write a value of a type: 100,000.00 CNY, 12.5 points, 2025-03-31."""
    if type_.kind is Kind.DATE:
        return days.text(value)
    whole, dot, part = decimal_text(value, type_.scale).partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    groups = []
    while len(whole) > 3:
        whole, last = whole[:-3], whole[-3:]
        groups.append(last)
    plain = ",".join([whole, *reversed(groups)])
    part = part if len(type_.unit) == 3 and type_.unit.isupper() else part.rstrip("0")
    return f"{sign}{plain}{dot if part else ''}{part}" + (f" {type_.unit}" if type_.unit else "")


def known(value: Known, type_: Type) -> str:
    """Write what an indicator is known as: a value, an interval with open ends, yes, no, ? or a word."""
    if value is None:
        return "?"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    low, high = value
    if low is None and high is None:
        return "?"
    if low == high and low is not None:
        return amount(low, type_)
    return f"{'?' if low is None else amount(low, type_)} .. {'?' if high is None else amount(high, type_)}"


def points(value: int) -> str:
    """Write points held in 1/10,000."""
    text = decimal_text(value, SHARE_SCALE)
    return text.rstrip("0").rstrip(".")


def value(node: n.Value) -> str:
    """Say a number or date."""
    match node:
        case n.Const(number, type_):
            if type_.kind is Kind.NUMBER and not type_.unit and type_.scale == SHARE_SCALE:
                return f"{decimal_text(number, SHARE_SCALE - 2).rstrip('0').rstrip('.')}%"
            return amount(number, type_)
        case n.Unknown(parameter):
            return f"{parameter} (not published)"
        case n.Field(name) | n.Ref(name):
            return name
        case n.LinkField(link, name):
            return f"{link}.{name}"
        case n.Now(moment):
            return moment.value.replace(" ", "_")
        case n.Add(left, right):
            return f"{value(left)} + {value(right)}"
        case n.Sub(left, right):
            return f"{value(left)} - {_closed(right)}"
        case n.Mul(left, n.Const(number, type_)) if number == 10**type_.scale:
            return value(left)
        case n.Mul(left, right):
            return f"{_closed(left)} * {_closed(right)}"
        case n.Least(parts, known_part) | n.Greatest(parts, known_part):
            name = "least" if isinstance(node, n.Least) else "greatest"
            return f"{name}({', '.join(value(p) for p in parts)}{', known part' if known_part else ''})"
        case n.Rounded(top, under, _, _, type_):
            return f"round({_closed(top)} / {_closed(under)}, {type_.scale}, half up)"
        case n.Shift(date, steps, unit):
            return f"{value(date)} {'-' if steps < 0 else '+'} {abs(steps)} {unit}s"
        case n.Span(unit, start, end):
            return f"{unit}s({value(start)}, {value(end)})"
        case n.Choose(cases, otherwise):
            said = "; ".join(f"{value(v)} when {truth(t)}" for t, v in cases)
            return f"[{said}; else {value(otherwise)}]"


def _closed(node: n.Value) -> str:
    return f"({value(node)})" if isinstance(node, n.Add | n.Sub) else value(node)


def truth(node: n.Truth) -> str:
    """Say a condition."""
    match node:
        case n.Always(value=holds):
            return "true" if holds else "false"
        case n.Compare(op, left, right):
            return f"{value(left)} {op.value} {value(right)}"
        case n.WordIn(subject, (word,)):
            return f"{value(subject)} = '{word}'"
        case n.WordIn(subject, words):
            return f"{value(subject)} in [{', '.join(repr(w) for w in words)}]"
        case n.SameCode(left, right):
            return f"{value(left)} = {value(right)}"
        case n.Present(subject):
            return f"{_either(subject)} is present"
        case n.TruthOf(subject):
            return value(subject)
        case n.Not(n.Present(subject)):
            return f"{_either(subject)} is missing"
        case n.Not(n.TruthOf(subject)):
            return f"not {value(subject)}"
        case n.Not(part):
            return f"not ({truth(part)})"
        case n.All(parts):
            return " and ".join(_grouped(p) for p in parts) or "true"
        case n.Any_(parts):
            return " or ".join(_grouped(p) for p in parts) or "false"


def _either(node: n.Value | n.Truth) -> str:
    return truth(node) if isinstance(node, n.TruthOf | n.Not | n.All | n.Any_) else value(node)  # type: ignore[arg-type]


def _grouped(node: n.Truth) -> str:
    return (
        f"({truth(node)})"
        if isinstance(node, n.All | n.Any_) and len(node.parts) > 1
        else truth(node)
    )
