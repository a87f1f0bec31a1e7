"""T-BR in floating point: operators, best responses, runs, the sandwich."""
