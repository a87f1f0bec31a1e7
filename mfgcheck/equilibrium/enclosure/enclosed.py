"""What the search for all T-MFE found: enclosed equilibria, continua, and what stayed open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from mfgcheck.game.game import Game
from mfgcheck.game.numbers import Label
from mfgcheck.report.blocks import Block
from mfgcheck.report.figures import Figure

Range = tuple[Fraction, Fraction]
"""All values lie between the two numbers, which are equal where the value is known exactly."""


@dataclass(frozen=True)
class Equilibrium:
    """A T-MFE, a pair of strategy and mean field, proved to exist and to be alone in its box.

    Attributes:
        aggregates: bounds of each aggregate of the mean field that occurs in the game, by name.
        strategy: the likeliest action in each state, by state number; None where the tremble makes
            all actions equally likely, so that all strategies are the same.
        gap: bounds of the smallest difference, over states, between the TQ-value of the action
            played and that of the best other one. (0, 0) is an exact tie. None where there is
            nothing to choose: one action, or a tremble that makes all strategies the same.
        mean_field: bounds of the mass of each state, by state number.
        stable: whether T-BR from every mean field near enough stays near and comes back; None if
            this was not decided (as on a tie, or where the game jumps).
        regular: whether it is a simple solution of the fixed point equation, away from jumps and
            from the edge of what mean fields can have.
        stays: at a rational mean field with an exact tie, whether T-BR from it stands still with
            the inf selection (of several best actions the lowest), and with the sup selection;
            else None.
    """

    aggregates: Mapping[str, Range]
    strategy: tuple[Label, ...] | None
    gap: Range | None
    mean_field: tuple[Range, ...]
    stable: bool | None
    regular: bool = True
    stays: tuple[bool, bool] | None = None

    @property
    def robust(self) -> bool:
        """Whether small changes of the game only move it.

        All other actions are strictly worse then, and it is a simple solution, away from jumps and
        from the edge of what mean fields can have.
        """
        return self.regular and (self.gap is None or self.gap[0] > 0)

    @property
    def radius(self) -> Fraction:
        """Half the widest range of a mass."""
        return max(high - low for low, high in self.mean_field) / 2


@dataclass(frozen=True)
class Continuum:
    """Infinitely many T-MFE: none of them is isolated.

    Attributes:
        aggregates: ranges of the aggregates that all of them lie in (in part of which they are
            proved to fill a curve or more).
        strategy: as in `Equilibrium`.
        reason: why there are infinitely many.
    """

    aggregates: Mapping[str, Range]
    strategy: tuple[Label, ...] | None
    reason: str


@dataclass(frozen=True)
class Leftover:
    """A box of mean fields in which the T-MFE were not determined.

    Attributes:
        aggregates: the ranges of the aggregates that make the box.
        strategies: how many strategies may be optimal and consistent there.
        reason: why it stayed open.
    """

    aggregates: Mapping[str, Range]
    strategies: int
    reason: str


@dataclass(frozen=True, eq=False)
class Equilibria:
    """All T-MFE of a game, as far as they were determined.

    Attributes:
        game: the game.
        equilibria: the T-MFE that are isolated, by the aggregates.
        continua: families of infinitely many.
        undecided: where there may be more.
        boxes: how many boxes of mean fields were looked at.
        seconds: how long it took.
        interrupted: whether it was stopped from the keyboard.
        sees: names of the aggregates that the kernel, or differences of rewards, depend on.
        radius: the largest half-width of the enclosure of a mass that was asked for.
        merged: whether some actions do exactly the same in a state, and were counted as one.
    """

    game: Game
    equilibria: tuple[Equilibrium, ...]
    continua: tuple[Continuum, ...]
    undecided: tuple[Leftover, ...]
    boxes: int
    seconds: float
    interrupted: bool = False
    sees: tuple[str, ...] = ()
    merged: bool = False
    radius: Fraction = Fraction(1, 10**10)

    def __bool__(self) -> NoReturn:
        raise TypeError("this is not a truth value: compare count, or look at equilibria")

    @property
    def complete(self) -> bool:
        """Whether no other T-MFE exist than those listed."""
        return not self.undecided and not self.interrupted

    @property
    def count(self) -> int | None:
        """How many T-MFE there are; None if there are infinitely many or this is not known."""
        return len(self.equilibria) if self.complete and not self.continua else None

    @property
    def sentence(self) -> str:
        """The result in one line: exactly n, at least n, none, infinitely many."""
        n = len(self.equilibria)
        if self.continua:
            beside = f", and {n} isolated" if n else ""
            more = "" if self.complete else "; whether there are others was not decided"
            return f"infinitely many T-MFE, which are not isolated: proved{beside}{more}"
        if not self.complete:
            return f"at least {n} T-MFE" if n else "undecided whether there is a T-MFE"
        return f"exactly {n} T-MFE: proved" if n else "no T-MFE: proved"

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it (schema `mfgcheck.equilibria/1`)."""
        from mfgcheck.equilibrium.words.enclosed import equilibria_dict

        return equilibria_dict(self)

    def blocks(self) -> list[Block]:
        """Return the result as blocks, which terminals and notebooks render."""
        from mfgcheck.equilibrium.words.enclosed import equilibria_blocks

        return equilibria_blocks(self)

    def figures(self) -> list[Figure]:
        """Return what there is to draw: the map of the aggregate, and the laws."""
        from mfgcheck.equilibrium.words.pictures import equilibria_figures

        return equilibria_figures(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())
