"""Tracing: user functions, run once per state and action, become a separable game.

    P(s' | s, a, z) = sum over k of b_k(m) T_k[s, a, s'],    r(s, a, z) = sum of b_k(m) R_k[s, a]

with terms b_k, scalar functions of the aggregates m of the mean field, and exact rational T, R.
The kernel is kept as it was written, as branches (weight, law): a law that many rows share is
stored once, and rows that differ in one branch cancel in the others without touching it.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import sympy

from mfgcheck.errors import InvalidGame, MfgCheckError
from mfgcheck.game.laws import Blend, Law, point
from mfgcheck.game.mean_field import Aggregate, MeanField, TracedMeanField
from mfgcheck.game.numbers import Label, check_length, exact, label_text, rational
from mfgcheck.game.orders import Order
from mfgcheck.game.sparse import Ints, Rows
from mfgcheck.game.terms import Above, AtLeast, TermReader, Terms, join
from mfgcheck.game.unknown import Unknown, UnknownFunction, functions_in, has_unknown
from mfgcheck.game.values import UnknownValue, unknown_values

if TYPE_CHECKING:
    from traceback import FrameSummary

Function: TypeAlias = Callable[[Any, Any, Any], object]


@dataclass(frozen=True, eq=False)
class SeparableForm:
    """A traced game. Row numbers are (state number) * |A| + (action number).

    Attributes:
        aggregates: the functionals of the mean field that occur.
        terms: the scalar functions b_k; `terms[0]` is 1.
        weights: rows over terms, one for each distinct weight.
        laws: rows over states, one for each distinct law.
        branch_start, branch_weight, branch_law: row i of the kernel is the sum of weight times
            law over the branches branch_start[i]:branch_start[i+1].
        rewards: rows over terms, one for each distinct reward; `reward[i]` is that of row i.
        clipped: whether a clip, max or min of a law moved an outcome in row i.
        floats: float literals that were read as decimals.
        partial: quotients, logarithms and roots as they were written, each with the place.
        unknown: the values of unknown functions that occur in terms, or did before they cancelled,
            each with what is known of its argument.
        functions: the unknown functions that were met.
    """

    aggregates: tuple[Aggregate, ...]
    terms: tuple[sympy.Expr, ...]
    weights: Rows
    laws: Rows
    branch_start: Ints
    branch_weight: Ints
    branch_law: Ints
    rewards: Rows
    reward: Ints
    clipped: npt.NDArray[np.bool_]
    floats: tuple[str, ...]
    partial: tuple[tuple[sympy.Expr, str], ...]
    unknown: Mapping[Unknown, UnknownValue]
    functions: tuple[UnknownFunction, ...]

    def weight_text(self, i: int) -> str:
        """The weight numbered i, as an expression."""
        return str(join({self.terms[k]: c for k, c in self.weights.row(i)}))

    def digest(self) -> str:
        """A SHA-256 over all that the verdicts depend on."""
        digest = hashlib.sha256()
        for aggregate in self.aggregates:
            digest.update(repr((aggregate.name, tuple(map(str, aggregate.values)))).encode())
        digest.update(repr(tuple(map(sympy.srepr, self.terms))).encode())
        if self.functions:  # their bounds, too
            digest.update(repr([(p.label, p.low, p.high) for p in self.functions]).encode())
        for rows in (self.weights, self.laws, self.rewards):
            digest.update(hex(rows.denominator).encode())  # decimals are limited to 4,300 digits
            for array in (rows.start, rows.column, rows.value):
                large = array.dtype == object
                digest.update(repr([*map(hex, array)]).encode() if large else array.tobytes())
        for array in (self.branch_start, self.branch_weight, self.branch_law, self.reward):
            digest.update(array.tobytes())
        return digest.hexdigest()


class _Tracer:
    """The tables that tracing fills: distinct weights, laws, rewards and terms."""

    def __init__(self, states: Order, actions: Order) -> None:
        self.states, self.actions = states, actions
        self.z = TracedMeanField(states)
        self.reader = TermReader()
        self.term_ids: dict[sympy.Expr, int] = {sympy.S.One: 0}
        self.weight_ids: dict[sympy.Expr, int] = {}
        self.law_ids: dict[Law, int] = {}
        self.reward_ids: dict[sympy.Expr, int] = {}
        self.weights: list[list[tuple[int, int, int]]] = []
        self.laws: list[list[tuple[int, int, int]]] = []
        self.rewards: list[list[tuple[int, int, int]]] = []
        self.floats: set[str] = set()

    def term_entries(self, e: sympy.Expr, what: str) -> list[tuple[int, int, int]]:
        terms: Terms = self.reader.read(e, what)
        for term in terms:
            if term not in self.term_ids:
                self.check_symbols(term, what)
                for number in term.atoms(sympy.Rational):
                    exact(number, what)
        for c in terms.values():
            check_length(c, what)
        return [
            (self.term_ids.setdefault(term, len(self.term_ids)), c.numerator, c.denominator)
            for term, c in terms.items()
        ]

    def check_symbols(self, term: sympy.Expr, what: str) -> None:
        strange = term.free_symbols - self.z.aggregates.keys()
        if strange:
            raise InvalidGame(
                f"{what} uses the symbol {min(map(str, strange))}, which is neither a number nor "
                "an aggregate of z: make it a parameter, a keyword argument of the function that "
                "makes the game"
            )

    def weight(self, e: sympy.Expr, where: str) -> int:
        found = self.weight_ids.get(e)
        if found is None:
            found = self.weight_ids[e] = len(self.weights)
            self.weights.append(self.term_entries(e, f"a weight of {where}"))
        return found

    def law(self, law: Law, where: str) -> int:
        found = self.law_ids.get(law)
        if found is None:
            row = []
            for x, w in zip(law.outcomes, law.weights, strict=True):
                i = self.states.index.get(x)
                if i is None:
                    raise InvalidGame(
                        f"{where} has a branch that leads to {x!r}, which is not a state: keep "
                        "the law inside the states, for example with law.clip(lowest, highest)"
                    )
                row.append((i, w, law.denominator))
            found = self.law_ids[law] = len(self.laws)
            self.laws.append(row)
        self.floats |= law.floats
        return found

    def reward(self, e: sympy.Expr, where: str) -> int:
        found = self.reward_ids.get(e)
        if found is None:
            found = self.reward_ids[e] = len(self.rewards)
            self.rewards.append(self.term_entries(e, where))
        return found


def trace(states: Order, actions: Order, reward: Function, transition: Function) -> SeparableForm:
    """Run a game's functions once per state and action and return the separable form.

    Raises:
        InvalidGame: a function raises, or returns something that is not a reward or a law.
    """
    # Nothing that tracing makes is garbage, and there is much of it to look through in vain.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _trace(states, actions, reward, transition)
    finally:
        if collecting:
            gc.enable()


def _trace(states: Order, actions: Order, reward: Function, transition: Function) -> SeparableForm:
    tracer = _Tracer(states, actions)
    starts, branch_weights, branch_laws, rewards = [0], [], [], []
    clipped = np.zeros(states.size * actions.size, dtype=bool)
    row = 0
    for s, s_value in zip(states.labels, states.values, strict=True):
        for a, a_value in zip(actions.labels, actions.values, strict=True):
            value = call(reward, "reward", s, s_value, a, a_value, tracer.z)
            e = expression(value, "reward", s, a)
            rewards.append(tracer.reward(e, f"reward(s={label_text(s)}, a={label_text(a)})"))
            value = call(transition, "transition", s, s_value, a, a_value, tracer.z)
            where = f"kernel row (s={label_text(s)}, a={label_text(a)})"
            for law, weight in branches(value, where).items():
                number = tracer.weight(weight, where)
                if not tracer.weights[number]:  # identically 0, though not written so
                    continue
                branch_weights.append(number)
                branch_laws.append(tracer.law(law, where))
                clipped[row] |= law.clipped
            starts.append(len(branch_laws))
            row += 1
    functionals = {symbol: a.values for symbol, a in tracer.z.aggregates.items()}
    if tracer.z.unknown:
        _check_steps(tracer)
    return SeparableForm(
        aggregates=tuple(tracer.z.aggregates.values()),
        terms=tuple(tracer.term_ids),
        weights=Rows.of(tracer.weights),
        laws=Rows.of(tracer.laws),
        branch_start=np.array(starts, dtype=np.int64),
        branch_weight=np.array(branch_weights, dtype=np.int64),
        branch_law=np.array(branch_laws, dtype=np.int64),
        rewards=Rows.of(tracer.rewards),
        reward=np.array(rewards, dtype=np.int64),
        clipped=clipped,
        floats=tuple(sorted(tracer.floats | tracer.reader.floats)),
        partial=tuple(tracer.reader.partial.items()),
        unknown=unknown_values(tracer.reader.unknown, functionals),
        functions=functions_in({*tracer.reader.unknown, *tracer.z.unknown}),
    )


def _check_steps(tracer: _Tracer) -> None:
    """Refuse steps where an aggregate with values of unknown functions passes a number."""
    for term in tracer.term_ids:
        for m in {step.args[0] for step in term.atoms(AtLeast, Above)}:
            if has_unknown(tracer.z.aggregates[m].values):
                raise InvalidGame(
                    f"a condition on {m}: it must compare an aggregate that does not depend on an "
                    "unknown function"
                )


def call(
    function: Function,
    name: str,
    s: Label,
    s_value: object,
    a: Label,
    a_value: object,
    z: MeanField,
) -> object:
    """Call a user's function; whatever it raises is told in words of the game."""
    try:
        return function(s_value, a_value, z)
    except MfgCheckError as error:
        where = f"{name}(s={label_text(s)}, a={label_text(a)})"
        raise InvalidGame(f"{where}: {error}{_line(error)}") from error
    except Exception as error:  # the code is the user's: anything may come out of it
        where = f"{name}(s={label_text(s)}, a={label_text(a)})"
        raise InvalidGame(
            f"{where} raised {type(error).__name__}: {error}{_line(error)}{_advice(error)}"
        ) from error


