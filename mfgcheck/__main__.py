"""`python -m mfgcheck`, the same as the command `mfgcheck`."""

from __future__ import annotations

import sys

from mfgcheck.cli import main

if __name__ == "__main__":
    sys.exit(main())
