"""One version of a programme, complete: parameters with what a lower pack sets, indicators, score, grades, levels, terms, lists."""

from __future__ import annotations

from dataclasses import replace

from goodstanding.kernel.carrier import List, Map, Text
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules.context import Item, Room
from goodstanding.kernel.rules.items import Adopted, Parameter, Setting
from goodstanding.kernel.rules.library import (
    Library,
    Transition,
    adoption_of,
    day_of,
    kept,
    title_of,
)
from goodstanding.kernel.rules.literals import bounds_text, literal
from goodstanding.kernel.rules.nodes import (
    NO_BASIS,
    TRUE,
    Basis,
    Const,
    Grades,
    Indicator,
    Judges,
    Levels,
    Programme,
    Score,
    Terms,
    Truth,
    Unknown,
    Value,
    Weights,
)
from goodstanding.kernel.rules.reach import unknown_parameters
from goodstanding.kernel.rules.read_effects import read_effects
from goodstanding.kernel.rules.read_grades import known_grade, read_grades, texts
from goodstanding.kernel.rules.read_indicators import read_indicators, record_at
from goodstanding.kernel.rules.read_levels import read_levels, read_proposal, read_terms
from goodstanding.kernel.rules.read_score import read_score, read_weights
from goodstanding.kernel.rules.read_types import RESERVED, read_type
from goodstanding.kernel.rules.read_windows import days_applied, moments_of, read_cycle
from goodstanding.kernel.rules.shapes import nearest

NOT_PUBLISHED = "not published"


# --------------------------------------------------------------------------------------------------
# Overlays


def read_overlay(library: Library, file: Map) -> None:
    """Read a file that sets parameters of a programme."""
    programme = file.text("parameters for")
    invented = file.text("invented") == "yes"
    settings = file.map("set")
    for key, node in settings.entries if settings else ():
        value = node.scalar("value") if isinstance(node, Map) else None
        if not isinstance(node, Map) or value is None:
            continue
        own = node.text("confirmed") or file.text("confirmed")
        library.settings.append(
            Setting(
                programme=programme,
                name=key.value,
                text=value.value,
                version=file.text("version"),
                adopted=adoption_of(node.map("adopted")),
                confirmed={"yes": True, "no": False}.get(own),
                invented=invented,
                place=key.place,
                value_place=value.at(0),
            )
        )


def read_adoptions(library: Library, file: Map) -> None:
    """Read a file in which an authority adopts items of a programme by their names."""
    programme, version = file.text("adopts"), file.text("version")
    adoption, items = adoption_of(file.map("adopted")), file.map("items")
    invented = file.text("invented") == "yes"
    if adoption is None or items is None:
        return
    for key, node in items.entries:
        named = node.items if isinstance(node, List) else (key,)
        for one in (name for name in named if isinstance(name, Text)):
            library.adopted.append(
                Adopted(programme, version, key.value, one.value, adoption, invented, one.place)
            )


# --------------------------------------------------------------------------------------------------
# Parameters


def _parameters(room: Room, node: Map | None, version: str) -> None:
    for key, part in node.entries if node else ():
        if not isinstance(part, Map):
            continue
        if key.value in RESERVED:
            room.note("reserved-name", key.place, name=key.value)
        type_ = read_type(room.library, part)
        if type_ is None or type_.kind not in {Kind.NUMBER, Kind.DATE}:
            if type_ is not None:
                room.note(
                    "not-a-number",
                    part.place,
                    found=part.text("type"),
                    expected="a number or a date",
                )
            room.broken.add(key.value)
            continue
        _parameter(room, key, part, type_, version)


def _parameter(room: Room, key: Text, node: Map, type_: Type, version: str) -> None:
    item = Item(room, node, "parameters", key.value)
    low, high = _range(item, type_)
    text = node.scalar("value")
    national: int | None = None
    if text is not None and text.value.strip() != NOT_PUBLISHED:
        national = item.literal_of(text, type_)
        if national is None:
            room.broken.add(key.value)
            return
    basis = item.basis()
    setting = _setting(room, key.value, version)
    made = Parameter(
        room.programme,
        version,
        key.value,
        type_,
        national,
        low,
        high,
        node.text("set by"),
        item.title,
        basis,
        setting,
        key.place,
    )
    room.library.parameters.append(made)
    value = national if setting is None else _set_value(room, made, setting)
    room.parameters[key.value] = _node(made, value)
    room.marks[key.value] = basis.confirmed if setting is None else _set_mark(setting)
    if setting is not None and setting.invented:
        room.invented.add(key.value)


