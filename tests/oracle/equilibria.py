"""All T-MFE of a small game with one aggregate, exactly, by trying every strategy.

Data are polynomials of the aggregate m = z(phi) on each cell of its range: open intervals and the
points between them. For a strategy mu (one action a state, played with probability kappa + c, every
other with c),

* the stationary law of K = K_mu(m) has masses proportional to the principal minors of I - K, each
  the sum of the weights of the trees rooted in its state: polynomials w_i of m, whose sum is
  positive exactly where the law is unique, which is required;
* (mu, z) is consistent iff z is that law and g(m) = sum phi_i w_i - m sum w_i = 0;
* V = (I - gamma K)^-1 r_mu by Cramer's rule, with a positive determinant, and mu is best iff no gap
  r(s, a_s) - r(s, b) + gamma (P_a - P_b) V is negative: then V = kappa max Q + c sum Q with
  kappa >= 0, so that Q is the TQ-value. Conversely a best mu earns just this Q.

The roots of g are isolated exactly, and each gap's numerator has its sign decided there: zero if it
shares the root with g. If g is zero throughout a cell, every m of it where all gaps are >= 0 is
one of a continuum. Actions that do the same in a state throughout count as one, the first of them.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tests.oracle import roots as poly
from tests.oracle.roots import Polynomial, Root

Coefficients = tuple[Fraction, ...]
"""A polynomial of the aggregate, from the constant term on."""
Range = tuple[Fraction, Fraction]
Strategy = tuple[int, ...]
Matrix = list[list[Polynomial]]

WIDTH = Fraction(1, 1 << 60)
"""How far apart the bounds of a T-MFE's aggregate may be."""


@dataclass(frozen=True)
class Cell:
    """The game at aggregates in the open interval (low, high), or at the point low = high.

    `kernel[s][a][x]` and `reward[s][a]` are polynomials of the aggregate.
    """

    low: Fraction
    high: Fraction
    kernel: tuple[tuple[tuple[Coefficients, ...], ...], ...]
    reward: tuple[tuple[Coefficients, ...], ...]


@dataclass(frozen=True)
class AggregateGame:
    """A game that sees the mean field through m = sum of phi[x] z(x); cells from low m to high."""

    phi: tuple[Fraction, ...]
    discount: Fraction
    tremble: Fraction
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Solution:
    """A T-MFE: its strategy, and bounds of the aggregate, the masses and the smallest gap.

    `gap` is (0, 0) exactly on a tie, and None where no action does anything else.
    """

    strategy: Strategy
    aggregate: Range
    masses: tuple[Range, ...]
    gap: Range | None

    @property
    def tie(self) -> bool:
        """Whether another action is exactly as good in some state."""
        return self.gap is not None and not any(self.gap)


@dataclass(frozen=True)
class Curve:
    """Every aggregate between the two numbers belongs to a T-MFE with this strategy."""

    strategy: Strategy
    aggregate: Range


@dataclass(frozen=True)
class Answer:
    """All T-MFE: the isolated ones and the continua."""

    solutions: tuple[Solution, ...]
    curves: tuple[Curve, ...]


class SeveralLaws(ValueError):
    """Some strategy's chain has more than one stationary law: not for this oracle."""


def solve(game: AggregateGame) -> Answer:
    """Return all T-MFE.

    Raises:
        SeveralLaws: a stationary law is not unique for some strategy and aggregate.
    """
    solutions: list[Solution] = []
    curves: list[Curve] = []
    choices = distinct(game)
    for cell in game.cells:
        table = Table.of(game, cell)
        for strategy in itertools.product(*choices):
            for found in Trial(table, choices, strategy).outcomes():
                if isinstance(found, Curve):
                    curves.append(found)
                else:
                    solutions.append(found)
    ends = {(c.strategy, end) for c in curves for end in c.aggregate}
    isolated = [
        x
        for x in solutions
        # A point between cells that a continuum reaches belongs to it.
        if not (x.aggregate[0] == x.aggregate[1] and (x.strategy, x.aggregate[0]) in ends)
    ]
    return Answer(tuple(sorted(isolated, key=lambda x: x.aggregate)), tuple(curves))


def distinct(game: AggregateGame) -> list[list[int]]:
    """Return for each state the actions that do not do the same as one before them.

    Where kappa = 0 every strategy plays all actions equally often: one of them stands for all.
    """
    if _kappa(game) == 0:
        return [[0] for _ in game.phi]

    def what(s: int, a: int) -> object:
        return [(cell.kernel[s][a], cell.reward[s][a]) for cell in game.cells]

    actions = range(len(game.cells[0].reward[0]))
    return [
        [a for a in actions if not any(what(s, a) == what(s, b) for b in range(a))]
        for s in range(len(game.phi))
    ]


