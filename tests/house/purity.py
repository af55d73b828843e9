"""Purity: in kernel and compile the same inputs give the same answer on any day, and every number is whole."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.house.imports import PURE_LIBRARY
from tests.house.source import Complaint, Source, docstrings, parents

_WHOLE = "a whole number of a declared scale (kernel/quantity.py)"
_HANDED_IN = "an argument that is handed in"
_WRITTEN_OUT = "the code itself, or a match or dictionary over the closed set"
_STORE = "text that is handed in; store opens files"

# Names of Python that a pure room does not say, and what it says instead.
NAMES: dict[str, str] = {
    "float": _WHOLE,
    "complex": _WHOLE,
    "Decimal": _WHOLE,
    "Fraction": _WHOLE,
    "round": "round_half_up of kernel/quantity.py, with the places named",
    "open": _STORE,
    "input": _HANDED_IN,
    "print": "a value that is returned; doors speak",
    "eval": _WRITTEN_OUT,
    "exec": _WRITTEN_OUT,
    "compile": _WRITTEN_OUT,
    "globals": _WRITTEN_OUT,
    "locals": _WRITTEN_OUT,
    "vars": _WRITTEN_OUT,
    "breakpoint": "a test",
    "hash": "hashlib.sha256 over the text: hash() differs from run to run",
    "id": "the identifier of the thing: id() differs from run to run",
    "builtins": _WRITTEN_OUT,
    "__builtins__": _WRITTEN_OUT,
    "__file__": _STORE,
    "__loader__": _STORE,
    "__spec__": _STORE,
}
# Python's names that our own functions and the names of their parts may take all the same, once they are bound here.
_MAY_BE_OURS = {"compile", "hash", "id", "round", "open", "input"}
# Attributes that are impure or not whole, on whatever they are asked for.
ATTRIBUTES: dict[str, str] = {
    "environ": _HANDED_IN,
    "getenv": _HANDED_IN,
    "utcnow": _HANDED_IN,
    "fromtimestamp": _HANDED_IN,
    "utcfromtimestamp": _HANDED_IN,
    "urandom": _HANDED_IN,
    "truediv": "//, or round_half_up of kernel/quantity.py",
    "itruediv": "//, or round_half_up of kernel/quantity.py",
    "__truediv__": "//, or round_half_up of kernel/quantity.py",
    "__rtruediv__": "//, or round_half_up of kernel/quantity.py",
    "__itruediv__": "//, or round_half_up of kernel/quantity.py",
    "__float__": _WHOLE,
    "total_seconds": "the days attribute: whole days",
    "as_integer_ratio": _WHOLE,
    "read_text": _STORE,
    "read_bytes": _STORE,
    "write_text": _STORE,
    "write_bytes": _STORE,
    "__builtins__": _WRITTEN_OUT,
    "__globals__": _WRITTEN_OUT,
    "__subclasses__": _WRITTEN_OUT,
}
# Attributes that read a clock when they are called, or taken from a date.
_CLOCKS = {"now", "today"}
# Words that as a whole string are a name of Python in disguise.
_DISGUISED = {
    "float",
    "complex",
    "eval",
    "exec",
    "__builtins__",
    "__globals__",
    "__subclasses__",
    "__truediv__",
}
# SQL that the engines compute in floating point, or from their clock or dice.
_SQL = re.compile(
    r"\bas\s+(?:double|float|real)\b|::\s*(?:double|float|real)\b"
    r"|\bcurrent_(?:date|time|timestamp)\b|\b(?:now|today|random|uuid|getdate|gen_random_uuid)\s*\(\s*\)",
    re.IGNORECASE,
)
_FLOAT_FORMAT = re.compile(r"[eEfFgG%]$")
_PERCENT_FLOAT = re.compile(r"%[-+ #0-9.*]*[eEfFgG]")


def purity_complaints(source: Source) -> list[Complaint]:
    """Complain of everything in this text that reads the world, draws, or computes in fractions."""
    checker = _Checker(source)
    return [
        Complaint(
            source.path,
            getattr(node, "lineno", 1),
            f"{source.room or 'a pure room'} {rule}",
            instead,
        )
        for node in ast.walk(source.tree)
        for rule, instead in checker.say(node)
    ]


class _Checker:
    def __init__(self, source: Source) -> None:
        self.room = source.room
        self.parents = parents(source.tree)
        self.docstrings = docstrings(source.tree)
        self.bound = set(_bound(source.tree))
        self.dates = {
            alias.asname or alias.name
            for node in ast.walk(source.tree)
            if isinstance(node, ast.ImportFrom) and node.module == "datetime"
            for alias in node.names
        }

    def say(self, node: ast.AST) -> Iterator[tuple[str, str]]:
        match node:
            case ast.Constant():
                yield from self.constant(node)
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield "divides with /", "//, or round_half_up of kernel/quantity.py"
            case ast.BinOp(op=ast.Pow(), right=exponent) if _negative(exponent):
                yield "raises to a negative power", "// by the positive power"
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(text))) if (
                _PERCENT_FLOAT.search(text)
            ):
                yield (
                    "formats a number as a float",
                    "digits of the whole number: divmod by the scale",
                )
            case ast.FormattedValue(
                format_spec=ast.JoinedStr(values=[*_, ast.Constant(value=str(spec))])
            ):
                if _FLOAT_FORMAT.search(spec):
                    yield (
                        "formats a number as a float",
                        "digits of the whole number: divmod by the scale",
                    )
            case ast.Name() | ast.Attribute() | ast.alias():
                yield from self.name(node)
            case ast.Call():
                yield from self.call(node)
            case ast.Global(names=names):
                yield f"changes the global {', '.join(names)}", "a value that is returned"
            case ast.For(iter=over) | ast.ListComp(generators=[ast.comprehension(iter=over), *_]):
                if _is_set(over):
                    yield "walks through a set, whose order differs from run to run", "sorted(...)"
            case (
                ast.arg(annotation=ast.Constant(value=str(text)))
                | ast.AnnAssign(annotation=ast.Constant(value=str(text)))
                | ast.FunctionDef(returns=ast.Constant(value=str(text)))
            ):
                if re.search(r"\b(?:float|complex|Decimal|Fraction)\b", text):
                    yield f"annotates with {text!r}", _WHOLE

    def constant(self, node: ast.Constant) -> Iterator[tuple[str, str]]:
        value = node.value
        if isinstance(value, float | complex):
            yield f"writes the number {value!r}", _WHOLE
        elif isinstance(value, str) and node not in self.docstrings:
            if value in _DISGUISED:
                yield f"names {value!r} in a string", _WRITTEN_OUT
            found = _SQL.search(value) if self.room == "compile" else None
            if found:
                yield (
                    f"writes SQL with {found.group().strip()!r}",
                    "HUGEINT or BIGINT, and days that are handed in",
                )

    def name(self, node: ast.Name | ast.Attribute | ast.alias) -> Iterator[tuple[str, str]]:
        if isinstance(node, ast.Attribute):
            use = self.parents.get(node)
            called = isinstance(use, ast.Call) and use.func is node
            dated = isinstance(node.value, ast.Name) and node.value.id in self.dates
            dated = dated or (
                isinstance(node.value, ast.Attribute) and node.value.attr in {"date", "datetime"}
            )
            if node.attr in ATTRIBUTES:
                yield f"asks for .{node.attr}", ATTRIBUTES[node.attr]
            elif node.attr in _CLOCKS and (called or dated):
                yield f"reads a clock: .{node.attr}", "a day that is handed in; desk has the clock"
            return
        names = [node.id] if isinstance(node, ast.Name) else [node.name, node.asname or ""]
        for name in names:
            if name in NAMES and not (name in _MAY_BE_OURS and name in self.bound):
                yield f"says {name}", NAMES[name]

    def call(self, node: ast.Call) -> Iterator[tuple[str, str]]:
        called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if called in {"getattr", "setattr", "hasattr", "delattr", "__getattribute__"}:
            yield from self.reached(node)
        if called == "pow" and len(node.args) == 2 and _negative(node.args[1]):
            yield "raises to a negative power", "// by the positive power"
        if (
            called in {"list", "tuple", "enumerate", "iter", "next", "join"}
            and node.args
            and _is_set(node.args[0])
        ):
            yield "puts a set in an order that differs from run to run", "sorted(...)"
        if called == "format" and isinstance(node.func, ast.Attribute):
            text = node.func.value
            if isinstance(text, ast.Constant) and re.search(r":[^{}]*[eEfFgG%]\}", str(text.value)):
                yield (
                    "formats a number as a float",
                    "digits of the whole number: divmod by the scale",
                )
        elif called == "format" and len(node.args) == 2 and isinstance(node.args[1], ast.Constant):
            if _FLOAT_FORMAT.search(str(node.args[1].value)):
                yield (
                    "formats a number as a float",
                    "digits of the whole number: divmod by the scale",
                )
        if called == "attrgetter":
            for argument in node.args:
                yield from self.reached_name(argument)

    def reached(self, node: ast.Call) -> Iterator[tuple[str, str]]:
        """Read getattr and its kin: the name must stand there and must be one that could be written with a dot."""
        at = (
            0
            if isinstance(node.func, ast.Attribute) and node.func.attr == "__getattribute__"
            else 1
        )
        if len(node.args) > at:
            yield from self.reached_name(node.args[at])
        whole = node.args[0] if node.args else None
        if isinstance(whole, ast.Name) and (whole.id in self.dates or whole.id in PURE_LIBRARY):
            yield f"reaches into {whole.id} by name", _WRITTEN_OUT

    def walked(self, node: ast.AST, variable: str) -> tuple[str, ...] | None:
        """Give the words that a variable goes through here, from the nearest loop around; None if they cannot be read."""
        at: ast.AST | None = node
        while at is not None:
            found = _loop(at, variable)
            if found is not None:
                over, body = found
                again = (
                    isinstance(n, ast.Name) and n.id == variable and isinstance(n.ctx, ast.Store)
                    for statement in body
                    for n in ast.walk(statement)
                )
                return None if any(again) else _spelled(over)
            at = self.parents.get(at)
        return None

    def reached_name(self, argument: ast.expr) -> Iterator[tuple[str, str]]:
        names: tuple[str, ...] | None = None
        match argument:
            case ast.Constant(value=str(name)):
                names = (name,)
            case ast.Name(id=variable) | ast.Attribute(value=ast.Name(id=variable), attr="name"):
                names = self.walked(argument, variable)
        if names is None:
            yield "reaches an attribute whose name cannot be read here", _WRITTEN_OUT
        for name in names or ():
            if name.split(".")[-1] in NAMES.keys() | ATTRIBUTES.keys() | _CLOCKS:
                yield f"reaches {name!r} by name", _WRITTEN_OUT


def _spelled(over: ast.expr) -> tuple[str, ...] | None:
    """Give the words a loop walks through, if they are written out; a dataclass's own fields need no word."""
    match over:
        case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
            words = tuple(
                i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)
            )
            return words if len(words) == len(items) else None
        case ast.Call(func=ast.Name(id="fields") | ast.Attribute(attr="fields")):
            return ()
    return None


def _loop(node: ast.AST, variable: str) -> tuple[ast.expr, list[ast.stmt]] | None:
    """Give what a loop walks through, and its body, if this is a loop with that variable."""
    match node:
        case ast.For(target=ast.Name(id=name), iter=over, body=body) if name == variable:
            return over, body
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            for part in node.generators:
                if isinstance(part.target, ast.Name) and part.target.id == variable:
                    return part.iter, []
    return None


def _bound(tree: ast.AST) -> Iterator[str]:
    """Give each name that the text itself gives a meaning."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.ImportFrom(module=module, names=names) if module not in {None, "builtins"}:
                yield from (alias.asname or alias.name for alias in names)


def _negative(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _is_set(node: ast.expr) -> bool:
    return isinstance(node, ast.Set | ast.SetComp) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"set", "frozenset"}
    )
