"""Lemma 1 of Lee et al. 2021: |G(Q1)(s) - G(Q2)(s)| <= max_a |Q1(s, a) - Q2(s, a)|.

At one state, with q_a = Q(s, a), n = |A| actions and order statistics q_(1) >= ... >= q_(n),

    G(q) = (1 - eps) q_(1) + eps/(n - 1) (q_(2) + ... + q_(n)).

The weights are non-negative and sum to 1, and each order statistic moves by at most max_a |q_a -
q'_a|; so does G. This needs no condition on eps beyond 0 <= eps <= 1.

Shown: the formula for G from the paper's definition, for n = 2..6, whatever the order and however
ties are broken; sign and sum of the weights for every n; Abel's summation for every n, which gives
G = (1 - eps n/(n - 1)) max + eps/(n - 1) sum; that order statistics are 1-Lipschitz, for n = 1..6
and every pair of orders; and the lemma from these.

NOT shown: that order statistics are 1-Lipschitz for n > 6. That is an argument on paper, the same
one: of k actions, one is not among any given k - 1.
"""

from __future__ import annotations

from itertools import permutations

import sympy
from steps import equal, nonnegative, run

# eps and 1 - eps are two non-negative numbers whose sum is 1: this is how 0 <= eps <= 1 is said.
EPS, KEPT = sympy.symbols("eps kept", nonnegative=True)
OTHERS = sympy.Symbol("others", positive=True)  # n - 1


def strategy(count: int, best: int, eps: sympy.Expr, others: int) -> list[sympy.Expr]:
    """Return pi of the paper: 1 - eps for one action, eps/(n - 1) for each of the others."""
    return [1 - eps if a == best else eps / others for a in range(count)]


def prove_order_statistics(off: int = 1) -> None:
    """G is (1 - eps) q_(1) + eps/(n - 1) (q_(2) + ... + q_(n)), for n = 2..6 and every order."""
    for n in range(2, 7):
        q = sympy.symbols(f"q:{n}")
        for order in permutations(range(n)):  # q[order[0]] >= q[order[1]] >= ...
            pi = strategy(n, order[0], EPS, n - off)
            # Coefficients of a linear form: that of q_(i) stands at action order[i - 1].
            assert pi[order[0]] == 1 - EPS
            assert all(pi[a] == EPS / (n - 1) for a in order[1:])
        # Ties: to choose b in place of a changes G by a multiple of q_a - q_b, which is then 0.
        for a, b in permutations(range(n), 2):
            first = sum(p * x for p, x in zip(strategy(n, a, EPS, n - off), q, strict=True))
            second = sum(p * x for p, x in zip(strategy(n, b, EPS, n - off), q, strict=True))
            equal(first - second, (1 - EPS - EPS / (n - 1)) * (q[a] - q[b]))


def prove_weights(share: int = 1) -> None:
    """The weights 1 - eps and eps/(n - 1) are non-negative and sum to 1, for every n >= 2."""
    most, each = KEPT, share * EPS / OTHERS
    assert most.is_nonnegative
    assert each.is_nonnegative
    equal((most + OTHERS * each).subs(KEPT, 1 - EPS), 1)


def prove_abel_summation(sign: int = 1) -> None:
    """Abel: sum of w_i q_(i) = w_n T_n + sum over k < n of (w_k - w_(k+1)) T_k, for every n.

    T_k = q_(1) + ... + q_(k). By induction on n, the right side being A_n.
    """
    w_n, w_next, q_next, total, before = sympy.symbols("w_n w_next q_next T_n rest")
    # n = 1: there is no sum, and T_1 = q_(1).
    # n -> n + 1: a term (w_n - w_(n+1)) T_n is added, and w_n T_n becomes w_(n+1) T_(n+1).
    a_n = before + w_n * total
    a_next = before + (w_n - sign * w_next) * total + w_next * (total + q_next)
    equal(a_next - a_n, w_next * q_next)
    # For G all weights but the first are the same, so that only T_1 = max and T_n = sum are left:
    top, total = sympy.symbols("max sum")
    first, other = 1 - EPS, EPS / OTHERS
    g = first * top + other * (total - top)
    equal(g, (first - other) * top + other * total)
    equal(first - other, 1 - EPS * (OTHERS + 1) / OTHERS)


def prove_order_statistics_are_lipschitz(top: int = 0) -> None:
    """|q_(k) - q'_(k)| <= max_a |q_a - q'_a|, for n = 1..6, every k and every pair of orders.

    Some action a is among the first k for q and not among the first k - 1 for q'. There q_a >=
    q_(k) and q'_a <= q'_(k), so q_(k) - q'_(k) <= q_a - q'_a. Exchange q and q' for the other sign.
    """
    for n in range(1, 7):
        # Without loss of generality actions are numbered as q falls: only the order of q' varies.
        for order in permutations(range(n)):
            place = {action: i for i, action in enumerate(order)}
            for k in range(n):  # k + 1 in the text
                assert any(place[a] >= k for a in range(k + 1 - top))
        # q and q' at the places i <= k <= j of falling orders, by their non-negative gaps:
        low, low_other = sympy.symbols("low low_other", nonnegative=True)
        gap = sympy.symbols(f"d:{n}", nonnegative=True)
        gap_other = sympy.symbols(f"e:{n}", nonnegative=True)
        q = [low + sum(gap[i:]) for i in range(n)]
        other = [low_other + sum(gap_other[i:]) for i in range(n)]
        for k in range(n):
            for i in range(k + 1):
                for j in range(k, n):
                    nonnegative((q[i] - other[j]) - (q[k] - other[k]))


def prove_lemma(factor: int = 1) -> None:
    """|G(Q1) - G(Q2)| <= max_a |Q1 - Q2|, for every eps in [0, 1] and n >= 2.

    With d = max_a |q_a - q'_a|, each order statistic moves by d - x_i for an x_i between 0 and 2d.
    The n - 1 lower ones have the same weight, so only the mean x of their x_i matters.
    """
    d, x_1, x = sympy.symbols("d x_1 x", nonnegative=True)
    each = factor * EPS / OTHERS
    moved = KEPT * (d - x_1) + OTHERS * each * (d - x)
    slack = (d - moved).subs(KEPT, 1 - EPS)
    # d (1 - sum of weights) = 0 is left out of KEPT x_1 + EPS x, and both are non-negative.
    equal(slack, (KEPT * x_1 + EPS * x).subs(KEPT, 1 - EPS))
    nonnegative(KEPT * x_1 + EPS * x)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_order_statistics,
        prove_weights,
        prove_abel_summation,
        prove_order_statistics_are_lipschitz,
        prove_lemma,
    )


if __name__ == "__main__":
    main()
