"""The constants of a game that sample bounds are made of, each with what is proved of it."""
