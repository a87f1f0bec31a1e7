"""Theorem 5 of Lee et al. 2021: the error recursion with a lag of one step, and its B.

With y = 1 - zeta the proof has e_(k+1) <= y [(1 + C2) e_k + C3 D e_(k-1) + C3 eps3], from e_0 =
e_(-1) = 0, and concludes e_k <= (2 y A)^k C3 eps3/(y (A - 1)), A = max(1 + C2, C3 D) (with eps for
eps3 in print). In units of y C3 eps3 it adds up to f_k with

    f_(k+1) = a f_k + b f_(k-1) + 1,  f_0 = f_(-1) = 0,  a = y (1 + C2),  b = y C3 D.

Shown: the recursion from its parts, also with the error eps4 of finitely many agents; a closed form
of f_k for every k, and f_k as a sum of h_j = a h_(j-1) + b h_(j-2); that f_k <= 1 + x + ... +
x^(k-1) with x = a + b, for every x >= 0, hence f_k <= 1/(1 - x) if x < 1, to which f_k tends; that
the rate at which f_k grows is less than x if x > 1; what the coarse sum of the proof is; examples
in which B is smaller than the recursion, with 2 y A below 1, equal to 1 and above 1.

NOT shown: Lemmas 4 and 5 (lemma_4.py, lemma_5.py); how many agents make eps4 small, and visits of
all pairs likely (on paper, in the book); the limits of geometric sequences; that some game attains
the recursion: what fails here is a step of the proof.
"""

from __future__ import annotations

import sympy
from steps import equal, nonnegative, run
from sympy import Rational

A, B = sympy.symbols("a b", nonnegative=True)
# The roots of x^2 = a x + b are p and -q, with p >= q >= 0: a = p - q, b = p q.
P, Q = sympy.symbols("p q", positive=True)
ROOTS = {A: P - Q, B: P * Q}


def prove_recursion(stay: int = 1) -> None:
    """Regeneration cancels: the step is y times that of Lemma 5, with Q of the step before.

    (y u + zeta psi) - (y v + zeta psi) = y (u - v), u and v the laws without regeneration.
    """
    u, v, psi, zeta = sympy.symbols("u v psi zeta")
    keep = stay - zeta
    equal(keep * u + zeta * psi - (keep * v + zeta * psi), (1 - zeta) * (u - v))
    # Lemma 5, Lemma 4 one step before, the error of Q; and eps4 for the sampled mean field.
    c2, c3, d, now, before, eps3, eps4 = sympy.symbols("C2 C3 D e_k e_before eps3 eps4")
    left = (1 - zeta) * ((1 + c2) * now + c3 * (d * before + eps3)) + eps4
    unit = (1 - zeta) * c3 * eps3 + eps4
    equal(left, (1 - zeta) * (1 + c2) * now + (1 - zeta) * c3 * d * before + unit)
    # So e_k <= unit f_k: for e = unit f the right side is unit times that of f.
    f_now, f_before = sympy.symbols("f_k f_before")
    a, b = (1 - zeta) * (1 + c2), (1 - zeta) * c3 * d
    scaled = left.subs({now: unit * f_now, before: unit * f_before})
    equal(scaled, unit * (a * f_now + b * f_before + 1))


def closed(p_k: sympy.Expr, q_k: sympy.Expr) -> sympy.Expr:
    """Return f_k from p_k = p^k and q_k = (-q)^k."""
    return (P * (1 - p_k) / (1 - P) + Q * (1 - q_k) / (1 + Q)) / (P + Q)


def prove_closed_form(sign: int = 1) -> None:
    """f_k = [p (1 - p^k)/(1 - p) + q (1 - (-q)^k)/(1 + q)]/(p + q), for every k (p not 1).

    2 p = a + sqrt(a^2 + 4 b), 2 q = sqrt(a^2 + 4 b) - a.
    """
    for root in (P, -Q):
        equal((root**2 - A * root - B).subs(ROOTS), 0)
    x, y = sympy.symbols("x y")  # p^k and (-q)^k
    after = closed(P * x, -Q * y)
    rest = A * closed(x, y) + B * closed(x / P, -y / Q) + sign
    equal(after, rest.subs(ROOTS))
    one = sympy.Integer(1)
    equal(closed(one, one), 0)  # f_0
    equal(closed(1 / P, -1 / Q), 0)  # f_(-1)
    # q from p: b = p (p - a).
    square = sympy.sqrt(A**2 + 4 * B)
    equal(((A + square) / 2) * ((square - A) / 2), B)
    equal((A + square) / 2 - (square - A) / 2, A)


def prove_sum_of_impulses(start: int = 1) -> None:
    """f_k = h_1 + ... + h_k with h_(j+1) = a h_j + b h_(j-1), h_1 = 1, h_0 = 0, for every k.

    By induction: f_(k+1) = a f_k + b f_(k-1) + 1, and adding up the recursion of h from j = 1 to k
    gives h_2 + ... + h_(k+1) = a f_k + b (h_0 + ... + h_(k-1)) = a f_k + b f_(k-1).
    """
    h, f = [sympy.Integer(0), sympy.Integer(start)], [sympy.Integer(0), sympy.Integer(1)]
    for _ in range(8):
        h.append(sympy.expand(A * h[-1] + B * h[-2]))
        f.append(sympy.expand(A * f[-1] + B * f[-2] + 1))
    for k in range(9):
        equal(f[k], sum(h[: k + 1]))
    h_first, f_now, f_before = sympy.symbols("h_1 f_k f_before")
    # The induction step itself, with h_1 in front:
    equal((h_first + A * f_now + B * f_before).subs(h_first, start), A * f_now + B * f_before + 1)


