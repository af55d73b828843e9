"""Who may import whom: every import of every room is read, however it is written, and held against the list of rooms."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.house.source import PURE_ROOMS, ROOMS, SRC, Complaint, Source, parents

PACKAGE = "goodstanding"

# A room may import itself and these. Doors show the kernel's nouns and ask the desk for everything else.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "kernel": (),
    "compile": ("kernel",),
    "store": ("kernel", "compile"),
    "desk": ("kernel", "compile", "store"),
    "doors": ("kernel", "desk"),
}
# The one file where store, clock, law and desk are put together.
ASSEMBLER = f"{SRC}/doors/assemble.py"
# Files that are in no room, and the rooms they may import.
ROOMLESS: dict[str, tuple[str, ...]] = {
    f"{SRC}/__init__.py": (),
    f"{SRC}/__main__.py": ("doors",),
}
# Only the room that keeps things opens engines and data files. Every other room has the standard library.
DRIVERS: dict[str, tuple[str, ...]] = {"store": ("duckdb", "numpy", "pyarrow", "yaml", "z3")}
# A database of the standard library is a database all the same.
STORE_ONLY = ("dbm", "shelve", "sqlite3")
# Start-up loads a command's room when the command is called, so that `--help` answers at once.
MAY_IMPORT_INSIDE_FUNCTIONS = (f"{SRC}/doors/cli.py",)

# What kernel and compile may take from the standard library. None: all of it is pure. Else: these names only.
PURE_LIBRARY: dict[str, frozenset[str] | None] = {
    "__future__": None,
    "abc": None,
    "bisect": None,
    "calendar": frozenset({"isleap", "leapdays", "monthrange"}),
    "collections": None,
    "collections.abc": None,
    "dataclasses": None,
    "datetime": frozenset(
        {"date", "timedelta"}
    ),  # arithmetic on given days; what day it is, is handed in
    "difflib": frozenset({"get_close_matches"}),
    "enum": None,
    "functools": None,
    "hashlib": None,
    "heapq": None,
    "itertools": None,
    "json": frozenset({"dumps"}),  # reading gives floats and belongs to store
    "math": frozenset(
        {"comb", "factorial", "gcd", "isqrt", "lcm", "perm", "prod"}
    ),  # whole numbers
    "operator": frozenset(
        "add and_ attrgetter concat contains countOf eq floordiv ge getitem gt index indexOf inv invert is_ is_not"
        " itemgetter le length_hint lshift lt mod mul ne neg not_ or_ pos rshift sub truth xor".split()
    ),
    "re": None,
    "string": None,
    "textwrap": None,
    "types": None,
    "typing": None,
    "unicodedata": None,
}
PURE_INSTEAD: dict[str, str] = {
    "datetime": "goodstanding.kernel.days; the day is an argument",
    "decimal": "an integer of a declared scale (kernel/quantity.py)",
    "fractions": "an integer of a declared scale (kernel/quantity.py)",
    "io": "hand the text in; store opens files",
    "json": "json.dumps to write; reading belongs to store",
    "logging": "return a Finding; desk and doors tell",
    "math": "whole-number arithmetic: //, %, divmod, math.gcd, math.isqrt",
    "operator": "operator.floordiv, or round_half_up of kernel/quantity.py",
    "os": "hand the value in; store and doors know the machine",
    "pathlib": "hand the text in; store opens files",
    "random": "a seed-free rule; samples/ may draw, the kernel may not",
    "secrets": "hand the value in; store makes salts and keys",
    "sys": "hand the value in; doors know the machine",
    "time": "hand the time in; desk has the clock",
    "uuid": "hand the identifier in; store gives identifiers",
}

_DYNAMIC = ("import_module", "__import__")
_DYNAMIC_OTHERS = ("run_module", "run_path", "resolve_name", "exec_module", "load_module")


@dataclass(frozen=True)
class Import:
    """One imported thing: a module, or a name of a module, in full."""

    line: int
    module: str  # absolute; "goodstanding.kernel"
    name: str  # "days" in `from goodstanding.kernel import days`, else ""
    inside: bool  # inside a function

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


def imports(source: Source) -> tuple[list[Import], list[Complaint]]:
    """Read every import of a file, and complain of those that cannot be read."""
    reader = _Reader(source)
    for node in ast.walk(source.tree):
        reader.read(node)
    return reader.found, reader.complaints


def direction_complaints(source: Source) -> list[Complaint]:
    """Complain of a file outside the rooms and of each import that does not go to the left."""
    if not source.room and source.path not in ROOMLESS:
        rule = f"this module is in none of the rooms {', '.join(ROOMS)}"
        return [
            Complaint(
                source.path, 1, rule, "put it into the room whose verb it does (CONTRIBUTING.md)"
            )
        ]
    found, complaints = imports(source)
    for one in found:
        complaints += _inside(source, one)
        complaints += _own(source, one) if _is_own(one.module) else _foreign(source, one)
    if source.room in PURE_ROOMS:
        complaints += _library_complaints(source)
    return complaints


def order_complaints(order: tuple[str, ...], sources: Iterable[Source]) -> list[Complaint]:
    """Complain of each kernel module that is not in the order, or imports one that stands not before it."""
    sources = tuple(sources)
    names = {source.name for source in sources}
    place = {name: at for at, name in enumerate(order)}
    complaints = [
        Complaint(
            f"{SRC}/kernel/__init__.py", 1, f"ORDER names {name}, which is no module", "take it out"
        )
        for name in order
        if name not in names and f"{name}/__init__" not in names
    ]
    if len(place) != len(order):
        complaints.append(
            Complaint(
                f"{SRC}/kernel/__init__.py", 1, "ORDER names a module twice", "name each once"
            )
        )
    for source in sources:
        own = source.name.removesuffix("/__init__")
        targets = [
            (one, target) for one in imports(source)[0] if (target := _kernel_module(one, names))
        ]
        if source.name == "__init__" or (source.name.endswith("/__init__") and own not in place):
            complaints += [
                Complaint(source.path, one.line, f"a package's __init__ imports {target}",
                          "leave it to its docstring, or list the package in ORDER")
                for one, target in targets
            ]  # fmt: skip
        elif own not in place:
            complaints.append(
                Complaint(source.path, 1, f"{own} is not in ORDER of kernel/__init__.py",
                          "list it after what it imports and before what imports it")
            )  # fmt: skip
        else:
            complaints += [
                Complaint(source.path, one.line, f"{own} imports {target}, which does not stand before it in ORDER",
                          "move the function to the noun it serves, or the module down in ORDER")
                for one, target in targets
                if target not in place or place[target] >= place[own]
            ]  # fmt: skip
    return complaints


def cycle_complaints(sources: Iterable[Source]) -> list[Complaint]:
    """Complain of each ring of modules that import one another."""
    sources = tuple(sources)
    modules = {_module(source): source for source in sources}
    graph: dict[str, dict[str, int]] = {}
    for module, source in modules.items():
        edges = graph.setdefault(module, {})
        for one in imports(source)[0]:
            target = one.full if one.full in modules else one.module
            if target in modules and target != module:
                edges.setdefault(target, one.line)
    return [
        Complaint(modules[start].path, graph[start][ring[1]], f"import ring {' -> '.join(ring)}",
                  "move what both need into a module before them")
        for start, ring in _rings(graph)
    ]  # fmt: skip


class _Reader:
    """Collects the imports of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Import] = []
        self.complaints: list[Complaint] = []
        self.parents = parents(source.tree)
        module = _module(source).split(".")
        self.package = module if source.path.endswith("__init__.py") else module[:-1]

    def read(self, node: ast.AST) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.add(node, alias.name)
        elif isinstance(node, ast.ImportFrom):
            self.from_import(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            self.mention(node)
        elif isinstance(node, ast.Constant) and node.value in _DYNAMIC:
            self.complain(node, f"the import function is reached by its name {node.value!r}")

    def add(self, node: ast.AST, module: str, name: str = "") -> None:
        inside = False
        at: ast.AST | None = node
        while at is not None:
            inside = inside or isinstance(at, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            at = self.parents.get(at)
        self.found.append(Import(getattr(node, "lineno", 1), module, name, inside))

    def from_import(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        if node.level:
            kept = self.package[: max(0, len(self.package) - node.level + 1)]
            if not kept:
                self.complain(node, "a relative import leaves the package")
                return
            module = ".".join([*kept, *([module] if module else [])])
        for alias in node.names:
            self.add(node, module, alias.name)
            if alias.name == "*":
                self.complain(node, f"everything of {module} is imported", "name what you need")
            elif alias.name in _DYNAMIC and alias.asname not in (None, alias.name):
                self.complain(node, "the import function is renamed")

    def mention(self, node: ast.Name | ast.Attribute) -> None:
        """Read a dynamic import, or the package used as a road into a room."""
        name = node.id if isinstance(node, ast.Name) else node.attr
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == PACKAGE and name in ROOMS:
                self.add(node, f"{PACKAGE}.{name}")
            if node.value.id == "sys" and name == "modules":
                self.complain(node, "modules are taken from sys.modules")
        if name in _DYNAMIC_OTHERS:
            self.complain(node, f"a module is loaded by {name}")
        if name not in _DYNAMIC:
            return
        call = self.parents.get(node)
        literal = (
            isinstance(call, ast.Call)
            and call.func is node
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
            and not call.args[0].value.startswith(".")
        )
        if not literal:
            self.complain(node, "a module is imported whose name cannot be read here")
            return
        assert isinstance(call, ast.Call)
        argument = call.args[0]
        assert isinstance(argument, ast.Constant)
        self.add(node, str(argument.value))
        wanted = next((k.value for k in call.keywords if k.arg == "fromlist"), None) or (
            call.args[3] if name == "__import__" and len(call.args) > 3 else None
        )
        if isinstance(wanted, ast.List | ast.Tuple):
            for item in wanted.elts:
                if isinstance(item, ast.Constant):
                    self.add(node, str(argument.value), str(item.value))
        elif wanted is not None:
            self.complain(node, "a module is imported whose names cannot be read here")

    def complain(
        self, node: ast.AST, rule: str, instead: str = "an import statement at the top"
    ) -> None:
        self.complaints.append(
            Complaint(self.source.path, getattr(node, "lineno", 1), rule, instead)
        )


def _module(source: Source) -> str:
    dotted = source.path.removeprefix("src/").removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")


def _is_own(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


def _inside(source: Source, one: Import) -> Iterator[Complaint]:
    if one.inside and source.path not in MAY_IMPORT_INSIDE_FUNCTIONS:
        allowed = ", ".join(MAY_IMPORT_INSIDE_FUNCTIONS)
        yield Complaint(
            source.path, one.line, f"{one.full} is imported inside a function (allowed in {allowed})",
            "import it at the top; if that makes a ring, the function stands in the wrong module",
        )  # fmt: skip


def _own(source: Source, one: Import) -> Iterator[Complaint]:
    parts = one.full.split(".")
    room = parts[1] if len(parts) > 1 and parts[1] in ROOMS else ""
    if not room:
        if one.name.startswith("__") and one.name.endswith("__"):
            return  # a name of the package itself, such as __version__
        yield Complaint(
            source.path,
            one.line,
            f"{one.full} is in no room",
            f"import from one of {', '.join(ROOMS)}",
        )
        return
    allowed = ROOMLESS.get(source.path, MAY_IMPORT.get(source.room, ()))
    if source.path == ASSEMBLER:
        allowed = ROOMS
    if room not in (source.room, *allowed):
        here = source.room or source.path
        instead = f"{here} may import {', '.join(allowed) or 'nothing of ours'}"
        if source.room == "doors":
            instead += "; ask the desk, or assemble it in doors/assemble.py"
        yield Complaint(source.path, one.line, f"{here} imports {room} ({one.full})", instead)


def _foreign(source: Source, one: Import) -> Iterator[Complaint]:
    if source.room in PURE_ROOMS:
        if one.module not in PURE_LIBRARY:
            top = one.module.split(".")[0]
            yield Complaint(
                source.path, one.line, f"{source.room} imports {one.module}, which is not on the list of pure modules",
                PURE_INSTEAD.get(top, "write it here, or add it to PURE_LIBRARY in tests/house/imports.py with a reason"),
            )  # fmt: skip
            return
        names = PURE_LIBRARY[one.module]
        if names is not None and one.name and one.name not in names:
            yield Complaint(
                source.path, one.line, f"{source.room} imports {one.full}",
                PURE_INSTEAD.get(one.module, f"only {', '.join(sorted(names))}"),
            )  # fmt: skip
        return
    top = one.module.split(".")[0]
    if top in STORE_ONLY and source.room != "store":
        yield Complaint(
            source.path, one.line, f"{top} is opened outside store", "a function of store"
        )
    elif top not in sys.stdlib_module_names and top not in DRIVERS.get(source.room, ()):
        rooms = [room for room, drivers in DRIVERS.items() if top in drivers]
        instead = f"a function of {rooms[0]}" if rooms else "the standard library"
        yield Complaint(
            source.path, one.line, f"{source.room or source.path} imports {top}", instead
        )


def _library_complaints(source: Source) -> list[Complaint]:
    """Complain of names taken through a module: `import math` and then math.sqrt, or the module passed on."""
    above = parents(source.tree)
    aliases = {
        (alias.asname or alias.name): alias.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if PURE_LIBRARY.get(alias.name) is not None
    }
    complaints = []
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.Name) and node.id in aliases):
            continue
        module = aliases[node.id]
        names = PURE_LIBRARY[module] or frozenset()
        use = above.get(node)
        if isinstance(use, ast.Attribute) and use.attr in names:
            continue
        said = (
            f"{module}.{use.attr}" if isinstance(use, ast.Attribute) else f"the whole of {module}"
        )
        complaints.append(
            Complaint(source.path, node.lineno, f"{source.room} uses {said}",
                      PURE_INSTEAD.get(module, f"only {', '.join(sorted(names))}"))
        )  # fmt: skip
    return complaints


def _kernel_module(one: Import, names: set[str]) -> str:
    """The kernel module an import reaches, such as rules/nodes; empty for anything else and for a bare package."""
    prefix = f"{PACKAGE}.kernel."
    for full in (one.full, one.module):
        if full.startswith(prefix):
            name = full.removeprefix(prefix).replace(".", "/")
            if name in names or f"{name}/__init__" in names:
                return name
    return ""


def _rings(graph: dict[str, dict[str, int]]) -> Iterator[tuple[str, list[str]]]:
    """Give one ring for each module that can be reached from itself, each ring once."""
    told: set[frozenset[str]] = set()
    for start in sorted(graph):
        came_from: dict[str, str] = {}
        waiting = [start]
        while waiting:
            at = waiting.pop(0)
            for target in graph.get(at, {}):
                if target == start:
                    ring = [start, at] if at != start else [start]
                    while ring[-1] != start:
                        ring.append(came_from[ring[-1]])
                    ring.reverse()
                    if frozenset(ring) not in told:
                        told.add(frozenset(ring))
                        yield start, ring
                    waiting = []
                    break
                if target not in came_from:
                    came_from[target] = at
                    waiting.append(target)
