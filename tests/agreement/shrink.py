"""A disagreement is made small: rules and records are dropped while the roads still differ, then it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from pprint import pformat
from typing import Any

from goodstanding.kernel.rules import nodes as n
from goodstanding.kernel.rules.walk import names_read
from tests.agreement.histories import History
from tests.agreement.laws import Law
from tests.agreement.roads import Rows, interpret, translate

Pair = tuple[Law, Sequence[History]]


def differ(pair: Pair) -> bool:
    """Tell whether the roads differ on a pair; a law that either road refuses does not count."""
    try:
        return interpret(*pair).rows != translate(*pair)
    except Exception:  # noqa: BLE001 - what was dropped made it senseless
        return False


def shrunk(pair: Pair, still: Callable[[Pair], bool] = differ) -> Pair:
    """Drop what can be dropped."""
    law, histories = pair
    one = next((h for h in histories if still((law, (h,)))), None)
    if one is not None:
        histories = (one,)
    smaller = True
    while smaller:
        smaller = False
        for candidate in (*_smaller_histories(histories), *_smaller_laws(law)):
            tried = (candidate, histories) if isinstance(candidate, Law) else (law, candidate)
            if still(tried):
                law, histories = tried
                smaller = True
                break
    return law, histories


def _smaller_histories(histories: Sequence[History]) -> Iterator[Sequence[History]]:
    for i, history in enumerate(histories):
        for k in range(len(history.versions)):
            fewer = (*history.versions[:k], *history.versions[k + 1 :])
            yield (*histories[:i], replace(history, versions=fewer), *histories[i + 1 :])


def _smaller_laws(law: Law) -> Iterator[Law]:
    for k in range(1, len(law.cycles)):
        yield replace(law, cycles=law.cycles[k:])
        yield replace(law, cycles=law.cycles[:-k])
    p = law.programme
    for changed in _smaller_programmes(p):
        yield replace(law, programme=changed)


def _smaller_programmes(p: n.Programme) -> Iterator[n.Programme]:
    for i, indicator in enumerate(p.indicators):
        rest = (*p.indicators[:i], *p.indicators[i + 1 :])
        without = replace(p, indicators=rest)
        if indicator.name not in names_read(_all(without)):
            yield without
    yield from (replace(p, proposals=x) for x in _dropped(p.proposals))
    if p.scope != n.TRUE:
        yield replace(p, scope=n.TRUE)
    if p.score:
        yield from (replace(p, score=replace(p.score, rules=x)) for x in _dropped(p.score.rules))
    if p.grades:
        for name in (
            "direct",
            "not_graded",
            "instead",
            "first_match",
            "steps_down",
            "ceilings",
            "carries",
        ):
            yield from (
                replace(p, grades=replace(p.grades, **{name: x}))
                for x in _dropped(getattr(p.grades, name))
            )
    if p.levels:
        for name in ("grounds", "raises"):
            yield from (
                replace(p, levels=replace(p.levels, **{name: x}))
                for x in _dropped(getattr(p.levels, name))
            )
    yield from _simpler(p)


def _dropped(parts: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for i in range(len(parts)):
        yield (*parts[:i], *parts[i + 1 :])


def _simpler(node: Any) -> Iterator[Any]:
    """Put a truth's own part in its place, or true: anywhere below."""
    if isinstance(node, tuple):
        for i, part in enumerate(node):
            for less in _simpler(part):
                yield (*node[:i], less, *node[i + 1 :])
        return
    if isinstance(node, n.All | n.Any_):
        yield from node.parts
    if isinstance(node, n.Not):
        yield node.part
    if isinstance(node, n.Select) and node.where != n.TRUE:
        yield replace(node, where=n.TRUE)
    if is_dataclass(node) and not isinstance(node, type):
        for field in fields(node):
            if field.name not in ("type", "place", "basis", "title", "cycle", "publicity"):
                for less in _simpler(getattr(node, field.name)):
                    yield replace(node, **{field.name: less})


def _all(p: n.Programme) -> tuple[object, ...]:
    return (p.indicators, p.score, p.weights, p.grades, p.levels, p.terms, p.scope, p.proposals)


def told(pair: Pair) -> str:
    """Say what differs, and about what."""
    law, histories = pair
    one, other = interpret(law, histories).rows, translate(law, histories)
    said = [
        f"cycles {law.cycles}, on {law.on}, known {law.known}",
        pformat(law.programme, width=180),
    ]
    said += [pformat(law.types, width=180), pformat(histories, width=180)]
    said += _differences(one, other)
    return "\n".join(said)


def _differences(one: Rows, other: Rows) -> Iterator[str]:
    for key in sorted(set(one) | set(other), key=str):
        a, b = one.get(key), other.get(key)
        if a is None or b is None:
            yield f"{key}: only on the road of the {'interpreter' if b is None else 'SQL'}"
            continue
        for column in a:
            if a[column] != b.get(column):
                yield f"{key} {column}: interpreter {a[column]!r}, SQL {b.get(column)!r}"
