"""Check law files: read them all, cross-check them, and say every finding with its line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from goodstanding.kernel import law
from goodstanding.kernel.finding import Finding
from goodstanding.store.yaml_nodes import load_law


def findings_of(dirs: Iterable[str | Path]) -> list[Finding]:
    """Give all findings of the law in some folders (a base law, then overlays), by place."""
    nodes, findings = load_law(dirs)
    _, more = law.read(nodes)
    return [*findings, *more]


def check_law(dirs: Iterable[str | Path], lang: str = "en") -> list[str]:
    """Give every finding of the law in some folders as a text in a language."""
    del lang
    return [f"{f.place}: {f.severity.value} {f.code}: {f.found} | {f.expected} | {dict(f.said)}" for f in findings_of(dirs)]
