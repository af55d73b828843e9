"""Reads what is closed: measures, lists of entities, catalogues and tables of coverage."""

from __future__ import annotations

from collections.abc import Iterator

from goodstanding.kernel.carrier import Map, Text
from goodstanding.kernel.measures import Direction, Measure
from goodstanding.kernel.rules.closed import (
    Catalogue,
    CatalogueItem,
    Category,
    CoverageRow,
    CoverageTable,
    End,
    EntityList,
    Exit,
    Follows,
    Stages,
)
from goodstanding.kernel.rules.closed_forms import NOT_PUBLISHED
from goodstanding.kernel.rules.items import Title
from goodstanding.kernel.rules.library import (
    Library,
    basis_of,
    day_of,
    marked,
    title_of,
    valid_of,
    whole,
)
from goodstanding.kernel.rules.nodes import NO_BASIS
from goodstanding.kernel.rules.read_windows import months_of

# What a row of coverage names, and what it says in a sentence.
NAMED = ("record types", "programmes", "lists", "measures", "catalogues", "excluded")
SAID = ("told", "later", "not published")
# The word for organisations as the target of a measure; anything else is a finding.
ORGANISATIONS = "organisations"


def read_measures(library: Library, file: Map) -> None:
    """Read a file of measures into the library."""
    mark = marked(file, False)
    for key, node in _entries(file, "measures"):
        if not library.is_new(library.measures, key):
            continue
        if node.text("target") != ORGANISATIONS:
            place = node.value_place("target")
            library.note("measure-on-person", place, name=key.value, found=node.text("target"))
            continue
        library.measures[key.value] = _measure(library, key, node, mark)


def _measure(library: Library, key: Text, node: Map, file_mark: bool) -> Measure:
    lasts = node.map("lasts")
    until = title_of(lasts, "until") if lasts else ()
    burdens = node.text("direction") == Direction.DISCIPLINARY.value
    return Measure(
        id=key.value,
        direction=Direction.DISCIPLINARY if burdens else Direction.INCENTIVE,
        basis=basis_of(library, node, "", marked(node, file_mark)),
        months_max=months_of(lasts.text("at most")) or None if lasts else None,
        ends_by=until[0][1] if until else "",
        with_cause="with" in lasts if lasts else False,
        gravity=whole(node, "gravity") or 0,
        kind=node.text("kind"),
        title=title_of(node),
        imposed_by=_texts(node, "imposed by"),
        field=_texts(node, "field"),
        part_of=node.text("part of"),
        place=key.place,
    )


def read_lists(library: Library, file: Map) -> None:
    """Read a file of lists of entities into the library."""
    mark = marked(file, False)
    for key, node in _entries(file, "lists"):
        if library.is_new(library.lists, key):
            library.lists[key.value] = _list(library, key, node, mark)


def _list(library: Library, key: Text, node: Map, file_mark: bool) -> EntityList:
    mark = marked(node, file_mark)
    start, end = valid_of(node)
    basis = basis_of(library, node, "", mark)
    return EntityList(
        id=key.value,
        title=title_of(node),
        kind=node.text("kind"),
        kept_by=node.text("kept by"),
        rests_on=node.text("rests on"),
        entry=node.text("entry"),
        basis=basis,
        end=_end(node),
        exit=_exit(node),
        proposed_by=_texts(node, "proposed by"),
        terms=node.text("terms"),
        follows=tuple(_follows(library, one, basis.instrument, mark) for one in node.maps("measures")),
        stages=_stages(node),
        valid_from=start,
        valid_to=end,
        place=key.place,
    )  # fmt: skip


def _stages(node: Map) -> Stages | None:
    inner = node.map("stages")
    if inner is None:
        return None
    words = {key: _texts(inner, key) for key in ("open", "final", "cleared")}
    months = months_of(inner.text("open at most")) or None
    return Stages(inner.text("field"), **words, months=months, place=inner.place)


