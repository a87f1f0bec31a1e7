"""The gallery's expected verdicts, confirmed by brute force; and both say the same game.

Large games are tried at their vertices and along the line of means only; small versions of them on
whole grids of the simplex.
"""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest
import sympy

from mfgcheck import gallery
from tests.oracle import between, distinct, examine, grid, random_chain, vertices
from tests.oracle import gallery as plain_gallery
from tests.oracle.mean_fields import MeanField

# Game, the gallery's parameters and the oracle's.
SMALL: tuple[tuple[str, dict[str, Any]], ...] = (
    ("infection-spread", {"states": 4, "actions": 3}),
    ("infection-spread", {"states": 5, "actions": 2, "susceptibility": "rational"}),
    ("infection-spread", {"states": 4, "actions": 3, "susceptibility": "logistic"}),
    ("infection-spread", {"states": 4, "actions": 3, "replacement": "state"}),
    ("mturk", {"states": 6}),
    ("mturk", {"states": 6, "replacement": "clipped"}),
    ("capped-health", {"states": 5, "actions": 3, "reach": 2}),
    ("coordination", {}),
    ("adoption-birth-death", {"states": 4}),
    ("sis", {}),
    ("beach-bar", {"states": 5, "bar": 2}),
    *((f"audit-{letter}", {}) for letter in "abcdefg"),
    ("fair-coin", {}),
)
LARGE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("infection-spread", {}),
    ("mturk", {}),
    ("capped-health", {}),
    ("two-lotteries", {}),
    ("adoption-birth-death", {}),
    ("beach-bar", {}),
)
PARTS = {2: 24, 3: 8, 4: 5, 5: 4, 6: 3}


def plain(name: str, parameters: dict[str, Any]) -> Any:
    """Return the oracle's version of a game."""
    return getattr(plain_gallery, name.replace("-", "_"))(**parameters)


def mean_fields(n: int) -> list[MeanField]:
    """Return the mean fields to try for so many states."""
    points = [*vertices(n), *between(n, 4)]
    if n in PARTS:
        points += [*grid(n, PARTS[n]), *between(n, 6)]
    # Beyond 25 states only the ends: the one such game has a kernel free of the mean field.
    return distinct(points) if n <= 25 else between(n, 1)


@pytest.mark.parametrize(("name", "parameters"), [*SMALL, *LARGE], ids=str)
def test_expected_verdicts(name: str, parameters: dict[str, Any]) -> None:
    game = plain(name, parameters)
    points = mean_fields(game.states.size)
    if game.states.size <= 6:
        rng = random.Random(name)
        points = distinct([*points, *random_chain(game.states, 5, 12, rng)])
    found = {
        clause: "REFUTED" if finding.violated else "PROVED"
        for clause, finding in examine(game, points).items()
    }
    expected = gallery.expected(name)
    assert found == {clause: expected[clause] for clause in found}


@pytest.mark.parametrize(("name", "parameters"), [*SMALL, *LARGE], ids=str)
def test_the_same_game(name: str, parameters: dict[str, Any]) -> None:
    ours, theirs = gallery.make(name, **parameters), plain(name, parameters)
    rng = random.Random(name)
    n, actions = theirs.states.size, theirs.actions.size
    rows = [(s, a) for s in range(n) for a in range(actions)]
    for z in (vertices(n)[-1], *random_chain(theirs.states, 2, 7, rng)):
        masses = {ours.states.labels[x]: mass for x, mass in enumerate(z) if mass}
        for s, a in rng.sample(rows, min(12, len(rows))):
            labels = ours.states.labels[s], ours.actions.labels[a]
            assert near(ours.reward_at(*labels, masses), theirs.reward(s, a, z))
            law = ours.kernel_at(*labels, masses)
            expected = theirs.kernel(s, a, z)
            for x, label in enumerate(ours.states.labels):
                assert near(law.get(label, sympy.Integer(0)), expected[x])


def near(value: Any, expected: Fraction) -> bool:
    """Whether an exact number of the package is the oracle's, to 25 digits."""
    return abs(Fraction(str(sympy.N(value, 40))) - expected) < Fraction(1, 10**25)
