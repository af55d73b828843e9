"""Opens official files: after this file has run, a CSV in any wrapping is a table of rows with their lines, or a finding says why not.

A file is read twice: once to its end, to learn its encoding and that it is whole, then row by row. Neither pass holds more than one record in
memory, whatever the file does. Opening never raises for what stands in a file.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from goodstanding.kernel.finding import Finding, Place, finding
from goodstanding.kernel.sources import Row, Table

LINE_BYTES_MAX = 1 << 20
# A quoted cell may hold line breaks; one that is never closed must not swallow the file.
LINES_PER_RECORD_MAX = 30
RECORD_CHARACTERS_MAX = 1 << 17  # what the csv module takes
TEXT_BYTES_MAX = 4 << 30
_HEAD = 1 << 16
_FORBIDDEN = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]")
# Bytes that the encoding does not define, as surrogateescape writes them.
_UNDEFINED = re.compile("[\udc80-\udcff]")
_BROKEN = (EOFError, OSError, zlib.error, zipfile.BadZipFile, RuntimeError)


@dataclass(frozen=True)
class Format:
    """How a file is to be read."""

    encoding: str
    member: str = ""  # the file inside a zip archive


def open_table(path: Path) -> Table:
    """Open an official file. Its rows are read from the disk as they are asked for, once."""
    try:
        found = look(path)
    except _BROKEN as error:
        code = "file-not-read" if isinstance(error, OSError) and error.errno else "file-damaged"
        found = finding(code, Place(path.name))
    if isinstance(found, Finding):
        return Table(path.name, findings=(found,))
    return Table(path.name, _rows(path, found))


def look(path: Path) -> Format | Finding:
    """Read a file to its end and tell how it is to be read, or why it cannot be. Raises the errors of damaged archives."""
    place = Place(path.name)
    if not path.is_file():
        return finding("file-not-read", place)
    member = _member(path)
    if isinstance(member, Finding):
        return member
    with _bytes(path, member) as stream:
        head = stream.read(_HEAD)
        wrong = _no_text(head)
        if wrong:
            return finding(wrong, place)
        tally = _Tally()
        for line in _lines(io.BytesIO(head), stream):
            if line.read > TEXT_BYTES_MAX:
                return finding("file-too-large", place, high=TEXT_BYTES_MAX)
            tally.count(line.text or b"")
    return Format(tally.encoding(), member)


def _no_text(head: bytes) -> str:
    """Tell from its first bytes why a file is no CSV."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:512].lower()
    if not start:
        return "file-empty"
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or _looks_utf16(head):
        return "file-utf16"
    if head[:4] == b"\xd0\xcf\x11\xe0":
        return "file-is-spreadsheet"
    if head[:4] == b"PK\x03\x04":
        return "archive-members"
    if b"\0" in head or head[:5] == b"%PDF-" or head[:2] == b"\x1f\x8b":
        return "file-not-text"
    if start[:1] == b"<" or b"<html" in start or b"<!doctype" in start:
        return "file-is-web-page"
    return ""


def _looks_utf16(head: bytes) -> bool:
    """Tell UTF-16 without its mark: every second byte of plain text is zero."""
    pairs = len(head) // 2
    return pairs > 8 and max(head[0::2].count(0), head[1::2].count(0)) * 3 > pairs * 2


class _Tally:
    """Counts which encoding the lines with accents are in."""

    def __init__(self) -> None:
        self.utf8 = 0
        self.other = 0

    def count(self, line: bytes) -> None:
        if line.isascii():
            return
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            self.other += 1
        else:
            self.utf8 += 1

    def encoding(self) -> str:
        """Give UTF-8 where every line is; also where a few are not, which are then refused one by one."""
        return "utf-8" if not self.other or self.utf8 > self.other else "cp1252"


# --------------------------------------------------------------------------------------------------
# Wrapping


