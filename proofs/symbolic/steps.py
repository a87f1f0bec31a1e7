"""What all scripts of this folder share: how a step is asserted, and how proofs are run.

Nothing here searches or approximates. `equal` lets sympy bring a difference to 0; `nonnegative`
asks that a polynomial in symbols declared non-negative has no negative coefficient, which is enough
for it to be non-negative and is not necessary.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy
from sympy import Expr


def equal(left: Expr | int, right: Expr | int) -> None:
    """Assert that two expressions agree for all values of their symbols."""
    rest = sympy.simplify(sympy.powsimp(sympy.expand(left - right)))
    assert rest == 0, f"{left} and {right} differ by {rest}"


def nonnegative(value: Expr | int) -> None:
    """Assert that a polynomial in non-negative symbols has no negative coefficient, so is >= 0."""
    value = sympy.expand(value)
    symbols = sorted(value.free_symbols, key=str)
    assert all(symbol.is_nonnegative for symbol in symbols), f"of unknown sign: {symbols}"
    if symbols:
        terms = sympy.Poly(value, *symbols).terms()
        assert all(number >= 0 for _, number in terms), f"a negative coefficient in {value}"
    else:
        assert value >= 0, f"{value} is negative"


def run(*proofs: Callable[[], None]) -> None:
    """Run proofs and print the first line of what each says, once it is proved."""
    if not __debug__:
        raise SystemExit("assertions are switched off (python -O): nothing would be proved")
    for prove in proofs:
        prove()
        print("proved:", (prove.__doc__ or prove.__name__).splitlines()[0])
