"""Write the generated parts of README.md: the report of its example, and the table of verdicts.

    python tools/render_readme.py            rewrite README.md
    python tools/render_readme.py --check    only compare; exit status 1 if README.md is out of date

Each part stands between two comments, `<!-- name: begin -->` and `<!-- name: end -->`. The example
is the README's first Python block; below it stands what the command prints, without times.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
EXAMPLE = "skill.py"
GAMES = {
    "infection-spread": "`infection-spread` (paper)",
    "mturk": "`mturk` (paper)",
    "capped-health": "`capped-health`, the first one repaired",
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
WIDTH = "104"  # so wide that no cell is wrapped, however long a time takes to print


def run(*arguments: str, folder: str | None = None) -> str:
    """Run `mfgcheck check` and return what it prints; any status but a verdict's is an error."""
    command = [sys.executable, "-m", "mfgcheck", "check", *arguments]
    environment = {**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode not in (0, 1, 2) or not done.stdout:  # Python itself fails with 1, too
        raise SystemExit(f"{' '.join(arguments)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def without_times(text: str) -> str:
    """Cut the columns of times from the tables of a report.

    >>> print(without_times("id   verdict   time\\n───────────────────\\na   PROVED   3 ms"))
    id   verdict
    ────────────
    a   PROVED
    """
    tables: list[list[str]] = [[]]
    for line in text.splitlines():
        if not line.strip():
            tables.append([])
        tables[-1].append(line)
    lines = []
    for table in tables:
        if any(line.endswith(" time") for line in table):
            table = [re.sub(r"\s+(time|[\d.]+ (ms|s))$", "", line) for line in table]
            width = max(len(line) for line in table if set(line) != {"─"})
            table = [line[:width] if set(line) == {"─"} else line for line in table]
        lines.extend(table)
    return "\n".join(lines)


def report_block(readme: str) -> str:
    """Return the report of the README's example as a text block."""
    example = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    if not example:
        raise SystemExit("README.md has no Python block")
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, EXAMPLE).write_text(example[1], encoding="utf-8")
        printed = run(EXAMPLE, folder=folder)
    return f"```text\n$ mfgcheck check {EXAMPLE}\n{without_times(printed).strip()}\n```"


def verdicts_block() -> str:
    """Return the verdicts of the games as a Markdown table, one row for each game."""
    reports = {name: json.loads(run(name, "--json")) for name in GAMES}
    rows = [["game", *COLUMNS, "MFG-SC"], ["---"] * (len(COLUMNS) + 2)]
    for name, title in GAMES.items():
        clauses = reports[name]["clauses"]
        if set(clauses) != {clause for group in COLUMNS.values() for clause in group}:
            raise SystemExit("COLUMNS does not name every clause once")
        cells = [
            " ".join(dict.fromkeys(clauses[clause]["status"] for clause in group))
            for group in COLUMNS.values()
        ]
        rows.append([title, *cells, f"**{reports[name]['status']}**"])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def rendered(readme: str) -> str:
    """Return the README with its generated parts made anew."""
    for name, block in (("report", report_block(readme)), ("verdicts", verdicts_block())):
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
