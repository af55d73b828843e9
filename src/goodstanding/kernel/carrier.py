"""Law text as plain nodes with places: texts, lists and maps, and nothing typed yet.

The store room builds them from files; `rules` reads them. Every scalar is text until a form says what it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from goodstanding.kernel.finding import Place


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as written.

    `quoted` tells any quoting or block style; `flow` tells that it stands inside `{}` or `[]`. `spans` holds, for
    each source line that the value comes from, (offset in the value, line, column), so that a place inside the
    value can be found again; one span for a value on one line.
    """

    value: str
    place: Place
    quoted: bool = False
    flow: bool = False
    spans: tuple[tuple[int, int, int], ...] = ()

    def at(self, offset: int) -> Place:
        """Give the place in the file of a character of the value."""
        for start, line, column in reversed(self.spans):
            if offset >= start:
                return Place(self.place.file, line, column + offset - start)
        return self.place.along(offset)


@dataclass(frozen=True, slots=True)
class List:
    """A sequence of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Map:
    """Keys and nodes in the order written; no key stands twice."""

    entries: tuple[tuple[Text, Node], ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """Give the node under a key."""
        for name, node in self.entries:
            if name.value == key:
                return node
        return None

    def __contains__(self, key: str) -> bool:
        """Tell whether the key is there."""
        return self.get(key) is not None

    @property
    def keys(self) -> tuple[str, ...]:
        """Give the keys in order."""
        return tuple(name.value for name, _ in self.entries)

    def key(self, key: str) -> Text | None:
        """Give the key itself, with its place."""
        for name, _ in self.entries:
            if name.value == key:
                return name
        return None

    def key_place(self, key: str) -> Place:
        """Give the place of a key; the map's own where the key is not there."""
        found = self.key(key)
        return found.place if found else self.place

    def value_place(self, key: str) -> Place:
        """Give the place of what stands under a key; the map's own where the key is not there."""
        found = self.get(key)
        return found.place if found else self.place

    def text(self, key: str, default: str = "") -> str:
        """Give the text under a key; the default where there is none or something else."""
        node = self.get(key)
        return node.value if isinstance(node, Text) else default

    def scalar(self, key: str) -> Text | None:
        """Give the scalar under a key, if it is one."""
        node = self.get(key)
        return node if isinstance(node, Text) else None

    def list(self, key: str) -> tuple[Node, ...]:
        """Give the items of the list under a key; empty where there is none or something else."""
        node = self.get(key)
        return node.items if isinstance(node, List) else ()

    def map(self, key: str) -> Map | None:
        """Give the map under a key, if it is one."""
        node = self.get(key)
        return node if isinstance(node, Map) else None

    def maps(self, key: str) -> tuple[Map, ...]:
        """Give the maps in the list under a key; other items are left out."""
        return tuple(item for item in self.list(key) if isinstance(item, Map))


Node = Text | List | Map
