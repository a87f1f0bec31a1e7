"""Lemma 6 of Lee et al. 2021: TQ-values of a sampled model, and the constants in its n.

With n samples of each pair, max |Qh* - Q*| <= e with probability 1 - delta, if n >= (2 V^4/e^2)
ln(2|S||A|/delta), V = 1/(1 - gamma).

Shown: the step from the proof's inequality to gamma y/(1 - gamma), and that it is attained; the
constants of Hoeffding's inequality for n samples in an interval of length w, from the second
derivative of a logarithm and the best choice of a parameter; that w = 2V gives the paper's
constant; the n that comes out, which is the paper's times gamma^2, and its union over pairs; what n
makes of the failure probability in Theorem 6, where half of the argument of the logarithm is lost.

NOT shown: that of all laws on an interval with a given mean the one on its ends has the largest
moment generating function (convexity), and Markov's inequality: both on paper, in Hoeffding (1963).
For Lemma 1, which gives |G| <= V, see lemma_1.py.

Sharper than the paper: the factor gamma^2; and (15) of the paper has <= for >=.
"""

from __future__ import annotations

import sympy
from steps import equal, run

GAMMA, Y, T, W, E, DELTA, PAIRS, N = sympy.symbols("gamma y t w e delta pairs n", positive=True)
V = 1 / (1 - GAMMA)


def prove_amplification(power: int = 1) -> None:
    """max |Qh* - Q*| <= gamma y/(1 - gamma), where y = max |(Ph - P) G(Q*)|.

    The proof has x <= gamma x + gamma y. The paper goes on with y/(1 - gamma), and loses a gamma.
    """
    x, slack = sympy.symbols("x slack", nonnegative=True)
    solved = sympy.solve(sympy.Eq(x + slack, GAMMA * x + GAMMA * Y), x)[0]
    equal(GAMMA * Y / (1 - GAMMA) ** power - solved, slack / (1 - GAMMA))


def prove_amplification_is_attained(power: int = 1) -> None:
    """It is attained if (Ph - P) G(Q*) = y for all pairs: then Qh* = Q* + gamma y/(1 - gamma).

    With this k, G(Q* + k) = G(Q*) + k, and r + gamma Ph G(Q* + k) = r + gamma (P G(Q*) + y + k).
    """
    r, mean = sympy.symbols("r mean")
    k = GAMMA * Y / (1 - GAMMA) ** power
    equal(r + GAMMA * (mean + Y + k), (r + GAMMA * mean) + k)


def prove_second_derivative(quarter: int = 4) -> None:
    """ln E exp(h X) has the second derivative u (1 - u) <= 1/4 for X in {0, 1}, P(X = 1) = p.

    u = p exp(h)/(1 - p + p exp(h)). Value and slope at h = 0 are 0 and p, so that by Taylor's
    formula E exp(h (X - p)) <= exp(h^2/8), and exp(h^2 w^2/8) on an interval of length w.
    """
    h, p, u = sympy.symbols("h p u")
    log = sympy.log(1 - p + p * sympy.exp(h))
    assert log.subs(h, 0).simplify() == 0
    equal(sympy.diff(log, h).subs(h, 0), p)
    share = p * sympy.exp(h) / (1 - p + p * sympy.exp(h))
    equal(sympy.diff(log, h, 2), share * (1 - share))
    equal(sympy.Rational(1, quarter) - u * (1 - u), (u - sympy.Rational(1, 2)) ** 2)


def prove_hoeffding(eighth: int = 8) -> None:
    """P(mean - its mean >= t) <= exp(-2 n t^2/w^2): min over h of n h^2 w^2/8 - n h t."""
    h = sympy.Symbol("h")
    exponent = N * h**2 * W**2 / eighth - N * h * T
    best = sympy.solve(sympy.diff(exponent, h), h)
    assert best == [4 * T / W**2]
    equal(exponent.subs(h, best[0]), -2 * N * T**2 / W**2)
    assert sympy.diff(exponent, h, 2).is_positive


def failure(n: sympy.Expr, t: sympy.Expr, width: sympy.Expr) -> sympy.Expr:
    """Return what Hoeffding's inequality leaves: two sides, a union over the pairs."""
    return PAIRS * 2 * sympy.exp(-2 * n * t**2 / width**2)


def prove_width(width: int = 2) -> None:
    """G(Q*) lies in [-V, V], of length 2V: the paper's exponent -n t^2/(2 V^2)."""
    equal(-2 * N * T**2 / (width * V) ** 2, -N * T**2 / (2 * V**2))


def prove_samples(constant: int = 2) -> None:
    """n = 2 gamma^2 V^4/e^2 ln(2|S||A|/delta) leaves exactly delta: gamma^2 times the paper's n.

    The deviation t = (1 - gamma) e/gamma is what makes gamma t/(1 - gamma) = e.
    """
    log = sympy.log(2 * PAIRS / DELTA)
    t = (1 - GAMMA) * E / GAMMA
    equal(GAMMA * t / (1 - GAMMA), E)
    n = constant * GAMMA**2 * V**4 / E**2 * log
    equal(failure(n, t, 2 * V), DELTA)
    # The paper takes t = e/V.
    paper = 2 * V**4 / E**2 * log
    equal(failure(paper, E / V, 2 * V), DELTA)
    equal(n / paper, GAMMA**2)


def prove_factor_two(halves: int = 2) -> None:
    """delta_4 = delta/(2 k0) makes ln(4|S||A| k0/delta); the printed ln(2 ...) leaves delta/k0.

    Over k0 iterations, and with as much for Lemma 7, that is 2 delta in place of delta.
    """
    k0 = sympy.Symbol("k0", positive=True)
    t = E / V

    def left(argument: sympy.Expr) -> sympy.Expr:
        return failure(2 * V**4 / E**2 * sympy.log(argument), t, 2 * V)

    equal(left(2 * halves * PAIRS * k0 / DELTA), DELTA / (2 * k0))
    equal(left(2 * PAIRS * k0 / DELTA), DELTA / k0)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_amplification,
        prove_amplification_is_attained,
        prove_second_derivative,
        prove_hoeffding,
        prove_width,
        prove_samples,
        prove_factor_two,
    )


if __name__ == "__main__":
    main()