def _line(error: Exception) -> str:
    frame = _user_frame(error)
    return f" ({frame.filename}, line {frame.lineno})" if frame is not None else ""


def _user_frame(error: Exception) -> FrameSummary | None:
    """Return the innermost frame of the traceback that is neither ours nor a library's."""
    import sysconfig
    import traceback
    from pathlib import Path

    libraries = {sysconfig.get_path(key) for key in ("stdlib", "platlib", "purelib")}
    ours = str(Path(__file__).parents[1] / "game")
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((ours, *libraries))
    ]
    return frames[-1] if frames else None


def _advice(error: Exception) -> str:
    text = str(error)
    if "truth value of Relational" in text:
        return (
            ". The mean field is symbolic here: write sympy's Piecewise, Min or Max instead of "
            "`if`, min or max"
        )
    if "convert expression to float" in text or "loop of ufunc" in text:
        return (
            ". The mean field is symbolic here: use sympy's exp, log, sqrt, tanh instead of "
            "those of math or numpy"
        )
    return ""


def expression(value: object, name: str, s: Label, a: Label) -> sympy.Expr:
    """Read a number or an expression that a user's function returned."""
    if isinstance(value, sympy.Expr):
        return value
    where = f"{name}(s={label_text(s)}, a={label_text(a)})"
    if isinstance(value, float):  # kept as it is, so that the report can name the literal
        exact(value, where)
        return sympy.Float(value)
    if value is None:
        raise InvalidGame(f"{where} returned nothing: does it lack a `return`?")
    if isinstance(value, MeanField):
        raise InvalidGame(
            f"{where} returned the mean field itself: use z.mean(phi), z[x] or z.tail(x)"
        )
    return rational(exact(value, where))


