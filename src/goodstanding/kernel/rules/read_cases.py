"""Cases beside the rules, typed by the record types they file, and the items left out on purpose."""

from __future__ import annotations

from goodstanding.kernel import days
from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.quantity import DATE, SHARE_SCALE, Kind, Type, number, scaled
from goodstanding.kernel.rules.items import Case, CaseRecord, Excluded, Expect
from goodstanding.kernel.rules.library import Library, day_of, title_of
from goodstanding.kernel.rules.literals import bounds_text
from goodstanding.kernel.rules.nodes import Certainty, RecordType
from goodstanding.kernel.rules.shapes import nearest

# What a record in a case may carry beside its fields.
BESIDE = ("id", "certainty", "act", "decision", "authority", "unit", "cured", "ended")
_CERTAINTIES = {c.value: c for c in Certainty}
_TRUTHS = {"yes": True, "no": False, "true": True, "false": False}
_SCORE = number(-(10**12), 10**12, SHARE_SCALE)


def read_cases(library: Library, file: Map) -> list[Case]:
    """Read a file of cases."""
    programme, version = file.text("cases for"), file.text("version")
    return [_case(library, node, programme, version) for node in file.maps("cases")]


def _case(library: Library, node: Map, programme: str, version: str) -> Case:
    shows = node.get("shows")
    shown = shows.items if isinstance(shows, List) else (shows,)
    records: list[CaseRecord] = []
    for item in node.maps("records"):
        for key, values in item.entries:
            made = _record(library, key, values, f"{len(records) + 1}")
            records += [made] if made else []
    _check_links(library, node, records)
    name = node.scalar("case")
    return Case(
        programme=programme,
        version=version,
        name=node.text("case"),
        records=tuple(records),
        expect=_expect(library, node.map("expect")),
        shows=tuple((one.text("rule"), one.text("as")) for one in shown if isinstance(one, Map)),
        cycle=_year(node, "cycle"),
        from_cycle=_year(node, "from cycle"),
        on=day_of(node.get("on")),
        unit=node.text("unit"),
        decision=node.text("decision"),
        record=node.text("record"),
        place=name.place if name else node.place,
    )


def _year(node: Map, key: str) -> int | None:
    text = node.text(key)
    return int(text) if text.isdigit() else None


def _check_links(library: Library, node: Map, records: list[CaseRecord]) -> None:
    ids = {record.id for record in records}
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            library.note("duplicate-id", record.place, name=record.id, where=f"{node.place}")
        seen.add(record.id)
        for link, target in record.links:
            if target not in ids:
                library.note(
                    "unknown-case-record",
                    record.place,
                    name=target,
                    link=link,
                    nearest=nearest(target, list(ids)),
                )


# --------------------------------------------------------------------------------------------------
# Records


def _record(library: Library, key: Text, node: Node, number_: str) -> CaseRecord | None:
    versions = library.types.get(key.value)
    if versions is None:
        near = nearest(key.value, list(library.types))
        library.note("unknown-record-type", key.place, name=key.value, nearest=near)
        return None
    if not isinstance(node, Map):
        library.note("wrong-shape", node.place, found="", expected="keys with values")
        return None
    type_ = versions[-1]
    values = _values(library, type_, node)
    own = {name: node.text(name) for name in BESIDE}
    certainty = own["certainty"] or Certainty.FINAL.value
    if certainty not in _CERTAINTIES:
        place, near = node.get("certainty"), nearest(certainty, list(_CERTAINTIES))
        library.note(
            "not-a-choice",
            place.place if place else node.place,
            found=certainty,
            expected=", ".join(_CERTAINTIES),
            nearest=near,
        )
    _missing_fields(library, type_, node)
    date = values.get(type_.counting)
    return CaseRecord(
        type=type_.id,
        version=type_.version,
        id=own["id"] or number_,
        values=tuple(values.items()),
        date=date if isinstance(date, int) else 0,
        certainty=_CERTAINTIES.get(certainty, Certainty.FINAL),
        act=own["act"],
        decision=own["decision"],
        authority=own["authority"],
        unit=own["unit"],
        cured=_day(library, node, "cured"),
        ended=_day(library, node, "ended"),
        links=tuple(
            (k.value.removeprefix("link_"), v.value)
            for k, v in node.entries
            if k.value.startswith("link_") and isinstance(v, Text)
        ),
        place=key.place,
    )


def _day(library: Library, node: Map, key: str) -> int | None:
    text = node.scalar(key)
    value = _typed(library, text, DATE) if text else None
    return value if isinstance(value, int) else None


