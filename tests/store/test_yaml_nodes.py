"""Law files become plain nodes whose places point at what was written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from goodstanding.kernel.carrier import List, Map, Node, Text
from goodstanding.kernel.finding import Finding, Place
from goodstanding.store import yaml_nodes
from goodstanding.store.yaml_nodes import law_files, load_law, read_file, read_sources, read_text

ROOT = Path(__file__).parents[2]


def read(text: str) -> Node:
    findings: list[Finding] = []
    node = read_text(text, "x.yaml", findings)
    assert findings == []
    assert node is not None
    return node


def at(node: Node, *path: str | int) -> Node:
    for step in path:
        if isinstance(step, int):
            assert isinstance(node, List)
            node = node.items[step]
        else:
            assert isinstance(node, Map)
            found = node.get(step)
            assert found is not None
            node = found
    return node


def test_every_scalar_stays_the_text_that_was_written() -> None:
    node = read("on: yes\nid: 010101\nfine: 99999.99\nday: 2024-01-01\nnothing:\n")
    assert isinstance(node, Map)
    values = {key.value: value.value for key, value in node.entries if isinstance(value, Text)}
    assert values == {
        "on": "yes",
        "id": "010101",
        "fine": "99999.99",
        "day": "2024-01-01",
        "nothing": "",
    }


def test_a_scalar_knows_whether_it_was_quoted_and_whether_it_stands_in_brackets() -> None:
    node = read("plain: a\nquoted: \"a\"\nflow: {plain: a, quoted: 'a'}\nblock: |\n  a\n")
    marks = {
        path: (text.quoted, text.flow)
        for path in (("plain",), ("quoted",), ("flow", "plain"), ("flow", "quoted"), ("block",))
        if isinstance(text := at(node, *path), Text)
    }
    assert marks == {
        ("plain",): (False, False),
        ("quoted",): (True, False),
        ("flow", "plain"): (False, True),
        ("flow", "quoted"): (True, True),
        ("block",): (True, False),
    }


@pytest.mark.parametrize(
    ("text", "path", "offset", "place"),
    [
        ("a: xyz", ("a",), 1, (1, 5)),
        ('税: {b: "xyz"}', ("税", "b"), 2, (1, 11)),
        ("a: >\n  one\n  two\n", ("a",), 4, (3, 3)),
        ("a: |\n  one\n\n  two\n", ("a",), 6, (4, 4)),
        ('a: "one\n   two"', ("a",), 5, (2, 5)),
        ("a:\n  - one\n    two", ("a", 0), 4, (3, 5)),
    ],
)
def test_a_place_inside_a_value_is_found_again_in_the_file(
    text: str, path: tuple[str | int, ...], offset: int, place: tuple[int, int]
) -> None:
    node = at(read(text), *path)
    assert isinstance(node, Text)
    assert node.at(offset) == Place("x.yaml", *place)


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    findings: list[Finding] = []
    assert read_file(tmp_path / "none.yaml", findings) is None
    assert [found.code for found in findings] == ["unreadable-file"]


def test_all_findings_of_a_file_are_collected() -> None:
    findings: list[Finding] = []
    text = "a: &x 1\nb: *x\na: !t 2\n<<: {c: 1}\n"
    assert read_text(text, "x.yaml", findings) is None
    codes = [found.code for found in findings]
    assert codes == ["anchor", "alias", "tag", "duplicate-key", "merge-key"]


def test_overlays_come_after_the_base_law_and_words_are_no_law(tmp_path: Path) -> None:
    for name in ("base/z.yaml", "base/words/en.yaml", "over/a.yaml", "base/b/a.yaml"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a: 1\n")
    files = law_files([tmp_path / "base", tmp_path / "over"])
    names = [str(file.relative_to(tmp_path)) for file in files]
    assert names == ["base/b/a.yaml", "base/z.yaml", "over/a.yaml"]
    nodes, findings = load_law([tmp_path / "base", tmp_path / "over"])
    assert [*nodes] == [str(file) for file in files]
    assert findings == []


def test_both_parsers_give_the_same_nodes(monkeypatch: pytest.MonkeyPatch) -> None:
    fast, _ = load_law(ROOT / "tests" / "law" / "good")
    monkeypatch.setattr(yaml_nodes, "_LOADER", yaml.SafeLoader)
    slow, _ = load_law(ROOT / "tests" / "law" / "good")
    assert fast == slow


def test_sources_are_read_for_files_that_exist(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("one\ntwo\n")
    assert read_sources([str(file), str(tmp_path / "none")]) == {str(file): ["one", "two"]}


def test_what_is_too_deep_is_not_read_on(monkeypatch: pytest.MonkeyPatch) -> None:
    own, taken = yaml.parse, []

    def counted(*arguments: object, **named: object) -> object:
        for event in own(*arguments, **named):  # type: ignore[arg-type]
            taken.append(event)
            yield event

    monkeypatch.setattr(yaml_nodes.yaml, "parse", counted)
    findings: list[Finding] = []
    assert read_text("a: " + "[" * 20_000, "x.yaml", findings) is None
    assert [one.code for one in findings] == ["nested-too-deep"]
    assert len(taken) < 2 * yaml_nodes.DEPTH_MAX
