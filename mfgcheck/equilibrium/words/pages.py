"""Results as pages for others: with drawings, the game as it was read, and what the words mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mfgcheck.equilibrium.words.enclosed import equilibria_blocks
from mfgcheck.equilibrium.words.fall_pictures import fall_figures
from mfgcheck.equilibrium.words.pictures import equilibria_figures, solution_figures
from mfgcheck.equilibrium.words.solution import solution_blocks
from mfgcheck.game.game import Game
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph
from mfgcheck.report.figures import Figure
from mfgcheck.verify.as_read import game_blocks

if TYPE_CHECKING:
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibria
    from mfgcheck.equilibrium.levels import Levels
    from mfgcheck.equilibrium.solve import Solution

_EQUILIBRIUM = """\
A trembling-hand mean field equilibrium (T-MFE) is a mean field and a strategy: the strategy is \
best against the mean field, where each agent's hand slips to another action with a small \
probability, the tremble; and when all play it, the mean field stays as it is."""

_T_BR = """\
T-BR repeats two steps: find the best strategy against the mean field, let all play it once. Where \
it comes to rest may be a trembling-hand mean field equilibrium (T-MFE): a mean field and a \
strategy that is best against it and keeps it as it is. What is called proved below was decided in \
exact or outward-rounded arithmetic; the rest was observed in floating point."""


def solution_page(found: Solution) -> list[Block]:
    """Return what T-BR did as the blocks of a page."""
    return _page(found.game, _T_BR, solution_blocks(found), solution_figures(found))


def equilibria_page(found: Equilibria) -> list[Block]:
    """Return all T-MFE as the blocks of a page."""
    return _page(found.game, _EQUILIBRIUM, equilibria_blocks(found), equilibria_figures(found))


def levels_page(found: Levels) -> list[Block]:
    """Return the levels beyond the definition as blocks, with their drawings."""
    blocks = found.blocks()
    if not isinstance(found.order, str) and found.order.witness is not None:
        drawn = fall_figures(found.report.game, found.order.witness)
        blocks += [Heading("Why the order is not preserved", 2), *drawn] if drawn else []
    if not isinstance(found.equilibria, str):
        drawn = equilibria_figures(found.equilibria)
        about: list[Block] = [Heading("The equilibria", 2), Paragraph(_EQUILIBRIUM)]
        blocks += [*about, *drawn] if drawn else []
    if not isinstance(found.observed, str):
        about = [Heading("What T-BR did, observed in floating point", 2), Paragraph(_T_BR)]
        blocks += [*about, *solution_figures(found.observed)]
    return blocks


def _page(game: Game, about: str, told: Sequence[Block], figures: Sequence[Figure]) -> list[Block]:
    said = {f"Note: {note}." for note in game.notes}  # the game says them
    kept = [block for block in told if not (isinstance(block, Note) and block.text in said)]
    drawn: list[Block] = [Heading("Drawings", 2), *figures] if figures else []
    return [kept[0], Paragraph(about), *kept[1:], *drawn, *game_blocks(game)]
