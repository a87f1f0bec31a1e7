"""Compiling inner loops with numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Return a function that numba compiles when it is first called.

    Arithmetic stays IEEE arithmetic in the order written (no `fastmath`), so that a run replays bit
    for bit; the lock of the interpreter is released, so that threads run side by side. What was
    written can still be called, as `plain(function)`.
    """
    return cast("F", numba.njit(nogil=True)(function))


def plain(function: F) -> F:
    """Return what was written, not compiled: it also takes functions that numba does not know."""
    return cast("F", function.py_func)  # type: ignore[attr-defined]
