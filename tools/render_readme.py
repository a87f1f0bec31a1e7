"""Write the generated parts of README.md: what its commands print, and the table of verdicts.

    python tools/render_readme.py            rewrite README.md
    python tools/render_readme.py --check    only compare; exit status 1 if README.md is out of date

Each part stands between two comments, `<!-- name: begin -->` and `<!-- name: end -->`. The example
is the README's first Python block. What a command prints stands there without times.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from collections import Counter
from pathlib import Path

STATEMENTS = Path(__file__).resolve().parent.parent / "proofs" / "STATEMENTS.md"
README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLE = "skill.py"
LOGISTIC = ("infection-spread", "--set", "susceptibility=logistic", "--set", "c_f=1")
GAMES = {
    ("infection-spread",): "`infection-spread` (paper)",
    ("mturk",): "`mturk` (paper)",
    LOGISTIC: "`infection-spread`, logistic susceptibility, c_f = 1",
    ("capped-health",): "`capped-health`, the first one repaired",
}
# The columns of the table of verdicts, and the clauses that each stands for.
COLUMNS = {
    "reward (4 clauses)": (
        "reward.monotone_s",
        "reward.supermodular",
        "reward.increasing_differences",
        "reward.max_monotone_s",
    ),
    "kernel monotone in s, a, z": ("kernel.monotone_s", "kernel.monotone_a", "kernel.monotone_z"),
    "kernel supermodular": ("kernel.supermodular",),
    "kernel increasing differences": ("kernel.increasing_differences",),
}
RULINGS = ("PROVED", "TRUE UNDER", "REPAIRED", "REFUTED", "OPEN")
BUDGETS = ("infection-spread", "mturk", "two-lotteries")
WIDTH = 104  # so wide that no cell is wrapped, however long a time takes to print


def run(*arguments: str, folder: str | None = None) -> str:
    """Run `mfgcheck` and return what it prints; any status but that of a result is an error."""
    command = [sys.executable, "-m", "mfgcheck", *arguments]
    environment = {**os.environ, "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1, 2) or not done.stdout:  # Python itself fails with 1, too
        raise SystemExit(f"{' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def without_times(text: str) -> str:
    """Cut the columns of times from the tables of a report, and the time from "How: ..".

    >>> print(without_times("id   verdict   time\\n───────────────────\\na   PROVED   3 ms"))
    id   verdict
    ────────────
    a   PROVED
    >>> print(without_times("How: they were searched, 5 boxes in 2.1 s. It is\\nproved."))
    How: they were searched. It is proved.
    """
    parts: list[list[str]] = [[]]
    for line in text.splitlines():
        if not line.strip():
            parts.append([])
        parts[-1].append(line)
    lines = []
    for part in parts:
        if any(line.endswith(" time") for line in part):
            part = [re.sub(r"\s+(time|[\d.]+ (ms|s))$", "", line) for line in part]
            width = max(len(line) for line in part if set(line) != {"─"})
            part = [line[:width] if set(line) == {"─"} else line for line in part]
        if any(line.startswith("How: ") for line in part):
            # Wrapped anew, since where the lines broke depends on the time.
            told = re.sub(r", \d+ box(es)? in [\d.]+ m?s\.", ".", " ".join(part).strip())
            part = [*part[: part[0] == ""], *textwrap.wrap(told, WIDTH)]
        lines.extend(part)
    return "\n".join(lines)


def example_block(readme: str) -> str:
    """Return the report of the README's example as a text block."""
    example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    if not example:
        raise SystemExit("README.md has no Python block")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, EXAMPLE).write_text(example[1], encoding="utf-8")
        return printed_block("check", EXAMPLE, folder=folder)


def printed_block(*arguments: str, folder: str | None = None) -> str:
    """Return a command and what it prints as a text block."""
    printed = without_times(run(*arguments, folder=folder)).strip()
    return f"```text\n$ mfgcheck {' '.join(arguments)}\n{printed}\n```"


def verdicts_block() -> str:
    """Return the verdicts and the T-MFE of the games as a Markdown table, a row for each game."""
    rows = [["game", *COLUMNS, "MFG-SC", "T-MFE"], ["---"] * (len(COLUMNS) + 3)]
    for game, title in GAMES.items():
        report = json.loads(run("check", *game, "--json"))
        clauses = report["clauses"]
        if set(clauses) != {clause for group in COLUMNS.values() for clause in group}:
            raise SystemExit("COLUMNS does not name every clause once")
        cells = [
            " ".join(dict.fromkeys(clauses[clause]["status"] for clause in group))
            for group in COLUMNS.values()
        ]
        found = json.loads(run("equilibria", *game, "--json"))
        if found["count"] is None:
            raise SystemExit(f"{' '.join(game)}: {found['sentence']}")
        number = f"exactly {found['count']}" if found["count"] else "none"
        rows.append([title, *cells, f"**{report['status']}**", number])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def budgets_block() -> str:
    """Return the budgets of a few games as a Markdown table, in powers of ten."""
    columns = ["game", "Theorem 6, printed", "corrected", "GMBL", "TMFQ", "O-TMFQ"]
    rows = [columns, ["---"] * len(columns)]
    for game in BUDGETS:
        found = json.loads(run("budget", game, "--json"))
        shape = found["game"]["states"] * found["game"]["actions"] * found["k0"]
        printed, corrected = found["printed"]["6"], found["corrected"]["6"]
        if printed["applies"] or printed["reading"] != "in the limit 0":
            raise SystemExit(f"{game}: Theorem 6 applies, and the table would say that it does not")
        whole = printed["amount"]["log10"] + math.log10(shape)
        certified = (math.log10(found["gap_based"][s]["calls"]) for s in ("gmbl", "tmfq", "o-tmfq"))
        rows.append(
            [
                f"`{game}`",
                f"c × {_power(whole)}",
                _power(corrected["total"]["log10"]),
                *(f"**{_power(x)}**" for x in certified),
            ]
        )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def audit_block() -> str:
    """Return how many claims of the paper have which verdict, as proofs/STATEMENTS.md has them.

    That page is compared with a run of the ledger by a test of its own.
    """
    rows = re.findall(r"^\|.*\| ([A-Z ]+) \|[^|]*\|$", STATEMENTS.read_text(encoding="utf-8"), re.M)
    counts = Counter(rows)
    if set(counts) != set(RULINGS):
        raise SystemExit(f"{STATEMENTS} has the verdicts {', '.join(counts)}")
    table = [["claims", *RULINGS], ["---"] * (len(RULINGS) + 1)]
    table.append([str(len(rows)), *(str(counts[ruling]) for ruling in RULINGS)])
    return "\n".join(f"| {' | '.join(row)} |" for row in table)


def _power(log: float) -> str:
    return f"10^{log:.1f}"


def rendered(readme: str) -> str:
    """Return the README with its generated parts made anew."""
    blocks = {
        "report": example_block(readme),
        "verdicts": verdicts_block(),
        "equilibria": printed_block("equilibria", *LOGISTIC),
        "budgets": budgets_block(),
        "audit": audit_block(),
    }
    for name, block in blocks.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(readme):
            raise SystemExit(f"README.md lacks the comments {begin} and {end}")
        replacement = f"{begin}\n\n{block}\n\n{end}"
        readme = pattern.sub(lambda _, text=replacement: text, readme)
    return readme


def main() -> int:
    """Rewrite README.md, or compare it with what it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    options = parser.parse_args()
    old = README.read_text(encoding="utf-8")
    new = rendered(old)
    if old == new:
        return 0
    if options.check:
        print("README.md is out of date; `make format` renews it")
        return 1
    README.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
