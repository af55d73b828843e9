"""Gathers the sentences of all word files below some folders of law; the first folder that says something is heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from goodstanding.kernel.carrier import Map, Node, Text
from goodstanding.kernel.telling import Words as Sentences
from goodstanding.kernel.words import Words, read_words
from goodstanding.store.yaml_nodes import read_file


def read_wording(folders: Iterable[Path]) -> tuple[Words, Sentences]:
    """Read sentences for findings (key `findings`) and for everything else (key `words`)."""
    findings: dict[str, Mapping[str, Mapping[str, str]]] = {}
    labels: dict[str, Mapping[str, str]] = {}
    sentences: dict[str, Mapping[str, str]] = {}
    first: Words | None = None
    for folder in folders:
        for file in sorted((folder / "words").glob("*.yaml")):
            node = read_file(file, [])
            words = read_words(node)
            first = words if first is None and words.fragments else first
            findings = {**words.findings, **findings}
            labels = {**words.labels, **labels}
            sentences = {**_sentences(node), **sentences}
    return Words(findings, labels, first.fragments if first else ()), sentences


def _sentences(node: Node | None) -> dict[str, Mapping[str, str]]:
    held = node.map("words") if isinstance(node, Map) else None
    return {
        key.value: {tag.value: text.value for tag, text in value.entries if isinstance(text, Text)}
        for key, value in (held.entries if held else ())
        if isinstance(value, Map)
    }
