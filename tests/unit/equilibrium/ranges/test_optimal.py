"""No optimal action is ever dropped: against value iteration at many mean fields."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, gallery
from mfgcheck.equilibrium.ranges.optimal import (
    Rivals,
    may_be_optimal,
    middle_terms,
    propose,
    spread_of_error,
)
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


@pytest.mark.parametrize(
    ("discount", "now"), [("1/2", "9/10"), ("2/3", "1"), ("9/10", "1"), ("999/1000", "1")]
)
def test_who_pays_later_is_kept_by_a_short_sighted_proposal(discount: str, now: str) -> None:
    # In state 0, action 0 pays nothing, and 1 for ever from the next state on; action 1 pays once.
    # So action 0 is the better one if g/(1 - g) > `now`, which q = 0 cannot see.
    game = Game(
        states=3,
        actions=2,
        reward=lambda s, a, z: {0: a * R(now), 1: 1, 2: 0}[int(s)],
        transition=lambda s, a, z: {1 if s == 1 or (s == 0 and a == 0) else 2: 1},
        discount=discount,
        tremble=0,
    )
    gamma = Fraction(discount)
    assert gamma / (1 - gamma) > Fraction(now)
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, (), 40)
    assert terms is not None
    good = propose(piece.tables, middle_terms(terms))
    bad = type(good)(good.kernel, good.reward, np.zeros((3, 2)), good.strategy)
    assert may_be_optimal(Rivals(piece), terms, bad)[0, 0]
    assert may_be_optimal(Rivals(piece), terms, good)[0].tolist() == [True, False]


def test_rounding_of_several_terms_drops_nothing() -> None:
    # At m0 = m1 = 8, action 0 pays (3/16) 8 + (3/16) 8 = 3 and action 1 pays (1/4) 8 = 2; in
    # quarters, though, 3/16 is rounded to nothing.
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: (
            z.mean(lambda x: 16 * x) / 4
            if a
            else R(3, 16) * (z.mean(lambda x: 16 * x) + z.mean(lambda x: 16 - 16 * x))
        ),
        transition=lambda s, a, z: {0: R(1, 2), 1: R(1, 2)},
        discount="1/2",
        tremble=0,
    )
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, ((Fraction(8), Fraction(8)),), 2)
    assert terms is not None
    mask = may_be_optimal(Rivals(piece), terms, propose(piece.tables, middle_terms(terms)))
    assert mask[:, 0].all()


@pytest.mark.parametrize("bits", [2, 3, 4])
def test_the_error_of_a_proposal_is_not_rounded_away(bits: int) -> None:
    # F 0 = r, which is 0 in state 0 and a bit less than 1/2 in state 1: hi - lo = r(1).
    most = Fraction(1, 2) - Fraction(1, 100)
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s * R(49, 100),
        transition=lambda s, a, z: {s: 1},
        discount="2/3",
        tremble=0,
    )
    (piece,) = pieces(Tables.of(game))
    terms = term_span(piece, (), bits)
    assert terms is not None
    q = np.zeros((2, 2), dtype=np.int64)
    error = spread_of_error(piece.tables, piece.tables.bellman(q, bits), q, terms)
    assert Fraction(error, 1 << bits) >= Fraction(2, 3) * most / (1 - Fraction(2, 3))


def test_the_distance_of_rows_is_rounded_up() -> None:
    # It is t = 1/8 + 2^-30, in three parts, just above a multiple of 2^-20.
    t = R(1, 8) + R(1, 2**30)
    game = Game(
        states=4,
        actions=2,
        reward=lambda s, a, z: s + a,
        transition=lambda s, a, z: {0: 1 - t, 1: t / 3, 2: t / 3, 3: t / 3} if a else {0: 1},
        discount="1/2",
        tremble=0,
    )
    (piece,) = pieces(Tables.of(game))
    exact = Fraction(1, 8) + Fraction(1, 2**30)
    distance = Rivals(piece).distance
    assert all(Fraction(int(x), 2**20) >= exact for x in distance[:, 0, 1])
    assert all(Fraction(int(x), 2**20) >= exact for x in distance[:, 1, 0])
