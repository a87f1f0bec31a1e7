"""A game as it was read, in words: spaces, numbers, and how it depends on the mean field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from mfgcheck.game.floats import Floats, approximate, quotients
from mfgcheck.game.game import Game
from mfgcheck.game.mean_field import Aggregate
from mfgcheck.game.numbers import Label, brief, label_text, short
from mfgcheck.game.orders import Order
from mfgcheck.game.sparse import Exact
from mfgcheck.game.summary import count
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table

_MOST_ROWS = 10
_LONGEST = 120  # letters of an expression
_CONSTANT = "1 (whatever the mean field)"

WORDS = (
    (
        "PROVED",
        "It holds for every mean field. The proof is in exact or outward-rounded arithmetic: no "
        "rounded number decides.",
    ),
    (
        "REFUTED",
        "It does not hold: a counterexample was found, and its numbers recomputed exactly.",
    ),
    (
        "UNDECIDED",
        "Neither a proof nor a counterexample was found. That says nothing about which is true.",
    ),
)
"""What a verdict means, for those who have not met one."""


def words_table() -> Table:
    """Return what PROVED, REFUTED and UNDECIDED mean."""
    return Table(["verdict", "what it means"], WORDS, "What the words mean")


def game_blocks(game: Game) -> list[Block]:
    """Return the game as it was read, to stand at the end of a page.

    >>> from mfgcheck import Game, point
    >>> stay = Game(states=3, actions=2, reward=lambda s, a, z: s * z.mean() - a, discount="3/4",
    ...             transition=lambda s, a, z: point(s), tremble="1/5")
    >>> game_blocks(stay)[1].rows[0]
    ('states', '3: 0 < 1 < 2')
    """
    rows = [
        ("states", _order(game.states)),
        ("actions", _order(game.actions)),
        ("discount", brief(game.discount)),
        ("tremble", brief(game.tremble)),
    ]
    if game.parameters:
        given = ", ".join(f"{key} = {value}" for key, value in game.parameters.items())
        rows.append(("parameters", given))
    rows += [("source", game.source)] if game.source else []
    rows.append(("digest", game.digest))
    blocks: list[Block] = [
        Heading("The game as it was read", 2),
        Table(["what", "as read"], rows),
        *_aggregates(game),
        *_reward(game),
        *_kernel(game),
    ]
    blocks += [Paragraph(f"Not sure that this is a game: {doubt}.") for doubt in game.doubts]
    return [*blocks, *(Note(f"Note: {note}.") for note in game.notes)]


def _order(order: Order) -> str:
    if len(order.shape) == 1:
        return f"{order.size}: {_chain(order.labels)}"
    sizes = " x ".join(map(str, order.shape))
    factors = "; ".join(map(_chain, order.chains))
    return f"{order.size} = {sizes}, ordered part by part ({factors})"


def _chain(labels: Sequence[Label]) -> str:
    names = labels if len(labels) <= 8 else (*labels[:3], "..", labels[-1])
    return " < ".join(map(label_text, names))


def _aggregates(game: Game) -> list[Block]:
    found = game.form.aggregates
    if not found:
        return [Paragraph("Nothing in the game depends on the mean field.")]
    rows = [(a.name, _aggregate(game, a)) for a in found[:_MOST_ROWS]]
    only = "one number" if len(found) == 1 else f"{len(found)} numbers"
    blocks: list[Block] = [
        Heading("What the game sees of the mean field", 3),
        Paragraph(
            f"Reward and kernel depend on the mean field z through {only} only, each a sum over "
            "the states x of z(x) times a value at x."
        ),
        Table(["name", "value at the states"], rows),
    ]
    return [*blocks, *_more(len(found) - len(rows), "number", "numbers")]


def _aggregate(game: Game, aggregate: Aggregate) -> str:
    values = [str(v) if len(str(v)) <= 24 else "..." for v in aggregate.values]
    shown = [f"{value} at {game.states.text(i)}" for i, value in enumerate(values)]
    if len(shown) > 6:
        shown = [*shown[:3], "..", shown[-1]]
    return ", ".join(shown)


def _reward(game: Game) -> Iterator[Block]:
    form, size = game.form, (game.states.size, game.actions.size)
    rewards, varies = form.rewards, game.scalars.varies
    owner = np.repeat(np.arange(len(rewards.start) - 1), np.diff(rewards.start))

    def numerators(k: int) -> Exact:
        """Return what a term is multiplied by in each (s, a): array (S, A)."""
        here = rewards.column == k
        numbers = np.zeros(len(rewards.start) - 1, dtype=rewards.value.dtype)
        numbers[owner[here]] = rewards.value[here]
        return numbers[form.reward].reshape(size)

    used = sorted(set(rewards.column.tolist()))
    constants = [k for k in used if not varies[k] and not form.terms[k].free_symbols]
    rows: list[tuple[str, str, str]] = []
    if constants == [0]:
        rows.append((_CONSTANT, _reach(numerators(0), rewards.denominator), _where(numerators(0))))
    elif constants and not game.unknown:
        constant: Floats = np.zeros(size)
        for k in constants:
            value = float(approximate(form.terms[k], {}))
            constant += value * quotients(numerators(k), rewards.denominator)
        reach = f"about {_span(float(constant.min()), float(constant.max()))}"
        rows.append((_CONSTANT, reach, _where(np.round(constant, 12))))
    for k in used:
        if k not in constants or (game.unknown and constants != [0]):
            cells = numerators(k)
            reach = _reach(cells, rewards.denominator)
            rows.append((_short(str(form.terms[k])), reach, _where(cells)))
    yield Heading("The reward", 3)
    if not rows:
        yield Paragraph("It is 0 for all states and actions.")
        return
    yield Paragraph(
        "r(s, a, z) is a sum of functions of the mean field, each times a number that may depend "
        "on the state s and the action a."
        if len(rows) > 1 or rows[0][0] != _CONSTANT
        else "r(s, a, z) does not depend on the mean field."
    )
    yield Table(["function of the mean field", "times", "which depends on"], rows[:_MOST_ROWS])
    yield from _more(len(rows) - _MOST_ROWS, "function", "functions")


def _kernel(game: Game) -> Iterator[Block]:
    form = game.form
    pairs = len(form.branch_start) - 1
    row = np.repeat(np.arange(pairs), np.diff(form.branch_start))
    varies = game.scalars.varies
    moving = [
        any(varies[c] for c, _ in form.weights.row(w)) for w in range(len(form.weights.start) - 1)
    ]
    moved = len(set(row[np.array(moving, dtype=bool)[form.branch_weight]].tolist()))
    yield Heading("The kernel", 3)
    depends = (
        "No row depends on the mean field."
        if not moved
        else f"{'All' if moved == pairs else f'{moved} of the {pairs}'} rows depend on the mean "
        "field, through the weights."
    )
    yield Paragraph(
        "The law of the next state in s under a, P(. | s, a, z), is a mixture of laws that do not "
        f"depend on the mean field, with weights that may. There are {count(pairs, 'row')}, one "
        f"for each (s, a), and {count(len(form.laws.start) - 1, 'distinct law')}. {depends}"
    )
    order = np.argsort(-np.bincount(form.branch_weight, minlength=len(moving)), kind="stable")
    rows = []
    for w in order[:_MOST_ROWS].tolist():
        here = form.branch_weight == w
        laws = len(set(form.branch_law[here].tolist()))
        rows.append(
            (
                _short(form.weight_text(w)),
                f"{len(set(row[here].tolist()))} of {pairs}",
                count(laws, "law"),
            )
        )
    yield Table(["weight", "in rows", "carried by"], rows)
    yield from _more(len(moving) - len(rows), "weight", "weights")
    yield Table(["weight", "law of the next state"], list(_example(game)), _example_title(game))


def _example_title(game: Game) -> str:
    return f"For example, s = {game.states.text(0)} and a = {game.actions.text(0)}"


def _example(game: Game) -> Iterator[tuple[str, str]]:
    form = game.form
    for branch in range(int(form.branch_start[0]), int(form.branch_start[1]))[:_MOST_ROWS]:
        law = form.laws.row(int(form.branch_law[branch]))
        parts = [f"{brief(p)} at {game.states.text(x)}" for x, p in law]
        if len(parts) > 5:
            parts = [*parts[:3], "..", parts[-1]]
        yield _short(form.weight_text(int(form.branch_weight[branch]))), ", ".join(parts)


def _reach(cells: Exact, denominator: int) -> str:
    low, high = (Fraction(int(x), denominator) for x in (cells.min(), cells.max()))
    return brief(low) if low == high else f"{_amount(low)} to {_amount(high)}"


def _amount(x: Fraction) -> str:
    exact = x.denominator < 10**4 and abs(x.numerator) < 10**6
    return str(x) if exact else f"about {short(x)}"


def _span(low: float, high: float) -> str:
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def _where(cells: Exact) -> str:
    """Say along which axes an array (S, A) changes."""
    of_s = bool((cells != cells[:1]).any())
    of_a = bool((cells != cells[:, :1]).any())
    return {(0, 0): "nothing", (1, 0): "s", (0, 1): "a", (1, 1): "s and a"}[of_s, of_a]


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]}.."


def _more(left: int, one: str, many: str) -> list[Block]:
    return [Note(f"And {count(left, f'more {one}', f'more {many}')}.")] if left > 0 else []
