"""A budget without gaps, for another equilibrium: soft strategies in place of the trembling hand.

A *soft* strategy plays an action in proportion to exp(Q / lambda), and values it with
V = lambda log sum over a of exp(Q / lambda). This is the entropy-regularised game of temperature
lambda: its equilibrium is not a T-MFE. What it buys is that strategies do not jump:

*Lemma.* ||mu_1(s) - mu_2(s)||_1 <= ||Q_1 - Q_2||_inf / lambda. (Along Q_1 + t (Q_2 - Q_1) the
derivative of mu is mu (d - mu d), with d = (Q_2 - Q_1) / lambda, whose ||.||_1 is
E|d - E d| <= max |d|.)

So Assumption 1(iii) holds with C3 = tau / lambda, where tau bounds the total variation distance of
any two rows of the kernel: the sum over a of w(a) P(a), for weights that sum to 0, is at most
tau ||w||_1. With D = C1 / (1 - gamma) + gamma C2 sp(V) / (2 (1 - gamma)) and
sp(V) <= sp(r) / (1 - gamma), as for trembling strategies (the logarithm of a sum of exponentials
moves by no more than its largest argument), one step of soft best responses is a contraction with
rho = tau + C2 + C3 D if that is below 1:

    ||z_(k+1) - z*||_1 <= rho ||z_k - z*||_1 + C3 eps3 + eps4,

where ||Q_k - Q*|| <= eps3 and the next law is off by at most eps4. Hence there is one soft
equilibrium, from every start k0 steps with 2 rho^k0 <= accuracy come within twice the accuracy if
C3 eps3 + eps4 <= (1 - rho) accuracy, and

    n = gamma^2 sp(V)^2 ln(4 |S||A| k0 / failure) / (2 (1 - gamma)^2 eps3^2)  samples of each pair,
    N = 2 ln(2 (2^|S| - 2) k0 / failure) / eps4^2                             draws

are enough (Hoeffding for the fixed function V; Weissman et al.).

Source: own; smooth policies in mean field games are those of Guo, Hu, Xu, Zhang (2019).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.budgets.bounds.corrected import contraction_steps
from mfgcheck.rigor.tape import precision


@dataclass(frozen=True, eq=False)
class SoftBudget:
    """Samples with which soft best responses end within twice the accuracy of a soft equilibrium.

    Attributes:
        temperature: lambda, in reward units.
        contraction: rho.
        steps: k0.
        samples: n, for each pair and step.
        draws: N, for each step.
        calls: all calls of the simulator.
    """

    temperature: Fraction
    contraction: Fraction
    steps: int
    samples: Amount
    draws: Amount
    calls: Amount

    def to_dict(self) -> dict[str, object]:
        """Return the budget as JSON holds it."""
        return {
            "temperature": str(self.temperature),
            "contraction": str(self.contraction),
            "steps": self.steps,
            "samples": self.samples.to_dict(),
            "draws": self.draws.to_dict(),
            "calls": self.calls.to_dict(),
        }


@dataclass(frozen=True)
class Smooth:
    """What a soft budget needs to know of a game.

    Attributes:
        states, actions: how many.
        discount: gamma.
        c1, c2: Lipschitz constants of reward and kernel (largest over pairs).
        tau: a bound of the total variation distance of any two rows of the kernel.
        reward_span: the largest less the smallest reward at one mean field, at most.
    """

    states: int
    actions: int
    discount: Fraction
    c1: Fraction
    c2: Fraction
    tau: Fraction
    reward_span: Fraction

    @property
    def value_span(self) -> Fraction:
        """A bound of sp(V)."""
        return self.reward_span / (1 - self.discount)

    @property
    def d(self) -> Fraction:
        """How fast TQ-values move with the mean field."""
        gamma = self.discount
        return self.c1 / (1 - gamma) + gamma * self.c2 * self.value_span / (2 * (1 - gamma))


def soft_budget(
    game: Smooth,
    accuracy: Fraction,
    failure: Fraction,
    temperature: Fraction | None = None,
) -> SoftBudget | str:
    """Return a budget for a soft equilibrium, or why there is none.

    Args:
        game: the constants of the game.
        accuracy: the learner ends within twice this of the soft equilibrium, in ||.||_1.
        failure: the probability with which that may go wrong.
        temperature: lambda; by default the one that puts rho half way to 1.

    >>> half, tenth = Fraction(1, 2), Fraction(1, 10)
    >>> game = Smooth(2, 2, half, Fraction(0), tenth, half, Fraction(1))
    >>> found = soft_budget(game, Fraction(1, 10), Fraction(1, 20))
    >>> found.contraction, found.steps, found.calls.text
    (Fraction(4, 5), 14, '24,410,190')
    """
    least = game.tau + game.c2
    if least >= 1:
        return (
            f"tau + C2 is {float(least):.4g} or less, not below 1: no temperature is shown to make "
            "soft best responses a contraction"
        )
    if temperature is None:
        temperature = 2 * game.tau * game.d / (1 - least) or Fraction(1)
    c3 = game.tau / temperature
    rho = least + c3 * game.d
    if rho >= 1:
        return (
            f"at the temperature {temperature} rho is {float(rho):.4g}, not below 1: a higher one "
            "is needed"
        )
    steps = max(1, contraction_steps(rho, accuracy))
    pairs, gamma = game.states * game.actions, game.discount
    room = (1 - rho) * accuracy
    with precision(BITS):
        each = real(failure) / (2 * steps)
        scale = real((gamma * game.value_span / (1 - gamma)) ** 2) / 2
        values = scale * (2 * pairs / each).log() * real(c3) ** 2
        laws = 2 * (max(1, 2**game.states - 2) / each).log()
        # C3 eps3 = x room, eps4 = (1 - x) room: least pairs values / x^2 + laws / (1 - x)^2.
        weight = float((pairs * values / laws).mid())
        x = Fraction(weight ** (1 / 3) / (1 + weight ** (1 / 3))) if weight > 0 else Fraction(0)
        x = Fraction(math.floor(x * 1024), 1024)
        x = min(max(x, Fraction(1, 1024)), Fraction(1023, 1024))
        samples = (values / real(x * room) ** 2).max(real(1)).ceil()
        draws = (laws / real((1 - x) * room) ** 2).ceil()
        return SoftBudget(
            temperature, rho, steps, Amount(samples), Amount(draws),
            Amount(steps * (pairs * samples + draws)),
        )  # fmt: skip
