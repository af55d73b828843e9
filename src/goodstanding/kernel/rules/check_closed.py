"""Checks of what is closed: measures, lists, catalogues and coverage know one another, end, and stay inside their bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from goodstanding.kernel.catalogue import AUDIENCES, person_word
from goodstanding.kernel.finding import Place, Severity
from goodstanding.kernel.measures import Direction, Measure
from goodstanding.kernel.quantity import DATE, Kind
from goodstanding.kernel.rules.check_names import check_basis
from goodstanding.kernel.rules.closed import (
    Catalogue,
    CatalogueItem,
    CoverageRow,
    EntityList,
    Follows,
    matches,
)
from goodstanding.kernel.rules.items import Excluded, Title
from goodstanding.kernel.rules.library import Library
from goodstanding.kernel.rules.nodes import Direction as Way
from goodstanding.kernel.rules.nodes import Programme
from goodstanding.kernel.rules.shapes import nearest

Programmes = Mapping[str, tuple[Programme, ...]]
# The levels of offices that speak for a whole legal order; what stands lower may narrow a measure and add none.
HIGHEST = {"union", "nation", "court"}
# What a list of seriously untrustworthy entities may rest on: kept for a whole legal order, or for a part of it.
RANKS = {"law", "regulation", "central policy", "judicial interpretation", "ministry rule"}
LOCAL_RANKS = {"law", "regulation", "local regulation"}


def check_closed(library: Library, programmes: Programmes, excluded: Sequence[Excluded]) -> None:
    """Run every check of what is closed, adding findings."""
    _check_subjects(library)
    _check_measures(library)
    _check_lists(library, programmes)
    _check_outcomes(library, programmes)
    _check_catalogues(library)
    _check_coverage(library, programmes, excluded)


# --------------------------------------------------------------------------------------------------
# Measures


def _check_measures(library: Library) -> None:
    """Every burden ends, has a gravity and stays inside the measure it narrows; nobody below adds a new one."""
    for one in library.measures.values():
        _check_title(library, one.place, one.id, one.title)
        for authority in one.imposed_by:
            _known(library, "unknown-authority", one.place, authority, library.authorities)
        for pattern in one.field:
            _check_pattern(library, one.place, pattern)
        if one.direction is Direction.DISCIPLINARY:
            _check_burden(library, one)
        if one.part_of:
            _check_part(library, one)
        else:
            _check_level(library, one)


def _check_title(
    library: Library, place: Place, name: str, title: Title, *, event: bool = False
) -> None:
    """A measure whose title names a natural person meets one; a list (`event`) may name those who suffered the act."""
    words = (person_word(text, text, event=event) for _, text in title)
    word = next((one for one in words if one), "")
    if word:
        library.note("measure-on-person", place, name=name, found=word)


def _check_burden(library: Library, one: Measure) -> None:
    if one.months_max is None and not one.ends_by and not one.with_cause:
        library.note("measure-without-end", one.place, name=one.id)
    if not one.gravity:
        library.note("missing-key", one.place, name="gravity", item="measure")


def _check_part(library: Library, one: Measure) -> None:
    """What narrows a measure is of its kind, no graver, no longer, and in no other field."""
    wider = library.measures.get(one.part_of)
    if wider is None:
        _known(library, "unknown-measure", one.place, one.part_of, library.measures)
        return
    beyond = {
        "direction": one.direction is not wider.direction,
        "kind": one.kind != wider.kind,
        "gravity": one.gravity > wider.gravity,
        "lasts": wider.months_max is not None
        and (one.months_max is None or one.months_max > wider.months_max),
    }
    found = ", ".join(key for key, is_beyond in beyond.items() if is_beyond)
    if found:
        library.note("measure-beyond", one.place, name=one.id, other=wider.id, found=found)


def _check_level(library: Library, one: Measure) -> None:
    """A measure that only lower offices impose is new, and new ones are for the whole legal order to make."""
    offices = [library.authorities[a] for a in one.imposed_by if a in library.authorities]
    levels = [office.level for office in offices if office.level]
    if levels and not HIGHEST.intersection(levels):
        library.note("measure-beyond", one.place, name=one.id, other="*", found="imposed by")


def _check_pattern(library: Library, place: Place, pattern: str) -> None:
    if not any(matches(pattern, name) for name in library.types):
        near = nearest(pattern.removesuffix("*"), list(library.types))
        library.note("unknown-record-type", place, name=pattern, nearest=near)


# --------------------------------------------------------------------------------------------------
# Lists


def _check_lists(library: Library, programmes: Programmes) -> None:
    """Every list has an entry, an end and a way off, and only measures that may follow from it."""
    for one in library.lists.values():
        _check_title(library, one.place, one.id, one.title, event=True)
        _check_entry(library, one)
        check_basis(library, one.basis, one.place, one.valid_from, one.valid_to)
        _check_rank(library, one)
        _check_ends(library, one)
        _check_stages(library, one)
        _check_proposers(library, one, programmes)
        for follows in one.follows:
            _check_follows(library, one, follows)


def _check_entry(library: Library, one: EntityList) -> None:
    """The entry is an adverse record that the keeper files."""
    _known(library, "unknown-authority", one.place, one.kept_by, library.authorities)
    types = library.types.get(one.entry)
    if types is None:
        _known(library, "unknown-record-type", one.place, one.entry, library.types)
        return
    if types[-1].direction is not Way.ADVERSE:
        found = types[-1].direction.value
        library.note("entry-not-adverse", one.place, name=one.entry, found=found)
    if one.kept_by in library.authorities and one.kept_by not in types[-1].filed_by:
        found = ", ".join(types[-1].filed_by)
        library.note("list-not-filed", one.place, name=one.kept_by, record=one.entry, found=found)


def _check_rank(library: Library, one: EntityList) -> None:
    """A serious list rests on a text of rank: a local one that does not is refused, another is noted."""
    keeper = library.authorities.get(one.kept_by)
    local = keeper is not None and bool(keeper.level) and keeper.level not in HIGHEST
    enough = LOCAL_RANKS if local else RANKS
    if one.kind == "serious" and one.rests_on not in enough:
        severity = Severity.ERROR if local else Severity.NOTE
        said = ", ".join(sorted(enough))
        library.note("list-rests-too-low", one.place, severity=severity, name=one.id, found=one.rests_on, expected=said)  # fmt: skip


def _check_ends(library: Library, one: EntityList) -> None:
    if one.end is None or not one.end.ends:
        library.note("list-without-end", one.place, name=one.id)
    if one.exit is None:
        library.note("list-without-exit", one.place, name=one.id)
    named = [(one.end.place, name) for name in (one.end.since, one.end.or_at)] if one.end else []
    named += [(one.exit.place, one.exit.since)] if one.exit else []
    for place, name in named:
        if name:
            _check_date(library, one.entry, place, name)
    _check_order(library, one)


def _check_date(library: Library, entry: str, place: Place, name: str) -> None:
    if entry not in library.types:
        return
    dates = [field for field, type_ in library.types[entry][-1].fields if type_ == DATE]
    if name not in dates:
        near, said = nearest(name, dates), ", ".join(dates)
        library.note("not-such-a-field", place, found=name, nearest=near, expected=said)


def _check_stages(library: Library, one: EntityList) -> None:
    """The field of the stages is one of words, and has each word named."""
    if one.stages is None or one.entry not in library.types:
        return
    type_ = dict(library.types[one.entry][-1].fields).get(one.stages.field)
    if type_ is None or type_.kind is not Kind.WORD:
        words = [name for name, t in library.types[one.entry][-1].fields if t.kind is Kind.WORD]
        near, said = nearest(one.stages.field, words), ", ".join(words)
        library.note("not-such-a-field", one.stages.place, found=one.stages.field, nearest=near, expected=said)  # fmt: skip
        return
    for word in (*one.stages.open, *one.stages.final, *one.stages.cleared):
        if word not in type_.words:
            near, said = nearest(word, type_.words), ", ".join(type_.words)
            library.note("unknown-word", one.stages.place, name=word, nearest=near, expected=said)


def _check_order(library: Library, one: EntityList) -> None:
    """An early exit comes before the end, and an extension after it."""
    if one.end is None or one.end.months is None:
        return
    if one.exit is not None and one.exit.months > one.end.months:
        expected = f"<= {one.end.months} months"
        library.note("bad-value", one.exit.place, found=f"{one.exit.months} months", expected=expected)  # fmt: skip
    if one.end.months_max is not None and one.end.months_max < one.end.months:
        expected = f">= {one.end.months} months"
        library.note("bad-value", one.end.place, found=f"{one.end.months_max} months", expected=expected)  # fmt: skip


def _check_proposers(library: Library, one: EntityList, programmes: Programmes) -> None:
    """The programmes named exist and propose to the list, or compute the dates of its entries."""
    for name in one.proposed_by:
        versions = programmes.get(name)
        if versions is None:
            _known(library, "unknown-programme", one.place, name, programmes)
        elif not any(p.list == one.id for version in versions for p in version.proposals):
            library.note("list-not-proposed", one.place, name=one.id, programme=name)
    if one.terms and one.terms not in programmes:
        _known(library, "unknown-programme", one.place, one.terms, programmes)
    elif one.terms and one.entry not in programmes[one.terms][-1].judged_records:
        library.note("terms-of-other-records", one.place, name=one.terms, record=one.entry)


def _check_follows(library: Library, one: EntityList, follows: Follows) -> None:
    """What follows is on the closed list, burdens, and lies in the field of the entry or has an article of its own."""
    measure = library.measures.get(follows.measure)
    if measure is None:
        _known(library, "unknown-measure", follows.place, follows.measure, library.measures)
        return
    if measure.direction is not Direction.DISCIPLINARY:
        kind = measure.direction.value
        library.note("not-as-listed", follows.place, name=measure.id, found="disciplinary", expected=kind)  # fmt: skip
    if not follows.own_article and not any(matches(p, one.entry) for p in measure.field):
        found = ", ".join(measure.field)
        library.note("measure-outside-field", follows.place, name=measure.id, other=one.id, found=found)  # fmt: skip


# --------------------------------------------------------------------------------------------------
# What programmes lead to


def _check_outcomes(library: Library, programmes: Programmes) -> None:
    """Every proposal names a list, and every effect a measure as the closed list has it."""
    for programme in (one for versions in programmes.values() for one in versions):
        for proposal in programme.proposals:
            _known(library, "unknown-list", proposal.place, proposal.list, library.lists)
        for effect in programme.effects:
            measure = library.measures.get(effect.measure)
            if measure is None:
                _known(library, "unknown-measure", effect.place, effect.measure, library.measures)
            elif effect.adverse is not (measure.direction is Direction.DISCIPLINARY):
                kind = "disciplinary" if effect.adverse else "incentive"
                expected = measure.direction.value
                library.note("not-as-listed", effect.place, name=measure.id, found=kind, expected=expected)  # fmt: skip


# --------------------------------------------------------------------------------------------------
# The catalogue


def _check_catalogues(library: Library) -> None:
    """The newest edition names every record type it covers; nothing of persons, and nothing shown wider than it says."""
    for editions in library.catalogues.values():
        for edition in editions:
            _check_edition(library, edition)
        if editions[-1].supplements:
            _check_supplement(library, editions[-1])
        _check_closed(library, editions[-1])


def _check_edition(library: Library, edition: Catalogue) -> None:
    check_basis(library, edition.basis, edition.place, edition.applies, None)
    for category in edition.categories:
        for item in category.items:
            if category.refused:
                library.note("category-of-persons", item.place, name=category.id, found=item.id)
            for name in item.records:
                _check_filed(library, item, name)


def _check_filed(library: Library, item: CatalogueItem, name: str) -> None:
    """A record type of an item exists, and its audience is no wider than that of the item."""
    if name not in library.types:
        _known(library, "unknown-record-type", item.place, name, library.types)
        return
    widest = library.types[name][-1].publicity
    order = {audience: rank for rank, audience in enumerate(AUDIENCES)}
    if order.get(widest, 0) < order.get(item.publicity, 0):
        library.note("wider-than-catalogue", item.place, name=name, found=widest, expected=item.publicity)  # fmt: skip


def _check_supplement(library: Library, edition: Catalogue) -> None:
    """A supplement adds to a catalogue that is there, and only what offices below the highest level file."""
    _known(library, "unknown-catalogue", edition.place, edition.supplements, library.catalogues)
    for item in edition.items:
        for name in (name for name in item.records if name in library.types):
            filers = library.types[name][-1].filed_by
            offices = [library.authorities[one] for one in filers if one in library.authorities]
            high = ", ".join(office.id for office in offices if office.level in HIGHEST)
            if high:
                library.note("supplement-beyond", item.place, name=name, found=high)


def _check_closed(library: Library, edition: Catalogue) -> None:
    """No record type that the catalogue covers is left unnamed by it and its supplements: what none holds cannot be filed."""
    newest = [editions[-1] for editions in library.catalogues.values()]
    added = [one for one in newest if one.supplements == edition.id]
    named = {name for one in (edition, *added) for item in one.items for name in item.records}
    for name, versions in library.types.items():
        covered = any(matches(pattern, name) for pattern in edition.covers)
        if covered and name not in named:
            other = f"{edition.id} {edition.version}"
            library.note("not-in-catalogue", versions[-1].place, name=name, other=other)


def _check_subjects(library: Library) -> None:
    """No record type speaks of a natural person in its name or title."""
    for name, versions in library.types.items():
        for one in versions:
            texts = (name.rpartition(".")[2], *(text for _, text in one.title))
            word = next((found for text in texts if (found := person_word(text, text))), "")
            if word:
                library.note("person-record-type", one.place, name=name, found=word, basis="FAIRNESS 1")  # fmt: skip


# --------------------------------------------------------------------------------------------------
# Coverage


def _check_coverage(library: Library, programmes: Programmes, excluded: Sequence[Excluded]) -> None:
    """Every row of a table of coverage names what exists, or says where the piece stands."""
    known: dict[str, Iterable[str]] = {
        "record types": library.types,
        "programmes": programmes,
        "lists": library.lists,
        "measures": library.measures,
        "catalogues": library.catalogues,
        "excluded": [one.item for one in excluded],
    }
    for row in (row for table in library.coverage.values() for row in table.rows):
        _check_row(library, row, known)


def _check_row(library: Library, row: CoverageRow, known: Mapping[str, Iterable[str]]) -> None:
    if not row.names and not row.said:
        library.note("not-covered", row.place, name=row.id)
    for kind, names in row.names:
        for name in names:
            if not any(matches(name, one) for one in known[kind]):
                near = nearest(name, list(known[kind]))
                library.note("unknown-covering", row.place, name=name, nearest=near, kind=kind)


def _known(library: Library, code: str, place: Place, name: str, known: Mapping[str, object]) -> None:  # fmt: skip
    """Add a finding with the nearest name where a name is not known."""
    if name not in known:
        library.note(code, place, name=name, nearest=nearest(name, list(known)))
