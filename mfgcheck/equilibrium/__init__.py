"""Trembling-hand equilibria: computed fast, bracketed, and enclosed with proof."""
