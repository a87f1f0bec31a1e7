"""A random game as plain data, from which the game and the oracle's functions are built apart.

Expressions are nested tuples: ("num", q), ("agg", i), ("add", x, ...), ("mul", x, ...),
("div", x, y), ("exp" | "tanh" | "log" | "sqrt" | "abs", x), ("min" | "max", x, ...) and
("step", i, cut, relation, yes, no): `yes` where aggregate i stands in `relation` to `cut`.
Laws are ("point", x), ("uniform", xs), ("mix", ((q, law), ...)) over the numbers of states, and
("less", k, ((q, w), ...)): k less a random loss w, clipped to the states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Label = int | Fraction | str
Node = tuple[Any, ...]
LawNode = tuple[Any, ...]


@dataclass(frozen=True)
class Space:
    """A chain (one factor) or a product of chains; labels run from lowest to highest."""

    factors: tuple[tuple[Label, ...], ...]

    @property
    def labels(self) -> tuple[Any, ...]:
        """The elements by number: the last factor runs fastest."""
        if len(self.factors) == 1:
            return self.factors[0]
        first, second = self.factors
        return tuple((x, y) for x in first for y in second)

    @property
    def size(self) -> int:
        """Number of elements."""
        return len(self.labels)

    def ranks(self) -> list[tuple[int, ...]]:
        """Return each element's coordinates, counted from 0."""
        if len(self.factors) == 1:
            return [(i,) for i in range(self.size)]
        first, second = self.factors
        return [(i, j) for i in range(len(first)) for j in range(len(second))]


@dataclass(frozen=True)
class AggregateSpec:
    """A functional of the mean field: kind "mean", "phi", "tail" or "mass"; values by state.

    `state` is the number of the state that a tail or a mass speaks of.
    """

    kind: str
    values: tuple[Fraction, ...]
    state: int | None = None


@dataclass(frozen=True)
class Term:
    """A branch of the kernel: its weight is the sum of coefficients[i] * scalars[i]."""

    coefficients: tuple[Fraction, ...]
    law: LawNode


@dataclass(frozen=True)
class Spec:
    """A game. scalars[0] is ("num", 1); rows are by state, then by action.

    `own` is a constant expression per (s, a) that the reward adds to its combination of scalars.
    """

    family: str
    states: Space
    actions: Space
    aggregates: tuple[AggregateSpec, ...]
    scalars: tuple[Node, ...]
    kernel: tuple[tuple[tuple[Term, ...], ...], ...]
    reward: tuple[tuple[tuple[Fraction, ...], ...], ...]
    own: tuple[tuple[Node, ...], ...]
    discount: Fraction
    tremble: Fraction
    as_dict: bool

    def __str__(self) -> str:
        """Return the game in full, one row of the kernel and of the reward on a line."""
        lines = [
            f"{self.family}: states {self.states.labels}, actions {self.actions.labels}",
            *(
                f"  m{i} = {g.kind} {tuple(map(str, g.values))}"
                for i, g in enumerate(self.aggregates)
            ),
            *(f"  g{i} = {render(node)}" for i, node in enumerate(self.scalars)),
        ]
        for s, label in enumerate(self.states.labels):
            for a, action in enumerate(self.actions.labels):
                terms = "; ".join(
                    f"({_combination(t.coefficients)}) {t.law}" for t in self.kernel[s][a]
                )
                own = render(self.own[s][a])
                lines.append(f"  P({label},{action}): {terms}")
                lines.append(f"  r({label},{action}): {_combination(self.reward[s][a])} + {own}")
        return "\n".join(lines)


def number(value: Fraction | int) -> Node:
    """Return the expression of a rational number."""
    return ("num", Fraction(value))


def is_transcendental(node: Node) -> bool:
    """Whether exact rational evaluation may be impossible."""
    if node[0] in ("exp", "tanh", "log", "sqrt"):
        return True
    return any(is_transcendental(child) for child in node[1:] if isinstance(child, tuple))


def breakpoints(node: Node) -> Iterator[tuple[int, Fraction]]:
    """Yield the aggregate and the place of every step in an expression."""
    if node[0] == "step":
        yield node[1], node[2]
    for child in node[1:]:
        if isinstance(child, tuple):
            yield from breakpoints(child)


def render(node: Node) -> str:
    """Return the expression as text."""
    kind = node[0]
    if kind == "num":
        return str(node[1])
    if kind == "agg":
        return f"m{node[1]}"
    if kind == "step":
        _, i, cut, relation, yes, no = node
        return f"[{render(yes)} if m{i} {relation} {cut} else {render(no)}]"
    inner = [render(child) for child in node[1:]]
    sign = {"add": " + ", "mul": " * ", "div": " / "}.get(kind)
    return f"({sign.join(inner)})" if sign else f"{kind}({', '.join(inner)})"


def _combination(coefficients: tuple[Fraction, ...]) -> str:
    return " + ".join(f"{c} g{i}" for i, c in enumerate(coefficients) if c) or "0"
