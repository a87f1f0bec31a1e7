"""Tails of clipped formulas: for which (s, a, t) the outcome is t or more.

    1{min(f, g) >= t} = 1{f >= t} 1{g >= t},    1{max(f, g) >= t} = 1{f >= t} or 1{g >= t},

so a tail is built of comparisons alpha s + beta a + c >= t. Within one *form* (alpha, beta) these
depend on x = alpha s + beta a - t only, and change at finitely many x: the (s, a, t) fall into
finitely many cells on which all comparisons, also those at (s + 1, a) and so on, are settled
(lemmas S2 and S3 in the book).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TypeAlias

import sympy

from mfgcheck.verify.all_sizes.abstract import TOP, A, S

Form: TypeAlias = tuple[int, int]
"""The factors of s and of a in a linear form."""

Corner: TypeAlias = tuple[int, int]
"""By how much s and a are raised."""

MOST_CELLS = 20_000


class NotLinear(Exception):
    """An outcome is not built of linear formulas by minima and maxima; the message names it."""


@dataclass(frozen=True)
class Linear:
    """The comparison alpha s + beta a + constant >= t."""

    form: Form
    constant: int


@dataclass(frozen=True)
class Both:
    """All of the comparisons hold (`every`), or one of them."""

    parts: tuple[Comparison, ...]
    every: bool


Comparison: TypeAlias = Linear | Both | bool


def comparison(outcome: sympy.Expr) -> Comparison:
    """Return for which (s, a, t) with 1 <= t <= top an outcome, clipped to the states, is >= t.

    The top state is reached by each such t, so a minimum with it, and a maximum with 0, are gone.

    Raises:
        NotLinear: the outcome is no minimum or maximum of linear formulas with integer factors.

    >>> comparison(sympy.Min(sympy.Max(S + A - 1, 0), TOP))
    Linear(form=(1, 1), constant=-1)
    """
    if outcome == TOP:
        return True
    if isinstance(outcome, (sympy.Min, sympy.Max)):
        return _joined([comparison(x) for x in outcome.args], every=isinstance(outcome, sympy.Min))
    sizes = {x: sympy.Max(x.args[0], -x.args[0]) for x in outcome.atoms(sympy.Abs)}
    if sizes:
        return comparison(outcome.xreplace(sizes))
    spread = _distributed(outcome)
    if spread is not None:
        return comparison(spread)
    expanded = sympy.expand(outcome)
    alpha, beta = expanded.coeff(S, 1), expanded.coeff(A, 1)
    constant = sympy.expand(expanded - alpha * S - beta * A)
    if not all(isinstance(c, sympy.Integer) for c in (alpha, beta, constant)):
        if TOP in outcome.free_symbols:
            raise NotLinear(f"{outcome} goes on after it was clipped to the top state")
        raise NotLinear(f"{outcome} is not linear in s and a with integer factors")
    form = int(alpha), int(beta)
    if form == (0, 0) and constant <= 0:
        return False
    return Linear(form, int(constant))


def _joined(parts: Sequence[Comparison], *, every: bool) -> Comparison:
    if (not every) in parts:
        return not every
    kept = tuple(dict.fromkeys(part for part in parts if part is not every))
    if not kept:
        return every
    return kept[0] if len(kept) == 1 else Both(kept, every)


def _distributed(e: sympy.Expr) -> sympy.Expr | None:
    """Bring the first minimum or maximum in a sum to the outside; None if there is none."""
    addends = sympy.Add.make_args(sympy.expand(e))
    for i, addend in enumerate(addends):
        factor, inner = addend.as_coeff_Mul()
        if not isinstance(inner, (sympy.Min, sympy.Max)) or not isinstance(factor, sympy.Rational):
            continue
        others = sympy.Add(*(x for j, x in enumerate(addends) if j != i))
        smallest = isinstance(inner, sympy.Min) == bool(factor > 0)
        join = sympy.Min if smallest else sympy.Max
        return join(*(factor * x + others for x in inner.args))
    return None


def forms(c: Comparison) -> Iterator[Linear]:
    """Return the linear comparisons that a comparison is built of."""
    if isinstance(c, Linear):
        yield c
    elif isinstance(c, Both):
        for part in c.parts:
            yield from forms(part)


@dataclass(frozen=True)
class Cell:
    """The (s, a, t) with low <= alpha s + beta a - t <= high for each form; None is no bound."""

    bounds: tuple[tuple[Form, int | None, int | None], ...]

    def holds(self, c: Comparison, corner: Corner) -> bool:
        """Whether a comparison holds at (s + corner[0], a + corner[1], t) for all in the cell."""
        if isinstance(c, bool):
            return c
        if isinstance(c, Both):
            found = (self.holds(part, corner) for part in c.parts)
            return all(found) if c.every else any(found)
        least = -_constant_at(c, corner)
        for form, low, _ in self.bounds:
            if form == c.form:
                return low is not None and low >= least
        raise AssertionError(f"{c.form} has no bounds in this cell")


def cells(comparisons: Sequence[Comparison], corners: Sequence[Corner]) -> list[Cell]:
    """Return cells that together hold every (s, a, t), each with all comparisons settled.

    Some may hold no (s, a, t) at all.

    Raises:
        NotLinear: there would be more than `MOST_CELLS`.
    """
    steps: dict[Form, set[int]] = {}
    for c in comparisons:
        for linear in forms(c):
            steps.setdefault(linear.form, set()).update(
                -_constant_at(linear, corner) for corner in corners
            )
    choices = [
        [(form, low, high) for low, high in _intervals(sorted(found))]
        for form, found in steps.items()
    ]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total > MOST_CELLS:
        raise NotLinear(f"the outcomes have too many different linear formulas ({total} cells)")
    return [Cell(tuple(bounds)) for bounds in product(*choices)]


def _intervals(steps: list[int]) -> Iterator[tuple[int | None, int | None]]:
    yield None, steps[0] - 1
    for low, after in pairwise(steps):
        yield low, after - 1
    yield steps[-1], None


def _constant_at(c: Linear, corner: Corner) -> int:
    return c.constant + c.form[0] * corner[0] + c.form[1] * corner[1]
