"""The rooms import only to their left, the kernel only upwards in its own list, and no module a ring."""

from __future__ import annotations

import ast

import pytest

from tests.house.imports import MAY_IMPORT, cycle_complaints, direction_complaints, order_complaints
from tests.house.source import ROOMS, ROOT, SRC, Source, python_files, refuse


def _file(place: str, text: str) -> Source:
    return Source(f"{SRC}/{place}", text)


def test_every_import_goes_to_the_left() -> None:
    sources = python_files(SRC)
    assert {source.room for source in sources} >= set(ROOMS)
    refuse("imports", (c for source in sources for c in direction_complaints(source)))


def test_the_kernel_is_read_from_the_first_module_to_the_last() -> None:
    order = _order((ROOT / SRC / "kernel/__init__.py").read_text(encoding="utf-8"))
    if order is None:
        pytest.fail(
            f"{SRC}/kernel/__init__.py:1: there is no ORDER; instead: ORDER = ('days', ..., 'rules/nodes', ...),"
            " every module of the kernel, each after those it imports",
            pytrace=False,
        )
    refuse("order", order_complaints(order, python_files(f"{SRC}/kernel")))


def test_no_modules_import_one_another_in_a_ring() -> None:
    refuse("rings", cycle_complaints(python_files(SRC)))


def test_the_list_of_rooms_is_exhaustive() -> None:
    folders = {p.name for p in (ROOT / SRC).iterdir() if p.is_dir() and not p.name.startswith("_")}
    assert folders == set(ROOMS) == set(MAY_IMPORT)


def _order(text: str) -> tuple[str, ...] | None:
    for node in ast.parse(text).body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id="ORDER")])
                | ast.AnnAssign(target=ast.Name(id="ORDER"))
            ):
                assert node.value is not None
                return tuple(ast.literal_eval(node.value))
    return None


BAD = {
    "a room to the right": ("kernel/x.py", "import goodstanding.store"),
    "a name of a room to the right": ("kernel/x.py", "from goodstanding import store"),
    "a module of a room to the right": ("kernel/x.py", "from goodstanding.compile import duckdb"),
    "a relative import": ("kernel/x.py", "from ..store import lake"),
    "a relative import of the room itself": ("kernel/x.py", "from .. import store"),
    "a relative import from a package below": ("kernel/rules/x.py", "from ...compile.plan import Plan"),
    "a relative import in an __init__": ("kernel/rules/__init__.py", "from ...store import lake"),
    "a relative import out of the package": ("kernel/x.py", "from ....x import y"),
    "under TYPE_CHECKING": (
        "compile/x.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from goodstanding.store import lake",
    ),
    "in a try": ("compile/x.py", "try:\n    import goodstanding.desk\nexcept ImportError:\n    pass"),
    "import_module with a name": (
        "store/x.py",
        "import importlib\nx = importlib.import_module('goodstanding.desk.filing')",
    ),
    "import_module with a name, by itself": (
        "store/x.py",
        "from importlib import import_module\nx = import_module('goodstanding.desk')",
    ),
    "import_module with a computed name": ("store/x.py", "import importlib\nx = importlib.import_module(NAME)"),
    "import_module with a formatted name": (
        "desk/x.py",
        "import importlib\nx = importlib.import_module(f'goodstanding.{room}')",
    ),
    "import_module with a relative name": (
        "desk/x.py",
        "import importlib\nx = importlib.import_module('..doors', __package__)",
    ),
    "import_module under another name": (
        "desk/x.py",
        "from importlib import import_module as fetch\nx = fetch('goodstanding.doors')",
    ),
    "import_module passed on": ("desk/x.py", "import importlib\nload = importlib.import_module"),
    "import_module by getattr": ("desk/x.py", "import importlib\nx = getattr(importlib, 'import_module')('y')"),
    "__import__ with a name": ("store/x.py", "x = __import__('goodstanding.doors')"),
    "__import__ with a from-list": ("store/x.py", "x = __import__('goodstanding', fromlist=['desk'])"),
    "__import__ with a from-list by place": ("store/x.py", "x = __import__('goodstanding', None, None, ['desk'])"),
    "__import__ with a computed from-list": ("store/x.py", "x = __import__('goodstanding.store', fromlist=WANTED)"),
    "__import__ with a computed name": ("store/x.py", "x = __import__(NAME)"),
    "__import__ of the builtins": ("store/x.py", "import builtins\nx = builtins.__import__('goodstanding.doors')"),
    "runpy": ("desk/x.py", "import runpy\nrunpy.run_module('goodstanding.doors.cli')"),
    "sys.modules": ("store/x.py", "import sys\nx = sys.modules['goodstanding.desk']"),
    "the package as a road": ("kernel/x.py", "import goodstanding.kernel.days\nx = goodstanding.store.lake"),
    "everything": ("desk/x.py", "from goodstanding.kernel.days import *"),
    "inside a function": ("desk/x.py", "def f():\n    from goodstanding.store import lake"),
    "inside a lambda": ("desk/x.py", "f = lambda: __import__('goodstanding.store')"),
    "inside a method": ("store/x.py", "class A:\n    async def f(self):\n        import duckdb"),
    "a door that opens the store": ("doors/api/x.py", "from goodstanding.store import lake"),
    "a door that compiles": ("doors/web/public/x.py", "from goodstanding.compile.duckdb import sql"),
    "the command line, in a function": ("doors/cli.py", "def f():\n    from goodstanding.store import lake"),
    "desk that knows its doors": ("desk/x.py", "from goodstanding.doors import cli"),
    "a module in no room": ("x.py", ""),
    "a folder that is no room": ("shop/x.py", ""),
    "the package itself": ("__init__.py", "from goodstanding.kernel import days"),
    "a name in no room": ("desk/x.py", "from goodstanding import clock"),
    "a driver in the kernel": ("kernel/x.py", "import duckdb"),
    "a driver in compile": ("compile/x.py", "from z3 import Solver"),
    "a driver in the desk": ("desk/x.py", "import pyarrow.parquet as pq"),
    "a database in the doors": ("doors/x.py", "import sqlite3"),
    "an unknown package": ("store/x.py", "import requests"),
    "a clock": ("kernel/x.py", "from datetime import datetime"),
    "a clock through its module": ("kernel/x.py", "import datetime as d\nx = d.datetime"),
    "a module passed on": ("kernel/x.py", "import math\nf(math)"),
    "a root": ("kernel/x.py", "import math\nx = math.sqrt(4)"),
    "pi": ("kernel/x.py", "from math import pi"),
    "true division": ("kernel/x.py", "from operator import truediv"),
    "reading JSON": ("compile/x.py", "import json\nx = json.loads(text)"),
    **{
        f"the module {name}": ("kernel/x.py", f"import {name}")
        for name in (
            "os os.path sys io pathlib time random secrets uuid logging decimal fractions statistics sqlite3 subprocess"
            " threading socket importlib builtins inspect ctypes pickle tempfile zoneinfo locale"
        ).split()
    },
}  # fmt: skip

