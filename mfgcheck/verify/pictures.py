"""Counterexamples to look at: the numbers that are compared, the laws behind them, mean fields.

What is compared stands in a table, exactly. The drawings show the whole functions of which the
table has single values; their numbers are rounded, nothing is proved by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import sympy

from mfgcheck.game.floats import to_float
from mfgcheck.game.game import Game
from mfgcheck.game.inequalities import Claim
from mfgcheck.game.numbers import Label, label_text, short
from mfgcheck.game.orders import Order
from mfgcheck.game.unknown import Unknown
from mfgcheck.report.blocks import Block, Note, Paragraph, Table
from mfgcheck.report.figures import Curves, HeatMap, Series, Style
from mfgcheck.verify.clauses import BY_ID, Shape
from mfgcheck.verify.story import mass_text
from mfgcheck.verify.witness import (
    Law,
    Pair,
    Witness,
    best_reward,
    enclosed,
    measure,
    signed_corners,
)

_MOST_STATES = 1_000  # of a game whose laws and mean fields are drawn
_WINDOW = 40  # states around a counterexample at which rewards are computed for a drawing
ANY_FIELD = "whatever the mean field"
"""What a counterexample's text says where the mean field does not matter."""

_ABOUT = "about"
_LARGEST = 1e300  # what is larger cannot be drawn
_LONGEST = 60  # letters of an exact number in a table


def witness_blocks(game: Game, witness: Witness) -> list[Block]:
    """Return a counterexample in words, its numbers in a table, and its drawings."""
    blocks: list[Block] = [Paragraph(witness.text), square(game, witness)]
    blocks += witness_figures(game, witness)
    if witness.unclipped is not None:
        blocks.append(Paragraph(f"Nor is it an effect of clipping. {witness.unclipped.text}"))
        blocks.append(square(game, witness.unclipped))
    return blocks


def square(game: Game, witness: Witness) -> Table:
    """Return the numbers that a counterexample compares, exactly: corners, differences, the claim.

    >>> from mfgcheck import Game, check, point
    >>> game = Game(states=2, actions=2, reward=lambda s, a, z: -s * a, discount="1/2", tremble=0,
    ...             transition=lambda s, a, z: point(s))
    >>> for row in square(game, check(game).clauses["reward.supermodular"].witness).rows:
    ...     print(row)
    ('a = 0', '0', '0')
    ('a = 1', '0', '-1')
    ('difference', '0', '-1')
    ('right less left', '', '-1')
    """
    compared = _compared(game, witness)
    if compared is not None:
        return _grid(witness, compared)
    if witness.clause == "reward.max_monotone_s":
        states = [pair[0] for pair in witness.corners]
        values = [witness.settle(best_reward(game, s, witness.z)) for s in states]
        return _column(witness, "best reward", [f"s = {label_text(s)}" for s in states], values)
    corners = [pair for _, pair in signed_corners(game, witness)]
    values = [witness.settle(measure(game, witness, pair, witness.z)) for pair in corners]
    return _column(witness, _what(game, witness), [_at(pair) for pair in corners], values)


@dataclass(frozen=True)
class _Compared:
    """Numbers in rows and two columns: the clause claims that the rise to the right is >= 0.

    With two rows it is the rise of the upper row less the lower one.
    """

    what: str
    columns: Sequence[str]
    rows: Sequence[str]
    numbers: Sequence[Sequence[sympy.Expr]]


def _compared(game: Game, witness: Witness) -> _Compared | None:
    """Return the square of a counterexample, or its row at two mean fields; None for a pair."""
    corners = [pair for _, pair in signed_corners(game, witness)]
    what, z, z2 = _what(game, witness), witness.z, witness.z2 or witness.z

    def value(pair: Pair, law: Law) -> sympy.Expr:
        return witness.settle(measure(game, witness, pair, law))

    if BY_ID[witness.clause].shape is Shape.SQUARE:
        low, one, other, high = corners
        rows, columns = _sides(low, one, other)
        numbers = [[value(low, z), value(other, z)], [value(one, z), value(high, z)]]
        return _Compared(what, columns, rows, numbers)
    if BY_ID[witness.clause].claim is Claim.NONNEGATIVE:
        return None
    fields = ["lower mean field", "higher mean field"]
    numbers = [[value(pair, z), value(pair, z2)] for pair in corners]
    return _Compared(what, fields, [_at(pair) for pair in corners], numbers)


