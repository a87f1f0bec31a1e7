"""TMFQ-learning (Algorithm 2), with Next-MF (Algorithm 4): a simulator, and no model."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.learning import loops
from mfgcheck.learning.draws import Floats, Ints, shares
from mfgcheck.learning.learned import (
    Learned,
    Path,
    Progress,
    chance,
    compared,
    count,
    law,
    positive,
)
from mfgcheck.learning.rates import DECAYING, Rate, need_rate
from mfgcheck.learning.simulator import Scene, Simulator


@dataclass(frozen=True)
class Fixed:
    """So many updates and draws in every iteration: the stopping rule that can be relied on.

    Attributes:
        updates: of TQ-learning; synchronous ones count once for all pairs.
        draws: of Next-MF.
    """

    updates: int = 1000
    draws: int = 1000

    def __post_init__(self) -> None:
        count(self.updates, "updates")
        count(self.draws, "draws")

    def __str__(self) -> str:
        return f"fixed: {self.updates} updates, {self.draws} draws"


@dataclass(frozen=True)
class Printed:
    """The paper's stopping rules: stop when one more update, or draw, hardly changes anything.

    They stop too early: TQ-learning at the first update if the reward there is 0, Next-MF at the
    second draw if it equals the first (see the ledger, `mfgcheck audit algorithm-2 algorithm-4`).

    Attributes:
        eps1: TQ-learning ends after an update that changes less than this.
        eps2: Next-MF ends after a draw that moves the law by at most this in ||.||_1.
        at_most: updates and draws, so that it ends at all.
    """

    eps1: float = 1e-3
    eps2: float = 1e-2
    at_most: int = 100_000

    def __post_init__(self) -> None:
        for name, value in (("eps1", self.eps1), ("eps2", self.eps2)):
            positive(value, name)
        count(self.at_most, "at_most")

    def __str__(self) -> str:
        return f"printed: eps1 = {self.eps1:g}, eps2 = {self.eps2:g}, at most {self.at_most}"


def tmfq(
    game: Game | Simulator,
    iterations: int = 100,
    rule: Fixed | Printed | None = None,
    rate: Rate = DECAYING,
    *,
    synchronous: bool = False,
    keep: bool = True,
    start: Mapping[Any, object] | Floats | None = None,
    seed: int = 0,
    run: int = 0,
    reference: Floats | None = None,
    on_progress: Progress | None = None,
) -> Learned:
    """Learn by Algorithm 2: TQ-learning at z_k, the strategy that is greedy for it, then Next-MF.

    Args:
        game: a game, or a black box.
        iterations: of the mean field, at least 1.
        rule: when TQ-learning and Next-MF end; `Fixed()` by default.
        rate: of TQ-learning.
        synchronous: update all pairs in each round (equation (18), corrected) instead of following
            one trajectory (equation (6)), which sees only what it visits.
        keep: start TQ-learning from the last iteration's values, as in appendix F.1, not from 0,
            and its trajectory from where it ended, not from a new s_0 as Algorithm 2 has it.
        start: z_0, the least law by default.
        seed, run: where chance comes from.
        reference: a law to compare with, array (S,).
        on_progress: called between iterations.

    Raises:
        BadInput: an option is out of its range, or the game cannot be computed with in floats.

    Source: Lee et al. (2021), Algorithms 2 and 4, equations (6) and (18).

    >>> from mfgcheck.gallery import make
    >>> tmfq(make("audit-c"), 5, Fixed(100, 100)).mean_fields.shape
    (6, 2)
    """
    started = time.perf_counter()
    simulator = Simulator.of(game)
    there = compared(simulator, reference)
    steps = count(iterations, "iterations")
    stop = Fixed() if rule is None else rule
    if synchronous and isinstance(stop, Printed):
        raise BadInput("the printed stopping rule is for one trajectory, not for rounds")
    if not isinstance(stop, Fixed | Printed):
        raise BadInput(f"the rule is {rule!r}: it must be Fixed(...) or Printed(...)")
    need_rate(rate)
    rng = chance(seed, run)
    z = law(simulator, start, "the start")
    path = Path(simulator, z, steps, on_progress)
    q = np.zeros(simulator.shape)
    s = 0
    for k in range(steps):
        scene = simulator.at(z)
        if not keep:
            q[:] = 0.0
        if k == 0 or not keep:
            s = int(rng.integers(simulator.shape[0]))
        scale = rate.at(k, steps)
        if synchronous and isinstance(stop, Fixed):
            scene.loop(loops.synchronous)(
                rng, scene.draw, scene.rows, scene.reward, q, stop.updates, scale, rate.power,
                simulator.discount, simulator.tremble,
            )  # fmt: skip
            used = stop.updates * q.size
        else:
            most = stop.updates if isinstance(stop, Fixed) else stop.at_most
            tolerance = 0.0 if isinstance(stop, Fixed) else stop.eps1
            visits = np.zeros(simulator.shape, dtype=np.int64)
            used, s = scene.loop(loops.trajectory)(
                rng, scene.draw, scene.rows, scene.reward, q, visits, s, most, scale, rate.power,
                simulator.discount, simulator.tremble, tolerance,
            )  # fmt: skip
        strategy = q.argmax(axis=1)
        z, drawn = next_mean_field(rng, simulator, scene, strategy, stop)
        path.add(k, z, strategy, used + drawn)
    options = {
        "iterations": steps, "rule": str(stop), "rate": str(rate), "synchronous": synchronous,
        "keep": keep,
    } | ({} if start is None else {"start": path.mean_fields[0].tolist()})  # fmt: skip
    return Learned(
        simulator, "tmfq", options, seed, run, path.mean_fields, path.strategies, q, path.samples,
        there, time.perf_counter() - started,
    )  # fmt: skip


def next_mean_field(
    rng: np.random.Generator,
    simulator: Simulator,
    scene: Scene,
    strategy: Ints,
    rule: Fixed | Printed,
) -> tuple[Floats, int]:
    """Return an empirical law of next states, array (S,), and from how many draws it is.

    Source: Lee et al. (2021), Algorithm 4.
    """
    counts = np.zeros(simulator.shape[0], dtype=np.int64)
    known = shares(np.array([0, counts.size]), scene.mean_field).reshape(-1, 1)
    most = rule.draws if isinstance(rule, Fixed) else rule.at_most
    tolerance = -1.0 if isinstance(rule, Fixed) else rule.eps2
    drawn = scene.loop(loops.next_law)(
        rng, scene.draw, scene.rows, known, strategy, simulator.shape[1], simulator.tremble, most,
        tolerance, counts,
    )  # fmt: skip
    return counts / drawn, drawn
