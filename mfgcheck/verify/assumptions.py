"""What the paper's theorems assume beside Definition 1; reported apart from the status."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import sympy

from mfgcheck import rigor
from mfgcheck.game.floats import to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim, Deadline, Fails, Open
from mfgcheck.game.numbers import label_text, short
from mfgcheck.game.screen import Vectors, in_order, proved_together
from mfgcheck.game.setting import Masses
from mfgcheck.game.sparse import Exact, integers, largest, widen
from mfgcheck.game.terms import Above, AtLeast, to_rigor, vanishes
from mfgcheck.game.unknown import Unknown
from mfgcheck.game.validate import as_vectors, mean_field_text, row_text
from mfgcheck.verify.verdict import Status, Verdict

ASSUMPTIONS: dict[str, str] = {
    "assumption.bounded_reward": "|r| <= 1 (section 2)",
    "assumption.tremble": "tremble <= (|A| - 1) / |A| (proof of Proposition 2)",
    "assumption.chain": "P(S) is a lattice for stochastic dominance (Theorem 1, by Tarski)",
    "assumption.continuous": "r and P are continuous in z (proof of Theorem 2)",
}


def decide_assumption(game: Game, name: str, deadline: Deadline) -> Verdict:
    """Decide one assumption of the paper's theorems."""
    started = time.perf_counter()
    decide = {
        "assumption.bounded_reward": _bounded_reward,
        "assumption.tremble": _tremble,
        "assumption.chain": _chain,
        "assumption.continuous": _continuous,
    }[name]
    verdict = decide(game, deadline)
    return replace(verdict, seconds=time.perf_counter() - started)


def _tremble(game: Game, deadline: Deadline) -> Verdict:
    del deadline
    most = Fraction(game.actions.size - 1, game.actions.size)
    fits = game.tremble <= most
    return Verdict(
        "assumption.tremble",
        Status.PROVED if fits else Status.REFUTED,
        "comparison",
        0.0,
        domain="the game",
        reason=f"tremble {game.tremble} {'<=' if fits else '>'} {most}",
    )


def _chain(game: Game, deadline: Deadline) -> Verdict:
    del deadline
    if game.states.is_chain:
        return Verdict(
            "assumption.chain", Status.PROVED, "the states are a chain", 0.0, domain="the states"
        )
    strides = [d for d, n in zip(game.states.strides, game.states.shape, strict=True) if n > 1]
    bottom, a, b, top = (
        game.states.text(x) for x in (0, strides[1], strides[0], strides[0] + strides[1])
    )
    return Verdict(
        "assumption.chain",
        Status.REFUTED,
        "two laws without a least upper bound",
        0.0,
        domain="the states",
        reason=(
            f"half {bottom} half {top} and half {a} half {b} have the upper bounds half {a} half "
            f"{top} and half {b} half {top}, and no upper bound lies below both"
        ),
    )


@dataclass(frozen=True)
class RewardRange:
    """Certified bounds: r is at least `low` and at most `high`, where these are known.

    r attains values as low as `attained_low` and as high as `attained_high`.
    """

    low: Fraction | None
    attained_low: Fraction
    attained_high: Fraction
    high: Fraction | None

    def text(self) -> str:
        """The range as reports print it."""
        least, greatest = _end(self.attained_low, self.low), _end(self.attained_high, self.high)
        return f"r ranges from {least} to {greatest}"


def _end(attained: Fraction, bound: Fraction | None) -> str:
    if bound is None:
        return f"{short(attained)} or beyond"
    if attained == bound and attained.denominator < 10**6:
        return str(attained)
    if abs(attained - bound) <= (1 + abs(attained)) / 10**9:
        return short(attained, 9)
    return f"{short(attained)} (at most {short(abs(bound - attained), 2)} beyond)"


def reward_range(game: Game, deadline: Deadline) -> RewardRange:
    """Return certified bounds of the reward over all states, actions and mean fields."""
    best, worst = _extreme_vertices(game)
    high, attained = _supremum(game, 1, best, deadline)
    low, attained_low = _supremum(game, -1, worst, deadline)
    return RewardRange(None if low is None else -low, -attained_low, attained, high)


