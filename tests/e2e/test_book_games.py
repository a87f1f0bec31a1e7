"""The games that the book writes out are those of the gallery."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from mfgcheck import Game
from mfgcheck.gallery import make

PAGE = Path(__file__).parents[2] / "book" / "start" / "first-game.md"


@pytest.mark.parametrize("name", ["infection-spread", "capped-health"])
def test_the_first_games_are_those_of_the_gallery(name: str) -> None:
    cells = re.findall(r"```\{code-cell\} ipython3\n(.*?)```", PAGE.read_text(), re.DOTALL)
    maker = name.replace("-", "_")
    scope: dict[str, Any] = {}
    for cell in cells:
        if "import" in cell or f"def {maker}" in cell:
            exec(compile(cell.split(f"\ngame = {maker}")[0], str(PAGE), "exec"), scope)
    written, ours = scope[maker](), make(name)
    assert isinstance(written, Game)
    for s, a, z in ((0, 0, {0: 1}), (5, 1, {3: "1/2", 24: "1/2"}), (24, 4, {24: 1})):
        assert written.kernel_at(s, a, z) == ours.kernel_at(s, a, z)
        assert written.reward_at(s, a, z) == ours.reward_at(s, a, z)
