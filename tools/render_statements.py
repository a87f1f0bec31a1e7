"""Write proofs/STATEMENTS.md: the ledger of the paper's claims, with its evidence run.

python tools/render_statements.py            rewrite the page
python tools/render_statements.py --check    only compare; exit status 1 if it is out of date
"""

from __future__ import annotations

import argparse
import difflib
import os
import tempfile
from pathlib import Path

from mfgcheck.paper.audit import audit
from mfgcheck.paper.statements import statements

PAGE = Path(__file__).resolve().parent.parent / "proofs" / "STATEMENTS.md"


def main() -> int:
    """Write the page, or compare it with what the ledger says now."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--check", action="store_true", help="only compare")
    options = parser.parse_args()
    text = statements(audit())
    if options.check:
        old = PAGE.read_text(encoding="utf-8").splitlines() if PAGE.is_file() else []
        changes = list(difflib.unified_diff(old, text.splitlines(), "as it is", "as it should be"))
        print("\n".join(changes))
        return 1 if changes else 0
    with tempfile.NamedTemporaryFile(
        "w", dir=PAGE.parent, delete=False, encoding="utf-8"
    ) as written:
        written.write(text)
    os.chmod(written.name, 0o644)
    os.replace(written.name, PAGE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
