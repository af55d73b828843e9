"""Check law files: read them all, cross-check them, and say every finding with its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from goodstanding.kernel import law
from goodstanding.kernel.finding import Finding
from goodstanding.kernel.law import Law
from goodstanding.kernel.words import Words, read_words, say, summary
from goodstanding.store.yaml_nodes import load_law, read_file, read_sources

# Where a base law keeps its sentences.
WORDS = Path("words/findings.yaml")


def read_law(dirs: Iterable[str | Path]) -> tuple[Law, list[Finding]]:
    """Read the law in some folders (a base law, then overlays), with all findings by place."""
    nodes, findings = load_law(dirs)
    read, more = law.read(nodes)
    return read, sorted([*findings, *more], key=lambda found: (found.place, found.code, found.said))


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
    _, findings = read_law(folders)
    return [*say_all(findings, words, lang), summary(findings, words, lang)]
