"""Where the code lies, how it is read, and how a complaint about it is said."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from tests.house.exceptions import EXCEPTIONS

ROOT = Path(__file__).resolve().parents[2]
SRC = "src/goodstanding"
# From left to right; a room imports only rooms to its left. The list is exhaustive.
ROOMS = ("kernel", "compile", "store", "desk", "doors")
# The rooms in which the same inputs give the same answer on any day.
PURE_ROOMS = ("kernel", "compile")


@dataclass(frozen=True, order=True)
class Complaint:
    """A place that breaks a rule of the house."""

    path: str
    line: int
    rule: str
    instead: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}; instead: {self.instead}"


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root of the repository, and its text."""

    path: str
    text: str

    @property
    def room(self) -> str:
        """The room the file lies in; empty outside the rooms."""
        inside = PurePosixPath(self.path).parts[2:-1] if self.path.startswith(SRC) else ()
        return inside[0] if inside and inside[0] in ROOMS else ""

    @property
    def name(self) -> str:
        """The file from its room on, such as rules/nodes; a package is its __init__."""
        return str(PurePosixPath(*PurePosixPath(self.path).parts[3:]).with_suffix(""))

    @property
    def tree(self) -> ast.Module:
        return parse(self.text, self.path)


@cache
def parse(text: str, path: str) -> ast.Module:
    """Read Python; a syntax error names the path."""
    return ast.parse(text, path)


@cache
def repository_files() -> tuple[str, ...]:
    """Every file that is or would be committed; in an unpacked archive, every file that nothing made."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607 - git is where the PATH says
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode == 0:
        names = {name for name in listed.stdout.split("\0") if name}
    else:
        made = {".venv", "build", "dist", "__pycache__"}
        found = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        names = {
            path.as_posix()
            for path in found
            if not any(part in made or part.endswith("_cache") for part in path.parts)
        }
    return tuple(sorted(name for name in names if (ROOT / name).is_file()))


def python_files(*folders: str) -> tuple[Source, ...]:
    """The Python files of the repository under these folders."""
    return tuple(
        Source(name, (ROOT / name).read_text(encoding="utf-8"))
        for name in repository_files()
        if name.endswith(".py") and name.startswith(tuple(f"{folder}/" for folder in folders))
    )


def pure_files() -> tuple[Source, ...]:
    """The files of the pure rooms."""
    return python_files(*(f"{SRC}/{room}" for room in PURE_ROOMS))


def parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """Give each node's parent."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The constants that are documentation: strings that stand alone as a statement."""
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, at any depth."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def refuse(check: str, complaints: Iterable[Complaint]) -> None:
    """Fail with all complaints of a check, one a line, in the order of the files; excepted ones are let go.

    An exception that lets nothing go any more is itself a complaint.
    """
    said = set(complaints)
    kept = said
    for one in EXCEPTIONS:
        if one.check == check:
            excused = {c for c in said if c.path == one.path and one.rule in c.rule}
            if not excused:
                rule = f"the exception for {one.path} ({one.rule}) is no longer needed"
                kept = kept | {Complaint("tests/house/exceptions.py", 1, rule, "take it out")}
            kept = kept - excused
    if kept:
        pytest.fail("\n".join(["", *map(str, sorted(kept))]), pytrace=False)
