"""Walk over core nodes: which fields, indicators and parameters something reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from goodstanding.kernel.quantity import Type
from goodstanding.kernel.rules import nodes as n


def inside(node: object) -> Iterator[object]:
    """Give a node and everything below it (values, truths, selections, rules), depth first."""
    todo = [node]
    while todo:
        one = todo.pop()
        if isinstance(one, tuple):
            todo.extend(reversed(one))
            continue
        kind: Any = type(one)
        names = _parts(kind)
        if names is not None:
            yield one
            todo.extend([getattr(one, name) for name in names])


@cache
def _parts(kind: type) -> tuple[str, ...] | None:
    """Give the fields of a node class that may hold nodes, last first; None for what is no node."""
    if not is_dataclass(kind) or kind is Type:
        return None
    return tuple(
        f.name for f in reversed(fields(kind)) if f.name not in {"type", "place", "basis", "title"}
    )


def names_read(node: object) -> frozenset[str]:
    """Give the names of the indicators (and `score`, `grade`) that a formula or rule reads."""
    return frozenset(part.name for part in inside(node) if isinstance(part, n.Ref))


def fields_read(node: object) -> frozenset[str]:
    """Give the names of the record's fields that a condition or value reads."""
    return frozenset(part.name for part in inside(node) if isinstance(part, n.Field))


def unknown_parameters(node: object) -> tuple[str, ...]:
    """Give the parameters without a value that a node reads, each once."""
    return tuple(
        dict.fromkeys(part.parameter for part in inside(node) if isinstance(part, n.Unknown))
    )


def indicators_below(programme: n.Programme, node: object) -> tuple[n.Indicator, ...]:
    """Give the indicators a rule rests on, directly or through formulas, in the programme's order."""
    by_name = {i.name: i for i in programme.indicators}
    wanted: set[str] = set()
    todo = list(names_read(node))
    while todo:
        name = todo.pop()
        if name in by_name and name not in wanted:
            wanted.add(name)
            todo.extend(names_read(by_name[name].what))
    return tuple(i for i in programme.indicators if i.name in wanted)


def types_read(programme: n.Programme) -> frozenset[str]:
    """Give the record types that a programme reads."""
    return frozenset(part.record for part in inside(programme) if isinstance(part, n.Select))


def lasting_carries(grades: n.Grades) -> frozenset[str]:
    """Give the carry rules whose origin in the shown result no missing fact can take away.

    Their causes are direct grounds alone, which have no exceptions and do not read the score.
    """
    lasting = {
        ground.id
        for ground in grades.direct
        if all(limb.unless is None for limb in ground.limbs)
        and "score" not in names_read(ground.limbs)
    }
    return frozenset(c.id for c in grades.carries if lasting.issuperset(c.causes))
