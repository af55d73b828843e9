"""No file of ours does what is banned, and no name says nothing."""

from __future__ import annotations

import pytest

from tests.house.bans import MODULE_NAMES, ban_complaints, name_complaints
from tests.house.source import SRC, Source, python_files, refuse

FOLDERS = ("src", "tests", "samples", "benchmarks")


def test_nothing_banned_is_done() -> None:
    sources = python_files(*FOLDERS)
    assert sources
    refuse("bans", (c for source in sources for c in ban_complaints(source)))


def test_every_module_has_a_name_that_says_something() -> None:
    refuse("names", (c for source in python_files(*FOLDERS) for c in name_complaints(source.path)))


BAD = {
    "a naive now": "from datetime import datetime\nx = datetime.now()",
    "a naive now with None": "from datetime import datetime\nx = datetime.now(tz=None)",
    "a naive now through the module": "import datetime\nx = datetime.datetime.now()",
    "a naive now under another name": "import datetime as d\nx = d.datetime.now()",
    "a naive class under another name": "from datetime import datetime as D\nx = D.now()",
    "a naive date and time": "from datetime import datetime\nx = datetime(2026, 1, 1)",
    "a naive stamp": "from datetime import datetime\nx = datetime.fromtimestamp(0)",
    "utcnow": "from datetime import datetime\nx = datetime.utcnow()",
    "utcnow passed on": "from datetime import datetime\nf = datetime.utcnow",
    "today": "from datetime import date\nx = date.today()",
    "today passed on": "import datetime\nf = datetime.date.today",
    "a bare except": "try:\n    f()\nexcept:\n    g()",
    "an assert on a tuple": "assert (x, 'said')",
    "an assert on a string": "assert 'x == y'",
    "an assert on a formatted string": "assert f'{x}'",
    "an assert on true": "assert True",
    "a shared list": "def f(x=[]): ...",
    "a shared dictionary": "def f(*, x={}): ...",
    "a shared set": "f = lambda x=set(): x",
    "a shared defaultdict": "import collections\ndef f(x=collections.defaultdict(list)): ...",
    "pickle": "import pickle",
    "a name of pickle": "from pickle import loads",
    "shelve": "import shelve",
    "a shell": "import subprocess\nsubprocess.run('ls', shell=True)",
    "a shell, perhaps": "import subprocess\nsubprocess.run('ls', shell=flag)",
    "a shell under another name": "from subprocess import run\nrun('ls', shell=True)",
    "os.system": "import os\nos.system('ls')",
    "system by itself": "from os import system\nsystem('ls')",
    "os.popen": "import os\nos.popen('ls')",
    "yaml.load": "import yaml\nx = yaml.load(t, Loader=yaml.SafeLoader)",
    "load by itself": "from yaml import load\nx = load(t)",
    "eval": "x = eval('1')",
    "eval of the builtins": "import builtins\nx = builtins.eval('1')",
    "exec": "exec('x = 1')",
    "a list that grows": "SEEN = []\ndef f(x):\n    SEEN.append(x)",
    "a dictionary that grows": "SEEN: dict[str, int] = {}\ndef f(x):\n    SEEN[x] = 1",
    "a list that grows by name": "SEEN = []\ndef f(x):\n    global SEEN\n    SEEN += [x]",
}
BAD_IN_SRC = {
    "the clock in store": ("store", "from datetime import UTC, datetime\nx = datetime.now(UTC)"),
    "the clock in doors": ("doors", "import time\nx = time.time()"),
}
GOOD = {
    "a day": "from datetime import date\nx = date(2026, 1, 1)",
    "a stamp with a zone": "from datetime import UTC, datetime\nx = datetime(2026, 1, 1, tzinfo=UTC)",
    "a named exception": "try:\n    f()\nexcept ValueError:\n    g()",
    "a bare assert": "assert x == y\nassert x in ('a', 'b')\nassert f('x')",
    "an unreachable line": "assert False, 'never'",
    "frozen defaults": "def f(x=(), y=None, z=frozenset(), w=''): ...",
    "a list of arguments": "import subprocess\nsubprocess.run(['ls'], shell=False, check=True)",
    "safe YAML": "import yaml\nx = yaml.safe_load(t)\ny = yaml.compose(t)",
    "a literal": "import ast\nx = ast.literal_eval('1')",
    "a table": "TABLE = {'a': 1}\ndef f(x):\n    return TABLE[x]",
    "a local list": "SEEN = []\ndef f(x):\n    SEEN = []\n    SEEN.append(x)\n    return SEEN",
    "our own evaluation": "def evaluate(x): ...\nevaluate(1)\nself.eval(1)",
}


@pytest.mark.parametrize("case", BAD)
def test_a_banned_thing_is_caught(case: str) -> None:
    for path in (f"{SRC}/desk/x.py", "tests/desk/test_x.py"):
        found = ban_complaints(Source(path, BAD[case]))
        assert found, case
        assert all(c.line >= 1 and c.instead for c in found)


@pytest.mark.parametrize("case", BAD_IN_SRC)
def test_a_clock_outside_the_desk_is_caught(case: str) -> None:
    room, text = BAD_IN_SRC[case]
    assert ban_complaints(Source(f"{SRC}/{room}/x.py", text)), case
    assert ban_complaints(Source(f"{SRC}/desk/x.py", text)) == []


@pytest.mark.parametrize("case", GOOD)
def test_a_thing_that_is_not_banned_is_let_through(case: str) -> None:
    assert ban_complaints(Source(f"{SRC}/store/x.py", GOOD[case])) == []


@pytest.mark.parametrize("name", MODULE_NAMES)
def test_a_name_that_says_nothing_is_caught(name: str) -> None:
    for path in (
        f"{SRC}/desk/{name}.py",
        f"{SRC}/{name}/x.py",
        f"tests/desk/test_{name}.py",
        f"{SRC}/_{name}.py",
    ):
        assert name_complaints(path), path


def test_a_name_that_says_something_is_let_through() -> None:
    assert name_complaints(f"{SRC}/store/database.py") == []