@dataclass(frozen=True)
class Table:
    """A cell with integer coefficients.

    Attributes:
        laws: P(x | s, a) in units of 1 / unit, by state and action.
        reward: r(s, a) in units of 1 / reward_unit.
        chain: the row of K if a is played in s, in units of 1 / chain_unit.
        earned: what is earned if a is played in s, in units of 1 / reward_unit and that of kappa.
    """

    game: AggregateGame
    cell: Cell
    unit: int
    laws: list[list[list[Polynomial]]]
    reward_unit: int
    reward: list[list[Polynomial]]
    chain_unit: int
    chain: list[list[list[Polynomial]]]
    earned: list[list[Polynomial]]

    @classmethod
    def of(cls, game: AggregateGame, cell: Cell) -> Table:
        """Bring a cell's numbers to common denominators; at a point, to constants."""
        n, actions = len(game.phi), len(cell.reward[0])
        pairs = [(s, a) for s in range(n) for a in range(actions)]

        def function(p: Coefficients) -> Coefficients:
            if cell.low < cell.high:
                return p
            return (sum((c * cell.low**k for k, c in enumerate(p)), Fraction(0)),)

        unit, flat = _integral([function(p) for s, a in pairs for p in cell.kernel[s][a]])
        laws = [[flat[(s * actions + a) * n :][:n] for a in range(actions)] for s in range(n)]
        reward_unit, flat = _integral([function(cell.reward[s][a]) for s, a in pairs])
        reward = [flat[s * actions :][:actions] for s in range(n)]
        kappa = _kappa(game)
        spread = (1 - kappa) / actions
        t = math.lcm(spread.denominator, kappa.denominator)
        chosen, all_of = int(kappa * t), int(spread * t)

        def mixed(parts: Sequence[Polynomial], a: int) -> Polynomial:
            return poly.add(poly.scale(parts[a], chosen), poly.scale(_sum(parts), all_of))

        chain = [
            [[mixed([row[x] for row in laws[s]], a) for x in range(n)] for a in range(actions)]
            for s in range(n)
        ]
        earned = [[mixed(reward[s], a) for a in range(actions)] for s in range(n)]
        return cls(game, cell, unit, laws, reward_unit, reward, t * unit, chain, earned)


@dataclass(frozen=True)
class Trial:
    """A strategy on a cell."""

    table: Table
    choices: Sequence[Sequence[int]]
    strategy: Strategy

    @property
    def low(self) -> Fraction:
        """The cell's lower end."""
        return self.table.cell.low

    @property
    def high(self) -> Fraction:
        """The cell's upper end."""
        return self.table.cell.high

    @cached_property
    def chain(self) -> Matrix:
        """K in units of 1 / chain_unit."""
        return [self.table.chain[s][a] for s, a in enumerate(self.strategy)]

    @cached_property
    def weights(self) -> list[Polynomial]:
        """The masses of the stationary law, up to their sum."""
        system = _less(self.table.chain_unit, 1, self.chain)
        return [_determinant(_drop(system, i)) for i in range(len(system))]

    @cached_property
    def consistency(self) -> Polynomial:
        """The function that is zero at the m that the strategy's law reproduces."""
        phi = self.table.game.phi
        total = _sum(self.weights)
        _require_positive(total, self.table.cell)
        f = math.lcm(*(x.denominator for x in phi))
        mean = _sum([poly.scale(w, int(x * f)) for w, x in zip(self.weights, phi, strict=True)])
        return poly.subtract(mean, poly.multiply((0, f), total))

    @cached_property
    def _system(self) -> Matrix:
        gamma = self.table.game.discount
        return _less(gamma.denominator * self.table.chain_unit, gamma.numerator, self.chain)

    @cached_property
    def scale(self) -> Polynomial:
        """What the gaps must be divided by; positive."""
        return poly.scale(_determinant(self._system), self.table.reward_unit)

    @cached_property
    def gaps(self) -> list[Polynomial]:
        """The numerators of the gaps, by state and by action other than the one played."""
        laws, reward = self.table.laws, self.table.reward
        system, states = self._system, range(len(self.strategy))
        earned = [self.table.earned[s][a] for s, a in enumerate(self.strategy)]
        determinant = _determinant(system)
        values = [_determinant(_replace(system, x, earned)) for x in states]
        found = []
        for s, a in enumerate(self.strategy):
            for b in self.choices[s]:
                if b == a:
                    continue
                now = poly.multiply(poly.subtract(reward[s][a], reward[s][b]), determinant)
                later = _sum(
                    [
                        poly.multiply(poly.subtract(laws[s][a][x], laws[s][b][x]), values[x])
                        for x in states
                    ]
                )
                gamma = self.table.game.discount
                found.append(poly.add(now, poly.scale(later, gamma.numerator)))
        return found

    def outcomes(self) -> Iterator[Solution | Curve]:
        """Yield what the strategy contributes."""
        g = self.consistency
        if self.low == self.high:
            if poly.sign_at(g, self.low) == 0:
                yield from self._solution(Root((), self.low, self.high))
        elif g:
            for root in poly.roots(g, self.low, self.high):
                yield from self._solution(root)
        else:
            yield from self._continuum()

    def _solution(self, root: Root) -> Iterator[Solution]:
        signs = [poly.sign_at_root(gap, root) for gap in self.gaps]
        if min(signs, default=1) < 0:
            return
        root = root.narrow(WIDTH)
        at = root.low, root.high
        gap: Range | None = None
        if self.gaps:
            ratios = [_ratio(poly.bounds(p, *at), poly.bounds(self.scale, *at)) for p in self.gaps]
            gap = min(low for low, _ in ratios), min(high for _, high in ratios)
            if 0 in signs:
                gap = Fraction(0), Fraction(0)
        weights = [poly.bounds(w, *at) for w in self.weights]
        total = sum((w[0] for w in weights), Fraction(0)), sum((w[1] for w in weights), Fraction(0))
        yield Solution(self.strategy, at, tuple(_ratio(w, total) for w in weights), gap)

    def _continuum(self) -> Iterator[Solution | Curve]:
        """Go through the points where a gap changes its sign and the intervals between them."""
        product: Polynomial = (1,)
        for gap in self.gaps:
            if gap:
                product = poly.multiply(product, poly.primitive(gap))
        product = poly.quotient(product, poly.gcd(product, poly.derivative(product)))
        cuts = [root.narrow(WIDTH) for root in poly.roots(product, self.low, self.high)]
        ends = [
            (self.low, self.low),
            *((root.low, root.high) for root in cuts),
            (self.high, self.high),
        ]
        best = [
            all(poly.sign_at(gap, (left[1] + right[0]) / 2) >= 0 for gap in self.gaps)
            for left, right in itertools.pairwise(ends)
        ]
        for (left, right), optimal in zip(itertools.pairwise(ends), best, strict=True):
            if optimal:
                yield Curve(self.strategy, (left[1], right[0]))
        for root, before, after in zip(cuts, best, best[1:], strict=False):
            if not before and not after:
                yield from self._solution(root)