def _range(item: Item, type_: Type) -> tuple[int | None, int | None]:
    text = item.node.scalar("range")
    if text is None:
        return None, None
    first, _, last = text.value.partition("..")
    ends = [
        literal(
            item.room.library,
            Text(part.strip(), text.place, spans=((0, text.at(0).line, text.at(at).column),)),
            type_,
        )
        for part, at in ((first, 0), (last, len(first) + 2))
    ]
    if ends[0] is not None and ends[1] is not None and ends[0] > ends[1]:
        item.note("empty-range", text.place, found=text.value)
        return None, None
    return ends[0], ends[1]


def _setting(room: Room, name: str, version: str) -> Setting | None:
    """Find what a lower pack sets; two settings of one parameter are a finding."""
    found = [
        s
        for s in room.library.settings
        if s.programme == room.programme and s.name == name and s.version in {"", version}
    ]
    for second in found[1:]:
        room.note("set-twice", second.place, name=name, where=f"{found[0].place}")
    return found[0] if found else None


def _set_value(room: Room, parameter: Parameter, setting: Setting) -> int | None:
    at = setting.value_place
    node = Text(setting.text, at, spans=((0, at.line, at.column),))
    if setting.text.strip() == NOT_PUBLISHED:
        return None
    value = literal(room.library, node, parameter.type)
    low, high = parameter.lowest, parameter.highest
    if value is not None and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        allowed = bounds_text(replace(parameter.type, low=low, high=high), setting.text)
        room.library.note(
            "parameter-out-of-range",
            at,
            found=setting.text,
            expected=allowed,
            name=parameter.name,
            basis=_cite(parameter.basis),
        )
    return value


def _cite(basis: Basis) -> str:
    return f"{basis.instrument} {basis.article}".strip()


def _set_mark(setting: Setting) -> bool:
    """A set value is confirmed where its file says so or an authority adopted it by name, date and text."""
    return setting.confirmed if setting.confirmed is not None else setting.adopted is not None


def _node(parameter: Parameter, value: int | None) -> Value:
    type_ = parameter.type
    if value is None:
        low, high = parameter.lowest, parameter.highest
        bounds = replace(
            type_, low=type_.low if low is None else low, high=type_.high if high is None else high
        )
        return Unknown(parameter.name, bounds)
    return Const(
        value, replace(type_, low=value, high=value) if type_.kind is Kind.NUMBER else type_
    )


# --------------------------------------------------------------------------------------------------
# Programmes


def read_programme(library: Library, file: Map) -> Programme | None:
    """Read one version of a programme; what could not be read is a finding and left out."""
    name, version = file.text("programme"), file.text("version")
    judges = (
        Judges(file.text("judges"))
        if file.text("judges") in {j.value for j in Judges}
        else Judges.ORGANISATION
    )
    room = Room(library, name, "", False, version=version)
    whole = Item(room, file, "programme", "programme")
    basis = whole.basis() if "basis" in file else NO_BASIS
    room.instrument, room.confirmed = basis.instrument, basis.confirmed
    before = len(library.findings)
    cycle = read_cycle(room, file)
    room.moments = moments_of(judges, cycle)
    _parameters(room, file.map("parameters"), version)
    indicators = read_indicators(room, file.map("indicators"))
    score, weights, levels, grades = _decision(room, file, {i.name: i for i in indicators})
    terms = _terms(room, file, judges)
    start, end = _days(room, file)
    scope = _scope(room, file)
    proposals = kept(read_proposal(room, part) for part in file.maps("lists"))
    effects = read_effects(room, file)
    programme = Programme(
        id=name,
        version=version,
        title=title_of(file),
        judges=judges,
        cycle=cycle,
        basis=basis,
        indicators=indicators,
        grades=grades,
        score=score,
        weights=weights,
        levels=levels,
        terms=terms,
        scope=scope,
        judged_records=_judged(room, file, judges),
        proposals=proposals,
        publicity=_publicity(room, file),
        valid_from=start,
        valid_to=end,
        place=_place(file),
        effects=effects,
        in_force=day_of(file.get("in force")),
    )
    library.written[programme.key] = frozenset(text for _, text in room.ids)
    library.named[programme.key] = _named(room) | {("effects", one.measure) for one in effects}
    library.milder[programme.key] = frozenset(room.milder)
    if transition := file.map("transition"):
        library.transitions[programme.key] = _transition(room, transition)
    if any(found.refuses for found in library.findings[before:]):
        library.broken.add(programme.key)
    missing = sorted({*unknown_parameters(programme), *room.unpublished})
    return replace(programme, missing=tuple(missing), invented=bool(room.invented & room.rests))


