"""Instruments, authorities and record types: what a rule may rest on and read."""

from __future__ import annotations

import re

from goodstanding.kernel.carrier import Map, Text
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import CODE, DATE, SHARE_SCALE, TRUTH, Kind, Type, number
from goodstanding.kernel.rules.context import KEYWORDS, MOMENTS
from goodstanding.kernel.rules.fairness import check_field, check_party, check_record_type
from goodstanding.kernel.rules.items import Authority, Instrument
from goodstanding.kernel.rules.library import Library, basis_of, marked, title_of, valid_of, whole
from goodstanding.kernel.rules.literals import bounds_text, literal
from goodstanding.kernel.rules.nodes import OWN_FIELDS, Direction, Link, LinkKind, RecordType
from goodstanding.kernel.rules.read_windows import months_of
from goodstanding.kernel.rules.shapes import nearest

# Names that mean something else beside or inside a record.
RESERVED = (
    KEYWORDS
    | (MOMENTS - {"opened"})
    | set(OWN_FIELDS)
    | {"annulled", "unit", "id", "score", "grade", "hits", "total"}
)
_PLAIN_TYPES = {"date": DATE, "truth": TRUTH, "code": CODE}
# Bounds in whole units, and the scale: what holds where a field says nothing else.
_NUMBER_TYPES = {
    "count": number(0, 10**9),
    "share": number(0, 100 * 10**SHARE_SCALE, SHARE_SCALE),
    "points": number(0, 10**6 * 10**SHARE_SCALE, SHARE_SCALE),
}
_MONEY_MAX, _MONEY_SCALE = 10**13, 2
_QUANTITY_MAX, _PLACES_MAX = 10**12, 6
_SPELLINGS = (
    "date",
    "truth",
    "code",
    "count",
    "share",
    "points",
    "money CNY",
    "quantity t",
    "one of a, b",
)


def read_instruments(library: Library, file: Map) -> None:
    """Read a file of instruments into the library."""
    for key, node in (file.map("instruments") or file).entries:
        if not isinstance(node, Map):
            continue
        if key.value in library.instruments:
            library.note(
                "duplicate-id",
                key.place,
                name=key.value,
                where=f"{library.instruments[key.value].place}",
            )
        start, end = valid_of(node)
        library.instruments[key.value] = Instrument(
            key.value,
            title_of(node),
            node.text("issuer"),
            title_of(node, "number"),
            start,
            end,
            marked(node, False),
            key.place,
        )


def read_authorities(library: Library, file: Map) -> None:
    """Read a file of authorities into the library."""
    for key, node in (file.map("authorities") or file).entries:
        if not isinstance(node, Map):
            continue
        if key.value in library.authorities:
            library.note(
                "duplicate-id",
                key.place,
                name=key.value,
                where=f"{library.authorities[key.value].place}",
            )
        files = tuple(item.value for item in node.list("files") if isinstance(item, Text))
        library.authorities[key.value] = Authority(
            key.value,
            title_of(node),
            node.text("level"),
            files,
            node.text("above"),
            node.text("area"),
            key.place,
        )


def read_record_types(library: Library, file: Map) -> None:
    """Read a file of record types into the library, each beside its other versions."""
    mark = marked(file, False)
    for key, node in (file.map("record types") or file).entries:
        if not isinstance(node, Map):
            continue
        type_ = _record_type(library, key, node, mark)
        others = library.types.get(key.value, ())
        same = next((other for other in others if other.version == type_.version), None)
        if same is not None:
            library.note("duplicate-id", key.place, name=type_.key, where=f"{same.place}")
            continue
        library.types[key.value] = tuple(sorted((*others, type_), key=lambda t: t.version))


def _record_type(library: Library, key: Text, node: Map, file_mark: bool) -> RecordType:
    check_record_type(library, key, node)
    for links in (node.map("links"),):
        for link, _ in links.entries if links else ():
            check_party(library, link.place, link.value)
    for role in node.list("roles"):
        if isinstance(role, Text):
            check_party(library, role.place, role.value)
    fields, required, graver, milder = _fields(library, node)
    counting = node.text("counting date")
    _check_counting(library, node, fields, required)
    start, end = valid_of(node)
    direction = node.text("direction")
    lapses = months_of(node.text("lapses"))
    return RecordType(
        id=key.value,
        version=whole(node, "version") or 1,
        title=title_of(node),
        act=node.text("act"),
        direction=Direction(direction)
        if direction in {d.value for d in Direction}
        else Direction.NEUTRAL,
        about=node.text("about", "organisation"),
        counting=counting,
        fields=tuple(fields.items()),
        required=tuple(required),
        graver=tuple(graver),
        milder=tuple(milder),
        links=_links(node),
        was=_pairs(node.map("was")),
        missing_before=_texts(node, "missing before"),
        filed_by=_texts(node, "filed by"),
        publicity=node.text("publicity", "restricted"),
        basis=basis_of(library, node, "", marked(node, file_mark)),
        valid_from=start,
        valid_to=end,
        passes_to_successor=node.text("passes to successor") == "yes",
        roles=_texts(node, "roles") or ("subject",),
        lapses_months=lapses or None,
        place=key.place,
    )


