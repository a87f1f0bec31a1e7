"""All constants of a game that the sample bounds need, each with what is proved of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction

from mfgcheck.budgets.constants.constant import Constant, Proof
from mfgcheck.budgets.constants.covering import Covering, bound_covering
from mfgcheck.budgets.constants.family import whole_tables
from mfgcheck.budgets.constants.lipschitz import bound_c1, bound_c1_sum, bound_c2
from mfgcheck.budgets.constants.mixing import Minorant, bound_c4, bound_tau, minorant
from mfgcheck.budgets.constants.policy_lipschitz import bound_c3, bound_c5
from mfgcheck.budgets.constants.values import (
    corrected_d,
    own_v_max,
    printed_d,
    printed_v_max,
    reward_span,
    value_span,
)
from mfgcheck.equilibrium.ranges.tables import Tables
from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_game
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.verify.assumptions import RewardRange, reward_range

_SECONDS = 60.0  # for all constants, unless the caller says otherwise


@dataclass(frozen=True)
class Constants:
    """The constants of a game.

    Attributes:
        c1, c1_sum: C1 of Assumption 1(i), for the largest row and for the sum of all (as printed).
        c2: C2 of Assumption 1(ii).
        c3: C3 of Assumption 1(iii).
        c4, c5: those of Assumption 2.
        reward_span: sp(r), the range of rewards at one mean field.
        v_max_printed, v_max: 1/(1 - gamma); and with the game's own rewards.
        value_span: sp(V).
        d: a valid D, from spans.
        d_theorems, d_lemma4, d_proof: D as printed, with a note on whether it is valid.
        tau: Dobrushin's coefficient over all trembling strategies.
        doeblin: the mass of the Doeblin minorant.
        hitting, covering, covering_half: covering times: of one pair; of all in expectation; L.
        minorant: the Doeblin minorant itself; None if it was not computed.
        rewards: the range of rewards; None if it was not computed.
    """

    c1: Constant
    c1_sum: Constant
    c2: Constant
    c3: Constant
    c4: Constant
    c5: Constant
    reward_span: Constant
    v_max_printed: Constant
    v_max: Constant
    value_span: Constant
    d: Constant
    d_theorems: Constant
    d_lemma4: Constant
    d_proof: Constant
    tau: Constant
    doeblin: Constant
    hitting: Constant
    covering: Constant
    covering_half: Constant
    minorant: Minorant | None
    rewards: RewardRange | None

    def __iter__(self) -> Iterator[Constant]:
        """Go through the constants, in the order above."""
        values = (getattr(self, f.name) for f in fields(self))
        return (value for value in values if isinstance(value, Constant))

    def rows(self) -> list[tuple[str, str, str, str]]:
        """Return a line (name, value, what is proved, how and where) for each constant."""
        found = []
        for constant in self:
            how = "; ".join(x for x in (constant.method, constant.where, constant.note) if x)
            found.append((constant.name, constant.text, str(constant.proof), how))
        return found

    def to_dict(self) -> dict[str, object]:
        """Return all constants as JSON holds them."""
        found: dict[str, object] = {
            f.name: value.to_dict()
            for f in fields(self)
            if isinstance(value := getattr(self, f.name), Constant)
        }
        found["minorant"] = None
        if self.minorant is not None:
            found["minorant"] = [str(mass) for mass in self.minorant.masses]
        return found


def constants(game: Game, time_limit: float | None = None) -> Constants:
    """Return the certified constants of a game.

    Args:
        game: the game.
        time_limit: seconds, 60 unless given; what is not finished then is bounded less tightly, or
            `Proof.OPEN` with the reason.

    Source: Lee et al. (2021), Assumptions 1 and 2, Lemma 4, Theorems 4 to 6.

    >>> from mfgcheck.gallery import make
    >>> found = constants(make("audit-c"))
    >>> found.c1.text, found.c2.text, found.c3.text, found.d.text
    ('1/4 (0.25)', '1/4 (0.25)', 'none is finite', 'at most 0.613096')
    """
    need_game(game)
    seconds = _SECONDS if time_limit is None else time_limit
    tables = whole_tables(game)

    def share(part: int = 8) -> Deadline:
        return Deadline(seconds / part)

    def attempt(name: str, make: Callable[[Tables, Deadline], Constant]) -> Constant:
        try:
            return make(tables, share())
        except BadInput as error:
            return _open(name, str(error))

    c1 = attempt("C1", bound_c1)
    c1_sum = attempt("C1 (sum)", bound_c1_sum)
    c2 = attempt("C2", bound_c2)
    tau = attempt("tau", bound_tau)
    rewards = None if game.doubts else reward_range(game, share())
    span = _capped(attempt("sp(r)", reward_span), rewards)
    values = value_span(game, span, tau)
    printed = printed_d(game, c1, c2, values, rewards)
    least: Minorant | None = None
    try:
        least = minorant(tables)
        doeblin = least.to_constant()
    except BadInput as error:
        doeblin = _open("Doeblin mass", str(error))
    try:
        cover = bound_covering(tables, share(2))
    except BadInput as error:
        names = ("hitting time", "covering time", "L")
        cover = Covering(*(_open(name, str(error)) for name in names))
    v_max = _open("V_max", game.doubts[0]) if rewards is None else own_v_max(game, rewards)
    return Constants(
        c1=c1,
        c1_sum=c1_sum,
        c2=c2,
        c3=attempt("C3", bound_c3),
        c4=bound_c4(tau, c2),
        c5=attempt("C5", bound_c5),
        reward_span=span,
        v_max_printed=printed_v_max(game),
        v_max=v_max,
        value_span=values,
        d=corrected_d(game, c1, c2, values),
        d_theorems=printed[0],
        d_lemma4=printed[1],
        d_proof=printed[2],
        tau=tau,
        doeblin=doeblin,
        hitting=cover.hitting,
        covering=cover.expected,
        covering_half=cover.half,
        minorant=least,
        rewards=rewards,
    )


def _capped(span: Constant, rewards: RewardRange | None) -> Constant:
    """At one mean field rewards differ by no more than over all of them."""
    if rewards is None or rewards.low is None or rewards.high is None:
        return span
    most = rewards.high - rewards.low
    if span.upper is not None and span.upper <= most:
        return span
    return replace(
        span, upper=most, proof=Proof.BOUNDED, method="range of the reward over all mean fields"
    )


def _open(name: str, reason: str) -> Constant:
    return Constant(name, "", Fraction(0), None, Proof.OPEN, reason, "", "")
