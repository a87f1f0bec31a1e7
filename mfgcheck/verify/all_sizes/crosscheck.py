"""The verdicts for all sizes beside those of `check` at a few small ones.

They rest on different arguments, so that a disagreement shows a defect; then the verdict for all
sizes is taken back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import sympy

from mfgcheck.errors import MfgCheckError
from mfgcheck.game.game import Game
from mfgcheck.game.laws import point
from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import MEAN, TOP, A, Mass, MeanOf, S, Tail, X
from mfgcheck.verify.all_sizes.capture import Family, arguments
from mfgcheck.verify.all_sizes.found import SizeVerdict, undecided
from mfgcheck.verify.all_sizes.points import Size
from mfgcheck.verify.all_sizes.replay import Replayed, Rest, clipped, evaluated, size_parameters
from mfgcheck.verify.check import check
from mfgcheck.verify.verdict import Status

SIZES: tuple[Size, ...] = ((2, 2), (3, 2), (3, 4), (5, 3))
_PATIENCE = 5.0  # seconds for each size


@dataclass(frozen=True)
class Crosschecked:
    """Verdicts that `check` does not contradict, and the sizes at which it was asked."""

    clauses: Mapping[str, SizeVerdict]
    sizes: tuple[Size, ...]


def crosscheck(replayed: Replayed, clauses: Mapping[str, SizeVerdict]) -> Crosschecked:
    """Ask `check` at a few small sizes, and take back what it contradicts."""
    found = dict(clauses)
    asked: list[Size] = []
    for n, k in SIZES:
        try:
            game = sample_game(replayed, n, k)
        except MfgCheckError:
            continue
        names = [c for c in found if _readable(replayed.family, c)]
        if game is None or not names or game.doubts:
            continue
        asked.append((n, k))
        report = check(game, names, _PATIENCE)
        for name, verdict in report.clauses.items():
            ours = found[name]
            if (ours.holds_at(n, k) and verdict.status is Status.REFUTED) or (
                ours.fails_at(n, k)
                and not ours.scope.startswith("some ")
                and verdict.status is Status.PROVED
            ):
                found[name] = undecided(
                    name,
                    f"check says {verdict.status} at |S| = {n}, |A| = {k}, which contradicts the "
                    f"verdict for all sizes ({ours.status}: {ours.where}); please report this",
                )
    return Crosschecked(found, tuple(asked))


def _readable(family: Family, clause: str) -> bool:
    return (family.reward if clause.startswith("reward.") else family.kernel) is not None


def sample_game(replayed: Replayed, n: int, k: int) -> Game | None:
    """Return the game of a family with n states and k actions, None if its formulas do not give it.

    Unknown functions are replaced by one that falls strictly.

    Raises:
        MfgCheckError: it is no game at this size.
    """
    family = replayed.family
    if not _has_unknown(family) and set(size_parameters(family.game)) == {"states", "actions"}:
        return _made(family.game, n, k)
    return formula_game(family, replayed.rest, n, k)


def _made(game: Game, n: int, k: int) -> Game | None:
    if game.maker is None:
        return None
    try:
        made = game.maker(**arguments(game, {"states": n, "actions": k}))
    except Exception:  # the code is the user's: it may not be made for this size
        return None
    return made if isinstance(made, Game) else None


def _has_unknown(family: Family) -> bool:
    reward = family.reward.atoms(Unknown) if family.reward is not None else set()
    kernel = family.kernel.parts if family.kernel is not None else ()
    return bool(reward) or any(weight.atoms(Unknown) for weight, _ in kernel)


def formula_game(family: Family, rest: Rest, n: int, k: int) -> Game | None:
    """Return the game that the formulas of a family make at one size."""
    if family.kernel is None and family.reward is None:
        return None
    if family.kernel is not None and family.kernel.loose:
        return None
    top = sympy.Integer(n - 1)
    given = family.reward_as_given
    formula = sympy.S.Zero if given is None else given

    def reward(s: Any, a: Any, z: Any) -> sympy.Expr:
        return _evaluated(formula.subs({S: s, A: a}), z)

    def transition(s: Any, a: Any, z: Any) -> object:
        if family.kernel is None:
            return point(s)
        moving = [
            (_evaluated(weight, z), point(clipped(evaluated(x, {S: s, A: a, TOP: top}), top)))
            for weight, x in family.kernel.parts
        ]
        return moving + [(weight, point(clipped(x, top))) for x, weight in rest.items()]

    return Game(n, k, reward, transition, "1/2", "1/4", name=f"{family.game.name} {n} x {k}")


def _evaluated(e: sympy.Expr, z: Any) -> sympy.Expr:
    """Ask a mean field for the functionals in a formula."""
    e = e.xreplace({u: _example(u) for u in e.atoms(Unknown)})
    values: dict[sympy.Expr, object] = {}
    for part in e.atoms(MeanOf, Mass, Tail):
        inner = part.args[0]
        if isinstance(part, MeanOf):
            values[part] = z.mean(partial(_at, inner))
        else:
            values[part] = z[inner] if isinstance(part, Mass) else z.tail(inner)
    if MEAN in e.free_symbols:
        values[MEAN] = z.mean()
    return e.xreplace(values)


def _at(formula: sympy.Expr, x: object) -> sympy.Expr:
    return formula.subs(X, x)


def _example(u: Unknown) -> sympy.Expr:
    """Return low + (high - low) / (2 + x), which falls strictly for x >= 0."""
    low = sympy.Rational(u.low.numerator, u.low.denominator)
    high = sympy.Rational(u.high.numerator, u.high.denominator)
    return low + (high - low) / (2 + u.args[0])


__all__ = ["Crosschecked", "crosscheck", "formula_game", "sample_game"]
