"""The docs name only paths and commands that exist, and every command is named."""

from __future__ import annotations

import argparse
import importlib
import importlib.util

import pytest

from tests.house.docs import command_complaints, commands_of, path_complaints, silence_complaints
from tests.house.source import ROOT, refuse, repository_files


def _pages() -> dict[str, str]:
    """The pages that describe the project as it is today; decisions and changes describe it as it was."""
    names = [
        name
        for name in repository_files()
        if name in {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "GLOSSARY.md"}
        or (name.startswith("docs/") and name.count("/") == 1 and name.endswith(".md"))
    ]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def _commands() -> list[str]:
    if importlib.util.find_spec("goodstanding.doors.cli") is None:
        pytest.skip(
            "src/goodstanding/doors/cli.py does not exist: NO COMMAND IS HELD AGAINST THE DOCS"
        )
    parser = importlib.import_module("goodstanding.doors.cli").build_parser()
    return list(commands_of(parser))


def test_every_path_in_the_docs_exists() -> None:
    pages = _pages()
    assert {"README.md", "CONTRIBUTING.md"} <= pages.keys()
    refuse(
        "paths",
        (
            c
            for name, text in pages.items()
            for c in path_complaints(name, text, repository_files())
        ),
    )


def test_every_command_in_the_docs_exists() -> None:
    commands = _commands()
    assert "demo" in commands
    refuse(
        "commands",
        (c for name, text in _pages().items() for c in command_complaints(name, text, commands)),
    )


def test_every_command_is_in_the_docs() -> None:
    refuse("silence", silence_complaints(_pages().values(), _commands()))


def test_the_readme_shows_how_to_run_and_how_to_test() -> None:
    text = _pages()["README.md"]
    assert "make run" in text
    assert "make test" in text


FILES = (
    "README.md",
    "Makefile",
    "docs/a.md",
    "src/goodstanding/kernel/days.py",
    "law/cn/tax/programme-2025.yaml",
)


@pytest.mark.parametrize(
    "span",
    [
        "docs/b.md",
        "law/cn/customs",
        "kernel/clock.py",
        "kernel/clock",
        "src/goodstanding/kernel/days/x.py",
        "benchmarks/run.py",
        "GLOSSARY.md",
        "law/*/customs/*.yaml",
        "desk/",
    ],
)
def test_a_path_that_does_not_exist_is_caught(span: str) -> None:
    (complaint,) = path_complaints("README.md", f"first\nsee `{span}` there\n", FILES)
    assert complaint.line == 2


@pytest.mark.parametrize(
    "span",
    [
        "docs/a.md",
        "law/cn/tax",
        "law/cn/tax/",
        "law/*/tax/*.yaml",
        "kernel/",
        "kernel/days.py",
        "kernel/days",
        "goodstanding/kernel/days.py",
        "days.py",
        "README.md",
        "Makefile",
        "build/sample",
        "law/<jurisdiction>/<pack>",
        "application/json",
        "make test",
        "a / b",
        "cn.tax",
    ],
)
def test_a_path_that_exists_or_no_path_is_let_through(span: str) -> None:
    assert path_complaints("README.md", f"see `{span}`\n```\ndocs/none.md\n```\n", FILES) == []


COMMANDS = ("demo", "law check", "law prove")


@pytest.mark.parametrize(
    "text",
    [
        "`goodstanding judge`",
        "`goodstanding law`",
        "`goodstanding law lint x`",
        "```\n$ goodstanding explian --on D\n```",
    ],
)
def test_a_command_that_does_not_exist_is_caught(text: str) -> None:
    assert command_complaints("README.md", text, COMMANDS)


@pytest.mark.parametrize(
    "text",
    [
        "`goodstanding demo --seed 1`",
        "`goodstanding law check law/cn`",
        "```\n.venv/bin/goodstanding law prove cn.tax\n```",
        "`goodstanding` is the only command, goodstanding everywhere",
        "`goodstanding --version`",
    ],
)
def test_a_command_that_exists_is_let_through(text: str) -> None:
    assert command_complaints("README.md", text, COMMANDS) == []


def test_a_command_that_no_page_names_is_caught() -> None:
    said = silence_complaints(["`goodstanding demo`", "`goodstanding law check`"], COMMANDS)
    assert [c.rule for c in said] == ["`goodstanding law prove` is named on no page"]


def test_the_commands_of_a_parser_are_those_that_do_something() -> None:
    parser = argparse.ArgumentParser()
    sub = parser.add_subparsers()
    sub.add_parser("demo")
    law = sub.add_parser("law").add_subparsers()
    law.add_parser("check")
    law.add_parser("prove")
    assert list(commands_of(parser)) == ["demo", "law check", "law prove"]
