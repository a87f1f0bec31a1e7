"""Where T-BR goes: distances, gaps and Dobrushin coefficients against exact arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Rational as R

from mfgcheck import Game, equilibria
from mfgcheck.budgets.gap.path import ReferencePath, reference_path
from mfgcheck.budgets.target import Target, along, find_target
from mfgcheck.errors import BadInput
from mfgcheck.gallery import make
from tests.oracle.operators import dense, exact_q_values, play
from tests.unit.budgets.constants.brute import game_of

F = Fraction
TENTH = F(1, 10)


def found_for(game: Game, accuracy: Fraction = TENTH, algorithm: str = "t-br") -> Target:
    found = find_target(game, equilibria(game), accuracy, algorithm)
    assert isinstance(found, Target)
    return found


def swap() -> Game:
    """The next law is the mirror image of the last one: only the even one stays."""
    return game_of(lambda s, a, z: a, lambda s, a, z: {0: z[1], 1: z[0]}, actions=2)


def law(game: Game, path: ReferencePath, k: int) -> dict[Any, Fraction]:
    return {x: F(int(p), 1 << 50) for x, p in zip(game.states.labels, path.law(k), strict=True)}


# Games whose T-BR can be written down: the share in the upper state after one more step, and at
# the end. Coordination: all strive for -1, so that up = 1/2 - (3/5)/4 + s/8. Audit game F: all
# choose 0 (1 is not worth its price, 0), or 1 where it is free: P(1) = 1/4 + a/2. Audit game C
# climbs to 1/3 with action 0: P(1) = m/4 + 1/8 + (1/4)/2.
KNOWN: dict[str, tuple[Callable[[Fraction], Fraction], Fraction]] = {
    "coordination": (lambda m: F(9, 40) + m / 4, F(3, 10)),
    "audit-c": (lambda m: F(1, 4) + m / 4, F(1, 3)),
    "audit-f": (lambda m: F(5, 8), F(5, 8)),
    "fair-coin": (lambda m: F(1, 2), F(1, 2)),
}


@pytest.mark.parametrize("accuracy", [F(9, 10), TENTH, F(1, 1000)])
@pytest.mark.parametrize("name", KNOWN)
def test_distances_are_those_of_t_br_by_hand(name: str, accuracy: Fraction) -> None:
    step, end = KNOWN[name]
    found = found_for(make(name), accuracy)
    m, exact = F(0), []
    for claimed in found.distances:
        exact.append(2 * abs(m - end))
        assert claimed >= exact[-1] - F(1, 10**13)
        assert claimed == pytest.approx(exact[-1], abs=1e-9)
        m = step(m)
    first = found.first_within(accuracy)
    assert first is not None
    assert exact[first] <= accuracy
    assert all(d > accuracy for d in exact[:first])
    assert found.first_within(F(0)) in (None, first, len(exact) - 1)


@pytest.mark.parametrize("algorithm", ["t-br", "modified"])
@pytest.mark.parametrize("name", ["coordination", "audit-b", "audit-c", "audit-f", "audit-g"])
def test_distances_bound_those_to_the_enclosed_t_mfe(name: str, algorithm: str) -> None:
    game = make(name)
    found = found_for(game, TENTH, algorithm)
    assert found.path.algorithm == algorithm
    for k, claimed in enumerate(found.distances):
        here = law(game, found.path, k).values()
        for end in (0, 1):  # both ends of the enclosure: z* is somewhere between
            there = [pair[end] for pair in found.there.mean_field]
            assert claimed >= sum(abs(p - q) for p, q in zip(here, there, strict=True))
        widths = sum(high - low for low, high in found.there.mean_field)
        assert claimed <= sum(abs(p - q) for p, q in zip(here, there, strict=True)) + widths
    assert len(found.distances) >= 2  # a learner makes one step at least
    assert min(found.distances) <= 2 * TENTH


def test_it_goes_on_to_a_hundredth_of_the_accuracy_where_it_can() -> None:
    found = found_for(make("coordination"), TENTH)
    assert found.distances[-1] <= TENTH / 100 < found.distances[-2]


def test_the_start_may_be_the_end() -> None:
    # Nobody leaves the lowest state of audit game G; a learner still makes a step.
    found = found_for(make("audit-g"))
    assert found.distances[:2] == (F(0), F(0))
    assert found.first_within(F(0)) == 0


def test_the_nearest_of_several_t_mfe_is_aimed_at() -> None:
    game = make("coordination")
    everything = equilibria(game)
    assert everything.count is not None
    assert everything.count >= 2
    found = find_target(game, everything, TENTH)
    assert isinstance(found, Target)
    low, high = found.there.mean_field[1]
    assert low <= F(3, 10) <= high


def test_no_t_mfe() -> None:
    game = make("infection-spread", susceptibility="logistic", c_f=R(1))
    found = equilibria(game)
    assert found.count == 0
    said = find_target(game, found, TENTH)
    assert isinstance(said, str)
    assert said.startswith("there is no T-MFE to aim at (no T-MFE: proved")


def test_a_path_that_does_not_come_near() -> None:
    game = swap()
    found = equilibria(game)
    assert found.count == 1
    said = find_target(game, found, TENTH)
    assert isinstance(said, str)
    assert "followed in floating point, does not come within 1/5 of an enclosed T-MFE" in said


def test_what_floats_do_not_hold_is_a_reason_and_no_error() -> None:
    game = game_of(
        lambda s, a, z: (s + a) * R(10) ** 400, lambda s, a, z: {0: R(1, 2), 1: R(1, 2)}, actions=2
    )
    with pytest.raises(BadInput):
        reference_path(game, 1)
    said = find_target(game, equilibria(game), TENTH)
    assert isinstance(said, str)
    assert said.startswith("T-BR was not followed: a number of the game is too large")


# ---- along the path


def exact_gap(game: Game, z: dict[Any, Fraction]) -> Fraction | None:
    """The smallest gap of Q* between the best and another action, over states."""
    gaps = []
    for row in exact_q_values(game, z):
        best = max(row)
        gaps += [best - x for i, x in enumerate(row) if i != row.index(best)]
    return min(gaps, default=None)


def exact_tau(game: Game, z: dict[Any, Fraction], strategy: Sequence[int]) -> float:
    _, kernel = dense(game, z)
    mu = np.array(play(strategy, game.actions.size, float(game.tremble)))
    rows = np.einsum("sa,sax->sx", mu, kernel)
    return max(float(np.abs(one - other).sum()) / 2 for one in rows for other in rows)


def crowded() -> Game:
    """Everything depends on everything, by fractions."""
    return game_of(
        lambda s, a, z: R(s, 2) + R(a * (1 + s), 3) * (z[1] - R(1, 3)) - R(a, 40),
        lambda s, a, z: {
            1: R(1, 4) + R(s, 8) + R(a, 4) + z[1] / 8,
            0: R(3, 4) - R(s, 8) - R(a, 4) - z[1] / 8,
        },
        actions=2,
    )


@pytest.mark.parametrize("name", ["coordination", "audit-b", "audit-c", "audit-f", "own"])
def test_gaps_and_tau_are_those_of_the_exact_best_responses(name: str) -> None:
    game = crowded() if name == "own" else make(name)
    steps = 3 if name != "audit-b" else 1
    path = reference_path(game, 8)
    found = along(path, steps)
    assert (found.steps, found.tie) == (steps, None)
    laws = [law(game, path, k) for k in range(steps)]
    gaps = [exact_gap(game, z) for z in laws]
    least = min(gap for gap in gaps if gap is not None)
    assert found.gap is not None
    assert found.gap <= least + F(1, 10**14)
    assert found.gap == pytest.approx(least, abs=1e-9)
    most = max(exact_tau(game, z, path.steps[k].played) for k, z in enumerate(laws))
    assert float(found.tau) >= most - 1e-12
    assert float(found.tau) == pytest.approx(most, abs=1e-9)


@pytest.mark.parametrize("size", [R(10) ** 40, R(10) ** -40])
def test_gaps_are_in_reward_units(size: R) -> None:
    def made(factor: R) -> Game:
        return game_of(
            lambda s, a, z: (R(s, 2) - R(a, 16)) * factor,
            lambda s, a, z: {1: R(1, 4) + R(a, 2), 0: R(3, 4) - R(a, 2)},
            actions=2,
        )

    plain, other = along(reference_path(made(R(1)), 2), 2), along(reference_path(made(size), 2), 2)
    assert plain.gap is not None
    assert other.gap is not None
    assert other.gap / F(int(size.p), int(size.q)) == pytest.approx(plain.gap, rel=1e-6)


def test_ties_are_reported() -> None:
    # Every strategy is optimal in audit game E; at 1/3, where game C ends, both actions are.
    assert along(reference_path(make("audit-e"), 2), 2).tie == 0
    path = reference_path(make("audit-c"), 64)
    found = along(path, 64)
    assert found.tie is not None
    assert found.steps == found.tie
    assert 5 < found.tie < 64
    assert found.gap is not None
    assert found.gap > 0


def test_a_jump_is_reported() -> None:
    # Audit game D climbs to 1/2 for ever, where the kernel jumps. In floats it gets there, and over
    # the jump to 3/4: that must not pass for what T-BR does.
    game = make("audit-d")
    found = found_for(game)
    first = found.first_within(TENTH)
    assert first is not None
    seen = along(found.path, first)
    assert seen.tie is not None
    assert seen.tie < first


def test_with_one_action_nothing_is_to_choose() -> None:
    made = game_of(lambda s, a, z: s, lambda s, a, z: {0: R(1, 2), 1: R(1, 2)})
    found = along(reference_path(made, 3), 3)
    assert (found.gap, found.tie) == (None, None)
    assert found.tau == pytest.approx(0, abs=1e-12)


def test_no_step_at_all() -> None:
    found = along(reference_path(make("coordination"), 1), 0)
    assert (found.steps, found.gap, found.tie, found.tau) == (0, None, None, F(0))
