"""Names across files: instruments, authorities, settings and record types know one another, and texts are in force."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from goodstanding.kernel import days
from goodstanding.kernel.finding import Place
from goodstanding.kernel.rules.closed import matches
from goodstanding.kernel.rules.items import Adopted, Adoption
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.nodes import Basis, RecordType
from goodstanding.kernel.rules.shapes import nearest

# --------------------------------------------------------------------------------------------------
# Instruments, authorities, settings


def check_instruments(library: Library) -> None:
    """Every issuer is known, and no instrument ends before it begins."""
    for one in library.instruments.values():
        _known_authority(library, one.issuer, one.place)
        if (
            one.valid_from is not None
            and one.valid_to is not None
            and one.valid_to <= one.valid_from
        ):
            span = f"{days.text(one.valid_from)} .. {days.text(one.valid_to)}"
            library.note("empty-range", one.place, found=span)


def check_authorities(library: Library) -> None:
    """Every authority above another is known."""
    for one in library.authorities.values():
        _known_authority(library, one.above, one.place)


def _known_authority(library: Library, name: str, place: Place) -> None:
    if name and name not in library.authorities:
        library.note(
            "unknown-authority", place, name=name, nearest=nearest(name, list(library.authorities))
        )


def check_settings(library: Library, programmes: Sequence[str]) -> None:
    """Every setting is of a parameter that a version of the programme has."""
    names: dict[str, list[str]] = {}
    for parameter in library.parameters:
        names.setdefault(parameter.programme, []).append(parameter.name)
    for setting in library.settings:
        if setting.programme not in programmes:
            near = nearest(setting.programme, list(programmes))
            library.note("unknown-programme", setting.place, name=setting.programme, nearest=near)
        elif setting.name not in names.get(setting.programme, []):
            near = nearest(setting.name, names.get(setting.programme, []))
            library.note(
                "unknown-parameter",
                setting.place,
                name=setting.name,
                nearest=near,
                programme=setting.programme,
            )
        if setting.adopted is not None:
            _check_adopting(library, setting.adopted, setting.programme, setting.place)


def check_adoptions(library: Library, programmes: Sequence[str]) -> None:
    """Every adoption is by an authority that may, and of an item that exists."""
    for one in library.adopted:
        if one.programme and one.programme not in programmes:
            near = nearest(one.programme, list(programmes))
            library.note("unknown-programme", one.place, name=one.programme, nearest=near)
            continue
        _check_adopting(library, one.adoption, one.programme, one.place)
        known = _items_of(library, one)
        if one.name not in known:
            near, item = nearest(one.name, known), f"{one.programme} {one.version}".strip()
            library.note("unknown-item", one.place, name=one.name, nearest=near, programme=item)


def _items_of(library: Library, one: Adopted) -> list[str]:
    """Give the names of the items of the kind adopted."""
    if one.kind == "record types":
        return list(library.types)
    versions = [
        named
        for key, named in library.named.items()
        if key.startswith(f"{one.programme}@") and one.version in {"", key.partition("@")[2]}
    ]
    return sorted(name for named in versions for kind, name in named if kind == one.kind)


def _check_adopting(library: Library, adoption: Adoption, programme: str, place: Place) -> None:
    """The authority is known, in office on the day, and may adopt for the programme."""
    _known_authority(library, adoption.by, place)
    authority = library.authorities.get(adoption.by)
    if authority is None:
        return
    if programme and not any(matches(pattern, programme) for pattern in authority.adopts):
        found = ", ".join(authority.adopts)
        library.note("may-not-adopt", place, name=adoption.by, programme=programme, found=found)
    start, end = authority.valid_from, authority.valid_to
    if (start is not None and adoption.on < start) or (end is not None and adoption.on >= end):
        library.note(
            "not-in-office",
            place,
            name=adoption.by,
            found=days.text(adoption.on),
            expected=_days_text(start, end),
        )


# --------------------------------------------------------------------------------------------------
# Record types and their versions


def check_types(library: Library, versions: tuple[RecordType, ...]) -> None:
    """Versions follow one another, and links, authorities and texts are known."""
    for place_in_row, type_ in enumerate(versions, start=1):
        if type_.version != place_in_row:
            library.note(
                "version-missing",
                type_.place,
                name=type_.id,
                found=f"{type_.version}",
                expected=f"{place_in_row}",
            )
            break
    for type_ in versions:
        for link in type_.links:
            if link.to not in library.types:
                near = nearest(link.to, list(library.types))
                library.note("unknown-record-type", type_.place, name=link.to, nearest=near)
        for authority in type_.filed_by:
            _known_authority(library, authority, type_.place)
        _check_may_file(library, type_)
        check_basis(library, type_.basis, type_.place, type_.valid_from, type_.valid_to)
    for before, after in pairwise(versions):
        _check_mapping(library, before, after)


def _check_may_file(library: Library, type_: RecordType) -> None:
    for name in type_.filed_by:
        authority = library.authorities.get(name)
        if authority is not None and not any(
            matches(pattern, type_.id) for pattern in authority.files
        ):
            library.note(
                "may-not-file",
                type_.place,
                name=name,
                record=type_.id,
                found=", ".join(authority.files),
            )


def _check_mapping(library: Library, before: RecordType, after: RecordType) -> None:
    """A field of a version stays, has a new name, or the type is another type."""
    old, new = dict(before.fields), dict(after.fields)
    was = dict(after.was)
    for name, source in was.items():
        for field, fields in ((name, new), (source, old)):
            if field not in fields:
                library.note(
                    "unknown-field",
                    after.place,
                    name=field,
                    record=after.id,
                    nearest=nearest(field, list(fields)),
                )
    for name in after.missing_before:
        if name not in new:
            library.note(
                "unknown-field",
                after.place,
                name=name,
                record=after.id,
                nearest=nearest(name, list(new)),
            )
        elif name in old or name in was:
            library.note("not-missing-before", after.place, name=name, record=before.key)
    for name, type_ in old.items():
        kept = next((n for n, source in was.items() if source == name), name)
        if kept not in new or (kept != name and kept in old):
            library.note("field-removed", after.place, name=name, record=before.key)
        elif (new[kept].kind, new[kept].unit, new[kept].scale) != (
            type_.kind,
            type_.unit,
            type_.scale,
        ):
            library.note("field-changed", after.place, name=kept, record=after.key)
        elif set(type_.words) - set(new[kept].words):
            lost = ", ".join(sorted(set(type_.words) - set(new[kept].words)))
            library.note("word-removed", after.place, name=kept, record=after.key, found=lost)


# --------------------------------------------------------------------------------------------------
# Instruments in force


def check_basis(
    library: Library, basis: Basis, place: Place, start: int | None, end: int | None
) -> None:
    """The instrument rested on is in force over days [start, end); nothing is said where both ends are open."""
    instrument = library.instruments.get(basis.instrument)
    if instrument is None or (start is None and end is None):
        return
    late = instrument.valid_from is not None and start is not None and start < instrument.valid_from
    over = instrument.valid_to is not None and (end is None or end > instrument.valid_to)
    if late or over:
        library.note(
            "not-in-force",
            place,
            name=basis.instrument,
            found=_days_text(start, end),
            expected=_days_text(instrument.valid_from, instrument.valid_to),
            basis=f"{basis.instrument} {basis.article}".strip(),
        )


def _days_text(start: int | None, end: int | None) -> str:
    ends = [days.text(day) if day is not None else "" for day in (start, end)]
    return f"{ends[0]} .. {ends[1]}".strip()
