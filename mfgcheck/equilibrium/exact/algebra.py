"""T-MFE of one strategy by algebra: exact ties and continua, where the data are rational functions.

Where a game sees the mean field through one number m, and its terms are rational functions of m on
an interval, everything about a strategy mu is a polynomial. With d(m) > 0 a common denominator of
the terms and N(m)/d(m) the trembling kernel K (S states, entries of N and d of degree <= g):

* the stationary law is pi = c/D, by Cramer's rule for pi (d - N) = 0 with its last equation
  replaced by sum pi = 1. D and c are determinants with S - 1 lines of degree <= g and one of degree
  0, so their degrees are <= (S - 1) g, and that of F = c(phi) - m D is <= (S - 1) g + 1. There is
  one stationary law exactly where D is not 0;
* the values of mu are V = w/E with E = det(d - gamma N), and w with one column of E exchanged for
  the reward, so their degrees are <= S g. E > 0, because the eigenvalues of gamma K are < 1 in
  modulus;
* d E (Q(s, mu(s)) - Q(s, b)) is a polynomial of degree <= (S + 1) g.

Polynomials are computed at enough rational points and interpolated. The T-MFE with strategy mu are
the roots of F at which no gap is negative; mu is optimal there because Q is then a fixed point of
the TQ-value operator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import flint

from mfgcheck import rigor
from mfgcheck.equilibrium.exact.settlement import Family, Pair, Settlement, Zero, joined_families
from mfgcheck.equilibrium.exact.stage import ExactModel, Strategy
from mfgcheck.rigor.breakpoints import Choice, Strip, breakpoints, smooth
from mfgcheck.rigor.chains import rational
from mfgcheck.rigor.polynomial import Polynomial, as_rational_function
from mfgcheck.rigor.roots import Root, count, interpolate, isolate

__all__ = ["MOST_DEGREE", "Family", "Settlement", "Zero", "settle_exactly"]

MOST_DEGREE = 120
"""Games whose gaps can have a higher degree than this, (S + 1) g, are refused."""


def settle_exactly(
    model: ExactModel,
    strategy: Strategy,
    low: Fraction,
    high: Fraction,
    width: Fraction = Fraction(1, 10**12),
) -> Settlement | None:
    """Determine all T-MFE with this strategy and m in [low, high], by exact arithmetic.

    m is the first aggregate that matters, and must determine the others. The interval is cut to
    what mean fields can have, and where the game jumps or has a kink.

    Args:
        model: the game.
        strategy: the likeliest action's number in each state.
        low, high: the interval of m.
        width: how far apart the bounds of an irrational m may be.

    Returns:
        What was found; None if this method does not apply: a term is no rational function, the
        aggregates have more than one degree of freedom or irrational coefficients, the strategy
        has several stationary laws somewhere, or the polynomials would have too high a degree.

    >>> from mfgcheck.gallery import make
    >>> model = ExactModel.of(make("audit-c"))
    >>> settle_exactly(model, (0, 0), Fraction(0), Fraction(1)).equilibria
    (Zero(low=Fraction(1, 3), high=Fraction(1, 3), optimal=True, ties=((0, 1), (1, 1))),)
    """
    line = _Line.of(model, strategy)
    if line is None or line.model.tables.game.doubts:
        return None
    low, high = max(low, line.extent[0]), min(high, line.extent[1])
    if low > high:
        return Settlement((), ())
    cuts = [low, *(x for x in line.cuts if low < x < high), *([high] if low < high else [])]
    zeros: list[Zero] = []
    families: list[Family] = []
    for x in cuts:
        found = line.at(x)
        if found is None:
            return None
        zeros.extend(found)
    for a, b in pairwise(cuts):
        part = line.between(a, b)
        if part is None:
            return None
        inside = part.settle(width)
        if inside is None:
            return None
        if part.fixed == 0:
            zeros = [zero for zero in zeros if zero.optimal or not a <= zero.low <= b]
        zeros.extend(inside.zeros)
        families.extend(inside.families)
    return joined_families(zeros, families)


@dataclass(frozen=True, eq=False)
class _Line:
    """One strategy, and the aggregates that matter as functions of the first of them."""

    model: ExactModel
    strategy: Strategy
    phi: tuple[Fraction, ...]
    extent: tuple[Fraction, Fraction]
    functions: dict[int, rigor.Expression]  # needed terms, by position, as functions of m

    @staticmethod
    def of(model: ExactModel, strategy: Strategy) -> _Line | None:
        tables = model.tables
        scalars = tables.game.scalars
        setting = scalars.setting(model.aggregates)
        if not model.aggregates or not setting.rational:
            return None
        frame = setting.region.frame
        if frame.rank != 1:
            return None
        (pivot,) = frame.pivots
        lines = {}
        for i, j in enumerate(model.aggregates):
            constant, (slope,) = frame.coordinate(i)
            lines[j] = rigor.add(rigor.const(constant), rigor.scaled(rigor.var(0), slope))
        functions = {
            k: rigor.substitute(scalars.expression(tables.terms[k]), lines) for k in model.needed
        }
        values = setting.aggregates[pivot].values
        phi = tuple(x for x in values if isinstance(x, Fraction))
        return _Line(model, strategy, phi, setting.region.extent(pivot), functions)

    @property
    def cuts(self) -> list[Fraction]:
        """Where a term jumps or has a kink."""
        return sorted({x for f in self.functions.values() for x in breakpoints(f).get(0, [])})

    @cached_property
    def rivals(self) -> tuple[Pair, ...]:
        """All (state, action) whose action does something else than the one played."""
        tables = self.model.tables
        if tables.kappa == 0:  # all strategies are the same
            return ()
        pairs = []
        for s, played in enumerate(self.strategy):
            for b in range(tables.shape[1]):
                same = (tables.rewards[s, b] == tables.rewards[s, played]).all()
                if not (same and (tables.kernel[s, b] == tables.kernel[s, played]).all()):
                    pairs.append((s, b))
        return tuple(pairs)

    def at(self, x: Fraction) -> list[Zero] | None:
        """Return the zero at one point, if it is one."""
        values = [Fraction(0)] * self.model.tables.shape[2]
        for k, f in self.functions.items():
            value = rigor.exact_value(rigor.substitute(f, {0: rigor.const(x)}))
            if value is None:
                return None
            values[k] = value
        stage = self.model.with_terms(values)
        law = stage.stationary(self.strategy).law
        if law is None:
            return None
        if sum((p * y for p, y in zip(law, self.phi, strict=True)), Fraction(0)) != x:
            return []
        q = stage.q_values(self.strategy)
        gaps = {(s, b): q[s][self.strategy[s]] - q[s][b] for s, b in self.rivals}
        ties = tuple(pair for pair, gap in gaps.items() if gap == 0)
        return [Zero(x, x, all(gap >= 0 for gap in gaps.values()), ties)]

    def between(self, low: Fraction, high: Fraction) -> _Part | None:
        """Return the polynomials on an open interval without jumps and kinks."""
        choice: Choice = {0: Strip(low, high)}
        tops, bottoms = {}, {}
        for k, f in self.functions.items():
            quotient = as_rational_function(smooth(f, choice), 1)
            if quotient is None:
                return None
            top, bottom = map(_polynomial, quotient)
            common = top.gcd(bottom)
            tops[k], bottoms[k] = top / common, bottom / common
        d = flint.fmpq_poly([1])
        for bottom in bottoms.values():
            d = d * (bottom / d.gcd(bottom))
        if count(d, low, high):
            return None
        if d(rational((low + high) / 2)) < 0:
            d = -d
        terms = {k: tops[k] * (d / bottoms[k]) for k in tops}
        g = max([d.degree(), *(p.degree() for p in terms.values())])
        if (len(self.strategy) + 1) * g > MOST_DEGREE:
            return None
        return _Part.of(self, low, high, d, terms, g)


def _polynomial(p: Polynomial) -> Any:
    degree = max((key[0] for key in p), default=0)
    return flint.fmpq_poly([rational(p.get((k,), Fraction(0))) for k in range(degree + 1)])


@dataclass(frozen=True, eq=False)
class _Part:
    """The polynomials of a strategy on an open interval: see the head of this module."""

    low: Fraction
    high: Fraction
    determinant: Any  # D
    fixed: Any  # F
    gaps: dict[Pair, Any]

    @staticmethod
    def of(
        line: _Line, low: Fraction, high: Fraction, d: Any, terms: dict[int, Any], g: int
    ) -> _Part:
        size = len(line.strategy)
        samples = _samples(line, d, terms)
        points, determinants = [], []
        laws: list[tuple[Fraction, Any]] = []
        gaps: list[tuple[Fraction, list[Any]]] = []
        # D and E are not 0 at all but (S - 1) g and S g points, unless D is 0 everywhere.
        most = size * g + (size + 1) * g + 2
        for _ in range(most):
            x, determinant, law, gap = next(samples)
            points.append(x)
            determinants.append(determinant)
            if law is not None:
                laws.append((x, law))
            if gap is not None:
                gaps.append((x, gap))
            if len(laws) > (size - 1) * g + 1 and len(gaps) > (size + 1) * g:
                break
        determinant = interpolate(points, determinants)
        fixed = interpolate([x for x, _ in laws], [y for _, y in laws])
        columns = zip(*(row for _, row in gaps), strict=True)
        at = [x for x, _ in gaps]
        found = {
            pair: interpolate(at, list(column))
            for pair, column in zip(line.rivals, columns, strict=True)
        }
        return _Part(low, high, determinant, fixed, found)

    def settle(self, width: Fraction) -> Settlement | None:
        """Return what the polynomials say; None if the stationary law is not unique somewhere."""
        if self.determinant == 0 or count(self.determinant, self.low, self.high):
            return None
        if self.fixed == 0:
            return self._families(width)
        zeros = []
        for root in isolate(self.fixed, self.low, self.high):
            narrow = root.refined(width).simplified()
            zeros.append(self._zero(narrow))
        return Settlement(tuple(zeros), ())

    def _zero(self, root: Root) -> Zero:
        signs = {pair: root.sign(gap) for pair, gap in self.gaps.items()}
        ties = tuple(pair for pair, sign in signs.items() if sign == 0)
        return Zero(root.low, root.high, min(signs.values(), default=1) >= 0, ties)

    def _families(self, width: Fraction) -> Settlement:
        """Every m is consistent: find where no gap is negative."""
        product = flint.fmpq_poly([1])
        for gap in self.gaps.values():
            if gap != 0:
                product = product * (gap / product.gcd(gap))
        roots = [root.refined(width).simplified() for root in isolate(product, self.low, self.high)]
        roots = _apart(roots, self.low, self.high)
        ends = [(self.low, self.low), *((r.low, r.high) for r in roots), (self.high, self.high)]
        good = []
        for before, after in pairwise(ends):
            middle = rational((before[1] + after[0]) / 2)
            good.append(all(gap(middle) >= 0 for gap in self.gaps.values()))
        # Between two neighbours the gaps are zero nowhere, so runs of good parts that meet in a
        # root form one family: the gaps that are 0 there are not negative there.
        families: list[Family] = []
        for i, fine in enumerate(good):
            if fine and i and good[i - 1]:
                families[-1] = Family(families[-1].low, ends[i + 1])
            elif fine:
                families.append(Family(ends[i], ends[i + 1]))
        alone = [r for i, r in enumerate(roots) if not good[i] and not good[i + 1]]
        zeros = [zero for zero in map(self._zero, alone) if zero.optimal]
        return Settlement(tuple(zeros), tuple(families))


def _apart(roots: list[Root], low: Fraction, high: Fraction) -> list[Root]:
    """Refine roots until their bounds are apart from each other and from the ends."""
    found: list[Root] = []
    for root in roots:
        current = root
        while not low < current.low <= current.high < high:
            current = current.refined((current.high - current.low) / 2)
        while found and found[-1].high >= current.low:
            size = max(current.high - current.low, found[-1].high - found[-1].low) / 2
            found[-1], current = found[-1].refined(size), current.refined(size)
        found.append(current)
    return found


def _samples(
    line: _Line, d: Any, terms: dict[int, Any]
) -> Iterator[tuple[Fraction, Any, Any | None, list[Any] | None]]:
    """Yield (x, D(x), F(x) or None where D(x) = 0, gap numerators or None where E(x) = 0)."""
    model, tables = line.model, line.model.tables
    size = len(line.strategy)
    mixer = model.mixer(line.strategy)
    gamma, unit = rational(tables.game.discount), tables.denominator
    one = flint.fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
    phi = [rational(y) for y in line.phi]
    x = 0
    while True:
        values = [flint.fmpq(0)] * tables.shape[2]
        for k, p in terms.items():
            values[k] = p(flint.fmpq(x))
        rows, rewards = model.combine(values)
        kernel = mixer * rows
        whole = one * (d(flint.fmpq(x)) * unit)
        system = (whole - kernel).transpose().tolist()[:-1]
        system = flint.fmpq_mat([*system, [1] * size])
        determinant = system.det()
        fixed = None
        if determinant != 0:
            law = system.solve(flint.fmpq_mat(size, 1, [0] * (size - 1) + [1])).entries()
            fixed = determinant * (sum(p * y for p, y in zip(law, phi, strict=True)) - x)
        bellman = whole - kernel * gamma
        factor, gaps = bellman.det(), None
        if factor != 0:
            # d D (1 - gamma K) V = (d D) r, with the reward over its own denominator
            scale = flint.fmpq(unit, tables.reward_denominator)
            value = bellman.solve(mixer * rewards * scale)
            q = (
                rewards / flint.fmpq(tables.reward_denominator) + rows * value * (gamma / unit)
            ) * factor
            actions = tables.shape[1]
            gaps = [
                q[s * actions + line.strategy[s], 0] - q[s * actions + b, 0] for s, b in line.rivals
            ]
        yield Fraction(x), determinant, fixed, gaps
        x = -x if x > 0 else 1 - x