def _steps(compared: _Compared) -> Curves:
    """Draw the same step from two places: the clause claims that the right one rises more."""
    ends = range(len(compared.rows))
    if len(compared.rows) == 1:
        values = [_float(value) for value in compared.numbers[0]]
        line = Series(compared.rows[0], [0, 1], values)
        title, note = "What falls", "the clause claims that it does not"
        return Curves(title, "mean field", compared.what, [line], (), compared.columns, note=note)
    series = [
        Series(name, ends, [_float(row[i]) for row in compared.numbers])
        for i, name in enumerate(compared.columns)
    ]
    title = "The same step, from two places"
    note = "the clause claims that the second line rises at least as much as the first"
    return Curves(title, "", compared.what, series, (), compared.rows, note=note)


def _column(
    witness: Witness, what: str, names: Sequence[str], values: Sequence[sympy.Expr]
) -> Table:
    rows = [(name, exact_text(value)) for name, value in zip(names, values, strict=True)]
    rows.append(("upper less lower", exact_text(values[1] - values[0])))
    return Table(["", what], rows, _caption(witness, what, rows))


def _grid(witness: Witness, compared: _Compared) -> Table:
    numbers = compared.numbers
    rows = [
        (name, *map(exact_text, values))
        for name, values in zip(compared.rows, numbers, strict=True)
    ]
    last = numbers[0]
    if len(numbers) == 2:
        last = [high - low for low, high in zip(*numbers, strict=True)]
        rows.append(("difference", *map(exact_text, last)))
    rows.append(("right less left", "", exact_text(last[1] - last[0])))
    return Table(["", *compared.columns], rows, _caption(witness, compared.what, rows))


def _caption(witness: Witness, what: str, rows: Sequence[Sequence[str]]) -> str:
    rounded = any(number.startswith(_ABOUT) for _, *numbers in rows for number in numbers)
    exact = f'exactly unless it says "{_ABOUT}"' if rounded else "exactly"
    if witness.instance is not None:
        exact += ", for the functions above"
    return f"The {what}, {exact}; the clause claims that the last number is at least 0"


def exact_text(value: sympy.Expr) -> str:
    """Return a number exactly if that is short, and as a decimal.

    >>> exact_text(sympy.Rational(1, 3)), exact_text(sympy.Integer(2)), exact_text(sympy.sqrt(2))
    ('1/3 (0.333333)', '2', 'sqrt(2) (1.41421)')
    """
    value = sympy.expand(value)
    if isinstance(value, sympy.Integer) and len(str(value)) <= _LONGEST:
        return str(value)
    exact = str(sympy.factor_terms(value))
    if value.has(Unknown):
        return exact
    low, high = enclosed(value)
    near = short((low + high) / 2)
    return f"{exact} ({near})" if len(exact) <= _LONGEST else f"{_ABOUT} {near}"


def _sides(low: Pair, one: Pair, other: Pair) -> tuple[list[str], list[str]]:
    """Return the names of the rows and the columns of a square: low -> one goes up its rows."""

    if low[0] == one[0] and low[1] == other[1]:
        return (
            [f"a = {label_text(pair[1])}" for pair in (low, one)],
            [f"s = {label_text(pair[0])}" for pair in (low, other)],
        )
    # Inside S, or inside A, where labels are tuples: both steps move a part of one label.
    i = 0 if low[1] == one[1] else 1
    labels = [pair[i] for pair in (low, one, other)]
    parts = [label if isinstance(label, tuple) else (label,) for label in labels]
    up, across = (
        next(k for k, (x, y) in enumerate(zip(parts[0], end, strict=True)) if x != y)
        for end in parts[1:]
    )

    def name(label: tuple[Label, ...], free: int) -> str:
        shown = ["\u00b7" if k == free else label_text(x) for k, x in enumerate(label)]
        return f"{'sa'[i]} = ({', '.join(shown)})"

    return (
        [name(parts[0], across), name(parts[1], across)],
        [name(parts[0], up), name(parts[2], up)],
    )