def _values(library: Library, type_: RecordType, node: Map) -> dict[str, int | bool | str]:
    fields = dict(type_.fields)
    links = [f"link_{link.name}" for link in type_.links]
    values: dict[str, int | bool | str] = {}
    for key, value in node.entries:
        if key.value in fields:
            read = _typed(library, value, fields[key.value])
            if read is not None:
                values[key.value] = read
        elif key.value not in BESIDE and key.value not in links:
            known = [*fields, *links, *BESIDE]
            near = nearest(key.value, known)
            library.note("unknown-field", key.place, name=key.value, record=type_.id, nearest=near)
    return values


def _missing_fields(library: Library, type_: RecordType, node: Map) -> None:
    for name in type_.required:
        if name not in node:
            library.note("missing-field", node.place, name=name, record=type_.id)


def _typed(library: Library, node: Node, type_: Type) -> int | bool | str | None:
    """Read a value of a field as filed: decimals and percents without units, yes and no for truths."""
    if not isinstance(node, Text):
        library.note("wrong-shape", node.place, found="", expected="a single value")
        return None
    text = node.value.strip()
    match type_.kind:
        case Kind.TRUTH:
            if text in _TRUTHS:
                return _TRUTHS[text]
            library.note(
                "not-a-choice", node.place, found=text, expected=", ".join(_TRUTHS), nearest=""
            )
        case Kind.WORD:
            if text in type_.words:
                return text
            library.note(
                "not-a-choice",
                node.place,
                found=text,
                expected=", ".join(type_.words),
                nearest=nearest(text, type_.words),
            )
        case Kind.CODE:
            return text
        case Kind.DATE:
            try:
                return days.day(text)
            except ValueError:
                expected = "a day of the calendar from 1900 to 2199"
                library.note("bad-date", node.place, found=text, expected=expected)
        case Kind.NUMBER:
            return _number(library, node, text, type_)
    return None


def _number(library: Library, node: Text, text: str, type_: Type) -> int | None:
    places = type_.scale
    body = text
    if text.endswith("%"):
        body, places = text.removesuffix("%"), type_.scale - 2
    try:
        value = scaled(body, max(places, 0))
    except ValueError:
        library.note(
            "bad-literal",
            node.place,
            found=text,
            expected=f"a decimal number of at most {max(places, 0)} places",
        )
        return None
    if (type_.low is not None and value < type_.low) or (
        type_.high is not None and value > type_.high
    ):
        library.note("out-of-bounds", node.place, found=text, expected=bounds_text(type_, text))
    return value


# --------------------------------------------------------------------------------------------------
# What is expected


def _expect(library: Library, node: Map | None) -> Expect:
    if node is None:
        return Expect()
    opened = node.text("open")
    scoped = node.text("in scope")
    return Expect(
        grade=node.text("grade") or None,
        at_worst=node.text("at worst") or None,
        score=_points(library, node, "score"),
        score_at_worst=_points(library, node, "score at worst"),
        reasons=_list(node, "reasons"),
        absent=_list(node, "not"),
        open={"yes": True, "no": False}.get(opened),
        proposed=_list(node, "proposed"),
        since=day_of(node.get("since")),
        display_from=_moment(library, node, "display from"),
        display_until=_moment(library, node, "display until"),
        repair_from=_moment(library, node, "repair from"),
        missing=_list(node, "missing"),
        in_scope={"yes": True, "no": False}.get(scoped),
    )


def _points(library: Library, node: Map, key: str) -> int | None:
    text = node.scalar(key)
    return _number(library, text, text.value.strip(), _SCORE) if text else None


def _list(node: Map, key: str) -> tuple[str, ...] | None:
    if key not in node:
        return None
    return tuple(item.value for item in node.list(key) if isinstance(item, Text))


def _moment(library: Library, node: Map, key: str) -> str | None:
    text = node.scalar(key)
    if text is None:
        return None
    if text.value not in {"none", "never", "open", "not started"}:
        try:
            days.day(text.value)
        except ValueError:
            library.note(
                "bad-date",
                text.place,
                found=text.value,
                expected="a date, none, never, open, not started",
            )
    return text.value


def read_excluded(file: Map) -> list[Excluded]:
    """Read the items left out."""
    return [
        Excluded(
            node.text("item"),
            title_of(node),
            node.text("source"),
            node.text("reason"),
            node.text("rule"),
            node.place,
        )
        for node in file.maps("excluded")
    ]
