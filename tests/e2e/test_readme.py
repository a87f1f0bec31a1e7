"""The README says what the program does now: generated parts are current, commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_generated_parts_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "render_readme.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake (demo|test|bench|lint|book|format|coverage|clean)\b", README))
    assert {"demo", "test", "book"} <= named
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_linked_files_exist() -> None:
    for target in re.findall(r"\]\((?!#|https?:)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_readme_is_short() -> None:
    generated = re.compile(r"<!-- \w+: begin -->.*?<!-- \w+: end -->", re.DOTALL)
    assert len(generated.sub("", README).splitlines()) <= 80
