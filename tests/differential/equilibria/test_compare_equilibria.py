"""The comparison itself: every way to spoil an answer draws a complaint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction as F

import pytest

from mfgcheck.equilibrium.enclosure.enclosed import Continuum, Equilibria, Leftover
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from tests.differential.as_game import game_of
from tests.differential.equilibria.as_polynomials import aggregate_game
from tests.differential.equilibria.compare import complaints, spectral_radius
from tests.differential.equilibria.generate import random_spec
from tests.differential.equilibria.ties import with_tie
from tests.differential.spec import Spec
from tests.oracle.equilibria import Solution, solve


def drop(found: Equilibria) -> Equilibria:
    """Leave out a T-MFE."""
    return replace(found, equilibria=found.equilibria[1:])


def repeat(found: Equilibria) -> Equilibria:
    """Report a T-MFE twice."""
    return replace(found, equilibria=(*found.equilibria, found.equilibria[0]))


def other_strategy(found: Equilibria) -> Equilibria:
    """Play something else in the first state."""
    first, *rest = found.equilibria
    labels = [label for label in found.game.actions.labels if label != first.strategy[0]]
    spoiled = replace(first, strategy=(labels[0], *first.strategy[1:]))
    return replace(found, equilibria=(spoiled, *rest))


def elsewhere(found: Equilibria) -> Equilibria:
    """Move the mean field by 1/1000."""
    first, *rest = found.equilibria
    moved = tuple((low + F(1, 1000), high + F(1, 1000)) for low, high in first.mean_field)
    return replace(found, equilibria=(replace(first, mean_field=moved), *rest))


def wrong_gap(found: Equilibria) -> Equilibria:
    """Report a gap that is too large by 1/1000."""
    first, *rest = found.equilibria
    assert first.gap is not None
    low, high = first.gap
    spoiled = replace(first, gap=(low + F(1, 1000), high + F(1, 1000)))
    return replace(found, equilibria=(spoiled, *rest))


def tied(found: Equilibria) -> Equilibria:
    """Call a robust T-MFE a tie."""
    first, *rest = found.equilibria
    return replace(found, equilibria=(replace(first, gap=(F(0), F(0)), stable=None), *rest))


def unstable(found: Equilibria) -> Equilibria:
    """Turn the verdict on stability round."""
    first, *rest = found.equilibria
    return replace(found, equilibria=(replace(first, stable=not first.stable), *rest))


def with_continuum(found: Equilibria) -> Equilibria:
    """Claim a continuum that is none."""
    first = found.equilibria[0]
    return replace(found, continua=(Continuum(first.aggregates, first.strategy, "no reason"),))


SPOILED = (drop, repeat, other_strategy, elsewhere, wrong_gap, tied, unstable, with_continuum)


def objections(spec: Spec, spoil: Callable[[Equilibria], Equilibria]) -> list[str]:
    """Return the complaints about a spoiled answer."""
    game, plain = game_of(spec), aggregate_game(spec)
    return list(complaints(game, plain, spoil(equilibria(game)), solve(plain)))


@pytest.mark.parametrize("spoil", SPOILED)
def test_a_spoiled_answer_draws_a_complaint(spoil: Callable[[Equilibria], Equilibria]) -> None:
    spec = random_spec(0, "reward")
    assert objections(spec, lambda found: found) == []
    assert objections(spec, spoil)


def test_what_is_left_undecided_need_not_be_reported() -> None:
    def leave(found: Equilibria) -> Equilibria:
        first, *rest = found.equilibria
        left = Leftover(first.aggregates, 1, "for some reason")
        return replace(found, equilibria=tuple(rest), undecided=(left,))

    assert objections(random_spec(0, "reward"), leave) == []


def test_ties_are_made_exactly() -> None:
    """Rational and quadratic: the oracle sees an exact tie, and no T-MFE on it gets lost."""
    made = [with_tie(random_spec(seed, "complements")) for seed in range(40)]
    made = [spec for spec in made if spec.family.endswith("tie")]
    found = [[x for x in solve(aggregate_game(spec)).solutions if x.tie] for spec in made]
    assert len(made) >= 10
    assert all(found)
    assert any(not is_rational(x) for ties in found for x in ties)


def is_rational(x: Solution) -> bool:
    """Whether a number of denominator at most a million lies between the bounds."""
    low, high = x.aggregate
    return low <= ((low + high) / 2).limit_denominator(10**6) <= high


def test_the_spectral_radius_is_the_factor_of_small_steps() -> None:
    """With two states, mean fields near a T-MFE come nearer by that factor each step."""
    tried = 0
    for seed in range(60):
        spec = random_spec(seed, "kernel")
        plain = aggregate_game(spec)
        solutions = solve(plain).solutions
        if spec.states.size > 2 or not solutions or solutions[0].tie:
            continue
        x = solutions[0]
        radius = spectral_radius(plain, x)
        if radius is None:
            continue
        m = sum(x.aggregate, F(0)) / 2
        (cell,) = [c for c in plain.cells if c.low < m < c.high]
        away = F(1, 10**6)
        z = [low + sign * away for (low, _), sign in zip(x.masses, (-1, 1), strict=True)]
        at = sum((p * v for p, v in zip(z, plain.phi, strict=True)), F(0))
        spread = plain.tremble / (spec.actions.size - 1)
        up = F(0)
        for s, a in enumerate(x.strategy):
            for b, law in enumerate(cell.kernel[s]):
                weight = 1 - plain.tremble if b == a else spread
                up += z[s] * weight * sum((c * at**k for k, c in enumerate(law[1])), F(0))
        factor = abs(up - x.masses[1][0]) / away
        assert float(factor) == pytest.approx(radius, abs=1e-4), f"seed {seed}\n{spec}"
        tried += 1
    assert tried > 5
