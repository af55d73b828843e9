"""Say what covers what: the tables of coverage on the terminal, and as a page for readers of the repository."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from goodstanding.kernel.law import Law
from goodstanding.kernel.rules.closed import CoverageRow, CoverageTable, matches
from goodstanding.kernel.rules.items import Title
from goodstanding.kernel.telling import Teller


class State(Enum):
    """How far a piece is covered."""

    COVERED = "covered"
    IN_PART = "in part"
    LATER = "later"
    LEFT_OUT = "left out"


def state_of(row: CoverageRow) -> State:
    """Tell how far a row is covered: by what it names, and by what it says is still to come or nowhere published."""
    open_ = any(word in {"later", "not published"} for word, _ in row.said)
    there = any(kind != "excluded" for kind, _ in row.names) or any(w == "told" for w, _ in row.said)  # fmt: skip
    if there:
        return State.IN_PART if open_ else State.COVERED
    return State.LATER if open_ else State.LEFT_OUT


def told(law: Law, teller: Teller) -> list[str]:
    """Give the tables of coverage as lines: each row with what it names, each table with a count at its end."""
    return [line for table in law.coverage.values() for line in _table(table, teller)]


def _table(table: CoverageTable, teller: Teller) -> Iterator[str]:
    yield teller.title(table.title, table.id)
    for row in table.rows:
        yield f"{row.id:>8}  {teller.title(row.title, '')}: {teller.word(_key(state_of(row).value))}"
        for kind, names in row.names:
            yield f"{'':12}{teller.word(_key(kind))}: {', '.join(names)}"
        for word, title in row.said:
            yield f"{'':12}{teller.word(_key(word))}: {teller.title(title, '')}"
    counted = ((state, sum(state_of(row) is state for row in table.rows)) for state in State)
    said = ", ".join(f"{teller.word(_key(state.value))} {n}" for state, n in counted if n)
    yield teller.word("coverage_rows", count=len(table.rows), said=said)
    yield ""


def _key(what: str) -> str:
    return "coverage_" + what.replace(" ", "_")


# --------------------------------------------------------------------------------------------------
# The page


def page(law: Law, root: Path) -> str:
    """Give docs/law-coverage.md: every row of every table with the law files it lies in."""
    lines = [
        "# What the law covers",
        "",
        "Made of `law/coverage.yaml` and the law itself; `goodstanding law check --coverage` says the same with every name.",
        "A row lies in law files, is left out on purpose (`law/excluded.yaml`), comes later, or no source publishes it.",
        "",
    ]
    for table in law.coverage.values():
        lines += [f"## {_english(table.title)}", "", *_rows(law, root, table), ""]
    return "\n".join(lines).rstrip() + "\n"


def _rows(law: Law, root: Path, table: CoverageTable) -> Iterator[str]:
    yield "| # | piece | where | left out | later | not published |"
    yield "|---|---|---|---|---|---|"
    for row in table.rows:
        said = {word: _english(text) for word, text in row.said}
        names = dict(row.names)
        where = [*_files(law, root, row), *([said["told"]] if "told" in said else [])]
        cells = (
            row.id,
            _english(row.title),
            "; ".join(where),
            ", ".join(names.get("excluded", ())),
            said.get("later", ""),
            said.get("not published", ""),
        )
        yield f"| {' | '.join(cells)} |"


def _files(law: Law, root: Path, row: CoverageRow) -> list[str]:
    """Give the law files of what a row names, shortened to their folder where a row names many of one folder."""
    files = sorted({_relative(file, root) for file in _places(law, row)})
    folders: dict[str, list[str]] = {}
    for file in files:
        folders.setdefault(file.rpartition("/")[0], []).append(file)
    return [one for folder, held in folders.items() for one in (held if len(held) < 3 else [f"{folder}/"])]  # fmt: skip


def _relative(file: str, root: Path) -> str:
    return Path(file).resolve().relative_to(root.resolve()).as_posix()


def _places(law: Law, row: CoverageRow) -> Iterator[str]:
    """Give the file of everything a row names, but of what it leaves out."""
    for kind, names in row.names:
        for name in names:
            yield from _named(law, kind, name)


def _named(law: Law, kind: str, name: str) -> Iterable[str]:
    match kind:
        case "record types":
            found = (v for k, v in law.record_types.items() if matches(name, k))
            return [versions[-1].place.file for versions in found]
        case "programmes":
            return [one.place.file for one in law.programmes.get(name, ())]
        case "catalogues":
            return [law.catalogues[name][-1].place.file]
        case "lists":
            return [law.lists[name].place.file]
        case "measures":
            return [law.measures[name].place.file]
        case _:
            return []


def _english(title: Title) -> str:
    found = dict(title)
    return found.get("en", next(iter(found.values()), ""))
