"""The search for all T-MFE, with proof."""
