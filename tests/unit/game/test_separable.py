"""Tracing: the separable form says what the user's functions say."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from sympy import Max, Piecewise, exp
from sympy import Rational as R

from mfgcheck.errors import InvalidGame
from mfgcheck.game.game import Game
from mfgcheck.game.laws import mixture, point, uniform
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.game.separable import SeparableForm, trace

Dense = dict[tuple[int, int], sympy.Expr]


def zero(s: Any, a: Any, z: Any) -> int:
    return 0


def stay(s: Any, a: Any, z: Any) -> object:
    return point(s)


def traced(
    transition: Callable[[Any, Any, Any], object] = stay,
    reward: Callable[[Any, Any, Any], object] = zero,
    states: Order | None = None,
    actions: Order | None = None,
) -> SeparableForm:
    return trace(states or chain(3), actions or chain(2), reward, transition)


def dense(form: SeparableForm) -> Dense:
    """P(x | row) for all rows and states, as expressions of the aggregates."""
    found: Dense = {}
    for row in range(len(form.branch_start) - 1):
        for branch in range(int(form.branch_start[row]), int(form.branch_start[row + 1])):
            for x, p in form.laws.row(int(form.branch_law[branch])):
                for t, c in form.weights.row(int(form.branch_weight[branch])):
                    old = found.get((row, x), sympy.S.Zero)
                    weight = sympy.Rational(p.numerator, p.denominator)
                    weight *= sympy.Rational(c.numerator, c.denominator)
                    found[row, x] = sympy.expand(old + weight * form.terms[t])
    return {key: e for key, e in found.items() if e != 0}


def m_of(form: SeparableForm) -> sympy.Symbol:
    (aggregate,) = form.aggregates
    return aggregate.symbol


def test_rows_by_hand() -> None:
    def transition(s: Any, a: Any, z: Any) -> object:
        i = z.mean() / 4
        return [(i, (s + a - uniform([0, 1])).clip(0, 2)), (1 - i, 2)]

    form = traced(transition)
    m = m_of(form)
    found = dense(form)
    assert found[0, 0] == m / 4  # s=0, a=0: both draws end at 0
    assert found[0, 2] == 1 - m / 4
    assert found[3, 1] == found[3, 2] - 1 + m / 4 == m / 8  # s=1, a=1: 1 or 2
    assert found[5, 2] == 1  # s=2, a=1


def test_branches_of_one_law_are_added() -> None:
    form = traced(lambda s, a, z: [(z[0], 0), ("1/2", 1), (R(1, 2) - z[0], point(0))])
    assert dense(form)[0, 0] == R(1, 2)
    assert form.branch_start[1] == 2


def test_branches_that_cancel_are_gone() -> None:
    form = traced(lambda s, a, z: [(z[0], 0), (1, 1), (-z[0], 0)])
    assert form.branch_start[1] == 1


@pytest.mark.parametrize(
    "value",
    [
        mixture({0: "1/4", 2: "3/4"}),
        {0: "1/4", 2: R(3, 4)},
        {0: 0.25, point(2): 0.75},
        [("1/4", 0), (F(3, 4), 2)],
        [(R(1, 8), 0), (R(1, 8), 0), (R(3, 4), point(2))],
        (("1/4", 0), ("3/4", 2)),
        {mixture({0: "1/2", 2: "1/2"}): "1/2", 2: "1/2"},
    ],
)
def test_ways_to_write_one_law(value: object) -> None:
    assert dense(traced(lambda s, a, z: value))[0, 0] == R(1, 4)
    assert dense(traced(lambda s, a, z: value))[0, 2] == R(3, 4)


def test_a_blend_is_spread_over_its_laws() -> None:
    form = traced(lambda s, a, z: {mixture({0: z[2], 1: 1 - z[2]}): "1/2", 2: "1/2"})
    found = dense(form)
    assert found[0, 0] == m_of(form) / 2
    assert found[0, 2] == R(1, 2)


def test_equal_laws_and_weights_are_stored_once() -> None:
    form = traced(lambda s, a, z: [(z.mean() / 2, uniform([0, 1])), (1 - z.mean() / 2, 2)])
    assert len(form.laws.start) == len(form.weights.start) == 3
    assert len(form.branch_law) == 12


def test_terms_are_shared_between_reward_and_kernel() -> None:
    form = traced(
        lambda s, a, z: [(exp(-z.mean()), 0), (1 - exp(-z.mean()), 1)],
        lambda s, a, z: s * exp(-z.mean()) + Max(z.mean(), 1),
    )
    m = m_of(form)
    assert form.terms[0] == 1
    assert exp(-m) in form.terms
    assert len(form.terms) == 3  # and one positive part


def test_clipped_rows() -> None:
    form = traced(lambda s, a, z: (point(s) + a).min(2))
    assert form.clipped.tolist() == [False, False, False, False, False, True]


@pytest.mark.parametrize("first", [True, False])
def test_a_row_is_clipped_if_any_of_its_branches_is(first: bool) -> None:
    pair = [(R(1, 2), point(3).min(2)), (R(1, 2), point(2))]
    form = traced(lambda s, a, z: pair if first else pair[::-1])
    assert form.clipped.all()


def test_functions_receive_exact_labels() -> None:
    seen: list[object] = []

    def reward(s: Any, a: Any, z: Any) -> object:
        seen.append((s, a))
        return s[0] / 3

    traced(lambda s, a, z: point(s), reward, product([1, 2], ["x"]), chain([F(1, 2)]))
    assert seen == [((1, "x"), R(1, 2)), ((2, "x"), R(1, 2))]


def test_floats_are_reported() -> None:
    form = traced(lambda s, a, z: {0: 0.25, 1: 0.75}, lambda s, a, z: 0.5 * z.mean())
    assert form.floats == ("0.25", "0.5", "0.75")


def test_digest_depends_on_the_numbers_alone() -> None:
    first = traced(lambda s, a, z: {0: R(1, 4), 1: R(3, 4)}).digest()
    assert traced(lambda s, a, z: [("0.25", 0), (0.75, 1)]).digest() == first
    assert traced(lambda s, a, z: {0: R(1, 3), 1: R(2, 3)}).digest() != first
    assert traced(lambda s, a, z: {0: R(1, 4), 1: R(3, 4)}, lambda s, a, z: 1).digest() != first


@pytest.mark.parametrize(
    ("transition", "message"),
    [
        (lambda s, a, z: None, "lack a `return`"),
        (lambda s, a, z: s, "must return a law"),
        (lambda s, a, z: [point(0)], "not a \\(weight, law\\) pair"),
        (lambda s, a, z: [(point(0), 1)], "weight first"),
        (lambda s, a, z: {7: 1}, "not a state"),
        (lambda s, a, z: point(s) + a, "not a state"),
        (lambda s, a, z: [("x", 0)], "finite number"),
        (lambda s, a, z: [(None, 0)], "rational number"),
        (lambda s, a, z: 1 / 0, "ZeroDivisionError"),
        (lambda s, a, z: {0: 1 if z[0] > 0 else 0}, "Piecewise"),
        (lambda s, a, z: {0: min(z[0], z[1])}, "Piecewise"),
        (lambda s, a, z: {0: float(z[0])}, "symbolic"),
    ],
)
def test_transitions_refused(transition: Callable[..., object], message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        traced(transition)


@pytest.mark.parametrize(
    ("reward", "message"),
    [
        (lambda s, a, z: None, "lack a `return`"),
        (lambda s, a, z: "x", "finite number"),
        (lambda s, a, z: True, "must be a number"),
        (lambda s, a, z: float("inf"), "finite"),
        (lambda s, a, z: sympy.sin(z[0]), "sin"),
        (lambda s, a, z: Piecewise((1, z[0] > z[1]), (0, True)), "one aggregate"),
        (lambda s, a, z: s * sympy.Symbol("q"), "q"),
    ],
)
def test_rewards_refused(reward: Callable[..., object], message: str) -> None:
    with pytest.raises(InvalidGame, match=message):
        traced(reward=reward)


def test_an_error_names_the_row() -> None:
    with pytest.raises(InvalidGame, match=r"transition\(s=1, a=hi\)"):
        traced(
            lambda s, a, z: point(s) if (s, a) != (1, "hi") else [][5],
            actions=chain(["lo", "hi"]),
        )


def test_a_branch_whose_weight_is_zero_in_disguise_is_left_out() -> None:
    def transition(s: Any, a: Any, z: Any) -> object:
        zero = (z[0] + z[1]) ** 2 - z[0] ** 2 - 2 * z[0] * z[1] - z[1] ** 2
        return [(zero, point(99)), (1, s)]

    game = Game(2, 1, lambda s, a, z: 0, transition, "1/2", 0)
    assert len(game.form.branch_law) == 2
