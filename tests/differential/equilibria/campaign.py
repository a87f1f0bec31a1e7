"""Run random games through the package and the oracle, and keep what came out."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.errors import MfgCheckError
from tests.differential.as_game import game_of
from tests.differential.equilibria.as_polynomials import aggregate_game
from tests.differential.equilibria.compare import ON_CURVE, complaints
from tests.differential.equilibria.generate import random_spec
from tests.differential.equilibria.ties import with_tie
from tests.differential.spec import Spec
from tests.oracle.equilibria import SeveralLaws, solve

SECONDS = 20.0
"""What a search may take; all but one in a hundred take a small fraction of a second."""


@dataclass
class Outcome:
    """What came out of some games.

    `by_count` counts the games by their number of T-MFE according to the oracle ("a continuum"
    where there are infinitely many), `ties` the T-MFE exactly on a tie, `skipped` the games in
    which a strategy has several stationary laws. `not_isolated` are complaints of the kind
    ON_CURVE, `wrong` all others.
    """

    games: int = 0
    skipped: int = 0
    by_count: Counter[str] = field(default_factory=Counter)
    by_family: Counter[str] = field(default_factory=Counter)
    ties: int = 0
    boxes: int = 0
    seconds: float = 0.0
    undecided: list[str] = field(default_factory=list)
    not_isolated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add another outcome's counts and lists to this one's."""
        self.games += other.games
        self.skipped += other.skipped
        self.by_count += other.by_count
        self.by_family += other.by_family
        self.ties += other.ties
        self.boxes += other.boxes
        self.seconds += other.seconds
        self.undecided += other.undecided
        self.not_isolated += other.not_isolated
        self.wrong += other.wrong

    def __str__(self) -> str:
        """Return the counts and the list of what stayed undecided."""
        counts = ", ".join(f"{key}: {n}" for key, n in sorted(self.by_count.items()))
        families = ", ".join(f"{key}: {n}" for key, n in sorted(self.by_family.items()))
        return "\n".join(
            [
                f"{self.games} games ({self.skipped} skipped) by their number of T-MFE: {counts}",
                f"{families}; {self.ties} T-MFE on a tie",
                f"{self.boxes} boxes, {self.seconds:.1f} s; {len(self.undecided)} games undecided",
                *self.undecided,
            ]
        )


def run(seeds: Iterable[int], family: str | None = None) -> Outcome:
    """Compare the two on the games of these seeds."""
    outcome = Outcome()
    for seed in seeds:
        spec = random_spec(seed, family)
        if family is None and seed % 7 == 0:
            spec = with_tie(spec)
        try:
            outcome.add(compare(spec, f"seed {seed}"))
        except SeveralLaws:
            outcome.skipped += 1
    return outcome


def compare(spec: Spec, name: str) -> Outcome:
    """Compare the two on one game."""
    plain = aggregate_game(spec)
    true = solve(plain)
    outcome = Outcome(games=1)
    outcome.by_count["a continuum" if true.curves else str(len(true.solutions))] += 1
    outcome.by_family[spec.family] += 1
    outcome.ties += sum(x.tie for x in true.solutions)
    try:
        game = game_of(spec)
        found = equilibria(game, time_limit=SECONDS)
        objections = list(complaints(game, plain, found, true))
    except MfgCheckError as error:
        outcome.wrong.append(f"{name}: {type(error).__name__}: {error}\n{spec}")
        return outcome
    except Exception:  # whatever a defect raises belongs in the list, with the game that shows it
        outcome.wrong.append(f"{name}: {traceback.format_exc()}\n{spec}")
        return outcome
    outcome.boxes += found.boxes
    outcome.seconds += found.seconds
    for objection in objections:
        kind = outcome.not_isolated if objection.endswith(ON_CURVE) else outcome.wrong
        kind.append(f"{name}: {objection}\n{spec}")
    if found.undecided:
        reasons = "; ".join(dict.fromkeys(leftover.reason for leftover in found.undecided))
        outcome.undecided.append(f"{name} ({spec.family}): {reasons}")
    return outcome
