"""Theorem 6 of Lee et al. 2021: samples that choose the strategy bias the next mean field.

The coin lies heads up (state 1, reward 1) or not, and is turned with chance eta in each step,
whatever anybody does; two actions, gamma = 1/2. In each step GMBL draws n next states for both
actions in both states. X of n show heads for one action, Y for the other; p = X/n, q = Y/n.

Shown: that the model made of the samples prefers the action with more heads, in both states; the
next mass of heads; what it is on average, E m_(k+1) = eta + (1 - 2 eta) E m_k + (1/2 - eps) d with
d = E|X - Y|/n; |X - Y| = X + Y - 2 min(X, Y) and min(X, Y) <= X Y, by cases, hence d >= 2 eta (1 -
n eta), for every n; E m_k in closed form, for every k, and so b, to which it tends but for 1/2;
that k_0 <= 1 + ln(1/e)/(2 eta) for an accuracy e; that n eta tends to 0 with eta if n grows no
faster than ln k_0, whatever the factor is; with which probability the error is above 2e then; and
how large a B is enough if what O(.) hides may depend on k_0 or rho.

NOT shown: that the samples of a step are independent of the mean field that it starts from, and
those of different pairs of each other, by which means of products are products of means (that is
how the algorithm draws them), and that a mean is taken step by step (arguments on paper, in the
book); that the coin satisfies Definition 1 and Assumption 1, and n_0 and k_0 in numbers, which
`mfgcheck audit theorem-6` computes for two coins.
"""

from __future__ import annotations

import sympy
from steps import equal, nonnegative, run
from sympy import Rational

ETA, EPS, B, M = sympy.symbols("eta eps b m")
N, K = sympy.symbols("n k", positive=True, integer=True)
T, U, V, W = sympy.symbols("t u v w", nonnegative=True)


def prove_choice(reward: int = 1) -> None:
    """In the sampled model the action with more heads is the better one, in both states.

    Q(s, 0) - Q(s, 1) = (p - q) x/2 for x = V(1) - V(0), as r(s, a) = s. With w_s for the share of
    heads under the strategy, V(s) = s + (V(0) + w_s x)/2, so x = 1 + u x/2 with u = w_1 - w_0 in
    [-1, 1], and x = 1/(1 - u/2) is positive.
    """
    low, high, p, q, s, w_0, w_1 = sympy.symbols("V0 V1 p q s w0 w1")
    x = high - low

    def action_value(share: sympy.Expr) -> sympy.Expr:
        return s + (low + share * x) / 2

    equal(action_value(p) - action_value(q), (p - q) * x / 2)
    found = sympy.solve(
        [low - (low + w_0 * x) / 2, high - reward - (low + w_1 * x) / 2], [low, high], dict=True
    )
    assert len(found) == 1
    equal(x.subs(found[0]), 1 / (1 - (w_1 - w_0) / 2))
    # u = 1 - v, v >= 0: the denominator is (1 + v)/2 > 0.
    equal(1 - (1 - V) / 2, (1 + V) / 2)
    assert (1 + V).is_positive


def prove_step(sign: int = 1) -> None:
    """E m_(k+1) = eta + (1 - 2 eta) E m_k + (1/2 - eps) d, with d = E|X - Y|/n.

    (1 - eps) max(p, q) + eps min(p, q) = (p + q)/2 + (1/2 - eps)|p - q| by cases: the larger one is
    the smaller plus t, t >= 0. In state 0 p and q are eta on average, in state 1 they are 1 - eta,
    and E|p - q| = d in both, as (n - X) - (n - Y) = Y - X.
    """
    least, d = sympy.symbols("least d")
    share = (1 - EPS) * (least + T) + EPS * least
    equal(share, (least + (least + T)) / 2 + (Rational(1, 2) - EPS) * T)

    def mean(heads: sympy.Expr) -> sympy.Expr:
        return (heads + heads) / 2 + (Rational(1, 2) - EPS) * d

    after = (1 - M) * mean(ETA) + M * mean(1 - ETA)
    equal(after, ETA + (1 - 2 * sign * ETA) * M + (Rational(1, 2) - EPS) * d)
    x, y = sympy.symbols("x y")
    equal((N - x) - (N - y), y - x)


