"""How fast the checker is, how much memory it takes, and how both grow: `make bench`."""
