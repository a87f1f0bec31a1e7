"""The next law at single mean fields: in floats to look for a fall, certified to prove one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import sympy

from mfgcheck.equilibrium.order.fall import Fall, next_mass, tell
from mfgcheck.equilibrium.order.rows import Rows
from mfgcheck.equilibrium.ranges.optimal import (
    Proposal,
    Rivals,
    may_be_optimal,
    middle_terms,
    propose,
)
from mfgcheck.equilibrium.ranges.pieces import Box, Piece, place_of, term_span
from mfgcheck.game.floats import Floats
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.numbers import Label
from mfgcheck.game.setting import Masses
from mfgcheck.game.sparse import Ints
from mfgcheck.verify.upper_sets import closure
from mfgcheck.verify.witness import enclosed

_BITS = 40, 64, 128


@dataclass(frozen=True, eq=False)
class Hunt:
    """What the search reads: the parts of M, the rows, and when to stop."""

    parts: list[Piece]
    rows: Rows
    deadline: Deadline

    @property
    def game(self) -> Game:
        """The game."""
        return self.rows.tables.game

    def place(self, z: Masses) -> tuple[Piece, Box] | None:
        """Return the part of M that holds the aggregates of a mean field, and a box with them."""
        return place_of(self.parts, z)

    def near(self, z: Masses, guess: Ints | None = None) -> tuple[Proposal, Floats] | None:
        """Return a proposal at a mean field and, by state, the masses of upper sets: (S, U)."""
        found = self.place(z)
        terms = None if found is None else term_span(*found, 53)
        if terms is None:
            return None
        tables = self.rows.tables
        values = middle_terms(terms)
        proposal = propose(tables, values, guess)
        played = self.rows.smooth_floats[np.arange(len(proposal.q)), proposal.strategy]
        return proposal, np.einsum("slu,l->su", played, values[: tables.kernel_terms])

    def mass(self, z: Masses, guess: Ints | None = None) -> tuple[Floats, Ints] | None:
        """Return the next law's masses of upper sets, nearly, and the strategy."""
        found = self.near(z, guess)
        if found is None:
            return None
        proposal, rows = found
        states, weights = list(z), np.array([float(p) for p in z.values()])
        return weights @ rows[states], proposal.strategy

    def certify(self, z: Masses, z2: Masses, u: int) -> Fall | None:
        """Return the pair as a proved counterexample; None if it is not one."""
        states = self.game.states
        actions, actions2 = self._only(z), self._only(z2)
        if actions is None or actions2 is None:
            return None
        generators = self.rows.minimal[u]
        fall = Fall(
            z={states.labels[x]: p for x, p in z.items()},
            z2={states.labels[x]: p for x, p in z2.items()},
            actions=actions,
            actions2=actions2,
            upper_set=tuple(states.labels[x] for x in closure(states, generators)),
            minimal=tuple(states.labels[x] for x in generators),
        )
        before = next_mass(self.game, fall.z, actions, fall.upper_set)
        after = next_mass(self.game, fall.z2, actions2, fall.upper_set)
        value = sympy.expand(after - before)
        lower, upper = enclosed(value)
        if upper >= 0:
            return None
        fall = replace(fall, before=before, after=after, value=value, lower=lower, upper=upper)
        return replace(fall, text=tell(self.game, fall))

    def _only(self, z: Masses) -> dict[Label, Label] | None:
        """Return the only optimal action of each state with mass, certified; None if unknown."""
        found = self.place(z)
        if found is None:
            return None
        piece, box = found
        tables, game = self.rows.tables, self.game
        rivals, mask = Rivals(piece), tables.distinct
        for bits in _BITS:
            if np.all(mask[list(z)].sum(axis=1) == 1):
                break
            terms = term_span(piece, box, bits)
            if terms is None:
                return None
            mask = may_be_optimal(rivals, terms, propose(tables, middle_terms(terms)), mask)
        if np.any(mask[list(z)].sum(axis=1) != 1):
            return None
        return {game.states.labels[x]: game.actions.labels[int(mask[x].argmax())] for x in z}
