"""Upper sets of a product of chains, as far as a given set of states can tell them apart."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from mfgcheck.errors import MfgCheckError
from mfgcheck.game.orders import Order

MOST = 20_000


class TooManyUpperSets(MfgCheckError):
    """More upper sets than are enumerated."""


@lru_cache(maxsize=4096)
def upper_sets(
    order: Order, support: tuple[int, ...]
) -> tuple[npt.NDArray[np.bool_], tuple[tuple[int, ...], ...]]:
    """Return the traces U & support of all upper sets U, but for the empty one and the whole.

    Returns:
        members: array (sets, len(support)), which states of the support each set holds.
        minimal: the minimal states of each set; the set is everything at or above them.

    Sets come smallest first (number of states in all of S), then by their minimal states.

    Raises:
        TooManyUpperSets: there are more than `MOST`.

    >>> from mfgcheck.game.orders import product
    >>> upper_sets(product(2, 2), (0, 1, 2, 3))[1]
    ((3,), (1,), (2,), (1, 2))
    """
    descending = sorted(support, reverse=True)  # a linear extension: higher states come first
    above = {x: [y for y in descending if y != x and order.leq(x, y)] for x in descending}
    found: list[frozenset[int]] = [frozenset()]
    for x in descending:
        found += [chosen | {x} for chosen in found if chosen.issuperset(above[x])]
        if len(found) > MOST:
            raise TooManyUpperSets(
                f"a difference of laws over {len(support)} states tells more than {MOST} upper "
                "sets apart"
            )
    proper = [chosen for chosen in found if 0 < len(chosen) < len(support)]
    minimal = [
        tuple(sorted(x for x in chosen if not any(y != x and order.leq(y, x) for y in chosen)))
        for chosen in proper
    ]
    sized = sorted(
        (
            (_size(order, generators), generators, chosen)
            for generators, chosen in zip(minimal, proper, strict=True)
        ),
        key=lambda item: item[:2],
    )
    members = np.array(
        [[x in chosen for x in support] for _, _, chosen in sized], dtype=bool
    ).reshape(len(sized), len(support))
    return members, tuple(generators for _, generators, _ in sized)


def _size(order: Order, generators: tuple[int, ...]) -> int:
    return len(closure(order, generators))


def closure(order: Order, generators: tuple[int, ...]) -> tuple[int, ...]:
    """Return all states at or above one of the given states.

    >>> from mfgcheck.game.orders import product
    >>> closure(product(2, 2), (1,))
    (1, 3)
    """
    return tuple(sorted({int(y) for x in generators for y in order.up_set(x)}))
