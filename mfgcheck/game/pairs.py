"""From a point and a direction in which a function falls to two ordered mean fields."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from mfgcheck import rigor
from mfgcheck.game.setting import Masses, Point, Setting, bounds
from mfgcheck.rigor.linear import feasible_combination


def ordered_pairs(setting: Setting, result: rigor.Refuted) -> Iterator[tuple[Masses, Masses]]:
    """Yield mean fields z below z2 between which the function that was refuted may fall.

    They lie ever closer together, first at the refuting point, then at points pulled from it
    towards the middle of M. The caller certifies the fall: it is there once they are close.
    """
    direction, anchor = result.direction, result.anchor
    if direction is None or anchor is None:
        return
    parts = _combination(direction, setting)
    yield from _beside(setting, result.point, parts, anchor)
    yield from _within_support(setting, result.point, anchor)
    for k in range(1, 16):
        pulled = (
            p + (q - p) / 4**k for p, q in zip(result.point, setting.region.middle, strict=True)
        )
        yield from _beside(setting, tuple(pulled), parts, anchor)


def _combination(direction: Point, setting: Setting) -> list[tuple[Fraction, int, int]]:
    """Write a direction as a non-negative combination of moves: (weight, x, x') triples.

    The prover's directions are such combinations; any positive multiple of one will do.
    """
    moves = list(setting.moves.items())
    nowhere = tuple(Fraction(0) for _ in direction)
    points = [*(move for move, _ in moves), nowhere]
    for halvings in range(40):
        target = tuple(component / 2**halvings for component in direction)
        weights = feasible_combination(points, target)
        if weights is not None:
            return [(w, *moves[i][1]) for i, w in weights.items() if w and i < len(moves)]
    return []


def _beside(
    setting: Setting, point: Point, parts: list[tuple[Fraction, int, int]], anchor: str
) -> Iterator[tuple[Masses, Masses]]:
    """Yield z <= z2 that differ by mass moved along the parts, less and less of it.

    The aggregates of one of them (z if the anchor is "from", else z2) are at the point: the point
    is (1 - t) rest + t (where the moved mass is), and `rest` has to lie in M. With irrational
    values they are only near the point.
    """
    total = sum((weight for weight, _, _ in parts), Fraction(0))
    if not total:
        return
    for k in range(1, 81):
        step = Fraction(1, 2**k)
        shares = [(step * weight / total, x, y) for weight, x, y in parts]
        moved = list(point)
        for share, x, y in shares:
            for j, aggregate in enumerate(setting.aggregates):
                value = aggregate.values[x if anchor == "from" else y]
                moved[j] -= share * bounds(value)[0]
        rest = setting.mean_field(tuple(m / (1 - step) for m in moved))
        if rest is None:
            continue
        low = {x: (1 - step) * mass for x, mass in rest.items()}
        high = dict(low)
        for share, x, y in shares:
            low[x] = low.get(x, Fraction(0)) + share
            high[y] = high.get(y, Fraction(0)) + share
        yield dict(sorted(low.items())), dict(sorted(high.items()))


def _within_support(setting: Setting, point: Point, anchor: str) -> Iterator[tuple[Masses, Masses]]:
    """Yield z <= z2 of which one has its aggregates at the point and gives mass to the other."""
    fixed = setting.mean_field(point)
    if fixed is None:
        return
    lower, upper = (part.tolist() for part in setting.states.covers)
    sources, targets = (lower, upper) if anchor == "from" else (upper, lower)
    routes = [(x, y) for x, y in zip(sources, targets, strict=True) if x in fixed]
    for k in range(40):
        for source, target in routes:
            share = fixed[source] / 2**k
            other = dict(fixed)
            other[source] -= share
            other[target] = other.get(target, Fraction(0)) + share
            moved = dict(sorted((state, mass) for state, mass in other.items() if mass))
            yield (fixed, moved) if anchor == "from" else (moved, fixed)
