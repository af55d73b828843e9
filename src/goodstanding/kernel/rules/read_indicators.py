"""Selections of records and indicators: typed, bounded, in dependency order; a circle is a finding."""

from __future__ import annotations

from dataclasses import dataclass, replace

from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import (
    DATE,
    RECORDS_PER_SUBJECT_MAX,
    TRUTH,
    Kind,
    Type,
    count,
    number,
)
from goodstanding.kernel.rules.context import Item, Room, is_condition, names_in
from goodstanding.kernel.rules.expression import Scope
from goodstanding.kernel.rules.forms import AGGREGATES
from goodstanding.kernel.rules.literals import at_scale, fits, span_of
from goodstanding.kernel.rules.nodes import (
    EVER,
    TRUE,
    Aggregate,
    Choose,
    Count,
    Exists,
    Extreme,
    Field,
    Indicator,
    LinkField,
    LongestRun,
    MissingPeriods,
    Peak,
    Pick,
    Ref,
    Scalar,
    Select,
    Sum,
    Take,
    Truth,
    Unknown,
    Value,
    Window,
)
from goodstanding.kernel.rules.read_types import RESERVED
from goodstanding.kernel.rules.read_windows import length_of, months_of, read_window
from goodstanding.kernel.rules.shapes import nearest

# The keys that `same selection as` takes over.
_SHARED = ("where", "during", "distinct", "take", "certainty")
# Periods between the first and the last year a register can speak of.
_PERIODS = number(0, 300 * 12)
_OF_PERIOD = {"month": "month", "quarter": "quarter", "year": "year"}
# Which keys an aggregate understands beside the common ones, and which it must have.
_OWN_KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "count": ((), ()),
    "exists": ((), ()),
    "sum": (("of",), ("of",)),
    "least": (("of", "known part"), ("of",)),
    "greatest": (("of", "known part"), ("of",)),
    "value": (("of",), ("of",)),
    "first": (("of",), ("of",)),
    "peak": (("of", "within"), ("within",)),
    "longest run": (("of", "by"), ("of",)),
    "missing": (("expected", "by", "due"), ("expected", "due")),
    "formula": ((), ()),
}
_SPECIAL = ("of", "within", "known part", "by", "expected", "due")


# --------------------------------------------------------------------------------------------------
# Selections


def record_at(room: Room, node: Text | None) -> str:
    """Give the id of a record type that exists; a finding and an empty text otherwise."""
    if node is None:
        return ""
    if node.value in room.library.types:
        return node.value
    near = nearest(node.value, list(room.library.types))
    room.note("unknown-record-type", node.place, name=node.value, nearest=near)
    return ""


def read_select(item: Item, record: str, default: Window, shared: Map | None = None) -> Select:
    """Read where, during, distinct, take and certainty over a record type; from `shared` where the item says nothing."""
    scope = item.room.record_scope(record)
    node = shared or item.node
    where_text = node.scalar("where")
    where = item.truth_of(where_text, scope) if where_text else None
    take = node.text("take", "gravest")
    return Select(
        record=record,
        where=where if where is not None else TRUE,
        window=read_window(item.room, node.get("during"), default),
        final=node.text("certainty") == "final",
        distinct=_distinct(item, node, record),
        take=Take(take) if take in {t.value for t in Take} else Take.GRAVEST,
    )


def _distinct(item: Item, node: Map, record: str) -> tuple[Value, ...]:
    scope = item.room.record_scope(record)
    keys: list[Value] = []
    for part in node.list("distinct"):
        if not isinstance(part, Text):
            continue
        value = item.value_of(part, scope)
        if isinstance(value, Field | LinkField):
            keys.append(value)
        elif value is not None:
            item.note("bad-distinct", part.place, found=part.value)
    return tuple(keys)


# --------------------------------------------------------------------------------------------------
# Indicators


@dataclass
class _Plan:
    """The indicators of a programme while they are read."""

    room: Room
    nodes: dict[str, tuple[Text, Node]]
    done: dict[str, Indicator]
    path: list[str]

    def read(self, name: str) -> None:
        """Read an indicator after those it needs."""
        if name in self.done or name in self.room.broken:
            return
        key, node = self.nodes[name]
        if name in self.path:
            self._circle(key, name)
            return
        self.path.append(name)
        for other in sorted(_formula_names(node) & self.nodes.keys()):
            self.read(other)
        self.path.pop()
        if name not in self.room.broken:
            self._read_one(name, key, node)

    def _circle(self, key: Text, name: str) -> None:
        circle = [*self.path[self.path.index(name) :], name]
        self.room.note("circle", key.place, name=name, found=" -> ".join(circle))
        self.room.broken.update(circle)

    def _read_one(self, name: str, key: Text, node: Node) -> None:
        indicator = _indicator(self.room, key, node, self.nodes)
        if indicator is None:
            self.room.broken.add(name)
            return
        self.done[name] = indicator
        self.room.indicators[name] = Ref(name, indicator.type)
        self.room.marks[name] = indicator.basis.confirmed


