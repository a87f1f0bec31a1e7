"""What a search for all T-MFE found, in words: blocks for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from mfgcheck.game.game import Game
from mfgcheck.game.numbers import Label, label_json
from mfgcheck.game.orders import Order
from mfgcheck.game.summary import count, game_dict, game_line
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.report.decimals import above, below, enclosing, readable

if TYPE_CHECKING:
    from mfgcheck.equilibrium.enclosure.enclosed import Equilibria, Equilibrium, Range

SCHEMA = "mfgcheck.equilibria/1"
_SELECTIONS = "inf", "sup"
_MOST_ROWS = 12  # rows of a table that are shown where there may be thousands
_MOST_AGGREGATES = 3  # columns of a table; JSON has them all
_FEW_STATES, _FEW_LAWS = 12, 4  # mean fields are printed up to this size


def equilibria_dict(found: Equilibria) -> dict[str, object]:
    """Return the result as JSON holds it (schema `mfgcheck.equilibria/1`): bounds are texts."""
    return {
        "schema": SCHEMA,
        "game": game_dict(found.game),
        "complete": found.complete,
        "count": found.count,
        "sentence": found.sentence,
        "equilibria": [
            {
                "aggregates": _bounds(one.aggregates),
                "strategy": _strategy(one.strategy),
                "gap": None if one.gap is None else list(enclosing(*one.gap)),
                "mean_field": [list(enclosing(*mass)) for mass in one.mean_field],
                "robust": one.robust,
                "stable": one.stable,
                "stays": None
                if one.stays is None
                else dict(zip(_SELECTIONS, one.stays, strict=True)),
            }
            for one in found.equilibria
        ],
        "continua": [
            {
                "aggregates": _bounds(one.aggregates),
                "strategy": _strategy(one.strategy),
                "reason": one.reason,
            }
            for one in found.continua
        ],
        "undecided": [
            {
                "aggregates": _bounds(one.aggregates),
                "strategies": one.strategies,
                "reason": one.reason,
            }
            for one in found.undecided
        ],
        "boxes": found.boxes,
        "interrupted": found.interrupted,
        "seconds": round(found.seconds, 6),
    }


def _strategy(labels: Sequence[Label] | None) -> list[object] | None:
    return None if labels is None else [label_json(action) for action in labels]


def equilibria_blocks(found: Equilibria) -> list[Block]:
    """Return the result as blocks, which terminals and notebooks render."""
    game = found.game
    blocks: list[Block] = [
        Heading(f"{game.name}: {found.sentence}"),
        Paragraph(game_line(game)),
        *(Paragraph(f"Not sure that this is a game: {doubt}.") for doubt in game.doubts),
    ]
    if found.equilibria:
        blocks += _tables(found)
        blocks += _from_ties(found)
        blocks += _falling(game, found.equilibria)
        if found.equilibria[0].strategy is None:
            blocks.append(Paragraph(_ALIKE))
    elif found.count == 0:
        blocks.append(Paragraph(_NONE))
    blocks += _continua(found, 2)
    blocks += _undecided(found, 2)
    blocks.append(Paragraph(_how(found)))
    if found.equilibria:
        blocks.append(Note(_WORDS))
    return [*blocks, *(Note(f"Note: {note}.") for note in game.notes)]


def brief_blocks(found: Equilibria) -> list[Block]:
    """Return what was found, and where there may be more, as a part of a longer report."""
    tables = [*_tables(found), *_from_ties(found)] if found.equilibria else []
    return [*tables, *_continua(found, 3), *_undecided(found, 3)]


def _tables(found: Equilibria) -> list[Block]:
    blocks: list[Block] = [_equilibria_table(found)]
    if found.game.states.size <= _FEW_STATES and len(found.equilibria) <= _FEW_LAWS:
        blocks.append(_laws_table(found))
    return blocks


def _from_ties(found: Equilibria) -> list[Block]:
    """Say of each T-MFE on an exact tie what T-BR does from it."""
    blocks: list[Block] = []
    for number, one in enumerate(found.equilibria, 1):
        if one.stays is None:
            continue
        ways = ["stands still" if stays else "leaves it at once" for stays in one.stays]
        blocks.append(
            Paragraph(
                f"T-MFE {number} is on an exact tie: T-BR from it {ways[0]} with the inf selection "
                f"(the lowest of several best actions), and {ways[1]} with the sup selection (the "
                "highest): exactly."
            )
        )
    few = blocks[:_FEW_LAWS]
    left = len(blocks) - len(few)
    return [*few, Paragraph(f"And {count(left, 'more T-MFE')} on ties.")] if left else few


def _continua(found: Equilibria, level: int) -> list[Block]:
    game, blocks = found.game, list[Block]()
    for family in found.continua:
        there = f" with {_where(family.aggregates)}" if family.aggregates else ""
        blocks.append(Heading("Infinitely many T-MFE", level))
        blocks.append(
            Paragraph(
                f"Likeliest action: {strategy_text(game, family.strategy)}. There are infinitely "
                f"many T-MFE{there}: {family.reason.rstrip('.')}. None of them is isolated."
            )
        )
    return blocks


def strategy_text(game: Game, strategy: Sequence[object] | None) -> str:
    """Return the likeliest action of each state in few words.

    Args:
        game: the game.
        strategy: labels of the actions, by state number; None if all actions are equally likely.

    >>> from mfgcheck.game.laws import point
    >>> stay = Game(states=5, actions=3, reward=lambda s, a, z: s, discount="3/4", tremble=0,
    ...             transition=lambda s, a, z: point(s))
    >>> strategy_text(stay, [2, 2, 2, 1, 0])
    '2 in states 0..2, 1 in 3, 0 in 4'
    """
    if strategy is None:
        return "all equally likely"
    actions, states = game.actions, game.states
    numbers = [actions.index[label] for label in strategy]
    if len(set(numbers)) == 1:
        return f"{actions.text(numbers[0])} in every state"
    # On a product of chains the states in between two are no row, so there they are counted.
    return _by_runs(actions, states, numbers) if states.is_chain else _by_action(game, numbers)


def _by_runs(actions: Order, states: Order, numbers: Sequence[int]) -> str:
    parts: list[str] = []
    for action, run in groupby(range(len(numbers)), key=numbers.__getitem__):
        members = list(run)
        first, last = states.text(members[0]), states.text(members[-1])
        there = first if len(members) == 1 else f"{first}..{last}"
        noun = "" if parts else "state " if len(members) == 1 else "states "
        parts.append(f"{actions.text(action)} in {noun}{there}")
    return _listed(parts)


def _by_action(game: Game, numbers: Sequence[int]) -> str:
    parts = []
    for action in sorted(set(numbers)):
        members = [game.states.text(s) for s, a in enumerate(numbers) if a == action]
        few = len(members) <= 3
        there = ", ".join(members) if few else count(len(members), "state")
        parts.append(f"{game.actions.text(action)} in {there}")
    return _listed(parts)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) <= _MOST_ROWS:
        return ", ".join(parts)
    return ", ".join([*parts[:_MOST_ROWS], f".. ({count(len(parts), 'run')})"])


def _equilibria_table(found: Equilibria) -> Table:
    game, equilibria = found.game, found.equilibria
    names = list(found.sees or equilibria[0].aggregates)[:_MOST_AGGREGATES]
    rows = [
        [
            str(number),
            *(readable(*one.aggregates[name], found.radius) for name in names),
            strategy_text(game, one.strategy),
            _gap(one.gap),
            _robust(one),
            {True: "yes", False: "no", None: "not decided"}[one.stable],
        ]
        for number, one in enumerate(equilibria, 1)
    ]
    columns = ["T-MFE", *names, "likeliest action", "smallest gap", "robust", "stable"]
    return Table(columns, rows, "Trembling-hand mean field equilibria (T-MFE)")


def _laws_table(found: Equilibria) -> Table:
    game, equilibria = found.game, found.equilibria
    columns = ["state", *(f"mass in T-MFE {number}" for number in range(1, len(equilibria) + 1))]
    rows = [
        [game.states.text(s), *(readable(*one.mean_field[s], found.radius) for one in equilibria)]
        for s in range(game.states.size)
    ]
    return Table(columns, rows)


def _falling(game: Game, equilibria: Sequence[Equilibrium]) -> list[Block]:
    """Say where a strategy decreases in the state, which Proposition 2 seems to speak against."""
    if not (game.states.is_chain and game.actions.is_chain):
        return []
    falls: dict[int, tuple[int, list[int]]] = {}
    for number, one in enumerate(equilibria, 1):
        numbers = [game.actions.index[label] for label in one.strategy or ()]
        fall = next((s for s in range(1, len(numbers)) if numbers[s] < numbers[s - 1]), None)
        # At a tie other strategies are as good, of which Proposition 2 means the extreme ones.
        if fall is not None and one.robust:
            falls[number] = fall, numbers
    if not falls:
        return []
    number, (s, numbers) = next(iter(falls.items()))
    rises = any(x < y for x, y in pairwise(numbers))
    before, after = (game.actions.text(numbers[x]) for x in (s - 1, s))
    others = [str(other) for other in falls if other != number]
    return [
        Paragraph(
            f"The strategy of T-MFE {number} {'is not monotone' if rises else 'decreases'} in the "
            f"state: {before} in state {game.states.text(s - 1)}, {after} in state "
            f"{game.states.text(s)}. Proposition 2 says that optimal strategies increase, but only "
            "of games that satisfy Definition 1; `mfgcheck check` decides whether this one does."
            + (f" (The same goes for T-MFE {', '.join(others)}.)" if others else "")
        )
    ]


def _undecided(found: Equilibria, level: int) -> list[Block]:
    blocks: list[Block] = []
    if found.interrupted:
        blocks.append(Paragraph("Interrupted: what was not looked at may hold more T-MFE."))
    if not found.undecided:
        return blocks
    names = list(found.undecided[0].aggregates)[:_MOST_AGGREGATES]
    rows = [
        [*(_box(one.aggregates[name]) for name in names), _many(one.strategies), one.reason]
        for one in found.undecided[:_MOST_ROWS]
    ]
    more = len(found.undecided) - len(rows)
    blocks.append(Heading("Where there may be more", level))
    blocks.append(Table([*names, "strategies left", "why it stayed open"], rows))
    if more:
        blocks.append(Paragraph(f"And {count(more, 'more box', 'more boxes')}."))
    blocks.append(Paragraph(_advice(found)))
    return blocks


def _robust(one: Equilibrium) -> str:
    if one.robust:
        return "yes"
    return "no: tie" if one.regular else "no: at a jump or edge, or not simple"


def _many(number: int) -> str:
    return str(number) if number < 10**6 else f"about 10^{len(str(number)) - 1}"


def _advice(found: Equilibria) -> str:
    reasons = " ".join(one.reason for one in found.undecided)
    helps = {
        "strategies may": "more strategies at once (--max-strategies)",
        "boxes allowed": "more boxes (--max-boxes)",
        "time is over": "more time (--time-limit)",
    }
    said = [text for mark, text in helps.items() if mark in reasons]
    more = f"What may help: {', '.join(said)}. " if said else ""
    if "around a segment" in reasons:
        return f"{more}Whether there are T-MFE beside the segment is open."
    return (
        f"{more}A T-MFE that is exactly on a tie between two actions stays open however long one "
        "looks, unless all data of the game are rational and it sees one aggregate."
    )


def _how(found: Equilibria) -> str:
    boxes = count(found.boxes, "box", "boxes")
    seen = f"searched by their aggregates, {boxes}"
    if not found.sees:
        seen = "looked at together, as neither the kernel nor what is best depends on them,"
    same = " Actions that do exactly the same in a state count as one." if found.merged else ""
    time = f"{1000 * found.seconds:.0f} ms" if found.seconds < 1 else f"{found.seconds:.1f} s"
    return (
        f"How: all mean fields were {seen} in {time}. Floating-point numbers only "
        "propose; all that is said here was decided in exact or outward-rounded arithmetic." + same
    )


def _gap(gap: Range | None) -> str:
    if gap is None:
        return "no choice"
    low, high = gap
    if low > 0:
        return f"at least {below(low, 3)}"
    return "0, a tie" if low == high else f"at most {above(high, 3)}"


def _box(bounds: Range) -> str:
    return f"{below(bounds[0], 8)} to {above(bounds[1], 8)}"


def _where(aggregates: Mapping[str, Range]) -> str:
    return ", ".join(f"{name} from {_box(bounds)}" for name, bounds in aggregates.items())


def _bounds(aggregates: Mapping[str, tuple[Fraction, Fraction]]) -> dict[str, list[str]]:
    return {name: list(enclosing(*bounds)) for name, bounds in aggregates.items()}


_ALIKE = "At this tremble all actions are equally likely, so that all strategies are the same."

_NONE = """\
No strategy is optimal against a mean field that it keeps as it is. (A strategy has one likeliest \
action in each state; mixing between two that are equally good is not considered.) So T-BR cannot \
converge to a T-MFE, wherever it starts: it cycles, or settles on what is no equilibrium. \
`mfgcheck solve` shows what it does."""

_WORDS = """\
A number a ± b lies between a - b and a + b. The gap is by how much the action played beats the \
best other one in TQ-value; robust: it does so in every state, and the fixed point is a simple one \
away from jumps and edges, so small changes of the game only move the T-MFE; stable: T-BR that \
starts near enough stays near and comes back."""
