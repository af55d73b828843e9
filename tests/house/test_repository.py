"""No file names a package registry's host or a path of somebody's machine, and every requirement is pinned."""

from __future__ import annotations

import pytest

from tests.house.repository import _HOSTS, pin_complaints, text_complaints
from tests.house.source import ROOT, refuse, repository_files


def _text(name: str) -> str:
    """The text of a file; a picture or an archive has none."""
    try:
        return (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_no_file_names_a_registry_or_a_machine() -> None:
    names = repository_files()
    assert "pyproject.toml" in names
    refuse("repository", (c for name in names for c in text_complaints(name, _text(name))))


@pytest.mark.parametrize("name", ["requirements/run.txt", "requirements/test.txt"])
def test_every_requirement_is_one_version_with_hashes(name: str) -> None:
    text = _text(name)
    assert text.count("--hash=sha256:") > 10
    refuse("pins", pin_complaints(name, text))


@pytest.mark.parametrize("host", _HOSTS)
def test_a_registry_host_is_caught(host: str) -> None:
    for line in (f"see {host}", f"https://{host}/simple", f"index = files.{host.upper()}"):
        assert text_complaints("README.md", f"first\n{line}\n")[0].line == 2


@pytest.mark.parametrize("folder", ["work", "root", "home", "Users"])
def test_a_path_of_a_machine_is_caught(folder: str) -> None:
    for before in ("", "cd ", '"', "file://", "=", "(", "`"):
        assert text_complaints("Makefile", f"{before}/{folder}/main/x")


@pytest.mark.parametrize(
    "line",
    [
        "src/work/x.py",
        "https://example.gov/home/page",
        "the paperwork/root/ledger",
        "a/b",
        "<top>/home/x",
        "/usr/bin/x",
    ],
)
def test_a_path_of_the_repository_or_an_address_is_let_through(line: str) -> None:
    assert text_complaints("README.md", line) == []


@pytest.mark.parametrize(
    "line",
    [
        "--index-url x",
        "--extra-index-url x",
        "-i https://example.org/simple",
        "--find-links x",
        "a @ file://b",
    ],
)
def test_a_source_of_packages_in_requirements_is_caught(line: str) -> None:
    assert text_complaints("requirements/run.txt", line)


def test_a_requirement_without_version_or_hash_is_caught() -> None:
    text = "# made by make pins\na==1 \\\n    --hash=sha256:0\nb>=2 \\\n    --hash=sha256:0\nc==3 ; os_name == 'nt'\n"
    assert [str(c) for c in pin_complaints("r.txt", text)] == [
        "r.txt:4: b>=2 is not pinned; instead: name==version (make pins)",
        "r.txt:6: c==3 has no hash; instead: make pins",
    ]
