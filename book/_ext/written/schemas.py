"""The JSON Schemas of results, with lists of their fields."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import mfgcheck.report
from written.docstrings import plain

PAGE = Path(__file__).resolve().parents[2] / "reference"  # downloads are told from here


def schema_file(name: str) -> Path:
    """Return the file that has a schema."""
    import mfgcheck.report

    return Path(mfgcheck.report.__file__).parent / "schema" / f"{name}-1.json"


def schema(name: str) -> str:
    """Describe a JSON Schema: what it is of, its fields, the file."""
    whole = mfgcheck.report.schema(name)
    file = os.path.relpath(schema_file(name), PAGE)
    parts = [
        f"**{plain(whole['title'])}.** {plain(whole['description'])}",
        f"Download: {{download}}`{name}-1.json <{file}>`",
        _fields(whole, name),
    ]
    for title, kind in whole.get("$defs", {}).items():
        body = _definition(kind, name)
        parts += [f"(schema-{name}-{title})=", f"**{title}**: *{_kind(kind, name)}*", body]
    return "\n\n".join(parts)


def _definition(kind: Mapping[str, Any], name: str) -> str:
    text = plain(kind.get("description", ""))
    return f"{text}\n\n{_fields(kind, name)}" if _properties(kind) else text


def _fields(kind: Mapping[str, Any], name: str) -> str:
    """Return a list of fields; those of an object in a field follow it, with its name before."""
    lines = []
    for path, field, required in _walk(kind):
        needed = "" if required else ", optional"
        text = plain(field.get("description", ""))
        lines.append(f"* `{path}` ({_kind(field, name)}{needed}){': ' if text else ''}{text}")
    return "\n".join(lines)


def _properties(kind: Mapping[str, Any]) -> dict[str, Any]:
    """Return the properties of an object, or of the objects that it is one of."""
    found = dict(kind.get("properties", {}))
    for part in [*kind.get("oneOf", []), *kind.get("anyOf", [])]:
        found |= {key: value for key, value in _properties(part).items() if key not in found}
    return found


def _walk(
    kind: Mapping[str, Any], before: str = ""
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    required = kind.get("required", ())
    for key, field in _properties(kind).items():
        yield before + key, field, key in required
        inner = field.get("items", field) if isinstance(field.get("items", field), dict) else field
        mark = "[]" if "items" in field else ""
        yield from _walk(inner, f"{before}{key}{mark}.")
        values = inner.get("additionalProperties")
        if isinstance(values, dict):
            yield from _walk(values, f"{before}{key}{mark}.*.")


def _kind(kind: Mapping[str, Any], name: str, *, link: bool = True) -> str:
    """Return the type of a field in a few words, with links to definitions."""
    if "$ref" in kind:
        target = kind["$ref"].rpartition("/")[2]
        return f"[{target}](#schema-{name}-{target})" if link else target
    if "const" in kind:
        return f"`{json.dumps(kind['const'])}`"
    if "enum" in kind:
        return " or ".join(f"`{json.dumps(value)}`" for value in kind["enum"])
    for word in ("oneOf", "anyOf"):
        if word in kind and "type" not in kind:
            texts = [_kind(part, name, link=link) for part in kind[word]]
            return " or ".join(dict.fromkeys(text for text in texts if text != "anything"))
    types = kind.get("type", "anything")
    words = [types] if isinstance(types, str) else list(types)
    return " or ".join(_word(word, kind, name, link=link) for word in words)


def _word(word: str, kind: Mapping[str, Any], name: str, *, link: bool) -> str:
    if word == "array" and isinstance(kind.get("items"), dict):
        return f"array of {_kind(kind['items'], name, link=link)}"
    values = kind.get("additionalProperties")
    if word == "object" and isinstance(values, dict) and values:
        return f"object with values {_kind(values, name, link=link)}"
    return word
