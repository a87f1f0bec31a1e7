"""Two games to find the T-BR fixed point of, for mfgcheck and for two other libraries.

`spread` is Infection Spread. In `sharing` precautions cost more, and less the healthier the others
are, so that the best response changes many times along the path. Both have any number of states;
the rates of health are scaled with it, so that where precautions end stays inside.

QuantEcon's DiscreteDP gets each best response as an ordinary Markov decision process with smoothed
rewards and transitions, in a loop; MFGLib gets the game over a finite horizon, with discounted
rewards, whose flow of mean fields meets the stationary one in the middle.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from sympy import Expr, Integer, exp
from sympy import Rational as R

from mfgcheck import Game, mixture, point, uniform

Floats = npt.NDArray[np.float64]

ACTIONS, GAMMA, EPSILON = 5, 0.75, 0.3
ACCURACY = 1e-8
SLIP = EPSILON / (ACTIONS - 1)
LIKELY = 1 - EPSILON - SLIP


@dataclass(frozen=True)
class Rates:
    """What tells the two games apart: the cost of precautions, and who shares in it."""

    cost: Fraction
    shared: Fraction  # part of the cost that is saved where everybody is in the top state
    others: Fraction  # worth of the population's mean immunity


RATES = {
    "spread": Rates(Fraction(1, 100), Fraction(0), Fraction(1, 5)),
    "sharing": Rates(Fraction(9, 100), Fraction(3, 5), Fraction(0)),
}


def atoms(states: int) -> list[int]:
    """Return where newcomers start: 25 states from the bottom to the top."""
    return sorted({round(i * (states - 1) / 24) for i in range(25)})


def make(name: str, states: int) -> Game:
    """Return a game as a user writes it; `spread` with 25 states is Infection Spread."""
    rates, top = RATES[name], states - 1
    scale = R(24, top)
    damage = mixture({0: R(1, 10), uniform([1, 2, 3]): R(9, 10)})
    newcomer = mixture({0: R(1, 10), uniform(atoms(states)): R(9, 10)})
    cost, shared, others = (
        R(x.numerator, x.denominator) for x in (rates.cost, rates.shared, rates.others)
    )

    def immunity(x: Expr) -> Expr:
        return 1 - exp(-scale * x / 20)

    def reward(s: Integer, a: Integer, z: Any) -> Expr:
        price = scale * cost * (1 - shared * z.mean() / top)
        return immunity(s) + others * z.mean(immunity) - price * a

    def transition(s: Integer, a: Integer, z: Any) -> object:
        infected = R(1, 10) * exp(-scale * z.mean() / 20)
        return [
            (R(9, 10) * infected, (s + a - damage).clip(0, top)),
            (R(9, 10) * (1 - infected), point(s + a).clip(0, top)),
            (R(1, 10), newcomer),
        ]

    return Game(states, ACTIONS, reward, transition, "3/4", "3/10", name=f"{name}, {states} states")


class Arrays:
    """The same game as rewards and transitions in (s, a) order, written by hand."""

    def __init__(self, name: str, states: int) -> None:
        from scipy import sparse

        self.rates, self.states = RATES[name], states
        top = states - 1
        self.scale = 24 / top
        s, a = (x.reshape(-1) for x in np.mgrid[:states, :ACTIONS])
        self.s, self.a = s, a
        rows = np.arange(states * ACTIONS)

        def kernel(outcomes: list[tuple[float, Any]]) -> Any:
            parts = [
                sparse.csr_matrix(
                    (np.full(rows.size, weight), (rows, np.broadcast_to(target, rows.shape))),
                    shape=(rows.size, states),
                )
                for weight, target in outcomes
            ]
            return sum(parts[1:], start=parts[0])

        hurt = [(0.1, 0), (0.3, 1), (0.3, 2), (0.3, 3)]
        self.hurt = kernel([(w, np.clip(s + a - d, 0, top)) for w, d in hurt])
        self.healthy = kernel([(1.0, np.clip(s + a, 0, top))])
        places = atoms(states)
        self.new = kernel([(0.1, 0), *((0.9 / len(places), x) for x in places)])

    def reward(self, z: Floats) -> Floats:
        """Return r(., ., z), one number for each row."""
        health = np.arange(self.states) @ z
        price = self.scale * float(self.rates.cost)
        price *= 1 - float(self.rates.shared) * health / (self.states - 1)
        immunity = 1 - np.exp(-self.scale * np.arange(self.states) / 20)
        fixed = immunity[self.s] + float(self.rates.others) * (immunity @ z)
        found: Floats = fixed - price * self.a
        return found

    def weights(self, z: Floats) -> tuple[float, float, float]:
        """Return the weights of being hurt, healthy and replaced."""
        infected = 0.1 * np.exp(-self.scale * (np.arange(self.states) @ z) / 20)
        return 0.9 * infected, 0.9 * (1 - infected), 0.1


def with_mfgcheck(name: str, states: int) -> tuple[Callable[[], dict[str, Any]], float]:
    """Return what finds the fixed point, and the seconds to make its arrays from the game."""
    from mfgcheck.equilibrium.tbr.dynamics import t_br
    from mfgcheck.equilibrium.tbr.model import Model

    game = make(name, states)
    started = time.perf_counter()
    model = Model.of(game)
    made = time.perf_counter() - started

    def run() -> dict[str, Any]:
        found = t_br(model, accuracy=ACCURACY)
        changes = int((np.diff(found.strategies, axis=0) != 0).any(axis=1).sum())
        return {"z": found.mean_field, "steps": found.steps, "changes": changes}

    return run, made


def with_quantecon(
    name: str, states: int, method: str, dense_up_to: int = 200
) -> tuple[Callable[[], dict[str, Any]], float]:
    """Return QuantEcon's DiscreteDP in a loop; it starts each time from the last value."""
    from quantecon.markov import DiscreteDP
    from scipy import sparse

    started = time.perf_counter()
    arrays = Arrays(name, states)
    dense = states <= dense_up_to
    own = sparse.identity(states * ACTIONS, format="csr")
    block = sparse.kron(sparse.identity(states), np.ones((ACTIONS, ACTIONS)), format="csr")
    smooth = LIKELY * own + SLIP * block
    kernels = [(smooth @ k).tocsr() for k in (arrays.hurt, arrays.healthy, arrays.new)]
    played = [arrays.hurt, arrays.healthy, arrays.new]
    shape = (states, ACTIONS)
    if dense:
        kernels = [k.toarray().reshape(*shape, states) for k in kernels]
        played = [k.toarray() for k in played]
    made = time.perf_counter() - started

    def run() -> dict[str, Any]:
        z, v, steps = np.eye(states)[0] if dense else _unit(states), None, 0
        while True:
            w = arrays.weights(z)
            r = smooth @ arrays.reward(z)
            p = w[0] * kernels[0] + w[1] * kernels[1] + w[2] * kernels[2]
            if dense:
                problem = DiscreteDP(r.reshape(shape), p, GAMMA)
            else:
                problem = DiscreteDP(r, p, GAMMA, arrays.s, arrays.a)
            found = problem.solve(method=method, v_init=v, epsilon=1e-9)
            v = found.v
            mu = np.full(shape, SLIP)
            mu[np.arange(states), found.sigma] += LIKELY
            joint = (z[:, None] * mu).reshape(-1)
            image = sum(wk * (k.T @ joint) for wk, k in zip(w, played, strict=True))
            if np.abs(image - z).sum() <= ACCURACY:
                return {"z": z, "steps": steps}
            z, steps = image, steps + 1

    return run, made


