"""A constant of a game, such as a Lipschitz constant, with what is proved of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from mfgcheck.report.decimals import above, below, is_short


class Proof(StrEnum):
    """What is proved of a constant.

    EXACT: its value.
    BOUNDED: that it lies between two numbers.
    NONE: that there is no finite one.
    OPEN: nothing.
    """

    EXACT = "exact"
    BOUNDED = "bounded"
    NONE = "no finite constant"
    OPEN = "not known"


@dataclass(frozen=True)
class Constant:
    """A constant of a game: the smallest number with some property.

    Attributes:
        name: how the paper calls it, for example "C2".
        meaning: the property, in one sentence.
        lower, upper: the constant lies between them; `upper` is None if there is no finite
            constant, or if none was found.
        proof: what is proved.
        method: how.
        where: where it is attained, or what shows that there is none; "" if that is not known.
        source: the paper's item; "corrected from" where it differs.
        note: what a reader has to know of it: for a formula, whether it is a valid bound.
    """

    name: str
    meaning: str
    lower: Fraction
    upper: Fraction | None
    proof: Proof
    method: str
    where: str
    source: str
    note: str = ""

    @property
    def text(self) -> str:
        """The value for reading; an upper bound is rounded up.

        >>> Constant("D", "", Fraction(0), Fraction(2, 3), Proof.BOUNDED, "", "", "").text
        'at most 0.666667'
        """
        if self.proof is Proof.NONE:
            return "none is finite"
        if self.upper is None:
            return "not known"
        if self.lower == self.upper:
            whole = self.upper.denominator == 1 and is_short(self.upper)
            return str(self.upper) if whole else f"{_exact(self.upper)}"
        low, high = below(self.lower, 6), above(self.upper, 6)
        if self.lower and self.upper - self.lower <= self.upper / 1000:
            return f"{low} to {high}"
        return f"at most {high}"

    def to_dict(self) -> dict[str, object]:
        """Return the constant as JSON holds it; numbers are decimals, rounded outward."""
        return {
            "name": self.name,
            "meaning": self.meaning,
            "lower": below(self.lower, 17),
            "upper": None if self.upper is None else above(self.upper, 17),
            "proof": str(self.proof),
            "method": self.method,
            "where": self.where,
            "source": self.source,
            "note": self.note,
        }


def _exact(x: Fraction) -> str:
    if is_short(x) and x.denominator < 10**6:
        return f"{x} ({above(x, 6)})"
    return above(x, 6)