def _bounded_reward(game: Game, deadline: Deadline) -> Verdict:
    if game.doubts:
        name, reason = "assumption.bounded_reward", game.doubts[0]
        return Verdict(name, Status.UNDECIDED, "no valid game", 0.0, reason=reason)
    if game.unknown:
        return _bounded_for_all(game, deadline)
    bounds = reward_range(game, deadline)

    def verdict(status: Status) -> Verdict:
        name = "assumption.bounded_reward"
        return Verdict(name, status, "certified range", 0.0, reason=bounds.text())

    if bounds.attained_high > 1 or bounds.attained_low < -1:
        return verdict(Status.REFUTED)
    if bounds.high is not None and bounds.low is not None and -1 <= bounds.low <= bounds.high <= 1:
        return verdict(Status.PROVED)
    sides = [_all_below(game, Fraction(1), sign, deadline) for sign in (1, -1)]
    if any(isinstance(side, tuple) for side in sides):
        return verdict(Status.REFUTED)
    return verdict(Status.PROVED if all(side is True for side in sides) else Status.UNDECIDED)


def _bounded_for_all(game: Game, deadline: Deadline) -> Verdict:
    """Decide |r| <= 1 for every unknown function."""
    name, how = "assumption.bounded_reward", "bounds for all functions"
    claim, status, reason = Claim.NONNEGATIVE, Status.PROVED, "|r| <= 1 for all functions"
    for sign in (1, -1):
        vectors = _shifted(game, Fraction(1), sign)
        proved = proved_together(game.scalars, vectors, claim, deadline)
        order = range(len(vectors))
        for i, outcome in in_order(game.scalars, vectors, order, proved, claim, deadline, {}):
            if isinstance(outcome, Fails):
                row = row_text(game.states, game.actions, int(np.argmax(game.form.reward == i)))
                where = f"r {'exceeds 1' if sign > 0 else 'falls below -1'} at {row}"
                where += f" with {mean_field_text(game.states, outcome.z)}"
                if outcome.instance is not None and outcome.instance.functions:
                    where += f" if {outcome.instance.text}"
                return Verdict(name, Status.REFUTED, how, 0.0, reason=where)
            if isinstance(outcome, Open):
                status, reason = Status.UNDECIDED, outcome.reason
    return Verdict(name, status, how, 0.0, reason=reason)


def _supremum(
    game: Game, sign: int, vertex: tuple[int, int], deadline: Deadline
) -> tuple[Fraction | None, Fraction]:
    """Return (proved upper bound or None, attained value) of sign * r.

    The best vertex (reward and state) usually attains the supremum; otherwise it is enclosed by
    bisection.
    """
    attained, exact = _value_at(game, sign, vertex[0], {vertex[1]: Fraction(1)})
    slack = Fraction(0) if exact else (1 + abs(attained)) / 2**40
    if _all_below(game, attained + slack, sign, deadline) is True:
        return attained + slack, attained
    high = _coarse_bound(game, sign, attained)
    if high is None:
        return None, attained
    while high - attained > (1 + abs(attained)) / 200_000 and not deadline.passed:
        middle = (attained + high) / 2
        found = _all_below(game, middle, sign, deadline)
        if found is True:
            high = middle
        elif found is False:
            break
        else:
            attained = max(_value_at(game, sign, *found)[0], attained)
    return high, attained


def _coarse_bound(game: Game, sign: int, attained: Fraction) -> Fraction | None:
    """Return an upper bound of sign * r that enclosures of the terms prove, if they prove one."""
    high = attained + 1 + abs(attained)
    for _ in range(64):
        vectors = _shifted(game, high, sign)
        if proved_together(game.scalars, vectors, Claim.NONNEGATIVE, Deadline()).all():
            return high
        high += 1 + abs(high)
    return None


def _value_at(game: Game, sign: int, reward: int, z: Masses) -> tuple[Fraction, bool]:
    """Return sign * r at a mean field, and True; or a lower bound of it, and False."""
    rewards = game.form.rewards
    vector = tuple((t, int(sign * c * rewards.denominator)) for t, c in rewards.row(reward))
    f, numbers = game.scalars.function(vector)
    value = rigor.substitute(f, game.scalars.setting(numbers).at(z) if numbers else {})
    exact = rigor.exact_value(value)
    if exact is not None:
        return exact / rewards.denominator, True
    lower = rigor.enclose(value, [], 128).lower
    if lower is None:
        raise AssertionError("a reward that is not finite")  # refused when the game was made
    return Fraction(math.floor(lower * 2**60), 2**60) / rewards.denominator, False


