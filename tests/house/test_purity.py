"""Kernel and compile read no world and compute no fractions."""

from __future__ import annotations

import pytest

from tests.house.purity import purity_complaints
from tests.house.source import SRC, Source, pure_files, refuse


def test_the_pure_rooms_are_pure() -> None:
    sources = pure_files()
    assert sources
    refuse("purity", (c for source in sources for c in purity_complaints(source)))


BAD = {
    "a file": "x = open('f')",
    "a file by another name": "fetch = open",
    "input": "x = input()",
    "print": "print(1)",
    "now": "x = datetime.now()",
    "now with a zone": "x = clock.now(UTC)",
    "today": "from datetime import date\nx = date.today()",
    "today passed on": "from datetime import date\nf = date.today",
    "today of a renamed date": "from datetime import date as D\nf = D.today",
    "today through the module": "import datetime\nf = datetime.date.today",
    "today as a default": "from datetime import date\nfield(default_factory=date.today)",
    "today by getattr": "from datetime import date\nx = getattr(date, 'today')()",
    "today by attrgetter": "from operator import attrgetter\nx = attrgetter('date.today')(m)",
    "utcnow": "f = datetime.utcnow",
    "environment": "x = os.environ['A']",
    "getenv": "x = os.getenv('A')",
    "a float": "x = 0.5",
    "a float with an exponent": "x = 1e6",
    "a complex number": "x = 1j",
    "float called": "x = float(y)",
    "float as an annotation": "def f(x: float): ...",
    "float in an annotation": "x: dict[str, float]",
    "float in a quoted annotation": "def f(x: 'list[float]'): ...",
    "float in a quoted result": "def f() -> 'float | None': ...",
    "float in a quoted variable": "x: 'float' = 1",
    "float under another name": "from builtins import float as number",
    "float assigned": "Number = float",
    "float bound": "float = int",
    "float in isinstance": "isinstance(x, int | float)",
    "float by getattr": "x = getattr(builtins, 'float')",
    "float out of the builtins": "x = __builtins__['float']",
    "float in a cast": "x = cast('float', y)",
    "float as a method": "x = y.__float__()",
    "Decimal": "from decimal import Decimal",
    "Fraction": "x = Fraction(1, 2)",
    "division": "x = a / b",
    "division in place": "x /= 2",
    "division by operator": "f = operator.truediv",
    "division by method": "x = (4).__truediv__(2)",
    "a negative power": "x = 10 ** -2",
    "a negative power by name": "x = 10 ** -places",
    "a negative power by pow": "x = pow(10, -2)",
    "round": "x = round(y, 2)",
    "round passed on": "f = round",
    "seconds": "x = delta.total_seconds()",
    "eval": "x = eval('1')",
    "exec": "exec(text)",
    "compile": "x = compile(text, 'f', 'eval')",
    "globals": "x = globals()['x']",
    "vars": "x = vars(y)",
    "getattr with a computed name": "x = getattr(y, name)",
    "getattr with a joined name": "x = getattr(y, 'flo' + 'at')",
    "getattribute with a computed name": "x = y.__getattribute__(name)",
    "getattr over words with a bad one": "x = [getattr(y, n) for n in ('title', 'today')]",
    "getattr over words that are not written out": "for n in names:\n    x = getattr(y, n)",
    "getattr over words, bound again": "for n in ('a', 'b'):\n    n = f(n)\n    x = getattr(y, n)",
    "setattr with a computed name": "setattr(y, name, 1)",
    "getattr on a library": "import math\nx = getattr(math, 'sqrt')",
    "subclasses": "x = object.__subclasses__()",
    "a function's globals": "x = f.__globals__",
    "hash": "x = hash('a') % 16",
    "id": "x = id(y)",
    "the file's place": "x = __file__",
    "reading a path": "x = path.read_text()",
    "a global": "def f():\n    global n\n    n = 1",
    "a format of a float": "x = f'{y:.2f}'",
    "a format of a percentage": "x = f'{y:.1%}'",
    "a computed format of a float": "x = f'{y:.{n}f}'",
    "a percent format": "x = '%.2f' % y",
    "a format method": "x = '{:.2f}'.format(y)",
    "a format function": "x = format(y, '.2f')",
    "a walk through a set": "for x in {1, 2}:\n    f(x)",
    "a list of a set": "x = list(set(y))",
    "a list comprehension over a set": "x = [y for y in set(z)]",
    "a join of a set": "x = ','.join({'a', 'b'})",
}
BAD_SQL = {
    "a double": "x = f'cast({y} AS DOUBLE)'",
    "a float by colons": "x = f'{y}::float'",
    "the engine's clock": "x = 'select current_date'",
    "the engine's now": "x = 'where day < now()'",
    "the engine's dice": "x = 'order by random()'",
}
GOOD = {
    "whole numbers": "x = (a * 10**4 + b // 2) // b\ny = divmod(a, 100)\nz = 2 ** places",
    "a modular inverse": "x = pow(3, -1, 7)",
    "a handed-in day": "def f(today: Day, now: int) -> bool:\n    return today < question.today",
    "a docstring about floats": '"""There is no float here, and no open file."""',
    "a message about floats": "x = 'write no float here'",
    "our own rounding": "def round_half_up(n: int, d: int) -> int:\n    return (2 * n + d) // (2 * d)",
    "our own compile": "def compile(pack: Pack) -> str: ...\nx = compile(y)",
    "a compiled expression": "x = re.compile('a')",
    "a field named id": "class A:\n    id: str\n\ndef f(id: str) -> str:\n    return id",
    "a known attribute by name": "x = getattr(y, 'title', None)",
    "words that are written out": "x = [getattr(y, n) for n in ('title', 'basis')]",
    "the fields of a dataclass": "for part in fields(y):\n    f(getattr(y, part.name))",
    "a sorted set": "for x in sorted(set(y)):\n    f(x)",
    "a set of a set": "x = {y for y in set(z)}\nw = any(y for y in set(z))",
    "whole formats": "x = f'{y:02d} {z:>10} {w:,}'\nv = '%d of %s' % (1, 2)\nu = '{:03}'.format(1)",
    "paths of keys": "x = 'a/b'\ny = f'{a}/{b}'",
    "arithmetic on dates": "from datetime import date\nx = date(2026, 1, 1).toordinal()",
    "a word of the law": "OPEN = 'open'\nx = 'real estate, doubled'",
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("room", ["kernel", "compile"])
def test_an_impure_line_is_caught(case: str, room: str) -> None:
    found = purity_complaints(Source(f"{SRC}/{room}/x.py", BAD[case]))
    assert found, case
    assert all(c.line >= 1 and c.instead for c in found)


@pytest.mark.parametrize("case", BAD_SQL)
def test_sql_that_is_not_exact_is_caught(case: str) -> None:
    assert purity_complaints(Source(f"{SRC}/compile/x.py", BAD_SQL[case])), case


@pytest.mark.parametrize("case", GOOD)
@pytest.mark.parametrize("room", ["kernel", "compile"])
def test_a_pure_line_is_let_through(case: str, room: str) -> None:
    assert purity_complaints(Source(f"{SRC}/{room}/x.py", GOOD[case])) == []


def test_a_complaint_says_path_line_rule_and_remedy() -> None:
    (complaint,) = purity_complaints(Source(f"{SRC}/kernel/x.py", "y = 1\nx = y / 2\n"))
    assert str(complaint) == (
        "src/goodstanding/kernel/x.py:2: kernel divides with /; instead: //, or round_half_up of kernel/quantity.py"
    )
