"""What all tests share: golden files, and the report of the house."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.house.sizes import report
from tests.house.source import SRC, python_files

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden",
        action="store_true",
        help="write the golden files anew instead of comparing with them",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with tests/golden/<name>, or write it there under --golden."""

    def compare(name: str, text: str) -> None:
        file = GOLDEN / name
        if request.config.getoption("--golden"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        elif not file.exists():
            pytest.fail(
                f"tests/golden/{name} does not exist; run make golden and read it", pytrace=False
            )
        else:
            assert text == file.read_text(encoding="utf-8"), (
                f"tests/golden/{name} differs; if it should, make golden"
            )

    return compare


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Report the longest files and functions after a run of the house tests: to weigh, not to fail."""
    passed = terminalreporter.stats.get("passed", [])
    if any(one.nodeid.startswith("tests/house/") for one in passed):
        terminalreporter.section("house")
        try:
            lines = report(python_files(SRC))
        except SyntaxError as broken:  # the tests have said so too; a summary must not stop the run
            lines = [f"{broken.filename}:{broken.lineno}: {broken.msg}"]
        for line in lines:
            terminalreporter.line(line)
