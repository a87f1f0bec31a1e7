"""Lemma 5 of Lee et al. 2021: how far one step of the mean field moves.

|Phi(z1, mu1) - Phi(z2, mu2)|_1 <= (1 + C2) |z1 - z2|_1 + C3 max |Q1 - Q2| under Assumption 1.

Shown: the split that the proof uses, for 2 and 3 states; that rows which sum to 1 do not lengthen a
vector, for 1 to 4 states, and that on vectors which sum to 0 they shorten it by Dobrushin's
coefficient tau, which may replace the leading 1; that 1 + C2 is attained, in a game with two
states; that C3 is not finite as soon as two actions differ and eps is not (n - 1)/n, with an
example in numbers.

NOT shown: the split for more than 3 states, Dobrushin's bound for more than 4, and the triangle
inequality, by which norms of the parts add up (arguments on paper).
"""

from __future__ import annotations

from itertools import product

import sympy
from steps import equal, nonnegative, run
from sympy import Rational

EPS = sympy.Symbol("eps")


def prove_split(which: int = 2) -> None:
    """z1 P1 - z2 P4 = (z1 - z2) P1 + z2 (P1 - P3) + z2 (P3 - P4), for 2 and 3 states.

    P1 = P_(z1, mu1), P3 = P_(z2, mu1), P4 = P_(z2, mu2): the second part is the step in z at the
    same strategy, C2 |z1 - z2|_1, and the third the step in mu at the same z, C3 max |Q1 - Q2|.
    """
    for size in (2, 3):
        z_1, z_2 = (sympy.Matrix([sympy.symbols(f"{name}:{size}")]) for name in ("y", "z"))
        p_1, p_3, p_4 = (
            sympy.Matrix(size, size, sympy.symbols(f"{name}:{size * size}"))
            for name in ("p", "q", "r")
        )
        parts = (z_1 - z_2) * p_1 + (z_1, z_2)[which - 1] * (p_1 - p_3) + z_2 * (p_3 - p_4)
        for left, right in zip(z_1 * p_1 - z_2 * p_4, parts, strict=True):
            equal(left, right)


def prove_rows_do_not_lengthen(power: int = 1) -> None:
    """|d P|_1 <= |d|_1 for rows that sum to 1, and |P_mu - P'_mu| <= max over a, for 1 to 4 states.

    |sum_s d_s P(s'|s)| <= sum_s |d_s| P(s'|s); the sum of the right sides over s' is |d|_1. In the
    same way averages with weights mu(s, a) and z(s), which sum to 1, are at most the largest.
    """
    for size in range(1, 5):
        sizes = sympy.symbols(f"d:{size}", nonnegative=True)  # |d_s|
        rows = sympy.Matrix(size, size, sympy.symbols(f"p:{size * size}", nonnegative=True))
        for s in range(size):
            rows[s, size - 1] = 1 - sum(rows[s, : size - 1])
        columns = [sum(sizes[s] ** power * rows[s, t] for s in range(size)) for t in range(size)]
        equal(sum(columns), sum(sizes))
        weights = sympy.symbols(f"w:{size}", nonnegative=True)
        largest = sympy.Symbol("largest", nonnegative=True)
        short = sympy.symbols(f"x:{size}", nonnegative=True)
        mean = sum(w * (largest - x) for w, x in zip(weights, short, strict=True))
        # The weights sum to 1: largest is largest times their sum.
        nonnegative(largest * sum(weights) - mean)


