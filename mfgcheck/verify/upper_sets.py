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
    # Sets are whole numbers, with a bit for each state that they hold.
    place = {x: 1 << i for i, x in enumerate(support)}
    descending = sorted(support, reverse=True)  # a linear extension: higher states come first
    above, below = dict.fromkeys(support, 0), dict.fromkeys(support, 0)  # strictly, in the support
    for x in support:
        for y in support:
            if x != y and order.leq(x, y):
                above[x] |= place[y]
                below[y] |= place[x]
    found = [0]
    for x in descending:
        found += [chosen | place[x] for chosen in found if chosen & above[x] == above[x]]
        if len(found) > MOST:
            raise TooManyUpperSets(
                f"a difference of laws over {len(support)} states tells more than {MOST} upper "
                "sets apart"
            )
    whole = (1 << len(support)) - 1
    up = {x: sum(1 << int(y) for y in order.up_set(x)) for x in support}
    sized = []
    for chosen in found:
        if chosen in (0, whole):
            continue
        minimal = tuple(x for x in sorted(support) if chosen & place[x] and not chosen & below[x])
        all_states = 0
        for x in minimal:
            all_states |= up[x]
        sized.append((all_states.bit_count(), minimal, chosen))
    sized.sort()
    width = (len(support) + 7) // 8
    packed = np.frombuffer(
        b"".join(chosen.to_bytes(width, "little") for _, _, chosen in sized), dtype=np.uint8
    ).reshape(len(sized), width)
    members = np.unpackbits(packed, axis=1, count=len(support), bitorder="little").astype(bool)
    return members, tuple(minimal for _, minimal, _ in sized)


def closure(order: Order, generators: tuple[int, ...]) -> tuple[int, ...]:
    """Return all states at or above one of the given states.

    >>> from mfgcheck.game.orders import product
    >>> closure(product(2, 2), (1,))
    (1, 3)
    """
    return tuple(sorted({int(y) for x in generators for y in order.up_set(x)}))
