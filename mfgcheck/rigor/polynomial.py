"""Polynomials with rational coefficients: exact decisions of `p >= 0` on simplices.

A polynomial is {exponents: coefficient}. Inside, Bernstein coefficients over a simplex with
vertices v_0..v_r are {alpha: b} with sum(alpha) = n:  p = sum b_alpha * n!/alpha! * lambda^alpha
in barycentric coordinates lambda. All weights are >= 0, so b >= 0 proves p >= 0, and p(v_i) is
the coefficient at alpha = n e_i.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, factorial
from typing import Any

from mfgcheck.rigor.linear import solve
from mfgcheck.rigor.nodes import Add, Const, Expression, Mul, Power, Var
from mfgcheck.rigor.tape import rational
from mfgcheck.rigor.univariate import negative_point

Point = tuple[Fraction, ...]
Polynomial = dict[tuple[int, ...], Fraction]
Coefficients = dict[tuple[int, ...], Any]

_MOST_TERMS = 2000
_HIGHEST_DEGREE = 60


class _TooLarge(Exception):
    pass


def multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    """The product of two polynomials.

    >>> multiply({(1,): Fraction(1)}, {(1,): Fraction(2), (0,): Fraction(3)})
    {(2,): Fraction(2, 1), (1,): Fraction(3, 1)}
    """
    result: Polynomial = {}
    for a, x in p.items():
        for b, y in q.items():
            key = tuple(i + j for i, j in zip(a, b, strict=True))
            result[key] = result.get(key, Fraction(0)) + x * y
    if len(result) > _MOST_TERMS or any(sum(key) > _HIGHEST_DEGREE for key in result):
        raise _TooLarge
    return {key: value for key, value in result.items() if value}


def _plus(p: Polynomial, q: Polynomial, k: Fraction) -> Polynomial:
    result = dict(p)
    for key, value in q.items():
        result[key] = result.get(key, Fraction(0)) + k * value
    return {key: value for key, value in result.items() if value}


def as_rational_function(e: Expression, dimension: int) -> tuple[Polynomial, Polynomial] | None:
    """(numerator, denominator), not reduced, or None if `e` is no rational function over Q.

    >>> from mfgcheck.rigor.algebra import var, power
    >>> as_rational_function(power(var(0), -2), 1)
    ({(0,): Fraction(1, 1)}, {(2,): Fraction(1, 1)})
    """
    one: Polynomial = {(0,) * dimension: Fraction(1)}

    def times(p: Polynomial, q: Polynomial) -> Polynomial:
        return q if p == one else p if q == one else multiply(p, q)

    def visit(node: Expression) -> tuple[Polynomial, Polynomial] | None:
        if isinstance(node, Const):
            return ({(0,) * dimension: node.value} if node.value else {}), one
        if isinstance(node, Var):
            if node.index >= dimension:
                return None
            return {tuple(int(i == node.index) for i in range(dimension)): Fraction(1)}, one
        if isinstance(node, Add):
            top: Polynomial = {(0,) * dimension: node.constant} if node.constant else {}
            bottom = one
            for term, k in node.terms:
                part = visit(term)
                if part is None:
                    return None
                if part[1] == bottom:
                    top = _plus(top, part[0], k)
                else:
                    top = _plus(times(top, part[1]), times(part[0], bottom), k)
                    bottom = times(bottom, part[1])
            return top, bottom
        if isinstance(node, Mul):
            top, bottom = one, one
            for factor in node.factors:
                part = visit(factor)
                if part is None:
                    return None
                top, bottom = times(top, part[0]), times(bottom, part[1])
            return top, bottom
        if isinstance(node, Power) and node.exponent.denominator == 1:
            part = visit(node.base)
            n = node.exponent.numerator
            if part is None or abs(n) > _HIGHEST_DEGREE:
                return None
            top, bottom = one, one
            for _ in range(abs(n)):
                top, bottom = times(top, part[0]), times(bottom, part[1])
            return (top, bottom) if n > 0 else (bottom, top)
        return None

    try:
        return visit(e)
    except _TooLarge:
        return None


def bernstein(p: Polynomial, vertices: Sequence[Point]) -> Coefficients:
    """The Bernstein coefficients (`fmpq`) of p on a simplex, in p's total degree.

    >>> bernstein({(1,): Fraction(1)}, [(Fraction(2),), (Fraction(5),)])
    {(1, 0): 2, (0, 1): 5}
    """
    size = len(vertices)
    degree = max((sum(key) for key in p), default=0)
    zero = (0,) * size
    units = [tuple(int(i == j) for j in range(size)) for i in range(size)]

    def product(a: Coefficients, b: Coefficients) -> Coefficients:
        result: Coefficients = {}
        for i, x in a.items():
            for j, y in b.items():
                key = tuple(s + t for s, t in zip(i, j, strict=True))
                result[key] = result[key] + x * y if key in result else x * y
        return result

    # Powers of the coordinates as forms in lambda, and of 1 = sum(lambda), which makes every
    # monomial homogeneous of the full degree.
    one = rational(Fraction(1))
    forms = [
        {unit: rational(v[k]) for unit, v in zip(units, vertices, strict=True) if v[k]}
        for k in range(len(vertices[0]))
    ]
    powers: list[list[Coefficients]] = [[{zero: one}] for _ in forms]
    filler: list[Coefficients] = [{zero: one}]
    for _ in range(degree):
        filler.append(product(filler[-1], dict.fromkeys(units, one)))
    total: Coefficients = {}
    for key, value in p.items():
        term: Coefficients = {zero: rational(value)}
        for k, exponent in enumerate(key):
            while len(powers[k]) <= exponent:
                powers[k].append(product(powers[k][-1], forms[k]))
            if exponent:
                term = product(term, powers[k][exponent])
        for alpha, x in product(term, filler[degree - sum(key)]).items():
            total[alpha] = total[alpha] + x if alpha in total else x
    result: Coefficients = {}
    for alpha in compositions(degree, size):
        weight = factorial(degree)
        for a in alpha:
            weight //= factorial(a)
        result[alpha] = total[alpha] / weight if alpha in total else one * 0
    return result


def compositions(total: int, parts: int) -> list[tuple[int, ...]]:
    """All tuples of `parts` integers >= 0 with this sum, first entries largest first.

    >>> compositions(1, 2)
    [(1, 0), (0, 1)]
    """
    if parts == 1:
        return [(total,)]
    return [
        (first, *rest)
        for first in range(total, -1, -1)
        for rest in compositions(total - first, parts - 1)
    ]


@dataclass(frozen=True)
class Outcome:
    """`proved`, or a `point` where the polynomial is negative, or neither; `lower` bounds it."""

    proved: bool
    point: Point | None
    lower: Fraction | None
    cells: int


@dataclass(frozen=True)
class _Cell:
    vertices: tuple[Point, ...]
    coefficients: Coefficients

    def combine(self, weights: Sequence[Fraction]) -> Point:
        return tuple(
            sum((w * x for w, x in zip(weights, column, strict=True)), Fraction(0))
            for column in zip(*self.vertices, strict=True)
        )


def _fraction(value: Any) -> Fraction:
    return Fraction(int(value.p), int(value.q))


def _shift(alpha: tuple[int, ...], i: int, by: int) -> tuple[int, ...]:
    return (*alpha[:i], alpha[i] + by, *alpha[i + 1 :])


def _reduce(cell: _Cell, degree: int) -> _Cell:
    """The face that carries the minimum, as far as monotone directions show it.

    The derivative along v_i - v_j has the coefficients n (b[alpha + e_i] - b[alpha + e_j]); if
    all are >= 0, moving weight from v_i to v_j never increases p.
    """
    b = cell.coefficients
    size = len(cell.vertices)
    if size == 1 or degree == 0:
        return cell
    inner = compositions(degree - 1, size)
    for i in range(size):
        for j in range(size):
            if i != j and all(b[_shift(a, i, 1)] >= b[_shift(a, j, 1)] for a in inner):
                face = {a[:i] + a[i + 1 :]: x for a, x in b.items() if a[i] == 0}
                rest = cell.vertices[:i] + cell.vertices[i + 1 :]
                return _reduce(_Cell(rest, face), degree)
    return cell


def _quadratic(cell: _Cell) -> Point | None:
    """A point of negative value of a quadratic on the simplex, None if there is none: complete.

    p(lambda) = lambda' B lambda. If min p < 0, take a minimiser of smallest support I. There
    B_I x = mu 1, sum x = 1, mu = min p; another solution would, moved along, reach a minimiser of
    smaller support, so the bordered system has a unique solution. Hence trying every support
    whose system is regular finds the minimum, and the point is rational.
    """
    size = len(cell.vertices)
    b = cell.coefficients

    def entry(i: int, j: int) -> Fraction:
        return _fraction(b[tuple((k == i) + (k == j) for k in range(size))])

    matrix = [[entry(i, j) for j in range(size)] for i in range(size)]
    for count in range(1, size + 1):
        for support in combinations(range(size), count):
            columns = [[*(matrix[i][j] for i in support), Fraction(1)] for j in support]
            columns.append([Fraction(-1)] * count + [Fraction(0)])
            x = solve(columns, [Fraction(0)] * count + [Fraction(1)])
            if x is None or x[-1] >= 0 or min(x[:-1]) <= 0:
                continue
            weights = [Fraction(0)] * size
            for k, weight in zip(support, x, strict=False):
                weights[k] = weight
            return cell.combine(weights)
    return None


def _edge(cell: _Cell, degree: int) -> Point | None:
    """A point of negative value on a segment, None if there is none: complete."""
    coefficients = [Fraction(0)] * (degree + 1)
    for (_, k), value in cell.coefficients.items():
        # b C(n,k) t^k (1-t)^(n-k)
        for s in range(degree - k + 1):
            sign = -1 if s % 2 else 1
            weight = sign * comb(degree, k) * comb(degree - k, s)
            coefficients[k + s] += weight * _fraction(value)
    t = negative_point(coefficients, Fraction(0), Fraction(1))
    return None if t is None else cell.combine([1 - t, t])


def _halves(cell: _Cell, degree: int) -> tuple[_Cell, _Cell]:
    """The two halves across the longest edge."""
    vertices = cell.vertices
    pairs = combinations(range(len(vertices)), 2)
    i, j = max(
        pairs,
        key=lambda p: sum(
            (x - y) ** 2 for x, y in zip(vertices[p[0]], vertices[p[1]], strict=True)
        ),
    )
    middle = tuple((x + y) / 2 for x, y in zip(vertices[i], vertices[j], strict=True))

    def half(i: int, j: int) -> _Cell:
        # The blossom at v_i^k becomes ((v_i + v_j) / 2)^k, expanded.
        b = cell.coefficients
        result: Coefficients = {}
        for alpha in b:
            k = alpha[i]
            value = rational(Fraction(0))
            for s in range(k + 1):
                value += comb(k, s) * b[_shift(_shift(alpha, i, -s), j, s)]
            result[alpha] = value / 2**k
        return _Cell((*vertices[:i], middle, *vertices[i + 1 :]), result)

    return half(i, j), half(j, i)


def decide_on_simplices(
    p: Polynomial,
    simplices: Sequence[Sequence[Point]],
    max_cells: int,
    expired: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Decide p >= 0 on a union of simplices; complete on segments and for degree 2.

    >>> square = {(2,): Fraction(1), (1,): Fraction(-2), (0,): Fraction(1)}
    >>> decide_on_simplices(square, [[(Fraction(0),), (Fraction(5),)]], 10).proved
    True
    """
    degree = max((sum(key) for key in p), default=0)
    open_cells = [_Cell(tuple(s), bernstein(p, s)) for s in simplices]
    cells = 0
    for position, cell in enumerate(open_cells):
        for vertex, value in _corner_values(cell, degree):
            if value < 0:
                return Outcome(
                    proved=False, point=vertex, lower=_fraction(value), cells=position + 1
                )
    while open_cells:
        cell = open_cells.pop()
        cells += 1
        if min(cell.coefficients.values()) >= 0:
            continue
        cell = _reduce(cell, degree)
        point = next((v for v, value in _corner_values(cell, degree) if value < 0), None)
        if point is None and min(cell.coefficients.values()) < 0:
            if degree == 2:
                point = _quadratic(cell)
            elif len(cell.vertices) == 2:
                point = _edge(cell, degree)
            elif cells + len(open_cells) >= max_cells or expired():
                rest = [min(c.coefficients.values()) for c in (*open_cells, cell)]
                return Outcome(proved=False, point=None, lower=_fraction(min(rest)), cells=cells)
            else:
                open_cells.extend(_halves(cell, degree))
        if point is not None:
            return Outcome(proved=False, point=point, lower=None, cells=cells)
    return Outcome(proved=True, point=None, lower=Fraction(0), cells=cells)


