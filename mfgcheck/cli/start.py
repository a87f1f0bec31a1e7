"""Where T-BR starts, as `mfgcheck solve --from FILE` reads it: a mean field in a JSON file."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from mfgcheck.errors import BadInput, InvalidGame

if TYPE_CHECKING:
    from mfgcheck.game.numbers import Label
    from mfgcheck.game.orders import Order

ENDS = ("both", "least", "greatest")
"""The starts that have a name."""

_LONGEST = 1 << 24  # characters of a file
_ROUNDING = Fraction(1, 10**6)
"""By how much masses may miss the sum 1 and be scaled: as much as rounding to 6 digits explains."""


def read_mean_field(path: str, states: Order) -> tuple[dict[Label, Fraction], str]:
    """Read masses from a JSON file: {state: mass}, or the list of all masses in order of states.

    A mass is a number or a text such as "1/3"; a state not named has none. Masses whose sum is
    within 10^-6 of 1, as rounded ones are, are scaled to the sum 1.

    Returns:
        The masses by label of the state, and what was done to them (empty if nothing was).

    Raises:
        BadInput: there is no such file, or it does not hold a mean field of the game.
    """
    from mfgcheck.game.numbers import exact, label_text

    data = _read(path)
    if isinstance(data, list):
        if len(data) != states.size:
            raise BadInput(f"{path} lists {len(data)} masses, but there are {states.size} states")
        given = dict(zip(states.labels, data, strict=True))
    elif isinstance(data, dict):
        by_text = {label_text(label): label for label in states.labels}
        given = {_state(name, by_text, path): mass for name, mass in data.items()}
    else:
        raise BadInput(f'{path} must hold a mean field, written {{"0": "1/3", "1": "2/3"}}')
    masses: dict[Label, Fraction] = {}
    for label, value in given.items():
        what = f"{path}: the mass of state {label_text(label)}"
        if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
            shown = json.dumps(value, default=str)
            raise BadInput(f'{what} is {shown}: write a number or a text like "1/3"')
        try:
            masses[label] = exact(value, what)
        except InvalidGame as error:
            raise BadInput(str(error)) from None
        if masses[label] < 0:
            raise BadInput(f"{what} is {value}: a mass is not negative")
    total = sum(masses.values(), Fraction(0))
    if total == 1:
        return masses, ""
    shown = f"{float(total):.9g}" if total < 10**300 else "more than 1e300"
    if abs(total - 1) > _ROUNDING:
        raise BadInput(f"{path}: the masses sum to {shown}, not to 1")
    scaled = {label: mass / total for label, mass in masses.items()}
    return scaled, f"{path}: the masses sum to {shown} and were scaled to the sum 1"


def _state(name: str, by_text: dict[str, Label], path: str) -> Label:
    from mfgcheck.game.maker import close

    if name not in by_text:
        like = close(name, list(by_text))
        known = f"{next(iter(by_text))}, .., {list(by_text)[-1]}"
        raise BadInput(f"{path}: there is no state {name!r}{like or f'; the states are {known}'}")
    return by_text[name]


def _read(path: str) -> object:
    try:
        with Path(path).open(encoding="utf-8-sig") as stream:  # with or without a mark of its order
            text = stream.read(_LONGEST + 1)
    except UnicodeDecodeError:
        raise BadInput(f"{path} is not a text file in UTF-8") from None
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        reason = error.strerror if isinstance(error, OSError) else error
        names = ", ".join(ENDS)
        raise BadInput(
            f"--from {path}: cannot be read: {reason} (it is one of {names}, or a JSON file)"
        ) from None
    if len(text) > _LONGEST:
        raise BadInput(f"--from {path}: it is longer than {_LONGEST >> 20} MB")
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_no_twice,
        )
    except BadInput as error:
        raise BadInput(f"{path}: {error}") from None
    except RecursionError:
        raise BadInput(f"{path} is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"{path}, line {error.lineno}: not JSON: {error.msg}") from None
    except ValueError as error:  # an integer of thousands of digits
        raise BadInput(f"{path}: {error}") from None


def _no_number(text: str) -> NoReturn:
    raise BadInput(f"{text} is not a mass")


def _no_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise BadInput(f"state {next(n for n in names if names.count(n) > 1)!r} is given twice")
    return found