def with_mfglib(name: str, states: int, horizon: int) -> tuple[Callable[[], dict[str, Any]], float]:
    """Return MFGLib's fixed point iteration over a finite horizon."""
    import torch
    from mfglib.alg import FictitiousPlay
    from mfglib.env import Environment
    from mfglib.utils import mean_field_from_policy

    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    started = time.perf_counter()
    arrays = Arrays(name, states)
    shape = (states, ACTIONS)
    own = np.eye(ACTIONS) * LIKELY + SLIP
    kernels = []
    for k in (arrays.hurt, arrays.healthy, arrays.new):
        smoothed = np.einsum("ab,sbt->tsa", own, k.toarray().reshape(*shape, states))
        kernels.append(torch.tensor(smoothed))

    def reward(env: Any, t: int, joint: Any) -> Any:
        z = joint.sum(-1).numpy()
        return torch.tensor(GAMMA**t * (arrays.reward(z).reshape(shape) @ own))

    def transition(env: Any, t: int, joint: Any) -> Any:
        w = arrays.weights(joint.sum(-1).numpy())
        return w[0] * kernels[0] + w[1] * kernels[1] + w[2] * kernels[2]

    start = torch.zeros(states)
    start[0] = 1.0
    environment = Environment(
        T=horizon,
        S=(states,),
        A=(ACTIONS,),
        mu0=start,
        r_max=1.5,
        reward_fn=reward,
        transition_fn=transition,
    )
    made = time.perf_counter() - started

    def run() -> dict[str, Any]:
        policies, scores, _ = FictitiousPlay(alpha=1.0).solve(
            environment, atol=ACCURACY, rtol=None, max_iter=60
        )
        flow = mean_field_from_policy(policies[-1], env=environment).sum(-1).numpy()
        # Far from the start, and so far from the end that discounting hides it.
        return {"z": flow[horizon - 40], "steps": len(scores) - 1, "score": scores[-1]}

    return run, made


def _unit(states: int) -> Floats:
    z = np.zeros(states)
    z[0] = 1.0
    return z
