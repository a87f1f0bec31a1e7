"""The clauses on the kernel, for shift kernels of every size.

The tail of the next state is the sum over branches of a weight in z times an indicator of
(s, a, t). What a clause compares at (s, a, t) is then a combination of weights, and there are
finitely many of these (lemma S3 in the book).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import sympy

from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.capture import Kernel
from mfgcheck.verify.all_sizes.claims import Fails, Outcome, nondecreasing, nonnegative
from mfgcheck.verify.all_sizes.found import SMALLEST, SizeVerdict, at_least, minimal, undecided
from mfgcheck.verify.all_sizes.points import Size, occurrence
from mfgcheck.verify.all_sizes.sums import expand
from mfgcheck.verify.all_sizes.tails import (
    Cell,
    Comparison,
    Corner,
    NotLinear,
    cells,
    comparison,
)
from mfgcheck.verify.verdict import Status

_Signed = tuple[tuple[Corner, int], ...]


@dataclass(frozen=True)
class _Pattern:
    """Corners with signs, and whether their sum must be >= 0 or rise in the mean field."""

    corners: _Signed
    rises: bool
    what: str

    @property
    def raised(self) -> Corner:
        return max(c[0] for c, _ in self.corners), max(c[1] for c, _ in self.corners)


_UP_S: _Signed = (((0, 0), -1), ((1, 0), 1))
_UP_A: _Signed = (((0, 0), -1), ((0, 1), 1))
_SQUARE: _Signed = (((0, 0), 1), ((1, 0), -1), ((0, 1), -1), ((1, 1), 1))

PATTERNS: dict[str, tuple[_Pattern, ...]] = {
    "kernel.monotone_s": (
        _Pattern(_UP_S, rises=False, what="the rise of P(>= t) from s to s + 1"),
    ),
    "kernel.monotone_a": (
        _Pattern(_UP_A, rises=False, what="the rise of P(>= t) from a to a + 1"),
    ),
    "kernel.monotone_z": (_Pattern((((0, 0), 1),), rises=True, what="P(>= t)"),),
    "kernel.supermodular": (
        _Pattern(
            _SQUARE, rises=False, what="the second difference of P(>= t) over s, s + 1 and a, a + 1"
        ),
    ),
    "kernel.increasing_differences": (
        _Pattern(_UP_S, rises=True, what="the rise of P(>= t) from s to s + 1"),
        _Pattern(_UP_A, rises=True, what="the rise of P(>= t) from a to a + 1"),
    ),
}


@dataclass(frozen=True)
class _Failing:
    """Where a pattern fails: for which functions, from which sizes, and one example in words."""

    fails: Fails
    sizes: tuple[Size, ...]
    example: str


def decide_kernel(kernel: Kernel, clause: str) -> SizeVerdict:
    """Decide one clause on a kernel for every size."""
    if clause == "kernel.monotone_z" and kernel.loose:
        return undecided(
            clause,
            "a law that is free of s and a has weights that depend on z, and changes with |S| in a "
            "way that is not known",
        )
    try:
        tails = [(expand(weight), comparison(x)) for weight, x in kernel.parts]
        failing: list[_Failing] = []
        doubtful: list[Size] = []
        for pattern in PATTERNS[clause]:
            found, doubts = _decide_pattern(pattern, tails)
            failing += found
            doubtful += doubts
    except NotLinear as error:
        return undecided(clause, str(error), "write outcomes as s + a, min and max of such")
    return _verdict(clause, failing, doubtful, kernel)


def _decide_pattern(
    pattern: _Pattern, tails: list[tuple[sympy.Expr, Comparison]]
) -> tuple[list[_Failing], list[Size]]:
    corners = [corner for corner, _ in pattern.corners]
    by_vector: dict[tuple[int, ...], list[Cell]] = defaultdict(list)
    for cell in cells([c for _, c in tails], corners):
        vector = tuple(
            sum(sign * cell.holds(c, corner) for corner, sign in pattern.corners) for _, c in tails
        )
        by_vector[vector].append(cell)
    failing: list[_Failing] = []
    doubtful: list[Size] = []
    claim = nondecreasing if pattern.rises else nonnegative
    for vector, members in by_vector.items():
        total = expand(sympy.Add(*(d * w for d, (w, _) in zip(vector, tails, strict=True))))
        outcome: Outcome = claim(total)
        if outcome.holds:
            continue
        where = occurrence(members, pattern.raised)
        if not where.known:
            doubtful.append(SMALLEST)
        if outcome.fails is None:
            doubtful += where.sizes
        elif where.example is not None:
            s, a, t = where.example
            text = f"at s = {s}, a = {a}, t = {t}, {pattern.what} is {total}: {outcome.text}"
            failing.append(_Failing(outcome.fails, where.sizes, text))
    return failing, doubtful


def _verdict(
    clause: str, failing: list[_Failing], doubtful: list[Size], kernel: Kernel
) -> SizeVerdict:
    functions = sorted({u.label for weight, _ in kernel.parts for u in weight.atoms(Unknown)})
    named = " and ".join(functions)
    failed = [size for f in failing for size in f.sizes]
    open_from = minimal([size for size in doubtful if not at_least(size, failed)])
    if not failing and not open_from:
        how = "every combination of weights that occurs " + (
            "rises in z" if PATTERNS[clause][0].rises else "is at least 0"
        )
        scope = f"every {named} that does not rise" if named else ""
        return SizeVerdict(clause, Status.PROVED, how, scope=scope)
    if not failing:
        return SizeVerdict(
            clause,
            Status.UNDECIDED,
            "the sign or direction of a combination of the weights in z is not known",
            open_from=open_from,
            advice='an unknown function, decreasing("p", 0, 1), in place of a formula in z may be '
            "easier to decide"
            if not named
            else "",
        )
    sizes = minimal(failed)
    first = min(failing, key=lambda f: (f.sizes[0], f.fails))
    return SizeVerdict(
        clause,
        Status.REFUTED,
        first.example,
        fails_from=sizes,
        open_from=open_from,
        scope=_scope(failing, sizes, named),
    )


def _scope(failing: list[_Failing], sizes: tuple[Size, ...], named: str) -> str:
    """Return for which unknown functions the clause fails at these sizes."""
    if not named:
        return ""
    texts = {
        Fails.ALWAYS: f"every {named} that does not rise",
        Fails.STRICT: f"every {named} that falls strictly",
        Fails.SOME: f"some {named}",
    }
    said: list[str] = []
    for level in Fails:
        here = minimal([x for f in failing if f.fails <= level for x in f.sizes])
        if here == sizes:
            return texts[level] if not said else f"{texts[level]}; {'; '.join(said)}"
        if here:
            said.append(
                f"for {texts[level]} from "
                + " or ".join(f"|S| = {n}, |A| = {k}" for n, k in here)
                + " on"
            )
    return texts[Fails.SOME]
