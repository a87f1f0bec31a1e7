"""The result of `all_sizes`, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import sympy

from mfgcheck.game.game import Game
from mfgcheck.game.unknown import Unknown
from mfgcheck.report.blocks import Block, Heading, Note, Paragraph, Table
from mfgcheck.verify.all_sizes.abstract import MEAN, Mass, Tail
from mfgcheck.verify.all_sizes.capture import Family
from mfgcheck.verify.all_sizes.found import SizeVerdict
from mfgcheck.verify.all_sizes.points import Size
from mfgcheck.verify.verdict import Status, conjunction


@dataclass(frozen=True, eq=False)
class AllSizes:
    """The verdicts on a game's clauses for every |S| >= 2 and |A| >= 2.

    Attributes:
        game: the game that the family was read from.
        clauses: the verdict on each clause, by id.
        family: the formulas that were read, a line each.
        hypotheses: what the formulas' symbols stand for.
        ran_at: the sizes (|S|, |A|) at which the game's code was compared with the formulas.
        checked_at: the sizes at which `check` was asked as well, and did not contradict.
        resizable: whether the code itself was run at other sizes than that of the game.
        seconds: how long it took.
    """

    game: Game
    clauses: Mapping[str, SizeVerdict]
    family: tuple[str, ...]
    hypotheses: tuple[str, ...]
    ran_at: tuple[Size, ...]
    checked_at: tuple[Size, ...]
    resizable: bool
    seconds: float

    def __bool__(self) -> NoReturn:
        raise TypeError("verdicts are not a truth value: compare result.status")

    @property
    def status(self) -> Status:
        """PROVED if all clauses are, at all sizes; REFUTED if one is at some; else UNDECIDED."""
        return conjunction(verdict.status for verdict in self.clauses.values())

    def only(self, clauses: Iterable[str]) -> AllSizes:
        """Return the verdicts on some of the clauses."""
        return replace(self, clauses={name: self.clauses[name] for name in clauses})

    def to_dict(self) -> dict[str, object]:
        """Return the result as JSON holds it."""
        return {
            "status": str(self.status),
            "clauses": {name: verdict.to_dict() for name, verdict in self.clauses.items()},
            "family": list(self.family),
            "hypotheses": list(self.hypotheses),
            "ran_at": [list(size) for size in self.ran_at],
            "checked_at": [list(size) for size in self.checked_at],
            "seconds": round(self.seconds, 6),
        }

    def blocks(self) -> list[Block]:
        """Return the result as blocks, which terminals and notebooks render."""
        blocks: list[Block] = [
            Heading(f"At all sizes: MFG-SC {self.status}", 2),
            Paragraph(self._family_text()),
            Table(
                ("clause", "verdict", "where"),
                tuple((v.clause, str(v.status), v.where) for v in self.clauses.values()),
                "Definition 1 at every |S| >= 2 and |A| >= 2, for all mean fields",
            ),
        ]
        said: dict[str, list[str]] = {}
        for verdict in self.clauses.values():
            said.setdefault(_sentence(verdict), []).append(verdict.clause)
        blocks += [Paragraph(f"{', '.join(names)}: {text}") for text, names in said.items()]
        blocks.append(Note(self._assurance()))
        return blocks

    def _family_text(self) -> str:
        if not self.family:
            return "Neither the reward nor the kernel was read as a formula of s and a."
        start = (
            "This family was read, a game for every |S| >= 2 and |A| >= 2 at which all weights are "
            "probabilities:"
        )
        where = "Where " + "; ".join(self.hypotheses) + "."
        return "\n".join([start, *self.family, where])

    def _assurance(self) -> str:
        at = ", ".join(f"{n} x {k}" for n, k in self.ran_at)
        if not self.ran_at:
            return "Nothing of the game's code was read."
        said = f"The game's code gives what the formulas give at |S| x |A| = {at}"
        if not self.resizable:
            said += (
                "; it has no parameters `states` and `actions` by which to run it at other sizes, "
                "so there the formulas are the game"
            )
        else:
            said += "; what it does at other sizes is not known"
        if self.checked_at:
            asked = ", ".join(f"{n} x {k}" for n, k in self.checked_at)
            said += f". Verdicts for single sizes agree at {asked}"
        return said + "."

    def _repr_html_(self) -> str:
        from mfgcheck.report.html import to_html

        return to_html(self.blocks())

    def __str__(self) -> str:
        from mfgcheck.report.terminal import to_text

        return to_text(self.blocks())


def _sentence(verdict: SizeVerdict) -> str:
    parts = [verdict.how]
    if verdict.scope:
        parts.append(f"for {verdict.scope}")
    if verdict.advice:
        parts.append(verdict.advice)
    return "; ".join(parts) + "."


def family_lines(family: Family) -> tuple[str, ...]:
    """Return the formulas of a family, a line each."""
    lines = []
    if family.reward is not None:
        lines.append(f"r = {_text(family.reward)}")
    if family.kernel is not None:
        parts = [f"{_text(x)} with weight {_text(weight)}" for weight, x in family.kernel.parts]
        rest = "the rest is a law free of s and a" if parts else "a law free of s and a"
        if not family.kernel.loose and parts:
            rest = "the rest is a law free of s, a and z"
        lines.append(
            "P: the next state is "
            + "; ".join([*parts, rest])
            + ". Outcomes are clipped to the states 0, .., top."
        )
    return tuple(lines)


def _text(e: sympy.Expr) -> str:
    return str(e).replace("Min(", "min(").replace("Max(", "max(").replace("MeanOf(", "mean(")


def hypotheses(family: Family) -> tuple[str, ...]:
    """Return what the symbols in the formulas of a family stand for."""
    formulas = [] if family.reward is None else [family.reward]
    formulas += [] if family.kernel is None else [weight for weight, _ in family.kernel.parts]
    used: set[sympy.Expr] = set()
    for e in formulas:
        used |= e.free_symbols | e.atoms(Unknown, Mass, Tail)
    found = ["s = 0, .., |S| - 1 and a = 0, .., |A| - 1"]
    if MEAN in used:
        found.append("mean is the mean state, in [0, |S| - 1]")
    if any(isinstance(part, (Mass, Tail)) and part.args[0].is_Integer for part in used):
        found.append("states that are asked for by number exist")
    if family.values:
        names = ", ".join(sorted(str(x) for x in family.values))
        found.append(f"{names} > 0 in the reward")
    functions = {type(u) for u in used if isinstance(u, Unknown)}
    found += [
        f"{f.label} does not rise, {f.low} <= {f.label} <= {f.high}"
        for f in sorted(functions, key=lambda f: f.label)
    ]
    given = {str(x) for x in family.values}
    others = [
        f"{name} = {value}"
        for name, value in family.game.parameters.items()
        if name not in given and name not in ("states", "actions")
    ]
    if others:
        found.append(f"as given: {', '.join(others)}")
    found += [f"{name} is as given in the reward too ({why})" for name, why in family.fixed.items()]
    return tuple(found)
