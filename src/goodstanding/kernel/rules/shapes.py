"""Shapes say what a node of a law file may look like; `conform` finds every place where one does not.

After conform, readers may take what they need and pass over what has the wrong shape: it is already a finding.
The same shapes make the schema that editors use.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from goodstanding.kernel import days
from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.rules.expression import shortened


@dataclass(frozen=True)
class Line:
    """A scalar. `pattern` is what it must match in full, `words` the closed set it comes from, `says` names it to the reader."""

    says: str
    pattern: str = ""
    words: tuple[str, ...] = ()
    expression: bool = False  # a condition or value: no unquoted operators inside {} or []


@dataclass(frozen=True)
class Date:
    """A scalar YYYY-MM-DD."""


@dataclass(frozen=True)
class ListOf:
    """A list of nodes of one shape."""

    item: Shape
    at_least: int = 0


@dataclass(frozen=True)
class MapOf:
    """A map whose keys are names given by the writer."""

    value: Shape
    key: Line


@dataclass(frozen=True)
class Titled:
    """A title by language: en or zh, and a second one."""


@dataclass(frozen=True)
class Key:
    """One key of a form: what stands under it, whether it must be there, and a sentence for the reader."""

    shape: Shape
    note: str = ""
    required: bool = False


@dataclass(frozen=True)
class Form:
    """A map with known keys. `named` are families of keys such as `up to 3 days`."""

    name: str
    keys: Mapping[str, Key]
    named: tuple[tuple[str, Key], ...] = ()  # (pattern, key)
    one_of: tuple[tuple[str, ...], ...] = ()  # of each group exactly one key must be there


@dataclass(frozen=True)
class Either:
    """A scalar, a list or a map, each with its own shape; told apart by what is written."""

    line: Line | Date | None = None
    list: ListOf | None = None
    map: Form | MapOf | None = None


@dataclass(frozen=True)
class Anything:
    """A node that another reader understands."""


Shape = Line | Date | ListOf | MapOf | Titled | Form | Either | Anything

LANGUAGE = Line("a language code such as en or es-MX", "[a-z]{2}(-[A-Z]{2})?")
_BY_LANGUAGE = MapOf(Line("a text"), LANGUAGE)

# A date inside an unquoted expression has signs that are no operators.
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_OPERATOR = re.compile(r"[\s=<>!+*(),\[\]-]")
# A length of time inside a line, and one that is none at all.
_LENGTH = re.compile(r"(\d+) (day|month|year|cycle)s?\b")
_NO_LENGTH = re.compile(r"0+ (month|year)s?")
_DAYS_MAX = {"day": 1, "month": days.MONTH_DAYS_MAX}
_YEAR_DAYS_MAX = 12 * days.MONTH_DAYS_MAX


def conform(node: Node, shape: Shape, findings: list[Finding]) -> bool:
    """Compare a node with its shape, all the way down; tell whether it fits."""
    before = len(findings)
    match shape:
        case Line():
            _line(node, shape, findings)
        case Date():
            _date(node, findings)
        case ListOf():
            _list(node, shape, findings)
        case MapOf():
            _map(node, shape, findings)
        case Titled():
            _titled(node, findings)
        case Form():
            _form(node, shape, findings)
        case Either():
            _either(node, shape, findings)
        case Anything():
            pass
    return len(findings) == before


def carrier_name(node: Node) -> str:
    """Name what a node is."""
    return {Text: "a single value", List: "a list", Map: "keys with values"}[type(node)]


def nearest(name: str, names: Mapping[str, object] | tuple[str, ...] | list[str]) -> str:
    """Give the nearest known name, or an empty text."""
    found = get_close_matches(name, list(names), n=1)
    return found[0] if found else ""


def _wrong(node: Node, expected: str, findings: list[Finding]) -> None:
    findings.append(finding("wrong-shape", node.place, found=carrier_name(node), expected=expected))


def _line(node: Node, shape: Line, findings: list[Finding]) -> None:
    if not isinstance(node, Text):
        _wrong(node, shape.says, findings)
        return
    text = node.value.strip()
    if not text:
        findings.append(finding("empty-value", node.place, expected=shape.says))
    elif shape.words and text not in shape.words:
        near = nearest(text, shape.words)
        said = ", ".join(shape.words)
        findings.append(
            finding("not-a-choice", node.place, found=text, expected=said, nearest=near)
        )
    elif shape.pattern and not re.fullmatch(shape.pattern, text):
        findings.append(finding("bad-value", node.place, found=text, expected=shape.says))
    elif shape.pattern and leads_too_far(text):
        findings.append(finding("too-far", node.place, found=shortened(text)))
    elif shape.pattern and _NO_LENGTH.fullmatch(text):
        findings.append(finding("no-length", node.place, found=text, expected=shape.says))
    elif (
        shape.expression and node.flow and not node.quoted and _OPERATOR.search(_DATE.sub("", text))
    ):
        findings.append(finding("unquoted-expression", node.place, found=text))


def leads_too_far(text: str) -> bool:
    """Tell whether the lengths in a line come to more than a law may count."""
    lengths = _LENGTH.findall(text)
    most = sum(int(amount) * _DAYS_MAX.get(unit, _YEAR_DAYS_MAX) for amount, unit in lengths)
    return most > days.MOVED_DAYS_MAX


def _date(node: Node, findings: list[Finding]) -> None:
    if not isinstance(node, Text):
        _wrong(node, "a date", findings)
        return
    try:
        days.day(node.value)
    except ValueError:
        expected = "a day of the calendar from 1900 to 2199"
        findings.append(finding("bad-date", node.place, found=node.value, expected=expected))


def _list(node: Node, shape: ListOf, findings: list[Finding]) -> None:
    if not isinstance(node, List):
        _wrong(node, "a list", findings)
        return
    if len(node.items) < shape.at_least:
        findings.append(
            finding("empty-value", node.place, expected="a list with at least one item")
        )
    for item in node.items:
        conform(item, shape.item, findings)


def _map(node: Node, shape: MapOf, findings: list[Finding]) -> None:
    if not isinstance(node, Map):
        _wrong(node, "keys with values", findings)
        return
    for key, value in node.entries:
        _line(key, shape.key, findings)
        conform(value, shape.value, findings)


def _titled(node: Node, findings: list[Finding]) -> None:
    fits = conform(node, _BY_LANGUAGE, findings)
    if (
        fits
        and isinstance(node, Map)
        and (len(node.keys) < 2 or not {"en", "zh"}.intersection(node.keys))
    ):
        findings.append(finding("incomplete-title", node.place, found=", ".join(node.keys)))


def _form(node: Node, shape: Form, findings: list[Finding]) -> None:
    if not isinstance(node, Map):
        _wrong(node, f"the keys of {shape.name}", findings)
        return
    for key, value in node.entries:
        known = shape.keys.get(key.value) or _named(key.value, shape)
        if known is None:
            findings.append(unknown_key(key, shape))
        else:
            conform(value, known.shape, findings)
    for name, wanted in shape.keys.items():
        if wanted.required and name not in node:
            findings.append(finding("missing-key", node.place, name=name, item=shape.name))
    for group in shape.one_of:
        _exactly_one(node, group, shape, findings)


def _named(key: str, shape: Form) -> Key | None:
    for pattern, known in shape.named:
        if re.fullmatch(pattern, key):
            return known
    return None


def unknown_key(key: Text, shape: Form) -> Finding:
    """Make the finding for a key that a form does not have."""
    near = nearest(key.value, list(shape.keys))
    return finding(
        "unknown-key",
        key.place,
        name=key.value,
        item=shape.name,
        nearest=near,
        expected=", ".join(shape.keys),
    )


def _exactly_one(node: Map, group: tuple[str, ...], shape: Form, findings: list[Finding]) -> None:
    present = [name for name in group if name in node]
    if not present:
        findings.append(finding("missing-key", node.place, name=" / ".join(group), item=shape.name))
    elif len(present) > 1:
        key = node.key(present[1])
        place: Place = key.place if key else node.place
        findings.append(finding("either-or", place, found=", ".join(present), item=shape.name))


def _either(node: Node, shape: Either, findings: list[Finding]) -> None:
    chosen: Shape | None = {Text: shape.line, List: shape.list, Map: shape.map}[type(node)]
    if chosen is None:
        options = (
            (shape.line, "a single value"),
            (shape.list, "a list"),
            (shape.map, "keys with values"),
        )
        _wrong(node, " / ".join(name for option, name in options if option is not None), findings)
    else:
        conform(node, chosen, findings)
