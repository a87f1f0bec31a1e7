"""C3 and C5: how fast the next law changes with the TQ-values. Usually no finite constant exists.

*Lemma.* If P(. | s, a, z) and P(. | s, b, z) differ for some s, a, b, z, and kappa != 0, then
neither C3 of Assumption 1(iii) nor (with z(s) > 0) C5 of Assumption 2 is finite. *Proof.* For h >
0 let Q_1 be h at (s, a) and 0 elsewhere, Q_2 the same at (s, b). Then ||Q_1 - Q_2||_inf = h, the
strategies mean a and b in state s and agree elsewhere (ties are resolved alike), and the rows of
state s differ by kappa (P_a - P_b), of size |kappa| ||P_a - P_b||_1 > 0 for every h, however
small; the next laws of z differ by z(s) times that. QED

If all actions have the same rows in every state, or kappa = 0, any positive constant will do.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import Family, kernel_family
from mfgcheck.budgets.constants.hull import point_values
from mfgcheck.budgets.constants.seminorm import Composite, RowNorm
from mfgcheck.equilibrium.ranges.pieces import place_of
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.setting import Masses
from mfgcheck.game.sparse import largest, widen
from mfgcheck.game.validate import mean_field_text
from mfgcheck.report.decimals import above, below

_C3 = (
    "C3",
    "||P_(z,mu1) - P_(z,mu2)||_1 <= C3 ||Q_1 - Q_2||_inf for the strategies of Q_1, Q_2",
    "Lee et al. (2021), Assumption 1(iii)",
)
_C5 = (
    "C5",
    "||Phi(z, mu1) - Phi(z, mu2)||_1 <= C5 ||Q_1 - Q_2||_inf for the strategies of Q_1, Q_2",
    "Lee et al. (2021), Assumption 2",
)


@dataclass(frozen=True)
class Gap:
    """Two actions of a state whose rows differ.

    Attributes:
        state, first, second: their numbers.
        mean_field: where the rows differ: masses by state number.
        lower, upper: bounds of ||P_a - P_b||_1 there.
    """

    state: int
    first: int
    second: int
    mean_field: Masses
    lower: Fraction
    upper: Fraction


def bound_c3(tables: Tables, deadline: Deadline) -> Constant:
    """Return C3 of Assumption 1(iii), or the pair of actions that shows that none is finite.

    Args:
        tables: the game's numbers, from `whole_tables`.
        deadline: when to stop.

    Source: corrected from Lee et al. (2021), Assumption 1(iii).

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> bound_c3(whole_tables(make("audit-a")), Deadline()).text
    '0'
    >>> found = bound_c3(whole_tables(make("audit-c")), Deadline())
    >>> found.text, found.where.split(":")[0]
    ('none is finite', 's = 0, actions 0 and 1; all mass at 0')
    """
    return _constant(tables, deadline, own_state=False)


def bound_c5(tables: Tables, deadline: Deadline) -> Constant:
    """Return C5 of Assumption 2, or the pair of actions that shows that none is finite.

    Source: corrected from Lee et al. (2021), Assumption 2.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> bound_c5(whole_tables(make("audit-c")), Deadline()).text
    'none is finite'
    """
    return _constant(tables, deadline, own_state=True)


def _constant(tables: Tables, deadline: Deadline, *, own_state: bool) -> Constant:
    name, meaning, source = _C5 if own_state else _C3
    zero = Fraction(0)

    def made(high: Fraction | None, proof: Proof, method: str, where: str = "") -> Constant:
        return Constant(name, meaning, zero, high, proof, method, where, source)

    if tables.kappa == 0:
        return made(zero, Proof.EXACT, "the tremble makes all strategies the same")
    family = kernel_family(tables)
    triples, composite = _differences(tables, family)
    if not triples:
        return made(zero, Proof.EXACT, "in each state all actions have the same rows")
    gap = _largest_gap(family, triples, composite, own_state=own_state)
    if gap is None:
        found = composite.supremum(family.pieces, deadline)
        if found.upper == 0:
            return made(zero, Proof.EXACT, "in each state all actions have the same rows")
        return made(None, Proof.OPEN, "whether two actions' rows differ could not be told")
    return made(None, Proof.NONE, "a family of TQ-values", _story(tables, gap))


def _differences(tables: Tables, family: Family) -> tuple[list[tuple[int, int, int]], Composite]:
    """Return (s, a, b) for all pairs with different rows, and the norms of their differences."""
    states, actions, _ = tables.shape
    columns, terms = family.parts.shape[1:]
    rows = widen(family.parts, 2 * largest(family.parts)).reshape(states, actions, columns, terms)
    triples, kept = [], []
    for s in range(states):
        for a in range(actions):
            for b in range(a):
                difference = rows[s, a] - rows[s, b]
                if (difference != 0).any():
                    triples.append((s, b, a))
                    kept.append(difference)
    shape = (len(kept), columns, terms)
    parts = np.array(kept, dtype=rows.dtype).reshape(shape)
    return triples, Composite(RowNorm(parts, family.denominator), lambda piece: piece.functions)


def _largest_gap(
    family: Family, triples: list[tuple[int, int, int]], composite: Composite, *, own_state: bool
) -> Gap | None:
    """Return the pair whose rows differ most, all mass being at one state (for C5, its own)."""
    states = family.game.states.size
    best: Gap | None = None
    if not family.aggregates and not own_state:
        laws: list[Masses] = [{0: Fraction(1)}]
    elif own_state:
        laws = [{s: Fraction(1)} for s in sorted({s for s, _, _ in triples})]
        # Rows may differ at other mean fields only.
        laws += [{0: Fraction(1, states)} | {s: Fraction(1, states) for s in range(1, states)}]
    else:
        laws = [{x: Fraction(1)} for x in sorted(family.setting.distinct.values())]
        laws += [{s: Fraction(1, states) for s in range(states)}]
    for z in laws:
        place = place_of(family.pieces, z)
        if place is None:
            continue
        values = point_values(place[0].functions, place[1])
        if values is None:
            continue
        rows = [i for i, (s, _, _) in enumerate(triples) if not own_state or s in z]
        norm = composite.norm
        if not isinstance(norm, RowNorm):
            raise AssertionError("the differences of rows have a norm of rows")
        part = Composite(RowNorm(norm.parts[rows], norm.denominator), composite.functions_of)
        low, high = part.at(values)
        chosen = part.place(place[0], place[1])
        share = min(z.values()) if own_state else Fraction(1)
        if low and chosen is not None and (best is None or low * share > best.lower):
            s, a, b = triples[rows[chosen[0]]]
            best = Gap(s, a, b, z, low * share, high * share)
    return best


def _story(tables: Tables, gap: Gap) -> str:
    game, size = tables.game, abs(tables.kappa)
    low, high = size * gap.lower, size * gap.upper
    exact = low == high and low.denominator < 10**6
    amount = str(low) if exact else f"between {below(low, 6)} and {above(high, 6)}"
    s, a, b = (
        game.states.text(gap.state),
        game.actions.text(gap.first),
        game.actions.text(gap.second),
    )
    at = mean_field_text(game.states, gap.mean_field)
    if len(gap.mean_field) > 3:
        at = "z uniform on all states"
    return (
        f"s = {s}, actions {a} and {b}; {at}: Q_1 = h at ({s}, {a}) and Q_2 = h at ({s}, {b}), "
        f"else 0, have ||Q_1 - Q_2|| = h, while the difference on the left is {amount} for every h"
    )
