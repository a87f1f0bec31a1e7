"""Run random games through the package and the oracle, and keep what came out."""

from __future__ import annotations

import random
import traceback
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from mfgcheck import check
from mfgcheck.errors import MfgCheckError
from tests.differential.as_game import game_of
from tests.differential.as_plain import plain_game
from tests.differential.compare import complaints
from tests.differential.generate import random_spec
from tests.differential.spec import Spec, breakpoints
from tests.oracle import (
    CLAUSES,
    MeanField,
    PlainGame,
    between,
    distinct,
    examine,
    grid,
    random_chain,
    vertices,
)

GRID = {2: 12, 3: 5, 4: 3, 5: 2}
"""Number of states -> the masses tried are multiples of one over this."""
NEARBY = Fraction(1, 10_000)
SECONDS = 60.0
"""What a check may take; all but one in a hundred take a small fraction of a second."""


@dataclass
class Outcome:
    """What came out of some games: verdicts by clause and status, and all that is amiss.

    `unseen` counts refutations that the oracle's grid did not meet (they are confirmed at their
    witness all the same), `ambiguous` the games with a value too close to zero to tell.
    """

    games: int = 0
    verdicts: Counter[tuple[str, str]] = field(default_factory=Counter)
    unseen: int = 0
    ambiguous: int = 0
    undecided: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def undecided_share(self) -> float:
        """The share of UNDECIDED among all verdicts."""
        return len(self.undecided) / max(1, sum(self.verdicts.values()))

    def add(self, other: Outcome) -> None:
        """Add another outcome's counts and lists to this one's."""
        self.games += other.games
        self.verdicts += other.verdicts
        self.unseen += other.unseen
        self.ambiguous += other.ambiguous
        self.undecided += other.undecided
        self.wrong += other.wrong

    def __str__(self) -> str:
        """Return a table of the counts and the list of what stayed undecided."""
        lines = [
            f"{self.games} games; {self.unseen} refutations not on the oracle's grid; "
            f"{self.ambiguous} games with a value within the noise of zero"
        ]
        for clause in CLAUSES:
            counts = "  ".join(
                f"{status} {self.verdicts[clause, status]:5d}"
                for status in ("PROVED", "REFUTED", "UNDECIDED")
            )
            lines.append(f"{clause:32s}{counts}")
        return "\n".join([*lines, *self.undecided])


def run(seeds: Iterable[int]) -> Outcome:
    """Check the games of these seeds with both."""
    outcome = Outcome()
    for seed in seeds:
        outcome.add(_run(seed))
    return outcome


def mean_fields(spec: Spec, plain: PlainGame, seed: int) -> list[MeanField]:
    """Return the mean fields at which the oracle tries a game."""
    n = plain.states.size
    rng = random.Random(seed)
    return distinct(
        [
            *vertices(n),
            *grid(n, GRID[n]),
            *between(n, 6),
            *random_chain(plain.states, 4, 12, rng),
            *random_chain(plain.states, 4, 7, rng),
            *at_breakpoints(spec),
        ]
    )


def at_breakpoints(spec: Spec) -> list[MeanField]:
    """Return mean fields exactly at every breakpoint and a little to either side of it."""
    points = []
    for i, cut in sorted({(i, cut) for node in spec.scalars for i, cut in breakpoints(node)}):
        values = spec.aggregates[i].values
        low, high = values.index(min(values)), values.index(max(values))
        for m in (cut - NEARBY, cut, cut + NEARBY):
            share = (m - values[low]) / (values[high] - values[low])
            if 0 <= share <= 1:
                z = [Fraction(0)] * len(values)
                z[low], z[high] = 1 - share, share
                points.append(tuple(z))
    return points


def _run(seed: int) -> Outcome:
    spec = random_spec(seed)
    plain = plain_game(spec)
    findings = examine(plain, mean_fields(spec, plain, seed))
    outcome = Outcome(games=1)
    try:
        game = game_of(spec)
        report = check(game, time_limit=SECONDS)
        objections = list(complaints(spec, plain, game, report, findings))
    except MfgCheckError as error:
        outcome.wrong.append(f"seed {seed}: valid, but {type(error).__name__}: {error}\n{spec}")
        return outcome
    except Exception:  # whatever a defect raises belongs in the list, with the game that shows it
        outcome.wrong.append(f"seed {seed}: {traceback.format_exc()}\n{spec}")
        return outcome
    outcome.wrong += [f"seed {seed}: {objection}\n{spec}" for objection in objections]
    for clause in CLAUSES:
        verdict = report.clauses[clause]
        status = verdict.status.value
        outcome.verdicts[clause, status] += 1
        outcome.unseen += status == "REFUTED" and not findings[clause].violated
        if status == "UNDECIDED":
            outcome.undecided.append(f"seed {seed} ({spec.family}) {clause}: {verdict.reason}")
    outcome.ambiguous += any(finding.ambiguous for finding in findings.values())
    return outcome
