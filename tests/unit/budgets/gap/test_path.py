"""Reference paths: laws, strategies and defects, against exact steps of the game."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from sympy import Rational as R

from mfgcheck import Game
from mfgcheck.budgets.gap.path import UNIT, ReferencePath, masses_of, reference_path
from mfgcheck.equilibrium.enclosure.enclosed import Equilibrium
from mfgcheck.equilibrium.exact.stage import ExactModel, Strategy
from mfgcheck.errors import BadInput
from mfgcheck.gallery import make
from tests.unit.budgets.gap.games import (
    Law,
    assorted,
    far,
    mixed,
    next_law,
    numbers,
    parts_of,
    plain_game,
    weights,
)

STEPS = 4
KINDS = ("t-br", "modified")


def on(game: Game, z: Law, strategy: Strategy) -> Law:
    """Phi(z, strategy), exactly."""
    return next_law(z, mixed(weights(game, strategy), numbers(game, z).kernel))


def laws(path: ReferencePath) -> list[Law]:
    return [masses_of(path.law(k)) for k in range(len(path.steps) + 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_defects_bound_how_far_a_step_is_off(kind: str) -> None:
    known = 0
    for game in assorted(12):
        tables, _ = parts_of(game)
        path = reference_path(game, STEPS, kind)
        found = laws(path)
        for k, step in enumerate(path.steps):
            assert step.masses == found[k]
            true = far(on(game, found[k], step.played), found[k + 1])
            assert true - F(1, 10**20) <= step.defect <= 2
            if step.defect < 2:
                assert step.defect < F(1, 10**10)
                known += 1
        assert path.tables.shape == tables.shape
    assert known > 80


@pytest.mark.parametrize("kind", KINDS)
def test_laws_are_laws_and_start_at_the_least(kind: str) -> None:
    for game in assorted(12):
        path = reference_path(game, STEPS, kind)
        for k, z in enumerate(laws(path)):
            assert sum(z) == 1
            assert min(z) >= 0
            assert int(path.law(k).sum()) == UNIT
        least = game.states.labels[0] if len(game.states.chains) == 1 else None
        if least is not None:
            assert laws(path)[0][0] == 1


def test_t_br_learns_and_plays_the_best_response() -> None:
    compared = 0
    for game in assorted(12):
        model = ExactModel.of(game)
        path = reference_path(game, STEPS)
        for step in path.steps:
            assert step.learned == step.played
            stage = model.at(step.masses)
            if stage is None:
                continue
            best = stage.best_response()
            # Floats decide: at (near) ties they may choose otherwise, and identification tells.
            if best.gap is not None and best.gap > F(1, 10**9):
                assert step.learned == best.lowest
                compared += 1
    assert compared > 20


def test_modified_t_br_plays_what_it_learned_the_step_before() -> None:
    later = 0
    for game in assorted(12):
        path = reference_path(game, STEPS, "modified")
        lowest = (0,) * game.states.size
        first, second, *others = path.steps
        assert first.learned is None
        assert first.played == second.played == lowest
        for before, step in itertools.pairwise([second, *others]):
            assert step.played == before.learned
            later += step.played != lowest
    assert later > 10


def test_distance_bounds_the_distance_to_every_law_of_an_enclosure() -> None:
    path = reference_path(make("coordination"), 3)
    rng = random.Random(1)
    for k in range(4):
        y = masses_of(path.law(k))
        for _ in range(20):
            p, width = F(rng.randint(0, 90), 100), F(rng.randint(0, 10), 100)
            there = Equilibrium({}, (0, 0), None, ((1 - p - width, 1 - p), (p, p + width)), True)
            inside = p + width * F(rng.randint(0, 4), 4)
            assert far(y, (1 - inside, inside)) <= path.distance(k, there)
            # It is attained in a corner of the box, if not by a law.
            assert path.distance(k, there) <= far(y, (1 - p, p)) + 2 * width


def test_where_the_kernel_at_a_law_is_not_told_there_is_no_defect_to_trust() -> None:
    # From y_0 one comes to (1/2, 1/2), where the aggregate is (2 - sqrt 2)/2 + (sqrt 2)/2 = 1: at
    # the jump, but bounds of irrational numbers never tell.
    root = sympy.sqrt(2)

    def transition(s: object, a: object, z: Any) -> dict[int, sympy.Expr]:
        m = z.mean(lambda x: root if x else 2 - root)
        up = sympy.Piecewise((R(1, 2), m < 1), (R(3, 4), True))
        return {0: 1 - up, 1: up}

    game = Game(
        states=2,
        actions=1,
        reward=lambda s, a, z: 0,
        transition=transition,
        discount="1/2",
        tremble=0,
    )
    path = reference_path(game, 2)
    assert masses_of(path.law(1)) == (F(1, 2), F(1, 2))
    assert path.steps[0].defect < F(1, 10**10)
    assert path.steps[1].defect == 2
    assert path.ball(1, F(0)) is None
    assert path.taus[1] == 1


def test_taus_bound_how_far_rows_of_the_path_are_apart() -> None:
    for game in assorted(6):
        path = reference_path(game, STEPS, "modified")
        for k, step in enumerate(path.steps):
            at = numbers(game, step.masses)
            rows = mixed(weights(game, step.played), at.kernel)
            true = max(far(p, q) / 2 for p in rows for q in rows)
            assert true - F(1, 10**20) <= path.taus[k] <= 1


def test_a_tremble_above_the_limit_is_refused() -> None:
    game = plain_game(random.Random(3), tremble=F(3, 5))
    with pytest.raises(BadInput, match="tremble"):
        reference_path(game, 1)
