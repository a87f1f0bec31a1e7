"""Docstrings as MyST text: descriptions of functions and classes for the domain `py` of Sphinx.

The house's docstrings are plain text with a few fixed sections (`Args:`, `Attributes:`, `Returns:`,
`Raises:`, `Source:`), code in single backticks, and examples that begin with `>>>`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cached_property
from typing import Any

SECTIONS = {
    "Args": "Arguments",
    "Attributes": "Attributes",
    "Returns": "Returns",
    "Raises": "Raises",
    "Source": "Source",
}
_HEADING = re.compile(rf"({'|'.join(SECTIONS)}):(?: (.*))?$")
_ITEM = re.compile(r"([\w., ]+?): (.*)$")
_SPECIAL = re.compile(r"([\\*_{}\[\]<>$#|~^&`@])")
_CODE = re.compile(r'(`[^`]+`|"[^"\s]+"|(?<!\S)--[a-z-]+)')  # code, a value, an option


def plain(text: str) -> str:
    """Return MyST for plain text; backticks, a word in quotation marks and an option are code.

    >>> plain('the law z_0, such as "1/10" or `z[x]`')
    'the law z\\\\_0, such as `"1/10"` or `z[x]`'
    """
    pieces = _CODE.split(" ".join(text.split()))
    return "".join(
        (piece if piece[0] == "`" else f"`{piece}`") if number % 2 else _SPECIAL.sub(r"\\\1", piece)
        for number, piece in enumerate(pieces)
    )


def paragraphs(text: str) -> Iterator[list[str]]:
    """Yield the paragraphs of a text, as lists of lines."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        yield part.split("\n")


def described(doc: str, types: dict[str, str] | None = None) -> str:
    """Return a docstring as MyST.

    Args:
        doc: the docstring, without indentation.
        types: types of what is listed under Attributes, by name.
    """
    parts = []
    for lines in paragraphs(doc):
        heading = _HEADING.match(lines[0])
        if lines[0].startswith(">>>"):
            parts.append("\n".join(["```{code-block} pycon", *lines, "```"]))
        elif heading is None:
            parts.append(plain(" ".join(lines)))
        elif heading[2] or heading[1] == "Source":
            text = " ".join([heading[2] or "", *lines[1:]])
            parts.append(f"*{SECTIONS[heading[1]]}:* {plain(text)}")
        else:
            items = _items(lines[1:], types or {}) if heading[1] != "Returns" else _body(lines[1:])
            parts.append(f"**{SECTIONS[heading[1]]}**\n\n{items}")
    return "\n\n".join(parts)


def _body(lines: list[str]) -> str:
    return plain(" ".join(lines))


def _items(lines: list[str], types: dict[str, str]) -> str:
    """Return a definition list of `name: text` lines, each of which may go on, further in."""
    items: list[list[str]] = []
    for line in lines:
        if line.startswith("     "):
            items[-1].append(line)
        else:
            items.append([line])
    texts = []
    for item in items:
        found = _ITEM.match(" ".join(line.strip() for line in item))
        if found is None:
            raise ValueError(f"a docstring has a list without names: {item}")
        names = [name.strip() for name in found[1].split(",")]
        kinds = {types[name] for name in names if name in types}
        kind = f" (`{kinds.pop()}`)" if len(kinds) == 1 else ""
        texts.append(", ".join(f"`{name}`" for name in names) + kind)
        texts.append(f": {plain(found[2])}\n")
    return "\n".join(texts)


def signature(function: Callable[..., object], *, skip_first: bool = False) -> str:
    """Return parameters and result as they stand in the source.

    >>> signature(signature)
    '(function: Callable[..., object], *, skip_first: bool = False) -> str'
    """
    found = inspect.signature(function)
    parts, starred = [], False
    for parameter in list(found.parameters.values())[skip_first:]:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred = starred or parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        mark = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        text = mark + parameter.name
        if parameter.annotation is not parameter.empty:
            text += f": {_type(parameter.annotation)}"
        if parameter.default is not parameter.empty:
            text += f" = {parameter.default!r}" if ": " in text else f"={parameter.default!r}"
        parts.append(text)
    result = "" if found.return_annotation is found.empty else _type(found.return_annotation)
    return f"({', '.join(parts)})" + (f" -> {result}" if result else "")


def _type(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def block(kind: str, title: str, options: dict[str, str], body: str, ticks: int) -> str:
    """Return a directive of the domain `py`."""
    lines = [f":{name}: {value}".rstrip() for name, value in options.items()]
    return "\n".join(["`" * ticks + f"{{py:{kind}}} {title}", *lines, "", body, "`" * ticks])


def function(path: str, made: Callable[..., object]) -> str:
    """Describe a function under a name that it is imported by."""
    return block("function", path + signature(made), _canonical(path, made), _doc(made), 5)


def class_(path: str, made: type, *, constructed: bool) -> str:
    """Describe a class with what is public of it, and its constructor if one calls that oneself."""
    doc = inspect.getdoc(made) or ""
    types = {field.name: str(field.type) for field in fields(made)} if is_dataclass(made) else {}
    title = path + (signature(made).removesuffix(" -> None") if constructed else "")
    kind = "exception" if issubclass(made, Exception) else "class"
    body = described(doc, types)
    parent = made.__bases__[0]
    if kind == "exception" and parent.__module__ == made.__module__:
        body += f"\n\nA kind of {{py:exc}}`~mfgcheck.{parent.__name__}`."
    members = "\n\n".join(_members(made, doc))
    return block(kind, title, _canonical(path, made), f"{body}\n\n{members}", 6)


def _members(made: type, doc: str) -> Iterator[str]:
    """Yield the public properties and methods that the package itself defines."""
    seen = set(re.findall(r"^    (\w+): ", doc, flags=re.M))  # told among the attributes
    for home in made.__mro__:
        if not home.__module__.startswith("mfgcheck"):
            continue
        for name, member in vars(home).items():
            if (name.startswith("_") and name != "__getitem__") or name in seen:
                continue
            seen.add(name)
            if isinstance(member, property | cached_property):
                getter = member.fget if isinstance(member, property) else member.func
                kind = inspect.signature(getter).return_annotation if getter else ""
                yield block("property", name, {"type": kind}, _doc(member), 5)
            elif isinstance(member, staticmethod):
                inner = member.__func__
                yield block("method", name + signature(inner), {"staticmethod": ""}, _doc(inner), 5)
            elif inspect.isfunction(member):
                title = name + signature(member, skip_first=True)
                yield block("method", title, {}, _doc(member), 5)
            elif isinstance(member, made):  # of an enumeration
                yield block("attribute", name, {"value": repr(str(member))}, "", 5)


def _canonical(path: str, made: Any) -> dict[str, str]:
    home = f"{made.__module__}.{made.__qualname__}"
    return {} if home == path else {"canonical": home}


def _doc(made: object) -> str:
    return described(inspect.getdoc(made) or "")
