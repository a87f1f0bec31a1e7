"""The error recursion in the proofs of Theorems 4 and 6 of Lee et al. 2021, and its B.

The proofs arrive at e_(k+1) <= rho e_k + (C3 + 1) eps3 with rho = 1 + C2 + C3 D >= 1 and e_0 = 0,
and conclude e_k <= B eps3 with B = rho^(k+1) (C3 + 1). In units of (C3 + 1) eps3 the recursion adds
up to S_k = 1 + rho + ... + rho^(k-1), and B is rho^(k+1).

Shown: the recursion from its parts; its sum, for every k, also at rho = 1; that S_k <= rho^(k+1)
for all k if rho is at least the golden ratio, and fails from a first k on, which is given, if it is
less; the threshold rho_k for each k (1 for k = 1, the plastic number for k = 2), that it is the
only one and that rho_k rises to the golden ratio; the same for the statement of Theorem 6, whose B
has lost the factor C3 + 1; and a game in which errors of size eps3 do add up to more than B eps3.

NOT shown: Lemmas 4 and 5, from which the recursion comes (lemma_4.py, lemma_5.py), and Descartes'
rule of signs, which says that a polynomial whose coefficients change sign once has one positive
root.
"""

from __future__ import annotations

import sympy
from steps import equal, run
from sympy import Rational

RHO, MORE = sympy.symbols("rho more", positive=True)
K = sympy.Symbol("k", positive=True, integer=True)
GOLDEN = (1 + sympy.sqrt(5)) / 2


def prove_recursion(parts: int = 1) -> None:
    """(1 + C2) e + C3 (D e + eps3) + eps3 = rho e + (C3 + 1) eps3, rho = 1 + C2 + C3 D.

    From left to right: Lemma 5, Lemma 4 and the error of Q, the error of the sampled mean field.
    """
    c2, c3, d, e, eps3 = sympy.symbols("C2 C3 D e eps3")
    left = (1 + c2) * e + c3 * (d * e + eps3) + eps3
    equal(left, (1 + c2 + c3 * d) * e + (c3 + parts) * eps3)


def geometric(k: sympy.Expr) -> sympy.Expr:
    """Return S_k = (rho^k - 1)/(rho - 1)."""
    return (RHO**k - 1) / (RHO - 1)


def prove_sum(start: int = 0) -> None:
    """e_(k+1) = rho e_k + 1, e_0 = 0 has e_k = (rho^k - 1)/(rho - 1), and k at rho = 1, every k.

    A sequence with <= in the recursion stays below, as rho >= 0.
    """
    equal(geometric(sympy.Integer(start)), 0)
    equal(RHO * geometric(K) + 1, geometric(K + 1))
    equal(sympy.limit(geometric(K), RHO, 1), K)


def prove_difference(power: int = 1) -> None:
    """(rho - 1) (rho^(k+1) - S_k) = rho^k (rho^2 - rho - 1) + 1, for every k."""
    left = (RHO - 1) * (RHO ** (K + power) - geometric(K))
    equal(left, RHO**K * (RHO**2 - RHO - 1) + 1)


def prove_golden_ratio(constant: int = 1) -> None:
    """S_k <= rho^(k+1) for all k >= 1 if and only if rho >= (1 + sqrt 5)/2.

    At rho = golden + more, rho^2 - rho - 1 = more^2 + sqrt 5 more >= 0, so the difference is
    positive. Below, 1 + rho - rho^2 > 0, and the difference is negative as soon as rho^k exceeds 1
    over it: from k = floor(log(1/(1 + rho - rho^2))/log rho) + 1 on.
    """
    gap = RHO**2 - RHO - constant
    assert sympy.solve(gap, RHO) == [GOLDEN]
    above = MORE**2 + sympy.sqrt(5) * MORE
    equal(gap.subs(RHO, GOLDEN + MORE), above)
    assert above.is_positive
    # rho between 1 and golden: 1 + rho - rho^2 = (golden - rho)(rho - golden') is positive.
    equal(-gap, (GOLDEN - RHO) * (RHO - (1 - GOLDEN)))
    # At rho = 1 the claim is k <= 1.
    equal(sympy.limit(geometric(K) - RHO ** (K + 1), RHO, 1), K - 1)


def difference(k: int) -> sympy.Poly:
    """Return rho^(k+1) - S_k as a polynomial in rho."""
    return sympy.Poly(RHO ** (k + 1) - sum(RHO**j for j in range(k)), RHO)