GOOD = {
    "the kernel itself": (
        "kernel/x.py",
        "from goodstanding.kernel import days\nfrom .rules.nodes import Rule",
    ),
    "pure modules": (
        "kernel/x.py",
        "from __future__ import annotations\nimport re\nimport math\nimport json\nfrom datetime import date\nfrom collections.abc import Mapping\nx = math.gcd(4, 6)\ny = json.dumps([])\nz = date(2026, 1, 1)",
    ),
    "compile on the kernel": ("compile/x.py", "from goodstanding.kernel.rules import nodes as n"),
    "store on both, with its drivers": (
        "store/x.py",
        "import duckdb, yaml\nimport pyarrow.parquet as pq\nfrom goodstanding.compile import plan\nfrom ..kernel import days",
    ),
    "desk on store": (
        "desk/x.py",
        "from datetime import datetime\nfrom goodstanding.store import lake",
    ),
    "doors on desk": (
        "doors/x.py",
        "from goodstanding.desk import asking\nfrom goodstanding.kernel.days import Day",
    ),
    "the assembler": (
        "doors/assemble.py",
        "from goodstanding.store import lake\nfrom goodstanding.desk import flow",
    ),
    "start-up": ("doors/cli.py", "def f():\n    from goodstanding.desk import flow"),
    "the version": ("doors/cli.py", "from goodstanding import __version__"),
    "the entry": ("__main__.py", "from goodstanding.doors.cli import main"),
    "a library's import with a name": (
        "store/x.py",
        "import importlib\nx = importlib.import_module('yaml')",
    ),
    "reading a resource": ("store/x.py", "from importlib import resources"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_import_to_the_right_is_caught(case: str) -> None:
    found = direction_complaints(_file(*BAD[case]))
    assert found, case
    assert all(c.line >= 1 and c.instead for c in found)


@pytest.mark.parametrize("case", GOOD)
def test_an_import_to_the_left_is_let_through(case: str) -> None:
    assert direction_complaints(_file(*GOOD[case])) == []


KERNEL = (
    _file("kernel/__init__.py", "ORDER = ()"),
    _file("kernel/days.py", ""),
    _file("kernel/record.py", "from goodstanding.kernel import days"),
    _file("kernel/rules/__init__.py", '"""Rules."""'),
    _file("kernel/rules/nodes.py", "from ..record import Record"),
)


def test_an_order_that_holds_is_let_through() -> None:
    assert order_complaints(("days", "record", "rules/nodes"), KERNEL) == []


@pytest.mark.parametrize(
    ("order", "said"),
    [
        (("record", "days", "rules/nodes"), "record imports days"),
        (("days", "rules/nodes", "record"), "rules/nodes imports record"),
        (("days", "record"), "rules/nodes is not in ORDER"),
        (("days", "record", "rules/nodes", "lists"), "ORDER names lists"),
        (("days", "days", "record", "rules/nodes"), "ORDER names a module twice"),
    ],
)
def test_an_order_that_does_not_hold_is_caught(order: tuple[str, ...], said: str) -> None:
    assert said in "\n".join(map(str, order_complaints(order, KERNEL)))


def test_a_package_that_gathers_its_modules_is_caught() -> None:
    kernel = [*KERNEL[:3], _file("kernel/rules/__init__.py", "from .nodes import Rule"), KERNEL[4]]
    said = order_complaints(("days", "record", "rules/nodes"), kernel)
    assert "__init__ imports rules/nodes" in str(said[0])


def test_a_ring_is_caught_once() -> None:
    ring = [
        _file("desk/filing.py", "from goodstanding.desk import rights"),
        _file("desk/rights.py", "from .asking import ask"),
        _file("desk/asking.py", "import goodstanding.desk.filing"),
        _file("desk/flow.py", "from goodstanding.desk import filing, rights, asking"),
    ]
    assert len(cycle_complaints(ring)) == 1
    assert cycle_complaints([*ring[:2], _file("desk/asking.py", ""), ring[3]]) == []


def test_the_order_is_read_with_or_without_its_type() -> None:
    assert _order("ORDER = ('a',)") == ("a",)
    assert _order("ORDER: tuple[str, ...] = ('a', 'b')") == ("a", "b")
    assert _order("OTHER = ('a',)") is None
