"""Ranges of the tables contain the true numbers, computed from the user's own functions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational as R

from mfgcheck import BadInput, Game, gallery, point, uniform
from mfgcheck.equilibrium.ranges.pieces import Piece, pieces, term_span
from mfgcheck.equilibrium.ranges.tables import Span, Tables, integers_of, span_of, weigh
from tests.unit.equilibrium.games import plain, trembling

NAMES = ("infection-spread", "audit-b", "audit-c", "capped-health", "coordination", "sis")


def the_piece(name: str) -> Piece:
    (piece,) = pieces(Tables.of(gallery.make(name)))
    return piece


@pytest.mark.parametrize("name", NAMES)
def test_bellman_contains_the_operator(name: str) -> None:
    piece = the_piece(name)
    tables, game = piece.tables, piece.tables.game
    z = {game.states.labels[0]: Fraction(1, 3), game.states.labels[-1]: Fraction(2, 3)}
    reward, kernel = plain(game, z)
    masses = {0: Fraction(1, 3), game.states.size - 1: Fraction(2, 3)}
    at = [
        sum((p * Fraction(piece.phi[i][s]) for s, p in masses.items()), Fraction(0))
        for i in range(piece.dimension)
    ]
    box = tuple((x - Fraction(1, 100), x + Fraction(1, 100)) for x in at)
    bits = 40
    terms = term_span(piece, box, bits)
    assert terms is not None
    rng = np.random.default_rng(1)
    q = rng.normal(size=reward.shape)
    whole = integers_of(q, bits)
    q = whole / 2.0**bits
    c = tables.bellman(whole, bits)
    found = weigh(c, terms, 2)
    eps, count = float(game.tremble), reward.shape[1]
    other = eps / (count - 1)
    worth = (1 - eps - other) * q.max(axis=1) + other * q.sum(axis=1)
    true = reward + float(game.discount) * kernel @ worth
    shift = true - (found.low + found.high) / 2.0 ** (bits + 1)
    # Terms of the reward that are the same everywhere are left out: one number for all rows.
    shift -= shift.mean()
    half = (found.high - found.low) / 2.0 ** (bits + 1)
    assert np.all(np.abs(shift) <= half + half.mean() + 1e-9)
    differences = weigh(c[:, :1] - c, terms, 2)
    exact = true[:, :1] - true
    assert np.all(differences.low / 2.0**bits <= exact + 1e-9)
    assert np.all(differences.high / 2.0**bits >= exact - 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_tremble_contains_the_mean_under_the_strategy(name: str) -> None:
    piece = the_piece(name)
    tables, game = piece.tables, piece.tables.game
    bits = 40
    states = game.states.size
    z = {game.states.labels[0]: Fraction(1)}
    _, kernel = plain(game, z)
    box = tuple((Fraction(values[0]), Fraction(values[0])) for values in piece.phi)
    terms = term_span(piece, box, bits)
    assert terms is not None
    rng = np.random.default_rng(2)
    v = rng.normal(size=(states, 2))
    whole = integers_of(v, bits)
    c = tables.multiply(whole) // tables.denominator
    image = weigh(np.moveaxis(c, 2, 3), terms.at(slice(tables.kernel_terms)), 1)
    strategy = rng.integers(game.actions.size, size=states)
    found = tables.tremble(image, np.stack([strategy, strategy], axis=1))
    true = trembling(game, kernel, strategy) @ (whole / 2.0**bits)
    assert np.all(found.low / 2.0**bits <= true + 1e-9)
    assert np.all(found.high / 2.0**bits >= true - 1e-9)
    assert np.all(found.high - found.low <= 16)  # a few units: the box is a point


def test_multiplication_is_exact_beyond_64_bits() -> None:
    tables = Tables.of(gallery.make("infection-spread", replacement="state"))
    v = np.array([[3**40 + s] for s in range(25)], dtype=object)
    product = tables.multiply(v)
    kernel = tables.kernel.astype(object)
    expected = np.einsum("sakt,t->sak", kernel, v[:, 0], optimize=False)
    assert (product[..., 0] == expected).all()


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.integers(-(2**70), 2**70), min_size=2, max_size=2),
    st.lists(
        st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 2**20)), min_size=2, max_size=2
    ),
    st.integers(0, 2**20),
)
def test_weigh_contains_every_product(
    c: list[int], ranges: list[tuple[int, int]], where: int
) -> None:
    bits = 20
    unit = Fraction(1, 1 << bits)
    span = span_of([(low * unit, (low + wide) * unit) for low, wide in ranges], bits)
    found = weigh(np.array([c], dtype=object), span, 0)
    share = Fraction(where, 2**20)
    b = [(low + share * wide) * unit for low, wide in ranges]
    true = sum((x * y for x, y in zip(c, b, strict=True)), Fraction(0))
    assert found.low[0] <= true <= found.high[0]


def test_nothing_times_a_large_number_is_nothing() -> None:
    span = span_of([(Fraction(3), Fraction(4))], 64)
    found = weigh(np.zeros((2, 1), dtype=np.int64), span, 0)
    assert found.low.tolist() == found.high.tolist() == [0, 0]


def test_actions_that_do_the_same_are_told() -> None:
    game = Game(
        states=3,
        actions=3,
        reward=lambda s, a, z: s * z.mean() - int(a == 2),
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="1/4",
    )
    assert Tables.of(game).distinct.tolist() == [[True, False, True]] * 3


def test_a_tremble_that_is_too_large_is_refused() -> None:
    game = Game(
        states=2,
        actions=2,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: point(s),
        discount="1/2",
        tremble="3/4",
    )
    with pytest.raises(BadInput, match=r"tremble 3/4 is above .* = 1/2.*lower the tremble"):
        Tables.of(game)


# Rounding, at few bits


@pytest.mark.parametrize("bits", [2, 3, 4])
@pytest.mark.parametrize("x", [Fraction(1, 3), Fraction(-2, 3), Fraction(5, 7), Fraction(3, 4)])
def test_ranges_are_rounded_outward_by_less_than_a_unit(bits: int, x: Fraction) -> None:
    unit = Fraction(1, 1 << bits)
    span = span_of([(x, x)], bits)
    low, high = int(span.low[0]) * unit, int(span.high[0]) * unit
    assert x - unit < low <= x <= high < x + unit


@pytest.mark.parametrize("bits", [2, 3, 4])
@pytest.mark.parametrize("b", [Fraction(1, 3), Fraction(3, 4), Fraction(-2, 3), Fraction(7, 3)])
@pytest.mark.parametrize("c", [4, 0, -3])
def test_the_slack_covers_what_was_rounded_off(bits: int, b: Fraction, c: int) -> None:
    for slack in (0, 1, 2):
        found = weigh(np.array([c]), span_of([(b, b)], bits), slack)
        for t in (-slack, 0, slack):
            assert int(found.low) <= b * (c + t) <= int(found.high)


def trembling_game(tremble: object, actions: int, discount: object = "1/2") -> Game:
    return Game(
        states=2,
        actions=actions,
        reward=lambda s, a, z: s + a,
        transition=lambda s, a, z: {0: R(1, 2), 1: R(1, 2)},
        discount=discount,
        tremble=tremble,
    )


@pytest.mark.parametrize("x", [0, 1, 2, -1])
def test_the_mean_under_a_strategy_is_rounded_outward(x: int) -> None:
    # 3/4 x + 1/4 for the first action.
    tables = Tables.of(trembling_game("1/4", 2))
    values = np.array([[[x], [1]]] * 2, dtype=np.int64)
    found = tables.tremble(Span(values, values, 4), np.zeros((2, 1), dtype=np.int64))
    true = Fraction(3 * x + 1, 4)
    for low, high in zip(found.low.ravel(), found.high.ravel(), strict=True):
        assert true - 1 < int(low) <= true <= int(high) < true + 1


# Sizes near 2^62: the same as with integers of any size


def test_the_mean_of_large_values_does_not_overflow() -> None:
    # (7/10) x + (1/10) (x + x + x) has the numerator 10 x.
    tables = Tables.of(trembling_game("3/10", 4))
    x = 2**62 - 1
    values = np.full((2, 4, 1), x, dtype=np.int64)
    found = tables.tremble(Span(values, values, 4), np.zeros((2, 1), dtype=np.int64))
    assert found.low.tolist() == found.high.tolist() == [[x], [x]]


def test_a_sum_of_large_products_does_not_overflow() -> None:
    span = span_of([(Fraction(1), Fraction(1))] * 4, 2)
    x = (2**62 - 1) // 4
    found = weigh(np.full((1, 4), x, dtype=np.int64), span, 0)
    assert found.low.tolist() == found.high.tolist() == [4 * x]


def test_laws_of_large_values_do_not_overflow() -> None:
    # The mean of three equal numbers has the numerator 3 x, over 3.
    game = Game(
        states=3,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: uniform([0, 1, 2]),
        discount="1/2",
        tremble=0,
    )
    tables = Tables.of(game)
    for x in (2**60, 2**61 + 2**60, 2**62 - 1):
        product = tables.multiply(np.full((3, 1), x, dtype=np.int64))
        assert [int(y) for y in product.ravel()] == [x * tables.denominator] * 3


def test_weights_of_large_values_do_not_overflow() -> None:
    # Thirds of laws of thirds: the numerator is 9 x, over 9, and both 3 x and x are below 2^62.
    game = Game(
        states=3,
        actions=1,
        reward=lambda s, a, z: s,
        transition=lambda s, a, z: [(R(1, 3), uniform([0, 1, 2])), (R(2, 3), point(0))],
        discount="1/2",
        tremble=0,
    )
    tables = Tables.of(game)
    assert tables.denominator == 9
    x = 2**60
    product = tables.multiply(np.full((3, 1), x, dtype=np.int64))
    assert [int(y) for y in product.ravel()] == [9 * x] * 3


@pytest.mark.parametrize("x", [2**50, 2**55, 2**58 + 1, 2**61 - 1, 2**62 - 1])
def test_the_future_of_large_values_does_not_overflow(x: int) -> None:
    # r = s + a and P G(q) = x for q = x everywhere: the sum is s + a + (999/1000) x.
    tables = Tables.of(trembling_game("1/4", 2, "999/1000"))
    q = np.full((2, 2), x, dtype=np.int64)
    c = tables.bellman(q, 2)
    future = x * 999 // 1000
    assert c[..., 0].tolist() == [[4 * (s + a) + future for a in range(2)] for s in range(2)]