def prove_bound(power: int = 1) -> None:
    """f_k <= 1 + x + ... + x^(k-1), x = a + b, for every k and x >= 0: no max(1, x) is needed.

    f does not fall: f_(k+1) - f_k = a (f_k - f_(k-1)) + b (f_(k-1) - f_(k-2)), and f_1 - f_0 = 1,
    f_0 - f_(-1) = 0. So f_(k+1) = x f_k + 1 - b (f_k - f_(k-1)) <= x f_k + 1.
    """
    f_1, f_2, f_3 = sympy.symbols("f_1 f_2 f_3")  # three in a row
    following = A * f_3 + B * f_2 + 1
    equal(following - (A * f_2 + B * f_1 + 1), A * (f_3 - f_2) + B * (f_2 - f_1))
    equal(following, (A + B**power) * f_3 + 1 - B * (f_3 - f_2))
    # The first few, in full: no coefficient of the slack is negative.
    f = [sympy.Integer(0), sympy.Integer(1)]
    for k in range(2, 9):
        f.append(sympy.expand(A * f[-1] + B * f[-2] + 1))
        nonnegative(sum((A + B) ** j for j in range(k)) - f[k])


def prove_limit(sign: int = 1) -> None:
    """If x = a + b < 1, f_k rises to 1/(1 - x): the bound 1/(1 - x) is the least for all k.

    It is the fixed point of the recursion, and (1 - p)(1 + q) = 1 - x: so p < 1 as x < 1, and q <=
    p, so that p^k and q^k tend to 0 in the closed form.
    """
    f = sympy.Symbol("f")
    solved = sympy.solve(f - A * f - sign * B * f - 1, f)[0]
    equal(solved, 1 / (1 - A - B))
    equal((1 - P) * (1 + Q), (1 - A - B).subs(ROOTS))
    zero = sympy.Integer(0)
    equal(closed(zero, zero), (1 / (1 - A - B)).subs(ROOTS))


def prove_rate(sign: int = 1) -> None:
    """The rate p at which f_k grows is below x = a + b if x > 1 and b > 0.

    x^2 - a x - b = b (x - 1) > 0, and p is where the left side, which rises from there, is 0.
    """
    x = A + sign * B
    equal(x**2 - A * x - B, B * (A + B - 1))
    # From p on it rises: at p + more it is more (more + p + q).
    more = sympy.Symbol("more", nonnegative=True)
    equal(((P + more) ** 2 - A * (P + more) - B).subs(ROOTS), more * (more + P + Q))
    nonnegative(more * (more + P + Q))


def prove_coarse_sum(divisor: int = 1) -> None:
    """The proof's own rounding up gives y C3 eps3 (x^k - 1)/(x - 1), x = 2 y A: no y (A - 1).

    a and b are at most y A, and e does not fall, so e_(k+1) <= 2 y A e_k + y C3 eps3.
    """
    x, k = sympy.Symbol("x", positive=True), sympy.Symbol("k", positive=True, integer=True)

    def total(steps: sympy.Expr) -> sympy.Expr:
        return (x**steps - 1) / (x - divisor)

    equal(total(sympy.Integer(0)), 0)
    equal(x * total(k) + 1, total(k + 1))


def compare(stay: Rational, c2: Rational, c3_d: Rational, steps: int) -> tuple[Rational, Rational]:
    """Return the recursion and the printed B after some steps, in units of C3 eps3."""
    before, now = Rational(0), Rational(0)
    for _ in range(steps):
        before, now = now, stay * ((1 + c2) * now + c3_d * before + 1)
    largest = max(1 + c2, c3_d)
    return now, (2 * stay * largest) ** steps / (stay * (largest - 1))


def prove_b_fails(stay: sympy.Expr = Rational(2, 5)) -> None:
    """1 - zeta = 2/5, C2 = 1/10, C3 D = 1, k = 40: the recursion is over 16 times as large as B.

    Where 2 y A < 1, B tends to 0, and the recursion is at least y C3 eps3 after one step.
    """
    found, b = compare(stay, Rational(1, 10), Rational(1), 40)
    assert found > 16 * b
    # It is still below its limit y/(1 - a - b) = 5/2.
    limit = stay / (1 - stay * Rational(11, 10) - stay)
    assert limit == Rational(5, 2)
    assert 0 < limit - found < Rational(1, 10)


def prove_b_fails_at_one(steps: int = 40) -> None:
    """C2 = 1, C3 D = 2: B is too small at 2 y A = 1 too, and at 2 y A = 251/250, above 1.

    With y = 1/4, a = b = 1/2: p = 1, f_k grows by 2/3 a step, and B stays 4 C3 eps3.
    """
    y = Rational(1, 4)
    found, b = compare(y, Rational(1), Rational(2), steps)
    assert b == 4
    assert found > b
    # f_k = (2/3) k + (2/9)(1 - (-1/2)^k), as p = 1, q = 1/2:
    k = sympy.Symbol("k", positive=True, integer=True)
    sign = sympy.Symbol("sign")  # (-1/2)^k

    def f(number: sympy.Expr, power: sympy.Expr) -> sympy.Expr:
        return Rational(2, 3) * number + Rational(2, 9) * (1 - power)

    equal(f(k + 1, -sign / 2), f(k, sign) / 2 + f(k - 1, -2 * sign) / 2 + 1)
    assert f(0, 1) == f(-1, -2) == 0
    assert found == y * f(steps, Rational(-1, 2) ** steps)
    found, b = compare(Rational(251, 1000), Rational(1), Rational(2), steps)
    assert found > b


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_recursion,
        prove_closed_form,
        prove_sum_of_impulses,
        prove_bound,
        prove_limit,
        prove_rate,
        prove_coarse_sum,
        prove_b_fails,
        prove_b_fails_at_one,
    )


if __name__ == "__main__":
    main()