def _end(node: Map) -> End | None:
    inner = node.map("ends")
    if inner is None:
        return None
    months = months_of(inner.text("after")) or None
    return End(
        since=inner.text("from"),
        months=months,
        months_max=months_of(inner.text("at most")) or months,
        or_at=inner.text("or at"),
        until=title_of(inner, "until"),
        unpublished=inner.text("after") == NOT_PUBLISHED,
        place=inner.place,
    )


def _exit(node: Map) -> Exit | None:
    word, inner = node.scalar("early"), node.map("early")
    if word is not None:
        unpublished = word.value == NOT_PUBLISHED
        return Exit(none=not unpublished, unpublished=unpublished, place=word.place)
    if inner is None:
        return None
    return Exit(
        since=inner.text("from"),
        months=months_of(inner.text("after")),
        conditions=_titles(inner, "conditions"),
        bars=_titles(inner, "bars"),
        unpublished=inner.text("after") == NOT_PUBLISHED,
        place=inner.place,
    )


def _titles(node: Map, key: str) -> tuple[Title, ...]:
    """Give the titles in the list under a key."""
    return tuple(
        tuple((k.value, v.value) for k, v in one.entries if isinstance(v, Text))
        for one in node.maps(key)
    )


def _follows(library: Library, node: Map, instrument: str, mark: bool) -> Follows:
    own = node.scalar("basis") is not None
    basis = basis_of(library, node, instrument, marked(node, mark))
    return Follows(node.text("measure"), basis, own, node.value_place("measure"))


def read_catalogue(library: Library, file: Map) -> None:
    """Read an edition of a catalogue into the library, beside its other editions in the order of their names."""
    key, mark = file.scalar("catalogue"), marked(file, False)
    if key is None:
        return
    categories = file.map("categories")
    made = Catalogue(
        id=key.value,
        version=file.text("version"),
        title=title_of(file),
        applies=day_of(file.get("applies")),
        covers=_texts(file, "covers"),
        categories=tuple(
            _category(library, name, node, mark)
            for name, node in (categories.entries if categories else ())
            if isinstance(node, Map)
        ),
        basis=basis_of(library, file, "", mark),
        supplements=file.text("supplements"),
        place=key.place,
    )
    others = library.catalogues.get(made.id, ())
    same = next((other for other in others if other.version == made.version), None)
    if same is not None:
        name = f"{made.id} {made.version}"
        library.note("duplicate-id", key.place, name=name, where=f"{same.place}")
        return
    library.catalogues[made.id] = tuple(sorted((*others, made), key=lambda one: one.version))


def _category(library: Library, key: Text, node: Map, file_mark: bool) -> Category:
    mark = marked(node, file_mark)
    items = node.map("items")
    return Category(
        id=key.value,
        title=title_of(node),
        items=tuple(
            CatalogueItem(
                name.value,
                title_of(item),
                _texts(item, "records"),
                item.text("publicity"),
                basis_of(library, item, "", marked(item, mark)) if "basis" in item else NO_BASIS,
                name.place,
            )
            for name, item in (items.entries if items else ())
            if isinstance(item, Map)
        ),
        refused=node.text("of") == "persons",
        confirmed=mark,
        place=key.place,
    )


def read_coverage(library: Library, file: Map) -> None:
    """Read tables of coverage into the library."""
    for key, node in _entries(file, "coverage"):
        if library.is_new(library.coverage, key):
            rows = tuple(_row(name, row) for name, row in _entries(node, "rows"))
            library.coverage[key.value] = CoverageTable(key.value, title_of(node), rows, key.place)


def _row(key: Text, node: Map) -> CoverageRow:
    names = tuple((kind, _texts(node, kind)) for kind in NAMED if kind in node)
    said = tuple((word, title_of(node, word)) for word in SAID if word in node)
    return CoverageRow(key.value, title_of(node), names, said, key.place)


def _entries(node: Map, key: str) -> Iterator[tuple[Text, Map]]:
    """Give the maps under the names in a map."""
    inner = node.map(key)
    yield from ((k, v) for k, v in (inner.entries if inner else ()) if isinstance(v, Map))


def _texts(node: Map, key: str) -> tuple[str, ...]:
    return tuple(item.value for item in node.list(key) if isinstance(item, Text))
