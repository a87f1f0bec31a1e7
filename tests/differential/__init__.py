"""Random games: every verdict of the package against the brute-force oracle."""
