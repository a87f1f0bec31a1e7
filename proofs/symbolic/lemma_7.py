"""Lemma 7 of Lee et al. 2021: one step of the mean field with a sampled kernel.

With n samples of each pair, |Phih(z, mu) - Phi(z, mu)|_1 <= e with probability 1 - delta, if n >=
(2/e^2) ln(2^|S| |S||A|/delta).

Shown: that the error of the step is at most the largest error of a row, whatever mu is, for 1 to 4
pairs; that |d|_1 is twice the largest sum of d over a set of states, and that the empty set and the
whole need not be looked at, for 2 to 6 states; the exponent, from Hoeffding's inequality; the n
that comes out, with 2^|S| - 2 in place of 2^|S|; what n makes of the failure probability in Theorem
6, where half of the argument of the logarithm is lost.

NOT shown: Hoeffding's inequality (lemma_6.py has its constants), and the statement for more states
than are named (arguments on paper, the same ones).
"""

from __future__ import annotations

from itertools import product

import sympy
from steps import equal, nonnegative, run

E, DELTA, PAIRS, STATES, N = sympy.symbols("e delta pairs states n", positive=True)


def prove_largest_row(sign: int = 1) -> None:
    """Phi errs by at most the largest |Ph - P|_1 over the pairs: for all mu and z at once.

    The weights z(s) mu(s, a) are non-negative and sum to 1. So mu may depend on the samples.
    """
    largest = sympy.Symbol("largest", nonnegative=True)
    for pairs in range(1, 5):
        weights = sympy.symbols(f"w:{pairs}", nonnegative=True)
        short = sympy.symbols(f"x:{pairs}", nonnegative=True)  # by how much a row errs less
        mean = sum(w * (largest - sign * x) for w, x in zip(weights, short, strict=True))
        nonnegative(largest * sum(weights) - mean)


def prove_sets(left_out: int = 2) -> None:
    """If d sums to 0, |d|_1 = 2 max over the 2^|S| - 2 proper sets U of d(U), for 2 to 6 states.

    The largest is the set where d > 0; it is proper unless d = 0.
    """
    for size in range(2, 7):
        needed = set()
        for signs in product((1, -1), repeat=size):
            plus = [s for s in range(size) if signs[s] == 1]
            minus = [s for s in range(size) if signs[s] == -1]
            if not plus or not minus:
                continue
            x = sympy.symbols(f"x:{size}", nonnegative=True)  # |d_s|
            # d sums to 0: the last of the negative parts is what the others leave.
            mass = sum(x[s] for s in plus)
            same = {x[minus[-1]]: mass - sum(x[s] for s in minus[:-1])}
            equal(sum(x).subs(same), 2 * mass)
            # No other set has more: d(plus) - d(U) = plus without U, and minus within U.
            for chosen in product((0, 1), repeat=size):
                of_u = sum(signs[s] * x[s] for s in range(size) if chosen[s])
                nonnegative(mass - of_u)
            needed.add(tuple(plus))
        assert len(needed) == 2**size - left_out


def prove_exponent(half: int = 2) -> None:
    """P(|ph - p|_1 >= e) <= (2^|S| - 2) exp(-n e^2/2): one side, t = e/2, width 1, a union.

    One side is enough, as a set and its complement are both among the 2^|S| - 2.
    """
    width = 1
    equal(-2 * N * (E / half) ** 2 / width**2, -N * E**2 / 2)


def failure(n: sympy.Expr, sets: sympy.Expr) -> sympy.Expr:
    """Return what is left after a union over sets and pairs."""
    return PAIRS * sets * sympy.exp(-n * E**2 / 2)


def prove_samples(lost: int = 2) -> None:
    """n = 2/e^2 ln((2^|S| - 2)|S||A|/delta) leaves exactly delta; the n of the paper is larger."""
    sets = 2**STATES - 2
    n = 2 / E**2 * sympy.log((2**STATES - lost) * PAIRS / DELTA)
    equal(failure(n, sets), DELTA)
    paper = 2 / E**2 * sympy.log(2**STATES * PAIRS / DELTA)
    equal(failure(paper, sets), DELTA * (1 - 2 / 2**STATES))
    # With two states there are two sets, as in Hoeffding's inequality for one of them.
    assert sets.subs(STATES, 2) == 2


def prove_factor_two(halves: int = 1) -> None:
    """delta_4 = delta/(2 k0) makes ln(2^(|S|+1)|S||A| k0/delta); half is lost in print: delta/k0.

    With as much for Lemma 6, that is 2 delta over all iterations, in place of delta.
    """
    k0 = sympy.Symbol("k0", positive=True)

    def left(argument: sympy.Expr) -> sympy.Expr:
        return failure(2 / E**2 * sympy.log(argument), 2**STATES)

    equal(left(2 ** (STATES + halves) * PAIRS * k0 / DELTA), DELTA / (2 * k0))
    equal(left(2**STATES * PAIRS * k0 / DELTA), DELTA / k0)
    # Lemmas 6 and 7 each, over k0 iterations:
    equal(2 * k0 * left(2**STATES * PAIRS * k0 / DELTA), 2 * DELTA)


def main() -> None:
    """Prove everything and say so."""
    run(
        prove_largest_row,
        prove_sets,
        prove_exponent,
        prove_samples,
        prove_factor_two,
    )


if __name__ == "__main__":
    main()
