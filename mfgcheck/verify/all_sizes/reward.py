"""The clauses on the reward, for every size and every positive value of its parameters.

Monotone and supermodular are settled by the directions of the parts in s and in a, increasing
differences by those of the factors of each functional of the mean field (lemma S7 in the book). A
refutation is a point (s, a) at which the difference is negative, with all mass at 0 or at 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import sympy

from mfgcheck.game.unknown import Unknown
from mfgcheck.verify.all_sizes.abstract import A, S, mean_field_parts
from mfgcheck.verify.all_sizes.claims import Fails, Outcome, nondecreasing, nonnegative
from mfgcheck.verify.all_sizes.directions import MEAN_FIELD, Direction
from mfgcheck.verify.all_sizes.found import SizeVerdict, at_least, minimal, undecided
from mfgcheck.verify.all_sizes.points import Size
from mfgcheck.verify.all_sizes.sums import direction_of, expand, sign_of
from mfgcheck.verify.verdict import Status

_STATES, _ACTIONS = 24, 6  # how far counterexamples are looked for

Values = Mapping[sympy.Symbol, sympy.Rational]


def decide_reward(reward: sympy.Expr, values: Values, clause: str) -> SizeVerdict:
    """Decide one clause on a reward for every size.

    First for every positive value of the parameters; if that is neither proved nor refuted for all
    of them, at the values given.
    """
    wide = _decide(reward, clause)
    if not values:
        return wide
    names = ", ".join(sorted(str(x) for x in values))
    if wide.status is not Status.UNDECIDED:
        return replace(wide, scope=_and(f"every {names} > 0", wide.scope))
    given = ", ".join(f"{x} = {value}" for x, value in sorted(values.items(), key=str))
    narrow = _decide(reward.xreplace(dict(values)), clause)
    if narrow.status is Status.UNDECIDED:
        return wide
    return replace(narrow, scope=_and(f"{given} only", narrow.scope))


def _and(first: str, second: str) -> str:
    return f"{first}; {second}" if second else first


def _decide(reward: sympy.Expr, clause: str) -> SizeVerdict:
    proofs: dict[str, Callable[[sympy.Expr], str]] = {
        "reward.monotone_s": _monotone,
        "reward.supermodular": _supermodular,
        "reward.increasing_differences": _increasing_differences,
    }
    functions = " and ".join(sorted({u.label for u in reward.atoms(Unknown)}))
    scope = f"every {functions} that does not rise" if functions else ""
    if clause == "reward.max_monotone_s":
        return _max_monotone(reward, scope, functions)
    how = proofs[clause](reward)
    if how:
        return SizeVerdict(clause, Status.PROVED, how, scope=scope)
    return _refuted(reward, clause, functions)


def _monotone(reward: sympy.Expr) -> str:
    """Return why a reward rises in s, or an empty text."""
    if not direction_of(reward, S).up:
        return ""
    moving = [x for x in sympy.Add.make_args(expand(reward)) if S in x.free_symbols]
    return f"{_sum_text(moving)} does not fall in s" if moving else "r does not depend on s"


def _supermodular(reward: sympy.Expr) -> str:
    """Return why a reward is supermodular in (s, a), or an empty text."""
    expanded = expand(reward)
    mixed = [x for x in sympy.Add.make_args(expanded) if {S, A} <= x.free_symbols]
    if not mixed:
        return "no term holds both s and a: the second differences are 0"
    # Grouped by their factor in a, each group is F(s) G(a); the second difference is that of F
    # times that of G.
    groups: dict[sympy.Expr, list[sympy.Expr]] = defaultdict(list)
    for addend in mixed:
        of_a: list[sympy.Expr] = []
        of_s: list[sympy.Expr] = []
        for factor in sympy.Mul.make_args(addend):
            if {S, A} <= factor.free_symbols:
                return _second_difference(expanded)
            (of_a if A in factor.free_symbols else of_s).append(factor)
        groups[sympy.Mul(*of_a)].append(sympy.Mul(*of_s))
    for of_a_only, coefficients in groups.items():
        f, g = direction_of(sympy.Add(*coefficients), S), direction_of(of_a_only, A)
        if not _same_way(f, g):
            return _second_difference(expanded)
    return f"in {_sum_text(mixed)} the factors of s and of a go the same way"


def _second_difference(reward: sympy.Expr) -> str:
    difference = _steps(reward, S, A)
    if sign_of(difference).nonnegative:
        return f"the second difference is {expand(difference)}, which is at least 0"
    return ""


def _same_way(f: Direction, g: Direction) -> bool:
    return (f.up and g.up) or (f.down and g.down) or (f.up and f.down) or (g.up and g.down)


def _increasing_differences(reward: sympy.Expr) -> str:
    """Return why a reward has increasing differences in (s, a) and z, or an empty text."""
    moving: dict[sympy.Expr, list[sympy.Expr]] = defaultdict(list)
    for addend in sympy.Add.make_args(expand(reward)):
        of_z: list[sympy.Expr] = []
        others: list[sympy.Expr] = []
        for factor in sympy.Mul.make_args(addend):
            (of_z if mean_field_parts(factor) else others).append(factor)
        if of_z:
            moving[sympy.Mul(*of_z)].append(sympy.Mul(*others))
    if not moving:
        return "r does not depend on z"
    joint = []
    for of_z_only, coefficients in moving.items():
        coefficient = sympy.Add(*coefficients)
        if not {S, A} & (coefficient.free_symbols | of_z_only.free_symbols):
            continue
        joint.append(coefficient * of_z_only)
        if {S, A} & of_z_only.free_symbols:
            return _differences_rise(reward)
        h = direction_of(of_z_only, MEAN_FIELD)
        if not all(_same_way(direction_of(coefficient, x), h) for x in (S, A)):
            return _differences_rise(reward)
    if not joint:
        return "no term holds z together with s or a: the differences are free of z"
    return f"in {_sum_text(joint)} the factors of s, a and of z go the same way"


def _differences_rise(reward: sympy.Expr) -> str:
    differences = [_steps(reward, x) for x in (S, A)]
    if all(direction_of(d, MEAN_FIELD).up for d in differences):
        return f"the differences are {' and '.join(map(str, differences))}, which rise in z"
    return ""


def _max_monotone(reward: sympy.Expr, scope: str, functions: str) -> SizeVerdict:
    clause = "reward.max_monotone_s"
    if _monotone(reward):
        return SizeVerdict(
            clause, Status.PROVED, "it follows from reward.monotone_s (lemma L8)", scope=scope
        )
    step = _steps(reward, S)
    if A in step.free_symbols:
        return undecided(clause, "r falls somewhere in s, by an amount that depends on a")
    # max over a of r(s + 1, a) is max over a of r(s, a), plus the step, which is free of a.
    return replace(_refuted(reward, "reward.monotone_s", functions), clause=clause)


def _steps(e: sympy.Expr, *labels: sympy.Symbol) -> sympy.Expr:
    """Return the first differences along the labels, one after the other."""
    for label in labels:
        e = e.subs(label, label + 1) - e
    return expand(e)


def _refuted(reward: sympy.Expr, clause: str, functions: str) -> SizeVerdict:
    """Look for points at which the clause fails, and for sizes at which it holds nonetheless."""
    failing: list[tuple[Size, Fails, str]] = []
    doubtful: list[Size] = []
    for what, difference, raised in _differences(reward, clause):
        claim = nondecreasing if clause.endswith("increasing_differences") else nonnegative
        for s, a in _points():
            size = s + raised[0] + 1, max(a + raised[1] + 1, 2)
            size = max(size[0], 2), size[1]
            value = expand(difference.subs({S: s, A: a}))
            found: Outcome = claim(value)
            if found.fails is not None:
                text = f"at s = {s}, a = {a}, {what} is {value}: {found.text}"
                failing.append((size, found.fails, text))
            elif not found.holds:
                doubtful.append(size)
        doubtful += _beyond(difference, raised, claim)
    level = next((x for x in Fails if any(f[1] == x for f in failing)), None)
    if level is None:
        return undecided(
            clause,
            "what is known of its parts does not tell whether a difference of r is at least 0"
            if not clause.endswith("increasing_differences")
            else "what is known of its parts does not tell whether a difference of r rises in z",
        )
    fails_from = minimal([f[0] for f in failing])
    first = min(failing, key=lambda f: (f[0], f[1]))
    common = max(min(f[1] for f in failing if f[0] == size) for size in fails_from)
    kind = ("that does not rise", "that falls strictly", "")[common]
    scope = f"{'some' if common is Fails.SOME else 'every'} {functions} {kind}".strip()
    return SizeVerdict(
        clause,
        Status.REFUTED,
        first[2],
        fails_from=fails_from,
        open_from=minimal([size for size in doubtful if not at_least(size, fails_from)]),
        scope=scope if functions else "",
    )


def _points() -> Iterator[tuple[int, int]]:
    for s in range(_STATES):
        for a in range(_ACTIONS):
            yield s, a


def _differences(
    reward: sympy.Expr, clause: str
) -> Iterator[tuple[str, sympy.Expr, tuple[int, int]]]:
    if clause == "reward.supermodular":
        yield "the second difference of r", _steps(reward, S, A), (1, 1)
        return
    yield "the rise of r from s to s + 1", _steps(reward, S), (1, 0)
    if clause.endswith("increasing_differences"):
        yield "the rise of r from a to a + 1", _steps(reward, A), (0, 1)


def _beyond(
    difference: sympy.Expr, raised: tuple[int, int], claim: Callable[[sympy.Expr], Outcome]
) -> list[Size]:
    """Return from which sizes on points are open that lie beyond those looked at one by one.

    With a fixed and s arbitrary, or s fixed and a arbitrary, the claim may hold by the calculus.
    """
    sizes: list[Size] = []
    strips = [(A, a, (_STATES + raised[0] + 1, max(a + raised[1] + 1, 2))) for a in range(_ACTIONS)]
    strips += [
        (S, s, (max(s + raised[0] + 1, 2), _ACTIONS + raised[1] + 1)) for s in range(_STATES)
    ]
    for label, number, size in strips:
        value = difference.subs(label, number)
        if not claim(expand(value)).holds:
            sizes.append(size)
    return [*sizes, (_STATES + raised[0] + 1, _ACTIONS + raised[1] + 1)]


def _sum_text(addends: list[sympy.Expr]) -> str:
    return str(sympy.Add(*addends))


__all__ = ["decide_reward"]
