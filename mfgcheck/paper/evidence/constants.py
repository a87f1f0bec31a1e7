"""Evidence about the constants of Assumptions 1 and 2 and Lemma 4: certified for whole games."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from mfgcheck.budgets.bounds.flaws import value_change
from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.covering import bound_covering
from mfgcheck.budgets.constants.family import whole_tables
from mfgcheck.budgets.constants.lipschitz import bound_c1, bound_c2
from mfgcheck.budgets.constants.mixing import bound_c4, bound_tau
from mfgcheck.budgets.constants.policy_lipschitz import bound_c3, bound_c5
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.gallery import make
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.paper.claim import Finding, confirmed, denied, undecided
from mfgcheck.paper.evidence.definition import objection

_BOUND: Mapping[str, Callable[[Tables, Deadline], Constant]] = {
    "C1": bound_c1,
    "C2": bound_c2,
    "C3": bound_c3,
    "C5": bound_c5,
    "L": lambda tables, deadline: bound_covering(tables, deadline).half,
}


def constant_of(game: Game, name: str) -> Constant:
    """Return a constant of a game: C1, .., C5 or the covering time L."""
    tables = whole_tables(game)
    if name == "C4":
        return bound_c4(bound_tau(tables, Deadline()), bound_c2(tables, Deadline()))
    return _BOUND[name](tables, Deadline())


def finite(*, games: Sequence[str], names: Sequence[str]) -> Finding:
    """Whether games with complementarities have these constants, finite and certified."""
    told = []
    for name in games:
        game = make(name)
        against = objection(game)
        if against is not None:
            return against
        found = [constant_of(game, which) for which in names]
        for one in found:
            if one.upper is None:
                verdict = denied if one.proof is Proof.NONE else undecided
                return verdict(f"{name}: {one.name}: {one.text} ({one.where or one.method})")
        told.append(f"{name}: " + ", ".join(f"{one.name} {one.text}" for one in found))
    return confirmed("Certified over all mean fields: " + "; ".join(told) + ".")


def none_finite(*, games: Sequence[str], name: str) -> Finding:
    """Whether no finite constant exists in each of these games with complementarities."""
    told = ""
    for each in games:
        game = make(each)
        against = objection(game)
        if against is not None:
            return against
        found = constant_of(game, name)
        if found.proof is not Proof.NONE:
            verdict = undecided if found.proof is Proof.OPEN else denied
            return verdict(f"{each}: {name} is {found.text}")
        told = told or f"{each}: {found.where}"
    return confirmed(f"No {name} is finite in {', '.join(games)}. In {told}.")


def as_small_as_one_likes(game: Game, names: Sequence[str]) -> Finding | None:
    """Return an objection unless these constants are all 0, so that every positive number does."""
    for name in names:
        found = constant_of(game, name)
        if found.proof is not Proof.EXACT or found.upper != 0:
            return denied(f"{name} of {game.name} is {found.text}, and not 0")
    return None


def values_move(
    *, game: str, first: Mapping[Any, object], second: Mapping[Any, object], beyond: str
) -> Finding:
    """Whether Q* moves farther than the D of the theorems allows, or no farther than Lemma 4's.

    C1 and C2 are the certified ones of the game.

    Args:
        game: a game of the gallery.
        first, second: mean fields, {state: mass}.
        beyond: "theorems", to ask whether it moves farther than their D; "nothing", to ask whether
            it keeps within the D of Lemma 4's proof.
    """
    made = make(game)
    against = objection(made)
    if against is not None:
        return against
    c1, c2 = (constant_of(made, name).upper for name in ("C1", "C2"))
    if c1 is None or c2 is None:
        return undecided(f"C1 or C2 of {game} is not known to be finite")
    moved = value_change(made, first, second, c1, c2)
    text = (
        f"{game}, C1 = {c1}, C2 = {c2}, ||z - z'||_1 = {moved.distance}: Q* moves by "
        f"{moved.change}; the D of the theorems allows {moved.printed}, that of Lemma 4's proof "
        f"{moved.proved}."
    )
    so = moved.refutes if beyond == "theorems" else moved.change <= moved.proved
    return confirmed(text) if so else denied(text)


def never_sure(*, tremble: Fraction, actions: int, steps: int) -> Finding:
    """Whether a trembling trajectory misses some pair for so many steps with positive probability.

    Each step plays a given action with at most max(1 - eps, eps/(n - 1)), whatever the strategy and
    the past. So with a positive probability it is not played at all.
    """
    most = max(1 - tremble, tremble / (actions - 1))
    missed = (1 - most) ** steps
    if missed == 0:
        return denied(f"an action may be played with probability {most}")
    with_log = steps * _log10(1 - most)
    return confirmed(
        f"With tremble {tremble} and {actions} actions a given action is played with probability "
        f"{most} at most in each step; in {steps} steps it is missed with probability 10^"
        f"{with_log:.0f} or more, which is not 0. So no number of steps bounds the covering time "
        "of a random sequence."
    )


def _log10(x: Fraction) -> float:
    import math

    return math.log10(x.numerator) - math.log10(x.denominator)
