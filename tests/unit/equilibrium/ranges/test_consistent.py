"""The ranges contain the aggregates of every stationary law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mfgcheck import Game, gallery, point
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
