"""What a programme reaches: every node under it, the record types it reads, the parameters it lacks; and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum

from goodstanding.kernel.rules.nodes import Indicator, Programme, RecordType, Ref, Select, Unknown
from goodstanding.kernel.rules.walk import inside

# What a hash leaves out: names for people, and where a thing stands in its file.
_NOT_MEANING = frozenset({"place", "title"})


def indicators_read(programme: Programme) -> tuple[Indicator, ...]:
    """Give the indicators that the decision, scope, terms and lists of a programme read, in their order."""
    by_name = {indicator.name: indicator for indicator in programme.indicators}
    seen: set[str] = set()
    parts = (
        programme.grades,
        programme.score,
        programme.weights,
        programme.levels,
        programme.terms,
    )
    todo = [
        ref.name
        for part in (*parts, programme.scope, programme.proposals)
        for ref in inside(part)
        if isinstance(ref, Ref)
    ]
    while todo:
        name = todo.pop()
        if name in seen or name not in by_name:
            continue
        seen.add(name)
        todo += [ref.name for ref in inside(by_name[name].what) if isinstance(ref, Ref)]
    return tuple(indicator for indicator in programme.indicators if indicator.name in seen)


def unknown_parameters(programme: Programme) -> tuple[str, ...]:
    """Give the parameters without a value that the programme reaches, in the order of their names."""
    parts = _parts(programme)
    return tuple(
        sorted(
            {
                node.parameter
                for part in parts
                for node in inside(part)
                if isinstance(node, Unknown) and node.parameter
            }
        )
    )


def _parts(programme: Programme) -> tuple[object, ...]:
    return (
        indicators_read(programme),
        programme.grades,
        programme.score,
        programme.weights,
        programme.levels,
        programme.terms,
        programme.scope,
        programme.proposals,
    )


def records_read(
    programme: Programme, types: Mapping[str, tuple[RecordType, ...]]
) -> tuple[str, ...]:
    """Give the ids of the record types that a programme reads, also along links and through cures, ends and annulments."""
    found = {
        node.record
        for part in _parts(programme)
        for node in inside(part)
        if isinstance(node, Select)
    }
    found |= set(programme.judged_records)
    todo = sorted(found)
    while todo:
        name = todo.pop()
        for link in _links_from(name, types):
            if link not in found:
                found.add(link)
                todo.append(link)
    return tuple(sorted(found & types.keys()))


def _links_from(name: str, types: Mapping[str, tuple[RecordType, ...]]) -> Iterator[str]:
    """Give the types a type links to, and those whose records act on it (cure, end, annul)."""
    for version in types.get(name, ()):
        yield from (link.to for link in version.links)
    for other, versions in types.items():
        if any(
            link.to == name and link.kind.value in {"cures", "ends", "annuls"}
            for v in versions
            for link in v.links
        ):
            yield other


def meaning_hash(programme: Programme, types: Mapping[str, tuple[RecordType, ...]]) -> str:
    """Give the SHA-256 of what a programme means: its nodes and record types without titles and places.

    Independent of the order of files and of indicators, of indicators nobody reads, and of the process.
    """
    reached = sorted(indicators_read(programme), key=lambda indicator: indicator.name)
    own = {
        f.name: _plain(getattr(programme, f.name))
        for f in fields(programme)
        if f.name not in _NOT_MEANING | {"indicators"}
    }
    records = [
        _plain(version) for name in records_read(programme, types) for version in types[name]
    ]
    meaning = {"programme": own, "indicators": [_plain(one) for one in reached], "records": records}
    text = json.dumps(meaning, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(node: object) -> object:
    """Write a node as JSON; what has its default value is left out, so that a new field changes no hash."""
    if isinstance(node, Enum):
        return node.value
    if isinstance(node, tuple):
        return [_plain(part) for part in node]
    if isinstance(node, bool) or node is None or isinstance(node, str):
        return node
    if isinstance(node, int):
        return str(node)
    if is_dataclass(node) and not isinstance(node, type):
        kept = {
            f.name: _plain(getattr(node, f.name))
            for f in fields(node)
            if f.name not in _NOT_MEANING
            and (f.default is MISSING or getattr(node, f.name) != f.default)
        }
        return {"is": type(node).__name__, **kept}
    raise TypeError(type(node).__name__)
