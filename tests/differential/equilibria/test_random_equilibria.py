"""All T-MFE of random games against the exact brute-force oracle, and the sandwich around them.

MFGCHECK_RANDOM_EQUILIBRIA sets how many games are drawn; they are the same on every run. To see the
counts: pytest -rP, or python -m tests.differential.equilibria for all games in one table.
"""

from __future__ import annotations

import os
import sys
from collections import Counter

import numpy as np
import pytest

from mfgcheck import check
from tests.differential.as_game import game_of
from tests.differential.equilibria.as_polynomials import aggregate_game
from tests.differential.equilibria.best_response import t_br
from tests.differential.equilibria.campaign import Outcome, compare, run
from tests.differential.equilibria.generate import random_spec
from tests.oracle.equilibria import SeveralLaws, solve

GAMES = int(os.environ.get("MFGCHECK_RANDOM_EQUILIBRIA", "600"))
CHUNKS = 8
MONOTONE = 100 + GAMES // 8
STEPS = 60
ROUNDING = 1e-9


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_no_answer_contradicts_the_oracle(chunk: int) -> None:
    outcome = run(range(chunk, GAMES, CHUNKS))
    sys.stdout.write(f"{outcome}\n")
    assert not outcome.wrong, "\n\n".join(outcome.wrong[:5])
    assert len(outcome.undecided) <= max(1, outcome.games // 50), "\n".join(outcome.undecided)
    assert outcome.games > 0.9 * GAMES / CHUNKS


def test_no_point_of_a_continuum_is_called_isolated() -> None:
    outcome = run([500, 595])
    assert outcome.by_count["a continuum"] == 2
    assert not outcome.not_isolated, "\n\n".join(outcome.not_isolated)


@pytest.mark.skipif(GAMES < 400, reason="so few games need not be of all kinds")
def test_the_games_are_of_all_kinds() -> None:
    """The oracle alone: none, one, two, three T-MFE, a continuum, and ties."""
    counts: Counter[str] = Counter()
    for seed in range(200):
        true = solve(aggregate_game(random_spec(seed)))
        counts["a continuum" if true.curves else str(len(true.solutions))] += 1
    assert min(counts[kind] for kind in ("0", "1", "2", "3", "a continuum")) > 0, counts


def test_the_sandwich_on_games_with_complementarities() -> None:
    """T-BR rises from the least law and falls from the greatest, with all T-MFE in between."""
    outcome, proved = Outcome(), 0
    for seed in range(MONOTONE):
        spec = random_spec(seed, "monotone")
        report = check(game_of(spec))
        if any(verdict.status.value != "PROVED" for verdict in report.clauses.values()):
            continue
        plain = aggregate_game(spec)
        try:
            outcome.add(compare(spec, f"monotone {seed}"))
        except SeveralLaws:
            continue
        proved += 1
        low, high = (t_br(plain, top=top, steps=STEPS) for top in (False, True))
        name = f"seed {seed}\n{spec}"
        assert (np.diff(low.tails, axis=0) >= -ROUNDING).all(), name
        assert (np.diff(high.tails, axis=0) <= ROUNDING).all(), name
        assert (low.tails <= high.tails + ROUNDING).all(), name
        for strategy in (*low.strategies, *high.strategies):
            assert strategy == tuple(sorted(strategy)), name
        assert (np.diff(low.strategies, axis=0) >= 0).all(), name
        assert (np.diff(high.strategies, axis=0) <= 0).all(), name
        for x in solve(plain).solutions:
            masses = np.array([float(mass[0]) for mass in x.masses])
            tails = np.cumsum(masses[::-1])[-2::-1]
            assert (low.tails[-1] <= tails + ROUNDING).all(), name
            assert (tails <= high.tails[-1] + ROUNDING).all(), name
    sys.stdout.write(f"{proved} games of {MONOTONE} are MFG-SC\n{outcome}\n")
    assert not outcome.wrong, "\n\n".join(outcome.wrong[:5])
    assert proved >= MONOTONE // 4
    assert outcome.by_count["0"] == 0, "Theorem 1: an MFG-SC has a T-MFE"
    assert sum(outcome.by_count[kind] for kind in ("2", "3", "4", "5")) > 0
