"""Docs that can fail: each path and each command that they name exists, and each command is named."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch

from tests.house.source import ROOMS, SRC, Complaint

_SPAN = re.compile(r"(`+)(.+?)\1")
_FENCE = re.compile(r"^\s*(?:```|~~~)")
# Folders at the top of the repository, and those of src/goodstanding, that a path may begin with.
_TOPS = ("src", "law", "samples", "docs", "tests", "benchmarks", "requirements", ".ci", *ROOMS)
# What the tools make: named in the docs, never in the repository.
_MADE = ("build/", "dist/", ".venv/")
_PATH = re.compile(r"[\w.*/-]+")
_FILE = re.compile(r"[\w*-]+\.(?:md|toml|txt|py|yaml|yml|json|sql)|Makefile|LICENSE")
_WORD = re.compile(r"[a-z][a-z-]*")


def path_complaints(path: str, text: str, files: Iterable[str]) -> list[Complaint]:
    """Complain of each path in backticks that is not in the repository."""
    files = tuple(files)
    return [
        Complaint(
            path,
            line,
            f"`{span}` is no path of the repository",
            "the path as it is today, or no backticks",
        )
        for line, span in _spans(text)
        if _is_path(span) and not _exists(span.rstrip("/"), files)
    ]


def command_complaints(path: str, text: str, commands: Iterable[str]) -> list[Complaint]:
    """Complain of each `goodstanding ...` that is no command."""
    known = set(commands)
    return [
        Complaint(
            path,
            line,
            f"`goodstanding {said}` is no command",
            f"one of: {', '.join(sorted(known))}",
        )
        for line, said in _commands(text)
        if not any(said == command or said.startswith(f"{command} ") for command in known)
    ]


def silence_complaints(texts: Iterable[str], commands: Iterable[str]) -> list[Complaint]:
    """Complain of each command that no page names."""
    said = {found for text in texts for _, found in _commands(text)}
    return [
        Complaint(
            f"{SRC}/doors/cli.py",
            1,
            f"`goodstanding {command}` is named on no page",
            "a line in README.md",
        )
        for command in sorted(set(commands))
        if not any(one == command or one.startswith(f"{command} ") for one in said)
    ]


def commands_of(parser: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    """Give every command of a parser that does something, such as `law check`."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                deeper = list(commands_of(below, f"{before}{name} "))
                yield from deeper or [f"{before}{name}"]


def _spans(text: str) -> Iterator[tuple[int, str]]:
    """Give line and content of each code span outside fenced blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced:
            for _, span in _SPAN.findall(line):
                yield number, span.strip()


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """Give line and words of each command, in code spans and at the start of a line in fenced blocks."""
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        for code in [line] if fenced else [span for _, span in _SPAN.findall(line)]:
            found = re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?goodstanding ((?:[\w-]+ ?)+)", code)
            words = found.group(1).split() if found else []
            spoken = []
            for word in words:
                if not _WORD.fullmatch(word):
                    break
                spoken.append(word)
            if spoken:
                yield number, " ".join(spoken)


def _is_path(span: str) -> bool:
    if not _PATH.fullmatch(span) or span.startswith(_MADE) or "..." in span:
        return False
    return bool(_FILE.fullmatch(span)) or ("/" in span and span.split("/", maxsplit=1)[0] in _TOPS)


def _exists(span: str, files: tuple[str, ...]) -> bool:
    if "/" not in span and any(fnmatch(file.rsplit("/", 1)[-1], span) for file in files):
        return True
    for place in (span, f"src/{span}", f"{SRC}/{span}"):
        patterns = (place, f"{place}.py", f"{place}/*")
        if any(fnmatch(file, pattern) for pattern in patterns for file in files):
            return True
    return False
