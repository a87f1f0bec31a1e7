"""Whether the reward, or the kernel, jumps somewhere as the mean field moves.

Only steps jump. M is cut where an aggregate has a value at which a step happens; at such a value
c of aggregate j the numbers sum over k of b_k c_k of the closed piece {m_j = c} are compared with
those of the open pieces on either side, continued to m_j = c. If all these agree, as functions,
the numbers are continuous; if two differ at a mean field with m_j = c, the difference does not
tend to 0 as mean fields on that side come near. What cancels within a row is gone before anything
is compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

import numpy as np

from mfgcheck import rigor
from mfgcheck.budgets.constants.family import Family
from mfgcheck.equilibrium.ranges.pieces import Piece
from mfgcheck.game.setting import Masses, bounds
from mfgcheck.game.validate import mean_field_text
from mfgcheck.rigor.breakpoints import smooth
from mfgcheck.rigor.smooth import at_point, in_frame


class Continuity(Enum):
    """What is known of a family's continuity."""

    CONTINUOUS = "no jump"
    JUMPS = "a jump"
    UNKNOWN = "not known"


@dataclass(frozen=True)
class Jump:
    """What was found about jumps.

    Attributes:
        status: what is known.
        text: the jump, or what could not be told, in words.
        at, towards: mean fields (masses by state number): as mean fields of the segment from `at`
            to `towards` come near to `at`, the number does not tend to its value there.
        size: a lower bound of the jump.
    """

    status: Continuity
    text: str = ""
    at: Masses | None = None
    towards: Masses | None = None
    size: Fraction = Fraction(0)


def find_jump(family: Family, rows: Sequence[int] | None = None) -> Jump:
    """Decide whether one of a family's numbers jumps somewhere.

    Args:
        family: the family.
        rows: what its rows are called, if it is a part of another one.

    Raises:
        BadInput: there are too many values at which the game may jump.

    >>> from mfgcheck.budgets.constants.family import kernel_family, whole_tables
    >>> from mfgcheck.gallery import make
    >>> find_jump(kernel_family(whole_tables(make("audit-c")))).status.value
    'no jump'
    >>> find_jump(kernel_family(whole_tables(make("audit-d")))).text
    'P(0 | s = 0, a = 0) jumps by 1/4 where z is 1/2 at 0, 1/2 at 1'
    """
    stepped = [k for k, f in enumerate(family.functions) if rigor.has_step(f)]
    if not stepped:
        return Jump(Continuity.CONTINUOUS)
    names = range(len(family.parts)) if rows is None else rows
    doubt: Jump | None = None
    vectors, places = _vectors(family, stepped)
    for point, side in _neighbours(family.pieces):
        # A piece at one value, and one beside it, both as functions on the former.
        here, there = (
            [in_frame(_on(family, k, piece, point), point.region) for k in stepped]
            for piece in (point, side)
        )
        changes = [rigor.subtract(g, f) for f, g in zip(here, there, strict=True)]
        for vector, (row, column) in zip(vectors, places, strict=True):
            parts = zip(vector, changes, strict=True)
            change = rigor.add(*(rigor.mul(rigor.const(Fraction(c)), f) for c, f in parts))
            if change == rigor.ZERO:
                continue
            name = _name(family, names[row], column)
            found = _confirm(family, point, side, change, name)
            if found is not None:
                return found
            doubt = doubt or Jump(Continuity.UNKNOWN, f"whether {name} jumps could not be told")
    return doubt or Jump(Continuity.CONTINUOUS)


def _vectors(family: Family, stepped: list[int]) -> tuple[list[list[int]], list[tuple[int, int]]]:
    """Return the distinct combinations of the stepped terms, each with one place that has it."""
    found: dict[tuple[int, ...], tuple[int, int]] = {}
    chosen = family.parts[:, :, stepped]
    for row, column in np.argwhere((chosen != 0).any(axis=2)).tolist():
        found.setdefault(tuple(int(c) for c in chosen[row, column]), (row, column))
    return [list(vector) for vector in found], list(found.values())


def _neighbours(pieces: list[Piece]) -> Iterator[tuple[Piece, Piece]]:
    """Return pairs of pieces, the first of which pins one aggregate at an end of the second's."""
    for point in pieces:
        pinned = [j for j, strip in point.choice.items() if strip.is_point]
        for side in pieces:
            for j in pinned:
                one, other = point.choice[j], side.choice[j]
                if other.is_point or one.low not in (other.low, other.high):
                    continue
                if all(side.choice[i] == s for i, s in point.choice.items() if i != j):
                    yield point, side


def _on(family: Family, k: int, piece: Piece, point: Piece) -> rigor.Expression:
    """Return a term as on one piece, where the other's aggregates are pinned."""
    pinned = {j: rigor.const(value) for j, value in point.pinned.items()}
    return rigor.substitute(smooth(family.functions[k], piece.choice), pinned)


def _confirm(
    family: Family, point: Piece, side: Piece, change: rigor.Expression, name: str
) -> Jump | None:
    """Return the jump if it is seen at a mean field."""
    region = point.region
    setting = family.setting
    if not setting.rational:
        # By continuity a mean field has m_j = c if c lies between the values of two states; but
        # which values the other aggregates have there is not told.
        ends = [bounds(values[0]) for values in setting.distinct]
        (c,) = point.pinned.values()
        inside = min(end[-1] for end in ends) < c < max(end[0] for end in ends)
        if len(setting.aggregates) > 1 or not inside:
            return None
    middle = region.frame.reduce(region.middle)
    for place in [middle, *(region.reduced[k] for k in region.corners)]:
        value = at_point(change, place)
        if rigor.variables(value) or not rigor.sign(value):
            continue
        interval = rigor.enclose(value, [], 128)
        if interval.lower is None or interval.upper is None:
            continue
        size = min(abs(interval.lower), abs(interval.upper)) / family.denominator
        at, towards = (
            setting.mean_field(p) for p in (region.frame.lift(place), side.region.middle)
        )
        if at is None or towards is None:
            continue
        states = family.game.states
        exact = rigor.exact_value(value)
        by = f"by {abs(exact) / family.denominator} " if exact is not None else ""
        text = f"{name} jumps {by}where z is {mean_field_text(states, at)}"
        return Jump(Continuity.JUMPS, text, at, towards, size)
    return None


def _name(family: Family, row: int, column: int) -> str:
    if family.parts.shape[1] == 1 and family.game.states.size > 1:
        return f"r({family.row_text(row)})"
    return f"P({family.game.states.text(column)} | {family.row_text(row)})"
