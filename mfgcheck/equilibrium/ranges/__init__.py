"""Outward-rounded ranges of a game over boxes of mean fields, and what follows from them."""
