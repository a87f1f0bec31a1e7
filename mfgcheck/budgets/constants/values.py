"""The range of rewards and values, and D: how fast the TQ-values move with the mean field.

*Lemma (D).* Let sp be the largest less the smallest, Q_z the TQ-values at z and V_z = G(Q_z). Then

    ||Q_z - Q_z'||_inf <= D ||z - z'||_1,  D = C1/(1 - gamma) + gamma C2 sp(V)/(2 (1 - gamma)),

sp(V) being a bound of sp(V_z) for all z. *Proof.* Q_z - Q_z' is (r_z - r_z') + gamma P_z (V_z -
V_z') + gamma (P_z - P_z') V_z'. The second part is at most gamma ||Q_z - Q_z'||, for G is
non-expansive; the third at most gamma ||P_z - P_z'||_1 sp(V_z')/2, because rows of P_z - P_z' sum
to 0. QED

*Lemma (span).* sp(V_z) <= sp(r_z)/(1 - gamma tau), tau being a bound of the total variation
distance of two trembling rows (1 at most). *Proof.* V = r^mu + gamma K V for the greedy trembling
strategy mu and its kernel K; in two states V differs by at most sp(r) + gamma tau sp(V).  QED

The paper's three forms of D all come from |r| <= 1: then |V| <= 1/(1 - gamma), and so
sp(V)/2 <= 1/(1 - gamma).
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.family import reward_family
from mfgcheck.budgets.constants.seminorm import Composite, RangeNorm
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.game.validate import mean_field_text
from mfgcheck.verify.assumptions import RewardRange


def printed_v_max(game: Game) -> Constant:
    """Return V_max as printed, 1/(1 - gamma), in units of rewards with |r| <= 1.

    Source: Lee et al. (2021), Theorem 4.

    >>> from mfgcheck.gallery import make
    >>> printed_v_max(make("mturk", states=10)).text
    '4'
    """
    value = 1 / (1 - game.discount)
    meaning = "|Q(s, a)| <= V_max for |r| <= 1"
    source = "Lee et al. (2021), Theorem 4"
    return Constant(
        "V_max (printed)", meaning, value, value, Proof.EXACT, "1/(1 - gamma)", "", source
    )


def own_v_max(game: Game, rewards: RewardRange) -> Constant:
    """Return the largest |r| over 1 - gamma, with the game's own rewards.

    Source: corrected from Lee et al. (2021), Theorem 4.

    >>> from mfgcheck.gallery import make
    >>> from mfgcheck.verify.assumptions import reward_range
    >>> game = make("mturk", states=10)
    >>> own_v_max(game, reward_range(game, Deadline())).text  # 9/2 + 9/5 at most
    '126/5 (25.2)'
    """
    gap = 1 - game.discount
    low = max(abs(rewards.attained_low), abs(rewards.attained_high)) / gap
    if rewards.attained_low < 0 < rewards.attained_high:
        low = max(-rewards.attained_low, rewards.attained_high) / gap
    high = None
    if rewards.low is not None and rewards.high is not None:
        high = max(abs(rewards.low), abs(rewards.high)) / gap
    return Constant(
        "V_max",
        "max |r| / (1 - gamma), and so |Q(s, a)| <= V_max",
        low,
        high,
        _proof(low, high),
        "certified range of the reward",
        rewards.text(),
        "corrected from Lee et al. (2021), Theorem 4",
    )


def reward_span(tables: Tables, deadline: Deadline) -> Constant:
    """Return sp(r): the largest less the smallest reward at one mean field, for the worst one.

    What is the same for all states and actions does not count.

    Args:
        tables: the game's numbers, from `whole_tables`.
        deadline: when to stop.

    Source: own.

    >>> from mfgcheck.budgets.constants.family import whole_tables
    >>> from mfgcheck.gallery import make
    >>> reward_span(whole_tables(make("mturk", states=10)), Deadline()).text  # 9/2 + 4/10
    '49/10 (4.9)'
    """
    family = reward_family(tables)
    columns = family.parts[:, 0, :]
    kept = np.flatnonzero((columns != columns[:1]).any(axis=0))
    terms = tuple(family.terms[k] for k in kept.tolist())
    family = replace(family, terms=terms, parts=family.parts[:, :, kept])
    norm = RangeNorm(np.ascontiguousarray(columns[:, kept]), family.denominator)
    composite = Composite(norm, lambda piece: piece.functions)
    found = composite.supremum(family.pieces, deadline)
    where = ""
    if found.piece is not None and found.point is not None and found.lower:
        place, z = composite.place(found.piece, found.point), found.mean_field
        if place is not None and z is not None:
            high, low = map(family.row_text, place)
            text = mean_field_text(family.game.states, z)
            at = f"; {text}" if family.aggregates else ""
            where = f"({high}) against ({low}){at}"
    return Constant(
        "sp(r)",
        "max over (s, a) less min over (s, a) of r(s, a, z), for the worst z",
        found.lower,
        found.upper,
        _proof(found.lower, found.upper),
        "bounded over boxes of aggregates" if family.aggregates else "comparison of all rewards",
        where,
        "own",
    )


def value_span(game: Game, span: Constant, tau: Constant | None = None) -> Constant:
    """Return a bound of sp(V_z), for all mean fields z, from sp(r) and, if known, tau.

    Source: own (the lemma at the head of the module).
    """
    contraction = Fraction(1)
    if tau is not None and tau.upper is not None:
        contraction = min(contraction, tau.upper)
    high = None if span.upper is None else span.upper / (1 - game.discount * contraction)
    formula = "sp(r)/(1 - gamma)" if contraction == 1 else "sp(r)/(1 - gamma tau)"
    return Constant(
        "sp(V)",
        "max over s less min over s of V(s) = G(Q)(s) at one mean field, for the worst z",
        Fraction(0),
        high,
        _proof(Fraction(0), high),
        formula,
        "",
        "own",
    )


def corrected_d(game: Game, c1: Constant, c2: Constant, span: Constant) -> Constant:
    """Return D = C1/(1 - gamma) + gamma C2 sp(V)/(2 (1 - gamma)), which is a bound.

    Args:
        game: the game.
        c1, c2: for the largest row.
        span: of the values, from `value_span`.

    Source: corrected from Lee et al. (2021), Lemma 4 and Theorems 4 to 6.
    """
    gap, high = 1 - game.discount, None
    if c1.upper is not None and (
        c2.upper == 0 or (c2.upper is not None and span.upper is not None)
    ):
        values = Fraction(0) if span.upper is None else span.upper
        high = c1.upper / gap + game.discount * c2.upper * values / (2 * gap)
    note = "" if high is not None else _missing(c1, c2, span)
    return Constant(
        "D",
        "||Q_z - Q_z'||_inf <= D ||z - z'||_1 for the TQ-values at z, z'",
        Fraction(0),
        high,
        _proof(Fraction(0), high),
        "C1/(1 - gamma) + gamma C2 sp(V)/(2 (1 - gamma))",
        "",
        "corrected from Lee et al. (2021), Lemma 4",
        note or "a valid bound",
    )


def printed_d(
    game: Game, c1: Constant, c2: Constant, span: Constant, rewards: RewardRange | None
) -> tuple[Constant, ...]:
    """Return D as printed: in Theorems 4 to 6, in Lemma 4, and at the end of Lemma 4's proof.

    Each says in its note whether it is a valid bound of ||Q_z - Q_z'||_inf / ||z - z'||_1.

    Source: Lee et al. (2021), Theorems 4 to 6, Assumption 2, Lemma 4.
    """
    gamma, gap = game.discount, 1 - game.discount
    forms = (
        ("D (theorems)", 1 / gap, gamma / gap, "(C1 + gamma C2)/(1 - gamma)", "Theorems 4 to 6"),
        ("D (Lemma 4)", 1 / gap**2, gamma / gap**2, "(C1 + gamma C2)/(1 - gamma)^2", "Lemma 4"),
        (
            "D (proof)",
            1 / gap,
            gamma / gap**2,
            "C1/(1 - gamma) + gamma C2/(1 - gamma)^2",
            "Lemma 4, end of the proof",
        ),
    )
    right = corrected_d(game, c1, c2, span)
    bounded = (
        rewards is not None
        and rewards.low is not None
        and rewards.high is not None
        and -1 <= rewards.low <= rewards.high <= 1
    )
    found = []
    for name, one, two, formula, item in forms:
        low, high = c1.lower * one + c2.lower * two, None
        if c1.upper is not None and c2.upper is not None:
            high = c1.upper * one + c2.upper * two
        none = Proof.NONE in (c1.proof, c2.proof)
        found.append(
            Constant(
                name,
                formula,
                low,
                high,
                Proof.NONE if none else _proof(low, high),
                "the printed formula",
                "",
                f"Lee et al. (2021), {item}",
                _validity(name, low, right, c2, span, none=none, bounded=bounded),
            )
        )
    return tuple(found)


def _validity(
    name: str,
    low: Fraction,
    right: Constant,
    c2: Constant,
    span: Constant,
    *,
    none: bool,
    bounded: bool,
) -> str:
    if none:
        return "does not apply: C1 or C2 is not finite"
    if name != "D (theorems)" and bounded:
        return "a valid bound, since |r| <= 1"
    if c2.upper == 0:
        return "a valid bound, since C2 = 0"
    if right.upper is not None and right.upper <= low:
        return "a valid bound here: no smaller than the corrected D"
    needed = "sp(V) <= 2" if name == "D (theorems)" else "sp(V) <= 2/(1 - gamma)"
    known = span.text
    return f"not known to be a bound: the proof needs {needed}, and sp(V) is {known}"


def _missing(*constants: Constant) -> str:
    names = ", ".join(c.name for c in constants if c.upper is None)
    return f"not known: no finite bound of {names}"


def _proof(low: Fraction, high: Fraction | None) -> Proof:
    if high is None:
        return Proof.OPEN
    return Proof.EXACT if low == high else Proof.BOUNDED
