"""The fixed point of one strategy in a box: whether there is one, where, and whether it is optimal.

For a strategy mu whose trembling kernel K(m) has one stationary law pi(m) for every m of a box, the
consistent mean fields with aggregates in the box are the zeros of g(m) = pi(m)(phi) - m.
Krawczyk's operator N(X) = x - Y g(x) + (1 - Y g'(X))(X - x) contains every zero in X; if it lies
inside X, there is exactly one, and if it misses X, there is none (lemma E3). pi and its derivatives
come from linear systems solved with balls: pi (1 - K) = 0 with sum pi = 1, and pi' (1 - K) = pi K'
with sum pi' = 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, Ranges, enclosures, middle
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.sparse import Ints
from mfgcheck.rigor import balls
from mfgcheck.rigor.breakpoints import breakpoints

_STEPS = 60
_NEVER = Deadline()


@dataclass(frozen=True, eq=False)
class Fixed:
    """One strategy on one piece, with exact matrices for its kernel; long work ends in time."""

    piece: Piece
    strategy: Ints
    deadline: Deadline = _NEVER

    @cached_property
    def _denominator(self) -> int:
        tables = self.piece.tables
        return tables.denominator * _common(tables.kappa, tables.spread)

    @cached_property
    def _kernels(self) -> list[Any]:
        """For each term its part of the trembling kernel, times the denominator."""
        tables = self.piece.tables
        d = _common(tables.kappa, tables.spread)
        states = np.arange(len(self.strategy))
        whole = tables.kernel.astype(object)
        played = whole[states, self.strategy]  # (S, L, S)
        mixed = int(tables.kappa * d) * played + int(tables.spread * d) * whole.sum(axis=1)
        return [balls.matrix(mixed[:, k].tolist()) for k in range(tables.kernel_terms)]

    @cached_property
    def phi(self) -> list[list[Any]]:
        """For each coordinate, its functional at each state, as balls."""
        return [[balls.ball(*pair) for pair in row] for row in self.piece.phi_bounds]

    def _terms(self, box: Box, bits: int) -> list[Any] | None:
        found = enclosures(self.piece.functions, box, bits)
        return None if found is None else [balls.ball(*pair) for pair in found]

    @cached_property
    def _rewards(self) -> tuple[Any, Any]:
        """For each term, its part of each row's reward less that of the row played, and of r_mu."""
        tables = self.piece.tables
        d = _common(tables.kappa, tables.spread)
        states = np.arange(len(self.strategy))
        whole = tables.rewards.astype(object)
        played = whole[states, self.strategy]  # (S, K)
        mixed = int(tables.kappa * d) * played + int(tables.spread * d) * whole.sum(axis=1)
        lost = (played[:, None] - whole).reshape(-1, whole.shape[2])
        return balls.matrix(lost.tolist()), balls.matrix(mixed.tolist())

    @cached_property
    def _advantages(self) -> list[Any]:
        """For each term of the kernel, T of the row played less T of each row."""
        tables = self.piece.tables
        states = np.arange(len(self.strategy))
        whole = tables.kernel.astype(object)
        played = whole[states, self.strategy]
        lost = (played[:, None] - whole).transpose(2, 0, 1, 3)
        return [balls.matrix(part.reshape(-1, part.shape[-1]).tolist()) for part in lost]

    def gaps(self, box: Box, bits: int) -> list[list[Any]] | None:
        """Return balls with Q(s, mu(s)) - Q(s, a) over the box, Q being the strategy's own.

        The strategy is optimal where none is negative (F of its Q is then Q itself). Rows that
        are the same for two actions cancel exactly.
        """
        tables = self.piece.tables
        terms, over = self._terms(box, bits), self.kernel_over(box, bits)
        if terms is None or over is None:
            return None
        kernel = over[0]
        kernel_terms = terms[: tables.kernel_terms]
        d = _common(tables.kappa, tables.spread)
        lost, mixed = self._rewards
        column = balls.arb_mat(len(terms), 1, terms)
        reward = mixed * column * (balls.arb(1) / (d * tables.reward_denominator))
        gamma = _ball(tables.game.discount)
        n = kernel.nrows()
        rows = kernel.tolist()
        system = [[int(i == j) - gamma * rows[i][j] for j in range(n)] for i in range(n)]
        value = balls.solve(balls.arb_mat(system), reward)
        if value is None:
            return None
        now = lost * column * (balls.arb(1) / tables.reward_denominator)
        future = balls.scaled_sum(
            [part * value for part in self._advantages], kernel_terms, tables.denominator
        )
        flat = (now + future * gamma).entries()
        actions = tables.shape[1]
        return [flat[s * actions : (s + 1) * actions] for s in range(n)]

    def stable(self, box: Box, bits: int) -> bool | None:
        """Return whether T-BR stays near the fixed point and comes back, the strategy being kept.

        By the eigenvalues of the derivative of z -> z K(m(z)) on directions of sum 0 (lemma E6);
        None where they were not told apart from 1, at a jump of the game, and where it has a kink
        but for the case that all products of the derivatives near there shrink.
        """
        if self.piece.pinned:
            return None
        found = self.values(box, bits)
        if found is None:
            return None
        law, _, kernel, changes = found
        n = len(law)
        row = balls.arb_mat(1, n, law)
        total = kernel.transpose()
        for i, change in enumerate(changes):
            effect = (row * change).transpose()
            total = total + effect * balls.arb_mat(1, n, self.phi[i])
        # In terms of all masses but the last, which is minus their sum.
        lines = total.tolist()
        reduced = [[lines[i][j] - lines[i][n - 1] for j in range(n - 1)] for i in range(n - 1)]
        inside = self._inside(reduced) if n > 1 else True
        return None if inside is False and self._has_kink(box) else inside

    def _inside(self, lines: list[list[Any]]) -> bool | None:
        return balls.spectrum_inside(balls.arb_mat(lines), lambda: self.deadline.passed)

    def _has_kink(self, box: Box) -> bool:
        """Whether a term of the kernel may have a kink in the box."""
        count = self.piece.tables.kernel_terms
        kinks = (breakpoints(f) for f in self.piece.functions[:count] if _has_part(f))
        slanted = any(_has_part(f) and not breakpoints(f) for f in self.piece.functions[:count])
        return slanted or any(
            low <= x <= high
            for found in kinks
            for i, (low, high) in enumerate(box)
            for x in found.get(i, [])
        )

    def kernel_over(self, box: Box, bits: int) -> tuple[Any, list[Any]] | None:
        """Return the trembling kernel over the box, and its derivatives, as matrices of balls.

        K(m) is in K(c) + sum of K_i'(box) (m_i - c_i): terms that are close to cancelling, such as
        m and m^2, meet in the derivative before their ranges are taken. The derivatives are left
        out where the box is a point.
        """
        count = self.piece.tables.kernel_terms
        point = all(low == high for low, high in box)
        centre = box if point else tuple((x, x) for x in middle(box))
        terms = enclosures(self.piece.functions[:count], centre, bits)
        if terms is None:
            return None
        total, changes = self._mixed(terms), []
        for i, (low, high) in enumerate(box if not point else ()):
            change = self._change(i, box, bits)
            if change is None:
                return None
            changes.append(change)
            total = total + change * balls.ball(low - centre[i][0], high - centre[i][0])
        return total, changes

    def _mixed(self, terms: Ranges) -> Any:
        factors = [balls.ball(*pair) for pair in terms]
        return balls.scaled_sum(self._kernels, factors, self._denominator)

    def _change(self, i: int, box: Box, bits: int) -> Any | None:
        """Return the derivative of the trembling kernel along coordinate i, over the box."""
        slopes = self.piece.slopes[i][: self.piece.tables.kernel_terms]
        found = enclosures(slopes, box, bits)
        return None if found is None else self._mixed(found)

    def law(self, box: Box, bits: int) -> list[Any] | None:
        """Return balls with the stationary laws over the box; None if they may not be unique."""
        found = self.kernel_over(box, bits)
        if found is None:
            return None
        return _first_column(balls.solve(_system(found[0]), _unit(len(self.strategy))))

    def values(self, box: Box, bits: int) -> tuple[list[Any], Any, Any, list[Any]] | None:
        """Return (pi, derivatives of pi as columns, K, derivatives of K) over the box."""
        found = self.kernel_over(box, bits)
        if found is None:
            return None
        kernel, changes = found
        if len(changes) < len(box):  # the box is a point
            known = [self._change(i, box, bits) for i in range(len(box))]
            changes = [change for change in known if change is not None]
            if len(changes) < len(box):
                return None
        system = _system(kernel)
        law = _first_column(balls.solve(system, _unit(kernel.nrows())))
        if law is None:
            return None
        n = len(law)
        row = balls.arb_mat(1, n, law)
        columns = [[*(row * change).entries()[:-1], 0] for change in changes]
        sides = balls.arb_mat(n, len(columns), [column[i] for i in range(n) for column in columns])
        rates = balls.solve(system, sides) if columns else sides
        return None if rates is None else (law, rates, kernel, changes)

    def image(self, box: Box, bits: int) -> tuple[Box, bool] | None:
        """Return Krawczyk's image of a box, and whether at most one zero in the box is proved.

        None where the law may not be unique, or something is not finite.
        """
        d = len(box)
        if d == 0:
            return ((), True) if self.law(box, bits) is not None else None
        centre = tuple(_short(low, high, bits) for low, high in box)
        at = self.law(tuple((x, x) for x in centre), bits)
        over = self.values(box, bits)
        if at is None or over is None:
            return None
        rates = over[1]
        slope = [
            [
                _dot(self.phi[i], [rates[s, j] for s in range(rates.nrows())]) - int(i == j)
                for j in range(d)
            ]
            for i in range(d)
        ]
        middles = balls.arb_mat([[x.mid() for x in line] for line in slope])
        try:
            inverse = balls.arb_mat([[x.mid() for x in line] for line in middles.inv().tolist()])
        except ZeroDivisionError:
            return None
        value = balls.arb_mat(d, 1, [_dot(self.phi[i], at) - _ball(centre[i]) for i in range(d)])
        rest = inverse * balls.arb_mat(slope)
        factor = [[int(i == j) - rest[i, j] for j in range(d)] for i in range(d)]
        unique = all(sum((abs(x) for x in line), balls.arb(0)) < 1 for line in factor)
        width = balls.arb_mat(
            d,
            1,
            [balls.ball(low - x, high - x) for (low, high), x in zip(box, centre, strict=True)],
        )
        moved = balls.arb_mat(factor) * width - inverse * value
        ends = [balls.bounds(moved[i, 0] + _ball(centre[i])) for i in range(d)]
        return None if any(e is None for e in ends) else (tuple(e for e in ends if e), unique)


