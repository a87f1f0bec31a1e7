"""Proposition 1 of Lee et al. 2021: F contracts, and its fixed point is the best trembling value.

F(Q)(s, a) = r(s, a) + gamma sum_s' P(s'|s, a) G(Q)(s') at a fixed mean field, n = |A| actions, c =
eps/(n - 1). Part (i) holds for every eps in [0, 1]. Part (ii), that the fixed point of F is the
largest Q over all trembling-hand strategies, holds if and only if 1 - eps >= c, that is eps <= (n -
1)/n: the paper states this condition only inside the proof of Proposition 2.

Shown: F contracts by gamma for 1 to 6 states, from Lemma 1; G(q + k) = G(q) + k, so that gamma is
attained; what G has over the value of another choice of action; that under the condition no
strategy is better than the fixed point in any state, for two states; where eps is larger, a game
with one state in which the fixed point is not the maximum, for every n, eps and gamma; and one in
numbers.

NOT shown: the step from 6 states to any number, Banach's fixed point theorem, and that an
inequality between operators goes over to their fixed points for any number of states (they are
monotone, and iterates keep the order). These are arguments on paper. For Lemma 1 see lemma_1.py.
"""

from __future__ import annotations

import sympy
from steps import equal, nonnegative, run
from sympy import Rational

GAMMA, KEPT = sympy.symbols("gamma kept_by_discount", nonnegative=True)  # KEPT = 1 - gamma
EPS = sympy.Symbol("eps", nonnegative=True)
OTHERS = sympy.Symbol("others", positive=True)  # n - 1


def prove_contraction(sign: int = 1) -> None:
    """|F(Q1) - F(Q2)| <= gamma max |Q1 - Q2|, for 1 to 6 states and every law of the next state.

    By Lemma 1 the difference of G at s' is d - x(s') with d = max |Q1 - Q2| and 0 <= x(s') <= 2d.
    """
    r, d = sympy.symbols("r d", nonnegative=True)
    for size in range(1, 7):
        p = sympy.symbols(f"p:{size}", nonnegative=True)
        x = sympy.symbols(f"x:{size}", nonnegative=True)
        g_2 = sympy.symbols(f"g:{size}")
        g_1 = [g + d - y for g, y in zip(g_2, x, strict=True)]
        change = (r + GAMMA * sum(a * b for a, b in zip(p, g_1, strict=True))) - (
            r + sign * GAMMA * sum(a * b for a, b in zip(p, g_2, strict=True))
        )
        # gamma d is gamma d times the sum of p, which is 1.
        nonnegative(GAMMA * d * sum(p) - change)


def prove_shift(share: int = 1) -> None:
    """G(q + k) = G(q) + k, hence F(Q + k) = F(Q) + gamma k: gamma is attained.

    A constant changes no argmax, and the probabilities of the strategy sum to 1.
    """
    top, rest, k = sympy.symbols("q_max rest k")  # rest: the sum over the other n - 1 actions

    def g(most: sympy.Expr, others: sympy.Expr) -> sympy.Expr:
        return (1 - EPS) * most + share * EPS / OTHERS * others

    equal(g(top + k, rest + OTHERS * k), g(top, rest) + k)
    r, g_0, g_1, p = sympy.symbols("r g_0 g_1 p")
    before = r + GAMMA * (p * g_0 + (1 - p) * g_1)
    after = r + GAMMA * (p * (g_0 + k) + (1 - p) * (g_1 + k))
    equal(after - before, GAMMA * k)


def prove_best_choice(sign: int = 1) -> None:
    """G exceeds what choosing b gives by (1 - eps - c)(q_max - q_b): G is the best iff 1-eps >= c.

    The strategies of the paper are those that play one action with 1 - eps, each other with c.
    """
    top, q_b, rest = sympy.symbols("q_max q_b rest")  # rest: the sum over the other n - 2 actions
    c = EPS / OTHERS
    greedy = (1 - EPS) * top + c * (q_b + rest)
    chosen = (1 - EPS) * q_b + c * (top + sign * rest)
    equal(greedy - chosen, (1 - EPS - c) * (top - q_b))
    # 1 - eps >= c says eps <= (n - 1)/n:
    equal((1 - EPS - c) * OTHERS, OTHERS - EPS * (OTHERS + 1))