def prove_least(times: int = 2) -> None:
    """|x - y| = x + y - 2 min(x, y), and min(x, y) <= x y for whole numbers x, y >= 0.

    By cases: y is the smaller one and x = y + t. Then x y - y = y (y + t - 1), which is 0 for y = 0
    and is not negative for y = 1 + u.
    """
    x, y = V + T, V
    equal(T, x + y - times * y)
    rest = x * y - y
    equal(rest.subs(V, 0), 0)
    nonnegative(rest.subs(V, 1 + U))
    # All of it in small whole numbers.
    for i in range(12):
        for j in range(12):
            assert abs(i - j) == i + j - times * min(i, j)
            assert min(i, j) <= i * j


def prove_moments(power: int = 2) -> None:
    """E X = E Y = n eta and E X Y = n^2 eta^2, for every n.

    From the generating function (1 - eta + eta s)^n of a sum of n independent tosses, and the
    product of two of them for X and Y; for n = 1 to 5 it is that of the binomial law.
    """
    s, t = sympy.symbols("s t")

    def generating(of: sympy.Symbol) -> sympy.Expr:
        return (1 - ETA + ETA * of) ** N

    equal(sympy.diff(generating(s), s).subs(s, 1), N * ETA)
    both = generating(s) * generating(t)
    equal(sympy.diff(both, s, t).subs({s: 1, t: 1}), (N * ETA) ** power)
    for n in range(1, 6):
        law = [sympy.binomial(n, x) * ETA**x * (1 - ETA) ** (n - x) for x in range(n + 1)]
        equal(generating(s).subs(N, n), sum(p * s**x for x, p in enumerate(law)))


def prove_spread(factor: int = 1) -> None:
    """d >= (E X + E Y - 2 E X Y)/n = 2 eta (1 - n eta), so that b >= (1/2 - eps)(1 - n eta).

    By `prove_least` and `prove_moments`, with b = (1/2 - eps) d/(2 eta). For n = 1 to 5 all
    outcomes are added up; at n = 1 it is attained.
    """
    bound = 2 * ETA * (1 - factor * N * ETA)
    equal((N * ETA + N * ETA - 2 * (N * ETA) ** 2) / N, bound)
    half = Rational(1, 2) - EPS
    equal(half * bound / (2 * ETA), half * (1 - factor * N * ETA))
    for n in range(1, 6):
        law = [sympy.binomial(n, x) * ETA**x * (1 - ETA) ** (n - x) for x in range(n + 1)]
        d = sum(p * q * abs(x - y) for x, p in enumerate(law) for y, q in enumerate(law)) / n
        for eta in (Rational(1, 10), Rational(1, 4), Rational(1, 2)):
            assert (d - bound.subs(N, n)).subs(ETA, eta) >= 0
        if n == 1:
            equal(d, bound.subs(N, 1))


def prove_closed_form(start: int = 0) -> None:
    """m -> eta + (1 - 2 eta) m + 2 eta b, from 0, has 2 (m_k - 1/2) = -q + 2 b (1 - q), every k.

    q = (1 - 2 eta)^k. Without the bias that is T-BR, at |z - z*|_1 = q from z* = (1/2, 1/2), the
    one fixed point. As it falls in q, it is at least -e + 2 b (1 - e) once q <= e.
    """
    q = sympy.Symbol("q")

    def heads(power: sympy.Expr) -> sympy.Expr:
        return Rational(1, 2) + (-power + 2 * B * (1 - power)) / 2

    equal(heads(sympy.Integer(1)), start)
    equal(ETA + (1 - 2 * ETA) * heads(q) + 2 * ETA * B, heads((1 - 2 * ETA) * q))
    assert sympy.solve(ETA + (1 - 2 * ETA) * M - M, M) == [Rational(1, 2)]
    e, less = sympy.symbols("e less", nonnegative=True)
    bias = sympy.Symbol("bias", nonnegative=True)
    gain = 2 * (heads(e - less) - heads(e)).subs(B, bias)
    nonnegative(gain)


