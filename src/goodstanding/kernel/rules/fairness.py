"""No record type speaks of a person or of what is nobody's business: names, titles, fields and words are looked through."""

from __future__ import annotations

from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.catalogue import person_word, refused_subject
from goodstanding.kernel.finding import Place
from goodstanding.kernel.quantity import Kind, Type
from goodstanding.kernel.rules.library import Library

FAIRNESS_PERSON = "FAIRNESS 1"
FAIRNESS_ACTS = "FAIRNESS 3"


def check_record_type(library: Library, key: Text, node: Map) -> None:
    """Refuse a record type whose id or title speaks of what is not recorded."""
    _check_subject(library, key.place, key.value, *_titles(node.get("title")))


def check_field(library: Library, key: Text, node: Map, type_: Type) -> None:
    """Refuse a field that would hold a person, or whose name, title or words speak of what is not recorded."""
    titles = _titles(node.get("title"))
    _check_subject(library, key.place, key.value, *titles, *type_.words)
    event = type_.kind in {Kind.DATE, Kind.TRUTH, Kind.NUMBER}
    word = person_word(key.value, " ".join(titles), event=event)
    if not word and type_.kind is Kind.WORD:
        word = next((found for one in type_.words if (found := person_word(one, event=True))), "")
    if word:
        library.note("person-field", key.place, name=key.value, found=word, basis=FAIRNESS_PERSON)


def check_party(library: Library, place: Place, name: str) -> None:
    """Refuse a role or link that names a person or another subject."""
    _check_subject(library, place, name)
    word = person_word(name)
    if word:
        library.note("person-field", place, name=name, found=word, basis=FAIRNESS_PERSON)


def _check_subject(library: Library, place: Place, *texts: str) -> None:
    subject, word = refused_subject(*texts)
    if subject:
        library.note(
            "refused-subject",
            place,
            name=texts[0],
            found=word,
            subject=subject,
            basis=FAIRNESS_ACTS,
        )


def _titles(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, Text):
        return (node.value,)
    if isinstance(node, Map):
        return tuple(value.value for _, value in node.entries if isinstance(value, Text))
    return ()
