"""Evidence about additive dynamics s' = s + a + noise, and what Definition 1 asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from mfgcheck.game.game import Game
from mfgcheck.game.laws import Law, point
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.rigor.farkas import multipliers, refutes
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status

CLAUSE = "kernel.supermodular"


def smallest(states: int = 3, *, capped: bool = False) -> Finding:
    """Whether s' = s + a fails to be stochastically supermodular where no end of S is felt.

    Args:
        states: states 0, 1, .., and actions 0 and 1.
        capped: let actions cap health in place of adding to it, s' = min(s, a (states - 1)).
    """
    top = states - 1

    def transition(s: Any, a: Any, z: Any) -> Law:
        moved = point(s).min(top * a) if capped else point(s + a).clip(0, top)
        return moved  # both keep within the states

    game = Game(
        states=states,
        actions=2,
        reward=lambda s, a, z: s,
        transition=transition,
        discount="1/2",
        tremble="1/4",
        name="s + a",
    )
    verdict = check(game, [CLAUSE]).clauses[CLAUSE]
    witness = verdict.witness
    if verdict.status is not Status.REFUTED or witness is None:
        return denied(f"on {states} states the clause is {verdict.status}")
    (s, a), (s2, a2) = witness.corners
    rows = (game.states.index[x] * 2 + game.actions.index[y] for x in (s, s2) for y in (a, a2))
    if any(bool(game.form.clipped[row]) for row in rows):
        return denied(f"on {states} states every failure is at the end of the state space")
    return confirmed(f"On {states} states, s' = s + a. {witness.text} Here s + a is a state.")


def no_noise(
    states: int = 25, actions: int = 5, shifts: Sequence[int] = tuple(range(-3, 4))
) -> Finding:
    """Whether no law of noise on these shifts makes s' = s + a + noise, clipped, supermodular.

    The unknowns are the probabilities p >= 0 of the shifts, of sum at least 1; every local square
    and every upper set is one inequality on them. The simplex method proposes multipliers; that
    they refute the system is then checked by itself.
    """
    rows = sorted(_squares(states, actions, shifts))
    system = [[Fraction(x) for x in row] for row in rows]
    system.append([Fraction(1)] * len(shifts))
    bounds = [Fraction(0)] * len(rows) + [Fraction(1)]
    y = multipliers(system, bounds)
    if y is None:
        return denied(f"some law on the shifts {shifts[0]} to {shifts[-1]} makes it supermodular")
    if not refutes(system, bounds, y):
        return denied("the multipliers proposed prove nothing")
    used = ", ".join(str(weight) for weight in y if weight)
    return confirmed(
        f"{states} states, {actions} actions, shifts {shifts[0]} to {shifts[-1]}: the local "
        f"squares and upper sets ask {len(rows)} different inequalities of the probabilities, and "
        f"no law satisfies them, by multipliers ({used})."
    )


def _squares(states: int, actions: int, shifts: Sequence[int]) -> set[tuple[int, ...]]:
    """Return what each local square and tail {s' >= k} asks, as coefficients of the chances."""
    top = states - 1
    ends = [[[_end(s + a + w, top) for w in shifts] for a in range(actions)] for s in range(states)]
    found = set()
    for s in range(top):
        for a in range(actions - 1):
            square = (ends[s][a], ends[s + 1][a + 1], ends[s + 1][a], ends[s][a + 1])
            for k in range(1, states):
                found.add(
                    tuple(
                        (low >= k) + (high >= k) - (right >= k) - (left >= k)
                        for low, high, right, left in zip(*square, strict=True)
                    )
                )
    return {row for row in found if any(row)}


def _end(x: int, top: int) -> int:
    return min(max(x, 0), top)


def convex_tests(states: int = 25, actions: int = 5, *, cap: int | None = 24) -> Finding:
    """Whether E f(s') can fail to be supermodular in (s, a) for a convex f that rises with s'.

    The paper's damage (0 with chance 1/10, else 1, 2, 3 with 3/10 each) at a chance of infection
    of 1/10, and f(x) = max(0, x - k) for each k: without a cap on health these are all supermodular
    (see the argument on paper), with it they need not be.

    Args:
        states: how many states s to compare.
        actions: how many actions, from 0.
        cap: the highest health, if there is one.
    """
    damage = {0: Fraction(1, 10), 1: Fraction(3, 10), 2: Fraction(3, 10), 3: Fraction(3, 10)}
    infected = Fraction(1, 10)

    def mean(k: int, x: int) -> Fraction:
        def worth(y: int) -> int:
            kept = max(0, y) if cap is None else min(max(0, y), cap)
            return max(0, kept - k)

        hurt = sum((p * worth(x - w) for w, p in damage.items()), Fraction(0))
        return infected * hurt + (1 - infected) * worth(x)

    last = states + actions - 2
    table = [[mean(k, x) for x in range(last + 1)] for k in range(states)]
    failing = [
        (f[u] + f[u + 2] - 2 * f[u + 1], k, u)
        for k, f in enumerate(table)
        for u in range(last - 1)
        if f[u] + f[u + 2] < 2 * f[u + 1]
    ]
    if not failing:
        return denied("every one of these functions gives a supermodular mean")
    worst, k, u = min(failing)
    return confirmed(
        f"With health capped at {cap}, the mean of {_told(k)} goes up by {-worst} less from "
        f"s + a = {u + 1} to {u + 2} than from {u} to {u + 1}."
    )


def _told(k: int) -> str:
    return f"max(0, s' - {k})" if k else "s'"
