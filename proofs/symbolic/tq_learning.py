"""Synchronous TQ-learning with a constant step: an error bound without a hidden constant.

In place of Theorem 9 and equation (18) of Lee et al. 2021. From Q_0, with one fresh sample of every
pair for each update and a step alpha in (0, 1],

    Q_(t+1) = (1 - alpha) Q_t + alpha (r + gamma Ph_t G(Q_t)),

and with V = G(Q*), xi_t = (Ph_t - P) V, var and sp the largest variance and the span of V at the
next state, and L = ln(2|S||A|/delta), with probability 1 - delta

    max |Q_T - Q*| <= (1 - alpha (1 - gamma))^T max |Q_0 - Q*| + (sqrt(2 v L) + b L)/(1 - gamma),
    v = gamma^2 alpha var/(2 - alpha),  b = gamma alpha sp/3.

With |V| <= 1/(1 - gamma) alone, the noise is at most gamma V^2 sqrt(2 alpha L/(2 - alpha)), V now
for 1/(1 - gamma).

Shown: how the error splits into noise W and the rest X; the recursion of X and its solution; the
weights with which noise enters, and that they sum to at most 1/(1 - gamma); the variance and the
largest term of W; the constants of Bernstein's moment bound; that weights which sum to at most 1
are enough for Jensen's inequality; the best parameter of the exponential bound; the same with
Hoeffding's constant; and a step and a number of updates that make the error at most e.

NOT shown: Jensen's and Markov's inequalities, independence of the samples, that |Y| <= M makes the
k-th moment of Y at most M^(k-2) times the second, and Hoeffding's lemma (see
lemma_6.py for its constant). These are arguments on paper.

Sharper than a union over the times: L has no T.
"""

from __future__ import annotations

import sympy
from steps import equal, nonnegative, run

ALPHA, GAMMA, VAR, SPAN, LOG = sympy.symbols("alpha gamma var sp L", positive=True)
DECAY = 1 - ALPHA * (1 - GAMMA)
T, J = sympy.symbols("T j", positive=True, integer=True)


def prove_split(factor: int = 1) -> None:
    """With W_(t+1) = (1 - alpha) W_t + alpha gamma xi_t, X = Q - Q* - W moves by G(Q_t) - V alone.

    X_(t+1) = (1 - alpha) X_t + alpha gamma Ph_t (G(Q_t) - V), from Q* = r + gamma P V; for 2 and 3
    states, one pair.
    """
    for size in (2, 3):
        r, w = sympy.symbols("r W")
        sampled, law, g, v = (
            sympy.Matrix(sympy.symbols(f"{name}:{size}")) for name in ("h", "p", "g", "v")
        )
        best = r + GAMMA * law.dot(v)
        x = sympy.Symbol("X")
        q = best + w + x
        q_next = (1 - ALPHA) * q + ALPHA * (r + GAMMA * sampled.dot(g))
        w_next = (1 - ALPHA) * w + factor * ALPHA * GAMMA * (sampled - law).dot(v)
        equal(q_next - best - w_next, (1 - ALPHA) * x + ALPHA * GAMMA * sampled.dot(g - v))


def prove_pathwise(sign: int = 1) -> None:
    """|X_(t+1)| <= decay |X_t| + alpha gamma |W_t|, decay = 1 - alpha (1 - gamma), in max norm.

    |G(Q_t) - V| <= max |Q_t - Q*| (Lemma 1) <= |X_t| + |W_t|. Unrolled: decay^T |X_0| + alpha gamma
    sum over t < T of decay^(T-1-t) |W_t|, where X_0 = Q_0 - Q* as W_0 = 0.
    """
    x, w = sympy.symbols("x w", nonnegative=True)
    equal((1 - ALPHA) * x + ALPHA * GAMMA * (x + w), DECAY * x + ALPHA * GAMMA * w)
    # The unrolled form satisfies the recursion, and is x_0 at T = 0, where the sum is empty.
    d, x_0, total, w_now = sympy.symbols("d x_0 total w_T")
    now = d**T * x_0 + ALPHA * GAMMA * total
    # Sum at T + 1: all old terms times decay, and the new one.
    after = d ** (T + sign) * x_0 + ALPHA * GAMMA * (d * total + w_now)
    equal(after, d * now + ALPHA * GAMMA * w_now)


