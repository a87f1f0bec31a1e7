"""Verified linear algebra: matrices of balls, each of which contains the true matrix.

A solution computed here contains the solution of every system whose matrix and right-hand side lie
in the given balls, and that there is one shows that all these matrices are regular.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from mfgcheck.rigor.interval import lower_fraction, upper_fraction
from mfgcheck.rigor.tape import precision, rational

__all__ = ["ball", "bounds", "matrix", "precision", "scaled_sum", "solve", "spectrum_inside"]

arb = flint.arb
arb_mat = flint.arb_mat

_SQUARINGS = 14
_AT_ONCE = 200  # rows up to which one call does not take long
_MOST_DETERMINANT = 400
_ROUNDS = 60


def ball(low: Fraction, high: Fraction) -> Any:
    """A ball that contains the range from low to high.

    >>> bounds(ball(Fraction(1), Fraction(1)))
    (Fraction(1, 1), Fraction(1, 1))
    """
    first = arb(rational(low))
    return first if low == high else first.union(arb(rational(high)))


def bounds(x: Any) -> tuple[Fraction, Fraction] | None:
    """The ends of a ball; None if it is not bounded."""
    low, high = lower_fraction(x.lower()), upper_fraction(x.upper())
    return None if low is None or high is None else (low, high)


def matrix(rows: Sequence[Sequence[int]]) -> Any:
    """A matrix of integers, exactly.

    >>> matrix([[1, 2]]).ncols()
    2
    """
    return arb_mat(flint.fmpz_mat([[int(x) for x in row] for row in rows]))


def scaled_sum(matrices: Sequence[Any], factors: Sequence[Any], denominator: int) -> Any:
    """The sum of factor * matrix, over the denominator."""
    total = matrices[0] * factors[0]
    for m, x in zip(matrices[1:], factors[1:], strict=True):
        total = total + m * x
    return total * (arb(1) / denominator)


def solve(a: Any, b: Any) -> Any | None:
    """The solutions x of a x = b, for all a and b in their balls; None if a may be singular.

    >>> solve(matrix([[2]]), matrix([[6]]))
    [3.00000000000000]
    >>> solve(matrix([[1, 1], [1, 1]]), matrix([[1], [1]])) is None
    True
    """
    if a.nrows() > _AT_ONCE:
        return _solve_in_pieces(a, b)
    try:
        return a.solve(b)
    except ZeroDivisionError:
        return None


def _solve_in_pieces(a: Any, b: Any) -> Any | None:
    """Solve a large system in calls that are short, so that it can be interrupted.

    With R near the inverse and E = 1 - R a, a solution satisfies x = R b + E x. If the rows of E
    have sums of absolute values of at most e < 1, a is regular and |x| <= max |R b| / (1 - e); each
    round of the equation narrows what is known. Floating point only proposes R.
    """
    n, columns = a.nrows(), b.ncols()
    try:
        inverse = np.linalg.inv(np.array([[float(x.mid()) for x in row] for row in a.tolist()]))
    except np.linalg.LinAlgError:
        return None
    if not np.isfinite(inverse).all():
        return None
    errors, moved, largest = [], [], arb(0)
    for first in range(0, n, _AT_ONCE // 2):
        rows = arb_mat(inverse[first : first + _AT_ONCE // 2].tolist())
        one = arb_mat(rows.nrows(), n)
        for i in range(rows.nrows()):
            one[i, first + i] = 1
        error = one - rows * a
        for row in error.tolist():
            largest = largest.max(sum((abs(x) for x in row), arb(0)))
        errors.append(error)
        moved.append((rows * b).tolist())
    if not largest < 1:
        return None
    start = [row for part in moved for row in part]
    reach = max((abs(x).upper() for row in start for x in row), default=arb(0)) / (1 - largest)
    found = arb_mat(n, columns, [arb(0, reach.upper())] * (n * columns))
    size = None
    for _ in range(_ROUNDS):
        change = [row for part in errors for row in (part * found).tolist()]
        found = arb_mat(
            [[x + y for x, y in zip(*p, strict=True)] for p in zip(start, change, strict=True)]
        )
        before, size = size, max(x.rad() for x in found.entries())
        if before is not None and not 2 * size < before:
            break
    return found


def spectrum_inside(a: Any, stop: Callable[[], bool] = lambda: False) -> bool | None:
    """Whether all eigenvalues of every matrix in the ball have modulus < 1.

    True: some power has a norm < 1. False: a real eigenvalue above 1 or below -1 is proved, by the
    sign of the characteristic polynomial (of a matrix that is not too large). None: neither was
    shown, before `stop` said so.

    >>> spectrum_inside(matrix([[0, 2], [0, 0]])), spectrum_inside(matrix([[2]]))
    (True, False)
    """
    n = a.nrows()
    if n == 0:
        return True
    one = arb_mat(n, n, [int(i == j) for i in range(n) for j in range(n)])
    # det(x - a) > 0 for large x, and (-1)^n det(x - a) > 0 for very negative x.
    if n <= _MOST_DETERMINANT and ((one - a).det() < 0 or (one + a).det() < 0):
        return False
    power = a
    for _ in range(_SQUARINGS):
        if all(sum((abs(x) for x in row), arb(0)) < 1 for row in power.tolist()):
            return True
        if stop():
            return None
        power = power * power
        if not all(x.is_finite() for x in power.entries()):
            return None
    return None
