"""Learning T-MFE from samples: a simulator of a game, and the paper's algorithms on it."""
