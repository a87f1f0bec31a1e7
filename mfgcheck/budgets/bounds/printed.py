"""The paper's sample bounds exactly as printed, with what they assume and whether it holds.

Nothing here is corrected; `corrected` beside this has what can be proved instead, and `flaws` what
is wrong. The constant that O(.) hides stays a symbol, c_T4, c_T5 or c_T6, unless the caller sets
it: the paper does not say what it is.

A bound is evaluated with the C3 that is given. If none is finite, which is the rule for games with
actions that matter, the theorem does not apply, and says nothing. What its formula would say can be
asked for with an assumed C3. Without one, the formula is taken to the limit C3 -> 0:

*Theorems 4 and 6.* B grows with C3, being a product of powers of 1 + C2 + C3 D and of 1 + C3. It is
at least 1, and accuracy and failure probability are below 1, so that all logarithms are positive;
T0 and n0 grow with B. So the limit is the infimum: whatever C3, the formula gives no less.

*Corollary 1.* The same with C5: B = (C5 + 1)/(1 - C4 - C5 D) grows with C5.

*Theorem 5.* B is (2(1-zeta)(1+C2))^k0 epsilon C3 / ((1-zeta) C2) for C3 D <= 1 + C2: it tends to 0
with C3. (Nor is it monotone: for x = C3 D > 1 + C2 it is a multiple of x^(k0+1)/(x-1), which falls
until x = 1 + 1/k0.) There is no least number of agents: with B small enough the logarithms turn
negative, and the formula loses its meaning.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.budgets.bounds.even_dar import q_learning_steps
from mfgcheck.budgets.bounds.hypotheses import (
    Hypothesis,
    asked,
    contraction,
    covering,
    hypothesis,
    lipschitz,
    rate,
)
from mfgcheck.budgets.bounds.request import Facts, Request, number, optional, positive
from mfgcheck.budgets.bounds.statement import Printed, Reading
from mfgcheck.rigor.tape import precision

__all__ = ["Printed", "Reading", "corollary_1", "theorem_4", "theorem_5", "theorem_6"]

_STEPS = "Steps of TQ-learning for each mean field"
_AGENTS = "Agents"
_SAMPLES = "Samples of the next state for each mean field, state and action"


def theorem_4(
    request: Request,
    facts: Facts,
    *,
    covering_time: Fraction | int | None,
    w: Fraction,
    assumed_c3: Fraction | None = None,
    constant: Fraction | None = None,
) -> Printed:
    """Return T0 of (7): steps of TQ-learning for each mean field, up to the constant c_T4.

    Args:
        request: sizes, discount, k0, accuracy and failure probability.
        facts: the constants of Assumption 1 and the largest reward.
        covering_time: L, in steps, at least 1; None if infinite.
        w: the exponent of the learning rates.
        assumed_c3: a value to take for C3, whether or not it is one; above 0.
        constant: a value for c_T4; above 0.

    Raises:
        BadInput: a number cannot be what it is to be.

    Source: Theorem 4 of Lee et al. 2021.

    >>> asked = Request(2, 2, "1/2", 8, "1/10", "1/20")
    >>> bound = theorem_4(asked, Facts(1, 1, None), covering_time=20, w=Fraction(3, 4))
    >>> bound.applies, bound.amount.text
    (False, '4.017e19')
    """
    cover, w = optional(covering_time, "covering_time", 1), number(w, "w")
    used, reading = _reading(facts.c3, assumed_c3, "C3")
    growth, d = None, facts.printed_d(request.discount)
    if d is not None and facts.c2 is not None:
        with precision(BITS):
            rho = real(1 + facts.c2 + used * d)
            growth = rho ** (request.iterations + 1) * real(used + 1)
    gap = "C1 or C2 is not finite" if growth is None else _zeros(request)
    amount, gap = _q_learning(request, growth, cover, w, gap)
    hypotheses = (*_assumption_1(request, facts), rate(w), covering(cover))
    return Printed(
        "Theorem 4", _STEPS, "c_T4", _constant(constant), _amount(growth), amount, reading,
        hypotheses, gap,
    )  # fmt: skip


def corollary_1(
    request: Request,
    facts: Facts,
    *,
    covering_time: Fraction | int | None,
    w: Fraction,
    assumed_c5: Fraction | None = None,
    constant: Fraction | None = None,
) -> Printed:
    """Return T0 of (7) with the B of Corollary 1, up to the constant c_T4.

    Args are those of `theorem_4`, with Assumption 2 in `facts`, and
        assumed_c5: a value to take for C5, whether or not it is one; above 0.

    Raises:
        BadInput: a number cannot be what it is to be.

    Source: Corollary 1 of Lee et al. 2021.

    >>> asked, half = Request(2, 2, "1/2", 8, "1/10", "1/20"), Fraction(1, 2)
    >>> facts = Facts(half, half, half, c4=half, c5=half)
    >>> bound = corollary_1(asked, facts, covering_time=20, w=Fraction(3, 4))
    >>> bound.why_not, bound.gap
    (('Assumption 2: C4 + C5 D < 1: C4 + C5 D is 5/4',), 'C4 + C5 D is not below 1')
    """
    cover, w = optional(covering_time, "covering_time", 1), number(w, "w")
    used, reading = _reading(facts.c5, assumed_c5, "C5")
    growth, gap, d = None, "", facts.printed_d(request.discount)
    if d is None or facts.c4 is None:
        gap = "C1, C2 or C4 is not finite"
    elif facts.c4 + used * d >= 1:
        gap = "C4 + C5 D is not below 1"
    else:
        growth, gap = real((used + 1) / (1 - (facts.c4 + used * d))), _zeros(request)
    amount, gap = _q_learning(request, growth, cover, w, gap)
    hypotheses = (
        *_assumption_1(request, facts),
        *contraction(facts.c4, facts.c5, d),
        rate(w),
        covering(cover),
    )
    return Printed(
        "Corollary 1", _STEPS, "c_T4", _constant(constant), _amount(growth), amount, reading,
        hypotheses, gap,
    )  # fmt: skip


def theorem_5(
    request: Request,
    facts: Facts,
    *,
    regeneration: Fraction,
    tremble: Fraction,
    w: Fraction,
    assumed_c3: Fraction | None = None,
    constant: Fraction | None = None,
) -> Printed:
    """Return I0 of Theorem 5: agents of the online scheme, up to the constant c_T5.

    Args are those of `theorem_4`, and
        regeneration: zeta, the chance with which an agent is replaced in a step; in [0, 1].
        tremble: epsilon of the trembling hand; in [0, 1].

    Raises:
        BadInput: a number cannot be what it is to be.

    Source: Theorem 5 of Lee et al. 2021; B with the "(C3 epsilon)" that is printed.

    >>> asked, third = Request(2, 2, "1/2", 8, "1/10", "1/20"), Fraction(1, 3)
    >>> theorem_5(asked, Facts(1, 0, third), regeneration=third, tremble=third, w=2 * third).gap
    'A = 1, and B divides by A - 1'
    """
    zeta = number(regeneration, "regeneration (zeta)", 0, 1)
    tremble, w = number(tremble, "tremble", 0, 1), number(w, "w")
    used, reading = _reading(facts.c3, assumed_c3, "C3")
    d, growth, a = facts.printed_d(request.discount), None, None
    if d is not None and facts.c2 is not None:
        a = max(1 + facts.c2, used * d)
    if a is None:
        gap = "C1 or C2 is not finite"
    elif reading is Reading.LIMIT:
        gap = "B tends to 0 with C3, so that no number of agents is the least"
    elif a == 1:
        gap = "A = 1, and B divides by A - 1"
    elif not 0 < zeta < 1:
        gap = f"zeta is {zeta}, and B or I0 divides by zeta or by 1 - zeta"
    elif tremble == 0 or used == 0:
        gap = "B is 0, and I0 takes its logarithm"
    else:
        with precision(BITS):
            power = real((1 - zeta) * 2 * a) ** request.iterations
            growth = power * real(used * tremble / ((1 - zeta) * (a - 1)))
        gap = _zeros(request)
    factor = Fraction(request.pairs) / (tremble * zeta) if growth is not None else Fraction(1)
    amount, gap = _q_learning(request, growth, Fraction(1), w, gap, factor)
    hypotheses = (
        *_assumption_1(request, facts),
        rate(w),
        hypothesis("0 < zeta < 1", holds=0 < zeta < 1, reason=f"zeta is {zeta}"),
        hypothesis("epsilon > 0", holds=tremble > 0, reason="the hand does not tremble"),
        hypothesis(
            "A = max(1 + C2, C3 D) > 1",
            holds=a is not None and a > 1,
            reason="A is not known" if a is None or facts.c3 is None else "A is 1",
        ),
    )
    return Printed(
        "Theorem 5", _AGENTS, "c_T5", _constant(constant), _amount(growth), amount, reading,
        hypotheses, gap,
    )  # fmt: skip


def theorem_6(
    request: Request,
    facts: Facts,
    *,
    assumed_c3: Fraction | None = None,
    constant: Fraction | None = None,
) -> Printed:
    """Return n0 of Theorem 6: samples for each mean field, state and action, up to c_T6.

    Args are those of `theorem_4`.

    Raises:
        BadInput: a number cannot be what it is to be.

    Source: Theorem 6 of Lee et al. 2021; B as in its statement, without the factor C3 + 1.

    >>> asked = Request(25, 5, "3/4", 40, "1/10", "1/20")
    >>> theorem_6(asked, Facts(1, 1, 10**4)).amount.text
    '1.245e403'
    """
    used, reading = _reading(facts.c3, assumed_c3, "C3")
    growth, amount, gap = None, None, "C1 or C2 is not finite"
    d = facts.printed_d(request.discount)
    if d is not None and facts.c2 is not None:
        with precision(BITS):
            growth = real(1 + facts.c2 + used * d) ** (request.iterations + 1)
        gap = _zeros(request)
        if not gap:
            amount = _model_samples(request, growth)
    return Printed(
        "Theorem 6", _SAMPLES, "c_T6", _constant(constant), _amount(growth), amount, reading,
        _assumption_1(request, facts), gap,
    )  # fmt: skip


def _model_samples(request: Request, growth: Any) -> Amount:
    """The larger of the two terms of n0."""
    with precision(BITS):
        scale = 2 * (growth / real(request.accuracy)) ** 2
        pairs = real(Fraction(request.pairs * request.iterations) / request.failure)
        values = scale * real(request.horizon) ** 4 * (2 * pairs).log()
        laws = scale * (pairs.log() + request.states * real(2).log())
        return Amount(values.max(laws))


def _q_learning(
    request: Request,
    growth: Any | None,
    cover: Fraction | None,
    w: Fraction,
    gap: str,
    factor: Fraction = Fraction(1),
) -> tuple[Amount | None, str]:
    """Even-Dar and Mansour's steps for the error accuracy/B and the failure delta/(2 k0)."""
    if cover is None:
        gap = gap or "the covering time is infinite"
    if gap or growth is None or cover is None:
        return None, gap
    with precision(BITS):
        error = real(request.accuracy) / growth
        failure = real(request.failure / (2 * request.iterations))
        steps = q_learning_steps(
            request.pairs, request.discount, real(request.horizon), error, failure, w, real(cover)
        )
        if steps.sampling is None or steps.mixing is None:
            if not 0 < w < 1:
                return None, "an exponent, 1/w or 1/(1 - w), is not positive"
            return None, "B is so small that a logarithm is not positive"
        return Amount(real(factor) * steps.sampling + steps.mixing), ""


def _assumption_1(request: Request, facts: Facts) -> tuple[Hypothesis, ...]:
    return (
        *lipschitz(facts.c1, facts.c2, facts.c3),
        *asked(request, facts.reward_bound),
    )


def _reading(
    given: Fraction | None, assumed: Fraction | None, name: str
) -> tuple[Fraction, Reading]:
    """Which value to take: the assumed one, that of the game, or the limit 0."""
    if assumed is not None:
        return positive(assumed, f"assumed {name}"), Reading.ASSUMED
    return (Fraction(0), Reading.LIMIT) if given is None else (given, Reading.GIVEN)


def _zeros(request: Request) -> str:
    """Which numbers that the formulas divide by, or take the logarithm of, are 0."""
    names = {
        "the accuracy": request.accuracy,
        "the failure probability": request.failure,
        "k0": request.iterations,
    }
    return " and ".join(f"{name} is 0" for name, value in names.items() if value == 0)


def _constant(value: Fraction | None) -> Fraction | None:
    return None if value is None else positive(value, "constant")


def _amount(ball: Any | None) -> Amount | None:
    return None if ball is None else Amount(ball)
