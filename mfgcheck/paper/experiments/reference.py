"""What the experiments are compared with: the enclosed T-MFE of a game, and its TQ-values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mfgcheck.paper.experiments.setting import Setting

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats, Ints

SECONDS = 60.0
"""How long the T-MFE of a game are looked for."""


@dataclass(frozen=True, eq=False)
class Reference:
    """The T-MFE of a game that has exactly one: proved, and then rounded to floats.

    Attributes:
        law: array (S,), its mean field.
        strategy: array (S,), numbers of its likeliest actions.
        q: array (S, A), its TQ-values, in floating point.
    """

    law: Floats
    strategy: Ints
    q: Floats

    @property
    def mean(self) -> float:
        """The mean state number."""
        return float(self.law @ np.arange(self.law.size))


def reference(setting: Setting) -> Reference | None:
    """Return the T-MFE of a setting's game; None if it is not proved to have exactly one."""
    return _reference(setting.game, setting.parameters)


@lru_cache(maxsize=64)
def _reference(game_name: str, parameters: tuple[tuple[str, str], ...]) -> Reference | None:
    from mfgcheck.equilibrium.enclosure.equilibria import equilibria
    from mfgcheck.equilibrium.tbr.model import Model
    from mfgcheck.equilibrium.tbr.response import respond

    game = Setting(game_name, parameters, "gmbl", 1).make()
    found = equilibria(game, time_limit=SECONDS)
    if found.count != 1 or found.equilibria[0].strategy is None:
        return None
    only = found.equilibria[0]
    law = np.array([float((low + high) / 2) for low, high in only.mean_field])
    law /= law.sum()
    strategy = np.array([game.actions.index[a] for a in only.strategy or ()])
    return Reference(law, strategy, respond(Model.of(game).at(law), accuracy=1e-9).q_values)