def prove_weights(extra: int = 0) -> None:
    """1 + alpha gamma sum of decay^j, j < T, is (1 - gamma decay^T)/(1 - gamma) < 1/(1 - gamma).

    So (1 - gamma) Z, Z = |W_T| + alpha gamma sum of decay^(T-1-t) |W_t|, has weights that sum to
    less than 1: gamma decay^T is missing.
    """
    d = sympy.Symbol("d")
    geometric = (1 - d**T) / (1 - d)
    equal(geometric.subs(T, 0), 0)
    equal(d * geometric + 1 + extra, geometric.subs(T, T + 1))  # from T to T + 1
    power = sympy.Symbol("power", positive=True)  # decay^T
    total = 1 + ALPHA * GAMMA * (1 - power) / (1 - DECAY)
    equal((1 - GAMMA) * total, 1 - GAMMA * power)


def prove_variance(sign: int = 1) -> None:
    """W_T is a sum of independent terms: variances add up to < v, and none exceeds gamma alpha sp.

    W_T = alpha gamma sum of (1 - alpha)^j xi, j < T, with alpha^2 gamma^2 var sum of (1 -
    alpha)^(2j) = v (1 - (1 - alpha)^(2T)), v = gamma^2 alpha var/(2 - alpha).
    """
    u = sympy.Symbol("u")  # 1 - alpha
    geometric = (1 - u ** (2 * T)) / (1 - u**2)
    equal(geometric.subs(T, 0), 0)
    equal(u**2 * geometric + 1, geometric.subs(T, T + 1))
    full = ALPHA**2 * GAMMA**2 * VAR / (1 - (1 - ALPHA) ** 2)
    equal(full, GAMMA**2 * ALPHA * VAR / (2 - sign * ALPHA))
    # The largest term is that of j = 0: with 1 - u = alpha >= 0, u^j - u^(j+1) = u^j alpha.
    equal(u**J - u ** (J + 1), u**J * (1 - u))


def prove_moments(base: int = 3) -> None:
    """E exp(h Y) <= exp(h^2 s/(2 (1 - h M/3))) for E Y = 0, |Y| <= M, variance s, 0 <= h M < 3.

    exp(x) <= 1 + x + (x^2/2)(1 + x/3 + x^2/9 + ...), as k! >= 2 3^(k-2) for k >= 2: at k = 2 both
    are 2, and (k + 1)!/k! = k + 1 >= 3. With E Y^k <= M^(k-2) s, E exp(h Y) <= 1 + h^2 s/2 (1 + h
    M/3 + ...), and 1 + x <= exp(x).
    """
    more = sympy.Symbol("more", nonnegative=True, integer=True)
    nonnegative((2 + more) + 1 - base)  # k = 2 + more
    assert sympy.factorial(2) == 2 * base**0
    for k in range(2, 12):
        assert sympy.factorial(k) >= 2 * base ** (k - 2)
    h, s, m = sympy.symbols("h s M", positive=True)
    first = h**2 * s / 2
    # The geometric series c = first + (h M/3) c has the sum first/(1 - h M/3).
    c = sympy.Symbol("c")
    solved = sympy.solve(c - first - h * m / base * c, c)[0]
    equal(solved, h**2 * s / (2 * (1 - h * m / 3)))
    # M = gamma alpha sp, the largest term of W: b = gamma alpha sp/3.
    equal((m / base).subs(m, GAMMA * ALPHA * SPAN), GAMMA * ALPHA * SPAN / 3)


def prove_jensen(total: int = 1) -> None:
    """Weights with sum <= 1 do: E exp(h sum of w_i x_i) <= max(1, E exp(h x_i)), for 2 to 5 terms.

    Jensen's inequality needs weights with sum 1; the missing weight goes to 0, whose exponential is
    1. The x_i are the |W_t|, and E exp(h |W_t|) <= 2 |S||A| exp(psi), which exceeds 1: the entries
    of W and their negatives, added up. There is no union over t: L has no T.
    """
    for terms in range(2, 6):
        weights = sympy.symbols(f"w:{terms}", nonnegative=True)
        bound = sympy.Symbol("bound", nonnegative=True)  # 1 + bound is above every E exp(h x_i)
        mean = sum(w * (1 + bound) for w in weights) + (total - sum(weights)) * 1
        # Non-negative, as both factors are.
        equal((1 + bound) - mean, bound * (1 - sum(weights)))