def _member(path: Path) -> str | Finding:
    """Give the one CSV file inside a zip archive; an empty text where the file is no archive."""
    with path.open("rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return ""
    with zipfile.ZipFile(path) as archive:
        names = [
            i.filename
            for i in archive.infolist()
            if not i.is_dir() and "__MACOSX" not in i.filename
        ]
    if any(n == "[Content_Types].xml" or n.startswith(("xl/", "content.xml")) for n in names):
        return finding("file-is-spreadsheet", Place(path.name))
    tables = [n for n in names if n.lower().endswith((".csv", ".txt"))]
    return tables[0] if len(tables) == 1 else finding("archive-members", Place(path.name))


@contextmanager
def _bytes(path: Path, member: str) -> Iterator[BinaryIO]:
    """Open the bytes of a file out of whatever wraps it; told by its first bytes, never by its name."""
    if member:
        with zipfile.ZipFile(path) as archive, archive.open(member) as inner:
            yield cast("BinaryIO", inner)
        return
    with path.open("rb") as file:
        wrapped = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if wrapped:
            with gzip.GzipFile(fileobj=file) as inside:
                yield cast("BinaryIO", inside)
        else:
            yield file


# --------------------------------------------------------------------------------------------------
# Lines


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: bytes | None  # None: longer than any line may be
    read: int  # bytes up to here


def _lines(*streams: BinaryIO) -> Iterator[_Line]:
    """Cut bytes at line feeds, never holding more than a line may have."""
    rest = b""
    number, read, skipping = 1, 0, False
    for chunk in (c for s in streams for c in iter(lambda s=s: s.read(_HEAD), b"")):  # type: ignore[misc]
        read += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        for text in whole:
            yield _Line(
                number, None if skipping or len(text) > LINE_BYTES_MAX else text + b"\n", read
            )
            number, skipping = number + 1, False
        if len(rest) > LINE_BYTES_MAX:
            rest, skipping = b"", True
            yield _Line(number, b"", read)
    if skipping:
        yield _Line(number, None, read)
    elif rest:
        yield _Line(number, rest, read)


# --------------------------------------------------------------------------------------------------
# Rows


class _TooManyLines(Exception):
    """A quoted cell goes on for longer than any may."""


class _Feed:
    """Hands lines to the CSV reader, remembers those of the record in hand, and takes them back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self.lines = lines
        self.waiting: list[tuple[int, str]] = []
        self.record: list[tuple[int, str]] = []

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        characters = sum(len(text) for _, text in self.record)
        if len(self.record) >= LINES_PER_RECORD_MAX or characters > RECORD_CHARACTERS_MAX:
            raise _TooManyLines
        line = self.waiting.pop() if self.waiting else next(self.lines)
        self.record.append(line)
        return line[1]

    def begin(self) -> None:
        """Begin the next record."""
        self.record = []

    def give_back_but_first(self) -> None:
        """Let the next record begin on the line after the one where this began."""
        self.waiting += reversed(self.record[1:])


def _rows(path: Path, how: Format) -> Iterator[Row | Finding]:
    """Read the records of a file that was looked at before."""
    refused: list[Finding] = []
    with _bytes(path, how.member) as stream:
        feed = _Feed(_decoded(stream, path.name, how.encoding, refused))
        reader = csv.reader(feed, strict=True)
        while True:
            feed.begin()
            try:
                cells = next(reader)
            except StopIteration:
                break
            except (csv.Error, _TooManyLines):
                yield from refused
                refused.clear()
                if not feed.record:
                    break
                yield finding("row-unreadable", Place(path.name, feed.record[0][0]))
                feed.give_back_but_first()
                continue
            yield from refused
            refused.clear()
            line = feed.record[0][0]
            code = _hidden(feed.record)
            yield (
                finding(code, Place(path.name, line), encoding=how.encoding)
                if code
                else Row(line, cells)
            )
    yield from refused


def _hidden(record: list[tuple[int, str]]) -> str:
    """Tell what a record holds that no text may."""
    for _, text in record:
        if not text.isascii() and _UNDEFINED.search(text):
            return "undecodable-bytes"
        if _FORBIDDEN.search(text):
            return "control-sign"
    return ""


def _decoded(
    stream: BinaryIO, file: str, encoding: str, refused: list[Finding]
) -> Iterator[tuple[int, str]]:
    """Decode lines; bytes that the encoding does not define stay marked, and their row is refused later."""
    for line in _lines(stream):
        if line.text is None:
            place = Place(file, line.number)
            refused.append(finding("line-too-long", place, high=LINE_BYTES_MAX))
            continue
        data = line.text.removeprefix(b"\xef\xbb\xbf") if line.number == 1 else line.text
        text = data.decode(encoding, "surrogateescape")
        if data:
            yield line.number, text
