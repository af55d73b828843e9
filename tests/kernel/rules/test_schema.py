"""The schema that editors use is the one the reader uses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from goodstanding.kernel.rules.closed_forms import ALL_FILES
from goodstanding.kernel.rules.schema import schema, schema_text

COMMITTED = Path(__file__).parents[3] / "docs" / "law.schema.json"


def test_the_committed_schema_is_current(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--golden"):
        COMMITTED.write_text(schema_text(), encoding="utf-8")
    assert COMMITTED.read_text(encoding="utf-8") == schema_text()


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_to_a_form() -> None:
    made = schema()
    assert {name.removeprefix("#/definitions/") for name in references(made)} == set(
        made["definitions"]
    )
    assert len(made["oneOf"]) == len(ALL_FILES)


def test_every_key_says_what_it_is() -> None:
    for form in schema()["definitions"].values():
        for name, key in form["properties"].items():
            assert "description" in key, (form["title"], name)
