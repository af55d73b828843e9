"""Public functions say what they do; the longest files and functions are told, and nobody fails for them."""

from __future__ import annotations

import pytest

from tests.house.sizes import TOLD_ROOMS, docstring_complaints, report
from tests.house.source import SRC, Source, python_files, refuse


def test_every_public_function_says_what_it_does() -> None:
    sources = python_files(*(f"{SRC}/{room}" for room in TOLD_ROOMS))
    assert sources
    refuse("docstrings", (c for source in sources for c in docstring_complaints(source)))


@pytest.mark.parametrize(
    "text",
    [
        "def f(): ...",
        "async def f(): ...",
        'def f():\n    """ """',
        "def f():\n    # a comment is no docstring\n    return 1",
        "class A:\n    def f(self): ...",
        "class A:\n    @property\n    def f(self): ...",
    ],
)
def test_a_function_that_says_nothing_is_caught(text: str) -> None:
    assert docstring_complaints(Source("x.py", text))


@pytest.mark.parametrize(
    "text",
    [
        'def f():\n    """Do it."""',
        "def _f(): ...",
        "class _A:\n    def f(self): ...",
        "class A:\n    def __str__(self): ...\n    def _f(self): ...",
        "@overload\ndef f(x: int) -> int: ...",
        'def f():\n    """Do it."""\n    def g(): ...',
    ],
)
def test_a_function_that_need_not_speak_is_let_through(text: str) -> None:
    assert docstring_complaints(Source("x.py", text)) == []


def test_the_report_tells_the_longest_first_and_marks_those_to_look_at_twice() -> None:
    long = Source("long.py", "def f():\n" + "    x = 1\n" * 500)
    short = Source("short.py", "def g():\n    return 1\n")
    said = report([short, long])
    assert said[0] == "2 files, 1 above 400 lines; the longest:"
    assert said[1].split() == ["501*", "long.py"]
    assert said[4].split() == ["501*", "long.py:1", "f"]
