"""The paper's sample bounds as pure functions: as printed, corrected, and what is wrong in them."""
