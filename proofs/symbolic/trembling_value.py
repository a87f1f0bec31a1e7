"""The value V = G(Q) in the proof of Proposition 2 of Lee et al. 2021.

The proof writes V = (1 - eps) max_a q_a + eps sum_a q_a. By the definition of the strategy it is

    V = (1 - eps n/(n - 1)) max_a q_a + eps/(n - 1) sum_a q_a,  n = |A|.

Shown: the formula, for every n; what the printed one is off by; that the printed one is no mean of
the q_a, and that the operator made with it need not contract; and that the weights in the formula
are non-negative if and only if eps <= (n - 1)/n, which is what the induction step needs.

NOT shown: that max_a keeps the properties in question (Lemma 2 of the paper: on paper).
"""

from __future__ import annotations

import sympy
from steps import equal, nonnegative, run
from sympy import Rational

EPS = sympy.Symbol("eps", nonnegative=True)
TOP, SUM = sympy.symbols("max sum")
MORE = sympy.Symbol("more", nonnegative=True)  # n = 2 + more, so that every n >= 2 is meant
N = 2 + MORE


def by_definition(top: sympy.Expr, total: sympy.Expr) -> sympy.Expr:
    """Return the mean of q under the strategy: 1 - eps on the best, eps/(n - 1) on the others."""
    return (1 - EPS) * top + EPS / (N - 1) * (total - top)


def printed(top: sympy.Expr, total: sympy.Expr) -> sympy.Expr:
    """Return what the paper's proof says."""
    return (1 - EPS) * top + EPS * total


def prove_formula(actions: sympy.Expr = N) -> None:
    """V = (1 - eps n/(n - 1)) max + eps/(n - 1) sum, for every n >= 2 and every eps."""
    equal(by_definition(TOP, SUM), (1 - EPS * actions / (N - 1)) * TOP + EPS / (N - 1) * SUM)


def prove_printed_fails(eps: sympy.Expr = Rational(3, 10)) -> None:
    """At q = (1, 1, 1), eps = 3/10, the printed formula has 8/5, and V = 1."""
    at = {MORE: 1, EPS: eps}
    assert printed(1, 3).subs(at) == Rational(8, 5)
    assert by_definition(1, 3).subs(at) == 1


def prove_excess(shift: int = 2) -> None:
    """The printed formula exceeds V by eps/(n - 1) ((n - 2) sum + max); for q > 0 it is too large.

    It is right for all q only if eps = 0.
    """
    excess = EPS / (N - 1) * ((N - shift) * SUM + TOP)
    equal(printed(TOP, SUM) - by_definition(TOP, SUM), excess)


def prove_printed_is_no_mean(gamma: sympy.Expr = Rational(3, 4)) -> None:
    """A constant k added to q adds (1 + (n - 1) eps) k in print: F made with it may expand.

    So it multiplies this distance by gamma (1 + (n - 1) eps): with the eps = 3/10, gamma = 3/4 and
    n = 5 of the paper's own experiment, by 33/20.
    """
    k = sympy.Symbol("k")
    equal(by_definition(TOP + k, SUM + N * k) - by_definition(TOP, SUM), k)
    added = printed(TOP + k, SUM + N * k) - printed(TOP, SUM)
    equal(added, (1 + (N - 1) * EPS) * k)
    factor = gamma * (1 + (N - 1) * EPS)
    assert factor.subs({MORE: 3, EPS: Rational(3, 10)}) == Rational(33, 20)


def prove_weights(step: int = 1) -> None:
    """Both weights are non-negative iff eps <= (n - 1)/n: then V inherits what max and sum have."""
    weight = 1 - EPS * N / (N - step)
    # eps = (n - 1)/n - slack: the first weight is slack times a positive number.
    slack = sympy.Symbol("slack")
    equal(weight.subs(EPS, (N - 1) / N - slack), slack * N / (N - 1))
    nonnegative(N)
    nonnegative(N - 1)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_formula,
        prove_printed_fails,
        prove_excess,
        prove_printed_is_no_mean,
        prove_weights,
    )


if __name__ == "__main__":
    main()
