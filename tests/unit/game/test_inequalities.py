"""One inequality at a time: claims about all mean fields, decided rightly."""

from __future__ import annotations

from fractions import Fraction as F
from typing import Any

import pytest
import sympy
from sympy import Abs, Expr, Max, Min, Piecewise, exp, sqrt
from sympy import Rational as R

from mfgcheck.game.inequalities import Claim, Deadline, Fails, Holds, Outcome, Scalars
from mfgcheck.game.mean_field import TracedMeanField
from mfgcheck.game.orders import Order, chain, product
from mfgcheck.game.setting import Masses
from mfgcheck.game.terms import TermReader

UP, POSITIVE = Claim.NONDECREASING, Claim.NONNEGATIVE


def decide(f: Any, claim: Claim, states: Order | int = 3) -> Outcome:
    """Decide a claim about the function f(z) of the mean field."""
    order = states if isinstance(states, Order) else chain(states)
    z = TracedMeanField(order)
    terms = TermReader().read(sympy.sympify(f(z)), "it")
    scale = sympy.ilcm(1, *(c.denominator for c in terms.values()))
    scalars = Scalars(order, tuple(z.aggregates.values()), tuple(terms))
    vector = tuple((t, int(c * int(scale))) for t, c in enumerate(terms.values()))
    return scalars.decide(vector, claim, Deadline())


def mean(z: Masses) -> F:
    return sum((F(x) * p for x, p in z.items()), F(0))


def dominated(z: Masses, z2: Masses, n: int) -> bool:
    """Whether z2 gives every upper tail of the chain at least what z gives it."""
    return all(
        sum((p for x, p in z.items() if x >= t), F(0))
        <= sum((p for x, p in z2.items() if x >= t), F(0))
        for t in range(n)
    )


HOLD: list[tuple[Any, Claim]] = [
    (lambda z: z.mean(), POSITIVE),
    (lambda z: z.mean() ** 2 - 2 * z.mean() + 1, POSITIVE),  # touches 0 inside
    (lambda z: z.mean() ** 2 - 2 * z.mean() + 1 + z[0], POSITIVE),
    (lambda z: z.mean(lambda x: x**2) - z.mean() ** 2, POSITIVE),  # a variance
    (lambda z: exp(z.mean()) - 1 - z.mean(), POSITIVE),
    (lambda z: 1 - z[0] - z[1], POSITIVE),
    (lambda z: z.mean(lambda x: sqrt(x)) - z.mean() / 2, POSITIVE),
    (lambda z: Piecewise((-1, z.mean() > 2), (1, True)), POSITIVE),  # never beyond the end
    (lambda z: Piecewise((-1, z.mean() < 0), (1, True)), POSITIVE),
    (lambda z: z.mean(), UP),
    (lambda z: -z[0], UP),
    (lambda z: z.tail(1) + z.tail(2) ** 3, UP),
    (lambda z: z.mean(lambda x: 5 - x) ** 2 * -1, UP),
    (lambda z: Max(z.mean(), 1) - Min(1 - z.mean(), 0), UP),
    (lambda z: Piecewise((z.mean(), z.mean() < 1), (3, True)), UP),
    (lambda z: Piecewise((-5, z.mean() > 2), (z.mean(), True)), UP),
    (lambda z: z.mean(lambda x: exp(x)) - z.mean(), UP),
    (lambda z: R(1, 2), UP),
    (lambda z: z[1] * z[2] + z[2], UP),  # along 1 -> 2 the slope is 1 + z1 - z2
    (lambda z: sqrt(2) - R(14142, 10000), POSITIVE),
]


@pytest.mark.parametrize("case", range(len(HOLD)))
def test_what_holds_is_proved(case: int) -> None:
    f, claim = HOLD[case]
    outcome = decide(f, claim)
    assert isinstance(outcome, Holds), outcome


def sharp(z: TracedMeanField) -> Expr:
    return Abs(z.mean() - 1) - R(1, 1000)


FAIL: list[tuple[Any, Any]] = [  # the function, and the same of a mean field {x: mass}
    (lambda z: z.mean() - R(1, 10), lambda z: mean(z) - F(1, 10)),
    (sharp, lambda z: abs(mean(z) - 1) - F(1, 1000)),
    (lambda z: (z.mean() - 1) ** 2 - R(1, 10**6), lambda z: (mean(z) - 1) ** 2 - F(1, 10**6)),
    (lambda z: R(1, 5) - z[0] * z[2], lambda z: F(1, 5) - z.get(0, F(0)) * z.get(2, F(0))),
    (
        lambda z: Piecewise((-1, sympy.Eq(z.mean(), R(1, 3))), (1, True)),
        lambda z: F(-1) if mean(z) == F(1, 3) else F(1),
    ),
    (
        lambda z: Piecewise((-1, z.mean() >= 2), (1, True)),
        lambda z: F(-1) if mean(z) >= 2 else F(1),
    ),
    (lambda z: R(-1, 10**400) * z.mean() ** 2, lambda z: -(mean(z) ** 2)),
]