def _kappa(game: AggregateGame) -> Fraction:
    actions = len(game.cells[0].reward[0])
    return 1 - game.tremble * actions / (actions - 1) if actions > 1 else Fraction(1)


def _integral(polynomials: Sequence[Coefficients]) -> tuple[int, list[Polynomial]]:
    """Return a common denominator, and the polynomials times it."""
    common = math.lcm(*(x.denominator for p in polynomials for x in p))
    return common, [poly.trim([int(x * common) for x in p]) for p in polynomials]


def _sum(parts: Sequence[Polynomial]) -> Polynomial:
    total: Polynomial = ()
    for part in parts:
        total = poly.add(total, part)
    return total


def _less(diagonal: int, factor: int, matrix: Matrix) -> Matrix:
    """Return diagonal * I - factor * matrix."""
    return [
        [
            poly.subtract((diagonal,) if i == j else (), poly.scale(p, factor))
            for j, p in enumerate(row)
        ]
        for i, row in enumerate(matrix)
    ]


def _drop(matrix: Matrix, i: int) -> Matrix:
    """Return the matrix without row i and column i."""
    return [[p for y, p in enumerate(row) if y != i] for x, row in enumerate(matrix) if x != i]


def _replace(matrix: Matrix, j: int, column: Sequence[Polynomial]) -> Matrix:
    """Return the matrix with another column j."""
    return [
        [entry if y == j else p for y, p in enumerate(row)]
        for row, entry in zip(matrix, column, strict=True)
    ]


def _determinant(matrix: Matrix) -> Polynomial:
    """Return the determinant, expanded along the first row."""
    if not matrix:
        return (1,)
    total: Polynomial = ()
    for j, p in enumerate(matrix[0]):
        if p:
            minor = _determinant([row[:j] + row[j + 1 :] for row in matrix[1:]])
            total = poly.add(total, poly.scale(poly.multiply(p, minor), -1 if j % 2 else 1))
    return total


def _require_positive(total: Polynomial, cell: Cell) -> None:
    inside = (cell.low + cell.high) / 2
    if poly.sign_at(total, inside) <= 0:
        raise SeveralLaws(f"several stationary laws at {inside}")
    if cell.low < cell.high and poly.roots(total, cell.low, cell.high):
        raise SeveralLaws(f"several stationary laws in ({cell.low}, {cell.high})")


def _ratio(numerator: Range, denominator: Range) -> Range:
    """Return bounds of a quotient; the denominator is positive."""
    assert denominator[0] > 0
    quotients = [x / y for x in numerator for y in denominator]
    return min(quotients), max(quotients)
