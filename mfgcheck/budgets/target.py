"""Where T-BR goes: the T-MFE that is to be learned, and in how many steps T-BR is near it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from mfgcheck.budgets.gap.drift import Walk
from mfgcheck.budgets.gap.path import ReferencePath, reference_path
from mfgcheck.budgets.gap.plan import smallest_gap
from mfgcheck.budgets.gap.stage import Model, Stage, reward_unit
from mfgcheck.equilibrium.enclosure.enclosed import Equilibria, Equilibrium
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what is being done) now and then."""

_STEPS, _MOST = 32, 2048
_EXACT = 1 << 220  # draws so many that their noise is below every other error


@dataclass(frozen=True, eq=False)
class Target:
    """A path and the T-MFE near its end.

    Attributes:
        path: the reference path.
        there: the enclosed T-MFE.
        distances: bounds of ||y_k - z*||_1 for k = 0, 1, ..
    """

    path: ReferencePath
    there: Equilibrium
    distances: tuple[Fraction, ...]

    def first_within(self, accuracy: Fraction) -> int | None:
        """Return the first k with ||y_k - z*||_1 <= accuracy; None if no step is so near."""
        return next((k for k, d in enumerate(self.distances) if d <= accuracy), None)


@dataclass(frozen=True)
class Along:
    """What is proved along T-BR's path, as far as it was followed.

    Attributes:
        steps: how many steps were looked at.
        gap: a lower bound of all action gaps on the way; None if there is nothing to choose.
        tie: the first step at which an action gap was not shown to be positive, or the game not to
            jump: what T-BR does from there on is not proved. None if there is no such step.
        tau: a bound of the Dobrushin coefficients of the kernels on the way.
        radius: T-BR's mean field after these steps is within it of the reference path's.
    """

    steps: int
    gap: Fraction | None
    tie: int | None
    tau: Fraction
    radius: Fraction = Fraction(2)


def find_target(
    game: Game, found: Equilibria, accuracy: Fraction, algorithm: str = "t-br"
) -> Target | str:
    """Follow T-BR from the least law until it is near an enclosed T-MFE; or say why there is none.

    Args:
        game: the game.
        found: what is known of its T-MFE.
        accuracy: how near, in ||.||_1; the path goes on to a tenth of it, if it gets there.
        algorithm: "t-br" or "modified".

    >>> from mfgcheck import equilibria
    >>> from mfgcheck.gallery import make
    >>> game = make("audit-f")
    >>> find_target(game, equilibria(game), Fraction(1, 10)).first_within(Fraction(1, 10))
    1
    """
    if not found.equilibria:
        return f"there is no T-MFE to aim at ({found.sentence})"
    steps = _STEPS
    while True:
        try:
            path = reference_path(game, steps, algorithm)
        except BadInput as error:
            return f"T-BR was not followed: {error}"
        last = min((path.distance(steps, one), i) for i, one in enumerate(found.equilibria))
        there = found.equilibria[last[1]]
        if last[0] <= accuracy / 10 or steps >= _MOST:
            break
        if steps >= 4 * _STEPS and last[0] > path.distance(steps // 2, there) * 99 / 100:
            break  # it does not come nearer any more
        steps *= 2
    distances = []
    for k in range(steps + 1):
        distances.append(path.distance(k, there))
        if k and distances[-1] <= accuracy / 100:  # a learner makes one step at least
            break
    if min(distances) > 2 * accuracy:
        return (
            f"T-BR from the least law, followed in floating point, does not come within "
            f"{2 * accuracy} of an enclosed T-MFE in {steps} steps"
        )
    return Target(path, there, tuple(distances))


def along(path: ReferencePath, steps: int) -> Along:
    """Enclose the action gaps and the Dobrushin coefficients along T-BR.

    The radii are those that rounding and defects alone leave: T-BR itself stays within them, as
    long as all gaps are positive.
    """
    walk, model = Walk(path, max(1, steps), _EXACT, Fraction(1, 2)), Model(path.tables)
    unit = reward_unit(path.tables)
    gap: Fraction | None = None
    tau = Fraction(0)
    known: dict[object, Stage | None] = {}
    for k in range(steps):
        step = path.steps[k]
        around, point = path.ball(k, walk.radius), path.ball(k, Fraction(0))
        if around is None or point is None or step.learned is None:
            return Along(k, gap, k, tau)
        key = (step.learned, tuple(point.terms), tuple(around.terms))
        if key not in known:
            known[key] = model.stage(point, around, step.learned)
        stage = known[key]
        least = None if stage is None else smallest_gap(stage, stage.alike)
        if stage is None or (least is not None and least <= 0):
            return Along(k, gap, k, tau)
        tau = max(tau, stage.dobrushin)
        here = None if least is None else least / unit
        gap = min((g for g in (gap, here) if g is not None), default=None)
        if not walk.advance(around):
            return Along(k, gap, k, tau)
    return Along(steps, gap, None, tau, walk.radius)
