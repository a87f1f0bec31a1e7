"""The ranges contain the aggregates of every stationary law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, MeanField, gallery, point
from mfgcheck.equilibrium.ranges.consistent import hull_extents, strategy_extents
from mfgcheck.equilibrium.ranges.optimal import middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables
from tests.unit.equilibrium.games import law_of, plain, trembling


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
def test_rounding_keeps_the_stationary_law_inside(bits: int) -> None:
    # phi = (2899, 3199)/1600, and P(1 | s) = a_s + b_s m: numbers for which all roundings at 4 bits
    # go the wrong way. z(1) = P(1 | 0)/(P(1 | 0) + 1 - P(1 | 1)).
    phi = [R(2899, 1600), R(3199, 1600)]
    a, b = [R(-3, 11), R(-6, 11)], [R(4, 11), R(5, 11)]

    def transition(s: int, _: int, z: MeanField) -> dict[int, object]:
        up = a[s] + b[s] * z.mean(lambda x: phi[x])
        return {1: up, 0: 1 - up}

    game = Game(2, 1, lambda s, a, z: s, transition, "1/2", 0)
    (piece,) = pieces(Tables.of(game))
    m = R(11821, 6400)
    up = [a[s] + b[s] * m for s in range(2)]
    share = up[0] / (up[0] + 1 - up[1])
    true = Fraction(str((1 - share) * phi[0] + share * phi[1]))
    at = Fraction(str(m))
    terms = term_span(piece, ((at, at),), bits)
    assert terms is not None
    proposal = propose(piece.tables, middle_terms(terms))
    hull = hull_extents(piece, terms, proposal, np.ones((2, 1), dtype=bool))
    ((each,),) = strategy_extents(piece, terms, proposal, np.zeros((2, 1), dtype=np.int64))
    assert hull[0][0] <= true <= hull[0][1]
    assert each[0] <= true <= each[1]


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