def prove_fixed_point_is_best(slope: int = 1) -> None:
    """With 1 - eps >= c no strategy is better than the fixed point of F (2 states).

    Let V = G(Q*) and let mu be any trembling strategy, with kernel P. By `prove_best_choice`, V =
    r_mu + gamma P V + y with y >= 0, while V_mu = r_mu + gamma P V_mu. So V - V_mu = (1 - gamma
    P)^-1 y, and this inverse has no negative entries.
    """
    p, q, p_rest, q_rest = sympy.symbols("p q p_rest q_rest", nonnegative=True)
    y = sympy.Matrix(sympy.symbols("y:2", nonnegative=True))
    kernel = sympy.Matrix([[p, p_rest], [q, q_rest]])  # rows sum to 1
    system = sympy.eye(2) - slope * GAMMA * kernel
    # Cramer's rule. 1 = gamma + KEPT, and 1 = p + p_rest = q + q_rest, make every sign visible.
    inverse, determinant = system.adjugate(), system.det()
    for i in range(2):
        numerator = (inverse * y)[i].subs({p: 1 - p_rest, q_rest: 1 - q}).subs(GAMMA, 1 - KEPT)
        seen = KEPT * y[i] + (p_rest, q)[i] * GAMMA * y[1 - i] + (q, p_rest)[i] * GAMMA * y[i]
        equal(numerator, seen.subs(GAMMA, 1 - KEPT))
        nonnegative(seen)
    # The determinant is KEPT (KEPT + gamma (q + p_rest)), which is positive.
    seen = KEPT * (KEPT + GAMMA * (q + p_rest))
    equal(
        determinant.subs({p: 1 - p_rest, q_rest: 1 - q}).subs(GAMMA, 1 - KEPT),
        seen.subs(GAMMA, 1 - KEPT),
    )
    nonnegative(seen)


def prove_condition_is_needed(sign: int = 1) -> None:
    """With 1 - eps < c the fixed point is not the best: one state, r = (0, .., 0, 1), every n.

    At the fixed point of F the last action is greedy, as its Q is larger by 1, and the value is
    (1 - eps)/(1 - gamma). With another action likely, the last one has probability c, and the
    value is c/(1 - gamma).
    """
    value, slack = sympy.Symbol("value"), sympy.Symbol("slack", positive=True)

    def worth(chance: sympy.Expr) -> sympy.Expr:
        return sympy.solve(value - chance - sign * GAMMA * value, value)[0]

    equal(worth(1 - EPS), (1 - EPS) / (1 - GAMMA))
    # At c = 1 - eps + slack the other strategy is better, by slack/(1 - gamma).
    equal(worth(1 - EPS + slack) - worth(1 - EPS), slack / (1 - GAMMA))


def prove_counterexample(reward: int = 1) -> None:
    """One state, r = (0, 1), gamma = 1/2, eps = 3/4: the fixed point has 1/2, the best is 3/2."""
    r, gamma, eps = (0, reward), Rational(1, 2), Rational(3, 4)
    found = []
    for likely in range(2):
        q = sympy.symbols("q:2")
        pi = [1 - eps if a == likely else eps for a in range(2)]
        value = sum(x * y for x, y in zip(pi, q, strict=True))
        solved = sympy.solve([q[a] - r[a] - gamma * value for a in range(2)], q)
        found.append((value.subs(solved), [solved[x] for x in q]))
    (other, _), (fixed, q) = found
    assert q[1] > q[0], "the second strategy is greedy for its own values, so it solves F(Q) = Q"
    assert fixed == Rational(1, 2)
    assert other == Rational(3, 2)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_contraction,
        prove_shift,
        prove_best_choice,
        prove_fixed_point_is_best,
        prove_condition_is_needed,
        prove_counterexample,
    )


if __name__ == "__main__":
    main()
