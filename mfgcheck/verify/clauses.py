"""The clauses of Definition 1: what each claims, of which corners of S x A, and its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mfgcheck.game.inequalities import Claim


class Shape(Enum):
    """Which corners of the lattice S x A a clause compares.

    By telescoping it is enough to look at covering pairs and at local squares (lemmas L2, L3).
    """

    ROW = "each (s, a)"
    PAIR_S = "covering pairs of states at each action"
    PAIR_A = "covering pairs of actions at each state"
    PAIR = "covering pairs of S x A"
    SQUARE = "local squares of S x A"


@dataclass(frozen=True)
class Clause:
    """One clause of Definition 1."""

    id: str
    statement: str
    source: str
    shape: Shape
    claim: Claim

    @property
    def of_kernel(self) -> bool:
        """Whether the clause speaks of the kernel (else of the reward)."""
        return self.id.startswith("kernel.")


CLAUSES: tuple[Clause, ...] = (
    Clause(
        "reward.monotone_s",
        "r is non-decreasing in s",
        "Definition 1(i)",
        Shape.PAIR_S,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "reward.supermodular",
        "r is supermodular in (s, a)",
        "Definition 1(i)",
        Shape.SQUARE,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "reward.increasing_differences",
        "r has increasing differences in (s, a) and z",
        "Definition 1(i)",
        Shape.PAIR,
        Claim.NONDECREASING,
    ),
    Clause(
        "reward.max_monotone_s",
        "max over a of r is non-decreasing in s",
        "Definition 1(i)",
        Shape.PAIR_S,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "kernel.monotone_s",
        "P is stochastically non-decreasing in s",
        "Definition 1(ii)",
        Shape.PAIR_S,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "kernel.monotone_a",
        "P is stochastically non-decreasing in a",
        "Definition 1(ii)",
        Shape.PAIR_A,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "kernel.monotone_z",
        "P is stochastically non-decreasing in z",
        "Definition 1(ii)",
        Shape.ROW,
        Claim.NONDECREASING,
    ),
    Clause(
        "kernel.supermodular",
        "P is stochastically supermodular in (s, a)",
        "Definition 1(ii)",
        Shape.SQUARE,
        Claim.NONNEGATIVE,
    ),
    Clause(
        "kernel.increasing_differences",
        "P has stochastically increasing differences in (s, a) and z",
        "Definition 1(ii)",
        Shape.PAIR,
        Claim.NONDECREASING,
    ),
)

BY_ID: dict[str, Clause] = {clause.id: clause for clause in CLAUSES}
