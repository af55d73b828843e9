"""The walk of docs/adding-a-rule.md works as written, and touches law/ only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from goodstanding.kernel import cases, law
from goodstanding.store.yaml_nodes import load_law

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adding-a-rule.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r'```yaml (?P<file>\S+)(?: after "(?P<after>[^"]*)")?\n(?P<text>.*?)```', re.DOTALL
)


@pytest.fixture
def walked(tmp_path: Path) -> Path:
    """A copy of law/ with every block of the page put where the page says."""
    shutil.copytree(ROOT / "law", tmp_path / "law")
    for block in BLOCK.finditer(PAGE):
        file = tmp_path / block["file"]
        if block["after"] is None:
            assert not file.exists()
            file.write_text(block["text"], encoding="utf-8")
            continue
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [i for i, line in enumerate(lines) if line.startswith(block["after"])]
        assert len(places) == 1, f"{block['file']}: {block['after']!r} stands {len(places)} times"
        lines.insert(places[0] + 1, block["text"])
        file.write_text("".join(lines), encoding="utf-8")
    return tmp_path / "law"


def test_the_page_writes_only_into_law() -> None:
    """No block of the page names a file outside law/."""
    files = [block["file"] for block in BLOCK.finditer(PAGE)]
    assert len(files) == 5
    assert all(name.startswith("law/") for name in files)


def test_the_law_with_the_new_rule_is_clean_and_its_cases_hold(walked: Path) -> None:
    """Reading finds nothing to refuse, and the three new cases give what they expect."""
    read, findings = law.read(load_law(walked)[0])
    assert not [f for f in findings if f.refuses]
    new = [case for case in read.cases if "ledger" in case.name]
    assert len(new) == 3
    for case in new:
        assert not list(cases.check(case, read.programmes[case.programme], read.types)), case.name


def test_without_the_rule_its_case_fails(walked: Path) -> None:
    """The case sees the rule: taking the limb out again makes it fail."""
    file = walked / "cn" / "labour" / "employer.yaml"
    lines = [
        line for line in file.read_text(encoding="utf-8").splitlines() if "id: ledger" not in line
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    read, _ = law.read(load_law(walked)[0])
    case = next(c for c in read.cases if c.name == "No ledger for half a year gives C")
    assert list(cases.check(case, read.programmes[case.programme], read.types))
