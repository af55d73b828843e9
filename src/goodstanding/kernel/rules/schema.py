"""The forms of law files as a JSON Schema, for editors: completion, descriptions and red lines while typing.

Made from the same tables the reader uses (`forms.FILES`, `closed_forms.CLOSED_FILES`); the committed copy is docs/law.schema.json.
"""

from __future__ import annotations

import json
from typing import Any

from goodstanding.kernel.rules.closed_forms import ALL_FILES
from goodstanding.kernel.rules.shapes import (
    LANGUAGE,
    Anything,
    Date,
    Either,
    Form,
    Key,
    Line,
    ListOf,
    MapOf,
    Shape,
    Titled,
)

Schema = dict[str, Any]

# Editors type what we read as text: `yes`, `5` and `2024-01-01` reach them as truths and numbers.
_SCALAR = ["string", "number", "boolean"]
_AS_EDITORS_READ = {"yes": True, "no": False}


def schema() -> Schema:
    """Give the schema of a law file of any kind."""
    made = _Maker()
    kinds = [made.shape(form) for form in ALL_FILES.values()]
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Law file",
        "description": "One file of law/; the key at the top says its kind.",
        "oneOf": kinds,
        "definitions": dict(sorted(made.definitions.items())),
    }


def schema_text() -> str:
    """Give the schema as the text of docs/law.schema.json."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


class _Maker:
    """Makes schemas of shapes; each form becomes one definition."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def shape(self, shape: Shape) -> Schema:
        match shape:
            case Line():
                return _line(shape)
            case Date():
                return {
                    "type": "string",
                    "pattern": r"^\d{4}-\d{2}-\d{2}$",
                    "description": "a date",
                }
            case ListOf():
                return {
                    "type": ["array"],
                    "items": self.shape(shape.item),
                    "minItems": shape.at_least,
                }
            case MapOf():
                return self._map(shape)
            case Titled():
                some = {"anyOf": [{"required": ["en"]}, {"required": ["zh"]}]}
                return {**self._map(MapOf(Line("a text"), LANGUAGE)), "minProperties": 2, **some}
            case Form():
                return self._form(shape)
            case Either():
                parts = [part for part in (shape.line, shape.list, shape.map) if part is not None]
                return {"anyOf": [self.shape(part) for part in parts]}
            case Anything():
                return {}

    def _map(self, shape: MapOf) -> Schema:
        made: Schema = {"type": "object", "additionalProperties": self.shape(shape.value)}
        if shape.key.pattern:
            made["propertyNames"] = {"pattern": f"^(?:{shape.key.pattern})$"}
        return made

    def _form(self, form: Form) -> Schema:
        name = form.name.replace(" ", "-")
        if name not in self.definitions:
            self.definitions[name] = {}  # a form that holds itself would find it here
            self.definitions[name] = self._definition(form)
        return {"$ref": f"#/definitions/{name}"}

    def _definition(self, form: Form) -> Schema:
        made: Schema = {
            "type": "object",
            "title": form.name,
            "properties": {name: self._key(key) for name, key in form.keys.items()},
            "additionalProperties": False,
        }
        if form.named:
            made["patternProperties"] = {
                f"^(?:{pattern})$": self._key(key) for pattern, key in form.named
            }
        required = [name for name, key in form.keys.items() if key.required]
        if required:
            made["required"] = required
        if form.one_of:
            made["allOf"] = [
                {"oneOf": [{"required": [name]} for name in group]} for group in form.one_of
            ]
        return made

    def _key(self, key: Key) -> Schema:
        made = self.shape(key.shape)
        # beside a reference nothing else counts, so the note goes around it
        return (
            {"description": key.note, "allOf": [made]}
            if "$ref" in made
            else {**made, "description": key.note}
        )


def _line(line: Line) -> Schema:
    if line.words:
        return {
            "enum": [
                *line.words,
                *(_AS_EDITORS_READ[w] for w in line.words if w in _AS_EDITORS_READ),
            ]
        }
    if not line.pattern:
        return {"type": _SCALAR}
    # a number or truth is not compared with the pattern
    return {"type": _SCALAR, "pattern": f"^(?:{line.pattern})$"}