def _extreme_vertices(game: Game) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (reward, state) where the reward is largest and least among (some of) the vertices.

    Floats propose; the values there are computed exactly later.
    """
    scalars, rewards = game.scalars, game.form.rewards
    states = np.unique(np.linspace(0, game.states.size - 1, min(game.states.size, 32)).astype(int))
    owner = np.repeat(np.arange(len(rewards.start) - 1), np.diff(rewards.start))
    if rewards.value.dtype == object:
        shares = [to_float(Fraction(int(v), rewards.denominator)) for v in rewards.value]
        weights = np.array(shares)
    else:
        weights = rewards.value / to_float(rewards.denominator)
    varying = np.array([bool(numbers) for numbers in scalars.aggregates_of])
    constants = np.array([0.0 if v else scalars.float_values(t)[0] for t, v in enumerate(varying)])
    with np.errstate(all="ignore"):
        offset = np.zeros(len(rewards.start) - 1)
        np.add.at(offset, owner, weights * constants[rewards.column])
        values = np.repeat(offset[:, None], len(states), axis=1)
        for t in np.intersect1d(np.flatnonzero(varying), rewards.column).tolist():
            entries = np.flatnonzero(rewards.column == t)
            at = scalars.float_values(t)[states]
            values[owner[entries]] += weights[entries][:, None] * at[None, :]
    values = np.nan_to_num(values)
    places = (np.unravel_index(int(i), values.shape) for i in (values.argmax(), values.argmin()))
    best, worst = ((int(row), int(states[column])) for row, column in places)
    return best, worst


def _shifted(game: Game, bound: Fraction, sign: int) -> Vectors:
    """Return the inequalities bound - sign * r >= 0, one for each distinct reward."""
    rows = as_vectors(game.form.rewards)
    scale = game.form.rewards.denominator * bound.denominator
    term = np.concatenate([np.zeros((len(rows), 1), dtype=np.int64), rows.term], axis=1)
    size = largest(rows.coefficient) * bound.denominator + abs(int(bound * scale))
    minus: Exact = -sign * bound.denominator * widen(rows.coefficient, 2 * size)
    first = integers([int(bound * scale)] * len(rows))[:, None]
    dtype = object if object in (minus.dtype, first.dtype) else np.int64
    coefficient = np.concatenate([first.astype(dtype), minus.astype(dtype)], axis=1)
    constants = rows.term == 0  # the reward's own constant joins the bound's
    coefficient[:, 0] += np.where(constants, coefficient[:, 1:], 0).sum(axis=1)
    coefficient[:, 1:][constants] = 0
    term[:, 1:][constants] = -1
    return Vectors(term, coefficient)


def _all_below(
    game: Game, bound: Fraction, sign: int, deadline: Deadline
) -> bool | tuple[int, Masses]:
    """Decide bound >= sign * r everywhere: True, the reward and mean field of a failure, or False.

    False means undecided.
    """
    claim, scalars, vectors = Claim.NONNEGATIVE, game.scalars, _shifted(game, bound, sign)
    proved = proved_together(scalars, vectors, claim, deadline)
    for i, outcome in in_order(scalars, vectors, range(len(vectors)), proved, claim, deadline, {}):
        if isinstance(outcome, Fails):
            return i, outcome.z
        if isinstance(outcome, Open) or deadline.passed:
            return False
    return True


def _continuous(game: Game, deadline: Deadline) -> Verdict:
    """Decide continuity in z: only steps jump; finite terms without steps are continuous."""
    name = "assumption.continuous"
    for value, known in game.form.unknown.items():
        if known.argument is not None and any(term.has(value) for term in game.form.terms):
            reason = f"{value} jumps where {value.label} does, and nothing says that it does not"
            return Verdict(name, Status.UNDECIDED, "unknown functions", 0.0, reason=reason)
    stepped = {t: term for t, term in enumerate(game.form.terms) if term.has(AtLeast, Above)}
    if not stepped:
        return Verdict(name, Status.PROVED, "no jumps in any term", 0.0)
    open_jumps: list[str] = []
    for what, e in _functions(game, set(stepped)):
        for m, c in sorted({step.args for step in e.atoms(AtLeast, Above)}, key=str):
            jump = _jump(game, e, m, c)
            if jump is not None:
                if isinstance(jump, str):
                    reason = f"{what} jumps where {m} = {c}: {jump}"
                    return Verdict(name, Status.REFUTED, "a jump", 0.0, reason=reason)
                open_jumps.append(f"whether {what} jumps where {m} = {c}")
        if deadline.passed:
            open_jumps.append("the time limit was reached")
            break
    if open_jumps:
        return Verdict(name, Status.UNDECIDED, "jumps", 0.0, reason=open_jumps[0])
    return Verdict(name, Status.PROVED, "all jumps are of size 0", 0.0)


def _functions(game: Game, stepped: set[int]) -> list[tuple[str, sympy.Expr]]:
    """Return the distinct rewards and next-state probabilities that hold a step, with a name."""
    form = game.form
    found: dict[sympy.Expr, str] = {}
    for row, reward in enumerate(form.reward.tolist()):
        terms = form.rewards.row(reward)
        if any(t in stepped for t, _ in terms):
            e = sympy.Add(
                *(sympy.Rational(c.numerator, c.denominator) * form.terms[t] for t, c in terms)
            )
            found.setdefault(e, f"the reward of row {row_text(game.states, game.actions, row)}")
        law: dict[int, sympy.Expr] = {}
        start, stop = form.branch_start[row], form.branch_start[row + 1]
        weights = [form.weights.row(int(w)) for w in form.branch_weight[start:stop]]
        if not any(t in stepped for weight in weights for t, _ in weight):
            continue
        for weight, branch in zip(weights, form.branch_law[start:stop], strict=True):
            for x, p in form.laws.row(int(branch)):
                for t, c in weight:
                    share = c * p
                    part = sympy.Rational(share.numerator, share.denominator) * form.terms[t]
                    law[x] = law.get(x, sympy.S.Zero) + part
        for x, e in law.items():
            if e.has(AtLeast, Above):
                where = row_text(game.states, game.actions, row)
                name = f"P({label_text(game.states.labels[x])} | {where[1:-1]})"
                found.setdefault(e, name)
    return [(name, e) for e, name in found.items()]


def _jump(game: Game, e: sympy.Expr, m: sympy.Symbol, c: sympy.Rational) -> str | bool | None:
    """Return None if e does not jump where m = c, its size if it does, False if undecided.

    Where other aggregates have steps too, a jump in one may be undone by one in the other.
    """
    scalars = game.scalars
    j = scalars.variables[m]
    ends = [corner[0] for corner, _ in scalars.setting((j,)).corners]
    threshold = Fraction(int(c.p), int(c.q))
    if not min(ends) <= threshold <= max(ends):
        return None

    def side(at_least: int, above: int) -> sympy.Expr:
        values = {}
        for step in e.atoms(AtLeast, Above):
            symbol, at = step.args
            if symbol != m:
                continue
            if at == c:
                values[step] = sympy.Integer(at_least if isinstance(step, AtLeast) else above)
            else:
                values[step] = sympy.Integer(int(bool(at < c)))
        return e.xreplace(values).subs(m, c)

    here = side(1, 0)
    pairs = []
    if threshold > min(ends):
        pairs.append((side(0, 0), here))
    if threshold < max(ends):
        pairs.append((here, side(1, 1)))
    linked = any(step.args[0] != m for step in e.atoms(AtLeast, Above))
    for before, after in pairs:
        difference = sympy.expand(after - before)
        if vanishes(difference):
            continue
        sign = None
        if scalars.uncertain((j,)) or difference.has(Unknown):
            return False
        if not linked and not difference.free_symbols and not difference.has(sympy.nan, sympy.zoo):
            sign = rigor.sign(to_rigor(difference, {}))
        return f"by {difference}" if sign else False
    return None
