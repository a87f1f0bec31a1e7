"""Lemma 4 of Lee et al. 2021: how far Q* moves with the mean field, and the constant D.

The paper has three constants. Its proof leads to D = C1/(1 - gamma) + gamma C2/(1 - gamma)^2. The
statement has (C1 + gamma C2)/(1 - gamma)^2, which is larger. Theorems 4, 5, 6 and Assumption 2 have
(C1 + gamma C2)/(1 - gamma), which is smaller, and false.

Shown: the split into three terms that the proof uses, for 2 and 3 states; the step to D, and how
the three constants compare, in general; D with the span of the values in place of their bound; a
game with two states, for every gamma and eta in (0, 1), in which the slope of Q* at a corner is
exactly the D of the proof, and in which Q* moves by 1/(1 - gamma + gamma eta) times what the
theorems allow; that this is more than any given number of actions, so that to read Assumption 1
with norms summed over actions does not save them.

NOT shown: the split for more than 3 states, and what the norms do term by term (arguments on
paper); Lemma 1, for which see lemma_1.py; that the game has strategic complementarities (audit-g in
the gallery, decided by `mfgcheck check`).
"""

from __future__ import annotations

import sympy
from steps import equal, run

C1, C2, DIST, GAMMA, KEPT = sympy.symbols("C1 C2 dist gamma kept", nonnegative=True)
# KEPT is 1 - gamma; 0 <= gamma < 1.
BOUND = 1 / (1 - GAMMA)  # of |G(Q*)| with |r| <= 1: see prove_value_bound

D_PROOF = C1 / (1 - GAMMA) + GAMMA * C2 / (1 - GAMMA) ** 2
D_STATEMENT = (C1 + GAMMA * C2) / (1 - GAMMA) ** 2
D_THEOREMS = (C1 + GAMMA * C2) / (1 - GAMMA)


def prove_split(which: int = 2) -> None:
    """Q*_1 - Q*_2 = r_1 - r_2 + gamma P_1 (G_1 - G_2) + gamma (P_1 - P_2) G_2 (2 and 3 states)."""
    r_1, r_2 = sympy.symbols("r_1 r_2")
    for size in (2, 3):
        p_1, p_2, g_1, g_2 = (
            sympy.Matrix(sympy.symbols(f"{name}:{size}")) for name in ("p", "q", "g", "h")
        )
        change = (r_1 + GAMMA * p_1.dot(g_1)) - (r_2 + GAMMA * p_2.dot(g_2))
        last = g_2 if which == 2 else g_1
        equal(change, r_1 - r_2 + GAMMA * p_1.dot(g_1 - g_2) + GAMMA * (p_1 - p_2).dot(last))


def prove_value_bound(reward: int = 1) -> None:
    """|G(Q*)| <= 1/(1 - gamma) if |r| <= 1, since |G(Q)| <= max |Q| (Lemma 1 with Q2 = 0).

    x = max |Q*| satisfies x <= 1 + gamma x; so 1/(1 - gamma) - x is a slack over 1 - gamma.
    """
    x, slack = sympy.symbols("x slack", nonnegative=True)
    solved = sympy.solve(sympy.Eq(x + slack, reward + GAMMA * x), x)[0]
    equal(BOUND - solved, slack / (1 - GAMMA))


def prove_d(power: int = 2) -> None:
    """max |Q*_1 - Q*_2| <= D dist with D = C1/(1 - gamma) + gamma C2/(1 - gamma)^2.

    The three terms are at most C1 dist, gamma x and gamma (C2 dist) V for x = max |Q*_1 - Q*_2|.
    """
    x, slack = sympy.symbols("x slack", nonnegative=True)
    recursion = C1 * DIST + GAMMA * x + GAMMA * C2 * DIST * BOUND
    solved = sympy.solve(sympy.Eq(x + slack, recursion), x)[0]
    d = C1 / (1 - GAMMA) + GAMMA * C2 / (1 - GAMMA) ** power
    equal(d * DIST - solved, slack / (1 - GAMMA))
    equal(d, D_PROOF)


def prove_order_of_constants(sign: int = 1) -> None:
    """The theorems' constant <= that of the proof <= that of the statement, with what is between.

    They differ by gamma^2 C2/(1 - gamma)^2 and by gamma C1/(1 - gamma)^2.
    """
    equal(D_PROOF - D_THEOREMS, sign * GAMMA**2 * C2 / (1 - GAMMA) ** 2)
    equal(D_STATEMENT - D_PROOF, sign * GAMMA * C1 / (1 - GAMMA) ** 2)