@pytest.mark.parametrize("case", range(len(FAIL)))
def test_what_is_negative_somewhere_is_refuted_there(case: int) -> None:
    f, value = FAIL[case]
    outcome = decide(f, POSITIVE)
    assert isinstance(outcome, Fails), outcome
    assert sum(outcome.z.values()) == 1
    assert min(outcome.z.values()) > 0
    assert value(outcome.z) < 0


FALL: list[tuple[Any, Any]] = [
    (lambda z: -z.mean(), lambda z: -mean(z)),
    (lambda z: z.mean() ** 2 - z.mean() / 100, lambda z: mean(z) ** 2 - mean(z) / 100),
    (lambda z: Abs(2 * z.mean() - 1), lambda z: abs(2 * mean(z) - 1)),
    (
        lambda z: z.mean() - Piecewise((R(1, 100), z.mean() >= 1), (0, True)),
        lambda z: mean(z) - (F(1, 100) if mean(z) >= 1 else 0),
    ),
    (
        lambda z: z.mean() - Piecewise((R(1, 100), z.mean() > 0), (0, True)),
        lambda z: mean(z) - (F(1, 100) if mean(z) > 0 else 0),
    ),
    (
        lambda z: z.mean() - Piecewise((R(1, 100), z.mean() >= 2), (0, True)),
        lambda z: mean(z) - (F(1, 100) if mean(z) >= 2 else 0),
    ),
    (lambda z: z[1], lambda z: z.get(1, F(0))),
]


@pytest.mark.parametrize("case", range(len(FALL)))
def test_what_falls_is_refuted_between_dominating_mean_fields(case: int) -> None:
    f, value = FALL[case]
    outcome = decide(f, UP)
    assert isinstance(outcome, Fails), outcome
    assert outcome.z2 is not None
    assert sum(outcome.z.values()) == sum(outcome.z2.values()) == 1
    assert dominated(outcome.z, outcome.z2, 3)
    assert value(outcome.z2) < value(outcome.z)


def test_among_vertices_the_largest_fall_is_shown() -> None:
    outcome = decide(lambda z: -z.mean(lambda x: x**2), UP, states=4)
    assert isinstance(outcome, Fails)
    assert outcome.z == {0: F(1)}
    assert outcome.z2 == {3: F(1)}


def test_incomparable_vertices_are_no_fall() -> None:
    # on the square, phi(0, 1) = 2 > phi(1, 0) = 1, but neither state is above the other
    states = product(2, 2)
    outcome = decide(lambda z: z.mean(lambda x: x[0] + 2 * x[1]), UP, states)
    assert isinstance(outcome, Holds)


def test_the_first_vertex_that_violates_is_shown() -> None:
    outcome = decide(lambda z: R(3, 2) - z.mean(), POSITIVE, states=5)
    assert isinstance(outcome, Fails)
    assert outcome.z == {2: 1}


def test_a_constant_fails_everywhere() -> None:
    outcome = decide(lambda z: R(-1, 3), POSITIVE)
    assert isinstance(outcome, Fails)
    assert outcome.everywhere


def test_a_proof_about_irrational_vertices_does_not_rest_on_floats() -> None:
    """A m - B with m near sqrt(2) is negative, but as floats it is 16."""
    a, b = 10**17, int(sympy.floor(10**17 * sqrt(2))) + 1
    assert float(a) * 2**0.5 - float(b) > 0
    outcome = decide(
        lambda z: a * z.mean(lambda x: sqrt(2) * (1 + x / sympy.Integer(10) ** 30)) - b, POSITIVE
    )
    assert isinstance(outcome, Fails), outcome


def test_a_jump_seen_through_irrational_aggregates() -> None:
    outcome = decide(
        lambda z: (
            2 * z.mean(lambda x: sqrt(2) * x) - Piecewise((R(1, 100), z[1] >= R(1, 2)), (0, True))
        ),
        UP,
        states=2,
    )
    assert isinstance(outcome, Fails), outcome


def test_a_deadline_that_has_passed_leaves_hard_questions_open() -> None:
    assert not Deadline().passed
    assert Deadline(0).passed
    assert not Deadline(1000).passed


def test_a_sign_that_cannot_be_told_at_a_vertex_proves_nothing() -> None:
    """At 0 the aggregate is log 2 + log 3 - log 6 = 0 in disguise, less 10^-700."""
    tiny = R(1, 10**700)
    hidden = sympy.log(2) + sympy.log(3)
    outcome = decide(
        lambda z: z.mean(lambda x: hidden + sqrt(2) * x) - sympy.log(6) - tiny, POSITIVE
    )
    assert not isinstance(outcome, Holds), outcome
