"""The oracle itself, on examples small enough to do by hand."""

from __future__ import annotations

from fractions import Fraction as F

import pytest

from tests.oracle import PlainGame, Poset, chain, distinct, examine, grid, product, vertices
from tests.oracle.definition import dominance_pairs
from tests.oracle.irrational import NOISE, approximate
from tests.oracle.mean_fields import MeanField


def test_upper_sets_of_a_square() -> None:
    square = product(chain(2), chain(2))
    assert square.upper_sets == ((3,), (1, 3), (2, 3), (1, 2, 3))
    assert square.incomparable == ((1, 2),)
    assert (square.join(1, 2), square.meet(1, 2)) == (3, 0)


def test_upper_sets_of_a_chain_are_its_tails() -> None:
    assert chain(4).upper_sets == ((3,), (2, 3), (1, 2, 3))


def test_a_missing_join_is_an_error() -> None:
    apart = Poset(((True, False), (False, True)))
    with pytest.raises(ValueError, match="unpack"):
        apart.join(0, 1)


def test_the_grid_is_the_whole_grid() -> None:
    assert len(grid(3, 4)) == len(distinct(grid(3, 4))) == 15
    assert all(sum(z) == 1 and min(z) >= 0 for z in grid(3, 4))


def test_dominance_on_a_square_compares_upper_sets_not_means() -> None:
    square = product(chain(2), chain(2))
    half = F(1, 2)
    ends, middle = (half, F(0), F(0), half), (F(0), half, half, F(0))
    assert not len(dominance_pairs(square, [ends, middle]))
    assert dominance_pairs(square, [ends, vertices(4)[3]]).tolist() == [[0, 1]]


def game(kernel: object, reward: object = lambda s, a, z: F(s), noise: F = NOISE) -> PlainGame:
    """Return a game with three states and three actions."""
    return PlainGame(chain(3), chain(3), kernel, reward, noise)  # type: ignore[arg-type]


def shift(s: int, a: int, z: MeanField) -> list[F]:
    """Return the law of min(s + a, 2)."""
    return [F(int(x == min(s + a, 2))) for x in range(3)]


def test_a_step_is_not_supermodular() -> None:
    """With f the chance of >= 1: f(2) + f(0) - f(1) - f(1) = -1."""
    findings = examine(game(shift), vertices(3))
    assert findings["kernel.supermodular"].value == -1
    assert [c for c, f in findings.items() if f.violated] == ["kernel.supermodular"]


def test_signs_and_directions() -> None:
    """A reward of -s a m: each clause on the reward fails, by an amount known by hand."""

    def reward(s: int, a: int, z: MeanField) -> F:
        return -s * a * (z[1] + 2 * z[2])

    findings = examine(game(shift, reward), vertices(3))
    falls = findings["reward.monotone_s"]
    assert (falls.value, falls.corners, falls.z) == (-8, ((0, 2), (2, 2)), vertices(3)[2])
    assert findings["reward.supermodular"].value == -8
    apart = findings["reward.increasing_differences"]
    assert (apart.value, apart.z, apart.z2) == (-8, vertices(3)[0], vertices(3)[2])
    assert not findings["reward.max_monotone_s"].violated  # the best action is 0


def test_the_best_action_counts_in_the_maximum() -> None:
    findings = examine(game(shift, lambda s, a, z: F(-s)), vertices(3))
    assert findings["reward.max_monotone_s"].value == -2


def test_an_irrational_tie_counts_as_zero() -> None:
    """e^2 = (e^1)^2, but the rationals that stand for them differ by a trace."""
    trace = approximate("exp", F(2)) - approximate("exp", F(1)) ** 2
    assert trace
    finding = examine(game(shift, lambda s, a, z: -s * abs(trace)), vertices(3))[
        "reward.monotone_s"
    ]
    assert not finding.violated
    assert finding.ambiguous


@pytest.mark.parametrize(
    ("function", "x", "start"),
    [("exp", F(-1), "0.36787944117144232159"), ("tanh", F(-1), "-0.76159415595576488811")],
)
def test_irrational_values_keep_their_sign(function: str, x: F, start: str) -> None:
    assert abs(approximate(function, x) - F(start)) < F(1, 10**19)
