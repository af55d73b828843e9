"""Whatever stands in a law file, reading it ends with findings and never with an exception."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from goodstanding.kernel import law
from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Place
from tests.kernel.rules.reading import good_files

# What may stand anywhere by mistake.
WRONG: tuple[Node, ...] = (
    Text("", Place("x", 1, 1)),
    Text("nonsense", Place("x", 1, 1)),
    Text("3 < x and (", Place("x", 1, 1), quoted=True),
    Text("-1", Place("x", 1, 1)),
    List((), Place("x", 1, 1)),
    List((Text("a", Place("x", 1, 2)),), Place("x", 1, 1)),
    Map((), Place("x", 1, 1)),
    Map(((Text("a", Place("x", 1, 2)), Text("b", Place("x", 1, 5))),), Place("x", 1, 1)),
)


def replaced(node: Node, wrong: Node) -> Iterator[Node]:
    """Give the node with each of its parts in turn replaced by something wrong, or left out."""
    yield wrong
    if isinstance(node, List):
        for i, item in enumerate(node.items):
            for other in replaced(item, wrong):
                yield List((*node.items[:i], other, *node.items[i + 1 :]), node.place)
    elif isinstance(node, Map):
        for i, (key, value) in enumerate(node.entries):
            yield Map((*node.entries[:i], *node.entries[i + 1 :]), node.place)
            for other in replaced(value, wrong):
                entries = (*node.entries[:i], (key, other), *node.entries[i + 1 :])
                yield Map(entries, node.place)


FILES = sorted(good_files())


@pytest.mark.parametrize("number", range(len(WRONG)))
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.rsplit("/good/", 1)[1])
def test_every_part_may_be_wrong(file: str, number: int) -> None:
    good = good_files()
    # every part of every file is replaced, but not by everything: that would take minutes
    for i, node in enumerate(replaced(good[file], WRONG[number])):
        if i % (6 * len(WRONG)) == number:
            _, findings = law.read({**good, file: node})
            assert isinstance(findings, list)
