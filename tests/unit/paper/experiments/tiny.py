"""A scale that is done in a moment, and synthetic runs."""

from __future__ import annotations

import numpy as np

from mfgcheck.paper.experiments.reference import Reference
from mfgcheck.paper.experiments.setting import Scale
from mfgcheck.paper.experiments.store import Kept

TINY = Scale(
    "tiny",
    2,
    {"tmfq": 4, "gmbl": 2, "o-tmfq": 12, "iql": 5, "mfq": 3},
    larger=6,
    updates=50,
    samples=3,
    seen=4,
    mfq_agents=20,
    note="Hardly anything.",
)

KNOWN = Reference(
    np.array([0.25, 0.25, 0.5]), np.array([1, 1, 0]), np.array([[0.0, 1], [1, 2], [4, 3]])
)
"""A T-MFE that is made up."""


def kept(
    law: list[float], path: list[list[float]] | None = None, strategy: tuple[int, ...] = (1, 1, 0)
) -> Kept:
    """A run of 1000 iterations that ends at a law: by this path, or at once."""
    fields = np.array([[1.0, 0, 0], *([law] * 10)] if path is None else path)
    iterations = np.linspace(0, 1000, len(fields)).round().astype(np.int64)
    return Kept(iterations, fields, np.array(law), np.array(strategy), KNOWN.q.copy())
