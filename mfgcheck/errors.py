"""The errors that mfgcheck raises on purpose: each says where, what was given and the mend."""

from __future__ import annotations


class MfgCheckError(Exception):
    """An error whose message is written for the person who runs mfgcheck.

    >>> try:
    ...     raise InvalidGame("kernel row (s=3, a=1) sums to 49/50, not 1")
    ... except MfgCheckError as error:
    ...     print(error)
    kernel row (s=3, a=1) sums to 49/50, not 1
    """


class InvalidGame(MfgCheckError):
    """What was given is not a finite mean field game: a row, a law or a number is wrong."""


class BadInput(MfgCheckError):
    """What was asked for cannot be used: a file, a name, an option or a parameter is wrong."""
