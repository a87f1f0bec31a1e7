"""The book's list of modules is that of the package."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_architecture_lists_the_modules_of_equilibrium() -> None:
    page = (ROOT / "book" / "architecture.md").read_text(encoding="utf-8")
    inside = page.split("## Inside `equilibrium`")[1].split("\n## ")[0]
    listed = [
        name
        for row in re.findall(r"^\| (`.*?) \|", inside, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    ]
    modules = {path.stem for path in (ROOT / "mfgcheck" / "equilibrium").glob("[!_]*.py")}
    assert len(listed) == len(set(listed)), "a module is listed twice"
    assert set(listed) == modules
