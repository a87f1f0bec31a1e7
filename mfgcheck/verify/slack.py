"""How much room each clause has, at some mean fields, for each state and action: observed.

`check` decides a clause for every mean field; where it holds with room and where it is tight cannot
be seen from a verdict. Here the inequalities of a clause are evaluated in floating point at a few
mean fields, and for each (s, a) the least value among those whose lowest corner it is is kept: its
slack there, negative where the clause fails. That is evidence to look at, and never a proof. An
upper set whose inequality is 0 = 0 at every mean field looked at is left out where there are
others; so are moves of the mean field that leave the reward, or the kernel, as it is.
Where a verdict contradicts what floats show, the verdict counts.

The value of a corner is linear in its rows, so each mean field needs the rewards, and the masses
that the rows give to the upper sets, once for all clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mfgcheck.game.floats import Floats, quotients, to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim
from mfgcheck.game.orders import Order
from mfgcheck.game.sparse import Ints, Rows
from mfgcheck.verify.clauses import BY_ID, Clause
from mfgcheck.verify.corners import corners
from mfgcheck.verify.probe import MOST_FIELDS, Probe, at_witness, probe, terms_at
from mfgcheck.verify.upper_sets import TooManyUpperSets, upper_sets
from mfgcheck.verify.verdict import Status, Verdict

_ULP = 2.0**-52
_MOST_NUMBERS = 4 * 10**6  # masses of upper sets at all mean fields together
_MOST_SETS = 2_000
_LARGEST = 1e300  # what is larger cannot be drawn


@dataclass(frozen=True, eq=False)
class Slack:
    """The least value of a clause's inequalities by their lowest corner, observed in floats.

    Attributes:
        clause: the clause.
        values: array (S, A), nan where no corner starts; (S, 1) for `reward.max_monotone_s`.
            Negative where the clause fails at the mean fields that were looked at, 0 where an
            inequality is tight or all of them are 0 = 0.
        where: at which mean fields, in words.
        rounding: array like `values`; what is nearer to 0 than this, which rounding alone can make,
            counts as 0.
        gap: why there are no numbers at all; empty if there are.
        corrected: whether floats missed the counterexample, so that its exact value stands there.
    """

    clause: str
    values: Floats
    where: str
    rounding: Floats
    gap: str = ""
    corrected: bool = False

    @property
    def least(self) -> float:
        """The least value; nan where there is none."""
        known = self.values[~np.isnan(self.values)]
        return float(known.min()) if known.size else float("nan")

    @property
    def cell(self) -> tuple[int, int]:
        """Numbers of the first state and action where the least value is, up to rounding."""
        low = np.nan_to_num(self.values, nan=np.inf) <= self.least + 1e-9 * abs(self.least)
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
        reason, room = f"what the clauses on the kernel compare is too much: {error}", MOST_FIELDS
    general: _Stage | None = None
    found: dict[str, Slack] = {}
    for verdict in verdicts:
        clause = BY_ID[verdict.clause]
        if clause.of_kernel and reason is not None:
            continue
        if verdict.status is Status.REFUTED and verdict.witness is not None:
            stage = _Stage(game, at_witness(game, verdict), kernel=clause.of_kernel)
        else:
            general = general or _Stage(game, probe(game, room), kernel=reason is None)
            stage = general
        found[verdict.clause] = _settled(game, verdict, stage.slack(clause))
    return found, reason


def _settled(game: Game, verdict: Verdict, slack: Slack) -> Slack:
    """Return the slack without what the verdict shows to be wrong in it."""
    if verdict.status is Status.PROVED and slack.least < 0:
        gap = "floating point cannot tell here"
        return replace(slack, values=np.full_like(slack.values, np.nan), gap=gap)
    witness = verdict.witness
    if witness is None:
        return slack
    s, a = witness.corners[0]
    per_action = slack.values.shape[1] == game.actions.size
    place = game.states.index[s], game.actions.index[a] if per_action else 0
    value = to_float(witness.upper)
    if slack.values[place] < 0 and slack.values[place] <= value + slack.rounding[place]:
        return slack
    values = slack.values.copy()
    values[place] = value if -_LARGEST <= value < 0 else np.nan
    return replace(slack, values=values, corrected=True)


def _room(game: Game) -> int:
    """Return how many point masses can be looked at: fewer for large games."""
    cells = game.states.size * game.actions.size * max(_sets(game.states), 1)
    room = min(MOST_FIELDS, _MOST_NUMBERS // cells)
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


class _Stage:
    """A game's rewards, and masses of upper sets, at the mean fields of a probe."""

    def __init__(self, game: Game, where: Probe, *, kernel: bool) -> None:
        self.game, self.probe = game, where
        form = game.form
        with np.errstate(all="ignore"):  # what has no value becomes a gap
            b = terms_at(game, where.laws)
            rewards, reward_size = _sums(form.rewards, b)
            self._weights, weight_size = _sums(form.weights, b)
        self.reward = rewards[form.reward].T  # (n, rows)
        self._laws = np.zeros((0, 0))
        if kernel:
            self._laws = _dense(form.laws, game.states.size) @ _members(game.states).T
        # What rounding can make of each row at two mean fields: so many parts, of this size in all.
        unit = 4 * _ULP * (8 + _longest(form.rewards))
        self._reward_rounding = unit * reward_size[form.reward]
        branches = int(np.diff(form.branch_start).max())
        unit = 4 * _ULP * (8 + _longest(form.weights) + _longest(form.laws) + branches)
        self._weight_rounding = unit * weight_size
        flows = self._weight_rounding[form.branch_weight]
        self._kernel_rounding = np.add.reduceat(flows, form.branch_start[:-1])

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
        size = self._rounding(clause, best=best)[rows].sum(axis=1, keepdims=True)
        changes = clause.claim is Claim.NONDECREASING
        sets = len(self._laws.T) if clause.of_kernel else 1
        least = np.full((len(rows), sets), np.nan)
        moves = np.zeros((len(rows), sets), dtype=bool)
        for values in self._values(clause, changes=changes, best=best):
            with np.errstate(all="ignore"):
                parts = (s * values[rows[:, j]] for j, s in enumerate(sign))
                corner = sum(parts, start=np.zeros((len(rows), sets)))
            corner[~(np.abs(corner) <= _LARGEST)] = np.nan
            moves |= np.abs(corner) > size
            least = np.fmin(least, corner)
        least = np.where(np.abs(least) <= size, 0.0, least)
        # An upper set whose value is 0 at every mean field claims nothing, unless all are such.
        claimed = np.fmin.reduce(np.where(moves, least, np.nan), axis=1, initial=np.nan)
        known = np.fmin.reduce(least, axis=1, initial=np.nan)
        slack = np.where(np.isnan(claimed), known, claimed)
        cells = np.full(states.size * (1 if best else actions.size), np.nan)
        np.fmin.at(cells, rows[:, 0], slack)
        rounding = np.zeros(len(cells))
        np.maximum.at(rounding, rows[:, 0], size[:, 0])
        gap = ""
        if np.isnan(cells).all():
            compared = least.size and (self.probe.pairs or not changes)
            gap = "no value in floating point" if compared else "nothing to compare"
        text = self._where(clause) if changes else self.probe.text
        shape = states.size, -1
        return Slack(clause.id, cells.reshape(shape), text, rounding.reshape(shape), gap)

    def _rounding(self, clause: Clause, *, best: bool) -> Floats:
        """Return what rounding can make of the value of each row, or of each state's best one."""
        if clause.of_kernel:
            return np.asarray(self._kernel_rounding)
        if not best:
            return np.asarray(self._reward_rounding)
        shape = self.game.states.size, self.game.actions.size
        size = self._reward_rounding.reshape(shape)
        values = self.reward.reshape(-1, *shape)
        # Only of actions that may be the best.
        near = values + size >= (values - size).max(axis=2, keepdims=True)
        return np.asarray(np.where(near, size, 0.0).max(axis=(0, 2)))

    def _moves(self, clause: Clause) -> Sequence[tuple[int, int]]:
        """Return the pairs between which the reward, or the kernel, differs at all."""
        seen = self._weights if clause.of_kernel else self.reward.T
        size = self._weight_rounding if clause.of_kernel else self._reward_rounding
        return [(i, j) for i, j in self.probe.pairs if _differ(seen[:, i], seen[:, j], size)]

    def _where(self, clause: Clause) -> str:
        """Say what the mean field is changed by; how many moves these are, if not just one."""
        number, used = len(self.probe.pairs), len(self._moves(clause))
        if number < 2:
            return self.probe.pairs_text
        what = "kernel" if clause.of_kernel else "reward"
        moves = f"{used} of {number} moves, those that change the {what}"
        if used in (0, number):
            moves = f"{number} moves" + ("" if used else f", none of which changes the {what}")
        return f"{self.probe.pairs_text}: {moves}"

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
        for i, j in self._moves(clause) or self.probe.pairs:
            for k in (i, j):
                if k not in known:
                    known[k] = at(k)
            yield known[j] - known[i]


def _differ(x: Floats, y: Floats, size: Floats) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.any(np.abs(y - x) > size))


def _sums(rows: Rows, b: Floats) -> tuple[Floats, Floats]:
    """Return the rows' sums of terms, (rows, n), and of each row the largest size of its parts."""
    count = len(rows.start) - 1
    owner = np.repeat(np.arange(count), np.diff(rows.start))
    parts = quotients(rows.value, rows.denominator)[:, None] * b[rows.column]
    total, size = np.zeros((count, b.shape[1])), np.zeros((count, b.shape[1]))
    np.add.at(total, owner, parts)
    np.add.at(size, owner, np.abs(parts))
    total[~np.isfinite(total)] = np.nan
    size[~np.isfinite(size)] = 0.0
    return total, np.asarray(size.max(axis=1))


def _dense(rows: Rows, width: int) -> Floats:
    count = len(rows.start) - 1
    made = np.zeros((count, width))
    owner = np.repeat(np.arange(count), np.diff(rows.start))
    made[owner, rows.column] = quotients(rows.value, rows.denominator)
    return made


def _longest(rows: Rows) -> int:
    counts: Ints = np.diff(rows.start)
    return int(counts.max()) if counts.size else 0
