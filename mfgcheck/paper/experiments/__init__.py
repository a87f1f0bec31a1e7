"""The paper's experiments: a table of its figures, the runs, and what its sentences come to."""
