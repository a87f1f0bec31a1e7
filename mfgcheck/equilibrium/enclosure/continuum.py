"""Where a strategy has infinitely many consistent mean fields.

If the trembling kernel K(m) of a strategy has several closed classes for all m of a box, every
mixture of the stationary laws of the classes is stationary. With one coordinate, a mixture has
the aggregate m as soon as one class's law has at most m and another's at least m; without any, each
mixture will do. So all points of the box are aggregates of consistent mean fields (lemma E4).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mfgcheck.equilibrium.enclosure.isolate import Fixed
from mfgcheck.equilibrium.ranges.pieces import Box
from mfgcheck.rigor import balls
from mfgcheck.rigor.chains import closed_classes


def filled(fixed: Fixed, box: Box, bits: int) -> bool:
    """Whether every point of the box is shown to be the aggregate of a consistent mean field.

    There are then infinitely many of them: one at least for each point of an interval, or, where
    the game sees no aggregate, all mixtures of the laws of two closed classes.
    """
    if len(box) > 1 or fixed.piece.pinned or any(low == high for low, high in box):
        return False
    found = fixed.kernel_over(box, bits)
    if found is None:
        return False
    lines = found[0].tolist()
    # Only if it is known of every entry whether it is 0 are the classes the same on all the box.
    if not all(x > 0 or x == 0 for line in lines for x in line):
        return False
    classes = closed_classes(tuple(tuple(Fraction(int(x > 0)) for x in line) for line in lines))
    if len(classes) < 2:
        return False
    if not box:
        return True
    low, high = (balls.ball(end, end) for end in box[0])
    means = [_mean(fixed, lines, members) for members in classes]
    return any(m is not None and m <= low for m in means) and any(
        m is not None and m >= high for m in means
    )


def _mean(fixed: Fixed, lines: list[list[Any]], members: tuple[int, ...]) -> Any | None:
    """Return the aggregate of the stationary law of a closed class."""
    n = len(members)
    system = [[int(i == j) - lines[members[j]][members[i]] for j in range(n)] for i in range(n - 1)]
    found = balls.solve(balls.arb_mat([*system, [1] * n]), balls.arb_mat(n, 1, [0] * (n - 1) + [1]))
    if found is None:
        return None
    total = balls.arb(0)
    for i, s in enumerate(members):
        total = total + found[i, 0] * fixed.phi[0][s]
    return total