def _texts(node: Map, key: str) -> tuple[str, ...]:
    return tuple(item.value for item in node.list(key) if isinstance(item, Text))


def _pairs(node: Map | None) -> tuple[tuple[str, str], ...]:
    entries = node.entries if node else ()
    return tuple((key.value, value.value) for key, value in entries if isinstance(value, Text))


def _links(node: Map) -> tuple[Link, ...]:
    links = node.map("links")
    kinds = {kind.value: kind for kind in LinkKind}
    return tuple(
        Link(key.value, link.text("to"), kinds.get(link.text("kind"), LinkKind.REFERS))
        for key, link in (links.entries if links else ())
        if isinstance(link, Map)
    )


def _fields(library: Library, node: Map) -> tuple[dict[str, Type], list[str], list[str], list[str]]:
    """Read fields: their types, and which are required, make the record graver, or milder."""
    fields: dict[str, Type] = {}
    required: list[str] = []
    graver: list[str] = []
    milder: list[str] = []
    inner = node.map("fields")
    for key, field in inner.entries if inner else ():
        if not isinstance(field, Map):
            continue
        if key.value in RESERVED or key.value.startswith("link_"):
            library.note("reserved-name", key.place, name=key.value)
            continue
        type_ = read_type(library, field)
        if type_ is None:
            continue
        fields[key.value] = type_
        check_field(library, key, field, type_)
        if field.text("required") == "yes":
            required.append(key.value)
        way = field.scalar("graver")
        if way is not None:
            _check_graver(library, way, type_)
            (milder if way.value == "less" else graver).append(key.value)
    return fields, required, graver, milder


def _check_graver(library: Library, way: Text, type_: Type) -> None:
    ordered = type_.kind in {Kind.NUMBER, Kind.DATE}
    if (way.value == "yes") is not (type_.kind is Kind.TRUTH) or (
        way.value in {"more", "less"}
    ) is not ordered:
        expected = "yes" if type_.kind is Kind.TRUTH else "more, less" if ordered else "no `graver`"
        library.note("bad-graver", way.place, found=way.value, expected=expected)


def _check_counting(
    library: Library, node: Map, fields: dict[str, Type], required: list[str]
) -> None:
    counting = node.scalar("counting date")
    if counting is None:
        return
    type_ = fields.get(counting.value)
    dates = [name for name, t in fields.items() if t.kind is Kind.DATE]
    if type_ is None or type_.kind is not Kind.DATE:
        near = nearest(counting.value, dates)
        library.note(
            "bad-counting-date",
            counting.place,
            found=counting.value,
            nearest=near,
            expected=", ".join(dates),
        )
    elif counting.value not in required:
        library.note("counting-date-not-required", counting.place, name=counting.value)


# --------------------------------------------------------------------------------------------------
# Types


def read_type(library: Library, node: Map) -> Type | None:
    """Read `type`, with `at least` and `at most`; None if a finding was added."""
    text = node.scalar("type")
    if text is None:
        return None
    type_ = _type(text.value.strip())
    if type_ is None:
        library.note(
            "unknown-type", text.place, found=text.value, nearest=nearest(text.value, _SPELLINGS)
        )
        return None
    if type_.kind is Kind.NUMBER:
        return _bounded(library, node, type_)
    for key in ("at least", "at most"):
        bound = node.scalar(key)
        if bound is not None:
            library.note("bad-value", bound.place, found=key, expected="a bound of a number")
    return type_


def _type(text: str) -> Type | None:
    if text in _PLAIN_TYPES:
        return _PLAIN_TYPES[text]
    if text in _NUMBER_TYPES:
        return _NUMBER_TYPES[text]
    if money := re.fullmatch(r"money ([A-Z]{3})", text):
        return number(0, _MONEY_MAX * 10**_MONEY_SCALE, _MONEY_SCALE, money[1])
    if quantity := re.fullmatch(r"quantity ([A-Za-z][A-Za-z0-9_]*)(?: places (\d))?", text):
        places = int(quantity[2] or "0")
        return (
            number(0, _QUANTITY_MAX * 10**places, places, quantity[1])
            if places <= _PLACES_MAX
            else None
        )
    if text.startswith("one of "):
        words = tuple(word.strip() for word in text.removeprefix("one of ").split(","))
        return (
            Type(Kind.WORD, words=words) if all(words) and len(set(words)) == len(words) else None
        )
    return None


# The widest bounds a literal may be written with; the type's own bounds come out of it.
_WIDEST = 10**24


def _bounded(library: Library, node: Map, type_: Type) -> Type | None:
    open_ = Type(type_.kind, type_.unit, type_.scale, -_WIDEST, _WIDEST)
    ends = {"at least": type_.low, "at most": type_.high}
    place: Place = node.place
    for key in ends:
        bound = node.scalar(key)
        if bound is not None:
            place = bound.place
            ends[key] = literal(library, bound, open_)
    low, high = ends["at least"], ends["at most"]
    if low is None or high is None:
        return type_
    bounded = number(low, high, type_.scale, type_.unit)
    if low > high:
        library.note("empty-range", place, found=bounds_text(bounded))
        return type_
    return bounded
