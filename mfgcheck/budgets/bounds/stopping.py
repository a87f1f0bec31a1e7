"""The paper's stopping rules, computed: both may stop before anything is learned.

Next-MF (Algorithm 4) stops when a sample moves the empirical law by at most a tolerance. A sample
moves it by at most 2/j whatever the law is, so the rule measures the number of samples, and not the
error; and a sample that equals all before moves it by nothing. Algorithm 2 stops when one update
moves Q by less than a tolerance; an update moves one entry, by the learning rate times an error
that may be 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from mfgcheck.budgets.bounds.flaws import optimal_values
from mfgcheck.budgets.bounds.request import number, positive
from mfgcheck.errors import BadInput
from mfgcheck.game.game import Game

_MOST_COUNTS = 50_000

Counts = tuple[int, ...]


@dataclass(frozen=True)
class NextMf:
    """The exact law of what Next-MF does.

    Attributes:
        law: the law that is sampled, by state number.
        results: the counts, by state number, at which it may stop, with their probabilities.
    """

    law: tuple[Fraction, ...]
    results: Mapping[Counts, Fraction]

    @property
    def times(self) -> dict[int, Fraction]:
        """The law of the number of samples."""
        found: dict[int, Fraction] = {}
        for counts, chance in self.results.items():
            found[sum(counts)] = found.get(sum(counts), Fraction(0)) + chance
        return dict(sorted(found.items()))

    def error(self, counts: Counts) -> Fraction:
        """The distance, in ||.||_1, of an empirical law from the law that is sampled."""
        size = sum(counts)
        return sum(
            (abs(Fraction(c, size) - p) for c, p in zip(counts, self.law, strict=True)), Fraction(0)
        )

    @property
    def mean_error(self) -> Fraction:
        """The expected error."""
        return sum((p * self.error(counts) for counts, p in self.results.items()), Fraction(0))

    def failure(self, accuracy: Fraction) -> Fraction:
        """The probability that the error is larger than `accuracy`."""
        return sum(
            (p for counts, p in self.results.items() if self.error(counts) > accuracy), Fraction(0)
        )


def next_mf(law: Sequence[Fraction], tolerance: Fraction) -> NextMf:
    """Return the exact law of what Next-MF does with samples of a law.

    With counts c of j samples, the next sample s moves the empirical law by
    ||(c + e_s)/(j + 1) - c/j||_1 = (2/(j + 1)) (1 - c(s)/j). The comparison starts with the second
    sample. So every run has stopped by 2/tolerance samples, rounded up.

    Args:
        law: probabilities by state number.
        tolerance: epsilon_2, above 0 and below 1.

    Raises:
        BadInput: this is no law, the tolerance is out of its range, or there are more than 50,000
            counts to follow.

    Source: Algorithm 4 of Lee et al. 2021.

    >>> half = Fraction(1, 2)
    >>> next_mf([half, half], Fraction(1, 100)).times[2]
    Fraction(1, 2)
    """
    p = _law(law)
    tolerance = positive(tolerance, "tolerance", 1)
    live: dict[Counts, Fraction] = {
        tuple(int(i == s) for i in range(len(p))): x for s, x in enumerate(p) if x
    }
    results: dict[Counts, Fraction] = {}
    size, followed = 1, 0
    while live:
        followed += len(live)
        if followed > _MOST_COUNTS:
            raise BadInput(
                f"more than {_MOST_COUNTS} counts have to be followed: take fewer states or a "
                "larger tolerance"
            )
        going: dict[Counts, Fraction] = {}
        for counts, chance in live.items():
            for s, x in enumerate(p):
                if not x:
                    continue
                after = (*counts[:s], counts[s] + 1, *counts[s + 1 :])
                moved = Fraction(2, size + 1) * (1 - Fraction(counts[s], size))
                into = results if moved <= tolerance else going
                into[after] = into.get(after, Fraction(0)) + chance * x
        live, size = going, size + 1
    return NextMf(p, results)


@dataclass(frozen=True)
class TwoSamples:
    """Next-MF after two equal samples: it stops, whatever the tolerance, with a point mass.

    Attributes:
        chance: the probability of two equal samples.
        errors: the errors, in ||.||_1, that the point masses have, with their probabilities.
    """

    chance: Fraction
    errors: Mapping[Fraction, Fraction]


def two_equal_samples(law: Sequence[Fraction]) -> TwoSamples:
    """Return how likely Next-MF stops at its second sample, and how wrong it is then.

    Two samples are s with probability z(s)^2, and ||e_s - z||_1 = 2(1 - z(s)).

    Raises:
        BadInput: this is no law.

    Source: Algorithm 4 of Lee et al. 2021.

    >>> two_equal_samples([Fraction(1, 25)] * 25)
    TwoSamples(chance=Fraction(1, 25), errors={Fraction(48, 25): Fraction(1, 25)})
    """
    errors: dict[Fraction, Fraction] = {}
    for x in _law(law):
        if x:
            errors[2 * (1 - x)] = errors.get(2 * (1 - x), Fraction(0)) + x * x
    return TwoSamples(sum(errors.values(), Fraction(0)), errors)


@dataclass(frozen=True)
class FirstUpdate:
    """The first step of TQ-learning from Q = 0.

    Attributes:
        change: ||Q_1 - Q_0||_inf, in reward units. Algorithm 2 stops if it is below its tolerance.
        error: ||Q_1 - Q*||_inf, in reward units.
    """

    change: Fraction
    error: Fraction

    @property
    def stops_always(self) -> bool:
        """Whether Algorithm 2 stops here, at t = 1, for every tolerance above 0."""
        return self.change == 0


def first_update(
    game: Game, mean_field: Mapping[Any, object], state: object, action: object, rate: Fraction
) -> FirstUpdate:
    """Return what the first step of TQ-learning changes, from Q_0 = 0.

    Q_1 is alpha r(s_0, a_0) at (s_0, a_0) and 0 elsewhere, since G(0) = 0.

    Args:
        game: a game with rational values.
        mean_field: {state: mass}.
        state, action: s_0 and a_0, labels.
        rate: alpha, in [0, 1].

    Raises:
        BadInput: a value is not rational, or the rate is out of its range.
        InvalidGame: the mean field, the state or the action is none.

    Source: Algorithm 2 of Lee et al. 2021, line 8.

    >>> from mfgcheck.gallery import make
    >>> first_update(make("fair-coin"), {0: 1}, 0, 0, Fraction(1))
    FirstUpdate(change=Fraction(0, 1), error=Fraction(3, 2))
    """
    alpha = number(rate, "rate", 0, 1)
    reward = number(game.reward_at(state, action, mean_field), "the reward")
    best = optimal_values(game, mean_field)
    at = game.states.index[state], game.actions.index[action]
    change = alpha * reward
    error = max(
        abs(q - (change if (s, a) == at else 0))
        for s, row in enumerate(best)
        for a, q in enumerate(row)
    )
    return FirstUpdate(abs(change), error)


def _law(law: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Read probabilities that sum to 1."""
    read = tuple(number(x, f"law[{i}]", 0, 1) for i, x in enumerate(law))
    if sum(read) != 1:
        raise BadInput(f"the law sums to {sum(read)}: it must sum to 1")
    return read
