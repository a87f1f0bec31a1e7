"""Small exact linear algebra over the rationals."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

Row = tuple[Fraction, ...]


def echelon(
    rows: Sequence[Sequence[Fraction]], width: int
) -> tuple[tuple[Row, ...], tuple[int, ...]]:
    """A basis of the row space, 1 at its own pivot column and 0 at the others', and the pivots.

    >>> echelon([(Fraction(0), Fraction(2)), (Fraction(0), Fraction(3))], 2)
    (((Fraction(0, 1), Fraction(1, 1)),), (1,))
    """
    basis: list[list[Fraction]] = []
    pivots: list[int] = []
    for row in rows:
        rest = list(row)
        for pivot, known in zip(pivots, basis, strict=True):
            k = rest[pivot]
            if k:
                rest = [x - k * y for x, y in zip(rest, known, strict=True)]
        pivot = next((j for j, x in enumerate(rest) if x), -1)
        if pivot < 0:
            continue
        rest = [x / rest[pivot] for x in rest]
        for i, known in enumerate(basis):
            k = known[pivot]
            if k:
                basis[i] = [x - k * y for x, y in zip(known, rest, strict=True)]
        basis.append(rest)
        pivots.append(pivot)
        if len(basis) == width:
            break
    order = sorted(range(len(pivots)), key=lambda i: pivots[i])
    return tuple(tuple(basis[i]) for i in order), tuple(pivots[i] for i in order)


def solve(
    columns: Sequence[Sequence[Fraction]], target: Sequence[Fraction]
) -> list[Fraction] | None:
    """The unique x with sum over j of x_j * columns[j] = target; None if none or not unique.

    >>> solve([(Fraction(2),)], (Fraction(3),))
    [Fraction(3, 2)]
    """
    n = len(columns)
    rows = [[column[i] for column in columns] + [target[i]] for i in range(len(target))]
    done = 0
    for j in range(n):
        pivot = next((i for i in range(done, len(rows)) if rows[i][j]), -1)
        if pivot < 0:
            return None
        rows[done], rows[pivot] = rows[pivot], rows[done]
        head = rows[done][j]
        lead = [x / head for x in rows[done]]
        rows[done] = lead
        for i, row in enumerate(rows):
            if i != done and row[j]:
                k = row[j]
                rows[i] = [x - k * y for x, y in zip(row, lead, strict=True)]
        done += 1
    if any(row[n] for row in rows[done:]):
        return None
    return [rows[j][n] for j in range(n)]


def feasible_combination(
    points: Sequence[Sequence[Fraction]], target: Sequence[Fraction]
) -> dict[int, Fraction] | None:
    """Weights >= 0 of sum 1 on the points that give the target; None if there are none.

    Phase one of the simplex method with Bland's rule (so it ends), in exact arithmetic.

    >>> feasible_combination([(Fraction(0),), (Fraction(4),)], (Fraction(1),))
    {0: Fraction(3, 4), 1: Fraction(1, 4)}
    """
    height, n = len(target) + 1, len(points)
    rows = [[point[i] for point in points] + [target[i]] for i in range(height - 1)]
    rows.append([Fraction(1)] * (n + 1))
    rows = [[-x for x in row] if row[n] < 0 else row for row in rows]
    basis = [-1] * height  # -1: an artificial variable, never taken back
    cost = [sum((row[j] for row in rows), Fraction(0)) for j in range(n + 1)]
    while cost[n] > 0:
        entering = next((j for j in range(n) if cost[j] > 0), -1)
        if entering < 0:
            return None
        ratios = [
            (rows[i][n] / rows[i][entering], basis[i], i)
            for i in range(height)
            if rows[i][entering] > 0
        ]
        _, _, leaving = min(ratios)
        head = rows[leaving][entering]
        lead = [x / head for x in rows[leaving]]
        rows[leaving] = lead
        for i, row in enumerate(rows):
            k = row[entering]
            if i != leaving and k:
                rows[i] = [x - k * y for x, y in zip(row, lead, strict=True)]
        k = cost[entering]
        cost = [x - k * y for x, y in zip(cost, lead, strict=True)]
        basis[leaving] = entering
    found = {j: rows[i][n] for i, j in enumerate(basis) if j >= 0 and rows[i][n]}
    return dict(sorted(found.items()))
