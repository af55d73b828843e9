"""The longest files and functions: a report for people to weigh, and the functions that say nothing of themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from tests.house.source import Complaint, Source, functions

# Above these, look twice; nothing fails. A longer file or function that reads better whole stays whole.
FILE_LINES = 400
FUNCTION_LINES = 50
# Rooms in which every public function has a docstring.
TOLD_ROOMS = ("kernel", "compile", "desk")


def longest_files(sources: Iterable[Source]) -> list[tuple[int, str]]:
    """Give lines and path of each file, the longest first."""
    return sorted(((len(s.text.splitlines()), s.path) for s in sources), reverse=True)


def longest_functions(sources: Iterable[Source]) -> list[tuple[int, str]]:
    """Give lines and place of each function, the longest first."""
    return sorted(
        (
            ((f.end_lineno or f.lineno) - f.lineno + 1, f"{s.path}:{f.lineno} {f.name}")
            for s in sources
            for f in functions(s.tree)
        ),
        reverse=True,
    )


def report(sources: Iterable[Source], count: int = 5) -> list[str]:
    """Say which files and functions are the longest, those to look at twice marked."""
    sources = tuple(sources)
    lines = []
    for what, limit, found in (
        ("files", FILE_LINES, longest_files(sources)),
        ("functions", FUNCTION_LINES, longest_functions(sources)),
    ):
        over = sum(size > limit for size, _ in found)
        lines.append(f"{len(found)} {what}, {over} above {limit} lines; the longest:")
        lines += [
            f"  {size:5}{' ' if size <= limit else '*'} {place}" for size, place in found[:count]
        ]
    return lines


def docstring_complaints(source: Source) -> list[Complaint]:
    """Complain of each public function without a docstring."""
    return [
        Complaint(source.path, function.lineno, f"the public function {function.name} has no docstring",
                  "one sentence in the imperative, then only what the signature cannot say")
        for function in _public(source.tree)
        if not (ast.get_docstring(function) or "").strip()
    ]  # fmt: skip


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give the functions of the module and of its public classes, as others may call them."""
    for body in [
        tree.body,
        *(c.body for c in tree.body if isinstance(c, ast.ClassDef) and _open(c.name)),
    ]:
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or not _open(node.name):
                continue
            marks = {getattr(mark, "attr", getattr(mark, "id", "")) for mark in node.decorator_list}
            if not marks & {"overload", "setter", "override"}:
                yield node


def _open(name: str) -> bool:
    return not name.startswith("_")