def read_indicators(room: Room, node: Map | None) -> tuple[Indicator, ...]:
    """Read all indicators; each stands after those it reads."""
    nodes = {key.value: (key, value) for key, value in (node.entries if node else ())}
    room.declared = set(nodes)
    for name, (key, _) in nodes.items():
        if name in RESERVED:
            room.note("reserved-name", key.place, name=name)
        elif name in room.parameters:
            room.note(
                "ambiguous-name", key.place, name=name, what=room.programme, other="a parameter"
            )
    plan = _Plan(room, nodes, {}, [])
    for name in nodes:
        plan.read(name)
    return tuple(plan.done.values())


def _formula(node: Node) -> Text | List | None:
    """Give the formula of an indicator, or the list of its cases."""
    found = node.get("formula") if isinstance(node, Map) else node
    return found if isinstance(found, Text | List) else None


def _formula_names(node: Node) -> set[str]:
    formula = _formula(node)
    texts = [formula] if isinstance(formula, Text) else []
    for case in formula.items if isinstance(formula, List) else ():
        if isinstance(case, Map):
            texts += [text for key in ("value", "when") if (text := case.scalar(key))]
    return set().union(*(names_in(text.value) for text in texts))


def _formula_value(item: Item, formula: Text | List) -> Value | Truth | None:
    """Read a formula over other indicators, or the first of several whose condition holds."""
    scope = item.room.subject_scope()
    if isinstance(formula, List):
        return _first_case(item, formula, scope)
    value = item.either_of(formula, scope)
    if value is not None:
        _no_words(item, formula, value.type)
    return value