def _corner_values(cell: _Cell, degree: int) -> list[tuple[Point, Any]]:
    size = len(cell.vertices)
    return [
        (v, cell.coefficients[tuple(degree * (i == j) for j in range(size))])
        for i, v in enumerate(cell.vertices)
    ]


def strict_sign(p: Polynomial, simplices: Sequence[Sequence[Point]], max_cells: int) -> int | None:
    """+1 or -1 if p has that strict sign on all the simplices; None if not shown.

    Coefficients >= 0 that are > 0 at all vertices suffice: some lambda_i is > 0 at any point.

    >>> strict_sign({(1,): Fraction(-1)}, [[(Fraction(1),), (Fraction(5),)]], 10)
    -1
    """
    if not p:
        return None
    degree = max(sum(key) for key in p)
    side = 0
    open_cells = [_Cell(tuple(s), bernstein(p, s)) for s in simplices]
    cells = 0
    while open_cells:
        cell = open_cells.pop()
        cells += 1
        values = [value for _, value in _corner_values(cell, degree)]
        if side == 0:
            side = 1 if values[0] > 0 else -1
        if any(side * value <= 0 for value in values) or cells > max_cells:
            return None
        if any(side * value < 0 for value in cell.coefficients.values()):
            if len(cell.vertices) == 1:
                return None
            open_cells.extend(_halves(cell, degree))
    return side
