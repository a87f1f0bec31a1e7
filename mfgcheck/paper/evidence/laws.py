"""Evidence about the order of laws: suprema that are missing, and fixed points of monotone maps."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from mfgcheck.equilibrium.exact.stage import Law
from mfgcheck.game.orders import Order, product
from mfgcheck.game.summary import count
from mfgcheck.paper.claim import Finding, confirmed, denied
from mfgcheck.paper.evidence.brute import below, laws, upper_sets
from mfgcheck.rigor.farkas import multipliers, refutes

_HALF = Fraction(1, 2)


def no_supremum(factors: Sequence[int]) -> Finding:
    """Whether two laws on the ends and on the middle of a product of chains have no supremum.

    With 1 and 2 as numbers of the two middle elements of four, p is even on the least and the
    greatest element, q on 1 and 2, and the upper bounds u1 and u2 are even on 1 and the greatest,
    and on 2 and the greatest. A supremum of p and q would lie below both bounds.

    Args:
        factors: the sizes of the chains.
    """
    order = product(*factors)
    top = order.size - 1
    p, q = _even(order, 0, top), _even(order, 1, 2)
    bounds = (_even(order, 1, top), _even(order, 2, top))
    sets = upper_sets(order)
    if not all(below(sets, lower, bound) for lower in (p, q) for bound in bounds):
        return denied("the laws meant as upper bounds are none")
    rows: list[list[Fraction]] = []
    least: list[Fraction] = []
    for upper in sets:
        indicator = [Fraction(int(x in upper)) for x in range(order.size)]
        for law, sign in ((p, 1), (q, 1), (bounds[0], -1), (bounds[1], -1)):
            rows.append([sign * x for x in indicator])
            least.append(sign * sum((law[x] for x in upper), Fraction(0)))
    y = multipliers(rows, least)
    if y is None or not refutes(rows, least, y):
        return denied("a law lies above p and q and below both upper bounds")
    used = sum(weight != 0 for weight in y)
    gain = sum((w * b for w, b in zip(y, least, strict=True)), Fraction(0))
    return confirmed(
        f"p = {_text(order, p)} and q = {_text(order, q)} have the upper bounds "
        f"{_text(order, bounds[0])} and {_text(order, bounds[1])}, and no law lies between: "
        f"{used} of the inequalities that it would have to satisfy add up to 0 >= {gain}."
    )


def suprema(factors: Sequence[int], parts: int) -> Finding:
    """Whether any two laws have a least upper bound, all with masses that are multiples of 1/parts.

    Args:
        factors: the sizes of the chains whose product the states are.
        parts: what masses are multiples of.
    """
    order = product(*factors)
    sets, known = upper_sets(order), laws(order, parts)
    pairs = 0
    for p, q in itertools.combinations_with_replacement(known, 2):
        above = [law for law in known if below(sets, p, law) and below(sets, q, law)]
        if not any(all(below(sets, law, other) for other in above) for law in above):
            return denied(f"{_text(order, p)} and {_text(order, q)} have no least upper bound.")
        pairs += 1
    return confirmed(f"all {pairs} pairs of laws with masses in 1/{parts} have a supremum.")


def tarski(factors: Sequence[int], *, monotone: bool) -> Finding:
    """Whether all non-decreasing maps of a finite lattice have a complete lattice of fixed points.

    Args:
        factors: the sizes of the chains whose product is the lattice.
        monotone: whether only non-decreasing maps are asked, as the theorem says.
    """
    order = product(*factors)
    maps = 0
    for image in itertools.product(range(order.size), repeat=order.size):
        if monotone and not _rises(order, image):
            continue
        maps += 1
        fixed = [x for x in range(order.size) if image[x] == x]
        if not fixed:
            return denied(f"a map of {order.size} elements has no fixed point: {image}")
        if not all(_has_ends(order, fixed, chosen) for chosen in _subsets(fixed)):
            return denied(f"the fixed points of a map are no complete lattice: {image}")
    return confirmed(
        f"each of the {count(maps, 'non-decreasing map', 'non-decreasing maps')} of the lattice of "
        f"{order.size} elements has fixed points, and these are a complete lattice."
    )


def _rises(order: Order, image: Sequence[int]) -> bool:
    lower, upper = order.covers
    return all(
        order.leq(image[x], image[y]) for x, y in zip(lower.tolist(), upper.tolist(), strict=True)
    )


def _has_ends(order: Order, within: Sequence[int], chosen: Sequence[int]) -> bool:
    """Whether some elements have a supremum and an infimum among those given."""
    above = [x for x in within if all(order.leq(y, x) for y in chosen)]
    under = [x for x in within if all(order.leq(x, y) for y in chosen)]
    return any(all(order.leq(x, y) for y in above) for x in above) and any(
        all(order.leq(y, x) for y in under) for x in under
    )


def _subsets(elements: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for size in range(len(elements) + 1):
        yield from itertools.combinations(elements, size)


def _even(order: Order, x: int, y: int) -> Law:
    return tuple(_HALF * ((i == x) + (i == y)) for i in range(order.size))


def _text(order: Order, law: Law) -> str:
    return " + ".join(f"{p} at {order.text(x)}" for x, p in enumerate(law) if p)