def _what(game: Game, witness: Witness) -> str:
    if witness.minimal is None:
        return "reward"
    names = " or ".join(label_text(x) for x in witness.minimal)
    return f"chance of a next state {'>=' if game.states.is_chain else 'at or above'} {names}"


def _at(pair: Pair) -> str:
    return f"s = {label_text(pair[0])}, a = {label_text(pair[1])}"


def witness_figures(game: Game, witness: Witness) -> list[Block]:
    """Return the drawings of a counterexample: laws or rewards behind it, and its mean fields.

    A note stands for what cannot be drawn.
    """
    if game.states.size > _MOST_STATES:
        return [Note(f"Not drawn: {game.states.size} states are too many.")]
    found: list[Block] = []
    compared = _compared(game, witness)
    if compared is not None:
        found += _if_floats(compared.what, lambda: [_steps(compared)])
    if witness.upper_set is None:
        found += _if_floats("rewards", lambda: _rewards(game, witness))
    elif game.states.is_chain:
        found += _tails(game, witness)
    else:
        found += _masses(game, witness)
    note = f"for example: the clause fails {ANY_FIELD}" if ANY_FIELD in witness.text else ""
    return [*found, mean_fields(game, witness.z, witness.z2, note)]


def _if_floats(what: str, draw: Callable[[], list[Block]]) -> list[Block]:
    try:
        return draw()
    except OverflowError:
        return [Note(f"The {what}: not drawn, there are numbers beyond floating point.")]


def mean_fields(game: Game, z: Law, z2: Law | None, note: str = "") -> Curves:
    """Return one mean field or two as bars."""
    laws = [("mean field" if z2 is None else "lower mean field", z)]
    if z2 is not None:
        laws.append(("higher mean field", z2))
    x, names = axis(game.states)
    series = [
        Series(
            f"{name}: {mass_text(law)}" if len(law) <= 2 else name,
            x,
            [to_float(Fraction(law.get(label, 0))) for label in game.states.labels],
            "bars",
        )
        for name, law in laws
    ]
    title = "The mean field" if z2 is None else "The two mean fields"
    return Curves(title, "state", "mass", series, x_names=names, from_zero=True, note=note)


def _legs(game: Game, witness: Witness) -> list[tuple[int, Pair, Law, str]]:
    """Return what the value is a signed sum of: sign, row and mean field, and the field's name."""
    corners = signed_corners(game, witness)
    if witness.z2 is None:
        return [(sign, pair, witness.z, "") for sign, pair in corners]
    fields = ((-1, witness.z, ", lower mean field"), (1, witness.z2, ", higher mean field"))
    return [(sign * s, pair, z, name) for s, z, name in fields for sign, pair in corners]


def _tails(game: Game, witness: Witness) -> list[Block]:
    states, place = game.states, game.states.index[witness.minimal[0] if witness.minimal else 0]
    x, names = axis(states)
    tails, total = [], [0.0] * states.size
    for sign, pair, z, name in _legs(game, witness):
        law = _law(game, witness, pair, z)
        tail = [min(1.0, sum(law[t:])) for t in range(states.size)]
        tails.append((f"{_at(pair)}{name}", tail))
        total = [t + sign * p for t, p in zip(total, tail, strict=True)]
    total = [_tidy(v) for v in total]
    seen = _window([t for t in range(states.size) if total[t] or t == place], states.size)
    names = [names[t] for t in seen] if names else []
    x = [float(i) for i in range(len(names))] if names else [x[t] for t in seen]
    mark = [(x[seen.index(place)], "the tail of the counterexample")]
    note = "" if len(seen) == states.size else "near where the laws differ"
    series = [Series(name, x, [tail[t] for t in seen]) for name, tail in tails]
    label = "chance of a next state >= t"
    figures: list[Block] = [
        Curves("Tails of the laws", "t", label, series, mark, names, from_zero=True, note=note)
    ]
    if len(series) > 1:
        signs = "signed sum of the tails" if witness.z2 is None else "change of the signed sum"
        bars = Series(f"{signs}, at each t", x, [total[t] for t in seen], "bars")
        title, note = "What the clause claims of every tail", "no bar below 0"
        figures.append(Curves(title, "t", "value", [bars], mark, names, note=note))
    return figures


