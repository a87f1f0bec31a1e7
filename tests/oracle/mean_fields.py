"""Mean fields to try: vertices, exact grids of the simplex, and random chains of dominance."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable
from fractions import Fraction

from tests.oracle.posets import Poset

MeanField = tuple[Fraction, ...]


def vertices(n: int) -> list[MeanField]:
    """Return the point masses."""
    return [tuple(Fraction(int(i == j)) for j in range(n)) for i in range(n)]


def grid(n: int, parts: int) -> list[MeanField]:
    """Return all mean fields whose masses are multiples of 1/parts."""
    found = []
    for bars in itertools.combinations(range(parts + n - 1), n - 1):
        ends = (-1, *bars, parts + n - 1)
        masses = (right - left - 1 for left, right in itertools.pairwise(ends))
        found.append(tuple(Fraction(k, parts) for k in masses))
    return found


def between(n: int, parts: int) -> list[MeanField]:
    """Return the mixtures of the least and the greatest state, a line that sweeps every mean."""
    points = []
    for k in range(parts + 1):
        z = [Fraction(0)] * n
        z[0] += Fraction(parts - k, parts)
        z[-1] += Fraction(k, parts)
        points.append(tuple(z))
    return points


def random_chain(poset: Poset, length: int, parts: int, rng: random.Random) -> list[MeanField]:
    """Return `length` mean fields, each dominating the one before it (mass is moved upwards)."""
    n = poset.size
    masses = [0] * n
    for _ in range(parts):
        masses[rng.randrange(n)] += 1
    found = [tuple(Fraction(k, parts) for k in masses)]
    for _ in range(length - 1):
        moves = [(i, j) for i, j in poset.ordered if masses[i]]
        if not moves:
            break
        i, j = rng.choice(moves)
        moved = rng.randint(1, masses[i])
        masses[i] -= moved
        masses[j] += moved
        found.append(tuple(Fraction(k, parts) for k in masses))
    return found


def distinct(points: Iterable[MeanField]) -> list[MeanField]:
    """Return the points without repetitions, in order of first appearance."""
    return list(dict.fromkeys(points))