def _named(room: Room) -> frozenset[tuple[str, str]]:
    """Give the items of a version by which an adoption may name them."""
    named = {("programme", "programme"), ("terms", "terms"), *room.ids}
    named |= {("indicators", name) for name in room.declared}
    return frozenset(named | {("parameters", name) for name in room.parameters})


def _transition(room: Room, node: Map) -> Transition:
    """Read what becomes of the version before; who accepted longer terms is held to the rules of every adoption."""
    carried, terms = node.map("carried"), node.map("terms")
    accepted = adoption_of(terms.map("lengthened")) if terms else None
    if accepted is not None:
        room.library.adopted.append(
            Adopted(room.programme, room.version, "terms", "terms", accepted, place=node.place)
        )
    said = {
        key.value: (value.value, key.place)
        for key, value in (carried.entries if carried else ())
        if isinstance(value, Text)
    }
    return Transition(said, "lengthened" if terms else node.text("terms"), node.place)


def _place(file: Map) -> Place:
    node = file.get("programme")
    return node.place if node else file.place


def _decision(
    room: Room, file: Map, indicators: dict[str, Indicator]
) -> tuple[Score | None, Weights | None, Levels | None, Grades | None]:
    """Read score or weights, then grades or levels."""
    score_node, weights_node = file.map("score"), file.map("weights")
    levels_node, grades_node = file.map("levels"), file.map("grades")
    for one, other in (
        ("score", "weights"),
        ("levels", "grades"),
        ("levels", "score"),
        ("levels", "weights"),
    ):
        key = file.key(other)
        if one in file and key:
            room.note("either-or", key.place, found=f"{one}, {other}", item="programme")
    if not any(key in file for key in ("levels", "grades", "terms", "lists")):
        room.note(
            "missing-key", _place(file), name="grades / levels / terms / lists", item="programme"
        )
    score, (floor, top) = (
        read_score(room, score_node, indicators) if score_node else (None, (None, None))
    )
    weights = read_weights(room, weights_node) if weights_node else None
    levels = read_levels(room, levels_node) if levels_node else None
    grades = read_grades(room, grades_node) if grades_node else None
    if grades is not None:
        grades = replace(grades, score_floor=floor, score_top=top)
    return score, weights, levels, grades


def _terms(room: Room, file: Map, judges: Judges) -> Terms | None:
    node = file.map("terms")
    if node is None:
        return None
    if judges not in {Judges.DECISION, Judges.RECORD}:
        room.note("needs-judged-records", node.place, name="terms")
    return read_terms(room, node)


def _judged(room: Room, file: Map, judges: Judges) -> tuple[str, ...]:
    key = file.key("judges what")
    needed = judges in {Judges.DECISION, Judges.RECORD}
    if key is None:
        if needed:
            room.note(
                "missing-key",
                _place(file),
                name="judges what",
                item=f"programme that judges {judges.value}s",
            )
        return ()
    if not needed:
        room.note("needs-judged-records", key.place, name="judges what")
    found = [record_at(room, node) for node in file.list("judges what") if isinstance(node, Text)]
    return tuple(record for record in found if record)


def _days(room: Room, file: Map) -> tuple[int | None, int | None]:
    text = file.scalar("applies")
    start, end = days_applied(file)
    if text and text.value.startswith("from") and start is None:
        room.note(
            "bad-date",
            text.place,
            found=text.value,
            expected="a day of the calendar from 1900 to 2199",
        )
    if text and start is not None and end is not None and end <= start:
        room.note("empty-range", text.place, found=text.value)
    return start, end


def _scope(room: Room, file: Map) -> Truth:
    item = Item(room, file)
    truth = item.condition("scope", room.subject_scope())
    room.rests |= item.rests
    return truth if truth is not None else TRUE


def _publicity(room: Room, file: Map) -> tuple[tuple[str, str], ...]:
    node = file.map("publicity")
    pairs: list[tuple[str, str]] = []
    for key, value in node.entries if node else ():
        if known_grade(room, key, room.grades) and isinstance(value, Text):
            pairs.append((key.value, value.value))
    return tuple(pairs)


__all__ = ["nearest", "read_adoptions", "read_overlay", "read_programme", "texts"]