def prove_dobrushin(factor: int = 2) -> None:
    """|d P|_1 <= tau |d|_1 if d sums to 0, tau = max |P(.|s) - P(.|t)|_1 / 2, for 2 to 4 states.

    With d = d+ - d-, both of sum m: m d = sum over s, t of d+_s d-_t (e_s - e_t), a sum of moves of
    mass m^2 in all, each of which P brings to at most 2 tau. So |d P| <= 2 tau m = tau |d|_1. Then
    |Phi(z1, mu1) - Phi(z2, mu2)|_1 <= (tau + C2) |z1 - z2|_1 + C3 max |Q1 - Q2|.
    """
    tau = sympy.Symbol("tau", nonnegative=True)
    for size in range(2, 5):
        patterns = 0
        for signs in product((1, -1), repeat=size):
            plus = [s for s in range(size) if signs[s] == 1]
            minus = [s for s in range(size) if signs[s] == -1]
            if not plus or not minus:
                continue  # then d = 0
            patterns += 1
            x = sympy.symbols(f"x:{size}", nonnegative=True)  # |d_s|
            mass = sum(x[s] for s in plus)
            # What is asked of d: the negative parts have the same sum.
            same = {x[minus[-1]]: mass - sum(x[s] for s in minus[:-1])}
            moves = [sympy.Integer(0)] * size
            for s, t in product(plus, minus):
                moves[s] += x[s] * x[t]
                moves[t] -= x[s] * x[t]
            for s in range(size):
                equal((moves[s] - mass * signs[s] * x[s]).subs(same), 0)
            bound = sum(x[s] * x[t] * 2 * tau for s, t in product(plus, minus)) / mass
            equal((bound - tau * factor * mass).subs(same), 0)
            equal((2 * mass - sum(x)).subs(same), 0)  # |d|_1 = 2 m
        assert patterns == 2**size - 2


def prove_one_plus_c2_is_attained(sign: int = 1) -> None:
    """Two states, P(1|1) = 1, P(1|0) = c m at z = (1 - m, m): next to m = 0, Phi moves by 1 + c.

    Row 0 moves by 2 c |m - m'| = c |z - z'|_1, so C2 = c; no action matters, and C3 is not needed.
    """
    m, c = sympy.symbols("m c", nonnegative=True)
    after = m + sign * (1 - m) * c * m
    equal(sympy.diff(after, m).subs(m, 0), 1 + c)


def prove_c3_is_infinite(swap: int = 1) -> None:
    """Q1 = h e_a, Q2 = h e_b have distance h; the laws of actions differ by a multiple free of h.

    mu1 - mu2 = (1 - eps - eps/(n - 1)) (e_a - e_b), whatever n and h > 0. So the rows differ by |1
    - eps - c| |P(.|s, a) - P(.|s, b)|_1, and C3 is at least this over h, for every h.
    """
    others = sympy.Symbol("others", positive=True)  # n - 1
    c = EPS / others
    mu_1 = {"a": 1 - EPS, "b": c, "rest": c}
    mu_2 = {"a": c, "b": 1 - EPS, "rest": c}
    gap = swap * (1 - EPS - c)
    equal(mu_1["a"] - mu_2["a"], gap)
    equal(mu_1["b"] - mu_2["b"], -gap)
    equal(mu_1["rest"] - mu_2["rest"], 0)
    # The factor is 0 at eps = (n - 1)/n alone.
    equal(gap.subs(EPS, others / (others + 1)), 0)
    assert sympy.solve(gap, EPS) == [others / (others + 1)]


def prove_c3_example(eps: sympy.Expr = Rational(3, 10)) -> None:
    """P(.|a) = (3/4, 1/4), P(.|b) = (1/4, 3/4), eps = 3/10, n = 2: C3 >= 2/(5h) for every h > 0."""
    a, b = sympy.Matrix([[3, 1]]) / 4, sympy.Matrix([[1, 3]]) / 4
    row_1 = (1 - eps) * a + eps * b
    row_2 = eps * a + (1 - eps) * b
    assert sum(abs(x) for x in row_1 - row_2) == Rational(2, 5)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_split,
        prove_rows_do_not_lengthen,
        prove_dobrushin,
        prove_one_plus_c2_is_attained,
        prove_c3_is_infinite,
        prove_c3_example,
    )


if __name__ == "__main__":
    main()
