"""Verdicts on random games against the brute-force oracle.

MFGCHECK_RANDOM_GAMES sets how many games are drawn; they are the same on every run. To see the
counts: pytest -rP, or python -m tests.differential for all games in one table.
"""

from __future__ import annotations

import os
import sys

import pytest

from mfgcheck.errors import InvalidGame
from tests.differential.as_game import game_of
from tests.differential.campaign import run
from tests.differential.invalid import spoiled_spec
from tests.oracle import CLAUSES

GAMES = int(os.environ.get("MFGCHECK_RANDOM_GAMES", "5000"))
CHUNKS = 50


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_verdict_contradicts_the_oracle(chunk: int) -> None:
    outcome = run(range(chunk, GAMES, CHUNKS))
    sys.stdout.write(f"{outcome}\n")
    assert not outcome.wrong, "\n\n".join(outcome.wrong[:5])
    # One in a hundred; a chunk of fewer than a hundred games may have one game all undecided.
    allowed = max(len(CLAUSES), sum(outcome.verdicts.values()) // 100)
    assert len(outcome.undecided) <= allowed, "\n".join(outcome.undecided)


@pytest.mark.parametrize("chunk", range(5))
def test_a_spoiled_game_is_refused(chunk: int) -> None:
    for seed in range(chunk, GAMES // 25, 5):
        what, spec = spoiled_spec(seed)
        with pytest.raises(InvalidGame) as error:
            game_of(spec)
        assert str(error.value), f"seed {seed}: {what}"
