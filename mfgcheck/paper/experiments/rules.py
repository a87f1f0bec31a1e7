"""By what a sentence of the paper is decided: numbers measured in each run, and limits for them.

The paper gives no numbers for "the same", "quickly" or "poor". Ours are the constants here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mfgcheck.paper.experiments.interval import Part, measured
from mfgcheck.paper.experiments.reference import Reference
from mfgcheck.paper.experiments.store import Kept

if TYPE_CHECKING:
    from mfgcheck.learning.draws import Floats

SAME = 0.1
"""||z - T-MFE||_1 up to which z counts as the T-MFE: 5 % of the agents are in other states."""

SETTLED = 0.05
"""The mean state counts as settled when so much of its way is left, and as off by more than that
share of the T-MFE's mean."""

SCATTER = 0.3
"""How far single mean fields may be off on average: an empirical law of 1000 agents that were
drawn from the T-MFE of Infection Spread would be off by about 0.09."""

QUICK = 500
"""Quickly: within so many iterations, a tenth of those in appendix F.1."""

VALUES = 0.1
"""How far TQ-values may be off, as a share of the range of the T-MFE's TQ-values."""


@dataclass(frozen=True, eq=False)
class Ran:
    """One line of a figure, run.

    Attributes:
        name: what it is called.
        runs: what is kept of its runs, one at least.
        reference: the T-MFE of its game, if it has exactly one.
    """

    name: str
    runs: Sequence[Kept]
    reference: Reference | None

    @property
    def means(self) -> Floats:
        """Array (runs,): the mean state number over the last tenth of the iterations."""
        return np.array([one.tail @ np.arange(one.tail.size) for one in self.runs])

    @property
    def efforts(self) -> Floats:
        """Array (runs,): the mean of the likeliest action's number over the last mean fields."""
        return np.array([one.tail @ one.strategy for one in self.runs])

    @property
    def known(self) -> Reference:
        """The T-MFE.

        Raises:
            NoReference: there is not exactly one.
        """
        if self.reference is None:
            raise NoReference
        return self.reference

    def off(self, law: Floats) -> Floats:
        """Array (runs,): ||z - law||_1, the mean of it over the last tenth of the iterations."""
        return np.array(
            [np.abs(_late(one) - law).sum(axis=1).mean() for one in self.runs], dtype=np.float64
        )


class NoReference(Exception):
    """The game was not proved to have exactly one T-MFE: there is nothing to compare with."""


def near(lines: Sequence[Ran]) -> list[Part]:
    """All of them end at the T-MFE: the last tenth of the mean fields, on average and singly."""
    parts = []
    for line in lines:
        what = f"||z - T-MFE||_1 of {line.name}, single mean fields"
        single = measured(what, line.off(line.known.law), "at most", SCATTER)
        parts += [_distance(line, closer=True), single]
    return parts


def far(lines: Sequence[Ran]) -> list[Part]:
    """All of them end elsewhere."""
    return [_distance(line, closer=False) for line in lines]


def higher(lines: Sequence[Ran]) -> list[Part]:
    """The first ends in higher states than each of the others, by the mean state."""
    first = lines[0]
    return [
        measured(
            f"mean state of {first.name} less that of {other.name}",
            _less(first.means, other.means),
            "at least",
            0.0,
        )
        for other in lines[1:]
    ]


def quick(lines: Sequence[Ran]) -> list[Part]:
    """The mean state of each has gone 95 % of its way, for good, within `QUICK` iterations."""
    return [
        measured(
            f"iterations until the mean state of {line.name} is settled",
            np.array([_settling(one) for one in line.runs]),
            "at most",
            QUICK,
        )
        for line in lines
    ]


def closer(lines: Sequence[Ran]) -> list[Part]:
    """Each comes closer than the one before it, to the T-MFE and to where the last one ends."""
    end = np.mean([one.last for one in lines[-1].runs], axis=0)
    parts = []
    for name, laws in (("z*", [end] * len(lines)), ("the T-MFE", [one.known.law for one in lines])):
        off = [line.off(law) for line, law in zip(lines, laws, strict=True)]
        for i, (one, other) in enumerate(pairwise(lines)):
            what = f"distance to {name} with {one.name} less that with {other.name}"
            parts.append(measured(what, _less(off[i], off[i + 1]), "at least", 0.0))
    return parts


def lower(lines: Sequence[Ran]) -> list[Part]:
    """Each ends in lower states than the one before it, by the mean state."""
    return [part for one, other in pairwise(lines) for part in higher([one, other])]


def effort(lines: Sequence[Ran]) -> list[Part]:
    """Each takes lower actions than the one before it, by the mean action over the last states."""
    return [
        measured(
            f"mean action at {one.name} less that at {other.name}",
            _less(one.efforts, other.efforts),
            "at least",
            0.0,
        )
        for one, other in pairwise(lines)
    ]


def steadier(lines: Sequence[Ran]) -> list[Part]:
    """The mean state ends away from the T-MFE's for the first of them, and not for the last.

    It is the mean over the last tenth of the iterations: that few agents scatter is no reason to
    call a population that has converged poor.
    """
    first, last = lines[0], lines[-1]
    what = "distance of the mean state from the T-MFE's, as a share of that, with"
    return [
        measured(f"{what} {first.name}", _deviation(first), "at least", SETTLED),
        measured(f"{what} {last.name}", _deviation(last), "at most", SETTLED),
    ]


def values(lines: Sequence[Ran]) -> list[Part]:
    """The last TQ-values are those of the T-MFE, nearly."""
    parts = []
    for line in lines:
        exact = line.known.q
        reach = float(exact.max() - exact.min())
        off = np.array([np.abs(one.q - exact).max() / reach for one in line.runs])
        what = f"largest error of the TQ-values at {line.name}, as a share of their range"
        parts.append(measured(what, off, "at most", VALUES))
    return parts


RULES: Mapping[str, Callable[[Sequence[Ran]], list[Part]]] = {
    "near": near,
    "far": far,
    "higher": higher,
    "quick": quick,
    "closer": closer,
    "lower": lower,
    "effort": effort,
    "steadier": steadier,
    "values": values,
}
"""The rules by the names that the table has for them."""


def _distance(line: Ran, *, closer: bool) -> Part:
    off = np.array([np.abs(one.tail - line.known.law).sum() for one in line.runs])
    what = f"||z - T-MFE||_1 of {line.name}"
    return measured(what, off, "at most" if closer else "at least", SAME)


def _less(one: Floats, other: Floats) -> Floats:
    """Return differences run by run: runs of the same number may share their chance."""
    number = min(one.size, other.size)
    found: Floats = one[:number] - other[:number]
    return found


def _late(kept: Kept) -> Floats:
    """Return the mean fields kept of the last tenth of the iterations."""
    last = int(kept.iterations[-1])
    found: Floats = kept.mean_fields[kept.iterations > last - max(1, last // 10)]
    return found


def _settling(kept: Kept) -> float:
    """Return the iteration, of those kept, from which on 95 % of the mean state's way is done."""
    means = kept.means
    end = float(kept.tail @ np.arange(kept.tail.size))
    away = np.flatnonzero(np.abs(means - end) > SETTLED * abs(end - float(means[0])))
    first = min(int(away[-1]) + 1, means.size - 1) if away.size else 0
    return float(kept.iterations[first])


def _deviation(line: Ran) -> Floats:
    mean = line.known.mean
    found: Floats = np.abs(line.means - mean) / mean
    return found
