"""How many samples are enough: certified constants of a game, and the bounds made of them."""
