"""The second reading: every figure in law/ stands in a committed table with its source, and the source says it.

A typo in a threshold cannot stay: the table is compared with the law file on one side and with the reference on the other.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT.parent / "shared"
MARKS = {"confirmed", "unconfirmed", "derived", "invented"}

# A figure: a day, an amount, a percentage or a number; letters and digits around it make it a name.
FIGURE = re.compile(
    r"(?<![\w.\-'])\d{4}-\d{2}-\d{2}(?![\w\-])|(?<![\w.\-'])\d[\d_]*(?:\.\d+)?%?(?![\w'.\-]|\.\d)"
)
# Numbers that say "none", "one" or "at least one" are grammar, not figures of the law.
GRAMMAR = {"0", "1", "100%"}
# The kinds of files that hold figures of the law.
FIGURED = {"programme", "record types", "measures", "lists"}
# Keys whose values hold no figures of the law: names, titles, places, and examples.
SILENT = {
    "title",
    "basis",
    "id",
    "version",
    "programme",
    "publicity",
    "source",
    "text",
    "confirmed",
    "adopted",
    "grade",
    "number",
    "places",
    "cause",
    "row",
    "gravity",
}


@dataclass(frozen=True)
class Row:
    """A row of a table of figures."""

    table: Path
    line: int
    law_file: str
    path: str
    figure: str
    source_file: str
    section: str
    quote: str
    mark: str

    def __str__(self) -> str:
        """Give the place of the row."""
        return f"{self.table.relative_to(ROOT)}:{self.line}"


def rows() -> list[Row]:
    """Read all tables of figures."""
    found = []
    for table in sorted((ROOT / "law").rglob("figures.csv")):
        with table.open(encoding="utf-8", newline="") as text:
            for i, row in enumerate(csv.DictReader(text)):
                found.append(
                    Row(
                        table,
                        i + 2,
                        *(
                            row[k]
                            for k in (
                                "law_file",
                                "path",
                                "figure",
                                "source_file",
                                "section",
                                "quote",
                                "mark",
                            )
                        ),
                    )
                )
    return found


ROWS = rows()
FILES = {
    str(Path(name).resolve().relative_to(ROOT)): node
    for name, node in load_law(ROOT / "law", cases=False)[0].items()
}


def leaves(node: Node, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Give every scalar with its path; items of lists go by their id, else by their place."""
    if isinstance(node, Text):
        yield path, node.value
    elif isinstance(node, List):
        for i, item in enumerate(node.items):
            id_ = (
                next(
                    (v.value for k, v in item.entries if k.value == "id" and isinstance(v, Text)),
                    None,
                )
                if isinstance(item, Map)
                else None
            )
            yield from leaves(item, (*path, id_ or str(i)))
    else:
        for key, value in node.entries:
            yield from leaves(value, (*path, key.value))


LEAVES = {file: list(leaves(node)) for file, node in FILES.items()}


def figures(text: str) -> list[str]:
    """Give the figures of a scalar, without those that are only grammar."""
    return [f for f in FIGURE.findall(text) if f not in GRAMMAR]


def plain(figure: str) -> str:
    """Write a figure without what only parts it."""
    return figure.replace("_", "").replace(",", "").strip()


def is_judged_by(file: str) -> bool:
    """Tell whether a law file holds figures of the law: programmes, record types, measures and lists, not cases or offices."""
    node = FILES[file]
    return isinstance(node, Map) and node.entries[0][0].value in FIGURED


def test_there_are_tables() -> None:
    """No table would make every other test here pass."""
    assert len(ROWS) > 300


TABLES = sorted({r.table for r in ROWS})


def name_of(table: Path) -> str:
    """Name a table by its pack."""
    return str(table.parent.relative_to(ROOT))


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_the_law_files_hold_the_figures(table: Path) -> None:
    """The path of every row leads to a scalar, or a key, that holds the figure."""
    wrong = []
    for row in (r for r in ROWS if r.table == table):
        wanted = tuple(row.path.split(" / "))
        below = [
            (path, value) for path, value in LEAVES[row.law_file] if path[: len(wanted)] == wanted
        ]
        held = plain(" ".join(part for path, value in below for part in (*path, value)))
        if row.mark not in MARKS or not below or plain(row.figure) not in held:
            wrong.append(f"{row}: {row.path}: {row.figure} ({row.mark}) does not stand there")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", TABLES, ids=name_of)
def test_the_sources_say_it(table: Path) -> None:
    """The named section of the reference holds the quote of every row."""
    if not REFERENCE.exists():
        pytest.skip(
            "the reference (../shared) is not here: the figures are NOT compared with their sources"
        )
    wrong = [
        f"{row}: {row.quote!r} is not in section {row.section} of {row.source_file}"
        for row in ROWS
        if row.table == table and row.source_file.endswith(".md")
        if not row.quote or row.quote not in section_of(row.source_file, row.section)
    ]
    assert not wrong, "\n".join(wrong)


@cache
def section_of(file: str, name: str) -> str:
    """Give a section of a file of the reference."""
    source = REFERENCE / file if "/" in file else REFERENCE / "law" / file
    return section(source.read_text(encoding="utf-8"), name)


def section(text: str, name: str) -> str:
    """Give a section of a reference file: by its number (with its subsections) or by its heading."""
    taken: list[str] = []
    level = 0
    for line in text.splitlines():
        heading = re.match(r"(#+) (.*)", line)
        if heading:
            depth, title = len(heading[1]), heading[2]
            named = re.match(rf"{re.escape(name)}(?![\w])", title) or title.startswith(name)
            if named and not level:
                level = depth
            elif level and depth <= level:
                level = depth if named else 0
        if level:
            taken.append(line)
    return "\n".join(taken)


@pytest.mark.parametrize("file", sorted(f for f in FILES if is_judged_by(f)))
def test_no_figure_of_the_law_is_missing_from_the_tables(file: str) -> None:
    """Every figure in a programme or record type has a row."""
    listed = [(tuple(r.path.split(" / ")), plain(r.figure)) for r in ROWS if r.law_file == file]
    missing = [
        f"{' / '.join(path)}: {figure}"
        for path, value in LEAVES[file]
        if not SILENT.intersection(path)
        for figure in figures(value)
        if not any(
            path[: len(p)] == p and (plain(figure) in f or f in plain(figure)) for p, f in listed
        )
    ]
    assert not missing, f"{file}: not in figures.csv:\n" + "\n".join(missing)
