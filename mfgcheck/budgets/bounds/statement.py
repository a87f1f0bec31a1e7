"""What the paper's sample bounds say, as printed and as repaired.

A printed bound names the hypotheses first, then a constant that the paper does not give, times an
amount. A repaired one lists what is to be sampled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.budgets.bounds.hypotheses import Hypothesis
from mfgcheck.rigor.tape import precision


class Reading(StrEnum):
    """With which C3 (in Corollary 1: C5) a printed formula was evaluated.

    GIVEN: with that of the game.
    ASSUMED: with one that the caller assumes in place of it.
    LIMIT: with C3 -> 0, as the game has none. What comes out is the infimum over all C3 > 0.
    """

    GIVEN = "as given"
    ASSUMED = "as assumed"
    LIMIT = "in the limit 0"


@dataclass(frozen=True, eq=False)
class Printed:
    """A sample bound as the paper prints it: a constant that it does not give, times an amount.

    Attributes:
        theorem: the paper's item.
        quantity: what it counts.
        symbol: the name of the constant that O(.) hides.
        constant: its value if the caller set it; else None.
        growth: the paper's B; None if it has no value.
        amount: what the formula is without the constant; None if it has no value.
        reading: with which C3 it was evaluated.
        hypotheses: what the theorem assumes, with whether it holds.
        gap: why there is no amount; "" if there is one.
    """

    theorem: str
    quantity: str
    symbol: str
    constant: Fraction | None
    growth: Amount | None
    amount: Amount | None
    reading: Reading
    hypotheses: tuple[Hypothesis, ...]
    gap: str

    @property
    def applies(self) -> bool:
        """Whether all hypotheses hold. (The theorem may be wrong all the same.)"""
        return all(one.holds for one in self.hypotheses)

    @property
    def why_not(self) -> tuple[str, ...]:
        """For each hypothesis that fails: what it says, and why it fails."""
        return tuple(f"{h.statement}: {h.reason}" for h in self.hypotheses if not h.holds)

    @property
    def total(self) -> Amount | None:
        """The amount times the constant; None if one of them is not known."""
        if self.constant is None or self.amount is None:
            return None
        with precision(BITS):
            return Amount(self.amount.ball * real(self.constant))

    @property
    def text(self) -> str:
        """What the theorem says, for reading: first whether it applies."""
        failed = "; ".join(self.why_not)
        opening = f"{self.theorem} does not apply. {failed}. " if failed else ""
        if self.amount is None:
            return f"{opening}The formula of {self.theorem} gives no number: {self.gap}."
        value = f"{self.symbol} × {self.amount.text}"
        if self.total is not None:
            value += f" = {self.total.text}, with {self.symbol} = {self.constant}"
        name = "C5" if self.theorem == "Corollary 1" else "C3"
        end = {
            Reading.GIVEN: "",
            Reading.ASSUMED: f" (with an assumed {name})",
            Reading.LIMIT: f" or more, whatever {name} (this is the limit for {name} -> 0)",
        }[self.reading]
        return f"{opening}{self.quantity}: {value}{end}."

    def to_dict(self) -> dict[str, object]:
        """Return the bound as JSON holds it."""
        return {
            "theorem": self.theorem,
            "quantity": self.quantity,
            "applies": self.applies,
            "hypotheses": [
                {"statement": h.statement, "holds": h.holds, "reason": h.reason}
                for h in self.hypotheses
            ],
            "reading": str(self.reading),
            "symbol": self.symbol,
            "constant": None if self.constant is None else str(self.constant),
            "growth": None if self.growth is None else self.growth.to_dict(),
            "amount": None if self.amount is None else self.amount.to_dict(),
            "total": None if self.total is None else self.total.to_dict(),
            "gap": self.gap,
        }


@dataclass(frozen=True, eq=False)
class Part:
    """One of the things to be sampled in an iteration.

    Attributes:
        what: what is counted.
        amount: how many; times the constant, if there is one.
        symbol: the name of a constant that the source does not give; "" if there is none.
        constant: its value if the caller set it; else None.
    """

    what: str
    amount: Amount
    symbol: str = ""
    constant: Fraction | None = None

    @property
    def total(self) -> Amount | None:
        """The whole number that is enough; None if the constant is not set."""
        if self.symbol and self.constant is None:
            return None
        with precision(BITS):
            factor = real(1 if self.constant is None else self.constant)
            return Amount((self.amount.ball * factor).ceil())

    @property
    def text(self) -> str:
        """The amount for reading."""
        return f"{self.symbol} × {self.amount.text}" if self.total is None else self.total.text


@dataclass(frozen=True, eq=False)
class Corrected:
    """A repaired sample bound.

    Attributes:
        theorem: the paper's item that it repairs.
        growth: how many times larger the error after k0 iterations is than that of one estimate.
        error: what each estimate may be off: Q in ||.||_inf (reward units), laws in ||.||_1.
        failure: the probability that each of the 2 k0 estimates may fail with.
        parts: what is to be sampled, in each iteration.
        per_iteration: simulator calls in an iteration, or agents (Theorem 5); None as long as a
            constant is not set.
        iterations: k0.
    """

    theorem: str
    growth: Amount
    error: Any
    failure: Fraction
    parts: tuple[Part, ...]
    per_iteration: Amount | None
    iterations: int

    @property
    def total(self) -> Amount | None:
        """`per_iteration` times k0: all simulator calls, or steps of agents; None if it is."""
        if self.per_iteration is None:
            return None
        with precision(BITS):
            return Amount(self.per_iteration.ball * self.iterations)

    def to_dict(self) -> dict[str, object]:
        """Return the bound as JSON holds it."""
        return {
            "theorem": self.theorem,
            "growth": self.growth.to_dict(),
            "failure": str(self.failure),
            "iterations": self.iterations,
            "parts": [
                {
                    "what": part.what,
                    "symbol": part.symbol,
                    "constant": None if part.constant is None else str(part.constant),
                    "amount": part.amount.to_dict(),
                }
                for part in self.parts
            ],
            "per_iteration": None if self.per_iteration is None else self.per_iteration.to_dict(),
            "total": None if self.total is None else self.total.to_dict(),
        }
