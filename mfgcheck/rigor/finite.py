"""Is a function defined and finite on a region?"""

from __future__ import annotations

from mfgcheck.rigor.breakpoints import breakpoints, choices, part, smooth
from mfgcheck.rigor.nodes import Expression
from mfgcheck.rigor.outcome import Limits
from mfgcheck.rigor.region import Region
from mfgcheck.rigor.search import proved_continuous


def prove_finite(f: Expression, region: Region, limits: Limits | None = None) -> bool:
    """Whether f is shown to be defined and bounded on the region; False means "not shown".

    Shown piece by piece: on the closure of each piece between steps and kinks, f's smooth form is
    defined and continuous, hence bounded.

    >>> from fractions import Fraction
    >>> from mfgcheck.rigor.algebra import log, var
    >>> unit = Region.of([(0,), (1,)])
    >>> prove_finite(log(var(0)), unit)
    False
    """
    limits = Limits() if limits is None else limits
    return all(
        piece is None or proved_continuous(smooth(f, choice), piece.cells, limits)
        for choice in choices(breakpoints(f))
        for piece in (part(region, choice),)
    )
