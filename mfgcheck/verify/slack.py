"""How much room each clause has, at some mean fields, for each state and action: observed.

`check` decides a clause for every mean field; where it holds with room and where it is tight cannot
be seen from a verdict. Here the inequalities of a clause are evaluated in floating point at a few
mean fields, and for each (s, a) the least value among those whose lowest corner it is is kept: its
slack there, negative where the clause fails. That is evidence to look at, and never a proof. An
inequality that is 0 = 0 at every mean field looked at is left out where there are others; so are
moves of the mean field that leave the reward, or the kernel, as it is.

The value of a corner is linear in its rows, so each mean field needs the rewards, and the masses
that the rows give to the upper sets, once for all clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from mfgcheck.game.floats import Floats, approximate, quotients, to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim
from mfgcheck.game.mean_field import Value
from mfgcheck.game.orders import Order
from mfgcheck.game.sparse import Ints, Rows
from mfgcheck.verify.clauses import BY_ID, Clause
from mfgcheck.verify.corners import corners
from mfgcheck.verify.story import mass_text
from mfgcheck.verify.upper_sets import TooManyUpperSets, upper_sets
from mfgcheck.verify.verdict import Status, Verdict

Laws: TypeAlias = npt.NDArray[np.float64]
"""Mean fields, one a row: array (n, S)."""

_ULP = 2.0**-52
_MOST_FIELDS = 40  # states at which all mass is tried
_MOST_PAIRS = 80
_MOST_NUMBERS = 4 * 10**6  # masses of upper sets at all mean fields together
_MOST_SETS = 2_000


@dataclass(frozen=True)
class Probe:
    """Mean fields to look at.

    Attributes:
        fields: array (n, S), the mean fields.
        pairs: which of them to compare, each as (lower, higher), for claims about changes in z.
        text: which they are, in words; the same for the pairs in `pairs_text`.
    """

    fields: Laws
    pairs: tuple[tuple[int, int], ...]
    text: str
    pairs_text: str


@dataclass(frozen=True, eq=False)
class Slack:
    """The least value of a clause's inequalities by their lowest corner, observed in floats.

    Attributes:
        clause: the clause.
        values: array (S, A), nan where no corner starts; (S, 1) for `reward.max_monotone_s`.
            Negative where the clause fails at the mean fields that were looked at, 0 where an
            inequality is tight or all of them are 0 = 0.
        where: at which mean fields, in words.
        rounding: values nearer to 0 than this, which rounding alone can make, count as 0.
    """

    clause: str
    values: Floats
    where: str
    rounding: float

    @property
    def least(self) -> float:
        """The least value; nan where there is none."""
        known = self.values[~np.isnan(self.values)]
        return float(known.min()) if known.size else float("nan")

    @property
    def cell(self) -> tuple[int, int]:
        """Numbers of the first state and action where the least value is, up to rounding."""
        low = np.nan_to_num(self.values, nan=np.inf) <= self.least + self.rounding
        s, a = np.unravel_index(int(np.argmax(low)), low.shape)
        return int(s), int(a)


def estimate_slack(game: Game, verdicts: Iterable[Verdict]) -> tuple[dict[str, Slack], str | None]:
    """Estimate where the clauses of some verdicts have room, at mean fields that suit each verdict.

    A refuted clause is looked at where its counterexample is, any other one with all mass at one
    state and with mass spread evenly.

    Returns:
        slacks: by clause, those that can be estimated.
        reason: why others cannot; None if all can.

    >>> from mfgcheck import Game, check, point
    >>> walk = Game(states=3, actions=2, reward=lambda s, a, z: s * s - a, discount="1/2",
    ...             transition=lambda s, a, z: point(s), tremble=0)
    >>> slacks, _ = estimate_slack(walk, check(walk).clauses.values())
    >>> slacks["reward.monotone_s"].values.tolist()
    [[1.0, 1.0], [3.0, 3.0], [nan, nan]]
    """
    if game.unknown:
        return {}, "the game has unknown functions, so there are no numbers to draw"
    reason = None
    try:
        room = _room(game)
    except TooManyUpperSets as error:
        reason, room = f"what the clauses on the kernel compare is too much: {error}", _MOST_FIELDS
    general: _Stage | None = None
    found: dict[str, Slack] = {}
    for verdict in verdicts:
        clause = BY_ID[verdict.clause]
        if clause.of_kernel and reason is not None:
            continue
        if verdict.status is Status.REFUTED and verdict.witness is not None:
            stage = _Stage(game, _at_witness(game, verdict), kernel=clause.of_kernel)
        else:
            general = general or _Stage(game, probe(game, room), kernel=reason is None)
            stage = general
        found[verdict.clause] = stage.slack(clause)
    return found, reason


def probe(game: Game, room: int = _MOST_FIELDS) -> Probe:
    """Return mean fields that tell much of a game: all mass at one of some states, an even spread.

    >>> from mfgcheck import Game, point
    >>> stay = Game(states=3, actions=1, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s))
    >>> probe(stay, 2).fields.round(2).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.33, 0.33, 0.33]]
    """
    states = game.states
    size = states.size
    chosen = np.unique(np.linspace(0, size - 1, min(size, room)).round().astype(np.int64))
    fields = np.zeros((len(chosen) + 1, size))
    fields[np.arange(len(chosen)), chosen] = 1.0
    fields[-1] = 1.0 / size
    if states.is_chain:
        pairs = list(pairwise(range(len(chosen))))
    else:
        position = states.coordinates[chosen]
        below = (position[:, None] <= position[None, :]).all(axis=2) & ~np.eye(
            len(chosen), dtype=bool
        )
        # Only those with nothing in between, which add up to all the others.
        between = (below.astype(np.int64) @ below.astype(np.int64)) > 0
        pairs = [(int(i), int(j)) for i, j in np.argwhere(below & ~between)][:_MOST_PAIRS]
    last = len(chosen)
    pairs += [(0, last), (last, last - 1)] if size > 1 else []
    number = len(chosen)
    return Probe(
        fields,
        tuple(pairs),
        f"least over {number} mean fields with all mass at one state, and an even spread",
        f"least change when all mass moves from one state to the next, or by way of an even "
        f"spread: {len(pairs)} moves, without those that leave reward or kernel as it is",
    )


def _room(game: Game) -> int:
    """Return how many point masses can be looked at: fewer for large games."""
    cells = game.states.size * game.actions.size * max(_sets(game.states), 1)
    room = min(_MOST_FIELDS, _MOST_NUMBERS // cells)
    if room < 2:
        raise TooManyUpperSets(f"{game.states.size} states and {game.actions.size} actions")
    return room


def _sets(states: Order) -> int:
    return states.size - 1 if states.is_chain else len(_members(states))


def _members(states: Order) -> npt.NDArray[np.bool_]:
    """Return the upper sets, but for the empty one and the whole: array (sets, S)."""
    if states.is_chain:
        return np.triu(np.ones((states.size, states.size), dtype=bool))[1:]
    if states.size > _MOST_SETS // 10:  # before they are enumerated, which takes long
        raise TooManyUpperSets(f"upper sets of {states.size} states")
    members, _ = upper_sets(states, tuple(range(states.size)))
    if len(members) > _MOST_SETS:
        raise TooManyUpperSets(f"{len(members)} upper sets")
    return members


def _at_witness(game: Game, verdict: Verdict) -> Probe:
    witness = verdict.witness
    if witness is None:
        raise AssertionError("a refuted clause has a witness")
    laws = [witness.z] if witness.z2 is None else [witness.z, witness.z2]
    fields = np.zeros((len(laws), game.states.size))
    for row, law in zip(fields, laws, strict=True):
        for x, mass in law.items():
            row[game.states.index[x]] = to_float(Fraction(mass))
    there = mass_text(witness.z)
    text = f"at the mean field of the counterexample, {there}"
    if witness.z2 is None:
        return Probe(fields, (), text, text)
    pairs_text = (
        f"change between the mean fields of the counterexample, {there}, and "
        f"{mass_text(witness.z2)}"
    )
    return Probe(fields, ((0, 1),), text, pairs_text)


class _Stage:
    """A game's rewards, and masses of upper sets, at the mean fields of a probe."""

    def __init__(self, game: Game, where: Probe, *, kernel: bool) -> None:
        self.game, self.probe = game, where
        form, n = game.form, len(where.fields)
        with np.errstate(all="ignore"):  # what has no value becomes a gap
            phi = {a.symbol: where.fields @ _vector(a.values) for a in form.aggregates}
            b = np.empty((len(form.terms), n))
            for row, term in zip(b, form.terms, strict=True):
                row[:] = approximate(term, phi)
            rewards, reward_size = _sums(form.rewards, b)
            weights, weight_size = _sums(form.weights, b)
        self.reward = rewards[form.reward].T  # (n, rows)
        self._weights = weights
        self._laws = np.zeros((0, 0))
        if kernel:
            self._laws = _dense(form.laws, game.states.size) @ _members(game.states).T
        # Four corners at two mean fields, each a sum of so many rounded parts of at most this size.
        kernel_parts = _longest(form.weights) + _longest(form.laws)
        kernel_parts += int(np.diff(form.branch_start).max())
        parts = 8 + _longest(form.rewards), 8 + kernel_parts
        sizes = reward_size, max(1.0, weight_size)
        self._rounding = [8 * _ULP * n * size for n, size in zip(parts, sizes, strict=True)]

    def tails(self, i: int) -> Floats:
        """Return the masses that the rows give the upper sets, at mean field i: (rows, sets)."""
        form = self.game.form
        flows = self._weights[form.branch_weight, i][:, None] * self._laws[form.branch_law]
        return np.asarray(np.add.reduceat(flows, form.branch_start[:-1], axis=0))

    def slack(self, clause: Clause) -> Slack:
        """Return the slack of a clause."""
        states, actions = self.game.states, self.game.actions
        best = clause.id == "reward.max_monotone_s"
        where = corners(states, actions, clause.shape)
        rows, sign = where.rows, where.sign
        if best:
            rows = np.asarray(np.unique(rows // actions.size, axis=0), dtype=np.int64)
        size = self._rounding[int(clause.of_kernel)]
        changes = clause.claim is Claim.NONDECREASING
        sets = len(self._laws.T) if clause.of_kernel else 1
        least = np.full((len(rows), sets), np.nan)
        moves = np.zeros((len(rows), sets), dtype=bool)
        for values in self._values(clause, changes=changes, best=best):
            parts = (s * values[rows[:, j]] for j, s in enumerate(sign))
            corner = sum(parts, start=np.zeros((len(rows), sets)))
            moves |= np.abs(corner) > size
            least = np.fmin(least, corner)
        least[np.abs(least) <= size] = 0.0
        # An upper set whose value is 0 at every mean field claims nothing, unless all are such.
        claimed = np.fmin.reduce(np.where(moves, least, np.nan), axis=1, initial=np.nan)
        known = np.fmin.reduce(least, axis=1, initial=np.nan)
        slack = np.where(np.isnan(claimed), known, claimed)
        cells = np.full(states.size * (1 if best else actions.size), np.nan)
        np.fmin.at(cells, rows[:, 0], slack)
        return Slack(
            clause.id,
            cells.reshape(states.size, -1),
            self.probe.pairs_text if changes else self.probe.text,
            float(size),
        )

    def _moves(self, clause: Clause) -> Sequence[tuple[int, int]]:
        """Return the pairs between which the reward, or the kernel, differs at all; else all."""
        seen = self._weights if clause.of_kernel else self.reward.T
        size = self._rounding[int(clause.of_kernel)]
        pairs = self.probe.pairs
        moving = [pair for pair in pairs if _differ(seen[:, pair[0]], seen[:, pair[1]], size)]
        return moving or pairs

    def _values(self, clause: Clause, *, changes: bool, best: bool) -> Iterable[Floats]:
        """Yield what the corners are sums of, (rows, sets): at each mean field, or its changes."""

        def at(i: int) -> Floats:
            if clause.of_kernel:
                return self.tails(i)
            values = self.reward[i]
            if best:
                values = values.reshape(self.game.states.size, -1).max(axis=1)
            return np.asarray(values[:, None])

        if not changes:
            seen = self._weights if clause.of_kernel else self.reward.T
            for i in np.unique(seen, axis=1, return_index=True)[1].tolist():
                yield at(i)
            return
        known: dict[int, Floats] = {}
        for i, j in self._moves(clause):
            for k in (i, j):
                if k not in known:
                    known[k] = at(k)
            yield known[j] - known[i]


def _differ(x: Floats, y: Floats, size: float) -> bool:
    return bool(np.any(np.abs(y - x) > size))


def _vector(values: Sequence[Value]) -> Floats:
    return np.array(
        [to_float(v) if isinstance(v, Fraction) else float(approximate(v, {})) for v in values]
    )


def _sums(rows: Rows, b: Floats) -> tuple[Floats, float]:
    """Return the rows' sums of terms, (rows, n), and the largest size of what is summed."""
    count = len(rows.start) - 1
    owner = np.repeat(np.arange(count), np.diff(rows.start))
    parts = quotients(rows.value, rows.denominator)[:, None] * b[rows.column]
    total, size = np.zeros((count, b.shape[1])), np.zeros((count, b.shape[1]))
    np.add.at(total, owner, parts)
    np.add.at(size, owner, np.abs(parts))
    total[~np.isfinite(total)] = np.nan
    finite = size[np.isfinite(size)]
    return total, float(finite.max()) if finite.size else 0.0


def _dense(rows: Rows, width: int) -> Floats:
    count = len(rows.start) - 1
    made = np.zeros((count, width))
    owner = np.repeat(np.arange(count), np.diff(rows.start))
    made[owner, rows.column] = quotients(rows.value, rows.denominator)
    return made


def _longest(rows: Rows) -> int:
    counts: Ints = np.diff(rows.start)
    return int(counts.max()) if counts.size else 0
