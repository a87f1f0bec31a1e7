"""Definition 1 for every number of states and actions at once, where formulas allow it."""
