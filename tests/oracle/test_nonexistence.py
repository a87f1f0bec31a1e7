"""Infection Spread without a T-MFE: the second proof, and that it does not prove too much."""

from __future__ import annotations

import itertools
from fractions import Fraction as F

import mpmath
import pytest

from tests.oracle import gallery
from tests.oracle.mean_fields import vertices
from tests.oracle.nonexistence import (
    ACTIONS,
    GAMMA,
    KAPPA,
    SPREAD,
    STATES,
    ZETA,
    Spread,
    exp_bounds,
    search,
    susceptibility,
)


def test_no_equilibrium_with_newcomers_from_all_states() -> None:
    found = search("full")
    assert found.proved, found.left
    assert found.boxes < 300


def test_newcomers_up_to_the_state_keep_their_equilibrium() -> None:
    """The T-MFE has its mean at 17.508096: all boxes but those around it are excluded."""
    found = search("state")
    assert not found.proved
    assert any(low <= F("17.508096") <= high for low, high in found.left)
    assert all(F("17.5080") < low < high < F("17.5082") for low, high in found.left)


@pytest.mark.parametrize("x", [F(0), F(1, 20), F(1, 3), F(6, 5), F(2)])
def test_bounds_of_exp(x: F) -> None:
    low, high = exp_bounds(x)
    with mpmath.workprec(200):
        true = mpmath.exp(mpmath.mpf(x.numerator) / x.denominator)
        assert mpmath.mpf(low.numerator) / low.denominator <= true
        assert true <= mpmath.mpf(high.numerator) / high.denominator
    assert high - low < F(1, 1 << 56)


@pytest.mark.parametrize("replacement", ["full", "state"])
def test_the_game_is_the_one_written_from_the_paper(replacement: str) -> None:
    """Its rows against the oracle's, which has c_f = 1/10, at i = 1/10 p(m)."""
    plain = gallery.infection_spread(STATES, ACTIONS, "logistic", replacement)
    ours = Spread(replacement)
    for m in (0, 11, 24):
        z = vertices(STATES)[m]
        i = sum(susceptibility(F(m)), F(0)) / 20
        for x in (0, 1, 12, 23, 24):
            images = ours.images([F(int(y == x)) for y in range(STATES)])
            for s, a in itertools.product(range(STATES), range(ACTIONS)):
                assert abs(images.at(s, a, i) - plain.kernel(s, a, z)[x]) < F(1, 10**15)
    reward = plain.reward(7, 0, vertices(STATES)[0])
    assert abs(reward - (1 - susceptibility(F(7))[0])) < F(1, 10**15)


def test_the_constants_are_those_of_the_trembling_operator() -> None:
    assert KAPPA + ACTIONS * SPREAD == 1
    assert KAPPA - F(5, 8) == GAMMA - F(3, 4) == 0


def test_rows_of_a_state_differ_by_no_more_than_the_bound() -> None:
    for i in (F(0), F(1, 2), F(1)):
        for s in (0, 1, 12, 24):
            rows = [
                [
                    Spread("state").images([F(int(y == x)) for y in range(STATES)]).at(s, a, i)
                    for x in range(STATES)
                ]
                for a in range(ACTIONS)
            ]
            for one, other in itertools.combinations(rows, 2):
                assert sum(abs(p - q) for p, q in zip(one, other, strict=True)) / 2 <= 1 - ZETA
