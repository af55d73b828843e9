"""What no file of ours may do, in any room, and what to write instead."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import PurePosixPath

from tests.house.source import SRC, Complaint, Source, functions

# A noun is missing where one of these is wanted.
MODULE_NAMES = ("base", "common", "data", "helper", "helpers", "manager", "misc", "util", "utils")
# The room that has the clock.
_CLOCK_ROOM = "desk"
_TYPED = (
    "a frozen dataclass written as text (JSON, Parquet), which can be read without running anything"
)
_CLOCK = "the clock of the desk, handed in"

MODULES: dict[str, str] = {
    "dill": _TYPED,
    "marshal": _TYPED,
    "pickle": _TYPED,
    "cPickle": _TYPED,
    "shelve": _TYPED,
}
CALLS: dict[str, str] = {
    "eval": "ast.literal_eval, or a parser that gives findings",
    "exec": "the code itself",
    "os.popen": "subprocess.run with a list",
    "os.system": "subprocess.run with a list",
    "subprocess.getoutput": "subprocess.run with a list",
    "subprocess.getstatusoutput": "subprocess.run with a list",
    "yaml.full_load": "the reader of store, which keeps places",
    "yaml.full_load_all": "the reader of store, which keeps places",
    "yaml.load": "the reader of store, which keeps places; in tests yaml.safe_load",
    "yaml.load_all": "the reader of store, which keeps places; in tests yaml.safe_load_all",
    "yaml.unsafe_load": "the reader of store, which keeps places",
    "yaml.unsafe_load_all": "the reader of store, which keeps places",
}
# Calls that read the local clock without a zone, whatever they are given.
NAIVE: dict[str, str] = {
    "date.fromtimestamp": "datetime.fromtimestamp(seconds, UTC).date()",
    "date.today": _CLOCK,
    "datetime.today": _CLOCK,
    "datetime.utcfromtimestamp": "datetime.fromtimestamp(seconds, UTC)",
    "datetime.utcnow": _CLOCK,
}
# Calls that are naive unless they are given a zone: the place it has among the arguments, and its name.
ZONED: dict[str, tuple[int, str]] = {
    "datetime.now": (0, "tz"),
    "datetime.fromtimestamp": (1, "tz"),
    "datetime": (7, "tzinfo"),
}
# Calls that tell the time; in src only the desk makes them.
TELLS_TIME = ("datetime.now", "time.time", "time.time_ns", "time.localtime", "time.gmtime")
_GROWS = {
    "add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove",
    "setdefault", "update",
}  # fmt: skip
_GROWING = {"Counter", "OrderedDict", "defaultdict", "deque", "dict", "list", "set"}


def name_complaints(path: str) -> list[Complaint]:
    """Complain of a folder or module whose name says nothing."""
    return [
        Complaint(path, 1, f"the name {part} says nothing", "the noun that its functions serve")
        for part in PurePosixPath(path).with_suffix("").parts
        if part.removeprefix("test_").strip("_") in MODULE_NAMES
    ]


def ban_complaints(source: Source) -> list[Complaint]:
    """Complain of each banned thing in this text."""
    names = _full_names(source.tree)
    grown = _grown_in_functions(source.tree)
    return [
        Complaint(source.path, getattr(node, "lineno", 1), rule, instead)
        for node in ast.walk(source.tree)
        for rule, instead in _say(source, node, names, grown)
    ]


def _say(
    source: Source, node: ast.AST, names: dict[str, str], grown: dict[str, int]
) -> Iterator[tuple[str, str]]:
    match node:
        case ast.ExceptHandler(type=None):
            yield "a bare except hides every failure", "the exception that is expected here"
        case ast.Assert(test=ast.Tuple()):
            yield "an assert on a tuple holds always", "assert each thing on a line of its own"
        case ast.Assert(test=ast.Constant() | ast.JoinedStr() as what):
            if not (isinstance(what, ast.Constant) and what.value is False):
                yield "an assert on a constant checks nothing", "assert what should be so"
        case ast.Import(names=aliases):
            for alias in aliases:
                yield from _module(alias.name)
        case ast.ImportFrom(module=str(module), level=0):
            yield from _module(module)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            for default in [*node.args.defaults, *node.args.kw_defaults]:
                if default is not None and _grows(default):
                    yield (
                        "a default that every call shares can be changed",
                        "None or (), and make it inside",
                    )
        case ast.Call():
            yield from _call(source, node, names)
        case ast.Attribute() | ast.Name():
            full = _full(node, names)
            if full in NAIVE and isinstance(getattr(node, "ctx", None), ast.Load):
                yield f"{full} reads a clock that has no zone", NAIVE[full]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            value = node.value
            if name in grown and value is not None and _grows(value) and node in source.tree.body:
                yield (
                    f"{name} belongs to the module and line {grown[name]} changes it",
                    "a value that is returned",
                )


def _module(name: str) -> Iterator[tuple[str, str]]:
    top = name.split(".", maxsplit=1)[0]
    if top in MODULES:
        yield f"{top} runs what it reads", MODULES[top]


def _call(source: Source, node: ast.Call, names: dict[str, str]) -> Iterator[tuple[str, str]]:
    full = _full(node.func, names)
    if full in CALLS:
        yield f"{full} is called", CALLS[full]
    if full in ZONED:
        place, zone = ZONED[full]
        given = {k.arg: k.value for k in node.keywords}.get(zone) or (
            node.args[place] if len(node.args) > place else None
        )
        if given is None or (isinstance(given, ast.Constant) and given.value is None):
            yield f"{full} without a zone is naive", f"hand in {zone}=UTC"
    if full in TELLS_TIME and source.path.startswith(SRC) and source.room != _CLOCK_ROOM:
        yield f"{full} outside {_CLOCK_ROOM}", _CLOCK
    for keyword in node.keywords:
        literal = isinstance(keyword.value, ast.Constant) and not keyword.value.value
        if keyword.arg == "shell" and full.startswith("subprocess.") and not literal:
            yield "a shell reads the command", "subprocess.run with a list"


def _full_names(tree: ast.AST) -> dict[str, str]:
    """Give what each imported name stands for."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                names[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _full(node: ast.AST, names: dict[str, str]) -> str:
    """Give an expression's dotted name, imported names in full, datetime's classes by their own; empty if it has none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    first = names.get(node.id, node.id)
    full = ".".join([first, *reversed(parts)])
    full = full.removeprefix("builtins.")
    return full.removeprefix("datetime.") if full.startswith("datetime.date") else full


def _grows(node: ast.expr) -> bool:
    if isinstance(node, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp):
        return True
    name = node.func if isinstance(node, ast.Call) else None
    said = name.id if isinstance(name, ast.Name) else getattr(name, "attr", "")
    return said in _GROWING


def _grown_in_functions(tree: ast.AST) -> dict[str, int]:
    """Give each name of the module that a function changes in place, and the line."""
    grown: dict[str, int] = {}
    for function in functions(tree):
        own = {a.arg for a in ast.walk(function) if isinstance(a, ast.arg)}
        own |= {
            n.id
            for n in ast.walk(function)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        }
        shared = {n for g in ast.walk(function) if isinstance(g, ast.Global) for n in g.names}
        for node in ast.walk(function):
            target: ast.expr | None = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                target = node.func.value if node.func.attr in _GROWS else None
            elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
                target = node.value
            elif isinstance(node, ast.AugAssign):
                target = node.target
            if isinstance(target, ast.Name) and (target.id not in own or target.id in shared):
                grown.setdefault(target.id, target.lineno)
    return grown
