"""`learn`: one entry for all learners, by name."""

from __future__ import annotations

from collections.abc import Callable
from inspect import signature
from typing import Any

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.learning.learned import Learned
from mfgcheck.learning.model_based import gmbl
from mfgcheck.learning.model_free import tmfq
from mfgcheck.learning.population import iql, mfq, o_tmfq
from mfgcheck.learning.simulator import Simulator

ALGORITHMS: dict[str, Callable[..., Learned]] = {
    "tmfq": tmfq,
    "gmbl": gmbl,
    "o-tmfq": o_tmfq,
    "iql": iql,
    "mfq": mfq,
}


def learn(game: Game | Simulator, algorithm: str = "o-tmfq", **options: Any) -> Learned:
    """Run a learner on a game: what `mfgcheck learn` does.

    Args:
        game: a game, or a black box.
        algorithm: "tmfq", "gmbl", "o-tmfq", "iql" or "mfq": the function of that name in
            `mfgcheck.learning`, whose options can be given.
        options: of the learner; `iterations`, `seed` and `run` are known to all.

    Raises:
        BadInput: there is no such algorithm or option, or its value is out of range.

    Source: Lee et al. (2021), sections 4 to 6.

    >>> from mfgcheck.gallery import make
    >>> learn(make("audit-c"), "gmbl", iterations=3, samples=10).mean_fields.shape
    (4, 2)
    """
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise BadInput(f"there is no algorithm {algorithm!r}: there are {', '.join(ALGORITHMS)}")
    function = ALGORITHMS[algorithm]
    known = [name for name in signature(function).parameters if name != "game"]
    for name in options:
        if name not in known:
            raise BadInput(f"{algorithm} has no option {name}: it has {', '.join(known)}")
    return function(game, **options)
