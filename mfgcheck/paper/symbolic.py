"""Running the symbolic proofs, which stand in `proofs/symbolic` beside the package."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from mfgcheck.paper.claim import Evidence, Finding, Means, Shows, confirmed, denied, undecided

HERE = Path(__file__).resolve()
PLACES = (HERE.parents[2] / "proofs" / "symbolic", HERE.parent / "proofs")
"""Where the scripts are: in the sources, or in the installed package."""


def folder() -> Path | None:
    """Return the folder with the scripts; None if it is not installed."""
    return next((place for place in PLACES if (place / "steps.py").is_file()), None)


def proved(
    name: str,
    shows: Shows,
    what: str,
    script: str,
    proofs: tuple[str, ...],
    *,
    page: str | None = None,
    slow: bool = False,
) -> Evidence:
    """Return the evidence that some proofs of a script of `proofs/symbolic` go through.

    Args:
        name, shows, what, page, slow: as in `Evidence`.
        script: the script's name, "lemma_4".
        proofs: what is proved in it, without "prove_".
    """
    run = partial(run_proofs, script, proofs)
    return Evidence(name, shows, Means.SYMBOLIC, what, run, page, slow)


def run_proofs(
    script: str, proofs: tuple[str, ...], changes: Mapping[str, object] | None = None
) -> Finding:
    """Run some proofs of a script.

    Args:
        script: the script's name.
        proofs: their names, without "prove_".
        changes: wrong values of the parameter of some of them, by name: such a proof has to fail.
    """
    place = folder()
    if place is None:
        return undecided("the symbolic proofs are not installed")
    if not __debug__:
        return undecided("assertions are switched off (python -O): nothing would be proved")
    given = changes or {}
    lines = []
    with _on_path(place):
        module = importlib.import_module(script)
        for name in proofs:
            prove = getattr(module, f"prove_{name}")
            try:
                prove(*([given[name]] if name in given else []))
            except AssertionError as error:
                return denied(f"{script}.py, {name}: {error or 'a step does not hold'}")
            lines.append((prove.__doc__ or name).strip().split("\n", 1)[0])
    return confirmed(f"{script}.py: " + " ".join(lines))


@contextmanager
def _on_path(place: Path) -> Iterator[None]:
    """Let the scripts import each other, and leave no module of theirs behind."""
    names = {path.stem for path in place.glob("*.py")}
    hidden = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    sys.path.insert(0, str(place))
    try:
        yield
    finally:
        sys.path.remove(str(place))
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(hidden)
