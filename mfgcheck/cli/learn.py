"""`mfgcheck learn`: one run of a learning algorithm on a game."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING

from mfgcheck.cli.shared import DONE, read_game, read_settings, say
from mfgcheck.cli.show import check_plot, show
from mfgcheck.errors import BadInput

if TYPE_CHECKING:
    from argparse import Namespace

    from mfgcheck.game.game import Game
    from mfgcheck.learning.draws import Floats
    from mfgcheck.learning.model_free import Fixed, Printed
    from mfgcheck.learning.rates import Rate

SECONDS = 10.0
"""How long to look for the T-MFE to compare with."""


def run_learn(options: Namespace) -> int:
    """Run a learner on a game and print what it learned."""
    settings = read_settings(options.set)
    check_plot(options.plot)
    from dataclasses import replace

    from mfgcheck.learning.learn import learn
    from mfgcheck.report.progress import Progress

    given = {name: getattr(options, name) for name in ("agents", "seen", "samples")}
    given = {name: value for name, value in given.items() if value is not None}
    if options.rule is not None:
        given["rule"] = read_rule(options.rule)
    if options.rate is not None:
        given["rate"] = read_rate(options.rate)
    with (
        redirect_stdout(sys.stderr),
        Progress(f"reading {options.game}", sys.stderr, quiet=options.quiet) as progress,
    ):
        game = read_game(options.game, settings)
        found = learn(
            game,
            options.algorithm,
            iterations=options.iterations,
            seed=options.seed,
            on_progress=progress.update,
            **given,
        )
        if options.reference:
            progress.update(0, None, "looking for the T-MFE")
            found = replace(found, reference=_reference(game, found.mean_fields[-1]))
    show(options, found, found.figures)
    return DONE


def _reference(game: Game, last: Floats) -> Floats | None:
    """Return the enclosed T-MFE that is nearest to where the learner ended; None without one."""
    import numpy as np

    from mfgcheck.equilibrium.enclosure.equilibria import equilibria

    enclosed = equilibria(game, time_limit=SECONDS)
    found = enclosed.equilibria
    if not found:
        say("no T-MFE was enclosed in time: there is no distance to tell")
        return None
    laws = [np.array([float((a + b) / 2) for a, b in one.mean_field]) for one in found]
    distances = [float(np.abs(law - last).sum()) for law in laws]
    if not enclosed.complete:
        say("there may be other T-MFE: distances are to the nearest of those that were enclosed")
    elif len(laws) > 1:
        say(f"{len(laws)} T-MFE were enclosed: distances are to the one nearest to the end")
    return laws[distances.index(min(distances))]


def read_rule(text: str) -> Fixed | Printed:
    """Read `--rule`.

    >>> str(read_rule("100,200"))
    'fixed: 100 updates, 200 draws'
    >>> str(read_rule("printed:0.001,0.01"))
    'printed: eps1 = 0.001, eps2 = 0.01, at most 100000'
    """
    from mfgcheck.learning.model_free import Fixed, Printed

    kind, colon, rest = text.rpartition(":")
    numbers = rest.split(",")
    try:
        if len(numbers) == 2 and not colon:
            return Fixed(*map(int, numbers))
        if len(numbers) == 2 and kind == "printed":
            return Printed(float(numbers[0]), float(numbers[1]))
    except ValueError:
        pass
    raise BadInput(f"--rule {text}: write 1000,1000 or printed:0.001,0.01")


def read_rate(text: str) -> Rate:
    """Read `--rate`.

    >>> str(read_rate("0.5")), str(read_rate("1e-2:1e-3"))
    ('0.5', '0.01 to 0.001')
    """
    from mfgcheck.learning.rates import Rate

    first, colon, last = text.partition(":")
    try:
        return Rate(float(first), float(last) if colon else None)
    except ValueError:
        raise BadInput(f"--rate {text}: write 0.01 or 0.01:0.001") from None
