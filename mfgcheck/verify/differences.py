"""The inequalities of a clause, by sparse exact differences of traced rows.

A claim about the kernel for every non-decreasing function of the next state is a claim for the
indicators of upper sets (lemma L1), so a corner gives one inequality for each upper set that
tells the states in its difference apart. Rows are differenced while they are still branches
(term, law): what the rows of a corner share cancels before any law is spread over its states, and
the cost grows with what is left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mfgcheck.game.game import Game
from mfgcheck.game.orders import Order
from mfgcheck.game.screen import Vectors
from mfgcheck.game.separable import SeparableForm
from mfgcheck.game.sparse import Exact, Ints, group, largest, widen
from mfgcheck.verify.corners import Corners
from mfgcheck.verify.upper_sets import upper_sets

_CHUNK = 1 << 12  # corners at a time, to bound the memory
_NONE = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Family:
    """The distinct inequalities of a clause (primitive integer vectors), in order of origin.

    Attributes:
        vectors: the inequalities.
        corner, upper: for each, the first corner that gives it, and the upper set there (an index
            into `upper_sets`; -1 for rewards).
        free_corner, free_upper: the same among corners whose rows are not clipped, -1 if none.
        free_order: the inequalities that have a corner whose rows are not clipped, in the order
            of the first such corner.
        upper_sets: upper sets by their minimal states; None for a chain of states, where upper
            set t is {t, t+1, ..}.
    """

    vectors: Vectors
    corner: Ints
    upper: Ints
    free_corner: Ints
    free_upper: Ints
    free_order: Ints
    upper_sets: tuple[tuple[int, ...], ...] | None = None

    def upper_set(self, index: int) -> tuple[int, ...] | None:
        """Return the minimal states of an upper set, None for rewards."""
        if index < 0:
            return None
        return (index,) if self.upper_sets is None else self.upper_sets[index]


@dataclass(frozen=True, eq=False)
class _Listed:
    """Inequalities before they are merged: vectors, and the corner and upper set of each.

    Inequalities of a corner stand together, by upper set.
    """

    term: Ints
    coefficient: Exact
    corner: Ints
    upper: Ints


def reward_family(game: Game, corners: Corners, *, varying: bool) -> Family:
    """Return the inequalities of a clause on the reward, one for each corner.

    `varying` leaves out terms that do not depend on the mean field, for claims about changes in z.
    """
    form, width = game.form, len(corners.sign)
    owner, term, value = form.rewards.gather(form.reward[corners.rows.ravel()])
    sign = np.array(corners.sign, dtype=np.int64)
    value = widen(value, largest(value) * width) * sign[owner % width]
    (corner, term), value = _restricted(game, [owner // width, term], value, varying=varying)
    which, rank = _ranks(corner)
    terms, coefficients = _table(rank, rank, term, value)
    none = np.full(len(which), -1, dtype=np.int64)
    first_free = np.where(_free(form, corners.rows), np.arange(len(corners)), _NONE)
    return _merge([_Listed(terms, coefficients, which, none)], first_free, None)


def kernel_family(game: Game, corners: Corners, *, varying: bool) -> Family:
    """Return the inequalities of a clause on the kernel, for all corners and upper sets.

    Raises:
        TooManyUpperSets: the states are a product of chains, and a corner's laws tell so many
            upper sets apart that they are not enumerated.
    """
    form = game.form
    listed: list[_Listed] = []
    first_free = np.full(len(corners), _NONE, dtype=np.int64)
    sets: dict[tuple[int, ...], int] | None = None if game.states.is_chain else {}
    for first in range(0, len(corners), _CHUNK):
        chunk = corners.rows[first : first + _CHUNK]
        keys, value = _formal(form, chunk, corners.sign)
        keys, value = _restricted(game, keys, value, varying=varying)
        keys, value, leader = _leaders(keys, value, len(chunk))
        free = np.flatnonzero(_free(form, chunk) & (leader >= 0))
        np.minimum.at(first_free, first + leader[free], first + free)
        (corner, reverse, term), value = _spread(form, keys, value, game.states.size)
        corner = corner + first
        if sets is None:
            listed.append(_tails(corner, reverse, term, value, game.states.size))
        else:
            listed.append(_all_upper_sets(game.states, corner, reverse, term, value, sets))
    return _merge(listed, first_free, None if sets is None else tuple(sets))


def _free(form: SeparableForm, rows: Ints) -> npt.NDArray[np.bool_]:
    """Return which corners touch no row in which an outcome was clipped."""
    return np.asarray(~form.clipped[rows].any(axis=1), dtype=bool)


def _leaders(keys: list[Ints], value: Exact, corners: int) -> tuple[list[Ints], Exact, Ints]:
    """Keep one of all corners whose differences are positive multiples of each other.

    They give the same inequalities. Where many rows share a few wide laws, this leaves few
    corners before the laws are spread over their states.

    Returns:
        keys, value: the entries ([corner, term, law], numerator) of the first corner of each kind.
        leader: for each corner the first of its kind, -1 for corners without entries.
    """
    corner, term, law = keys
    which, rank = _ranks(corner)
    leader = np.full(corners, -1, dtype=np.int64)
    if not len(which):
        return keys, value, leader
    width = int(law.max()) + 1
    if int(term.max() + 1) * width >= _NONE // 2:
        leader[which] = which
        return keys, value, leader
    start = np.flatnonzero(np.diff(rank, prepend=-1))
    slot = np.arange(len(rank)) - start[rank]
    pattern = np.full((len(which), int(slot.max()) + 1), -1, dtype=np.int64)
    pattern[rank, slot] = term * width + law
    amounts = np.zeros(pattern.shape, dtype=value.dtype)
    amounts[rank, slot] = value
    divisor = np.abs(np.gcd.reduce(amounts, axis=1))
    first, kind = _distinct(pattern, amounts // divisor[:, None])
    leader[which] = which[first[kind]]
    keep = np.isin(rank, first)
    return [key[keep] for key in keys], value[keep], leader


def _formal(form: SeparableForm, rows: Ints, sign: tuple[int, ...]) -> tuple[list[Ints], Exact]:
    """Return the corners' differences as ([corner, term, law], numerator)."""
    width = len(sign)
    flat = rows.ravel()
    counts = form.branch_start[flat + 1] - form.branch_start[flat]
    place = np.repeat(np.arange(len(flat), dtype=np.int64), counts)
    ends = np.cumsum(counts)
    branch = np.arange(len(place)) - np.repeat(ends - counts, counts)
    branch += np.repeat(form.branch_start[flat], counts)
    owner, term, value = form.weights.gather(form.branch_weight[branch])
    place, law = place[owner], form.branch_law[branch][owner]
    value = widen(value, form.weights.largest * _most(place // width))
    signs = np.array(sign, dtype=np.int64)[place % width]
    return group([place // width, term, law], value * signs)


def _restricted(
    game: Game, keys: list[Ints], value: Exact, *, varying: bool
) -> tuple[list[Ints], Exact]:
    """Sum equal entries, without the terms that are constant in z if `varying`."""
    if varying:
        depends = np.array(game.scalars.varies, dtype=bool)
        keep = depends[keys[1]]
        keys, value = [key[keep] for key in keys], value[keep]
    return group(keys, value)


def _spread(
    form: SeparableForm, keys: list[Ints], value: Exact, states: int
) -> tuple[list[Ints], Exact]:
    """Spread laws over their states: ([corner, states - 1 - state, term], numerator)."""
    corner, term, law = keys
    owner, state, weight = form.laws.gather(law)
    size = largest(value) * form.laws.largest * _most(corner[owner])
    product = widen(value, size)[owner] * widen(weight, size)
    return group([corner[owner], states - 1 - state, term[owner]], product)


def _tails(corner: Ints, reverse: Ints, term: Ints, value: Exact, states: int) -> _Listed:
    """Return the inequalities of all tails {x >= t}, by cumulative sums from the top state down.

    The last tail of each corner holds all the mass that moves. That sums to zero, because rows
    sum to one, so it is left out.
    """
    key, rank = _ranks(corner * states + reverse)
    owner, owner_rank = _ranks(key // states)
    terms, change = _table(rank, owner_rank[rank], term, value)
    total = np.cumsum(change, axis=0)  # int64 may wrap around; the differences come out right
    starts = np.flatnonzero(np.diff(owner_rank, prepend=-1))
    before = np.zeros((len(owner), change.shape[1]), dtype=change.dtype)
    before[1:] = total[starts[1:] - 1]
    keep = np.diff(owner_rank, append=len(owner)) == 0  # not the last of its corner
    tails = (total - before[owner_rank])[keep]
    return _Listed(terms[keep], tails, (key // states)[keep], states - 1 - (key % states)[keep])


def _all_upper_sets(
    states: Order,
    corner: Ints,
    reverse: Ints,
    term: Ints,
    value: Exact,
    sets: dict[tuple[int, ...], int],
) -> _Listed:
    """Return the inequalities of all upper sets that a corner's difference can tell apart.

    `sets` numbers the upper sets, by their minimal states; new ones are added.
    """
    which, owner = _ranks(corner)
    key, rank = _ranks(corner * states.size + reverse)
    terms, change = _table(rank, owner, term, value)
    state = states.size - 1 - key % states.size
    bounds = np.searchsorted(key // states.size, np.append(which, which[-1:] + 1))
    numbered: dict[tuple[int, ...], Ints] = {}
    parts: list[_Listed] = []
    for i, c in enumerate(which.tolist()):
        points = slice(int(bounds[i]), int(bounds[i + 1]))
        support = tuple(state[points].tolist())
        members, minimal = upper_sets(states, support)
        if support not in numbered:
            numbers = [sets.setdefault(generators, len(sets)) for generators in minimal]
            numbered[support] = np.array(numbers, dtype=np.int64)
        values = members.astype(change.dtype) @ change[points]
        repeated = np.repeat(terms[points][:1], len(values), axis=0)
        parts.append(_Listed(repeated, values, np.full(len(values), c), numbered[support]))
    width = change.shape[1]
    none = np.zeros(0, dtype=np.int64)
    return _Listed(
        _stack([part.term for part in parts], width, np.int64),
        _stack([part.coefficient for part in parts], width, change.dtype),
        np.concatenate([none, *(part.corner for part in parts)]),
        np.concatenate([none, *(part.upper for part in parts)]),
    )


def _most(corner: Ints) -> int:
    """Return how many entries a corner has at most."""
    return int(np.bincount(corner - corner.min()).max()) + 1 if len(corner) else 1


def _ranks(ordered: Ints) -> tuple[Ints, Ints]:
    """Return the distinct values of a sorted array, and for each entry the place of its value."""
    new = np.diff(ordered, prepend=ordered[0] - 1) != 0 if len(ordered) else np.zeros(0, dtype=bool)
    return ordered[new], np.cumsum(new) - 1


def _table(point: Ints, corner: Ints, term: Ints, value: Exact) -> tuple[Ints, Exact]:
    """Lay entries out by point: the terms of the point's corner, and the point's values.

    `point` and `corner` are ranks, and no (point, term) occurs twice. Both results have shape
    (points, slots); a slot is one of the terms that occur in the corner, -1 pads.
    """
    base = int(term.max(initial=0)) + 1
    pairs, pair = np.unique(corner * base + term, return_inverse=True)
    owner = pairs // base
    slot = np.arange(len(pairs)) - np.searchsorted(owner, owner)
    slots = int(slot.max(initial=-1)) + 1
    terms = np.full((int(corner.max(initial=-1)) + 1, slots), -1, dtype=np.int64)
    terms[owner, slot] = pairs % base
    values = np.zeros((int(point.max(initial=-1)) + 1, slots), dtype=value.dtype)
    values[point, slot[pair]] = value
    of_point = np.zeros(len(values), dtype=np.int64)
    of_point[point] = corner
    return terms[of_point], values


def _merge(
    listed: list[_Listed],
    first_free: Ints,
    sets: tuple[tuple[int, ...], ...] | None,
) -> Family:
    """Bring vectors to primitive form, merge equal ones, and keep the first origin of each.

    `first_free` gives for each corner the first one of its kind that is not clipped.
    """
    width = max((part.term.shape[1] for part in listed), default=0)
    exact = any(part.coefficient.dtype == object for part in listed)
    none = np.zeros(0, dtype=np.int64)
    term = _stack([_padded(part.term, width, -1) for part in listed], width, np.int64)
    coefficient = _stack(
        [_padded(part.coefficient, width, 0) for part in listed],
        width,
        object if exact else np.int64,
    )
    corner = np.concatenate([none, *(part.corner for part in listed)])
    upper = np.concatenate([none, *(part.upper for part in listed)])
    term, coefficient = _primitive(term, coefficient)
    nonzero = np.asarray(coefficient != 0, dtype=bool).any(axis=1)
    term, coefficient = term[nonzero], coefficient[nonzero]
    corner, upper = corner[nonzero], upper[nonzero]
    first, inverse = _distinct(term, coefficient)
    # By the first corner of its kind that is not clipped, then by upper set: as they are listed.
    by_free = np.lexsort((np.arange(len(corner)), first_free[corner]))
    place = np.empty(len(corner), dtype=np.int64)
    place[by_free] = np.arange(len(corner))
    best = np.full(len(first), _NONE, dtype=np.int64)
    np.minimum.at(best, inverse, place)
    order = np.argsort(first, kind="stable")
    first, best = first[order], best[order]
    origin = by_free[best]
    free_corner = first_free[corner[origin]]
    has_free = free_corner != _NONE
    return Family(
        Vectors(term[first], coefficient[first]),
        corner[first],
        upper[first],
        np.where(has_free, free_corner, -1),
        np.where(has_free, upper[origin], -1),
        np.argsort(np.where(has_free, best, _NONE), kind="stable")[: int(has_free.sum())],
        sets,
    )


def _stack(parts: list[Exact], width: int, dtype: npt.DTypeLike) -> Exact:
    empty: Exact = np.zeros((0, width), dtype=dtype)
    return np.concatenate([empty, *(part.astype(dtype, copy=False) for part in parts)])


def _padded(array: Exact, width: int, fill: int) -> Exact:
    missing = width - array.shape[1]
    return np.pad(array, ((0, 0), (0, missing)), constant_values=fill) if missing else array


def _primitive(term: Ints, coefficient: Exact) -> tuple[Ints, Exact]:
    """Divide rows by their greatest common divisor; order the terms, unused slots last."""
    if not term.size:
        return term, coefficient
    # Of a single Python int, gcd.reduce returns the number itself, sign and all.
    divisor = np.abs(np.gcd.reduce(coefficient, axis=1))
    coefficient = coefficient // np.where(divisor == 0, 1, divisor)[:, None]
    term = np.where(coefficient == 0, np.iinfo(np.int64).max, term)
    order = np.argsort(term, axis=1, kind="stable")
    term = np.take_along_axis(term, order, axis=1)
    term[term == np.iinfo(np.int64).max] = -1
    return term, np.take_along_axis(coefficient, order, axis=1)


def _distinct(term: Ints, coefficient: Exact) -> tuple[Ints, Ints]:
    """Return the first place of each distinct row, and for each row the number of its class."""
    if coefficient.dtype == object:
        numbers: dict[tuple[object, ...], int] = {}
        inverse = [
            numbers.setdefault((*t, *c), len(numbers))
            for t, c in zip(term.tolist(), coefficient.tolist(), strict=True)
        ]
        classes = np.array(inverse, dtype=np.int64)
        return np.unique(classes, return_index=True)[1], classes
    rows = np.concatenate([term, coefficient], axis=1)
    # Sort by a hash of each row; that equal hashes mean equal rows is checked.
    odd = np.random.default_rng(0).integers(1, 2**62, size=rows.shape[1]) * 2 + 1
    _, first, classes = np.unique(rows @ odd, return_index=True, return_inverse=True)
    if not np.array_equal(rows, rows[first][classes]):
        _, first, classes = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first, classes.ravel()
