"""What a game is: orders, laws, scalar functions of the mean field, and loading."""
