"""What was found out about one clause at all sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mfgcheck.verify.all_sizes.points import Size
from mfgcheck.verify.verdict import Status

SMALLEST: Size = (2, 2)


@dataclass(frozen=True)
class SizeVerdict:
    """The verdict on one clause for every |S| >= 2 and |A| >= 2.

    Attributes:
        clause: its id.
        status: PROVED at all sizes, REFUTED at some, or UNDECIDED.
        how: why, in words; of a refutation, an example of what fails.
        fails_from: the smallest sizes (|S|, |A|) at which it fails: it fails at exactly the sizes
            that are at least as large as one of these, up to what is open.
        open_from: the smallest sizes at which it is open; at all sizes that are not at least as
            large as one of `fails_from` or `open_from`, the clause holds.
        scope: of which parameters and unknown functions the verdict speaks.
        advice: what would help to decide it, or an empty text.
    """

    clause: str
    status: Status
    how: str
    fails_from: tuple[Size, ...] = ()
    open_from: tuple[Size, ...] = ()
    scope: str = ""
    advice: str = ""

    def fails_at(self, n: int, k: int) -> bool:
        """Whether the clause is shown to fail with n states and k actions."""
        return at_least((n, k), self.fails_from)

    def holds_at(self, n: int, k: int) -> bool:
        """Whether the clause is shown to hold with n states and k actions."""
        return not self.fails_at(n, k) and not at_least((n, k), self.open_from)

    @property
    def where(self) -> str:
        """For which sizes, in words."""
        if self.status is Status.PROVED:
            return "holds at every |S| >= 2, |A| >= 2"
        parts = []
        if self.fails_from:
            parts.append(f"fails at {sizes_text(self.fails_from)}")
        if self.open_from and self.open_from != (SMALLEST,):
            parts.append(f"open at {sizes_text(self.open_from)}")
        if SMALLEST not in (*self.fails_from, *self.open_from):
            parts.append("holds at all others")
        elif self.open_from == (SMALLEST,) and SMALLEST not in self.fails_from and self.fails_from:
            parts.append("open at all others")
        return "; ".join(parts) or "open"

    def to_dict(self) -> dict[str, object]:
        """Return the verdict as JSON holds it."""
        return {
            "status": str(self.status),
            "where": self.where,
            "how": self.how,
            "fails_from": [list(size) for size in self.fails_from],
            "open_from": [list(size) for size in self.open_from],
            "scope": self.scope,
            "advice": self.advice,
        }


def at_least(size: Size, smallest: Sequence[Size]) -> bool:
    """Whether a size is as large as one of some, in both numbers.

    >>> at_least((3, 2), [(2, 3), (3, 2)])
    True
    """
    return any(size[0] >= n and size[1] >= k for n, k in smallest)


def minimal(sizes: Sequence[Size]) -> tuple[Size, ...]:
    """Return the sizes that are not at least as large as another one.

    >>> minimal([(3, 2), (2, 3), (3, 3)])
    ((2, 3), (3, 2))
    """
    distinct = sorted(set(sizes))
    return tuple(x for x in distinct if not at_least(x, [y for y in distinct if y != x]))


def sizes_text(smallest: Sequence[Size]) -> str:
    """Return the sizes from some smallest ones on, in words.

    >>> sizes_text([(3, 2)])
    'every |S| >= 3, |A| >= 2'
    """
    return "every " + " or ".join(f"|S| >= {n}, |A| >= {k}" for n, k in smallest)


def undecided(clause: str, reason: str, advice: str = "") -> SizeVerdict:
    """Return that nothing was found out about a clause."""
    return SizeVerdict(clause, Status.UNDECIDED, reason, open_from=(SMALLEST,), advice=advice)
