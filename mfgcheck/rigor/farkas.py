"""Proofs that linear inequalities have no solution: Farkas's multipliers, in exact arithmetic.

Lemma. Let A be a matrix and b a vector. If some y >= 0 has y A <= 0 (in every column) and y b > 0,
then no x >= 0 has A x >= b.

Proof. For such an x, (y A) x <= 0, as x >= 0 and y A <= 0; and y (A x) >= y b > 0, as y >= 0 and
A x >= b. These are the same number. []

(Farkas's lemma is the converse: if there is no such x, there are such multipliers. Nothing here
rests on it: `multipliers` looks for them, and `refutes` checks whatever it is given.)

An equation is two inequalities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

Row = Sequence[Fraction]


def refutes(rows: Sequence[Row], bounds: Row, y: Row) -> bool:
    """Whether multipliers prove that no x >= 0 has `rows` x >= `bounds`.

    Args:
        rows: the matrix A.
        bounds: the vector b.
        y: one multiplier for each row.

    Raises:
        ValueError: the sizes do not fit.

    Source: the lemma above.

    >>> one = Fraction(1)
    >>> refutes([[one], [-one]], [one, Fraction(0)], [one, one])  # x >= 1 and -x >= 0
    True
    """
    if any(weight < 0 for weight in y):
        return False
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("the rows differ in length")
    columns = (_sum(w * row[j] for w, row in zip(y, rows, strict=True)) for j in range(width))
    gain = _sum(w * bound for w, bound in zip(y, bounds, strict=True))
    return all(column <= 0 for column in columns) and gain > 0


def multipliers(rows: Sequence[Row], bounds: Row) -> tuple[Fraction, ...] | None:
    """Look for multipliers that prove that no x >= 0 has `rows` x >= `bounds`; None if some x has.

    Phase one of the simplex method with Bland's rule (so it ends): minimise the sum of what is
    missing in the rows with a positive bound. The cost row is at all times a combination of the
    rows A x - s = b, so its entry at the slack s_i is -y_i; at the end no entry is positive but
    that of the right side.

    >>> one = Fraction(1)
    >>> multipliers([[one], [-one]], [one, Fraction(0)])
    (Fraction(1, 1), Fraction(1, 1))
    """
    height, width = len(rows), len(rows[0]) if rows else 0
    end = width + height
    table: list[list[Fraction]] = []
    basis: list[int] = []  # -1: what is missing, never taken back
    for i, (row, bound) in enumerate(zip(rows, bounds, strict=True)):
        slack = [Fraction(-int(j == i)) for j in range(height)]
        line = [*row, *slack, bound]
        missing = bound > 0
        table.append(line if missing else [-x for x in line])
        basis.append(-1 if missing else width + i)
    starts = [line for line, column in zip(table, basis, strict=True) if column < 0]
    cost = [_sum(line[j] for line in starts) for j in range(end + 1)]
    while cost[end] > 0:
        entering = next((j for j in range(end) if cost[j] > 0), -1)
        if entering < 0:
            return tuple(-x for x in cost[width:end])
        ratios = [
            (line[end] / line[entering], basis[i], i)
            for i, line in enumerate(table)
            if line[entering] > 0
        ]
        _, _, leaving = min(ratios)
        lead = [x / table[leaving][entering] for x in table[leaving]]
        table[leaving] = lead
        for i, line in enumerate(table):
            if i != leaving and line[entering]:
                table[i] = _minus(line, line[entering], lead)
        cost = _minus(cost, cost[entering], lead)
        basis[leaving] = entering
    return None


def _minus(row: Row, k: Fraction, lead: Row) -> list[Fraction]:
    return [x - k * y if y else x for x, y in zip(row, lead, strict=True)]


def _sum(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, Fraction(0))
