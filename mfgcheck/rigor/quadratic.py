"""Whether a quadratic form with rational coefficients is positive, by pivots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Definite(StrEnum):
    """What a form is: > 0 but at 0; >= 0, and 0 somewhere else too; or negative somewhere."""

    POSITIVE = "positive definite"
    SEMI = "positive semidefinite"
    NOT = "not positive"


@dataclass(frozen=True)
class Definiteness:
    """What a form is, with a vector other than 0 where it is 0 (SEMI) or negative (NOT)."""

    kind: Definite
    direction: list[Fraction] | None


def definiteness(form: Sequence[Sequence[Fraction]]) -> Definiteness:
    """Decide a symmetric form exactly.

    The form is written in a basis in which it becomes diagonal step by step; a negative diagonal
    entry, or a zero one with something beside it, shows a direction.

    >>> definiteness([[Fraction(1), Fraction(2)], [Fraction(2), Fraction(1)]]).direction
    [Fraction(-2, 1), Fraction(1, 1)]
    """
    n = len(form)
    a = [[Fraction(x) for x in row] for row in form]
    basis = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    left = list(range(n))
    null: list[Fraction] | None = None
    while left:
        below = next((i for i in left if a[i][i] < 0), None)
        if below is not None:
            return Definiteness(Definite.NOT, basis[below])
        pivot = next((i for i in left if a[i][i] > 0), None)
        if pivot is None:
            for i in left:
                for j in left:
                    if a[i][j]:  # both diagonal entries are 0: e_i - sign e_j gives -2 |a_ij|
                        sign = 1 if a[i][j] > 0 else -1
                        pair = zip(basis[i], basis[j], strict=True)
                        return Definiteness(Definite.NOT, [x - sign * y for x, y in pair])
            null = basis[left[0]]
            break
        left.remove(pivot)
        for i in left:
            k = a[i][pivot] / a[pivot][pivot]
            if k:
                basis[i] = [x - k * y for x, y in zip(basis[i], basis[pivot], strict=True)]
                for j in left:
                    a[i][j] -= k * a[pivot][j]
        # Columns follow by symmetry: a[i][j] for i, j left has become the Schur complement.
    return Definiteness(Definite.SEMI if null else Definite.POSITIVE, null)
