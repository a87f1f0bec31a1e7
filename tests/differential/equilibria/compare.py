"""What the package says of a game's T-MFE against what the oracle found, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from mfgcheck.equilibrium.enclosure.enclosed import Continuum, Equilibria, Equilibrium
from mfgcheck.game.game import Game
from tests.oracle.equilibria import AggregateGame, Answer, Cell, Curve, Range, Solution

CLOSE = 1e-6
"""How near 1 a spectral radius may be for floats not to tell on which side it is."""

ON_CURVE = "called isolated, but on a continuum"
"""The end of a complaint about a T-MFE that is not alone in any box."""


def complaints(game: Game, plain: AggregateGame, found: Equilibria, true: Answer) -> Iterator[str]:
    """Yield what is wrong with the package's answer."""
    met = {id(x): 0 for x in true.solutions}
    for ours in found.equilibria:
        strategy = numbers(game, ours)
        theirs = [x for x in true.solutions if _same(ours, strategy, x)]
        if len(theirs) != 1:
            what = f"{strategy} at {_floats(ours)} is {len(theirs)} of the oracle's T-MFE"
            on_curve = any(c.strategy == strategy and _reaches(ours, c) for c in true.curves)
            yield f"{what}; {ON_CURVE}" if on_curve else what
        for x in theirs:
            met[id(x)] += 1
            yield from _disagreements(plain, ours, x)
    for x in true.solutions:
        times = met[id(x)]
        if times > 1:
            yield f"{_text(x)} is reported {times} times"
        open_there = any(_within(x.aggregate, leftover.aggregates) for leftover in found.undecided)
        if times == 0 and not open_there:
            yield f"{_text(x)} is missing"
    for c in true.curves:
        if not _told(game, found, c):
            yield f"the continuum of {c.strategy} in {c.aggregate} is missing"
    for family in found.continua:
        strategy = numbers(game, family)
        if not any(
            c.strategy == strategy and _within(c.aggregate, family.aggregates) for c in true.curves
        ):
            yield f"there is no continuum of {strategy} in {family.aggregates}"
    if found.complete:
        count = None if true.curves else len(true.solutions)
        if found.count != count:
            yield f"the count is {found.count}, not {count}"


def numbers(game: Game, ours: Equilibrium | Continuum) -> tuple[int, ...]:
    """Return the strategy by numbers of actions; the first where all strategies are the same."""
    if ours.strategy is None:
        return (0,) * game.states.size
    return tuple(game.actions.labels.index(label) for label in ours.strategy)


def spectral_radius(plain: AggregateGame, x: Solution) -> float | None:
    """Return that of T-BR's derivative at a robust T-MFE; None at a kink, where there is none.

    With the strategy fixed, z goes to z K(z(phi)): the derivative takes dz to dz J, where
    J = K + phi (z K'), on the dz of sum 0. J maps 1 to 1; subtracting that leaves those dz.
    """
    m = sum(x.aggregate) / 2
    inside = [cell for cell in plain.cells if cell.low < m < cell.high]
    if not inside:
        return None
    (cell,) = inside
    kernel = _chain(plain, cell, x, float(m), 0)
    slope = _chain(plain, cell, x, float(m), 1)
    z = np.array([float(sum(mass) / 2) for mass in x.masses])
    phi = np.array([float(v) for v in plain.phi])
    jacobian = kernel + np.outer(phi, z @ slope)
    eigenvalues = np.linalg.eigvals(jacobian - 1.0 / len(z))
    return float(abs(eigenvalues).max())


def _chain(plain: AggregateGame, cell: Cell, x: Solution, m: float, order: int) -> np.ndarray:
    """Return K or its derivative by m."""
    actions = len(cell.reward[0])
    spread = plain.tremble / (actions - 1) if actions > 1 else Fraction(0)
    weights = np.full((len(plain.phi), actions), float(spread))
    weights[np.arange(len(plain.phi)), list(x.strategy)] = float(1 - plain.tremble)

    def value(p: tuple[Fraction, ...]) -> float:
        if order:
            return sum(k * float(c) * m ** (k - 1) for k, c in enumerate(p) if k)
        return sum(float(c) * m**k for k, c in enumerate(p))

    kernel = np.array([[[value(p) for p in law] for law in laws] for laws in cell.kernel])
    return np.asarray(np.einsum("sa,sax->sx", weights, kernel))


def _disagreements(plain: AggregateGame, ours: Equilibrium, x: Solution) -> Iterator[str]:
    # Beside ties, T-MFE at a jump are not robust, nor multiple roots (where an eigenvalue is 1).
    if ours.robust and x.tie:
        yield f"{_text(x)}: robust, but a tie"
    if not ours.robust and not x.tie:
        size = spectral_radius(plain, x)
        if size is not None and size < 1 - CLOSE:
            yield f"{_text(x)}: not robust, but no tie, no jump and a simple root"
    if (ours.gap is None) != (x.gap is None):
        yield f"{_text(x)}: the gap is {ours.gap}"
    elif ours.gap and x.gap and (not _overlap(ours.gap, x.gap) or (x.tie and any(ours.gap))):
        yield f"{_text(x)}: the gap is in {_pair(ours.gap)}, not in {_pair(x.gap)}"
    if x.tie and ours.stable is not None:
        yield f"{_text(x)}: stable is {ours.stable} on a tie"
    radius = None if x.tie else spectral_radius(plain, x)
    if radius is not None and (
        (ours.stable is True and radius > 1 + CLOSE)
        or (ours.stable is False and radius < 1 - CLOSE)
    ):
        yield f"{_text(x)}: stable is {ours.stable}, the spectral radius {radius}"


def _same(ours: Equilibrium, strategy: tuple[int, ...], x: Solution) -> bool:
    return (
        strategy == x.strategy
        and all(_overlap(one, other) for one, other in zip(ours.mean_field, x.masses, strict=True))
        and all(_overlap(extent, x.aggregate) for extent in ours.aggregates.values())
    )


def _reaches(ours: Equilibrium, c: Curve) -> bool:
    return all(_overlap(extent, c.aggregate) for extent in ours.aggregates.values())


def _told(game: Game, found: Equilibria, c: Curve) -> bool:
    """Whether all of a continuum is reported as one, or left undecided."""
    ranges: list[Range] = [
        extent for leftover in found.undecided for extent in leftover.aggregates.values()
    ]
    for family in found.continua:
        if numbers(game, family) == c.strategy:
            ranges += family.aggregates.values()
    at = c.aggregate[0]
    for low, high in sorted(ranges):
        if low <= at <= high:
            at = high
    return at >= c.aggregate[1]


def _within(extent: Range, ranges: object) -> bool:
    assert isinstance(ranges, dict)
    return all(_overlap(extent, other) for other in ranges.values())


def _overlap(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _pair(extent: Range) -> str:
    return f"[{float(extent[0])!r}, {float(extent[1])!r}]"


def _floats(ours: Equilibrium) -> dict[str, float]:
    return {name: float(sum(extent) / 2) for name, extent in ours.aggregates.items()}


def _text(x: Solution) -> str:
    return f"the T-MFE {x.strategy} at {float(sum(x.aggregate) / 2)!r}"
