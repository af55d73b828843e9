"""Instruments, authorities and record types: what a rule may rest on and read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from goodstanding.kernel.carrier import Map, Text
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import CODE, DATE, SHARE_SCALE, TRUTH, Kind, Type, number
from goodstanding.kernel.rules.context import KEYWORDS, MOMENTS
from goodstanding.kernel.rules.fairness import check_field, check_party, check_record_type
from goodstanding.kernel.rules.items import Adopted, Authority, Instrument
from goodstanding.kernel.rules.library import (
    Library,
    adoption_of,
    basis_of,
    marked,
    title_of,
    valid_of,
    whole,
)
from goodstanding.kernel.rules.literals import bounds_text, literal
from goodstanding.kernel.rules.nodes import (
    ALLEGED_MONTHS,
    OWN_FIELDS,
    Direction,
    Lapse,
    Link,
    LinkKind,
    RecordType,
)
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
        library.is_new(library.instruments, key)
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
        library.is_new(library.authorities, key)
        start, end = valid_of(node)
        library.authorities[key.value] = Authority(
            key.value,
            title_of(node),
            node.text("level"),
            _texts(node, "files"),
            node.text("above"),
            node.text("area"),
            _texts(node, "adopts"),
            start,
            end,
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
    dates = _Dates(library, key.value, fields, required)
    start, end = valid_of(node)
    direction = node.text("direction")
    mark = marked(node, file_mark) or _adopted(library, key, node)
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
        basis=basis_of(library, node, "", mark),
        valid_from=start,
        valid_to=end,
        passes_to_successor=node.text("passes to successor") == "yes",
        roles=_texts(node, "roles") or ("subject",),
        lapses=_lapse(dates, node.map("lapses"), counting),
        place=key.place,
        act_date=dates.name(node.scalar("act date")),
        alleged_months=months_of(node.text("alleged for")) or ALLEGED_MONTHS,
    )


def _adopted(library: Library, key: Text, node: Map) -> bool:
    """Tell whether an authority adopted a record type: where it stands, or by its name in a file of another pack."""
    here = adoption_of(node.map("adopted"))
    if here is not None:
        place = node.value_place("adopted")
        library.adopted.append(Adopted("", "", "record types", key.value, here, place=place))
    return any((one.kind, one.name) == ("record types", key.value) for one in library.adopted)


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
# Which law, and until when: the dates of an act


@dataclass(frozen=True)
class _Dates:
    """Reads the names of fields on which it rests whether a record counts: they must be there in every record filed."""

    library: Library
    record: str
    fields: dict[str, Type]
    required: list[str]

    def name(self, node: Text | None) -> str:
        """Give the name of a required date field; a finding and an empty text otherwise."""
        if node is None or not self._is(node, DATE):
            return ""
        if node.value not in self.required:
            self.library.note(
                "act-date-not-required", node.place, name=node.value, record=self.record
            )
        return node.value

    def truth(self, node: Text | None) -> str:
        """Give the name of a truth field; a finding and an empty text otherwise."""
        return node.value if node is not None and self._is(node, TRUTH) else ""

    def _is(self, node: Text, type_: Type) -> bool:
        names = [name for name, t in self.fields.items() if t == type_]
        if node.value in names:
            return True
        near = nearest(node.value, names)
        said = ", ".join(names)
        self.library.note(
            "not-such-a-field", node.place, found=node.value, nearest=near, expected=said
        )
        return False


def _lapse(dates: _Dates, node: Map | None, counting: str) -> Lapse | None:
    """Read after which time an act is no longer pursued."""
    if node is None:
        return None
    months, longer = months_of(node.text("after")), node.map("longer")
    since, until = dates.name(node.scalar("from")), dates.name(node.scalar("until")) or counting
    if not months or not since:
        return None
    if longer is None:
        return Lapse(months, since, until)
    more, where = months_of(longer.text("after")), dates.truth(longer.scalar("where"))
    if more <= months:
        place, expected = longer.value_place("after"), f"> {node.text('after')}"
        dates.library.note("bad-value", place, found=longer.text("after"), expected=expected)
    return Lapse(months, since, until, more, where) if where else Lapse(months, since, until)


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
