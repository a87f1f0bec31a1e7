"""Small finite posets by their definition: comparisons, joins and meets, upper sets."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

UpperSet = tuple[int, ...]


@dataclass(frozen=True)
class Poset:
    """A finite poset on 0..n-1 given by its whole relation: `below[i][j]` says i <= j."""

    below: tuple[tuple[bool, ...], ...]

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.below)

    @cached_property
    def ordered(self) -> tuple[tuple[int, int], ...]:
        """All pairs i < j, not only covers."""
        n = range(self.size)
        return tuple((i, j) for i in n for j in n if i != j and self.below[i][j])

    @cached_property
    def incomparable(self) -> tuple[tuple[int, int], ...]:
        """All unordered pairs of which neither is below the other."""
        pairs = itertools.combinations(range(self.size), 2)
        return tuple((i, j) for i, j in pairs if not self.below[i][j] and not self.below[j][i])

    def join(self, i: int, j: int) -> int:
        """Return the least element above both; an error if there is none."""
        above = [k for k in range(self.size) if self.below[i][k] and self.below[j][k]]
        (least,) = [k for k in above if all(self.below[k][m] for m in above)]
        return least

    def meet(self, i: int, j: int) -> int:
        """Return the greatest element below both; an error if there is none."""
        under = [k for k in range(self.size) if self.below[k][i] and self.below[k][j]]
        (greatest,) = [k for k in under if all(self.below[m][k] for m in under)]
        return greatest

    @cached_property
    def upper_sets(self) -> tuple[UpperSet, ...]:
        """All upward closed subsets but the empty one and the whole, smallest first.

        A chain has its tails; otherwise every subset is tried.
        """
        n = self.size
        if not self.incomparable:
            ranked = sorted(range(n), key=lambda i: sum(self.below[i]))
            return tuple(tuple(sorted(ranked[:k])) for k in range(1, n))
        if n > 12:
            raise ValueError(f"{n} elements are too many to try every subset")
        found = []
        for k in range(1, n):
            for subset in itertools.combinations(range(n), k):
                inside = set(subset)
                if all(j in inside for i in subset for j in range(n) if self.below[i][j]):
                    found.append(subset)
        return tuple(found)


def chain(n: int) -> Poset:
    """Return 0 < 1 < ... < n - 1."""
    return Poset(tuple(tuple(i <= j for j in range(n)) for i in range(n)))


def product(first: Poset, second: Poset) -> Poset:
    """Return the componentwise order on pairs; (i, j) has the number i * second.size + j."""
    pairs = list(itertools.product(range(first.size), range(second.size)))
    return Poset(
        tuple(tuple(first.below[a][c] and second.below[b][d] for c, d in pairs) for a, b in pairs)
    )
