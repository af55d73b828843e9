"""After this file has run, law files are plain nodes with places, or findings say why one could not be read.

Only the YAML syntax is used: no implicit types, anchors, aliases, tags, merge keys, duplicate keys or second documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import yaml

from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.rules.expression import shortened

# The C parser and the Python parser give the same events and marks; the first is ten times faster.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Nobody writes law nested deeper; a file that is would only exhaust the stack.
DEPTH_MAX = 40
# Characters that change how a line looks without being seen: controls, zero width, bidirectional marks.
_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)
# No quantity of a law has so many digits; every reader would have to fear them.
_DIGITS_MAX = 100
_DIGITS = re.compile(rf"\d(?:_?\d){{{_DIGITS_MAX}}}")
# Folders of law/ that hold no law: sentences and labels.
_NOT_LAW = frozenset({"words"})


# Folders of law/ that hold examples: nine tenths of the text, and needed only to check it.
_CASES = "cases"


def load_law(
    dirs: Path | str | Iterable[Path | str], *, cases: bool = True
) -> tuple[dict[str, Node], list[Finding]]:
    """Read every law file below the folders (a base law, then overlays) into nodes by file name.

    Files come in the order of their names, so that the result does not depend on the file system.
    Judging does not need the cases; leaving them out is what makes it start quickly.
    """
    nodes: dict[str, Node] = {}
    findings: list[Finding] = []
    roots = [dirs] if isinstance(dirs, Path | str) else list(dirs)
    findings += [
        finding("no-law", Place(str(root)), found=str(root))
        for root in roots
        if not law_files(root)
    ]
    for file in law_files(roots):
        if not cases and file.parent.name == _CASES:
            continue
        node = read_file(file, findings)
        if node is not None:
            nodes[str(file)] = node
    return nodes, findings


def law_files(dirs: Path | str | Iterable[Path | str]) -> list[Path]:
    """List the law files below the folders, sorted within each folder."""
    roots = [dirs] if isinstance(dirs, Path | str) else list(dirs)
    files: list[Path] = []
    for root in map(Path, roots):
        found = [root] if root.is_file() else sorted(root.rglob("*.yaml"))
        files += [
            f
            for f in found
            if not _NOT_LAW.intersection(f.relative_to(root).parts[:-1]) and f not in files
        ]
    return files


def read_sources(files: Iterable[str]) -> Mapping[str, list[str]]:
    """Give the lines of files, for showing a finding with its source line; unreadable ones are left out."""
    sources: dict[str, list[str]] = {}
    for file in files:
        path = Path(file)
        if path.is_file():
            sources[file] = path.read_text(encoding="utf-8", errors="replace").splitlines()
    return sources


def read_file(file: Path, findings: list[Finding]) -> Node | None:
    """Read one file; None if a finding was added that refuses it."""
    name = str(file)
    try:
        data = file.read_bytes()
    except OSError as error:
        findings.append(finding("unreadable-file", Place(name), found=error.strerror or "error"))
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        findings.append(
            finding("not-utf-8", Place(name, line, 1), found=f"byte {data[error.start]:#04x}")
        )
        return None
    return read_text(text, name, findings)


def read_text(text: str, file: str, findings: list[Finding]) -> Node | None:
    """Read the text of one file; None if a finding was added that refuses it."""
    hidden = _INVISIBLE.search(text)
    if hidden:
        findings.append(
            finding(
                "invisible-character", _place(text, file, hidden.start()), found=_code_point(hidden)
            )
        )
        return None
    digits = _DIGITS.search(text)
    if digits:
        found = shortened(digits.group())
        findings.append(finding("too-many-digits", _place(text, file, digits.start()), found=found))
        return None
    builder = _Builder(text, file)
    try:
        node = builder.document()
    except _TooDeep:
        node = None  # what is left is not read: it may be as deep again, a thousand times
    except yaml.YAMLError as error:
        findings.append(_broken(text, file, error))
        return None
    findings += builder.findings
    return None if builder.findings else node


def _place(text: str, file: str, at: int) -> Place:
    start = text.rfind("\n", 0, at) + 1
    return Place(file, text.count("\n", 0, at) + 1, at - start + 1)


def _code_point(hidden: re.Match[str]) -> str:
    return f"U+{ord(hidden.group()):04X}"


def _broken(text: str, file: str, error: yaml.YAMLError) -> Finding:
    """Make a finding of a YAML error, worded by the Python parser whichever parser found it."""
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as same:
        error = same
    mark = getattr(error, "problem_mark", None)
    place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
    return finding("broken-yaml", place, found=str(getattr(error, "problem", "") or error))


class _TooDeep(Exception):
    """Reading this file cannot go on; the finding is already noted."""


class _Builder:
    """Builds nodes from the event stream of one file."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.lines = text.splitlines()
        self.events: Iterator[yaml.Event] = iter(yaml.parse(text, Loader=_LOADER))
        self.findings: list[Finding] = []

    def document(self) -> Node | None:
        next(self.events)  # the start of the stream
        first = next(self.events)
        if isinstance(first, yaml.StreamEndEvent):
            self._refuse("empty-file", Place(self.file))
            return None
        node = self._node(next(self.events), 0, flow=False)
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse("several-documents", self._at(after))
        return node

    def _refuse(self, code: str, place: Place, **said: object) -> None:
        self.findings.append(finding(code, place, **said))  # type: ignore[arg-type]

    def _at(self, event: yaml.Event) -> Place:
        line, column = _start(event)
        return Place(self.file, line + 1, column + 1)

    def _node(self, event: yaml.Event, depth: int, *, flow: bool) -> Node:
        place = self._at(event)
        if isinstance(event, yaml.AliasEvent):
            self._refuse("alias", place, found=f"*{event.anchor}")
            return Text("", place)
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        if anchor:
            self._refuse("anchor", place, found=f"&{anchor}")
        if tag:
            self._refuse("tag", place, found=str(tag))
        if isinstance(event, yaml.ScalarEvent):
            return self._text(event, flow=flow)
        if depth == DEPTH_MAX:
            self._refuse("nested-too-deep", place, expected=f"at most {DEPTH_MAX} levels")
            raise _TooDeep
        inside = flow or bool(getattr(event, "flow_style", False))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(event, depth, flow=inside)
        return self._map(event, depth, flow=inside)

    def _list(self, start: yaml.Event, depth: int, *, flow: bool) -> List:
        items: list[Node] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1, flow=flow))
        return List(tuple(items), self._at(start))

    def _map(self, start: yaml.Event, depth: int, *, flow: bool) -> Map:
        entries: list[tuple[Text, Node]] = []
        seen: set[str] = set()
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1, flow=flow)
            node = self._node(next(self.events), depth + 1, flow=flow)
            if not isinstance(key, Text):
                self._refuse("key-not-text", key.place)
            elif key.value == "<<" and not key.quoted:
                self._refuse("merge-key", key.place, found="<<")
            elif key.value in seen:
                self._refuse("duplicate-key", key.place, found=key.value)
            else:
                seen.add(key.value)
                entries.append((key, node))
        return Map(tuple(entries), self._at(start))

    def _text(self, event: yaml.ScalarEvent, *, flow: bool) -> Text:
        place, quoted = self._at(event), event.style not in (None, "")
        (line, column), (last, _) = _start(event), _end(event)
        if line == last:
            span = (0, line + 1, column + 1 + (1 if quoted else 0))
            return Text(event.value, place, quoted, flow, (span,))
        return Text(event.value, place, quoted, flow, self._spans(event))

    def _spans(self, event: yaml.ScalarEvent) -> tuple[tuple[int, int, int], ...]:
        """Find the pieces of a value of several lines in the source lines it comes from."""
        spans: list[tuple[int, int, int]] = []
        at = 0
        (first, left), (last, right) = _start(event), _end(event)
        block, quote = event.style in ("|", ">"), 1 if event.style else 0
        for index in range(first + block, min(last + 1, len(self.lines))):
            line = self.lines[index]
            start = left + quote if index == first else 0
            end = right - quote if index == last and not block else len(line)
            piece = line[start:end].strip()
            found = event.value.find(piece, at) if piece else -1
            if found >= 0:
                spans.append((found, index + 1, line.find(piece, start) + 1))
                at = found + len(piece)
        return tuple(spans)


def _start(event: yaml.Event) -> tuple[int, int]:
    """Give line and column of an event's first character, from 0."""
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def _end(event: yaml.Event) -> tuple[int, int]:
    """Give line and column after an event's last character, from 0."""
    mark = event.end_mark
    return (mark.line, mark.column) if mark else (0, 0)
