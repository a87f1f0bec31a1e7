"""Arithmetic that proves: expressions, enclosures, exact regions and decisions of `f >= 0`."""

from __future__ import annotations

from mfgcheck.rigor.breakpoints import has_step
from mfgcheck.rigor.decide import (
    Limits,
    Proved,
    Refuted,
    Undecided,
    prove_nondecreasing,
    prove_nonnegative,
)
from mfgcheck.rigor.expression import (
    Expression,
    add,
    const,
    derivative,
    exp,
    log,
    mul,
    positive_part,
    power,
    step,
    substitute,
    subtract,
    tanh,
    var,
    variables,
)
from mfgcheck.rigor.finite import prove_finite
from mfgcheck.rigor.interval import Interval, enclose, exact_value, sign
from mfgcheck.rigor.region import Region

__all__ = [
    "Expression",
    "Interval",
    "Limits",
    "Proved",
    "Refuted",
    "Region",
    "Undecided",
    "add",
    "const",
    "derivative",
    "enclose",
    "exact_value",
    "exp",
    "has_step",
    "log",
    "mul",
    "positive_part",
    "power",
    "prove_finite",
    "prove_nondecreasing",
    "prove_nonnegative",
    "sign",
    "step",
    "substitute",
    "subtract",
    "tanh",
    "var",
    "variables",
]
