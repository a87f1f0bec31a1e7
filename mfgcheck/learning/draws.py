"""Compiled inner loops: one draw of an action, of a next state; one update of a TQ-value.

A kernel row is a list of branches, each with a law. A draw takes one random number for the branch
and one for the outcome; where there is one only, it takes none. Rows are numbered action * |S| +
state.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mfgcheck.learning.compiled import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def place(cumulative: Floats, first: int, last: int, u: float) -> int:
    """Return the least i in [first, last) with u < cumulative[i]; last - 1 if there is none."""
    while last - first > 1:
        middle = (first + last) // 2 - 1
        if u < cumulative[middle]:
            last = middle + 1
        else:
            first = middle + 1
    return first


class Rows(NamedTuple):
    """The kernel at one mean field, for `next_state`.

    Attributes:
        branch_start: row i has the branches branch_start[i] to branch_start[i + 1].
        branch_cumulative: the weight of a branch and those before it in its row.
        branch_law: the law of each branch.
        law_start, law_outcome, law_cumulative: the same for the outcomes of laws.
        states: |S|.
    """

    branch_start: Ints
    branch_cumulative: Floats
    branch_law: Ints
    law_start: Ints
    law_outcome: Ints
    law_cumulative: Floats
    states: int


@compiled
def next_state(rng: np.random.Generator, s: int, a: int, rows: Rows) -> int:
    """Return a draw from the kernel row of a state and an action."""
    row = a * rows.states + s
    first, last = rows.branch_start[row], rows.branch_start[row + 1]
    branch = first
    if last - first > 1:
        branch = place(rows.branch_cumulative, first, last, rng.random())
    law = rows.branch_law[branch]
    first, last = rows.law_start[law], rows.law_start[law + 1]
    if last - first > 1:
        first = place(rows.law_cumulative, first, last, rng.random())
    return rows.law_outcome[first]  # type: ignore[no-any-return]


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
