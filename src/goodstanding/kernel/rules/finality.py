"""A proposal that needs finality counts only final records: its indicators are read again over those alone.

`needs: finality` becomes plain core nodes here, so that no road has to know of it: each indicator below the proposal gets
a twin named `<name>__final` whose selections take certainty final.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from goodstanding.kernel.quantity import Type
from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import indicators_below

SUFFIX = "__final"
_Node = TypeVar("_Node")


def with_finality(programme: n.Programme) -> n.Programme:
    """Give the programme with the twins its proposals need, and the proposals reading them."""
    needing = [p for p in programme.proposals if p.needs_finality]
    if not needing:
        return programme
    below = indicators_below(programme, tuple(p.limbs for p in needing))
    names = {i.name for i in below}
    twins = tuple(replace(i, name=i.name + SUFFIX, what=_final(i.what, names)) for i in below)
    proposals = tuple(
        replace(p, limbs=_final(p.limbs, names)) if p.needs_finality else p
        for p in programme.proposals
    )
    return replace(programme, indicators=(*programme.indicators, *twins), proposals=proposals)


def _final(node: _Node, names: set[str]) -> _Node:
    """Rebuild a node with final selections and references to the twins."""
    changed: Any = node
    if isinstance(node, tuple):
        changed = tuple(_final(part, names) for part in node)
    elif isinstance(node, n.Ref):
        changed = replace(node, name=node.name + SUFFIX) if node.name in names else node
    elif is_dataclass(node) and not isinstance(node, type | Type):
        parts = {f.name: _final(getattr(node, f.name), names) for f in fields(node) if f.init}
        changed = replace(node, **parts)
        if isinstance(changed, n.Select):
            changed = replace(changed, final=True)
    result: _Node = changed
    return result