def _window(places: Sequence[int], size: int) -> range:
    """Return the places with some room around them."""
    room = 3
    return range(max(0, min(places) - room), min(size, max(places) + room + 1))


def _masses(game: Game, witness: Witness) -> list[Block]:
    """Return the signed sum of the laws, state by state, with the upper set framed."""
    states = game.states
    total = [0.0] * states.size
    for sign, pair, z, _ in _legs(game, witness):
        law = _law(game, witness, pair, z)
        total = [t + sign * p for t, p in zip(total, law, strict=True)]
    total = [_tidy(v) for v in total]
    inside = sorted(states.index[x] for x in witness.upper_set or ())
    flat = len(states.shape) != 2
    rows = [""] if flat else [label_text(part) for part in states.chains[0]]
    columns = states.labels if flat else states.chains[1]
    wide = len(columns)
    drawn = HeatMap(
        title="Signed sum of the laws, by next state",
        x_label="next state" if flat else "second part",
        y_label="" if flat else "first part",
        value_label="mass",
        columns=[label_text(part) for part in columns],
        rows=rows,
        values=[total[r * wide : (r + 1) * wide] for r in range(len(rows))],
        diverging=True,
        marks=[(i % wide, i // wide) for i in inside],
        marks_label="upper set of the counterexample",
        note="the clause claims that the framed upper set has no less than 0 in total",
    )
    return [drawn]


def _rewards(game: Game, witness: Witness) -> list[Block]:
    """Return the reward over the states near the counterexample, for what it compares."""
    states = game.states
    ends = [states.index[pair[0]] for pair in witness.corners]
    first = max(0, min(ends) - _WINDOW // 2)
    window = range(first, min(states.size, max(first + _WINDOW, max(ends) + 2)))
    if len(window) > 4 * _WINDOW:
        return [Note("The rewards: not drawn, the states compared are too far apart.")]
    x, names = axis(states)
    names = [names[i] for i in window] if names else []
    x = [i - first for i in range(len(x))] if names else x
    best = witness.clause == "reward.max_monotone_s"
    lines: dict[str, tuple[Pair, Law]] = {}
    for _, pair, z, name in _legs(game, witness):
        called = "best action" if best else f"a = {label_text(pair[1])}"
        lines.setdefault(f"{called}{name}", (pair, z))
    series = []
    style: Style = "line" if states.is_chain else "points"
    for name, (pair, z) in lines.items():
        values = [
            best_reward(game, states.labels[i], z)
            if best
            else game.reward_at(states.labels[i], pair[1], z)
            for i in window
        ]
        heights = [_float(witness.settle(value)) for value in values]
        series.append(Series(name, [x[i] for i in window], heights, style))
    marks = [(x[i], "states of the counterexample") for i in dict.fromkeys(ends)]
    title = "The best reward" if best else "The reward"
    return [Curves(title, "state", "reward", series, marks, names)]


def _law(game: Game, witness: Witness, pair: Pair, z: Law) -> list[float]:
    law = game.kernel_at(*pair, z)
    zero = sympy.S.Zero
    return [_float(witness.settle(law.get(x, zero))) for x in game.states.labels]


def _float(value: sympy.Expr) -> float:
    """Return a number to draw; OverflowError where it is too large for that."""
    number = to_float(value) if value.is_Rational else float(value.evalf(17))
    if abs(number) > _LARGEST:
        raise OverflowError
    return number


def _tidy(value: float) -> float:
    """Return 0 for what only rounding made of it, in sums of a few probabilities."""
    return 0.0 if abs(value) < 1e-12 else value


def axis(states: Order) -> tuple[list[float], list[str]]:
    """Return where the states stand on an axis, and their names where they are no numbers."""
    labels = states.labels
    if len(states.shape) == 1:
        numbers = [to_float(Fraction(x)) for x in labels if isinstance(x, int | Fraction)]
        rising = all(x < y for x, y in pairwise(numbers))
        if len(numbers) == len(labels) and rising:
            return numbers, []
    return [float(i) for i in range(len(labels))], [states.text(i) for i in range(states.size)]