def prove_thresholds(subtract: int = 1) -> None:
    """For each k there is one threshold rho_k; it is 1, the plastic number, ..., and rises.

    f_k = rho^(k+1) - S_k has coefficients 1, 0, -1, ..., -1: one change of sign, so one positive
    root, below which it is negative. f_(k+1) = rho f_k - 1 is -1 at rho_k, so rho_(k+1) > rho_k;
    and f_k = 1/(golden - 1) > 0 at the golden ratio. By `prove_golden_ratio` no smaller number
    bounds all rho_k.
    """
    for k in range(1, 30):
        numbers = difference(k).all_coeffs()
        assert numbers == [1, 0, *[-1] * k]
    # For every k, from S_(k+1) = rho S_k + 1:
    f_now = RHO ** (K + 1) - geometric(K)
    f_next = RHO ** (K + 2) - geometric(K + 1)
    equal(f_next, RHO * f_now - subtract)
    assert difference(1).as_expr() == RHO**2 - 1  # k = 1: the claim holds for every rho >= 1
    assert difference(2).as_expr() == RHO**3 - RHO - 1  # k = 2: the plastic number
    plastic = [root for root in sympy.real_roots(difference(2)) if root > 0]
    assert len(plastic) == 1
    assert Rational(13247, 10000) < plastic[0] < Rational(13248, 10000)


def prove_first_failures(shift: int = 1) -> None:
    """rho = 1.1, 4/3, 3/2, 8/5, 1.617: B is too small first at k = 2, 3, 4, 7, 13; at 13/8 never.

    By `prove_difference` that is the first k with rho^k (1 + rho - rho^2) > 1.
    """
    first = {
        Rational(11, 10): 2,
        Rational(4, 3): 3,
        Rational(3, 2): 4,
        Rational(8, 5): 7,
        Rational(1617, 1000): 13,
    }
    for rho, k in first.items():
        fails = [sum(rho**j for j in range(i)) > rho ** (i + shift) for i in range(1, k + 1)]
        assert fails == [False] * (k - 1) + [True]
        assert [rho**i * (1 + rho - rho**2) > 1 for i in range(1, k + 1)] == fails
    assert Rational(13, 8) > GOLDEN


def prove_theorem_6(lost: int = 1) -> None:
    """The B of Theorem 6's statement, rho^(k+1), is large enough for all k iff rho(rho-1) >= C3+1.

    (rho - 1)(rho^(k+1) - (C3 + 1) S_k) = rho^k (rho (rho - 1) - (C3 + 1)) + C3 + 1,
    which falls without bound in k if the bracket is negative. At rho = 1 the claim is k (C3 + 1) <=
    1, and the bracket is negative too.
    """
    c3 = sympy.Symbol("C3", nonnegative=True)
    left = (RHO - 1) * (RHO ** (K + 1) - (c3 + lost) * geometric(K))
    equal(left, RHO**K * (RHO * (RHO - 1) - (c3 + 1)) + c3 + 1)


def prove_errors_add_up(error: sympy.Expr = Rational(1, 100)) -> None:
    """P(1|1) = 1, P(1|0) = 1/10, errors 1/100, k = 30: off by more than 9 errors, while B -> 1.

    P and r are free of z and of actions, so every positive C1, C2, C3 satisfies Assumption 1, and B
    is as close to 1 as one likes, with C3 + 1 in it. Each step errs by eps3 in |.|_1, that is by
    eps3/2 in the mass of state 1, always downward; the start is (1/2, 1/2).
    """
    exact = learned = Rational(1, 2)
    for _ in range(30):
        exact = exact + (1 - exact) / 10
        learned = learned + (1 - learned) / 10 - error / 2
        assert 0 <= learned <= 1
    off = 2 * (exact - learned)
    assert off == error * 10 * (1 - Rational(9, 10) ** 30)
    assert 9 * Rational(1, 100) < off < 10 * Rational(1, 100)
    # B for C2 = C3 = D = 10^-4: below 2.
    small = Rational(1, 10**4)
    assert (1 + small + small**2) ** 31 * (1 + small) < 2


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_recursion,
        prove_sum,
        prove_difference,
        prove_golden_ratio,
        prove_thresholds,
        prove_first_failures,
        prove_theorem_6,
        prove_errors_add_up,
    )


if __name__ == "__main__":
    main()
