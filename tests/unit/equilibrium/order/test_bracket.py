"""The certified sandwich: against exact paths, T-BR from other starts, and enclosed T-MFE."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from sympy import Piecewise
from sympy import Rational as R

from mfgcheck import Game, gallery
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.exact.stage import ExactModel, Law
from mfgcheck.equilibrium.order.bracket import BITS, Bracket, bracket
from mfgcheck.equilibrium.order.level import order_preserving
from mfgcheck.errors import BadInput
from mfgcheck.game.orders import product
from mfgcheck.verify.verdict import Status
from tests.unit.equilibrium.order_games import random_plain

TINY = Fraction(1, 10**30)
WHY = "a higher mean field leads to a higher next law"


def masses(law: Law) -> list[Fraction]:
    """The masses of {x >= j} for j = 1, 2, .."""
    return [sum(law[j:], Fraction(0)) for j in range(1, len(law))]


def holds(found: Bracket, law: Law) -> bool:
    """Whether a law lies in a bracket."""
    pairs = zip(found.lower, masses(law), found.upper, strict=True)
    return all(low <= t <= high for low, t, high in pairs)


def start(states: int, at: int) -> Law:
    """All mass at one state."""
    return tuple(Fraction(int(x == at)) for x in range(states))


@pytest.mark.parametrize("name", ["audit-c", "coordination", "audit-e", "audit-d"])
def test_exact_paths_from_every_vertex_stay_inside(name: str) -> None:
    game = gallery.make(name)
    model = ExactModel.of(game)
    for steps in (1, 2, 5):
        found = bracket(game, TINY, WHY, max_steps=steps)
        for at in range(game.states.size):
            for highest in (False, True):
                law = start(game.states.size, at)
                for _ in range(found.steps if found.ended == "steps" else steps):
                    stage = model.at(law)
                    assert stage is not None
                    answer = stage.best_response()
                    law = stage.distribution(law, answer.highest if highest else answer.lowest)
                assert holds(found, law), (name, steps, at, highest)


def test_the_lower_end_is_the_exact_path_but_for_rounding() -> None:
    game = gallery.make("audit-c")
    found = bracket(game, TINY, WHY, max_steps=4)
    # From the least law 0, 1/4, 5/16, 21/64, 85/256 (audit game C).
    assert found.lower == (Fraction(85, 256),)
    assert found.ended == "steps"
    far = bracket(game, TINY, WHY)
    assert far.ended == "standing still"
    assert Fraction(1, 3) - far.lower[0] < Fraction(8, 1 << BITS)
    assert 0 <= far.upper[0] - Fraction(2, 3) < Fraction(8, 1 << BITS)
    assert far.k0 is None


def test_ties_everywhere_keep_both_ends() -> None:
    found = bracket(gallery.make("audit-e"), TINY, WHY)
    assert found.lower[0] <= Fraction(3, 8)
    assert found.upper[0] >= Fraction(5, 8)
    assert float(found.width) == pytest.approx(1 / 4)


@pytest.mark.parametrize(
    ("name", "parameters", "mean"),
    [
        ("infection-spread", {"c_f": R(1, 20)}, 20.251057),
        ("infection-spread", {}, 20.206121),
        ("infection-spread", {"replacement": "state"}, 19.440011),
        ("capped-health", {}, None),
    ],
)
def test_it_closes_on_the_enclosed_equilibrium(
    name: str, parameters: dict[str, Any], mean: float | None
) -> None:
    game = gallery.make(name, **parameters)
    assert order_preserving(game).brackets
    accuracy = Fraction(1, 10**5)
    found = bracket(game, accuracy, WHY)
    assert found.k0 == found.steps
    assert found.ended == "accuracy"
    assert 2 * found.width <= accuracy < 2 * found.widths[-2]
    (only,) = equilibria(game).equilibria
    low = high = Fraction(0)
    for j, (below, above) in enumerate(zip(found.lower, found.upper, strict=True), start=1):
        part = only.mean_field[j:]
        low, high = (sum((ends[i] for ends in part), Fraction(0)) for i in (0, 1))
        assert below <= high
        assert low <= above
    if mean is not None:
        ends = float(sum(found.lower)), float(sum(found.upper))
        assert ends == pytest.approx((mean, mean), abs=1e-5)


def test_widths_shrink_and_the_first_step_within_is_named() -> None:
    game = gallery.make("two-lotteries")
    found = bracket(game, Fraction(1, 1000), WHY)
    assert found.k0 is not None
    assert list(found.widths) == sorted(found.widths, reverse=True)
    assert found.widths[0] == game.states.size - 1
    wider = bracket(game, Fraction(1, 10), WHY)
    assert wider.k0 is not None
    assert wider.k0 < found.k0
    assert found.widths[: wider.k0 + 1] == wider.widths


def test_random_proved_games_keep_exact_paths_inside() -> None:
    rng = np.random.default_rng(3)
    tried = 0
    while tried < 12:
        game = random_plain(rng).game()
        verdict = order_preserving(game, max_boxes=300)
        if verdict.status is not Status.PROVED:
            continue
        tried += 1
        found = bracket(game, TINY, verdict.sentence, max_steps=4)
        model = ExactModel.of(game)
        for at in range(game.states.size):
            law = start(game.states.size, at)
            for _ in range(found.steps):
                stage = model.at(law)
                assert stage is not None
                answer = stage.best_response()
                choice = [int(rng.choice(options)) for options in answer.optimal]
                law = stage.distribution(law, tuple(choice))
            assert holds(found, law)


def test_what_it_refuses_and_says() -> None:
    game = gallery.make("audit-f")
    with pytest.raises(BadInput, match="needs the proof"):
        bracket(game, TINY, "")
    with pytest.raises(BadInput, match="positive"):
        bracket(game, Fraction(0), WHY)
    grid = Game(product(2, 2), 1, lambda s, a, z: 0, lambda s, a, z: {s: 1}, "1/2", 0)
    with pytest.raises(BadInput, match="chain"):
        bracket(grid, TINY, WHY)
    assert WHY in bracket(game, TINY, WHY).reason
    assert bracket(gallery.make("capped-health"), TINY, WHY, time_limit=1e-9).ended == "time"


def test_a_game_that_jumps_is_followed_on_the_right_side_of_the_jump() -> None:
    # P(1) = 1/4, 1/2, 3/4 for z[1] below, at and above 1/2: the ends are reached in one step.
    def transition(s: Any, a: Any, z: Any) -> Any:
        m = z[1]
        up = Piecewise((R(1, 4), m < R(1, 2)), (R(3, 4), m > R(1, 2)), (R(1, 2), True))
        return {1: up, 0: 1 - up}

    game = Game(2, 1, lambda s, a, z: s, transition, "1/2", 0)
    found = bracket(game, Fraction(1, 10**6), "all next laws rise with m", 60)
    assert (found.lower, found.upper) == ((Fraction(1, 4),), (Fraction(3, 4),))
    assert found.ended == "standing still"