def _first_case(item: Item, formula: List, scope: Scope) -> Value | None:
    """Read cases of one unit, the first that holds; missing where none does and no last one stands alone."""
    texts = [t for case in formula.items if isinstance(case, Map) and (t := case.scalar("value"))]
    whens = [
        case.scalar("when") for case in formula.items if isinstance(case, Map) and "value" in case
    ]
    values = [item.value_of(text, scope) for text in texts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or not known:
        return None
    finest = max((value.type for value in known), key=lambda type_: type_.scale)
    scaled = [at_scale(item.room.library, *pair, finest) for pair in zip(texts, known, strict=True)]
    cases: list[tuple[Truth, Value]] = []
    for i, (when, value) in enumerate(zip(whens, scaled, strict=True)):
        if when is None:
            if i + 1 < len(scaled):
                item.note("unreachable-limb", texts[i + 1].place, name=texts[i].value)
            return Choose(tuple(cases), value, span_of(scaled)) if cases else value
        truth = item.truth_of(when, scope)
        if truth is not None:
            cases.append((truth, value))
    type_ = span_of(scaled)
    return Choose(tuple(cases), Unknown("", type_), type_)


def _indicator(
    room: Room, key: Text, node: Node, nodes: dict[str, tuple[Text, Node]]
) -> Indicator | None:
    fields = node if isinstance(node, Map) else Map((), key.place)
    item = Item(room, fields, "indicators", key.value)
    item.mark_milder()
    formula = _formula(node)
    if formula is not None:
        value = _formula_value(item, formula)
        if value is None:
            return None
        return Indicator(key.value, Scalar(value), value.type, item.basis(), item.title, key.place)
    if not isinstance(node, Map):
        return None
    what = next((name for name in AGGREGATES if name in node), "")
    record = record_at(room, node.scalar(what))
    if not what or not record:
        return None
    shared = _shared(item, nodes, record)
    select = read_select(item, record, EVER, shared)
    _check_keys(item, what)
    made = _MAKE[what](item, select)
    if made is None:
        return None
    aggregate, type_ = made
    type_ = fits(item.room.library, key.place, type_, key.value)
    return Indicator(key.value, aggregate, type_, item.basis(), item.title, key.place)


def _no_words(item: Item, node: Text, type_: Type) -> None:
    if type_.kind in {Kind.WORD, Kind.CODE}:
        item.note(
            "not-a-number", node.at(0), found=node.value, expected="a number, a date or a condition"
        )


def _shared(item: Item, nodes: dict[str, tuple[Text, Node]], record: str) -> Map | None:
    """Find the indicator whose selection this one shares; it must be over the same records."""
    text = item.node.scalar("same selection as")
    if text is None:
        return None
    found = nodes.get(text.value)
    other = found[1] if found else None
    if not isinstance(other, Map) or "formula" in other or other is item.node:
        item.note(
            "unknown-indicator",
            text.place,
            name=text.value,
            nearest=nearest(text.value, list(nodes)),
        )
        return None
    own = [key for key in _SHARED if key in item.node]
    if own:
        item.note(
            "either-or", text.place, found=", ".join(["same selection as", *own]), item="indicator"
        )
    theirs = next((other.text(name) for name in AGGREGATES if name in other), "")
    if theirs != record:
        item.note(
            "selection-of-other-records", text.place, name=text.value, found=theirs, expected=record
        )
    return other if "same selection as" not in other else _chained(item, text, nodes, other)


def _chained(item: Item, text: Text, nodes: dict[str, tuple[Text, Node]], other: Map) -> Map | None:
    seen: list[str] = [text.value]
    while "same selection as" in other:
        name = other.text("same selection as")
        found = nodes.get(name)
        if name in seen or found is None or not isinstance(found[1], Map):
            item.note("circle", text.place, name=text.value, found=" -> ".join([*seen, name]))
            return None
        seen.append(name)
        other = found[1]
    return other


def _check_keys(item: Item, what: str) -> None:
    own, needed = _OWN_KEYS[what]
    for name in _SPECIAL:
        key = item.node.key(name)
        if key and name not in own:
            item.note(
                "unknown-key",
                key.place,
                name=name,
                item=f"indicator `{what}`",
                nearest="",
                expected=", ".join(own),
            )
    for name in needed:
        if name not in item.node:
            item.note("missing-key", name=name, item=f"indicator `{what}`")


# --------------------------------------------------------------------------------------------------
# Each aggregate: what it is and the type of its value

_Made = tuple[Aggregate, Type] | None


def _of_value(item: Item, select: Select, kinds: set[Kind]) -> Value | None:
    text = item.node.scalar("of")
    if text is None:
        return None
    value = item.value_of(text, item.room.record_scope(select.record))
    if value is not None and value.type.kind not in kinds:
        expected = "a number or a date" if Kind.DATE in kinds else "a number"
        item.note("not-a-number", text.at(0), found=text.value, expected=expected)
        return None
    return value


def sum_type(of: Type) -> Type:
    """Give the type of a sum over a subject's records."""
    low, high = of.low or 0, of.high or 0
    most = RECORDS_PER_SUBJECT_MAX
    return replace(of, low=min(low, 0) * most, high=max(high, 0) * most, words=())


def _count(_item: Item, select: Select) -> _Made:
    return Count(select), count()


def _exists(_item: Item, select: Select) -> _Made:
    return Exists(select), TRUTH


def _sum(item: Item, select: Select) -> _Made:
    of = _of_value(item, select, {Kind.NUMBER})
    if of is None:
        return None
    if not of.type.never_negative and select.take is Take.GRAVEST:
        item.note(
            "negative-needs-take", found=item.node.text("of"), expected="take: first, take: latest"
        )
    return Sum(select, of), sum_type(of.type)


def _extreme(item: Item, select: Select) -> _Made:
    of = _of_value(item, select, {Kind.NUMBER, Kind.DATE})
    if of is None:
        return None
    known = item.node.text("known part") == "yes"
    return Extreme(select, of, "greatest" in item.node, known), of.type


def _pick(item: Item, select: Select) -> _Made:
    text = item.node.scalar("of")
    if text is None:
        return None
    of: Value | Truth | None = item.either_of(text, item.room.record_scope(select.record))
    if of is None:
        return None
    return Pick(select, of, "value" in item.node), of.type


def _peak(item: Item, select: Select) -> _Made:
    months = months_of(item.node.text("within"))
    if not months:
        return None
    if "of" not in item.node:
        return Peak(select, months), count()
    of = _of_value(item, select, {Kind.NUMBER})
    if of is None:
        return None
    if not of.type.never_negative:
        item.note("negative-points", item.node.value_place("of"), found=item.node.text("of"))
    return Peak(select, months, of), sum_type(of.type)


def _longest_run(item: Item, select: Select) -> _Made:
    of = item.node.scalar("of")
    if of is None or of.value not in _OF_PERIOD:
        if of is not None:
            near = nearest(of.value, list(_OF_PERIOD))
            item.note(
                "not-a-choice",
                of.place,
                found=of.value,
                expected=", ".join(_OF_PERIOD),
                nearest=near,
            )
        return None
    by = _period_field(item, select.record)
    return (LongestRun(select, of.value, by), _PERIODS) if by else None


def _missing(item: Item, select: Select) -> _Made:
    of = item.node.text("expected").removeprefix("calendar ")
    by = _period_field(item, select.record)
    if of not in _OF_PERIOD or not by or "due" not in item.node:
        return None
    months, days = length_of(item.node.text("due"))
    return MissingPeriods(
        replace(select, window=EVER), of, by, months, days, select.window
    ), _PERIODS


def _period_field(item: Item, record: str) -> str:
    text = item.node.scalar("by")
    if text is None:
        return "date"
    value = item.value_of(text, item.room.record_scope(record))
    if isinstance(value, Field) and value.type == DATE:
        return value.name
    if value is not None:
        item.note("unit-mismatch", text.place, found=text.value, expected="a date", text=text.value)
    return ""


_MAKE = {
    "count": _count,
    "exists": _exists,
    "sum": _sum,
    "least": _extreme,
    "greatest": _extreme,
    "value": _pick,
    "first": _pick,
    "peak": _peak,
    "longest run": _longest_run,
    "missing": _missing,
}

__all__ = ["Place", "is_condition", "read_indicators", "read_select", "record_at", "sum_type"]
