"""The reward, or the kernel, as linear combinations of functions of the aggregates.

All constants of a game in this package are suprema over mean fields of norms of such combinations.
Here, unlike in `Tables.of`, all terms of the reward count, also those that are the same for all
states and actions, and the tremble may have any value.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np

from mfgcheck import rigor
from mfgcheck.equilibrium.ranges.pieces import Piece
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game
from mfgcheck.game.setting import Setting
from mfgcheck.game.sparse import Exact, group
from mfgcheck.rigor.breakpoints import breakpoints, choices, part, smooth
from mfgcheck.rigor.smooth import in_frame

_MOST_PIECES = 2000


@dataclass(frozen=True, eq=False)
class Family:
    """Numbers sum over k of b_k(m) c[row, x, k] / denominator, for rows (s, a) and columns x.

    Attributes:
        tables: the game's numbers.
        terms: numbers of the terms b_k.
        parts: array (S * A, X, K) of integers c; X is 1 for the reward, S for the kernel.
        denominator: what they are to be divided by.
    """

    tables: Tables
    terms: tuple[int, ...]
    parts: Exact
    denominator: int

    @property
    def game(self) -> Game:
        """The game."""
        return self.tables.game

    @cached_property
    def aggregates(self) -> tuple[int, ...]:
        """Numbers of the aggregates that the terms depend on."""
        of = self.game.scalars.aggregates_of
        return tuple(sorted({j for t in self.terms for j in of[t]}))

    @cached_property
    def setting(self) -> Setting:
        """Where these aggregates range."""
        return self.game.scalars.setting(self.aggregates)

    @cached_property
    def region(self) -> rigor.Region:
        """The range M of the aggregates."""
        return self.setting.region if self.aggregates else rigor.Region.of([(0,)])

    @cached_property
    def functions(self) -> tuple[rigor.Expression, ...]:
        """The terms as functions of the aggregates, by position in the setting."""
        places = {j: rigor.var(i) for i, j in enumerate(self.aggregates)}
        scalars = self.game.scalars
        return tuple(rigor.substitute(scalars.expression(t), places) for t in self.terms)

    @cached_property
    def pieces(self) -> list[Piece]:
        """M, cut at all steps and kinks that happen where one aggregate has some value.

        Raises:
            BadInput: there are too many.
        """
        if not self.aggregates:
            return [Piece(self.tables, self.setting, self.region, {}, self.functions)]
        cuts: dict[int, list[Fraction]] = {}
        while True:
            if prod(2 * len(values) + 1 for values in cuts.values()) > _MOST_PIECES:
                raise BadInput("the game jumps or bends at too many values of its aggregates")
            smoothed = [
                (choice, closure, [smooth(f, choice) for f in self.functions])
                for choice in choices(cuts)
                if (closure := part(self.region, choice)) is not None
            ]
            # A kink inside another shows its place when the inner one is resolved.
            if not any([self._cut(cuts, f) for *_, forms in smoothed for f in forms]):
                break
        return [
            Piece(
                self.tables,
                self.setting,
                closure,
                choice,
                tuple(in_frame(f, closure) for f in forms),
            )
            for choice, closure, forms in smoothed
        ]

    def _cut(self, cuts: dict[int, list[Fraction]], f: rigor.Expression) -> bool:
        """Add the places where a function jumps or bends; tell whether there were new ones."""
        new = False
        for j, values in breakpoints(f).items():
            low, high = self.setting.box[j]
            fresh = {c for c in values if low <= c <= high}.difference(cuts.get(j, []))
            if fresh:
                cuts[j] = sorted({*cuts.get(j, []), *fresh})
                new = True
        return new

    @cached_property
    def open_pieces(self) -> list[Piece]:
        """The pieces of full dimension, whose closures cover M."""
        rank = self.region.frame.rank
        return [piece for piece in self.pieces if piece.dimension == rank]

    def split(self) -> list[tuple[Family, tuple[int, ...]]]:
        """Return families of the rows that depend on the same aggregates, with their numbers.

        Each has as few aggregates as its rows need; rows that are free of the mean field are left
        out.
        """
        of = self.game.scalars.aggregates_of
        used = (self.parts != 0).any(axis=1)
        groups: dict[frozenset[int], list[int]] = {}
        for row, terms in enumerate(used.tolist()):
            needed = {j for k, there in enumerate(terms) if there for j in of[self.terms[k]]}
            if needed:
                groups.setdefault(frozenset(needed), []).append(row)
        found = []
        for rows in groups.values():
            kept = np.flatnonzero((self.parts[rows] != 0).any(axis=(0, 1)))
            terms = tuple(self.terms[k] for k in kept.tolist())
            parts = np.ascontiguousarray(self.parts[rows][:, :, kept])
            found.append((Family(self.tables, terms, parts, self.denominator), tuple(rows)))
        return found

    def row_text(self, row: int) -> str:
        """A state and an action, in the user's labels."""
        s, a = divmod(row, self.game.actions.size)
        return f"s = {self.game.states.text(s)}, a = {self.game.actions.text(a)}"