def prove_span_version(half: int = 2) -> None:
    """D = C1/(1-gamma) + gamma C2 sp/(2(1-gamma)) does too, sp = max V - min V <= sp(r)/(1-gamma).

    P_1 - P_2 sums to 0, so a constant may be taken from V: its middle, and sp/2 is left. With sp(r)
    <= 2 this is at most the D of the proof.
    """
    v = sympy.symbols("v:3")
    move = sympy.symbols("d:2")
    d = [*move, -sum(move)]  # a row of P_1 - P_2
    middle = sympy.Symbol("middle")
    equal(
        sum(x * y for x, y in zip(d, v, strict=True)),
        sum(x * (y - middle) for x, y in zip(d, v, strict=True)),
    )
    # The span: sp(Q*) <= sp(r) + gamma sp(V) and sp(V) <= sp(Q*), as V(s) is a mean of Q*(s, .).
    x, sp_r, slack = sympy.symbols("x sp_r slack", nonnegative=True)
    solved = sympy.solve(sympy.Eq(x + slack, sp_r + GAMMA * x), x)[0]
    equal(sp_r / (1 - GAMMA) - solved, slack / (1 - GAMMA))
    span = sp_r / (1 - GAMMA)
    d_span = C1 / (1 - GAMMA) + GAMMA * C2 * span / (half * (1 - GAMMA))
    equal((D_PROOF - d_span).subs(sp_r, 2), 0)


def example(eta: sympy.Symbol, mass: sympy.Expr) -> sympy.Expr:
    """Return Q* in state 1 of the game, at mean field (1 - mass, mass).

    S = {0, 1}, no action matters, r = (-1, 1), P(1|0) = 0, P(1|1) = 1 - eta + eta mass. Any
    strategy has the same value, so G(Q*)(s) = Q*(s, a) solves two linear equations.
    """
    v_0, v_1 = sympy.symbols("v_0 v_1")
    stay = 1 - eta + eta * mass
    solved = sympy.solve(
        [v_0 + 1 - GAMMA * v_0, v_1 - 1 - GAMMA * (stay * v_1 + (1 - stay) * v_0)], [v_0, v_1]
    )
    return sympy.factor(solved[v_1])


def prove_tight(power: int = 2) -> None:
    """In the game the slope of Q* at z = (0, 1) is gamma C2/(1 - gamma)^2: D cannot be smaller.

    |z - z'|_1 = 2 |mass - mass'|, and C1 = 0. A row of P moves by 2 eta |mass - mass'|: C2 = eta.
    """
    eta, mass = sympy.symbols("eta mass", nonnegative=True)
    slope = sympy.diff(example(eta, mass), mass).subs(mass, 1) / 2
    equal(slope, GAMMA * eta / (1 - GAMMA) ** power)
    equal(slope, D_PROOF.subs({C1: 0, C2: eta}))


def prove_theorems_d_fails(distance: int = 2) -> None:
    """From z = (1, 0) to (0, 1), Q* moves 1/(1 - gamma + gamma eta) times what the theorems allow.

    That is above 1 for all gamma, eta in (0, 1).
    """
    eta = sympy.Symbol("eta", nonnegative=True)
    moved = example(eta, sympy.Integer(1)) - example(eta, sympy.Integer(0))
    allowed = (D_THEOREMS * distance).subs({C1: 0, C2: eta})
    equal(moved / allowed, 1 / (1 - GAMMA + GAMMA * eta))
    # 1 less the denominator is gamma (1 - eta) > 0.
    equal(1 - (1 - GAMMA + GAMMA * eta), GAMMA * (1 - eta))


def prove_theorems_d_fails_with_sums_over_actions(depth: int = 4) -> None:
    """The ratio exceeds any number n of actions, at gamma = 1 - 1/(4n), eta = 1/(4n).

    With norms summed over states and actions C2 is n eta at most (row 0 does not move), and the
    theorems allow n times as much.
    """
    n = sympy.Symbol("n", positive=True)
    small = 1 / (depth * n)
    denominator = 1 - GAMMA + GAMMA * sympy.Symbol("eta")
    at = denominator.subs({GAMMA: 1 - small, sympy.Symbol("eta"): small})
    # The ratio 1/at is at least 2n: 1/(2n) - at = 1/(16 n^2) > 0.
    equal(1 / (2 * n) - at, 1 / (16 * n**2))


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_split,
        prove_value_bound,
        prove_d,
        prove_order_of_constants,
        prove_span_version,
        prove_tight,
        prove_theorems_d_fails,
        prove_theorems_d_fails_with_sums_over_actions,
    )


if __name__ == "__main__":
    main()