@dataclass(frozen=True)
class Place:
    """A box with the only zero that a larger box can have.

    `certain`: it does have one there; else whether there is one is open.
    """

    box: Box
    certain: bool


class Answer(Enum):
    """What may be said instead of a result: NONE, there is provably nothing; OPEN, not told."""

    NONE = "none"
    OPEN = "open"


def locate(fixed: Fixed, box: Box, radius: Fraction, bits: int) -> Place | Answer:
    """Look for the zeros of a strategy in a box: a `Place` if there is provably at most one.

    NONE if there is provably none, OPEN if nothing was told (the box should be cut).
    """
    current, certain, unique = box, False, False
    for _ in range(_STEPS):
        found = None if fixed.deadline.passed else fixed.image(current, bits)
        if found is None:
            return Place(current, certain) if unique else Answer.OPEN
        image, alone = found
        unique = unique or alone
        if not unique:
            smaller = _meet(image, current)
            if smaller is None:
                return Answer.NONE
            if width(smaller) > width(current) * Fraction(3, 4):
                return Answer.OPEN
            current = smaller
            continue
        certain = certain or _inside(image, current)
        smaller = _meet(image, current)
        if smaller is None:
            return Answer.NONE
        if width(smaller) <= radius or width(smaller) > width(current) * Fraction(9, 10):
            current = smaller
            break
        current = smaller
    if not unique:
        return Answer.OPEN
    if not certain:
        # The zero may lie on the very edge of the box: look at a box around.
        around = tuple((low - radius, high + radius) for low, high in current)
        found = fixed.image(around, bits) if width(current) <= 4 * radius else None
        if found is not None and _inside(found[0], around):
            inner = _meet(found[0], around)
            return Place(inner if inner else around, certain=True)
    return Place(current, certain)


