"""C1 and C2: how fast reward and kernel change with the mean field, over the whole simplex.

*Lemma.* Let F be a Lipschitz function of the mean field, z -> F(m(z)) with m_j(z) = z(phi_j),
with values in a space with a norm. Where F is differentiable let D_x = sum over j of d_j F
phi_j(x). Then

    sup over z != z' of |F(z) - F(z')| / ||z - z'||_1 = sup over m, x, y of |D_x - D_y| / 2.

*Proof.* Along a segment, F(z') - F(z) is the integral of F'(v) = sum over x of v(x) D_x for v =
z' - z, and sum v = 0. The extreme points of {v: sum v = 0, ||v||_1 <= 1} are (e_x - e_y)/2: so
|F'(v)| <= ||v||_1 max |D_x - D_y| / 2, for a norm is convex. Conversely, from an inner point
where F is differentiable one can move mass from y to x. F is differentiable almost everywhere on
almost all parallels of a segment, and continuous; at a kink both sides' derivatives count
(Clarke). QED

With one aggregate it is sup |F'| (max phi - min phi) / 2. Where F jumps there is no constant: for
z_t on the segment to a mean field at which F jumps, F differs by a fixed amount while ||z_t - z||_1
tends to 0. On one state there is only one mean field, and the constant is 0.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from mfgcheck import rigor
from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import Family, kernel_family, reward_family
from mfgcheck.budgets.constants.jumps import Continuity, Jump, find_jump
from mfgcheck.budgets.constants.seminorm import Composite, Place, RowNorm
from mfgcheck.equilibrium.ranges.pieces import Piece, enclosures
from mfgcheck.equilibrium.ranges.supremum import Supremum
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.setting import bounds
from mfgcheck.game.validate import mean_field_text

_MOST_WORK = 2_000_000_000
_MOST_TOGETHER = 3  # in more dimensions a sum is bounded by its parts
_MOST_VECTORS = 50
_BITS = 96


def bound_c1(tables: Tables, deadline: Deadline) -> Constant:
    """Return C1, for the largest |r(s, a, z) - r(s, a, z')|, which suffices in all proofs.

    Args:
        tables: the game's numbers, from `whole_tables`.
        deadline: when to stop.

    Source: Lee et al. (2021), Assumption 1(i), with the maximum over (s, a) in place of the sum.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> found = bound_c1(whole_tables(make("mturk", states=10)), Deadline())
    >>> found.text, found.where
    ('9/10 (0.9)', 's = 0, a = 0; all mass at 0; mass moved from 0 to 9')
    """
    return _lipschitz(
        reward_family(tables),
        "C1",
        "|r(s, a, z) - r(s, a, z')| <= C1 ||z - z'||_1 for all s, a, z, z'",
        "Lee et al. (2021), Assumption 1(i), with the maximum over (s, a)",
        deadline,
    )


def bound_c1_sum(tables: Tables, deadline: Deadline) -> Constant:
    """Return C1 as printed, for the sum over (s, a) of |r(s, a, z) - r(s, a, z')|.

    Source: Lee et al. (2021), Assumption 1(i).

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> bound_c1_sum(whole_tables(make("mturk", states=10)), Deadline()).text
    '45'
    """
    return _lipschitz(
        reward_family(tables),
        "C1 (sum)",
        "sum over (s, a) of |r(s, a, z) - r(s, a, z')| <= C1 ||z - z'||_1 for all z, z'",
        "Lee et al. (2021), Assumption 1(i)",
        deadline,
        summed=True,
    )


def bound_c2(tables: Tables, deadline: Deadline) -> Constant:
    """Return C2, for the largest over (s, a) of ||P(. | s, a, z) - P(. | s, a, z')||_1.

    Source: Lee et al. (2021), Assumption 1(ii).

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> found = bound_c2(whole_tables(make("audit-c")), Deadline())
    >>> found.text, found.where
    ('1/4 (0.25)', 's = 0, a = 0; all mass at 0; mass moved from 0 to 1')
    """
    return _lipschitz(
        kernel_family(tables),
        "C2",
        "||P(. | s, a, z) - P(. | s, a, z')||_1 <= C2 ||z - z'||_1 for all s, a, z, z'",
        "Lee et al. (2021), Assumption 1(ii), with the maximum over (s, a)",
        deadline,
    )


@dataclass(frozen=True, eq=False)
class Slopes:
    """A family's derivatives as a seminorm over directions in which mass moves.

    Attributes:
        family: the family.
        composite: the seminorm of derivatives.
        pairs: for each direction the two states between which mass moves.
        scale: (low, high): the value is to be multiplied by a number between these.
        slack: for each coordinate, how far the functional is from the numbers reckoned with.
    """

    family: Family
    composite: Composite
    pairs: tuple[tuple[int, int], ...]
    scale: tuple[Fraction, Fraction]
    slack: tuple[Fraction, ...]


def slopes_of(family: Family) -> Slopes:
    """Return the seminorm whose supremum is the Lipschitz constant (see the lemma).

    Raises:
        BadInput: there are too many directions.
    """
    setting, pivots = family.setting, family.region.frame.pivots
    values = [(key, state) for key, state in setting.distinct.items()]
    ends = [[bounds(key[j]) for j in pivots] for key, _ in values]
    centres = [tuple((e[0] + e[-1]) / 2 for e in point) for point in ends]
    d = len(pivots)
    if d == 1:
        low, high = (f(range(len(centres)), key=lambda i: centres[i]) for f in (min, max))
        least = ends[high][0][0] - ends[low][0][-1]
        most = max(e[0][-1] for e in ends) - min(e[0][0] for e in ends)
        directions: tuple[tuple[int, ...], ...] = ((1,),)
        pairs: tuple[tuple[int, int], ...] = ((values[low][1], values[high][1]),)
        scale = max(Fraction(0), least) / 2, most / 2
        slack: tuple[Fraction, ...] = (Fraction(0),)
    else:
        chosen = _corners(family, centres)
        unit = math.lcm(*(x.denominator for point in centres for x in point))
        if unit.bit_length() > _BITS and not setting.rational:
            unit = 1 << _BITS
        whole = [tuple(round(x * unit) for x in point) for point in centres]
        ids = list(itertools.combinations(chosen, 2))
        directions = tuple(
            tuple(y - x for x, y in zip(whole[i], whole[j], strict=True)) for i, j in ids
        )
        pairs = tuple((values[i][1], values[j][1]) for i, j in ids)
        scale = (Fraction(1, 2 * unit),) * 2
        slack = tuple(
            max(
                abs(x - Fraction(w[j], unit))
                for e, w in zip(ends, whole, strict=True)
                for x in e[j]
            )
            for j in range(d)
        )
    norm = RowNorm(family.parts, family.denominator, directions)
    if norm.work > _MOST_WORK:
        raise BadInput("the mean field moves the game in too many directions")

    def derivatives(piece: Piece) -> tuple[rigor.Expression, ...]:
        return tuple(rigor.derivative(f, j) for f in piece.functions for j in range(d))

    return Slopes(family, Composite(norm, derivatives), pairs, scale, slack)


def _corners(family: Family, centres: Sequence[tuple[Fraction, ...]]) -> list[int]:
    """Return the points between which mass has to move: the vertices of M, or all points."""
    if not family.setting.rational:
        return list(range(len(centres)))
    corners = {family.region.reduced[k] for k in family.region.corners}
    return [i for i, point in enumerate(centres) if point in corners]


def _lipschitz(
    family: Family,
    name: str,
    meaning: str,
    source: str,
    deadline: Deadline,
    *,
    summed: bool = False,
) -> Constant:
    """Return the constant, for the largest row or for the sum of all rows."""

    def made(
        low: Fraction, high: Fraction | None, proof: Proof, method: str, where: str = ""
    ) -> Constant:
        return Constant(name, meaning, low, high, proof, method, where, source)

    zero = Fraction(0)
    groups = family.split()
    doubt = ""
    for part, rows in groups:
        if part.region.frame.rank == 0:
            continue
        jump = find_jump(part, rows)
        if jump.status is Continuity.JUMPS:
            method = "a jump: the difference stays while the distance tends to 0"
            return made(zero, None, Proof.NONE, method, jump_text(family, jump))
        doubt = doubt or jump.text
    if doubt:
        return made(zero, None, Proof.OPEN, doubt)
    if summed and family.region.frame.rank <= _MOST_TOGETHER:
        rows, columns, terms = family.parts.shape
        whole = family.parts.reshape(1, rows * columns, terms)
        groups = [(replace(family, parts=whole), ())] if family.aggregates else []
    low, high, where = zero, Fraction(0), ""
    known = True
    for part, rows in groups:
        if part.region.frame.rank == 0:
            continue
        slopes = slopes_of(part)
        found = slopes.composite.supremum(part.open_pieces, deadline)
        least, most = _scaled(slopes, found)
        if where == "" or least > low:
            low, where = least, _where(slopes, found, rows)
        if most is None:
            known = False
        elif summed:  # the constant of a sum is at most the sum of the constants
            high += most * max(1, len(rows))
        else:
            high = max(high, most)
    if not known:
        return made(low, None, Proof.OPEN, "no finite bound of the derivatives was found", where)
    if not high or (not low and all(_constant(part) for part, _ in groups)):
        return made(zero, zero, Proof.EXACT, "it does not depend on the mean field")
    if low == high:
        return made(low, high, Proof.EXACT, "largest derivative, in exact arithmetic", where)
    return made(low, high, Proof.BOUNDED, "derivatives bounded over boxes of aggregates", where)


def _constant(family: Family) -> bool:
    """Whether all numbers of a family are seen to be constants once their terms are summed.

    Terms such as e/(1 + e) and 1/(1 + e) hide their cancellation from each other.
    """
    import sympy

    vectors = {tuple(map(int, c)) for row in family.parts.tolist() for c in row}
    if len(vectors) > _MOST_VECTORS:
        return False
    terms = [family.game.scalars.terms[t] for t in family.terms]
    for vector in vectors:
        whole = sympy.Add(*(c * term for c, term in zip(vector, terms, strict=True)))
        if sympy.cancel(sympy.together(whole)).free_symbols:
            return False
    return True


def _scaled(slopes: Slopes, found: Supremum) -> tuple[Fraction, Fraction | None]:
    """Return bounds of the constant: half of the sup, directions being near the true ones."""
    low, high = found.lower * slopes.scale[0], None
    if found.upper is not None:
        high = found.upper * slopes.scale[1]
    if not any(slopes.slack):
        return low, high
    # |D_x - D_y| is off by at most 2 sum over j of slack_j sup |d_j F|.
    norm = RowNorm(slopes.family.parts, slopes.family.denominator)
    heaviest, d = Fraction(norm.heaviest, norm.denominator), len(slopes.slack)
    total: Fraction | None = Fraction(0)
    for piece in slopes.family.open_pieces:
        rates = enclosures(slopes.composite.functions(piece), piece.box, _BITS)
        if rates is None:
            return Fraction(0), None
        sizes = [max(abs(a), abs(b)) for a, b in rates]
        there = sum((sizes[i] * slopes.slack[i % d] for i in range(len(sizes))), Fraction(0))
        total = max(total or Fraction(0), there * heaviest)
    error = total or Fraction(0)
    return max(Fraction(0), low - error), None if high is None else high + error


def _where(slopes: Slopes, found: Supremum, rows: Sequence[int]) -> str:
    if found.piece is None or found.point is None or not found.lower:
        return ""
    place: Place | None = slopes.composite.place(found.piece, found.point)
    z = found.mean_field
    if place is None or z is None:
        return ""
    states = slopes.family.game.states
    x, y = (states.text(s) for s in slopes.pairs[place[1]])
    row = f"{slopes.family.row_text(rows[place[0]])}; " if rows else ""
    return f"{row}{mean_field_text(states, z)}; mass moved from {x} to {y}"


def jump_text(family: Family, jump: Jump) -> str:
    """Return a jump with the mean fields that show it, in words."""
    if jump.towards is None:
        return jump.text
    return f"{jump.text}; seen from {mean_field_text(family.game.states, jump.towards)}"
