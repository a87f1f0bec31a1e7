"""The book's list of modules is that of the package."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mfgcheck"
LARGE = ("equilibrium", "budgets")
"""The packages whose modules the page on the architecture lists."""


def modules(folder: Path) -> set[str]:
    """The names of the modules in a folder."""
    return {path.stem for path in folder.glob("[!_]*.py")}


def packages(large: str) -> dict[str, set[str]]:
    """The packages inside a large one, with their modules."""
    folder = PACKAGE / large
    return {path.name: modules(path) for path in folder.iterdir() if list(path.glob("*.py"))}


def inside(large: str) -> str:
    """What the page on the architecture says of a large package."""
    page = (ROOT / "book" / "architecture.md").read_text(encoding="utf-8")
    return page.split(f"## Inside `{large}`")[1].split("\n## ")[0]


@pytest.mark.parametrize("large", LARGE)
def test_the_architecture_lists_the_modules_of_a_package(large: str) -> None:
    listed: dict[str, list[str]] = {}
    # One table for each package, which its first line names.
    for table in re.findall(r"(?:^\|.*\n)+", inside(large), re.MULTILINE):
        first, _, *rows = re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
        listed[first.strip("`")] = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    for package, names in listed.items():
        assert len(names) == len(set(names)), f"{package}: a module is listed twice"
    assert {package: set(names) for package, names in listed.items()} == packages(large)


@pytest.mark.parametrize("large", LARGE)
def test_the_architecture_names_the_modules_on_top_of_the_packages(large: str) -> None:
    text = inside(large).split("\n|")[0]
    named = set(re.findall(r"`(\w+)`", text)) - {large}
    assert modules(PACKAGE / large) | set(packages(large)) == named


def test_modules_that_the_book_names_exist() -> None:
    for page in sorted((ROOT / "book").glob("**/*.md")):
        if {"_build", "node_modules"} & set(page.parts):
            continue
        text = page.read_text(encoding="utf-8")
        named = {name.replace(".", "/") for name in re.findall(r"`(mfgcheck(?:\.\w+)+)`", text)}
        named |= set(re.findall(r"`((?:mfgcheck|equilibrium|tests)/[\w/.]+)`", text))
        for name in named:
            place = ROOT / name if name.startswith(("mfgcheck", "tests")) else PACKAGE / name
            assert place.exists() or place.with_suffix(".py").exists(), f"{page.name}: {name}"
