"""A budget in words: blocks for people."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from mfgcheck.budgets.amount import Amount, real
from mfgcheck.budgets.bounds.statement import Corrected, Printed, Reading
from mfgcheck.budgets.constants.constant import Constant
from mfgcheck.budgets.gap.budgets import GapBudget, Scheme
from mfgcheck.budgets.inverse import Bought
from mfgcheck.budgets.paper_bounds import COROLLARY
from mfgcheck.game.summary import count, game_line
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.decimals import above, below

if TYPE_CHECKING:
    from mfgcheck.budgets.budget import Budget

_NAMES = {Scheme.TMFQ: "TMFQ", Scheme.O_TMFQ: "O-TMFQ", Scheme.GMBL: "GMBL"}
_THEOREMS = {"4": Scheme.TMFQ, "5": Scheme.O_TMFQ, "6": Scheme.GMBL}
_LEARNERS = {
    "4": "TMFQ: TQ-learning with a simulator",
    COROLLARY: "the same, where T-BR contracts",
    "5": "O-TMFQ: a population, no simulator",
    "6": "GMBL: a model from samples",
}


def budget_blocks(found: Budget) -> list[Block]:
    """Return a budget as blocks: constants, the bounds side by side, what to use and why."""
    game = found.game
    blocks: list[Block] = [
        Heading(f"{game.name}: how many samples to learn its equilibrium"),
        Paragraph(game_line(game)),
        Paragraph(_question(found)),
        Heading("Constants of the game", 2),
        _constants_table(found),
        Heading("The bounds", 2),
        *_failing(found),
    ]
    if found.printed or found.gap_based:
        blocks.append(_bounds_table(found))
        blocks += [Note(text) for text in _notes(found)]
    if any(isinstance(one, GapBudget) for one in found.gap_based.values()):
        blocks += [Heading("What the gap-based budgets consist of", 2), _gap_table(found)]
    blocks += [
        Heading("Which number to use", 2),
        Paragraph(_advice(found)),
        Paragraph(_soft(found)),
    ]
    if found.bought is not None:
        blocks.append(Paragraph(_bought(found.bought)))
    return [*blocks, *(Note(f"Note: {note}.") for note in game.notes)]


_LEAD = """\
How many samples are enough for a learner to find a trembling-hand mean field equilibrium (T-MFE) \
of this game, that is a mean field and a strategy that is best against it and keeps it as it is? \
The bounds of Lee, Rengarajan, Kalathil, Shakkottai (2021) stand as printed and as corrected, \
beside budgets that are proved to be enough for this game."""


def budget_page(found: Budget) -> list[Block]:
    """Return a budget as the blocks of a page for others: with drawings, and the game as read."""
    from mfgcheck.verify.as_read import game_blocks

    notes = len(found.game.notes)
    told = budget_blocks(found)
    told = told[:-notes] if notes else told  # the game says them
    drawn = found.figures()
    figures = [Heading("Budgets against the accuracy", 2), *drawn] if drawn else []
    return [told[0], Paragraph(_LEAD), *told[1:], *figures, *game_blocks(found.game)]


def _question(found: Budget) -> str:
    reach = 2 * found.accuracy
    start = (
        f"Wanted: after k0 steps a learner's mean field is within {_decimal(reach)} (twice the "
        f"accuracy {_decimal(found.accuracy)}, as in the paper) of a T-MFE in ||.||_1, with "
        f"probability at least {_decimal(1 - found.failure)}. It starts where all are in the least "
        "state. One call of the simulator draws one next state."
    )
    if isinstance(found.target, str):
        return f"{start} But {found.target}: so there is nothing that these bounds could promise."
    if found.steps is None:
        return f"{start} T-BR itself comes within twice the accuracy, but not within the accuracy."
    k0 = f"k0 = {count(found.steps, 'step')}"
    path = found.along
    if path is not None and path.tie is not None:
        return (
            f"{start} Followed in floating point, T-BR comes within the accuracy in {k0}. This is "
            f"not proved: at step {path.tie} two actions tie or the game jumps, or nearly."
        )
    end = found.target.distances[found.steps]
    if path is None or end + path.radius > found.accuracy:
        return f"{start} T-BR itself comes within the accuracy, up to rounding, in {k0}."
    return f"{start} T-BR itself comes within the accuracy in {k0}."


def _constants(found: Budget) -> list[Constant]:
    return list(found.constants)


def _constants_table(found: Budget) -> Table:
    rows = [[c.name, c.text, c.method, c.where or c.meaning] for c in _constants(found)]
    path = found.along
    if path is not None and path.steps:
        last = path.steps - 1
        rows.append(
            [
                "tau on T-BR's path",
                f"at most {_rounded(path.tau)}",
                "outward rounding",
                f"Dobrushin coefficients of the kernels of the steps 0 to {last}",
            ]
        )
    if path is not None:
        gap = (
            "0 or not certain"
            if path.tie is not None
            else (
                "nothing to choose"
                if path.gap is None
                else f"at least {_rounded(path.gap, up=False)}"
            )
        )
        where = (
            f"at step {path.tie} two actions tie or the game jumps, or nearly"
            if path.tie is not None
            else "the smallest action gap on T-BR's path to k0"
        )
        rows.append(["Delta", gap, "outward rounding", where])
    return Table(["constant", "value", "how", "where, or what it is"], rows)


def _failing(found: Budget) -> list[Block]:
    """Say which theorems do not apply, and why, before any number."""
    reasons: dict[str, list[str]] = {}
    for name, bound in found.printed.items():
        for why in bound.why_not:
            reasons.setdefault(why, []).append(_title(name))
    if not reasons:
        return []
    rows = [[", ".join(names), why] for why, names in reasons.items()]
    return [
        Paragraph("The paper's theorems do not apply where one of their hypotheses fails:"),
        Table(["theorem", "hypothesis that fails"], rows),
    ]


def _bounds_table(found: Budget) -> Table:
    rows = []
    for name in ("4", COROLLARY, "5", "6"):
        scheme = _THEOREMS.get(name)
        if name not in found.printed and scheme not in found.gap_based:
            continue
        rows.append(
            [
                _title(name),
                _LEARNERS[name],
                _printed(found.printed.get(name), found, name),
                _corrected(found.corrected.get(name), found.printed.get(name)),
                "" if scheme is None else _gap(found.gap_based.get(scheme)),
            ]
        )
    columns = ["bound", "learner", "as printed", "corrected", "gap-based, certified"]
    return Table(columns, rows)


def _printed(bound: Printed | None, found: Budget, name: str) -> str:
    if bound is None:
        return ""
    if bound.amount is None:
        return "no number"
    total = all_calls(bound.amount, found, name, found.steps or 0)
    symbol = f"{bound.symbol} × " if bound.constant is None else ""
    if bound.constant is not None:
        total = Amount(total.ball * real(bound.constant))
    least = " or more" if bound.reading is Reading.LIMIT else ""
    return f"{symbol}{total.text}{least} (10^{total.log10:.1f})"


def all_calls(amount: Amount, found: Budget, name: str, steps: int) -> Amount:
    """Return what a printed number comes to in calls of the simulator, over all k0 steps."""
    game = found.game
    factor = max(1, steps)
    if name == "6":
        factor *= game.states.size * game.actions.size
    return Amount(amount.ball * factor)


def _corrected(bound: Corrected | str | None, printed: Printed | None) -> str:
    if bound is None:
        return ""
    if isinstance(bound, str):
        return "no number"
    least = " or more" if printed is not None and printed.reading is Reading.LIMIT else ""
    if bound.total is None:
        part = next(part for part in bound.parts if part.symbol)
        total = Amount(part.amount.ball * bound.iterations)
        return f"{part.symbol} × {total.text}{least} (10^{total.log10:.1f})"
    return f"{bound.total.text}{least} (10^{bound.total.log10:.1f})"


def _gap(one: GapBudget | str | None) -> str:
    if one is None:
        return ""
    if isinstance(one, str):
        return "none found"
    return f"{_calls(one.calls)} (10^{math.log10(one.calls):.1f})"


def _notes(found: Budget) -> list[str]:
    notes = [
        "All numbers count the calls of the simulator over all steps (for O-TMFQ the transitions "
        "of all agents)."
    ]
    if found.printed:
        symbols = sorted({bound.symbol for bound in found.printed.values()})
        notes.append(
            f"{', '.join(symbols)}: the constants of O(.), which the paper does not give; they may "
            'be set (--assume c_T6=1), as may C3, C5, L and w. "Or more": no finite C3 exists, '
            "and this is what the formula tends to as C3 does to 0, the least that it gives."
        )
    for name, bound in found.printed.items():
        if bound.amount is None:
            notes.append(f"{_title(name)}, as printed: {bound.gap}.")
    for name, repaired in found.corrected.items():
        if isinstance(repaired, str):
            notes.append(f"{_title(name)}, corrected: {repaired}.")
    for scheme, one in found.gap_based.items():
        if isinstance(one, str):
            notes.append(f"{_NAMES[scheme]}, gap-based: {one}.")
    return notes


def _gap_table(found: Budget) -> Table:
    rows = []
    for scheme, one in found.gap_based.items():
        if isinstance(one, str):
            continue
        most = max(int(step.samples.max()) for step in one.steps)
        alike = one.uniform_calls
        rows.append(
            [
                _NAMES[scheme],
                str(len(one.steps)),
                "no gap matters" if one.gap is None else _rounded(one.gap, up=False),
                _calls(most),
                _calls(one.draws) if one.agents is None else f"{_calls(one.agents)} agents",
                _calls(one.calls),
                "" if alike is None else _calls(alike),
            ]
        )
    return Table(
        [
            "learner",
            "steps",
            "smallest gap to tell",
            "samples of a pair, at most",
            "draws behind a mean field",
            "calls in all",
            "if all pairs are drawn alike",
        ],
        rows,
    )


def _advice(found: Budget) -> str:
    best = found.best
    if best is None:
        reasons = sorted({one for one in found.gap_based.values() if isinstance(one, str)})
        text = (
            "There is no number to use: no bound promises anything for this game as it stands "
            f"({'; '.join(reasons)})."
        )
        if found.along is not None and found.along.tie is not None:
            text += (
                " Where two actions tie or the game jumps on T-BR's path, no number of samples "
                "tells which way to go."
            )
        if not isinstance(found.soft, str):
            text += " Soft strategies, below, are what remains."
        return text
    scheme = _NAMES[best.scheme]
    text = (
        f"Use the gap-based number: {_calls(best.calls)} calls with {scheme}, over "
        f"{count(len(best.steps), 'step')}. It is certified: it holds for this game, with all "
        "constants written out, because at every mean field that the learner may have the best "
        "actions are told from the others wherever that matters."
    )
    if best.scheme is Scheme.GMBL:
        text += (
            " It draws each pair of state and action as often as its gap needs (the JSON output "
            "has the numbers); drawn alike, all pairs together take "
            f"{_calls(best.uniform_calls or 0)}."
        )
    applies = [name for name, bound in found.printed.items() if bound.applies]
    if applies:
        verbs = ("apply", "are") if len(applies) > 1 else ("applies", "is")
        text += (
            f" The printed {' and '.join(map(_title, applies))} {verbs[0]}, but {verbs[1]} no "
            "number as long as the constant of O(.) is not known, and Theorems 4 and 6 are not "
            "proved as printed."
        )
    elif found.printed:
        text += (
            " The printed and the corrected bounds promise nothing here, as their hypotheses fail; "
            "their numbers only show the size that they would have."
        )
    if found.rate is not None:
        text += (
            f" At {found.rate / 1e6:.3g} million calls a second (measured just now, numpy), that "
            f"is {_duration(best.calls / Fraction(found.rate))}."
        )
    return text


def _soft(found: Budget) -> str:
    soft = found.soft
    if isinstance(soft, str):
        return f"Soft strategies instead of the trembling hand: no budget ({soft})."
    return (
        "Another equilibrium, without gaps: with soft strategies of temperature "
        f"{_rounded(soft.temperature)} (actions in proportion to exp(Q / temperature), in place of "
        "the trembling hand) best responses contract with factor "
        f"{_rounded(soft.contraction)}, and {soft.calls.text} calls over "
        f"{count(soft.steps, 'step')} end within twice the accuracy of the one soft equilibrium. "
        "That is not a T-MFE, and the higher the temperature, the less it resembles one."
    )


def _bought(one: Bought) -> str:
    if isinstance(one.budget, str):
        return f"What {one.samples:,} calls buy: no accuracy ({one.budget})."
    accuracy = one.budget.accuracy
    return (
        f"What {one.samples:,} calls buy: accuracy {_rounded(accuracy)} with {_NAMES[one.scheme]}, "
        f"that is ||z_k0 - z*||_1 <= {_rounded(2 * accuracy)} after "
        f"{count(len(one.budget.steps), 'step')}, with the same failure probability. (Found by "
        "bisection; a somewhat better one may be possible.)"
    )


def _title(name: str) -> str:
    return name if name == COROLLARY else f"Theorem {name}"


def _calls(number: int) -> str:
    return f"{number:,}" if number < 10**9 else Amount(real(number)).text


def _rounded(x: Fraction, *, up: bool = True) -> str:
    return above(x, 4) if up else below(x, 4)


def _decimal(x: Fraction) -> str:
    text = below(x, 12)
    return text if Fraction(text) == x else str(x)


def _duration(seconds: Fraction) -> str:
    """Return a time for reading, with two digits.

    >>> [_duration(Fraction(x)) for x in (0, 1, 119, 10**10)]
    ['less than a second', 'about 1 second', 'about 120 seconds', 'about 320 years']
    """
    if seconds < 1:
        return "less than a second"
    units = (("year", 31_557_600), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))
    name, size = next((unit for unit in units if seconds >= 2 * unit[1]), units[-1])
    number = seconds / size
    if number >= 10**9:
        return f"about {Amount(real(number)).text} {name}s"
    near = float(f"{float(number):.2g}")
    text = f"{near:,.0f}" if near >= 10 else f"{near:g}"
    return f"about {text} {name}{'' if text == '1' else 's'}"
