"""Bounds of how TQ-values change with the aggregate: against differences in dense floats."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from mfgcheck import Game, gallery
from mfgcheck.equilibrium.order.cells import Prover
from mfgcheck.equilibrium.order.rows import Rows, direction_of, nonnegative, strict
from mfgcheck.equilibrium.order.slopes import Rates
from mfgcheck.equilibrium.ranges.pieces import pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Span, Tables
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.orders import product
from tests.unit.equilibrium.games import plain, values
from tests.unit.equilibrium.order_games import random_plain


@pytest.mark.parametrize("width", [Fraction(1), Fraction(1, 8), Fraction(1, 200)])
def test_rates_hold_all_difference_quotients(width: Fraction) -> None:
    rng = np.random.default_rng(21)
    widths = []
    for _ in range(10):
        data = random_plain(rng)
        tables = Tables.of(data.game())
        (piece,) = pieces(tables)
        if piece.dimension != 1:
            continue
        rows = Rows.of(tables)
        prover = Prover.of(piece, rows, 1, 1, Deadline())
        low = Fraction(int(rng.integers(0, 9)), 8) * (1 - width)
        cell = prover.cell(((low, low + width),), tables.distinct, None)
        assert cell is not None
        assert cell.slopes is not None
        rates = Rates.of(rows, cell.terms, cell.slopes, cell.proposal, cell.candidates)
        at = [float(low + width * Fraction(i, 4)) for i in range(5)]
        q = [data.q_values(m) for m in at]
        actions = tables.shape[1]
        for s in range(tables.shape[0]):
            for a, b in itertools.permutations(range(actions), 2):
                bounds = rates.difference(s, a, b)
                widths.append(float(bounds[1] - bounds[0]))
                for i, j in itertools.combinations(range(5), 2):
                    change = (q[j] - q[i]) / (at[j] - at[i])
                    found = change[s, b] - change[s, a]
                    assert float(bounds[0]) - 1e-9 <= found <= float(bounds[1]) + 1e-9
    if width < Fraction(1, 100):  # of use, too: at a point nothing but ties keeps them apart
        assert np.median(widths) < 0.05


def test_candidates_cover_what_is_best_in_a_cell() -> None:
    game = gallery.make("audit-c")
    tables = Tables.of(game)
    (piece,) = pieces(tables)
    prover = Prover.of(piece, Rows.of(tables), 1, 1, Deadline())
    for low, expected in ((0, (0, 0)), (Fraction(1, 2), (1, 1))):
        cell = prover.cell(
            ((Fraction(low), Fraction(low) + Fraction(1, 32)),), tables.distinct, None
        )
        assert cell is not None
        assert cell.strategy == expected
        reward, kernel = plain(game, {0: 1 - Fraction(low), 1: Fraction(low)})
        assert tuple(values(game, reward, kernel).argmax(axis=1)) == expected


def test_upper_sets_of_rows_sum_the_kernel() -> None:
    game = Game(
        states=product(2, 2),
        actions=1,
        reward=lambda s, a, z: 0,
        transition=lambda s, a, z: {(0, 0): "1/4", (0, 1): "1/4", (1, 0): "1/4", (1, 1): "1/4"},
        discount="1/2",
        tremble=0,
    )
    rows = Rows.of(Tables.of(game))
    found = rows.smooth[0, 0, 0] / rows.denominator
    sizes = rows.members.sum(axis=0) / 4
    assert len(rows.minimal) == 4  # {top}, two with one more, all but the bottom
    assert np.allclose(found, sizes)


def test_one_closed_class_needs_masses_that_stay_positive() -> None:
    def game(low: int) -> Tables:
        return Tables.of(
            Game(
                states=2,
                actions=1,
                reward=lambda s, a, z: 0,
                transition=lambda s, a, z: (
                    {0: 1 - (low + z[1]) / 4, 1: (low + z[1]) / 4} if s == 0 else {1: 1}
                ),
                discount="1/2",
                tremble=0,
            )
        )

    for low, sure in ((1, True), (0, False)):  # at z[1] = 0 state 0 is left with low / 4
        tables = game(low)
        (piece,) = pieces(tables)
        terms = term_span(piece, piece.box, 40)
        assert terms is not None
        assert Rows.of(tables).recurrent(terms, tables.distinct) is sure


def test_signs_and_strictness_of_the_aggregate() -> None:
    def piece(*phi: int) -> tuple[int, bool]:
        game = Game(
            states=3,
            actions=1,
            reward=lambda s, a, z: 0,
            transition=lambda s, a, z: {
                0: z.mean(lambda x: phi[int(x)]) / 8,
                2: 1 - z.mean(lambda x: phi[int(x)]) / 8,
            },
            discount="1/2",
            tremble=0,
        )
        (found,) = pieces(Tables.of(game))
        return direction_of(found), strict(found)

    assert piece(0, 1, 2) == (1, True)
    assert piece(2, 1, 0) == (-1, True)
    assert piece(0, 1, 1) == (1, False)
    assert piece(0, 2, 1) == (0, False)


def test_inequalities_of_zeros_with_wide_numbers() -> None:
    span = Span(np.array([1 << 70], dtype=object), np.array([1 << 70], dtype=object), 64)
    assert nonnegative(np.zeros((1, 1, 2), dtype=np.int64), span).all()
