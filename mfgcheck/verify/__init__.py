"""Definition 1 and the assumptions of the theorems, decided clause by clause."""