def whole_tables(game: Game) -> Tables:
    """Return a game's tables with all terms of the reward, whatever the tremble.

    >>> from mfgcheck.gallery import make
    >>> whole_tables(make("audit-f")).shape  # terms 1 and m
    (2, 2, 2)
    """
    form, size = game.form, game.states.size * game.actions.size
    owner, term, value = form.rewards.gather(form.reward)
    columns = np.zeros((size, len(form.terms)), dtype=value.dtype)
    columns[owner, term] = value
    branch_row = np.repeat(np.arange(size, dtype=np.int64), np.diff(form.branch_start))
    branch, term, weight = form.weights.gather(form.branch_weight)
    (row, term, law), summed = group([branch_row[branch], term, form.branch_law[branch]], weight)
    first = np.unique(term)
    others = np.setdiff1d(np.flatnonzero((columns != 0).any(axis=0)), first)
    terms = np.concatenate([first, others])
    kappa, spread = weights_of(game)
    return Tables(
        game=game,
        terms=tuple(terms.tolist()),
        kernel_terms=len(first),
        rewards=columns[:, terms].reshape(game.states.size, game.actions.size, len(terms)),
        reward_denominator=form.rewards.denominator,
        entry_key=row * len(first) + np.searchsorted(first, term),
        entry_law=law,
        entry_value=summed,
        weight_denominator=form.weights.denominator,
        kappa=kappa,
        spread=spread,
    )


def weights_of(game: Game) -> tuple[Fraction, Fraction]:
    """Return (kappa, spread): the meant action is played with kappa + spread, others with spread.

    kappa is negative for a tremble above (|A| - 1) / |A|.
    """
    actions = game.actions.size
    if actions == 1:
        return Fraction(1), Fraction(0)
    spread = game.tremble / (actions - 1)
    return 1 - game.tremble - spread, spread


def reward_family(tables: Tables) -> Family:
    """Return the rewards of `whole_tables`: rows (s, a), one column."""
    states, actions, terms = tables.shape
    flat = tables.rewards.reshape(states * actions, 1, terms)
    return _family(tables, flat, tables.terms, tables.reward_denominator)


def kernel_family(tables: Tables) -> Family:
    """Return the kernel: rows (s, a), columns x.

    Raises:
        BadInput: it would not fit into memory.
    """
    states, actions, _ = tables.shape
    flat = np.moveaxis(tables.kernel, 2, 3).reshape(states * actions, states, tables.kernel_terms)
    return _family(tables, flat, tables.terms[: tables.kernel_terms], tables.denominator)


def _family(tables: Tables, parts: Exact, terms: tuple[int, ...], denominator: int) -> Family:
    used = np.flatnonzero((parts != 0).any(axis=(0, 1)))
    chosen = tuple(terms[k] for k in used.tolist())
    return Family(tables, chosen, np.ascontiguousarray(parts[:, :, used]), denominator)
