"""All random games in one table: python -m tests.differential.equilibria [FIRST] [LAST]."""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor

from tests.differential.equilibria.campaign import Outcome, run


def main(first: int = 0, last: int = 2000) -> int:
    """Run the games of the seeds from `first` up to `last`, print the counts and what is wrong."""
    total = Outcome()
    with ProcessPoolExecutor() as pool:
        for outcome in pool.map(run, (range(k, min(k + 25, last)) for k in range(first, last, 25))):
            total.add(outcome)
    sys.stdout.write(f"{total}\n")
    for text in total.wrong:
        sys.stdout.write(f"\nWRONG {text}\n")
    sys.stdout.write(f"\nundecided {len(total.undecided)}, wrong {len(total.wrong)}\n")
    return bool(total.wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
