"""Check law files: read them all, cross-check them, and say every finding with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from goodstanding.kernel import cases, law
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.law import Law
from goodstanding.kernel.words import Words, read_words, say, summary
from goodstanding.store.yaml_nodes import load_law, read_file, read_sources

# Where a base law keeps its sentences.
WORDS = Path("words/findings.yaml")


def read_law(dirs: Iterable[str | Path], *, with_cases: bool = False) -> tuple[Law, list[Finding]]:
    """Read the law in some folders (a base law, then overlays), with all findings by place.

    With its cases, each is judged, and one that does not hold is a finding; judging a register does not need them.
    """
    nodes, findings = load_law(dirs, cases=with_cases)
    read, more = law.read(nodes)
    failing = [found for case in read.cases for found in _failing(case, read)]
    found = [*findings, *more, *failing]
    return read, sorted(found, key=lambda one: (one.place, one.code, one.said))


def _failing(case: cases.Case, read: Law) -> Iterator[Finding]:
    family = read.programmes.get(case.programme, ())
    if any(p.version == case.version for p in family):
        yield from cases.check(case, family, read.types)


def words_of(dirs: Iterable[str | Path]) -> Words:
    """Give the sentences of the first folder that has some."""
    for folder in dirs:
        file = Path(folder) / WORDS
        if file.is_file():
            return read_words(read_file(file, []))
    return Words()


def say_all(findings: Iterable[Finding], words: Words, lang: str = "en") -> list[str]:
    """Say findings in a language, each with its source line."""
    found = list(findings)
    sources = read_sources({one.place.file for one in found})
    return [say(one, words, lang, sources.get(one.place.file, ())) for one in found]


def check_law(dirs: Iterable[str | Path], lang: str = "en") -> list[str]:
    """Give every finding of the law in some folders as a text in a language, and a last line that counts them."""
    folders = list(dirs)
    words = words_of(folders)
    _, findings = read_law(folders, with_cases=True)
    return [*say_all(findings, words, lang), summary(findings, words, lang)]
