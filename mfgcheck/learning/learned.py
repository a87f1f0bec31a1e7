"""What a learner did: one type of result for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, TypeAlias

import numpy as np

from mfgcheck.errors import BadInput
from mfgcheck.learning.draws import Floats, Ints
from mfgcheck.learning.simulator import Simulator
from mfgcheck.report.blocks import Block
from mfgcheck.report.figures import Figure

Progress: TypeAlias = Callable[[int, int, str], None]
"""Called as (done, total, what comes next) between iterations."""

MOST = 10**12
"""More of anything is not asked for in earnest."""
LARGEST = 1 << 28
"""Numbers that one part of a run may hold, 2 GB."""


@dataclass(frozen=True, eq=False)
class Learned:
    """One run of a learner.

    All of it is chance: what one run shows is evidence and no proof.

    Attributes:
        simulator: the game that it learned.
        algorithm: "tmfq", "gmbl", "o-tmfq", "iql" or "mfq".
        options: what it was asked for, by name; a start, or a first strategy, only where it was
            given: as masses, or numbers of actions, by state.
        seed: with `run`, the state from which chance was drawn.
        run: the number of the run among those with one seed.
        mean_fields: array (K + 1, S), z_0 .. z_K; of a population, its empirical laws.
        strategies: array (K, S), the likeliest action's number by iteration and state; of agents
            that learn alone, the action that most of them mean at the end, and -1 before.
        q: array (S, A), the last TQ-values; of agents that learn alone, their mean.
        samples: array (K,), how many next states were drawn in each iteration.
        reference: array (S,), the law to compare with, or None.
        seconds: how long it took.
    """

    simulator: Simulator
    algorithm: str
    options: Mapping[str, object]
    seed: int
    run: int
    mean_fields: Floats
    strategies: Ints
    q: Floats
    samples: Ints
    reference: Floats | None
    seconds: float

    def __post_init__(self) -> None:
        if self.reference is not None:
            known = law(self.simulator, self.reference, "the reference")
            object.__setattr__(self, "reference", known)

    def __bool__(self) -> NoReturn:
        raise TypeError("what was learned is not a truth value")

    @property
    def distances(self) -> Floats | None:
        """||z_k - reference||_1, array (K + 1,); None without a reference."""
        if self.reference is None:
            return None
        found: Floats = np.abs(self.mean_fields - self.reference).sum(axis=1)
        return found

    @property
    def means(self) -> Floats:
        """The mean state number of each mean field, array (K + 1,)."""
        found: Floats = self.mean_fields @ np.arange(self.mean_fields.shape[1])
        return found

    def figures(self) -> list[Figure]:
        """Return what can be drawn: the mean state by iteration, the distance to the reference."""
        from mfgcheck.learning.words import learned_figures

        return learned_figures(self)

    def to_dict(self) -> dict[str, object]:
        """Return the run as JSON holds it (schema `mfgcheck.learned/1`)."""
        from mfgcheck.learning.words import learned_dict

        return learned_dict(self)

    def blocks(self) -> list[Block]:
        """Return the run as blocks, which terminals and notebooks render."""
        from mfgcheck.learning.words import learned_blocks

        return learned_blocks(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


class Path:
    """Collects a run while it is made, and tells of its progress.

    Raises:
        BadInput: so many iterations do not fit in memory.
    """

    def __init__(
        self, simulator: Simulator, z: Floats, iterations: int, on_progress: Progress | None
    ) -> None:
        fits(2 * (iterations + 1) * simulator.shape[0], "the path of the run", "iterations")
        self.mean_fields = np.empty((iterations + 1, simulator.shape[0]))
        self.mean_fields[0] = z
        self.strategies = np.empty((iterations, simulator.shape[0]), dtype=np.int64)
        self.samples = np.zeros(iterations, dtype=np.int64)
        self.iterations = iterations
        self._on_progress = on_progress
        self._told = -1

    def add(self, k: int, z: Floats, strategy: Ints, samples: int) -> None:
        """Note what came out of iteration k."""
        self.mean_fields[k + 1] = z
        self.strategies[k] = strategy
        self.samples[k] = samples
        percent = 100 * (k + 1) // self.iterations
        if self._on_progress is not None and percent != self._told:
            self._told = percent
            self._on_progress(k + 1, self.iterations, f"iteration {k + 1}")


def chance(seed: int, run: int) -> np.random.Generator:
    """Return the stream of random numbers of one run: that of no other run or seed.

    Different learners, and games, have the same stream with the same seed and run.

    Raises:
        BadInput: a number is negative.

    >>> bool(chance(1, 0).random() == chance(1, 0).random() != chance(1, 1).random())
    True
    """
    for name, value in (("seed", seed), ("run", run)):
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise BadInput(f"the {name} is {value!r}: it must be a whole number, 0 or more")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(run,))))


def count(value: object, name: str, least: int = 1) -> int:
    """Return a whole number that is at least `least`, and at most `MOST`.

    Raises:
        BadInput: it is not.

    >>> count(3, "agents")
    3
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise BadInput(f"{name} is {value!r}: it must be a whole number, at least {least}")
    if value > MOST:
        raise BadInput(f"{name} is {value}: it must be at most {MOST:,}")
    return int(value)


def fits(entries: int, what: str, fewer: str) -> None:
    """Raise BadInput if so many numbers are more than what a run may hold in one of its parts."""
    if entries > LARGEST:
        raise BadInput(
            f"{what} would hold {entries:.1e} numbers, more than {LARGEST:.1e}: take fewer {fewer}"
        )


def positive(value: object, name: str) -> float:
    """Return a number that is positive and finite.

    Raises:
        BadInput: it is not.

    >>> positive(1e-3, "accuracy")
    0.001
    """
    number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not (number and 0 < value < float("inf")):  # type: ignore[operator]
        raise BadInput(f"{name} is {value!r}: it must be a positive number")
    return float(value)  # type: ignore[arg-type]


def law(simulator: Simulator, masses: Mapping[Any, object] | Floats | None, name: str) -> Floats:
    """Return a law as array (S,): the least law if None, else masses by state or by number.

    Raises:
        BadInput: it is none.
    """
    states = simulator.shape[0]
    if masses is None:
        masses = np.eye(1, states)[0]  # the least
    if isinstance(masses, Mapping):
        from mfgcheck.game.mean_field import ConcreteMeanField

        there = ConcreteMeanField(simulator.states, masses)
        return np.array([float(there[x]) for x in simulator.states.labels])
    try:
        found: Floats = np.array(masses, dtype=np.float64)
    except (TypeError, ValueError):
        found = np.empty(0)
    if found.shape != (states,) or not np.all(found >= 0) or abs(found.sum() - 1) > 1e-9:
        raise BadInput(f"{name} is no law on the {states} states")
    found /= found.sum()
    return found


def compared(simulator: Simulator, reference: Floats | None) -> Floats | None:
    """Return a law to compare with, or None if none is given.

    Raises:
        BadInput: it is none.
    """
    return None if reference is None else law(simulator, reference, "the reference")
