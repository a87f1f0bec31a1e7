"""`budget`: how many samples are enough to learn an equilibrium, by three kinds of bound.

*As printed*: the paper's theorems, with their hypotheses checked. *Corrected*: the same theorems
repaired under the same assumptions. *Gap-based*: theorems that apply to games as they are, with
explicit constants. Beside them a budget for soft strategies, which is for another equilibrium.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NoReturn

from mfgcheck.budgets.bounds.request import between, number, positive, whole
from mfgcheck.budgets.bounds.statement import Corrected, Printed
from mfgcheck.budgets.constants.known import Constants, constants
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.gap.plan import Plan
from mfgcheck.budgets.gap.search import gap_budget
from mfgcheck.budgets.inverse import FINEST, Bought, bought
from mfgcheck.budgets.paper_bounds import ASSUMABLE, of_the_paper
from mfgcheck.budgets.soft import Smooth, SoftBudget, soft_budget
from mfgcheck.budgets.target import Along, Progress, Target, along, find_target
from mfgcheck.equilibrium.enclosure.enclosed import Equilibria
from mfgcheck.equilibrium.enclosure.equilibria import equilibria
from mfgcheck.errors import BadInput
from mfgcheck.game.arguments import need_game
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Deadline
from mfgcheck.report.blocks import Block
from mfgcheck.report.figures import Figure

THEOREMS = ("4", "5", "6")
SCHEMES = {"4": Scheme.TMFQ, "5": Scheme.O_TMFQ, "6": Scheme.GMBL}


@dataclass(frozen=True, eq=False)
class Budget:
    """How many samples are enough, and of which constants that is made.

    Attributes:
        game: the game.
        accuracy, failure: a learner is to end within twice the accuracy of the T-MFE, in ||.||_1,
            but for the failure probability.
        constants: what is certified of the game.
        target: T-BR's path and the T-MFE that it leads to; or why there is none.
        along: what is proved along that path; None without one.
        steps: k0, the first step of T-BR within the accuracy; None if it was not reached.
        printed: the paper's bounds as printed.
        corrected: the same repaired; or why they do not apply, by theorem.
        gap_based: the gap-based budgets; or why there is none, by scheme.
        soft: the budget for soft strategies; or why there is none.
        bought: which accuracy a given number of samples buys; None if that was not asked.
        targets: for each scheme the path that it follows, and its T-MFE.
        assumed: what the caller assumed, by name.
        seconds: how long it took.
        interrupted: whether it was stopped from the keyboard; what was found before is kept.
        rate: simulator calls in a second, if that was measured.
    """

    game: Game
    accuracy: Fraction
    failure: Fraction
    constants: Constants
    target: Target | str
    along: Along | None
    steps: int | None
    printed: Mapping[str, Printed]
    corrected: Mapping[str, Corrected | str]
    gap_based: Mapping[Scheme, GapBudget | str]
    soft: SoftBudget | str
    bought: Bought | None
    targets: Mapping[Scheme, Target | str]
    assumed: Mapping[str, Fraction]
    seconds: float
    interrupted: bool = False
    rate: float | None = None

    def __bool__(self) -> NoReturn:
        raise TypeError("a budget is not a truth value: look at budget.best")

    @property
    def best(self) -> GapBudget | None:
        """The gap-based budget with the fewest calls of a simulator (or of agents)."""
        found = [one for one in self.gap_based.values() if isinstance(one, GapBudget)]
        return min(found, key=lambda one: one.calls, default=None)

    def to_dict(self) -> dict[str, object]:
        """Return the budget as JSON holds it (schema `mfgcheck.budget/1`)."""
        from mfgcheck.budgets.as_json import budget_dict

        return budget_dict(self)

    def blocks(self) -> list[Block]:
        """Return the budget as blocks, which terminals and notebooks render."""
        from mfgcheck.budgets.words import budget_blocks

        return budget_blocks(self)

    def figures(self) -> list[Figure]:
        """Return what there is to draw: for each learner its budgets against the accuracy."""
        from mfgcheck.budgets.curves import budget_figures

        return budget_figures(self)

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def budget(
    game: Game,
    accuracy: object = "1/10",
    failure: object = "1/20",
    theorems: tuple[str, ...] = THEOREMS,
    assume: Mapping[str, object] | None = None,
    samples: int | None = None,
    time_limit: float | None = None,
    on_progress: Progress | None = None,
) -> Budget:
    """Compute how many samples are enough to learn the T-MFE that T-BR leads to.

    Args:
        game: the game.
        accuracy: half of ||z_k0 - z*||_1 at most, in (0, 1); exact, such as "1/10".
        failure: the probability with which that may be missed, in (0, 1).
        theorems: "4" (TMFQ-learning), "5" (online, with a population), "6" (GMBL).
        assume: values for what the printed bounds leave open: C3, C5 (whether or not the game has
            one), L, w, and the constants c_T4, c_T5, c_T6 of O(.).
        samples: a number of simulator calls, for which the accuracy that it buys is told.
        time_limit: seconds for each part; none by default.
        on_progress: called as (done, total, text) now and then.

    Raises:
        BadInput: an argument is wrong, or the tremble is too large.

    Source: Theorems 4, 5, 6 and Corollary 1 of Lee et al. (2021); the gap-based ones are own.

    >>> from mfgcheck.gallery import make
    >>> found = budget(make("coordination"), theorems=("6",))
    >>> found.best.calls < 2000, found.printed["6"].applies
    (True, False)
    """
    started = time.perf_counter()
    need_game(game)
    accuracy, failure = between(accuracy, "accuracy", 0, 1), between(failure, "failure", 0, 1)
    unknown = [name for name in theorems if name not in THEOREMS]
    if unknown or not theorems:
        named = ", ".join(map(repr, unknown))
        raise BadInput(f"theorems are '4', '5' and '6', not {named or 'none'}")
    if samples is not None:
        whole(samples, "samples", 1)
    assumed = _assumed(assume or {})
    tell = on_progress or _silent
    parts = 4 + len(theorems)
    tell(0, parts, "constants of the game")
    known = constants(game, time_limit)
    tell(1, parts, "enclosing the T-MFE")
    found = equilibria(game, time_limit=time_limit)
    tell(2, parts, "following T-BR")
    target = find_target(game, found, accuracy)
    steps = None if isinstance(target, str) else target.first_within(accuracy)
    path = None if isinstance(target, str) else along(target.path, steps or 0)
    bounds: dict[str, Printed] = {}
    repaired: dict[str, Corrected | str] = {}
    if steps is not None:
        bounds, repaired = of_the_paper(game, known, steps, accuracy, failure, theorems, assumed)
    targets: dict[Scheme, Target | str] = {}
    budgets: dict[Scheme, GapBudget | str] = dict.fromkeys(
        (SCHEMES[name] for name in theorems), "interrupted before"
    )
    inverse, interrupted = None, found.interrupted
    try:
        for i, scheme in enumerate(() if interrupted else tuple(budgets)):
            tell(3 + i, parts, f"gap-based budget for {scheme.value.upper()}")
            lagged = scheme is Scheme.O_TMFQ
            aim = find_target(game, found, accuracy, "modified") if lagged else target
            targets[scheme] = aim
            budgets[scheme] = _gap_based(aim, known, scheme, accuracy, failure, time_limit)
        if samples is not None and not interrupted:
            tell(parts - 1, parts, f"what {samples} calls buy")
            inverse = _bought(game, known, found, samples, targets, failure, budgets)
    except KeyboardInterrupt:
        interrupted = True
    return Budget(
        game=game,
        accuracy=accuracy,
        failure=failure,
        constants=known,
        target=target,
        along=path,
        steps=steps,
        printed=bounds,
        corrected=repaired,
        gap_based=budgets,
        soft=_soft(game, known, accuracy, failure),
        bought=inverse,
        targets=targets,
        assumed=assumed,
        seconds=time.perf_counter() - started,
        interrupted=interrupted,
    )


def _gap_based(
    target: Target | str,
    known: Constants,
    scheme: Scheme,
    accuracy: Fraction,
    failure: Fraction,
    time_limit: float | None,
) -> GapBudget | str:
    if isinstance(target, str):
        return target
    span = known.reward_span.upper
    if span is None:
        return "the range of rewards is not known"
    plan = Plan(target.path, target.distances, accuracy, failure, span)
    return gap_budget(plan, scheme, Deadline(time_limit))


def _bought(
    game: Game,
    known: Constants,
    found: Equilibria,
    samples: int,
    targets: Mapping[Scheme, Target | str],
    failure: Fraction,
    budgets: Mapping[Scheme, GapBudget | str],
) -> Bought | None:
    span = known.reward_span.upper
    if span is None:
        return None
    finer: dict[Scheme, Target | str] = {}
    for scheme, target in targets.items():
        algorithm = "modified" if scheme is Scheme.O_TMFQ else "t-br"
        fine = find_target(game, found, FINEST, algorithm)
        finer[scheme] = target if isinstance(fine, str) else fine
    return bought(samples, finer, failure, span, budgets)


def _soft(game: Game, known: Constants, accuracy: Fraction, failure: Fraction) -> SoftBudget | str:
    if game.states.size < 2:
        return "there is one state, and so one mean field"
    needed = (known.c1, known.c2, known.reward_span)
    missing = [constant.name for constant in needed if constant.upper is None]
    if missing:
        return f"no finite {' or '.join(missing)} is known"
    c1, c2, span = (constant.upper for constant in needed if constant.upper is not None)
    tau = 1 - (Fraction(0) if known.minorant is None else sum(known.minorant.masses, Fraction(0)))
    smooth = Smooth(game.states.size, game.actions.size, game.discount, c1, c2, tau, span)
    return soft_budget(smooth, accuracy, failure)


def _assumed(assume: Mapping[str, object]) -> dict[str, Fraction]:
    """Read what the caller assumes.

    >>> _assumed({"C3": "1/2"})
    {'C3': Fraction(1, 2)}
    """
    found = {}
    for name, value in assume.items():
        if name not in ASSUMABLE:
            raise BadInput(f"nothing called {name} can be assumed: {', '.join(ASSUMABLE)} can")
        found[name] = positive(value, name)
    if "w" in found:
        between(found["w"], "w", Fraction(1, 2), 1)
    if "L" in found:
        number(found["L"], "L", 1)
    return found


def _silent(done: int, total: int, text: str) -> None:
    del done, total, text
