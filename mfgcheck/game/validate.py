"""Is what was traced a game: rows that sum to one, weights that are not negative, finite terms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.errors import InvalidGame
from mfgcheck.game.inequalities import Claim, Deadline, Fails, Open, Scalars
from mfgcheck.game.numbers import rational
from mfgcheck.game.orders import Order
from mfgcheck.game.screen import Vectors, in_order, proved_together
from mfgcheck.game.separable import SeparableForm
from mfgcheck.game.setting import Masses
from mfgcheck.game.sparse import Ints, Rows
from mfgcheck.game.terms import join, vanishes
from mfgcheck.game.unknown import Unknown

_PATIENCE = 3.0  # seconds for an identity, and ten times that for all signs


def validate(
    form: SeparableForm, states: Order, actions: Order, scalars: Scalars
) -> tuple[str, ...]:
    """Return what could be neither proved nor refuted about a game's validity.

    Raises:
        InvalidGame: a row does not sum to 1, a weight is negative at some mean field, or a term is
            not finite somewhere.
    """
    return (
        *_check_terms(form, states, actions, scalars),
        *_check_sums(form, states, actions, scalars),
        *_check_signs(form, states, actions, scalars),
    )


def mean_field_text(states: Order, z: Masses) -> str:
    """Return a mean field in words: `all mass at 0`, or `1/4 at 0, 3/4 at 2`."""
    if len(z) == 1:
        return f"all mass at {states.text(next(iter(z)))}"
    return ", ".join(f"{mass} at {states.text(x)}" for x, mass in z.items())


def _instance_text(outcome: Fails) -> str:
    if outcome.instance is None or not outcome.instance.functions:
        return ""
    return f" if {outcome.instance.text}"


def row_text(states: Order, actions: Order, row: int) -> str:
    """Return a row in words: `(s=3, a=1)`."""
    s, a = divmod(row, actions.size)
    return f"(s={states.text(s)}, a={actions.text(a)})"


def _check_terms(form: SeparableForm, states: Order, actions: Order, scalars: Scalars) -> list[str]:
    """Check that terms, and partial functions as they were written, are finite everywhere."""
    doubts = []
    for t in range(len(form.terms)):
        if not scalars.aggregates_of[t] and scalars.bounds(t) is not None:
            continue
        f, numbers = scalars.function(((t, 1),))
        if not (numbers and rigor.prove_finite(f, scalars.setting(numbers).region)):
            where = _where(form, states, actions, t)
            doubts.append(_infinite(f, numbers, f"{where}: {form.terms[t]}", states, scalars))
    for e, where in form.partial:
        f, numbers = scalars.read(e)
        if numbers and not rigor.prove_finite(f, scalars.setting(numbers).region):
            doubts.append(_infinite(f, numbers, f"{where}: {e}", states, scalars))
    return list(dict.fromkeys(doubts))


def _infinite(
    f: rigor.Expression, numbers: tuple[int, ...], what: str, states: Order, scalars: Scalars
) -> str:
    """Return the doubt that f is finite, or raise if it is not at a vertex."""
    if scalars.uncertain(numbers):
        return f"{what}: that this is finite for all functions was not proved"
    for x in scalars.setting(numbers).distinct.values() if numbers else (0,):
        at = scalars.setting(numbers).at({x: Fraction(1)}) if numbers else {}
        value = rigor.enclose(rigor.substitute(f, at), [])
        if value.lower is None or value.upper is None:
            there = f" at the mean field with all mass at {states.text(x)}" if numbers else ""
            raise InvalidGame(f"{what} is not a finite real number{there}")
    return f"{what}: that this is finite everywhere was not proved"


def _where(form: SeparableForm, states: Order, actions: Order, term: int) -> str:
    for rows, users, name in (
        (form.weights, form.branch_weight, "a weight of kernel row"),
        (form.rewards, form.reward, "the reward of row"),
    ):
        holders = np.flatnonzero(rows.column == term)
        if len(holders):
            owner = int(np.searchsorted(rows.start, holders[0], side="right")) - 1
            place = int(np.flatnonzero(users == owner)[0])
            row = place if users is form.reward else _row_of_branch(form, place)
            return f"{name} {row_text(states, actions, row)}"
    raise AssertionError("a term that nothing uses")


def _row_of_branch(form: SeparableForm, branch: int) -> int:
    return int(np.searchsorted(form.branch_start, branch, side="right")) - 1


def _check_sums(form: SeparableForm, states: Order, actions: Order, scalars: Scalars) -> list[str]:
    doubts: list[str] = []
    right: set[tuple[int, ...]] = set()
    start, weights = form.branch_start.tolist(), form.branch_weight.tolist()
    for row in range(len(start) - 1):
        key = tuple(sorted(weights[start[row] : start[row + 1]]))
        if key in right:
            continue
        right.add(key)
        total: dict[int, Fraction] = {}
        for weight in key:
            for t, c in form.weights.row(weight):
                total[t] = total.get(t, Fraction(0)) + c
        excess = {t: c for t, c in total.items() if c}
        excess[0] = excess.get(0, Fraction(0)) - 1
        if not any(excess.values()):
            continue
        where = f"kernel row {row_text(states, actions, row)}"
        doubts.extend(_excess(excess, where, states, scalars))
    return doubts


def _excess(excess: dict[int, Fraction], where: str, states: Order, scalars: Scalars) -> list[str]:
    """Deal with a row whose weights do not add up to 1 term by term."""
    terms = {scalars.terms[t]: c for t, c in excess.items()}
    if set(terms) == {sympy.S.One}:
        raise InvalidGame(f"{where} {_mend(terms[sympy.S.One])}")
    if vanishes(join(terms)) or vanishes(_with_fewer_aggregates(join(terms), excess, scalars)):
        return []
    scale = math.lcm(*(c.denominator for c in excess.values()))
    total = str(join(terms) + 1)
    for sign in (1, -1):  # the excess is 0 if it is neither negative nor positive anywhere
        vector = tuple((t, int(sign * c * scale)) for t, c in sorted(excess.items()) if c)
        outcome = scalars.decide(vector, Claim.NONNEGATIVE, Deadline(_PATIENCE))
        if isinstance(outcome, Fails):
            at = "" if outcome.everywhere else f" with {mean_field_text(states, outcome.z)}"
            at += _instance_text(outcome)
            side = "less" if sign > 0 else "more"
            raise InvalidGame(
                f"{where} sums to {side} than 1{at}: its weights sum to {total}, which must be 1 "
                "at every mean field"
            )
        if isinstance(outcome, Open):
            return [f"{where}: that its weights sum to 1 was not proved ({total})"]
    return []


def _mend(excess: Fraction) -> str:
    total = 1 + excess
    if excess < 0:
        return f"sums to {total}, not 1: add the missing {-excess} to a state or rescale the row"
    return f"sums to {total}, not 1: take {excess} from a state or rescale the row"


def _with_fewer_aggregates(
    e: sympy.Expr, excess: dict[int, Fraction], scalars: Scalars
) -> sympy.Expr:
    """Write aggregates that are affine in others through these: z[0] + z[1] + z[2] is 1."""
    if e.has(Unknown):
        return e  # aggregates stand within p(..), too
    numbers = sorted({j for t in excess for j in scalars.aggregates_of[t]})
    chosen = [scalars.aggregates[j] for j in numbers]
    columns = [[sympy.S.One] * scalars.states.size]
    columns += [[rational(v) for v in a.values if isinstance(v, Fraction)] for a in chosen]
    if any(len(column) < scalars.states.size for column in columns):
        return e  # irrational values: no relation is looked for
    basis: list[int] = [0]
    rewritten = {}
    for i in range(1, len(columns)):
        matrix = sympy.Matrix([columns[j] for j in basis]).T
        target = sympy.Matrix(columns[i])
        if matrix.row_join(target).rank() == len(basis):
            solution = (matrix.T * matrix).LUsolve(matrix.T * target)
            symbols = [sympy.S.One if j == 0 else chosen[j - 1].symbol for j in basis]
            rewritten[chosen[i - 1].symbol] = sympy.Add(
                *(c * symbol for c, symbol in zip(solution, symbols, strict=True))
            )
        else:
            basis.append(i)
    return e.xreplace(rewritten)


def _check_signs(form: SeparableForm, states: Order, actions: Order, scalars: Scalars) -> list[str]:
    vectors = as_vectors(form.weights)
    deadline = Deadline(10 * _PATIENCE)
    proved = proved_together(scalars, vectors, Claim.NONNEGATIVE, deadline)
    doubts = []
    everything = in_order(
        scalars, vectors, range(len(vectors)), proved, Claim.NONNEGATIVE, deadline, {}
    )
    for i, outcome in everything:
        branch = int(np.flatnonzero(form.branch_weight == i)[0])
        where = f"kernel row {row_text(states, actions, _row_of_branch(form, branch))}"
        if isinstance(outcome, Fails):
            at = f" at the mean field with {mean_field_text(states, outcome.z)}"
            raise InvalidGame(
                f"{where}: the weight {form.weight_text(i)} is negative"
                f"{'' if outcome.everywhere else at}{_instance_text(outcome)}: weights are "
                "probabilities"
            )
        if isinstance(outcome, Open):
            doubts.append(f"{where}: a weight may be negative ({outcome.reason})")
    return doubts


def as_vectors(rows: Rows) -> Vectors:
    """Return sparse rows over terms as inequalities."""
    counts = rows.start[1:] - rows.start[:-1]
    width = int(counts.max(initial=0))
    term = np.full((len(counts), width), -1, dtype=np.int64)
    coefficient = np.zeros((len(counts), width), dtype=rows.value.dtype)
    owner: Ints = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(owner)) - np.repeat(rows.start[:-1], counts)
    term[owner, within] = rows.column
    coefficient[owner, within] = rows.value
    return Vectors(term, coefficient)
