"""The ranges contain the aggregates of every stationary law."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, MeanField, gallery, point
from mfgcheck.equilibrium.ranges.consistent import hull_extents, strategy_extents
from mfgcheck.equilibrium.ranges.optimal import middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables
from tests.unit.equilibrium.games import law_of, plain, trembling


def numbers(text: str) -> list[Fraction]:
    return [Fraction(x) for x in text.split()]


@pytest.mark.parametrize("name", ["infection-spread", "audit-b", "audit-c", "capped-health"])
def test_stationary_laws_are_inside(name: str) -> None:
    game = gallery.make(name)
    (piece,) = pieces(Tables.of(game))
    rng = np.random.default_rng(5)
    n, actions = game.states.size, game.actions.size
    for top in (Fraction(1, 5), Fraction(4, 5)):
        z = {game.states.labels[0]: 1 - top, game.states.labels[-1]: top}
        _, kernel = plain(game, z)
        at = [(1 - top) * Fraction(phi[0]) + top * Fraction(phi[-1]) for phi in piece.phi]
        box = tuple((x - Fraction(1, 1000), x + Fraction(1, 1000)) for x in at)
        terms = term_span(piece, box, 40)
        assert terms is not None
        proposal = propose(piece.tables, middle_terms(terms))
        everything = np.ones((n, actions), dtype=bool)
        hull = hull_extents(piece, terms, proposal, everything)
        strategies = rng.integers(actions, size=(n, 12))
        each = strategy_extents(piece, terms, proposal, strategies)
        for c in range(12):
            law = law_of(trembling(game, kernel, strategies[:, c]))
            true = piece.phi_floats @ law
            for i, x in enumerate(true):
                assert hull[i][0] - Fraction(1, 10**9) <= x <= hull[i][1] + Fraction(1, 10**9)
                low, high = each[c][i]
                assert low - Fraction(1, 10**9) <= x <= high + Fraction(1, 10**9)
                span = piece.box[i][1] - piece.box[i][0]
                assert high - low < span / 10  # the proposal of h makes it narrow


def test_several_closed_classes_are_covered() -> None:
    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: s * z.mean() - a,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
    )
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, ((Fraction(1), Fraction(1)),), 24)
    assert terms is not None
    proposal = propose(piece.tables, middle_terms(terms))
    ((low, high),) = hull_extents(piece, terms, proposal, np.ones((3, 2), dtype=bool))
    assert low <= 0
    assert high >= 2


@pytest.mark.parametrize("bits", [2, 3, 4, 12])
@pytest.mark.parametrize(
    ("phi", "base", "slope", "m"),
    [
        ("2899/1600 3199/1600", ["-3/11 -6/11", "-3/11 -6/11"], "4/11 5/11", "11821/6400"),
        ("35/16 1/2", ["8/11 1/11", "9/11 2/11"], "-3/11 1/11", "1/2"),
    ],
)
def test_rounding_keeps_the_stationary_law_inside(
    bits: int, phi: str, base: list[str], slope: str, m: str
) -> None:
    # P(1 | s, a) = base[a][s] + slope[s] m, tremble 1/1000: numbers for which at 4 bits the values
    # of phi (in the first game) and the means over actions (in the second) are rounded far.
    values, rates = numbers(phi), numbers(slope)
    chances = [numbers(line) for line in base]

    def up(s: int, a: int, at: Any) -> Any:
        return R(chances[a][s]) + R(rates[s]) * at

    def transition(s: int, a: int, z: MeanField) -> dict[int, object]:
        p = up(s, a, z.mean(lambda x: R(values[x])))
        return {1: p, 0: 1 - p}

    game = Game(2, 2, lambda s, a, z: a, transition, "1/2", "1/1000")
    (piece,) = pieces(Tables.of(game))
    at = Fraction(m)
    terms = term_span(piece, ((at, at),), bits)
    assert terms is not None
    # Under action 0: z(1) = P(1 | 0)/(P(1 | 0) + P(0 | 1)).
    played = [
        Fraction(str(R(999, 1000) * up(s, 0, R(at)) + R(1, 1000) * up(s, 1, R(at))))
        for s in range(2)
    ]
    share = played[0] / (played[0] + 1 - played[1])
    true = (1 - share) * values[0] + share * values[1]
    proposal = propose(piece.tables, middle_terms(terms))
    lowest = replace(proposal, strategy=np.zeros(2, dtype=np.int64))
    first = np.array([[True, False]] * 2)
    ((low, high),) = hull_extents(piece, terms, lowest, first)
    (((start, end),),) = strategy_extents(piece, terms, lowest, np.zeros((2, 1), dtype=np.int64))
    assert low <= true <= high
    assert start <= true <= end


def test_large_aggregates_under_a_small_tremble_do_not_overflow() -> None:
    # phi = 2^26 x and a tremble of 2^-24: numerators near 2^43, times 2^24.
    large = 2**26

    def transition(s: int, _: int, z: MeanField) -> dict[int, object]:
        up = R(1, 4) + R(s, 2) + R(1, 8) / (1 + z.mean(lambda x: large * x))
        return {1: up, 0: 1 - up}

    game = Game(2, 2, lambda s, a, z: a, transition, "1/2", R(1, 2**24))
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, ((Fraction(2**25), Fraction(2**25)),), 16)
    assert terms is not None
    proposal = propose(piece.tables, middle_terms(terms))
    ((low, high),) = hull_extents(piece, terms, proposal, np.ones((2, 2), dtype=bool))
    strategies = np.zeros((2, 1), dtype=np.int64)
    (((first, last),),) = strategy_extents(piece, terms, proposal, strategies)
    up = Fraction(1, 4) + Fraction(1, 8) / (1 + 2**25)  # P(1 | 0), and P(1 | 1) = up + 1/2
    true = large * up / (up + Fraction(1, 2) - up)
    assert low <= true <= high
    assert first <= true <= last
    assert high - low < large / 1000
