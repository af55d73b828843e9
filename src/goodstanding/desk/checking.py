"""Check law files: read them all, cross-check them, and say every finding with its line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from goodstanding.kernel import cases, law
from goodstanding.kernel.carrier import Node
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
    folders = [Path(folder) for folder in dirs]
    nodes, findings = load_law(folders, cases=with_cases)
    read, more = law.read(nodes)
    found = [*findings, *more]
    if with_cases:
        broken = {one.place.file for one in found if one.refuses}
        found += _failing(folders, nodes, read, broken)
    return read, sorted(found, key=lambda one: (one.place, one.code, one.said))


def _failing(
    folders: Sequence[Path], nodes: Mapping[str, Node], read: Law, broken: set[str]
) -> Iterator[Finding]:
    """Judge each case by the law up to its own folder: an overlay changes no case of the law below it.

    Not where its own file or one of its programme has errors; the case would only echo them.
    """
    for number in range(1, len(folders) + 1):
        below = folders[:number]
        files = {name: node for name, node in nodes.items() if _lies_in(name, below)}
        upto = read if number == len(folders) else law.read(files)[0]
        for case in upto.cases:
            family = upto.programmes.get(case.programme, ())
            used = {case.place.file, *(programme.place.file for programme in family)}
            own = _lies_in(case.place.file, below[-1:]) and not _lies_in(
                case.place.file, below[:-1]
            )
            if own and not used & broken and any(p.version == case.version for p in family):
                yield from cases.check(case, family, upto.types)


def _lies_in(file: str, folders: Sequence[Path]) -> bool:
    return any(Path(file).is_relative_to(folder) for folder in folders)


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
