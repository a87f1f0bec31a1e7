"""Corollary 1 of Lee et al. 2021: the error recursion under Assumption 2, and k0.

With kappa = C4 + C5 D < 1 the recursion is e_(k+1) <= kappa e_k + (C5 + 1) eps3, e_0 = 0, and the
corollary's B is (C5 + 1)/(1 - kappa).

Shown: the recursion from its parts; its sum, for every k; that B exceeds it by exactly kappa^k B,
so that B is right and no smaller number does for all k; how many iterations T-BR needs, as a
contraction by kappa; and that kappa < 1 with the D that Assumption 2 prints does not give kappa < 1
with the D that is proved (lemma_4.py).

NOT shown: Lemma 4; that T-BR contracts by kappa (immediate from Assumption 2 and Lemma 4), and so
has one fixed point (Banach); that Assumption 2 holds in any game whose actions matter (it does not:
lemma_5.py has the reason).
"""

from __future__ import annotations

import sympy
from steps import equal, run
from sympy import Rational

KAPPA = sympy.Symbol("kappa", positive=True)
K = sympy.Symbol("k", positive=True, integer=True)


def total(k: sympy.Expr) -> sympy.Expr:
    """Return 1 + kappa + ... + kappa^(k-1)."""
    return (1 - KAPPA**k) / (1 - KAPPA)


def prove_recursion(parts: int = 1) -> None:
    """C4 e + C5 (D e + eps3) + eps3 = kappa e + (C5 + 1) eps3, kappa = C4 + C5 D."""
    c4, c5, d, e, eps3 = sympy.symbols("C4 C5 D e eps3")
    equal(c4 * e + c5 * (d * e + eps3) + eps3, (c4 + c5 * d) * e + (c5 + parts) * eps3)


def prove_sum(sign: int = 1) -> None:
    """e_(k+1) = kappa e_k + 1, e_0 = 0 has e_k = (1 - kappa^k)/(1 - kappa), for every k."""
    equal(total(sympy.Integer(0)), 0)
    equal(KAPPA * total(K) + sign, total(K + 1))


def prove_b(numerator: int = 1) -> None:
    """B is large enough for every k: it exceeds the sum by kappa^k/(1 - kappa) > 0, which -> 0.

    In units of C5 + 1; if kappa = 0 it is attained. So B is the least number that does for all k.
    """
    b = numerator / (1 - KAPPA)
    rest = KAPPA**K / (1 - KAPPA)
    equal(b - total(K), rest)
    # 0 < kappa < 1 is kappa = x/(1 + x) for an x > 0, and kappa = exp(-rate) for a rate > 0.
    x, rate = sympy.symbols("x rate", positive=True)
    assert sympy.factor(rest.subs(KAPPA, x / (1 + x))).is_positive
    assert sympy.limit(rest.subs(KAPPA, sympy.exp(-rate)), K, sympy.oo) == 0


def prove_steps(diameter: int = 2) -> None:
    """T-BR is within eps of the T-MFE from k0 = ln(2/eps)/ln(1/kappa) iterations on.

    It starts within 2, the largest distance in |.|_1 of two laws, and comes closer by kappa: 2
    kappa^k0 = eps, and 2 kappa^k falls with k.
    """
    eps, rate = sympy.symbols("eps rate", positive=True)
    k0 = sympy.log(2 / eps) / rate
    # kappa = exp(-rate), rate = ln(1/kappa) > 0.
    equal(diameter * sympy.exp(-rate * k0), eps)
    extra = sympy.Symbol("extra", positive=True)
    ratio = sympy.simplify(sympy.exp(-rate * (k0 + extra)) / sympy.exp(-rate * k0))
    equal(ratio, sympy.exp(-rate * extra))


def prove_printed_condition_is_weaker(c5: int = 1) -> None:
    """gamma = 3/4, C1 = 0, C2 = C4 = 1/10, C5 = 1: kappa is 2/5 with the printed D, 13/10 in truth.

    The proof of the corollary uses Lemma 4, so its kappa is the one with the D of the lemma.
    """
    gamma, c1, c2, c4 = Rational(3, 4), 0, Rational(1, 10), Rational(1, 10)
    printed = (c1 + gamma * c2) / (1 - gamma)
    proved = c1 / (1 - gamma) + gamma * c2 / (1 - gamma) ** 2
    assert c4 + c5 * printed == Rational(2, 5)
    assert c4 + c5 * proved == Rational(13, 10)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_recursion,
        prove_sum,
        prove_b,
        prove_steps,
        prove_printed_condition_is_weaker,
    )


if __name__ == "__main__":
    main()