def prove_steps(rate: int = 2) -> None:
    """ln(1 - 2 eta) <= -2 eta, so that (1 - 2 eta)^k <= e as soon as k >= ln(1/e)/(2 eta).

    -2 eta - ln(1 - 2 eta) is 0 at eta = 0, and its derivative is 4 eta/(1 - 2 eta) >= 0.
    """
    gap = -rate * ETA - sympy.log(1 - 2 * ETA)
    equal(gap.subs(ETA, 0), 0)
    equal(sympy.diff(gap, ETA), 4 * ETA / (1 - 2 * ETA))


def prove_every_constant(power: int = 1) -> None:
    """n eta tends to 0 with eta if n <= 1 + c C (1 + ln k_0) and k_0 <= 1 + L/(2 eta).

    For every c, C and L > 0: c is what O(.) hides, C depends on the accuracy e and on the failure
    probability alone if B <= 2, and L = ln(1/e).
    """
    eta, c, more, length = sympy.symbols("eta c C L", positive=True)
    k_0 = 1 + length / (2 * eta)
    samples = 1 + c * more * (1 + sympy.log(k_0))
    assert sympy.limit(samples * eta**power, eta, 0, "+") == 0


def prove_markov(least: sympy.Expr = Rational(2, 5)) -> None:
    """If Y <= 1 and E Y >= y, then P(Y > h) >= (y - h)/(1 - h), so >= 1/3 for y = 2/5, h <= 1/10.

    By cases: Y <= h + (1 - h) 1{Y > h}, as Y = h - u or Y = 1 - u; then take means. For e <= 1/20
    and n eta small enough y is above 2/5, as -e + 2 b (1 - e) tends to (1 - 3 e)/2 with b = 1/4.
    """
    h = sympy.Symbol("h")
    nonnegative(h + (1 - h) * 0 - (h - U))
    nonnegative(h + (1 - h) * 1 - (1 - U))
    y, chance = sympy.symbols("y chance")
    assert sympy.solve(h + (1 - h) * chance - y, chance) == [(h - y) / (h - 1)]
    # At e = 1/20 - u, 0 <= u: y above 2/5, and (2/5 - 2e)/(1 - 2e) >= 1/3.
    e = Rational(1, 20) - U
    in_the_limit = -e + 2 * Rational(1, 4) * (1 - e)
    equal(in_the_limit, (1 - 3 * e) / 2)
    assert (in_the_limit - Rational(2, 5)).is_positive
    nonnegative(least - 2 * e - Rational(1, 3) * (1 - 2 * e))


def prove_hidden_factor(power: int = 1) -> None:
    """1 + rho + .. + rho^(k-1) <= k rho^(k-1) and < rho^k/(rho - 1), for every k and rho > 1.

    So it is at most rho^(k+1) times the lesser of k/rho^2 and 1/(rho (rho - 1)). By induction: the
    sum S_(k+1) is rho S_k + 1, and k rho^(k-1) grows by more, as rho^k - 1 >= 0; that by induction
    too.
    """
    rho = 1 + sympy.Symbol("more", positive=True)

    def many(k: sympy.Expr) -> sympy.Expr:
        return k * rho ** (k - power)

    equal(many(sympy.Integer(1)), 1)
    equal(many(K + 1) - (rho * many(K) + 1), rho**K - 1)
    equal(rho ** (K + 1) - 1, rho * (rho**K - 1) + (rho - 1))
    equal(rho**K / (rho - 1) - (rho**K - 1) / (rho - 1), 1 / (rho - 1))
    equal(many(K) / rho ** (K + 1), K / rho**2)
    equal(rho**K / (rho - 1) / rho ** (K + 1), 1 / (rho * (rho - 1)))


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_choice,
        prove_step,
        prove_least,
        prove_moments,
        prove_spread,
        prove_closed_form,
        prove_steps,
        prove_every_constant,
        prove_markov,
        prove_hidden_factor,
    )


if __name__ == "__main__":
    main()