def branches(value: object, where: str) -> dict[Law, sympy.Expr]:
    """Read what `transition` returned: a law, a dict, or a list of (weight, law or label) pairs."""
    if isinstance(value, Law):
        return {value: sympy.S.One}
    if isinstance(value, Blend):
        return _merge(((weight, law) for weight, law in value.parts), where)
    if value is None:
        raise InvalidGame(f"{where}: transition returned nothing: does it lack a `return`?")
    if isinstance(value, Mapping):
        return _merge(((weight, x) for x, weight in value.items()), where)
    if isinstance(value, (list, tuple)):
        return _merge((_pair(item, where) for item in value), where)
    raise InvalidGame(
        f"{where}: transition returned {value!r}: it must return a law, a dict from next states "
        "to weights, or a list of (weight, law) pairs; for a certain next state write point(x)"
    )


def _pair(item: object, where: str) -> tuple[object, object]:
    if isinstance(item, tuple) and len(item) == 2:
        return item
    raise InvalidGame(
        f"{where}: {item!r} is not a (weight, law) pair (for a certain next state write point(x))"
    )


def _merge(pairs: Iterable[tuple[object, object]], where: str) -> dict[Law, sympy.Expr]:
    merged: dict[Law, tuple[Law, sympy.Expr]] = {}
    for weight, target in pairs:
        if isinstance(weight, (Law, Blend)):
            raise InvalidGame(f"{where}: write the weight first and the law second")
        if isinstance(weight, sympy.Expr):
            number = weight
        elif isinstance(weight, float):
            exact(weight, f"{where}: a weight")
            number = sympy.Float(weight)
        else:
            number = rational(exact(weight, f"{where}: a weight"))
        parts = target.parts if isinstance(target, Blend) else ((sympy.S.One, _law(target)),)
        for share, law in parts:
            product = number if share is sympy.S.One else number * share
            if product == 0:
                continue
            if law in merged:  # equal laws, which may have been clipped in one place only
                known, before = merged[law]
                law = replace(
                    law, clipped=known.clipped or law.clipped, floats=known.floats | law.floats
                )
                product = before + product
            merged[law] = (law, product)
    return {law: weight for law, weight in merged.values() if weight != 0}


def _law(target: object) -> Law:
    return target if isinstance(target, Law) else point(target)
