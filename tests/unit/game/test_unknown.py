"""Unknown functions as ingredients: what may be written, and what is refused in one sentence."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sympy
from sympy import Integer, Max, exp
from sympy import Rational as R

from mfgcheck import BadInput, Game, InvalidGame, decreasing, point, product
from mfgcheck.budgets.budget import budget
from mfgcheck.budgets.constants.known import constants
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.equilibrium.levels import levels
from mfgcheck.equilibrium.order.level import order_preserving, unique_by_order
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.equilibrium.solve import solve
from mfgcheck.equilibrium.tbr.model import Model
from mfgcheck.game.inequalities import Scalars
from mfgcheck.game.summary import game_line
from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.check import check

p = decreasing("p", 0, 1)


def game(reward: Callable[..., Any], **changes: Any) -> Game:
    given: dict[str, Any] = {
        "states": 3,
        "actions": 2,
        "reward": reward,
        "transition": lambda s, a, z: point(s),
        "discount": "1/2",
        "tremble": "1/4",
    }
    return Game(**{**given, **changes})


def test_equal_functions_are_one() -> None:
    assert decreasing("p", 0, "1") is p
    assert decreasing("p", 0, 2) is not p
    assert p(Fraction(1, 2)) == p(R(1, 2)) == decreasing("p", 0, 1.0)(R(1, 2))
    assert p(np.int64(3)) == p(3)


def test_sympy_computes_nothing_of_a_function_by_its_name() -> None:
    named = decreasing("exp", 0, 1)
    assert not named(1.5).has(sympy.exp)
    assert named(R(1, 2)).evalf() == named(R(1, 2))
    assert str(decreasing("Mul", 0, 1)(3)) == "Mul(3)"
    assert Max(p(3), R(1, 2)).has(p)
    assert sympy.srepr(p(3)) != sympy.srepr(decreasing("p", 0, 2)(3))


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("p", 1, 0), "there is no value between the bounds"),
        (("2p", 0, 1), "must be an identifier"),
        (("", 0, 1), "must be an identifier"),
        ((3, 0, 1), "must be an identifier"),
        (("p", "x", 1), "the lower bound of p"),
        (("p", 0, None), "the upper bound of p"),
        (("p", 0, float("inf")), "the upper bound of p"),
    ],
)
def test_no_function(arguments: tuple[Any, ...], part: str) -> None:
    with pytest.raises(InvalidGame) as error:
        decreasing(*arguments)
    assert part in str(error.value)


@pytest.mark.parametrize(
    ("reward", "part"),
    [
        (lambda s, a, z: p("high"), "takes a number or an aggregate"),
        (lambda s, a, z: p((s, a)), "takes a number or an aggregate"),
        (lambda s, a, z: p(True), "takes a number or an aggregate"),
        (lambda s, a, z: p(None), "takes a number or an aggregate"),
        (lambda s, a, z: p(z), "takes a number or an aggregate"),
        (lambda s, a, z: p(p(s)), "cannot be put into one"),
        (lambda s, a, z: p(1 - p(z.mean()) / 2), "cannot be put into one"),
        (lambda s, a, z: p(z.mean() * z[0]), "takes a rational number, or a sum"),
        (lambda s, a, z: p(z.mean() ** 2), "takes a rational number, or a sum"),
        (lambda s, a, z: p(exp(z.mean())), "takes a rational number, or a sum"),
        (lambda s, a, z: p(Max(z.mean(), 1)), "takes a rational number, or a sum"),
        (lambda s, a, z: p(sympy.sqrt(2)), "takes a rational number, or a sum"),
        (lambda s, a, z: p(sympy.sqrt(2) * z.mean()), "takes a rational number, or a sum"),
        (lambda s, a, z: p(sympy.oo), "not a finite number"),
        (lambda s, a, z: p(sympy.I), "not real"),
        (lambda s, a, z: p(sympy.Symbol("x")), "uses the symbol x"),
        (lambda s, a, z: p(z.mean(p)), "with rational values only"),
        (lambda s, a, z: p(z.mean(lambda x: exp(x))), "with rational values only"),
        (lambda s, a, z: p(s) + decreasing("p", 0, 2)(s), "give them different names"),
        (lambda s, a, z: sympy.Piecewise((1, p(z.mean()) > R(1, 2)), (0, True)), "must compare"),
        (lambda s, a, z: sympy.Piecewise((1, z.mean() > p(1)), (0, True)), "must compare"),
        (lambda s, a, z: z.mean(lambda x: p("low")), "takes a number or an aggregate"),
        (lambda s, a, z: 1 if p(s) > 0 else 0, "symbolic"),
    ],
)
def test_what_is_no_value(reward: Callable[..., Any], part: str) -> None:
    with pytest.raises(InvalidGame) as error:
        game(reward)
    assert part in str(error.value)
    assert (
        "reward" in str(error.value) or "called p" in str(error.value) or "p(" in str(error.value)
    )


def test_states_that_are_texts_have_no_value() -> None:
    with pytest.raises(InvalidGame, match=r"p\('low'\)"):
        game(lambda s, a, z: p(s), states=["low", "middle", "high"])
    with pytest.raises(InvalidGame, match=r"p\(\(0, 0\)\)"):
        game(lambda s, a, z: p(s), states=product(2, 2))


@pytest.mark.parametrize(
    ("weight", "part"),
    [
        (lambda s, z: 2 * p(z.mean()), "negative at the mean field with all mass at 0 if p(x) = 1"),
        (lambda s, z: p(s) - p(0), "if p(x) = 1 for x <= 0 and 0 for x > 0"),
        (lambda s, z: 1 + p(s), "is negative"),
    ],
)
def test_weights_that_are_no_probabilities_for_some_function(
    weight: Callable[..., Any], part: str
) -> None:
    with pytest.raises(InvalidGame) as error:
        game(
            lambda s, a, z: 0,
            transition=lambda s, a, z: [(weight(s, z), 2), (1 - weight(s, z), 0)],
        )
    assert part in str(error.value)


def test_weights_that_do_not_sum_to_one() -> None:
    with pytest.raises(InvalidGame, match="sums to"):
        game(
            lambda s, a, z: 0,
            transition=lambda s, a, z: [(p(z.mean()) / 2, 2), (1 - p(z.mean()), 0)],
        )


def test_what_may_be_infinite_is_a_doubt() -> None:
    made = game(lambda s, a, z: 1 / p(s))
    assert "finite for all functions" in made.doubts[0]
    assert all(v.status == "UNDECIDED" for v in check(made).clauses.values() if not v.witness)
    assert not game(lambda s, a, z: 1 / (1 + p(s))).doubts


def test_arguments_are_brought_to_one_form() -> None:
    made = game(
        lambda s, a, z: (
            p(2 * (z.mean() + 1)) - p(z.mean() + z.mean() + 2) + p(0.5) - p(R(1, 2)) + p(s + 2 * s)
        )
    )
    assert {str(e) for e in made.form.unknown} == {
        "p(1/2)", "p(0)", "p(3)", "p(6)",
    }  # fmt: skip
    assert made.notes[0].startswith("float literals read as decimals: 0.5")
    assert {str(t) for t in made.form.terms} == {"1", "p(0)", "p(3)", "p(6)"}


def test_equal_functionals_are_one_coordinate() -> None:
    made = game(lambda s, a, z: p(z[1] + 2 * z[2]) - p(z.mean()) + p(z[0] + z[1] + z[2]) - p(1))
    assert len(made.scalars.values) == 2
    report = check(made)
    assert report.clauses["reward.increasing_differences"].status == "PROVED"


def test_a_family_says_so_and_has_its_own_digest() -> None:
    one = game(lambda s, a, z: p(s))
    wider = game(lambda s, a, z: decreasing("p", 0, 2)(s))
    assert one.digest != wider.digest
    assert one.digest == game(lambda s, a, z: p(s)).digest
    assert game_line(one).endswith("for every non-increasing p with values in [0, 1]")
    assert any("every non-increasing p" in note for note in one.notes)
    mean = game(lambda s, a, z: z.mean(p))
    assert mean.digest != game(lambda s, a, z: z.mean(decreasing("p", 0, 2))).digest
    assert mean.unknown == (p,)


@pytest.mark.parametrize(
    "use",
    [
        solve, equilibria, budget, constants, order_preserving, unique_by_order,
        lambda made: levels(made, check(made)), Model.of, Tables.of,
    ],
)  # fmt: skip
def test_what_computes_with_numbers_refuses(use: Callable[[Game], object]) -> None:
    for reward in (lambda s, a, z: p(s), lambda s, a, z: p(z.mean()), lambda s, a, z: z.mean(p)):
        with pytest.raises(BadInput, match="needs a concrete function in the place of p"):
            use(game(reward))


def test_floats_never_stand_for_unknown_values() -> None:
    scalars: Scalars = game(lambda s, a, z: s * p(z.mean()) + z.mean(p)).scalars
    for t in range(1, len(scalars.terms)):
        with pytest.raises(AssertionError, match="has no float value"):
            scalars.float_values(t)


def test_a_function_is_replayed_at_a_mean_field() -> None:
    made = game(lambda s, a, z: s * p(z.mean()) + z.mean(lambda x: 1 - p(x)))
    there = made.reward_at(2, 0, {0: "1/4", 2: "3/4"})
    assert there == sympy.expand(2 * p(R(3, 2)) + 1 - p(0) / 4 - 3 * p(2) / 4)
    assert isinstance(p(Integer(1)), Unknown)
