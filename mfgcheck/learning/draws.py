"""Compiled inner loops: one draw of an action, of a next state; one update of a TQ-value.

A kernel row is a list of branches, each with a law. A draw takes one random number for the branch
and one for the outcome; where there is one only, it takes none. All of it is one array, because
numba counts references to each array that is taken out of a tuple, at each draw: that takes longer
than the draw.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mfgcheck.learning.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

TICKETS = 2.0**53
"""Random numbers are whole multiples of 1/TICKETS: times TICKETS they are tickets, 0 or more."""


def shares(start: Ints, value: Floats) -> Ints:
    """Return how many tickets draw an entry of its part or one before it.

    Args:
        start: part i has the entries start[i] to start[i + 1].
        value: what the entries of a part draw tickets in proportion to; below 0 counts as 0.

    >>> (shares(np.array([0, 2]), np.array([3.0, 1.0])) / TICKETS).tolist()
    [0.75, 1.0]
    """
    total = np.cumsum(np.maximum(value, 0.0))
    before = np.concatenate([[0.0], total])[start[:-1]]
    counts = np.diff(start)
    found: Floats = total - np.repeat(before, counts)
    found /= np.repeat(found[start[1:] - 1], counts)
    return np.ceil(found * TICKETS).astype(np.int64)


@compiled
def place(table: Ints, first: int, last: int, ticket: float) -> int:
    """Return the least i in [first, last) with ticket < table[i, 0]; last - 1 if there is none."""
    while last - first > 1:
        middle = (first + last) // 2 - 1
        if ticket < table[middle, 0]:
            last = middle + 1
        else:
            first = middle + 1
    return first


@compiled
def next_state(rng: np.random.Generator, s: int, a: int, table: Ints) -> int:
    """Return a draw from the kernel row of a state and an action.

    Args:
        rng: where chance comes from.
        s, a: numbers.
        table: array (n, 3). Line 0 holds |S| in column 1, line 1 + a |S| + s where its branches
            start, and where they end; the line of a branch, in column 0, the tickets that draw it
            or one before it, and where its law starts and ends; that of an outcome the same
            tickets, and the state.
    """
    line = 1 + a * table[0, 1] + s
    first, last = table[line, 1], table[line, 2]
    if last - first > 1:
        first = place(table, first, last, rng.random() * TICKETS)
    first, last = table[first, 1], table[first, 2]
    if last - first > 1:
        first = place(table, first, last, rng.random() * TICKETS)
    return table[first, 1]  # type: ignore[no-any-return]


@compiled
def meant(q: Floats, s: int) -> int:
    """Return the best action in a state, the lowest of several."""
    best = 0
    for a in range(1, q.shape[1]):
        if q[s, a] > q[s, best]:
            best = a
    return best


@compiled
def played(rng: np.random.Generator, intended: int, actions: int, tremble: float) -> int:
    """Return the action that a trembling hand plays: another with probability `tremble`."""
    if actions == 1 or rng.random() >= tremble:
        return intended
    other = int(rng.random() * (actions - 1))
    return other + 1 if other >= intended else other


@compiled
def worth(q: Floats, s: int, tremble: float) -> float:
    """Return G(q)(s): the mean of q over the actions of a trembling hand that means the best."""
    actions = q.shape[1]
    best, total = q[s, 0], q[s, 0]
    for a in range(1, actions):
        total += q[s, a]
        best = max(best, q[s, a])
    if actions == 1:
        return best  # type: ignore[no-any-return]
    return (1 - tremble) * best + tremble / (actions - 1) * (total - best)  # type: ignore[no-any-return]