def prove_exponential_bound(linear: int = 1) -> None:
    """min over h of psi(h) - h u is at most -L at u = sqrt(2 v L) + b L, psi = h^2 v/(2 (1 - h b)).

    At h = w/(1 + b w), w = sqrt(2 L/v), which is below 1/b.
    """
    v, b = sympy.symbols("v b", positive=True)
    w = sympy.sqrt(2 * LOG / v)
    h = w / (1 + b * w)
    u = sympy.sqrt(2 * v * LOG) + linear * b * LOG
    equal(h**2 * v / (2 * (1 - h * b)) - h * u, -LOG)
    equal(1 / b - h, 1 / (b * (1 + b * w)))
    # The failure probability: 2|S||A| exp(-L) = delta.
    pairs, delta = sympy.symbols("pairs delta", positive=True)
    equal(2 * pairs * sympy.exp(-sympy.log(2 * pairs / delta)), delta)


def prove_hoeffding_version(width: int = 2) -> None:
    """With |V| <= bound = 1/(1 - gamma) alone: noise gamma bound^2 sqrt(2 alpha L/(2 - alpha)).

    Hoeffding's lemma for each term, on an interval of length 2 gamma alpha (1 - alpha)^j bound: E
    exp(h W) <= exp(h^2 v/2), v = gamma^2 bound^2 alpha/(2 - alpha). So u = sqrt(2 v L).
    """
    bound = 1 / (1 - GAMMA)
    squares = (width * GAMMA * ALPHA * bound) ** 2 / (1 - (1 - ALPHA) ** 2)
    v = squares / 4  # exp(h^2 length^2/8) is exp(h^2 v/2)
    equal(v, GAMMA**2 * bound**2 * ALPHA / (2 - ALPHA))
    h, sigma = sympy.symbols("h sigma", positive=True)
    u = sympy.sqrt(2 * sigma * LOG)
    best = sympy.solve(sympy.diff(h**2 * sigma / 2 - h * u, h), h)[0]
    equal((h**2 * sigma / 2 - h * u).subs(h, best), -LOG)
    noise = 2 * v * LOG / (1 - GAMMA) ** 2  # squared
    equal(noise, GAMMA**2 * bound**4 * 2 * ALPHA / (2 - ALPHA) * LOG)


def prove_updates(eighth: int = 8) -> None:
    """alpha = e^2/(8 gamma^2 V^4 L) <= 1, T = ln(2V/e)/(alpha (1 - gamma)): the error is at most e.

    V = 1/(1 - gamma), Q_0 = 0. Noise: 2 - alpha >= 1, so it is at most gamma V^2 sqrt(2 alpha L) =
    e/2. Start: (1 - x)^T <= exp(-x T), so it is at most V exp(-alpha (1 - gamma) T) = e/2. That is
    8 gamma^2 V^5 L ln(2V/e)/e^2 updates of every pair.
    """
    e, v = sympy.symbols("e V", positive=True)
    alpha = e**2 / (eighth * GAMMA**2 * v**4 * LOG)
    equal(GAMMA * v**2 * sympy.sqrt(2 * alpha * LOG), e / 2)
    updates = sympy.log(2 * v / e) / (alpha / v)
    equal(v * sympy.exp(-alpha / v * updates), e / 2)
    equal(updates, 8 * GAMMA**2 * v**5 * LOG * sympy.log(2 * v / e) / e**2)
    # 1 - x <= exp(-x): the difference is 0 at 0, and its derivative 1 - exp(-x) has the sign of x.
    x = sympy.Symbol("x", positive=True)
    gap = sympy.exp(-x) - 1 + x
    equal(gap.subs(x, 0), 0)
    equal(sympy.diff(gap, x), 1 - sympy.exp(-x))


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_split,
        prove_pathwise,
        prove_weights,
        prove_variance,
        prove_moments,
        prove_jensen,
        prove_exponential_bound,
        prove_hoeffding_version,
        prove_updates,
    )


if __name__ == "__main__":
    main()
