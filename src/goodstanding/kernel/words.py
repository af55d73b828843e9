"""Say a finding in a language: what, where with its source line, expected, found, under which article, what to do.

The sentences are handed in (`law/words/findings.yaml`); nothing here knows a language but by its code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Finding, Severity

Said = Mapping[str, str]  # language -> text
# The widest source line shown; longer ones are cut around the place.
WIDTH_MAX = 100
# Values of a finding that are names, and stay as they are in every language.
_NAMES = frozenset(
    {"name", "nearest", "grade", "record", "where", "programme", "text", "case", "link"}
)
_TOKEN = re.compile(r"'[^']*'|\"[^\"]*\"|[\w.@%*-]+|\S", re.UNICODE)


@dataclass(frozen=True)
class Words:
    """The sentences for findings: by code and part (what, expected, found, remedy), labels, and fragments to translate."""

    findings: Mapping[str, Mapping[str, Said]] = field(default_factory=dict)
    labels: Mapping[str, Said] = field(default_factory=dict)
    fragments: tuple[tuple[re.Pattern[str], Said], ...] = ()

    def label(self, key: str, language: str) -> str:
        """Give a label in a language; the key itself where there is none."""
        return _in(self.labels.get(key, {}), language) or key

    def fragment(self, text: str, language: str) -> str:
        """Translate a fragment such as `a plain number`; texts that are no fragment stay as they are."""
        if language == "en" or not text:
            return text
        for separator in (" / ", ", "):
            whole = self._fragment(text, language)
            if whole is not None:
                return whole
            parts = text.split(separator)
            if len(parts) > 1 and all(self._fragment(part, language) is not None for part in parts):
                return separator.join(self._fragment(part, language) or "" for part in parts)
        return text

    def _fragment(self, text: str, language: str) -> str | None:
        for pattern, said in self.fragments:
            match = pattern.fullmatch(text)
            if match and language in said:
                held = {
                    name: self._fragment(value, language) or value
                    for name, value in match.groupdict().items()
                }
                return _filled(said[language], held)
        return None


def read_words(node: Node | None) -> Words:
    """Read the sentences from a file of words; what is not there is simply not said."""
    if not isinstance(node, Map):
        return Words()
    findings = node.map("findings")
    entries = {key.value: _parts(value) for key, value in (findings.entries if findings else ())}
    fragments = node.get("fragments")
    items = fragments.items if isinstance(fragments, List) else ()
    pairs = tuple(
        (_pattern(item.text("en")), _said(item)) for item in items if isinstance(item, Map)
    )
    return Words(entries, _parts(node.map("labels")), pairs)


def _parts(node: Node | None) -> Mapping[str, Said]:
    entries = node.entries if isinstance(node, Map) else ()
    return {key.value: _said(value) for key, value in entries if isinstance(value, Map)}


def _said(node: Map) -> Said:
    return {key.value: value.value for key, value in node.entries if isinstance(value, Text)}


def _pattern(text: str) -> re.Pattern[str]:
    """Make a pattern of a fragment: `a number of {unit}` holds a group of that name."""
    parts = re.split(r"\{(\w+)\}", text)
    made = "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    return re.compile(made)


def _in(said: Said, language: str) -> str:
    return said.get(language) or said.get("en", "")


class _Kept(dict[str, str]):
    """Leaves a name that nobody fills in as it is."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _filled(text: str, said: Mapping[str, str]) -> str:
    return text.format_map(_Kept(said))


# --------------------------------------------------------------------------------------------------
# One finding


def say(finding: Finding, words: Words, language: str = "en", source: Sequence[str] = ()) -> str:
    """Say a finding over several lines; `source` holds the lines of its file, for the line it points at."""
    said = {
        key: value if key in _NAMES else words.fragment(value, language)
        for key, value in finding.said
    }
    said |= {
        "found": words.fragment(finding.found, language),
        "expected": words.fragment(finding.expected, language),
    }
    parts = words.findings.get(finding.code, {})

    def part(key: str) -> str:
        return _filled(_in(parts.get(key, {}), language), said)

    severity = words.label(finding.severity.value, language)
    lines = [
        f"{finding.place}: {severity} {finding.code}: {part('what') or finding.found}".rstrip()
    ]
    lines += _excerpt(finding, source)
    named = (
        ("expected", part("expected") or said["expected"]),
        ("found", part("found") or said["found"]),
        ("basis", finding.basis),
        ("remedy", _remedy(finding, words, language, part("remedy"), said)),
    )
    lines += [f"  {words.label(key, language)}{text}" for key, text in named if text]
    return "\n".join(lines)


def _remedy(
    finding: Finding, words: Words, language: str, remedy: str, said: Mapping[str, str]
) -> str:
    texts = [remedy or finding.remedy]
    if said.get("nearest"):
        texts.insert(0, _filled(words.label("nearest", language), said))
    return (" " if language == "en" else "").join(text for text in texts if text)


def _excerpt(finding: Finding, source: Sequence[str]) -> list[str]:
    """Give the source line and, under it, what the place points at."""
    place = finding.place
    if not 0 < place.line <= len(source):
        return []
    line, at = _visible(source[place.line - 1]), place.column - 1
    match = _TOKEN.match(line, at)
    length = len(match.group()) if match else 1
    said = dict(finding.said)
    for text in (finding.found, said.get("name", ""), said.get("case", "")):
        if text and line.startswith(text, at):
            length = max(length, len(text))
    cut = 0
    if len(line) > WIDTH_MAX:
        cut = max(0, min(at - WIDTH_MAX // 3, len(line) - WIDTH_MAX))
        shown = (
            ("…" if cut else "")
            + line[cut : cut + WIDTH_MAX]
            + ("…" if cut + WIDTH_MAX < len(line) else "")
        )
    else:
        shown = line
    before = ("…" if cut else "") + line[cut:at]
    carets = max(1, min(_width(line[at : at + length]), WIDTH_MAX))
    number = f"{place.line}"
    return [
        f"  {number} | {shown.rstrip()}",
        f"  {' ' * len(number)} | {' ' * _width(before)}{'^' * carets}",
    ]


def _visible(line: str) -> str:
    """Show what would not be seen, or would turn the line around, as a sign of its own."""
    return "".join(
        "\ufffd" if unicodedata.category(char) in {"Cc", "Cf"} and char != "\t" else char
        for char in line
    ).replace("\t", " ")


def _width(text: str) -> int:
    """Count the columns a text takes on a terminal: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def summary(findings: Iterable[Finding], words: Words, language: str = "en") -> str:
    """Count findings by severity, in a sentence."""
    counted = dict.fromkeys(Severity, 0)
    for one in findings:
        counted[one.severity] += 1
    said = {
        "errors": f"{counted[Severity.ERROR]}",
        "warnings": f"{counted[Severity.WARNING]}",
        "notes": f"{counted[Severity.NOTE]}",
    }
    return _filled(words.label("count", language), said)
