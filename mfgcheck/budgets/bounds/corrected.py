"""The paper's sample bounds, repaired: what is provable under its own Assumption 1.

Each theorem is stated and proved in book/budgets/printed-bounds.md. Against the print:

* errors add up to a geometric sum, in place of B (Theorems 4 and 6), or to a sum with a lag
  (Theorem 5), in which the error of finitely many agents has its place;
* D is that of Lemma 4's proof, C1/(1-gamma) + gamma C2/(1-gamma)^2, or the caller's;
* each of the 2 k0 events gets the failure probability delta/(2 k0), also in the logarithms;
* the mean field is sampled a fixed number of times, which Lemma 7's inequality gives;
* constants are explicit. What is quoted of Even-Dar and Mansour keeps its constant, c_T4 or c_T5.

The theorems still need a finite C3 (Corollary 1: C4 and C5), so they say nothing about games whose
actions matter; the gap-based bounds do.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mfgcheck.budgets.amount import BITS, Amount, real
from mfgcheck.budgets.bounds.even_dar import q_learning_steps
from mfgcheck.budgets.bounds.request import Facts, Request, between, number, positive, whole
from mfgcheck.budgets.bounds.samples import law_samples, value_samples, visits
from mfgcheck.budgets.bounds.statement import Corrected, Part
from mfgcheck.budgets.bounds.sums import geometric_sum, lagged_sum
from mfgcheck.errors import BadInput
from mfgcheck.rigor.tape import precision

__all__ = [
    "Corrected",
    "Part",
    "contraction_factor",
    "contraction_steps",
    "corollary_1",
    "proved_d",
    "theorem_4",
    "theorem_5",
    "theorem_6",
]

HALF = Fraction(1, 2)


def proved_d(
    facts: Facts, discount: Fraction, value_bound: Fraction | None = None
) -> Fraction | None:
    """Return D with ||Q*_z - Q*_z'||_inf <= D ||z - z'||_1; None if C1 or C2 is not finite.

    Args:
        facts: the constants of Assumption 1.
        discount: gamma, in [0, 1).
        value_bound: V, bounds |G(Q*)|; reward_bound/(1 - gamma) if not given.

    Source: the proof of Lemma 4 of Lee et al. 2021; corrected from the D of its Theorem 4.

    >>> proved_d(Facts(0, Fraction(1, 10), None), Fraction(3, 4))
    Fraction(6, 5)
    """
    if facts.c1 is None or facts.c2 is None:
        return None
    v = facts.reward_bound / (1 - discount) if value_bound is None else value_bound
    return (facts.c1 + discount * facts.c2 * v) / (1 - discount)


def theorem_4(
    request: Request,
    facts: Facts,
    *,
    covering_time: Fraction | int,
    w: Fraction,
    d: Fraction | None = None,
    constant: Fraction | None = None,
) -> Corrected:
    """Return steps of TQ-learning and samples of the next law that are enough for TMFQ-learning.

    Args:
        request: sizes, discount, k0, accuracy and failure probability.
        facts: the constants of Assumption 1, all finite, and the largest reward.
        covering_time: L, in steps, at least 1, with which Even-Dar and Mansour's theorem holds.
        w: the exponent of the learning rates, in (1/2, 1).
        d: a D with ||Q*_z - Q*_z'||_inf <= D ||z - z'||_1; `proved_d` if not given.
        constant: a value for c_T4, the constant in Even-Dar and Mansour's theorem; above 0.

    Raises:
        BadInput: a hypothesis fails, or there is nothing to sample.

    Source: Theorem 4 of Lee et al. 2021, corrected from its B, D and Next-MF.

    >>> asked = Request(2, 2, "1/2", 8, "1/10", "1/20")
    >>> bound = theorem_4(asked, Facts(1, 1, 1), covering_time=20, w=Fraction(3, 4))
    >>> [part.text for part in bound.parts]
    ['c_T4 × 1.304e28', '5.834e14']
    """
    growth = _growth(request, facts, d)
    return _learning("Theorem 4", request, facts, growth, covering_time, w, constant)


def corollary_1(
    request: Request,
    facts: Facts,
    *,
    covering_time: Fraction | int,
    w: Fraction,
    d: Fraction | None = None,
    constant: Fraction | None = None,
) -> Corrected:
    """Return what `theorem_4` does, where T-BR is a contraction: C4 + C5 D < 1.

    Args are those of `theorem_4`, with the constants of Assumption 2 in `facts`.

    Raises:
        BadInput: a hypothesis fails, or there is nothing to sample.

    Source: Corollary 1 of Lee et al. 2021, corrected from its D and Next-MF.

    >>> asked, fifth = Request(2, 2, "1/2", 8, "1/10", "1/20"), Fraction(1, 5)
    >>> facts = Facts(fifth, fifth, None, c4=fifth, c5=fifth)
    >>> corollary_1(asked, facts, covering_time=20, w=Fraction(3, 4)).growth.ball
    [1.87447104189235 +/- 2.01e-15]
    """
    _check(request)
    c5 = _finite(facts.c5, "C5")
    kappa = contraction_factor(request, facts, d)
    with precision(BITS):
        growth = geometric_sum(kappa, request.iterations) * real(c5 + 1)
    return _learning("Corollary 1", request, facts, growth, covering_time, w, constant)


def contraction_factor(request: Request, facts: Facts, d: Fraction | None = None) -> Fraction:
    """Return C4 + C5 D, by which a step of T-BR shrinks distances of mean fields.

    Then there is one T-MFE mean field, and T-BR is within `accuracy` of it after
    ln(2/accuracy)/ln(1/(C4 + C5 D)) steps: `contraction_steps`.

    Raises:
        BadInput: a constant is not finite, or C4 + C5 D is not below 1.

    >>> asked = Request(2, 2, "1/2", 1, "1/10", "1/20")
    >>> contraction_factor(asked, Facts(0, 0, None, c4=Fraction(1, 5), c5=1))
    Fraction(1, 5)
    """
    c4, c5 = _finite(facts.c4, "C4"), _finite(facts.c5, "C5")
    kappa = c4 + c5 * _d(request, facts, d)
    if kappa >= 1:
        raise BadInput(f"C4 + C5 D is {kappa}: Corollary 1 needs it to be below 1")
    return kappa


def contraction_steps(kappa: Fraction, accuracy: Fraction) -> int:
    """Return the first k with 2 kappa^k <= accuracy: a k0 where T-BR shrinks distances by kappa.

    Raises:
        BadInput: kappa is not in [0, 1), or the accuracy not above 0.

    >>> contraction_steps(Fraction(1, 5), Fraction(1, 10))
    2
    """
    kappa, accuracy = between(kappa, "C4 + C5 D", -1, 1), positive(accuracy, "accuracy")
    if kappa < 0:
        raise BadInput(f"C4 + C5 D is {kappa}: it must be at least 0")
    if accuracy >= 2:
        return 0
    if kappa == 0:
        return 1
    with precision(BITS):
        ratio = (real(2) / real(accuracy)).log() / (1 / real(kappa)).log()
        return int(ratio.upper().ceil().fmpq())


def theorem_6(
    request: Request,
    facts: Facts,
    *,
    d: Fraction | None = None,
    value_bound: Fraction | None = None,
) -> Corrected:
    """Return how many samples for each mean field, state and action are enough for GMBL.

    Args are those of `theorem_4`, and
        value_bound: V, bounds |G(Q*)|; reward_bound/(1 - gamma) if not given.

    Raises:
        BadInput: a hypothesis fails, or there is nothing to sample.

    Source: Theorem 6 of Lee et al. 2021, corrected from its B, D and logarithms; with explicit
    constants.

    >>> asked = Request(2, 2, "1/2", 8, "1/10", "1/20")
    >>> theorem_6(asked, Facts(0, Fraction(1, 10), Fraction(1, 10))).parts[0].text
    '1,149,238'
    """
    growth = _growth(request, facts, d)
    failure = request.failure / (2 * request.iterations)
    bound = facts.reward_bound / (1 - request.discount)
    if value_bound is not None:
        bound = number(value_bound, "value_bound", 0)
    with precision(BITS):
        error = real(request.accuracy) / growth
        values = value_samples(request.pairs, request.discount, bound, error, failure)
        laws = law_samples(request.states, error, failure / request.pairs)
        samples = Amount(values.ball.max(laws.ball))
        calls = Amount(samples.ball * request.pairs)
    part = Part("samples of the next state for each state and action", samples)
    return Corrected(
        "Theorem 6", Amount(growth), error, failure, (part,), calls, request.iterations
    )


def theorem_5(
    request: Request,
    facts: Facts,
    *,
    regeneration: Fraction,
    least_chance: Fraction,
    tremble: Fraction,
    w: Fraction,
    d: Fraction | None = None,
    constant: Fraction | None = None,
) -> Corrected:
    """Return how many agents are enough for online TMFQ-learning.

    Args are those of `theorem_4`, and
        regeneration: zeta, the chance with which an agent is replaced in a step; in (0, 1).
        least_chance: the least probability of a state in the law of new agents; above 0.
        tremble: epsilon of the trembling hand; above 0 and below 1.

    The constants are those of the kernel between replacements. `request.iterations` counts steps of
    modified T-BR, started as the book says.

    Raises:
        BadInput: a hypothesis fails, or there is nothing to sample.

    Source: Theorem 5 of Lee et al. 2021, corrected from its B and D, from the exactness of the mean
    field that it assumes, and from the visits.

    >>> asked, tenth = Request(2, 2, "1/2", 8, "1/10", "1/20"), Fraction(1, 10)
    >>> bound = theorem_5(asked, Facts(0, tenth, tenth), regeneration=tenth,
    ...     least_chance=Fraction(1, 2), tremble=Fraction(1, 5), w=Fraction(3, 4))
    >>> [part.text for part in bound.parts]
    ['c_T5 × 2.773e11', '6,279', '100,674']
    """
    _check(request)
    c2, c3 = _finite(facts.c2, "C2"), _finite(facts.c3, "C3")
    zeta = between(regeneration, "regeneration (zeta)", 0, 1)
    tremble = between(tremble, "tremble", 0, 1)
    least = positive(least_chance, "least_chance", Fraction(1, request.states))
    stay, big_d = 1 - zeta, _d(request, facts, d)
    with precision(BITS):
        steps = lagged_sum(stay * (1 + c2), stay * c3 * big_d, request.iterations)
        growth = steps * real(stay * c3 + 1)
        error = real(request.accuracy) / growth
        failure = request.failure / (2 * request.iterations)
        # Half of an estimate's failure goes to too few visits, half to the values.
        visited, learnt = failure / 2, failure / 2
        needed = _steps(request, facts, error, learnt, w, Fraction(1))
        chance = zeta * least * _least_action(request, tremble)
        by_values, by_visits = visits(needed, chance, request.pairs, visited)
        laws = law_samples(request.states, error, failure)
        parts = (
            Part("agents for the TQ-values", by_values, "c_T5", _constant(constant)),
            Part("agents for visits at half the rate to expect", by_visits),
            Part("agents for the mean field", laws),
        )
        learning = parts[0].total
        agents = (
            None if learning is None else Amount(learning.ball.max(by_visits.ball).max(laws.ball))
        )
    return Corrected("Theorem 5", Amount(growth), error, failure, parts, agents, request.iterations)


def _learning(
    theorem: str,
    request: Request,
    facts: Facts,
    growth: Any,
    covering_time: Fraction | int,
    w: Fraction,
    constant: Fraction | None,
) -> Corrected:
    """TQ-learning by Even-Dar and Mansour, then Next-MF with a fixed number of samples."""
    cover = number(covering_time, "covering_time", 1)
    failure = request.failure / (2 * request.iterations)
    with precision(BITS):
        error = real(request.accuracy) / growth
        steps = Amount(_steps(request, facts, error, failure, w, cover))
        laws = law_samples(request.states, error, failure)
        parts = (
            Part("steps of TQ-learning", steps, "c_T4", _constant(constant)),
            Part("samples of the next mean field", laws),
        )
        learning = parts[0].total
        calls = None if learning is None else Amount(learning.ball + laws.ball)
    return Corrected(theorem, Amount(growth), error, failure, parts, calls, request.iterations)


def _steps(
    request: Request, facts: Facts, error: Any, failure: Fraction, w: Fraction, cover: Fraction
) -> Any:
    """Steps of Q-learning up to a constant, with the failure probability for this estimate."""
    exponent = between(w, "w", HALF, 1)
    # The theorem is for 0 < error < 1, and a larger bound of the values is one too.
    bound = max(Fraction(1), facts.reward_bound / (1 - request.discount))
    steps = q_learning_steps(
        request.pairs, request.discount, real(bound), error, real(failure), exponent, real(cover)
    )
    if steps.sampling is None or steps.mixing is None:
        raise AssertionError("logarithms of numbers above 1 are positive")
    return steps.sampling + steps.mixing


def _growth(request: Request, facts: Facts, d: Fraction | None) -> Any:
    """(C3 + 1) times the geometric sum of rho = 1 + C2 + C3 D."""
    _check(request)
    c2, c3 = _finite(facts.c2, "C2"), _finite(facts.c3, "C3")
    rho = 1 + c2 + c3 * _d(request, facts, d)
    with precision(BITS):
        return geometric_sum(rho, request.iterations) * real(c3 + 1)


def _check(request: Request) -> None:
    """Refuse what the theorems do not cover."""
    whole(request.states, "states", 2)
    whole(request.iterations, "iterations (k0)", 1)
    between(request.accuracy, "accuracy", 0, 1)
    between(request.failure, "failure", 0, 1)


def _finite(constant: Fraction | None, name: str) -> Fraction:
    if constant is None:
        raise BadInput(f"{name} is not given: no theorem that needs a finite {name} applies")
    return constant


def _d(request: Request, facts: Facts, given: Fraction | None) -> Fraction:
    if given is not None:
        return number(given, "D", 0)
    _finite(facts.c1, "C1")
    return _finite(proved_d(facts, request.discount), "C2")


def _least_action(request: Request, tremble: Fraction) -> Fraction:
    """The least probability of an action under a trembling strategy."""
    if request.actions == 1:
        return Fraction(1)
    return min(tremble / (request.actions - 1), 1 - tremble)


def _constant(value: Fraction | None) -> Fraction | None:
    return None if value is None else positive(value, "constant")