def width(box: Box) -> Fraction:
    """Return the largest width of a box."""
    return max((high - low for low, high in box), default=Fraction(0))


def _inside(inner: Box, outer: Box) -> bool:
    pairs = zip(inner, outer, strict=True)
    return all(a < low and high < b for (low, high), (a, b) in pairs)


def _meet(first: Box, second: Box) -> Box | None:
    ranges = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(first, second, strict=True)]
    return None if any(low > high for low, high in ranges) else tuple(ranges)


def _system(kernel: Any) -> Any:
    """Return the matrix of pi (1 - K) = 0 with its last equation replaced by sum pi = 1."""
    n = kernel.nrows()
    rows = kernel.transpose().tolist()
    system = [[int(i == j) - rows[i][j] for j in range(n)] for i in range(n - 1)]
    return balls.arb_mat([*system, [1] * n])


def _has_part(f: rigor.Expression) -> bool:
    """Whether a positive part occurs in an expression."""
    return isinstance(f, rigor.PositivePart) or any(map(_has_part, rigor.children(f)))


def _dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    return sum((x * y for x, y in zip(left, right, strict=True)), balls.arb(0))


def _ball(x: Fraction) -> Any:
    return balls.ball(x, x)


def _short(low: Fraction, high: Fraction, bits: int) -> Fraction:
    """Return a number of the range near its middle, with few digits (it is a free choice)."""
    x = Fraction(round((low + high) / 2 * (1 << bits)), 1 << bits)
    return x if low <= x <= high else (low + high) / 2


def _unit(n: int) -> Any:
    return balls.arb_mat(n, 1, [0] * (n - 1) + [1])


def _first_column(found: Any | None) -> list[Any] | None:
    return None if found is None else list(found.entries())


def _common(first: Fraction, second: Fraction) -> int:
    from math import lcm

    return lcm(first.denominator, second.denominator)
