"""The oracle of T-MFE itself, on games small enough to do by hand, and against a scan in floats."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction as F

import numpy as np
import pytest

from tests.oracle import roots as poly
from tests.oracle.equilibria import AggregateGame, Cell, SeveralLaws, distinct, solve
from tests.oracle.roots import Root

HALF = F(1, 2)


def two_states(
    up: Sequence[Sequence[Sequence[F | int]]],
    reward: Sequence[Sequence[Sequence[F | int]]],
    discount: F = HALF,
    tremble: F = F(1, 4),
    ends: tuple[F, F] = (F(0), F(1)),
) -> AggregateGame:
    """Return a game with m = z(1) (or between `ends`), given P(1 | s, a) and r as polynomials."""

    def law(p: Sequence[F | int]) -> tuple[tuple[F, ...], tuple[F, ...]]:
        one = tuple(map(F, p))
        return (1 - one[0], *(-c for c in one[1:])), one

    kernel = tuple(tuple(law(p) for p in row) for row in up)
    rewards = tuple(tuple(tuple(map(F, p)) for p in row) for row in reward)
    cells = [(ends[0], ends[0]), ends, (ends[1], ends[1])]
    return AggregateGame(
        ends, discount, tremble, tuple(Cell(*cell, kernel, rewards) for cell in cells)
    )


def test_one_equilibrium_on_a_tie_and_one_that_is_not() -> None:
    """P(1) = m/4 + 1/8 + a/2, r = s/2 + a (m/2 - 7/24): 1/3 and 2/3, by hand."""
    up = [[(F(1, 8), F(1, 4)), (F(5, 8), F(1, 4))]] * 2
    reward = [[(F(s, 2),), (F(s, 2) - F(7, 24), HALF)] for s in (0, 1)]
    answer = solve(two_states(up, reward))
    assert [x.strategy for x in answer.solutions] == [(0, 0), (1, 1)]
    low, high = answer.solutions
    assert low.tie
    assert low.aggregate[0] <= F(1, 3) <= low.aggregate[1]
    assert high.aggregate[0] <= F(2, 3) <= high.aggregate[1]
    assert high.gap is not None
    assert high.gap[0] <= F(1, 6) <= high.gap[1]  # (m - 1/3) / 2
    assert not answer.curves


def test_ties_everywhere_give_every_strategy_its_own() -> None:
    """P(1) = 1/4 + a/2, r = s/2 - a/8: all strategies are best, and they reproduce four means."""
    up = [[(F(1, 4),), (F(3, 4),)]] * 2
    reward = [[(F(s, 2),), (F(s, 2) - F(1, 8),)] for s in (0, 1)]
    answer = solve(two_states(up, reward))
    assert len(answer.solutions) == 4
    assert all(x.tie for x in answer.solutions)
    assert {round(float(x.aggregate[0]), 9) for x in answer.solutions} == {0.375, 0.5, 0.625}


def test_conventions() -> None:
    """States -1 and 1: means -2/5 and 2/5, and the two strategies that tell the states apart at 0.

    The gap is a multiple of m in both states, so that at m = 0 all actions tie there.
    """
    up = [[(HALF + F(s, 8) + F(a, 4),) for a in (-1, 1)] for s in (-1, 1)]
    reward = [[(F(s, 4) - F(a, 14), F(a, 4)) for a in (-1, 1)] for s in (-1, 1)]
    answer = solve(two_states(up, reward, HALF, F(1, 5), (F(-1), F(1))))
    assert [x.strategy for x in answer.solutions] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    for x, mean in zip(answer.solutions, (F(-2, 5), F(0), F(0), F(2, 5)), strict=True):
        assert x.aggregate[0] <= mean <= x.aggregate[1]
        assert x.tie == (mean == 0)


def test_no_equilibrium() -> None:
    """Action 1 is best below a threshold and leads to 5/8, action 0 to 3/8, both to 1/2.

    So there is no T-MFE with a threshold at 9/20; at 1/2 the strategies that tell the states apart
    have one, on the tie.
    """
    up = [[(F(1, 4),), (F(3, 4),)]] * 2
    assert solve(two_states(up, [[(), (F(9, 20), F(-1))]] * 2)).solutions == ()
    tied = solve(two_states(up, [[(), (HALF, F(-1))]] * 2)).solutions
    assert [(x.strategy, x.tie) for x in tied] == [((0, 1), True), ((1, 0), True)]


def test_a_kernel_that_copies_the_aggregate() -> None:
    """P(1) = m: every m is consistent. Action 1 is best from m = 1/4, strictly above."""
    up = [[(F(0), F(1))] * 2] * 2
    answer = solve(two_states(up, [[(), (F(-1, 4), F(1))]] * 2))
    below, *_, above = sorted(answer.curves, key=lambda c: c.aggregate)
    assert (below.strategy, above.strategy) == ((0, 0), (1, 1))
    assert below.aggregate[0] == 0
    assert above.aggregate[1] == 1
    assert abs(below.aggregate[1] - F(1, 4)) < F(1, 10**15)
    # At m = 1/4 itself the mixed strategies are best too: two T-MFE of their own.
    assert [x.strategy for x in answer.solutions] == [(0, 1), (1, 0)]
    assert all(x.tie for x in answer.solutions)


def test_a_jump_right_at_the_fixed_point() -> None:
    """P(1) = 3/4 from m = 1/2 on, 1/4 below but 1/2 at 1/2: three T-MFE, or two without it."""
    points = (F(0), HALF, F(1))

    def cell(low: F, high: F, up: F) -> Cell:
        return Cell(low, high, ((((1 - up,), (up,)),),) * 2, (((),),) * 2)

    def game(middle: F) -> AggregateGame:
        lower, upper = F(1, 4), F(3, 4)
        cells = (
            cell(points[0], points[0], lower),
            cell(points[0], points[1], lower),
            cell(points[1], points[1], middle),
            cell(points[1], points[2], upper),
            cell(points[2], points[2], upper),
        )
        return AggregateGame((F(0), F(1)), HALF, F(0), cells)

    assert [len(solve(game(p)).solutions) for p in (HALF, F(3, 4))] == [3, 2]
    assert all(x.gap is None for x in solve(game(HALF)).solutions)


def test_actions_that_do_the_same_count_once() -> None:
    up = [[(F(1, 4),), (F(1, 4),), (HALF,)]] * 2
    reward = [[(F(1),), (F(1),), ()]] * 2
    game = two_states(up, reward, tremble=F(3, 10))
    assert distinct(game) == [[0, 2], [0, 2]]
    (x,) = solve(game).solutions
    assert not x.tie


def test_a_tremble_that_leaves_no_choice() -> None:
    up = [[(F(1, 4),), (F(3, 4),)]] * 2
    (x,) = solve(two_states(up, [[(), ()]] * 2, tremble=HALF)).solutions
    assert x.aggregate[0] <= HALF <= x.aggregate[1]
    assert x.gap is None


def test_two_absorbing_states_are_refused() -> None:
    stay = [[(F(s),)] for s in (0, 1)]
    with pytest.raises(SeveralLaws):
        solve(two_states(stay, [[()]] * 2, tremble=F(0)))


def test_masses_and_gap_against_linear_algebra_in_floats() -> None:
    """Three states, three actions, numbers without a pattern."""
    rng = np.random.default_rng(5)
    n, k, gamma, eps = 3, 3, 0.75, 0.3
    base, slope = rng.integers(1, 9, (n, k, n)), rng.integers(0, 9, (n, k, n))
    wages = rng.integers(-9, 9, (n, k, 2))
    laws = tuple(
        tuple(
            tuple(
                (
                    F(int(p), int(base[s, a].sum())),
                    F(int(q), int(slope[s, a].sum())) - F(int(p), int(base[s, a].sum())),
                )
                for p, q in zip(base[s, a], slope[s, a], strict=True)
            )
            for a in range(k)
        )
        for s in range(n)
    )
    rewards = tuple(tuple((F(int(x)), F(int(y))) for x, y in row) for row in wages)
    phi = (F(0), F(1, 3), F(1))
    game = AggregateGame(phi, F(3, 4), F(3, 10), (Cell(F(0), F(1), laws, rewards),))
    answer = solve(game)

    def parts(m: float) -> tuple[np.ndarray, np.ndarray]:
        kernel = np.array([[[float(p + q * F(m)) for p, q in law] for law in row] for row in laws])
        return kernel, wages[:, :, 0] + wages[:, :, 1] * m

    def evaluate(m: float, strategy: tuple[int, ...]) -> tuple[np.ndarray, float]:
        kernel, reward = parts(m)
        weights = np.full((n, k), eps / (k - 1))
        weights[np.arange(n), list(strategy)] = 1 - eps
        chain = np.einsum("sa,sax->sx", weights, kernel)
        v = np.linalg.solve(np.eye(n) - gamma * chain, (weights * reward).sum(axis=1))
        q = reward + gamma * kernel @ v
        law = np.linalg.solve(np.eye(n) - chain.T + 1.0, np.ones(n))
        gaps = [q[s, a] - q[s, b] for s, a in enumerate(strategy) for b in range(k) if a != b]
        return law, min(gaps)

    for x in answer.solutions:
        law, gap = evaluate(float(x.aggregate[0]), x.strategy)
        assert np.allclose(law, [float(p) for p, _ in x.masses], atol=1e-12)
        assert x.gap is not None
        assert gap == pytest.approx(float(x.gap[0]), abs=1e-9)
    # Every sign change that a fine grid shows, and no other.
    grid = np.linspace(0, 1, 801)
    seen = 0
    for strategy in itertools.product(range(k), repeat=n):
        values = [evaluate(m, strategy) for m in grid]
        g = [law @ [0, 1 / 3, 1] - m for (law, _), m in zip(values, grid, strict=True)]
        seen += sum(
            g[i] * g[i + 1] < 0 and min(values[i][1], values[i + 1][1]) > 0
            for i in range(len(grid) - 1)
        )
    assert seen == len(answer.solutions) > 0


def test_close_roots_and_multiple_roots() -> None:
    """(3 m - 1)^2 (2 m - 1) (2 m^2 - 1) (1000 m - 707) in (0, 1)."""
    p: poly.Polynomial = (1,)
    for factor in ((-1, 3), (-1, 3), (-1, 2), (-1, 0, 2), (-707, 1000)):
        p = poly.multiply(p, factor)
    found = [root.narrow(F(1, 10**12)) for root in poly.roots(p, F(0), F(1))]
    middles = [float(root.low + root.high) / 2 for root in found]
    assert middles == pytest.approx([1 / 3, 1 / 2, 0.707, 2**-0.5], abs=1e-11)
    assert poly.roots(p, F(1, 3), F(1, 2)) == []  # ends do not belong to the interval


def test_signs_at_an_irrational_root() -> None:
    (root,) = poly.roots((-1, 0, 2), F(0), F(1))
    assert poly.sign_at_root((-1, 1, 2, -2), root) == 0  # (1 - m) (2 m^2 - 1)
    assert poly.sign_at_root((-707106781186547524, 10**18), root) == 1
    assert poly.sign_at_root((-707106781186547525, 10**18), root) == -1
    assert poly.sign_at_root((), root) == 0
    assert poly.sign_at_root((-1, 2), Root((), HALF, HALF)) == 0
