"""No optimal action is ever dropped: against value iteration at many mean fields."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from mfgcheck import gallery
from mfgcheck.equilibrium.ranges.optimal import Rivals, may_be_optimal, middle_terms, propose
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Tables
from tests.unit.equilibrium.games import plain, values

GAMES = {
    "infection-spread": {"states": 10},
    "audit-c": {},
    "audit-b": {},
    "coordination": {},
    "capped-health": {},
}


@pytest.mark.parametrize("name", GAMES)
def test_what_is_optimal_somewhere_is_kept(name: str) -> None:
    game = gallery.make(name, **GAMES[name])
    (piece,) = pieces(Tables.of(game))
    rivals = Rivals(piece)
    rng = np.random.default_rng(7)
    labels, count = game.states.labels, game.states.size
    kept = []
    for width in (Fraction(1), Fraction(1, 10), Fraction(1, 1000)):
        for _ in range(2):
            shares = [Fraction(int(x)) for x in rng.integers(0, 9, size=count)]
            total = sum(shares) or Fraction(1)
            masses = (
                [share / total for share in shares] if sum(shares) else [Fraction(1, count)] * count
            )
            z = {x: p for x, p in zip(labels, masses, strict=True) if p}
            at = [
                sum((p * Fraction(v) for p, v in zip(masses, phi, strict=True)), Fraction(0))
                for phi in piece.phi
            ]
            box = tuple(
                (
                    max(low, x - width * (high - low) * Fraction(int(rng.integers(0, 5)), 4)),
                    min(high, x + width * (high - low) * Fraction(int(rng.integers(0, 5)), 4)),
                )
                for x, (low, high) in zip(at, piece.box, strict=True)
            )
            terms = term_span(piece, box, 24 if width > Fraction(1, 100) else 40)
            assert terms is not None
            mask = may_be_optimal(rivals, terms, propose(piece.tables, middle_terms(terms)))
            q = values(game, *plain(game, z))
            best = q >= q.max(axis=1, keepdims=True) - 1e-11
            distinct = piece.tables.distinct
            assert np.all(mask[best & distinct]), (z, box)
            kept.append(mask.sum())
    # It is of use, too: in the narrow boxes little is left.
    assert kept[-1] < game.states.size * game.actions.size


def test_the_distance_of_rows_bounds_the_total_variation() -> None:
    game = gallery.make("capped-health")
    (piece,) = pieces(Tables.of(game))
    distance = Rivals(piece).distance / 2.0**20
    for top in (Fraction(0), Fraction(1, 3), Fraction(1)):
        z = {x: p for x, p in ((0, 1 - top), (24, top)) if p}
        _, kernel = plain(game, z)
        true = np.abs(kernel[:, :, None] - kernel[:, None, :]).sum(axis=-1) / 2
        assert np.all(true <= distance + 1e-12)
    assert distance.max() < 1  # and says more than that it is at most 1


def test_a_wrong_proposal_changes_nothing_but_the_sharpness() -> None:
    game = gallery.make("audit-c")
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, ((Fraction(1, 2), Fraction(501, 1000)),), 40)
    assert terms is not None
    proposal = propose(piece.tables, middle_terms(terms))
    rng = np.random.default_rng(3)
    for _ in range(200):
        q = rng.normal(scale=rng.choice([0.01, 1.0, 100.0]), size=proposal.q.shape)
        bad = type(proposal)(proposal.kernel, proposal.reward, q, proposal.strategy)
        # At m = 1/2 the action 1 is the better one by (m - 1/3)/2 = 1/12 in both states.
        assert may_be_optimal(Rivals(piece), terms, bad)[:, 1].all()
